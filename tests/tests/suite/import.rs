//! Imports: a pipeline of another system, wrong rows with their columns, changes by reference, and a job that is cut short (INT-35, MDM-10).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::crm::{CreateStage, op as crm};
use causeway_openapi::pipeline::{PipelineQuery, op as pipeline};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{ended, job_ended};
use causeway_tests::of;
use causeway_tests::raw::Seen;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use serde_json::{Value, json};
use std::fmt::Write;

pub(super) const HEADER: &str = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n";

async fn send(caller: &Caller, query: &str, file: &str) -> Seen {
    caller.raw.request("POST", &format!("/v1/imports?{query}")).header("content-type", "text/csv").bytes(file).send().await
}

pub(super) async fn import(caller: &Caller, query: &str, file: &str) -> Value {
    let job = send(caller, query, file).await;
    assert_eq!(job.status, 202, "{}", job.text());
    job_ended(caller, job.json()["id"].as_str().unwrap_or_default()).await
}

pub(super) async fn errors(caller: &Caller, job: &Value) -> Vec<(i64, String, String)> {
    let url = job["errors_url"].as_str().unwrap_or_else(|| panic!("no errors: {job}"));
    let errors = caller.raw.get(url).await.success();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = errors["data"].as_array().expect("errors").iter();
    rows.map(|error| (error["row"].as_i64().unwrap_or_default(), text(&error["column"]), text(&error["code"]))).collect()
}

/// The stages, the people and the products that the file names.
pub(super) async fn prepared(caller: &Caller, shop: &Shop) -> String {
    for (name, position) in [("Prospecting", 1), ("Engaging", 2)] {
        caller.post::<crm::CreateStage>((), &CreateStage { name: name.to_owned(), position, probability: of("15"), ..CreateStage::default() }).await;
    }
    caller.raw.post("/v1/users", &json!({ "name": "Moses Frase", "email": "moses@acme.test", "role_ids": [] })).await;
    let product = "product,series,sales_price\nGTX Plus Basic,GTX,1096\nGTX Pro,GTX,4821\n";
    let made = import(caller, &format!("resource=products&company_id={}", shop.company), product).await;
    assert_eq!(made["result"]["created"], 2, "{made}");
    format!("resource=opportunities&company_id={}", shop.company)
}

#[tokio::test]
async fn a_pipeline_of_another_system_comes_in() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let query = prepared(&tenant, &shop).await;
    let accounts = "account,sector,office_location\nCancity,retail,Kenya\nIsdom,medical,\n";
    assert_eq!(import(&tenant, "resource=parties", accounts).await["result"]["created"], 2);
    let file = format!(
        "{HEADER}1C1I7A6R,Moses Frase,GTX Plus Basic,Cancity,Won,2016-10-20,2017-03-01,1054\r\n\
         Z063OYW0,moses@acme.test,GTXPro,Isdom,Won,2016-10-25,2017-03-11,4514\r\n\
         EC4QE1BX,,GTX Pro,Cancity,Lost,2016-11-01,2017-04-02,0\r\n\
         MV1LWRNH,Moses Frase,GTX Plus Basic,\"Cancity\",Engaging,2016-10-25,,\r\n"
    );
    let job = import(&tenant, &query, &file).await;
    assert_eq!((job["status"].as_str(), job["result"]["created"].as_i64(), job["result"]["failed"].as_i64()), (Some("succeeded"), Some(4), Some(0)), "{job}");
    assert_eq!((job["progress"]["done"].as_i64(), job["errors_url"].as_str()), (Some(4), None));
    let report = tenant.ask::<pipeline::GetPipeline>(&PipelineQuery { company_id: Some(shop.company), ..PipelineQuery::default() }).await;
    assert_eq!((report.won.count, report.won.value.0.as_str(), report.win_rate.as_deref()), (2, "5568.00", Some("0.6667")));
    let months: Vec<_> = report.by_month.iter().map(|month| (month.month.as_str(), month.won_count, month.lost_count)).collect();
    assert_eq!(months, [("2017-03", 2, 0), ("2017-04", 0, 1)]);
    let deal = tenant.all::<crm::ListOpportunities, _>(&ListQuery { external_ref: Some("import:Z063OYW0".to_owned()), ..ListQuery::default() }).await;
    let [deal] = deal.as_slice() else { panic!("{deal:?}") };
    assert_eq!((deal.title.as_str(), deal.owner_id.is_some(), deal.product_id.is_some()), ("GTX Pro", true, true));
    assert_eq!((deal.created_at, deal.closed_at), (of("2016-10-24T22:00:00Z"), Some(of("2017-03-10T23:00:00Z"))));
    // The same file again says nothing new; a later one moves what it names.
    assert_eq!(
        import(&tenant, &query, &file).await["result"],
        json!({"resource": "opportunities", "dry_run": false, "rows": 4, "created": 0, "updated": 0, "unchanged": 4, "failed": 0})
    );
    let later = format!("{HEADER}MV1LWRNH,Moses Frase,GTX Plus Basic,Cancity,Won,2016-10-25,2017-05-05,900\n");
    assert_eq!(import(&tenant, &query, &later).await["result"]["updated"], 1);
    let report = tenant.ask::<pipeline::GetPipeline>(&PipelineQuery::default()).await;
    assert_eq!((report.won.count, report.open.count, report.win_rate.as_deref()), (3, 0, Some("0.7500")));
}

