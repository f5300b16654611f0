//! The operations of the reports about the pipeline.

use super::{activities, ageing, conversion, forecast, leads, service};
use causeway_contract::Problem;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::activity::{ActivityReport, op as activity};
use causeway_openapi::conversion::{PipelineConversion, op::GetPipelineConversion};
use causeway_openapi::lead_conversion::{LeadConversion, op::GetLeadConversion};
use causeway_openapi::pipeline::{Forecast, Pipeline, PipelineAgeing, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::GetPipeline, _>(get_pipeline);
    routes.on::<op::GetPipelineAgeing, _>(get_ageing);
    routes.on::<op::GetForecast, _>(get_forecast);
    routes.on::<GetPipelineConversion, _>(get_conversion);
    routes.on::<GetLeadConversion, _>(get_lead_conversion);
    routes.on::<activity::GetActivityReport, _>(get_activities);
}

async fn get_pipeline(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetPipeline>) -> Result<Answer<Pipeline>, Problem> {
    service::pipeline(ctx, tx, &call.query).await.map(Answer::of)
}

async fn get_ageing(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetPipelineAgeing>) -> Result<Answer<PipelineAgeing>, Problem> {
    ageing::ageing(ctx, tx, &call.query).await.map(Answer::of)
}

async fn get_forecast(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetForecast>) -> Result<Answer<Forecast>, Problem> {
    forecast::forecast(ctx, tx, &call.query).await.map(Answer::of)
}

async fn get_conversion(_: &Ctx, tx: &mut Tx<'_>, call: &Call<GetPipelineConversion>) -> Result<Answer<PipelineConversion>, Problem> {
    conversion::conversion(tx, &call.query).await.map(Answer::of)
}

async fn get_lead_conversion(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<GetLeadConversion>) -> Result<Answer<LeadConversion>, Problem> {
    leads::report(ctx, tx, &call.query).await.map(Answer::of)
}

async fn get_activities(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<activity::GetActivityReport>) -> Result<Answer<ActivityReport>, Problem> {
    activities::report(ctx, tx, &call.query).await.map(Answer::of)
}
