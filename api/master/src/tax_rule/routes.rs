//! The operations of tax rules.

use super::service;
use causeway_contract::{Page, Problem};
use causeway_entity::master::tax_rules::Entity;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::tax_rule::{TAX_RULES, TaxRule, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListTaxRules, _>(list_rules);
    routes.on::<op::CreateTaxRule, _>(create);
    routes.on::<op::GetTaxRule, _>(get);
    routes.on::<op::UpdateTaxRule, _>(update);
}

fn answer(rule: TaxRule) -> Answer<TaxRule> {
    let version = rule.version;
    Answer::object(rule, version)
}

async fn list_rules(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListTaxRules>) -> Result<Answer<Page<TaxRule>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &TAX_RULES, "tax_rule", &call.query).await?;
    let data = rows.rows.iter().map(service::view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateTaxRule>) -> Result<Answer<TaxRule>, Problem> {
    service::create(ctx, tx, &call.body).await.map(answer)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetTaxRule>) -> Result<Answer<TaxRule>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    Ok(answer(service::view(&row)))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateTaxRule>) -> Result<Answer<TaxRule>, Problem> {
    service::update(ctx, tx, call.path, &call.body).await.map(answer)
}
