//! An invoice rounds as its order did, whatever its company says meanwhile (BIL-05).

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::billing_run::{CommitBillingRun, CreateBillingRun, op as billing_run};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::invoice::{CreateInvoice, CreditInvoice, Invoice, InvoiceGroup, KeptLine, UpdateInvoice, op as invoice};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::Order;
use causeway_openapi::tax::{CreateTax, op as tax};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, billables, entry, invoice_order, post_invoice, sides};
use causeway_tests::shop::{self, Shop, percent_tax};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{CashRounding, CashStrategy, CashUnit, RoundingMethod, RoundingRule, TaxRounding};

/// Two lines whose taxes are 0.04 when each is rounded, and 0.05 when their sum is.
async fn ordered(caller: &Caller, shop: &Shop) -> Order {
    let item = || LineInput {
        description: Some("Stamp".to_owned()),
        quantity: of("1"),
        unit_price: Some(of("0.13")),
        tax_ids: Some(vec![shop.tax]),
        ..LineInput::default()
    };
    deal::confirmed(caller, shop, vec![item(), item()]).await
}

async fn set(caller: &Caller, shop: &Shop, change: UpdateCompany) {
    caller.post::<company::UpdateCompany>(shop.company, &change).await;
}

fn rounds(rounding: TaxRounding) -> UpdateCompany {
    UpdateCompany { tax_rounding: Patch::Value(rounding), ..UpdateCompany::default() }
}

fn said(invoice: &Invoice) -> (TaxRounding, &str) {
    (invoice.tax_rounding, invoice.tax_amount.0.as_str())
}

#[tokio::test]
async fn an_invoice_rounds_as_its_order_did() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = ordered(&tenant, &shop).await;
    assert_eq!((order.tax_rounding, order.total_amount.0.as_str()), (TaxRounding::PerLine, "0.30"));
    set(&tenant, &shop, rounds(TaxRounding::PerDocument)).await;
    let draft = invoice_order(&tenant, order.id).await;
    assert_eq!((said(&draft), &draft.total_amount), ((TaxRounding::PerLine, "0.04"), &order.total_amount));
    // A draft that is changed stays as it was agreed.
    let kept = draft.lines.iter().map(|line| KeptLine { id: line.id, quantity: None, dimensions: None }).collect();
    let kept = tenant.post::<invoice::UpdateInvoice>(draft.id, &UpdateInvoice { lines: Patch::Value(kept), ..UpdateInvoice::default() }).await;
    assert_eq!(said(&kept), (TaxRounding::PerLine, "0.04"));
    let posted = post_invoice(&tenant, draft.id, None).await;
    assert_eq!(posted.total_amount, order.total_amount);
    let note = tenant.post::<invoice::CreditInvoice>(posted.id, &CreditInvoice::default()).await;
    assert_eq!(said(&note), (TaxRounding::PerLine, "0.04"));
    // What belongs to no order does as its company says.
    let free = tenant.post::<invoice::CreateInvoice>((), &deal::free_invoice_body(&shop, "1.00")).await;
    assert_eq!(free.tax_rounding, TaxRounding::PerDocument);
    assert_eq!(said(&invoice_order(&tenant, ordered(&tenant, &shop).await.id).await), (TaxRounding::PerDocument, "0.05"));

    // The step of a currency is agreed on, too.
    let step = RoundingRule { currency: of("EUR"), tax_step: Some("0.05".into()), cash: None };
    let coarse = ordered(&tenant, &shop).await;
    set(&tenant, &shop, UpdateCompany { rounding_rules: Patch::Value(vec![step]), ..rounds(TaxRounding::PerLine) }).await;
    let draft = invoice_order(&tenant, coarse.id).await;
    assert_eq!((said(&draft), draft.tax_step.clone()), ((TaxRounding::PerDocument, "0.05"), None));
    verified(&tenant).await;
}

#[tokio::test]
async fn orders_that_round_otherwise_are_other_invoices() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let first = ordered(&tenant, &shop).await;
    set(&tenant, &shop, rounds(TaxRounding::PerDocument)).await;
    let second = ordered(&tenant, &shop).await;
    let party = CreateInvoice { company_id: Some(shop.company), party_id: Some(shop.party), ..CreateInvoice::default() };
    let refused = tenant.refused::<invoice::CreateInvoice>((), &party).await;
    assert_eq!((refused.errors[0].code, refused.errors[0].pointer.as_deref()), (Code::InvalidValue, Some("/party_id")), "{refused:?}");
    let mut ids = Vec::new();
    for order in [&first, &second] {
        ids.extend(billables(&tenant, order.id).await.iter().map(|row| row.id));
    }
    let refused = tenant.refused::<invoice::CreateInvoice>((), &CreateInvoice { billable_ids: ids, ..CreateInvoice::default() }).await;
    assert_eq!((refused.errors[0].code, refused.errors[0].pointer.as_deref()), (Code::InvalidValue, Some("/billable_ids/2")), "{refused:?}");

    let run = CreateBillingRun { company_id: shop.company, group: Some(InvoiceGroup::Party), post: Some(true), ..CreateBillingRun::default() };
    let run = tenant.post::<billing_run::CreateBillingRun>((), &run).await;
    assert_eq!((run.invoice_count, run.failed_count), (2, 0));
    tenant.post::<billing_run::CommitBillingRun>(run.id, &CommitBillingRun { hash: run.hash }).await;
    let posted = tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("status", "posted")).await;
    let mut made: Vec<_> = posted.iter().map(said).collect();
    made.sort_unstable();
    assert_eq!(made, [(TaxRounding::PerLine, "0.04"), (TaxRounding::PerDocument, "0.05")]);
    verified(&tenant).await;
}

