//! What rows become: the bodies of the API, through the same verbs.

mod addresses;
mod contacts;
mod exported;
mod leads;
mod opportunities;
mod parties;
mod products;
mod shown;
mod stages;
mod taxes;

pub use exported::exported;
pub use parties::Made;
pub use shown::columns as shown;

use super::columns;
use super::job::Import;
use super::names::Names;
use super::rows::{CellError, Row};
use causeway_contract::{Code, Problem, Shape};
use causeway_entity::kernel::external_refs;
use causeway_entity::master::{parties as parties_rows, products as products_rows};
use causeway_entity::sell::{leads as leads_rows, opportunities as opportunities_rows, stages as stages_rows};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::import::ImportResource;
use causeway_openapi::{catalog, crm, party};
use causeway_value::{Contact, Kind, Lead, Opportunity, Party, Product, Stage, split_type_id};
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

/// The field in which a row gives the id that its object has here, as the service's own export does. Another id is one of the other system.
pub const ID: &str = "id";

/// The field in which a row gives the ids of its object in several systems, as the service's own export does.
pub const REFS: &str = "external_refs";

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
    if resource != ImportResource::Contacts {
        names.push(ID.to_owned());
    }
    if columns::keeps_references(resource) {
        names.push(REFS.to_owned());
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

/// A row with its names resolved, its ids taken out, and what is wrong so far.
struct Prepared {
    row: Row,
    /// By what its object is known: its id in the system of the import, or its own.
    reference: Option<String>,
    /// Its own id, where the row gives that.
    own: Option<Uuid>,
    /// What a new object gets as its ids in other systems: system and id.
    refs: Vec<(String, String)>,
    errors: Vec<CellError>,
}

/// The id of the row's object, as the row gives it.
#[must_use]
pub fn reference(row: &Row) -> Option<&String> {
    row.fields.get(REF).or_else(|| row.fields.get(ID))
}

/// The letters before the ids of what the rows become.
const fn prefix(resource: ImportResource) -> &'static str {
    match resource {
        ImportResource::Opportunities => Opportunity::PREFIX,
        ImportResource::Leads => Lead::PREFIX,
        ImportResource::Parties => Party::PREFIX,
        ImportResource::Products => Product::PREFIX,
        ImportResource::Contacts => Contact::PREFIX,
        ImportResource::Stages => Stage::PREFIX,
    }
}

/// The ids of a row, taken out of it: what its object is known by, its own id where it is that, and its ids in other systems.
fn ids(import: &Import, row: &mut Row, errors: &mut Vec<CellError>) -> (Option<String>, Option<Uuid>, Vec<(String, String)>) {
    let (id, external) = (row.fields.remove(ID), row.fields.remove(REF));
    let mut refs: Vec<(String, String)> = match row.fields.remove(REFS) {
        None => Vec::new(),
        Some(text) => text.split(';').filter_map(|one| one.trim().split_once(':')).map(|(system, id)| (system.to_owned(), id.to_owned())).collect(),
    };
    let own = id.as_deref().and_then(split_type_id).filter(|(letters, _)| *letters == prefix(import.resource)).map(|(_, id)| id);
    if id.is_some() && external.is_some() {
        errors.push(CellError::field(Code::InvalidValue, ID, "gives a second id beside `external_ref`; empty one of the two cells"));
    }
    if own.is_some() {
        return (id, own, refs);
    }
    let among = || refs.iter().find(|(system, _)| system == import.system()).map(|(_, id)| id.clone());
    let reference = external.or(id).or_else(among);
    if let Some(id) = &reference {
        refs.retain(|(system, _)| system != import.system());
        refs.insert(0, (import.system().to_owned(), id.clone()));
    }
    (reference, None, refs)
}

/// Resolves the names of each row and takes its reference out. A reference that an earlier row of the file has is an error.
fn prepare(import: &Import, names: &Names, rows: Vec<Row>) -> Vec<Prepared> {
    let one = |mut row: Row| {
        let mut errors = std::mem::take(&mut row.wrong);
        let company = names.company(&row, import.options.company_id).map(|company| company.id);
        names.resolve(&mut row, company, &mut errors);
        let (reference, own, refs) = ids(import, &mut row, &mut errors);
        if let Some(reference) = &reference
            && let Some(first) = import.named.get(reference).filter(|first| **first != row.number)
        {
            let detail = format!("{reference} stands in row {first} already; give each row a reference of its own, or leave one of the two out");
            errors.push(CellError::field(Code::AlreadyExists, REF, detail));
        }
        Prepared { row, reference, own, refs, errors }
    };
    rows.into_iter().map(one).collect()
}

