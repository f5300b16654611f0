//! From marks to PDF. The only place with fractions: they are coordinates on a page.

use crate::Paper;
use crate::layout::{HEIGHT, Ink, Mark, Page, WIDTH};
use crate::text::{Weight, glyph};
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};

/// The file with these pages.
pub(crate) fn paint(pages: &[Page], title: &str, paper: &Paper) -> Result<Vec<u8>, String> {
    let fonts = Fonts { regular: font(Weight::Regular)?, semi_bold: font(Weight::SemiBold)? };
    let mut document = Document::new();
    // Without a date and with an id of its own: the same paper gives the same file.
    let author = paper.sender.name.clone();
    let metadata = Metadata::new().title(title.to_owned()).language(paper.language.code().to_owned()).document_id(format!("{author} {title}"));
    document.set_metadata(metadata.authors(vec![author]).producer("Causeway".to_owned()));
    for page in pages {
        let settings = PageSettings::from_wh(points(WIDTH), points(HEIGHT)).ok_or("A4 is no size of a page")?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        for mark in &page.marks {
            draw(&mut surface, mark, &fonts);
        }
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| format!("{error:?}"))
}

struct Fonts {
    regular: Font,
    semi_bold: Font,
}

fn font(weight: Weight) -> Result<Font, String> {
    Font::new(weight.bytes().into(), 0).ok_or_else(|| format!("the font {weight:?} cannot be read"))
}

/// Twentieths of a point as points.
fn points(length: i32) -> f32 {
    i16::try_from(length).map_or(0.0, f32::from) / 20.0
}

fn fill(ink: Ink) -> Fill {
    let colour = match ink {
        Ink::Black => rgb::Color::new(26, 29, 33),
        Ink::Grey => rgb::Color::new(104, 112, 122),
        Ink::Accent => rgb::Color::new(24, 56, 92),
        Ink::Rule => rgb::Color::new(210, 216, 223),
        Ink::Band => rgb::Color::new(238, 242, 247),
    };
    Fill { paint: colour.into(), opacity: NormalizedF32::ONE, rule: FillRule::default() }
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, fonts: &Fonts) {
    match mark {
        Mark::Bar { x, y, width, height, ink } => {
            let Some(rectangle) = Rect::from_xywh(points(*x), points(*y), points(*width), points(*height)) else { return };
            let mut path = PathBuilder::new();
            path.push_rect(rectangle);
            if let Some(path) = path.finish() {
                surface.set_fill(Some(fill(*ink)));
                surface.draw_path(&path);
            }
        }
        Mark::Text { x, y, text, weight, size, ink } => {
            let font = match weight {
                Weight::Regular => &fonts.regular,
                Weight::SemiBold => &fonts.semi_bold,
            };
            surface.set_fill(Some(fill(*ink)));
            surface.draw_glyphs(Point::from_xy(points(*x), points(*y)), &glyphs(text, *weight), font.clone(), text, points(*size), false);
        }
    }
}

fn glyphs(text: &str, weight: Weight) -> Vec<KrillaGlyph> {
    let place = |(start, letter): (usize, char)| {
        let glyph = glyph(letter, weight);
        let advance = f32::from(glyph.advance) / 1_000.0;
        KrillaGlyph::new(GlyphId::new(u32::from(glyph.id)), advance, 0.0, 0.0, 0.0, start..start + letter.len_utf8(), None)
    };
    text.char_indices().map(place).collect()
}
