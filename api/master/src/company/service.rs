//! The verbs of a company.

use crate::account::chart;
use crate::check;
use crate::completeness;
use crate::dimension::service as dimension;
use crate::money;
use crate::tax::rules::TaxPolicy;
use crate::term::service as term;
use causeway_contract::{COSTS, Code, FieldError, Patch, Problem};
use causeway_entity::books::fiscal_years;
use causeway_entity::govern::companies;
use causeway_entity::kernel::number_series;
use causeway_entity::master::accounts;
use causeway_govern::tenancy::limits::room_for_company;
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_openapi::company as wire;
use causeway_openapi::object::merge_metadata;
use causeway_value::{AccountId, Amount, AmountText, CashRounding, CompanyId, Currency, Json, Percent, QuoteRules, RoundingRule, TaxRounding};

/// The chart of accounts of a company that names none.
const DEFAULT_CHART: &str = "generic";

/// Creates a company with its chart of accounts.
///
/// # Errors
/// `invalid_value` for a chart that does not exist.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateCompany) -> Result<wire::Company, Problem> {
    let template = body.chart_template.as_deref().unwrap_or(DEFAULT_CHART);
    let Some(chart) = chart::template(template) else {
        return Err(Problem::field(Code::InvalidValue, "/chart_template", "must be the name of a chart: generic"));
    };
    check::needs_costs(ctx, body.quote_rules.as_ref().is_some_and(|rules| rules.min_margin_percent.is_some()), MIN_MARGIN)?;
    room_for_company(tx).await?;
    let mut errors = Vec::new();
    check::not_blank(&body.name, "/name", &mut errors);
    check_rules(tx, body.quote_rules.as_ref(), &mut errors).await?;
    let credit_note_limit = body.credit_note_limit.as_ref().and_then(|limit| limit_of(limit, body.currency, "/credit_note_limit", &mut errors));
    let payment_tolerance = body.payment_tolerance.as_ref().and_then(|limit| limit_of(limit, body.currency, "/payment_tolerance", &mut errors));
    if let Some(rules) = &body.document_rules {
        errors.extend(completeness::unanswerable(rules));
        dimension::check_asked(tx, None, rules, &mut errors).await?;
    }
    check_rounding(&body.rounding_rules, &mut errors);
    check::finish(errors)?;
    let now = ctx.now();
    let row = companies::Model {
        tenant_id: ctx.tenant,
        id: CompanyId::new(),
        name: body.name.clone(),
        country: body.country.clone(),
        currency: body.currency,
        time_zone: body.time_zone,
        tax_id: body.tax_id.clone(),
        fiscal_year_start_month: body.fiscal_year_start_month.map_or(1, i64::from),
        chart_template: template.to_owned(),
        tax_rounding: body.tax_rounding.unwrap_or(TaxRounding::PerLine),
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: now,
        updated_at: now,
        letterhead: body.letterhead.clone().map(Json),
        quote_rules: body.quote_rules.clone().map(Json),
        lead_rules: body.lead_rules.clone().map(Json),
        credit_note_limit,
        document_discount_base: Some(body.document_discount_base.unwrap_or_default()),
        discount_posting: Some(body.discount_posting.unwrap_or_default()),
        rounding_rules: Some(Json(body.rounding_rules.clone())),
        installment_rules: body.installment_rules.map(Json),
        max_rate_age_days: body.max_rate_age_days.map(i64::from),
        order_rules: body.order_rules.clone().map(Json),
        document_rules: body.document_rules.clone().map(Json),
        has_tax_rules: None,
        payment_tolerance,
        tax_engine: Some(body.tax_engine.unwrap_or_default()),
    };
    tx.insert(row.clone());
    for account in chart {
        tx.insert(accounts::Model {
            tenant_id: ctx.tenant,
            id: AccountId::new(),
            company_id: row.id,
            code: account.code.to_owned(),
            name: account.name.to_owned(),
            kind: account.kind,
            purpose: Some(account.purpose.word().to_owned()),
            metadata: Json::default(),
            version: 1,
            created_at: now,
            updated_at: now,
            active: Some(true),
        });
    }
    let refs = crate::refs::pairs(&body.external_refs);
    tx.set_external_refs("company", row.id.uuid(), &refs, true);
    tx.index_words("company", row.id.uuid(), &[Some(&row.name)], true);
    record(ctx, tx, "company.created", &row, refs)
}

