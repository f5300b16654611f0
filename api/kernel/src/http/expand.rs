//! Expanded answers (`?expand=party`): the objects that an answer names by their ids, beside the ids. One level deep.
//!
//! Each object is read by the operation that reads it alone, in the same transaction: its rights, its companies and its masks hold inside, too.

use super::router::{Found, Operation, Routes, Verb};
use super::{App, Packed};
use crate::{Ctx, Tx};
use causeway_contract::{Code, Content, FieldError, Problem, Relation};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Objects that one answer carries, at most.
const MOST: usize = 100;

/// A relation with the operation that reads its objects.
pub(crate) struct Bind<'a> {
    relation: Relation,
    operation: &'a Operation,
}

/// Finds the operations, and refuses a caller who may not read what he asks for.
pub(crate) fn bind<'a>(routes: &'a Routes, ctx: &Ctx, relations: Vec<Relation>) -> Result<Vec<Bind<'a>>, Problem> {
    let mut bound = Vec::new();
    for relation in relations {
        let Found::Endpoint(operation, _) = routes.find("GET", relation.path) else { continue };
        ctx.require(operation.permission)?;
        bound.push(Bind { relation, operation });
    }
    Ok(bound)
}

/// The answer of `verb` with the objects in it.
pub(crate) async fn read(app: &Arc<App>, ctx: &Arc<Ctx>, verb: Box<dyn Verb>, more: Vec<Bind<'_>>) -> Result<Packed, Problem> {
    app.db
        .read(ctx, async |ctx, tx| {
            let packed = verb.run(ctx, tx).await?;
            let mut answer: Value = serde_json::from_str(packed.json()).map_err(|_| Problem::new(Code::InternalError, "The answer cannot be expanded."))?;
            for bind in &more {
                expand(ctx, tx, bind, &mut answer).await?;
            }
            // The tag of an object says nothing about what it was expanded by.
            Ok(Packed { body: Content::Json(answer.to_string()), etag: None, ..packed })
        })
        .await
}

fn objects(answer: &mut Value) -> Vec<&mut Map<String, Value>> {
    let page = answer.get("has_more").is_some();
    if !page {
        return answer.as_object_mut().into_iter().collect();
    }
    answer.get_mut("data").and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut).collect()
}

async fn expand(ctx: &Ctx, tx: &mut Tx<'_>, bind: &Bind<'_>, answer: &mut Value) -> Result<(), Problem> {
    let field = bind.relation.field.as_str();
    let mut found: BTreeMap<String, Value> = objects(answer).iter().filter_map(|object| Some((object.get(field)?.as_str()?.to_owned(), Value::Null))).collect();
    if found.len() > MOST {
        let detail = format!("would add {} objects; {MOST} are the most. Ask for a smaller page with limit={MOST}.", found.len());
        return Err(Problem::of(vec![FieldError::parameter(Code::TooMany, "expand", detail)]));
    }
    for (id, object) in &mut found {
        match bind.operation.read(ctx, tx, &[id.as_str()], Value::Object(Map::new())).await {
            Ok(found) => *object = found,
            // Not the caller's to see, or gone: the id stands alone.
            Err(problem) if problem.code == Code::NotFound => {}
            Err(problem) => return Err(problem),
        }
    }
    for object in objects(answer) {
        let value = object.get(field).and_then(Value::as_str).and_then(|id| found.get(id)).cloned().unwrap_or_default();
        object.insert(bind.relation.name.clone(), value);
    }
    Ok(())
}
