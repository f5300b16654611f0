//! The posting table (rules, "Posting table"; requirements ACC-01, ACC-02, CRN-04).
//!
//! Company amounts are converted and rounded part by part: each net and each tax of each line (TAX-043, FX-016); of a document whose taxes are rounded once,
//! each account's net and each tax (TAX-044). The receivable is their sum, so an entry balances by construction and no line has to take a difference;
//! installments split it, the last takes the residue (TERM-022).

use causeway_contract::{Code, Problem};
use causeway_master::account::Purpose;
use causeway_master::rate::Conversion;
use causeway_master::term::rules::{InstallmentDue, in_proportion};
use causeway_value::{AccountId, Amount, Currency, Day, Direction, InvoiceKind, Overflow, PartyId, PaymentDirection, PaymentMethod, TaxId};
use std::collections::BTreeMap;
use uuid::Uuid;

/// One line of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The account.
    pub account_id: AccountId,
    /// Whom it concerns.
    pub party_id: Option<PartyId>,
    /// In minor units of the company's currency; zero when there is a credit.
    pub debit: Amount,
    /// In minor units of the company's currency; zero when there is a debit.
    pub credit: Amount,
    /// In minor units of `currency`: debit minus credit.
    pub amount_currency: Amount,
    /// The document's currency.
    pub currency: Currency,
    /// Of the installment that it stands for.
    pub due_date: Option<Day>,
    /// What it is looked at by.
    pub dimension_set_id: Option<Uuid>,
}

/// Why lines are no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerError {
    /// The line at this position has a negative side.
    Negative(usize),
    /// The line at this position has a debit and a credit.
    BothSides(usize),
    /// The line at this position says nothing in either currency.
    Empty(usize),
    /// Debits and credits differ.
    Unbalanced {
        /// The sum of the debits.
        debit: Amount,
        /// The sum of the credits.
        credit: Amount,
    },
    /// A sum does not fit.
    Overflow,
}

impl std::fmt::Display for LedgerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Negative(position) => write!(f, "line {position} of the entry is negative"),
            Self::BothSides(position) => write!(f, "line {position} of the entry has a debit and a credit"),
            Self::Empty(position) => write!(f, "line {position} of the entry is empty"),
            Self::Unbalanced { debit, credit } => write!(f, "debits of {} and credits of {} differ", debit.0, credit.0),
            Self::Overflow => Overflow.fmt(f),
        }
    }
}

impl std::error::Error for LedgerError {}

impl From<Overflow> for LedgerError {
    fn from(_: Overflow) -> Self {
        Self::Overflow
    }
}

/// Documents that pass their own rules always balance: what does not is a fault of ours and must not be written.
impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Overflow => Overflow.into(),
            error => Self::new(Code::InternalError, format!("Nothing was posted: {error}.")),
        }
    }
}

/// Whether the lines make an entry: debits equal credits, and each line has one side. A line without either closes what is left in the document's currency
/// alone (FX-008). No lines at all balance: a document of nothing posts nothing.
///
/// # Errors
/// [`LedgerError`] naming the first wrong line, or the sums.
pub fn balanced(lines: &[Line]) -> Result<(), LedgerError> {
    for (position, line) in lines.iter().enumerate() {
        if line.debit < Amount::ZERO || line.credit < Amount::ZERO {
            return Err(LedgerError::Negative(position));
        }
        match (line.debit.is_zero(), line.credit.is_zero()) {
            (false, false) => return Err(LedgerError::BothSides(position)),
            (true, true) if line.amount_currency.is_zero() => return Err(LedgerError::Empty(position)),
            _ => {}
        }
    }
    let debit = Amount::sum(lines.iter().map(|line| line.debit))?;
    let credit = Amount::sum(lines.iter().map(|line| line.credit))?;
    if debit == credit { Ok(()) } else { Err(LedgerError::Unbalanced { debit, credit }) }
}

/// Answers which account a company uses for a purpose, or `account_missing`: a missing account is an exception, not a guess.
pub type Accounts<'a> = &'a dyn Fn(Purpose) -> Result<AccountId, Problem>;

