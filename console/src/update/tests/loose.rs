//! What belongs to no list: reports and single operations, papers, and the names that other rows refer to.

use super::*;

fn company(app: &mut App) {
    app.names.insert("com_1".to_owned(), "Acme GmbH".to_owned());
}

#[test]
fn a_report_is_found_by_its_name_and_read_as_a_table() {
    let mut app = tenant(Place::Dash);
    app.update(0, Msg::Start);
    company(&mut app);
    press(&mut app, ":");
    write(&mut app, "report invoice-accuracy");
    press(&mut app, "enter");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("its form is open") };
    // The only company is meant.
    assert_eq!(deed.form.body(false).unwrap(), json!({"company_id": "com_1"}));
    deed.form.set("from", "2026-11-01").unwrap();
    deed.focus = deed.places() - 1;
    let (tag, call) = calls(&press(&mut app, "enter")).remove(0);
    assert_eq!(call.line(), "GET /v1/reports/invoice-accuracy?company_id=com_1&from=2026-11-01");
    reply(&mut app, tag, json!({"object": "invoice_accuracy_report", "company_id": "com_1", "rows": [{"kind": "invoice", "amounts": ["1.00", "2.00"]}]}));
    let Some(Popup::Text { lines, .. }) = &app.popup else { panic!("it is told") };
    assert!(lines.iter().any(|line| line.contains("Acme GmbH")) && lines.iter().any(|line| line.contains("1.00, 2.00")), "{lines:?}");
}

#[test]
fn what_stands_in_a_path_is_asked_for() {
    let mut app = tenant(Place::Dash);
    app.update(0, Msg::Start);
    app.begin(resource::LOOSE, "GetFlow");
    write(&mut app, "flw_1");
    let asked = press(&mut app, "enter enter");
    assert!(lines(&asked).contains(&"GET /v1/flows/flw_1".to_owned()), "{:?}", lines(&asked));
}

#[test]
fn a_new_one_is_for_the_only_company_and_of_several_for_the_chosen_one() {
    let made = |app: &mut App| {
        app.begin("stages", "new");
        let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form is open") };
        let field = deed.form.fields.iter().find(|field| field.path == "company_id").unwrap().input.value().to_owned();
        app.popup = None;
        field
    };
    let mut app = tenant(Place::list("stages"));
    app.update(0, Msg::Start);
    assert_eq!(made(&mut app), "");
    company(&mut app);
    assert_eq!(made(&mut app), "com_1");
    app.names.insert("com_2".to_owned(), "Acme SAS".to_owned());
    assert_eq!(made(&mut app), "");
    app.scope.company = Some(("com_2".to_owned(), "Acme SAS".to_owned()));
    assert_eq!(made(&mut app), "com_2");
}

#[test]
fn papers_are_asked_for_as_files() {
    let mut app = orders();
    press(&mut app, "space space");
    app.begin("orders", "pdf");
    let papers: Vec<_> = app.out.iter().filter(|cmd| matches!(cmd, Cmd::Print(..))).cloned().collect();
    assert_eq!(papers, [Cmd::Print("PrintOrder", "ord_1".to_owned()), Cmd::Print("PrintOrder", "ord_2".to_owned())]);
    assert!(app.popup.is_none());
}

#[test]
fn who_has_a_key_is_told_what_only_people_do() {
    let mut app = tenant(Place::Dash);
    app.scope.permissions = vec!["orders:read".to_owned()];
    let off = |app: &App, id: &str| app.missing(resource::operation_of(resource::LOOSE, id).unwrap().1);
    assert!(off(&app, "EnrolTotp").unwrap().contains("sign in"));
    assert_eq!(off(&app, "GetMe"), None);
    app.scope.session = "ses_1".to_owned();
    assert_eq!(off(&app, "EnrolTotp"), None);
}

#[test]
fn rows_are_named_by_what_was_listed_before() {
    let mut app = tenant(Place::list("teams"));
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([{"id": "team_1", "name": "North\u{1b}"}]));
    assert_eq!(app.name_of("team_1"), "North ");
    let mut app = tenant(Place::list("assignment-rules"));
    let asked = lines(&app.update(0, Msg::Start));
    assert!(asked.contains(&"GET /v1/teams?limit=200".to_owned()), "{asked:?}");
}

