//! Credit notes: all, some lines, an amount, and never more than remains.

use causeway_contract::Code;
use causeway_openapi::invoice::{CreditInvoice, CreditLine, Invoice, ReverseInvoice, op as invoice};
use causeway_openapi::report::{TrialBalanceQuery, op as report};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, entry, forty, sides};
use causeway_tests::of;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use causeway_value::{InvoiceKind, InvoiceStatus, PaymentState};

/// A posted invoice over 771.12.
async fn invoiced(caller: &Caller, shop: &Shop) -> Invoice {
    let order = deal::confirmed(caller, shop, vec![forty(shop)]).await;
    deal::ship(caller, &order, "40").await;
    let draft = deal::invoice_order(caller, order.id).await;
    deal::post_invoice(caller, draft.id, None).await
}

async fn credited(caller: &Caller, invoice: &Invoice, body: &CreditInvoice) -> Invoice {
    let draft = caller.post::<invoice::CreditInvoice>(invoice.id, body).await;
    assert_eq!((draft.kind, draft.status, draft.credited_invoice_id), (InvoiceKind::CreditNote, InvoiceStatus::Draft, Some(invoice.id)));
    deal::post_invoice(caller, draft.id, None).await
}

async fn balances(caller: &Caller, shop: &Shop) -> Vec<(String, String)> {
    let balance = caller.ask::<report::GetTrialBalance>(&TrialBalanceQuery { company_id: shop.company, ..TrialBalanceQuery::default() }).await;
    assert_eq!(balance.total_debit, balance.total_credit);
    balance.rows.into_iter().map(|row| (row.account_code, row.balance.0)).collect()
}

#[tokio::test]
async fn crediting_all_takes_everything_back() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let invoice = invoiced(&tenant, &shop).await;
    let note = credited(&tenant, &invoice, &CreditInvoice { reason: Some("damaged".to_owned()), ..Default::default() }).await;
    assert_eq!((note.number.as_deref(), note.total_amount.0.as_str(), note.open_amount.0.as_str()), (Some("CN/2026/00001"), "771.12", "0.00"));
    assert_eq!(sides(&entry(&tenant, note.journal_entry_id).await), [("1100", "0.00", "771.12"), ("2100", "123.12", "0.00"), ("4000", "648.00", "0.00")]);
    let now = tenant.get::<invoice::GetInvoice>(invoice.id).await;
    assert_eq!(now.open_amount.0, "0.00");
    assert_ne!(now.payment_state, Some(PaymentState::Open));
    assert!(balances(&tenant, &shop).await.iter().all(|(_, balance)| balance == "0.00"));
    let problem = tenant.refused::<invoice::CreditInvoice>(invoice.id, &CreditInvoice::default()).await;
    assert!([409, 422].contains(&problem.status), "{problem:?}");
}

#[tokio::test]
async fn lines_are_credited_up_to_what_remains() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let invoice = invoiced(&tenant, &shop).await;
    let line = |quantity: &str| CreditInvoice {
        lines: vec![CreditLine { invoice_line_id: invoice.lines.first().unwrap().id, quantity: of(quantity) }],
        ..Default::default()
    };
    let note = credited(&tenant, &invoice, &line("1")).await;
    assert_eq!((note.untaxed_amount.0.as_str(), note.tax_amount.0.as_str(), note.total_amount.0.as_str()), ("16.20", "3.08", "19.28"));
    let now = tenant.get::<invoice::GetInvoice>(invoice.id).await;
    assert_eq!((now.open_amount.0.as_str(), now.payment_state), ("751.84", Some(PaymentState::PartPaid)));
    assert_eq!(now.lines.first().unwrap().credited_quantity, of("1"));
    let problem = tenant.refused::<invoice::CreditInvoice>(invoice.id, &line("40")).await;
    assert_eq!(problem.status, 422, "{problem:?}");
    // Many small notes round each for itself; the last one takes the residue.
    for _ in 0..3 {
        credited(&tenant, &invoice, &line("1")).await;
    }
    credited(&tenant, &invoice, &CreditInvoice::default()).await;
    assert_eq!(tenant.get::<invoice::GetInvoice>(invoice.id).await.open_amount.0, "0.00");
    assert!(balances(&tenant, &shop).await.iter().all(|(_, balance)| balance == "0.00"));
}

#[tokio::test]
async fn an_amount_is_credited_with_its_tax() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let invoice = invoiced(&tenant, &shop).await;
    let amount = |amount: &str| CreditInvoice { amount: Some(amount.into()), ..Default::default() };
    let note = credited(&tenant, &invoice, &amount("100.00")).await;
    assert_eq!((note.untaxed_amount.0.as_str(), note.tax_amount.0.as_str(), note.total_amount.0.as_str()), ("84.03", "15.97", "100.00"));
    assert_eq!(tenant.get::<invoice::GetInvoice>(invoice.id).await.open_amount.0, "671.12");
    let problem = tenant.refused::<invoice::CreditInvoice>(invoice.id, &amount("671.13")).await;
    assert_eq!(problem.status, 422, "{problem:?}");
    credited(&tenant, &invoice, &amount("671.12")).await;
    assert_eq!(tenant.get::<invoice::GetInvoice>(invoice.id).await.open_amount.0, "0.00");
}

/// What was paid already becomes the customer's credit.
#[tokio::test]
async fn crediting_a_paid_invoice_leaves_credit() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let invoice = invoiced(&tenant, &shop).await;
    deal::pay(&tenant, &shop, "771.12", &[(invoice.id, "771.12")]).await;
    let note = credited(&tenant, &invoice, &CreditInvoice::default()).await;
    assert_eq!(note.open_amount.0, "771.12");
    assert_eq!(
        balances(&tenant, &shop).await,
        [("1000", "771.12"), ("1100", "-771.12"), ("2100", "0.00"), ("4000", "0.00")].map(|(code, balance)| (code.to_owned(), balance.to_owned()))
    );
}

#[tokio::test]
async fn a_draft_is_not_credited_and_a_posted_document_never_changes() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let draft = deal::free_invoice(&tenant, &shop, "10.00").await;
    assert_eq!(tenant.refused::<invoice::CreditInvoice>(draft.id, &CreditInvoice::default()).await.code, Code::StateConflict);
    deal::post_invoice(&tenant, draft.id, None).await;
    let problem = tenant.refused::<invoice::PostInvoice>(draft.id, &Default::default()).await;
    assert_eq!((problem.status, problem.code), (409, Code::DocumentPosted));
}

/// One call credits all that remains, posts it and settles the invoice.
#[tokio::test]
async fn an_invoice_is_reversed_at_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let invoice = invoiced(&tenant, &shop).await;
    let reason = ReverseInvoice { date: None, rebill: None, reason: "wrong customer".to_owned() };
    let note = tenant.post::<invoice::ReverseInvoice>(invoice.id, &reason).await;
    assert_eq!((note.number.as_deref(), note.status, note.open_amount.0.as_str()), (Some("CN/2026/00001"), InvoiceStatus::Posted, "0.00"));
    let now = tenant.get::<invoice::GetInvoice>(invoice.id).await;
    assert_eq!((now.payment_state, now.open_amount.0.as_str()), (Some(PaymentState::Reversed), "0.00"));
    assert!(balances(&tenant, &shop).await.iter().all(|(_, balance)| balance == "0.00"));
    assert_eq!(tenant.refused::<invoice::ReverseInvoice>(invoice.id, &reason).await.code, Code::StateConflict);
    assert!(tenant.get::<causeway_openapi::ledger::op::VerifyLedger>(()).await.ok);
}
