//! The one list engine: filters, sorts and keyset pages over the rows of one table, as its [`ListSpec`] allows.
//!
//! A document (a table with a number and a party) is found by `q=` through its number, its reference and the words of its party; anything else by its own words.
//!
//! Total order ending in the id, so no row that existed throughout is skipped or repeated while others are written.
//! Rows without a value in the sorted column come last, in id order.

use crate::db::{Find, Table, Tx};
use crate::{Ctx, crypto, search};
use causeway_contract::{Code, FieldError, Filter, FilterKind, ListQuery, ListSpec, Problem};
use causeway_value::{AmountText, Currency, Day, Instant, split_type_id};
use sea_orm::sea_query::Value;
use sea_orm::{EntityTrait, IdenStatic, Iterable, ModelTrait};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Rows of a page when none are asked for.
const DEFAULT_LIMIT: u32 = 50;
/// Rows of a page, at most.
const MAX_LIMIT: u32 = 200;
/// Words of a search, at most.
const MAX_WORDS: usize = 8;
/// Colons at which the system of an external reference may end.
const MAX_COLONS: usize = 8;
/// Values of one `[in]`, at most.
const MAX_VALUES: usize = 50;

/// Rows of a page, with the cursor of the next one.
pub struct Rows<M> {
    /// The rows.
    pub rows: Vec<M>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
}

impl<M> Rows<M> {
    /// The page with each row as the API shows it.
    pub fn page<T>(self, data: Vec<T>) -> causeway_contract::Page<T> {
        causeway_contract::Page { data, has_more: self.next_cursor.is_some(), next_cursor: self.next_cursor }
    }
}

/// The last millisecond that an id can begin with.
const LAST_MILLIS: i64 = (1 << 48) - 1;
/// How far an id and the instant that was read beside it may be apart.
const MADE_TOGETHER_MILLIS: i64 = 60_000;
/// Rows whose party has a word that begins so. Other objects do not keep the words of their party: it may be called otherwise later.
const OF_PARTY: &str = "party_id IN (SELECT object_id FROM search_words WHERE tenant_id = $1 AND object_type = 'party' AND word >= ? AND word < ?)";

/// What is found by its own words only: a party has those of its people, so that all of them would be found by the name of one.
const BY_OWN_WORDS: &str = "contact";

/// Where a page ends: what the cursor holds.
#[derive(Serialize, Deserialize)]
struct Mark {
    /// Whether the rows without a value have begun.
    nulls: bool,
    /// The sorted column's value in the last row.
    text: Option<String>,
    whole: Option<i64>,
    /// The id of the last row.
    id: Uuid,
}

struct Order {
    column: &'static str,
    descending: bool,
}

/// One page of a list.
///
/// # Errors
/// `filter_not_supported`, `unknown_parameter`, `cursor_invalid`, or a malformed value, each naming its parameter.
pub async fn list<E: EntityTrait>(ctx: &Ctx, tx: &mut Tx<'_>, spec: &ListSpec, object: &'static str, query: &ListQuery) -> Result<Rows<E::Model>, Problem> {
    list_where::<E>(ctx, tx, spec, object, query, |find| find).await
}

/// One page of a list with a condition that the caller adds.
///
/// # Errors
/// As [`list`].
pub async fn list_where<E: EntityTrait>(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    spec: &ListSpec,
    object: &'static str,
    query: &ListQuery,
    refine: impl Fn(Find<E>) -> Find<E>,
) -> Result<Rows<E::Model>, Problem> {
    let limit = limit(query)?;
    let order = order(spec, query)?;
    let fingerprint = fingerprint(ctx, spec, query);
    let mark: Option<Mark> = query.cursor.as_deref().map(|cursor| read_cursor(ctx, &fingerprint, cursor)).transpose()?;
    let wanted = u64::from(limit) + 1;
    let base = || -> Result<Find<E>, Problem> { Ok(refine(filtered::<E>(spec, object, query)?)) };
    let mut rows = Vec::new();
    let nulls = mark.as_ref().is_some_and(|mark| mark.nulls);
    if !nulls {
        rows = after(base()?, &order, mark.as_ref()).limit(wanted).all(tx).await?;
    }
    let before_nulls = rows.len();
    if order.column != "id" && rows.len() < usize::try_from(wanted).unwrap_or(usize::MAX) {
        let left = wanted - u64::try_from(rows.len()).unwrap_or_default();
        rows.extend(nulls_after(base()?, &order, mark.as_ref().filter(|mark| mark.nulls)).limit(left).all(tx).await?);
    }
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let next_cursor = (rows.len() > size).then(|| {
        rows.truncate(size);
        rows.last().map(|last| write_cursor(ctx, &fingerprint, &mark_of(last, &order, nulls || size > before_nulls)))
    });
    Ok(Rows { rows, next_cursor: next_cursor.flatten() })
}

