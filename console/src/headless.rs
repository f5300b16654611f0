//! The twin without a screen: every place and every operation as a command that ends.

mod names;
mod overview;

pub use names::{looks_like_number, numbered};

use crate::call::Call;
use crate::cli::{Cli, Output};
use crate::columns::plain;
use crate::contract::Row;
use crate::export;
use crate::filter::{self, Filter};
use crate::form::Form;
use crate::list::{Record, to_the_right};
use crate::model::{App, Failure};
use crate::paper;
use crate::perform::{perform, wall};
use crate::resource::{self, Aim, Operation, Resource};
use crate::route::Place;
use crate::runtime::THERE;
use crate::sheet;
use crate::text::{clean, fit, width};
use crate::update::{NAMES, named, permissions};
use causeway_contract::Method;
use causeway_openapi::client::Client;
use names::{only_company, put_ids, resolved};
use overview::{dashboard, exceptions, health};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// How long a command runs before it asks whether the server is there at all, and between two such questions.
const PATIENCE: Duration = Duration::from_secs(10);

/// Rows of a table when nobody says how many.
const LOOKED_AT: usize = 100;

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub enum Stop {
    /// It was asked wrongly.
    Usage(String),
    /// The call failed.
    Failed(Failure),
    /// A check of the books found something.
    Broken,
    /// Nobody reads what is written any more.
    Enough,
}

