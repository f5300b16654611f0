//! What one may not read is not asked for, and rights are chosen from those that there are.

use super::*;

/// Somebody who may read invoices, and whose console does not know it yet.
fn eve(place: Place) -> (App, Vec<Cmd>) {
    let mut app = tenant(place);
    app.scope.permissions.clear();
    let cmds = app.update(0, Msg::Start);
    (app, cmds)
}

/// What she may read: what a billing run refused goes with the invoices.
fn own(line: &str) -> bool {
    ["/v1/invoices", "/v1/parties", "/v1/billing-run-items"].iter().any(|path| line.contains(path))
}

fn me() -> Value {
    json!({"tenant": {"slug": "acme"}, "actor": {"name": "Eve"}, "permissions": ["invoices:read", "parties:*"]})
}

#[test]
fn until_it_is_known_what_one_may_only_what_one_came_for_is_asked() {
    let (mut app, cmds) = eve(Place::Dash);
    assert_eq!(lines(&cmds), ["GET /readyz", "GET /v1/me"]);
    let asked = lines(&reply(&mut app, Tag::Me, me()));
    assert!(!asked.is_empty() && asked.iter().all(|line| own(line)), "{asked:?}");
    let (_, cmds) = eve(Place::list("orders"));
    assert_eq!(lines(&cmds), ["GET /readyz", "GET /v1/me", "GET /v1/orders?limit=100"]);
}

#[test]
fn whoever_looks_around_with_few_rights_is_refused_nothing_by_the_server() {
    let (mut app, _) = eve(Place::Dash);
    reply(&mut app, Tag::Me, me());
    let mut asked = Vec::new();
    for key in ["2", "7", "4", "5", "6", "8", "9", "1", "C"] {
        asked.extend(lines(&press(&mut app, key)));
    }
    asked.extend(lines(&app.update(90_000, Msg::Timer(Timer::Poll))));
    assert!(asked.iter().all(|line| own(line) || line.contains("/readyz")), "{asked:?}");
    press(&mut app, "2");
    assert_eq!(app.list().unwrap().stage, Stage::Denied("needs the permission orders:read".to_owned()));
    assert!(app.calls.iter().all(|logged| !logged.call.path.contains("orders")), "what was not asked is no call");
    // Whoever was given the right meanwhile asks again.
    let cmds = press(&mut app, "ctrl-r");
    assert_eq!(lines(&cmds), ["GET /v1/me"]);
    let cmds = reply(&mut app, Tag::Me, json!({"tenant": {"slug": "acme"}, "actor": {"name": "Eve"}, "permissions": ["orders:read"]}));
    assert!(lines(&cmds).contains(&"GET /v1/orders?limit=100".to_owned()), "{:?}", lines(&cmds));
}

#[test]
fn permissions_are_chosen_not_known_by_heart() {
    let mut app = tenant(Place::list("roles"));
    app.update(0, Msg::Start);
    press(&mut app, "+");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("the form is open") };
    deed.focus = deed.form.fields.iter().position(|field| field.path == "permissions").unwrap();
    let hits = |app: &App| match &app.popup {
        Some(Popup::Deed(deed)) => deed.lookup.as_ref().map(|lookup| lookup.hits.iter().map(|hit| hit.id.clone()).collect::<Vec<_>>()).unwrap_or_default(),
        _ => panic!("the form is open"),
    };
    assert!(calls(&press(&mut app, "ctrl-n")).is_empty(), "nobody is asked: the contract says which there are");
    assert!(hits(&app).len() > 50);
    press(&mut app, "esc");
    write(&mut app, "invoices");
    assert!(hits(&app).iter().take(5).all(|id| id.starts_with("invoices:")), "{:?}", hits(&app));
    press(&mut app, "enter");
    write(&mut app, ", quotes:app");
    press(&mut app, "enter");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form is open") };
    let typed = deed.form.fields[deed.focus].input.value();
    assert!(typed.starts_with("invoices:") && typed.ends_with(", quotes:approve") && deed.lookup.is_none(), "{typed}");
    // The three words of a hold are told where they are typed.
    let mut app = orders();
    press(&mut app, "b");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form is open") };
    let blocks = deed.form.fields.iter().find(|field| field.path == "blocks").unwrap();
    assert!(blocks.about().contains("ship"), "{}", blocks.about());
}
