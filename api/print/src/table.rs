//! The table of lines: it goes over as many pages as it needs, with its head on each and the sum so far carried forward.

use crate::layout::{BOTTOM, Ink, LABEL, LEADING, LEFT, PLAIN, RIGHT, SMALL, STRONG, Sheet, Style};
use crate::text::{Weight, lines};
use crate::{Item, Kind, Line};
use causeway_value::{Amount, Percent, Quantity};

const POSITION: i32 = 420;
const QUANTITY: i32 = 1_450;
const PRICE: i32 = 1_500;
const DISCOUNT: i32 = 950;
const AMOUNT: i32 = 1_550;
/// Between columns.
const GAP: i32 = 120;
/// What the line with the sum so far needs.
const CARRY: i32 = 330;

/// A row of the table, broken into lines of text.
struct Row {
    /// The text in the column of descriptions, with its looks.
    lines: Vec<(String, Style)>,
    /// What stands beside the first of them: number, quantity, price, discount and amount.
    cells: Option<[String; 5]>,
    /// What it adds to the sum.
    adds: Amount,
}

/// Writes the table.
pub(crate) fn table(sheet: &mut Sheet<'_>) {
    let columns = Columns::of(sheet);
    columns.head(sheet);
    let mut carried = Some(Amount::ZERO).filter(|_| columns.priced);
    let mut number = 0_usize;
    let mut begun = false;
    for item in &sheet.paper.items {
        if matches!(item, Item::Line(_)) {
            number += 1;
        }
        let row = columns.row(sheet, item, number);
        // The first lines of a row stay together, so that an amount never stands without its text; a heading stays with what follows.
        let heading = i32::from(matches!(item, Item::Section(_))) * 2;
        let together = i32::try_from(row.lines.len()).unwrap_or(i32::MAX).min(3) + heading;
        if begun && !room(sheet, together * LEADING + 140) {
            columns.turn(sheet, carried);
        }
        columns.write(sheet, &row, carried);
        carried = carried.and_then(|sum| sum.plus(row.adds).ok());
        begun = true;
    }
}

/// Whether so much fits above the sum that would be carried forward.
const fn room(sheet: &Sheet<'_>, height: i32) -> bool {
    sheet.y + height + CARRY <= BOTTOM
}

/// Which columns there are: that of discounts only when a line has one, and only that of quantities on what tells no price.
struct Columns {
    discount: bool,
    priced: bool,
}

impl Columns {
    fn of(sheet: &Sheet<'_>) -> Self {
        let discounted = |item: &Item| matches!(item, Item::Line(line) if line.discount != Percent::ZERO);
        Self { discount: sheet.paper.items.iter().any(discounted), priced: sheet.paper.kind != Kind::DeliveryNote }
    }

    /// Where quantity, price, discount and amount end, and how wide they are.
    const fn ends(&self) -> [(i32, i32); 4] {
        let amount = RIGHT - 60;
        if !self.priced {
            return [(amount, QUANTITY - GAP), (amount, 0), (amount, 0), (amount, 0)];
        }
        let discount = amount - AMOUNT;
        let price = if self.discount { discount - DISCOUNT } else { discount };
        [(price - PRICE, QUANTITY - GAP), (price, PRICE - GAP), (discount, DISCOUNT - GAP), (amount, AMOUNT - GAP)]
    }

    /// The room of descriptions.
    const fn description(&self) -> i32 {
        let [(quantity, _), ..] = self.ends();
        quantity - QUANTITY - GAP - LEFT - POSITION
    }

    fn head(&self, sheet: &mut Sheet<'_>) {
        let words = sheet.words;
        let style = Style { weight: Weight::SemiBold, size: SMALL, ink: Ink::Accent };
        sheet.bar(LEFT, sheet.y, RIGHT - LEFT, 380, Ink::Band);
        let y = sheet.y + 245;
        sheet.text(LEFT + 80, y, "#", style);
        sheet.text(LEFT + POSITION, y, words.description, style);
        let discount = if self.discount { words.discount } else { "" };
        let [price, amount] = if self.priced { [words.unit_price, words.amount] } else { [""; 2] };
        for ((end, room), label) in self.ends().into_iter().zip([words.quantity, price, discount, amount]) {
            sheet.right(end, y, label, style, room);
        }
        sheet.y += 380;
    }

