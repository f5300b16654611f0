//! Messages in, state and effects out.

mod again;
mod chain;
mod deeds;
mod drafts;
mod kept;
mod lines;
mod lookup;
mod loose;
mod number;
mod overtaken;
mod read;
mod rights;
mod rows;
mod safe;
mod shown;
mod told;
mod typed;
mod words;

use super::*;
use crate::call::Call;
use crate::keys::{Act, Keymap};
use crate::list::Stage;
use crate::model::{Asked, Failure, Link, Reply, Scope, Tag, Timer};
use crate::theme::{Depth, Theme};
use proptest::prelude::*;
use serde_json::{Value, json};

fn app(scope: Scope, place: Place) -> App {
    App::new(scope, Theme { depth: Depth::Mono, ascii: true }, Keymap::default(), place)
}

fn tenant(place: Place) -> App {
    let permissions = vec!["*".to_owned()];
    let scope = Scope { credential: true, tenant: "acme".to_owned(), url: "http://host".to_owned(), permissions, ..Scope::default() };
    let mut app = app(scope, place);
    app.link = Link::Live;
    app
}

fn platform() -> App {
    let scope = Scope { credential: true, platform: true, url: "http://host".to_owned(), ..Scope::default() };
    app(scope, Place::list("tenants"))
}

fn press(app: &mut App, keys: &str) -> Vec<Cmd> {
    keys.split(' ').filter_map(Chord::read).flat_map(|chord| app.update(1_000, Msg::Key(chord.event()))).collect()
}

fn write(app: &mut App, text: &str) {
    app.update(1_000, Msg::Paste(text.to_owned()));
}

fn calls(cmds: &[Cmd]) -> Vec<(Tag, Call)> {
    cmds.iter().filter_map(|cmd| if let Cmd::Call(tag, call) = cmd { Some((tag.clone(), call.clone())) } else { None }).collect()
}

fn lines(cmds: &[Cmd]) -> Vec<String> {
    calls(cmds).iter().map(|(_, call)| call.line()).collect()
}

fn reply(app: &mut App, tag: Tag, body: Value) -> Vec<Cmd> {
    app.update(1_000, Msg::Reply { tag, reply: Box::new(Ok(Reply { body, replayed: false })), ms: 3 })
}

fn fail(app: &mut App, tag: Tag, failure: Failure) -> Vec<Cmd> {
    app.update(1_000, Msg::Reply { tag, reply: Box::new(Err(failure)), ms: 3 })
}

/// Answers the newest question for this list.
fn page(app: &mut App, cmds: &[Cmd], rows: Value) -> Vec<Cmd> {
    let tag = calls(cmds).into_iter().map(|(tag, _)| tag).find(|tag| matches!(tag, Tag::Page { .. })).expect("a page was asked for");
    reply(app, tag, json!({"data": rows, "next_cursor": null, "has_more": false}))
}

fn orders() -> App {
    let mut app = tenant(Place::list("orders"));
    let cmds = app.update(0, Msg::Start);
    let rows =
        json!([{"id": "ord_2", "number": "SO/2", "status": "draft", "version": 3}, {"id": "ord_1", "number": "SO/1", "status": "confirmed", "version": 1}]);
    page(&mut app, &cmds, rows);
    app
}

fn writes(cmds: &[Cmd]) -> Vec<String> {
    calls(cmds).iter().filter(|(_, call)| call.writes()).map(|(_, call)| call.line()).collect()
}

#[test]
fn the_first_questions_are_about_the_place_one_starts_at() {
    let mut app = tenant(Place::List { resource: "orders", filter: "status:draft".to_owned() });
    let asked = lines(&app.update(0, Msg::Start));
    assert!(asked.contains(&"GET /v1/orders?limit=100&status=draft".to_owned()), "{asked:?}");
    assert!(asked.contains(&"GET /v1/me".to_owned()));
    let asked = lines(&platform().update(0, Msg::Start));
    assert_eq!(asked, ["GET /readyz", "GET /admin/v1/tenants?limit=100"]);
}