fn limit(query: &ListQuery) -> Result<u32, Problem> {
    match query.limit {
        None => Ok(DEFAULT_LIMIT),
        Some(limit) if (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
        Some(_) => Err(parameter(Code::InvalidValue, "limit", format!("must be a whole number from 1 to {MAX_LIMIT}"))),
    }
}

fn parameter(code: Code, name: &str, detail: impl Into<String>) -> Problem {
    Problem::of(vec![FieldError::parameter(code, name, detail)])
}

fn order(spec: &ListSpec, query: &ListQuery) -> Result<Order, Problem> {
    let Some(text) = query.sort.as_deref() else { return Ok(Order { column: "id", descending: true }) };
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    match spec.sorts.iter().find(|sort| sort.name == name) {
        Some(sort) => Ok(Order { column: sort.name, descending }),
        // Ids are made in time order; lists of what may be older than its row sort by its own instant.
        None if name == "id" || name == "created_at" => Ok(Order { column: "id", descending }),
        None => {
            let names: Vec<&str> = spec.sort_names().collect();
            Err(parameter(Code::FilterNotSupported, "sort", format!("cannot be sorted by; use one of {}", names.join(", "))))
        }
    }
}

fn filtered<E: EntityTrait>(spec: &ListSpec, object: &'static str, query: &ListQuery) -> Result<Find<E>, Problem> {
    let mut find = Find::<E>::new();
    let mut errors = Vec::new();
    for (name, text) in &query.filters {
        let (field, operator) = match name.split_once('[') {
            Some((field, rest)) => (field, rest.strip_suffix(']').unwrap_or(rest)),
            None => (name.as_str(), "eq"),
        };
        let Some(filter) = spec.filters.iter().find(|filter| filter.name == field) else {
            errors.push(FieldError::parameter(Code::UnknownParameter, name, "is not a parameter of this list; check its spelling"));
            continue;
        };
        if operator == "in" && filter.kind.several() {
            match values(filter.kind, text) {
                Ok(values) if filter.kind == (FilterKind::Mail { small: false }) => {
                    find = find.when(&format!("lower({}) IN ({})", filter.name, vec!["?"; values.len()].join(", ")), values);
                }
                Ok(values) => find = find.among_named(filter.name, values),
                Err(detail) => errors.push(FieldError::parameter(Code::InvalidValue, name, detail)),
            }
            continue;
        }
        let sql = match operator {
            "eq" => "=",
            "gt" if filter.kind.ranges() => ">",
            "gte" if filter.kind.ranges() => ">=",
            "lt" if filter.kind.ranges() => "<",
            "lte" if filter.kind.ranges() => "<=",
            _ => {
                errors.push(FieldError::parameter(Code::FilterNotSupported, name, "cannot be compared like this; only equality is supported"));
                continue;
            }
        };
        match filter_value(filter.kind, text, query) {
            Ok(value) => find = compared(find, filter, sql, value),
            Err(detail) => errors.push(FieldError::parameter(Code::InvalidValue, name, detail)),
        }
    }
    if !errors.is_empty() {
        return Err(Problem::of(errors));
    }
    if let Some(text) = &query.external_ref {
        // Where the system ends is not said: either may hold a colon.
        let ways: Vec<(&str, &str)> =
            text.match_indices(':').take(MAX_COLONS).filter_map(|(place, _)| Some((text.get(..place)?, text.get(place + 1..)?))).collect();
        if ways.is_empty() {
            return Err(parameter(Code::InvalidValue, "external_ref", "must be system:id"));
        }
        let same = vec!["system = ? AND ref_id = ?"; ways.len()].join(" OR ");
        let sql = format!("id IN (SELECT object_id FROM external_refs WHERE tenant_id = $1 AND object_type = ? AND ({same}))");
        let named = ways.into_iter().flat_map(|(system, id)| [Value::from(system), Value::from(id)]);
        find = find.when(&sql, std::iter::once(Value::from(object)).chain(named).collect());
    }
    if let Some(text) = &query.q {
        let table = Table::of::<E>();
        if table.has("number") && table.has("party_id") {
            return Ok(documents(find, &table, text));
        }
        let words = search::words(std::iter::once(text.as_str()));
        // Signs alone are no words, and nothing is found by them.
        if words.is_empty() && !text.trim().is_empty() {
            find = find.when("1 = 0", Vec::new());
        }
        for word in words.into_iter().take(MAX_WORDS) {
            let end = search::prefix_end(&word);
            let own = "id IN (SELECT object_id FROM search_words WHERE tenant_id = $1 AND object_type = ? AND word >= ? AND word < ?)";
            if table.has("party_id") && object != BY_OWN_WORDS {
                // By whatever its party is called now.
                let values = vec![object.into(), word.as_str().into(), end.as_str().into(), word.as_str().into(), end.as_str().into()];
                find = find.when(&format!("{own} OR {OF_PARTY}"), values);
            } else {
                find = find.when(own, vec![object.into(), word.into(), end.into()]);
            }
        }
    }
    Ok(find)
}

/// Only rows that compare like this.
fn compared<E: EntityTrait>(find: Find<E>, filter: &Filter, operator: &'static str, value: Value) -> Find<E> {
    match filter.kind {
        FilterKind::Within { table, column, parent, .. } => {
            find.when(&format!("id IN (SELECT {parent} FROM {table} WHERE tenant_id = $1 AND {column} = ?)"), vec![value])
        }
        FilterKind::Given(column) => {
            let sql = if value == Value::Bool(Some(true)) { format!("{column} IS NOT NULL") } else { format!("{column} IS NULL") };
            find.when(&sql, Vec::new())
        }
        FilterKind::Worth(column) => {
            let sql = if value == Value::Bool(Some(true)) { format!("{column} <> 0") } else { format!("{column} = 0") };
            find.when(&sql, Vec::new())
        }
        FilterKind::Chosen(_) => find,
        FilterKind::Inside { column, .. } => find.compare_named(column, operator, value),
        FilterKind::Mail { small: false } => find.when(&format!("lower({}) = ?", filter.name), vec![value]),
        FilterKind::Flag { words, .. } => match words.iter().find(|(word, _)| value == Value::from(*word)) {
            Some((_, column)) => find.compare_named(column, operator, true.into()),
            None => find,
        },
        FilterKind::Made(column) => {
            let find = made(find, operator, &value);
            find.compare_named(column, operator, value)
        }
        _ => find.compare_named(filter.name, operator, value),
    }
}

/// Only rows whose ids may have been made then: an id begins with its milliseconds. The instant beside it is read at nearly the same time.
fn made<E: EntityTrait>(find: Find<E>, operator: &str, value: &Value) -> Find<E> {
    let Value::BigInt(Some(micros)) = *value else { return find };
    let id_at = |millis: i64| {
        let millis = u128::try_from(millis.clamp(0, LAST_MILLIS)).unwrap_or_default();
        Value::Uuid(Some(Uuid::from_u128(millis << 80)))
    };
    let millis = micros.div_euclid(1_000);
    let (first, last) = (id_at(millis.saturating_sub(MADE_TOGETHER_MILLIS)), id_at(millis.saturating_add(MADE_TOGETHER_MILLIS)));
    match operator {
        ">" | ">=" => find.compare_named("id", ">=", first),
        "<" | "<=" => find.compare_named("id", "<=", last),
        _ => find.compare_named("id", ">=", first).compare_named("id", "<=", last),
    }
}

/// Documents whose number, reference or number of the carrier begins so, or whose party has all the words.
fn documents<E: EntityTrait>(find: Find<E>, table: &Table, text: &str) -> Find<E> {
    let (start, upper) = (text.trim(), text.trim().to_uppercase());
    let mut sql = "number >= ? AND number < ?".to_owned();
    let mut values: Vec<Value> = vec![upper.as_str().into(), search::prefix_end(&upper).into()];
    if table.has("reference") {
        sql.push_str(" OR reference >= ? AND reference < ?");
        values.extend([start.into(), search::prefix_end(start).into()]);
    }
    if table.has("tracking") {
        sql.push_str(" OR tracking >= ? AND tracking < ?");
        values.extend([start.into(), search::prefix_end(start).into()]);
    }
    let words: Vec<String> = search::words(std::iter::once(text)).into_iter().take(MAX_WORDS).collect();
    if !words.is_empty() {
        sql.push_str(&format!(" OR ({})", vec![OF_PARTY; words.len()].join(" AND ")));
        values.extend(words.iter().flat_map(|word| [word.as_str().into(), search::prefix_end(word).into()]));
    }
    find.when(&sql, values)
}

fn values(kind: FilterKind, text: &str) -> Result<Vec<Value>, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if parts.len() > MAX_VALUES || parts.iter().any(|part| part.is_empty()) {
        return Err(format!("must be 1 to {MAX_VALUES} values, separated by commas"));
    }
    parts.into_iter().map(|part| filter_value(kind, part, &ListQuery::default())).collect()
}

