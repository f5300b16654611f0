//! What rows become: the bodies of the API, through the same verbs.

mod addresses;
mod contacts;
mod leads;
mod opportunities;
mod parties;
mod products;
mod shown;
mod stages;
mod taxes;

pub use parties::Made;
pub use shown::columns;

use super::job::Import;
use super::names::Names;
use super::rows::{CellError, Row};
use causeway_contract::{Code, Problem, Shape};
use causeway_entity::kernel::external_refs;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::import::ImportResource;
use causeway_openapi::{catalog, crm, party};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use utoipa::ToSchema;
use uuid::Uuid;

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A new object.
    Created,
    /// An object that was known by its reference or code.
    Updated,
    /// It says what is known already.
    Unchanged,
    /// It is wrong.
    Failed(Vec<CellError>),
}

/// The field in which a row gives the id of its object in the other system.
pub const REF: &str = "external_ref";

/// The schema of a body, compiled once.
fn shape<T: ToSchema>() -> Shape {
    Shape::of::<T>()
}

static OPPORTUNITY: LazyLock<Shape> = LazyLock::new(shape::<crm::CreateOpportunity>);
static LEAD: LazyLock<Shape> = LazyLock::new(shape::<crm::CreateLead>);
static PARTY: LazyLock<Shape> = LazyLock::new(shape::<party::CreateParty>);
static PRODUCT: LazyLock<Shape> = LazyLock::new(shape::<catalog::CreateProduct>);
static CONTACT: LazyLock<Shape> = LazyLock::new(shape::<party::ContactInput>);
static STAGE: LazyLock<Shape> = LazyLock::new(shape::<crm::CreateStage>);
static STAGE_CHANGE: LazyLock<Shape> = LazyLock::new(shape::<crm::UpdateStage>);
static PARTY_CHANGE: LazyLock<Shape> = LazyLock::new(shape::<party::UpdateParty>);
static PRODUCT_CHANGE: LazyLock<Shape> = LazyLock::new(shape::<catalog::UpdateProduct>);

fn shape_of(resource: ImportResource) -> &'static Shape {
    match resource {
        ImportResource::Opportunities => &OPPORTUNITY,
        ImportResource::Leads => &LEAD,
        ImportResource::Parties => &PARTY,
        ImportResource::Products => &PRODUCT,
        ImportResource::Contacts => &CONTACT,
        ImportResource::Stages => &STAGE,
    }
}

/// The fields that a row can fill.
#[must_use]
pub fn fields(resource: ImportResource) -> Vec<String> {
    let Shape::Object { fields, .. } = shape_of(resource) else { return Vec::new() };
    let flat = fields.iter().filter(|(_, field)| !matches!(field.shape.as_ref(), Shape::Object { .. })).map(|(name, _)| name.clone());
    let mut names: Vec<String> = flat.filter(|name| !["external_refs", "addresses", "contacts"].contains(&name.as_str())).collect();
    // A stage is known by its name.
    if resource != ImportResource::Stages {
        names.push(REF.to_owned());
    }
    if resource == ImportResource::Parties {
        names.extend(addresses::fields());
    }
    if resource == ImportResource::Contacts {
        names.push("party_id".to_owned());
    }
    names
}

/// Writes the rows of a part; one outcome for each. Parties that come with them are in `made`.
///
/// # Errors
/// When the database fails. What is wrong with a row is its outcome.
pub async fn write(ctx: &Ctx, tx: &mut Tx<'_>, import: &Import, names: &Names, rows: Vec<Row>, made: &mut Made) -> Result<Vec<Outcome>, Problem> {
    match import.resource {
        ImportResource::Opportunities => opportunities::write(ctx, tx, import, names, rows, made).await,
        ImportResource::Leads => leads::write(ctx, tx, import, names, rows).await,
        ImportResource::Parties => parties::write(ctx, tx, import, names, rows).await,
        ImportResource::Products => products::write(ctx, tx, import, names, rows).await,
        ImportResource::Contacts => contacts::write(ctx, tx, import, names, rows, made).await,
        ImportResource::Stages => stages::write(ctx, tx, import, names, rows).await,
    }
}

/// What the rows of a part said about objects: each of them has one row.
#[derive(Default)]
struct Said(BTreeMap<String, Row>);

impl Said {
    /// What becomes of a row about an object of which a row before spoke, if one did: nothing when it says the same.
    fn again(&self, object: &str, field: &str, row: &Row) -> Option<Outcome> {
        let before = self.0.get(object)?;
        if (&before.fields, &before.metadata) == (&row.fields, &row.metadata) {
            return Some(Outcome::Unchanged);
        }
        let detail = format!("names what row {} names, and says something else about it; give each one row", before.number);
        Some(Outcome::Failed(vec![CellError::field(Code::AlreadyExists, field, detail)]))
    }

