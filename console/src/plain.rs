//! Line mode: the same console, read and spoken line by line. Nothing moves the cursor, nothing is drawn, states are words.

use crate::keys::Chord;
use crate::model::{App, Cmd, Msg, Popup};
use crate::perform::wall;
use crate::runtime::Runner;
use crate::setup::Setup;
use crate::sheet;
use crate::text::clean;
use crate::update::fitting;
use causeway_openapi::client::Client;
use std::io::Write;
use std::time::Duration;
use tokio::sync::mpsc;

/// Runs until the input ends or one quits.
///
/// # Errors
/// When input or output breaks.
pub async fn run(setup: &Setup, mut app: App, client: Client) -> std::io::Result<()> {
    let (sender, mut messages) = mpsc::channel(256);
    let mut runner = Runner::new(client, app.scope.read_only, sender);
    let mut lines = input();
    say("Causeway console, line mode. Keys by name (j, k, enter, esc, ctrl-r), text after / or :, what shows everything, q leaves.")?;
    let mut waiting = vec![Msg::Start];
    loop {
        if !take(setup, &mut app, &mut runner, waiting)? {
            return Ok(());
        }
        waiting = settled(&mut messages, &app).await;
        if !waiting.is_empty() {
            continue;
        }
        announce(&app)?;
        let Some(line) = lines.recv().await else { return Ok(()) };
        waiting = messages_of(&app, line.trim());
        if line.trim() == "what" {
            everything(&app)?;
        }
    }
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

fn say(text: &str) -> std::io::Result<()> {
    let ascii: String = clean(text).chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
    writeln!(std::io::stdout(), "{}", ascii.trim_end())
}

/// Takes messages; false when one leaves.
fn take(setup: &Setup, app: &mut App, runner: &mut Runner, messages: Vec<Msg>) -> std::io::Result<bool> {
    for msg in messages {
        for cmd in app.update(wall(), msg) {
            match cmd {
                Cmd::Quit => return Ok(false),
                Cmd::Copy(text) => say(&text)?,
                Cmd::Save => {
                    setup.keep(app).ok();
                }
                other => runner.run(other),
            }
        }
    }
    Ok(true)
}

/// Waits until what was asked for is answered. Timers come when they come.
async fn settled(messages: &mut mpsc::Receiver<Msg>, app: &App) -> Vec<Msg> {
    let mut taken = Vec::new();
    while let Ok(msg) = messages.try_recv() {
        taken.push(msg);
    }
    if taken.is_empty() && app.calls.iter().any(|logged| logged.outcome.is_none()) {
        taken.extend(tokio::time::timeout(Duration::from_secs(5), messages.recv()).await.ok().flatten());
    }
    taken
}

/// The keys that a line stands for.
fn messages_of(app: &App, line: &str) -> Vec<Msg> {
    let key = |name: &str| Chord::read(name).map(|chord| Msg::Key(chord.event()));
    if app.typing() && !matches!(line, "" | "enter" | "esc" | "tab") {
        return vec![Msg::Paste(line.to_owned())];
    }
    for (start, opens) in [(':', ":"), ('/', "/")] {
        if let Some(text) = line.strip_prefix(start).filter(|text| !text.is_empty()) {
            return key(opens).into_iter().chain([Msg::Paste(text.to_owned())]).chain(key("enter")).collect();
        }
    }
    key(if line.is_empty() { "enter" } else { line }).into_iter().collect()
}

fn announce(app: &App) -> std::io::Result<()> {
    if let (true, Some((_, note))) = (app.noted, app.notes.back()) {
        say(&format!("note: {note}"))?;
    }
    if !app.online() {
        say("state: offline, what is shown is cached")?;
    }
    match &app.popup {
        Some(Popup::Deed(deed)) => {
            say(&format!("form: {} {}, {} objects", deed.resource, deed.operation.word, deed.targets.len()))?;
            for (id, outcome) in &deed.preview {
                say(&format!("dry run {id}: {}", outcome.as_ref().map_or_else(Clone::clone, |changes| changes.join("; "))))?;
            }
            if let Some(wrong) = &deed.wrong {
                say(&format!("wrong: {wrong}"))?;
            }
            let field = deed.form.fields.get(deed.focus).map(|field| format!("field {}: {} {}", field.path, field.input.value(), field.about()));
            let word = deed.word().filter(|_| deed.focus.saturating_add(1) < deed.places()).map(|word| format!("type {word} to enable"));
            say(&field.or(word).unwrap_or_else(|| format!("button {}: enter does it, esc cancels", deed.operation.word)))
        }
        Some(Popup::Choose { title, input, choices, cursor }) => {
            let shown = fitting(choices, input.value());
            let choice = shown.get(*cursor).map_or("nothing fits", |choice| choice.name.as_str());
            say(&format!("{title}: {choice}, {} of {}", cursor.saturating_add(1), shown.len()))
        }
        Some(Popup::Secret { title, secret }) => say(&format!("{title}: {secret}")),
        Some(Popup::Text { lines, .. }) => lines.iter().try_for_each(|line| say(line)),
        Some(Popup::Visit { tenant, until, .. }) => say(&format!("{tenant} is open until {until}: enter goes in, read only")),
        Some(Popup::Login(login)) => {
            let crate::model::Login { form, focus, wrong, .. } = &**login;
            if let Some(wrong) = wrong {
                say(&format!("wrong: {wrong}"))?;
            }
            say(&format!("log in, field {}", form.fields.get(*focus).map_or("", |field| field.path.as_str())))
        }
        Some(Popup::Filter(input)) => say(&format!("filter: {}", input.value())),
        None => row(app),
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
    say(&format!(
        "{}, row {} of {}{}: {text}",
        list.resource.name,
        list.cursor.saturating_add(1).min(list.view.len()),
        list.view.len(),
        if marked { ", marked" } else { "" }
    ))
}

fn cells(app: &App, list: &crate::list::List, record: &crate::list::Record) -> String {
    let cells = list.resource.columns.iter().zip(&record.cells).map(|(column, cell)| format!("{} {}", column.head.to_lowercase(), app.name_of(cell)));
    cells.collect::<Vec<_>>().join(", ")
}

/// Every row or line that is loaded.
fn everything(app: &App) -> std::io::Result<()> {
    match app.list() {
        Some(list) => (0..list.view.len()).filter_map(|at| list.row(at)).try_for_each(|record| say(&cells(app, list, record))),
        None => sheet::lines(app).iter().try_for_each(|line| say(&line.text())),
    }
}
