//! Every kind of screen in every state, at three sizes, with the colours of what is not plain.

use super::*;
use crate::list::Stale;
use crate::model::NOT_PERMITTED;

const WHY: &str = "Internal error (500): Our fault; the request id finds it in the log.";
const DENIED: &str = "permission_denied (403): The credential may not read this.";

/// How a screen may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Empty,
    Loading,
    Refused,
    Denied,
    Offline,
}

const STATES: [State; 5] = [State::Empty, State::Loading, State::Refused, State::Denied, State::Offline];

fn asked(state: State, have: Value) -> Option<Asked> {
    match state {
        State::Empty | State::Offline => Some(Asked::Have(have, 0)),
        State::Loading => Some(Asked::Loading),
        State::Refused => Some(Asked::Failed(WHY.to_owned())),
        State::Denied => Some(Asked::Failed(DENIED.to_owned())),
    }
}

fn screen(place: Place, state: State, size: (u16, u16)) -> App {
    let mut app = app(place, size, FULL);
    for at in 0..app.gauges().len() {
        let count = match state {
            State::Empty | State::Offline => Ok(Counted::default()),
            State::Loading => continue,
            State::Refused => Err(WHY.to_owned()),
            State::Denied => Err(NOT_PERMITTED.to_owned()),
        };
        app.counts.insert(at, count);
    }
    app.pipeline = asked(state, json!({"currency": "EUR", "open": {"count": 0, "value": "0.00"}, "won": {"count": 0}, "lost": {"count": 0}, "rows": []}));
    app.aging =
        asked(state, json!({"company_id": "com_1", "as_of": "2026-11-20", "currency": "EUR", "buckets": [], "totals": {"amounts": [], "total": "0.00"}}));
    app.objects.extend(asked(state, order(42, "draft")).map(|asked| ("ord_42".to_owned(), asked)));
    for name in ["service", "ledger", "audit"] {
        app.checks.extend(asked(state, json!({"ok": true, "breaks": []})).map(|asked| (name, asked)));
    }
    let list = app.list_of(crate::resource::named("orders").unwrap());
    match state {
        State::Empty => list.take(&[], None, true, 0),
        State::Loading => list.stage = Stage::Loading,
        // What was there before stays, and is told to be old.
        State::Refused => {
            list.take(&[order(43, "draft")], Some("more".to_owned()), true, 0);
            list.stale = Some(Stale { why: WHY.to_owned(), further: false, again: None });
        }
        State::Denied => list.stage = Stage::Denied(DENIED.to_owned()),
        State::Offline => list.take(&[order(43, "draft")], None, true, 1_795_170_000_000),
    }
    if state == State::Offline {
        app.link = Link::Offline { since: 1_795_170_000_000, tries: 4, why: "no answer for 5 s".to_owned() };
    }
    app
}

/// The text, then what of it has a colour, line by line.
fn coloured(app: &App) -> String {
    let buf = drawn(app);
    let mut out = text(&buf);
    for y in 0..buf.area.height {
        let mut runs: Vec<(Color, String)> = Vec::new();
        for cell in (0..buf.area.width).filter_map(|x| buf.cell((x, y))) {
            match runs.last_mut() {
                Some((color, run)) if *color == cell.fg => run.push_str(cell.symbol()),
                _ => runs.push((cell.fg, cell.symbol().to_owned())),
            }
        }
        let border = |run: &str| run.chars().all(|c| "─│┌┐└┘ ".contains(c));
        for (color, run) in runs.iter().filter(|(color, run)| *color != Color::Reset && !border(run)) {
            out.push_str(&format!("{y:2} {color} {}\n", run.trim()));
        }
    }
    out
}

#[test]
fn every_screen_says_how_it_is() {
    let places = [
        ("list", Place::list("orders")),
        ("dash", Place::Dash),
        ("object", Place::Object { resource: "orders", id: "ord_42".to_owned() }),
        ("exceptions", Place::Exceptions),
        ("health", Place::Health),
    ];
    for (name, place) in places {
        for size in SIZES {
            let shown = STATES.map(|state| format!("== {state:?}\n{}", coloured(&screen(place.clone(), state, size))));
            insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(format!("state_{name}_{}x{}", size.0, size.1), shown.concat()) });
        }
    }
}
