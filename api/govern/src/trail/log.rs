//! The log of events: page by page, and as it grows. Nobody is told of objects that they may not read.

use super::service::{actor_names, event_view, with_snapshots};
use crate::access::told_of;
use causeway_contract::{Code, FieldError, Page, Problem};
use causeway_entity::kernel::{event_positions, events};
use causeway_kernel::http::{Batch, Item, Place};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::integration::{Event, EventOrder, EventsQuery, StreamQuery};
use causeway_value::{EventId, FlowId, split_type_id};
use std::collections::HashMap;
use uuid::Uuid;

/// Events of a page when no limit is given.
const DEFAULT_LIMIT: u32 = 50;
/// Events that a stream sends at a time.
const BATCH: u64 = 100;

/// Which events are wanted.
struct Which<'a> {
    kind: Option<&'a str>,
    subject: Option<&'a str>,
    flow: Option<FlowId>,
    /// The kinds of objects that the caller may read; none for all.
    told: Option<Vec<&'static str>>,
}

/// A part of the log, between two positions that are not part of it, and from which end it is read.
#[derive(Clone, Copy, Default)]
struct Span {
    after: i64,
    before: Option<i64>,
    order: EventOrder,
}

/// A page of the log, from the end that is asked for.
///
/// # Errors
/// `not_found` when `after` or `before` is no event of this tenant.
pub async fn events(ctx: &Ctx, tx: &mut Tx<'_>, query: &EventsQuery) -> Result<Page<Event>, Problem> {
    let limit = u64::from(query.limit.unwrap_or(DEFAULT_LIMIT));
    let mut span = Span { order: query.sort.unwrap_or_default(), ..Span::default() };
    if let Some(after) = query.after {
        span.after = place_of(tx, after).await?.ok_or_else(|| Problem::of(vec![unknown("after")]))?;
    }
    if let Some(before) = query.before {
        span.before = Some(place_of(tx, before).await?.ok_or_else(|| Problem::of(vec![unknown("before")]))?);
    }
    let which = Which { kind: query.kind.as_deref(), subject: query.subject_id.as_deref(), flow: query.flow_id, told: told_of(ctx) };
    let mut positions = matching(tx, &which, span).limit(limit + 1).all(tx).await?;
    let has_more = u64::try_from(positions.len()).unwrap_or(0) > limit;
    positions.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let data = shown(tx, positions).await?;
    let next_cursor = if has_more { data.last().map(|event| event.id.to_string()) } else { None };
    Ok(Page { data, next_cursor, has_more })
}

/// What a stream sends next.
///
/// # Errors
/// `not_found` when the place to begin at is no event of this tenant.
pub async fn follow(ctx: &Ctx, tx: &mut Tx<'_>, query: &StreamQuery, place: &Place) -> Result<Batch<Event>, Problem> {
    let head = Find::<event_positions::Entity>::new().order_by_desc(event_positions::Column::Sequence).one(tx).await?;
    let end = head.as_ref().map_or(0, |head| head.sequence);
    let after = begin(tx, query, place, end).await?;
    let which = Which { kind: query.kind.as_deref(), subject: query.subject_id.as_deref(), flow: query.flow_id, told: told_of(ctx) };
    let positions = if end > after { matching(tx, &which, Span { after, ..Span::default() }).limit(BATCH).all(tx).await? } else { Vec::new() };
    // A full batch ends at its last event; another one has seen everything up to the end of the log.
    let more = u64::try_from(positions.len()).unwrap_or(0) == BATCH;
    let last = if more { positions.last().cloned() } else { head };
    let (position, mark) = last.map_or((after, None), |last| (last.sequence.max(after), Some(last.event_id.to_string())));
    let items = shown(tx, positions).await?.into_iter().map(|event| Item { id: event.id.to_string(), name: event.kind.clone(), payload: event }).collect();
    Ok(Batch { items, position, mark, more })
}

