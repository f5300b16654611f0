//! The numbers that other systems agree on, through the API: grouped payments, credit limits, statuses, exchange differences (vectors MATCH-…, FX-…, DLV-…).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::invoice::{AllocateCreditNote, CreateInvoice, CreditInvoice, CreditLine, Invoice, InvoiceLineInput, op as invoice};
use causeway_openapi::ledger::op as ledger;
use causeway_openapi::payment::{CreatePayment, Payment, RegisterPayments, RegisteredPayments, op as payment};
use causeway_openapi::pricing::{CreateExchangeRate, op as pricing};
use causeway_openapi::tax::op as tax;
use causeway_openapi::term::op as term;
use causeway_openapi::write_off::op as write_off;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, allocation, entry, payment_body, post_invoice, sides};
use causeway_tests::shop::{self, Shop, percent_after, percent_tax, rate, term_body};
use causeway_tests::world::{Tenant, World};
use causeway_tests::{day, of, unique};
use causeway_value::{AutoAllocation, InvoiceId, PaymentDifference, PaymentDirection, PaymentState, TaxId};

struct Stage {
    _world: World,
    tenant: Tenant,
    shop: Shop,
}

async fn stage() -> Stage {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    Stage { _world: world, tenant, shop }
}

impl Stage {
    async fn posted_in(&self, currency: &str, amount: &str) -> Invoice {
        let body = CreateInvoice { currency: Some(of(currency)), ..deal::free_invoice_body(&self.shop, amount) };
        let draft = self.tenant.post::<invoice::CreateInvoice>((), &body).await;
        post_invoice(&self.tenant, draft.id, None).await
    }

    async fn grouped(&self, amount: &str, invoices: &[InvoiceId], difference: PaymentDifference) -> Payment {
        let body = CreatePayment { currency: of("USD"), invoice_ids: invoices.to_vec(), difference: Some(difference), ..payment_body(&self.shop, amount, &[]) };
        self.tenant.post::<payment::CreatePayment>((), &body).await
    }

    async fn open(&self, id: InvoiceId) -> String {
        self.tenant.get::<invoice::GetInvoice>(id).await.open_amount.0
    }

    async fn verified(&self) {
        causeway_tests::verified(&self.tenant).await;
    }
}

async fn receivable(caller: &Caller, id: Option<causeway_value::JournalEntryId>) -> (String, String) {
    let entry = entry(caller, id).await;
    let line = entry.lines.iter().find(|line| line.account_code == "1100").expect("a receivable");
    (line.debit.0.clone(), line.credit.0.clone())
}

#[tokio::test]
async fn a_grouped_payment_keeps_or_writes_off_the_difference() {
    let stage = stage().await;
    rate(&stage.tenant, "USD", "2026-12-01", "0.5").await;
    // Case, payment, what becomes of the difference, left on the payment, written off, the same in company currency.
    let cases = [
        ("MATCH-002", "3100.00", PaymentDifference::KeepOpen, "100.00", None),
        ("MATCH-003", "800.00", PaymentDifference::WriteOff, "0.00", Some(("2200.00", "1100.00"))),
        ("MATCH-004", "3100.00", PaymentDifference::WriteOff, "0.00", None),
    ];
    for (case, amount, difference, left, written_off) in cases {
        let (first, second) = (stage.posted_in("USD", "1000.00").await, stage.posted_in("USD", "2000.00").await);
        let paid = stage.grouped(amount, &[first.id, second.id], difference).await;
        assert_eq!((stage.open(first.id).await, stage.open(second.id).await), ("0.00".to_owned(), "0.00".to_owned()), "{case}");
        assert_eq!(paid.unallocated_amount.0, left, "{case}");
        let made = stage.tenant.all::<write_off::ListWriteOffs, _>(&ListQuery::by("payment_id", paid.id)).await;
        let mut sums = (0, 0);
        for row in &made {
            sums.0 += causeway_value::parse_scaled(&row.amount.0, 2).unwrap();
            sums.1 += causeway_value::parse_scaled(&receivable(&stage.tenant, Some(row.journal_entry_id)).await.1, 2).unwrap();
        }
        let expected = written_off
            .map_or((0, 0), |(amount, company)| (causeway_value::parse_scaled(amount, 2).unwrap(), causeway_value::parse_scaled(company, 2).unwrap()));
        assert_eq!(sums, expected, "{case}");
        if case == "MATCH-004" {
            let surplus = stage.tenant.all::<ledger::ListJournalEntries, _>(&ListQuery::default()).await;
            let kept = surplus.iter().find(|entry| entry.event == "payment.surplus_kept").expect("the surplus");
            assert_eq!(sides(kept), [("1100", "50.00", "0.00"), ("7100", "0.00", "50.00")]);
        }
        stage.verified().await;
    }
}

