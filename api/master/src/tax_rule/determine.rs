//! The taxes of the lines of a document: what product and tax rules determine, or what is given instead.

use super::rules::{self, Customer, choose};
use crate::party::tax_id::{self, Finding};
use crate::pricing::Trace;
use crate::pricing::rules::PriceSource;
use crate::pricing::service::PricedLine;
use crate::tax::rules::price_with;
use crate::tax::store::{TaxDefs, tax_defs};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::{parties, party_tax_ids, products, tax_rules};
use causeway_kernel::{Find, Tx};
use causeway_value::{Day, Overflow, Price, TaxId, TaxRuleId};
use std::collections::BTreeSet;

/// How a document's lines come to their taxes.
#[derive(Clone, Debug, Default)]
pub struct Taxation {
    /// The taxes of the company.
    pub defs: TaxDefs,
    rule: Option<Applied>,
    /// The rules of the company that do not apply, with the reason.
    lost: Vec<(String, String)>,
}

/// The rule that applies to the customer, and why.
#[derive(Clone, Debug)]
struct Applied {
    rule: tax_rules::Model,
    because: String,
}

/// The taxes of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineTaxes {
    /// Its taxes.
    pub ids: Vec<TaxId>,
    /// The rule that determined them; none when they are the product's or were given.
    pub rule_id: Option<TaxRuleId>,
    /// What product and rule determine, when other taxes were given.
    pub determined: Option<Vec<TaxId>>,
    /// The product's, which its list prices speak of.
    own: Vec<TaxId>,
}

/// How the lines of a document to this customer come to their taxes. Rules cost one statement where the company has some, and one more where a rule asks for
/// registrations.
///
/// # Errors
/// When the database fails.
pub async fn taxation(tx: &mut Tx<'_>, company: &companies::Model, party: &parties::Model, day: Day) -> Result<Taxation, Problem> {
    let defs = tax_defs(tx, company.id).await?;
    with_rules(tx, defs, company, party, day).await
}

/// As [`taxation`], where the taxes were read before.
///
/// # Errors
/// When the database fails.
pub async fn with_rules(tx: &mut Tx<'_>, defs: TaxDefs, company: &companies::Model, party: &parties::Model, day: Day) -> Result<Taxation, Problem> {
    if company.has_tax_rules != Some(true) {
        return Ok(Taxation::without_rules(defs));
    }
    let active = Find::<tax_rules::Entity>::new().eq(tax_rules::Column::CompanyId, company.id).eq(tax_rules::Column::Active, true);
    let rules = active.order_by(tax_rules::Column::Sequence).all(tx).await?;
    let asked = rules.iter().any(|rule| rule.registration.is_some());
    let registrations = if asked { Find::<party_tax_ids::Entity>::new().eq(party_tax_ids::Column::PartyId, party.id).all(tx).await? } else { Vec::new() };
    let customer = customer(party, &registrations);
    let choice = choose(&rules, &customer, day);
    let rule = choice.rule.map(|rule| Applied { rule: rule.clone(), because: rules::because(rule, &customer) });
    let lost = choice.lost.into_iter().map(|(rule, reason)| (rule.name.clone(), reason)).collect();
    Ok(Taxation { defs, rule, lost })
}

fn customer<'a>(party: &'a parties::Model, registrations: &[party_tax_ids::Model]) -> Customer<'a> {
    let country = party.country.as_deref();
    // Registrations were checked when they were entered; the party's own number is taken as it is and checked here.
    let checked = registrations.iter().any(|row| country == Some(row.country.as_str()));
    let own = party.tax_id.as_deref().is_some_and(|number| country.is_some() && tax_id::check(country, number) == Finding::Valid);
    Customer {
        party_id: party.id,
        country,
        registered: party.tax_id.is_some() || !registrations.is_empty(),
        valid: checked || own,
        kind: party.kind,
        segment: party.segment.as_deref(),
    }
}

impl Taxation {
    /// Lines take the taxes of their products.
    #[must_use]
    pub const fn without_rules(defs: TaxDefs) -> Self {
        Self { defs, rule: None, lost: Vec::new() }
    }

