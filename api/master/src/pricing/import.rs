//! The rules of a price list from a CSV file (QTE-04).

use super::columns::{place, rule_given, rule_of, twins};
use super::hidden::{self, say_costs};
use super::list;
use super::rules::{PriceRuleData, check_rule};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::{price_lists, products};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::pricing as wire;
use causeway_value::{DecimalError, PriceListId, PriceRuleId, ProductId};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// Rules that one file may bring.
const RULES: usize = 2_000;
/// Wrong places that one answer names.
const ERRORS: usize = 100;
/// Where the file stands in the request.
const CONTENT: &str = "/content";
/// The columns that a file may have.
const COLUMNS: [&str; 8] = ["product_code", "min_quantity", "price", "percent_off", "surcharge", "cost_plus_percent", "rounding_step", "margin_floor_percent"];

/// A line of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Row {
    /// Its number in the file.
    line: u64,
    /// The product, by its code; none for every product.
    product_code: Option<String>,
    /// The rest of the rule.
    rule: wire::PriceRuleInput,
}

/// Takes over the rules of a file: all of them, or none.
///
/// # Errors
/// `not_found` for the list; every wrong line at once; `too_many` rules.
pub async fn import(ctx: &Ctx, tx: &mut Tx<'_>, id: PriceListId, body: &wire::ImportPriceRules) -> Result<wire::PriceList, Problem> {
    let old = tx.lock::<price_lists::Entity>(id).await?;
    let mut errors = Vec::new();
    let rows = read(&body.content, &mut errors);
    say_costs(ctx, rows.iter().map(|row| &row.rule))?;
    if body.append != Some(true) {
        hidden::must_keep_none(ctx, tx, id).await?;
    }
    let codes: BTreeSet<&str> = rows.iter().filter_map(|row| row.product_code.as_deref()).collect();
    let products = by_code(tx, codes).await?;
    let kept = if body.append == Some(true) { Some(list::rules_of(tx, &[id]).await?) } else { None };
    let mut rules = Vec::with_capacity(rows.len());
    let mut places: Vec<_> = kept.iter().flatten().filter_map(|row| Some((Named::Rule(row.id), place(&rule_of(row)?)))).collect();
    let standing = twins(places.iter().copied()).len();
    for row in rows {
        let line = row.line;
        let rule = rule(row, &products, &mut errors);
        places.extend(rule.iter().map(|rule| (Named::Line(line), place(rule))));
        rules.extend(rule);
    }
    // What cannot be read may be anything: equal rules are looked for where all can. What stands already is what it is.
    let found = if errors.is_empty() { twins(places) } else { Vec::new() };
    for (new, other) in found.into_iter().skip(standing) {
        let detail = format!("{new}: is for the same goods from the same quantity as {other}; leave one of them out");
        errors.push(FieldError::pointer(Code::InvalidValue, CONTENT, detail));
    }
    errors.truncate(ERRORS);
    crate::check::finish(errors)?;
    list::set_rules(ctx, tx, &old, &rules, kept).await
}

/// What a rule is called in an error.
#[derive(Clone, Copy, Debug)]
enum Named {
    /// A line of the file.
    Line(u64),
    /// A rule of the list, which stays.
    Rule(PriceRuleId),
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Rule(id) => write!(f, "the rule {id}, which stays"),
        }
    }
}

async fn by_code(tx: &mut Tx<'_>, codes: BTreeSet<&str>) -> Result<BTreeMap<String, ProductId>, Problem> {
    if codes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = Find::<products::Entity>::new().among(products::Column::Code, codes).all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.code, row.id)).collect())
}

fn rule(row: Row, products: &BTreeMap<String, ProductId>, errors: &mut Vec<FieldError>) -> Option<PriceRuleData> {
    let mut given = row.rule;
    if let Some(code) = row.product_code {
        given.product_id = products.get(&code).copied();
        if given.product_id.is_none() {
            errors.push(FieldError::pointer(Code::NotFound, CONTENT, format!("line {}: there is no product {code:?}", row.line)));
            return None;
        }
    }
    match rule_given(&given) {
        Ok(rule) => {
            for error in check_rule(&rule, "") {
                let column = error.pointer.as_deref().unwrap_or_default().trim_start_matches('/').to_owned();
                wrong(errors, row.line, &column, &error.detail);
            }
            Some(rule)
        }
        Err(detail) => {
            wrong(errors, row.line, "the rule", detail);
            None
        }
    }
}

fn wrong(errors: &mut Vec<FieldError>, line: u64, column: &str, detail: &str) {
    errors.push(FieldError::pointer(Code::InvalidValue, CONTENT, format!("line {line}, {column}: {detail}")));
}

