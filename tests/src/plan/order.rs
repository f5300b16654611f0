//! Orders and deliveries.

use super::{Prepared, adorned, body};
use crate::deal::{self, forty, order_body};
use crate::fixture::Fixture;
use crate::of;
use crate::shop::party_body;
use causeway_openapi::billable;
use causeway_openapi::order::{CreateOrder, Order, op as order};
use causeway_openapi::party::{CreateParty, op as party};
use serde_json::json;

impl Fixture {
    pub(super) async fn order_plan(&self, operation: &str) -> Option<Prepared> {
        let caller = self.caller();
        match operation {
            "CreateOrder" => self.create(adorned(CreateOrder {
                opportunity_id: Some(self.opportunity().await.id),
                currency: Some(of("EUR")),
                payment_term_id: Some(self.shop.term),
                discount_percent: Some(of("1")),
                reference: Some("PO 1".to_owned()),
                contact_id: Some(self.contact),
                ship_to_id: Some(self.address),
                owner_id: Some(self.user),
                channel: Some("web".to_owned()),
                notes: Some("Thank you".to_owned()),
                terms: Some("No returns".to_owned()),
                on_conflict: Some(causeway_openapi::order::OrderConflict::Update),
                ..order_body(&self.shop, vec![self.full_line()])
            })),
            "UpdateOrder" => self.on(
                self.draft_order().await.id,
                adorned(json!({ "payment_term_id": self.shop.term, "discount_percent": "2", "owner_id": self.user, "terms": "Returns", "contact_id": self.contact, "ship_to_id": self.address, "lines": [self.full_line()] })),
            ),
            "HoldOrder" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                self.on(order.id, body(json!({ "reason": "wait", "kind": "manual", "blocks": ["ship"], "owner_id": self.user })))
            }
            "ReleaseOrder" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                let held = caller.post::<order::HoldOrder>(order.id, &deal::manual_hold("wait")).await;
                let hold = held.holds.first().expect("a hold").id;
                self.on(order.id, body(json!({ "reason": "done", "kind": "manual", "hold_id": hold })))
            }
            "AssignOrder" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                caller.post::<order::HoldOrder>(order.id, &deal::manual_hold("wait")).await;
                self.on(order.id, body(json!({ "owner_id": self.user })))
            }
            "PromiseOrder" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                deal::delivery(caller, &order, "15").await;
                let lines = json!([{ "order_line_id": order.lines.first().expect("a line").id, "promised_date": "2199-12-20" }]);
                self.on(order.id, body(json!({ "promised_date": "2199-12-24", "lines": lines })))
            }
            "AmendOrder" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                let line = order.lines.first().expect("a line").id;
                let changed =
                    json!({ "order_line_id": line, "quantity": "30", "unit_price": "17.00", "price_override_reason": "volume", "discount_percent": "5" });
                let lines = json!([self.full_line(), changed]);
                let change = json!({ "reason": "they need fewer", "lines": lines, "payment_term_id": self.shop.term, "discount_percent": "1",
                    "reference": "PO 2", "notes": "Thanks", "terms": "No returns" });
                self.on(order.id, Some(change))
            }
            "CreateDownPayment" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                self.on(order.id, body(json!({ "amount": "50.00", "payment_term_id": self.shop.term })))
            }
            "RecheckOrder" => self.on(self.rechecked_order().await, None),
            "CreateCreditPolicy" => {
                let party = caller.post::<party::CreateParty>((), &party_body("Boreas")).await.id;
                let company = self.shop.company;
                let policy = json!({ "company_id": company, "party_id": party, "action": "warn", "max_overdue_days": 30, "owner_id": self.user });
                self.create(Some(policy))
            }
            "UpdateCreditPolicy" => {
                let party = caller.post::<party::CreateParty>((), &party_body("Boreas")).await.id;
                let policy = json!({ "company_id": self.shop.company, "party_id": party, "action": "hold" });
                let id = caller.raw.post("/v1/credit-policies", &policy).await.success()["id"].as_str().unwrap_or_default().to_owned();
                self.on(id, body(json!({ "action": "block", "max_overdue_days": 10, "owner_id": self.user })))
            }
            "ConfirmOrder" => self.on(self.draft_order().await.id, None),
            "CancelOrder" => self.on(deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await.id, body(json!({ "reason": "duplicate" }))),
            "CreateDelivery" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                let line = order.lines.first().expect("a line").id;
                let lines = json!([{ "order_line_id": line, "quantity": "15" }]);
                self.create(adorned(json!({ "order_id": order.id, "lines": lines, "ship_to_id": self.address().await, "ship_date": "2026-12-02", "carrier": "Post", "tracking": "1Z" })))
            }
            "ShipDelivery" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                self.on(deal::delivery(caller, &order, "15").await.id, body(json!({ "ship_date": "2026-12-02", "carrier": "Post", "tracking": "1Z" })))
            }
            "UpdateDelivery" | "CancelDelivery" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                let planned = deal::delivery(caller, &order, "15").await.id;
                let change = json!({ "ship_to_id": self.address().await, "ship_date": "2026-12-03", "carrier": "Post", "tracking": "1Z" });
                self.on(planned, if operation == "UpdateDelivery" { adorned(change) } else { body(json!({ "reason": "the truck broke down" })) })
            }
            "ConfirmReceipt" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                let shipped = deal::ship(caller, &order, "15").await;
                self.on(shipped.id, body(json!({ "received_by": "Amy", "received_date": shipped.ship_date })))
            }
            "ReverseDelivery" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                self.on(deal::ship(caller, &order, "40").await.id, body(json!({ "reason": "wrong order" })))
            }
            "ReturnDelivery" => {
                let order = deal::confirmed(caller, &self.shop, vec![forty(&self.shop)]).await;
                let back = json!([{ "order_line_id": order.lines.first().expect("a line").id, "quantity": "2" }]);
                self.on(deal::ship(caller, &order, "40").await.id, body(json!({ "lines": back, "refund": false, "reason": "exchanged" })))
            }
            "HoldBillable" => self.on(self.billable().await, body(json!({ "reason": "disputed" }))),
            "ReleaseBillable" => {
                let id = self.billable().await;
                caller.post::<billable::op::HoldBillable>(id, &billable::HoldBillable { reason: "disputed".to_owned() }).await;
                self.on(id, None)
            }
            _ => None,
        }
    }

    /// The customer's address.
    async fn address(&self) -> causeway_value::AddressId {
        let party = self.caller().get::<party::GetParty>(self.shop.party).await;
        party.addresses.first().expect("an address").id
    }

    pub(super) async fn draft_order(&self) -> Order {
        self.caller().post::<order::CreateOrder>((), &order_body(&self.shop, vec![forty(&self.shop)])).await
    }

    /// An order that was over the limit of its customer, which was raised since.
    pub(super) async fn rechecked_order(&self) -> causeway_value::OrderId {
        let caller = self.caller();
        let party = caller.post::<party::CreateParty>((), &CreateParty { credit_limit: Some("1.00".into()), ..party_body("Boreas") }).await.id;
        let draft = caller.post::<order::CreateOrder>((), &CreateOrder { party_id: Some(party), ..order_body(&self.shop, vec![forty(&self.shop)]) }).await;
        caller.act::<order::ConfirmOrder>(draft.id).await;
        caller.raw.request("PATCH", &format!("/v1/parties/{party}")).json(&json!({ "credit_limit": "5000.00" })).send().await.success();
        draft.id
    }
}