#[tokio::test]
async fn wrong_rows_are_named_and_the_others_come_in() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let query = prepared(&tenant, &shop).await;
    let file = format!(
        "{HEADER}A,Nobody,GTX Pro,Nowhere,Won,2016-10-20,2017-03-01,1054\n\
         B,,GTX Pro,,Engaging,2016-10-20,,\n\
         C,,,Nowhere,Sleeping,yesterday,,1.234\n\
         D,,,Somewhere,Engaging,,,10\n\
         D,,,Somewhere,Engaging,2999-01-01,,10\n"
    );
    let expected =
        [(2, "sales_agent", "not_found"), (4, "deal_stage", "not_found"), (4, "engage_date", "invalid_value"), (6, "opportunity_id", "already_exists")];
    let expected: Vec<_> = expected.into_iter().map(|(row, column, code)| (row, column.to_owned(), code.to_owned())).collect();
    // A dry run says what would be, parties to be created left out of the rows, and writes nothing.
    let before = tenant.all::<crm::ListOpportunities, _>(&ListQuery::default()).await.len();
    let dry = import(&tenant, &format!("{query}&create_parties=true&dry_run=true"), &file).await;
    assert_eq!(dry["result"]["dry_run"], true, "{dry}");
    assert_eq!(tenant.all::<crm::ListOpportunities, _>(&ListQuery::default()).await.len(), before);
    let job = import(&tenant, &format!("{query}&create_parties=true"), &file).await;
    assert_eq!((job["status"].as_str(), job["result"]["created"].as_i64(), job["result"]["failed"].as_i64()), (Some("succeeded"), Some(2), Some(3)), "{job}");
    assert_eq!(errors(&tenant, &job).await, expected);
    // What stands in for empty cells, and another column for a field.
    let options = "defaults=%7B%22party_id%22%3A%22Somewhere%22%7D&mapping=%7B%22close_value%22%3A%22%22%2C%22product%22%3A%22title%22%7D";
    let fixed = import(&tenant, &format!("{query}&{options}"), &format!("{HEADER}E,,Chairs,,Engaging,2016-10-20,,nonsense\n")).await;
    assert_eq!(fixed["result"]["created"], 1, "{fixed}");
}

#[tokio::test]
async fn options_are_checked_before_anything_starts() {
    let world = World::start().await;
    let (tenant, other) = (world.sandbox().await, world.sandbox().await);
    let theirs = shop::open(&other, "").await;
    let refused = |seen: Seen| (seen.status, seen.problem().errors.first().and_then(|error| error.parameter.clone()));
    let parameter = |name: &str| (422, Some(name.to_owned()));
    assert_eq!(refused(send(&tenant, "", "a\n1\n").await), parameter("resource"));
    assert_eq!(refused(send(&tenant, &format!("resource=leads&company_id={}", theirs.company), "a\n1\n").await), parameter("company_id"));
    assert_eq!(refused(send(&tenant, "resource=leads&mapping=x", "a\n1\n").await), parameter("mapping"));
    assert_eq!(refused(send(&tenant, "resource=leads&mapping=%7B%22a%22%3A%22nothing%22%7D", "a\n1\n").await), parameter("mapping"));
    assert_eq!(send(&tenant, "resource=leads", "").await.problem().code, Code::Malformed);
    assert_eq!(send(&tenant, "resource=leads", "a\n\"1\n").await.problem().code, Code::Malformed);
    assert_eq!(send(&other, "resource=leads", "title\n1\n").await.status, 202);
    let body = json!({ "resource": "leads", "rows": [{ "title": "x" }] });
    let both = tenant.raw.post("/v1/imports?resource=leads", &body).await;
    assert_eq!(refused(both), parameter("resource"));
}