fn refused(status: u16, code: &str) -> Failure {
    Failure::Refused { status, code: code.to_owned(), text: code.replace('_', " "), fields: Vec::new() }
}

#[test]
fn without_a_credential_one_signs_in_with_a_second_step_when_the_account_has_one() {
    let mut app = app(Scope { url: "http://host".to_owned(), ..Scope::default() }, Place::Dash);
    assert!(calls(&app.update(0, Msg::Start)).is_empty());
    for text in ["acme", "dana@acme.test", "tea kettle on the moon"] {
        write(&mut app, text);
        if text != "tea kettle on the moon" {
            press(&mut app, "enter");
        }
    }
    let (tag, call) = calls(&press(&mut app, "enter")).remove(0);
    assert_eq!((call.line().as_str(), call.body.unwrap().get("otp")), ("POST /v1/sessions", None));
    fail(&mut app, tag, refused(401, "otp_required"));
    write(&mut app, "123456");
    let (tag, call) = calls(&press(&mut app, "enter")).remove(0);
    assert_eq!(call.body.unwrap()["otp"], "123456");
    // A wrong code does not stay: each works once.
    fail(&mut app, tag, refused(401, "unauthenticated"));
    write(&mut app, "654321");
    let (tag, call) = calls(&press(&mut app, "enter")).remove(0);
    assert_eq!(call.body.unwrap()["otp"], "654321");
    let cmds = reply(&mut app, tag, json!({"id": "ses_1", "token": "cw_sess_x"}));
    assert_eq!(cmds.first(), Some(&Cmd::Credential("cw_sess_x".to_owned())));
    assert!(app.popup.is_none() && lines(&cmds).contains(&"GET /v1/me".to_owned()));
    assert_eq!(app.scope.login, ("acme".to_owned(), "dana@acme.test".to_owned()));
    assert!(!format!("{:?}{:?}", app.notes, app.scope).contains("cw_sess_x"));

    // A session that ended is opened again where one is; the one that works ends with the console.
    assert_eq!(press(&mut app, "ctrl-c"), [Cmd::Save, Cmd::SignOut("ses_1".to_owned()), Cmd::Quit]);
    app.scope.session = "ses_1".to_owned();
    fail(&mut app, Tag::Ping, refused(401, "unauthenticated"));
    let Some(Popup::Login(login)) = &app.popup else { panic!("it asks again") };
    assert_eq!((login.focus, login.form.fields[1].input.value()), (2, "dana@acme.test"));
}

#[test]
fn a_risky_change_asks_who_one_is_and_is_done_then() {
    let mut app = tenant(Place::list("api-keys"));
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([{"id": "key_1", "name": "erp"}]));
    press(&mut app, "r");
    let (tag, _) = calls(&press(&mut app, "tab enter")).remove(0);
    fail(&mut app, tag, refused(403, "reauthentication_required"));
    write(&mut app, "tea kettle on the moon");
    let (tag, call) = calls(&press(&mut app, "enter")).remove(0);
    assert_eq!(call.line(), "POST /v1/sessions/reauthenticate");
    let cmds = reply(&mut app, tag, json!({"id": "ses_1"}));
    assert_eq!(writes(&cmds), ["POST /v1/api-keys/key_1/rotate"]);
}

#[test]
fn the_platform_goes_in_and_comes_back() {
    let mut app = platform();
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([{"id": "tnt_1", "slug": "acme", "status": "active"}]));
    press(&mut app, "i");
    write(&mut app, "ticket 4412");
    let cmds = press(&mut app, "enter enter enter");
    let (tag, call) = calls(&cmds).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).expect("it is asked for");
    assert_eq!((call.line().as_str(), call.body), ("POST /admin/v1/tenants/tnt_1/enter", Some(json!({"reason": "ticket 4412"}))));
    let access = json!({"object": "tenant_access", "tenant": "acme", "expires_at": "2026-11-24T14:30:00Z", "api_key": {"id": "key_1", "secret": "cw_live_x"}});
    reply(&mut app, tag, access);
    let visit = Cmd::Visit { tenant: "acme".to_owned(), key: "cw_live_x".to_owned(), until: "2026-11-24T14:30:00Z".to_owned() };
    assert_eq!(press(&mut app, "enter"), [visit]);
    assert!(!format!("{:?}{:?}", app.calls, app.notes).contains("cw_live_x"));
    app.scope.visiting = true;
    app.way.truncate(1);
    assert_eq!(press(&mut app, "q"), [Cmd::Return]);
}

