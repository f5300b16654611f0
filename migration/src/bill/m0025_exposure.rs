//! Exposures by currency, so that they are exact and today's rate is applied when they are read; and who decides how much credit is given.

use super::m0017_obligations;
use crate::table::{Table, addition_to, create, id, integer, remove, tenant_table, tenant_table_by, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0025_exposure", up, down, tables };

/// Until now nothing kept this table: it is empty.
fn up(dialect: Dialect) -> Vec<String> {
    [remove(&[m0017_obligations::credit_exposures()]), create(&tables(), dialect)].concat()
}

fn down(dialect: Dialect) -> Vec<String> {
    [remove(&tables()), create(&[m0017_obligations::credit_exposures()], dialect)].concat()
}

fn tables() -> Vec<Table> {
    vec![credit_exposures(), credit_policies(), addition_to("invoices").index("party_open", &["party_id", "open_amount"])]
}

fn credit_exposures() -> Table {
    tenant_table_by("credit_exposures", &["company_id", "party_id", "currency"]).columns([
        id("company_id"),
        id("party_id"),
        text("currency"),
        integer("open_receivables"),
        integer("billables"),
        integer("obligations"),
        integer("unallocated"),
    ])
}

fn credit_policies() -> Table {
    tenant_table("credit_policies")
        .columns([
            id("company_id").indexed().references("companies"),
            id("party_id").null().indexed().references("parties"),
            id("general_of").null().unique(),
            text("action"),
            integer("max_overdue_days").null(),
            id("owner_id").null().references("users"),
        ])
        .versioned()
        .unique(&["company_id", "party_id"])
}
