//! The billing and the shipping address of a party, from columns such as `billing_line1`. An address of a kind that stands already is replaced, others stay.

use super::shape;
use crate::import::rows::{CellError, Row, body};
use causeway_contract::Shape;
use causeway_entity::master::addresses::Model;
use causeway_openapi::party::AddressInput;
use causeway_value::{AddressKind, Zone};
use serde_json::{Map, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What comes before the fields of an address.
const KINDS: [(&str, AddressKind); 2] = [("billing_", AddressKind::Billing), ("shipping_", AddressKind::Shipping)];
/// The fields of an address.
const PARTS: [&str; 6] = ["line1", "line2", "city", "region", "postal_code", "country"];

pub(super) static ADDRESS: LazyLock<Shape> = LazyLock::new(shape::<AddressInput>);

/// The columns.
pub(super) fn fields() -> impl Iterator<Item = String> {
    KINDS.iter().flat_map(|(kind, _)| PARTS.iter().map(move |part| format!("{kind}{part}")))
}

/// The kind of address and the field of it that a column is about.
pub(super) fn column(name: &str) -> Option<(&'static str, &str)> {
    KINDS.iter().find_map(|(prefix, _)| Some((prefix.trim_end_matches('_'), name.strip_prefix(prefix)?)))
}

/// Takes the addresses out of a row. Without a country of its own an address is in the party's.
pub(super) fn taken(row: &mut Row) -> Result<Vec<AddressInput>, Vec<CellError>> {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    let own = row.fields.get("country").cloned();
    for (prefix, kind) in KINDS {
        let part = |part: &str| Some((part.to_owned(), row.fields.remove(&format!("{prefix}{part}"))?));
        let mut cells: BTreeMap<String, String> = PARTS.into_iter().filter_map(part).collect();
        if cells.is_empty() {
            continue;
        }
        if let Some(country) = &own {
            cells.entry("country".to_owned()).or_insert_with(|| country.clone());
        }
        let address = Row { number: row.number, fields: cells, ..Row::default() };
        let more = Map::from_iter([("kind".to_owned(), json!(kind))]);
        match body::<AddressInput>(&address, &ADDRESS, Zone::UTC, more) {
            Ok(address) => found.push(address),
            Err(wrong) => errors.extend(wrong.into_iter().map(|error| CellError { field: error.field.map(|field| format!("{prefix}{field}")), ..error })),
        }
    }
    if errors.is_empty() { Ok(found) } else { Err(errors) }
}

/// All addresses of a party after a row; none when the row says what stands.
pub(super) fn changed(standing: &[Model], said: Vec<AddressInput>) -> Option<Vec<AddressInput>> {
    let before: Vec<AddressInput> = standing.iter().map(input).collect();
    let mut after = before.clone();
    for address in said {
        match after.iter_mut().find(|known| known.kind == address.kind) {
            Some(known) => *known = AddressInput { id: known.id, ..address },
            None => after.push(address),
        }
    }
    (after != before).then_some(after)
}

fn input(row: &Model) -> AddressInput {
    AddressInput {
        id: Some(row.id),
        kind: row.kind,
        line1: row.line1.clone(),
        line2: row.line2.clone(),
        city: row.city.clone(),
        region: row.region.clone(),
        postal_code: row.postal_code.clone(),
        country: row.country.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[(&str, &str)]) -> Row {
        let fields = cells.iter().map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned())).collect();
        Row { number: 2, fields, ..Row::default() }
    }

    #[test]
    fn an_address_is_in_the_country_of_its_party_and_names_what_it_lacks() {
        let mut whole = row(&[("name", "Fjord AS"), ("country", "NO"), ("billing_line1", "Kai 1"), ("billing_city", "Oslo"), ("billing_postal_code", "0150")]);
        let found = taken(&mut whole).unwrap();
        assert_eq!(found.iter().map(|one| (one.kind, one.city.as_str(), one.country.as_str())).collect::<Vec<_>>(), [(AddressKind::Billing, "Oslo", "NO")]);
        assert_eq!(whole.fields.keys().collect::<Vec<_>>(), ["country", "name"]);
        let wrong =
            taken(&mut row(&[("billing_city", "Oslo"), ("shipping_line1", "Kai 2"), ("shipping_city", "Oslo"), ("shipping_country", "Norway")])).unwrap_err();
        let mut fields: Vec<&str> = wrong.iter().filter_map(|error| error.field.as_deref()).collect();
        fields.sort_unstable();
        fields.dedup();
        assert_eq!(fields, ["billing_country", "billing_line1", "shipping_country"]);
        assert_eq!(taken(&mut row(&[("name", "Fjord AS")])).unwrap(), []);
    }
}
