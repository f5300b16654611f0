//! Forms made from the schema of a body: one line per field, nested objects with dotted names.

use crate::contract::Shape;
use crate::line::Input;
use crate::resource::Operation;
use serde_json::{Map, Value};

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
    /// The prefix of the ids that it takes, where it names other objects.
    pub refers: Option<&'static str>,
    /// The fields of JSON that name other objects, each with the prefix of its ids.
    pub inner: Vec<(&'static str, &'static str)>,
    /// What a row of it looks like, where it takes a list of objects.
    pub rows: Option<Shape>,
    /// The words that it takes several of: those of the contract, or every permission.
    pub known: Vec<String>,
    /// What is wrong with what is typed, as the console or the server found it; empty when nothing is.
    pub wrong: String,
    /// What the server found wrong in its rows: the place of the row from 0, the path within it, and why.
    pub wrong_rows: Vec<(usize, String, String)>,
}

/// Fields whose texts may have several lines, by the last part of their path: people read them as they were written.
const SEVERAL_LINES: [&str; 12] = ["description", "note", "notes", "reason", "comment", "terms", "text", "outcome", "need", "authority", "footer", "message"];

/// The lists whose objects something may be about.
const SUBJECTS: [&str; 6] = ["leads", "opportunities", "parties", "quotes", "orders", "invoices"];
/// The shape of a day, as every date is written.
const DAY: &str = "YYYY-MM-DD";
/// The shape of an instant.
const INSTANT: &str = "YYYY-MM-DDThh:mm:ssZ";

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
            field.before = field.write(value);
            field.input = Input::new(field.before.clone());
        }
        // A stable sort: the order within is that of the schema.
        fields.sort_by_key(|field| !field.required);
        Self { fields }
    }

    /// The form of a row of a list: what nearly every row has comes first.
    pub fn of_row(shape: &Shape, row: Option<&Value>) -> Self {
        let mut form = Self::of(Some(shape), row);
        form.fields.sort_by_key(|field| told_at(&field.path));
        form
    }

    /// The form of an operation: what its path wants that no row gives, then its body, or its query when it only reads.
    pub fn of_operation(operation: &Operation, object: Option<&Value>) -> Self {
        let shape = if operation.reads() { operation.row.query() } else { operation.row.body() };
        let mut form = Self::of(shape.as_ref(), object);
        let path: Vec<_> = operation.segments().into_iter().map(|segment| (segment, Takes::Text, true)).collect();
        let mut first = Self::new(&path).fields;
        if let (Some(field), prefix) = (first.first_mut(), operation.row.prefix) {
            field.refers = prefix;
        }
        form.fields.splice(0..0, first);
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

    /// Takes an object that was changed since the form was filled: fields that nobody touched show it, and what was typed stays.
    /// Tells the fields that differ: name, what was seen, what stands, and what is typed where that is neither.
    pub fn renew(&mut self, object: &Value) -> Vec<String> {
        let mut told = Vec::new();
        for field in &mut self.fields {
            let stands = field.write(crate::columns::at(object, &field.path));
            if stands == field.before {
                continue;
            }
            let shown = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
            let mut line = format!("{}: was {}, is {} now", field.path, shown(&field.before), shown(&stands));
            if field.input.value().trim() == field.before {
                field.input = Input::new(stands.clone());
            } else if field.input.value().trim() != stands {
                line.push_str(&format!("; you typed {}", shown(field.input.value().trim())));
            }
            field.before = stands;
            told.push(line);
        }
        told
    }

    /// Whether something stands in the field of this name.
    pub fn fills(&self, path: &str) -> bool {
        self.fields.iter().any(|field| field.path == path && !field.input.value().trim().is_empty())
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
            refers: None,
            inner: Vec::new(),
            rows: None,
            known: Vec::new(),
            wrong: String::new(),
            wrong_rows: Vec::new(),
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
    /// Every field that cannot be read, with what it takes.
    pub fn body(&self, changes: bool) -> Result<Value, String> {
        let (body, wrong) = self.taken(changes);
        match wrong.as_slice() {
            [] => Ok(Value::Object(body)),
            [(_, only)] => Err(only.clone()),
            many => Err(format!("{} fields are wrong: {}", many.len(), many.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("; "))),
        }
    }

    /// Says at each field what is wrong with it, and goes to the first; gives its number.
    pub fn mark(&mut self, changes: bool) -> Option<usize> {
        let (_, wrong) = self.taken(changes);
        self.unmark();
        for (at, text) in &wrong {
            if let Some(field) = self.fields.get_mut(*at) {
                field.wrong.clone_from(text);
            }
        }
        wrong.first().map(|(at, _)| *at)
    }

    /// Says at the fields what the server found wrong: each place of the body with what it says. Gives the number of the first.
    pub fn mark_refused(&mut self, refused: &[(String, String)]) -> Option<usize> {
        self.unmark();
        for (place, text) in refused {
            let within = |field: &&mut Field| place.strip_prefix(field.path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            // `lines.0.quantity` is wrong within `lines`, and `owner.email` at a field of its own.
            if let Some(field) = self.fields.iter_mut().filter(within).max_by_key(|field| field.path.len()) {
                let told = format!("{} {text}", field.counted(place));
                field.wrong_rows.extend(field.row_at(place).map(|(at, within)| (at, within.to_owned(), text.clone())));
                field.wrong = if field.wrong.is_empty() { told } else { format!("{}; {told}", field.wrong) };
            }
        }
        self.fields.iter().position(|field| !field.wrong.is_empty())
    }

    /// Nothing is known to be wrong any more.
    pub fn unmark(&mut self) {
        self.fields.iter_mut().for_each(|field| {
            field.wrong.clear();
            field.wrong_rows.clear();
        });
    }

    /// A text about places of the body, with rows counted as the form counts them.
    pub fn counted(&self, text: &str, places: &[(String, String)]) -> String {
        let field = |place: &str| self.fields.iter().find(|field| field.row_at(place).is_some());
        let told = |text: String, (place, _): &(String, String)| field(place).map_or_else(|| text.clone(), |field| text.replace(place, &field.counted(place)));
        places.iter().fold(text.to_owned(), told)
    }

    /// Says at each field that takes an id that what was typed there is none, where that is so; gives the number of the first.
    pub fn mark_no_ids(&mut self) -> Option<usize> {
        self.unmark();
        for field in &mut self.fields {
            let Some(prefix) = field.refers else { continue };
            let text = field.input.value().trim();
            let id = |part: &str| part.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('_'));
            let several = field.takes == Takes::Texts;
            let wrong = text != field.before && text.split(',').map(str::trim).any(|part| !part.is_empty() && !id(if several { part } else { text }));
            if wrong {
                field.wrong = format!("{} is no id yet: choose one of what is found by that name", field.path);
            }
        }
        self.fields.iter().position(|field| !field.wrong.is_empty())
    }

    /// What can be read, and what is wrong by the number of its field.
    fn taken(&self, changes: bool) -> (Map<String, Value>, Vec<(usize, String)>) {
        let (mut body, mut wrong) = (Map::new(), Vec::new());
        for (at, field) in self.fields.iter().enumerate() {
            let text = field.input.value().trim();
            if changes && text == field.before {
                continue;
            }
            if text.is_empty() && !changes {
                if field.required {
                    wrong.push((at, format!("{} is required", field.path)));
                }
                continue;
            }
            match field.read(text) {
                Ok(value) => put(&mut body, &field.path, value),
                Err(text) => wrong.push((at, text)),
            }
        }
        (body, wrong)
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

    /// A value of an object as it stands in this field: line breaks stay where the field may have them.
    fn write(&self, value: &Value) -> String {
        match value {
            // Of rows what a request takes of them.
            Value::Array(rows) => match &self.rows {
                Some(shape) => write(&rows.iter().map(|row| crate::row::taken(shape, row)).collect()),
                None => write(value),
            },
            Value::String(text) if self.has_lines() => text.split('\n').map(crate::text::clean).collect::<Vec<_>>().join("\n").trim().to_owned(),
            other => write(other),
        }
    }

    /// The last part of its path.
    fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// The rows that stand in it, where it takes a list of objects and nothing else stands there.
    pub fn list(&self) -> Option<Vec<Value>> {
        self.rows.as_ref()?;
        let text = self.input.value().trim();
        if text.is_empty() {
            return Some(Vec::new());
        }
        serde_json::from_str::<Vec<Value>>(text).ok().filter(|rows| rows.iter().all(Value::is_object))
    }

    /// The row that a place of the body is in, from 0, and the path within the row: `lines.1.quantity` is `quantity` of 1.
    fn row_at<'a>(&self, place: &'a str) -> Option<(usize, &'a str)> {
        self.rows.as_ref()?;
        let rest = place.strip_prefix(self.path.as_str())?.strip_prefix('.')?;
        let (row, within) = rest.split_once('.').unwrap_or((rest, ""));
        Some((row.parse().ok()?, within))
    }

    /// A place of the body with its row counted as people count: `lines row 2 quantity`.
    fn counted(&self, place: &str) -> String {
        self.row_at(place).map_or_else(|| place.to_owned(), |(at, within)| format!("{} row {} {within}", self.path, at.saturating_add(1)).trim_end().to_owned())
    }

    /// Whether permissions are chosen in it.
    pub fn takes_permissions(&self) -> bool {
        PERMISSIONS.contains(&self.name())
    }

    /// Whether what stands in it may have several lines.
    pub fn has_lines(&self) -> bool {
        self.takes == Takes::Text && self.refers.is_none() && SEVERAL_LINES.contains(&self.name())
    }

    /// Puts a text that was pasted at the cursor. Gives whether line breaks or tabs of it became blanks.
    pub fn paste(&mut self, text: &str) -> bool {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let (pasted, mut text) = (text.trim_end_matches('\n'), String::new());
        let lines = self.has_lines();
        let mut changed = false;
        for c in pasted.chars() {
            let c = match c {
                '\n' if lines => '\n',
                '\n' if self.takes == Takes::Texts => ',',
                '\n' | '\t' => {
                    // In JSON a blank means the same.
                    changed |= self.takes != Takes::Json;
                    ' '
                }
                c if c.is_control() => continue,
                c => c,
            };
            text.push(c);
        }
        self.input.insert(&text);
        changed
    }

    /// Puts a text in the place of what stands there, as it would be pasted.
    pub fn replace(&mut self, text: &str) {
        self.input = Input::default();
        self.paste(text);
    }

    /// What is looked for in a field that takes several of the words it knows: what stands behind the last comma.
    pub fn looks_for(&self) -> Option<&str> {
        let text = self.input.value();
        (!self.known.is_empty()).then(|| text.rsplit(',').next().unwrap_or(text).trim())
    }

    /// What is looked for in it, and the prefix of the ids that it takes: the text, what stands behind the last comma of several, or in JSON the text in
    /// which the cursor is.
    pub fn wanted(&self) -> Option<(&'static str, &str)> {
        let text = self.input.value();
        match self.takes {
            Takes::Json => {
                let (name, words) = open_text(self.input.before())?;
                self.inner.iter().find(|(known, _)| *known == name).map(|(_, prefix)| (*prefix, words))
            }
            Takes::Texts => Some((self.refers?, text.rsplit(',').next().unwrap_or(text).trim())),
            _ if self.names_any() => {
                let (kind, words) = text.trim().split_once(' ').unwrap_or_default();
                let listed = SUBJECTS.iter().find(|list| crate::update::same_word(kind, list)).and_then(|list| crate::resource::named(list)?.prefix);
                Some(listed.map_or_else(|| ("pty", text.trim()), |prefix| (prefix, words.trim())))
            }
            _ => Some((self.refers?, text.trim())),
        }
    }

    /// Whether objects of several kinds are named in it: the first word says which, and customers are meant by themselves.
    fn names_any(&self) -> bool {
        self.takes == Takes::Text && self.refers.is_none() && self.name() == "subject_id"
    }

    /// Puts an id in the place of what was looked for.
    pub fn take(&mut self, id: &str) {
        let text = self.input.value();
        if self.takes == Takes::Json {
            let before = self.input.before();
            let behind = text.strip_prefix(before).unwrap_or_default();
            let kept = open_text(before).and_then(|(_, words)| before.strip_suffix(words)).unwrap_or(before);
            let quote = if behind.starts_with('"') { "" } else { "\"" };
            let head = format!("{kept}{id}\"");
            let at = head.chars().count();
            self.input = Input::new(format!("{kept}{id}{quote}{behind}")).with_cursor(at);
            return;
        }
        let before = text.rsplit_once(',').filter(|_| self.takes == Takes::Texts).map(|(before, _)| format!("{before}, ")).unwrap_or_default();
        self.input = Input::new(before + id);
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
        let named = self.refers.is_some_and(|prefix| crate::resource::of_prefix(prefix).is_some() || crate::update::part_of(prefix).is_some());
        match &self.takes {
            Takes::Text if self.names_any() => "name or id, order NUMBER".to_owned(),
            Takes::Text if named => "name or id".to_owned(),
            Takes::Texts if named => "names or ids".to_owned(),
            Takes::Words(words) => words.join(" | "),
            Takes::Whole => "number".to_owned(),
            Takes::YesNo => "yes | no".to_owned(),
            Takes::Texts if !self.known.is_empty() && self.known.len() <= FEW => self.known.join(", "),
            Takes::Texts if !self.known.is_empty() => "ctrl-n shows them".to_owned(),
            Takes::Texts => "a, b, c".to_owned(),
            Takes::Json => match self.list().map(|rows| rows.len()) {
                None => "JSON".to_owned(),
                Some(0) => "enter: rows, or JSON".to_owned(),
                Some(1) => "1 row: enter".to_owned(),
                Some(rows) => format!("{rows} rows: enter"),
            },
            Takes::Text if self.has_lines() => "ctrl-j breaks a line".to_owned(),
            Takes::Text => self.day().unwrap_or_default().to_owned(),
            Takes::Secret => String::new(),
        }
    }

    /// How a day or an instant is written, where its name says that it takes one.
    fn day(&self) -> Option<&'static str> {
        let name = self.name();
        if name.ends_with("_at") {
            return Some(INSTANT);
        }
        let day = name.ends_with("_date") || name.ends_with("_until") || matches!(name, "date" | "from" | "to" | "as_of" | "needed_by");
        day.then_some(DAY)
    }
}