/// The account of a line: its own, or the company's for a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountRef {
    /// This account.
    Given(AccountId),
    /// The company's for this purpose.
    For(Purpose),
}

impl AccountRef {
    fn account(self, accounts: Accounts<'_>) -> Result<AccountId, Problem> {
        match self {
            Self::Given(id) => Ok(id),
            Self::For(purpose) => accounts(purpose),
        }
    }
}

/// A tax of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxPart {
    /// Which tax.
    pub tax_id: TaxId,
    /// How much.
    pub amount: Amount,
    /// Tax payable for sales and input tax for purchases, or the tax's own.
    pub account: AccountRef,
}

/// A line of an invoice or credit note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoicePart {
    /// Without taxes.
    pub net: Amount,
    /// The discounts that are booked by themselves: the account is moved by the net and this (PRICE-019, PRICE-020).
    pub discount: Amount,
    /// Revenue, deferred revenue or customer advances for sales; expense or stock interim for purchases.
    pub account: AccountRef,
    /// Its taxes.
    pub taxes: Vec<TaxPart>,
    /// Of a line that takes from customer advances what a down payment brought: how that was booked. What it covers of the document was earned and taxed at
    /// that, whatever the document's conversion is: an advance is no money that is owed (IFRIC 22, Directive 2006/112/EC Art. 65).
    pub booked: Option<Advance>,
    /// What its net is looked at by.
    pub dimension_set_id: Option<Uuid>,
    /// Of a line that credits another one: what credit notes took of that one before. A line of which nothing is credited now still says so.
    pub taken: Taken,
}

/// What credit notes took of a line of an invoice, in its currency. The next part is booked at the difference that it makes, so that all parts together come to
/// what the line was booked at (rule 25 of the vectors).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Of the net.
    pub net: Amount,
    /// Of the discounts that are booked by themselves.
    pub discount: Amount,
    /// Of each tax.
    pub taxes: Vec<(TaxId, Amount)>,
}

impl Taken {
    fn tax(&self, id: TaxId) -> Amount {
        self.taxes.iter().find(|(tax, _)| *tax == id).map_or(Amount::ZERO, |(_, amount)| *amount)
    }
}

/// How the line of a down payment was booked, and what has left customer advances of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advance {
    /// The conversion of the down payment.
    pub conversion: Conversion,
    /// What of its net posted documents took before, in the document's currency.
    pub taken: Amount,
}

impl Advance {
    /// What the next part of the net was booked at: the parts of it add up to what it was booked at altogether, however they are cut.
    fn net(self, part: Amount, kind: InvoiceKind, (from, to): (Currency, Currency)) -> Result<Amount, Overflow> {
        let booked = |amount: Amount| self.conversion.amount(amount, from, to);
        let before = booked(self.taken)?;
        match kind {
            InvoiceKind::Invoice => before.minus(booked(self.taken.minus(part)?)?),
            InvoiceKind::CreditNote => booked(self.taken.plus(part)?)?.minus(before),
        }
    }
}

impl InvoicePart {
    /// Its net in company currency, as it is booked.
    fn company_net(&self, invoice: &InvoiceToPost<'_>) -> Result<Amount, Overflow> {
        let currencies = (invoice.currency, invoice.company_currency);
        match self.booked {
            Some(advance) => advance.net(self.net, invoice.kind, currencies),
            None => invoice.next(self.taken.net, self.net),
        }
    }
}

/// An invoice or credit note to be posted. Amounts of both kinds are positive for the usual case.
#[derive(Clone, Copy, Debug)]
pub struct InvoiceToPost<'a> {
    /// Sale or purchase.
    pub direction: Direction,
    /// An invoice, or the mirror of one.
    pub kind: InvoiceKind,
    /// The customer or supplier.
    pub party_id: PartyId,
    /// The document's currency.
    pub currency: Currency,
    /// The company's currency.
    pub company_currency: Currency,
    /// From the document's currency to the company's; of a credit note, its invoice's, so that revenue and tax go back as they came.
    pub conversion: Conversion,
    /// The lines.
    pub parts: &'a [InvoicePart],
    /// What is to be paid beyond the lines and their taxes, so that it can be paid in coins (TAX-060).
    pub rounding: Amount,
    /// What credit notes took of that before.
    pub rounding_taken: Amount,
    /// Whether its taxes are rounded once over the document: then what goes to an account, and each tax, is converted once, and not line by line (TAX-044).
    pub once: bool,
    /// Whether each installment is converted by itself, instead of sharing what the lines come to (FX-012).
    pub each: bool,
    /// They add up to the lines with their taxes, and the rounding.
    pub installments: &'a [InstallmentDue],
}

