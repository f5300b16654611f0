//! Whether a customer may owe more.

use causeway_value::{Amount, CreditAction, Currency, Day, Overflow, UserId};

/// What happens when credit is used up, and how old a debt may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What happens.
    pub action: CreditAction,
    /// Days that the oldest invoice may be overdue; none checks no age.
    pub max_overdue_days: Option<i64>,
    /// Who owns the holds that it makes.
    pub owner_id: Option<UserId>,
}

impl Default for Policy {
    /// Over the limit is held, so that somebody decides; age is not checked.
    fn default() -> Self {
        Self { action: CreditAction::Hold, max_overdue_days: None, owner_id: None }
    }
}

/// The parts of an exposure in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Open on invoices, drafts included.
    pub open_receivables: Amount,
    /// Waits to be invoiced.
    pub billables: Amount,
    /// Confirmed, not yet billable.
    pub obligations: Amount,
    /// The customer's credit; it lowers the exposure.
    pub unallocated: Amount,
}

impl Parts {
    /// What the customer owes or will owe.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn total(self) -> Result<Amount, Overflow> {
        self.open_receivables.plus(self.billables)?.plus(self.obligations)?.minus(self.unallocated)
    }

    /// Both together.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        Ok(Self {
            open_receivables: self.open_receivables.plus(other.open_receivables)?,
            billables: self.billables.plus(other.billables)?,
            obligations: self.obligations.plus(other.obligations)?,
            unallocated: self.unallocated.plus(other.unallocated)?,
        })
    }

    /// Each part in another currency.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn converted(self, convert: impl Fn(Amount) -> Result<Amount, Overflow>) -> Result<Self, Overflow> {
        Ok(Self {
            open_receivables: convert(self.open_receivables)?,
            billables: convert(self.billables)?,
            obligations: convert(self.obligations)?,
            unallocated: convert(self.unallocated)?,
        })
    }
}

/// What is known about a customer at a company, in the company's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    /// The company's currency.
    pub currency: Currency,
    /// None without a limit.
    pub limit: Option<Amount>,
    /// What is owed.
    pub exposure: Amount,
    /// What would come on top.
    pub more: Amount,
    /// When the oldest open invoice was due, when that is past.
    pub overdue_since: Option<Day>,
    /// The company's today.
    pub today: Day,
}

/// What speaks against owing that much, in words; nothing when it is fine. Where nobody asks for anything, it always is.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn findings(situation: &Situation, policy: &Policy, is_asked: bool) -> Result<Vec<String>, Overflow> {
    let mut found = Vec::new();
    if !is_asked {
        return Ok(found);
    }
    let after = situation.exposure.plus(situation.more)?;
    if let Some(limit) = situation.limit.filter(|limit| after > *limit) {
        let text = |amount: Amount| format!("{} {}", amount.text(situation.currency), situation.currency);
        found.push(format!("The customer would owe {} of a limit of {}, which is {} too much", text(after), text(limit), text(after.minus(limit)?)));
    }
    if let (Some(most), Some(days)) = (policy.max_overdue_days, overdue_days(situation))
        && days > most
    {
        found.push(format!("The oldest invoice is overdue for {days} days, and {most} are accepted"));
    }
    Ok(found)
}

/// For how many days the oldest open invoice is overdue.
#[must_use]
pub fn overdue_days(situation: &Situation) -> Option<i64> {
    situation.overdue_since.map(|since| situation.today.days_since(since)).filter(|days| *days > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_contract::{tells_credit, without_credit};

    fn situation(limit: Option<i64>, exposure: i64, more: i64, due: Option<&str>) -> Situation {
        Situation {
            currency: "EUR".parse().unwrap(),
            limit: limit.map(Amount),
            exposure: Amount(exposure),
            more: Amount(more),
            overdue_since: due.map(|due| due.parse().unwrap()),
            today: "2026-12-31".parse().unwrap(),
        }
    }

    /// What is said here is known where it is taken out for who may not read it.
    #[test]
    fn figures_are_known_in_what_is_said() {
        let owes = Situation { overdue_since: "2026-11-01".parse().ok(), ..situation(Some(1_000), 900, 200, None) };
        let said = findings(&owes, &Policy { max_overdue_days: Some(14), ..Policy::default() }, true).unwrap();
        assert_eq!(said.len(), 2);
        for text in said {
            let told = without_credit(&text);
            assert!(tells_credit(&text) && !told.contains(|letter: char| letter.is_ascii_digit()), "{text} is told as {told}");
        }
    }

    #[test]
    fn the_limit_itself_may_be_used() {
        let count = |limit, exposure, more| findings(&situation(limit, exposure, more, None), &Policy::default(), true).unwrap().len();
        assert_eq!(count(Some(100), 60, 40), 0);
        assert_eq!(count(Some(100), 60, 41), 1);
        assert_eq!(count(None, 60, 41_000), 0);
        assert_eq!(count(Some(0), 0, 1), 1);
        assert_eq!((count(Some(100), 101, 0), count(Some(100), 100, 0)), (1, 0), "what is owed already may be too much by itself");
        assert_eq!(count(Some(0), -5, 5), 0, "credit of the customer is used before the limit");
    }

    #[test]
    fn age_counts_only_where_the_policy_says_how_much() {
        let strict = Policy { max_overdue_days: Some(30), ..Policy::default() };
        let count = |due, policy: &Policy| findings(&situation(None, 0, 1, due), policy, true).unwrap().len();
        assert_eq!(count(Some("2026-12-01"), &strict), 0);
        assert_eq!(count(Some("2026-11-30"), &strict), 1);
        assert_eq!(count(Some("2026-11-30"), &Policy::default()), 0);
        assert_eq!(count(None, &strict), 0);
        assert_eq!(findings(&situation(Some(1), 5, 0, Some("2026-01-01")), &strict, false).unwrap(), Vec::<String>::new());
    }
}
