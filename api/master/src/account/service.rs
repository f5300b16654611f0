//! The verbs of an account.

use crate::{check, company};
use causeway_contract::Problem;
use causeway_entity::master::accounts;
use causeway_kernel::{Change, Ctx, Tx};
use causeway_openapi::company as wire;
use causeway_value::{AccountId, Json};

/// Adds an account to a company's chart. It has no purpose: the posting rules go on using those that the chart began with.
///
/// # Errors
/// `not_found` for the company; `already_exists` when the code is taken.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateAccount) -> Result<wire::Account, Problem> {
    let mut errors = Vec::new();
    company::service::named(tx, body.company_id, &mut errors).await?;
    check::not_blank(&body.code, "/code", &mut errors);
    check::not_blank(&body.name, "/name", &mut errors);
    check::finish(errors)?;
    let now = ctx.now();
    let row = accounts::Model {
        tenant_id: ctx.tenant,
        id: AccountId::new(),
        company_id: body.company_id,
        code: body.code.clone(),
        name: body.name.clone(),
        kind: body.kind,
        purpose: None,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.insert(row.clone());
    let view = view(&row);
    tx.record(
        ctx,
        &Change {
            event: "account.created",
            object: "account",
            id: row.id.uuid(),
            version: row.version,
            company_id: Some(row.company_id),
            flow_id: None,
            body: &view,
        },
    )?;
    Ok(view)
}

/// The account as the API shows it.
#[must_use]
pub fn view(row: &accounts::Model) -> wire::Account {
    wire::Account {
        id: row.id,
        object: "account".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        company_id: row.company_id,
        code: row.code.clone(),
        name: row.name.clone(),
        kind: row.kind,
        purpose: row.purpose.clone(),
        metadata: row.metadata.0.clone(),
    }
}
