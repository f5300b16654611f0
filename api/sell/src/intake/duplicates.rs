//! Leads and parties that may be the same as a lead (CRM-01, MDM-07).

use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::sell::leads::{Column, Entity, Model};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::party::duplicate::rules::{LIKELY, Profile, Reason, SHOWN, likely, mail_key, name_words, score};
use causeway_master::party::duplicate::{Among, candidates, of_draft};
use causeway_openapi::crm::CreateLead;
use causeway_openapi::intake as wire;
use causeway_openapi::party::{CheckDuplicates, Duplicate, DuplicateReason};
use causeway_value::{LeadId, LeadStatus};
use std::cmp::Reverse;

/// Leads that are shown.
const ANSWERED: usize = 20;

const LEADS: Among = Among { object: "lead", by_email: &["SELECT id FROM leads WHERE tenant_id = $1 AND lower(email) ="], by_postal_code: &[] };

/// The leads and parties that may be the same as this lead, best first. Who may not read parties is not told of them, as where they are asked for themselves.
///
/// # Errors
/// `not_found`, or when the database fails.
pub(super) async fn of_lead(ctx: &Ctx, tx: &mut Tx<'_>, id: LeadId) -> Result<wire::LeadDuplicates, Problem> {
    let row = tx.must::<Entity>(id).await?;
    let mut data = leads(tx, &row).await?;
    if let Some(draft) = as_party(&row).filter(|_| ctx.may("parties:read")) {
        let known = row.party_id;
        let parties = of_draft(tx, &draft).await?.data;
        data.extend(parties.into_iter().filter(|party| Some(party.party_id) != known).map(of_party));
    }
    data.sort_by_key(|one| Reverse(one.score));
    Ok(wire::LeadDuplicates { object: "lead_duplicates".to_owned(), data })
}

/// A lead that came before others in one request.
pub(crate) struct Beside<'a> {
    id: LeadId,
    body: &'a CreateLead,
    /// What the others are compared with: found out once for all of them.
    profile: Profile,
}

impl<'a> Beside<'a> {
    /// One that was just made.
    pub(crate) fn of(id: LeadId, body: &'a CreateLead) -> Self {
        Self { id, body, profile: Said::of_body(body).profile() }
    }
}

/// Stops the creation of a lead that is likely there already and has not ended, or that came `earlier` in the same request. Who comes back, or is a customer, may
/// want something new. Who may not read leads is not told which one it is.
///
/// # Errors
/// `already_exists` naming the likely ones, or when the database fails.
pub(crate) async fn refuse(ctx: &Ctx, tx: &mut Tx<'_>, body: &CreateLead, earlier: &[Beside<'_>]) -> Result<(), Problem> {
    let is_open = |one: &wire::LeadDuplicate| matches!(one.status, Some(LeadStatus::New | LeadStatus::Working));
    let said = Said::of_body(body);
    let found = alike(tx, &said, None).await?;
    let there = found.iter().filter(|one| one.likely && is_open(one)).filter_map(|one| Some((one.lead_id?, one.name.as_str())));
    let wanted = said.profile();
    let beside = earlier.iter().filter_map(|other| {
        let theirs = Said::of_body(other.body);
        let (points, reasons) = score(&wanted, &other.profile);
        said.is_likely(&theirs, points, &reasons).then(|| (other.id, theirs.name().unwrap_or(&other.body.title)))
    });
    let likely: Vec<(LeadId, &str)> = there.chain(beside).collect();
    let Some((first, name)) = likely.first() else { return Ok(()) };
    let tells = ctx.may("leads:read");
    let which = if tells { format!("likely {name} ({first})") } else { "likely one".to_owned() };
    let detail = format!("The lead is {which}, which is open. Go on with that one, or leave `refuse_duplicates` out.");
    let mut problem = Problem::new(Code::AlreadyExists, detail);
    let pointer = if body.organization_name.is_some() { "/organization_name" } else { "/contact_name" };
    problem.errors.push(FieldError::pointer(Code::AlreadyExists, pointer, "is that of an open lead"));
    let ids: Vec<String> = likely.iter().filter(|_| tells).map(|(id, _)| id.to_string()).collect();
    Err(problem.with("duplicates", ids))
}

async fn leads(tx: &mut Tx<'_>, row: &Model) -> Result<Vec<wire::LeadDuplicate>, Problem> {
    alike(tx, &Said::of_row(row), Some(row.id)).await
}

