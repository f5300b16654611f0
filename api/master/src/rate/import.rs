//! Taking over the rates of a file.

use super::file::{self, FileRate};
use super::rules::inverse;
use super::service;
use crate::check;
use causeway_contract::{Code, Problem};
use causeway_entity::master::exchange_rates;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::pricing as wire;
use causeway_value::{Currency, Day, ExchangeRateId, Overflow, Rate, RateFile};
use std::collections::BTreeMap;

/// Rates that one import may bring: a quarter of a year of the bank's file.
const RATES: usize = 4_000;
/// Conflicts that one answer names.
const CONFLICTS: usize = 50;

/// Takes over the rates of a file of the European Central Bank, in the direction in which it quotes them: one euro in other currencies. Rates that are
/// there already, in either direction, stay as they are, and the answer says where the file differs; with a reason they are corrected, but for those of locked
/// days by who may not open these.
///
/// # Errors
/// What [`file`] finds wrong; `too_many` rates; `invalid_value` for an empty reason.
pub async fn import(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::ImportExchangeRates) -> Result<wire::ImportedExchangeRates, Problem> {
    let mut given = match body.format {
        RateFile::EcbCsv => file::csv(&body.content)?,
        RateFile::EcbXml => file::xml(&body.content)?,
    };
    let mut errors = Vec::new();
    if let Some(reason) = &body.correction_reason {
        check::not_blank(reason, "/correction_reason", &mut errors);
    }
    check::finish(errors)?;
    given.retain(|rate| body.from.is_none_or(|from| rate.date >= from) && body.to.is_none_or(|to| rate.date <= to));
    if given.len() > RATES {
        let detail = format!("holds {} rates, and one import takes {RATES}: limit the days with `from` and `to`, and send several", given.len());
        return Err(Problem::field(Code::TooMany, "/content", detail));
    }
    let euro: Currency = "EUR".parse().map_err(|_| Problem::new(Code::InternalError, "The euro is not known."))?;
    let mut known = stored(tx, euro, &given).await?;
    let locked = if body.correction_reason.is_some() { service::locked_for(ctx, tx).await? } else { None };
    let mut answer = wire::ImportedExchangeRates { object: "exchange_rate_import".to_owned(), ..wire::ImportedExchangeRates::default() };
    for FileRate { date, base, rate } in given {
        answer.read += 1;
        match known.get(&(date, base)) {
            Some(before) if before.says(euro, rate)? => answer.unchanged += 1,
            Some(Known::Stored(row)) if body.correction_reason.is_some() && locked.is_none_or(|through| date > through) => {
                service::correct(ctx, tx, row, turned(row, euro, rate)?, body.correction_reason.clone())?;
                known.insert((date, base), Known::Given(row.id, rate));
                answer.corrected += 1;
            }
            Some(before) => {
                answer.differing += 1;
                if answer.conflicts.len() < CONFLICTS {
                    answer.conflicts.push(match before {
                        Known::Stored(row) => {
                            let (exchange_rate_id, given) = (row.id, turned(row, euro, rate)?);
                            wire::RateConflict { exchange_rate_id, currency: row.currency, base: row.base, date, stored: row.rate, given }
                        }
                        Known::Given(id, stored) => wire::RateConflict { exchange_rate_id: *id, currency: euro, base, date, stored: *stored, given: rate },
                    });
                }
            }
            None => {
                let made = service::quote(ctx, tx, &wire::CreateExchangeRate { currency: euro, base, date, rate })?;
                known.insert((date, base), Known::Given(made.id, rate));
                answer.created += 1;
            }
        }
    }
    Ok(answer)
}

/// A rate of a pair and a day.
enum Known {
    /// It was there.
    Stored(exchange_rates::Model),
    /// The file said so before.
    Given(ExchangeRateId, Rate),
}

impl Known {
    /// Whether it says what the file says: one that was quoted the other way round as far as its decimals tell.
    fn says(&self, euro: Currency, rate: Rate) -> Result<bool, Overflow> {
        match self {
            Self::Given(_, known) => Ok(*known == rate),
            Self::Stored(row) if row.currency == euro => Ok(row.rate == rate),
            Self::Stored(row) => Ok(row.rate == inverse(rate)? || inverse(row.rate)? == rate),
        }
    }
}

/// A rate of the file in the direction in which the one that is there was quoted.
fn turned(row: &exchange_rates::Model, euro: Currency, rate: Rate) -> Result<Rate, Overflow> {
    if row.currency == euro { Ok(rate) } else { inverse(rate) }
}

/// The rates of the euro, in either direction, that are there already for the days of the file. Of two of one day the file's direction counts.
async fn stored(tx: &mut Tx<'_>, euro: Currency, given: &[FileRate]) -> Result<BTreeMap<(Day, Currency), Known>, Problem> {
    let (Some(first), Some(last)) = (given.iter().map(|rate| rate.date).min(), given.iter().map(|rate| rate.date).max()) else {
        return Ok(BTreeMap::new());
    };
    let find = Find::<exchange_rates::Entity>::new().when("currency = ? OR base = ?", vec![euro.into(), euro.into()]);
    let (same, turned): (Vec<_>, Vec<_>) =
        find.when("date >= ? AND date <= ?", vec![first.into(), last.into()]).all(tx).await?.into_iter().partition(|row| row.currency == euro);
    let turned = turned.into_iter().map(|row| ((row.date, row.currency), Known::Stored(row)));
    Ok(turned.chain(same.into_iter().map(|row| ((row.date, row.base), Known::Stored(row)))).collect())
}
