//! What the reports of the pipeline read: deals by whoever holds them.

use crate::table::{Table, addition_to, create, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0086_pipeline_groups", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    // Open deals and those that ended in a period, by owner, team, product or customer, without a look at the rows.
    let holders = ["company_id", "status", "closed_at", "owner_id", "team_id", "product_id", "party_id", "currency", "expected_value"];
    vec![addition_to("opportunities").index("holders", &holders)]
}
