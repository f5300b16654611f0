//! The only loop: input first, then answers, then at most one frame. Nothing ticks while nothing happens.

use crate::call::Call;
use crate::canvas::Canvas;
use crate::export;
use crate::metrics::Metrics;
use crate::model::{App, Cmd, Failure, Msg, Tag};
use crate::outside::{self, Back, Outside, Surroundings};
use crate::paper;
use crate::perform::{perform, perform_for, wall};
use crate::setup::Setup;
use crate::term::Guard;
use crate::view;
use causeway_openapi::client::{Client, ClientError};
use causeway_openapi::integration::{self, StreamQuery};
use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{Event, EventStream, KeyEventKind};
use crossterm::execute;
use futures_core::Stream;
use std::collections::BTreeMap;
use std::io::{Stdout, stdout};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::AbortHandle;

/// The least time between two frames that no key asked for: what comes by itself is read, and thirty a second are more than one reads.
const FRAME: Duration = Duration::from_millis(34);
/// Within this a server says that it is there.
pub const THERE: Duration = Duration::from_secs(5);
/// The longest that leaving waits for the end of the session.
const GOODBYE: Duration = Duration::from_secs(2);
/// Messages that are taken before a frame is drawn.
const BATCH: usize = 64;

/// Questions in the background that are under way at once: each answer is a page of whole objects, and all of them together would be much to hold.
const BEHIND: usize = 2;

/// Runs effects; what comes of them comes back as messages.
pub struct Runner {
    client: Client,
    read_only: bool,
    messages: mpsc::Sender<Msg>,
    running: BTreeMap<Tag, AbortHandle>,
    following: Option<AbortHandle>,
    behind: Arc<Semaphore>,
}

impl Runner {
    /// A runner with a credential.
    pub fn new(client: Client, read_only: bool, messages: mpsc::Sender<Msg>) -> Self {
        Self { client, read_only, messages, running: BTreeMap::new(), following: None, behind: Arc::new(Semaphore::new(BEHIND)) }
    }

    /// Uses another credential from now on; what was asked with the one before is answered to nobody.
    fn credential(&mut self, key: &str) {
        self.hush();
        if let Ok(client) = self.client.with_key(key) {
            self.client = client;
        }
    }

    /// Gives up every question and the stream: nobody is there any more for the answers.
    pub fn hush(&mut self) {
        for task in std::mem::take(&mut self.running).into_values().chain(self.following.take()) {
            task.abort();
        }
    }

