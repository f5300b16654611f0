//! What a quote leaves to the customer and promises: sections, options, delivery commitments, conditions, and the templates that hold all of it (QTE-01,
//! QTE-03, QTE-08, QTE-11, QTE-18, QTE-23).

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::op as order;
use causeway_openapi::quote::{AcceptQuote, CreateQuote, DuplicateQuote, Quote, QuoteLineInput, UpdateQuote, op as quote};
use causeway_openapi::quote_template::{CreateQuoteTemplate, QuoteTemplateLine, UpdateQuoteTemplate, op as template};
use causeway_openapi::shared_quote::{AcceptSharedQuote, LinkToken, op as shared};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{forty, quote_body};
use causeway_tests::of;
use causeway_tests::person::manager;
use causeway_tests::shop::{self, Shop, line};
use causeway_tests::world::{Tenant, World};
use causeway_value::{QuoteRules, QuoteStatus};
use serde_json::json;

async fn opened(world: &World) -> (Tenant, Shop) {
    let tenant = world.sandbox().await;
    tenant.raw.request("PUT", "/v1/clock").json(&json!({ "now": "2026-12-01T09:00:00Z" })).send().await.success();
    let shop = shop::open(&tenant, "").await;
    (tenant, shop)
}

/// Furniture for 648.00 and, when it is taken, 90.00 more; freight for 50.00; polish for 10.00 unless it is left out.
fn lines(shop: &Shop) -> Vec<QuoteLineInput> {
    let free = |text: &str, price: &str| LineInput {
        product_id: None,
        description: Some(text.to_owned()),
        unit_price: Some(of(price)),
        tax_ids: Some(vec![shop.tax]),
        ..line(shop.chai, "1")
    };
    let section = |name: &str| Some(name.to_owned());
    vec![
        QuoteLineInput { section: section("Furniture"), lead_days: Some(30), ..forty(shop).into() },
        QuoteLineInput { section: section("Furniture"), optional: Some(true), ..line(shop.chai, "5").into() },
        QuoteLineInput { section: section("Service"), promised_date: Some(of("2026-12-24")), ..free("Freight", "50").into() },
        QuoteLineInput { section: section("Service"), optional: Some(true), chosen: Some(true), ..free("Polish", "10").into() },
    ]
}

fn body(shop: &Shop) -> CreateQuote {
    CreateQuote { lines: lines(shop), lead_days: Some(14), terms: Some("No returns after 30 days".to_owned()), ..quote_body(shop, Vec::new()) }
}

async fn submitted(tenant: &Caller, body: &CreateQuote) -> Quote {
    let draft = tenant.post::<quote::CreateQuote>((), body).await;
    tenant.act::<quote::SubmitQuote>(draft.id).await
}

fn sections(quote: &Quote) -> Vec<(Option<&str>, u32, &str)> {
    quote.sections.iter().map(|section| (section.title.as_deref(), section.lines, section.untaxed_amount.0.as_str())).collect()
}

