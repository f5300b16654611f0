//! Money of a later day: it waits for its day, and settles nothing before (PAY-11, PAY-19, PAY-23).

use causeway_contract::{Code, Nothing, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::fiscal_year::{CreateFiscalYear, LockFiscalYear, ReopenFiscalYear, op as fiscal_year};
use causeway_openapi::invoice::{CreateInvoice, Invoice, op as invoice};
use causeway_openapi::payment::{CreatePayment, Payment, RegisterPayments, op as payment};
use causeway_openapi::term::{CreatePaymentTerm, op as term};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, payment_body};
use causeway_tests::shop::{self, Shop, percent_after, term_body};
use causeway_tests::world::World;
use causeway_tests::{day, of, unique, verified};
use causeway_value::{Direction, DiscountTaxMode, EarlyDiscount, PaymentDifference, PaymentDirection, PaymentState, PaymentStatus};

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
    // It is not posted, and whoever tries is told what becomes of it.
    let waits = tenant.refused::<payment::PostPayment>(draft.id, &Nothing {}).await;
    assert_eq!((waits.code, waits.meta["status"].as_str()), (Code::StateConflict, Some("scheduled")));
    assert!(waits.detail.contains("2026-12-10") && waits.detail.contains(&format!("/v1/payments/{}/cancel", draft.id)), "{}", waits.detail);
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
    // What is locked already is not waited for.
    let locked = CreatePayment { payment_date: Some(day("2026-12-09")), ..payment_body(&shop, "20.00", &[]) };
    let locked = tenant.refused::<payment::CreatePayment>((), &locked).await;
    assert_eq!((locked.status, locked.code, locked.errors[0].pointer.as_deref()), (423, Code::PeriodLocked, Some("/payment_date")));
    advance(&tenant, "2026-12-11T12:00:00Z").await;
    let back = again(&tenant, &stopped).await;
    assert_eq!((back.status, &back.planned), (PaymentStatus::Draft, &stopped.planned), "it keeps what it is planned for");
    assert!(back.reason.unwrap().contains("2026-12-10"));
    assert_eq!(tenant.refused::<payment::PostPayment>(stopped.id, &Nothing {}).await.code, Code::PeriodLocked);
    // The others are not held up.
    assert_eq!(again(&tenant, &next).await.status, PaymentStatus::Posted);
    assert_eq!((stands(&tenant, &owed).await.0, stands(&tenant, &also).await.0), ("100.00".to_owned(), "0.00".to_owned()));
    // Posted once the period is open, it settles what still fits of that; the rest is the payer's.
    deal::pay(&tenant, &shop, "30.00", &[(owed.id, "30.00")]).await;
    let reopen = ReopenFiscalYear { from: Some(day("2026-12-10")), reason: "a payment waits".to_owned() };
    tenant.post::<fiscal_year::ReopenFiscalYear>(year.id, &reopen).await;
    let posted = tenant.act::<payment::PostPayment>(stopped.id).await;
    let settled: Vec<_> = posted.allocations.iter().map(|part| (part.invoice_id, part.amount.0.as_str())).collect();
    assert_eq!((posted.status, posted.planned, posted.reason), (PaymentStatus::Posted, None, None));
    assert_eq!((settled, posted.unallocated_amount.0.as_str()), (vec![(owed.id, "70.00")], "30.00"));
    assert_eq!(stands(&tenant, &owed).await, ("0.00".to_owned(), PaymentState::Paid));
    verified(&tenant).await;
}

/// One at which the service itself fails keeps no other waiting (PAY-19).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_service_fails_at_keeps_no_other_waiting() {
    let world = World::start().await;
    if world.server.place.postgres_url().is_some() {
        // There nobody can put a fault in the way.
        return;
    }
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let on = |date: &str, amount: &str| CreatePayment { payment_date: Some(day(date)), ..payment_body(&shop, amount, &[]) };
    let stuck = tenant.post::<payment::CreatePayment>((), &on("2026-12-10", "66.00")).await;
    let same_day = tenant.post::<payment::CreatePayment>((), &on("2026-12-10", "20.00")).await;
    let next = tenant.post::<payment::CreatePayment>((), &on("2026-12-11", "30.00")).await;
    let conn = rusqlite::Connection::open(world.server.place.sqlite_file()).expect("the file");
    let fault = "CREATE TRIGGER fault BEFORE UPDATE ON payments WHEN NEW.amount = 6600 AND NEW.status = 'posted' BEGIN SELECT RAISE(ABORT, 'a fault'); END";
    conn.execute(fault, []).expect("a fault");
    advance(&tenant, "2026-12-11T12:00:00Z").await;
    let back = again(&tenant, &stuck).await;
    assert_eq!((back.status, back.number), (PaymentStatus::Draft, None));
    assert!(back.reason.unwrap().contains("on our side"));
    for payment in [&same_day, &next] {
        assert_eq!(again(&tenant, payment).await.status, PaymentStatus::Posted);
    }
    conn.execute("DROP TRIGGER fault", []).expect("no fault");
    assert_eq!(tenant.act::<payment::PostPayment>(stuck.id).await.status, PaymentStatus::Posted);
    verified(&tenant).await;
}

