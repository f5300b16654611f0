//! What the contract does not say about its verbs: the key, the states they start from, what takes them back, and how much care they need.
//!
//! `c` carries on to the next step, `x` stops or takes back; which verb that is follows from the state. The server decides; this only saves a refusal.

/// What is known about a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The key in lists and on the object.
    pub key: Option<char>,
    /// The states it starts from; empty when unknown or any.
    pub from: &'static [&'static str],
    /// The operation that takes it back.
    pub inverse: Option<&'static str>,
    /// Whether it is hard to take back: the word has to be typed.
    pub hard: bool,
}

const fn on(key: char, from: &'static [&'static str]) -> Hint {
    Hint { key: Some(key), from, inverse: None, hard: false }
}

const fn undone_by(key: char, from: &'static [&'static str], inverse: &'static str) -> Hint {
    Hint { key: Some(key), from, inverse: Some(inverse), hard: false }
}

const fn hard(key: char, from: &'static [&'static str]) -> Hint {
    Hint { key: Some(key), from, inverse: None, hard: true }
}

/// Without a key of its own, and taken back by another.
const fn keyless(from: &'static [&'static str], inverse: &'static str) -> Hint {
    Hint { key: None, from, inverse: Some(inverse), hard: false }
}

/// Without a key of its own, because it is rare, and hard to take back.
const fn rare(from: &'static [&'static str]) -> Hint {
    Hint { key: None, from, inverse: None, hard: true }
}

/// Without a key of its own, and only in these states.
const fn only(from: &'static [&'static str]) -> Hint {
    Hint { key: None, from, inverse: None, hard: false }
}

/// The verbs of which something is known.
pub const HINTS: &[(&str, Hint)] = &[
    // Everybody of a tenant is locked out: its name is typed, and nothing suspends it with one key again.
    ("SuspendTenant", Hint { key: Some('x'), from: &["active"], inverse: Some("ResumeTenant"), hard: true }),
    ("ResumeTenant", on('x', &["suspended"])),
    ("EnterTenant", on('i', &["active"])),
    ("RotateApiKey", on('r', &[])),
    ("RestoreOwner", rare(&["active"])),
    ("RevokeApiKey", hard('d', &[])),
    ("RevokeSession", hard('d', &[])),
    ("RevokeSessions", rare(&[])),
    ("DeleteRole", hard('d', &[])),
    ("InviteUser", on('i', &[])),
    ("ResetTotp", rare(&[])),
    ("MergeParty", rare(&[])),
    ("AssignLead", undone_by('a', &["new", "working"], "AssignLead")),
    ("QualifyLead", on('c', &["new", "working"])),
    ("DisqualifyLead", on('x', &["new", "working"])),
    ("AdvanceOpportunity", undone_by('s', &["open"], "AdvanceOpportunity")),
    ("AssignOpportunity", keyless(&[], "AssignOpportunity")),
    ("WinOpportunity", undone_by('c', &["open"], "ReopenOpportunity")),
    ("LoseOpportunity", undone_by('x', &["open"], "ReopenOpportunity")),
    ("ReopenOpportunity", on('x', &["won", "lost"])),
    ("CompleteActivity", on('c', &["open"])),
    ("CancelActivity", on('x', &["open"])),
    // Later they are amended, revised or credited.
    ("UpdateQuote", only(&["draft"])),
    ("UpdateOrder", only(&["draft"])),
    ("UpdateInvoice", only(&["draft"])),
    ("SubmitQuote", on('c', &["draft"])),
    ("ApproveQuote", on('a', &["in_approval"])),
    ("RejectQuote", on('x', &["in_approval"])),
    ("SendQuote", on('c', &["approved"])),
    ("AcceptQuote", on('c', &["sent"])),
    ("DeclineQuote", on('x', &["sent"])),
    ("ReviseQuote", on('R', &["approved", "sent", "declined", "expired"])),
    ("AssignQuote", keyless(&[], "AssignQuote")),
    ("ShareQuote", keyless(&["approved", "sent"], "UnshareQuote")),
    ("ConfirmOrder", on('c', &["draft"])),
    ("HoldOrder", undone_by('b', &["draft", "confirmed"], "ReleaseOrder")),
    ("ReleaseOrder", on('r', &["draft", "confirmed"])),
    ("PromiseOrder", keyless(&["draft", "confirmed"], "PromiseOrder")),
    ("CancelOrder", hard('x', &["draft", "confirmed"])),
    ("AssignOrder", keyless(&[], "AssignOrder")),
    ("ShipDelivery", on('c', &["draft", "ready"])),
    ("CancelDelivery", on('x', &["ready"])),
    ("ConfirmReceipt", on('c', &["done"])),
    ("ReverseDelivery", hard('x', &["done"])),
    ("HoldBillable", undone_by('x', &["pending", "ready"], "ReleaseBillable")),
    ("ReleaseBillable", undone_by('x', &["held"], "HoldBillable")),
    ("CommitBillingRun", hard('c', &["planned"])),
    ("PostInvoice", hard('c', &["draft"])),
    ("SetInvoiceTaxes", keyless(&["draft"], "SetInvoiceTaxes")),
    ("CancelInvoice", on('x', &["draft"])),
    ("CreditInvoice", hard('x', &["posted"])),
    ("DisputeInvoice", keyless(&["posted"], "SettleDispute")),
    ("SettleDispute", keyless(&["posted"], "DisputeInvoice")),
    ("ReverseInvoice", rare(&["posted"])),
    ("WriteOffInvoice", rare(&["posted"])),
    ("ReverseWriteOff", hard('x', &["posted"])),
    ("PostPayment", hard('c', &["draft"])),
    ("CancelPayment", on('x', &["draft", "scheduled"])),
    ("CreateRefund", rare(&[])),
    ("AllocatePayment", undone_by('c', &["posted"], "UnallocatePayment")),
    ("UnallocatePayment", undone_by('z', &["posted"], "AllocatePayment")),
    ("ReversePayment", hard('x', &["posted"])),
    ("LockFiscalYear", Hint { key: Some('c'), from: &["open"], inverse: Some("ReopenFiscalYear"), hard: true }),
    ("ReopenFiscalYear", Hint { key: Some('x'), from: &["locked"], inverse: Some("LockFiscalYear"), hard: true }),
    ("CancelJob", on('x', &["queued", "running"])),
];

