//! The pipeline: history in bulk, the report to the cent, ages, forecasts, and what stages ask for (CRM-06 to CRM-11, RPT-01).

use causeway_contract::{Bulk, BulkMode, Code, ListQuery};
use causeway_openapi::conversion::{PipelineConversionQuery, op as conversion};
use causeway_openapi::crm::{AdvanceOpportunity, CreateOpportunity, CreateStage, Opportunity, WinOpportunity, op as crm};
use causeway_openapi::measure::PeriodQuery;
use causeway_openapi::measure::op::GetCycleTimes;
use causeway_openapi::party::op as party;
use causeway_openapi::pipeline::{ForecastBy, ForecastQuery, PipelineAgeingQuery, PipelineBy, PipelineQuery, op as pipeline};
use causeway_openapi::quote::{CreateQuote, op as quote};
use causeway_openapi::team::{CreateTeam, op as team};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{accept, advance, forty, quote_body};
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use causeway_tests::{day, of};
use causeway_value::{DealField, OpportunityStatus, PartyRole, StageId};
use serde_json::json;

async fn stages(caller: &Caller) -> Vec<(String, StageId)> {
    caller.all::<crm::ListStages, _>(&ListQuery::default()).await.into_iter().map(|stage| (stage.name, stage.id)).collect()
}

async fn stage(caller: &Caller, name: &str) -> StageId {
    stages(caller).await.into_iter().find(|(known, _)| known == name).map(|(_, id)| id).unwrap_or_else(|| panic!("no stage {name}"))
}

fn deal(shop: &Shop, value: &str) -> CreateOpportunity {
    CreateOpportunity {
        company_id: shop.company,
        party_id: Some(shop.party),
        title: "Chairs".to_owned(),
        expected_value: Some(value.into()),
        created_at: Some(of("2017-01-01T00:00:00Z")),
        ..CreateOpportunity::default()
    }
}

fn ended(shop: &Shop, value: &str, status: OpportunityStatus, at: &str) -> CreateOpportunity {
    CreateOpportunity { status: Some(status), closed_at: Some(of(at)), ..deal(shop, value) }
}

async fn create(caller: &Caller, items: Vec<CreateOpportunity>) -> Vec<Opportunity> {
    let made = caller.post::<crm::CreateOpportunities>((), &Bulk { mode: BulkMode::Atomic, items }).await;
    assert_eq!(made.failed, 0);
    made.data.into_iter().map(|item| item.result.expect("an opportunity")).collect()
}

