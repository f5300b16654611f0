//! The general ledger agrees with the trial balance, posting by posting; entries are found by account and by party (ACC-01, ACC-10).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::crm::{CreateOpportunity, op as crm};
use causeway_openapi::general_ledger::{GeneralLedgerQuery, LedgerPosting, LedgerPostingsQuery, op as report};
use causeway_openapi::ledger::op as ledger;
use causeway_openapi::report::{TrialBalanceQuery, op as trial};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance};
use causeway_tests::of;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use serde_json::json;

async fn postings(caller: &Caller, query: &LedgerPostingsQuery) -> Vec<LedgerPosting> {
    let mut query = LedgerPostingsQuery { limit: Some(3), ..query.clone() };
    let mut all = Vec::new();
    loop {
        let page = caller.ask::<report::ListLedgerPostings>(&query).await;
        assert_eq!(page.has_more, page.next_cursor.is_some());
        all.extend(page.data);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return all;
        }
    }
}

fn all_of(shop: &Shop) -> GeneralLedgerQuery {
    GeneralLedgerQuery { company_id: shop.company, ..GeneralLedgerQuery::default() }
}

#[tokio::test]
async fn accounts_open_move_and_close() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    tenant.raw.request("PUT", "/v1/clock").json(&json!({ "now": "2026-11-30T09:00:00Z" })).send().await.success();
    let shop = shop::open(&tenant, "").await;
    deal::posted(&tenant, &shop, "100.00").await;
    advance(&tenant, "2026-12-10T09:00:00Z").await;
    let invoice = deal::posted(&tenant, &shop, "50.00").await;
    deal::pay(&tenant, &shop, "30.00", &[(invoice.id, "30.00")]).await;

    let trial = tenant.ask::<trial::GetTrialBalance>(&TrialBalanceQuery { company_id: shop.company, ..TrialBalanceQuery::default() }).await;
    let december = GeneralLedgerQuery { from: Some(of("2026-12-01")), ..all_of(&shop) };
    let found = tenant.ask::<report::GetGeneralLedger>(&december).await;
    let closing: Vec<_> = found.rows.iter().map(|row| (row.account_code.as_str(), row.closing_balance.0.as_str())).collect();
    assert_eq!(closing, trial.rows.iter().map(|row| (row.account_code.as_str(), row.balance.0.as_str())).collect::<Vec<_>>());
    assert_eq!(found.total_debit, found.total_credit);
    let receivable = found.rows.iter().find(|row| row.postings == 2).expect("an invoice and a payment");
    assert_eq!([&receivable.opening_balance, &receivable.debit, &receivable.credit].map(|text| text.0.as_str()), ["100.00", "50.00", "30.00"]);

    let query = LedgerPostingsQuery { company_id: shop.company, from: december.from, ..LedgerPostingsQuery::default() };
    let moved = postings(&tenant, &query).await;
    assert_eq!(moved.len(), found.rows.iter().map(|row| usize::try_from(row.postings).unwrap()).sum::<usize>());
    for account in &found.rows {
        let of_it: Vec<_> = moved.iter().filter(|posting| posting.account_id == account.account_id).collect();
        assert!(of_it.windows(2).all(|pair| pair[0].date <= pair[1].date), "{of_it:?}");
        if let Some(last) = of_it.last() {
            assert_eq!(last.balance, account.closing_balance, "{}", account.account_code);
        }
    }
    let of_account = LedgerPostingsQuery { account_id: Some(receivable.account_id), party_id: Some(shop.party), ..query.clone() };
    let of_account = postings(&tenant, &of_account).await;
    assert_eq!(of_account.iter().map(|posting| posting.balance.0.as_str()).collect::<Vec<_>>(), ["150.00", "120.00"]);
    let of_party = tenant.ask::<report::GetGeneralLedger>(&GeneralLedgerQuery { party_id: Some(shop.party), ..december }).await;
    // Every line of these entries names the customer.
    assert_eq!(of_party.rows, found.rows);
    let nobody = GeneralLedgerQuery { account_id: Some(causeway_value::AccountId::new()), ..all_of(&shop) };
    assert_eq!(tenant.ask::<report::GetGeneralLedger>(&nobody).await.rows, []);

    // As CSV it is one stream.
    let path = format!("/v1/reports/general-ledger/postings?company_id={}", shop.company);
    let text = tenant.raw.request("GET", &path).header("accept", "text/csv").send().await.text();
    assert_eq!(text.lines().count(), postings(&tenant, &LedgerPostingsQuery { from: None, ..query.clone() }).await.len() + 1, "{text}");
    // A cursor is bound to its question.
    let page = tenant.ask::<report::ListLedgerPostings>(&LedgerPostingsQuery { limit: Some(1), ..query.clone() }).await;
    let cursor = page.next_cursor.unwrap();
    let other = tenant.raw.get(&format!("{path}&from=2026-11-01&cursor={cursor}")).await;
    assert_eq!(other.problem().code, Code::CursorInvalid);
}

#[tokio::test]
async fn entries_are_found_by_account_and_party_and_deals_without_a_customer() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let invoice = deal::posted(&tenant, &shop, "50.00").await;
    deal::pay(&tenant, &shop, "30.00", &[(invoice.id, "30.00")]).await;
    let entries = async |query: ListQuery| tenant.all::<ledger::ListJournalEntries, _>(&query).await;
    let all = entries(ListQuery::default()).await;
    assert_eq!((all.len(), entries(ListQuery::by("party_id", shop.party)).await.len()), (2, 2));
    let revenue = all.iter().flat_map(|entry| &entry.lines).find(|line| line.account_code == "4000").expect("revenue").account_id;
    let found = entries(ListQuery::by("account_id", revenue).and("party_id", shop.party)).await;
    assert_eq!(found.iter().map(|entry| entry.event.as_str()).collect::<Vec<_>>(), ["invoice.posted"]);

    let deal = |party| CreateOpportunity { company_id: shop.company, party_id: party, title: "Chairs".to_owned(), ..CreateOpportunity::default() };
    let nobody = tenant.post::<crm::CreateOpportunity>((), &deal(None)).await;
    let somebody = tenant.post::<crm::CreateOpportunity>((), &deal(Some(shop.party))).await;
    for (given, id) in [("false", nobody.id), ("true", somebody.id)] {
        let found = tenant.all::<crm::ListOpportunities, _>(&ListQuery::by("has_party", given)).await;
        assert_eq!(found.iter().map(|deal| deal.id).collect::<Vec<_>>(), [id], "{given}");
    }
}