/// The lines of the file, as far as they can be read.
fn read(content: &str, errors: &mut Vec<FieldError>) -> Vec<Row> {
    // Lines are counted by their last character.
    let content = content.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(content.as_bytes());
    let names: Vec<String> = match reader.headers() {
        Ok(headers) => headers.iter().map(str::to_owned).collect(),
        Err(error) => {
            errors.push(FieldError::pointer(Code::InvalidValue, CONTENT, format!("cannot be read as CSV: {error}")));
            return Vec::new();
        }
    };
    for name in names.iter().filter(|name| !COLUMNS.contains(&name.as_str())) {
        errors.push(FieldError::pointer(Code::InvalidValue, CONTENT, format!("has a column {name:?}; the columns are {}", COLUMNS.join(", "))));
    }
    if !errors.is_empty() {
        return Vec::new();
    }
    let mut rows = Vec::new();
    for (number, record) in (2..).zip(reader.records()) {
        match record {
            Ok(record) => rows.push(row(record.position().map_or(number, csv::Position::line), names.iter().map(String::as_str).zip(record.iter()), errors)),
            Err(error) => wrong(errors, number, "the line", &format!("cannot be read: {error}")),
        }
    }
    if rows.is_empty() && errors.is_empty() {
        let detail = "holds no rules, so nothing was changed; a list loses all its rules by PATCH with \"rules\": []";
        errors.push(FieldError::pointer(Code::Required, CONTENT, detail));
    }
    if rows.len() > RULES {
        errors.push(FieldError::pointer(Code::TooMany, CONTENT, format!("holds {} rules, and a file brings at most {RULES}", rows.len())));
        rows.clear();
    }
    rows
}

fn row<'a>(line: u64, cells: impl Iterator<Item = (&'a str, &'a str)>, errors: &mut Vec<FieldError>) -> Row {
    let mut row = Row { line, ..Row::default() };
    for (name, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
        let rule = &mut row.rule;
        match name {
            "product_code" => row.product_code = Some(cell.to_owned()),
            "min_quantity" => rule.min_quantity = number(cell, line, name, errors),
            "price" => rule.price = number(cell, line, name, errors),
            "percent_off" => rule.percent_off = number(cell, line, name, errors),
            "surcharge" => rule.surcharge = number(cell, line, name, errors),
            "cost_plus_percent" => rule.cost_plus_percent = number(cell, line, name, errors),
            "rounding_step" => rule.rounding_step = number(cell, line, name, errors),
            _ => rule.margin_floor_percent = number(cell, line, name, errors),
        }
    }
    row
}

fn number<T: FromStr<Err = DecimalError> + Default>(cell: &str, line: u64, column: &str, errors: &mut Vec<FieldError>) -> Option<T> {
    match cell.parse() {
        Ok(number) => Some(number),
        Err(error) => {
            wrong(errors, line, column, &error.to_string());
            // Something stands there, though it cannot be read: the line does not lack it.
            Some(T::default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_rules() {
        let mut errors = Vec::new();
        let rows = read("\u{feff}product_code, min_quantity ,price,percent_off\nCHAI,100,16.50,\n\n\"TEA, green\",,,5\n,,,2.5\n", &mut errors);
        assert_eq!(errors, []);
        let shown: Vec<_> =
            rows.iter().map(|row| (row.product_code.as_deref(), row.rule.price.is_some(), row.rule.percent_off.map(|p| p.to_string()))).collect();
        assert_eq!(shown, [(Some("CHAI"), true, None), (Some("TEA, green"), false, Some("5".to_owned())), (None, false, Some("2.5".to_owned()))]);
    }

    #[test]
    fn every_wrong_place_is_named() {
        let mut errors = Vec::new();
        let products = BTreeMap::from([("CHAI".to_owned(), ProductId::new())]);
        let rows = read("product_code,min_quantity,price,percent_off\nCHAI,x,16.50,\nNONE,,1,\nCHAI,,1,5\nCHAI,,-1,\nCHAI,,1\n", &mut errors);
        for row in rows {
            rule(row, &products, &mut errors);
        }
        let lines: Vec<String> = errors.iter().map(|error| error.detail.split([',', ':']).next().unwrap().to_owned()).collect();
        assert_eq!(lines, ["line 2", "line 6", "line 3", "line 4", "line 5"], "{errors:?}");
        let mut errors = Vec::new();
        assert_eq!(read("sku,price\nCHAI,1\n", &mut errors), []);
        assert_eq!(errors.len(), 1);
    }
}