/// The leads that share enough with what one says, best first.
async fn alike(tx: &mut Tx<'_>, said: &Said<'_>, own: Option<LeadId>) -> Result<Vec<wire::LeadDuplicate>, Problem> {
    let wanted = said.profile();
    let ids: Vec<LeadId> = candidates(tx, &LEADS, &wanted).await?.into_iter().map(LeadId::from_uuid).filter(|id| Some(*id) != own).collect();
    let mut found: Vec<wire::LeadDuplicate> = Vec::new();
    for other in Find::<Entity>::new().among(Column::Id, ids).all(tx).await? {
        let theirs = Said::of_row(&other);
        let (points, reasons) = score(&wanted, &theirs.profile());
        if points >= SHOWN {
            let likely = said.is_likely(&theirs, points, &reasons);
            found.push(duplicate(&other, points, likely, reasons));
        }
    }
    found.sort_by_key(|one| (Reverse(one.score), one.lead_id));
    found.truncate(ANSWERED);
    Ok(found)
}

/// What a lead says of whom it is about.
#[derive(Clone, Copy, Debug)]
struct Said<'a> {
    organization: Option<&'a str>,
    person: Option<&'a str>,
    country: Option<&'a str>,
    email: Option<&'a str>,
    phone: Option<&'a str>,
}

impl<'a> Said<'a> {
    fn of_row(row: &'a Model) -> Self {
        let (organization, person, country) = (row.organization_name.as_deref(), row.contact_name.as_deref(), row.country.as_deref());
        Self { organization, person, country, email: row.email.as_deref(), phone: row.phone.as_deref() }
    }

    fn of_body(body: &'a CreateLead) -> Self {
        let (organization, person, country) = (body.organization_name.as_deref(), body.contact_name.as_deref(), body.country.as_deref());
        Self { organization, person, country, email: body.email.as_deref(), phone: body.phone.as_deref() }
    }

    /// Who the lead says it is: the organization, else the person.
    fn name(&self) -> Option<&'a str> {
        self.organization.filter(|name| !name.trim().is_empty()).or(self.person)
    }

    fn profile(&self) -> Profile {
        let mut profile = Profile { name: self.name().map(name_words).unwrap_or_default(), country: self.country.map(str::to_owned), ..Profile::default() };
        self.email.iter().for_each(|email| profile.add_email(email));
        self.phone.iter().for_each(|phone| profile.add_phone(phone));
        profile
    }

    /// Whether it is likely about whom the other one is about, by what they share.
    fn is_likely(&self, other: &Self, points: i32, reasons: &[Reason]) -> bool {
        points >= LIKELY || (points >= SHOWN && likely(points, reasons) && self.may_be_same_person(other))
    }

    /// Two people of one organization may each want something: neither name nor mail address speaks against one person.
    fn may_be_same_person(&self, other: &Self) -> bool {
        let agree = |one: Option<String>, other: Option<String>| one.is_none() || other.is_none() || one == other;
        let called = |said: &Self| said.person.map(|name| name_words(name).into_iter().collect::<Vec<_>>().join(" "));
        agree(called(self), called(other)) && agree(self.email.map(mail_key), other.email.map(mail_key))
    }
}

/// What of a lead parties can be compared with; none when it says nothing to go by.
fn as_party(row: &Model) -> Option<CheckDuplicates> {
    let said = Said::of_row(row);
    let profile = said.profile();
    let draft = CheckDuplicates {
        name: said.name().map(str::to_owned),
        country: row.country.clone(),
        email: row.email.clone(),
        phone: row.phone.clone(),
        ..CheckDuplicates::default()
    };
    (!profile.name.is_empty() || !profile.emails.is_empty() || !profile.phones.is_empty()).then_some(draft)
}

fn duplicate(row: &Model, points: i32, likely: bool, reasons: Vec<Reason>) -> wire::LeadDuplicate {
    let reason = |reason: Reason| DuplicateReason { field: reason.field.to_owned(), points: reason.points, detail: reason.detail };
    wire::LeadDuplicate {
        lead_id: Some(row.id),
        party_id: None,
        name: Said::of_row(row).name().unwrap_or(&row.title).to_owned(),
        status: Some(row.status),
        score: points,
        likely,
        reasons: reasons.into_iter().map(reason).collect(),
    }
}

fn of_party(party: Duplicate) -> wire::LeadDuplicate {
    wire::LeadDuplicate {
        lead_id: None,
        party_id: Some(party.party_id),
        name: party.name,
        status: None,
        score: party.score,
        likely: party.likely,
        reasons: party.reasons,
    }
}
