//! API keys that may less than whoever makes them.

use crate::caller::Caller;
use causeway_openapi::identity::{CreateApiKey, NewApiKey, op};

/// A key with these scopes, as it is asked for.
pub fn scopes<S: AsRef<str>>(patterns: &[S]) -> CreateApiKey {
    CreateApiKey { name: "till".to_owned(), scopes: patterns.iter().map(|pattern| pattern.as_ref().to_owned()).collect(), ..CreateApiKey::default() }
}

/// Makes a key, and answers who calls with it.
pub async fn issued(caller: &Caller, body: &CreateApiKey) -> (Caller, NewApiKey) {
    let key = caller.post::<op::CreateApiKey>((), body).await;
    (caller.with_key(&key.secret), key)
}

/// Who calls with a key that has these scopes.
pub async fn limited<S: AsRef<str>>(caller: &Caller, patterns: &[S]) -> Caller {
    issued(caller, &scopes(patterns)).await.0
}
