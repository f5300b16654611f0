//! What orders do to obligations.

use super::rules;
use crate::billable::service::{self as billable, Source};
use crate::invoice::Agreed;
use causeway_contract::Problem;
use causeway_entity::Held;
use causeway_entity::bill::obligations;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{
    AddressId, Amount, BillingPolicy, CompanyId, Currency, Day, Dimensions, DiscountBase, FlowId, Json, OrderId, OrderLineId, PartyId, PaymentTermId, Percent,
    Price, ProductId, ProductKind, Quantity, RecognitionPolicy, SourceType, TaxId,
};

/// A line of an order that is being confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewObligation {
    /// The line; the obligation takes its UUID.
    pub order_line_id: OrderLineId,
    /// Its order.
    pub order_id: OrderId,
    /// The company that sells.
    pub company_id: CompanyId,
    /// The customer.
    pub party_id: PartyId,
    /// The deal.
    pub flow_id: FlowId,
    /// The day of confirmation in the company's time zone: what is billed on order is billable from then on.
    pub confirm_date: Day,
    /// What was sold.
    pub product_id: Option<ProductId>,
    /// The product's kind: goods need a delivery.
    pub product_kind: Option<ProductKind>,
    /// The text on documents.
    pub description: String,
    /// The code of the unit.
    pub unit: Option<String>,
    /// The currency of the order.
    pub currency: Currency,
    /// How much was ordered; negative gives back.
    pub quantity: Quantity,
    /// The price of `price_base_quantity` units, before discounts.
    pub unit_price: Price,
    /// How many units the price is for.
    pub price_base_quantity: Quantity,
    /// The line's discount.
    pub discount_percent: Percent,
    /// The order's discount.
    pub document_discount_percent: Percent,
    /// What that is a share of; none means the lines.
    pub discount_base: Option<DiscountBase>,
    /// Of the whole line, after both discounts, without any tax, in minor units of `currency`.
    pub net_amount: Amount,
    /// Its tax, for what it takes of the customer's credit.
    pub tax_amount: Amount,
    /// What stops shipping or billing it.
    pub holds: Vec<Held>,
    /// The line's taxes.
    pub tax_ids: Vec<TaxId>,
    /// What makes it billable.
    pub billing_policy: BillingPolicy,
    /// When its revenue counts.
    pub recognition: RecognitionPolicy,
    /// When its invoices are due.
    pub payment_term_id: Option<PaymentTermId>,
    /// What it is looked at by.
    pub dimensions: Option<Json<Dimensions>>,
    /// When it was promised.
    pub promised_date: Option<Day>,
    /// The customer's reference of the order.
    pub reference: Option<String>,
    /// Where its goods go when a delivery says nothing else.
    pub ship_to_id: Option<AddressId>,
    /// The step of the unit.
    pub unit_step: Option<Quantity>,
    /// How the order rounds its taxes and books its discounts.
    pub agreed: Agreed,
}

/// Writes the obligations of an order that is being confirmed. Lines billed on order become ready billables at once.
///
/// # Errors
/// `amount_overflow` when an amount does not fit.
pub async fn confirm(ctx: &Ctx, tx: &mut Tx<'_>, new: Vec<NewObligation>) -> Result<Vec<obligations::Model>, Problem> {
    let mut rows = Vec::with_capacity(new.len());
    for line in new {
        let day = line.confirm_date;
        let mut row = row_of(ctx, tx, line)?;
        if rules::billed_on_order(row.billing_policy, row.ordered_quantity) {
            let source = Source { kind: SourceType::OrderLine, id: row.id.uuid() };
            let ordered = row.ordered_quantity;
            billable::make(ctx, tx, &mut row, ordered, source, day)?;
        }
        tx.insert(row.clone());
        rows.push(row);
    }
    Ok(rows)
}

fn row_of(ctx: &Ctx, tx: &Tx<'_>, line: NewObligation) -> Result<obligations::Model, Problem> {
    let needs_delivery = rules::needs_delivery(line.product_kind, line.billing_policy, line.quantity);
    let row = obligations::Model {
        tenant_id: tx.tenant(),
        id: line.order_line_id.cast(),
        order_id: line.order_id,
        company_id: line.company_id,
        party_id: line.party_id,
        flow_id: line.flow_id,
        product_id: line.product_id,
        description: line.description,
        unit: line.unit,
        currency: line.currency,
        unit_price: line.unit_price,
        price_base_quantity: line.price_base_quantity,
        discount_percent: line.discount_percent,
        document_discount_percent: line.document_discount_percent,
        net_amount: line.net_amount,
        price_amount: Amount::ZERO,
        tax_ids: Json(line.tax_ids),
        billing_policy: line.billing_policy,
        needs_delivery,
        recognition: line.recognition,
        payment_term_id: line.payment_term_id,
        dimension_set_id: None,
        dimensions: line.dimensions,
        ordered_quantity: line.quantity,
        reserved_quantity: Quantity::ZERO,
        delivered_quantity: Quantity::ZERO,
        invoiced_quantity: Quantity::ZERO,
        returned_quantity: Quantity::ZERO,
        cancelled_quantity: Quantity::ZERO,
        billable_quantity: Quantity::ZERO,
        billable_amount: Amount::ZERO,
        billable_price_amount: Amount::ZERO,
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        holds: (!line.holds.is_empty()).then_some(Json(line.holds)),
        tax_amount: Some(line.tax_amount),
        promised_date: line.promised_date,
        awaited_date: line.promised_date.filter(|_| needs_delivery),
        discount_base: line.discount_base,
        reference: line.reference,
        ship_to_id: line.ship_to_id,
        unit_step: line.unit_step,
        tax_rounding: Some(line.agreed.rounding),
        tax_step: line.agreed.step,
        discount_posting: Some(line.agreed.posting),
    };
    Ok(obligations::Model { price_amount: rules::price_amount(&row)?, ..row })
}

/// The obligations of these orders, in the order of their ids. Orders that are not confirmed have none.
///
/// # Errors
/// When the database fails.
pub async fn of_orders(tx: &mut Tx<'_>, orders: &[OrderId]) -> Result<Vec<obligations::Model>, Problem> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    Find::<obligations::Entity>::new().among(obligations::Column::OrderId, orders.iter().copied()).order_by(obligations::Column::Id).all(tx).await
}

/// The obligations of an order, locked in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn lock_of_order(tx: &mut Tx<'_>, order_id: OrderId) -> Result<Vec<obligations::Model>, Problem> {
    Find::<obligations::Entity>::new().eq(obligations::Column::OrderId, order_id).order_by(obligations::Column::Id).lock().all(tx).await
}
