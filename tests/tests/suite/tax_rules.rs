//! Which taxes a customer pays: by its country and registration, from the quote to the journal (QTE-10, ORD-01, BIL-05, BIL-14, BIL-16).

use crate::paper::words;
use causeway_contract::{Code, File, Nothing, Patch};
use causeway_openapi::catalog::{CreateProduct, op as catalog};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::deal_check::{DealCheckName, op as check};
use causeway_openapi::invoice::{CreateInvoice, InvoiceLineInput, op as invoice};
use causeway_openapi::invoice_check::{CheckResult, InvoiceCheckName, op as invoice_check};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{CreateOrder, op as order};
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_openapi::party::{CreateParty, MergeParty, TaxRegistration, op as party};
use causeway_openapi::quote::{CreateQuote, PricedQuote, UpdateQuote, op as quote};
use causeway_openapi::tax::{CreateTax, UpdateTax, op as tax};
use causeway_openapi::tax_rule::{CreateTaxRule, UpdateTaxRule, op as tax_rule};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, entry, forty, quote_body, sides};
use causeway_tests::shop::{self, Shop, line, party_body, percent_tax, product_body};
use causeway_tests::world::World;
use causeway_tests::{day, of, verified};
use causeway_value::{AskedRegistration, BillingPolicy, Direction, PartyId, PartyKind, ProductKind, QuoteRules, QuoteStatus, TaxId, TaxReplacement, TaxRuleId};
use serde_json::json;

const NOTE: &str = "Reverse charge: the recipient owes the tax.";

/// A German shop with rules for its customers abroad.
struct Abroad {
    shop: Shop,
    reverse: TaxId,
    french: TaxId,
    business: TaxRuleId,
}

async fn ruled(caller: &Caller, rule: CreateTaxRule) -> TaxRuleId {
    caller.post::<tax_rule::CreateTaxRule>((), &rule).await.id
}

fn replaced(tax: TaxId, by: &[TaxId]) -> Vec<TaxReplacement> {
    vec![TaxReplacement { tax_id: tax, by: by.to_vec() }]
}

