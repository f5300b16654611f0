//! The operations of a write-off.

use super::{service, view::view};
use causeway_contract::{Page, Problem};
use causeway_entity::bill::write_offs;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::write_off::{WRITE_OFFS, WriteOff, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::WriteOffInvoice, _>(write_off);
    routes.on::<op::ListWriteOffs, _>(list_write_offs);
    routes.on::<op::GetWriteOff, _>(get);
    routes.on::<op::ReverseWriteOff, _>(reverse);
}

async fn write_off(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::WriteOffInvoice>) -> Result<Answer<WriteOff>, Problem> {
    Ok(versioned(service::write_off(ctx, tx, call.path, &call.body).await?))
}

async fn list_write_offs(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListWriteOffs>) -> Result<Answer<Page<WriteOff>>, Problem> {
    let rows = list::list::<write_offs::Entity>(ctx, tx, &WRITE_OFFS, "write_off", &call.query).await?;
    let data = rows.rows.iter().map(view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetWriteOff>) -> Result<Answer<WriteOff>, Problem> {
    Ok(versioned(view(&tx.must::<write_offs::Entity>(call.path).await?)))
}

async fn reverse(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ReverseWriteOff>) -> Result<Answer<WriteOff>, Problem> {
    Ok(versioned(service::reverse(ctx, tx, call.path, &call.body).await?))
}

fn versioned(shown: WriteOff) -> Answer<WriteOff> {
    let version = shown.version;
    Answer::object(shown, version)
}
