//! The job of an import: starting it, and taking one part a step.

use super::columns::{self, Target};
use super::named;
use super::names::Names;
use super::rights;
use super::rows::{self, CellError};
use super::targets::{self, Made, Outcome};
use causeway_contract::{Code, FieldError, Problem, composed};
use causeway_entity::govern::companies;
use causeway_entity::kernel::{import_errors, imports};
use causeway_govern::clock::job_view;
use causeway_govern::ownership;
use causeway_kernel::http::LocalFuture;
use causeway_kernel::job::{self, Job, Progress};
use causeway_kernel::upload::{self, Upload};
use causeway_kernel::{Actor, Ctx, Tx};
use causeway_openapi::import::{CreateImport, ImportQuery, ImportResource};
use causeway_openapi::integration as wire;
use causeway_value::{CompanyId, Json, Zone};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The kind of the job.
pub const KIND: &str = "import";
/// Errors that are kept; all are counted.
const KEPT_ERRORS: i64 = 10_000;

/// Starts an import of a file, or of the rows in the body.
///
/// # Errors
/// `permission_denied` without the right to write what is imported; `validation_failed` for options that mean nothing.
pub async fn start(ctx: &Ctx, tx: &mut Tx<'_>, query: &ImportQuery, body: &CreateImport, file: Option<&Upload>) -> Result<wire::Job, Problem> {
    let options = if file.is_some() { from_query(query)? } else { in_body(query, body)? };
    let Some(resource) = options.resource else { return Err(wrong(file.is_some(), "resource", Code::Required, "is required: what the rows become")) };
    ctx.require(permission(resource))?;
    if options.create_parties == Some(true) {
        ctx.require("parties:write")?;
    }
    if let Some(company) = options.company_id
        && tx.get::<companies::Entity>(company).await?.is_none()
    {
        return Err(wrong(file.is_some(), "company_id", Code::NotFound, "names no company of this tenant"));
    }
    let known: Vec<String> = targets::fields(resource);
    let is_entry = |field: &&String| columns::keeps_metadata(resource) && field.starts_with(columns::METADATA);
    let mapped = options.mapping.values().filter(|field| !field.is_empty() && !is_entry(field)).map(|field| ("mapping", field));
    for (name, field) in mapped.chain(options.defaults.keys().map(|field| ("defaults", field))) {
        if !known.contains(field) {
            let detail = format!("names the field `{field}`, which is none of {}", known.join(", "));
            return Err(wrong(file.is_some(), name, Code::InvalidValue, &detail));
        }
    }
    let in_query = file.is_some();
    let stored;
    let file = match file {
        Some(file) => file,
        None => {
            stored = upload::store(tx, &as_csv(&body.rows)?)?;
            &stored
        }
    };
    let header = columns_of(&file.header)?;
    let becomes = columns::targets(resource, &header, &options.mapping, &known);
    refuse_meaningless(&header, &becomes, &options, &known)?;
    if options.strict == Some(true) {
        refuse_missing(in_query, &header, &options)?;
        refuse_unknown(in_query, &columns::unknown(resource, &header, &options.mapping, &known))?;
    }
    rights::ask(ctx, resource, &becomes, &options)?;
    let kept = CreateImport { rows: Vec::new(), ..options };
    let input = json!({ "resource": resource, "rows": file.records, "dry_run": kept.dry_run.unwrap_or(false) }).to_string();
    let job = job::enqueue_counted(ctx, tx, KIND, input, file.records)?;
    tx.insert(imports::Model {
        tenant_id: ctx.tenant,
        id: job.id,
        upload_id: file.id,
        options: serde_json::to_string(&kept).map_err(|_| broken())?,
        header: file.header.clone(),
        company_ids: ctx.companies.as_ref().map(|companies| Json(companies.to_vec())),
        next_part: 0,
        parts: file.parts,
        created: 0,
        updated: 0,
        unchanged: 0,
        failed: 0,
        errors: 0,
        parties_created: None,
        parties_named: None,
    });
    Ok(job_view(&job))
}

fn wrong(in_query: bool, name: &str, code: Code, detail: &str) -> Problem {
    let error = if in_query { FieldError::parameter(code, name, detail) } else { FieldError::pointer(code, format!("/{name}"), detail) };
    Problem::of(vec![error])
}

