//! What is to be paid, in the coins that there are (vectors TAX-052, TAX-060 to TAX-062, TERM-023).

use causeway_contract::Patch;
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::invoice::{CreateInvoice, CreditInvoice, CreditLine, Invoice, InvoiceLineInput, UpdateInvoice, op as invoice};
use causeway_openapi::tax::{CreateTax, op as tax};
use causeway_openapi::term::op as term;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, entry, free_line as line, post_invoice, sides};
use causeway_tests::shop::{self, Shop, percent_after, percent_tax, rate, term_body};
use causeway_tests::world::World;
use causeway_tests::{of, unique, verified};
use causeway_value::{CashRounding, CashStrategy, CashUnit, Currency, PaymentState, PaymentTermId, RoundingMethod, RoundingRule, TaxId, TaxRounding};

async fn coins(caller: &Caller, shop: &Shop, currency: &str, step: &str, method: RoundingMethod, strategy: CashStrategy) {
    coins_per(caller, shop, (currency, step), (method, strategy), CashUnit::Total).await;
}

async fn coins_per(caller: &Caller, shop: &Shop, (currency, step): (&str, &str), (method, strategy): (RoundingMethod, CashStrategy), per: CashUnit) {
    let cash = CashRounding { step: step.into(), method, strategy, per };
    let rules = vec![RoundingRule { currency: of(currency), tax_step: None, cash: Some(cash) }];
    caller.post::<company::UpdateCompany>(shop.company, &UpdateCompany { rounding_rules: Patch::Value(rules), ..UpdateCompany::default() }).await;
}

async fn posted(caller: &Caller, shop: &Shop, lines: Vec<InvoiceLineInput>, term: Option<PaymentTermId>, currency: &str) -> Invoice {
    let currency: Currency = of(currency);
    let body = CreateInvoice { lines, payment_term_id: term, currency: Some(currency), ..deal::free_invoice_body(shop, "1.00") };
    let draft = caller.post::<invoice::CreateInvoice>((), &body).await;
    post_invoice(caller, draft.id, None).await
}

async fn credited(caller: &Caller, id: causeway_value::InvoiceId, body: &CreditInvoice) -> Invoice {
    let note = caller.post::<invoice::CreditInvoice>(id, body).await;
    post_invoice(caller, note.id, None).await
}

fn amounts(invoice: &Invoice) -> [&str; 4] {
    [&invoice.untaxed_amount.0, &invoice.tax_amount.0, &invoice.rounding_amount.0, &invoice.total_amount.0]
}

async fn vat(caller: &Caller, shop: &Shop, rate: &str) -> TaxId {
    caller.post::<tax::CreateTax>((), &percent_tax(shop.company, &unique("VAT"), rate)).await.id
}

#[tokio::test]
async fn the_difference_has_a_line_or_is_in_the_largest_tax() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (first, second) = (vat(&tenant, &shop, "15").await, vat(&tenant, &shop, "15").await);
    let lines = || vec![line("999.99", &[first]), line("200", &[first, second])];
    coins(&tenant, &shop, "EUR", "0.05", RoundingMethod::Up, CashStrategy::ExtraLine).await;
    // TAX-060.
    let rounded = posted(&tenant, &shop, lines(), None, "EUR").await;
    assert_eq!(amounts(&rounded), ["1199.99", "210.00", "0.01", "1410.00"]);
    assert_eq!(
        sides(&entry(&tenant, rounded.journal_entry_id).await),
        [("1100", "1410.00", "0.00"), ("2100", "0.00", "180.00"), ("2100", "0.00", "30.00"), ("4000", "0.00", "1199.99"), ("7100", "0.00", "0.01")]
    );
    // The credit of a line is without it, the one of the rest takes it.
    let of_line = CreditLine { invoice_line_id: rounded.lines[1].id, quantity: of("1") };
    let part = credited(&tenant, rounded.id, &CreditInvoice { lines: vec![of_line], ..CreditInvoice::default() }).await;
    assert_eq!(amounts(&part), ["200.00", "60.00", "0.00", "260.00"]);
    let rest = credited(&tenant, rounded.id, &CreditInvoice::default()).await;
    assert_eq!(amounts(&rest), ["999.99", "150.00", "0.01", "1150.00"]);
    assert_eq!(
        sides(&entry(&tenant, rest.journal_entry_id).await),
        [("1100", "0.00", "1150.00"), ("2100", "150.00", "0.00"), ("4000", "999.99", "0.00"), ("7100", "0.01", "0.00")]
    );
    let gone = tenant.get::<invoice::GetInvoice>(rounded.id).await;
    assert_eq!((gone.payment_state, gone.open_amount.0.as_str()), (Some(PaymentState::Reversed), "0.00"));
    // What was posted keeps its coins, whatever the company does later.
    coins(&tenant, &shop, "EUR", "0.05", RoundingMethod::Up, CashStrategy::BiggestTax).await;
    let in_tax = posted(&tenant, &shop, lines(), None, "EUR").await;
    assert_eq!(amounts(&in_tax), ["1199.99", "210.01", "0.00", "1410.00"]);
    assert_eq!(in_tax.taxes.iter().map(|tax| tax.amount.0.as_str()).collect::<Vec<_>>(), ["180.01", "30.00"]);
    coins(&tenant, &shop, "EUR", "0.05", RoundingMethod::Down, CashStrategy::BiggestTax).await;
    assert_eq!(amounts(&posted(&tenant, &shop, lines(), None, "EUR").await), ["1199.99", "209.96", "0.00", "1409.95"]);
    assert_eq!(tenant.get::<invoice::GetInvoice>(in_tax.id).await.cash_rounding.map(|kept| kept.method), Some(RoundingMethod::Up));
    // Without a tax to take it, it has a line of its own.
    assert_eq!(amounts(&posted(&tenant, &shop, vec![line("10.03", &[])], None, "EUR").await), ["10.03", "0.00", "-0.03", "10.00"]);
    verified(&tenant).await;
}

