//! What is not known is not told as well: refused refreshes, numbers and pages, and a server that says nothing.

use super::*;

fn drawn(app: &App) -> String {
    let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 100, 30));
    crate::view::draw(app, &mut buf);
    buf.content.iter().map(ratatui::buffer::Cell::symbol).collect()
}

fn asked_page(cmds: &[Cmd]) -> Tag {
    calls(cmds).into_iter().map(|(tag, _)| tag).find(|tag| matches!(tag, Tag::Page { .. })).expect("a page was asked for")
}

#[test]
fn a_refused_refresh_says_so_and_the_list_goes_on() {
    for (status, code) in [(500, "internal"), (429, "rate_limited"), (403, "permission_denied")] {
        let mut app = orders();
        reply(&mut app, Tag::Tail, json!({"data": [{"id": "aud_0a"}]}));
        let tag = asked_page(&press(&mut app, "ctrl-r"));
        fail(&mut app, tag, refused(status, code));
        let why = code.replace('_', " ");
        assert!(drawn(&app).contains(&format!("orders: {why}")), "it is said once");
        press(&mut app, "j");
        let text = drawn(&app);
        assert!(text.contains(" stale ") && text.contains(&format!("stale: {why}")) && text.contains("SO/2"), "{text}");
        assert!(app.notes.back().unwrap().1.contains(&why));
        assert!(app.list_mut().unwrap().hear(&json!({"id": "ord_3", "status": "draft"})), "new rows are taken all the same");
        // It is asked again after a while, unless that would not help; then it is well again.
        let later = app.update(20_000, Msg::Timer(Timer::Poll));
        let again = lines(&later).iter().any(|line| line.starts_with("GET /v1/orders"));
        assert_eq!(again, status != 403);
        if again {
            page(&mut app, &later, json!([{"id": "ord_2", "number": "SO/2"}]));
            assert!(!drawn(&app).contains("stale"));
        }
    }
}

#[test]
fn a_refused_further_page_leaves_a_list_that_goes_on() {
    let mut app = tenant(Place::list("orders"));
    let cmds = app.update(0, Msg::Start);
    let rows: Vec<Value> = (0..20).map(|at| json!({"id": format!("ord_{at:02}")})).collect();
    let cmds = reply(&mut app, asked_page(&cmds), json!({"data": rows, "next_cursor": "two", "has_more": true}));
    let cmds = fail(&mut app, asked_page(&cmds), refused(429, "rate_limited"));
    assert!(calls(&cmds).is_empty(), "it is not asked for at once: {:?}", lines(&cmds));
    press(&mut app, "g");
    let text = drawn(&app);
    assert!(text.contains("orders 1/20+") && text.contains("more was refused: rate limited"), "{text}");
    let cmds = app.update(20_000, Msg::Timer(Timer::Poll));
    assert!(lines(&cmds).contains(&"GET /v1/orders?limit=100&cursor=two".to_owned()), "{:?}", lines(&cmds));
}

#[test]
fn rows_of_another_question_are_no_old_answer_to_this_one() {
    let mut app = orders();
    press(&mut app, "/");
    write(&mut app, "status:cancelled");
    let tag = asked_page(&press(&mut app, "enter"));
    fail(&mut app, tag, refused(500, "internal"));
    let list = app.list().unwrap();
    assert_eq!((list.view.len(), &list.stage), (0, &Stage::Failed("internal".to_owned())));
}

#[test]
fn what_could_not_be_counted_is_not_well() {
    let dash = |answer: &dyn Fn(&mut App, Tag)| {
        let mut app = tenant(Place::Dash);
        for (tag, _) in calls(&app.update(0, Msg::Start)) {
            if matches!(tag, Tag::Count(_)) {
                answer(&mut app, tag);
            }
        }
        drawn(&app)
    };
    let none = |app: &mut App, tag: Tag| _ = reply(app, tag, json!({"data": [], "has_more": false}));
    assert!(dash(&none).contains("Nothing needs attention."));
    let text = dash(&|app, tag| _ = fail(app, tag, refused(403, "permission_denied")));
    assert!(text.contains("None of the queues may be read") && !text.contains("Nothing needs attention"), "{text}");
    let text = dash(&|app, tag| _ = fail(app, tag, refused(500, "internal")));
    assert!(text.contains("Orders on hold") && text.contains("?  internal") && text.contains("Exc ?") && !text.contains("Nothing needs"), "{text}");
    let text = dash(&|app, tag| if tag == Tag::Count(9) { _ = fail(app, tag, refused(403, "permission_denied")) } else { none(app, tag) });
    assert!(text.contains("in what may be read") && text.contains("Not permitted: orders on hold"), "{text}");
}

