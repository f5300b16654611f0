//! From flags, environment and files to a console: which profile, which credential, how it looks, where it goes on.

use crate::cli::Cli;
use crate::keys::Keymap;
use crate::metrics::Metrics;
use crate::model::{App, PLATFORM, Scope};
use crate::outside::{KEY, Surroundings};
use crate::route::Place;
use crate::store::{Config, Profile, Session, Store};
use crate::theme::{Depth, Theme};
use causeway_openapi::client::Client;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Where the server is when nobody says.
const USUAL: &str = "http://127.0.0.1:8080";
/// What the profile is called that nobody named.
const UNNAMED: &str = "local";

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

    /// What other programs on the terminal must know.
    pub fn surroundings(&self, app: &App) -> Surroundings {
        let keys = || self.config.profile.values().filter_map(|profile| profile.key_env.clone()).chain([KEY.to_owned()]);
        Surroundings { withheld: if app.scope.read_only { keys().collect() } else { Vec::new() }, scratch: self.store.scratch() }
    }

    /// Whether to panic once the screen is up.
    pub const fn panics(&self) -> bool {
        self.cli.panic
    }

    /// The console for a profile, with the client of its server.
    ///
    /// # Errors
    /// What is wrong, for a person.
    pub fn app(&self, name: Option<&str>, place: Option<Place>) -> Result<(App, Client), String> {
        let Access { name, url, key, badge, read_only } = access(&self.cli, &self.config, name, |variable| std::env::var(variable).ok())?;
        let client = Client::new(&url, &key).map_err(|error| error.to_string())?;
        let kept = self.store.kept(&name, &url);
        let platform = key.starts_with("cw_admin_");
        // Whose key it is, the server says later; until then it is taken for the last one's.
        let owner = if platform { PLATFORM.to_owned() } else { Some(kept.tenant).filter(|tenant| tenant != PLATFORM).unwrap_or_default() };
        let session = kept.tenants.get(&owner).cloned().unwrap_or_default();
        let scope = Scope {
            badge,
            profile: name,
            url,
            read_only: self.cli.read_only || read_only,
            platform,
            credential: !key.is_empty(),
            linked: self.cli.words.iter().find_map(|word| crate::route::tenant_of(word)).unwrap_or_default().to_owned(),
            company: session.company.clone(),
            login: kept.login,
            profiles: self.config.profile.keys().cloned().collect(),
            ..Scope::default()
        };
        let depth = self.cli.colors.unwrap_or_else(|| Depth::detect(|name| std::env::var(name).ok()));
        let theme = Theme { depth, ascii: self.ascii() || self.cli.plain || crate::plain::only_ascii(|name| std::env::var(name).ok()) };
        let kept = if self.cli.fresh { None } else { Place::read(&session.place).ok() };
        let place = place.or(kept).unwrap_or(Place::Dash);
        let fits = place.resource().and_then(crate::resource::named).is_none_or(|resource| resource.platform == scope.platform);
        let mut app = App::new(scope, theme, self.keymap.clone(), if fits { place } else { Place::Dash });
        app.now = crate::perform::wall();
        app.put_back(&owner, session);
        Ok((app, client))
    }

    /// Whether somebody asked for ASCII only.
    pub const fn ascii(&self) -> bool {
        self.cli.ascii || self.config.ascii
    }

    /// What is kept of the tenant that the console works for.
    pub fn recall(&self, app: &App) -> Session {
        self.store.kept(&app.scope.profile, &app.scope.url).tenants.remove(app.scope.owner()).unwrap_or_default()
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
        let mut kept = self.store.kept(&app.scope.profile, &app.scope.url);
        kept.login = app.scope.login.clone();
        // Before the server said whose key it is, nothing is known to be theirs.
        let owner = app.scope.owner();
        if !owner.is_empty() && owner == app.recalled {
            owner.clone_into(&mut kept.tenant);
            let mut session = session(app);
            // Another console of the same tenant may have forms open, too.
            let others = kept.tenants.get(owner).map(|session| session.drafts.clone()).unwrap_or_default();
            let own: Vec<String> = session.drafts.iter().map(|draft| draft.form.clone()).collect();
            session.drafts.extend(others.into_iter().filter(|draft| !own.contains(&draft.form) && !app.dropped.contains(&draft.form)));
            session.drafts = crate::update::newest(session.drafts);
            kept.tenants.insert(owner.to_owned(), session);
        }
        self.store.keep(&app.scope.profile, &kept)
    }
}

