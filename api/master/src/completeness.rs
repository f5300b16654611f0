//! Whether a document says what its company asks for before it is handed on (MDM-04, MDM-06, ORD-10, QTE-01).
//!
//! A quote that is submitted, an order that is confirmed and an invoice that is posted go to somebody who cannot ask back. What is missing is named, all of
//! it at once, with the call that sets it.

use crate::party::store::{Children, children};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::parties;
use causeway_kernel::{Find, Tx};
use causeway_value::{Dimensions, DocumentInput, DocumentRules, PartyId, RequiredInputs};
use std::collections::BTreeMap;

/// What a document says.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// What it is and what is to happen, such as `an order of this company is confirmed`.
    pub step: &'static str,
    /// Where it is changed, such as `PATCH /v1/orders/{id}`.
    pub place: &'static str,
    /// Its fields, and whether they have a value.
    pub fields: &'a [(DocumentInput, bool)],
    /// Its own data.
    pub metadata: &'a BTreeMap<String, String>,
    /// Its customer.
    pub party: PartyId,
    /// What each line is looked at by.
    pub lines: &'a [Option<&'a Dimensions>],
    /// The call that sets it.
    pub line_place: &'a str,
}

/// What is known of customers.
#[derive(Clone, Debug, Default)]
pub struct Customers(BTreeMap<PartyId, Vec<DocumentInput>>);

/// Customers that are read in one query.
const AT_ONCE: usize = 500;

impl Customers {
    /// Reads what is known of these customers, in as many queries for many as for one. Nothing is read when nothing of them is asked for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(tx: &mut Tx<'_>, asked: Option<&RequiredInputs>, ids: &[PartyId]) -> Result<Self, Problem> {
        let mut known = BTreeMap::new();
        if !asked.is_some_and(|asked| asked.fields.iter().copied().any(of_party)) {
            return Ok(Self(known));
        }
        for part in ids.chunks(AT_ONCE) {
            let children = children(tx, part).await?;
            for party in Find::<parties::Entity>::new().among(parties::Column::Id, part.iter().copied()).all(tx).await? {
                let known_of = children.get(&party.id).map(|children| known_of(&party, children));
                known.insert(party.id, known_of.unwrap_or_default());
            }
        }
        Ok(Self(known))
    }
}

/// What the company asks for and nobody has said. The customer is looked at only when something of it is asked for.
///
/// # Errors
/// `required` for each thing that is missing.
pub async fn check(tx: &mut Tx<'_>, asked: &RequiredInputs, said: Said<'_>) -> Result<(), Problem> {
    let customers = Customers::read(tx, Some(asked), &[said.party]).await?;
    must_be_said(asked, said, &customers)
}

/// What the company asks for and nobody has said, with what was read of its customers before.
///
/// # Errors
/// `required` for each thing that is missing.
pub fn must_be_said(asked: &RequiredInputs, said: Said<'_>, customers: &Customers) -> Result<(), Problem> {
    if asked.is_empty() {
        return Ok(());
    }
    let given = said.fields.iter().filter(|(_, given)| *given).map(|(input, _)| *input);
    let known: Vec<DocumentInput> = given.chain(customers.0.get(&said.party).into_iter().flatten().copied()).collect();
    crate::check::finish(missing(asked, &known, said))
}

/// What is known of a customer.
fn known_of(party: &parties::Model, children: &Children) -> Vec<DocumentInput> {
    let known = [
        (DocumentInput::PartyTaxId, party.tax_id.is_some() || !children.tax_ids.is_empty()),
        (DocumentInput::PartyAddress, !children.addresses.is_empty()),
        (DocumentInput::PartyContact, !children.contacts.is_empty()),
        (DocumentInput::PartyEmail, party.email.is_some() || children.contacts.iter().any(|contact| contact.email.is_some())),
    ];
    known.into_iter().filter(|(_, known)| *known).map(|(input, _)| input).collect()
}

const fn of_party(input: DocumentInput) -> bool {
    matches!(input, DocumentInput::PartyTaxId | DocumentInput::PartyAddress | DocumentInput::PartyContact | DocumentInput::PartyEmail)
}

