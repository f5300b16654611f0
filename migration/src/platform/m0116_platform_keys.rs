//! What is known of the keys of the platform's administrators besides their secrets.

use crate::table::{Table, create, id, integer, platform_table, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0116_platform_keys", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    let known = "INSERT INTO \"platform_keys\" (\"id\", \"name\", \"prefix\", \"version\", \"created_at\", \"updated_at\") \
                 SELECT \"api_key_id\", 'First administrator', 'cw_admin_', 1, \"created_at\", \"created_at\" FROM \"credentials\" WHERE \"platform\"";
    create(&tables(), dialect).into_iter().chain([known.to_owned()]).collect()
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let keys = platform_table("platform_keys", &["id"]).columns([
        id("id"),
        text("name"),
        text("prefix"),
        integer("expires_at").null(),
        integer("previous_expires_at").null(),
        integer("revoked_at").null(),
    ]);
    vec![keys.versioned()]
}
