//! The kinds of answer.

use crate::{Page, Problem};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::marker::PhantomData;
use utoipa::ToSchema;

/// What an endpoint answers with.
pub trait Reply: 'static {
    /// The HTTP status of success.
    const STATUS: u16;
    /// Whether the payload is a page of a list.
    const PAGE: bool = false;
    /// The content type of success.
    const MEDIA: &'static str = "application/json";
    /// What the body holds.
    type Payload: Serialize + DeserializeOwned + ToSchema + 'static;

    /// The body that says `payload`.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    fn content(payload: Self::Payload) -> serde_json::Result<Content> {
        serde_json::to_string(&payload).map(Content::Json)
    }

    /// What a body says; `name` is that of the file that came, when one did.
    ///
    /// # Errors
    /// When the body is not what this kind of answer holds.
    fn payload(body: &[u8], name: Option<&str>) -> serde_json::Result<Self::Payload> {
        let _ = name;
        serde_json::from_slice(body)
    }
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// JSON.
    Json(String),
    /// The bytes of a file.
    File(File),
}

/// A file. It is answered as its bytes, never as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct File {
    /// The name to keep it under: letters, digits, `-`, `_` and `.` only.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// 200 with an object.
pub struct Json<T>(pub T);
/// 201 with the new object.
pub struct Created<T>(pub T);
/// 202 with the job that does the work.
pub struct Accepted<T>(pub T);
/// 200 with a document to print.
pub struct Pdf;
/// 207 with a status for each item.
pub struct Multi<T>(pub T);
/// 200 with a stream of server-sent events that goes on until either side ends it; each one's data is a `T`.
pub struct Events<T>(PhantomData<T>);

impl<T: Serialize + DeserializeOwned + ToSchema + 'static> Reply for Json<T> {
    const STATUS: u16 = 200;
    type Payload = T;
}

impl<T: Serialize + DeserializeOwned + ToSchema + 'static> Reply for Created<T> {
    const STATUS: u16 = 201;
    type Payload = T;
}

impl<T: Serialize + DeserializeOwned + ToSchema + 'static> Reply for Accepted<T> {
    const STATUS: u16 = 202;
    type Payload = T;
}

impl<T: Serialize + DeserializeOwned + ToSchema + 'static> Reply for Multi<T> {
    const STATUS: u16 = 207;
    type Payload = T;
}

impl<T: Serialize + DeserializeOwned + ToSchema + 'static> Reply for Events<T> {
    const STATUS: u16 = 200;
    const MEDIA: &'static str = "text/event-stream";
    type Payload = T;
}

impl Reply for Pdf {
    const STATUS: u16 = 200;
    const MEDIA: &'static str = "application/pdf";
    type Payload = File;

    fn content(file: File) -> serde_json::Result<Content> {
        Ok(Content::File(file))
    }

    fn payload(body: &[u8], name: Option<&str>) -> serde_json::Result<File> {
        Ok(File { name: name.unwrap_or_default().to_owned(), bytes: body.to_vec() })
    }
}

impl<T: Serialize + DeserializeOwned + ToSchema + 'static> Reply for Page<T> {
    const STATUS: u16 = 200;
    const PAGE: bool = true;
    type Payload = Self;
}

/// A shorthand for what services return.
pub type Result<T> = std::result::Result<T, Problem>;
