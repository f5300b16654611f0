//! Leads and the pipeline: stages and opportunities (CRM-01 to CRM-05).

mod lead;
mod opportunity;
mod stage;

pub use lead::{CreateLead, DisqualifyLead, LEADS, Lead, LeadAssignment, QualifiedLead, QualifyLead, UpdateLead};
pub use op::ENDPOINTS;
pub use opportunity::{
    AdvanceOpportunity, CreateOpportunity, LoseOpportunity, OPPORTUNITIES, Opportunity, ReopenOpportunity, StageHistory, StageRef, StageVisit,
    UpdateOpportunity, WinOpportunity,
};
pub use stage::{CreateStage, STAGES, Stage, UpdateStage};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{LEADS, Lead, OPPORTUNITIES, Opportunity, QualifiedLead, STAGES, Stage, StageHistory};
    use crate::crm as body;
    use crate::object::HandOver;
    use causeway_contract::{Bulk, BulkResult, Created, Json, Multi, Nothing, Page, endpoints};
    use causeway_value::{LeadId, OpportunityId, StageId};

    endpoints! {
        /// Lists stages.
        Get "/v1/stages" ListStages () Nothing => Page<Stage>, stages:read, list STAGES;
        /// Creates a stage.
        Post "/v1/stages" CreateStage () body::CreateStage => Created<Stage>, stages:write;
        /// Reads a stage.
        Get "/v1/stages/{id}" GetStage (StageId) Nothing => Json<Stage>, stages:read;
        /// Changes a stage.
        Patch "/v1/stages/{id}" UpdateStage (StageId) body::UpdateStage => Json<Stage>, stages:write;
        /// Lists leads.
        Get "/v1/leads" ListLeads () Nothing => Page<Lead>, leads:read, list LEADS;
        /// Creates a lead.
        Post "/v1/leads" CreateLead () body::CreateLead => Created<Lead>, leads:write;
        /// Creates up to 1,000 leads.
        Post "/v1/leads/bulk" CreateLeads () Bulk<body::CreateLead> => Multi<BulkResult<Lead>>, leads:write;
        /// Reads a lead.
        Get "/v1/leads/{id}" GetLead (LeadId) Nothing => Json<Lead>, leads:read;
        /// Changes a lead.
        Patch "/v1/leads/{id}" UpdateLead (LeadId) body::UpdateLead => Json<Lead>, leads:write;
        /// Makes party, contact and opportunity of a lead, or links those that exist; first the lead must say what its company asks for (`lead_rules`).
        Post "/v1/leads/{id}/qualify" QualifyLead (LeadId) body::QualifyLead => Json<QualifiedLead>, leads:qualify;
        /// Gives a lead up.
        Post "/v1/leads/{id}/disqualify" DisqualifyLead (LeadId) body::DisqualifyLead => Json<Lead>, leads:qualify;
        /// Lists opportunities. `stalled=true` finds won ones that wait too long for an order (`stalled_reason`); open ones that stand long in a stage are found by `status=open` and `stage_since[lte]`.
        Get "/v1/opportunities" ListOpportunities () Nothing => Page<Opportunity>, opportunities:read, list OPPORTUNITIES;
        /// Creates an opportunity.
        Post "/v1/opportunities" CreateOpportunity () body::CreateOpportunity => Created<Opportunity>, opportunities:write;
        /// Creates up to 1,000 opportunities.
        Post "/v1/opportunities/bulk" CreateOpportunities () Bulk<body::CreateOpportunity> => Multi<BulkResult<Opportunity>>, opportunities:write;
        /// Reads an opportunity.
        Get "/v1/opportunities/{id}" GetOpportunity (OpportunityId) Nothing => Json<Opportunity>, opportunities:read;
        /// Changes an opportunity.
        Patch "/v1/opportunities/{id}" UpdateOpportunity (OpportunityId) body::UpdateOpportunity => Json<Opportunity>, opportunities:write;
        /// Tells in which stages an opportunity stood, and how long.
        Get "/v1/opportunities/{id}/stages" GetStageHistory (OpportunityId) Nothing => Json<StageHistory>, opportunities:read;
        /// Moves an opportunity to another stage.
        Post "/v1/opportunities/{id}/advance" AdvanceOpportunity (OpportunityId) body::AdvanceOpportunity => Json<Opportunity>, opportunities:write;
        /// Wins an opportunity, which then says what the stage of won ones asks for. An accepted quote wins it, too, and so does a confirmed order that no quote agreed: whatever stages ask for.
        Post "/v1/opportunities/{id}/win" WinOpportunity (OpportunityId) body::WinOpportunity => Json<Opportunity>, opportunities:write;
        /// Loses an opportunity; not while an order of it stands, cancelled ones aside.
        Post "/v1/opportunities/{id}/lose" LoseOpportunity (OpportunityId) body::LoseOpportunity => Json<Opportunity>, opportunities:write;
        /// Hands an opportunity over, a won or lost one too, to somebody else and the team of that person, as far as there is one team only. It takes the right to say who works with whom.
        Post "/v1/opportunities/{id}/assign" AssignOpportunity (OpportunityId) HandOver => Json<Opportunity>, teams:write;
        /// Reopens a won or lost opportunity; not a won one while an order of it stands, cancelled ones aside.
        Post "/v1/opportunities/{id}/reopen" ReopenOpportunity (OpportunityId) body::ReopenOpportunity => Json<Opportunity>, opportunities:write;
    }
}
