//! The lines of documents that are there are changed row by row, against a real server: what was not touched stays as it was.

use super::*;
use crate::perform::perform;
use crate::resource::row;
use causeway_openapi::client::Client;
use causeway_tests::shop;
use causeway_tests::world::World;

/// What follows from a quantity, and what counts changes.
const FOLLOWS: [&str; 12] = [
    "id",
    "updated_at",
    "version",
    "net_amount",
    "tax_amount",
    "taxes",
    "margin_amount",
    "margin_percent",
    "untaxed_amount",
    "total_amount",
    "sections",
    "open_amount",
];

/// An object without what follows from the quantity of its first row.
fn rest(object: &Value, rows: &str, quantity: &str) -> Value {
    let mut rest = object.clone();
    let strip = |value: &mut Value| {
        for name in FOLLOWS {
            value.as_object_mut().unwrap().remove(name);
        }
    };
    for row in rest[rows].as_array_mut().unwrap() {
        strip(row);
    }
    rest[rows][0].as_object_mut().unwrap().remove(quantity);
    strip(&mut rest);
    rest
}

/// Changes one field of the first row of an object, and gives the object as the server has it then.
async fn changed(client: &Client, place: &'static str, object: &Value, rows: &str, (field, text): (&str, &str)) -> Value {
    let mut app = tenant(Place::list(place));
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([object]));
    press(&mut app, "e");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("{place}: {:?}", app.notes) };
    deed.focus = deed.form.fields.iter().position(|field| field.path == rows).unwrap();
    press(&mut app, "enter enter");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("the form of a row") };
    deed.form.set(field, text).unwrap();
    press(&mut app, "ctrl-s enter esc");
    let sent = press(&mut app, "ctrl-s enter");
    let (_, call) = calls(&sent).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).unwrap_or_else(|| panic!("{place}: it is sent"));
    perform(client, false, &call).await.unwrap_or_else(|failure| panic!("{place}: {} {:?}", failure.text(), call.body)).body
}

async fn made(client: &Client, operation: &str, body: Value) -> Value {
    perform(client, false, &Call::of(&row(operation).unwrap(), &[]).body(body)).await.unwrap().body
}

#[tokio::test(flavor = "multi_thread")]
async fn one_quantity_is_changed_and_nothing_else_of_the_document() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "l").await;
    let client = Client::new(&world.server.url, &tenant.key).unwrap();
    let lines = json!([
        {"product_id": shop.chai, "quantity": "2", "section": "Tea", "discount_percent": "5"},
        {"product_id": shop.chai, "quantity": "1", "unit_price": "15.00", "price_override_reason": "agreed"},
        {"product_id": shop.setup, "quantity": "1", "tax_ids": []},
        {"description": "Carriage", "quantity": "1", "unit_price": "9.50", "tax_ids": [shop.tax]},
    ]);
    let document = json!({"company_id": shop.company, "party_id": shop.party, "lines": lines});
    let mut quoted = document.clone();
    quoted["lines"][0]["lead_days"] = json!(3);
    quoted["lines"].as_array_mut().unwrap().push(json!({"product_id": shop.chai, "quantity": "1", "optional": true, "chosen": true}));
    for (operation, place, body, quantity) in [("CreateQuote", "quotes", quoted, "quantity"), ("CreateOrder", "orders", document, "ordered_quantity")] {
        let before = made(&client, operation, body).await;
        let after = changed(&client, place, &before, "lines", ("quantity", "3")).await;
        assert_eq!(after["lines"][0][quantity], "3", "{place}");
        assert_eq!(rest(&after, "lines", quantity), rest(&before, "lines", quantity), "{place}");
    }
    let free = |text: &str| json!({"description": text, "quantity": "2", "unit_price": "10.00", "tax_ids": [shop.tax]});
    let before = made(&client, "CreateInvoice", json!({"company_id": shop.company, "party_id": shop.party, "lines": [free("Advice"), free("Travel")]})).await;
    let after = changed(&client, "invoices", &before, "lines", ("quantity", "1")).await;
    assert_eq!(after["lines"][0]["quantity"], "1");
    assert_eq!(rest(&after, "lines", "quantity"), rest(&before, "lines", "quantity"), "invoices");
    let rules = json!([{"product_id": shop.chai, "min_quantity": "10", "price": "16.00"}, {"percent_off": "3"}]);
    let before = made(&client, "CreatePriceList", json!({"code": "TRADE", "currency": "EUR", "rules": rules})).await;
    let after = changed(&client, "price-lists", &before, "rules", ("min_quantity", "12")).await;
    assert_eq!(after["rules"][0]["min_quantity"], "12");
    assert_eq!(rest(&after, "rules", "min_quantity"), rest(&before, "rules", "min_quantity"), "price lists");
}
