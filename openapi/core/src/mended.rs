//! A body that does not keep to its schema, with something acceptable in the place of what is wrong: so that whoever looks at the rest of it can say what
//! else is wrong, and a caller learns of all of it at once.

use crate::shape::{is_decimal, text_passes};
use crate::unseen::{LINE, as_a_line, without_unseen};
use crate::{Code, Field, FieldError, Shape};
use causeway_value::{Day, PartyId, type_id};
use serde_json::{Map, Value, json};

/// The most levels of fields that are filled in where something is missing.
const DEEPEST: usize = 4;

/// A body in which what its schema refuses was replaced or left out.
#[derive(Clone, Debug)]
pub struct Mended {
    /// The body, which keeps to its schema.
    pub body: Value,
    wrong: Vec<Place>,
}

/// Where something was wrong.
#[derive(Clone, Debug)]
struct Place {
    pointer: String,
    decides: Decides,
}

/// What else may be wrong only because of what was put in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decides {
    /// Nothing: it is only shown, counted or looked up.
    Nothing,
    /// Amounts and prices: how many decimals they may have, and whether they can be found.
    Amounts,
    /// Whatever stands beside it: a rule may look at both.
    Beside,
}

impl Mended {
    /// Which of the errors that were found in the mended body are errors of the one that was sent: none about a place that was mended or what holds it, and
    /// none that may come from what was put there.
    #[must_use]
    pub fn further(&self, found: Vec<FieldError>) -> Vec<FieldError> {
        found.into_iter().filter(|error| error.pointer.as_deref().is_some_and(|at| self.is_sent(at, error.code))).collect()
    }

    fn is_sent(&self, at: &str, code: Code) -> bool {
        let apart = |place: &Place| !within(at, &place.pointer) && !within(&place.pointer, at);
        // What names nothing names nothing whatever stands beside it.
        let alone = |place: &Place| match place.decides {
            Decides::Nothing => true,
            Decides::Amounts => !matches!(code, Code::TooManyDecimals | Code::AmountOverflow | Code::RateMissing | Code::PriceRuleTie),
            Decides::Beside => code == Code::NotFound || parent(at) != parent(&place.pointer),
        };
        self.wrong.iter().all(|place| apart(place) && alone(place))
    }
}

/// Whether a place is that of a pointer or lies within it.
fn within(at: &str, pointer: &str) -> bool {
    at.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn parent(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(parent, _)| parent)
}

impl Shape {
    /// The value with something acceptable where these errors are. `today` stands in for days. None when there is nothing acceptable that could be made up.
    #[must_use]
    pub fn mended(&self, value: &Value, errors: &[FieldError], today: Day) -> Option<Mended> {
        let mut body = value.clone();
        let mut wrong = Vec::with_capacity(errors.len());
        for error in errors {
            let pointer = error.pointer.as_deref().filter(|pointer| !pointer.is_empty())?;
            let steps: Vec<String> = pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
            let decides = mend(self, &mut body, &steps, today)?;
            wrong.push(Place { pointer: pointer.to_owned(), decides });
        }
        self.check(&body).is_ok().then_some(Mended { body, wrong })
    }
}

/// Makes the value at the end of these steps acceptable, and says what depends on that; none when it cannot be done.
fn mend(shape: &Shape, value: &mut Value, steps: &[String], today: Day) -> Option<Decides> {
    let (step, rest) = steps.split_first()?;
    match (shape, value) {
        (Shape::Object { fields, others }, Value::Object(map)) => {
            let Some(field) = fields.get(step).or(others.as_ref()) else {
                map.remove(step);
                return Some(Decides::Nothing);
            };
            if !rest.is_empty() {
                // What holds it may have been left out by then.
                return map.get_mut(step).map_or(Some(Decides::Nothing), |inner| mend(&field.shape, inner, rest, today));
            }
            let given = map.get(step).cloned();
            match made_up(field, given.as_ref(), today) {
                Some(value) => drop(map.insert(step.clone(), value)),
                None => drop(map.remove(step)),
            }
            Some(decides(&field.shape))
        }
        (Shape::List { items, .. }, Value::Array(list)) => {
            let item = list.get_mut(step.parse::<usize>().ok()?)?;
            if !rest.is_empty() {
                return mend(items, item, rest, today);
            }
            *item = stand_in(items, Some(&*item), today, DEEPEST)?;
            Some(decides(items))
        }
        _ => Some(Decides::Nothing),
    }
}

/// What stands in for a field, or nothing for one that is left out.
fn made_up(field: &Field, given: Option<&Value>, today: Day) -> Option<Value> {
    // Whoever names something names it, though it is not there: what is required without it is not.
    let names = matches!(field.shape.as_ref(), Shape::Text { format, .. } if format.starts_with("id:"));
    // A number that came as one is known.
    let known = field.shape.is_number() && given.is_some_and(Value::is_number);
    if field.required || names || known { stand_in(&field.shape, given, today, DEEPEST) } else { None }
}

