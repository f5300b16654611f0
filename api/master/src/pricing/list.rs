//! The verbs of a price list (QTE-04 to QTE-06, QTE-19).

use super::chain::must_end;
use super::columns::{audience_given, audience_of, place, rule_given, rule_row, set_audience, twins};
use super::hidden::{self, say_costs};
use super::rules::{Audience, PriceRuleData, check_rule};
use crate::{check, refs};
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::{categories, parties, price_lists, price_rules, products};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_openapi::pricing as wire;
use causeway_value::{CategoryId, CompanyId, Day, Json, PriceListId, ProductId};
use sea_orm::sea_query::Value;

/// Creates a price list with its rules.
///
/// # Errors
/// `not_found` for what it names; `invalid_value` for its audience, dates and rules; `already_exists` for the code.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreatePriceList) -> Result<wire::PriceList, Problem> {
    say_costs(ctx, &body.rules)?;
    insert(ctx, tx, body, true).await
}

async fn insert(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreatePriceList, active: bool) -> Result<wire::PriceList, Problem> {
    let now = ctx.now();
    let mut row = price_lists::Model {
        tenant_id: ctx.tenant,
        id: PriceListId::new(),
        code: body.code.clone(),
        name: body.name.clone(),
        currency: body.currency,
        priority: body.priority.unwrap_or(0).into(),
        valid_from: body.valid_from,
        valid_to: body.valid_to,
        audience_kind: None,
        audience_id: None,
        audience_segment: None,
        company_id: body.company_id,
        convert: body.convert.unwrap_or(false),
        active,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut errors = Vec::new();
    check::not_blank(&row.code, "/code", &mut errors);
    check::code_is_free::<price_lists::Entity>(tx, &row.code, &mut errors).await?;
    check_dates(&row, &mut errors);
    tx.named::<companies::Entity, _>(row.company_id, "/company_id", &mut errors).await?;
    take_audience(tx, &mut row, body.audience.as_ref(), &mut errors).await?;
    let rules = read_rules(tx, row.company_id, &body.rules, &mut errors).await?;
    must_end(tx, row.id, &body.rules, &mut errors).await?;
    check::finish(errors)?;
    tx.insert(row.clone());
    let rules = write_rules(tx, &row, &rules);
    let refs = refs::pairs(&body.external_refs);
    tx.set_external_refs("price_list", row.id.uuid(), &refs, true);
    index(tx, &row, true);
    record(ctx, tx, "price_list.created", &row, &rules, refs)
}

/// Changes a price list. Documents keep the prices that they took. Rules are replaced as a whole.
///
/// # Errors
/// As [`create`]; `not_found` for the list; `permission_denied` where a rule that follows from costs would be another one or gone, for who may not see costs.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: PriceListId, body: &wire::UpdatePriceList) -> Result<wire::PriceList, Problem> {
    let old = tx.lock::<price_lists::Entity>(id).await?;
    let mut errors = Vec::new();
    let mut new = old.clone();
    new.name = body.name.clone().over(new.name);
    if let Patch::Value(priority) = &body.priority {
        new.priority = i64::from(*priority);
    }
    new.valid_from = body.valid_from.clone().over(new.valid_from);
    new.valid_to = body.valid_to.clone().over(new.valid_to);
    new.convert = body.convert.clone().over_required(new.convert);
    new.active = body.active.clone().over_required(new.active);
    new.metadata = Json(check::metadata(new.metadata.0, &body.metadata, &mut errors));
    check_dates(&new, &mut errors);
    match &body.audience {
        Patch::Absent => {}
        Patch::Null => set_audience(&mut new, None),
        Patch::Value(given) => take_audience(tx, &mut new, Some(given), &mut errors).await?,
    }
    let rules = match &body.rules {
        Patch::Value(given) => {
            let given = &hidden::kept(ctx, tx, id, given).await?;
            let rules = read_rules(tx, new.company_id, given, &mut errors).await?;
            must_end(tx, id, given, &mut errors).await?;
            let values = vec![Value::from(ctx.tenant), Value::from(id)];
            tx.plain("DELETE FROM price_rules WHERE tenant_id = $1 AND price_list_id = $2", values);
            write_rules(tx, &new, &rules)
        }
        Patch::Absent | Patch::Null => rules_of(tx, &[id]).await?,
    };
    check::finish(errors)?;
    let refs = refs::patched(tx, "price_list", id.uuid(), &body.external_refs).await?;
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(&old, &new);
    if new.name != old.name {
        index(tx, &new, false);
    }
    record(ctx, tx, "price_list.updated", &new, &rules, refs)
}

/// Makes the list findable by code and name.
fn index(tx: &mut Tx<'_>, row: &price_lists::Model, fresh: bool) {
    tx.index_words("price_list", row.id.uuid(), &[Some(&row.code), row.name.as_deref()], fresh);
}

