//! What is given up of invoices: bad debts, fees and small differences (CRN-03, PAY-02).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::integration::Event;
use causeway_openapi::invoice::{CreateInvoice, DisputeInvoice, SettleDispute, op as invoice};
use causeway_openapi::ledger::op as ledger;
use causeway_openapi::payment::{CreatePayment, ReversePayment, op as payment};
use causeway_openapi::write_off::{ReverseWriteOff, WriteOffInvoice, op as write_off};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, entry, payment_body, sides};
use causeway_tests::log::events;
use causeway_tests::shop;
use causeway_tests::verified;
use causeway_tests::world::World;
use causeway_value::{Direction, InvoiceId, PaymentDifference, PaymentDirection, PaymentState, WriteOffKind, WriteOffStatus};

async fn state(caller: &Caller, id: InvoiceId) -> (Option<PaymentState>, String) {
    let now = caller.get::<invoice::GetInvoice>(id).await;
    (now.payment_state, now.open_amount.0)
}

#[tokio::test]
async fn a_bad_debt_is_given_up_and_taken_back() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let invoice = deal::posted(&tenant, &shop, "100.00").await;
    deal::pay(&tenant, &shop, "60.00", &[(invoice.id, "60.00")]).await;
    let give_up = |amount: Option<&str>| WriteOffInvoice { amount: amount.map(Into::into), reason: "bankrupt".to_owned(), ..WriteOffInvoice::default() };
    let problem = tenant.refused::<write_off::WriteOffInvoice>(invoice.id, &give_up(Some("40.01"))).await;
    assert_eq!((problem.code, problem.errors[0].pointer.as_deref()), (Code::AmountExceedsOpen, Some("/amount")));
    let given_up = tenant.post::<write_off::WriteOffInvoice>(invoice.id, &give_up(None)).await;
    assert_eq!((given_up.kind, given_up.amount.0.as_str()), (WriteOffKind::BadDebt, "40.00"));
    assert_eq!(sides(&entry(&tenant, Some(given_up.journal_entry_id)).await), [("1100", "0.00", "40.00"), ("6100", "40.00", "0.00")]);
    assert_eq!(state(&tenant, invoice.id).await, (Some(PaymentState::WrittenOff), "0.00".to_owned()));
    assert_eq!(tenant.get::<invoice::GetInvoice>(invoice.id).await.written_off_amount.0, "40.00");
    verified(&tenant).await;
    let reason = ReverseWriteOff { date: None, reason: "paid after all".to_owned() };
    let back = tenant.post::<write_off::ReverseWriteOff>(given_up.id, &reason).await;
    assert_eq!((back.status, back.reversal_entry_id.is_some()), (WriteOffStatus::Reversed, true));
    assert_eq!(state(&tenant, invoice.id).await, (Some(PaymentState::PartPaid), "40.00".to_owned()));
    assert_eq!(tenant.refused::<write_off::ReverseWriteOff>(given_up.id, &reason).await.code, Code::StateConflict);
    verified(&tenant).await;
}

#[tokio::test]
async fn a_fee_and_a_small_difference_close_what_a_payment_leaves() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for (difference, account, kind) in
        [(PaymentDifference::Fee, "6200", WriteOffKind::BankFee), (PaymentDifference::WriteOff, "7100", WriteOffKind::Difference)]
    {
        let invoice = deal::posted(&tenant, &shop, "100.00").await;
        let body = CreatePayment { difference: Some(difference), ..payment_body(&shop, "97.50", &[(invoice.id, "97.50")]) };
        let paid = tenant.post::<payment::CreatePayment>((), &body).await;
        assert_eq!(state(&tenant, invoice.id).await, (Some(PaymentState::Paid), "0.00".to_owned()));
        let made = tenant.all::<write_off::ListWriteOffs, _>(&ListQuery::by("payment_id", paid.id)).await.pop().unwrap();
        assert_eq!((made.kind, made.amount.0.as_str()), (kind, "2.50"));
        assert_eq!(sides(&entry(&tenant, Some(made.journal_entry_id)).await), [("1100", "0.00", "2.50"), (account, "2.50", "0.00")]);
        verified(&tenant).await;
        // What came with the payment goes with it.
        tenant.post::<payment::ReversePayment>(paid.id, &ReversePayment { date: None, reason: "bounced".to_owned() }).await;
        assert_eq!(state(&tenant, invoice.id).await, (Some(PaymentState::Open), "100.00".to_owned()));
        verified(&tenant).await;
    }
}

