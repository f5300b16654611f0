//! Discounts for paying early are what was not paid: none for who pays all of it, at the rate of the invoice, and in coins (PAY-23; vectors EPD-…, TAX-060).

use crate::early_payment::{self, discount_term};
use causeway_contract::Patch;
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::invoice::{CreateInvoice, Invoice, op as invoice};
use causeway_openapi::payment::{CreatePayment, Payment, RegisterPayments, op as payment};
use causeway_openapi::tax::op as tax;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, balances, entry, free_line, payment_body, sides};
use causeway_tests::shop::{self, Shop, percent_tax, rate};
use causeway_tests::world::World;
use causeway_tests::{of, unique, verified};
use causeway_value::{
    AutoAllocation, CashRounding, CashStrategy, CashUnit, DiscountTaxMode, InvoiceId, PaymentDifference, PaymentTermId, RoundingMethod, RoundingRule, TaxId,
};

async fn posted(caller: &Caller, shop: &Shop, term: PaymentTermId, currency: &str, price: &str, taxes: &[TaxId]) -> Invoice {
    let lines = vec![free_line(price, taxes)];
    let body = CreateInvoice { payment_term_id: Some(term), currency: Some(of(currency)), lines, ..deal::free_invoice_body(shop, "1.00") };
    let draft = caller.post::<invoice::CreateInvoice>((), &body).await;
    deal::post_invoice(caller, draft.id, None).await
}

async fn open(caller: &Caller, id: InvoiceId) -> String {
    caller.get::<invoice::GetInvoice>(id).await.open_amount.0
}

/// Account, debit and credit.
type Sides = (String, String, String);

/// What came with a payment: the amount, and the lines of its entry.
async fn taken(caller: &Caller, payment: &Payment) -> Vec<(String, Vec<Sides>)> {
    let mut found = Vec::new();
    for row in early_payment::taken(caller, payment).await {
        let entry = entry(caller, Some(row.journal_entry_id)).await;
        let lines = sides(&entry).into_iter().map(|(code, debit, credit)| (code.to_owned(), debit.to_owned(), credit.to_owned())).collect();
        found.push((row.amount.0, lines));
    }
    found
}

/// 119.00 with 2 % in time: who pays all of it has no discount, whichever way, and all of its tax is declared. Less of it is for who pays a part of it.
#[tokio::test]
async fn who_pays_all_of_it_takes_no_discount() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let term = discount_term(&tenant, "2", 10, DiscountTaxMode::OnPayment).await;
    let one = async || posted(&tenant, &shop, term, "EUR", "100.00", &[shop.tax]).await;
    let pay = async |body: CreatePayment| tenant.post::<payment::CreatePayment>((), &body).await;
    let naming = |amount: &str, ids: &[InvoiceId]| CreatePayment { invoice_ids: ids.to_vec(), ..payment_body(&shop, amount, &[]) };
    for way in ["invoice_ids", "keep_open", "write_off", "oldest_first", "register", "allocations"] {
        let invoice = one().await;
        let named = naming("119.00", &[invoice.id]);
        let paid = match way {
            "keep_open" => pay(CreatePayment { difference: Some(PaymentDifference::KeepOpen), ..named }).await,
            "write_off" => pay(CreatePayment { difference: Some(PaymentDifference::WriteOff), ..named }).await,
            "oldest_first" => pay(CreatePayment { invoice_ids: Vec::new(), allocate: Some(AutoAllocation::OldestFirst), ..named }).await,
            "allocations" => deal::pay(&tenant, &shop, "119.00", &[(invoice.id, "119.00")]).await,
            "register" => {
                let body = RegisterPayments { amount: Some("119.00".into()), ..deal::register_body(&[&invoice], true) };
                tenant.post::<payment::RegisterPayments>((), &body).await.payments.remove(0)
            }
            _ => pay(named).await,
        };
        assert_eq!((paid.unallocated_amount.0.as_str(), open(&tenant, invoice.id).await.as_str()), ("0.00", "0.00"), "{way}");
        assert_eq!(taken(&tenant, &paid).await, Vec::new(), "{way}");
    }
    assert_eq!(balances(&tenant, &shop, ["1000", "1100", "2100", "4000", "4800", "7100"]).await, ["714.00", "0.00", "-114.00", "-600.00", "0.00", "0.00"]);
    // Case, paid for how many, what stays on the payment, the discounts.
    let cases = [
        ("in time", "116.62", 1, "0.00", vec!["2.38"]),
        ("less of it", "118.00", 1, "0.00", vec!["1.00"]),
        ("too much", "120.00", 1, "1.00", vec![]),
        ("both in time", "233.24", 2, "0.00", vec!["2.38", "2.38"]),
        ("one of two", "235.62", 2, "0.00", vec!["2.38"]),
        ("none of two", "238.00", 2, "0.00", vec![]),
    ];
    for (case, amount, count, left, discounts) in cases {
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.push(one().await.id);
        }
        let paid = pay(naming(amount, &ids)).await;
        let found: Vec<String> = taken(&tenant, &paid).await.into_iter().map(|(amount, _)| amount).collect();
        assert_eq!((paid.unallocated_amount.0.as_str(), found), (left, discounts.iter().map(|text| (*text).to_owned()).collect()), "{case}");
        for id in ids {
            assert_eq!(open(&tenant, id).await, "0.00", "{case}");
        }
    }
    // A credit note pays like money: 116.62 of it close one in time, with 2.38 more all of it is paid.
    for (money, note, discounts) in [("97.62", "19.00", vec!["2.38"]), ("100.00", "19.00", vec![])] {
        let (invoice, note) = (one().await, deal::unused_credit(&tenant, &shop, note).await);
        let paid = pay(naming(money, &[invoice.id, note.id])).await;
        let found: Vec<String> = taken(&tenant, &paid).await.into_iter().map(|(amount, _)| amount).collect();
        assert_eq!(
            (paid.unallocated_amount.0.as_str(), open(&tenant, note.id).await.as_str(), found.iter().map(String::as_str).collect()),
            ("0.00", "0.00", discounts)
        );
        assert_eq!(open(&tenant, invoice.id).await, "0.00");
    }
    verified(&tenant).await;
}