#[tokio::test]
async fn the_report_counts_stages_ends_and_months() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (won, lost) = (OpportunityStatus::Won, OpportunityStatus::Lost);
    create(
        &tenant,
        vec![
            deal(&shop, "100.00"),
            deal(&shop, "50.50"),
            // In Berlin it is March already.
            ended(&shop, "1054.00", won, "2017-02-28T23:30:00Z"),
            ended(&shop, "4514.00", won, "2017-03-11T00:00:00Z"),
            ended(&shop, "10.00", lost, "2017-03-18T00:00:00Z"),
            ended(&shop, "26768.00", won, "2017-05-01T12:00:00Z"),
        ],
    )
    .await;
    let query = PipelineQuery { company_id: Some(shop.company), ..PipelineQuery::default() };
    let report = tenant.ask::<pipeline::GetPipeline>(&query).await;
    let rows: Vec<_> = report.rows.iter().map(|row| (row.stage.as_str(), row.count, row.value.0.as_str())).collect();
    assert_eq!(
        rows,
        [("new", 2, "150.50"), ("qualified", 0, "0.00"), ("proposal", 0, "0.00"), ("negotiation", 0, "0.00"), ("won", 3, "32336.00"), ("lost", 1, "10.00")]
    );
    assert_eq!((report.won.count, report.won.value.0.as_str(), report.lost.count), (3, "32336.00", 1));
    assert_eq!((report.open.count, report.open.value.0.as_str()), (2, "150.50"));
    assert_eq!((report.win_rate.as_deref(), report.currency), (Some("0.7500"), of("EUR")));
    let months: Vec<_> = report.by_month.iter().map(|month| (month.month.as_str(), month.won_count, month.won_value.0.as_str(), month.lost_count)).collect();
    assert_eq!(months, [("2017-03", 2, "5568.00", 1), ("2017-04", 0, "0.00", 0), ("2017-05", 1, "26768.00", 0)]);
    let march = PipelineQuery { from: Some(day("2017-03-01")), to: Some(day("2017-03-11")), ..query.clone() };
    let march = tenant.ask::<pipeline::GetPipeline>(&march).await;
    assert_eq!((march.won.count, march.lost.count, march.win_rate.as_deref(), march.open.count), (2, 0, Some("1.0000"), 2));
    // Everything but the groups is the same whatever the deals are grouped by, and the groups are the same deals.
    let by = PipelineQuery { by: Some(PipelineBy::Product), ..query.clone() };
    let by = tenant.ask::<pipeline::GetPipeline>(&by).await;
    assert_eq!((by.group_count, by.next_offset), (1, None));
    let [group] = by.groups.as_slice() else { panic!("{by:?}") };
    assert_eq!((&group.won, &group.lost, &group.open, &group.win_rate), (&report.won, &report.lost, &report.open, &report.win_rate));
    assert_eq!(causeway_openapi::pipeline::Pipeline { groups: Vec::new(), group_count: 0, ..by }, report);
    // Without a company it is all of them.
    assert_eq!(tenant.ask::<pipeline::GetPipeline>(&PipelineQuery::default()).await.won, report.won);
}

#[tokio::test]
async fn other_currencies_are_converted_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let dollars = || CreateOpportunity { currency: Some(of("USD")), ..deal(&shop, "0.01") };
    create(&tenant, vec![dollars(), dollars(), dollars()]).await;
    let query = PipelineQuery { company_id: Some(shop.company), ..PipelineQuery::default() };
    // Without a rate they are told apart.
    let apart = tenant.ask::<pipeline::GetPipeline>(&query).await;
    assert_eq!((apart.open.value.0.as_str(), apart.unconverted[0].value.0.as_str()), ("0.00", "0.03"));
    let rate = json!({ "currency": "USD", "base": "EUR", "date": "2020-01-01", "rate": "0.5" });
    tenant.raw.post("/v1/exchange-rates", &rate).await.success();
    assert_eq!(tenant.ask::<pipeline::GetPipeline>(&query).await.open.value.0, "0.02");
}