/// So many words have room beside their field.
const FEW: usize = 4;
/// Fields that take permissions.
const PERMISSIONS: [&str; 2] = ["permissions", "scopes"];

fn collect(shape: &Shape, prefix: &str, required: bool, fields: &mut Vec<Field>) {
    let Shape::Object { fields: known, .. } = shape else { return };
    for field in known {
        let path = format!("{prefix}{}", field.name);
        let required = required && field.required;
        let takes = match &field.shape {
            Shape::Object { others: false, .. } => {
                collect(&field.shape, &format!("{path}."), required, fields);
                continue;
            }
            Shape::Text if crate::call::secret(field.name) => Takes::Secret,
            Shape::Text | Shape::Id(_) => Takes::Text,
            Shape::Words(words) => Takes::Words(words.iter().map(|&word| word.to_owned()).collect()),
            Shape::Whole => Takes::Whole,
            Shape::YesNo => Takes::YesNo,
            Shape::List(items) if matches!(**items, Shape::Text | Shape::Id(_) | Shape::Words(_)) => Takes::Texts,
            _ => Takes::Json,
        };
        // One of these, or several.
        let one = if let Shape::List(items) = &field.shape { items } else { &field.shape };
        let refers = if let Shape::Id(prefix) = one { Some(*prefix) } else { None };
        let words = match (&takes, one) {
            (Takes::Texts, Shape::Words(words)) => words.join(", "),
            _ => String::new(),
        };
        let meaning = if !words.is_empty() {
            format!("Any of {words}.  {}", field.meaning)
        } else if takes == Takes::Json {
            format!("{}  {}", sketch(&field.shape), field.meaning)
        } else {
            field.meaning.to_owned()
        };
        let mut inner = Vec::new();
        if takes == Takes::Json {
            referring(&field.shape, "", &mut inner);
        }
        let known = match (&takes, one) {
            (Takes::Texts, Shape::Words(words)) => words.iter().map(|&word| word.to_owned()).collect(),
            (Takes::Texts, Shape::Text) if PERMISSIONS.contains(&field.name) => crate::resource::permissions(),
            _ => Vec::new(),
        };
        let rows = match &field.shape {
            Shape::List(items) if matches!(**items, Shape::Object { others: false, .. }) => Some((**items).clone()),
            _ => None,
        };
        let wrong = String::new();
        fields.push(Field {
            path,
            takes,
            required,
            input: Input::default(),
            before: String::new(),
            meaning,
            refers,
            inner,
            rows,
            known,
            wrong,
            wrong_rows: Vec::new(),
        });
    }
}

