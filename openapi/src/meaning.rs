//! What the values of an enum mean, said in the published document: whoever chooses one reads what we read.

use crate::invoice::InvoiceGroup;
use causeway_value::{
    AutoAllocation, BillingPolicy, CashStrategy, CashUnit, DiscountBase, DiscountPosting, DiscountTaxMode, InstallmentConversion, PaymentDifference,
    RoundingMethod, SameDueDate, TaxEngine, TaxKind, TaxRounding, TaxStatus, TermOrder, WriteOffKind,
};
use serde::Serialize;
use serde_json::Value;
use strum::{EnumMessage, IntoEnumIterator};
use utoipa::ToSchema;

/// Adds to the enums that decide about money what each of their values does.
pub(crate) fn explain(document: &mut Value) {
    of_each::<AutoAllocation>(document);
    of_each::<BillingPolicy>(document);
    of_each::<CashStrategy>(document);
    of_each::<CashUnit>(document);
    of_each::<DiscountBase>(document);
    of_each::<DiscountPosting>(document);
    of_each::<DiscountTaxMode>(document);
    of_each::<InstallmentConversion>(document);
    of_each::<InvoiceGroup>(document);
    of_each::<PaymentDifference>(document);
    of_each::<RoundingMethod>(document);
    of_each::<SameDueDate>(document);
    of_each::<TaxEngine>(document);
    of_each::<TaxKind>(document);
    of_each::<TaxRounding>(document);
    of_each::<TaxStatus>(document);
    of_each::<TermOrder>(document);
    of_each::<WriteOffKind>(document);
}

fn of_each<T: ToSchema + Serialize + EnumMessage + IntoEnumIterator>(document: &mut Value) {
    let Some(Value::String(description)) = document.pointer_mut(&format!("/components/schemas/{}/description", T::name())) else { return };
    for value in T::iter() {
        if let (Ok(Value::String(word)), Some(meaning)) = (serde_json::to_value(&value), value.get_documentation()) {
            description.push_str(&format!("\n- `{word}`: {meaning}"));
        }
    }
}
