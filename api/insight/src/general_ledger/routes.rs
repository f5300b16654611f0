//! The operations of the general ledger.

use super::{postings, service};
use causeway_contract::{Page, Problem};
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::general_ledger::{GeneralLedger, LedgerPosting, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::GetGeneralLedger, _>(get);
    routes.on::<op::ListLedgerPostings, _>(list);
}

async fn get(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetGeneralLedger>) -> Result<Answer<GeneralLedger>, Problem> {
    service::general_ledger(ctx, tx, &call.query).await.map(Answer::of)
}

async fn list(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListLedgerPostings>) -> Result<Answer<Page<LedgerPosting>>, Problem> {
    postings::postings(ctx, tx, &call.query).await.map(Answer::of)
}
