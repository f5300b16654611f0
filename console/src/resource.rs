//! The resources, made from the rows of the contract: what can be listed has a screen, what can be done to it has an action.
//!
//! A list the service gains is here without a line of code; `columns.rs` says how well-known ones look, `verbs.rs` which keys their verbs have.

use crate::call::Call;
use crate::columns::{self, Column};
use crate::contract::{Audience, ROWS, Row, Shape};
use crate::verbs::{self, Hint};
use causeway_contract::Method;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Something that can be listed.
pub struct Resource {
    /// The word in paths, commands and links, such as `orders`.
    pub name: &'static str,
    /// The operation that lists it.
    pub list: Row,
    /// The operation that reads one.
    pub get: Option<Row>,
    /// The operations that change something: `new`, `edit` and the verbs.
    pub operations: Vec<Operation>,
    /// What a list shows.
    pub columns: Vec<Column>,
    /// The prefix of its ids, such as `ord`.
    pub prefix: Option<&'static str>,
    /// Whose credential it takes.
    pub platform: bool,
    /// Whether its objects belong to a deal, whose story can be shown.
    pub in_flow: bool,
    /// What a log is asked with to begin at its end, where the service can do so. Lists begin with the newest by themselves.
    pub backwards: Option<&'static str>,
}

/// What an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// Makes a new one.
    New,
    /// Changes fields of one.
    Edit,
    /// Does something to one.
    One,
    /// Is about all of them.
    All,
}

/// Something that can be done.
#[derive(Clone)]
pub struct Operation {
    /// The word, such as `confirm`.
    pub word: &'static str,
    /// What it is about.
    pub aim: Aim,
    /// The row.
    pub row: Row,
    /// Key, states and inverse.
    pub hint: Hint,
}

impl Operation {
    /// Whether the service can tell the result beforehand.
    pub fn can_dry_run(&self) -> bool {
        self.row.dry_runs()
    }

    /// Whether its box can show what would happen: the call has a dry run, and does not only change fields that one sees.
    pub fn foresees(&self) -> bool {
        self.can_dry_run() && self.aim != Aim::Edit
    }

    /// Whether the answer holds a secret that is shown once.
    pub fn gives_secret(&self) -> bool {
        self.row.gives_secret()
    }

    /// Whether it changes nothing.
    pub fn reads(&self) -> bool {
        self.row.method == Method::Get
    }

    /// What it is called: reports have the name that their path gives them, all else the name under which it is found and its word.
    pub fn called(&self, name: &str) -> String {
        let report = self.row.path.strip_prefix("/v1/reports/").filter(|_| name == LOOSE);
        report.map_or_else(|| format!("{name} {}", self.word), |report| format!("report {report}"))
    }

    /// Whether it locks a whole tenant out.
    pub fn locks_out(&self) -> bool {
        self.row.id == "SuspendTenant"
    }

    /// Whether the answer is a paper, which is kept as a file.
    pub fn prints(&self) -> bool {
        self.row.media == PAPER
    }

    /// The names of the path's segments that no row gives: they are fields of its form.
    pub fn segments(&self) -> Vec<&'static str> {
        if self.aim == Aim::All { segments(self.row.path) } else { Vec::new() }
    }

    /// Why it cannot be done to something in this state; `None` when it can.
    pub fn off(&self, state: Option<&str>) -> Option<String> {
        let state = state?;
        let from = self.hint.from;
        (!from.is_empty() && !from.contains(&state)).then(|| format!("only when {}; this is {state}", from.join(" or ")))
    }
}

impl Resource {
    /// The operation with this word.
    pub fn operation(&self, word: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.word == word)
    }

    /// Whether the list can be filtered by this field on the server. Amounts can once the currency is named: those of two currencies do not compare.
    pub fn filters_by(&self, name: &str, currency: bool) -> bool {
        match self.list.list {
            Some(spec) => {
                spec.filters().any(|(filter, kind)| filter == name && (currency || kind != "amount"))
                    || (name == "q" && spec.searches())
                    || (name == "external_ref" && spec.external_refs())
            }
            None => matches!(name, "type" | "subject_id" | "flow_id"),
        }
    }

    /// What the server filters by.
    pub fn filters(&self) -> Vec<&'static str> {
        self.list.list.map_or_else(|| vec!["type", "subject_id", "flow_id"], |spec| spec.filters().map(|(name, _)| name).collect())
    }

    /// Whether the server filters by this field with `true` and `false`.
    pub fn answers_yes_or_no(&self, name: &str) -> bool {
        self.list.list.is_some_and(|spec| spec.filters().any(|filter| filter == (name, "yesno")))
    }

    /// The fields that the server sorts by.
    pub fn sorts(&self) -> Vec<&'static str> {
        self.list.list.map(|spec| spec.sorts().collect()).unwrap_or_default()
    }
}

