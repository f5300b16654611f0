//! Lists that were read as CSV, changed by hand and imported again: each row changes what it was read from (INT-35).

use super::import::{errors, import};
use causeway_contract::ListQuery;
use causeway_openapi::crm::op as crm;
use causeway_openapi::import::{ImportCell, ImportColumnsQuery, ImportResource, op as imports};
use causeway_openapi::party::op as party;
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::shop;
use causeway_tests::world::World;
use serde_json::Value;

/// Created, updated, unchanged, failed.
fn counts(job: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "failed"].map(|name| job["result"][name].as_i64().unwrap_or_else(|| panic!("{job}")))
}

async fn exported(caller: &Caller, resource: &str) -> String {
    let seen = caller.raw.request("GET", &format!("/v1/{resource}")).header("accept", "text/csv").send().await;
    assert_eq!(seen.status, 200, "{}", seen.text());
    seen.text()
}

#[tokio::test]
async fn an_export_that_comes_again_changes_what_was_changed_in_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "A").await;
    deal::lead(&tenant, &shop).await;
    let parties = "id,name,phone,region\nA1,Fjord AS,+47 22,north\n,Hatware,,\n";
    assert_eq!(counts(&import(&tenant, "resource=parties&system=maven", parties).await), [2, 0, 0, 0]);
    let deals = "id,title,account,stage,close_date,amount,region\nZ1,Desks,Fjord AS,Won,2017-03-01,10.50,north\nZ3,Lamps,Fjord AS,New,,,\n";
    let made = import(&tenant, &format!("resource=opportunities&system=maven&company_id={}", shop.company), deals).await;
    assert_eq!(counts(&made), [2, 0, 0, 0], "{made}");
    for resource in ["parties", "opportunities", "leads", "products", "stages"] {
        let file = exported(&tenant, resource).await;
        let rows = i64::try_from(csv::Reader::from_reader(file.as_bytes()).records().count()).unwrap();
        let again = import(&tenant, &format!("resource={resource}&strict=true"), &file).await;
        assert_eq!(counts(&again), [0, 0, rows, 0], "{resource}: {again}");
        assert!(rows > 0 && again["result"].get("unknown_columns").is_none(), "{resource}: {again}");
        assert_eq!(exported(&tenant, resource).await, file, "{resource}");
    }
    // What is changed by hand is changed here, the name of a customer included.
    let file = exported(&tenant, "parties").await.replace("Hatware", "Hardware");
    let changed = import(&tenant, "resource=parties", &file).await;
    assert_eq!((changed["result"]["created"].as_i64(), changed["result"]["updated"].as_i64()), (Some(0), Some(1)), "{changed}");
    let names: Vec<String> = tenant.all::<party::ListParties, _>(&ListQuery::default()).await.into_iter().map(|party| party.name).collect();
    assert!(names.contains(&"Hardware".to_owned()) && !names.contains(&"Hatware".to_owned()), "{names:?}");
}

