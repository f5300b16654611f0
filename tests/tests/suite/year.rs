//! A year of business of three companies, left to chance: deals, deliveries, invoices, payments, and everything that undoes them, in any order.
//! Whatever is refused leaves nothing behind, and the books hold at the end of each quarter (INV-1 to INV-12 through `causeway verify`).

use crate::program::verify;
use causeway_tests::deal::advance;
use causeway_tests::rng::Rng;
use causeway_tests::setting;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::{Tenant, World};
use causeway_value::Day;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Where chance begins, unless `CAUSEWAY_YEAR_SEED` says otherwise.
const SEED: u64 = 20_261_124;
/// The days that are played, unless `CAUSEWAY_YEAR_DAYS` says otherwise.
const DAYS: u64 = 365;
/// What may happen, and how often beside the others.
const MIX: [(&str, u64); 16] = [
    ("quote", 10),
    ("order", 8),
    ("amend", 6),
    ("deliver", 14),
    ("take back", 2),
    ("bill", 14),
    ("billing run", 2),
    ("credit", 4),
    ("undo invoice", 2),
    ("pay", 14),
    ("allocate", 6),
    ("undo payment", 3),
    ("refund", 3),
    ("write off", 3),
    ("dispute", 2),
    ("hold or cancel", 6),
];

/// The companies, and what they have made so far.
struct Business<'a> {
    tenant: &'a Tenant,
    shops: Vec<Shop>,
    rng: Rng,
    made: BTreeMap<&'static str, Vec<String>>,
    /// How often each call was done, and how often refused.
    calls: BTreeMap<String, (u32, u32)>,
}

