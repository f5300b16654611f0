//! The tenant's business clock. A live tenant's is real time; a sandbox's can be set once, before its first document, and then advanced.
//!
//! A set clock stands still. Advancing runs what falls due, in order, as a job.

mod advance;
mod due_day;

pub use advance::{Due, job_view, register_due, tick};
pub use due_day::DueDay;

use causeway_contract::{Accepted, Code, Problem, Reply};
use causeway_entity::kernel::number_series;
use causeway_entity::platform::tenants;
use causeway_kernel::{Answer, Call, Change, Ctx, Find, Routes, Tx};
use causeway_openapi::identity::{Clock, op};
use causeway_value::TenantMode;

/// Serves the operations of the clock.
pub fn register(routes: &mut Routes) {
    routes.on::<op::GetClock, _>(get);
    routes.on::<op::SetClock, _>(set);
    routes.on::<op::AdvanceClock, _>(advance);
}

async fn get(ctx: &Ctx, tx: &mut Tx<'_>, _: &Call<op::GetClock>) -> Result<Answer<Clock>, Problem> {
    let row = tx.must::<tenants::Entity>(ctx.tenant).await?;
    Ok(Answer::object(view(ctx, &row), row.version))
}

async fn set(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::SetClock>) -> Result<Answer<Clock>, Problem> {
    let old = sandbox(ctx, tx).await?;
    if Find::<number_series::Entity>::new().one(tx).await?.is_some() {
        return Err(Problem::new(Code::StateConflict, "The tenant has numbered documents, so its clock only goes forward. Use POST /v1/clock/advance."));
    }
    let new = tenants::Model { clock_now: Some(call.body.now), version: old.version + 1, updated_at: ctx.wall(), ..old.clone() };
    tx.update(&old, &new);
    let clock = view(ctx, &new);
    record(ctx, tx, "clock.set", &new, &clock)?;
    Ok(Answer::object(clock, new.version))
}

async fn advance(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    call: &Call<op::AdvanceClock>,
) -> Result<Answer<<Accepted<causeway_openapi::integration::Job> as Reply>::Payload>, Problem> {
    let row = sandbox(ctx, tx).await?;
    if call.body.to <= ctx.now() {
        return Err(Problem::field(Code::InvalidValue, "/to", format!("must be later than the clock, which shows {}", ctx.now())));
    }
    advance::start(ctx, tx, row, call.body.to).await.map(|job| {
        let version = job.version;
        Answer::object(job, version)
    })
}

/// The tenant's row, locked, if it is a sandbox.
async fn sandbox(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<tenants::Model, Problem> {
    let row = tx.lock::<tenants::Entity>(ctx.tenant).await?;
    if row.mode == TenantMode::Live {
        return Err(Problem::new(Code::StateConflict, "A live tenant runs on real time. Only a sandbox tenant has a clock to set or advance."));
    }
    Ok(row)
}

fn view(ctx: &Ctx, row: &tenants::Model) -> Clock {
    Clock { object: "clock".to_owned(), version: row.version, now: row.clock_now.unwrap_or_else(|| ctx.now()), standing: row.clock_now.is_some() }
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &tenants::Model, clock: &Clock) -> Result<(), Problem> {
    // The clock is a face of its tenant: one row, one version.
    let change = Change { event, object: "tenant", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: clock };
    tx.record(ctx, &change)
}
