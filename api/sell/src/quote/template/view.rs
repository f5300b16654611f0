//! Templates as the API shows them.

use causeway_contract::{Code, Problem};
use causeway_entity::sell::quote_templates::Model;
use causeway_openapi::quote_template::{QuoteTemplate, QuoteTemplateLine};

/// A template.
///
/// # Errors
/// When its lines cannot be read: somebody changed them behind the service.
pub fn view(row: &Model) -> Result<QuoteTemplate, Problem> {
    Ok(QuoteTemplate {
        id: row.id,
        object: "quote_template".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        company_id: row.company_id,
        name: row.name.clone(),
        description: row.description.clone(),
        active: row.active,
        validity_days: row.validity_days.and_then(|days| u32::try_from(days).ok()),
        payment_term_id: row.payment_term_id,
        discount_percent: row.discount_percent,
        lead_days: row.lead_days.and_then(|days| u32::try_from(days).ok()),
        notes: row.notes.clone(),
        terms: row.terms.clone(),
        lines: lines(row)?,
    })
}

/// The lines of a template.
///
/// # Errors
/// As [`view`].
pub fn lines(row: &Model) -> Result<Vec<QuoteTemplateLine>, Problem> {
    serde_json::from_str(&row.lines).map_err(|error| broken(&error))
}

/// The lines as they are stored.
///
/// # Errors
/// When they cannot be written: a bug.
pub fn text(lines: &[QuoteTemplateLine]) -> Result<String, Problem> {
    serde_json::to_string(lines).map_err(|error| broken(&error))
}

fn broken(error: &serde_json::Error) -> Problem {
    tracing::error!(%error, "the lines of a template are no JSON of theirs");
    Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")
}
