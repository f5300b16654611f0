//! The words on paper, and how figures and dates are written.

use crate::{Kind, Paper, Promised};
use causeway_value::{Amount, Currency, Day, Percent, Price, Quantity, format_scaled};

/// A language of documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// The language of this ISO 639-1 code; English for those that are not there.
    #[must_use]
    pub fn of(code: &str) -> Self {
        if code == "de" { Self::German } else { Self::English }
    }

    /// Its ISO 639-1 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }
}

/// The labels of a document.
pub(crate) struct Words {
    pub draft: &'static str,
    pub number: &'static str,
    pub revision: &'static str,
    pub date: &'static str,
    pub valid_until: &'static str,
    pub due_date: &'static str,
    pub supplied: &'static str,
    pub supplied_until: &'static str,
    pub reference: &'static str,
    pub credited: &'static str,
    pub contact: &'static str,
    pub recipient_tax_id: &'static str,
    pub ship_to: &'static str,
    pub description: &'static str,
    pub quantity: &'static str,
    pub unit_price: &'static str,
    pub discount: &'static str,
    pub amount: &'static str,
    pub per: &'static str,
    pub optional: &'static str,
    pub promised: &'static str,
    pub days_after_order: &'static str,
    pub subtotal: &'static str,
    pub carried: &'static str,
    pub brought: &'static str,
    pub discount_contained: &'static str,
    pub untaxed: &'static str,
    pub tax_on: &'static str,
    pub rounding: &'static str,
    pub tax_in: &'static str,
    pub total: &'static str,
    pub payment_terms: &'static str,
    pub installment: &'static str,
    pub paid_by: &'static str,
    pub early_discount: &'static str,
    pub notes: &'static str,
    pub terms: &'static str,
    pub accept: &'static str,
    pub received: &'static str,
    pub place_and_date: &'static str,
    pub signature: &'static str,
    pub tax_id: &'static str,
    pub page: &'static str,
    pub of: &'static str,
}

const ENGLISH: Words = Words {
    draft: "Draft",
    number: "Number",
    revision: "Revision",
    date: "Date",
    valid_until: "Valid until",
    due_date: "Due date",
    supplied: "Date of supply",
    supplied_until: "until",
    reference: "Your reference",
    credited: "For invoice",
    contact: "Contact",
    recipient_tax_id: "Your tax number",
    ship_to: "Deliver to",
    description: "Description",
    quantity: "Quantity",
    unit_price: "Unit price",
    discount: "Discount",
    amount: "Amount",
    per: "per",
    optional: "optional, not in the total",
    promised: "Delivery",
    days_after_order: "days after the order",
    subtotal: "Subtotal",
    carried: "Carried forward",
    brought: "Brought forward",
    discount_contained: "The amounts contain a discount of",
    untaxed: "Net amount",
    tax_on: "on",
    rounding: "Rounding",
    tax_in: "Tax in",
    total: "Total",
    payment_terms: "Payment terms",
    installment: "Due on",
    paid_by: "Paid by",
    early_discount: "discount",
    notes: "Notes",
    terms: "Terms",
    accept: "We accept this quote.",
    received: "Received complete and undamaged.",
    place_and_date: "Place, date",
    signature: "Name, signature",
    tax_id: "Tax number",
    page: "Page",
    of: "of",
};

const GERMAN: Words = Words {
    draft: "Entwurf",
    number: "Nummer",
    revision: "Fassung",
    date: "Datum",
    valid_until: "Gültig bis",
    due_date: "Fällig am",
    supplied: "Leistungsdatum",
    supplied_until: "bis",
    reference: "Ihr Zeichen",
    credited: "Zur Rechnung",
    contact: "Ansprechpartner",
    recipient_tax_id: "Ihre USt-IdNr.",
    ship_to: "Lieferung an",
    description: "Bezeichnung",
    quantity: "Menge",
    unit_price: "Einzelpreis",
    discount: "Rabatt",
    amount: "Betrag",
    per: "je",
    optional: "optional, nicht in der Summe",
    promised: "Lieferung",
    days_after_order: "Tage nach Bestellung",
    subtotal: "Zwischensumme",
    carried: "Übertrag",
    brought: "Übertrag",
    discount_contained: "Die Beträge enthalten einen Rabatt von",
    untaxed: "Nettobetrag",
    tax_on: "auf",
    rounding: "Rundung",
    tax_in: "Steuer in",
    total: "Gesamtbetrag",
    payment_terms: "Zahlungsbedingungen",
    installment: "Fällig am",
    paid_by: "Bei Zahlung bis",
    early_discount: "Skonto",
    notes: "Hinweise",
    terms: "Bedingungen",
    accept: "Wir nehmen dieses Angebot an.",
    received: "Vollständig und unbeschädigt erhalten.",
    place_and_date: "Ort, Datum",
    signature: "Name, Unterschrift",
    tax_id: "USt-IdNr.",
    page: "Seite",
    of: "von",
};

