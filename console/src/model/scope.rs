//! Who one is, where one stands, and how the server is.

use crate::route::Place;

/// How the server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// No answer yet.
    Connecting,
    /// It answers.
    Live,
    /// It does not: since when, how often tried, and why.
    Offline {
        /// Milliseconds since 1970.
        since: i64,
        /// How often it was tried.
        tries: u32,
        /// Why.
        why: String,
    },
}

/// Under which name the platform's state is kept; no tenant has it.
pub const PLATFORM: &str = "@platform";

/// Who one is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The profile's name.
    pub profile: String,
    /// Where the server is.
    pub url: String,
    /// What stands in line 1, such as `PROD`.
    pub badge: String,
    /// Whether nothing may be changed.
    pub read_only: bool,
    /// Whether the credential is a platform administrator's.
    pub platform: bool,
    /// Whether there is a credential.
    pub credential: bool,
    /// The tenant's short name.
    pub tenant: String,
    /// The user or key.
    pub user: String,
    /// The id of the key that the console works with; empty with a session, and until it is known.
    pub key: String,
    /// Whether the server no longer takes the credential.
    pub refused: bool,
    /// What one may do.
    pub permissions: Vec<String>,
    /// The company that lists are limited to: id and name.
    pub company: Option<(String, String)>,
    /// Other profiles.
    pub profiles: Vec<String>,
    /// The session that was opened here; empty with a key.
    pub session: String,
    /// Tenant and mail address of the last sign-in.
    pub login: (String, String),
    /// The tenant that the link names by which the console was opened; empty without one.
    pub linked: String,
    /// The place of that link, until it is known that it is of this tenant.
    pub held: Option<Place>,
    /// Whether the platform looks into a tenant: leaving goes back to the platform.
    pub visiting: bool,
}

impl Scope {
    /// Whose console it is: the tenant's short name or the platform; empty until it is known.
    pub fn owner(&self) -> &str {
        if self.platform { PLATFORM } else { &self.tenant }
    }

    /// Why a link of this tenant does not lead anywhere here, where that is known.
    pub fn other_than(&self, linked: &str) -> Option<String> {
        let here = if self.platform { "platform" } else { &self.tenant };
        (!linked.is_empty() && !here.is_empty() && linked != here).then(|| format!("This link is of {linked}, and this is {here}"))
    }

    /// Whether a permission is there, as far as that is known: until the server said what one may, everything may be.
    pub fn may(&self, needed: &str) -> bool {
        let Some((area, _)) = needed.split_once(':') else { return true };
        let gives = |held: &String| held == needed || held == "*" || held.strip_suffix(":*") == Some(area);
        self.platform || area == "any" || self.permissions.is_empty() || self.permissions.iter().any(gives)
    }
}

/// A place with where one stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The place.
    pub place: Place,
    /// The line under the cursor, where the place is no list.
    pub cursor: usize,
    /// The first visible line.
    pub top: usize,
}

impl Spot {
    /// At the top of a place.
    pub const fn new(place: Place) -> Self {
        Self { place, cursor: 0, top: 0 }
    }
}
