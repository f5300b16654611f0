//! Reading a request: path, query, headers and body, each checked against the contract before a handler sees it.

use super::router::Operation;
use super::{Told, header};
use crate::upload::Upload;
use actix_web::HttpRequest;
use actix_web::web::Payload;
use causeway_contract::{Code, Endpoint, FieldError, ListSpec, PathParams, Problem, Relation, Shape, composed, parse_json, set_aside};
use causeway_value::split_type_id;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use uuid::Uuid;

/// A request that found its endpoint.
pub struct Incoming {
    pub(crate) request: HttpRequest,
    pub(crate) payload: Payload,
    pub(crate) segments: Vec<String>,
    pub(crate) request_id: String,
    /// Where it came from.
    pub(crate) source: Option<IpAddr>,
    /// What the log will say.
    pub(crate) told: Rc<RefCell<Told>>,
}

/// What a handler gets: the path's values, the query and the body, all checked.
#[derive(Clone, Debug)]
pub struct Call<E: Endpoint> {
    /// The path's values.
    pub path: E::Path,
    /// The query.
    pub query: E::Query,
    /// The body.
    pub body: E::Body,
    /// The file that came in place of the body.
    pub upload: Option<Upload>,
}

impl<E: Endpoint> Call<E> {
    /// The call of a request whose path, query and body passed their schemas.
    pub(crate) fn decoded(segments: &[&str], query: Value, body: Value, upload: Option<Upload>) -> Result<Self, Problem> {
        Ok(Self {
            path: <E::Path as PathParams>::read(segments).ok_or_else(Problem::not_found)?,
            query: decoded(query, "query")?,
            body: decoded(body, "body")?,
            upload,
        })
    }
}

/// The pairs of a query string, their texts composed as those of bodies are.
pub(crate) fn query_pairs(text: &str) -> Result<Vec<(String, String)>, Problem> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for part in text.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let broken = || Problem::new(Code::Malformed, "The query string is not valid percent-encoded UTF-8.");
        let (name, value) = (decode(name).ok_or_else(broken)?, decode(value).ok_or_else(broken)?);
        if pairs.iter().any(|(seen, _)| *seen == name) {
            return Err(Problem::new(Code::Malformed, format!("The parameter `{name}` stands twice in the query.")));
        }
        pairs.push((name, composed(value)));
    }
    Ok(pairs)
}

/// Percent-decoding as forms do it: `+` is a space.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

/// A query, checked.
pub(crate) struct Asked {
    /// What the handler gets.
    pub value: Value,
    /// Whether nothing is to be written.
    pub dry_run: bool,
    /// By what the answer is to be expanded.
    pub expand: Vec<Relation>,
}

/// The query, checked.
pub(crate) fn read_query(mut pairs: Vec<(String, String)>, operation: &Operation, relations: &[Relation]) -> Result<Asked, Problem> {
    let mut taken = |name: &str| pairs.iter().position(|(known, _)| known == name).map(|place| pairs.remove(place).1);
    let wrong = |name: &str, detail: String| Err(Problem::of(vec![FieldError::parameter(Code::InvalidValue, name, detail)]));
    let dry_run = match if operation.dry_run { taken("dry_run") } else { None }.as_deref() {
        Some("true") => true,
        None | Some("false") => false,
        Some(_) => return wrong("dry_run", "must be true or false".to_owned()),
    };
    let mut expand: Vec<Relation> = Vec::new();
    if !relations.is_empty()
        && let Some(names) = taken("expand")
    {
        for name in names.split(',').map(str::trim) {
            match relations.iter().find(|relation| relation.name == name) {
                Some(relation) if expand.contains(relation) => {}
                Some(relation) => expand.push(relation.clone()),
                None => {
                    let known: Vec<&str> = relations.iter().map(|relation| relation.name.as_str()).collect();
                    return wrong("expand", format!("must name some of {}, separated by commas", known.join(", ")));
                }
            }
        }
    }
    let value = match (operation.list, &operation.query) {
        (Some(list), _) => list_query(pairs, list, &operation.reply_fields)?,
        (None, Some(shape)) => typed_query(pairs, shape)?,
        (None, None) => match pairs.first() {
            None => Value::Object(Map::new()),
            Some((name, _)) => return Err(Problem::of(vec![unknown(name)])),
        },
    };
    Ok(Asked { value, dry_run, expand })
}

fn unknown(name: &str) -> FieldError {
    FieldError::parameter(Code::UnknownParameter, name, "is not a parameter of this operation; check its spelling")
}

fn list_query(pairs: Vec<(String, String)>, list: &ListSpec, reply_fields: &BTreeMap<String, Arc<Shape>>) -> Result<Value, Problem> {
    let mut map = Map::new();
    let mut errors = Vec::new();
    for (name, value) in pairs {
        let field = name.split('[').next().unwrap_or_default();
        let known = match name.as_str() {
            "cursor" | "sort" => true,
            "q" => list.search,
            "external_ref" => list.external_refs,
            _ => list.filters.iter().any(|filter| filter.name == field),
        };
        if name == "limit" {
            match value.parse::<u32>() {
                Ok(limit) => drop(map.insert(name, limit.into())),
                Err(_) => errors.push(FieldError::parameter(Code::InvalidValue, "limit", "must be a whole number from 1 to 200")),
            }
        } else if known {
            let wrong = reply_fields.get(field).and_then(|shape| no_word(shape, &name, &value));
            errors.extend(wrong.map(|detail| FieldError::parameter(Code::InvalidValue, &name, detail)));
            map.insert(name, value.into());
        } else if reply_fields.contains_key(field) {
            let names: Vec<&str> = list.filters.iter().map(|filter| filter.name).collect();
            errors.push(FieldError::parameter(Code::FilterNotSupported, &name, format!("cannot be filtered by; use one of {}", names.join(", "))));
        } else {
            errors.push(unknown(&name));
        }
    }
    if errors.is_empty() { Ok(Value::Object(map)) } else { Err(Problem::of(errors)) }
}

