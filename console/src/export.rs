//! Writing a whole list to a file, page by page, while the console goes on.

mod names;

use crate::call::Call;
use crate::columns::{Kind, at, plain};
use crate::filter::Filter;
use crate::list::Record;
use crate::model::Failure;
use crate::part::Part;
use crate::perform::{perform, perform_for};
use crate::resource::{self, Resource};
use causeway_openapi::client::Client;
use names::Names;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often an export says how far it is.
const TOLD: Duration = Duration::from_secs(2);

/// What is to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Which rows the server lists.
    pub call: Call,
    /// The resource's name.
    pub resource: &'static str,
    /// As JSON lines instead of CSV.
    pub json: bool,
    /// The filter as it is told: the file is named by it.
    pub text: String,
    /// What the server does not test of a row.
    pub filter: Filter,
    /// What ids are called: words are found by it, and CSV tells it.
    pub names: BTreeMap<String, String>,
    /// Only these rows; all of them when none is marked.
    pub marked: Option<Marked>,
}

/// Rows that are marked.
#[derive(Clone, Debug, PartialEq)]
pub struct Marked {
    /// Those that are loaded.
    pub loaded: Vec<Value>,
    /// The ids of the others.
    pub others: Vec<String>,
}

/// A list, page by page.
pub struct Pager<'a> {
    client: &'a Client,
    call: Call,
    /// What is wanted of its rows; nothing for all of it.
    part: Option<Part>,
    cursor: Option<String>,
    over: bool,
}

impl<'a> Pager<'a> {
    /// The list that a call finds, from its first page on.
    pub const fn new(client: &'a Client, call: Call) -> Self {
        Self { client, call, part: None, cursor: None, over: false }
    }

    /// The rows of the next page; nothing after the last.
    ///
    /// # Errors
    /// The refusal of the page.
    pub async fn next(&mut self) -> Result<Option<Vec<Value>>, Failure> {
        if self.over {
            return Ok(None);
        }
        let after = resource::page_after(&self.call);
        let page = self.cursor.iter().fold(self.call.clone(), |call, cursor| call.with(after, cursor.clone()));
        let mut reply = perform_for(self.client, true, &page, self.part).await?;
        self.cursor = reply.body.get("next_cursor").and_then(Value::as_str).map(str::to_owned);
        self.over = self.cursor.is_none();
        Ok(Some(reply.body.get_mut("data").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default()))
    }
}

