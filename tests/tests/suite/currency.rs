//! Documents in other currencies, and the exchange difference that settling them realises.

use causeway_contract::{Code, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::invoice::{CreateInvoice, CreditInvoice, CreditLine, Invoice, op as invoice};
use causeway_openapi::payment::{CreatePayment, Payment, op as payment};
use causeway_openapi::report::{TrialBalanceQuery, op as report};
use causeway_openapi::tax::op as tax;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, entry, sides};
use causeway_tests::of;
use causeway_tests::shop::{self, Shop, percent_tax, rate};
use causeway_tests::world::World;
use causeway_value::{AllocationState, PaymentState, TaxRounding};

async fn invoiced(caller: &Caller, shop: &Shop, currency: &str, amount: &str) -> Invoice {
    let body = CreateInvoice { currency: Some(of(currency)), ..deal::free_invoice_body(shop, amount) };
    let draft = caller.post::<invoice::CreateInvoice>((), &body).await;
    deal::post_invoice(caller, draft.id, None).await
}

async fn paid(caller: &Caller, shop: &Shop, currency: &str, invoice: &Invoice) -> Payment {
    let total = invoice.total_amount.0.as_str();
    let body = CreatePayment { currency: of(currency), ..deal::payment_body(shop, total, &[(invoice.id, total)]) };
    let payment = caller.post::<payment::CreatePayment>((), &body).await;
    let now = caller.get::<invoice::GetInvoice>(invoice.id).await;
    assert_eq!((now.payment_state, payment.allocation_state), (Some(PaymentState::Paid), AllocationState::Allocated));
    payment
}

async fn balances(caller: &Caller, shop: &Shop) -> Vec<(String, String)> {
    let balance = caller.ask::<report::GetTrialBalance>(&TrialBalanceQuery { company_id: shop.company, ..TrialBalanceQuery::default() }).await;
    assert_eq!(balance.total_debit, balance.total_credit);
    balance.rows.into_iter().map(|row| (row.account_code, row.balance.0)).collect()
}

fn texts<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.map(|(code, balance)| (code.to_owned(), balance.to_owned())).to_vec()
}

async fn story(later: &str, expected: [(&str, &str); 4]) {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    rate(&tenant, "USD", "2026-12-01", "0.9").await;
    rate(&tenant, "USD", "2026-12-20", later).await;
    let invoice = invoiced(&tenant, &shop, "USD", "1000.00").await;
    assert_eq!((invoice.currency, invoice.total_amount.0.as_str()), (of("USD"), "1000.00"));
    let posting = entry(&tenant, invoice.journal_entry_id).await;
    assert_eq!(sides(&posting), [("1100", "900.00", "0.00"), ("4000", "0.00", "900.00")]);
    let receivable = posting.lines.iter().find(|line| line.account_code == "1100").unwrap();
    assert_eq!((receivable.currency, receivable.amount_currency.0.as_str()), (of("USD"), "1000.00"));
    advance(&tenant, "2026-12-21T09:00:00Z").await;
    paid(&tenant, &shop, "USD", &invoice).await;
    assert_eq!(balances(&tenant, &shop).await, texts(expected));
    assert!(tenant.get::<causeway_openapi::ledger::op::VerifyLedger>(()).await.ok);
}

#[tokio::test]
async fn a_dearer_currency_is_a_gain() {
    story("0.95", [("1000", "950.00"), ("1100", "0.00"), ("4000", "-900.00"), ("7000", "-50.00")]).await;
}

#[tokio::test]
async fn a_cheaper_currency_is_a_loss() {
    story("0.85", [("1000", "850.00"), ("1100", "0.00"), ("4000", "-900.00"), ("7010", "50.00")]).await;
}

/// Three parts of a third: the last one closes the books to zero, whatever rounding left.
#[tokio::test]
async fn parts_close_to_zero_in_both_currencies() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    rate(&tenant, "USD", "2026-12-01", "0.951237").await;
    let invoice = invoiced(&tenant, &shop, "USD", "100.00").await;
    for part in ["33.33", "33.33", "33.34"] {
        let body = CreatePayment { currency: of("USD"), ..deal::payment_body(&shop, part, &[(invoice.id, part)]) };
        tenant.post::<payment::CreatePayment>((), &body).await;
    }
    let receivable = balances(&tenant, &shop).await.into_iter().find(|(code, _)| code == "1100");
    assert_eq!(receivable, Some(("1100".to_owned(), "0.00".to_owned())));
}