    fn row(&self, sheet: &Sheet<'_>, item: &Item, number: usize) -> Row {
        let broken = |text: &str, style: Style, room: i32| lines(text, style.weight, style.size, room).into_iter().map(|line| (line, style)).collect();
        let full = RIGHT - LEFT - POSITION;
        match item {
            Item::Section(text) => Row { lines: broken(text, STRONG, full), cells: None, adds: Amount::ZERO },
            Item::Text(text) => Row { lines: broken(text, LABEL, full), cells: None, adds: Amount::ZERO },
            Item::Subtotal(amount) => {
                let figure = sheet.paper.language.amount(*amount, sheet.paper.currency);
                let cells = [String::new(), String::new(), String::new(), String::new(), figure];
                Row { lines: broken(sheet.words.subtotal, STRONG, self.description()), cells: Some(cells), adds: Amount::ZERO }
            }
            Item::Line(line) => {
                let mut lines: Vec<_> = broken(&line.description, PLAIN, self.description());
                for detail in details(sheet, line) {
                    lines.extend(broken(&detail, LABEL, self.description()));
                }
                let adds = if line.optional { Amount::ZERO } else { line.net };
                Row { lines, cells: Some(cells(sheet, line, number)), adds }
            }
        }
    }

    /// Writes a row, over the end of the page when it must.
    fn write(&self, sheet: &mut Sheet<'_>, row: &Row, carried: Option<Amount>) {
        sheet.y += 60;
        for (index, (text, style)) in row.lines.iter().enumerate() {
            if index > 0 && !room(sheet, LEADING + 80) {
                self.turn(sheet, carried.filter(|_| index < row.lines.len()));
            }
            sheet.y += LEADING;
            if let (0, Some([number, figures @ ..])) = (index, &row.cells) {
                sheet.text(LEFT + 80, sheet.y, number, LABEL);
                for ((end, room), figure) in self.ends().into_iter().zip(figures) {
                    sheet.right(end, sheet.y, figure, PLAIN, room);
                }
            }
            sheet.text(LEFT + POSITION, sheet.y, text, *style);
        }
        sheet.y += 80;
        sheet.rule(sheet.y);
    }

    /// Ends the page with the sum so far and begins the next one with it.
    fn turn(&self, sheet: &mut Sheet<'_>, carried: Option<Amount>) {
        self.carry(sheet, sheet.words.carried, carried);
        sheet.next_page();
        self.head(sheet);
        self.carry(sheet, sheet.words.brought, carried);
        sheet.rule(sheet.y + 80);
        sheet.y += 80;
    }

    fn carry(&self, sheet: &mut Sheet<'_>, label: &str, carried: Option<Amount>) {
        let Some(sum) = carried else { return };
        sheet.y += LEADING + 40;
        let [(quantity, _), .., (amount, room)] = self.ends();
        sheet.right(quantity + PRICE, sheet.y, label, LABEL, 4_000);
        let text = sheet.paper.language.amount(sum, sheet.paper.currency);
        sheet.right(amount, sheet.y, &text, STRONG, room);
    }
}

/// What stands below a description.
fn details(sheet: &Sheet<'_>, line: &Line) -> Vec<String> {
    let mut details = Vec::new();
    if line.optional {
        details.push(sheet.words.optional.to_owned());
    }
    if let Some(promised) = line.promised {
        details.push(format!("{}: {}", sheet.words.promised, sheet.paper.language.promised(promised)));
    }
    details
}

fn cells(sheet: &Sheet<'_>, line: &Line, number: usize) -> [String; 5] {
    let (paper, words) = (sheet.paper, sheet.words);
    let language = paper.language;
    let unit = line.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let price = language.price(line.unit_price, paper.currency);
    let price = if line.base_quantity == Quantity::ONE { price } else { format!("{price} {} {}", words.per, language.quantity(line.base_quantity)) };
    let discount = if line.discount == Percent::ZERO { String::new() } else { language.percent(line.discount) };
    let net = language.amount(line.net, paper.currency);
    let net = if line.optional { format!("({net})") } else { net };
    let quantity = format!("{}{unit}", language.quantity(line.quantity));
    if paper.kind == Kind::DeliveryNote {
        return [number.to_string(), quantity, String::new(), String::new(), String::new()];
    }
    [number.to_string(), quantity, price, discount, net]
}
