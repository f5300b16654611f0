//! What comes of installments that give back, and of lines that lower an invoice: nobody is paid back more than came in (PAY-01, CRN-01, CRN-04; rules 13 and 24
//! of the vectors).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::credit_note::{CreateCreditNote, op as credit_note};
use causeway_openapi::down_payment::{CreateDownPayment, op as down_payment};
use causeway_openapi::invoice::{AllocateCreditNote, CreateInvoice, CreditInvoice, CreditLine, Invoice, ReverseInvoice, UnallocateCreditNote, op as invoice};
use causeway_openapi::line::LineInput;
use causeway_openapi::payment::{CreateRefund, UnallocatePayment, op as payment};
use causeway_openapi::term::op as term;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, allocation, free_line as line};
use causeway_tests::shop::{self, Shop, term_body};
use causeway_tests::world::World;
use causeway_tests::{of, unique, verified};
use causeway_value::{InvoiceId, PaymentMethod, TermLine};

/// 60.00 of which twice 50.00 are asked for first, and 40.00 given back later.
async fn given_back(caller: &Caller, shop: &Shop) -> Invoice {
    let half = TermLine { fixed: Some("50.00".into()), days: 5, ..TermLine::default() };
    let parts = vec![half.clone(), half, shop::percent_after("100", 40)];
    let term = caller.post::<term::CreatePaymentTerm>((), &term_body(&unique("BACK"), parts)).await.id;
    let body = CreateInvoice { payment_term_id: Some(term), ..deal::free_invoice_body(shop, "60.00") };
    let draft = caller.post::<invoice::CreateInvoice>((), &body).await;
    let posted = deal::post_invoice(caller, draft.id, None).await;
    assert_eq!(posted.installments.iter().map(|part| part.amount.0.as_str()).collect::<Vec<_>>(), ["50.00", "50.00", "-40.00"]);
    posted
}

fn refund() -> CreateRefund {
    CreateRefund { credit_note_id: None, payment_id: None, amount: None, method: PaymentMethod::Bank, refund_date: None, reference: None }
}

async fn open(caller: &Caller, id: InvoiceId) -> String {
    caller.get::<invoice::GetInvoice>(id).await.open_amount.0
}

#[tokio::test]
async fn what_an_installment_gives_back_is_taken_back_with_the_others() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for chosen in ["50.00", "-40.00"] {
        let invoice = given_back(&tenant, &shop).await;
        let paid = deal::pay(&tenant, &shop, "60.00", &[(invoice.id, "60.00")]).await;
        assert_eq!(paid.allocations.len(), 3);
        let ids = paid.allocations.iter().filter(|part| part.amount.0 == chosen).map(|part| part.id).collect();
        let back = tenant.post::<payment::UnallocatePayment>(paid.id, &UnallocatePayment { allocation_ids: ids }).await;
        assert_eq!((back.unallocated_amount.0.as_str(), open(&tenant, invoice.id).await.as_str()), ("60.00", "60.00"), "{chosen}");
        assert!(back.allocations.iter().all(|part| part.reversed), "{chosen}");
        let refunded = tenant.post::<payment::CreateRefund>((), &CreateRefund { payment_id: Some(paid.id), ..refund() }).await;
        assert_eq!(refunded.amount.0, "60.00", "{chosen}");
        verified(&tenant).await;
    }
    // A credit note is no other source.
    let invoice = given_back(&tenant, &shop).await;
    let body = CreateCreditNote {
        company_id: shop.company,
        party_id: shop.party,
        reason: "bonus".to_owned(),
        lines: vec![line("60.00", &[])],
        ..CreateCreditNote::default()
    };
    let note = tenant.post::<credit_note::CreateCreditNote>((), &body).await;
    let note = deal::post_invoice(&tenant, note.id, None).await;
    tenant.post::<invoice::AllocateCreditNote>(note.id, &AllocateCreditNote { allocations: vec![allocation(invoice.id, "60.00")] }).await;
    let settled = tenant.all::<payment::ListAllocations, _>(&ListQuery::by("credit_note_id", note.id)).await;
    let asked = settled.iter().filter(|part| part.settled_amount.0 == "50.00").map(|part| part.id).collect();
    let back = tenant.post::<invoice::UnallocateCreditNote>(note.id, &UnallocateCreditNote { allocation_ids: asked }).await;
    assert_eq!((back.open_amount.0.as_str(), open(&tenant, invoice.id).await.as_str()), ("60.00", "60.00"));
    let refunded = tenant.post::<payment::CreateRefund>((), &CreateRefund { credit_note_id: Some(note.id), ..refund() }).await;
    assert_eq!(refunded.amount.0, "60.00");
    verified(&tenant).await;
}