/// Where rates are needed, those of the day are waited for: until it ends (ACC-09).
#[tokio::test]
async fn money_of_another_currency_waits_for_the_rate_of_its_day() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    shop::rate(&tenant, "USD", "2026-12-01", "0.9").await;
    shop::rate(&tenant, "GBP", "2026-12-01", "1.1").await;
    let owed = deal::posted(&tenant, &shop, "90.00").await;
    let change = UpdateCompany { max_rate_age_days: Patch::Value(10), ..UpdateCompany::default() };
    tenant.post::<company::UpdateCompany>(shop.company, &change).await;
    let on = |date: &str, currency: &str, parts: &[(causeway_value::InvoiceId, &str)]| CreatePayment {
        currency: of(currency),
        payment_date: Some(day(date)),
        ..payment_body(&shop, "100.00", parts)
    };
    let plan = async |body: CreatePayment| tenant.post::<payment::CreatePayment>((), &body).await;
    let dollars = plan(on("2026-12-10", "USD", &[(owed.id, "100.00")])).await;
    let pounds = plan(on("2026-12-10", "GBP", &[])).await;
    let euros = plan(on("2026-12-10", "EUR", &[])).await;
    let late = plan(on("2026-12-12", "GBP", &[])).await;
    let states = async || {
        let mut states = Vec::new();
        for payment in [&dollars, &pounds, &euros, &late] {
            states.push(again(&tenant, payment).await.status);
        }
        states
    };
    use PaymentStatus::{Draft, Posted, Scheduled};
    advance(&tenant, "2026-12-10T06:00:00Z").await;
    assert_eq!(states().await, [Scheduled, Scheduled, Posted, Scheduled]);
    shop::rate(&tenant, "USD", "2026-12-10", "0.8").await;
    advance(&tenant, "2026-12-10T17:00:00Z").await;
    assert_eq!(states().await, [Posted, Scheduled, Posted, Scheduled]);
    assert_eq!(stands(&tenant, &owed).await.0, "10.00", "by the rate of the day");
    // No rate of the day came: the latest is recent enough, and the day of the payment stays.
    advance(&tenant, "2026-12-11T06:00:00Z").await;
    assert_eq!(states().await, [Posted, Posted, Posted, Scheduled]);
    let booked = again(&tenant, &pounds).await;
    assert_eq!(deal::entry(&tenant, booked.journal_entry_id).await.date, day("2026-12-10"));
    // By then it is too old.
    advance(&tenant, "2026-12-13T06:00:00Z").await;
    assert_eq!(states().await, [Posted, Posted, Posted, Draft]);
    assert!(again(&tenant, &late).await.reason.unwrap().contains("2026-12-01"));
    verified(&tenant).await;
}

/// What we are to pay on a later day is not paid today as well; money that comes in is recorded (PAY-11).
#[tokio::test]
async fn what_is_scheduled_is_not_paid_today_as_well() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let bill = CreateInvoice { direction: Some(Direction::Purchase), reference: Some("B 1".to_owned()), ..deal::free_invoice_body(&shop, "100.00") };
    let bill = tenant.post::<invoice::CreateInvoice>((), &bill).await;
    let bill = deal::post_invoice(&tenant, bill.id, None).await;
    let out = |id| CreatePayment { direction: PaymentDirection::Outbound, ..payment_body(&shop, "100.00", &[(id, "100.00")]) };
    let later = CreatePayment { payment_date: Some(day("2026-12-10")), status: Some(PaymentStatus::Posted), ..out(bill.id) };
    let scheduled = tenant.post::<payment::CreatePayment>((), &later).await;
    assert_eq!(scheduled.status, PaymentStatus::Scheduled, "whatever was given");
    let twice = tenant.refused::<payment::CreatePayment>((), &out(bill.id)).await;
    assert_eq!((twice.code, twice.meta["payment_id"].as_str()), (Code::StateConflict, Some(scheduled.id.to_string().as_str())));
    tenant.act::<payment::CancelPayment>(scheduled.id).await;
    tenant.post::<payment::CreatePayment>((), &out(bill.id)).await;
    assert_eq!(stands(&tenant, &bill).await.0, "0.00");
    // What is paid back counts, too.
    let note = deal::unused_credit(&tenant, &shop, "100.00").await;
    let planned = tenant.post::<payment::CreatePayment>((), &CreatePayment { payment_date: Some(day("2026-12-10")), ..out(note.id) }).await;
    assert_eq!(tenant.refused::<payment::CreateRefund>((), &deal::paid_back(&note)).await.meta["payment_id"], planned.id.to_string());
    // Money that came is there.
    let owed = deal::posted(&tenant, &shop, "100.00").await;
    let expected = CreatePayment { payment_date: Some(day("2026-12-10")), ..payment_body(&shop, "100.00", &[(owed.id, "100.00")]) };
    tenant.post::<payment::CreatePayment>((), &expected).await;
    deal::pay(&tenant, &shop, "100.00", &[(owed.id, "100.00")]).await;
    assert_eq!(stands(&tenant, &owed).await.0, "0.00");
    verified(&tenant).await;
}