#[tokio::test]
async fn a_group_nets_its_credit_notes() {
    let stage = stage().await;
    // MATCH-006: a grouped payment nets credits.
    let (invoice, note) = (deal::posted(&stage.tenant, &stage.shop, "1000.00").await, deal::unused_credit(&stage.tenant, &stage.shop, "400.00").await);
    let body = CreatePayment { invoice_ids: vec![invoice.id, note.id], ..payment_body(&stage.shop, "600.00", &[]) };
    let paid = stage.tenant.post::<payment::CreatePayment>((), &body).await;
    assert_eq!(paid.unallocated_amount.0, "0.00");
    assert_eq!((stage.open(invoice.id).await, stage.open(note.id).await), ("0.00".to_owned(), "0.00".to_owned()));
    stage.verified().await;
    // MATCH-012: 1000 and 200 against 300, 400 and 500 close each other.
    let claims = [deal::posted(&stage.tenant, &stage.shop, "1000.00").await, deal::posted(&stage.tenant, &stage.shop, "200.00").await];
    let mut notes = Vec::new();
    for amount in ["300.00", "400.00", "500.00"] {
        notes.push(deal::unused_credit(&stage.tenant, &stage.shop, amount).await);
    }
    for (note, parts) in notes.iter().zip([vec![(0, "300.00")], vec![(0, "400.00")], vec![(0, "300.00"), (1, "200.00")]]) {
        let allocations = parts.into_iter().map(|(claim, amount)| allocation(claims[claim].id, amount)).collect();
        stage.tenant.post::<invoice::AllocateCreditNote>(note.id, &AllocateCreditNote { allocations }).await;
    }
    for document in claims.iter().chain(&notes) {
        assert_eq!(stage.open(document.id).await, "0.00");
    }
    stage.verified().await;
}

#[tokio::test]
async fn documents_are_paid_one_by_one() {
    let stage = stage().await;
    // MATCH-005: what is typed for both counts for neither.
    let invoices = [deal::posted(&stage.tenant, &stage.shop, "1000.00").await, deal::posted(&stage.tenant, &stage.shop, "2000.00").await];
    let each = |documents: &[&Invoice]| RegisterPayments { amount: Some("1200.00".into()), ..deal::register_body(documents, false) };
    let made = stage.tenant.post::<payment::RegisterPayments>((), &each(&[&invoices[0], &invoices[1]])).await;
    let paid =
        |made: &RegisteredPayments| made.payments.iter().map(|one| (one.direction, one.amount.0.clone(), one.unallocated_amount.0.clone())).collect::<Vec<_>>();
    let whole = |direction, amount: &str| (direction, amount.to_owned(), "0.00".to_owned());
    assert_eq!(paid(&made), [whole(PaymentDirection::Inbound, "1000.00"), whole(PaymentDirection::Inbound, "2000.00")]);
    for invoice in &invoices {
        assert_eq!(stage.open(invoice.id).await, "0.00");
    }
    // MATCH-007: a credit is paid the other way.
    let (claim, credit) = (deal::posted(&stage.tenant, &stage.shop, "1000.00").await, deal::unused_credit(&stage.tenant, &stage.shop, "1600.00").await);
    let made = stage.tenant.post::<payment::RegisterPayments>((), &each(&[&claim, &credit])).await;
    assert_eq!(paid(&made), [whole(PaymentDirection::Inbound, "1000.00"), whole(PaymentDirection::Outbound, "1600.00")]);
    assert_eq!((stage.open(claim.id).await, stage.open(credit.id).await), ("0.00".to_owned(), "0.00".to_owned()));
    // All or none: one of them is paid already.
    let open = deal::posted(&stage.tenant, &stage.shop, "5.00").await;
    let problem = stage.tenant.refused::<payment::RegisterPayments>((), &each(&[&open, &claim])).await;
    assert_eq!((problem.errors[0].pointer.as_deref(), stage.open(open.id).await.as_str()), (Some("/invoice_ids/1"), "5.00"));
    // MATCH-006 without an amount: what they come to together.
    let credit = deal::unused_credit(&stage.tenant, &stage.shop, "2.00").await;
    let grouped = RegisterPayments { grouped: None, amount: None, ..each(&[&open, &credit]) };
    let made = stage.tenant.post::<payment::RegisterPayments>((), &grouped).await;
    assert_eq!(paid(&made), [whole(PaymentDirection::Inbound, "3.00")]);
    stage.verified().await;
}

