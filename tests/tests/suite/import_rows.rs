//! What rows of imports come to: customers that they bring along, objects that they name twice, cells that are missing, and jobs that fail (INT-35, MDM-07, MDM-10).

use super::import::{HEADER, errors, import, prepared};
use causeway_contract::ListQuery;
use causeway_openapi::catalog::op as catalog;
use causeway_openapi::crm::{CreateOpportunity, Opportunity, op as crm};
use causeway_openapi::party::{Party, op as party};
use causeway_openapi::team::{CreateLostReason, op as team};
use causeway_tests::caller::Caller;
use causeway_tests::log::events;
use causeway_tests::of;
use causeway_tests::shop;
use causeway_tests::world::World;
use serde_json::{Value, json};

/// Created, updated, unchanged, failed.
fn counts(job: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "failed"].map(|name| job["result"][name].as_i64().unwrap_or_else(|| panic!("{job}")))
}

async fn parties(caller: &Caller) -> Vec<Party> {
    caller.all::<party::ListParties, _>(&ListQuery::default()).await
}

async fn deal(caller: &Caller, id: &str) -> Opportunity {
    caller.all::<crm::ListOpportunities, _>(&ListQuery { external_ref: Some(format!("import:{id}")), ..ListQuery::default() }).await.remove(0)
}

/// One name is one customer, however it is written, whether it was there or comes with the rows; and a dry run says what will be.
#[tokio::test]
async fn a_customer_is_one_however_its_name_is_written() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let query = prepared(&tenant, &shop).await;
    assert_eq!(counts(&import(&tenant, "resource=parties", "name\nAccount 01\nAccount 02\n").await), [2, 0, 0, 0]);
    let before = parties(&tenant).await.len();
    let row = |id: &str, name: &str| format!("{id},,GTX Pro,{name},Engaging,2016-10-20,,\n");
    let file = format!(
        "{HEADER}{}{}{}{}{}",
        row("A", "ACCOUNT 01"),
        row("B", "\" account  01 \""),
        row("C", "\"Newco, Ltd.\""),
        row("D", "NEWCO LTD"),
        row("E", "Account 0 1")
    );
    let dry = import(&tenant, &format!("{query}&create_parties=true&dry_run=true"), &file).await;
    assert_eq!((counts(&dry), dry["result"]["parties_created"].as_i64()), ([5, 0, 0, 0], Some(2)), "{dry}");
    assert_eq!(parties(&tenant).await.len(), before);
    let done = import(&tenant, &format!("{query}&create_parties=true"), &file).await;
    assert_eq!((counts(&done), done["result"]["parties_created"].as_i64()), ([5, 0, 0, 0], Some(2)), "{done}");
    assert_eq!(parties(&tenant).await.len(), before + 2);
    assert_eq!(deal(&tenant, "A").await.party_id, deal(&tenant, "B").await.party_id);
    assert_eq!(deal(&tenant, "C").await.party_id, deal(&tenant, "D").await.party_id);
    // Alone and without leave to create, too.
    let alone = import(&tenant, &query, &format!("{HEADER}{}", row("F", "ACCOUNT 02"))).await;
    assert_eq!(counts(&alone), [1, 0, 0, 0], "{alone}");
    assert_eq!(counts(&import(&tenant, &format!("{query}&create_parties=true"), &file).await), [0, 0, 5, 0]);
}

/// A customer comes with a row that is right, or not at all.
#[tokio::test]
async fn wrong_rows_leave_no_customers() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let query = prepared(&tenant, &shop).await;
    let before = parties(&tenant).await.len();
    let file = format!("{HEADER}A,Nobody,GTX Pro,Ghost,Engaging,2016-10-20,,\nB,,GTX Pro,Ghost Two,Won,2016-10-20,2016-10-19,1\n");
    let job = import(&tenant, &format!("{query}&create_parties=true"), &file).await;
    assert_eq!((counts(&job), job["result"]["parties_created"].as_i64()), ([0, 0, 0, 2], Some(0)), "{job}");
    assert_eq!(parties(&tenant).await.len(), before);
    // People bring theirs, too.
    let people = "account,name,email,position\nGhost,Ola,ola@ghost.test,Buyer\nGHOST,Kari,kari@ghost.test,\n";
    let job = import(&tenant, "resource=contacts&create_parties=true", people).await;
    assert_eq!((counts(&job), job["result"]["parties_created"].as_i64()), ([2, 0, 0, 0], Some(1)), "{job}");
    // A later file knows more of one; two rows that do not agree are no news.
    let later = "account,name,email,position\nGhost,Ola,ola@ghost.test,Head of buying\nGhost,Kari,kari@ghost.test,\nGhost,Ola N.,ola@ghost.test,\n";
    let job = import(&tenant, "resource=contacts", later).await;
    assert_eq!(counts(&job), [0, 1, 1, 1], "{job}");
    assert_eq!(errors(&tenant, &job).await, [(4, "email".to_owned(), "already_exists".to_owned())]);
    let ghost = parties(&tenant).await.into_iter().find(|party| party.name == "Ghost").expect("the customer");
    let positions: Vec<_> = ghost.contacts.iter().map(|contact| contact.position.as_deref()).collect();
    assert_eq!(positions, [Some("Head of buying"), None]);
}

