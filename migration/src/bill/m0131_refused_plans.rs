//! An invoice of a billing run that cannot be made comes to nothing that anybody could tell.

use crate::table::{Column, Table, addition_to, integer, relax, tighten, unforced};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0131_refused_plans", up, down, tables };

/// What was refused while it was planned was kept as zero. Refused later, it has what was planned.
const REFUSED: &str = "UPDATE billing_run_items SET untaxed_amount = NULL, tax_amount = NULL, total_amount = NULL \
    WHERE status = 'failed' AND untaxed_amount = 0 AND tax_amount = 0 AND total_amount = 0";
const ZERO: &str = "UPDATE billing_run_items SET untaxed_amount = 0, tax_amount = 0, total_amount = 0 WHERE total_amount IS NULL";

fn amounts() -> [Column; 3] {
    ["untaxed_amount", "tax_amount", "total_amount"].map(|name| integer(name).null())
}

fn up(dialect: Dialect) -> Vec<String> {
    let mut statements: Vec<String> = amounts().into_iter().flat_map(|column| relax("billing_run_items", column, dialect)).collect();
    statements.extend(unforced(&["billing_run_items"], dialect, &[REFUSED]));
    statements
}

fn down(dialect: Dialect) -> Vec<String> {
    let mut statements = unforced(&["billing_run_items"], dialect, &[ZERO]);
    statements.extend(amounts().into_iter().flat_map(|column| tighten("billing_run_items", column, dialect)));
    statements
}

fn tables() -> Vec<Table> {
    vec![addition_to("billing_run_items").columns(amounts())]
}
