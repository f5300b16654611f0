//! What a report about deals covers: companies, currency, time zone and filters.

use crate::sql;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::rate::lookup::{self, RateTable};
use causeway_value::{CompanyId, Currency, Day, Zone};
use sea_orm::sea_query::Value;
use std::collections::BTreeSet;

/// What a report covers.
pub struct Scope {
    /// The companies in it.
    companies: Vec<CompanyId>,
    /// The currency of its values.
    pub currency: Currency,
    /// The time zone of its months and days.
    pub zone: Zone,
}

/// Refuses a period that ends before it begins.
///
/// # Errors
/// `invalid_value` for `to`.
pub fn in_order(from: Option<Day>, to: Option<Day>) -> Result<(), Problem> {
    match (from, to) {
        (Some(from), Some(to)) if to < from => Err(Problem::of(vec![FieldError::parameter(Code::InvalidValue, "to", "must not be before `from`")])),
        _ => Ok(()),
    }
}

impl Scope {
    /// The company that is asked for, or all that the caller may see. The currency is the one that is asked for, else that of the first company; the time
    /// zone is the one that all companies have, else UTC.
    ///
    /// # Errors
    /// `not_found` for the company; `invalid_value` for a tenant without one.
    pub async fn of(tx: &mut Tx<'_>, company_id: Option<CompanyId>, currency: Option<Currency>) -> Result<Self, Problem> {
        let companies = match company_id {
            Some(id) => vec![sql::company(tx, id).await?],
            None => Find::<companies::Entity>::new().order_by(companies::Column::Id).all(tx).await?,
        };
        let Some(first) = companies.first() else {
            return Err(Problem::of(vec![FieldError::parameter(Code::InvalidValue, "company_id", "has nothing to name: create a company first")]));
        };
        let zone = sql::zone_of(&companies);
        let currency = currency.unwrap_or(first.currency);
        Ok(Self { companies: companies.into_iter().map(|company| company.id).collect(), currency, zone })
    }

    /// Today, where the companies are.
    #[must_use]
    pub fn today(&self, ctx: &Ctx) -> Day {
        ctx.today(self.zone)
    }

    /// The rates into the currency of the report on a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rates(&self, tx: &mut Tx<'_>, from: BTreeSet<Currency>, day: Day) -> Result<RateTable, Problem> {
        lookup::rates(tx, from.into_iter().map(|from| (from, self.currency)), day).await
    }

    /// The beginning of a condition on opportunities `o`: the tenant and the companies of the report.
    #[must_use]
    pub fn filter(&self, tx: &Tx<'_>) -> Filter {
        let mut filter = Filter { sql: "o.tenant_id = $1".to_owned(), values: vec![tx.tenant().into()] };
        let places: Vec<String> = self.companies.iter().map(|company| filter.place(*company)).collect();
        filter.sql.push_str(&format!(" AND o.company_id IN ({})", places.join(", ")));
        filter
    }
}

/// A condition that grows, with its values.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The condition.
    pub sql: String,
    /// Its values.
    pub values: Vec<Value>,
}

impl Filter {
    /// A place for one more value.
    pub fn place(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// And this, with its one value; `column` must be a literal.
    #[must_use]
    pub fn and(mut self, column: &'static str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            let place = self.place(value);
            self.sql.push_str(&format!(" AND {column} {place}"));
        }
        self
    }
}