/// Accounts without ids are known by their names.
#[tokio::test]
async fn accounts_come_in_again() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let file = "account,sector,office_location,billing_line1,billing_city,billing_country\nCancity,retail,Kenya,Kai 1,Oslo,NO\nIsdom,medical,,,,\n";
    assert_eq!(counts(&import(&tenant, "resource=parties", file).await), [2, 0, 0, 0]);
    assert_eq!(counts(&import(&tenant, "resource=parties", file).await), [0, 0, 2, 0]);
    let later = "account,sector\nCANCITY,wholesale\nIsdom,medical\nIsdom,medical\nisdom,software\n";
    let job = import(&tenant, "resource=parties", later).await;
    assert_eq!(counts(&job), [0, 1, 2, 1], "{job}");
    assert_eq!(errors(&tenant, &job).await, [(5, "account".to_owned(), "already_exists".to_owned())]);
    let all = parties(&tenant).await;
    let mut shown: Vec<_> = all.iter().map(|party| (party.name.as_str(), party.segment.as_deref().unwrap_or_default(), party.addresses.len())).collect();
    shown.sort_unstable();
    assert_eq!(shown, [("Cancity", "wholesale", 1), ("Isdom", "medical", 0)]);
    // Of two with one name the row has to say which.
    for name in ["Twin", "Twin"] {
        tenant.raw.post("/v1/parties", &json!({ "name": name, "kind": "organization", "roles": ["customer"] })).await.success();
    }
    let job = import(&tenant, "resource=parties", "account,sector\nTwin,retail\n").await;
    assert_eq!(errors(&tenant, &job).await, [(2, "account".to_owned(), "already_exists".to_owned())]);
}

/// The same file of leads again changes none of them: no version, no event (INT-35).
#[tokio::test]
async fn the_same_leads_again_change_nothing() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let query = format!("resource=leads&company_id={}&system=fair", shop.company);
    let file = "title,organization_name,source,country,external_ref\nDesks,Boreas,fair,FR,1\nChairs,Zephyr,fair,DE,2\n";
    assert_eq!(counts(&import(&tenant, &query, file).await), [2, 0, 0, 0]);
    let before = events(&tenant).await.iter().filter(|event| event.kind.starts_with("lead.")).count();
    assert_eq!(counts(&import(&tenant, &query, file).await), [0, 0, 2, 0]);
    assert_eq!(events(&tenant).await.iter().filter(|event| event.kind.starts_with("lead.")).count(), before);
    assert_eq!(counts(&import(&tenant, &query, &file.replace("Chairs", "Stools")).await), [0, 1, 1, 0]);
    let versions: Vec<_> = tenant.all::<crm::ListLeads, _>(&ListQuery::default()).await.into_iter().map(|lead| (lead.title, lead.version)).collect();
    assert!(versions.contains(&("Stools".to_owned(), 2)) && versions.contains(&("Desks".to_owned(), 1)), "{versions:?}");
}

/// Two rows about one product agree, or the second one is wrong: nothing is dropped without a word.
#[tokio::test]
async fn a_product_has_one_row() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let query = format!("resource=products&company_id={}", shop.company);
    let fresh = import(&tenant, &query, "code,name,price\nP1,Desk,10\nP1,Desk,10\nP1,Desk,12\n").await;
    assert_eq!(counts(&fresh), [1, 0, 1, 1], "{fresh}");
    let again = import(&tenant, &query, "code,name,price\nP1,Desk,14\nP1,Desk,15\n").await;
    assert_eq!((again["status"].as_str(), counts(&again)), (Some("succeeded"), [0, 1, 0, 1]), "{again}");
    assert_eq!(errors(&tenant, &again).await, [(3, "code".to_owned(), "already_exists".to_owned())]);
    let desk = tenant.all::<catalog::ListProducts, _>(&ListQuery::by("code", "P1")).await.remove(0);
    assert_eq!(desk.list_price, of("14"));
}