#[test]
fn an_allocation_and_a_hold_are_taken_back() {
    let mut app = tenant(Place::list("payments"));
    let cmds = app.update(0, Msg::Start);
    let old = json!({"id": "alc_1", "amount": "1.00"});
    page(&mut app, &cmds, json!([{"id": "pay_1", "status": "posted", "allocations": [old]}]));
    app.begin("payments", "allocate");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("the form is open") };
    deed.form.set("allocations", r#"[{"invoice_id": "inv_1", "amount": "2.00"}]"#).unwrap();
    app.run();
    let cmds = std::mem::take(&mut app.out);
    let (tag, call) = calls(&cmds).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).expect("it is sent");
    assert_eq!(call.line(), "POST /v1/payments/pay_1/allocate");
    reply(&mut app, tag, json!({"id": "pay_1", "status": "posted", "allocations": [old, {"id": "alc_2", "amount": "2.00"}]}));
    let (_, call) = calls(&press(&mut app, "u")).remove(0);
    assert_eq!((call.line().as_str(), call.body), ("POST /v1/payments/pay_1/unallocate", Some(json!({"allocation_ids": ["alc_2"]}))));

    let mut app = tenant(Place::list("billables"));
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([{"id": "bil_1", "status": "held", "hold": {"reason": "price disputed"}}]));
    // A verb without fields is sent at once.
    let (tag, _) = calls(&press(&mut app, "x")).remove(0);
    reply(&mut app, tag, json!({"id": "bil_1", "status": "ready"}));
    let (_, call) = calls(&press(&mut app, "u")).remove(0);
    assert_eq!((call.line().as_str(), call.body), ("POST /v1/billables/bil_1/hold", Some(json!({"reason": "price disputed"}))));
}

#[test]
fn the_wheel_scrolls_and_a_head_sorts() {
    let mut app = orders();
    let mouse = |app: &mut App, kind, column, row| {
        app.update(1_000, Msg::Mouse(crossterm::event::MouseEvent { kind, column, row, modifiers: crossterm::event::KeyModifiers::NONE }))
    };
    mouse(&mut app, crossterm::event::MouseEventKind::ScrollDown, 5, 5);
    assert_eq!(app.list().unwrap().cursor, 1);
    mouse(&mut app, crossterm::event::MouseEventKind::ScrollUp, 5, 5);
    assert_eq!(app.list().unwrap().cursor, 0);
    let cmds = mouse(&mut app, crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Left), 5, 3);
    assert!(lines(&cmds).contains(&"GET /v1/orders?limit=100&sort=number".to_owned()), "{:?}", lines(&cmds));
    // Above a box the mouse does nothing behind it.
    press(&mut app, ":");
    mouse(&mut app, crossterm::event::MouseEventKind::ScrollDown, 5, 5);
    assert_eq!(app.list().unwrap().cursor, 0);
}

#[test]
fn who_types_the_name_of_a_place_goes_there() {
    let mut app = orders();
    press(&mut app, ":");
    write(&mut app, "users");
    press(&mut app, "enter");
    assert_eq!(*app.place(), Place::list("users"));
}