impl InvoiceToPost<'_> {
    fn company(&self, amount: Amount) -> Result<Amount, Overflow> {
        self.conversion.amount(amount, self.currency, self.company_currency)
    }

    /// What a part is booked at of which so much was taken before.
    fn next(&self, taken: Amount, part: Amount) -> Result<Amount, Overflow> {
        self.company(taken.plus(part)?)?.minus(self.company(taken)?)
    }
}

/// What posting an invoice or credit note writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoicePosting {
    /// The lines of the entry.
    pub lines: Vec<Line>,
    /// The untaxed amount in company currency, with what rounding adds.
    pub company_untaxed: Amount,
    /// The tax in company currency.
    pub company_tax: Amount,
    /// Both, with the difference that deductions make beyond what they cover: what the receivable or payable is booked at, unless each installment is converted
    /// by itself.
    pub company_total: Amount,
    /// Of each installment, in company currency.
    pub company_installments: Vec<Amount>,
}

/// The entry of an invoice or credit note: the receivable (payable) with one line per installment against revenue (expense) per account and tax per tax.
///
/// # Errors
/// `account_missing`; `amount_overflow`; `internal_error` when the installments do not add up to the lines.
pub fn invoice_posting(invoice: &InvoiceToPost<'_>, accounts: Accounts<'_>) -> Result<InvoicePosting, Problem> {
    let control = match invoice.direction {
        Direction::Sale => Purpose::Receivable,
        Direction::Purchase => Purpose::Payable,
    };
    let claim = (invoice.direction == Direction::Sale) == (invoice.kind == InvoiceKind::Invoice);
    let (mut nets, mut taxes) = converted_sums(invoice, accounts)?;
    let difference = cover(invoice, accounts, &mut nets, &mut taxes)?;
    let sum = |sums: &[Sum], amount: fn(&Sum) -> Amount| Amount::sum(sums.iter().map(amount));
    let total = sum(&nets, |sum| sum.foreign)?.plus(sum(&taxes, |sum| sum.foreign)?)?;
    let due = Amount::sum(invoice.installments.iter().map(|part| part.amount))?;
    if due != total {
        return Err(LedgerError::Unbalanced { debit: due, credit: total }.into());
    }
    let (company_untaxed, company_tax) = (sum(&nets, |sum| sum.company)?, sum(&taxes, |sum| sum.company)?);
    let company_total = company_untaxed.plus(company_tax)?.plus(difference)?;
    let amounts: Vec<Amount> = invoice.installments.iter().map(|part| part.amount).collect();
    let company_installments = if invoice.each {
        amounts.iter().map(|amount| invoice.conversion.amount(*amount, invoice.currency, invoice.company_currency)).collect::<Result<Vec<_>, _>>()?
    } else if amounts.iter().all(|amount| amount.is_zero()) {
        // Nothing is due: what its lines leave by being rounded apart is an exchange difference.
        vec![Amount::ZERO; amounts.len()]
    } else {
        in_proportion(company_total, total, &amounts)?
    };
    let mut book = Book { party_id: invoice.party_id, currency: invoice.currency, lines: Vec::new() };
    let account = accounts(control)?;
    for (part, company) in invoice.installments.iter().zip(&company_installments) {
        book.add(account, claim, *company, part.amount, Some(part.due_date))?;
    }
    for sum in nets.iter().chain(&taxes) {
        book.add_for(sum.dimension_set_id, sum.account, !claim, sum.company, sum.foreign)?;
    }
    if !difference.is_zero() {
        let gain = (difference > Amount::ZERO) == claim;
        book.add(accounts(if gain { Purpose::ExchangeGain } else { Purpose::ExchangeLoss })?, !claim, difference, Amount::ZERO, None)?;
    }
    let beyond = Amount::sum(company_installments.iter().copied())?.minus(company_total)?;
    if !beyond.is_zero() {
        let purpose = if claim == (beyond > Amount::ZERO) { Purpose::ExchangeGain } else { Purpose::ExchangeLoss };
        book.add(accounts(purpose)?, !claim, beyond, Amount::ZERO, None)?;
    }
    balanced(&book.lines)?;
    Ok(InvoicePosting { lines: book.lines, company_untaxed, company_tax, company_total, company_installments })
}

