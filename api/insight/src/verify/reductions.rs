//! What was taken off billables: reports of days that are over add it back, so each row is what the billable was before and after it say (RPT-03, RPT-10).

use super::check::{Check, Pages, Unit, written};
use causeway_contract::Problem;
use causeway_kernel::Tx;
use causeway_kernel::db::Cell;
use causeway_openapi::object::Break;
use causeway_value::{Amount, AmountText, BillableId, BillableStatus, Currency, InvoiceId, Quantity};
use sea_orm::FromQueryResult;
use serde::Deserialize;
use uuid::Uuid;

/// The check that reads snapshots.
pub(super) const REDUCTIONS: &str = "billable_reduction";
/// Rows that are read at a time, with two snapshots each.
const PAGE: usize = 500;

pub(super) const TEMPLATE: &str = "SELECT r.billable_id AS id, r.version AS version, b.currency AS currency, r.quantity AS quantity, r.amount AS amount, \
        r.invoice_id AS invoice_id, CAST(CASE WHEN b.company_id = r.company_id AND a.object_id IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS known, \
        p.body AS before, a.body AS after \
    FROM billable_reductions r JOIN billables b ON b.tenant_id = r.tenant_id AND b.id = r.billable_id \
    LEFT JOIN snapshots p ON p.tenant_id = r.tenant_id AND p.object_id = r.billable_id AND p.version = r.version - 1 \
    LEFT JOIN snapshots a ON a.tenant_id = r.tenant_id AND a.object_id = r.billable_id AND a.version = r.version \
    WHERE r.tenant_id = $1 AND (r.billable_id, r.version) > ($2, $3) [r.company_id] ORDER BY r.billable_id, r.version LIMIT 500";

const CELLS: [(&str, Cell); 9] = [
    ("id", Cell::Uuid),
    ("version", Cell::Whole),
    ("currency", Cell::Text),
    ("quantity", Cell::Whole),
    ("amount", Cell::Whole),
    ("invoice_id", Cell::Uuid),
    ("known", Cell::Whole),
    ("before", Cell::Text),
    ("after", Cell::Text),
];

#[derive(Clone, Debug, FromQueryResult)]
struct Reduction {
    id: Uuid,
    version: i64,
    currency: Currency,
    quantity: i64,
    amount: i64,
    invoice_id: Option<Uuid>,
    /// Whether the billable has that version, at that company.
    known: i64,
    before: Option<String>,
    after: Option<String>,
}

/// What a snapshot says of a billable.
#[derive(Clone, Debug, Deserialize)]
struct Said {
    quantity: Quantity,
    amount: AmountText,
    status: BillableStatus,
    invoice_id: Option<InvoiceId>,
}

impl Said {
    fn read(body: Option<&str>) -> Option<Self> {
        serde_json::from_str(body?).ok()
    }
}

/// The check that is one statement: what was written off was taken off. What was only put together with another part comes to nothing.
pub(super) fn checks() -> Vec<Check> {
    let sql = "SELECT b.id AS id, b.status AS label, NULL AS currency, b.quantity AS expected, COALESCE(SUM(r.quantity), 0) AS found FROM billables b \
               LEFT JOIN billable_reductions r ON r.tenant_id = b.tenant_id AND r.billable_id = b.id \
               WHERE b.tenant_id = $1 [b.company_id] AND b.status = 'written_off' AND b.quantity <> 0 \
               GROUP BY b.id, b.status, b.quantity HAVING COUNT(r.billable_id) = 0";
    vec![Check { name: "billable_written_off", subject: "bil", what: "what was taken off it", unit: Unit::Quantity, sql: sql.to_owned() }]
}

/// Recomputes what was taken off every billable that the caller may see.
///
/// # Errors
/// When the database fails.
pub(super) async fn reductions(tx: &mut Tx<'_>) -> Result<Vec<Break>, Problem> {
    let pages = Pages {
        template: TEMPLATE,
        cells: &CELLS,
        size: PAGE,
        start: || vec![Uuid::nil().into(), 0_i64.into()],
        key: |row: &Reduction| vec![row.id.into(), row.version.into()],
        wrong,
    };
    pages.compare(tx).await
}

/// What is wrong with a reduction; nothing where its snapshots were erased.
fn wrong(row: &Reduction) -> Option<Break> {
    let broken = |detail: String| Some(Break { check: REDUCTIONS.to_owned(), subject: BillableId::from_uuid(row.id).to_string(), detail });
    if row.known == 0 {
        return broken(format!("what was taken off it made its version {}, which is not there", row.version));
    }
    let after = Said::read(row.after.as_deref())?;
    let before = Said::read(row.before.as_deref())?;
    // One that is written off says to the end what it was, and bills nothing; it may stand on its invoice again when a credit note is dropped.
    let billed = |said: &Said| match said.status {
        BillableStatus::WrittenOff => Some((Quantity::ZERO, Amount::ZERO)),
        _ => Some((said.quantity, said.amount.amount(row.currency).ok()?)),
    };
    let ((was, then), (left, now)) = (billed(&before)?, billed(&after)?);
    let expected = (was.minus(left).ok()?, then.minus(now).ok()?);
    let side = |(quantity, amount): (Quantity, Amount)| format!("{quantity} for {}", written(Unit::Money, amount.0, Some(row.currency)));
    let found = (Quantity(row.quantity), Amount(row.amount));
    if found != expected {
        return broken(format!("what was taken off it by version {}: expected {}, found {}", row.version, side(expected), side(found)));
    }
    if row.invoice_id != before.invoice_id.map(InvoiceId::uuid) {
        return broken(format!("the invoice on which it stood before version {}", row.version));
    }
    None
}
