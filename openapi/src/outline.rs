//! What the console carries of the contract: every operation with the fields that it takes, in a text that a program reads without the types behind it.
//!
//! `operations.txt` beside this crate is recorded from the rows, like `openapi.json`: a program that shows forms and lists reads it in a moment, while the
//! schemas of all types, answers included, would be megabytes of code in it.

use crate::rows;
use causeway_contract::{Audience, Filter, FilterKind, Flag, Row, Shape};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/operations.txt");
const HEAD: &str = "# Every operation: name, method, path, permission, whose credential, content type, prefix of the path's id, flags; what it does; then the list,\n\
    # body, query and row (what a list holds), a field a line: name (! required), what it takes, what it means. Made from the rows of the contract.\n";

/// `CAUSEWAY_ACCEPT=1 cargo test -p causeway-openapi` writes the file anew.
#[test]
fn the_recorded_operations_are_those_of_the_rows() {
    let text = outline(&rows());
    if std::env::var_os("CAUSEWAY_ACCEPT").is_some() {
        std::fs::write(FILE, &text).unwrap();
    }
    let file = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(file == text, "operations.txt is out of date; accept the change with CAUSEWAY_ACCEPT=1 after reading the difference");
}

fn outline(rows: &[Row]) -> String {
    rows.iter().fold(HEAD.to_owned(), |mut text, row| {
        text.push('\n');
        text.push_str(&operation(row));
        text
    })
}

fn operation(row: &Row) -> String {
    let audience = match (row.audience)() {
        Audience::Open => "open",
        Audience::Tenant => "tenant",
        Audience::Platform => "platform",
    };
    let flags: Vec<&str> = row.flags.iter().map(flag).collect();
    let prefix = (row.path_prefixes)().first().copied().unwrap_or_default();
    let or_none = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let mut text = [row.id, row.method.word(), row.path, row.permission, audience, row.media, &or_none(prefix), &or_none(&flags.join(","))].join(" ");
    text.push_str(&format!("\n{}\n", row.summary));
    if let Some(list) = row.list {
        let filters: Vec<String> = list.filters.iter().map(|filter| format!("{}:{}", filter.name, kind(filter))).collect();
        let sorts: Vec<&str> = list.sorts.iter().map(|sort| sort.name).collect();
        let ways = [(list.search, "q"), (list.external_refs, "external_ref")].into_iter().filter_map(|(is, word)| is.then_some(word));
        let ways: Vec<&str> = ways.collect();
        text.push_str(&format!("list {} {} {}\n", or_none(&ways.join(",")), or_none(&filters.join(",")), or_none(&sorts.join(","))));
    }
    for (word, shape, told) in [("body", (row.body)(), true), ("query", (row.query)(), true), ("row", (row.reply)().items("data").cloned(), false)] {
        if let Some(Shape::Object { fields, .. }) = shape {
            text.push_str(&format!("{word}\n"));
            fields.iter().for_each(|(name, of)| field(name, &of.shape, (of.required, &of.meaning), 1, told, &mut text));
        }
    }
    text
}

const fn flag(flag: &Flag) -> &'static str {
    match flag {
        Flag::dry_run => "dry_run",
        Flag::secret => "secret",
        Flag::step_up => "step_up",
        Flag::upload => "upload",
    }
}

const fn kind(filter: &Filter) -> &'static str {
    match filter.kind {
        FilterKind::Id(_) | FilterKind::AnyId | FilterKind::Within { .. } | FilterKind::Inside { .. } => "id",
        FilterKind::Word | FilterKind::Mail { .. } | FilterKind::Flag { .. } => "word",
        FilterKind::YesNo | FilterKind::Given(_) | FilterKind::Worth(_) | FilterKind::Chosen(_) => "yesno",
        FilterKind::Amount => "amount",
        FilterKind::Day => "day",
        FilterKind::Instant | FilterKind::Made(_) => "instant",
    }
}

fn field(name: &str, shape: &Shape, (required, meaning): (bool, &str), depth: usize, told: bool, text: &mut String) {
    let takes = match shape {
        Shape::Object { others: None, .. } => "object".to_owned(),
        Shape::Object { .. } => "map".to_owned(),
        Shape::List { .. } => "list".to_owned(),
        Shape::Text { format, .. } if format.starts_with("id:") => format.clone(),
        Shape::Words(words) if told => format!("words:{}", words.join("|")),
        Shape::Text { .. } | Shape::Words(_) => "text".to_owned(),
        Shape::Whole { .. } => "whole".to_owned(),
        Shape::YesNo => "yesno".to_owned(),
        Shape::Any => "any".to_owned(),
    };
    let meaning = if told { meaning.split_whitespace().fold(String::new(), |text, word| text + " " + word) } else { String::new() };
    let required = if required { "!" } else { "" };
    text.push_str(&format!("{:depth$}{name}{required} {takes}{meaning}\n", ""));
    match shape {
        Shape::Object { fields, .. } => fields.iter().for_each(|(name, of)| field(name, &of.shape, (of.required, &of.meaning), depth + 1, told, text)),
        // Whoever shows a row counts what its lists hold.
        Shape::List { items, .. } if told => field("*", items, (false, ""), depth + 1, told, text),
        _ => {}
    }
}
