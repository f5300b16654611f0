//! The verbs of a tax.

use super::rules::check_tax;
use super::store::{TaxDefs, check_group, tax_defs};
use super::used;
use crate::account::lookup::Chart;
use crate::{check, company};
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::master::{accounts, taxes};
use causeway_kernel::{Change, Ctx, Tx};
use causeway_openapi::tax as wire;
use causeway_value::{Account, AccountId, CompanyId, Json, Percent, TaxId, TaxKind};

/// Creates a tax.
///
/// # Errors
/// `not_found` for company, account or members; `required` for the rate; `invalid_value` for what cannot be computed; `already_exists` for the code.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateTax) -> Result<wire::Tax, Problem> {
    let mut errors = Vec::new();
    company::service::named(tx, body.company_id, &mut errors).await?;
    check::not_blank(&body.code, "/code", &mut errors);
    check::code_is_free_in::<taxes::Entity>(tx, body.company_id, &body.code, &mut errors).await?;
    check::not_blank(&body.name, "/name", &mut errors);
    body.note.iter().for_each(|note| check::not_blank(note, "/note", &mut errors));
    if body.kind == TaxKind::Group && body.note.is_some() {
        errors.push(FieldError::pointer(Code::InvalidValue, "/note", "must stand on a member of the group: documents list the members"));
    }
    let included = body.included.unwrap_or(false);
    if body.rate.is_none() && body.kind != TaxKind::Group {
        errors.push(FieldError::pointer(Code::Required, "/rate", "is required unless the kind is group"));
    }
    let rate = body.rate.unwrap_or(Percent::ZERO);
    errors.extend(check_tax(body.kind, rate, included));
    let known = if body.group_of.is_empty() { TaxDefs::default() } else { tax_defs(tx, body.company_id).await? };
    errors.extend(check_group(body.kind, &body.group_of, &known));
    check_account(tx, body.account_id, body.company_id, "/account_id", &mut errors).await?;
    check_account(tx, body.sales_account_id, body.company_id, "/sales_account_id", &mut errors).await?;
    check::finish(errors)?;
    let now = ctx.now();
    let row = taxes::Model {
        tenant_id: ctx.tenant,
        id: TaxId::new(),
        company_id: body.company_id,
        code: body.code.clone(),
        name: body.name.clone(),
        kind: body.kind,
        rate,
        included,
        sequence: body.sequence.unwrap_or(0).into(),
        affects_base: body.affects_base.unwrap_or(false),
        base_affected: body.base_affected.unwrap_or(true),
        group_of: Json(body.group_of.clone()),
        account_id: body.account_id,
        active: true,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: now,
        updated_at: now,
        note: body.note.clone(),
        sales_account_id: body.sales_account_id,
    };
    tx.insert(row.clone());
    record(ctx, tx, "tax.created", &row)
}

/// Changes what does not change the result of documents that were made with it.
///
/// # Errors
/// `not_found` for the tax or its account; `state_conflict` for another order of evaluation while open documents are computed with the tax.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: TaxId, body: &wire::UpdateTax) -> Result<wire::Tax, Problem> {
    let old = tx.lock::<taxes::Entity>(id).await?;
    let mut errors = Vec::new();
    let mut new = old.clone();
    new.name = body.name.clone().over_required(new.name);
    check::not_blank(&new.name, "/name", &mut errors);
    if let Patch::Value(sequence) = &body.sequence {
        new.sequence = i64::from(*sequence);
    }
    new.account_id = body.account_id.clone().over(new.account_id);
    if new.account_id != old.account_id {
        check_account(tx, new.account_id, new.company_id, "/account_id", &mut errors).await?;
    }
    new.sales_account_id = body.sales_account_id.clone().over(new.sales_account_id);
    if new.sales_account_id != old.sales_account_id {
        check_account(tx, new.sales_account_id, new.company_id, "/sales_account_id", &mut errors).await?;
    }
    new.active = body.active.clone().over_required(new.active);
    new.metadata = Json(check::metadata(new.metadata.0, &body.metadata, &mut errors));
    check::finish(errors)?;
    if new.sequence != old.sequence {
        used::must_be_unused(tx, &old).await?;
    }
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(&old, &new);
    record(ctx, tx, "tax.updated", &new)
}

/// The account must be one of the tax's company.
async fn check_account(tx: &mut Tx<'_>, id: Option<AccountId>, company_id: CompanyId, pointer: &str, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let Some(id) = id else { return Ok(()) };
    let found = tx.get::<accounts::Entity>(id).await?;
    match found.filter(|account| account.company_id == company_id) {
        None => errors.push(check::unknown::<Account>(pointer, "company")),
        Some(account) => errors.extend(Chart::refusal(&account, pointer)),
    }
    Ok(())
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &taxes::Model) -> Result<wire::Tax, Problem> {
    let view = view(row);
    tx.record(ctx, &Change { event, object: "tax", id: row.id.uuid(), version: row.version, company_id: Some(row.company_id), flow_id: None, body: &view })?;
    Ok(view)
}

/// The tax as the API shows it.
#[must_use]
pub fn view(row: &taxes::Model) -> wire::Tax {
    wire::Tax {
        id: row.id,
        object: "tax".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        company_id: row.company_id,
        code: row.code.clone(),
        name: row.name.clone(),
        kind: row.kind,
        rate: (row.kind != TaxKind::Group).then_some(row.rate),
        included: row.included,
        sequence: i32::try_from(row.sequence).unwrap_or(i32::MAX),
        affects_base: row.affects_base,
        base_affected: row.base_affected,
        group_of: row.group_of.0.clone(),
        account_id: row.account_id,
        sales_account_id: row.sales_account_id,
        note: row.note.clone(),
        active: row.active,
        metadata: row.metadata.0.clone(),
    }
}