fn session(app: &App) -> Session {
    Session {
        place: app.place().write(),
        sorts: app.lists.iter().filter_map(|(name, list)| Some(((*name).to_owned(), list.sort.clone()?))).collect(),
        marks: app.marked().map(|(name, marks)| (name.to_owned(), marks.iter().cloned().collect())).collect(),
        company: app.scope.company.clone(),
        saved: app.saved.clone(),
        drafts: app.all_drafts(),
        // A command that takes rows may hold what is secret, such as a token: it is not written to a file.
        history: app.history.iter().filter(|(kind, _)| kind.as_str() != crate::update::PIPES).map(|(kind, typed)| (kind.clone(), typed.clone())).collect(),
    }
}

/// Which server is asked, with which key.
#[derive(Debug, PartialEq, Eq)]
struct Access {
    name: String,
    url: String,
    key: String,
    badge: String,
    read_only: bool,
}

/// A named profile brings its own server and credential, all of it: those of flags and environment belong to no profile, and a key never goes to another
/// server than the one it is written beside.
fn access(cli: &Cli, config: &Config, wanted: Option<&str>, var: impl Fn(&str) -> Option<String>) -> Result<Access, String> {
    let filled = |name: &str| var(name).filter(|text| !text.is_empty());
    let url = cli.url.clone().or_else(|| filled("CAUSEWAY_URL"));
    let key = filled("CAUSEWAY_API_KEY");
    let explicit = url.is_some() || var("CAUSEWAY_API_KEY").is_some();
    let named = wanted.map(str::to_owned).or_else(|| cli.profile.clone());
    let Some(name) = named.or_else(|| if explicit { None } else { config.default.clone() }) else {
        let url = url.unwrap_or_else(|| USUAL.to_owned());
        let badge = host(&url);
        return Ok(Access { name: UNNAMED.to_owned(), url, key: key.unwrap_or_default(), badge, read_only: false });
    };
    let Some(Profile { url, key, key_env, key_command, badge, read_only }) = config.profile.get(&name).cloned() else {
        let known = config.profile.keys().cloned().collect::<Vec<_>>().join(", ");
        let known =
            if known.is_empty() { "None is configured: they stand in console.toml as [profile.NAME].".to_owned() } else { format!("Profiles: {known}.") };
        return Err(format!("There is no profile {name:?}. {known}"));
    };
    let key = match key.or_else(|| key_env.as_deref().and_then(filled)) {
        Some(key) => key,
        None => asked(&name, &key_command)?,
    };
    Ok(Access { badge: badge.unwrap_or_else(|| name.clone()), name, url, key, read_only })
}

/// The key as a program prints it, such as `secret-tool lookup service causeway`; empty when none is named. What it prints is shown to nobody.
fn asked(profile: &str, command: &[String]) -> Result<String, String> {
    let Some((program, arguments)) = command.split_first() else { return Ok(String::new()) };
    let output = Command::new(program).args(arguments).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("profile {profile}: key_command: {program}: {error}"))?;
    let key = String::from_utf8(output.stdout).ok().and_then(|text| text.lines().next().map(|line| line.trim().to_owned()));
    match key.filter(|key| output.status.success() && !key.is_empty()) {
        Some(key) => Ok(key),
        None => Err(format!("profile {profile}: key_command: {program} printed no key ({})", output.status)),
    }
}

