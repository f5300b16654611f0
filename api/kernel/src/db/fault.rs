//! What can go wrong below SQL, and what the caller is told.

use causeway_contract::{Code, FieldError, Problem};

/// How often a verb runs that others are faster than, before the caller is told.
const ATTEMPTS: u32 = 10;

/// A failure of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Another transaction was faster; the whole verb may run again.
    Conflict,
    /// One transaction changed one version of an object twice: a bug, which the next try meets again. The text names it, and the second statement.
    Twice(String),
    /// A lock was not granted in time.
    Locked,
    /// A unique key exists already; the text names the constraint or its columns.
    Unique(String),
    /// A reference leads nowhere.
    Reference(String),
    /// A check constraint refused the row: an invariant that the rules should have kept.
    Check(String),
    /// A statement took longer than it may, and the database ended it.
    Slow,
    /// No space left.
    Full,
    /// The database cannot be reached.
    Unavailable(String),
    /// The file of the embedded database is damaged; the text is what SQLite says.
    Damaged(String),
    /// Anything else: a bug.
    Other(String),
}

impl Fault {
    /// How often a verb may run that meets this in the end: once, when running it again cannot help.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self {
            Self::Conflict => ATTEMPTS,
            // Who made the other row has committed it: the next run sees it, and finds the answer to its own key, or that it came again. After that it stays.
            Self::Unique(name) if name.contains("external_refs") => 2,
            // Two requests with one key at once: the second finds the first one's answer when it runs again.
            Self::Unique(name) if ["idempotency_keys", "number_series", "reversal_of"].iter().any(|key| name.contains(key)) => ATTEMPTS,
            _ => 1,
        }
    }

    /// The fault of a file that is damaged, or none at all.
    pub(crate) fn of_damage(error: &rusqlite::Error) -> Option<Self> {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase)).then(|| Self::Damaged(error.to_string()))
    }

    /// A database that does not answer.
    pub(crate) fn silent() -> Self {
        Self::Unavailable("it did not answer in time".to_owned())
    }

    /// What the caller is told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::Conflict => Problem::new(Code::Contention, "Too many requests change the same objects at once. Nothing was written; try again."),
            Self::Locked => Problem::new(Code::Contention, "Another request holds this object for too long. Nothing was written; try again."),
            Self::Unique(name) if name.contains("external_refs") => {
                Problem::new(Code::ExternalRefExists, "Another object of this type carries one of these external references.")
            }
            Self::Unique(name) => taken(name),
            Self::Slow => Problem::new(
                Code::Unavailable,
                "The database ended a statement that took longer than it may. Nothing was written. Ask for less at once (a shorter period, one company, a smaller page), or \
                 try again when less is going on.",
            ),
            Self::Full => {
                crate::telemetry::note_storage(true);
                Problem::new(Code::StorageFull, "The disk is full. Nothing was written; free space and try again.")
            }
            Self::Damaged(text) => {
                tracing::error!(fault = ?self, "the file of the database is damaged");
                Problem::new(Code::InternalError, format!("The file of the database is damaged ({text}). Restore a backup."))
            }
            Self::Unavailable(_) => Problem::new(Code::Unavailable, "The database cannot be reached. Nothing was written; try again."),
            Self::Twice(_) | Self::Reference(_) | Self::Check(_) | Self::Other(_) => {
                tracing::error!(fault = ?self, "database refused a statement");
                Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")
            }
        }
    }
}

/// The fields of bodies that are unique, alone or with others. What else is unique nobody types.
const TYPED: [&str; 10] = ["code", "name", "slug", "email", "currency", "base", "date", "year", "sequence", "purpose"];

