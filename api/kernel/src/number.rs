//! Numbers of documents: a counter row per company, kind and fiscal year, locked in the transaction that uses it
//! (INV-4: gapless for what is posted, and in date order for documents that we send).

use crate::Ctx;
use crate::db::{Find, Tx};
use causeway_contract::{Code, Problem};
use causeway_entity::kernel::number_series;
use causeway_value::{CompanyId, Day, DocumentKind};

/// A company's fiscal calendar, as far as numbers need it.
#[derive(Clone, Copy, Debug)]
pub struct Fiscal {
    /// The company.
    pub company_id: CompanyId,
    /// The month in which its fiscal year starts, 1 to 12.
    pub start_month: u32,
}

impl Fiscal {
    /// The fiscal year of a day, named after the calendar year in which it ends.
    #[must_use]
    pub fn year(self, day: Day) -> i64 {
        i64::from(day.year()) + i64::from(self.start_month > 1 && day.month() >= self.start_month)
    }
}

/// Gives the next number of a series, such as `INV/2026/00042`.
///
/// # Errors
/// `number_order` when a posted document would be dated before the last one of its series.
pub async fn next(ctx: &Ctx, tx: &mut Tx<'_>, fiscal: Fiscal, kind: DocumentKind, day: Day) -> Result<String, Problem> {
    let year = fiscal.year(day);
    let tenant = tx.tenant();
    let series = tx.series(ctx, fiscal.company_id, kind, year).await?;
    must_follow(series, day)?;
    let number = series.next_number;
    debug_assert_eq!(series.tenant_id, tenant);
    series.next_number += 1;
    series.last_day = Some(series.last_day.map_or(day, |last| last.max(day)));
    Ok(format!("{}/{year}/{number:05}", kind.prefix()))
}

/// Refuses a day before the last one of a series that follows its dates.
fn must_follow(series: &number_series::Model, day: Day) -> Result<(), Problem> {
    let Some(last) = series.last_day.filter(|last| series.kind.in_date_order() && day < *last) else { return Ok(()) };
    let prefix = series.kind.prefix();
    let detail = format!("The date {day} is before {last}, the date of the last {prefix} of this series. Post it with {last} or later.");
    Err(Problem::new(Code::NumberOrder, detail).with("last_date", last.to_string()))
}

/// Whether a document of this day would get a number now. Nothing is locked or given.
///
/// # Errors
/// `number_order` as [`next`].
pub async fn check(tx: &mut Tx<'_>, fiscal: Fiscal, kind: DocumentKind, day: Day) -> Result<(), Problem> {
    let series = of((fiscal.company_id, kind, fiscal.year(day))).one(tx).await?;
    series.as_ref().map_or(Ok(()), |series| must_follow(series, day))
}

/// Lets a series go on from an earlier day, because what was dated after it does not count any more.
///
/// # Errors
/// When the database fails.
pub async fn go_on_from(ctx: &Ctx, tx: &mut Tx<'_>, fiscal: Fiscal, kind: DocumentKind, year: i64, last: Option<Day>) -> Result<(), Problem> {
    tx.series(ctx, fiscal.company_id, kind, year).await?.last_day = last;
    Ok(())
}

impl Tx<'_> {
    /// The counter row of a series, locked; changes to it are written with everything else.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn series(&mut self, _ctx: &Ctx, company_id: CompanyId, kind: DocumentKind, year: i64) -> Result<&mut number_series::Model, Problem> {
        let key = (company_id, kind, year);
        if !self.series.contains_key(&key) {
            let fresh = number_series::Model { tenant_id: self.tenant(), company_id, kind, year, next_number: 1, last_day: None, chain: None };
            let mut found = find(self, key).await?;
            if found.is_none() && self.locks() {
                // Two first documents of a year at once: the row must exist before it can be locked.
                let sql = "INSERT INTO number_series (tenant_id, company_id, kind, year, next_number) VALUES ($1, $2, $3, $4, 1) ON CONFLICT DO NOTHING";
                self.execute_now(sql, vec![self.tenant().into(), company_id.into(), kind.into(), year.into()]).await?;
                found = find(self, key).await?;
            }
            self.series.insert(key, (found.clone(), found.unwrap_or(fresh)));
        }
        self.series.get_mut(&key).map(|(_, current)| current).ok_or_else(Problem::not_found)
    }

    /// Turns the changed counters into writes, last of all.
    pub(crate) fn write_series(&mut self) {
        for (_, (old, new)) in std::mem::take(&mut self.series) {
            match old {
                Some(old) => self.update(&old, &new),
                None => self.insert(new),
            }
        }
    }
}

async fn find(tx: &mut Tx<'_>, key: (CompanyId, DocumentKind, i64)) -> Result<Option<number_series::Model>, Problem> {
    of(key).lock().one(tx).await
}

fn of((company_id, kind, year): (CompanyId, DocumentKind, i64)) -> Find<number_series::Entity> {
    Find::<number_series::Entity>::new()
        .eq(number_series::Column::CompanyId, company_id)
        .eq(number_series::Column::Kind, kind)
        .eq(number_series::Column::Year, year)
}
