//! What is drawn, as text and in colours.

mod states;

use super::*;
use crate::keys::{Act, Keymap};
use crate::list::Stage;
use crate::model::{Asked, Counted, Link, Scope};
use crate::route::Place;
use crate::theme::{Depth, Theme};
use ratatui::style::{Color, Modifier};
use serde_json::{Value, json};

const SIZES: [(u16, u16); 3] = [(80, 24), (100, 30), (140, 45)];

fn app(place: Place, size: (u16, u16), theme: Theme) -> App {
    let scope = Scope {
        profile: "prod-eu".to_owned(),
        badge: "PROD".to_owned(),
        url: "http://host".to_owned(),
        credential: true,
        tenant: "acme".to_owned(),
        user: "dana".to_owned(),
        ..Scope::default()
    };
    let mut app = App::new(scope, theme, Keymap::default(), place);
    app.link = Link::Live;
    app.latency = 3;
    app.size = size;
    app.now = 1_795_170_061_000;
    app.names.insert("pty_1".to_owned(), "Borealis SAS".to_owned());
    app
}

fn order(number: u32, status: &str) -> Value {
    json!({"id": format!("ord_{number}"), "object": "order", "number": format!("SO/2026/{number:05}"), "party_id": "pty_1", "status": status, "total_amount": format!("{number}71.12"),
        "currency": "EUR", "order_date": "2026-11-21", "holds": [], "reference": "PO 4711", "updated_at": "2026-11-21T14:02:11.000000Z", "flow_id": "flw_1",
        "lines": [{"id": "oln_1", "description": "Chair", "ordered_quantity": "40", "unit_price": "18.00", "net_amount": "648.00"}]})
}

fn orders(size: (u16, u16), theme: Theme) -> App {
    let mut app = app(Place::list("orders"), size, theme);
    let list = app.list_of(crate::resource::named("orders").unwrap());
    list.take(&[order(43, "draft"), order(42, "confirmed"), order(41, "cancelled")], None, true, 1_795_170_000_000);
    app
}

const PLAIN: Theme = Theme { depth: Depth::Mono, ascii: false };
const FULL: Theme = Theme { depth: Depth::True, ascii: false };

fn drawn(app: &App) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    draw(app, &mut buf);
    buf
}

fn text(buf: &Buffer) -> String {
    let mut out = String::new();
    for y in 0..buf.area.height {
        let line: String = (0..buf.area.width).filter_map(|x| buf.cell((x, y))).map(|cell| cell.symbol()).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn snapshot(name: &str, app: &App) {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, text(&drawn(app))) });
}

#[test]
fn lists_at_three_sizes() {
    for size in SIZES {
        snapshot(&format!("orders_{}x{}", size.0, size.1), &orders(size, PLAIN));
    }
    snapshot("orders_ascii", &orders((80, 24), Theme { depth: Depth::Mono, ascii: true }));
}

#[test]
fn a_list_that_is_empty_loading_failed_denied_or_offline_says_so() {
    for (name, stage) in [
        ("empty", Stage::Ready),
        ("loading", Stage::Loading),
        ("error", Stage::Failed("Internal error (500): Our fault; the request id finds it in the log.".to_owned())),
        ("denied", Stage::Denied("permission_denied (403): needs orders:read".to_owned())),
    ] {
        let mut app = app(Place::list("orders"), (80, 24), PLAIN);
        app.list_of(crate::resource::named("orders").unwrap()).stage = stage;
        snapshot(&format!("orders_{name}"), &app);
    }
    let mut app = orders((80, 24), PLAIN);
    app.link = Link::Offline { since: 1_795_170_000_000, tries: 4, why: "cannot connect".to_owned() };
    snapshot("orders_offline", &app);
}

