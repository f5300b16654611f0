//! What stands with quotes.

use causeway_contract::{Code, Problem};
use causeway_entity::sell::{orders, quote_lines, quote_traces, quotes};
use causeway_kernel::{Find, Tx};
use causeway_master::pricing::Trace;
use causeway_value::{OrderId, QuoteId};
use std::collections::BTreeMap;

/// The lines of these quotes, in order, in one query.
pub(super) async fn lines(tx: &mut Tx<'_>, ids: &[QuoteId]) -> Result<BTreeMap<QuoteId, Vec<quote_lines::Model>>, Problem> {
    let mut found: BTreeMap<QuoteId, Vec<quote_lines::Model>> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let by_quote = Find::<quote_lines::Entity>::new().among(quote_lines::Column::QuoteId, ids.iter().copied());
    for line in by_quote.order_by(quote_lines::Column::Position).all(tx).await? {
        found.entry(line.quote_id).or_default().push(line);
    }
    Ok(found)
}

/// The lines of one quote, in order.
pub(crate) async fn lines_of(tx: &mut Tx<'_>, id: QuoteId) -> Result<Vec<quote_lines::Model>, Problem> {
    Ok(lines(tx, &[id]).await?.remove(&id).unwrap_or_default())
}

/// The number of the order that a quote became.
pub(super) async fn order_number(tx: &mut Tx<'_>, order: Option<OrderId>) -> Result<Option<String>, Problem> {
    let Some(order) = order else { return Ok(None) };
    Ok(tx.get::<orders::Entity>(order).await?.map(|order| order.number))
}

/// The external references of one quote.
pub(super) async fn refs_of(tx: &mut Tx<'_>, id: QuoteId) -> Result<Vec<(String, String)>, Problem> {
    Ok(tx.external_refs(&[id.uuid()]).await?.remove(&id.uuid()).unwrap_or_default())
}

/// Why the prices of a quote are what they are, line by line.
pub(super) async fn traces_of(tx: &mut Tx<'_>, id: QuoteId) -> Result<Vec<Trace>, Problem> {
    let row = Find::<quote_traces::Entity>::new().eq(quote_traces::Column::QuoteId, id).one(tx).await?;
    Ok(row.and_then(|row| serde_json::from_str(&row.body).ok()).unwrap_or_default())
}

/// Keeps them.
pub(super) fn insert_traces(tx: &mut Tx<'_>, row: &quotes::Model, traces: &[Trace]) -> Result<(), Problem> {
    let body = text(traces)?;
    tx.insert(quote_traces::Model { tenant_id: row.tenant_id, quote_id: row.id, body });
    Ok(())
}

/// Replaces lines and traces: lines are given as a whole.
pub(super) fn replace(tx: &mut Tx<'_>, row: &quotes::Model, lines: &[quote_lines::Model], traces: &[Trace]) -> Result<(), Problem> {
    let (tenant, quote) = (row.tenant_id, row.id);
    tx.plain("DELETE FROM quote_lines WHERE tenant_id = $1 AND quote_id = $2", vec![tenant.into(), quote.into()]);
    for line in lines {
        tx.insert(line.clone());
    }
    let values = vec![text(traces)?.into(), tenant.into(), quote.into()];
    tx.guarded("UPDATE quote_traces SET body = $1 WHERE tenant_id = $2 AND quote_id = $3", values);
    Ok(())
}

fn text(traces: &[Trace]) -> Result<String, Problem> {
    serde_json::to_string(traces).map_err(|error| {
        tracing::error!(%error, "a price trace cannot be written as JSON");
        Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")
    })
}
