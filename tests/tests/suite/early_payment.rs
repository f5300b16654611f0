//! Discounts for paying early: taken in time, lost when late, and what they do to the tax (PAY-23; vectors EPD-…).

use crate::paper::words;
use causeway_contract::{ListQuery, Patch};
use causeway_openapi::invoice::{CreateInvoice, Invoice, InvoiceLineInput, op as invoice};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{UpdateOrder, op as order};
use causeway_openapi::order_amendment::{AmendOrder, op as amendment};
use causeway_openapi::party::{UpdateParty, op as party};
use causeway_openapi::payment::{CreatePayment, Payment, UnallocatePayment, op as payment};
use causeway_openapi::quote::{CreateQuote, UpdateQuote, op as quote};
use causeway_openapi::tax::{CreateTax, op as tax};
use causeway_openapi::term::{CreatePaymentTerm, op as term};
use causeway_openapi::write_off::{WriteOff, op as write_off};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, entry, payment_body, sides};
use causeway_tests::shop::{self, Shop, percent_after, percent_tax, term_body};
use causeway_tests::world::World;
use causeway_tests::{day, of, unique, verified};
use causeway_value::{Direction, DiscountTaxMode, EarlyDiscount, PaymentDirection, PaymentState, PaymentTermId, TaxId, TaxKind, WriteOffKind};

/// Payable within 30 days, with this discount for who pays within so many.
pub async fn discount_term(caller: &Caller, percent: &str, days: u32, tax_mode: DiscountTaxMode) -> PaymentTermId {
    let early_discount = Some(EarlyDiscount { percent: of(percent), days, tax_mode });
    let body = CreatePaymentTerm { early_discount, ..term_body(&unique("EPD"), vec![percent_after("100", 30)]) };
    caller.post::<term::CreatePaymentTerm>((), &body).await.id
}

async fn posted(caller: &Caller, shop: &Shop, term: PaymentTermId, lines: &[(&str, &[TaxId])]) -> Invoice {
    let line = |(price, taxes): &(&str, &[TaxId])| InvoiceLineInput {
        description: Some("Advice".to_owned()),
        quantity: of("1"),
        unit_price: of(price),
        tax_ids: Some(taxes.to_vec()),
        ..InvoiceLineInput::default()
    };
    let lines = lines.iter().map(line).collect();
    let body = CreateInvoice { payment_term_id: Some(term), lines, ..deal::free_invoice_body(shop, "1.00") };
    let draft = caller.post::<invoice::CreateInvoice>((), &body).await;
    deal::post_invoice(caller, draft.id, None).await
}

async fn percent(caller: &Caller, shop: &Shop, rate: &str) -> TaxId {
    caller.post::<tax::CreateTax>((), &percent_tax(shop.company, &unique("VAT"), rate)).await.id
}

async fn state(caller: &Caller, invoice: &Invoice) -> (Option<PaymentState>, String) {
    let now = caller.get::<invoice::GetInvoice>(invoice.id).await;
    (now.payment_state, now.open_amount.0)
}

/// The discounts that a payment took.
pub async fn taken(caller: &Caller, payment: &Payment) -> Vec<WriteOff> {
    caller.all::<write_off::ListWriteOffs, _>(&ListQuery::by("payment_id", payment.id)).await
}

