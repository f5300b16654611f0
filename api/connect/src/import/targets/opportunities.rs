//! Opportunities, history included.

use super::{Made, OPPORTUNITY, Outcome, Prepared, company, known, parties, prepare, refs, right, tried};
use crate::import::job::Import;
use crate::import::names::{Names, folded};
use crate::import::rows::{CellError, Row, body};
use causeway_contract::{Code, Problem};
use causeway_entity::sell::{lost_reasons, opportunities};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::party::service as party;
use causeway_openapi::crm::CreateOpportunity;
use causeway_sell::check::History;
use causeway_sell::opportunity::service::{self, Known};
use causeway_value::{Day, OpportunityStatus};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, import: &Import, names: &Names, rows: Vec<Row>, made: &mut Made) -> Result<Vec<Outcome>, Problem> {
    let mut rows = prepare(import, names, rows);
    let standing = known(tx, import, names, "opportunity", &mut rows).await?;
    let ids: Vec<Uuid> = standing.values().copied().collect();
    let found = if ids.is_empty() { Vec::new() } else { Find::<opportunities::Entity>::new().among(opportunities::Column::Id, ids.clone()).all(tx).await? };
    let found: BTreeMap<Uuid, opportunities::Model> = found.into_iter().map(|row| (row.id.uuid(), row)).collect();
    let mut references = tx.external_refs(&ids).await?;
    let reasons = Reasons::load(tx, &rows).await?;
    let bodies: Vec<_> = rows.into_iter().map(|row| wanted(import, names, &reasons, row, |reference| found.get(standing.get(reference)?))).collect();
    let known = Known::load(tx, bodies.iter().filter_map(|body| body.as_ref().ok()).map(|(body, _)| body)).await?;
    let mut known = known.with_orders(tx, found.values().map(|row| row.id)).await?;
    for (id, name) in names.promised() {
        known.expect(party::draft(ctx, *id, &parties::customer(name)?));
    }
    let mut outcomes = Vec::with_capacity(bodies.len());
    for wanted in bodies {
        let (body, old) = match wanted {
            Ok(wanted) => wanted,
            Err(errors) => {
                outcomes.push(Outcome::Failed(errors));
                continue;
            }
        };
        let mut customer = None;
        let outcome = tried(tx, async |tx| {
            customer = made.with_row(ctx, tx, names, body.party_id).await?;
            match old {
                None => service::create_known(ctx, tx, &known, &body, History::Told).map(|_| Outcome::Created),
                Some(old) => {
                    let refs = references.remove(&old.id.uuid()).unwrap_or_default();
                    service::replace(ctx, tx, &known, (old, refs), &body).map(|changed| if changed { Outcome::Updated } else { Outcome::Unchanged })
                }
            }
        })
        .await?;
        if matches!(outcome, Outcome::Failed(_)) {
            // What the row would have brought along went with it.
            made.forget(customer);
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// The tenant's codes of why deals are lost, each with its name, those of other days too; none when it keeps none, or no row gives one.
#[derive(Default)]
struct Reasons(Vec<lost_reasons::Model>);

/// Codes that are looked through, and those that an error names.
const REASONS: (u64, usize) = (1_000, 20);

impl Reasons {
    /// The code of this reason: by its code or its name as it is written, else by what is the same but for capitals, spaces and points.
    fn code(&self, said: &str) -> Option<&str> {
        let key = folded(said);
        let ways: [&dyn Fn(&lost_reasons::Model) -> bool; 3] =
            [&|one| one.code == said, &|one| one.name == said, &|one| folded(&one.code) == key || folded(&one.name) == key];
        let found = ways.into_iter().map(|is_it| self.0.iter().filter(|reason| is_it(reason)).collect::<Vec<_>>()).find(|found| !found.is_empty())?;
        if let [one] = found.as_slice() { Some(&one.code) } else { None }
    }

    async fn load(tx: &mut Tx<'_>, rows: &[Prepared]) -> Result<Self, Problem> {
        if !rows.iter().any(|row| row.row.fields.contains_key("lost_reason")) {
            return Ok(Self::default());
        }
        let found = Find::<lost_reasons::Entity>::new().order_by(lost_reasons::Column::Code).limit(REASONS.0).all(tx).await?;
        Ok(Self(found))
    }

    /// Puts the code in the place of a name, and refuses a reason that is none of the tenant's: reports count deals by them. What a deal has already may stay.
    fn resolve(&self, row: &mut Row, old: Option<&opportunities::Model>) -> Option<CellError> {
        let said = row.fields.get("lost_reason")?.clone();
        let stays = old.is_some_and(|old| old.lost_reason.as_ref() == Some(&said));
        if self.0.is_empty() || stays {
            return None;
        }
        if let Some(code) = self.code(&said) {
            row.fields.insert("lost_reason".to_owned(), code.to_owned());
            return None;
        }
        let known: Vec<&str> = self.0.iter().take(REASONS.1).map(|one| one.code.as_str()).collect();
        let detail = format!("must be the code or the name of one lost reason (GET /v1/lost-reasons), such as {}", known.join(", "));
        Some(CellError::field(Code::InvalidValue, "lost_reason", detail))
    }
}

/// The day on which a deal closes is when it ended; of one that goes on, when it may (RPT-03). One that ended has such a day: without it, it would count for
/// the day of the import.
fn check_close(names: &Names, row: &mut Row, old: Option<&opportunities::Model>) -> Option<CellError> {
    let status = names.status(row)?;
    if status == OpportunityStatus::Open {
        let is_day = row.fields.get("closed_at").is_some_and(|text| text.parse::<Day>().is_ok());
        if is_day && !row.fields.contains_key("expected_close_date") {
            row.fields.remove("closed_at").and_then(|day| row.fields.insert("expected_close_date".to_owned(), day));
        }
        return None;
    }
    let is_known = row.fields.contains_key("closed_at") || old.is_some_and(|old| old.status == status && old.closed_at.is_some());
    (!is_known)
        .then(|| CellError::field(Code::Required, "closed_at", format!("is required for a deal that is {status}: the day on which it ended; fill the cell")))
}

/// The body of a row, and the opportunity that it changes.
fn wanted<'o>(
    import: &Import,
    names: &Names,
    reasons: &Reasons,
    prepared: Prepared,
    standing: impl Fn(&str) -> Option<&'o opportunities::Model>,
) -> Result<(CreateOpportunity, Option<&'o opportunities::Model>), Vec<CellError>> {
    let Prepared { mut row, reference, own, refs: references, mut errors } = prepared;
    let zone = import.zone(names, &row);
    let old = reference.as_deref().and_then(standing);
    let mut more = refs(&references);
    errors.extend(check_close(names, &mut row, old));
    // A stage of what has ended says so, too: nobody who closed a deal need be here any more.
    if let Some(status) = names.status(&row).filter(|status| *status != OpportunityStatus::Open) {
        row.fields.entry("status".to_owned()).or_insert_with(|| status.to_string());
    }
    errors.extend(reasons.resolve(&mut row, old));
    // Elsewhere it is written with its sign.
    if let Some(share) = row.fields.get_mut("probability") {
        *share = share.trim_end_matches('%').trim_end().to_owned();
    }
    errors.extend(company(import, names, &mut row, &mut more).err());
    // What the file does not say of a deal that is there stays.
    if let (false, Some(old)) = (row.fields.contains_key("title"), old) {
        row.fields.insert("title".to_owned(), old.title.clone());
    }
    if !row.fields.contains_key("title") {
        let product = row.fields.get("product_id").and_then(|id| names.product(id)).or(reference.as_deref().filter(|_| own.is_none())).unwrap_or("Deal");
        row.fields.insert("title".to_owned(), product.to_owned());
    }
    let body: CreateOpportunity = right(errors, body(&row, &OPPORTUNITY, zone, more))?;
    Ok((CreateOpportunity { party_id: body.party_id.or(old.and_then(|old| old.party_id)), ..body }, old))
}
