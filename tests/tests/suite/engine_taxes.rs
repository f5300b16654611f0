//! Taxes that an external engine computes: drafts wait for it, and what it hands over is what is charged, booked and credited (BIL-15, INT-36).

use causeway_contract::{Code, ListQuery, Nothing, Patch};
use causeway_openapi::billing_run::{CommitBillingRun, CreateBillingRun, op as billing_run};
use causeway_openapi::company::{CreateAccount, UpdateCompany, op as company};
use causeway_openapi::credit::{CreditQuery, op as credit};
use causeway_openapi::credit_note::{CreateCreditNote, op as credit_note};
use causeway_openapi::down_payment::{CreateDownPayment, op as down_payment};
use causeway_openapi::integration::Event;
use causeway_openapi::invoice::{CreditInvoice, CreditLine, Invoice, InvoiceLineInput, KeptLine, PostInvoice, ReverseInvoice, UpdateInvoice, op as invoice};
use causeway_openapi::invoice_check::{CheckResult, InvoiceCheckName as Name, InvoiceChecksQuery, op as check};
use causeway_openapi::invoice_tax::{EngineTax, SetInvoiceTaxes, TaxDetail, TaxedLine, op as invoice_tax};
use causeway_openapi::tax::{CreateTax, op as tax};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, entry, forty, post_invoice, sides};
use causeway_tests::log::events;
use causeway_tests::shop::{self, Shop, line, percent_tax};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{
    AccountKind, AmountText, BillingRunItemStatus, CashRounding, CashStrategy, CashUnit, InvoiceId, InvoiceStatus, RoundingMethod, RoundingRule, TaxEngine,
    TaxId, TaxKind, TaxStatus,
};

/// A shop whose taxes an engine computes.
async fn engine_shop(caller: &Caller) -> Shop {
    let shop = shop::open(caller, "").await;
    engine(caller, &shop, TaxEngine::External).await;
    shop
}

async fn engine(caller: &Caller, shop: &Shop, tax_engine: TaxEngine) {
    let body = UpdateCompany { tax_engine: Patch::Value(tax_engine), ..UpdateCompany::default() };
    assert_eq!(caller.post::<company::UpdateCompany>(shop.company, &body).await.tax_engine, tax_engine);
}

/// Where amounts of a level of jurisdictions are booked; the state's have an account of their own.
async fn levels(caller: &Caller, shop: &Shop) -> [TaxId; 2] {
    let account = CreateAccount {
        company_id: shop.company,
        code: "2150".to_owned(),
        name: "State sales tax".to_owned(),
        kind: AccountKind::Liability,
        metadata: Default::default(),
    };
    let account = caller.post::<company::CreateAccount>((), &account).await.id;
    let state = CreateTax { account_id: Some(account), ..percent_tax(shop.company, "STATE", "0") };
    let county = percent_tax(shop.company, "COUNTY", "0");
    [caller.post::<tax::CreateTax>((), &state).await.id, caller.post::<tax::CreateTax>((), &county).await.id]
}

fn charged(tax_id: TaxId, base: &AmountText, amount: &str, jurisdiction: &str) -> EngineTax {
    EngineTax { tax_id, base: base.clone(), amount: amount.into(), jurisdiction: Some(jurisdiction.to_owned()), rate: None }
}

/// What an engine says of a draft of one line: these amounts of state and county.
fn computed(draft: &Invoice, [state, county]: [TaxId; 2], [of_state, of_county, sum]: [&str; 3], reference: &str) -> SetInvoiceTaxes {
    let line = draft.lines.first().expect("a line");
    let taxes = vec![charged(state, &line.net_amount, of_state, "California"), charged(county, &line.net_amount, of_county, "Alameda")];
    let lines = vec![TaxedLine { line_id: line.id, net_amount: line.net_amount.clone(), taxes }];
    SetInvoiceTaxes { reference: reference.to_owned(), currency: draft.currency, tax_amount: sum.into(), lines }
}

