//! A company's own chart: what the posting rules use each account for, and which accounts lines may name (ACC-01, ACC-02, MDM-05).

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::company::{Account, CreateAccount, UpdateAccount, op as company};
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::ledger::op as ledger;
use causeway_openapi::tax::{CreateTax, UpdateTax, op as tax};
use causeway_openapi::tax_rule::{CreateTaxRule, UpdateTaxRule, op as tax_rule};
use causeway_openapi::write_off::{WriteOffInvoice, op as write_off};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, entry, sides};
use causeway_tests::shop::{self, Shop, line, percent_tax};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{AccountId, TaxReplacement};

async fn account(caller: &Caller, shop: &Shop, code: &str, kind: &str) -> AccountId {
    let body = CreateAccount { company_id: shop.company, code: code.to_owned(), name: code.to_owned(), kind: of(kind), metadata: Default::default() };
    caller.post::<company::CreateAccount>((), &body).await.id
}

async fn by_purpose(caller: &Caller, shop: &Shop, purpose: &str) -> Vec<Account> {
    let all = caller.all::<company::ListAccounts, _>(&ListQuery::by("company_id", shop.company)).await;
    all.into_iter().filter(|account| account.purpose.as_deref() == Some(purpose)).collect()
}

fn to(purpose: &str) -> UpdateAccount {
    UpdateAccount { purpose: Patch::Value(purpose.to_owned()), ..UpdateAccount::default() }
}

#[tokio::test]
async fn a_purpose_goes_to_another_account() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let own = account(&tenant, &shop, "8400", "income").await;
    let before = by_purpose(&tenant, &shop, "service_revenue").await;
    let taken = tenant.post::<company::UpdateAccount>(own, &UpdateAccount { name: Patch::Value("Work".to_owned()), ..to("service_revenue") }).await;
    assert_eq!((taken.name.as_str(), taken.purpose.as_deref(), taken.version), ("Work", Some("service_revenue"), 2));
    let after = by_purpose(&tenant, &shop, "service_revenue").await;
    assert_eq!(after.iter().map(|account| account.id).collect::<Vec<_>>(), [own]);
    let left = tenant.get::<company::GetAccount>(before[0].id).await;
    assert_eq!((left.purpose, left.version), (None, 2));
    // Later postings go there.
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    let booked = entry(&tenant, posted.journal_entry_id).await;
    assert!(sides(&booked).contains(&("8400", "0.00", "250.00")), "{:?}", sides(&booked));
    // Entries are found by what they are of.
    let found = async |name: &str, word: &str| tenant.all::<ledger::ListJournalEntries, _>(&ListQuery::by(name, word)).await.len();
    assert_eq!([found("event", "invoice.posted").await, found("event", "payment.received").await], [1, 0]);

    let wrong = async |id, body: &UpdateAccount| {
        let problem = tenant.refused::<company::UpdateAccount>(id, body).await;
        (problem.code, problem.errors.first().and_then(|error| error.pointer.clone()).unwrap_or_default())
    };
    // No such purpose; another kind of account; a purpose would be left alone; what is open would stand in two places.
    let spare = account(&tenant, &shop, "8500", "income").await;
    assert_eq!(wrong(spare, &to("nonsense")).await.1, "/purpose");
    assert_eq!(wrong(spare, &to("bank")).await.1, "/purpose");
    assert_eq!(wrong(own, &to("revenue")).await.1, "/purpose");
    assert_eq!(wrong(account(&tenant, &shop, "1177", "asset").await, &to("receivable")).await.0, Code::StateConflict);
    let idle = UpdateAccount { active: Patch::Value(false), ..UpdateAccount::default() };
    assert_eq!(wrong(own, &idle).await.1, "/active");
    assert!(tenant.get::<ledger::VerifyLedger>(()).await.ok);
}

#[tokio::test]
async fn before_the_first_posting_any_purpose_may_move() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let own = account(&tenant, &shop, "1177", "asset").await;
    tenant.post::<company::UpdateAccount>(own, &to("receivable")).await;
    let posted = deal::posted(&tenant, &shop, "10.00").await;
    let booked = entry(&tenant, posted.journal_entry_id).await;
    assert!(sides(&booked).contains(&("1177", "10.00", "0.00")), "{:?}", sides(&booked));
    assert!(tenant.get::<ledger::VerifyLedger>(()).await.ok);
}

#[tokio::test]
async fn a_retired_account_is_named_by_nothing_new() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let own = account(&tenant, &shop, "8400", "income").await;
    let named = tenant.post::<tax::CreateTax>((), &CreateTax { account_id: Some(own), ..percent_tax(shop.company, "LUX", "3") }).await;
    let idle = UpdateAccount { active: Patch::Value(false), ..UpdateAccount::default() };
    let problem = tenant.refused::<company::UpdateAccount>(own, &idle).await;
    assert!(problem.errors[0].detail.contains("LUX"), "{problem:?}");
    let elsewhere = serde_json::json!({ "account_id": null });
    tenant.raw.request("PATCH", &format!("/v1/taxes/{}", named.id)).json(&elsewhere).send().await.success();
    assert!(!tenant.post::<company::UpdateAccount>(own, &idle).await.active);
    let mut body = deal::free_invoice_body(&shop, "10.00");
    body.lines[0].account_id = Some(own);
    let problem = tenant.refused::<invoice::CreateInvoice>((), &body).await;
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/lines/0/account_id"));
    let problem = tenant.refused::<tax::CreateTax>((), &CreateTax { account_id: Some(own), ..percent_tax(shop.company, "LUX2", "3") }).await;
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/account_id"));
}