#[test]
fn a_verb_shows_its_dry_run_before_it_is_done() {
    let mut app = orders();
    let cmds = press(&mut app, "c");
    assert_eq!(lines(&cmds), ["POST /v1/orders/ord_2/confirm?dry_run=true"]);
    let (tag, _) = calls(&cmds).remove(0);
    reply(&mut app, tag, json!({"id": "ord_2", "number": "SO/2", "status": "confirmed", "version": 4}));
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the box is open") };
    assert_eq!(deed.preview["ord_2"], Ok(vec!["status draft -> confirmed".to_owned()]));
    let cmds = press(&mut app, "enter");
    assert_eq!(lines(&cmds), ["POST /v1/orders/ord_2/confirm"]);
    let (tag, _) = calls(&cmds).remove(0);
    reply(&mut app, tag, json!({"id": "ord_2", "number": "SO/2", "status": "confirmed", "version": 4}));
    assert!(app.popup.is_none());
    assert_eq!(app.list().unwrap().find("ord_2").unwrap().state(), Some("confirmed"));
}

#[test]
fn what_is_hard_to_take_back_wants_its_word() {
    let mut app = orders();
    press(&mut app, "j x");
    write(&mut app, "duplicate");
    press(&mut app, "enter");
    let typed = |app: &mut App, word: &str| {
        write(app, word);
        writes(&press(app, "enter enter"))
    };
    assert!(typed(&mut app, "CANCE").is_empty());
    press(&mut app, "shift-tab");
    assert_eq!(typed(&mut app, "L"), ["POST /v1/orders/ord_1/cancel"]);
}

#[test]
fn a_verb_that_does_not_fit_the_state_says_why() {
    let mut app = orders();
    press(&mut app, "j");
    app.begin("orders", "confirm");
    assert!(app.out.is_empty());
    assert!(app.popup.is_none() && app.notes.back().unwrap().1.contains("only when draft"), "{:?}", app.notes);
}

#[test]
fn bulk_verbs_keep_what_was_refused() {
    let mut app = orders();
    press(&mut app, "space space");
    let cmds = press(&mut app, "c");
    assert_eq!(calls(&cmds).len(), 2, "one dry run per marked row");
    let sent = calls(&press(&mut app, "enter"));
    assert_eq!(sent.len(), 2);
    for (tag, call) in sent {
        if call.segments == ["ord_1"] {
            fail(&mut app, tag, Failure::Refused { status: 409, code: String::new(), text: "it is confirmed already".to_owned(), fields: Vec::new() });
        } else {
            reply(&mut app, tag, json!({"id": "ord_2", "status": "confirmed"}));
        }
    }
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the box stays") };
    assert_eq!(deed.targets, ["ord_1"]);
    assert!(app.notes.back().unwrap().1.contains("1 done, 1 refused"));
}

#[test]
fn a_suspension_is_taken_back_when_one_says_so() {
    let mut app = platform();
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([{"id": "tnt_1", "slug": "acme", "status": "active"}]));
    press(&mut app, "x");
    write(&mut app, "unpaid");
    assert!(writes(&press(&mut app, "ctrl-s enter enter")).is_empty(), "everybody of it is locked out: its name is typed");
    press(&mut app, "shift-tab");
    write(&mut app, "acme");
    let cmds = press(&mut app, "enter enter");
    assert_eq!(writes(&cmds), ["POST /admin/v1/tenants/tnt_1/suspend"]);
    let (tag, call) = calls(&cmds).remove(0);
    assert_eq!(call.body, Some(json!({"reason": "unpaid"})));
    reply(&mut app, tag, json!({"id": "tnt_1", "slug": "acme", "status": "suspended"}));
    assert!(writes(&press(&mut app, "u")).is_empty(), "what wanted a word is asked for first");
    let cmds = press(&mut app, "down enter");
    assert_eq!(writes(&cmds), ["POST /admin/v1/tenants/tnt_1/resume"]);
    let (tag, _) = calls(&cmds).remove(0);
    reply(&mut app, tag, json!({"id": "tnt_1", "slug": "acme", "status": "active"}));
    assert_eq!(app.list().unwrap().selected().unwrap().state(), Some("active"));
    assert!(press(&mut app, "u").is_empty(), "nothing suspends it again with one key");
}

