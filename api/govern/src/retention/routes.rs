//! The operations of retention rules.

use super::service;
use causeway_contract::{Page, Problem};
use causeway_entity::govern::retention_rules::Entity;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::retention::{RETENTION_RULES, Retention, RetentionRule, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::GetRetention, _>(overview);
    routes.on::<op::ListRetentionRules, _>(list_rules);
    routes.on::<op::CreateRetentionRule, _>(create);
    routes.on::<op::GetRetentionRule, _>(get);
    routes.on::<op::UpdateRetentionRule, _>(update);
}

fn answer(rule: RetentionRule) -> Answer<RetentionRule> {
    let version = rule.version;
    Answer::object(rule, version)
}

async fn overview(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetRetention>) -> Result<Answer<Retention>, Problem> {
    service::overview(ctx, tx, &call.query).await.map(Answer::of)
}

async fn list_rules(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListRetentionRules>) -> Result<Answer<Page<RetentionRule>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &RETENTION_RULES, "retention_rule", &call.query).await?;
    let data = rows.rows.iter().map(service::view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateRetentionRule>) -> Result<Answer<RetentionRule>, Problem> {
    service::create(ctx, tx, &call.body).await.map(answer)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetRetentionRule>) -> Result<Answer<RetentionRule>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    Ok(answer(service::view(&row)))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateRetentionRule>) -> Result<Answer<RetentionRule>, Problem> {
    service::update(ctx, tx, call.path, &call.body).await.map(answer)
}