#[test]
fn receivables_without_a_company_do_not_load_for_ever() {
    let aging = |app: &App| drawn(app).contains("Loading");
    for denied in [false, true] {
        let mut app = tenant(Place::Dash);
        app.update(0, Msg::Start);
        reply(&mut app, Tag::Pipeline, json!({}));
        assert!(aging(&app));
        let tag = Tag::Names("companies");
        if denied {
            fail(&mut app, tag, refused(403, "permission_denied"));
        } else {
            reply(&mut app, tag, json!({"data": [], "next_cursor": null}));
        }
        assert!(!aging(&app), "{}", drawn(&app));
        // There may be one now.
        let cmds = press(&mut app, "ctrl-r");
        assert!(lines(&cmds).contains(&"GET /v1/companies?limit=200".to_owned()), "{:?}", lines(&cmds));
        let cmds = reply(&mut app, Tag::Names("companies"), json!({"data": [{"id": "com_1", "name": "Northwind"}], "next_cursor": null}));
        assert_eq!(lines(&cmds), ["GET /v1/reports/aging?company_id=com_1"]);
    }
}

#[test]
fn a_server_that_says_nothing_is_asked_whether_it_is_there() {
    let mut app = orders();
    reply(&mut app, Tag::Tail, json!({"data": [{"id": "aud_0a"}]}));
    reply(&mut app, Tag::Ping, json!({}));
    assert!(app.streaming);
    let asked = app.update(17_000, Msg::Timer(Timer::Poll));
    assert_eq!(lines(&asked), ["GET /readyz"], "its stream is quiet for a while, whether somebody is there or not");
    assert!(asked.contains(&Cmd::After(1_000, Timer::Late)));
    app.dirty = false;
    app.update(18_000, Msg::Timer(Timer::Late));
    assert!(app.dirty && drawn(&app).contains("no answer for 1s"), "{}", drawn(&app));
    assert!(app.update(19_000, Msg::Timer(Timer::Poll)).iter().all(|cmd| !matches!(cmd, Cmd::Call(..))), "once");
    assert!(app.dirty && drawn(&app).contains("no answer for 2s"), "{}", drawn(&app));
    // It is there after all; nothing was to be drawn, had it said so at once.
    let reply = |app: &mut App, now| app.update(now, Msg::Reply { tag: Tag::Ping, reply: Box::new(Ok(Reply { body: json!({}), replayed: false })), ms: 4_000 });
    reply(&mut app, 21_000);
    assert!(!drawn(&app).contains("no answer"));
    app.dirty = false;
    assert_eq!(lines(&app.update(37_000, Msg::Timer(Timer::Poll))), ["GET /readyz"]);
    reply(&mut app, 37_010);
    app.update(38_000, Msg::Timer(Timer::Late));
    assert!(!app.dirty, "an idle console draws nothing");
    // Whoever says something is there, and the log is not filled with questions whether somebody is.
    app.update(39_000, Msg::Heard(Box::new(json!({"id": "evt_0b"}))));
    assert!(lines(&app.update(39_500, Msg::Timer(Timer::Poll))).is_empty());
    assert_eq!(lines(&app.update(41_500, Msg::Timer(Timer::Poll))), ["GET /readyz"]);
    assert_eq!(app.calls.iter().filter(|logged| logged.tag == Tag::Ping).count(), 1);
    fail(&mut app, Tag::Ping, Failure::Offline("no answer for 5 s".to_owned()));
    assert!(drawn(&app).contains("OFFLINE"));
}

/// Whoever may not follow events has no stream that ends: the server is asked all the same, wherever one is.
#[test]
fn a_server_that_is_gone_is_missed_on_every_screen() {
    for place in [Place::Dash, Place::Health, Place::Object { resource: "orders", id: "ord_1".to_owned() }, Place::Calls] {
        let mut app = tenant(place.clone());
        app.update(0, Msg::Start);
        fail(&mut app, Tag::Tail, refused(403, "permission_denied"));
        reply(&mut app, Tag::Ping, json!({}));
        let asked = lines(&app.update(3_000, Msg::Timer(Timer::Poll)));
        assert!(asked.contains(&"GET /readyz".to_owned()), "{place:?}: {asked:?}");
        fail(&mut app, Tag::Ping, Failure::Offline("cannot connect".to_owned()));
        assert!(drawn(&app).contains("OFFLINE"), "{place:?}");
    }
    // A stream that ends is asked after at once.
    let mut app = orders();
    reply(&mut app, Tag::Tail, json!({"data": [{"id": "aud_0a"}]}));
    assert_eq!(lines(&app.update(1_000, Msg::Unheard)), ["GET /readyz"]);
}

