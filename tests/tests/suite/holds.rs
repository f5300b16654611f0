//! Holds: named, with an owner; each stops its steps and says so (ORD-10, rules "Holds, credit, clock").

use causeway_contract::Code;
use causeway_openapi::billable::op as billable;
use causeway_openapi::delivery::{ShipDelivery, op as delivery};
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::invoice::{CreateInvoice, PostInvoice, op as invoice};
use causeway_openapi::order::{CancelOrder, HoldOrder, Order, ReleaseOrder, op as order};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty, manual_hold, order_body, release};
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::{BillableStatus, HoldKind, HoldStep, OrderId, OrderStatus};

fn of_kind(kind: HoldKind) -> HoldOrder {
    HoldOrder { kind: Some(kind), ..manual_hold("wait") }
}

async fn held(caller: &Caller, id: OrderId, kind: HoldKind) -> Order {
    caller.post::<order::HoldOrder>(id, &of_kind(kind)).await
}

#[tokio::test]
async fn each_kind_stops_its_steps_and_names_itself() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let draft = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![forty(&shop)])).await;
    let with_data = held(&tenant, draft.id, HoldKind::Data).await;
    let hold = with_data.holds.first().expect("a hold");
    assert_eq!((hold.kind, hold.blocks.as_slice(), with_data.hold_kind), (HoldKind::Data, [HoldStep::Confirm].as_slice(), Some(HoldKind::Data)));
    let problem = tenant.refused::<order::ConfirmOrder>(draft.id, &causeway_contract::Nothing {}).await;
    assert_eq!(problem.code, Code::StateConflict);
    for part in ["data hold", "wait", "owned by", "/release"] {
        assert!(problem.detail.contains(part), "{part}: {}", problem.detail);
    }
    assert_eq!(tenant.refused::<order::HoldOrder>(draft.id, &of_kind(HoldKind::Data)).await.code, Code::StateConflict);
    let released = tenant.post::<order::ReleaseOrder>(draft.id, &release(HoldKind::Data)).await;
    assert_eq!((released.holds.len(), released.hold_kind), (0, None));

    // A hold on a draft goes with it: what blocks shipping still does when it is confirmed.
    held(&tenant, draft.id, HoldKind::Stock).await;
    let order = tenant.act::<order::ConfirmOrder>(draft.id).await;
    let ready = deal::delivery(&tenant, &order, "40").await;
    let problem = tenant.refused::<delivery::ShipDelivery>(ready.id, &ShipDelivery::default()).await;
    assert!(problem.code == Code::StateConflict && problem.detail.contains("stock hold"), "{problem:?}");
    tenant.post::<order::ReleaseOrder>(draft.id, &release(HoldKind::Stock)).await;
    tenant.post::<delivery::ShipDelivery>(ready.id, &ShipDelivery::default()).await;
    assert_eq!(tenant.get::<order::GetOrder>(draft.id).await.status, OrderStatus::Fulfilled);
}

#[tokio::test]
async fn a_billing_hold_holds_what_waits_and_what_comes() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let first = deal::ship(&tenant, &order, "15").await;
    held(&tenant, order.id, HoldKind::Billing).await;
    deal::ship(&tenant, &order, "10").await;
    let all = tenant.all::<billable::ListBillables, _>(&causeway_contract::ListQuery::by("order_id", order.id)).await;
    assert!(all.len() == 2 && all.iter().all(|row| row.status == BillableStatus::Held), "{all:?}");
    let refused = tenant.refused::<invoice::CreateInvoice>((), &CreateInvoice { order_id: Some(order.id), ..CreateInvoice::default() }).await;
    assert_eq!(refused.code, Code::StateConflict);
    // It is the order's hold that is named, with the way out, since none of its billables can be let go alone.
    for part in ["billing hold", &order.id.to_string(), "/v1/orders/{id}/release"] {
        assert!(refused.detail.contains(part), "{part}: {}", refused.detail);
    }
    assert!(refused.meta["holds"][0]["kind"] == "billing" && refused.meta.contains_key("billable_id"), "{refused:?}");
    let named = CreateInvoice { billable_ids: all.iter().map(|row| row.id).collect(), ..CreateInvoice::default() };
    assert_eq!(tenant.refused::<invoice::CreateInvoice>((), &named).await.detail, refused.detail);
    // One of them alone cannot be let go: its order is held.
    let alone = tenant.refused::<billable::ReleaseBillable>(all.first().unwrap().id, &causeway_contract::Nothing {}).await;
    assert!(alone.code == Code::StateConflict && alone.meta.contains_key("hold_id"), "{alone:?}");

    tenant.post::<order::ReleaseOrder>(order.id, &release(HoldKind::Billing)).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(draft.lines.len(), 2);
    // A draft that was made before is not posted while the customer disputes it.
    held(&tenant, order.id, HoldKind::Dispute).await;
    let problem = tenant.refused::<invoice::PostInvoice>(draft.id, &PostInvoice::default()).await;
    assert!(problem.code == Code::StateConflict && problem.detail.contains("dispute hold"), "{problem:?}");
    tenant.post::<order::ReleaseOrder>(order.id, &release(HoldKind::Dispute)).await;
    deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!(first.lines.len(), 1);
}

