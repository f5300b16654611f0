//! Credit notes on invoices of which something was given up: nobody is paid back what they never paid (CRN-01, CRN-04).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::invoice::{CreateInvoice, CreditInvoice, CreditLine, Invoice, PostInvoice, ReverseInvoice, op as invoice};
use causeway_openapi::payment::{CreatePayment, op as payment};
use causeway_openapi::term::{CreatePaymentTerm, op as term};
use causeway_openapi::write_off::{WriteOff, WriteOffInvoice, op as write_off};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, entry, paid_back, payment_body, sides};
use causeway_tests::shop::{self, Shop, percent_after, term_body};
use causeway_tests::world::World;
use causeway_tests::{day, of, unique, verified};
use causeway_value::{DiscountTaxMode, EarlyDiscount, PaymentDifference, PaymentState, WriteOffKind, WriteOffStatus};

/// 1,190.00 with 190.00 of tax and 2 % for paying early.
async fn discounted(caller: &Caller, shop: &Shop) -> Invoice {
    let early_discount = Some(EarlyDiscount { percent: of("2"), days: 10, tax_mode: DiscountTaxMode::OnPayment });
    let terms = CreatePaymentTerm { early_discount, ..term_body(&unique("EPD"), vec![percent_after("100", 30)]) };
    let terms = caller.post::<term::CreatePaymentTerm>((), &terms).await.id;
    let mut body = CreateInvoice { payment_term_id: Some(terms), ..deal::free_invoice_body(shop, "100.00") };
    body.lines[0].quantity = of("10");
    body.lines[0].tax_ids = Some(vec![shop.tax]);
    let draft = caller.post::<invoice::CreateInvoice>((), &body).await;
    deal::post_invoice(caller, draft.id, None).await
}

async fn given_up(caller: &Caller, of: &Invoice) -> Vec<WriteOff> {
    caller.all::<write_off::ListWriteOffs, _>(&ListQuery::by("invoice_id", of.id)).await
}

fn standing(rows: &[WriteOff]) -> Vec<&str> {
    rows.iter().filter(|row| row.status == WriteOffStatus::Posted).map(|row| row.amount.0.as_str()).collect()
}

async fn reversed(caller: &Caller, of: &Invoice) -> Invoice {
    caller.post::<invoice::ReverseInvoice>(of.id, &ReverseInvoice { reason: "sent back".to_owned(), ..ReverseInvoice::default() }).await
}

#[tokio::test]
async fn a_discount_that_was_taken_is_not_paid_back() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let sold = discounted(&tenant, &shop).await;
    deal::pay(&tenant, &shop, "1166.20", &[(sold.id, "1166.20")]).await;
    let note = reversed(&tenant, &sold).await;
    assert_eq!((note.total_amount.0.as_str(), note.open_amount.0.as_str()), ("1190.00", "1166.20"));
    let rows = given_up(&tenant, &sold).await;
    assert_eq!((rows.len(), standing(&rows)), (1, vec![]));
    // The tax of the discount comes back before all of it goes: 190.00 were charged, 190.00 are corrected.
    assert_eq!(sides(&entry(&tenant, rows[0].reversal_entry_id).await), [("1100", "23.80", "0.00"), ("2100", "0.00", "3.80"), ("4800", "0.00", "20.00")]);
    let refund = tenant.post::<payment::CreateRefund>((), &paid_back(&note)).await;
    assert_eq!(refund.amount.0, "1166.20");
    verified(&tenant).await;
}

#[tokio::test]
async fn a_part_goes_back_with_its_share_of_the_discount() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let sold = discounted(&tenant, &shop).await;
    let paid = deal::pay(&tenant, &shop, "1166.20", &[(sold.id, "1166.20")]).await;
    advance(&tenant, "2026-12-05T09:00:00Z").await;
    let tenth = CreditInvoice { lines: vec![CreditLine { invoice_line_id: sold.lines[0].id, quantity: of("1") }], ..CreditInvoice::default() };
    let draft = tenant.post::<invoice::CreditInvoice>(sold.id, &tenth).await;
    let note = deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!((note.total_amount.0.as_str(), note.open_amount.0.as_str()), ("119.00", "116.62"));
    let rows = given_up(&tenant, &sold).await;
    assert_eq!((rows.len(), standing(&rows)), (2, vec!["21.42"]));
    let again = rows.iter().find(|row| row.status == WriteOffStatus::Posted).unwrap();
    assert_eq!((again.kind, again.payment_id, again.taxes[0].amount.0.as_str()), (WriteOffKind::EarlyDiscount, Some(paid.id), "3.42"));
    verified(&tenant).await;
    // What is left takes the rest, to the cent.
    let rest = reversed(&tenant, &sold).await;
    assert_eq!((rest.total_amount.0.as_str(), rest.open_amount.0.as_str()), ("1071.00", "1049.58"));
    assert_eq!(standing(&given_up(&tenant, &sold).await), Vec::<&str>::new());
    assert_eq!(tenant.get::<invoice::GetInvoice>(sold.id).await.open_amount.0, "0.00");
    verified(&tenant).await;
}

