//! Whatever somebody changes in the file behind the service's back, `causeway verify` names it: one cell after the other, in every table that matters.
//! Usually one in six cells is tried; all of them with `CAUSEWAY_TAMPER_STEP=1`.

use causeway_contract::{Nothing, Patch};
use causeway_kernel::Db;
use causeway_migration::Kind;
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::invoice::{CreateInvoice, op as invoice};
use causeway_openapi::payment::{CreatePayment, CreateRefund, ReversePayment, op as payment};
use causeway_openapi::platform::{CreatePlatformKey, op as platform};
use causeway_openapi::write_off::{WriteOffInvoice, op as write_off};
use causeway_tests::caller::Caller;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::World;
use causeway_tests::{deal, of, setting};
use causeway_value::{CashRounding, CashStrategy, CashUnit, PaymentMethod, RoundingMethod, RoundingRule};
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::json;

/// Tables whose rows say what was agreed, done, billed, booked or paid.
const MATTER: [&str; 35] = [
    "contacts",
    "opportunities",
    "quotes",
    "quote_lines",
    "orders",
    "order_lines",
    "obligations",
    "deliveries",
    "delivery_lines",
    "billables",
    "invoices",
    "invoice_lines",
    "installments",
    "payments",
    "allocations",
    "journal_entries",
    "journal_lines",
    "credit_exposures",
    "events",
    "event_positions",
    "snapshots",
    "tenants",
    "users",
    "roles",
    "stages",
    "accounts",
    "api_keys",
    "credentials",
    "write_offs",
    "stage_visits",
    "platform_audit",
    "number_series",
    "payment_offsets",
    "quote_traces",
    "activities",
];

/// Cells that nothing else in the database tells and no answer shows, so that a change of them alone is nowhere to be seen.
const ALONE: [(&str, &[&str]); 16] = [
    // Where somebody stands among the people of a party that shows one only.
    ("contacts", &["position"]),
    // The trail is chained over its events and the digests of its snapshots.
    ("snapshots", &["created_at"]),
    // Where a price came from and what a thing cost when it was offered: the margin that is shown says the same.
    ("quote_lines", &["price_source", "unit_cost"]),
    ("order_lines", &["price_source", "unit_cost"]),
    // What only moves the obligation itself along.
    ("obligations", &["version", "created_at", "updated_at", "tax_amount"]),
    // The customer of this deal owes nothing any more: a row of zeros is as good as none.
    ("credit_exposures", &["tenant_id", "company_id", "party_id"]),
    ("billables", &["tax_amount"]),
    // What was credited of this line: nothing.
    ("invoice_lines", &["credited_taxes"]),
    ("invoices", &["posted_at"]),
    ("payments", &["posted_at"]),
    ("allocations", &["created_at"]),
    // The digest of an entry covers what was booked, when and for whom.
    ("journal_entries", &["posted_at"]),
    // When the chart was written is no more than when its company was.
    ("accounts", &["created_at", "updated_at"]),
    // When exactly somebody of the platform did what the trail of the tenant tells, too.
    ("platform_audit", &["id", "recorded_at"]),
    ("payment_offsets", &["created_at"]),
    // A hash tells nothing of its secret.
    ("credentials", &["hash", "created_at"]),
];

/// The file, which takes everything, and the database as the checks read it.
async fn opened(world: &World) -> (Connection, Db) {
    let conn = Connection::open(world.server.place.sqlite_file()).expect("the file");
    conn.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").expect("settings");
    let db = causeway::store::open_read_only(&world.server.place.settings()).await.expect("the database");
    (conn, db)
}

/// The checks that found something.
async fn checks(db: &Db) -> Vec<String> {
    let all = causeway::verify::all(db).await.expect("an answer");
    all.into_iter().flat_map(|(_, found)| found.breaks).map(|broken| broken.check).collect()
}