#[tokio::test]
async fn a_manual_hold_blocks_what_it_lists() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let draft = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![forty(&shop)])).await;
    let blocks = |blocks: &[HoldStep]| HoldOrder { blocks: Some(blocks.to_vec()), ..manual_hold("ask Amy") };
    tenant.post::<order::HoldOrder>(draft.id, &blocks(&[HoldStep::Ship])).await;
    tenant.post::<order::HoldOrder>(draft.id, &blocks(&[HoldStep::Invoice])).await;
    let order = tenant.act::<order::ConfirmOrder>(draft.id).await;
    assert_eq!((order.status, order.holds.len()), (OrderStatus::Confirmed, 2));
    let which = tenant.refused::<order::ReleaseOrder>(order.id, &ReleaseOrder { reason: "done".to_owned(), ..ReleaseOrder::default() }).await;
    assert_eq!(which.errors.first().and_then(|error| error.pointer.as_deref()), Some("/hold_id"));
    let one = ReleaseOrder { reason: "done".to_owned(), kind: None, hold_id: order.holds.first().unwrap().id };
    assert_eq!(tenant.post::<order::ReleaseOrder>(order.id, &one).await.holds.len(), 1);
    deal::ship(&tenant, &order, "40").await;
    let wrong = tenant.refused::<order::HoldOrder>(order.id, &HoldOrder { kind: Some(HoldKind::Stock), ..blocks(&[HoldStep::Ship]) }).await;
    assert_eq!(wrong.errors.first().and_then(|error| error.pointer.as_deref()), Some("/blocks"));
    let gone = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![forty(&shop)])).await;
    tenant.post::<order::CancelOrder>(gone.id, &CancelOrder { reason: "duplicate".to_owned() }).await;
    assert_eq!(tenant.refused::<order::HoldOrder>(gone.id, &manual_hold("late")).await.code, Code::StateConflict);
}

/// Who may release orders may not take the risk of a credit hold, nor let money be billed.
#[tokio::test]
async fn each_kind_takes_its_own_right() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let key = async |scopes: &[&str]| {
        let body = CreateApiKey { name: "clerk".to_owned(), scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(), ..CreateApiKey::default() };
        tenant.with_key(&tenant.post::<identity::CreateApiKey>((), &body).await.secret)
    };
    let clerk = key(&["orders:release"]).await;
    for (kind, right) in [
        (HoldKind::Credit, "credit:release"),
        (HoldKind::Approval, "quotes:approve"),
        (HoldKind::Billing, "billables:release"),
        (HoldKind::Dispute, "billables:release"),
    ] {
        held(&tenant, order.id, kind).await;
        let problem = clerk.refused::<order::ReleaseOrder>(order.id, &release(kind)).await;
        assert_eq!((problem.code, problem.meta["permission"].as_str()), (Code::PermissionDenied, Some(right)), "{kind}");
        key(&["orders:release", right]).await.post::<order::ReleaseOrder>(order.id, &release(kind)).await;
    }
    for kind in [HoldKind::Stock, HoldKind::Manual] {
        held(&tenant, order.id, kind).await;
        clerk.post::<order::ReleaseOrder>(order.id, &release(kind)).await;
    }
}