/// Only what is taken counts and is ordered; every line comes when it was promised, counted from acceptance.
#[tokio::test]
async fn the_seller_takes_options_when_the_customer_accepts() {
    let world = World::start().await;
    let (tenant, shop) = opened(&world).await;
    let offered = submitted(&tenant, &body(&shop)).await;
    assert_eq!(offered.untaxed_amount.0, "708.00");
    assert_eq!(sections(&offered), [(Some("Furniture"), 2, "648.00"), (Some("Service"), 2, "60.00")]);
    let options: Vec<_> = offered.lines.iter().map(|line| (line.optional, line.option, line.chosen, line.net_amount.0.as_str())).collect();
    assert_eq!(options, [(false, None, true, "648.00"), (true, Some(1), false, "90.00"), (false, None, true, "50.00"), (true, Some(2), true, "10.00")]);

    let choosing = |options: &[u32]| AcceptQuote { chosen_options: Some(options.to_vec()), ..AcceptQuote::default() };
    let wrong = tenant.refused::<quote::AcceptQuote>(offered.id, &choosing(&[1, 3])).await;
    assert_eq!((wrong.code, wrong.errors[0].pointer.as_deref()), (Code::ValidationFailed, Some("/chosen_options/1")));
    let accepted = tenant.post::<quote::AcceptQuote>(offered.id, &choosing(&[1])).await;
    assert_eq!((accepted.quote.untaxed_amount.0.as_str(), accepted.quote.lines[3].chosen), ("788.00", false));
    assert_eq!(accepted.quote.version, offered.version + 1);
    // Another choice afterwards is no repeat of this one; the same is.
    let late = tenant.refused::<quote::AcceptQuote>(offered.id, &choosing(&[1, 2])).await;
    assert_eq!((late.code, late.errors[0].pointer.as_deref()), (Code::StateConflict, Some("/chosen_options")));
    assert_eq!(tenant.post::<quote::AcceptQuote>(offered.id, &choosing(&[1])).await.order.id, accepted.order.id);
    let ordered: Vec<_> =
        accepted.order.lines.iter().map(|line| (line.section.as_deref(), line.net_amount.0.as_str(), line.promised_date.map(|day| day.to_string()))).collect();
    let promised = |day: &str| Some(day.to_owned());
    assert_eq!(
        ordered,
        [
            (Some("Furniture"), "648.00", promised("2026-12-31")),
            (Some("Furniture"), "90.00", promised("2026-12-15")),
            (Some("Service"), "50.00", promised("2026-12-24")),
        ]
    );
    assert_eq!(accepted.order.total_amount, accepted.quote.total_amount);
    let confirmed = tenant.act::<order::ConfirmOrder>(accepted.order.id).await;
    assert_eq!(confirmed.untaxed_amount.0, "788.00");
    assert!(tenant.get::<quote::PrintQuote>(offered.id).await.bytes.starts_with(b"%PDF-"));
}

#[tokio::test]
async fn the_customer_takes_options_through_the_link() {
    let world = World::start().await;
    let (tenant, shop) = opened(&world).await;
    let offered = submitted(&tenant, &body(&shop)).await;
    let link = tenant.act::<shared::ShareQuote>(offered.id).await;
    let token = LinkToken::of(&link.token).unwrap();
    let customer = world.nobody();
    let seen = customer.get::<shared::GetSharedQuote>(token.clone()).await;
    assert_eq!(seen.lines.iter().map(|line| (line.option, line.chosen)).collect::<Vec<_>>(), [(None, true), (Some(1), false), (None, true), (Some(2), true)]);
    assert_eq!((seen.sections.len(), seen.lead_days, seen.terms.as_deref()), (2, Some(14), Some("No returns after 30 days")));
    let amy =
        AcceptSharedQuote { name: "Amy".to_owned(), email: "amy@borealis.test".to_owned(), chosen_options: Some(Vec::new()), ..AcceptSharedQuote::default() };
    let answered = customer.post::<shared::AcceptSharedQuote>(token, &amy).await;
    assert_eq!((answered.status, answered.untaxed_amount.0.as_str()), (QuoteStatus::Accepted, "698.00"));
    let orders = tenant.all::<order::ListOrders, _>(&ListQuery::by("quote_id", offered.id)).await;
    assert_eq!((orders.len(), orders[0].lines.len(), orders[0].untaxed_amount.0.as_str()), (1, 2, "698.00"));
}

