//! The contract as far as the console shows it: operations, what they take, and what lists hold; read from what is recorded beside the contract.
//!
//! The types of the contract stay out of the program: their schemas, answers included, are megabytes of code, and of all of it this is what screens and forms use.

pub use causeway_contract::Audience;

use causeway_contract::Method;
use std::sync::LazyLock;

/// `openapi/operations.txt`; a test of the contract keeps it what the rows say.
const RECORDED: &str = include_str!("../../openapi/operations.txt");

/// What a list is filtered and sorted by at the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListSpec {
    ways: &'static str,
    filters: &'static str,
    sorts: &'static str,
}

impl ListSpec {
    /// The filters: name and kind (`id`, `word`, `yesno`, `amount`, `day`, `instant`).
    pub fn filters(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        names(self.filters).filter_map(|filter| filter.split_once(':'))
    }

    /// The fields that it can be sorted by.
    pub fn sorts(&self) -> impl Iterator<Item = &'static str> + use<> {
        names(self.sorts)
    }

    /// Whether `q=` searches.
    pub fn searches(&self) -> bool {
        names(self.ways).any(|way| way == "q")
    }

    /// Whether it finds by `external_ref=`.
    pub fn external_refs(&self) -> bool {
        names(self.ways).any(|way| way == "external_ref")
    }
}

fn names(list: &'static str) -> impl Iterator<Item = &'static str> + use<> {
    list.split(',').filter(|name| *name != "-")
}

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The name, in CamelCase.
    pub id: &'static str,
    /// The method.
    pub method: Method,
    /// The path with `{…}` segments.
    pub path: &'static str,
    /// `resource:verb`.
    pub permission: &'static str,
    /// Whose credential it takes.
    pub audience: Audience,
    /// The content type of the answer.
    pub media: &'static str,
    /// The prefix of the id in the path.
    pub prefix: Option<&'static str>,
    /// What it does.
    pub summary: &'static str,
    /// The list that it serves.
    pub list: Option<ListSpec>,
    flags: &'static str,
    /// The lines of its fields.
    told: &'static str,
}

impl Row {
    /// Whether it can give the result and write nothing.
    pub fn dry_runs(&self) -> bool {
        names(self.flags).any(|flag| flag == "dry_run")
    }

    /// Whether the answer holds a secret that is shown once.
    pub fn gives_secret(&self) -> bool {
        names(self.flags).any(|flag| flag == "secret")
    }

    /// The fields of the body; `None` without one.
    pub fn body(&self) -> Option<Shape> {
        self.section("body")
    }

    /// The fields of the query, where it is not that of a list; `None` without any.
    pub fn query(&self) -> Option<Shape> {
        self.section("query")
    }

    /// What the rows of the list look like, or anything when nobody says.
    pub fn object(&self) -> Shape {
        self.section("row").unwrap_or(Shape::Any)
    }

    fn section(&self, word: &str) -> Option<Shape> {
        let mut lines = self.told.lines().skip_while(|line| *line != word).skip(1).take_while(|line| line.starts_with(' ')).peekable();
        let fields = fields(&mut lines, 1);
        self.told.lines().any(|line| line == word).then_some(Shape::Object { fields, others: false })
    }
}

/// What stands in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An object.
    Object {
        /// Its fields, by name.
        fields: Vec<Field>,
        /// Whether it takes names that nobody gave it.
        others: bool,
    },
    /// A list of these.
    List(Box<Shape>),
    /// A text.
    Text,
    /// The id of an object with this prefix.
    Id(&'static str),
    /// One of these words.
    Words(Vec<&'static str>),
    /// A whole number.
    Whole,
    /// True or false.
    YesNo,
    /// Anything.
    Any,
}

impl Shape {
    /// The prefix of the ids that stand in the field at a path such as `stage.id`.
    pub fn refers(&self, path: &str) -> Option<&'static str> {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let Self::Object { fields, .. } = self else { return None };
        let shape = &fields.iter().find(|field| field.name == first)?.shape;
        match (rest, shape) {
            (Some(rest), shape) => shape.refers(rest),
            (None, Self::Id(prefix)) => Some(prefix),
            _ => None,
        }
    }
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What stands in it.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// What it means.
    pub meaning: &'static str,
}

/// The fields at this depth, each with what stands below it.
fn fields(lines: &mut std::iter::Peekable<impl Iterator<Item = &'static str>>, depth: usize) -> Vec<Field> {
    let mut all = Vec::new();
    while let Some(line) = lines.next_if(|line| line.len().saturating_sub(line.trim_start().len()) >= depth) {
        let (name, rest) = line.trim_start().split_once(' ').unwrap_or((line, ""));
        let (takes, meaning) = rest.split_once(' ').unwrap_or((rest, ""));
        let below = fields(lines, depth.saturating_add(1));
        let shape = match takes {
            "object" => Shape::Object { fields: below, others: false },
            "map" => Shape::Object { fields: below, others: true },
            "list" => Shape::List(Box::new(below.into_iter().next().map_or(Shape::Any, |items| items.shape))),
            "text" => Shape::Text,
            "whole" => Shape::Whole,
            "yesno" => Shape::YesNo,
            _ => match takes.split_once(':') {
                Some(("id", prefix)) => Shape::Id(prefix),
                Some(("words", words)) => Shape::Words(words.split('|').collect()),
                _ => Shape::Any,
            },
        };
        let (name, required) = name.strip_suffix('!').map_or((name, false), |name| (name, true));
        all.push(Field { name, shape, required, meaning });
    }
    all
}

