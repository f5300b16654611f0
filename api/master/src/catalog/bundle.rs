//! Bundles: several products under one price (QTE-16, QTE-23).
//!
//! A bundle never stands on a document itself. Each of its components does, with its share of the bundle's price by what it costs alone; the last one takes
//! the residue, so that the lines add up to the price of the bundle. Delivery, billing and recognition see ordinary lines.

use crate::check;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::{bundle_components, products};
use causeway_kernel::{Find, Tx};
use causeway_openapi::catalog as wire;
use causeway_value::{Amount, Overflow, ProductId, ProductKind, product};
use std::collections::BTreeMap;

/// What these products hold, in order; nothing is asked unless `kind` is a bundle.
///
/// # Errors
/// When the database fails.
pub async fn components(tx: &mut Tx<'_>, kind: ProductKind, ids: &[ProductId]) -> Result<BTreeMap<ProductId, Vec<bundle_components::Model>>, Problem> {
    let mut found: BTreeMap<ProductId, Vec<bundle_components::Model>> = BTreeMap::new();
    if kind != ProductKind::Bundle || ids.is_empty() {
        return Ok(found);
    }
    let find = Find::<bundle_components::Entity>::new().among(bundle_components::Column::BundleId, ids.iter().copied());
    for row in find.order_by(bundle_components::Column::Position).all(tx).await? {
        found.entry(row.bundle_id).or_default().push(row);
    }
    Ok(found)
}

/// A bundle holds something, other kinds hold nothing; no bundle holds another.
pub(super) async fn check(tx: &mut Tx<'_>, row: &products::Model, given: &[wire::BundleComponent], errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    match (row.kind == ProductKind::Bundle, given.is_empty()) {
        (true, true) => errors.push(FieldError::pointer(Code::Required, "/components", "is required for a bundle")),
        (false, false) => errors.push(FieldError::pointer(Code::InvalidValue, "/components", "is only for the kind bundle")),
        _ => {}
    }
    let wanted: Vec<(ProductId, String)> = given.iter().enumerate().map(|(index, part)| (part.product_id, format!("/components/{index}/product_id"))).collect();
    let found = check::named_all::<products::Entity, _>(tx, products::Column::Id, |row| row.id, &wanted, errors).await?;
    for (index, part) in given.iter().enumerate() {
        check::positive(part.quantity.0, &format!("/components/{index}/quantity"), errors);
        if found.get(&part.product_id).is_some_and(|product| product.kind == ProductKind::Bundle) {
            errors.push(FieldError::pointer(Code::InvalidValue, format!("/components/{index}/product_id"), "is a bundle itself"));
        }
    }
    Ok(())
}

/// What a bundle holds from now on.
pub(super) fn replace(
    tx: &mut Tx<'_>,
    bundle_id: ProductId,
    current: &[bundle_components::Model],
    given: &[wire::BundleComponent],
) -> Vec<bundle_components::Model> {
    current.iter().for_each(|row| tx.delete(row));
    let row = |(position, part): (i64, &wire::BundleComponent)| bundle_components::Model {
        tenant_id: tx.tenant(),
        bundle_id,
        position,
        component_id: part.product_id,
        quantity: part.quantity,
    };
    let rows: Vec<_> = (0..).zip(given).map(row).collect();
    rows.iter().for_each(|row| tx.insert(row.clone()));
    rows
}

/// Splits the price of a bundle by what its components cost alone. Each share is rounded, the last one takes the residue. Components that cost nothing get
/// nothing, unless all of them do: then they share alike.
///
/// # Errors
/// [`Overflow`] when a share does not fit.
pub fn allocate(price: Amount, alone: &[Amount]) -> Result<Vec<Amount>, Overflow> {
    let Some((_, first)) = alone.split_last() else { return Ok(Vec::new()) };
    let sum = Amount::sum(alone.iter().copied())?;
    let mut shares = Vec::with_capacity(alone.len());
    for own in first {
        let (weight, whole) = if sum.is_zero() { (1, i64::try_from(alone.len()).map_err(|_| Overflow)?) } else { (own.0, sum.0) };
        shares.push(Amount(product(&[price.0, weight], &[whole])?));
    }
    shares.push(price.minus(Amount::sum(shares.iter().copied())?)?);
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_follow_the_price_alone_and_the_last_takes_the_residue() {
        let rows: &[(i64, &[i64], &[i64])] = &[
            (90_000, &[60_000, 40_000], &[54_000, 36_000]),
            (10_000, &[1, 1, 1], &[3_333, 3_333, 3_334]),
            (200, &[33, 33, 33, 1], &[66, 66, 66, 2]),
            (100, &[0, 0], &[50, 50]),
            (101, &[0, 0, 0], &[34, 34, 33]),
            (100, &[0, 50], &[0, 100]),
            (0, &[10, 20], &[0, 0]),
            (777, &[5], &[777]),
            (777, &[], &[]),
        ];
        for (price, alone, shares) in rows {
            let alone: Vec<Amount> = alone.iter().copied().map(Amount).collect();
            let found: Vec<i64> = allocate(Amount(*price), &alone).unwrap().iter().map(|share| share.0).collect();
            assert_eq!(found, *shares, "{price}");
        }
    }

    proptest! {
        #[test]
        fn shares_add_up(price in 0_i64..10_000_000_000, alone in prop::collection::vec(0_i64..1_000_000_000, 1..20)) {
            let alone: Vec<Amount> = alone.into_iter().map(Amount).collect();
            let shares = allocate(Amount(price), &alone).unwrap();
            prop_assert_eq!(shares.len(), alone.len());
            prop_assert_eq!(Amount::sum(shares).unwrap(), Amount(price));
        }
    }
}
