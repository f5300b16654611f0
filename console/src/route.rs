//! Where one can be: the same words on the command line, in the palette, in links and in the saved state.

use crate::filter::tokens;
use crate::resource;

/// The filter of quotes that wait for an approval: what the tab counts is what it opens.
pub const IN_APPROVAL: &str = "status:in_approval";

/// A place in the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The dashboard.
    Dash,
    /// A list with its filter.
    List {
        /// The resource's name.
        resource: &'static str,
        /// The filter, as one types it.
        filter: String,
    },
    /// One object.
    Object {
        /// The resource's name.
        resource: &'static str,
        /// Its id.
        id: String,
    },
    /// The story of a deal.
    Flow(String),
    /// What went wrong or stands still, queue by queue.
    Exceptions,
    /// Whether the service and its ledger are well.
    Health,
    /// The calls that the console made.
    Calls,
    /// What was said in the last line.
    Notes,
}

impl Place {
    /// The list of a resource without a filter.
    pub const fn list(resource: &'static str) -> Self {
        Self::List { resource, filter: String::new() }
    }

    /// The quotes that wait for somebody who may approve.
    pub fn approvals() -> Self {
        Self::List { resource: "quotes", filter: IN_APPROVAL.to_owned() }
    }

    /// Reads a place: `orders`, `orders?status=draft`, `orders/ord_…`, `ord_…`, `flows/flw_…`, `dash`, `approvals`, `exceptions`, `health`, `causeway://tenant/orders/ord_…`.
    ///
    /// # Errors
    /// What is wrong with it, for a person.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(link) = text.strip_prefix("causeway://") {
            return link.split_once('/').map_or_else(|| Err(format!("{text} names no place: causeway://tenant/orders")), |(_, place)| Self::read(place));
        }
        let (head, query) = text.split_once('?').map_or((text, None), |(head, query)| (head, Some(query)));
        let (name, id) = head.split_once(['/', ' ']).map_or((head, None), |(name, id)| (name, Some(id.trim())));
        let fixed = match name {
            "dash" | "dashboard" => Some(Self::Dash),
            "approvals" => Some(Self::approvals()),
            "exceptions" => Some(Self::Exceptions),
            "health" => Some(Self::Health),
            "calls" => Some(Self::Calls),
            "notes" => Some(Self::Notes),
            _ => None,
        };
        if let (Some(place), None, None) = (fixed, id, query) {
            return Ok(place);
        }
        if name == "flows" {
            return id
                .filter(|id| id.starts_with("flw_"))
                .map(|id| Self::Flow(id.to_owned()))
                .ok_or_else(|| "flows needs the id of a deal: flows/flw_…".to_owned());
        }
        if name.starts_with("flw_") && id.is_none() {
            return Ok(Self::Flow(name.to_owned()));
        }
        if let (Some(resource), None) = (resource::of_id(name), id) {
            return Ok(Self::Object { resource: resource.name, id: name.to_owned() });
        }
        let Some(resource) = resource::named(name) else {
            let names: Vec<_> = resource::all().iter().map(|resource| resource.name).collect();
            return Err(format!(
                "There is no place {name:?}. Places are dash, approvals, exceptions, health, calls, notes, flows/ID and {}.",
                names.join(", ")
            ));
        };
        if let Some(id) = id {
            let own = resource.prefix.is_none_or(|prefix| id.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('_')));
            return if resource.get.is_some() && (!own || id.contains(char::is_whitespace)) {
                let shape = resource.prefix.map(|prefix| format!(", which look like {prefix}_…")).unwrap_or_default();
                Err(format!("{id:?} is no id of {name}{shape}. A number or name is found with / in the list."))
            } else if resource.get.is_some() {
                Ok(Self::Object { resource: resource.name, id: id.to_owned() })
            } else {
                Err(format!("{name} has no single objects."))
            };
        }
        let filter = query.map(|query| query.split('&').map(asked).collect::<Vec<_>>().join(" ")).unwrap_or_default();
        Ok(Self::List { resource: resource.name, filter })
    }

    /// What [`Place::read`] reads.
    pub fn write(&self) -> String {
        match self {
            Self::Dash => "dash".to_owned(),
            Self::List { resource, filter } if filter.is_empty() => (*resource).to_owned(),
            Self::List { resource, filter } => {
                let escaped = tokens(filter).into_iter().map(|token| token.replace('%', "%25").replace('&', "%26"));
                format!("{resource}?{}", escaped.collect::<Vec<_>>().join("&"))
            }
            Self::Object { resource, id } => format!("{resource}/{id}"),
            Self::Flow(id) => format!("flows/{id}"),
            Self::Exceptions => "exceptions".to_owned(),
            Self::Health => "health".to_owned(),
            Self::Calls => "calls".to_owned(),
            Self::Notes => "notes".to_owned(),
        }
    }

    /// The resource that it shows.
    pub const fn resource(&self) -> Option<&'static str> {
        match self {
            Self::List { resource, .. } | Self::Object { resource, .. } => Some(resource),
            _ => None,
        }
    }
}

