//! The taxes of a company, in one query: their definitions for the rules, and the choice of a line's taxes.

use super::rules::{GroupedTax, TaxDef, flatten};
use crate::check;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::{products, taxes};
use causeway_kernel::{Find, Tx};
use causeway_value::{AccountId, CompanyId, Tax, TaxId, TaxKind};
use std::collections::BTreeMap;

/// The taxes of one company.
#[derive(Clone, Debug, Default)]
pub struct TaxDefs {
    rows: BTreeMap<TaxId, taxes::Model>,
}

/// All taxes of a company, inactive ones too: documents that were made with them are computed again.
///
/// # Errors
/// When the database fails.
pub async fn tax_defs(tx: &mut Tx<'_>, company_id: CompanyId) -> Result<TaxDefs, Problem> {
    Ok(TaxDefs::of(Find::<taxes::Entity>::new().eq(taxes::Column::CompanyId, company_id).all(tx).await?))
}

impl TaxDefs {
    /// These taxes, which are all of one company.
    #[must_use]
    pub fn of(rows: Vec<taxes::Model>) -> Self {
        Self { rows: rows.into_iter().map(|row| (row.id, row)).collect() }
    }

    /// The tax of this id, when it is one of the company.
    #[must_use]
    pub fn get(&self, id: TaxId) -> Option<&taxes::Model> {
        self.rows.get(&id)
    }

    /// The tax itself and the groups that hold it.
    #[must_use]
    pub fn with_groups_of(&self, id: TaxId) -> Vec<TaxId> {
        let groups = self.rows.values().filter(|row| row.group_of.0.contains(&id)).map(|row| row.id);
        std::iter::once(id).chain(groups).collect()
    }

    /// The account a tax is posted to; none means the company's default.
    #[must_use]
    pub fn account_id(&self, id: TaxId) -> Option<AccountId> {
        self.get(id).and_then(|row| row.account_id)
    }

    /// Where the net of what is sold with these taxes is posted: the first of them that says so decides, a group before its members.
    #[must_use]
    pub fn sales_account_id(&self, ids: &[TaxId]) -> Option<AccountId> {
        let of = |id: TaxId| self.get(id).and_then(|row| row.sales_account_id);
        ids.iter().find_map(|id| of(*id)).or_else(|| self.flat(ids).iter().find_map(|tax| of(tax.id)))
    }

    /// The accounts that sales with any of the taxes are posted to.
    pub fn sales_accounts(&self) -> impl Iterator<Item = AccountId> {
        self.rows.values().filter_map(|row| row.sales_account_id)
    }

    /// These taxes for the rules: groups flattened, in the order of evaluation, equal ones by id. Ids of other companies are left out.
    #[must_use]
    pub fn flat(&self, ids: &[TaxId]) -> Vec<TaxDef> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        let grouped: Vec<GroupedTax> = ids.iter().filter_map(|id| self.get(*id)).map(|row| self.grouped(row)).collect();
        flatten(&grouped)
    }

    fn grouped(&self, row: &taxes::Model) -> GroupedTax {
        let mut members = row.group_of.0.clone();
        members.sort_unstable();
        GroupedTax { tax: def(row), members: members.iter().filter_map(|id| self.get(*id)).map(def).collect() }
    }

    /// The taxes of a new line: the ones that are given, or else those of its product that belong to the company. `pointer` is the line's, such as
    /// `/lines/0`. What is not a tax of the company, not active or there twice is added to the errors (QTE-10, BIL-13).
    #[must_use]
    pub fn of_line(&self, given: Option<&[TaxId]>, product: Option<&products::Model>, pointer: &str, errors: &mut Vec<FieldError>) -> Vec<TaxId> {
        let before = errors.len();
        let ids: Vec<TaxId> = match given {
            Some(given) => {
                for (index, id) in given.iter().enumerate() {
                    self.check_given(*id, &format!("{pointer}/tax_ids/{index}"), errors);
                }
                given.to_vec()
            }
            None => {
                let own: Vec<TaxId> = product.map(|product| self.of_product(product)).unwrap_or_default();
                for row in own.iter().filter_map(|id| self.get(*id)).filter(|row| !row.active) {
                    let detail = format!("names a product with the tax {}, which is not active any more; change the product or give tax_ids", row.code);
                    errors.push(FieldError::pointer(Code::InvalidValue, format!("{pointer}/product_id"), detail));
                }
                own
            }
        };
        if errors.len() == before {
            self.check_twice(&ids, pointer, errors);
        }
        ids
    }

    /// No tax may be there twice, itself or in a group.
    pub(crate) fn check_twice(&self, ids: &[TaxId], pointer: &str, errors: &mut Vec<FieldError>) {
        let mut flat: Vec<TaxId> = self.flat(ids).into_iter().map(|tax| tax.id).collect();
        flat.sort_unstable();
        if flat.windows(2).any(|pair| matches!(pair, [first, second] if first == second)) {
            errors.push(FieldError::pointer(Code::InvalidValue, format!("{pointer}/tax_ids"), "hold one tax twice, itself or in a group"));
        }
    }

    /// Adds to the errors what is not a tax of the company, or not active.
    pub fn check_given(&self, id: TaxId, pointer: &str, errors: &mut Vec<FieldError>) {
        match self.get(id) {
            None => errors.push(check::unknown::<Tax>(pointer, "company")),
            Some(row) if !row.active => {
                errors.push(FieldError::pointer(Code::InvalidValue, pointer, format!("names the tax {}, which is not active any more", row.code)));
            }
            Some(_) => {}
        }
    }

    /// The taxes of a product that belong to the company.
    #[must_use]
    pub fn of_product(&self, product: &products::Model) -> Vec<TaxId> {
        product.tax_ids.0.iter().copied().filter(|id| self.rows.contains_key(id)).collect()
    }
}