#[tokio::test]
async fn bulk_is_all_or_none_or_each_by_itself() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let refs = |id: &str| vec![causeway_openapi::object::ExternalRef { system: "crm".to_owned(), id: id.to_owned() }];
    let good = CreateOpportunity { external_refs: refs("1"), ..deal(&shop, "1.00") };
    let same = CreateOpportunity { external_refs: refs("1"), ..deal(&shop, "2.00") };
    let wrong = CreateOpportunity { title: " ".to_owned(), ..deal(&shop, "-3.00") };
    let items = vec![good, same, wrong];
    let refused = tenant.refused::<crm::CreateOpportunities>((), &Bulk { mode: BulkMode::Atomic, items: items.clone() }).await;
    let places: Vec<_> = refused.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
    assert_eq!(places, ["/items/1/external_refs/0", "/items/2/title", "/items/2/expected_value"]);
    assert_eq!(tenant.all::<crm::ListOpportunities, _>(&ListQuery::default()).await, []);
    let made = tenant.post::<crm::CreateOpportunities>((), &Bulk { mode: BulkMode::PerItem, items }).await;
    assert_eq!((made.succeeded, made.failed), (1, 2));
    assert_eq!(made.data.iter().map(|item| (item.index, item.status)).collect::<Vec<_>>(), [(0, 201), (1, 422), (2, 422)]);
    let kept = tenant.all::<crm::ListOpportunities, _>(&ListQuery { external_ref: Some("crm:1".to_owned()), ..ListQuery::default() }).await;
    assert_eq!(kept, made.data.into_iter().filter_map(|item| item.result).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_stage_names_everything_that_is_missing() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let asks = CreateStage {
        name: "commit".to_owned(),
        position: 5,
        probability: of("90"),
        required_fields: vec![DealField::ExpectedValue, DealField::ExpectedCloseDate],
        validates_customer: true,
        ..CreateStage::default()
    };
    let commit = tenant.post::<crm::CreateStage>((), &asks).await.id;
    let prospect = json!({ "name": "Fjord AS", "kind": "organization", "roles": ["supplier"] });
    let prospect: causeway_openapi::party::Party = serde_json::from_value(tenant.raw.post("/v1/parties", &prospect).await.success()).unwrap();
    let body = CreateOpportunity { party_id: Some(prospect.id), expected_value: None, created_at: None, ..deal(&shop, "0.00") };
    let made = tenant.post::<crm::CreateOpportunity>((), &body).await;
    let refused = tenant.refused::<crm::AdvanceOpportunity>(made.id, &AdvanceOpportunity { stage_id: commit }).await;
    let missing: Vec<_> = refused.errors.iter().map(|error| (error.code, error.pointer.as_deref().unwrap_or_default())).collect();
    let required = |pointer| (Code::Required, pointer);
    assert_eq!(
        missing,
        [
            required("/expected_value"),
            required("/expected_close_date"),
            required("/party_id"),
            required("/party_id"),
            required("/party_id"),
            required("/contact_id")
        ]
    );
    let complete = json!({
        "country": "NO", "tax_id": "NO123456785", "contacts": [{ "name": "Ola", "email": "ola@fjord.test" }],
        "addresses": [{ "kind": "billing", "line1": "Kai 1", "city": "Oslo", "country": "NO" }]
    });
    let complete = tenant.raw.request("PATCH", &format!("/v1/parties/{}", prospect.id)).json(&complete).send().await.success();
    let change = json!({ "expected_value": "10.00", "expected_close_date": "2026-12-31", "contact_id": complete["contacts"][0]["id"] });
    tenant.raw.request("PATCH", &format!("/v1/opportunities/{}", made.id)).json(&change).send().await.success();
    let moved = tenant.post::<crm::AdvanceOpportunity>(made.id, &AdvanceOpportunity { stage_id: commit }).await;
    assert_eq!((moved.stage.name.as_str(), moved.probability), ("commit", of("90")));
    // Who passed is a customer from now on.
    assert!(tenant.get::<party::GetParty>(prospect.id).await.roles.contains(&PartyRole::Customer));
}

