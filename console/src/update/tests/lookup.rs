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
    assert_eq!(cmds, [Cmd::After(150, Timer::Look)], "one clock, whatever is typed meanwhile");
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
    assert!(press(&mut app, "p t y _ 0 1").iter().filter(|cmd| matches!(cmd, Cmd::After(..))).count() <= 1);
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
