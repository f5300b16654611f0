//! Credit: what customers owe is counted where it arises, and orders stop at the limit (ORD-06, PAY-09, PAY-11, PAY-22).

use causeway_contract::{Code, Nothing};
use causeway_openapi::credit::{CreateCreditPolicy, Credit, CreditQuery, UpdateCreditPolicy, op as credit};
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::order::{CancelOrder, CreateOrder, Order, ReleaseOrder, op as order};
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_openapi::party::{CreateParty, op as party};
use causeway_openapi::payment::{CreatePayment, ReversePayment, op as payment};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, allocation, forty, order_body, payment_body};
use causeway_tests::shop::{self, Shop, party_body, rate};
use causeway_tests::world::World;
use causeway_tests::{day, of};
use causeway_value::{CreditAction, HoldKind, OrderStatus, PartyId};
use serde_json::json;

/// The shop with a customer that may owe this much.
async fn limited(caller: &Caller, shop: &Shop, limit: &str) -> Shop {
    let body = CreateParty { credit_limit: Some(limit.into()), payment_term_id: Some(shop.term), ..party_body("Boreas") };
    Shop { party: caller.post::<party::CreateParty>((), &body).await.id, ..shop.clone() }
}

async fn credit_of(caller: &Caller, shop: &Shop, amount: Option<&str>) -> Credit {
    let query = CreditQuery { company_id: Some(shop.company), amount: amount.map(Into::into) };
    let answer = caller.client.call::<credit::GetCredit>(shop.party, &query, &Nothing {}).await;
    answer.unwrap_or_else(|error| panic!("{error}"))
}

/// Receivables, billables, obligations, unallocated credit, and all of it.
async fn parts(caller: &Caller, shop: &Shop) -> [String; 5] {
    let credit = credit_of(caller, shop, None).await;
    [credit.open_receivables, credit.billables, credit.obligations, credit.unallocated, credit.exposure].map(|amount| amount.0)
}

async fn draft(caller: &Caller, shop: &Shop) -> Order {
    caller.post::<order::CreateOrder>((), &order_body(shop, vec![forty(shop)])).await
}

async fn policy(caller: &Caller, shop: &Shop, party: Option<PartyId>, action: CreditAction, days: Option<u32>) {
    let body = CreateCreditPolicy { company_id: shop.company, party_id: party, action, max_overdue_days: days, owner_id: None };
    caller.post::<credit::CreateCreditPolicy>((), &body).await;
}

#[tokio::test]
async fn what_is_owed_moves_from_part_to_part_and_stays_the_same() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = limited(&tenant, &shop::open(&tenant, "").await, "5000.00").await;
    assert_eq!(parts(&tenant, &shop).await, ["0.00", "0.00", "0.00", "0.00", "0.00"]);
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    assert_eq!(parts(&tenant, &shop).await, ["0.00", "0.00", "771.12", "0.00", "771.12"]);
    deal::ship(&tenant, &order, "15").await;
    assert_eq!(parts(&tenant, &shop).await, ["0.00", "289.17", "481.95", "0.00", "771.12"]);
    let invoice = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(parts(&tenant, &shop).await, ["289.17", "0.00", "481.95", "0.00", "771.12"]);
    tenant.act::<invoice::CancelInvoice>(invoice.id).await;
    assert_eq!(parts(&tenant, &shop).await, ["0.00", "289.17", "481.95", "0.00", "771.12"]);
    let draft = deal::invoice_order(&tenant, order.id).await;
    let invoice = deal::post_invoice(&tenant, draft.id, None).await;
    let paid = deal::pay(&tenant, &shop, "300.00", &[(invoice.id, "289.17")]).await;
    assert_eq!(parts(&tenant, &shop).await, ["0.00", "0.00", "481.95", "10.83", "471.12"]);
    tenant.post::<payment::ReversePayment>(paid.id, &ReversePayment { date: None, reason: "bounced".to_owned() }).await;
    assert_eq!(parts(&tenant, &shop).await, ["289.17", "0.00", "481.95", "0.00", "771.12"]);
    // A credit note takes it back; what of it is not used is the customer's.
    let note = tenant.post::<invoice::CreditInvoice>(invoice.id, &Default::default()).await;
    assert_eq!(parts(&tenant, &shop).await, ["289.17", "0.00", "481.95", "0.00", "771.12"]);
    deal::post_invoice(&tenant, note.id, None).await;
    assert_eq!(parts(&tenant, &shop).await, ["0.00", "0.00", "481.95", "0.00", "481.95"]);
    assert!(tenant.get::<causeway_openapi::ledger::op::VerifyLedger>(()).await.ok);
    crate::program::verify(&world.server.place, true);
}

