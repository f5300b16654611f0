//! The time between changes, and what a deal waits for.

use causeway_openapi::report::{Blocker, FlowStep};
use causeway_value::{Instant, UserId};
use uuid::Uuid;

/// The kinds of objects that are documents of a deal.
pub const DOCUMENTS: [&str; 7] = ["lead", "opportunity", "quote", "order", "delivery", "invoice", "payment"];

/// A change of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The event, such as `quote.sent`.
    pub event: String,
    /// The document.
    pub subject: Uuid,
    /// When it happened, in business time.
    pub at: Instant,
}

impl Moment {
    /// Whether the event moved the document on. An update changes what it says, not where it stands.
    #[must_use]
    pub fn moves(&self) -> bool {
        !self.event.ends_with(".updated")
    }
}

/// The steps between these moments, which are in order. What happened in one request is zero seconds apart.
#[must_use]
pub fn steps(moments: &[Moment]) -> Vec<FlowStep> {
    let moved: Vec<&Moment> = moments.iter().filter(|moment| moment.moves()).collect();
    let pairs = moved.iter().zip(moved.iter().skip(1));
    pairs.map(|(from, to)| FlowStep { from: from.event.clone(), to: to.event.clone(), waited_seconds: to.at.seconds_since(from.at).max(0) }).collect()
}

/// When a document came to where it stands: its last moment of this event, or `otherwise`.
#[must_use]
pub fn since(moments: &[Moment], subject: Uuid, event: &str, otherwise: Instant) -> Instant {
    moments.iter().rev().find(|moment| moment.subject == subject && moment.event == event).map_or(otherwise, |moment| moment.at)
}

/// When a document was last moved on, or `otherwise` when it never was.
#[must_use]
pub fn moved(moments: &[Moment], subject: Uuid, otherwise: Instant) -> Instant {
    moments.iter().rev().find(|moment| moment.subject == subject && moment.moves()).map_or(otherwise, |moment| moment.at)
}

/// Of everything that blocks a deal, what does so for the longest time.
#[must_use]
pub fn longest(blockers: &[Blocker]) -> Option<Blocker> {
    blockers.iter().min_by_key(|blocker| blocker.since).cloned()
}

/// What a deal waits for, longest first: what blocks it, and the open steps of documents that nothing blocks.
#[must_use]
pub fn waits(mut blockers: Vec<Blocker>, open: Vec<Blocker>) -> Vec<Blocker> {
    for step in open {
        if blockers.iter().all(|blocker| blocker.id != step.id) {
            blockers.push(step);
        }
    }
    blockers.sort_by_key(|blocker| blocker.since);
    blockers
}

/// Something that blocks a deal.
#[must_use]
pub fn blocker(kind: &str, id: &impl ToString, reason: impl Into<String>, owner_id: Option<UserId>, since: Instant) -> Blocker {
    Blocker { kind: kind.to_owned(), id: id.to_string(), reason: reason.into(), owner_id, since }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{OrderId, QuoteId};

    fn moment(event: &str, seconds: i64) -> Moment {
        Moment { event: event.to_owned(), subject: Uuid::nil(), at: Instant::default().plus_seconds(seconds) }
    }

    #[test]
    fn a_step_is_the_time_to_the_next_change() {
        let moments = [moment("quote.sent", 10), moment("quote.updated", 20), moment("quote.accepted", 70), moment("order.created", 70)];
        let steps = steps(&moments);
        let told: Vec<(&str, &str, i64)> = steps.iter().map(|step| (step.from.as_str(), step.to.as_str(), step.waited_seconds)).collect();
        assert_eq!(told, [("quote.sent", "quote.accepted", 60), ("quote.accepted", "order.created", 0)]);
    }

    #[test]
    fn one_change_is_no_step() {
        assert!(steps(&[]).is_empty());
        assert!(steps(&[moment("lead.created", 0)]).is_empty());
    }

    #[test]
    fn the_last_such_moment_counts() {
        let moments = [moment("quote.submitted", 10), moment("quote.rejected", 20), moment("quote.submitted", 30)];
        assert_eq!(since(&moments, Uuid::nil(), "quote.submitted", Instant::default()), Instant::default().plus_seconds(30));
        assert_eq!(since(&moments, Uuid::max(), "quote.submitted", Instant(7)), Instant(7));
    }

    #[test]
    fn the_oldest_blocker_is_named() {
        let order = blocker("order", &OrderId::new(), "Over its limit", None, Instant(5));
        let quote = blocker("quote", &QuoteId::new(), "Waits", None, Instant(9));
        assert_eq!(longest(&[quote.clone(), order.clone()]), Some(order.clone()));
        assert_eq!(longest(&[]), None);
        // A held order waits for its release, and not for its delivery too.
        let open = |id| Blocker { id, ..blocker("order", &"", "Waits for its delivery", None, Instant(1)) };
        assert_eq!(waits(vec![quote.clone(), order.clone()], vec![open(order.id.clone())]), [order, quote]);
    }

    #[test]
    fn a_change_of_what_a_document_says_moves_nothing() {
        let moments = [moment("quote.created", 10), moment("quote.updated", 20)];
        assert_eq!(moved(&moments, Uuid::nil(), Instant(7)), Instant::default().plus_seconds(10));
        assert_eq!(moved(&moments, Uuid::max(), Instant(7)), Instant(7));
    }
}