/// Price and tax rate, percent and mode, what is to be paid early, and the lines of the discount's entry.
#[tokio::test]
async fn a_payment_in_time_closes_the_invoice() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let cases = [
        ("EPD-001", ("1000.00", "15"), ("10", DiscountTaxMode::OnPayment), ("1150.00", "1035.00"), ("115.00", "15.00", "100.00")),
        ("EPD-002", ("1000.00", "15"), ("10", DiscountTaxMode::Never), ("1150.00", "1050.00"), ("100.00", "", "100.00")),
        ("EPD-015", ("200.00", "18"), ("10", DiscountTaxMode::OnPayment), ("236.00", "212.40"), ("23.60", "3.60", "20.00")),
        ("cents", ("33.33", "19"), ("3", DiscountTaxMode::OnPayment), ("39.66", "38.47"), ("1.19", "0.19", "1.00")),
        ("upfront", ("1000.00", "15"), ("10", DiscountTaxMode::Upfront), ("1135.00", "1035.00"), ("100.00", "", "100.00")),
    ];
    for (name, (price, rate), (share, mode), (total, payable), (receivable, tax, given)) in cases {
        let term = discount_term(&tenant, share, 10, mode).await;
        let tax_id = percent(&tenant, &shop, rate).await;
        let invoice = posted(&tenant, &shop, term, &[(price, &[tax_id])]).await;
        assert_eq!(invoice.total_amount.0, total, "{name}");
        assert_eq!(invoice.early_discount.as_ref().and_then(|agreed| agreed.until), Some(day("2026-12-12")), "{name}");
        if let Some(paper) = words(&tenant.get::<invoice::PrintInvoice>(invoice.id).await) {
            let said = paper.lines().find(|line| line.contains(&format!("Paid by 12 December 2026 (−{share} % discount)")));
            assert!(said.is_some_and(|line| line.replace(',', "").ends_with(&format!("EUR {payable}"))), "{name}: {paper}");
        }
        let payment = deal::pay(&tenant, &shop, payable, &[(invoice.id, payable)]).await;
        assert_eq!(state(&tenant, &invoice).await, (Some(PaymentState::Paid), "0.00".to_owned()), "{name}");
        let discount = taken(&tenant, &payment).await.pop().expect("a discount");
        assert_eq!((discount.kind, discount.amount.0.as_str()), (WriteOffKind::EarlyDiscount, receivable), "{name}");
        let mut expected = vec![("1100", "0.00", receivable)];
        if !tax.is_empty() {
            expected.push(("2100", tax, "0.00"));
        }
        expected.push(("4800", given, "0.00"));
        assert_eq!(sides(&entry(&tenant, Some(discount.journal_entry_id)).await), expected, "{name}");
    }
    verified(&tenant).await;
}

#[tokio::test]
async fn fixed_taxes_stay_and_groups_are_split() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let term = discount_term(&tenant, "10", 1, DiscountTaxMode::OnPayment).await;
    let vat = percent(&tenant, &shop, "15").await;
    // EPD-008: a tax per unit is never discounted.
    let fixed = CreateTax { kind: TaxKind::Fixed, ..percent_tax(shop.company, &unique("ECO"), "0.05") };
    let fixed = tenant.post::<tax::CreateTax>((), &fixed).await.id;
    let invoice = posted(&tenant, &shop, term, &[("1500.00", &[vat, fixed])]).await;
    assert_eq!(invoice.total_amount.0, "1725.05");
    let payment = deal::pay(&tenant, &shop, "1552.55", &[(invoice.id, "1552.55")]).await;
    let discount = taken(&tenant, &payment).await.pop().unwrap();
    assert_eq!(
        sides(&entry(&tenant, Some(discount.journal_entry_id)).await),
        [("1100", "0.00", "172.50"), ("2100", "22.50", "0.00"), ("4800", "150.00", "0.00")]
    );
    // EPD-010: one part for each set of taxes.
    let invoice = posted(&tenant, &shop, term, &[("1000.00", &[vat]), ("2000.00", &[])]).await;
    let payment = deal::pay(&tenant, &shop, "2835.00", &[(invoice.id, "2835.00")]).await;
    let discount = taken(&tenant, &payment).await.pop().unwrap();
    let entry = entry(&tenant, Some(discount.journal_entry_id)).await;
    assert_eq!(sides(&entry), [("1100", "0.00", "315.00"), ("2100", "15.00", "0.00"), ("4800", "100.00", "0.00"), ("4800", "200.00", "0.00")]);
    assert_eq!(state(&tenant, &invoice).await.0, Some(PaymentState::Paid));
    verified(&tenant).await;
}