/// What is planned in another currency counts by the rate of the day (PAY-11).
#[tokio::test]
async fn what_is_planned_in_another_currency_counts_by_what_it_is_worth() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    shop::rate(&tenant, "JPY", "2026-12-01", "0.006").await;
    let on = |date: &str, body: CreatePayment| CreatePayment { payment_date: Some(day(date)), ..body };
    let bill = CreateInvoice {
        direction: Some(Direction::Purchase),
        reference: Some("B 1".to_owned()),
        currency: Some(of("JPY")),
        ..deal::free_invoice_body(&shop, "20000")
    };
    let bill = tenant.post::<invoice::CreateInvoice>((), &bill).await;
    let bill = deal::post_invoice(&tenant, bill.id, None).await;
    let out = CreatePayment { direction: PaymentDirection::Outbound, ..payment_body(&shop, "120.00", &[(bill.id, "120.00")]) };
    let first = tenant.post::<payment::CreatePayment>((), &on("2026-12-10", out.clone())).await;
    let twice = tenant.refused::<payment::CreatePayment>((), &on("2026-12-11", out)).await;
    assert_eq!((twice.code, twice.meta["payment_id"].as_str()), (Code::StateConflict, Some(first.id.to_string().as_str())));
    // Yen that are worth 72.00 leave 47.00.
    let owed = deal::posted(&tenant, &shop, "119.00").await;
    let yen = CreatePayment { currency: of("JPY"), ..payment_body(&shop, "12000", &[(owed.id, "12000")]) };
    tenant.post::<payment::CreatePayment>((), &on("2026-12-10", yen)).await;
    let rest = tenant.post::<payment::CreatePayment>((), &on("2026-12-11", payment_body(&shop, "47.00", &[(owed.id, "47.00")]))).await;
    let more = tenant.refused::<payment::CreatePayment>((), &on("2026-12-12", payment_body(&shop, "1.00", &[(owed.id, "1.00")]))).await;
    assert_eq!(more.meta["payment_id"], rest.id.to_string());
    advance(&tenant, "2026-12-13T12:00:00Z").await;
    for document in [&bill, &owed] {
        assert_eq!(stands(&tenant, document).await.1, PaymentState::Paid);
    }
    verified(&tenant).await;
}

/// A payment of several documents settles what it settles when it is booked: credit notes first, then what is due first (PAY-11).
#[tokio::test]
async fn what_is_planned_for_several_counts_where_the_money_goes() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (first, second) = (deal::posted(&tenant, &shop, "100.00").await, deal::posted(&tenant, &shop, "100.00").await);
    let plan = |date: &str, amount: &str, ids: &[causeway_value::InvoiceId]| CreatePayment {
        payment_date: Some(day(date)),
        invoice_ids: ids.to_vec(),
        ..payment_body(&shop, amount, &[])
    };
    let both = tenant.post::<payment::CreatePayment>((), &plan("2026-12-10", "100.00", &[first.id, second.id])).await;
    let twice = tenant.refused::<payment::CreatePayment>((), &plan("2026-12-11", "100.00", &[first.id])).await;
    assert_eq!(twice.meta["payment_id"], both.id.to_string());
    tenant.post::<payment::CreatePayment>((), &plan("2026-12-11", "100.00", &[second.id])).await;
    // What a credit note settles needs no money.
    let (third, note) = (deal::posted(&tenant, &shop, "100.00").await, deal::unused_credit(&tenant, &shop, "40.00").await);
    let netted = tenant.post::<payment::CreatePayment>((), &plan("2026-12-10", "60.00", &[third.id, note.id])).await;
    let twice = tenant.refused::<payment::CreatePayment>((), &plan("2026-12-11", "60.00", &[third.id])).await;
    assert_eq!(twice.meta["payment_id"], netted.id.to_string());
    // So does what is saved by paying in time.
    let early = with_discount(&tenant, &shop).await;
    let in_time = tenant.post::<payment::CreatePayment>((), &plan("2026-12-12", "98.00", &[early.id])).await;
    let twice = tenant.refused::<payment::CreatePayment>((), &plan("2026-12-13", "2.00", &[early.id])).await;
    assert_eq!(twice.meta["payment_id"], in_time.id.to_string());
    advance(&tenant, "2026-12-13T12:00:00Z").await;
    for document in [&first, &second, &third, &early] {
        assert_eq!(stands(&tenant, document).await, ("0.00".to_owned(), PaymentState::Paid));
    }
    verified(&tenant).await;
}
