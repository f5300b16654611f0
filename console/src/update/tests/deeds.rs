//! The box of what is about to be done: what it always says, what it says first, and what takes back what was done.

use super::*;
use crate::resource::Operation;
use causeway_contract::Shape;

fn screen(app: &App) -> Vec<String> {
    let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, app.size.0, app.size.1));
    crate::view::draw(app, &mut buf);
    buf.content.chunks(usize::from(app.size.0)).map(|line| line.iter().map(ratatui::buffer::Cell::symbol).collect()).collect()
}

fn row_of(screen: &[String], text: &str) -> usize {
    screen.iter().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}: {screen:#?}"))
}

/// Ten marked drafts at 80x24, and what their dry runs say: the last is refused.
fn ten() -> App {
    let mut app = tenant(Place::list("orders"));
    app.size = (80, 24);
    let cmds = app.update(0, Msg::Start);
    let rows: Vec<Value> = (0..10)
        .map(|at| json!({"id": format!("ord_{at}"), "number": format!("SO/{at}"), "status": "draft", "total_amount": "12.00", "currency": "EUR"}))
        .collect();
    page(&mut app, &cmds, json!(rows));
    press(&mut app, "ctrl-a");
    for (tag, call) in calls(&press(&mut app, "c")) {
        let id = call.segments[0].clone();
        if id == "ord_9" {
            fail(&mut app, tag, refused(409, "credit_limit"));
        } else {
            reply(&mut app, tag, json!({"id": id, "status": "confirmed", "total_amount": "12.00", "currency": "EUR"}));
        }
    }
    app
}

#[test]
fn a_low_box_tells_the_count_and_what_is_refused_first_and_scrolls_to_the_rest() {
    let mut app = ten();
    let shown = screen(&app);
    let (tally, refused, first) =
        (row_of(&shown, "Dry run: 9 ok, 1 refused."), row_of(&shown, "SO/9: refused: credit limit"), row_of(&shown, "SO/0: 12.00 EUR; status"));
    assert!(tally < refused && refused < first, "{shown:#?}");
    assert!(row_of(&shown, "[ confirm ]") > first && shown[22].contains("orders"), "what is said is read below the box: {shown:#?}");
    assert!(shown.iter().any(|line| line.contains("pgdn 1-")), "{shown:#?}");
    press(&mut app, "pgdn pgdn pgdn");
    let shown = screen(&app);
    assert!(
        row_of(&shown, "Dry run: 9 ok, 1 refused.") < row_of(&shown, "[ confirm ]") && !shown.iter().any(|line| line.contains("SO/9: refused")),
        "{shown:#?}"
    );
    press(&mut app, "pgup pgup pgup");
    row_of(&screen(&app), "SO/9: refused");
}

#[test]
fn after_a_run_the_box_says_what_was_done_and_no_longer_what_would_be() {
    let mut app = ten();
    let sent = calls(&press(&mut app, "enter"));
    assert_eq!(sent.len(), 10);
    for (at, (tag, call)) in sent.into_iter().enumerate() {
        let id = call.segments[0].clone();
        if id == "ord_9" {
            fail(&mut app, tag, refused(409, "credit_limit"));
        } else {
            reply(&mut app, tag, json!({"id": id, "number": id, "status": "confirmed"}));
        }
        if at == 4 {
            row_of(&screen(&app), "5 done, 0 refused, 5 to go.");
        }
    }
    let shown = screen(&app);
    assert!(row_of(&shown, "9 done, 1 refused; the refused stay marked") < row_of(&shown, "SO/9: refused: credit limit"), "{shown:#?}");
    assert!(!shown.iter().any(|line| line.contains("Nothing is written yet")), "{shown:#?}");
    assert_eq!(app.list().unwrap().targets(), ["ord_9"]);
    // Asked anew it is about those that are left.
    let (tag, _) = calls(&press(&mut app, "ctrl-r")).remove(0);
    reply(&mut app, tag, json!({"id": "ord_9", "status": "confirmed"}));
    row_of(&screen(&app), "Dry run: 1 ok, 0 refused.");
}

