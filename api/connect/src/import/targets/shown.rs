//! The columns that imports know, as the API shows them: from the schemas that their rows are checked against, so that none is forgotten (INT-35).

use super::addresses::{self, ADDRESS};
use super::taxes::NAMED_BY;
use super::{ID, REF, REFS, exported, fields, shape_of};
use crate::import::{columns, names};
use causeway_contract::{Field, Shape};
use causeway_openapi::import::{ImportCell, ImportColumn, ImportColumns, ImportResource};

/// Everything that can be imported.
const RESOURCES: [ImportResource; 6] =
    [ImportResource::Opportunities, ImportResource::Leads, ImportResource::Parties, ImportResource::Products, ImportResource::Contacts, ImportResource::Stages];

/// The columns of this resource, or of all.
#[must_use]
pub fn columns(resource: Option<ImportResource>) -> ImportColumns {
    let wanted = RESOURCES.into_iter().filter(|known| resource.is_none_or(|resource| resource == *known));
    ImportColumns { object: "import_columns".to_owned(), data: wanted.flat_map(of).collect() }
}

fn of(resource: ImportResource) -> impl Iterator<Item = ImportColumn> {
    filled(resource).chain(left_out(resource))
}

/// What exports of the service have and no row can fill.
fn left_out(resource: ImportResource) -> impl Iterator<Item = ImportColumn> {
    let fields = fields(resource);
    let is_free = move |name: &&String| **name != columns::ENTRIES && columns::called(resource, &columns::plain(name), &fields).is_none();
    exported(resource).iter().filter(is_free).map(move |name| ImportColumn {
        resource,
        field: name.clone(),
        also: Vec::new(),
        cells: ImportCell::LeftOut,
        words: Vec::new(),
        named_by: None,
        meaning: "Stands in the service's own exports and is not imported: it is left out of a file that has the columns `id`, `object` and `version`."
            .to_owned(),
    })
}

fn filled(resource: ImportResource) -> impl Iterator<Item = ImportColumn> {
    fields(resource).into_iter().filter_map(move |name| {
        let (field, meaning) = described(resource, &name)?;
        let words = match field.map(|field| field.shape.as_ref()) {
            Some(Shape::Words(words)) => words.clone(),
            _ => Vec::new(),
        };
        Some(ImportColumn {
            resource,
            also: columns::other_names(resource, &name).map(str::to_owned).collect(),
            cells: if name == REFS { ImportCell::Several } else { cells(field.map(|field| field.shape.as_ref())) },
            words,
            named_by: if name == "tax_ids" { Some(NAMED_BY) } else { names::named_by(&name) }.map(str::to_owned),
            meaning,
            field: name,
        })
    })
}

/// A column's field in its schema, where it has one, and what it means; none for a field that no cell can fill.
fn described(resource: ImportResource, name: &str) -> Option<(Option<&'static Field>, String)> {
    let shape = shape_of(resource);
    if name == ID {
        let other = "An id that is not of that form is one of the other system, as in `external_ref`.";
        return Some((None, format!("The id that it has here, as exports of the service give it: the row changes that object. {other}")));
    }
    if name == REFS {
        let meaning = "Its ids in other systems, each as `system:id`, as exports of the service give them: of a new object. That of the import's system is its `external_ref` where the row gives no id.";
        return Some((None, meaning.to_owned()));
    }
    if shape.items(name).is_some() {
        return None;
    }
    if let Some((kind, part)) = addresses::column(name).filter(|_| resource == ImportResource::Parties) {
        let field = member(&ADDRESS, part)?;
        return Some((Some(field), format!("Of its {kind} address: {}", field.meaning)));
    }
    match member(shape, name) {
        Some(field) => Some((Some(field), field.meaning.clone())),
        None if name == REF => Some((None, "Its id in the system that the import names as `system`. A row whose id is known changes that object.".to_owned())),
        None => Some((None, "The party that it belongs to.".to_owned())),
    }
}

fn member(shape: &'static Shape, name: &str) -> Option<&'static Field> {
    let Shape::Object { fields, .. } = shape else { return None };
    fields.get(name)
}

fn cells(shape: Option<&Shape>) -> ImportCell {
    match shape {
        Some(shape) if shape.is_number() => ImportCell::Number,
        Some(Shape::Text { format, .. }) if format == "date" => ImportCell::Day,
        Some(Shape::Text { format, .. }) if format == "date-time" => ImportCell::Instant,
        Some(Shape::Words(_)) => ImportCell::Word,
        Some(Shape::Whole { .. }) => ImportCell::Whole,
        Some(Shape::YesNo) => ImportCell::YesNo,
        Some(Shape::List { .. }) => ImportCell::Several,
        _ => ImportCell::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::PARTY;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_column_says_what_it_means_and_every_other_name_leads_to_one() {
        let all = columns(None).data;
        assert!(all.iter().all(|column| !column.meaning.is_empty()), "{all:#?}");
        let names: BTreeSet<_> = all.iter().map(|column| (format!("{:?}", column.resource), column.field.as_str())).collect();
        assert_eq!(names.len(), all.len(), "none twice");
        for resource in RESOURCES {
            let shown: usize = columns(Some(resource)).data.iter().map(|column| column.also.len()).sum();
            assert_eq!(shown, columns::other_names_of_all(resource), "{resource:?}: a name leads to no field");
        }
        let products = columns(Some(ImportResource::Products)).data;
        let taxes = products.iter().find(|column| column.field == "tax_ids").unwrap();
        assert!(taxes.cells == ImportCell::Several && taxes.also.contains(&"tax_code".to_owned()) && taxes.named_by.is_some(), "{taxes:?}");
        let address = columns(Some(ImportResource::Parties)).data.into_iter().find(|column| column.field == "shipping_city").unwrap();
        assert_eq!(address.meaning, "Of its shipping address: The city.");
        assert!(PARTY.items("contacts").is_some() && !products.iter().any(|column| column.field == "components"), "what no cell can hold is no column");
    }
}
