//! Master data against an embedded database: what only a database can show.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail like tests")]

use causeway_contract::{Code, ListQuery, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::{parties, products};
use causeway_kernel::db::{Sqlite, Store};
use causeway_kernel::{Ctx, Db, Tx, list};
use causeway_master::account::{Purpose, lookup};
use causeway_master::pricing::list as price_list;
use causeway_master::pricing::service::{LineToPrice, PricedLine, price_lines};
use causeway_master::rate::{Conversion, lookup as rates};
use causeway_master::{account, catalog, company, party, rate, tax};
use causeway_openapi::party::PARTIES;
use causeway_value::{CompanyId, PartyId, ProductId, TenantId, TenantMode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;

struct World {
    db: Db,
    ctx: Arc<Ctx>,
    _folder: tempfile::TempDir,
}

async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    Store::Sqlite(path.clone()).up().await.unwrap();
    let db = Db::Sqlite(Sqlite::open(&path, Sqlite::lock(&path).unwrap()).unwrap());
    let mut ctx = Ctx::system(TenantId::new(), TenantMode::Live, "test");
    ctx.permissions = Arc::new(["credit:write", "parties:terms", "costs:read"].map(str::to_owned).into());
    World { db, ctx: Arc::new(ctx), _folder: folder }
}

fn body<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// Runs a verb that takes a body, in a transaction of its own.
async fn create<B, R>(
    world: &World,
    verb: impl AsyncFn(&Ctx, &mut Tx<'_>, &B) -> Result<R, Problem> + Copy + Send + 'static,
    given: Value,
) -> Result<R, Problem>
where
    B: DeserializeOwned + Send + 'static,
    R: Send + 'static,
{
    let body: B = body(given);
    world.db.write(&world.ctx, async move |ctx: &Ctx, tx: &mut Tx<'_>| verb(ctx, tx, &body).await).await
}

/// Runs a verb that takes an id and a body, in a transaction of its own.
async fn change<I, B, R>(
    world: &World,
    verb: impl AsyncFn(&Ctx, &mut Tx<'_>, I, &B) -> Result<R, Problem> + Copy + Send + 'static,
    id: I,
    given: Value,
) -> Result<R, Problem>
where
    I: Copy + Send + 'static,
    B: DeserializeOwned + Send + 'static,
    R: Send + 'static,
{
    let body: B = body(given);
    world.db.write(&world.ctx, async move |ctx: &Ctx, tx: &mut Tx<'_>| verb(ctx, tx, id, &body).await).await
}

fn pointers(problem: &Problem) -> Vec<&str> {
    problem.errors.iter().filter_map(|error| error.pointer.as_deref()).collect()
}

async fn company(world: &World, currency: &str) -> CompanyId {
    let given = json!({"name": "Acme GmbH", "country": "DE", "currency": currency, "time_zone": "Europe/Berlin"});
    create(world, company::service::create, given).await.unwrap().id
}

async fn product(world: &World, more: Value) -> ProductId {
    let mut given = json!({"code": "CHAI", "name": "Chai", "kind": "goods", "unit": "piece", "list_price": "18.00", "currency": "EUR", "cost": "11.20",
        "billing_policy": "on_delivery"});
    given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    create(world, catalog::product::create, given).await.unwrap().id
}

/// Prices one line and says how many statements that took.
async fn price(world: &World, ids: (CompanyId, PartyId, ProductId), quantity: &str, currency: &str) -> Result<(PricedLine, u32), Problem> {
    let (company_id, party_id, product_id) = ids;
    let line = LineToPrice { product_id: Some(product_id), quantity: quantity.parse().unwrap(), pointer: "/lines/0".to_owned(), ..LineToPrice::default() };
    let (day, currency) = ("2026-06-15".parse().unwrap(), currency.parse().unwrap());
    world
        .db
        .read(&world.ctx, async |ctx, tx| {
            let company = tx.must::<companies::Entity>(company_id).await?;
            let party = tx.must::<parties::Entity>(party_id).await?;
            let before = tx.statements();
            let priced = price_lines(ctx, tx, &company, &party, day, currency, std::slice::from_ref(&line)).await?;
            Ok((priced.into_iter().next().unwrap(), tx.statements() - before))
        })
        .await
}

#[tokio::test]
async fn a_line_takes_the_best_price_in_few_statements() {
    let world = world().await;
    let company_id = company(&world, "EUR").await;
    create(&world, catalog::unit::create, json!({"code": "dozen", "category": "count", "factor": "12"})).await.unwrap();
    let drinks = create(&world, catalog::category::create, json!({"name": "Drinks"})).await.unwrap().id;
    let tea = create(&world, catalog::category::create, json!({"name": "Tea", "parent_id": drinks})).await.unwrap().id;
    let product_id = product(&world, json!({"unit": "dozen", "category_id": tea})).await;
    let rules = json!([{"category_id": drinks, "min_quantity": "4", "percent_off": "10"}, {"category_id": tea, "min_quantity": "12", "price": "15.00"}]);
    let gold = create(&world, price_list::create, json!({"code": "GOLD", "currency": "EUR", "convert": true, "rules": rules})).await.unwrap();
    let party_id = create(&world, party::service::create, json!({"name": "Borealis", "kind": "organization", "price_list_id": gold.id})).await.unwrap().id;
    let ids = (company_id, party_id, product_id);
    create(&world, rate::service::create, json!({"currency": "USD", "base": "EUR", "date": "2026-01-01", "rate": "0.5"})).await.unwrap();
    // PRICE-001: 0.3 dozen is 3.6 and reaches nothing, 0.4 dozen is 4.8 and reaches 4; a dozen reaches 12, and the nearer category wins.
    for (quantity, expected) in [("0.3", "18.00"), ("0.4", "16.20"), ("1", "15.00")] {
        let (line, statements) = price(&world, ids, quantity, "EUR").await.unwrap();
        assert_eq!((line.unit_price.to_string().as_str(), line.unit_cost.unwrap().to_string().as_str()), (expected, "11.20"), "{quantity}");
        assert!(statements <= 6, "{statements}");
    }
    // Half a euro a dollar: the quote is used by dividing.
    let (line, statements) = price(&world, ids, "1", "USD").await.unwrap();
    assert_eq!((line.unit_price.to_string(), line.unit_cost.unwrap().to_string()), ("30.00".to_owned(), "22.40".to_owned()));
    assert_eq!(line.product.unwrap().id, product_id);
    assert!(statements <= 6, "{statements}");
    assert_eq!(price(&world, ids, "1", "GBP").await.unwrap_err().code, Code::RateMissing);
    assert!(line.trace.candidates.iter().any(|candidate| candidate.lost_because.is_some()));
}

#[tokio::test]
async fn rules_are_replaced_and_ties_are_told() {
    let world = world().await;
    let company_id = company(&world, "EUR").await;
    let product_id = product(&world, json!({})).await;
    let given =
        json!({"code": "ALL", "currency": "EUR", "audience": {"tenant": true}, "rules": [{"price": "9.00"}, {"product_id": product_id, "price": "8.00"}]});
    let list = create(&world, price_list::create, given).await.unwrap();
    let party_id = create(&world, party::service::create, json!({"name": "Amy", "kind": "person"})).await.unwrap().id;
    let ids = (company_id, party_id, product_id);
    assert_eq!(price(&world, ids, "1", "EUR").await.unwrap().0.unit_price.to_string(), "8.00");
    let twins = change(&world, price_list::update, list.id, json!({"rules": [{"price": "7.00"}, {"price": "6.00"}]})).await.unwrap_err();
    assert_eq!(pointers(&twins), ["/rules/1"]);
    let changed = change(&world, price_list::update, list.id, json!({"rules": [{"price": "7.00"}]})).await.unwrap();
    assert_eq!((changed.version, changed.rules.len()), (2, 1));
    let given = json!({"code": "ALSO", "currency": "EUR", "audience": {"tenant": true}, "rules": [{"price": "6.00"}]});
    let other = create(&world, price_list::create, given).await.unwrap();
    let tie = price(&world, ids, "1", "EUR").await.unwrap_err();
    assert_eq!((tie.code, pointers(&tie), tie.meta["rules"].as_array().unwrap().len()), (Code::PriceRuleTie, vec!["/lines/0"], 2));
    for id in [list.id, other.id] {
        change(&world, price_list::update, id, json!({"active": false})).await.unwrap();
    }
    assert_eq!(price(&world, ids, "1", "EUR").await.unwrap().0.unit_price.to_string(), "18.00");
    let wrong = json!({"code": "X", "currency": "EUR", "valid_from": "2026-02-01", "valid_to": "2026-01-01", "audience": {"tenant": true, "segment": "a"},
        "rules": [{}, {"product_id": ProductId::new(), "price": "-1"}]});
    let problem = create(&world, price_list::create, wrong).await.unwrap_err();
    assert_eq!(pointers(&problem), ["/valid_to", "/audience", "/rules/0", "/rules/1/price", "/rules/1/product_id"]);
}

#[tokio::test]
async fn a_party_keeps_what_its_patch_does_not_name() {
    let world = world().await;
    company(&world, "EUR").await;
    let given = json!({"name": "Borealis SAS", "kind": "organization", "roles": ["customer"], "credit_limit": "50000.00",
        "addresses": [{"kind": "billing", "line1": "1 rue", "city": "Lyon", "country": "FR"}, {"kind": "shipping", "line1": "2 rue", "city": "Lyon", "country": "FR"}],
        "contacts": [{"name": "Amy", "email": "amy@borealis.test"}], "external_refs": [{"system": "salesforce", "id": "0015"}]});
    let party = create(&world, party::service::create, given.clone()).await.unwrap();
    assert_eq!((party.credit_limit.unwrap().0.as_str(), party.credit_currency.unwrap().code()), ("50000.00", "EUR"));
    let repeated = create(&world, party::service::create, given).await.unwrap_err();
    assert_eq!(repeated.code, Code::ExternalRefExists);
    let [billing, shipping] = [party.addresses[0].id, party.addresses[1].id];
    let moved = json!({"addresses": [{"id": shipping, "kind": "shipping", "line1": "3 rue", "city": "Paris", "country": "FR"},
        {"kind": "billing", "line1": "4 rue", "city": "Paris", "country": "FR"}], "external_refs": []});
    let changed = change(&world, party::service::update, party.id, moved).await.unwrap();
    assert_eq!((changed.version, changed.addresses[0].id, changed.addresses[0].city.as_str()), (2, shipping, "Paris"));
    assert!(changed.addresses[1].id != billing && changed.contacts == party.contacts && changed.external_refs.is_empty());
    // A limit in euros is none in yen.
    let yen = change(&world, party::service::update, party.id, json!({"currency": "JPY"})).await.unwrap_err();
    assert_eq!(pointers(&yen), ["/credit_limit"]);
    let yen = change(&world, party::service::update, party.id, json!({"currency": "JPY", "credit_limit": "100.5"})).await.unwrap_err();
    assert_eq!(yen.code, Code::TooManyDecimals);
    let euro = change(&world, party::service::update, party.id, json!({"currency": "EUR"})).await.unwrap();
    assert_eq!((euro.version, euro.credit_limit.unwrap().0.as_str()), (3, "50000.00"));
}

#[tokio::test]
async fn a_party_is_found_by_its_words_its_references_and_its_people() {
    let world = world().await;
    let given = json!({"name": "Tailspin Spezialitäten", "kind": "organization", "contacts": [{"name": "Zoë", "email": "zoe@tailspin.test"}],
        "external_refs": [{"system": "crm", "id": "7"}]});
    let party = create(&world, party::service::create, given).await.unwrap();
    let search = async |query: ListQuery| {
        let page = world.db.read(&world.ctx, async |ctx, tx| list::list::<parties::Entity>(ctx, tx, &PARTIES, "party", &query).await).await.unwrap();
        page.rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let q = |text: &str| ListQuery { q: Some(text.to_owned()), ..ListQuery::default() };
    assert_eq!(search(q("spezialitat zoe")).await, [party.id]);
    assert_eq!(search(ListQuery { external_ref: Some("crm:7".to_owned()), ..ListQuery::default() }).await, [party.id]);
    change(&world, party::service::update, party.id, json!({"name": "Northwind"})).await.unwrap();
    assert_eq!(search(q("tailspin spez")).await, []);
    assert_eq!(search(q("northw")).await, [party.id]);
    let found = world.db.read(&world.ctx, async |_, tx| party::store::by_email(tx, "Zoe@Tailspin.TEST").await).await.unwrap();
    assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), [party.id]);
    let id = party.id;
    let add = async |name: &'static str, email: &'static str| {
        let person = body::<causeway_openapi::party::ContactInput>(json!({"name": name, "email": email}));
        let verb = async move |ctx: &Ctx, tx: &mut Tx<'_>| party::service::add_contact(ctx, tx, id, &person).await;
        world.db.write(&world.ctx, verb).await.unwrap()
    };
    let (same, known) = add("Zoe", "zoe@tailspin.test").await;
    assert_eq!((same.version, known.unwrap().name.as_str()), (2, "Zoë"));
    let (more, added) = add("Max", "max@tailspin.test").await;
    assert_eq!((more.version, more.contacts.len(), added.unwrap().name.as_str()), (3, 2, "Max"));
    assert_eq!(more.contacts[0].id, party.contacts[0].id);
}

#[tokio::test]
async fn the_rate_of_a_day_is_the_latest_before_it() {
    let world = world().await;
    for (date, rate) in [("2026-01-01", "0.9"), ("2026-02-01", "0.8"), ("2026-03-01", "0.7")] {
        create(&world, rate::service::create, json!({"currency": "USD", "base": "EUR", "date": date, "rate": rate})).await.unwrap();
    }
    let again = create(&world, rate::service::create, json!({"currency": "USD", "base": "EUR", "date": "2026-03-01", "rate": "0.6"})).await;
    assert_eq!(again.unwrap_err().code, Code::AlreadyExists);
    let wrong = create(&world, rate::service::create, json!({"currency": "EUR", "base": "EUR", "date": "0001-01-01", "rate": "0"})).await.unwrap_err();
    assert_eq!(pointers(&wrong), ["/rate", "/date", "/base"]);
    let at = async |from: &str, to: &str, day: &str| {
        let (from, to, day) = (from.parse().unwrap(), to.parse().unwrap(), day.parse().unwrap());
        world.db.read(&world.ctx, async |_, tx| rates::rate(tx, from, to, day).await).await
    };
    assert_eq!(at("USD", "EUR", "2026-02-28").await, Ok(Conversion::Times("0.8".parse().unwrap())));
    assert_eq!(at("EUR", "USD", "2026-03-01").await, Ok(Conversion::DividedBy("0.7".parse().unwrap())));
    assert_eq!(at("USD", "EUR", "2025-12-31").await.unwrap_err().code, Code::RateMissing);
    assert_eq!(at("CHF", "CHF", "2025-12-31").await, Ok(Conversion::Same));
}

#[tokio::test]
async fn a_category_never_stands_below_itself() {
    let world = world().await;
    let top = create(&world, catalog::category::create, json!({"name": "Top"})).await.unwrap().id;
    let middle = create(&world, catalog::category::create, json!({"name": "Middle", "parent_id": top})).await.unwrap().id;
    let leaf = create(&world, catalog::category::create, json!({"name": "Leaf", "parent_id": middle})).await.unwrap().id;
    for below in [top, middle, leaf] {
        let problem = change(&world, catalog::category::update, top, json!({"parent_id": below})).await.unwrap_err();
        assert_eq!((problem.code, pointers(&problem)), (Code::ValidationFailed, vec!["/parent_id"]));
    }
    let moved = change(&world, catalog::category::update, leaf, json!({"parent_id": null})).await.unwrap();
    assert_eq!((moved.parent_id, moved.version), (None, 2));
}

#[tokio::test]
async fn what_a_product_names_must_be_there() {
    let world = world().await;
    let company_id = company(&world, "EUR").await;
    let vat =
        create(&world, tax::service::create, json!({"company_id": company_id, "code": "VAT19", "name": "VAT", "kind": "percent", "rate": "19"})).await.unwrap();
    let group = json!({"company_id": company_id, "code": "G", "name": "G", "kind": "group", "group_of": [vat.id]});
    let group = create(&world, tax::service::create, group).await.unwrap();
    assert_eq!((group.rate, group.group_of.as_slice()), (None, [vat.id].as_slice()));
    let id = product(&world, json!({"tax_ids": [vat.id], "revenue_account_code": "4100"})).await;
    let wrong = json!({"tax_ids": [vat.id, causeway_value::TaxId::new()], "category_id": causeway_value::CategoryId::new(), "cost": "-1",
        "revenue_account_code": "4711", "price_base_quantity": "0"});
    let problem = change(&world, catalog::product::update, id, wrong).await.unwrap_err();
    assert_eq!(pointers(&problem), ["/cost", "/price_base_quantity", "/tax_ids/1", "/category_id", "/revenue_account_code"]);
    let row = world.db.read(&world.ctx, async |_, tx| tx.must::<products::Entity>(id).await).await.unwrap();
    assert_eq!((row.version, row.tax_ids.0.as_slice()), (1, [vat.id].as_slice()));
    let wrong = json!({"code": "T", "name": "T", "kind": "goods", "unit": "barrel", "list_price": "1", "currency": "EUR", "billing_policy": "on_order"});
    assert_eq!(pointers(&create(&world, catalog::product::create, wrong).await.unwrap_err()), ["/unit"]);
}

#[tokio::test]
async fn a_company_has_its_chart() {
    let world = world().await;
    let company_id = company(&world, "EUR").await;
    let given = json!({"company_id": company_id, "code": "4110", "name": "Consulting", "kind": "income"});
    let own = create(&world, account::service::create, given.clone()).await.unwrap();
    assert_eq!(create(&world, account::service::create, given).await.unwrap_err().code, Code::AlreadyExists);
    let codes = ["4110".to_owned()];
    let chart = world.db.read(&world.ctx, async |_, tx| lookup::chart(tx, company_id, &[], &codes).await).await.unwrap();
    assert!(Purpose::ALL.iter().all(|purpose| chart.purpose(*purpose).is_ok()));
    assert_eq!(chart.code_or(Some("4110"), Purpose::Revenue), Ok(own.id));
}