#[tokio::test]
async fn each_currency_has_its_own_digits() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    rate(&tenant, "JPY", "2026-12-01", "0.006").await;
    rate(&tenant, "KWD", "2026-12-01", "3.1").await;
    let yen = invoiced(&tenant, &shop, "JPY", "1500").await;
    assert_eq!(yen.total_amount.0, "1500");
    assert_eq!(sides(&entry(&tenant, yen.journal_entry_id).await), [("1100", "9.00", "0.00"), ("4000", "0.00", "9.00")]);
    let dinar = invoiced(&tenant, &shop, "KWD", "1.125").await;
    assert_eq!(dinar.total_amount.0, "1.125");
    let body = CreatePayment { currency: of("JPY"), ..deal::payment_body(&shop, "1.5", &[]) };
    let problem = tenant.refused::<payment::CreatePayment>((), &body).await;
    assert_eq!((problem.code, problem.errors.first().and_then(|error| error.pointer.as_deref())), (Code::TooManyDecimals, Some("/amount")));
}

#[tokio::test]
async fn without_a_rate_nothing_is_posted() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let body = CreateInvoice { currency: Some(of("USD")), ..deal::free_invoice_body(&shop, "10.00") };
    let Ok(draft) = tenant.client.call::<invoice::CreateInvoice>((), &Default::default(), &body).await else { return };
    let problem = tenant.refused::<invoice::PostInvoice>(draft.id, &Default::default()).await;
    assert_eq!((problem.status, problem.code), (422, Code::RateMissing));
}

/// A company may book with recent rates only; the refusal names the latest.
#[tokio::test]
async fn an_old_rate_is_not_booked_with() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    rate(&tenant, "USD", "2026-11-24", "0.9").await;
    let change = UpdateCompany { max_rate_age_days: Patch::Value(7), ..UpdateCompany::default() };
    assert_eq!(tenant.post::<company::UpdateCompany>(shop.company, &change).await.max_rate_age_days, Some(7));
    let body = CreateInvoice { currency: Some(of("USD")), ..deal::free_invoice_body(&shop, "10.00") };
    let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
    let problem = tenant.refused::<invoice::PostInvoice>(draft.id, &Default::default()).await;
    assert_eq!((problem.status, problem.code, problem.meta["latest"].as_str()), (422, Code::RateMissing, Some("2026-11-24")));
    assert!(problem.detail.contains("none of before 2026-11-25"), "{}", problem.detail);
    let body = CreatePayment { currency: of("USD"), ..deal::payment_body(&shop, "10.00", &[]) };
    assert_eq!(tenant.refused::<payment::CreatePayment>((), &body).await.code, Code::RateMissing);
    // Seven days are recent enough, and home currency needs no rate.
    rate(&tenant, "USD", "2026-11-25", "0.9").await;
    deal::post_invoice(&tenant, draft.id, None).await;
    deal::posted(&tenant, &shop, "10.00").await;
}

