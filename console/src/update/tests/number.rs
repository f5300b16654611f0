//! Documents are called by their numbers among the commands.

use super::*;

fn palette() -> App {
    let mut app = tenant(Place::Dash);
    app.update(0, Msg::Start);
    press(&mut app, ":");
    app
}

fn typed(app: &mut App, text: &str) -> Vec<Cmd> {
    app.update(1_000, Msg::Paste(text.to_owned()))
}

fn asked(app: &mut App) -> Vec<(Tag, Call)> {
    calls(&app.update(1_000, Msg::Timer(Timer::Number)))
}

const ORDER: &str = "GET /v1/orders?limit=5&number=SO-0012";

#[test]
fn a_number_that_is_typed_is_asked_for_once_and_offered() {
    let mut app = palette();
    assert!(typed(&mut app, "SO").iter().all(|cmd| !matches!(cmd, Cmd::After(_, Timer::Number))), "a word is none");
    let clocks = ["-0", "012"].iter().flat_map(|text| typed(&mut app, text)).collect::<Vec<_>>();
    let clocks = clocks.iter().filter(|cmd| matches!(cmd, Cmd::After(_, Timer::Number))).count();
    assert_eq!(clocks, 1, "one clock");
    let asked_now = asked(&mut app);
    assert!(asked_now.len() > 3 && asked(&mut app).is_empty(), "every kind of document, once");
    let (tag, _) = asked_now.iter().find(|(_, call)| call.line() == ORDER).expect("orders").clone();
    reply(&mut app, tag.clone(), json!({"data": [{"id": "ord_1", "object": "order", "number": "SO-0012", "status": "confirmed"}]}));
    let shown = deeds::screen(&app).join("\n");
    assert!(shown.contains("SO-0012") && shown.contains("open  orders"), "{shown}");
    press(&mut app, "enter");
    assert_eq!(*app.place(), Place::Object { resource: "orders", id: "ord_1".to_owned() });
}

#[test]
fn enter_does_not_wait_for_the_answer_and_what_is_nowhere_is_told() {
    let mut app = palette();
    write(&mut app, "SO-0012");
    let questions = calls(&press(&mut app, "enter"));
    assert!(app.popup.is_some() && questions.iter().any(|(_, call)| call.line() == ORDER));
    for (tag, call) in &questions {
        let rows = if call.line() == ORDER { json!([{"id": "ord_1", "number": "SO-0012"}]) } else { json!([]) };
        reply(&mut app, tag.clone(), json!({ "data": rows }));
    }
    assert_eq!((app.popup.is_none(), app.place()), (true, &Place::Object { resource: "orders", id: "ord_1".to_owned() }));

    let mut app = palette();
    write(&mut app, "SO-0013");
    for (tag, _) in calls(&press(&mut app, "enter")) {
        reply(&mut app, tag, json!({"data": []}));
    }
    assert!(app.popup.is_some() && app.notes.back().unwrap().1.contains("No document has the number SO-0013"));
    // An answer to what is typed no more changes nothing.
    write(&mut app, "4");
    let questions = asked(&mut app);
    write(&mut app, "5");
    reply(&mut app, questions[0].0.clone(), json!({"data": [{"id": "ord_9", "number": "SO-00134"}]}));
    assert!(!deeds::screen(&app).join("\n").contains("ord_9"));
}
