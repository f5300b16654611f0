//! Credit notes that take back no invoice (CRN-01, CRN-04).

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::credit_note::{CreateCreditNote, op as credit_note};
use causeway_openapi::invoice::{AllocateCreditNote, CreditInvoice, InvoiceLineInput, ReverseInvoice, op as invoice};
use causeway_openapi::object::ExternalRef;
use causeway_openapi::party::op as party;
use causeway_openapi::payment::op as payment;
use causeway_tests::deal::{self, allocation, entry, paid_back, sides};
use causeway_tests::person::Person;
use causeway_tests::shop::{self, Shop, party_body, rate};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{InvoiceKind, InvoiceStatus, PaymentState};

/// A bonus of this much with the shop's tax of 19 %.
fn bonus(shop: &Shop, amount: &str) -> CreateCreditNote {
    let line = InvoiceLineInput {
        description: Some("Yearly bonus".to_owned()),
        quantity: of("1"),
        unit_price: of(amount),
        tax_ids: Some(vec![shop.tax]),
        ..InvoiceLineInput::default()
    };
    CreateCreditNote { company_id: shop.company, party_id: shop.party, reason: "yearly bonus".to_owned(), lines: vec![line], ..CreateCreditNote::default() }
}

#[tokio::test]
async fn a_credit_without_an_invoice_settles_another_and_is_paid_back() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let draft = tenant.post::<credit_note::CreateCreditNote>((), &bonus(&shop, "100.00")).await;
    assert_eq!((draft.kind, draft.status, draft.credited_invoice_id), (InvoiceKind::CreditNote, InvoiceStatus::Draft, None));
    assert_eq!((draft.total_amount.0.as_str(), draft.reason.as_deref()), ("119.00", Some("yearly bonus")));
    let note = deal::post_invoice(&tenant, draft.id, None).await;
    assert!(note.number.as_deref().unwrap().starts_with("CN/"), "{note:?}");
    let booked = entry(&tenant, note.journal_entry_id).await;
    assert_eq!(sides(&booked), [("1100", "0.00", "119.00"), ("2100", "19.00", "0.00"), ("4000", "100.00", "0.00")]);
    assert_eq!(tenant.refused::<invoice::CreditInvoice>(note.id, &CreditInvoice::default()).await.code, Code::StateConflict);
    verified(&tenant).await;

    let owed = deal::posted(&tenant, &shop, "70.00").await;
    let settled = AllocateCreditNote { allocations: vec![allocation(owed.id, "70.00")] };
    assert_eq!(tenant.post::<invoice::AllocateCreditNote>(note.id, &settled).await.open_amount.0, "49.00");
    // Another's credit note pays like money.
    assert_eq!(tenant.get::<invoice::GetInvoice>(owed.id).await.payment_state, Some(PaymentState::Paid));
    let back = paid_back(&note);
    tenant.post::<payment::CreateRefund>((), &back).await;
    assert_eq!(tenant.get::<invoice::GetInvoice>(note.id).await.open_amount.0, "0.00");
    verified(&tenant).await;
}

/// Like everything that is made under a reference of another system (INT-11).
#[tokio::test]
async fn a_credit_that_comes_again_is_made_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let body = CreateCreditNote { external_refs: vec![ExternalRef { system: "crm".to_owned(), id: "bonus-1".to_owned() }], ..bonus(&shop, "100.00") };
    let body = serde_json::to_value(body).unwrap();
    let first = tenant.raw.post("/v1/credit-notes", &body).await;
    let again = tenant.raw.post("/v1/credit-notes", &body).await;
    assert_eq!((first.status, again.status, again.header("replayed")), (201, 200, Some("true")));
    assert_eq!(again.json(), first.json());
    let other = serde_json::json!({ "reason": "other", "lines": body["lines"], "company_id": shop.company, "party_id": shop.party, "external_refs": body["external_refs"] });
    let refused = tenant.raw.post("/v1/credit-notes", &other).await;
    assert_eq!(refused.status, 409);
    let pointers: Vec<String> = refused.json()["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect();
    assert!(pointers.contains(&"/reason".to_owned()), "{}", refused.text());
}

/// One slip in a date does not hold up the numbers of its series once it is taken back (BIL-05).
#[tokio::test]
async fn what_is_ahead_and_taken_back_holds_up_no_number() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let today = deal::posted(&tenant, &shop, "1.00").await.invoice_date.unwrap();
    let ahead = |days| today.plus_days(days).to_string();
    let slip = deal::free_invoice(&tenant, &shop, "10.00").await;
    let checks = tenant.raw.get(&format!("/v1/invoices/{}/checks?invoice_date={}", slip.id, ahead(20))).await.success();
    let told = checks["checks"].as_array().unwrap().iter().find(|check| check["name"] == "number_order").unwrap();
    assert_eq!((&checks["ready"], &told["result"]), (&true.into(), &"warning".into()), "{checks}");
    deal::post_invoice(&tenant, slip.id, Some(&ahead(20))).await;
    let next = deal::free_invoice(&tenant, &shop, "20.00").await;
    assert_eq!(tenant.refused::<invoice::PostInvoice>(next.id, &Default::default()).await.code, Code::NumberOrder);
    // One that is meant to be ahead holds them up as far as itself.
    let meant = deal::free_invoice(&tenant, &shop, "30.00").await;
    deal::post_invoice(&tenant, meant.id, Some(&ahead(21))).await;
    let reverse = async |id| tenant.post::<invoice::ReverseInvoice>(id, &ReverseInvoice { reason: "slip".to_owned(), ..Default::default() }).await;
    let note = reverse(slip.id).await;
    assert_eq!(note.invoice_date.unwrap().to_string(), ahead(20));
    assert_eq!(tenant.refused::<invoice::PostInvoice>(next.id, &Default::default()).await.meta["last_date"], ahead(21));
    reverse(meant.id).await;
    let posted = deal::post_invoice(&tenant, next.id, None).await;
    assert_eq!((posted.invoice_date, posted.number.as_deref().and_then(|number| number.rsplit_once('/')).map(|(_, last)| last)), (Some(today), Some("00004")));
    // Credit notes go on, too, and yesterday stays behind.
    let credit = tenant.post::<invoice::CreditInvoice>(posted.id, &CreditInvoice::default()).await;
    assert_eq!(deal::post_invoice(&tenant, credit.id, None).await.invoice_date, Some(today));
    let late = deal::free_invoice(&tenant, &shop, "40.00").await;
    let yesterday = causeway_openapi::invoice::PostInvoice { invoice_date: Some(today.plus_days(-1)), allow_duplicate: None };
    assert_eq!(tenant.refused::<invoice::PostInvoice>(late.id, &yesterday).await.code, Code::NumberOrder);
    verified(&tenant).await;
}

