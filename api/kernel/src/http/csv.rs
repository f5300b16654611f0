//! Lists as CSV (RFC 4180): the same rows under the same filters, sorts and rights, page by page, so that a long export holds no snapshot open.
//!
//! The columns come from the shape of the list's objects: every field that holds one value, and those of objects inside, as `actor.id`. A list of values
//! is one cell with `;` between them, references to other systems are `system:id` as the filter `external_ref` takes them, and a free map such as `metadata`
//! is one cell of JSON; other lists of objects are left out.
//!
//! The credential is judged anew for each page: one that was revoked breaks the file off.

use super::router::{Bound, Found};
use super::standing::Standing;
use super::{execute, mask, respond};
use crate::Ctx;
use crate::limits::SLOW_READER_SECONDS;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use causeway_contract::{Code, Method, Problem, Shape};
use serde_json::{Value, json};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;

/// Rows that are read at a time.
const PAGE: u32 = 200;
/// Pages that may wait for a reader.
const WAITING: usize = 2;
/// How deep objects inside objects become columns.
const DEPTH: usize = 3;

/// The names of the columns that a list of objects of this shape has as CSV.
#[must_use]
pub fn columns_of(object: &Shape) -> Vec<String> {
    Columns::of(object).header()
}

/// The columns of a list.
#[derive(Clone, Debug)]
pub(crate) struct Columns(Arc<[Column]>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// The fields on the way to the value.
    path: Vec<String>,
    /// Whether it holds words of people, which a spreadsheet might take for a formula; numbers keep their sign.
    words: bool,
}

impl Columns {
    /// The columns of a page of this shape.
    pub(crate) fn of_page(page: &Shape) -> Self {
        page.items("data").map_or_else(|| Self(Arc::default()), Self::of)
    }

    /// The columns of objects of this shape: the id first, the others in the order in which the contract declares them.
    pub(super) fn of(object: &Shape) -> Self {
        let mut columns = Vec::new();
        collect(object, &mut Vec::new(), &mut columns);
        columns.sort_by_key(|column| column.path.first().is_none_or(|name| name != "id"));
        Self(columns.into())
    }

    pub(super) fn each(&self) -> impl Iterator<Item = &Column> {
        self.0.iter()
    }

    fn header(&self) -> Vec<String> {
        self.0.iter().map(Column::name).collect()
    }

    fn cells(&self, row: &Value) -> Vec<String> {
        self.0.iter().map(|column| column.cell(row)).collect()
    }
}

fn collect(shape: &Shape, path: &mut Vec<String>, columns: &mut Vec<Column>) {
    match shape {
        Shape::Object { fields, .. } if path.len() < DEPTH && !fields.is_empty() => {
            let mut declared: Vec<_> = fields.iter().collect();
            declared.sort_by_key(|(_, field)| field.place);
            for (name, field) in declared {
                path.push(name.clone());
                collect(&field.shape, path, columns);
                path.pop();
            }
        }
        Shape::Object { fields, others: Some(_) } if fields.is_empty() => columns.push(Column { path: path.clone(), words: false }),
        Shape::List { items, .. } if is_reference(items) => columns.push(Column { path: path.clone(), words: true }),
        Shape::List { items, .. } if !matches!(items.as_ref(), Shape::Object { .. } | Shape::List { .. } | Shape::Any) => collect(items, path, columns),
        Shape::Text { .. } => columns.push(Column { path: path.clone(), words: !shape.is_number() }),
        Shape::Words(_) | Shape::Whole { .. } | Shape::YesNo => columns.push(Column { path: path.clone(), words: false }),
        Shape::Object { .. } | Shape::List { .. } | Shape::Any => {}
    }
}

/// Whether it is an object's id in another system.
fn is_reference(shape: &Shape) -> bool {
    matches!(shape, Shape::Object { fields, .. } if fields.keys().map(String::as_str).eq(["id", "system"]))
}

/// One value of a list.
fn item(value: &Value) -> String {
    match (value.get("system").and_then(Value::as_str), value.get("id").and_then(Value::as_str)) {
        (Some(system), Some(id)) => format!("{system}:{id}"),
        _ => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    }
}

impl Column {
    pub(super) fn name(&self) -> String {
        self.path.join(".")
    }

    /// Whether it is the field of this name of the object itself.
    pub(super) fn is(&self, field: &str) -> bool {
        matches!(self.path.as_slice(), [name] if name == field)
    }

    pub(super) fn cell(&self, row: &Value) -> String {
        let value = self.path.iter().try_fold(row, |value, name| value.get(name)).unwrap_or(&Value::Null);
        let text = match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Array(items) => items.iter().map(item).collect::<Vec<_>>().join(";"),
            Value::Object(map) if map.is_empty() => String::new(),
            other => other.to_string(),
        };
        if self.words && text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
    }
}

pub(super) fn lines(rows: &[Vec<String>]) -> Result<Vec<u8>, Problem> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let written = rows.iter().try_for_each(|row| writer.write_record(row));
    let broken = |error: String| {
        tracing::error!(error, "a page cannot be written as CSV");
        Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")
    };
    written.map_err(|error| broken(error.to_string()))?;
    writer.into_inner().map_err(|error| broken(error.to_string()))
}

/// The beginning of an answer that is a file, named by the last step of its path.
pub(super) fn attachment(path: &str, request_id: &str) -> HttpResponseBuilder {
    let mut builder = respond::builder(200, request_id);
    builder.insert_header((CONTENT_TYPE, "text/csv; charset=utf-8; header=present"));
    let name = path.rsplit('/').next().unwrap_or_default();
    builder.insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")));
    builder
}

