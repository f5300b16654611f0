//! Objects are found by their names where a field wants an id.

use super::*;
use crate::model::Deed;

fn deed(app: &App) -> &Deed {
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("a box is open") };
    deed
}

/// A new quote with the cursor on its customer.
fn quote() -> App {
    let mut app = tenant(Place::list("quotes"));
    app.update(0, Msg::Start);
    press(&mut app, "+");
    on(&mut app, "party_id");
    app
}

fn on(app: &mut App, path: &str) {
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a box is open") };
    deed.focus = deed.form.fields.iter().position(|field| field.path == path).unwrap();
}

fn value(app: &App, path: &str) -> String {
    deed(app).form.fields.iter().find(|field| field.path == path).unwrap().input.value().to_owned()
}

fn customers() -> Value {
    json!({"data": [{"id": "pty_1", "name": "Bäckerei Böhm", "number": "C-7", "active": true}, {"id": "pty_2", "name": "Böhm & Sons", "email": "ap@boehm.test"}], "next_cursor": null})
}

#[test]
fn what_is_typed_is_searched_for_after_a_pause_and_enter_takes_the_id() {
    let mut app = quote();
    let cmds = press(&mut app, "b ö");
    assert_eq!(cmds, [Cmd::After(500, Timer::Draft), Cmd::After(150, Timer::Look)], "one clock, whatever is typed meanwhile");
    let (tag, call) = calls(&app.update(1_150, Msg::Timer(Timer::Look))).remove(0);
    assert_eq!(call.line(), "GET /v1/parties?limit=8&q=b%C3%B6&active=true");
    assert!(!call.writes());
    reply(&mut app, tag, customers());
    let lookup = deed(&app).lookup.as_ref().unwrap();
    assert_eq!(
        lookup.hits.iter().map(|hit| (hit.name.as_str(), hit.about.as_str())).collect::<Vec<_>>(),
        [("Bäckerei Böhm", "C-7"), ("Böhm & Sons", "ap@boehm.test")]
    );
    let focus = deed(&app).focus;
    press(&mut app, "down enter");
    assert_eq!((value(&app, "party_id").as_str(), deed(&app).focus, deed(&app).lookup.is_none()), ("pty_2", focus, true));
    assert_eq!(app.name_of("pty_2"), "Böhm & Sons");
    press(&mut app, "enter");
    assert_eq!(deed(&app).focus, focus + 1, "once it is taken, enter goes on");
}

#[test]
fn an_id_may_be_typed_and_is_not_searched_for() {
    let mut app = quote();
    assert!(press(&mut app, "p t y _ 0 1").iter().filter(|cmd| matches!(cmd, Cmd::After(_, Timer::Look))).count() <= 1);
    assert!(calls(&app.update(2_000, Msg::Timer(Timer::Look))).is_empty());
    let focus = deed(&app).focus;
    press(&mut app, "enter");
    assert_eq!((value(&app, "party_id").as_str(), deed(&app).focus), ("pty_01", focus + 1));
    // Other fields are searched for nowhere.
    on(&mut app, "reference");
    assert!(press(&mut app, "b ö").is_empty());
}

#[test]
fn an_answer_that_comes_late_shows_nothing_and_nothing_is_taken_unseen() {
    let mut app = quote();
    write(&mut app, "bor");
    let old = app.calls.back().unwrap().tag.clone();
    press(&mut app, "e");
    // Not asked yet: enter asks, and takes nothing.
    let (new, call) = calls(&press(&mut app, "enter")).remove(0);
    assert_eq!(call.query.iter().find(|(name, _)| name == "q").map(|(_, words)| words.as_str()), Some("bore"));
    reply(&mut app, old, customers());
    press(&mut app, "enter");
    assert_eq!(value(&app, "party_id"), "bore");
    reply(&mut app, new, json!({"data": [], "next_cursor": null}));
    press(&mut app, "esc");
    assert!(app.popup.is_some() && deed(&app).lookup.is_none(), "esc closes what was found, not the box");
    press(&mut app, "x tab");
    assert!(deed(&app).lookup.is_none(), "whoever goes on looks for nothing here");
    assert!(calls(&app.update(9_000, Msg::Timer(Timer::Look))).is_empty());
}

