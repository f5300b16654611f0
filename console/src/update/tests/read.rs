//! What is done is read before, and what came of it afterwards.

use super::*;

fn list_of(name: &'static str, rows: Value) -> App {
    let mut app = tenant(Place::list(name));
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, rows);
    app
}

#[test]
fn nothing_is_done_while_nothing_can_be_read() {
    let mut app = list_of("billables", json!([{"id": "bil_1", "status": "held", "hold": {"reason": "x"}}]));
    app.update(1_000, Msg::Resize(50, 10));
    assert!(writes(&press(&mut app, "x")).is_empty(), "what is released at once is not released unseen");
    press(&mut app, ":");
    assert!(app.popup.is_none());
    assert!(press(&mut app, "q").contains(&Cmd::Quit) || app.warned.is_some());
    app.update(1_000, Msg::Resize(80, 24));
    assert_eq!(writes(&press(&mut app, "x")), ["POST /v1/billables/bil_1/release"]);
}

#[test]
fn what_is_part_paid_is_open_money_too() {
    for (label, filter) in
        [("Invoices, open", "payment_state[in]:open,part_paid"), ("Payments, unallocated", "allocation_state[in]:unallocated,part_allocated")]
    {
        let gauge = crate::model::GAUGES.iter().find(|gauge| gauge.label == label).unwrap();
        assert_eq!(gauge.place(), Place::List { resource: gauge.resource, filter: filter.to_owned() });
        let counted = lines_of_gauge(gauge);
        assert!(counted.contains("%5Bin%5D=") || counted.contains("[in]="), "{counted}");
    }
}

fn lines_of_gauge(gauge: &crate::model::Gauge) -> String {
    gauge_call(gauge, resource::named(gauge.resource).unwrap(), 0).line()
}

#[test]
fn what_was_made_is_named_and_opened_with_one_key() {
    let mut app = list_of("orders", json!([{"id": "ord_1", "number": "SO/1", "status": "confirmed"}]));
    app.begin("deliveries", "new");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a form") };
    deed.form.set("order_id", "ord_1").unwrap();
    app.run();
    let (tag, _) = calls(&std::mem::take(&mut app.out)).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).unwrap();
    reply(&mut app, tag, json!({"id": "dlv_1", "object": "delivery", "number": "DN/7", "status": "ready", "order_id": "ord_1"}));
    assert!(app.notes.back().unwrap().1.contains("1 done. Made delivery DN/7: o opens it."), "{:?}", app.notes);
    // All that was left is planned.
    assert!(app.next_first().is_none());
    press(&mut app, "c");
    assert!(app.popup.is_none(), "nothing more is delivered");
    let cancelled =
        json!({"id": "evt_1", "type": "delivery.cancelled", "data": {"id": "dlv_1", "object": "delivery", "order_id": "ord_1", "status": "cancelled"}});
    app.update(2_000, Msg::Heard(Box::new(cancelled)));
    assert!(app.next_first().is_some());
    press(&mut app, "o");
    assert_eq!(*app.place(), Place::Object { resource: "deliveries", id: "dlv_1".to_owned() });
}

#[test]
fn a_document_that_is_no_draft_says_that_it_is_not_edited() {
    for (name, id, status) in [("orders", "ord_1", "fulfilled"), ("quotes", "qot_1", "sent"), ("invoices", "inv_1", "posted")] {
        let mut app = list_of(name, json!([{"id": id, "status": status}]));
        press(&mut app, "e");
        assert!(app.popup.is_none() && app.notes.back().unwrap().1.contains("only when draft"), "{name}: {:?}", app.notes);
    }
}

#[test]
fn at_80_columns_a_credit_note_is_told_from_an_invoice() {
    let note = json!({"id": "inv_1", "number": "CN/1", "kind": "credit_note", "status": "posted", "payment_state": "open", "total_amount": "-5.00", "currency": "EUR"});
    let mut app = list_of("invoices", json!([note, {"id": "inv_2", "number": "INV/1", "kind": "invoice", "status": "draft"}]));
    app.size = (80, 24);
    let shown = deeds::screen(&app);
    let line = |text: &str| shown.iter().find(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}: {shown:#?}")).clone();
    assert!(line("CN/1").contains(" CN ") && line("INV/1").contains(" INV "), "{shown:#?}");
    app.begin("invoices", "new");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a form") };
    deed.generation = 9;
    reply(&mut app, Tag::DryRun { id: String::new(), generation: 9 }, json!({"id": "inv_9", "object": "invoice", "kind": "credit_note", "status": "draft"}));
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("a form") };
    assert!(deed.preview[""].as_ref().unwrap()[0].starts_with("makes credit note"), "{:?}", deed.preview);
}

/// A console that works with a key, at the list of keys.
fn keyed() -> App {
    let mut app = list_of("api-keys", json!([{"id": "key_1", "name": "erp"}, {"id": "key_2", "name": "other"}]));
    reply(&mut app, Tag::Me, json!({"tenant": {"slug": "acme"}, "actor": {"kind": "api_key", "id": "key_1", "name": "erp"}, "permissions": ["*"]}));
    app
}

#[test]
fn the_new_secret_of_the_own_key_is_gone_on_with() {
    let mut app = keyed();
    press(&mut app, "r");
    assert!(deeds::screen(&app).join("\n").contains("This is the key of this console"));
    let (tag, _) = calls(&press(&mut app, "ctrl-s enter")).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).unwrap();
    reply(&mut app, tag, json!({"id": "key_1", "object": "api_key", "name": "erp", "secret": "cw_test_new"}));
    assert!(deeds::screen(&app).join("\n").contains("g goes on with the new secret"));
    // The old one is refused before one has read that.
    fail(&mut app, Tag::Ping, refused(401, "unauthenticated"));
    assert!(!deeds::screen(&app)[0].contains("live"), "{}", deeds::screen(&app)[0]);
    let cmds = press(&mut app, "g");
    assert!(cmds.contains(&Cmd::Credential("cw_test_new".to_owned())) && app.queue.is_empty() && app.scope.credential);
    assert!(!format!("{:?}{:?}", app.notes, app.scope).contains("cw_test_new"));
    // Another key is another matter.
    let mut app = keyed();
    press(&mut app, "j r");
    assert!(!deeds::screen(&app).join("\n").contains("This is the key of this console"));
}

#[test]
fn whoever_revokes_the_own_key_signs_in() {
    let mut app = keyed();
    app.begin("api-keys", "revoke");
    write(&mut app, "REVOKE");
    let (tag, _) = calls(&press(&mut app, "enter enter")).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).unwrap();
    reply(&mut app, tag, json!({"id": "key_1", "object": "api_key", "name": "erp", "revoked_at": "2026-11-24T14:30:00Z"}));
    assert!(matches!(&app.popup, Some(Popup::Login(login)) if login.wrong.as_ref().is_some_and(|wrong| wrong.contains("was revoked"))));
    assert!(deeds::screen(&app)[0].contains("not signed in"), "{}", deeds::screen(&app)[0]);
}
