//! The box of what is about to be done: what it always says, what it says first, and what takes back what was done.

use super::*;
use crate::contract::Shape;
use crate::resource::Operation;

pub(super) fn screen(app: &App) -> Vec<String> {
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
    let required = |operation: &Operation| match operation.row.body() {
        Some(Shape::Object { fields, .. }) => fields.into_iter().filter(|field| field.required).map(|field| field.name.to_owned()).collect(),
        _ => Vec::new(),
    };
    for resource in resource::all() {
        for operation in resource.operations.iter().filter(|operation| operation.hint.inverse.is_some()) {
            let mut app = if resource.platform { platform() } else { tenant(Place::list(resource.name)) };
            app.way.push(crate::model::Spot::new(Place::list(resource.name)));
            let cmds = app.update(0, Msg::Start);
            let state = operation.hint.from.first().copied().unwrap_or_default();
            let id = format!("{}_1", resource.prefix.unwrap_or_default());
            page(
                &mut app,
                &cmds,
                json!([{"id": id, "status": state, "hold": {"reason": "why"}, "suspended_reason": "why", "holds": [], "allocations": [{"id": "alc_0", "invoice_id": "inv_1", "amount": "1.00"}],
                "owner_id": "usr_1", "stage": {"id": "stg_1"}, "dispute": "why", "locked_through": "2026-01-31", "currency": "EUR", "tax_amount": "1.00", "tax_reference": "a",
                "lines": [{"id": "lin_1", "promised_date": "2026-01-01", "net_amount": "9.00", "taxes": []}]}]),
            );
            app.begin(resource.name, operation.word);
            if let Some(Popup::Deed(deed)) = &mut app.popup {
                for field in &mut deed.form.fields {
                    let text = if field.takes == crate::form::Takes::Json { "[]" } else { "x" };
                    if field.required {
                        field.input = crate::line::Input::new(text.to_owned());
                    }
                }
                deed.typed = crate::line::Input::new(deed.word().unwrap_or_default());
                app.run();
            }
            let cmds: Vec<Cmd> = std::mem::take(&mut app.out);
            let (tag, _) =
                calls(&cmds).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).unwrap_or_else(|| panic!("{} {}", resource.name, operation.word));
            reply(
                &mut app,
                tag,
                json!({"id": id, "status": "other", "version": 3, "holds": [{"id": "hld_1"}], "allocations": [{"id": "alc_1"}], "hold": {"reason": "why"},
                "lines": [{"id": "lin_1", "promised_date": "2026-02-01"}]}),
            );
            let call =
                app.undos.last().and_then(|undo| undo.call.clone()).unwrap_or_else(|| panic!("{} {} cannot be taken back", resource.name, operation.word));
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
    row_of(&screen(&app), "audit chain: everything holds; ledger: BROKEN in 1 place");
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

fn mouse(app: &mut App, kind: crossterm::event::MouseEventKind, column: usize, row: usize) -> Vec<Cmd> {
    let (column, row) = (u16::try_from(column).unwrap(), u16::try_from(row).unwrap());
    app.update(1_000, Msg::Mouse(crossterm::event::MouseEvent { kind, column, row, modifiers: crossterm::event::KeyModifiers::NONE }))
}

fn click(app: &mut App, column: usize, row: usize) -> Vec<Cmd> {
    mouse(app, crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Left), column, row)
}

#[test]
fn in_boxes_a_click_goes_there_and_two_do_it() {
    let mut app = orders();
    press(&mut app, ":");
    write(&mut app, "go in");
    let shown = screen(&app);
    let row = row_of(&shown, "go invoices");
    click(&mut app, 20, row);
    assert!(matches!(&app.popup, Some(Popup::Choose { .. })), "one click only chooses");
    click(&mut app, 20, row);
    assert_eq!(*app.place(), Place::list("invoices"));

    let mut app = orders();
    press(&mut app, "b");
    write(&mut app, "waits for a call");
    let shown = screen(&app);
    click(&mut app, 40, row_of(&shown, "blocks"));
    assert!(matches!(&app.popup, Some(Popup::Deed(deed)) if deed.form.fields[deed.focus].path == "blocks"));
    let row = row_of(&shown, "[ hold ]");
    let column = shown[row].split_once("[ hold ]").map(|(before, _)| before.chars().count() + 2).unwrap();
    assert!(writes(&click(&mut app, column, row)).is_empty());
    assert_eq!(writes(&click(&mut app, column, row)), ["POST /v1/orders/ord_2/hold"]);

    // The button of what is hard to take back waits for its word all the same.
    let mut app = orders();
    press(&mut app, "j x");
    write(&mut app, "duplicate");
    let shown = screen(&app);
    let row = row_of(&shown, "[ cancel ]");
    let column = shown[row].split_once("[ cancel ]").map(|(before, _)| before.chars().count() + 2).unwrap();
    click(&mut app, column, row);
    assert!(writes(&click(&mut app, column, row)).is_empty() && matches!(&app.popup, Some(Popup::Deed(deed)) if deed.batch.is_none()));
}

#[test]
fn the_mouse_over_the_preview_leaves_the_list_alone() {
    for size in [(100, 30), (160, 45)] {
        let mut app = orders();
        app.update(1_000, Msg::Resize(size.0, size.1));
        let (column, row) = (usize::from(size.0) - 5, usize::from(size.1) - 6);
        mouse(&mut app, crossterm::event::MouseEventKind::ScrollDown, column, row);
        click(&mut app, column, if size.0 == 160 { 5 } else { row });
        assert_eq!(app.list().unwrap().cursor, 0, "{size:?}");
    }
}

#[test]
fn what_was_seen_before_an_outage_tells_its_age_and_the_service_is_not_well() {
    let mut app = tenant(Place::Object { resource: "orders", id: "ord_1".to_owned() });
    app.size = (140, 30);
    app.update(0, Msg::Start);
    reply(&mut app, Tag::Object("ord_1".to_owned()), json!({"id": "ord_1", "object": "order", "number": "SO/1"}));
    app.checks.insert("service", Asked::Have(json!({"status": "ready"}), 1_000));
    let away = |app: &mut App| app.update(61_000, Msg::Reply { tag: Tag::Ping, reply: Box::new(Err(Failure::Offline("cannot connect".to_owned()))), ms: 3 });
    away(&mut app);
    row_of(&screen(&app), "SO/1  cached 1m ago");
    app.way.truncate(1);
    (app.counted, app.noted) = (1_000, false);
    row_of(&screen(&app), "dash  cached 1m ago");
    app.way.push(crate::model::Spot::new(Place::Health));
    let shown = screen(&app);
    assert!(row_of(&shown, "OFFLINE: this is what it said before.") < row_of(&shown, "ready"), "{shown:#?}");
}

#[test]
fn a_low_terminal_tells_where_one_is_and_what_is_cut() {
    let mut app = tenant(Place::list("security-events"));
    app.size = (80, 24);
    for at in 0..app.gauges().len() {
        app.counts.insert(at, Ok(crate::model::Counted { count: 100, more: true, first: Vec::new() }));
    }
    let tabs = screen(&app)[1].clone();
    assert!(tabs.contains("[security-events]"), "{tabs}");
    let x = tabs.find("[security-events]").unwrap();
    click(&mut app, x + 1, 1);
    assert_eq!(*app.place(), Place::list("security-events"), "a click on where one is leads nowhere else");
    let long = format!("{} the last word", "a reason of many words ".repeat(8));
    app.note(long.clone());
    assert!(screen(&app)[22].contains("~  ! reads it"), "{:?}", screen(&app)[22]);
    app.go(Place::Notes);
    press(&mut app, "enter");
    let Some(Popup::Text { lines, .. }) = &app.popup else { panic!("all of it is shown") };
    assert!(lines.join(" ").ends_with("the last word") && lines.len() > 1, "{lines:?}");
}

#[test]
fn debts_by_age_have_a_column_for_each_age_and_no_data_behind_them() {
    let mut app = tenant(Place::Dash);
    app.names.insert("pty_1".to_owned(), "Alfreds".to_owned());
    let report = json!({"object": "aging", "currency": "USD", "buckets": ["current", "1-30", "90+"],
        "rows": [{"party_id": "pty_1", "name": "Alfreds", "amounts": ["934.71", "511.62", "0.00"], "total": "1446.33"}],
        "totals": {"amounts": ["934.71", "511.62", "0.00"], "total": "1446.33"}});
    let lines: Vec<String> = crate::sheet::describe(&app, &report, 76).iter().map(crate::sheet::Line::text).collect();
    let head = lines.iter().position(|line| line.contains("current") && line.contains("1-30")).unwrap_or_else(|| panic!("{lines:#?}"));
    let at = |text: &str| lines[head].find(text).unwrap();
    assert!(at("name") < at("current") && at("current") < at("1-30") && at("1-30") < at("90+") && !lines[head].contains("party"), "{lines:#?}");
    assert!(lines[head + 1].contains("Alfreds") && lines[head + 1].contains("511.62") && lines[head + 2].contains("total"), "{lines:#?}");
    app.begin(resource::LOOSE, "GetAging");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("its form is open") };
    deed.form.set("company_id", "com_1").unwrap();
    deed.focus = deed.places() - 1;
    let (tag, _) = calls(&press(&mut app, "enter")).remove(0);
    reply(&mut app, tag, report);
    let Some(Popup::Text { lines, .. }) = &app.popup else { panic!("it is told") };
    assert!(!lines.iter().any(|line| line.contains('{')), "{lines:#?}");
}

