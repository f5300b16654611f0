//! What may be done with a quote when.

use causeway_contract::{Code, Problem};
use causeway_entity::sell::quote_links;
use causeway_entity::sell::quotes::Model;
use causeway_value::{Amount, Currency, Day, QuoteStatus};

/// A quote that is changed or submitted is a draft.
///
/// # Errors
/// `state_conflict`.
pub fn must_be_draft(row: &Model, verb: &str) -> Result<(), Problem> {
    match row.status {
        QuoteStatus::Draft => Ok(()),
        QuoteStatus::Accepted | QuoteStatus::Superseded => Err(refused(row, verb, "")),
        _ => Err(refused(row, verb, " Revise it (POST /v1/quotes/{id}/revise) and change the revision.")),
    }
}

/// A quote that is submitted offers something.
///
/// # Errors
/// `state_conflict`.
pub fn must_have_lines(row: &Model, lines: usize) -> Result<(), Problem> {
    if lines > 0 {
        return Ok(());
    }
    Err(Problem::new(Code::StateConflict, format!("The quote {} has no lines. Add at least one and submit it again.", row.number)))
}

/// What is offered asks for something, or for nothing: what comes to less can be agreed on and is never an invoice of its own.
///
/// # Errors
/// `state_conflict` naming what it comes to.
pub fn must_ask_for_something(row: &Model) -> Result<(), Problem> {
    below_zero(&format!("The quote {}", row.number), row.total_amount, row.currency)
}

/// The field of a problem that says what a document comes to that comes to less than nothing.
pub const BELOW_ZERO: &str = "total_amount";

/// Refuses a document that comes to less than nothing, and says how money is given back.
///
/// # Errors
/// `state_conflict`.
pub(crate) fn below_zero(what: &str, total: Amount, currency: Currency) -> Result<(), Problem> {
    if total >= Amount::ZERO {
        return Ok(());
    }
    let total = total.text(currency).0;
    let detail = format!(
        "{what} comes to {total} {}, and nothing below zero is invoiced. Give money back by crediting the invoice (POST /v1/invoices/{{id}}/credit) \
         or by a credit note (POST /v1/credit-notes), or add what the customer buys.",
        currency.code()
    );
    Err(Problem::new(Code::StateConflict, detail).with(BELOW_ZERO, total))
}

/// A quote that is approved or rejected waits for it.
///
/// # Errors
/// `state_conflict`.
pub fn must_wait(row: &Model, verb: &str) -> Result<(), Problem> {
    match row.status {
        QuoteStatus::InApproval => Ok(()),
        QuoteStatus::Draft => Err(refused(row, verb, " Submit it first.")),
        _ => Err(refused(row, verb, "")),
    }
}

/// Who submitted a quote does not approve it (SEC-03).
///
/// # Errors
/// `segregation_of_duties`.
pub fn must_be_another(row: &Model, own: bool) -> Result<(), Problem> {
    if !own {
        return Ok(());
    }
    Err(Problem::new(Code::SegregationOfDuties, format!("You submitted the quote {} yourself. Somebody else has to approve it.", row.number)))
}

/// Who wrote a quote, or a revision of it, does not approve it when somebody else submits it (SEC-02, APR-06).
///
/// # Errors
/// `segregation_of_duties`.
pub fn must_not_be_the_maker(row: &Model, wrote: bool) -> Result<(), Problem> {
    if !wrote {
        return Ok(());
    }
    let detail = format!("You made, changed or submitted the quote {} or a revision of it. Somebody who did not has to approve it.", row.number);
    Err(Problem::new(Code::SegregationOfDuties, detail))
}

/// A quote that is sent is approved.
///
/// # Errors
/// `state_conflict`.
pub fn must_be_approved(row: &Model) -> Result<(), Problem> {
    match row.status {
        QuoteStatus::Approved => Ok(()),
        QuoteStatus::Draft => Err(refused(row, "sent", " Submit it first.")),
        _ => Err(refused(row, "sent", "")),
    }
}

/// The customer answers what was approved or sent.
///
/// # Errors
/// `state_conflict`.
pub fn must_be_offered(row: &Model, verb: &str) -> Result<(), Problem> {
    match row.status {
        QuoteStatus::Approved | QuoteStatus::Sent => Ok(()),
        QuoteStatus::Draft => Err(refused(row, verb, " Submit it first.")),
        QuoteStatus::InApproval => Err(refused(row, verb, " It must be approved first.")),
        QuoteStatus::Expired => Err(past(row, verb)),
        QuoteStatus::Accepted | QuoteStatus::Declined | QuoteStatus::Superseded => Err(refused(row, verb, "")),
    }
}

