//! Discounts that are booked by themselves (vectors PRICE-019, PRICE-020).

use causeway_contract::Patch;
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::invoice::{CreateInvoice, CreditInvoice, Invoice, InvoiceLineInput, op as invoice};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{CreateOrder, op as order};
use causeway_openapi::tax::op as tax;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, entry, invoice_order, post_invoice, sides};
use causeway_tests::shop::{self, Shop, percent_tax};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{DiscountBase, DiscountPosting};

async fn booked_by_themselves(caller: &Caller, shop: &Shop, base: DiscountBase) {
    let change = UpdateCompany {
        document_discount_base: Patch::Value(base),
        discount_posting: Patch::Value(DiscountPosting::DiscountAccount),
        ..UpdateCompany::default()
    };
    caller.post::<company::UpdateCompany>(shop.company, &change).await;
}

async fn order_invoice(caller: &Caller, shop: &Shop, price: &str, discount: &str, share: &str, tax: causeway_value::TaxId) -> Invoice {
    let item = LineInput {
        description: Some("Advice".to_owned()),
        quantity: of("1"),
        unit_price: Some(of(price)),
        discount_percent: Some(of(discount)),
        tax_ids: Some(vec![tax]),
        ..LineInput::default()
    };
    let body = CreateOrder { discount_percent: Some(of(share)), ..deal::order_body(shop, vec![item]) };
    let draft = caller.post::<order::CreateOrder>((), &body).await;
    let ordered = caller.act::<order::ConfirmOrder>(draft.id).await;
    let posted = post_invoice(caller, invoice_order(caller, ordered.id).await.id, None).await;
    assert_eq!((&posted.untaxed_amount, &posted.tax_amount, &posted.total_amount), (&draft.untaxed_amount, &draft.tax_amount, &draft.total_amount));
    posted
}

async fn credited(caller: &Caller, invoice: &Invoice, amount: Option<&str>) -> Invoice {
    let body = CreditInvoice { amount: amount.map(Into::into), ..CreditInvoice::default() };
    let note = caller.post::<invoice::CreditInvoice>(invoice.id, &body).await;
    post_invoice(caller, note.id, None).await
}

#[tokio::test]
async fn revenue_is_booked_at_the_full_price() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let vat = tenant.post::<tax::CreateTax>((), &percent_tax(shop.company, "VAT10", "10")).await.id;
    booked_by_themselves(&tenant, &shop, DiscountBase::TotalAmount).await;
    // PRICE-019: 20 % off the total, the tax is that of the full price.
    let invoice = order_invoice(&tenant, &shop, "100", "0", "20", vat).await;
    assert_eq!((invoice.tax_amount.0.as_str(), invoice.total_amount.0.as_str(), invoice.lines[0].discount_amount.0.as_str()), ("10.00", "88.00", "22.00"));
    assert_eq!(
        sides(&entry(&tenant, invoice.journal_entry_id).await),
        [("1100", "88.00", "0.00"), ("2100", "0.00", "10.00"), ("4000", "0.00", "100.00"), ("4800", "22.00", "0.00")]
    );
    let (half, rest) = (credited(&tenant, &invoice, Some("44.00")).await, credited(&tenant, &invoice, None).await);
    for note in [&half, &rest] {
        assert_eq!(
            sides(&entry(&tenant, note.journal_entry_id).await),
            [("1100", "0.00", "44.00"), ("2100", "5.00", "0.00"), ("4000", "50.00", "0.00"), ("4800", "0.00", "11.00")]
        );
    }
    // Off the lines the tax goes down with the price, and only the revenue is booked without the discount.
    booked_by_themselves(&tenant, &shop, DiscountBase::NetAmount).await;
    let invoice = order_invoice(&tenant, &shop, "100", "10", "20", vat).await;
    assert_eq!((invoice.tax_amount.0.as_str(), invoice.total_amount.0.as_str()), ("7.20", "79.20"));
    assert_eq!(
        sides(&entry(&tenant, invoice.journal_entry_id).await),
        [("1100", "79.20", "0.00"), ("2100", "0.00", "7.20"), ("4000", "0.00", "100.00"), ("4800", "28.00", "0.00")]
    );
    verified(&tenant).await;
}

#[tokio::test]
async fn a_discount_of_a_line_is_booked_by_itself() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    booked_by_themselves(&tenant, &shop, DiscountBase::NetAmount).await;
    let body = deal::free_invoice_body(&shop, "100");
    let lines = body.lines.iter().map(|line| InvoiceLineInput { discount_percent: Some(of("10")), ..line.clone() }).collect();
    let draft = tenant.post::<invoice::CreateInvoice>((), &CreateInvoice { lines, ..body }).await;
    let invoice = post_invoice(&tenant, draft.id, None).await;
    assert_eq!(invoice.discount_posting, DiscountPosting::DiscountAccount);
    // PRICE-020.
    assert_eq!(sides(&entry(&tenant, invoice.journal_entry_id).await), [("1100", "90.00", "0.00"), ("4000", "0.00", "100.00"), ("4800", "10.00", "0.00")]);
    let note = credited(&tenant, &invoice, None).await;
    assert_eq!(sides(&entry(&tenant, note.journal_entry_id).await), [("1100", "0.00", "90.00"), ("4000", "100.00", "0.00"), ("4800", "0.00", "10.00")]);
    verified(&tenant).await;
}
