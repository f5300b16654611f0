//! Stages, leads and opportunities.

use crate::table::{Table, create, id, integer, remove, tenant_table, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0014_opportunities", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![stages(), leads(), opportunities()]
}

fn stages() -> Table {
    tenant_table("stages")
        .columns([text("name"), integer("position").indexed(), integer("probability"), text("outcome").null(), id("company_id").null()])
        .versioned()
}

fn leads() -> Table {
    tenant_table("leads")
        .columns([
            id("company_id").indexed().references("companies"),
            text("title"),
            text("contact_name").null(),
            text("organization_name").null(),
            text("email").null().indexed(),
            text("phone").null(),
            text("source").null().indexed(),
            text("description").null(),
            id("owner_id").null().indexed().references("users"),
            text("status").indexed(),
            integer("score").null(),
            text("reason").null(),
            id("party_id").null().indexed(),
            id("opportunity_id").null(),
            id("flow_id").indexed(),
            text("metadata"),
        ])
        .versioned()
}

fn opportunities() -> Table {
    tenant_table("opportunities")
        .columns([
            id("company_id").indexed().references("companies"),
            id("party_id").indexed().references("parties"),
            id("contact_id").null(),
            id("lead_id").null(),
            text("title"),
            integer("expected_value"),
            text("currency"),
            text("expected_close_date").null().indexed(),
            id("owner_id").null().indexed().references("users"),
            id("stage_id").indexed().references("stages"),
            integer("probability"),
            text("status").indexed(),
            integer("closed_at").null().indexed(),
            text("lost_reason").null(),
            id("flow_id").indexed(),
            text("metadata"),
        ])
        .versioned()
}
