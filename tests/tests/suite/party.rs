//! One master of parties: checked numbers, duplicates found, two made one (MDM-01, MDM-04, MDM-06, MDM-07, MDM-09, MDM-10).

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::client::Options;
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::ledger::op as ledger;
use causeway_openapi::object::ExternalRef;
use causeway_openapi::order::op as order;
use causeway_openapi::party::{CheckDuplicates, CreateParty, Duplicates, MergeParty, TaxRegistration, UpdateParty, op as party};
use causeway_openapi::report::{AgingQuery, op as report};
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::log::events;
use causeway_tests::shop::{self, line, party_body};
use causeway_tests::world::World;
use causeway_value::PartyId;
use serde_json::json;

async fn create(caller: &Caller, body: CreateParty) -> PartyId {
    caller.post::<party::CreateParty>((), &body).await.id
}

fn registration(country: &str, number: &str) -> TaxRegistration {
    TaxRegistration { country: country.to_owned(), number: number.to_owned() }
}

#[tokio::test]
async fn registrations_are_checked_by_their_countrys_rule() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let good = CreateParty { tax_ids: vec![registration("FR", "40 303 265 045"), registration("DE", "DE136695976")], ..party_body("Good") };
    let good = tenant.post::<party::CreateParty>((), &good).await;
    assert_eq!(good.tax_ids.len(), 2);
    let bad = vec![registration("FR", "FR41303265045"), registration("DE", "12"), registration("US", "anything"), registration("US", "any-thing")];
    let problem = tenant.refused::<party::CreateParty>((), &CreateParty { tax_ids: bad.clone(), ..party_body("Bad") }).await;
    let pointers: Vec<_> = problem.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
    assert_eq!(pointers, ["/tax_ids/3", "/tax_ids/0/number", "/tax_ids/1/number"]);
    let change = UpdateParty { tax_ids: Patch::Value(bad[..1].to_vec()), ..UpdateParty::default() };
    assert_eq!(tenant.refused::<party::UpdateParty>(good.id, &change).await.code, Code::ValidationFailed);
    // The number that others gave is taken as it is, with what is known about it.
    for (number, status) in [("FR40303265045", "valid"), ("FR41303265045", "wrong_checksum"), ("4711", "malformed")] {
        let body = CreateParty { tax_id: Some(number.to_owned()), ..party_body("Given") };
        assert_eq!(tenant.post::<party::CreateParty>((), &body).await.tax_id_status.as_deref(), Some(status));
    }
}

fn scores(found: &Duplicates) -> Vec<(PartyId, i32, bool)> {
    found.data.iter().map(|one| (one.party_id, one.score, one.likely)).collect()
}

#[tokio::test]
async fn duplicates_are_found_scored_and_explained() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let plain = |name: &str| CreateParty { addresses: Vec::new(), contacts: Vec::new(), ..party_body(name) };
    let known = create(&tenant, CreateParty { tax_ids: vec![registration("FR", "FR40303265045")], ..party_body("Boréalis S.A.S.") }).await;
    let abroad = create(&tenant, CreateParty { country: Some("US".to_owned()), ..plain("Borealis Inc") }).await;
    for name in ["Aurora", "Oceanis", "Boris Alis", "Northwind"] {
        create(&tenant, plain(name)).await;
    }
    let found = tenant
        .post::<party::CheckDuplicates>(
            (),
            &CheckDuplicates { name: Some("Boreallis".to_owned()), country: Some("FR".to_owned()), ..CheckDuplicates::default() },
        )
        .await;
    assert_eq!(scores(&found), [(known, 45, false)], "a typing error in the name, the same country");
    let by_number = CheckDuplicates { tax_id: Some("40 303 265 045".to_owned()), ..CheckDuplicates::default() };
    assert_eq!(scores(&tenant.post::<party::CheckDuplicates>((), &by_number).await), [(known, 70, true)]);
    let by_mail = CheckDuplicates { email: Some("AMY@borealis.test".to_owned()), ..CheckDuplicates::default() };
    assert_eq!(scores(&tenant.post::<party::CheckDuplicates>((), &by_mail).await), [(known, 40, false)]);
    let found = tenant.get::<party::FindDuplicates>(known).await;
    assert_eq!(scores(&found), [(abroad, 30, false)]);
    let fields: Vec<_> = found.data[0].reasons.iter().map(|reason| (reason.field.as_str(), reason.points)).collect();
    assert_eq!(fields, [("name", 50), ("country", -20)]);
    assert_eq!(tenant.refused::<party::CheckDuplicates>((), &CheckDuplicates::default()).await.status, 422);
    // Who asks for it is refused before a second one is there.
    let again = CreateParty { refuse_duplicates: Some(true), ..party_body("Borealis") };
    let problem = tenant.refused::<party::CreateParty>((), &again).await;
    assert_eq!((problem.status, problem.code), (409, Code::AlreadyExists));
    assert!(problem.meta["duplicates"].to_string().contains(&known.to_string()), "{problem:?}");
    let other = CreateParty { refuse_duplicates: Some(true), ..plain("Zephyr") };
    create(&tenant, other).await;
}

