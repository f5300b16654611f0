//! No document comes to more than an amount can be, so that sums of many fit (api.md 6).

use causeway_contract::Code;
use causeway_openapi::invoice::{CreateInvoice, InvoiceLineInput, op as invoice};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::op as order;
use causeway_openapi::quote::op as quote;
use causeway_tests::deal;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_tests::{of, pointers};

#[tokio::test]
async fn documents_are_held_within_what_an_amount_can_be() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let free = |quantity: &str, price: &str| InvoiceLineInput { quantity: of(quantity), ..deal::free_invoice_body(&shop, price).lines.remove(0) };
    let billed = |lines: Vec<InvoiceLineInput>| CreateInvoice { lines, ..deal::free_invoice_body(&shop, "1.00") };
    let large = tenant.refused::<invoice::CreateInvoice>((), &billed(vec![free("9000000000", "9000000")])).await;
    assert_eq!((large.status, large.errors[0].code, pointers(&large)), (422, Code::AmountOverflow, vec!["/lines/0/unit_price"]));
    let together = billed(vec![free("3000000", "3000000"), free("3000000", "3000000")]);
    let together = tenant.refused::<invoice::CreateInvoice>((), &together).await;
    assert_eq!((together.status, together.errors[0].code, pointers(&together)), (422, Code::AmountOverflow, vec!["/lines"]));
    let line = || LineInput {
        description: Some("Work".to_owned()),
        quantity: of("9000000000"),
        unit_price: Some(of("9000000")),
        tax_ids: Some(Vec::new()),
        ..LineInput::default()
    };
    let problem = tenant.refused::<order::CreateOrder>((), &deal::order_body(&shop, vec![line()])).await;
    assert_eq!((problem.status, problem.errors[0].code, pointers(&problem)), (422, Code::AmountOverflow, vec!["/lines"]));
    let problem = tenant.refused::<quote::CreateQuote>((), &deal::quote_body(&shop, vec![line()])).await;
    assert_eq!((problem.status, problem.errors[0].code, pointers(&problem)), (422, Code::AmountOverflow, vec!["/lines"]));
    // What an amount can be is posted, more than once.
    for _ in 0..3 {
        let draft = tenant.post::<invoice::CreateInvoice>((), &billed(vec![free("3000000", "3000000")])).await;
        assert_eq!(deal::post_invoice(&tenant, draft.id, None).await.total_amount.0, "9000000000000.00");
    }
    causeway_tests::verified(&tenant).await;
}
