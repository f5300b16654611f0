//! Money that goes the other way than the documents it names (PAY-01, PAY-02; vectors MATCH-005).

use causeway_contract::Code;
use causeway_contract::{ListQuery, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::invoice::AllocateCreditNote;
use causeway_openapi::invoice::{CreateInvoice, Invoice, op as invoice};
use causeway_openapi::payment::{AllocatePayment, CreatePayment, Payment, op as payment};
use causeway_openapi::pricing::{CreateExchangeRate, op as pricing};
use causeway_openapi::report::{AgingQuery, TrialBalanceQuery, op as report};
use causeway_openapi::term::{CreatePaymentTerm, op as term};
use causeway_openapi::write_off::op as write_off;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, allocation, payment_body};
use causeway_tests::shop::{self, Shop, percent_after, term_body};
use causeway_tests::world::World;
use causeway_tests::{day, of, pointers, unique, verified};
use causeway_value::{DiscountTaxMode, EarlyDiscount, InvoiceId, PaymentDifference, PaymentDirection, PaymentState};

fn naming(shop: &Shop, direction: PaymentDirection, amount: &str, ids: &[InvoiceId]) -> CreatePayment {
    CreatePayment { direction, invoice_ids: ids.to_vec(), ..payment_body(shop, amount, &[]) }
}

async fn state(caller: &Caller, invoice: &Invoice) -> (Option<PaymentState>, String) {
    let now = caller.get::<invoice::GetInvoice>(invoice.id).await;
    (now.payment_state, now.open_amount.0)
}

#[tokio::test]
async fn documents_that_go_the_other_way_are_refused() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let owed = deal::posted(&tenant, &shop, "119.00").await;
    let note = deal::unused_credit(&tenant, &shop, "150.00").await;
    let (inbound, outbound) = (PaymentDirection::Inbound, PaymentDirection::Outbound);
    for difference in [None, Some(PaymentDifference::WriteOff)] {
        let cases = [
            (naming(&shop, outbound, "119.00", &[owed.id]), "/invoice_ids/0"),
            (naming(&shop, inbound, "150.00", &[note.id]), "/invoice_ids/0"),
            // 31.00 are ours to pay.
            (naming(&shop, inbound, "10.00", &[owed.id, note.id]), "/invoice_ids"),
        ];
        for (body, pointer) in cases {
            let problem = tenant.refused::<payment::CreatePayment>((), &CreatePayment { difference, ..body }).await;
            assert_eq!((problem.status, pointers(&problem)), (422, vec![pointer]), "{problem:?}");
            assert!(problem.errors[0].detail.contains("the other way"), "{problem:?}");
        }
    }
    // Money that was recorded before does not settle them either.
    let paid = tenant.post::<payment::CreatePayment>((), &naming(&shop, inbound, "5.00", &[])).await;
    let body = AllocatePayment { invoice_ids: vec![note.id], difference: Some(PaymentDifference::WriteOff), ..AllocatePayment::default() };
    assert_eq!(pointers(&tenant.refused::<payment::AllocatePayment>(paid.id, &body).await), ["/invoice_ids/0"]);
    assert_eq!(state(&tenant, &owed).await, (Some(PaymentState::Open), "119.00".to_owned()));
    // The other way round it goes.
    let back = tenant.post::<payment::CreatePayment>((), &naming(&shop, outbound, "31.00", &[owed.id, note.id])).await;
    assert_eq!(back.unallocated_amount.0, "0.00");
    for document in [&owed, &note] {
        assert_eq!(state(&tenant, document).await.1, "0.00");
    }
    verified(&tenant).await;
}

/// What customers owe on a day, by the aging and by the ledger.
async fn owed_on(caller: &Caller, shop: &Shop, date: &str) -> (String, String) {
    let aging = caller.ask::<report::GetAging>(&AgingQuery { company_id: shop.company, as_of: Some(day(date)), party_id: None, offset: None }).await;
    let query = TrialBalanceQuery { company_id: shop.company, as_of: Some(day(date)), ..TrialBalanceQuery::default() };
    let balance = caller.ask::<report::GetTrialBalance>(&query).await;
    let receivable = balance.rows.iter().find(|row| row.account_code == "1100").map_or_else(|| "0.00".to_owned(), |row| row.balance.0.clone());
    (aging.totals.total.0, receivable)
}

