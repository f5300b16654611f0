//! One deal from lead to cash, to the cent, and everything that must be known about it afterwards.

use causeway_contract::ListQuery;
use causeway_openapi::crm::{QualifiedLead, op as crm};
use causeway_openapi::delivery::op as delivery;
use causeway_openapi::identity::op as identity;
use causeway_openapi::invoice::{Invoice, op as invoice};
use causeway_openapi::ledger::{JournalEntry, op as ledger};
use causeway_openapi::order::{Order, op as order};
use causeway_openapi::payment::{Payment, op as payment};
use causeway_openapi::quote::{Quote, op as quote};
use causeway_openapi::report::{AgingQuery, TrialBalanceQuery, op as report};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, accept, advance, deal, entry, forty, sides};
use causeway_tests::log::events;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use causeway_tests::{day, of};
use causeway_value::{
    AllocationState, BillableStatus, Day, DeliveryStatus, InvoiceStatus, LeadStatus, OpportunityStatus, OrderStatus, PaymentState, PaymentStatus, QuoteStatus,
    SourceType,
};
use std::collections::BTreeSet;

#[tokio::test]
async fn a_deal_goes_from_lead_to_cash() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let qualified = found(&tenant, &shop).await;
    let draft = offered(&tenant, &shop, &qualified).await;
    let order = sold(&tenant, draft, &qualified).await;
    delivered(&tenant, &order).await;
    let (invoice, posting) = billed(&tenant, &shop, &order).await;
    advance(&tenant, "2026-12-20T09:00:00Z").await;
    let payment = paid(&tenant, &shop, &invoice, posting).await;
    let done = tenant.get::<order::GetOrder>(order.id).await;
    let line = done.lines.first().unwrap();
    assert_eq!((done.status, line.delivered_quantity, line.invoiced_quantity), (OrderStatus::Fulfilled, of("40"), of("40")));
    books(&tenant, &shop).await;
    story(&tenant, qualified.lead.flow_id, payment.id.to_string()).await;
}

/// Someone asks, and is worth asking back.
async fn found(tenant: &Caller, shop: &Shop) -> QualifiedLead {
    let lead = deal::lead(tenant, shop).await;
    assert_eq!((lead.status, lead.score), (LeadStatus::New, None));
    let qualify = causeway_openapi::crm::QualifyLead {
        party_id: Some(shop.party),
        expected_value: Some("9000.00".into()),
        expected_close_date: Some(of("2026-12-15")),
        ..Default::default()
    };
    let qualified = tenant.post::<crm::QualifyLead>(lead.id, &qualify).await;
    assert_eq!((qualified.lead.status, qualified.lead.flow_id), (LeadStatus::Qualified, lead.flow_id));
    assert_eq!((qualified.party.id, qualified.opportunity.stage.name.as_str()), (shop.party, "qualified"));
    assert_eq!((qualified.opportunity.probability, qualified.opportunity.expected_value.0.as_str()), (of("20"), "9000.00"));
    assert_eq!(qualified.opportunity.flow_id, lead.flow_id);
    qualified
}

/// 40 pieces for 18.00 less 10 %.
async fn offered(tenant: &Caller, shop: &Shop, qualified: &QualifiedLead) -> Quote {
    let draft = causeway_openapi::quote::CreateQuote { opportunity_id: Some(qualified.opportunity.id), ..deal::quote_body(shop, vec![forty(shop)]) };
    let draft = tenant.post::<quote::CreateQuote>((), &draft).await;
    assert_eq!((draft.number.as_str(), draft.revision, draft.status), ("QUO/2026/00001", 1, QuoteStatus::Draft));
    assert_eq!(amounts(&draft.untaxed_amount.0, &draft.tax_amount.0, &draft.total_amount.0), ("648.00", "123.12", "771.12"));
    assert_eq!(draft.margin_amount.as_ref().map(|amount| amount.0.as_str()), Some("200.00"));
    let line = draft.lines.first().unwrap();
    assert_eq!((line.unit_price, line.net_amount.0.as_str(), line.tax_amount.0.as_str()), (of("18.00"), "648.00", "123.12"));
    let tax = line.taxes.first().unwrap();
    assert_eq!((tax.tax_id, tax.base.0.as_str(), tax.amount.0.as_str()), (shop.tax, "648.00", "123.12"));
    assert_eq!((draft.flow_id, draft.payment_term_id), (qualified.lead.flow_id, Some(shop.term)));
    draft
}

