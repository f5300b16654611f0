//! Nothing is done without a question that cannot be undone, to rows one does not see, or twice; and nothing that is shown once is lost.

use super::*;

fn sent(cmds: &[Cmd]) -> Vec<(Tag, Call)> {
    calls(cmds).into_iter().filter(|(_, call)| call.writes()).collect()
}

fn list_of(name: &'static str, rows: Value) -> App {
    let mut app = tenant(Place::list(name));
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, rows);
    app
}

#[test]
fn only_what_can_be_taken_back_is_done_without_a_question() {
    for resource in resource::all() {
        for operation in resource.operations.iter().filter(|operation| !operation.reads() && operation.hint.inverse.is_none()) {
            let mut app = if resource.platform { platform() } else { tenant(Place::list(resource.name)) };
            app.way = vec![crate::model::Spot::new(Place::list(resource.name))];
            app.link = Link::Live;
            app.scope.session = "ses_1".to_owned();
            let state = operation.hint.from.first().copied().unwrap_or("new");
            app.list_of(resource).take(&[json!({"id": "x_1", "status": state})], None, true, 0);
            app.begin(resource.name, operation.word);
            assert_eq!(writes(&app.out), Vec::<String>::new(), "{} {}", resource.name, operation.word);
            assert!(matches!(app.popup, Some(Popup::Deed(_))), "{} {}", resource.name, operation.word);
        }
    }
    let mut app = list_of("invoices", json!([{"id": "inv_1", "status": "draft"}]));
    assert!(writes(&press(&mut app, "x")).is_empty());
    assert_eq!(writes(&press(&mut app, "enter")), ["POST /v1/invoices/inv_1/cancel"]);
}

#[test]
fn a_verb_is_not_done_again_to_what_it_was_done_to() {
    let mut app = orders();
    for (tag, call) in {
        press(&mut app, "space space c");
        sent(&press(&mut app, "enter"))
    } {
        if call.segments == ["ord_1"] {
            fail(&mut app, tag, refused(409, "state_conflict"));
        } else {
            reply(&mut app, tag, json!({"id": "ord_2", "status": "confirmed"}));
        }
    }
    let list = app.list().unwrap();
    assert_eq!(list.marks.iter().collect::<Vec<_>>(), ["ord_1"], "what was refused stays marked");
}

#[test]
fn rows_that_are_marked_and_not_in_view_are_told_before_anything_is_done_to_them() {
    let mut app = list_of("billables", json!([{"id": "bil_1", "status": "held", "hold": {"reason": "price"}}, {"id": "bil_2", "status": "held"}]));
    press(&mut app, "space /");
    write(&mut app, "bil_2");
    press(&mut app, "enter");
    let drawn = |app: &App| {
        let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 100, 30));
        crate::view::draw(app, &mut buf);
        buf.content.iter().map(ratatui::buffer::Cell::symbol).collect::<String>()
    };
    assert!(drawn(&app).contains("1 marked, 1 not in view"), "{}", drawn(&app));
    // What is taken back with a key would be done at once to a row that is seen.
    assert!(writes(&press(&mut app, "x")).is_empty());
    assert!(drawn(&app).contains("1 of 1 marked are not in view"), "{}", drawn(&app));
}

#[test]
fn a_secret_survives_everything_but_escape() {
    let rotate = |app: &mut App| {
        press(app, "r");
        sent(&press(app, "tab enter")).remove(0).0
    };
    let secret = json!({"id": "key_1", "name": "erp", "secret": "cw_live_secret"});
    let shown = |app: &App| matches!(&app.popup, Some(Popup::Secret { secrets, .. }) if secrets.iter().map(|once| once.text.as_str()).eq(["cw_live_secret"]));
    let keys = || list_of("api-keys", json!([{"id": "key_1", "name": "erp"}]));

    // The box is closed while it runs.
    let mut app = keys();
    let tag = rotate(&mut app);
    press(&mut app, "esc");
    assert!(app.popup.is_none());
    reply(&mut app, tag, secret.clone());
    assert!(shown(&app));
    // Enter pressed twice, or any other key, closes nothing.
    press(&mut app, "enter enter q y space");
    assert!(shown(&app));
    // The session ends meanwhile.
    app.scope.session = "ses_1".to_owned();
    fail(&mut app, Tag::Ping, refused(401, "unauthenticated"));
    assert!(shown(&app));
    press(&mut app, "esc");
    assert!(matches!(app.popup, Some(Popup::Login(_))), "it is asked for when the secret was read");

    // Something else is open when it comes.
    let mut app = keys();
    let tag = rotate(&mut app);
    press(&mut app, "esc :");
    reply(&mut app, tag, secret);
    assert!(matches!(app.popup, Some(Popup::Choose { .. })));
    press(&mut app, "esc");
    assert!(shown(&app));
    // Who did not copy it is asked once.
    press(&mut app, "esc");
    assert!(shown(&app) && app.notes.back().unwrap().1.contains("not copied yet"));
    press(&mut app, "esc");
    assert!(app.popup.is_none() && app.queue.is_empty() && app.running.is_empty());
}

