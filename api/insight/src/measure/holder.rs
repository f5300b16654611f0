//! Whose rows a report has: orders, customers, products or people. In which order they come, and what they are called.

use crate::window::{Window, window};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::users;
use causeway_entity::master::{parties, products};
use causeway_entity::sell::orders;
use causeway_kernel::{Find, Tx};
use causeway_value::{Amount, OrderId, PartyId, ProductId, UserId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Different sums of one report, at most: what is added up in memory.
pub(crate) const MOST: usize = 100_000;

/// What rows are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Order,
    Customer,
    Product,
    Rep,
}

impl Kind {
    /// The column that names it, of orders `o` and their lines `l`.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Order => "o.id",
            Self::Customer => "o.party_id",
            Self::Product => "l.product_id",
            Self::Rep => "o.owner_id",
        }
    }
}

/// A row with what it is about; nothing for what has no such thing.
pub(super) struct Named<T> {
    kind: Kind,
    id: Option<Uuid>,
    pub name: Option<String>,
    pub sum: T,
}

impl<T> Named<T> {
    fn of(&self, kind: Kind) -> Option<Uuid> {
        self.id.filter(|_| self.kind == kind)
    }

    pub(super) fn order_id(&self) -> Option<OrderId> {
        self.of(Kind::Order).map(OrderId::from_uuid)
    }

    pub(super) fn party_id(&self) -> Option<PartyId> {
        self.of(Kind::Customer).map(PartyId::from_uuid)
    }

    pub(super) fn product_id(&self) -> Option<ProductId> {
        self.of(Kind::Product).map(ProductId::from_uuid)
    }

    pub(super) fn owner_id(&self) -> Option<UserId> {
        self.of(Kind::Rep).map(UserId::from_uuid)
    }
}

/// Refuses a report that found more than it may add up: its statement asks for one more than [`MOST`].
///
/// # Errors
/// `invalid_value` for the period.
pub(crate) fn bounded(found: usize) -> Result<(), Problem> {
    if found > MOST {
        let detail = format!("begins a period with more than {MOST} different sums; ask for a shorter one");
        return Err(Problem::of(vec![FieldError::parameter(Code::InvalidValue, "from", detail)]));
    }
    Ok(())
}

/// The rows of one answer, the largest amounts first, each with its name.
///
/// # Errors
/// When the database fails.
pub(super) async fn ranked<T>(
    tx: &mut Tx<'_>,
    kind: Kind,
    sums: BTreeMap<Option<Uuid>, T>,
    amount: impl Fn(&T) -> Amount,
    offset: Option<u32>,
) -> Result<Window<Named<T>>, Problem> {
    let mut all: Vec<(Option<Uuid>, T)> = sums.into_iter().collect();
    all.sort_by_key(|(id, sum)| (Reverse(amount(sum)), *id));
    let Window { rows, count, next } = window(all, offset);
    let names = names(tx, kind, rows.iter().filter_map(|(id, _)| *id).collect()).await?;
    let rows = rows.into_iter().map(|(id, sum)| Named { kind, id, name: id.and_then(|id| names.get(&id).cloned()), sum }).collect();
    Ok(Window { rows, count, next })
}

/// What they are called.
///
/// # Errors
/// When the database fails.
pub(crate) async fn names(tx: &mut Tx<'_>, kind: Kind, ids: BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, String>, Problem> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(match kind {
        Kind::Order => {
            let rows = Find::<orders::Entity>::new().among(orders::Column::Id, ids).all(tx).await?;
            rows.into_iter().map(|row| (row.id.uuid(), row.number)).collect()
        }
        Kind::Customer => {
            let rows = Find::<parties::Entity>::new().among(parties::Column::Id, ids).all(tx).await?;
            rows.into_iter().map(|row| (row.id.uuid(), row.name)).collect()
        }
        Kind::Product => {
            let rows = Find::<products::Entity>::new().among(products::Column::Id, ids).all(tx).await?;
            rows.into_iter().map(|row| (row.id.uuid(), row.name)).collect()
        }
        Kind::Rep => {
            let rows = Find::<users::Entity>::new().among(users::Column::Id, ids).all(tx).await?;
            rows.into_iter().map(|row| (row.id.uuid(), row.name)).collect()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_refused_by_name() {
        assert!(bounded(MOST).is_ok());
        assert_eq!(bounded(MOST + 1).unwrap_err().errors[0].parameter.as_deref(), Some("from"));
    }
}
