//! What lies above the screen: something to choose, to fill in, to confirm or to read.

use crate::form::Form;
use crate::line::Input;
use crate::model::Failure;
use crate::resource::Operation;
use crate::route::Place;
use crate::secret::Once;
use crate::store::Draft;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Something that is about to be done: what, to which, with which fields, and what would come of it.
pub struct Deed {
    /// The resource's name.
    pub resource: &'static str,
    /// What.
    pub operation: Operation,
    /// To which; empty for a new one.
    pub targets: Vec<String>,
    /// With which fields.
    pub form: Form,
    /// The field with the cursor; after the fields comes the word to type, if there is one, then the button.
    pub focus: usize,
    /// The word that is typed to make sure.
    pub typed: Input,
    /// What would come of it, by id.
    pub preview: BTreeMap<String, Result<Vec<String>, String>>,
    /// Which question the previews answer.
    pub generation: u64,
    /// What came of it, by id.
    pub results: BTreeMap<String, Result<(), Failure>>,
    /// The number of the batch once it runs.
    pub batch: Option<u64>,
    /// The body that was sent last, as a text.
    pub sent: String,
    /// How many of the objects are marked but not to be seen in the list.
    pub unseen: usize,
    /// What is wrong with the fields.
    pub wrong: Option<String>,
    /// The first line of what is told of the objects that is seen.
    pub top: usize,
    /// How the objects were before.
    pub before: BTreeMap<String, Value>,
    /// Whether it was refused because the object is another by now, so that the new one can be loaded.
    pub overtaken: bool,
    /// What of the object was changed by others meanwhile.
    pub changed: Vec<String>,
    /// Whether somebody typed into its fields since they were told what leaving it loses.
    pub touched: bool,
    /// Whether a time was asked for to keep what is typed.
    pub drafted: bool,
    /// What was typed into the same form earlier and is offered.
    pub draft: Option<Draft>,
    /// What is looked for in the field with the cursor, where it names other objects.
    pub lookup: Option<Lookup>,
    /// The list of which it is a row, when it is one: it is sent to nobody, and put among the rows of the form behind it.
    pub within: Option<Within>,
}

/// Where a row stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    /// The form that the rows belong to, by its name.
    pub form: String,
    /// The path of the list in the form behind.
    pub path: String,
    /// Its place among the rows; none for a new one.
    pub at: Option<usize>,
}

/// How the names of the forms of a field's rows begin.
pub fn row_forms(form: &str, path: &str) -> String {
    format!("{form} > {path} ")
}

/// Objects that are looked for by their names, to put the id of one in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The number of the field.
    pub field: usize,
    /// The resource among which is looked.
    pub resource: &'static str,
    /// What they are parts of, where they have no list of their own.
    pub part: Option<&'static crate::update::Part>,
    /// What is looked for.
    pub words: String,
    /// Which question is asked; 0 while one waits for more letters.
    pub generation: u64,
    /// What was found.
    pub hits: Vec<Hit>,
    /// The one under the cursor.
    pub cursor: usize,
    /// Why nothing can be found.
    pub wrong: Option<String>,
    /// Whether the answer came.
    pub answered: bool,
    /// Whether enter was pressed before it came: the only thing that is found is taken then.
    pub entered: bool,
}

impl Lookup {
    /// One that is yet to be asked.
    pub const fn of(field: usize, resource: &'static str, words: String, hits: Vec<Hit>) -> Self {
        Self { field, resource, part: None, words, generation: 0, hits, cursor: 0, wrong: None, answered: false, entered: false }
    }
}

/// An object that was found by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its number, code or mail address, and what else tells it from another of that name.
    pub about: String,
}

impl Deed {
    /// Something about which nothing is known yet.
    pub fn new(resource: &'static str, operation: Operation, targets: Vec<String>, form: Form, generation: u64) -> Self {
        Self {
            resource,
            operation,
            targets,
            focus: 0,
            form,
            typed: Input::default(),
            preview: BTreeMap::new(),
            generation,
            results: BTreeMap::new(),
            batch: None,
            sent: String::new(),
            unseen: 0,
            wrong: None,
            top: 0,
            before: BTreeMap::new(),
            overtaken: false,
            changed: Vec::new(),
            touched: false,
            drafted: false,
            draft: None,
            lookup: None,
            within: None,
        }
    }

