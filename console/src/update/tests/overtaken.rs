//! Somebody else was faster: the new object is loaded, what one typed stays and can be sent again.

use super::*;

fn user(version: i64, email: &str, name: &str) -> Value {
    json!({"id": "usr_1", "name": name, "email": email, "active": true, "role_ids": ["rol_1"], "version": version})
}

/// Somebody changes Dana's name and has not sent it yet.
fn renaming() -> App {
    let mut app = tenant(Place::list("users"));
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([user(3, "dana@acme.test", "Dana")]));
    press(&mut app, "e");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a box") };
    deed.form.set("name", "Dana K").unwrap();
    app
}

fn wrong(app: &App) -> String {
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the box stays") };
    format!("{}|{}", deed.wrong.clone().unwrap_or_default(), deed.changed.join("|"))
}

#[test]
fn an_edit_that_was_overtaken_goes_on_with_the_object_as_it_stands() {
    let mut app = renaming();
    let (tag, call) = calls(&press(&mut app, "ctrl-s enter")).remove(0);
    assert_eq!((call.if_match, call.body), (Some(3), Some(json!({"name": "Dana K"}))));
    let first = call.key;
    fail(&mut app, tag, refused(412, "version_conflict"));
    let shown: String = deeds::screen(&app).join("\n");
    assert!(shown.contains("ctrl-r loads it as it stands"), "{shown}");
    let (tag, call) = calls(&press(&mut app, "ctrl-r")).remove(0);
    assert_eq!((call.line().as_str(), &tag), ("GET /v1/users/usr_1", &Tag::Stands("usr_1".to_owned())));
    reply(&mut app, tag, user(5, "d.keller@acme.test", "Diana"));
    assert_eq!(wrong(&app), "|email: was dana@acme.test, is d.keller@acme.test now|name: was Dana, is Diana now; you typed Dana K");
    let shown: String = deeds::screen(&app).join("\n");
    assert!(shown.contains("Changed by others: ") && shown.contains("d.keller@acme.test"), "{shown}");
    // The same change, to the object as it stands, is another one: the other field is not set back.
    let (tag, call) = calls(&press(&mut app, "enter")).remove(0);
    assert_eq!((call.if_match, call.body), (Some(5), Some(json!({"name": "Dana K"}))));
    assert_ne!(call.key, first);
    reply(&mut app, tag, user(6, "d.keller@acme.test", "Dana K"));
    assert!(app.popup.is_none());
    // What takes it back goes to what stood there last.
    let (_, call) = calls(&press(&mut app, "u")).remove(0);
    assert_eq!((call.if_match, call.body), (Some(6), Some(json!({"name": "Diana"}))));
}

#[test]
fn a_verb_whose_object_moved_on_says_what_it_is_by_now() {
    let mut app = orders();
    let sent = press(&mut app, "c");
    for (tag, _) in calls(&sent) {
        reply(&mut app, tag, json!({"id": "ord_2", "status": "confirmed"}));
    }
    let (tag, _) = calls(&press(&mut app, "ctrl-s enter")).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).expect("it is sent");
    fail(&mut app, tag, refused(409, "state_conflict"));
    let (tag, call) = calls(&press(&mut app, "ctrl-r")).remove(0);
    assert_eq!(call.line(), "GET /v1/orders/ord_2");
    reply(&mut app, tag, json!({"id": "ord_2", "number": "SO/2", "status": "cancelled", "version": 4}));
    assert_eq!(wrong(&app), "only when draft; this is cancelled|status draft -> cancelled");
    assert_eq!(app.list().unwrap().find("ord_2").unwrap().state(), Some("cancelled"));
}

#[test]
fn an_object_that_is_gone_says_so_and_what_was_typed_stays() {
    let mut app = renaming();
    let (tag, _) = calls(&press(&mut app, "ctrl-s enter")).remove(0);
    fail(&mut app, tag, refused(412, "version_conflict"));
    let (tag, _) = calls(&press(&mut app, "ctrl-r")).remove(0);
    fail(&mut app, tag, refused(404, "not_found"));
    assert_eq!(wrong(&app), "not found|");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("a box") };
    assert_eq!(deed.form.body(true).unwrap(), json!({"name": "Dana K"}));
    // What was typed by hand is not lost by one key.
    press(&mut app, "tab");
    write(&mut app, "x");
    assert!(!press(&mut app, "ctrl-c").contains(&Cmd::Quit) && app.notes.back().unwrap().1.contains("A form is filled in"));
    press(&mut app, "esc");
    assert!(wrong(&app).starts_with("esc once more"));
    // What is refused for another reason offers nothing to load.
    press(&mut app, "esc e");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a box") };
    deed.form.set("name", "Dana K").unwrap();
    let (tag, _) = calls(&press(&mut app, "ctrl-s enter")).remove(0);
    fail(&mut app, tag, refused(422, "validation_failed"));
    assert!(calls(&press(&mut app, "ctrl-r")).is_empty());
}
