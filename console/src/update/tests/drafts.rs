//! What is typed into a form outlives the console.

use super::*;
use crate::store::{Draft, Session};

/// A console of acme that kept this.
fn back(drafts: Vec<Draft>) -> App {
    let mut app = tenant(Place::list("quotes"));
    app.put_back("acme", Session { drafts, ..Session::default() });
    app.update(0, Msg::Start);
    app
}

fn fill(app: &mut App, path: &str, text: &str) -> Vec<Cmd> {
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a form") };
    deed.focus = deed.form.fields.iter().position(|field| field.path == path).unwrap();
    app.update(50_580_000, Msg::Paste(text.to_owned()))
}

fn value(app: &App, path: &str) -> String {
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("a form") };
    deed.form.fields.iter().find(|field| field.path == path).unwrap().input.value().to_owned()
}

fn text(app: &App) -> String {
    let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 80, 24));
    crate::view::draw(app, &mut buf);
    buf.content.iter().map(ratatui::buffer::Cell::symbol).collect()
}

#[test]
fn a_form_is_kept_while_one_types_and_offered_when_it_is_opened_again() {
    let mut app = back(Vec::new());
    press(&mut app, "+");
    assert!(fill(&mut app, "reference", "PO 47").contains(&Cmd::After(500, Timer::Draft)));
    assert!(!fill(&mut app, "reference", "11").contains(&Cmd::After(500, Timer::Draft)), "one clock");
    assert_eq!(app.update(50_580_500, Msg::Timer(Timer::Draft)), [Cmd::Save]);
    let kept = app.all_drafts();
    assert_eq!((kept.len(), kept[0].form.as_str(), kept[0].fields["reference"].as_str()), (1, "quotes new", "PO 4711"));

    // Another day, another console.
    let mut app = back(kept.clone());
    press(&mut app, "+");
    app.size = (80, 24);
    assert!(text(&app).contains("draft from 14:03: enter to go on, esc to drop"), "{}", text(&app));
    app.now = 200_000_000;
    assert!(text(&app).contains("draft from 1970-01-01 14:03"));
    press(&mut app, "x tab ctrl-s enter");
    assert_eq!((value(&app, "reference").as_str(), matches!(&app.popup, Some(Popup::Deed(deed)) if deed.draft.is_none())), ("PO 4711", true));
    // A quote of its own is no draft of an edit.
    app.popup = None;
    app.list_of(resource::named("quotes").unwrap()).take(&[json!({"id": "qot_1", "status": "draft", "reference": "A"})], None, true, 0);
    app.begin("quotes", "edit");
    assert!(matches!(&app.popup, Some(Popup::Deed(deed)) if deed.draft.is_none()));

    // Dropped: it does not come back.
    let mut app = back(kept);
    press(&mut app, "+");
    assert!(press(&mut app, "esc").contains(&Cmd::Save));
    assert!(value(&app, "reference").is_empty() && app.all_drafts().is_empty() && app.dropped.contains("quotes new"));
    assert!(app.popup.is_some(), "the form is there, empty");
}

#[test]
fn what_is_done_or_thrown_away_is_no_draft_any_more() {
    let mut app = back(Vec::new());
    press(&mut app, "+");
    fill(&mut app, "reference", "PO 4711");
    app.update(2_000, Msg::Timer(Timer::Draft));
    press(&mut app, "esc");
    assert_eq!(app.all_drafts().len(), 1, "it is asked for first");
    assert!(press(&mut app, "esc").contains(&Cmd::Save));
    assert!(app.popup.is_none() && app.all_drafts().is_empty());
    // Whatever else was saved meanwhile took it along: it is dropped all the same.
    let mut app = back(Vec::new());
    press(&mut app, "+");
    fill(&mut app, "reference", "PO 4711");
    assert!(press(&mut app, "esc esc").contains(&Cmd::Save) && app.dropped.contains("quotes new"));

    let mut app = back(Vec::new());
    app.go(Place::list("leads"));
    press(&mut app, "+");
    fill(&mut app, "title", "Chairs");
    app.update(2_000, Msg::Timer(Timer::Draft));
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a form") };
    for field in deed.form.fields.iter_mut().filter(|field| field.required && field.input.value().is_empty()) {
        let word = if let crate::form::Takes::Words(words) = &field.takes { words[0].clone() } else { "x".to_owned() };
        field.input = crate::line::Input::new(word);
    }
    let cmds = press(&mut app, "ctrl-s enter");
    assert_eq!(app.all_drafts().len(), 1, "until it is known to be done");
    let (tag, _) = calls(&cmds).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).expect("it is sent");
    reply(&mut app, tag, json!({"id": "led_1", "object": "lead", "title": "Chairs"}));
    assert!(app.all_drafts().is_empty() && app.dropped.contains("leads new"));
}