fn filter_value(kind: FilterKind, text: &str, query: &ListQuery) -> Result<Value, String> {
    match kind {
        // An id that names nothing here gives an empty page, whosever it is.
        FilterKind::Id(prefix) | FilterKind::Within { prefix, .. } | FilterKind::Inside { prefix, .. } => {
            Ok(Value::Uuid(Some(split_type_id(text).filter(|(found, _)| *found == prefix).map_or(Uuid::max(), |(_, uuid)| uuid))))
        }
        FilterKind::AnyId => Ok(Value::Uuid(Some(split_type_id(text).map_or(Uuid::max(), |(_, uuid)| uuid)))),
        FilterKind::Word if text.chars().count() <= 300 && !text.contains('\0') => Ok(text.into()),
        // The database knows the letters of ASCII only; who keeps small letters wrote all of them so.
        FilterKind::Mail { small } if text.chars().count() <= 300 && !text.contains('\0') => {
            let text = text.trim();
            let small_text = if small { text.to_lowercase() } else { text.to_ascii_lowercase() };
            Ok(small_text.into())
        }
        FilterKind::Word | FilterKind::Mail { .. } => Err("must be a short text".to_owned()),
        FilterKind::YesNo | FilterKind::Given(_) | FilterKind::Worth(_) | FilterKind::Chosen(_) => match text {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            _ => Err("must be true or false".to_owned()),
        },
        FilterKind::Flag { words, .. } if words.iter().any(|(word, _)| *word == text) => Ok(text.into()),
        FilterKind::Flag { words, .. } => Err(format!("must be one of {}", words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", "))),
        FilterKind::Amount => {
            let currency = query.filters.get("currency").ok_or("amounts compare within one currency: add the filter currency=…")?;
            let currency: Currency = currency.parse().map_err(|_| "the filter currency names no currency")?;
            AmountText::from(text).amount(currency).map(Into::into).map_err(|error| error.to_string())
        }
        FilterKind::Day => text.parse::<Day>().map(Into::into).map_err(|error| error.to_string()),
        FilterKind::Instant | FilterKind::Made(_) => text.parse::<Instant>().map(Into::into).map_err(|error| error.to_string()),
    }
}

