//! The verbs of a tax rule.

use crate::tax::store::{TaxDefs, tax_defs};
use crate::{check, company};
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::master::parties;
use causeway_entity::master::tax_rules::{Column, Entity, Model};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_openapi::tax_rule as wire;
use causeway_value::{Json, Tax, TaxId, TaxRuleId};

/// Rules of a company, at most: every new document looks through them.
const MANY: usize = 200;

/// Creates a tax rule.
///
/// # Errors
/// `not_found` for company, customer or taxes; `already_exists` for the sequence; `too_many`; `invalid_value` for what cannot apply.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateTaxRule) -> Result<wire::TaxRule, Problem> {
    let mut errors = Vec::new();
    let company = company::service::named(tx, body.company_id, &mut errors).await?;
    let others = Find::<Entity>::new().eq(Column::CompanyId, body.company_id).all(tx).await?;
    if others.len() >= MANY {
        let detail = format!("has {MANY} tax rules, which is the most that a company can have: change one that is there, such as one that is not active");
        errors.push(FieldError::pointer(Code::TooMany, "/company_id", detail));
    }
    let last = others.iter().map(|rule| rule.sequence).max();
    let row = Model {
        tenant_id: ctx.tenant,
        id: TaxRuleId::new(),
        company_id: body.company_id,
        name: body.name.clone(),
        sequence: body.sequence.map_or_else(|| last.map_or(1, |last| last.saturating_add(1)), i64::from),
        party_id: body.party_id,
        countries: Json(body.countries.clone()),
        registration: body.registration,
        customer_kind: body.customer_kind,
        segment: body.segment.clone(),
        valid_from: body.valid_from,
        valid_until: body.valid_until,
        replacements: Json(body.replacements.clone()),
        other_tax_ids: body.other_tax_ids.clone().map(Json),
        free_line_tax_ids: body.free_line_tax_ids.clone().map(Json),
        active: true,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    check_row(tx, &row, &others, &mut errors).await?;
    check::finish(errors)?;
    tx.insert(row.clone());
    if company.is_some_and(|company| company.has_tax_rules != Some(true)) {
        let values = vec![true.into(), ctx.tenant.into(), row.company_id.into()];
        tx.plain("UPDATE companies SET has_tax_rules = $1 WHERE tenant_id = $2 AND id = $3", values);
    }
    record(ctx, tx, "tax_rule.created", &row)
}

/// Changes a tax rule for the lines that are made from now on.
///
/// # Errors
/// `not_found`, or as for creating one.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: TaxRuleId, body: &wire::UpdateTaxRule) -> Result<wire::TaxRule, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    let mut errors = Vec::new();
    let new = Model {
        name: body.name.clone().over_required(old.name.clone()),
        sequence: match body.sequence {
            Patch::Value(sequence) => i64::from(sequence),
            Patch::Absent | Patch::Null => old.sequence,
        },
        party_id: body.party_id.clone().over(old.party_id),
        countries: Json(body.countries.clone().over_required(old.countries.0.clone())),
        registration: body.registration.clone().over(old.registration),
        customer_kind: body.customer_kind.clone().over(old.customer_kind),
        segment: body.segment.clone().over(old.segment.clone()),
        valid_from: body.valid_from.clone().over(old.valid_from),
        valid_until: body.valid_until.clone().over(old.valid_until),
        replacements: Json(body.replacements.clone().over_required(old.replacements.0.clone())),
        other_tax_ids: body.other_tax_ids.clone().over(old.other_tax_ids.clone().map(|ids| ids.0)).map(Json),
        free_line_tax_ids: body.free_line_tax_ids.clone().over(old.free_line_tax_ids.clone().map(|ids| ids.0)).map(Json),
        active: body.active.clone().over_required(old.active),
        metadata: Json(check::metadata(old.metadata.0.clone(), &body.metadata, &mut errors)),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    let others = Find::<Entity>::new().eq(Column::CompanyId, old.company_id).ne(Column::Id, id).all(tx).await?;
    check_row(tx, &new, &others, &mut errors).await?;
    check::finish(errors)?;
    tx.update(&old, &new);
    record(ctx, tx, "tax_rule.updated", &new)
}