/// What goes to one account, for one tax or none.
struct Sum {
    account: AccountId,
    tax_id: Option<TaxId>,
    dimension_set_id: Option<Uuid>,
    foreign: Amount,
    company: Amount,
    /// What of `foreign` is still to be converted, together with what else goes to the account.
    together: Amount,
}

/// Gives what deductions cover the rate at which they were booked: the net to what the document earns, in proportion, and each tax to the same tax. Answers what
/// is left, because there is nothing that it could cover: a realised difference.
fn cover(invoice: &InvoiceToPost<'_>, accounts: Accounts<'_>, nets: &mut [Sum], taxes: &mut [Sum]) -> Result<Amount, Problem> {
    let at = |conversion: Conversion, amount: Amount| conversion.amount(amount, invoice.currency, invoice.company_currency);
    let (mut of_nets, mut left) = (Amount::ZERO, Amount::ZERO);
    for (part, advance) in invoice.parts.iter().filter_map(|part| part.booked.map(|advance| (part, advance))) {
        of_nets = of_nets.plus(at(invoice.conversion, part.net)?)?.minus(part.company_net(invoice)?)?;
        for tax in &part.taxes {
            let difference = at(invoice.conversion, tax.amount)?.minus(at(advance.conversion, tax.amount)?)?;
            let earned = invoice.parts.iter().filter(|other| other.booked.is_none()).flat_map(|other| &other.taxes);
            let account = tax.account.account(accounts)?;
            let covered = Amount::sum(earned.filter(|other| other.tax_id == tax.tax_id).map(|other| other.amount))?;
            match taxes.iter_mut().find(|sum| (sum.account, sum.tax_id) == (account, Some(tax.tax_id))) {
                Some(sum) if !covered.is_zero() => sum.company = sum.company.plus(difference)?,
                _ => left = left.plus(difference)?,
            }
        }
    }
    if of_nets.is_zero() {
        return Ok(left);
    }
    let mut earned: Vec<(usize, Amount)> = Vec::new();
    for part in invoice.parts.iter().filter(|part| part.booked.is_none()) {
        let key = (part.account.account(accounts)?, None, part.dimension_set_id);
        let Some(place) = nets.iter().position(|sum| (sum.account, sum.tax_id, sum.dimension_set_id) == key) else { continue };
        match earned.iter_mut().find(|(other, _)| *other == place) {
            Some((_, net)) => *net = net.plus(part.net)?,
            None => earned.push((place, part.net)),
        }
    }
    earned.retain(|(_, net)| !net.is_zero());
    let amounts: Vec<Amount> = earned.iter().map(|(_, net)| *net).collect();
    let whole = Amount::sum(amounts.iter().copied())?;
    if whole.is_zero() {
        return Ok(left.plus(of_nets)?);
    }
    for ((place, _), share) in earned.iter().zip(in_proportion(of_nets, whole, &amounts)?) {
        if let Some(sum) = nets.get_mut(*place) {
            sum.company = sum.company.plus(share)?;
        }
    }
    Ok(left)
}

