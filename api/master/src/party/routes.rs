//! The operations of a party.

use super::{duplicate, service, store, view};
use causeway_contract::{BulkResult, Page, Problem};
use causeway_entity::master::parties;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::party::{Duplicates, MergedParty, PARTIES, Party, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListParties, _>(list_parties);
    routes.on::<op::CreateParty, _>(create);
    routes.on::<op::CreateParties, _>(create_many);
    routes.on::<op::GetParty, _>(get);
    routes.on::<op::UpdateParty, _>(update);
    routes.on::<op::FindDuplicates, _>(find_duplicates);
    routes.on::<op::CheckDuplicates, _>(check_duplicates);
    routes.on::<op::MergeParty, _>(merge);
}

async fn list_parties(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListParties>) -> Result<Answer<Page<Party>>, Problem> {
    let rows = list::list::<parties::Entity>(ctx, tx, &PARTIES, "party", &call.query).await?;
    let children = store::children(tx, &rows.rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let data = rows.rows.iter().filter_map(|row| Some(view(row, children.get(&row.id)?))).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateParty>) -> Result<Answer<Party>, Problem> {
    let party = service::create(ctx, tx, &call.body).await?;
    let version = party.version;
    Ok(Answer::object(party, version))
}

async fn create_many(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateParties>) -> Result<Answer<BulkResult<Party>>, Problem> {
    service::create_many(ctx, tx, &call.body).await.map(Answer::of)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetParty>) -> Result<Answer<Party>, Problem> {
    let row = tx.must::<parties::Entity>(call.path).await?;
    let children = store::children_of(tx, row.id).await?;
    Ok(Answer::object(view(&row, &children), row.version))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateParty>) -> Result<Answer<Party>, Problem> {
    let party = service::update(ctx, tx, call.path, &call.body).await?;
    let version = party.version;
    Ok(Answer::object(party, version))
}

async fn find_duplicates(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::FindDuplicates>) -> Result<Answer<Duplicates>, Problem> {
    Ok(Answer::of(duplicate::of_party(tx, call.path).await?))
}

async fn check_duplicates(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CheckDuplicates>) -> Result<Answer<Duplicates>, Problem> {
    Ok(Answer::of(duplicate::of_draft(tx, &call.body).await?))
}

async fn merge(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::MergeParty>) -> Result<Answer<MergedParty>, Problem> {
    Ok(Answer::of(service::merge(ctx, tx, call.path, &call.body).await?))
}