fn countries(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

async fn abroad(caller: &Caller) -> Abroad {
    let shop = shop::open(caller, "").await;
    let reverse = CreateTax { name: "Reverse charge".to_owned(), note: Some(NOTE.to_owned()), ..percent_tax(shop.company, "RC", "0") };
    let reverse = caller.post::<tax::CreateTax>((), &reverse).await.id;
    let french = caller.post::<tax::CreateTax>((), &percent_tax(shop.company, "FR20", "20")).await.id;
    let new = |name: &str| CreateTaxRule::new(shop.company, name);
    let union = countries(&["AT", "BE", "FR", "NL"]);
    let business = CreateTaxRule {
        countries: union,
        registration: Some(AskedRegistration::Valid),
        replacements: replaced(shop.tax, &[reverse]),
        free_line_tax_ids: Some(vec![reverse]),
        ..new("EU business")
    };
    let business = ruled(caller, business).await;
    ruled(caller, CreateTaxRule { countries: countries(&["FR"]), replacements: replaced(shop.tax, &[french]), ..new("France") }).await;
    ruled(caller, CreateTaxRule { countries: countries(&["DE"]), free_line_tax_ids: Some(vec![shop.tax]), ..new("Germany") }).await;
    ruled(caller, CreateTaxRule { other_tax_ids: Some(Vec::new()), ..new("Export") }).await;
    Abroad { shop, reverse, french, business }
}

async fn customer(caller: &Caller, name: &str, country: &str, kind: PartyKind, number: Option<&str>) -> PartyId {
    let tax_ids = number.map(|number| TaxRegistration { country: country.to_owned(), number: number.to_owned() }).into_iter().collect();
    let body = CreateParty { country: Some(country.to_owned()), kind, tax_ids, ..party_body(name) };
    caller.post::<party::CreateParty>((), &body).await.id
}

async fn business(caller: &Caller, abroad: &Abroad) -> Shop {
    let party = customer(caller, "Boréal SAS", "FR", PartyKind::Organization, Some("40 303 265 045")).await;
    Shop { party, ..abroad.shop.clone() }
}

async fn priced(caller: &Caller, shop: &Shop, party: PartyId, lines: Vec<LineInput>) -> PricedQuote {
    let body = CreateQuote { party_id: Some(party), ..quote_body(shop, lines) };
    caller.post::<quote::PriceQuote>((), &body).await
}

/// How often a paper says something, where the tools for it are.
fn said(file: &File, text: &str) -> Option<usize> {
    words(file).map(|words| words.matches(text).count())
}

#[tokio::test]
async fn a_business_in_the_union_owes_the_tax_itself_from_quote_to_journal() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let abroad = abroad(&tenant).await;
    let shop = business(&tenant, &abroad).await;
    let quote = deal::approved(&tenant, &shop, None, vec![forty(&shop)]).await;
    let sold = &quote.lines[0];
    assert_eq!((sold.tax_ids.as_slice(), sold.tax_rule_id, &sold.determined_tax_ids), ([abroad.reverse].as_slice(), Some(abroad.business), &None));
    assert_eq!((quote.untaxed_amount.0.as_str(), quote.tax_amount.0.as_str(), quote.total_amount.0.as_str()), ("648.00", "0.00", "648.00"));
    let explained = tenant.get::<quote::ExplainQuote>(quote.id).await;
    let step = explained.steps.iter().find(|step| step.rule == "taxes").expect("a step");
    assert_eq!((step.line, &step.input, &step.outcome), (Some(1), &json!("VAT19"), &json!("RC")));
    assert_eq!(step.because, "the tax rule EU business applies: the customer is in FR, the customer has a valid tax registration of its country");
    let lost = explained.candidates.iter().find(|candidate| candidate.rule == "tax rule Germany").expect("a rule that lost");
    assert_eq!(lost.lost_because.as_deref(), Some("is not for customers in FR"));
    let paper = tenant.get::<quote::PrintQuote>(quote.id).await;
    assert!(said(&paper, NOTE).is_none_or(|times| times == 1));

    let accepted = deal::accept(&tenant, quote.id).await.order;
    let confirmed = tenant.act::<order::ConfirmOrder>(accepted.id).await;
    assert_eq!((confirmed.lines[0].tax_ids.as_slice(), confirmed.lines[0].tax_rule_id), ([abroad.reverse].as_slice(), Some(abroad.business)));
    // What becomes of the rule is of no matter to what was agreed.
    let off = UpdateTaxRule { active: Patch::Value(false), ..UpdateTaxRule::default() };
    tenant.post::<tax_rule::UpdateTaxRule>(abroad.business, &off).await;
    deal::ship(&tenant, &confirmed, "40").await;
    let draft = deal::invoice_order(&tenant, confirmed.id).await;
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    let taxes: Vec<_> = posted.taxes.iter().map(|part| (part.tax_id, part.base.0.as_str(), part.amount.0.as_str())).collect();
    assert_eq!((posted.total_amount.0.as_str(), taxes), ("648.00", vec![(abroad.reverse, "648.00", "0.00")]));
    let booked = entry(&tenant, posted.journal_entry_id).await;
    let booked: Vec<_> = sides(&booked).into_iter().map(|(_, debit, credit)| (debit, credit)).collect();
    assert_eq!(booked.len(), 2, "receivable and revenue: {booked:?}");
    assert!(booked.contains(&("648.00", "0.00")) && booked.contains(&("0.00", "648.00")), "{booked:?}");
    let paper = tenant.get::<invoice::PrintInvoice>(posted.id).await;
    assert!(said(&paper, NOTE).is_none_or(|times| times == 1));
    // The next quote is looked at by the rules that are left.
    assert_eq!(priced(&tenant, &shop, shop.party, vec![forty(&shop)]).await.lines[0].tax_ids, [abroad.french]);
    verified(&tenant).await;
}