async fn hand_over(caller: &Caller, id: InvoiceId, body: &SetInvoiceTaxes) -> Invoice {
    caller.post::<invoice_tax::SetInvoiceTaxes>(id, body).await
}

fn amounts(invoice: &Invoice) -> [&str; 4] {
    [&invoice.untaxed_amount.0, &invoice.tax_amount.0, &invoice.rounding_amount.0, &invoice.total_amount.0]
}

async fn exposure(caller: &Caller, shop: &Shop) -> String {
    let query = CreditQuery { company_id: Some(shop.company), amount: None };
    caller.client.call::<credit::GetCredit>(shop.party, &query, &Nothing {}).await.unwrap().exposure.0
}

async fn failed(caller: &Caller, id: InvoiceId) -> Vec<Name> {
    let checks = caller.client.call::<check::CheckInvoice>(id, &InvoiceChecksQuery::default(), &Nothing {}).await.unwrap();
    checks.checks.iter().filter(|check| check.result == CheckResult::Failed).map(|check| check.name).collect()
}

/// What was asked of an engine for a document: the versions at which its events stand.
async fn asked(caller: &Caller, id: InvoiceId) -> Vec<i64> {
    let of_document = |event: &Event| event.kind == "invoice.tax_requested" && event.subject.id == id.to_string();
    events(caller).await.iter().filter(|event| of_document(event)).map(|event| event.subject_version).collect()
}

async fn waiting(caller: &Caller) -> Vec<InvoiceId> {
    caller.all::<invoice::ListInvoices, _>(&ListQuery::by("tax_status", "pending")).await.iter().map(|invoice| invoice.id).collect()
}

