//! What customers owe a company is the sum of the rows that it follows, part by part (PAY-09).

use super::check::{Check, Unit, written};
use causeway_bill::exposure::shares;
use causeway_bill::obligation::rules::price_amount;
use causeway_contract::Problem;
use causeway_entity::bill::{credit_exposures, obligations};
use causeway_kernel::{Find, Tx};
use causeway_openapi::object::Break;
use causeway_value::{Amount, CompanyId, Currency, PartyId};
use std::collections::BTreeMap;

/// Rows that are read at once.
const PAGE: u64 = 1_000;
/// The name of the check that no single statement can make.
pub(super) const OBLIGATIONS: &str = "exposure_obligations";
/// What the same pass finds on the way: the price of a line.
const PRICE: &str = "obligation_price";
/// Breaks that are reported, at most.
const MOST: usize = 100;

const RECEIVABLES: &str = "SELECT company_id, party_id, currency, open_amount + COALESCE(expected_tax_amount, 0) AS amount FROM invoices \
    WHERE tenant_id = $1 [company_id] \
    AND direction = 'sale' AND kind = 'invoice' AND status <> 'cancelled'";
const BILLABLES: &str = "SELECT company_id, party_id, currency, amount + COALESCE(tax_amount, 0) AS amount FROM billables WHERE tenant_id = $1 [company_id] \
    AND status IN ('pending', 'ready', 'held')";
const UNALLOCATED: &str = "SELECT company_id, party_id, currency, open_amount AS amount FROM invoices WHERE tenant_id = $1 [company_id] \
        AND direction = 'sale' AND kind = 'credit_note' AND status IN ('posted', 'reversed') \
    UNION ALL SELECT company_id, party_id, currency, undeducted_amount AS amount FROM invoices WHERE tenant_id = $1 [company_id] \
        AND undeducted_amount IS NOT NULL AND status <> 'cancelled' \
    UNION ALL SELECT company_id, party_id, currency, CASE WHEN direction = 'inbound' THEN unallocated_amount ELSE 0 - unallocated_amount END AS amount \
    FROM payments WHERE tenant_id = $1 [company_id] AND settles = 'sale' AND status = 'posted'";

/// The checks.
pub(super) fn checks() -> Vec<Check> {
    vec![
        part("exposure_receivables", "what invoices have open as the receivables of the exposure", "open_receivables", RECEIVABLES),
        part("exposure_billables", "what waits to be invoiced as the billables of the exposure", "billables", BILLABLES),
        part(
            "exposure_unallocated",
            "what payments, credit notes and down payments have left as the unallocated credit of the exposure",
            "unallocated",
            UNALLOCATED,
        ),
    ]
}

fn part(name: &'static str, what: &'static str, column: &str, rows: &str) -> Check {
    let sql = format!(
        "SELECT t.party_id AS id, c.name AS label, t.currency AS currency, SUM(t.expected) AS expected, SUM(t.found) AS found \
         FROM (SELECT company_id, party_id, currency, amount AS expected, 0 AS found FROM ({rows}) AS counted \
             UNION ALL SELECT company_id, party_id, currency, 0 AS expected, {column} AS found FROM credit_exposures WHERE tenant_id = $1 [company_id]) t \
         JOIN companies c ON c.tenant_id = $1 AND c.id = t.company_id GROUP BY c.id, c.name, t.party_id, t.currency HAVING SUM(t.expected) <> SUM(t.found)"
    );
    Check { name, subject: "pty", what, unit: Unit::Money, sql }
}

type Sums = BTreeMap<(CompanyId, PartyId, Currency), (Amount, Amount)>;

/// What confirmed lines come to and still add, which takes the rounding of the rules and therefore no statement.
pub(super) async fn obligations(tx: &mut Tx<'_>) -> Result<Vec<Break>, Problem> {
    let (mut sums, mut breaks) = (Sums::new(), Vec::new());
    let mut after = uuid::Uuid::nil();
    loop {
        let page = Find::<obligations::Entity>::new().gt(obligations::Column::Id, after).order_by(obligations::Column::Id).limit(PAGE).all(tx).await?;
        let Some(last) = page.last() else { break };
        after = last.id.uuid();
        for row in &page {
            let (expected, _) = sums.entry((row.company_id, row.party_id, row.currency)).or_default();
            *expected = expected.plus(shares::obligation(row)?)?;
            let price = price_amount(row)?;
            if price != row.price_amount && breaks.len() < MOST {
                let side = |amount: Amount| written(Unit::Money, amount.0, Some(row.currency));
                let detail = format!("the price of the line with the taxes in it: expected {}, found {}", side(price), side(row.price_amount));
                breaks.push(Break { check: PRICE.to_owned(), subject: row.id.to_string(), detail });
            }
        }
    }
    for row in Find::<credit_exposures::Entity>::new().all(tx).await? {
        sums.entry((row.company_id, row.party_id, row.currency)).or_default().1 = row.obligations;
    }
    let differ = sums.into_iter().filter(|(_, (expected, found))| expected != found);
    let broken = differ.map(|((company, party, currency), (expected, found))| {
        let (expected, found) = (written(Unit::Money, expected.0, Some(currency)), written(Unit::Money, found.0, Some(currency)));
        let detail = format!("{company}: what is confirmed and not billable yet as the obligations of the exposure: expected {expected}, found {found}");
        Break { check: OBLIGATIONS.to_owned(), subject: party.to_string(), detail }
    });
    breaks.extend(broken.take(MOST));
    Ok(breaks)
}
