//! A document's discount off the total with tax, from the quote to the credit note (vectors PRICE-026, PRICE-027), and taxes rounded to a step (TAX-006).

use causeway_contract::{ListQuery, Patch};
use causeway_openapi::billing_run::{CommitBillingRun, CreateBillingRun, op as billing_run};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::delivery::{CreateDelivery, DeliveryLineInput, ShipDelivery, op as delivery};
use causeway_openapi::invoice::{CreditInvoice, Invoice, KeptLine, UpdateInvoice, op as invoice};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{CreateOrder, op as order};
use causeway_openapi::quote::{CreateQuote, op as quote};
use causeway_openapi::tax::{CreateTax, op as tax};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, billables, entry, invoice_order, post_invoice, sides};
use causeway_tests::shop::{self, Shop, line, percent_tax};
use causeway_tests::world::World;
use causeway_tests::{of, unique, verified};
use causeway_value::{CompanyId, DiscountBase, RoundingRule, TaxId, TaxKind};

async fn set(caller: &Caller, company: CompanyId, change: UpdateCompany) {
    caller.post::<company::UpdateCompany>(company, &change).await;
}

async fn off_total(caller: &Caller, shop: &Shop) {
    set(caller, shop.company, UpdateCompany { document_discount_base: Patch::Value(DiscountBase::TotalAmount), ..UpdateCompany::default() }).await;
}

/// Two of 6 % beside each other and 3 % on top of both.
async fn six_six_three(caller: &Caller, shop: &Shop) -> Vec<TaxId> {
    let mut ids = Vec::new();
    for (sequence, (rate, affects, affected)) in (0..).zip([("6", true, true), ("6", true, false), ("3", false, true)]) {
        let body =
            CreateTax { sequence: Some(sequence), affects_base: Some(affects), base_affected: Some(affected), ..percent_tax(shop.company, &unique("T"), rate) };
        ids.push(caller.post::<tax::CreateTax>((), &body).await.id);
    }
    ids
}

fn amounts(invoice: &Invoice) -> (&str, &str, &str) {
    (&invoice.untaxed_amount.0, &invoice.tax_amount.0, &invoice.total_amount.0)
}

#[tokio::test]
async fn a_discount_of_the_total_goes_from_the_quote_to_the_credit_note() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    off_total(&tenant, &shop).await;
    let tax_ids = six_six_three(&tenant, &shop).await;
    let item = || LineInput {
        description: Some("Spice".to_owned()),
        quantity: of("1"),
        unit_price: Some(of("15.89")),
        tax_ids: Some(tax_ids.clone()),
        ..LineInput::default()
    };
    for (share, expected) in [("2", ("31.15", "4.76", "35.91")), ("7", ("29.55", "4.53", "34.08"))] {
        let body = CreateQuote { discount_percent: Some(of(share)), ..deal::quote_body(&shop, vec![item(), item()]) };
        let offered = tenant.post::<quote::CreateQuote>((), &body).await;
        assert_eq!(offered.discount_base, DiscountBase::TotalAmount);
        assert_eq!((offered.untaxed_amount.0.as_str(), offered.tax_amount.0.as_str(), offered.total_amount.0.as_str()), expected);
        tenant.act::<quote::SubmitQuote>(offered.id).await;
        tenant.act::<quote::SendQuote>(offered.id).await;
        let accepted = deal::accept(&tenant, offered.id).await.order;
        // What the company changes later is for later documents.
        set(&tenant, shop.company, UpdateCompany { document_discount_base: Patch::Value(DiscountBase::NetAmount), ..UpdateCompany::default() }).await;
        let ordered = tenant.act::<order::ConfirmOrder>(accepted.id).await;
        assert_eq!((ordered.discount_base, ordered.total_amount.0.as_str()), (DiscountBase::TotalAmount, expected.2));
        let waiting = billables(&tenant, ordered.id).await;
        assert_eq!(waiting.iter().map(|row| row.total_discount_percent.to_string()).collect::<Vec<_>>(), [share, share]);
        let posted = post_invoice(&tenant, invoice_order(&tenant, ordered.id).await.id, None).await;
        assert_eq!(amounts(&posted), expected);
        assert_eq!(posted.lines.iter().map(|line| &line.net_amount).collect::<Vec<_>>(), waiting.iter().map(|row| &row.amount).collect::<Vec<_>>());
        let note = tenant.post::<invoice::CreditInvoice>(posted.id, &CreditInvoice::default()).await;
        let note = post_invoice(&tenant, note.id, None).await;
        assert_eq!(amounts(&note), expected);
        assert_eq!(tenant.get::<invoice::GetInvoice>(posted.id).await.open_amount.0, "0.00");
        off_total(&tenant, &shop).await;
    }
    verified(&tenant).await;
}