/// Nets per account and taxes per tax. Each part is converted and rounded before it is added, unless the document rounds once: then what is summed up is. What
/// a deduction takes from customer advances goes as it was booked either way.
fn converted_sums(invoice: &InvoiceToPost<'_>, accounts: Accounts<'_>) -> Result<(Vec<Sum>, Vec<Sum>), Problem> {
    let (mut nets, mut taxes) = (Vec::new(), Vec::new());
    let mut before: BTreeMap<(AccountId, Option<TaxId>), Amount> = BTreeMap::new();
    for part in invoice.parts {
        let once = invoice.once && part.booked.is_none();
        let worth = |taken: Amount, amount: Amount| match part.booked {
            _ if once => Ok(Worth::Together),
            Some(advance) => advance.conversion.amount(amount, invoice.currency, invoice.company_currency).map(Worth::Booked),
            None => invoice.next(taken, amount).map(Worth::Booked),
        };
        let mut count = |key: (AccountId, Option<TaxId>), taken: Amount| -> Result<(), Overflow> {
            if once && !taken.is_zero() {
                let sum = before.entry(key).or_default();
                *sum = sum.plus(taken)?;
            }
            Ok(())
        };
        let (full, taken) = (part.net.plus(part.discount)?, part.taken.net.plus(part.taken.discount)?);
        let booked = if part.discount.is_zero() && part.booked.is_some() { Worth::Booked(part.company_net(invoice)?) } else { worth(taken, full)? };
        let (account, set) = (part.account.account(accounts)?, part.dimension_set_id);
        add_to(&mut nets, (account, None, set), full, booked)?;
        count((account, None), taken)?;
        if !part.discount.is_zero() || !part.taken.discount.is_zero() {
            let (discount, taken) = (part.discount.negated()?, part.taken.discount.negated()?);
            let account = accounts(Purpose::DiscountGiven)?;
            add_to(&mut nets, (account, None, set), discount, worth(taken, discount)?)?;
            count((account, None), taken)?;
        }
        for tax in &part.taxes {
            let (account, taken) = (tax.account.account(accounts)?, part.taken.tax(tax.tax_id));
            add_to(&mut taxes, (account, Some(tax.tax_id), None), tax.amount, worth(taken, tax.amount)?)?;
            count((account, Some(tax.tax_id)), taken)?;
        }
    }
    if !invoice.rounding.is_zero() {
        let company = invoice.next(invoice.rounding_taken, invoice.rounding)?;
        add_to(&mut nets, (accounts(Purpose::Rounding)?, None, None), invoice.rounding, Worth::Booked(company))?;
    }
    convert_together(&mut nets, invoice, &before)?;
    convert_together(&mut taxes, invoice, &before)?;
    Ok((nets, taxes))
}

type Key = (AccountId, Option<TaxId>, Option<Uuid>);

/// What a part is booked at.
#[derive(Clone, Copy)]
enum Worth {
    /// This, in company currency.
    Booked(Amount),
    /// Its share of what all of its kind come to.
    Together,
}

fn add_to(sums: &mut Vec<Sum>, (account, tax_id, dimension_set_id): Key, foreign: Amount, worth: Worth) -> Result<(), Overflow> {
    let (company, together) = match worth {
        Worth::Booked(company) => (company, Amount::ZERO),
        Worth::Together => (Amount::ZERO, foreign),
    };
    match sums.iter_mut().find(|sum| (sum.account, sum.tax_id, sum.dimension_set_id) == (account, tax_id, dimension_set_id)) {
        Some(sum) => {
            sum.foreign = sum.foreign.plus(foreign)?;
            sum.company = sum.company.plus(company)?;
            sum.together = sum.together.plus(together)?;
        }
        None => sums.push(Sum { account, tax_id, dimension_set_id, foreign, company, together }),
    }
    Ok(())
}

/// Converts what goes to each account, for each tax, as one amount. What an account is looked at by shares it: each part is the difference that it makes to the
/// sum so far, so that they add up; `taken` is what credit notes took of each before.
fn convert_together(sums: &mut [Sum], invoice: &InvoiceToPost<'_>, taken: &BTreeMap<(AccountId, Option<TaxId>), Amount>) -> Result<(), Overflow> {
    let mut so_far = taken.clone();
    for sum in sums.iter_mut().filter(|sum| !sum.together.is_zero()) {
        let before = so_far.entry((sum.account, sum.tax_id)).or_default();
        sum.company = sum.company.plus(invoice.next(*before, sum.together)?)?;
        *before = before.plus(sum.together)?;
    }
    Ok(())
}

/// Lines that share party and currency.
struct Book {
    party_id: PartyId,
    currency: Currency,
    lines: Vec<Line>,
}