    /// Runs an effect that needs neither terminal nor files of the session.
    pub fn run(&mut self, cmd: Cmd) {
        let messages = self.messages.clone();
        match cmd {
            Cmd::Call(tag, call) => self.call(tag, call),
            Cmd::After(ms, timer) => {
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    messages.send(Msg::Timer(timer)).await.ok();
                });
            }
            Cmd::Export(wanted) => {
                let client = self.client.clone();
                tokio::spawn(async move {
                    // A console that is busy is told later.
                    let tell = |text: String| _ = messages.try_send(Msg::Note(text));
                    let done = export::export(&client, &wanted, Path::new(""), &export::stamp(wall()), tell).await;
                    let text = done.unwrap_or_else(|error| format!("The export failed: {error}"));
                    messages.send(Msg::Note(text)).await.ok();
                });
            }
            Cmd::Print(operation, id) => {
                let client = self.client.clone();
                tokio::spawn(async move {
                    let done = paper::print(&client, operation, &id, Path::new("")).await;
                    messages.send(Msg::Note(done.unwrap_or_else(|failure| format!("No paper of {id}: {}", failure.text())))).await.ok();
                });
            }
            Cmd::Credential(key) => self.credential(&key),
            Cmd::Follow(after) => {
                let client = self.client.clone();
                let task = tokio::spawn(async move {
                    // How it ends does not matter: the next question finds out.
                    follow(&client, &after, &messages).await.ok();
                    messages.send(Msg::Unheard).await.ok();
                });
                if let Some(older) = self.following.replace(task.abort_handle()) {
                    older.abort();
                }
            }
            Cmd::SignOut(_)
            | Cmd::Visit { .. }
            | Cmd::Return
            | Cmd::Copy(_)
            | Cmd::Save
            | Cmd::Recall
            | Cmd::Profile(..)
            | Cmd::Outside(_)
            | Cmd::Suspend
            | Cmd::Redraw
            | Cmd::Quit => {}
        }
    }

    /// The client with the credential in use.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Says something to the console.
    pub fn tell(&self, msg: Msg) {
        let messages = self.messages.clone();
        tokio::spawn(async move { messages.send(msg).await.ok() });
    }

    /// Ends a session at the server, without waiting long for one that does not answer.
    pub async fn end_session(&self, session: &str) {
        if !session.is_empty() {
            tokio::time::timeout(GOODBYE, sign_out(&self.client, session)).await.ok();
        }
    }

    /// Makes a call in a task of its own; an older one with the same tag is given up, unless it changes something.
    fn call(&mut self, tag: Tag, call: Call) {
        self.running.retain(|_, task| !task.is_finished());
        let (client, read_only, messages) = (self.client.clone(), self.read_only, self.messages.clone());
        let writes = call.writes();
        let name = tag.clone();
        // Nobody waits for these in front of the screen.
        let part = tag.part();
        let behind = part.is_some().then(|| Arc::clone(&self.behind));
        let task = tokio::spawn(async move {
            let _turn = match &behind {
                Some(behind) => behind.acquire().await.ok(),
                None => None,
            };
            let begun = Instant::now();
            let answer = perform_for(&client, read_only, &call, part);
            let reply = Box::new(match tag {
                // Whoever only says whether it is there does so at once.
                Tag::Ping => {
                    tokio::time::timeout(THERE, answer).await.unwrap_or_else(|_| Err(Failure::Offline(format!("no answer for {} s", THERE.as_secs()))))
                }
                _ => answer.await,
            });
            let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            messages.send(Msg::Reply { tag, reply, ms }).await.ok();
        });
        if !writes && let Some(older) = self.running.insert(name, task.abort_handle()) {
            older.abort();
        }
    }
}

/// Ends a session at the server; one that cannot be reached ends by itself.
async fn sign_out(client: &Client, session: &str) {
    if let Some(row) = crate::resource::row("RevokeSession") {
        perform(client, false, &Call::of(&row, &[session])).await.ok();
    }
}

