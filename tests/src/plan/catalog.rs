//! Products, price lists and rates.

use super::{Prepared, adorned, body, references};
use crate::fixture::Fixture;
use crate::shop::product_body;
use crate::{of, unique};
use causeway_openapi::catalog::{BundleComponent, CreateProduct, op as catalog};
use causeway_openapi::pricing;
use causeway_value::{BillingPolicy, Day, ProductKind};
use serde_json::{Value, json};

impl Fixture {
    pub(super) async fn catalog_plan(&self, operation: &str) -> Option<Prepared> {
        let caller = self.caller();
        let category = async || {
            caller.post::<catalog::CreateCategory>((), &causeway_openapi::catalog::CreateCategory { name: unique("Tea"), ..Default::default() }).await.id
        };
        let product = || CreateProduct {
            cost: Some(of("5.00")),
            ..product_body(&unique("P"), ProductKind::Goods, BillingPolicy::OnDelivery, "9.00", vec![self.shop.tax])
        };
        let unit = json!({ "code": unique("u"), "name": "Dozen", "category": "count", "factor": "12", "step": "0.5", "metadata": { "tier": "a" } });
        match operation {
            "CreateCategory" => {
                self.create(body(json!({ "name": unique("Tea"), "parent_id": category().await, "metadata": { "tier": "a" }, "external_refs": references() })))
            }
            "UpdateCategory" => self.on(category().await, body(json!({ "name": unique("Tea"), "parent_id": category().await, "metadata": { "tier": null } }))),
            "CreateUnit" => self.create(Some(unit)),
            "UpdateUnit" => {
                let id = caller.raw.post("/v1/units", &unit).await.success()["id"].as_str().unwrap_or_default().to_owned();
                self.on(id, body(json!({ "name": "Twelve", "metadata": { "tier": "b" } })))
            }
            "CreateProduct" | "CreateProducts" => {
                let full = adorned(CreateProduct {
                    description: Some("Green".to_owned()),
                    price_base_quantity: Some(of("1")),
                    category_id: Some(category().await),
                    revenue_account_code: Some("4000".to_owned()),
                    ..product()
                });
                self.create(if operation == "CreateProduct" { full } else { body(json!({ "mode": "atomic", "items": [full] })) })
            }
            "UpdateProduct" => {
                let components = vec![BundleComponent { product_id: self.shop.setup, quantity: of("2") }];
                let bundle = CreateProduct { kind: ProductKind::Bundle, components, ..product() };
                self.on(
                    caller.post::<catalog::CreateProduct>((), &bundle).await.id,
                    adorned(json!({
                        "name": "Tea", "list_price": "9.50", "cost": null, "tax_ids": [self.shop.tax], "category_id": category().await, "active": false,
                        "components": [{ "product_id": self.shop.chai, "quantity": "3" }]
                    })),
                )
            }
            "CreatePriceList" => self.create(adorned(self.price_list())),
            "UpdatePriceList" => {
                let base = caller.raw.post("/v1/price-lists", &self.price_list()).await.success();
                self.on(
                    caller.raw.post("/v1/price-lists", &self.price_list()).await.success()["id"].as_str().unwrap_or_default(),
                    adorned(json!({
                        "name": "Gold", "priority": 5, "valid_to": "2027-12-31", "audience": { "party_id": self.shop.party }, "convert": true, "active": false,
                        "rules": [{ "category_id": category().await, "percent_off": "5", "base_price_list_id": base["id"] }]
                    })),
                )
            }
            "CreateExchangeRate" => {
                let date = Day::of(2000, 1, 1).expect("a day").plus_days(unique("").trim_start_matches('-').parse().expect("a number"));
                self.create(body(pricing::CreateExchangeRate { currency: of("CHF"), base: of("EUR"), date, rate: of("1.05") }))
            }
            "UpdateExchangeRate" => {
                let date = Day::of(1990, 1, 1).expect("a day").plus_days(unique("").trim_start_matches('-').parse().expect("a number"));
                let rate = pricing::CreateExchangeRate { currency: of("CHF"), base: of("EUR"), date, rate: of("10.5") };
                let id = caller.post::<pricing::op::CreateExchangeRate>((), &rate).await.id;
                self.on(id, body(json!({ "rate": "1.05", "correction_reason": "The point was in the wrong place" })))
            }
            "CopyPriceList" | "ImportPriceRules" => {
                let made = caller.raw.post("/v1/price-lists", &self.price_list()).await.success();
                let id = made["id"].as_str().unwrap_or_default();
                if operation == "CopyPriceList" {
                    let dates = json!({ "code": unique("GOLD"), "name": "Gold", "valid_from": "2027-01-01", "valid_to": "2027-12-31", "priority": 11 });
                    self.on(id, body(dates))
                } else {
                    self.on(id, body(json!({ "content": "product_code,min_quantity,price\nCHAI,10,17.00\n", "append": true })))
                }
            }
            "ImportExchangeRates" => {
                let content = "Date,USD,JPY,\n2026-10-30,1.1172,175.68,\n";
                self.create(body(json!({ "format": "ecb_csv", "content": content, "from": "2026-10-01", "to": "2026-10-31", "correction_reason": "Restated" })))
            }
            _ => None,
        }
    }

    pub(super) fn price_list(&self) -> Value {
        json!({
            "code": unique("GOLD"), "currency": "EUR", "priority": 10, "valid_from": "2026-01-01", "company_id": self.shop.company,
            "audience": { "segment": unique("segment") }, "rules": [{ "product_id": self.shop.chai, "min_quantity": "100", "price": "16.50" }]
        })
    }
}
