//! How long something is overdue, and what that comes to per party.

use causeway_value::{Amount, Day, Overflow, PartyId};

/// The buckets, in days overdue.
pub const BUCKETS: [&str; 5] = ["current", "1-30", "31-60", "61-90", "90+"];

/// The amounts of a party or of all, in the order of [`BUCKETS`].
pub type Amounts = [Amount; BUCKETS.len()];

/// The place in [`BUCKETS`] of what is due on a day. What is due on the day itself is current, and so is what is never due: credit.
#[must_use]
pub fn bucket(due: Option<Day>, as_of: Day) -> usize {
    match due.map_or(0, |due| as_of.days_since(due)) {
        ..=0 => 0,
        1..=30 => 1,
        31..=60 => 2,
        61..=90 => 3,
        _ => 4,
    }
}

/// What is open for a party on one due date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The party.
    pub party_id: PartyId,
    /// Its name.
    pub name: String,
    /// When it is due; none for credit.
    pub due_date: Option<Day>,
    /// In minor units of the company's currency; negative when it lowers what is owed.
    pub amount: Amount,
}

/// What a party owes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The party.
    pub party_id: PartyId,
    /// Its name.
    pub name: String,
    /// In the order of [`BUCKETS`].
    pub amounts: Amounts,
}

/// The parties with what they owe, in the order of the items, which come party by party. Parties whose amounts all cancel out are left out.
///
/// # Errors
/// [`Overflow`] when a sum does not fit.
pub fn by_party(items: Vec<Item>, as_of: Day) -> Result<Vec<Owed>, Overflow> {
    let mut parties: Vec<Owed> = Vec::new();
    for item in items {
        let place = bucket(item.due_date, as_of);
        let is_next = parties.last().is_none_or(|last| last.party_id != item.party_id);
        if is_next {
            parties.push(Owed { party_id: item.party_id, name: item.name, amounts: Amounts::default() });
        }
        if let Some(amount) = parties.last_mut().and_then(|party| party.amounts.get_mut(place)) {
            *amount = amount.plus(item.amount)?;
        }
    }
    parties.retain(|party| party.amounts.iter().any(|amount| !amount.is_zero()));
    Ok(parties)
}

/// The sums over all parties.
///
/// # Errors
/// [`Overflow`] when a sum does not fit.
pub fn totals(parties: &[Owed]) -> Result<Amounts, Overflow> {
    let mut totals = Amounts::default();
    for party in parties {
        for (total, amount) in totals.iter_mut().zip(party.amounts) {
            *total = total.plus(amount)?;
        }
    }
    Ok(totals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_itself_is_current_and_each_bucket_ends_with_its_last_day() {
        let as_of = day("2026-12-31");
        let places: Vec<usize> = [-5_i64, 0, 1, 30, 31, 60, 61, 90, 91, 400].iter().map(|days| bucket(Some(as_of.plus_days(-days)), as_of)).collect();
        assert_eq!(places, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
        assert_eq!(bucket(None, as_of), 0);
    }

    #[test]
    fn credit_lowers_what_is_current() {
        let (as_of, party_id) = (day("2026-12-31"), PartyId::new());
        let item = |due: Option<&str>, amount| Item { party_id, name: "Borealis".to_owned(), due_date: due.map(day), amount: Amount(amount) };
        let owed = by_party(vec![item(Some("2026-12-31"), 500), item(Some("2026-12-01"), 700), item(None, -600)], as_of).unwrap();
        assert_eq!(owed[0].amounts, [-100, 700, 0, 0, 0].map(Amount));
        assert_eq!(totals(&owed).unwrap(), owed[0].amounts);
        assert!(by_party(vec![item(Some("2026-12-31"), 500), item(None, -500)], as_of).unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_between_items_and_totals(items in prop::collection::vec((0_u8..4, -200_i64..200, -10_000_i64..10_000), 0..40)) {
            let as_of = day("2026-12-31");
            let parties: Vec<PartyId> = (0..4).map(|_| PartyId::new()).collect();
            let mut rows: Vec<Item> = items
                .iter()
                .map(|(party, days, amount)| Item {
                    party_id: parties[usize::from(*party)],
                    name: String::new(),
                    due_date: Some(as_of.plus_days(*days)),
                    amount: Amount(*amount),
                })
                .collect();
            rows.sort_by_key(|item| item.party_id);
            let owed = by_party(rows, as_of).unwrap();
            let total: i64 = totals(&owed).unwrap().iter().map(|amount| amount.0).sum();
            prop_assert_eq!(total, items.iter().map(|(_, _, amount)| amount).sum::<i64>());
        }
    }
}
