//! An object, field by field; lists of objects as tables.

use super::{Line, Panel, platform, waiting};
use crate::columns::{called, minute, plain};
use crate::model::{App, Asked};
use crate::resource;
use crate::route::Place;
use crate::text::{clean, fit, width};
use crate::theme::{Role, of_state};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub(super) fn panels(app: &App, name: &'static str, id: &str, columns: usize) -> Vec<Panel> {
    let asked = app.objects.get(id);
    if let Some(line) = waiting(asked) {
        return vec![Panel { title: format!("{name} {}", clean(id)), lines: vec![line] }];
    }
    let Some(Asked::Have(value, _)) = asked else { return Vec::new() };
    let mut panels = vec![Panel { title: title(value), lines: describe(app, value, columns) }];
    if name == "tenants" {
        panels.push(platform::usage(app, id, value, columns));
    }
    panels
}

/// What an object is called: its number, name or title, else its id.
pub fn title(value: &Value) -> String {
    let kind = value.get("object").map(plain).unwrap_or_default();
    let id = || value.get("id").map(plain).unwrap_or_default();
    format!("{kind} {}", called(value).map_or_else(id, |name| clean(name).into_owned()))
}

/// What tells something that is billed from another of the same text: the order, its line, and what it comes from.
pub fn origin(app: &App, value: &Value) -> Option<String> {
    let id = |name: &str| value.get(name).and_then(Value::as_str).map(|id| clean(app.name_of(id)).into_owned());
    if value.get("object")?.as_str()? != "billable" {
        return None;
    }
    let short = |text: String| if text.len() > SHORT && text.contains('_') { crate::text::fit_id(&text, SHORT) } else { text };
    let order = id("order_id").map(|order| format!("order {}", short(order)));
    let line = id("order_line_id").map(|line| format!("line {}", short(line)));
    let source = id("source_id").map(|source| format!("from {}", short(source)));
    let told: Vec<String> = [order, line, source].into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.join(" "))
}

/// The columns of an id that is told by its end.
const SHORT: usize = 14;

/// What is said first about an object; its tables follow, then everything else.
const FIRST: &[&str] = &[
    "number",
    "name",
    "title",
    "code",
    "slug",
    "description",
    "status",
    "payment_state",
    "allocation_state",
    "party_id",
    "company_id",
    "total_amount",
    "open_amount",
    "amount",
    "order_date",
    "invoice_date",
    "due_date",
    "payment_date",
    "reference",
];

/// What is said first of an object within another.
const TOLD: &[&str] = &["name", "number", "title", "type", "kind", "code"];

/// An object, field by field; lists of objects as tables. What is not set is not shown.
pub fn describe(app: &App, value: &Value, columns: usize) -> Vec<Line> {
    told(app, value, columns, false)
}

/// An object beside its row in a list. What differs from one row to the next stands in the same places and has no colour: it changes with every move of the
/// cursor, over slow lines too, and leads nowhere from there.
pub fn glance(app: &App, value: &Value, columns: usize) -> Vec<Line> {
    let mut lines = told(app, value, columns, true);
    for (_, role) in lines.iter_mut().flat_map(|line| line.parts.iter_mut().skip(1)) {
        *role = match *role {
            Role::Head => Role::Key,
            Role::Link => Role::Plain,
            other => other,
        };
    }
    lines
}

