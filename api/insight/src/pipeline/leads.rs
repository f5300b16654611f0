//! What became of the leads that came in (CRM-01, CRM-04, CRM-10).

use super::rules::win_rate;
use super::scope::Scope;
use crate::measure::holder::{Kind, MOST, bounded, names};
use crate::measure::{days, months, months_table};
use crate::sql::{self, Statement};
use crate::window::window;
use causeway_contract::Problem;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::lead_conversion::{self as wire, LeadConversionBy as By};
use causeway_value::{LeadStatus, OpportunityStatus, Overflow, UserId};
use sea_orm::FromQueryResult;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What the leads of a row share: their owner, and their month or source.
type Key = (Option<Uuid>, Option<String>);

/// Leads of one holder that ended alike.
#[derive(Clone, Debug, FromQueryResult)]
struct Group {
    holder: Option<Uuid>,
    word: Option<String>,
    status: LeadStatus,
    /// Where the deal of a qualified one stands.
    deal: Option<OpportunityStatus>,
    count: i64,
}

/// What became of leads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    open: i64,
    qualified: i64,
    converted: i64,
    lost: i64,
    disqualified: i64,
}

impl Sum {
    fn add(&mut self, group: &Group) -> Result<(), Overflow> {
        let more = |sum: &mut i64| sum.checked_add(group.count).map(|all| *sum = all).ok_or(Overflow);
        match group.status {
            LeadStatus::New | LeadStatus::Working => more(&mut self.open),
            LeadStatus::Disqualified => more(&mut self.disqualified),
            LeadStatus::Qualified => {
                match group.deal {
                    Some(OpportunityStatus::Won) => more(&mut self.converted)?,
                    Some(OpportunityStatus::Lost) => more(&mut self.lost)?,
                    Some(OpportunityStatus::Open) | None => {}
                }
                more(&mut self.qualified)
            }
        }
    }

    fn captured(self) -> Result<i64, Overflow> {
        [self.qualified, self.disqualified].into_iter().try_fold(self.open, i64::checked_add).ok_or(Overflow)
    }

    fn shown(self) -> Result<wire::LeadConversionSum, Overflow> {
        let captured = self.captured()?;
        Ok(wire::LeadConversionSum {
            captured_count: captured,
            open_count: self.open,
            qualified_count: self.qualified,
            converted_count: self.converted,
            lost_count: self.lost,
            disqualified_count: self.disqualified,
            qualification_rate: win_rate(self.qualified, captured - self.qualified)?,
            conversion_rate: win_rate(self.converted, captured - self.converted)?,
        })
    }
}

/// The id and the word that make a row, one of which is null.
const fn columns(by: By) -> (&'static str, &'static str) {
    match by {
        By::Month => ("CAST(NULL AS UUID)", "m.month"),
        By::Source => ("CAST(NULL AS UUID)", "o.source"),
        By::Owner => ("o.owner_id", "CAST(NULL AS TEXT)"),
    }
}

/// The report.
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period.
pub async fn report(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::LeadConversionQuery) -> Result<wire::LeadConversion, Problem> {
    let scope = Scope::of(tx, query.company_id, None).await?;
    let by = query.by.unwrap_or_default();
    let (from, to) = days(query.from, query.to, scope.today(ctx))?;
    let months = months(from, to, scope.zone)?;
    let filter = scope.filter(tx).and("o.owner_id =", query.owner_id).and("o.team_id =", query.team_id).and("o.source =", query.source.clone());
    let (holder, word) = columns(by);
    let sql = format!(
        "{} SELECT g.holder AS holder, g.word AS word, g.status AS status, g.deal AS deal, COUNT(*) AS count FROM ( \
             SELECT {holder} AS holder, {word} AS word, o.status AS status, d.status AS deal \
             FROM leads o JOIN months m ON o.created_at >= m.starts AND o.created_at < m.ends \
             LEFT JOIN opportunities d ON d.tenant_id = o.tenant_id AND d.id = o.opportunity_id WHERE {}) g \
         GROUP BY g.holder, g.word, g.status, g.deal LIMIT {}",
        months_table(&months),
        filter.sql,
        MOST + 1
    );
    let cells = [("holder", Cell::Uuid), ("word", Cell::Text), ("status", Cell::Text), ("deal", Cell::Text), ("count", Cell::Whole)];
    let found: Vec<Group> = sql::rows(tx, Statement { sql, values: filter.values }, &cells).await?;
    bounded(found.len())?;
    let mut sums: BTreeMap<Key, Sum> = BTreeMap::new();
    if by == By::Month {
        sums.extend(months.into_iter().map(|month| ((None, Some(month.name)), Sum::default())));
    }
    let mut total = Sum::default();
    for group in &found {
        total.add(group)?;
        sums.entry((group.holder, group.word.clone())).or_default().add(group)?;
    }
    let mut all: Vec<(Key, i64, Sum)> = Vec::with_capacity(sums.len());
    for (key, sum) in sums {
        all.push((key, sum.captured()?, sum));
    }
    if by != By::Month {
        all.sort_by(|(one, many, _), (other, more, _)| (Reverse(many), one).cmp(&(Reverse(more), other)));
    }
    let shown = window(all, query.offset);
    let names = names(tx, Kind::Rep, shown.rows.iter().filter_map(|((holder, _), ..)| *holder).collect()).await?;
    let row = |((holder, word), _, sum): (Key, i64, Sum)| -> Result<wire::LeadConversionRow, Overflow> {
        let (month, source) = if by == By::Month { (word, None) } else { (None, word) };
        Ok(wire::LeadConversionRow {
            month,
            source,
            owner_id: holder.map(UserId::from_uuid),
            name: holder.and_then(|id| names.get(&id).cloned()),
            sum: sum.shown()?,
        })
    };
    Ok(wire::LeadConversion {
        object: "lead_conversion".to_owned(),
        by,
        from,
        to,
        rows: shown.rows.into_iter().map(row).collect::<Result<_, _>>()?,
        count: shown.count,
        next_offset: shown.next,
        total: total.shown()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lead_is_in_one_place() {
        let group = |status, deal, count| Group { holder: None, word: None, status, deal, count };
        let mut sum = Sum::default();
        for group in [
            group(LeadStatus::New, None, 2),
            group(LeadStatus::Working, None, 1),
            group(LeadStatus::Qualified, Some(OpportunityStatus::Open), 1),
            group(LeadStatus::Qualified, Some(OpportunityStatus::Won), 2),
            group(LeadStatus::Qualified, Some(OpportunityStatus::Lost), 1),
            group(LeadStatus::Disqualified, None, 1),
        ] {
            sum.add(&group).unwrap();
        }
        let shown = sum.shown().unwrap();
        let counts = [shown.captured_count, shown.open_count, shown.qualified_count, shown.converted_count, shown.lost_count, shown.disqualified_count];
        assert_eq!(counts, [8, 3, 4, 2, 1, 1]);
        assert_eq!((shown.qualification_rate.as_deref(), shown.conversion_rate.as_deref()), (Some("0.5000"), Some("0.2500")));
        assert_eq!(Sum::default().shown().unwrap().conversion_rate, None);
    }
}
