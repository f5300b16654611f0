//! What somebody changes behind the service's back is named.

use super::deal::traded;
use super::fulfilment::given_back;
use super::shop::Shop;
use causeway_kernel::Ctx;
use causeway_value::CompanyId;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A change, the change that takes it back, and the checks that must name it.
const CHANGES: &[(&str, &str, &[&str])] = &[
    (
        "UPDATE journal_lines SET debit = debit + 1 WHERE debit > 0 AND position = 1",
        "UPDATE journal_lines SET debit = debit - 1 WHERE debit > 0 AND position = 1",
        &["entry_balanced", "entry_total", "company_balanced", "chain_digest", "receivable_control", "receivable_of_party"],
    ),
    (
        "UPDATE journal_entries SET date = '2026-07-03' WHERE number = 'JE/2026/00001'",
        "UPDATE journal_entries SET date = '2026-07-02' WHERE number = 'JE/2026/00001'",
        &["line_of_entry", "chain_digest", "invoice_entry"],
    ),
    (
        "UPDATE journal_entries SET number = 'JE/2026/00007' WHERE number = 'JE/2026/00002'",
        "UPDATE journal_entries SET number = 'JE/2026/00002' WHERE number = 'JE/2026/00007'",
        &["journal_numbers", "chain_digest"],
    ),
    (
        "UPDATE number_series SET chain = x'00' WHERE chain IS NOT NULL; UPDATE number_series SET next_number = 9 WHERE kind = 'invoice'",
        "UPDATE number_series SET chain = (SELECT hash FROM journal_entries ORDER BY number DESC LIMIT 1) WHERE chain IS NOT NULL; \
         UPDATE number_series SET next_number = 2 WHERE kind = 'invoice'",
        &["chain_link", "number_counter"],
    ),
    (
        "UPDATE journal_entries SET previous_hash = x'' WHERE length(previous_hash) > 0",
        "UPDATE journal_entries SET previous_hash = (SELECT hash FROM journal_entries WHERE number = 'JE/2026/00001') WHERE number = 'JE/2026/00002'",
        &["chain_start", "chain_link", "chain_digest"],
    ),
    (
        "UPDATE invoices SET untaxed_amount = untaxed_amount + 1",
        "UPDATE invoices SET untaxed_amount = untaxed_amount - 1",
        &["invoice_untaxed", "invoice_total"],
    ),
    (
        "UPDATE invoices SET open_amount = 1, number = 'INV/2026/00003'",
        "UPDATE invoices SET open_amount = 0, number = 'INV/2026/00001'",
        &["invoice_open", "invoice_payment_state", "invoice_numbers", "exposure_receivables"],
    ),
    ("UPDATE invoices SET number = NULL", "UPDATE invoices SET number = 'INV/2026/00001'", &["invoice_numbered", "number_counter"]),
    (
        "UPDATE installments SET open_amount = 5, company_open_amount = 5",
        "UPDATE installments SET open_amount = 0, company_open_amount = 0",
        &["installment_open", "installment_company_open", "invoice_open", "invoice_overdue", "receivable_control", "receivable_of_party"],
    ),
    (
        "UPDATE installments SET company_open_amount = -3",
        "UPDATE installments SET company_open_amount = 0",
        &["installment_closed", "installment_company_open", "receivable_control", "receivable_of_party"],
    ),
    (
        "UPDATE allocations SET source_amount = source_amount + 1",
        "UPDATE allocations SET source_amount = source_amount - 1",
        &["payment_unallocated", "payment_overallocated", "allocation_source"],
    ),
    (
        "UPDATE allocations SET company_amount = company_amount - 1",
        "UPDATE allocations SET company_amount = company_amount + 1",
        &["payment_closed", "installment_company_open", "receivable_control", "receivable_of_party", "allocation_booked"],
    ),
    (
        "UPDATE payments SET unallocated_amount = 7",
        "UPDATE payments SET unallocated_amount = 0",
        &["payment_unallocated", "payment_allocation_state", "exposure_unallocated"],
    ),
    (
        "UPDATE credit_exposures SET obligations = 3, billables = 4",
        "UPDATE credit_exposures SET obligations = 0, billables = 0",
        &["exposure_obligations", "exposure_billables"],
    ),
    (
        "UPDATE obligations SET delivered_quantity = 1, invoiced_quantity = 1, billable_amount = 1",
        "UPDATE obligations SET delivered_quantity = 40000000, invoiced_quantity = 40000000, billable_amount = 64800",
        &["obligation_delivered", "obligation_invoiced", "obligation_billable_amount", "exposure_obligations"],
    ),
    ("UPDATE order_lines SET quantity = 39000000", "UPDATE order_lines SET quantity = 40000000", &["obligation_ordered", "order_line_kept"]),
    ("UPDATE billables SET status = 'ready'", "UPDATE billables SET status = 'invoiced'", &["billable_invoiced", "exposure_billables"]),
    ("UPDATE orders SET tax_amount = tax_amount + 1", "UPDATE orders SET tax_amount = tax_amount - 1", &["order_tax", "order_total"]),
    ("UPDATE orders SET quote_id = NULL", "UPDATE orders SET quote_id = (SELECT id FROM quotes)", &["quote_order", "quote_names_order"]),
    ("UPDATE companies SET has_tax_rules = 1", "UPDATE companies SET has_tax_rules = NULL", &["company_tax_rules"]),
    ("UPDATE tenants SET has_ownership_rules = 1", "UPDATE tenants SET has_ownership_rules = NULL", &["tenant_ownership_rules"]),
    ("UPDATE quotes SET version = version + 1", "UPDATE quotes SET version = version - 1", &["object_snapshot", "object_events"]),
    (
        "UPDATE events SET subject_version = 9 WHERE event_type = 'order.confirmed'",
        "UPDATE events SET subject_version = 2 WHERE event_type = 'order.confirmed'",
        &["object_events", "event_chain", "snapshot_missing"],
    ),
];

