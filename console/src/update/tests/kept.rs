//! What is kept between sessions comes back to the tenant it was kept of, and to no other.

use super::*;
use crate::store::Session;
use std::collections::BTreeMap;

fn session() -> Session {
    Session {
        place: "orders".to_owned(),
        sorts: BTreeMap::from([("orders".to_owned(), ("number".to_owned(), true))]),
        marks: BTreeMap::from([("orders".to_owned(), vec!["ord_1".to_owned()])]),
        company: Some(("com_1".to_owned(), "Northwind".to_owned())),
        ..Session::default()
    }
}

/// A console that takes its key for acme's, until the server says whose it is.
fn guessed() -> App {
    let scope = Scope { credential: true, url: "http://host".to_owned(), company: session().company, ..Scope::default() };
    let mut app = app(scope, Place::list("orders"));
    app.put_back("acme", session());
    app.update(0, Msg::Start);
    app
}

fn me(app: &mut App, slug: &str) -> Vec<Cmd> {
    reply(app, Tag::Me, json!({"tenant": {"slug": slug}, "actor": {"name": "Dana"}, "permissions": []}))
}

#[test]
fn marks_and_company_of_the_same_tenant_come_back() {
    let mut app = guessed();
    assert!(app.list().unwrap().marks.is_empty(), "nobody knows yet whose rows they are");
    assert!(!me(&mut app, "acme").contains(&Cmd::Recall));
    assert_eq!((app.list().unwrap().targets(), app.list().unwrap().unseen), (vec!["ord_1".to_owned()], 1));
}

#[test]
fn another_tenant_behind_the_same_server_finds_nothing_of_the_one_before() {
    let mut app = guessed();
    assert!(me(&mut app, "borealis").contains(&Cmd::Recall));
    let cmds = app.update(1_000, Msg::Recalled(Box::default()));
    let list = app.list().unwrap();
    assert_eq!((app.scope.company.clone(), list.marks.len(), list.sort.clone(), app.recalled.as_str()), (None, 0, None, "borealis"));
    assert!(lines(&cmds).contains(&"GET /v1/orders?limit=100".to_owned()), "{:?}", lines(&cmds));

    // A visitor neither finds nor leaves anything.
    let mut app = guessed();
    app.scope.visiting = true;
    assert!(!me(&mut app, "borealis").contains(&Cmd::Recall));
}

#[test]
fn another_person_finds_nothing_of_the_one_before() {
    let mut app = orders();
    app.scope.session = "ses_1".to_owned();
    app.scope.login = ("acme".to_owned(), "dana@acme.test".to_owned());
    app.scope.company = session().company;
    app.recalled = "acme".to_owned();
    app.note("SO/1 was confirmed");
    fail(&mut app, Tag::Ping, refused(401, "unauthenticated"));
    let Some(Popup::Login(login)) = &mut app.popup else { panic!("it asks again") };
    for (path, text) in [("tenant", "borealis"), ("email", "bo@borealis.test"), ("password", "x")] {
        login.form.set(path, text).unwrap();
    }
    let (tag, _) = calls(&press(&mut app, "enter")).remove(0);
    reply(&mut app, tag, json!({"id": "ses_2", "token": "cw_sess_y"}));
    assert_eq!((app.scope.company.clone(), app.recalled.as_str(), app.lists.contains_key("orders"), app.notes.len()), (None, "", false, 0));
    assert_eq!(app.scope.session, "ses_2");
}

#[test]
fn who_changes_the_profile_ends_the_session() {
    let mut app = orders();
    app.scope.session = "ses_1".to_owned();
    app.scope.profiles = vec!["prod".to_owned(), "staging".to_owned()];
    press(&mut app, "ctrl-t");
    write(&mut app, "staging");
    assert_eq!(press(&mut app, "enter"), [Cmd::Save, Cmd::Profile("staging".to_owned(), "ses_1".to_owned())]);
}