/// Every row that a list call finds, or as many as `most`; says whether there are more.
///
/// # Errors
/// The refusal of a page.
pub async fn pages(client: &Client, call: &Call, most: usize, mut take: impl FnMut(&Value) -> Result<bool, String>) -> Result<bool, Failure> {
    let mut pager = Pager::new(client, call.clone());
    let mut taken: usize = 0;
    while let Some(rows) = pager.next().await? {
        for row in &rows {
            if taken >= most {
                return Ok(true);
            }
            let counted = take(row).map_err(Failure::here)?;
            taken = taken.saturating_add(usize::from(counted));
        }
        if taken >= most && !pager.over {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A file as it grows.
struct Written {
    resource: &'static Resource,
    sheet: csv::Writer<Vec<u8>>,
    lines: Vec<u8>,
    json: bool,
    rows: usize,
}

impl Written {
    fn row(&mut self, row: &Value, names: &BTreeMap<String, String>) -> Result<(), String> {
        self.rows = self.rows.saturating_add(1);
        if self.json {
            self.lines.extend_from_slice(row.to_string().as_bytes());
            self.lines.push(b'\n');
            return Ok(());
        }
        self.sheet.write_record(record(row, self.resource, names)).map_err(|error| error.to_string())
    }
}

/// Characters of a filter that stand in the name of a file.
const NAMED: usize = 48;

/// What a file is called: the list, its filter or that only marked rows are in it, and the time; without what a file system or a shell would take for more.
pub fn file_name(wanted: &Wanted, stamp: &str) -> String {
    let plain = |text: &str| {
        let words = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '-')).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join("_").chars().take(NAMED).collect::<String>()
    };
    let marked = wanted.marked.is_some().then(|| "marked".to_owned());
    let filter = marked.or_else(|| Some(plain(&wanted.text)).filter(|filter| !filter.is_empty()));
    [Some(wanted.resource.to_owned()), filter, Some(stamp.to_owned())].into_iter().flatten().collect::<Vec<_>>().join("-")
}

/// The time as it stands in the name of a file: `20261130T140211Z`.
pub fn stamp(ms: i64) -> String {
    let text = causeway_value::Instant(ms.saturating_mul(1_000)).to_string();
    let digits: String = text.chars().take(19).filter(|c| !matches!(c, '-' | ':')).collect();
    format!("{digits}Z")
}

/// Writes rows to a new file in this folder; says meanwhile how far it is, and at last its name, where it is and how many rows it has.
///
/// # Errors
/// In words.
pub async fn export(client: &Client, wanted: &Wanted, folder: &Path, stamp: &str, tell: impl Fn(String)) -> Result<String, String> {
    let name = wanted.resource;
    let resource = resource::named(name).ok_or_else(|| format!("there is no list {name}"))?;
    let mut file = Written { resource, sheet: csv::Writer::from_writer(Vec::new()), lines: Vec::new(), json: wanted.json, rows: 0 };
    if !wanted.json {
        file.sheet.write_record(head(resource)).map_err(|error| error.to_string())?;
    }
    let mut told = Instant::now();
    let mut progress = |rows: usize| {
        if told.elapsed() >= TOLD {
            told = Instant::now();
            tell(format!("Exporting {name}: {rows} rows so far …"));
        }
    };
    let mut names = Names::new(client, wanted.names.clone());
    let called = !wanted.json || wanted.filter.looks_at_names();
    let mut missing: usize = 0;
    if let Some(marked) = &wanted.marked {
        let mut rows = marked.loaded.clone();
        for id in &marked.others {
            match resource.get {
                Some(get) => match perform(client, true, &Call::of(&get, &[id])).await {
                    Ok(reply) => rows.push(reply.body),
                    Err(failure @ Failure::Offline(_)) => return Err(failure.text()),
                    Err(_) => missing = missing.saturating_add(1),
                },
                None => missing = missing.saturating_add(1),
            }
            progress(rows.len());
        }
        if called {
            names.learn(resource, &rows).await.map_err(|failure| failure.text())?;
        }
        for row in &rows {
            file.row(row, &names.known)?;
        }
    } else {
        let mut pager = Pager::new(client, wanted.call.clone());
        while let Some(rows) = pager.next().await.map_err(|failure| failure.text())? {
            if called {
                names.learn(resource, &rows).await.map_err(|failure| failure.text())?;
            }
            let name = |id: &str| names.known.get(id).map(String::as_str);
            for row in &rows {
                if wanted.filter.local.is_empty() || wanted.filter.passes(&Record::new(row, resource), resource, name) {
                    file.row(row, &names.known)?;
                }
            }
            progress(file.rows);
        }
    }
    let rows = file.rows;
    let content = if wanted.json { file.lines } else { file.sheet.into_inner().map_err(|error| error.to_string())? };
    let path = write(folder, file_name(wanted, stamp), if wanted.json { "jsonl" } else { "csv" }, content).await?;
    let missing = if missing > 0 { format!("; {missing} marked rows cannot be read any more") } else { String::new() };
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = path.parent().and_then(|folder| std::path::absolute(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }).ok());
    let place = folder.map(|folder| format!(", in {}", folder.display().to_string().trim_end_matches("/."))).unwrap_or_default();
    Ok(format!("{rows} rows are in {file}{place}{missing}"))
}

