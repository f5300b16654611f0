//! What must hold for every row, and that `openapi.json` is what the rows say.

use crate::{document, rows};
use causeway_contract::{Filter, FilterKind, Flag, Method, Row, Shape};
use causeway_value::PREFIXES;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

/// The name of the schema that an operation answers with.
fn reply_name(document: &Value, row: &Row) -> String {
    let method = row.method.word().to_ascii_lowercase();
    let reference = &document["paths"][row.path][method]["responses"][row.success.to_string()]["content"]["application/json"]["schema"]["$ref"];
    reference.as_str().and_then(|text| text.rsplit('/').next()).unwrap_or_default().to_owned()
}

fn fields(shape: Option<Shape>) -> Vec<(String, bool, bool)> {
    match shape {
        Some(Shape::Object { fields, .. }) => fields.into_iter().map(|(name, field)| (name, field.required, field.nullable)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn ids_and_routes_are_unique() {
    let rows = rows();
    let ids: BTreeSet<_> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), rows.len());
    let routes: BTreeSet<_> = rows.iter().map(|row| (row.path, row.method)).collect();
    assert_eq!(routes.len(), rows.len());
}

#[test]
fn every_page_has_a_list_and_every_list_a_page() {
    let document = document();
    for row in rows() {
        let page = reply_name(&document, &row).ends_with("Page");
        // The log of events is paged by `after`, and the postings of the ledger are a report.
        assert_eq!(row.list.is_some(), page && !["ListEvents", "ListLedgerPostings"].contains(&row.id), "{}", row.id);
    }
}

/// An index is named after its columns, a unique key with `_key` behind them; the column must come first.
fn stands_on(index: &str, table: &str, column: &str) -> bool {
    let rest = index.strip_prefix(table).and_then(|rest| rest.strip_prefix('_')).and_then(|rest| rest.strip_prefix(column));
    rest.is_some_and(|rest| rest.is_empty() || rest == "_key" || (rest.starts_with('_') && rest.ends_with("_key")))
}

#[test]
fn filters_and_sorts_stand_on_their_index() {
    let prefixes: BTreeSet<_> = PREFIXES.iter().map(|(prefix, _)| *prefix).collect();
    for list in rows().iter().filter_map(|row| row.list) {
        let mut names = BTreeSet::new();
        for filter in list.filters {
            assert!(names.insert(filter.name), "{}.{} twice", list.table, filter.name);
            // Amounts are compared within one currency, by an index that begins with it.
            let by_amount = |other: &Filter| other.kind == FilterKind::Amount && other.index == filter.index;
            let shared = filter.name == "currency" && list.filters.iter().any(by_amount);
            let (table, column) = filter.looks_at(list.table);
            let column = match filter.kind {
                FilterKind::Amount => format!("currency_{column}"),
                FilterKind::Mail { small: false } => format!("{column}_lower"),
                _ => column.to_owned(),
            };
            // Ids begin with the time at which they were made: any index that ends with them serves it.
            let by_id = matches!(filter.kind, FilterKind::Made(_)) && filter.index.starts_with(table);
            assert!(shared || by_id || stands_on(filter.index, table, &column), "{}", filter.index);
            assert!(filter.kind != FilterKind::Amount || list.filters.iter().any(|other| other.name == "currency"), "{}.{}", list.table, filter.name);
            if let FilterKind::Id(prefix) | FilterKind::Within { prefix, .. } | FilterKind::Inside { prefix, .. } = filter.kind {
                assert!(prefixes.contains(prefix), "{prefix}");
                assert!(filter.name.ends_with("_id"), "{}.{}", list.table, filter.name);
            }
        }
        for sort in list.sorts {
            assert!(stands_on(sort.index, list.table, sort.name), "{}", sort.index);
        }
    }
}

/// Every filter but those of the audit trail is a field of the object, so that a page shows what it was filtered by.
#[test]
fn filters_are_fields_of_the_object() {
    let document = document();
    for row in rows() {
        let Some(list) = row.list.filter(|list| !["events", "platform_audit"].contains(&list.table)) else { continue };
        let object = reply_name(&document, &row).trim_end_matches("Page").to_owned();
        let shown = |filter: &Filter| match filter.kind {
            FilterKind::Within { .. } => "lines",
            FilterKind::Given(column) | FilterKind::Worth(column) | FilterKind::Chosen(column) => column,
            FilterKind::Flag { field, .. } | FilterKind::Inside { field, .. } => field,
            _ => filter.name,
        };
        for name in list.filters.iter().map(shown).chain(list.sorts.iter().map(|sort| sort.name)) {
            // The stage of an opportunity is shown with its name.
            let field = if name == "stage_id" { "stage" } else { name };
            assert!(document["components"]["schemas"][&object]["properties"][field].is_object(), "{object}.{name}");
        }
    }
}

#[test]
fn a_patch_requires_nothing() {
    for row in rows().iter().filter(|row| row.method == Method::Patch) {
        let fields = fields((row.body)());
        assert!(!fields.is_empty(), "{}", row.id);
        assert!(fields.iter().all(|(_, required, _)| !required), "{}: {fields:?}", row.id);
    }
}

#[test]
fn a_required_field_is_never_null() {
    for row in rows() {
        for (name, required, nullable) in fields((row.body)()).into_iter().chain(fields((row.query)())) {
            assert!(!(required && nullable), "{}.{name}", row.id);
        }
    }
}

/// Who chooses a value reads what it does: parameters say what they mean, enums that decide about money what each of their values does.
#[test]
fn the_document_says_what_is_chosen() {
    let document = document();
    let operations = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    for operation in operations {
        for parameter in operation["parameters"].as_array().unwrap() {
            assert!(parameter["description"].as_str().is_some_and(|text| !text.is_empty()), "{}: {parameter}", operation["operationId"]);
        }
    }
    let rounding = document["components"]["schemas"]["TaxRounding"]["description"].as_str().unwrap();
    assert!(rounding.starts_with("Where tax is rounded.\n- `per_line`: Each tax of each line.\n- `per_document`: "), "{rounding}");
}

/// The schema that checks a patch must accept what a typed client sends for it: the fields of the object that are null can be emptied.
#[test]
fn a_patch_empties_only_what_may_be_null() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    for row in rows().iter().filter(|row| row.method == Method::Patch) {
        let object = &schemas[reply_name(&document, row)]["properties"];
        for (name, _, nullable) in fields((row.body)()) {
            let field = &object[&name];
            assert!(field.is_object(), "{}.{name} is no field of the object", row.id);
            let shown_as_null = field["type"].as_array().is_some_and(|kinds| kinds.contains(&json!("null")))
                || field["oneOf"].as_array().is_some_and(|kinds| kinds.contains(&json!({"type": "null"})));
            // A company without rules of a kind shows them empty; null takes them off, as it leaves them out of a new company.
            let set_of_rules = row.id == "UpdateCompany" && (name == "letterhead" || name.ends_with("_rules") && name != "rounding_rules");
            assert_eq!(nullable, shown_as_null || name == "metadata" || set_of_rules, "{}.{name}", row.id);
        }
    }
}

