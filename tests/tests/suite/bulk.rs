//! Many objects in one request: what is wrong with one stops no other where each stands by itself (api.md, section 4).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::party::op as party;
use causeway_tests::world::World;
use serde_json::{Value, json};

fn organization(name: &str) -> Value {
    json!({ "name": name, "kind": "organization", "roles": ["customer"] })
}

#[tokio::test]
async fn each_item_has_a_status_of_its_own_whatever_is_wrong_with_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let mut unknown = organization("Second");
    unknown["colour"] = json!("red");
    let items = json!([unknown, organization("First"), { "name": "No kind" }, organization(" "), 7, organization("Last")]);
    let body = json!({ "mode": "per_item", "items": items });
    let answer = tenant.raw.request("POST", "/v1/parties/bulk").json(&body).idempotent("many").send().await;
    assert_eq!(answer.status, 207, "{}", answer.text());
    let made = answer.json();
    assert_eq!((&made["succeeded"], &made["failed"]), (&json!(2), &json!(4)), "{made}");
    let data = made["data"].as_array().unwrap();
    let stand: Vec<_> = data.iter().map(|item| (item["index"].as_u64().unwrap(), item["status"].as_u64().unwrap())).collect();
    assert_eq!(stand, [(0, 422), (1, 201), (2, 422), (3, 422), (4, 422), (5, 201)]);
    assert_eq!(data[0]["problem"]["errors"][0]["pointer"], "/colour");
    assert_eq!(
        (&data[2]["problem"]["errors"][0]["code"], &data[1]["result"]["name"], &data[5]["result"]["name"]),
        (&json!("required"), &json!("First"), &json!("Last"))
    );
    // Each problem is found in the log as the request is.
    for item in data.iter().filter(|item| !item["problem"].is_null()) {
        assert_eq!(item["problem"]["request_id"].as_str(), answer.header("x-request-id"), "{item}");
    }
    assert_eq!(tenant.all::<party::ListParties, _>(&ListQuery::default()).await.len(), 2);
    // Sent again, it is the same answer.
    let again = tenant.raw.request("POST", "/v1/parties/bulk").json(&body).idempotent("many").send().await;
    assert_eq!((again.header("idempotent-replayed"), again.json()), (Some("true"), made));
    // All of them may be wrong; what is wrong about the request itself refuses it, and so does one item where all go together.
    let none = tenant.raw.post("/v1/parties/bulk", &json!({ "mode": "per_item", "items": [7] })).await;
    assert_eq!((none.status, &none.json()["failed"]), (207, &json!(1)));
    for (body, pointer) in [
        (json!({ "mode": "per_item", "items": [7], "colour": "red" }), "/colour"),
        (json!({ "mode": "atomic", "items": [organization("Fine"), 7] }), "/items/1"),
        (json!({ "mode": "per_item", "items": 7 }), "/items"),
    ] {
        let refused = tenant.raw.post("/v1/parties/bulk", &body).await.problem();
        assert_eq!((refused.status, refused.errors[0].pointer.as_deref()), (422, Some(pointer)), "{refused:?}");
    }
    let many = json!({ "mode": "per_item", "items": vec![7; 1_001] });
    assert_eq!(tenant.raw.post("/v1/parties/bulk", &many).await.problem().errors[0].code, Code::TooMany);
}