#[test]
fn a_suspended_tenant_says_so_and_what_can_be_done_until_it_is_open_again() {
    let shut = || Failure::Refused { status: 403, code: "tenant_suspended".to_owned(), text: "This tenant is suspended.".to_owned(), fields: Vec::new() };
    for (visiting, told) in [(false, "Its owner asks the operator"), (true, "q goes back to the platform")] {
        let mut app = orders();
        app.scope.visiting = visiting;
        app.streaming = true;
        let tag = asked_page(&press(&mut app, "ctrl-r"));
        fail(&mut app, tag, shut());
        fail(&mut app, Tag::Me, shut());
        let text = drawn(&app);
        assert!(text.contains("[SUSPENDED]") && text.contains(told) && app.popup.is_none(), "{text}");
        // Nothing is changed, and it is not asked for all the time.
        assert!(writes(&press(&mut app, "c enter")).is_empty() && app.notes.back().unwrap().1.contains("the tenant is suspended"));
        reply(&mut app, Tag::Ping, json!({}));
        assert!(app.suspended.is_some() && !app.streaming, "that the server is there opens nothing");
        let asked = |app: &mut App, now| lines(&app.update(now, Msg::Timer(Timer::Poll)));
        assert!(!asked(&mut app, 5_000).iter().any(|line| line.contains("/v1/")));
        assert!(asked(&mut app, 12_000).contains(&"GET /v1/me".to_owned()));
        let cmds = reply(&mut app, Tag::Me, json!({"tenant": {"slug": "acme"}, "actor": {"name": "Dana"}, "permissions": ["*"]}));
        assert!(!drawn(&app).contains("SUSPENDED") && lines(&cmds).iter().any(|line| line.starts_with("GET /v1/orders")), "{:?}", lines(&cmds));
    }
}

/// Two things that are billed with one text and one amount are told apart by the order, its line, and what they come from.
#[test]
fn billables_that_are_alike_are_told_apart() {
    let mut app = tenant(Place::list("billables"));
    app.size = (80, 24);
    let cmds = app.update(0, Msg::Start);
    assert!(lines(&cmds).contains(&"GET /v1/orders?limit=200".to_owned()), "{:?}", lines(&cmds));
    let row = |id: &str, line: &str, source: &str| {
        json!({"id": id, "object": "billable", "description": "Chair", "order_id": "ord_01m8pqqed2en3apcpqpdzsnkpr", "order_line_id": line, "source_type": "delivery_line",
            "source_id": source, "status": "ready", "amount": "18.00", "currency": "EUR"})
    };
    let rows = json!([
        row("bil_1", "oln_1", "dln_01m8pqqeeeek7bjcd1xs0wden0"),
        row("bil_2", "oln_2", "dln_01m8pqqeeeek7bjcd1xs0wdenf"),
        row("bil_3", "oln_2", "dln_01m8pqqeeeek7bjcd1xs0wdeng")
    ]);
    page(&mut app, &cmds, rows);
    assert!(shown(&app).iter().all(|line| !line.contains("Chair") || line.contains("ord_~pdzsnkpr")), "{:?}", shown(&app));
    let order = json!({"id": "ord_01m8pqqed2en3apcpqpdzsnkpr", "object": "order", "number": "SO/7", "lines": [{"id": "oln_1"}, {"id": "oln_2"}]});
    reply(&mut app, Tag::Names("orders"), json!({"data": [order], "next_cursor": "more"}));
    let lines: Vec<String> =
        shown(&app).into_iter().filter(|line| line.contains("Chair")).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for (line, wanted) in lines.iter().zip(["Chair SO/7 1 dln_~wden0", "Chair SO/7 2 dln_~wdenf", "Chair SO/7 2 dln_~wdeng"]) {
        assert!(line.contains(wanted), "{line}");
    }
    // In the box of what is done to several of them, too.
    press(&mut app, "ctrl-a");
    app.begin("billables", "hold");
    let text = shown(&app).concat();
    assert!(text.contains("order SO/7 line 1 from dln_~1xs0wden0"), "{text}");
}

fn shown(app: &App) -> Vec<String> {
    let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, app.size.0, app.size.1));
    crate::view::draw(app, &mut buf);
    buf.content.chunks(usize::from(app.size.0)).map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect()).collect()
}