async fn write(folder: &Path, name: String, kind: &'static str, content: Vec<u8>) -> Result<std::path::PathBuf, String> {
    let folder = folder.to_owned();
    let written = tokio::task::spawn_blocking(move || crate::store::write_new(&folder, &name, kind, &content)).await;
    written.map_err(|error| error.to_string())?.map_err(|error| format!("the file cannot be written: {error}"))
}

/// The heads of a CSV file: the id and the fields of the columns, beside each id of another object what that is called, and the currency where there are amounts.
pub fn head(resource: &Resource) -> Vec<String> {
    let mut fields = vec!["id".to_owned()];
    for column in resource.columns.iter().filter(|column| column.field != "id") {
        fields.push(column.field.to_owned());
        if column.kind == Kind::Ref {
            fields.push(format!("{}_name", column.field.strip_suffix("_id").unwrap_or(column.field)));
        }
    }
    if resource.columns.iter().any(|column| column.kind == Kind::Money) {
        fields.push("currency".to_owned());
    }
    fields
}

/// A row of a CSV file, safe to open in a spreadsheet: no text of it is taken for a formula. `names` says what ids are called.
pub fn record(row: &Value, resource: &Resource, names: &BTreeMap<String, String>) -> Vec<String> {
    let cell = |field: &str| safe(at(row, field));
    let mut cells = vec![cell("id")];
    for column in resource.columns.iter().filter(|column| column.field != "id") {
        cells.push(cell(column.field));
        if column.kind == Kind::Ref {
            let name = at(row, column.field).as_str().and_then(|id| names.get(id));
            cells.push(name.map(|name| safe(&Value::from(name.as_str()))).unwrap_or_default());
        }
    }
    if resource.columns.iter().any(|column| column.kind == Kind::Money) {
        cells.push(cell("currency"));
    }
    cells
}

