//! How the backlog of one day became that of another (RPT-03, ORD-14): what was booked, amended, cancelled and billed between them, customer by customer.
//!
//! Opening and closing are the backlogs of the two days. Amounts stay in the currencies of the orders, so that every row adds up exactly.

use super::amended::CUT;
use super::due::MOVES;
use super::months::days;
use super::owed::{Left, left_of};
use crate::sql::{self, statement};
use crate::window::window;
use causeway_contract::Problem;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::measure as wire;
use causeway_value::{Amount, Currency, Overflow, PartyId};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

/// One of the movements of a customer in one currency.
#[derive(Clone, Debug, FromQueryResult)]
struct Moved {
    party_id: PartyId,
    name: String,
    currency: Currency,
    amount: Amount,
}

const CELLS: [(&str, Cell); 4] = [("party_id", Cell::Uuid), ("name", Cell::Text), ("currency", Cell::Text), ("amount", Cell::Whole)];

/// Orders confirmed from the instant `$3` on and before `$4`, at what they came to then: without what amendments changed since.
const BOOKED: &str = "SELECT o.party_id AS party_id, p.name AS name, o.currency AS currency, CAST(SUM(o.untaxed_amount - COALESCE(a.amount, 0)) AS BIGINT) AS amount \
    FROM orders o JOIN parties p ON p.tenant_id = o.tenant_id AND p.id = o.party_id \
    LEFT JOIN (SELECT order_id, SUM(untaxed_change) AS amount FROM order_amendments WHERE tenant_id = $1 AND company_id = $2 GROUP BY order_id) a \
        ON a.order_id = o.id \
    WHERE o.tenant_id = $1 AND o.company_id = $2 AND o.confirmed_at >= $3 AND o.confirmed_at < $4 GROUP BY o.party_id, p.name, o.currency";

/// What changes of one kind in the same time came to.
fn changed_sql(kind: &str, amount: &str) -> String {
    format!(
        "SELECT o.party_id AS party_id, p.name AS name, o.currency AS currency, CAST(SUM({amount}) AS BIGINT) AS amount \
         FROM order_amendments a JOIN orders o ON o.tenant_id = a.tenant_id AND o.id = a.order_id JOIN parties p ON p.tenant_id = o.tenant_id AND p.id = o.party_id \
         WHERE a.tenant_id = $1 AND a.company_id = $2 AND a.created_at >= $3 AND a.created_at < $4 AND a.kind = '{kind}' GROUP BY o.party_id, p.name, o.currency"
    )
}

/// What became billable from the day `$3` to the day `$5`, or before when its order was confirmed only from the instant `$4` on, less what was none any more;
/// `$6` ends the last day.
fn billed_sql() -> String {
    format!(
        "SELECT b.party_id AS party_id, p.name AS name, b.currency AS currency, CAST(SUM(m.amount) AS BIGINT) AS amount \
         FROM ({MOVES}) m JOIN obligations b ON b.tenant_id = $1 AND b.id = m.order_line_id JOIN orders o ON o.tenant_id = b.tenant_id AND o.id = b.order_id \
         JOIN parties p ON p.tenant_id = b.tenant_id AND p.id = b.party_id \
         WHERE (m.day >= $3 OR o.confirmed_at >= $4) AND m.day <= $5 AND o.confirmed_at < $6 GROUP BY b.party_id, p.name, b.currency"
    )
}

/// A row of the report, in minor units of its currency. What is to be credited is what the others leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Row {
    opening: Amount,
    booked: Amount,
    amended: Amount,
    cancelled: Amount,
    billed: Amount,
    closing: Amount,
}

impl Row {
    /// What was cut below what is billed, so that it took nothing off the backlog; less when that was taken back.
    fn to_credit(self) -> Result<Amount, Overflow> {
        self.closing.plus(self.billed)?.plus(self.cancelled)?.minus(self.amended)?.minus(self.booked)?.minus(self.opening)
    }

    fn is_nothing(self) -> bool {
        self == Self::default()
    }

    fn add(&mut self, other: Self) -> Result<(), Overflow> {
        self.opening = self.opening.plus(other.opening)?;
        self.booked = self.booked.plus(other.booked)?;
        self.amended = self.amended.plus(other.amended)?;
        self.cancelled = self.cancelled.plus(other.cancelled)?;
        self.billed = self.billed.plus(other.billed)?;
        self.closing = self.closing.plus(other.closing)?;
        Ok(())
    }

    fn total(self, currency: Currency) -> Result<wire::BacklogMovementTotal, Overflow> {
        Ok(wire::BacklogMovementTotal {
            currency,
            opening_amount: self.opening.text(currency),
            booked_amount: self.booked.text(currency),
            amended_amount: self.amended.text(currency),
            cancelled_amount: self.cancelled.text(currency),
            billed_amount: self.billed.text(currency),
            to_credit_amount: self.to_credit()?.text(currency),
            closing_amount: self.closing.text(currency),
        })
    }

    fn of(self, party_id: PartyId, name: String, currency: Currency) -> Result<wire::BacklogMovementRow, Overflow> {
        let total = self.total(currency)?;
        Ok(wire::BacklogMovementRow {
            party_id,
            name,
            currency,
            opening_amount: total.opening_amount,
            booked_amount: total.booked_amount,
            amended_amount: total.amended_amount,
            cancelled_amount: total.cancelled_amount,
            billed_amount: total.billed_amount,
            to_credit_amount: total.to_credit_amount,
            closing_amount: total.closing_amount,
        })
    }
}