#[test]
fn what_goes_on_behind_a_closed_box_is_told_and_can_be_taken_back() {
    let mut app = orders();
    press(&mut app, "b");
    let (tag, _) = {
        let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a hold wants a reason") };
        deed.form.set("reason", "waits for a call").unwrap();
        deed.focus = deed.places() - 1;
        sent(&press(&mut app, "enter")).remove(0)
    };
    press(&mut app, "esc");
    reply(&mut app, tag, json!({"id": "ord_2", "number": "SO/2", "status": "draft", "holds": [{"id": "hld_1"}]}));
    assert!(app.notes.back().unwrap().1.contains("1 done. u takes it back."), "{:?}", app.notes);
    assert_eq!(writes(&press(&mut app, "u")), ["POST /v1/orders/ord_2/release"]);
}

#[test]
fn a_change_whose_box_was_closed_keeps_its_key_until_its_outcome_is_known() {
    let mut app = orders();
    let confirm = |app: &mut App| {
        press(app, "c");
        let (tag, call) = sent(&press(app, "enter")).remove(0);
        (tag, call.key.unwrap())
    };
    let (tag, first) = confirm(&mut app);
    press(&mut app, "esc");
    fail(&mut app, tag, Failure::Offline("no answer in time".to_owned()));
    assert!(app.notes.iter().any(|(_, note)| note.contains("Begun anew with the same fields it is done once.")), "{:?}", app.notes);
    reply(&mut app, Tag::Ping, json!({}));
    let (tag, second) = confirm(&mut app);
    assert_eq!(first, second);
    reply(&mut app, tag, json!({"id": "ord_2", "status": "draft"}));
    assert_ne!(confirm(&mut app).1, first, "the next one is another change");
}

#[test]
fn an_ended_session_does_not_take_away_what_was_filled_in() {
    let mut app = list_of("leads", json!([]));
    app.scope.session = "ses_1".to_owned();
    app.scope.login = ("acme".to_owned(), "dana@acme.test".to_owned());
    app.begin("leads", "new");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("the form is open") };
    deed.form.set("title", "Chairs").unwrap();
    deed.form.set("company_id", "com_1").unwrap();
    deed.focus = deed.places() - 1;
    let (tag, _) = sent(&press(&mut app, "enter")).remove(0);
    fail(&mut app, tag, refused(401, "unauthenticated"));
    write(&mut app, "tea kettle on the moon");
    let (tag, _) = calls(&press(&mut app, "enter")).remove(0);
    reply(&mut app, tag, json!({"id": "ses_2", "token": "cw_sess_y"}));
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form is back") };
    assert_eq!((deed.form.body(false).unwrap()["title"].clone(), deed.batch), (json!("Chairs"), None));
}

#[test]
fn what_was_done_with_one_key_is_taken_back_with_one() {
    let mut app = list_of("billables", json!([{"id": "bil_1", "status": "ready"}, {"id": "bil_2", "status": "ready"}]));
    press(&mut app, "space space x");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a hold wants a reason") };
    deed.form.set("reason", "price").unwrap();
    deed.focus = deed.places() - 1;
    for (tag, call) in sent(&press(&mut app, "enter")) {
        reply(&mut app, tag, json!({"id": call.segments[0], "status": "held", "hold": {"reason": "price"}}));
    }
    assert!(app.notes.back().unwrap().1.contains("2 done. u takes them back."), "{:?}", app.notes);
    assert_eq!(writes(&press(&mut app, "u")), ["POST /v1/billables/bil_1/release", "POST /v1/billables/bil_2/release"]);
}