/// A tax as far as computing needs it.
#[must_use]
pub const fn def(row: &taxes::Model) -> TaxDef {
    TaxDef {
        id: row.id,
        kind: row.kind,
        rate: row.rate,
        included: row.included,
        sequence: row.sequence,
        affects_base: row.affects_base,
        base_affected: row.base_affected,
    }
}

/// What is wrong with the members of a group: none for other kinds; for a group at least one, each a tax of the company and no group itself.
#[must_use]
pub fn check_group(kind: TaxKind, members: &[TaxId], known: &TaxDefs) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: String, detail: &str| errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
    match (kind, members) {
        (TaxKind::Group, []) => wrong("/group_of".to_owned(), "must name the members of the group"),
        (TaxKind::Group, _) => {
            for (index, id) in members.iter().enumerate() {
                if known.get(*id).is_some_and(|member| member.kind == TaxKind::Group) {
                    wrong(format!("/group_of/{index}"), "must not be a group itself");
                }
            }
            for (index, _) in members.iter().enumerate().filter(|(_, id)| known.get(**id).is_none()) {
                errors.push(check::unknown::<Tax>(format!("/group_of/{index}"), "company"));
            }
            check::each_once(members, "/group_of", &mut errors);
        }
        (_, []) => {}
        (_, _) => wrong("/group_of".to_owned(), "must be empty unless the kind is group"),
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{BillingPolicy, Instant, Json, Percent, ProductId, ProductKind, Quantity, TenantId};

    fn tax(code: &str, kind: TaxKind, sequence: i64, group_of: &[TaxId]) -> taxes::Model {
        taxes::Model {
            tenant_id: TenantId::new(),
            id: TaxId::new(),
            company_id: CompanyId::new(),
            code: code.to_owned(),
            name: code.to_owned(),
            kind,
            rate: Percent::ZERO,
            included: false,
            sequence,
            affects_base: false,
            base_affected: true,
            group_of: Json(group_of.to_vec()),
            account_id: None,
            note: None,
            active: true,
            metadata: Json::default(),
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
            sales_account_id: None,
        }
    }

    fn product(tax_ids: &[TaxId]) -> products::Model {
        products::Model {
            tenant_id: TenantId::new(),
            id: ProductId::new(),
            code: "CHAI".to_owned(),
            name: "Chai".to_owned(),
            description: None,
            kind: ProductKind::Goods,
            unit: "piece".to_owned(),
            list_price: "18".parse().unwrap(),
            currency: "EUR".parse().unwrap(),
            cost: None,
            price_base_quantity: Quantity::ONE,
            billing_policy: BillingPolicy::OnDelivery,
            tax_ids: Json(tax_ids.to_vec()),
            category_id: None,
            revenue_account_code: None,
            active: true,
            metadata: Json::default(),
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
        }
    }

    #[test]
    fn a_line_takes_the_taxes_of_its_product_that_belong_to_the_company() {
        let (ours, theirs) = (tax("VAT19", TaxKind::Percent, 0, &[]), TaxId::new());
        let (id, product) = (ours.id, product(&[ours.id, theirs]));
        let known = TaxDefs::of(vec![ours]);
        let mut errors = Vec::new();
        assert_eq!(known.of_line(None, Some(&product), "/lines/0", &mut errors), [id]);
        assert_eq!(known.of_line(Some(&[]), Some(&product), "/lines/0", &mut errors), []);
        assert_eq!(errors, []);
        let _ = known.of_line(Some(&[id, theirs]), None, "/lines/1", &mut errors);
        assert_eq!((errors[0].code, errors[0].pointer.as_deref()), (Code::NotFound, Some("/lines/1/tax_ids/1")));
    }

    #[test]
    fn inactive_and_repeated_taxes_are_refused() {
        let (one, mut old) = (tax("A", TaxKind::Percent, 0, &[]), tax("B", TaxKind::Percent, 0, &[]));
        old.active = false;
        let group = tax("G", TaxKind::Group, 0, &[one.id]);
        let (one_id, old_id, group_id) = (one.id, old.id, group.id);
        let known = TaxDefs::of(vec![one, old, group]);
        let mut errors = Vec::new();
        let _ = known.of_line(None, Some(&product(&[old_id])), "/lines/0", &mut errors);
        let _ = known.of_line(Some(&[old_id]), None, "/lines/1", &mut errors);
        let _ = known.of_line(Some(&[one_id, group_id]), None, "/lines/2", &mut errors);
        let pointers: Vec<_> = errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
        assert_eq!(pointers, ["/lines/0/product_id", "/lines/1/tax_ids/0", "/lines/2/tax_ids"]);
    }

    #[test]
    fn the_first_tax_with_an_account_decides_where_sales_go() {
        let (eu, export, member) = (AccountId::new(), AccountId::new(), AccountId::new());
        let with = |code: &str, account| taxes::Model { sales_account_id: account, ..tax(code, TaxKind::Percent, 0, &[]) };
        let (plain, first, second, inside) = (with("VAT19", None), with("EU", Some(eu)), with("EXPORT", Some(export)), with("RC", Some(member)));
        let (bare, own) = (tax("GROUP", TaxKind::Group, 0, &[inside.id]), tax("OWN", TaxKind::Group, 0, &[inside.id]));
        let own = taxes::Model { sales_account_id: Some(export), ..own };
        let ids = [plain.id, first.id, second.id, inside.id, bare.id, own.id];
        let [plain_id, first_id, second_id, _, bare_id, own_id] = ids;
        let known = TaxDefs::of(vec![plain, first, second, inside, bare, own]);
        let cases = [
            (vec![], None),
            (vec![plain_id], None),
            (vec![plain_id, first_id], Some(eu)),
            (vec![second_id, first_id], Some(export)),
            (vec![bare_id], Some(member)),
            (vec![own_id], Some(export)),
            (vec![TaxId::new()], None),
        ];
        for (taxes, expected) in cases {
            assert_eq!(known.sales_account_id(&taxes), expected, "{taxes:?}");
        }
    }

    #[test]
    fn groups_are_flattened_where_they_stand() {
        let (late, a, b) = (tax("L", TaxKind::Percent, 9, &[]), tax("A", TaxKind::Percent, 2, &[]), tax("B", TaxKind::Percent, 1, &[]));
        let group = tax("G", TaxKind::Group, 5, &[a.id, b.id]);
        let (late_id, a_id, b_id, group_id) = (late.id, a.id, b.id, group.id);
        let known = TaxDefs::of(vec![late, a, b, group]);
        let flat: Vec<TaxId> = known.flat(&[late_id, group_id]).into_iter().map(|tax| tax.id).collect();
        assert_eq!(flat, [b_id, a_id, late_id]);
    }

    #[test]
    fn a_group_has_members_and_nothing_else_has() {
        let (one, group) = (tax("A", TaxKind::Percent, 0, &[]), tax("G", TaxKind::Group, 0, &[]));
        let (one_id, group_id) = (one.id, group.id);
        let known = TaxDefs::of(vec![one, group]);
        let pointers = |kind, members: &[TaxId]| check_group(kind, members, &known).into_iter().filter_map(|error| error.pointer).collect::<Vec<_>>();
        assert_eq!(pointers(TaxKind::Percent, &[]), Vec::<String>::new());
        assert_eq!(pointers(TaxKind::Group, &[one_id]), Vec::<String>::new());
        assert_eq!(pointers(TaxKind::Percent, &[one_id]), ["/group_of"]);
        assert_eq!(pointers(TaxKind::Group, &[]), ["/group_of"]);
        assert_eq!(pointers(TaxKind::Group, &[group_id, TaxId::new(), one_id, one_id]), ["/group_of/0", "/group_of/1", "/group_of/3"]);
    }
}
