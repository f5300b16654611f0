//! Which companies somebody acts for: a list, or none for all of them (threat 14).

use causeway_value::CompanyId;

/// Whether who is limited to `held` may have a say over what is limited to `wanted`.
#[must_use]
pub fn within(held: Option<&[CompanyId]>, wanted: Option<&[CompanyId]>) -> bool {
    match (held, wanted) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(held), Some(wanted)) => wanted.iter().all(|company| held.contains(company)),
    }
}

/// The companies that two limits have in common; the list is empty when there are none.
pub(super) fn common(one: Option<Vec<CompanyId>>, other: Option<Vec<CompanyId>>) -> Option<Vec<CompanyId>> {
    match (one, other) {
        (None, limit) | (limit, None) => limit,
        (Some(one), Some(other)) => Some(one.into_iter().filter(|company| other.contains(company)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_all_and_a_list_is_no_more_than_it_says() {
        let [a, b] = [CompanyId::new(), CompanyId::new()];
        let list = |companies: &[CompanyId]| Some(companies.to_vec());
        for (held, wanted, may, both) in [
            (None, None, true, None),
            (None, list(&[a]), true, list(&[a])),
            (list(&[a]), None, false, list(&[a])),
            (list(&[a]), list(&[a]), true, list(&[a])),
            (list(&[a]), list(&[a, b]), false, list(&[a])),
            (list(&[a, b]), list(&[b]), true, list(&[b])),
            (list(&[a]), list(&[b]), false, list(&[])),
        ] {
            assert_eq!(within(held.as_deref(), wanted.as_deref()), may, "{held:?} {wanted:?}");
            assert_eq!(common(held.clone(), wanted.clone()), both, "{held:?} {wanted:?}");
        }
    }
}