/// The offer is sent and accepted, and the order confirmed.
async fn sold(tenant: &Caller, draft: Quote, qualified: &QualifiedLead) -> Order {
    assert_eq!(tenant.act::<quote::SubmitQuote>(draft.id).await.status, QuoteStatus::Approved);
    assert_eq!(tenant.act::<quote::SendQuote>(draft.id).await.status, QuoteStatus::Sent);
    let accepted = accept(tenant, draft.id).await;
    assert_eq!((accepted.quote.status, accepted.quote.order_id), (QuoteStatus::Accepted, Some(accepted.order.id)));
    assert_eq!((accepted.order.number.as_str(), accepted.order.status), ("SO/2026/00001", OrderStatus::Draft));
    assert_eq!(accepted.order.total_amount.0, "771.12");
    assert_eq!(tenant.get::<crm::GetOpportunity>(qualified.opportunity.id).await.status, OpportunityStatus::Won);

    let order = tenant.act::<order::ConfirmOrder>(accepted.order.id).await;
    assert_eq!(order.status, OrderStatus::Confirmed);
    order
}

/// All of it ships and can be billed.
async fn delivered(tenant: &Caller, order: &Order) {
    let ready = deal::delivery(tenant, order, "40").await;
    assert_eq!((ready.number.as_str(), ready.status), ("DLV/2026/00001", DeliveryStatus::Ready));
    let shipped = tenant.post::<delivery::ShipDelivery>(ready.id, &Default::default()).await;
    assert_eq!((shipped.status, shipped.backorder_id, shipped.ship_date), (DeliveryStatus::Done, None, Some(day("2026-12-02"))));

    let billables = deal::billables(tenant, order.id).await;
    let [billable] = billables.as_slice() else { panic!("{billables:?}") };
    assert_eq!((billable.source_type, billable.status, billable.amount.0.as_str()), (SourceType::DeliveryLine, BillableStatus::Ready, "648.00"));
    assert_eq!(billable.source_id, shipped.lines.first().unwrap().id.to_string());
}

/// The invoice and its posting.
async fn billed(tenant: &Caller, shop: &Shop, order: &Order) -> (Invoice, JournalEntry) {
    let draft = deal::invoice_order(tenant, order.id).await;
    assert_eq!((draft.status, draft.number.as_deref(), draft.payment_state), (InvoiceStatus::Draft, None, None));
    assert_eq!(amounts(&draft.untaxed_amount.0, &draft.tax_amount.0, &draft.total_amount.0), ("648.00", "123.12", "771.12"));
    let invoice = deal::post_invoice(tenant, draft.id, Some("2026-12-02")).await;
    assert_eq!((invoice.number.as_deref(), invoice.status, invoice.payment_state), (Some("INV/2026/00001"), InvoiceStatus::Posted, Some(PaymentState::Open)));
    assert_eq!((invoice.invoice_date, invoice.due_date), (Some(day("2026-12-02")), Some(day("2027-01-01"))));
    assert_eq!(invoice.open_amount.0, "771.12");
    let [installment] = invoice.installments.as_slice() else { panic!("{invoice:?}") };
    assert_eq!((installment.due_date, installment.amount.0.as_str(), installment.open_amount.0.as_str()), (day("2027-01-01"), "771.12", "771.12"));
    let posting = entry(tenant, invoice.journal_entry_id).await;
    assert_eq!((posting.number.as_str(), posting.date, posting.previous_hash.as_deref()), ("JE/2026/00001", day("2026-12-02"), None));
    assert_eq!(sides(&posting), [("1100", "771.12", "0.00"), ("2100", "0.00", "123.12"), ("4000", "0.00", "648.00")]);
    let receivable = posting.lines.iter().find(|line| line.account_code == "1100").unwrap();
    assert_eq!((receivable.party_id, receivable.due_date), (Some(shop.party), Some(day("2027-01-01"))));
    (invoice, posting)
}

/// The money comes in.
async fn paid(tenant: &Caller, shop: &Shop, invoice: &Invoice, posting: JournalEntry) -> Payment {
    let payment = deal::pay(tenant, shop, "771.12", &[(invoice.id, "771.12")]).await;
    assert_eq!((payment.number.as_deref(), payment.status, payment.payment_date), (Some("PAY/2026/00001"), PaymentStatus::Posted, day("2026-12-20")));
    assert_eq!((payment.unallocated_amount.0.as_str(), payment.allocation_state), ("0.00", AllocationState::Allocated));
    let received = entry(tenant, payment.journal_entry_id).await;
    assert_eq!(sides(&received), [("1000", "771.12", "0.00"), ("1100", "0.00", "771.12")]);
    assert_eq!(received.previous_hash, Some(posting.hash));
    let paid = tenant.get::<invoice::GetInvoice>(invoice.id).await;
    assert_eq!((paid.payment_state, paid.open_amount.0.as_str()), (Some(PaymentState::Paid), "0.00"));
    assert!(paid.version > invoice.version);
    payment
}

fn amounts<'a>(untaxed: &'a str, tax: &'a str, total: &'a str) -> (&'a str, &'a str, &'a str) {
    (untaxed, tax, total)
}