/// Refuses a file that names a column twice, and one of which no column means anything: nobody means to make objects of nothing.
fn refuse_meaningless(header: &[String], becomes: &[Target], options: &CreateImport, known: &[String]) -> Result<(), Problem> {
    let mut seen = BTreeSet::new();
    if let Some(twice) = header.iter().find(|column| !column.is_empty() && !seen.insert(column.as_str())) {
        return Err(Problem::new(Code::Malformed, format!("The file names the column `{twice}` twice. Give each column a name of its own.")));
    }
    for (place, (column, target)) in header.iter().zip(becomes).enumerate() {
        let same = header.iter().zip(becomes).take(place).find(|(_, before)| *target != Target::Nothing && *before == target);
        if let Some((first, _)) = same {
            let what = match target {
                Target::Field(name) => name.clone(),
                Target::Metadata(name) => format!("{}{name}", columns::METADATA),
                Target::Nothing => continue,
            };
            let detail = format!(
                "The columns `{first}` and `{column}` both mean `{what}`. Take one out, or say in `mapping` what it becomes: nothing is {{\"{column}\": \"\"}}."
            );
            return Err(Problem::new(Code::Malformed, detail));
        }
    }
    if options.defaults.is_empty() && !becomes.iter().any(|target| matches!(target, Target::Field(_))) {
        let detail = format!(
            "No column of the file means anything here: `{}`. Cells are separated by commas, semicolons or tabs, and the first line names the columns, such as {}.",
            header.join("`, `"),
            known.join(", ")
        );
        return Err(Problem::new(Code::Malformed, detail));
    }
    Ok(())
}

/// Refuses a mapping of columns that the file does not have.
fn refuse_missing(in_query: bool, header: &[String], options: &CreateImport) -> Result<(), Problem> {
    match options.mapping.keys().find(|column| !header.contains(column)) {
        None => Ok(()),
        Some(column) => {
            let detail = format!("names the column `{column}`, which the file does not have; it has `{}`", header.join("`, `"));
            Err(wrong(in_query, "mapping", Code::InvalidValue, &detail))
        }
    }
}

/// Refuses columns that name no field, each with what to do about it.
fn refuse_unknown(in_query: bool, unknown: &[columns::Unknown]) -> Result<(), Problem> {
    let one = |unknown: &columns::Unknown| {
        let do_this = "ename it, or say in `mapping` what it becomes";
        let detail = match &unknown.did_you_mean {
            Some(name) => format!("the column `{}` names no field; did you mean `{name}`? R{do_this}", unknown.column),
            None => format!("the column `{}` names no field; r{do_this}", unknown.column),
        };
        if in_query { FieldError::parameter(Code::UnknownField, "strict", detail) } else { FieldError::pointer(Code::UnknownField, "/rows", detail) }
    };
    if unknown.is_empty() { Ok(()) } else { Err(Problem::of(unknown.iter().map(one).collect())) }
}

fn broken() -> Problem {
    Problem::new(Code::InternalError, "The import cannot be read any more.")
}

/// The right that writing such objects one by one needs.
const fn permission(resource: ImportResource) -> &'static str {
    match resource {
        ImportResource::Opportunities => "opportunities:write",
        ImportResource::Leads => "leads:write",
        ImportResource::Parties | ImportResource::Contacts => "parties:write",
        ImportResource::Products => "products:write",
        ImportResource::Stages => "stages:write",
    }
}

fn from_query(query: &ImportQuery) -> Result<CreateImport, Problem> {
    let map = |name: &str, text: &Option<String>| -> Result<BTreeMap<String, String>, Problem> {
        let Some(text) = text else { return Ok(BTreeMap::new()) };
        serde_json::from_str(text).map_err(|_| wrong(true, name, Code::InvalidValue, "must be a JSON object of texts, such as {\"Deal\": \"title\"}"))
    };
    Ok(CreateImport {
        resource: query.resource,
        company_id: query.company_id,
        mapping: map("mapping", &query.mapping)?,
        defaults: map("defaults", &query.defaults)?,
        system: query.system.clone(),
        create_parties: query.create_parties,
        strict: query.strict,
        dry_run: query.dry_run,
        rows: Vec::new(),
    })
}

/// The options of a JSON body stand in it; those of a query would be overlooked.
fn in_body(query: &ImportQuery, body: &CreateImport) -> Result<CreateImport, Problem> {
    if *query == ImportQuery::default() {
        return Ok(body.clone());
    }
    let set = serde_json::to_value(query).ok();
    let name = set.as_ref().and_then(|set| set.as_object()?.keys().next().cloned()).unwrap_or_default();
    Err(wrong(true, &name, Code::InvalidValue, "stands in the body when the body is JSON; the query is for files (text/csv)"))
}