/// A row says all that its columns ask, and what it says is taken for what it is.
#[tokio::test]
async fn cells_are_what_they_are() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let query = prepared(&tenant, &shop).await;
    tenant.post::<team::CreateLostReason>((), &CreateLostReason { code: "price".to_owned(), name: "Too dear".to_owned() }).await;
    let header = HEADER.trim_end();
    let file = format!(
        "{header},probability,lost_reason\nA,,GTX Pro,,Won\nB,,GTX Pro,,Won,2016-10-20,2017-03-01,1,054,,price\nC,,GTX Pro,,Won,2016-10-20,,10,,\n\
         D,,GTX Pro,,Engaging,2016-10-20,2017-04-01,10,60%,\nE,,GTX Pro,,Lost,2016-10-20,2017-03-01,0,0,weather\nF,,GTX Pro,,Lost,2016-10-20,2017-03-01,0,,price\n\
         G,,GTX Pro,,Won,2016-10-20,2017-03-01,10,60,\nH,,GTX Pro,,Won,2016-10-20,2017-03-01,10,100,,,\n"
    );
    let job = import(&tenant, &query, &file).await;
    assert_eq!(counts(&job), [3, 0, 0, 5], "{job}");
    let expected =
        [(2, "", "malformed"), (3, "", "malformed"), (4, "close_date", "required"), (6, "lost_reason", "invalid_value"), (8, "probability", "invalid_value")];
    assert_eq!(errors(&tenant, &job).await, expected.map(|(row, column, code)| (row, column.to_owned(), code.to_owned())));
    let open = deal(&tenant, "D").await;
    assert_eq!((open.expected_close_date, open.closed_at, open.probability), (Some(of("2017-04-01")), None, of("60")));
    assert_eq!(counts(&import(&tenant, &query, &file).await), [0, 0, 3, 5]);
    // One by one, too.
    let body = CreateOpportunity { company_id: shop.company, title: "Desks".to_owned(), probability: Some(of("35")), ..CreateOpportunity::default() };
    assert_eq!(tenant.post::<crm::CreateOpportunity>((), &body).await.probability, of("35"));
    let wrong = tenant.refused::<crm::CreateOpportunity>((), &CreateOpportunity { probability: Some(of("101")), ..body }).await;
    assert_eq!(wrong.errors.first().and_then(|error| error.pointer.as_deref()), Some("/probability"), "{wrong:?}");
}