#[tokio::test]
async fn a_merged_party_leaves_everything_to_the_other() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let twin = CreateParty { external_refs: vec![ExternalRef { system: "crm".to_owned(), id: "7".to_owned() }], ..party_body("Borealis twin") };
    let twin = create(&tenant, CreateParty { payment_term_id: Some(shop.term), ..twin }).await;
    let other = shop::Shop { party: twin, ..shop.clone() };
    let carried = deal::deal(&tenant, &other).await;
    let open = deal::posted(&tenant, &other, "50.00").await;
    let kept = deal::posted(&tenant, &shop, "7.00").await;
    let draft = tenant.post::<order::CreateOrder>((), &deal::order_body(&other, vec![line(shop.chai, "1")])).await;

    let body = MergeParty { into: shop.party };
    let before = events(&tenant).await.len();
    let planned = tenant.send::<party::MergeParty>(twin, &body, Options { dry_run: true, ..Options::default() }).await.body;
    assert_eq!(events(&tenant).await.len(), before);
    assert!(tenant.get::<party::GetParty>(twin).await.active);
    let merged = tenant.post::<party::MergeParty>(twin, &body).await;
    assert_eq!(planned.moved, merged.moved);
    let moved = |kind: &str| merged.moved.iter().find(|moved| moved.kind == kind).map_or(0, |moved| moved.count);
    assert_eq!((moved("quotes"), moved("orders"), moved("invoices"), moved("payments"), moved("external_refs")), (1, 2, 2, 1, 1), "{:?}", merged.moved);

    let left = tenant.get::<party::GetParty>(twin).await;
    assert_eq!((left.active, left.merged_into_id, left.contacts.len()), (false, Some(shop.party), 0));
    let into = tenant.get::<party::GetParty>(shop.party).await;
    assert_eq!((into.contacts.len(), into.addresses.len(), into.external_refs.len(), into.version), (1, 2, 1, merged.into.version), "Amy is one person");
    assert_eq!(into, merged.into);
    assert_eq!(tenant.get::<order::GetOrder>(draft.id).await.party_id, shop.party);
    assert_eq!(tenant.get::<invoice::GetInvoice>(carried.invoice.id).await.party_id, shop.party);
    let query = ListQuery::by("party_id", shop.party);
    assert_eq!(tenant.all::<invoice::ListInvoices, _>(&query).await.len(), 3);
    assert_eq!(tenant.all::<party::ListParties, _>(&ListQuery { q: Some("twin".to_owned()), ..ListQuery::default() }).await, Vec::new());

    // Old ids lead to the new one; one payment settles invoices of both.
    let problem = tenant.refused::<order::CreateOrder>((), &deal::order_body(&other, vec![line(shop.chai, "1")])).await;
    assert!(problem.errors[0].detail.contains(&shop.party.to_string()), "{problem:?}");
    deal::pay(&tenant, &shop, "57.00", &[(open.id, "50.00"), (kept.id, "7.00")]).await;
    let aging = tenant.ask::<report::GetAging>(&AgingQuery { company_id: shop.company, ..AgingQuery::default() }).await;
    assert_eq!(aging.rows, Vec::new());
    let confirmed = tenant.act::<order::ConfirmOrder>(draft.id).await;
    deal::ship(&tenant, &confirmed, "1").await;

    let again = tenant.refused::<party::MergeParty>(twin, &body).await;
    assert_eq!((again.status, again.code), (409, Code::StateConflict));
    let logged = events(&tenant).await;
    assert!(logged.iter().any(|event| event.kind == "party.merged" && event.subject.id == twin.to_string()));
}