/// Passes on what the stream of events brings until it ends.
async fn follow(client: &Client, after: &str, messages: &mpsc::Sender<Msg>) -> Result<(), ClientError> {
    let after = (!after.is_empty()).then_some(after);
    let mut stream = client.stream::<integration::op::StreamEvents, integration::Event>((), &StreamQuery::default(), after).await?;
    while let Some(event) = stream.next().await? {
        let event = serde_json::to_value(event).unwrap_or_default();
        if messages.send(Msg::Heard(Box::new(event))).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// What somebody outside asks for.
enum Asked {
    /// To end, with the terminal given back.
    Leave,
    /// To stop until the shell continues us, as ctrl-z does.
    Stop,
}

/// Signals. A key that would send one is read as a key: the terminal is raw.
struct Signals([Signal; 5]);

impl Signals {
    fn new() -> std::io::Result<Self> {
        let stop = SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw());
        let kinds = [SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit(), SignalKind::interrupt(), stop];
        let [terminate, hangup, quit, interrupt, stop] = kinds.map(signal);
        Ok(Self([terminate?, hangup?, quit?, interrupt?, stop?]))
    }

    /// Runs another program on the terminal and waits for its end; nothing when we are to end ourselves.
    async fn wait_for(&mut self, what: Outside, around: Surroundings) -> std::io::Result<Option<Back>> {
        let mut program = tokio::task::spawn_blocking(move || outside::run(what, &around));
        loop {
            let [terminate, hangup, .., stop] = &mut self.0;
            tokio::select! {
                back = &mut program => return Ok(Some(back.unwrap_or_else(|error| Back::Failed(error.to_string())))),
                _ = terminate.recv() => return Ok(None),
                _ = hangup.recv() => return Ok(None),
                // All that runs on the terminal stops together, and goes on together.
                _ = stop.recv() => crate::term::stop()?,
            }
        }
    }

    async fn any(&mut self) -> Asked {
        let [terminate, hangup, quit, interrupt, stop] = &mut self.0;
        tokio::select! {
            _ = terminate.recv() => Asked::Leave,
            _ = hangup.recv() => Asked::Leave,
            _ = quit.recv() => Asked::Leave,
            _ = interrupt.recv() => Asked::Leave,
            _ = stop.recv() => Asked::Stop,
        }
    }
}

type Screen = Canvas<Stdout>;

/// Runs the console on the terminal until one leaves.
///
/// # Errors
/// When the terminal cannot be used.
pub async fn run(setup: &Setup, mut app: App, client: Client) -> std::io::Result<()> {
    let mut signals = Signals::new()?;
    let guard = Guard::take(setup.mouse())?;
    if let Ok((columns, rows)) = crossterm::terminal::size() {
        app.size = (columns, rows);
    }
    let mut screen = Canvas::new(stdout(), app.size.0, app.size.1);
    let mut metrics = setup.metrics()?;
    // The first frame needs nobody.
    draw(&mut screen, &mut app, &mut metrics, 0)?;
    #[expect(clippy::panic, reason = "asked for, by a test")]
    if setup.panics() {
        panic!("asked for");
    }
    let (mut runner, mut messages) = begin(client, &app).await;
    // The platform, while it looks into a tenant.
    let mut outer: Option<(App, Client)> = None;
    let mut events = EventStream::new();
    let mut drawn = Instant::now();
    // Who presses a key is not kept waiting for the time between two frames.
    let mut pressed = false;
    let mut waiting = Vec::new();
    loop {
        // What is left when the credential changes was meant for the one before.
        'messages: for msg in waiting.drain(..) {
            for cmd in app.update(wall(), msg) {
                match cmd {
                    Cmd::Quit => return Ok(()),
                    // Leaving does not wait for a server that does not answer.
                    Cmd::SignOut(session) => {
                        runner.hush();
                        runner.end_session(&session).await;
                    }
                    Cmd::Recall => runner.tell(Msg::Recalled(Box::new(setup.recall(&app)))),
                    Cmd::Save => {
                        if let Err(text) = setup.keep(&app) {
                            app.note(text);
                        }
                    }
                    Cmd::Copy(text) => execute!(screen.out(), CopyToClipboard::to_clipboard_from(text))?,
                    Cmd::Redraw => clear(&mut screen, &mut app),
                    Cmd::Outside(what) => {
                        // Whoever reads keys for us would take them away from the other program.
                        drop(events);
                        guard.lend();
                        let back = signals.wait_for(what, setup.surroundings(&app)).await?;
                        let Some(back) = back else {
                            setup.keep(&app).ok();
                            runner.end_session(&app.scope.session).await;
                            return Ok(());
                        };
                        guard.retake()?;
                        // What was pressed there, or too early, was not meant for us, nor was what ended something there: the terminal forgets it, and
                        // what was read of it already is dropped.
                        rustix::termios::tcflush(std::io::stdin(), rustix::termios::QueueSelector::IFlush)?;
                        while crossterm::event::poll(Duration::ZERO)? {
                            drop(crossterm::event::read()?);
                        }
                        (events, signals) = (EventStream::new(), Signals::new()?);
                        clear(&mut screen, &mut app);
                        match back {
                            Back::Read => {}
                            Back::Piped(text) | Back::Failed(text) => app.note(text),
                            Back::Edited(path, text) => runner.tell(Msg::Edited { path, text }),
                        }
                    }
                    Cmd::Suspend => {
                        guard.suspend()?;
                        clear(&mut screen, &mut app);
                    }
                    Cmd::Profile(name, session) => match setup.app(Some(&name), None) {
                        Ok((mut other, client)) => {
                            // Who leaves for another server or tenant leaves no open session behind.
                            runner.end_session(&session).await;
                            other.size = app.size;
                            outer = None;
                            app = other;
                            // What gave the key may have asked for something on the terminal.
                            clear(&mut screen, &mut app);
                            (runner, messages) = begin(client, &app).await;
                            break 'messages;
                        }
                        Err(text) => app.note(text),
                    },
                    Cmd::Visit { tenant, key, until } => match setup.visit(&app, tenant, &key, &until) {
                        Ok((inside, client)) => {
                            outer = Some((std::mem::replace(&mut app, inside), runner.client.clone()));
                            (runner, messages) = begin(client, &app).await;
                            break 'messages;
                        }
                        Err(text) => app.note(text),
                    },
                    Cmd::Return => {
                        if let Some((platform, client)) = outer.take() {
                            let size = app.size;
                            app = platform;
                            (app.size, app.polling, app.dirty) = (size, false, true);
                            (runner, messages) = begin(client, &app).await;
                            break 'messages;
                        }
                    }
                    other => runner.run(other),
                }
            }
        }
        let now = Instant::now();
        if app.dirty && (std::mem::take(&mut pressed) || now.duration_since(drawn) >= FRAME) {
            draw(&mut screen, &mut app, &mut metrics, messages.len())?;
            drawn = now;
        }
        let due = tokio::time::Instant::from_std(drawn.checked_add(FRAME).unwrap_or(now));
        tokio::select! {
            biased;
            asked = signals.any() => match asked {
                Asked::Leave => {
                    setup.keep(&app).ok();
                    runner.end_session(&app.scope.session).await;
                    return Ok(());
                }
                Asked::Stop => {
                    guard.suspend()?;
                    clear(&mut screen, &mut app);
                }
            },
            event = std::future::poll_fn(|context| std::pin::Pin::new(&mut events).poll_next(context)) => match event {
                Some(Ok(event)) => {
                    metrics.input();
                    pressed = matches!(event, Event::Key(_));
                    waiting.extend(message(event));
                }
                // The terminal is gone: nobody is there to go on for.
                Some(Err(_)) | None => {
                    setup.keep(&app).ok();
                    runner.end_session(&app.scope.session).await;
                    return Ok(());
                }
            },
            msg = messages.recv() => {
                waiting.extend(msg);
                while waiting.len() < BATCH && let Ok(msg) = messages.try_recv() {
                    waiting.push(msg);
                }
            }
            () = tokio::time::sleep_until(due), if app.dirty => {}
        }
    }
}