fn stand_in(shape: &Shape, given: Option<&Value>, today: Day, depth: usize) -> Option<Value> {
    match shape {
        Shape::Text { format, max, pattern } => {
            let text = text_in(format, *max, given, today)?;
            (text_passes(format, *max, &text) && pattern.as_ref().is_none_or(|pattern| pattern.is_match(&text))).then(|| text.into())
        }
        Shape::Words(words) => words.first().map(|word| word.as_str().into()),
        Shape::Whole { min, max } => Some(1.clamp(*min, *max).into()),
        Shape::YesNo => Some(false.into()),
        Shape::List { .. } => Some(json!([])),
        Shape::Object { fields, .. } => {
            let depth = depth.checked_sub(1)?;
            let mut map = Map::new();
            for (name, field) in fields.iter().filter(|(_, field)| field.required) {
                map.insert(name.clone(), stand_in(&field.shape, None, today, depth)?);
            }
            Some(map.into())
        }
        Shape::Any => Some(Value::Null),
    }
}

/// A text of this format: what was given where it can be read, else one that says as little as possible.
fn text_in(format: &str, max: usize, given: Option<&Value>, today: Day) -> Option<String> {
    if let Some(prefix) = format.strip_prefix("id:") {
        // Nothing has an id that was never given out.
        return Some(type_id(prefix, PartyId::new().uuid()));
    }
    if is_decimal(format) {
        let known = given.filter(|given| given.is_number()).map(ToString::to_string).filter(|text| text_passes(format, max, text));
        return Some(known.unwrap_or_else(|| "1".to_owned()));
    }
    match format {
        "date" => Some(today.to_string()),
        "country" => Some("DE".to_owned()),
        "currency" => Some("EUR".to_owned()),
        "time-zone" => Some("UTC".to_owned()),
        "email" => Some("nobody@example.com".to_owned()),
        "date-time" => None,
        _ => {
            let text: String = without_unseen(given.and_then(Value::as_str).unwrap_or_default()).chars().take(max).collect();
            let text = if max <= LINE && !matches!(format, "lines" | "password") { as_a_line(&text) } else { text };
            Some(if text.trim().is_empty() { "x".to_owned() } else { text })
        }
    }
}

fn decides(shape: &Shape) -> Decides {
    match shape {
        Shape::Text { format, .. } if format == "currency" => Decides::Amounts,
        Shape::Text { format, .. } if matches!(format.as_str(), "country" | "date" | "date-time" | "time-zone") => Decides::Beside,
        Shape::Text { .. } => Decides::Nothing,
        Shape::Words(_) | Shape::Whole { .. } | Shape::YesNo | Shape::List { .. } | Shape::Object { .. } | Shape::Any => Decides::Beside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{Currency, Percent, Quantity};
    use serde::{Deserialize, Serialize};
    use utoipa::ToSchema;

    #[derive(Serialize, Deserialize, ToSchema)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Company,
        Person,
    }

    #[derive(Serialize, Deserialize, ToSchema)]
    struct Line {
        product_id: Option<PartyId>,
        quantity: Quantity,
        discount_percent: Option<Percent>,
        optional: Option<bool>,
    }

    #[derive(Serialize, Deserialize, ToSchema)]
    struct Body {
        #[schema(max_length = 5)]
        name: String,
        kind: Kind,
        party_id: PartyId,
        currency: Option<Currency>,
        day: Option<Day>,
        lines: Vec<Line>,
    }

    fn mended(value: &Value) -> Option<Mended> {
        let shape = Shape::of::<Body>();
        let errors = shape.check(value).unwrap_err().errors;
        shape.mended(value, &errors, "2026-12-01".parse().unwrap())
    }

    #[test]
    fn what_is_wrong_is_replaced_and_the_rest_stays() {
        let party = PartyId::new().to_string();
        let mended = mended(&json!({
            "name": "too long", "kind": "firm", "party_id": party, "currency": "EURO", "nonsense": 1,
            "lines": [{"product_id": "x", "quantity": 2.5, "discount_percent": "a", "optional": "yes"}]
        }))
        .unwrap();
        let body = &mended.body;
        assert_eq!((&body["name"], &body["kind"], &body["party_id"]), (&json!("too l"), &json!("company"), &json!(party)));
        assert!(body.get("currency").is_none() && body.get("nonsense").is_none(), "{body}");
        let line = &body["lines"][0];
        assert_eq!(line["quantity"], json!("2.5"), "a number is known");
        assert!(line["product_id"].as_str().is_some_and(|id| id.starts_with("pty_")) && line.get("discount_percent").is_none(), "{line}");
    }

    #[test]
    fn only_what_cannot_come_from_the_mending_is_told() {
        let mended = mended(&json!({"name": "x", "kind": "firm", "party_id": PartyId::new().to_string(), "lines": [{"quantity": "1", "discount_percent": 5}, {"quantity": "a"}]})).unwrap();
        let error = |code, pointer: &str| FieldError::pointer(code, pointer, "…");
        let told = |code, pointer: &str| !mended.further(vec![error(code, pointer)]).is_empty();
        assert!(told(Code::NotFound, "/party_id") && told(Code::InvalidValue, "/lines/0/description") && told(Code::Required, "/lines/1/unit_price"));
        assert!(!told(Code::InvalidValue, "/kind") && !told(Code::InvalidValue, "/lines/0/discount_percent"), "they are told already");
        assert!(!told(Code::InvalidValue, "/lines") && !told(Code::InvalidValue, ""), "what holds them may be wrong by them");
        assert!(!told(Code::InvalidValue, "/name"), "it may depend on the kind");
    }

    #[test]
    fn what_cannot_be_made_up_is_left_alone() {
        assert!(mended(&json!([])).is_none());
        assert!(mended(&json!({"name": "x"})).is_some_and(|mended| mended.body["lines"] == json!([])));
    }
}
