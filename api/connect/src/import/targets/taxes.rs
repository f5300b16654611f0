//! The taxes of a product by their codes or names. A product is everybody's and a tax one company's: the row speaks of the taxes of the import's company, and
//! what the product has of others stays (MDM-02, QTE-10).

use super::Prepared;
use crate::import::names::{MANY, Names, folded};
use crate::import::rows::{CellError, Row};
use causeway_contract::{Code, Problem};
use causeway_entity::master::taxes::{Entity, Model};
use causeway_kernel::{Find, Tx};
use causeway_value::{CompanyId, TaxId, split_type_id};
use std::collections::BTreeSet;

/// By what a cell may name taxes.
pub(super) const NAMED_BY: &str = "their codes or names, of taxes of the company that the import names";
/// The field.
const FIELD: &str = "tax_ids";

/// The taxes that rows may name.
#[derive(Default)]
pub(super) struct Taxes {
    known: Vec<Model>,
    /// The company of the import.
    company: Option<CompanyId>,
}

impl Taxes {
    /// Reads them, where a row names one otherwise than by its id.
    pub(super) async fn load(tx: &mut Tx<'_>, rows: &[Prepared], names: &Names, company: Option<CompanyId>) -> Result<Self, Problem> {
        let by_name = |row: &Prepared| row.row.fields.get(FIELD).is_some_and(|text| parts(text).any(|part| split_type_id(part).is_none()));
        if !rows.iter().any(by_name) {
            return Ok(Self::default());
        }
        let mut known = Find::<Entity>::new().limit(MANY).all(tx).await?;
        known.retain(|tax| names.sees(tax.company_id));
        Ok(Self { known, company })
    }

    /// Puts ids in the place of codes and names. `before` are the taxes that the product has.
    pub(super) fn resolve(&self, row: &mut Row, before: &[TaxId]) -> Result<(), CellError> {
        let Some(text) = row.fields.get(FIELD) else { return Ok(()) };
        if parts(text).all(|part| split_type_id(part).is_some()) {
            return Ok(());
        }
        // A name may hold a comma.
        let texts: Vec<&str> = if self.named(text).is_ok() { vec![text] } else { parts(text).collect() };
        let mut spoken = BTreeSet::new();
        let mut ids: Vec<String> = Vec::new();
        for text in texts {
            if split_type_id(text).is_some() {
                ids.push(text.to_owned());
                continue;
            }
            let tax = self.named(text)?;
            spoken.insert(tax.company_id);
            ids.push(tax.id.to_string());
        }
        // What nobody here sees is another company's, too.
        let stays = |id: &&TaxId| !self.known.iter().any(|tax| tax.id == **id && spoken.contains(&tax.company_id));
        let mut all: Vec<String> = before.iter().filter(stays).map(ToString::to_string).collect();
        ids.retain(|id| !all.contains(id));
        all.extend(ids);
        // The same taxes in another order are the same.
        let standing: Vec<String> = before.iter().map(ToString::to_string).collect();
        if all.iter().collect::<BTreeSet<_>>() == standing.iter().collect::<BTreeSet<_>>() {
            all = standing;
        }
        row.fields.insert(FIELD.to_owned(), all.join(";"));
        Ok(())
    }

    /// The tax of this code, or else of this name, of the import's company; without one it must be of one company only.
    fn named(&self, text: &str) -> Result<&Model, CellError> {
        let mine: Vec<&Model> = self.known.iter().filter(|tax| self.company.is_none_or(|company| company == tax.company_id)).collect();
        let by = |is_it: &dyn Fn(&Model) -> bool| mine.iter().copied().filter(|tax| is_it(tax)).collect::<Vec<_>>();
        let key = folded(text);
        let ways: [&dyn Fn(&Model) -> bool; 3] = [&|tax| tax.code == text, &|tax| folded(&tax.code) == key, &|tax| folded(&tax.name) == key];
        let found = ways.into_iter().map(by).find(|found| !found.is_empty()).unwrap_or_default();
        let detail = match found.as_slice() {
            [one] => return Ok(one),
            [] => format!(
                "`{text}` is neither the code nor the name of a tax{}; create it (POST /v1/taxes), correct the cell, or map the column to `metadata.tax` to keep it as a text",
                if self.company.is_some() { " of this company" } else { "" }
            ),
            [first, rest @ ..] if rest.iter().any(|tax| tax.company_id != first.company_id) => {
                format!("`{text}` names taxes of more than one company; say which one the import is for (`company_id`), or give their ids")
            }
            _ => format!("`{text}` names more than one tax; give its code or its id"),
        };
        Err(CellError::field(Code::NotFound, FIELD, detail))
    }
}

/// What a cell names.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', ',']).map(str::trim).filter(|part| !part.is_empty())
}
