//! What payments in other currencies were booked for: their amount at the rate that they keep (PAY-12). A rate that makes the same amount shows nowhere.

use super::check::{Pages, Unit, written};
use causeway_bill::booked::conversion;
use causeway_contract::Problem;
use causeway_kernel::Tx;
use causeway_kernel::db::Cell;
use causeway_openapi::object::Break;
use causeway_value::{Amount, Currency, PaymentId, Rate};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// The check of the rates of payments.
pub(super) const RATES: &str = "payment_rate";
/// Payments that are read at a time.
const PAGE: usize = 1_000;

pub(super) const TEMPLATE: &str = "SELECT p.id AS id, p.number AS number, p.amount AS amount, p.currency AS currency, c.currency AS home, \
        p.company_rate AS rate, CAST(CASE WHEN p.rate_divides THEN 1 ELSE 0 END AS BIGINT) AS divides, p.company_amount AS booked \
    FROM payments p JOIN companies c ON c.tenant_id = p.tenant_id AND c.id = p.company_id \
    WHERE p.tenant_id = $1 AND p.id > $2 [p.company_id] AND p.currency <> c.currency AND p.status IN ('posted', 'reversed') ORDER BY p.id LIMIT 1000";

const CELLS: [(&str, Cell); 8] = [
    ("id", Cell::Uuid),
    ("number", Cell::Text),
    ("amount", Cell::Whole),
    ("currency", Cell::Text),
    ("home", Cell::Text),
    ("rate", Cell::Whole),
    ("divides", Cell::Whole),
    ("booked", Cell::Whole),
];

#[derive(Clone, Debug, FromQueryResult)]
struct Booked {
    id: Uuid,
    number: Option<String>,
    amount: Amount,
    currency: Currency,
    home: Currency,
    rate: Rate,
    divides: i64,
    booked: Amount,
}

/// Converts every payment that the caller may see anew.
///
/// # Errors
/// When the database fails.
pub(super) async fn rates(tx: &mut Tx<'_>) -> Result<Vec<Break>, Problem> {
    let pages = Pages { template: TEMPLATE, cells: &CELLS, size: PAGE, start: || vec![Uuid::nil().into()], key: |row: &Booked| vec![row.id.into()], wrong };
    pages.compare(tx).await
}

fn wrong(row: &Booked) -> Option<Break> {
    let expected = conversion(row.currency, row.home, row.rate, row.divides != 0).amount(row.amount, row.currency, row.home).ok();
    if expected == Some(row.booked) {
        return None;
    }
    let side = |amount: Amount| written(Unit::Money, amount.0, Some(row.home));
    let detail = format!(
        "{}: the amount at the rate of the payment as what it was booked for: expected {}, found {}",
        row.number.as_deref().unwrap_or_default(),
        expected.map_or_else(|| "an amount".to_owned(), side),
        side(row.booked)
    );
    Some(Break { check: RATES.to_owned(), subject: PaymentId::from_uuid(row.id).to_string(), detail })
}