#[tokio::test]
async fn lines_are_credited_within_what_their_invoice_asked_for() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let body = CreateInvoice { lines: vec![line("100.00", &[shop.tax]), line("-30.00", &[shop.tax])], ..deal::free_invoice_body(&shop, "1.00") };
    let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!(posted.total_amount.0, "83.30");
    let of_lines = |parts: &[(usize, &str)]| {
        let part = |(index, quantity): &(usize, &str)| CreditLine { invoice_line_id: posted.lines[*index].id, quantity: of(quantity) };
        CreditInvoice { lines: parts.iter().map(part).collect(), ..CreditInvoice::default() }
    };
    let problem = tenant.refused::<invoice::CreditInvoice>(posted.id, &of_lines(&[(0, "1")])).await;
    assert_eq!((problem.status, problem.errors[0].code, problem.errors[0].pointer.as_deref()), (422, Code::AmountExceedsOpen, Some("/lines")));
    assert!(problem.errors[0].detail.contains("83.30 EUR"), "{}", problem.errors[0].detail);
    // Two halves are drafts that fit, each for itself.
    let mut halves = Vec::new();
    for _ in 0..2 {
        halves.push(tenant.post::<invoice::CreditInvoice>(posted.id, &of_lines(&[(0, "0.5")])).await);
    }
    assert_eq!(deal::post_invoice(&tenant, halves[0].id, None).await.total_amount.0, "59.50");
    assert_eq!(tenant.refused::<invoice::PostInvoice>(halves[1].id, &Default::default()).await.code, Code::StateConflict);
    assert_eq!(tenant.refused::<invoice::CreditInvoice>(posted.id, &of_lines(&[(0, "0.5")])).await.errors[0].code, Code::AmountExceedsOpen);
    // With the line that lowers it, it fits.
    let rest = tenant.post::<invoice::CreditInvoice>(posted.id, &of_lines(&[(0, "0.5"), (1, "1")])).await;
    assert_eq!(deal::post_invoice(&tenant, rest.id, None).await.total_amount.0, "23.80");
    assert_eq!(open(&tenant, posted.id).await, "0.00");
    verified(&tenant).await;
}

#[tokio::test]
async fn what_remains_below_zero_is_not_reversed() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let work = LineInput {
        description: Some("Work".to_owned()),
        quantity: of("1"),
        unit_price: Some(of("100.00")),
        tax_ids: Some(vec![shop.tax]),
        ..LineInput::default()
    };
    let order = deal::confirmed(&tenant, &shop, vec![work]).await;
    let half = CreateDownPayment { percent: Some(of("50")), ..CreateDownPayment::default() };
    let down = tenant.post::<down_payment::CreateDownPayment>(order.id, &half).await;
    deal::post_invoice(&tenant, down.id, None).await;
    let last = deal::invoice_order(&tenant, order.id).await;
    let last = deal::post_invoice(&tenant, last.id, None).await;
    assert_eq!(last.total_amount.0, "59.50");
    // What was paid in advance may be credited with what it was paid for.
    let credited = CreditInvoice { lines: vec![CreditLine { invoice_line_id: last.lines[0].id, quantity: of("1") }], ..CreditInvoice::default() };
    let note = tenant.post::<invoice::CreditInvoice>(last.id, &credited).await;
    assert_eq!(deal::post_invoice(&tenant, note.id, None).await.total_amount.0, "119.00");
    let body = ReverseInvoice { date: None, rebill: None, reason: "wrong".to_owned() };
    let problem = tenant.refused::<invoice::ReverseInvoice>(last.id, &body).await;
    assert_eq!((problem.status, problem.code), (422, Code::ValidationFailed));
    assert!(problem.detail.contains("-59.50 EUR"), "{}", problem.detail);
    verified(&tenant).await;
}
