//! The last event that the embedded database was seen to hold, kept in a file beside it (F26, threat 60). A write-ahead log that was cut, or left behind when the
//! database was copied, leaves a whole database of some time ago: nothing in it tells that something is missing.
//!
//! What is read here is on the disk already: a reader sees a commit only after it was synced, and the file is written after that. So a database that lost its
//! power holds at least what the file names; the file may be some seconds old. PostgreSQL guards its own log.

use crate::settings::Settings;
use crate::store;
use causeway_contract::Problem;
use causeway_entity::kernel::event_positions;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Db, Find, Tx, crypto};
use causeway_value::TenantId;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use uuid::Uuid;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(2);

/// An event by its place, and the link of the chain that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Anchor {
    tenant: TenantId,
    sequence: i64,
    chain: String,
}

impl Anchor {
    fn text(&self) -> String {
        format!("{} {} {}\n", self.tenant, self.sequence, self.chain)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        Some(Self { tenant: words.next()?.parse().ok()?, sequence: words.next()?.parse().ok()?, chain: words.next()?.to_owned() })
    }
}

/// Where it is kept.
fn path(settings: &Settings) -> PathBuf {
    settings.data_dir.join("causeway.anchor")
}

/// Writes the last event down whenever there is a new one, until the process ends.
pub async fn watch(settings: Settings, db: Db) {
    let mut kept = None;
    loop {
        match last(&db).await {
            Ok(Some(anchor)) if kept.as_ref() != Some(&anchor) => match keep(&path(&settings), &anchor) {
                Ok(()) => kept = Some(anchor),
                Err(error) => tracing::warn!(%error, "what the database holds cannot be noted beside it; trying again"),
            },
            Ok(_) => {}
            Err(problem) => tracing::debug!(%problem, "what the database holds is noted later"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The event that was written last, of whichever tenant.
async fn last(db: &Db) -> Result<Option<Anchor>, Problem> {
    db.read(&Ctx::platform(), async |_, tx| {
        let sql = "SELECT tenant_id, sequence, chain FROM event_positions ORDER BY rowid DESC LIMIT 1";
        let rows = tx.query(sql, Vec::new(), &[("tenant_id", Cell::Uuid), ("sequence", Cell::Whole), ("chain", Cell::Bytes)]).await?;
        Ok(rows.first().and_then(|row| {
            let tenant = TenantId::from_uuid(row.try_get::<Uuid>("", "tenant_id").ok()?);
            Some(Anchor { tenant, sequence: row.try_get("", "sequence").ok()?, chain: crypto::hex(&row.try_get::<Vec<u8>>("", "chain").ok()?) })
        }))
    })
    .await
}

/// One file takes the place of the other: a crash leaves either of them.
fn keep(path: &Path, anchor: &Anchor) -> std::io::Result<()> {
    let fresh = path.with_extension("anchor.new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(anchor.text().as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)
}

/// Says what is missing, if the database lacks what it once held; nothing where nobody noted anything.
///
/// # Errors
/// When the database cannot be read.
pub async fn missing(settings: &Settings, db: &Db) -> Result<Option<String>, String> {
    let path = path(settings);
    if !matches!(db, Db::Sqlite(_)) {
        return Ok(None);
    }
    let Some(anchor) = std::fs::read_to_string(&path).ok().and_then(|text| Anchor::parse(&text)) else { return Ok(None) };
    let ctx = Ctx::system(anchor.tenant, causeway_value::TenantMode::Live, "anchor");
    let found =
        db.read(&ctx, async |_, tx: &mut Tx<'_>| Find::<event_positions::Entity>::new().eq(event_positions::Column::Sequence, anchor.sequence).one(tx).await);
    if found.await.map_err(|problem| problem.detail)?.is_some_and(|row| crypto::hex(&row.chain) == anchor.chain) {
        return Ok(None);
    }
    Ok(Some(format!(
        "The database {} lacks what it held before: event {} of the tenant {}, and perhaps more. Was its write-ahead log (causeway.sqlite-wal) cut, or not copied with it? \
         Put it back, or restore a backup. Where this older state is wanted, such as after restoring a backup into this folder, delete {} and start again",
        store::file(settings).display(),
        anchor.sequence,
        anchor.tenant,
        path.display()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_read_and_replaced() {
        let folder = std::env::temp_dir().join(format!("causeway-anchor-{}", TenantId::new()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("causeway.anchor");
        for sequence in [1, 20_000] {
            let anchor = Anchor { tenant: TenantId::new(), sequence, chain: "ab12".to_owned() };
            keep(&path, &anchor).unwrap();
            assert_eq!(Anchor::parse(&std::fs::read_to_string(&path).unwrap()), Some(anchor));
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(Anchor::parse("tnt_x 1"), None);
    }
}
