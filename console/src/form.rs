//! Forms made from the schema of a body: one line per field, nested objects with dotted names.

use crate::resource::Operation;
use causeway_contract::Shape;
use serde_json::{Map, Value};
use tui_input::Input;

/// What a field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A text.
    Text,
    /// One of these words.
    Words(Vec<String>),
    /// A whole number.
    Whole,
    /// Yes or no.
    YesNo,
    /// Texts, separated by commas.
    Texts,
    /// Anything, as JSON.
    Json,
    /// A text that nobody may read over the shoulder.
    Secret,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Where it stands in the body: `owner.email`.
    pub path: String,
    /// What it takes.
    pub takes: Takes,
    /// Whether it must be filled in.
    pub required: bool,
    /// What is typed.
    pub input: Input,
    /// What stood there at first.
    pub before: String,
    /// What it means, and what it looks like where it is JSON; empty when nobody says.
    pub meaning: String,
}

/// A form.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// The fields, required ones first.
    pub fields: Vec<Field>,
}

impl Form {
    /// The form of a body, filled with an object when one is changed.
    pub fn of(shape: Option<&Shape>, object: Option<&Value>) -> Self {
        let mut fields = Vec::new();
        if let Some(shape) = shape {
            collect(shape, "", true, &mut fields);
        }
        for field in &mut fields {
            let value = object.map(|object| crate::columns::at(object, &field.path)).unwrap_or(&Value::Null);
            field.before = write(value);
            field.input = Input::new(field.before.clone());
        }
        // A stable sort: the order within is that of the schema.
        fields.sort_by_key(|field| !field.required);
        Self { fields }
    }

    /// The form of an operation: what its path wants that no row gives, then its body, or its query when it only reads.
    pub fn of_operation(operation: &Operation, object: Option<&Value>) -> Self {
        let shape = if operation.reads() { (operation.row.query)() } else { (operation.row.body)() };
        let mut form = Self::of(shape.as_ref(), object);
        let path: Vec<_> = operation.segments().into_iter().map(|segment| (segment, Takes::Text, true)).collect();
        form.fields.splice(0..0, Self::new(&path).fields);
        form
    }

    /// Takes what stands in the path out of a body, in the order of the path.
    pub fn path(segments: &[&str], body: &mut Value) -> Vec<String> {
        let Value::Object(fields) = body else { return Vec::new() };
        segments.iter().map(|segment| fields.remove(*segment).as_ref().map(crate::columns::plain).unwrap_or_default()).collect()
    }

    /// A body as a query: what is filled in, as texts.
    pub fn query(body: &Value) -> Vec<(String, String)> {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Array(items) => items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect::<Vec<_>>().join(","),
            other => other.to_string(),
        };
        body.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
    }

    /// Fills in a field that is empty, where there is one of this name.
    pub fn suggest(&mut self, path: &str, text: &str) {
        if let Some(field) = self.fields.iter_mut().find(|field| field.path == path && field.input.value().is_empty()) {
            field.input = Input::new(text.to_owned());
        }
    }

    /// A form of these fields: path and what it takes.
    pub fn new(fields: &[(&str, Takes, bool)]) -> Self {
        let field = |(path, takes, required): &(&str, Takes, bool)| Field {
            path: (*path).to_owned(),
            takes: takes.clone(),
            required: *required,
            input: Input::default(),
            before: String::new(),
            meaning: String::new(),
        };
        Self { fields: fields.iter().map(field).collect() }
    }

    /// Fills in a field by its path.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn set(&mut self, path: &str, text: &str) -> Result<(), String> {
        let names: Vec<_> = self.fields.iter().map(|field| field.path.clone()).collect();
        let field =
            self.fields.iter_mut().find(|field| field.path == path).ok_or_else(|| format!("There is no field {path:?}. Fields: {}.", names.join(", ")))?;
        field.input = Input::new(text.to_owned());
        Ok(())
    }

    /// The body: filled fields, or with `changes` those that were changed (an emptied field is null).
    ///
    /// # Errors
    /// The first field that cannot be read, with what it takes.
    pub fn body(&self, changes: bool) -> Result<Value, String> {
        let mut body = Map::new();
        for field in &self.fields {
            let text = field.input.value().trim();
            if changes && text == field.before {
                continue;
            }
            if text.is_empty() && !changes {
                if field.required {
                    return Err(format!("{} is required", field.path));
                }
                continue;
            }
            let value = field.read(text)?;
            put(&mut body, &field.path, value);
        }
        Ok(Value::Object(body))
    }
}

