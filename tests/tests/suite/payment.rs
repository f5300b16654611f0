//! Payments: parts, credit, taking back, and installments.

use causeway_contract::Code;
use causeway_openapi::invoice::{CreateInvoice, Invoice, op as invoice};
use causeway_openapi::payment::{AllocatePayment, CreatePayment, Payment, ReversePayment, UnallocatePayment, op as payment};
use causeway_openapi::report::{AgingQuery, op as report};
use causeway_openapi::term::op as term;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, allocation, entry, sides};
use causeway_tests::shop::{self, Shop, percent_after, term_body};
use causeway_tests::world::World;
use causeway_tests::{day, of};
use causeway_value::{AllocationState, InvoiceId, PartyId, PaymentState, PaymentStatus};
use serde_json::json;

async fn owed(caller: &Caller, shop: &Shop) -> String {
    caller.ask::<report::GetAging>(&AgingQuery { company_id: shop.company, as_of: None, party_id: None, offset: None }).await.totals.total.0
}

async fn state(caller: &Caller, id: InvoiceId) -> (Option<PaymentState>, String) {
    let invoice = caller.get::<invoice::GetInvoice>(id).await;
    (invoice.payment_state, invoice.open_amount.0)
}

fn is(state: PaymentState, open: &str) -> (Option<PaymentState>, String) {
    (Some(state), open.to_owned())
}

fn left(payment: &Payment) -> (&str, AllocationState) {
    (&payment.unallocated_amount.0, payment.allocation_state)
}

#[tokio::test]
async fn parts_credit_and_taking_back() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let first = deal::posted(&tenant, &shop, "771.12").await;
    let second = deal::posted(&tenant, &shop, "200.00").await;

    deal::pay(&tenant, &shop, "300.00", &[(first.id, "300.00")]).await;
    assert_eq!(state(&tenant, first.id).await, is(PaymentState::PartPaid, "471.12"));
    assert_eq!(owed(&tenant, &shop).await, "671.12");

    // More than is open settles nothing; the surplus of a payment is the customer's credit.
    let problem = tenant.refused::<payment::CreatePayment>((), &deal::payment_body(&shop, "500.00", &[(first.id, "500.00")])).await;
    assert_eq!((problem.status, problem.code), (422, Code::AmountExceedsOpen));
    let over = deal::pay(&tenant, &shop, "1000.00", &[(first.id, "471.12")]).await;
    assert_eq!(left(&over), ("528.88", AllocationState::PartAllocated));
    assert_eq!(state(&tenant, first.id).await, is(PaymentState::Paid, "0.00"));
    assert_eq!(owed(&tenant, &shop).await, "-328.88");

    let more = |invoice: &Invoice, amount: &str| AllocatePayment { allocations: vec![allocation(invoice.id, amount)], ..AllocatePayment::default() };
    let allocated = tenant.post::<payment::AllocatePayment>(over.id, &more(&second, "200.00")).await;
    assert_eq!(left(&allocated), ("328.88", AllocationState::PartAllocated));
    assert_eq!(state(&tenant, second.id).await, is(PaymentState::Paid, "0.00"));
    assert_eq!(tenant.refused::<payment::AllocatePayment>(over.id, &more(&second, "0.01")).await.code, Code::AmountExceedsOpen);

    let last = allocated.allocations.iter().find(|part| part.invoice_id == second.id).unwrap().id;
    let back = tenant.post::<payment::UnallocatePayment>(over.id, &UnallocatePayment { allocation_ids: vec![last] }).await;
    assert_eq!(left(&back), ("528.88", AllocationState::PartAllocated));
    assert!(back.allocations.iter().any(|part| part.id == last && part.reversed));
    assert_eq!(state(&tenant, second.id).await, is(PaymentState::Open, "200.00"));

    let reversed = tenant.post::<payment::ReversePayment>(over.id, &ReversePayment { date: None, reason: "bounced".to_owned() }).await;
    assert_eq!((reversed.status, reversed.reason.as_deref()), (PaymentStatus::Reversed, Some("bounced")));
    assert_eq!(state(&tenant, first.id).await, is(PaymentState::PartPaid, "471.12"));
    assert_eq!(owed(&tenant, &shop).await, "671.12");
    let again = tenant.refused::<payment::ReversePayment>(over.id, &ReversePayment { date: None, reason: "bounced".to_owned() }).await;
    assert_eq!(again.status, 409, "{again:?}");
    let received = entry(&tenant, over.journal_entry_id).await;
    assert_eq!(sides(&received), [("1000", "1000.00", "0.00"), ("1100", "0.00", "1000.00")]);
    let undone = entry(&tenant, received.reversed_by_id).await;
    assert_eq!(sides(&undone), [("1000", "0.00", "1000.00"), ("1100", "1000.00", "0.00")]);
    assert_eq!(undone.reversal_of_id, Some(received.id));
}