/// The position after which a stream goes on.
async fn begin(tx: &mut Tx<'_>, query: &StreamQuery, place: &Place, end: i64) -> Result<i64, Problem> {
    let last_seen = match place {
        Place::At(position) => return Ok(*position),
        Place::Start { last_seen } => last_seen,
    };
    if let Some(text) = last_seen {
        let unknown = || Problem::of(vec![FieldError::header(Code::NotFound, "Last-Event-ID", "is no event of this tenant")]);
        let id = text.parse().map_err(|_| unknown())?;
        return place_of(tx, id).await?.ok_or_else(unknown);
    }
    match query.after {
        Some(after) => place_of(tx, after).await?.ok_or_else(|| Problem::of(vec![unknown("after")])),
        None => Ok(if query.live == Some(true) { end } else { 0 }),
    }
}

fn unknown(parameter: &str) -> FieldError {
    FieldError::parameter(Code::NotFound, parameter, "is no event of this tenant")
}

/// The position of an event.
async fn place_of(tx: &mut Tx<'_>, event: EventId) -> Result<Option<i64>, Problem> {
    let known = Find::<event_positions::Entity>::new().eq(event_positions::Column::EventId, event).one(tx).await?;
    Ok(known.map(|position| position.sequence))
}

/// The wanted events of a part of the log that the caller may see, in its order.
fn matching(tx: &Tx<'_>, which: &Which<'_>, span: Span) -> Find<event_positions::Entity> {
    let mut find = Find::<event_positions::Entity>::new();
    if span.after > 0 {
        find = find.gt(event_positions::Column::Sequence, span.after);
    }
    if let Some(before) = span.before {
        find = find.lte(event_positions::Column::Sequence, before - 1);
    }
    if let Some(subject) = which.subject {
        let uuid = split_type_id(subject).map_or(Uuid::max(), |(_, uuid)| uuid);
        find = find.when("event_id IN (SELECT id FROM events WHERE tenant_id = $1 AND subject_id = ?)", vec![uuid.into()]);
    }
    if let Some(flow) = which.flow {
        find = find.when("event_id IN (SELECT id FROM events WHERE tenant_id = $1 AND flow_id = ?)", vec![flow.into()]);
    }
    // What no index finds is looked at row by row, so that a page costs what it reads and not what the log holds.
    let (mut sql, mut values) = (String::new(), Vec::new());
    let marks = |count: usize| if count == 0 { "NULL".to_owned() } else { vec!["?"; count].join(", ") };
    if let Some(kind) = which.kind {
        sql.push_str(" AND e.event_type = ?");
        values.push(kind.into());
    }
    if let Some(told) = &which.told {
        sql.push_str(&format!(" AND e.subject_type IN ({})", marks(told.len())));
        values.extend(told.iter().map(|kind| (*kind).into()));
    }
    if let Some(companies) = tx.companies() {
        sql.push_str(&format!(" AND (e.company_id IS NULL OR e.company_id IN ({}))", marks(companies.len())));
        values.extend(companies.iter().map(|company| (*company).into()));
    }
    if !sql.is_empty() {
        find = find.when(&format!("EXISTS (SELECT 1 FROM events e WHERE e.tenant_id = $1 AND e.id = event_positions.event_id{sql})"), values);
    }
    match span.order {
        EventOrder::OldestFirst => find.order_by(event_positions::Column::Sequence),
        EventOrder::NewestFirst => find.order_by_desc(event_positions::Column::Sequence),
    }
}

/// Events as the API shows them, in the order of their positions.
async fn shown(tx: &mut Tx<'_>, positions: Vec<event_positions::Model>) -> Result<Vec<Event>, Problem> {
    if positions.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Find::<events::Entity>::new().among(events::Column::Id, positions.iter().map(|position| position.event_id)).all(tx).await?;
    let mut by_id: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let pairs = positions.into_iter().filter_map(|position| Some((by_id.remove(&position.event_id)?, position))).collect();
    let entries = with_snapshots(tx, pairs).await?;
    let names = actor_names(tx, &entries).await?;
    Ok(entries.into_iter().map(|entry| event_view(entry, &names)).collect())
}