/// The rows by currency and customer.
#[derive(Default)]
struct Rows(BTreeMap<(Currency, String, PartyId), Row>);

impl Rows {
    fn of(&mut self, party_id: PartyId, name: &str, currency: Currency) -> &mut Row {
        self.0.entry((currency, name.to_owned(), party_id)).or_default()
    }

    fn stood(&mut self, left: &[Left], set: impl Fn(&mut Row, Amount) -> Result<(), Overflow>) -> Result<(), Overflow> {
        left.iter().try_for_each(|row| set(self.of(row.party_id, &row.name, row.currency), row.amount))
    }

    fn moved(&mut self, moved: &[Moved], set: impl Fn(&mut Row, Amount)) {
        moved.iter().for_each(|row| set(self.of(row.party_id, &row.name, row.currency), row.amount));
    }
}

/// How the backlog moved in a period.
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period; `amount_overflow`.
pub(super) async fn backlog_movement(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::MovementQuery) -> Result<wire::BacklogMovement, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let (from, to) = days(query.from, query.to, ctx.today(company.time_zone))?;
    let (start, end) = (from.start_in(company.time_zone), to.plus_days(1).start_in(company.time_zone));
    let (opening, closing) = (left_of(ctx, tx, &company, from.plus_days(-1)).await?, left_of(ctx, tx, &company, to).await?);
    let booked = statement(tx, BOOKED, vec![company.id.into(), start.into(), end.into()]);
    let booked: Vec<Moved> = sql::rows(tx, booked, &CELLS).await?;
    let amended = statement(tx, &changed_sql("amended", "a.untaxed_change"), vec![company.id.into(), start.into(), end.into()]);
    let amended: Vec<Moved> = sql::rows(tx, amended, &CELLS).await?;
    let cancelled = statement(tx, &changed_sql("rest_cancelled", CUT), vec![company.id.into(), start.into(), end.into()]);
    let cancelled: Vec<Moved> = sql::rows(tx, cancelled, &CELLS).await?;
    let billed = statement(tx, &billed_sql(), vec![company.id.into(), from.into(), start.into(), to.into(), end.into()]);
    let billed: Vec<Moved> = sql::rows(tx, billed, &CELLS).await?;
    let mut rows = Rows::default();
    rows.stood(&opening, |row, amount| row.opening.plus(amount).map(|sum| row.opening = sum))?;
    rows.stood(&closing, |row, amount| row.closing.plus(amount).map(|sum| row.closing = sum))?;
    rows.moved(&booked, |row, amount| row.booked = amount);
    rows.moved(&amended, |row, amount| row.amended = amount);
    rows.moved(&cancelled, |row, amount| row.cancelled = amount);
    rows.moved(&billed, |row, amount| row.billed = amount);
    let mut totals: BTreeMap<Currency, Row> = BTreeMap::new();
    for ((currency, ..), row) in &rows.0 {
        totals.entry(*currency).or_default().add(*row)?;
    }
    let shown = window(rows.0.into_iter().filter(|(_, row)| !row.is_nothing()).collect(), query.offset);
    let row = |((currency, name, party_id), row): ((Currency, String, PartyId), Row)| row.of(party_id, name, currency);
    Ok(wire::BacklogMovement {
        object: "backlog_movement".to_owned(),
        company_id: company.id,
        from,
        to,
        rows: shown.rows.into_iter().map(row).collect::<Result<_, _>>()?,
        count: shown.count,
        next_offset: shown.next,
        totals: totals.into_iter().filter(|(_, row)| !row.is_nothing()).map(|(currency, row)| row.total(currency)).collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_others_leave_is_to_be_credited() {
        let row = |[opening, booked, amended, cancelled, billed, closing]: [i64; 6]| Row {
            opening: Amount(opening),
            booked: Amount(booked),
            amended: Amount(amended),
            cancelled: Amount(cancelled),
            billed: Amount(billed),
            closing: Amount(closing),
        };
        let cases = [
            ("nothing happened", [500, 0, 0, 0, 0, 500], 0),
            ("booked and billed", [0, 1_000, 0, 0, 400, 600], 0),
            ("raised", [500, 0, 300, 0, 0, 800], 0),
            ("the rest was cancelled", [500, 0, 0, 300, 200, 0], 0),
            ("what waited for an invoice was cancelled", [0, 0, 0, 100, -100, 0], 0),
            // 5 stand of 40, and 10 are billed: five of those are to be credited, which is no backlog.
            ("cut below what is billed", [3_000, 0, -3_500, 0, 0, 0], 500),
            ("and billed again as it stands", [0, 0, 0, 0, -500, 0], -500),
        ];
        for (name, told, to_credit) in cases {
            assert_eq!(row(told).to_credit(), Ok(Amount(to_credit)), "{name}");
        }
        let mut sum = row([1, 2, 3, 4, 5, 6]);
        sum.add(row([10, 20, 30, 40, 50, 60])).unwrap();
        assert_eq!((sum, row([0; 6]).is_nothing(), sum.is_nothing()), (row([11, 22, 33, 44, 55, 66]), true, false));
    }
}