/// MDM-01: a mail address is the same however it is capitalised, whoever it is of.
#[tokio::test]
async fn people_are_found_by_their_mail_address_however_it_is_written() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let known = create(&tenant, CreateParty { email: Some("Office@Fjord.test".to_owned()), ..party_body("Fjord") }).await.to_string();
    let lead = serde_json::json!({ "company_id": shop.company, "title": "Asked", "email": "Ann@Fjord.test" });
    let lead = tenant.raw.post("/v1/leads", &lead).await.success()["id"].clone();
    let me = tenant.raw.get("/v1/users").await.success()["data"][0].clone();
    let own = me["email"].as_str().unwrap().to_uppercase();
    for (path, filter, id) in [
        ("parties", "email=office%40fjord.test".to_owned(), known.as_str()),
        ("parties", "email=OFFICE%40FJORD.TEST".to_owned(), known.as_str()),
        ("parties", "email%5Bin%5D=x%40y.test,officE%40fjord.test".to_owned(), known.as_str()),
        ("leads", "email=ann%40FJORD.test".to_owned(), lead.as_str().unwrap()),
        ("users", format!("email={}", own.replace('@', "%40")), me["id"].as_str().unwrap()),
    ] {
        let found = tenant.raw.get(&format!("/v1/{path}?{filter}")).await.success();
        let ids: Vec<&str> = found["data"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
        assert_eq!(ids, [id], "{path}?{filter}");
    }
}

/// MDM-09: a limit of credit is one in the currency of its party, also after it was merged.
#[tokio::test]
async fn a_limit_does_not_change_its_currency_by_a_merge() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    shop::open(&tenant, "").await;
    let body = |name: &str, currency: Option<&str>, limit: Option<&str>| CreateParty {
        currency: currency.map(causeway_tests::of),
        credit_limit: limit.map(Into::into),
        ..party_body(name)
    };
    let (dollars, euros) = (create(&tenant, body("Dollar", Some("USD"), Some("1000"))).await, create(&tenant, body("Euro", Some("EUR"), None)).await);
    let refused = tenant.refused::<party::MergeParty>(dollars, &MergeParty { into: euros }).await;
    assert_eq!((refused.status, refused.errors[0].pointer.as_deref()), (422, Some("/into")));
    assert!(refused.detail.contains("USD") && refused.detail.contains("EUR"), "{refused:?}");
    let limit = UpdateParty { credit_limit: Patch::Value("900".into()), ..UpdateParty::default() };
    tenant.post::<party::UpdateParty>(euros, &limit).await;
    let merged = tenant.post::<party::MergeParty>(dollars, &MergeParty { into: euros }).await.into;
    assert_eq!((merged.currency.map(|currency| currency.code().to_owned()), merged.credit_limit), (Some("EUR".to_owned()), Some("900.00".into())));
    // One that says no currency takes the other's with the limit, and with a limit of its own it keeps none.
    let (dollars, none) = (create(&tenant, body("Dollar 2", Some("USD"), Some("1000"))).await, create(&tenant, body("None", None, None)).await);
    let merged = tenant.post::<party::MergeParty>(dollars, &MergeParty { into: none }).await.into;
    assert_eq!((merged.currency.map(|currency| currency.code().to_owned()), merged.credit_limit), (Some("USD".to_owned()), Some("1000.00".into())));
    let (dollars, own) = (create(&tenant, body("Dollar 3", Some("USD"), None)).await, create(&tenant, body("Own", None, Some("70"))).await);
    let merged = tenant.post::<party::MergeParty>(dollars, &MergeParty { into: own }).await.into;
    assert_eq!((merged.currency, merged.credit_limit), (None, Some("70.00".into())));
    causeway_tests::verified(&tenant).await;
}

/// What was planned and noted about a customer goes along, and what is noted under its old id belongs to the other (MDM-01).
#[tokio::test]
async fn activities_follow_a_merge() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let twin = tenant.post::<party::CreateParty>((), &party_body("Borealis S.A.S.")).await.id;
    let call = serde_json::json!({ "subject_id": twin, "kind": "call", "note": "asked for a discount" });
    let planned = tenant.raw.post("/v1/activities", &call).await.success();
    let merged = tenant.post::<party::MergeParty>(twin, &MergeParty { into: shop.party }).await;
    assert!(merged.moved.iter().any(|moved| moved.kind == "activities" && moved.count == 1), "{:?}", merged.moved);
    let path = format!("/v1/activities/{}", planned["id"].as_str().unwrap());
    assert_eq!(tenant.raw.get(&path).await.success()["subject_id"], serde_json::json!(shop.party));
    assert_eq!(tenant.raw.post("/v1/activities", &call).await.success()["subject_id"], serde_json::json!(shop.party));
    let listed = tenant.raw.get(&format!("/v1/activities?subject_id={}", shop.party)).await.success();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(2));
    causeway_tests::verified(&tenant).await;
}

