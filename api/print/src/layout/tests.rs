use super::{BOTTOM, Mark, Page, RIGHT, pages};
use crate::text::width;
use crate::{Early, Item, Kind, Language, Letterhead, Line, Paper, Tax, paper::Bank, pdf};
use causeway_value::{Amount, Percent, Quantity};
use proptest::prelude::*;
use std::process::Command;

fn line(description: &str, net: i64) -> Line {
    Line {
        description: description.to_owned(),
        quantity: "40".parse().unwrap(),
        unit: Some("piece".to_owned()),
        unit_price: "18".parse().unwrap(),
        base_quantity: Quantity::ONE,
        discount: "10".parse().unwrap(),
        net: Amount(net),
        optional: false,
        promised: None,
    }
}

fn paper(items: Vec<Item>) -> Paper {
    let untaxed = items.iter().map(|item| if let Item::Line(line) = item { line.net.0 } else { 0 }).sum();
    Paper {
        kind: Kind::Invoice,
        language: Language::English,
        number: Some("INV/2026/00001".to_owned()),
        revision: None,
        draft: false,
        sender: Letterhead {
            name: "Acme GmbH".to_owned(),
            address: vec!["Hauptstraße 1".to_owned(), "10115 Berlin".to_owned()],
            contact: vec!["info@acme.test".to_owned()],
            tax_id: Some("DE136695976".to_owned()),
            register: Some("HRB 12345 Berlin".to_owned()),
            bank: Some(Bank { name: Some("Hausbank".to_owned()), iban: "DE02120300000000202051".to_owned(), bic: None }),
        },
        recipient: vec!["Borealis SAS".to_owned(), "1 rue de la Paix".to_owned(), "69001 Lyon".to_owned(), "FR".to_owned()],
        recipient_tax_id: None,
        ship_to: Vec::new(),
        date: Some("2026-12-02".parse().unwrap()),
        valid_until: None,
        due_date: Some("2027-01-01".parse().unwrap()),
        supplied: None,
        reference: Some("PO 4711".to_owned()),
        follows: None,
        contact: None,
        currency: "EUR".parse().unwrap(),
        items,
        discount: Percent::ZERO,
        untaxed: Amount(untaxed),
        taxes: vec![Tax { name: "VAT 19 %".to_owned(), note: None, base: Amount(untaxed), amount: Amount(untaxed * 19 / 100) }],
        rounding: Amount::ZERO,
        company_tax: None,
        total: Amount(untaxed * 119 / 100),
        payment_terms: Some("30 days net".to_owned()),
        installments: vec![("2026-12-20".parse().unwrap(), Amount(100)), ("2027-01-01".parse().unwrap(), Amount(200))],
        early: None,
        promised: None,
        notes: Some("Thank you.".to_owned()),
        terms: None,
    }
}

fn texts(page: &Page) -> Vec<&str> {
    page.marks.iter().filter_map(|mark| if let Mark::Text { text, .. } = mark { Some(text.as_str()) } else { None }).collect()
}

#[test]
fn one_page_says_it_all() {
    let pages = pages(&paper(vec![Item::Line(line("Chai", 64_800))]));
    let [page] = pages.as_slice() else { panic!("{} pages", pages.len()) };
    let texts = texts(page);
    for expected in [
        "Invoice INV/2026/00001",
        "2 December 2026",
        "PO 4711",
        "Chai",
        "40 piece",
        "18.00",
        "10 %",
        "648.00",
        "VAT 19 % on 648.00",
        "123.12",
        "EUR 771.12",
        "Page 1 of 1",
    ] {
        assert!(texts.contains(&expected), "{expected} is not among {texts:?}");
    }
}

#[test]
fn paying_early_says_until_when_and_how_much() {
    let early = Some(Early { percent: "2".parse().unwrap(), until: "2026-12-12".parse().unwrap(), payable: Amount(75_570) });
    for (language, said, amount) in [
        (Language::English, "Paid by 12 December 2026 (−2 % discount)", "EUR 755.70"),
        (Language::German, "Bei Zahlung bis 12.12.2026 (−2 % Skonto)", "EUR 755,70"),
    ] {
        let pages = pages(&Paper { early, language, ..paper(vec![Item::Line(line("Chai", 64_800))]) });
        let texts = texts(&pages[0]);
        assert!(texts.contains(&said) && texts.contains(&amount), "{texts:?}");
    }
}

#[test]
fn the_days_of_supply_and_the_tax_at_home_are_told() {
    let day = |day: &str| day.parse().unwrap();
    for (supplied, said) in
        [(("2026-12-01", "2026-12-01"), vec!["1 December 2026"]), (("2026-11-30", "2026-12-01"), vec!["30 November 2026", "until", "1 December 2026"])]
    {
        let supplied = Some((day(supplied.0), day(supplied.1)));
        let company_tax = Some(("CHF".parse().unwrap(), Amount(11_517)));
        let pages = pages(&Paper { supplied, company_tax, ..paper(vec![Item::Line(line("Chai", 64_800))]) });
        let texts = texts(&pages[0]);
        let place = texts.iter().position(|text| *text == "Date of supply").unwrap();
        assert_eq!(texts[place + 1..=place + said.len()], said);
        assert_eq!(texts.contains(&"until"), said.len() > 1);
        assert!(texts.contains(&"Tax in CHF") && texts.contains(&"115.17"), "{texts:?}");
    }
}