#[tokio::test]
async fn a_draft_waits_for_a_second_person() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let body = CreatePayment { status: Some(PaymentStatus::Draft), ..deal::payment_body(&shop, "50.00", &[]) };
    let draft = tenant.post::<payment::CreatePayment>((), &body).await;
    assert_eq!((draft.status, draft.number.as_deref(), draft.journal_entry_id), (PaymentStatus::Draft, None, None));
    assert_eq!(owed(&tenant, &shop).await, "0.00");
    let posted = tenant.act::<payment::PostPayment>(draft.id).await;
    assert_eq!((posted.status, posted.number.as_deref()), (PaymentStatus::Posted, Some("PAY/2026/00001")));
    assert_eq!(owed(&tenant, &shop).await, "-50.00");
}

/// A wrong draft is dropped, and nothing can be done with it any more.
#[tokio::test]
async fn a_draft_is_dropped() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let body = CreatePayment { status: Some(PaymentStatus::Draft), ..deal::payment_body(&shop, "50.00", &[]) };
    let draft = tenant.post::<payment::CreatePayment>((), &body).await;
    let dropped = tenant.act::<payment::CancelPayment>(draft.id).await;
    assert_eq!((dropped.status, dropped.number.as_deref(), dropped.unallocated_amount.0.as_str()), (PaymentStatus::Cancelled, None, "0.00"));
    let nothing = causeway_contract::Nothing {};
    assert_eq!(tenant.refused::<payment::PostPayment>(draft.id, &nothing).await.code, Code::StateConflict);
    assert_eq!(tenant.refused::<payment::CancelPayment>(draft.id, &nothing).await.code, Code::StateConflict);
    let posted = deal::pay(&tenant, &shop, "10.00", &[]).await;
    assert_eq!(tenant.refused::<payment::CancelPayment>(posted.id, &nothing).await.code, Code::DocumentPosted);
    assert_eq!(owed(&tenant, &shop).await, "-10.00");
    causeway_tests::verified(&tenant).await;
}

#[tokio::test]
async fn installments_share_the_total_and_take_payments_in_order() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let parts = tenant.post::<term::CreatePaymentTerm>((), &term_body("30/70", vec![percent_after("30", 0), percent_after("70", 30)])).await;
    let body = CreateInvoice { payment_term_id: Some(parts.id), ..deal::free_invoice_body(&shop, "771.12") };
    let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
    let invoice = deal::post_invoice(&tenant, draft.id, Some("2026-12-02")).await;
    let plan: Vec<_> = invoice.installments.iter().map(|part| (part.due_date, part.amount.0.as_str())).collect();
    assert_eq!(plan, [(day("2026-12-02"), "231.34"), (day("2027-01-01"), "539.78")]);
    assert_eq!(invoice.due_date, Some(day("2027-01-01")));
    let receivables: Vec<_> =
        entry(&tenant, invoice.journal_entry_id).await.lines.into_iter().filter(|line| line.account_code == "1100").map(|line| line.debit.0).collect();
    assert_eq!(receivables, ["231.34", "539.78"]);

    deal::pay(&tenant, &shop, "300.00", &[(invoice.id, "300.00")]).await;
    let now = tenant.get::<invoice::GetInvoice>(invoice.id).await;
    let open: Vec<_> = now.installments.iter().map(|part| part.open_amount.0.as_str()).collect();
    assert_eq!(open, ["0.00", "471.12"]);
    let aging = tenant.ask::<report::GetAging>(&AgingQuery { company_id: shop.company, as_of: Some(day("2027-01-02")), party_id: None, offset: None }).await;
    let overdue: Vec<_> = aging.totals.amounts.iter().map(|amount| amount.0.as_str()).collect();
    assert_eq!(overdue, ["0.00", "471.12", "0.00", "0.00", "0.00"]);
}