/// MDM-01, MDM-09: documents stay as they were sent, the ledger and `verify` follow the party, and nothing that only the merged one knew is lost.
#[tokio::test]
async fn what_was_sent_and_posted_outlives_a_merge() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let metadata = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let twin = CreateParty {
        email: Some("post@twin.test".to_owned()),
        phone: Some("+33 1 23".to_owned()),
        tax_id: Some("FR40303265045".to_owned()),
        credit_limit: Some("500.00".into()),
        payment_term_id: Some(shop.term),
        metadata: metadata(&[("tier", "b"), ("region", "west")]),
        ..party_body("Zephyr Industries")
    };
    let twin = create(&tenant, twin).await;
    let own = UpdateParty {
        phone: Patch::Value("+33 9 99".to_owned()),
        metadata: Patch::Value([("tier".to_owned(), Some("a".to_owned()))].into()),
        ..UpdateParty::default()
    };
    tenant.post::<party::UpdateParty>(shop.party, &own).await;
    let other = shop::Shop { party: twin, ..shop.clone() };
    let posted = deal::posted(&tenant, &other, "50.00").await;
    let paper = async |id| tenant.raw.get(&format!("/v1/invoices/{id}/pdf")).await.bytes;
    let sent = paper(posted.id).await;
    for party in [twin, shop.party] {
        let policy = serde_json::json!({ "company_id": shop.company, "party_id": party, "action": "warn" });
        tenant.raw.post("/v1/credit-policies", &policy).await.success();
    }

    deal::advance(&tenant, "2026-12-10T09:00:00Z").await;
    let into = tenant.post::<party::MergeParty>(twin, &MergeParty { into: shop.party }).await.into;
    assert_eq!((into.email.as_deref(), into.phone.as_deref(), into.tax_id.as_deref()), (Some("post@twin.test"), Some("+33 9 99"), Some("FR40303265045")));
    assert_eq!(into.credit_limit.map(|limit| limit.0).as_deref(), Some("500.00"));
    assert_eq!(into.metadata, metadata(&[("tier", "a"), ("region", "west")]));
    let policies = tenant.raw.get(&format!("/v1/credit-policies?company_id={}", shop.company)).await.json();
    let of: Vec<_> = policies["data"].as_array().unwrap().iter().map(|policy| policy["party_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(of, [shop.party.to_string()]);

    assert!(paper(posted.id).await == sent, "the paper of a posted invoice says what was sent");
    let query = format!("company_id={}&party_id={}", shop.company, shop.party);
    let ledger = tenant.raw.get(&format!("/v1/reports/general-ledger?{query}")).await.json();
    assert_eq!(ledger["total_debit"].as_str(), Some("50.00"), "{ledger}");
    let postings = tenant.raw.get(&format!("/v1/reports/general-ledger/postings?{query}")).await.json();
    assert_eq!(postings["data"].as_array().map(Vec::len), Some(2), "{postings}");
    let report = tenant.get::<ledger::VerifyLedger>(()).await;
    assert!(report.ok, "{report:?}");
    let objects = tenant.raw.get("/v1/audit-entries/verify-objects").await.json();
    assert_eq!((objects["ok"].as_bool(), objects["breaks"].as_array().map(Vec::len)), (Some(true), Some(0)), "{objects}");
}

#[tokio::test]
async fn what_must_not_be_merged_is_refused() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let ours = create(&tenant, CreateParty { linked_company_id: Some(shop.company), ..party_body("Acme itself") }).await;
    let asleep = create(&tenant, party_body("Asleep")).await;
    tenant.post::<party::UpdateParty>(asleep, &UpdateParty { active: Patch::Value(false), ..UpdateParty::default() }).await;
    for into in [shop.party, ours, asleep, PartyId::new()] {
        let problem = tenant.refused::<party::MergeParty>(shop.party, &MergeParty { into }).await;
        assert_eq!((problem.status, problem.errors[0].pointer.as_deref()), (422, Some("/into")), "{problem:?}");
    }
    let problem = tenant.refused::<party::MergeParty>(PartyId::new(), &MergeParty { into: shop.party }).await;
    assert_eq!(problem.status, 404);
}

