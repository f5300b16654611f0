//! The words of people find what the console calls otherwise.

use super::*;

fn best(app: &App, typed: &str) -> Vec<String> {
    fitting(&app.palette(), typed).iter().map(|choice| choice.name.clone()).collect()
}

#[test]
fn places_and_verbs_are_found_by_the_words_that_people_use() {
    let mut app = tenant(Place::Dash);
    app.update(0, Msg::Start);
    for (typed, wanted) in [
        ("company", "go companies"),
        ("party", "go parties"),
        ("tax rule", "go tax-rules"),
        ("customer", "go parties"),
        ("client", "go parties"),
        ("create customer", "parties new"),
        ("new customer", "parties new"),
        ("add user", "users new"),
        ("logout", "sign out"),
        ("invioce", "go invoices"),
        ("qoute", "go quotes"),
        ("vat", "go taxes"),
        ("mfa", "call EnrolTotp"),
        ("contact", "go contacts"),
        ("dunning", "report aging"),
        ("settings", "go companies"),
        ("invoice new", "invoices new"),
        ("new invoice", "invoices new"),
    ] {
        let found = best(&app, typed);
        assert!(found.iter().take(8).any(|name| name == wanted), "{typed}: {wanted} of {:?}", found.iter().take(9).collect::<Vec<_>>());
    }
    for (typed, first) in [("company", "go companies"), ("party", "go parties"), ("orders", "go orders"), ("customer", "go parties")] {
        assert_eq!(best(&app, typed).first().map(String::as_str), Some(first), "{typed}");
    }
}

#[test]
fn what_fits_nothing_says_so_and_what_is_no_id_is_refused() {
    let mut app = orders();
    press(&mut app, ":");
    write(&mut app, "xyzzyq");
    let screen = deeds::screen(&app).join("");
    assert!(screen.contains("Nothing fits."), "{screen}");
    press(&mut app, "enter");
    assert!(app.popup.is_some() && app.notes.back().unwrap().1.starts_with("Nothing fits."));
    press(&mut app, "ctrl-u");
    write(&mut app, "orders SO/1996/00120");
    press(&mut app, "enter");
    assert!(matches!(app.place(), Place::List { .. }) && app.notes.back().unwrap().1.contains("is no id of orders"), "{:?}", app.notes.back());
}

#[test]
fn words_find_rows_by_the_names_that_are_shown() {
    let mut app = tenant(Place::list("orders"));
    let cmds = app.update(0, Msg::Start);
    app.names.extend([("pty_1", "QUICK-Stop"), ("pty_2", "Bon app'")].map(|(id, name)| (id.to_owned(), name.to_owned())));
    page(&mut app, &cmds, json!([{"id": "ord_2", "number": "SO/2", "party_id": "pty_1"}, {"id": "ord_1", "number": "SO/1", "party_id": "pty_2"}]));
    for text in ["quick", "customer:QUICK", "party_id:quick"] {
        press(&mut app, "/ ctrl-u");
        write(&mut app, text);
        let list = app.list().unwrap();
        assert_eq!((list.view.len(), list.row(0).map(|record| record.id.as_str())), (1, Some("ord_2")), "{text}");
        press(&mut app, "enter");
        assert_eq!(app.list().unwrap().view.len(), 1, "{text}");
    }
    // The order is that of the names, too, and is told of what is loaded.
    app.filter_by("");
    app.sort_by("party_id");
    let list = app.list().unwrap();
    assert_eq!(list.row(0).map(|record| record.id.as_str()), Some("ord_1"));
}

#[test]
fn a_filter_that_is_kept_stays_kept_and_tells_whose_rows_they_are() {
    let mut app = orders();
    app.names.insert("pty_1".to_owned(), "QUICK-Stop".to_owned());
    app.filter_by("party_id:pty_1");
    app.act(Act::SaveFilter);
    app.act(Act::SaveFilter);
    assert_eq!((app.saved.len(), app.saved[0].name.as_str()), (1, "orders party_id:QUICK-Stop"));
    press(&mut app, "F delete");
    assert!(app.saved.is_empty() && app.popup.is_none(), "{:?}", app.saved);
}

#[test]
fn what_is_made_elsewhere_is_known_here() {
    let mut app = orders();
    app.names.insert("com_1".to_owned(), "Acme".to_owned());
    app.update(1_000, Msg::Heard(Box::new(json!({"id": "evt_1", "data": {"id": "com_2", "name": "Third Ltd"}}))));
    assert_eq!(app.name_of("com_2"), "Third Ltd");
    app.begin("quotes", "new");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form is open") };
    assert!(!deed.form.fills("company_id"), "of two companies none is chosen by itself");
}

#[test]
fn who_leaves_what_may_have_been_done_is_told_that() {
    let mut app = tenant(Place::list("teams"));
    app.update(0, Msg::Start);
    app.begin("teams", "new");
    write(&mut app, "North");
    let (tag, _) = calls(&press(&mut app, "ctrl-s enter")).remove(0);
    fail(&mut app, tag, Failure::Offline("cannot connect".to_owned()));
    press(&mut app, "esc");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("it asks") };
    assert!(deed.wrong.as_ref().unwrap().contains("not known whether it was done"), "{:?}", deed.wrong);
}
