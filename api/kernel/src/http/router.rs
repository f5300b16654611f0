//! From method and path to endpoint. Literal segments win over `{…}`.

use super::csv::Columns;
use super::stream::{Batch, Frames, Place, Tail};
use super::table::Table;
use super::{Answer, Call, LocalFuture, Packed, pack};
use crate::upload::Upload;
use crate::{Ctx, Db, Tx};
use causeway_contract::{Audience, Code, Endpoint, Events, Flag, ListSpec, Method, PathParams, Problem, Relation, Reply, Row, Shape, relations, row};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// A request of an endpoint whose types are no longer visible.
pub(crate) trait Verb: Send + Sync {
    /// What must be done before the transaction; only called where the operation says that it prepares.
    fn prepare<'a>(&'a mut self, _: &'a Arc<Ctx>, _: &'a Db) -> LocalFuture<'a, Result<(), Problem>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// What runs inside the transaction.
    fn run<'a, 'c>(&'a self, ctx: &'a Ctx, tx: &'a mut Tx<'c>) -> LocalFuture<'a, Result<Packed, Problem>>;
}

/// What a request was bound to.
pub(crate) enum Bound {
    /// One answer.
    Verb(Box<dyn Verb>),
    /// A stream.
    Tail(Arc<dyn Tail>),
}

struct Handled<E: Endpoint, F> {
    handler: F,
    call: Call<E>,
}

impl<E, F> Verb for Handled<E, F>
where
    E: Endpoint,
    E::Path: Send + Sync,
    E::Query: Send + Sync,
    E::Body: Send + Sync,
    F: AsyncFn(&Ctx, &mut Tx<'_>, &Call<E>) -> Result<Answer<<E::Reply as Reply>::Payload>, Problem> + Send + Sync,
{
    fn run<'a, 'c>(&'a self, ctx: &'a Ctx, tx: &'a mut Tx<'c>) -> LocalFuture<'a, Result<Packed, Problem>> {
        Box::pin(async move { pack::<E::Reply>((self.handler)(ctx, tx, &self.call).await?) })
    }
}

/// A request whose handler needs something that was found out before the transaction.
struct Prepared<E: Endpoint, P, B, F> {
    before: B,
    handler: F,
    call: Call<E>,
    found: Option<P>,
}

impl<E, P, B, F> Verb for Prepared<E, P, B, F>
where
    E: Endpoint,
    E::Path: Send + Sync,
    E::Query: Send + Sync,
    E::Body: Send + Sync,
    P: Send + Sync,
    B: AsyncFn(&Arc<Ctx>, &Db, &Call<E>) -> Result<P, Problem> + Send + Sync,
    F: AsyncFn(&Ctx, &mut Tx<'_>, &Call<E>, &P) -> Result<Answer<<E::Reply as Reply>::Payload>, Problem> + Send + Sync,
{
    fn prepare<'a>(&'a mut self, ctx: &'a Arc<Ctx>, db: &'a Db) -> LocalFuture<'a, Result<(), Problem>> {
        Box::pin(async move {
            self.found = Some((self.before)(ctx, db, &self.call).await?);
            Ok(())
        })
    }

    fn run<'a, 'c>(&'a self, ctx: &'a Ctx, tx: &'a mut Tx<'c>) -> LocalFuture<'a, Result<Packed, Problem>> {
        Box::pin(async move {
            let found = self.found.as_ref().ok_or_else(|| Problem::new(Code::InternalError, "The operation was not prepared."))?;
            pack::<E::Reply>((self.handler)(ctx, tx, &self.call, found).await?)
        })
    }
}

struct Followed<E: Endpoint, F> {
    handler: F,
    call: Call<E>,
}