/// Makes a new list with the rules, audience, currency and company of another: the next year's list begins as a copy of this year's. One that would give the
/// same customers the same prices of the same days beside the other ties with it, and nobody could sell to them: it is not active yet.
///
/// # Errors
/// As [`create`]; `not_found` for the list.
pub async fn copy(ctx: &Ctx, tx: &mut Tx<'_>, id: PriceListId, body: &wire::CopyPriceList) -> Result<wire::PriceList, Problem> {
    let row = tx.must::<price_lists::Entity>(id).await?;
    let rules = rules_of(tx, &[id]).await?;
    let old = view(&row, rules.iter(), Vec::new());
    let rule = |rule: wire::PriceRule| wire::PriceRuleInput {
        product_id: rule.product_id,
        category_id: rule.category_id,
        min_quantity: Some(rule.min_quantity),
        price: rule.price,
        percent_off: rule.percent_off,
        surcharge: rule.surcharge,
        cost_plus_percent: rule.cost_plus_percent,
        rounding_step: rule.rounding_step,
        margin_floor_percent: rule.margin_floor_percent,
        base_price_list_id: rule.base_price_list_id,
    };
    let new = wire::CreatePriceList {
        code: body.code.clone(),
        name: body.name.clone().or(old.name),
        currency: old.currency,
        priority: Some(body.priority.unwrap_or(old.priority)),
        valid_from: body.valid_from,
        valid_to: body.valid_to,
        company_id: old.company_id,
        audience: old.audience,
        convert: Some(old.convert),
        rules: old.rules.into_iter().map(rule).collect(),
        metadata: old.metadata,
        external_refs: Vec::new(),
    };
    // What is copied tells nobody more than it did.
    insert(ctx, tx, &new, !ties(&row, &new)).await
}

/// Whether a copy counts on days of the list that it is of, and before it in nothing.
fn ties(old: &price_lists::Model, new: &wire::CreatePriceList) -> bool {
    let begins_by = |from: Option<Day>, to: Option<Day>| from.zip(to).is_none_or(|(from, to)| from <= to);
    let share_days = begins_by(old.valid_from, new.valid_to) && begins_by(new.valid_from, old.valid_to);
    share_days && new.priority.is_none_or(|priority| i64::from(priority) == old.priority)
}

/// Replaces the rules of a list, or adds to those that are kept.
///
/// # Errors
/// When the object cannot be recorded: a bug.
pub(super) async fn set_rules(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    old: &price_lists::Model,
    rules: &[PriceRuleData],
    kept: Option<Vec<price_rules::Model>>,
) -> Result<wire::PriceList, Problem> {
    let replaced = kept.is_none();
    let mut kept = kept.unwrap_or_default();
    if replaced {
        let values = vec![Value::from(ctx.tenant), Value::from(old.id)];
        tx.plain("DELETE FROM price_rules WHERE tenant_id = $1 AND price_list_id = $2", values);
    }
    let first = kept.last().map_or(0, |last| last.position + 1);
    for (position, rule) in (first..).zip(rules) {
        let row = rule_row(old, position, rule);
        tx.insert(row.clone());
        kept.push(row);
    }
    let mut new = old.clone();
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(old, &new);
    let refs = tx.external_refs(&[old.id.uuid()]).await?.remove(&old.id.uuid()).unwrap_or_default();
    record(ctx, tx, "price_list.updated", &new, &kept, refs)
}

/// The rules of these lists, in order, in one query.
///
/// # Errors
/// When the database fails.
pub async fn rules_of(tx: &mut Tx<'_>, ids: &[PriceListId]) -> Result<Vec<price_rules::Model>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let find = Find::<price_rules::Entity>::new().among(price_rules::Column::PriceListId, ids.iter().copied());
    find.order_by(price_rules::Column::Position).all(tx).await
}

fn check_dates(row: &price_lists::Model, errors: &mut Vec<FieldError>) {
    for (day, pointer) in [(row.valid_from, "/valid_from"), (row.valid_to, "/valid_to")] {
        if let Some(day) = day {
            check::day(day, pointer, errors);
        }
    }
    if let (Some(from), Some(to)) = (row.valid_from, row.valid_to)
        && to < from
    {
        errors.push(FieldError::pointer(Code::InvalidValue, "/valid_to", format!("must not be before valid_from, {from}")));
    }
}

/// Whom the list is for from now on.
async fn take_audience(
    tx: &mut Tx<'_>,
    row: &mut price_lists::Model,
    given: Option<&wire::PriceAudience>,
    errors: &mut Vec<FieldError>,
) -> Result<(), Problem> {
    let Some(given) = given else { return Ok(()) };
    let Some(audience) = audience_given(given) else {
        errors.push(FieldError::pointer(Code::InvalidValue, "/audience", "must have exactly one of party_id, segment, company_id and tenant: true"));
        return Ok(());
    };
    match &audience {
        Audience::Party(id) => drop(tx.named::<parties::Entity, _>(Some(*id), "/audience/party_id", errors).await?),
        Audience::Company(id) => drop(tx.named::<companies::Entity, _>(Some(*id), "/audience/company_id", errors).await?),
        Audience::Segment(_) | Audience::Tenant => {}
    }
    set_audience(row, Some(audience));
    Ok(())
}