impl Business<'_> {
    /// Calls. A refusal is part of business; anything that is not the caller's fault ends the test.
    async fn call(&mut self, path: &str, body: Value) -> Option<Value> {
        let seen = self.tenant.raw.post(path, &body).await;
        assert!(seen.status < 500, "POST {path} {body}: {}", seen.text());
        let kind = path.split('/').filter(|part| !part.contains('_')).collect::<Vec<_>>().join("/");
        let count = self.calls.entry(kind).or_default();
        if seen.status < 300 {
            count.0 += 1;
            return Some(seen.json());
        }
        // Chance asks for what does not fit, never for what cannot be read.
        assert!(matches!(seen.status, 409 | 422), "POST {path} {body}: {}", seen.text());
        count.1 += 1;
        None
    }

    async fn read(&self, path: &str) -> Value {
        self.tenant.raw.get(path).await.success()
    }

    fn keep(&mut self, what: &'static str, object: &Value) {
        self.made.entry(what).or_default().push(object["id"].as_str().expect("an id").to_owned());
    }

    /// One of those that were made, the latest rather than the first.
    fn one(&mut self, what: &str) -> Option<String> {
        let all = self.made.get(what)?;
        let count = u64::try_from(all.len()).expect("a count");
        let recent = self.rng.between(0, count.min(12));
        all.get(usize::try_from(count - 1 - recent).expect("a place")).cloned()
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.rng.between(0, 100) < percent
    }

    fn shop(&mut self) -> Shop {
        let place = self.rng.between(0, u64::try_from(self.shops.len()).expect("a count"));
        self.shops[usize::try_from(place).expect("a place")].clone()
    }

    fn money(&mut self, most: u64) -> String {
        format!("{}.{:02}", self.rng.between(1, most), self.rng.between(0, 100))
    }

    fn lines(&mut self, shop: &Shop) -> Value {
        let count = self.rng.between(1, 4);
        let line = |rng: &mut Rng| {
            let product = if rng.between(0, 4) == 0 { shop.setup } else { shop.chai };
            let discount = [0, 0, 5, 10].get(usize::try_from(rng.between(0, 4)).expect("a place")).copied().unwrap_or_default();
            json!({"product_id": product, "quantity": format!("{}", rng.between(1, 30)), "discount_percent": format!("{discount}")})
        };
        (0..count).map(|_| line(&mut self.rng)).collect()
    }

    /// From lead to an order, unless the customer says no.
    async fn quote(&mut self) -> Option<()> {
        let shop = self.shop();
        let lead = self.call("/v1/leads", json!({"company_id": shop.company, "title": "Tea for the office", "source": "web"})).await?;
        let lead = lead["id"].as_str()?.to_owned();
        if self.chance(15) {
            self.call(&format!("/v1/leads/{lead}/disqualify"), json!({"reason": "No budget"})).await;
            return None;
        }
        let qualified = self.call(&format!("/v1/leads/{lead}/qualify"), json!({"party_id": shop.party})).await?;
        let lines = self.lines(&shop);
        let body = json!({"company_id": shop.company, "party_id": shop.party, "opportunity_id": qualified["opportunity"]["id"], "lines": lines});
        let mut quote = self.call("/v1/quotes", body).await?["id"].as_str()?.to_owned();
        self.call(&format!("/v1/quotes/{quote}/submit"), json!({})).await?;
        self.call(&format!("/v1/quotes/{quote}/send"), json!({})).await?;
        if self.chance(20) {
            quote = self.call(&format!("/v1/quotes/{quote}/revise"), json!({})).await?["id"].as_str()?.to_owned();
            self.call(&format!("/v1/quotes/{quote}/submit"), json!({})).await?;
            self.call(&format!("/v1/quotes/{quote}/send"), json!({})).await?;
        }
        if self.chance(15) {
            self.call(&format!("/v1/quotes/{quote}/decline"), json!({"reason": "Too dear"})).await;
            return None;
        }
        let accepted = self.call(&format!("/v1/quotes/{quote}/accept"), json!({"accepted_by": "Amy"})).await?;
        self.confirm(&accepted["order"].clone()).await
    }

    async fn order(&mut self) -> Option<()> {
        let shop = self.shop();
        let lines = self.lines(&shop);
        let order = self.call("/v1/orders", json!({"company_id": shop.company, "party_id": shop.party, "lines": lines})).await?;
        self.confirm(&order).await
    }

    async fn confirm(&mut self, order: &Value) -> Option<()> {
        self.keep("order", order);
        let id = order["id"].as_str()?;
        self.call(&format!("/v1/orders/{id}/confirm"), json!({})).await.map(drop)
    }

    /// More or less of the first line, another price for it, or a line more.
    async fn amend(&mut self) -> Option<()> {
        let id = self.one("order")?;
        let order = self.read(&format!("/v1/orders/{id}")).await;
        let first = order["lines"][0]["id"].clone();
        let line = match self.rng.between(0, 4) {
            0 => json!({"order_line_id": first, "unit_price": self.money(30), "price_override_reason": "Agreed"}),
            1 => json!({"product_id": order["lines"][0]["product_id"], "quantity": format!("{}", self.rng.between(1, 9))}),
            _ => json!({"order_line_id": first, "quantity": format!("{}", self.rng.between(0, 30))}),
        };
        self.call(&format!("/v1/orders/{id}/amend"), json!({"reason": "They called", "lines": [line]})).await.map(drop)
    }

    /// All that is open, or part of the first line.
    async fn deliver(&mut self) -> Option<()> {
        let id = self.one("order")?;
        let order = self.read(&format!("/v1/orders/{id}")).await;
        let mut body = json!({"order_id": id});
        if self.chance(50) {
            body["lines"] = json!([{"order_line_id": order["lines"][0]["id"], "quantity": format!("{}", self.rng.between(1, 12))}]);
        }
        let delivery = self.call("/v1/deliveries", body).await?;
        self.keep("delivery", &delivery);
        let id = delivery["id"].as_str()?;
        self.call(&format!("/v1/deliveries/{id}/ship"), json!({})).await.map(drop)
    }

    async fn take_back(&mut self) -> Option<()> {
        let id = self.one("delivery")?;
        self.call(&format!("/v1/deliveries/{id}/reverse"), json!({"reason": "Wrong address"})).await.map(drop)
    }

    /// What an order has ready, or a word of advice.
    async fn bill(&mut self) -> Option<()> {
        let shop = self.shop();
        let draft = if self.chance(75) {
            let order = self.one("order")?;
            self.call("/v1/invoices", json!({"order_id": order})).await?
        } else {
            let line = json!({"description": "Advice", "quantity": "1", "unit_price": self.money(400), "tax_ids": [shop.tax]});
            let currency = if self.chance(40) { "USD" } else { "EUR" };
            self.call("/v1/invoices", json!({"company_id": shop.company, "party_id": shop.party, "currency": currency, "lines": [line]})).await?
        };
        self.post(&draft).await
    }

    /// A few drafts are thrown away; all others are posted.
    async fn post(&mut self, draft: &Value) -> Option<()> {
        let id = draft["id"].as_str()?;
        if self.chance(8) {
            return self.call(&format!("/v1/invoices/{id}/cancel"), json!({})).await.map(drop);
        }
        let posted = self.call(&format!("/v1/invoices/{id}/post"), json!({})).await?;
        self.keep("invoice", &posted);
        Some(())
    }

    async fn billing_run(&mut self) -> Option<()> {
        let shop = self.shop();
        let plan = self.call("/v1/billing-runs", json!({"company_id": shop.company, "post": true})).await?;
        let id = plan["id"].as_str()?;
        self.call(&format!("/v1/billing-runs/{id}/commit"), json!({"hash": plan["hash"]})).await.map(drop)
    }

    async fn credit(&mut self) -> Option<()> {
        let id = self.one("invoice")?;
        let body = if self.chance(40) { json!({}) } else { json!({"amount": self.money(90), "reason": "Broken"}) };
        let draft = self.call(&format!("/v1/invoices/{id}/credit"), body).await?;
        self.post(&draft).await
    }

    async fn undo_invoice(&mut self) -> Option<()> {
        let id = self.one("invoice")?;
        self.call(&format!("/v1/invoices/{id}/reverse"), json!({"reason": "Wrong customer"})).await.map(drop)
    }

    /// All of an invoice, part of it, or more than it; or money for nothing in particular.
    async fn pay(&mut self) -> Option<()> {
        let id = self.one("invoice")?;
        let invoice = self.read(&format!("/v1/invoices/{id}")).await;
        let total = invoice["total_amount"].as_str()?.to_owned();
        let mut body = json!({"company_id": invoice["company_id"], "party_id": invoice["party_id"], "direction": "inbound", "method": "bank",
            "currency": invoice["currency"], "amount": total});
        match self.rng.between(0, 4) {
            0 | 1 => body["invoice_ids"] = json!([id]),
            2 => {
                let part = self.money(60);
                body["amount"] = json!(part);
                body["allocations"] = json!([{"invoice_id": id, "amount": part}]);
            }
            _ => body["amount"] = json!(self.money(900)),
        }
        let payment = self.call("/v1/payments", body).await?;
        self.keep("payment", &payment);
        Some(())
    }

    async fn allocate(&mut self) -> Option<()> {
        let (payment, invoice) = (self.one("payment")?, self.one("invoice")?);
        let body = match self.rng.between(0, 4) {
            0 => json!({"allocate": "oldest_first"}),
            1 => json!({"invoice_ids": [invoice], "difference": "keep_open"}),
            2 => json!({"invoice_ids": [invoice], "difference": "write_off"}),
            _ => json!({"allocations": [{"invoice_id": invoice, "amount": self.money(50)}]}),
        };
        self.call(&format!("/v1/payments/{payment}/allocate"), body).await.map(drop)
    }

    async fn undo_payment(&mut self) -> Option<()> {
        let id = self.one("payment")?;
        if self.chance(40) {
            return self.call(&format!("/v1/payments/{id}/reverse"), json!({"reason": "Bounced"})).await.map(drop);
        }
        let payment = self.read(&format!("/v1/payments/{id}")).await;
        let allocation = payment["allocations"].as_array()?.first()?["id"].clone();
        self.call(&format!("/v1/payments/{id}/unallocate"), json!({"allocation_ids": [allocation]})).await.map(drop)
    }

    async fn refund(&mut self) -> Option<()> {
        let mut body = json!({"method": "bank"});
        if self.chance(50) {
            body["payment_id"] = json!(self.one("payment")?);
        } else {
            body["credit_note_id"] = json!(self.one("invoice")?);
        }
        let refund = self.call("/v1/refunds", body).await?;
        self.keep("payment", &refund);
        Some(())
    }

    async fn write_off(&mut self) -> Option<()> {
        if self.chance(35)
            && let Some(id) = self.one("write-off")
        {
            return self.call(&format!("/v1/write-offs/{id}/reverse"), json!({"reason": "Paid after all"})).await.map(drop);
        }
        let id = self.one("invoice")?;
        let written = self.call(&format!("/v1/invoices/{id}/write-off"), json!({"reason": "Bankrupt"})).await?;
        self.keep("write-off", &written);
        Some(())
    }

    async fn dispute(&mut self) -> Option<()> {
        let id = self.one("invoice")?;
        if self.call(&format!("/v1/invoices/{id}/dispute"), json!({"reason": "Never came"})).await.is_none() {
            self.call(&format!("/v1/invoices/{id}/settle-dispute"), json!({"resolution": "It did"})).await;
        }
        Some(())
    }

    async fn hold_or_cancel(&mut self) -> Option<()> {
        let id = self.one("order")?;
        match self.rng.between(0, 3) {
            0 => self.call(&format!("/v1/orders/{id}/cancel"), json!({"reason": "Changed their mind"})).await.map(drop),
            _ => {
                self.call(&format!("/v1/orders/{id}/hold"), json!({"reason": "Wait for the boss"})).await?;
                if self.chance(60) {
                    self.call(&format!("/v1/orders/{id}/release"), json!({"reason": "The boss agrees"})).await?;
                }
                Some(())
            }
        }
    }

    /// Something that happens on a day.
    async fn happen(&mut self) {
        let mut ticket = self.rng.between(0, MIX.iter().map(|(_, weight)| weight).sum());
        let drawn = MIX.iter().find(|(_, weight)| {
            let hit = ticket < *weight;
            ticket = ticket.saturating_sub(*weight);
            hit
        });
        match drawn.expect("tickets end with the mix").0 {
            "quote" => self.quote().await,
            "order" => self.order().await,
            "amend" => self.amend().await,
            "deliver" => self.deliver().await,
            "take back" => self.take_back().await,
            "bill" => self.bill().await,
            "billing run" => self.billing_run().await,
            "credit" => self.credit().await,
            "undo invoice" => self.undo_invoice().await,
            "pay" => self.pay().await,
            "allocate" => self.allocate().await,
            "undo payment" => self.undo_payment().await,
            "refund" => self.refund().await,
            "write off" => self.write_off().await,
            "dispute" => self.dispute().await,
            _ => self.hold_or_cancel().await,
        };
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_of_three_companies() {
    let (seed, days) = (setting("CAUSEWAY_YEAR_SEED", SEED), setting("CAUSEWAY_YEAR_DAYS", DAYS));
    println!("{days} days with CAUSEWAY_YEAR_SEED={seed}");
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let mut shops = Vec::new();
    for tag in ["North", "South", "West"] {
        shops.push(shop::open(&tenant, tag).await);
    }
    for (date, rate) in [("2026-12-01", "0.921"), ("2027-02-11", "0.8888"), ("2027-05-30", "0.9407"), ("2027-09-02", "0.9033")] {
        shop::rate(&tenant, "USD", date, rate).await;
    }
    let mut business = Business { tenant: &tenant, shops, rng: Rng::new(seed), made: BTreeMap::new(), calls: BTreeMap::new() };
    let first: Day = "2026-12-02".parse().expect("a day");
    let (mut day, mut checked) = (0, 0);
    while day < days {
        for _ in 0..business.rng.between(2, 8) {
            business.happen().await;
        }
        day += business.rng.between(1, 6);
        advance(&tenant, &format!("{}T09:00:00Z", first.plus_days(i64::try_from(day).expect("a day")))).await;
        if day / 91 > checked {
            checked = day / 91;
            tokio::task::block_in_place(|| verify(&world.server.place, true));
        }
    }
    tokio::task::block_in_place(|| verify(&world.server.place, true));
    for (call, (done, refused)) in &business.calls {
        println!("{call}: {done} done, {refused} refused");
    }
    // The usual year has something of everything; another one need not.
    let usual = (seed, days) == (SEED, DAYS);
    let idle: Vec<_> = business.calls.iter().filter(|(_, (done, _))| *done == 0).map(|(call, _)| call).collect();
    assert!(!usual || (idle.is_empty() && business.calls.len() > 25), "never done: {idle:?} of {}", business.calls.len());
}