#[tokio::test]
async fn a_credit_that_does_not_match_its_items_is_refused() {
    let stage = stage().await;
    // MATCH-015: 120 with its tax, and a credit of 12 over an item of 1 and 2 of tax.
    let twice = stage.tenant.post::<tax::CreateTax>((), &percent_tax(stage.shop.company, "T200", "200")).await.id;
    let free = |amount: &str| InvoiceLineInput {
        description: Some("Plan".to_owned()),
        quantity: of("1"),
        unit_price: of(amount),
        tax_ids: Some(vec![twice]),
        ..InvoiceLineInput::default()
    };
    let body = CreateInvoice { lines: vec![free("39"), free("1")], ..deal::free_invoice_body(&stage.shop, "1") };
    let draft = stage.tenant.post::<invoice::CreateInvoice>((), &body).await;
    let invoice = post_invoice(&stage.tenant, draft.id, None).await;
    assert_eq!(invoice.total_amount.0, "120.00");
    let item = CreditLine { invoice_line_id: invoice.lines[1].id, quantity: of("1") };
    let of_item = |amount: &str| CreditInvoice { lines: vec![item.clone()], amount: Some(amount.into()), ..CreditInvoice::default() };
    let problem = stage.tenant.refused::<invoice::CreditInvoice>(invoice.id, &of_item("12.00")).await;
    assert_eq!((problem.status, problem.errors[0].pointer.as_deref()), (422, Some("/amount")));
    assert!(problem.detail.contains("3.00 EUR"), "{}", problem.detail);
    // Rounding may cost a cent.
    let note = stage.tenant.post::<invoice::CreditInvoice>(invoice.id, &of_item("3.01")).await;
    assert_eq!(note.total_amount.0, "3.00");
}

#[tokio::test]
async fn the_oldest_is_settled_first() {
    let stage = stage().await;
    let mut invoices = Vec::new();
    for date in ["2026-12-02", "2026-12-03", "2026-12-04"] {
        advance(&stage.tenant, &format!("{date}T10:00:00Z")).await;
        invoices.push(deal::posted(&stage.tenant, &stage.shop, "100.00").await);
    }
    let body = CreatePayment { allocate: Some(AutoAllocation::OldestFirst), ..payment_body(&stage.shop, "150.00", &[]) };
    let paid = stage.tenant.post::<payment::CreatePayment>((), &body).await;
    assert_eq!(paid.unallocated_amount.0, "0.00");
    let mut open = Vec::new();
    for invoice in &invoices {
        open.push(stage.open(invoice.id).await);
    }
    assert_eq!(open, ["0.00", "50.00", "100.00"]);
    let both = CreatePayment { invoice_ids: vec![invoices[2].id], ..body };
    let problem = stage.tenant.refused::<payment::CreatePayment>((), &both).await;
    assert_eq!((problem.status, problem.errors[0].pointer.as_deref()), (422, Some("/allocate")));
}

