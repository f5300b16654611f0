//! Imports: rows of a file become objects (INT-35, MDM-10).
//!
//! Up to 1,000 rows may stand in a JSON body. A file of up to 100 MiB is sent as it is, as `text/csv`, with the options in the query.

use crate::integration::Job;
use causeway_value::{CompanyId, JobId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// What the rows become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportResource {
    /// Deals, history included. Those that are won or lost have the day of it in `closed_at`; of an open one that column is its `expected_close_date`.
    Opportunities,
    /// Leads.
    Leads,
    /// Customers and suppliers; those with the same id are changed, without one those with the same name.
    Parties,
    /// Products; those with the same code are changed.
    Products,
    /// People at parties; those with the same mail address at the same party are changed.
    Contacts,
    /// Stages of pipelines; those with the same name in the same pipeline are changed.
    Stages,
}

/// Rows to import, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateImport {
    /// What the rows become. Required, here or in the query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<ImportResource>,
    /// The company of what is imported: the only one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// Which field a column becomes, for columns whose name does not say it; an empty field leaves the column out, and `metadata.<name>` makes it an entry of
    /// `metadata`, as does a column of that name. Other columns that name no field become `metadata`, too, except of people and stages, where they are left out:
    /// the result of the job names them as `unknown_columns`, each with what became of it and, where its name is nearly that of a field, `did_you_mean`. Parties
    /// take a billing and a shipping address, too: `billing_line1`, `billing_line2`, `billing_city`, `billing_region`, `billing_postal_code`, `billing_country`, and
    /// `shipping_…`; without a country it is the party's. GET /v1/imports/columns lists every field with the other names that its column may have, and how cells
    /// name other objects: taxes, payment terms, price lists and products by code or name, categories, stages, teams and companies by name.
    #[serde(default)]
    pub mapping: BTreeMap<String, String>,
    /// What a field is where a row's cell is empty, such as `{"owner_id": "dana@acme.test"}`.
    #[serde(default)]
    pub defaults: BTreeMap<String, String>,
    /// The system whose ids stand in the column `external_ref`: `import` when not given. A row whose id is known changes that object; an id has one row in a file.
    /// A list that was read as CSV can be changed and imported again: an id of the object itself in the column `id`, such as `pty_…`, changes that object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub system: Option<String>,
    /// Whether parties that are named but not there are created as customers, each with the first right row that names it: no when not given. One name is one
    /// party, however it is written (capitals, spaces, points, hyphens). The result counts them as `parties_created`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_parties: Option<bool>,
    /// Whether columns that name no field, and of which `mapping` says nothing, refuse the import, each named: no when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
    /// Whether to check everything and write nothing: no when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    /// The rows: cells by column.
    #[serde(default)]
    #[schema(max_items = 1_000)]
    pub rows: Vec<BTreeMap<String, String>>,
}

/// The options of an import whose body is a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// What the rows become.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<ImportResource>,
    /// The company of what is imported: the only one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// JSON: which field a column becomes. The result of the job names the columns that name no field as `unknown_columns`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<String>,
    /// JSON: what a field is where a row's cell is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaults: Option<String>,
    /// The system whose ids stand in the column `external_ref`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub system: Option<String>,
    /// Whether parties that are named but not there are created as customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_parties: Option<bool>,
    /// Whether columns that name no field refuse the import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
    /// Whether to check everything and write nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

/// Whose columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportColumnsQuery {
    /// What the rows become: everything that can be imported when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<ImportResource>,
}

/// The columns that imports know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportColumns {
    /// Always `import_columns`.
    pub object: String,
    /// The columns.
    pub data: Vec<ImportColumn>,
}

/// A column that an import knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportColumn {
    /// What its rows become.
    pub resource: ImportResource,
    /// The field, which is the name of the column, too. In the header capitals do not matter, nor whether spaces or `_` stand between words.
    pub field: String,
    /// Other names that the column may have.
    pub also: Vec<String>,
    /// What its cells hold.
    pub cells: ImportCell,
    /// The words that a cell may hold; none where others may.
    pub words: Vec<String>,
    /// By what a cell may name another object, besides its id; null where it names none.
    pub named_by: Option<String>,
    /// What it means.
    pub meaning: String,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportCell {
    /// A text.
    Text,
    /// A number with a point: an amount, a price, a quantity or a percentage.
    Number,
    /// A whole number.
    Whole,
    /// A day such as `2026-12-31`.
    Day,
    /// An instant such as `2026-12-31T09:00:00Z`, or a day, which stands for its beginning.
    Instant,
    /// `yes`, `no`, `true`, `false`, `1` or `0`.
    YesNo,
    /// One of `words`.
    Word,
    /// Several, with semicolons between them.
    Several,
    /// What no row can fill: the service's own exports have it, and it is left out.
    LeftOut,
}

/// Which errors of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobErrorsQuery {
    /// Leave out this many from the beginning: none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10_000)]
    pub skip: Option<u32>,
}

/// What was wrong in the rows of an import, in their order. The first 10,000 errors are kept; up to 1,000 are answered at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobErrors {
    /// Always `job_errors`.
    pub object: String,
    /// The job.
    pub job_id: JobId,
    /// How many there were in all.
    pub count: i64,
    /// The errors.
    pub data: Vec<JobError>,
    /// Whether more are kept after these.
    pub has_more: bool,
}

/// One error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobError {
    /// The row of the file; the header is row 1.
    pub row: i64,
    /// The column; null when it is about the whole row.
    pub column: Option<String>,
    /// What is wrong, as a word.
    pub code: String,
    /// What to do about it.
    pub detail: String,
}

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{ImportColumns, ImportColumnsQuery, ImportQuery, Job, JobErrors, JobErrorsQuery};
    use crate::import as body;
    use causeway_contract::{Accepted, Json, Nothing, endpoints};
    use causeway_value::JobId;

    endpoints! {
        /// Imports rows: a JSON body with up to 1,000, or a file of up to 100 MiB as `text/csv`. GET /v1/imports/columns says which columns it knows.
        Post "/v1/imports" CreateImport () body::CreateImport => Accepted<Job>, imports:write, [upload], query ImportQuery;
        /// Lists the columns that imports know, with the other names that they may have and by what their cells may name other objects.
        Get "/v1/imports/columns" ListImportColumns () Nothing => Json<ImportColumns>, jobs:read, query ImportColumnsQuery;
        /// Reads what was wrong in the rows of an import.
        Get "/v1/jobs/{id}/errors" GetJobErrors (JobId) Nothing => Json<JobErrors>, jobs:read, query JobErrorsQuery;
        /// Cancels a job that has not ended; what it did stays. One that has ended is answered as it is.
        Post "/v1/jobs/{id}/cancel" CancelJob (JobId) Nothing => Json<Job>, jobs:write;
    }
}
