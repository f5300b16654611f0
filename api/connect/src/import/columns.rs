//! Which field a column becomes.

use super::targets::exported;
use causeway_openapi::import::ImportResource;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a column becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A field of the object.
    Field(String),
    /// An entry of `metadata`, under this name.
    Metadata(String),
    /// Nothing.
    Nothing,
}

/// A column that names no field and of which the mapping says nothing: a free one, or one whose name is mistyped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// The column, as the file names it.
    pub column: String,
    /// What became of it, such as `metadata.region`; none when it is left out.
    pub becomes: Option<String>,
    /// The name of a field that is written nearly so.
    pub did_you_mean: Option<String>,
}

/// What stands between the cells of a file: a comma, unless its header has semicolons or tabs and fewer commas, as spreadsheets of many countries write them.
#[must_use]
pub fn separator(header: &str) -> u8 {
    let (mut quoted, mut counts) = (false, [(b',', 0_usize), (b';', 0), (b'\t', 0)]);
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == byte && !quoted) {
            *count += 1;
        }
    }
    // Of equals the first.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| separator)
}

/// Other names of fields, as exports of other systems write them. Names are compared in lower case with `_` between words.
fn aliases(resource: ImportResource) -> &'static [(&'static str, &'static str)] {
    match resource {
        ImportResource::Opportunities => &[
            ("opportunity_id", "external_ref"),
            ("name", "title"),
            ("opportunity_name", "title"),
            ("sales_agent", "owner_id"),
            ("sales_rep", "owner_id"),
            ("owner", "owner_id"),
            ("owner_email", "owner_id"),
            ("product", "product_id"),
            ("account", "party_id"),
            ("account_name", "party_id"),
            ("customer", "party_id"),
            ("party", "party_id"),
            ("contact", "contact_id"),
            ("deal_stage", "stage_id"),
            ("stage", "stage_id"),
            ("team", "team_id"),
            ("company", "company_id"),
            ("engage_date", "created_at"),
            ("created_date", "created_at"),
            ("close_date", "closed_at"),
            ("close_value", "expected_value"),
            ("amount", "expected_value"),
            ("value", "expected_value"),
            ("win_probability", "probability"),
            ("lead_source", "source"),
            ("loss_reason", "lost_reason"),
        ],
        ImportResource::Leads => &[
            ("lead_id", "external_ref"),
            ("subject", "title"),
            ("name", "contact_name"),
            ("full_name", "contact_name"),
            ("company_name", "organization_name"),
            ("organization", "organization_name"),
            ("account", "organization_name"),
            ("mail", "email"),
            ("e_mail", "email"),
            ("telephone", "phone"),
            ("lead_source", "source"),
            ("employees", "employee_count"),
            ("company_size", "employee_count"),
            ("team", "team_id"),
            ("owner", "owner_id"),
            ("owner_email", "owner_id"),
            ("company", "company_id"),
            ("created_date", "created_at"),
        ],
        ImportResource::Parties => &[
            ("account_id", "external_ref"),
            ("customer_id", "external_ref"),
            ("account", "name"),
            ("account_name", "name"),
            ("company_name", "name"),
            ("customer", "name"),
            ("sector", "segment"),
            ("industry", "segment"),
            ("vat_id", "tax_id"),
            ("vat_number", "tax_id"),
            ("payment_term", "payment_term_id"),
            ("payment_terms", "payment_term_id"),
            ("payment_term_code", "payment_term_id"),
            ("terms", "payment_term_id"),
            ("price_list", "price_list_id"),
            ("pricelist", "price_list_id"),
            ("price_list_code", "price_list_id"),
            ("currency_code", "currency"),
            ("country_code", "country"),
            ("mail", "email"),
            ("e_mail", "email"),
            ("telephone", "phone"),
            ("billing_street", "billing_line1"),
            ("billing_state_province", "billing_region"),
            ("billing_zip_postal_code", "billing_postal_code"),
            ("billing_zip", "billing_postal_code"),
            ("shipping_street", "shipping_line1"),
            ("shipping_state_province", "shipping_region"),
            ("shipping_zip_postal_code", "shipping_postal_code"),
            ("shipping_zip", "shipping_postal_code"),
        ],
        ImportResource::Products => &[
            ("product_id", "external_ref"),
            ("product", "name"),
            ("product_name", "name"),
            ("sku", "code"),
            ("sales_price", "list_price"),
            ("price", "list_price"),
            ("unit_price", "list_price"),
            ("currency_code", "currency"),
            ("tax", "tax_ids"),
            ("taxes", "tax_ids"),
            ("tax_code", "tax_ids"),
            ("tax_codes", "tax_ids"),
            ("tax_id", "tax_ids"),
            ("vat", "tax_ids"),
            ("vat_code", "tax_ids"),
            ("category", "category_id"),
            ("category_name", "category_id"),
            ("product_category", "category_id"),
            ("unit_code", "unit"),
            ("unit_of_measure", "unit"),
            ("uom", "unit"),
            ("revenue_account", "revenue_account_code"),
        ],
        ImportResource::Contacts => &[
            ("account", "party_id"),
            ("customer", "party_id"),
            ("party", "party_id"),
            ("company_name", "party_id"),
            ("full_name", "name"),
            ("contact_name", "name"),
            ("mail", "email"),
            ("e_mail", "email"),
            ("telephone", "phone"),
            ("job_title", "position"),
            ("title", "position"),
        ],
        ImportResource::Stages => &[
            ("stage", "name"),
            ("deal_stage", "name"),
            ("stage_name", "name"),
            ("order", "position"),
            ("sequence", "position"),
            ("win_probability", "probability"),
            ("company", "company_id"),
        ],
    }
}

