//! Writing templates.

use super::view::{text, view};
use crate::check::share;
use crate::line::offer::Offers;
use crate::line::price;
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::products;
use causeway_entity::sell::quote_templates::{Column, Entity, Model};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_master::check::{finish, named_all, not_blank};
use causeway_master::dimension::service as dimension;
use causeway_master::tax::store::tax_defs;
use causeway_master::term::service as term;
use causeway_openapi::line::LineInput;
use causeway_openapi::quote::QuoteLineInput;
use causeway_openapi::quote_template::{self as wire, QuoteTemplateLine};
use causeway_value::{Percent, ProductId, QuoteTemplateId};

/// Creates a template.
///
/// # Errors
/// `validation_failed` naming each wrong field; `already_exists` for a name of another template of the company.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateQuoteTemplate) -> Result<wire::QuoteTemplate, Problem> {
    let mut errors = Vec::new();
    let company = tx.named::<companies::Entity, _>(Some(body.company_id), "/company_id", &mut errors).await?;
    let now = ctx.now();
    let row = Model {
        tenant_id: ctx.tenant,
        id: QuoteTemplateId::new(),
        company_id: body.company_id,
        name: body.name.clone(),
        description: body.description.clone(),
        active: true,
        validity_days: body.validity_days.map(i64::from),
        payment_term_id: body.payment_term_id,
        discount_percent: body.discount_percent.unwrap_or(Percent::ZERO),
        lead_days: body.lead_days.map(i64::from),
        notes: body.notes.clone(),
        terms: body.terms.clone(),
        lines: text(&body.lines)?,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    term::named(tx, body.payment_term_id, "/payment_term_id", &mut errors).await?;
    check_head(tx, &row, &mut errors).await?;
    if let Some(company) = company {
        check_lines(ctx, tx, &company, &body.lines, &mut errors).await?;
    }
    finish(errors)?;
    tx.insert(row.clone());
    tx.index_words("quote_template", row.id.uuid(), &[Some(&row.name)], true);
    record(ctx, tx, "quote_template.created", &row)
}

/// Changes a template.
///
/// # Errors
/// `not_found`, or as for creating one.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteTemplateId, body: &wire::UpdateQuoteTemplate) -> Result<wire::QuoteTemplate, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    let mut errors = Vec::new();
    let given = match &body.lines {
        Patch::Value(lines) => Some(lines),
        Patch::Absent | Patch::Null => None,
    };
    let new = Model {
        name: body.name.clone().over_required(old.name.clone()),
        description: body.description.clone().over(old.description.clone()),
        active: body.active.clone().over_required(old.active),
        validity_days: days(&body.validity_days, old.validity_days),
        payment_term_id: body.payment_term_id.clone().over(old.payment_term_id),
        discount_percent: body.discount_percent.clone().over_required(old.discount_percent),
        lead_days: days(&body.lead_days, old.lead_days),
        notes: body.notes.clone().over(old.notes.clone()),
        terms: body.terms.clone().over(old.terms.clone()),
        lines: given.map_or_else(|| Ok(old.lines.clone()), |lines| text(lines))?,
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    term::named(tx, new.payment_term_id.filter(|_| new.payment_term_id != old.payment_term_id), "/payment_term_id", &mut errors).await?;
    check_head(tx, &new, &mut errors).await?;
    if let Some(lines) = given {
        let company = tx.must::<companies::Entity>(old.company_id).await?;
        check_lines(ctx, tx, &company, lines, &mut errors).await?;
    }
    finish(errors)?;
    tx.update(&old, &new);
    if new.name != old.name {
        tx.index_words("quote_template", new.id.uuid(), &[Some(&new.name)], false);
    }
    record(ctx, tx, "quote_template.updated", &new)
}

fn days(patch: &Patch<u32>, old: Option<i64>) -> Option<i64> {
    match patch {
        Patch::Value(days) => Some(i64::from(*days)),
        Patch::Null => None,
        Patch::Absent => old,
    }
}

async fn check_head(tx: &mut Tx<'_>, row: &Model, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    not_blank(&row.name, "/name", errors);
    share(row.discount_percent, "/discount_percent", errors);
    let same = Find::<Entity>::new().eq(Column::CompanyId, row.company_id).eq(Column::Name, row.name.clone());
    if same.one(tx).await?.is_some_and(|other| other.id != row.id) {
        errors.push(FieldError::pointer(Code::AlreadyExists, "/name", "is the name of another template of the company"));
    }
    Ok(())
}

/// Lines must make lines of a quote: with products that are sold, taxes of the company and what a line without a product needs.
async fn check_lines(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, lines: &[QuoteTemplateLine], errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let quoted: Vec<QuoteLineInput> = lines.iter().map(QuoteTemplateLine::quoted).collect();
    let _ = Offers::read(&quoted, ctx.today(company.time_zone), errors);
    price::check(&quoted.iter().map(QuoteLineInput::line).collect::<Vec<LineInput>>(), errors);
    let wanted: Vec<(ProductId, String)> =
        lines.iter().enumerate().filter_map(|(index, line)| line.product_id.map(|id| (id, format!("/lines/{index}/product_id")))).collect();
    let found = named_all::<products::Entity, _>(tx, products::Column::Id, |row| row.id, &wanted, errors).await?;
    for (_, pointer) in wanted.iter().filter(|(id, _)| found.get(id).is_some_and(|product| !product.active)) {
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, "names a product that is not sold any more"));
    }
    dimension::check_lines(tx, company.id, lines.iter().map(|line| &line.dimensions).enumerate(), errors).await?;
    let taxes = tax_defs(tx, company.id).await?;
    for (index, line) in lines.iter().enumerate() {
        let at = format!("/lines/{index}");
        if let Some(given) = &line.tax_ids {
            let _ = taxes.of_line(Some(given), None, &at, errors);
        }
        if line.product_id.is_none() && line.unit_price.is_none() {
            errors.push(FieldError::pointer(Code::Required, format!("{at}/unit_price"), "is required for a line without a product"));
        }
    }
    Ok(())
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &Model) -> Result<wire::QuoteTemplate, Problem> {
    let body = view(row)?;
    let company_id = Some(row.company_id);
    tx.record(ctx, &Change { event, object: "quote_template", id: row.id.uuid(), version: row.version, company_id, flow_id: None, body: &body })?;
    Ok(body)
}