#[tokio::test]
async fn time_in_stages_is_kept_and_ages() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let made = create(&tenant, vec![CreateOpportunity { created_at: None, ..deal(&shop, "100.00") }]).await.remove(0);
    let proposal = stage(&tenant, "proposal").await;
    advance(&tenant, "2026-12-12T09:00:00Z").await;
    tenant.post::<crm::AdvanceOpportunity>(made.id, &AdvanceOpportunity { stage_id: proposal }).await;
    advance(&tenant, "2027-01-20T09:00:00Z").await;
    let ages = tenant.ask::<pipeline::GetPipelineAgeing>(&PipelineAgeingQuery { company_id: Some(shop.company), ..PipelineAgeingQuery::default() }).await;
    let rows: Vec<_> = ages.rows.iter().map(|row| (row.stage.as_str(), row.count, row.average_days, row.oldest_days, row.stalled_count)).collect();
    assert_eq!(rows, [("proposal", 1, 39, 39, 1)]);
    let patient = PipelineAgeingQuery { company_id: Some(shop.company), stalled_days: Some(40), ..PipelineAgeingQuery::default() };
    assert_eq!(tenant.ask::<pipeline::GetPipelineAgeing>(&patient).await.rows[0].stalled_value.0, "0.00");
    let stalled = ListQuery::by("status", "open").and("stage_since[lte]", "2026-12-31T00:00:00Z");
    assert_eq!(tenant.all::<crm::ListOpportunities, _>(&stalled).await.len(), 1);
    tenant.post::<crm::WinOpportunity>(made.id, &WinOpportunity::default()).await;
    let history = tenant.get::<crm::GetStageHistory>(made.id).await;
    let visits: Vec<_> = history.visits.iter().map(|visit| (visit.stage.name.as_str(), visit.seconds, visit.left_at.is_some())).collect();
    assert_eq!(visits[1..], [("proposal", 39 * 86_400, true), ("won", 0, false)]);
    assert_eq!((visits[0].0, visits[0].2, history.visits[0].left_at), ("new", true, Some(history.visits[1].entered_at)));
    let reopened = tenant.post::<crm::ReopenOpportunity>(made.id, &Default::default()).await;
    assert_eq!(reopened.stage.name, "proposal");
}

#[tokio::test]
async fn the_forecast_weighs_by_month_and_team() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let owner = tenant.created.owner.id;
    let east =
        tenant.post::<team::CreateTeam>((), &CreateTeam { name: "East".to_owned(), lead_id: None, member_ids: vec![owner], external_refs: Vec::new() }).await;
    let (proposal, negotiation) = (stage(&tenant, "proposal").await, stage(&tenant, "negotiation").await);
    let due = |value: &str, stage: StageId, date: &str| CreateOpportunity {
        stage_id: Some(stage),
        expected_close_date: Some(of(date)),
        owner_id: Some(owner),
        ..deal(&shop, value)
    };
    let made = create(
        &tenant,
        vec![due("100.00", proposal, "2026-12-15"), due("33.33", negotiation, "2026-12-31"), due("10.00", proposal, "2027-01-02"), deal(&shop, "5.00")],
    )
    .await;
    // An owner of one team gives the deal to it.
    assert_eq!(made.iter().map(|deal| deal.team_id).collect::<Vec<_>>(), [Some(east.id), Some(east.id), Some(east.id), None]);
    let query = ForecastQuery { company_id: Some(shop.company), by: Some(ForecastBy::Team), ..ForecastQuery::default() };
    let forecast = tenant.ask::<pipeline::GetForecast>(&query).await;
    let rows: Vec<_> = forecast.rows.iter().map(|row| (row.month.as_deref(), row.name.as_deref(), row.count, row.weighted_value.0.as_str())).collect();
    assert_eq!(rows, [(Some("2026-12"), Some("East"), 2, "75.00"), (Some("2027-01"), Some("East"), 1, "5.00"), (None, None, 1, "0.50")]);
    assert_eq!((forecast.total.count, forecast.total.value.0.as_str(), forecast.total.weighted_value.0.as_str()), (4, "148.33", "80.50"));
    let only = ForecastQuery { team_id: Some(east.id), from: Some(day("2027-01-01")), ..query };
    assert_eq!(tenant.ask::<pipeline::GetForecast>(&only).await.total.value.0, "10.00");
    let listed = tenant.all::<crm::ListOpportunities, _>(&ListQuery::by("team_id", east.id)).await;
    assert_eq!(listed.len(), 3);
}

