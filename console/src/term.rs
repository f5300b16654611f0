//! The terminal: taken over once, given back once, whatever ends the program.

use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, execute};
use std::io::stdout;
use std::sync::atomic::{AtomicBool, Ordering};

static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal while the console has it.
pub struct Guard {
    mouse: bool,
}

impl Guard {
    /// Takes the terminal over, and gives it back before a panic is reported.
    ///
    /// # Errors
    /// When it is no terminal.
    pub fn take(mouse: bool) -> std::io::Result<Self> {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            give_back();
            report(info);
        }));
        let guard = Self { mouse };
        guard.enter()?;
        Ok(guard)
    }

    fn enter(&self) -> std::io::Result<()> {
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
        if self.mouse {
            execute!(stdout(), EnableMouseCapture)?;
        }
        Ok(())
    }

    /// Gives the terminal to another program of ours.
    pub fn lend(&self) {
        give_back();
    }

    /// Takes it back when that has ended.
    ///
    /// # Errors
    /// When the terminal cannot be taken over again.
    pub fn retake(&self) -> std::io::Result<()> {
        self.enter()
    }

    /// Gives the terminal to the shell until it continues us.
    ///
    /// # Errors
    /// When the terminal cannot be taken over again.
    pub fn suspend(&self) -> std::io::Result<()> {
        give_back();
        stop()?;
        self.enter()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

/// Stops this program until the shell continues it.
///
/// # Errors
/// When the system refuses.
pub fn stop() -> std::io::Result<()> {
    // TSTP from outside is listened for, as a key is: what stops us is the signal that nobody can listen for.
    Ok(rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP)?)
}

/// Puts everything back as it was; the second time does nothing.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        // The terminal may be gone; there is nobody left to tell.
        // The pen is as the last frame left it: the shell's must be plain.
        execute!(stdout(), SetAttribute(Attribute::Reset), DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show).ok();
        disable_raw_mode().ok();
    }
}
