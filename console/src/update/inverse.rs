//! The way back: the call that takes a change back, where the API has one.

use crate::call::Call;
use crate::columns::plain;
use crate::model::Deed;
use crate::resource::{self, Aim};
use causeway_value::{Day, parse_scaled};
use serde_json::{Value, json};

/// The decimals that amounts are compared by: more than any currency has.
const DECIMALS: u32 = 6;

/// The call that takes a change back, where the API has one.
pub(super) fn inverse(deed: &Deed, id: &str, after: &Value) -> Option<Call> {
    if deed.operation.aim == Aim::Edit {
        let before = deed.before.get(id)?;
        let sent = deed.form.body(true).ok()?;
        let rows =
            |name: &str| deed.form.fields.iter().find(|field| field.path == name && field.rows.is_some()).map(|field| serde_json::from_str(&field.before));
        // Rows go back as a request takes them.
        let was = |name: &str| rows(name).and_then(Result::ok).or_else(|| before.get(name).cloned()).unwrap_or(Value::Null);
        let fields = sent.as_object()?.keys().map(|name| (name.clone(), was(name)));
        let mut call = Call::of(&deed.operation.row, &[id]).body(Value::Object(fields.collect()));
        call.if_match = after.get("version").and_then(Value::as_i64);
        return Some(call);
    }
    let inverse = resource::row(deed.operation.hint.inverse?)?;
    let call = Call::of(&inverse, &[id]);
    let before = deed.before.get(id);
    let old = |pointer: &str| before.and_then(|before| before.pointer(pointer)).filter(|value| !value.is_null()).cloned();
    let items = |value: Option<&Value>, name: &str| value.and_then(|value| value.get(name)).and_then(Value::as_array).cloned().unwrap_or_default();
    // What of one list is not in the other.
    let beyond = |list: Vec<Value>, other: &[Value]| -> Vec<Value> {
        list.into_iter().filter(|item| !other.iter().any(|known| known.get("id") == item.get("id"))).collect()
    };
    match inverse.id {
        "UnallocatePayment" => {
            let new = beyond(items(Some(after), "allocations"), &items(before, "allocations"));
            let ids: Vec<Value> = new.iter().filter_map(|allocation| allocation.get("id").cloned()).collect();
            (!ids.is_empty()).then(|| call.body(json!({ "allocation_ids": ids })))
        }
        "AllocatePayment" => {
            let gone = beyond(items(before, "allocations"), &items(Some(after), "allocations"));
            let again: Vec<Value> = gone
                .iter()
                .filter_map(|allocation| Some(json!({ "invoice_id": allocation.get("invoice_id")?, "amount": allocation.get("amount")? })))
                .collect();
            (!again.is_empty()).then(|| call.body(json!({ "allocations": again })))
        }
        "AssignLead" | "AssignOpportunity" | "AssignQuote" | "AssignOrder" => Some(call.body(json!({ "owner_id": old("/owner_id")? }))),
        "AdvanceOpportunity" => Some(call.body(json!({ "stage_id": old("/stage/id").or_else(|| old("/stage_id"))? }))),
        "SettleDispute" => Some(call.body(json!({ "resolution": "Taken back." }))),
        "DisputeInvoice" => Some(call.body(json!({ "reason": old("/dispute")? }))),
        // Days that were locked before stay so.
        "ReopenFiscalYear" => {
            let Some(locked) = old("/locked_through") else { return Some(call.body(json!({ "reason": "Taken back." }))) };
            let from = locked.as_str()?.parse::<Day>().ok()?.plus_days(1);
            Some(call.body(json!({ "reason": "Taken back.", "from": from.to_string() })))
        }
        "LockFiscalYear" => Some(call.body(json!({ "reason": "Taken back.", "through": old("/locked_through")? }))),
        "ReleaseOrder" => {
            // The hold that is taken off is the one that was placed, whatever others there are.
            let new = beyond(items(Some(after), "holds"), &items(before, "holds")).first()?.get("id")?.clone();
            Some(call.body(json!({ "reason": "Taken back.", "hold_id": new })))
        }
        "PromiseOrder" => {
            let lines = items(before, "lines");
            let was = |line: &Value| lines.iter().find(|known| known.get("id") == line.get("id"))?.get("promised_date").cloned();
            let moved = items(Some(after), "lines")
                .into_iter()
                .filter_map(|line| Some((was(&line)?, line)))
                .filter(|(was, line)| Some(was) != line.get("promised_date"));
            let again: Vec<Value> =
                moved.map(|(was, line)| Some(json!({ "order_line_id": line.get("id")?, "promised_date": was.as_str()? }))).collect::<Option<_>>()?;
            // A day can be another one, but not none again.
            (!again.is_empty()).then(|| call.body(json!({ "lines": again })))
        }
        "SetInvoiceTaxes" => {
            // That an engine is waited for cannot be said again.
            before.filter(|before| before.get("tax_reference").is_some_and(Value::is_string))?;
            let lines: Vec<Value> = items(before, "lines").iter().map(handed_over).collect::<Option<_>>()?;
            let reference = format!("taken back, version {}", plain(after.get("version")?));
            Some(call.body(json!({ "currency": old("/currency")?, "tax_amount": old("/tax_amount")?, "reference": reference, "lines": lines })))
        }
        "HoldBillable" => Some(call.body(json!({ "reason": old("/hold/reason")? }))),
        _ => Some(call),
    }
}