/// A deal may come up before its customer is known; a quote must have one, and gives it to the deal that it wins.
#[tokio::test]
async fn the_customer_may_come_later() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let made =
        create(&tenant, vec![CreateOpportunity { party_id: None, ..deal(&shop, "100.00") }, CreateOpportunity { party_id: None, ..deal(&shop, "7.00") }]).await;
    let [first, second] = made.as_slice() else { panic!("{made:?}") };
    assert_eq!((first.party_id, second.party_id), (None, None));
    let asks = json!({ "name": "known", "position": 3, "probability": "40", "required_fields": ["party_id"] });
    let known = tenant.raw.post("/v1/stages", &asks).await.success();
    let refused = tenant.raw.post(&format!("/v1/opportunities/{}/advance", first.id), &json!({ "stage_id": known["id"] })).await.problem();
    assert_eq!(refused.errors[0].pointer.as_deref(), Some("/party_id"));
    let body = |opportunity, party| CreateQuote { opportunity_id: Some(opportunity), party_id: party, ..quote_body(&shop, vec![forty(&shop)]) };
    let refused = tenant.refused::<quote::CreateQuote>((), &body(first.id, None)).await;
    assert!(refused.errors[0].pointer.as_deref() == Some("/party_id") && refused.errors[0].detail.contains("opportunity"), "{refused:?}");
    // The quote names the customer; accepting it names it for the deal.
    let offered = tenant.post::<quote::CreateQuote>((), &body(first.id, Some(shop.party))).await;
    tenant.act::<quote::SubmitQuote>(offered.id).await;
    accept(&tenant, offered.id).await;
    let won = tenant.get::<crm::GetOpportunity>(first.id).await;
    assert_eq!((won.status, won.party_id), (OpportunityStatus::Won, Some(shop.party)));
    // A contact brings its customer; without the customer it goes again.
    let contact = tenant.get::<party::GetParty>(shop.party).await.contacts[0].id;
    let patch = async |body| tenant.raw.request("PATCH", &format!("/v1/opportunities/{}", second.id)).json(&body).send().await.success();
    let changed = patch(json!({ "contact_id": contact })).await;
    assert_eq!((changed["party_id"].clone(), changed["contact_id"].clone()), (json!(shop.party), json!(contact)));
    let found = |word: &str| ListQuery { q: Some(word.to_owned()), ..ListQuery::by("party_id", shop.party) };
    let name = tenant.get::<party::GetParty>(shop.party).await.name;
    assert_eq!(tenant.all::<crm::ListOpportunities, _>(&found(&name)).await.len(), 2);
    let changed = patch(json!({ "party_id": null })).await;
    assert_eq!((changed["party_id"].clone(), changed["contact_id"].clone()), (json!(null), json!(null)));
    let query = PipelineQuery { by: Some(PipelineBy::Party), ..PipelineQuery::default() };
    let report = tenant.ask::<pipeline::GetPipeline>(&query).await;
    let groups: Vec<_> = report.groups.iter().map(|group| (group.party_id, group.name.clone(), group.open.count, group.won.count)).collect();
    assert_eq!(groups.len(), 2);
    assert!(groups.contains(&(None, None, 1, 0)) && groups.contains(&(Some(shop.party), Some(name), 0, 1)), "{groups:?}");
}

