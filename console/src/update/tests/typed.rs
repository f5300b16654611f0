//! What is typed: history, the palette that stays, and other programs on the terminal.

use super::*;
use crate::outside::Outside;

fn line(app: &mut App) -> String {
    app.popup_input().expect("a line").value().to_owned()
}

fn outside(cmds: &[Cmd]) -> Option<Outside> {
    cmds.iter().find_map(|cmd| if let Cmd::Outside(what) = cmd { Some(what.clone()) } else { None })
}

#[test]
fn a_line_is_edited_where_the_cursor_is() {
    let mut app = orders();
    press(&mut app, "/");
    write(&mut app, "status:draft");
    for _ in 0..5 {
        press(&mut app, "left");
    }
    write(&mut app, "é株");
    assert_eq!(line(&mut app), "status:é株draft");
    press(&mut app, "left left ctrl-k");
    assert_eq!(line(&mut app), "status:");
    app.update(1_000, Msg::Key(KeyEvent::new(crossterm::event::KeyCode::Char('b'), crossterm::event::KeyModifiers::ALT)));
    press(&mut app, "x");
    assert_eq!(line(&mut app), "xstatus:", "alt-b goes back a word and types nothing");
}

#[test]
fn filters_that_were_typed_come_back_list_by_list() {
    let mut app = orders();
    for filter in ["status:draft", "late:true", "status:draft", "so/2"] {
        press(&mut app, "/ ctrl-u");
        write(&mut app, filter);
        assert!(press(&mut app, "enter").contains(&Cmd::Save));
    }
    press(&mut app, "/ up");
    // What stands there already is no step.
    assert_eq!(line(&mut app), "status:draft");
    press(&mut app, "up up up");
    assert_eq!(line(&mut app), "late:true", "the oldest is the end");
    press(&mut app, "down");
    assert_eq!(line(&mut app), "status:draft");
    press(&mut app, "down down");
    assert_eq!(line(&mut app), "so/2", "at last it is what one was typing");
    // The list follows what stands there.
    press(&mut app, "up");
    assert_eq!(app.list().unwrap().filter.local.len(), 0);
    press(&mut app, "esc");
    app.go(Place::list("quotes"));
    press(&mut app, "/ up");
    assert_eq!(line(&mut app), "", "of quotes nothing was asked yet");
}

#[test]
fn commands_that_were_run_come_back_above_the_first() {
    let mut app = orders();
    press(&mut app, ":");
    write(&mut app, "go quotes");
    press(&mut app, "enter :");
    write(&mut app, "wi");
    press(&mut app, "enter : up");
    assert_eq!(line(&mut app), "wide", "by its name, whatever was typed of it");
    press(&mut app, "up");
    assert_eq!(line(&mut app), "go quotes");
    press(&mut app, "down down");
    assert_eq!(line(&mut app), "");
    // Below the first row up is a row.
    press(&mut app, "down down up");
    assert!(matches!(app.popup, Some(Popup::Choose { cursor: 1, .. })) && line(&mut app).is_empty());
    let kept = app.history.clone();
    app.put_back("acme", crate::store::Session { history: kept.clone(), ..Default::default() });
    assert_eq!(app.history, kept);
}

#[test]
fn the_palette_stays_open_for_more() {
    let mut app = orders();
    press(&mut app, ":");
    write(&mut app, "mark all");
    press(&mut app, "ctrl-o");
    assert_eq!((app.list().unwrap().marks.len(), line(&mut app).as_str()), (2, "mark all"));
    press(&mut app, "ctrl-u");
    write(&mut app, "go quotes");
    press(&mut app, "ctrl-o");
    assert!(*app.place() == Place::list("quotes") && matches!(app.popup, Some(Popup::Choose { .. })));
    // What opens a box of its own takes its place.
    press(&mut app, "ctrl-u");
    write(&mut app, "quotes new");
    press(&mut app, "ctrl-o");
    assert!(matches!(app.popup, Some(Popup::Deed(_))));
}

#[test]
fn rows_are_given_to_the_command_that_was_typed_and_to_no_other() {
    let mut app = orders();
    assert_eq!(outside(&press(&mut app, "|")), None);
    assert_eq!(outside(&press(&mut app, "enter")), None, "nothing was typed");
    write(&mut app, "jq .number");
    let Some(Outside::Pipe { command, input }) = outside(&press(&mut app, "enter")) else { panic!("it is run") };
    let rows: Vec<Value> = input.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((command.as_str(), rows.len(), &rows[0]["number"]), ("jq .number", 1, &json!("SO/2")));
    press(&mut app, "ctrl-a | up");
    let Some(Outside::Pipe { input, .. }) = outside(&press(&mut app, "enter")) else { panic!("it is run again") };
    assert_eq!(input.lines().count(), 2, "of the marked rows");
    // Rows that are not here cannot be given.
    app.list_mut().unwrap().marks.insert("ord_9".to_owned());
    press(&mut app, "|");
    assert!(app.popup.is_none() && app.notes.back().unwrap().1.contains("1 of the marked rows"));
    let mut app = tenant(Place::Dash);
    press(&mut app, "|");
    assert!(app.popup.is_none());
}