#[tokio::test]
async fn a_total_is_rounded_to_whole_units_and_shown_on_paper() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let change = UpdateCompany { tax_rounding: Patch::Value(TaxRounding::PerDocument), ..UpdateCompany::default() };
    tenant.post::<company::UpdateCompany>(shop.company, &change).await;
    coins(&tenant, &shop, "EUR", "1", RoundingMethod::HalfUp, CashStrategy::ExtraLine).await;
    let mut twice = Vec::new();
    for _ in 0..2 {
        let body = CreateTax { included: Some(true), ..percent_tax(shop.company, &unique("T"), "6") };
        twice.push(tenant.post::<tax::CreateTax>((), &body).await.id);
    }
    let double = InvoiceLineInput { quantity: of("2"), ..line("1122", &twice) };
    let rounded = posted(&tenant, &shop, vec![double, line("1122.01", &twice), line("1122.01", &twice)], None, "EUR").await;
    assert_eq!(amounts(&rounded), ["4007.16", "480.86", "-0.02", "4488.00"], "TAX-052");
    // TAX-072: what is to be paid is the total less what was paid, rounding included.
    deal::pay(&tenant, &shop, "1000.00", &[(rounded.id, "1000.00")]).await;
    assert_eq!(tenant.get::<invoice::GetInvoice>(rounded.id).await.open_amount.0, "3488.00");
    verified(&tenant).await;
}

/// TERM-023: each part in coins, the total as it is. The last part takes the residue in both currencies.
#[tokio::test]
async fn each_installment_is_in_coins() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    rate(&tenant, "KWD", "2026-12-01", "0.5").await;
    coins(&tenant, &shop, "KWD", "0.05", RoundingMethod::Up, CashStrategy::ExtraLine).await;
    let halves = term_body(&unique("HALF"), vec![percent_after("50", 0), percent_after("50", 30)]);
    let halves = tenant.post::<term::CreatePaymentTerm>((), &halves).await.id;
    let parted = posted(&tenant, &shop, vec![line("868.35", &[])], Some(halves), "KWD").await;
    assert_eq!(amounts(&parted), ["868.350", "0.000", "0.000", "868.350"]);
    assert_eq!(parted.installments.iter().map(|part| part.amount.0.as_str()).collect::<Vec<_>>(), ["434.200", "434.150"]);
    assert_eq!(sides(&entry(&tenant, parted.journal_entry_id).await), [("1100", "217.08", "0.00"), ("1100", "217.10", "0.00"), ("4000", "0.00", "434.18")]);
    verified(&tenant).await;
}