#[tokio::test]
async fn what_came_to_a_stage_went_on_went_back_was_lost_or_is_there() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    tenant.raw.request("PUT", "/v1/clock").json(&json!({ "now": "2026-12-01T09:00:00Z" })).send().await.success();
    let shop = shop::open(&tenant, "").await;
    let fresh = || CreateOpportunity { created_at: None, ..deal(&shop, "100.00") };
    let deals = create(&tenant, vec![fresh(), fresh(), fresh(), fresh()]).await;
    let go = async |index: usize, to: &str| {
        let body = AdvanceOpportunity { stage_id: stage(&tenant, to).await };
        tenant.post::<crm::AdvanceOpportunity>(deals[index].id, &body).await;
    };
    advance(&tenant, "2026-12-03T09:00:00Z").await;
    go(0, "proposal").await;
    go(1, "proposal").await;
    advance(&tenant, "2026-12-08T10:00:00Z").await;
    go(0, "qualified").await;
    tenant.post::<crm::WinOpportunity>(deals[1].id, &WinOpportunity::default()).await;
    tenant.raw.post(&format!("/v1/opportunities/{}/lose", deals[2].id), &json!({ "reason": "price" })).await.success();
    let query = PipelineConversionQuery { company_id: Some(shop.company), ..PipelineConversionQuery::default() };
    let report = tenant.ask::<conversion::GetPipelineConversion>(&query).await;
    let row = |name: &str| {
        let row = report.rows.iter().find(|row| row.stage == name).unwrap_or_else(|| panic!("no {name}"));
        (row.entered, [row.went_on, row.went_back, row.lost, row.still_there], row.conversion_rate.as_deref(), row.median_days)
    };
    assert_eq!(row("new"), (4, [2, 0, 1, 1], Some("0.6667"), Some(2)));
    assert_eq!(row("proposal"), (2, [1, 1, 0, 0], Some("0.5000"), Some(5)));
    assert_eq!(row("qualified"), (1, [0, 0, 0, 1], None, None));
    assert!(report.rows.iter().all(|row| row.stage != "won"));
    // By when they came: on the first day only new ones did, and where those went is known all the same.
    let first = tenant.ask::<conversion::GetPipelineConversion>(&PipelineConversionQuery { to: Some(day("2026-12-02")), ..query.clone() }).await;
    let counts: Vec<_> = first.rows.iter().filter(|row| row.entered > 0).map(|row| (row.stage.as_str(), row.entered, row.went_on)).collect();
    assert_eq!(counts, [("new", 4, 2)]);
    let wrong = PipelineConversionQuery { from: Some(day("2026-12-02")), to: Some(day("2026-12-01")), ..query };
    assert!(tenant.client.call::<conversion::GetPipelineConversion>((), &wrong, &causeway_contract::Nothing {}).await.is_err());
}

/// An imported history has no stages before its ends, and a conversion and a cycle all the same (CRM-10, RPT-01).
#[tokio::test]
async fn imported_deals_convert_and_take_their_time() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (won, lost) = (OpportunityStatus::Won, OpportunityStatus::Lost);
    let of_product = CreateOpportunity { product_id: Some(shop.chai), ..ended(&shop, "9.00", won, "2017-01-31T00:00:00Z") };
    let end_only = CreateOpportunity { created_at: None, ..ended(&shop, "5.00", won, "2017-03-01T00:00:00Z") };
    let history = vec![
        ended(&shop, "1.00", won, "2017-01-11T00:00:00Z"),
        ended(&shop, "2.00", won, "2017-01-21T00:00:00Z"),
        of_product,
        ended(&shop, "4.00", lost, "2017-01-06T12:00:00Z"),
        deal(&shop, "3.00"),
        end_only,
    ];
    create(&tenant, history).await;
    let query = PipelineConversionQuery { company_id: Some(shop.company), ..PipelineConversionQuery::default() };
    let asked = async |query: PipelineConversionQuery| {
        let deals = tenant.ask::<conversion::GetPipelineConversion>(&query).await.deals;
        let days = [deals.median_days_to_win, deals.median_days_to_loss];
        ([deals.created, deals.won, deals.lost, deals.still_open], deals.conversion_rate.unwrap_or_default(), days)
    };
    assert_eq!(asked(query.clone()).await, ([6, 4, 1, 1], "0.8000".to_owned(), [Some(20), Some(5)]));
    let january = PipelineConversionQuery { from: Some(day("2017-01-01")), to: Some(day("2017-01-31")), ..query.clone() };
    assert_eq!(asked(january).await, ([5, 3, 1, 1], "0.7500".to_owned(), [Some(20), Some(5)]));
    let product = PipelineConversionQuery { product_id: Some(shop.chai), ..query };
    assert_eq!(asked(product).await, ([1, 1, 0, 0], "1.0000".to_owned(), [Some(30), None]));
    let period = PeriodQuery { company_id: shop.company, from: Some(day("2017-01-01")), to: Some(day("2017-12-31")) };
    let times = tenant.ask::<GetCycleTimes>(&period).await;
    let cycle = times.rows.iter().find(|row| row.measure == "deal_cycle").unwrap();
    let of_days = |days: i64| Some(days * 86_400);
    assert_eq!((cycle.count, cycle.average_seconds, cycle.median_seconds, cycle.longest_seconds), (3, of_days(20), of_days(20), of_days(30)));
}

