//! The credential behind an answer that goes on: it is judged anew for each part, so that what was taken away is taken away from what is on its way out
//! (threat 13). Judging costs a look into what is remembered, and the database once a second at most.

use super::router::Operation;
use super::{App, bearer, elsewhere};
use crate::Ctx;
use actix_web::HttpRequest;
use causeway_contract::Problem;
use std::net::IpAddr;
use std::sync::Arc;

/// Who reads on, and what.
pub(crate) struct Standing {
    pub app: Arc<App>,
    pub request_id: String,
    operation: &'static str,
    token: String,
    permission: &'static str,
    source: Option<IpAddr>,
}

impl Standing {
    pub(crate) fn new(app: &Arc<App>, operation: &Operation, request: &HttpRequest, ctx: &Ctx) -> Self {
        Self {
            app: Arc::clone(app),
            request_id: ctx.request_id.clone(),
            operation: operation.id,
            token: bearer(request).unwrap_or_default().to_owned(),
            permission: operation.permission,
            source: ctx.source,
        }
    }

    /// What the caller may do now.
    ///
    /// # Errors
    /// As the beginning of any request: the credential ended, may not be used from here, or lost the right.
    pub(crate) async fn now(&self) -> Result<Ctx, Problem> {
        let principal = self.app.authenticate.principal(&self.app.db, &self.token).await?;
        if let Some(problem) = elsewhere(&principal, self.source) {
            return Err(problem);
        }
        let mut ctx = Ctx::of(&principal, self.operation, self.request_id.clone());
        ctx.require(self.permission)?;
        ctx.cursor_key = Arc::clone(&self.app.cursor_key);
        ctx.source = self.source;
        Ok(ctx)
    }
}
