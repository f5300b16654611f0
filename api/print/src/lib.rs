//! Documents on paper: quotes, order confirmations, invoices and credit notes as PDF (QTE-01, BIL-21).
//!
//! What it is: a pure function from what a document says to the bytes of its file. The same paper gives the same bytes: nothing here reads a clock, a
//! database or a file. [`paper`] is what is said, [`words`] in which language, [`layout`] where it stands (integers only), [`paint`] how it becomes PDF.
//! What it is not: no choice of what is said (the slices of the documents make their [`Paper`]) and no arithmetic of money but the sum carried forward.
//!
//! Letters: Latin, Greek and Cyrillic. Others are shown as a replacement mark; scripts that are written from right to left are not laid out.

mod layout;
#[expect(clippy::float_arithmetic, reason = "coordinates on a page are fractions; no amount is")]
mod paint;
pub mod paper;
mod table;
mod text;
pub mod words;

pub use paper::{Bank, Early, Item, Kind, Letterhead, Line, Paper, Promised, Tax};
pub use words::Language;

/// The name to keep the file of a document under.
#[must_use]
pub fn file_name(paper: &Paper) -> String {
    let name = paper.number.as_deref().unwrap_or("draft");
    let plain: String = name.chars().map(|letter| if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '-' }).collect();
    match paper.revision {
        Some(revision) if revision > 1 => format!("{plain}-r{revision}.pdf"),
        _ => format!("{plain}.pdf"),
    }
}

/// The file of a document.
///
/// # Errors
/// When the PDF cannot be written: a fault of this crate or of its fonts, not of the paper.
pub fn pdf(paper: &Paper) -> Result<Vec<u8>, String> {
    let title = words::title(paper);
    paint::paint(&layout::pages(paper), &title, paper)
}