/// TAX-050: net and taxes are rounded by themselves, and the cent by which they miss the price is the invoice's rounding; quotes and orders say so before.
#[tokio::test]
async fn a_price_with_tax_is_kept_by_the_rounding_of_its_invoice() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    set(&tenant, &shop, rounds(TaxRounding::PerDocumentAdjusted)).await;
    let mut twice = Vec::new();
    for code in ["A14", "B14"] {
        let body = CreateTax { included: Some(true), ..percent_tax(shop.company, code, "14") };
        twice.push(tenant.post::<tax::CreateTax>((), &body).await.id);
    }
    let item = LineInput {
        description: Some("Machine".to_owned()),
        quantity: of("1"),
        unit_price: Some(of("24900")),
        tax_ids: Some(twice.clone()),
        ..LineInput::default()
    };
    let quote = deal::approved(&tenant, &shop, None, vec![item.clone()]).await;
    assert_eq!([&quote.tax_amount.0, &quote.rounding_amount.0, &quote.total_amount.0], ["5446.88", "-0.01", "24900.00"]);
    let accepted = deal::accept(&tenant, quote.id).await.order;
    assert_eq!([&accepted.rounding_amount.0, &accepted.total_amount.0], ["-0.01", "24900.00"]);
    let order = deal::confirmed(&tenant, &shop, vec![item]).await;
    assert_eq!([&order.untaxed_amount.0, &order.tax_amount.0, &order.rounding_amount.0, &order.total_amount.0], ["19453.13", "5446.88", "-0.01", "24900.00"]);
    let posted = post_invoice(&tenant, invoice_order(&tenant, order.id).await.id, None).await;
    let amounts =
        |invoice: &Invoice| [&invoice.untaxed_amount, &invoice.tax_amount, &invoice.rounding_amount, &invoice.total_amount].map(|amount| amount.0.clone());
    assert_eq!(amounts(&posted), ["19453.13", "5446.88", "-0.01", "24900.00"]);
    assert_eq!(
        sides(&entry(&tenant, posted.journal_entry_id).await),
        [("1100", "24900.00", "0.00"), ("2100", "0.00", "2723.44"), ("2100", "0.00", "2723.44"), ("4000", "0.00", "19453.13"), ("7100", "0.01", "0.00")]
    );
    let note = tenant.post::<invoice::CreditInvoice>(posted.id, &CreditInvoice::default()).await;
    let note = post_invoice(&tenant, note.id, None).await;
    assert_eq!(amounts(&note), ["19453.13", "5446.88", "-0.01", "24900.00"]);
    assert_eq!(tenant.get::<invoice::GetInvoice>(posted.id).await.open_amount.0, "0.00");
    // Coins come on top of that: 24900.00 are in coins already, and 24900.02 are not.
    let cash = CashRounding { step: "0.05".into(), method: RoundingMethod::HalfUp, strategy: CashStrategy::ExtraLine, per: CashUnit::Total };
    let rule = RoundingRule { currency: of("EUR"), tax_step: None, cash: Some(cash) };
    set(&tenant, &shop, UpdateCompany { rounding_rules: Patch::Value(vec![rule]), ..UpdateCompany::default() }).await;
    for (price, rounding, total) in [("24900", "-0.01", "24900.00"), ("24900.02", "-0.02", "24900.00")] {
        let lines = vec![deal::free_line(price, &twice)];
        let draft = tenant.post::<invoice::CreateInvoice>((), &CreateInvoice { lines, ..deal::free_invoice_body(&shop, "1.00") }).await;
        let posted = post_invoice(&tenant, draft.id, None).await;
        assert_eq!([&posted.rounding_amount.0, &posted.total_amount.0], [rounding, total]);
    }
    verified(&tenant).await;
}

/// Parts of an order whose taxes are of exact amounts come to the order: 31.005 in one are 31.01, and in three they would be 3 × 10.34.
#[tokio::test]
async fn exact_parts_come_to_their_order() {
    let cents = |text: &causeway_value::AmountText| causeway_value::parse_scaled(&text.0, 2).unwrap();
    for rounding in [TaxRounding::PerDocumentExact, TaxRounding::PerDocumentExactTotal, TaxRounding::PerDocumentExactTax] {
        let world = World::start().await;
        let tenant = world.sandbox().await;
        let shop = shop::open(&tenant, "").await;
        set(&tenant, &shop, rounds(rounding)).await;
        let item = LineInput { unit_price: Some(of("10.335")), price_override_reason: Some("agreed".to_owned()), ..shop::line(shop.chai, "3") };
        let order = deal::confirmed(&tenant, &shop, vec![item]).await;
        let mut billed = (0, 0);
        for _ in 0..3 {
            deal::ship(&tenant, &order, "1").await;
            let part = post_invoice(&tenant, invoice_order(&tenant, order.id).await.id, None).await;
            billed = (billed.0 + cents(&part.untaxed_amount), billed.1 + cents(&part.tax_amount));
        }
        assert_eq!(billed, (cents(&order.untaxed_amount), cents(&order.tax_amount)), "{rounding}");
        verified(&tenant).await;
    }
}
