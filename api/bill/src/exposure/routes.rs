//! The operations of credit.

use super::{policy, service};
use causeway_contract::{Page, Problem};
use causeway_entity::bill::credit_policies;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::credit::{CREDIT_POLICIES, Credit, CreditPolicy, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::GetCredit, _>(credit);
    routes.on::<op::ListCreditPolicies, _>(list_policies);
    routes.on::<op::CreateCreditPolicy, _>(create);
    routes.on::<op::GetCreditPolicy, _>(get);
    routes.on::<op::UpdateCreditPolicy, _>(update);
}

async fn credit(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetCredit>) -> Result<Answer<Credit>, Problem> {
    service::credit(ctx, tx, call.path, &call.query).await.map(Answer::of)
}

async fn list_policies(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListCreditPolicies>) -> Result<Answer<Page<CreditPolicy>>, Problem> {
    let rows = list::list::<credit_policies::Entity>(ctx, tx, &CREDIT_POLICIES, "credit_policy", &call.query).await?;
    let data = rows.rows.iter().map(policy::view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateCreditPolicy>) -> Result<Answer<CreditPolicy>, Problem> {
    policy::create(ctx, tx, &call.body).await.map(versioned)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetCreditPolicy>) -> Result<Answer<CreditPolicy>, Problem> {
    let row = tx.must::<credit_policies::Entity>(call.path).await?;
    Ok(versioned(policy::view(&row)))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateCreditPolicy>) -> Result<Answer<CreditPolicy>, Problem> {
    policy::update(ctx, tx, call.path, &call.body).await.map(versioned)
}

fn versioned(policy: CreditPolicy) -> Answer<CreditPolicy> {
    let version = policy.version;
    Answer::object(policy, version)
}