#[test]
fn whatever_ends_the_console_leaves_what_stands_in_the_form() {
    let mut app = back(Vec::new());
    press(&mut app, "+");
    fill(&mut app, "reference", "PO 4711");
    // The session ended meanwhile: the form waits behind the sign-in.
    app.queue.extend(app.popup.take());
    assert_eq!(app.all_drafts()[0].fields["reference"], "PO 4711");
    // Of nobody in particular nothing is offered.
    let kept = app.all_drafts();
    let mut app = app_of_nobody();
    app.put_back("acme", Session { drafts: kept, ..Session::default() });
    app.go(Place::list("quotes"));
    app.begin("quotes", "new");
    assert!(matches!(&app.popup, Some(Popup::Deed(deed)) if deed.draft.is_none()));
}

fn app_of_nobody() -> App {
    app(Scope { credential: true, url: "http://host".to_owned(), ..Scope::default() }, Place::Dash)
}

#[test]
fn nothing_secret_is_kept() {
    let mut app = back(Vec::new());
    app.scope.session = "ses_1".to_owned();
    app.begin(resource::LOOSE, "ChangePassword");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a form") };
    for field in &mut deed.form.fields {
        field.input = crate::line::Input::new("tea kettle on the moon".to_owned());
    }
    (deed.touched, deed.drafted) = (true, true);
    assert_eq!(app.all_drafts(), []);
    app.popup = None;
    // Within JSON, too.
    app.go(Place::list("quotes"));
    app.begin("quotes", "new");
    fill(&mut app, "lines", r#"[{"password": "tea kettle"}]"#);
    fill(&mut app, "reference", "PO 4711");
    assert_eq!(app.all_drafts()[0].fields.keys().collect::<Vec<_>>(), ["reference"]);
}

#[test]
fn what_others_changed_since_is_told() {
    let mut app = orders();
    app.recalled = "acme".to_owned();
    let fields = [("reference".to_owned(), "PO 2".to_owned())].into();
    let before = [("reference".to_owned(), "PO 1".to_owned())].into();
    app.drafts = vec![Draft { form: "orders edit ord_2".to_owned(), at: 0, fields, before }];
    app.list_of(resource::named("orders").unwrap()).take(&[json!({"id": "ord_2", "status": "draft", "reference": "PO 3", "version": 4})], None, true, 0);
    app.begin("orders", "edit");
    press(&mut app, "enter");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("a form") };
    assert_eq!(deed.changed, ["reference: was PO 1, is PO 3 now; you typed PO 2"]);
}

#[test]
fn a_form_that_waits_for_a_proof_is_kept_once() {
    let mut app = back(Vec::new());
    press(&mut app, "+");
    fill(&mut app, "reference", "PO 47");
    let Some(Popup::Deed(deed)) = app.popup.take() else { panic!("a form") };
    assert!(deed.drafted);
    app.prove_again(deed);
    app.update(50_580_500, Msg::Timer(Timer::Draft));
    let Some(Popup::Login(login)) = &app.popup else { panic!("the proof") };
    assert!(login.then.as_ref().is_some_and(|deed| !deed.drafted) && app.drafts.len() == 1);
}

/// A row that is being typed when the console is closed is offered when that row is opened again, and goes with its form.
#[test]
fn a_row_that_was_not_put_there_yet_is_kept_as_well() {
    let mut app = back(Vec::new());
    press(&mut app, "+");
    fill(&mut app, "reference", "PO 4711");
    let open = |app: &mut App| {
        let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a form") };
        deed.focus = deed.form.fields.iter().position(|field| field.path == "lines").unwrap();
        press(app, "enter")
    };
    open(&mut app);
    assert!(fill(&mut app, "description", "Carriage").contains(&Cmd::After(500, Timer::Draft)));
    app.update(50_580_500, Msg::Timer(Timer::Draft));
    let kept = app.all_drafts();
    assert_eq!(kept.iter().map(|draft| draft.form.as_str()).collect::<std::collections::BTreeSet<_>>(), ["quotes new", "quotes new > lines +"].into());

    let mut app = back(kept.clone());
    press(&mut app, "+ enter");
    open(&mut app);
    press(&mut app, "enter");
    assert_eq!(value(&app, "description"), "Carriage");
    fill(&mut app, "quantity", "1");
    press(&mut app, "ctrl-s enter");
    assert!(app.all_drafts().iter().all(|draft| draft.form == "quotes new"), "it is put there");

    let mut app = back(kept.clone());
    press(&mut app, "+ esc");
    assert!(app.all_drafts().is_empty() && app.dropped.len() == 2, "dropped with its form");
    let mut app = back(kept);
    press(&mut app, "+ enter");
    open(&mut app);
    press(&mut app, "esc esc");
    assert!(app.all_drafts().iter().all(|draft| draft.form == "quotes new"));
}