/// Of what we send a bank takes its fee on top; what is missing of it no bank has taken (PAY-02).
#[tokio::test]
async fn the_fee_of_a_bank_for_money_that_we_send_comes_on_top() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let bill = CreateInvoice { direction: Some(Direction::Purchase), reference: Some("B 1".to_owned()), ..deal::free_invoice_body(&shop, "110.00") };
    let bill = tenant.post::<invoice::CreateInvoice>((), &bill).await;
    let bill = deal::post_invoice(&tenant, bill.id, None).await;
    let sent = |amount: &str| CreatePayment {
        direction: PaymentDirection::Outbound,
        invoice_ids: vec![bill.id],
        allocations: Vec::new(),
        difference: Some(PaymentDifference::Fee),
        ..payment_body(&shop, amount, &[])
    };
    let problem = tenant.refused::<payment::CreatePayment>((), &sent("100.00")).await;
    assert_eq!(causeway_tests::pointers(&problem), ["/difference"]);
    assert!(problem.errors[0].detail.contains("10.00 EUR"), "{problem:?}");
    let paid = tenant.post::<payment::CreatePayment>((), &sent("115.00")).await;
    assert_eq!((state(&tenant, bill.id).await, paid.unallocated_amount.0.as_str()), ((Some(PaymentState::Paid), "0.00".to_owned()), "0.00"));
    let entries = tenant.all::<ledger::ListJournalEntries, _>(&ListQuery::by("document_id", paid.id)).await;
    assert!(entries.iter().any(|entry| sides(entry) == [("2000", "0.00", "5.00"), ("6200", "5.00", "0.00")]), "{entries:?}");
    verified(&tenant).await;
    tenant.post::<payment::ReversePayment>(paid.id, &ReversePayment { date: None, reason: "sent back".to_owned() }).await;
    assert_eq!(state(&tenant, bill.id).await, (Some(PaymentState::Open), "110.00".to_owned()));
    verified(&tenant).await;
}

#[tokio::test]
async fn invoices_become_overdue_by_themselves() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let invoice = deal::posted(&tenant, &shop, "100.00").await;
    let overdue = async || tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("overdue", true)).await;
    advance(&tenant, "2027-01-01T20:00:00Z").await;
    assert!(overdue().await.is_empty());
    advance(&tenant, "2027-01-02T09:00:00Z").await;
    let late = overdue().await;
    assert_eq!(late.iter().map(|invoice| invoice.id).collect::<Vec<_>>(), [invoice.id]);
    assert!(events(&tenant).await.iter().any(|event| event.kind == "invoice.overdue" && event.subject.id == invoice.id.to_string()));
    let paid = deal::pay(&tenant, &shop, "100.00", &[(invoice.id, "100.00")]).await;
    assert!(overdue().await.is_empty());
    // Whoever reminds hears of it again when the payment bounces (PAY-12).
    tenant.post::<payment::ReversePayment>(paid.id, &ReversePayment { date: None, reason: "bounced".to_owned() }).await;
    assert_eq!(overdue().await.len(), 1);
    let of_invoice = |event: &&Event| event.subject.id == invoice.id.to_string();
    let log = events(&tenant).await;
    let kinds: Vec<&str> = log.iter().filter(of_invoice).map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["invoice.created", "invoice.posted", "invoice.overdue", "invoice.paid", "invoice.unallocated", "invoice.overdue"]);
    verified(&tenant).await;
}

#[tokio::test]
async fn a_dispute_is_noted_and_settled() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let invoice = deal::posted(&tenant, &shop, "100.00").await;
    let reason = DisputeInvoice { reason: "never ordered".to_owned() };
    let disputed = tenant.post::<invoice::DisputeInvoice>(invoice.id, &reason).await;
    assert_eq!((disputed.disputed, disputed.dispute.as_deref()), (true, Some("never ordered")));
    assert_eq!(tenant.refused::<invoice::DisputeInvoice>(invoice.id, &reason).await.code, Code::StateConflict);
    let found = tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("disputed", true)).await;
    assert_eq!(found.len(), 1);
    let settled = tenant.post::<invoice::SettleDispute>(invoice.id, &SettleDispute { resolution: "found the order".to_owned() }).await;
    assert!(!settled.disputed);
    let sent = tenant.act::<invoice::SendInvoice>(invoice.id).await;
    assert!(sent.sent_at.is_some());
}