/// A document is not settled before its own day, whichever day the money is of.
#[tokio::test]
async fn nothing_settles_a_document_before_it_is_there() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let discount = EarlyDiscount { percent: of("2"), days: 10, tax_mode: DiscountTaxMode::OnPayment };
    let term = CreatePaymentTerm { early_discount: Some(discount), ..term_body(&unique("EPD"), vec![percent_after("100", 30)]) };
    let term = tenant.post::<term::CreatePaymentTerm>((), &term).await.id;
    let early = CreateInvoice { payment_term_id: Some(term), ..deal::free_invoice_body(&shop, "100.00") };
    let early = tenant.post::<invoice::CreateInvoice>((), &early).await;
    let early = deal::post_invoice(&tenant, early.id, None).await;
    let short = deal::posted(&tenant, &shop, "50.00").await;
    let dated = |body: CreatePayment, date: &str| CreatePayment { payment_date: Some(day(date)), ..body };
    let inbound = PaymentDirection::Inbound;
    let closing = dated(naming(&shop, inbound, "98.00", &[early.id]), "2026-11-20");
    let closing = tenant.post::<payment::CreatePayment>((), &closing).await;
    let body = CreatePayment { difference: Some(PaymentDifference::Fee), ..dated(naming(&shop, inbound, "49.00", &[short.id]), "2026-11-20") };
    let less = tenant.post::<payment::CreatePayment>((), &body).await;
    for (paid, amount) in [(&closing, "2.00"), (&less, "1.00")] {
        let given_up = tenant.all::<write_off::ListWriteOffs, _>(&ListQuery::by("payment_id", paid.id)).await;
        assert_eq!(given_up.iter().map(|row| (row.amount.0.as_str(), row.date)).collect::<Vec<_>>(), [(amount, day("2026-12-02"))]);
    }
    for date in ["2026-11-20", "2026-12-01", "2026-12-02"] {
        let (aging, ledger) = owed_on(&tenant, &shop, date).await;
        assert_eq!(aging, ledger, "{date}");
    }
    // A credit note of the tenth nets an invoice of the second from the tenth on.
    let owed = deal::posted(&tenant, &shop, "200.00").await;
    deal::advance(&tenant, "2026-12-10T09:00:00Z").await;
    let note = deal::unused_credit(&tenant, &shop, "30.00").await;
    let netted: Payment = tenant.post::<payment::CreatePayment>((), &dated(naming(&shop, inbound, "170.00", &[owed.id, note.id]), "2026-12-03")).await;
    assert_eq!((netted.unallocated_amount.0.as_str(), state(&tenant, &owed).await.1.as_str()), ("0.00", "0.00"));
    let of_note = tenant.all::<payment::ListAllocations, _>(&ListQuery::by("credit_note_id", note.id)).await;
    assert_eq!(of_note.iter().map(|part| part.date).collect::<Vec<_>>(), [day("2026-12-10")]);
    for date in ["2026-12-02", "2026-12-03", "2026-12-09", "2026-12-10"] {
        let (aging, ledger) = owed_on(&tenant, &shop, date).await;
        assert_eq!(aging, ledger, "{date}");
    }
    verified(&tenant).await;
}

/// Documents of two currencies settle each other at recent rates only, where the company asks for that (ACC-09).
#[tokio::test]
async fn an_old_rate_settles_nothing() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let rate = |date: &str| CreateExchangeRate { currency: of("USD"), base: of("EUR"), date: of(date), rate: of("0.9") };
    tenant.post::<pricing::CreateExchangeRate>((), &rate("2026-12-01")).await;
    let change = UpdateCompany { max_rate_age_days: Patch::Value(3), ..UpdateCompany::default() };
    tenant.post::<company::UpdateCompany>(shop.company, &change).await;
    let dollars = async || {
        let body = CreateInvoice { currency: Some(of("USD")), ..deal::free_invoice_body(&shop, "10.00") };
        let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
        deal::post_invoice(&tenant, draft.id, None).await
    };
    let (first, second, third) = (dollars().await, dollars().await, dollars().await);
    let note = deal::unused_credit(&tenant, &shop, "9.00").await;
    deal::advance(&tenant, "2026-12-10T09:00:00Z").await;
    let named = naming(&shop, PaymentDirection::Inbound, "9.00", &[first.id]);
    let parted = payment_body(&shop, "9.00", &[(second.id, "9.00")]);
    for body in [&named, &parted] {
        let problem = tenant.refused::<payment::CreatePayment>((), body).await;
        assert_eq!((problem.code, problem.meta["latest"].as_str()), (Code::RateMissing, Some("2026-12-01")));
    }
    tenant.post::<pricing::CreateExchangeRate>((), &rate("2026-12-08")).await;
    for body in [&named, &parted] {
        assert_eq!(tenant.post::<payment::CreatePayment>((), body).await.unallocated_amount.0, "0.00");
    }
    // A credit note settles at the rate of its own day, which was recent then.
    let body = AllocateCreditNote { allocations: vec![allocation(third.id, "9.00")] };
    assert_eq!(tenant.post::<invoice::AllocateCreditNote>(note.id, &body).await.open_amount.0, "0.00");
    verified(&tenant).await;
}
