//! How many invoices were right the first time (BIL-18).

use super::months::{days, months};
use super::owed::Converter;
use crate::pipeline::rules::win_rate;
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::invoice_accuracy as wire;
use causeway_openapi::measure::PeriodQuery;
use causeway_value::{Amount, Currency, Overflow};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

/// The invoices of a month in one currency.
#[derive(Clone, Debug, FromQueryResult)]
struct Billed {
    month: String,
    currency: Currency,
    count: i64,
    accurate: i64,
    amount: Amount,
    accurate_amount: Amount,
}

/// A credit note that was taken back itself corrects nothing any more.
const BILLED: &str = "SELECT substr(i.invoice_date, 1, 7) AS month, i.currency AS currency, COUNT(*) AS count, \
        CAST(SUM(CASE WHEN i.status = 'posted' AND n.id IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS accurate, CAST(SUM(i.untaxed_amount) AS BIGINT) AS amount, \
        CAST(SUM(CASE WHEN i.status = 'posted' AND n.id IS NULL THEN i.untaxed_amount ELSE 0 END) AS BIGINT) AS accurate_amount \
    FROM invoices i LEFT JOIN (SELECT credited_invoice_id AS id FROM invoices WHERE tenant_id = $1 AND company_id = $2 AND kind = 'credit_note' \
            AND status = 'posted' AND credited_invoice_id IS NOT NULL GROUP BY credited_invoice_id) n ON n.id = i.id \
    WHERE i.tenant_id = $1 AND i.company_id = $2 AND i.direction = 'sale' AND i.kind = 'invoice' AND i.status IN ('posted', 'reversed') \
        AND i.invoice_date >= $3 AND i.invoice_date <= $4 \
    GROUP BY substr(i.invoice_date, 1, 7), i.currency";

/// Invoices in the company's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    count: i64,
    accurate: i64,
    amount: Amount,
    accurate_amount: Amount,
}

impl Sum {
    fn add(&mut self, other: Self) -> Result<(), Overflow> {
        self.count += other.count;
        self.accurate += other.accurate;
        self.amount = self.amount.plus(other.amount)?;
        self.accurate_amount = self.accurate_amount.plus(other.accurate_amount)?;
        Ok(())
    }

    fn accuracy(self) -> Result<Option<String>, Overflow> {
        win_rate(self.accurate, self.count - self.accurate)
    }
}

/// The accuracy of a company's invoices by month.
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period; `rate_missing`; `amount_overflow`.
pub(super) async fn report(ctx: &Ctx, tx: &mut Tx<'_>, query: &PeriodQuery) -> Result<wire::InvoiceAccuracy, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let (from, to) = days(query.from, query.to, ctx.today(company.time_zone))?;
    let cells = [
        ("month", Cell::Text),
        ("currency", Cell::Text),
        ("count", Cell::Whole),
        ("accurate", Cell::Whole),
        ("amount", Cell::Whole),
        ("accurate_amount", Cell::Whole),
    ];
    let mut by_month: BTreeMap<String, Sum> = months(from, to, company.time_zone)?.into_iter().map(|month| (month.name, Sum::default())).collect();
    let asked = statement(tx, BILLED, vec![company.id.into(), from.into(), to.into()]);
    let found: Vec<Billed> = sql::rows(tx, asked, &cells).await?;
    let converter = Converter::of(tx, &company, found.iter().map(|row| row.currency), to).await?;
    let mut total = Sum::default();
    for row in found {
        let sum = Sum {
            count: row.count,
            accurate: row.accurate,
            amount: converter.amount(row.amount, row.currency)?,
            accurate_amount: converter.amount(row.accurate_amount, row.currency)?,
        };
        by_month.entry(row.month).or_default().add(sum)?;
        total.add(sum)?;
    }
    let currency = company.currency;
    let row = |(month, sum): (String, Sum)| -> Result<wire::InvoiceAccuracyRow, Overflow> {
        Ok(wire::InvoiceAccuracyRow {
            month,
            count: sum.count,
            accurate_count: sum.accurate,
            accuracy: sum.accuracy()?,
            amount: sum.amount.text(currency),
            accurate_amount: sum.accurate_amount.text(currency),
        })
    };
    Ok(wire::InvoiceAccuracy {
        object: "invoice_accuracy".to_owned(),
        company_id: company.id,
        from,
        to,
        currency,
        rows: by_month.into_iter().map(row).collect::<Result<_, _>>()?,
        total: wire::InvoiceAccuracyTotal {
            count: total.count,
            accurate_count: total.accurate,
            accuracy: total.accuracy()?,
            amount: total.amount.text(currency),
            accurate_amount: total.accurate_amount.text(currency),
        },
    })
}
