//! The limits of a company on orders that no quote agreed: what a quote would need a second person for, an order needs one for (QTE-08, QTE-14, ORD-20).

use super::hold::Placed;
use crate::line::Line;
use crate::quote::limits::{Facts, Whole, in_words, reasons};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_entity::sell::{order_holds, order_lines, orders};
use causeway_kernel::{Ctx, Find, Tx, crypto};
use causeway_value::{ApprovalReason, Day, HoldKind};
use serde_json::json;

/// The hold of an order that breaks a limit which nobody approved; none for one that keeps to them, and for one of an accepted quote, which was looked at.
/// Only an order that breaks one asks the database, for an earlier approval of exactly this.
///
/// # Errors
/// `amount_overflow` when a price cannot be compared with that of the lists.
pub(super) async fn asked(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    (company, party): (&companies::Model, &parties::Model),
    order: &orders::Model,
    lines: &[order_lines::Model],
) -> Result<Option<Placed>, Problem> {
    let broken = broken(company, party, order, lines, ctx.today(company.time_zone))?;
    if broken.is_empty() || is_covered(tx, order, lines).await? {
        return Ok(None);
    }
    let reason = format!("Confirming it needs a second person: {}.", in_words(broken).join("; "));
    Ok(Some(Placed { kind: HoldKind::Approval, blocks: None, reason, owner_id: order.owner_id, asked_by: ctx.actor.id, by_hand: false }))
}

/// Every limit that a draft breaks, line by line.
fn broken(
    company: &companies::Model,
    party: &parties::Model,
    order: &orders::Model,
    lines: &[order_lines::Model],
    today: Day,
) -> Result<Vec<ApprovalReason>, Problem> {
    let Some(limits) = company.quote_rules.as_ref().filter(|_| order.quote_id.is_none()) else { return Ok(Vec::new()) };
    let lines: Vec<Line> = lines.iter().map(Line::from).collect();
    let facts = Facts {
        discount: order.discount_percent,
        whole: Whole::of(&lines, order.discount_percent, order.currency)?,
        term: order.payment_term_id,
        own_term: party.payment_term_id,
        promise: None,
        today,
        priced_on: None,
    };
    let mut found = reasons(&limits.0, facts, &lines)?;
    for reason in &mut found {
        if let Some(line) = reason.line {
            reason.because = format!("line {line}: {}", reason.because);
        }
    }
    Ok(found)
}

/// Whether a second person said yes to the order as it is.
async fn is_covered(tx: &mut Tx<'_>, order: &orders::Model, lines: &[order_lines::Model]) -> Result<bool, Problem> {
    let earlier =
        Find::<order_holds::Entity>::new().eq(order_holds::Column::OrderId, order.id).eq(order_holds::Column::Kind, HoldKind::Approval).all(tx).await?;
    let now = digest(order, lines);
    Ok(earlier.iter().any(|hold| hold.covers.as_deref() == Some(&now)))
}

/// What a second person says yes to: customer, terms, lines and their taxes, as they decide on the limits. Texts and references may change afterwards.
pub(super) fn digest(order: &orders::Model, lines: &[order_lines::Model]) -> String {
    let said = json!([order.party_id, order.currency.code(), order.payment_term_id, order.discount_percent]);
    let of = |line: &order_lines::Model| {
        let price = (line.unit_price, line.price_base_quantity, line.list_unit_price, line.unit_cost);
        let taxes = (&line.tax_ids.0, line.tax_rule_id, line.determined_tax_ids.as_ref().map(|ids| &ids.0));
        json!([line.product_id, line.description, line.quantity, price, line.discount_percent, line.document_discount_percent, line.promised_date, taxes])
    };
    let bytes = json!([said, lines.iter().map(of).collect::<Vec<_>>()]).to_string();
    crypto::hex(&crypto::sha256(&[bytes.as_bytes()]))
}
