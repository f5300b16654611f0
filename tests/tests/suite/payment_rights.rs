//! Who may post, settle, give up and pay back, and on which days money counts (PAY-01, PAY-02, CRN-02, CRN-03).

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::invoice::{PostInvoice, ReverseInvoice, op as invoice};
use causeway_openapi::ledger::op as ledger;
use causeway_openapi::measure::{CollectionsQuery, SalesQuery, op as measure};
use causeway_openapi::payment::{AllocatePayment, CreatePayment, CreateRefund, ReversePayment, op as payment};
use causeway_openapi::write_off::{ReverseWriteOff, WriteOffInvoice, op as write_off};
use causeway_tests::api_key::limited;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, allocation, entry, paid_back, payment_body};
use causeway_tests::shop::{self, Shop, rate};
use causeway_tests::world::World;
use causeway_tests::{day, of, verified};
use causeway_value::{PaymentDifference, PaymentDirection, PaymentMethod, PaymentStatus};

/// The permission that a refused payment lacks.
async fn lacks(caller: &Caller, body: &CreatePayment) -> String {
    let problem = caller.refused::<payment::CreatePayment>((), body).await;
    assert_eq!((problem.status, problem.code), (403, Code::PermissionDenied), "{problem:?}");
    problem.meta["permission"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn whoever_records_money_does_the_rest_with_the_right_to() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let owed = deal::posted(&tenant, &shop, "10000.00").await;
    let plain = payment_body(&shop, "0.01", &[]);
    let writer = limited(&tenant, &["payments:write"]).await;
    writer.post::<payment::CreatePayment>((), &plain).await;
    let draft = writer.post::<payment::CreatePayment>((), &CreatePayment { status: Some(PaymentStatus::Draft), ..plain.clone() }).await;
    let poster = limited(&tenant, &["payments:write", "payments:post"]).await;
    assert_eq!(writer.refused::<payment::PostPayment>(draft.id, &causeway_contract::Nothing {}).await.code, Code::PermissionDenied);
    poster.act::<payment::PostPayment>(draft.id).await;
    let settles = payment_body(&shop, "0.01", &[(owed.id, "0.01")]);

    // A cent on ten thousand is no small difference.
    let clerk = limited(&tenant, &["payments:write", "payments:post", "payments:allocate"]).await;
    for difference in [PaymentDifference::WriteOff, PaymentDifference::Fee] {
        assert_eq!(lacks(&clerk, &CreatePayment { difference: Some(difference), ..settles.clone() }).await, "invoices:write_off");
    }
    let too_much = payment_body(&shop, "10000.50", &[(owed.id, "10000.00")]);
    let kept = CreatePayment { difference: Some(PaymentDifference::WriteOff), ..too_much };
    assert_eq!(lacks(&clerk, &kept).await, "invoices:write_off");
    let paid = clerk.post::<payment::CreatePayment>((), &plain).await;
    let later = AllocatePayment { allocations: vec![allocation(owed.id, "0.01")], difference: Some(PaymentDifference::WriteOff), ..AllocatePayment::default() };
    assert_eq!(clerk.refused::<payment::AllocatePayment>(paid.id, &later).await.code, Code::PermissionDenied);
    let tolerance = UpdateCompany { payment_tolerance: Patch::Value("0.50".into()), ..UpdateCompany::default() };
    let tolerant = tenant.post::<company::UpdateCompany>(shop.company, &tolerance).await;
    assert_eq!(tolerant.payment_tolerance.map(|limit| limit.0).as_deref(), Some("0.50"));
    assert_eq!(clerk.post::<payment::CreatePayment>((), &kept).await.unallocated_amount.0, "0.00");
    let short = deal::posted(&tenant, &shop, "100.00").await;
    let less = |amount: &str| CreatePayment { difference: Some(PaymentDifference::WriteOff), ..payment_body(&shop, amount, &[(short.id, amount)]) };
    assert_eq!(lacks(&clerk, &less("99.49")).await, "invoices:write_off");
    clerk.post::<payment::CreatePayment>((), &less("99.50")).await;
    assert_eq!(tenant.get::<invoice::GetInvoice>(short.id).await.open_amount.0, "0.00");
    verified(&tenant).await;
}

#[tokio::test]
async fn money_to_a_customer_is_a_refund() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let clerk = limited(&tenant, &["payments:write", "payments:post", "payments:allocate"]).await;
    let out = CreatePayment { direction: PaymentDirection::Outbound, ..payment_body(&shop, "50.00", &[]) };
    assert_eq!(lacks(&clerk, &out).await, "refunds:write");
    let draft = clerk.post::<payment::CreatePayment>((), &CreatePayment { status: Some(PaymentStatus::Draft), ..out.clone() }).await;
    let problem = clerk.refused::<payment::PostPayment>(draft.id, &causeway_contract::Nothing {}).await;
    assert_eq!(problem.meta["permission"].as_str(), Some("refunds:write"));
    // Who may refund needs nothing else for it.
    let note = deal::unused_credit(&tenant, &shop, "100.00").await;
    let refunder = limited(&tenant, &["refunds:write"]).await;
    let body = paid_back(&note);
    assert_eq!(refunder.post::<payment::CreateRefund>((), &body).await.amount.0, "100.00");
    verified(&tenant).await;
}