#[test]
fn an_edit_is_conditional_and_its_undo_puts_the_old_values_back() {
    let mut app = tenant(Place::list("users"));
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([{"id": "usr_1", "name": "Dana", "email": "d@a.test", "active": true, "role_ids": [], "company_ids": [], "version": 7}]));
    press(&mut app, "e");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("the form is open") };
    deed.form.set("name", "Dana B.").unwrap();
    deed.focus = deed.places() - 1;
    let (tag, call) = calls(&press(&mut app, "enter")).remove(0);
    assert_eq!((call.line().as_str(), call.if_match, call.body), ("PATCH /v1/users/usr_1", Some(7), Some(json!({"name": "Dana B."}))));
    reply(&mut app, tag, json!({"id": "usr_1", "name": "Dana B.", "version": 8}));
    let (_, call) = calls(&press(&mut app, "u")).remove(0);
    assert_eq!((call.if_match, call.body), (Some(8), Some(json!({"name": "Dana"}))));
}

#[test]
fn a_secret_is_shown_once_and_kept_nowhere() {
    let mut app = tenant(Place::list("api-keys"));
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([{"id": "key_1", "name": "erp"}]));
    press(&mut app, "r");
    let cmds = press(&mut app, "tab enter");
    let (tag, _) = calls(&cmds).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).expect("it is rotated");
    reply(&mut app, tag, json!({"id": "key_1", "name": "erp", "secret": "cw_live_secret"}));
    assert!(matches!(&app.popup, Some(Popup::Secret { secrets, .. }) if secrets.iter().map(|once| once.text.as_str()).eq(["cw_live_secret"])));
    press(&mut app, "esc");
    assert!(matches!(&app.popup, Some(Popup::Secret { .. })) && app.notes.back().unwrap().1.contains("not copied yet"), "it is asked for first");
    assert_eq!(press(&mut app, "y").first(), Some(&Cmd::Copy("cw_live_secret".to_owned())));
    press(&mut app, "esc");
    assert!(app.popup.is_none());
    assert!(!app.list().unwrap().find("key_1").unwrap().value().to_string().contains("cw_live_secret"));
    assert!(!format!("{:?}{:?}", app.calls, app.notes).contains("cw_live_secret"));
}

#[test]
fn an_outage_keeps_what_is_there_and_forbids_writing() {
    let mut app = orders();
    let cmds = fail(&mut app, Tag::Ping, Failure::Offline("cannot connect".to_owned()));
    assert!(cmds.contains(&Cmd::After(1_000, Timer::Retry)), "{cmds:?}");
    assert_eq!((app.list().unwrap().view.len(), app.online()), (2, false));
    assert!(writes(&press(&mut app, "c enter")).is_empty());
    let again = app.update(2_000, Msg::Timer(Timer::Retry));
    assert_eq!(lines(&again), ["GET /readyz"]);
    for _ in 0..20 {
        let cmds = fail(&mut app, Tag::Ping, Failure::Offline("cannot connect".to_owned()));
        assert_eq!(cmds.iter().filter(|cmd| matches!(cmd, Cmd::After(_, Timer::Retry))).count(), 1);
        // What else fails meanwhile starts no second clock.
        assert_eq!(fail(&mut app, Tag::Clock, Failure::Offline("cannot connect".to_owned())), []);
        app.update(2_000, Msg::Timer(Timer::Retry));
    }
    let cmds = fail(&mut app, Tag::Ping, Failure::Offline("cannot connect".to_owned()));
    assert!(cmds.contains(&Cmd::After(16_000, Timer::Retry)), "it never gives up and never waits long: {cmds:?}");
    let cmds = reply(&mut app, Tag::Ping, json!({}));
    assert!(app.online() && lines(&cmds).iter().any(|line| line.starts_with("GET /v1/orders")), "{cmds:?}");
}

