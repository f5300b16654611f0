//! How the taxes of a document are rounded and its discounts booked (BIL-05).

use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::{billables, invoices, obligations};
use causeway_entity::govern::companies;
use causeway_master::company::service::tax_step;
use causeway_master::tax::rules::TaxPolicy;
use causeway_value::{Amount, Currency, Direction, DiscountPosting, ObligationId, TaxRounding};
use std::collections::BTreeMap;

/// What an order was priced with, and therefore what bills it: else an invoice would miss the order by cents once its company rounds otherwise. What belongs
/// to no order does as its company does when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Agreed {
    /// Where taxes are rounded.
    pub rounding: TaxRounding,
    /// To what, in minor units; none for the smallest unit.
    pub step: Option<Amount>,
    /// Where discounts go.
    pub posting: DiscountPosting,
}

impl Agreed {
    /// What a company says for new documents. What others grant us is never booked by itself.
    pub(crate) fn by_company(company: &companies::Model, currency: Currency, direction: Direction) -> Self {
        let posting = match direction {
            Direction::Sale => company.discount_posting.unwrap_or_default(),
            Direction::Purchase => DiscountPosting::Net,
        };
        Self { rounding: company.tax_rounding, step: tax_step(company, currency), posting }
    }

    /// What a document has.
    pub(crate) fn of_document(row: &invoices::Model) -> Self {
        Self { rounding: row.tax_rounding, step: row.tax_step, posting: row.discount_posting.unwrap_or_default() }
    }

    /// What the order of a billable was priced with; none without an order.
    pub(crate) fn of_billable(row: &billables::Model, owed: &BTreeMap<ObligationId, obligations::Model>) -> Option<Self> {
        let owed = owed.get(&row.order_line_id?.cast())?;
        Some(Self { rounding: owed.tax_rounding?, step: owed.tax_step, posting: owed.discount_posting.unwrap_or_default() })
    }

    /// What all orders of these billables were priced with; none without an order. `place` names a billable by its place.
    ///
    /// # Errors
    /// `invalid_value` when they were priced differently: one invoice rounds in one way.
    pub(crate) fn of_billables(
        rows: &[billables::Model],
        owed: &BTreeMap<ObligationId, obligations::Model>,
        place: &dyn Fn(usize) -> String,
    ) -> Result<Option<Self>, Problem> {
        let mut shared = None;
        for (index, row) in rows.iter().enumerate() {
            let Some(agreed) = Self::of_billable(row, owed) else { continue };
            if *shared.get_or_insert(agreed) != agreed {
                let detail = "is of an order whose taxes are rounded, or whose discounts are booked, otherwise than the others', because its company changed \
                              that between them. Bill one order after the other, as a billing run does (POST /v1/billing-runs)";
                let problem = Problem::of(vec![FieldError::pointer(Code::InvalidValue, place(index), detail)]);
                return Err(problem.with("billable_id", row.id.to_string()));
            }
        }
        Ok(shared)
    }

    /// How taxes are computed.
    pub(crate) fn policy(self) -> TaxPolicy {
        TaxPolicy::kept(self.rounding, self.step, self.posting)
    }
}
