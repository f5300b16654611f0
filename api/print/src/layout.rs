//! Where everything stands on A4. Lengths are twentieths of a point, from the top left corner; the y of a text is its baseline.

use crate::text::{self, Weight, cut, width};
use crate::words::{Words, name, title};
use crate::{Kind, Paper, table};
use causeway_value::{Amount, Percent};

/// A4.
pub(crate) const WIDTH: i32 = 11_906;
/// A4.
pub(crate) const HEIGHT: i32 = 16_838;
/// Where lines begin.
pub(crate) const LEFT: i32 = 1_247;
/// Where lines end.
pub(crate) const RIGHT: i32 = 10_772;
/// Where the content of a page ends.
pub(crate) const BOTTOM: i32 = 15_100;
/// Where the content of the second and later pages begins.
const TOP: i32 = 1_750;
/// Where the window of an envelope shows the recipient.
const WINDOW: i32 = 2_560;
/// Where the facts about the document begin.
const FACTS: i32 = 6_900;
/// Where the title stands, unless the facts need more room.
const TITLE: i32 = 5_250;
/// Where the labels of sums begin.
const SUMS: i32 = 6_300;
const FOOTER: i32 = 15_500;

/// The size of what is read.
pub(crate) const BODY: i32 = 180;
/// The size of labels and remarks.
pub(crate) const SMALL: i32 = 160;
const TINY: i32 = 136;

/// From one line to the next.
pub(crate) const LEADING: i32 = 245;

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// What is read.
    Black,
    /// Labels.
    Grey,
    /// Names and titles.
    Accent,
    /// Rules.
    Rule,
    /// What lies behind the head of a table.
    Band,
}

/// Something on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A line of text.
    Text { x: i32, y: i32, text: String, weight: Weight, size: i32, ink: Ink },
    /// A filled rectangle.
    Bar { x: i32, y: i32, width: i32, height: i32, ink: Ink },
}

/// What stands on one page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub marks: Vec<Mark>,
}

/// How a text looks.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub weight: Weight,
    pub size: i32,
    pub ink: Ink,
}

/// Text as it is read.
pub(crate) const PLAIN: Style = Style { weight: Weight::Regular, size: BODY, ink: Ink::Black };
/// Text that stands out.
pub(crate) const STRONG: Style = Style { weight: Weight::SemiBold, size: BODY, ink: Ink::Black };
/// Labels.
pub(crate) const LABEL: Style = Style { weight: Weight::Regular, size: SMALL, ink: Ink::Grey };
const HEADING: Style = Style { weight: Weight::SemiBold, size: SMALL, ink: Ink::Accent };
const FINE: Style = Style { weight: Weight::Regular, size: TINY, ink: Ink::Grey };

/// The pages of a paper.
pub(crate) fn pages(paper: &Paper) -> Vec<Page> {
    let mut sheet = Sheet { paper, words: paper.language.words(), pages: vec![Page::default()], y: 0 };
    sheet.head();
    table::table(&mut sheet);
    if paper.kind == Kind::DeliveryNote {
        sheet.y += 330;
    } else {
        sheet.sums();
    }
    sheet.texts();
    sheet.footers();
    sheet.pages
}

/// Pages being written from top to bottom.
pub(crate) struct Sheet<'a> {
    pub paper: &'a Paper,
    pub words: &'static Words,
    pages: Vec<Page>,
    /// How far the last page is filled.
    pub y: i32,
}

