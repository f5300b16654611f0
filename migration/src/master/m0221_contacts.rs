//! Contacts are objects of their own. Those that are there stand at their first version, with the instants of their party, and are found by their words.

use crate::kernel::m0191_names::words;
use crate::table::{Column, Table, addition_to, create, integer, remove, text, tighten, unforced, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0221_contacts", up, down, tables };

/// What every contact has from now on.
const fn columns() -> [Column; 5] {
    [yes_no("active"), text("metadata"), integer("version"), integer("created_at"), integer("updated_at")]
}

/// The columns while those that are there have no value for them.
fn added() -> Table {
    let table = addition_to("contacts").columns(columns().map(Column::null));
    ["active", "name", "updated_at"].into_iter().fold(table, |table, column| table.index(column, &[column, "id"]))
}

fn up(dialect: Dialect) -> Vec<String> {
    let of_party = |column: &str| {
        format!(
            "\"{column}\" = (SELECT p.\"{column}\" FROM \"parties\" p WHERE p.\"tenant_id\" = \"contacts\".\"tenant_id\" AND p.\"id\" = \"contacts\".\"party_id\")"
        )
    };
    let filled =
        format!("UPDATE \"contacts\" SET \"active\" = TRUE, \"metadata\" = '{{}}', \"version\" = 1, {}, {}", of_party("created_at"), of_party("updated_at"));
    let found = words(dialect, "contact", "contacts", "name || ' ' || COALESCE(email, '')");
    let known = unforced(&["contacts", "parties", "search_words"], dialect, &[&filled, &found]);
    let never_null = columns().into_iter().flat_map(|column| tighten("contacts", column.null(), dialect));
    create(&[added()], dialect).into_iter().chain(known).chain(never_null).collect()
}

fn down(dialect: Dialect) -> Vec<String> {
    let words = unforced(&["search_words"], dialect, &["DELETE FROM \"search_words\" WHERE \"object_type\" = 'contact'"]);
    words.into_iter().chain(remove(&[added()])).collect()
}

fn tables() -> Vec<Table> {
    vec![addition_to("contacts").columns(columns())]
}