fn after<E: EntityTrait>(mut find: Find<E>, order: &Order, mark: Option<&Mark>) -> Find<E> {
    let (direction, operator) = if order.descending { ("DESC", "<") } else { ("ASC", ">") };
    if order.column == "id" {
        if let Some(mark) = mark {
            find = find.compare_named("id", operator, Value::Uuid(Some(mark.id)));
        }
        return find.order("id", direction);
    }
    if let Some(mark) = mark {
        let value = || mark.whole.map_or_else(|| Value::String(mark.text.clone()), Into::into);
        let column = order.column;
        let sql = format!("{column} {operator}= ? AND ({column} {operator} ? OR id {operator} ?)");
        find = find.when(&sql, vec![value(), value(), Value::Uuid(Some(mark.id))]);
    }
    find.when(&format!("{} IS NOT NULL", order.column), vec![]).order(order.column, direction).order("id", direction)
}

fn nulls_after<E: EntityTrait>(mut find: Find<E>, order: &Order, mark: Option<&Mark>) -> Find<E> {
    let (direction, operator) = if order.descending { ("DESC", "<") } else { ("ASC", ">") };
    if let Some(mark) = mark {
        find = find.compare_named("id", operator, Value::Uuid(Some(mark.id)));
    }
    find.when(&format!("{} IS NULL", order.column), vec![]).order("id", direction)
}