/// The taxes of a line of an invoice, as an engine would hand them over once more.
fn handed_over(line: &Value) -> Option<Value> {
    let detail = |tax: &Value| {
        let details = line.get("tax_details").and_then(Value::as_array);
        details.into_iter().flatten().find(|detail| detail.get("tax_id") == tax.get("tax_id")).cloned().unwrap_or_default()
    };
    let tax = |tax: &Value| {
        let mut fields = json!({ "tax_id": tax.get("tax_id")?, "base": tax.get("base")?, "amount": tax.get("amount")? });
        for name in ["jurisdiction", "rate"] {
            if let Some(said) = detail(tax).get(name).filter(|said| !said.is_null()) {
                fields.as_object_mut()?.insert(name.to_owned(), said.clone());
            }
        }
        Some(fields)
    };
    let taxes: Vec<Value> = line.get("taxes")?.as_array()?.iter().map(tax).collect::<Option<_>>()?;
    Some(json!({ "line_id": line.get("id")?, "net_amount": line.get("net_amount")?, "taxes": taxes }))
}

/// The call that settles again what allocations of a credit note settled: those that were taken back (`sent`), of all that there were before.
pub(super) fn settle_again(note: &str, sent: &Value, before: &[Value]) -> Option<Call> {
    let row = resource::row("AllocateCreditNote")?;
    let ids = sent.get("allocation_ids")?.as_array()?;
    let taken = before.iter().filter(|known| known.get("id").is_some_and(|id| ids.contains(id)));
    let again: Vec<Value> =
        taken.map(|known| Some(json!({ "invoice_id": known.get("invoice_id")?, "amount": known.get("settled_amount")? }))).collect::<Option<_>>()?;
    // What one installment gives back goes together with more than was named: what is not known of is not settled again.
    (!again.is_empty() && again.len() == ids.len()).then(|| Call::of(&row, &[note]).body(json!({ "allocations": again })))
}

/// The allocations that a change made: of those that were not there before, those of its instant, and of these what it asked for. A colleague's may be of the
/// same instant, where a sandbox's clock stands: then amounts tell them apart, and where they do not, nothing is said to be the change's.
pub(super) fn settled_by(sent: &Value, after: &Value, new: &[&Value]) -> Option<Vec<Value>> {
    let at = after.get("updated_at");
    let of_then: Vec<&&Value> = new.iter().filter(|row| row.get("created_at") == at).collect();
    let mut made = Vec::new();
    for asked in sent.get("allocations")?.as_array()? {
        let rows: Vec<&Value> = of_then.iter().filter(|row| row.get("invoice_id") == asked.get("invoice_id")).map(|row| **row).collect();
        let amount = |value: &Value, name: &str| parse_scaled(value.get(name)?.as_str()?, DECIMALS).ok();
        let wanted = amount(asked, "amount")?;
        let all = rows.iter().try_fold(0_i64, |sum, row| sum.checked_add(amount(row, "settled_amount")?))?;
        // In another currency the amounts are others.
        let foreign = rows.iter().any(|row| row.get("currency") != after.get("currency"));
        let alone = || rows.iter().find(|row| amount(row, "settled_amount") == Some(wanted));
        let own = if foreign || all == wanted { rows.clone() } else { vec![*alone()?] };
        made.extend(own.iter().filter_map(|row| row.get("id").cloned()));
    }
    (!made.is_empty()).then_some(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_made_what_it_asked_for_at_its_instant() {
        let row = |id: &str, invoice: &str, amount: &str, at: &str| json!({"id": id, "invoice_id": invoice, "settled_amount": amount, "currency": "EUR", "created_at": at});
        let after = json!({"updated_at": "2", "currency": "EUR"});
        let asked = |amount: &str| json!({"allocations": [{"invoice_id": "inv_1", "amount": amount}]});
        let made = |rows: &[Value], amount: &str| settled_by(&asked(amount), &after, &rows.iter().collect::<Vec<_>>());
        let own = [row("alc_1", "inv_1", "3.00", "2"), row("alc_2", "inv_1", "2.00", "2")];
        assert_eq!(made(&own, "5.00"), Some(vec![json!("alc_1"), json!("alc_2")]), "two installments");
        let with = |other: Value| own.iter().cloned().chain([other]).collect::<Vec<_>>();
        assert_eq!(made(&with(row("alc_3", "inv_1", "7.00", "1")), "5.00"), Some(vec![json!("alc_1"), json!("alc_2")]), "another instant");
        assert_eq!(made(&with(row("alc_3", "inv_2", "7.00", "2")), "5.00"), Some(vec![json!("alc_1"), json!("alc_2")]), "another invoice");
        assert_eq!(made(&with(row("alc_3", "inv_1", "7.00", "2")), "7.00"), Some(vec![json!("alc_3")]), "the amount tells");
        assert_eq!(made(&with(row("alc_3", "inv_1", "7.00", "2")), "5.00"), None, "nothing tells");
    }

    #[test]
    fn what_was_taken_back_is_settled_again_when_all_of_it_is_known() {
        let before =
            [json!({"id": "alc_1", "invoice_id": "inv_1", "settled_amount": "5.00"}), json!({"id": "alc_2", "invoice_id": "inv_2", "settled_amount": "1.00"})];
        let call = settle_again("inv_9", &json!({"allocation_ids": ["alc_1"]}), &before).unwrap();
        assert_eq!(
            (call.line().as_str(), call.body),
            ("POST /v1/invoices/inv_9/allocate", Some(json!({"allocations": [{"invoice_id": "inv_1", "amount": "5.00"}]})))
        );
        assert_eq!(settle_again("inv_9", &json!({"allocation_ids": ["alc_1", "alc_3"]}), &before), None);
    }
}
