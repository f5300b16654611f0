//! What is otherwise in one quote than in another (QTE-03). Pure.

use causeway_openapi::quote as wire;
use serde::Serialize;
use serde_json::Value;

/// Fields of the document that are compared.
const DOCUMENT: [&str; 24] = [
    "party_id",
    "contact_id",
    "ship_to_id",
    "opportunity_id",
    "quote_date",
    "valid_until",
    "currency",
    "payment_term_id",
    "discount_percent",
    "discount_base",
    "upfront_percent",
    "discount_posting",
    "tax_rounding",
    "tax_step",
    "owner_id",
    "notes",
    "terms",
    "promised_date",
    "lead_days",
    "reference",
    "untaxed_amount",
    "tax_amount",
    "total_amount",
    "margin_amount",
];
/// Fields of a line that are compared.
const LINE: [&str; 16] = [
    "section",
    "optional",
    "chosen",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "price_base_quantity",
    "price_override_reason",
    "discount_percent",
    "tax_ids",
    "promised_date",
    "lead_days",
    "dimensions",
    "net_amount",
    "tax_amount",
];

/// What is otherwise in `after` than in `before`.
#[must_use]
pub fn between(before: &wire::Quote, after: &wire::Quote) -> wire::QuoteChanges {
    wire::QuoteChanges {
        object: "quote_changes".to_owned(),
        since: before.id,
        id: after.id,
        fields: fields(Some(before), Some(after), &DOCUMENT),
        lines: lines(&before.lines, &after.lines),
    }
}

/// Lines in the order of the later quote, removed ones last. Of several that are the same thing the first ones belong together.
fn lines(before: &[wire::QuoteLine], after: &[wire::QuoteLine]) -> Vec<wire::QuoteLineChange> {
    let mut left: Vec<(u32, &wire::QuoteLine)> = (1..).zip(before).collect();
    let mut changes = Vec::new();
    for (position, line) in (1..).zip(after) {
        let twin = left.iter().position(|(_, other)| is_same(other, line)).map(|place| left.remove(place).1);
        let fields = fields(twin, Some(line), &LINE);
        if !fields.is_empty() {
            let kind = if twin.is_some() { wire::QuoteLineChangeKind::Changed } else { wire::QuoteLineChangeKind::Added };
            changes.push(change(kind, position, line, fields));
        }
    }
    changes.extend(left.into_iter().map(|(position, line)| change(wire::QuoteLineChangeKind::Removed, position, line, fields(Some(line), None, &LINE))));
    changes
}

/// Whether two lines offer the same thing: the same product, or without one the same text.
fn is_same(one: &wire::QuoteLine, other: &wire::QuoteLine) -> bool {
    one.product_id == other.product_id && (one.product_id.is_some() || one.description == other.description)
}

fn change(kind: wire::QuoteLineChangeKind, position: u32, line: &wire::QuoteLine, fields: Vec<wire::QuoteFieldChange>) -> wire::QuoteLineChange {
    wire::QuoteLineChange { kind, line_id: line.id, position, description: line.description.clone(), fields }
}

/// The named fields that are not the same, as the API writes them.
fn fields<T: Serialize>(before: Option<&T>, after: Option<&T>, names: &[&str]) -> Vec<wire::QuoteFieldChange> {
    let written = |object: Option<&T>| object.and_then(|object| serde_json::to_value(object).ok()).unwrap_or_default();
    let (before, after) = (written(before), written(after));
    let change = |name: &&str| {
        let (before, after) = (text(before.get(name)), text(after.get(name)));
        (before != after).then(|| wire::QuoteFieldChange { field: (*name).to_owned(), before, after })
    };
    names.iter().filter_map(change).collect()
}

fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        // What is not so needs no word.
        Value::Null | Value::Bool(false) => None,
        Value::Array(items) if items.is_empty() => None,
        Value::Object(fields) if fields.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => Some(items.iter().filter_map(|item| text(Some(item))).collect::<Vec<_>>().join(", ")),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{Percent, Price, ProductId, Quantity, QuoteLineId};

    fn line(product_id: Option<ProductId>, description: &str, net: &str) -> wire::QuoteLine {
        wire::QuoteLine {
            id: QuoteLineId::new(),
            product_id,
            description: description.to_owned(),
            quantity: Quantity::ONE,
            unit: None,
            unit_price: Price::ONE,
            price_base_quantity: Quantity::ONE,
            price_override_reason: None,
            discount_percent: Percent::ZERO,
            tax_ids: Vec::new(),
            tax_rule_id: None,
            determined_tax_ids: None,
            net_amount: net.into(),
            tax_amount: "0.00".into(),
            taxes: Vec::new(),
            margin_amount: None,
            margin_percent: None,
            section: None,
            optional: false,
            option: None,
            chosen: true,
            promised_date: None,
            lead_days: None,
            dimensions: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn lines_belong_together_by_product_or_text() {
        let (chair, table) = (ProductId::new(), ProductId::new());
        let before = [line(Some(chair), "Chair", "1.00"), line(None, "Freight", "5.00"), line(Some(chair), "Chair", "2.00")];
        let after =
            [line(Some(table), "Table", "9.00"), line(Some(chair), "Chair, oak", "1.00"), line(Some(chair), "Chair", "2.00"), line(None, "freight", "5.00")];
        let found: Vec<_> = lines(&before, &after).into_iter().map(|change| (change.kind, change.position, change.fields.len())).collect();
        let full = 8;
        assert_eq!(
            found,
            [
                (wire::QuoteLineChangeKind::Added, 1, full),
                (wire::QuoteLineChangeKind::Changed, 2, 1),
                (wire::QuoteLineChangeKind::Added, 4, full),
                (wire::QuoteLineChangeKind::Removed, 2, full)
            ]
        );
        assert_eq!(lines(&before, &before), []);
    }
}