impl Field {
    fn read(&self, text: &str) -> Result<Value, String> {
        if text.is_empty() {
            return Ok(if self.takes == Takes::Texts { Value::Array(Vec::new()) } else { Value::Null });
        }
        match &self.takes {
            Takes::Text | Takes::Secret => Ok(Value::from(text)),
            Takes::Words(words) if words.iter().any(|word| word == text) => Ok(Value::from(text)),
            Takes::Words(words) => Err(format!("{} is one of {}", self.path, words.join(", "))),
            Takes::Whole => text.parse::<i64>().map(Value::from).map_err(|_| format!("{} is a whole number", self.path)),
            Takes::YesNo => match text {
                "yes" | "true" => Ok(Value::Bool(true)),
                "no" | "false" => Ok(Value::Bool(false)),
                _ => Err(format!("{} is yes or no", self.path)),
            },
            Takes::Texts => Ok(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect()),
            Takes::Json => serde_json::from_str(text).map_err(|error| format!("{} is JSON: {error}", self.path)),
        }
    }

    /// The next of its words, for a key that turns them over.
    pub fn turn(&mut self) {
        let words: &[String] = match &self.takes {
            Takes::Words(words) => words,
            Takes::YesNo => &["yes".to_owned(), "no".to_owned()],
            _ => return,
        };
        let at = words.iter().position(|word| word == self.input.value()).map_or(0, |at| at.saturating_add(1));
        let next = words.get(at).or_else(|| words.first()).cloned().unwrap_or_default();
        self.input = Input::new(next);
    }

    /// What it takes, in words.
    pub fn about(&self) -> String {
        match &self.takes {
            Takes::Words(words) => words.join(" | "),
            Takes::Whole => "number".to_owned(),
            Takes::YesNo => "yes | no".to_owned(),
            Takes::Texts => "a, b, c".to_owned(),
            Takes::Json => "JSON".to_owned(),
            Takes::Text | Takes::Secret => String::new(),
        }
    }
}

fn collect(shape: &Shape, prefix: &str, required: bool, fields: &mut Vec<Field>) {
    let Shape::Object { fields: known, .. } = shape else { return };
    for (name, field) in known {
        let path = format!("{prefix}{name}");
        let required = required && field.required;
        let takes = match &*field.shape {
            Shape::Object { others: None, .. } => {
                collect(&field.shape, &format!("{path}."), required, fields);
                continue;
            }
            Shape::Text { .. } if crate::call::secret(name) => Takes::Secret,
            Shape::Text { .. } => Takes::Text,
            Shape::Words(words) => Takes::Words(words.clone()),
            Shape::Whole { .. } => Takes::Whole,
            Shape::YesNo => Takes::YesNo,
            Shape::List { items, .. } if matches!(**items, Shape::Text { .. } | Shape::Words(_)) => Takes::Texts,
            _ => Takes::Json,
        };
        let words = match &*field.shape {
            Shape::List { items, .. } => {
                if let Shape::Words(words) = &**items {
                    words.join(", ")
                } else {
                    String::new()
                }
            }
            _ => String::new(),
        };
        let meaning = if !words.is_empty() {
            format!("Any of {words}.  {}", field.meaning)
        } else if takes == Takes::Json {
            format!("{}  {}", sketch(&field.shape), field.meaning)
        } else {
            field.meaning.clone()
        };
        fields.push(Field { path, takes, required, input: Input::default(), before: String::new(), meaning });
    }
}

/// What JSON of this shape looks like: `[{"product_id", "quantity", "unit_price"?}]`, with a question mark behind what may be left out.
fn sketch(shape: &Shape) -> String {
    match shape {
        Shape::List { items, .. } => format!("[{}]", sketch(items)),
        Shape::Object { others: Some(_), .. } => r#"{"name": value}"#.to_owned(),
        Shape::Object { fields, .. } => {
            let (needed, others): (Vec<_>, Vec<_>) = fields.iter().partition(|(_, field)| field.required);
            let named = needed.into_iter().chain(others).map(|(name, field)| format!("\"{name}\"{}", if field.required { "" } else { "?" }));
            format!("{{{}}}", named.collect::<Vec<_>>().join(", "))
        }
        _ => "value".to_owned(),
    }
}