fn told(app: &App, value: &Value, columns: usize, steady: bool) -> Vec<Line> {
    let Value::Object(fields) = value else { return vec![Line::of(plain(value), Role::Plain)] };
    let mut lines: Vec<Line> =
        FIRST.iter().filter_map(|name| fields.get_key_value(*name)).filter_map(|(name, field)| described(app, name, field, value)).collect();
    let mut tables: Vec<_> = fields
        .iter()
        .filter_map(|(name, field)| field.as_array().filter(|items| !items.is_empty() && items.iter().all(Value::is_object)).map(|items| (name, items)))
        .collect();
    // What is sold comes before what is noted about it.
    tables.sort_by_key(|(name, _)| *name != "lines");
    for (name, items) in tables {
        if lines.last().is_some_and(|line| !line.parts.is_empty()) {
            lines.push(Line::default());
        }
        lines.push(Line::of(clean(name), Role::Head).and(format!(" ({})", items.len()), Role::Plain));
        // Ids of the console's own objects say nothing; those of other systems are what one looks for.
        let ages = if name == "rows" { buckets(value) } else { Vec::new() };
        let spread: Vec<Value> = if ages.is_empty() { Vec::new() } else { items.iter().chain(total(value).as_ref()).map(|item| aged(item, &ages)).collect() };
        let told = Told { columns, with_id: name == "external_refs", ordered: &ages, whole: name == "rows", steady };
        lines.extend(table(app, if ages.is_empty() { items } else { &spread }, &told));
        lines.push(Line::default());
    }
    lines.extend(fields.iter().filter(|(name, _)| !FIRST.contains(&name.as_str())).filter_map(|(name, field)| described(app, name, field, value)));
    lines
}

fn described(app: &App, name: &str, field: &Value, object: &Value) -> Option<Line> {
    match field {
        Value::Null => None,
        _ if name == "object" => None,
        Value::Array(items) if items.is_empty() || items.iter().any(Value::is_object) => None,
        Value::Object(inner) if inner.is_empty() => None,
        Value::Object(inner) => {
            let mut parts: Vec<_> = inner.iter().collect();
            parts.sort_by_key(|(key, _)| TOLD.iter().position(|told| told == key).unwrap_or(TOLD.len()));
            let said = |value: &Value| app.name_of(&plain(value)).to_owned();
            let part = |(key, value): (&String, &Value)| match (value.get("before"), value.get("after")) {
                (Some(before), Some(after)) => format!("{} {} -> {}", clean(key), said(before), said(after)),
                _ => format!("{} {}", clean(key), said(value)),
            };
            let text = parts.into_iter().map(part).collect::<Vec<_>>().join(", ");
            Some(labelled(name, &text, Role::Plain))
        }
        _ => Some(scalar(app, name, field, object)),
    }
}

pub(super) fn labelled(name: &str, text: &str, role: Role) -> Line {
    // A long name is told whole, and never without a gap.
    let name = clean(name);
    let name = if width(&name) < 22 { fit(&name, 22, false) } else { format!("{name} ") };
    let mut line = Line::of(name, Role::Dim).and(text, role);
    line.copy = Some(text.to_owned());
    line
}

fn scalar(app: &App, name: &str, field: &Value, object: &Value) -> Line {
    let text = plain(field);
    if name.ends_with("_at") {
        return labelled(name, &minute(&text), Role::Plain);
    }
    if name.ends_with("amount") || name.ends_with("value") {
        let currency = object.get("currency").map(plain).unwrap_or_default();
        return labelled(name, &format!("{text} {currency}"), Role::Head);
    }
    if matches!(name, "status" | "payment_state" | "allocation_state" | "active") {
        return labelled(name, &text, of_state(&text));
    }
    let Some(place) = place_of(&text) else { return labelled(name, &text, Role::Plain) };
    if name == "id" {
        return labelled(name, &text, Role::Plain);
    }
    let mut line = labelled(name, app.name_of(&text), Role::Link).opens(place);
    line.copy = Some(text);
    line
}

