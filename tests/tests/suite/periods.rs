//! Locked days take no entry; entries that people make themselves balance and go back by their mirror (ACC-01, ACC-10).

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::fiscal_year::{CreateFiscalYear, LockFiscalYear, ReopenFiscalYear, op as fiscal_year};
use causeway_openapi::invoice::{PostInvoice, op as invoice};
use causeway_openapi::ledger::{CreateJournalEntry, JournalLineInput, ReverseJournalEntry, op as ledger};
use causeway_openapi::payment::{CreatePayment, ReversePayment, op as payment};
use causeway_tests::caller::Caller;
use causeway_tests::day;
use causeway_tests::deal::{self, advance, entry, payment_body, sides};
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use causeway_value::{AccountId, FiscalYearStatus, PaymentStatus};
use std::collections::BTreeSet;

async fn account(caller: &Caller, shop: &Shop, code: &str) -> AccountId {
    caller.all::<company::ListAccounts, _>(&ListQuery::by("company_id", shop.company).and("code", code)).await.first().expect("an account").id
}

/// The month in which fiscal years begin is part of their numbers.
#[tokio::test]
async fn the_calendar_of_numbered_years_stays() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let begins_in = |month| UpdateCompany { fiscal_year_start_month: Patch::Value(month), ..UpdateCompany::default() };
    assert_eq!(tenant.post::<company::UpdateCompany>(shop.company, &begins_in(4)).await.fiscal_year_start_month, 4);
    tenant.post::<fiscal_year::CreateFiscalYear>((), &CreateFiscalYear { company_id: shop.company, year: 2027 }).await;
    let refused = tenant.refused::<company::UpdateCompany>(shop.company, &begins_in(7)).await;
    assert_eq!((refused.code, refused.errors[0].pointer.as_deref()), (Code::StateConflict, Some("/fiscal_year_start_month")));
    // As it is, it may be said again.
    tenant.post::<company::UpdateCompany>(shop.company, &begins_in(4)).await;
    let other = shop::open(&tenant, "2").await;
    deal::posted(&tenant, &other, "1.00").await;
    assert_eq!(tenant.refused::<company::UpdateCompany>(other.company, &begins_in(7)).await.code, Code::StateConflict);
}

#[tokio::test]
async fn nothing_is_posted_on_a_locked_day() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let year = tenant.post::<fiscal_year::CreateFiscalYear>((), &CreateFiscalYear { company_id: shop.company, year: 2026 }).await;
    assert_eq!((year.starts_on, year.ends_on, year.status), (day("2026-01-01"), day("2026-12-31"), FiscalYearStatus::Open));
    let again = tenant.refused::<fiscal_year::CreateFiscalYear>((), &CreateFiscalYear { company_id: shop.company, year: 2026 }).await;
    assert_eq!(again.code, Code::AlreadyExists);
    let paid = deal::pay(&tenant, &shop, "10.00", &[]).await;
    let waiting = CreatePayment { status: Some(PaymentStatus::Draft), ..payment_body(&shop, "10.00", &[]) };
    let waiting = tenant.post::<payment::CreatePayment>((), &waiting).await;
    let locked = tenant.post::<fiscal_year::LockFiscalYear>(year.id, &LockFiscalYear { through: Some(day("2026-12-02")), reason: None }).await;
    assert_eq!((locked.status, locked.locked_through), (FiscalYearStatus::Open, Some(day("2026-12-02"))));
    // Invoices, payments and reversals alike; a later date will do.
    let draft = deal::free_invoice(&tenant, &shop, "10.00").await;
    let problem = tenant.refused::<invoice::PostInvoice>(draft.id, &PostInvoice::default()).await;
    assert_eq!((problem.status, problem.code, problem.meta["locked_through"].as_str()), (423, Code::PeriodLocked, Some("2026-12-02")));
    assert_eq!(tenant.refused::<payment::CreatePayment>((), &payment_body(&shop, "10.00", &[])).await.code, Code::PeriodLocked);
    let problem = tenant.refused::<payment::PostPayment>(waiting.id, &causeway_contract::Nothing {}).await;
    assert_eq!(problem.code, Code::PeriodLocked);
    assert!(problem.detail.contains(&format!("/v1/payments/{}/cancel", waiting.id)), "{}", problem.detail);
    let reason = ReversePayment { date: None, reason: "bounced".to_owned() };
    assert_eq!(tenant.refused::<payment::ReversePayment>(paid.id, &reason).await.code, Code::PeriodLocked);
    let posted = deal::post_invoice(&tenant, draft.id, Some("2026-12-03")).await;
    assert_eq!(posted.number.as_deref(), Some("INV/2026/00001"));
    advance(&tenant, "2026-12-04T09:00:00Z").await;
    tenant.post::<payment::ReversePayment>(paid.id, &reason).await;
    // The whole year, and open again from a day on.
    let whole = tenant.post::<fiscal_year::LockFiscalYear>(year.id, &LockFiscalYear::default()).await;
    assert_eq!((whole.status, whole.locked_through), (FiscalYearStatus::Locked, Some(day("2026-12-31"))));
    assert_eq!(tenant.refused::<fiscal_year::LockFiscalYear>(year.id, &LockFiscalYear::default()).await.code, Code::StateConflict);
    let other_year = LockFiscalYear { through: Some(day("2027-01-01")), reason: None };
    assert_eq!(tenant.refused::<fiscal_year::LockFiscalYear>(year.id, &other_year).await.status, 422);
    let late = ReopenFiscalYear { from: Some(day("2026-12-04")), reason: "a late payment".to_owned() };
    let open = tenant.post::<fiscal_year::ReopenFiscalYear>(year.id, &late).await;
    assert_eq!((open.status, open.locked_through), (FiscalYearStatus::Open, Some(day("2026-12-03"))));
    deal::pay(&tenant, &shop, "10.00", &[]).await;
    assert!(tenant.get::<ledger::VerifyLedger>(()).await.ok);
}

