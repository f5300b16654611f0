//! What stands in the ledger of invoices and payments, month by month.

use super::months::Month;
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_kernel::Tx;
use causeway_kernel::db::Cell;
use causeway_value::{Amount, Day, Overflow};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;
use std::collections::BTreeMap;

/// What a month's entries of one kind of document moved.
#[derive(Clone, Debug, Default, FromQueryResult)]
pub(super) struct Moved {
    pub month: String,
    pub count: i64,
    /// Debit less credit of the receivable.
    pub receivable: Amount,
    /// Credit less debit of the tax that is owed.
    pub tax: Amount,
}

impl Moved {
    /// What all of these moved.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub(super) fn sum(moved: &[Self]) -> Result<Self, Overflow> {
        Ok(Self {
            month: String::new(),
            count: moved.iter().map(|row| row.count).sum(),
            receivable: Amount::sum(moved.iter().map(|row| row.receivable))?,
            tax: Amount::sum(moved.iter().map(|row| row.tax))?,
        })
    }
}

/// Which entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Documents {
    /// Of invoices and credit notes. Exchange differences of credit notes are nothing that was billed.
    Invoices,
    /// Of payments. Differences of exchange, discounts and write-offs are others.
    Payments,
}

impl Documents {
    const fn names(self) -> (&'static str, [&'static str; 3]) {
        match self {
            Self::Invoices => ("invoice", ["invoice.posted"; 3]),
            Self::Payments => ("payment", ["payment.received", "payment.sent", "payment.reversed"]),
        }
    }

    /// The entries, and the posted documents that come to nothing and have none.
    pub(super) fn entries(self) -> String {
        match self {
            Self::Invoices => format!("{ENTRIES}{NOTHING}"),
            Self::Payments => ENTRIES.to_owned(),
        }
    }

    /// The values of [`Documents::entries`] after the tenant.
    pub(super) fn values(self, company: &companies::Model, (from, to): (Day, Day)) -> Vec<Value> {
        let (document, events) = self.names();
        let mut values = vec![company.id.into(), from.into(), to.into(), document.to_owned().into()];
        values.extend(events.map(|event| Value::from(event.to_owned())));
        values
    }

    /// What of [`Documents::entries`] `e` counts. Documents of suppliers have the same events; an invoice to a customer counts also when down payments leave nothing to pay.
    pub(super) const fn counted(self) -> &'static str {
        match self {
            Self::Invoices => " JOIN invoices i ON i.tenant_id = $1 AND i.id = e.document_id WHERE i.direction = 'sale'",
            Self::Payments => " JOIN payments p ON p.tenant_id = $1 AND p.id = e.document_id WHERE e.lines > 0",
        }
    }
}

/// The entries of `$5` documents, from day `$3` to `$4`, of three kinds, and what each moved. Taxes may have accounts of their own.
const ENTRIES: &str = "SELECT h.id AS entry_id, h.date AS date, h.event AS event, h.document_id AS document_id, \
        SUM(CASE WHEN a.purpose = 'receivable' THEN l.debit - l.credit ELSE 0 END) AS receivable, \
        SUM(CASE WHEN a.purpose = 'tax_payable' OR t.account_id IS NOT NULL THEN l.credit - l.debit ELSE 0 END) AS tax, \
        SUM(CASE WHEN a.purpose = 'receivable' THEN 1 ELSE 0 END) AS lines \
    FROM journal_entries h JOIN journal_lines l ON l.tenant_id = h.tenant_id AND l.entry_id = h.id \
    JOIN accounts a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
    LEFT JOIN (SELECT DISTINCT account_id FROM taxes WHERE tenant_id = $1 AND company_id = $2 AND account_id IS NOT NULL) t ON t.account_id = l.account_id \
    WHERE h.tenant_id = $1 AND h.company_id = $2 AND h.date >= $3 AND h.date <= $4 AND h.document_type = $5 AND h.event IN ($6, $7, $8) \
    GROUP BY h.id, h.date, h.event, h.document_id";

/// Posted invoices and credit notes of 0.00: documents without an entry, in the columns of [`ENTRIES`].
const NOTHING: &str = " UNION ALL SELECT i.id AS entry_id, i.invoice_date AS date, 'invoice.posted' AS event, i.id AS document_id, 0 AS receivable, 0 AS tax, 0 AS lines \
    FROM invoices i WHERE i.tenant_id = $1 AND i.company_id = $2 AND i.invoice_date >= $3 AND i.invoice_date <= $4 AND i.status IN ('posted', 'reversed') \
        AND i.journal_entry_id IS NULL";

/// What each of the months moved, in their order.
///
/// # Errors
/// When the database fails.
pub(super) async fn by_month(
    tx: &mut Tx<'_>,
    company: &companies::Model,
    documents: Documents,
    (from, to): (Day, Day),
    months: &[Month],
) -> Result<Vec<Moved>, Problem> {
    let template = format!(
        "SELECT substr(e.date, 1, 7) AS month, COUNT(*) AS count, CAST(SUM(e.receivable) AS BIGINT) AS receivable, CAST(SUM(e.tax) AS BIGINT) AS tax \
         FROM ({}) e{} GROUP BY substr(e.date, 1, 7)",
        documents.entries(),
        documents.counted()
    );
    let cells = [("month", Cell::Text), ("count", Cell::Whole), ("receivable", Cell::Whole), ("tax", Cell::Whole)];
    let asked = statement(tx, &template, documents.values(company, (from, to)));
    let found: Vec<Moved> = sql::rows(tx, asked, &cells).await?;
    let mut found: BTreeMap<String, Moved> = found.into_iter().map(|row| (row.month.clone(), row)).collect();
    Ok(months.iter().map(|month| found.remove(&month.name).unwrap_or(Moved { month: month.name.clone(), ..Moved::default() })).collect())
}
