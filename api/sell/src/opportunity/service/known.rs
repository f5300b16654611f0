//! What new opportunities name, looked up in one query a kind however many they are.

use super::standing;
use crate::stage::rules as stage_rules;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::{companies, users};
use causeway_entity::master::{contacts, parties, products};
use causeway_entity::sell::{stages, team_members, teams};
use causeway_kernel::{Find, Tx};
use causeway_master::check::{cannot_take, unknown};
use causeway_master::contact::has_left;
use causeway_openapi::crm::CreateOpportunity;
use causeway_value::{CompanyId, ContactId, Id, Kind, OpportunityId, OpportunityStatus, PartyId, ProductId, StageId, TeamId, UserId};
use sea_orm::EntityTrait;
use std::collections::{BTreeMap, BTreeSet};

/// The rows that new opportunities name.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub(super) companies: BTreeMap<CompanyId, companies::Model>,
    pub(super) parties: BTreeMap<PartyId, parties::Model>,
    contacts: BTreeMap<ContactId, contacts::Model>,
    users: BTreeSet<UserId>,
    /// The owners.
    owners: BTreeMap<UserId, users::Model>,
    products: BTreeSet<ProductId>,
    teams: BTreeSet<TeamId>,
    /// The teams of each owner.
    memberships: BTreeMap<UserId, Vec<TeamId>>,
    stages: Vec<stages::Model>,
    /// What stands with the parties, where a stage asks for it.
    pub(super) children: BTreeMap<PartyId, causeway_master::party::store::Children>,
    /// The number of an order that stands, of each deal that is there already and has one.
    pub(super) ordered: BTreeMap<OpportunityId, String>,
}

impl Known {
    /// Looks up what these bodies name.
    ///
    /// # Errors
    /// When the database fails. What is not there becomes an error of the body that names it.
    pub async fn load<'b>(tx: &mut Tx<'_>, bodies: impl Iterator<Item = &'b CreateOpportunity> + Clone) -> Result<Self, Problem> {
        let all = |of: fn(&CreateOpportunity) -> Option<UserId>| bodies.clone().filter_map(of).collect::<BTreeSet<_>>();
        let owners = all(|body| body.owner_id);
        let companies = rows::<companies::Entity, _>(tx, companies::Column::Id, bodies.clone().map(|body| body.company_id)).await?;
        let contacts = rows::<contacts::Entity, _>(tx, contacts::Column::Id, bodies.clone().filter_map(|body| body.contact_id)).await?;
        let customers = bodies.clone().filter_map(|body| body.party_id).chain(contacts.iter().map(|contact| contact.party_id));
        let parties = rows::<parties::Entity, _>(tx, parties::Column::Id, customers).await?;
        let users = rows::<users::Entity, _>(tx, users::Column::Id, owners.iter().copied()).await?;
        let products = rows::<products::Entity, _>(tx, products::Column::Id, bodies.clone().filter_map(|body| body.product_id)).await?;
        let teams = rows::<teams::Entity, _>(tx, teams::Column::Id, bodies.clone().filter_map(|body| body.team_id)).await?;
        let mut known = Self {
            companies: companies.into_iter().map(|row| (row.id, row)).collect(),
            parties: parties.into_iter().map(|row| (row.id, row)).collect(),
            contacts: contacts.into_iter().map(|row| (row.id, row)).collect(),
            users: users.iter().map(|row| row.id).collect(),
            owners: users.into_iter().map(|row| (row.id, row)).collect(),
            products: products.into_iter().map(|row| row.id).collect(),
            teams: teams.into_iter().map(|row| row.id).collect(),
            memberships: memberships(tx, &owners).await?,
            stages: Find::<stages::Entity>::new().order_by(stages::Column::Position).order_by(stages::Column::Id).all(tx).await?,
            children: BTreeMap::new(),
            ordered: BTreeMap::new(),
        };
        if known.stages.iter().any(|stage| stage.validates_customer == Some(true)) {
            let ids: Vec<PartyId> = known.parties.keys().copied().collect();
            known.children = causeway_master::party::store::children(tx, &ids).await?;
        }
        Ok(known)
    }

    /// Looks up which of these deals have an order that stands, for who makes them what bodies say.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn with_orders(mut self, tx: &mut Tx<'_>, deals: impl Iterator<Item = OpportunityId>) -> Result<Self, Problem> {
        self.ordered = standing::of_deals(tx, &deals.collect::<Vec<_>>()).await?;
        Ok(self)
    }

    /// A customer that comes with the bodies: what names it is written behind it.
    pub fn expect(&mut self, customer: parties::Model) {
        self.parties.insert(customer.id, customer);
    }

    /// A deal that goes on is given to nobody who left or does not see its company; who closed an old one may have.
    pub(super) fn check_here(&self, body: &CreateOpportunity, errors: &mut Vec<FieldError>) {
        let goes_on = body.status.is_none_or(|status| status == OpportunityStatus::Open);
        let owner = body.owner_id.filter(|_| goes_on).and_then(|owner| self.owners.get(&owner));
        errors.extend(owner.and_then(|owner| cannot_take(owner, Some(body.company_id), "/owner_id")));
    }

    /// The names that a body gives must be there. Its company, when it is.
    pub(super) fn check(&self, body: &CreateOpportunity, errors: &mut Vec<FieldError>) -> Option<&companies::Model> {
        let company = found(self.companies.get(&body.company_id), "/company_id", errors);
        let party = body.party_id.and_then(|id| found(self.parties.get(&id), "/party_id", errors));
        if party.is_some_and(|party| !party.active) {
            errors.push(FieldError::pointer(Code::InvalidValue, "/party_id", "names a party that is not active any more"));
        }
        must_be_among(body.owner_id, &self.users, "/owner_id", errors);
        must_be_among(body.product_id, &self.products, "/product_id", errors);
        must_be_among(body.team_id, &self.teams, "/team_id", errors);
        if let Some(id) = body.contact_id {
            match self.contacts.get(&id) {
                None => errors.push(unknown::<causeway_value::Contact>("/contact_id", "tenant")),
                Some(contact) if body.party_id.is_some_and(|party_id| party_id != contact.party_id) => {
                    errors.push(FieldError::pointer(Code::InvalidValue, "/contact_id", "is a contact of another party"));
                }
                Some(contact) => errors.extend(has_left(contact)),
            }
        }
        company
    }

    /// The customer of a new opportunity: the one that is named, else that of its contact.
    pub(super) fn customer(&self, body: &CreateOpportunity) -> Option<&parties::Model> {
        let of_contact = || Some(self.contacts.get(&body.contact_id?)?.party_id);
        self.parties.get(&body.party_id.or_else(of_contact)?)
    }

    /// The team of a new opportunity: the one that is named, else the owner's when there is one only.
    pub(super) fn team(&self, body: &CreateOpportunity) -> Option<TeamId> {
        let own = || match self.memberships.get(&body.owner_id?).map(Vec::as_slice) {
            Some([team]) => Some(*team),
            _ => None,
        };
        body.team_id.or_else(own)
    }

    /// The stages of a company's pipeline, in their order.
    pub(super) fn pipeline(&self, company_id: CompanyId) -> Vec<&stages::Model> {
        self.stages.iter().filter(|stage| stage.company_id.is_none_or(|own| own == company_id)).collect()
    }

    /// The stage of an opportunity: the one that is named, else the first one of its status; one that stands somewhere stays there when neither is said.
    ///
    /// # Errors
    /// `state_conflict` when the pipeline has none of that status.
    pub(super) fn stage(&self, body: &CreateOpportunity, standing: Option<StageId>, errors: &mut Vec<FieldError>) -> Result<Option<&stages::Model>, Problem> {
        let pipeline = self.pipeline(body.company_id);
        let stays = standing.filter(|_| body.status.is_none());
        let Some(stage_id) = body.stage_id.or(stays.filter(|stays| pipeline.iter().any(|stage| stage.id == *stays))) else {
            return match body.status {
                None | Some(OpportunityStatus::Open) => stage_rules::first_open(pipeline).map(Some),
                Some(end) => stage_rules::ending(pipeline, end).map(Some),
            };
        };
        let Some(stage) = pipeline.into_iter().find(|stage| stage.id == stage_id) else {
            errors.push(FieldError::pointer(Code::NotFound, "/stage_id", "names no stage of this company's pipeline"));
            return Ok(None);
        };
        if body.status.is_some_and(|status| status != stage_rules::status(stage)) {
            errors.push(FieldError::pointer(Code::InvalidValue, "/stage_id", format!("is a stage of deals that are {}", stage_rules::status(stage))));
        }
        Ok(Some(stage))
    }
}