#[tokio::test]
async fn late_payments_have_no_discount() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let vat = percent(&tenant, &shop, "15").await;
    // EPD-013: the first invoice is late when both are paid together; its tax stays reduced.
    let upfront = discount_term(&tenant, "10", 1, DiscountTaxMode::Upfront).await;
    let late = posted(&tenant, &shop, upfront, &[("1000.00", &[vat])]).await;
    assert_eq!((late.tax_amount.0.as_str(), late.total_amount.0.as_str()), ("135.00", "1135.00"));
    advance(&tenant, "2026-12-04T09:00:00Z").await;
    let in_time = posted(&tenant, &shop, upfront, &[("2000.00", &[])]).await;
    let body = CreatePayment { invoice_ids: vec![late.id, in_time.id], ..payment_body(&shop, "2935.00", &[]) };
    let payment = tenant.post::<payment::CreatePayment>((), &body).await;
    assert_eq!(payment.unallocated_amount.0, "0.00");
    for invoice in [&late, &in_time] {
        assert_eq!(state(&tenant, invoice).await, (Some(PaymentState::Paid), "0.00".to_owned()));
    }
    let discounts = taken(&tenant, &payment).await;
    assert_eq!(discounts.iter().map(|row| (row.invoice_id, row.amount.0.as_str())).collect::<Vec<_>>(), [(in_time.id, "200.00")]);
    // EPD-014: the last day is in time, the day after is not; taking the payment back takes the discount back.
    let term = discount_term(&tenant, "10", 10, DiscountTaxMode::OnPayment).await;
    let (first, second) = (posted(&tenant, &shop, term, &[("100.00", &[])]).await, posted(&tenant, &shop, term, &[("100.00", &[])]).await);
    assert_eq!(first.early_discount.as_ref().and_then(|agreed| agreed.until), Some(day("2026-12-14")));
    advance(&tenant, "2026-12-14T20:00:00Z").await;
    let paid = deal::pay(&tenant, &shop, "90.00", &[(first.id, "90.00")]).await;
    assert_eq!(state(&tenant, &first).await.0, Some(PaymentState::Paid));
    let ids = paid.allocations.iter().map(|part| part.id).collect();
    tenant.post::<payment::UnallocatePayment>(paid.id, &UnallocatePayment { allocation_ids: ids }).await;
    assert_eq!(state(&tenant, &first).await, (Some(PaymentState::Open), "100.00".to_owned()));
    advance(&tenant, "2026-12-15T09:00:00Z").await;
    deal::pay(&tenant, &shop, "90.00", &[(second.id, "90.00")]).await;
    assert_eq!(state(&tenant, &second).await, (Some(PaymentState::PartPaid), "10.00".to_owned()));
    verified(&tenant).await;
}

/// What is due of an invoice in time is what is open less the discount, however many are paid at once.
#[tokio::test]
async fn registered_payments_pay_what_is_due() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let vat = percent(&tenant, &shop, "19").await;
    let term = discount_term(&tenant, "2", 10, DiscountTaxMode::OnPayment).await;
    let one = async || posted(&tenant, &shop, term, &[("100.00", &[vat])]).await;
    let register = async |documents: &[&Invoice], grouped: bool| {
        let body = deal::register_body(documents, grouped);
        let made = tenant.post::<payment::RegisterPayments>((), &body).await;
        made.payments.into_iter().map(|paid| (paid.amount.0, paid.unallocated_amount.0)).collect::<Vec<_>>()
    };
    let whole = |amount: &str| (amount.to_owned(), "0.00".to_owned());
    for grouped in [true, false] {
        let invoice = one().await;
        assert_eq!(register(&[&invoice], grouped).await, [whole("116.62")], "grouped: {grouped}");
        assert_eq!(state(&tenant, &invoice).await, (Some(PaymentState::Paid), "0.00".to_owned()), "grouped: {grouped}");
    }
    // Twice 116.62 less a credit of 19.00.
    let (first, second, note) = (one().await, one().await, deal::unused_credit(&tenant, &shop, "19.00").await);
    assert_eq!(register(&[&first, &second, &note], true).await, [whole("214.24")]);
    for document in [&first, &second, &note] {
        assert_eq!(state(&tenant, document).await.1, "0.00");
    }
    let late = [one().await, one().await];
    advance(&tenant, "2027-01-20T09:00:00Z").await;
    assert_eq!(register(&[&late[0]], true).await, [whole("119.00")]);
    assert_eq!(register(&[&late[1]], false).await, [whole("119.00")]);
    verified(&tenant).await;
}