#[tokio::test]
async fn money_is_entered_as_of_its_day() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    advance(&tenant, "2026-12-10T09:00:00Z").await;
    let on = |date: &str| CreatePayment { payment_date: Some(day(date)), ..payment_body(&shop, "10.00", &[]) };
    let fifth = tenant.post::<payment::CreatePayment>((), &on("2026-12-05")).await;
    let fourth = tenant.post::<payment::CreatePayment>((), &on("2026-12-04")).await;
    assert_eq!((fifth.number.as_deref(), fourth.number.as_deref()), (Some("PAY/2026/00001"), Some("PAY/2026/00002")));
    verified(&tenant).await;
    let place = |problem: causeway_contract::Problem| problem.errors[0].pointer.clone().unwrap_or_default();
    // What is given up is closed at once, so it is of a day that has come.
    let owed = deal::posted(&tenant, &shop, "10.00").await;
    let ahead = WriteOffInvoice { date: Some(day("2026-12-11")), reason: "lost".to_owned(), ..WriteOffInvoice::default() };
    assert_eq!(place(tenant.refused::<write_off::WriteOffInvoice>(owed.id, &ahead).await), "/date");
    tenant.post::<write_off::WriteOffInvoice>(owed.id, &WriteOffInvoice { date: Some(day("2026-12-10")), ..ahead }).await;
    // A wrong year is a typing error.
    assert_eq!(place(tenant.refused::<payment::CreatePayment>((), &on("2027-12-05")).await), "/payment_date");
    let draft = deal::free_invoice(&tenant, &shop, "10.00").await;
    let far = PostInvoice { invoice_date: Some(day("2027-12-10")), ..PostInvoice::default() };
    assert_eq!(place(tenant.refused::<invoice::PostInvoice>(draft.id, &far).await), "/invoice_date");
    let sold = deal::post_invoice(&tenant, draft.id, Some("2027-01-05")).await;
    // A return counts on its day, and neither before the payment nor silently later.
    let bounced = |date: &str| ReversePayment { date: Some(day(date)), reason: "bounced".to_owned() };
    assert_eq!(place(tenant.refused::<payment::ReversePayment>(fifth.id, &bounced("2026-12-04")).await), "/date");
    assert_eq!(place(tenant.refused::<payment::ReversePayment>(fifth.id, &bounced("2026-12-11")).await), "/date");
    tenant.post::<payment::ReversePayment>(fifth.id, &bounced("2026-12-07")).await;
    let received = entry(&tenant, fifth.journal_entry_id).await;
    assert_eq!(entry(&tenant, received.reversed_by_id).await.date, day("2026-12-07"));
    let back = |date: &str| CreateRefund {
        credit_note_id: None,
        payment_id: Some(fourth.id),
        amount: None,
        method: PaymentMethod::Bank,
        refund_date: Some(day(date)),
        reference: None,
    };
    for date in ["2026-12-03", "2026-12-11"] {
        assert_eq!(place(tenant.refused::<payment::CreateRefund>((), &back(date)).await), "/refund_date", "{date}");
    }
    let note = deal::unused_credit(&tenant, &shop, "10.00").await;
    let of_note = CreateRefund { credit_note_id: Some(note.id), payment_id: None, ..back("2026-12-11") };
    assert_eq!(place(tenant.refused::<payment::CreateRefund>((), &of_note).await), "/refund_date");
    let lost = |date: &str| WriteOffInvoice { date: Some(day(date)), reason: "lost".to_owned(), ..WriteOffInvoice::default() };
    assert_eq!(place(tenant.refused::<write_off::WriteOffInvoice>(sold.id, &lost("2027-01-04")).await), "/date");
    let given_up = tenant.post::<write_off::WriteOffInvoice>(sold.id, &lost("2027-01-05")).await;
    let found = |date: &str| ReverseWriteOff { date: Some(day(date)), reason: "paid".to_owned() };
    assert_eq!(place(tenant.refused::<write_off::ReverseWriteOff>(given_up.id, &found("2027-01-04")).await), "/date");
    assert_eq!(place(tenant.refused::<write_off::ReverseWriteOff>(given_up.id, &found("2027-01-06")).await), "/date");
    let back = tenant.post::<write_off::ReverseWriteOff>(given_up.id, &found("2027-01-05")).await;
    assert_eq!(entry(&tenant, back.reversal_entry_id).await.date, day("2027-01-05"));
    verified(&tenant).await;
}

