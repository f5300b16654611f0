//! A credential at a server: typed calls that must succeed, or must be refused.

use crate::raw::Raw;
use causeway_contract::{Endpoint, ListQuery, Nothing, Page, PathParams, Problem, Reply};
use causeway_openapi::client::{Answer, Client, Options};

/// What an operation answers with.
pub type Payload<E> = <<E as Endpoint>::Reply as Reply>::Payload;

/// Someone who calls.
#[derive(Clone)]
pub struct Caller {
    /// Typed.
    pub client: Client,
    /// Untyped, with the same credential.
    pub raw: Raw,
    /// What stands after `Bearer`.
    pub key: String,
}

impl Caller {
    /// A caller with a key at the server at `url`.
    ///
    /// # Panics
    /// When the address or key cannot be sent.
    #[must_use]
    pub fn new(url: &str, key: &str) -> Self {
        let client = Client::new(url, key).expect("an address and a key");
        Self { client, raw: Raw::new(url).with_key(key), key: key.to_owned() }
    }

    /// Another key at the same server.
    ///
    /// # Panics
    /// When the key cannot be sent.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self { client: self.client.with_key(key).expect("a key"), raw: self.raw.with_key(key), key: key.to_owned() }
    }

    /// Someone without a credential at the same server.
    #[must_use]
    pub fn nobody(&self) -> Self {
        self.with_key("")
    }

    /// Reads an object.
    pub async fn get<E: Endpoint<Body = Nothing>>(&self, path: E::Path) -> Payload<E> {
        self.post::<E>(path, &Nothing {}).await
    }

    /// Reads with a query.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn ask<E: Endpoint<Body = Nothing, Path = ()>>(&self, query: &E::Query) -> Payload<E> {
        self.client.call::<E>((), query, &Nothing {}).await.unwrap_or_else(|error| panic!("{} is refused: {error}", E::ID))
    }

    /// Every object of a list that `query` finds, page by page.
    ///
    /// # Panics
    /// When a page is refused.
    pub async fn all<E, T>(&self, query: &ListQuery) -> Vec<T>
    where
        E: Endpoint<Body = Nothing, Path = (), Query = ListQuery>,
        E::Reply: Reply<Payload = Page<T>>,
    {
        let mut query = ListQuery { limit: Some(200), ..query.clone() };
        let mut rows = Vec::new();
        loop {
            let page = self.ask::<E>(&query).await;
            rows.extend(page.data);
            query.cursor = page.next_cursor;
            if query.cursor.is_none() {
                return rows;
            }
        }
    }

    /// Calls an operation that must succeed.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn post<E: Endpoint>(&self, path: E::Path, body: &E::Body) -> Payload<E> {
        self.send::<E>(path, body, Options::default()).await.body
    }

    /// Calls an operation that takes no body and must succeed.
    pub async fn act<E: Endpoint<Body = Nothing>>(&self, path: E::Path) -> Payload<E> {
        self.post::<E>(path, &Nothing {}).await
    }

    /// Calls an operation that must succeed, with options and the headers of the answer.
    ///
    /// # Panics
    /// When it is refused, or does not succeed as the contract says.
    pub async fn send<E: Endpoint>(&self, path: E::Path, body: &E::Body, options: Options) -> Answer<Payload<E>> {
        let place = path.write().join("/");
        let answer = self.client.send::<E>(path, &E::Query::default(), body, options).await;
        let answer = answer.unwrap_or_else(|error| panic!("{} {place} is refused: {error}{}", E::ID, details(error.problem())));
        let expected = if answer.replayed { 200 } else { <E::Reply as Reply>::STATUS };
        assert_eq!(answer.status, expected, "{} {place}", E::ID);
        answer
    }

    /// Calls an operation that must be refused.
    ///
    /// # Panics
    /// When it succeeds, or there is no answer.
    pub async fn refused<E: Endpoint>(&self, path: E::Path, body: &E::Body) -> Problem {
        self.refusal::<E>(path, body).await.unwrap_or_else(|| panic!("{} is not refused", E::ID))
    }

    /// Calls an operation; the problem when it is refused.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn refusal<E: Endpoint>(&self, path: E::Path, body: &E::Body) -> Option<Problem> {
        match self.client.call::<E>(path, &E::Query::default(), body).await {
            Ok(_) => None,
            Err(error) => Some(error.problem().cloned().unwrap_or_else(|| panic!("{}: {error}", E::ID))),
        }
    }
}

fn details(problem: Option<&Problem>) -> String {
    let errors = problem.map(|problem| problem.errors.as_slice()).unwrap_or_default();
    errors.iter().map(|error| format!("\n  {} {:?} {:?}: {}", error.code, error.pointer, error.parameter, error.detail)).collect()
}