/// What is offered is granted: options are looked at like the rest. What was not approved cannot be taken (QTE-07, QTE-08).
#[tokio::test]
async fn an_option_that_nobody_approved_is_not_taken() {
    let world = World::start().await;
    let (tenant, shop) = opened(&world).await;
    let limited = async |percent: &str| {
        let rules = QuoteRules { max_discount_percent: Some(of(percent)), min_lead_days: Some(10), ..QuoteRules::default() };
        tenant.post::<company::UpdateCompany>(shop.company, &UpdateCompany { quote_rules: Patch::Value(rules), ..UpdateCompany::default() }).await;
    };
    limited("20").await;
    let option = |percent: &str| QuoteLineInput { optional: Some(true), discount_percent: Some(of(percent)), ..line(shop.chai, "5").into() };
    let offer = |option: QuoteLineInput| CreateQuote { lines: vec![forty(&shop).into(), option], ..quote_body(&shop, Vec::new()) };
    let amy =
        AcceptSharedQuote { name: "Amy".to_owned(), email: "amy@borealis.test".to_owned(), chosen_options: Some(vec![1]), ..AcceptSharedQuote::default() };
    let reasons = |quote: &Quote| quote.approval_reasons.iter().map(|reason| (reason.rule.clone(), reason.line)).collect::<Vec<_>>();
    let customer = world.nobody();
    // Far beyond the limit it waits, and is told by the checks; approved with it, the customer may take it.
    let draft = tenant.post::<quote::CreateQuote>((), &offer(option("60"))).await;
    let checks = tenant.get::<causeway_openapi::deal_check::op::CheckQuote>(draft.id).await;
    assert!(checks.checks.iter().any(|check| check.detail.as_deref().is_some_and(|detail| detail.contains("when the option is taken"))), "{checks:?}");
    let waiting = tenant.act::<quote::SubmitQuote>(draft.id).await;
    assert_eq!((waiting.status, reasons(&waiting)), (QuoteStatus::InApproval, vec![("max_discount_percent".to_owned(), Some(2))]));
    manager(&tenant).await.post::<quote::ApproveQuote>(waiting.id, &Default::default()).await;
    let link = tenant.act::<shared::ShareQuote>(waiting.id).await;
    let taken = customer.post::<shared::AcceptSharedQuote>(LinkToken::of(&link.token).unwrap(), &amy).await;
    assert_eq!((taken.status, taken.untaxed_amount.0.as_str()), (QuoteStatus::Accepted, "684.00"));
    // What was within the limits is not any more when they are others since.
    let offered = submitted(&tenant, &offer(option("15"))).await;
    assert_eq!(offered.status, QuoteStatus::Approved);
    limited("12").await;
    let choose = AcceptQuote { chosen_options: Some(vec![1]), ..AcceptQuote::default() };
    let refused = tenant.refused::<quote::AcceptQuote>(offered.id, &choose).await;
    assert_eq!((refused.status, refused.code), (409, Code::StateConflict));
    assert!(refused.detail.contains("by the rules of today, beyond what was approved (max_discount_percent)"), "{}", refused.detail);
    let link = tenant.act::<shared::ShareQuote>(offered.id).await;
    let told = customer.refused::<shared::AcceptSharedQuote>(LinkToken::of(&link.token).unwrap(), &amy).await;
    assert!(!told.detail.contains("discount") && told.meta.is_empty(), "{told:?}");
    // Chosen in the draft it is looked at; so is a promise that is too early.
    let chosen = QuoteLineInput { chosen: Some(true), ..option("60") };
    let soon = CreateQuote { lead_days: Some(3), ..offer(chosen) };
    let waiting = submitted(&tenant, &soon).await;
    let reasons: Vec<_> = waiting.approval_reasons.iter().map(|reason| (reason.rule.as_str(), reason.line)).collect();
    assert_eq!(reasons, [("min_lead_days", Some(1)), ("max_discount_percent", Some(2)), ("min_lead_days", Some(2))]);
}