async fn aging(caller: &Caller, shop: &Shop, as_of: Option<Day>) -> Vec<String> {
    let aging = caller.ask::<report::GetAging>(&AgingQuery { company_id: shop.company, as_of, party_id: None, offset: None }).await;
    assert_eq!(aging.buckets, ["current", "1-30", "31-60", "61-90", "90+"]);
    aging.totals.amounts.into_iter().chain([aging.totals.total]).map(|amount| amount.0).collect()
}

async fn books(caller: &Caller, shop: &Shop) {
    let balance = caller.ask::<report::GetTrialBalance>(&TrialBalanceQuery { company_id: shop.company, ..TrialBalanceQuery::default() }).await;
    assert_eq!((balance.total_debit.0.as_str(), balance.total_credit.0.as_str()), ("1542.24", "1542.24"));
    let rows: Vec<_> =
        balance.rows.iter().map(|row| (row.account_code.as_str(), row.debit.0.as_str(), row.credit.0.as_str(), row.balance.0.as_str())).collect();
    assert_eq!(
        rows,
        [
            ("1000", "771.12", "0.00", "771.12"),
            ("1100", "771.12", "771.12", "0.00"),
            ("2100", "0.00", "123.12", "-123.12"),
            ("4000", "0.00", "648.00", "-648.00")
        ]
    );
    assert_eq!(aging(caller, shop, None).await, ["0.00"; 6]);
    // Allocations count from their own date.
    assert_eq!(aging(caller, shop, Some(day("2026-12-19"))).await, ["771.12", "0.00", "0.00", "0.00", "0.00", "771.12"]);
    assert_eq!(aging(caller, shop, Some(day("2026-12-01"))).await, ["0.00"; 6]);
    for verification in [caller.get::<ledger::VerifyLedger>(()).await, caller.get::<identity::VerifyAuditEntries>(()).await] {
        assert!(verification.ok && verification.breaks.is_empty(), "{verification:?}");
        assert!(verification.checked.values().any(|count| *count > 0), "{verification:?}");
    }
}

async fn story(caller: &Caller, flow: causeway_value::FlowId, payment: String) {
    let told = caller.get::<report::GetFlow>(flow).await;
    let kinds: BTreeSet<&str> = told.documents.iter().map(|document| document.kind.as_str()).collect();
    for kind in ["lead", "opportunity", "quote", "order", "delivery", "invoice", "payment"] {
        assert!(kinds.contains(kind), "no {kind} in {kinds:?}");
    }
    assert!(told.documents.iter().any(|document| document.id == payment && document.amount.as_ref().is_some_and(|amount| amount.0 == "771.12")));
    assert!(told.documents.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert_eq!((told.blocked_by, told.waits_for), (None, Vec::new()));
    // Each step goes on from where the one before ended; only the money kept us waiting.
    assert!(told.steps.windows(2).all(|pair| pair[0].to == pair[1].from), "{:?}", told.steps);
    let waits: Vec<_> =
        told.steps.iter().filter(|step| step.waited_seconds != 0).map(|step| (step.from.as_str(), step.to.as_str(), step.waited_seconds)).collect();
    assert_eq!(waits, [("invoice.posted", "payment.received", 18 * 86_400)]);

    let log = events(caller).await;
    let kinds: Vec<&str> = log.iter().filter(|event| event.flow_id == Some(flow)).map(|event| event.kind.as_str()).collect();
    let mut place = 0;
    for kind in [
        "lead.created",
        "lead.qualified",
        "quote.created",
        "quote.approved",
        "quote.sent",
        "quote.accepted",
        "order.confirmed",
        "delivery.shipped",
        "invoice.posted",
        "payment.received",
    ] {
        let found = kinds.iter().skip(place).position(|seen| *seen == kind);
        place += found.unwrap_or_else(|| panic!("no {kind} after the {place}th of {kinds:?}"));
    }
    let trail = caller.all::<identity::ListAuditEntries, _>(&ListQuery::by("flow_id", flow)).await;
    assert_eq!(trail.len(), kinds.len());
    assert!(trail.iter().all(|entry| entry.actor.id.is_some() && !entry.hash.is_empty()));
}

/// What a verb answers is what reading gives, with the same tag.
#[tokio::test]
async fn verbs_answer_with_what_is_read_afterwards() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let deal = deal(&tenant, &shop).await;
    assert_eq!(tenant.get::<quote::GetQuote>(deal.quote.id).await, deal.quote);
    assert_eq!(tenant.get::<delivery::GetDelivery>(deal.delivery.id).await, deal.delivery);
    assert_eq!(tenant.get::<payment::GetPayment>(deal.payment.id).await, deal.payment);
    let draft = deal::free_invoice(&tenant, &shop, "5.00").await;
    assert_eq!(tenant.get::<invoice::GetInvoice>(draft.id).await, draft);
    let invoice = deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!(tenant.get::<invoice::GetInvoice>(invoice.id).await, invoice);
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    assert_eq!(tenant.get::<order::GetOrder>(order.id).await, order);
}