#[test]
fn an_object_a_deal_and_the_dashboard() {
    let mut app = app(Place::Object { resource: "orders", id: "ord_42".to_owned() }, (100, 30), PLAIN);
    app.objects.insert("ord_42".to_owned(), Asked::Have(order(42, "confirmed"), 0));
    snapshot("order", &app);
    app.way.push(crate::model::Spot::new(Place::Flow("flw_1".to_owned())));
    let story = json!({"id": "flw_1", "documents": [
            {"type": "lead", "id": "led_1", "number": null, "status": "qualified", "amount": null, "currency": null, "at": "2026-11-19T09:58:00Z"},
            {"type": "order", "id": "ord_42", "number": "SO/2026/00042", "status": "confirmed", "amount": "771.12", "currency": "EUR", "at": "2026-11-21T14:02:11Z"}],
        "steps": [{"from": "lead.created", "to": "lead.qualified", "waited_seconds": 187_200}],
        "blocked_by": {"type": "delivery", "id": "del_1", "reason": "not shipped", "owner_id": null, "since": "2026-11-21T14:02:11Z"}});
    app.flows.insert("flw_1".to_owned(), Asked::Have(story, 0));
    snapshot("flow", &app);
    app.way.truncate(1);
    for at in 0..14 {
        app.counts.insert(at, Ok(Counted { count: at * 7, more: at == 8, first: Vec::new() }));
    }
    let aging = json!({"company_id": "com_1", "currency": "EUR", "buckets": ["current", "1-30", "31-60", "61-90", "90+"], "totals": {"amounts": ["612.40", "221.90", "98.30", "41.70", "26.10"], "total": "1000.40"}});
    app.aging = Some(Asked::Have(aging, 0));
    let stage =
        |name: &str, count: i64, value: &str| json!({"stage": name, "stage_id": format!("stg_{count}"), "status": "open", "count": count, "value": value});
    let pipeline = json!({"currency": "EUR", "open": {"count": 259, "value": "5271.00"}, "won": {"count": 52}, "lost": {"count": 31}, "win_rate": "0.6265",
        "rows": [stage("Qualification", 168, "3360.00"), stage("Proposal", 91, "1911.00"), {"stage": "Won", "status": "won", "count": 52, "value": "1144.00"}]});
    app.pipeline = Some(Asked::Have(pipeline, 0));
    app.events.extend([(0, 3), (2, 9)]);
    app.now = 3 * 60_000;
    for size in SIZES {
        app.size = size;
        snapshot(&format!("dash_{}x{}", size.0, size.1), &app);
    }
}

/// What the foot, the frame and a form say when something is typed, offered or refused.
#[test]
fn what_is_typed_offered_and_suspended() {
    let mut app = orders((80, 24), PLAIN);
    app.popup = Some(crate::model::Popup::Pipe(crate::line::Input::new("jq -r .number".to_owned())));
    snapshot("pipe", &app);
    app.popup = None;
    app.suspended = Some(0);
    snapshot("suspended", &app);
    app.scope.visiting = true;
    app.size = (100, 30);
    snapshot("suspended_visit", &app);
    let mut app = orders((80, 24), PLAIN);
    app.recalled = "acme".to_owned();
    let fields = [("reason".to_owned(), "sent twice".to_owned())].into();
    app.drafts = vec![crate::store::Draft { form: "orders cancel ord_43".to_owned(), at: 1_795_170_000_000, fields, ..Default::default() }];
    app.begin("orders", "cancel");
    snapshot("draft", &app);
}

/// The text cursor is seen however long the line is, and stands where its wide letters end.
#[test]
fn a_long_line_goes_along_with_its_cursor() {
    let mut app = orders((80, 24), PLAIN);
    let mut at = |popup: crate::model::Popup| {
        app.popup = Some(popup);
        let mut buf = Buffer::empty(Rect::new(0, 0, 80, 24));
        draw(&app, &mut buf).map(|at| (at.x, at.y))
    };
    let input = |text: &str| crate::line::Input::new(text.to_owned());
    assert_eq!(at(crate::model::Popup::Filter(input("株式"))), Some((6, 22)));
    assert_eq!(at(crate::model::Popup::Filter(input(&"x".repeat(200)))), Some((79, 22)));
    assert_eq!(at(crate::model::Popup::Pipe(input("wc"))), Some((5, 22)));
    let choose = |text: &str| crate::model::Popup::Choose { title: "t", input: input(text), choices: Vec::new(), cursor: 0 };
    assert!(at(choose(&"株".repeat(99))).is_some_and(|(x, _)| x < 76));
}

#[test]
fn popups() {
    let mut app = orders((100, 30), PLAIN);
    app.act(Act::Palette);
    let text = text(&drawn(&app));
    assert!(text.contains("orders confirm") && text.contains("POST /v1/orders"), "{text}");
    app.popup = None;
    app.begin("orders", "cancel");
    snapshot("cancel", &app);
}