fn as_csv(rows: &[BTreeMap<String, String>]) -> Result<String, Problem> {
    let columns: BTreeSet<&String> = rows.iter().flat_map(BTreeMap::keys).collect();
    if columns.is_empty() {
        return Err(wrong(false, "rows", Code::Required, "is required: at least one row with a cell"));
    }
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let cells = |row: &BTreeMap<String, String>| columns.iter().map(|column| row.get(*column).cloned().unwrap_or_default()).collect::<Vec<_>>();
    let mut written = writer.write_record(&columns);
    for row in rows {
        written = written.and_then(|()| writer.write_record(cells(row)));
    }
    written.map_err(|_| broken())?;
    let bytes = writer.into_inner().map_err(|_| broken())?;
    String::from_utf8(bytes).map_err(|_| broken())
}

/// What an import is to do, as its steps need it.
pub struct Import {
    /// What was asked for.
    pub options: CreateImport,
    /// What the rows become.
    pub resource: ImportResource,
    /// The companies that the caller may see; none means all.
    pub granted: Option<Vec<CompanyId>>,
    /// The ids that this part names, each with the first row of the file that does.
    pub named: BTreeMap<String, i64>,
}

impl Import {
    /// The other system.
    #[must_use]
    pub fn system(&self) -> &str {
        self.options.system.as_deref().unwrap_or("import")
    }

    /// Where days begin for this row.
    #[must_use]
    pub fn zone(&self, names: &Names, row: &rows::Row) -> Zone {
        names.company(row, self.options.company_id).map_or(Zone::UTC, |company| company.time_zone)
    }
}

/// One step: one part of the file.
pub fn step<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>, job: &'a Job) -> LocalFuture<'a, Result<Progress, Problem>> {
    Box::pin(async move {
        let mut ctx = ctx.clone();
        // The one who asked for it is the one who does it.
        ctx.actor = Actor { kind: job.created_by_kind, id: job.created_by };
        ctx.permissions = Arc::new(rights::asked());
        ctx.ownership = ownership::of_actor(tx, ctx.actor).await?;
        take_part(&ctx, tx, job).await
    })
}

async fn take_part(ctx: &Ctx, tx: &mut Tx<'_>, job: &Job) -> Result<Progress, Problem> {
    let old = tx.lock::<imports::Entity>(job.id).await?;
    let options: CreateImport = serde_json::from_str(&old.options).map_err(|_| broken())?;
    let resource = options.resource.ok_or_else(broken)?;
    let mut import = Import { options, resource, granted: old.company_ids.clone().map(|ids| ids.0), named: BTreeMap::new() };
    let total = serde_json::from_str::<serde_json::Value>(&job.input).ok().and_then(|input| input.get("rows")?.as_i64());
    let Some(part) = upload::part(tx, old.upload_id, old.next_part).await? else {
        if named::forget(tx, job.id).await? {
            return Ok(Progress::More { done: 0, total });
        }
        upload::discard(tx, old.upload_id);
        tx.update(&old, &imports::Model { parties_named: None, ..old.clone() });
        return Ok(Progress::Done { result: result(&old, &import)? });
    };
    let header = columns_of(&old.header)?;
    let becomes = columns::targets(resource, &header, &import.options.mapping, &targets::fields(resource));
    let read = rows::read(&part.body, columns::separator(&old.header), part.first_row, &becomes, &import.options.defaults)?;
    let done = i64::try_from(read.len()).unwrap_or(i64::MAX);
    let (mut found, mut outcomes) = (Vec::with_capacity(read.len()), Vec::with_capacity(read.len()));
    for row in read {
        match row {
            Ok(row) => found.extend(row),
            Err((number, wrong)) => outcomes.push((number, Outcome::Failed(vec![wrong]))),
        }
    }
    let mut names = Names::load(tx, &found, import.granted.as_deref()).await?;
    if import.options.create_parties == Some(true) {
        names.promise_parties(&found);
    }
    let references = named::of(&found);
    let before = named::before(tx, job.id, &references).await?;
    import.named = references.iter().map(|(reference, row)| (reference.clone(), before.get(reference).copied().unwrap_or(*row))).collect();
    let (mark, mut made) = (tx.mark(), Made::default());
    let numbers: Vec<i64> = found.iter().map(|row| row.number).collect();
    outcomes.extend(numbers.into_iter().zip(targets::write(ctx, tx, &import, &names, found, &mut made).await?));
    outcomes.sort_by_key(|(number, _)| *number);
    if import.options.dry_run == Some(true) {
        tx.undo_to(mark);
    }
    named::note(tx, job.id, &references, &before);
    let mut new = imports::Model { next_part: old.next_part + 1, ..old.clone() };
    count_parties(&import, &mut new, made.names(&names));
    for (number, outcome) in outcomes {
        match outcome {
            Outcome::Created => new.created += 1,
            Outcome::Updated => new.updated += 1,
            Outcome::Unchanged => new.unchanged += 1,
            Outcome::Failed(errors) => {
                new.failed += 1;
                keep(tx, &mut new, number, errors, (&header, &becomes));
            }
        }
    }
    tx.update(&old, &new);
    tx.delete(&part);
    Ok(Progress::More { done, total })
}