/// What the badge says without a profile: the server, unless it is this machine.
fn host(url: &str) -> String {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or_default();
    let here = ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| host == *name || host.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')));
    if here { UNNAMED.to_owned() } else { host.rsplit('@').next().unwrap_or_default().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        let profile = |url: &str, key: Option<&str>| Profile { url: url.to_owned(), key: key.map(str::to_owned), ..Profile::default() };
        let staging = Profile { key_env: Some("STAGING_KEY".to_owned()), badge: Some("STAGING".to_owned()), ..profile("https://staging.test", None) };
        let profile = [("prod", profile("https://prod.test", Some("cw_live_prod"))), ("staging", staging), ("person", profile("https://person.test", None))];
        Config { default: Some("prod".to_owned()), profile: profile.map(|(name, profile)| (name.to_owned(), profile)).into(), ..Config::default() }
    }

    #[test]
    fn commands_that_took_rows_are_written_to_no_file() {
        let mut app = App::new(Scope::default(), Theme { depth: Depth::Mono, ascii: true }, Keymap::default(), Place::Dash);
        for kind in [crate::update::PIPES, "orders"] {
            app.history.insert(kind.to_owned(), vec!["curl -H 'Authorization: Bearer tok'".to_owned()]);
        }
        assert_eq!(session(&app).history.into_keys().collect::<Vec<_>>(), ["orders"]);
    }

    /// Whatever flags and environment say, a key goes to the server it belongs to and to no other.
    #[test]
    fn a_key_goes_to_its_own_server() {
        let environment = [("CAUSEWAY_URL", "https://a.test"), ("CAUSEWAY_API_KEY", "cw_live_a"), ("STAGING_KEY", "cw_live_staging")];
        let flag = Cli { url: Some("https://flag.test".to_owned()), ..Cli::default() };
        let named = Cli { profile: Some("staging".to_owned()), ..Cli::default() };
        let none = Cli::default();
        for (cli, wanted, variables, url, key, badge) in [
            (&none, None, &environment[..], "https://a.test", "cw_live_a", "a.test"),
            (&flag, None, &environment, "https://flag.test", "cw_live_a", "flag.test"),
            (&none, Some("staging"), &environment, "https://staging.test", "cw_live_staging", "STAGING"),
            (&flag, Some("staging"), &environment, "https://staging.test", "cw_live_staging", "STAGING"),
            (&named, None, &environment, "https://staging.test", "cw_live_staging", "STAGING"),
            // No key of its own: one signs in, with nobody else's key.
            (&named, None, &environment[..2], "https://staging.test", "", "STAGING"),
            (&flag, Some("person"), &environment, "https://person.test", "", "person"),
            (&none, None, &[], "https://prod.test", "cw_live_prod", "prod"),
            (&none, None, &environment[..1], "https://a.test", "", "a.test"),
            (&none, None, &environment[1..2], USUAL, "cw_live_a", "local"),
        ] {
            let var = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            let access = access(cli, &config(), wanted, var).unwrap();
            assert_eq!((access.url.as_str(), access.key.as_str(), access.badge.as_str()), (url, key, badge), "{wanted:?} {:?} {variables:?}", cli.profile);
        }
        assert!(access(&none, &config(), Some("nobody"), |_| None).unwrap_err().contains("person, prod, staging"));
    }

    #[test]
    fn a_key_comes_from_a_keyring_and_a_keyring_that_has_none_says_so() {
        let profile = |command: &[&str]| {
            let command = command.iter().map(|&word| word.to_owned()).collect();
            let profile = Profile { url: "https://ring.test".to_owned(), key_command: command, ..Profile::default() };
            Config { profile: [("ring".to_owned(), profile)].into(), ..Config::default() }
        };
        let key = |command: &[&str], variables: &[(&str, &str)]| {
            let var = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            access(&Cli::default(), &profile(command), Some("ring"), var).map(|access| access.key)
        };
        let printed = ["printf", "%s\\n", "cw_live_ring", "more"];
        assert_eq!(key(&printed, &[]).as_deref(), Ok("cw_live_ring"));
        // Nobody else's key, even when there is one.
        assert_eq!(key(&printed, &[("CAUSEWAY_API_KEY", "cw_live_other")]).as_deref(), Ok("cw_live_ring"));
        for wrong in [&["false"][..], &["true"], &["causeway-no-such-program"]] {
            let text = key(wrong, &[]).unwrap_err();
            assert!(text.contains("profile ring: key_command"), "{text}");
        }
    }

    #[test]
    fn a_server_for_a_profile_that_has_one_is_refused() {
        use clap::Parser;
        assert!(Cli::try_parse_from(["causeway-console", "--profile", "prod", "--url", "https://a.test"]).is_err());
        assert!(Cli::try_parse_from(["causeway-console", "--url", "https://a.test"]).is_ok());
    }
}
