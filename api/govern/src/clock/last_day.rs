//! Rows that have a last day. It has passed when the next day begins where their company is.

use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{CompanyId, Day, Instant};
use sea_orm::{EntityTrait, IdenStatic};

/// Rows that are looked after in one transaction, at most.
const BATCH: u64 = 50;

/// What waits for a day to pass.
pub struct LastDay<E: EntityTrait> {
    /// The rows of a company that wait, with a day or without.
    pub waiting: fn(CompanyId) -> Find<E>,
    /// The column of the day.
    pub column: E::Column,
    /// The day of a row.
    pub of: fn(&E::Model) -> Option<Day>,
}

impl<E: EntityTrait> LastDay<E> {
    /// When the next day has passed, up to and including `until`. One that passed long ago counts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&self, tx: &mut Tx<'_>, until: Instant) -> Result<Option<Instant>, Problem> {
        let dated = format!("{} IS NOT NULL", self.column.as_str());
        let mut earliest: Option<Instant> = None;
        for company in Find::<companies::Entity>::new().all(tx).await? {
            let first = (self.waiting)(company.id).when(&dated, Vec::new()).order_by(self.column).one(tx).await?;
            let passed = first.as_ref().and_then(self.of).map(|day| day.plus_days(1).start_in(company.time_zone));
            earliest = [earliest, passed].into_iter().flatten().min();
        }
        Ok(earliest.filter(|at| *at <= until))
    }

    /// Rows of a company whose day has passed, the earliest first, locked; none when no company has any.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passed(&self, ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Vec<E::Model>, Problem> {
        let before = format!("{} < ?", self.column.as_str());
        for company in Find::<companies::Entity>::new().all(tx).await? {
            let today = ctx.today(company.time_zone);
            let passed = (self.waiting)(company.id).when(&before, vec![today.into()]);
            let passed = passed.order_by(self.column).limit(BATCH).lock().all(tx).await?;
            if !passed.is_empty() {
                return Ok(passed);
            }
        }
        Ok(Vec::new())
    }
}
