//! What a company asks of its leads.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// What a company asks of its leads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadRules {
    /// What a lead must say before it is qualified. Empty means nothing.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub required_inputs: Vec<LeadInput>,
}

/// Something that a lead can say, by the name of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LeadInput {
    /// The person.
    ContactName,
    /// Where the person works.
    OrganizationName,
    /// The mail address.
    Email,
    /// The telephone number.
    Phone,
    /// The country.
    Country,
    /// How many people work there.
    EmployeeCount,
    /// Where it came from.
    Source,
    /// What may be spent.
    Budget,
    /// Who decides.
    Authority,
    /// What is needed, and why.
    Need,
    /// When it is needed.
    NeededBy,
}
