//! The operations of the measures.

use super::{accuracy, billed, booked, cycle, definition, margin, moved, owed, paid, quotes, revenue};
use causeway_contract::{Endpoint, Json, Problem};
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::activity::op::DefineActivities;
use causeway_openapi::compliance::op::DefineCompliance;
use causeway_openapi::conversion::op::DefinePipelineConversion;
use causeway_openapi::general_ledger::op as general_ledger;
use causeway_openapi::invoice_accuracy::{InvoiceAccuracy, op as accuracies};
use causeway_openapi::lead_conversion::op::DefineLeadConversion;
use causeway_openapi::margin::{MarginReport, op as margins};
use causeway_openapi::measure::{Backlog, BacklogMovement, Billings, Bookings, Collections, CycleTimes, ReportDefinition, Unbilled, op};
use causeway_openapi::pipeline::op as pipeline;
use causeway_openapi::quote_conversion::{QuoteConversion, op as conversions};
use causeway_openapi::revenue_cycle::{RevenueCycle, op as cycles};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::GetBookings, _>(bookings);
    routes.on::<op::GetBillings, _>(billings);
    routes.on::<op::GetCollections, _>(collections);
    routes.on::<op::GetBacklog, _>(backlog);
    routes.on::<op::GetBacklogMovement, _>(backlog_movement);
    routes.on::<op::GetUnbilled, _>(unbilled);
    routes.on::<op::GetCycleTimes, _>(cycle_times);
    routes.on::<general_ledger::DefineGeneralLedger, _>(define::<general_ledger::DefineGeneralLedger>);
    routes.on::<margins::GetMargin, _>(margin_report);
    routes.on::<margins::DefineMargin, _>(define::<margins::DefineMargin>);
    routes.on::<cycles::GetRevenueCycle, _>(revenue_cycle);
    routes.on::<cycles::DefineRevenueCycle, _>(define::<cycles::DefineRevenueCycle>);
    routes.on::<accuracies::GetInvoiceAccuracy, _>(invoice_accuracy);
    routes.on::<accuracies::DefineInvoiceAccuracy, _>(define::<accuracies::DefineInvoiceAccuracy>);
    routes.on::<conversions::GetQuoteConversion, _>(quote_conversion);
    routes.on::<conversions::DefineQuoteConversion, _>(define::<conversions::DefineQuoteConversion>);
    routes.on::<op::DefineTrialBalance, _>(define::<op::DefineTrialBalance>);
    routes.on::<op::DefineAging, _>(define::<op::DefineAging>);
    routes.on::<op::DefineAgingItems, _>(define::<op::DefineAgingItems>);
    routes.on::<op::DefineBookings, _>(define::<op::DefineBookings>);
    routes.on::<op::DefineBillings, _>(define::<op::DefineBillings>);
    routes.on::<op::DefineCollections, _>(define::<op::DefineCollections>);
    routes.on::<op::DefineBacklog, _>(define::<op::DefineBacklog>);
    routes.on::<op::DefineBacklogMovement, _>(define::<op::DefineBacklogMovement>);
    routes.on::<op::DefineUnbilled, _>(define::<op::DefineUnbilled>);
    routes.on::<op::DefineCycleTimes, _>(define::<op::DefineCycleTimes>);
    routes.on::<pipeline::DefinePipeline, _>(define::<pipeline::DefinePipeline>);
    routes.on::<pipeline::DefinePipelineAgeing, _>(define::<pipeline::DefinePipelineAgeing>);
    routes.on::<DefinePipelineConversion, _>(define::<DefinePipelineConversion>);
    routes.on::<DefineLeadConversion, _>(define::<DefineLeadConversion>);
    routes.on::<DefineActivities, _>(define::<DefineActivities>);
    routes.on::<DefineCompliance, _>(define::<DefineCompliance>);
    routes.on::<pipeline::DefineForecast, _>(define::<pipeline::DefineForecast>);
}

async fn bookings(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetBookings>) -> Result<Answer<Bookings>, Problem> {
    Ok(Answer::of(booked::bookings(ctx, tx, &call.query).await?))
}

async fn billings(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetBillings>) -> Result<Answer<Billings>, Problem> {
    Ok(Answer::of(billed::billings(ctx, tx, &call.query).await?))
}

async fn collections(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetCollections>) -> Result<Answer<Collections>, Problem> {
    Ok(Answer::of(paid::collections(ctx, tx, &call.query).await?))
}

async fn backlog(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetBacklog>) -> Result<Answer<Backlog>, Problem> {
    Ok(Answer::of(owed::backlog(ctx, tx, &call.query).await?))
}

async fn backlog_movement(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetBacklogMovement>) -> Result<Answer<BacklogMovement>, Problem> {
    Ok(Answer::of(moved::backlog_movement(ctx, tx, &call.query).await?))
}

async fn unbilled(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetUnbilled>) -> Result<Answer<Unbilled>, Problem> {
    Ok(Answer::of(owed::unbilled(ctx, tx, &call.query).await?))
}

async fn cycle_times(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetCycleTimes>) -> Result<Answer<CycleTimes>, Problem> {
    Ok(Answer::of(cycle::cycle_times(ctx, tx, &call.query).await?))
}

async fn margin_report(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<margins::GetMargin>) -> Result<Answer<MarginReport>, Problem> {
    Ok(Answer::of(margin::report(ctx, tx, &call.query).await?))
}

async fn revenue_cycle(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<cycles::GetRevenueCycle>) -> Result<Answer<RevenueCycle>, Problem> {
    Ok(Answer::of(revenue::report(ctx, tx, &call.query).await?))
}

async fn invoice_accuracy(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<accuracies::GetInvoiceAccuracy>) -> Result<Answer<InvoiceAccuracy>, Problem> {
    Ok(Answer::of(accuracy::report(ctx, tx, &call.query).await?))
}

async fn quote_conversion(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<conversions::GetQuoteConversion>) -> Result<Answer<QuoteConversion>, Problem> {
    Ok(Answer::of(quotes::report(ctx, tx, &call.query).await?))
}

/// The definition of the report that the path names.
async fn define<E: Endpoint<Reply = Json<ReportDefinition>>>(_: &Ctx, _: &mut Tx<'_>, _: &Call<E>) -> Result<Answer<ReportDefinition>, Problem> {
    let name = E::PATH.trim_start_matches("/v1/reports/").trim_end_matches("/definition");
    definition::definition(name).map(Answer::of).ok_or_else(Problem::not_found)
}
