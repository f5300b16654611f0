//! What is on the screen is what is: after another size, for another company, under the cursor of a list to choose from.

use super::*;
use crate::model::Counted;

#[test]
fn every_other_size_draws_everything_anew_even_when_it_is_the_same_again() {
    let mut app = orders();
    let (columns, rows) = app.size;
    for (columns, rows) in [(columns - 20, rows), (columns, rows), (columns, rows)] {
        assert_eq!(app.update(1_000, Msg::Resize(columns, rows)).iter().filter(|cmd| **cmd == Cmd::Redraw).count(), 1);
    }
}

#[test]
fn another_company_has_numbers_of_its_own() {
    let mut app = orders();
    app.names.insert("com_2".to_owned(), "Borealis".to_owned());
    for at in 0..app.gauges().len() {
        app.counts.insert(at, Ok(Counted { count: 7, more: false, first: Vec::new() }));
    }
    assert!(app.tabs().iter().any(|(name, _)| name == "Appr 7"));
    press(&mut app, "ctrl-g");
    write(&mut app, "Borealis");
    let asked = lines(&press(&mut app, "enter"));
    assert!(app.tabs().iter().any(|(name, _)| name == "Appr") && app.counts.is_empty());
    assert!(asked.contains(&"GET /v1/quotes?limit=100&status=in_approval&company_id=com_2".to_owned()), "{asked:?}");
}

#[test]
fn only_another_text_puts_the_cursor_on_the_best_choice() {
    let mut app = orders();
    press(&mut app, ": down down");
    let cursor = |app: &App| if let Some(Popup::Choose { cursor, .. }) = &app.popup { *cursor } else { panic!("the list is open") };
    assert_eq!(press(&mut app, "ctrl-l").last(), Some(&Cmd::Redraw));
    press(&mut app, "left right home end ctrl-x f5");
    assert_eq!(cursor(&app), 2);
    write(&mut app, "o");
    assert_eq!(cursor(&app), 0);
}
