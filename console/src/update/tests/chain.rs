//! What money moves is told before it moves, wherever the box is filled in; and a deal goes on from one document to the next.

use super::deeds::screen;
use super::*;

fn at(name: &'static str, row: Value) -> App {
    let mut app = tenant(Place::list(name));
    app.size = (100, 30);
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([row]));
    app
}

fn set(app: &mut App, fields: &[(&str, &str)]) {
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("the form is open") };
    for (path, text) in fields {
        deed.form.set(path, text).unwrap();
    }
}

fn value(app: &App, path: &str) -> String {
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form is open: {:?}", app.notes) };
    deed.form.fields.iter().find(|field| field.path == path).unwrap_or_else(|| panic!("{path}")).input.value().to_owned()
}

#[test]
fn an_accepted_quote_is_accepted_and_its_order_is_another_object() {
    let quote = json!({"id": "qot_1", "object": "quote", "number": "QUO/1", "status": "sent", "total_amount": "813.96", "currency": "EUR", "created_at": "2026-11-30T13:14:00Z"});
    let mut app = at("quotes", quote.clone());
    let (tag, call) = calls(&press(&mut app, "c")).remove(0);
    assert_eq!(call.line(), "POST /v1/quotes/qot_1/accept?dry_run=true");
    let mut accepted = quote;
    accepted["status"] = json!("accepted");
    let order = json!({"id": "ord_9", "object": "order", "number": "SO/1", "status": "draft", "total_amount": "813.96", "currency": "EUR", "holds": [], "quote_id": "qot_1"});
    reply(&mut app, tag, json!({"quote": accepted, "order": order}));
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the box is open") };
    assert_eq!(deed.preview["qot_1"], Ok(vec!["status sent -> accepted".to_owned(), "makes order SO/1 (draft), 813.96 EUR".to_owned()]));
}

#[test]
fn what_looks_the_same_is_no_difference() {
    let before = json!({"id": "ord_1", "status": "draft"});
    let after = json!({"id": "ord_1", "status": "confirmed", "holds": [], "reference": null, "late": false});
    assert_eq!(deed::differences(Some(&before), &after), ["status draft -> confirmed", "late - -> no"]);
}