/// 100.00 due in 30 days, and later 100.00 in halves due in 10 and 60: 70.00 pay the first half, and then of the other invoice (odoo: by `date_maturity`).
#[tokio::test]
async fn installments_are_settled_in_the_order_of_their_days() {
    let stage = stage().await;
    let parts = stage.tenant.post::<term::CreatePaymentTerm>((), &term_body(&unique("PART"), vec![percent_after("50", 10), percent_after("50", 60)])).await;
    for way in ["oldest_first", "invoice_ids", "register"] {
        let whole = deal::posted(&stage.tenant, &stage.shop, "100.00").await;
        let body = CreateInvoice { payment_term_id: Some(parts.id), ..deal::free_invoice_body(&stage.shop, "100.00") };
        let draft = stage.tenant.post::<invoice::CreateInvoice>((), &body).await;
        let parted = post_invoice(&stage.tenant, draft.id, None).await;
        let unnamed = payment_body(&stage.shop, "70.00", &[]);
        let body = match way {
            "oldest_first" => CreatePayment { allocate: Some(AutoAllocation::OldestFirst), ..unnamed },
            _ => CreatePayment { invoice_ids: vec![whole.id, parted.id], ..unnamed },
        };
        if way == "register" {
            let body = RegisterPayments { amount: Some("70.00".into()), ..deal::register_body(&[&whole, &parted], true) };
            stage.tenant.post::<payment::RegisterPayments>((), &body).await;
        } else {
            stage.tenant.post::<payment::CreatePayment>((), &body).await;
        }
        assert_eq!((stage.open(whole.id).await.as_str(), stage.open(parted.id).await.as_str()), ("80.00", "50.00"), "{way}");
        let now = stage.tenant.get::<invoice::GetInvoice>(parted.id).await;
        assert_eq!(now.installments.iter().map(|part| part.open_amount.0.as_str()).collect::<Vec<_>>(), ["0.00", "50.00"], "{way}");
        let both = CreatePayment { invoice_ids: vec![whole.id, parted.id], ..payment_body(&stage.shop, "130.00", &[]) };
        stage.tenant.post::<payment::CreatePayment>((), &both).await;
    }
    stage.verified().await;
}

#[tokio::test]
async fn a_status_follows_the_schedule() {
    // MATCH-008: half due five days ago, half in five days; 1, 50 and 49 are paid.
    let stage = stage().await;
    let parts = stage.tenant.post::<term::CreatePaymentTerm>((), &term_body(&unique("HALF"), vec![percent_after("50", 0), percent_after("50", 10)])).await;
    let body = CreateInvoice { payment_term_id: Some(parts.id), ..deal::free_invoice_body(&stage.shop, "100.00") };
    let draft = stage.tenant.post::<invoice::CreateInvoice>((), &body).await;
    let invoice = post_invoice(&stage.tenant, draft.id, None).await;
    assert_eq!(invoice.installments.iter().map(|part| part.due_date).collect::<Vec<_>>(), [day("2026-12-02"), day("2026-12-12")]);
    advance(&stage.tenant, "2026-12-07T09:00:00Z").await;
    let state = async || {
        let now = stage.tenant.get::<invoice::GetInvoice>(invoice.id).await;
        (now.overdue, now.payment_state)
    };
    assert_eq!(state().await, (true, Some(PaymentState::Open)));
    let expected = [(true, PaymentState::PartPaid), (false, PaymentState::PartPaid), (false, PaymentState::Paid)];
    for (amount, (overdue, paid)) in ["1.00", "50.00", "49.00"].into_iter().zip(expected) {
        deal::pay(&stage.tenant, &stage.shop, amount, &[(invoice.id, amount)]).await;
        assert_eq!(state().await, (overdue, Some(paid)), "after {amount}");
    }
    stage.verified().await;
}