#[test]
fn the_days_of_a_deal_are_seen_whole_on_a_narrow_terminal() {
    let mut app = tenant(Place::Flow("flw_1".to_owned()));
    app.size = (80, 24);
    let story = json!({"id": "flw_1", "documents": [{"type": "order", "id": "ord_1", "number": "SO/1998/00042", "status": "confirmed", "amount": "123456.78", "currency": "EUR", "at": "1998-04-13T14:02:11Z"}], "steps": []});
    app.flows.insert("flw_1".to_owned(), Asked::Have(story, 0));
    row_of(&screen(&app), "1998-04-13");
}

#[test]
fn what_a_credit_note_settled_is_asked_for_and_taken_back() {
    let mut app = tenant(Place::list("invoices"));
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([{"id": "inv_9", "number": "CN/9", "kind": "credit_note", "status": "posted"}]));
    let settled = |cmds: &[Cmd]| calls(cmds).into_iter().find(|(tag, _)| matches!(tag, Tag::Settled { .. })).expect("it is asked what it settles");
    app.begin("invoices", "allocate");
    let cmds = std::mem::take(&mut app.out);
    let (tag, call) = settled(&cmds);
    assert_eq!(call.line(), "GET /v1/allocations?credit_note_id=inv_9&limit=200");
    reply(&mut app, tag, json!({"data": [{"id": "alc_1"}], "next_cursor": null}));
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("its form is open") };
    deed.form.set("allocations", r#"[{"invoice_id": "inv_1", "amount": "5.00"}]"#).unwrap();
    let (tag, _) = calls(&press(&mut app, "ctrl-s enter")).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).expect("it is sent");
    let cmds = reply(&mut app, tag, json!({"id": "inv_9", "object": "invoice", "number": "CN/9", "status": "posted", "currency": "EUR", "updated_at": "2"}));
    // A colleague settled something with it meanwhile, in a sandbox at the same instant.
    let (tag, _) = settled(&cmds);
    let row = |id: &str, invoice: &str, amount: &str| json!({"id": id, "invoice_id": invoice, "settled_amount": amount, "currency": "EUR", "created_at": "2"});
    let rows = json!([row("alc_3", "inv_2", "9.00"), row("alc_2", "inv_1", "5.00"), {"id": "alc_1"}]);
    reply(&mut app, tag, json!({"data": rows, "next_cursor": null}));
    let (_, call) = calls(&press(&mut app, "u")).remove(0);
    assert_eq!((call.line().as_str(), call.body), ("POST /v1/invoices/inv_9/unallocate", Some(json!({"allocation_ids": ["alc_2"]}))));
}

