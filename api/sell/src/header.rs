//! Whom a quote or an order is between, and on which terms: what its body names and what it takes from the opportunity, the party and the company.

use crate::check::share;
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::{addresses, contacts, parties, payment_terms};
use causeway_entity::sell::opportunities;
use causeway_kernel::number::Fiscal;
use causeway_kernel::{Ctx, Tx};
use causeway_master::check;
use causeway_master::contact::has_left;
use causeway_master::party::store as party;
use causeway_master::term::service as term;
use causeway_value::{AddressId, CompanyId, ContactId, Currency, Day, DiscountTaxMode, FlowId, OpportunityId, PartyId, PaymentTermId, Percent, UserId, Zone};

/// What the body of a new document says about it.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// The company that sells.
    pub company_id: CompanyId,
    /// The customer.
    pub party_id: Option<PartyId>,
    /// The opportunity it is for.
    pub opportunity_id: Option<OpportunityId>,
    /// The currency of its amounts.
    pub currency: Option<Currency>,
    /// When its invoices will be due.
    pub payment_term_id: Option<PaymentTermId>,
    /// The discount of the whole document.
    pub discount_percent: Option<Percent>,
    /// Who works on it.
    pub owner_id: Option<UserId>,
    /// Whom it is with, and where its goods go.
    pub places: Places,
}

/// Whom a document is with at its customer, and where its goods go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// One of the customer's contacts.
    pub contact_id: Option<ContactId>,
    /// One of the customer's addresses.
    pub ship_to_id: Option<AddressId>,
}

/// Whom a document is between, and on which terms.
#[derive(Clone, Debug)]
pub struct Header {
    /// The company that sells.
    pub company: companies::Model,
    /// The customer.
    pub party: parties::Model,
    /// The opportunity it is for.
    pub opportunity_id: Option<OpportunityId>,
    /// The deal it belongs to.
    pub flow_id: FlowId,
    /// The currency of its amounts.
    pub currency: Currency,
    /// When its invoices will be due.
    pub payment_term_id: Option<PaymentTermId>,
    /// What paying early takes off, as which taxes are lowered up front.
    pub upfront: Option<Percent>,
    /// The discount of the whole document.
    pub discount: Percent,
    /// Who works on it.
    pub owner_id: Option<UserId>,
    /// Whom it is with, and where its goods go.
    pub places: Places,
    /// Today, where the company is.
    pub today: Day,
    /// The opportunity, when it was told that it waits for an order.
    pub waiting: Option<opportunities::Model>,
}

impl Header {
    /// The company's calendar for numbers.
    #[must_use]
    pub fn fiscal(&self) -> Fiscal {
        fiscal(&self.company)
    }
}

/// A company's calendar for numbers.
#[must_use]
pub fn fiscal(company: &companies::Model) -> Fiscal {
    Fiscal { company_id: company.id, start_month: u32::try_from(company.fiscal_year_start_month).unwrap_or(1) }
}

/// What came of the header of a new document.
#[derive(Clone, Debug)]
pub enum Resolved {
    /// All of it.
    Whole(Box<Header>),
    /// Company or customer are not there; the rest of the document is looked at as far as that goes without them.
    Partly(Box<Unresolved>),
}

/// What is known of a document whose company or customer is not there.
#[derive(Clone, Debug)]
pub struct Unresolved {
    /// The company that sells.
    pub company: Option<companies::Model>,
    /// Today, where the company is; while that is not known, where the day ends last: nothing is called past that may be today.
    pub today: Day,
}

