//! Why deals are lost, as a list to choose from. An opportunity keeps the code. As long as there is no active reason any text is one, and history that is told
//! keeps the words that it had.

use causeway_contract::{Code, FieldError, Page, Problem};
use causeway_entity::sell::lost_reasons::{Column, Entity, Model};
use causeway_kernel::{Answer, Call, Change, Ctx, Find, Routes, Tx, list};
use causeway_master::check::{code_is_free, finish, not_blank};
use causeway_openapi::team::{LOST_REASONS, LostReason, op};
use causeway_value::LostReasonId;

/// Reasons that an error names, at most.
const NAMED: u64 = 20;

/// The error of a reason that is none of the tenant's, where there are some.
///
/// # Errors
/// When the database fails.
pub(crate) async fn error(tx: &mut Tx<'_>, reason: &str, pointer: &str) -> Result<Option<FieldError>, Problem> {
    let active = || Find::<Entity>::new().eq(Column::Active, true);
    if active().eq(Column::Code, reason).one(tx).await?.is_some() {
        return Ok(None);
    }
    let known: Vec<String> = active().order_by(Column::Code).limit(NAMED).all(tx).await?.into_iter().map(|row| row.code).collect();
    if known.is_empty() {
        return Ok(None);
    }
    let detail = format!("must be the code of an active lost reason (GET /v1/lost-reasons), such as {}", known.join(", "));
    Ok(Some(FieldError::pointer(Code::InvalidValue, pointer, detail)))
}

/// Serves its operations.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListLostReasons, _>(list_reasons);
    routes.on::<op::CreateLostReason, _>(create);
    routes.on::<op::GetLostReason, _>(get);
    routes.on::<op::UpdateLostReason, _>(update);
}

async fn list_reasons(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListLostReasons>) -> Result<Answer<Page<LostReason>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &LOST_REASONS, "lost_reason", &call.query).await?;
    let data = rows.rows.iter().map(view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateLostReason>) -> Result<Answer<LostReason>, Problem> {
    let mut errors = Vec::new();
    not_blank(&call.body.code, "/code", &mut errors);
    code_is_free::<Entity>(tx, &call.body.code, &mut errors).await?;
    not_blank(&call.body.name, "/name", &mut errors);
    finish(errors)?;
    let now = ctx.now();
    let row = Model {
        tenant_id: ctx.tenant,
        id: LostReasonId::new(),
        code: call.body.code.clone(),
        name: call.body.name.clone(),
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.insert(row.clone());
    record(ctx, tx, "lost_reason.created", &row)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetLostReason>) -> Result<Answer<LostReason>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    Ok(Answer::object(view(&row), row.version))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateLostReason>) -> Result<Answer<LostReason>, Problem> {
    let old = tx.lock::<Entity>(call.path).await?;
    let new = Model {
        name: call.body.name.clone().over_required(old.name.clone()),
        active: call.body.active.clone().over_required(old.active),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    let mut errors = Vec::new();
    not_blank(&new.name, "/name", &mut errors);
    finish(errors)?;
    tx.update(&old, &new);
    record(ctx, tx, "lost_reason.updated", &new)
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &Model) -> Result<Answer<LostReason>, Problem> {
    let body = view(row);
    tx.record(ctx, &Change { event, object: "lost_reason", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &body })?;
    Ok(Answer::object(body, row.version))
}

fn view(row: &Model) -> LostReason {
    LostReason {
        id: row.id,
        object: "lost_reason".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        code: row.code.clone(),
        name: row.name.clone(),
        active: row.active,
    }
}