async fn collected(caller: &Caller, shop: &Shop) -> (String, String) {
    let billed = caller.ask::<measure::GetBillings>(&SalesQuery { company_id: shop.company, ..SalesQuery::default() }).await.total.total_amount.0;
    let query = CollectionsQuery { company_id: shop.company, ..CollectionsQuery::default() };
    (caller.ask::<measure::GetCollections>(&query).await.total.amount.0, billed)
}

/// RPT-02, RPT-04: what exchange rates do is neither billed nor collected, on the way there and back.
#[tokio::test]
async fn exchange_differences_are_not_collected() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    rate(&tenant, "USD", "2026-12-01", "0.9").await;
    rate(&tenant, "USD", "2026-12-08", "0.95").await;
    let in_dollars = || async {
        let body = causeway_openapi::invoice::CreateInvoice { currency: Some(of("USD")), ..deal::free_invoice_body(&shop, "1000.00") };
        let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
        deal::post_invoice(&tenant, draft.id, None).await
    };
    let owed = in_dollars().await;
    advance(&tenant, "2026-12-09T09:00:00Z").await;
    let body = CreatePayment { currency: of("USD"), difference: Some(PaymentDifference::WriteOff), ..payment_body(&shop, "1001.00", &[(owed.id, "1000.00")]) };
    let paid = tenant.post::<payment::CreatePayment>((), &body).await;
    assert_eq!(collected(&tenant, &shop).await, ("950.95".to_owned(), "900.00".to_owned()));
    tenant.post::<payment::ReversePayment>(paid.id, &ReversePayment { date: None, reason: "bounced".to_owned() }).await;
    assert_eq!(collected(&tenant, &shop).await, ("0.00".to_owned(), "900.00".to_owned()));
    let events: Vec<String> = tenant.all::<ledger::ListJournalEntries, _>(&ListQuery::default()).await.into_iter().map(|entry| entry.event).collect();
    for event in ["payment.allocated", "payment.unallocated", "payment.surplus_kept", "payment.surplus_released", "payment.reversed"] {
        assert_eq!(events.iter().filter(|known| *known == event).count(), 1, "{event}: {events:?}");
    }
    // A credit note of today's rate settles what was billed at another one.
    let later = in_dollars().await;
    let note = tenant.post::<invoice::ReverseInvoice>(later.id, &ReverseInvoice { reason: "wrong".to_owned(), ..ReverseInvoice::default() }).await;
    assert_eq!(note.open_amount.0, "0.00");
    let other = in_dollars().await;
    let body = CreatePayment { currency: of("USD"), ..payment_body(&shop, "1000.00", &[(other.id, "1000.00")]) };
    tenant.post::<payment::CreatePayment>((), &body).await;
    let note = tenant.post::<invoice::ReverseInvoice>(other.id, &ReverseInvoice { reason: "wrong".to_owned(), ..ReverseInvoice::default() }).await;
    let before = collected(&tenant, &shop).await;
    let used = causeway_openapi::invoice::AllocateCreditNote { allocations: vec![allocation(owed.id, "1000.00")] };
    tenant.post::<invoice::AllocateCreditNote>(note.id, &used).await;
    assert_eq!(collected(&tenant, &shop).await, before);
    let events: Vec<String> = tenant.all::<ledger::ListJournalEntries, _>(&ListQuery::default()).await.into_iter().map(|entry| entry.event).collect();
    assert!(events.iter().any(|event| event == "invoice.allocated"), "{events:?}");
    verified(&tenant).await;
}
