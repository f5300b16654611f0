//! Whoever sends a body with several faults learns of all of them at once: of values that cannot be read, of names of nothing, and of broken rules (INT-01,
//! MDM-04).

use causeway_tests::raw::Seen;
use causeway_tests::shop::{self, Shop};
use causeway_tests::verified;
use causeway_tests::world::{Tenant, World};
use causeway_value::{CompanyId, OpportunityId, PartyId, PaymentTermId, PriceListId, ProductId, TaxId, UserId};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn named(seen: &Seen) -> BTreeSet<String> {
    assert_eq!(seen.status, 422, "{}", seen.text());
    seen.checked_problem().unwrap().errors.into_iter().filter_map(|error| error.pointer).collect()
}

fn set(pointers: &[&str]) -> BTreeSet<String> {
    pointers.iter().map(|pointer| (*pointer).to_owned()).collect()
}

async fn opened() -> (World, Tenant, Shop) {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    (world, tenant, shop)
}

fn lines(shop: &Shop) -> Value {
    json!([
        { "product_id": ProductId::new(), "quantity": 5 },
        { "description": " ", "quantity": "1", "unit_price": "1.00", "tax_ids": [TaxId::new()], "discount_percent": "101" },
        { "product_id": shop.chai, "quantity": "1", "unit": "bushel", "promised_date": "2020-01-01" },
        { "description": "Freight", "quantity": "1" },
    ])
}

const LINES: [&str; 8] = [
    "/lines/0/quantity",
    "/lines/0/product_id",
    "/lines/1/description",
    "/lines/1/tax_ids/0",
    "/lines/1/discount_percent",
    "/lines/2/unit",
    "/lines/2/promised_date",
    "/lines/3/unit_price",
];

#[tokio::test]
async fn of_a_quote_and_an_order() {
    let (_world, tenant, shop) = opened().await;
    let faults = json!({
        "company_id": shop.company, "party_id": PartyId::new(), "currency": "EURO", "payment_term_id": PaymentTermId::new(), "owner_id": UserId::new(),
        "discount_percent": "-1", "reference": "PO\u{200b}7", "no_such_field": 1, "lines": lines(&shop),
    });
    let head = ["/party_id", "/currency", "/payment_term_id", "/owner_id", "/discount_percent", "/reference", "/no_such_field"];
    let expected = set(&[head.as_slice(), LINES.as_slice()].concat());
    assert_eq!(named(&tenant.raw.post("/v1/orders", &faults).await), expected);
    let mut quote = faults.clone();
    quote["valid_until"] = json!("2020-01-01");
    let with_day: BTreeSet<String> = expected.iter().cloned().chain(["/valid_until".to_owned()]).collect();
    assert_eq!(named(&tenant.raw.post("/v1/quotes", &quote).await), with_day);
    // Without a company there are no taxes to look among; the rest is told all the same.
    quote["company_id"] = json!(CompanyId::new());
    let others: BTreeSet<String> = with_day.iter().filter(|pointer| *pointer != "/lines/1/tax_ids/0").cloned().chain(["/company_id".to_owned()]).collect();
    assert_eq!(named(&tenant.raw.post("/v1/quotes", &quote).await), others);
    // With both the lines are priced, and what cannot be read is told with them.
    let priced = json!({ "company_id": shop.company, "party_id": shop.party, "reference": "\u{202e}", "lines": lines(&shop) });
    assert_eq!(named(&tenant.raw.post("/v1/quotes/price", &priced).await), set(&[["/reference"].as_slice(), LINES.as_slice()].concat()));
    // A PATCH is no other.
    let draft = json!({ "company_id": shop.company, "party_id": shop.party, "lines": [{ "product_id": shop.chai, "quantity": "1" }] });
    let draft = tenant.raw.post("/v1/orders", &draft).await.success();
    let path = format!("/v1/orders/{}", draft["id"].as_str().unwrap());
    let change = json!({ "reference": 7, "owner_id": UserId::new(), "discount_percent": "101", "lines": lines(&shop) });
    let seen = tenant.raw.request("PATCH", &path).json(&change).send().await;
    assert_eq!(named(&seen), set(&[["/reference", "/owner_id", "/discount_percent"].as_slice(), LINES.as_slice()].concat()));
    verified(&tenant).await;
}

