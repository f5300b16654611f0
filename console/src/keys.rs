//! The one table of actions. Keys, the hint line, the palette and the help come from it; verbs of resources join it from the contract.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::collections::BTreeMap;

/// What a key or the palette can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    Up,
    Down,
    HalfUp,
    HalfDown,
    PageUp,
    PageDown,
    Top,
    Bottom,
    Open,
    Back,
    NextPane,
    PreviousPane,
    Backward,
    Forward,
    Last,
    Quit,
    Leave,
    Filter,
    FilterCell,
    Saved,
    SaveFilter,
    Fresh,
    Sort,
    ColumnLeft,
    ColumnRight,
    SortColumn,
    Wide,
    Palette,
    Help,
    Profile,
    Company,
    Calls,
    Notes,
    Refresh,
    Mark,
    Range,
    Invert,
    MarkAll,
    New,
    Edit,
    Verbs,
    Undo,
    UndoList,
    Copy,
    CopyLink,
    CopyCurl,
    ExportCsv,
    ExportJson,
    Pipe,
    Pager,
    Flow,
    History,
    Verify,
    Suspend,
    Redraw,
    ThemeNext,
    Ascii,
    SignOut,
    Made,
}

/// Where an action makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// Everywhere.
    Any,
    /// In lists.
    List,
    /// In lists and on objects.
    Rows,
    /// In the log of calls.
    Calls,
    /// In the audit trail and on the health screen.
    Chain,
}

impl Where {
    /// Where that is, for people.
    pub const fn told(self) -> &'static str {
        match self {
            Self::Any => "every screen",
            Self::List => "lists",
            Self::Rows => "lists and objects",
            Self::Calls => "the log of calls",
            Self::Chain => "the audit trail, the ledger, exceptions and health",
        }
    }
}

/// An action.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// What it is for the program.
    pub act: Act,
    /// What it is for people: the name in the palette and in the configuration.
    pub name: &'static str,
    /// Its keys.
    pub keys: &'static [&'static str],
    /// Where it makes sense.
    pub at: Where,
    /// One line about it.
    pub about: &'static str,
    /// Its word in the hint line; empty when it is not hinted at.
    pub hint: &'static str,
}