#[tokio::test]
async fn a_draft_waits_for_its_taxes_and_is_charged_as_the_engine_says() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = engine_shop(&tenant).await;
    let levels = levels(&tenant, &shop).await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    deal::ship(&tenant, &order, "40").await;
    // The order tells what its own taxes would be; the draft has none yet.
    assert_eq!(order.total_amount.0, "771.12");
    assert_eq!(exposure(&tenant, &shop).await, "771.12");
    let draft = deal::invoice_order(&tenant, order.id).await;
    assert_eq!((draft.tax_status, draft.version, draft.taxes.len()), (Some(TaxStatus::Pending), 2, 0));
    // What the customer owes is not less because its tax is not known yet.
    assert_eq!(exposure(&tenant, &shop).await, "771.12");
    assert_eq!(amounts(&draft), ["648.00", "0.00", "0.00", "648.00"]);
    assert_eq!((asked(&tenant, draft.id).await, waiting(&tenant).await), (vec![2], vec![draft.id]));
    assert_eq!(failed(&tenant, draft.id).await, [Name::TaxesComputed]);
    let refused = tenant.refused::<invoice::PostInvoice>(draft.id, &PostInvoice::default()).await;
    assert!(refused.code == Code::StateConflict && refused.detail.contains("POST /v1/invoices/{id}/taxes"), "{refused:?}");
    verified(&tenant).await;

    // Every wrong field at once; then what is right, once however often it comes.
    let first = computed(&draft, levels, ["38.88", "6.48", "45.36"], "calc 1");
    let mut wrong = first.clone();
    wrong.lines[0].net_amount = "648.01".into();
    wrong.lines[0].taxes[1].tax_id = levels[0];
    let problem = tenant.refused::<invoice_tax::SetInvoiceTaxes>(draft.id, &wrong).await;
    let pointers: Vec<&str> = problem.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
    assert_eq!(pointers, ["/lines/0/net_amount", "/lines/0/taxes/1/tax_id"]);
    let taxed = hand_over(&tenant, draft.id, &first).await;
    assert_eq!((amounts(&taxed), taxed.version), (["648.00", "45.36", "0.00", "693.36"], 3));
    assert_eq!(exposure(&tenant, &shop).await, "693.36");
    assert_eq!((taxed.tax_status, taxed.tax_reference.as_deref()), (Some(TaxStatus::Computed), Some("calc 1")));
    let detail = TaxDetail { tax_id: levels[1], jurisdiction: Some("Alameda".to_owned()), rate: None };
    assert_eq!((taxed.lines[0].tax_details[1].clone(), taxed.lines[0].taxes[1].amount.0.as_str()), (detail, "6.48"));
    assert_eq!(hand_over(&tenant, draft.id, &first).await, taxed);
    let second = computed(&draft, levels, ["40.00", "6.48", "46.48"], "calc 2");
    assert_eq!(amounts(&hand_over(&tenant, draft.id, &second).await), ["648.00", "46.48", "0.00", "694.48"]);
    assert!(waiting(&tenant).await.is_empty() && failed(&tenant, draft.id).await.is_empty());

    // Other words leave them, other lines do not: what was computed before is of no use any more.
    let said = UpdateInvoice { notes: Patch::Value("Thank you".to_owned()), ..UpdateInvoice::default() };
    assert_eq!(tenant.post::<invoice::UpdateInvoice>(draft.id, &said).await.tax_status, Some(TaxStatus::Computed));
    let fewer = vec![KeptLine { id: draft.lines[0].id, quantity: Some(of("30")), dimensions: None }];
    let fewer = tenant.post::<invoice::UpdateInvoice>(draft.id, &UpdateInvoice { lines: Patch::Value(fewer), ..UpdateInvoice::default() }).await;
    assert_eq!((fewer.tax_status, fewer.tax_reference.clone(), fewer.lines[0].tax_details.len()), (Some(TaxStatus::Pending), None, 0));
    assert_eq!((amounts(&fewer), asked(&tenant, draft.id).await.len()), (["486.00", "0.00", "0.00", "486.00"], 2));
    let stale = tenant.refused::<invoice_tax::SetInvoiceTaxes>(draft.id, &second).await;
    assert!(stale.errors.iter().any(|error| error.pointer.as_deref() == Some("/lines/0/net_amount")), "{stale:?}");
    let third = computed(&fewer, levels, ["29.16", "4.86", "34.02"], "calc 3");
    hand_over(&tenant, draft.id, &third).await;
    let posted = post_invoice(&tenant, draft.id, None).await;
    assert_eq!((amounts(&posted), posted.installments[0].amount.0.as_str()), (["486.00", "34.02", "0.00", "520.02"], "520.02"));
    assert_eq!(
        sides(&entry(&tenant, posted.journal_entry_id).await),
        [("1100", "520.02", "0.00"), ("2100", "0.00", "4.86"), ("2150", "0.00", "29.16"), ("4000", "0.00", "486.00")]
    );
    assert!(tenant.raw.get(&format!("/v1/invoices/{}/pdf", posted.id)).await.ok());
    // What was handed over comes late once more: nothing happens. Other amounts come too late.
    assert_eq!(hand_over(&tenant, draft.id, &third).await, posted);
    assert_eq!(tenant.refused::<invoice_tax::SetInvoiceTaxes>(draft.id, &second).await.code, Code::DocumentPosted);
    verified(&tenant).await;
}