/// The rules as given, checked; what they are about and based on is looked up in three queries.
async fn read_rules(
    tx: &mut Tx<'_>,
    company: Option<CompanyId>,
    given: &[wire::PriceRuleInput],
    errors: &mut Vec<FieldError>,
) -> Result<Vec<PriceRuleData>, Problem> {
    let mut rules = Vec::with_capacity(given.len());
    let mut places = Vec::with_capacity(given.len());
    let mut wanted_products: Vec<(ProductId, String)> = Vec::new();
    let mut wanted_categories: Vec<(CategoryId, String)> = Vec::new();
    let mut wanted_lists: Vec<(PriceListId, String)> = Vec::new();
    for (index, one) in given.iter().enumerate() {
        let pointer = format!("/rules/{index}");
        match rule_given(one) {
            Ok(rule) => {
                errors.extend(check_rule(&rule, &pointer));
                places.push((index, place(&rule)));
                rules.push(rule);
            }
            Err(detail) => errors.push(FieldError::pointer(Code::InvalidValue, &pointer, detail)),
        }
        wanted_products.extend(one.product_id.map(|id| (id, format!("{pointer}/product_id"))));
        wanted_categories.extend(one.category_id.map(|id| (id, format!("{pointer}/category_id"))));
        wanted_lists.extend(one.base_price_list_id.map(|id| (id, format!("{pointer}/base_price_list_id"))));
    }
    for (index, other) in twins(places) {
        let detail = format!("is for the same goods from the same quantity as `/rules/{other}`, so that no price would be one of both: leave one of them out");
        errors.push(FieldError::pointer(Code::InvalidValue, format!("/rules/{index}"), detail));
    }
    let bases = check::named_all::<price_lists::Entity, _>(tx, price_lists::Column::Id, |row| row.id, &wanted_lists, errors).await?;
    for (id, pointer) in &wanted_lists {
        if bases.get(id).and_then(|base| base.company_id).is_some_and(|of| company != Some(of)) {
            // Whoever sees only the company of this list would not know what its prices start from.
            errors.push(FieldError::pointer(Code::InvalidValue, pointer, "is a list of one company only, and this list is not of that company"));
        }
    }
    check::named_all::<products::Entity, _>(tx, products::Column::Id, |row| row.id, &wanted_products, errors).await?;
    check::named_all::<categories::Entity, _>(tx, categories::Column::Id, |row| row.id, &wanted_categories, errors).await?;
    Ok(rules)
}

fn write_rules(tx: &mut Tx<'_>, list: &price_lists::Model, rules: &[PriceRuleData]) -> Vec<price_rules::Model> {
    let rows: Vec<price_rules::Model> = (0..).zip(rules).map(|(position, rule)| rule_row(list, position, rule)).collect();
    for row in &rows {
        tx.insert(row.clone());
    }
    rows
}

fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &'static str,
    row: &price_lists::Model,
    rules: &[price_rules::Model],
    refs: Vec<(String, String)>,
) -> Result<wire::PriceList, Problem> {
    let view = view(row, rules.iter(), refs);
    let (id, version, company_id) = (row.id.uuid(), row.version, row.company_id);
    tx.record(ctx, &Change { event, object: "price_list", id, version, company_id, flow_id: None, body: &view })?;
    Ok(view)
}

/// The price list as the API shows it.
#[must_use]
pub fn view<'a>(row: &price_lists::Model, rules: impl Iterator<Item = &'a price_rules::Model>, refs: Vec<(String, String)>) -> wire::PriceList {
    wire::PriceList {
        id: row.id,
        object: "price_list".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        code: row.code.clone(),
        name: row.name.clone(),
        currency: row.currency,
        priority: i32::try_from(row.priority).unwrap_or(i32::MAX),
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        company_id: row.company_id,
        audience: audience_of(row).map(shown_audience),
        convert: row.convert,
        active: row.active,
        rules: rules.map(shown_rule).collect(),
        metadata: row.metadata.0.clone(),
        external_refs: refs::shown(refs),
    }
}

fn shown_audience(audience: Audience) -> wire::PriceAudience {
    let none = wire::PriceAudience::default();
    match audience {
        Audience::Party(id) => wire::PriceAudience { party_id: Some(id), ..none },
        Audience::Segment(segment) => wire::PriceAudience { segment: Some(segment), ..none },
        Audience::Company(id) => wire::PriceAudience { company_id: Some(id), ..none },
        Audience::Tenant => wire::PriceAudience { tenant: Some(true), ..none },
    }
}

fn shown_rule(row: &price_rules::Model) -> wire::PriceRule {
    wire::PriceRule {
        id: row.id,
        product_id: row.product_id,
        category_id: row.category_id,
        min_quantity: row.min_quantity,
        price: row.price,
        percent_off: row.percent_off,
        surcharge: row.surcharge,
        cost_plus_percent: row.cost_plus_percent,
        rounding_step: row.rounding_step,
        margin_floor_percent: row.margin_floor_percent,
        base_price_list_id: row.base_price_list_id,
    }
}
