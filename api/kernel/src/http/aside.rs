//! Items of a bulk request that were wrong before any verb saw them: each is answered at its place, beside what became of the others (api.md, section 4).

use super::router::Verb;
use super::{LocalFuture, Packed};
use crate::db::Tx;
use crate::{Ctx, Db};
use causeway_contract::{BulkResult, Code, Content, Problem};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A verb that runs without the items that were set aside, and answers them as well.
pub(super) struct WithAside {
    pub verb: Box<dyn Verb>,
    /// What is wrong with each, by its place in the request.
    pub wrong: BTreeMap<u32, Problem>,
}

impl Verb for WithAside {
    fn prepare<'a>(&'a mut self, ctx: &'a Arc<Ctx>, db: &'a Db) -> LocalFuture<'a, Result<(), Problem>> {
        self.verb.prepare(ctx, db)
    }

    fn run<'a, 'c>(&'a self, ctx: &'a Ctx, tx: &'a mut Tx<'c>) -> LocalFuture<'a, Result<Packed, Problem>> {
        Box::pin(async move {
            let packed = self.verb.run(ctx, tx).await?;
            let written = serde_json::from_str::<BulkResult<Value>>(packed.json()).map(|result| result.with_set_aside(&self.wrong));
            let text = written.and_then(|result| serde_json::to_string(&result));
            let text = text.map_err(|_| Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log."))?;
            Ok(Packed { body: Content::Json(text), ..packed })
        })
    }
}