#[tokio::test]
async fn country_and_registration_decide() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let abroad = abroad(&tenant).await;
    let shop = &abroad.shop;
    let freight = || LineInput { description: Some("Freight".to_owned()), quantity: of("1"), unit_price: Some(of("10.00")), ..LineInput::default() };
    let (organization, person) = (PartyKind::Organization, PartyKind::Person);
    // Country, kind, number, tax of the product, tax of the line without a product, what both come to on 18.00 and 10.00.
    let cases = [
        ("FR", organization, Some("40303265045"), Some(abroad.reverse), Some(abroad.reverse), "0.00"),
        ("FR", organization, None, Some(abroad.french), None, "3.60"),
        ("FR", person, None, Some(abroad.french), None, "3.60"),
        ("CH", organization, None, None, None, "0.00"),
        ("DE", organization, Some("DE136695976"), Some(shop.tax), Some(shop.tax), "5.32"),
        ("DE", person, None, Some(shop.tax), Some(shop.tax), "5.32"),
    ];
    for (at, (country, kind, number, product, free, tax)) in cases.into_iter().enumerate() {
        let party = customer(&tenant, &format!("Customer {at}"), country, kind, number).await;
        let found = priced(&tenant, shop, party, vec![line(shop.chai, "1"), freight()]).await;
        let taxes: Vec<Option<TaxId>> = found.lines.iter().map(|line| line.tax_ids.first().copied()).collect();
        assert_eq!((taxes, found.tax_amount.0.as_str()), (vec![product, free], tax), "{country} {kind} {number:?}");
    }
    // None is due abroad, and a rule says so: nothing is told of the product, only of the line of which no rule knows.
    let party = customer(&tenant, "Swiss", "CH", organization, None).await;
    let body = CreateOrder { party_id: Some(party), ..deal::order_body(shop, vec![line(shop.chai, "1"), freight()]) };
    let made = tenant.post::<order::CreateOrder>((), &body).await;
    let found = tenant.get::<check::CheckOrder>(made.id).await;
    let told = found.checks.iter().find(|check| check.name == DealCheckName::LineTaxes).expect("a check");
    assert_eq!(told.detail.as_deref(), Some("The lines 2 have no tax. Give the products one, or leave it when none is due."));

    // An exemption certificate is for one customer, while it is valid.
    let certificate = |until: &str| CreateTaxRule {
        party_id: Some(party),
        valid_until: Some(day(until)),
        replacements: replaced(shop.tax, &[abroad.french]),
        ..CreateTaxRule::new(shop.company, "Certificate")
    };
    ruled(&tenant, certificate("2026-12-01")).await;
    assert_eq!(priced(&tenant, shop, party, vec![line(shop.chai, "1")]).await.lines[0].tax_ids, []);
    ruled(&tenant, certificate("2026-12-02")).await;
    assert_eq!(priced(&tenant, shop, party, vec![line(shop.chai, "1")]).await.lines[0].tax_ids, [abroad.french]);
    // It follows its customer into another party.
    let into = customer(&tenant, "Swiss Holding", "CH", organization, None).await;
    tenant.post::<party::MergeParty>(party, &MergeParty { into }).await;
    assert_eq!(priced(&tenant, shop, into, vec![line(shop.chai, "1")]).await.lines[0].tax_ids, [abroad.french]);
    // Lines of a template are looked at for the customer of its quote.
    let template = json!({ "company_id": shop.company, "name": "Chai", "lines": [{ "product_id": shop.chai, "quantity": "1" }] });
    let template = tenant.raw.post("/v1/quote-templates", &template).await.success()["id"].as_str().map(of).expect("an id");
    let body = CreateQuote { template_id: Some(template), party_id: Some(into), ..quote_body(shop, Vec::new()) };
    assert_eq!(tenant.post::<quote::CreateQuote>((), &body).await.lines[0].tax_ids, [abroad.french]);
    verified(&tenant).await;
}

