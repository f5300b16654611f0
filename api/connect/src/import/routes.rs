//! The operations of an import.

use super::{job, targets};
use causeway_contract::Problem;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::import::{ImportColumns, op};
use causeway_openapi::integration::Job;

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::CreateImport, _>(create);
    routes.on::<op::ListImportColumns, _>(list_columns);
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateImport>) -> Result<Answer<Job>, Problem> {
    let job = job::start(ctx, tx, &call.query, &call.body, call.upload.as_ref()).await?;
    let version = job.version;
    Ok(Answer::object(job, version))
}

async fn list_columns(_: &Ctx, _: &mut Tx<'_>, call: &Call<op::ListImportColumns>) -> Result<Answer<ImportColumns>, Problem> {
    Ok(Answer::of(targets::shown(call.query.resource)))
}
