//! The trail is looked through by who did something, the security log by who was refused, and why. When it was, their ids say.

use crate::table::{Table, addition_to, create, platform_addition_to, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0088_trail_filters", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let trail = addition_to("events").index("actor_id", &["actor_id", "id"]);
    let refusals = platform_addition_to("security_log")
        .index("user_id", &["tenant_id", "user_id", "id"])
        .index("api_key_id", &["tenant_id", "api_key_id", "id"])
        .index("code", &["tenant_id", "code", "id"]);
    vec![trail, refusals]
}
