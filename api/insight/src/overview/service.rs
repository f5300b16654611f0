//! Reading the overview.

use super::rules::{Measure, Measured, section};
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_entity::bill::payments;
use causeway_entity::master::parties;
use causeway_entity::sell::leads;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::overview as wire;
use causeway_value::{Amount, CompanyId, Currency, Day, Direction, PartyId, PaymentDirection, PaymentStatus};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;
use std::collections::BTreeMap;

/// Payments that are shown.
const PAYMENTS: u64 = 5;

/// The documents of customer `$2` that count on day `$3`, each with what it is counted as.
const ITEMS: &str = "WITH items AS (\
    SELECT i.company_id, i.currency, 'overdue' AS measure, t.open_amount AS amount, t.due_date AS since FROM invoices i \
        JOIN installments t ON t.tenant_id = i.tenant_id AND t.invoice_id = i.id \
        WHERE i.tenant_id = $1 AND i.party_id = $2 AND i.direction = 'sale' AND i.kind = 'invoice' AND i.status = 'posted' \
            AND t.open_amount <> 0 AND t.due_date < $3 \
    UNION ALL SELECT i.company_id, i.currency, 'billed', CASE WHEN i.kind = 'invoice' THEN i.total_amount ELSE 0 - i.total_amount END, NULL FROM invoices i \
        WHERE i.tenant_id = $1 AND i.party_id = $2 AND i.direction = 'sale' AND i.status IN ('posted', 'reversed') \
    UNION ALL SELECT i.company_id, i.currency, 'open', CASE WHEN i.kind = 'invoice' THEN i.open_amount ELSE 0 - i.open_amount END, NULL FROM invoices i \
        WHERE i.tenant_id = $1 AND i.party_id = $2 AND i.direction = 'sale' AND i.status = 'posted' AND i.open_amount <> 0 \
    UNION ALL SELECT i.company_id, i.currency, 'disputed', i.open_amount, NULL FROM invoices i \
        WHERE i.tenant_id = $1 AND i.party_id = $2 AND i.direction = 'sale' AND i.kind = 'invoice' AND i.status = 'posted' AND i.disputed AND i.open_amount <> 0 \
    UNION ALL SELECT p.company_id, p.currency, 'unallocated', p.unallocated_amount, NULL FROM payments p \
        WHERE p.tenant_id = $1 AND p.party_id = $2 AND p.settles = 'sale' AND p.direction = 'inbound' AND p.status = 'posted' AND p.unallocated_amount <> 0 \
    UNION ALL SELECT b.company_id, b.currency, 'unbilled', b.amount, NULL FROM billables b \
        WHERE b.tenant_id = $1 AND b.party_id = $2 AND b.status IN ('pending', 'ready', 'held') AND b.billable_date <= $3 \
    UNION ALL SELECT b.company_id, b.currency, 'unbilled', b.amount, NULL FROM invoices i \
        JOIN billables b ON b.tenant_id = i.tenant_id AND b.invoice_id = i.id AND b.status = 'invoiced' AND b.billable_date <= $3 \
        WHERE i.tenant_id = $1 AND i.party_id = $2 AND (i.number IS NULL OR i.invoice_date > $3) \
    UNION ALL SELECT o.company_id, o.currency, 'orders', o.total_amount, NULL FROM orders o \
        WHERE o.tenant_id = $1 AND o.party_id = $2 AND o.status IN ('draft', 'confirmed') \
    UNION ALL SELECT q.company_id, q.currency, 'quotes', q.total_amount, NULL FROM quotes q \
        WHERE q.tenant_id = $1 AND q.party_id = $2 AND q.status IN ('draft', 'in_approval', 'approved', 'sent') \
    UNION ALL SELECT d.company_id, d.currency, 'opportunities', d.expected_value, NULL FROM opportunities d \
        WHERE d.tenant_id = $1 AND d.party_id = $2 AND d.status = 'open') ";

#[derive(Clone, Debug, FromQueryResult)]
struct Row {
    company_id: CompanyId,
    currency: Currency,
    measure: String,
    count: i64,
    amount: Amount,
    since: Option<Day>,
}

