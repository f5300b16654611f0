//! What follows a commit: what others must hear of once it is true, and not before.

/// What a transaction leaves behind for others to hear of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct After {
    /// A right was given or taken away.
    pub rights: bool,
    /// A job was queued.
    pub jobs: bool,
}

impl After {
    /// Tells them.
    pub(crate) fn tell(self) {
        if self.rights {
            crate::rights::changed();
        }
        if self.jobs {
            crate::job::queued();
        }
    }
}