#[test]
fn a_dry_run_says_of_how_many_it_speaks_and_why_there_is_none() {
    let rows: Vec<Value> = (0..30).map(|at| json!({"id": format!("ord_{at:02}"), "status": "draft"})).collect();
    let mut app = list_of("orders", rows.into());
    let cmds = press(&mut app, "ctrl-a c");
    for (tag, call) in calls(&cmds).into_iter().filter(|(tag, _)| matches!(tag, Tag::DryRun { .. })) {
        reply(&mut app, tag, json!({"id": call.segments[0], "status": "confirmed"}));
    }
    let said = |app: &App| {
        let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 100, 30));
        crate::view::draw(app, &mut buf);
        buf.content.iter().map(ratatui::buffer::Cell::symbol).collect::<String>()
    };
    assert!(said(&app).contains("Dry run of 20 of 30: 20 ok"), "{}", said(&app));

    let mut app = list_of("leads", json!([]));
    app.begin("leads", "new");
    press(&mut app, "ctrl-r");
    assert!(said(&app).contains("does not tell beforehand"), "{}", said(&app));
}

#[test]
fn nobody_leaves_while_a_secret_is_on_its_way_without_being_told() {
    let mut app = list_of("api-keys", json!([{"id": "key_1", "name": "erp"}]));
    press(&mut app, "r");
    let tag = sent(&press(&mut app, "tab enter")).remove(0).0;
    let quits = |cmds: &[Cmd]| cmds.contains(&Cmd::Quit);
    assert!(!quits(&press(&mut app, "ctrl-c")));
    assert!(app.notes.back().unwrap().1.contains("api-keys rotate is under way, and its secret is shown once. ctrl-c again"), "{:?}", app.notes);
    // Nobody signs out or goes to another server meanwhile, either; its box may be closed.
    press(&mut app, "esc");
    app.scope.session = "ses_1".to_owned();
    app.act(Act::SignOut);
    assert_eq!((app.scope.session.as_str(), app.running.len()), ("ses_1", 1));
    app.scope.session.clear();
    reply(&mut app, tag, json!({"id": "key_1", "name": "erp", "secret": "cw_live_secret"}));
    app.warned = None;
    assert!(!quits(&press(&mut app, "ctrl-c")), "it is shown, and was not closed");
    assert!(quits(&press(&mut app, "ctrl-c")), "who asks twice leaves");
    press(&mut app, "esc esc");
    app.warned = None;
    assert!(quits(&press(&mut app, "ctrl-c")), "there is nothing to lose any more");

    // Of another change one is told that nobody knows yet what came of it.
    let mut app = orders();
    press(&mut app, "c");
    let tag = sent(&press(&mut app, "enter")).remove(0).0;
    assert!(!quits(&press(&mut app, "ctrl-c")) && app.notes.back().unwrap().1.contains("not known yet"), "{:?}", app.notes);
    reply(&mut app, tag, json!({"id": "ord_2", "status": "confirmed"}));
    app.warned = None;
    assert!(quits(&press(&mut app, "ctrl-c")));
}

#[test]
fn several_secrets_are_all_shown() {
    let mut app = tenant(Place::Dash);
    app.scope.session = "ses_1".to_owned();
    app.update(0, Msg::Start);
    app.begin(resource::LOOSE, "RenewRecoveryCodes");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("the box is open") };
    deed.focus = deed.places() - 1;
    for at in 0..deed.form.fields.len() {
        deed.form.fields[at].input = crate::line::Input::new("tea kettle on the moon".to_owned());
    }
    let (tag, _) = sent(&press(&mut app, "enter")).remove(0);
    let codes: Vec<String> = (0..10).map(|at| format!("code-{at:04}-abcd-efgh")).collect();
    reply(&mut app, tag, json!({"object": "recovery_codes", "codes": codes}));
    let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 80, 24));
    crate::view::draw(&app, &mut buf);
    let text: String = buf.content.iter().map(ratatui::buffer::Cell::symbol).collect();
    for code in codes {
        assert!(text.contains(&code), "{code}: {text}");
    }
}