/// Another object has these values: the key, as the database calls it, says which fields they stand in.
fn taken(key: &str) -> Problem {
    let columns = key.split(|letter: char| !letter.is_ascii_alphabetic());
    let mut fields: Vec<&str> = columns.filter_map(|word| TYPED.into_iter().find(|field| *field == word)).collect();
    fields.dedup();
    let detail = match fields.as_slice() {
        [] => "An object with this unique value exists already.".to_owned(),
        [one] => format!("Another object has this `{one}` already. Give this one its own, or change that one."),
        many => format!(
            "Another object has the same {} already. Change that one instead.",
            many.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")
        ),
    };
    let mut problem = Problem::new(Code::AlreadyExists, detail);
    problem.errors = fields.iter().map(|field| FieldError::pointer(Code::AlreadyExists, format!("/{field}"), "is taken by another object")).collect();
    problem
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        if let Some(damaged) = Self::of_damage(&error) {
            return damaged;
        }
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) if text.starts_with("UNIQUE") => Self::Unique(text),
            Some(ErrorCode::ConstraintViolation) if text.starts_with("FOREIGN KEY") => Self::Reference(text),
            Some(ErrorCode::ConstraintViolation) => Self::Check(text),
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly) => Self::Unavailable(text),
            _ => Self::Other(text),
        }
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                let name = database.constraint().unwrap_or_default().to_owned();
                match database.code().as_deref() {
                    Some("40001" | "40P01") => Self::Conflict,
                    Some("55P03") => Self::Locked,
                    // What was a primary has become a standby.
                    Some("25006") => Self::Unavailable(error.to_string()),
                    // The service cancels nothing itself: whatever is cancelled has met the time limit of statements.
                    Some("57014") => Self::Slow,
                    Some("23505") => Self::Unique(name),
                    Some("23503") => Self::Reference(name),
                    Some("23514") => Self::Check(name),
                    Some("53100") => Self::Full,
                    Some(code) if code.starts_with("57P") || code.starts_with("53") || code.starts_with("08") => Self::Unavailable(error.to_string()),
                    _ => Self::Other(error.to_string()),
                }
            }
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Other(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::error::{DatabaseError, ErrorKind};
    use std::borrow::Cow;
    use std::error::Error;

    /// What PostgreSQL says with this SQLSTATE.
    #[derive(Debug, thiserror::Error)]
    #[error("the server says {0}")]
    struct Says(&'static str);

    impl DatabaseError for Says {
        fn message(&self) -> &str {
            self.0
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }

        fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    #[test]
    fn a_key_says_which_fields_are_taken() {
        for (key, fields) in [
            ("UNIQUE constraint failed: products.tenant_id, products.code", &["/code"][..]),
            ("products_code_key", &["/code"]),
            (
                "UNIQUE constraint failed: exchange_rates.tenant_id, exchange_rates.currency, exchange_rates.base, exchange_rates.date",
                &["/currency", "/base", "/date"],
            ),
            ("exchange_rates_currency_base_date_key", &["/currency", "/base", "/date"]),
            ("fiscal_years_company_id_year_key", &["/year"]),
            ("orders_quote_id_key", &[]),
        ] {
            let problem = Fault::Unique(key.to_owned()).problem();
            assert_eq!((problem.status, problem.code), (409, Code::AlreadyExists), "{key}");
            assert_eq!(problem.errors.iter().filter_map(|error| error.pointer.as_deref()).collect::<Vec<_>>(), fields, "{key}");
        }
    }

    #[test]
    fn what_postgresql_says_becomes_what_the_caller_is_told() {
        for (state, code) in [
            ("40001", Code::Contention),
            ("55P03", Code::Contention),
            ("57014", Code::Unavailable),
            ("57P01", Code::Unavailable),
            ("25006", Code::Unavailable),
            ("53300", Code::Unavailable),
            ("53100", Code::StorageFull),
            ("42601", Code::InternalError),
        ] {
            let problem = Fault::from(sqlx::Error::Database(Box::new(Says(state)))).problem();
            assert_eq!((problem.code, problem.status), (code, code.status()), "{state}");
        }
        assert_eq!(Fault::Slow.attempts(), 1, "what took too long is not run again at once");
        // What is taken stays taken: a creation that comes again is answered at once, and not after pauses for who was faster.
        let taken = ["external_refs_pkey", "idempotency_keys_pkey", "products_code_key"].map(|key| Fault::Unique(key.to_owned()).attempts());
        assert_eq!((taken, Fault::Conflict.attempts()), ([2, ATTEMPTS, 1], ATTEMPTS));
    }
}