/// What is chosen asks for something, or for nothing: nothing below zero is invoiced.
#[tokio::test]
async fn options_that_come_to_less_than_nothing_are_not_taken() {
    let world = World::start().await;
    let (tenant, shop) = opened(&world).await;
    let back = LineInput {
        product_id: None,
        description: Some("Old chairs".to_owned()),
        unit_price: Some(of("700.00")),
        tax_ids: Some(vec![shop.tax]),
        ..line(shop.chai, "-1")
    };
    let back = QuoteLineInput { optional: Some(true), ..back.into() };
    let offered = submitted(&tenant, &CreateQuote { lines: vec![forty(&shop).into(), back], ..quote_body(&shop, Vec::new()) }).await;
    assert_eq!((offered.status, offered.untaxed_amount.0.as_str()), (QuoteStatus::Approved, "648.00"));
    let refused = tenant.refused::<quote::AcceptQuote>(offered.id, &AcceptQuote { chosen_options: Some(vec![1]), ..AcceptQuote::default() }).await;
    assert_eq!((refused.code, refused.meta["total_amount"].as_str()), (Code::StateConflict, Some("-61.88")));
    assert!(refused.detail.contains("with these options comes to -61.88 EUR"), "{refused:?}");
    let link = tenant.act::<shared::ShareQuote>(offered.id).await;
    let amy =
        AcceptSharedQuote { name: "Amy".to_owned(), email: "amy@borealis.test".to_owned(), chosen_options: Some(vec![1]), ..AcceptSharedQuote::default() };
    let told = world.nobody().refused::<shared::AcceptSharedQuote>(LinkToken::of(&link.token).unwrap(), &amy).await;
    assert!(told.code == Code::StateConflict && told.detail.contains("less than nothing") && !told.detail.contains("/v1/"), "{told:?}");
    let amy = AcceptSharedQuote { chosen_options: Some(Vec::new()), ..amy };
    let taken = world.nobody().post::<shared::AcceptSharedQuote>(LinkToken::of(&link.token).unwrap(), &amy).await;
    assert_eq!(taken.status, QuoteStatus::Accepted);
}

/// Revisions and duplicates keep everything, and the comparison tells it.
#[tokio::test]
async fn revisions_keep_and_compare_what_is_offered() {
    let world = World::start().await;
    let (tenant, shop) = opened(&world).await;
    let first = submitted(&tenant, &body(&shop)).await;
    let second = tenant.act::<quote::ReviseQuote>(first.id).await;
    let twin = tenant.post::<quote::DuplicateQuote>(first.id, &DuplicateQuote::default()).await;
    for copy in [&second, &twin] {
        assert_eq!((sections(copy), &copy.terms, copy.lead_days, &copy.total_amount), (sections(&first), &first.terms, first.lead_days, &first.total_amount));
        let said = |quote: &Quote| quote.lines.iter().map(|line| (line.option, line.chosen, line.promised_date, line.lead_days)).collect::<Vec<_>>();
        assert_eq!(said(copy), said(&first));
    }
    let mut others = lines(&shop);
    others[1].chosen = Some(true);
    others[2].section = Some("Transport".to_owned());
    let change = UpdateQuote { lines: Patch::Value(others), promised_date: Patch::Value(of("2027-01-15")), terms: Patch::Null, ..UpdateQuote::default() };
    let changed = tenant.post::<quote::UpdateQuote>(second.id, &change).await;
    assert_eq!((changed.promised_date.map(|day| day.to_string()), changed.lead_days, changed.terms), (Some("2027-01-15".to_owned()), None, None));
    let found = tenant.get::<quote::CompareQuotes>(second.id).await;
    let fields: Vec<_> = found.fields.iter().map(|field| field.field.as_str()).collect();
    assert!(["promised_date", "lead_days", "terms"].iter().all(|name| fields.contains(name)), "{fields:?}");
    let told: Vec<_> = found.lines.iter().flat_map(|line| line.fields.iter().map(|field| (line.position, field.field.as_str()))).collect();
    assert_eq!(told, [(2, "chosen"), (3, "section")]);
    let both = CreateQuote { promised_date: Some(of("2026-12-24")), ..body(&shop) };
    let wrong = tenant.refused::<quote::CreateQuote>((), &both).await;
    assert_eq!(wrong.errors[0].pointer.as_deref(), Some("/lead_days"));
}

