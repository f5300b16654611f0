//! The operations of a price list.

use super::{import, list as price_list, preview};
use causeway_contract::{Page, Problem};
use causeway_entity::master::{price_lists, price_rules};
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::pricing::{CustomerPrice, PRICE_LISTS, PriceList, op};
use causeway_value::PriceListId;
use std::collections::BTreeMap;

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListPriceLists, _>(list_price_lists);
    routes.on::<op::CreatePriceList, _>(create);
    routes.on::<op::GetPriceList, _>(get);
    routes.on::<op::UpdatePriceList, _>(update);
    routes.on::<op::CopyPriceList, _>(copy);
    routes.on::<op::ImportPriceRules, _>(import_rules);
    routes.on::<op::GetPrice, _>(get_price);
}

async fn list_price_lists(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListPriceLists>) -> Result<Answer<Page<PriceList>>, Problem> {
    let rows = list::list::<price_lists::Entity>(ctx, tx, &PRICE_LISTS, "price_list", &call.query).await?;
    let mut refs = tx.external_refs(&rows.rows.iter().map(|row| row.id.uuid()).collect::<Vec<_>>()).await?;
    let mut rules: BTreeMap<PriceListId, Vec<price_rules::Model>> = BTreeMap::new();
    for rule in price_list::rules_of(tx, &rows.rows.iter().map(|row| row.id).collect::<Vec<_>>()).await? {
        rules.entry(rule.price_list_id).or_default().push(rule);
    }
    let of = |id: &PriceListId| rules.get(id).into_iter().flatten();
    let data = rows.rows.iter().map(|row| price_list::view(row, of(&row.id), refs.remove(&row.id.uuid()).unwrap_or_default())).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreatePriceList>) -> Result<Answer<PriceList>, Problem> {
    let list = price_list::create(ctx, tx, &call.body).await?;
    let version = list.version;
    Ok(Answer::object(list, version))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetPriceList>) -> Result<Answer<PriceList>, Problem> {
    let row = tx.must::<price_lists::Entity>(call.path).await?;
    let rules = price_list::rules_of(tx, &[row.id]).await?;
    let refs = tx.external_refs(&[row.id.uuid()]).await?.remove(&row.id.uuid()).unwrap_or_default();
    Ok(Answer::object(price_list::view(&row, rules.iter(), refs), row.version))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdatePriceList>) -> Result<Answer<PriceList>, Problem> {
    let list = price_list::update(ctx, tx, call.path, &call.body).await?;
    let version = list.version;
    Ok(Answer::object(list, version))
}

async fn copy(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CopyPriceList>) -> Result<Answer<PriceList>, Problem> {
    let list = price_list::copy(ctx, tx, call.path, &call.body).await?;
    let version = list.version;
    Ok(Answer::object(list, version))
}

async fn import_rules(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ImportPriceRules>) -> Result<Answer<PriceList>, Problem> {
    let list = import::import(ctx, tx, call.path, &call.body).await?;
    let version = list.version;
    Ok(Answer::object(list, version))
}

async fn get_price(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetPrice>) -> Result<Answer<CustomerPrice>, Problem> {
    Ok(Answer::of(preview::price(ctx, tx, &call.query).await?))
}