    /// Which form it is, under which its draft is kept: what is done, and to what.
    pub fn form_name(&self) -> String {
        if let Some(Within { form, path, at }) = &self.within {
            return format!("{}{}", row_forms(form, path), at.map_or_else(|| "+".to_owned(), |at| at.saturating_add(1).to_string()));
        }
        format!("{} {} {}", self.resource, self.operation.word, self.targets.join(" ")).trim_end().to_owned()
    }

    /// The word that must be typed, for what is hard to take back; to lock a tenant out it is the tenant's short name.
    pub fn word(&self) -> Option<String> {
        let verb = || self.operation.word.to_uppercase();
        let slug = || match self.targets.as_slice() {
            [only] => self.before.get(only)?.get("slug")?.as_str().map(|slug| crate::text::clean(slug).into_owned()),
            _ => None,
        };
        self.operation.hint.hard.then(|| if self.operation.locks_out() { slug().unwrap_or_else(verb) } else { verb() })
    }

    /// How many places the focus has: fields, the word, the button.
    pub fn places(&self) -> usize {
        self.form.fields.len().saturating_add(usize::from(self.operation.hint.hard)).saturating_add(1)
    }

    /// Whether the word was typed where one is asked for.
    pub fn sure(&self) -> bool {
        self.word().is_none_or(|word| self.typed.value().trim() == word)
    }
}

/// One line of a list to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it is called.
    pub name: String,
    /// What it does.
    pub about: String,
    /// Its key.
    pub key: String,
    /// Why it is off; `None` when it can be chosen.
    pub off: Option<String>,
    /// What it does for the program.
    pub does: Does,
}

/// What a choice does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// An action of the table.
    Act(crate::keys::Act),
    /// Goes to a place.
    Go(Place),
    /// A verb of a resource.
    Verb(&'static str, &'static str),
    /// Sorts by this field.
    Sort(String, bool),
    /// Limits lists to this company.
    Company(Option<(String, String)>),
    /// Takes this change back, and asks first where it weighs much.
    Undo(u64),
    /// Takes these changes back.
    TakeBack(Vec<u64>),
    /// A saved filter: the place and how it is sorted.
    Saved(Place, Option<(String, bool)>),
    /// Edits a row of a list, or adds one.
    Row(Option<usize>),
    /// Another profile.
    Profile(String),
    /// Nothing: it only says what a key does.
    Told,
}

/// Tenant, mail address and password, or the password alone when someone is signed in already; then the one-time code, when the account has one.
pub struct Login {
    /// The fields.
    pub form: Form,
    /// The field with the cursor.
    pub focus: usize,
    /// Why the last try failed.
    pub wrong: Option<String>,
    /// What needed a proof that is recent, to be done after it; none for a sign-in.
    pub then: Option<Box<Deed>>,
}

/// What lies above the screen.
pub enum Popup {
    /// A list to choose from, narrowed by typing.
    Choose {
        /// Its title.
        title: &'static str,
        /// What is typed.
        input: Input,
        /// All choices.
        choices: Vec<Choice>,
        /// The one under the cursor, among those that fit what is typed.
        cursor: usize,
    },
    /// The filter is typed.
    Filter(Input),
    /// The command is typed that takes rows.
    Pipe(Input),
    /// Something is about to be done.
    Deed(Box<Deed>),
    /// Secrets that are shown once.
    Secret {
        /// What they are of.
        title: String,
        /// The secrets.
        secrets: Vec<Once>,
        /// Which were copied, by their place.
        copied: BTreeSet<usize>,
        /// Whether it was said that one was not.
        warned: bool,
    },
    /// Someone proves who they are.
    Login(Box<Login>),
    /// A tenant was opened: go in, or copy the key.
    Visit {
        /// The tenant's short name.
        tenant: String,
        /// The key, shown once.
        key: String,
        /// When it closes.
        until: String,
    },
    /// A text to read.
    Text {
        /// Its title.
        title: String,
        /// Its lines.
        lines: Vec<String>,
        /// The first visible one.
        top: usize,
    },
}