/// The fields within JSON of this shape that name other objects.
fn referring(shape: &Shape, name: &'static str, found: &mut Vec<(&'static str, &'static str)>) {
    match shape {
        Shape::Object { fields, .. } => fields.iter().for_each(|field| referring(&field.shape, field.name, found)),
        Shape::List(items) => referring(items, name, found),
        Shape::Id(prefix) if !name.is_empty() && !found.contains(&(name, *prefix)) => found.push((name, *prefix)),
        _ => {}
    }
}

/// The field and the text of a piece of JSON that ends within a text: `[{"product_id": "cha` is `product_id` and `cha`.
fn open_text(json: &str) -> Option<(&str, &str)> {
    let (head, words) = json.rsplit_once('"')?;
    // Within a text the quotes before it are odd in number; a name or words with a quote of their own are not looked for.
    if json.matches('"').count().is_multiple_of(2) || json.contains('\\') {
        return None;
    }
    let head = head.trim_end();
    // One of several, or the only one.
    let head = match head.rsplit_once('[') {
        Some((list, texts)) if !head.ends_with(':') && !texts.contains([']', '{']) => list.trim_end(),
        _ => head,
    };
    let name = head.strip_suffix(':')?.trim_end().strip_suffix('"')?;
    Some((name.rsplit('"').next()?, words))
}