const fn action(act: Act, name: &'static str, keys: &'static [&'static str], at: Where, about: &'static str, hint: &'static str) -> Action {
    Action { act, name, keys, at, about, hint }
}

/// Every action that is not a verb of a resource.
pub const ACTIONS: &[Action] = &[
    action(Act::Up, "up", &["k", "up"], Where::Any, "One row up", ""),
    action(Act::Down, "down", &["j", "down"], Where::Any, "One row down", ""),
    action(Act::HalfUp, "half page up", &["ctrl-u"], Where::Any, "Half a page up", ""),
    action(Act::HalfDown, "half page down", &["ctrl-d"], Where::Any, "Half a page down", ""),
    action(Act::PageUp, "page up", &["pgup", "ctrl-b"], Where::Any, "A page up", ""),
    action(Act::PageDown, "page down", &["pgdn", "ctrl-f"], Where::Any, "A page down", ""),
    action(Act::Top, "top", &["g", "home"], Where::Any, "To the first row", ""),
    action(Act::Bottom, "bottom", &["G", "end"], Where::Any, "To the last row that is loaded", ""),
    action(Act::Open, "open", &["enter", "l", "right"], Where::Any, "Open what is under the cursor", "open"),
    action(Act::Back, "back", &["esc", "h", "left"], Where::Any, "Close, then clear marks, then clear the filter, then go back", "back"),
    action(Act::NextPane, "next panel", &["tab"], Where::Any, "To the next panel or section", ""),
    action(Act::PreviousPane, "previous panel", &["shift-tab"], Where::Any, "To the previous panel or section", ""),
    action(Act::Backward, "history back", &["["], Where::Any, "To the place before", ""),
    action(Act::Forward, "history forward", &["]"], Where::Any, "Forward again", ""),
    action(Act::Last, "last place", &["-"], Where::Any, "Between the last two places", ""),
    action(Act::Leave, "leave", &["q"], Where::Any, "Go back; at the dashboard, quit", ""),
    action(Act::Quit, "quit", &["ctrl-c"], Where::Any, "Leave the console", ""),
    action(Act::Filter, "filter", &["/"], Where::List, "Filter: words, field:value, field>10, !not, \"exact\", since:24h", "filter"),
    action(Act::FilterCell, "filter by cell", &["*"], Where::List, "Only rows with the value under the cursor", ""),
    action(Act::Saved, "saved filters", &["F"], Where::Any, "Choose a saved filter", ""),
    action(Act::SaveFilter, "save filter", &[], Where::List, "Keep the filter and sort of this list", ""),
    action(Act::Fresh, "show new rows", &["n"], Where::List, "Show the rows that came since", ""),
    action(Act::Sort, "sort", &["S"], Where::List, "Choose what to sort by", "sort"),
    action(Act::ColumnLeft, "column left", &["<"], Where::List, "Choose the column to the left", ""),
    action(Act::ColumnRight, "column right", &[">"], Where::List, "Choose the column to the right", ""),
    action(Act::SortColumn, "sort by column", &["="], Where::List, "Sort by the chosen column; again to turn round", ""),
    action(Act::Wide, "wide", &["w"], Where::Any, "Show every column, or hide the preview", ""),
    action(Act::Palette, "command", &[":", "ctrl-p"], Where::Any, "Find any command, place or verb by name, words or key", ""),
    action(Act::Help, "help", &["?"], Where::Any, "What every key does here; enter runs it", ""),
    action(Act::Profile, "profile", &["ctrl-t"], Where::Any, "Another profile: another server, tenant or credential", ""),
    action(Act::Company, "company", &["ctrl-g"], Where::Any, "Only one company, or all of them", ""),
    action(Act::Calls, "calls", &["@"], Where::Any, "The calls that the console made", ""),
    action(Act::Notes, "notes", &["!"], Where::Any, "Messages and exports", ""),
    action(Act::Refresh, "refresh", &["ctrl-r"], Where::Any, "Ask again, or connect now", "refresh"),
    action(Act::Mark, "mark", &["space"], Where::List, "Mark the row", "mark"),
    action(Act::Range, "range", &["v"], Where::List, "Begin or end a range of marks", ""),
    action(Act::Invert, "invert marks", &["V"], Where::List, "Mark what is not marked", ""),
    action(Act::MarkAll, "mark all", &["ctrl-a"], Where::List, "Mark every loaded row that passes the filter", ""),
    action(Act::New, "new", &["+"], Where::List, "Make a new one", "new"),
    action(Act::Edit, "edit", &["e"], Where::Rows, "Change its fields", "edit"),
    action(Act::Verbs, "verbs", &["m"], Where::Rows, "Everything that can be done to it, and why not", "more"),
    action(Act::Made, "open what was made", &["o"], Where::Any, "Open what was made last", ""),
    action(Act::Undo, "undo", &["u"], Where::Any, "Take the last change back, where the API can", ""),
    action(Act::UndoList, "undo list", &["U"], Where::Any, "Choose a change to take back", ""),
    action(Act::Copy, "copy", &["y"], Where::Any, "Copy the id (OSC 52: also over ssh)", "copy"),
    action(Act::CopyLink, "copy link", &["Y"], Where::Any, "Copy a link to this place", ""),
    action(Act::CopyCurl, "copy as curl", &["c"], Where::Calls, "Copy the call as a curl line, secrets masked", "curl"),
    action(
        Act::ExportCsv,
        "export csv",
        &["E"],
        Where::List,
        "Write the marked rows, else all that pass the filter, to a CSV file, in the background",
        "export",
    ),
    action(
        Act::ExportJson,
        "export json",
        &[],
        Where::List,
        "Write the marked rows, else all that pass the filter, to a file of JSON lines, in the background",
        "",
    ),
    action(Act::Pipe, "pipe", &["|"], Where::Rows, "Give the marked rows, else the one here, as lines of JSON to a command that you type", ""),
    action(Act::Pager, "open in pager", &["ctrl-o"], Where::Any, "Open what is shown in $PAGER; in a form, the field in $EDITOR", ""),
    action(Act::Flow, "flow", &["f"], Where::Rows, "The story of its deal", "flow"),
    action(Act::History, "history", &["H"], Where::Rows, "Its audit entries", ""),
    action(Act::Verify, "verify chain", &["C"], Where::Chain, "Check the hash chain", "check chain"),
    action(Act::Suspend, "suspend", &["ctrl-z"], Where::Any, "To the shell; fg comes back", ""),
    action(Act::Redraw, "redraw", &["ctrl-l"], Where::Any, "Draw everything anew", ""),
    action(Act::ThemeNext, "theme", &[], Where::Any, "Other colours: none, 16, 256, 24 bits", ""),
    action(Act::SignOut, "sign out", &[], Where::Any, "End the session at the server, or go back from a visited tenant", ""),
    action(Act::Ascii, "ascii", &[], Where::Any, "Only ASCII, or line drawing again", ""),
];

/// A key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    control: bool,
}

impl Chord {
    /// The chord of an event. Shift is part of the character.
    pub const fn of(event: KeyEvent) -> Self {
        Self { code: event.code, control: event.modifiers.contains(KeyModifiers::CONTROL) }
    }

    /// The chord of a plain character.
    pub const fn plain(c: char) -> Self {
        Self { code: KeyCode::Char(c), control: false }
    }

    /// The character, where it is a plain one.
    pub const fn letter(self) -> Option<char> {
        match self {
            Self { code: KeyCode::Char(c), control: false } => Some(c),
            _ => None,
        }
    }

