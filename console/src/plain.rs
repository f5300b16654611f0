//! Line mode: the same console, read and spoken line by line. Nothing moves the cursor, nothing is drawn, states are words.
//!
//! Bars and boxes are ASCII always, so that nobody has to listen to them; names are spoken as they are written, unless the terminal takes ASCII only.

use crate::form::Takes;
use crate::keys::Chord;
use crate::model::{App, Cmd, Lookup, Msg, Popup};
use crate::outside::Outside;
use crate::perform::wall;
use crate::runtime::{Runner, begin};
use crate::setup::Setup;
use crate::sheet;
use crate::text::clean;
use crate::update::{fitting, names_of};
use causeway_openapi::client::Client;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use std::cell::Cell;
use std::io::Write;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// The longest that what was asked for is waited for before it is told how things stand.
const PATIENCE: Duration = Duration::from_secs(5);

/// A console with what runs its effects, and the platform while it looks into a tenant.
struct Line<'a> {
    setup: &'a Setup,
    app: App,
    runner: Runner,
    messages: mpsc::Receiver<Msg>,
    outer: Option<(App, Client)>,
}

/// Runs until the input ends or one quits.
///
/// # Errors
/// When input or output breaks.
pub async fn run(setup: &Setup, app: App, client: Client) -> std::io::Result<()> {
    ASCII.get_or_init(|| setup.ascii() || only_ascii(|name| std::env::var(name).ok()));
    let (runner, messages) = begin(client, &app).await;
    let mut console = Line { setup, app, runner, messages, outer: None };
    let mut lines = input();
    let (mut interrupt, mut terminate, mut hangup) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    let echo = Echo::default();
    say("Causeway console, line mode. Keys by name (j, k, enter, esc, ctrl-r), text after / or :, what shows everything, q leaves.")?;
    let mut waiting = Vec::new();
    loop {
        if !console.take(waiting).await? {
            return Ok(());
        }
        let begun = Instant::now();
        while let Some(msg) = console.answer(begun).await {
            if !console.take(vec![msg]).await? {
                return Ok(());
            }
        }
        announce(&console.app)?;
        echo.set(!secret(&console.app));
        let line = tokio::select! {
            line = lines.recv() => line,
            _ = interrupt.recv() => None,
            _ = terminate.recv() => None,
            _ = hangup.recv() => None,
        };
        echo.set(true);
        let Some(line) = line else {
            console.setup.keep(&console.app).ok();
            console.runner.end_session(&console.app.scope.session).await;
            return Ok(());
        };
        waiting = messages_of(&console.app, line.trim());
        if line.trim() == "what" && !console.app.typing() {
            everything(&console.app)?;
        }
    }
}