impl Sheet<'_> {
    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.marks.push(mark);
        }
    }

    /// Text from `x` on.
    pub(crate) fn text(&mut self, x: i32, y: i32, text: &str, style: Style) {
        if !text.is_empty() {
            self.mark(Mark::Text { x, y, text: text.to_owned(), weight: style.weight, size: style.size, ink: style.ink });
        }
    }

    /// Text that ends at `x` and is no wider than `room`: letters get smaller before a figure loses one.
    pub(crate) fn right(&mut self, x: i32, y: i32, text: &str, style: Style, room: i32) {
        let mut size = style.size;
        while width(text, style.weight, size) > room && size > 60 {
            size -= 4;
        }
        self.text(x - width(text, style.weight, size), y, text, Style { size, ..style });
    }

    /// A filled rectangle.
    pub(crate) fn bar(&mut self, x: i32, y: i32, width: i32, height: i32, ink: Ink) {
        self.mark(Mark::Bar { x, y, width, height, ink });
    }

    /// A thin line over the whole width.
    pub(crate) fn rule(&mut self, y: i32) {
        self.bar(LEFT, y, RIGHT - LEFT, 10, Ink::Rule);
    }

    /// Whether so much still fits on this page.
    pub(crate) const fn fits(&self, height: i32) -> bool {
        self.y + height <= BOTTOM
    }

    /// Begins a new page unless so much still fits on this one.
    fn make_room(&mut self, height: i32) {
        if !self.fits(height) {
            self.next_page();
        }
    }

    /// Begins a new page, which says what it belongs to.
    pub(crate) fn next_page(&mut self) {
        self.pages.push(Page::default());
        let title = title(self.paper);
        let sender = cut(&self.paper.sender.name, Weight::SemiBold, BODY, (RIGHT - LEFT) / 2);
        self.text(LEFT, 1_050, &sender, Style { ink: Ink::Accent, ..STRONG });
        self.right(RIGHT, 1_050, &title, LABEL, (RIGHT - LEFT) / 2);
        self.rule(1_170);
        self.y = TOP;
    }

    fn head(&mut self) {
        let sender = &self.paper.sender;
        let half = (RIGHT - LEFT) / 2;
        self.text(LEFT, 1_150, &cut(&sender.name, Weight::SemiBold, 320, half), Style { weight: Weight::SemiBold, size: 320, ink: Ink::Accent });
        let mut y = 1_000;
        for line in sender.address.iter().chain(&sender.contact).take(7) {
            self.right(RIGHT, y, &text::plain(line), LABEL, half);
            y += 215;
        }
        self.recipient();
        let facts = self.facts();
        self.y = TITLE.max(facts + 500);
        self.title();
    }

    fn recipient(&mut self) {
        let paper = self.paper;
        let room = FACTS - LEFT - 400;
        let sender: Vec<&str> = std::iter::once(paper.sender.name.as_str()).chain(paper.sender.address.iter().map(String::as_str)).collect();
        self.text(LEFT, WINDOW, &cut(&sender.join(" · "), Weight::Regular, TINY, room), FINE);
        let mut y = WINDOW + 330;
        for line in paper.recipient.iter().take(7) {
            self.text(LEFT, y, &cut(line, Weight::Regular, 200, room), Style { size: 200, ..PLAIN });
            y += 270;
        }
    }

    /// What there is to know about the document; gives where it ends.
    fn facts(&mut self) -> i32 {
        let (paper, words) = (self.paper, self.words);
        let day = |day| paper.language.day(day);
        let facts = [
            (words.number, paper.number.clone()),
            (words.revision, paper.revision.filter(|revision| *revision > 1).map(|revision| revision.to_string())),
            (words.date, paper.date.map(day)),
            (words.valid_until, paper.valid_until.map(day)),
            (words.supplied, paper.supplied.map(|(first, _)| day(first))),
            (words.supplied_until, paper.supplied.filter(|(first, last)| first != last).map(|(_, last)| day(last))),
            (words.due_date, paper.due_date.map(day)),
            (words.promised, paper.promised.map(|promised| paper.language.promised(promised))),
            (words.reference, paper.reference.clone()),
            (words.credited, paper.follows.clone()),
            (words.recipient_tax_id, paper.recipient_tax_id.clone()),
            (words.contact, paper.contact.clone()),
        ];
        let mut y = WINDOW + 330;
        for (label, value) in facts {
            let Some(value) = value.filter(|value| !value.trim().is_empty()) else { continue };
            self.text(FACTS, y, label, LABEL);
            let room = RIGHT - FACTS - width(label, Weight::Regular, SMALL) - 200;
            let shown = cut(&value, Weight::Regular, BODY, room);
            self.right(RIGHT, y, &shown, PLAIN, room);
            y += 265;
        }
        y
    }

    fn title(&mut self) {
        let style = Style { weight: Weight::SemiBold, size: 340, ink: Ink::Accent };
        let title = cut(&title(self.paper), style.weight, style.size, RIGHT - LEFT);
        self.text(LEFT, self.y, &title, style);
        if self.paper.draft {
            let style = Style { ink: Ink::Grey, ..style };
            self.right(RIGHT, self.y, self.words.draft, style, 2_000);
        }
        self.y += 300;
        if !self.paper.ship_to.is_empty() {
            let text = format!("{}: {}", self.words.ship_to, self.paper.ship_to.join(", "));
            self.paragraph(&text, LABEL, RIGHT);
        }
        self.y += 120;
    }

    fn sums(&mut self) {
        let (paper, words) = (self.paper, self.words);
        let amount = |amount: Amount| paper.language.amount(amount, paper.currency);
        let mut rows = vec![(words.untaxed.to_owned(), amount(paper.untaxed))];
        for tax in &paper.taxes {
            rows.push((format!("{} {} {}", tax.name, words.tax_on, amount(tax.base)), amount(tax.amount)));
        }
        if !paper.rounding.is_zero() {
            rows.push((words.rounding.to_owned(), amount(paper.rounding)));
        }
        self.make_room(i32::try_from(rows.len()).unwrap_or(0).min(20) * 265 + 900);
        self.y += 330;
        if paper.discount != Percent::ZERO {
            let note = format!("{} {}.", words.discount_contained, paper.language.percent(paper.discount));
            self.text(LEFT, self.y, &note, LABEL);
        }
        for (label, value) in rows {
            self.make_room(265);
            let room = RIGHT - SUMS - width(&value, Weight::Regular, BODY) - 200;
            self.text(SUMS, self.y, &cut(&label, Weight::Regular, SMALL, room), LABEL);
            self.right(RIGHT - 60, self.y, &value, PLAIN, 3_000);
            self.y += 265;
        }
        if let Some((currency, tax)) = paper.company_tax {
            self.make_room(265);
            self.text(SUMS, self.y, &format!("{} {}", words.tax_in, currency.code()), LABEL);
            self.right(RIGHT - 60, self.y, &paper.language.amount(tax, currency), PLAIN, 3_000);
            self.y += 265;
        }
        self.make_room(420);
        self.bar(SUMS - 100, self.y - 150, RIGHT - SUMS + 100, 400, Ink::Band);
        let style = Style { size: 220, ink: Ink::Accent, ..STRONG };
        self.text(SUMS, self.y + 120, words.total, style);
        self.right(RIGHT - 60, self.y + 120, &format!("{} {}", paper.currency.code(), amount(paper.total)), style, 3_600);
        self.y += 700;
    }

    /// What taxes say, each text once.
    fn tax_notes(&mut self) {
        let mut said: Vec<&str> = Vec::new();
        for note in self.paper.taxes.iter().filter_map(|tax| tax.note.as_deref()) {
            if !said.contains(&note) {
                said.push(note);
                self.make_room(LEADING);
                self.paragraph(note, PLAIN, RIGHT);
            }
        }
        if !said.is_empty() {
            self.y += 150;
        }
    }

    /// What is to be paid when, in one row.
    fn payable(&mut self, when: &str, amount: Amount) {
        self.make_room(LEADING);
        self.text(LEFT, self.y, when, PLAIN);
        let amount = format!("{} {}", self.paper.currency.code(), self.paper.language.amount(amount, self.paper.currency));
        self.right(LEFT + 6_600, self.y, &amount, PLAIN, 2_400);
        self.y += LEADING;
    }

    fn texts(&mut self) {
        let (paper, words) = (self.paper, self.words);
        self.tax_notes();
        if let Some(terms) = &paper.payment_terms {
            self.section(words.payment_terms, terms, PLAIN);
        }
        for (day, amount) in &paper.installments {
            self.payable(&format!("{} {}", words.installment, paper.language.day(*day)), *amount);
        }
        if let Some(early) = paper.early {
            let (day, percent) = (paper.language.day(early.until), paper.language.percent(early.percent));
            self.payable(&format!("{} {day} (−{percent} {})", words.paid_by, words.early_discount), early.payable);
        }
        if !paper.installments.is_empty() || paper.early.is_some() {
            self.y += 150;
        }
        if let Some(notes) = &paper.notes {
            self.section(words.notes, notes, PLAIN);
        }
        if let Some(terms) = &paper.terms {
            self.section(words.terms, terms, Style { size: SMALL, ..PLAIN });
        }
        match paper.kind {
            Kind::Quote if !paper.draft => self.signature(words.accept),
            Kind::DeliveryNote if !paper.draft => self.signature(words.received),
            _ => {}
        }
    }

    fn section(&mut self, heading: &str, body: &str, style: Style) {
        if body.trim().is_empty() {
            return;
        }
        self.make_room(3 * LEADING);
        self.text(LEFT, self.y, heading, HEADING);
        self.y += LEADING;
        self.paragraph(body, style, RIGHT);
        self.y += 150;
    }

    fn paragraph(&mut self, body: &str, style: Style, right: i32) {
        for line in text::lines(body, style.weight, style.size, right - LEFT) {
            self.make_room(LEADING);
            self.text(LEFT, self.y, &line, style);
            self.y += LEADING;
        }
    }

    fn signature(&mut self, said: &str) {
        self.make_room(1_500);
        self.y += 200;
        self.text(LEFT, self.y, said, PLAIN);
        let line = self.y + 800;
        for (x, label) in [(LEFT, self.words.place_and_date), (LEFT + 5_000, self.words.signature)] {
            self.bar(x, line, 4_500, 10, Ink::Grey);
            self.text(x, line + 210, label, LABEL);
        }
        self.y = line + 400;
    }

    /// Who sends it, and which page of how many it is.
    fn footers(&mut self) {
        let (paper, words) = (self.paper, self.words);
        let count = self.pages.len();
        let columns = footer_columns(paper, words);
        let taken = std::mem::take(&mut self.pages);
        for (index, page) in taken.into_iter().enumerate() {
            self.pages.push(page);
            self.rule(FOOTER - 220);
            for (x, lines) in [LEFT, LEFT + 3_200, LEFT + 6_300].into_iter().zip(&columns) {
                for (line, y) in lines.iter().take(5).zip((FOOTER..).step_by(180)) {
                    self.text(x, y, &cut(line, Weight::Regular, TINY, 3_000), FINE);
                }
            }
            let number = format!("{} {} {} {count}", words.page, index + 1, words.of);
            self.right(RIGHT, FOOTER + 960, &number, FINE, 2_000);
            self.text(LEFT, FOOTER + 960, &title_of_footer(paper), FINE);
        }
    }
}

fn title_of_footer(paper: &Paper) -> String {
    cut(&format!("{} · {}", paper.sender.name, name(paper.kind, paper.language)), Weight::Regular, TINY, 5_000)
}

fn footer_columns(paper: &Paper, words: &Words) -> [Vec<String>; 3] {
    let sender = &paper.sender;
    let mut first = vec![sender.name.clone()];
    first.extend(sender.address.iter().cloned());
    let mut second = sender.contact.clone();
    second.extend(sender.tax_id.as_ref().map(|id| format!("{} {id}", words.tax_id)));
    second.extend(sender.register.clone());
    let mut third = Vec::new();
    if let Some(bank) = &sender.bank {
        third.extend(bank.name.clone());
        third.push(format!("IBAN {}", bank.iban));
        third.extend(bank.bic.as_ref().map(|bic| format!("BIC {bic}")));
    }
    [first, second, third]
}

#[cfg(test)]
mod tests;
