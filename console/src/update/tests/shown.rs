//! What is on the screen is what is: after another size, for another company, under the cursor of a list to choose from.

use super::*;
use crate::model::Counted;

#[test]
fn every_other_size_draws_everything_anew_even_when_it_is_the_same_again() {
    let mut app = orders();
    let (columns, rows) = app.size;
    for (columns, rows) in [(columns - 20, rows), (columns, rows), (columns, rows)] {
        assert_eq!(app.update(1_000, Msg::Resize(columns, rows)).iter().filter(|cmd| **cmd == Cmd::Redraw).count(), 1);
    }
}

#[test]
fn another_company_has_numbers_of_its_own() {
    let mut app = orders();
    app.names.insert("com_2".to_owned(), "Borealis".to_owned());
    for at in 0..app.gauges().len() {
        app.counts.insert(at, Ok(Counted { count: 7, more: false, first: Vec::new() }));
    }
    assert!(app.tabs().iter().any(|(name, _)| name == "Appr 7"));
    press(&mut app, "ctrl-g");
    write(&mut app, "Borealis");
    let asked = lines(&press(&mut app, "enter"));
    assert!(app.tabs().iter().any(|(name, _)| name == "Appr") && app.counts.is_empty());
    assert!(asked.contains(&"GET /v1/quotes?limit=100&status=in_approval&company_id=com_2".to_owned()), "{asked:?}");
}

#[test]
fn only_another_text_puts_the_cursor_on_the_best_choice() {
    let mut app = orders();
    press(&mut app, ": down down");
    let cursor = |app: &App| if let Some(Popup::Choose { cursor, .. }) = &app.popup { *cursor } else { panic!("the list is open") };
    assert_eq!(press(&mut app, "ctrl-l").last(), Some(&Cmd::Redraw));
    press(&mut app, "left right home end ctrl-x f5");
    assert_eq!(cursor(&app), 2);
    write(&mut app, "o");
    assert_eq!(cursor(&app), 0);
}

fn told(value: &Value) -> Vec<String> {
    let mut app = tenant(Place::Dash);
    app.names.insert("com_1".to_owned(), "Acme GmbH".to_owned());
    crate::sheet::describe(&app, value, 96).iter().map(crate::sheet::Line::text).collect()
}

#[test]
fn reports_say_of_what_their_numbers_are() {
    let signal = |name: &str| json!({"signal": name, "company": "Acme GmbH", "company_id": "com_1", "count": 3, "list": format!("/v1/orders?company_id=com_1&hold_kind={name}&more=of_it")});
    let lines = told(&json!({"object": "compliance", "rows": [signal("incomplete_orders"), signal("stalled_orders")]}));
    assert!(lines[1].trim_start().starts_with("signal") && lines[1].contains("company") && !lines[1].contains("company_id"), "{lines:#?}");
    assert!(lines[2].contains("incomplete_orders") && lines[2].contains("Acme GmbH"), "{lines:#?}");
    let lines = told(&json!({"rows": [{"month": "2026-11", "sent": {"count": 7, "amount": "12.00"}}]}));
    assert!(lines[1].contains("month") && lines[1].contains("sent.count") && lines[2].contains("12.00"), "{lines:#?}");
}

#[test]
fn tables_stand_apart_by_one_line_the_lines_first_and_ids_of_other_systems_are_seen() {
    let order =
        json!({"number": "SO/1", "external_refs": [{"system": "erp", "id": "4711"}], "lines": [{"id": "oln_1", "description": "Chair"}], "currency": "EUR"});
    let lines = told(&order);
    let at = |text: &str| lines.iter().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}: {lines:#?}"));
    assert!(at("lines (1)") < at("external_refs (1)") && at("external_refs (1)") < at("currency"));
    assert!(lines.iter().any(|line| line.contains("erp") && line.contains("4711")) && !lines.iter().any(|line| line.contains("oln_1")), "{lines:#?}");
    assert!(lines.windows(2).all(|two| !(two[0].is_empty() && two[1].is_empty())), "{lines:#?}");
}