impl Line<'_> {
    /// The next message, while what was asked for is not answered and that does not take long. Timers come when they come.
    async fn answer(&mut self, begun: Instant) -> Option<Msg> {
        if let Ok(msg) = self.messages.try_recv() {
            return Some(msg);
        }
        let left = PATIENCE.checked_sub(begun.elapsed())?;
        if self.app.calls.iter().all(|logged| logged.outcome.is_some()) {
            return None;
        }
        tokio::time::timeout(left, self.messages.recv()).await.ok().flatten()
    }

    /// Takes messages; false when one leaves.
    async fn take(&mut self, messages: Vec<Msg>) -> std::io::Result<bool> {
        for msg in messages {
            for cmd in self.app.update(wall(), msg) {
                match cmd {
                    Cmd::Quit => return Ok(false),
                    Cmd::SignOut(session) => {
                        self.runner.hush();
                        self.runner.end_session(&session).await;
                    }
                    Cmd::Copy(text) => say(&text)?,
                    // Lines are read anywhere; the terminal is not left for another program.
                    Cmd::Outside(Outside::Page(text)) => text.lines().try_for_each(say)?,
                    Cmd::Outside(_) => self.app.note("Line mode gives rows and fields to no other program: use `-o json` on the command line."),
                    Cmd::Save => _ = self.setup.keep(&self.app),
                    Cmd::Recall => self.runner.tell(Msg::Recalled(Box::new(self.setup.recall(&self.app)))),
                    Cmd::Profile(name, session) => match self.setup.app(Some(&name), None) {
                        Ok((app, client)) => {
                            self.runner.end_session(&session).await;
                            self.outer = None;
                            self.enter(app, client).await;
                            return Ok(true);
                        }
                        Err(text) => self.app.note(text),
                    },
                    Cmd::Visit { tenant, key, until } => match self.setup.visit(&self.app, tenant, &key, &until) {
                        Ok((inside, client)) => {
                            let platform = self.runner.client();
                            let outside = self.enter(inside, client).await;
                            self.outer = Some((outside, platform));
                            return Ok(true);
                        }
                        Err(text) => self.app.note(text),
                    },
                    Cmd::Return => {
                        if let Some((mut platform, client)) = self.outer.take() {
                            platform.polling = false;
                            self.enter(platform, client).await;
                            return Ok(true);
                        }
                    }
                    other => self.runner.run(other),
                }
            }
        }
        Ok(true)
    }

    /// Goes on as another console; gives the one before.
    async fn enter(&mut self, app: App, client: Client) -> App {
        let before = std::mem::replace(&mut self.app, app);
        (self.runner, self.messages) = begin(client, &self.app).await;
        before
    }
}

/// Keeps the terminal from showing what is typed; it shows it again when this ends.
#[derive(Default)]
struct Echo {
    hidden: Cell<bool>,
}

impl Echo {
    fn set(&self, shown: bool) {
        if self.hidden.replace(!shown) != shown {
            return;
        }
        let input = std::io::stdin();
        // No terminal shows nothing.
        let Ok(mut state) = tcgetattr(&input) else { return };
        state.local_modes.set(LocalModes::ECHO, shown);
        tcsetattr(&input, OptionalActions::Now, &state).ok();
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.set(true);
    }
}

/// Whether what is typed next is a secret.
fn secret(app: &App) -> bool {
    let field = match &app.popup {
        Some(Popup::Login(login)) => login.form.fields.get(login.focus),
        Some(Popup::Deed(deed)) => deed.form.fields.get(deed.focus),
        _ => None,
    };
    field.is_some_and(|field| field.takes == Takes::Secret)
}

/// The lines of the input, read by a thread of its own: reading blocks, and answers come meanwhile.
fn input() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// Whether the terminal takes ASCII only: it is the same one for the whole run.
static ASCII: OnceLock<bool> = OnceLock::new();

fn say(text: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{}", spoken(text, ASCII.get().copied().unwrap_or(false)).trim_end())
}

/// A text as it is written.
fn spoken(text: &str, ascii: bool) -> String {
    clean(text).chars().map(|c| if c.is_ascii() || !ascii { c } else { '?' }).collect()
}

/// Whether the locale takes ASCII only: it names another character set, or none. A locale that nobody set says nothing.
pub fn only_ascii(var: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| var(name).filter(|value| !value.is_empty()));
    locale.is_some_and(|locale| {
        let locale = locale.to_lowercase();
        !locale.contains("utf-8") && !locale.contains("utf8")
    })
}

/// The keys that a line stands for.
fn messages_of(app: &App, line: &str) -> Vec<Msg> {
    let key = |name: &str| Chord::read(name).map(|chord| Msg::Key(chord.event()));
    let names_key = matches!(line, "" | "enter" | "esc" | "tab" | "shift-tab") || (line.starts_with("ctrl-") && Chord::read(line).is_some());
    if app.typing() && !names_key {
        return vec![Msg::Paste(line.to_owned())];
    }
    for (start, opens) in [(':', ":"), ('/', "/")] {
        if let Some(text) = line.strip_prefix(start).filter(|text| !text.is_empty()) {
            return key(opens).into_iter().chain([Msg::Paste(text.to_owned())]).chain(key("enter")).collect();
        }
    }
    match key(if line.is_empty() { "enter" } else { line }) {
        Some(msg) => vec![msg],
        None if line == "what" => Vec::new(),
        // What does nothing is told, not left to be wondered about.
        None => vec![Msg::Note(format!("{line} is no key: ? tells the keys, : and words find what can be done."))],
    }
}