/// What an audit entry changed, a field a line, before the entry itself; nothing for what changes nothing.
pub fn changes(entry: &Value) -> Vec<String> {
    let fields = entry.get("changes").and_then(Value::as_object).into_iter().flatten();
    let side = |change: &Value, name: &str| change.get(name).map_or_else(|| "-".to_owned(), plain);
    let mut lines: Vec<String> =
        fields.map(|(name, change)| format!("~ {} {} -> {}", fit(&clean(name), 22, false), side(change, "before"), side(change, "after"))).collect();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// Where an id leads.
pub fn place_of(id: &str) -> Option<Place> {
    if id.starts_with("flw_") {
        return Some(Place::Flow(id.to_owned()));
    }
    let resource = resource::of_id(id)?;
    Some(Place::Object { resource: resource.name, id: id.to_owned() })
}

/// Fields of rows within an object, the most telling first; all others follow by name.
const TELLING: &[&str] = &[
    "signal",
    "month",
    "description",
    "product_id",
    "invoice_id",
    "kind",
    "type",
    "because",
    "reason",
    "code",
    "name",
    "quantity",
    "ordered_quantity",
    "unit_price",
    "net_amount",
    "amount",
    "delivered_quantity",
    "invoiced_quantity",
    "unit",
    "discount_percent",
    "tax_amount",
    "due_date",
    "date",
    "debit",
    "credit",
    "account_code",
    "status",
];

/// A row with the fields of the objects within it beside its own: `totals.count`.
fn flat(item: &Value) -> Value {
    let mut fields = Map::new();
    for (name, value) in item.as_object().into_iter().flatten() {
        match value {
            Value::Object(inner) => fields.extend(inner.iter().map(|(key, value)| (format!("{name}.{key}"), value.clone()))),
            other => _ = fields.insert(name.clone(), other.clone()),
        }
    }
    fields.into()
}

/// The ages of a report that tells amounts by age; none of any other.
fn buckets(report: &Value) -> Vec<String> {
    report.get("buckets").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What such a report sums up, as a row of it.
fn total(report: &Value) -> Option<Value> {
    let mut row = report.get("totals")?.as_object()?.clone();
    row.insert("name".to_owned(), Value::from("total"));
    Some(row.into())
}

/// A row with the amount of each age under the name of that age.
fn aged(row: &Value, ages: &[String]) -> Value {
    let mut fields = row.as_object().cloned().unwrap_or_default();
    if let Some(Value::Array(amounts)) = fields.remove("amounts") {
        fields.extend(ages.iter().cloned().zip(amounts));
    }
    fields.into()
}

/// How a table is told.
struct Told<'a> {
    /// The columns that there are.
    columns: usize,
    /// Whether ids are told.
    with_id: bool,
    /// Fields that have an order of their own, and come at the end.
    ordered: &'a [String],
    /// Whether every field is told: those that do not fit beside the others go on below, behind the first.
    whole: bool,
    /// Whether its columns stand where those of other objects of the kind do, however long what is in them is.
    steady: bool,
}

/// The columns of the first field of a steady table, before what is left is added; and the least of each other.
const STEADY: (usize, usize) = (16, 8);

/// What is written above a column: of what a quantity is says enough.
fn heading(name: &str) -> std::borrow::Cow<'_, str> {
    clean(name.strip_suffix("_quantity").unwrap_or(name))
}

