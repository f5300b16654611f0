//! Reading and checking exposures.

use super::rules::{self, Parts, Policy, Situation};
use super::shares::{self, SUMS, TABLE};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::{credit_exposures, credit_policies, installments};
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::money;
use causeway_master::rate::lookup::rates;
use causeway_openapi::credit as wire;
use causeway_openapi::object::{Explanation, ExplanationStep};
use causeway_value::{Amount, CompanyId, CreditAction, Currency, Day, InstallmentId, PartyId};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// Overdue installments that are looked at, oldest first. One payment settles fewer.
const OLDEST: u64 = 500;

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What the policy says to do about findings.
    pub policy: Policy,
    /// In the company's currency.
    pub situation: Situation,
    /// The exposure by part, in the company's currency.
    pub parts: Parts,
    /// What speaks against it; nothing when it passes.
    pub findings: Vec<String>,
}

impl Checked {
    /// The findings as one sentence.
    #[must_use]
    pub fn because(&self) -> String {
        format!("{}.", self.findings.join("; "))
    }
}

/// Checks whether a customer may owe `more` in `currency`, and keeps others from checking the same until this transaction ends: of two that together are too
/// much one passes.
///
/// # Errors
/// `rate_missing`, `amount_overflow`, or when the database fails.
pub async fn check(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, party: &parties::Model, more: (Amount, Currency)) -> Result<Checked, Problem> {
    looked_at(ctx, tx, company, party, more, true).await
}

/// What [`check`] would find, without keeping others from anything: for who only looks.
///
/// # Errors
/// As [`check`].
pub async fn foresee(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, party: &parties::Model, more: (Amount, Currency)) -> Result<Checked, Problem> {
    looked_at(ctx, tx, company, party, more, false).await
}

async fn looked_at(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    party: &parties::Model,
    more: (Amount, Currency),
    locking: bool,
) -> Result<Checked, Problem> {
    let policy = policy(tx, company.id, party.id).await?;
    if party.credit_limit.is_none() && policy.max_overdue_days.is_none() {
        // Nothing is limited, so nothing needs to be counted.
        let situation = Situation {
            currency: company.currency,
            limit: None,
            exposure: Amount::ZERO,
            more: Amount::ZERO,
            overdue_since: None,
            today: ctx.today(company.time_zone),
        };
        return Ok(Checked { policy, situation, parts: Parts::default(), findings: Vec::new() });
    }
    if locking {
        lock(tx, company, party.id).await?;
    }
    checked(ctx, tx, (company, party), policy, more, more.0 > Amount::ZERO).await
}

/// As [`check`], without keeping others from it: for what confirms nothing. What this transaction has written so far counts.
///
/// # Errors
/// As [`check`].
pub async fn recheck(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, party: &parties::Model, more: (Amount, Currency)) -> Result<Checked, Problem> {
    let policy = policy(tx, company.id, party.id).await?;
    checked(ctx, tx, (company, party), policy, more, more.0 > Amount::ZERO).await
}

/// What speaks against what a customer owes already: for a document that is part of it and waits for that. Takes nothing more, and keeps nobody from anything.
///
/// # Errors
/// As [`check`].
pub async fn recheck_owed(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, party: &parties::Model, currency: Currency) -> Result<Checked, Problem> {
    let policy = policy(tx, company.id, party.id).await?;
    checked(ctx, tx, (company, party), policy, (Amount::ZERO, currency), true).await
}

/// The credit of a customer at a company, with the check of an order over `amount`.
///
/// # Errors
/// `not_found`; `required` or `not_found` naming `company_id`; a wrong `amount`; `rate_missing`.
pub async fn credit(ctx: &Ctx, tx: &mut Tx<'_>, party_id: PartyId, query: &wire::CreditQuery) -> Result<wire::Credit, Problem> {
    let party = tx.must::<parties::Entity>(party_id).await?;
    let wrong = |code, name: &str, detail: String| Problem::of(vec![FieldError::parameter(code, name, detail)]);
    let Some(company_id) = query.company_id else {
        return Err(wrong(Code::Required, "company_id", "is required: credit is given by a company".to_owned()));
    };
    let company = tx.get::<companies::Entity>(company_id).await?;
    let company = company.ok_or_else(|| wrong(Code::NotFound, "company_id", "names no company of this tenant".to_owned()))?;
    let more = match &query.amount {
        None => Amount::ZERO,
        Some(text) => text.amount(company.currency).map_err(|error| wrong(money::code(error), "amount", format!("{error} ({})", company.currency.code())))?,
    };
    let checked = recheck(ctx, tx, &company, &party, (more, company.currency)).await?;
    view(&company, &party, &checked)
}

