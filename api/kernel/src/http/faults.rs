//! What is wrong with a body that does not keep to its schema: besides that, everything that its operation finds wrong with the rest of it. An integrator
//! learns of all of it at once, not phase by phase.

use super::router::{Bound, Operation};
use super::{App, execute};
use crate::Ctx;
use causeway_contract::{FieldError, MOST_ERRORS, Method, Problem};
use causeway_value::Zone;
use serde_json::Value;
use std::sync::Arc;

/// The problem that names every wrong field.
pub(super) async fn all(app: &App, operation: &Operation, ctx: &Ctx, request: (&[&str], Value), body: &Value, faults: Vec<FieldError>) -> Problem {
    let further = further(app, operation, ctx, request, body, &faults).await.unwrap_or_default();
    Problem::of(faults.into_iter().chain(further).collect())
}

/// What the operation finds in the body with its faults mended, in a run that writes nothing. None where that is not known: it looks at the body alone only
/// where it creates or changes what its fields say; or where no more of it would be named.
async fn further(
    app: &App,
    operation: &Operation,
    ctx: &Ctx,
    (segments, query): (&[&str], Value),
    body: &Value,
    faults: &[FieldError],
) -> Option<Vec<FieldError>> {
    if faults.len() >= MOST_ERRORS {
        return None;
    }
    let says_fields = matches!(operation.method, Method::Post | Method::Patch) && operation.permission.ends_with(":write");
    if !says_fields || operation.prepares || operation.secret || operation.step_up {
        return None;
    }
    let mended = operation.body.as_ref()?.mended(body, faults, ctx.today(Zone::UTC))?;
    let mut ctx = ctx.clone();
    ctx.dry_run = true;
    let Bound::Verb(verb) = (operation.bind)(segments, query, mended.body.clone(), None).ok()? else { return None };
    let problem = execute(&app.db, operation, &Arc::new(ctx), None, verb).await.err().filter(|problem| problem.status == 422)?;
    Some(mended.further(problem.errors))
}