/// What is not paid is no matter of exchange: discount and tax go back at the rate of the invoice. Price, tax, what is paid, rates of invoice and payment, the
/// discount's entry, and the loss.
#[tokio::test]
async fn a_discount_goes_back_at_the_rate_of_the_invoice() {
    let world = World::start().await;
    let cases = [
        // frappe/erpnext test_payment_entry `test_payment_entry_multicurrency_accounting_si_with_early_payment_discount`: 100 at 50, 90 arrive as 4200.
        (
            "ERPNext",
            ("100", ""),
            "90.00",
            ("50", "46.666666666667"),
            vec![("1100", "0.00", "500.00"), ("4800", "500.00", "0.00")],
            ["4200.00", "0.00", "300.00"],
        ),
        // The tax that remains is 180.00 at 0.5, as it was booked.
        (
            "with tax",
            ("1000", "20"),
            "1080.00",
            ("0.5", "0.25"),
            vec![("1100", "0.00", "60.00"), ("2100", "10.00", "0.00"), ("4800", "50.00", "0.00")],
            ["270.00", "-90.00", "270.00"],
        ),
        // 33.33 and 6.33 at 0.9512: 31.70 and 6.02; what is open of 37.72 after 38.47 of 39.66 were paid closes at what it is booked at.
        (
            "cents",
            ("33.33", "19"),
            "38.47",
            ("0.9512", "0.9512"),
            vec![("1100", "0.00", "1.13"), ("2100", "0.18", "0.00"), ("4800", "0.95", "0.00")],
            ["36.59", "-5.84", "0.00"],
        ),
    ];
    for (case, (price, percent), amount, (then, now), expected, [bank, taxed, lost]) in cases {
        let tenant = world.sandbox().await;
        let shop = shop::open(&tenant, "").await;
        rate(&tenant, "USD", "2026-12-01", then).await;
        rate(&tenant, "USD", "2026-12-04", now).await;
        let share = if case == "cents" { "3" } else { "10" };
        let term = discount_term(&tenant, share, 10, DiscountTaxMode::OnPayment).await;
        let mut taxes = Vec::new();
        if !percent.is_empty() {
            taxes.push(tenant.post::<tax::CreateTax>((), &percent_tax(shop.company, &unique("VAT"), percent)).await.id);
        }
        let invoice = posted(&tenant, &shop, term, "USD", price, &taxes).await;
        advance(&tenant, "2026-12-04T09:00:00Z").await;
        let body = CreatePayment { currency: of("USD"), invoice_ids: vec![invoice.id], ..payment_body(&shop, amount, &[]) };
        let paid = tenant.post::<payment::CreatePayment>((), &body).await;
        let found = taken(&tenant, &paid).await;
        let lines: Vec<_> = found.iter().flat_map(|(_, lines)| lines).map(|(code, debit, credit)| (code.as_str(), debit.as_str(), credit.as_str())).collect();
        assert_eq!(lines, expected, "{case}");
        assert_eq!(balances(&tenant, &shop, ["1000", "2100", "7010"]).await, [bank, taxed, lost], "{case}");
        assert_eq!((balances(&tenant, &shop, ["1100"]).await, open(&tenant, invoice.id).await.as_str()), (["0.00".to_owned()], "0.00"), "{case}");
        verified(&tenant).await;
    }
}

/// 108.10 less 2 % are 105.94, which no coins of five make: 105.95 are paid, and the discount is 2.15.
#[tokio::test]
async fn what_is_paid_early_is_in_coins() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let cash = CashRounding { step: "0.05".into(), method: RoundingMethod::HalfUp, strategy: CashStrategy::ExtraLine, per: CashUnit::Total };
    let rules = vec![RoundingRule { currency: of("EUR"), tax_step: None, cash: Some(cash) }];
    tenant.post::<company::UpdateCompany>(shop.company, &UpdateCompany { rounding_rules: Patch::Value(rules), ..UpdateCompany::default() }).await;
    let term = discount_term(&tenant, "2", 10, DiscountTaxMode::OnPayment).await;
    let vat = tenant.post::<tax::CreateTax>((), &percent_tax(shop.company, &unique("VAT"), "8.1")).await.id;
    for (price, total, payable, discount) in
        [("100.00", "108.10", "105.95", "2.15"), ("100.02", "108.10", "105.95", "2.15"), ("50.00", "54.05", "52.95", "1.10")]
    {
        let invoice = posted(&tenant, &shop, term, "EUR", price, &[vat]).await;
        assert_eq!(invoice.total_amount.0, total, "{price}");
        let made = tenant.post::<payment::RegisterPayments>((), &deal::register_body(&[&invoice], true)).await;
        let paid = made.payments.first().expect("a payment");
        let discounts: Vec<String> = taken(&tenant, paid).await.into_iter().map(|(amount, _)| amount).collect();
        assert_eq!((paid.amount.0.as_str(), discounts), (payable, vec![discount.to_owned()]), "{price}");
        assert_eq!(open(&tenant, invoice.id).await, "0.00", "{price}");
    }
    verified(&tenant).await;
}