#[tokio::test]
async fn over_the_limit_is_held_until_the_customer_pays() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = limited(&tenant, &shop::open(&tenant, "").await, "1000.00").await;
    let first = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    deal::ship(&tenant, &first, "40").await;
    let bill = deal::invoice_order(&tenant, first.id).await;
    let invoice = deal::post_invoice(&tenant, bill.id, None).await;
    let second = draft(&tenant, &shop).await;
    let held = tenant.act::<order::ConfirmOrder>(second.id).await;
    let hold = held.holds.first().expect("a hold");
    assert_eq!((held.status, hold.kind, held.hold_kind), (OrderStatus::Draft, HoldKind::Credit, Some(HoldKind::Credit)));
    assert!(hold.reason.contains("1542.24 EUR") && hold.reason.contains("1000.00 EUR"), "{}", hold.reason);
    assert_eq!(tenant.refused::<order::ConfirmOrder>(second.id, &Nothing {}).await.code, Code::StateConflict);
    assert_eq!(tenant.refused::<order::RecheckOrder>(second.id, &Nothing {}).await.code, Code::StateConflict);
    // Half of it is not enough; all of it is, and nobody has to do anything.
    deal::pay(&tenant, &shop, "300.00", &[(invoice.id, "300.00")]).await;
    assert_eq!(tenant.get::<order::GetOrder>(second.id).await.hold_kind, Some(HoldKind::Credit));
    deal::pay(&tenant, &shop, "471.12", &[(invoice.id, "471.12")]).await;
    assert_eq!(tenant.get::<order::GetOrder>(second.id).await.hold_kind, None);
    assert_eq!(tenant.act::<order::ConfirmOrder>(second.id).await.status, OrderStatus::Confirmed);
    // Cancelling gives the room back.
    tenant.post::<order::CancelOrder>(second.id, &CancelOrder { reason: "duplicate".to_owned() }).await;
    assert_eq!(credit_of(&tenant, &shop, None).await.exposure.0, "0.00");
}

#[tokio::test]
async fn a_higher_limit_or_a_decision_lets_an_order_go() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = limited(&tenant, &shop::open(&tenant, "").await, "100.00").await;
    let (one, two) = (draft(&tenant, &shop).await, draft(&tenant, &shop).await);
    tenant.act::<order::ConfirmOrder>(one.id).await;
    let release = ReleaseOrder { reason: "an old friend".to_owned(), kind: Some(HoldKind::Credit), hold_id: None };
    tenant.post::<order::ReleaseOrder>(one.id, &release).await;
    assert_eq!(tenant.act::<order::ConfirmOrder>(one.id).await.status, OrderStatus::Confirmed);
    tenant.act::<order::ConfirmOrder>(two.id).await;
    let path = format!("/v1/parties/{}", shop.party);
    tenant.raw.request("PATCH", &path).json(&json!({ "credit_limit": "2000.00" })).send().await.success();
    assert_eq!(tenant.act::<order::RecheckOrder>(two.id).await.hold_kind, None);
    assert_eq!(tenant.act::<order::ConfirmOrder>(two.id).await.status, OrderStatus::Confirmed);
}