fn announce(app: &App) -> std::io::Result<()> {
    if let (true, Some((_, note))) = (app.noted, app.notes.back()) {
        say(&format!("note: {note}"))?;
    }
    if !app.online() {
        say("state: offline, what is shown is cached")?;
    }
    if app.suspended.is_some() {
        say(&format!("state: {}", crate::view::suspended(app.scope.visiting)))?;
    }
    if let Some(stale) = app.list().and_then(|list| list.stale.as_ref()) {
        say(&format!("state: {}: {}", if stale.further { "more was refused" } else { "stale" }, stale.why))?;
    }
    match &app.popup {
        Some(Popup::Deed(deed)) => {
            say(&format!("form: {} {}, {} objects", deed.resource, deed.operation.word, deed.targets.len()))?;
            if let Some(draft) = &deed.draft {
                return say(&crate::view::offered(draft, app.now));
            }
            if deed.preview.len() > 1 {
                let refused = deed.preview.values().filter(|outcome| outcome.is_err()).count();
                say(&format!("dry run: {} ok, {refused} refused, nothing is written yet", deed.preview.len().saturating_sub(refused)))?;
            }
            for (id, outcome) in &deed.preview {
                let name = deed.before.get(id).and_then(crate::columns::called);
                say(&format!("dry run {}: {}", name.unwrap_or(id), outcome.as_ref().map_or_else(Clone::clone, |changes| changes.join("; "))))?;
            }
            if let Some(wrong) = &deed.wrong {
                say(&format!("wrong: {wrong}"))?;
            }
            let typed = |field: &crate::form::Field| {
                if field.takes == Takes::Secret { "*".repeat(field.input.value().chars().count()) } else { field.input.value().to_owned() }
            };
            // Who an id belongs to, as soon as it is known.
            let about = |field: &crate::form::Field| names_of(app, field.input.value()).unwrap_or_else(|| field.about());
            let field = deed.form.fields.get(deed.focus).map(|field| format!("field {}: {} {} ({})", field.path, typed(field), about(field), field.meaning));
            if deed.overtaken {
                say("changed by somebody else meanwhile: ctrl-r loads it as it stands, what you typed stays")?;
            }
            for change in &deed.changed {
                say(&format!("changed by others: {change}"))?;
            }
            if let Some(lookup) = &deed.lookup {
                return found(lookup);
            }
            let word = deed.word().filter(|_| deed.focus.saturating_add(1) < deed.places()).map(|word| format!("type {word} to enable"));
            say(&field.or(word).unwrap_or_else(|| format!("button {}: enter does it, esc cancels", deed.operation.word)))
        }
        Some(Popup::Choose { title, input, choices, cursor }) => {
            let shown = fitting(choices, input.value());
            let choice = shown.get(*cursor).map_or("nothing fits", |choice| choice.name.as_str());
            say(&format!("{title}: {choice}, {} of {}", cursor.saturating_add(1), shown.len()))
        }
        Some(Popup::Secret { title, secrets, .. }) => {
            secrets.iter().zip(1..).try_for_each(|(once, at)| say(&format!("{title}: {at} {}: {}", once.name, once.text)))
        }
        Some(Popup::Text { lines, .. }) => lines.iter().try_for_each(|line| say(line)),
        Some(Popup::Visit { tenant, until, .. }) => say(&format!("{tenant} is open until {until}: enter goes in, read only")),
        Some(Popup::Login(login)) => {
            let crate::model::Login { form, focus, wrong, .. } = &**login;
            if let Some(wrong) = wrong {
                say(&format!("wrong: {wrong}"))?;
            }
            say(&format!("log in, field {}", form.fields.get(*focus).map_or("", |field| field.path.as_str())))
        }
        Some(Popup::Pipe(input)) => say(&format!("pipe to: {}", input.value())),
        Some(Popup::Filter(input)) => say(&format!("filter: {}", input.value())),
        None => row(app),
    }
}