#[test]
fn lists_that_nobody_can_search_are_looked_through_by_name_and_code() {
    let mut app = tenant(Place::list("products"));
    app.update(0, Msg::Start);
    press(&mut app, "+");
    on(&mut app, "tax_ids");
    let (tag, call) = calls(&press(&mut app, "ctrl-n")).remove(0);
    assert_eq!(call.line(), "GET /v1/taxes?limit=200", "an empty field shows what there is");
    let taxes = json!({"data": [{"id": "tax_1", "name": "VAT 19 %", "code": "DE19"}, {"id": "tax_2", "name": "VAT 7 %", "code": "DE7"}], "next_cursor": null});
    reply(&mut app, tag, taxes.clone());
    assert_eq!(deed(&app).lookup.as_ref().unwrap().hits.len(), 2);
    press(&mut app, "enter");
    write(&mut app, ", de7");
    let tag = app.calls.back().unwrap().tag.clone();
    reply(&mut app, tag, taxes);
    assert_eq!(deed(&app).lookup.as_ref().unwrap().hits.len(), 1);
    press(&mut app, "enter");
    assert_eq!(value(&app, "tax_ids"), "tax_1, tax_2");
    assert_eq!(names_of(&app, "tax_1, tax_2").as_deref(), Some("VAT 19 %, VAT 7 %"));
}

#[test]
fn products_of_lines_are_found_within_their_json() {
    let mut app = quote();
    on(&mut app, "lines");
    write(&mut app, "[{\"product_id\": \"cha");
    let tag = app.calls.back().unwrap().tag.clone();
    assert_eq!(app.calls.back().unwrap().call.line(), "GET /v1/products?limit=8&q=cha&active=true");
    reply(&mut app, tag, json!({"data": [{"id": "prd_1", "name": "Chai", "code": "CHAI", "active": true}], "next_cursor": null}));
    press(&mut app, "enter");
    write(&mut app, ", \"quantity\": \"2\"}]");
    assert_eq!(value(&app, "lines"), "[{\"product_id\": \"prd_1\", \"quantity\": \"2\"}]");
    assert!(deed(&app).lookup.is_none(), "a quantity names no object");
}

/// Contacts and addresses of a document are those of the customer that the form names, though contacts have a list, too.
#[test]
fn people_and_addresses_are_those_of_the_customer() {
    let borealis = json!({"id": "pty_1", "name": "Borealis SAS",
        "contacts": [{"id": "con_1", "name": "Amy Wong", "position": "Buyer", "email": "amy@b.test"}, {"id": "con_2", "name": "Bo Lund", "phone": "+46 1"}],
        "addresses": [{"id": "adr_1", "kind": "billing", "line1": "1 rue A", "postal_code": "75001", "city": "Paris", "country": "FR"},
            {"id": "adr_2", "kind": "shipping", "line1": "2 rue B", "city": "Lyon", "country": "FR"}]});
    let mut app = quote();
    on(&mut app, "contact_id");
    assert!(calls(&press(&mut app, "ctrl-n")).is_empty(), "whose they would be is not known");
    assert_eq!(deed(&app).lookup.as_ref().unwrap().wrong.as_deref(), Some("contacts belong to one of the parties: fill in party_id first"));
    press(&mut app, "esc");
    on(&mut app, "party_id");
    write(&mut app, "pty_1");
    on(&mut app, "contact_id");
    let (tag, call) = calls(&press(&mut app, "ctrl-n")).remove(0);
    assert_eq!(call.line(), "GET /v1/parties/pty_1");
    reply(&mut app, tag, borealis.clone());
    let hits = |app: &App| deed(app).lookup.as_ref().unwrap().hits.iter().map(|hit| format!("{}: {}", hit.name, hit.about)).collect::<Vec<_>>();
    assert_eq!(hits(&app), ["Amy Wong: Buyer  amy@b.test", "Bo Lund: +46 1"]);
    press(&mut app, "down enter");
    assert_eq!((value(&app, "contact_id").as_str(), app.name_of("con_2")), ("con_2", "Bo Lund"));
    // Typed: those that fit, by the town, too.
    on(&mut app, "ship_to_id");
    write(&mut app, "lyon");
    let tag = app.calls.back().unwrap().tag.clone();
    reply(&mut app, tag, borealis);
    assert_eq!(hits(&app), ["2 rue B: shipping  Lyon  FR"]);
    press(&mut app, "enter");
    assert_eq!(value(&app, "ship_to_id"), "adr_2");
}