/// The other names of a field.
pub fn other_names(resource: ImportResource, field: &str) -> impl Iterator<Item = &'static str> {
    aliases(resource).iter().filter(move |(_, named)| *named == field).map(|(alias, _)| *alias)
}

/// Whether objects of this kind keep what no field of theirs is for.
#[must_use]
pub const fn keeps_metadata(resource: ImportResource) -> bool {
    !matches!(resource, ImportResource::Contacts | ImportResource::Stages)
}

/// Whether objects of this kind keep their ids in other systems.
#[must_use]
pub const fn keeps_references(resource: ImportResource) -> bool {
    keeps_metadata(resource)
}

/// What each column becomes: as the mapping says; else the field of its name; else the field that other systems call so; else `metadata`, where the object
/// has some: under the name behind `metadata.` where the column is called so.
#[must_use]
pub fn targets(resource: ImportResource, columns: &[String], mapping: &BTreeMap<String, String>, fields: &[String]) -> Vec<Target> {
    let left_out = left_out(resource, columns);
    let target = |column: &String| {
        if let Some(field) = mapping.get(column) {
            return match field.strip_prefix(METADATA) {
                Some(name) => Target::Metadata(name.to_owned()),
                None if field.is_empty() => Target::Nothing,
                None => Target::Field(field.clone()),
            };
        }
        if let Some(name) = own(column) {
            return if keeps_metadata(resource) { Target::Metadata(name.to_owned()) } else { Target::Nothing };
        }
        let name = plain(column);
        match called(resource, &name, fields) {
            Some(field) => Target::Field(field),
            None if left_out.contains(&name) && name != ENTRIES => Target::Nothing,
            None if !keeps_metadata(resource) || name.is_empty() => Target::Nothing,
            None => Target::Metadata(name),
        }
    };
    columns.iter().map(target).collect()
}

/// The columns that name no field, unless the mapping or their own name says what becomes of them. One without a name holds nothing that could be kept.
#[must_use]
pub fn unknown(resource: ImportResource, columns: &[String], mapping: &BTreeMap<String, String>, fields: &[String]) -> Vec<Unknown> {
    let said = |column: &String| mapping.contains_key(column) || (own(column).is_some() && keeps_metadata(resource));
    let left_out = left_out(resource, columns);
    let is_entries = |name: &str| name == ENTRIES && keeps_metadata(resource);
    let is_free = |column: &&String| {
        let name = plain(column);
        !said(column) && !name.is_empty() && !is_entries(&name) && !left_out.contains(&name) && called(resource, &name, fields).is_none()
    };
    let one = |column: &String| Unknown {
        column: column.clone(),
        becomes: keeps_metadata(resource).then(|| format!("{METADATA}{}", plain(column))),
        did_you_mean: nearest(resource, &plain(column), fields),
    };
    columns.iter().filter(is_free).map(one).collect()
}

/// What stands before the name of an entry of `metadata`.
pub const METADATA: &str = "metadata.";

/// The column in which all entries of `metadata` stand as JSON, as in the service's own export.
pub const ENTRIES: &str = "metadata";

/// What tells the service's own export, edited or not, from other files.
const OWN_EXPORT: [&str; 3] = ["id", "object", "version"];

