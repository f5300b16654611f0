//! `causeway verify`: every invariant of every tenant, and the database's own check.

use crate::settings::Settings;
use crate::terminal::{complain, say};
use crate::{anchor, secret_key, store, verify};
use std::process::ExitCode;

/// Verifies all tenants and says what it found; exits 1 and names the first break when something does not hold.
///
/// # Errors
/// When the database cannot be read.
pub async fn run(settings: &Settings, read_only: bool) -> Result<ExitCode, String> {
    let db = if read_only { store::open_read_only(settings).await? } else { store::open_as_it_is(settings).await? };
    let mut ok = true;
    for (name, found) in verify::all(&db).await.map_err(|problem| problem.detail)? {
        let checked: Vec<String> = found.checked.iter().map(|(what, count)| format!("{count} {what}")).collect();
        say(&format!("{name}: {} ({})", if found.ok { "everything holds" } else { "BROKEN" }, checked.join(", ")));
        for broken in &found.breaks {
            complain(&format!("  {} {}: {}", broken.check, broken.subject, broken.detail));
        }
        ok &= found.ok;
    }
    if let Some(missing) = anchor::missing(settings, &db).await? {
        complain(&format!("BROKEN: {missing}"));
        ok = false;
    }
    // No invariant: the data hold by themselves. But whoever looks at a restored copy should know before it is served.
    if let Some(wrong) = secret_key::difference(settings, &db).await? {
        complain(&format!("Note: {wrong}"));
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
