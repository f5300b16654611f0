//! Merging two parties that are one (MDM-01, MDM-09).

use super::{index, record, rights, twins, words};
use crate::check::METADATA_ENTRIES;
use crate::party::store::{Children, children, common_currency};
use crate::party::view::view;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::credit_policies;
use causeway_entity::master::{addresses, contacts, parties, party_merges, party_tax_ids};
use causeway_kernel::db::Cell;
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_migration::{Kind, TableInfo, tables};
use causeway_openapi::party as wire;
use causeway_value::{CreditPolicyId, Currency, PartyId};
use std::collections::{BTreeMap, BTreeSet};

/// Tables whose rows are one per party: what both have is added up.
const SUMS: &[&str] = &["credit_exposures"];
/// What a party itself has in an order: of two, one comes after the other. A place in anything else stays.
const PLACED: &[&str] = &["addresses", "contacts", "party_tax_ids"];
/// Tables that keep the party that they were written with: the chain of hashes of the journal holds it.
const FIXED: &[&str] = &["journal_lines"];

/// Makes two parties one: everything that names the first names the second from now on. What the second does not say of itself is taken from the first. Where a
/// company has a credit policy for each of them, the second's stays.
///
/// # Errors
/// `not_found` for either; `permission_denied` for a caller who does not see all companies, or who may not give the remaining party the limit, prices or terms
/// of the merged one; `state_conflict` when the party was merged before;
/// `invalid_value` for a party that is no other, not active, or another company of ours, or that would get a credit limit in a currency that is not its own.
pub async fn merge(ctx: &Ctx, tx: &mut Tx<'_>, id: PartyId, body: &wire::MergeParty) -> Result<wire::MergedParty, Problem> {
    if tx.companies().is_some() {
        let detail = "A merge moves the documents of every company. Use a credential that is not limited to some companies.";
        return Err(Problem::new(Code::PermissionDenied, detail));
    }
    let (old, old_into) = both(tx, id, body.into).await?;
    let mut standing = children(tx, &[id, body.into]).await?;
    let (mut of_old, mut of_into) = (standing.remove(&id).unwrap_or_default(), standing.remove(&body.into).unwrap_or_default());
    allowed(&old, &of_old, &old_into, &of_into)?;
    let own_currency = currency_of(tx, &old_into, &old).await?;
    let moved = count(tx, id).await?;

    let now = ctx.now();
    let mut merged = old.clone();
    (merged.active, merged.version, merged.updated_at) = (false, old.version + 1, now);
    let mut into = old_into.clone();
    (into.version, into.updated_at) = (old_into.version + 1, now);
    fill(&mut into, &old, own_currency)?;
    rights::may_change(ctx, &old_into, &into)?;
    tx.update(&old, &merged);
    tx.update(&old_into, &into);
    let people = twins::people(ctx, tx, into.id, &mut of_old.contacts, &mut of_into.contacts).await?;
    let of_old = without_twins(tx, of_old, &of_into);
    let superseded = without_second_policies(tx, id, into.id).await?;
    move_references(tx, id, into.id);
    tx.insert(party_merges::Model { tenant_id: ctx.tenant, merged_id: id, into_party_id: into.id, merged_at: now });

    let left = Children { merged_into: Some(into.id), ..Children::default() };
    let together = joined(of_into, of_old, into.id);
    index(tx, &merged, &[], false);
    index(tx, &into, &words(&into, &together), false);
    let merged_view = view(&merged, &left);
    let into_view = record(ctx, tx, "party.updated", &into, &together)?;
    let answer = wire::MergedParty { object: "merged_party".to_owned(), merged: merged_view, into: into_view, moved };
    record_merge(ctx, tx, &merged, &answer, &superseded)?;
    twins::record(ctx, tx, people)?;
    Ok(answer)
}

/// The currency in which limits of the remaining party are said; of one that has none, that which all companies have. Asked where a limit goes along only.
async fn currency_of(tx: &mut Tx<'_>, into: &parties::Model, from: &parties::Model) -> Result<Option<Currency>, Problem> {
    match into.currency.or(from.currency) {
        None if into.credit_limit.is_none() && from.credit_limit.is_some() => common_currency(tx).await,
        known => Ok(known),
    }
}

