//! What is billed, paid and posted.

use super::Kind::{Brief, Count, Money, Number, Ref, State, Text, Time};
use super::{Known, col};

/// Their lists.
pub const KNOWN: &[Known] = &[
    (
        "billables",
        &[
            col("DESCRIPTION", "description", 18, Text, 0),
            col("ORDER", "order_id", 13, Ref, 0),
            col("LINE", "order_line_id", 4, Ref, 0),
            // Of one line there may be two that are alike: each has a source of its own.
            col("SOURCE", "source_id", 10, Ref, 0),
            col("CUSTOMER", "party_id", 18, Ref, 1),
            col("STATUS", "status", 9, State, 0),
            col("QUANTITY", "quantity", 9, Number, 3),
            col("AMOUNT", "amount", 15, Money, 0),
            col("DATE", "billable_date", 10, Text, 2),
            col("FROM", "source_type", 13, Text, 4),
        ],
    ),
    (
        "billing-runs",
        &[
            col("UP TO", "up_to", 10, Text, 0),
            col("STATUS", "status", 8, State, 0),
            col("COMPANY", "company_id", 16, Ref, 1),
            col("INVOICES", "invoice_count", 8, Number, 0),
            col("FAILED", "failed_count", 6, Number, 0),
            col("HELD", "held_count", 5, Number, 0),
            col("REFUSED", "refused_count", 7, Number, 0),
            col("BILLABLES", "billable_count", 9, Number, 3),
            col("REFERENCE", "reference", 14, Text, 4),
            col("CREATED", "created_at", 16, Time, 2),
        ],
    ),
    (
        "billing-run-items",
        &[
            col("POS", "position", 4, Number, 1),
            col("CUSTOMER", "party_id", 18, Ref, 0),
            col("STATUS", "status", 8, State, 0),
            col("TOTAL", "total_amount", 15, Money, 0),
            col("FAILURE", "failure", 24, Text, 0),
            col("CHECKS", "checks", 6, Count, 3),
            col("INVOICE", "invoice_id", 30, Text, 4),
            col("CREATED", "created_at", 16, Time, 2),
        ],
    ),
    (
        "invoices",
        &[
            col("NUMBER", "number", 14, Text, 0),
            col("CUSTOMER", "party_id", 15, Ref, 0),
            // A credit note is never taken for an invoice.
            col("KIND", "kind", 4, Brief, 0),
            col("STATUS", "status", 9, State, 0),
            col("PAID", "payment_state", 11, State, 1),
            col("TOTAL", "total_amount", 15, Money, 0),
            col("OPEN", "open_amount", 15, Money, 3),
            col("DUE", "due_date", 10, Text, 2),
        ],
    ),
    (
        "payments",
        &[
            col("NUMBER", "number", 14, Text, 0),
            col("CUSTOMER", "party_id", 18, Ref, 0),
            col("STATUS", "status", 9, State, 0),
            col("AMOUNT", "amount", 15, Money, 0),
            col("UNALLOCATED", "unallocated_amount", 15, Money, 2),
            col("DATE", "payment_date", 10, Text, 1),
            col("DIRECTION", "direction", 9, Text, 5),
            col("METHOD", "method", 6, Text, 6),
            col("ALLOCATION", "allocation_state", 14, State, 4),
            col("REFERENCE", "reference", 14, Text, 3),
        ],
    ),
    (
        "allocations",
        &[
            col("DATE", "date", 10, Text, 0),
            col("CUSTOMER", "party_id", 18, Ref, 0),
            col("SETTLED", "settled_amount", 15, Money, 0),
            col("INVOICE", "invoice_id", 30, Text, 2),
            col("PAYMENT", "payment_id", 30, Text, 4),
            col("EXCHANGE DIFF", "exchange_difference", 13, Number, 3),
            col("REVERSED", "reversed", 8, Text, 0),
        ],
    ),
    (
        "write-offs",
        &[
            col("DATE", "date", 10, Text, 0),
            col("CUSTOMER", "party_id", 18, Ref, 0),
            col("KIND", "kind", 14, Text, 1),
            col("AMOUNT", "amount", 15, Money, 0),
            col("STATUS", "status", 8, State, 0),
            col("REASON", "reason", 18, Text, 2),
            col("INVOICE", "invoice_id", 30, Text, 3),
        ],
    ),
    (
        "journal-entries",
        &[
            col("NUMBER", "number", 14, Text, 0),
            col("DATE", "date", 10, Text, 0),
            col("POSTED", "event", 20, Text, 0),
            col("SOURCE", "source.id", 30, Text, 1),
            col("LINES", "lines", 5, Count, 2),
        ],
    ),
    (
        "accounts",
        &[
            col("CODE", "code", 8, Text, 0),
            col("NAME", "name", 24, Text, 0),
            col("KIND", "kind", 9, Text, 0),
            col("PURPOSE", "purpose", 18, Text, 1),
            col("COMPANY", "company_id", 16, Ref, 2),
            col("ACTIVE", "active", 6, State, 0),
            col("UPDATED", "updated_at", 16, Time, 3),
        ],
    ),
    (
        "taxes",
        &[
            col("CODE", "code", 12, Text, 0),
            col("NAME", "name", 24, Text, 0),
            col("KIND", "kind", 8, Text, 0),
            col("RATE %", "rate", 8, Number, 0),
            col("INCLUDED", "included", 8, Text, 2),
            col("SEQ", "sequence", 4, Number, 3),
            col("COMPANY", "company_id", 16, Ref, 1),
            col("ACTIVE", "active", 6, State, 0),
        ],
    ),
    (
        "tax-rules",
        &[
            col("SEQ", "sequence", 4, Number, 0),
            col("NAME", "name", 22, Text, 0),
            col("COUNTRIES", "countries", 12, Text, 0),
            col("REGISTERED", "registration", 10, Text, 1),
            col("CUSTOMERS", "customer_kind", 12, Text, 3),
            col("SEGMENT", "segment", 10, Text, 4),
            col("ONLY FOR", "party_id", 16, Ref, 2),
            col("REPLACES", "replacements", 8, Count, 0),
            col("FROM", "valid_from", 10, Text, 5),
            col("UNTIL", "valid_until", 10, Text, 6),
            col("COMPANY", "company_id", 14, Ref, 7),
            col("ACTIVE", "active", 6, State, 0),
        ],
    ),
    (
        "dimensions",
        &[
            col("CODE", "code", 14, Text, 0),
            col("NAME", "name", 24, Text, 0),
            col("VALUES", "values", 6, Count, 0),
            col("COMPANY", "company_id", 16, Ref, 1),
            col("ACTIVE", "active", 6, State, 0),
            col("UPDATED", "updated_at", 16, Time, 2),
        ],
    ),
    (
        "payment-terms",
        &[
            col("CODE", "code", 14, Text, 0),
            col("NAME", "name", 26, Text, 0),
            col("INSTALLMENTS", "installments", 12, Count, 0),
            col("ACTIVE", "active", 6, State, 0),
            col("UPDATED", "updated_at", 16, Time, 1),
        ],
    ),
    (
        "fiscal-years",
        &[
            col("YEAR", "year", 6, Number, 0),
            col("COMPANY", "company_id", 18, Ref, 0),
            col("STARTS", "starts_on", 10, Text, 2),
            col("ENDS", "ends_on", 10, Text, 0),
            col("STATUS", "status", 6, State, 0),
            col("LOCKED TO", "locked_through", 10, Text, 0),
            col("REASON", "reason", 18, Text, 3),
            col("UPDATED", "updated_at", 16, Time, 4),
        ],
    ),
    (
        "exchange-rates",
        &[
            col("DATE", "date", 10, Text, 0),
            col("BASE", "base", 4, Text, 0),
            col("CURRENCY", "currency", 8, Text, 0),
            col("RATE", "rate", 16, Number, 0),
            col("UPDATED", "updated_at", 16, Time, 1),
        ],
    ),
    (
        "credit-policies",
        &[
            col("COMPANY", "company_id", 18, Ref, 0),
            col("CUSTOMER", "party_id", 18, Ref, 0),
            col("ACTION", "action", 6, Text, 0),
            col("OVERDUE DAYS", "max_overdue_days", 12, Number, 0),
            col("OWNER", "owner_id", 14, Ref, 2),
            col("UPDATED", "updated_at", 16, Time, 1),
        ],
    ),
];