#[tokio::test]
async fn parts_add_up_to_what_was_ordered() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    off_total(&tenant, &shop).await;
    // 7 x 18.00 and 19 % are 149.94; 3 % of that are 4.50.
    let body = CreateOrder { discount_percent: Some(of("3")), ..deal::order_body(&shop, vec![line(shop.chai, "7")]) };
    let draft = tenant.post::<order::CreateOrder>((), &body).await;
    assert_eq!((draft.untaxed_amount.0.as_str(), draft.tax_amount.0.as_str(), draft.total_amount.0.as_str()), ("122.22", "23.22", "145.44"));
    let ordered = tenant.act::<order::ConfirmOrder>(draft.id).await;
    let mut invoiced = Vec::new();
    for part in ["3", "2", "2"] {
        deal::ship(&tenant, &ordered, part).await;
        invoiced.push(post_invoice(&tenant, invoice_order(&tenant, ordered.id).await.id, None).await);
    }
    assert_eq!(invoiced.iter().map(amounts).collect::<Vec<_>>(), [("52.38", "9.95", "62.33"), ("34.92", "6.63", "41.55"), ("34.92", "6.64", "41.56")]);
    assert_eq!(sides(&entry(&tenant, invoiced[0].journal_entry_id).await), [("1100", "62.33", "0.00"), ("2100", "0.00", "9.95"), ("4000", "0.00", "52.38")]);
    verified(&tenant).await;
}

/// 2 % of 40.64, which is what of 43.06 is no tax per unit and nothing on one (vectors TAX-055, PRICE-026); or of all of it.
#[tokio::test]
async fn taxes_per_unit_are_discounted_or_not() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let fixed = CreateTax { kind: TaxKind::Fixed, sequence: Some(0), affects_base: Some(true), ..percent_tax(shop.company, "DEPOSIT", "1") };
    let vat = CreateTax { sequence: Some(1), ..percent_tax(shop.company, "VAT21", "21") };
    let tax_ids = vec![tenant.post::<tax::CreateTax>((), &fixed).await.id, tenant.post::<tax::CreateTax>((), &vat).await.id];
    let item = || LineInput {
        description: Some("Crate".to_owned()),
        quantity: of("1"),
        unit_price: Some(of("16.79")),
        tax_ids: Some(tax_ids.clone()),
        ..LineInput::default()
    };
    let cases = [(DiscountBase::TotalWithoutFixedTaxes, ("32.91", "9.34", "42.25")), (DiscountBase::TotalAmount, ("32.87", "9.33", "42.20"))];
    for (base, expected) in cases {
        set(&tenant, shop.company, UpdateCompany { document_discount_base: Patch::Value(base), ..UpdateCompany::default() }).await;
        let body = CreateOrder { discount_percent: Some(of("2")), ..deal::order_body(&shop, vec![item(), item()]) };
        let ordered = tenant.post::<order::CreateOrder>((), &body).await;
        assert_eq!((ordered.untaxed_amount.0.as_str(), ordered.tax_amount.0.as_str(), ordered.total_amount.0.as_str()), expected, "{base}");
        let ordered = tenant.act::<order::ConfirmOrder>(ordered.id).await;
        assert_eq!(ordered.discount_base, base);
        // What the company changes later is for later documents, and a draft that is changed stays as it was agreed.
        set(&tenant, shop.company, UpdateCompany { document_discount_base: Patch::Value(DiscountBase::NetAmount), ..UpdateCompany::default() }).await;
        let draft = invoice_order(&tenant, ordered.id).await;
        let kept = draft.lines.iter().map(|line| KeptLine { id: line.id, quantity: None, dimensions: None }).collect();
        tenant.post::<invoice::UpdateInvoice>(draft.id, &UpdateInvoice { lines: Patch::Value(kept), ..UpdateInvoice::default() }).await;
        let posted = post_invoice(&tenant, draft.id, None).await;
        assert_eq!(amounts(&posted), expected, "{base}");
        assert_eq!(posted.taxes[0].amount.0, "2.00");
        let note = tenant.post::<invoice::CreditInvoice>(posted.id, &CreditInvoice::default()).await;
        assert_eq!(amounts(&post_invoice(&tenant, note.id, None).await), expected, "{base}");
    }
    verified(&tenant).await;
}

