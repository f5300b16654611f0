//! What a company's documents say about it besides its name.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A language of documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum DocumentLanguage {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
}

/// The letterhead of a company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Letterhead {
    /// The address, line by line, without the name.
    #[serde(default)]
    #[schema(max_items = 6)]
    pub address: Vec<String>,
    /// The address for mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub email: Option<String>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// The site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub website: Option<String>,
    /// The number in the register of companies, such as `HRB 12345 Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub register: Option<String>,
    /// The name of the bank to pay to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub bank_name: Option<String>,
    /// The account to pay to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 42)]
    pub iban: Option<String>,
    /// The code of that bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 11)]
    pub bic: Option<String>,
    /// The language of labels, figures and dates.
    #[serde(default)]
    pub language: DocumentLanguage,
}
