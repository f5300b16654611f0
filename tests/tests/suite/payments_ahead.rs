//! Money of a later day: it waits for its day, and settles nothing before (PAY-11, PAY-19, PAY-23).

use causeway_contract::{Code, Nothing};
use causeway_openapi::fiscal_year::{CreateFiscalYear, LockFiscalYear, op as fiscal_year};
use causeway_openapi::invoice::{CreateInvoice, Invoice, op as invoice};
use causeway_openapi::payment::{CreatePayment, Payment, RegisterPayments, op as payment};
use causeway_openapi::term::{CreatePaymentTerm, op as term};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, payment_body};
use causeway_tests::shop::{self, Shop, percent_after, term_body};
use causeway_tests::world::World;
use causeway_tests::{day, of, unique, verified};
use causeway_value::{DiscountTaxMode, EarlyDiscount, PaymentDifference, PaymentState, PaymentStatus};

/// 100.00 with 2 % off within ten days, which is until the twelfth.
async fn with_discount(caller: &Caller, shop: &Shop) -> Invoice {
    let discount = EarlyDiscount { percent: of("2"), days: 10, tax_mode: DiscountTaxMode::OnPayment };
    let term = CreatePaymentTerm { early_discount: Some(discount), ..term_body(&unique("EPD"), vec![percent_after("100", 30)]) };
    let term = caller.post::<term::CreatePaymentTerm>((), &term).await.id;
    let body = CreateInvoice { payment_term_id: Some(term), ..deal::free_invoice_body(shop, "100.00") };
    let draft = caller.post::<invoice::CreateInvoice>((), &body).await;
    deal::post_invoice(caller, draft.id, None).await
}

async fn stands(caller: &Caller, invoice: &Invoice) -> (String, PaymentState) {
    let now = caller.get::<invoice::GetInvoice>(invoice.id).await;
    (now.open_amount.0, now.payment_state.unwrap())
}

async fn again(caller: &Caller, paid: &Payment) -> Payment {
    caller.get::<payment::GetPayment>(paid.id).await
}

#[tokio::test]
async fn money_settles_on_its_day() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (early, late) = (with_discount(&tenant, &shop).await, with_discount(&tenant, &shop).await);
    let on = |date: &str, body: CreatePayment| CreatePayment { payment_date: Some(day(date)), ..body };
    let in_time = tenant.post::<payment::CreatePayment>((), &on("2026-12-12", payment_body(&shop, "98.00", &[(early.id, "98.00")]))).await;
    assert_eq!((in_time.status, in_time.number.as_deref(), in_time.journal_entry_id), (PaymentStatus::Scheduled, None, None));
    assert_eq!(in_time.planned.as_ref().unwrap().allocations, [deal::allocation(early.id, "98.00")]);
    assert_eq!((in_time.allocations.len(), in_time.unallocated_amount.0.as_str()), (0, "98.00"));
    let register = RegisterPayments { payment_date: Some(day("2026-12-13")), ..deal::register_body(&[&late], true) };
    let registered = tenant.post::<payment::RegisterPayments>((), &register).await.payments.remove(0);
    assert_eq!((registered.status, registered.amount.0.as_str()), (PaymentStatus::Scheduled, "100.00"), "the discount is over by then");
    for invoice in [&early, &late] {
        assert_eq!(stands(&tenant, invoice).await, ("100.00".to_owned(), PaymentState::Open));
    }
    verified(&tenant).await;
    // The day begins where the company is.
    advance(&tenant, "2026-12-12T12:00:00Z").await;
    let booked = again(&tenant, &in_time).await;
    assert_eq!((booked.status, booked.number.as_deref(), booked.planned), (PaymentStatus::Posted, Some("PAY/2026/00001"), None));
    assert_eq!(deal::entry(&tenant, booked.journal_entry_id).await.date, day("2026-12-12"));
    assert_eq!(stands(&tenant, &early).await, ("0.00".to_owned(), PaymentState::Paid));
    assert_eq!(stands(&tenant, &late).await.0, "100.00");
    advance(&tenant, "2026-12-13T12:00:00Z").await;
    assert_eq!(stands(&tenant, &late).await, ("0.00".to_owned(), PaymentState::Paid));
    verified(&tenant).await;
}

