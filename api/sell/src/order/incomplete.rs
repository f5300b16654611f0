//! Orders that lack something (ORD-10, RPT-13): those that somebody holds for data, and drafts that do not say what their company asks for before an order is
//! confirmed. What completes a draft may be said elsewhere, such as at its customer, so that it is looked up and kept nowhere.

use causeway_contract::{ListQuery, Problem};
use causeway_entity::govern::companies::{Column, Entity, Model};
use causeway_entity::sell::orders;
use causeway_kernel::{Find, Tx};
use causeway_value::{DocumentInput, RequiredInputs};
use sea_orm::sea_query::Value;

/// The condition under which an order is incomplete, by what these companies ask for. `row` is the table or its name in the statement; `place` takes each value
/// in turn and answers what stands for it.
pub fn condition(companies: &[Model], row: &str, mut place: impl FnMut(Value) -> String) -> String {
    let mut found = format!("({row}.hold_kind IS NOT NULL AND {row}.hold_kind = 'data')");
    for company in companies {
        let Some(asked) = company.document_rules.as_ref().map(|rules| &rules.0.order_confirm).filter(|asked| !asked.is_empty()) else { continue };
        let own = place(company.id.into());
        let lacks = lacks(asked, row, &mut place).join(" OR ");
        if !lacks.is_empty() {
            found.push_str(&format!(" OR ({row}.company_id = {own} AND {row}.status = 'draft' AND ({lacks}))"));
        }
    }
    format!("({found})")
}

/// What a text may hold and say nothing, as JSON keeps it.
const BLANKS: [&str; 5] = [" ", "\\t", "\\n", "\\r", "\u{a0}"];

fn without_blanks(text: &str) -> String {
    BLANKS.iter().fold(text.to_owned(), |text, blank| text.replace(blank, ""))
}

/// One condition for each thing that may be missing: as [`super::service::must_be_complete`] finds it in one order.
fn lacks(asked: &RequiredInputs, row: &str, place: &mut impl FnMut(Value) -> String) -> Vec<String> {
    let of_party = |table: &str, more: &str| {
        let column = if table == "parties" { "id" } else { "party_id" };
        format!("NOT EXISTS (SELECT 1 FROM {table} m WHERE m.tenant_id = {row}.tenant_id AND m.{column} = {row}.party_id{more})")
    };
    let field = |input: &DocumentInput| match input {
        DocumentInput::Reference => Some(format!("{row}.reference IS NULL")),
        DocumentInput::OwnerId => Some(format!("{row}.owner_id IS NULL")),
        DocumentInput::PaymentTermId => Some(format!("{row}.payment_term_id IS NULL")),
        DocumentInput::OpportunityId => Some(format!("{row}.opportunity_id IS NULL")),
        // No rule about orders can ask for the day until which a quote holds.
        DocumentInput::ValidUntil => None,
        DocumentInput::PartyTaxId => Some(format!("({} AND {})", of_party("parties", " AND m.tax_id IS NOT NULL"), of_party("party_tax_ids", ""))),
        DocumentInput::PartyAddress => Some(of_party("addresses", "")),
        DocumentInput::PartyContact => Some(of_party("contacts", "")),
        DocumentInput::PartyEmail => {
            Some(format!("({} AND {})", of_party("parties", " AND m.email IS NOT NULL"), of_party("contacts", " AND m.email IS NOT NULL")))
        }
    };
    let mut all: Vec<String> = asked.fields.iter().filter_map(field).collect();
    // Kept as JSON without spaces, where no value holds a quotation mark that is not escaped. A text of blanks says nothing, as an empty one.
    for name in &asked.metadata {
        let key = serde_json::Value::from(name.as_str()).to_string();
        let (given, empty) = (place(format!("{key}:\"").into()), place(format!("{}:\"\"", without_blanks(&key)).into()));
        let packed = BLANKS.iter().fold(format!("{row}.metadata"), |text, blank| format!("replace({text}, '{blank}', '')"));
        all.push(format!("replace({row}.metadata, {given}, '') = {row}.metadata OR replace({packed}, {empty}, '') <> {packed}"));
    }
    for code in &asked.dimensions {
        let given = place(format!("{}:", serde_json::Value::from(code.as_str())).into());
        let line = format!("l.dimensions IS NULL OR replace(l.dimensions, {given}, '') = l.dimensions");
        all.push(format!("EXISTS (SELECT 1 FROM order_lines l WHERE l.tenant_id = {row}.tenant_id AND l.order_id = {row}.id AND ({line}))"));
    }
    all
}

/// What the filter `incomplete` of the list of orders chooses: a condition with its values, when it is asked for.
///
/// # Errors
/// When the database fails.
pub(super) async fn chosen(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Option<(String, Vec<Value>)>, Problem> {
    let wanted = match query.filters.get("incomplete").map(String::as_str) {
        Some("true") => "",
        Some("false") => "NOT ",
        // What is neither is refused by the list.
        _ => return Ok(None),
    };
    let companies = Find::<Entity>::new().when("document_rules IS NOT NULL", Vec::new()).order_by(Column::Id).all(tx).await?;
    let mut values = Vec::new();
    let condition = condition(&companies, "orders", |value| {
        values.push(value);
        "?".to_owned()
    });
    Ok(Some((format!("{wanted}{condition}"), values)))
}

/// The rows that were chosen.
pub(super) fn refined(find: Find<orders::Entity>, chosen: Option<&(String, Vec<Value>)>) -> Find<orders::Entity> {
    match chosen {
        Some((condition, values)) => find.when(condition, values.clone()),
        None => find,
    }
}
