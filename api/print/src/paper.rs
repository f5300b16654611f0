//! What a document says, before anything is laid out.

use crate::Language;
use causeway_value::{Amount, Currency, Day, Percent, Price, Quantity};

/// What kind of document it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An offer.
    Quote,
    /// What was ordered.
    OrderConfirmation,
    /// What a shipment contains, without prices.
    DeliveryNote,
    /// A claim.
    Invoice,
    /// What takes a claim back.
    CreditNote,
}

/// A document that is printed.
#[derive(Clone, Debug)]
pub struct Paper {
    /// What kind it is.
    pub kind: Kind,
    /// The language of labels, figures and dates.
    pub language: Language,
    /// Its number; none before it has one.
    pub number: Option<String>,
    /// Its revision, shown from the second on.
    pub revision: Option<i64>,
    /// Whether it may still change and says so.
    pub draft: bool,
    /// Who sends it.
    pub sender: Letterhead,
    /// To whom: name and address, line by line.
    pub recipient: Vec<String>,
    /// The recipient's registration number for taxes.
    pub recipient_tax_id: Option<String>,
    /// Where goods go, when that is elsewhere.
    pub ship_to: Vec<String>,
    /// Its date.
    pub date: Option<Day>,
    /// The last day that a quote can be accepted.
    pub valid_until: Option<Day>,
    /// When it is to be paid.
    pub due_date: Option<Day>,
    /// The first and the last day on which what it charges was supplied (Directive 2006/112/EC, article 226 no. 7).
    pub supplied: Option<(Day, Day)>,
    /// The recipient's own reference.
    pub reference: Option<String>,
    /// The number of the document that it follows: the invoice of a credit note.
    pub follows: Option<String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The lines.
    pub items: Vec<Item>,
    /// The discount of the whole document, which the amounts of the lines contain already.
    pub discount: Percent,
    /// The sum of the lines.
    pub untaxed: Amount,
    /// Tax by tax.
    pub taxes: Vec<Tax>,
    /// What rounding adds to that, or takes off.
    pub rounding: Amount,
    /// The taxes in the currency of the company, when that is another one (article 230 of the same).
    pub company_tax: Option<(Currency, Amount)>,
    /// What is to be paid.
    pub total: Amount,
    /// The name of the payment terms.
    pub payment_terms: Option<String>,
    /// What is due when, if there is more than one part.
    pub installments: Vec<(Day, Amount)>,
    /// What paying early saves.
    pub early: Option<Early>,
    /// When all of it is delivered that says nothing else.
    pub promised: Option<Promised>,
    /// What the recipient reads below the lines.
    pub notes: Option<String>,
    /// The terms of the contract, in smaller letters.
    pub terms: Option<String>,
}

/// What stands in the table of a document.
#[derive(Clone, Debug)]
pub enum Item {
    /// A heading of the lines below it.
    Section(String),
    /// A remark between lines.
    Text(String),
    /// A line with an amount.
    Line(Line),
    /// What the lines since the last heading come to.
    Subtotal(Amount),
}

/// A discount for paying early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Early {
    /// The discount.
    pub percent: Percent,
    /// The last day on which it is given.
    pub until: Day,
    /// What is to be paid until then.
    pub payable: Amount,
}

/// When something is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promised {
    /// On a day.
    On(Day),
    /// So many days after the order.
    Within(i64),
}

/// A line with an amount.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is.
    pub description: String,
    /// How much.
    pub quantity: Quantity,
    /// The code of the unit.
    pub unit: Option<String>,
    /// The price of `base_quantity` units.
    pub unit_price: Price,
    /// How many units the price is for.
    pub base_quantity: Quantity,
    /// The line's own discount.
    pub discount: Percent,
    /// Without tax, after all discounts.
    pub net: Amount,
    /// Whether the recipient may leave it out: then `net` is in no sum.
    pub optional: bool,
    /// When it is delivered.
    pub promised: Option<Promised>,
}

/// One tax of the document.
#[derive(Clone, Debug)]
pub struct Tax {
    /// Its name.
    pub name: String,
    /// What the document says of it, such as why none is due.
    pub note: Option<String>,
    /// On what.
    pub base: Amount,
    /// How much.
    pub amount: Amount,
}

/// Who sends the document.
#[derive(Clone, Debug, Default)]
pub struct Letterhead {
    /// The name of the company.
    pub name: String,
    /// Its address, line by line.
    pub address: Vec<String>,
    /// Mail, telephone, site: line by line.
    pub contact: Vec<String>,
    /// Its registration number for taxes.
    pub tax_id: Option<String>,
    /// The number in the register of companies.
    pub register: Option<String>,
    /// Where to pay.
    pub bank: Option<Bank>,
}

/// Where to pay.
#[derive(Clone, Debug, Default)]
pub struct Bank {
    /// The bank's name.
    pub name: Option<String>,
    /// The account.
    pub iban: String,
    /// The bank's code.
    pub bic: Option<String>,
}