/// The columns that an export of the service has and that no row can fill: of such a file they are left out, as nobody meant them as `metadata`.
fn left_out(resource: ImportResource, columns: &[String]) -> BTreeSet<String> {
    let names: BTreeSet<String> = columns.iter().map(|column| plain(column)).collect();
    if OWN_EXPORT.iter().all(|name| names.contains(*name)) { exported(resource).iter().map(|name| plain(name)).collect() } else { BTreeSet::new() }
}

/// The entry of `metadata` that a column is named after.
fn own(column: &str) -> Option<&str> {
    column.trim().strip_prefix(METADATA).map(str::trim).filter(|name| !name.is_empty())
}

/// The field of this name, or the one that other systems call so.
pub(super) fn called(resource: ImportResource, name: &str, fields: &[String]) -> Option<String> {
    if fields.iter().any(|field| field == name) {
        return Some(name.to_owned());
    }
    aliases(resource).iter().find(|(alias, _)| *alias == name).map(|(_, field)| (*field).to_owned())
}

/// The name of a column that is one slip away from this one, or two when it is long. Short names are not guessed.
fn nearest(resource: ImportResource, name: &str, fields: &[String]) -> Option<String> {
    let slips = match name.chars().count() {
        0..4 => return None,
        4..9 => 1,
        _ => 2,
    };
    let known = fields.iter().map(String::as_str).chain(aliases(resource).iter().map(|(alias, _)| *alias));
    let near = known.map(|known| (strsim::osa_distance(name, known), known)).filter(|(distance, _)| *distance <= slips);
    near.min_by_key(|(distance, _)| *distance).map(|(_, known)| known.to_owned())
}

/// Lower case, with `_` between words.
pub(super) fn plain(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let parts: Vec<&str> = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    parts.join("_")
}

#[cfg(test)]
pub(super) fn other_names_of_all(resource: ImportResource) -> usize {
    aliases(resource).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_wins_over_names_and_names_over_aliases() {
        let columns: Vec<String> = ["Opportunity ID", "Title", "close_value", "region", "junk"].map(str::to_owned).into();
        let mapping = BTreeMap::from([("junk".to_owned(), String::new()), ("region".to_owned(), "metadata.where".to_owned())]);
        let field = |name: &str| Target::Field(name.to_owned());
        let found = targets(ImportResource::Opportunities, &columns, &mapping, &["title".to_owned()]);
        assert_eq!(found, [field("external_ref"), field("title"), field("expected_value"), Target::Metadata("where".to_owned()), Target::Nothing]);
        let other = targets(ImportResource::Opportunities, &["Sales Region".to_owned(), "metadata.Sales Region".to_owned()], &BTreeMap::new(), &[]);
        assert_eq!(other, ["sales_region", "Sales Region"].map(|name| Target::Metadata(name.to_owned())));
    }

    #[test]
    fn cells_are_told_apart_by_what_the_header_has_most_of() {
        for (header, expected) in
            [("a,b", b','), ("a", b','), ("a;b;c", b';'), ("a\tb", b'\t'), ("\"a;b;c\",d", b','), ("a;\"b,c,d\"", b';'), ("a,b;c,d", b',')]
        {
            assert_eq!(separator(header), expected, "{header}");
        }
    }

    #[test]
    fn what_names_no_field_is_told_with_what_it_may_mean() {
        let fields = ["title", "expected_value", "name", "email"].map(str::to_owned);
        let told = |resource, columns: &[&str]| {
            let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
            let mapping = BTreeMap::from([("hall".to_owned(), "metadata.hall".to_owned()), ("junk".to_owned(), String::new())]);
            let found = unknown(resource, &columns, &mapping, &fields);
            found.into_iter().map(|one| (one.column, one.becomes.unwrap_or_default(), one.did_you_mean.unwrap_or_default())).collect::<Vec<_>>()
        };
        let one = |column: &str, becomes: &str, near: &str| (column.to_owned(), becomes.to_owned(), near.to_owned());
        assert_eq!(
            told(ImportResource::Opportunities, &["Title", "Expected vale", "Sales Region", "hall", "junk", "metadata.vat", "close_vlaue", "", "--", "emal"]),
            [
                one("Expected vale", "metadata.expected_vale", "expected_value"),
                one("Sales Region", "metadata.sales_region", ""),
                one("close_vlaue", "metadata.close_vlaue", "close_value"),
                one("emal", "metadata.emal", "email"),
            ]
        );
        // People and stages keep nothing else, whatever it is called.
        assert_eq!(told(ImportResource::Contacts, &["name", "metadata.vat", "emial"]), [one("metadata.vat", "", ""), one("emial", "", "email")]);
    }
}
