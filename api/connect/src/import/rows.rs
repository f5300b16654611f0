//! Rows of a part: cells become the fields of a body, and the errors of a body the errors of cells.

use super::columns::{ENTRIES, Target};
use causeway_contract::{Code, FieldError, Problem, Shape, composed};
use causeway_value::{Day, Zone};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its place in the file; the header is row 1.
    pub number: i64,
    /// What it says, by field; empty cells are left out.
    pub fields: BTreeMap<String, String>,
    /// Entries of `metadata`.
    pub metadata: BTreeMap<String, String>,
    /// Cells that cannot be read.
    pub wrong: Vec<CellError>,
}

/// What was wrong in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellError {
    /// The field.
    pub field: Option<String>,
    /// What is wrong.
    pub code: Code,
    /// What to do about it.
    pub detail: String,
}

impl CellError {
    /// A wrong field.
    pub fn field(code: Code, field: &str, detail: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), code, detail: detail.into() }
    }

    /// The errors of a problem: one for each field, or one for the row.
    #[must_use]
    pub fn of(problem: Problem) -> Vec<Self> {
        let one = |error: FieldError| Self { field: error.pointer.as_deref().and_then(first_step).map(str::to_owned), code: error.code, detail: error.detail };
        if problem.errors.is_empty() {
            return vec![Self { field: None, code: problem.code, detail: problem.detail }];
        }
        problem.errors.into_iter().map(one).collect()
    }
}

fn first_step(pointer: &str) -> Option<&str> {
    pointer.split('/').nth(1).filter(|step| !step.is_empty())
}

/// A row, none where all cells are blank, or the number of one whose cells cannot be told apart, with what is wrong.
pub type Read = Result<Option<Row>, (i64, CellError)>;

/// The records of a part as rows, with what stands in for empty cells. A row with fewer or more cells than the header has columns is none: which cell is
/// missing, nobody knows. Empty cells behind the last column are overlooked.
///
/// # Errors
/// When the part is no CSV: its rows cannot be told apart.
pub fn read(part: &[u8], separator: u8, first_row: i64, targets: &[Target], defaults: &BTreeMap<String, String>) -> Result<Vec<Read>, Problem> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(part);
    let mut rows = Vec::new();
    for (number, record) in (first_row..).zip(reader.records()) {
        let record = record.map_err(|error| Problem::new(Code::Malformed, format!("Row {number} is not CSV: {error}.")))?;
        // Spreadsheets leave such rows at the end of a file.
        if record.iter().all(|cell| cell.trim().is_empty()) {
            rows.push(Ok(None));
            continue;
        }
        let beyond = record.iter().rev().take(record.len().saturating_sub(targets.len()));
        let cells = record.len() - beyond.take_while(|cell| cell.trim().is_empty()).count();
        if cells != targets.len() {
            let detail = format!(
                "has {cells} cells where the header names {} columns; give each column a cell, empty or not, and put a text with a {} in quotation marks",
                targets.len(),
                match separator {
                    b';' => "semicolon",
                    b'\t' => "tab",
                    _ => "comma",
                }
            );
            rows.push(Err((number, CellError { field: None, code: Code::Malformed, detail })));
            continue;
        }
        let mut row = Row { number, ..Row::default() };
        for (target, cell) in targets.iter().zip(record.iter().map(bare)).filter(|(_, cell)| !cell.is_empty()) {
            match target {
                Target::Field(field) => drop(row.fields.insert(field.clone(), composed(cell.to_owned()))),
                Target::Metadata(name) if name == ENTRIES && entries(cell).is_some() => row.metadata.extend(entries(cell).unwrap_or_default()),
                Target::Metadata(name) => drop(row.metadata.insert(name.clone(), composed(cell.to_owned()))),
                Target::Nothing => {}
            }
        }
        for (field, value) in defaults {
            row.fields.entry(field.clone()).or_insert_with(|| value.clone());
        }
        rows.push(Ok(Some(row)));
    }
    Ok(rows)
}

/// A cell as it was meant: an apostrophe before what a spreadsheet would calculate was put there so that it does not, as exports of the service do.
fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix('\'').filter(|text| text.starts_with(['=', '+', '-', '@'])).unwrap_or(cell)
}

/// The entries of `metadata` in a cell of an export; none when it is a text of its own.
fn entries(cell: &str) -> Option<BTreeMap<String, String>> {
    serde_json::from_str(cell).ok()
}

/// The body that a row asks for: each field as its schema wants it, checked against it. A day stands for its beginning where an instant is wanted.
///
/// # Errors
/// What is wrong, by field.
pub fn body<T: DeserializeOwned>(row: &Row, shape: &Shape, zone: Zone, more: Map<String, Value>) -> Result<T, Vec<CellError>> {
    let Shape::Object { fields, .. } = shape else { return Err(Vec::new()) };
    let mut object = more;
    let shape_of = |name: &str| fields.get(name).map(|field| field.shape.as_ref());
    for (name, text) in &row.fields {
        object.entry(name.clone()).or_insert_with(|| value(text, shape_of(name), zone));
    }
    if !row.metadata.is_empty() && fields.contains_key("metadata") {
        object.insert("metadata".to_owned(), json!(row.metadata));
    }
    let value = Value::Object(object);
    shape.check(&value).map_err(|problem| CellError::of(problem).into_iter().map(|error| explained(error, shape_of)).collect::<Vec<_>>())?;
    serde_json::from_value(value).map_err(|error| vec![CellError { field: None, code: Code::InvalidValue, detail: error.to_string() }])
}

