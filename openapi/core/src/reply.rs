//! The kinds of answer.

use crate::{Page, Problem};
use serde::{Serialize, de::DeserializeOwned};
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
}

/// 200 with an object.
pub struct Json<T>(pub T);
/// 201 with the new object.
pub struct Created<T>(pub T);
/// 202 with the job that does the work.
pub struct Accepted<T>(pub T);
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

impl<T: Serialize + DeserializeOwned + ToSchema + 'static> Reply for Page<T> {
    const STATUS: u16 = 200;
    const PAGE: bool = true;
    type Payload = Self;
}

/// A shorthand for what services return.
pub type Result<T> = std::result::Result<T, Problem>;