/// PAY-21: what the aging of a day is made of, document by document, as it was then.
#[tokio::test]
async fn the_aging_of_a_day_is_told_document_by_document() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let other = tenant.raw.post("/v1/parties", &json!({ "kind": "organization", "name": "Aster", "roles": ["customer"] })).await.success();
    let other: PartyId = of(other["id"].as_str().expect("an id"));
    let owed = deal::posted(&tenant, &shop, "100.00").await;
    let theirs = CreateInvoice { party_id: Some(other), ..deal::free_invoice_body(&shop, "7.00") };
    let theirs = tenant.post::<invoice::CreateInvoice>((), &theirs).await;
    deal::post_invoice(&tenant, theirs.id, None).await;
    advance(&tenant, "2026-12-10T09:00:00Z").await;
    deal::pay(&tenant, &shop, "30.00", &[(owed.id, "30.00")]).await;
    let over = deal::pay(&tenant, &shop, "5.00", &[]).await;
    let seen = async |date: &str, party_id| {
        let query = AgingQuery { company_id: shop.company, as_of: Some(day(date)), party_id, offset: None };
        let (aging, items) = (tenant.ask::<report::GetAging>(&query).await, tenant.ask::<report::GetAgingItems>(&query).await);
        assert_eq!((&aging.totals.total, items.count), (&items.total, i64::try_from(items.rows.len()).unwrap()));
        let mut rows: Vec<_> = items.rows.into_iter().map(|row| (row.document_type, row.document_id, row.number, row.amount.0)).collect();
        rows.sort_unstable();
        rows
    };
    let texts = |kind: &str, id: String, number: &str, amount: &str| (kind.to_owned(), id, number.to_owned(), amount.to_owned());
    assert_eq!(seen("2026-12-09", Some(shop.party)).await, [texts("invoice", owed.id.to_string(), "INV/2026/00001", "100.00")]);
    let now = [texts("invoice", owed.id.to_string(), "INV/2026/00001", "70.00"), texts("payment", over.id.to_string(), &over.number.clone().unwrap(), "-5.00")];
    assert_eq!(seen("2026-12-10", Some(shop.party)).await, now);
    assert_eq!(seen("2026-12-10", None).await.len(), 3);
    let unknown = format!("/v1/reports/aging?company_id={}&party_id={}", shop.company, PartyId::new());
    assert_eq!(tenant.raw.get(&unknown).await.problem().errors[0].parameter.as_deref(), Some("party_id"));
}

/// Money that moved once is recorded once, unless somebody says that it moved again (MDM-07).
#[tokio::test]
async fn an_equal_payment_of_the_same_reference_is_refused() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let paid = |amount: &str, reference: Option<&str>| CreatePayment { reference: reference.map(str::to_owned), ..deal::payment_body(&shop, amount, &[]) };
    let first = tenant.post::<payment::CreatePayment>((), &paid("50.00", Some("TX 7"))).await;
    let again = tenant.refused::<payment::CreatePayment>((), &paid("50.00", Some("TX 7"))).await;
    assert_eq!((again.status, again.code, again.meta["payment_id"].as_str()), (409, Code::AlreadyExists, Some(first.id.to_string().as_str())));
    assert_eq!(again.errors[0].pointer.as_deref(), Some("/reference"));
    for other in [paid("50.01", Some("TX 7")), paid("50.00", Some("TX 8")), paid("50.00", None), paid("50.00", None)] {
        tenant.post::<payment::CreatePayment>((), &other).await;
    }
    let meant = CreatePayment { allow_duplicate: Some(true), ..paid("50.00", Some("TX 7")) };
    let second = tenant.post::<payment::CreatePayment>((), &meant).await;
    // What was taken back did not move.
    for id in [first.id, second.id] {
        tenant.post::<payment::ReversePayment>(id, &ReversePayment { date: None, reason: "a wrong account".to_owned() }).await;
    }
    tenant.post::<payment::CreatePayment>((), &paid("50.00", Some("TX 7"))).await;
}