#[tokio::test]
async fn people_and_leads_come_in_too() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    assert_eq!(import(&tenant, "resource=parties", "name,country\nFjord AS,NO\n").await["result"]["created"], 1);
    let people = "account,full name,e-mail\nFjord AS,Ola,ola@fjord.test\nFjord AS,Kari,kari@fjord.test\nFjord AS,Ola N.,ola@fjord.test\n";
    let people = import(&tenant, "resource=contacts", people).await;
    assert_eq!((people["result"]["created"].as_i64(), people["result"]["failed"].as_i64()), (Some(2), Some(1)), "{people}");
    let row = json!({ "company name": "Fjord AS", "mail": "ola@fjord.test", "id": "7", "hall": "7" });
    let import = json!({ "resource": "leads", "company_id": shop.company, "system": "fair", "rows": [row] });
    assert_eq!(ended(&tenant, &import).await["result"]["created"], 1);
    let lead = tenant.all::<crm::ListLeads, _>(&ListQuery { external_ref: Some("fair:7".to_owned()), ..ListQuery::default() }).await.remove(0);
    assert_eq!((lead.title.as_str(), lead.metadata.get("hall").map(String::as_str)), ("Fjord AS", Some("7")));
    assert_eq!(ended(&tenant, &import).await["result"]["unchanged"], 1);
}

#[tokio::test]
async fn parties_come_in_with_their_addresses() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let header = "id,name,country,Billing Street,billing_city,billing_postal_code,shipping_line1,shipping_city,shipping_country";
    let file = format!("{header}\n1,Fjord AS,NO,Kai 1,Oslo,0150,Hamnen 2,Malmo,SE\n2,Cancity,,Main 1,,,,,\n3,Isdom,NO,,,,,,\n");
    let made = import(&tenant, "resource=parties", &file).await;
    assert_eq!((&made["result"]["created"], &made["result"]["failed"]), (&json!(2), &json!(1)), "{made}");
    let mut wrong: Vec<String> = errors(&tenant, &made).await.into_iter().map(|(row, _, code)| format!("{row} {code}")).collect();
    wrong.dedup();
    assert_eq!(wrong, ["3 required"]);
    let fjord = async || {
        let query = ListQuery { external_ref: Some("import:1".to_owned()), ..ListQuery::default() };
        tenant.all::<causeway_openapi::party::op::ListParties, _>(&query).await.remove(0).addresses
    };
    let first = fjord().await;
    let shown =
        |addresses: &[causeway_openapi::party::Address]| addresses.iter().map(|one| format!("{} {} {}", one.line1, one.city, one.country)).collect::<Vec<_>>();
    assert_eq!(shown(&first), ["Kai 1 Oslo NO", "Hamnen 2 Malmo SE"]);
    // Another street replaces the address and keeps its id; the other one stays.
    let moved = "id,country,billing_line1,billing_city\n1,NO,Kai 9,Oslo\n";
    assert_eq!(import(&tenant, "resource=parties", moved).await["result"]["updated"], 1);
    let second = fjord().await;
    assert_eq!((shown(&second), second[0].id), (vec!["Kai 9 Oslo NO".to_owned(), "Hamnen 2 Malmo SE".to_owned()], first[0].id));
}