#[tokio::test]
async fn another_term_of_a_draft_brings_its_own_discount() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let vat = percent(&tenant, &shop, "15").await;
    let line = InvoiceLineInput { tax_ids: Some(vec![vat]), unit_price: of("1000.00"), ..deal::free_invoice_body(&shop, "1.00").lines.remove(0) };
    let draft = tenant.post::<invoice::CreateInvoice>((), &CreateInvoice { lines: vec![line], ..deal::free_invoice_body(&shop, "1.00") }).await;
    assert_eq!((draft.early_discount.is_some(), draft.total_amount.0.as_str()), (false, "1150.00"));
    let upfront = discount_term(&tenant, "10", 10, DiscountTaxMode::Upfront).await;
    let path = format!("/v1/invoices/{}", draft.id);
    let change =
        async |term: serde_json::Value| tenant.raw.request("PATCH", &path).json(&serde_json::json!({ "payment_term_id": term })).send().await.success();
    // Its tax is that of what is paid early: 15 % of 900.00.
    assert_eq!(change(serde_json::json!(upfront)).await["total_amount"], "1135.00");
    let never = discount_term(&tenant, "10", 10, DiscountTaxMode::Never).await;
    let now = change(serde_json::json!(never)).await;
    assert_eq!((&now["total_amount"], &now["early_discount"]["tax_mode"]), (&"1150.00".into(), &"never".into()));
    assert!(change(serde_json::Value::Null).await["early_discount"].is_null());
    verified(&tenant).await;
}

/// Line price, its taxes with their rates, what is to be paid early, and the entry of the discount.
#[tokio::test]
async fn bills_that_are_paid_in_time_cost_less() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let term = discount_term(&tenant, "2", 10, DiscountTaxMode::OnPayment).await;
    let vat = percent(&tenant, &shop, "20").await;
    let reverse = percent(&tenant, &shop, "-20").await;
    let charged = CreateTax { kind: TaxKind::Group, rate: None, group_of: vec![vat, reverse], ..percent_tax(shop.company, &unique("RC"), "0") };
    let charged = tenant.post::<tax::CreateTax>((), &charged).await.id;
    let billed = async |tax: TaxId| {
        let line = InvoiceLineInput { tax_ids: Some(vec![tax]), unit_price: of("1000.00"), ..deal::free_invoice_body(&shop, "1.00").lines.remove(0) };
        let body =
            CreateInvoice { direction: Some(Direction::Purchase), payment_term_id: Some(term), lines: vec![line], ..deal::free_invoice_body(&shop, "1.00") };
        let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
        deal::post_invoice(&tenant, draft.id, None).await
    };
    let outbound =
        |amount: &str, invoice: &Invoice| CreatePayment { direction: PaymentDirection::Outbound, ..payment_body(&shop, amount, &[(invoice.id, amount)]) };
    let cases = [
        ("domestic", vat, "1176.00", vec![("1300", "0.00", "4.00"), ("2000", "24.00", "0.00"), ("5800", "0.00", "20.00")]),
        // EPD-017: what is owed and what may be deducted are corrected both.
        ("EPD-017", charged, "980.00", vec![("1300", "0.00", "4.00"), ("1300", "4.00", "0.00"), ("2000", "20.00", "0.00"), ("5800", "0.00", "20.00")]),
    ];
    for (name, tax, payable, expected) in cases {
        let bill = billed(tax).await;
        let payment = tenant.post::<payment::CreatePayment>((), &outbound(payable, &bill)).await;
        assert_eq!(state(&tenant, &bill).await, (Some(PaymentState::Paid), "0.00".to_owned()), "{name}");
        let discount = taken(&tenant, &payment).await.pop().expect("a discount");
        assert_eq!(discount.kind, WriteOffKind::EarlyDiscount, "{name}");
        assert_eq!(sides(&entry(&tenant, Some(discount.journal_entry_id)).await), expected, "{name}");
    }
    // Too late, all of it is owed.
    let bill = billed(vat).await;
    advance(&tenant, "2026-12-20T09:00:00Z").await;
    tenant.post::<payment::CreatePayment>((), &outbound("1176.00", &bill)).await;
    assert_eq!(state(&tenant, &bill).await, (Some(PaymentState::PartPaid), "24.00".to_owned()));
    verified(&tenant).await;
}