#[tokio::test]
async fn a_credit_in_another_currency_is_booked_at_its_own_day() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    rate(&tenant, "USD", "2026-01-01", "0.9").await;
    let draft = tenant.post::<credit_note::CreateCreditNote>((), &CreateCreditNote { currency: Some(of("USD")), ..bonus(&shop, "100.00") }).await;
    let note = deal::post_invoice(&tenant, draft.id, None).await;
    let booked = entry(&tenant, note.journal_entry_id).await;
    assert_eq!(sides(&booked), [("1100", "0.00", "107.10"), ("2100", "17.10", "0.00"), ("4000", "90.00", "0.00")]);
    verified(&tenant).await;
}

#[tokio::test]
async fn beyond_the_companys_limit_somebody_else_posts_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let limit = UpdateCompany { credit_note_limit: Patch::Value("119.00".into()), ..UpdateCompany::default() };
    assert_eq!(tenant.post::<company::UpdateCompany>(shop.company, &limit).await.credit_note_limit.map(|limit| limit.0), Some("119.00".to_owned()));
    let small = tenant.post::<credit_note::CreateCreditNote>((), &bonus(&shop, "100.00")).await;
    deal::post_invoice(&tenant, small.id, None).await;
    let large = tenant.post::<credit_note::CreateCreditNote>((), &bonus(&shop, "100.01")).await;
    let own = tenant.refused::<invoice::PostInvoice>(large.id, &Default::default()).await;
    assert_eq!((own.status, own.code), (403, Code::SegregationOfDuties));
    let second = Person::hire_as(&tenant, "finance").await.session().await;
    deal::post_invoice(&second, large.id, None).await;
    // Several small ones for a customer are as much as a large one, for a month.
    let small = tenant.post::<credit_note::CreateCreditNote>((), &bonus(&shop, "0.01")).await;
    let together = tenant.refused::<invoice::PostInvoice>(small.id, &Default::default()).await;
    assert!(together.code == Code::SegregationOfDuties && together.detail.contains("within 31 days"), "{together:?}");
    let other = tenant.post::<party::CreateParty>((), &party_body("Aurora")).await.id;
    let elsewhere = tenant.post::<credit_note::CreateCreditNote>((), &CreateCreditNote { party_id: other, ..bonus(&shop, "100.00") }).await;
    deal::post_invoice(&tenant, elsewhere.id, None).await;
    deal::post_invoice(&second, small.id, None).await;
    // A credit note on an invoice is bound by the invoice.
    let invoice = deal::posted(&tenant, &shop, "500.00").await;
    let note = tenant.post::<invoice::CreditInvoice>(invoice.id, &CreditInvoice::default()).await;
    deal::post_invoice(&tenant, note.id, None).await;
    verified(&tenant).await;
    deal::advance(&tenant, "2027-01-20T09:00:00Z").await;
    let later = tenant.post::<credit_note::CreateCreditNote>((), &bonus(&shop, "100.00")).await;
    deal::post_invoice(&tenant, later.id, None).await;

    let none = UpdateCompany { credit_note_limit: Patch::Null, ..UpdateCompany::default() };
    assert_eq!(tenant.post::<company::UpdateCompany>(shop.company, &none).await.credit_note_limit, None);
    let wrong = CreateCreditNote { reason: " ".to_owned(), lines: Vec::new(), ..bonus(&shop, "1.00") };
    let problem = tenant.refused::<credit_note::CreateCreditNote>((), &wrong).await;
    assert_eq!(problem.errors.iter().filter_map(|error| error.pointer.as_deref()).collect::<Vec<_>>(), ["/reason", "/lines"]);
    let charged = tenant.refused::<credit_note::CreateCreditNote>((), &bonus(&shop, "-1.00")).await;
    assert_eq!(charged.errors[0].pointer.as_deref(), Some("/lines"));
    assert_eq!(tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("kind", "credit_note").and("status", "draft")).await.len(), 0);
}

#[tokio::test]
async fn what_a_tax_of_nothing_was_charged_on_is_credited() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let zero = tenant.post::<causeway_openapi::tax::op::CreateTax>((), &shop::percent_tax(shop.company, "VAT0", "0")).await.id;
    let mut body = deal::free_invoice_body(&shop, "100.00");
    body.lines[0].tax_ids = Some(vec![zero]);
    let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    let note = tenant.post::<invoice::CreditInvoice>(posted.id, &CreditInvoice { amount: Some("40.00".into()), ..CreditInvoice::default() }).await;
    assert_eq!(deal::post_invoice(&tenant, note.id, None).await.total_amount.0, "40.00");
    verified(&tenant).await;
}
