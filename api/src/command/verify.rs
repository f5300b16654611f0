//! `causeway verify`: every invariant of every tenant, and the database's own check.

use crate::settings::Settings;
use crate::terminal::{complain, say};
use crate::{anchor, secret_key, store, verify};
use causeway_contract::Code;
use std::process::ExitCode;

/// What the command ends with when it could not look.
const NOT_CHECKED: u8 = 2;

/// Verifies all tenants and says what it found: exits 1 and names what does not hold, and 2 when it could not be checked.
pub async fn run(settings: &Settings, read_only: bool) -> ExitCode {
    match check(settings, read_only).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            complain(&format!("causeway: the data could not be checked: {error}"));
            ExitCode::from(NOT_CHECKED)
        }
    }
}

async fn check(settings: &Settings, read_only: bool) -> Result<bool, String> {
    let db = if read_only { store::open_read_only(settings).await? } else { store::open_as_it_is(settings).await? };
    let mut ok = true;
    let found = match verify::all(&db).await {
        Err(problem) if problem.code == Code::Unavailable => return Err(problem.detail),
        Err(problem) => {
            complain(&format!("BROKEN: {}", problem.detail));
            return Ok(false);
        }
        Ok(found) => found,
    };
    for (name, found) in found {
        let checked: Vec<String> = found.checked.iter().map(|(what, count)| format!("{count} {what}")).collect();
        say(&format!("{name}: {} ({})", if found.ok { "everything holds" } else { "BROKEN" }, checked.join(", ")));
        for broken in &found.breaks {
            complain(&format!("  {} {}: {}", broken.check, broken.subject, broken.detail));
        }
        ok &= found.ok;
    }
    // What is broken stays so, whatever cannot be looked at beside it.
    match anchor::missing(settings, &db).await {
        Ok(None) => {}
        Ok(Some(missing)) => {
            complain(&format!("BROKEN: {missing}"));
            ok = false;
        }
        Err(error) if ok => return Err(error),
        Err(error) => complain(&format!("Note: {error}")),
    }
    // No invariant: the data hold by themselves. But whoever looks at a restored copy should know before it is served.
    match secret_key::difference(settings, &db).await {
        Ok(None) => {}
        Ok(Some(wrong)) | Err(wrong) => complain(&format!("Note: {wrong}")),
    }
    Ok(ok)
}