    /// Reads `ctrl-d`, `enter`, `G`.
    pub fn read(text: &str) -> Option<Self> {
        let (control, name) = text.strip_prefix("ctrl-").map_or((false, text), |rest| (true, rest));
        let code = match name {
            "up" => KeyCode::Up,
            "down" => KeyCode::Down,
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "pgup" => KeyCode::PageUp,
            "pgdn" => KeyCode::PageDown,
            "home" => KeyCode::Home,
            "delete" => KeyCode::Delete,
            "end" => KeyCode::End,
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "tab" => KeyCode::Tab,
            "shift-tab" => KeyCode::BackTab,
            "space" => KeyCode::Char(' '),
            "backspace" => KeyCode::Backspace,
            one => {
                let mut chars = one.chars();
                let c = chars.next()?;
                if chars.next().is_some() {
                    return None;
                }
                KeyCode::Char(c)
            }
        };
        Some(Self { code, control })
    }

    /// The event that pressing it sends.
    pub const fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, if self.control { KeyModifiers::CONTROL } else { KeyModifiers::NONE })
    }
}

/// The keys as they are after the configuration.
#[derive(Clone, Debug, Default)]
pub struct Keymap {
    other: BTreeMap<String, String>,
}

impl Keymap {
    /// The defaults with these keys by name of action (`filter = "f"`).
    ///
    /// # Errors
    /// Names that are no action, keys that are no key, and keys that two actions claim in one place.
    pub fn new(other: BTreeMap<String, String>) -> Result<Self, String> {
        for (name, key) in &other {
            if !ACTIONS.iter().any(|action| action.name == name) {
                return Err(format!("[keys] {name:?} is no action; `causeway-console keys` lists them"));
            }
            if Chord::read(key).is_none() {
                return Err(format!("[keys] {name} = {key:?} is no key; keys look like \"G\", \"ctrl-d\", \"enter\""));
            }
        }
        let map = Self { other };
        match map.clash() {
            Some((a, b, key)) => Err(format!("[keys] {key:?} would mean both {a:?} and {b:?}")),
            None => Ok(map),
        }
    }

    /// The keys of an action.
    pub fn keys<'a>(&'a self, action: &'a Action) -> Vec<&'a str> {
        self.other.get(action.name).map_or_else(|| action.keys.to_vec(), |key| vec![key.as_str()])
    }

    /// The action of a key at one of these places.
    pub fn find(&self, chord: Chord, here: impl Fn(Where) -> bool) -> Option<&'static Action> {
        ACTIONS.iter().find(|action| here(action.at) && self.keys(action).iter().any(|key| Chord::read(key) == Some(chord)))
    }

    /// Two actions that share a key where both make sense.
    pub fn clash(&self) -> Option<(&'static str, &'static str, String)> {
        for (at, a) in ACTIONS.iter().enumerate() {
            for b in ACTIONS.iter().skip(at.saturating_add(1)).filter(|b| meet(a.at, b.at)) {
                let theirs = self.keys(b);
                if let Some(key) = self.keys(a).into_iter().find(|key| theirs.iter().any(|other| Chord::read(other) == Chord::read(key))) {
                    return Some((a.name, b.name, key.to_owned()));
                }
            }
        }
        None
    }
}

fn meet(a: Where, b: Where) -> bool {
    a == Where::Any
        || b == Where::Any
        || a == b
        || matches!((a, b), (Where::List | Where::Chain, Where::Rows) | (Where::Rows | Where::Chain, Where::List) | (Where::List, Where::Chain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource;

    #[test]
    fn no_two_bindings_clash() {
        assert_eq!(Keymap::default().clash(), None);
        for action in ACTIONS.iter().filter(|action| !matches!(action.at, Where::Calls)) {
            for key in action.keys {
                assert!(Chord::read(key).is_some(), "{key}");
                for operation in resource::all().iter().flat_map(|resource| &resource.operations) {
                    let theirs = operation.hint.key.map(Chord::plain);
                    assert_ne!(theirs, Chord::read(key), "{} and {} share {key}", action.name, operation.row.id);
                }
            }
        }
    }

    #[test]
    fn nothing_destructive_is_on_control_or_a_motion() {
        for operation in resource::all().iter().flat_map(|resource| &resource.operations) {
            assert!(operation.hint.key.is_none_or(|key| key.is_ascii_alphabetic() && !"hjklgG".contains(key)));
        }
    }

    #[test]
    fn keys_can_be_bound_otherwise_but_not_twice() {
        let keys = |name: &str, key: &str| Keymap::new(BTreeMap::from([(name.to_owned(), key.to_owned())]));
        let map = keys("filter", "f9").map(|_| ()).unwrap_err();
        assert!(map.contains("is no key"), "{map}");
        assert!(keys("filter", "u").unwrap_err().contains("both"));
        assert!(keys("nonsense", "u").unwrap_err().contains("is no action"));
        let map = keys("filter", "ctrl-s").unwrap();
        let chord = Chord::read("ctrl-s").unwrap();
        assert_eq!(map.find(chord, |_| true).map(|action| action.act), Some(Act::Filter));
        assert_eq!(map.find(Chord::plain('/'), |_| true).map(|action| action.act), None);
    }
}
