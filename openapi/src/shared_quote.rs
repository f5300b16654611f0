//! Quotes as their customer sees them, through a link that is its own credential (QTE-01, QTE-20).
//!
//! Costs, margins, internal ids and the names of price rules are not part of them.

use crate::quote::{Quote, QuoteSection};
use causeway_contract::PathParams;
use causeway_value::{AmountText, Currency, Day, Instant, Percent, Price, Quantity, QuoteId, QuoteStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// How the token of a link begins.
pub const TOKEN_PREFIX: &str = "cwq_";
/// How long a token is.
const TOKEN_LENGTH: usize = 90;

/// The token of a link, as it stands in a path.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

impl LinkToken {
    /// The token of a link, if the text looks like one.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let plain = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_';
        (text.len() == TOKEN_LENGTH && text.starts_with(TOKEN_PREFIX) && text.bytes().all(plain)).then(|| Self(text.to_owned()))
    }

    /// The whole token.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What comes after the prefix.
    #[must_use]
    pub fn secret(&self) -> &str {
        self.0.strip_prefix(TOKEN_PREFIX).unwrap_or_default()
    }
}

/// A token is a secret: it is never written to a log.
impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken")
    }
}

impl PathParams for LinkToken {
    const COUNT: usize = 1;
    fn prefixes() -> Vec<&'static str> {
        vec![""]
    }
    fn read(segments: &[&str]) -> Option<Self> {
        Self::of(segments.first()?)
    }
    fn write(&self) -> Vec<String> {
        vec![self.0.clone()]
    }
}

/// A new link to a quote. The token is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewLink {
    /// The quote, sent.
    pub quote: Quote,
    /// Whoever has it may read and answer the quote.
    pub token: String,
    /// Where the quote is read with it.
    pub path: String,
    /// The last day of the link: that of the quote.
    pub valid_until: Option<Day>,
}

/// What is known about the link to a quote. The token is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteLink {
    /// Always `quote_link`.
    pub object: String,
    /// The quote.
    pub quote_id: QuoteId,
    /// Whether it opens the quote now.
    pub active: bool,
    /// When the latest link was made; null when there never was one.
    pub created_at: Option<Instant>,
    /// When it was taken back.
    pub revoked_at: Option<Instant>,
    /// When the customer answered through it.
    pub answered_at: Option<Instant>,
    /// Who said to have answered.
    pub answered_by: Option<String>,
    /// With which address for mail.
    pub answered_email: Option<String>,
    /// From which network address.
    pub answered_from: Option<String>,
}

/// A quote as its customer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedQuote {
    /// Always `shared_quote`.
    pub object: String,
    /// The number.
    pub number: String,
    /// The revision, from 1.
    pub revision: i32,
    /// Where it stands: sent, accepted or declined.
    pub status: QuoteStatus,
    /// Who offers.
    pub company: String,
    /// To whom.
    pub customer: String,
    /// Its date.
    pub quote_date: Day,
    /// The last day it can be accepted.
    pub valid_until: Option<Day>,
    /// The currency of its amounts.
    pub currency: Currency,
    /// The lines.
    pub lines: Vec<SharedLine>,
    /// The sections in their order, with what each comes to; none when no line stands in one.
    pub sections: Vec<QuoteSection>,
    /// The discount of the whole document; the amounts contain it.
    pub discount_percent: Percent,
    /// The sum of the lines without tax.
    pub untaxed_amount: AmountText,
    /// Tax by tax.
    pub taxes: Vec<SharedTax>,
    /// The tax.
    pub tax_amount: AmountText,
    /// What rounding adds to that, or takes off.
    pub rounding_amount: AmountText,
    /// What is to be paid.
    pub total_amount: AmountText,
    /// The name of the payment terms.
    pub payment_terms: Option<String>,
    /// What is said below the lines.
    pub notes: Option<String>,
    /// The contract conditions.
    pub terms: Option<String>,
    /// When every line is promised that says nothing else.
    pub promised_date: Option<Day>,
    /// Days between acceptance and delivery of every line that says nothing else.
    pub lead_days: Option<u32>,
    /// The customer's reference.
    pub reference: Option<String>,
    /// Who accepted.
    pub accepted_by: Option<String>,
    /// When.
    pub accepted_at: Option<Instant>,
    /// The number of the order that accepting made.
    pub order_number: Option<String>,
}