/// A wrong year would begin a series of numbers and a year of the books that nobody has.
#[tokio::test]
async fn what_is_posted_is_of_a_day_that_can_be_meant() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (revenue, expense) = (account(&tenant, &shop, "4000").await, account(&tenant, &shop, "6000").await);
    let on = |date: &str| CreateJournalEntry {
        company_id: shop.company,
        date: Some(day(date)),
        description: "Rent".to_owned(),
        lines: vec![
            JournalLineInput { account_id: expense, debit: Some("5.00".into()), ..JournalLineInput::default() },
            JournalLineInput { account_id: revenue, credit: Some("5.00".into()), ..JournalLineInput::default() },
        ],
    };
    let draft = deal::free_invoice(&tenant, &shop, "10.00").await;
    for (date, words) in
        [("1926-12-02", "ten years ago"), ("2016-11-30", "2016-12-01 or a later day"), ("2199-12-02", "days ahead"), ("2027-10-29", "2027-10-28")]
    {
        let entry = tenant.refused::<ledger::CreateJournalEntry>((), &on(date)).await;
        assert!(entry.errors[0].pointer.as_deref() == Some("/date") && entry.errors[0].detail.contains(words), "{date}: {entry:?}");
        let posted = PostInvoice { invoice_date: Some(day(date)), allow_duplicate: None };
        let posted = tenant.refused::<invoice::PostInvoice>(draft.id, &posted).await;
        assert!(posted.errors[0].pointer.as_deref() == Some("/invoice_date") && posted.errors[0].detail.contains(words), "{date}: {posted:?}");
        let paid = CreatePayment { payment_date: Some(day(date)), ..payment_body(&shop, "10.00", &[]) };
        let paid = tenant.refused::<payment::CreatePayment>((), &paid).await;
        assert_eq!(paid.errors[0].pointer.as_deref(), Some("/payment_date"), "{date}: {paid:?}");
    }
    // A history of ten years comes.
    let old = tenant.post::<ledger::CreateJournalEntry>((), &on("2016-12-01")).await;
    let back = ReverseJournalEntry { date: Some(day("2199-01-01")), reason: "twice".to_owned() };
    assert_eq!(tenant.refused::<ledger::ReverseJournalEntry>(old.id, &back).await.errors[0].pointer.as_deref(), Some("/date"));
    assert!(tenant.get::<ledger::VerifyLedger>(()).await.ok);
}

/// ACC-10: what is locked stands on everything before it, whether those days have a fiscal year or not.
#[tokio::test]
async fn days_before_a_locked_year_are_locked_with_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let year = |year| CreateFiscalYear { company_id: shop.company, year };
    let locked = tenant.post::<fiscal_year::CreateFiscalYear>((), &year(2025)).await;
    tenant.post::<fiscal_year::LockFiscalYear>(locked.id, &LockFiscalYear::default()).await;
    let (revenue, expense) = (account(&tenant, &shop, "4000").await, account(&tenant, &shop, "6000").await);
    let line = |account_id, debit: Option<&str>, credit: Option<&str>| JournalLineInput {
        account_id,
        debit: debit.map(Into::into),
        credit: credit.map(Into::into),
        ..JournalLineInput::default()
    };
    let on = |date: &str| CreateJournalEntry {
        company_id: shop.company,
        date: Some(day(date)),
        description: "Late".to_owned(),
        lines: vec![line(expense, Some("5.00"), None), line(revenue, None, Some("5.00"))],
    };
    let problem = tenant.refused::<ledger::CreateJournalEntry>((), &on("2024-06-30")).await;
    assert_eq!((problem.code, problem.meta["locked_through"].as_str()), (Code::PeriodLocked, Some("2025-12-31")));
    tenant.post::<ledger::CreateJournalEntry>((), &on("2026-01-01")).await;
    // Its own year was locked with the later one, until somebody opens it who may.
    let before = tenant.post::<fiscal_year::CreateFiscalYear>((), &year(2024)).await;
    assert_eq!((before.status, before.locked_through), (FiscalYearStatus::Locked, Some(day("2024-12-31"))));
    assert_eq!(tenant.refused::<ledger::CreateJournalEntry>((), &on("2024-06-30")).await.code, Code::PeriodLocked);
    tenant.post::<fiscal_year::ReopenFiscalYear>(before.id, &ReopenFiscalYear { from: None, reason: "a late bill".to_owned() }).await;
    tenant.post::<ledger::CreateJournalEntry>((), &on("2024-06-30")).await;
    assert_eq!(tenant.refused::<ledger::CreateJournalEntry>((), &on("2023-06-30")).await.code, Code::PeriodLocked);
}