/// Changes a company.
///
/// # Errors
/// `not_found`; every wrong field; `state_conflict` for another fiscal year once documents have numbers of it.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: CompanyId, body: &wire::UpdateCompany) -> Result<wire::Company, Problem> {
    let old = tx.lock::<companies::Entity>(id).await?;
    let mut new = old.clone();
    new.name = body.name.clone().over_required(new.name);
    new.country = body.country.clone().over_required(new.country);
    new.time_zone = body.time_zone.clone().over_required(new.time_zone);
    new.tax_id = body.tax_id.clone().over(new.tax_id);
    new.fiscal_year_start_month = body.fiscal_year_start_month.clone().over_required(u32::try_from(old.fiscal_year_start_month).unwrap_or(1)).into();
    if new.fiscal_year_start_month != old.fiscal_year_start_month {
        must_have_no_numbers(tx, id).await?;
    }
    new.tax_rounding = body.tax_rounding.clone().over_required(new.tax_rounding);
    new.letterhead = whole(&body.letterhead, new.letterhead);
    new.quote_rules = quote_rules(ctx, new.quote_rules, &body.quote_rules)?;
    new.lead_rules = whole(&body.lead_rules, new.lead_rules);
    new.order_rules = whole(&body.order_rules, new.order_rules);
    new.document_rules = whole(&body.document_rules, new.document_rules);
    new.installment_rules = whole(&body.installment_rules, new.installment_rules);
    let base = old.document_discount_base.unwrap_or_default();
    new.document_discount_base = Some(body.document_discount_base.clone().over_required(base));
    new.discount_posting = Some(body.discount_posting.clone().over_required(old.discount_posting.unwrap_or_default()));
    new.tax_engine = Some(body.tax_engine.clone().over_required(old.tax_engine.unwrap_or_default()));
    let rounding = old.rounding_rules.clone().map(|kept| kept.0).unwrap_or_default();
    new.rounding_rules = Some(Json(body.rounding_rules.clone().over_required(rounding)));
    let age = old.max_rate_age_days.and_then(|days| u32::try_from(days).ok());
    new.max_rate_age_days = body.max_rate_age_days.clone().over(age).map(i64::from);
    let mut errors = Vec::new();
    if let Patch::Value(rules) = &body.quote_rules {
        check_rules(tx, Some(rules), &mut errors).await?;
    }
    match &body.credit_note_limit {
        Patch::Absent => {}
        Patch::Null => new.credit_note_limit = None,
        Patch::Value(limit) => new.credit_note_limit = limit_of(limit, old.currency, "/credit_note_limit", &mut errors),
    }
    match &body.payment_tolerance {
        Patch::Absent => {}
        Patch::Null => new.payment_tolerance = None,
        Patch::Value(limit) => new.payment_tolerance = limit_of(limit, old.currency, "/payment_tolerance", &mut errors),
    }
    if let Patch::Value(rules) = &body.document_rules {
        errors.extend(completeness::unanswerable(rules));
        dimension::check_asked(tx, Some(old.id), rules, &mut errors).await?;
    }
    if let Patch::Value(rules) = &body.rounding_rules {
        check_rounding(rules, &mut errors);
    }
    check::not_blank(&new.name, "/name", &mut errors);
    check::finish(errors)?;
    new.metadata = Json(merge_metadata(new.metadata.0, body.metadata.clone()));
    new.version += 1;
    new.updated_at = ctx.now();
    let refs = crate::refs::patched(tx, "company", id.uuid(), &body.external_refs).await?;
    tx.update(&old, &new);
    if new.name != old.name {
        tx.index_words("company", id.uuid(), &[Some(&new.name)], false);
    }
    record(ctx, tx, "company.updated", &new, refs)
}