impl Book {
    /// Adds an amount on the debit side (or the credit side); a negative amount goes to the other one, nothing makes no line.
    fn add(&mut self, account_id: AccountId, on_debit: bool, company: Amount, foreign: Amount, due_date: Option<Day>) -> Result<(), Overflow> {
        if company.is_zero() && foreign.is_zero() {
            return Ok(());
        }
        let signed = |amount: Amount| if on_debit { Ok(amount) } else { amount.negated() };
        let company = signed(company)?;
        let (debit, credit) = if company < Amount::ZERO { (Amount::ZERO, company.negated()?) } else { (company, Amount::ZERO) };
        let (party_id, currency, amount_currency) = (Some(self.party_id), self.currency, signed(foreign)?);
        self.lines.push(Line { account_id, party_id, debit, credit, amount_currency, currency, due_date, dimension_set_id: None });
        Ok(())
    }

    /// Adds an amount that is looked at by this.
    fn add_for(&mut self, dimension_set_id: Option<Uuid>, account_id: AccountId, on_debit: bool, company: Amount, foreign: Amount) -> Result<(), Overflow> {
        let before = self.lines.len();
        self.add(account_id, on_debit, company, foreign, None)?;
        self.lines.iter_mut().skip(before).for_each(|line| line.dimension_set_id = dimension_set_id);
        Ok(())
    }
}

/// A payment or refund to be posted.
#[derive(Clone, Copy, Debug)]
pub struct PaymentToPost {
    /// To us or from us.
    pub direction: PaymentDirection,
    /// How the money moves.
    pub method: PaymentMethod,
    /// What it settles: the receivable of a customer, the payable of a supplier, or customer advances.
    pub counterpart: Purpose,
    /// Who pays or is paid.
    pub party_id: PartyId,
    /// How much.
    pub amount: Amount,
    /// In this currency.
    pub currency: Currency,
    /// The company's currency.
    pub company_currency: Currency,
    /// From the payment's currency to the company's.
    pub conversion: Conversion,
}

/// What posting a payment writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentPosting {
    /// The lines of the entry.
    pub lines: Vec<Line>,
    /// The amount in company currency.
    pub company_amount: Amount,
}

/// The entry of a payment: money against the open item of the party. What is not allocated stays there as the party's credit. A refund is an outbound
/// payment.
///
/// # Errors
/// `account_missing`; `amount_overflow`.
pub fn payment_posting(payment: &PaymentToPost, accounts: Accounts<'_>) -> Result<PaymentPosting, Problem> {
    let company_amount = payment.conversion.amount(payment.amount, payment.currency, payment.company_currency)?;
    let inbound = payment.direction == PaymentDirection::Inbound;
    let mut book = Book { party_id: payment.party_id, currency: payment.currency, lines: Vec::new() };
    book.add(accounts(money_account(payment.method))?, inbound, company_amount, payment.amount, None)?;
    book.add(accounts(payment.counterpart)?, !inbound, company_amount, payment.amount, None)?;
    balanced(&book.lines)?;
    Ok(PaymentPosting { lines: book.lines, company_amount })
}

/// Where money of this method arrives: cards and other providers pay out later.
#[must_use]
pub const fn money_account(method: PaymentMethod) -> Purpose {
    match method {
        PaymentMethod::Bank => Purpose::Bank,
        PaymentMethod::Cash => Purpose::Cash,
        PaymentMethod::Card | PaymentMethod::Other => Purpose::Clearing,
    }
}

/// The lines of a realised exchange difference, a gain positive, between `counterpart` (the receivable or payable that was settled) and gain or loss. They
/// move company currency only, so that both sides close to zero in it (FX-002 to FX-011). No lines for no difference.
///
/// # Errors
/// `account_missing`; `amount_overflow`.
pub fn exchange_difference(
    difference: Amount,
    counterpart: Purpose,
    party_id: PartyId,
    currency: Currency,
    accounts: Accounts<'_>,
) -> Result<Vec<Line>, Problem> {
    if difference.is_zero() {
        return Ok(Vec::new());
    }
    let gain_or_loss = if difference > Amount::ZERO { Purpose::ExchangeGain } else { Purpose::ExchangeLoss };
    let mut book = Book { party_id, currency, lines: Vec::new() };
    book.add(accounts(counterpart)?, true, difference, Amount::ZERO, None)?;
    book.add(accounts(gain_or_loss)?, false, difference, Amount::ZERO, None)?;
    balanced(&book.lines)?;
    Ok(book.lines)
}

