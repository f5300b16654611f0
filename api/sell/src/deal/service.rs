//! Looking at a quote or an order.

use super::rules::{Around, Deal, numbered, warnings};
use crate::line::Line;
use crate::line::offer::Promise;
use crate::opportunity::service::must_be_winnable;
use crate::order::{self, store};
use crate::quote;
use crate::quote::service::Judged;
use causeway_bill::exposure;
use causeway_contract::{COSTS, Code, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::{parties, price_lists, products};
use causeway_entity::sell::{opportunities, orders, quote_lines, quotes};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::checked::{Found, Told};
use causeway_master::party::store::children_of;
use causeway_master::rate::lookup::booked_rate;
use causeway_master::tax_rule::determine::taxation;
use causeway_openapi::deal_check::{DealCheck, DealCheckName as Name, DealStep, OrderChecks, QuoteChecks};
use causeway_openapi::invoice_check::CheckResult;
use causeway_value::{CompanyId, Currency, OpportunityId, OrderId, OrderStatus, PartyId, ProductId, QuoteId, QuoteStatus, TaxId};
use std::collections::{BTreeMap, BTreeSet};

type Checks = Vec<(Name, Found)>;

/// Every check of a quote's next step.
///
/// # Errors
/// `not_found`.
pub(super) async fn quote(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId) -> Result<QuoteChecks, Problem> {
    let quote = tx.must::<quotes::Entity>(id).await?;
    let rows = quote::store::lines_of(tx, id).await?;
    let lines: Vec<Line> = rows.iter().map(Line::from).collect();
    let known = Around::load(ctx, tx, quote.company_id, quote.party_id, quote.opportunity_id).await?;
    let (step, mut found) = if quote.status == QuoteStatus::Draft {
        (DealStep::Submit, submitting(tx, &quote, &rows, &known).await?)
    } else {
        (DealStep::Accept, accepting(tx, &quote, &lines, &known).await?)
    };
    if goes_on(&found) {
        let judged = match step {
            DealStep::Submit => quote::service::judged(ctx, tx, (&known.company, &known.party), &quote, lines).await?,
            _ => Judged::as_they_are(lines),
        };
        let deal = Deal {
            judged: &judged,
            day: quote.quote_date,
            valid_until: quote.valid_until,
            promise: Promise::stored(quote.promised_date, quote.lead_days),
            currency: quote.currency,
            payment_term_id: quote.payment_term_id,
            discount: quote.discount_percent,
            untaxed: quote.untaxed_amount,
        };
        let stranger =
            (!known.party.is_customer).then(|| format!("{} is no customer yet: its order could not be confirmed. Give it the role.", known.party.name));
        found.push((Name::Customer, Found::warn(stranger)));
        let checked = exposure::foresee(ctx, tx, &known.company, &known.party, (quote.total_amount, quote.currency)).await;
        let checked = unless_rate_is_missing(checked)?;
        let beyond =
            checked.filter(|checked| !checked.findings.is_empty()).map(|checked| format!("An order of it would meet the credit check. {}", checked.because()));
        found.push((Name::Credit, Found::warn(beyond)));
        found.extend(known.warnings(tx, &deal).await?);
    }
    let (ready, checks) = shown(found);
    Ok(QuoteChecks { object: "quote_checks".to_owned(), quote_id: id, step, ready, checks })
}

async fn submitting(tx: &mut Tx<'_>, quote: &quotes::Model, lines: &[quote_lines::Model], known: &Around) -> Result<Checks, Problem> {
    Ok(vec![
        (Name::State, Found::of(quote::rules::must_be_draft(quote, "submitted"))?),
        (Name::Valid, Found::of(quote::rules::must_be_valid(quote, "submitted", known.today))?),
        (Name::Lines, Found::of(quote::rules::must_have_lines(quote, lines.len()).and_then(|()| quote::rules::must_ask_for_something(quote)))?),
        (Name::Complete, Found::of(quote::service::must_be_complete(tx, &known.company, quote, lines).await)?),
    ])
}

async fn accepting(tx: &mut Tx<'_>, quote: &quotes::Model, lines: &[Line], known: &Around) -> Result<Checks, Problem> {
    let mut found = vec![(Name::State, Found::of(quote::rules::must_be_offered(quote, "accepted"))?)];
    if goes_on(&found) {
        found.push((Name::Valid, Found::of(quote::rules::must_be_valid(quote, "accepted", known.today))?));
        found.push((Name::Lines, Found::of(quote::service::must_order_something(lines))?));
        let winnable = match &known.opportunity {
            Some(opportunity) => must_be_winnable(tx, opportunity, &quote.into()).await,
            None => Ok(()),
        };
        found.push((Name::Opportunity, Found::of(winnable)?));
        let active = order::rules::must_be_active(&known.party, &format!("The quote {} cannot be accepted", quote.number));
        found.push((Name::CustomerActive, Found::of(active)?));
    }
    Ok(found)
}

/// Every check before an order is confirmed.
///
/// # Errors
/// `not_found`.
pub(super) async fn order(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId) -> Result<OrderChecks, Problem> {
    let order = tx.must::<orders::Entity>(id).await?;
    let parts = store::parts_of(tx, &order).await?;
    let known = Around::load(ctx, tx, order.company_id, order.party_id, order.opportunity_id).await?;
    let mut found = vec![(Name::State, Found::of(order::rules::must_be_draft(&order, "confirmed"))?)];
    if goes_on(&found) {
        let confirmable = |customer, lines, holds| Found::of(order::rules::must_be_confirmable(&order, customer, lines, holds));
        found.push((Name::NotHeld, confirmable(true, 1, &parts.holds)?));
        found.push((Name::Customer, confirmable(known.party.is_customer, 1, &[])?));
        let lines = order::rules::must_be_confirmable(&order, true, order::rules::ordering(&parts.lines), &[]);
        found.push((Name::Lines, Found::of(lines.and_then(|()| order::rules::must_ask_for_something(&order)))?));
        found.push((Name::Complete, Found::of(order::service::must_be_complete(tx, &known.company, &order, &parts.lines).await)?));
        found.push((Name::OnlyOnce, Found::warn(same_reference(tx, &order).await?)));
        found.push((Name::Credit, order::service::foresee_credit(ctx, tx, &known.company, &known.party, &order).await?));
        found.push((Name::CustomerActive, Found::of(order::rules::must_be_active(&known.party, &format!("The order {} cannot be confirmed", order.number)))?));
        if let (None, Some(opportunity)) = (order.quote_id, &known.opportunity) {
            found.push((Name::Opportunity, Found::of(must_be_winnable(tx, opportunity, &(&order).into()).await)?));
        }
        let judged = Judged::as_they_are(parts.lines.iter().map(Line::from).collect());
        let deal = Deal {
            judged: &judged,
            day: order.order_date,
            valid_until: None,
            promise: None,
            currency: order.currency,
            payment_term_id: order.payment_term_id,
            discount: order.discount_percent,
            untaxed: order.untaxed_amount,
        };
        found.extend(known.warnings(tx, &deal).await?);
    }
    let (ready, checks) = shown(found);
    Ok(OrderChecks { object: "order_checks".to_owned(), order_id: id, step: DealStep::Confirm, ready, checks })
}

/// What a customer ordered under a reference it orders once: another order may be the same one, sent again (MDM-07).
async fn same_reference(tx: &mut Tx<'_>, order: &orders::Model) -> Result<Option<String>, Problem> {
    let Some(reference) = order.reference.as_deref() else { return Ok(None) };
    let others = Find::<orders::Entity>::new().eq(orders::Column::PartyId, order.party_id).eq(orders::Column::CompanyId, order.company_id);
    let others = others.eq(orders::Column::Reference, reference).ne(orders::Column::Status, OrderStatus::Cancelled).ne(orders::Column::Id, order.id);
    let other = others.order_by_desc(orders::Column::Id).one(tx).await?;
    Ok(other
        .map(|other| format!("The order {} of this customer has the same reference: {reference}. Cancel one of them if it is the same order.", other.number)))
}

/// A document that does not stand where the step is taken needs no other check.
fn goes_on(found: &Checks) -> bool {
    !matches!(found.first(), Some((Name::State, Found::Failed(_))))
}

fn shown(found: Checks) -> (bool, Vec<DealCheck>) {
    let checks: Vec<DealCheck> = found
        .into_iter()
        .map(|(name, found)| {
            let Told { result, detail, code } = found.told();
            DealCheck { name, result, detail, code }
        })
        .collect();
    (checks.iter().all(|check| check.result != CheckResult::Failed), checks)
}

impl Around {
    async fn load(ctx: &Ctx, tx: &mut Tx<'_>, company: CompanyId, party: PartyId, opportunity: Option<OpportunityId>) -> Result<Self, Problem> {
        let company = tx.must::<companies::Entity>(company).await?;
        let party = tx.must::<parties::Entity>(party).await?;
        let children = children_of(tx, party.id).await?;
        let opportunity = match opportunity {
            Some(id) => tx.get::<opportunities::Entity>(id).await?,
            None => None,
        };
        let price_list = match party.price_list_id {
            Some(id) => tx.get::<price_lists::Entity>(id).await?,
            None => None,
        };
        Ok(Self { today: ctx.today(company.time_zone), costs: ctx.may(COSTS), company, party, children, opportunity, price_list })
    }

    async fn warnings(&self, tx: &mut Tx<'_>, deal: &Deal<'_>) -> Result<Checks, Problem> {
        let mut found: Checks = Vec::new();
        let now = self.now(tx, &deal.judged.lines).await?;
        for (name, told) in warnings(deal, self)? {
            let told =
                if name == Name::LineTaxes { [told, now.taxes.clone()].into_iter().flatten().reduce(|one, other| format!("{one} {other}")) } else { told };
            found.push((name, Found::warn(told)));
        }
        found.push((Name::LineProducts, Found::warn(now.products)));
        found.push((Name::Rate, Found::warn(self.no_rate(tx, deal.currency).await?)));
        Ok(found)
    }

    /// What is otherwise today: a duplicate, a revision and a draft that waits keep their lines (QTE-10).
    async fn now(&self, tx: &mut Tx<'_>, lines: &[Line]) -> Result<Now, Problem> {
        let ids: BTreeSet<ProductId> = lines.iter().filter_map(|line| line.product_id).collect();
        if ids.is_empty() {
            return Ok(Now::default());
        }
        let rows = Find::<products::Entity>::new().among(products::Column::Id, ids).all(tx).await?;
        let sold: BTreeMap<ProductId, products::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
        let taxation = taxation(tx, &self.company, &self.party, self.today).await?;
        let product = |line: &Line| line.product_id.and_then(|id| sold.get(&id));
        let gone = |line: &Line| product(line).is_some_and(|product| !product.active);
        // What was given instead of the determined taxes is told as that; a tax that is gone is no tax of today.
        let otherwise = |line: &Line| {
            let of_today = product(line).map(|product| taxation.of_line(None, Some(product), "", &mut Vec::new()).ids);
            let own: BTreeSet<TaxId> = line.tax_ids.iter().copied().collect();
            !line.net_amount.is_zero() && !line.taxed_otherwise() && of_today.is_some_and(|ids| ids.into_iter().collect::<BTreeSet<_>>() != own)
        };
        Ok(Now {
            products: numbered(lines, gone, "have products that are not sold any more. Offer others, or make the products active again"),
            taxes: numbered(
                lines,
                otherwise,
                "have other taxes than products and tax rules determine for this customer today. Set the lines anew to get those, or have it looked at",
            ),
        })
    }

    async fn no_rate(&self, tx: &mut Tx<'_>, currency: Currency) -> Result<Option<String>, Problem> {
        let (from, to) = (currency.code(), self.company.currency.code());
        match booked_rate(tx, &self.company, currency, self.today).await {
            Ok(_) => Ok(None),
            // One that is too old for the books is told with its day.
            Err(problem) if problem.code == Code::RateMissing && problem.meta.contains_key("latest") => Ok(Some(problem.detail)),
            Err(problem) if problem.code == Code::RateMissing => {
                Ok(Some(format!("There is no rate from {from} to {to}: its invoices could not be posted. Add one: POST /v1/exchange-rates.")))
            }
            Err(problem) => Err(problem),
        }
    }
}

/// What of the lines is otherwise today.
#[derive(Default)]
struct Now {
    products: Option<String>,
    taxes: Option<String>,
}

/// Nothing where a rate is missing, which is a check of its own.
fn unless_rate_is_missing<T>(result: Result<T, Problem>) -> Result<Option<T>, Problem> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(problem) if problem.code == Code::RateMissing => Ok(None),
        Err(problem) => Err(problem),
    }
}