fn write(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Object(_) => value.to_string(),
        Value::Array(items) if items.is_empty() => String::new(),
        Value::Array(items) if items.iter().any(|item| !item.is_string()) => value.to_string(),
        other => crate::columns::plain(other),
    }
}

fn put(body: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            body.insert(path.to_owned(), value);
        }
        Some((head, rest)) => {
            if let Value::Object(inner) = body.entry(head).or_insert_with(|| Value::Object(Map::new())) {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::named;
    use serde_json::json;

    fn form(resource: &str, word: &str, object: Option<&Value>) -> Form {
        let operation = named(resource).unwrap().operation(word).unwrap().clone();
        Form::of((operation.row.body)().as_ref(), object)
    }

    #[test]
    fn a_tenant_is_made_from_its_fields() {
        let mut form = form("tenants", "new", None);
        assert!(form.body(false).unwrap_err().contains("is required"));
        for (path, text) in [("name", "Acme"), ("slug", "acme"), ("mode", "sandbox"), ("owner.name", "Dana"), ("owner.email", "dana@acme.test")] {
            form.set(path, text).unwrap();
        }
        assert_eq!(form.body(false).unwrap(), json!({"name": "Acme", "slug": "acme", "mode": "sandbox", "owner": {"name": "Dana", "email": "dana@acme.test"}}));
        form.set("mode", "dead").unwrap();
        assert_eq!(form.body(false).unwrap_err(), "mode is one of live, sandbox");
        assert!(form.set("colour", "red").unwrap_err().contains("owner.email"));
    }

    #[test]
    fn what_reads_asks_with_its_query_and_what_stands_in_the_path() {
        let find = |id| crate::resource::operation_of(crate::resource::LOOSE, id).unwrap().1;
        let mut form = Form::of_operation(find("GetMargin"), None);
        assert!(form.body(false).unwrap_err().contains("company_id is required"));
        form.suggest("company_id", "com_1");
        form.suggest("company_id", "com_2");
        form.suggest("nonsense", "x");
        assert_eq!(Form::query(&form.body(false).unwrap()), [("company_id".to_owned(), "com_1".to_owned())]);
        let mut form = Form::of_operation(find("GetFlow"), None);
        form.set("id", "flw_1").unwrap();
        let mut body = form.body(false).unwrap();
        assert_eq!((Form::path(&["id"], &mut body), body), (vec!["flw_1".to_owned()], json!({})));
        let statement = named("parties").unwrap().operation("statement").unwrap();
        let fields: Vec<_> = Form::of_operation(statement, None).fields.into_iter().map(|field| field.path).collect();
        assert_eq!(fields, ["company_id", "from", "to"]);
    }

    #[test]
    fn every_field_of_a_form_says_what_it_means_and_json_what_it_looks_like() {
        let hold = form("orders", "hold", None);
        let form = form("tax-rules", "new", None);
        let silent: Vec<_> = form.fields.iter().filter(|field| field.meaning.trim().is_empty()).map(|field| &field.path).collect();
        assert!(silent.is_empty(), "{silent:?}");
        let blocks = hold.fields.iter().find(|field| field.path == "blocks").unwrap();
        assert!(blocks.meaning.starts_with("Any of ") && blocks.meaning.contains("ship"), "{}", blocks.meaning);
        let replacements = form.fields.iter().find(|field| field.path == "replacements").unwrap();
        assert!(replacements.meaning.starts_with("[{\"by\", \"tax_id\"}]  "), "{}", replacements.meaning);
    }

    #[test]
    fn a_password_is_not_shown_while_it_is_typed() {
        let change = crate::resource::operation_of(crate::resource::LOOSE, "ChangePassword").unwrap().1;
        let fields = Form::of_operation(change, None).fields;
        assert!(fields.len() >= 2 && fields.iter().filter(|field| field.path.contains("password")).all(|field| field.takes == Takes::Secret), "{fields:?}");
    }

    #[test]
    fn an_edit_sends_what_changed() {
        let user = json!({"name": "Dana", "email": "d@a.test", "active": true, "role_ids": ["rol_1"], "company_ids": []});
        let mut form = form("users", "edit", Some(&user));
        assert_eq!(form.body(true).unwrap(), json!({}));
        form.set("active", "no").unwrap();
        form.set("role_ids", "rol_1, rol_2").unwrap();
        assert_eq!(form.body(true).unwrap(), json!({"active": false, "role_ids": ["rol_1", "rol_2"]}));
    }
}