#[tokio::test]
async fn credit_notes_take_the_taxes_of_their_invoice_in_proportion_to_the_cent() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = engine_shop(&tenant).await;
    let levels = levels(&tenant, &shop).await;
    let billed = async |reference: &str| {
        let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "3")]).await;
        let draft = deal::invoice_order(&tenant, order.id).await;
        hand_over(&tenant, draft.id, &computed(&draft, levels, ["10.00", "0.01", "10.01"], reference)).await;
        post_invoice(&tenant, draft.id, None).await
    };
    let invoice = billed("calc 1").await;
    let mut taxes = Vec::new();
    for _ in 0..3 {
        let one = CreditLine { invoice_line_id: invoice.lines[0].id, quantity: of("1") };
        let note = tenant.post::<invoice::CreditInvoice>(invoice.id, &CreditInvoice { lines: vec![one], ..CreditInvoice::default() }).await;
        assert_eq!((note.tax_status, note.lines[0].tax_details[0].jurisdiction.as_deref()), (Some(TaxStatus::Computed), Some("California")));
        // It has its taxes, so nobody is asked for them.
        let other = computed(&note, levels, ["1.00", "0.00", "1.00"], "calc 9");
        assert_eq!(tenant.refused::<invoice_tax::SetInvoiceTaxes>(note.id, &other).await.code, Code::StateConflict);
        let note = post_invoice(&tenant, note.id, None).await;
        assert!(asked(&tenant, note.id).await.is_empty());
        taxes.push(note.lines[0].taxes.iter().map(|tax| tax.amount.0.clone()).collect::<Vec<_>>());
    }
    assert_eq!(taxes, [["3.33", "0.00"], ["3.34", "0.01"], ["3.33", "0.00"]]);
    assert_eq!(tenant.get::<invoice::GetInvoice>(invoice.id).await.open_amount.0, "0.00");
    let whole = billed("calc 2").await;
    let reversed = tenant.post::<invoice::ReverseInvoice>(whole.id, &ReverseInvoice { reason: "wrong customer".to_owned(), ..ReverseInvoice::default() }).await;
    assert_eq!((reversed.status, amounts(&reversed)), (InvoiceStatus::Posted, ["750.00", "10.01", "0.00", "760.01"]));
    verified(&tenant).await;

    // One without an invoice waits like an invoice; who drops it asks for nothing any more.
    let bonus = InvoiceLineInput { description: Some("Bonus".to_owned()), quantity: of("1"), unit_price: of("100.00"), ..InvoiceLineInput::default() };
    let bonus =
        CreateCreditNote { company_id: shop.company, party_id: shop.party, reason: "bonus".to_owned(), lines: vec![bonus], ..CreateCreditNote::default() };
    let (kept, dropped) = (tenant.post::<credit_note::CreateCreditNote>((), &bonus).await, tenant.post::<credit_note::CreateCreditNote>((), &bonus).await);
    assert_eq!((kept.tax_status, asked(&tenant, kept.id).await), (Some(TaxStatus::Pending), vec![2]));
    assert_eq!(tenant.act::<invoice::CancelInvoice>(dropped.id).await.tax_status, None);
    assert_eq!(waiting(&tenant).await, [kept.id]);
    hand_over(&tenant, kept.id, &computed(&kept, levels, ["6.00", "1.00", "7.00"], "calc 3")).await;
    let note = post_invoice(&tenant, kept.id, None).await;
    assert_eq!(
        sides(&entry(&tenant, note.journal_entry_id).await),
        [("1100", "0.00", "107.00"), ("2100", "1.00", "0.00"), ("2150", "6.00", "0.00"), ("4000", "100.00", "0.00")]
    );
    verified(&tenant).await;
}

