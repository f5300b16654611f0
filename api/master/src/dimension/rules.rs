//! What a line may say of dimensions, and how sets are named: pure.

use causeway_contract::{Code, FieldError};
use causeway_entity::master::dimensions::Model;
use causeway_kernel::crypto::sha256;
use causeway_value::{AllowedValue, CompanyId, Dimensions};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Checks what a line of a company says at this place of a body.
pub fn check(known: &[Model], company_id: CompanyId, given: &Dimensions, at: &str, errors: &mut Vec<FieldError>) {
    for (code, value) in given {
        let mut wrong = |detail: String| errors.push(FieldError::pointer(Code::InvalidValue, format!("{at}/dimensions/{code}"), detail));
        let usable = |row: &&Model| row.active && &row.code == code && row.company_id.is_none_or(|company| company == company_id);
        let Some(dimension) = known.iter().find(usable) else {
            wrong("is no dimension of the company; create it (POST /v1/dimensions), or leave it out".to_owned());
            continue;
        };
        if !dimension.allowed.0.iter().any(|allowed| allowed.active && &allowed.code == value) {
            let allowed: Vec<&str> = dimension.allowed.0.iter().filter(|allowed| allowed.active).map(|allowed| allowed.code.as_str()).collect();
            wrong(format!("must be one of {}", allowed.join(", ")));
        }
    }
}

/// The values of a dimension: each once.
pub fn check_values(values: &[AllowedValue], errors: &mut Vec<FieldError>) {
    let mut seen = BTreeSet::new();
    for (index, value) in values.iter().enumerate() {
        if !seen.insert(&value.code) {
            errors.push(FieldError::pointer(Code::AlreadyExists, format!("/values/{index}/code"), "stands twice"));
        }
    }
}

/// The text of a set: the same values are the same text.
#[must_use]
pub fn text(values: &Dimensions) -> String {
    serde_json::to_string(values).unwrap_or_default()
}

/// The id of a set; none for no values.
#[must_use]
pub fn set_id(values: &Dimensions) -> Option<Uuid> {
    if values.is_empty() {
        return None;
    }
    let digest = sha256(&[b"dimensions 1".as_slice(), text(values).as_bytes()]);
    digest.first_chunk::<16>().map(|bytes| Uuid::from_bytes(*bytes))
}

/// What the text of a set contains that has this dimension, or this value of it: for a comparison with LIKE. Codes have no letters that LIKE or JSON know,
/// but for `_`, which stands for itself here too.
#[must_use]
pub fn pattern(code: &str, value: Option<&str>) -> String {
    let end = value.map(|value| format!("{value}\"")).unwrap_or_default();
    format!("%\"{code}\":\"{end}%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{DimensionId, Instant, Json, TenantId};

    fn dimension(code: &str, values: &[(&str, bool)]) -> Model {
        let allowed = values.iter().map(|(code, active)| AllowedValue { code: (*code).to_owned(), name: String::new(), active: *active }).collect();
        Model {
            tenant_id: TenantId::new(),
            id: DimensionId::new(),
            company_id: None,
            code: code.to_owned(),
            name: code.to_owned(),
            allowed: Json(allowed),
            active: true,
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
        }
    }

    fn values(pairs: &[(&str, &str)]) -> Dimensions {
        pairs.iter().map(|(code, value)| ((*code).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn only_active_values_of_the_companys_dimensions_are_taken() {
        let company = CompanyId::new();
        let foreign = Model { company_id: Some(CompanyId::new()), ..dimension("region", &[("dach", true)]) };
        let known = [dimension("unit", &[("north", true), ("old", false)]), foreign];
        let wrong = |pairs: &[(&str, &str)]| {
            let mut errors = Vec::new();
            check(&known, company, &values(pairs), "/lines/0", &mut errors);
            errors.into_iter().filter_map(|error| error.pointer).collect::<Vec<_>>()
        };
        assert_eq!(wrong(&[("unit", "north")]), Vec::<String>::new());
        assert_eq!(wrong(&[("unit", "old"), ("region", "dach")]), ["/lines/0/dimensions/region", "/lines/0/dimensions/unit"]);
    }

    #[test]
    fn the_same_values_are_the_same_set() {
        let one = values(&[("unit", "north"), ("region", "dach")]);
        assert_eq!(set_id(&one), set_id(&values(&[("region", "dach"), ("unit", "north")])));
        assert_ne!(set_id(&one), set_id(&values(&[("unit", "north")])));
        assert_eq!(set_id(&Dimensions::new()), None);
        assert_eq!(text(&one), r#"{"region":"dach","unit":"north"}"#);
        assert_eq!(pattern("cost_unit", Some("a")), r#"%"cost\_unit":"a"%"#);
        assert_eq!(pattern("unit", None), r#"%"unit":"%"#);
    }
}
