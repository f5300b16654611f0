//! Lists of objects are filled in row by row.

use super::*;

/// A form of a new quote with the cursor on its lines.
fn quote() -> App {
    let mut app = tenant(Place::list("quotes"));
    app.update(0, Msg::Start);
    app.names.insert("prd_1".to_owned(), "Chai".to_owned());
    app.begin("quotes", "new");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a form") };
    deed.focus = deed.form.fields.iter().position(|field| field.path == "lines").unwrap();
    app
}

fn lines_of(app: &App) -> Value {
    let deeds = app.popup.iter().chain(&app.queue).filter_map(|popup| if let Popup::Deed(deed) = popup { Some(deed) } else { None });
    let mut fields = deeds.flat_map(|deed| &deed.form.fields);
    fields.find(|field| field.path == "lines").and_then(|field| serde_json::from_str(field.input.value()).ok()).unwrap_or_default()
}

fn fill(app: &mut App, path: &str, text: &str) {
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("the form of a row") };
    assert!(deed.within.is_some(), "a row");
    deed.form.set(path, text).unwrap();
}

#[test]
fn rows_are_added_edited_moved_and_removed() {
    let mut app = quote();
    press(&mut app, "enter");
    fill(&mut app, "product_id", "prd_1");
    // What must be there is asked for by the form of the row.
    press(&mut app, "ctrl-s enter");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("it stays") };
    assert!(deed.wrong.as_ref().is_some_and(|wrong| wrong.contains("quantity is required")), "{:?}", deed.wrong);
    fill(&mut app, "quantity", "10");
    assert!(writes(&press(&mut app, "ctrl-s enter")).is_empty());
    let shown = deeds::screen(&app).join("\n");
    assert!(shown.contains("1 product Chai, quantity 10"), "{shown}");
    press(&mut app, "+");
    fill(&mut app, "description", "Carriage");
    fill(&mut app, "quantity", "1");
    press(&mut app, "ctrl-s enter ctrl-up");
    assert_eq!(lines_of(&app), json!([{"description": "Carriage", "quantity": "1"}, {"product_id": "prd_1", "quantity": "10"}]));
    press(&mut app, "down enter");
    fill(&mut app, "quantity", "12");
    press(&mut app, "ctrl-s enter up delete");
    assert_eq!(lines_of(&app), json!([{"product_id": "prd_1", "quantity": "12"}]));
    press(&mut app, "esc");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form itself") };
    assert!(deed.within.is_none() && deed.touched);
    // What was typed is kept like all else of the form.
    assert!(app.all_drafts().iter().any(|draft| draft.fields.contains_key("lines")));
}

#[test]
fn json_is_typed_all_the_same_and_a_row_that_is_left_changes_nothing() {
    let mut app = quote();
    write(&mut app, "[{\"quantity\": oops");
    press(&mut app, "enter");
    assert!(matches!(&app.popup, Some(Popup::Deed(deed)) if deed.within.is_none()), "what is no list is no rows");
    let mut app = quote();
    write(&mut app, "[{\"quantity\":\"2\"}]");
    press(&mut app, "enter");
    assert!(matches!(&app.popup, Some(Popup::Choose { .. })));
    press(&mut app, "enter");
    fill(&mut app, "quantity", "3");
    press(&mut app, "esc");
    assert_eq!(lines_of(&app), json!([{"quantity": "2"}]));
    press(&mut app, "esc");
    assert!(matches!(&app.popup, Some(Popup::Deed(deed)) if deed.within.is_none()));
    // A sign-in that comes up meanwhile loses neither.
    press(&mut app, "enter enter");
    app.open_login(None);
    assert_eq!(app.queue.len(), 2);
}

#[test]
fn the_code_of_a_product_is_taken_when_one_only_is_found() {
    let mut app = quote();
    press(&mut app, "enter");
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("the form of a row") };
    deed.focus = deed.form.fields.iter().position(|field| field.path == "product_id").unwrap();
    let cmds = app.update(2_000, Msg::Paste("CHAI".to_owned()));
    let (tag, call) = calls(&cmds).remove(0);
    assert!(call.line().contains("/v1/products?") && call.line().contains("q=CHAI"), "{}", call.line());
    reply(&mut app, tag, json!({"data": [{"id": "prd_1", "code": "CHAI", "name": "Chai"}]}));
    press(&mut app, "tab");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form of a row") };
    assert_eq!(deed.form.fields.iter().find(|field| field.path == "product_id").unwrap().input.value(), "prd_1");
}

#[test]
fn enter_waits_for_what_is_looked_for_and_a_name_is_no_id() {
    let mut app = quote();
    press(&mut app, "enter");
    let product = |app: &App| {
        let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form of a row") };
        deed.form.fields.iter().find(|field| field.path == "product_id").unwrap().clone()
    };
    let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("the form of a row") };
    deed.focus = deed.form.fields.iter().position(|field| field.path == "product_id").unwrap();
    for key in ["c", "h", "a", "n", "g"] {
        press(&mut app, key);
    }
    let (tag, _) = calls(&press(&mut app, "enter")).remove(0);
    reply(&mut app, tag, json!({"data": [{"id": "prd_9", "code": "CHANG", "name": "Chang"}]}));
    assert_eq!(product(&app).input.value(), "prd_9");
    fill(&mut app, "product_id", "chang");
    fill(&mut app, "quantity", "1");
    press(&mut app, "ctrl-s enter");
    assert!(product(&app).wrong.contains("is no id yet"), "{}", product(&app).wrong);
    assert_eq!(lines_of(&app), Value::Null);
}

#[test]
fn what_the_server_refuses_is_told_of_the_row_as_rows_are_counted() {
    let mut app = quote();
    for (path, text) in [("company_id", "com_1"), ("lines", r#"[{"quantity":"1"},{"quantity":"2","description":"x"}]"#)] {
        let Some(Popup::Deed(deed)) = &mut app.popup else { panic!("a form") };
        deed.form.set(path, text).unwrap();
    }
    let (tag, _) = calls(&press(&mut app, "ctrl-s enter")).into_iter().find(|(tag, _)| matches!(tag, Tag::Write { .. })).unwrap();
    let fields = vec![("lines.1.product_id".to_owned(), "is not known".to_owned())];
    let text = "validation_failed (422): lines.1.product_id is not known".to_owned();
    fail(&mut app, tag, Failure::Refused { status: 422, code: "validation_failed".to_owned(), text, fields });
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("it stays") };
    assert_eq!(deed.wrong.as_deref(), Some("validation_failed (422): lines row 2 product_id is not known"));
    assert_eq!(deed.form.fields[deed.focus].wrong, "lines row 2 product_id is not known");
    press(&mut app, "enter");
    let Some(Popup::Choose { choices, cursor, .. }) = &app.popup else { panic!("the rows") };
    assert!(*cursor == 1 && choices[1].name.starts_with("2 ! product_id is not known"), "{:?}", choices[1]);
    press(&mut app, "enter");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the row") };
    assert_eq!(deed.form.fields[deed.focus].path, "product_id");
    fill(&mut app, "product_id", "prd_1");
    press(&mut app, "ctrl-s enter esc");
    let Some(Popup::Deed(deed)) = &app.popup else { panic!("the form") };
    assert!(deed.wrong.is_none() && deed.form.fields.iter().all(|field| field.wrong.is_empty()), "what was mended is not told any more");
}