    /// A row spoke of an object, unless it was wrong.
    fn note(&mut self, object: String, row: Row, outcome: &Outcome) {
        if !matches!(outcome, Outcome::Failed(_)) {
            self.0.insert(object, row);
        }
    }
}

/// A row with its names resolved, its reference taken out, and what is wrong so far.
struct Prepared {
    row: Row,
    reference: Option<String>,
    errors: Vec<CellError>,
}

/// Resolves the names of each row and takes its reference out. A reference that an earlier row of the file has is an error.
fn prepare(import: &Import, names: &Names, rows: Vec<Row>) -> Vec<Prepared> {
    let one = |mut row: Row| {
        let mut errors = Vec::new();
        let company = names.company(&row, import.options.company_id).map(|company| company.id);
        names.resolve(&mut row, company, &mut errors);
        let reference = row.fields.remove(REF);
        if let Some(reference) = &reference
            && let Some(first) = import.named.get(reference).filter(|first| **first != row.number)
        {
            let detail = format!("{reference} stands in row {first} already; give each row a reference of its own, or leave one of the two out");
            errors.push(CellError::field(Code::AlreadyExists, REF, detail));
        }
        Prepared { row, reference, errors }
    };
    rows.into_iter().map(one).collect()
}

/// The objects that carry these references.
async fn known(tx: &mut Tx<'_>, import: &Import, object: &'static str, rows: &[Prepared]) -> Result<BTreeMap<String, Uuid>, Problem> {
    let references: BTreeSet<&String> = rows.iter().filter_map(|row| row.reference.as_ref()).collect();
    if references.is_empty() {
        return Ok(BTreeMap::new());
    }
    let find = Find::<external_refs::Entity>::new().eq(external_refs::Column::ObjectType, object).eq(external_refs::Column::System, import.system());
    let found = find.among(external_refs::Column::RefId, references.into_iter().cloned()).all(tx).await?;
    Ok(found.into_iter().map(|row| (row.ref_id, row.object_id)).collect())
}

/// The member `external_refs` of a new object.
fn refs(import: &Import, reference: Option<&String>) -> Map<String, Value> {
    let one = reference.map(|id| ("external_refs".to_owned(), json!([{ "system": import.system(), "id": id }])));
    one.into_iter().collect()
}

/// The company that a row belongs to, as a member of its body; an error when it names none that the caller may see.
fn company(import: &Import, names: &Names, row: &mut Row, body: &mut Map<String, Value>) -> Result<(), CellError> {
    let company = names.company(row, import.options.company_id);
    row.fields.remove("company_id");
    let Some(company) = company else {
        return Err(CellError::field(Code::Required, "company_id", "is required: the import names no company, and there are several or none of this name"));
    };
    body.insert("company_id".to_owned(), json!(company.id));
    Ok(())
}

/// A row's body, unless something is wrong with the row: then all of it, what was `told` of it before and what its schema finds, each field once.
fn right<T>(mut told: Vec<CellError>, body: Result<T, Vec<CellError>>) -> Result<T, Vec<CellError>> {
    match body {
        Ok(body) if told.is_empty() => Ok(body),
        Ok(_) => Err(told),
        Err(found) => {
            // A field that names nothing is told already.
            let new: Vec<CellError> = found.into_iter().filter(|error| !told.iter().any(|known| known.field == error.field)).collect();
            told.extend(new);
            Err(told)
        }
    }
}

/// A problem as the outcome of its row; a failing database stops the step.
fn failed(problem: Problem) -> Result<Outcome, Problem> {
    if problem.status >= 500 { Err(problem) } else { Ok(Outcome::Failed(CellError::of(problem))) }
}

/// Runs the verb of one row; a wrong one leaves nothing behind.
async fn attempt(tx: &mut Tx<'_>, outcome: Outcome, verb: impl AsyncFnOnce(&mut Tx<'_>) -> Result<(), Problem>) -> Result<Outcome, Problem> {
    tried(tx, async |tx| verb(tx).await.map(|()| outcome)).await
}

/// Does what one row says, for who tells by the result what became of it; a wrong row, and one that says nothing new, leaves nothing behind.
async fn tried(tx: &mut Tx<'_>, verb: impl AsyncFnOnce(&mut Tx<'_>) -> Result<Outcome, Problem>) -> Result<Outcome, Problem> {
    let mark = tx.mark();
    let done = match verb(tx).await {
        Ok(outcome) => tx.refuse_foreign().await.map(|()| outcome),
        refused => refused,
    };
    if !matches!(done, Ok(Outcome::Created | Outcome::Updated)) {
        tx.undo_to(mark);
    }
    done.or_else(failed)
}
