//! Invoices, credit notes, payments and their undoing in any order, in three currencies: the books close to the cent after every step.

use super::books::aging_is_the_account;
use super::shop::{Shop, body};
use causeway_bill::{invoice, payment, write_off};
use causeway_value::{Day, InvoiceId, PaymentId};
use serde_json::json;

/// A sequence of numbers that looks like chance and is the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> Option<T> {
        among.get(self.below(among.len())).copied()
    }

    fn amount(&mut self) -> String {
        format!("{}.{:02}", self.below(300) + 1, self.below(100))
    }
}

/// What was made so far.
#[derive(Default)]
struct Made {
    invoices: Vec<InvoiceId>,
    payments: Vec<PaymentId>,
}

async fn bill(shop: &Shop, chance: &mut Chance, made: &mut Made, term: &str) {
    let currency = chance.pick(&["USD", "EUR", "USD", "JPY"]).unwrap();
    let direction = chance.pick(&["sale", "sale", "sale", "purchase"]).unwrap();
    let price = if currency == "JPY" { format!("{}", chance.below(9_000) + 1) } else { chance.amount() };
    let lines = [json!({"description": "A", "quantity": "1.7", "unit_price": price}), json!({"description": "B", "quantity": "-1", "unit_price": "1"})];
    let lines = &lines[..=chance.below(2)];
    let term = (chance.below(2) == 0).then_some(term);
    let draft = json!({"company_id": shop.company_id, "party_id": shop.party_id, "direction": direction, "currency": currency, "payment_term_id": term,
        "lines": lines});
    let draft = shop.attempt(async move |ctx, tx| invoice::service::create::create(ctx, tx, &body(draft.clone())).await).await;
    if let Some(draft) = draft {
        shop.attempt(async move |ctx, tx| invoice::service::post::post(ctx, tx, draft.id, &body(json!({}))).await).await;
        made.invoices.push(draft.id);
    }
}

async fn credit(shop: &Shop, chance: &mut Chance, made: &mut Made) {
    let Some(id) = chance.pick(&made.invoices) else { return };
    let asked = if chance.below(3) == 0 { json!({}) } else { json!({"amount": format!("{}", chance.below(200) + 1)}) };
    let draft = shop.attempt(async move |ctx, tx| invoice::service::credit::credit(ctx, tx, id, &body(asked.clone())).await).await;
    if let Some(draft) = draft {
        shop.attempt(async move |ctx, tx| invoice::service::post::post(ctx, tx, draft.id, &body(json!({}))).await).await;
        made.invoices.push(draft.id);
    }
}

async fn pay(shop: &Shop, chance: &mut Chance, made: &mut Made) {
    let currency = chance.pick(&["USD", "EUR", "USD"]).unwrap();
    let direction = chance.pick(&["inbound", "inbound", "outbound"]).unwrap();
    let money = json!({"company_id": shop.company_id, "party_id": shop.party_id, "direction": direction, "method": "bank", "amount": chance.amount(),
        "currency": currency});
    let paid = shop.attempt(async move |ctx, tx| payment::service::create::create(ctx, tx, &body(money.clone())).await).await;
    made.payments.extend(paid.map(|paid| paid.id));
}

async fn allocate(shop: &Shop, chance: &mut Chance, made: &Made) {
    let (Some(id), Some(invoice_id)) = (chance.pick(&made.payments), chance.pick(&made.invoices)) else { return };
    let wanted = body(json!({"allocations": [{"invoice_id": invoice_id, "amount": format!("{}.{:02}", chance.below(40), chance.below(99) + 1)}]}));
    shop.attempt(async move |ctx, tx| payment::service::allocate::allocate(ctx, tx, id, &wanted).await).await;
}

async fn undo(shop: &Shop, chance: &mut Chance, made: &Made) {
    let Some(id) = chance.pick(&made.payments) else { return };
    if chance.below(3) == 0 {
        shop.attempt(async move |ctx, tx| payment::service::undo::reverse(ctx, tx, id, &body(json!({"reason": "Bounced"}))).await).await;
        return;
    }
    let all = shop.read(async |_, tx| causeway_kernel::Find::<causeway_entity::bill::allocations::Entity>::new().all(tx).await).await;
    if let Some(row) = all.iter().find(|row| row.payment_id == Some(id) && row.reversed_at.is_none()) {
        let ids = [row.id];
        shop.attempt(async move |ctx, tx| payment::service::undo::unallocate(ctx, tx, id, &ids).await).await;
    }
}