#[tokio::test]
async fn what_was_lost_is_credited_and_not_paid_out() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let lost = discounted(&tenant, &shop).await;
    let bankrupt = WriteOffInvoice { reason: "bankrupt".to_owned(), ..WriteOffInvoice::default() };
    tenant.post::<write_off::WriteOffInvoice>(lost.id, &bankrupt).await;
    let note = reversed(&tenant, &lost).await;
    assert_eq!((note.open_amount.0.as_str(), note.payment_state), ("0.00", Some(PaymentState::Paid)));
    assert_eq!(tenant.refused::<payment::CreateRefund>((), &paid_back(&note)).await.code, Code::StateConflict);
    let now = tenant.get::<invoice::GetInvoice>(lost.id).await;
    assert_eq!((now.payment_state, now.written_off_amount.0.as_str()), (Some(PaymentState::Reversed), "0.00"));
    verified(&tenant).await;

    // Of a half that was paid, the other half was lost: that is credited first, and goes on being lost where nothing is credited.
    let half = discounted(&tenant, &shop).await;
    deal::pay(&tenant, &shop, "600.00", &[(half.id, "600.00")]).await;
    tenant.post::<write_off::WriteOffInvoice>(half.id, &bankrupt).await;
    let tenth = CreditInvoice { lines: vec![CreditLine { invoice_line_id: half.lines[0].id, quantity: of("1") }], ..CreditInvoice::default() };
    let draft = tenant.post::<invoice::CreditInvoice>(half.id, &tenth).await;
    assert_eq!(deal::post_invoice(&tenant, draft.id, None).await.open_amount.0, "0.00");
    let rows = given_up(&tenant, &half).await;
    assert_eq!(standing(&rows), ["471.00"]);
    assert_eq!(tenant.get::<invoice::GetInvoice>(half.id).await.written_off_amount.0, "471.00");
    verified(&tenant).await;
    let rest = reversed(&tenant, &half).await;
    assert_eq!((rest.total_amount.0.as_str(), rest.open_amount.0.as_str()), ("1071.00", "600.00"));
    verified(&tenant).await;
}

#[tokio::test]
async fn a_fee_was_paid_by_the_customer() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let sold = deal::posted(&tenant, &shop, "100.00").await;
    let body = CreatePayment { difference: Some(PaymentDifference::Fee), ..payment_body(&shop, "97.50", &[(sold.id, "97.50")]) };
    tenant.post::<payment::CreatePayment>((), &body).await;
    assert_eq!(reversed(&tenant, &sold).await.open_amount.0, "100.00");
    assert_eq!(standing(&given_up(&tenant, &sold).await), ["2.50"]);
    verified(&tenant).await;
}

#[tokio::test]
async fn a_note_is_not_of_a_day_before_its_invoice() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let sold = deal::posted(&tenant, &shop, "100.00").await;
    let draft = tenant.post::<invoice::CreditInvoice>(sold.id, &CreditInvoice::default()).await;
    let before = PostInvoice { invoice_date: Some(day("2026-12-01")), ..PostInvoice::default() };
    let problem = tenant.refused::<invoice::PostInvoice>(draft.id, &before).await;
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/invoice_date"), "{problem:?}");
    assert_eq!(problem.meta["checks"][0]["name"], "not_before_invoice", "{problem:?}");
    let before = ReverseInvoice { date: Some(day("2026-12-01")), rebill: None, reason: "sent back".to_owned() };
    let problem = tenant.refused::<invoice::ReverseInvoice>(sold.id, &before).await;
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/date"), "{problem:?}");
    deal::post_invoice(&tenant, draft.id, Some("2026-12-02")).await;
}
