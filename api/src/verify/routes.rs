//! Comparing objects with their records over the API: the part of verifying that reads every list. It stands here because only the composition knows them all.

use super::recorded::{self, Place};
use crate::compose;
use causeway_contract::{COSTS, Problem};
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::identity::op;
use causeway_openapi::object::ObjectsVerification;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What the cursors are bound to.
const BOUND: &[u8] = b"objects as recorded";

/// The lists, read as their operations read them.
static LISTS: LazyLock<Routes> = LazyLock::new(compose::routes);

/// Serves it.
pub fn register(routes: &mut Routes) {
    routes.on::<op::VerifyObjects, _>(verify_objects);
}

async fn verify_objects(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::VerifyObjects>) -> Result<Answer<ObjectsVerification>, Problem> {
    let from = call.query.cursor.as_deref().map(|cursor| list::read_cursor::<Place>(ctx, BOUND, cursor)).transpose()?;
    let found = recorded::part(ctx, tx, &LISTS, from.as_ref(), ctx.may(COSTS)).await?;
    Ok(Answer::of(ObjectsVerification {
        object: "verification".to_owned(),
        ok: found.breaks.is_empty(),
        checked: BTreeMap::from([("objects".to_owned(), found.compared)]),
        breaks: found.breaks,
        next_cursor: found.next.map(|place| list::write_cursor(ctx, BOUND, &place)),
    }))
}