/// Gives up, pays back, settles in groups and takes that back.
async fn clear(shop: &Shop, chance: &mut Chance, made: &mut Made) {
    let (Some(invoice), Some(payment)) = (chance.pick(&made.invoices), chance.pick(&made.payments)) else { return };
    match chance.below(6) {
        0 => {
            let asked = if chance.below(2) == 0 { json!({"reason": "Bankrupt"}) } else { json!({"reason": "Small", "kind": "difference", "amount": "1.00"}) };
            shop.attempt(async move |ctx, tx| write_off::service::write_off(ctx, tx, invoice, &body(asked.clone())).await).await;
        }
        1 => {
            let all = shop.read(async |_, tx| causeway_kernel::Find::<causeway_entity::bill::write_offs::Entity>::new().all(tx).await).await;
            if let Some(row) = chance.pick(&all.iter().map(|row| row.id).collect::<Vec<_>>()) {
                shop.attempt(async move |ctx, tx| write_off::service::reverse(ctx, tx, row, &body(json!({"reason": "Paid after all"}))).await).await;
            }
        }
        2 => {
            let asked = json!({"payment_id": payment, "method": "bank"});
            let paid = shop.attempt(async move |ctx, tx| payment::service::refund::refund(ctx, tx, &body(asked.clone())).await).await;
            made.payments.extend(paid.map(|paid| paid.id));
        }
        3 => {
            let asked = json!({"credit_note_id": invoice, "method": "bank"});
            let paid = shop.attempt(async move |ctx, tx| payment::service::refund::refund(ctx, tx, &body(asked.clone())).await).await;
            made.payments.extend(paid.map(|paid| paid.id));
        }
        4 => {
            let difference = chance.pick(&["keep_open", "write_off", "fee"]).unwrap();
            let asked = json!({"invoice_ids": [invoice], "difference": difference});
            shop.attempt(async move |ctx, tx| payment::service::allocate::allocate(ctx, tx, payment, &body(asked.clone())).await).await;
        }
        _ => {
            let asked = json!({"allocate": "oldest_first"});
            shop.attempt(async move |ctx, tx| payment::service::allocate::allocate(ctx, tx, payment, &body(asked.clone())).await).await;
        }
    }
}

/// Plays a story and answers how many allocations it made, and how many of them with a difference of exchange.
async fn story(seed: u64) -> (usize, usize) {
    let (shop, mut chance, mut made) = (Shop::open().await, Chance(seed), Made::default());
    for (currency, date, rate) in [
        ("JPY", "2026-07-01", "0.00613"),
        ("USD", "2026-07-03", "0.921"),
        ("USD", "2026-07-06", "0.8888"),
        ("USD", "2026-07-13", "0.93"),
        ("JPY", "2026-07-09", "0.0059"),
    ] {
        let quoted = json!({"currency": currency, "base": "EUR", "date": date, "rate": rate});
        shop.run(async move |ctx, tx| causeway_master::rate::service::create(ctx, tx, &body(quoted.clone())).await).await;
    }
    let term = json!({"code": "THIRDS", "name": "Thirds", "installments": [{"percent": "33.3", "days": 0}, {"percent": "33.3", "days": 20},
        {"remainder": true, "days": 45}]});
    let term = shop.run(async move |ctx, tx| causeway_master::term::service::create(ctx, tx, &body(term.clone())).await).await.id.to_string();
    let mut day = "2026-07-01".parse::<Day>().unwrap();
    for step in 0..90 {
        day = day.plus_days(i64::from(chance.below(2) == 0));
        shop.at(&format!("{day}T{:02}:30:00Z", 8 + step % 15)).await;
        match chance.below(13) {
            0 | 1 => bill(&shop, &mut chance, &mut made, &term).await,
            2 => credit(&shop, &mut chance, &mut made).await,
            3 | 4 => pay(&shop, &mut chance, &mut made).await,
            5..=8 => allocate(&shop, &mut chance, &made).await,
            9 => undo(&shop, &mut chance, &made).await,
            _ => clear(&shop, &mut chance, &mut made).await,
        }
        shop.is_whole(&format!("seed {seed}, step {step}")).await;
    }
    aging_is_the_account(&shop).await;
    let all = shop.read(async |_, tx| causeway_kernel::Find::<causeway_entity::bill::allocations::Entity>::new().all(tx).await).await;
    (all.len(), all.iter().filter(|row| !row.exchange_difference.is_zero()).count())
}

#[tokio::test]
async fn any_order_of_events_closes() {
    let (mut allocations, mut differences) = (0, 0);
    for seed in [1, 20, 300] {
        let (made, with_difference) = story(seed).await;
        allocations += made;
        differences += with_difference;
    }
    assert!(allocations > 30 && differences > 5, "{allocations} allocations, {differences} with a difference tell too little");
}
