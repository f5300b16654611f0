//! Which generation of rights holds: whoever remembers what a credential may do remembers with it the generation that it was read in.
//!
//! The generation rises after the commit of whatever changed a right and before its answer goes out. A right that was read while the change was still
//! under way is therefore of an older generation and is read again (threat 13).

use crate::shared::{self, Hint};
use std::sync::atomic::{AtomicU64, Ordering};

static GENERATION: AtomicU64 = AtomicU64::new(0);

/// The generation now. It is read before the rights are, so that a change in between shows.
#[must_use]
pub fn generation() -> u64 {
    GENERATION.load(Ordering::Acquire)
}

/// A right was changed by this instance: it and all others read rights again.
pub(crate) fn changed() {
    changed_elsewhere();
    shared::tell(Hint::Rights);
}

/// A right may have been changed by another instance.
pub(crate) fn changed_elsewhere() {
    GENERATION.fetch_add(1, Ordering::Release);
}
