//! The accounts that a posting needs, in one query.

use super::Purpose;
use crate::check::{control_account, marks};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::accounts;
use causeway_kernel::{Find, Tx};
use causeway_value::{AccountId, CompanyId};
use sea_orm::sea_query::Value;

/// Accounts of one company: those that have a purpose, and those that were asked for besides.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    accounts: Vec<accounts::Model>,
}

/// The accounts of a company that have a purpose, and with them those of these ids and codes (of invoice lines, taxes, products).
///
/// # Errors
/// When the database fails.
pub async fn chart(tx: &mut Tx<'_>, company_id: CompanyId, ids: &[AccountId], codes: &[String]) -> Result<Chart, Problem> {
    let condition = format!("purpose IS NOT NULL OR id IN ({}) OR code IN ({})", marks(ids.len()), marks(codes.len()));
    let values: Vec<Value> = ids.iter().map(|id| Value::from(*id)).chain(codes.iter().map(|code| Value::from(code.clone()))).collect();
    let accounts = Find::<accounts::Entity>::new().eq(accounts::Column::CompanyId, company_id).when(&condition, values).all(tx).await?;
    Ok(Chart { accounts })
}

impl Chart {
    /// These accounts.
    #[must_use]
    pub const fn of(accounts: Vec<accounts::Model>) -> Self {
        Self { accounts }
    }

    /// The account of this purpose.
    ///
    /// # Errors
    /// `account_missing` naming the purpose.
    pub fn purpose(&self, purpose: Purpose) -> Result<AccountId, Problem> {
        let found = self.accounts.iter().find(|account| account.purpose.as_deref() == Some(purpose.word()));
        found.map(|account| account.id).ok_or_else(|| {
            Problem::new(Code::AccountMissing, format!("The company has no account for the purpose {purpose}. Add one and try again."))
                .with("purpose", purpose.word())
        })
    }

    /// The account of this purpose, or else of another one: companies may be older than a purpose.
    ///
    /// # Errors
    /// `account_missing` naming the other purpose.
    pub fn purpose_or(&self, purpose: Purpose, other: Purpose) -> Result<AccountId, Problem> {
        self.purpose(purpose).or_else(|_| self.purpose(other))
    }

    /// The account of this code; without a code that of the purpose.
    ///
    /// # Errors
    /// `account_missing` naming the code or the purpose.
    pub fn code_or(&self, code: Option<&str>, purpose: Purpose) -> Result<AccountId, Problem> {
        let Some(code) = code else { return self.purpose(purpose) };
        let found = self.accounts.iter().find(|account| account.code == code && Self::refusal_of_document(account, "").is_none());
        found.map(|account| account.id).ok_or_else(|| {
            let detail = format!("The company has no active account {code} that a line may post to. Add or activate it, or choose another one at the product.");
            Problem::new(Code::AccountMissing, detail).with("account_code", code)
        })
    }

    /// The account of this id, which a tax names for what is sold with it.
    ///
    /// # Errors
    /// `account_missing` when no line may post to it any more.
    pub fn of_sales(&self, id: AccountId) -> Result<AccountId, Problem> {
        let found = self.get(id);
        if found.is_some_and(|account| Self::refusal_of_document(account, "").is_none()) {
            return Ok(id);
        }
        let name = found.map_or_else(|| id.to_string(), |account| account.code.clone());
        let detail =
            format!("Lines may not post to the account {name} any more, which a tax of the line names in `sales_account_id`. Choose another one at the tax.");
        Err(Problem::new(Code::AccountMissing, detail).with("account_code", name))
    }

    /// Why a line, a tax or an entry of somebody's own must not name the account; nothing when it may.
    #[must_use]
    pub fn refusal(account: &accounts::Model, pointer: &str) -> Option<FieldError> {
        if Self::is_control(account) {
            return Some(control_account(pointer));
        }
        let active = account.active.unwrap_or(true);
        (!active).then(|| FieldError::pointer(Code::InvalidValue, pointer, format!("names the account {}, which is not active any more", account.code)))
    }

    /// Why a line of a document or a write-off must not name the account; nothing when it may. Beside what no entry may name, money moves by payments and tax by
    /// taxes: a line would make either without the document that says so (ACC-01).
    #[must_use]
    pub fn refusal_of_document(account: &accounts::Model, pointer: &str) -> Option<FieldError> {
        Self::refusal(account, pointer).or_else(|| {
            let detail = match account.purpose.as_deref().and_then(|word| word.parse::<Purpose>().ok())? {
                Purpose::Bank | Purpose::Cash | Purpose::Clearing => "holds money, which only payments move: record a payment (POST /v1/payments)",
                Purpose::TaxPayable | Purpose::InputTax => "holds taxes, which only taxes move: name the tax in `tax_ids`",
                _ => return None,
            };
            let detail = format!("names the account {}, which {detail}, or name another account", account.code);
            Some(FieldError::pointer(Code::InvalidValue, pointer, detail))
        })
    }

