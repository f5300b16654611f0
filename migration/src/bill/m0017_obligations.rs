//! What we owe and may bill, and how much credit it takes.

use crate::table::{Table, create, id, integer, remove, tenant_table, tenant_table_by, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0017_obligations", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![obligations(), credit_exposures()]
}

fn obligations() -> Table {
    tenant_table("obligations")
        .columns([
            id("order_id").indexed(),
            id("company_id"),
            id("party_id").indexed(),
            id("flow_id"),
            id("product_id").null(),
            text("description"),
            text("unit").null(),
            text("currency"),
            integer("unit_price"),
            integer("price_base_quantity"),
            integer("discount_percent"),
            integer("document_discount_percent"),
            integer("net_amount"),
            integer("price_amount"),
            text("tax_ids"),
            text("billing_policy"),
            yes_no("needs_delivery"),
            text("recognition"),
            id("payment_term_id").null(),
            id("dimension_set_id").null(),
            integer("ordered_quantity"),
            integer("reserved_quantity"),
            integer("delivered_quantity"),
            integer("invoiced_quantity"),
            integer("returned_quantity"),
            integer("cancelled_quantity"),
            integer("billable_quantity"),
            integer("billable_amount"),
            integer("billable_price_amount"),
            integer("version"),
            integer("created_at"),
            integer("updated_at"),
        ])
        .check("billable_within_ordered", "billable_quantity <= ordered_quantity OR ordered_quantity < 0")
}

pub(super) fn credit_exposures() -> Table {
    tenant_table_by("credit_exposures", &["company_id", "party_id"]).columns([
        id("company_id"),
        id("party_id"),
        integer("open_receivables"),
        integer("billables"),
        integer("obligations"),
        integer("unallocated"),
        integer("updated_at"),
    ])
}
