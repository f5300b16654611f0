//! Payments, their allocation, and what is taken back.

use super::shop::{Line, Shop, wanted};
use causeway_bill::payment::service::{allocate, create, undo};
use causeway_contract::{Code, Problem};
use causeway_openapi::invoice::CreditInvoice;
use causeway_openapi::payment::{AllocatePayment, CreatePayment, Payment, ReversePayment};
use causeway_value::{AllocationState, BillingPolicy, InvoiceId, PaymentDirection, PaymentId, PaymentState, PaymentStatus};
use std::sync::Arc;

impl Shop {
    async fn allocate(&self, id: PaymentId, allocations: &[(InvoiceId, &str)]) -> Result<Payment, Problem> {
        let body = AllocatePayment { allocations: wanted(allocations), ..AllocatePayment::default() };
        self.write(async move |ctx, tx| allocate::allocate(ctx, tx, id, &body).await).await
    }

    async fn reverse(&self, id: PaymentId) -> Result<Payment, Problem> {
        self.write(async move |ctx, tx| undo::reverse(ctx, tx, id, &ReversePayment { date: None, reason: "bounced".to_owned() }).await).await
    }
}

#[tokio::test]
async fn one_receipt_settles_many_invoices_and_keeps_the_rest() {
    let shop = Shop::open().await;
    let (one, two) = (shop.sold("100.00", "2026-12-02").await, shop.sold("50.00", "2026-12-02").await);
    let receipt = shop.pay(shop.receipt("200.00", "2026-12-05", &[(one.id, "119.00"), (two.id, "9.50")])).await.unwrap();
    assert_eq!((receipt.number.as_deref(), receipt.unallocated_amount.0.as_str()), (Some("PAY/2026/00001"), "71.50"));
    assert_eq!(receipt.allocation_state, AllocationState::PartAllocated);
    assert_eq!((shop.invoice(one.id).await.payment_state, shop.invoice(two.id).await.payment_state), (PaymentState::Paid, PaymentState::PartPaid));
    let problem = shop.allocate(receipt.id, &[(two.id, "50.01")]).await.unwrap_err();
    assert_eq!((problem.code, problem.errors[0].pointer.as_deref()), (Code::AmountExceedsOpen, Some("/allocations/0/amount")));
    let receipt = shop.allocate(receipt.id, &[(two.id, "50.00")]).await.unwrap();
    assert_eq!((receipt.allocations.len(), receipt.unallocated_amount.0.as_str(), receipt.version), (3, "21.50", 2));
    shop.verify().await;
    let ids: Vec<_> = receipt.allocations.iter().map(|row| row.id).take(1).collect();
    let undone = shop.write(async move |ctx, tx| undo::unallocate(ctx, tx, receipt.id, &ids).await).await.unwrap();
    assert_eq!((undone.unallocated_amount.0.as_str(), undone.allocations[0].reversed), ("140.50", true));
    assert_eq!(shop.invoice(one.id).await.payment_state, PaymentState::Open);
    shop.verify().await;
    let reversed = shop.reverse(undone.id).await.unwrap();
    assert_eq!((reversed.status, reversed.unallocated_amount.0.as_str()), (PaymentStatus::Reversed, "0.00"));
    assert_eq!(shop.invoice(two.id).await.payment_state, PaymentState::Open);
    assert_eq!(shop.reverse(undone.id).await.unwrap_err().code, Code::StateConflict);
    assert_eq!(shop.balances().await.iter().find(|(code, _)| code == "1000"), None);
    shop.verify().await;
}

#[tokio::test]
async fn a_draft_waits_for_a_second_person() {
    let shop = Shop::open().await;
    let invoice = shop.sold("10.00", "2026-12-02").await;
    let draft = CreatePayment { status: Some(PaymentStatus::Draft), ..shop.receipt("11.90", "2026-12-05", &[]) };
    let draft = shop.pay(draft).await.unwrap();
    assert_eq!((draft.number, draft.status), (None, PaymentStatus::Draft));
    assert_eq!(shop.allocate(draft.id, &[(invoice.id, "1.00")]).await.unwrap_err().code, Code::StateConflict);
    let posted = shop.write(async move |ctx, tx| create::post(ctx, tx, draft.id).await).await.unwrap();
    assert_eq!((posted.status, posted.version), (PaymentStatus::Posted, 2));
    assert_eq!(shop.write(async move |ctx, tx| create::post(ctx, tx, posted.id).await).await.unwrap_err().code, Code::DocumentPosted);
    shop.verify().await;
}

#[tokio::test]
async fn wrong_targets_are_named() {
    let shop = Shop::open().await;
    let mine = shop.sold("10.00", "2026-12-02").await;
    let other = shop.party("Corvid AB").await;
    let theirs = CreatePayment { party_id: other, ..shop.receipt("5.00", "2026-12-05", &[(mine.id, "5.00"), (InvoiceId::new(), "0.001")]) };
    let problem = shop.pay(theirs).await.unwrap_err();
    let found: Vec<_> = problem.errors.iter().map(|error| (error.code, error.pointer.as_deref().unwrap())).collect();
    assert_eq!(
        found,
        [(Code::InvalidValue, "/allocations/0/invoice_id"), (Code::TooManyDecimals, "/allocations/1/amount"), (Code::NotFound, "/allocations/1/invoice_id")]
    );
    let outbound = CreatePayment { direction: PaymentDirection::Outbound, ..shop.receipt("5.00", "2026-12-05", &[(mine.id, "5.00")]) };
    assert_eq!(shop.pay(outbound).await.unwrap_err().errors[0].pointer.as_deref(), Some("/allocations/0/invoice_id"));
}