    /// Whether only invoices and payments themselves may post to the account.
    #[must_use]
    pub fn is_control(account: &accounts::Model) -> bool {
        account.purpose.as_deref().and_then(|word| word.parse::<Purpose>().ok()).is_some_and(Purpose::is_control)
    }

    /// The account of this id, when it is one of the company and was asked for.
    #[must_use]
    pub fn get(&self, id: AccountId) -> Option<&accounts::Model> {
        self.accounts.iter().find(|account| account.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{AccountKind, Instant, Json, TenantId};

    fn account(code: &str, purpose: Option<Purpose>) -> accounts::Model {
        accounts::Model {
            tenant_id: TenantId::new(),
            id: AccountId::new(),
            company_id: CompanyId::new(),
            code: code.to_owned(),
            name: code.to_owned(),
            kind: AccountKind::Asset,
            purpose: purpose.map(|purpose| purpose.word().to_owned()),
            metadata: Json::default(),
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
            active: None,
        }
    }

    #[test]
    fn a_missing_account_is_named() {
        let (bank, special) = (account("1000", Some(Purpose::Bank)), account("4711", None));
        let (bank_id, special_id) = (bank.id, special.id);
        let chart = Chart::of(vec![bank, special]);
        assert_eq!(chart.purpose(Purpose::Bank), Ok(bank_id));
        assert_eq!([chart.purpose_or(Purpose::Bank, Purpose::Stock), chart.purpose_or(Purpose::Stock, Purpose::Bank)], [Ok(bank_id), Ok(bank_id)]);
        assert_eq!(chart.purpose_or(Purpose::Stock, Purpose::Expense).unwrap_err().meta["purpose"], "expense");
        assert_eq!(chart.code_or(None, Purpose::Bank), Ok(bank_id));
        assert_eq!(chart.code_or(Some("4711"), Purpose::Bank), Ok(special_id));
        assert_eq!(chart.purpose(Purpose::Stock).unwrap_err().meta["purpose"], "stock");
        let problem = chart.code_or(Some("0815"), Purpose::Bank).unwrap_err();
        assert_eq!((problem.code, problem.meta["account_code"].as_str()), (Code::AccountMissing, Some("0815")));
        assert_eq!(chart.get(special_id).map(|account| account.code.as_str()), Some("4711"));
    }

    #[test]
    fn lines_name_active_accounts_that_mirror_nothing() {
        let (receivable, special) = (account("1100", Some(Purpose::Receivable)), account("4711", None));
        let retired = accounts::Model { active: Some(false), ..account("4712", None) };
        assert_eq!([&receivable, &special, &retired].map(|account| Chart::refusal(account, "/account_id").is_some()), [true, false, true]);
        // Money and tax are moved by entries of somebody's own and by taxes, and by no line.
        for purpose in [Purpose::Bank, Purpose::Cash, Purpose::Clearing, Purpose::TaxPayable, Purpose::InputTax] {
            let held = account("1000", Some(purpose));
            let refused = [Chart::refusal(&held, "/account_id"), Chart::refusal_of_document(&held, "/account_id")].map(|refusal| refusal.is_some());
            assert_eq!(refused, [false, true], "{purpose}");
            assert!(Chart::of(vec![held]).code_or(Some("1000"), Purpose::Revenue).is_err(), "{purpose}");
        }
        let refused = [&receivable, &special, &retired, &account("4000", Some(Purpose::Revenue))];
        assert_eq!(refused.map(|account| Chart::refusal_of_document(account, "/account_id").is_some()), [true, false, true, false]);
        let chart = Chart::of(vec![special, retired]);
        assert!(chart.code_or(Some("4711"), Purpose::Bank).is_ok());
        assert_eq!(chart.code_or(Some("4712"), Purpose::Bank).unwrap_err().code, Code::AccountMissing);
        let ids: Vec<AccountId> = chart.accounts.iter().map(|account| account.id).collect();
        assert_eq!(chart.of_sales(ids[0]), Ok(ids[0]));
        assert_eq!(chart.of_sales(ids[1]).unwrap_err().meta["account_code"], "4712");
    }
}