/// What does not come with every deal: money that came and went, in two currencies, what is given up, kept, rounded to coins and waits for its bill, and a call.
async fn beside(tenant: &Caller, shop: &Shop) {
    shop::rate(tenant, "USD", "2026-01-05", "0.9").await;
    let cash = CashRounding { step: "0.05".into(), method: RoundingMethod::HalfUp, strategy: CashStrategy::ExtraLine, per: CashUnit::Total };
    let rules = vec![RoundingRule { currency: of("CHF"), tax_step: None, cash: Some(cash) }];
    tenant.post::<company::UpdateCompany>(shop.company, &UpdateCompany { rounding_rules: Patch::Value(rules), ..UpdateCompany::default() }).await;
    shop::rate(tenant, "CHF", "2026-01-05", "1.05").await;
    let coins = CreateInvoice { currency: Some(of("CHF")), ..deal::free_invoice_body(shop, "10.02") };
    let coins = tenant.post::<invoice::CreateInvoice>((), &coins).await;
    assert_eq!(deal::post_invoice(tenant, coins.id, None).await.coin_difference.0, "-0.02");
    // A payment that was taken back, and what stands after it.
    let owed = deal::posted(tenant, shop, "100.00").await;
    let bounced = deal::pay(tenant, shop, "40.00", &[(owed.id, "40.00")]).await;
    tenant.post::<payment::ReversePayment>(bounced.id, &ReversePayment { date: None, reason: "bounced".to_owned() }).await;
    let part = WriteOffInvoice { amount: Some("30.00".into()), reason: "bankrupt".to_owned(), ..WriteOffInvoice::default() };
    tenant.post::<write_off::WriteOffInvoice>(owed.id, &part).await;
    let dollars = CreatePayment { currency: of("USD"), ..deal::payment_body(shop, "200.00", &[]) };
    tenant.post::<payment::CreatePayment>((), &dollars).await;
    let over = deal::pay(tenant, shop, "70.00", &[(owed.id, "70.00")]).await;
    assert_eq!(over.unallocated_amount.0, "0.00");
    let surplus = deal::pay(tenant, shop, "12.00", &[]).await;
    let back =
        CreateRefund { payment_id: Some(surplus.id), credit_note_id: None, amount: None, method: PaymentMethod::Bank, refund_date: None, reference: None };
    tenant.post::<payment::CreateRefund>((), &back).await;
    let waits = deal::confirmed(tenant, shop, vec![deal::forty(shop)]).await;
    deal::ship(tenant, &waits, "40").await;
    tenant.raw.post("/v1/activities", &json!({ "subject_id": shop.party, "kind": "call", "note": "Ask Amy." })).await.success();
}