/// What is asked for and not known, each named.
fn missing(asked: &RequiredInputs, known: &[DocumentInput], said: Said<'_>) -> Vec<FieldError> {
    let error =
        |pointer: String, what: String| FieldError::pointer(Code::Required, pointer, format!("is required before {}; {what}, then try again", said.step));
    let fields = asked.fields.iter().filter(|input| !known.contains(input)).map(|input| {
        if of_party(*input) {
            return error("/party_id".to_owned(), format!("the customer {} has no {}: set it with PATCH /v1/parties/{{id}}", said.party, noun(*input)));
        }
        error(format!("/{input}"), format!("set it with {}", said.place))
    });
    let given = |name: &str| said.metadata.get(name).is_some_and(|value| !value.trim().is_empty());
    let metadata = asked
        .metadata
        .iter()
        .filter(|name| !given(name))
        .map(|name| error(format!("/metadata/{}", name.replace('~', "~0").replace('/', "~1")), format!("set it with {}", said.place)));
    let lines = said.lines.iter().enumerate().flat_map(|(index, carried)| {
        let lacks = move |code: &&String| carried.is_none_or(|carried| !carried.contains_key(*code));
        let missing = asked.dimensions.iter().filter(lacks);
        missing.map(move |code| (format!("/lines/{index}/dimensions/{code}"), format!("set it on the line with {}", said.line_place)))
    });
    fields.chain(metadata).chain(lines.map(|(pointer, what)| error(pointer, what))).collect()
}

const fn noun(input: DocumentInput) -> &'static str {
    match input {
        DocumentInput::PartyTaxId => "tax registration",
        DocumentInput::PartyAddress => "address",
        DocumentInput::PartyContact => "contact",
        DocumentInput::PartyEmail => "mail address",
        _ => "value",
    }
}

/// Inputs that a document of a step can never give, each named: nobody could pass.
#[must_use]
pub fn unanswerable(rules: &DocumentRules) -> Vec<FieldError> {
    let never: [(&str, &RequiredInputs, &[DocumentInput]); 3] = [
        ("quote_submit", &rules.quote_submit, &[]),
        ("order_confirm", &rules.order_confirm, &[DocumentInput::ValidUntil]),
        ("invoice_post", &rules.invoice_post, &[DocumentInput::ValidUntil, DocumentInput::OwnerId, DocumentInput::OpportunityId]),
    ];
    let mut errors = Vec::new();
    for (step, asked, never) in never {
        for input in asked.fields.iter().filter(|input| never.contains(input)) {
            errors.push(FieldError::pointer(
                Code::InvalidValue,
                format!("/document_rules/{step}/fields"),
                format!("{input} can never be given at this step: leave it out"),
            ));
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::DocumentInput::{OwnerId, PartyTaxId, Reference, ValidUntil};

    fn asked(fields: &[DocumentInput], metadata: &[&str]) -> RequiredInputs {
        RequiredInputs {
            fields: fields.iter().copied().collect(),
            metadata: metadata.iter().map(|name| (*name).to_owned()).collect(),
            ..RequiredInputs::default()
        }
    }

    #[test]
    fn what_is_missing_is_named_at_once() {
        let metadata = BTreeMap::from([("cost_center".to_owned(), "4711".to_owned()), ("project".to_owned(), " ".to_owned())]);
        let step = "an order of this company is confirmed";
        let place = "PATCH /v1/orders/{id}";
        let fields = &[(Reference, true)];
        let said = Said { step, place, fields, metadata: &metadata, party: PartyId::new(), lines: &[None], line_place: place };
        let pointers = |asked: &RequiredInputs, known: &[DocumentInput]| -> Vec<String> {
            missing(asked, known, said).into_iter().map(|error| error.pointer.unwrap_or_default()).collect()
        };
        assert_eq!(pointers(&asked(&[], &[]), &[]), Vec::<String>::new());
        assert_eq!(pointers(&asked(&[Reference], &["cost_center"]), &[Reference]), Vec::<String>::new());
        let everything = asked(&[Reference, OwnerId, PartyTaxId], &["cost_center", "project", "region"]);
        assert_eq!(pointers(&everything, &[Reference]), ["/owner_id", "/party_id", "/metadata/project", "/metadata/region"]);
        let unit = BTreeMap::from([("unit".to_owned(), "north".to_owned())]);
        let units = RequiredInputs { dimensions: ["unit".to_owned()].into(), ..RequiredInputs::default() };
        let lacking = missing(&units, &[], Said { lines: &[Some(&unit), None, Some(&Dimensions::new())], ..said });
        let pointers: Vec<_> = lacking.into_iter().filter_map(|error| error.pointer).collect();
        assert_eq!(pointers, ["/lines/1/dimensions/unit", "/lines/2/dimensions/unit"]);
    }

    #[test]
    fn what_nobody_can_give_is_not_asked_for() {
        let rules = DocumentRules { order_confirm: asked(&[Reference, ValidUntil], &[]), invoice_post: asked(&[OwnerId], &[]), ..DocumentRules::default() };
        let pointers: Vec<_> = unanswerable(&rules).into_iter().map(|error| error.pointer.unwrap_or_default()).collect();
        assert_eq!(pointers, ["/document_rules/order_confirm/fields", "/document_rules/invoice_post/fields"]);
        let quotes = DocumentRules { quote_submit: asked(&[Reference, ValidUntil, OwnerId], &["x"]), ..DocumentRules::default() };
        assert_eq!(unanswerable(&quotes).len(), 0);
    }
}