#[tokio::test]
async fn credits_are_sums_of_rounded_parts_within_what_is_left() {
    let stage = stage().await;
    // Fee, tax, unused of period: net, tax and total of the credit note.
    let cases = [
        ("MATCH-019", ("200.00", "25"), ("29", "30"), ("193.33", "48.33", "241.66")),
        ("MATCH-020", ("160.00", "25"), ("29", "30"), ("154.67", "38.67", "193.34")),
        ("MATCH-021", ("29.99", "23.33"), ("6", "7"), ("25.71", "6.00", "31.71")),
    ];
    for (case, (fee, percent), (unused, period), (net, taxed, total)) in cases {
        let tax_id: TaxId = stage.tenant.post::<tax::CreateTax>((), &percent_tax(stage.shop.company, &unique("VAT"), percent)).await.id;
        // The price of one day, so that the period comes to the fee.
        let cents = causeway_value::parse_scaled(fee, 6).unwrap();
        let days: i64 = period.parse().unwrap();
        let price = causeway_value::Price((cents + days / 2) / days);
        let line = InvoiceLineInput {
            description: Some("Access".to_owned()),
            quantity: of(period),
            unit_price: price,
            tax_ids: Some(vec![tax_id]),
            ..InvoiceLineInput::default()
        };
        let body = CreateInvoice { lines: vec![line], ..deal::free_invoice_body(&stage.shop, "1.00") };
        let draft = stage.tenant.post::<invoice::CreateInvoice>((), &body).await;
        assert_eq!(draft.untaxed_amount.0, fee, "{case}");
        let posted = post_invoice(&stage.tenant, draft.id, None).await;
        let part = |quantity: &str| CreditInvoice {
            lines: vec![CreditLine { invoice_line_id: posted.lines[0].id, quantity: of(quantity) }],
            ..CreditInvoice::default()
        };
        let note = stage.tenant.post::<invoice::CreditInvoice>(posted.id, &part(unused)).await;
        assert_eq!((note.untaxed_amount.0.as_str(), note.tax_amount.0.as_str(), note.total_amount.0.as_str()), (net, taxed, total), "{case}");
        post_invoice(&stage.tenant, note.id, None).await;
        // MATCH-013, MATCH-022: no more than what is left, and the last one exhausts it to the cent.
        assert_eq!(stage.tenant.refused::<invoice::CreditInvoice>(posted.id, &part("2")).await.code, Code::AmountExceedsOpen, "{case}");
        let last = stage.tenant.post::<invoice::CreditInvoice>(posted.id, &part("1")).await;
        post_invoice(&stage.tenant, last.id, None).await;
        assert_eq!(stage.open(posted.id).await, "0.00", "{case}");
    }
    stage.verified().await;
}

#[tokio::test]
async fn exchange_differences_are_realised_on_the_matched_part() {
    let stage = stage().await;
    let third = "0.333333333333";
    // Case, rate of the invoice, invoice, rate of the payment, payment, matched, gain (positive) or loss, left on the payment.
    let cases = [
        ("FX-002", third, "120.00", "0.5", "240.00", "120.00", "20.00", "120.00"),
        ("FX-004", third, "240.00", "0.5", "120.00", "120.00", "20.00", "0.00"),
        ("FX-005", "0.5", "120.00", third, "120.00", "120.00", "-20.00", "0.00"),
        ("partial of both", "0.9", "100.00", "0.95", "70.00", "33.33", "1.66", "36.67"),
    ];
    let mut date = day("2026-12-02");
    for (case, at_invoice, amount, at_payment, paid, matched, difference, left) in cases {
        rate(&stage.tenant, "USD", &date.to_string(), at_invoice).await;
        let invoice = stage.posted_in("USD", amount).await;
        date = date.plus_days(1);
        rate(&stage.tenant, "USD", &date.to_string(), at_payment).await;
        advance(&stage.tenant, &format!("{date}T10:00:00Z")).await;
        let body = CreatePayment { currency: of("USD"), ..payment_body(&stage.shop, paid, &[(invoice.id, matched)]) };
        let paid = stage.tenant.post::<payment::CreatePayment>((), &body).await;
        assert_eq!(paid.unallocated_amount.0, left, "{case}");
        let settled = stage.tenant.all::<payment::ListAllocations, _>(&ListQuery::by("payment_id", paid.id)).await;
        assert_eq!(settled.iter().map(|part| part.exchange_difference.0.as_str()).collect::<Vec<_>>(), [difference], "{case}");
        date = date.plus_days(1);
        advance(&stage.tenant, &format!("{date}T10:00:00Z")).await;
    }
    stage.verified().await;
}

