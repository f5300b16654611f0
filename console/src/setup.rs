//! From flags, environment and files to a console: which profile, which credential, how it looks, where it goes on.

use crate::cli::Cli;
use crate::keys::Keymap;
use crate::metrics::Metrics;
use crate::model::{App, Scope};
use crate::route::Place;
use crate::store::{Config, Profile, Session, Store, VERSION};
use crate::theme::{Depth, Theme};
use causeway_openapi::client::Client;
use std::time::Instant;

/// Where the server is when nobody says.
const USUAL: &str = "http://127.0.0.1:8080";

/// Everything that was decided before the console starts.
pub struct Setup {
    cli: Cli,
    config: Config,
    store: Store,
    keymap: Keymap,
    begun: Instant,
}

impl Setup {
    /// Reads the files, for a program that began then.
    ///
    /// # Errors
    /// What is wrong, for a person.
    pub fn new(cli: Cli, begun: Instant) -> Result<Self, String> {
        let store = Store::new(|name| std::env::var(name).ok());
        let config = store.config()?;
        let keymap = Keymap::new(config.keys.clone())?;
        Ok(Self { cli, config, store, keymap, begun })
    }

    /// Whether the mouse is used.
    pub fn mouse(&self) -> bool {
        !self.cli.no_mouse && self.config.mouse.unwrap_or(true)
    }

    /// Where the numbers of the frames go.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn metrics(&self) -> std::io::Result<Metrics> {
        Metrics::new(std::env::var_os("CAUSEWAY_METRICS"), self.begun)
    }

    /// Whether to panic once the screen is up.
    pub const fn panics(&self) -> bool {
        self.cli.panic
    }

    fn profile(&self, name: Option<&str>) -> Result<(String, Profile), String> {
        let named = name.map(str::to_owned).or_else(|| self.cli.profile.clone());
        let explicit = self.cli.url.is_some() || std::env::var("CAUSEWAY_API_KEY").is_ok();
        let name = named.or_else(|| if explicit { None } else { self.config.default.clone() });
        let Some(name) = name else { return Ok(("local".to_owned(), Profile { url: USUAL.to_owned(), ..Profile::default() })) };
        match self.config.profile.get(&name) {
            Some(profile) => Ok((name, profile.clone())),
            None => Err(format!("There is no profile {name:?}. Profiles: {}.", self.config.profile.keys().cloned().collect::<Vec<_>>().join(", "))),
        }
    }

    /// The console for a profile, with the client of its server.
    ///
    /// # Errors
    /// What is wrong, for a person.
    pub fn app(&self, name: Option<&str>, place: Option<Place>) -> Result<(App, Client), String> {
        let (name, profile) = self.profile(name)?;
        // A named profile brings its own credential; the environment's belongs to no profile.
        let url = self.cli.url.clone().unwrap_or_else(|| profile.url.clone());
        let from_env = |variable: &str| std::env::var(variable).ok().filter(|key| !key.is_empty());
        let key = profile.key.clone().or_else(|| profile.key_env.as_deref().and_then(from_env)).or_else(|| from_env("CAUSEWAY_API_KEY")).unwrap_or_default();
        let client = Client::new(&url, &key).map_err(|error| error.to_string())?;
        let session = self.store.session(&name);
        let scope = Scope {
            badge: profile.badge.unwrap_or_else(|| name.clone()),
            profile: name,
            url,
            read_only: self.cli.read_only || profile.read_only,
            platform: key.starts_with("cw_admin_"),
            credential: !key.is_empty(),
            company: session.company.clone(),
            login: session.login.clone(),
            profiles: self.config.profile.keys().cloned().collect(),
            ..Scope::default()
        };
        let depth = self.cli.colors.unwrap_or_else(|| Depth::detect(|name| std::env::var(name).ok()));
        let theme = Theme { depth, ascii: self.cli.ascii || self.config.ascii || self.cli.plain };
        let kept = if self.cli.fresh { None } else { Place::read(&session.place).ok() };
        let place = place.or(kept).unwrap_or(Place::Dash);
        let fits = place.resource().and_then(crate::resource::named).is_none_or(|resource| resource.platform == scope.platform);
        let mut app = App::new(scope, theme, self.keymap.clone(), if fits { place } else { Place::Dash });
        app.now = crate::perform::wall();
        restore(&mut app, session);
        Ok((app, client))
    }

    /// The console of a visitor: a tenant seen with a key of the platform, read only.
    ///
    /// # Errors
    /// When the key cannot be sent.
    pub fn visit(&self, from: &App, tenant: String, key: &str, until: &str) -> Result<(App, Client), String> {
        let client = Client::new(&from.scope.url, key).map_err(|error| error.to_string())?;
        let scope = Scope {
            badge: format!("VISIT until {}", crate::columns::minute(until).get(11..).unwrap_or_default()),
            profile: from.scope.profile.clone(),
            url: from.scope.url.clone(),
            read_only: true,
            credential: true,
            tenant,
            visiting: true,
            ..Scope::default()
        };
        let mut app = App::new(scope, from.theme, self.keymap.clone(), Place::Dash);
        (app.size, app.now) = (from.size, from.now);
        Ok((app, client))
    }

    /// Keeps where one is, sorts, marks and saved filters for the next time.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn keep(&self, app: &App) -> Result<(), String> {
        // A visit leaves nothing behind.
        if app.scope.visiting {
            return Ok(());
        }
        let session = Session {
            version: VERSION,
            place: app.place().write(),
            sorts: app.lists.iter().filter_map(|(name, list)| Some(((*name).to_owned(), list.sort.clone()?))).collect(),
            marks: app.marked().map(|(name, marks)| (name.to_owned(), marks.iter().cloned().collect())).collect(),
            company: app.scope.company.clone(),
            saved: app.saved.clone(),
            login: app.scope.login.clone(),
        };
        self.store.keep(&app.scope.profile, &session)
    }
}

fn restore(app: &mut App, session: Session) {
    app.saved = session.saved;
    for (name, sort) in session.sorts {
        if let Some(resource) = crate::resource::named(&name) {
            app.list_of(resource).sort = Some(sort);
        }
    }
    for (name, marks) in session.marks {
        if let Some(resource) = crate::resource::named(&name) {
            app.list_of(resource).marks = marks.into_iter().collect();
        }
    }
}