static ALL: LazyLock<Vec<Resource>> = LazyLock::new(build);

/// Every resource, in the order of the contract.
pub fn all() -> &'static [Resource] {
    &ALL
}

/// The resource of this name.
pub fn named(name: &str) -> Option<&'static Resource> {
    all().iter().find(|resource| resource.name == name)
}

/// The resource that an id belongs to.
pub fn of_id(id: &str) -> Option<&'static Resource> {
    of_prefix(id.split_once('_')?.0)
}

/// The resource whose ids have this prefix.
pub fn of_prefix(prefix: &str) -> Option<&'static Resource> {
    all().iter().find(|resource| resource.prefix == Some(prefix))
}

/// The documents that have numbers and are found by them.
pub fn numbered(platform: bool) -> impl Iterator<Item = &'static Resource> {
    all().iter().filter(move |resource| resource.platform == platform && resource.get.is_some() && resource.filters_by("number", false))
}

/// The row of an operation by its name.
pub fn row(id: &str) -> Option<Row> {
    ROWS.iter().find(|row| row.id == id).copied()
}

/// Under which name operations are found that belong to no list.
pub const LOOSE: &str = "call";
/// The log of events, which is no list: it is read on from a place.
const EVENTS: &str = "/v1/events";
/// The content type of papers.
const PAPER: &str = "application/pdf";

static OTHERS: LazyLock<Vec<Operation>> = LazyLock::new(others);

/// What belongs to no list: reports, the clock of a sandbox, refunds, the second factor, under the names that the contract gives them.
pub fn loose() -> &'static [Operation] {
    &OTHERS
}

/// An operation of a resource by its word, or one that belongs to none by its name; with the name under which it is found.
pub fn operation_of(name: &str, word: &str) -> Option<(&'static str, &'static Operation)> {
    if name == LOOSE {
        return loose().iter().find(|operation| operation.word == word).map(|operation| (LOOSE, operation));
    }
    let resource = named(name)?;
    resource.operation(word).map(|operation| (resource.name, operation))
}

fn others() -> Vec<Operation> {
    let listed = all().iter().flat_map(|resource| [Some(resource.list.id), resource.get.map(|get| get.id)]).flatten();
    let done = all().iter().flat_map(|resource| &resource.operations).map(|operation| operation.row.id);
    let known: BTreeSet<&str> = listed.chain(done).collect();
    let loose = ROWS.iter().filter(|row| row.audience != Audience::Open && row.media == "application/json" && !known.contains(row.id));
    loose.map(|row| Operation { word: row.id, aim: Aim::All, row: *row, hint: verbs::hint(row.id) }).collect()
}

/// Every permission that an operation of a tenant asks for, and all of an area together: `orders:*`.
pub fn permissions() -> Vec<String> {
    let needed = ROWS.iter().filter(|row| row.audience == Audience::Tenant).filter_map(|row| row.permission.split_once(':'));
    let all: BTreeSet<(&str, &str)> = needed.filter(|(area, _)| *area != "any").flat_map(|(area, verb)| [(area, "*"), (area, verb)]).collect();
    all.into_iter().map(|(area, verb)| format!("{area}:{verb}")).collect()
}

/// What a permission allows: the first operation that asks for it; nothing for those of a whole area.
pub fn allows(permission: &str) -> &'static str {
    ROWS.iter().find(|row| row.permission == permission).map_or("", |row| row.summary)
}

/// The operation of a method and path.
pub fn row_at(method: Method, path: &str) -> Option<Row> {
    ROWS.iter().find(|row| row.method == method && row.path == path).copied()
}

/// The names of the `{…}` segments of a path.
fn segments(path: &'static str) -> Vec<&'static str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
}