/// A confirmed order counts as owed already; that is no reason to let it go while it is too much (ORD-06, APR-18).
#[tokio::test]
async fn an_amended_order_keeps_its_hold_while_too_much_is_owed() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = limited(&tenant, &shop::open(&tenant, "").await, "1000.00").await;
    let confirmed = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let amended = |quantity: &str| AmendOrder {
        reason: "more".to_owned(),
        lines: vec![AmendLine { order_line_id: confirmed.lines.first().map(|line| line.id), quantity: Some(of(quantity)), ..AmendLine::default() }],
        ..AmendOrder::default()
    };
    let held = tenant.post::<amendment::AmendOrder>(confirmed.id, &amended("80")).await;
    assert_eq!((held.status, held.hold_kind), (OrderStatus::Confirmed, Some(HoldKind::Credit)));
    let refused = tenant.refused::<order::RecheckOrder>(held.id, &Nothing {}).await;
    assert_eq!(refused.code, Code::StateConflict);
    assert!(refused.detail.contains("1542.24 EUR of a limit of 1000.00 EUR"), "{refused:?}");
    // A payment that leaves too much lifts it no more than asking does; one that leaves enough room does.
    deal::pay(&tenant, &shop, "500.00", &[]).await;
    assert_eq!(tenant.get::<order::GetOrder>(held.id).await.hold_kind, Some(HoldKind::Credit));
    deal::pay(&tenant, &shop, "100.00", &[]).await;
    assert_eq!(tenant.get::<order::GetOrder>(held.id).await.hold_kind, None);
}

#[tokio::test]
async fn the_policy_warns_or_blocks() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let base = shop::open(&tenant, "").await;
    let (mild, strict) = (limited(&tenant, &base, "100.00").await, limited(&tenant, &base, "100.00").await);
    policy(&tenant, &base, None, CreditAction::Block, None).await;
    policy(&tenant, &base, Some(mild.party), CreditAction::Warn, None).await;
    let warned = deal::confirmed(&tenant, &mild, vec![forty(&mild)]).await;
    assert_eq!(warned.status, OrderStatus::Confirmed);
    assert!(warned.credit_warning.as_deref().is_some_and(|text| text.contains("671.12 EUR")), "{warned:?}");
    let problem = tenant.refused::<order::ConfirmOrder>(draft(&tenant, &strict).await.id, &Nothing {}).await;
    assert_eq!((problem.status, problem.code, problem.meta["limit"].as_str()), (422, Code::CreditLimitExceeded, Some("100.00")));
    let twice = CreateCreditPolicy { company_id: base.company, party_id: None, action: CreditAction::Hold, max_overdue_days: None, owner_id: None };
    assert_eq!(tenant.refused::<credit::CreateCreditPolicy>((), &twice).await.code, Code::AlreadyExists);
}

#[tokio::test]
async fn an_old_debt_stops_new_orders() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = limited(&tenant, &shop::open(&tenant, "").await, "5000.00").await;
    policy(&tenant, &shop, Some(shop.party), CreditAction::Hold, Some(10)).await;
    let invoice = deal::posted(&tenant, &shop, "100.00").await;
    assert_eq!(invoice.due_date, Some(day("2027-01-01")));
    advance(&tenant, "2027-01-11T09:00:00Z").await;
    assert!(credit_of(&tenant, &shop, Some("10.00")).await.passes);
    advance(&tenant, "2027-01-12T09:00:00Z").await;
    let credit = credit_of(&tenant, &shop, Some("10.00")).await;
    assert_eq!((credit.overdue_since, credit.overdue_days, credit.passes), (Some(day("2027-01-01")), Some(11), false));
    let second = draft(&tenant, &shop).await;
    assert_eq!(tenant.act::<order::ConfirmOrder>(second.id).await.hold_kind, Some(HoldKind::Credit));
    // The payment that settles it is the one that releases the hold.
    deal::pay(&tenant, &shop, "100.00", &[(invoice.id, "100.00")]).await;
    assert_eq!(tenant.get::<order::GetOrder>(second.id).await.hold_kind, None);
    let id = tenant.all::<credit::ListCreditPolicies, _>(&Default::default()).await.first().unwrap().id;
    let patch = UpdateCreditPolicy { max_overdue_days: causeway_contract::Patch::Null, ..UpdateCreditPolicy::default() };
    assert_eq!(tenant.post::<credit::UpdateCreditPolicy>(id, &patch).await.max_overdue_days, None);
}

/// Documents in another currency count at today's rate, whatever it was when they were made.
#[tokio::test]
async fn todays_rate_decides() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = limited(&tenant, &shop::open(&tenant, "").await, "1000.00").await;
    rate(&tenant, "USD", "2026-12-01", "0.5").await;
    let body = CreateOrder { currency: Some(of("USD")), ..order_body(&shop, vec![forty(&shop)]) };
    let made = tenant.post::<order::CreateOrder>((), &body).await;
    assert_eq!(tenant.act::<order::ConfirmOrder>(made.id).await.status, OrderStatus::Confirmed);
    let before = credit_of(&tenant, &shop, None).await;
    rate(&tenant, "USD", "2026-12-03", "1").await;
    advance(&tenant, "2026-12-03T09:00:00Z").await;
    let after = credit_of(&tenant, &shop, None).await;
    assert_eq!(before.currency, of("EUR"));
    let cents = |credit: &Credit| causeway_value::parse_scaled(&credit.exposure.0, 2).unwrap();
    assert_eq!(cents(&after), 2 * cents(&before));
}