/// What the remaining party says nothing about is as the merged one says (MDM-09), and of texts by name its own stay. A limit of credit is one in the currency
/// of its party: it goes along where that is the same, and the currency where that leaves the party's own limit what it is. `currency` is that of the party.
///
/// # Errors
/// `invalid_value` for a limit in another currency: only who gave it knows what it is in this one.
fn fill(into: &mut parties::Model, from: &parties::Model, currency: Option<Currency>) -> Result<(), Problem> {
    into.is_customer |= from.is_customer;
    into.is_supplier |= from.is_supplier;
    if into.credit_limit.is_none() || into.credit_currency == from.currency {
        into.currency = into.currency.or(from.currency);
    }
    if into.credit_limit.is_none() && from.credit_limit.is_some() {
        if from.credit_currency != currency {
            let named = |currency: Option<Currency>| currency.map_or_else(|| "none".to_owned(), |currency| currency.code().to_owned());
            let detail = format!(
                "has no credit limit, and that of the merged party is in {} while the currency of this one is {}: give this one its limit first \
                 (PATCH /v1/parties/{{id}} with `credit_limit`), or take the other one away, and merge then",
                named(from.credit_currency),
                named(currency)
            );
            return Err(Problem::field(Code::InvalidValue, "/into", detail));
        }
        (into.credit_limit, into.credit_currency) = (from.credit_limit, from.credit_currency);
    }
    into.payment_term_id = into.payment_term_id.or(from.payment_term_id);
    into.price_list_id = into.price_list_id.or(from.price_list_id);
    for (own, other) in [
        (&mut into.country, &from.country),
        (&mut into.tax_id, &from.tax_id),
        (&mut into.segment, &from.segment),
        (&mut into.email, &from.email),
        (&mut into.phone, &from.phone),
    ] {
        if own.is_none() {
            own.clone_from(other);
        }
    }
    fill_metadata(&mut into.metadata.0, &from.metadata.0);
    Ok(())
}

/// Texts by name of both, as far as there is room: the own ones stay.
pub(super) fn fill_metadata(own: &mut BTreeMap<String, String>, from: &BTreeMap<String, String>) {
    for (name, text) in from {
        if own.len() < METADATA_ENTRIES {
            own.entry(name.clone()).or_insert_with(|| text.clone());
        }
    }
}

/// A company has one credit policy for a party: the remaining party's stays, and those that are in its way are gone.
async fn without_second_policies(tx: &mut Tx<'_>, id: PartyId, into: PartyId) -> Result<Vec<CreditPolicyId>, Problem> {
    let policies = Find::<credit_policies::Entity>::new().among(credit_policies::Column::PartyId, [id, into]).all(tx).await?;
    let kept: BTreeSet<_> = policies.iter().filter(|policy| policy.party_id == Some(into)).map(|policy| policy.company_id).collect();
    let mut superseded = Vec::new();
    for policy in policies.iter().filter(|policy| policy.party_id == Some(id) && kept.contains(&policy.company_id)) {
        tx.delete(policy);
        superseded.push(policy.id);
    }
    Ok(superseded)
}

/// The trail keeps the merged party as it is left, and with it what moved and which credit policies are gone.
fn record_merge(ctx: &Ctx, tx: &mut Tx<'_>, merged: &parties::Model, answer: &wire::MergedParty, superseded: &[CreditPolicyId]) -> Result<(), Problem> {
    #[derive(serde::Serialize)]
    struct Left<'a> {
        #[serde(flatten)]
        party: &'a wire::Party,
        moved: &'a [wire::MovedReferences],
        superseded_credit_policies: &'a [CreditPolicyId],
    }
    let body = Left { party: &answer.merged, moved: &answer.moved, superseded_credit_policies: superseded };
    let (id, version) = (merged.id.uuid(), merged.version);
    tx.record(ctx, &Change { event: "party.merged", object: "party", id, version, company_id: None, flow_id: None, body: &body })
}