/// A customer at a glance: of each kind of document to who may read it.
///
/// # Errors
/// `not_found` for the party, or naming the parameter for the company.
pub(super) async fn overview(ctx: &Ctx, tx: &mut Tx<'_>, party_id: PartyId, query: &wire::OverviewQuery) -> Result<wire::PartyOverview, Problem> {
    let party = tx.must::<parties::Entity>(party_id).await?;
    let zone = sql::zone(tx, query.company_id).await?;
    let as_of = ctx.today(zone);
    let mut sections: BTreeMap<(CompanyId, Currency), BTreeMap<Measure, Measured>> = BTreeMap::new();
    for row in measured(tx, party_id, as_of, query.company_id).await? {
        if let Some(measure) = Measure::of(&row.measure).filter(|measure| ctx.may(measure.right())) {
            let found = Measured { count: row.count, amount: row.amount, since: row.since };
            sections.entry((row.company_id, row.currency)).or_default().insert(measure, found);
        }
    }
    let open_lead_count = if ctx.may("leads:read") { Some(open_leads(tx, party_id, query.company_id).await?) } else { None };
    let last_payments = if ctx.may("payments:read") { Some(last_payments(tx, party_id, query.company_id).await?) } else { None };
    Ok(wire::PartyOverview {
        object: "party_overview".to_owned(),
        party_id,
        name: party.name,
        as_of,
        open_lead_count,
        sections: sections.iter().map(|(key, measured)| section(*key, measured, |measure| ctx.may(measure.right()))).collect(),
        last_payments,
    })
}

async fn measured(tx: &mut Tx<'_>, party_id: PartyId, as_of: Day, company_id: Option<CompanyId>) -> Result<Vec<Row>, Problem> {
    let mut values: Vec<Value> = vec![party_id.into(), as_of.into()];
    let mut company = "";
    if let Some(id) = company_id {
        company = "AND company_id = $4 ";
        values.push(id.into());
    }
    let template = format!(
        "{ITEMS} SELECT company_id, currency, measure, COUNT(*) AS count, CAST(SUM(amount) AS BIGINT) AS amount, MIN(since) AS since FROM items \
         WHERE measure <> '' {company}[company_id] GROUP BY company_id, currency, measure"
    );
    let cells =
        [("company_id", Cell::Uuid), ("currency", Cell::Text), ("measure", Cell::Text), ("count", Cell::Whole), ("amount", Cell::Whole), ("since", Cell::Text)];
    let asked = statement(tx, &template, values);
    sql::rows(tx, asked, &cells).await
}

async fn open_leads(tx: &mut Tx<'_>, party_id: PartyId, company_id: Option<CompanyId>) -> Result<i64, Problem> {
    let same_mail = "status IN ('new', 'working') AND email IN (\
        SELECT p.email FROM parties p WHERE p.tenant_id = $1 AND p.id = ? AND p.email IS NOT NULL \
        UNION SELECT c.email FROM contacts c WHERE c.tenant_id = $1 AND c.party_id = ? AND c.email IS NOT NULL)";
    let find = Find::<leads::Entity>::new().when(same_mail, vec![party_id.into(), party_id.into()]);
    match company_id {
        Some(id) => find.eq(leads::Column::CompanyId, id).count(tx).await,
        None => find.count(tx).await,
    }
}

async fn last_payments(tx: &mut Tx<'_>, party_id: PartyId, company_id: Option<CompanyId>) -> Result<Vec<wire::OverviewPayment>, Problem> {
    let mut find = Find::<payments::Entity>::new()
        .eq(payments::Column::PartyId, party_id)
        .eq(payments::Column::Settles, Direction::Sale)
        .eq(payments::Column::Direction, PaymentDirection::Inbound)
        .eq(payments::Column::Status, PaymentStatus::Posted);
    if let Some(id) = company_id {
        find = find.eq(payments::Column::CompanyId, id);
    }
    let rows = find.order_by_desc(payments::Column::PaymentDate).order_by_desc(payments::Column::Id).limit(PAYMENTS).all(tx).await?;
    let shown = rows.into_iter().map(|row| wire::OverviewPayment {
        payment_id: row.id,
        number: row.number,
        company_id: row.company_id,
        payment_date: row.payment_date,
        method: row.method,
        amount: row.amount.text(row.currency),
        currency: row.currency,
    });
    Ok(shown.collect())
}
