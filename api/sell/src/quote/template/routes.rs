//! The operations of a template.

use super::{service, view};
use causeway_contract::{Page, Problem};
use causeway_entity::sell::quote_templates::Entity;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::quote_template::{QUOTE_TEMPLATES, QuoteTemplate, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListQuoteTemplates, _>(list_templates);
    routes.on::<op::CreateQuoteTemplate, _>(create);
    routes.on::<op::GetQuoteTemplate, _>(get);
    routes.on::<op::UpdateQuoteTemplate, _>(update);
}

fn answer(template: QuoteTemplate) -> Answer<QuoteTemplate> {
    let version = template.version;
    Answer::object(template, version)
}

async fn list_templates(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListQuoteTemplates>) -> Result<Answer<Page<QuoteTemplate>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &QUOTE_TEMPLATES, "quote_template", &call.query).await?;
    let data = rows.rows.iter().map(view::view).collect::<Result<Vec<_>, _>>()?;
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateQuoteTemplate>) -> Result<Answer<QuoteTemplate>, Problem> {
    service::create(ctx, tx, &call.body).await.map(answer)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetQuoteTemplate>) -> Result<Answer<QuoteTemplate>, Problem> {
    view::view(&tx.must::<Entity>(call.path).await?).map(answer)
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateQuoteTemplate>) -> Result<Answer<QuoteTemplate>, Problem> {
    service::update(ctx, tx, call.path, &call.body).await.map(answer)
}
