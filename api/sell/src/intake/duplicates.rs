//! Leads and parties that may be the same as a lead (CRM-01, MDM-07).

use causeway_contract::Problem;
use causeway_entity::sell::leads::{Column, Entity, Model};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::party::duplicate::rules::{LIKELY, Profile, Reason, SHOWN, name_words, score};
use causeway_master::party::duplicate::{Among, candidates, of_draft};
use causeway_openapi::intake as wire;
use causeway_openapi::party::{CheckDuplicates, Duplicate, DuplicateReason};
use causeway_value::LeadId;
use std::cmp::Reverse;

/// Leads that are shown.
const ANSWERED: usize = 20;

const LEADS: Among = Among { object: "lead", by_email: &["SELECT id FROM leads WHERE tenant_id = $1 AND lower(email) ="] };

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

async fn leads(tx: &mut Tx<'_>, row: &Model) -> Result<Vec<wire::LeadDuplicate>, Problem> {
    let wanted = profile(row);
    let ids: Vec<LeadId> = candidates(tx, &LEADS, &wanted).await?.into_iter().map(LeadId::from_uuid).filter(|id| *id != row.id).collect();
    let mut found: Vec<wire::LeadDuplicate> = Vec::new();
    for other in Find::<Entity>::new().among(Column::Id, ids).all(tx).await? {
        let (points, reasons) = score(&wanted, &profile(&other));
        if points >= SHOWN {
            found.push(duplicate(other, points, reasons));
        }
    }
    found.sort_by_key(|one| (Reverse(one.score), one.lead_id));
    found.truncate(ANSWERED);
    Ok(found)
}

/// Who the lead says it is: the organization, else the person.
fn name(row: &Model) -> Option<&str> {
    let given = |text: &'_ Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    if given(&row.organization_name) { row.organization_name.as_deref() } else { row.contact_name.as_deref() }
}

fn profile(row: &Model) -> Profile {
    let mut profile = Profile { name: name(row).map(name_words).unwrap_or_default(), country: row.country.clone(), ..Profile::default() };
    row.email.iter().for_each(|email| profile.add_email(email));
    row.phone.iter().for_each(|phone| profile.add_phone(phone));
    profile
}

/// What of a lead parties can be compared with; none when it says nothing to go by.
fn as_party(row: &Model) -> Option<CheckDuplicates> {
    let profile = profile(row);
    let draft = CheckDuplicates {
        name: name(row).map(str::to_owned),
        country: row.country.clone(),
        email: row.email.clone(),
        phone: row.phone.clone(),
        ..CheckDuplicates::default()
    };
    (!profile.name.is_empty() || !profile.emails.is_empty() || !profile.phones.is_empty()).then_some(draft)
}

fn duplicate(row: Model, points: i32, reasons: Vec<Reason>) -> wire::LeadDuplicate {
    let reason = |reason: Reason| DuplicateReason { field: reason.field.to_owned(), points: reason.points, detail: reason.detail };
    wire::LeadDuplicate {
        lead_id: Some(row.id),
        party_id: None,
        name: name(&row).unwrap_or(&row.title).to_owned(),
        status: Some(row.status),
        score: points,
        likely: points >= LIKELY,
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