#[test]
fn an_audit_entry_says_who_and_what_before_their_ids() {
    let entry = json!({"actor": {"id": "key_1", "kind": "api_key", "name": "demo"}, "changes": {"name": {"before": "A", "after": "B"}, "company_id": {"before": null, "after": "com_1"}}});
    let text = told(&entry).join("\n");
    assert!(text.contains("name demo, kind api_key, id key_1") && text.contains("name A -> B") && text.contains("company_id - -> Acme GmbH"), "{text}");
}

fn drawn(app: &App) -> Vec<String> {
    let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, app.size.0, app.size.1));
    crate::view::draw(app, &mut buf);
    buf.content.chunks(usize::from(app.size.0)).map(|line| line.iter().map(ratatui::buffer::Cell::symbol).collect()).collect()
}

#[test]
fn hints_promise_nothing_that_is_off() {
    let mut app = orders();
    app.size.0 = 140;
    assert!(drawn(&app)[29].contains("+ new") && drawn(&app)[29].contains("e edit"), "{}", drawn(&app)[29]);
    app.scope.read_only = true;
    let hints = drawn(&app)[29].clone();
    assert!(!hints.contains("+ new") && !hints.contains("e edit") && hints.contains("enter open"), "{hints}");
}

#[test]
fn the_head_keeps_its_gaps_and_a_sandbox_tells_its_day_where_there_is_room() {
    let mut app = orders();
    (app.scope.user, app.scope.read_only, app.day) = ("somebody with a long name".to_owned(), true, Some("1998-05-06".to_owned()));
    for columns in 60..=140 {
        app.size.0 = columns;
        let head = drawn(&app)[0].clone();
        assert!(head.contains(" [RO] "), "{columns}: {head}");
        assert_eq!(head.contains("day 1998-05-06  "), columns >= 100, "{columns}: {head}");
    }
}

#[test]
fn a_form_says_what_its_field_means_and_whose_id_it_holds() {
    let mut app = tenant(Place::list("leads"));
    app.update(0, Msg::Start);
    app.names.insert("com_1".to_owned(), "Acme GmbH".to_owned());
    press(&mut app, "+");
    let text = drawn(&app).join("\n");
    assert!(text.contains("com_1") && text.contains("] Acme GmbH") && text.contains("   1 of "), "{text}");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form is open") };
    let meaning = deed.form.fields[0].meaning.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    assert!(!meaning.is_empty() && text.contains(&meaning), "{meaning}: {text}");
}

#[test]
fn the_platform_reads_its_service_beside_other_panels_and_what_is_cut_says_so() {
    let mut app = platform();
    app.way.truncate(1);
    let health = json!({"version": "0.1.0", "database": "postgresql", "tenants_active": 12, "tenants_suspended": 3, "jobs": {"waiting": 12, "running": 4, "due": 3, "oldest_due_seconds": 0},
        "refusals_last_hour": 7, "traffic": {"requests": 1_234_567, "since": "2026-11-30T03:35:00Z", "server_errors": 0, "rate_limited": 0, "p50_micros": 25_000, "p95_micros": 50_000, "streams": 14}});
    app.checks.insert("platform", Asked::Have(health, 0));
    let text = drawn(&app).join("\n");
    for whole in ["12 wait, 4 run, 3 due ", "1234567 since 11-30 03:35", "p50 25ms, p95 50ms ", "streams               14 "] {
        assert!(text.contains(whole), "{whole}: {text}");
    }
    app.note("x".repeat(300));
    app.go(Place::Notes);
    assert!(drawn(&app).iter().any(|line| line.contains("xx~")), "{:#?}", drawn(&app));
}

#[test]
fn who_fills_in_two_of_twenty_fields_need_not_walk_through_the_rest() {
    let mut app = orders();
    press(&mut app, "b");
    write(&mut app, "waits for a call");
    assert!(writes(&press(&mut app, "ctrl-s")).is_empty(), "nothing is done by a key with control");
    assert!(drawn(&app).join("").contains("ctrl-s button"));
    assert_eq!(writes(&press(&mut app, "enter")), ["POST /v1/orders/ord_2/hold"]);
    // What wants its word still wants it.
    let mut app = orders();
    press(&mut app, "j x ctrl-s enter enter");
    assert!(writes(&app.out).is_empty() && app.running.is_empty());
    assert!(matches!(&app.popup, Some(Popup::Deed(deed)) if deed.batch.is_none()));
}
