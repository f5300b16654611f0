//! What the customer sees of a quote.

use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::master::{parties, taxes};
use causeway_entity::sell::quote_links;
use causeway_kernel::{Find, Tx};
use causeway_master::letter;
use causeway_openapi::line::TaxAmount;
use causeway_openapi::quote as wire;
use causeway_openapi::shared_quote::{QuoteLink, SharedLine, SharedQuote, SharedTax};
use causeway_value::QuoteId;
use std::collections::BTreeMap;

/// The quote for its customer: no cost, no margin, no reason of a price.
///
/// # Errors
/// When the database fails.
pub(super) async fn shared(tx: &mut Tx<'_>, quote: wire::Quote, order_number: Option<String>) -> Result<SharedQuote, Problem> {
    let company = tx.get::<companies::Entity>(quote.company_id).await?.map(|company| company.name);
    let customer = tx.get::<parties::Entity>(quote.party_id).await?.map(|party| party.name);
    let payment_terms = letter::term_name(tx, quote.payment_term_id, None).await?;
    let ids: Vec<_> = quote.taxes.iter().map(|tax| tax.tax_id).collect();
    let mut known = BTreeMap::new();
    if !ids.is_empty() {
        known.extend(Find::<taxes::Entity>::new().among(taxes::Column::Id, ids).all(tx).await?.into_iter().map(|tax| (tax.id, (tax.name, tax.note))));
    }
    let tax = |tax: TaxAmount| {
        let (name, note) = known.remove(&tax.tax_id).unwrap_or_default();
        SharedTax { name, base: tax.base, amount: tax.amount, note }
    };
    Ok(SharedQuote {
        object: "shared_quote".to_owned(),
        number: quote.number,
        revision: quote.revision,
        status: quote.status,
        company: company.unwrap_or_default(),
        customer: customer.unwrap_or_default(),
        quote_date: quote.quote_date,
        valid_until: quote.valid_until,
        currency: quote.currency,
        lines: quote.lines.into_iter().map(line).collect(),
        sections: quote.sections,
        discount_percent: quote.discount_percent,
        untaxed_amount: quote.untaxed_amount,
        taxes: quote.taxes.into_iter().map(tax).collect(),
        tax_amount: quote.tax_amount,
        rounding_amount: quote.rounding_amount,
        total_amount: quote.total_amount,
        payment_terms,
        notes: quote.notes,
        terms: quote.terms,
        promised_date: quote.promised_date,
        lead_days: quote.lead_days,
        reference: quote.reference,
        accepted_by: quote.accepted_by,
        accepted_at: quote.accepted_at,
        order_number,
    })
}

fn line(line: wire::QuoteLine) -> SharedLine {
    SharedLine {
        description: line.description,
        quantity: line.quantity,
        unit: line.unit,
        unit_price: line.unit_price,
        price_base_quantity: line.price_base_quantity,
        discount_percent: line.discount_percent,
        net_amount: line.net_amount,
        tax_amount: line.tax_amount,
        section: line.section,
        option: line.option,
        chosen: line.chosen,
        promised_date: line.promised_date,
        lead_days: line.lead_days,
    }
}

/// What is known about a link.
pub(super) fn link(quote_id: QuoteId, active: bool, row: Option<&quote_links::Model>) -> QuoteLink {
    QuoteLink {
        object: "quote_link".to_owned(),
        quote_id,
        active,
        created_at: row.map(|row| row.created_at),
        revoked_at: row.and_then(|row| row.revoked_at),
        answered_at: row.and_then(|row| row.answered_at),
        answered_by: row.and_then(|row| row.answered_by.clone()),
        answered_email: row.and_then(|row| row.answered_email.clone()),
        answered_from: row.and_then(|row| row.answered_from.clone()),
    }
}
