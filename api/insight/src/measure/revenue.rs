//! From won deals to money, side by side and month by month in the company's currency (RPT-03, RPT-04, RPT-14).
//!
//! Every column is what the single report says of the same month, asked for it alone: it is converted at the latest rate of the month's last day. What stood at
//! its ends comes from the same functions as there; what moved in orders is read for all months at once.

use super::amended::{self, CUT};
use super::booked::{self, Booked};
use super::due::MOVES;
use super::ledger::{self, Documents, Moved};
use super::months::{self, Month, days, months};
use super::owed::{Converter, Left, left_after, waiting_on, worth};
use crate::pipeline::rules::Sum as Sums;
use crate::sql::{self, statement};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::revenue_cycle as wire;
use causeway_value::{Amount, Currency, Day, Overflow};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

/// Months of this report, at most: the backlog of each of their ends is looked at.
const MONTHS: usize = 24;

const CELLS: [(&str, Cell); 4] = [("month", Cell::Text), ("currency", Cell::Text), ("count", Cell::Whole), ("amount", Cell::Whole)];

/// Deals that were won.
const WON: &str = "SELECT m.month AS month, o.currency AS currency, COUNT(*) AS count, CAST(SUM(o.expected_value) AS BIGINT) AS amount \
    FROM opportunities o JOIN months m ON o.closed_at >= m.starts AND o.closed_at < m.ends \
    WHERE o.tenant_id = $1 AND o.company_id = $2 AND o.status = 'won' GROUP BY m.month, o.currency";

/// Confirmed orders at what they came to then: without what amendments changed since.
const BOOKED: &str = "SELECT m.month AS month, o.currency AS currency, COUNT(*) AS count, CAST(SUM(o.untaxed_amount - COALESCE(a.amount, 0)) AS BIGINT) AS amount \
    FROM orders o JOIN months m ON o.confirmed_at >= m.starts AND o.confirmed_at < m.ends \
    LEFT JOIN (SELECT order_id, SUM(untaxed_change) AS amount FROM order_amendments WHERE tenant_id = $1 AND company_id = $2 GROUP BY order_id) a \
        ON a.order_id = o.id \
    WHERE o.tenant_id = $1 AND o.company_id = $2 GROUP BY m.month, o.currency";

/// What changes of one kind came to.
fn changed_sql(kind: &str, amount: &str) -> String {
    format!(
        "SELECT m.month AS month, o.currency AS currency, COUNT(*) AS count, CAST(SUM({amount}) AS BIGINT) AS amount \
         FROM order_amendments a JOIN orders o ON o.tenant_id = a.tenant_id AND o.id = a.order_id \
         JOIN months m ON a.created_at >= m.starts AND a.created_at < m.ends \
         WHERE a.tenant_id = $1 AND a.company_id = $2 AND a.kind = '{kind}' GROUP BY m.month, o.currency"
    )
}

/// What became billable, or had when its order was confirmed, less what was none any more.
fn billable_sql() -> String {
    format!(
        "SELECT m.month AS month, b.currency AS currency, COUNT(*) AS count, CAST(SUM(x.amount) AS BIGINT) AS amount \
         FROM ({MOVES}) x JOIN obligations b ON b.tenant_id = $1 AND b.id = x.order_line_id JOIN orders o ON o.tenant_id = b.tenant_id AND o.id = b.order_id \
         JOIN months m ON (x.day >= m.first_day OR o.confirmed_at >= m.starts) AND x.day <= m.last_day AND o.confirmed_at < m.ends \
         GROUP BY m.month, b.currency"
    )
}

/// What stood on the receivable account before the day `$3`, in a month without a name, and what moved there until the day `$4`.
const RECEIVABLE: &str = "SELECT '' AS month, CAST(COALESCE(SUM(l.debit - l.credit), 0) AS BIGINT) AS amount \
    FROM journal_lines l JOIN accounts a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
    WHERE l.tenant_id = $1 AND l.company_id = $2 AND a.purpose = 'receivable' AND l.day < $3 \
    UNION ALL SELECT substr(l.day, 1, 7) AS month, CAST(SUM(l.debit - l.credit) AS BIGINT) AS amount \
    FROM journal_lines l JOIN accounts a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
    WHERE l.tenant_id = $1 AND l.company_id = $2 AND a.purpose = 'receivable' AND l.day >= $3 AND l.day <= $4 GROUP BY substr(l.day, 1, 7)";

#[derive(Clone, Debug, FromQueryResult)]
struct Balance {
    month: String,
    amount: Amount,
}

