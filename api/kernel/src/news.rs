//! News goes up: a crate tells what happened, and reactors of the crates above hear it inside the same transaction, in a fixed order.
//! A reactor may veto. What goes down is a plain call instead.

use crate::http::LocalFuture;
use crate::{Ctx, Tx};
use causeway_contract::Problem;
use std::sync::OnceLock;
use uuid::Uuid;

/// Something that happened in this transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// The event, such as `delivery.shipped`.
    pub event: &'static str,
    /// The object that it happened to, such as the delivery.
    pub subject: Uuid,
    /// The object above that it concerns, such as the order.
    pub about: Uuid,
    /// Whether it completes that object.
    pub complete: bool,
}

/// Hears news.
pub type Reactor = for<'a, 'c> fn(&'a Ctx, &'a mut Tx<'c>, News) -> LocalFuture<'a, Result<(), Problem>>;

static REACTORS: OnceLock<&'static [Reactor]> = OnceLock::new();

/// Sets the reactors of this process, once, at start.
pub fn register(reactors: &'static [Reactor]) {
    let _ = REACTORS.set(reactors);
}

/// Looks, at the end of a transaction that writes, at what it wrote.
pub type Closing = for<'a, 'c> fn(&'a Ctx, &'a mut Tx<'c>) -> LocalFuture<'a, Result<(), Problem>>;

static CLOSINGS: OnceLock<&'static [Closing]> = OnceLock::new();

/// Sets what this process looks at before it applies what a verb wrote, once, at start.
pub fn close_with(closings: &'static [Closing]) {
    let _ = CLOSINGS.set(closings);
}

static TYPES: OnceLock<&'static [&'static str]> = OnceLock::new();

/// Sets the types of events that are published, once, at start.
pub fn publish(types: &'static [&'static str]) {
    let _ = TYPES.set(types);
}

/// Whether events of this type are published, where somebody said which are.
pub(crate) fn is_known(event: &str) -> bool {
    TYPES.get().is_none_or(|types| types.contains(&event))
}

impl Tx<'_> {
    /// Lets the crates above look at what was written, once the verb is done: what follows from several rows follows once.
    ///
    /// # Errors
    /// Whatever they answer.
    pub(crate) async fn close(&mut self, ctx: &Ctx) -> Result<(), Problem> {
        for closing in CLOSINGS.get().copied().unwrap_or_default() {
            closing(ctx, self).await?;
        }
        Ok(())
    }

    /// Tells the crates above.
    ///
    /// # Errors
    /// The veto of a reactor.
    pub async fn announce(&mut self, ctx: &Ctx, news: News) -> Result<(), Problem> {
        for reactor in REACTORS.get().copied().unwrap_or_default() {
            reactor(ctx, self, news).await?;
        }
        Ok(())
    }
}