/// Nothing is offered or accepted any more once the last day of acceptance has passed; that day itself counts.
///
/// # Errors
/// `state_conflict` naming the day.
pub fn must_be_valid(row: &Model, verb: &str, today: Day) -> Result<(), Problem> {
    match row.valid_until {
        Some(last) if today > last => Err(past(row, verb)),
        _ => Ok(()),
    }
}

/// Whether a link opens its quote: while that is sent and valid, and afterwards for who answered through it.
#[must_use]
pub fn opens(link: &quote_links::Model, quote: &Model, today: Day) -> bool {
    let stands = match quote.status {
        QuoteStatus::Sent => quote.valid_until.is_none_or(|last| today <= last),
        QuoteStatus::Accepted => true,
        QuoteStatus::Declined => link.answered_at.is_some(),
        QuoteStatus::Draft | QuoteStatus::InApproval | QuoteStatus::Approved | QuoteStatus::Expired | QuoteStatus::Superseded => false,
    };
    stands && link.revoked_at.is_none()
}

/// What was accepted stands, and only the latest revision goes on.
///
/// # Errors
/// `state_conflict`.
pub fn must_be_revisable(row: &Model) -> Result<(), Problem> {
    match row.status {
        QuoteStatus::Accepted => Err(refused(row, "revised", " Its order has what was agreed; make a new quote for anything else.")),
        QuoteStatus::Superseded => Err(refused(row, "revised", " Revise the latest revision of this number.")),
        _ => Ok(()),
    }
}

/// The day whose prices count: its own day, unless it was taken over from an earlier quote.
pub fn price_date(row: &Model) -> Day {
    row.price_date.unwrap_or(row.quote_date)
}

/// The last day of a revision: that of the one before while it lasts, then the company's rule, or as many days as the one before had.
#[must_use]
pub fn renewed(row: &Model, by_rule: Option<Day>, today: Day) -> Option<Day> {
    let last = row.valid_until?;
    if last >= today {
        return Some(last);
    }
    Some(by_rule.unwrap_or_else(|| today.plus_days(last.days_since(row.quote_date).max(0))))
}

fn past(row: &Model, verb: &str) -> Problem {
    let Some(day) = row.valid_until else { return refused(row, verb, "") };
    let hint = match row.status {
        QuoteStatus::Draft => "Give it a later day: PATCH /v1/quotes/{id} with `valid_until`.",
        QuoteStatus::InApproval => "Reject it, give it a later `valid_until` and submit it again.",
        _ => "Revise it (POST /v1/quotes/{id}/revise): the revision gets a new last day.",
    };
    let detail = format!("The quote {} was valid until {day} and cannot be {verb} any more. {hint}", row.number);
    Problem::new(Code::StateConflict, detail).with("status", row.status.to_string()).with("valid_until", day.to_string())
}