/// Another credential: a channel of its own, too, so that answers to the one before find nobody.
pub async fn begin(client: Client, app: &App) -> (Runner, mpsc::Receiver<Msg>) {
    let (sender, messages) = mpsc::channel(256);
    sender.send(Msg::Start).await.ok();
    (Runner::new(client, app.scope.read_only, sender), messages)
}

fn message(event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Press => Some(Msg::Key(key)),
        Event::Mouse(mouse) => Some(Msg::Mouse(mouse)),
        Event::Paste(text) => Some(Msg::Paste(text)),
        Event::Resize(columns, rows) => Some(Msg::Resize(columns, rows)),
        _ => None,
    }
}

/// Something else wrote on the terminal: everything is drawn anew.
fn clear(screen: &mut Screen, app: &mut App) {
    if let Ok((columns, rows)) = crossterm::terminal::size() {
        app.size = (columns, rows);
    }
    screen.forget(app.size.0, app.size.1);
    app.dirty = true;
}

fn draw(screen: &mut Screen, app: &mut App, metrics: &mut Metrics, waiting: usize) -> std::io::Result<()> {
    let begun = Instant::now();
    app.dirty = false;
    if screen.size() != app.size {
        screen.forget(app.size.0, app.size.1);
    }
    let bytes = screen.draw(|buf| view::draw(app, buf))?;
    metrics.frame(begun, bytes, waiting, app.list().map_or(0, |list| list.records.len()))
}