#[test]
fn who_approves_reads_what_is_to_be_approved_beside_what_changes() {
    let mut app = tenant(Place::list("quotes"));
    let cmds = app.update(0, Msg::Start);
    let quote = json!({"id": "qot_1", "number": "QUO/1", "status": "in_approval", "total_amount": "771.12", "currency": "EUR", "margin_percent": "3.0",
        "approval_reasons": [{"because": "discount 22 % over 15 %"}]});
    page(&mut app, &cmds, json!([quote]));
    let mut approved = quote.clone();
    approved["status"] = json!("approved");
    for (tag, _) in calls(&press(&mut app, "a")) {
        reply(&mut app, tag, approved.clone());
    }
    let text = screen(&app).join("\n");
    for part in ["771.12 EUR", "margin 3.0 %", "discount 22 % over 15 %", "status in_approval -> approved"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_hold_is_taken_back_with_a_reason_and_by_its_own_id() {
    let mut app = tenant(Place::list("orders"));
    let cmds = app.update(0, Msg::Start);
    let old = json!({"id": "hld_1", "kind": "credit"});
    page(&mut app, &cmds, json!([{"id": "ord_1", "number": "SO/1", "status": "draft", "holds": [old]}]));
    press(&mut app, "b");
    write(&mut app, "waits for a call");
    let (tag, _) = calls(&press(&mut app, "ctrl-s enter")).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).expect("it is sent");
    reply(&mut app, tag, json!({"id": "ord_1", "number": "SO/1", "status": "draft", "holds": [old, {"id": "hld_2", "kind": "manual"}]}));
    let (_, call) = calls(&press(&mut app, "u")).remove(0);
    assert_eq!((call.line().as_str(), call.body), ("POST /v1/orders/ord_1/release", Some(json!({"reason": "Taken back.", "hold_id": "hld_2"}))));
}

/// What takes a change back is sent with everything that the service wants of it.
#[test]
fn every_way_back_fills_in_what_is_required() {
    let required = |operation: &Operation| match (operation.row.body)() {
        Some(Shape::Object { fields, .. }) => fields.into_iter().filter(|(_, field)| field.required).map(|(name, _)| name.to_string()).collect(),
        _ => Vec::new(),
    };
    for resource in resource::all() {
        for operation in resource.operations.iter().filter(|operation| operation.hint.inverse.is_some()) {
            let mut app = if resource.platform { platform() } else { tenant(Place::list(resource.name)) };
            app.way.push(crate::model::Spot::new(Place::list(resource.name)));
            let cmds = app.update(0, Msg::Start);
            let state = operation.hint.from.first().copied().unwrap_or_default();
            let id = format!("{}_1", resource.prefix.unwrap_or_default());
            page(&mut app, &cmds, json!([{"id": id, "status": state, "hold": {"reason": "why"}, "suspended_reason": "why", "holds": [], "allocations": []}]));
            app.begin(resource.name, operation.word);
            if let Some(Popup::Deed(deed)) = &mut app.popup {
                for field in &mut deed.form.fields {
                    let text = if field.takes == crate::form::Takes::Json { "[]" } else { "x" };
                    if field.required {
                        field.input = tui_input::Input::new(text.to_owned());
                    }
                }
                app.run();
            }
            let cmds: Vec<Cmd> = std::mem::take(&mut app.out);
            let (tag, _) =
                calls(&cmds).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).unwrap_or_else(|| panic!("{} {}", resource.name, operation.word));
            reply(&mut app, tag, json!({"id": id, "status": "other", "holds": [{"id": "hld_1"}], "allocations": [{"id": "alc_1"}], "hold": {"reason": "why"}}));
            let call = app.undos.last().map(|undo| undo.call.clone()).unwrap_or_else(|| panic!("{} {} cannot be taken back", resource.name, operation.word));
            let inverse = resource.operations.iter().find(|other| Some(other.row.id) == operation.hint.inverse).expect("it is a verb of the same");
            let body = call.body.unwrap_or_default();
            let missing: Vec<String> = required(inverse).into_iter().filter(|name| body.get(name).is_none_or(Value::is_null)).collect();
            assert!(missing.is_empty(), "{} without {missing:?}", inverse.row.id);
        }
    }
}

#[test]
fn offline_a_tall_form_on_a_low_terminal_says_why_nothing_is_sent() {
    let mut app = tenant(Place::list("orders"));
    app.size = (80, 24);
    app.update(0, Msg::Start);
    app.begin("orders", "new");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("the form is open") };
    deed.focus = deed.places() - 1;
    fail(&mut app, Tag::Ping, Failure::Offline("cannot connect".to_owned()));
    press(&mut app, "enter");
    let shown = screen(&app);
    assert!(row_of(&shown, "Offline: nothing is sent.") < row_of(&shown, "[ new ]"), "{shown:#?}");
}

