//! Credit: what a customer may owe a company, what it owes, and what happens when that is used up.

use crate::object::Explanation;
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{AmountText, CompanyId, CreditAction, CreditPolicyId, Currency, Day, Instant, PartyId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// For which company, and for how much more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditQuery {
    /// The company that gives the credit. Required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// What the customer wants to order, with tax, in the company's currency: 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountText>,
}

/// What a customer may owe a company and what it owes, at today's rates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Credit {
    /// Always `credit`.
    pub object: String,
    /// The customer.
    pub party_id: PartyId,
    /// The company.
    pub company_id: CompanyId,
    /// The company's currency: that of every amount here.
    pub currency: Currency,
    /// The customer's limit; null without one.
    pub limit: Option<AmountText>,
    /// What is open on invoices, drafts included.
    pub open_receivables: AmountText,
    /// What waits to be invoiced, with tax.
    pub billables: AmountText,
    /// What is confirmed and not yet billable, with tax.
    pub obligations: AmountText,
    /// The customer's credit that nothing uses yet, with what down payments have that no invoice has deducted.
    pub unallocated: AmountText,
    /// All of it: receivables, billables and obligations less unallocated credit.
    pub exposure: AmountText,
    /// What is left of the limit; negative when it is exceeded, null without one.
    pub available: Option<AmountText>,
    /// The day since which the oldest open invoice is overdue.
    pub overdue_since: Option<Day>,
    /// For how many days.
    pub overdue_days: Option<u32>,
    /// How many days are accepted; null when age is not checked.
    pub max_overdue_days: Option<u32>,
    /// What happens when the limit or the age is exceeded.
    pub action: CreditAction,
    /// Whether an order of `amount` would pass.
    pub passes: bool,
    /// What speaks against it.
    pub findings: Vec<String>,
    /// How this came about.
    pub explain: Explanation,
}

/// What a company does when the credit of a customer is used up. Without one it holds orders over the limit and checks no age.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreditPolicy {
    /// Id.
    pub id: CreditPolicyId,
    /// Always `credit_policy`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The company.
    pub company_id: CompanyId,
    /// The customer; null for all that have no policy of their own.
    pub party_id: Option<PartyId>,
    /// What happens.
    pub action: CreditAction,
    /// How many days the oldest invoice may be overdue; null checks no age.
    pub max_overdue_days: Option<u32>,
    /// Who owns the holds that it makes: the order's owner when null.
    pub owner_id: Option<UserId>,
}

/// A new policy, for all customers of a company or for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCreditPolicy {
    /// The company.
    pub company_id: CompanyId,
    /// The customer: all that have no policy of their own when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// What happens.
    pub action: CreditAction,
    /// How many days the oldest invoice may be overdue: age is not checked when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 3650)]
    pub max_overdue_days: Option<u32>,
    /// Who owns the holds that it makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
}

/// Changes a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCreditPolicy {
    /// What happens.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = CreditAction)]
    pub action: Patch<CreditAction>,
    /// How many days the oldest invoice may be overdue; null checks no age.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<u32>, maximum = 3650)]
    pub max_overdue_days: Patch<u32>,
    /// Who owns the holds that it makes.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<UserId>)]
    pub owner_id: Patch<UserId>,
}

/// What the list of credit policies offers.
pub const CREDIT_POLICIES: ListSpec = ListSpec {
    table: "credit_policies",
    filters: &[
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "credit_policies_company_id" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "credit_policies_party_id" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "credit_policies_updated_at" },
    ],
    sorts: &[Sort { name: "updated_at", index: "credit_policies_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{CREDIT_POLICIES, Credit, CreditPolicy, CreditQuery};
    use crate::credit as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::{CreditPolicyId, PartyId};

    endpoints! {
        /// Checks the credit of a customer at a company.
        Get "/v1/parties/{id}/credit" GetCredit (PartyId) Nothing => Json<Credit>, credit:read, query CreditQuery;
        /// Lists credit policies.
        Get "/v1/credit-policies" ListCreditPolicies () Nothing => Page<CreditPolicy>, credit:read, list CREDIT_POLICIES;
        /// Creates a credit policy.
        Post "/v1/credit-policies" CreateCreditPolicy () body::CreateCreditPolicy => Created<CreditPolicy>, credit:write, [step_up];
        /// Reads a credit policy.
        Get "/v1/credit-policies/{id}" GetCreditPolicy (CreditPolicyId) Nothing => Json<CreditPolicy>, credit:read;
        /// Changes a credit policy.
        Patch "/v1/credit-policies/{id}" UpdateCreditPolicy (CreditPolicyId) body::UpdateCreditPolicy => Json<CreditPolicy>, credit:write, [step_up];
    }
}
