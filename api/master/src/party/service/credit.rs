//! The credit limit: an amount needs a currency, and the party's may change.

use crate::party::store::common_currency;
use crate::{check, money};
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::master::parties;
use causeway_kernel::Tx;
use causeway_value::{Amount, AmountText, Currency};

/// A limit with its currency; neither when there is none.
#[derive(Clone, Copy, Default)]
pub(super) struct Credit {
    pub(super) limit: Option<Amount>,
    pub(super) currency: Option<Currency>,
}

/// A limit as given, in the party's currency or else in the one that all companies have.
pub(super) async fn given(tx: &mut Tx<'_>, text: &AmountText, party: Option<Currency>, errors: &mut Vec<FieldError>) -> Result<Credit, Problem> {
    let Some(currency) = currency(tx, party).await? else {
        errors.push(FieldError::pointer(Code::Required, "/currency", "is required: a credit limit needs one, and the companies have several"));
        return Ok(Credit::default());
    };
    let limit = money::amount(text, currency, "/credit_limit", errors);
    if let Some(limit) = limit {
        check::not_negative(limit.0, "/credit_limit", errors);
    }
    Ok(Credit { limit, currency: Some(currency) })
}

/// The limit after a PATCH. A limit in euros is none in yen: who changes the currency says the limit again.
pub(super) async fn patched(
    tx: &mut Tx<'_>,
    patch: &Patch<AmountText>,
    old: &parties::Model,
    party: Option<Currency>,
    errors: &mut Vec<FieldError>,
) -> Result<Credit, Problem> {
    let kept = Credit { limit: old.credit_limit, currency: old.credit_currency };
    match patch {
        Patch::Null => Ok(Credit::default()),
        Patch::Value(text) => given(tx, text, party, errors).await,
        Patch::Absent if kept.limit.is_none() || party == old.currency => Ok(kept),
        Patch::Absent => {
            if currency(tx, party).await? != kept.currency {
                errors.push(FieldError::pointer(Code::Required, "/credit_limit", "is required when the currency changes: say it in the new one, or null"));
            }
            Ok(kept)
        }
    }
}

async fn currency(tx: &mut Tx<'_>, party: Option<Currency>) -> Result<Option<Currency>, Problem> {
    match party {
        Some(currency) => Ok(Some(currency)),
        None => common_currency(tx).await,
    }
}