/// What moved, by month.
type ByMonth = BTreeMap<String, Sums>;

fn by_month(rows: Vec<Booked>) -> Result<ByMonth, Overflow> {
    let mut months = ByMonth::new();
    for row in rows {
        months.entry(row.month).or_default().add(row.count, row.currency, row.amount)?;
    }
    Ok(months)
}

/// How many, and what they come to: each sum of one currency is rounded once.
fn converted(moved: &Sums, converter: &Converter) -> Result<(i64, Amount), Problem> {
    Ok((moved.count, converter.sum(moved)?))
}

async fn flows(tx: &mut Tx<'_>, company: &companies::Model, months: &[Month], moved: &str) -> Result<ByMonth, Problem> {
    let asked = statement(tx, &format!("{} {moved}", months::table(months)), vec![company.id.into()]);
    Ok(by_month(sql::rows(tx, asked, &CELLS).await?)?)
}

/// What became of orders and deals, before it is converted.
struct Moves {
    won: ByMonth,
    bookings: ByMonth,
    booked: ByMonth,
    amended: ByMonth,
    cancelled: ByMonth,
    billable: ByMonth,
}

impl Moves {
    async fn of(tx: &mut Tx<'_>, company: &companies::Model, months: &[Month]) -> Result<Self, Problem> {
        let bookings = by_month(booked::by_month(tx, company, months).await?)?;
        Ok(Self {
            won: flows(tx, company, months, WON).await?,
            bookings,
            booked: flows(tx, company, months, BOOKED).await?,
            amended: flows(tx, company, months, &changed_sql("amended", "a.untaxed_change")).await?,
            cancelled: flows(tx, company, months, &changed_sql("rest_cancelled", CUT)).await?,
            billable: flows(tx, company, months, &billable_sql()).await?,
        })
    }

    fn currencies(&self, month: &str) -> Vec<Currency> {
        let all = [&self.won, &self.bookings, &self.booked, &self.amended, &self.cancelled, &self.billable];
        all.into_iter().filter_map(|flows| flows.get(month)).flat_map(|moved| moved.values.keys().copied()).collect()
    }
}

/// The backlog of the end of a day: in the currencies of the orders, and in the company's.
struct Backlog {
    by_currency: BTreeMap<Currency, Amount>,
    worth: Amount,
}

impl Backlog {
    fn of(left: &[Left], converter: &Converter) -> Result<Self, Problem> {
        let mut by_currency: BTreeMap<Currency, Amount> = BTreeMap::new();
        for row in left {
            let sum = by_currency.entry(row.currency).or_default();
            *sum = sum.plus(row.amount)?;
        }
        let worth = Amount::sum(worth(left, converter)?.into_iter().map(|(_, (_, _, amount))| amount))?;
        Ok(Self { by_currency, worth })
    }
}

/// What orders did to the backlog in a month, in the company's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Moving {
    booked: Amount,
    amended: Amount,
    cancelled: Amount,
    billable: Amount,
    to_credit: Amount,
}

impl Moving {
    fn of(moves: &Moves, month: &str, (opening, closing): (&Backlog, &Backlog), converter: &Converter) -> Result<Self, Problem> {
        let of = |moved: &ByMonth| moved.get(month).cloned().unwrap_or_default();
        let (booked, amended) = (of(&moves.booked), of(&moves.amended));
        let (cancelled, billable) = (of(&moves.cancelled), of(&moves.billable));
        // What the others leave is to be credited, in each currency.
        let mut to_credit = Sums::default();
        let more = [&closing.by_currency, &billable.values, &cancelled.values].map(|amounts| (amounts, true));
        let less = [&opening.by_currency, &booked.values, &amended.values].map(|amounts| (amounts, false));
        for (amounts, adds) in more.into_iter().chain(less) {
            for (currency, amount) in amounts {
                to_credit.add(0, *currency, if adds { *amount } else { amount.negated()? })?;
            }
        }
        Ok(Self {
            booked: converter.sum(&booked)?,
            amended: converter.sum(&amended)?,
            cancelled: converter.sum(&cancelled)?,
            billable: converter.sum(&billable)?,
            to_credit: converter.sum(&to_credit)?,
        })
    }

    /// What is left of an opening backlog after it.
    fn after(self, opening: Amount) -> Result<Amount, Overflow> {
        opening.plus(self.booked)?.plus(self.amended)?.minus(self.cancelled)?.minus(self.billable)?.plus(self.to_credit)
    }
}