fn mark_of<M: ModelTrait>(model: &M, order: &Order, nulls: bool) -> Mark {
    let mut mark = Mark { nulls, text: None, whole: None, id: Uuid::nil() };
    for column in <M::Entity as EntityTrait>::Column::iter() {
        let name = column.as_str();
        if name == "id"
            && let Value::Uuid(Some(id)) = model.get(column)
        {
            mark.id = id;
        }
        if name == order.column {
            match model.get(column) {
                Value::String(text) => mark.text = text,
                Value::BigInt(whole) => mark.whole = whole,
                _ => {}
            }
        }
    }
    // The last row of this page may be the last one with a value.
    if mark.text.is_some() || mark.whole.is_some() {
        mark.nulls = false;
    }
    mark
}

/// A cursor works only for the tenant, list, filters and sort that it came from.
fn fingerprint(ctx: &Ctx, spec: &ListSpec, query: &ListQuery) -> Vec<u8> {
    let bound = ListQuery { cursor: None, limit: None, ..query.clone() };
    let text = serde_json::to_string(&bound).unwrap_or_default();
    crypto::sha256(&[ctx.tenant.uuid().as_bytes(), spec.table.as_bytes(), text.as_bytes()]).to_vec()
}

/// A cursor that says where a page ends. It is read again for the same tenant and what it is bound to only.
#[must_use]
pub fn write_cursor<M: Serialize>(ctx: &Ctx, bound: &[u8], mark: &M) -> String {
    let body = serde_json::to_vec(mark).unwrap_or_default();
    let mac = crypto::sign(&*ctx.cursor_key, &[ctx.tenant.uuid().as_bytes(), bound, &body].concat());
    crypto::encode(&[&mac[..16], &body].concat())
}

/// Where a page ends, as [`write_cursor`] said it.
///
/// # Errors
/// `cursor_invalid` for one of another tenant, or bound to something else.
pub fn read_cursor<M: DeserializeOwned>(ctx: &Ctx, bound: &[u8], cursor: &str) -> Result<M, Problem> {
    let invalid = || parameter(Code::CursorInvalid, "cursor", "does not belong to this list, filter and sort; start again without it");
    let bytes = crypto::decode(cursor).ok_or_else(invalid)?;
    let (mac, body) = bytes.split_at_checked(16).ok_or_else(invalid)?;
    let expected = crypto::sign(&*ctx.cursor_key, &[ctx.tenant.uuid().as_bytes(), bound, body].concat());
    if !crypto::equal(mac, &expected[..16]) {
        return Err(invalid());
    }
    serde_json::from_slice(body).map_err(|_| invalid())
}