/// MDM-09: who stands with both parties of a merge is one person afterwards, with all that either said; whom documents of both name stays twice.
#[tokio::test]
async fn people_of_both_are_one_after_a_merge() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let made = async |name: &str, contacts: serde_json::Value| {
        let body = serde_json::json!({ "name": name, "kind": "organization", "roles": ["customer"], "contacts": contacts });
        tenant.raw.post("/v1/parties", &body).await.success()
    };
    let ann = |phone: Option<&str>| serde_json::json!({ "name": "Ann", "email": "ann@m.test", "phone": phone });
    let bob = serde_json::json!({ "name": "Bob", "email": "bob@m.test", "position": "Buyer" });
    let old = made("Mill", serde_json::json!([ann(Some("+47 22 00 00 00")), bob, { "name": "Ann", "email": "other@m.test" }])).await;
    let into = made("Mill AS", serde_json::json!([bob, ann(None)])).await;
    // A deal names the merged party's Bob: he is the one who stays.
    let named = old["contacts"][1]["id"].clone();
    let deal = serde_json::json!({ "company_id": shop.company, "party_id": old["id"], "title": "Flour", "contact_id": named });
    let deal = tenant.raw.post("/v1/opportunities", &deal).await.success();
    let path = format!("/v1/parties/{}/merge", old["id"].as_str().unwrap());
    let merged = tenant.raw.post(&path, &serde_json::json!({ "into": into["id"] })).await.success();
    let mut people: Vec<_> = merged["into"]["contacts"].as_array().unwrap().clone();
    people.sort_by_key(|person| person["email"].as_str().map(str::to_owned));
    let shown: Vec<_> = people.iter().map(|person| (person["email"].as_str().unwrap(), person["phone"].as_str(), person["position"].as_str())).collect();
    assert_eq!(shown, [("ann@m.test", Some("+47 22 00 00 00"), None), ("bob@m.test", None, Some("Buyer")), ("other@m.test", None, None)]);
    assert_eq!((&people[0]["id"], &people[1]["id"]), (&into["contacts"][1]["id"], &named));
    assert_eq!(tenant.raw.get(&format!("/v1/parties/{}", into["id"].as_str().unwrap())).await.success()["contacts"], merged["into"]["contacts"]);
    assert_eq!(tenant.raw.get(&format!("/v1/opportunities/{}", deal["id"].as_str().unwrap())).await.success()["contact_id"], named);
    let checked = tenant.ask::<causeway_openapi::identity::op::VerifyObjects>(&Default::default()).await;
    assert!(checked.ok, "{checked:?}");
}

/// Signs are no words: who looks for one alone is not given everything.
#[tokio::test]
async fn a_sign_finds_nothing_special() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for (asked, found) in [("%25", 0), ("*", 0), ("_", 0), ("bor", 1), ("bor%25", 1)] {
        let page = tenant.raw.get(&format!("/v1/parties?q={asked}")).await.success();
        assert_eq!(page["data"].as_array().map(Vec::len), Some(found), "{asked}: of {}", shop.party);
    }
}

/// The same name where no country says otherwise is likely the same party; an address alone finds who is there, in full or short (MDM-07).
#[tokio::test]
async fn a_name_is_likely_in_its_country_and_an_address_finds_who_is_there() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let place = |line1: &str| json!({ "kind": "billing", "line1": line1, "city": "Bonn", "postal_code": "53111", "country": "DE" });
    let body = |name: &str, country: Option<&str>, places: Vec<serde_json::Value>| json!({ "name": name, "kind": "organization", "roles": ["customer"], "country": country, "addresses": places, "refuse_duplicates": true });
    let known = tenant.raw.post("/v1/parties", &body("Nordwind AG", Some("DE"), vec![place("Hauptstraße 5")])).await.success()["id"].clone();
    for country in [Some("DE"), None] {
        let problem = tenant.raw.post("/v1/parties", &body("nordwind", country, vec![])).await.problem();
        assert_eq!((problem.status, problem.code), (409, Code::AlreadyExists));
        assert_eq!(problem.meta["duplicates"][0], known);
    }
    tenant.raw.post("/v1/parties", &body("Nordwind AG", Some("US"), vec![])).await.success();
    let at = async |line1: &str| {
        let asked = json!({ "line1": line1, "postal_code": "53111", "country": "DE" });
        tenant.raw.post("/v1/parties/check-duplicates", &asked).await.success()["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["party_id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!((at("Hauptstr. 5").await, at("Hauptstr. 6").await), (vec![known], vec![]));
}
