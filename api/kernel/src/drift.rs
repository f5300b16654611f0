//! How far the clock of this instance is from that of the database, by which instances are compared: sessions, leases and the instants of events are dated by
//! each instance's own. PostgreSQL only: the embedded database is of one process.

use crate::db::Cell;
use crate::{Ctx, Db, clock, telemetry};
use causeway_contract::Problem;
use std::time::Duration;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(60);
/// Seconds that are worth a warning.
const TOLERATED: i64 = 5;

/// Looks at the start and every minute, until the process ends.
pub async fn watch(db: Db) {
    loop {
        match ahead(&db).await {
            Ok(seconds) => {
                telemetry::clock_ahead_of_database(seconds);
                if let Some(text) = warning(seconds) {
                    tracing::warn!(seconds, "{text}");
                }
            }
            Err(problem) => tracing::debug!(%problem, "the clocks are compared later"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Seconds that this instance's clock is ahead of the database's; less than nothing when it is behind.
async fn ahead(db: &Db) -> Result<i64, Problem> {
    db.read(&Ctx::platform(), async |_, tx| {
        let before = clock::wall();
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS now";
        let rows = tx.query(sql, Vec::new(), &[("now", Cell::Whole)]).await?;
        // It answered somewhere between.
        let here = before.0 + (clock::wall().0 - before.0) / 2;
        let there = rows.first().and_then(|row| row.try_get::<i64>("", "now").ok()).unwrap_or(here);
        Ok((here - there) / 1_000_000)
    })
    .await
}

fn warning(seconds: i64) -> Option<&'static str> {
    if seconds.abs() <= TOLERATED {
        return None;
    }
    Some(if seconds > 0 {
        "the clock of this machine is ahead of the database's: what it dates comes out later than at other instances. Set both right, for example by NTP"
    } else {
        "the clock of this machine is behind the database's: what it dates comes out earlier than at other instances. Set both right, for example by NTP"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_differ_are_told() {
        assert_eq!([-5, 0, 5].map(warning), [None; 3]);
        assert!(warning(6).is_some_and(|text| text.contains("is ahead of")));
        assert!(warning(-7_200).is_some_and(|text| text.contains("is behind")));
    }
}
