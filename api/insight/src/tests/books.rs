//! Claims and money in two currencies: the aging is the receivable account on every day.

use super::shop::{Shop, body};
use crate::aging::service::aging;
use crate::trial_balance::service::trial_balance;
use causeway_bill::{invoice, payment};
use causeway_openapi::invoice::Invoice;
use causeway_openapi::payment::Payment;
use causeway_openapi::report::{AgingQuery, TrialBalanceQuery};
use causeway_value::{AllocationId, CompanyId, Day, InvoiceId, PaymentId};
use serde_json::{Value, json};

/// Invoices a free line and posts it.
async fn invoiced(shop: &Shop, price: &str, currency: &str, date: &str, term: Option<&str>) -> Invoice {
    let draft = json!({"company_id": shop.company_id, "party_id": shop.party_id, "currency": currency, "payment_term_id": term,
        "lines": [{"description": "Chairs", "quantity": "3", "unit_price": price}, {"description": "Freight", "quantity": "1", "unit_price": "0.07"}]});
    let draft = shop.run(async move |ctx, tx| invoice::service::create::create(ctx, tx, &body(draft.clone())).await).await;
    posted(shop, draft.id, date).await
}

async fn posted(shop: &Shop, id: InvoiceId, date: &str) -> Invoice {
    let date: Option<Day> = Some(date.parse().unwrap());
    shop.run(async move |ctx, tx| invoice::service::post::post(ctx, tx, id, &body(json!({"invoice_date": date}))).await).await
}

async fn paid(shop: &Shop, direction: &str, amount: &str, currency: &str, date: &str, allocations: Value) -> Payment {
    let made = json!({"company_id": shop.company_id, "party_id": shop.party_id, "direction": direction, "method": "bank", "amount": amount,
        "currency": currency, "payment_date": date, "allocations": allocations});
    shop.run(async move |ctx, tx| payment::service::create::create(ctx, tx, &body(made.clone())).await).await
}

async fn allocated(shop: &Shop, id: PaymentId, invoice: InvoiceId, amount: &str) -> Payment {
    let wanted = body(json!({"allocations": [{"invoice_id": invoice, "amount": amount}]}));
    shop.run(async move |ctx, tx| payment::service::allocate::allocate(ctx, tx, id, &wanted).await).await
}

async fn unallocated(shop: &Shop, id: PaymentId, allocation: AllocationId) {
    shop.run(async move |ctx, tx| payment::service::undo::unallocate(ctx, tx, id, &[allocation]).await).await;
}

async fn credited(shop: &Shop, id: InvoiceId, credit: Value, date: &str) -> Invoice {
    let draft = shop.run(async move |ctx, tx| invoice::service::credit::credit(ctx, tx, id, &body(credit.clone())).await).await;
    posted(shop, draft.id, date).await
}

const fn seen(company_id: CompanyId, as_of: Option<Day>) -> AgingQuery {
    AgingQuery { company_id, as_of, party_id: None, offset: None }
}

/// On every day of the story, the total of the aging is the balance of the receivable account.
pub(super) async fn aging_is_the_account(shop: &Shop) {
    for days in 0..60 {
        let day = "2026-06-30".parse::<Day>().unwrap().plus_days(days);
        let company = shop.company_id;
        let aged = shop.read(async |ctx, tx| aging(ctx, tx, &seen(company, Some(day))).await).await;
        let trial = shop
            .read(async |ctx, tx| trial_balance(ctx, tx, &TrialBalanceQuery { company_id: company, as_of: Some(day), ..TrialBalanceQuery::default() }).await)
            .await;
        let balance = trial.rows.iter().find(|row| row.account_code == "1100").map_or("0.00".to_owned(), |row| row.balance.0.clone());
        assert_eq!(aged.totals.total.0, balance, "{day}");
        assert_eq!(trial.total_debit, trial.total_credit, "{day}");
    }
}