/// A template fills what a quote does not say; each lives on without the other.
#[tokio::test]
async fn quotes_are_made_of_templates() {
    let world = World::start().await;
    let (tenant, shop) = opened(&world).await;
    let free = QuoteTemplateLine {
        description: Some("Setup".to_owned()),
        quantity: of("1"),
        unit_price: Some(of("100")),
        tax_ids: Some(vec![shop.tax]),
        section: Some("Start".to_owned()),
        ..QuoteTemplateLine::default()
    };
    let option = QuoteTemplateLine { product_id: Some(shop.chai), quantity: of("5"), optional: Some(true), lead_days: Some(7), ..QuoteTemplateLine::default() };
    let mut new = CreateQuoteTemplate {
        company_id: shop.company,
        name: "Starter".to_owned(),
        validity_days: Some(14),
        payment_term_id: Some(shop.term),
        discount_percent: Some(of("10")),
        lead_days: Some(21),
        terms: Some("Cancel any time".to_owned()),
        lines: vec![free.clone(), QuoteTemplateLine { unit_price: None, ..free.clone() }],
        ..CreateQuoteTemplate::default()
    };
    assert_eq!(tenant.refused::<template::CreateQuoteTemplate>((), &new).await.errors[0].pointer.as_deref(), Some("/lines/1/unit_price"));
    new.lines[1] = option;
    let starter = tenant.post::<template::CreateQuoteTemplate>((), &new).await;
    assert_eq!(tenant.refused::<template::CreateQuoteTemplate>((), &new).await.errors[0].code, Code::AlreadyExists);

    let bare = CreateQuote { template_id: Some(starter.id), ..quote_body(&shop, Vec::new()) };
    let made = tenant.post::<quote::CreateQuote>((), &bare).await;
    assert_eq!((made.untaxed_amount.0.as_str(), made.valid_until.map(|day| day.to_string())), ("90.00", Some("2026-12-15".to_owned())));
    assert_eq!(
        (made.template_id, made.payment_term_id, made.lead_days, made.terms.as_deref()),
        (Some(starter.id), Some(shop.term), Some(21), Some("Cancel any time"))
    );
    assert_eq!((made.lines[1].option, made.lines[1].lead_days, made.sections[0].title.as_deref()), (Some(1), Some(7), Some("Start")));
    let own = CreateQuote {
        lines: vec![forty(&shop).into()],
        discount_percent: Some(of("0")),
        valid_until: Some(of("2026-12-31")),
        terms: Some("None".to_owned()),
        ..bare.clone()
    };
    let own = tenant.post::<quote::CreateQuote>((), &own).await;
    assert_eq!((own.untaxed_amount.0.as_str(), own.lines.len(), own.terms.as_deref(), own.lead_days), ("648.00", 1, Some("None"), Some(21)));
    let found = tenant.all::<quote::ListQuotes, _>(&ListQuery::by("template_id", starter.id).and("created_at[gte]", "2026-12-01T00:00:00Z")).await;
    assert_eq!(found.len(), 2);

    let archived = UpdateQuoteTemplate { active: Patch::Value(false), lines: Patch::Value(Vec::new()), ..UpdateQuoteTemplate::default() };
    assert!(!tenant.post::<template::UpdateQuoteTemplate>(starter.id, &archived).await.active);
    assert_eq!(tenant.refused::<quote::CreateQuote>((), &bare).await.errors[0].pointer.as_deref(), Some("/template_id"));
    assert_eq!(tenant.get::<quote::GetQuote>(made.id).await.lines.len(), 2);
    assert_eq!(tenant.all::<template::ListQuoteTemplates, _>(&ListQuery::by("active", "true")).await.len(), 0);
    // Another tenant's template is none.
    let (other, theirs) = opened(&world).await;
    let foreign = CreateQuote { template_id: Some(starter.id), ..quote_body(&theirs, Vec::new()) };
    assert_eq!(other.refused::<quote::CreateQuote>((), &foreign).await.errors[0].code, Code::NotFound);
}