async fn check_row(tx: &mut Tx<'_>, row: &Model, others: &[Model], errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    check::not_blank(&row.name, "/name", errors);
    if let Some(other) = others.iter().find(|other| other.sequence == row.sequence) {
        let detail = format!(
            "is that of the tax rule {}: of rules that are equally specific the lowest sequence applies, so each has its own; leave it out to come last",
            other.name
        );
        errors.push(FieldError::pointer(Code::AlreadyExists, "/sequence", detail));
    }
    tx.named::<parties::Entity, _>(row.party_id, "/party_id", errors).await?;
    check_countries(&row.countries.0, errors);
    row.segment.iter().for_each(|segment| check::not_blank(segment, "/segment", errors));
    row.valid_from.iter().for_each(|day| check::day(*day, "/valid_from", errors));
    row.valid_until.iter().for_each(|day| check::day(*day, "/valid_until", errors));
    if let (Some(first), Some(last)) = (row.valid_from, row.valid_until)
        && last < first
    {
        errors.push(FieldError::pointer(Code::InvalidValue, "/valid_until", format!("must not be before {first}, the first day")));
    }
    check_taxes(row, &tax_defs(tx, row.company_id).await?, errors);
    Ok(())
}

fn check_countries(countries: &[String], errors: &mut Vec<FieldError>) {
    check::each_once(countries, "/countries", errors);
    for (index, _) in countries.iter().enumerate().filter(|(_, country)| !causeway_value::is_country(country)) {
        let detail = "must be an ISO 3166-1 code of two capitals such as `FR`; a group of countries is written as its countries";
        errors.push(FieldError::pointer(Code::InvalidValue, format!("/countries/{index}"), detail));
    }
}

/// Every tax is one of the company, and those that are put on lines are active.
fn check_taxes(row: &Model, known: &TaxDefs, errors: &mut Vec<FieldError>) {
    check::each_once(row.replacements.0.iter().map(|replacement| replacement.tax_id), "/replacements", errors);
    for (index, replacement) in row.replacements.0.iter().enumerate() {
        if known.get(replacement.tax_id).is_none() {
            errors.push(check::unknown::<Tax>(format!("/replacements/{index}/tax_id"), "company"));
        }
        check_put(&replacement.by, &format!("/replacements/{index}/by"), known, errors);
    }
    let lists = [(&row.other_tax_ids, "/other_tax_ids"), (&row.free_line_tax_ids, "/free_line_tax_ids")];
    for (ids, pointer) in lists {
        check_put(ids.as_ref().map_or_else(Default::default, |ids| ids.0.as_slice()), pointer, known, errors);
    }
}

fn check_put(ids: &[TaxId], pointer: &str, known: &TaxDefs, errors: &mut Vec<FieldError>) {
    check::each_once(ids, pointer, errors);
    for (index, id) in ids.iter().enumerate() {
        known.check_given(*id, &format!("{pointer}/{index}"), errors);
    }
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &Model) -> Result<wire::TaxRule, Problem> {
    let body = view(row);
    let (id, company_id) = (row.id.uuid(), Some(row.company_id));
    tx.record(ctx, &Change { event, object: "tax_rule", id, version: row.version, company_id, flow_id: None, body: &body })?;
    Ok(body)
}

/// The rule as the API shows it.
#[must_use]
pub fn view(row: &Model) -> wire::TaxRule {
    wire::TaxRule {
        id: row.id,
        object: "tax_rule".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        company_id: row.company_id,
        name: row.name.clone(),
        sequence: i32::try_from(row.sequence).unwrap_or(i32::MAX),
        party_id: row.party_id,
        countries: row.countries.0.clone(),
        registration: row.registration,
        customer_kind: row.customer_kind,
        segment: row.segment.clone(),
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        replacements: row.replacements.0.clone(),
        other_tax_ids: row.other_tax_ids.clone().map(|ids| ids.0),
        free_line_tax_ids: row.free_line_tax_ids.clone().map(|ids| ids.0),
        active: row.active,
        metadata: row.metadata.0.clone(),
    }
}