/// What happened in a month, or in all of them, in minor units of the company's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    won: (i64, Amount),
    bookings: (i64, Amount),
    opening: Amount,
    moving: Moving,
    closing: Amount,
    unbilled: Amount,
    billings: (i64, Amount),
    tax: Amount,
    owed_before: Amount,
    collections: (i64, Amount),
    owed_after: Amount,
}

fn plus(one: (i64, Amount), other: (i64, Amount)) -> Result<(i64, Amount), Overflow> {
    Ok((one.0.checked_add(other.0).ok_or(Overflow)?, one.1.plus(other.1)?))
}

impl Sum {
    /// This, and the month after it: what moved is added up, what stood is that of the first and the last day.
    fn then(self, next: Self) -> Result<Self, Overflow> {
        Ok(Self {
            won: plus(self.won, next.won)?,
            bookings: plus(self.bookings, next.bookings)?,
            opening: self.opening,
            moving: Moving {
                booked: self.moving.booked.plus(next.moving.booked)?,
                amended: self.moving.amended.plus(next.moving.amended)?,
                cancelled: self.moving.cancelled.plus(next.moving.cancelled)?,
                billable: self.moving.billable.plus(next.moving.billable)?,
                to_credit: self.moving.to_credit.plus(next.moving.to_credit)?,
            },
            closing: next.closing,
            unbilled: next.unbilled,
            billings: plus(self.billings, next.billings)?,
            tax: self.tax.plus(next.tax)?,
            owed_before: self.owed_before,
            collections: plus(self.collections, next.collections)?,
            owed_after: next.owed_after,
        })
    }

    fn shown(self, currency: Currency) -> Result<wire::RevenueCycleSum, Overflow> {
        let text = |amount: Amount| amount.text(currency);
        let other = self.owed_after.minus(self.owed_before)?.minus(self.billings.1)?.plus(self.collections.1)?;
        Ok(wire::RevenueCycleSum {
            won_count: self.won.0,
            won_amount: text(self.won.1),
            bookings_count: self.bookings.0,
            bookings_amount: text(self.bookings.1),
            opening_backlog_amount: text(self.opening),
            booked_amount: text(self.moving.booked),
            amended_amount: text(self.moving.amended),
            cancelled_amount: text(self.moving.cancelled),
            became_billable_amount: text(self.moving.billable),
            to_credit_amount: text(self.moving.to_credit),
            revalued_amount: text(self.closing.minus(self.moving.after(self.opening)?)?),
            closing_backlog_amount: text(self.closing),
            closing_unbilled_amount: text(self.unbilled),
            billings_count: self.billings.0,
            billings_untaxed_amount: text(self.billings.1.minus(self.tax)?),
            billings_tax_amount: text(self.tax),
            billings_total_amount: text(self.billings.1),
            opening_receivables_amount: text(self.owed_before),
            collections_count: self.collections.0,
            collections_amount: text(self.collections.1),
            other_receivables_amount: text(other),
            closing_receivables_amount: text(self.owed_after),
        })
    }
}

/// What customers owed before a day, and what changed of it in each month until another.
async fn receivables(tx: &mut Tx<'_>, company: &companies::Model, (from, to): (Day, Day)) -> Result<(Amount, BTreeMap<String, Amount>), Problem> {
    let asked = statement(tx, RECEIVABLE, vec![company.id.into(), from.into(), to.into()]);
    let found: Vec<Balance> = sql::rows(tx, asked, &[("month", Cell::Text), ("amount", Cell::Whole)]).await?;
    let mut moved: BTreeMap<String, Amount> = found.into_iter().map(|row| (row.month, row.amount)).collect();
    Ok((moved.remove("").unwrap_or_default(), moved))
}

