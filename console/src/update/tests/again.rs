//! A change whose outcome nobody knows is asked for again and done once.

use super::*;

fn offline() -> Failure {
    Failure::Offline("no answer in time".to_owned())
}

/// The changes among these effects: where an answer belongs, and the key.
fn sent(cmds: &[Cmd]) -> Vec<(Tag, String)> {
    calls(cmds).into_iter().filter(|(_, call)| call.writes()).map(|(tag, call)| (tag, call.key.expect("a change has a key"))).collect()
}

fn said(app: &App) -> String {
    let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 140, 40));
    crate::view::draw(app, &mut buf);
    buf.content.iter().map(ratatui::buffer::Cell::symbol).collect()
}

#[test]
fn a_new_lead_is_asked_for_with_one_key_until_its_fields_change() {
    let mut app = tenant(Place::list("leads"));
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([]));
    app.begin("leads", "new");
    let fill = |app: &mut App, name: &str| {
        let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("the form is open") };
        deed.form.set("company_id", "com_1").unwrap();
        deed.form.set("title", name).unwrap();
        deed.focus = deed.places() - 1;
    };
    fill(&mut app, "Chairs");
    let (tag, first) = sent(&press(&mut app, "enter")).remove(0);
    fail(&mut app, tag, offline());
    let text = said(&app);
    assert!(text.contains("it may have been done; enter asks again and does it once"), "{text}");
    assert!(app.notes.iter().any(|(_, note)| note == "leads new: 0 done, 0 refused, 1 may have been done."), "{:?}", app.notes);

    // The server is there again, and the same is asked for.
    reply(&mut app, Tag::Ping, json!({}));
    let (tag, second) = sent(&press(&mut app, "enter")).remove(0);
    assert_eq!(first, second, "the same change has the same key");
    fail(&mut app, tag, refused(503, "unavailable"));

    // Another lead is another change; the first one is still the first.
    fill(&mut app, "Tables");
    let (tag, other) = sent(&press(&mut app, "enter")).remove(0);
    assert_ne!(first, other);
    fail(&mut app, tag, refused(422, "validation_failed"));
    assert!(!said(&app).contains("may have been done"), "a refusal is known");
    fill(&mut app, "Chairs");
    let (tag, again) = sent(&press(&mut app, "enter")).remove(0);
    assert_eq!(first, again);
    reply(&mut app, tag, json!({"id": "led_1", "status": "new"}));
    assert!(app.popup.is_none());
}

#[test]
fn each_of_several_has_a_key_of_its_own_and_a_way_back_has_one() {
    let mut app = orders();
    press(&mut app, "space space c");
    let first = sent(&press(&mut app, "enter"));
    assert_eq!(first.iter().map(|(_, key)| key).collect::<std::collections::BTreeSet<_>>().len(), 2);
    for (tag, _) in &first {
        fail(&mut app, tag.clone(), offline());
    }
    reply(&mut app, Tag::Ping, json!({}));
    let again = sent(&press(&mut app, "enter"));
    let keys = |sent: &[(Tag, String)]| sent.iter().map(|(_, key)| key.clone()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(keys(&first), keys(&again));

    let mut app = tenant(Place::list("billables"));
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([{"id": "bil_1", "status": "held", "hold": {"reason": "price disputed"}}]));
    let (tag, _) = sent(&press(&mut app, "x")).remove(0);
    reply(&mut app, tag, json!({"id": "bil_1", "status": "ready"}));
    let (tag, first) = sent(&press(&mut app, "u")).remove(0);
    fail(&mut app, tag, offline());
    reply(&mut app, Tag::Ping, json!({}));
    assert_eq!(sent(&press(&mut app, "u"))[0].1, first);
}