#[test]
fn the_preview_follows_when_the_cursor_rests() {
    let mut app = orders();
    let shown = |app: &App| app.list().unwrap().previewed().unwrap().id.clone();
    let first = shown(&app);
    assert_eq!(Some(&first), app.list().unwrap().selected().map(|record| &record.id));
    let cmds = press(&mut app, "j");
    assert!(cmds.contains(&Cmd::After(REST, Timer::Rest)), "{cmds:?}");
    assert_eq!(shown(&app), first, "who moves on is not kept waiting");
    // The cursor has moved on meanwhile: another rest is waited for.
    press(&mut app, "k");
    assert_eq!(app.update(1_120, Msg::Timer(Timer::Rest)), [], "it is back where the preview is");
    press(&mut app, "j");
    app.update(1_240, Msg::Timer(Timer::Rest));
    assert_ne!(shown(&app), first);
    assert_eq!(Some(shown(&app)), app.list().unwrap().selected().map(|record| record.id.clone()));
}

#[test]
fn events_change_rows_in_place_and_new_ones_wait() {
    let mut app = orders();
    press(&mut app, "j");
    let cmds = reply(&mut app, Tag::Tail, json!({"data": [{"id": "aud_0a"}]}));
    assert!(cmds.contains(&Cmd::Follow("evt_0a".to_owned())), "{cmds:?}");
    assert!(lines(&app.update(5_000, Msg::Timer(Timer::Poll))).is_empty(), "who follows the stream does not ask");
    assert_eq!(lines(&app.update(5_000, Msg::Unheard)), ["GET /readyz"]);
    assert_eq!(lines(&app.update(5_000, Msg::Timer(Timer::Poll))), ["GET /v1/events?after=evt_0a&limit=200"]);
    let event = |id: &str, object: Value| json!({"id": id, "type": "order.updated", "data": object});
    let events = json!([
        event("evt_1", json!({"id": "ord_3", "number": "SO/3", "status": "draft"})),
        event("evt_2", json!({"id": "ord_2", "number": "SO/2", "status": "confirmed"}))
    ]);
    reply(&mut app, Tag::News, json!({"data": events}));
    let list = app.list().unwrap();
    assert_eq!((list.selected().unwrap().id.as_str(), list.fresh.len(), list.find("ord_2").unwrap().state()), ("ord_1", 1, Some("confirmed")));
    press(&mut app, "n");
    let list = app.list().unwrap();
    assert_eq!((list.selected().unwrap().id.as_str(), list.view.len(), app.heard.as_str()), ("ord_1", 3, "evt_2"));
}

#[test]
fn news_that_change_nothing_draw_nothing() {
    let mut app = orders();
    reply(&mut app, Tag::Tail, json!({"data": [{"id": "aud_0a"}]}));
    app.dirty = false;
    app.update(5_000, Msg::Timer(Timer::Poll));
    app.update(5_000, Msg::Heard(Box::new(json!({"id": "evt_9", "data": {"id": "inv_1"}}))));
    reply(&mut app, Tag::News, json!({"data": []}));
    assert!(!app.dirty, "an idle console draws no frame");
}

#[test]
fn stale_answers_are_dropped() {
    let mut app = orders();
    let old = calls(&press(&mut app, "ctrl-r")).into_iter().find(|(tag, _)| matches!(tag, Tag::Page { .. })).unwrap().0;
    press(&mut app, "ctrl-r");
    reply(&mut app, old, json!({"data": [{"id": "ord_9"}]}));
    assert!(app.list().unwrap().find("ord_9").is_none());
}

#[test]
fn a_list_one_may_not_see_says_so() {
    let mut app = tenant(Place::list("orders"));
    let cmds = app.update(0, Msg::Start);
    let (tag, _) = calls(&cmds).into_iter().find(|(tag, _)| matches!(tag, Tag::Page { .. })).unwrap();
    fail(&mut app, tag, Failure::Refused { status: 403, code: String::new(), text: "needs orders:read".to_owned(), fields: Vec::new() });
    assert_eq!(app.list().unwrap().stage, Stage::Denied("needs orders:read".to_owned()));
}

