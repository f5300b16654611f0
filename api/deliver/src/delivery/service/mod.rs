//! The verbs of a delivery.

pub mod cancel;
pub mod create;
pub mod receipt;
pub mod returned;
pub mod reverse;
pub mod ship;
pub mod update;

use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::obligations;
use causeway_entity::deliver::{deliveries, delivery_lines};
use causeway_entity::master::addresses;
use causeway_kernel::{Ctx, Tx};
use causeway_value::{AddressId, DeliveryId, DeliveryLineId, OrderLineId, PartyId, Quantity};

/// The next version of a delivery.
fn changed(ctx: &Ctx, old: &deliveries::Model) -> deliveries::Model {
    deliveries::Model { version: old.version + 1, updated_at: ctx.now(), ..old.clone() }
}

/// Where goods go is an address of their customer.
async fn destination(tx: &mut Tx<'_>, id: Option<AddressId>, party: PartyId, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let found = tx.named::<addresses::Entity, _>(id, "/ship_to_id", errors).await?;
    if found.is_some_and(|address| address.party_id != party) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/ship_to_id", "is an address of another party; it must be one of the order's customer"));
    }
    Ok(())
}

/// The lines of a new delivery.
fn new_lines(tx: &Tx<'_>, delivery_id: DeliveryId, planned: &[(OrderLineId, Quantity)], obligations: &[obligations::Model]) -> Vec<delivery_lines::Model> {
    let sold = |line: OrderLineId| obligations.iter().find(move |obligation| obligation.id.uuid() == line.uuid());
    let known = planned.iter().filter_map(|(line, quantity)| sold(*line).map(|obligation| (obligation, *line, *quantity)));
    let row = |(position, (obligation, order_line_id, quantity)): (i64, (&obligations::Model, OrderLineId, Quantity))| delivery_lines::Model {
        tenant_id: tx.tenant(),
        id: DeliveryLineId::new(),
        delivery_id,
        position,
        order_line_id,
        product_id: obligation.product_id,
        description: obligation.description.clone(),
        unit: obligation.unit.clone(),
        quantity,
        returned_quantity: None,
        refunded_quantity: None,
    };
    (1..).zip(known).map(row).collect()
}

/// The delivery is not in a state that allows this verb.
fn conflict(delivery: &deliveries::Model, detail: &str) -> Problem {
    Problem::new(Code::StateConflict, format!("The delivery {} is {}. {detail}", delivery.number, delivery.status)).with("status", delivery.status.to_string())
}