fn build() -> Vec<Resource> {
    let listed = ROWS.iter().filter(|row| row.method == Method::Get && !row.path.contains('{') && (row.list.is_some() || row.path == EVENTS));
    listed.map(resource).collect()
}

fn resource(list: &Row) -> Resource {
    let one = format!("{}/{{id}}", list.path);
    let get = ROWS.iter().find(|row| row.method == Method::Get && row.path == one).copied();
    let name = list.path.rsplit('/').next().unwrap_or_default();
    let prefix = get.and_then(|row| row.prefix);
    let mut operations: Vec<Operation> = ROWS.iter().filter_map(|row| operation(list.path, row)).collect();
    // A word means one thing: what is about all of them and is called like what is done to one is found by its own name.
    let words: BTreeSet<&str> = operations.iter().filter(|operation| operation.aim != Aim::All).map(|operation| operation.word).collect();
    operations.retain(|operation| operation.aim != Aim::All || !words.contains(operation.word));
    let platform = list.audience == Audience::Platform;
    Resource {
        name,
        list: *list,
        get,
        operations,
        columns: columns::of(name, list),
        prefix,
        platform,
        in_flow: columns::has(&list.object(), "flow_id"),
        backwards: list.query().as_ref().and_then(backwards),
    }
}

/// The word of the field `sort` that asks a log for its newest first, when older ones can be asked for with `before`.
fn backwards(query: &Shape) -> Option<&'static str> {
    let Shape::Object { fields, .. } = query else { return None };
    let shape = |name: &str| fields.iter().find(|field| field.name == name).map(|field| &field.shape);
    match (shape("sort")?, shape("before")) {
        (Shape::Words(words), Some(_)) => words.iter().find(|word| word.starts_with('-')).copied(),
        _ => None,
    }
}

/// The parameter that the next page of this is asked for with.
pub fn page_after(call: &Call) -> &'static str {
    let newest_first = call.query.iter().any(|(name, value)| name == "sort" && value.starts_with('-'));
    match (call.path == EVENTS, newest_first) {
        (false, _) => "cursor",
        (true, true) => "before",
        (true, false) => "after",
    }
}