/// A stage asks for the same whether a deal is advanced to it or ends in it, and a pipeline keeps its ends.
#[tokio::test]
async fn the_stage_of_lost_deals_asks_too_and_the_last_of_its_kind_stays() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (won, lost) = (stage(&tenant, "won").await, stage(&tenant, "lost").await);
    tenant.raw.request("PATCH", &format!("/v1/stages/{lost}")).json(&json!({ "required_fields": ["expected_close_date"] })).send().await.success();
    let made = tenant.post::<crm::CreateOpportunity>((), &deal(&shop, "100.00")).await;
    let path = format!("/v1/opportunities/{}", made.id);
    let refused = tenant.raw.post(&format!("{path}/lose"), &json!({ "reason": "price" })).await.problem();
    assert_eq!(refused.errors.iter().filter_map(|error| error.pointer.as_deref()).collect::<Vec<_>>(), ["/expected_close_date"]);
    tenant.raw.request("PATCH", &path).json(&json!({ "expected_close_date": "2026-12-31" })).send().await.success();
    tenant.raw.post(&format!("{path}/lose"), &json!({ "reason": "price" })).await.success();

    let off = json!({ "active": false });
    let refused = tenant.raw.request("PATCH", &format!("/v1/stages/{won}")).json(&off).send().await.problem();
    assert_eq!(refused.errors.iter().filter_map(|error| error.pointer.as_deref()).collect::<Vec<_>>(), ["/active"]);
    tenant.raw.post("/v1/stages", &json!({ "name": "signed", "position": 9, "probability": "100", "status": "won" })).await.success();
    tenant.raw.request("PATCH", &format!("/v1/stages/{won}")).json(&off).send().await.success();
}

/// Whoever works on a deal now takes it to the own team; one that is told stays where it is told.
#[tokio::test]
async fn a_deal_follows_its_owner_to_the_team() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let person = async || causeway_tests::person::Person::hire_as(&tenant, "sales_rep").await.id;
    let (rob, mia, eve) = (person().await, person().await, person().await);
    let team = async |name: &str, member_ids| {
        tenant.post::<team::CreateTeam>((), &CreateTeam { name: name.to_owned(), lead_id: None, member_ids, external_refs: Vec::new() }).await.id
    };
    let (field, house) = (team("Field", vec![rob, eve]).await, team("House", vec![eve]).await);
    let made = create(&tenant, vec![CreateOpportunity { owner_id: Some(rob), ..deal(&shop, "100.00") }]).await.remove(0);
    assert_eq!(made.team_id, Some(field));
    let given = async |body: serde_json::Value| {
        let path = format!("/v1/opportunities/{}", made.id);
        let deal = tenant.raw.request("PATCH", &path).json(&body).send().await.success();
        serde_json::from_value::<Option<causeway_value::TeamId>>(deal["team_id"].clone()).unwrap()
    };
    assert_eq!(given(json!({ "owner_id": eve })).await, Some(field), "she is in it as well");
    assert_eq!(given(json!({ "owner_id": mia })).await, None, "she is in no team");
    assert_eq!(given(json!({ "owner_id": rob })).await, Some(field));
    assert_eq!(given(json!({ "owner_id": mia, "team_id": house })).await, Some(house), "somebody said so");
    assert_eq!(given(json!({ "title": "Tables" })).await, Some(house));
}
