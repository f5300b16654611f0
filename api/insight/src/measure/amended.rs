//! The backlog of a day that is over: without the amendments and cancellations that came after it (RPT-03).

use super::due::MADE;
use super::owed::{Left, counts, left};
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_entity::sell::order_amendments;
use causeway_kernel::db::Cell;
use causeway_kernel::{Find, Tx};
use causeway_value::{AmendmentKind, Amount, CompanyId, Currency, Day, Instant, OrderId, OrderLineId, Overflow, PartyId, Quantity};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a cancellation `a` took off its order `o`: what the rest came to, or all of an order that was cancelled as a whole, which keeps what was ordered.
pub(super) const CUT: &str = "CASE WHEN o.status = 'cancelled' AND a.number = o.amendments THEN o.untaxed_amount ELSE 0 - a.untaxed_change END";

/// Lines that one statement reads.
const AT_ONCE: usize = 500;

/// A line that changed later, as it stands now.
#[derive(Clone, Debug, FromQueryResult)]
struct Touched {
    id: OrderLineId,
    party_id: PartyId,
    name: String,
    currency: Currency,
    /// Of the obligation.
    net: Amount,
    /// Of the line of the order: what stands of it, and all of it when its order was cancelled as a whole.
    standing: Amount,
    billed: Amount,
    ordered: Quantity,
    cancelled: Quantity,
}

/// What later amendments did: the net change of each line, and the orders that they ended as a whole.
#[derive(Default)]
struct Later {
    changes: BTreeMap<OrderLineId, Amount>,
    ended: BTreeSet<OrderId>,
}

/// The amendments and cancellations of a company's orders from an instant on.
///
/// # Errors
/// When the database fails.
pub(super) async fn since(tx: &mut Tx<'_>, company: CompanyId, end: Instant) -> Result<Vec<order_amendments::Model>, Problem> {
    let of_company = Find::<order_amendments::Entity>::new().eq(order_amendments::Column::CompanyId, company);
    of_company.when("created_at >= ?", vec![end.into()]).all(tx).await
}

/// What the backlog at the end of day `as_of`, which ends at the instant `end`, differs by from what stands now. `changes` are those since then, or also earlier
/// ones.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub(super) async fn differences(
    tx: &mut Tx<'_>,
    company: CompanyId,
    (as_of, end): (Day, Instant),
    changes: &[order_amendments::Model],
) -> Result<Vec<Left>, Problem> {
    let later = later(changes.iter().filter(|row| row.created_at >= end))?;
    let lines: Vec<Value> = later.changes.keys().map(|id| (*id).into()).collect();
    let orders: Vec<Value> = later.ended.iter().map(|id| (*id).into()).collect();
    let mut found: BTreeMap<OrderLineId, Touched> = BTreeMap::new();
    for (column, ids) in [("b.id", lines), ("b.order_id", orders)] {
        for part in ids.chunks(AT_ONCE) {
            found.extend(touched(tx, company, (as_of, end), column, part).await?.into_iter().map(|row| (row.id, row)));
        }
    }
    found.into_values().map(|row| difference(&row, later.changes.get(&row.id).copied().unwrap_or_default()).map_err(Problem::from)).collect()
}

fn later<'a>(changes: impl Iterator<Item = &'a order_amendments::Model>) -> Result<Later, Overflow> {
    let mut later = Later::default();
    for row in changes {
        for change in &row.changes.0 {
            let sum = later.changes.entry(change.order_line_id).or_default();
            *sum = sum.plus(change.net_change)?;
        }
        // Of an order that was cancelled as a whole no line says so.
        if row.kind == AmendmentKind::RestCancelled && row.changes.0.is_empty() {
            later.ended.insert(row.order_id);
        }
    }
    Ok(later)
}

async fn touched(tx: &mut Tx<'_>, company: CompanyId, (as_of, end): (Day, Instant), column: &str, ids: &[Value]) -> Result<Vec<Touched>, Problem> {
    let mut values: Vec<Value> = vec![company.into(), as_of.into(), end.into()];
    let first = values.len() + 2;
    let places: Vec<String> = (first..first + ids.len()).map(|place| format!("${place}")).collect();
    values.extend(ids.iter().cloned());
    let template = format!(
        "SELECT b.id AS id, b.party_id AS party_id, p.name AS name, b.currency AS currency, b.net_amount AS net, l.net_amount AS standing, \
             CAST(COALESCE(made.amount, 0) AS BIGINT) AS billed, b.ordered_quantity AS ordered, b.cancelled_quantity AS cancelled \
         FROM obligations b JOIN orders o ON o.tenant_id = b.tenant_id AND o.id = b.order_id JOIN order_lines l ON l.tenant_id = b.tenant_id AND l.id = b.id \
         JOIN parties p ON p.tenant_id = b.tenant_id AND p.id = b.party_id \
         LEFT JOIN ({MADE}) made ON made.order_line_id = b.id \
         WHERE b.tenant_id = $1 AND b.company_id = $2 AND o.confirmed_at < $4 AND {column} IN ({})",
        places.join(", ")
    );
    let cells = [
        ("id", Cell::Uuid),
        ("party_id", Cell::Uuid),
        ("name", Cell::Text),
        ("currency", Cell::Text),
        ("net", Cell::Whole),
        ("standing", Cell::Whole),
        ("billed", Cell::Whole),
        ("ordered", Cell::Whole),
        ("cancelled", Cell::Whole),
    ];
    let asked = statement(tx, &template, values);
    sql::rows(tx, asked, &cells).await
}

fn difference(row: &Touched, changed_later: Amount) -> Result<Left, Overflow> {
    let stands = row.cancelled != row.ordered && row.net != row.billed;
    let now = if stands { left(row.net, row.billed, (row.ordered, row.cancelled))? } else { Amount::ZERO };
    let counts_now = stands && counts(row.cancelled, now);
    let stood = row.standing.minus(changed_later)?;
    let rest = stood.minus(row.billed)?;
    // What was billed beyond what stood is no negative backlog; what came with a later amendment did not stand.
    let then = if rest.0.signum() == stood.0.signum() { rest } else { Amount::ZERO };
    let lines = i64::from(!then.is_zero()) - i64::from(counts_now);
    Ok(Left { party_id: row.party_id, name: row.name.clone(), currency: row.currency, lines, amount: then.minus(now)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touched(standing: i64, billed: i64, cancelled: i64) -> Touched {
        Touched {
            id: OrderLineId::new(),
            party_id: PartyId::new(),
            name: String::new(),
            currency: "EUR".parse().unwrap(),
            net: Amount(64_800),
            standing: Amount(standing),
            billed: Amount(billed),
            ordered: Quantity(40),
            cancelled: Quantity(cancelled),
        }
    }

    #[test]
    fn what_was_cut_later_stood_before() {
        let told = |row: &Touched, later: i64| difference(row, Amount(later)).map(|found| (found.lines, found.amount.0)).unwrap();
        // Cut from 40 to 30: now 486.00, then 648.00.
        assert_eq!(told(&touched(48_600, 0, 10), -16_200), (0, 16_200));
        // Cancelled as a whole: the line keeps what was ordered.
        assert_eq!(told(&touched(64_800, 0, 40), 0), (1, 64_800));
        assert_eq!(told(&touched(64_800, 16_200, 40), 0), (1, 48_600));
        // A line that came later.
        assert_eq!(told(&touched(64_800, 0, 0), 64_800), (-1, -64_800));
    }
}
