//! An endpoint is one row: everything the outside may know about one operation.

use crate::{ListSpec, Reply, Shape};
use causeway_value::{Id, Kind};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or acts.
    Post,
    /// Replaces a singleton.
    Put,
    /// Changes fields (JSON merge patch).
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The word in the request line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Whose credential an endpoint takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Nobody's: it is open, or checks its own token.
    Open,
    /// A tenant's API key or session.
    Tenant,
    /// A platform administrator's key.
    Platform,
}

/// A property of an endpoint that the adapter acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types, reason = "written in rows as lower-case words")]
pub enum Flag {
    /// `?dry_run=true` gives the full would-be result and writes nothing.
    dry_run,
    /// The answer holds a secret: it is shown once and never stored in the clear.
    secret,
    /// Risky: a person must have proven who they are within the last minutes. Programs are not asked.
    step_up,
    /// A file may stand in place of the JSON body, as `text/csv`; it is stored as it arrives and may be larger than other bodies.
    upload,
}

/// Values of the path's `{…}` segments, in order.
pub trait PathParams: Sized + 'static {
    /// How many segments there are.
    const COUNT: usize;
    /// The id prefixes of the segments; empty for a word.
    fn prefixes() -> Vec<&'static str>;
    /// Reads the segments; `None` is a 404.
    fn read(segments: &[&str]) -> Option<Self>;
    /// Writes the segments.
    fn write(&self) -> Vec<String>;
}

impl PathParams for () {
    const COUNT: usize = 0;
    fn prefixes() -> Vec<&'static str> {
        Vec::new()
    }
    fn read(_: &[&str]) -> Option<Self> {
        Some(())
    }
    fn write(&self) -> Vec<String> {
        Vec::new()
    }
}

impl<K: Kind> PathParams for Id<K> {
    const COUNT: usize = 1;
    fn prefixes() -> Vec<&'static str> {
        vec![K::PREFIX]
    }
    fn read(segments: &[&str]) -> Option<Self> {
        segments.first()?.parse().ok()
    }
    fn write(&self) -> Vec<String> {
        vec![self.to_string()]
    }
}

/// One operation. Implemented by the rows of `openapi`, never by hand.
pub trait Endpoint: 'static {
    /// The name, in CamelCase.
    const ID: &'static str;
    /// The method.
    const METHOD: Method;
    /// The path with `{…}` segments.
    const PATH: &'static str;
    /// What it does, in one sentence.
    const SUMMARY: &'static str;
    /// `resource:verb`, or `any:authenticated`, or `any:person` (signed in with a session), or `any:open`.
    const PERMISSION: &'static str;
    /// What the adapter must know besides.
    const FLAGS: &'static [Flag];
    /// The list that it serves, if it serves one.
    const LIST: Option<&'static ListSpec>;
    /// The path's values.
    type Path: PathParams;
    /// The query string.
    type Query: Serialize + DeserializeOwned + Default + 'static;
    /// The body.
    type Body: Serialize + DeserializeOwned + ToSchema + 'static;
    /// The answer.
    type Reply: Reply;
    /// The schema of the query, for endpoints that are not lists.
    fn query_schema() -> Option<Shape>;

    /// Whose credential it takes: told by its path and permission.
    #[must_use]
    fn audience() -> Audience {
        if Self::PERMISSION == "any:open" {
            Audience::Open
        } else if Self::PATH.starts_with("/admin/") {
            Audience::Platform
        } else {
            Audience::Tenant
        }
    }
}

/// No body, or no query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Nothing {}

