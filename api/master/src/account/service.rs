//! The verbs of an account.

use super::Purpose;
use super::chart::kind_of;
use crate::{check, company};
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::books::journal_lines;
use causeway_entity::master::{accounts, taxes};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_openapi::company as wire;
use causeway_value::{AccountId, Json};

/// Adds an account to a company's chart. It has no purpose: the posting rules go on using those that they have until it takes one over.
///
/// # Errors
/// `not_found` for the company; `already_exists` when the code is taken.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateAccount) -> Result<wire::Account, Problem> {
    let mut errors = Vec::new();
    company::service::named(tx, body.company_id, &mut errors).await?;
    check::not_blank(&body.code, "/code", &mut errors);
    check::code_is_free_in::<accounts::Entity>(tx, body.company_id, &body.code, &mut errors).await?;
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
        active: Some(true),
    };
    tx.insert(row.clone());
    record(ctx, tx, "account.created", &row)
}

/// Changes an account. A purpose that it takes over is taken from the account that has it, so that later postings go here (ACC-02, MDM-05).
///
/// # Errors
/// `not_found`; `invalid_value` for a purpose that is none, that another kind of account has or that would leave another one without an account, and for
/// retiring an account that postings or taxes need; `state_conflict` for a purpose whose account mirrors open items or taxes and was posted to.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: AccountId, body: &wire::UpdateAccount) -> Result<wire::Account, Problem> {
    let old = tx.lock::<accounts::Entity>(id).await?;
    let mut errors = Vec::new();
    let mut new = accounts::Model { version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
    new.name = body.name.clone().over_required(new.name);
    check::not_blank(&new.name, "/name", &mut errors);
    new.metadata = Json(check::metadata(new.metadata.0, &body.metadata, &mut errors));
    new.active = Some(body.active.clone().over_required(old.active.unwrap_or(true)));
    match &body.purpose {
        Patch::Absent => {}
        Patch::Null => errors.extend(old.purpose.as_deref().map(left_alone)),
        Patch::Value(word) => {
            errors.extend(wrong_purpose(&old, word));
            new.purpose = Some(word.clone());
        }
    }
    if new.active == Some(false) {
        errors.extend(needed(tx, &new).await?);
    }
    check::finish(errors)?;
    if new.purpose != old.purpose {
        hand_over(ctx, tx, &new).await?;
    }
    tx.stands(id.uuid(), old.version, &view(&old))?;
    tx.update(&old, &new);
    record(ctx, tx, "account.updated", &new)
}

/// Why an account must not take a purpose over.
fn wrong_purpose(account: &accounts::Model, word: &str) -> Option<FieldError> {
    let wrong = |detail: String| Some(FieldError::pointer(Code::InvalidValue, "/purpose", detail));
    let Ok(purpose) = word.parse::<Purpose>() else {
        let known: Vec<&str> = Purpose::ALL.iter().map(|purpose| purpose.word()).collect();
        return wrong(format!("must be one of {}", known.join(", ")));
    };
    match account.purpose.as_deref() {
        Some(own) if own == word => None,
        Some(own) => Some(left_alone(own)),
        None => {
            let kind = kind_of(purpose)?;
            if kind == account.kind { None } else { wrong(format!("needs an account of the kind {kind}, and this is one of the kind {}", account.kind)) }
        }
    }
}

fn left_alone(purpose: &str) -> FieldError {
    let detail = format!("would leave the purpose {purpose} without an account: let another account take that one over first");
    FieldError::pointer(Code::InvalidValue, "/purpose", detail)
}

/// Why an account must go on being active.
async fn needed(tx: &mut Tx<'_>, account: &accounts::Model) -> Result<Option<FieldError>, Problem> {
    let still = |detail: String| Some(FieldError::pointer(Code::InvalidValue, "/active", detail));
    if let Some(purpose) = &account.purpose {
        return Ok(still(format!("must stay true: postings for the purpose {purpose} go to it. Let another account take the purpose over first")));
    }
    let of_company = Find::<taxes::Entity>::new().eq(taxes::Column::CompanyId, account.company_id).eq(taxes::Column::Active, true);
    let tax = of_company.when("account_id = ? OR sales_account_id = ?", vec![account.id.into(), account.id.into()]).limit(1).one(tx).await?;
    Ok(tax
        .and_then(|tax| still(format!("must stay true: the tax {}, or what is sold with it, is posted to it. Give that one another account first", tax.code))))
}

/// Takes the purpose of `new` from the account that has it.
async fn hand_over(ctx: &Ctx, tx: &mut Tx<'_>, new: &accounts::Model) -> Result<(), Problem> {
    let of_company = Find::<accounts::Entity>::new().eq(accounts::Column::CompanyId, new.company_id);
    let Some(holder) = of_company.eq(accounts::Column::Purpose, new.purpose.clone()).lock().one(tx).await? else { return Ok(()) };
    let purpose = new.purpose.as_deref().and_then(|word| word.parse::<Purpose>().ok());
    if purpose.is_some_and(Purpose::is_read_back) {
        let posted = Find::<journal_lines::Entity>::new().among(journal_lines::Column::AccountId, [holder.id, new.id]).limit(1).one(tx).await?;
        if posted.is_some() {
            let detail = format!(
                "The account {} mirrors what is open, or what was taxed, line by line: once it or its successor was posted to, the purpose stays. Rename the account instead.",
                holder.code
            );
            return Err(Problem::new(Code::StateConflict, detail).with("account_id", holder.id.to_string()));
        }
    }
    let left = accounts::Model { purpose: None, version: holder.version + 1, updated_at: ctx.now(), ..holder.clone() };
    tx.stands(holder.id.uuid(), holder.version, &view(&holder))?;
    tx.update(&holder, &left);
    record(ctx, tx, "account.updated", &left).map(drop)
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &accounts::Model) -> Result<wire::Account, Problem> {
    let view = view(row);
    let company_id = Some(row.company_id);
    tx.record(ctx, &Change { event, object: "account", id: row.id.uuid(), version: row.version, company_id, flow_id: None, body: &view })?;
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
        active: row.active.unwrap_or(true),
        metadata: row.metadata.0.clone(),
    }
}