/// EPD-013, rule 18: what taxes are lowered by up front stands on the quote and the order as it will on the invoice.
#[tokio::test]
async fn quote_order_and_invoice_agree_on_taxes_that_are_lowered_up_front() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let term = discount_term(&tenant, "10", 10, DiscountTaxMode::Upfront).await;
    let vat = percent(&tenant, &shop, "15").await;
    let line = |price: &str, taxes: &[TaxId]| LineInput {
        description: Some("Advice".to_owned()),
        quantity: of("1"),
        unit_price: Some(of(price)),
        tax_ids: Some(taxes.to_vec()),
        ..LineInput::default()
    };
    let lines = || vec![line("1000.00", &[vat]), line("2000.00", &[])];
    let body = CreateQuote { payment_term_id: Some(term), ..deal::quote_body(&shop, lines()) };
    let priced = tenant.post::<quote::PriceQuote>((), &body).await;
    assert_eq!((priced.tax_amount.0.as_str(), priced.total_amount.0.as_str(), priced.upfront_percent), ("135.00", "3135.00", Some(of("10"))));
    let offered = tenant.post::<quote::CreateQuote>((), &body).await;
    assert_eq!((offered.tax_amount.0.as_str(), offered.total_amount.0.as_str(), offered.upfront_percent), ("135.00", "3135.00", Some(of("10"))));
    // Another term of a draft is another tax.
    let other = |term| UpdateQuote { payment_term_id: Patch::Value(term), ..UpdateQuote::default() };
    let without = tenant.post::<quote::UpdateQuote>(offered.id, &other(shop.term)).await;
    assert_eq!((without.tax_amount.0.as_str(), without.upfront_percent), ("150.00", None));
    assert_eq!(tenant.post::<quote::UpdateQuote>(offered.id, &other(term)).await.total_amount.0, "3135.00");
    tenant.act::<quote::SubmitQuote>(offered.id).await;
    let ordered = deal::accept(&tenant, offered.id).await.order;
    assert_eq!((ordered.total_amount.0.as_str(), ordered.upfront_percent), ("3135.00", Some(of("10"))));
    tenant.act::<order::ConfirmOrder>(ordered.id).await;
    let invoiced = deal::invoice_order(&tenant, ordered.id).await;
    assert_eq!((invoiced.tax_amount.0.as_str(), invoiced.total_amount.0.as_str()), ("135.00", "3135.00"));
    verified(&tenant).await;

    // The customer's own term counts as well, for orders, and so does one that is agreed later.
    let given = UpdateParty { payment_term_id: Patch::Value(term), ..UpdateParty::default() };
    tenant.post::<party::UpdateParty>(shop.party, &given).await;
    let direct = tenant.post::<order::CreateOrder>((), &deal::order_body(&shop, lines())).await;
    assert_eq!((direct.total_amount.0.as_str(), direct.upfront_percent), ("3135.00", Some(of("10"))));
    let body = UpdateOrder { payment_term_id: Patch::Value(shop.term), ..UpdateOrder::default() };
    assert_eq!(tenant.post::<order::UpdateOrder>(direct.id, &body).await.total_amount.0, "3150.00");
    tenant.act::<order::ConfirmOrder>(direct.id).await;
    let body = AmendOrder { reason: "they pay early".to_owned(), payment_term_id: Patch::Value(term), ..AmendOrder::default() };
    assert_eq!(tenant.post::<amendment::AmendOrder>(direct.id, &body).await.total_amount.0, "3135.00");
    assert_eq!(deal::invoice_order(&tenant, direct.id).await.total_amount.0, "3135.00");
    verified(&tenant).await;
}