#[tokio::test]
async fn every_change_is_named_by_its_checks() {
    let shop = Shop::open().await;
    let Some(file) = shop.file() else { return };
    traded(&shop).await;
    let conn = Connection::open(file).unwrap();
    for (change, back, wanted) in CHANGES {
        conn.execute_batch(change).unwrap();
        let found = shop.verify().await;
        let named: BTreeSet<&str> = found.breaks.iter().map(|one| one.check.as_str()).collect();
        assert_eq!(named, wanted.iter().copied().collect(), "{change}: {:#?}", found.breaks);
        assert!(!found.ok);
        conn.execute_batch(back).unwrap();
        shop.is_whole(back).await;
    }
}

/// Changes of what was taken off billables, as above; the last one is not taken back.
const TAKEN_OFF: &[(&str, &str, &str)] = &[
    ("UPDATE billable_reductions SET quantity = quantity + 1", "UPDATE billable_reductions SET quantity = quantity - 1", "billable_reduction"),
    ("UPDATE billable_reductions SET amount = amount - 1", "UPDATE billable_reductions SET amount = amount + 1", "billable_reduction"),
    ("UPDATE billable_reductions SET version = version + 100", "UPDATE billable_reductions SET version = version - 100", "billable_reduction"),
    (
        "UPDATE billable_reductions SET invoice_id = billable_id WHERE invoice_id IS NULL",
        "UPDATE billable_reductions SET invoice_id = NULL WHERE invoice_id = billable_id",
        "billable_reduction",
    ),
    ("DELETE FROM billable_reductions", "", "billable_written_off"),
];

#[tokio::test]
async fn what_was_taken_off_is_recomputed() {
    let shop = Shop::open().await;
    let Some(file) = shop.file() else { return };
    given_back(&shop).await;
    let conn = Connection::open(file).unwrap();
    assert!(conn.query_row("SELECT COUNT(*) FROM billable_reductions", [], |row| row.get::<_, i64>(0)).unwrap() > 1);
    for (change, back, wanted) in TAKEN_OFF {
        conn.execute_batch(change).unwrap();
        let found = shop.verify().await;
        let named: BTreeSet<&str> = found.breaks.iter().map(|one| one.check.as_str()).collect();
        assert_eq!(named, BTreeSet::from([*wanted]), "{change}: {:#?}", found.breaks);
        if !back.is_empty() {
            conn.execute_batch(back).unwrap();
            shop.is_whole(back).await;
        }
    }
}

#[tokio::test]
async fn who_sees_no_company_is_told_of_none() {
    let shop = Shop::open().await;
    traded(&shop).await;
    let file = shop.file();
    if let Some(file) = &file {
        Connection::open(file).unwrap().execute_batch("UPDATE invoices SET open_amount = 1").unwrap();
    }
    let limited = |companies: Vec<CompanyId>| {
        let mut ctx: Ctx = (*shop.ctx).clone();
        ctx.companies = Some(Arc::from(companies));
        ctx
    };
    let seen = async |ctx: Ctx| shop.db.read(&ctx, async |ctx, tx| crate::verify::service::verify(ctx, tx).await).await.unwrap();
    let own = seen(limited(vec![shop.company_id])).await;
    assert_eq!(own.breaks.iter().any(|one| one.check == "invoice_open"), file.is_some());
    let other = seen(limited(vec![CompanyId::new()])).await;
    assert!(other.ok, "{:#?}", other.breaks);
    assert_eq!((other.checked["invoices"], own.checked["invoices"]), (0, 1));
    assert!(seen(limited(Vec::new())).await.ok);
}