#[test]
fn what_was_rounded_stands_before_the_total() {
    let pages = pages(&Paper { rounding: Amount(-2), ..paper(vec![Item::Line(line("Chai", 64_800))]) });
    let texts = texts(&pages[0]);
    let place = |wanted: &str| texts.iter().position(|text| *text == wanted);
    assert!(place("VAT 19 % on 648.00") < place("Rounding") && place("Rounding") < place("Total"), "{texts:?}");
    assert!(texts.contains(&"-0.02") || texts.contains(&"\u{2212}0.02"), "{texts:?}");
}

#[test]
fn what_taxes_say_stands_once_below_the_total() {
    let tax = |name: &str, note: Option<&str>| Tax { name: name.to_owned(), note: note.map(str::to_owned), base: Amount(100), amount: Amount::ZERO };
    let taxes = vec![tax("Goods", Some("Reverse charge")), tax("Services", Some("Reverse charge")), tax("VAT", None), tax("Export", Some("Tax free export"))];
    let pages = pages(&Paper { taxes, ..paper(vec![Item::Line(line("Chai", 64_800))]) });
    let texts = texts(&pages[0]);
    let said: Vec<_> = texts.iter().filter(|text| ["Total", "Reverse charge", "Tax free export"].contains(text)).collect();
    assert_eq!(said, [&"Total", &"Reverse charge", &"Tax free export"]);
}

#[test]
fn a_long_table_has_its_head_on_every_page_and_carries_its_sum() {
    let items = (1..=100).map(|number| Item::Line(line(&format!("Thing {number}"), 10_000))).collect();
    let pages = pages(&paper(items));
    assert!(pages.len() > 2, "{}", pages.len());
    for (index, page) in pages.iter().enumerate() {
        let texts = texts(page);
        let things = texts.iter().filter(|text| text.starts_with("Thing ")).count();
        assert_eq!(things > 0, texts.contains(&"Description"), "page {index}");
        assert!(texts.contains(&format!("Page {} of {}", index + 1, pages.len()).as_str()));
        if let Some(place) = texts.iter().position(|text| *text == "Carried forward") {
            let next = super::tests::texts(&pages[index + 1]);
            let brought = next.iter().position(|text| *text == "Brought forward").unwrap();
            assert_eq!(texts[place + 1], next[brought + 1]);
        }
    }
    let first = texts(&pages[0]);
    let things = first.iter().filter(|text| text.starts_with("Thing ")).count();
    assert!(first.contains(&Language::English.amount(Amount(10_000 * i64::try_from(things).unwrap()), "EUR".parse().unwrap()).as_str()));
}

#[test]
fn the_same_paper_gives_the_same_file_and_its_text_can_be_read() {
    let mut paper = paper(vec![Item::Section("Möbel".to_owned()), Item::Line(line("Stühle für Αθήνα и Київ à 5 €", 64_800))]);
    paper.language = Language::German;
    let bytes = pdf(&paper).unwrap();
    assert_eq!(bytes, pdf(&paper).unwrap());
    assert!(bytes.starts_with(b"%PDF-1.") && bytes.len() < 60_000, "{}", bytes.len());
    // The words come out of the file where the tools for it are.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("invoice.pdf");
    std::fs::write(&file, &bytes).unwrap();
    let Ok(output) = Command::new("pdftotext").arg("-layout").arg(&file).arg("-").output() else { return };
    let text = String::from_utf8(output.stdout).unwrap();
    for expected in ["Rechnung INV/2026/00001", "02.12.2026", "Möbel", "Stühle für Αθήνα и Київ à 5 €", "EUR 771,12", "Seite 1 von 1"] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
}

proptest! {
    #[test]
    fn nothing_leaves_its_page(
        descriptions in prop::collection::vec("[ -~\n]{0,400}", 1..30),
        net in any::<i64>(),
        notes in "[ -~\n]{0,2000}",
    ) {
        let items = descriptions.iter().map(|text| Item::Line(line(text, 1))).chain([Item::Line(line("last", 1))]).collect();
        let mut paper = paper(items);
        paper.total = Amount(net);
        paper.notes = Some(notes);
        let pages = pages(&paper);
        for page in &pages {
            for mark in &page.marks {
                if let Mark::Text { x, y, text, weight, size, .. } = mark {
                    prop_assert!(*x >= 0 && *y > 0 && x + width(text, *weight, *size) <= RIGHT + 1, "{mark:?}");
                    prop_assert!(*y <= BOTTOM || *y >= super::FOOTER, "{mark:?}");
                }
            }
        }
    }
}