#[tokio::test]
async fn other_taxes_are_told_and_need_a_second_person_where_the_company_says_so() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let abroad = abroad(&tenant).await;
    let shop = business(&tenant, &abroad).await;
    let given = |tax_ids: Vec<TaxId>| LineInput { tax_ids: Some(tax_ids), ..line(shop.chai, "1") };
    let draft = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![given(vec![abroad.reverse]), given(vec![]), given(vec![shop.tax])])).await;
    let seen: Vec<_> = draft.lines.iter().map(|line| (line.tax_rule_id.is_some(), line.determined_tax_ids.clone())).collect();
    // What is given and is what the rule says is no override.
    assert_eq!(seen, [(true, None), (false, Some(vec![abroad.reverse])), (false, Some(vec![abroad.reverse]))]);
    let explained = tenant.get::<quote::ExplainQuote>(draft.id).await;
    let told = explained.steps.iter().find(|step| step.rule == "taxes" && step.line == Some(2)).expect("a step");
    assert_eq!(told.because, "given with the line; product and tax rules determine RC");
    let checked = tenant.get::<check::CheckQuote>(draft.id).await;
    let told = checked.checks.iter().find(|check| check.name == DealCheckName::LineTaxes).expect("a check");
    assert_eq!(told.result, CheckResult::Warning);
    assert!(told.detail.as_deref().is_some_and(|detail| detail.starts_with("The lines 2, 3 have other taxes")), "{told:?}");
    // The company does not ask for anybody.
    assert_eq!(tenant.act::<quote::SubmitQuote>(draft.id).await.status, QuoteStatus::Approved);

    let rules = QuoteRules { tax_override: Some(true), ..QuoteRules::default() };
    let change = UpdateCompany { quote_rules: Patch::Value(rules), ..UpdateCompany::default() };
    tenant.post::<company::UpdateCompany>(shop.company, &change).await;
    let draft = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![line(shop.chai, "1"), given(vec![])])).await;
    let waiting = tenant.act::<quote::SubmitQuote>(draft.id).await;
    let reasons: Vec<_> = waiting.approval_reasons.iter().map(|reason| (reason.rule.as_str(), reason.line, reason.value.as_str())).collect();
    assert_eq!((waiting.status, reasons), (QuoteStatus::InApproval, vec![("tax_override", Some(2), "none")]));
    let draft = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![line(shop.chai, "1")])).await;
    assert_eq!(tenant.act::<quote::SubmitQuote>(draft.id).await.status, QuoteStatus::Approved);
    // A draft whose lines are given anew is determined anew.
    let draft = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![given(vec![])])).await;
    let change = UpdateQuote { lines: Patch::Value(vec![line(shop.chai, "1").into()]), ..UpdateQuote::default() };
    assert_eq!(tenant.post::<quote::UpdateQuote>(draft.id, &change).await.lines[0].tax_ids, [abroad.reverse]);
    verified(&tenant).await;
}

#[tokio::test]
async fn a_price_with_tax_in_it_is_the_same_without_tax() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let abroad = abroad(&tenant).await;
    let shop = &abroad.shop;
    let inside = |code: &str, rate: &str| CreateTax { included: Some(true), ..percent_tax(shop.company, code, rate) };
    let german = tenant.post::<tax::CreateTax>((), &inside("VAT19I", "19")).await.id;
    let french = tenant.post::<tax::CreateTax>((), &inside("FR20I", "20")).await.id;
    let gross = product_body("GROSS", ProductKind::Service, BillingPolicy::OnOrder, "119.00", vec![german]);
    let gross = tenant.post::<catalog::CreateProduct>((), &CreateProduct { cost: Some(of("50.00")), ..gross }).await.id;
    let change = |by: Vec<TaxId>| UpdateTaxRule { replacements: Patch::Value(vec![TaxReplacement { tax_id: german, by }]), ..UpdateTaxRule::default() };
    let firm = business(&tenant, &abroad).await;
    let home = customer(&tenant, "Home", "DE", PartyKind::Person, None).await;
    let amounts = async |party: PartyId, given: LineInput| {
        let found = priced(&tenant, shop, party, vec![given]).await;
        (found.lines[0].unit_price.to_string(), found.untaxed_amount.0, found.tax_amount.0, found.total_amount.0)
    };
    let four = |price: &str, net: &str, tax: &str, total: &str| (price.to_owned(), net.to_owned(), tax.to_owned(), total.to_owned());
    assert_eq!(amounts(home, line(gross, "1")).await, four("119.00", "100.00", "19.00", "119.00"));
    tenant.post::<tax_rule::UpdateTaxRule>(abroad.business, &change(vec![abroad.reverse])).await;
    assert_eq!(amounts(firm.party, line(gross, "1")).await, four("100.00", "100.00", "0.00", "100.00"));
    tenant.post::<tax_rule::UpdateTaxRule>(abroad.business, &change(vec![french])).await;
    assert_eq!(amounts(firm.party, line(gross, "1")).await, four("120.00", "100.00", "20.00", "120.00"));
    // A price that somebody gives is meant for the taxes that the line has.
    let dear = LineInput { unit_price: Some(of("240.00")), ..line(gross, "1") };
    assert_eq!(amounts(firm.party, dear).await, four("240.00", "200.00", "40.00", "240.00"));

    tenant.post::<tax_rule::UpdateTaxRule>(abroad.business, &change(vec![abroad.reverse])).await;
    let asked = format!("/v1/prices?company_id={}&party_id={}&product_id={gross}", shop.company, firm.party);
    assert_eq!(tenant.raw.get(&asked).await.success()["unit_price"], "100.00");
    let quote = deal::approved(&tenant, &firm, None, vec![line(gross, "3")]).await;
    assert_eq!((quote.total_amount.0.as_str(), quote.margin_amount.as_ref().map(|margin| margin.0.as_str())), ("300.00", Some("150.00")));
    let step = tenant.get::<quote::ExplainQuote>(quote.id).await.steps.into_iter().find(|step| step.rule == "taxes_in_price").expect("a step");
    assert_eq!((step.input, step.outcome), (json!("119.00"), json!("100.00")));
    let order = tenant.act::<order::ConfirmOrder>(deal::accept(&tenant, quote.id).await.order.id).await;
    let posted = deal::post_invoice(&tenant, deal::invoice_order(&tenant, order.id).await.id, None).await;
    assert_eq!((posted.untaxed_amount.0.as_str(), posted.total_amount.0.as_str()), ("300.00", "300.00"));
    verified(&tenant).await;
}