/// Both parties, locked in the order of their ids.
async fn both(tx: &mut Tx<'_>, id: PartyId, into: PartyId) -> Result<(parties::Model, parties::Model), Problem> {
    let mut rows = Find::<parties::Entity>::new().among(parties::Column::Id, [id, into]).order_by(parties::Column::Id).lock().all(tx).await?;
    let mut take = |wanted: PartyId| rows.iter().position(|row| row.id == wanted).map(|place| rows.swap_remove(place));
    let old = take(id).ok_or_else(Problem::not_found)?;
    if id == into {
        return Err(Problem::field(Code::InvalidValue, "/into", "must be another party"));
    }
    let into = take(into).ok_or_else(|| Problem::field(Code::NotFound, "/into", "names no party of this tenant"))?;
    Ok((old, into))
}

fn allowed(old: &parties::Model, of_old: &Children, into: &parties::Model, of_into: &Children) -> Result<(), Problem> {
    if let Some(other) = of_old.merged_into {
        return Err(Problem::new(Code::StateConflict, format!("The party was merged into {other} before. Merge that one instead.")));
    }
    if let Some(other) = of_into.merged_into {
        return Err(Problem::field(Code::InvalidValue, "/into", format!("was merged into {other} before: name that one")));
    }
    if !into.active {
        return Err(Problem::field(Code::InvalidValue, "/into", "is not active: activate it first"));
    }
    if old.linked_company_id != into.linked_company_id {
        let detail = "is not the same company of yours: what is between companies would become an ordinary sale, or the reverse";
        return Err(Problem::field(Code::InvalidValue, "/into", detail));
    }
    Ok(())
}

/// What the merged party brings: not the registrations that both have.
fn without_twins(tx: &mut Tx<'_>, mut of_old: Children, of_into: &Children) -> Children {
    of_old.tax_ids.retain(|row| {
        let twin = of_into.tax_ids.iter().any(|known| (&known.country, &known.normalised) == (&row.country, &row.normalised));
        if twin {
            tx.delete(row);
        }
        !twin
    });
    of_old
}

/// What stands with the remaining party: its own first.
fn joined(mut own: Children, more: Children, id: PartyId) -> Children {
    own.addresses.extend(more.addresses.into_iter().map(|row| addresses::Model { party_id: id, ..row }));
    own.contacts.extend(more.contacts.into_iter().map(|row| contacts::Model { party_id: id, ..row }));
    own.tax_ids.extend(more.tax_ids.into_iter().map(|row| party_tax_ids::Model { party_id: id, ..row }));
    own.refs.extend(more.refs);
    own.refs.sort_unstable();
    own
}

/// A column that names parties, or people at them.
pub(super) struct Reference {
    pub(super) table: TableInfo,
    pub(super) column: &'static str,
}

/// Every column of the schema whose name ends so, so that no table can be forgotten.
pub(super) fn references(ending: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    for table in tables().into_iter().filter(|table| table.tenant && !FIXED.contains(&table.name)) {
        for (column, kind, _) in &table.columns {
            if *kind == Kind::Id && column.ends_with(ending) {
                found.push(Reference { table: table.clone(), column });
            }
        }
    }
    found
}

/// How many rows of each kind name the party.
async fn count(tx: &mut Tx<'_>, id: PartyId) -> Result<Vec<wire::MovedReferences>, Problem> {
    let one = |reference: &Reference| {
        let (table, column) = (reference.table.name, reference.column);
        format!("SELECT '{table}' AS kind, COUNT(*) AS n FROM {table} WHERE tenant_id = $1 AND {column} = $2")
    };
    let mut parts: Vec<String> = references("party_id").iter().map(one).collect();
    parts.push("SELECT 'external_refs' AS kind, COUNT(*) AS n FROM external_refs WHERE tenant_id = $1 AND object_type = 'party' AND object_id = $2".to_owned());
    parts.push("SELECT 'activities' AS kind, COUNT(*) AS n FROM activities WHERE tenant_id = $1 AND subject_type = 'party' AND subject_id = $2".to_owned());
    parts.push("SELECT 'price_lists' AS kind, COUNT(*) AS n FROM price_lists WHERE tenant_id = $1 AND audience_id = $2".to_owned());
    let sql = format!("SELECT kind, n FROM ({}) counted WHERE n > 0 ORDER BY kind", parts.join(" UNION ALL "));
    let rows = tx.query(&sql, vec![tx.tenant().into(), id.into()], &[("kind", Cell::Text), ("n", Cell::Whole)]).await?;
    let moved = rows.iter().filter_map(|row| Some(wire::MovedReferences { kind: row.try_get("", "kind").ok()?, count: row.try_get("", "n").ok()? }));
    Ok(moved.collect())
}