/// How a deal goes on with another document: what is made of which, from which states, and what the new one takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// The list of the document that one is at.
    pub from: &'static str,
    /// The states in which it goes on so.
    pub states: &'static [&'static str],
    /// A second field that must say one of these: an invoice that is paid is posted, too.
    pub also: Option<(&'static str, &'static [&'static str])>,
    /// The list of what is made, and the verb.
    pub makes: (&'static str, &'static str),
    /// One word for it.
    pub word: &'static str,
    /// The fields that are filled in, each from a field of the document.
    pub takes: &'static [(&'static str, &'static str)],
    /// Whether it is the next step, which `c` begins where the document has none of its own.
    pub first: bool,
}

/// The links of the chain from deal to payment.
pub const NEXT: &[Next] = &[
    Next {
        from: "opportunities",
        states: &["open"],
        also: None,
        makes: ("quotes", "new"),
        word: "quote",
        takes: &[("opportunity_id", "id"), ("company_id", "company_id"), ("party_id", "party_id"), ("currency", "currency")],
        first: false,
    },
    Next { from: "orders", states: &["confirmed"], also: None, makes: ("deliveries", "new"), word: "deliver", takes: &[("order_id", "id")], first: true },
    Next {
        from: "orders",
        states: &["confirmed", "fulfilled"],
        also: None,
        makes: ("invoices", "new"),
        word: "invoice",
        takes: &[("order_id", "id")],
        first: false,
    },
    Next { from: "deliveries", states: &["done"], also: None, makes: ("invoices", "new"), word: "invoice", takes: &[("order_id", "order_id")], first: false },
    Next { from: "billables", states: &["ready"], also: None, makes: ("invoices", "new"), word: "invoice", takes: &[("billable_ids", "id")], first: true },
    Next {
        from: "invoices",
        states: &["posted"],
        also: Some(("payment_state", &["open", "part_paid"])),
        makes: ("payments", "register"),
        word: "pay",
        takes: &[("invoice_ids", "id")],
        first: true,
    },
];

/// What is known about an operation.
pub fn hint(id: &str) -> Hint {
    let known = HINTS.iter().find(|(known, _)| *known == id).map(|(_, hint)| *hint);
    known.unwrap_or(Hint { key: None, from: &[], inverse: None, hard: false })
}