/// Old systems do not know everything: a deal whose end alone is known came up by then, and its customer may come later.
#[tokio::test]
async fn what_an_old_system_does_not_know() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let query = prepared(&tenant, &shop).await;
    let end = format!("{HEADER}A,,GTX Pro,,Won,,2017-03-01,100\n");
    assert_eq!(import(&tenant, &query, &end).await["result"]["created"], 1);
    let deal =
        async || tenant.all::<crm::ListOpportunities, _>(&ListQuery { external_ref: Some("import:A".to_owned()), ..ListQuery::default() }).await.remove(0);
    let first = deal().await;
    assert_eq!((first.party_id, first.created_at, first.closed_at), (None, of("2017-02-28T23:00:00Z"), Some(of("2017-02-28T23:00:00Z"))));
    // A later file knows the customer; one after it that does not leaves it as it is.
    let query = format!("{query}&create_parties=true");
    assert_eq!(import(&tenant, &query, &end.replace("GTX Pro,,", "GTX Pro,Cancity,")).await["result"]["updated"], 1);
    assert!(deal().await.party_id.is_some());
    assert_eq!(import(&tenant, &query, &end).await["result"]["unchanged"], 1);
    // An end before what is known of its beginning is refused, also when another file brings it.
    let job = import(&tenant, &query, &format!("{HEADER}A,,GTX Pro,,Won,,2017-02-01,100\n")).await;
    assert_eq!(errors(&tenant, &job).await, [(2, "close_date".to_owned(), "invalid_value".to_owned())]);
    assert_eq!(import(&tenant, &query, &end).await["result"]["unchanged"], 1);
}

/// Many rows take many steps; what is repeated by its key is one import.
#[tokio::test]
async fn a_long_file_is_one_import() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let mut file = "title,source,external_ref\n".to_owned();
    (0..1_100).for_each(|row| writeln!(file, "Lead {row},fair,{row}").unwrap());
    let query = format!("/v1/imports?resource=leads&company_id={}", shop.company);
    let call = async || tenant.raw.request("POST", &query).header("content-type", "text/csv").idempotent("once").bytes(file.clone()).send().await;
    let (first, second) = (call().await, call().await);
    assert_eq!((first.status, second.status, second.header("idempotent-replayed")), (202, 202, Some("true")));
    assert_eq!(first.bytes, second.bytes);
    let job = job_ended(&tenant, first.json()["id"].as_str().unwrap_or_default()).await;
    assert_eq!((job["result"]["created"].as_i64(), job["progress"]["total"].as_i64()), (Some(1_100), Some(1_100)), "{job}");
    assert_eq!(tenant.all::<crm::ListLeads, _>(&ListQuery::by("source", "fair")).await.len(), 1_100);
}

#[tokio::test]
async fn a_pipeline_comes_in_before_its_deals() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let query = format!("resource=stages&company_id={}", shop.company);
    let file = "deal_stage,sequence,win_probability,required_fields,status\nProspecting,11,5,expected_value;owner_id,open\nEngaging,12,25,,\n\
                Engaging,13,30,,\nClosing,x,40,,\nWon deals,90,100,,won\n,14,10,,\n";
    let made = import(&tenant, &query, file).await;
    assert_eq!((&made["result"]["created"], &made["result"]["failed"]), (&json!(3), &json!(3)), "{made}");
    let expected = [(4, "deal_stage", "already_exists"), (5, "sequence", "invalid_value"), (7, "deal_stage", "required")];
    assert_eq!(errors(&tenant, &made).await, expected.map(|(row, column, code)| (row, column.to_owned(), code.to_owned())));
    let stages = tenant.all::<crm::ListStages, _>(&ListQuery::default()).await;
    let first = stages.iter().find(|stage| stage.name == "Prospecting").expect("the stage");
    assert_eq!((first.company_id, first.position, first.probability, first.required_fields.len()), (Some(shop.company), 11, of("5"), 2));

    // The same again changes nothing; another probability does, and what deals in it are stays.
    let again = "name,probability,status\nProspecting,5,\nEngaging,35,\nWon deals,100,lost\n";
    let made = import(&tenant, &query, again).await;
    let result = &made["result"];
    assert_eq!((&result["unchanged"], &result["updated"], &result["failed"]), (&json!(1), &json!(1), &json!(1)), "{made}");
    assert_eq!(errors(&tenant, &made).await, [(4, "status".to_owned(), "invalid_value".to_owned())]);
    // Without a company it stands in every pipeline.
    let shared = import(&tenant, "resource=stages", "name,position,probability\nProspecting,1,10\n").await;
    assert_eq!(shared["result"]["created"], 1, "{shared}");
    let key = tenant.raw.post("/v1/api-keys", &json!({ "name": "reader", "scopes": ["stages:read", "imports:write"] })).await.success();
    let refused = send(&tenant.with_key(key["secret"].as_str().unwrap_or_default()), &query, again).await;
    assert_eq!(refused.status, 403, "{}", refused.text());
}

