//! Where deals came from, stages that nothing comes to any more, activities that were called off, and what parties and price lists are found by.

use crate::table::{Table, addition_to, create, integer, remove, text, unforced, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0098_deal_origins", up, down, tables };

/// Texts that are the same however they are capitalised: whom somebody who comes in is, is found by them.
const FOLDED: [(&str, &str); 4] = [("parties", "email"), ("contacts", "email"), ("leads", "email"), ("parties", "name")];

fn up(dialect: Dialect) -> Vec<String> {
    let folded = FOLDED.iter();
    let folded = folded.map(|(table, text)| format!("CREATE INDEX \"{table}_{text}_lower\" ON \"{table}\" (\"tenant_id\", lower(\"{text}\"))"));
    // Every stage that is there is used, and every deal of a lead has its lead's source.
    let stages = "UPDATE \"stages\" SET \"active\" = TRUE";
    let sources = "UPDATE \"opportunities\" SET \"source\" = (SELECT l.\"source\" FROM \"leads\" l WHERE l.\"tenant_id\" = \"opportunities\".\"tenant_id\" \
                   AND l.\"id\" = \"opportunities\".\"lead_id\") WHERE \"lead_id\" IS NOT NULL";
    let roles = "UPDATE \"roles\" SET \"permissions\" = replace(\"permissions\", '\"activities:*\"', '\"activities:*\",\"pipeline:read\"') \
                 WHERE \"built_in\" = TRUE AND \"name\" = 'sales_rep'";
    let known = unforced(&["stages", "opportunities", "leads", "roles"], dialect, &[stages, sources, roles]);
    create(&tables(), dialect).into_iter().chain(folded).chain(known).collect()
}

fn down(dialect: Dialect) -> Vec<String> {
    let roles =
        "UPDATE \"roles\" SET \"permissions\" = replace(\"permissions\", ',\"pipeline:read\"', '') WHERE \"built_in\" = TRUE AND \"name\" = 'sales_rep'";
    let folded = FOLDED.iter().map(|(table, text)| format!("DROP INDEX \"{table}_{text}_lower\""));
    unforced(&["roles"], dialect, &[roles]).into_iter().chain(folded).chain(remove(&tables())).collect()
}

fn tables() -> Vec<Table> {
    let opportunities = addition_to("opportunities")
        .columns([text("source").null().indexed(), text("description").null(), text("need").null()])
        .index("lost_reason", &["lost_reason", "id"]);
    let stages = addition_to("stages").columns([yes_no("active").null().indexed()]);
    let activities = addition_to("activities").columns([integer("cancelled_at").null()]).index("flow_id", &["flow_id", "id"]);
    let parties = addition_to("parties")
        .index("kind", &["kind", "id"])
        .index("active", &["active", "id"])
        .index("is_customer", &["is_customer", "id"])
        .index("is_supplier", &["is_supplier", "id"]);
    let price_lists = addition_to("price_lists")
        .index("currency", &["currency", "id"])
        .index("active", &["active", "id"])
        .index("valid_from", &["valid_from", "id"])
        .index("valid_to", &["valid_to", "id"]);
    vec![opportunities, stages, activities, parties, price_lists]
}
