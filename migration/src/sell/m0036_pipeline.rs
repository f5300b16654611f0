//! Teams, what a stage asks for, how long an opportunity stood in each stage, and the indexes that the reports of the pipeline read.

use crate::table::{Table, addition_to, create, id, integer, remove, tenant_table, tenant_table_by, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0036_pipeline", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let stages = addition_to("stages").columns([text("required_fields").null(), yes_no("validates_customer").null()]);
    // The reports sum over the first two without a look at the rows: deals by stage, and deals by when they closed.
    let opportunities = addition_to("opportunities")
        .columns([id("product_id").null().indexed(), id("team_id").null().indexed(), integer("stage_since").null().indexed()])
        .index("standing", &["company_id", "status", "stage_id", "currency", "stage_since", "expected_value"])
        .index("closings", &["company_id", "closed_at", "status", "stage_id", "currency", "expected_value"])
        .index("created_at", &["created_at", "id"]);
    let teams = tenant_table("teams").columns([text("name").unique(), id("lead_id").null().references("users"), yes_no("active")]).versioned();
    let members =
        tenant_table_by("team_members", &["team_id", "user_id"]).columns([id("team_id").references("teams"), id("user_id").indexed().references("users")]);
    let visits = tenant_table_by("stage_visits", &["opportunity_id", "version"]).columns([
        id("opportunity_id").references("opportunities"),
        integer("version"),
        id("stage_id").indexed(),
        integer("entered_at"),
        integer("left_at").null(),
    ]);
    let reasons = tenant_table("lost_reasons").columns([text("code").unique(), text("name"), yes_no("active")]).versioned();
    vec![stages, opportunities, teams, members, visits, reasons]
}
