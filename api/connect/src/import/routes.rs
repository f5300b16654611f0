//! The operation of an import.

use super::job;
use causeway_contract::Problem;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::import::op;
use causeway_openapi::integration::Job;

/// Serves it.
pub fn register(routes: &mut Routes) {
    routes.on::<op::CreateImport, _>(create);
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateImport>) -> Result<Answer<Job>, Problem> {
    let job = job::start(ctx, tx, &call.query, &call.body, call.upload.as_ref()).await?;
    let version = job.version;
    Ok(Answer::object(job, version))
}