    /// The taxes of a new line: those that are given, or else those that product and rule determine. `pointer` is the line's, such as `/lines/0`. What is not
    /// a tax of the company, not active or there twice is added to the errors.
    #[must_use]
    pub fn of_line(&self, given: Option<&[TaxId]>, product: Option<&products::Model>, pointer: &str, errors: &mut Vec<FieldError>) -> LineTaxes {
        let own: Vec<TaxId> = product.map(|product| self.defs.of_product(product)).unwrap_or_default();
        let by_rule = self.rule.as_ref().and_then(|applied| Some((applied, rules::taxes(&applied.rule, product.map(|_| own.as_slice()))?)));
        let rule_id = by_rule.as_ref().map(|(applied, _)| applied.rule.id);
        match (given, by_rule) {
            (Some(given), by_rule) => {
                let ids = self.defs.of_line(Some(given), None, pointer, errors);
                // Without product and rule nothing is determined: then what is given is all there is.
                let determined = by_rule.map(|(_, ids)| ids).or_else(|| product.map(|_| own.clone()));
                match determined {
                    Some(determined) if !is_same(&ids, &determined) => LineTaxes { ids, rule_id: None, determined: Some(determined), own },
                    _ => LineTaxes { ids, rule_id, determined: None, own },
                }
            }
            (None, Some((applied, ids))) => {
                for row in ids.iter().filter_map(|id| self.defs.get(*id)).filter(|row| !row.active) {
                    let detail = format!(
                        "gets the tax {} by the tax rule {}, which is not active any more; change the rule or give `tax_ids`",
                        row.code, applied.rule.name
                    );
                    errors.push(FieldError::pointer(Code::InvalidValue, format!("{pointer}/tax_ids"), detail));
                }
                self.defs.check_twice(&ids, pointer, errors);
                LineTaxes { ids, rule_id, determined: None, own }
            }
            (None, None) => LineTaxes { ids: self.defs.of_line(None, product, pointer, errors), rule_id: None, determined: None, own },
        }
    }

    /// What a rule makes of a line's price. Lists and products give prices with the product's own taxes in them, where those are included. What the customer
    /// pays without tax stays when a rule replaces them: the included ones come out, and those of the rule that are included go in. A price that is given with
    /// the line is meant for the taxes that the line has, and stays.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn reprice(&self, taxes: &LineTaxes, found: &mut PricedLine) -> Result<(), Overflow> {
        if taxes.rule_id.is_none() {
            return Ok(());
        }
        let (own, ids) = (self.defs.flat(&taxes.own), self.defs.flat(&taxes.ids));
        let base = found.price_base_quantity;
        let anew = |price: Price| price_with(price, base, &own, &ids);
        found.list_unit_price = found.list_unit_price.map(anew).transpose()?;
        if found.source == PriceSource::Given {
            return Ok(());
        }
        let price = anew(found.unit_price)?;
        if price != found.unit_price {
            found.trace.taxed_anew(found.unit_price, price);
            found.unit_price = price;
        }
        Ok(())
    }

    /// Adds to the trace of a line how it came to its taxes. Where a company has no rules and nothing is overridden there is nothing to tell.
    pub fn explain(&self, taxes: &LineTaxes, trace: &mut Trace) {
        if self.rule.is_none() && self.lost.is_empty() && taxes.determined.is_none() {
            return;
        }
        let because = match (&taxes.determined, &self.rule, taxes.rule_id) {
            (Some(determined), _, _) => format!("given with the line; product and tax rules determine {}", self.codes(determined)),
            (None, Some(applied), Some(_)) => applied.because.clone(),
            (None, Some(applied), None) => format!("the tax rule {} says nothing of this line", applied.rule.name),
            (None, None, _) => "no tax rule of the company applies to the customer: the product's taxes stay".to_owned(),
        };
        trace.step("taxes", self.codes(&taxes.own), self.codes(&taxes.ids), because);
        for (name, reason) in &self.lost {
            trace.lost(format!("tax rule {name}"), reason.clone());
        }
        if let Some(applied) = &self.rule {
            trace.applied(format!("tax rule {}", applied.rule.name));
        }
    }

    fn codes(&self, ids: &[TaxId]) -> String {
        let codes: Vec<&str> = ids.iter().filter_map(|id| self.defs.get(*id)).map(|row| row.code.as_str()).collect();
        if codes.is_empty() { "none".to_owned() } else { codes.join(", ") }
    }
}

fn is_same(one: &[TaxId], other: &[TaxId]) -> bool {
    one.iter().collect::<BTreeSet<_>>() == other.iter().collect::<BTreeSet<_>>()
}