/// Numbers and fiscal years are named after the calendar as it is: with another one a month would be in two years, or in none (ACC-10, INV-4).
async fn must_have_no_numbers(tx: &mut Tx<'_>, id: CompanyId) -> Result<(), Problem> {
    let numbered = Find::<number_series::Entity>::new().eq(number_series::Column::CompanyId, id).one(tx).await?;
    let years = Find::<fiscal_years::Entity>::new().eq(fiscal_years::Column::CompanyId, id).one(tx).await?;
    if numbered.is_none() && years.is_none() {
        return Ok(());
    }
    let detail = "The company has documents or fiscal years that are numbered by its calendar, so the month in which its years begin cannot change any more.";
    Err(Problem::new(Code::StateConflict, detail).at("/fiscal_year_start_month"))
}

/// The limit that who may not see costs reads as null.
const MIN_MARGIN: &str = "quote_rules.min_margin_percent";

/// The rules after a change. Who may not see the limit of margins leaves it as it is, whatever else is said: what reads as null is none to take away.
fn quote_rules(ctx: &Ctx, kept: Option<Json<QuoteRules>>, given: &Patch<QuoteRules>) -> Result<Option<Json<QuoteRules>>, Problem> {
    let hidden = kept.as_ref().and_then(|kept| kept.0.min_margin_percent);
    let new = whole(given, kept);
    if given.is_absent() || ctx.may(COSTS) {
        return Ok(new);
    }
    check::needs_costs(ctx, matches!(given, Patch::Value(rules) if rules.min_margin_percent.is_some()), MIN_MARGIN)?;
    if hidden.is_none() {
        return Ok(new);
    }
    Ok(Some(Json(QuoteRules { min_margin_percent: hidden, ..new.map(|rules| rules.0).unwrap_or_default() })))
}

/// A set of rules, which is given as a whole. Null is none, as for a new company.
fn whole<T: Clone>(given: &Patch<T>, kept: Option<Json<T>>) -> Option<Json<T>> {
    match given {
        Patch::Absent => kept,
        Patch::Null => None,
        Patch::Value(rules) => Some(Json(rules.clone())),
    }
}

/// A limit, which is no less than nothing.
fn limit_of(text: &AmountText, currency: Currency, pointer: &str, errors: &mut Vec<FieldError>) -> Option<Amount> {
    let limit = money::amount(text, currency, pointer, errors)?;
    check::not_negative(limit.0, pointer, errors);
    Some(limit)
}

/// The limits must be shares, and the payment terms must be there.
async fn check_rules(tx: &mut Tx<'_>, rules: Option<&QuoteRules>, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let Some(rules) = rules else { return Ok(()) };
    let limits = [
        ("max_discount_percent", rules.max_discount_percent),
        ("max_price_override_percent", rules.max_price_override_percent),
        ("min_margin_percent", rules.min_margin_percent),
    ];
    for (name, limit) in limits {
        if limit.is_some_and(|limit| !(Percent::ZERO..=Percent::WHOLE).contains(&limit)) {
            errors.push(FieldError::pointer(Code::InvalidValue, format!("/quote_rules/{name}"), "must be from 0 to 100"));
        }
    }
    for (index, id) in rules.payment_term_ids.iter().enumerate() {
        term::named(tx, Some(*id), &format!("/quote_rules/payment_term_ids/{index}"), errors).await?;
    }
    Ok(())
}

/// Each currency has one rule, and every step is an amount of it.
fn check_rounding(rules: &[RoundingRule], errors: &mut Vec<FieldError>) {
    for (index, rule) in rules.iter().enumerate() {
        let at = |field: &str| format!("/rounding_rules/{index}/{field}");
        if rules.iter().take(index).any(|earlier| earlier.currency == rule.currency) {
            errors.push(FieldError::pointer(Code::InvalidValue, at("currency"), "has a rule already; say all of it in one"));
        }
        let steps = [("tax_step", rule.tax_step.as_ref()), ("cash/step", rule.cash.as_ref().map(|cash| &cash.step))];
        for (field, step) in steps.into_iter().filter_map(|(field, step)| Some((field, step?))) {
            if money::amount(step, rule.currency, &at(field), errors).is_some_and(|step| step <= Amount::ZERO) {
                errors.push(FieldError::pointer(Code::InvalidValue, at(field), "must be more than zero"));
            }
        }
    }
}