#[test]
fn an_export_takes_the_marked_rows_else_those_that_pass_the_filter() {
    let mut app = orders();
    let export = |app: &mut App| {
        let cmds = press(app, "E");
        cmds.into_iter().find_map(|cmd| if let Cmd::Export(wanted) = cmd { Some(*wanted) } else { None }).expect("it is exported")
    };
    press(&mut app, "/");
    write(&mut app, "so/2");
    press(&mut app, "enter");
    let wanted = export(&mut app);
    assert_eq!((wanted.marked, wanted.filter.local.len()), (None, 1));
    let list = app.list_mut().unwrap();
    list.marks = ["ord_2", "ord_9"].map(str::to_owned).into();
    let marked = export(&mut app).marked.expect("only the marked rows");
    assert_eq!((marked.loaded.len(), marked.loaded[0]["id"].as_str(), marked.others.as_slice()), (1, Some("ord_2"), &["ord_9".to_owned()][..]));
    assert!(app.notes.back().unwrap().1.contains("2 marked orders"));
}

#[test]
fn a_bucket_of_the_receivables_opens_its_invoices() {
    let mut app = tenant(Place::Dash);
    app.update(0, Msg::Start);
    let report = json!({"company_id": "com_1", "as_of": "2026-11-22", "currency": "EUR", "buckets": ["current", "1-30", "31-60", "61-90", "90+"],
        "totals": {"amounts": ["1.00", "2.00", "3.00", "4.00", "5.00"], "total": "15.00"}});
    reply(&mut app, Tag::Aging, report);
    let opened: Vec<_> = crate::sheet::lines(&app).into_iter().filter_map(|line| line.open).map(|place| place.write()).collect();
    let owed = "invoices?payment_state[in]:open,part_paid&company_id:com_1";
    for due in ["&due_date>=2026-11-22", "&due_date>=2026-10-23&due_date<=2026-11-21", "&due_date>=2026-09-23&due_date<=2026-10-22", "&due_date<2026-08-24", ""]
    {
        assert!(opened.contains(&format!("{owed}{due}")), "{due}: {opened:?}");
    }
}

#[test]
fn the_palette_takes_a_verb_with_its_object_and_saved_filters_keep_their_sort() {
    let mut app = orders();
    press(&mut app, ":");
    write(&mut app, "orders confirm ord_77");
    let cmds = press(&mut app, "enter");
    assert_eq!(app.place().write(), "orders/ord_77");
    assert!(lines(&cmds).contains(&"POST /v1/orders/ord_77/confirm?dry_run=true".to_owned()), "{:?}", lines(&cmds));

    let mut app = orders();
    press(&mut app, "= =");
    app.act(Act::SaveFilter);
    press(&mut app, "=");
    press(&mut app, "F");
    let cmds = press(&mut app, "enter");
    assert!(lines(&cmds).contains(&"GET /v1/orders?limit=100&sort=-number".to_owned()), "{:?}", lines(&cmds));
}

#[test]
fn a_cell_filters_for_what_it_shows() {
    let filtered = |head: &str| {
        let mut app = tenant(Place::list("orders"));
        let cmds = app.update(0, Msg::Start);
        page(
            &mut app,
            &cmds,
            json!([{"id": "ord_1", "status": "draft", "total_amount": "12.50", "currency": "EUR", "reference": null}, {"id": "ord_2", "reference": "x"}]),
        );
        let at = app.list().unwrap().resource.columns.iter().position(|column| column.head == head).unwrap();
        app.list_mut().unwrap().column = at;
        let cmds = press(&mut app, "*");
        (lines(&cmds)[0].clone(), app.list().unwrap().view.len())
    };
    assert_eq!(filtered("STATUS"), ("GET /v1/orders?limit=100&status=draft".to_owned(), 2));
    assert_eq!(filtered("TOTAL"), ("GET /v1/orders?limit=100".to_owned(), 1));
    assert_eq!(filtered("REFERENCE"), ("GET /v1/orders?limit=100".to_owned(), 1));
}

#[test]
fn help_names_the_keys_of_verbs_and_boxes() {
    let mut app = orders();
    press(&mut app, "?");
    let Some(Popup::Choose { choices, .. }) = &app.popup else { panic!("the help is open") };
    let keys: Vec<_> = choices.iter().map(|choice| (choice.key.as_str(), choice.name.as_str())).collect();
    assert!(keys.contains(&("c", "orders confirm")) && keys.contains(&("y", "in a box")) && keys.contains(&("?", "help")), "{keys:?}");
}

#[test]
fn who_closed_the_sign_in_finds_it_again() {
    let mut app = app(Scope { url: "http://host".to_owned(), ..Scope::default() }, Place::Dash);
    app.update(0, Msg::Start);
    press(&mut app, "esc");
    assert!(app.popup.is_none() && app.notes.back().unwrap().1.contains("ctrl-r"));
    press(&mut app, "ctrl-r");
    assert!(matches!(app.popup, Some(Popup::Login(_))));
}
