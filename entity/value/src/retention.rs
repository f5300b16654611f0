//! What is not kept for ever.

use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use strum::{Display, EnumIter, EnumMessage, EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// The kinds of records that may go after a time (SEC-08). Documents, the journal, and the trail of events and audit entries are none of them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumIter, EnumMessage, EnumString, IntoStaticStr, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType), sea_orm(value_type = "String"))]
pub enum RetentionKind {
    /// Refused requests and failed sign-ins, by the day on which they happened.
    SecurityLog,
    /// Sign-ins with their addresses, by the day on which they ended.
    EndedSessions,
    /// Finished jobs with what imports left of wrong rows, by the day on which they ended.
    FinishedJobs,
    /// Stored answers of idempotency keys, by the day of the request.
    IdempotencyKeys,
    /// Who stands behind disqualified leads, by the day of the last change: the lead stays with its source, country, budget and days, and its records forget
    /// the rest. Notes of its activities go, too.
    DisqualifiedLeads,
}

impl RetentionKind {
    /// The days that a tenant may choose.
    #[must_use]
    pub const fn days(self) -> RangeInclusive<u32> {
        match self {
            Self::SecurityLog => 30..=3_650,
            Self::EndedSessions | Self::FinishedJobs | Self::DisqualifiedLeads => 1..=3_650,
            Self::IdempotencyKeys => 1..=90,
        }
    }

    /// The days when nobody chose any; none keeps them for ever.
    #[must_use]
    pub const fn default_days(self) -> Option<u32> {
        match self {
            Self::SecurityLog | Self::EndedSessions => Some(400),
            Self::FinishedJobs => Some(90),
            Self::IdempotencyKeys => Some(7),
            Self::DisqualifiedLeads => None,
        }
    }
}