/// What is rounded once over the document is converted once: 100 lines of 1.01 with 7 % at 0.2 are 20.20 and 1.41, line by line 20.00 and 7 cents a line. Paid on
/// the same day at the same rate, nothing is gained or lost.
#[tokio::test]
async fn what_is_rounded_once_is_converted_once() {
    let world = World::start().await;
    let cases = [
        (TaxRounding::PerDocument, [("1100", "21.61", "0.00"), ("2100", "0.00", "1.41"), ("4000", "0.00", "20.20")]),
        (TaxRounding::PerDocumentNet, [("1100", "21.61", "0.00"), ("2100", "0.00", "1.41"), ("4000", "0.00", "20.20")]),
        (TaxRounding::PerLine, [("1100", "21.00", "0.00"), ("2100", "0.00", "1.00"), ("4000", "0.00", "20.00")]),
    ];
    for (rounding, expected) in cases {
        let tenant = world.sandbox().await;
        let shop = shop::open(&tenant, "").await;
        rate(&tenant, "USD", "2026-12-01", "0.2").await;
        let change = UpdateCompany { tax_rounding: Patch::Value(rounding), ..UpdateCompany::default() };
        tenant.post::<company::UpdateCompany>(shop.company, &change).await;
        let seven = tenant.post::<tax::CreateTax>((), &percent_tax(shop.company, "SEVEN", "7")).await.id;
        let lines = vec![deal::free_line("1.01", &[seven]); 100];
        let body = CreateInvoice { currency: Some(of("USD")), lines, ..deal::free_invoice_body(&shop, "1.00") };
        let posted = async || {
            let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
            deal::post_invoice(&tenant, draft.id, None).await
        };
        let first = posted().await;
        assert_eq!(sides(&entry(&tenant, first.journal_entry_id).await), expected, "{rounding}");
        paid(&tenant, &shop, "USD", &first).await;
        let [receivable, taxed, revenue] = expected;
        let of_day = balances(&tenant, &shop).await;
        let moved = |code: &str| of_day.iter().any(|(other, balance)| other == code && balance != "0.00");
        assert_eq!((moved("1100"), moved("7000"), moved("7010")), (false, rounding == TaxRounding::PerLine, false), "{rounding}");
        // A credit note is its mirror.
        let second = posted().await;
        let note = tenant.post::<invoice::CreditInvoice>(second.id, &CreditInvoice::default()).await;
        let note = deal::post_invoice(&tenant, note.id, None).await;
        let mirrored = [receivable, taxed, revenue].map(|(code, debit, credit)| (code, credit, debit));
        assert_eq!(sides(&entry(&tenant, note.journal_entry_id).await), mirrored, "{rounding}");
        assert!(tenant.get::<causeway_openapi::ledger::op::VerifyLedger>(()).await.ok);
    }
}

/// MATCH-022 in company currency: whatever parts an invoice is credited in, receivable, revenue and tax come to zero, without a difference of exchange.
#[tokio::test]
async fn the_last_credit_exhausts_the_books() {
    for rounding in [TaxRounding::PerLine, TaxRounding::PerDocument] {
        let world = World::start().await;
        let tenant = world.sandbox().await;
        let shop = shop::open(&tenant, "").await;
        let change = UpdateCompany { tax_rounding: Patch::Value(rounding), ..UpdateCompany::default() };
        tenant.post::<company::UpdateCompany>(shop.company, &change).await;
        rate(&tenant, "USD", "2026-12-01", "0.951237").await;
        let line = |price: &str, quantity: &str| causeway_openapi::invoice::InvoiceLineInput { quantity: of(quantity), ..deal::free_line(price, &[shop.tax]) };
        let lines = vec![line("14.29", "7"), line("10.01", "3")];
        let body = CreateInvoice { currency: Some(of("USD")), lines, ..deal::free_invoice_body(&shop, "1.00") };
        let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
        let posted = deal::post_invoice(&tenant, draft.id, None).await;
        let credit = async |parts: &[(usize, &str)]| {
            let part = |(index, quantity): &(usize, &str)| CreditLine { invoice_line_id: posted.lines[*index].id, quantity: of(quantity) };
            let body = CreditInvoice { lines: parts.iter().map(part).collect(), ..CreditInvoice::default() };
            let note = tenant.post::<invoice::CreditInvoice>(posted.id, &body).await;
            deal::post_invoice(&tenant, note.id, None).await;
        };
        credit(&[(0, "1")]).await;
        credit(&[(1, "1"), (0, "1")]).await;
        for _ in 0..3 {
            credit(&[(0, "1")]).await;
        }
        credit(&[(1, "1")]).await;
        let rest = tenant.post::<invoice::CreditInvoice>(posted.id, &CreditInvoice::default()).await;
        deal::post_invoice(&tenant, rest.id, None).await;
        assert_eq!(tenant.get::<invoice::GetInvoice>(posted.id).await.payment_state, Some(PaymentState::Reversed));
        let left = balances(&tenant, &shop).await;
        assert_eq!(left, texts([("1100", "0.00"), ("2100", "0.00"), ("4000", "0.00")]), "{rounding}");
        causeway_tests::verified(&tenant).await;
    }
}