#[test]
fn a_payment_says_what_it_settles_before_it_is_booked() {
    let mut app = at(
        "invoices",
        json!({"id": "inv_1", "number": "INV/1", "status": "posted", "payment_state": "open", "open_amount": "813.96", "currency": "EUR", "party_id": "pty_1"}),
    );
    app.names.insert("pty_1".to_owned(), "Borealis".to_owned());
    let asked = press(&mut app, "c");
    assert!(calls(&asked).is_empty(), "an empty form is not asked about: {asked:?}");
    assert_eq!(value(&app, "invoice_ids"), "inv_1");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form is open") };
    assert_eq!((deed.form.fields[deed.focus].path.as_str(), app.name_of("inv_1")), ("method", "INV/1"));
    set(&mut app, &[("method", "bank")]);
    let (tag, call) = calls(&press(&mut app, "ctrl-s")).remove(0);
    assert_eq!(call.line(), "POST /v1/payments/register?dry_run=true");
    let payment = json!({"id": "pay_1", "object": "payment", "number": "PAY/3", "status": "posted", "amount": "5.00", "currency": "EUR", "party_id": "pty_1",
        "allocations": [{"id": "alc_1", "invoice_id": "inv_1", "amount": "5.00"}], "unallocated_amount": "0.00"});
    reply(&mut app, tag, json!({"object": "registered_payments", "payments": [payment]}));
    let text = screen(&app).join("\n");
    for part in
        ["Dry run: 1 ok, 0 refused. Nothing is written yet.", "makes payment PAY/3 (posted), 5.00 EUR", "settles INV/1: 5.00 of 813.96 open", "for Borealis"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Other fields are another question, and the old answer is not shown with them.
    press(&mut app, "shift-tab");
    write(&mut app, "x");
    assert!(!screen(&app).join("").contains("PAY/3"));
    assert_eq!(writes(&press(&mut app, "ctrl-s enter")), ["POST /v1/payments/register"]);
}

/// Every operation that the service can tell beforehand is told, new ones included.
#[test]
fn a_refund_and_a_new_invoice_are_foretold_too() {
    for (name, word) in [("payments", "new"), ("payments", "register"), ("invoices", "new"), ("billables", "new"), (resource::LOOSE, "CreateRefund")] {
        let (_, operation) = resource::operation_of(name, word).unwrap();
        assert!(operation.foresees(), "{name} {word}");
    }
    // Walking to the button asks, too, and a refusal marks the field that it is about.
    let mut app = at("payments", json!({"id": "pay_1"}));
    app.begin("payments", "new");
    set(&mut app, &[("amount", "x"), ("company_id", "x"), ("currency", "x"), ("direction", "inbound"), ("method", "bank"), ("party_id", "x")]);
    let (tag, _) = calls(&press(&mut app, "shift-tab")).remove(0);
    let fields = vec![("amount".to_owned(), "must be a decimal".to_owned())];
    fail(&mut app, tag, Failure::Refused { status: 422, code: "validation_failed".to_owned(), text: "amount must be a decimal".to_owned(), fields });
    let text = screen(&app);
    assert!(text.iter().any(|line| line.contains("!amount *")), "{text:#?}");
    assert!(text.join("").contains("0 ok, 1 refused"));
}

#[test]
fn every_wrong_field_is_marked_at_once_and_the_first_is_where_one_goes_on() {
    let mut app = platform();
    app.update(0, Msg::Start);
    app.begin("tenants", "new");
    set(&mut app, &[("mode", "lve"), ("name", "Acme"), ("owner.email", "notamail"), ("slug", "Bad Slug!")]);
    assert!(writes(&press(&mut app, "ctrl-s enter")).is_empty());
    let marked = |app: &App| {
        screen(app).iter().filter(|line| line.contains("!")).filter_map(|line| line.split('!').nth(1)?.split(' ').next().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(marked(&app)[..2], ["mode", "owner.name"]);
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form is open") };
    assert_eq!(deed.form.fields[deed.focus].path, "mode");
    assert!(deed.wrong.as_ref().unwrap().contains("owner.name is required"), "{:?}", deed.wrong);
    // Typing there says that it is being repaired.
    press(&mut app, "ctrl-u");
    write(&mut app, "live");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form is open") };
    assert!(deed.wrong.is_none() && deed.form.fields[deed.focus].wrong.is_empty());
    set(&mut app, &[("owner.name", "Dana")]);
    let (tag, _) = calls(&press(&mut app, "ctrl-s enter")).remove(0);
    let fields = [("owner.email", "must be an e-mail address"), ("slug", "is taken")].map(|(place, text)| (place.to_owned(), text.to_owned())).to_vec();
    fail(&mut app, tag, Failure::Refused { status: 422, code: "validation_failed".to_owned(), text: "two".to_owned(), fields });
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form is open") };
    let wrong: Vec<_> = deed.form.fields.iter().filter(|field| !field.wrong.is_empty()).map(|field| field.path.as_str()).collect();
    assert_eq!((wrong, deed.form.fields[deed.focus].wrong.is_empty()), (vec!["owner.email", "slug"], false));
}

#[test]
fn a_deal_goes_on_from_document_to_document_with_what_it_takes_over() {
    for next in crate::verbs::NEXT {
        let (name, operation) = resource::operation_of(next.makes.0, next.makes.1).unwrap_or_else(|| panic!("{:?}", next.makes));
        let form = crate::form::Form::of_operation(operation, None);
        assert!(resource::named(next.from).is_some() && next.takes.iter().all(|(path, _)| form.fields.iter().any(|field| field.path == *path)), "{name}");
    }
    let mut app = at("orders", json!({"id": "ord_1", "number": "SO/1", "status": "confirmed"}));
    app.noted = false;
    assert!(screen(&app)[29].contains("c deliver"), "{}", screen(&app)[29]);
    press(&mut app, "c");
    assert_eq!(value(&app, "order_id"), "ord_1");
    press(&mut app, "esc m");
    let Some(Popup::Choose { choices, .. }) = &app.popup else { panic!("what can be done") };
    let offered = |name: &str| choices.iter().find(|choice| choice.name == name).map(|choice| (choice.off.is_none(), choice.key.as_str()));
    assert_eq!((offered("deliveries new"), offered("invoices new")), (Some((true, "c")), Some((true, ""))));

    let deal = json!({"id": "opp_1", "title": "Chairs", "status": "open", "company_id": "com_2", "party_id": "pty_1", "currency": "EUR"});
    let mut app = at("opportunities", deal);
    app.begin("quotes", "new");
    let filled = ["opportunity_id", "company_id", "party_id", "currency"].map(|path| value(&app, path));
    assert_eq!(filled, ["opp_1", "com_2", "pty_1", "EUR"]);
    // What is paid is not paid again.
    let mut app = at("invoices", json!({"id": "inv_1", "number": "INV/1", "status": "posted", "payment_state": "paid"}));
    press(&mut app, "c");
    assert!(app.popup.is_none() && app.notes.back().unwrap().1.contains("invoices post is off"), "{:?}", app.notes.back());
    // A draft is confirmed first, and says so of all else.
    let mut app = at("orders", json!({"id": "ord_1", "number": "SO/1", "status": "draft"}));
    press(&mut app, "m");
    let Some(Popup::Choose { choices, .. }) = &app.popup else { panic!("what can be done") };
    assert!(choices.iter().any(|choice| choice.name == "deliveries new" && choice.off.as_deref() == Some("only when confirmed; this is draft")));
}

#[test]
fn a_key_that_does_nothing_says_so() {
    let mut app = orders();
    press(&mut app, "Z");
    assert!(app.notes.back().unwrap().1.starts_with("Z does nothing here."));
    app.go(Place::Dash);
    press(&mut app, "/");
    assert!(app.popup.is_none() && app.notes.back().unwrap().1.contains("filter is off here: it is for lists."), "{:?}", app.notes.back());
}

#[test]
fn the_curl_of_a_change_says_that_it_changes_something_and_the_call_is_read_whole() {
    let mut app = orders();
    let (tag, call) = calls(&press(&mut app, "c enter")).into_iter().find(|(_, call)| call.writes()).expect("it is sent");
    reply(&mut app, tag, json!({"id": "ord_2", "status": "confirmed"}));
    app.go(Place::Calls);
    let at = app.calls.iter().rev().position(|logged| logged.call.writes()).unwrap();
    app.way.last_mut().unwrap().cursor = at;
    let copied = press(&mut app, "c");
    let key = call.key.unwrap();
    assert!(copied.iter().any(|cmd| matches!(cmd, Cmd::Copy(line) if line.contains(&format!("Idempotency-Key: {key}")))), "{copied:?}");
    assert!(app.notes.back().unwrap().1.contains("does it no second time"), "{:?}", app.notes.back());
    press(&mut app, "enter");
    let Some(Popup::Text { lines, .. }) = &app.popup else { panic!("all of it is shown") };
    assert!(lines[0].contains("/confirm") && lines.iter().any(|line| line.contains(&key)), "{lines:?}");
}

#[test]
fn what_leaves_a_queue_is_counted_out_of_it_and_so_does_its_tab() {
    let mut app = tenant(Place::approvals());
    app.size = (100, 30);
    let quote = |id: &str, status: &str| json!({"id": id, "object": "quote", "number": id, "status": status});
    let cmds = app.update(0, Msg::Start);
    page(&mut app, &cmds, json!([quote("qot_1", "in_approval"), quote("qot_2", "in_approval")]));
    let (tag, call) = calls(&cmds).into_iter().find(|(tag, _)| matches!(tag, Tag::Count(8))).expect("the queue is counted");
    reply(&mut app, tag, json!({"data": [quote("qot_1", "in_approval"), quote("qot_2", "in_approval")], "has_more": false}));
    assert!(screen(&app)[1].contains("[5 Appr 2]"), "{}", screen(&app)[1]);
    // One's own change is known at once, whether its event is heard or not.
    let (tag, _) = calls(&press(&mut app, "a ctrl-s enter")).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).expect("it is approved");
    reply(&mut app, tag, quote("qot_1", "approved"));
    app.noted = false;
    assert!(screen(&app)[28].contains("  (1)"), "{}", screen(&app)[28]);
    let asked = calls(&app.update(3_000, Msg::Timer(Timer::Poll)));
    let (tag, again) = asked.into_iter().find(|(tag, _)| matches!(tag, Tag::Count(8))).expect("it is counted anew, where one stands in it");
    assert_eq!(again.line(), call.line());
    reply(&mut app, tag, json!({"data": [quote("qot_2", "in_approval")], "has_more": false}));
    assert!(screen(&app)[1].contains("[5 Appr 1]"), "{}", screen(&app)[1]);
}