/// A new tenant comes with two secrets: the first key, and the token with which the owner sets a password.
#[test]
fn every_secret_of_an_answer_is_shown_and_copied_and_none_stays() {
    let mut app = platform();
    let cmds = app.update(0, Msg::Start);
    app.link = Link::Live;
    page(&mut app, &cmds, json!([]));
    press(&mut app, "+");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("its form is open") };
    for (path, text) in [("name", "Acme"), ("slug", "acme"), ("mode", "live"), ("owner.name", "Dana"), ("owner.email", "dana@acme.test")] {
        deed.form.set(path, text).unwrap();
    }
    let (tag, _) = sent(&press(&mut app, "ctrl-s enter")).remove(0);
    let answer = json!({"id": "tnt_1", "object": "tenant", "name": "Acme", "slug": "acme", "status": "active",
        "owner": {"id": "usr_1", "invitation_token": "cw_inv_token"}, "api_key": {"id": "key_1", "secret": "cw_live_secret"}});
    reply(&mut app, tag, answer);
    let shown = deeds::screen(&app).join("\n");
    let (before, box_and_after) = shown.split_once("shown once").unwrap_or_else(|| panic!("{shown}"));
    assert!(box_and_after.contains("cw_live_secret") && box_and_after.contains("owner invitation token") && !before.contains("cw_"), "{shown}");
    assert_eq!(press(&mut app, "y").first(), Some(&Cmd::Copy("cw_live_secret".to_owned())));
    press(&mut app, "esc");
    assert!(app.notes.back().unwrap().1.contains("owner invitation token was not copied yet"), "{:?}", app.notes);
    assert_eq!(press(&mut app, "y").first(), Some(&Cmd::Copy("cw_inv_token".to_owned())));
    assert_eq!(press(&mut app, "1").first(), Some(&Cmd::Copy("cw_live_secret".to_owned())));
    press(&mut app, "esc");
    assert!(app.popup.is_none());
    press(&mut app, "n");
    let shown = deeds::screen(&app).join("\n");
    assert!(shown.contains("Acme") && !shown.contains("cw_"), "{shown}");
    assert!(!app.known("tnt_1").unwrap().to_string().contains("cw_"));
}

/// What was done last cannot be taken back: what was done before it, maybe on another screen, is not what `u` means.
#[test]
fn nothing_older_is_taken_back_in_place_of_what_cannot_be() {
    let mut app = list_of("orders", json!([{"id": "ord_1", "number": "SO/1", "status": "draft", "holds": []}]));
    press(&mut app, "b");
    write(&mut app, "waits");
    let (tag, _) = sent(&press(&mut app, "ctrl-s enter")).remove(0);
    reply(&mut app, tag, json!({"id": "ord_1", "number": "SO/1", "status": "draft", "holds": [{"id": "hld_1"}]}));
    app.go(Place::list("invoices"));
    app.list_of(resource::named("invoices").unwrap()).take(&[json!({"id": "inv_1", "status": "draft"})], None, true, 0);
    press(&mut app, "x");
    let (tag, _) = sent(&press(&mut app, "enter")).remove(0);
    reply(&mut app, tag, json!({"id": "inv_1", "object": "invoice", "number": "INV/1", "status": "cancelled"}));
    assert!(sent(&press(&mut app, "u")).is_empty());
    let said = &app.notes.back().unwrap().1;
    assert!(said.contains("invoices cancel INV/1: nothing takes it back") && said.contains("U lists"), "{said}");
    press(&mut app, "U");
    let Some(Popup::Choose { choices, .. }) = &app.popup else { panic!("the list is open") };
    assert_eq!(choices.iter().map(|choice| choice.off.is_some()).collect::<Vec<_>>(), [true, false]);
    assert_eq!(writes(&press(&mut app, "down enter")), ["POST /v1/orders/ord_1/release"]);
}

#[test]
fn what_wanted_a_word_is_asked_for_before_it_is_taken_back() {
    let mut app = platform();
    let cmds = app.update(0, Msg::Start);
    app.link = Link::Live;
    page(&mut app, &cmds, json!([{"id": "tnt_1", "name": "Acme", "slug": "acme", "status": "active"}]));
    press(&mut app, "x");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("its box is open") };
    deed.focus = deed.form.fields.len();
    write(&mut app, "acme");
    let (tag, _) = sent(&press(&mut app, "enter enter")).remove(0);
    reply(&mut app, tag, json!({"id": "tnt_1", "name": "Acme", "slug": "acme", "status": "suspended"}));
    assert!(sent(&press(&mut app, "u enter")).is_empty(), "leaving it comes first");
    assert_eq!(writes(&press(&mut app, "u down enter")), ["POST /admin/v1/tenants/tnt_1/resume"]);
}
