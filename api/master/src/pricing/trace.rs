//! Why a price is what it is (design: "Explain"). Stored with the revision that it decided.

use causeway_value::Price;
use serde::{Deserialize, Serialize};

/// What was computed, from what, and what else was possible.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The price.
    pub result: String,
    /// The steps to it, in order.
    pub steps: Vec<TraceStep>,
    /// Every price list and rule that was looked at.
    pub candidates: Vec<TraceCandidate>,
}

/// One step of a computation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStep {
    /// What was applied.
    pub rule: String,
    /// To what.
    pub input: String,
    /// What came out.
    pub outcome: String,
    /// Why it was applied.
    pub because: String,
}

/// Something that might have given the price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceCandidate {
    /// The list or rule.
    pub rule: String,
    /// `applied` or `lost`.
    pub outcome: String,
    /// Why it lost; none when it was applied.
    pub lost_because: Option<String>,
}

impl Trace {
    pub(crate) fn step(&mut self, rule: impl Into<String>, input: impl Into<String>, outcome: impl Into<String>, because: impl Into<String>) {
        self.steps.push(TraceStep { rule: rule.into(), input: input.into(), outcome: outcome.into(), because: because.into() });
    }

    /// The trace of a component of a bundle: how the bundle got its price, what the component costs alone, and its share.
    pub(super) fn share(&mut self, bundle: &Self, alone: String, share: String) {
        let mut steps = bundle.steps.clone();
        steps.append(&mut self.steps);
        self.steps = steps;
        let because = format!("its share of the bundle's price of {}, by what the components cost alone; the last takes the residue", bundle.result);
        self.step("bundle", alone, share.clone(), because);
        self.result = share;
        self.candidates.extend(bundle.candidates.iter().cloned());
    }

    /// The share of a component after the discounts of its bundle were looked at.
    pub fn balanced(&mut self, before: Price, after: Price) {
        self.result = after.to_string();
        self.step("bundle", before.to_string(), after.to_string(), "after discounts its parts come to what the bundle comes to, rounded once");
    }

    /// The price after other taxes took the place of those in it.
    pub(crate) fn taxed_anew(&mut self, before: Price, after: Price) {
        self.result = after.to_string();
        self.step("taxes_in_price", before.to_string(), after.to_string(), "a tax rule replaces the taxes in the price; what is paid without tax stays");
    }

    pub(crate) fn lost(&mut self, rule: impl Into<String>, because: impl Into<String>) {
        self.candidates.push(TraceCandidate { rule: rule.into(), outcome: "lost".to_owned(), lost_because: Some(because.into()) });
    }

    pub(crate) fn applied(&mut self, rule: impl Into<String>) {
        self.candidates.push(TraceCandidate { rule: rule.into(), outcome: "applied".to_owned(), lost_because: None });
    }
}