/// The header of a new document. Wrong fields are added to `errors`; without its company or its customer there is none.
///
/// # Errors
/// When the database fails.
pub async fn resolve(ctx: &Ctx, tx: &mut Tx<'_>, given: Given, errors: &mut Vec<FieldError>) -> Result<Resolved, Problem> {
    let company = tx.named::<companies::Entity, _>(Some(given.company_id), "/company_id", errors).await?;
    let opportunity = opportunity(tx, given.opportunity_id, given.company_id, errors).await?;
    let from = opportunity.as_ref();
    let party_id = given.party_id.or(from.and_then(|from| from.party_id));
    if party_id.is_none() {
        match (given.opportunity_id, from) {
            (None, _) => errors.push(FieldError::pointer(Code::Required, "/party_id", "is required without an opportunity")),
            (Some(_), Some(_)) => {
                let detail = "is required: the opportunity has no customer yet; name the customer here, or set the opportunity's `party_id` first";
                errors.push(FieldError::pointer(Code::Required, "/party_id", detail));
            }
            // That the opportunity is not there was told already.
            (Some(_), None) => {}
        }
    }
    let party = party::named(tx, party_id, "/party_id", errors).await?;
    if let (Some(party), Some(from)) = (&party, from) {
        check_customer(from, party.id, "/party_id", errors);
    }
    let named = term::named(tx, given.payment_term_id, "/payment_term_id", errors).await?;
    check::assignee(tx, given.owner_id, Some(given.company_id), "/owner_id", errors).await?;
    let discount = given.discount_percent.unwrap_or(Percent::ZERO);
    share(discount, "/discount_percent", errors);
    check_places(tx, party.as_ref().map(|party| party.id), given.places, errors).await?;
    let (company, party) = match (company, party) {
        (Some(company), Some(party)) => (company, party),
        (company, _) => {
            let today = company.as_ref().map_or_else(|| ctx.today(Zone::UTC).plus_days(-1), |company| ctx.today(company.time_zone));
            return Ok(Resolved::Partly(Box::new(Unresolved { company, today })));
        }
    };
    let upfront = match given.payment_term_id {
        Some(_) => named.as_ref().and_then(lowered_by),
        None => upfront_of(tx, party.payment_term_id).await?,
    };
    let known = from.filter(|from| from.party_id == Some(party.id)).and_then(|from| from.contact_id);
    Ok(Resolved::Whole(Box::new(Header {
        opportunity_id: given.opportunity_id,
        flow_id: from.map_or_else(FlowId::new, |from| from.flow_id),
        currency: given.currency.or(from.map(|from| from.currency)).or(party.currency).unwrap_or(company.currency),
        payment_term_id: given.payment_term_id.or(party.payment_term_id),
        upfront,
        discount,
        owner_id: given.owner_id.or(from.and_then(|from| from.owner_id)).or_else(|| ctx.signed_in()),
        places: Places { contact_id: given.places.contact_id.or(known), ..given.places },
        today: ctx.today(company.time_zone),
        waiting: from.filter(|from| from.stalled_reason.is_some()).cloned(),
        company,
        party,
    })))
}

/// What paying early takes off by a payment term that lowers taxes up front by that: then a document says from the beginning what its invoices will say.
///
/// # Errors
/// When the database fails.
async fn upfront_of(tx: &mut Tx<'_>, term: Option<PaymentTermId>) -> Result<Option<Percent>, Problem> {
    let Some(id) = term else { return Ok(None) };
    Ok(tx.get::<payment_terms::Entity>(id).await?.as_ref().and_then(lowered_by))
}

/// The same once a document is due by another term; while it is due by the same, what was agreed stays.
///
/// # Errors
/// When the database fails.
pub async fn upfront_by(
    tx: &mut Tx<'_>,
    (before, agreed): (Option<PaymentTermId>, Option<Percent>),
    term: Option<PaymentTermId>,
) -> Result<Option<Percent>, Problem> {
    if term == before { Ok(agreed) } else { upfront_of(tx, term).await }
}

fn lowered_by(term: &payment_terms::Model) -> Option<Percent> {
    let agreed = term.early_discount.0.as_ref().filter(|agreed| agreed.tax_mode == DiscountTaxMode::Upfront)?;
    Some(agreed.percent)
}

/// The opportunity that a document names: one of its own company.
///
/// # Errors
/// When the database fails.
pub async fn opportunity(
    tx: &mut Tx<'_>,
    id: Option<OpportunityId>,
    company_id: CompanyId,
    errors: &mut Vec<FieldError>,
) -> Result<Option<opportunities::Model>, Problem> {
    let found = tx.named::<opportunities::Entity, _>(id, "/opportunity_id", errors).await?;
    if found.as_ref().is_some_and(|opportunity| opportunity.company_id != company_id) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/opportunity_id", "is an opportunity of another company"));
        return Ok(None);
    }
    Ok(found)
}

