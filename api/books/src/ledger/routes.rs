//! The operations of the ledger.

use super::{manual, view::views};
use causeway_contract::{Page, Problem};
use causeway_entity::books::journal_entries;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::ledger::{JOURNAL_ENTRIES, JournalEntry, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListJournalEntries, _>(list_entries);
    routes.on::<op::GetJournalEntry, _>(get);
    routes.on::<op::CreateJournalEntry, _>(create);
    routes.on::<op::ReverseJournalEntry, _>(reverse);
}

async fn list_entries(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListJournalEntries>) -> Result<Answer<Page<JournalEntry>>, Problem> {
    let rows = list::list::<journal_entries::Entity>(ctx, tx, &JOURNAL_ENTRIES, "journal_entry", &call.query).await?;
    let data = views(tx, &rows.rows).await?;
    Ok(Answer::of(rows.page(data)))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetJournalEntry>) -> Result<Answer<JournalEntry>, Problem> {
    let row = tx.must::<journal_entries::Entity>(call.path).await?;
    let entry = views(tx, std::slice::from_ref(&row)).await?.pop().ok_or_else(Problem::not_found)?;
    let version = entry.version;
    Ok(Answer::object(entry, version))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateJournalEntry>) -> Result<Answer<JournalEntry>, Problem> {
    let entry = manual::create(ctx, tx, &call.body).await?;
    let version = entry.version;
    Ok(Answer::object(entry, version))
}

async fn reverse(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ReverseJournalEntry>) -> Result<Answer<JournalEntry>, Problem> {
    let entry = manual::reverse(ctx, tx, call.path, &call.body).await?;
    let version = entry.version;
    Ok(Answer::object(entry, version))
}