/// Counts the parties that a part made. A dry run leaves none behind, so that the next part makes them again: it counts each name once.
fn count_parties(import: &Import, new: &mut imports::Model, made: BTreeSet<String>) {
    if made.is_empty() {
        return;
    }
    let count = |names: usize| i64::try_from(names).unwrap_or(i64::MAX);
    if import.options.dry_run == Some(true) {
        let known = new.parties_named.take().map(|names| names.0).unwrap_or_default();
        let all: BTreeSet<String> = known.into_iter().chain(made).collect();
        new.parties_created = Some(count(all.len()));
        new.parties_named = Some(Json(all.into_iter().collect()));
    } else {
        new.parties_created = Some(new.parties_created.unwrap_or_default().saturating_add(count(made.len())));
    }
}

fn columns_of(header: &str) -> Result<Vec<String>, Problem> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(columns::separator(header)).from_reader(header.as_bytes());
    let record = reader.records().next().and_then(Result::ok).ok_or_else(broken)?;
    Ok(record.iter().map(|column| composed(column.trim().to_owned())).collect())
}

/// Keeps what was wrong, each with the column that it stands in.
fn keep(tx: &mut Tx<'_>, import: &mut imports::Model, row: i64, errors: Vec<CellError>, (header, becomes): (&[String], &[Target])) {
    for error in errors {
        let position = import.errors;
        import.errors += 1;
        if position >= KEPT_ERRORS {
            continue;
        }
        let stands = |target: &Target| matches!((target, &error.field), (Target::Field(name), Some(field)) if name == field);
        // An id stands in one column or the other.
        let is_id = |target: &Target| matches!((target, error.field.as_deref()), (Target::Field(name), Some(targets::REF)) if name == targets::ID);
        let column = becomes.iter().position(stands).or_else(|| becomes.iter().position(is_id)).and_then(|place| header.get(place).cloned()).or(error.field);
        let (import_id, code) = (import.id, error.code.to_string());
        let (tenant_id, detail) = (import.tenant_id, error.detail);
        tx.insert(import_errors::Model { tenant_id, import_id, position, row, column_name: column, code, detail });
    }
}

/// What an import came to that ends before its file does. Nobody will take what is left of the file.
pub fn so_far<'a>(_: &'a Ctx, tx: &'a mut Tx<'_>, job: &'a Job) -> LocalFuture<'a, Result<String, Problem>> {
    Box::pin(async move {
        let old = tx.lock::<imports::Entity>(job.id).await?;
        let options: CreateImport = serde_json::from_str(&old.options).map_err(|_| broken())?;
        let resource = options.resource.ok_or_else(broken)?;
        upload::discard(tx, old.upload_id);
        result(&old, &Import { options, resource, granted: None, named: BTreeMap::new() })
    })
}

fn result(import: &imports::Model, of: &Import) -> Result<String, Problem> {
    let rows = import.created + import.updated + import.unchanged + import.failed;
    let mut result = json!({
        "resource": of.resource, "dry_run": of.options.dry_run.unwrap_or(false), "rows": rows,
        "created": import.created, "updated": import.updated, "unchanged": import.unchanged, "failed": import.failed
    });
    if of.options.create_parties == Some(true)
        && let Some(result) = result.as_object_mut()
    {
        result.insert("parties_created".to_owned(), import.parties_created.unwrap_or_default().into());
    }
    let unknown = columns::unknown(of.resource, &columns_of(&import.header)?, &of.options.mapping, &targets::fields(of.resource));
    if !unknown.is_empty()
        && let Some(result) = result.as_object_mut()
    {
        result.insert("unknown_columns".to_owned(), json!(unknown));
    }
    Ok(result.to_string())
}
