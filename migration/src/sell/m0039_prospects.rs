//! A deal may come up before its customer is known.

use crate::table::{Column, Table, addition_to, id, relax, tighten};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0039_prospects", up, down, tables };

const fn party() -> Column {
    id("party_id").null()
}

fn up(dialect: Dialect) -> Vec<String> {
    relax("opportunities", party(), dialect)
}

fn down(dialect: Dialect) -> Vec<String> {
    tighten("opportunities", party(), dialect)
}

fn tables() -> Vec<Table> {
    vec![addition_to("opportunities").columns([party()])]
}
