//! Parts that many objects share: who acted, what is meant, names in other systems, amounts of tax, explanations and the results of checks.

use causeway_contract::Patch;
use causeway_value::{ActorKind, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The `metadata` of a PATCH body (JSON merge patch): a text sets an entry, null removes it, entries that are not named stay. Null instead of the map empties it.
pub type MetadataPatch = Patch<BTreeMap<String, Option<String>>>;

/// What `metadata` becomes after a PATCH.
#[must_use]
pub fn merge_metadata(mut current: BTreeMap<String, String>, patch: MetadataPatch) -> BTreeMap<String, String> {
    match patch {
        Patch::Absent => current,
        Patch::Null => BTreeMap::new(),
        Patch::Value(entries) => {
            for (name, entry) in entries {
                match entry {
                    Some(text) => current.insert(name, text),
                    None => current.remove(&name),
                };
            }
            current
        }
    }
}

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Actor {
    /// What kind of actor.
    pub kind: ActorKind,
    /// The id of the key or user; null for the service itself.
    pub id: Option<String>,
    /// The name it had then.
    pub name: Option<String>,
}

/// The id of the same thing in another system. Unique per tenant, object type and system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalRef {
    /// The other system, such as `salesforce`.
    #[schema(max_length = 40)]
    pub system: String,
    /// Its id there.
    #[schema(max_length = 200)]
    pub id: String,
}

/// Hands something over: somebody else works on it from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// Who works on it from now on: somebody who is with us and sees its company.
    pub owner_id: UserId,
}

/// The object that something is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Subject {
    /// The type of the object, such as `invoice`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
}

/// The result of verifying stored data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verification {
    /// Always `verification`.
    pub object: String,
    /// Whether nothing is broken.
    pub ok: bool,
    /// How much of what was checked.
    pub checked: BTreeMap<String, i64>,
    /// What is broken.
    pub breaks: Vec<Break>,
}

/// Where comparing objects with their records goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyObjectsQuery {
    /// The `next_cursor` of the part before; from the beginning when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub cursor: Option<String>,
}

/// The result of comparing a part of the objects with their records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ObjectsVerification {
    /// Always `verification`.
    pub object: String,
    /// Whether nothing of this part is broken.
    pub ok: bool,
    /// How many objects of this part were compared.
    pub checked: BTreeMap<String, i64>,
    /// What is broken in this part.
    pub breaks: Vec<Break>,
    /// Where the next part begins; null when all were compared.
    pub next_cursor: Option<String>,
}

/// One thing that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Break {
    /// The check that failed.
    pub check: String,
    /// Where it failed: an id or a number.
    pub subject: String,
    /// What was expected and what was found.
    pub detail: String,
}

/// Why a result is what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    /// The result.
    pub result: Value,
    /// The rules that made it, in order.
    pub steps: Vec<ExplanationStep>,
    /// The rules that were considered, winners included.
    pub candidates: Vec<ExplanationCandidate>,
}

/// One rule that was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplanationStep {
    /// The line it is about, counted from 1; null for the whole document.
    pub line: Option<u32>,
    /// The rule.
    pub rule: String,
    /// What went in.
    pub input: Value,
    /// What came out.
    pub outcome: Value,
    /// Why it applied.
    pub because: String,
}

/// A rule that was considered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplanationCandidate {
    /// The line it is about, counted from 1; null for the whole document.
    pub line: Option<u32>,
    /// The rule.
    pub rule: String,
    /// What it would have given.
    pub outcome: Value,
    /// Why another rule won; null for the winner.
    pub lost_because: Option<String>,
}