/// A value as a cell that no spreadsheet takes for a formula.
pub fn safe(value: &Value) -> String {
    let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let text = if empty { String::new() } else { plain(value) };
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
        assert_eq!((safe(&Value::Null), safe(&json!([]))), (String::new(), String::new()));
    }

    #[test]
    fn beside_an_id_stands_what_it_is_called() {
        let orders = resource::named("orders").unwrap();
        let names = [("pty_1".to_owned(), "=Bon app'".to_owned())].into();
        let told = |row: Value| head(orders).into_iter().zip(record(&row, orders, &names)).filter(|(head, _)| head.starts_with("party")).collect::<Vec<_>>();
        let cells = |id: &str, name: &str| [("party_id", id), ("party_name", name)].map(|(head, cell)| (head.to_owned(), cell.to_owned()));
        assert_eq!(told(json!({"id": "ord_1", "party_id": "pty_1"})), cells("pty_1", "'=Bon app'"));
        assert_eq!(told(json!({"id": "ord_2", "party_id": "pty_2"})), cells("pty_2", ""));
        for resource in resource::all() {
            assert_eq!(head(resource).len(), record(&json!({}), resource, &names).len(), "{}", resource.name);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_written_is_what_the_list_shows_or_what_is_marked() {
        use causeway_contract::{Bulk, BulkMode};
        use causeway_openapi::crm::{CreateOpportunity, op::CreateOpportunities};
        let world = causeway_tests::world::World::start().await;
        let tenant = world.sandbox().await;
        let shop = causeway_tests::shop::open(&tenant, "x").await;
        let deal =
            |title: &str| CreateOpportunity { company_id: shop.company, party_id: Some(shop.party), title: title.to_owned(), ..CreateOpportunity::default() };
        tenant.post::<CreateOpportunities>((), &Bulk { mode: BulkMode::Atomic, items: ["Chairs", "Tables", "More chairs"].map(deal).to_vec() }).await;
        let client = Client::new(&world.server.url, &tenant.key).unwrap();
        let opportunities = resource::named("opportunities").unwrap();
        let call = Call::of(&opportunities.list, &[]).with("limit", "2");
        let mut rows = Vec::new();
        pages(&client, &call, usize::MAX, |row| {
            rows.push(row.clone());
            Ok(true)
        })
        .await
        .unwrap();
        let find = |title: &str| rows.iter().find(|row| row["title"] == title).unwrap().clone();
        let folder = tempfile::tempdir().unwrap();
        let filter = Filter::read("chairs", opportunities, 0);
        let mut wanted = Wanted { call, resource: "opportunities", json: false, text: "chairs".to_owned(), filter, names: BTreeMap::new(), marked: None };
        let said = export(&client, &wanted, folder.path(), "all", |_| ()).await.unwrap();
        assert_eq!(said, format!("2 rows are in opportunities-chairs-all.csv, in {}", folder.path().display()));
        let text = std::fs::read_to_string(folder.path().join("opportunities-chairs-all.csv")).unwrap();
        assert!(text.contains("Chairs") && text.contains("More chairs") && !text.contains("Tables"), "{text}");
        // The name of the customer was not known here.
        let customer = perform(&client, true, &Call::to(causeway_contract::Method::Get, "/v1/parties/{id}", &[&shop.party.to_string()], None)).await.unwrap();
        let name = customer.body["name"].as_str().unwrap();
        assert_eq!(text.matches(name).count(), 2, "{text}");

        // One is loaded, one is not, and one is gone.
        let others = vec![plain(&find("Chairs")["id"]), "opp_00000000000000000000000000".to_owned()];
        (wanted.json, wanted.marked) = (true, Some(Marked { loaded: vec![find("Tables")], others }));
        let said = export(&client, &wanted, folder.path(), "then", |_| ()).await.unwrap();
        assert!(said.starts_with("2 rows are in ") && said.ends_with("; 1 marked rows cannot be read any more"), "{said}");
        let text = std::fs::read_to_string(folder.path().join("opportunities-marked-then.jsonl")).unwrap();
        let titles: Vec<_> = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["title"].clone()).collect();
        assert_eq!(titles, ["Tables", "Chairs"]);
        // What is there already stays as it is.
        let said = export(&client, &wanted, folder.path(), "then", |_| ()).await.unwrap();
        assert!(said.starts_with("2 rows are in opportunities-marked-then-2.jsonl, in "), "{said}");
        assert_eq!(std::fs::read_to_string(folder.path().join("opportunities-marked-then.jsonl")).unwrap(), text);
    }

    #[test]
    fn a_file_is_named_by_its_list_its_filter_and_the_time() {
        let opportunities = resource::named("opportunities").unwrap();
        let wanted = |text: &str| Wanted {
            call: Call::of(&opportunities.list, &[]),
            resource: "opportunities",
            json: false,
            text: text.to_owned(),
            filter: Filter::default(),
            names: BTreeMap::new(),
            marked: None,
        };
        let stamp = stamp(1_795_960_931_000);
        assert_eq!(stamp, "20261129T140211Z");
        let name = |text: &str| file_name(&wanted(text), &stamp);
        assert_eq!(name(""), "opportunities-20261129T140211Z");
        assert_eq!(name("status:open value>10 \"../été\""), "opportunities-status_open_value_10_.._été-20261129T140211Z");
        assert!(name(&"long ".repeat(40)).len() < 100);
    }

    #[test]
    fn a_row_has_the_fields_of_its_head() {
        let orders = resource::named("orders").unwrap();
        let row = json!({"id": "ord_1", "number": "SO/1", "total_amount": "771.12", "currency": "EUR", "holds": []});
        let record = record(&row, orders, &BTreeMap::new());
        assert_eq!(record.len(), head(orders).len());
        assert_eq!((record[0].as_str(), record.last().unwrap().as_str()), ("ord_1", "EUR"));
        assert!(record.contains(&"771.12".to_owned()));
    }
}