#[tokio::test]
async fn amendments_and_invoices_of_free_lines_ask_the_rules() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let abroad = abroad(&tenant).await;
    let shop = business(&tenant, &abroad).await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    let more = AmendLine { product_id: Some(shop.chai), quantity: Some(of("1")), ..AmendLine::default() };
    let body = AmendOrder { lines: vec![more], reason: "more".to_owned(), ..AmendOrder::default() };
    let amended = tenant.post::<amendment::AmendOrder>(order.id, &body).await;
    let taxes: Vec<_> = amended.lines.iter().map(|line| (line.tax_ids.as_slice(), line.tax_rule_id)).collect();
    assert_eq!(taxes, [([abroad.reverse].as_slice(), Some(abroad.business)); 2]);

    let free = |product_id, tax_ids| InvoiceLineInput {
        product_id,
        description: Some("Advice".to_owned()),
        quantity: of("1"),
        unit_price: of("10.00"),
        tax_ids,
        ..InvoiceLineInput::default()
    };
    let lines = vec![free(Some(shop.setup), None), free(None, None), free(Some(shop.setup), Some(vec![shop.tax]))];
    let body = |direction, lines| CreateInvoice { company_id: Some(shop.company), party_id: Some(shop.party), direction, lines, ..CreateInvoice::default() };
    let draft = tenant.post::<invoice::CreateInvoice>((), &body(None, lines)).await;
    let taxes: Vec<_> = draft.lines.iter().flat_map(|line| line.tax_ids.clone()).collect();
    assert_eq!(taxes, [abroad.reverse, abroad.reverse, shop.tax]);
    let found = tenant.get::<invoice_check::CheckInvoice>(draft.id).await;
    let told = found.checks.iter().find(|check| check.name == InvoiceCheckName::LineTaxes).expect("a check");
    let expected = "The lines 3 have other taxes than their products and the tax rules determine. Leave it when that is meant.";
    assert_eq!(told.detail.as_deref(), Some(expected));
    deal::post_invoice(&tenant, draft.id, None).await;
    // What others charge us stands on their paper.
    let bought = tenant.post::<invoice::CreateInvoice>((), &body(Some(Direction::Purchase), vec![free(Some(shop.setup), None)])).await;
    assert_eq!(bought.lines[0].tax_ids, [shop.tax]);
    verified(&tenant).await;
}

