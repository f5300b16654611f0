//! What was taken off billables, and when, so that the reports of a day that is over do not change (RPT-03, RPT-10).

use crate::table::{Table, create, id, integer, remove, tenant_table_by, text, unforced};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0175_billable_reductions", up, down, tables };

/// What is known of the time before this: billables that ended as a whole, which nothing changes afterwards. One that was billed again ended on the day of its
/// credit note, from which the one that came in its place is billable; of the others only the instant is known, so the day is that of UTC. What was taken off
/// one that goes on is not told: days before this are without it.
fn known(dialect: Dialect) -> String {
    let day = match dialect {
        Dialect::Sqlite => "strftime('%Y-%m-%d', b.updated_at / 1000000, 'unixepoch')",
        Dialect::Postgres => "to_char(to_timestamp(b.updated_at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
    };
    format!(
        "INSERT INTO billable_reductions (tenant_id, billable_id, version, company_id, invoice_id, day, quantity, amount) \
         SELECT b.tenant_id, b.id, b.version, b.company_id, b.invoice_id, COALESCE((SELECT MIN(n.billable_date) FROM billables n \
             WHERE n.tenant_id = b.tenant_id AND n.split_of = COALESCE(b.split_of, b.id) AND n.source_type = 'manual' AND n.created_at = b.updated_at), {day}), \
             b.quantity, b.amount \
         FROM billables b WHERE b.status = 'written_off' AND b.quantity <> 0"
    )
}

fn up(dialect: Dialect) -> Vec<String> {
    [create(&tables(), dialect), unforced(&["billables", "billable_reductions"], dialect, &[&known(dialect)])].concat()
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let reductions = tenant_table_by("billable_reductions", &["billable_id", "version"])
        .columns([
            id("billable_id").references("billables"),
            integer("version"),
            id("company_id"),
            id("invoice_id").null(),
            text("day"),
            integer("quantity"),
            integer("amount"),
        ])
        .index("days", &["company_id", "day"]);
    vec![reductions]
}