impl<E, F, T> Tail for Followed<E, F>
where
    T: serde::Serialize,
    E: Endpoint,
    E::Path: Send + Sync,
    E::Query: Send + Sync,
    E::Body: Send + Sync,
    F: AsyncFn(&Ctx, &mut Tx<'_>, &Call<E>, &Place) -> Result<Batch<T>, Problem> + Send + Sync,
{
    fn next<'a, 'c>(&'a self, ctx: &'a Ctx, tx: &'a mut Tx<'c>, place: &'a Place) -> LocalFuture<'a, Result<Frames, Problem>> {
        Box::pin(async move { Frames::of(ctx, (self.handler)(ctx, tx, &self.call, place).await?) })
    }
}

type Bind = Box<dyn Fn(&[&str], Value, Value, Option<Upload>) -> Result<Bound, Problem> + Send + Sync>;

/// An endpoint that is served: its row, its schemas compiled at start, and the way from a request to its handler.
pub(crate) struct Operation {
    pub id: &'static str,
    pub method: Method,
    /// The path with `{…}` segments.
    pub path: &'static str,
    pub permission: &'static str,
    pub audience: Audience,
    pub dry_run: bool,
    pub secret: bool,
    pub step_up: bool,
    /// Whether something is found out before the transaction.
    pub prepares: bool,
    /// Whether a file may come in place of the body.
    pub upload: bool,
    /// The type of its answer.
    pub media: &'static str,
    pub list: Option<&'static ListSpec>,
    /// Whether it reads a bounded number of rows: one object or one page. Reports and checks may read everything.
    pub quick: bool,
    pub body: Option<Shape>,
    pub query: Option<Shape>,
    /// The fields of the listed object, on lists, each with its shape: what no filter or no row can be gets an answer of its own.
    pub reply_fields: BTreeMap<String, Arc<Shape>>,
    /// The columns of a page as CSV.
    pub columns: Option<Columns>,
    /// The columns of a report as CSV.
    pub table: Option<Table>,
    /// Whether the path's segments are ids of the right kind.
    pub knows_path: fn(&[&str]) -> bool,
    /// The verb of a request whose query and body passed their schemas.
    pub bind: Bind,
}

impl Operation {
    /// Whether its answer goes on without an end.
    pub(crate) fn is_stream(&self) -> bool {
        self.media == "text/event-stream"
    }

    /// What it answers inside the process, in a transaction that is open already. For operations that read and are no streams.
    pub(crate) async fn read(&self, ctx: &Ctx, tx: &mut Tx<'_>, segments: &[&str], query: Value) -> Result<Value, Problem> {
        let Bound::Verb(verb) = (self.bind)(segments, query, Value::Object(Map::new()), None)? else { return Err(Problem::not_found()) };
        let packed = verb.run(ctx, tx).await?;
        serde_json::from_str(packed.json()).map_err(|_| Problem::new(Code::InternalError, "The answer is no JSON."))
    }
}

#[derive(Default)]
struct Node {
    literals: BTreeMap<&'static str, Node>,
    parameter: Option<Box<Node>>,
    endpoints: BTreeMap<Method, Operation>,
}

/// Every endpoint that is served.
#[derive(Default)]
pub struct Routes {
    root: Node,
    rows: Vec<Row>,
    /// What each operation can be expanded by; known once all are served.
    relations: OnceLock<BTreeMap<&'static str, Vec<Relation>>>,
}

/// What a request leads to.
pub(crate) enum Found<'a> {
    Endpoint(&'a Operation, Vec<String>),
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
        self.add::<E>(
            false,
            Box::new(move |segments, query, body, upload| {
                Ok(Bound::Verb(Box::new(Handled { handler, call: Call::<E>::decoded(segments, query, body, upload)? })))
            }),
        );
    }

    /// Serves a stream: `handler` is called again and again, each time with the place where the batch before ended.
    pub fn follow<E, T, F>(&mut self, handler: F)
    where
        T: serde::Serialize + serde::de::DeserializeOwned + utoipa::ToSchema + 'static,
        E: Endpoint<Reply = Events<T>>,
        E::Path: Send + Sync,
        E::Query: Send + Sync,
        E::Body: Send + Sync,
        F: AsyncFn(&Ctx, &mut Tx<'_>, &Call<E>, &Place) -> Result<Batch<T>, Problem> + Copy + Send + Sync + 'static,
    {
        self.add::<E>(
            false,
            Box::new(move |segments, query, body, upload| {
                Ok(Bound::Tail(Arc::new(Followed { handler, call: Call::<E>::decoded(segments, query, body, upload)? })))
            }),
        );
    }

    /// As [`Routes::on`], with a step before the transaction: for what takes long or must not run in the writer's lane, such as hashing a password.
    /// What `before` finds out is handed to `handler`, which must look again at whatever may have changed since.
    pub fn on_prepared<E, P, B, F>(&mut self, before: B, handler: F)
    where
        E: Endpoint,
        E::Path: Send + Sync,
        E::Query: Send + Sync,
        E::Body: Send + Sync,
        <E::Reply as Reply>::Payload: Send,
        P: Send + Sync + 'static,
        B: AsyncFn(&Arc<Ctx>, &Db, &Call<E>) -> Result<P, Problem> + Copy + Send + Sync + 'static,
        F: AsyncFn(&Ctx, &mut Tx<'_>, &Call<E>, &P) -> Result<Answer<<E::Reply as Reply>::Payload>, Problem> + Copy + Send + Sync + 'static,
    {
        let bind: Bind = Box::new(move |segments, query, body, upload| {
            let call = Call::<E>::decoded(segments, query, body, upload)?;
            Ok(Bound::Verb(Box::new(Prepared { before, handler, call, found: None })))
        });
        self.add::<E>(true, bind);
    }

    fn add<E: Endpoint>(&mut self, prepares: bool, bind: Bind) {
        let row = row::<E>();
        let mut node = &mut self.root;
        for segment in E::PATH.split('/').filter(|segment| !segment.is_empty()) {
            node = if segment.starts_with('{') { node.parameter.get_or_insert_default() } else { node.literals.entry(segment).or_default() };
        }
        node.endpoints.insert(
            E::METHOD,
            Operation {
                id: E::ID,
                method: E::METHOD,
                path: E::PATH,
                permission: E::PERMISSION,
                audience: E::audience(),
                dry_run: E::FLAGS.contains(&Flag::dry_run),
                secret: E::FLAGS.contains(&Flag::secret),
                step_up: E::FLAGS.contains(&Flag::step_up),
                prepares,
                upload: E::FLAGS.contains(&Flag::upload),
                media: <E::Reply as Reply>::MEDIA,
                list: E::LIST,
                quick: E::LIST.is_some() || <E::Path as PathParams>::COUNT > 0,
                body: (row.body)(),
                query: (row.query)(),
                reply_fields: if E::LIST.is_some() { listed_fields::<E>() } else { BTreeMap::new() },
                columns: <E::Reply as Reply>::PAGE.then(|| Columns::of_page(&(row.reply)())),
                table: row.has_table().then(|| Table::of(&(row.reply)())).flatten(),
                knows_path: |segments| <E::Path as PathParams>::read(segments).is_some(),
                bind,
            },
        );
        self.rows.push(row);
    }

    /// The rows that are served.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The paths of the lists of a tenant whose objects count their versions.
    #[must_use]
    pub fn versioned_lists(&self) -> Vec<&'static str> {
        let paths = self.rows.iter().filter(|row| row.method == Method::Get && row.list.is_some() && (row.audience)() == Audience::Tenant).map(|row| row.path);
        let counted = |path: &&'static str| match self.find("GET", path) {
            Found::Endpoint(operation, parameters) => parameters.is_empty() && operation.reply_fields.contains_key("version"),
            Found::OtherMethods(_) | Found::Nothing => false,
        };
        paths.filter(counted).collect()
    }

    /// A page of the list at `path`, read in a transaction as its operation reads it. Nobody's rights are asked: it is for the service's own checks.
    ///
    /// # Errors
    /// `not_found` when there is no such list, or as the operation.
    pub async fn page(&self, ctx: &Ctx, tx: &mut Tx<'_>, path: &str, query: Value) -> Result<Value, Problem> {
        let Found::Endpoint(operation, _) = self.find("GET", path) else { return Err(Problem::not_found()) };
        operation.read(ctx, tx, &[], query).await
    }

    /// What the answers of an operation can be expanded by.
    pub(crate) fn relations(&self, operation: &Operation) -> &[Relation] {
        let all = self.relations.get_or_init(|| self.rows.iter().map(|row| (row.id, relations(row, &self.rows))).collect());
        all.get(operation.id).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn find<'a>(&'a self, method: &str, path: &'a str) -> Found<'a> {
        let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
        let mut parameters = Vec::new();
        let Some(node) = walk(&self.root, &segments, &mut parameters) else { return Found::Nothing };
        // HEAD is GET without its body, which the connection leaves out. A stream has no end to wait for.
        let headed = node.endpoints.get(&Method::Get).filter(|served| !served.is_stream());
        let served = if method == "HEAD" { headed } else { node.endpoints.iter().find(|(known, _)| known.word() == method).map(|(_, served)| served) };
        match served {
            Some(served) => Found::Endpoint(served, parameters),
            None => {
                let words = node.endpoints.keys().map(|method| method.word());
                Found::OtherMethods(words.chain(headed.map(|_| "HEAD")).collect::<Vec<_>>().join(", "))
            }
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

fn listed_fields<E: Endpoint>() -> BTreeMap<String, Arc<Shape>> {
    let page = Shape::of::<<E::Reply as Reply>::Payload>();
    let Some(Shape::Object { fields, .. }) = page.items("data") else { return BTreeMap::new() };
    fields.iter().map(|(name, field)| (name.clone(), Arc::clone(&field.shape))).collect()
}
