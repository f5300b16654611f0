//! Checks of bodies that the slices of this crate share.

use causeway_contract::{Code, FieldError, Problem};
use causeway_kernel::Ctx;
use causeway_value::{Instant, Percent, TenantMode, UserId};

/// A share of a whole: a discount or a probability.
pub fn share(percent: Percent, pointer: &str, errors: &mut Vec<FieldError>) {
    if !(Percent::ZERO..=Percent::WHOLE).contains(&percent) {
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, "must be from 0 to 100"));
    }
}

/// Whether a request may tell what happened before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// It may: in a sandbox and in an import.
    Told,
    /// Everything happens now.
    Lived,
}

impl History {
    /// What a request outside an import may tell.
    #[must_use]
    pub fn of(ctx: &Ctx) -> Self {
        if ctx.mode == TenantMode::Sandbox { Self::Told } else { Self::Lived }
    }
}

/// When something happened: now, or the instant that back-dated history gives. None is from the future.
pub fn happened(ctx: &Ctx, history: History, given: Option<Instant>, pointer: &str, errors: &mut Vec<FieldError>) -> Instant {
    let now = ctx.now();
    let Some(given) = given else { return now };
    if history == History::Lived {
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, "can be given in a sandbox or by an import only; leave it out"));
    } else if given > now {
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, format!("must not be later than the tenant's clock, {now}")));
    }
    given
}

/// Refuses to do to somebody else's work what is for its owner, and for who has the right to say who works on what: whoever may change deals could otherwise take
/// those that others have won.
///
/// # Errors
/// `permission_denied` that names the right.
pub fn own(ctx: &Ctx, owner: Option<UserId>, right: &str) -> Result<(), Problem> {
    if owner.is_none_or(|owner| ctx.user == Some(owner.uuid())) || ctx.may(right) {
        return Ok(());
    }
    let detail = format!("This is somebody else's: they can do it, or hand it over, or somebody with the permission {right} does.");
    Err(Problem::new(Code::PermissionDenied, detail).with("permission", right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::TenantId;

    #[test]
    fn a_share_is_within_the_whole() {
        let wrong = |percent: &str| {
            let mut errors = Vec::new();
            share(percent.parse().unwrap(), "/discount_percent", &mut errors);
            !errors.is_empty()
        };
        assert_eq!(["0", "100", "33.333333", "-1", "100.000001"].map(wrong), [false, false, false, true, true]);
    }

    #[test]
    fn only_a_sandbox_takes_history_and_none_from_the_future() {
        let wrong = |mode, given: Option<Instant>| {
            let mut errors = Vec::new();
            let ctx = Ctx::system(TenantId::new(), mode, "Test");
            happened(&ctx, History::of(&ctx), given, "/closed_at", &mut errors);
            !errors.is_empty()
        };
        let (past, future) = ("1996-07-04T09:00:00Z".parse().ok(), "2999-01-01T00:00:00Z".parse().ok());
        assert_eq!([wrong(TenantMode::Sandbox, past), wrong(TenantMode::Sandbox, future), wrong(TenantMode::Sandbox, None)], [false, true, false]);
        assert_eq!([wrong(TenantMode::Live, past), wrong(TenantMode::Live, None)], [true, false]);
    }
}
