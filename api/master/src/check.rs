//! Checks that several kinds of master data share. Each adds its error and lets the others go on, so that the caller learns of all of them at once
//! (MDM-04, MDM-06).

use causeway_contract::{COSTS, Code, FieldError, Problem};
use causeway_entity::govern::users;
use causeway_kernel::{Ctx, Find, Tx, limits};
use causeway_openapi::object::{MetadataPatch, merge_metadata};
use causeway_value::{CompanyId, Day, Id, Kind, UserId};
use sea_orm::EntityTrait;
use std::collections::{BTreeMap, BTreeSet};

/// Entries of `metadata`, at most. A body is held to it by its schema; what a PATCH adds up to is held to it here.
pub(crate) const METADATA_ENTRIES: usize = 50;

/// The errors as one problem, if there are any.
///
/// # Errors
/// The problem that lists them.
pub fn finish(errors: Vec<FieldError>) -> Result<(), Problem> {
    if errors.is_empty() { Ok(()) } else { Err(Problem::of(errors)) }
}

/// A name or code must say something.
pub fn not_blank(text: &str, pointer: &str, errors: &mut Vec<FieldError>) {
    if text.trim().is_empty() {
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, "must not be empty"));
    }
}

/// A new code must differ from those that are there by more than capitals: people take `Net30` and `NET30` for one. The very same code is refused by its key.
///
/// # Errors
/// When the database fails.
pub async fn code_is_free<E: EntityTrait>(tx: &mut Tx<'_>, code: &str, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    code_is_free_among(tx, code, Find::<E>::new(), errors).await
}

/// As [`code_is_free`], for what each company has its own codes of.
///
/// # Errors
/// When the database fails.
pub async fn code_is_free_in<E: EntityTrait>(tx: &mut Tx<'_>, company: CompanyId, code: &str, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let own = Find::<E>::new().when("company_id = ?", vec![company.into()]);
    code_is_free_among(tx, code, own, errors).await
}

async fn code_is_free_among<E: EntityTrait>(tx: &mut Tx<'_>, code: &str, others: Find<E>, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let alike = others.when("lower(code) = ? AND code <> ?", vec![code.to_ascii_lowercase().into(), code.into()]).limit(1).one(tx).await?;
    if alike.is_some() {
        errors.push(FieldError::pointer(Code::AlreadyExists, "/code", "is the code of another one, but for its capitals"));
    }
    Ok(())
}

/// A price or amount, as its raw number, must not be negative.
pub fn not_negative(raw: i64, pointer: &str, errors: &mut Vec<FieldError>) {
    if raw < 0 {
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, "must not be negative"));
    }
}

/// A quantity or rate, as its raw number, must be more than zero.
pub fn positive(raw: i64, pointer: &str, errors: &mut Vec<FieldError>) {
    if raw <= 0 {
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, "must be more than 0"));
    }
}

/// A date must be in a year that business dates can have.
pub fn day(day: Day, pointer: &str, errors: &mut Vec<FieldError>) {
    if !limits::YEARS.contains(&day.year()) {
        let detail = format!("must be in a year from {} to {}", limits::YEARS.start(), limits::YEARS.end());
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
    }
}

/// The date of what is posted must be a business date that is not far ahead of today, nor far back: numbers follow dates, so a wrong year would block the right
/// one, or begin a series and a year of the books that nobody has.
pub fn posting_day(date: Day, today: Day, pointer: &str, errors: &mut Vec<FieldError>) {
    let (first, last) = (today.plus_days(-limits::DAYS_BACK), today.plus_days(limits::DAYS_AHEAD));
    if limits::YEARS.contains(&date.year()) && date > last {
        let detail = format!("is more than {} days ahead; give {last} or an earlier day", limits::DAYS_AHEAD);
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
    } else if limits::YEARS.contains(&date.year()) && date < first {
        let detail = format!("is more than ten years ago; give {first} or a later day: what is older comes as the opening balance of its account");
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
    } else {
        day(date, pointer, errors);
    }
}