#[tokio::test]
async fn an_empty_tenant_is_whole() {
    let shop = Shop::open().await;
    shop.is_whole("at the start").await;
    let company = shop.company_id;
    let aged = shop.read(async |ctx, tx| aging(ctx, tx, &seen(company, None)).await).await;
    assert_eq!((aged.rows.len(), aged.totals.total.0.as_str(), aged.as_of.to_string().as_str()), (0, "0.00", "2026-07-01"));
    let trial = shop.read(async |ctx, tx| trial_balance(ctx, tx, &TrialBalanceQuery { company_id: company, ..TrialBalanceQuery::default() }).await).await;
    assert_eq!((trial.rows.len(), trial.total_debit.0.as_str()), (0, "0.00"));
    let other = CompanyId::new();
    let refused =
        shop.db.read(&shop.ctx, async move |ctx: &causeway_kernel::Ctx, tx: &mut causeway_kernel::Tx<'_>| aging(ctx, tx, &seen(other, None)).await).await;
    assert_eq!(refused.unwrap_err().code, causeway_contract::Code::NotFound);
}

#[tokio::test]
async fn buckets_are_as_they_stood_on_the_day() {
    let shop = Shop::open().await;
    let invoice = invoiced(&shop, "33.31", "EUR", "2026-07-01", None).await;
    assert_eq!(invoice.total_amount.0, "100.00");
    shop.at("2026-07-20T09:00:00Z").await;
    let payment = paid(&shop, "inbound", "30.00", "EUR", "2026-07-20", json!([{"invoice_id": invoice.id, "amount": "30.00"}])).await;
    paid(&shop, "inbound", "5.00", "EUR", "2026-07-20", json!([])).await;
    shop.at("2026-08-15T09:00:00Z").await;
    unallocated(&shop, payment.id, payment.allocations[0].id).await;
    let company = shop.company_id;
    let told = async |day: &str| {
        let day: Day = day.parse().unwrap();
        let aged = shop.read(async |ctx, tx| aging(ctx, tx, &seen(company, Some(day))).await).await;
        aged.totals.amounts.into_iter().map(|amount| amount.0).collect::<Vec<_>>()
    };
    assert_eq!(told("2026-06-30").await, ["0.00", "0.00", "0.00", "0.00", "0.00"]);
    assert_eq!(told("2026-07-01").await, ["100.00", "0.00", "0.00", "0.00", "0.00"]);
    assert_eq!(told("2026-07-19").await, ["0.00", "100.00", "0.00", "0.00", "0.00"]);
    assert_eq!(told("2026-07-20").await, ["-5.00", "70.00", "0.00", "0.00", "0.00"]);
    assert_eq!(told("2026-08-14").await, ["-5.00", "0.00", "70.00", "0.00", "0.00"]);
    assert_eq!(told("2026-08-15").await, ["-35.00", "0.00", "100.00", "0.00", "0.00"]);
    assert_eq!(told("2026-12-31").await, ["-35.00", "0.00", "0.00", "0.00", "100.00"]);
    shop.is_whole("after it was taken back").await;
    aging_is_the_account(&shop).await;
}

#[tokio::test]
async fn two_currencies_close_to_the_cent() {
    let shop = Shop::open().await;
    let term = json!({"code": "HALF", "name": "Halves", "installments": [{"percent": "50", "days": 10}, {"remainder": true, "days": 40}]});
    let term = shop.run(async move |ctx, tx| causeway_master::term::service::create(ctx, tx, &body(term.clone())).await).await.id.to_string();
    let dollars = invoiced(&shop, "37.77", "USD", "2026-07-01", Some(&term)).await;
    assert_eq!((dollars.total_amount.0.as_str(), dollars.installments.len()), ("113.38", 2));
    let euros = invoiced(&shop, "11.11", "EUR", "2026-07-02", None).await;
    shop.is_whole("after posting").await;
    shop.at("2026-07-10T09:00:00Z").await;
    let part = paid(&shop, "inbound", "33.33", "USD", "2026-07-10", json!([{"invoice_id": dollars.id, "amount": "31.01"}])).await;
    shop.is_whole("after a part").await;
    shop.at("2026-07-11T09:00:00Z").await;
    let crossed = paid(
        &shop,
        "inbound",
        "50.00",
        "EUR",
        "2026-07-11",
        json!([{"invoice_id": dollars.id, "amount": "21.40"}, {"invoice_id": euros.id, "amount": "9.99"}]),
    )
    .await;
    shop.is_whole("after euros for dollars").await;
    shop.at("2026-07-20T09:00:00Z").await;
    allocated(&shop, part.id, dollars.id, "2.32").await;
    let note = credited(&shop, dollars.id, json!({"amount": "20.00", "reason": "Scratched"}), "2026-07-20").await;
    assert_eq!(note.open_amount.0, "0.00");
    shop.is_whole("after a credit note").await;
    unallocated(&shop, crossed.id, crossed.allocations[0].id).await;
    shop.is_whole("after taking an allocation back").await;
    let rest = shop.read(async |_, tx| tx.must::<causeway_entity::bill::invoices::Entity>(dollars.id).await).await.open_amount;
    let rest = rest.text("USD".parse().unwrap()).0;
    shop.at("2026-07-21T09:00:00Z").await;
    let last = paid(&shop, "inbound", "200.00", "USD", "2026-07-21", json!([{"invoice_id": dollars.id, "amount": rest}])).await;
    shop.is_whole("after the rest").await;
    shop.at("2026-08-10T09:00:00Z").await;
    let refused = credited(&shop, dollars.id, json!({}), "2026-08-10").await;
    assert_ne!(refused.open_amount.0, "0.00");
    shop.is_whole("after crediting what was paid").await;
    paid(&shop, "outbound", "40.00", "USD", "2026-08-11", json!([{"invoice_id": refused.id, "amount": "35.35"}])).await;
    shop.is_whole("after a refund").await;
    shop.at("2026-08-12T22:30:00Z").await;
    shop.run(async move |ctx, tx| payment::service::undo::reverse(ctx, tx, last.id, &body(json!({"reason": "Bounced"}))).await).await;
    shop.is_whole("after a payment bounced").await;
    aging_is_the_account(&shop).await;
}

#[tokio::test]
async fn what_suppliers_send_stands_on_the_payable_account() {
    let shop = Shop::open().await;
    let bill = json!({"company_id": shop.company_id, "party_id": shop.party_id, "direction": "purchase", "currency": "USD",
        "lines": [{"description": "Wood", "quantity": "1", "unit_price": "99.99"}]});
    let bill = shop.run(async move |ctx, tx| invoice::service::create::create(ctx, tx, &body(bill.clone())).await).await;
    let bill = posted(&shop, bill.id, "2026-07-01").await;
    shop.is_whole("after a bill").await;
    shop.at("2026-07-10T09:00:00Z").await;
    paid(&shop, "outbound", "60.00", "USD", "2026-07-10", json!([{"invoice_id": bill.id, "amount": "55.55"}])).await;
    shop.is_whole("after paying a part").await;
    let credit = credited(&shop, bill.id, json!({}), "2026-07-20").await;
    shop.is_whole("after the supplier's credit").await;
    paid(&shop, "inbound", "10.00", "USD", "2026-07-20", json!([{"invoice_id": credit.id, "amount": "10.00"}])).await;
    shop.is_whole("after the supplier paid back").await;
    aging_is_the_account(&shop).await;
}