/// A document that names an opportunity is for the opportunity's customer, as it wins that deal and no other; while the opportunity has none, it may be for
/// anybody (CRM-17).
pub fn check_customer(opportunity: &opportunities::Model, customer: PartyId, pointer: &str, errors: &mut Vec<FieldError>) {
    let Some(own) = opportunity.party_id.filter(|own| *own != customer) else { return };
    let detail = format!(
        "does not fit: the opportunity {} is with {own}, and the document is for {customer}. Change the customer of the opportunity \
         (PATCH /v1/opportunities/{{id}}), or leave `opportunity_id` out",
        opportunity.id
    );
    errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
}

/// Another customer or currency that a draft gets; none of what stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Reassigned {
    /// The other customer.
    pub party: Option<parties::Model>,
    /// The other currency.
    pub currency: Option<Currency>,
}

impl Reassigned {
    /// Whether anything is otherwise.
    #[must_use]
    pub const fn something(&self) -> bool {
        self.party.is_some() || self.currency.is_some()
    }
}

/// Another customer or currency of a draft. It comes with all lines: prices, discounts and taxes that were found or agreed for one customer, in one
/// currency, are not silently those of another, and which of them still hold only the caller knows.
///
/// # Errors
/// When the database fails.
pub async fn reassigned(
    tx: &mut Tx<'_>,
    (party, currency): (&Patch<PartyId>, &Patch<Currency>),
    stands: (PartyId, Currency),
    lines_given: bool,
    errors: &mut Vec<FieldError>,
) -> Result<Reassigned, Problem> {
    let other = match party {
        Patch::Value(id) if *id != stands.0 => Some(*id),
        _ => None,
    };
    let found = Reassigned {
        party: party::named(tx, other, "/party_id", errors).await?,
        currency: match currency {
            Patch::Value(currency) if *currency != stands.1 => Some(*currency),
            _ => None,
        },
    };
    if (other.is_some() || found.currency.is_some()) && !lines_given {
        let detail = "is required with another customer or currency, as everything is priced and taxed anew: give all lines as they are to be. \
                      A line without `unit_price` gets that of the price lists";
        errors.push(FieldError::pointer(Code::Required, "/lines", detail));
    }
    Ok(found)
}

/// What a body names of a customer must be that customer's; of one that is not known it must be there. What it leaves out costs nothing.
async fn check_places(tx: &mut Tx<'_>, party: Option<PartyId>, named: Places, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let contact = tx.named::<contacts::Entity, _>(named.contact_id, "/contact_id", errors).await?;
    if contact.as_ref().is_some_and(|contact| party.is_some_and(|party| contact.party_id != party)) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/contact_id", "is a contact of another party; it must be one of the customer"));
    }
    errors.extend(contact.as_ref().and_then(has_left));
    let address = tx.named::<addresses::Entity, _>(named.ship_to_id, "/ship_to_id", errors).await?;
    if address.is_some_and(|address| party.is_some_and(|party| address.party_id != party)) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/ship_to_id", "is an address of another party; it must be one of the customer"));
    }
    Ok(())
}

/// Whom a draft is with and where its goods go after a PATCH. Another customer has other people and addresses: what stood goes with the one before.
///
/// # Errors
/// When the database fails.
pub async fn patched_places(
    tx: &mut Tx<'_>,
    (contact, ship_to): (&Patch<ContactId>, &Patch<AddressId>),
    stands: Places,
    (party, reassigned): (PartyId, bool),
    errors: &mut Vec<FieldError>,
) -> Result<Places, Problem> {
    let stands = if reassigned { Places::default() } else { stands };
    let new = Places { contact_id: contact.clone().over(stands.contact_id), ship_to_id: ship_to.clone().over(stands.ship_to_id) };
    // Who stands there may have left since.
    let named = Places {
        contact_id: new.contact_id.filter(|_| !contact.is_absent() && new.contact_id != stands.contact_id),
        ship_to_id: new.ship_to_id.filter(|_| !ship_to.is_absent()),
    };
    check_places(tx, Some(party), named, errors).await?;
    Ok(new)
}

/// The payment term and the owner that a body names must be there, and the owner be with us and see the company.
///
/// # Errors
/// When the database fails.
pub async fn check_terms(
    tx: &mut Tx<'_>,
    company_id: CompanyId,
    payment_term_id: Option<PaymentTermId>,
    owner_id: Option<UserId>,
    errors: &mut Vec<FieldError>,
) -> Result<(), Problem> {
    term::named(tx, payment_term_id, "/payment_term_id", errors).await?;
    check::assignee(tx, owner_id, Some(company_id), "/owner_id", errors).await
}