/// The team of a deal that somebody else works on now: the one that it has while its owner is in it, else the owner's when there is one only.
///
/// # Errors
/// When the database fails.
pub(crate) async fn team_of(tx: &mut Tx<'_>, owner: UserId, standing: Option<TeamId>) -> Result<Option<TeamId>, Problem> {
    let own = memberships(tx, &BTreeSet::from([owner])).await?.remove(&owner).unwrap_or_default();
    Ok(standing.filter(|team| own.contains(team)).or(match own.as_slice() {
        [team] => Some(*team),
        _ => None,
    }))
}

/// The teams of these people.
async fn memberships(tx: &mut Tx<'_>, owners: &BTreeSet<UserId>) -> Result<BTreeMap<UserId, Vec<TeamId>>, Problem> {
    let mut teams: BTreeMap<UserId, Vec<TeamId>> = BTreeMap::new();
    if !owners.is_empty() {
        let members = Find::<team_members::Entity>::new().among(team_members::Column::UserId, owners.iter().copied());
        for member in members.order_by(team_members::Column::TeamId).all(tx).await? {
            teams.entry(member.user_id).or_default().push(member.team_id);
        }
    }
    Ok(teams)
}

async fn rows<E: EntityTrait, K: Kind>(tx: &mut Tx<'_>, column: E::Column, ids: impl Iterator<Item = Id<K>>) -> Result<Vec<E::Model>, Problem> {
    let ids: BTreeSet<Id<K>> = ids.collect();
    if ids.is_empty() { Ok(Vec::new()) } else { Find::<E>::new().among(column, ids.into_iter().map(Id::uuid)).all(tx).await }
}

fn found<'k, M: Named>(row: Option<&'k M>, pointer: &str, errors: &mut Vec<FieldError>) -> Option<&'k M> {
    if row.is_none() {
        errors.push(unknown::<M::Kind>(pointer, "tenant"));
    }
    row
}

fn must_be_among<K: Kind>(id: Option<Id<K>>, known: &BTreeSet<Id<K>>, pointer: &str, errors: &mut Vec<FieldError>) {
    if id.is_some_and(|id| !known.contains(&id)) {
        errors.push(unknown::<K>(pointer, "tenant"));
    }
}

/// A row and the kind of its id.
trait Named {
    type Kind: Kind;
}

impl Named for companies::Model {
    type Kind = causeway_value::Company;
}

impl Named for parties::Model {
    type Kind = causeway_value::Party;
}
