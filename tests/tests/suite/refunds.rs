//! Refunds of credit notes and payments, and credit notes that settle other invoices (CRN-01, CRN-04, PAY-01).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::invoice::{AllocateCreditNote, UnallocateCreditNote, op as invoice};
use causeway_openapi::ledger::op as ledger;
use causeway_openapi::payment::{CreatePayment, CreateRefund, ReversePayment, op as payment};
use causeway_tests::deal::{self, advance, allocation, entry, sides};
use causeway_tests::of;
use causeway_tests::shop::{self, rate};
use causeway_tests::world::World;
use causeway_value::{AllocationState, OffsetKind, PaymentDirection, PaymentMethod, PaymentState};

fn refund() -> CreateRefund {
    CreateRefund { credit_note_id: None, payment_id: None, amount: None, method: PaymentMethod::Bank, refund_date: None, reference: None }
}

#[tokio::test]
async fn a_credit_note_is_paid_back_and_no_more() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let note = deal::unused_credit(&tenant, &shop, "100.00").await;
    let part = |amount: &str| CreateRefund { credit_note_id: Some(note.id), amount: Some(amount.into()), ..refund() };
    let problem = tenant.refused::<payment::CreateRefund>((), &part("100.01")).await;
    assert_eq!((problem.code, problem.errors[0].pointer.as_deref()), (Code::AmountExceedsOpen, Some("/amount")));
    let first = tenant.post::<payment::CreateRefund>((), &part("40.00")).await;
    assert_eq!((first.direction, first.allocation_state), (PaymentDirection::Outbound, AllocationState::Allocated));
    assert_eq!(sides(&entry(&tenant, first.journal_entry_id).await), [("1000", "0.00", "40.00"), ("1100", "40.00", "0.00")]);
    tenant.post::<payment::CreateRefund>((), &CreateRefund { credit_note_id: Some(note.id), ..refund() }).await;
    let now = tenant.get::<invoice::GetInvoice>(note.id).await;
    assert_eq!((now.open_amount.0.as_str(), now.payment_state), ("0.00", Some(PaymentState::Paid)));
    assert_eq!(tenant.refused::<payment::CreateRefund>((), &part("0.01")).await.code, Code::StateConflict);
    let both = CreateRefund { credit_note_id: Some(note.id), payment_id: Some(first.id), ..refund() };
    assert_eq!(tenant.refused::<payment::CreateRefund>((), &both).await.status, 422);
    assert_eq!(tenant.refused::<payment::CreateRefund>((), &refund()).await.errors[0].code, Code::Required);
    assert!(tenant.get::<ledger::VerifyLedger>(()).await.ok);
}

#[tokio::test]
async fn too_much_money_is_paid_back_at_todays_rate() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    rate(&tenant, "USD", "2026-12-01", "0.9").await;
    rate(&tenant, "USD", "2026-12-20", "0.8").await;
    let body = CreatePayment { currency: of("USD"), ..deal::payment_body(&shop, "100.00", &[]) };
    let paid = tenant.post::<payment::CreatePayment>((), &body).await;
    advance(&tenant, "2026-12-21T09:00:00Z").await;
    let back = tenant.post::<payment::CreateRefund>((), &CreateRefund { payment_id: Some(paid.id), amount: Some("60.00".into()), ..refund() }).await;
    assert_eq!((back.allocation_state, back.offsets[0].kind, back.offsets[0].payment_id), (AllocationState::Allocated, OffsetKind::Refund, Some(paid.id)));
    assert_eq!(sides(&entry(&tenant, back.journal_entry_id).await), [("1000", "0.00", "48.00"), ("1100", "48.00", "0.00")]);
    let now = tenant.get::<payment::GetPayment>(paid.id).await;
    assert_eq!((now.unallocated_amount.0.as_str(), now.allocation_state), ("40.00", AllocationState::PartAllocated));
    // 54.00 were booked for what now costs 48.00.
    let gains = tenant.all::<ledger::ListJournalEntries, _>(&ListQuery::default()).await;
    assert!(gains.iter().any(|entry| entry.event == "payment.refunded" && sides(entry) == [("1100", "6.00", "0.00"), ("7000", "0.00", "6.00")]));
    assert!(tenant.get::<ledger::VerifyLedger>(()).await.ok);
    let reason = ReversePayment { date: None, reason: "wrong account".to_owned() };
    let problem = tenant.refused::<payment::ReversePayment>(paid.id, &reason).await;
    assert_eq!((problem.code, problem.meta["refund_id"].as_str()), (Code::StateConflict, Some(back.id.to_string().as_str())));
    tenant.post::<payment::ReversePayment>(back.id, &reason).await;
    assert_eq!(tenant.get::<payment::GetPayment>(paid.id).await.unallocated_amount.0, "100.00");
    assert!(tenant.get::<ledger::VerifyLedger>(()).await.ok);
}

#[tokio::test]
async fn a_credit_note_settles_other_invoices() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let note = deal::unused_credit(&tenant, &shop, "100.00").await;
    let (first, second) = (deal::posted(&tenant, &shop, "30.00").await, deal::posted(&tenant, &shop, "200.00").await);
    let body = AllocateCreditNote { allocations: vec![allocation(first.id, "30.00"), allocation(second.id, "70.00")] };
    let used = tenant.post::<invoice::AllocateCreditNote>(note.id, &body).await;
    assert_eq!((used.open_amount.0.as_str(), used.payment_state), ("0.00", Some(PaymentState::Paid)));
    let now = tenant.get::<invoice::GetInvoice>(first.id).await;
    assert_eq!((now.payment_state, now.open_amount.0.as_str()), (Some(PaymentState::Paid), "0.00"));
    assert_eq!(tenant.refused::<invoice::AllocateCreditNote>(note.id, &body).await.code, Code::AmountExceedsOpen);
    assert_eq!(tenant.refused::<invoice::AllocateCreditNote>(second.id, &body).await.code, Code::StateConflict);
    assert!(tenant.get::<ledger::VerifyLedger>(()).await.ok);
    let settled = tenant.all::<payment::ListAllocations, _>(&ListQuery::by("credit_note_id", note.id)).await;
    let of_second = settled.iter().find(|part| part.invoice_id == second.id).unwrap();
    let back = tenant.post::<invoice::UnallocateCreditNote>(note.id, &UnallocateCreditNote { allocation_ids: vec![of_second.id] }).await;
    assert_eq!(back.open_amount.0, "70.00");
    assert_eq!(tenant.get::<invoice::GetInvoice>(second.id).await.payment_state, Some(PaymentState::Open));
    assert!(tenant.get::<ledger::VerifyLedger>(()).await.ok);
}
