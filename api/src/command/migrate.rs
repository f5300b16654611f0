//! `causeway migrate up|down|status`.

use crate::settings::Settings;
use crate::store;
use crate::terminal::say;
use causeway_kernel::db::{Sqlite, Store};
use clap::{Args, ValueEnum};

/// What to do with the schema.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum What {
    /// Apply everything that is pending.
    Up,
    /// Take the last migration back. What its tables held is lost.
    Down,
    /// Show what is applied and what is pending.
    Status,
}

/// How to do it.
#[derive(Args, Debug)]
pub struct Options {
    /// What to do.
    #[arg(value_enum)]
    what: What,
    /// Take the last migration back although what it holds is lost.
    #[arg(long)]
    yes: bool,
    /// Take it back although others work in the database.
    #[arg(long)]
    force: bool,
}

/// Runs it.
///
/// # Errors
/// A sentence that says what to do.
pub async fn run(settings: &Settings, options: &Options) -> Result<(), String> {
    let what = options.what;
    if matches!(what, What::Down) {
        store::must_exist(settings)?;
    }
    let schema = store::store(settings);
    let file = store::file(settings);
    let _lock = if settings.database_url.is_none() && !matches!(what, What::Status) {
        store::make_folder(&settings.data_dir)?;
        Some(Sqlite::lock(&file)?)
    } else {
        None
    };
    match what {
        What::Up => {
            let done = schema.up().await?;
            say(&if done.is_empty() { "Nothing to do: the schema is up to date.".to_owned() } else { format!("Applied {}: {}.", done.len(), done.join(", ")) });
            let lacks = incomplete(settings, &schema).await?;
            if !lacks.is_empty() {
                return Err(format!("the schema is there, and its set-up is incomplete:\n  {}", lacks.join("\n  ")));
            }
        }
        What::Down => down(&schema, options).await?,
        What::Status => {
            let status = schema.status().await?;
            for name in &status.applied {
                say(&format!("applied  {name}"));
            }
            for name in &status.pending {
                say(&format!("pending  {name}"));
            }
            for lack in incomplete(settings, &schema).await? {
                say(&format!("missing  {lack}"));
            }
        }
    }
    Ok(())
}

/// What is wrong about roles, rights and row security.
async fn incomplete(settings: &Settings, schema: &Store) -> Result<Vec<String>, String> {
    let setup = schema.setup(settings.database_connections).await?;
    Ok([setup.isolation, setup.rights].concat())
}

/// Takes the last migration back, once it was said what is lost.
async fn down(schema: &Store, options: &Options) -> Result<(), String> {
    // Counting what goes locks tables for a moment: nobody who works in them is made to wait for a question.
    let others = schema.others_at_work().await?;
    let busy = |name: &str| {
        format!(
            "{others} other sessions of causeway work in this database, and would fail without {name}. Stop them, or say `causeway migrate down --yes --force`."
        )
    };
    if others > 0 && !options.force {
        let last = schema.status().await?.applied.pop();
        return Err(last.map_or_else(|| "Nothing to take back: no migration is applied.".to_owned(), |name| busy(&name)));
    }
    let Some(loss) = schema.loss().await? else { return Err("Nothing to take back: no migration is applied.".to_owned()) };
    let goes = if loss.goes.is_empty() { "no table and no column goes".to_owned() } else { format!("with it goes for good: {}", loss.goes.join(", ")) };
    if !options.yes {
        return Err(format!("migrate down takes {} back; {goes}. Nothing was done: say so with `causeway migrate down --yes`.", loss.migration));
    }
    match schema.down().await? {
        Some(name) => say(&format!("Took {name} back; {goes}.")),
        None => return Err("Nothing to take back: no migration is applied.".to_owned()),
    }
    Ok(())
}
