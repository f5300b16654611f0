//! Taking over the rates of a file.

use super::file::{self, FileRate};
use super::service;
use crate::check;
use causeway_contract::{Code, Problem};
use causeway_entity::master::exchange_rates;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::pricing as wire;
use causeway_value::{Currency, Day, ExchangeRateId, Rate, RateFile};
use std::collections::BTreeMap;

/// Rates that one import may bring: a quarter of a year of the bank's file.
const RATES: usize = 4_000;
/// Conflicts that one answer names.
const CONFLICTS: usize = 50;

/// Takes over the rates of a file of the European Central Bank, in the direction in which it quotes them: one euro in other currencies. Rates that are
/// there already stay as they are, and the answer says where the file differs; with a reason they are corrected.
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
    let mut answer = wire::ImportedExchangeRates { object: "exchange_rate_import".to_owned(), ..wire::ImportedExchangeRates::default() };
    for FileRate { date, base, rate } in given {
        answer.read += 1;
        match known.get(&(date, base)) {
            Some(before) if before.rate() == rate => answer.unchanged += 1,
            Some(Known::Stored(row)) if body.correction_reason.is_some() => {
                service::correct(ctx, tx, row, rate, body.correction_reason.clone())?;
                known.insert((date, base), Known::Given(row.id, rate));
                answer.corrected += 1;
            }
            Some(before) => {
                answer.differing += 1;
                if answer.conflicts.len() < CONFLICTS {
                    let (exchange_rate_id, stored) = (before.id(), before.rate());
                    answer.conflicts.push(wire::RateConflict { exchange_rate_id, currency: euro, base, date, stored, given: rate });
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
    const fn id(&self) -> ExchangeRateId {
        match self {
            Self::Stored(row) => row.id,
            Self::Given(id, _) => *id,
        }
    }

    const fn rate(&self) -> Rate {
        match self {
            Self::Stored(row) => row.rate,
            Self::Given(_, rate) => *rate,
        }
    }
}

/// The rates of the euro that are there already for the days of the file.
async fn stored(tx: &mut Tx<'_>, euro: Currency, given: &[FileRate]) -> Result<BTreeMap<(Day, Currency), Known>, Problem> {
    let (Some(first), Some(last)) = (given.iter().map(|rate| rate.date).min(), given.iter().map(|rate| rate.date).max()) else {
        return Ok(BTreeMap::new());
    };
    let find =
        Find::<exchange_rates::Entity>::new().eq(exchange_rates::Column::Currency, euro).when("date >= ? AND date <= ?", vec![first.into(), last.into()]);
    Ok(find.all(tx).await?.into_iter().map(|row| ((row.date, row.base), Known::Stored(row))).collect())
}
