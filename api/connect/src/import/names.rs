//! What rows name in words: owners by mail address or name, parties by name or external reference, products, payment terms and price lists by code or name,
//! categories, stages, teams and companies by name (MDM-02, MDM-07). Everything that the rows of a part name is looked up together.

use super::rows::{CellError, Row};
use causeway_contract::{Code, Problem};
use causeway_entity::govern::{companies, users};
use causeway_entity::kernel::external_refs;
use causeway_entity::master::{categories, contacts, payment_terms, price_lists, products};
use causeway_entity::sell::{stages, teams};
use causeway_kernel::{Find, Tx};
use causeway_master::party::duplicate::rules::mail_key;
use causeway_master::party::store::{name_key, of_names};
use causeway_sell::stage::rules as stage_rules;
use causeway_value::{CompanyId, Id, Kind, OpportunityStatus, PartyId, ProductId, split_type_id};
use std::collections::{BTreeMap, BTreeSet};

/// Products that are compared letter by letter when neither code nor name is exactly the text.
const SIMILAR: u64 = 2_000;
/// Objects of one kind, such as people, stages or price lists of a tenant, that are looked through.
pub(super) const MANY: u64 = 5_000;

/// Characters of a party's name, at most.
const PARTY_NAME: usize = 200;

/// Ids by what rows call them.
#[derive(Default)]
pub struct Names {
    companies: Vec<companies::Model>,
    stages: Vec<stages::Model>,
    /// By field and folded text. Several ids make the text ambiguous.
    ids: BTreeMap<(&'static str, String), BTreeSet<String>>,
    /// By field and the text as it is written: it wins over names and codes that are the same but for that.
    written: BTreeMap<(&'static str, String), BTreeSet<String>>,
    /// Parties that are not there yet and come with the first row that is right, with their names.
    promised: BTreeMap<PartyId, String>,
    /// The names of products, for titles.
    products: BTreeMap<String, String>,
}

/// Fields whose text may be a name, each with what it may be besides the id.
const NAMED: [(&str, &str); 10] = [
    ("company_id", "its name"),
    ("party_id", "its name or its id in another system"),
    ("owner_id", "the mail address or the name of the user"),
    ("product_id", "its code or its name"),
    ("stage_id", "its name"),
    ("team_id", "its name"),
    ("contact_id", "the mail address"),
    ("payment_term_id", "its code or its name"),
    ("price_list_id", "its code or its name"),
    ("category_id", "its name"),
];

/// By what a cell may name what the field of this name holds, besides its id; none for a field that names nothing.
#[must_use]
pub fn named_by(field: &str) -> Option<&'static str> {
    NAMED.iter().find(|(name, _)| *name == field).map(|(_, by)| *by)
}

/// Letters and digits in lower case: `GTX Pro` and `GTXPro` are the same.
pub(super) fn folded(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What all ways of writing a name have in common. The words of a party's name stay apart: `Store 1 1` is not `Store 11`.
fn key(field: &'static str, text: &str) -> (&'static str, String) {
    (field, if field == "party_id" { name_key(text) } else { folded(text) })
}

fn texts(rows: &[Row], field: &str) -> BTreeSet<String> {
    rows.iter().filter_map(|row| row.fields.get(field)).filter(|text| split_type_id(text).is_none()).cloned().collect()
}

impl Names {
    /// Looks up what these rows name. Only the companies in `granted` count, when there are any.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(tx: &mut Tx<'_>, rows: &[Row], granted: Option<&[CompanyId]>) -> Result<Self, Problem> {
        let companies = Find::<companies::Entity>::new().limit(MANY).all(tx).await?;
        let mut names = Self { companies, ..Self::default() };
        names.companies.retain(|company| granted.is_none_or(|granted| granted.contains(&company.id)));
        let known: Vec<_> = names.companies.iter().map(|company| (company.name.clone(), company.id)).collect();
        known.into_iter().for_each(|(name, id)| names.add("company_id", &name, id));
        if rows.iter().any(|row| row.fields.contains_key("stage_id")) {
            names.stages = Find::<stages::Entity>::new().limit(MANY).all(tx).await?;
        }
        if !texts(rows, "owner_id").is_empty() {
            for user in Find::<users::Entity>::new().limit(MANY).all(tx).await? {
                names.add("owner_id", &user.email, user.id);
                names.add("owner_id", &user.name, user.id);
            }
        }
        if !texts(rows, "team_id").is_empty() {
            for team in Find::<teams::Entity>::new().limit(MANY).all(tx).await? {
                names.add("team_id", &team.name, team.id);
            }
        }
        if !texts(rows, "payment_term_id").is_empty() {
            for term in Find::<payment_terms::Entity>::new().limit(MANY).all(tx).await? {
                names.add("payment_term_id", &term.code, term.id);
                names.add("payment_term_id", &term.name, term.id);
            }
        }
        if !texts(rows, "price_list_id").is_empty() {
            for list in Find::<price_lists::Entity>::new().limit(MANY).all(tx).await? {
                names.add("price_list_id", &list.code, list.id);
                names.add("price_list_id", list.name.as_deref().unwrap_or(&list.code), list.id);
            }
        }
        if !texts(rows, "category_id").is_empty() {
            for category in Find::<categories::Entity>::new().limit(MANY).all(tx).await? {
                names.add("category_id", &category.name, category.id);
            }
        }
        names.load_parties(tx, &texts(rows, "party_id")).await?;
        names.load_products(tx, &texts(rows, "product_id")).await?;
        let mails = texts(rows, "contact_id");
        if !mails.is_empty() {
            let sql = format!("active AND lower(email) IN ({})", vec!["?"; mails.len()].join(", "));
            let keys = mails.iter().map(|mail| mail_key(mail).into()).collect();
            for contact in Find::<contacts::Entity>::new().when(&sql, keys).all(tx).await? {
                names.add("contact_id", contact.email.as_deref().unwrap_or_default(), contact.id);
            }
        }
        Ok(names)
    }

    async fn load_parties(&mut self, tx: &mut Tx<'_>, texts: &BTreeSet<String>) -> Result<(), Problem> {
        if texts.is_empty() {
            return Ok(());
        }
        for party in of_names(tx, texts).await? {
            self.add("party_id", &party.name, party.id);
        }
        let marks = vec!["?"; texts.len()].join(", ");
        let refs = Find::<external_refs::Entity>::new().eq(external_refs::Column::ObjectType, "party");
        let same_text =
            format!("system IN (SELECT DISTINCT r.system FROM external_refs r WHERE r.tenant_id = $1 AND r.object_type = 'party') AND ref_id IN ({marks})");
        for found in refs.when(&same_text, texts.iter().map(|text| text.clone().into()).collect()).all(tx).await? {
            self.add("party_id", &found.ref_id, PartyId::from_uuid(found.object_id));
        }
        Ok(())
    }

    async fn load_products(&mut self, tx: &mut Tx<'_>, texts: &BTreeSet<String>) -> Result<(), Problem> {
        if texts.is_empty() {
            return Ok(());
        }
        let marks = vec!["?"; texts.len()].join(", ");
        let values = texts.iter().chain(texts).map(|text| text.clone().into());
        let exact = Find::<products::Entity>::new().when(&format!("code IN ({marks}) OR name IN ({marks})"), values.collect());
        let mut found = exact.all(tx).await?;
        let missing = texts.iter().any(|text| !found.iter().any(|product| product.code == *text || product.name == *text));
        if missing {
            let similar = Find::<products::Entity>::new().limit(SIMILAR).all(tx).await?;
            let known: BTreeSet<ProductId> = found.iter().map(|product| product.id).collect();
            found.extend(similar.into_iter().filter(|product| !known.contains(&product.id)));
        }
        for product in found {
            self.add("product_id", &product.code, product.id);
            self.add("product_id", &product.name, product.id);
            self.products.insert(product.id.to_string(), product.name);
        }
        Ok(())
    }

    fn add<K: Kind>(&mut self, field: &'static str, text: &str, id: Id<K>) {
        self.ids.entry(key(field, text)).or_default().insert(id.to_string());
        self.written.entry((field, text.to_owned())).or_default().insert(id.to_string());
    }

    /// Gives the parties that these rows name and that are not there their ids, each once, however often and however it is written. The first row says how.
    pub fn promise_parties(&mut self, rows: &[Row]) {
        for text in rows.iter().filter_map(|row| row.fields.get("party_id")) {
            let key = key("party_id", text);
            let is_name = !key.1.is_empty() && text.chars().count() <= PARTY_NAME && split_type_id(text).is_none();
            if is_name && !self.ids.contains_key(&key) {
                let id = PartyId::new();
                self.add("party_id", text, id);
                self.promised.insert(id, text.clone());
            }
        }
    }

    /// The parties that come with the first right row that names them, with their names.
    #[must_use]
    pub const fn promised(&self) -> &BTreeMap<PartyId, String> {
        &self.promised
    }

    /// What a deal of this row is, by its stage or else by its status, once the names are resolved. None when both say nothing that is known.
    #[must_use]
    pub fn status(&self, row: &Row) -> Option<OpportunityStatus> {
        match (row.fields.get("stage_id"), row.fields.get("status")) {
            (Some(id), _) => self.stages.iter().find(|stage| stage.id.to_string() == *id).map(stage_rules::status),
            (None, Some(word)) => word.to_lowercase().parse().ok(),
            (None, None) => Some(OpportunityStatus::Open),
        }
    }

    /// The company of a row: the one that it names, else the one of the import.
    pub fn company(&self, row: &Row, given: Option<CompanyId>) -> Option<&companies::Model> {
        match row.fields.get("company_id") {
            Some(text) => {
                let id = self.id_of("company_id", text).unwrap_or_else(|| text.clone());
                self.companies.iter().find(|company| company.id.to_string() == id)
            }
            None => match (given, self.companies.as_slice()) {
                (Some(id), all) => all.iter().find(|company| company.id == id),
                (None, [only]) => Some(only),
                (None, _) => None,
            },
        }
    }

    /// Whether the caller may see this company.
    #[must_use]
    pub fn sees(&self, id: CompanyId) -> bool {
        self.companies.iter().any(|company| company.id == id)
    }

    fn id_of(&self, field: &'static str, text: &str) -> Option<String> {
        let only = |ids: &BTreeSet<String>| if ids.len() == 1 { ids.first().cloned() } else { None };
        let exactly = || self.written.get(&(field, text.to_owned())).and_then(only);
        exactly().or_else(|| self.ids.get(&key(field, text)).and_then(only))
    }

    /// Puts ids in the place of names. What names nothing, or several things, is an error of its cell.
    pub fn resolve(&self, row: &mut Row, company_id: Option<CompanyId>, errors: &mut Vec<CellError>) {
        for (field, _) in NAMED {
            let Some(text) = row.fields.get(field).cloned() else { continue };
            if split_type_id(&text).is_some() {
                continue;
            }
            let found = if field == "stage_id" { self.stage(&text, company_id) } else { self.id_of(field, &text) };
            match found {
                Some(id) => drop(row.fields.insert(field.to_owned(), id)),
                None => errors.push(CellError::field(Code::NotFound, field, self.why(field, &text))),
            }
        }
    }

    /// The stage of that name in a company's pipeline: the one that is written so, and of equals its own.
    fn stage(&self, name: &str, company_id: Option<CompanyId>) -> Option<String> {
        let same = self.stages.iter().filter(|stage| folded(&stage.name) == folded(name));
        let mine = same.filter(|stage| stage.company_id.is_none() || stage.company_id == company_id);
        mine.min_by_key(|stage| (stage.name != name, stage.company_id.is_none())).map(|stage| stage.id.to_string())
    }

    fn why(&self, field: &'static str, text: &str) -> String {
        let thing = field.trim_end_matches("_id").replace('_', " ");
        if self.ids.get(&key(field, text)).is_some_and(|ids| ids.len() > 1) {
            return format!("`{text}` names more than one {thing}; give its id");
        }
        match field {
            "party_id" if text.chars().count() > PARTY_NAME => format!("is longer than the {PARTY_NAME} characters of a party's name"),
            "party_id" => format!("`{text}` names no party; create it, or import with `create_parties`"),
            "owner_id" => format!(
                "`{text}` is neither the mail address nor the name of a user; create the user (POST /v1/users), or map the column to `metadata.owner` to keep it as a text"
            ),
            "contact_id" => format!("`{text}` is not the mail address of a contact"),
            "product_id" => format!("`{text}` is neither the code nor the name of a product; create it (POST /v1/products), or import the products first"),
            "payment_term_id" => {
                format!("`{text}` is neither the code nor the name of a payment term; create it (POST /v1/payment-terms), or correct the cell")
            }
            "price_list_id" => format!("`{text}` is neither the code nor the name of a price list; create it (POST /v1/price-lists), or correct the cell"),
            "category_id" => format!("`{text}` is not the name of a category; create it (POST /v1/categories), or correct the cell"),
            "stage_id" => format!("`{text}` is no stage of this pipeline; create it (POST /v1/stages)"),
            _ => format!("`{text}` names no {thing}"),
        }
    }

    /// The name of a product by its id.
    #[must_use]
    pub fn product(&self, id: &str) -> Option<&str> {
        self.products.get(id).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::UserId;

    #[test]
    fn names_are_compared_without_case_and_spaces_and_never_guessed() {
        let mut names = Names::default();
        let (amy, first, second) = (UserId::new(), UserId::new(), UserId::new());
        names.add("owner_id", "Amy B.", amy);
        names.add("owner_id", "Ann-Marie Lee", first);
        names.add("owner_id", "Annmarie Lee", second);
        let mut row = Row { fields: BTreeMap::from([("owner_id".to_owned(), "amy b".to_owned())]), ..Row::default() };
        let mut errors = Vec::new();
        names.resolve(&mut row, None, &mut errors);
        assert_eq!((row.fields["owner_id"].as_str(), errors.as_slice()), (amy.to_string().as_str(), &[][..]));
        for (text, id) in [("Ann-Marie Lee", first), ("Annmarie Lee", second)] {
            row.fields.insert("owner_id".to_owned(), text.to_owned());
            names.resolve(&mut row, None, &mut errors);
            assert_eq!(row.fields["owner_id"], id.to_string(), "{text}");
        }
        for text in ["annmarie lee", "Nobody"] {
            row.fields.insert("owner_id".to_owned(), text.to_owned());
            names.resolve(&mut row, None, &mut errors);
        }
        assert!(errors[0].detail.contains("more than one") && errors[1].detail.contains("neither"), "{errors:?}");
    }
}
