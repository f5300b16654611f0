//! Quotes: offers in revisions, priced by the price lists (QTE-02 to QTE-22).

mod answer;
mod given;
mod history;
mod shown;

pub use answer::{AcceptQuote, AcceptedQuote, ApproveQuote, DeclineQuote, RejectQuote};
pub use given::{CreateQuote, DuplicateQuote, QuoteLineInput, UpdateQuote};
pub use history::{QuoteChanges, QuoteChangesQuery, QuoteFieldChange, QuoteLineChange, QuoteLineChangeKind, QuoteRevision, QuoteRevisions};
pub use op::ENDPOINTS;
pub use shown::{PricedQuote, QUOTES, Quote, QuoteLine, QuoteSection};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{AcceptedQuote, PricedQuote, QUOTES, Quote, QuoteChanges, QuoteChangesQuery, QuoteRevisions};
    use crate::object::{Explanation, HandOver};
    use crate::quote as body;
    use causeway_contract::{Created, Json, Nothing, Page, Pdf, endpoints};
    use causeway_value::QuoteId;

    endpoints! {
        /// Lists quotes.
        Get "/v1/quotes" ListQuotes () Nothing => Page<Quote>, quotes:read, list QUOTES;
        /// Creates a quote, of a template or of its own lines.
        Post "/v1/quotes" CreateQuote () body::CreateQuote => Created<Quote>, quotes:write;
        /// Reads a quote.
        Get "/v1/quotes/{id}" GetQuote (QuoteId) Nothing => Json<Quote>, quotes:read;
        /// Prints a quote.
        Get "/v1/quotes/{id}/pdf" PrintQuote (QuoteId) Nothing => Pdf, quotes:read;
        /// Changes a draft. Another customer or currency comes with the lines: all of it is priced and taxed anew.
        Patch "/v1/quotes/{id}" UpdateQuote (QuoteId) body::UpdateQuote => Json<Quote>, quotes:write;
        /// Prices a quote and explains the result; nothing is stored.
        Post "/v1/quotes/price" PriceQuote () body::CreateQuote => Json<PricedQuote>, quotes:write;
        /// Explains how the prices and taxes of a quote came about.
        Get "/v1/quotes/{id}/explain" ExplainQuote (QuoteId) Nothing => Json<Explanation>, quotes:read;
        /// Lists the revisions of a quote, whichever of them is named.
        Get "/v1/quotes/{id}/revisions" ListQuoteRevisions (QuoteId) Nothing => Json<QuoteRevisions>, quotes:read;
        /// Tells what is otherwise in a quote than in the revision before, or than in another quote of its company.
        Get "/v1/quotes/{id}/changes" CompareQuotes (QuoteId) Nothing => Json<QuoteChanges>, quotes:read, query QuoteChangesQuery;
        /// Makes a new draft with the same customer, lines, prices and terms under a number of its own. It is of today; prices stay those of `price_date`, and giving the lines anew prices them as of today; its checks name products that are not sold any more and taxes that are determined otherwise today. Who wrote the one that is duplicated does not approve it.
        Post "/v1/quotes/{id}/duplicate" DuplicateQuote (QuoteId) body::DuplicateQuote => Created<Quote>, quotes:write;
        /// Makes the next revision as a draft of today; this one becomes superseded. Prices stay those of `price_date`. A `valid_until` that has passed is renewed: by the company's `validity_days`, else for as many days as before.
        Post "/v1/quotes/{id}/revise" ReviseQuote (QuoteId) Nothing => Created<Quote>, quotes:write;
        /// Submits a draft; it is approved at once unless it breaks a rule of its company: then `approval_reasons` says which, and a second person approves. Its last day must not have passed.
        Post "/v1/quotes/{id}/submit" SubmitQuote (QuoteId) Nothing => Json<Quote>, quotes:write, [dry_run];
        /// Approves a quote that waits for it; not for who submitted it.
        Post "/v1/quotes/{id}/approve" ApproveQuote (QuoteId) body::ApproveQuote => Json<Quote>, quotes:approve, [dry_run];
        /// Rejects a quote that waits for approval: it is a draft again.
        Post "/v1/quotes/{id}/reject" RejectQuote (QuoteId) body::RejectQuote => Json<Quote>, quotes:approve, [dry_run];
        /// Records that an approved quote went to the customer, while it is valid.
        Post "/v1/quotes/{id}/send" SendQuote (QuoteId) Nothing => Json<Quote>, quotes:write;
        /// Accepts an approved or sent quote with the options that the customer takes, and makes its order; the same again gives the same order, something else is refused with what differs. Its opportunity is won by that, even a lost one, whatever stages ask for; one whose customer or worth was not known has the quote's from then on.
        Post "/v1/quotes/{id}/accept" AcceptQuote (QuoteId) body::AcceptQuote => Json<AcceptedQuote>, quotes:accept, [dry_run];
        /// Hands a quote over, whatever its status: somebody else works on it from now on, and on the order that it becomes.
        Post "/v1/quotes/{id}/assign" AssignQuote (QuoteId) HandOver => Json<Quote>, quotes:assign;
        /// Records that the customer declines.
        Post "/v1/quotes/{id}/decline" DeclineQuote (QuoteId) body::DeclineQuote => Json<Quote>, quotes:accept;
    }
}