/// Of a row that is wrong in several cells all are named, each once (INT-35).
#[tokio::test]
async fn every_wrong_cell_of_a_row_is_named() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for (resource, file, expected) in [
        ("leads", "title,email,owner,created_at\nChairs,nobody,Ghost,yesterday\n", &["created_at", "email", "owner"][..]),
        ("opportunities", "title,owner,expected_close_date\nChairs,Ghost,soon\n", &["expected_close_date", "owner"]),
        ("stages", "name,position,probability\nFirst,1,10\nFirst,x,y\n", &["name", "position", "probability"]),
        // One that every tenant has.
        ("stages", "name,position,probability,status\nwon,x,y,lost\n", &["position", "probability", "status"]),
    ] {
        let company = if resource == "stages" { String::new() } else { format!("&company_id={}", shop.company) };
        let job = import(&tenant, &format!("resource={resource}{company}&dry_run=true"), file).await;
        let mut named: Vec<_> = errors(&tenant, &job).await.into_iter().map(|(_, column, _)| column).collect();
        named.sort_unstable();
        assert_eq!(named, expected, "{resource}: {job}");
    }
}

/// What a file does not say of a deal that is there stays, and its history follows when the file corrects its days.
#[tokio::test]
async fn a_file_changes_what_it_says_and_the_history_follows() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let query = prepared(&tenant, &shop).await;
    let known = async || {
        let mut found = tenant.all::<crm::ListOpportunities, _>(&ListQuery { external_ref: Some("import:R1".to_owned()), ..ListQuery::default() }).await;
        found.pop().expect("the deal")
    };
    let visits = async |id| {
        let history = tenant.get::<crm::GetStageHistory>(id).await;
        history.visits.into_iter().map(|visit| (visit.stage.name, visit.entered_at, visit.left_at)).collect::<Vec<_>>()
    };
    let day = |text: &str| of::<causeway_value::Instant>(&format!("{text}T23:00:00Z"));
    let file = format!("{HEADER}R1,,GTX Pro,,Engaging,2017-01-02,,\n");
    assert_eq!(import(&tenant, &query, &file).await["result"]["created"], 1);
    let deal = known().await;
    tenant.raw.patch(&format!("/v1/opportunities/{}", deal.id), &json!({ "title": "Mine" })).await.success();
    // The file has no titles: the one that somebody gave stays, also where the product is left out.
    assert_eq!(import(&tenant, &query, &file).await["result"]["unchanged"], 1);
    import(&tenant, &query, &format!("{HEADER}R1,,,,Engaging,2016-12-02,,\n")).await;
    assert_eq!((known().await.title.as_str(), known().await.created_at), ("Mine", day("2016-12-01")));
    assert_eq!(visits(deal.id).await, [("Engaging".to_owned(), day("2016-12-01"), None)]);
    import(&tenant, &query, &format!("{HEADER}R1,,,,Won,2016-12-02,2017-06-06,\n")).await;
    // Both days were wrong by one.
    import(&tenant, &query, &format!("{HEADER}R1,,,,Won,2016-12-03,2017-12-07,\n")).await;
    let won = known().await;
    assert_eq!((won.title.as_str(), won.created_at, won.closed_at), ("Mine", day("2016-12-02"), Some(day("2017-12-06"))));
    assert_eq!(Some(won.stage_since), won.closed_at);
    let expected = [("Engaging".to_owned(), day("2016-12-02"), Some(day("2017-12-06"))), ("won".to_owned(), day("2017-12-06"), None)];
    assert_eq!(visits(deal.id).await, expected);
    // A file without stages moves nothing.
    assert_eq!(import(&tenant, &query, "opportunity_id,close_value\nR1,77\n").await["result"]["updated"], 1);
    let still = known().await;
    assert_eq!((still.status, still.closed_at, still.expected_value.0.as_str()), (won.status, won.closed_at, "77.00"));
    causeway_tests::verified(&tenant).await;
}