/// Fields of JSON that are told first.
const SKETCHED: [&str; 6] = ["product_id", "description", "quantity", "unit_price", "tax_ids", "discount_percent"];

/// At which place a field of a row is told: what nearly every row has comes first.
pub fn told_at(name: &str) -> usize {
    SKETCHED.iter().position(|told| *told == name).unwrap_or(SKETCHED.len())
}

/// What JSON of this shape looks like: `[{"product_id", "quantity", "unit_price"?}]`, with a question mark behind what may be left out.
fn sketch(shape: &Shape) -> String {
    match shape {
        Shape::List(items) => format!("[{}]", sketch(items)),
        Shape::Object { others: true, .. } => r#"{"name": value}"#.to_owned(),
        Shape::Object { fields, .. } => {
            let mut told: Vec<_> = fields.iter().collect();
            // What nearly every line has comes first, then what must be there, then the rest by name.
            told.sort_by_key(|field| (told_at(field.name), !field.required));
            let named = told.into_iter().map(|field| format!("\"{}\"{}", field.name, if field.required { "" } else { "?" }));
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
        Value::String(text) if text.is_empty() => String::new(),
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
        Form::of(operation.row.body().as_ref(), object)
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
        form.set("owner.name", " ").unwrap();
        assert_eq!(form.body(false).unwrap_err(), "2 fields are wrong: mode is one of live, sandbox; owner.name is required");
        let wrong = |form: &Form| form.fields.iter().filter(|field| !field.wrong.is_empty()).map(|field| field.path.clone()).collect::<Vec<_>>();
        let first = form.mark(false).unwrap();
        assert_eq!((form.fields[first].path.as_str(), wrong(&form)), ("mode", vec!["mode".to_owned(), "owner.name".to_owned()]));
        form.mark_refused(&[("owner.email".to_owned(), "must be an e-mail address".to_owned()), ("nowhere".to_owned(), "x".to_owned())]);
        assert_eq!(wrong(&form), ["owner.email"]);
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
        assert_eq!(blocks.known.len(), blocks.about().split(", ").count(), "{}", blocks.about());
        assert!(blocks.about().contains("ship"));
    }

    /// What every line needs stands at the beginning, where a narrow box shows it.
    #[test]
    fn the_shape_of_lines_begins_with_what_every_line_has() {
        let quote = form("quotes", "new", None);
        let lines = quote.fields.iter().find(|field| field.path == "lines").unwrap();
        assert!(lines.meaning.starts_with("[{\"product_id\"?, \"description\"?, \"quantity\", \"unit_price\"?, \"tax_ids\"?"), "{}", lines.meaning);
        let about = |path: &str| quote.fields.iter().find(|field| field.path == path).unwrap().about();
        assert_eq!((about("valid_until").as_str(), about("promised_date").as_str()), (DAY, DAY));
    }

    #[test]
    fn pasted_lines_stay_lines_where_a_field_may_have_them_and_are_parted_elsewhere() {
        let mut lead = form("leads", "new", None);
        let mut paste = |path: &str| {
            let field = lead.fields.iter_mut().find(|field| field.path == path).unwrap();
            let told = field.paste("line one\r\nline two\n- item\tx\u{1b}\n");
            (field.input.value().to_owned(), told)
        };
        assert_eq!(paste("description"), ("line one\nline two\n- item x".to_owned(), true));
        assert_eq!(paste("title"), ("line one line two - item x".to_owned(), true));
        let mut role = form("roles", "new", None);
        let field = role.fields.iter_mut().find(|field| field.path == "permissions").unwrap();
        assert!(!field.paste("orders:read\nquotes:read") && field.input.value() == "orders:read,quotes:read");
        // What stands there keeps its lines, so that changing another field does not change them.
        let edit = form("leads", "edit", Some(&json!({"title": "Chairs", "description": "one\ntwo\u{1b}"})));
        assert_eq!(edit.fields.iter().find(|field| field.path == "description").unwrap().input.value(), "one\ntwo");
    }

    #[test]
    fn permissions_are_known() {
        let role = form("roles", "new", None);
        let known = &role.fields.iter().find(|field| field.path == "permissions").unwrap().known;
        for permission in ["orders:confirm", "orders:*", "quotes:approve"] {
            assert!(known.iter().any(|known| known == permission), "{permission}: {known:?}");
        }
        assert!(known.iter().all(|known| !known.starts_with("any:") && !known.starts_with("platform:")), "{known:?}");
    }

    #[test]
    fn fields_that_name_other_objects_say_which() {
        let quote = form("quotes", "new", None);
        let refers = |path: &str| quote.fields.iter().find(|field| field.path == path).and_then(|field| field.refers);
        assert_eq!((refers("party_id"), refers("company_id"), refers("reference")), (Some("pty"), Some("com"), None));
        let mut user = form("users", "new", None);
        let roles = user.fields.iter_mut().find(|field| field.path == "role_ids").unwrap();
        assert_eq!((roles.refers, &roles.takes), (Some("rol"), &Takes::Texts));
        roles.input = Input::new("rol_1, bil".to_owned());
        assert_eq!(roles.wanted(), Some(("rol", "bil")));
        roles.take("rol_2");
        assert_eq!((roles.input.value(), roles.wanted()), ("rol_1, rol_2", Some(("rol", "rol_2"))));
    }

    #[test]
    fn in_json_the_text_with_the_cursor_is_looked_for_where_its_field_names_objects() {
        assert_eq!(open_text("[{\"product_id\": \"cha"), Some(("product_id", "cha")));
        assert_eq!(open_text("[{\"tax_ids\": [\"tax_1\", \"de"), Some(("tax_ids", "de")));
        assert_eq!(open_text("[{\"product_id\": \"prd_1\", \"quantity\": \""), Some(("quantity", "")));
        assert_eq!((open_text("[{\"product_id\": \"prd_1\""), open_text("[{\"prod"), open_text("")), (None, None, None));
        let mut quote = form("quotes", "new", None);
        let lines = quote.fields.iter_mut().find(|field| field.path == "lines").unwrap();
        assert!(lines.inner.contains(&("product_id", "prd")), "{:?}", lines.inner);
        // Whether the quote behind it was typed already or not.
        for behind in ["\", \"quantity\": \"2\"}]", ", \"quantity\": \"2\"}]"] {
            let before = "[{\"product_id\": \"chä";
            lines.input = Input::new(format!("{before}{behind}")).with_cursor(before.chars().count());
            assert_eq!(lines.wanted(), Some(("prd", "chä")));
            lines.take("prd_1");
            assert_eq!(lines.input.value(), "[{\"product_id\": \"prd_1\", \"quantity\": \"2\"}]");
            assert_eq!(lines.input.cursor(), "[{\"product_id\": \"prd_1\"".len());
        }
    }

    #[test]
    fn what_somebody_else_changed_is_shown_and_what_one_typed_stays() {
        let mut form = form("users", "edit", Some(&json!({"name": "Dana", "email": "d@a.test", "active": true, "role_ids": ["rol_1"]})));
        form.set("name", "Dana K").unwrap();
        form.set("role_ids", "rol_2").unwrap();
        let told = form.renew(&json!({"name": "Dana", "email": "dana@a.test", "active": true, "role_ids": ["rol_3"]}));
        assert_eq!(told, ["email: was d@a.test, is dana@a.test now", "role_ids: was rol_1, is rol_3 now; you typed rol_2"]);
        assert_eq!(form.body(true).unwrap(), json!({"name": "Dana K", "role_ids": ["rol_2"]}));
        assert!(form.renew(&json!({"name": "Dana", "email": "dana@a.test", "active": true, "role_ids": ["rol_3"]})).is_empty());
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