#[tokio::test]
async fn credit_after_payment_is_the_customers_and_can_be_refunded() {
    let shop = Shop::open().await;
    let invoice = shop.sold("100.00", "2026-12-02").await;
    shop.pay(shop.receipt("100.00", "2026-12-03", &[(invoice.id, "100.00")])).await.unwrap();
    let note = shop.credit(invoice.id, CreditInvoice { amount: Some("59.50".into()), ..CreditInvoice::default() }).await.unwrap();
    let note = shop.post(note.id, "2026-12-04").await.unwrap();
    assert_eq!((note.open_amount.0.as_str(), note.payment_state), ("40.50", Some(PaymentState::PartPaid)));
    assert_eq!(shop.invoice(invoice.id).await.payment_state, PaymentState::Paid);
    shop.verify().await;
    let refund = CreatePayment { direction: PaymentDirection::Outbound, ..shop.receipt("40.50", "2026-12-05", &[(note.id, "40.50")]) };
    shop.pay(refund).await.unwrap();
    assert_eq!(shop.invoice(note.id).await.payment_state, PaymentState::Paid);
    let balances = shop.balances().await;
    assert_eq!(balances, [("1000".to_owned(), 5_950), ("2100".to_owned(), -950), ("4000".to_owned(), -5_000)]);
    shop.verify().await;
}

#[tokio::test]
async fn both_sides_of_a_foreign_invoice_close_to_zero() {
    let shop = Shop::open().await;
    shop.rate("USD", "2026-12-01", "0.9").await;
    shop.rate("USD", "2026-12-05", "0.95").await;
    let line = Line { currency: "USD", policy: BillingPolicy::OnOrder, ..shop.line("1", "100.00") };
    let (order, _) = shop.order(vec![line]).await;
    let invoice = shop.bill_order(order, "2026-12-02").await;
    let usd = CreatePayment { currency: "USD".parse().unwrap(), ..shop.receipt("119.00", "2026-12-05", &[(invoice.id, "119.00")]) };
    let receipt = shop.pay(usd).await.unwrap();
    let gain = ("7000".to_owned(), -595);
    assert!(shop.balances().await.contains(&gain));
    assert_eq!(shop.balances().await.iter().find(|(code, _)| code == "1100"), None);
    shop.verify().await;
    let ids = vec![receipt.allocations[0].id];
    shop.write(async move |ctx, tx| undo::unallocate(ctx, tx, receipt.id, &ids).await).await.unwrap();
    assert!(!shop.balances().await.contains(&gain));
    shop.verify().await;
    // Money of the company's own currency settles it, too, at the rate of its day.
    let eur = shop.pay(shop.receipt("113.05", "2026-12-05", &[(invoice.id, "113.05")])).await.unwrap();
    assert_eq!((eur.allocations[0].amount.0.as_str(), eur.allocations[0].settled_amount.0.as_str()), ("113.05", "119.00"));
    shop.verify().await;
}

#[tokio::test]
async fn a_missing_rate_posts_nothing() {
    let shop = Shop::open().await;
    let line = Line { currency: "USD", policy: BillingPolicy::OnOrder, ..shop.line("1", "100.00") };
    let (order, _) = shop.order(vec![line]).await;
    let draft = shop.bill(causeway_openapi::invoice::CreateInvoice { order_id: Some(order), ..Default::default() }).await.unwrap();
    assert_eq!(shop.post(draft.id, "2026-12-02").await.unwrap_err().code, Code::RateMissing);
    shop.rate("USD", "2026-12-01", "0.9").await;
    assert_eq!(shop.post(draft.id, "2026-12-02").await.unwrap().number.as_deref(), Some("INV/2026/00001"));
}

#[tokio::test]
async fn a_receipt_is_never_overdrawn_by_rivals() {
    let shop = Arc::new(Shop::open().await);
    let mut invoices = Vec::new();
    for _ in 0..4 {
        invoices.push(shop.sold("100.00", "2026-12-02").await.id);
    }
    let receipt = shop.pay(shop.receipt("100.00", "2026-12-05", &[])).await.unwrap();
    let rivals = tokio::task::LocalSet::new();
    let mut tasks = Vec::new();
    for number in 0..32 {
        let (shop, invoice) = (Arc::clone(&shop), invoices[number % 4]);
        tasks.push(rivals.spawn_local(async move { shop.allocate(receipt.id, &[(invoice, "7.00")]).await.map_err(|problem| problem.code) }));
    }
    rivals.await;
    let mut done = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => done += 1,
            Err(code) => assert_eq!(code, Code::AmountExceedsOpen),
        }
    }
    assert_eq!(done, 14);
    shop.verify().await;
}
