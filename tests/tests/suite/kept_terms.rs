//! What was agreed stays: an order without a payment term is due at once, whatever its customer is given later (QTE-21, BIL-05).

use causeway_contract::{ListQuery, Patch};
use causeway_openapi::billing_run::{CommitBillingRun, CreateBillingRun, op as billing_run};
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::party::{UpdateParty, op as party};
use causeway_openapi::quote::op as quote;
use causeway_tests::deal;
use causeway_tests::shop::{self, Shop, line, party_body};
use causeway_tests::verified;
use causeway_tests::world::World;

#[tokio::test]
async fn an_order_without_a_term_does_not_take_one_that_its_customer_gets_later() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let body = party_body("Aurora");
    let aurora = tenant.post::<party::CreateParty>((), &body).await.id;
    let shop = Shop { party: aurora, ..shop };
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    let run = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "2")]).await;
    assert_eq!((order.payment_term_id, run.payment_term_id), (None, None));
    let given = UpdateParty { payment_term_id: Patch::Value(shop.term), ..UpdateParty::default() };
    tenant.post::<party::UpdateParty>(aurora, &given).await;
    // What is made from now on shows the term.
    assert_eq!(tenant.post::<quote::CreateQuote>((), &deal::quote_body(&shop, vec![line(shop.setup, "1")])).await.payment_term_id, Some(shop.term));
    let draft = deal::invoice_order(&tenant, order.id).await;
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!((posted.payment_term_id, posted.due_date), (None, posted.invoice_date));
    let run = CreateBillingRun { company_id: shop.company, post: Some(true), ..CreateBillingRun::default() };
    let run = tenant.post::<billing_run::CreateBillingRun>((), &run).await;
    tenant.post::<billing_run::CommitBillingRun>(run.id, &CommitBillingRun { hash: run.hash }).await;
    let posted = tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("status", "posted")).await;
    assert_eq!(posted.iter().map(|invoice| (invoice.payment_term_id, invoice.due_date == invoice.invoice_date)).collect::<Vec<_>>(), [(None, true); 2]);
    // Free lines are due as their party's invoices are.
    assert_eq!(deal::free_invoice(&tenant, &shop, "1.00").await.payment_term_id, Some(shop.term));
    verified(&tenant).await;
}
