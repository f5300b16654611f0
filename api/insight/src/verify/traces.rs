//! Why the prices of a quote are what they are: a trace for each of its lines that ends with the line's price (PRC-12). What led to it is told nowhere else.

use super::check::Pages;
use causeway_contract::Problem;
use causeway_kernel::Tx;
use causeway_kernel::db::Cell;
use causeway_master::pricing::Trace;
use causeway_openapi::object::Break;
use causeway_value::{Price, QuoteId};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// The check of the traces.
pub(super) const TRACES: &str = "quote_trace";
/// Lines that are read at a time.
const PAGE: usize = 1_000;

pub(super) const TEMPLATE: &str = "SELECT l.quote_id AS id, l.position AS position, l.unit_price AS price, l.price_source AS source, t.body AS body, \
        (SELECT COUNT(*) FROM quote_lines c WHERE c.tenant_id = l.tenant_id AND c.quote_id = l.quote_id) AS count \
    FROM quote_lines l JOIN quotes q ON q.tenant_id = l.tenant_id AND q.id = l.quote_id \
    LEFT JOIN quote_traces t ON t.tenant_id = l.tenant_id AND t.quote_id = l.quote_id \
    WHERE l.tenant_id = $1 AND (l.quote_id, l.position) > ($2, $3) [q.company_id] ORDER BY l.quote_id, l.position LIMIT 1000";

const CELLS: [(&str, Cell); 6] =
    [("id", Cell::Uuid), ("position", Cell::Whole), ("price", Cell::Whole), ("source", Cell::Text), ("body", Cell::Text), ("count", Cell::Whole)];

#[derive(Clone, Debug, FromQueryResult)]
struct Traced {
    id: Uuid,
    position: i64,
    price: Price,
    source: String,
    body: Option<String>,
    count: i64,
}

/// Holds the traces of every quote that the caller may see against its lines.
///
/// # Errors
/// When the database fails.
pub(super) async fn traces(tx: &mut Tx<'_>) -> Result<Vec<Break>, Problem> {
    let pages = Pages {
        template: TEMPLATE,
        cells: &CELLS,
        size: PAGE,
        start: || vec![Uuid::nil().into(), 0_i64.into()],
        key: |row: &Traced| vec![row.id.into(), row.position.into()],
        wrong,
    };
    pages.compare(tx).await
}

fn wrong(row: &Traced) -> Option<Break> {
    let traces: Option<Vec<Trace>> = row.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
    let detail = match traces {
        None => "the quote has no traces that can be read".to_owned(),
        Some(traces) if i64::try_from(traces.len()) != Ok(row.count) => format!("{} traces of {} lines", traces.len(), row.count),
        Some(traces) => {
            let result = usize::try_from(row.position - 1).ok().and_then(|index| traces.get(index)).map(|trace| trace.result.as_str()).unwrap_or_default();
            // Shares of a bundle are balanced to the cent once the whole of it has its discount.
            let is_share = row.source.contains("prd_");
            if is_share || result.parse::<Price>().ok() == Some(row.price) {
                return None;
            }
            format!("line {}: the price as what its trace ends with: expected {}, found {result}", row.position, row.price)
        }
    };
    Some(Break { check: TRACES.to_owned(), subject: QuoteId::from_uuid(row.id).to_string(), detail })
}
