//! What a lead says beyond its address, who gets it, and what a company asks before it is qualified.

use crate::table::{Table, addition_to, create, id, integer, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0040_intake", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let companies = addition_to("companies").columns([text("lead_rules").null()]);
    let leads = addition_to("leads").columns([
        text("country").null().indexed(),
        integer("employee_count").null(),
        id("team_id").null().indexed(),
        integer("budget").null(),
        text("currency").null(),
        text("authority").null(),
        text("need").null(),
        text("needed_by").null(),
        id("assignment_rule_id").null(),
        text("assignment_reason").null(),
    ]);
    let rules = tenant_table("assignment_rules").columns([
        text("name").unique(),
        integer("position").indexed(),
        id("company_id").null().indexed().references("companies"),
        text("sources"),
        text("countries"),
        integer("min_employees").null(),
        integer("max_employees").null(),
        id("team_id").null().references("teams"),
        text("owner_ids"),
        integer("turns"),
        yes_no("active"),
    ]);
    vec![companies, leads, rules.versioned()]
}