/// The report.
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period; `rate_missing`; `amount_overflow`.
pub(super) async fn report(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::RevenueCycleQuery) -> Result<wire::RevenueCycle, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let (from, to) = days(query.from, query.to, ctx.today(company.time_zone))?;
    let months = months(from, to, company.time_zone)?;
    if months.len() > MONTHS {
        let detail = format!("must be at most {MONTHS} months before `to`; ask for a part at a time");
        return Err(Problem::of(vec![FieldError::parameter(Code::InvalidValue, "from", detail)]));
    }
    let moves = Moves::of(tx, &company, &months).await?;
    let billed = ledger::by_month(tx, &company, Documents::Invoices, (from, to), &months).await?;
    let paid = ledger::by_month(tx, &company, Documents::Payments, (from, to), &months).await?;
    let (mut owed, changed) = receivables(tx, &company, (from, to)).await?;
    // What changed in orders since is read once, for the ends of all months.
    let changes = amended::since(tx, company.id, from.start_in(company.time_zone)).await?;
    let before = left_after(tx, &company, from.plus_days(-1), &changes).await?;
    let converter = Converter::of(tx, &company, before.iter().map(|row| row.currency), from.plus_days(-1)).await?;
    let mut opening = Backlog::of(&before, &converter)?;
    let currency = company.currency;
    let (mut rows, mut total) = (Vec::with_capacity(months.len()), None);
    for ((month, billed), paid) in months.iter().zip(&billed).zip(&paid) {
        let left = left_after(tx, &company, month.last, &changes).await?;
        let waiting = waiting_on(tx, &company, month.last).await?;
        let found = left.iter().map(|row| row.currency).chain(waiting.iter().map(|row| row.currency));
        let found = found.chain(moves.currencies(&month.name)).chain(opening.by_currency.keys().copied());
        let converter = Converter::of(tx, &company, found, month.last).await?;
        let closing = Backlog::of(&left, &converter)?;
        let unbilled = waiting.iter().map(|row| converter.amount(row.amount, row.currency)).collect::<Result<Vec<_>, _>>()?;
        let of = |moved: &ByMonth| moved.get(&month.name).map_or(Ok((0, Amount::ZERO)), |moved| converted(moved, &converter));
        let owed_after = owed.plus(changed.get(&month.name).copied().unwrap_or_default())?;
        let sum = Sum {
            won: of(&moves.won)?,
            bookings: of(&moves.bookings)?,
            opening: opening.worth,
            moving: Moving::of(&moves, &month.name, (&opening, &closing), &converter)?,
            closing: closing.worth,
            unbilled: Amount::sum(unbilled)?,
            billings: (billed.count, billed.receivable),
            tax: billed.tax,
            owed_before: owed,
            collections: collected(paid)?,
            owed_after,
        };
        rows.push(wire::RevenueCycleRow { month: month.name.clone(), sum: sum.shown(currency)? });
        total = Some(total.map_or(Ok(sum), |all: Sum| all.then(sum))?);
        (opening, owed) = (closing, owed_after);
    }
    let total = total.unwrap_or_default().shown(currency)?;
    Ok(wire::RevenueCycle { object: "revenue_cycle".to_owned(), company_id: company.id, from, to, currency, rows, total })
}

fn collected(paid: &Moved) -> Result<(i64, Amount), Overflow> {
    Ok((paid.count, paid.receivable.negated()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_one_another_and_add_up() {
        let moving = |booked, amended, cancelled, billable| Moving {
            booked: Amount(booked),
            amended: Amount(amended),
            cancelled: Amount(cancelled),
            billable: Amount(billable),
            to_credit: Amount::ZERO,
        };
        let first = Sum {
            won: (1, Amount(900)),
            bookings: (1, Amount(800)),
            moving: moving(1_000, -200, 0, 300),
            closing: Amount(500),
            billings: (1, Amount(357)),
            tax: Amount(57),
            owed_after: Amount(357),
            ..Sum::default()
        };
        let second = Sum {
            opening: Amount(500),
            moving: moving(0, 0, 100, 200),
            closing: Amount(210),
            owed_before: Amount(357),
            collections: (1, Amount(350)),
            owed_after: Amount(0),
            ..Sum::default()
        };
        let eur: Currency = "EUR".parse().unwrap();
        let shown = first.then(second).unwrap().shown(eur).unwrap();
        let texts = [
            &shown.opening_backlog_amount,
            &shown.booked_amount,
            &shown.amended_amount,
            &shown.cancelled_amount,
            &shown.became_billable_amount,
            &shown.revalued_amount,
            &shown.closing_backlog_amount,
        ]
        .map(|text| text.0.as_str());
        assert_eq!(texts, ["0.00", "10.00", "-2.00", "1.00", "5.00", "0.10", "2.10"]);
        let owed = [&shown.billings_untaxed_amount, &shown.billings_total_amount, &shown.collections_amount, &shown.other_receivables_amount];
        assert_eq!(owed.map(|text| text.0.as_str()), ["3.00", "3.57", "3.50", "-0.07"]);
        assert_eq!((shown.won_count, shown.bookings_count, shown.closing_receivables_amount.0.as_str()), (1, 1, "0.00"));
    }
}