/// No item of a list may be named twice.
pub fn each_once<T: Ord>(items: impl IntoIterator<Item = T>, pointer: &str, errors: &mut Vec<FieldError>) {
    let mut seen = BTreeSet::new();
    for (index, item) in items.into_iter().enumerate() {
        if !seen.insert(item) {
            errors.push(FieldError::pointer(Code::InvalidValue, format!("{pointer}/{index}"), "is named twice"));
        }
    }
}

/// What `metadata` becomes after a PATCH.
pub fn metadata(current: BTreeMap<String, String>, patch: &MetadataPatch, errors: &mut Vec<FieldError>) -> BTreeMap<String, String> {
    let merged = merge_metadata(current, patch.clone());
    if merged.len() > METADATA_ENTRIES {
        errors.push(FieldError::pointer(Code::TooMany, "/metadata", format!("must have at most {METADATA_ENTRIES} entries together with those that stay")));
    }
    merged
}

/// The error of a field that names nothing.
#[must_use]
pub fn unknown<K: Kind>(pointer: impl Into<String>, owner: &str) -> FieldError {
    FieldError::pointer(Code::NotFound, pointer, format!("names no {} of this {owner}", K::NAME.replace('_', " ")))
}

/// The rows that the fields of a body name, in one query. Each id comes with the pointer of its field; those that name nothing become errors.
///
/// # Errors
/// When the database fails.
pub async fn named_all<E: EntityTrait, K: Kind>(
    tx: &mut Tx<'_>,
    column: E::Column,
    id_of: impl Fn(&E::Model) -> Id<K>,
    wanted: &[(Id<K>, String)],
    errors: &mut Vec<FieldError>,
) -> Result<BTreeMap<Id<K>, E::Model>, Problem> {
    those_of(tx, Find::<E>::new(), column, id_of, wanted, errors).await
}

/// The people whom the fields of a body give something to do: each must be there, and still be with us.
///
/// # Errors
/// When the database fails.
pub async fn assignees(tx: &mut Tx<'_>, wanted: &[(UserId, String)], errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let found = named_all::<users::Entity, _>(tx, users::Column::Id, |row| row.id, wanted, errors).await?;
    let gone = wanted.iter().filter(|(id, _)| found.get(id).is_some_and(|user| !user.active));
    errors.extend(gone.map(|(_, pointer)| left(pointer)));
    Ok(())
}

/// As [`assignees`], of one field, for work of this company.
///
/// # Errors
/// When the database fails.
pub async fn assignee(tx: &mut Tx<'_>, id: Option<UserId>, company: Option<CompanyId>, pointer: &str, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let user = tx.named::<users::Entity, _>(id, pointer, errors).await?;
    errors.extend(user.and_then(|user| cannot_take(&user, company, pointer)));
    Ok(())
}

/// What speaks against giving a person work of a company; none for work of no company in particular.
#[must_use]
pub fn cannot_take(user: &users::Model, company: Option<CompanyId>, pointer: &str) -> Option<FieldError> {
    if !user.active {
        return Some(left(pointer));
    }
    company.filter(|company| !works_for(user, *company)).map(|_| elsewhere(pointer))
}

/// Whether a person sees what a company has: who is limited to other companies would never find it.
#[must_use]
pub fn works_for(user: &users::Model, company: CompanyId) -> bool {
    user.company_ids.as_ref().is_none_or(|companies| companies.0.contains(&company))
}

/// The error of a field that gives work to somebody who cannot see it.
#[must_use]
pub fn elsewhere(pointer: &str) -> FieldError {
    let detail = "names a user who may not see this company, and would not find it: name somebody who may, or give that user the company first";
    FieldError::pointer(Code::InvalidValue, pointer, detail)
}

/// What follows from costs tells them: a floor of 0 % is the cost. Only who may see costs says such a rule, or another one in its place (SEC-07).
///
/// # Errors
/// `permission_denied` when it is said, naming the field.
pub fn needs_costs(ctx: &Ctx, said: bool, field: &str) -> Result<(), Problem> {
    if !said || ctx.may(COSTS) {
        return Ok(());
    }
    let tells = if field == "cost" { "says what things cost" } else { "follows from what things cost" };
    let detail = format!("`{field}` {tells}: it needs the permission {COSTS}. Leave it out, and what stands there stays.");
    Err(Problem::new(Code::PermissionDenied, detail).with("permission", COSTS))
}

