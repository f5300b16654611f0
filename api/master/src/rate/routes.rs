//! The operations of an exchange rate.

use super::{convert, import, service};
use causeway_contract::{Page, Problem};
use causeway_entity::master::exchange_rates;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::pricing::{Converted, EXCHANGE_RATES, ExchangeRate, ImportedExchangeRates, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListExchangeRates, _>(list_rates);
    routes.on::<op::CreateExchangeRate, _>(create);
    routes.on::<op::GetExchangeRate, _>(get);
    routes.on::<op::UpdateExchangeRate, _>(update);
    routes.on::<op::ImportExchangeRates, _>(import_rates);
    routes.on::<op::ConvertAmount, _>(convert_amount);
}

async fn list_rates(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListExchangeRates>) -> Result<Answer<Page<ExchangeRate>>, Problem> {
    let rows = list::list::<exchange_rates::Entity>(ctx, tx, &EXCHANGE_RATES, "exchange_rate", &call.query).await?;
    let data = rows.rows.iter().map(service::view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateExchangeRate>) -> Result<Answer<ExchangeRate>, Problem> {
    let rate = service::create(ctx, tx, &call.body).await?;
    let version = rate.version;
    Ok(Answer::object(rate, version))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetExchangeRate>) -> Result<Answer<ExchangeRate>, Problem> {
    let row = tx.must::<exchange_rates::Entity>(call.path).await?;
    Ok(Answer::object(service::view(&row), row.version))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateExchangeRate>) -> Result<Answer<ExchangeRate>, Problem> {
    let rate = service::update(ctx, tx, call.path, &call.body).await?;
    let version = rate.version;
    Ok(Answer::object(rate, version))
}

async fn import_rates(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ImportExchangeRates>) -> Result<Answer<ImportedExchangeRates>, Problem> {
    Ok(Answer::of(import::import(ctx, tx, &call.body).await?))
}

async fn convert_amount(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ConvertAmount>) -> Result<Answer<Converted>, Problem> {
    Ok(Answer::of(convert::convert(ctx, tx, &call.query).await?))
}