/// Every operation, in the order of the contract.
pub static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| RECORDED.split("\n\n").filter_map(read).collect());

fn read(block: &'static str) -> Option<Row> {
    let (head, rest) = block.split_once('\n')?;
    let mut words = head.split(' ').filter(|_| !head.starts_with('#'));
    let id = words.next()?;
    let method = match words.next()? {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        _ => Method::Delete,
    };
    let (path, permission) = (words.next()?, words.next()?);
    let audience = match words.next()? {
        "open" => Audience::Open,
        "platform" => Audience::Platform,
        _ => Audience::Tenant,
    };
    let (media, prefix, flags) = (words.next()?, words.next().filter(|prefix| *prefix != "-"), words.next()?);
    let (summary, told) = rest.split_once('\n').unwrap_or((rest, ""));
    let list = told.lines().next().and_then(|line| line.strip_prefix("list ")).and_then(|list| {
        let mut words = list.split(' ');
        Some(ListSpec { ways: words.next()?, filters: words.next()?, sorts: words.next()? })
    });
    Some(Row { id, method, path, permission, audience, media, prefix, summary, list, flags, told })
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_contract as whole;

    fn same(ours: &Shape, theirs: &whole::Shape, told: bool) -> bool {
        match (ours, theirs) {
            (Shape::Object { fields, others }, whole::Shape::Object { fields: known, others: free }) => {
                *others == free.is_some()
                    && fields.len() == known.len()
                    && fields.iter().zip(known).all(|(field, (name, known))| {
                        let meaning = known.meaning.split_whitespace().eq(field.meaning.split_whitespace()) || !told;
                        field.name == name && field.required == known.required && meaning && same(&field.shape, &known.shape, told)
                    })
            }
            (Shape::List(ours), whole::Shape::List { items, .. }) => !told || same(ours, items, told),
            (Shape::Id(prefix), whole::Shape::Text { format, .. }) => format.strip_prefix("id:") == Some(prefix),
            (Shape::Text, whole::Shape::Text { format, .. }) => !format.starts_with("id:"),
            (Shape::Words(words), whole::Shape::Words(known)) => words == known,
            (Shape::Text, whole::Shape::Words(_)) => !told,
            (Shape::Whole, whole::Shape::Whole { .. }) | (Shape::YesNo, whole::Shape::YesNo) | (Shape::Any, whole::Shape::Any) => true,
            _ => false,
        }
    }

    /// What is recorded says of every operation what its row says.
    #[test]
    fn the_console_knows_every_operation_as_the_contract_has_it() {
        let rows = causeway_openapi::rows();
        assert_eq!(ROWS.iter().map(|row| row.id).collect::<Vec<_>>(), rows.iter().map(|row| row.id).collect::<Vec<_>>());
        for (ours, theirs) in ROWS.iter().zip(&rows) {
            assert_eq!(
                (ours.method, ours.path, ours.permission, ours.summary, ours.media),
                (theirs.method, theirs.path, theirs.permission, theirs.summary, theirs.media)
            );
            assert_eq!(ours.prefix, (theirs.path_prefixes)().first().copied().filter(|prefix| !prefix.is_empty()), "{}", ours.id);
            assert_eq!(ours.dry_runs(), theirs.flags.contains(&whole::Flag::dry_run), "{}", ours.id);
            assert_eq!(ours.gives_secret(), theirs.flags.contains(&whole::Flag::secret), "{}", ours.id);
            assert_eq!(ours.audience, (theirs.audience)(), "{}", ours.id);
            let names = |list: &whole::ListSpec| list.filters.iter().map(|filter| filter.name).collect::<Vec<_>>();
            let sorts = |list: &whole::ListSpec| list.sorts.iter().map(|sort| sort.name).collect::<Vec<_>>();
            let of_ours = ours.list.map(|list| (list.filters().map(|(name, _)| name).collect(), list.sorts().collect(), list.searches(), list.external_refs()));
            assert_eq!(of_ours, theirs.list.map(|list| (names(list), sorts(list), list.search, list.external_refs)), "{}", ours.id);
            for (ours, theirs) in [(ours.body(), (theirs.body)()), (ours.query(), (theirs.query)())] {
                let agree = match (&ours, &theirs) {
                    (Some(ours), Some(theirs)) => same(ours, theirs, true),
                    (None, other) | (Some(_), other) => ours.is_none() && other.as_ref().is_none_or(|shape| !matches!(shape, whole::Shape::Object { .. })),
                };
                assert!(agree, "{ours:?} {theirs:?}");
            }
            if let Some(items) = (theirs.reply)().items("data") {
                assert!(same(&ours.object(), items, false), "{}", ours.id);
            }
        }
    }
}
