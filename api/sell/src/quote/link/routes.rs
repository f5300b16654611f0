//! The operations of a link.

use super::{answer, service};
use causeway_contract::{File, Problem};
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::shared_quote::{NewLink, QuoteLink, SharedQuote, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ShareQuote, _>(share);
    routes.on::<op::UnshareQuote, _>(unshare);
    routes.on::<op::GetQuoteLink, _>(show);
    routes.on::<op::GetSharedQuote, _>(read);
    routes.on::<op::PrintSharedQuote, _>(print);
    routes.on::<op::AcceptSharedQuote, _>(accept);
    routes.on::<op::DeclineSharedQuote, _>(decline);
}

async fn share(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ShareQuote>) -> Result<Answer<NewLink>, Problem> {
    service::share(ctx, tx, call.path).await.map(Answer::of)
}

async fn unshare(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UnshareQuote>) -> Result<Answer<QuoteLink>, Problem> {
    service::unshare(ctx, tx, call.path).await.map(Answer::of)
}

async fn show(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetQuoteLink>) -> Result<Answer<QuoteLink>, Problem> {
    service::show(ctx, tx, call.path).await.map(Answer::of)
}

async fn read(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetSharedQuote>) -> Result<Answer<SharedQuote>, Problem> {
    answer::read(ctx, tx, &call.path).await.map(Answer::of)
}

async fn print(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::PrintSharedQuote>) -> Result<Answer<File>, Problem> {
    answer::pdf(ctx, tx, &call.path).await.map(Answer::of)
}

async fn accept(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::AcceptSharedQuote>) -> Result<Answer<SharedQuote>, Problem> {
    let (shown, again) = answer::accept(ctx, tx, &call.path, &call.body).await?;
    let answer = Answer::of(shown);
    Ok(if again { answer.replayed() } else { answer })
}

async fn decline(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::DeclineSharedQuote>) -> Result<Answer<SharedQuote>, Problem> {
    answer::decline(ctx, tx, &call.path, &call.body).await.map(Answer::of)
}