/// The tenant that a link names: `acme` of `causeway://acme/orders/ord_…`.
pub fn tenant_of(text: &str) -> Option<&str> {
    text.trim().strip_prefix("causeway://")?.split('/').next().filter(|tenant| !tenant.is_empty())
}

/// A part of a query as a part of a filter: `status=draft` is `status:draft`, and `total_amount>=100` is what it says.
fn asked(part: &str) -> String {
    let part = part.replace("%26", "&").replace("%25", "%");
    let field = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b'[' | b']'));
    match part.split_once('=') {
        Some((name, value)) if field(name) => format!("{name}:{value}"),
        _ => part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever one filters by: the link and the saved state say the same.
        #[test]
        fn every_filter_is_read_as_it_was_written(words in proptest::collection::vec("[a-z_]{1,8}(:|>=|<=|>|<)?[a-z0-9%&=.]{1,6}|\"[a-z&% ]{1,9}\"", 1..4)) {
            let filter = words.join(" ");
            let place = Place::List { resource: "orders", filter: filter.clone() };
            let Ok(Place::List { filter: read, .. }) = Place::read(&place.write()) else { panic!("{filter}") };
            let means = |text: &str| crate::filter::Filter::read(text, resource::named("orders").unwrap(), 0);
            prop_assert_eq!(means(&read), means(&filter), "{} {}", filter, read);
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let places = ["dash", "exceptions", "health", "orders", "orders/ord_01", "flows/flw_01", "orders?status:draft&borealis", "api-keys", "calls"];
        for text in places {
            assert_eq!(Place::read(text).unwrap().write(), text);
        }
        let filtered = Place::List { resource: "orders", filter: "status:draft".to_owned() };
        assert_eq!(Place::read("orders?status=draft").unwrap(), filtered);
        assert_eq!(Place::read("causeway://acme/ord_01").unwrap(), Place::read("orders/ord_01").unwrap());
        assert_eq!(Place::read("approvals").unwrap(), Place::read("quotes?status:in_approval").unwrap());
        assert_eq!(Place::read("orders ord_01").unwrap(), Place::read("ord_01").unwrap());
        let amount = Place::List { resource: "orders", filter: "total_amount>=100 \"Smith & Co\"".to_owned() };
        assert_eq!(amount.write(), "orders?total_amount>=100&\"Smith %26 Co\"");
        assert_eq!(Place::read(&amount.write()).unwrap(), amount);
    }

    #[test]
    fn a_wrong_place_is_refused_with_the_right_ones() {
        assert!(Place::read("ordres").unwrap_err().contains("orders"));
        assert!(Place::read("flows").is_err());
        assert!(Place::read("orders confirm ord_1").is_err());
        assert!(Place::read("causeway://acme").is_err());
        assert_eq!((tenant_of("causeway://acme/orders"), tenant_of("orders")), (Some("acme"), None));
        assert!(Place::read("audit-entries/aud_1").is_err());
        for wrong in ["orders/confirm", "orders foo", "orders/SO/1996/00120", "orders inv_1"] {
            assert!(Place::read(wrong).unwrap_err().contains("is no id of orders"), "{wrong}");
        }
    }
}