fn rounding_rule(company: &companies::Model, currency: Currency) -> Option<&RoundingRule> {
    RoundingRule::of(company.rounding_rules.as_ref().map(|rules| rules.0.as_slice()).unwrap_or_default(), currency)
}

/// The step to which a company rounds taxes of documents in this currency; none for the smallest unit.
#[must_use]
pub fn tax_step(company: &companies::Model, currency: Currency) -> Option<Amount> {
    rounding_rule(company, currency)?.tax_step()
}

/// How a company rounds what is to be paid in this currency; none for not at all.
#[must_use]
pub fn cash_rounding(company: &companies::Model, currency: Currency) -> Option<&CashRounding> {
    rounding_rule(company, currency)?.cash.as_ref()
}

/// How the taxes of a company's new documents are computed.
#[must_use]
pub fn policy_of(company: &companies::Model, currency: Currency) -> TaxPolicy {
    TaxPolicy::kept(company.tax_rounding, tax_step(company, currency), company.discount_posting.unwrap_or_default())
}

/// The company that a field of a body names, or its error.
///
/// # Errors
/// When the database fails.
pub async fn named(tx: &mut Tx<'_>, id: CompanyId, errors: &mut Vec<FieldError>) -> Result<Option<companies::Model>, Problem> {
    tx.named::<companies::Entity, _>(Some(id), "/company_id", errors).await
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &companies::Model, refs: Vec<(String, String)>) -> Result<wire::Company, Problem> {
    let view = view(row, refs);
    tx.record(ctx, &Change { event, object: "company", id: row.id.uuid(), version: row.version, company_id: Some(row.id), flow_id: None, body: &view })?;
    Ok(view)
}

/// The company as the API shows it.
#[must_use]
pub fn view(row: &companies::Model, refs: Vec<(String, String)>) -> wire::Company {
    wire::Company {
        id: row.id,
        object: "company".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        name: row.name.clone(),
        country: row.country.clone(),
        currency: row.currency,
        time_zone: row.time_zone,
        tax_id: row.tax_id.clone(),
        fiscal_year_start_month: u32::try_from(row.fiscal_year_start_month).unwrap_or(1),
        chart_template: row.chart_template.clone(),
        tax_rounding: row.tax_rounding,
        letterhead: row.letterhead.clone().map(|kept| kept.0).unwrap_or_default(),
        quote_rules: row.quote_rules.clone().map(|kept| kept.0).unwrap_or_default(),
        lead_rules: row.lead_rules.clone().map(|kept| kept.0).unwrap_or_default(),
        credit_note_limit: row.credit_note_limit.map(|limit| limit.text(row.currency)),
        payment_tolerance: row.payment_tolerance.map(|limit| limit.text(row.currency)),
        document_discount_base: row.document_discount_base.unwrap_or_default(),
        discount_posting: row.discount_posting.unwrap_or_default(),
        rounding_rules: row.rounding_rules.clone().map(|kept| kept.0).unwrap_or_default(),
        installment_rules: row.installment_rules.as_ref().map(|kept| kept.0).unwrap_or_default(),
        max_rate_age_days: row.max_rate_age_days.and_then(|days| u32::try_from(days).ok()),
        order_rules: row.order_rules.clone().map(|kept| kept.0).unwrap_or_default(),
        document_rules: row.document_rules.clone().map(|kept| kept.0).unwrap_or_default(),
        tax_engine: row.tax_engine.unwrap_or_default(),
        metadata: row.metadata.0.clone(),
        external_refs: crate::refs::shown(refs),
    }
}
