//! Which field a column becomes.

use causeway_openapi::import::ImportResource;
use std::collections::BTreeMap;

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

/// Other names of fields, as exports of other systems write them. Names are compared in lower case with `_` between words.
fn aliases(resource: ImportResource) -> &'static [(&'static str, &'static str)] {
    match resource {
        ImportResource::Opportunities => &[
            ("opportunity_id", "external_ref"),
            ("id", "external_ref"),
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
            ("id", "external_ref"),
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
            ("id", "external_ref"),
            ("account", "name"),
            ("account_name", "name"),
            ("company_name", "name"),
            ("customer", "name"),
            ("sector", "segment"),
            ("industry", "segment"),
            ("vat_id", "tax_id"),
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
            ("id", "external_ref"),
            ("product", "name"),
            ("product_name", "name"),
            ("sku", "code"),
            ("sales_price", "list_price"),
            ("price", "list_price"),
            ("unit_price", "list_price"),
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

/// What each column becomes: as the mapping says; else the field of its name; else the field that other systems call so; else `metadata`, where the object
/// has some.
#[must_use]
pub fn targets(resource: ImportResource, columns: &[String], mapping: &BTreeMap<String, String>, fields: &[String]) -> Vec<Target> {
    let target = |column: &String| {
        if let Some(field) = mapping.get(column) {
            return match field.strip_prefix("metadata.") {
                Some(name) => Target::Metadata(name.to_owned()),
                None if field.is_empty() => Target::Nothing,
                None => Target::Field(field.clone()),
            };
        }
        let name = plain(column);
        if fields.contains(&name) {
            return Target::Field(name);
        }
        match aliases(resource).iter().find(|(alias, _)| *alias == name) {
            Some((_, field)) => Target::Field((*field).to_owned()),
            None if matches!(resource, ImportResource::Contacts | ImportResource::Stages) || name.is_empty() => Target::Nothing,
            None => Target::Metadata(name),
        }
    };
    columns.iter().map(target).collect()
}

/// Lower case, with `_` between words.
fn plain(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let parts: Vec<&str> = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    parts.join("_")
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
        let other = targets(ImportResource::Opportunities, &["Sales Region".to_owned()], &BTreeMap::new(), &[]);
        assert_eq!(other, [Target::Metadata("sales_region".to_owned())]);
    }
}
