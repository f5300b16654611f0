//! The operations of ownership rules.

use super::service;
use causeway_contract::{Page, Problem};
use causeway_entity::govern::ownership_rules::Entity;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::ownership::{OWNERSHIP_RULES, OwnershipRule, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListOwnershipRules, _>(list_rules);
    routes.on::<op::CreateOwnershipRule, _>(create);
    routes.on::<op::GetOwnershipRule, _>(get);
    routes.on::<op::UpdateOwnershipRule, _>(update);
}

fn answer(rule: OwnershipRule) -> Answer<OwnershipRule> {
    let version = rule.version;
    Answer::object(rule, version)
}

async fn list_rules(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListOwnershipRules>) -> Result<Answer<Page<OwnershipRule>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &OWNERSHIP_RULES, "ownership_rule", &call.query).await?;
    let data = rows.rows.iter().map(service::view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateOwnershipRule>) -> Result<Answer<OwnershipRule>, Problem> {
    service::create(ctx, tx, &call.body).await.map(answer)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetOwnershipRule>) -> Result<Answer<OwnershipRule>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    Ok(answer(service::view(&row)))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateOwnershipRule>) -> Result<Answer<OwnershipRule>, Problem> {
    service::update(ctx, tx, call.path, &call.body).await.map(answer)
}