/// A value of the same type that is not this one; none when there is nothing to change.
fn other(value: &Value, kind: Kind) -> Option<Value> {
    match (value, kind) {
        (Value::Integer(number), Kind::YesNo) => Some(Value::Integer(1 - number)),
        (Value::Integer(number), _) => Some(Value::Integer(number + 1)),
        (Value::Text(text), _) if text.parse::<causeway_value::Day>().is_ok() => {
            Some(Value::Text(text.parse::<causeway_value::Day>().ok()?.plus_days(1).to_string()))
        }
        (Value::Blob(bytes), _) => Some(Value::Blob(bytes.iter().map(|byte| byte ^ 1).collect())),
        (Value::Text(text), _) if text.starts_with('[') => Some(Value::Text(if text == "[]" { r#"["x"]"# } else { "[]" }.to_owned())),
        (Value::Text(text), _) if text.starts_with('{') => Some(Value::Text(if text == "{}" { r#"{"x":"y"}"# } else { "{}" }.to_owned())),
        (Value::Text(text), _) => Some(Value::Text(format!("{text} "))),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cell_is_watched() {
    let world = World::start().await;
    if world.server.place.postgres_url().is_some() {
        // There the role of the service cannot change what was written, and nobody else is let in.
        return;
    }
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    beside(&tenant, &shop).await;
    deal::deal(&tenant, &shop).await;
    let (conn, db) = opened(&world).await;
    let whole = async || causeway::verify::all(&db).await.map(|all| all.iter().all(|(_, found)| found.ok));
    assert_eq!(whole().await.ok(), Some(true), "before anything is changed");
    let step = setting("CAUSEWAY_TAMPER_STEP", 6);
    let (mut cells, mut unseen) = (0, Vec::new());
    for table in causeway_migration::tables().into_iter().filter(|table| MATTER.contains(&table.name)) {
        let name = table.name;
        // Numbers of what is not posted may have gaps, so that nothing tells how many were given.
        let which = if name == "number_series" { " WHERE kind = 'payment'" } else { "" };
        let row: i64 = conn.query_row(&format!("SELECT MAX(rowid) FROM {name}{which}"), [], |row| row.get(0)).unwrap_or_else(|_| panic!("{name} has no row"));
        for (column, kind, _) in &table.columns {
            let old: Value = conn.query_row(&format!("SELECT {column} FROM {name} WHERE rowid = {row}"), [], |row| row.get(0)).expect("a cell");
            let Some(new) = other(&old, *kind) else { continue };
            let set = format!("UPDATE {name} SET {column} = ?1 WHERE rowid = {row}");
            // What the table itself refuses needs no check.
            let Ok(_) = conn.execute(&set, [&new]) else { continue };
            cells += 1;
            if cells % step != 0 {
                conn.execute(&set, [&old]).expect("the old value");
                continue;
            }
            // A row that cannot be read any more is named as well.
            if whole().await.unwrap_or(false) && !ALONE.iter().any(|(table, columns)| *table == name && columns.contains(column)) {
                unseen.push(format!("{name}.{column}"));
            }
            conn.execute(&set, [&old]).expect("the old value");
        }
    }
    assert_eq!(whole().await.ok(), Some(true), "after everything was put back");
    println!("{cells} cells");
    assert!(cells > 200 && unseen.is_empty(), "of {cells} cells nobody notices: {unseen:#?}");
}

/// What no list shows, and only other rows tell: each change by itself (INV-3, INV-6, SEC-12).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_answer_shows_is_watched() {
    let world = World::start().await;
    if world.server.place.postgres_url().is_some() {
        return;
    }
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    deal::deal(&tenant, &shop).await;
    beside(&tenant, &shop).await;
    let dana = world.platform.post::<platform::CreatePlatformKey>((), &CreatePlatformKey { name: "Dana".to_owned(), expires_at: None }).await;
    world.platform.post::<platform::RevokePlatformKey>(dana.id, &Nothing {}).await;
    let (conn, db) = opened(&world).await;
    assert_eq!(checks(&db).await, Vec::<String>::new());
    let mut unseen = Vec::new();
    for (table, sql, expected) in [
        ("billables", "UPDATE billables SET payment_term_id = randomblob(16) WHERE status = 'ready'", "billable_term"),
        ("allocations", "UPDATE allocations SET company_amount = company_amount + 1 WHERE reversed_at IS NOT NULL", "allocation_booked"),
        ("allocations", "UPDATE allocations SET source_amount = source_amount + 1 WHERE reversed_at IS NOT NULL", "allocation_source"),
        ("allocations", "UPDATE allocations SET currency = 'USD' WHERE reversed_at IS NOT NULL", "allocation_sides"),
        ("payments", "UPDATE payments SET company_rate = company_rate * 2 WHERE currency = 'USD'", "payment_rate"),
        ("payments", "UPDATE payments SET rate_divides = NOT rate_divides WHERE currency = 'USD'", "payment_rate"),
        ("obligations", "UPDATE obligations SET price_amount = price_amount + 1", "obligation_price"),
        ("invoices", "UPDATE invoices SET coin_difference = coin_difference + 1 WHERE coin_difference IS NOT NULL", "object_as_recorded"),
        ("write_offs", "UPDATE write_offs SET company_amount = company_amount + 1", "write_off_booked"),
        ("payment_offsets", "UPDATE payment_offsets SET company_amount = company_amount + 1", "offset_of_payment"),
        ("stage_visits", "UPDATE stage_visits SET stage_id = (SELECT id FROM stages WHERE name = 'lost') WHERE left_at IS NULL", "stage_visits"),
        ("stage_visits", "UPDATE stage_visits SET stage_id = (SELECT id FROM stages WHERE name = 'lost') WHERE left_at IS NOT NULL", "stage_visit"),
        ("stage_visits", "UPDATE stage_visits SET entered_at = entered_at - 1", "stage_visit"),
        ("stage_visits", "UPDATE stage_visits SET left_at = left_at + 1 WHERE left_at IS NOT NULL", "stage_visits"),
        ("stage_visits", "DELETE FROM stage_visits WHERE left_at IS NULL", "stage_visits"),
        ("platform_audit", "DELETE FROM platform_audit WHERE event_type = 'platform_key.revoked'", "platform_key_trail"),
        ("platform_audit", "DELETE FROM platform_audit WHERE event_type = 'tenant.created'", "platform_trail"),
        ("platform_audit", "UPDATE platform_audit SET actor_name = 'Nobody' WHERE event_type = 'tenant.created'", "platform_audit_names"),
        ("platform_audit", "UPDATE platform_audit SET event_type = 'tenant.updated' WHERE event_type = 'tenant.created'", "platform_trail"),
        ("number_series", "UPDATE number_series SET last_day = '2199-01-01' WHERE kind = 'invoice'", "number_last_day"),
        ("number_series", "UPDATE number_series SET last_day = NULL WHERE kind = 'invoice'", "number_last_day"),
        ("quotes", "UPDATE quotes SET submitted_by = randomblob(16)", "quote_submitted_by"),
        ("quote_traces", "DELETE FROM quote_traces", "quote_trace"),
        ("quote_traces", "UPDATE quote_traces SET body = replace(body, '\"result\":\"', '\"result\":\"1')", "quote_trace"),
        ("activities", "UPDATE activities SET note = 'Never mind.'", "object_as_recorded"),
    ] {
        conn.execute_batch(&format!("CREATE TABLE kept AS SELECT * FROM {table}")).expect("what was there");
        let changed = conn.execute(sql, []).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let found = checks(&db).await;
        if changed == 0 || !found.contains(&expected.to_owned()) {
            unseen.push(format!("{sql} ({changed}): {found:?}"));
        }
        conn.execute_batch(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept; DROP TABLE kept")).expect("what was there");
    }
    assert_eq!(checks(&db).await, Vec::<String>::new(), "after everything was put back");
    assert!(unseen.is_empty(), "{} are not noticed: {unseen:#?}", unseen.len());
}

/// What is gone, or cannot be read, is named as well, and hides nothing else: an account that is booked on, a tenant with rows, a cell that holds no currency.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_gone_or_unreadable_is_named() {
    let world = World::start().await;
    if world.server.place.postgres_url().is_some() {
        return;
    }
    let (first, second) = (world.sandbox().await, world.sandbox().await);
    for tenant in [&first, &second] {
        let shop = shop::open(tenant, "").await;
        deal::deal(tenant, &shop).await;
    }
    let (conn, db) = opened(&world).await;
    assert_eq!(checks(&db).await, Vec::<String>::new());
    let change = |sql: &str| assert!(conn.execute(sql, []).expect("a change") > 0, "{sql}");

    conn.execute_batch("CREATE TABLE kept AS SELECT * FROM accounts WHERE id = (SELECT account_id FROM journal_lines LIMIT 1)").expect("a copy");
    change("DELETE FROM accounts WHERE id IN (SELECT id FROM kept)");
    let found = checks(&db).await;
    assert!(found.contains(&"line_of_entry".to_owned()), "{found:?}");
    change("INSERT INTO accounts SELECT * FROM kept");

    change("UPDATE invoices SET currency = 'EUX' WHERE rowid = (SELECT MIN(rowid) FROM invoices)");
    change("UPDATE allocations SET amount = amount + 1 WHERE rowid = (SELECT MAX(rowid) FROM allocations)");
    let found = checks(&db).await;
    assert!(found.contains(&"readable".to_owned()), "{found:?}");
    assert!(found.iter().any(|check| check.contains("alloc") || check.contains("open")), "the other tenant is checked, too: {found:?}");
    change("UPDATE invoices SET currency = 'USD' WHERE currency = 'EUX'");
    change("UPDATE allocations SET amount = amount - 1 WHERE rowid = (SELECT MAX(rowid) FROM allocations)");

    change("DELETE FROM tenants WHERE id = (SELECT MIN(id) FROM tenants)");
    let found = checks(&db).await;
    assert!(found.contains(&"tenant_gone".to_owned()), "{found:?}");
}

/// What came with the tenant, what opens it, and what is gone: each change by itself (INV-7, SEC-03, SEC-12).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_with_the_tenant_is_watched() {
    let world = World::start().await;
    if world.server.place.postgres_url().is_some() {
        return;
    }
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    deal::deal(&tenant, &shop).await;
    let more = deal::confirmed(&tenant, &shop, vec![deal::forty(&shop)]).await;
    deal::ship(&tenant, &more, "40").await;
    let post = async |path: &str, body: serde_json::Value| tenant.raw.post(path, &body).await.success();
    post("/v1/roles", json!({ "name": "clerk", "permissions": ["leads:read"] })).await;
    post("/v1/roles", json!({ "name": "gone", "permissions": [] })).await;
    let gone = tenant.raw.get("/v1/roles?limit=1").await.success()["data"][0]["id"].as_str().expect("an id").to_owned();
    tenant.raw.request("DELETE", &format!("/v1/roles/{gone}")).send().await.success();
    post("/v1/users", json!({ "name": "Eve", "email": "eve@acme.test", "role_ids": [] })).await;
    post("/v1/api-keys", json!({ "name": "worker", "scopes": ["leads:read"] })).await;
    post("/v1/exchange-rates", json!({ "currency": "USD", "base": "EUR", "date": "2026-01-05", "rate": "0.91" })).await;
    post("/v1/dimensions", json!({ "code": "unit", "name": "Unit", "values": [{ "code": "north", "name": "North", "active": true }] })).await;
    post("/v1/fiscal-years", json!({ "company_id": shop.company, "year": 2026 })).await;
    post("/v1/credit-policies", json!({ "company_id": shop.company, "party_id": shop.party, "action": "hold" })).await;
    post("/v1/billing-runs", json!({ "company_id": shop.company })).await;
    post("/v1/activities", json!({ "subject_id": shop.party, "kind": "call", "note": "Ask Amy." })).await;
    let (person, _) = causeway_tests::person::Person::owner(&tenant).await.signed_in().await;
    let key = tenant.raw.get("/v1/api-keys?limit=1").await.success()["data"][0]["id"].as_str().expect("an id").to_owned();
    person.raw.post(&format!("/v1/api-keys/{key}/rotate"), &json!({ "overlap_seconds": 60 })).await.success();
    let (conn, db) = opened(&world).await;
    assert_eq!(checks(&db).await, Vec::<String>::new());
    let mut unseen = Vec::new();
    // Each is tried on the tables it names, which are put back.
    for (tables, sql, expected) in [
        ("accounts", "UPDATE accounts SET code = '4001' WHERE code = '4000'", "object_as_recorded"),
        (
            "accounts",
            "UPDATE accounts SET code = 'x1' WHERE code = '4000'; UPDATE accounts SET code = '4000' WHERE code = '2100'; \
             UPDATE accounts SET code = '2100' WHERE code = 'x1'",
            "object_as_recorded",
        ),
        ("accounts", "UPDATE accounts SET kind = 'expense' WHERE code = '1100'", "object_as_recorded"),
        ("accounts", "DELETE FROM accounts WHERE code = '6100'", "chart_of_accounts"),
        ("roles", "UPDATE roles SET permissions = '[\"*:*\"]' WHERE name = 'sales_rep'", "object_as_recorded"),
        ("roles", "UPDATE roles SET permissions = '[\"*:*\"]' WHERE name = 'clerk'", "object_as_recorded"),
        ("roles", "DELETE FROM roles WHERE name = 'auditor'", "built_in_roles"),
        ("roles", "DELETE FROM roles WHERE name = 'clerk'", "object_gone"),
        (
            "roles",
            "UPDATE roles SET name = 'x', permissions = '[]' WHERE name = 'owner'; UPDATE roles SET name = 'owner', permissions = '[\"*:*\"]' WHERE name = 'none'; \
             UPDATE roles SET name = 'none' WHERE name = 'x'",
            "tenant_as_recorded",
        ),
        ("stages", "UPDATE stages SET probability = probability + 1000000 WHERE name = 'proposal'", "object_as_recorded"),
        ("stages", "UPDATE stages SET name = 'closed' WHERE name = 'won'", "object_as_recorded"),
        ("stages", "DELETE FROM stages WHERE name = 'negotiation'", "default_stages"),
        ("tenants", "UPDATE tenants SET mode = 'live'", "tenant_as_recorded"),
        ("tenants", "UPDATE tenants SET clock_now = clock_now + 1", "tenant_as_recorded"),
        ("tenants", "UPDATE tenants SET owner_user_id = (SELECT id FROM users WHERE name = 'Eve')", "tenant_as_recorded"),
        ("tenants", "UPDATE tenants SET status = 'suspended'", "tenant_as_recorded"),
        ("tenants", "UPDATE tenants SET slug = 'other'", "tenant_as_recorded"),
        ("users", "DELETE FROM users WHERE name = 'Eve'", "object_gone"),
        ("activities", "UPDATE activities SET note = 'Never mind.'", "object_as_recorded"),
        ("activities", "DELETE FROM activities", "object_gone"),
        ("sessions", "UPDATE sessions SET expires_at = expires_at + 1000000", "object_as_recorded"),
        (
            "api_keys credentials",
            "DELETE FROM api_keys WHERE name = 'worker'; DELETE FROM credentials WHERE api_key_id NOT IN (SELECT id FROM api_keys) AND NOT platform",
            "object_gone",
        ),
        ("exchange_rates", "DELETE FROM exchange_rates", "object_gone"),
        (
            "exchange_rates",
            "INSERT INTO exchange_rates (tenant_id, id, currency, base, date, rate, version, created_at, updated_at) \
             SELECT tenant_id, randomblob(16), currency, base, '2026-01-06', rate, version, created_at, updated_at FROM exchange_rates",
            "object_snapshot",
        ),
        ("credit_policies", "DELETE FROM credit_policies", "credit_policy_gone"),
        ("dimensions", "DELETE FROM dimensions", "object_gone"),
        ("fiscal_years", "DELETE FROM fiscal_years", "object_gone"),
        ("billing_runs", "DELETE FROM billing_runs", "object_gone"),
        ("credentials", "DELETE FROM credentials WHERE NOT platform AND valid_until IS NULL", "key_secret"),
        (
            "credentials",
            "INSERT INTO credentials SELECT randomblob(32), api_key_id, tenant_id, platform, 1, created_at FROM credentials WHERE NOT platform LIMIT 1",
            "key_secrets",
        ),
        (
            "credentials",
            "INSERT INTO credentials SELECT randomblob(32), randomblob(16), tenant_id, platform, valid_until, created_at FROM credentials WHERE NOT platform LIMIT 1",
            "secret_of_key",
        ),
        (
            "credentials",
            "INSERT INTO credentials SELECT randomblob(32), api_key_id, tenant_id, platform, valid_until, created_at FROM credentials WHERE platform",
            "platform_secrets",
        ),
        ("credentials", "INSERT INTO credentials VALUES (randomblob(32), randomblob(16), NULL, 1, NULL, 1)", "platform_secret"),
        (
            "credentials platform_keys",
            "INSERT INTO platform_keys SELECT randomblob(16), 'mine', prefix, expires_at, NULL, NULL, 1, created_at + 1000000, updated_at FROM platform_keys; \
             INSERT INTO credentials SELECT randomblob(32), id, NULL, 1, NULL, 1 FROM platform_keys WHERE name = 'mine'",
            "platform_key_made",
        ),
        (
            "tokens",
            "INSERT INTO tokens SELECT randomblob(32), kind, tenant_id, subject_id, valid_until, created_at FROM tokens WHERE kind = 'session'",
            "session_tokens",
        ),
    ] {
        let tables: Vec<&str> = tables.split(' ').collect();
        let keep = tables.iter().map(|table| format!("CREATE TABLE kept_{table} AS SELECT * FROM {table};")).collect::<String>();
        let back = tables.iter().map(|table| format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}; DROP TABLE kept_{table};"));
        let back = back.collect::<String>();
        conn.execute_batch(&format!("{keep} {sql};")).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let found = checks(&db).await;
        if !found.contains(&expected.to_owned()) {
            unseen.push(format!("{sql}: {found:?}"));
        }
        conn.execute_batch(&back).expect("what was there");
    }
    assert_eq!(checks(&db).await, Vec::<String>::new(), "after everything was put back");
    assert!(unseen.is_empty(), "{} are not noticed: {unseen:#?}", unseen.len());
}
