//! People whom both parties of a merge have: one of them stays, and whatever only the other one said of itself goes along (MDM-09).

use super::merge::{Reference, fill_metadata, references};
use crate::contact::{self, Recorded, moved};
use crate::party::duplicate::rules::same_mail;
use crate::party::store::name_key;
use causeway_contract::Problem;
use causeway_entity::master::contacts::Model;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_value::{ContactId, PartyId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Somebody who stood with both, as a record is made of it: how it was, how it is, and the references of both.
pub(super) struct Twin {
    recorded: Recorded,
    refs: (Refs, Refs),
}

type Refs = Vec<(String, String)>;

/// Takes out the people who stand there twice: those whom a document names stay, and where documents name both, both stay. Who is taken out is not active any
/// more, at the party that remains.
///
/// # Errors
/// When the database fails.
pub(super) async fn people(ctx: &Ctx, tx: &mut Tx<'_>, remains: PartyId, of_old: &mut Vec<Model>, of_into: &mut Vec<Model>) -> Result<Vec<Twin>, Problem> {
    let pairs = pairs(of_old, of_into);
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let named = named(tx, pairs.iter().flat_map(|(old, into)| [old.id, into.id])).await?;
    let ids: Vec<Uuid> = pairs.iter().flat_map(|(old, into)| [old.id.uuid(), into.id.uuid()]).collect();
    let mut refs = tx.external_refs(&ids).await?;
    let mut twins = Vec::new();
    for (old, into) in pairs {
        let (kept, gone, among) = match (named.contains(&old.id), named.contains(&into.id)) {
            (false, _) => (&into, &old, &mut *of_into),
            (true, false) => (&old, &into, &mut *of_old),
            (true, true) => continue,
        };
        let (own, more) = (refs.remove(&kept.id.uuid()).unwrap_or_default(), refs.remove(&gone.id.uuid()).unwrap_or_default());
        let filled = filled(kept, gone);
        among.iter_mut().filter(|row| row.id == kept.id).for_each(|row| row.clone_from(&filled));
        if filled != *kept || !more.is_empty() {
            let filled = moved(filled, ctx.now());
            tx.update(kept, &filled);
            let all = own.iter().chain(&more).cloned().collect();
            twins.push(Twin { recorded: at(remains, kept, filled), refs: (own, all) });
        }
        let left = moved(Model { active: false, ..gone.clone() }, ctx.now());
        tx.update(gone, &left);
        if !more.is_empty() {
            let values = vec![kept.id.into(), tx.tenant().into(), gone.id.into()];
            tx.plain("UPDATE external_refs SET object_id = $1 WHERE tenant_id = $2 AND object_type = 'contact' AND object_id = $3", values);
        }
        twins.push(Twin { recorded: at(remains, gone, left), refs: (more, Vec::new()) });
        let gone = gone.id;
        of_old.retain(|row| row.id != gone);
        of_into.retain(|row| row.id != gone);
    }
    Ok(twins)
}

/// Whoever came from the merged party stands with the one that remains.
fn at(remains: PartyId, old: &Model, new: Model) -> Recorded {
    Recorded { old: Some(old.clone()), new: Model { party_id: remains, ..new } }
}

/// Records what became of them, once the merge is.
///
/// # Errors
/// When they cannot be written as JSON: a bug.
pub(super) fn record(ctx: &Ctx, tx: &mut Tx<'_>, twins: Vec<Twin>) -> Result<(), Problem> {
    twins.into_iter().try_for_each(|twin| contact::record(ctx, tx, &twin.recorded, twin.refs).map(|_| ()))
}

/// Each of the merged party's people with the one of the remaining party who is the same; nobody twice.
fn pairs(of_old: &[Model], of_into: &[Model]) -> Vec<(Model, Model)> {
    let mut taken = BTreeSet::new();
    let twin = |old: &Model| {
        let into = of_into.iter().find(|into| !taken.contains(&into.id) && same(old, into))?;
        taken.insert(into.id);
        Some((old.clone(), into.clone()))
    };
    of_old.iter().filter_map(twin).collect()
}

/// One person: the same name and mail address, and nothing else said otherwise.
fn same(one: &Model, other: &Model) -> bool {
    let agree = |one: &Option<String>, other: &Option<String>| one.is_none() || other.is_none() || one == other;
    name_key(&one.name) == name_key(&other.name)
        && same_mail(one.email.as_deref(), other.email.as_deref())
        && agree(&one.phone, &other.phone)
        && agree(&one.title, &other.title)
}

/// Who stays, with what only the other one said.
fn filled(kept: &Model, gone: &Model) -> Model {
    let mut filled = kept.clone();
    filled.phone = filled.phone.or_else(|| gone.phone.clone());
    filled.title = filled.title.or_else(|| gone.title.clone());
    fill_metadata(&mut filled.metadata.0, &gone.metadata.0);
    filled
}

/// Those of these people whom a row of any table names.
async fn named(tx: &mut Tx<'_>, ids: impl Iterator<Item = ContactId>) -> Result<BTreeSet<ContactId>, Problem> {
    let ids: BTreeSet<ContactId> = ids.collect();
    let marks: Vec<String> = (2..ids.len() + 2).map(|place| format!("${place}")).collect();
    let marks = marks.join(", ");
    let one = |reference: &Reference| {
        let (table, column) = (reference.table.name, reference.column);
        format!("SELECT {column} AS id FROM {table} WHERE tenant_id = $1 AND {column} IN ({marks})")
    };
    let parts: Vec<String> = references("contact_id").iter().map(one).collect();
    let mut values = vec![tx.tenant().into()];
    values.extend(ids.into_iter().map(Into::into));
    let rows = tx.query(&parts.join(" UNION "), values, &[("id", Cell::Uuid)]).await?;
    Ok(rows.iter().filter_map(|row| row.try_get::<Uuid>("", "id").ok()).map(ContactId::from_uuid).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{Instant, Json, TenantId};

    fn person(name: &str, email: Option<&str>, phone: Option<&str>) -> Model {
        Model {
            tenant_id: TenantId::new(),
            id: ContactId::new(),
            party_id: PartyId::new(),
            position: 0,
            name: name.to_owned(),
            email: email.map(str::to_owned),
            phone: phone.map(str::to_owned),
            title: None,
            active: true,
            metadata: Json::default(),
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
        }
    }

    #[test]
    fn one_person_is_who_is_called_and_written_to_the_same() {
        let ann = person("Ann B.", Some("ann@m.test"), Some("1"));
        assert!(same(&ann, &person("ann b", Some("Ann@M.test"), None)));
        for other in [
            person("Ann B.", Some("ann@m.test"), Some("2")),
            person("Ann B.", None, Some("1")),
            person("Bob", Some("ann@m.test"), None),
            person("Ann B.", Some("ann@n.test"), None),
        ] {
            assert!(!same(&ann, &other), "{other:?}");
        }
        let found = pairs(&[ann.clone(), person("Ann B.", Some("ann@m.test"), None)], &[person("Ann B.", Some("ann@m.test"), None)]);
        assert_eq!(found.len(), 1, "nobody is two");
        let (old, into) = &found[0];
        assert_eq!(filled(into, old).phone.as_deref(), Some("1"));
    }

    #[test]
    fn documents_name_people() {
        let names: Vec<&str> = references("contact_id").iter().map(|reference| reference.table.name).collect();
        assert!(["opportunities", "quotes", "orders"].iter().all(|table| names.contains(table)), "{names:?}");
    }
}
