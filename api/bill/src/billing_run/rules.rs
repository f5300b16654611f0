//! What goes on one invoice, and the hash of a plan.

use crate::invoice::Agreed;
use causeway_entity::bill::{billables, obligations};
use causeway_openapi::invoice::InvoiceGroup;
use causeway_value::{Amount, BillableId, Currency, ObligationId, PartyId, PaymentTermId};
use std::collections::BTreeMap;
use std::fmt::Write;
use uuid::Uuid;

/// What the lines of one invoice share: customer, currency, the payment term and the rounding that were agreed on, and the order or deal when that is asked for.
type Shared = (PartyId, Currency, Option<PaymentTermId>, Option<Agreed>, Option<Uuid>);

/// Splits billables into invoices: by party, currency and the payment term and rounding that were agreed on (`owed` are their obligations), by order or deal
/// when that is asked for, and never more lines than one invoice may have. The invoices come in the order of their first billable, the lines in the order of
/// theirs.
#[must_use]
pub fn invoices_of(
    billables: Vec<billables::Model>,
    owed: &BTreeMap<ObligationId, obligations::Model>,
    group: InvoiceGroup,
    most_lines: usize,
) -> Vec<Vec<billables::Model>> {
    let mut groups: BTreeMap<Shared, Vec<billables::Model>> = BTreeMap::new();
    for row in billables {
        let part = match group {
            InvoiceGroup::Party => None,
            InvoiceGroup::Order => row.order_id.map(|id| id.uuid()),
            InvoiceGroup::Flow => row.flow_id.map(|id| id.uuid()),
        };
        groups.entry((row.party_id, row.currency, row.payment_term_id, Agreed::of_billable(&row, owed), part)).or_default().push(row);
    }
    let mut invoices: Vec<Vec<billables::Model>> = Vec::with_capacity(groups.len());
    for rows in groups.into_values() {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            invoices.push(rows.by_ref().take(most_lines.max(1)).collect());
        }
    }
    invoices.sort_by_key(|rows| rows.first().map(|row| row.id));
    invoices
}

/// What an invoice of a plan comes to, in minor units, and when it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worth {
    /// Without tax.
    pub untaxed: Amount,
    /// The tax.
    pub tax: Amount,
    /// What is to be paid.
    pub total: Amount,
    /// The payment term.
    pub term: Option<PaymentTermId>,
}

/// An invoice as a plan has it: what it bills and what it comes to, nothing where it cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its billables with their versions, in the order of its lines; of a plan that is kept, without them.
    pub billables: Vec<(BillableId, Option<i64>)>,
    /// The currency of what it comes to.
    pub currency: Currency,
    /// What it comes to.
    pub worth: Option<Worth>,
}

/// The text whose hash stands for a plan: its settings, and invoice by invoice each billable with its version, and what the invoice comes to. Amounts depend
/// on more than billables: on what down payments have left, and on how the company rounds.
#[must_use]
pub fn plan_text(settings: &str, invoices: &[Outcome]) -> String {
    let mut text = format!("plan 2\n{settings}\n");
    // Writing to a String cannot fail.
    for invoice in invoices {
        for (id, version) in &invoice.billables {
            let _ = write!(text, "{id} {} ", version.unwrap_or_default());
        }
        let _ = match invoice.worth {
            Some(Worth { untaxed, tax, total, term }) => {
                writeln!(text, "= {} {} {} {}", untaxed.0, tax.0, total.0, term.map_or_else(|| "-".to_owned(), |term| term.to_string()))
            }
            None => writeln!(text, "refused"),
        };
    }
    text
}

