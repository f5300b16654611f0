//! Reports as CSV: a line for each of their `rows`, or for each of their `groups` where the caller asked for some with `by`. Totals are left out: they are
//! sums of the lines. A list that stands in the order of the report's `buckets` has a column for each of them. A statement has a line for each of the `lines`
//! of its `sections`, with what the section says before it; a section in which nothing moved has one, too.

use super::csv::{Column, Columns, attachment, lines};
use actix_web::HttpResponse;
use causeway_contract::{Problem, Shape};
use serde_json::Value;

/// The columns of a report.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    rows: Columns,
    groups: Option<Columns>,
    /// What stands before the lines of each section; only of a statement.
    sections: Option<Columns>,
}

impl Table {
    /// Those of a report or statement of this shape; none when it is neither.
    pub(crate) fn of(report: &Shape) -> Option<Self> {
        if let Some(section) = report.items("sections") {
            return Some(Self { rows: Columns::of(section.items("lines")?), groups: None, sections: Some(Columns::of(section)) });
        }
        let columns = |member: &str| report.items(member).map(Columns::of);
        Some(Self { rows: columns("rows")?, groups: columns("groups"), sections: None })
    }

    /// The report as a file, named by the last step of its path.
    ///
    /// # Errors
    /// When it cannot be written: a bug.
    pub(crate) fn answer(&self, report: &Value, grouped: bool, path: &str, request_id: &str) -> Result<HttpResponse, Problem> {
        let written = lines(&self.lines(report, grouped))?;
        let mut answer = attachment(path, request_id);
        // A file with a part of the rows says where the rest begins.
        if let Some(next) = report.get("next_offset").and_then(Value::as_u64) {
            answer.insert_header(("next-offset", next.to_string()));
        }
        Ok(answer.body(written))
    }

    fn lines(&self, report: &Value, grouped: bool) -> Vec<Vec<String>> {
        if let Some(sections) = &self.sections {
            return self.of_sections(report, sections);
        }
        let (member, columns) = match self.groups.as_ref().filter(|_| grouped) {
            Some(groups) => ("groups", groups),
            None => ("rows", &self.rows),
        };
        let buckets: Vec<&str> = texts(report.get("buckets"));
        let spread = |column: &Column| !buckets.is_empty() && column.is("amounts");
        let header =
            columns.each().flat_map(|column| if spread(column) { buckets.iter().map(|name| (*name).to_owned()).collect() } else { vec![column.name()] });
        let mut lines = vec![header.collect::<Vec<_>>()];
        for row in report.get(member).and_then(Value::as_array).into_iter().flatten() {
            let cells = |column: &Column| {
                if !spread(column) {
                    return vec![column.cell(row)];
                }
                let amounts = texts(row.get("amounts"));
                (0..buckets.len()).map(|place| amounts.get(place).copied().unwrap_or_default().to_owned()).collect()
            };
            lines.push(columns.each().flat_map(cells).collect());
        }
        lines
    }

    fn of_sections(&self, report: &Value, sections: &Columns) -> Vec<Vec<String>> {
        let mut lines = vec![sections.each().chain(self.rows.each()).map(Column::name).collect()];
        for section in report.get("sections").and_then(Value::as_array).into_iter().flatten() {
            let moved = section.get("lines").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let nothing = [Value::Null];
            for line in if moved.is_empty() { nothing.as_slice() } else { moved } {
                let before = sections.each().map(|column| column.cell(section));
                lines.push(before.chain(self.rows.each().map(|column| column.cell(line))).collect());
            }
        }
        lines
    }
}

fn texts(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use utoipa::ToSchema;

    #[derive(ToSchema)]
    #[allow(dead_code, reason = "only its schema is used")]
    struct Report {
        buckets: Vec<String>,
        rows: Vec<Row>,
        groups: Vec<Group>,
    }

    #[derive(ToSchema)]
    #[allow(dead_code, reason = "only its schema is used")]
    struct Row {
        name: String,
        amounts: Vec<String>,
    }

    #[derive(ToSchema)]
    #[allow(dead_code, reason = "only its schema is used")]
    struct Group {
        owner: String,
    }

    #[test]
    fn buckets_are_columns_and_groups_stand_in_for_rows() {
        let table = Table::of(&Shape::of::<Report>()).unwrap();
        let rows = json!([{ "name": "=Boreas", "amounts": ["1.00", "-2.00"] }]);
        let report = json!({ "buckets": ["current", "1-30"], "rows": rows, "groups": [{ "owner": "Amy" }] });
        let text = |grouped| table.lines(&report, grouped).into_iter().map(|line| line.join("|")).collect::<Vec<_>>();
        assert_eq!(text(false), ["name|current|1-30", "'=Boreas|1.00|-2.00"]);
        assert_eq!(text(true), ["owner", "Amy"]);
        assert!(Table::of(&Shape::of::<Row>()).is_none());
    }
}