#[tokio::test]
async fn of_masters_and_deals() {
    let (_world, tenant, shop) = opened().await;
    let party = json!({
        "name": " ", "kind": "organization", "email": "nobody", "phone": 1, "payment_term_id": PaymentTermId::new(), "price_list_id": PriceListId::new(),
        "credit_limit": "-1", "tax_ids": [{ "country": "FR", "number": "12" }], "contacts": [{ "name": "" }], "addresses": [{ "kind": "billing" }],
    });
    let of_address = ["/addresses/0/city", "/addresses/0/country", "/addresses/0/line1"];
    let of_party = ["/name", "/email", "/phone", "/payment_term_id", "/price_list_id", "/credit_limit", "/tax_ids/0/number", "/contacts/0/name"];
    assert_eq!(named(&tenant.raw.post("/v1/parties", &party).await), set(&[of_party.as_slice(), of_address.as_slice()].concat()));
    let list = json!({
        "code": "A\u{2066}B", "currency": "EUR", "company_id": CompanyId::new(), "valid_from": "2027-02-01", "valid_to": "2027-01-01", "priority": "high",
        "rules": [{ "product_id": ProductId::new(), "price": "-1" }, { "price": 2 }, { "price": "3.00" }, { "base_price_list_id": PriceListId::new(), "percent_off": "5" }],
    });
    let of_list = ["/code", "/company_id", "/priority", "/rules/0/product_id", "/rules/0/price", "/rules/1/price", "/rules/2", "/rules/3/base_price_list_id"];
    let found = named(&tenant.raw.post("/v1/price-lists", &list).await);
    assert_eq!(found, set(&of_list), "the days stand beside a priority that cannot be read");
    let product = json!({
        "code": "X", "name": "", "kind": "goods", "unit": "bushel", "list_price": "-1", "currency": "EUR", "cost": "1,5", "billing_policy": "on_delivery",
        "tax_ids": [TaxId::new()], "revenue_account_code": "none",
    });
    let of_product = ["/name", "/unit", "/list_price", "/cost", "/tax_ids/0", "/revenue_account_code"];
    assert_eq!(named(&tenant.raw.post("/v1/products", &product).await), set(&of_product));
    let lead = json!({ "company_id": shop.company, "title": " ", "owner_id": UserId::new(), "email": "x", "budget": "1.234", "needed_by": "0026-01-01" });
    assert_eq!(named(&tenant.raw.post("/v1/leads", &lead).await), set(&["/title", "/owner_id", "/email", "/budget", "/needed_by"]));
    let opportunity = json!({
        "company_id": CompanyId::new(), "party_id": PartyId::new(), "title": "", "currency": "EUR", "expected_value": "-1", "expected_close_date": "0026-01-01",
        "probability": "101", "source": 7,
    });
    let of_deal = ["/company_id", "/party_id", "/title", "/expected_value", "/expected_close_date", "/probability", "/source"];
    assert_eq!(named(&tenant.raw.post("/v1/opportunities", &opportunity).await), set(&of_deal));
}

/// What was put in the place of a fault is nobody's: neither it nor what follows from it is told, and nothing is written.
#[tokio::test]
async fn nothing_is_told_of_what_was_not_sent() {
    let (_world, tenant, shop) = opened().await;
    let line = json!({ "product_id": shop.chai, "quantity": "1" });
    let body = |more: Value| {
        let mut body = json!({ "company_id": shop.company, "party_id": shop.party, "lines": [line] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (more, pointer) in [
        (json!({ "opportunity_id": "opp_1", "party_id": null }), "/opportunity_id"),
        (json!({ "company_id": 1 }), "/company_id"),
        (json!({ "lines": [{ "product_id": shop.chai, "quantity": "x" }] }), "/lines/0/quantity"),
        (json!({ "lines": [{ "product_id": "prd_x", "quantity": "1" }] }), "/lines/0/product_id"),
        (json!({ "lines": 1 }), "/lines"),
        (json!({ "valid_until": "tomorrow" }), "/valid_until"),
        (json!({ "lead_days": "3" }), "/lead_days"),
    ] {
        assert_eq!(named(&tenant.raw.post("/v1/quotes", &body(more)).await), set(&[pointer]));
    }
    assert_eq!(tenant.raw.get("/v1/quotes").await.success()["data"], json!([]));
    let known = OpportunityId::new();
    assert_eq!(named(&tenant.raw.post("/v1/quotes", &body(json!({ "opportunity_id": known, "notes": 1 }))).await), set(&["/opportunity_id", "/notes"]));
    verified(&tenant).await;
}

/// Two names that look alike are one name: what makes them two without being seen is refused, and what languages need is not.
#[tokio::test]
async fn what_nobody_sees_is_in_no_name() {
    let (_world, tenant, _) = opened().await;
    for letter in ["\u{200b}", "\u{feff}", "\u{202e}", "\u{2067}", "\u{85}"] {
        let seen = tenant.raw.post("/v1/categories", &json!({ "name": format!("Te{letter}a") })).await;
        assert_eq!(named(&seen), set(&["/name"]), "{letter:?}");
        let code = format!("U+{:04X}", u32::from(letter.chars().next().unwrap()));
        assert!(seen.problem().errors[0].detail.contains(&code), "{}", seen.text());
    }
    for name in ["\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}", "\u{1f469}\u{200d}\u{1f4bb} Tea", "Th\u{e9}"] {
        assert_eq!(tenant.raw.post("/v1/categories", &json!({ "name": name })).await.success()["name"], json!(name));
    }
}
