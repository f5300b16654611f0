//! Whom a deal is with at its customer, and where its goods go: from the quote to the order, the delivery and the backorder (QTE-01, ORD-01, STK-07).

use crate::paper::words;
use causeway_contract::{Code, Patch};
use causeway_openapi::delivery::{CreateDelivery, op as delivery};
use causeway_openapi::object::ExternalRef;
use causeway_openapi::order::{CreateOrder, OrderConflict, UpdateOrder, op as order};
use causeway_openapi::party::{AddressInput, CreateParty, MergeParty, Party, PartyContact, op as party};
use causeway_openapi::quote::{CreateQuote, UpdateQuote, op as quote};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty, order_body, quote_body};
use causeway_tests::shop::{self, party_body};
use causeway_tests::world::World;
use causeway_tests::{pointers, verified};
use causeway_value::{AddressId, AddressKind};

/// A customer with a depot besides the address for bills.
async fn customer(caller: &Caller, name: &str) -> Party {
    let mut body = party_body(name);
    let bills = body.addresses.first().expect("an address").clone();
    let depot = |city: &str| AddressInput { kind: AddressKind::Shipping, line1: "Quai 7".to_owned(), city: city.to_owned(), ..bills.clone() };
    body = CreateParty { addresses: vec![bills.clone(), depot("Brest"), depot("Nantes")], ..body };
    caller.post::<party::CreateParty>((), &body).await
}

fn in_city(party: &Party, city: &str) -> AddressId {
    party.addresses.iter().find(|address| address.city == city).expect("an address").id
}

fn person(party: &Party) -> &PartyContact {
    party.contacts.first().expect("a contact")
}

#[tokio::test]
async fn goods_go_where_the_quote_said() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (fjord, other) = (customer(&tenant, "Fjord").await, customer(&tenant, "Other").await);
    let (nantes, amy) = (in_city(&fjord, "Nantes"), person(&fjord));
    let body = CreateQuote { party_id: Some(fjord.id), contact_id: Some(amy.id), ship_to_id: Some(nantes), ..quote_body(&shop, vec![forty(&shop)]) };
    // Both are the customer's own.
    let foreign = CreateQuote { contact_id: Some(person(&other).id), ship_to_id: Some(in_city(&other, "Brest")), ..body.clone() };
    let problem = tenant.refused::<quote::CreateQuote>((), &foreign).await;
    assert_eq!((problem.status, pointers(&problem)), (422, vec!["/contact_id", "/ship_to_id"]));
    let unknown = CreateQuote { ship_to_id: Some(AddressId::new()), ..body.clone() };
    assert_eq!(tenant.refused::<quote::CreateQuote>((), &unknown).await.code, Code::NotFound);

    let made = tenant.post::<quote::CreateQuote>((), &body).await;
    assert_eq!((made.contact_id, made.ship_to_id), (Some(amy.id), Some(nantes)));
    if let Some(words) = words(&tenant.get::<quote::PrintQuote>(made.id).await) {
        assert!(words.contains("Nantes") && words.contains(&amy.name), "{words}");
    }
    // Another customer takes both along; a draft may say otherwise.
    let lines = Patch::Value(body.lines.clone());
    let moved = UpdateQuote { party_id: Patch::Value(other.id), lines: lines.clone(), ..UpdateQuote::default() };
    let moved = tenant.post::<quote::UpdateQuote>(made.id, &moved).await;
    assert_eq!((moved.contact_id, moved.ship_to_id), (None, None));
    let back =
        UpdateQuote { party_id: Patch::Value(fjord.id), contact_id: Patch::Value(amy.id), ship_to_id: Patch::Value(nantes), lines, ..UpdateQuote::default() };
    let back = tenant.post::<quote::UpdateQuote>(made.id, &back).await;
    assert_eq!((back.contact_id, back.ship_to_id), (Some(amy.id), Some(nantes)));
    tenant.act::<quote::SubmitQuote>(made.id).await;
    let revised = tenant.act::<quote::ReviseQuote>(made.id).await;
    assert_eq!((revised.contact_id, revised.ship_to_id), (Some(amy.id), Some(nantes)));
    tenant.act::<quote::SubmitQuote>(revised.id).await;
    let accepted = deal::accept(&tenant, revised.id).await.order;
    assert_eq!((accepted.contact_id, accepted.ship_to_id), (Some(amy.id), Some(nantes)));
    let confirmed = tenant.act::<order::ConfirmOrder>(accepted.id).await;

    // A delivery that says nothing goes there, and so does what is left of it; one that says something goes elsewhere with all that follows it.
    let some = deal::delivery(&tenant, &confirmed, "10").await;
    assert_eq!(some.ship_to_id, Some(nantes));
    let shipped = tenant.post::<delivery::ShipDelivery>(some.id, &Default::default()).await;
    let rest = shipped.backorder_id.expect("a backorder");
    assert_eq!(tenant.get::<delivery::GetDelivery>(rest).await.ship_to_id, Some(nantes));
    if let Some(words) = words(&tenant.get::<order::PrintOrder>(confirmed.id).await) {
        assert!(words.contains("Nantes"), "{words}");
    }
    // A merge takes the people and addresses along.
    tenant.post::<party::MergeParty>(fjord.id, &MergeParty { into: other.id }).await;
    let after = tenant.get::<order::GetOrder>(confirmed.id).await;
    let remaining = tenant.get::<party::GetParty>(other.id).await;
    assert!(after.party_id == other.id && remaining.addresses.iter().any(|address| Some(address.id) == after.ship_to_id));
    verified(&tenant).await;
}

#[tokio::test]
async fn an_order_says_so_itself_and_a_delivery_may_say_otherwise() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let fjord = customer(&tenant, "Fjord").await;
    let (nantes, brest) = (in_city(&fjord, "Nantes"), in_city(&fjord, "Brest"));
    let refs = vec![ExternalRef { system: "shop".to_owned(), id: "4711".to_owned() }];
    let body = CreateOrder {
        party_id: Some(fjord.id),
        ship_to_id: Some(nantes),
        external_refs: refs,
        on_conflict: Some(OrderConflict::Update),
        ..order_body(&shop, vec![forty(&shop)])
    };
    let made = tenant.post::<order::CreateOrder>((), &body).await;
    assert_eq!((made.ship_to_id, made.contact_id), (Some(nantes), None));
    let change = UpdateOrder { contact_id: Patch::Value(person(&fjord).id), ..UpdateOrder::default() };
    assert_eq!(tenant.post::<order::UpdateOrder>(made.id, &change).await.contact_id, Some(person(&fjord).id));
    // Handed over again with another address: the draft follows.
    let again = CreateOrder { ship_to_id: Some(brest), ..body.clone() };
    let again = tenant.post::<order::CreateOrder>((), &again).await;
    assert_eq!((again.id, again.ship_to_id, again.contact_id), (made.id, Some(brest), Some(person(&fjord).id)));
    let confirmed = tenant.act::<order::ConfirmOrder>(made.id).await;
    // A confirmed order stays with what was confirmed; its deliveries may go elsewhere.
    let late = tenant.refused::<order::CreateOrder>((), &body).await;
    assert_eq!((late.code, pointers(&late)), (Code::ExternalRefExists, vec!["/ship_to_id"]));
    let elsewhere = CreateDelivery { order_id: confirmed.id, ship_to_id: Some(nantes), ..CreateDelivery::default() };
    assert_eq!(tenant.post::<delivery::CreateDelivery>((), &elsewhere).await.ship_to_id, Some(nantes));
    verified(&tenant).await;
}