/// A part of an open item to be given up.
#[derive(Clone, Copy, Debug)]
pub struct WriteOffToPost<'a> {
    /// A sale's receivable is given up at our cost, a purchase's payable to our gain.
    pub direction: Direction,
    /// The customer or supplier.
    pub party_id: PartyId,
    /// The invoice's currency.
    pub currency: Currency,
    /// The company's currency.
    pub company_currency: Currency,
    /// From the invoice's currency to the company's: of the day it is given up, or of the invoice for what is given back of it.
    pub conversion: Conversion,
    /// What bears it: the cost first, then each tax that is corrected.
    pub parts: &'a [(AccountRef, Amount)],
    /// What the open item is booked at, when it is to be closed at that: the first part takes what rounding the others leaves.
    pub company_total: Option<Amount>,
}

/// The entry of a write-off, a discount for paying early or a bank fee: cost and corrected taxes against the receivable (EPD-010, MATCH-003), or the
/// mirror for the payable. Each part is converted and rounded by itself; the open item is their sum, unless it is known.
///
/// # Errors
/// `account_missing`; `amount_overflow`.
pub fn write_off_posting(given_up: &WriteOffToPost<'_>, accounts: Accounts<'_>) -> Result<PaymentPosting, Problem> {
    let (control, sale) = match given_up.direction {
        Direction::Sale => (Purpose::Receivable, true),
        Direction::Purchase => (Purpose::Payable, false),
    };
    let mut book = Book { party_id: given_up.party_id, currency: given_up.currency, lines: Vec::new() };
    let at = |(_, amount): &(AccountRef, Amount)| given_up.conversion.amount(*amount, given_up.currency, given_up.company_currency);
    let mut converted = given_up.parts.iter().map(at).collect::<Result<Vec<_>, _>>()?;
    let sum = Amount::sum(converted.iter().copied())?;
    let company_total = given_up.company_total.unwrap_or(sum);
    if let Some(first) = converted.first_mut() {
        *first = first.plus(company_total.minus(sum)?)?;
    }
    for ((account, amount), company) in given_up.parts.iter().zip(converted) {
        book.add(account.account(accounts)?, sale, company, *amount, None)?;
    }
    let total = Amount::sum(given_up.parts.iter().map(|(_, amount)| *amount))?;
    book.add(accounts(control)?, !sale, company_total, total, None)?;
    balanced(&book.lines)?;
    Ok(PaymentPosting { lines: book.lines, company_amount: company_total })
}

/// The entry of what a payment brought too much and is kept as income, or sent too much and is a cost: the open item of the party against rounding
/// (MATCH-004), or against the fees of banks when one took it. `company_amount` is what that part of the payment was booked for.
///
/// # Errors
/// `account_missing`; `amount_overflow`.
pub fn surplus_posting(payment: &PaymentToPost, company_amount: Amount, kept_as: Purpose, accounts: Accounts<'_>) -> Result<Vec<Line>, Problem> {
    let inbound = payment.direction == PaymentDirection::Inbound;
    let mut book = Book { party_id: payment.party_id, currency: payment.currency, lines: Vec::new() };
    book.add(accounts(payment.counterpart)?, inbound, company_amount, payment.amount, None)?;
    book.add(accounts(kept_as)?, !inbound, company_amount, payment.amount, None)?;
    balanced(&book.lines)?;
    Ok(book.lines)
}

/// The lines that take others back: sides swapped. A correction is a new entry, never an edit.
///
/// # Errors
/// [`Overflow`] when an amount has no opposite.
pub fn reversal(lines: &[Line]) -> Result<Vec<Line>, Overflow> {
    let swapped = |line: &Line| Ok(Line { debit: line.credit, credit: line.debit, amount_currency: line.amount_currency.negated()?, ..*line });
    lines.iter().map(swapped).collect()
}

#[cfg(test)]
mod tests;
