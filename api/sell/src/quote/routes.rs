//! The operations of a quote.

use super::{link, print, service, template, view};
use causeway_contract::{File, Page, Problem};
use causeway_entity::sell::quotes::Entity;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::object::Explanation;
use causeway_openapi::quote::{AcceptedQuote, PricedQuote, QUOTES, Quote, QuoteChanges, QuoteRevisions, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    link::routes::register(routes);
    template::routes::register(routes);
    routes.on::<op::ListQuotes, _>(list_quotes);
    routes.on::<op::CreateQuote, _>(create);
    routes.on::<op::GetQuote, _>(get);
    routes.on::<op::PrintQuote, _>(print_quote);
    routes.on::<op::UpdateQuote, _>(update);
    routes.on::<op::PriceQuote, _>(price);
    routes.on::<op::ExplainQuote, _>(explain);
    routes.on::<op::ListQuoteRevisions, _>(revisions);
    routes.on::<op::CompareQuotes, _>(compare);
    routes.on::<op::DuplicateQuote, _>(duplicate);
    routes.on::<op::ReviseQuote, _>(revise);
    routes.on::<op::SubmitQuote, _>(submit);
    routes.on::<op::ApproveQuote, _>(approve);
    routes.on::<op::RejectQuote, _>(reject);
    routes.on::<op::SendQuote, _>(send);
    routes.on::<op::AcceptQuote, _>(accept);
    routes.on::<op::AssignQuote, _>(assign);
    routes.on::<op::DeclineQuote, _>(decline);
}

fn answer(quote: Quote) -> Answer<Quote> {
    let version = quote.version;
    Answer::object(quote, version)
}

async fn list_quotes(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListQuotes>) -> Result<Answer<Page<Quote>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &QUOTES, "quote", &call.query).await?;
    let data = view::views(tx, &rows.rows).await?;
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateQuote>) -> Result<Answer<Quote>, Problem> {
    service::create(ctx, tx, &call.body).await.map(answer)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetQuote>) -> Result<Answer<Quote>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    view::views(tx, &[row]).await?.into_iter().next().map(answer).ok_or_else(Problem::not_found)
}

async fn print_quote(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::PrintQuote>) -> Result<Answer<File>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    print::pdf(tx, &row).await.map(Answer::of)
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateQuote>) -> Result<Answer<Quote>, Problem> {
    service::update(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn price(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::PriceQuote>) -> Result<Answer<PricedQuote>, Problem> {
    service::price(ctx, tx, &call.body).await.map(Answer::of)
}

async fn explain(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ExplainQuote>) -> Result<Answer<Explanation>, Problem> {
    service::explain(tx, call.path).await.map(Answer::of)
}

async fn revisions(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListQuoteRevisions>) -> Result<Answer<QuoteRevisions>, Problem> {
    service::revisions(tx, call.path).await.map(Answer::of)
}

async fn compare(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CompareQuotes>) -> Result<Answer<QuoteChanges>, Problem> {
    service::compare(tx, call.path, &call.query).await.map(Answer::of)
}

async fn duplicate(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::DuplicateQuote>) -> Result<Answer<Quote>, Problem> {
    service::duplicate(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn revise(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ReviseQuote>) -> Result<Answer<Quote>, Problem> {
    service::revise(ctx, tx, call.path).await.map(answer)
}

async fn submit(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::SubmitQuote>) -> Result<Answer<Quote>, Problem> {
    service::submit(ctx, tx, call.path).await.map(answer)
}

async fn approve(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ApproveQuote>) -> Result<Answer<Quote>, Problem> {
    service::approve(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn reject(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::RejectQuote>) -> Result<Answer<Quote>, Problem> {
    service::reject(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn send(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::SendQuote>) -> Result<Answer<Quote>, Problem> {
    service::send(ctx, tx, call.path).await.map(answer)
}

async fn accept(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::AcceptQuote>) -> Result<Answer<AcceptedQuote>, Problem> {
    let (accepted, again) = service::accept(ctx, tx, call.path, &call.body).await?;
    let answer = Answer::of(accepted);
    Ok(if again { answer.replayed() } else { answer })
}

async fn assign(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::AssignQuote>) -> Result<Answer<Quote>, Problem> {
    service::assign(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn decline(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::DeclineQuote>) -> Result<Answer<Quote>, Problem> {
    service::decline(ctx, tx, call.path, &call.body).await.map(answer)
}
