//! What a frame costs, measured in memory: `--bench-frames N`. The rows are made up and go nowhere else.

use crate::keys::{Act, Keymap};
use crate::model::{App, Scope};
use crate::route::Place;
use crate::theme::{Depth, Theme};
use crate::view;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{TerminalOptions, Viewport};
use serde_json::json;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

#[derive(Clone, Default)]
struct Counter(Arc<AtomicUsize>);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.fetch_add(bytes.len(), Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Draws frames of a long list, one per cursor move, and prints the times and bytes.
///
/// # Errors
/// When the result cannot be written.
pub fn run(frames: usize, rows: usize, out: &mut dyn Write) -> std::io::Result<()> {
    for size in [(80, 24), (100, 30), (200, 60)] {
        let mut app = app(rows, size);
        let (moves, bytes) = times(&mut app, frames, Act::Down)?;
        let (pages, page_bytes) = times(&mut app, frames.min(200), Act::PageDown)?;
        let filter = filter_time(&mut app);
        writeln!(
            out,
            "{}x{} rows {rows}: move p50 {} us p99 {} us {bytes} bytes; page p50 {} us p99 {} us {page_bytes} bytes; filter {} us",
            size.0,
            size.1,
            at(&moves, 50),
            at(&moves, 99),
            at(&pages, 50),
            at(&pages, 99),
            filter.as_micros()
        )?;
    }
    Ok(())
}

fn app(rows: usize, size: (u16, u16)) -> App {
    let theme = Theme { depth: Depth::True, ascii: false };
    let mut app = App::new(Scope { credential: true, ..Scope::default() }, theme, Keymap::default(), Place::list("orders"));
    app.size = size;
    if let Some(resource) = crate::resource::named("orders") {
        let made: Vec<_> = (0..rows)
            .map(|at| json!({"id": format!("ord_{at:026}"), "number": format!("SO/2026/{at:06}"), "party_id": "Borealis SAS", "status": "confirmed", "total_amount": format!("{at}.00"), "currency": "EUR", "order_date": "2026-11-21", "updated_at": "2026-11-21T10:00:00Z"}))
            .collect();
        app.list_of(resource).take(&made, None, true, 0);
    }
    app
}

fn times(app: &mut App, frames: usize, act: Act) -> std::io::Result<(Vec<Duration>, usize)> {
    let counter = Counter::default();
    let area = Rect::new(0, 0, app.size.0, app.size.1);
    let mut terminal = Terminal::with_options(CrosstermBackend::new(counter.clone()), TerminalOptions { viewport: Viewport::Fixed(area) })?;
    let mut draw = |app: &App| terminal.draw(|frame| _ = view::draw(app, frame.buffer_mut())).map(|_| ());
    draw(app)?;
    let first = counter.0.load(Ordering::Relaxed);
    let mut times = Vec::new();
    for _ in 0..frames {
        let begun = Instant::now();
        app.act(act);
        let height = app.list_height();
        if let Some(list) = app.list_mut() {
            list.scroll(height);
        }
        draw(app)?;
        times.push(begun.elapsed());
    }
    times.sort();
    Ok((times, counter.0.load(Ordering::Relaxed).saturating_sub(first) / frames.max(1)))
}

fn filter_time(app: &mut App) -> Duration {
    let begun = Instant::now();
    if let Some(list) = app.list_mut() {
        list.filter = crate::filter::Filter::read("so/2026/09999", list.resource, 0);
        list.rebuild();
    }
    begun.elapsed()
}

fn at(times: &[Duration], percent: usize) -> u128 {
    times.get(times.len().saturating_mul(percent) / 100).or_else(|| times.last()).map_or(0, Duration::as_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What goes over the wire (console over ssh): bytes are counted, times are not.
    #[test]
    fn a_move_and_a_page_cost_few_bytes() {
        let mut app = app(1_000, (100, 30));
        let (_, moved) = times(&mut app, 15, Act::Down).unwrap();
        let (_, paged) = times(&mut app, 10, Act::PageDown).unwrap();
        // With 24-bit colours, which are the longest to write.
        assert!(moved <= 500, "{moved} bytes a move");
        assert!(paged <= 8_000, "{paged} bytes a page");
    }
}
