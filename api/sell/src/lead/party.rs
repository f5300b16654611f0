//! Whom a qualified lead becomes a deal with (CRM-05).

use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::parties;
use causeway_entity::sell::leads::Model;
use causeway_kernel::{Ctx, Tx};
use causeway_master::party::duplicate::{Known, of_stranger};
use causeway_master::party::{service, store, view};
use causeway_openapi::crm::QualifyLead;
use causeway_openapi::party::{CheckDuplicates, ContactInput, CreateParty, Duplicate, Party, PartyContact};
use causeway_value::{PartyKind, PartyRole};
use std::collections::BTreeMap;

/// Whom a lead becomes a deal with.
pub(super) struct Customer {
    /// The party.
    pub party: Party,
    /// The lead's person among its contacts.
    pub contact: Option<PartyContact>,
    /// When the party is new: others that it may be all the same.
    pub candidates: Vec<Duplicate>,
}

/// The party that the body names, else the one that the lead is without a doubt, else a new one; with the lead's person among its contacts. A new one is a
/// customer at once, unless the pipeline checks customers (`checked`): then it becomes one where it passes.
/// A wrong field of the body is added to `errors` and gives `None`.
///
/// # Errors
/// When the database fails.
pub(super) async fn of_lead(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    (lead, checked): (&Model, bool),
    body: &QualifyLead,
    errors: &mut Vec<FieldError>,
) -> Result<Option<Customer>, Problem> {
    let known = match body.party_id {
        Some(_) => match store::named(tx, body.party_id, "/party_id", errors).await? {
            Some(row) => Known::As(Box::new(row)),
            None => return Ok(None),
        },
        None => of_stranger(tx, &as_party(lead)).await?,
    };
    let candidates = match known {
        Known::As(row) => {
            let (party, contact) = with_contact(ctx, tx, &row, lead).await?;
            return Ok(Some(Customer { party, contact, candidates: Vec::new() }));
        }
        Known::Perhaps(candidates) => candidates,
    };
    let tells = ctx.may("parties:read");
    if let Some(twin) = candidates.iter().find(|one| one.likely).filter(|_| body.refuse_duplicates == Some(true)) {
        let which = if tells { format!("{} ({})", twin.name, twin.party_id) } else { "a party that exists".to_owned() };
        let detail = format!("is required: the lead is likely {which}; name it, or leave `refuse_duplicates` out for a new party");
        errors.push(FieldError::pointer(Code::AlreadyExists, "/party_id", detail));
        return Ok(None);
    }
    // Who may not read customers hears of none by likeness.
    let candidates = if tells { candidates } else { Vec::new() };
    let Some(name) = given(lead.organization_name.as_deref()).or(given(lead.contact_name.as_deref())) else {
        errors.push(FieldError::pointer(Code::Required, "/party_id", "is required: the lead names neither an organization nor a person"));
        return Ok(None);
    };
    let party = service::create(ctx, tx, &new_party(lead, name, checked)).await?;
    let contact = party.contacts.first().cloned();
    Ok(Some(Customer { party, contact, candidates }))
}

/// What of a lead parties are compared with. A person's name alone may be anybody's.
fn as_party(lead: &Model) -> CheckDuplicates {
    CheckDuplicates {
        name: given(lead.organization_name.as_deref()).map(str::to_owned),
        country: lead.country.clone(),
        email: given(lead.email.as_deref()).map(str::to_owned),
        phone: lead.phone.clone(),
        ..CheckDuplicates::default()
    }
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

async fn with_contact(ctx: &Ctx, tx: &mut Tx<'_>, row: &parties::Model, lead: &Model) -> Result<(Party, Option<PartyContact>), Problem> {
    match person(lead) {
        Some(person) => service::add_contact(ctx, tx, row.id, &person).await,
        None => Ok((view(row, &store::children_of(tx, row.id).await?), None)),
    }
}

fn person(lead: &Model) -> Option<ContactInput> {
    let name = given(lead.contact_name.as_deref())?.to_owned();
    Some(ContactInput { id: None, name, email: lead.email.clone(), phone: lead.phone.clone(), position: None })
}

/// An organization with the person as its contact, or the person alone.
fn new_party(lead: &Model, name: &str, checked: bool) -> CreateParty {
    let contact = person(lead);
    let kind = if given(lead.organization_name.as_deref()).is_some() { PartyKind::Organization } else { PartyKind::Person };
    // The mail address of somebody at an organization is not the organization's.
    let own = kind == PartyKind::Person || contact.is_none();
    CreateParty {
        name: name.to_owned(),
        kind,
        roles: if checked { Vec::new() } else { vec![PartyRole::Customer] },
        country: lead.country.clone(),
        tax_id: None,
        tax_ids: Vec::new(),
        refuse_duplicates: None,
        currency: None,
        payment_term_id: None,
        price_list_id: None,
        credit_limit: None,
        segment: None,
        email: lead.email.clone().filter(|_| own),
        phone: lead.phone.clone().filter(|_| own),
        linked_company_id: None,
        addresses: Vec::new(),
        contacts: contact.into_iter().collect(),
        metadata: BTreeMap::new(),
        external_refs: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{CompanyId, FlowId, Instant, Json, LeadId, LeadStatus, TenantId};

    fn lead(organization: Option<&str>, person: Option<&str>) -> Model {
        Model {
            tenant_id: TenantId::new(),
            id: LeadId::new(),
            company_id: CompanyId::new(),
            title: "40 chairs".to_owned(),
            contact_name: person.map(str::to_owned),
            organization_name: organization.map(str::to_owned),
            email: Some("amy@borealis.test".to_owned()),
            phone: None,
            source: None,
            description: None,
            owner_id: None,
            status: LeadStatus::New,
            score: None,
            reason: None,
            party_id: None,
            opportunity_id: None,
            flow_id: FlowId::new(),
            metadata: Json::default(),
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
            country: Some("FR".to_owned()),
            employee_count: None,
            team_id: None,
            budget: None,
            currency: None,
            authority: None,
            need: None,
            needed_by: None,
            assignment_rule_id: None,
            assignment_reason: None,
            erased_at: None,
        }
    }

    #[test]
    fn an_organization_has_the_person_as_contact() {
        let party = new_party(&lead(Some("Borealis SAS"), Some("Amy")), "Borealis SAS", false);
        assert_eq!((party.kind, party.email.as_deref(), party.country.as_deref()), (PartyKind::Organization, None, Some("FR")));
        assert_eq!(party.contacts.iter().map(|contact| contact.email.as_deref()).collect::<Vec<_>>(), [Some("amy@borealis.test")]);
    }

    #[test]
    fn a_person_alone_is_the_party_and_its_contact() {
        let party = new_party(&lead(Some(" "), Some("Amy")), "Amy", true);
        assert_eq!((party.kind, party.email.as_deref(), party.contacts.len()), (PartyKind::Person, Some("amy@borealis.test"), 1));
        assert_eq!(party.roles, [], "where customers are checked nobody is one yet");
    }

    #[test]
    fn an_organization_without_a_person_keeps_the_mail_address() {
        let party = new_party(&lead(Some("Borealis SAS"), None), "Borealis SAS", false);
        assert_eq!((party.email.as_deref(), party.contacts.len()), (Some("amy@borealis.test"), 0));
    }
}
