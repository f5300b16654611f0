//! The revisions of a quote, and what is otherwise in one than in another.

use causeway_value::{AmountText, Currency, Day, Instant, Percent, QuoteId, QuoteLineId, QuoteStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The revisions of a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteRevisions {
    /// Always `quote_revisions`.
    pub object: String,
    /// The number that they share.
    pub number: String,
    /// The last 200 of them, oldest first.
    pub data: Vec<QuoteRevision>,
}

/// A revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteRevision {
    /// The quote.
    pub id: QuoteId,
    /// The revision, from 1.
    pub revision: i32,
    /// Where it stands.
    pub status: QuoteStatus,
    /// When it was made.
    pub created_at: Instant,
    /// When it was sent.
    pub sent_at: Option<Instant>,
    /// The day whose prices it has.
    pub quote_date: Day,
    /// The currency of its amounts.
    pub currency: Currency,
    /// The discount of the whole document.
    pub discount_percent: Percent,
    /// Without tax.
    pub untaxed_amount: AmountText,
    /// With tax.
    pub total_amount: AmountText,
    /// What remains after cost.
    pub margin_amount: Option<AmountText>,
}

/// Against which quote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteChangesQuery {
    /// The quote to compare with: the revision before when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<QuoteId>,
}

/// What is otherwise in a quote than in another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteChanges {
    /// Always `quote_changes`.
    pub object: String,
    /// The quote it is compared with.
    pub since: QuoteId,
    /// The quote.
    pub id: QuoteId,
    /// Fields and totals of the document.
    pub fields: Vec<QuoteFieldChange>,
    /// Lines that were added, removed or changed; a line is the same when it has the same product, or without one the same text.
    pub lines: Vec<QuoteLineChange>,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteFieldChange {
    /// Its name.
    pub field: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuoteLineChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is otherwise.
    Changed,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteLineChange {
    /// What happened.
    pub kind: QuoteLineChangeKind,
    /// The line of the quote, or of the other one when it was removed.
    pub line_id: QuoteLineId,
    /// Its place from 1 in that quote.
    pub position: u32,
    /// Its text.
    pub description: String,
    /// What is otherwise; all of it for a line that was added or removed.
    pub fields: Vec<QuoteFieldChange>,
}
