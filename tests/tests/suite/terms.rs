//! What was agreed with a payment term or a tax stays as it was agreed (BIL-05, PAY-23, MDM-03).

use causeway_contract::{Code, Patch};
use causeway_openapi::invoice::{CreateInvoice, op as invoice};
use causeway_openapi::line::LineInput;
use causeway_openapi::tax::{UpdateTax, op as tax};
use causeway_openapi::term::{UpdatePaymentTerm, op as term};
use causeway_tests::deal::{self, forty};
use causeway_tests::shop::{self, percent_after, percent_tax, term_body};
use causeway_tests::verified;
use causeway_tests::world::World;
use causeway_value::TermLine;

#[tokio::test]
async fn a_term_that_documents_name_keeps_its_installments() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let later = UpdatePaymentTerm { installments: Patch::Value(vec![percent_after("100", 60)]), ..UpdatePaymentTerm::default() };
    // A customer whose new documents would have it agrees to nothing yet.
    let changed = tenant.post::<term::UpdatePaymentTerm>(shop.term, &later).await;
    assert_eq!(changed.installments[0].days, 60);
    let back = UpdatePaymentTerm { installments: Patch::Value(vec![percent_after("100", 30)]), ..UpdatePaymentTerm::default() };
    tenant.post::<term::UpdatePaymentTerm>(shop.term, &back).await;

    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    assert_eq!(order.payment_term_id, Some(shop.term));
    let problem = tenant.refused::<term::UpdatePaymentTerm>(shop.term, &later).await;
    assert_eq!((problem.status, problem.code, &problem.meta["used_by"]), (409, Code::StateConflict, &serde_json::json!(["orders"])));
    // What it already says is no change, and what it is called and whether new documents may name it are nobody's agreement.
    let rest = UpdatePaymentTerm { name: Patch::Value("Thirty days".to_owned()), active: Patch::Value(false), ..back };
    assert!(!tenant.post::<term::UpdatePaymentTerm>(shop.term, &rest).await.active);
    deal::ship(&tenant, &order, "40").await;
    let invoice = deal::invoice_order(&tenant, order.id).await;
    let posted = deal::post_invoice(&tenant, invoice.id, Some("2026-12-01")).await;
    assert_eq!(posted.due_date.map(|day| day.to_string()).as_deref(), Some("2026-12-31"));
    // One that nobody names is still free.
    let free = tenant.post::<term::CreatePaymentTerm>((), &term_body("NET14", vec![percent_after("100", 14)])).await;
    tenant.post::<term::UpdatePaymentTerm>(free.id, &later).await;
}

#[tokio::test]
async fn a_tax_of_open_documents_keeps_its_place() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let eco = tenant.post::<tax::CreateTax>((), &percent_tax(shop.company, "ECO", "2")).await;
    let moved = |sequence| UpdateTax { sequence: Patch::Value(sequence), ..UpdateTax::default() };
    tenant.post::<tax::UpdateTax>(eco.id, &moved(5)).await;
    let order = deal::confirmed(&tenant, &shop, vec![LineInput { tax_ids: Some(vec![shop.tax, eco.id]), ..forty(&shop) }]).await;
    let problem = tenant.refused::<tax::UpdateTax>(eco.id, &moved(6)).await;
    assert_eq!((problem.code, &problem.meta["used_by"]), (Code::StateConflict, &serde_json::json!(["orders"])));
    tenant.post::<tax::UpdateTax>(eco.id, &UpdateTax { name: Patch::Value("Eco".to_owned()), ..moved(5) }).await;
    // What is delivered and billed is computed no more.
    deal::ship(&tenant, &order, "40").await;
    let problem = tenant.refused::<tax::UpdateTax>(eco.id, &moved(6)).await;
    assert_eq!(problem.meta["used_by"], serde_json::json!(["billables"]));
    let invoice = deal::invoice_order(&tenant, order.id).await;
    deal::post_invoice(&tenant, invoice.id, None).await;
    tenant.post::<tax::UpdateTax>(eco.id, &moved(6)).await;
}

/// 500.00 at once of an invoice of 100.00 are 100.00, and nobody is promised 400.00 for later.
#[tokio::test]
async fn a_fixed_part_is_at_most_the_invoice() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let fixed = TermLine { fixed: Some("500".into()), ..TermLine::default() };
    let rest = TermLine { remainder: Some(true), days: 10, ..TermLine::default() };
    let term = tenant.post::<term::CreatePaymentTerm>((), &term_body("FIXED", vec![fixed, rest])).await.id;
    for (amount, expected) in [("100.00", vec!["100.00"]), ("500.01", vec!["500.00", "0.01"])] {
        let body = CreateInvoice { payment_term_id: Some(term), ..deal::free_invoice_body(&shop, amount) };
        let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
        let posted = deal::post_invoice(&tenant, draft.id, None).await;
        assert_eq!(posted.installments.iter().map(|part| part.amount.0.as_str()).collect::<Vec<_>>(), expected, "{amount}");
    }
    verified(&tenant).await;
}