#[test]
fn methods_permissions_and_statuses_agree() {
    for row in rows() {
        let (resource, verb) = row.permission.split_once(':').unwrap();
        let of_a_document = verb == "write" || verb == "read" || resource == "any" || resource == "platform";
        let acts = row.method == Method::Post && (row.path.split('/').count() > 4 || row.path.contains("{id}/"));
        assert!(of_a_document || acts || resource == "keys", "{}: {}", row.id, row.permission);
        // What belongs to the caller needs no right; the platform has one for everything; a link's token opens reading, too.
        assert!((row.method == Method::Get) == (verb == "read") || resource == "any" || resource == "platform", "{}", row.id);
        // What is open checks a secret of its own: in its body, or in the path of a link.
        let checks_a_secret = ["Bootstrap", "CreateSession", "SetPassword"].contains(&row.id) || row.path.starts_with("/v1/shared-quotes/{token}");
        assert_eq!(row.permission == "any:open", checks_a_secret, "{}", row.id);
        assert_eq!(row.path.starts_with("/admin/"), resource == "platform" || row.id == "Bootstrap", "{}", row.id);
        assert_eq!(row.path.matches('{').count(), (row.path_prefixes)().len(), "{}", row.id);
        assert!(row.summary.ends_with('.'), "{}", row.id);
        assert!(row.media != "application/pdf" || row.method == Method::Get, "{}: an idempotency key keeps JSON only", row.id);
        if row.method == Method::Get {
            assert!(row.success == 200 && row.flags.is_empty() && (row.body)().is_none(), "{}", row.id);
        }
    }
}

#[test]
fn what_moves_money_goods_or_approvals_has_a_dry_run() {
    let money_and_goods =
        ["AcceptQuote", "ConfirmOrder", "CancelOrder", "ShipDelivery", "ReverseDelivery", "PostInvoice", "CreditInvoice", "CreatePayment", "ReversePayment"];
    let approvals = ["SubmitQuote", "ApproveQuote", "RejectQuote", "ReleaseOrder", "RecheckOrder"];
    for id in money_and_goods.into_iter().chain(approvals) {
        assert!(rows().iter().any(|row| row.id == id && row.flags.contains(&Flag::dry_run)), "{id}");
    }
}

