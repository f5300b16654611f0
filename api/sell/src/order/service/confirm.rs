//! Confirming an order: from now on we owe it (ORD-02).

use super::credit::{self, Verdict};
use super::hold::place;
use super::{approval, changed, in_full};
use crate::opportunity::service::win_by;
use crate::order::{rules, store, view};
use causeway_bill::obligation;
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::master::{parties, products};
use causeway_entity::sell::{order_lines, orders};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::catalog::store::steps;
use causeway_master::completeness::{self, Said};
use causeway_master::dimension::service::carried;
use causeway_openapi::order as wire;
use causeway_value::{DocumentInput, OrderId, OrderStatus, ProductId, ProductKind, Quantity};
use std::collections::{BTreeMap, BTreeSet};

/// Confirms a draft and writes its obligations. What is billed on order becomes billable at once. One that no quote agreed and that breaks a limit of its
/// company gets an approval hold and stays a draft until a second person releases it (QTE-08, ORD-20). When the customer's credit is used up, its policy
/// decides: the order is confirmed with a warning, gets a credit hold and stays a draft, or is refused (ORD-06, ORD-09). One that no quote agreed wins its
/// opportunity, as an accepted quote does (CRM-12).
///
/// # Errors
/// `not_found`; `state_conflict` with what is missing or holds it, when it comes to less than nothing, when its customer is not active, or when its opportunity is
/// with another customer; `required` for each thing that its company asks for and it does not say;
/// `credit_limit_exceeded`.
pub async fn confirm(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId) -> Result<wire::Order, Problem> {
    let old = tx.lock::<orders::Entity>(id).await?;
    rules::must_be_draft(&old, "confirmed")?;
    let mut parts = store::parts_of(tx, &old).await?;
    let party = tx.must::<parties::Entity>(old.party_id).await?;
    rules::must_be_confirmable(&old, party.is_customer, rules::ordering(&parts.lines), &parts.holds)?;
    rules::must_ask_for_something(&old)?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    rules::must_be_active(&party, &format!("The order {} cannot be confirmed", old.number))?;
    must_be_complete(tx, &company, &old, &parts.lines).await?;
    let today = ctx.today(company.time_zone);
    if let Some(placed) = approval::asked(ctx, tx, (&company, &party), &old, &parts.lines).await? {
        let held = place(ctx, tx, &old, &mut parts, placed);
        tx.update(&old, &held);
        return view::record(ctx, tx, "order.held", &held, &parts);
    }
    let kinds = Kinds::read(tx, &parts.lines).await?;
    let credit_warning = match credit::verdict(ctx, tx, &company, &party, &old, old.total_amount, "confirmed").await? {
        Verdict::Confirm(warning) => warning,
        Verdict::Hold(placed) => {
            let held = place(ctx, tx, &old, &mut parts, placed);
            tx.update(&old, &held);
            return view::record(ctx, tx, "order.held", &held, &parts);
        }
    };
    let new = orders::Model { status: OrderStatus::Confirmed, confirmed_at: Some(ctx.now()), credit_warning, stalled_reason: None, ..changed(ctx, &old) };
    // The deal of a quote was won when that was accepted.
    if let (None, Some(opportunity_id)) = (new.quote_id, new.opportunity_id) {
        win_by(ctx, tx, opportunity_id, (&new).into()).await?;
    }
    tx.update(&old, &new);
    let owed = in_full(tx, &new, &parts.lines).await?;
    let owed = owed.iter().map(|line| rules::obligation(&new, line, kinds.of(line), today, &parts.holds)).collect();
    parts.obligations = obligation::confirm(ctx, tx, owed).await?;
    view::record(ctx, tx, "order.confirmed", &new, &parts)
}

/// An order must say what its company asks for before anybody works on it (ORD-10).
///
/// # Errors
/// `required` for each thing that it does not say.
pub async fn must_be_complete(tx: &mut Tx<'_>, company: &companies::Model, order: &orders::Model, lines: &[order_lines::Model]) -> Result<(), Problem> {
    let Some(asked) = &company.document_rules else { return Ok(()) };
    let fields = [
        (DocumentInput::Reference, order.reference.is_some()),
        (DocumentInput::OwnerId, order.owner_id.is_some()),
        (DocumentInput::PaymentTermId, order.payment_term_id.is_some()),
        (DocumentInput::OpportunityId, order.opportunity_id.is_some()),
    ];
    let said = Said {
        step: "an order of this company is confirmed",
        place: "PATCH /v1/orders/{id}",
        fields: &fields,
        metadata: &order.metadata.0,
        party: order.party_id,
        lines: &lines.iter().map(|line| carried(line.dimensions.as_ref())).collect::<Vec<_>>(),
        line_place: "PATCH /v1/orders/{id}",
    };
    completeness::check(tx, &asked.0.order_confirm, said).await
}

/// What products and units say of lines that are ordered.
pub(super) struct Kinds {
    products: BTreeMap<ProductId, ProductKind>,
    steps: BTreeMap<String, Quantity>,
}

impl Kinds {
    /// Reads the products and units of these lines.
    pub(super) async fn read(tx: &mut Tx<'_>, lines: &[order_lines::Model]) -> Result<Self, Problem> {
        let ids: BTreeSet<ProductId> = lines.iter().filter_map(|line| line.product_id).collect();
        let rows = if ids.is_empty() { Vec::new() } else { Find::<products::Entity>::new().among(products::Column::Id, ids).all(tx).await? };
        let steps = steps(tx, lines.iter().filter_map(|line| line.unit.as_deref())).await?;
        Ok(Self { products: rows.into_iter().map(|row| (row.id, row.kind)).collect(), steps })
    }

    /// The kind of a line's product, as goods are delivered, and the step of its unit.
    pub(super) fn of(&self, line: &order_lines::Model) -> (Option<ProductKind>, Option<Quantity>) {
        let kind = line.product_id.and_then(|id| self.products.get(&id).copied());
        (kind, line.unit.as_ref().and_then(|unit| self.steps.get(unit).copied()))
    }
}
