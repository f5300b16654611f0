//! Writing a whole list to a file, page by page, while the console goes on.

use crate::call::Call;
use crate::columns::{at, plain};
use crate::model::Failure;
use crate::perform::perform;
use crate::resource::{self, Resource};
use causeway_openapi::client::Client;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Every row that a list call finds, or as many as `most`.
///
/// # Errors
/// The refusal of a page.
pub async fn pages(client: &Client, call: &Call, most: usize, mut take: impl FnMut(&Value) -> Result<bool, String>) -> Result<(), Failure> {
    let after = if call.path == "/v1/events" { "after" } else { "cursor" };
    let mut cursor: Option<String> = None;
    let mut taken: usize = 0;
    loop {
        let page = cursor.iter().fold(call.clone(), |call, cursor| call.with(after, cursor.clone()));
        let reply = perform(client, true, &page).await?;
        for row in reply.body.get("data").and_then(Value::as_array).into_iter().flatten() {
            if taken >= most {
                return Ok(());
            }
            let counted = take(row).map_err(|text| Failure::Refused { status: 0, code: String::new(), text })?;
            taken = taken.saturating_add(usize::from(counted));
        }
        cursor = reply.body.get("next_cursor").and_then(Value::as_str).map(str::to_owned);
        if cursor.is_none() {
            return Ok(());
        }
    }
}

/// Writes a list to a file in the working folder; says its name and how many rows it has.
///
/// # Errors
/// In words.
pub async fn export(client: &Client, call: &Call, name: &str, json: bool, stamp: &str) -> Result<String, String> {
    let resource = resource::named(name).ok_or_else(|| format!("there is no list {name}"))?;
    let path = PathBuf::from(format!("{name}-{stamp}.{}", if json { "jsonl" } else { "csv" }));
    let mut sheet = csv::Writer::from_writer(Vec::new());
    let mut lines = Vec::new();
    let mut rows: usize = 0;
    if !json {
        sheet.write_record(head(resource)).map_err(|error| error.to_string())?;
    }
    let taken = pages(client, call, usize::MAX, |row| {
        rows = rows.saturating_add(1);
        if json {
            lines.extend_from_slice(row.to_string().as_bytes());
            lines.push(b'\n');
        } else {
            sheet.write_record(record(row, resource)).map_err(|error| error.to_string())?;
        }
        Ok(true)
    });
    taken.await.map_err(|failure| failure.text())?;
    let content = if json { lines } else { sheet.into_inner().map_err(|error| error.to_string())? };
    write(&path, &content).await?;
    Ok(format!("{rows} rows are in {}", path.display()))
}

async fn write(path: &Path, content: &[u8]) -> Result<(), String> {
    let (path, content) = (path.to_owned(), content.to_vec());
    let written = tokio::task::spawn_blocking(move || crate::store::write_private(&path, &content)).await;
    written.map_err(|error| error.to_string())?.map_err(|error| format!("the file cannot be written: {error}"))
}

/// The heads of a CSV file: the id and the fields of the columns, with the currency where there are amounts.
pub fn head(resource: &Resource) -> Vec<&'static str> {
    let mut fields = vec!["id"];
    fields.extend(resource.columns.iter().map(|column| column.field).filter(|field| *field != "id"));
    if resource.columns.iter().any(|column| column.kind == crate::columns::Kind::Money) {
        fields.push("currency");
    }
    fields
}

/// A row of a CSV file, safe to open in a spreadsheet: no text of it is taken for a formula.
pub fn record(row: &Value, resource: &Resource) -> Vec<String> {
    head(resource).iter().map(|field| safe(at(row, field))).collect()
}

fn safe(value: &Value) -> String {
    let text = if value.is_null() { String::new() } else { plain(value) };
    let number = text.strip_prefix('-').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    if text.starts_with(['=', '+', '-', '@']) && !number && text != "-" { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_text_becomes_a_formula() {
        let texts = ["=HYPERLINK(1)", "+1", "@x", "-2+3", "-12.50", "plain"].map(|text| safe(&json!(text)));
        assert_eq!(texts, ["'=HYPERLINK(1)", "'+1", "'@x", "'-2+3", "-12.50", "plain"]);
        assert_eq!(safe(&Value::Null), "");
    }

    #[test]
    fn a_row_has_the_fields_of_its_head() {
        let orders = resource::named("orders").unwrap();
        let row = json!({"id": "ord_1", "number": "SO/1", "total_amount": "771.12", "currency": "EUR", "holds": []});
        let record = record(&row, orders);
        assert_eq!(record.len(), head(orders).len());
        assert_eq!((record[0].as_str(), record.last().unwrap().as_str()), ("ord_1", "EUR"));
        assert!(record.contains(&"771.12".to_owned()));
    }
}
