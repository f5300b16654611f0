//! What the console costs, as it sees it itself: a line of JSON for every frame, in the file that `CAUSEWAY_METRICS` names.

use serde_json::json;
use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::time::Instant;

/// Where the numbers go; nowhere when nobody asked.
pub struct Metrics {
    file: Option<File>,
    begun: Instant,
    frames: u64,
    input: Option<Instant>,
}

impl Metrics {
    /// Numbers of a program that began then.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn new(path: Option<OsString>, begun: Instant) -> std::io::Result<Self> {
        let file = path.filter(|path| !path.is_empty()).map(File::create).transpose()?;
        Ok(Self { file, begun, frames: 0, input: None })
    }

    /// A key or the mouse came in; the next frame is the answer.
    pub fn input(&mut self) {
        if self.file.is_some() {
            self.input.get_or_insert_with(Instant::now);
        }
    }

    /// A frame was drawn since `begun`: `bytes` went to the terminal, `waiting` messages are left, `rows` are loaded of the list that is shown.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn frame(&mut self, begun: Instant, bytes: usize, waiting: usize, rows: usize) -> std::io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        self.frames = self.frames.saturating_add(1);
        let micros = |since: Instant| u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
        let line = json!({
            "frame": self.frames,
            "at_us": micros(self.begun),
            "frame_us": micros(begun),
            "input_us": self.input.take().map(micros),
            "bytes": bytes,
            "waiting": waiting,
            "rows": rows,
        });
        writeln!(file, "{line}")
    }
}