/// Objects as a table of their telling fields, as many as fit; what is left of the width goes to the first.
fn table(app: &App, items: &[Value], told: &Told<'_>) -> Vec<Line> {
    let Told { columns, with_id, ordered, whole, steady } = *told;
    let items: Vec<Value> = items.iter().map(flat).collect();
    let names: BTreeSet<&String> = items
        .iter()
        .filter_map(Value::as_object)
        .flat_map(|fields| fields.iter())
        .filter(|(_, value)| !value.is_object() && !value.is_null())
        .filter(|(_, value)| value.as_array().is_none_or(|items| !items.is_empty() && items.iter().all(|item| !item.is_object() && !item.is_array())))
        .map(|(name, _)| name)
        .collect();
    let telling = |name: &str| TELLING.iter().position(|known| *known == name).unwrap_or(usize::MAX);
    // Lists within a row, such as the amounts of an aging by bucket, come after what is one word.
    let several = |name: &str| items.iter().any(|item| item.get(name).is_some_and(Value::is_array));
    // What has an order of its own comes in it, at the end.
    let place = |name: &str| ordered.iter().position(|known| known == name).map_or(0, |at| at.saturating_add(1));
    let mut names: Vec<&String> = names.into_iter().collect();
    // Those that are alike in all of it stay in the order of their letters. Each name is looked up once, in however many rows.
    names.sort_by_cached_key(|name| (telling(name), several(name), place(name)));
    // A line's description says what its product is.
    let described = names.iter().any(|name| *name == "description");
    names.retain(|name| (with_id || name.as_str() != "id") && !(described && name.as_str() == "product_id"));
    // What is there by its name is not there by its id once more.
    let known: Vec<&String> = names.clone();
    names.retain(|name| name.strip_suffix("_id").is_none_or(|stem| !known.iter().any(|other| *other == stem)));
    // A customer's name is told once.
    let named = names.iter().any(|name| *name == "name");
    names.retain(|name| !(named && !ordered.is_empty() && name.as_str() == "party_id"));
    let cell = |item: &Value, name: &str| {
        item.get(name)
            .map(|value| {
                let text = plain(value);
                app.name_of(&text).to_owned()
            })
            .unwrap_or_default()
    };
    let natural = |name: &str| items.iter().map(|item| width(&cell(item, name))).max().unwrap_or(0).max(width(&heading(name)));
    let mut blocks: Vec<Block<'_>> = vec![Block::default()];
    for (at, name) in names.into_iter().enumerate() {
        let most = match (steady, at) {
            (false, _) => natural(name).min(28),
            (true, 0) => STEADY.0,
            (true, _) => natural(name).clamp(STEADY.1, 28),
        };
        let first = blocks.first().and_then(|block| block.shown.first()).copied();
        let Some(block) = blocks.last_mut() else { break };
        if block.takes(name, most, columns) || !whole {
            continue;
        }
        let mut next = Block::default();
        // The first says whose row it is, and gives way where both do not fit.
        let room = columns.saturating_sub(most).saturating_sub(6).max(8);
        first.into_iter().map(|(name, wide)| (name, wide.min(room))).chain([(name, most)]).for_each(|(name, wide)| _ = next.takes(name, wide, columns));
        blocks.push(next);
    }
    for block in &mut blocks {
        let left = columns.saturating_sub(block.used);
        if let Some((name, wide)) = block.shown.first_mut() {
            let all = wide.saturating_add(left);
            *wide = if steady { all } else { natural(name).min(all) };
        }
    }
    let right = |name: &str| {
        items.iter().all(|item| {
            item.get(name).is_none_or(|value| value.is_null() || plain(value).bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')))
        })
    };
    let mut lines = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let shown: Vec<(&String, usize, bool)> = block.shown.iter().map(|(name, wide)| (*name, *wide, right(name))).collect();
        if at > 0 {
            lines.push(Line::of("  the same rows, further columns", Role::Dim));
        }
        lines.push(Line::of(shown.iter().map(|(name, wide, right)| format!("  {}", fit(&heading(name), *wide, *right))).collect::<String>(), Role::Dim));
        for item in &items {
            let text: String = shown.iter().map(|(name, wide, right)| format!("  {}", fit(&cell(item, name), *wide, *right))).collect();
            let open = item.as_object().and_then(|fields| fields.iter().filter(|(name, _)| *name != "id").find_map(|(_, value)| place_of(value.as_str()?)));
            lines.push(Line { parts: vec![(text, Role::Plain)], open, copy: item.get("id").map(plain) });
        }
    }
    lines
}

/// Columns of a table that stand beside each other.
#[derive(Default)]
struct Block<'a> {
    shown: Vec<(&'a String, usize)>,
    /// The columns that they take, gaps included.
    used: usize,
}

impl<'a> Block<'a> {
    /// Takes one more column, if it fits.
    fn takes(&mut self, name: &'a String, wide: usize, columns: usize) -> bool {
        let used = self.used.max(2).saturating_add(wide).saturating_add(2);
        let fits = used <= columns;
        if fits {
            self.used = used;
            self.shown.push((name, wide));
        }
        fits
    }
}