/// Parameters are numbered in the order in which they appear: SQLite counts them so.
fn move_references(tx: &mut Tx<'_>, from: PartyId, into: PartyId) {
    let tenant = tx.tenant();
    for reference in references("party_id") {
        let Reference { table, column } = &reference;
        if table.key.contains(column) {
            move_keyed(tx, table, column, from, into);
        } else {
            // What has places comes after what the remaining party has.
            let places = if PLACED.contains(&table.name) { ", position = position + 1000" } else { "" };
            let sql = format!("UPDATE {} SET {column} = $1{places} WHERE tenant_id = $2 AND {column} = $3", table.name);
            tx.plain(sql, vec![into.into(), tenant.into(), from.into()]);
        }
    }
    let others = [
        "UPDATE external_refs SET object_id = $1 WHERE tenant_id = $2 AND object_type = 'party' AND object_id = $3",
        "UPDATE price_lists SET audience_id = $1 WHERE tenant_id = $2 AND audience_id = $3",
        "UPDATE activities SET subject_id = $1 WHERE tenant_id = $2 AND subject_type = 'party' AND subject_id = $3",
    ];
    for sql in others {
        tx.plain(sql, vec![into.into(), tenant.into(), from.into()]);
    }
}

/// Rows that are one per party and something else: where both have one, the remaining party's stays, with the sums of both where it is one of sums.
fn move_keyed(tx: &mut Tx<'_>, table: &TableInfo, column: &str, from: PartyId, into: PartyId) {
    let (name, tenant) = (table.name, tx.tenant());
    let same: Vec<String> =
        table.key.iter().filter(|key| **key != column && **key != "tenant_id").map(|key| format!(" AND other.{key} = {name}.{key}")).collect();
    let same = same.concat();
    if SUMS.contains(&name) {
        let sums = table.columns.iter().filter(|(column, kind, nullable)| *kind == Kind::Integer && !nullable && !column.ends_with("_at"));
        let set: Vec<String> = sums
            .map(|(sum, _, _)| {
                format!("{sum} = {sum} + COALESCE((SELECT other.{sum} FROM {name} other WHERE other.tenant_id = $1 AND other.{column} = $2{same}), 0)")
            })
            .collect();
        let sql = format!("UPDATE {name} SET {} WHERE tenant_id = $1 AND {column} = $3", set.join(", "));
        tx.plain(sql, vec![tenant.into(), from.into(), into.into()]);
    }
    let moved = format!(
        "UPDATE {name} SET {column} = $1 WHERE tenant_id = $2 AND {column} = $3 \
         AND NOT EXISTS (SELECT 1 FROM {name} other WHERE other.tenant_id = $2 AND other.{column} = $1{same})"
    );
    tx.plain(moved, vec![into.into(), tenant.into(), from.into()]);
    tx.plain(format!("DELETE FROM {name} WHERE tenant_id = $1 AND {column} = $2"), vec![tenant.into(), from.into()]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_of_the_spine_follows() {
        let names: Vec<&str> = references("party_id").iter().map(|reference| reference.table.name).collect();
        for table in
            ["leads", "opportunities", "quotes", "orders", "obligations", "billables", "deliveries", "invoices", "payments", "contacts", "party_merges"]
        {
            assert!(names.contains(&table), "{table}");
        }
        assert!(!names.contains(&"journal_lines"));
    }

    #[test]
    fn places_in_other_things_are_known() {
        let placed = |reference: &Reference| reference.table.columns.iter().any(|(name, _, _)| *name == "position");
        let others: Vec<&str> = references("party_id")
            .iter()
            .filter(|reference| placed(reference) && !PLACED.contains(&reference.table.name))
            .map(|reference| reference.table.name)
            .collect();
        assert_eq!(others, ["billing_run_items"], "say whether a new one has its places in the party or in something else");
    }

    #[test]
    fn rows_that_are_one_per_party_are_known() {
        let keyed: Vec<&str> =
            references("party_id").iter().filter(|reference| reference.table.key.contains(&reference.column)).map(|reference| reference.table.name).collect();
        assert_eq!(keyed, SUMS, "say whether the rows of a new one are added up");
    }
}