#[test]
fn a_promise_and_taxes_of_an_engine_are_taken_back_where_there_were_some_before() {
    let line = |day: Value| json!({"id": "oln_1", "promised_date": day});
    let order = |days: [Value; 2]| json!({"id": "ord_1", "object": "order", "status": "confirmed", "version": 3, "lines": [line(days[0].clone()), {"id": "oln_2", "promised_date": days[1]}]});
    let undone = |place: &'static str, word: &str, before: &Value, after: &Value, fields: &[(&str, &str)]| {
        let mut app = tenant(Place::list(place));
        let cmds = app.update(0, Msg::Start);
        page(&mut app, &cmds, json!([before]));
        app.begin(place, word);
        let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("its form is open") };
        fields.iter().for_each(|(path, text)| deed.form.set(path, text).unwrap());
        let (tag, _) = calls(&press(&mut app, "ctrl-s enter")).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).expect("it is sent");
        reply(&mut app, tag, after.clone());
        app.undos.last().expect("it was done").call.clone().map(|call| (call.line(), call.body.unwrap()))
    };
    let day = |text: &str| Value::from(text);
    let promised = |before: [Value; 2], after: [Value; 2]| undone("orders", "promise", &order(before), &order(after), &[("promised_date", "2026-12-24")]);
    let wanted = json!({"lines": [{"order_line_id": "oln_1", "promised_date": "2026-12-01"}]});
    assert_eq!(
        promised([day("2026-12-01"), day("2026-12-24")], [day("2026-12-24"), day("2026-12-24")]),
        Some(("POST /v1/orders/ord_1/promise".to_owned(), wanted))
    );
    assert_eq!(promised([day("2026-12-01"), Value::Null], [day("2026-12-24"), day("2026-12-24")]), None, "a day does not go away");

    let invoice = |reference: Value, amount: &str, version: u32| {
        json!({"id": "inv_1", "object": "invoice", "kind": "invoice", "status": "draft", "currency": "EUR", "tax_amount": amount, "tax_reference": reference, "version": version,
            "lines": [{"id": "iln_1", "net_amount": "10.00", "taxes": [{"tax_id": "tax_1", "base": "10.00", "amount": amount}], "tax_details": [{"tax_id": "tax_1", "jurisdiction": "CA", "rate": null}]}]})
    };
    let lines = r#"[{"line_id": "iln_1", "net_amount": "10.00", "taxes": [{"tax_id": "tax_1", "base": "10.00", "amount": "2.00"}]}]"#;
    let fields = [("currency", "EUR"), ("reference", "b"), ("tax_amount", "2.00"), ("lines", lines)];
    let taxed = |before: Value| undone("invoices", "taxes", &invoice(before, "1.00", 2), &invoice(day("b"), "2.00", 3), &fields);
    let wanted = json!({"currency": "EUR", "tax_amount": "1.00", "reference": "taken back, version 3", "lines": [
        {"line_id": "iln_1", "net_amount": "10.00", "taxes": [{"tax_id": "tax_1", "base": "10.00", "amount": "1.00", "jurisdiction": "CA"}]}]});
    assert_eq!(taxed(day("a")), Some(("POST /v1/invoices/inv_1/taxes".to_owned(), wanted)));
    assert_eq!(taxed(Value::Null), None, "the engine is not waited for again");
}