/// The error of a field that gives work to somebody who left.
#[must_use]
pub fn left(pointer: &str) -> FieldError {
    FieldError::pointer(Code::InvalidValue, pointer, "names a user who is not active any more: name somebody who is, or activate that user first")
}

/// As [`named_all`], locked in the order of their ids, for what is decided by how they stand now.
///
/// # Errors
/// When the database fails.
pub async fn lock_all<E: EntityTrait, K: Kind>(
    tx: &mut Tx<'_>,
    column: E::Column,
    id_of: impl Fn(&E::Model) -> Id<K>,
    wanted: &[(Id<K>, String)],
    errors: &mut Vec<FieldError>,
) -> Result<BTreeMap<Id<K>, E::Model>, Problem> {
    those_of(tx, Find::<E>::new().order_by(column).lock(), column, id_of, wanted, errors).await
}

async fn those_of<E: EntityTrait, K: Kind>(
    tx: &mut Tx<'_>,
    find: Find<E>,
    column: E::Column,
    id_of: impl Fn(&E::Model) -> Id<K>,
    wanted: &[(Id<K>, String)],
    errors: &mut Vec<FieldError>,
) -> Result<BTreeMap<Id<K>, E::Model>, Problem> {
    let ids: BTreeSet<Id<K>> = wanted.iter().map(|(id, _)| *id).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = find.among(column, ids.into_iter().map(Id::uuid)).all(tx).await?;
    let rows: BTreeMap<Id<K>, E::Model> = rows.into_iter().map(|row| (id_of(&row), row)).collect();
    errors.extend(wanted.iter().filter(|(id, _)| !rows.contains_key(id)).map(|(_, pointer)| unknown::<K>(pointer, "tenant")));
    Ok(rows)
}

/// `?, ?, ?` for a list inside a condition of [`Find::when`]; `NULL`, which matches nothing, for none.
#[must_use]
pub(crate) fn marks(count: usize) -> String {
    if count == 0 { "NULL".to_owned() } else { vec!["?"; count].join(", ") }
}

/// The error of naming an account that mirrors open items.
#[must_use]
pub fn control_account(pointer: impl Into<String>) -> FieldError {
    FieldError::pointer(Code::InvalidValue, pointer, "is a control account: only invoices and payments themselves post to it; name another one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_contract::Patch;

    #[test]
    fn errors_are_collected_with_their_pointers() {
        let mut errors = Vec::new();
        not_blank(" \t", "/name", &mut errors);
        not_blank("x", "/code", &mut errors);
        not_negative(-1, "/cost", &mut errors);
        positive(0, "/rate", &mut errors);
        day("0026-01-01".parse().unwrap(), "/date", &mut errors);
        each_once([1, 2, 1], "/tax_ids", &mut errors);
        let problem = finish(errors).unwrap_err();
        let pointers: Vec<_> = problem.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
        assert_eq!(pointers, ["/name", "/cost", "/rate", "/date", "/tax_ids/2"]);
        assert_eq!(finish(Vec::new()), Ok(()));
    }

    #[test]
    fn metadata_has_a_limit_after_merging_too() {
        let entry = |n: usize| format!("key{n}");
        let current: BTreeMap<_, _> = (0..METADATA_ENTRIES).map(|n| (entry(n), String::new())).collect();
        let mut errors = Vec::new();
        metadata(current.clone(), &Patch::Value([(entry(0), Some("new".to_owned()))].into()), &mut errors);
        assert_eq!(errors, []);
        metadata(current, &Patch::Value([(entry(99), Some("new".to_owned()))].into()), &mut errors);
        assert_eq!(errors[0].code, Code::TooMany);
    }

    #[test]
    fn an_empty_list_matches_nothing() {
        assert_eq!((marks(0).as_str(), marks(2).as_str()), ("NULL", "?, ?"));
    }
}
