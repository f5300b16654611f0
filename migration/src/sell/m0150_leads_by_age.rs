//! Leads by when they came in: imported ones are older than their rows (CRM-01).

use crate::table::{Table, addition_to, create, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0150_leads_by_age", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("leads").index("created_at", &["created_at", "id"])]
}
