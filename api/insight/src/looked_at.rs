//! What a report looks at only: what carries a dimension, or one value of it (ACC-03).

use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::dimensions;
use causeway_kernel::{Find, Tx};
use causeway_master::dimension::rules::pattern;
use sea_orm::sea_query::Value;

/// The condition on `column`, the text of a set; its value comes after the tenant and `values`. Nothing without a dimension.
///
/// # Errors
/// `required` for a value without its dimension.
pub(crate) fn condition(dimension: Option<&str>, value: Option<&str>, column: &str, values: &mut Vec<Value>) -> Result<Option<String>, Problem> {
    let Some(code) = dimension else {
        return match value {
            Some(_) => Err(Problem::of(vec![FieldError::parameter(Code::Required, "dimension", "is required with `dimension_value`")])),
            None => Ok(None),
        };
    };
    values.push(pattern(code, value).into());
    Ok(Some(format!("{column} LIKE ${} ESCAPE '\\'", values.len() + 1)))
}

/// Refuses a dimension that nobody made, and a value that it never had: a misspelt one would read as nothing sold. Nothing is asked without a dimension.
///
/// # Errors
/// `invalid_value` for the one or the other.
pub(crate) async fn check(tx: &mut Tx<'_>, dimension: Option<&str>, value: Option<&str>) -> Result<(), Problem> {
    let Some(code) = dimension else { return Ok(()) };
    let known = Find::<dimensions::Entity>::new().among(dimensions::Column::Code, [code.to_owned()]).all(tx).await?;
    let wrong = |parameter: &str, detail: String| Err(Problem::of(vec![FieldError::parameter(Code::InvalidValue, parameter, detail)]));
    if known.is_empty() {
        return wrong("dimension", format!("names no dimension: there is none with the code `{code}`; GET /v1/dimensions lists them"));
    }
    match value {
        Some(value) if !known.iter().flat_map(|row| &row.allowed.0).any(|allowed| allowed.code == value) => {
            wrong("dimension_value", format!("is no value of `{code}`; GET /v1/dimensions lists them"))
        }
        _ => Ok(()),
    }
}

/// The same for lines `l` of the journal, which name their set.
///
/// # Errors
/// As [`condition`].
pub(crate) fn of_journal(dimension: Option<&str>, value: Option<&str>, values: &mut Vec<Value>) -> Result<String, Problem> {
    let within = condition(dimension, value, "s.content", values)?;
    Ok(within.map(|within| format!(" AND l.dimension_set_id IN (SELECT s.id FROM dimension_sets s WHERE s.tenant_id = $1 AND {within})")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_needs_its_dimension_and_comes_after_what_is_there() {
        let mut values: Vec<Value> = vec![1_i64.into()];
        assert_eq!(of_journal(None, None, &mut values).unwrap(), "");
        assert!(of_journal(None, Some("north"), &mut values).is_err());
        let sql = of_journal(Some("unit"), Some("north"), &mut values).unwrap();
        assert!(sql.contains("s.content LIKE $3") && values.len() == 2, "{sql}");
    }
}
