//! What the discount of a document is a share of and how it is booked, and to which steps taxes and totals are rounded.

use crate::table::{Table, addition_to, create, integer, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0060_discounts_and_rounding", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![
        addition_to("companies").columns([text("document_discount_base").null(), text("rounding_rules").null(), text("discount_posting").null()]),
        addition_to("quotes").columns([text("discount_base").null(), integer("tax_step").null(), text("discount_posting").null()]),
        addition_to("orders").columns([text("discount_base").null(), integer("tax_step").null(), text("discount_posting").null()]),
        addition_to("obligations").columns([text("discount_base").null()]),
        addition_to("billables").columns([integer("total_discount_percent").null()]),
        addition_to("invoices").columns([
            integer("tax_step").null(),
            text("discount_posting").null(),
            text("cash_rounding").null(),
            integer("rounding_amount").null(),
        ]),
        addition_to("invoice_lines").columns([
            integer("total_discount_percent").null(),
            integer("discount_amount").null(),
            integer("credited_discount_amount").null(),
        ]),
    ]
}