#[tokio::test]
async fn runs_name_what_waits_and_make_drafts_of_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = engine_shop(&tenant).await;
    deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    let run = async |post: bool| {
        let body = CreateBillingRun { company_id: shop.company, post: Some(post), ..CreateBillingRun::default() };
        let planned = tenant.post::<billing_run::CreateBillingRun>((), &body).await;
        let done = tenant.post::<billing_run::CommitBillingRun>(planned.id, &CommitBillingRun { hash: planned.hash.clone() }).await;
        let items = tenant.all::<billing_run::ListBillingRunItems, _>(&ListQuery::by("billing_run_id", done.id)).await;
        (planned, items.into_iter().next().expect("an item"))
    };
    let (planned, item) = run(true).await;
    assert_eq!((planned.refused_count, item.status), (1, BillingRunItemStatus::Failed));
    assert_eq!(item.checks.iter().map(|check| check.name).collect::<Vec<_>>(), [Name::TaxesComputed]);
    // There is no draft that it could name: it says what to do instead.
    for told in [&item.checks[0].detail, &item.failure] {
        assert!(told.as_deref().is_some_and(|told| told.contains("without `post`") && !told.contains("inv_")), "{item:?}");
    }
    let (planned, item) = run(false).await;
    assert_eq!((planned.refused_count, item.status), (0, BillingRunItemStatus::Invoiced));
    let made = item.invoice_id.expect("an invoice");
    assert_eq!((waiting(&tenant).await, asked(&tenant, made).await), (vec![made], vec![2]));
    verified(&tenant).await;
}

#[tokio::test]
async fn nothing_else_is_asked_about() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let levels = levels(&tenant, &shop).await;
    // Without an engine nothing waits, and nothing is handed over.
    let own = deal::free_invoice(&tenant, &shop, "100.00").await;
    assert_eq!((own.tax_status, own.version), (None, 1));
    let handed = computed(&own, levels, ["6.00", "1.00", "7.00"], "calc");
    assert_eq!(tenant.refused::<invoice_tax::SetInvoiceTaxes>(own.id, &handed).await.code, Code::StateConflict);

    // What was asked in advance before there was an engine is deducted with the taxes that it had.
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "4")]).await;
    let share = CreateDownPayment { percent: Some(of("50")), ..CreateDownPayment::default() };
    let down = tenant.post::<down_payment::CreateDownPayment>(order.id, &share).await;
    post_invoice(&tenant, down.id, None).await;
    engine(&tenant, &shop, TaxEngine::External).await;
    let refused = tenant.refused::<down_payment::CreateDownPayment>(order.id, &share).await;
    assert!(refused.code == Code::StateConflict && refused.detail.contains("external engine"), "{refused:?}");
    let rest = deal::invoice_order(&tenant, order.id).await;
    assert_eq!((rest.tax_status, amounts(&rest)), (None, ["500.00", "95.00", "0.00", "595.00"]));
    post_invoice(&tenant, rest.id, None).await;
    // The draft of before keeps its taxes, and asks once its lines change.
    post_invoice(&tenant, own.id, None).await;
    let late = deal::free_invoice(&tenant, &shop, "10.00").await;
    engine(&tenant, &shop, TaxEngine::None).await;
    let same = vec![KeptLine { id: late.lines[0].id, ..KeptLine::default() }];
    let again = tenant.post::<invoice::UpdateInvoice>(late.id, &UpdateInvoice { lines: Patch::Value(same), ..UpdateInvoice::default() }).await;
    assert_eq!((late.tax_status, again.tax_status), (Some(TaxStatus::Pending), None));
    post_invoice(&tenant, late.id, None).await;
    verified(&tenant).await;
}