fn operation(base: &str, row: &Row) -> Option<Operation> {
    // A stream has no end to wait for: the console follows it by itself.
    let rest = row.path.strip_prefix(base).filter(|rest| *rest != "/stream")?;
    // What is open to anybody, such as a sign-in, is nothing that is done to rows.
    if row.audience == Audience::Open {
        return None;
    }
    let hint = verbs::hint(row.id);
    let of = |word, aim| Some(Operation { word, aim, row: *row, hint });
    match (row.method, rest) {
        (Method::Post, "") => of("new", Aim::New),
        (Method::Patch, "/{id}") => of("edit", Aim::Edit),
        (Method::Delete, "/{id}") => of("delete", Aim::One),
        _ => {
            if let Some(word) = rest.strip_prefix("/{id}/") {
                return (!word.contains('/') && !word.contains('{')).then_some(()).and_then(|()| of(word, Aim::One));
            }
            let word = rest.strip_prefix('/')?;
            (!word.contains('/') && !word.contains('{')).then_some(()).and_then(|()| of(word, Aim::All))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_of_the_contract_is_a_resource_with_columns() {
        for name in ["tenants", "companies", "users", "roles", "api-keys", "leads", "opportunities", "quotes", "orders", "deliveries", "billables", "invoices"]
        {
            assert!(named(name).is_some(), "{name}");
        }
        let names: BTreeSet<_> = all().iter().map(|resource| resource.name).collect();
        assert_eq!(names.len(), all().len(), "a name is used twice");
        assert!(all().iter().all(|resource| !resource.columns.is_empty()));
        assert_eq!(of_id("ord_01").map(|resource| resource.name), Some("orders"));
    }

    /// What no list has is found by its name, and nothing is found nowhere: only what is open to anybody, and the stream, which the console follows by itself.
    #[test]
    fn every_operation_of_the_contract_is_somewhere() {
        let listed = all().iter().flat_map(|resource| [Some(resource.list.id), resource.get.map(|get| get.id)]).flatten();
        let done = all().iter().flat_map(|resource| &resource.operations).chain(loose()).map(|operation| operation.row.id);
        let known: BTreeSet<&str> = listed.chain(done).collect();
        let nowhere: Vec<_> = ROWS.iter().filter(|row| row.audience != Audience::Open && !known.contains(row.id)).map(|row| row.id).collect();
        assert_eq!(nowhere, ["StreamEvents"]);
        assert!(named("sessions").is_some_and(|sessions| sessions.operation("new").is_none()), "one signs in, one makes no session");
        for id in ["GetCompliance", "GetQuoteConversion", "GetInvoiceAccuracy", "CreateRefund", "AdvanceClock", "EnrolTotp", "GetFlow"] {
            assert!(operation_of(LOOSE, id).is_some(), "{id}");
        }
        for resource in all() {
            let words: BTreeSet<_> = resource.operations.iter().map(|operation| operation.word).collect();
            assert_eq!(words.len(), resource.operations.len(), "{} has two operations of one word", resource.name);
        }
        assert!(operation_of(LOOSE, "RevokeSessions").is_some() && operation_of("sessions", "revoke").is_some_and(|(_, one)| one.aim == Aim::One));
        assert_eq!(operation_of(LOOSE, "GetFlow").map(|(_, operation)| operation.segments()), Some(vec!["id"]));
    }

    /// What cannot be taken back and moves money or takes a right away is never done with two keys only.
    #[test]
    fn what_weighs_much_wants_its_word() {
        for id in ["MergeParty", "CreateRefund", "ReverseInvoice", "WriteOffInvoice", "CommitBillingRun", "LockFiscalYear", "ResetTotp", "RevokeSessions"] {
            assert!(verbs::hint(id).hard, "{id}");
        }
        let payments =
            named("payments").and_then(|payments| payments.operation("cancel")).map(|cancel| (cancel.hint.key, cancel.off(Some("posted")).is_some()));
        assert_eq!(payments, Some((Some('x'), true)));
    }

    #[test]
    fn verbs_of_a_state_have_keys_of_their_own() {
        for resource in all() {
            let states: BTreeSet<_> = resource.operations.iter().flat_map(|operation| operation.hint.from).collect();
            for state in states {
                let mut keys = BTreeSet::new();
                for operation in resource.operations.iter().filter(|operation| operation.aim == Aim::One && operation.off(Some(state)).is_none()) {
                    if let Some(key) = operation.hint.key {
                        assert!(keys.insert(key), "{} {} in {state}: {key} is taken", resource.name, operation.word);
                    }
                }
            }
        }
    }

    #[test]
    fn a_log_that_can_be_read_from_its_end_is() {
        let field = |name, shape| crate::contract::Field { name, shape, required: false, meaning: "" };
        let query = |fields| Shape::Object { fields, others: false };
        let sort = || field("sort", Shape::Words(vec!["sequence", "-sequence"]));
        assert_eq!(backwards(&query(vec![field("after", Shape::Text), field("before", Shape::Text), sort()])), Some("-sequence"));
        assert_eq!(backwards(&query(vec![field("after", Shape::Text), sort()])), None);
        assert_eq!(backwards(&query(vec![field("before", Shape::Text)])), None);
        let call = |path| Call::get(path);
        assert_eq!(page_after(&call("/v1/orders").with("sort", "-number")), "cursor");
        assert_eq!(page_after(&call("/v1/events")), "after");
        assert_eq!(page_after(&call("/v1/events").with("sort", "-sequence")), "before");
    }

    /// What has the id of a deal leads to its story, whatever it is; nothing else does.
    #[test]
    fn what_belongs_to_a_deal_leads_to_its_story() {
        let in_flow = |name: &str| named(name).is_some_and(|resource| resource.in_flow);
        for name in ["leads", "orders", "invoices", "payments", "events", "journal-entries", "write-offs", "order-amendments", "billing-run-items"] {
            assert!(in_flow(name), "{name}");
        }
        for name in ["companies", "parties", "users", "tenants", "products"] {
            assert!(!in_flow(name), "{name}");
        }
    }

    #[test]
    fn hints_name_operations_that_exist() {
        for (id, hint) in verbs::HINTS {
            assert!(row(id).is_some(), "{id}");
            assert!(hint.inverse.is_none_or(|inverse| row(inverse).is_some()), "{id}");
        }
    }
}