/// Every age of every row is seen at 80 columns, and what goes on below says so.
#[test]
fn a_report_that_is_wider_than_the_screen_goes_on_below() {
    let app = app(Place::Dash, (80, 24), PLAIN);
    let row = |name: &str| json!({"party_id": "pty_1", "name": name, "amounts": ["100000.00", "200000.00", "300000.00", "400000.00", "500000.00"], "total": "1500000.00"});
    let aging = json!({"currency": "EUR", "buckets": ["current", "1-30", "31-60", "61-90", "90+"], "rows": [row("Borealis Société par actions"), row("Delta")],
        "totals": {"amounts": ["200000.00", "400000.00", "600000.00", "800000.00", "1000000.00"], "total": "3000000.00"}});
    let lines: Vec<String> = crate::sheet::describe(&app, &aging, 66).iter().flat_map(|line| crate::text::fold(&line.text(), 66)).collect();
    let shown = lines.join("\n");
    assert!(lines.iter().all(|line| crate::text::width(line) <= 66), "{shown}");
    for part in
        ["100000.00", "200000.00", "300000.00", "400000.00", "500000.00", "1500000.00", "90+", "1000000.00", "3000000.00", "the same rows, further columns"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(lines.iter().filter(|line| line.trim_start().starts_with("Delta")).count(), 2, "each block says whose row it is: {shown}");
    let wide: Vec<String> = crate::sheet::describe(&app, &aging, 140).iter().map(crate::sheet::Line::text).collect();
    assert!(!wide.join("").contains("further columns") && wide.join("").contains("3000000.00"));
}

#[test]
fn what_is_found_by_name_is_shown_below_its_field() {
    let mut app = app(Place::list("quotes"), (80, 24), PLAIN);
    app.list_of(crate::resource::named("quotes").unwrap()).take(&[], None, true, 0);
    app.begin("quotes", "new");
    let hit = |at: usize| crate::model::Hit { id: format!("pty_{at}"), name: format!("Borealis {at}"), about: format!("C-{at}  borealis{at}@a.test") };
    let field = |app: &App| match &app.popup {
        Some(crate::model::Popup::Deed(deed)) => deed.form.fields.iter().position(|field| field.path == "party_id").unwrap(),
        _ => panic!("a box"),
    };
    let field = field(&app);
    if let Some(crate::model::Popup::Deed(deed)) = &mut app.popup {
        deed.focus = field;
        deed.form.set("party_id", "boreal").unwrap();
        deed.lookup = Some(crate::model::Lookup {
            part: None,
            field,
            resource: "parties",
            words: "boreal".to_owned(),
            generation: 1,
            hits: (1..=5).map(hit).collect(),
            cursor: 1,
            wrong: None,
            answered: true,
            entered: false,
        });
    }
    snapshot("lookup_80x24", &app);
    app.size = (120, 40);
    snapshot("lookup_120x40", &app);
    if let Some(crate::model::Popup::Deed(deed)) = &mut app.popup {
        deed.lookup = None;
        deed.form.set("party_id", "pty_1").unwrap();
    }
    assert!(text(&drawn(&app)).contains("Borealis SAS"), "the name stands beside its id");
}

#[test]
fn what_a_check_found_is_read_to_its_end() {
    let mut app = app(Place::Health, (80, 24), PLAIN);
    let detail = format!("{} and the last word", "the stored amount is another than the sum of its lines; ".repeat(4));
    let found = json!({"ok": false, "breaks": [{"check": "INV-7", "subject": "inv_1", "detail": detail}]});
    app.checks.insert("ledger", Asked::Have(found, 0));
    let text = text(&drawn(&app));
    assert!(text.contains("INV-7 inv_1:") && text.contains("the last word"), "{text}");
}

#[test]
fn too_small_says_how_small() {
    assert_eq!(text(&drawn(&orders((50, 10), PLAIN))).lines().next(), Some("too small: 50x10, needs 60x16"));
}

/// The colour of the cell where this text begins.
fn color(buf: &Buffer, wanted: &str) -> Option<Color> {
    for y in 0..buf.area.height {
        for x in 0..buf.area.width {
            let found: String = (x..buf.area.width).filter_map(|x| buf.cell((x, y))).map(|cell| cell.symbol()).take(wanted.len()).collect();
            if found == wanted {
                return buf.cell((x, y)).map(|cell| cell.fg);
            }
        }
    }
    None
}

#[test]
fn states_have_colours_at_every_size_and_the_selected_row_is_reversed() {
    for size in SIZES {
        let buf = drawn(&orders(size, FULL));
        assert_eq!(color(&buf, "PROD"), Some(Color::Rgb(255, 107, 107)), "{size:?}");
        assert_eq!(color(&buf, "confirmed"), Some(Color::Rgb(126, 204, 126)), "{size:?}");
        assert_eq!(color(&buf, "cancelled"), Some(Color::Rgb(255, 107, 107)), "{size:?}");
        let row = |y| buf.cell((5, y)).unwrap().modifier.contains(Modifier::REVERSED);
        assert_eq!((row(4), row(5)), (true, false), "{size:?}");
    }
}

/// What tells which row the cursor is on is one block, the rest of the row keeps its look, and where one is in the list has no colour, nor have the values of
/// the preview: they change with every move, and are what a slow line carries.
#[test]
fn what_changes_with_every_move_has_no_colour() {
    let buf = drawn(&orders((100, 30), FULL));
    let row = |y: u16, columns: std::ops::Range<u16>| columns.filter_map(|x| buf.cell((x, y))).collect::<Vec<_>>();
    assert!(row(4, 1..18).iter().all(|cell| cell.fg == Color::Reset && cell.modifier == Modifier::REVERSED), "{:?}", row(4, 1..18));
    assert!(row(4, 18..99).iter().all(|cell| cell.modifier == Modifier::empty()));
    assert_eq!((color(&buf, "orders 1/3"), color(&buf, "1/3")), (Some(Color::Rgb(94, 196, 196)), Some(Color::Reset)));
    let title = row(17, 9..22);
    assert_eq!(title.iter().map(|cell| cell.symbol()).collect::<String>(), "SO/2026/00043");
    assert!(color(&buf, "order SO") == Some(Color::Rgb(94, 196, 196)) && title.iter().all(|cell| cell.fg == Color::Reset && cell.modifier.is_empty()));
    let values: Vec<_> = (18..27).flat_map(|y| row(y, 24..48)).filter(|cell| cell.fg != Color::Reset).collect();
    assert!(values.is_empty(), "{values:?}");
}

#[test]
fn without_colours_no_cell_has_one() {
    let mut app = orders((100, 30), PLAIN);
    app.act(Act::Palette);
    let buf = drawn(&app);
    assert!(buf.content().iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
}

#[test]
fn ascii_mode_draws_ascii() {
    let mut app = orders((100, 30), Theme { depth: Depth::Mono, ascii: true });
    app.names.insert("pty_1".to_owned(), "Mère Paillarde".to_owned());
    assert!(text(&drawn(&app)).is_ascii());
}

#[test]
fn what_a_server_sends_cannot_escape_its_cell() {
    let mut app = app(Place::list("leads"), (140, 45), PLAIN);
    let bad = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}evil\r\n";
    let lead = json!({"id": "led_1", "object": "lead", "title": bad, "status": bad, "organization_name": bad, "description": bad, "metadata": {bad: bad}, "external_refs": [{"system": bad, "id": bad}]});
    app.list_of(crate::resource::named("leads").unwrap()).take(&[lead], None, true, 0);
    app.note(bad);
    app.scope.tenant = bad.to_owned();
    let buf = drawn(&app);
    assert!(buf.content().iter().all(|cell| cell.symbol().chars().all(|c| !c.is_control() && c != '\u{202e}')));
}

#[test]
fn with_every_column_shown_none_is_a_single_letter_wide() {
    for width in 80..140_u16 {
        let mut app = orders((width, 30), PLAIN);
        app.wide = true;
        let mut wide = std::collections::BTreeMap::new();
        for field in (0..width).filter_map(|x| column_at(&app, x)) {
            *wide.entry(field).or_insert(0) += 1;
        }
        assert!(wide.values().all(|wide| *wide >= 6), "{width}: {wide:?}");
    }
}

#[test]
fn without_a_company_the_pipeline_says_so_as_the_receivables_do() {
    let mut app = app(Place::Dash, (100, 30), PLAIN);
    app.pipeline = Some(Asked::Failed("validation_failed (422): company_id is required".to_owned()));
    app.aging = Some(Asked::Failed("There is no company yet.".to_owned()));
    let shown = text(&drawn(&app));
    assert!(!shown.contains("422") && shown.matches("There is no company yet.").count() == 2, "{shown}");
}

#[test]
fn the_trail_names_what_was_changed() {
    let mut app = app(Place::list("audit-entries"), (80, 24), PLAIN);
    let entry = |id: &str, subject: &str| {
        json!({"id": id, "sequence": 1, "recorded_at": "2026-11-21T14:02:11.000000Z", "operation": "ConfirmOrder",
        "actor": {"name": "Dana"}, "subject": {"type": "order", "id": subject}, "changes": {}})
    };
    app.numbers.insert("ord_01m8pqqeeeek7bjcd1xs0wden0".to_owned(), "SO/2026/00042".to_owned());
    let rows = [entry("aud_1", "ord_01m8pqqeeeek7bjcd1xs0wden0"), entry("aud_2", "ord_01m8pqqeeeek7bjcd1xs0wden1")];
    app.list_of(crate::resource::named("audit-entries").unwrap()).take(&rows, None, true, 0);
    let shown = text(&drawn(&app));
    assert!(shown.contains("SO/2026/00042") && shown.contains("wden1"), "{shown}");
}