#[test]
fn what_is_shown_goes_to_the_pager_and_a_field_to_the_editor() {
    let mut app = orders();
    let Some(Outside::Page(text)) = outside(&press(&mut app, "ctrl-o")) else { panic!("a list is read") };
    assert!(text.starts_with("orders  (2)") && text.contains("NUMBER") && text.contains("SO/1"), "{text}");
    app.go(Place::Health);
    assert!(matches!(outside(&press(&mut app, "ctrl-o")), Some(Outside::Page(text)) if text.starts_with("Service\n")));
    app.popup = Some(Popup::Text { title: String::new(), lines: vec!["one".to_owned(), "two".to_owned()], top: 0 });
    assert_eq!(outside(&press(&mut app, "ctrl-o")), Some(Outside::Page("one\ntwo".to_owned())));
    app.popup = None;

    app.go(Place::list("quotes"));
    app.begin("quotes", "new");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a form") };
    deed.focus = deed.form.fields.iter().position(|field| field.path == "lines").unwrap();
    let at = deed.focus;
    write(&mut app, r#"[{"quantity":"2"}]"#);
    let Some(Outside::Edit { path, text }) = outside(&press(&mut app, "ctrl-o")) else { panic!("a field is edited") };
    assert_eq!((path.as_str(), text.lines().count()), ("lines", 5), "JSON is edited in lines");
    let value = |app: &App| if let Some(Popup::Deed(deed)) = &app.popup { deed.form.fields[at].input.value().to_owned() } else { String::new() };
    let edited = |app: &mut App, path: &str, text: Result<&str, &str>| {
        let text = text.map(str::to_owned).map_err(str::to_owned);
        app.update(1_000, Msg::Edited { path: path.to_owned(), text })
    };
    edited(&mut app, "lines", Ok("[\n {\"quantity\": \"2\"}\n]"));
    assert_eq!(value(&app), r#"[{"quantity":"2"}]"#, "it says the same");
    edited(&mut app, "lines", Ok("[\n {\"quantity\": \"3\"}\n]"));
    assert_eq!(value(&app), r#"[{"quantity":"3"}]"#);
    edited(&mut app, "lines", Ok("[\n oops"));
    assert_eq!(value(&app), "[  oops", "what is wrong is told when it is sent");
    edited(&mut app, "lines", Err("vi ended with 1"));
    edited(&mut app, "reference", Ok("another field"));
    assert_eq!(value(&app), "[  oops");
    // A sign-in comes up while the editor is open: what was written stands in the form that waits behind it.
    app.open_login(None);
    assert!(matches!(app.popup, Some(Popup::Login(_))));
    edited(&mut app, "lines", Ok("[{\"quantity\":\"4\"}]"));
    app.popup = app.queue.pop_front();
    assert_eq!(value(&app), r#"[{"quantity":"4"}]"#);
    app.popup = None;
    edited(&mut app, "lines", Ok("[]"));
    assert!(app.notes.back().unwrap().1.contains("The form is closed"), "{:?}", app.notes);
}

/// What is typed is seen before what it finds, where finding takes longer than a key may.
#[test]
fn a_filter_of_many_rows_shows_its_letters_first() {
    let with = |count: usize| {
        let mut app = tenant(Place::list("orders"));
        let cmds = app.update(0, Msg::Start);
        page(&mut app, &cmds, Value::Array((0..count).map(|at| json!({"id": format!("ord_{at}"), "number": format!("SO/{at}"), "status": "draft"})).collect()));
        press(&mut app, "/");
        app
    };
    let clocks = |cmds: &[Cmd]| cmds.iter().filter(|cmd| matches!(cmd, Cmd::After(_, Timer::Sift))).count();
    let seen = |app: &App| app.list().unwrap().view.len();
    let mut few = with(1_000);
    assert_eq!((clocks(&press(&mut few, "9 9")), seen(&few)), (0, 19));
    let mut many = with(3_000);
    assert_eq!((clocks(&press(&mut many, "9 9 9")), seen(&many)), (1, 3_000), "one clock for all that is typed meanwhile");
    many.update(1_001, Msg::Timer(Timer::Sift));
    assert_eq!(seen(&many), 3);
    press(&mut many, "x esc");
    many.update(1_002, Msg::Timer(Timer::Sift));
    assert_eq!(seen(&many), 3_000, "what is closed narrows nothing");
}