/// Money moves by payments and tax by taxes: neither a line nor a write-off names their accounts. Entries of somebody's own do.
#[tokio::test]
async fn lines_and_write_offs_move_no_money_and_no_tax() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let owed = deal::posted(&tenant, &shop, "100.00").await;
    for purpose in ["bank", "cash", "clearing", "tax_payable", "input_tax", "receivable"] {
        let held = by_purpose(&tenant, &shop, purpose).await.remove(0).id;
        let mut body = deal::free_invoice_body(&shop, "10.00");
        body.lines[0].account_id = Some(held);
        let problem = tenant.refused::<invoice::CreateInvoice>((), &body).await;
        assert_eq!((problem.status, problem.errors[0].pointer.as_deref()), (422, Some("/lines/0/account_id")), "{purpose}");
        let body = WriteOffInvoice { account_id: Some(held), reason: "lost".to_owned(), ..WriteOffInvoice::default() };
        let problem = tenant.refused::<write_off::WriteOffInvoice>(owed.id, &body).await;
        assert_eq!((problem.status, problem.errors[0].pointer.as_deref()), (422, Some("/account_id")), "{purpose}");
    }
    let costs = by_purpose(&tenant, &shop, "expense").await.remove(0).id;
    let body = WriteOffInvoice { account_id: Some(costs), reason: "lost".to_owned(), ..WriteOffInvoice::default() };
    tenant.post::<write_off::WriteOffInvoice>(owed.id, &body).await;
    verified(&tenant).await;
}

#[tokio::test]
async fn what_is_sold_with_a_tax_is_posted_where_the_tax_says() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let [union, special] = [account(&tenant, &shop, "8125", "income").await, account(&tenant, &shop, "8999", "income").await];
    let control = by_purpose(&tenant, &shop, "receivable").await.remove(0).id;
    let free_of_tax = |account| CreateTax { sales_account_id: Some(account), ..percent_tax(shop.company, "EU", "0") };
    let problem = tenant.refused::<tax::CreateTax>((), &free_of_tax(control)).await;
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/sales_account_id"));
    let eu = tenant.post::<tax::CreateTax>((), &free_of_tax(union)).await;
    assert_eq!(eu.sales_account_id, Some(union));

    // A customer abroad pays another tax than the product's: its revenue stands apart, and so does what is credited of it.
    let abroad = CreateTaxRule {
        countries: vec!["FR".to_owned()],
        replacements: vec![TaxReplacement { tax_id: shop.tax, by: vec![eu.id] }],
        ..CreateTaxRule::new(shop.company, "EU")
    };
    let abroad = tenant.post::<tax_rule::CreateTaxRule>((), &abroad).await;
    let billed = async || {
        let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
        deal::invoice_order(&tenant, order.id).await
    };
    let posted = async |id| {
        let posted = deal::post_invoice(&tenant, id, None).await;
        sides(&entry(&tenant, posted.journal_entry_id).await).into_iter().map(|(code, _, _)| code.to_owned()).collect::<Vec<_>>()
    };
    let invoice = billed().await;
    assert_eq!(posted(invoice.id).await, ["1100", "8125"]);
    let note = tenant.post::<invoice::CreditInvoice>(invoice.id, &Default::default()).await;
    assert_eq!(posted(note.id).await, ["1100", "8125"]);
    // Whoever names an account knows better.
    let mut body = deal::free_invoice_body(&shop, "10.00");
    body.lines[0].tax_ids = Some(vec![eu.id]);
    let plain = tenant.post::<invoice::CreateInvoice>((), &body).await;
    body.lines[0].account_id = Some(special);
    let named = tenant.post::<invoice::CreateInvoice>((), &body).await;
    assert_eq!([plain.lines[0].account_id, named.lines[0].account_id], [union, special]);
    // The account is needed as long as the tax names it; drafts keep theirs, and customers at home were never asked.
    let idle = UpdateAccount { active: Patch::Value(false), ..UpdateAccount::default() };
    assert_eq!(tenant.refused::<company::UpdateAccount>(union, &idle).await.errors[0].pointer.as_deref(), Some("/active"));
    tenant.post::<tax::UpdateTax>(eu.id, &UpdateTax { sales_account_id: Patch::Null, ..UpdateTax::default() }).await;
    assert_eq!(
        (posted(plain.id).await, posted(billed().await.id).await),
        (vec!["1100".to_owned(), "8125".to_owned()], vec!["1100".to_owned(), "4100".to_owned()])
    );
    tenant.post::<tax_rule::UpdateTaxRule>(abroad.id, &UpdateTaxRule { active: Patch::Value(false), ..UpdateTaxRule::default() }).await;
    assert_eq!(posted(billed().await.id).await, ["1100", "2100", "4100"]);
    verified(&tenant).await;
}