#[test]
fn lines_and_holds_are_those_of_the_order_and_lines_are_found_by_its_number() {
    let mut app = orders();
    app.list_of(resource::named("orders").unwrap()).take(&[json!({"id": "ord_2", "number": "SO/2", "status": "confirmed"})], None, true, 0);
    app.begin("orders", "release");
    on(&mut app, "hold_id");
    let (tag, call) = calls(&press(&mut app, "ctrl-n")).remove(0);
    assert_eq!(call.line(), "GET /v1/orders/ord_2");
    reply(&mut app, tag, json!({"id": "ord_2", "holds": [{"id": "hld_1", "kind": "credit", "reason": "over its limit"}]}));
    press(&mut app, "enter");
    assert_eq!(value(&app, "hold_id"), "hld_1");
    let mut app = tenant(Place::list("billables"));
    app.update(0, Msg::Start);
    press(&mut app, "+");
    on(&mut app, "order_line_id");
    write(&mut app, "SO/2");
    assert_eq!(app.calls.back().unwrap().call.line(), "GET /v1/orders?limit=8&q=SO%2F2");
    let tag = app.calls.back().unwrap().tag.clone();
    let line = |id: &str, text: &str| json!({"id": id, "description": text, "quantity": "4", "unit": "piece"});
    reply(&mut app, tag, json!({"data": [{"id": "ord_2", "number": "SO/2", "lines": [line("oln_1", "Chair"), line("oln_2", "Chair")]}], "next_cursor": null}));
    let hits: Vec<_> = deed(&app).lookup.as_ref().unwrap().hits.iter().map(|hit| hit.about.clone()).collect();
    assert_eq!(hits, ["SO/2  line 1  4  piece", "SO/2  line 2  4  piece"]);
    press(&mut app, "down enter");
    assert_eq!(value(&app, "order_line_id"), "oln_2");
}

/// What may be of several kinds is found among customers, or where its first word says.
#[test]
fn what_an_activity_is_about_is_found_by_its_kind_and_name() {
    let mut app = tenant(Place::list("activities"));
    app.update(0, Msg::Start);
    press(&mut app, "+");
    on(&mut app, "subject_id");
    for (typed, asked) in
        [("bor", "GET /v1/parties?limit=8&q=bor&active=true"), ("order 12", "GET /v1/orders?limit=8&q=12"), ("quotes NW", "GET /v1/quotes?limit=8&q=NW")]
    {
        press(&mut app, "ctrl-u");
        write(&mut app, typed);
        assert_eq!(app.calls.back().unwrap().call.line(), asked);
    }
    let tag = app.calls.back().unwrap().tag.clone();
    reply(&mut app, tag, json!({"data": [{"id": "qot_1", "number": "QU/1"}], "next_cursor": null}));
    press(&mut app, "enter");
    assert_eq!(value(&app, "subject_id"), "qot_1");
    press(&mut app, "ctrl-u");
    write(&mut app, "ord_01m8pqqed2en3apcpqpdzsnkpr");
    assert!(deed(&app).lookup.is_none(), "an id is an id");
    // What one looks at is what one means.
    let mut app = orders();
    app.begin("activities", "new");
    assert_eq!(value(&app, "subject_id"), "ord_2");
}

/// Whatever wants an id says what it finds, but for what nobody sees a list of.
#[test]
fn every_field_for_an_id_finds_its_object_by_name() {
    let mut without = std::collections::BTreeSet::new();
    for operation in resource::all().iter().flat_map(|resource| &resource.operations).chain(resource::loose()) {
        for field in crate::form::Form::of_operation(operation, None).fields {
            let prefixes = field.refers.into_iter().chain(field.inner.iter().map(|(_, prefix)| *prefix));
            without.extend(prefixes.filter(|prefix| resource::of_prefix(prefix).is_none() && part_of(prefix).is_none()));
        }
    }
    // The story of a deal is opened from any of its documents.
    assert_eq!(without.into_iter().collect::<Vec<_>>(), ["flw"]);
}

#[test]
fn who_may_not_read_the_list_is_told_and_types_the_id() {
    let mut app = quote();
    write(&mut app, "bor");
    let tag = app.calls.back().unwrap().tag.clone();
    fail(&mut app, tag, refused(403, "permission_denied"));
    assert_eq!(deed(&app).lookup.as_ref().unwrap().wrong.as_deref(), Some("permission denied"));
    press(&mut app, "ctrl-u");
    write(&mut app, "pty_9");
    assert_eq!((value(&app, "party_id").as_str(), deed(&app).lookup.is_none()), ("pty_9", true));
}