/// A column that names no field is not lost in silence: the result says what became of it and what it may mean, and who wants none is refused (MDM-10).
#[tokio::test]
async fn a_mistyped_column_is_told() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let query = prepared(&tenant, &shop).await;
    let file = "id,title,stage,expected_vale,Sales Region,metadata.Rank,note\nA,Desks,Engaging,100,West,3,x\n";
    let mapping = "mapping=%7B%22note%22%3A%22%22%7D";
    let expected = json!([
        { "column": "expected_vale", "becomes": "metadata.expected_vale", "did_you_mean": "expected_value" },
        { "column": "Sales Region", "becomes": "metadata.sales_region", "did_you_mean": null }
    ]);
    for options in ["&dry_run=true", ""] {
        let job = import(&tenant, &format!("{query}&{mapping}{options}"), file).await;
        assert_eq!((counts(&job), &job["result"]["unknown_columns"]), ([1, 0, 0, 0], &expected), "{job}");
    }
    let made = deal(&tenant, "A").await;
    let kept: Vec<_> = made.metadata.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(kept, [("Rank", "3"), ("expected_vale", "100"), ("sales_region", "West")]);
    // Who wants no other columns is told of each before anything starts, in a file and in a body.
    let url = format!("/v1/imports?{query}&{mapping}&strict=true");
    let refused = tenant.raw.request("POST", &url).header("content-type", "text/csv").bytes(file).send().await.problem();
    let told: Vec<_> = refused.errors.iter().map(|error| (error.parameter.as_deref(), error.detail.as_str())).collect();
    assert_eq!(told.len(), 2, "{refused:?}");
    assert_eq!(told[0].0, Some("strict"));
    assert!(told[0].1.contains("`expected_vale`") && told[0].1.contains("did you mean `expected_value`?"), "{told:?}");
    let row = json!({ "title": "Desks", "emial": "a@b.test" });
    let body = json!({ "resource": "leads", "company_id": shop.company, "strict": true, "rows": [row] });
    let refused = tenant.raw.post("/v1/imports", &body).await.problem();
    assert_eq!((refused.status, refused.errors[0].pointer.as_deref()), (422, Some("/rows")));
    let right = import(&tenant, &format!("{query}&{mapping}&strict=true"), "id,title,stage,expected_value,note\nB,Desks,Engaging,100,x\n").await;
    assert_eq!((counts(&right), right["result"].get("unknown_columns")), ([1, 0, 0, 0], None), "{right}");
    // People and stages keep nothing beside their fields.
    let people = import(&tenant, "resource=contacts&create_parties=true", "account,name,shoe_size\nGhost,Ola,43\n").await;
    assert_eq!(people["result"]["unknown_columns"], json!([{ "column": "shoe_size", "becomes": null, "did_you_mean": null }]), "{people}");
    let query = "/v1/imports?resource=stages&mapping=%7B%22a%22%3A%22metadata.a%22%7D";
    let refused = tenant.raw.request("POST", query).header("content-type", "text/csv").bytes("name,a\nx,1\n").send().await.problem();
    assert_eq!(refused.errors[0].parameter.as_deref(), Some("mapping"), "{refused:?}");
}

/// An id has one row in a file, however far apart two stand; what a later file says about it changes it, free columns included.
#[tokio::test]
async fn an_id_that_comes_again_far_down_is_told() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let query = format!("resource=leads&company_id={}", shop.company);
    let mut file = "id,title,hall\n".to_owned();
    (0..600).for_each(|row| file.push_str(&format!("L{row},Lead {row},7\n")));
    file.push_str("L3,Another,8\n");
    for options in ["&dry_run=true", ""] {
        let job = import(&tenant, &format!("{query}{options}"), &file).await;
        assert_eq!(counts(&job), [600, 0, 0, 1], "{job}");
        assert_eq!(errors(&tenant, &job).await, [(602, "id".to_owned(), "already_exists".to_owned())]);
        let told = tenant.raw.get(job["errors_url"].as_str().unwrap()).await.success()["data"][0]["detail"].clone();
        assert!(told.as_str().unwrap().contains("row 5"), "{told}");
    }
    let lead = async || tenant.all::<crm::ListLeads, _>(&ListQuery { external_ref: Some("import:L3".to_owned()), ..ListQuery::default() }).await.remove(0);
    assert_eq!(lead().await.title, "Lead 3");
    assert_eq!(counts(&import(&tenant, &query, "id,title,hall\nL3,Another,8\n").await), [0, 1, 0, 0]);
    let now = lead().await;
    assert_eq!((now.title.as_str(), now.metadata.get("hall").map(String::as_str)), ("Another", Some("8")));
}

/// Cells stand between commas, semicolons or tabs; a file that means nothing, or names a column twice, is refused before anything is made.
#[tokio::test]
async fn files_of_other_countries_are_read_and_rubbish_is_refused() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    for (number, separator) in [",", ";", "\t"].into_iter().enumerate() {
        let file = ["name", "country\nParty"].join(separator) + &number.to_string() + separator + "\"DE\"\n";
        assert_eq!(counts(&import(&tenant, "resource=parties", &file).await), [1, 0, 0, 0], "{separator:?}");
    }
    let before = parties(&tenant).await;
    assert!(before.iter().filter(|party| party.country.as_deref() == Some("DE")).count() >= 3, "{before:?}");
    for (file, told) in [("opportunity_ref|sales|x\nA|B|C\n", "means anything"), ("name,name\na,b\n", "`name` twice")] {
        let refused = tenant.raw.request("POST", "/v1/imports?resource=parties").header("content-type", "text/csv").bytes(file).send().await;
        assert!(refused.status == 400 && refused.json()["detail"].as_str().is_some_and(|detail| detail.contains(told)), "{}", refused.text());
    }
    assert_eq!(parties(&tenant).await.len(), before.len());
}