#[tokio::test]
async fn an_id_of_nothing_is_told_and_other_systems_keep_theirs() {
    let world = World::start().await;
    let (tenant, other) = (world.sandbox().await, world.sandbox().await);
    let (shop, theirs) = (shop::open(&tenant, "").await, shop::open(&other, "").await);
    let foreign = deal::lead(&other, &theirs).await.id;
    let query = format!("resource=leads&company_id={}", shop.company);
    let file = format!("id,title\n{foreign},Chairs\n");
    let job = import(&tenant, &query, &file).await;
    assert_eq!(errors(&tenant, &job).await, [(2, "id".to_owned(), "not_found".to_owned())]);
    let told = tenant.raw.get(job["errors_url"].as_str().unwrap()).await.success()["data"][0]["detail"].clone();
    assert!(told.as_str().unwrap().contains(&foreign.to_string()), "{told}");
    assert_eq!(counts(&import(&tenant, &query, &file.replace("id,", "external_ref,")).await), [1, 0, 0, 0]);
    // Ids in other systems come along with a new object, and lead to it.
    let refs = "title,external_refs\nDesks,fair:7;import:8\n";
    assert_eq!(counts(&import(&tenant, &query, refs).await), [1, 0, 0, 0]);
    assert_eq!(counts(&import(&tenant, &query, refs).await), [0, 0, 1, 0]);
    let found = tenant.all::<crm::ListLeads, _>(&ListQuery { external_ref: Some("fair:7".to_owned()), ..ListQuery::default() }).await;
    assert!(found.len() == 1 && found[0].metadata.is_empty(), "{found:?}");
    let columns = tenant.ask::<imports::ListImportColumns>(&ImportColumnsQuery { resource: Some(ImportResource::Leads) }).await.data;
    let cells = |name: &str| columns.iter().find(|column| column.field == name).map(|column| column.cells);
    assert_eq!(
        ["version", "object", "external_refs", "id"].map(cells),
        [ImportCell::LeftOut, ImportCell::LeftOut, ImportCell::Several, ImportCell::Text].map(Some)
    );
}

/// Rows of blank cells are none, lines may end with CR alone, and two columns for one field are refused.
#[tokio::test]
async fn files_as_spreadsheets_leave_them() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let query = format!("resource=opportunities&company_id={}", shop.company);
    let blank = import(&tenant, &query, "title,stage,amount\nDesks,New,10\n,,\n , ,\n").await;
    assert_eq!((counts(&blank), blank["progress"]["done"].as_i64()), ([1, 0, 0, 0], Some(3)), "{blank}");
    assert_eq!(counts(&import(&tenant, &query, "id,title,stage\rZ1,x,New\rZ2,y,New\r").await), [2, 0, 0, 0]);
    let twice = format!("/v1/imports?{query}");
    let refused = tenant.raw.request("POST", &twice).header("content-type", "text/csv").bytes("title,amount,Close Value\na,1,2\n").send().await;
    let told = refused.json()["detail"].as_str().unwrap_or_default().to_owned();
    assert!(refused.status == 400 && told.contains("`amount`") && told.contains("`Close Value`"), "{}", refused.text());
}

/// An exact name wins; who left owns what has ended and nothing else; a lost reason has a name, too.
#[tokio::test]
async fn exact_names_and_people_who_left() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let products = "code,name,list_price\nM 10-1,Desk,1\nM 101,Lamp,2\n";
    assert_eq!(counts(&import(&tenant, &format!("resource=products&company_id={}", shop.company), products).await), [2, 0, 0, 0]);
    let eve = tenant.raw.post("/v1/users", &serde_json::json!({ "name": "Eve", "email": "eve@acme.test", "role_ids": [] })).await.success()["id"].clone();
    let path = format!("/v1/users/{}", eve.as_str().unwrap());
    tenant.raw.request("PATCH", &path).json(&serde_json::json!({ "active": false })).send().await.success();
    tenant.raw.post("/v1/lost-reasons", &serde_json::json!({ "code": "price", "name": "Too expensive" })).await.success();
    let file = "id,product,owner,stage,close_date,lost_reason\nA,M 10-1,,New,,\nB,M 101,,New,,\nC,M 101,Eve,Won,2017-03-01,\nD,M 101,Eve,Lost,2017-03-01,too expensive\n\
                E,M 101,Eve,New,,\n";
    let job = import(&tenant, &format!("resource=opportunities&company_id={}", shop.company), file).await;
    assert_eq!(counts(&job), [4, 0, 0, 1], "{job}");
    assert_eq!(errors(&tenant, &job).await, [(6, "owner".to_owned(), "invalid_value".to_owned())]);
    let lost = tenant.all::<crm::ListOpportunities, _>(&ListQuery { external_ref: Some("import:D".to_owned()), ..ListQuery::default() }).await.remove(0);
    assert_eq!(lost.lost_reason.as_deref(), Some("price"));
}