/// What was found by name, and how to choose.
fn found(lookup: &Lookup) -> std::io::Result<()> {
    match (lookup.hits.get(lookup.cursor), &lookup.wrong) {
        (Some(hit), _) => {
            let (at, all) = (lookup.cursor.saturating_add(1), lookup.hits.len());
            say(&format!("found {at} of {all}: {} {}: enter takes it, ctrl-n the next, ctrl-p the one before, esc none", hit.name, hit.about))
        }
        (None, Some(wrong)) => say(&format!("{} cannot be searched: {wrong}", lookup.resource)),
        (None, None) if !lookup.answered => say(&format!("looking among {} …", lookup.resource)),
        (None, None) => say(&format!("no {} called {}: esc, then ctrl-u empties the field", lookup.resource, lookup.words)),
    }
}

fn row(app: &App) -> std::io::Result<()> {
    let Some(list) = app.list() else {
        let lines = sheet::lines(app);
        let at = app.way.last().map_or(0, |spot| spot.cursor);
        let text = lines.get(at).map(sheet::Line::text).unwrap_or_default();
        return say(&format!("{}, line {} of {}: {text}", app.place().write(), at.saturating_add(1).min(lines.len()), lines.len()));
    };
    let text = list.selected().map_or_else(|| "no rows".to_owned(), |record| cells(app, list, record));
    let marked = list.selected().is_some_and(|record| list.marks.contains(&record.id));
    // Marking goes on to the next row: how many are marked says that it was done.
    let all = if list.marks.is_empty() { String::new() } else { format!(", {} marked in all", list.marks.len()) };
    say(&format!(
        "{}, row {} of {}{}{}{all}: {text}",
        list.resource.name,
        list.cursor.saturating_add(1).min(list.view.len()),
        list.view.len(),
        if list.next.is_some() { "+" } else { "" },
        if marked { ", marked" } else { "" }
    ))
}

fn cells(app: &App, list: &crate::list::List, record: &crate::list::Record) -> String {
    let cells = list.resource.columns.iter().zip(record.cells()).map(|(column, cell)| format!("{} {}", column.head.to_lowercase(), app.name_of(cell)));
    cells.collect::<Vec<_>>().join(", ")
}

/// Every row or line that is loaded.
fn everything(app: &App) -> std::io::Result<()> {
    match app.list() {
        Some(list) => (0..list.view.len()).filter_map(|at| list.row(at)).try_for_each(|record| say(&cells(app, list, record))),
        None => sheet::lines(app).iter().try_for_each(|line| say(&line.text())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spoken_as_they_are_written_unless_the_terminal_takes_ascii_only() {
        assert_eq!(spoken("Mère Bäckerei 中\u{1b}[2J", false), "Mère Bäckerei 中 [2J");
        assert_eq!(spoken("Mère 中", true), "M?re ?");
        let only = |vars: &'static [(&str, &str)]| only_ascii(|name| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()));
        assert!(!only(&[]) && !only(&[("LANG", "de_DE.UTF-8")]) && !only(&[("LANG", "C.utf8")]) && !only(&[("LC_ALL", ""), ("LANG", "en_US.UTF-8")]));
        assert!(only(&[("LANG", "C")]) && only(&[("LC_ALL", "POSIX"), ("LANG", "en_US.UTF-8")]) && only(&[("LC_CTYPE", "de_DE.ISO-8859-1")]));
    }
}
