//! The operations of events, audit entries and jobs.

use super::{log, security, service};
use crate::clock::job_view;
use causeway_contract::{Page, Problem};
use causeway_entity::kernel::jobs;
use causeway_kernel::http::{Batch, Place};
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, job, list};
use causeway_openapi::identity::{AuditEntry, SecurityEvent, op as identity};
use causeway_openapi::import::{JobErrors, op as import};
use causeway_openapi::integration::{Event, JOBS, Job, op};
use causeway_openapi::object::Verification;

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListEvents, _>(events);
    routes.follow::<op::StreamEvents, _, _>(follow);
    routes.on::<identity::ListAuditEntries, _>(audit_entries);
    routes.on::<identity::VerifyAuditEntries, _>(verify);
    routes.on::<identity::ListSecurityEvents, _>(security_events);
    routes.on::<op::ListJobs, _>(list_jobs);
    routes.on::<op::GetJob, _>(get_job);
    routes.on::<import::GetJobErrors, _>(job_errors);
    routes.on::<import::CancelJob, _>(cancel_job);
}

async fn events(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListEvents>) -> Result<Answer<Page<Event>>, Problem> {
    Ok(Answer::of(log::events(ctx, tx, &call.query).await?))
}

async fn follow(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::StreamEvents>, place: &Place) -> Result<Batch<Event>, Problem> {
    log::follow(ctx, tx, &call.query, place).await
}

async fn audit_entries(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<identity::ListAuditEntries>) -> Result<Answer<Page<AuditEntry>>, Problem> {
    Ok(Answer::of(service::audit_entries(ctx, tx, &call.query).await?))
}

async fn verify(ctx: &Ctx, tx: &mut Tx<'_>, _: &Call<identity::VerifyAuditEntries>) -> Result<Answer<Verification>, Problem> {
    Ok(Answer::of(service::verify(ctx, tx).await?))
}

async fn security_events(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<identity::ListSecurityEvents>) -> Result<Answer<Page<SecurityEvent>>, Problem> {
    Ok(Answer::of(security::page(ctx, tx, &call.query).await?))
}

async fn list_jobs(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListJobs>) -> Result<Answer<Page<Job>>, Problem> {
    let rows = list::list_where::<jobs::Entity>(ctx, tx, &JOBS, "job", &call.query, |find| service::told(ctx, find)).await?;
    let data = rows.rows.iter().map(job_view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn get_job(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetJob>) -> Result<Answer<Job>, Problem> {
    let row = service::job(ctx, tx, call.path).await?;
    Ok(Answer::object(job_view(&row), row.version))
}

async fn job_errors(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<import::GetJobErrors>) -> Result<Answer<JobErrors>, Problem> {
    service::job_errors(ctx, tx, call.path, call.query.skip.unwrap_or_default()).await.map(Answer::of)
}

async fn cancel_job(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<import::CancelJob>) -> Result<Answer<Job>, Problem> {
    if ctx.companies.is_some() {
        service::job(ctx, tx, call.path).await?;
    }
    let row = job::cancel(ctx, tx, call.path).await?;
    Ok(Answer::object(job_view(&row), row.version))
}