#[tokio::test]
async fn amounts_are_converted_part_by_part() {
    let stage = stage().await;
    // FX-011: quoted the other way round, the difference is that of the rounded amounts.
    let quoted = async |date: &str, rate: &str| {
        let body = CreateExchangeRate { currency: of("EUR"), base: of("USD"), date: day(date), rate: of(rate) };
        stage.tenant.post::<pricing::CreateExchangeRate>((), &body).await;
    };
    quoted("2026-12-02", "1.20").await;
    let invoice = stage.posted_in("USD", "400.00").await;
    assert_eq!(receivable(&stage.tenant, invoice.journal_entry_id).await.0, "333.33");
    quoted("2026-12-03", "1.10").await;
    advance(&stage.tenant, "2026-12-03T10:00:00Z").await;
    let body = CreatePayment { currency: of("USD"), ..payment_body(&stage.shop, "400.00", &[(invoice.id, "400.00")]) };
    let paid = stage.tenant.post::<payment::CreatePayment>((), &body).await;
    assert_eq!(receivable(&stage.tenant, paid.journal_entry_id).await.1, "363.64");
    let settled = stage.tenant.all::<payment::ListAllocations, _>(&ListQuery::by("payment_id", paid.id)).await;
    assert_eq!(settled[0].exchange_difference.0, "30.31");
    // FX-016: each line and tax converted, the receivable is their sum.
    rate(&stage.tenant, "GBP", "2026-12-02", "0.333333333333").await;
    let vat: TaxId = stage.tenant.post::<tax::CreateTax>((), &percent_tax(stage.shop.company, &unique("VAT"), "15")).await.id;
    let line = |price: &str, taxes: Vec<TaxId>| InvoiceLineInput {
        description: Some("Advice".to_owned()),
        quantity: of("1"),
        unit_price: of(price),
        tax_ids: Some(taxes),
        ..InvoiceLineInput::default()
    };
    let body = CreateInvoice {
        currency: Some(of("GBP")),
        lines: vec![line("1000", vec![vat]), line("200", vec![vat])],
        ..deal::free_invoice_body(&stage.shop, "1.00")
    };
    let draft = stage.tenant.post::<invoice::CreateInvoice>((), &body).await;
    let posted = post_invoice(&stage.tenant, draft.id, None).await;
    let booked = entry(&stage.tenant, posted.journal_entry_id).await;
    assert_eq!(sides(&booked), [("1100", "460.00", "0.00"), ("2100", "0.00", "60.00"), ("4000", "0.00", "400.00")]);
    stage.verified().await;
}

/// A payment in company currency settles a foreign invoice at the rate of its own date.
#[tokio::test]
async fn a_payment_in_the_companys_currency_is_converted_at_its_date() {
    let stage = stage().await;
    // FX-006: 120 booked at 60, paid with 80 when 120 are worth 40.
    rate(&stage.tenant, "USD", "2026-12-01", "0.5").await;
    let invoice = stage.posted_in("USD", "120.00").await;
    rate(&stage.tenant, "USD", "2026-12-03", "0.333333333333").await;
    advance(&stage.tenant, "2026-12-03T10:00:00Z").await;
    let body = CreatePayment { invoice_ids: vec![invoice.id], ..payment_body(&stage.shop, "80.00", &[]) };
    let paid = stage.tenant.post::<payment::CreatePayment>((), &body).await;
    assert_eq!((paid.unallocated_amount.0.as_str(), stage.open(invoice.id).await.as_str()), ("40.00", "0.00"));
    let settled = stage.tenant.all::<payment::ListAllocations, _>(&ListQuery::by("payment_id", paid.id)).await;
    assert_eq!((settled[0].settled_amount.0.as_str(), settled[0].exchange_difference.0.as_str()), ("120.00", "-20.00"));
    stage.verified().await;
}
