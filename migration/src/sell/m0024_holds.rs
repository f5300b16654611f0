//! What holds block, who released them and why; orders and obligations know of those that hold them now.

use crate::table::{Table, addition_to, create, id, integer, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0024_holds", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![
        addition_to("order_holds")
            .columns([text("blocks").null(), id("released_by").null(), text("release_reason").null(), integer("covers_amount").null()])
            .index("kind_released_at", &["kind", "released_at", "id"]),
        addition_to("orders")
            .columns([text("hold_kind").null().indexed(), text("channel").null().indexed(), text("credit_warning").null()])
            .index("total_amount", &["total_amount", "id"])
            .index("confirmed_at", &["confirmed_at", "id"]),
        addition_to("obligations").columns([text("holds").null(), integer("tax_amount").null()]),
        addition_to("billables").columns([integer("tax_amount").null(), id("hold_id").null().indexed()]),
    ]
}
