//! Leads.

use super::{LEAD, Outcome, Prepared, attempt, company, known, prepare, refs, right, tried};
use crate::import::job::Import;
use crate::import::names::Names;
use crate::import::rows::{CellError, Row, body};
use causeway_contract::{Patch, Problem};
use causeway_entity::sell::leads;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::crm::{CreateLead, Lead, UpdateLead};
use causeway_sell::check::History;
use causeway_sell::lead::service::{self, Known};
use causeway_sell::lead::view::view;
use causeway_value::LeadId;
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, import: &Import, names: &Names, rows: Vec<Row>) -> Result<Vec<Outcome>, Problem> {
    let mut rows = prepare(import, names, rows);
    let standing = known(tx, import, names, "lead", &mut rows).await?;
    let bodies: Vec<_> = rows.into_iter().map(|row| wanted(import, names, row, &standing)).collect();
    let before = before(tx, &standing).await?;
    let known = Known::load(tx, bodies.iter().filter_map(|body| body.as_ref().ok()).map(|(body, _)| body)).await?;
    let mut outcomes = Vec::with_capacity(bodies.len());
    for wanted in bodies {
        outcomes.push(match wanted {
            Err(errors) => Outcome::Failed(errors),
            Ok((body, None)) => attempt(tx, Outcome::Created, async |tx| service::create_known(ctx, tx, &known, &body, History::Told).map(|_| ())).await?,
            Ok((body, Some(id))) => {
                let change = change(body);
                // One that has ended is changed no more, and may be told again.
                if before.get(&id).is_some_and(|row| service::must_be_open(row, "changed").is_err() && tells_the_same(row, &change)) {
                    outcomes.push(Outcome::Unchanged);
                    continue;
                }
                tried(tx, async |tx| {
                    let after = service::update(ctx, tx, LeadId::from_uuid(id), &change).await?;
                    Ok(if before.get(&id).is_some_and(|row| says_the_same(row, after)) { Outcome::Unchanged } else { Outcome::Updated })
                })
                .await?
            }
        });
    }
    Ok(outcomes)
}

/// The leads that rows are about, as they stand.
async fn before(tx: &mut Tx<'_>, standing: &BTreeMap<String, Uuid>) -> Result<BTreeMap<Uuid, leads::Model>, Problem> {
    if standing.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = Find::<leads::Entity>::new().among(leads::Column::Id, standing.values().copied()).all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.id.uuid(), row)).collect())
}

/// Whether a lead says after a row what it said before: then nothing happened to it.
fn says_the_same(row: &leads::Model, after: Lead) -> bool {
    let before = view(row, Vec::new());
    before == Lead { version: before.version, updated_at: before.updated_at, external_refs: Vec::new(), ..after }
}

/// Whether a change says of a lead what it is.
fn tells_the_same(row: &leads::Model, change: &UpdateLead) -> bool {
    let before = view(row, Vec::new());
    let entries = match &change.metadata {
        Patch::Value(entries) => entries.iter().all(|(name, value)| before.metadata.get(name) == value.as_ref()),
        _ => true,
    };
    let known = before.clone();
    let after = Lead {
        title: change.title.clone().over_required(known.title),
        contact_name: change.contact_name.clone().over(known.contact_name),
        organization_name: change.organization_name.clone().over(known.organization_name),
        email: change.email.clone().over(known.email),
        phone: change.phone.clone().over(known.phone),
        source: change.source.clone().over(known.source),
        description: change.description.clone().over(known.description),
        country: change.country.clone().over(known.country),
        employee_count: change.employee_count.clone().over(known.employee_count),
        budget: change.budget.clone().over(known.budget),
        currency: change.currency.clone().over(known.currency),
        authority: change.authority.clone().over(known.authority),
        need: change.need.clone().over(known.need),
        needed_by: change.needed_by.clone().over(known.needed_by),
        owner_id: change.owner_id.clone().over(known.owner_id),
        team_id: change.team_id.clone().over(known.team_id),
        ..known
    };
    entries && before == after
}

fn wanted(import: &Import, names: &Names, prepared: Prepared, standing: &BTreeMap<String, Uuid>) -> Result<(CreateLead, Option<Uuid>), Vec<CellError>> {
    let Prepared { mut row, reference, refs: references, mut errors, .. } = prepared;
    let zone = import.zone(names, &row);
    let mut more = refs(&references);
    errors.extend(company(import, names, &mut row, &mut more).err());
    if !row.fields.contains_key("title") {
        let about = ["organization_name", "contact_name", "email"].iter().find_map(|field| row.fields.get(*field).cloned());
        row.fields.insert("title".to_owned(), about.unwrap_or_else(|| "Lead".to_owned()));
    }
    let body = right(errors, body(&row, &LEAD, zone, more))?;
    Ok((body, reference.and_then(|reference| standing.get(&reference).copied())))
}

/// What a row says about a lead that is known; empty cells leave it as it is.
fn change(body: CreateLead) -> UpdateLead {
    fn said<T>(value: Option<T>) -> Patch<T> {
        value.map_or(Patch::Absent, Patch::Value)
    }
    UpdateLead {
        title: Patch::Value(body.title),
        contact_name: said(body.contact_name),
        organization_name: said(body.organization_name),
        email: said(body.email),
        phone: said(body.phone),
        source: said(body.source),
        description: said(body.description),
        country: said(body.country),
        employee_count: said(body.employee_count),
        budget: said(body.budget),
        currency: said(body.currency),
        authority: said(body.authority),
        need: said(body.need),
        needed_by: said(body.needed_by),
        owner_id: said(body.owner_id),
        team_id: said(body.team_id),
        metadata: if body.metadata.is_empty() {
            Patch::Absent
        } else {
            Patch::Value(body.metadata.into_iter().map(|(name, value)| (name, Some(value))).collect())
        },
        ..UpdateLead::default()
    }
}