/// The objects that rows are about, by what they are known by: references, or their own ids. An own id that nothing here has is an error of its row.
async fn known(tx: &mut Tx<'_>, import: &Import, names: &Names, object: &'static str, rows: &mut [Prepared]) -> Result<BTreeMap<String, Uuid>, Problem> {
    let mut known = referred(tx, import, object, rows).await?;
    let ids: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.own).collect();
    if ids.is_empty() {
        return Ok(known);
    }
    let there = standing(tx, import.resource, names, ids).await?;
    for row in rows {
        let (Some(id), Some(reference)) = (row.own, &row.reference) else { continue };
        if there.contains(&id) {
            known.insert(reference.clone(), id);
        } else {
            let thing = object.replace('_', " ");
            let detail = format!(
                "`{reference}` is the id of no {thing} here; correct it, empty the cell for a new {thing}, or map the column to `external_ref` if it is the id of another system"
            );
            row.errors.push(CellError::field(Code::NotFound, ID, detail));
        }
    }
    Ok(known)
}

/// Those of these ids that are there, and that whoever imports may see.
async fn standing(tx: &mut Tx<'_>, resource: ImportResource, names: &Names, ids: BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>, Problem> {
    Ok(match resource {
        ImportResource::Opportunities => {
            let rows = Find::<opportunities_rows::Entity>::new().among(opportunities_rows::Column::Id, ids).all(tx).await?;
            rows.into_iter().filter(|row| names.sees(row.company_id)).map(|row| row.id.uuid()).collect()
        }
        ImportResource::Leads => {
            let rows = Find::<leads_rows::Entity>::new().among(leads_rows::Column::Id, ids).all(tx).await?;
            rows.into_iter().filter(|row| names.sees(row.company_id)).map(|row| row.id.uuid()).collect()
        }
        ImportResource::Parties => {
            let rows = Find::<parties_rows::Entity>::new().among(parties_rows::Column::Id, ids).all(tx).await?;
            rows.into_iter().map(|row| row.id.uuid()).collect()
        }
        ImportResource::Products => {
            let rows = Find::<products_rows::Entity>::new().among(products_rows::Column::Id, ids).all(tx).await?;
            rows.into_iter().map(|row| row.id.uuid()).collect()
        }
        ImportResource::Stages => {
            let rows = Find::<stages_rows::Entity>::new().among(stages_rows::Column::Id, ids).all(tx).await?;
            rows.into_iter().filter(|row| row.company_id.is_none_or(|company| names.sees(company))).map(|row| row.id.uuid()).collect()
        }
        ImportResource::Contacts => BTreeSet::new(),
    })
}

/// The objects that carry these references.
async fn referred(tx: &mut Tx<'_>, import: &Import, object: &'static str, rows: &[Prepared]) -> Result<BTreeMap<String, Uuid>, Problem> {
    let references: BTreeSet<&String> = rows.iter().filter(|row| row.own.is_none()).filter_map(|row| row.reference.as_ref()).collect();
    if references.is_empty() {
        return Ok(BTreeMap::new());
    }
    let find = Find::<external_refs::Entity>::new().eq(external_refs::Column::ObjectType, object).eq(external_refs::Column::System, import.system());
    let found = find.among(external_refs::Column::RefId, references.into_iter().cloned()).all(tx).await?;
    Ok(found.into_iter().map(|row| (row.ref_id, row.object_id)).collect())
}

/// The member `external_refs` of a new object.
fn refs(refs: &[(String, String)]) -> Map<String, Value> {
    let all: Vec<Value> = refs.iter().map(|(system, id)| json!({ "system": system, "id": id })).collect();
    if all.is_empty() { Map::new() } else { Map::from_iter([(REFS.to_owned(), Value::Array(all))]) }
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