impl Stop {
    /// The exit code.
    pub const fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(Failure::Refused { status: 409 | 412, .. }) => 4,
            Self::Failed(Failure::Refused { .. } | Failure::ReadOnly) => 3,
            Self::Failed(Failure::Offline(_)) => 5,
            Self::Broken => 6,
            Self::Enough => 0,
        }
    }

    /// In words.
    pub fn text(&self) -> String {
        match self {
            Self::Usage(text) => text.clone(),
            Self::Failed(failure) => failure.text(),
            Self::Broken => "the books do not hold".to_owned(),
            Self::Enough => "the output was closed".to_owned(),
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// What the words ask for.
pub enum Request {
    /// The console at a place, or where it was.
    Screen(Option<Place>),
    /// A list.
    List(&'static Resource),
    /// One object.
    Get(Place),
    /// The story of the deal that an object belongs to.
    Flow(&'static Resource, String),
    /// The document of a number.
    Numbered(String),
    /// An operation on objects.
    Do(&'static Resource, &'static Operation, Vec<String>),
    /// Any operation of the contract by its name, with the values of its path.
    Call(Row, Vec<String>),
    /// All operations.
    Operations,
    /// All keys.
    Keys,
}

/// Reads the words of the command line.
///
/// # Errors
/// What is wrong with them.
pub fn read(words: &[String]) -> Result<Request, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Ok(Request::Screen(None)),
        ["operations"] => Ok(Request::Operations),
        ["keys"] => Ok(Request::Keys),
        ["call", id, rest @ ..] => {
            let row = resource::row(id).ok_or_else(|| format!("There is no operation {id:?}; `operations` lists them."))?;
            Ok(Request::Call(row, rest.iter().map(|&word| word.to_owned()).collect()))
        }
        ["report", report, rest @ ..] => {
            let path = format!("/v1/reports/{report}");
            let row = resource::loose().iter().map(|operation| operation.row).find(|row| row.path == path);
            let row = row.ok_or_else(|| format!("There is no report {report:?}; `operations` lists them."))?;
            Ok(Request::Call(row, rest.iter().map(|&word| word.to_owned()).collect()))
        }
        ["open", place] => Place::read(place).map(|place| Request::Screen(Some(place))),
        [name, word, rest @ ..] if resource::named(name).is_some() => {
            let resource = resource::named(name).ok_or_else(|| (*name).to_owned())?;
            let ids: Vec<String> = rest.iter().map(|&id| id.to_owned()).collect();
            match (*word, ids.as_slice()) {
                ("list", []) => Ok(Request::List(resource)),
                ("get", []) if resource.get.is_some() => Err(format!("{name} get needs an id.")),
                ("get", [_, _, ..]) if resource.get.is_some() => Err(format!("{name} get takes one id.")),
                // A number or name is looked up when it is asked for.
                ("get", [id]) if resource.get.is_some() => Ok(Request::Get(Place::Object { resource: resource.name, id: id.clone() })),
                ("flow", [id]) if resource.in_flow && resource.get.is_some() => Ok(Request::Flow(resource, id.clone())),
                _ => match resource.operation(word) {
                    Some(operation) => Ok(Request::Do(resource, operation, ids)),
                    // An object opens on the screen; what is neither that nor a verb is told with the verbs that there are.
                    None if ids.is_empty() => {
                        Place::read(&format!("{name}/{word}")).map(|place| Request::Screen(Some(place))).map_err(|_| unknown(resource, word))
                    }
                    None => Err(unknown(resource, word)),
                },
            }
        }
        [number] if Place::read(number).is_err() && looks_like_number(number) => Ok(Request::Numbered((*number).to_owned())),
        [place] => Place::read(place).map(|place| Request::Screen(Some(place))).map_err(|why| format!("{}{why}", meant(place))),
        [first, ..] => Err(format!(
            "{:?} is not understood. {}Try `orders list`, `orders confirm ID`, or a place such as `orders?status=draft`.",
            words.join(" "),
            meant(first)
        )),
    }
}

/// The list that somebody may have meant by a word that names none.
fn meant(word: &str) -> String {
    let near = resource::all().iter().find(|resource| crate::update::same_word(word, resource.name));
    near.map(|resource| format!("Did you mean {}? ", resource.name)).unwrap_or_default()
}

fn unknown(resource: &Resource, word: &str) -> String {
    let words: Vec<_> = resource.operations.iter().map(|operation| operation.word).collect();
    format!("{} has no {word:?}. It has list, get, {}.", resource.name, words.join(", "))
}

/// Does what was asked and writes the result.
///
/// # Errors
/// [`Stop`] with its exit code.
pub async fn run(cli: &Cli, app: &mut App, client: &Client, request: Request, out: &mut dyn Write) -> Result<(), Stop> {
    tokio::select! {
        done = answer(cli, app, client, request, out) => done,
        failure = silence(client) => Err(failure.into()),
    }
}

/// Ends when the server says nothing at all. What takes long, such as a stream or a large report, goes on for as long as the server says that it is there.
pub async fn silence(client: &Client) -> Failure {
    loop {
        tokio::time::sleep(PATIENCE).await;
        if tokio::time::timeout(THERE, perform(client, true, &Call::get("/readyz"))).await.is_err() {
            return Failure::Offline(format!("no answer for {} s", PATIENCE.saturating_add(THERE).as_secs()));
        }
    }
}

async fn answer(cli: &Cli, app: &mut App, client: &Client, request: Request, out: &mut dyn Write) -> Result<(), Stop> {
    of_here(app, client).await?;
    match request {
        Request::List(resource) => list(cli, app, client, resource, &cli.filter.join(" "), out).await,
        Request::Get(place) => get(cli, app, client, &place, out).await,
        Request::Flow(resource, id) => {
            let own = resolved(client, resource, &id).await?;
            let object = match resource.get {
                Some(get) => perform(client, true, &Call::of(&get, &[&own])).await?.body,
                None => Value::Null,
            };
            let flow = object.get("flow_id").and_then(Value::as_str);
            let flow = flow.ok_or_else(|| Stop::Usage(format!("{id} of {} belongs to no deal.", resource.name)))?;
            get(cli, app, client, &Place::Flow(flow.to_owned()), out).await
        }
        Request::Numbered(number) => {
            let place = numbered(app, client, &number).await?;
            get(cli, app, client, &place, out).await
        }
        Request::Do(resource, operation, ids) => act(cli, app, client, resource, operation, &ids, out).await,
        Request::Call(row, values) => call(cli, app, client, row, &values, out).await,
        Request::Operations => {
            for row in crate::contract::ROWS.iter() {
                say(out, &format!("{:28} {:6} {:44} {}", row.id, row.method.word(), row.path, row.summary))?;
            }
            Ok(())
        }
        Request::Keys => {
            for action in crate::keys::ACTIONS {
                say(out, &format!("{:18} {:14} {}", action.name, app.keymap.keys(action).join(" "), action.about))?;
            }
            Ok(())
        }
        Request::Screen(place) => match place.unwrap_or(Place::Dash) {
            Place::List { resource, filter } => match resource::named(resource) {
                Some(resource) => list(cli, app, client, resource, &filter, out).await,
                None => Ok(()),
            },
            Place::Dash => dashboard(cli, app, client, out).await,
            Place::Health => health(cli, app, client, out).await,
            Place::Exceptions => exceptions(cli, app, client, out).await,
            place => get(cli, app, client, &place, out).await,
        },
    }
}

/// A link of another tenant is refused: the same words would show other rows.
async fn of_here(app: &mut App, client: &Client) -> Result<(), Stop> {
    if app.scope.linked.is_empty() {
        return Ok(());
    }
    if !app.scope.platform {
        let me = perform(client, true, &Call::get("/v1/me")).await?.body;
        app.scope.tenant = me.pointer("/tenant/slug").map(plain).unwrap_or_default();
    }
    app.scope.other_than(&app.scope.linked).map_or(Ok(()), |wrong| Err(Stop::Usage(format!("{wrong}."))))
}

fn say(out: &mut dyn Write, text: &str) -> Result<(), Stop> {
    writeln!(out, "{}", text.trim_end()).map_err(|error| unwritten(&error))
}

/// Who reads the output may stop when they have read enough: that is no mistake of anybody.
fn unwritten(error: &std::io::Error) -> Stop {
    if error.kind() == std::io::ErrorKind::BrokenPipe { Stop::Enough } else { Stop::Usage(format!("the output cannot be written: {error}")) }
}

/// Learns what the ids in a list's columns are called, as the console on the screen does; who may not read them sees the ids.
async fn learn(app: &mut App, client: &Client, resource: &Resource) -> Result<(), Stop> {
    let object = resource.list.object();
    let refers = resource.columns.iter().filter(|column| column.kind == crate::columns::Kind::Ref).filter_map(|column| object.refers(column.field));
    let wanted: std::collections::BTreeSet<&str> = refers.filter_map(resource::of_prefix).map(|resource| resource.name).collect();
    if wanted.is_empty() || app.scope.platform {
        return Ok(());
    }
    // What one may not read is not asked for.
    if let Ok(reply) = perform(client, true, &Call::get("/v1/me")).await {
        app.scope.permissions = permissions(&reply.body);
    }
    for name in wanted {
        let Some(other) = resource::named(name).filter(|other| app.scope.may(other.list.permission)) else { continue };
        let call = Call::of(&other.list, &[]).with("limit", "200");
        let names = &mut app.names;
        let read = export::pages(client, &call, NAMES, |row| {
            names.extend(named(row));
            Ok(true)
        });
        match read.await {
            Err(failure) if !failure.denied() => return Err(failure.into()),
            _ => {}
        }
    }
    Ok(())
}

/// Says that nothing is written, before what would come of it: beside data that a program reads.
fn announce(cli: &Cli, usual: Output, out: &mut dyn Write) -> Result<(), Stop> {
    const SAID: &str = "dry run, nothing is written:";
    if cli.dry_run && cli.output.unwrap_or(usual) == Output::Table {
        return say(out, SAID);
    }
    if cli.dry_run {
        writeln!(std::io::stderr(), "causeway-console: {SAID}").ok();
    }
    Ok(())
}

async fn list(cli: &Cli, app: &mut App, client: &Client, resource: &'static Resource, filter: &str, out: &mut dyn Write) -> Result<(), Stop> {
    let filter = understood(filter, resource)?;
    let mut call = Call::of(&resource.list, &[]).with("limit", "200");
    for (name, value) in &filter.server {
        call = call.with(name, value.clone());
    }
    if let Some(sort) = sorted(cli, resource)?.or_else(|| resource.backwards.map(str::to_owned)) {
        call = call.with("sort", sort);
    }
    let output = cli.output.unwrap_or(Output::Table);
    // People read names, and find rows by them; a file for programs has the ids at least.
    if output != Output::Json || filter.looks_at_names() {
        let learned = learn(app, client, resource).await;
        if output == Output::Table || filter.looks_at_names() {
            learned?;
        }
    }
    let names = &app.names;
    // Programs take all of it; people look at the first.
    let usual = if output == Output::Table { LOOKED_AT } else { 0 };
    let most = Some(cli.limit.unwrap_or(usual)).filter(|most| *most > 0).unwrap_or(usize::MAX);
    let mut rows: Vec<Value> = Vec::new();
    let more = export::pages(client, &call, most, |row| {
        let passes = filter.local.is_empty() || filter.passes(&Record::new(row, resource), resource, |id| names.get(id).map(String::as_str));
        if passes {
            rows.push(row.clone());
        }
        Ok(passes)
    })
    .await?;
    match output {
        Output::Json => json(out, &Value::Array(rows)),
        Output::Csv => csv_rows(out, resource, &rows, names),
        Output::Table => table(out, app, resource, &rows),
    }?;
    if more {
        writeln!(std::io::stderr(), "causeway-console: these are the first {most} rows; --limit 0 lists all").ok();
    }
    Ok(())
}

/// How the rows are sorted: by a field that the server sorts by, or the head of its column.
fn sorted(cli: &Cli, resource: &Resource) -> Result<Option<String>, Stop> {
    let Some(sort) = &cli.sort else { return Ok(None) };
    // A log says itself what it is sorted by.
    if resource.list.list.is_none() {
        return Ok(Some(sort.clone()));
    }
    let (down, name) = sort.strip_prefix('-').map_or(("", sort.as_str()), |name| ("-", name));
    let field = filter::meant(name, resource);
    let sorts = resource.sorts();
    if sorts.contains(&field.as_str()) {
        return Ok(Some(format!("{down}{field}")));
    }
    let known = if sorts.is_empty() { "by nothing".to_owned() } else { format!("by {}", sorts.join(", ")) };
    Err(Stop::Usage(format!("--sort {sort}: the server sorts {} {known}.", resource.name)))
}

/// A filter whose fields the rows have: one that no row has finds nothing, and that would read as nothing being there.
fn understood(text: &str, resource: &Resource) -> Result<Filter, Stop> {
    let filter = Filter::read(text, resource, wall());
    match filter.unknown(resource) {
        Some(wrong) => Err(Stop::Usage(wrong)),
        None => Ok(filter),
    }
}

fn json(out: &mut dyn Write, value: &Value) -> Result<(), Stop> {
    say(out, &harmless(&serde_json::to_string_pretty(value).unwrap_or_default()))
}

/// JSON without the controls that it may hold as they are and that a terminal obeys: they stand in texts only, where they can be named.
fn harmless(json: &str) -> String {
    json.chars().fold(String::with_capacity(json.len()), |mut out, c| {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
        out
    })
}

fn csv_rows(out: &mut dyn Write, resource: &Resource, rows: &[Value], names: &BTreeMap<String, String>) -> Result<(), Stop> {
    csv_file(out, |sheet| {
        sheet.write_record(export::head(resource))?;
        rows.iter().try_for_each(|row| sheet.write_record(export::record(row, resource, names)))
    })
}

/// Writes a CSV file that `fill` fills.
fn csv_file(out: &mut dyn Write, fill: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> Result<(), csv::Error>) -> Result<(), Stop> {
    let mut sheet = csv::Writer::from_writer(Vec::new());
    fill(&mut sheet).map_err(|error| Stop::Usage(error.to_string()))?;
    let content = sheet.into_inner().map_err(|error| Stop::Usage(error.to_string()))?;
    out.write_all(&content).map_err(|error| unwritten(&error))
}

fn table(out: &mut dyn Write, app: &App, resource: &'static Resource, rows: &[Value]) -> Result<(), Stop> {
    let records: Vec<Record> = rows.iter().map(|row| Record::new(row, resource)).collect();
    let wide = |at: usize, head: &str| {
        records.iter().filter_map(|record| record.cell(at)).map(|cell| width(app.name_of(cell))).max().unwrap_or(0).max(head.len()).min(44)
    };
    let widths: Vec<usize> = resource.columns.iter().enumerate().map(|(at, column)| wide(at, column.head)).collect();
    let id = records.iter().map(|record| record.id.len()).max().unwrap_or(2);
    let line = |first: &str, cells: Vec<&str>| {
        let cells = cells.iter().zip(&widths).zip(&resource.columns).map(|((cell, wide), column)| format!("  {}", fit(cell, *wide, to_the_right(column.kind))));
        format!("{}{}", fit(first, id, false), cells.collect::<String>())
    };
    say(out, &line("ID", resource.columns.iter().map(|column| column.head).collect()))?;
    for record in &records {
        say(out, &line(&record.id, record.cells().map(|cell| app.name_of(cell)).collect()))?;
    }
    Ok(())
}

async fn get(cli: &Cli, app: &mut App, client: &Client, place: &Place, out: &mut dyn Write) -> Result<(), Stop> {
    let call = match place {
        Place::Object { resource, id } => {
            let resource = resource::named(resource).ok_or_else(|| Stop::Usage(format!("There is no list {resource}.")))?;
            let id = resolved(client, resource, id).await?;
            resource.get.map(|get| Call::of(&get, &[&id]))
        }
        Place::Flow(id) => resource::row("GetFlow").map(|row| Call::of(&row, &[id])),
        _ => None,
    };
    let call = call.ok_or_else(|| {
        let why = "it is what a console on the screen asked and said since it was opened, and a command that ends has none of it";
        Stop::Usage(format!("{} exists on the screen only: {why}.", place.write()))
    })?;
    if cli.output == Some(Output::Csv) {
        return Err(Stop::Usage(format!("{} is one object: it is told as json or as a table.", place.write())));
    }
    let reply = perform(client, true, &call).await?;
    // People read names.
    if cli.output != Some(Output::Json) {
        names::learn_of(app, client, &reply.body).await;
    }
    show(cli, app, &reply.body, out)
}

fn show(cli: &Cli, app: &App, value: &Value, out: &mut dyn Write) -> Result<(), Stop> {
    if cli.output == Some(Output::Json) {
        return json(out, value);
    }
    for line in sheet::describe(app, value, 110) {
        say(out, &line.text())?;
    }
    Ok(())
}

/// The form of an operation, filled from the flags.
fn filled(cli: &Cli, mut form: Form) -> Result<Form, Stop> {
    let reason = cli.reason.iter().map(|reason| format!("reason={reason}"));
    for pair in cli.set.iter().cloned().chain(reason) {
        let (path, text) = pair.split_once('=').ok_or_else(|| Stop::Usage(format!("--set {pair}: a field looks like name=value")))?;
        form.set(path, text).map_err(Stop::Usage)?;
    }
    Ok(form)
}

async fn act(
    cli: &Cli,
    app: &App,
    client: &Client,
    resource: &'static Resource,
    operation: &Operation,
    ids: &[String],
    out: &mut dyn Write,
) -> Result<(), Stop> {
    let about_one = matches!(operation.aim, Aim::One | Aim::Edit);
    if about_one == ids.is_empty() {
        let text = if about_one {
            format!("{} {} needs at least one id.", resource.name, operation.word)
        } else {
            format!("{} {} takes no id.", resource.name, operation.word)
        };
        return Err(Stop::Usage(text));
    }
    if cli.if_match.is_some() && ids.len() > 1 {
        return Err(Stop::Usage("--if-match is the version of one object: name one id.".to_owned()));
    }
    if cli.dry_run && !operation.can_dry_run() {
        return Err(Stop::Usage(format!("{} {} has no dry run in the API.", resource.name, operation.word)));
    }
    let shape = if operation.reads() { operation.row.query() } else { operation.row.body() };
    let mut form = filled(cli, Form::of_operation(operation, None))?;
    let company = only_company(client, shape.as_ref().filter(|_| operation.aim != Aim::Edit), form.fills("company_id")).await?;
    form.suggest("company_id", company.as_deref().unwrap_or_default());
    let mut body = form.body(operation.aim == Aim::Edit).map_err(Stop::Usage)?;
    put_ids(client, shape.as_ref(), &mut body).await?;
    if operation.aim == Aim::Edit && body.as_object().is_some_and(serde_json::Map::is_empty) {
        return Err(Stop::Usage(format!("{} edit changes nothing: name a field with --set name=value.", resource.name)));
    }
    // Said before anything is done.
    if cli.output == Some(Output::Csv) && !operation.reads() {
        return Err(Stop::Usage(format!("{} {} is told as json or as a table.", resource.name, operation.word)));
    }
    let mut own = Vec::new();
    for id in ids {
        own.push(resolved(client, resource, id).await?);
    }
    let ids = own.as_slice();
    announce(cli, Output::Table, out)?;
    if operation.prints() {
        for id in ids {
            say(out, &paper::print(client, operation.row.id, id, Path::new("")).await?)?;
        }
        return Ok(());
    }
    let targets: Vec<&[String]> = if ids.is_empty() { vec![&[]] } else { ids.chunks(1).collect() };
    let many = targets.len() > 1;
    let mut worst: Option<Stop> = None;
    for target in targets {
        let segments: Vec<&str> = target.iter().map(String::as_str).collect();
        let mut call = Call::of(&operation.row, &segments);
        call.body = call.body.map(|_| body.clone());
        if operation.reads() {
            call.query = Form::query(&body);
        }
        call.dry_run = cli.dry_run;
        call.if_match = cli.if_match;
        match perform(client, app.scope.read_only, &call).await {
            Ok(reply) if many && cli.output != Some(Output::Json) => {
                let word = if cli.dry_run { "would be" } else { "ok" };
                say(out, &format!("{} {word} {}", segments.join(" "), plain(reply.body.get("status").unwrap_or(&Value::Null))))?
            }
            Ok(reply) if cli.output == Some(Output::Csv) => rows_of(operation.word, &reply.body).and_then(|rows| csv_of(out, rows))?,
            Ok(reply) => show(cli, app, &reply.body, out)?,
            Err(failure) => {
                let stop = Stop::Failed(failure);
                if many {
                    say(out, &format!("{} refused: {}", segments.join(" "), clean(&stop.text())))?;
                }
                worst = worst.filter(|worst| worst.code() >= stop.code()).or(Some(stop));
            }
        }
    }
    worst.map_or(Ok(()), Err)
}

async fn call(cli: &Cli, app: &App, client: &Client, row: Row, values: &[String], out: &mut dyn Write) -> Result<(), Stop> {
    let segments = row.path.matches('{').count();
    if values.len() != segments {
        return Err(Stop::Usage(format!("{} {} takes {segments} values of its path.", row.id, row.path)));
    }
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let mut call = Call::of(&row, &values);
    (call.dry_run, call.if_match) = (cli.dry_run, cli.if_match);
    if row.method == Method::Get {
        let mut query = serde_json::Map::new();
        for pair in cli.set.iter().chain(&cli.filter) {
            let (name, value) = pair.split_once(['=', ':']).ok_or_else(|| Stop::Usage(format!("{pair}: a parameter looks like name=value")))?;
            query.insert(name.to_owned(), Value::from(value));
        }
        let shape = row.query();
        if let Some(company) = only_company(client, shape.as_ref(), query.contains_key("company_id")).await? {
            query.insert("company_id".to_owned(), Value::from(company));
        }
        let mut query = Value::Object(query);
        put_ids(client, shape.as_ref(), &mut query).await?;
        call.query = Form::query(&query);
    } else {
        let shape = row.body();
        let form = filled(cli, Form::of(shape.as_ref(), None))?;
        let mut body = form.body(row.method == Method::Patch).map_err(Stop::Usage)?;
        put_ids(client, shape.as_ref(), &mut body).await?;
        call.body = Some(body);
    }
    announce(cli, Output::Json, out)?;
    let reply = perform(client, app.scope.read_only, &call).await?;
    match cli.output {
        Some(Output::Table) => show(cli, app, &reply.body, out),
        Some(Output::Csv) => rows_of(row.id, &reply.body).and_then(|rows| csv_of(out, rows)),
        Some(Output::Json) | None => json(out, &reply.body),
    }
}

/// The rows of a report or of a page.
fn rows_of<'a>(name: &str, body: &'a Value) -> Result<&'a [Value], Stop> {
    let rows = ["rows", "data"].iter().find_map(|field| body.get(field)?.as_array());
    rows.map(Vec::as_slice).ok_or_else(|| Stop::Usage(format!("{name} answers no rows: it is told as json or as a table.")))
}

