//! The verbs of an exchange rate.

use crate::check;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::exchange_rates;
use causeway_kernel::{Change, Ctx, Tx};
use causeway_openapi::pricing as wire;
use causeway_value::ExchangeRateId;

/// Quotes a rate. A quote never changes; a second one for the same day is refused.
///
/// # Errors
/// `invalid_value` for a rate of zero, of a currency in itself or of a strange date; `already_exists`.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateExchangeRate) -> Result<wire::ExchangeRate, Problem> {
    let mut errors = Vec::new();
    check::positive(body.rate.0, "/rate", &mut errors);
    check::day(body.date, "/date", &mut errors);
    if body.currency == body.base {
        errors.push(FieldError::pointer(Code::InvalidValue, "/base", "must be another currency"));
    }
    check::finish(errors)?;
    let now = ctx.now();
    let row = exchange_rates::Model {
        tenant_id: ctx.tenant,
        id: ExchangeRateId::new(),
        currency: body.currency,
        base: body.base,
        date: body.date,
        rate: body.rate,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.insert(row.clone());
    let view = view(&row);
    let (id, version) = (row.id.uuid(), row.version);
    tx.record(ctx, &Change { event: "exchange_rate.created", object: "exchange_rate", id, version, company_id: None, flow_id: None, body: &view })?;
    Ok(view)
}

/// The exchange rate as the API shows it.
#[must_use]
pub fn view(row: &exchange_rates::Model) -> wire::ExchangeRate {
    wire::ExchangeRate {
        id: row.id,
        object: "exchange_rate".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        currency: row.currency,
        base: row.base,
        date: row.date,
        rate: row.rate,
    }
}