#[tokio::test]
async fn prices_with_tax_keep_their_net_and_coins_stand_beside_the_taxes() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = engine_shop(&tenant).await;
    let levels = levels(&tenant, &shop).await;
    let cash = CashRounding { step: "0.05".into(), method: RoundingMethod::HalfUp, strategy: CashStrategy::BiggestTax, per: CashUnit::Total };
    let rules = vec![RoundingRule { currency: of("EUR"), tax_step: None, cash: Some(cash) }];
    tenant.post::<company::UpdateCompany>(shop.company, &UpdateCompany { rounding_rules: Patch::Value(rules), ..UpdateCompany::default() }).await;
    let inside = CreateTax { kind: TaxKind::Percent, included: Some(true), ..percent_tax(shop.company, "INCL", "19") };
    let inside = tenant.post::<tax::CreateTax>((), &inside).await.id;
    let free = InvoiceLineInput {
        description: Some("Advice".to_owned()),
        quantity: of("1"),
        unit_price: of("119.00"),
        tax_ids: Some(vec![inside]),
        ..InvoiceLineInput::default()
    };
    let body = causeway_openapi::invoice::CreateInvoice { lines: vec![free], ..deal::free_invoice_body(&shop, "1.00") };
    let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
    assert_eq!(amounts(&draft), ["100.00", "0.00", "0.00", "100.00"]);
    let taxed = hand_over(&tenant, draft.id, &computed(&draft, levels, ["6.00", "1.02", "7.02"], "calc")).await;
    assert_eq!(amounts(&taxed), ["100.00", "7.02", "-0.02", "107.00"]);
    let posted = post_invoice(&tenant, draft.id, None).await;
    assert_eq!(
        sides(&entry(&tenant, posted.journal_entry_id).await),
        [("1100", "107.00", "0.00"), ("2100", "0.00", "1.02"), ("2150", "0.00", "6.00"), ("4000", "0.00", "100.00"), ("7100", "0.02", "0.00")]
    );
    verified(&tenant).await;
}

/// Before the engine has its word a draft is worth what its lines are without taxes: the company's own, which it does not carry, decide nothing.
#[tokio::test]
async fn a_draft_is_worth_its_nets_until_its_taxes_come() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = engine_shop(&tenant).await;
    let line = |price: &str, taxes: &[TaxId]| serde_json::json!({ "description": "Work", "quantity": "1", "unit_price": price, "tax_ids": taxes });
    let drafted = async |lines: [serde_json::Value; 2]| {
        let body = serde_json::json!({ "company_id": shop.company, "party_id": shop.party, "currency": "EUR", "lines": lines });
        tenant.raw.post("/v1/invoices", &body).await
    };
    // 119.00 less 110.00 would be more than nothing; 100.00 less 110.00 is not.
    let problem = drafted([line("100.00", &[shop.tax]), line("-110.00", &[])]).await.problem();
    assert_eq!((problem.errors[0].code, problem.errors[0].pointer.as_deref()), (Code::InvalidValue, Some("/lines")), "{problem:?}");
    // And the other way round: 100.00 less 107.10 would be less, 100.00 less 90.00 is not.
    let draft = drafted([line("100.00", &[]), line("-90.00", &[shop.tax])]).await.success();
    assert_eq!((draft["total_amount"].as_str(), draft["tax_status"].as_str()), (Some("10.00"), Some("pending")));
    verified(&tenant).await;
}

/// INT-36: an engine may repeat what it said, late, too. Neither that nor other amounts under a reference that was used undo what it said since.
#[tokio::test]
async fn what_was_handed_over_before_is_not_handed_over_again() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = engine_shop(&tenant).await;
    let levels = levels(&tenant, &shop).await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    let first = computed(&draft, levels, ["10.00", "1.00", "11.00"], "calc 1");
    let second = computed(&draft, levels, ["12.00", "1.00", "13.00"], "calc 2");
    hand_over(&tenant, draft.id, &first).await;
    let taxed = hand_over(&tenant, draft.id, &second).await;
    assert_eq!(hand_over(&tenant, draft.id, &first).await, taxed);
    for reference in ["calc 1", "calc 2"] {
        let other = computed(&draft, levels, ["99.00", "1.00", "100.00"], reference);
        let refused = tenant.refused::<invoice_tax::SetInvoiceTaxes>(draft.id, &other).await;
        assert!(refused.code == Code::StateConflict && refused.detail.contains(reference), "{refused:?}");
    }
    assert_eq!(tenant.get::<invoice::GetInvoice>(draft.id).await, taxed);
    let posted = post_invoice(&tenant, draft.id, None).await;
    assert_eq!(amounts(&posted), ["250.00", "13.00", "0.00", "263.00"]);
    assert_eq!(hand_over(&tenant, draft.id, &first).await, posted);
    verified(&tenant).await;
}
