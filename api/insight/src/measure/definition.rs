//! What each report means, published beside it (RPT-13).

use causeway_openapi::measure::ReportDefinition;

const AT_LAST_DAY: &str =
    "Sums in other currencies are converted at the latest rate of the report's last day or before, each sum rounded once, half away from zero.";
const BOOKED: &str = "Amounts are those of the ledger, in the company's currency as they were posted; nothing is converted again.";
const NONE: &str = "No amounts. Times are whole seconds.";
const COUNTS_ONLY: &str = "No amounts.";
const COUNTS: &str =
    "No amounts. Times are whole days in the companies' time zone (UTC when they have several); shares have four decimals, half away from zero.";
const DEALS: &str = "Values are added up exactly in each currency; each sum is converted once at the latest rate of today or before, rounded half away from zero. Deals in a \
     currency without a rate count in the numbers, and their values are told apart in `unconverted`.";

/// Name, meaning, what counts, source, conversion.
const DEFINITIONS: [(&str, &str, &str, &str, &str); 22] = [
    (
        "trial-balance",
        "Turnover and balance of every account since the beginning, as of a day.",
        "Every posted journal line whose day is not after `as_of`. Balance is debit less credit. There are no closing entries.",
        "The ledger.",
        BOOKED,
    ),
    (
        "general-ledger",
        "Every account with what stood on it before the period, what was posted in it and what stands on it after it.",
        "Every posted journal line whose day is not after `to`; those before `from` make the opening balance. Balances are debit less credit. With a party only the \
         lines count that name it.",
        "The ledger.",
        BOOKED,
    ),
    (
        "aging",
        "What customers owe as of a day, by how long it is overdue.",
        "Installments of posted sale invoices less what settled them by their own day; due on the day itself is current; unallocated credit stands in `current`, negative.",
        "Installments, allocations and payments, which `verify` holds against the receivable account.",
        BOOKED,
    ),
    (
        "aging-items",
        "What the aging of a day is made of: what was open of each document then.",
        "What `aging` counts, one row for each installment of an invoice that was open, each credit note and each payment of which something was left, by the customer \
         whom it is of now. The rows of a customer and bucket add up to the aging's.",
        "Installments, allocations and payments, which `verify` holds against the receivable account.",
        BOOKED,
    ),
    (
        "bookings",
        "What was ordered, by month of confirmation, customer, product or whoever works on the order, without tax.",
        "Every order that was confirmed in the period, at what stands of it now: what was amended or cancelled since, a rest or the whole, is no booking, and an order \
         that was cancelled as a whole does not count. What orders came to when they were confirmed is `booked` of backlog-movement and revenue-cycle, which does not \
         change later. The rows of products are lines of the orders, those without a product together; an order counts with each of its products.",
        "Orders.",
        "Sums in other currencies are converted at the latest rate of each month's last day (of the report, in its last month) or before, each sum of a row, month \
         and currency rounded once, half away from zero: a month comes to the same in every report. The total is that of the months, whatever the rows are.",
    ),
    (
        "billings",
        "What was invoiced less what was credited, by month of the document, customer, product or whoever works on the order.",
        "Posted invoices and credit notes of sale by their invoice date, those of 0.00 included. A down payment counts when it is invoiced, and the invoice that deducts it with the rest. \
         Drafts, discounts taken at payment and write-offs do not count. The rows of products and people are lines: a down payment and what deducts it count with \
         the product that their lines name, else with none; a line is of whoever works on its order, else on the order of its document. What the ledger has beyond \
         the lines, such as cash rounding and cents of conversion, stands in the row without a product or person. A document counts with each of its rows.",
        "The ledger: lines on the receivable account, less those on the accounts of taxes for the untaxed amount. For products and people the lines of the documents, \
         which add up to it.",
        "Amounts are those of the ledger, in the company's currency as they were posted. Lines of documents in another currency are added up by row and rate and \
         converted at that rate, rounded half away from zero.",
    ),
    (
        "collections",
        "What customers paid less what was paid back, by month of the payment, customer or whoever works on the order.",
        "Posted payments by their payment date; refunds and payments that were taken back are negative, in the month of their own entry. With people, what of a payment \
         settles an invoice is of whoever works on the order that the invoice names, as allocations stand now. What settles nothing, an invoice of several orders or \
         of none, and payments that were taken back stand in the row without a person. A payment counts with each of its rows.",
        "The ledger: lines on the receivable account in entries of payments. For people also allocations.",
        BOOKED,
    ),
    (
        "backlog",
        "What is ordered and not yet billable, by customer, as of a day, without tax.",
        "Lines of orders confirmed by that day as they stood then, less what was billable on that day. What was amended, cancelled, taken back or billed again later \
         counts as it was. Lines of which nothing is left do not count.",
        "Obligations, billables with what was taken off them, and the amendments of orders. Down payments change nothing of it.",
        AT_LAST_DAY,
    ),
    (
        "backlog-movement",
        "How the backlog of one day became that of another, by customer and currency, without tax.",
        "Opening and closing are the backlogs at the end of the day before `from` and of `to`. Booked is what orders confirmed in the period came to then; amended what \
         amendments changed; cancelled the rests and whole orders that were cancelled; billed what became billable, less what is none any more because it was amended, \
         cancelled, taken back or billed again. To credit is what the others leave: what was amended or cancelled below what is billed, which is no backlog; \
         negative when that is taken back; also the cents by which a part of a line that was cut differs from its share. Opening, booked, amended and to credit, less \
         cancelled and billed, are closing.",
        "Orders, their amendments, obligations, billables and what was taken off them.",
        "Amounts stay in the currencies of the orders; nothing is converted or rounded.",
    ),
    (
        "unbilled",
        "What may be billed and is not, by order, as of a day, without tax.",
        "Billables of that day or before that stand on no invoice posted by that day, as they were then: what was amended, cancelled, taken back or billed again later \
         counts as it was. Held ones count, and so do those that stand on a draft; what of them is held now is shown apart. A customer's overview counts the same as of \
         today, by billable instead of by order, in the currencies of the orders.",
        "Billables, what was taken off them, and invoices.",
        AT_LAST_DAY,
    ),
    (
        "cycle-times",
        "How long deals, quotes, orders, billing and collecting take.",
        "`deal_cycle` from the creation of a deal to its winning, for deals that were won in the period, imported ones by the days that they came with; one of which \
         only the end is known does not count, one that was created here and won at once took no time. Else documents of the period (quote, order or invoice date) \
         that had both changes, from the first of one kind to the last of the other: `quote_turnaround` created to sent, `quote_to_order` sent to accepted, `order_cycle` confirmed to fulfilled of orders that are so now, `billing_cycle` the coming of the \
         first billable that an invoice bills, such as its own shipment, to the invoice's posting. `days_to_cash` are the whole days from the date of an invoice that is paid now to that of the payment that paid its rest, whenever \
         that was recorded: one that is open again, or written off, does not count. Credit notes and invoices \
         of suppliers do not count. The median of an even number is the lower one.",
        "Events, for `billing_cycle` billables, for `days_to_cash` invoices with what settles them, and for `deal_cycle` opportunities.",
        NONE,
    ),
    (
        "invoice-accuracy",
        "How many invoices were right the first time, by month of the invoice.",
        "Posted invoices to customers by their invoice date, down payments included, without tax. One is accurate unless it was reversed or a posted credit note \
         credits any of it, whenever that happened; so an old month can still fall. The accuracy is accurate invoices out of all, by number.",
        "Invoices and credit notes.",
        AT_LAST_DAY,
    ),
    (
        "quote-conversion",
        "What became of the quotes that were sent, by month of sending or by who works on them.",
        "Quotes that were sent in the period, in the company's time zone, as they stand now, without tax. One that was accepted without being marked as sent was sent \
         when it was accepted. A revision that a later one replaced does not count; the \
         later one does once it is sent. A quote is open, accepted, declined or expired; of the accepted ones those are ordered whose order was confirmed, and stay so \
         when it is cancelled later. The conversion rate is ordered quotes out of all sent ones, by number.",
        "Quotes and the orders that they became.",
        AT_LAST_DAY,
    ),
    (
        "margin",
        "What orders leave after cost, by order, customer, product or whoever works on the order, without tax.",
        "Lines of orders confirmed in the period, at what stands of them now after amendments; cancelled orders do not count. The cost of a line is what its \
         product cost when the line was priced, rounded line by line as the order shows it. Lines whose cost is not known stand in `unknown_amount` and in no \
         margin; the percentage is of the amount whose cost is known.",
        "Orders.",
        "Amounts and costs of a row are added up in each currency and converted at the latest rate of the report's last day or before, each sum rounded once, half \
         away from zero; the total in the same way from all sales, not from the rows.",
    ),
    (
        "revenue-cycle",
        "How deals become money: what was won, booked, delivered, billed and paid in each month, and the backlog and receivables at its ends.",
        "Each column is what the single report says of the same month: won those of the pipeline; bookings; booked, amended, cancelled, what became billable and what is to be credited those of \
         the backlog's movement; opening and closing backlog; unbilled; billings; collections. Receivables are what stands on the receivable account, which the \
         aging tells by customer. Three sums hold in every row: opening backlog, booked, amended, to credit and revalued, less cancelled and what became billable, are \
         the closing backlog. Opening receivables, billings with tax and other changes (discounts, write-offs, exchange differences, entries by hand), less \
         collections, are the closing ones. What closes a month opens the next. Bookings differ from what was booked by the amendments and cancellations made since; what became \
         billable is unbilled until it is in billings. Billings also hold what no order stands behind, and down payments, which do not touch the backlog.",
        "Opportunities, orders and their amendments, obligations, billables and what was taken off them, and the ledger.",
        "Sums in other currencies are converted at the latest rate of each month's last day (of the report, in its last month) or before, rounded once, half away from \
         zero; what another rate makes of the backlog is `revalued_amount`. Ledger amounts are in the company's currency as they were posted. The total adds the \
         rows up.",
    ),
    (
        "pipeline",
        "Deals by stage, what was won and lost, the win rate, and the months.",
        "Open deals as they stand now, whatever the period; won and lost deals by the day they ended, in the companies' time zone (UTC when they have several). \
         The value of a deal is its `expected_value`, won and lost ones included. The win rate is won deals out of won and lost ones, by number. A deal without \
         a customer counts like any other. A group holds the same deals, split by owner, team, product, customer, source or reason why they were lost.",
        "Opportunities.",
        "Values are added up exactly in each currency; each sum is converted once at the latest rate of `to`, or of today, or before, rounded half away from zero. \
         Deals in a currency without a rate count in the numbers, and their values are told apart in `unconverted`.",
    ),
    (
        "pipeline-ageing",
        "How long open deals stand in their stages.",
        "Open deals as they stand now. A day is 24 hours of the tenant's clock since the deal came to its stage, whole days only; a deal is stalled from \
         `stalled_days` on. `stalled` of the list of opportunities is another thing: won deals that wait for an order.",
        "Opportunities.",
        DEALS,
    ),
    (
        "pipeline-conversion",
        "What became of the deals that came to each open stage.",
        "Every time a deal came to a stage in the period, by the day in the companies' time zone (UTC when they have several); a deal that came back counts again. \
         It went on when its next stage is won or stands later, went back when that stands earlier, and is still there without one. The conversion rate is those \
         that went on out of those that left; the median time in the stage is that of those that left, the lower one of an even number. Stages count in their \
         order of now. `deals` are those that were created in the period, by the same days: an imported deal that came with its end stood in no open stage and counts \
         there only. The days to win and to loss are those from creation to end, in the middle, without deals of which only the end is known.",
        "The visits of stages that opportunities keep, and for `deals` the opportunities.",
        COUNTS,
    ),
    (
        "lead-conversion",
        "What became of the leads that came in, by month, source or whoever works on them.",
        "Leads that came in in the period, by the day in the companies' time zone (UTC when they have several), as they stand now. A lead is open, qualified, which made a \
         deal, or disqualified; of the qualified ones those are converted whose deal is won, and those lost whose deal is lost. So an old month can still rise. The \
         qualification rate is qualified leads out of all that came in, the conversion rate converted ones, by number.",
        "Leads and the opportunities that they became.",
        "No amounts. Shares have four decimals, half away from zero.",
    ),
    (
        "compliance",
        "What does not go as it should, by company, with the list in which each document stands.",
        "Documents as they stand now. Orders are incomplete while a hold for missing data stands on them, and drafts while they lack what the company's `document_rules.order_confirm` asks for; \
         they are stalled when they stand longer than the company lets them, \
         and late when a promised day has passed; so are deliveries that are not shipped. Drafts of invoices and payments count whatever they come to; payments of \
         customers are unallocated as long as any part of them settles nothing.",
        "Orders, deliveries, billables, invoices and payments.",
        NONE,
    ),
    (
        "activities",
        "How many activities each person has: overdue, due soon, later, done.",
        "Activities as they stand now by the tenant's clock. Overdue are open ones whose time has passed, due soon those of the next 24 hours; what is due later, or \
         has no time, counts as later. Cancelled ones do not count.",
        "Activities.",
        COUNTS_ONLY,
    ),
    (
        "forecast",
        "What open deals may bring, by the month in which they may be decided.",
        "Open deals by the month of their `expected_close_date`; those without one come last. The weighted value is the deal's value times its own probability: \
         that which its stage had when it came there, unless somebody set another; another probability of the stage is that of deals which come to it from then on. Weighted values are added exactly; each figure, of a row or of the total, is rounded once, \
         or once for each currency that is converted, so rows may differ from the total by their roundings.",
        "Opportunities.",
        DEALS,
    ),
];

/// The definition of a report; none for a name that is no report.
pub(super) fn definition(name: &str) -> Option<ReportDefinition> {
    let (name, meaning, counts, source, conversion) = DEFINITIONS.iter().find(|(known, ..)| *known == name)?;
    Some(ReportDefinition {
        object: "report_definition".to_owned(),
        name: (*name).to_owned(),
        meaning: (*meaning).to_owned(),
        counts: (*counts).to_owned(),
        source: (*source).to_owned(),
        conversion: (*conversion).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_a_definition_has_one() {
        let paths = causeway_openapi::rows().into_iter().filter_map(|row| row.path.strip_prefix("/v1/reports/")?.strip_suffix("/definition"));
        let names: Vec<&str> = paths.collect();
        assert!(names.len() >= DEFINITIONS.len(), "{names:?}");
        assert!(names.iter().all(|name| definition(name).is_some()), "{names:?}");
    }
}