/// What is wrong with a filter that no row can pass: a misspelt word, a code of no currency or country, or several where one is compared. An empty page would
/// say that there is nothing.
fn no_word(shape: &Shape, name: &str, text: &str) -> Option<String> {
    let several = name.ends_with("[in]");
    let mut given = text.splitn(if several { usize::MAX } else { 1 }, ',').map(str::trim);
    let wrong = match shape {
        Shape::Words(words) => given.any(|word| !words.iter().any(|known| known == word)).then(|| format!("must be one of {}", words.join(", "))),
        Shape::Text { format, .. } if matches!(format.as_str(), "currency" | "country") => {
            given.find_map(|code| shape.faults(&code.into()).pop()).map(|fault| fault.detail)
        }
        _ => None,
    }?;
    Some(if text.contains(',') && !name.contains('[') { format!("{wrong}; one of several is asked for by {name}[in]={text}") } else { wrong })
}

fn typed_query(pairs: Vec<(String, String)>, shape: &Shape) -> Result<Value, Problem> {
    let Shape::Object { fields, .. } = shape else { return Ok(Value::Object(Map::new())) };
    let mut map = Map::new();
    for (name, text) in pairs {
        let value = match (fields.get(&name).map(|field| field.shape.as_ref()), text.as_str()) {
            (Some(Shape::YesNo), "true") => Value::Bool(true),
            (Some(Shape::YesNo), "false") => Value::Bool(false),
            (Some(Shape::Whole { .. }), number) => number.parse::<i64>().map_or_else(|_| Value::String(text.clone()), Value::from),
            _ => Value::String(text),
        };
        map.insert(name, value);
    }
    let value = Value::Object(map);
    shape.check(&value).map_err(|problem| Problem::of(problem.errors.into_iter().map(as_parameter).collect()))?;
    Ok(value)
}

/// The error of a query, which has names where a body has pointers.
fn as_parameter(error: FieldError) -> FieldError {
    let code = if error.code == Code::UnknownField { Code::UnknownParameter } else { error.code };
    FieldError { code, parameter: error.pointer.map(|pointer| pointer.trim_start_matches('/').to_owned()), pointer: None, ..error }
}

/// A body, checked against its schema.
#[derive(Default)]
pub(crate) struct Sent {
    /// What came.
    pub value: Value,
    /// Where each item of many stands by itself, those that are wrong, by their places; they are no longer in the value.
    pub aside: BTreeMap<u32, Problem>,
    /// Everything in the value that does not keep to the schema.
    pub faults: Vec<FieldError>,
}

impl Sent {
    fn checked(value: Value, aside: BTreeMap<u32, Problem>, shape: &Shape) -> Self {
        let faults = shape.faults(&value);
        Self { value, aside, faults }
    }
}

/// The body, checked against its schema.
pub(crate) fn read_body_as(request: &HttpRequest, bytes: &[u8], shape: Option<&Shape>) -> Result<Sent, Problem> {
    let empty = || Value::Object(Map::new());
    let Some(shape) = shape else {
        // No body is asked for; an empty one or `{}` is fine.
        if !bytes.is_empty() && parse_json(bytes)? != empty() {
            return Err(Problem::new(Code::UnknownField, "This operation takes no body."));
        }
        return Ok(Sent { value: empty(), ..Sent::default() });
    };
    if bytes.is_empty() {
        return Ok(Sent::checked(empty(), BTreeMap::new(), shape));
    }
    let kind = request.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") && !kind.eq_ignore_ascii_case("application/merge-patch+json") {
        return Err(Problem::new(Code::UnsupportedMediaType, "Send JSON: `Content-Type: application/json`."));
    }
    let mut value = parse_json(bytes)?;
    let aside = set_aside(shape, &mut value);
    Ok(Sent::checked(value, aside, shape))
}

/// Whether a file comes in place of a JSON body.
pub(crate) fn is_file(request: &HttpRequest) -> bool {
    let kind = request.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/csv")
}

/// A value that passed its schema as its type. A failure here means that schema and type disagree.
pub(crate) fn decoded<T: DeserializeOwned>(value: Value, what: &str) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(|error| Problem::new(Code::ValidationFailed, format!("The {what} is not acceptable: {error}.")))
}

/// The version that a tag names: alone, or before what tells one answer of it from another.
fn named_version(tag: &str) -> Option<i64> {
    let inside = tag.strip_prefix("\"v")?.strip_suffix('"')?;
    let digits = inside.split_once('-').map_or(inside, |(digits, _)| digits);
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// The object of the path and the version that `If-Match` asks for.
pub(crate) fn expected_version(request: &HttpRequest, segments: &[&str]) -> Result<Option<(Uuid, i64)>, Problem> {
    let Some(value) = request.headers().get("if-match") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let version = named_version(text);
    let subject = segments.first().and_then(|segment| split_type_id(segment)).map(|(_, uuid)| uuid);
    match (text, version, subject) {
        ("*", _, _) => Ok(None),
        (_, Some(version), Some(uuid)) => Ok(Some((uuid, version))),
        (_, _, None) => Ok(None),
        (_, None, _) => Err(header(Code::InvalidValue, "If-Match", "must be the ETag of the object, such as \"v17\" with its quotes")),
    }
}
