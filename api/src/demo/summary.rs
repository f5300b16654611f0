//! What came out, read back through the API and held against the figures of the data.

use super::data::Data;
use super::{LAST_DAY, nothing};
use crate::terminal::say;
use crate::verify;
use causeway_contract::{Endpoint, ListQuery, Page, Reply};
use causeway_kernel::Db;
use causeway_openapi::client::Client;
use causeway_openapi::report::{self, AgingQuery};
use causeway_openapi::{company, invoice, order, payment};
use causeway_value::{Amount, AmountText, Currency, InvoiceKind, InvoiceStatus, OrderStatus, PaymentStatus};

/// Figures of the whole data, each line rounded half up (the data's own reference figures).
const REFERENCE: [(&str, &str); 6] =
    [("orders", "830"), ("lines", "2155"), ("net of goods", "1265793.29"), ("freight", "64942.69"), ("billed", "1303810.87"), ("backlog of goods", "25937.44")];

/// All rows of a list.
async fn all<E, T>(client: &Client, query: ListQuery) -> Result<Vec<T>, String>
where
    E: Endpoint<Path = (), Query = ListQuery, Body = causeway_contract::Nothing>,
    E::Reply: Reply<Payload = Page<T>>,
{
    let mut rows = Vec::new();
    let mut query = ListQuery { limit: Some(200), ..query };
    loop {
        let page = client.call::<E>((), &query, &nothing()).await.map_err(|error| error.explain())?;
        rows.extend(page.data);
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(rows),
        }
    }
}

fn total<'a>(currency: Currency, amounts: impl Iterator<Item = &'a AmountText>) -> Result<Amount, String> {
    let mut sum = Amount::ZERO;
    for text in amounts {
        let amount = text.amount(currency).map_err(|error| format!("{text}: {error}"))?;
        sum = sum.plus(amount).map_err(|error| error.to_string())?;
    }
    Ok(sum)
}

/// Prints the table; a full load that differs from the reference figures is an error.
///
/// # Errors
/// What the service answered, or what differs.
pub async fn print(client: &Client, db: &Db, data: &Data, micros: u64, fsync: Option<u64>) -> Result<(), String> {
    let usd: Currency = "USD".parse().map_err(|_| "USD")?;
    let orders = all::<order::op::ListOrders, _>(client, ListQuery::default()).await?;
    let invoices = all::<invoice::op::ListInvoices, _>(client, ListQuery::default()).await?;
    let payments = all::<payment::op::ListPayments, _>(client, ListQuery::default()).await?;
    let posted: Vec<_> = invoices.iter().filter(|row| row.status == InvoiceStatus::Posted && row.kind == InvoiceKind::Invoice).collect();
    let lines: usize = orders.iter().map(|row| row.lines.len()).sum();
    let net = total(usd, orders.iter().map(|row| &row.untaxed_amount))?;
    let backlog = total(usd, orders.iter().filter(|row| row.status == OrderStatus::Confirmed).map(|row| &row.untaxed_amount))?;
    let billed = total(usd, posted.iter().map(|row| &row.total_amount))?;
    let open = total(usd, posted.iter().map(|row| &row.open_amount))?;
    let collected = total(usd, payments.iter().filter(|row| row.status == PaymentStatus::Posted).map(|row| &row.amount))?;
    let freight: i64 = data.orders.iter().map(|order| order.freight.0).sum();
    let freight = Amount(freight / 10_000);
    let figures = [orders.len().to_string(), lines.to_string(), net.text(usd).0, freight.text(usd).0, billed.text(usd).0, backlog.text(usd).0];
    say("");
    for ((name, _), figure) in REFERENCE.iter().zip(&figures) {
        let note = if *name == "billed" { format!("  on {} invoices", posted.len()) } else { String::new() };
        say(&format!("{name:<22}{figure:>16}{note}"));
    }
    say(&format!(
        "{:<22}{:>16}  on {} payments (assumed: each invoice in full, order id mod 100 days after it is due)",
        "collected",
        collected.text(usd).0,
        payments.len()
    ));
    say(&format!("{:<22}{:>16}", "open receivable", open.text(usd).0));
    aging(client).await?;
    let checks = verify::all(db).await.map_err(|problem| problem.detail)?;
    let broken: Vec<String> = checks.iter().flat_map(|(_, found)| &found.breaks).map(|b| format!("{} {}: {}", b.check, b.subject, b.detail)).collect();
    say(&format!("{:<22}{:>16}", "verify", if broken.is_empty() { "clean" } else { "BROKEN" }));
    say(&format!("{:<22}{:>13}.{:02} s", "elapsed", micros / 1_000_000, micros % 1_000_000 / 10_000));
    if let Some(micros) = fsync {
        say(&format!("{:<22}{:>13}.{:03} ms", "fsync of this disk", micros / 1_000, micros % 1_000));
    }
    if let Some(first) = broken.first() {
        return Err(format!("{} checks failed; the first: {first}", broken.len()));
    }
    let wrong: Vec<String> = REFERENCE
        .iter()
        .zip(&figures)
        .filter(|((_, expected), found)| expected != found)
        .map(|((name, expected), found)| format!("{name}: {found}, expected {expected}"))
        .collect();
    if data.complete && !wrong.is_empty() {
        return Err(format!("the figures differ from the data's: {}", wrong.join("; ")));
    }
    Ok(())
}

async fn aging(client: &Client) -> Result<(), String> {
    let companies = client.call::<company::op::ListCompanies>((), &ListQuery::default(), &nothing()).await.map_err(|error| error.explain())?;
    let Some(company) = companies.data.first() else { return Ok(()) };
    let query = AgingQuery { company_id: company.id, as_of: LAST_DAY.parse().ok(), party_id: None, offset: None };
    let aging = client.call::<report::op::GetAging>((), &query, &nothing()).await.map_err(|error| error.explain())?;
    for (bucket, amount) in aging.buckets.iter().zip(&aging.totals.amounts) {
        say(&format!("{:<22}{:>16}", format!("  aging {bucket}"), amount.0));
    }
    Ok(())
}