/// A draft payment is nothing yet; a refund that nothing uses is owed to us.
#[tokio::test]
async fn payments_count_when_they_are_posted() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = limited(&tenant, &shop::open(&tenant, "").await, "1000.00").await;
    let body = CreatePayment { status: Some(of("draft")), ..payment_body(&shop, "60.00", &[]) };
    let made = tenant.post::<payment::CreatePayment>((), &body).await;
    assert_eq!(parts(&tenant, &shop).await[3], "0.00");
    tenant.act::<payment::PostPayment>(made.id).await;
    assert_eq!(parts(&tenant, &shop).await[3], "60.00");
    let invoice = deal::posted(&tenant, &shop, "50.00").await;
    let body = causeway_openapi::payment::AllocatePayment { allocations: vec![allocation(invoice.id, "50.00")], ..Default::default() };
    tenant.post::<payment::AllocatePayment>(made.id, &body).await;
    assert_eq!(parts(&tenant, &shop).await, ["0.00", "0.00", "0.00", "10.00", "-10.00"]);
    let refund = CreatePayment { direction: of("outbound"), ..payment_body(&shop, "10.00", &[]) };
    tenant.post::<payment::CreatePayment>((), &refund).await;
    assert_eq!(parts(&tenant, &shop).await[3], "0.00");
    let missing = tenant.raw.get(&format!("/v1/parties/{}/credit", shop.party)).await;
    assert_eq!((missing.status, missing.problem().errors.first().and_then(|error| error.parameter.clone())), (422, Some("company_id".to_owned())));
}

/// Money of a later day is scheduled: it settles nothing and is not believed before its day (PAY-11, PAY-19).
#[tokio::test]
async fn money_of_a_later_day_counts_from_its_day() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = limited(&tenant, &shop::open(&tenant, "").await, "500.00").await;
    let owed = deal::posted(&tenant, &shop, "300.00").await;
    let due = owed.due_date.unwrap();
    advance(&tenant, &format!("{}T09:00:00Z", due.plus_days(5))).await;
    let credit = credit_of(&tenant, &shop, None).await;
    assert_eq!((credit.exposure.0.as_str(), credit.overdue_since), ("300.00", Some(due)));
    let later = due.plus_days(15);
    let body = CreatePayment { payment_date: Some(later), ..payment_body(&shop, "320.00", &[(owed.id, "300.00")]) };
    tenant.post::<payment::CreatePayment>((), &body).await;
    let waiting = tenant.get::<invoice::GetInvoice>(owed.id).await;
    assert_eq!((waiting.open_amount.0.as_str(), waiting.overdue), ("300.00", true));
    assert_eq!(parts(&tenant, &shop).await, ["300.00", "0.00", "0.00", "0.00", "300.00"]);
    assert_eq!(credit_of(&tenant, &shop, None).await.overdue_since, Some(due));
    // A new order does not pass on money that is not there.
    let order = draft(&tenant, &shop).await;
    assert_eq!(tenant.act::<order::ConfirmOrder>(order.id).await.hold_kind, Some(HoldKind::Credit));
    assert!(!credit_of(&tenant, &shop, Some("201.00")).await.passes && credit_of(&tenant, &shop, Some("200.00")).await.passes);
    advance(&tenant, &format!("{later}T09:00:00Z")).await;
    let paid = tenant.get::<invoice::GetInvoice>(owed.id).await;
    assert_eq!((paid.open_amount.0.as_str(), paid.overdue), ("0.00", false));
    assert_eq!(parts(&tenant, &shop).await, ["0.00", "0.00", "0.00", "20.00", "-20.00"]);
    assert_eq!(credit_of(&tenant, &shop, None).await.overdue_since, None);
    crate::program::verify(&world.server.place, true);
}
