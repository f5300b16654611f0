//! Which right reads what an event tells of (SEC-03): the log shows whole objects, so who may not read an object is not told of it either.

use causeway_contract::{Audience, Method};
use causeway_kernel::Ctx;
use causeway_value::PREFIXES;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The tenant itself: whoever reads its log knows it.
const TENANT: (&str, &str) = ("tenant", "any:authenticated");
/// People read their own sessions without a right; those of others take this one.
const SESSION: (&str, &str) = ("session", "users:read");

/// What activities are about, each of which tells of it: who may not read one of them is told of activities by their lists, which judge one by one.
const ABOUT: [&str; 6] = ["lead", "opportunity", "party", "quote", "order", "invoice"];

/// The right that each kind of object takes: that of its single read.
fn readers() -> &'static BTreeMap<&'static str, &'static str> {
    static READERS: OnceLock<BTreeMap<&'static str, &'static str>> = OnceLock::new();
    READERS.get_or_init(|| {
        let rows = causeway_openapi::rows().into_iter();
        let single = rows.filter(|row| row.method == Method::Get && (row.audience)() == Audience::Tenant && row.path.ends_with("/{id}"));
        let kinds = single.filter_map(|row| {
            let prefix = (row.path_prefixes)().into_iter().next()?;
            PREFIXES.iter().find(|(known, _)| *known == prefix).map(|(_, kind)| (*kind, row.permission))
        });
        kinds.chain([TENANT, SESSION]).collect()
    })
}

/// The kinds of objects of which the caller is told everything; none when that is every kind.
#[must_use]
pub fn told_of(ctx: &Ctx) -> Option<Vec<&'static str>> {
    let known = readers();
    let mut told: Vec<&str> = known.iter().filter(|(_, right)| ctx.may(right)).map(|(kind, _)| *kind).collect();
    if !ABOUT.iter().all(|kind| told.contains(kind)) {
        told.retain(|kind| *kind != "activity");
    }
    (told.len() < known.len()).then_some(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kinds that no event is about: parts of other objects, what tells of them, and what belongs to the platform.
    const PARTS: [&str; 20] = [
        "address",
        "allocation",
        "audit_entry",
        "billing_run_item",
        "delivery_line",
        "event",
        "hold",
        "installment",
        "invoice_line",
        "journal_line",
        "number_series",
        "obligation",
        "order_line",
        "payment_offset",
        "platform_audit_entry",
        "platform_key",
        "price_rule",
        "quote_line",
        "security_event",
        "flow",
    ];

    #[test]
    fn every_kind_has_its_right() {
        let unknown: Vec<_> = PREFIXES.iter().map(|(_, kind)| *kind).filter(|kind| !readers().contains_key(kind) && !PARTS.contains(kind)).collect();
        assert!(
            unknown.is_empty(),
            "an event about {unknown:?} would be told of to nobody but who may read everything: give it a single read, or a right here"
        );
        for (kind, right) in readers() {
            assert!(*kind == "tenant" || super::super::catalogue().contains(*right), "{kind} takes {right}, which nobody can have");
        }
        assert_eq!((readers().get("invoice"), readers().get("session")), (Some(&"invoices:read"), Some(&"users:read")));
    }
}
