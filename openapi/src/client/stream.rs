//! Reading a stream of server-sent events.

use super::{Client, ClientError, address, pairs, refusal, value};
use causeway_contract::{Endpoint, Events, PathParams, Reply};
use reqwest::header::{HeaderMap, HeaderName};
use serde::de::DeserializeOwned;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::time::Duration;

/// A stream goes on for as long as both sides live; silence longer than the client's read timeout ends it.
const NO_END: Duration = Duration::from_secs(365 * 86_400);

/// A stream that is open. When it ends, [`Client::stream`] with [`EventStream::last_id`] goes on without a gap.
#[derive(Debug)]
pub struct EventStream<T> {
    response: reqwest::Response,
    /// Bytes that do not make a whole line yet.
    rest: Vec<u8>,
    /// The id and the data of the event that is being read.
    id: Option<String>,
    data: String,
    /// Events that were read and not yet given out.
    ready: VecDeque<(Option<String>, String)>,
    last_id: Option<String>,
    payload: PhantomData<T>,
}

impl Client {
    /// Opens a stream; `last_id` is that of the event seen last, from where it goes on.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn stream<E, T>(&self, path: E::Path, query: &E::Query, last_id: Option<&str>) -> Result<EventStream<T>, ClientError>
    where
        E: Endpoint<Reply = Events<T>>,
        Events<T>: Reply,
    {
        let url = address(&self.base, E::PATH, &path.write(), &pairs(query, false)?)?;
        let mut headers = HeaderMap::new();
        if let Some(authorization) = &self.authorization {
            headers.insert(reqwest::header::AUTHORIZATION, authorization.clone());
        }
        if let Some(id) = last_id {
            headers.insert(HeaderName::from_static("last-event-id"), value(id)?);
        }
        let response = self.http.get(url).headers(headers).timeout(NO_END).send().await?;
        let status = response.status();
        if !status.is_success() {
            return Err(refusal(status, &response.bytes().await?));
        }
        let last_id = last_id.map(str::to_owned);
        Ok(EventStream { response, rest: Vec::new(), id: None, data: String::new(), ready: VecDeque::new(), last_id, payload: PhantomData })
    }
}

impl<T: DeserializeOwned> EventStream<T> {
    /// The next event; `None` when the server ended the stream.
    ///
    /// # Errors
    /// [`ClientError::Transport`] when the connection broke, [`ClientError::Unreadable`] for an event of another shape.
    pub async fn next(&mut self) -> Result<Option<T>, ClientError> {
        loop {
            if let Some((id, data)) = self.ready.pop_front() {
                self.last_id = id.or_else(|| self.last_id.take());
                if data.is_empty() {
                    continue;
                }
                let unreadable = |error: serde_json::Error| ClientError::Unreadable { status: 200, detail: error.to_string() };
                return serde_json::from_str(&data).map(Some).map_err(unreadable);
            }
            match self.response.chunk().await? {
                Some(bytes) => self.take(&bytes),
                None => return Ok(None),
            }
        }
    }

    /// The id from which another stream goes on: that of the last event given out, or of a later one that did not match.
    #[must_use]
    pub fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    fn take(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            self.line(line.trim_end_matches(['\r', '\n']));
        }
    }

    fn line(&mut self, line: &str) {
        if line.is_empty() {
            if self.id.is_some() || !self.data.is_empty() {
                self.ready.push_back((self.id.take(), std::mem::take(&mut self.data)));
            }
            return;
        }
        let (name, text) = line.split_once(':').unwrap_or((line, ""));
        let text = text.strip_prefix(' ').unwrap_or(text);
        match name {
            "data" if self.data.is_empty() => text.clone_into(&mut self.data),
            "data" => self.data.extend(["\n", text]),
            "id" => self.id = Some(text.to_owned()),
            // Types are in the events themselves; comments keep the connection alive.
            _ => {}
        }
    }
}