#[tokio::test]
async fn wrong_rules_are_refused_and_taught() {
    let world = World::start().await;
    let (tenant, other) = (world.sandbox().await, world.sandbox().await);
    let (shop, theirs) = (shop::open(&tenant, "").await, shop::open(&other, "").await);
    let second = shop::open(&tenant, "2").await;
    let first =
        tenant.post::<tax_rule::CreateTaxRule>((), &CreateTaxRule { countries: countries(&["FR"]), ..CreateTaxRule::new(shop.company, "France") }).await;
    assert_eq!((first.sequence, first.active, first.version), (1, true, 1));
    let old = tenant.post::<tax::CreateTax>((), &percent_tax(shop.company, "OLD", "16")).await.id;
    tenant.post::<tax::UpdateTax>(old, &UpdateTax { active: Patch::Value(false), ..UpdateTax::default() }).await;
    let wrong = CreateTaxRule {
        sequence: Some(1),
        party_id: Some(theirs.party),
        countries: countries(&["FR", "fr", "FR", "EU1"]),
        segment: Some(" ".to_owned()),
        valid_from: Some(day("2027-01-01")),
        valid_until: Some(day("2026-12-31")),
        replacements: vec![
            TaxReplacement { tax_id: shop.tax, by: vec![theirs.tax, old] },
            TaxReplacement { tax_id: shop.tax, by: vec![shop.tax, shop.tax] },
            TaxReplacement { tax_id: second.tax, by: vec![] },
        ],
        other_tax_ids: Some(vec![TaxId::new()]),
        free_line_tax_ids: Some(vec![old]),
        ..CreateTaxRule::new(shop.company, " ")
    };
    let problem = tenant.refused::<tax_rule::CreateTaxRule>((), &wrong).await;
    let found: Vec<_> = problem.errors.iter().map(|error| (error.code, error.pointer.as_deref().unwrap_or_default())).collect();
    let expected = [
        (Code::InvalidValue, "/name"),
        (Code::AlreadyExists, "/sequence"),
        (Code::NotFound, "/party_id"),
        (Code::InvalidValue, "/countries/2"),
        (Code::InvalidValue, "/countries/1"),
        (Code::InvalidValue, "/countries/3"),
        (Code::InvalidValue, "/segment"),
        (Code::InvalidValue, "/valid_until"),
        (Code::InvalidValue, "/replacements/1"),
        (Code::NotFound, "/replacements/0/by/0"),
        (Code::InvalidValue, "/replacements/0/by/1"),
        (Code::InvalidValue, "/replacements/1/by/1"),
        (Code::NotFound, "/replacements/2/tax_id"),
        (Code::NotFound, "/other_tax_ids/0"),
        (Code::InvalidValue, "/free_line_tax_ids/0"),
    ];
    assert_eq!(found, expected);
    // Foreign rules and companies are like those that do not exist.
    let problem = tenant.refused::<tax_rule::CreateTaxRule>((), &CreateTaxRule::new(theirs.company, "Theirs")).await;
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/company_id"));
    assert_eq!(other.refused::<tax_rule::GetTaxRule>(first.id, &Nothing {}).await.status, 404);
    let change = UpdateTaxRule { active: Patch::Value(false), ..UpdateTaxRule::default() };
    assert_eq!(other.refused::<tax_rule::UpdateTaxRule>(first.id, &change).await.status, 404);
    // A group has nothing to say: documents list its members.
    let group = CreateTax {
        kind: causeway_value::TaxKind::Group,
        rate: None,
        group_of: vec![shop.tax],
        note: Some("x".to_owned()),
        ..percent_tax(shop.company, "G", "1")
    };
    let problem = tenant.refused::<tax::CreateTax>((), &group).await;
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/note"));

    // A rule whose tax is not active any more stops the line, and says so.
    let later = tenant.post::<tax::CreateTax>((), &percent_tax(shop.company, "LATER", "5")).await.id;
    let replacing = UpdateTaxRule { replacements: Patch::Value(replaced(shop.tax, &[later])), ..UpdateTaxRule::default() };
    let changed = tenant.post::<tax_rule::UpdateTaxRule>(first.id, &replacing).await;
    assert_eq!((changed.version, changed.replacements), (2, replaced(shop.tax, &[later])));
    tenant.post::<tax::UpdateTax>(later, &UpdateTax { active: Patch::Value(false), ..UpdateTax::default() }).await;
    let problem = tenant.refused::<quote::CreateQuote>((), &quote_body(&shop, vec![forty(&shop)])).await;
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/lines/0/tax_ids"));
    assert!(problem.errors[0].detail.contains("LATER") && problem.errors[0].detail.contains("France"), "{problem:?}");
    verified(&tenant).await;
}