#[test]
fn escape_clears_marks_then_the_filter_then_goes_back_and_never_leaves() {
    let mut app = orders();
    press(&mut app, "/");
    write(&mut app, "so/2");
    assert_eq!(app.list().unwrap().view.len(), 1, "it narrows while one types");
    press(&mut app, "enter space");
    assert_eq!(app.list().unwrap().marks.len(), 1);
    press(&mut app, "esc");
    assert!(app.list().unwrap().marks.is_empty() && !app.list().unwrap().text.is_empty());
    press(&mut app, "esc");
    assert!(app.list().unwrap().text.is_empty());
    press(&mut app, "esc");
    assert_eq!(*app.place(), Place::Dash);
    assert!(!press(&mut app, "esc").contains(&Cmd::Quit));
    assert!(press(&mut app, "q").contains(&Cmd::Quit));
}

#[test]
fn every_action_and_verb_is_in_the_palette_and_every_action_in_the_help() {
    for place in [Place::Dash, Place::list("orders"), Place::list("api-keys")] {
        let app = tenant(place);
        let palette = app.palette();
        let help = app.help();
        for action in crate::keys::ACTIONS {
            assert!(palette.iter().any(|choice| choice.name == action.name), "{} is not in the palette", action.name);
            assert!(help.iter().any(|choice| choice.name == action.name), "{} is not in the help", action.name);
        }
        if let Some(resource) = app.place().resource().and_then(resource::named) {
            for operation in &resource.operations {
                assert!(palette.iter().any(|choice| choice.name == format!("{} {}", resource.name, operation.word)));
            }
        }
        for resource in resource::all().iter().filter(|resource| !resource.platform) {
            assert!(palette.iter().any(|choice| choice.name == format!("go {}", resource.name)));
        }
    }
}

#[test]
fn every_operation_is_reached_without_a_screen() {
    for resource in resource::all() {
        for operation in &resource.operations {
            let words = [resource.name.to_owned(), operation.word.to_owned(), "x_1".to_owned()];
            assert!(matches!(crate::headless::read(&words), Ok(crate::headless::Request::Do(..))), "{} {}", resource.name, operation.word);
        }
    }
    for row in crate::contract::ROWS.iter() {
        assert!(matches!(crate::headless::read(&["call".to_owned(), row.id.to_owned()]), Ok(crate::headless::Request::Call(..))), "{}", row.id);
    }
}

#[test]
fn the_palette_runs_what_it_finds() {
    let mut app = orders();
    press(&mut app, ":");
    write(&mut app, "go invoices");
    press(&mut app, "enter");
    assert_eq!(*app.place(), Place::list("invoices"));
    press(&mut app, ":");
    write(&mut app, "ord_77");
    press(&mut app, "enter");
    assert_eq!(app.place().write(), "orders/ord_77");
    assert!(matches!(app.objects.get("ord_77"), Some(Asked::Loading)));
}

#[test]
fn sorting_and_copying_and_links() {
    let mut app = orders();
    let cmds = press(&mut app, "=");
    assert!(lines(&cmds).contains(&"GET /v1/orders?limit=100&sort=number".to_owned()), "{cmds:?}");
    let cmds = press(&mut app, "=");
    assert!(lines(&cmds).contains(&"GET /v1/orders?limit=100&sort=-number".to_owned()), "{cmds:?}");
    assert!(press(&mut app, "y").contains(&Cmd::Copy("ord_2".to_owned())));
    assert!(press(&mut app, "Y").contains(&Cmd::Copy("causeway://acme/orders".to_owned())));
    assert!(
        press(&mut app, "E").iter().any(|cmd| matches!(cmd, Cmd::Export(wanted) if wanted.resource == "orders" && !wanted.json && wanted.marked.is_none()))
    );
}

#[test]
fn a_click_selects_and_a_second_opens() {
    let mut app = orders();
    let click = |app: &mut App, column, row| {
        let kind = crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Left);
        app.update(1_000, Msg::Mouse(crossterm::event::MouseEvent { kind, column, row, modifiers: crossterm::event::KeyModifiers::NONE }))
    };
    click(&mut app, 10, 5);
    assert_eq!(app.list().unwrap().cursor, 1);
    click(&mut app, 10, 5);
    assert_eq!(app.place().write(), "orders/ord_1");
    click(&mut app, 2, 1);
    assert_eq!(*app.place(), Place::Dash);
}

