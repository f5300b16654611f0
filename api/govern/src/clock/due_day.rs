//! Rows that wait for a day: until it comes where their company is, or until it has passed there, which is when the next day begins.

use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{CompanyId, Day, Instant};
use sea_orm::{EntityTrait, IdenStatic};

/// Rows that are looked after in one transaction, at most.
const BATCH: u64 = 50;

/// What waits for a day.
pub struct DueDay<E: EntityTrait> {
    /// The rows of a company that wait, with a day or without.
    pub waiting: fn(CompanyId) -> Find<E>,
    /// The column of the day.
    pub column: E::Column,
    /// The day of a row.
    pub of: fn(&E::Model) -> Option<Day>,
    /// Days after it at whose beginning a row is due: none for what is to happen on the day, 1 for what lasts through it.
    pub after: i64,
}

impl<E: EntityTrait> DueDay<E> {
    /// When the next row is due, up to and including `until`. One that was due long ago counts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&self, tx: &mut Tx<'_>, until: Instant) -> Result<Option<Instant>, Problem> {
        let dated = format!("{} IS NOT NULL", self.column.as_str());
        let mut earliest: Option<Instant> = None;
        for company in Find::<companies::Entity>::new().all(tx).await? {
            let first = (self.waiting)(company.id).when(&dated, Vec::new()).order_by(self.column).one(tx).await?;
            let due = first.as_ref().and_then(self.of).map(|day| day.plus_days(self.after).start_in(company.time_zone));
            earliest = [earliest, due].into_iter().flatten().min();
        }
        Ok(earliest.filter(|at| *at <= until))
    }

    /// Rows of a company that are due, the earliest first, locked; none when no company has any.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due(&self, ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Vec<E::Model>, Problem> {
        let dated = format!("{} <= ?", self.column.as_str());
        for company in Find::<companies::Entity>::new().all(tx).await? {
            let last = ctx.today(company.time_zone).plus_days(-self.after);
            let due = (self.waiting)(company.id).when(&dated, vec![last.into()]);
            let due = due.order_by(self.column).limit(BATCH).lock().all(tx).await?;
            if !due.is_empty() {
                return Ok(due);
            }
        }
        Ok(Vec::new())
    }
}
