//! The operations of an account.

use super::service;
use causeway_contract::{Page, Problem};
use causeway_entity::master::accounts;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::company::{ACCOUNTS, Account, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListAccounts, _>(list_accounts);
    routes.on::<op::CreateAccount, _>(create);
    routes.on::<op::GetAccount, _>(get);
    routes.on::<op::UpdateAccount, _>(update);
}

async fn list_accounts(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListAccounts>) -> Result<Answer<Page<Account>>, Problem> {
    let rows = list::list::<accounts::Entity>(ctx, tx, &ACCOUNTS, "account", &call.query).await?;
    let data = rows.rows.iter().map(service::view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateAccount>) -> Result<Answer<Account>, Problem> {
    let account = service::create(ctx, tx, &call.body).await?;
    let version = account.version;
    Ok(Answer::object(account, version))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetAccount>) -> Result<Answer<Account>, Problem> {
    let row = tx.must::<accounts::Entity>(call.path).await?;
    Ok(Answer::object(service::view(&row), row.version))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateAccount>) -> Result<Answer<Account>, Problem> {
    let account = service::update(ctx, tx, call.path, &call.body).await?;
    let version = account.version;
    Ok(Answer::object(account, version))
}