/// Rows as CSV: the fields of all of them, in the order in which they are met.
fn csv_of(out: &mut dyn Write, rows: &[Value]) -> Result<(), Stop> {
    let mut head: Vec<&str> = Vec::new();
    for name in rows.iter().filter_map(Value::as_object).flat_map(|fields| fields.keys()) {
        if !head.contains(&name.as_str()) {
            head.push(name);
        }
    }
    // Where there is no row there is no field, either.
    if head.is_empty() {
        return Ok(());
    }
    csv_file(out, |sheet| {
        sheet.write_record(&head)?;
        rows.iter().try_for_each(|row| sheet.write_record(head.iter().map(|name| export::safe(row.get(*name).unwrap_or(&Value::Null)))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_report_is_written_as_csv_and_what_has_no_rows_says_so() {
        let report = json!({"rows": [{"party_id": "pty_1", "total": "12.00"}, {"party_id": "pty_2", "note": "=1+1"}]});
        let mut out = Vec::new();
        csv_of(&mut out, rows_of("GetAging", &report).unwrap()).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "party_id,total,note\npty_1,12.00,\npty_2,,'=1+1\n");
        let mut out = Vec::new();
        csv_of(&mut out, &[]).unwrap();
        assert!(out.is_empty());
        assert!(rows_of("GetMe", &json!({"id": "usr_1"})).unwrap_err().text().contains("no rows"));
    }

    #[test]
    fn a_filter_by_what_no_row_has_is_asked_wrongly() {
        let orders = resource::named("orders").unwrap();
        let stop = understood("status:draft colour:red", orders).unwrap_err();
        assert_eq!(stop.code(), 2);
        assert!(stop.text().contains("no field colour") && stop.text().contains("status"), "{}", stop.text());
        assert!(understood("status:draft !web reference:4711 since:24h", orders).is_ok());
    }

    #[test]
    fn what_is_asked_for_in_half_says_what_is_missing() {
        let asked = |words: &[&str]| read(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>()).err();
        assert_eq!(asked(&["orders", "get"]).as_deref(), Some("orders get needs an id."));
        assert_eq!(asked(&["orders", "get", "ord_1", "ord_2"]).as_deref(), Some("orders get takes one id."));
        assert!(asked(&["orders", "get", "ord_1"]).is_none() && asked(&["orders", "get", "SO/2026/00001"]).is_none());
        assert!(asked(&["order", "list"]).unwrap().contains("Did you mean orders?") && asked(&["invoces"]).unwrap().contains("Did you mean invoices?"));
        assert!(asked(&["report", "aging"]).is_none() && asked(&["report", "ageing"]).is_some());
    }

    #[test]
    fn who_stops_reading_ends_a_command_well_and_json_names_what_a_terminal_would_obey() {
        struct Closed(std::io::ErrorKind);
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(self.0.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        assert_eq!(say(&mut Closed(std::io::ErrorKind::BrokenPipe), "row").unwrap_err().code(), 0);
        assert_eq!(say(&mut Closed(std::io::ErrorKind::StorageFull), "row").unwrap_err().code(), 2);
        let mut out = Vec::new();
        json(&mut out, &json!({"name": "a\u{9b}2Jb\u{202e}c Mère"})).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("a\\u009b2Jb\\u202ec Mère"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["name"], "a\u{9b}2Jb\u{202e}c Mère");
    }

    #[test]
    fn books_that_do_not_hold_end_with_a_code_of_their_own() {
        assert_eq!(Stop::Broken.code(), 6);
    }
}