#[test]
fn who_filters_is_told_by_what_and_that_a_field_does_not_exist() {
    let mut app = orders();
    press(&mut app, "/");
    let drawn = |app: &App| {
        let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 100, 30));
        crate::view::draw(app, &mut buf);
        buf.content.iter().map(ratatui::buffer::Cell::symbol).collect::<String>()
    };
    assert!(drawn(&app).contains("fields ") && drawn(&app).contains(" quote_id "), "{}", drawn(&app));
    write(&mut app, "state:draft");
    press(&mut app, "enter");
    assert!(app.notes.back().unwrap().1.starts_with("orders have no field state. Columns: number, customer, "), "{:?}", app.notes);
    press(&mut app, "j");
    let shown = drawn(&app);
    assert!(shown.contains("orders have no field state") && !shown.contains("Nothing matches"), "it is said in the place of the rows: {shown}");
    let notes = app.notes.len();
    press(&mut app, "/ ctrl-u");
    write(&mut app, "status:draft holds:\"\" metadata.anything:1 chairs");
    press(&mut app, "enter");
    assert_eq!(app.notes.len(), notes, "{:?}", app.notes);
}

#[test]
fn the_wheel_turns_what_lies_above_the_screen() {
    let mut app = orders();
    press(&mut app, ":");
    let wheel = |app: &mut App, kind| {
        app.update(1_000, Msg::Mouse(crossterm::event::MouseEvent { kind, column: 5, row: 5, modifiers: crossterm::event::KeyModifiers::NONE }));
    };
    wheel(&mut app, crossterm::event::MouseEventKind::ScrollDown);
    assert!(matches!(app.popup, Some(Popup::Choose { cursor: 3, .. })));
    app.popup = Some(Popup::Text { title: String::new(), lines: vec![String::new(); 40], top: 0 });
    wheel(&mut app, crossterm::event::MouseEventKind::ScrollDown);
    wheel(&mut app, crossterm::event::MouseEventKind::ScrollDown);
    assert!(matches!(app.popup, Some(Popup::Text { top: 6, .. })));
    press(&mut app, "pgdn pgdn G");
    assert!(matches!(app.popup, Some(Popup::Text { top: 16, .. })), "the last page stays whole");
    press(&mut app, "g");
    assert!(matches!(app.popup, Some(Popup::Text { top: 0, .. })));
}

#[test]
fn a_link_of_another_tenant_says_so_and_shows_nothing() {
    let linked = |to: &str| {
        let mut app = tenant(Place::list("orders"));
        app.scope.tenant = String::new();
        app.scope.permissions.clear();
        app.scope.linked = to.to_owned();
        let asked = lines(&app.update(0, Msg::Start));
        assert!(!asked.iter().any(|line| line.contains("/v1/orders")), "{asked:?}");
        let cmds = reply(&mut app, Tag::Me, json!({"tenant": {"slug": "acme"}, "actor": {"name": "Dana"}, "permissions": ["*"]}));
        (app, lines(&cmds).contains(&"GET /v1/orders?limit=100".to_owned()))
    };
    let (app, asked) = linked("acme");
    assert!(asked && *app.place() == Place::list("orders"));
    let (mut app, asked) = linked("borealis");
    assert!(!asked && *app.place() == Place::Dash);
    assert!(app.notes.back().unwrap().1.contains("of borealis, and this is acme"), "{:?}", app.notes);
    let follow = |app: &mut App, link: &str| {
        let notes = app.notes.len();
        press(app, ":");
        write(app, link);
        press(app, "enter");
        app.notes.len() > notes
    };
    assert!(!follow(&mut app, "causeway://acme/ord_77"));
    assert_eq!(app.place().write(), "orders/ord_77");
    assert!(follow(&mut app, "causeway://borealis/ord_78"));
    assert_eq!(app.place().write(), "orders/ord_77");
}
