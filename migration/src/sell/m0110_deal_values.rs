//! Deals by what they may be worth, and leads by when they came in (CRM-08, CRM-10).

use crate::table::{Table, addition_to, create, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0110_deal_values", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    // The list is sorted by the first; the report on the conversion of leads reads a period by the second.
    vec![addition_to("opportunities").index("expected_value", &["expected_value", "id"]), addition_to("leads").index("captured", &["company_id", "created_at"])]
}
