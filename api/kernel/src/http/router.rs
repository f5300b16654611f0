//! From method and path to endpoint. Literal segments win over `{…}`.

use super::call::Incoming;
use super::{Answer, App, Call, LocalFuture, serve, shape_of};
use crate::{Ctx, Tx};
use actix_web::HttpResponse;
use causeway_contract::{Endpoint, Method, Problem, Reply, Row, Shape, row};
use std::collections::BTreeMap;
use std::sync::Arc;

type Serve = Box<dyn Fn(Arc<App>, Incoming) -> LocalFuture<'static, Result<HttpResponse, Problem>> + Send + Sync>;

/// The schemas of an endpoint, compiled at start.
pub(crate) struct Schemas {
    /// Of the body.
    pub body: Option<Shape>,
    /// Of the query, unless it is a list.
    pub query: Option<Shape>,
    /// The fields of the listed object: known names that are no filter get a better answer.
    pub reply_fields: Vec<String>,
}

/// An endpoint that is served.
pub(crate) struct Served {
    pub id: &'static str,
    pub serve: Serve,
}

#[derive(Default)]
struct Node {
    literals: BTreeMap<&'static str, Node>,
    parameter: Option<Box<Node>>,
    endpoints: BTreeMap<Method, Served>,
}

/// Every endpoint that is served.
#[derive(Default)]
pub struct Routes {
    root: Node,
    rows: Vec<Row>,
}

/// What a request leads to.
pub(crate) enum Found<'a> {
    Endpoint(&'a Served, Vec<String>),
    OtherMethods(String),
    Nothing,
}

impl Routes {
    /// Serves endpoint `E` with `handler`. A handler of other types does not compile.
    pub fn on<E, F>(&mut self, handler: F)
    where
        E: Endpoint,
        E::Path: Send + Sync,
        E::Query: Send + Sync,
        E::Body: Send + Sync,
        <E::Reply as Reply>::Payload: Send,
        F: AsyncFn(&Ctx, &mut Tx<'_>, &Call<E>) -> Result<Answer<<E::Reply as Reply>::Payload>, Problem> + Copy + Send + Sync + 'static,
    {
        let row = row::<E>();
        let schemas = Arc::new(Schemas { body: shape_of::<E>(), query: (row.query)(), reply_fields: listed_fields::<E>() });
        let mut node = &mut self.root;
        for segment in E::PATH.split('/').filter(|segment| !segment.is_empty()) {
            node = if segment.starts_with('{') { node.parameter.get_or_insert_default() } else { node.literals.entry(segment).or_default() };
        }
        let serve: Serve = Box::new(move |app, incoming| Box::pin(serve::<E, F>(app, incoming, handler, Arc::clone(&schemas))));
        node.endpoints.insert(E::METHOD, Served { id: E::ID, serve });
        self.rows.push(row);
    }

    /// The rows that are served.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(crate) fn find<'a>(&'a self, method: &str, path: &'a str) -> Found<'a> {
        let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
        let mut parameters = Vec::new();
        let Some(node) = walk(&self.root, &segments, &mut parameters) else { return Found::Nothing };
        match node.endpoints.iter().find(|(known, _)| known.word() == method) {
            Some((_, served)) => Found::Endpoint(served, parameters),
            None => Found::OtherMethods(node.endpoints.keys().map(|method| method.word()).collect::<Vec<_>>().join(", ")),
        }
    }
}

fn walk<'n>(node: &'n Node, segments: &[&'n str], parameters: &mut Vec<String>) -> Option<&'n Node> {
    let Some((first, rest)) = segments.split_first() else { return (!node.endpoints.is_empty()).then_some(node) };
    if let Some(next) = node.literals.get(first)
        && let Some(found) = walk(next, rest, parameters)
    {
        return Some(found);
    }
    if first.is_empty() {
        return None;
    }
    let next = node.parameter.as_deref()?;
    parameters.push((*first).to_owned());
    let found = walk(next, rest, parameters);
    if found.is_none() {
        parameters.pop();
    }
    found
}

fn listed_fields<E: Endpoint>() -> Vec<String> {
    let Shape::Object { fields, .. } = Shape::of::<<E::Reply as Reply>::Payload>() else { return Vec::new() };
    match fields.get("data").map(|field| field.shape.as_ref()) {
        Some(Shape::List { items, .. }) => match items.as_ref() {
            Shape::Object { fields, .. } => fields.keys().cloned().collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