#[tokio::test]
async fn what_was_settled_meanwhile_is_left_to_the_payer() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (owed, gone) = (deal::posted(&tenant, &shop, "100.00").await, deal::posted(&tenant, &shop, "50.00").await);
    let planned = payment_body(&shop, "150.00", &[(owed.id, "100.00"), (gone.id, "50.00")]);
    let planned = CreatePayment { payment_date: Some(day("2026-12-10")), ..planned };
    let planned = tenant.post::<payment::CreatePayment>((), &planned).await;
    deal::pay(&tenant, &shop, "30.00", &[(owed.id, "30.00")]).await;
    deal::pay(&tenant, &shop, "50.00", &[(gone.id, "50.00")]).await;
    advance(&tenant, "2026-12-10T12:00:00Z").await;
    let booked = again(&tenant, &planned).await;
    let settled: Vec<_> = booked.allocations.iter().map(|part| (part.invoice_id, part.amount.0.as_str())).collect();
    assert_eq!((settled, booked.unallocated_amount.0.as_str()), (vec![(owed.id, "70.00")], "80.00"));
    verified(&tenant).await;
}

#[tokio::test]
async fn what_is_planned_is_looked_at_and_dropped() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let owed = deal::posted(&tenant, &shop, "100.00").await;
    let later = |body: CreatePayment| CreatePayment { payment_date: Some(day("2026-12-10")), ..body };
    let place = |problem: causeway_contract::Problem| problem.errors[0].pointer.clone().unwrap_or_default();
    let much = later(payment_body(&shop, "101.00", &[(owed.id, "101.00")]));
    assert_eq!(place(tenant.refused::<payment::CreatePayment>((), &much).await), "/allocations/0/amount");
    let less = CreatePayment { difference: Some(PaymentDifference::WriteOff), ..later(payment_body(&shop, "99.00", &[(owed.id, "99.00")])) };
    assert_eq!(place(tenant.refused::<payment::CreatePayment>((), &less).await), "/difference");
    // A draft of a later day is scheduled by who posts it, and may still be dropped.
    let draft = CreatePayment { status: Some(PaymentStatus::Draft), ..later(payment_body(&shop, "100.00", &[])) };
    let draft = tenant.post::<payment::CreatePayment>((), &draft).await;
    let scheduled = tenant.act::<payment::PostPayment>(draft.id).await;
    assert_eq!((scheduled.status, scheduled.number), (PaymentStatus::Scheduled, None));
    assert_eq!(tenant.refused::<payment::PostPayment>(draft.id, &Nothing {}).await.status, 409);
    assert_eq!(tenant.act::<payment::CancelPayment>(draft.id).await.status, PaymentStatus::Cancelled);
    advance(&tenant, "2026-12-10T12:00:00Z").await;
    assert_eq!(again(&tenant, &draft).await.status, PaymentStatus::Cancelled);
    verified(&tenant).await;
}

#[tokio::test]
async fn what_cannot_be_booked_on_its_day_waits_for_somebody() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let owed = deal::posted(&tenant, &shop, "100.00").await;
    let also = deal::posted(&tenant, &shop, "100.00").await;
    let on = |date: &str, id| CreatePayment { payment_date: Some(day(date)), ..payment_body(&shop, "100.00", &[(id, "100.00")]) };
    let stopped = tenant.post::<payment::CreatePayment>((), &on("2026-12-10", owed.id)).await;
    // What one of them settles in full no other is planned for.
    let twice = tenant.refused::<payment::CreatePayment>((), &on("2026-12-11", owed.id)).await;
    assert_eq!((twice.code, twice.meta["payment_id"].as_str()), (Code::StateConflict, Some(stopped.id.to_string().as_str())));
    let next = tenant.post::<payment::CreatePayment>((), &on("2026-12-11", also.id)).await;
    let year = tenant.post::<fiscal_year::CreateFiscalYear>((), &CreateFiscalYear { company_id: shop.company, year: 2026 }).await;
    tenant.post::<fiscal_year::LockFiscalYear>(year.id, &LockFiscalYear { through: Some(day("2026-12-10")), reason: None }).await;
    advance(&tenant, "2026-12-11T12:00:00Z").await;
    let back = again(&tenant, &stopped).await;
    assert_eq!((back.status, back.planned), (PaymentStatus::Draft, None));
    assert!(back.reason.unwrap().contains("2026-12-10"));
    assert_eq!(tenant.refused::<payment::PostPayment>(stopped.id, &Nothing {}).await.code, Code::PeriodLocked);
    // The others are not held up.
    assert_eq!(again(&tenant, &next).await.status, PaymentStatus::Posted);
    assert_eq!((stands(&tenant, &owed).await.0, stands(&tenant, &also).await.0), ("100.00".to_owned(), "0.00".to_owned()));
    verified(&tenant).await;
}