/// An endpoint with its types erased: what generated tests, documents and matrices walk over.
#[derive(Clone, Copy)]
pub struct Row {
    /// The name, in CamelCase.
    pub id: &'static str,
    /// The method.
    pub method: Method,
    /// The path with `{…}` segments.
    pub path: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// `resource:verb`.
    pub permission: &'static str,
    /// What the adapter must know besides.
    pub flags: &'static [Flag],
    /// The list that it serves.
    pub list: Option<&'static ListSpec>,
    /// The status of success.
    pub success: u16,
    /// The content type of success.
    pub media: &'static str,
    /// Whether the answer is a page: then it can be had as CSV, too.
    pub page: bool,
    /// The shape of the answer.
    pub reply: fn() -> Shape,
    /// Whose credential it takes.
    pub audience: fn() -> Audience,
    /// The id prefixes of the path's segments.
    pub path_prefixes: fn() -> Vec<&'static str>,
    /// The schema of the body; `None` without one.
    pub body: fn() -> Option<Shape>,
    /// The schema of the query; `None` for a list or without one.
    pub query: fn() -> Option<Shape>,
    pub(crate) schemas: fn(&mut crate::document::Schemas) -> crate::document::Names,
}

impl Row {
    /// Whether it answers a report, an object with `rows`: then it can be had as CSV, too.
    #[must_use]
    pub fn is_report(&self) -> bool {
        self.path.starts_with("/v1/reports/") && (self.reply)().items("rows").is_some()
    }

    /// Whether its answer can be had as CSV although it is no list: a report has rows, and a statement lines in sections.
    #[must_use]
    pub fn has_table(&self) -> bool {
        self.is_report() || (self.path.ends_with("/statement") && (self.reply)().items("sections").is_some_and(|section| section.items("lines").is_some()))
    }
}

/// The row of an endpoint.
#[must_use]
pub const fn row<E: Endpoint>() -> Row {
    Row {
        id: E::ID,
        method: E::METHOD,
        path: E::PATH,
        summary: E::SUMMARY,
        permission: E::PERMISSION,
        flags: E::FLAGS,
        list: E::LIST,
        success: <E::Reply as Reply>::STATUS,
        media: <E::Reply as Reply>::MEDIA,
        page: <E::Reply as Reply>::PAGE,
        reply: Shape::of::<<E::Reply as Reply>::Payload>,
        audience: E::audience,
        path_prefixes: <E::Path as PathParams>::prefixes,
        body: body_shape::<E>,
        query: E::query_schema,
        schemas: crate::document::schemas_of::<E>,
    }
}

fn body_shape<E: Endpoint>() -> Option<Shape> {
    (<E::Body as ToSchema>::name() != "Nothing").then(Shape::of::<E::Body>)
}

/// Declares endpoints: one row each. The only macro of the house.
///
/// `Method "path" Name (PathType) Body => Reply, resource:verb [, [flags]] [, list SPEC] [, query QueryType];`
#[macro_export]
macro_rules! endpoints {
    (@query) => { $crate::Nothing };
    (@query list $list:ident) => { $crate::ListQuery };
    (@query $query:ty) => { $query };
    (@shape) => { None };
    (@shape $query:ty) => { Some($crate::Shape::of::<$query>()) };
    (@list) => { None };
    (@list $list:ident) => { Some(&$list) };
    ($( #[doc = $doc:literal] $method:ident $path:literal $name:ident ($($pathty:ty)?) $body:ty => $reply:ty, $resource:ident : $verb:ident
        $(, [$($flag:ident),*])? $(, list $list:ident)? $(, query $query:ty)? ; )*) => {
        $(
            #[doc = $doc]
            pub enum $name {}
            impl $crate::Endpoint for $name {
                const ID: &'static str = stringify!($name);
                const METHOD: $crate::Method = $crate::Method::$method;
                const PATH: &'static str = $path;
                const SUMMARY: &'static str = $doc.trim_ascii();
                const PERMISSION: &'static str = concat!(stringify!($resource), ":", stringify!($verb));
                const FLAGS: &'static [$crate::Flag] = &[$($($crate::Flag::$flag),*)?];
                const LIST: Option<&'static $crate::ListSpec> = $crate::endpoints!(@list $($list)?);
                type Path = ($($pathty)?);
                type Query = $crate::endpoints!(@query $(list $list)? $($query)?);
                type Body = $body;
                type Reply = $reply;
                fn query_schema() -> Option<$crate::Shape> {
                    $crate::endpoints!(@shape $($query)?)
                }
            }
        )*
        /// The rows of this area.
        pub const ENDPOINTS: &[$crate::Row] = &[$($crate::row::<$name>()),*];
    };
}