/// A line of a quote as the customer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedLine {
    /// What is offered.
    pub description: String,
    /// How much.
    pub quantity: Quantity,
    /// The code of the unit.
    pub unit: Option<String>,
    /// The price of one price base quantity, before discounts.
    pub unit_price: Price,
    /// How many units the price is for.
    pub price_base_quantity: Quantity,
    /// The discount of this line.
    pub discount_percent: Percent,
    /// Without tax, after discounts.
    pub net_amount: AmountText,
    /// The tax.
    pub tax_amount: AmountText,
    /// The heading that it stands below.
    pub section: Option<String>,
    /// The number of the option that it belongs to, for `chosen_options`; null for what comes in any case.
    pub option: Option<u32>,
    /// Whether it counts: always, or when its option is chosen.
    pub chosen: bool,
    /// When it is promised, where that is not what the quote says.
    pub promised_date: Option<Day>,
    /// Days between acceptance and delivery, where that is not what the quote says.
    pub lead_days: Option<u32>,
}

/// A tax as the customer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedTax {
    /// What it is called.
    pub name: String,
    /// What it is computed on.
    pub base: AmountText,
    /// What it adds, or holds when it is included.
    pub amount: AmountText,
    /// What is said of it, such as why none is due.
    pub note: Option<String>,
}

/// The customer accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptSharedQuote {
    /// Who accepts.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The mail address of that person.
    #[schema(min_length = 3, max_length = 200)]
    pub email: String,
    /// The customer's reference, such as `PO 4711`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
    /// The numbers of the options that are taken; the others are left out. Those that are chosen already when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 500)]
    pub chosen_options: Option<Vec<u32>>,
}

/// The customer declines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineSharedQuote {
    /// Why.
    #[schema(min_length = 1, max_length = 2_000)]
    pub reason: String,
    /// Who declines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
}

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{LinkToken, NewLink, QuoteLink, SharedQuote};
    use crate::shared_quote as body;
    use causeway_contract::{Created, Json, Nothing, Pdf, endpoints};
    use causeway_value::QuoteId;

    endpoints! {
        /// Makes a link through which the customer reads and answers an approved or sent quote, which counts as sent from then on; an earlier link ends.
        Post "/v1/quotes/{id}/share" ShareQuote (QuoteId) Nothing => Created<NewLink>, quotes:write, [secret];
        /// Takes back the link to a quote.
        Post "/v1/quotes/{id}/unshare" UnshareQuote (QuoteId) Nothing => Json<QuoteLink>, quotes:write;
        /// Reads what is known about the link to a quote: whether it is open, and who answered through it.
        Get "/v1/quotes/{id}/link" GetQuoteLink (QuoteId) Nothing => Json<QuoteLink>, quotes:read;
        /// Reads a quote through its link.
        Get "/v1/shared-quotes/{token}" GetSharedQuote (LinkToken) Nothing => Json<SharedQuote>, any:open;
        /// Prints a quote through its link.
        Get "/v1/shared-quotes/{token}/pdf" PrintSharedQuote (LinkToken) Nothing => Pdf, any:open;
        /// The customer accepts the quote; again gives the same answer.
        Post "/v1/shared-quotes/{token}/accept" AcceptSharedQuote (LinkToken) body::AcceptSharedQuote => Json<SharedQuote>, any:open;
        /// The customer declines the quote.
        Post "/v1/shared-quotes/{token}/decline" DeclineSharedQuote (LinkToken) body::DeclineSharedQuote => Json<SharedQuote>, any:open;
    }
}
