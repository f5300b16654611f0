//! What happens and what is to be done: messages come in, effects go out.

use crate::call::Call;
use crate::export::Wanted;
use crate::model::SHOWN;
use crate::outside::Outside;
use crate::part::Part;
use crate::store::Session;
use crossterm::event::{KeyEvent, MouseEvent};
use serde_json::Value;

/// What happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// The first thing: go where one asked to.
    Start,
    /// A key.
    Key(KeyEvent),
    /// The mouse.
    Mouse(MouseEvent),
    /// Pasted text.
    Paste(String),
    /// The terminal has another size.
    Resize(u16, u16),
    /// An answer.
    Reply {
        /// To which question.
        tag: Tag,
        /// The answer.
        reply: Box<Result<Reply, Failure>>,
        /// How long it took, in milliseconds.
        ms: u64,
    },
    /// A time that was asked for has come.
    Timer(Timer),
    /// An export says how far it is.
    Note(String),
    /// The stream of events brought one.
    Heard(Box<Value>),
    /// The stream of events ended.
    Unheard,
    /// The editor that a field was opened in is closed.
    Edited {
        /// Where the field stands in its body.
        path: String,
        /// What it left, or why there is nothing.
        text: Result<String, String>,
    },
    /// What is kept of the tenant that the console works for.
    Recalled(Box<Session>),
}

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Cmd {
    /// Call the API.
    Call(Tag, Call),
    /// Say when so many milliseconds are over.
    After(u64, Timer),
    /// Follow the stream of events after this one; from the beginning when it is empty.
    Follow(String),
    /// Put a text on the clipboard of the terminal.
    Copy(String),
    /// Write rows of a list to a file.
    Export(Box<Wanted>),
    /// Ask for a paper with this operation, of the object of this id, and keep it as a file.
    Print(&'static str, String),
    /// Keep the session.
    Save,
    /// Use this credential from now on.
    Credential(String),
    /// End this session of the server.
    SignOut(String),
    /// Look into a tenant: its short name, the key, and until when.
    Visit {
        /// The tenant's short name.
        tenant: String,
        /// The key.
        key: String,
        /// When it closes.
        until: String,
    },
    /// Back from a tenant to the platform.
    Return,
    /// Say what is kept of the tenant that the console works for.
    Recall,
    /// Another profile, and the session to end when it is there; empty when none was opened.
    Profile(String, String),
    /// Give the terminal to another program, and take it back when that ends.
    Outside(Outside),
    /// Stop until the shell continues us.
    Suspend,
    /// Clear the terminal first.
    Redraw,
    /// Leave.
    Quit,
}

/// Which question an answer belongs to. A newer question with the same tag replaces the older one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// Who am I?
    Me,
    /// Which day is it?
    Clock,
    /// Is the service there?
    Ping,
    /// A page of a list.
    Page {
        /// The resource's name.
        resource: &'static str,
        /// Which question.
        generation: u64,
        /// Whether it is a further page.
        more: bool,
    },
    /// Where the log of events ends now.
    Tail,
    /// The events since.
    News,
    /// The newest rows of a list, where events cannot be read.
    Newest(&'static str),
    /// An object.
    Object(String),
    /// A deal.
    Flow(String),
    /// Names of objects that others refer to.
    Names(&'static str),
    /// A number of the dashboard.
    Count(usize),
    /// What customers owe.
    Aging,
    /// Open deals by stage.
    Pipeline,
    /// A chain or ledger is checked.
    Verify(&'static str),
    /// The result beforehand.
    DryRun {
        /// The object.
        id: String,
        /// Which question.
        generation: u64,
    },
    /// An object as it stands, for a box that was overtaken.
    Stands(String),
    /// Objects whose names fit what is typed in a field.
    Lookup {
        /// Which question.
        generation: u64,
    },
    /// The documents of a list that have the number that is typed.
    Number {
        /// The resource's name.
        resource: &'static str,
        /// Which question.
        generation: u64,
    },
    /// A change, one of a batch.
    Write {
        /// The object; empty for a new one.
        id: String,
        /// Which batch.
        batch: u64,
    },
    /// A change is taken back.
    Undo(u64),
    /// What a credit note settles, which it does not say itself: before it is allocated, or after this change, so that the change can be taken back.
    Settled {
        /// The credit note.
        note: String,
        /// The change; none before it.
        change: Option<u64>,
    },
    /// A session begins.
    Login,
}

impl Tag {
    /// What is wanted of the page that answers, where not all of it is. Nobody waits for these in front of the screen.
    pub const fn part(&self) -> Option<Part> {
        match self {
            Self::Count(_) => Some(Part { whole: SHOWN, fields: &[] }),
            Self::Names(_) => Some(Part { whole: 0, fields: &["id", "object", "name", "number", "lines"] }),
            _ => None,
        }
    }
}

/// Times that come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// Look for news.
    Poll,
    /// Try to reach the server again.
    Retry,
    /// The cursor may have come to rest.
    Rest,
    /// Whoever types a name may have stopped.
    Look,
    /// What is typed as a filter is on the screen: what it finds comes next.
    Sift,
    /// Whoever types a number may have stopped.
    Number,
    /// Whoever fills in a form may have stopped.
    Draft,
    /// The server that was asked whether it is there should have answered.
    Late,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The content.
    pub body: Value,
    /// Whether it is the stored answer of an earlier call.
    pub replayed: bool,
}

/// Why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server was not reached.
    Offline(String),
    /// The server refused.
    Refused {
        /// The status.
        status: u16,
        /// The problem's code; empty when it was no problem of the API.
        code: String,
        /// Why, in words, with every wrong field.
        text: String,
        /// The fields that are wrong: where in the body, as forms write it (`owner.email`), and what is wrong there.
        fields: Vec<(String, String)>,
    },
    /// The console itself refused: read-only mode.
    ReadOnly,
}

impl Failure {
    /// In words.
    pub fn text(&self) -> String {
        match self {
            Self::Offline(text) => format!("offline: {text}"),
            Self::Refused { text, .. } => text.clone(),
            Self::ReadOnly => "read-only mode: nothing was sent. The flag --read-only or `read_only` of the profile asks for it.".to_owned(),
        }
    }

    /// The fields that are wrong.
    pub fn fields(&self) -> &[(String, String)] {
        if let Self::Refused { fields, .. } = self { fields } else { &[] }
    }

    /// What went wrong here, and not at the server.
    pub const fn here(text: String) -> Self {
        Self::Refused { status: 0, code: String::new(), text, fields: Vec::new() }
    }

    /// A refusal that the console knows of without asking: the permission is not there.
    pub fn without(permission: &str) -> Self {
        let text = format!("needs the permission {permission}");
        Self::Refused { status: 403, code: causeway_contract::Code::PermissionDenied.to_string(), text, fields: Vec::new() }
    }

    /// Whether the server refused with this code.
    pub fn is(&self, wanted: causeway_contract::Code) -> bool {
        matches!(self, Self::Refused { code, .. } if *code == wanted.to_string())
    }

    /// Whether what was asked for may have been done all the same, or may be under way.
    pub fn leaves_open(&self) -> bool {
        matches!(self, Self::Offline(_) | Self::Refused { status: 408 | 500.., .. }) || self.is(causeway_contract::Code::IdempotencyInProgress)
    }

    /// In words, for who may ask for the same change again.
    pub fn again(&self) -> String {
        let open = if self.leaves_open() { "; it may have been done; enter asks again and does it once" } else { "" };
        format!("{}{open}", self.text())
    }

    /// Whether the credential is not good enough.
    pub const fn denied(&self) -> bool {
        matches!(self, Self::Refused { status: 401 | 403, .. })
    }
}