/// Rule 25: the last invoice of an order exhausts it to the cent, by whatever parts, and when a draft is cut and a run bills the rest.
#[tokio::test]
async fn the_last_invoice_exhausts_the_order() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    off_total(&tenant, &shop).await;
    let tax_ids = six_six_three(&tenant, &shop).await;
    let spice =
        LineInput { description: Some("Spice".to_owned()), quantity: of("7"), unit_price: Some(of("15.89")), tax_ids: Some(tax_ids), ..LineInput::default() };
    let body = CreateOrder { discount_percent: Some(of("3")), ..deal::order_body(&shop, vec![spice, line(shop.chai, "7")]) };
    let draft = tenant.post::<order::CreateOrder>((), &body).await;
    let ordered = tenant.act::<order::ConfirmOrder>(draft.id).await;
    let chai = ordered.lines[1].id;
    let mut invoiced = Vec::new();
    let draft = invoice_order(&tenant, ordered.id).await;
    let cut = vec![KeptLine { id: draft.lines[0].id, quantity: Some(of("2")), dimensions: None }];
    let cut = tenant.post::<invoice::UpdateInvoice>(draft.id, &UpdateInvoice { lines: Patch::Value(cut), ..UpdateInvoice::default() }).await;
    invoiced.push(post_invoice(&tenant, cut.id, None).await);
    for part in ["3", "1"] {
        let goods = DeliveryLineInput { order_line_id: chai, quantity: of(part) };
        let planned = CreateDelivery { order_id: ordered.id, lines: vec![goods], ..CreateDelivery::default() };
        let planned = tenant.post::<delivery::CreateDelivery>((), &planned).await;
        tenant.post::<delivery::ShipDelivery>(planned.id, &ShipDelivery::default()).await;
        invoiced.push(post_invoice(&tenant, invoice_order(&tenant, ordered.id).await.id, None).await);
    }
    let rest = CreateDelivery { order_id: ordered.id, ..CreateDelivery::default() };
    let rest = tenant.post::<delivery::CreateDelivery>((), &rest).await;
    tenant.post::<delivery::ShipDelivery>(rest.id, &ShipDelivery::default()).await;
    let run = CreateBillingRun { company_id: shop.company, post: Some(true), ..CreateBillingRun::default() };
    let run = tenant.post::<billing_run::CreateBillingRun>((), &run).await;
    tenant.post::<billing_run::CommitBillingRun>(run.id, &CommitBillingRun { hash: run.hash }).await;
    let all = tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("status", "posted")).await;
    assert_eq!(all.len(), invoiced.len() + 1);
    let cents = |texts: Vec<&str>| texts.iter().map(|text| text.replace('.', "").parse::<i64>().unwrap()).sum::<i64>();
    for (of_invoices, of_order) in [
        (cents(all.iter().map(|one| one.untaxed_amount.0.as_str()).collect()), &ordered.untaxed_amount),
        (cents(all.iter().map(|one| one.tax_amount.0.as_str()).collect()), &ordered.tax_amount),
        (cents(all.iter().map(|one| one.total_amount.0.as_str()).collect()), &ordered.total_amount),
    ] {
        assert_eq!(of_invoices, cents(vec![of_order.0.as_str()]), "{all:#?}");
    }
    verified(&tenant).await;
}

#[tokio::test]
async fn taxes_are_rounded_to_the_step_of_the_currency() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let step = |step: &str| Patch::Value(vec![RoundingRule { currency: of("EUR"), tax_step: Some(step.into()), cash: None }]);
    set(&tenant, shop.company, UpdateCompany { rounding_rules: step("0.05"), ..UpdateCompany::default() }).await;
    let vat = tenant.post::<tax::CreateTax>((), &CreateTax { included: Some(true), ..percent_tax(shop.company, "IN5", "5") }).await.id;
    let item =
        LineInput { description: Some("Rice".to_owned()), quantity: of("1"), unit_price: Some(of("50.00")), tax_ids: Some(vec![vat]), ..LineInput::default() };
    let draft = tenant.post::<order::CreateOrder>((), &deal::order_body(&shop, vec![item])).await;
    assert_eq!((draft.tax_step.clone(), draft.tax_amount.0.as_str()), (Some("0.05".into()), "2.40"));
    let ordered = tenant.act::<order::ConfirmOrder>(draft.id).await;
    let posted = post_invoice(&tenant, invoice_order(&tenant, ordered.id).await.id, None).await;
    assert_eq!((amounts(&posted), posted.tax_step.clone()), (("47.60", "2.40", "50.00"), Some("0.05".into())));
    // A step is an amount of its currency, and each currency has one rule.
    let wrong = UpdateCompany {
        rounding_rules: Patch::Value(vec![
            RoundingRule { currency: of("JPY"), tax_step: Some("0.05".into()), cash: None },
            RoundingRule { currency: of("EUR"), tax_step: Some("0.00".into()), cash: None },
            RoundingRule { currency: of("EUR"), tax_step: None, cash: None },
        ]),
        ..UpdateCompany::default()
    };
    let problem = tenant.refused::<company::UpdateCompany>(shop.company, &wrong).await;
    let pointers: Vec<_> = problem.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
    assert_eq!(pointers, ["/rounding_rules/0/tax_step", "/rounding_rules/1/tax_step", "/rounding_rules/2/currency"]);
    verified(&tenant).await;
}