fn refused(row: &Model, verb: &str, hint: &str) -> Problem {
    let status = row.status.to_string().replace('_', " ");
    let detail = format!("The quote {} in revision {} is {status} and cannot be {verb}.{hint}", row.number, row.revision);
    Problem::new(Code::StateConflict, detail).with("status", row.status.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use QuoteStatus::{Accepted, Approved, Declined, Draft, Expired, InApproval, Sent, Superseded};
    use causeway_value::{CompanyId, FlowId, Instant, Json, PartyId, Percent, QuoteId, TaxRounding, TenantId};

    const ALL: [QuoteStatus; 8] = [Draft, InApproval, Approved, Sent, Accepted, Declined, Expired, Superseded];

    fn quote(status: QuoteStatus, valid_until: Option<&str>) -> Model {
        Model {
            tenant_id: TenantId::new(),
            id: QuoteId::new(),
            company_id: CompanyId::new(),
            opportunity_id: None,
            party_id: PartyId::new(),
            number: "QUO/2026/00001".to_owned(),
            revision: 1,
            previous_id: None,
            status,
            currency: "EUR".parse().unwrap(),
            quote_date: "2026-11-01".parse().unwrap(),
            valid_until: valid_until.map(|day| day.parse().unwrap()),
            payment_term_id: None,
            discount_percent: Percent::ZERO,
            tax_rounding: TaxRounding::PerLine,
            discount_base: None,
            discount_posting: None,
            tax_step: None,
            untaxed_amount: Amount::ZERO,
            tax_amount: Amount::ZERO,
            total_amount: Amount::ZERO,
            margin_amount: None,
            margin_percent: None,
            reference: None,
            owner_id: None,
            notes: None,
            sent_at: None,
            accepted_at: None,
            accepted_by: None,
            decline_reason: None,
            order_id: None,
            flow_id: FlowId::new(),
            metadata: Json::default(),
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
            approval_reasons: None,
            submitted_by: None,
            approval_comment: None,
            terms: None,
            promised_date: None,
            lead_days: None,
            template_id: None,
            price_date: None,
            copied_from_id: None,
            upfront_percent: None,
            rounding_amount: None,
            contact_id: None,
            ship_to_id: None,
        }
    }

    fn allowed(rule: impl Fn(&Model) -> Result<(), Problem>) -> Vec<QuoteStatus> {
        ALL.into_iter().filter(|status| rule(&quote(*status, Some("2026-12-31"))).is_ok()).collect()
    }

    #[test]
    fn states_allow_what_the_life_of_a_quote_says() {
        assert_eq!(allowed(|row| must_be_draft(row, "changed")), [Draft]);
        assert_eq!(allowed(|row| must_wait(row, "approved")), [InApproval]);
        assert_eq!(allowed(must_be_approved), [Approved]);
        assert_eq!(allowed(|row| must_be_offered(row, "accepted")), [Approved, Sent]);
        assert_eq!(allowed(must_be_revisable), [Draft, InApproval, Approved, Sent, Declined, Expired]);
    }

    #[test]
    fn what_comes_to_less_than_nothing_is_not_offered() {
        let of = |total: i64| must_ask_for_something(&Model { total_amount: Amount(total), ..quote(Draft, None) });
        assert!(of(0).is_ok() && of(1).is_ok());
        let problem = of(-1_600).unwrap_err();
        assert_eq!((problem.code, problem.meta["total_amount"].as_str()), (Code::StateConflict, Some("-16.00")));
        assert!(problem.detail.contains("-16.00 EUR") && problem.detail.contains("/v1/credit-notes"), "{}", problem.detail);
    }

    #[test]
    fn a_link_opens_what_is_offered_or_was_answered_through_it() {
        let link = |revoked: Option<i64>, answered: Option<i64>| quote_links::Model {
            tenant_id: TenantId::new(),
            quote_id: QuoteId::new(),
            hash: Vec::new(),
            created_at: Instant(0),
            revoked_at: revoked.map(Instant),
            answered_at: answered.map(Instant),
            answered_by: None,
            answered_email: None,
            answered_from: None,
        };
        let opened = |link: &quote_links::Model, day: &str| -> Vec<QuoteStatus> {
            ALL.into_iter().filter(|status| opens(link, &quote(*status, Some("2026-12-31")), day.parse().unwrap())).collect()
        };
        assert_eq!(opened(&link(None, None), "2026-12-31"), [Sent, Accepted]);
        assert_eq!(opened(&link(None, Some(1)), "2026-12-31"), [Sent, Accepted, Declined]);
        assert_eq!(opened(&link(None, None), "2027-01-01"), [Accepted]);
        assert_eq!(opened(&link(Some(1), Some(1)), "2026-12-31"), []);
    }

    #[test]
    fn a_revision_is_valid_for_as_long_as_the_one_before_was() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let (valid, past) = (quote(Sent, Some("2026-11-15")), day("2026-12-01"));
        assert_eq!(renewed(&valid, Some(day("2027-01-01")), day("2026-11-15")), Some(day("2026-11-15")));
        assert_eq!(renewed(&valid, Some(day("2027-01-01")), past), Some(day("2027-01-01")));
        assert_eq!(renewed(&valid, None, past), Some(day("2026-12-15")));
        assert_eq!(renewed(&quote(Sent, Some("2026-10-15")), None, past), Some(past));
        assert_eq!(renewed(&quote(Sent, None), Some(day("2027-01-01")), past), None);
    }

    #[test]
    fn the_last_day_of_validity_counts_and_the_next_names_it() {
        let row = quote(Sent, Some("2026-12-31"));
        assert!(must_be_valid(&row, "accepted", "2026-12-31".parse().unwrap()).is_ok());
        let problem = must_be_valid(&row, "accepted", "2027-01-01".parse().unwrap()).unwrap_err();
        assert_eq!((problem.status, problem.meta["valid_until"].as_str()), (409, Some("2026-12-31")));
        assert!(problem.detail.contains("2026-12-31"));
        assert!(must_be_valid(&quote(Sent, None), "accepted", "2999-01-01".parse().unwrap()).is_ok());
        let draft = must_be_valid(&quote(Draft, Some("2026-12-31")), "submitted", "2027-01-01".parse().unwrap()).unwrap_err();
        assert!(draft.detail.contains("PATCH"), "{}", draft.detail);
        assert!(must_be_offered(&quote(Expired, Some("2026-12-31")), "accepted").unwrap_err().detail.contains("2026-12-31"));
    }
}