/// The policy for a customer: its own, else the company's for all, else the default.
async fn policy(tx: &mut Tx<'_>, company_id: CompanyId, party_id: PartyId) -> Result<Policy, Problem> {
    let found = Find::<credit_policies::Entity>::new()
        .eq(credit_policies::Column::CompanyId, company_id)
        .when("party_id = ? OR party_id IS NULL", vec![party_id.into()])
        .all(tx)
        .await?;
    let chosen = found.iter().find(|row| row.party_id.is_some()).or_else(|| found.first());
    Ok(chosen.map_or_else(Policy::default, |row| Policy { action: row.action, max_overdue_days: row.max_overdue_days, owner_id: row.owner_id }))
}

/// Locks the exposures of a party at a company. Its row in the company's currency stands for all of them and must exist to be locked.
async fn lock(tx: &mut Tx<'_>, company: &companies::Model, party_id: PartyId) -> Result<(), Problem> {
    if !tx.locks() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO {TABLE} (tenant_id, company_id, party_id, currency, {}) VALUES ($1, $2, $3, $4, 0, 0, 0, 0) ON CONFLICT DO NOTHING",
        SUMS.join(", ")
    );
    tx.execute_now(&sql, vec![tx.tenant().into(), company.id.into(), party_id.into(), company.currency.into()]).await?;
    rows(company.id, party_id).lock().all(tx).await.map(drop)
}

fn rows(company_id: CompanyId, party_id: PartyId) -> Find<credit_exposures::Entity> {
    Find::<credit_exposures::Entity>::new()
        .eq(credit_exposures::Column::CompanyId, company_id)
        .eq(credit_exposures::Column::PartyId, party_id)
        .order_by(credit_exposures::Column::Currency)
}

async fn checked(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    (company, party): (&companies::Model, &parties::Model),
    policy: Policy,
    (more, currency): (Amount, Currency),
    is_asked: bool,
) -> Result<Checked, Problem> {
    let today = ctx.today(company.time_zone);
    let by_currency = exposures(tx, company.id, party.id).await?;
    let limit = party.credit_limit.zip(party.credit_currency);
    let currencies: BTreeSet<Currency> = by_currency.keys().copied().chain([currency]).chain(limit.map(|(_, currency)| currency)).collect();
    let table = rates(tx, currencies.into_iter().map(|from| (from, company.currency)), today).await?;
    let convert = |amount: Amount, from: Currency| -> Result<Amount, Problem> {
        if amount.is_zero() { Ok(amount) } else { Ok(table.conversion(from, company.currency)?.amount(amount, from, company.currency)?) }
    };
    let mut parts = Parts::default();
    for (from, own) in by_currency {
        if own != Parts::default() {
            let conversion = table.conversion(from, company.currency)?;
            parts = parts.plus(own.converted(|amount| conversion.amount(amount, from, company.currency))?)?;
        }
    }
    let situation = Situation {
        currency: company.currency,
        limit: limit.map(|(limit, currency)| convert(limit, currency)).transpose()?,
        exposure: parts.total()?,
        more: convert(more, currency)?,
        overdue_since: overdue_since(tx, (company.id, party.id), today).await?,
        today,
    };
    let findings = rules::findings(&situation, &policy, is_asked)?;
    Ok(Checked { policy, situation, parts, findings })
}

/// The exposures of a party by currency, with what this transaction has changed of them so far.
async fn exposures(tx: &mut Tx<'_>, company_id: CompanyId, party_id: PartyId) -> Result<BTreeMap<Currency, Parts>, Problem> {
    let mut found: BTreeMap<Currency, Parts> = BTreeMap::new();
    for row in rows(company_id, party_id).all(tx).await? {
        let parts = Parts { open_receivables: row.open_receivables, billables: row.billables, obligations: row.obligations, unallocated: row.unallocated };
        found.insert(row.currency, parts);
    }
    let changed: Vec<Currency> = tx.tallies().filter_map(|tally| shares::currency_of(tally, company_id, party_id)).collect();
    for currency in changed {
        let tally = shares::tally(company_id, party_id, currency);
        let [open_receivables, billables, obligations, unallocated] = SUMS.map(|column| Amount(tx.tallied(&tally, column)));
        let entry = found.entry(currency).or_default();
        *entry = entry.plus(Parts { open_receivables, billables, obligations, unallocated })?;
    }
    Ok(found)
}