/// TAX-062: where each installment is rounded, what is to be paid is their sum, and the term of a draft decides what that is.
#[tokio::test]
async fn each_installment_is_rounded_and_the_total_is_their_sum() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let vat = vat(&tenant, &shop, "10").await;
    let halves = term_body(&unique("HALF"), vec![percent_after("50", 20), percent_after("50", 40)]);
    let halves = tenant.post::<term::CreatePaymentTerm>((), &halves).await.id;
    let tenths = term_body(&unique("TENTH"), (0..10).map(|part| percent_after("10", 10 * part)).collect());
    let tenths = tenant.post::<term::CreatePaymentTerm>((), &tenths).await.id;
    let parts = |invoice: &Invoice| invoice.installments.iter().map(|part| part.amount.0.clone()).collect::<Vec<_>>();
    coins_per(&tenant, &shop, ("EUR", "0.05"), (RoundingMethod::HalfUp, CashStrategy::ExtraLine), CashUnit::Installment).await;
    let parted = posted(&tenant, &shop, vec![line("42.06", &[])], Some(halves), "EUR").await;
    assert_eq!((amounts(&parted), parts(&parted)), (["42.06", "0.00", "0.04", "42.10"], vec!["21.05".to_owned(), "21.05".to_owned()]));
    assert_eq!(
        sides(&entry(&tenant, parted.journal_entry_id).await),
        [("1100", "21.05", "0.00"), ("1100", "21.05", "0.00"), ("4000", "0.00", "42.06"), ("7100", "0.00", "0.04")]
    );
    let whole = posted(&tenant, &shop, vec![line("42.06", &[])], None, "EUR").await;
    assert_eq!(amounts(&whole), ["42.06", "0.00", "-0.01", "42.05"], "all of it at once");
    let credited = credited(&tenant, parted.id, &CreditInvoice::default()).await;
    assert_eq!(amounts(&credited), ["42.06", "0.00", "0.04", "42.10"]);

    // Another term of a draft is another sum.
    let body = CreateInvoice { lines: vec![line("42.06", &[])], payment_term_id: Some(halves), ..deal::free_invoice_body(&shop, "1.00") };
    let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
    let change = UpdateInvoice { payment_term_id: Patch::Value(tenths), ..UpdateInvoice::default() };
    let draft = tenant.post::<invoice::UpdateInvoice>(draft.id, &change).await;
    // Nine of 4.21 are 4.20 each, and the rest of 4.17 is 4.15.
    assert_eq!(draft.total_amount.0, "41.95");
    let drafted = post_invoice(&tenant, draft.id, None).await;
    assert_eq!((amounts(&drafted), parts(&drafted)), (["42.06", "0.00", "-0.11", "41.95"], [vec!["4.20".to_owned(); 9], vec!["4.15".to_owned()]].concat()));
    verified(&tenant).await;

    // Every part is away from zero, and the tax bears the difference.
    coins_per(&tenant, &shop, ("EUR", "0.05"), (RoundingMethod::Up, CashStrategy::BiggestTax), CashUnit::Installment).await;
    let in_tax = posted(&tenant, &shop, vec![line("9.10", &[vat])], Some(tenths), "EUR").await;
    assert_eq!(amounts(&in_tax), ["9.10", "0.95", "0.00", "10.05"]);
    assert_eq!(parts(&in_tax), [vec!["1.00"; 9], vec!["1.05"]].concat());
    verified(&tenant).await;
}

/// A part that is credited by lines is in coins, too; the last credit takes what the others left (rule 11 of the vectors).
#[tokio::test]
async fn a_part_is_credited_in_coins() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let vat = vat(&tenant, &shop, "19").await;
    // The largest tax of the second invoice bears a cent less.
    let cases = [(CashStrategy::ExtraLine, "11.95", "15.85"), (CashStrategy::BiggestTax, "11.90", "15.90")];
    for (strategy, first, last) in cases {
        coins(&tenant, &shop, "EUR", "0.05", RoundingMethod::HalfUp, strategy).await;
        let twice = InvoiceLineInput { quantity: of("2"), ..line("10.02", &[vat]) };
        let whole = posted(&tenant, &shop, vec![twice, line("3.33", &[vat])], None, "EUR").await;
        assert_eq!(whole.total_amount.0, "27.80", "{strategy:?}");
        let of_line = CreditLine { invoice_line_id: whole.lines[0].id, quantity: of("1") };
        let part = CreditInvoice { lines: vec![of_line], ..CreditInvoice::default() };
        let note = credited(&tenant, whole.id, &part).await;
        assert_eq!((note.total_amount.0.as_str(), note.cash_rounding.is_some()), (first, true), "{strategy:?}: {:?}", amounts(&note));
        let rest = credited(&tenant, whole.id, &CreditInvoice::default()).await;
        assert_eq!(rest.total_amount.0, last, "{strategy:?}: {:?}", amounts(&rest));
        let gone = tenant.get::<invoice::GetInvoice>(whole.id).await;
        assert_eq!((gone.payment_state, gone.open_amount.0.as_str()), (Some(PaymentState::Reversed), "0.00"), "{strategy:?}");
        verified(&tenant).await;
    }
}
