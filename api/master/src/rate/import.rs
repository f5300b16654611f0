//! Taking over the rates of a file.

use super::file::{self, FileRate};
use super::service;
use causeway_contract::{Code, Problem};
use causeway_entity::master::exchange_rates;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::pricing as wire;
use causeway_value::{Currency, Day, Rate, RateFile};
use std::collections::BTreeMap;

/// Rates that one import may bring: a quarter of a year of the bank's file.
const RATES: usize = 4_000;
/// Conflicts that one answer names.
const CONFLICTS: usize = 50;

/// Takes over the rates of a file of the European Central Bank, in the direction in which it quotes them: one euro in other currencies. Rates that are
/// there already stay as they are; where the file differs, the answer says so.
///
/// # Errors
/// What [`file`] finds wrong; `too_many` rates.
pub async fn import(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::ImportExchangeRates) -> Result<wire::ImportedExchangeRates, Problem> {
    let mut given = match body.format {
        RateFile::EcbCsv => file::csv(&body.content)?,
        RateFile::EcbXml => file::xml(&body.content)?,
    };
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
            Some(before) if *before == rate => answer.unchanged += 1,
            Some(before) => {
                answer.differing += 1;
                if answer.conflicts.len() < CONFLICTS {
                    answer.conflicts.push(wire::RateConflict { currency: euro, base, date, stored: *before, given: rate });
                }
            }
            None => {
                service::create(ctx, tx, &wire::CreateExchangeRate { currency: euro, base, date, rate }).await?;
                known.insert((date, base), rate);
                answer.created += 1;
            }
        }
    }
    Ok(answer)
}

/// The rates of the euro that are there already for the days of the file.
async fn stored(tx: &mut Tx<'_>, euro: Currency, given: &[FileRate]) -> Result<BTreeMap<(Day, Currency), Rate>, Problem> {
    let (Some(first), Some(last)) = (given.iter().map(|rate| rate.date).min(), given.iter().map(|rate| rate.date).max()) else {
        return Ok(BTreeMap::new());
    };
    let find =
        Find::<exchange_rates::Entity>::new().eq(exchange_rates::Column::Currency, euro).when("date >= ? AND date <= ?", vec![first.into(), last.into()]);
    Ok(find.all(tx).await?.into_iter().map(|row| ((row.date, row.base), row.rate)).collect())
}