/// An error of a body in the terms of a file.
fn explained<'a>(error: CellError, shape: impl Fn(&str) -> Option<&'a Shape>) -> CellError {
    let Some(name) = error.field.as_deref() else { return error };
    let detail = match (error.code, shape(name)) {
        (Code::Required, _) => format!("is required; fill the cell, or say in `defaults` what stands in for empty ones, such as {{\"{name}\": \"…\"}}"),
        (Code::InvalidValue, Some(Shape::Text { format, .. })) if format == "date-time" => {
            "must be a day such as \"2026-12-31\", or an RFC 3339 instant such as \"2026-12-31T09:00:00Z\"".to_owned()
        }
        _ => return error,
    };
    CellError { detail, ..error }
}

/// The text of a cell as a value of this shape; a text that is none stays a text, which the schema refuses.
fn value(text: &str, shape: Option<&Shape>, zone: Zone) -> Value {
    match shape {
        Some(Shape::Text { format, .. }) if format == "date-time" => match text.parse::<Day>() {
            Ok(day) => json!(day.start_in(zone)),
            Err(_) => json!(text),
        },
        Some(Shape::YesNo) => match text.to_lowercase().as_str() {
            "true" | "yes" | "1" => json!(true),
            "false" | "no" | "0" => json!(false),
            _ => json!(text),
        },
        Some(Shape::Whole { .. }) => text.parse::<i64>().map_or_else(|_| json!(text), Value::from),
        Some(Shape::Words(words)) => {
            let word = text.to_lowercase().replace([' ', '-'], "_");
            if words.contains(&word) { json!(word) } else { json!(text) }
        }
        Some(Shape::List { .. }) => text.split(';').map(|item| json!(item.trim())).collect(),
        _ => json!(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_openapi::crm::CreateLead;
    use causeway_value::CompanyId;

    #[test]
    fn empty_cells_take_the_default_and_wrong_ones_name_their_field() {
        let targets = [Target::Field("title".to_owned()), Target::Field("created_at".to_owned()), Target::Metadata("region".to_owned())];
        let defaults = BTreeMap::from([("title".to_owned(), "Lead".to_owned())]);
        let rows = read(b"\"40 chairs, oak\",2017-03-01,West\n,yesterday,\n", b',', 7, &targets, &defaults).unwrap();
        let rows: Vec<Row> = rows.into_iter().filter_map(Result::unwrap).collect();
        assert_eq!(rows.iter().map(|row| (row.number, row.fields["title"].as_str())).collect::<Vec<_>>(), [(7, "40 chairs, oak"), (8, "Lead")]);
        let more = || Map::from_iter([("company_id".to_owned(), json!(CompanyId::new()))]);
        let shape = Shape::of::<CreateLead>();
        let lead: CreateLead = body(&rows[0], &shape, "Europe/Berlin".parse().unwrap(), more()).unwrap();
        assert_eq!((lead.created_at, lead.metadata["region"].as_str()), ("2017-02-28T23:00:00Z".parse().ok(), "West"));
        let errors = body::<CreateLead>(&rows[1], &shape, Zone::UTC, more()).unwrap_err();
        assert_eq!(errors.iter().map(|error| (error.code, error.field.as_deref())).collect::<Vec<_>>(), [(Code::InvalidValue, Some("created_at"))]);
        assert!(errors[0].detail.contains("a day such as"), "{errors:?}");
    }

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        let targets = [Target::Field("title".to_owned()), Target::Nothing];
        let rows = read(b"a,b\na\na,b,c\na,b,,\n,\n", b',', 2, &targets, &BTreeMap::new()).unwrap();
        let told = rows.iter().map(|row| {
            row.as_ref().map(|row| row.as_ref().map(|row| row.number)).map_err(|(number, wrong)| (*number, wrong.code, wrong.detail.contains("2 columns")))
        });
        assert_eq!(told.collect::<Vec<_>>(), [Ok(Some(2)), Err((3, Code::Malformed, true)), Err((4, Code::Malformed, true)), Ok(Some(5)), Ok(None)]);
    }

    #[test]
    fn an_empty_cell_that_must_be_filled_says_how_to_fill_many() {
        let errors = body::<CreateLead>(&Row::default(), &Shape::of::<CreateLead>(), Zone::UTC, Map::new()).unwrap_err();
        let title = errors.iter().find(|error| error.field.as_deref() == Some("title")).unwrap();
        assert!(title.code == Code::Required && title.detail.contains("`defaults`") && title.detail.contains("{\"title\": "), "{title:?}");
    }
}