fn keys() -> impl Strategy<Value = Vec<String>> {
    let named =
        ["enter", "esc", "tab", "shift-tab", "up", "down", "pgdn", "ctrl-a", "ctrl-d", "ctrl-p", "ctrl-g", "ctrl-r", "space", "backspace"].map(str::to_owned);
    let letters = ('!'..='~').map(String::from);
    proptest::collection::vec(proptest::sample::select(named.into_iter().chain(letters).collect::<Vec<_>>()), 200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any keys at any size: nothing panics, and a read-only console asks for no change.
    #[test]
    fn random_keys_never_panic_and_never_write_when_read_only(keys in keys(), columns in 1_u16..200, rows in 1_u16..60) {
        let mut app = orders();
        app.scope.read_only = true;
        app.update(0, Msg::Resize(columns, rows));
        for (at, key) in keys.into_iter().enumerate() {
            let Some(chord) = Chord::read(&key) else { continue };
            let cmds = app.update(1_000, Msg::Key(chord.event()));
            prop_assert!(writes(&cmds).is_empty(), "{key}: {:?}", writes(&cmds));
            if at % 4 == 0 {
                let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, columns, rows));
                crate::view::draw(&app, &mut buf);
            }
        }
    }
}

#[test]
fn quitting_keeps_the_session_first() {
    let mut app = orders();
    assert_eq!(press(&mut app, "ctrl-c"), [Cmd::Save, Cmd::Quit]);
    app.act(Act::Suspend);
    assert_eq!(app.out, [Cmd::Suspend]);
}

#[test]
fn what_happened_asks_only_for_the_numbers_it_may_have_changed() {
    let mut app = tenant(Place::Dash);
    app.update(0, Msg::Start);
    app.update(1_000, Msg::Heard(Box::new(json!({"id": "evt_1", "type": "quote.submitted", "data": {"id": "qot_1", "status": "in_approval"}}))));
    let asked = lines(&app.update(3_000, Msg::Timer(Timer::Poll)));
    assert_eq!(asked, ["GET /v1/quotes?limit=100&status=sent", "GET /v1/quotes?limit=100&status=in_approval"]);
    assert!(lines(&app.update(5_000, Msg::Timer(Timer::Poll))).is_empty(), "nothing happened since");

    // Where only the tabs show numbers they follow less often, and only the queues'.
    app.go(Place::list("orders"));
    app.update(6_000, Msg::Heard(Box::new(json!({"id": "evt_2", "type": "quote.submitted", "data": {"id": "qot_2", "status": "in_approval"}}))));
    assert!(lines(&app.update(7_000, Msg::Timer(Timer::Poll))).is_empty());
    assert_eq!(lines(&app.update(40_000, Msg::Timer(Timer::Poll))), ["GET /v1/quotes?limit=100&status=in_approval"]);
}

#[test]
fn exceptions_are_queues_that_say_why_and_open_what_they_are_about() {
    let mut app = tenant(Place::Exceptions);
    let cmds = app.update(0, Msg::Start);
    let (tag, _) = calls(&cmds).into_iter().find(|(_, call)| call.line().contains("hold_kind")).expect("holds are asked for");
    let held = json!({"id": "ord_1", "number": "SO/1", "party_id": "pty_1", "holds": [{"reason": "credit limit", "since": "2026-11-20T10:00:00Z"}], "total_amount": "12.00", "currency": "EUR"});
    reply(&mut app, tag, json!({"data": [held], "has_more": true}));
    let first = crate::sheet::lines(&app).remove(0).text();
    for part in ["SO/1", "credit limit", "12.00 EUR", "2026-11-20"] {
        assert!(first.contains(part), "{part}: {first}");
    }
    assert!(app.tabs().iter().any(|(name, _)| name == "Exc 1+"));
    press(&mut app, "enter");
    assert_eq!(*app.place(), Place::Object { resource: "orders", id: "ord_1".to_owned() });
    press(&mut app, "5");
    assert_eq!(*app.place(), Place::approvals());
}