/// What is not as it was planned, in words, at most `most` of it. Nothing when only what a plan does not keep has changed: a text or a payment term.
#[must_use]
pub fn differences(planned: &[Outcome], now: &[Outcome], most: usize) -> Vec<String> {
    let ids = |invoice: &Outcome| invoice.billables.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    let total = |invoice: &Outcome| match invoice.worth {
        Some(worth) => format!("comes to {} {}", worth.total.text(invoice.currency), invoice.currency),
        None => "cannot be made".to_owned(),
    };
    let mut of_now: BTreeMap<Vec<BillableId>, &Outcome> = now.iter().map(|invoice| (ids(invoice), invoice)).collect();
    let mut told = Vec::new();
    for (position, was) in (1_usize..).zip(planned) {
        match of_now.remove(&ids(was)) {
            None => told.push(format!("What invoice {position} of the plan bills is not billed together any more, or more would be on it.")),
            Some(is) if total(is) != total(was) => told.push(format!("Invoice {position} of the plan {}, and {} now.", total(was), total(is))),
            Some(_) => {}
        }
    }
    if !of_now.is_empty() {
        told.push(format!("Invoices that the plan has not would be made: {}.", of_now.len()));
    }
    told.truncate(most);
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_in_a_plan_counts() {
        let (first, second) = (BillableId::new(), BillableId::new());
        let plan = |settings: &str, invoices: &[&[(BillableId, i64)]]| {
            let of = |rows: &&[(BillableId, i64)]| outcome(rows, Some(11_900));
            plan_text(settings, &invoices.iter().map(of).collect::<Vec<_>>())
        };
        let original = plan("order", &[&[(first, 1), (second, 1)]]);
        assert_eq!(plan("order", &[&[(first, 1), (second, 1)]]), original);
        for changed in [
            plan("party", &[&[(first, 1), (second, 1)]]),
            plan("order", &[&[(first, 1)], &[(second, 1)]]),
            plan("order", &[&[(first, 2), (second, 1)]]),
            plan("order", &[&[(first, 1)]]),
        ] {
            assert_ne!(changed, original);
        }
        // The same billables that come to something else, are due at another time, or cannot be billed: another plan.
        let worth = |worth: Option<Worth>| plan_text("order", &[Outcome { worth, ..outcome(&[(first, 1)], None) }]);
        let of = Worth { untaxed: Amount(10_000), tax: Amount(1_900), total: Amount(11_900), term: None };
        let others = [
            None,
            Some(Worth { untaxed: Amount(9_999), ..of }),
            Some(Worth { tax: Amount(1_901), ..of }),
            Some(Worth { total: Amount(11_905), ..of }),
            Some(Worth { term: Some(PaymentTermId::new()), ..of }),
        ];
        assert!(others.into_iter().all(|other| worth(other) != worth(Some(of))));
    }

    fn outcome(rows: &[(BillableId, i64)], total: Option<i64>) -> Outcome {
        let worth = total.map(|total| Worth { untaxed: Amount(total), tax: Amount::ZERO, total: Amount(total), term: None });
        Outcome { billables: rows.iter().map(|(id, version)| (*id, Some(*version))).collect(), currency: "EUR".parse().unwrap(), worth }
    }

    #[test]
    fn what_differs_from_a_plan_is_told() {
        let [first, second, third] = [(); 3].map(|()| (BillableId::new(), 1));
        let planned = [outcome(&[first], Some(11_900)), outcome(&[second], Some(500))];
        assert!(differences(&planned, &planned, 9).is_empty());
        let now = [outcome(&[first], Some(5_950)), outcome(&[second, third], Some(700))];
        assert_eq!(
            differences(&planned, &now, 9),
            [
                "Invoice 1 of the plan comes to 119.00 EUR, and comes to 59.50 EUR now.",
                "What invoice 2 of the plan bills is not billed together any more, or more would be on it.",
                "Invoices that the plan has not would be made: 1.",
            ]
        );
        assert_eq!(differences(&planned, &now, 2).len(), 2);
        let refused = [planned[0].clone(), outcome(&[second], None)];
        assert_eq!(differences(&planned, &refused, 9), ["Invoice 2 of the plan comes to 5.00 EUR, and cannot be made now."]);
    }
}