/// When the oldest open installment of a sale was due, as the rows will be when this transaction ends.
async fn overdue_since(tx: &mut Tx<'_>, (company_id, party_id): (CompanyId, PartyId), today: Day) -> Result<Option<Day>, Problem> {
    let sql = "open_amount > 0 AND due_date < ? AND invoice_id IN (SELECT id FROM invoices WHERE tenant_id = $1 AND party_id = ? AND company_id = ? \
               AND open_amount > 0 AND direction = 'sale' AND kind = 'invoice' AND status = 'posted')";
    let stored = Find::<installments::Entity>::new()
        .when(sql, vec![today.into(), party_id.into(), company_id.into()])
        .order_by(installments::Column::DueDate)
        .limit(OLDEST)
        .all(tx)
        .await?;
    let now: BTreeMap<InstallmentId, Amount> = tx.written::<installments::Model>().map(|row| (row.id, row.open_amount)).collect();
    let open = |row: &&installments::Model| now.get(&row.id).copied().unwrap_or(row.open_amount) > Amount::ZERO;
    Ok(stored.iter().find(open).map(|row| row.due_date))
}

fn view(company: &companies::Model, party: &parties::Model, checked: &Checked) -> Result<wire::Credit, Problem> {
    let Checked { policy, situation, parts, findings } = checked;
    let text = |amount: Amount| amount.text(company.currency);
    let available = situation.limit.map(|limit| limit.minus(situation.exposure)).transpose()?;
    let days = |days: Option<i64>| days.and_then(|days| u32::try_from(days).ok());
    Ok(wire::Credit {
        object: "credit".to_owned(),
        party_id: party.id,
        company_id: company.id,
        currency: company.currency,
        limit: situation.limit.map(text),
        open_receivables: text(parts.open_receivables),
        billables: text(parts.billables),
        obligations: text(parts.obligations),
        unallocated: text(parts.unallocated),
        exposure: text(situation.exposure),
        available: available.map(text),
        overdue_since: situation.overdue_since,
        overdue_days: days(rules::overdue_days(situation)),
        max_overdue_days: days(policy.max_overdue_days),
        action: policy.action,
        passes: findings.is_empty() || policy.action == CreditAction::Warn,
        findings: findings.clone(),
        explain: explain(checked),
    })
}

fn explain(checked: &Checked) -> Explanation {
    let Checked { policy, situation, parts, findings } = checked;
    let text = |amount: Amount| Json::String(amount.text(situation.currency).0);
    let step = |rule: &str, input: Json, outcome: Json, because: &str| ExplanationStep {
        line: None,
        rule: rule.to_owned(),
        input,
        outcome,
        because: because.to_owned(),
    };
    let sums = json!({
        "open_receivables": text(parts.open_receivables),
        "billables": text(parts.billables),
        "obligations": text(parts.obligations),
        "unallocated": text(parts.unallocated),
    });
    let limit = situation.limit.map_or(Json::Null, text);
    let asked = json!({ "exposure": text(situation.exposure), "more": text(situation.more) });
    let steps = vec![
        step("exposure", sums, text(situation.exposure), "what is open, billable and confirmed, with tax, less the customer's credit, at today's rates"),
        step("limit", asked, limit, "the customer's limit at today's rate; null does not limit"),
        step(
            "overdue",
            json!({ "overdue_since": situation.overdue_since, "max_overdue_days": policy.max_overdue_days }),
            json!(rules::overdue_days(situation)),
            "the days since the oldest open invoice was due; null accepts any age",
        ),
        step("policy", json!(findings), json!(policy.action.to_string()), "the customer's policy, else the company's, else hold"),
    ];
    Explanation { result: json!({ "findings": findings }), steps, candidates: Vec::new() }
}