/// Every `$ref` leads somewhere, and no two types share a name.
#[test]
fn the_document_is_closed() {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    if let (true, Some(target)) = (name == "$ref", field.as_str()) {
                        found.insert(target);
                    }
                    references(field, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for target in found {
        assert!(document.pointer(target.strip_prefix('#').unwrap()).is_some_and(Value::is_object), "{target}");
    }
}

/// Unknown fields of bodies are refused, while a field may come to an answer; filters tell the words that they take, and creations that they may come again.
#[test]
fn what_is_sent_is_closed_and_what_is_answered_stays_open() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["CreateOrder"]["additionalProperties"], false);
    assert!(schemas["Order"].get("additionalProperties").is_none());
    assert_eq!(schemas["Order"]["properties"]["party"]["oneOf"][0]["$ref"], "#/components/schemas/Party");
    let parameters = |path: &str, method: &str| document["paths"][path][method]["parameters"].as_array().cloned().unwrap();
    let named = |path: &str, method: &str, name: &str| parameters(path, method).into_iter().find(|parameter| parameter["name"] == name);
    let words = |path: &str, name: &str| named(path, "get", name).unwrap()["schema"]["enum"].as_array().cloned().unwrap();
    assert!(words("/v1/orders", "status").contains(&json!("confirmed")));
    assert!(words("/v1/orders", "sort").contains(&json!("-created_at")));
    assert!(words("/v1/events", "type").contains(&json!("invoice.posted")));
    assert!(named("/v1/orders", "post", "If-Match").is_none() && named("/v1/orders/{id}/confirm", "post", "If-Match").is_some());
    let responses = &document["paths"]["/v1/orders"]["post"]["responses"];
    assert!(responses["200"]["headers"].get("Replayed").is_some() && responses["201"]["headers"].get("Replayed").is_none());
    assert_eq!(responses["200"]["content"], responses["201"]["content"]);
}

/// `CAUSEWAY_ACCEPT=1 cargo test -p causeway-openapi` writes the file anew.
#[test]
fn the_file_is_what_the_rows_say() {
    let text = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("CAUSEWAY_ACCEPT").is_some() {
        std::fs::write(FILE, &text).unwrap();
    }
    let file = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(file == text, "openapi.json is out of date; accept the change with CAUSEWAY_ACCEPT=1 after reading the difference");
}

#[test]
fn a_body_is_checked_by_its_schema() {
    let body = |id: &str| rows().iter().find(|row| row.id == id).and_then(|row| (row.body)()).unwrap();
    let party = body("UpdateParty");
    let id = causeway_value::PartyId::new().to_string();
    assert!(party.check(&json!({"tax_id": null, "metadata": {"tier": "a", "old": null}})).is_ok());
    let wrong = party.check(&json!({"name": null, "metadata": {"tier": 1}, "email": "amy", "status": "x"})).unwrap_err();
    let places: Vec<_> = wrong.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
    assert_eq!(places, ["/email", "/metadata/tier", "/name", "/status"]);
    let quote = json!({"company_id": causeway_value::CompanyId::new(), "party_id": id, "lines": [{"quantity": "40", "unit_price": null}]});
    assert!(body("CreateQuote").check(&quote).is_ok());
    assert!(body("CreateQuote").check(&json!({"lines": [{"quantity": 40}]})).is_err());
    assert!(body("CreditInvoice").check(&json!({})).is_ok());
}

/// Costs and margins are masked by their names: every such field of an answer may be null, and no list filters or sorts by one, which would tell it
/// as well (SEC-07).
#[test]
fn what_is_masked_may_be_null_and_is_no_filter() {
    let mut seen = BTreeSet::new();
    for row in rows() {
        let mut wrong = Vec::new();
        masked_fields(&(row.reply)(), row.id, &mut seen, &mut wrong);
        assert!(wrong.is_empty(), "must be optional: {wrong:?}");
        let names = row.list.iter().flat_map(|list| list.filters.iter().map(|filter| filter.name).chain(list.sorts.iter().map(|sort| sort.name)));
        assert!(names.into_iter().all(|name| !causeway_contract::tells_cost(name)), "{}", row.id);
    }
    for known in ["cost", "margin_amount", "margin_percent", "cost_plus_percent", "margin_floor_percent", "min_margin_percent"] {
        assert!(seen.contains(known), "{known} is in no answer");
    }
}

fn masked_fields(shape: &Shape, at: &str, seen: &mut BTreeSet<String>, wrong: &mut Vec<String>) {
    match shape {
        Shape::Object { fields, .. } => {
            for (name, field) in fields {
                if causeway_contract::tells_cost(name) {
                    seen.insert(name.clone());
                    if !field.nullable {
                        wrong.push(format!("{at}.{name}"));
                    }
                }
                masked_fields(&field.shape, &format!("{at}.{name}"), seen, wrong);
            }
        }
        Shape::List { items, .. } => masked_fields(items, at, seen, wrong),
        _ => {}
    }
}
