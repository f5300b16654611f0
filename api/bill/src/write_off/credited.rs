//! What a credit note takes back of what was given up of its invoice (CRN-01, CRN-04): a customer is paid back what was paid, and tax is corrected once.

use super::rules::{Credited, Discount, taken_back};
use super::service::{Books, Wanted, close, insert, take_back};
use crate::payment::settle::Settlement;
use causeway_contract::Problem;
use causeway_entity::bill::write_offs;
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{Amount, Day, InvoiceId, Overflow, WriteOffStatus};

/// Takes write-offs of a locked invoice back, the newest first, as far as a credit note of `day` exceeds what is open. One of which a part stands is
/// reversed and posted again with that part, so that its entries say what stands. The caller writes the invoice.
///
/// # Errors
/// `rate_missing`; `account_missing`; `period_locked`; `amount_overflow`.
pub(crate) async fn make_room(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    settlement: &mut Settlement,
    (id, mut credited): (InvoiceId, Credited),
    day: Day,
) -> Result<(), Problem> {
    let standing = Find::<write_offs::Entity>::new()
        .eq(write_offs::Column::InvoiceId, id)
        .eq(write_offs::Column::Status, WriteOffStatus::Posted)
        .order_by(write_offs::Column::Id)
        .lock()
        .all(tx)
        .await?;
    let mut books = Books::default();
    for row in standing.iter().rev() {
        let taken = taken_back(row.kind, row.amount, credited)?;
        if taken <= Amount::ZERO {
            continue;
        }
        credited.excess = credited.excess.minus(taken)?;
        take_back(ctx, tx, company, settlement, row, None, day).await?;
        let rest = row.amount.minus(taken)?;
        if rest > Amount::ZERO {
            let wanted = Wanted {
                kind: row.kind,
                payment_id: row.payment_id,
                day: day.max(row.date),
                parts: parts(row)?.of(rest)?,
                account_id: Some(row.account_id),
                reason: row.reason.clone(),
            };
            let (again, settled) = close(ctx, tx, company, settlement, (id, wanted), &mut books).await?;
            insert(ctx, tx, &again, &settled)?;
        }
    }
    Ok(())
}

/// What a write-off was made of: all that is not tax stands on one account.
fn parts(row: &write_offs::Model) -> Result<Discount, Overflow> {
    let tax = Amount::sum(row.taxes.0.iter().map(|tax| tax.amount))?;
    Ok(Discount { untaxed: vec![row.amount.minus(tax)?], taxes: row.taxes.0.clone(), total: row.amount })
}