/// A list on its way out.
pub(crate) struct Export {
    pub caller: Standing,
    pub method: Method,
    pub path: String,
    pub ctx: Arc<Ctx>,
}

impl Export {
    /// Answers with the first page at once, and with the others as they are read. With `limit` there is one page only, and the header
    /// `Next-Cursor` says where the next one begins.
    pub(crate) async fn answer(self, columns: Columns, query: Value) -> Result<HttpResponse, Problem> {
        let one_page = query.get("limit").is_some();
        let (first, next) = self.page(&self.ctx, &columns, &query).await?;
        let head = lines(&[columns.header()])?;
        let mut builder = attachment(&self.path, &self.caller.request_id);
        let beginning = [head, first].concat();
        match next {
            Some(cursor) if one_page => {
                builder.insert_header((HeaderName::from_static("next-cursor"), cursor));
                Ok(builder.body(beginning))
            }
            None => Ok(builder.body(beginning)),
            Some(cursor) => {
                let (out, lines) = mpsc::channel(WAITING);
                actix_web::rt::spawn(self.pump(columns, query, cursor, beginning, out));
                Ok(builder.streaming(Rest(lines)))
            }
        }
    }

    async fn pump(self, columns: Columns, mut query: Value, cursor: String, beginning: Vec<u8>, out: mpsc::Sender<Result<Bytes, Broken>>) {
        let patience = Duration::from_secs(SLOW_READER_SECONDS);
        let mut next = Some(cursor);
        let mut ready = beginning;
        loop {
            if out.send_timeout(Ok(Bytes::from(ready)), patience).await.is_err() {
                tracing::info!(request_id = self.ctx.request_id, operation = self.ctx.operation, "an export ends: its reader left or does not keep up");
                return;
            }
            let Some(cursor) = next else { return };
            // The log of events is paged by the event after which it goes on, or before which.
            let place = match query.get("sort").and_then(Value::as_str) {
                _ if self.ctx.operation != "ListEvents" => "cursor",
                Some("-sequence") => "before",
                _ => "after",
            };
            if let Some(fields) = query.as_object_mut() {
                fields.insert(place.to_owned(), cursor.into());
            }
            let page = async {
                let ctx = Arc::new(self.caller.now().await?);
                self.page(&ctx, &columns, &query).await
            };
            match page.await {
                Ok(page) => (ready, next) = page,
                Err(problem) => {
                    tracing::warn!(request_id = self.ctx.request_id, %problem, "an export breaks off");
                    // The connection breaks, so that nobody takes the part for the whole.
                    let _ = out.send_timeout(Err(Broken), patience).await;
                    return;
                }
            }
        }
    }

    /// The lines of one page, and where the next one begins.
    async fn page(&self, ctx: &Arc<Ctx>, columns: &Columns, query: &Value) -> Result<(Vec<u8>, Option<String>), Problem> {
        let Found::Endpoint(operation, segments) = self.caller.app.routes.find(self.method.word(), &self.path) else { return Err(Problem::not_found()) };
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let mut query = query.clone();
        if let Some(fields) = query.as_object_mut() {
            fields.entry("limit").or_insert_with(|| PAGE.into());
        }
        let Bound::Verb(verb) = (operation.bind)(&segments, query, json!({}), None)? else { return Err(Problem::not_found()) };
        let packed = execute(&self.caller.app.db, operation, ctx, None, verb).await?;
        let mut page: Value = serde_json::from_str(packed.json()).unwrap_or_default();
        mask::value(ctx, &mut page);
        let rows = page.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let cells: Vec<Vec<String>> = rows.iter().map(|row| columns.cells(row)).collect();
        Ok((lines(&cells)?, page.get("next_cursor").and_then(Value::as_str).map(str::to_owned)))
    }
}

/// The export could not go on.
#[derive(Debug, thiserror::Error)]
#[error("the export broke off")]
struct Broken;

/// The body of an export.
struct Rest(mpsc::Receiver<Result<Bytes, Broken>>);

impl futures_core::Stream for Rest {
    type Item = Result<Bytes, Broken>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_calculate_is_a_text() {
        let column = |words| Column { path: vec!["name".to_owned()], words };
        for text in ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1"] {
            assert_eq!(column(true).cell(&json!({"name": text})), format!("'{text}"));
            assert_eq!(column(false).cell(&json!({"name": text})), text);
        }
        assert_eq!(column(true).cell(&json!({"name": "a=1"})), "a=1");
    }

    #[test]
    fn what_ties_a_row_to_another_system_is_a_cell() {
        let column = |name: &str| Column { path: vec![name.to_owned()], words: true };
        let row = json!({"external_refs": [{"system": "crm", "id": "7"}, {"system": "erp", "id": "x"}], "metadata": {"team": "north"}, "none": {}});
        assert_eq!(column("external_refs").cell(&row), "crm:7;erp:x");
        assert_eq!(column("metadata").cell(&row), "{\"team\":\"north\"}");
        assert_eq!(column("none").cell(&row), "");
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let row = ["a,b", "say \"no\"", "two\nlines", "", "plain"].map(str::to_owned).to_vec();
        assert_eq!(String::from_utf8(lines(&[row]).unwrap()).unwrap(), "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",,plain\r\n");
    }
}