impl Language {
    pub(crate) const fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }

    /// What separates thousands and decimals.
    const fn marks(self) -> (&'static str, &'static str) {
        match self {
            Self::English => (",", "."),
            Self::German => (".", ","),
        }
    }

    /// A plain decimal with the marks of the language.
    fn figure(self, plain: &str) -> String {
        let (thousands, decimal) = self.marks();
        let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |rest| ("−", rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push_str(thousands);
            }
            grouped.push(digit);
        }
        let fraction = if fraction.is_empty() { String::new() } else { format!("{decimal}{fraction}") };
        format!("{sign}{grouped}{fraction}")
    }

    /// An amount with the digits of its currency.
    pub(crate) fn amount(self, amount: Amount, currency: Currency) -> String {
        self.figure(&amount.text(currency).0)
    }

    /// A price: at least the digits of its currency.
    pub(crate) fn price(self, price: Price, currency: Currency) -> String {
        self.figure(&format_scaled(price.0, 6, currency.exponent()))
    }

    /// A quantity.
    pub(crate) fn quantity(self, quantity: Quantity) -> String {
        self.figure(&quantity.to_string())
    }

    /// A share of the whole.
    pub(crate) fn percent(self, percent: Percent) -> String {
        format!("{} %", self.figure(&percent.to_string()))
    }

    /// A date.
    pub(crate) fn day(self, day: Day) -> String {
        match self {
            Self::English => format!("{} {} {}", day.day(), month(day.month()), day.year()),
            Self::German => format!("{:02}.{:02}.{}", day.day(), day.month(), day.year()),
        }
    }

    /// When something is delivered.
    pub(crate) fn promised(self, promised: Promised) -> String {
        match promised {
            Promised::On(day) => self.day(day),
            Promised::Within(days) => format!("{days} {}", self.words().days_after_order),
        }
    }
}

const fn month(month: u32) -> &'static str {
    match month {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

/// What the document is called.
pub(crate) const fn name(kind: Kind, language: Language) -> &'static str {
    match (kind, language) {
        (Kind::Quote, Language::English) => "Quote",
        (Kind::Quote, Language::German) => "Angebot",
        (Kind::OrderConfirmation, Language::English) => "Order confirmation",
        (Kind::OrderConfirmation, Language::German) => "Auftragsbestätigung",
        (Kind::DeliveryNote, Language::English) => "Delivery note",
        (Kind::DeliveryNote, Language::German) => "Lieferschein",
        (Kind::Invoice, Language::English) => "Invoice",
        (Kind::Invoice, Language::German) => "Rechnung",
        (Kind::CreditNote, Language::English) => "Credit note",
        (Kind::CreditNote, Language::German) => "Gutschrift",
    }
}

/// The title: what it is and which one.
pub(crate) fn title(paper: &Paper) -> String {
    let name = name(paper.kind, paper.language);
    paper.number.as_ref().map_or_else(|| name.to_owned(), |number| format!("{name} {number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_follow_the_language() {
        for (plain, english, german) in
            [("0.00", "0.00", "0,00"), ("999.50", "999.50", "999,50"), ("1000", "1,000", "1.000"), ("-1234567.891", "−1,234,567.891", "−1.234.567,891")]
        {
            assert_eq!((Language::English.figure(plain).as_str(), Language::German.figure(plain).as_str()), (english, german));
        }
        assert_eq!(Language::English.price("0.0025".parse().unwrap(), "EUR".parse().unwrap()), "0.0025");
        assert_eq!(Language::German.price("18".parse().unwrap(), "EUR".parse().unwrap()), "18,00");
        assert_eq!(Language::English.price("18".parse().unwrap(), "JPY".parse().unwrap()), "18");
    }

    #[test]
    fn dates_follow_the_language() {
        let day = "2026-02-05".parse().unwrap();
        assert_eq!((Language::English.day(day).as_str(), Language::German.day(day).as_str()), ("5 February 2026", "05.02.2026"));
        assert_eq!([Language::of("de").code(), Language::of("en").code(), Language::of("xx").code()], ["de", "en", "en"]);
    }
}