#[tokio::test]
async fn an_entry_of_ones_own_balances_and_goes_back() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (revenue, expense, receivable) = (account(&tenant, &shop, "4000").await, account(&tenant, &shop, "6000").await, account(&tenant, &shop, "1100").await);
    let debit = |account_id, amount: &str| JournalLineInput { account_id, debit: Some(amount.into()), ..JournalLineInput::default() };
    let credit = |account_id, amount: &str| JournalLineInput { account_id, credit: Some(amount.into()), ..JournalLineInput::default() };
    let body = |lines| CreateJournalEntry { company_id: shop.company, date: None, description: "Correction".to_owned(), lines };
    let problem = tenant.refused::<ledger::CreateJournalEntry>((), &body(vec![debit(expense, "5.00"), credit(revenue, "4.99")])).await;
    assert_eq!((problem.status, problem.errors[0].pointer.as_deref()), (422, Some("/lines")));
    let problem = tenant.refused::<ledger::CreateJournalEntry>((), &body(vec![debit(expense, "5.00"), credit(receivable, "5.00")])).await;
    assert_eq!((problem.status, problem.errors[0].pointer.as_deref()), (422, Some("/lines/1/account_id")));
    let made = tenant.post::<ledger::CreateJournalEntry>((), &body(vec![debit(expense, "5.00"), credit(revenue, "5.00")])).await;
    assert_eq!(sides(&made), [("4000", "0.00", "5.00"), ("6000", "5.00", "0.00")]);
    assert_eq!((made.description.as_deref(), made.document_id.as_str()), (Some("Correction"), made.id.to_string().as_str()));
    let reason = ReverseJournalEntry { date: None, reason: "wrong account".to_owned() };
    let mirror = tenant.post::<ledger::ReverseJournalEntry>(made.id, &reason).await;
    assert_eq!((mirror.reversal_of_id, entry(&tenant, Some(made.id)).await.reversed_by_id), (Some(made.id), Some(mirror.id)));
    // Whoever asks for what changed since it was made finds that it was taken back, and in which order.
    let back = entry(&tenant, Some(made.id)).await;
    assert_eq!((back.version, back.updated_at), (2, mirror.created_at));
    let since = ListQuery { sort: Some("updated_at".to_owned()), ..ListQuery::by("updated_at[gte]", mirror.created_at) };
    let changed = tenant.all::<ledger::ListJournalEntries, _>(&since).await;
    assert_eq!(changed.iter().map(|entry| entry.id).collect::<BTreeSet<_>>(), BTreeSet::from([made.id, mirror.id]));
    for id in [made.id, mirror.id] {
        assert_eq!(tenant.refused::<ledger::ReverseJournalEntry>(id, &reason).await.code, Code::StateConflict);
    }
    let invoice = deal::posted(&tenant, &shop, "10.00").await;
    let problem = tenant.refused::<ledger::ReverseJournalEntry>(invoice.journal_entry_id.unwrap(), &reason).await;
    assert_eq!((problem.code, problem.meta["document_type"].as_str()), (Code::StateConflict, Some("invoice")));
    let found = tenant.all::<ledger::ListJournalEntries, _>(&ListQuery::by("document_id", invoice.id)).await;
    assert_eq!(found.iter().map(|entry| entry.id).collect::<Vec<_>>(), [invoice.journal_entry_id.unwrap()]);
    assert!(tenant.get::<ledger::VerifyLedger>(()).await.ok);
}

/// A day that was given and cannot be booked on is named; the day on which it happens is nobody's field.
#[tokio::test]
async fn a_locked_day_that_was_given_is_the_wrong_field() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let posted = deal::posted(&tenant, &shop, "10.00").await;
    let today = posted.invoice_date.expect("a day");
    let year = tenant.post::<fiscal_year::CreateFiscalYear>((), &CreateFiscalYear { company_id: shop.company, year: 2026 }).await;
    tenant.post::<fiscal_year::LockFiscalYear>(year.id, &LockFiscalYear { through: Some(today), reason: None }).await;
    for verb in ["reverse", "write-off"] {
        for (date, pointer) in [(Some(today), Some("/date")), (None, None)] {
            let body = match date {
                Some(date) => serde_json::json!({ "reason": "wrong", "date": date }),
                None => serde_json::json!({ "reason": "wrong" }),
            };
            let problem = tenant.raw.post(&format!("/v1/invoices/{}/{verb}", posted.id), &body).await.problem();
            assert_eq!((problem.status, problem.code), (423, Code::PeriodLocked), "{verb}");
            assert_eq!(problem.errors.first().and_then(|error| error.pointer.as_deref()), pointer, "{verb}: {problem:?}");
        }
    }
}
