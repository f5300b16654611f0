//! Invoices that are paid early in parts, and bills that are registered (PAY-23; vectors EPD-…, MATCH-005).

use causeway_contract::ListQuery;
use causeway_openapi::invoice::{AllocateCreditNote, CreateInvoice, Invoice, UnallocateCreditNote, op as invoice};
use causeway_openapi::payment::{CreatePayment, ReversePayment, op as payment};
use causeway_openapi::term::{CreatePaymentTerm, op as term};
use causeway_openapi::write_off::op as write_off;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, allocation, payment_body};
use causeway_tests::shop::{self, Shop, percent_after, term_body};
use causeway_tests::world::World;
use causeway_tests::{day, of, unique, verified};
use causeway_value::{Direction, DiscountTaxMode, EarlyDiscount, WriteOffStatus};

/// 119.00 with 2 % off within ten days, on a bill or on an invoice.
async fn posted(caller: &Caller, shop: &Shop, direction: Direction) -> Invoice {
    let discount = EarlyDiscount { percent: of("2"), days: 10, tax_mode: DiscountTaxMode::OnPayment };
    let term = CreatePaymentTerm { early_discount: Some(discount), ..term_body(&unique("EPD"), vec![percent_after("100", 30)]) };
    let term = caller.post::<term::CreatePaymentTerm>((), &term).await.id;
    let mut body = deal::free_invoice_body(shop, "100.00");
    body.lines[0].tax_ids = Some(vec![shop.tax]);
    let body = CreateInvoice { payment_term_id: Some(term), direction: Some(direction), ..body };
    let draft = caller.post::<invoice::CreateInvoice>((), &body).await;
    deal::post_invoice(caller, draft.id, None).await
}

async fn open(caller: &Caller, invoice: &Invoice) -> String {
    caller.get::<invoice::GetInvoice>(invoice.id).await.open_amount.0
}

/// The discounts of an invoice that stand.
async fn discounts(caller: &Caller, invoice: &Invoice) -> Vec<String> {
    let found = caller.all::<write_off::ListWriteOffs, _>(&ListQuery::by("invoice_id", invoice.id)).await;
    found.into_iter().filter(|row| row.status == WriteOffStatus::Posted).map(|row| row.amount.0).collect()
}

#[tokio::test]
async fn a_discount_is_for_all_of_it_in_time() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let bounced = ReversePayment { date: None, reason: "bounced".to_owned() };
    let halves = async |invoice: &Invoice| {
        let first = deal::pay(&tenant, &shop, "58.31", &[(invoice.id, "58.31")]).await;
        let second = deal::pay(&tenant, &shop, "58.31", &[(invoice.id, "58.31")]).await;
        assert_eq!((open(&tenant, invoice).await.as_str(), discounts(&tenant, invoice).await), ("0.00", vec!["2.38".to_owned()]));
        (first, second)
    };
    // Whichever half bounces, the discount goes, and comes again with money in time.
    for of_first in [true, false] {
        let invoice = posted(&tenant, &shop, Direction::Sale).await;
        let (first, second) = halves(&invoice).await;
        tenant.post::<payment::ReversePayment>(if of_first { first.id } else { second.id }, &bounced).await;
        assert_eq!((open(&tenant, &invoice).await.as_str(), discounts(&tenant, &invoice).await), ("60.69", Vec::new()), "first: {of_first}");
        deal::pay(&tenant, &shop, "58.31", &[(invoice.id, "58.31")]).await;
        assert_eq!((open(&tenant, &invoice).await.as_str(), discounts(&tenant, &invoice).await.len()), ("0.00", 1), "first: {of_first}");
        verified(&tenant).await;
    }
    // So it is with a credit note of something else.
    let credited = posted(&tenant, &shop, Direction::Sale).await;
    let note = deal::unused_credit(&tenant, &shop, "58.31").await;
    tenant.post::<invoice::AllocateCreditNote>(note.id, &AllocateCreditNote { allocations: vec![allocation(credited.id, "58.31")] }).await;
    deal::pay(&tenant, &shop, "58.31", &[(credited.id, "58.31")]).await;
    assert_eq!(open(&tenant, &credited).await, "0.00");
    let settled = tenant.all::<payment::ListAllocations, _>(&ListQuery::by("credit_note_id", note.id)).await;
    let ids = settled.iter().filter(|part| part.invoice_id == credited.id).map(|part| part.id).collect();
    tenant.post::<invoice::UnallocateCreditNote>(note.id, &UnallocateCreditNote { allocation_ids: ids }).await;
    assert_eq!((open(&tenant, &credited).await.as_str(), discounts(&tenant, &credited).await), ("60.69", Vec::new()));
    verified(&tenant).await;

    // Late money is not made early by a sliver that is dated in time.
    let late = posted(&tenant, &shop, Direction::Sale).await;
    let lost = posted(&tenant, &shop, Direction::Sale).await;
    let (first, _) = halves(&lost).await;
    deal::advance(&tenant, "2027-01-10T09:00:00Z").await;
    deal::pay(&tenant, &shop, "117.00", &[(late.id, "117.00")]).await;
    let sliver = CreatePayment { payment_date: Some(day("2026-12-05")), ..payment_body(&shop, "0.50", &[(late.id, "0.50")]) };
    tenant.post::<payment::CreatePayment>((), &sliver).await;
    assert_eq!((open(&tenant, &late).await.as_str(), discounts(&tenant, &late).await), ("1.50", Vec::new()));
    tenant.post::<payment::ReversePayment>(first.id, &bounced).await;
    deal::pay(&tenant, &shop, "58.31", &[(lost.id, "58.31")]).await;
    assert_eq!((open(&tenant, &lost).await.as_str(), discounts(&tenant, &lost).await), ("2.38", Vec::new()));
    verified(&tenant).await;
}

#[tokio::test]
async fn registered_bills_are_paid_less_their_discount() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for grouped in [true, false] {
        let bill = posted(&tenant, &shop, Direction::Purchase).await;
        let body = deal::register_body(&[&bill], grouped);
        let made = tenant.post::<payment::RegisterPayments>((), &body).await;
        let paid = made.payments.iter().map(|paid| (paid.amount.0.as_str(), paid.unallocated_amount.0.as_str())).collect::<Vec<_>>();
        assert_eq!(paid, [("116.62", "0.00")], "grouped: {grouped}");
        assert_eq!((open(&tenant, &bill).await.as_str(), discounts(&tenant, &bill).await), ("0.00", vec!["2.38".to_owned()]), "grouped: {grouped}");
    }
    verified(&tenant).await;
}