#[test]
fn lists_of_which_no_event_tells_are_looked_at_again() {
    for (name, id) in [("jobs", "job_1"), ("audit-entries", "aud_1"), ("security-events", "sec_1")] {
        let mut app = tenant(Place::list(name));
        let cmds = app.update(0, Msg::Start);
        page(&mut app, &cmds, json!([{"id": id, "status": "queued"}]));
        reply(&mut app, Tag::Tail, json!({"data": [{"id": "aud_0a"}]}));
        assert!(app.streaming);
        assert!(lines(&app.update(3_000, Msg::Timer(Timer::Poll))).is_empty());
        let asked = calls(&app.update(12_000, Msg::Timer(Timer::Poll)));
        let (tag, call) = asked.iter().find(|(tag, _)| matches!(tag, Tag::Newest(_))).unwrap_or_else(|| panic!("{name}: {asked:?}")).clone();
        assert_eq!(call.line(), format!("GET /v1/{name}?limit=100"));
        app.dirty = false;
        let latency = app.latency;
        app.update(
            12_000,
            Msg::Reply { tag: tag.clone(), reply: Box::new(Ok(Reply { body: json!({"data": [{"id": id, "status": "queued"}]}), replayed: false })), ms: 900 },
        );
        assert!(!app.dirty && app.latency == latency, "{name}: what is the same draws nothing");
        reply(&mut app, tag, json!({"data": [{"id": "new_1"}, {"id": id, "status": "done"}]}));
        assert!(app.dirty && app.list().unwrap().fresh.len() == 1 && app.list().unwrap().find(id).unwrap().state() == Some("done"), "{name}");
    }
}

#[test]
fn new_rows_are_seen_when_they_are_asked_for() {
    let mut app = tenant(Place::list("orders"));
    let cmds = app.update(0, Msg::Start);
    let rows: Vec<Value> = (0..60).map(|at| json!({"id": format!("ord_{at:02}"), "number": format!("SO/{at:02}"), "status": "draft"})).collect();
    page(&mut app, &cmds, json!(rows));
    let news = |app: &mut App, id: &str| app.update(1_000, Msg::Heard(Box::new(json!({"id": "evt_1", "data": {"id": id, "number": id, "status": "draft"}}))));
    news(&mut app, "ord_90");
    press(&mut app, "n");
    let list = app.list().unwrap();
    assert_eq!((list.top, list.cursor, list.row(0).unwrap().id.as_str()), (0, 1, "ord_90"), "the cursor stays where both are seen");
    press(&mut app, "G");
    news(&mut app, "ord_91");
    press(&mut app, "n");
    let list = app.list().unwrap();
    assert_eq!((list.top, list.cursor, list.row(0).unwrap().id.as_str()), (0, 0, "ord_91"));
    // The order begins at its first row, and so does what one looks at instead.
    press(&mut app, "G =");
    assert_eq!((app.list().unwrap().top, app.list().unwrap().cursor), (0, 0));
    app.go(Place::list("audit-entries"));
    let list = app.list_of(resource::named("audit-entries").unwrap());
    let rows: Vec<Value> = (0..60).map(|at| json!({"id": format!("aud_{at:02}"), "subject_id": "ord_01"})).collect();
    list.take(&rows, None, true, 0);
    list.go(59);
    app.go(Place::List { resource: "audit-entries", filter: "subject_id:ord_01".to_owned() });
    app.update(1_000, Msg::Timer(Timer::Rest));
    assert_eq!((app.list().unwrap().top, app.list().unwrap().cursor), (0, 0));
}

#[test]
fn a_check_says_what_it_found_where_it_was_asked_for() {
    let mut app = tenant(Place::Exceptions);
    app.size = (80, 24);
    app.update(0, Msg::Start);
    let asked = calls(&press(&mut app, "C"));
    row_of(&screen(&app), "The checks of ledger and audit chain run");
    for (tag, _) in asked {
        let body = if tag == Tag::Verify("audit") { json!({"ok": true, "breaks": []}) } else { json!({"ok": false, "breaks": [{"check": "INV-7"}]}) };
        reply(&mut app, tag, body);
    }
    row_of(&screen(&app), "audit chain: everything holds; ledger: BROKEN in 1 places");
}

#[test]
fn only_looking_whether_the_server_is_there_counts_as_a_try() {
    let mut app = orders();
    let away = || Failure::Offline("cannot connect".to_owned());
    for at in 0..12 {
        fail(&mut app, Tag::Count(at), away());
    }
    assert!(matches!(app.link, Link::Offline { tries: 1, .. }), "{:?}", app.link);
    app.update(2_000, Msg::Timer(Timer::Retry));
    let cmds = fail(&mut app, Tag::Ping, away());
    assert!(matches!(app.link, Link::Offline { tries: 2, .. }) && cmds.contains(&Cmd::After(2_000, Timer::Retry)), "{cmds:?}");
}
