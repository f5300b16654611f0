use super::shop::{Shop, body};
use causeway_bill::{invoice, payment};
use serde_json::json;
use std::time::Instant;

#[tokio::test]
async fn bulk() {
    let shop = Shop::open().await;
    let (company, party) = (shop.company_id, shop.party_id);
    let started = Instant::now();
    for round in 0..40 {
        shop.run(async move |ctx, tx| {
            let _ = (ctx, tx);
            Ok(())
        }).await;
        for _ in 0..100 {
            let draft = json!({"company_id": company, "party_id": party, "currency": "EUR", "lines": [{"description": "A", "quantity": "1", "unit_price": "10"}]});
            let draft = shop.run(async move |ctx, tx| invoice::service::create::create(ctx, tx, &body(draft.clone())).await).await;
            shop.run(async move |ctx, tx| invoice::service::post::post(ctx, tx, draft.id, None).await).await;
            let id = draft.id;
            let money = json!({"company_id": company, "party_id": party, "direction": "inbound", "method": "bank", "amount": "7", "currency": "EUR", "allocations": [{"invoice_id": id, "amount": "5"}]});
            shop.run(async move |ctx, tx| payment::service::create::create(ctx, tx, &body(money.clone())).await).await;
        }
        if round == 9 || round == 39 {
            println!("made {} in {:?}", (round + 1) * 100, started.elapsed());
            let t = Instant::now();
            shop.is_whole("bulk").await;
            println!("verify {:?}", t.elapsed());
            for check in crate::verify::service::checks_for_bulk() {
                let t = Instant::now();
                shop.read(async |_, tx| crate::verify::service::run_for_bulk(tx, &check).await).await;
                if t.elapsed().as_millis() > 60 { println!("  {} {:?}", check.name, t.elapsed()); }
            }
            let t = Instant::now();
            shop.read(async |ctx, tx| crate::aging::service::aging(ctx, tx, company, None).await).await;
            println!("aging {:?}", t.elapsed());
            let t = Instant::now();
            shop.read(async |ctx, tx| crate::trial_balance::service::trial_balance(ctx, tx, company, None).await).await;
            println!("trial {:?}", t.elapsed());
        }
    }
}
