//! When what is ordered was promised, and whether that day passed.

use crate::table::{Table, addition_to, create, remove, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0047_promises", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![
        addition_to("orders").columns([yes_no("late").null().indexed()]),
        addition_to("order_lines").columns([text("promised_date").null()]),
        addition_to("obligations")
            .columns([text("promised_date").null(), text("awaited_date").null()])
            .index("awaited_date", &["company_id", "awaited_date", "id"]),
        addition_to("deliveries").columns([text("promised_date").null().indexed()]),
    ]
}
