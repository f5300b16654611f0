//! Quotes, orders, deliveries and invoices as files to print (QTE-01, STK-07, BIL-21).

use causeway_contract::{File, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::delivery::{ShipDelivery, op as delivery};
use causeway_openapi::invoice::{CreditInvoice, op as invoice};
use causeway_openapi::order::op as order;
use causeway_openapi::party::{UpdateParty, op as party};
use causeway_openapi::quote::op as quote;
use causeway_openapi::term::op as term;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, accept, approved, forty, posted};
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::{CompanyId, DocumentLanguage, Letterhead};
use serde_json::json;
use std::process::Command;

/// The words of a file, where the tools for it are.
pub fn words(file: &File) -> Option<String> {
    assert!(file.bytes.starts_with(b"%PDF-1."), "{}", file.name);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(&file.name);
    std::fs::write(&path, &file.bytes).unwrap();
    let output = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output().ok()?;
    Some(String::from_utf8(output.stdout).unwrap())
}

fn says(file: &File, expected: &[&str]) {
    let Some(words) = words(file) else { return };
    for text in expected {
        assert!(words.contains(text), "{}: {text} is not in {words}", file.name);
    }
}

async fn rename(tenant: &Caller, id: CompanyId, name: &str, language: DocumentLanguage) {
    let letterhead = Letterhead { address: vec!["Hauptstraße 1".to_owned(), "10115 Berlin".to_owned()], language, ..Letterhead::default() };
    let change = UpdateCompany { name: Patch::Value(name.to_owned()), letterhead: Patch::Value(letterhead.clone()), ..UpdateCompany::default() };
    assert_eq!(tenant.post::<company::UpdateCompany>(id, &change).await.letterhead, letterhead);
}

#[tokio::test]
async fn a_deal_is_printed_from_quote_to_credit_note() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    rename(&tenant, shop.company, "Acme Möbel GmbH", DocumentLanguage::English).await;
    let quote = approved(&tenant, &shop, None, vec![forty(&shop)]).await;
    let paper = tenant.get::<quote::PrintQuote>(quote.id).await;
    assert_eq!(paper.name, format!("{}.pdf", quote.number.replace('/', "-")));
    says(
        &paper,
        &["Acme Möbel GmbH", "Hauptstraße 1", "FR-69001 Lyon", &format!("Quote {}", quote.number), "40 piece", "10 %", "648.00", "VAT 19 %", "EUR 771.12"],
    );
    let revised = tenant.act::<quote::ReviseQuote>(quote.id).await;
    let draft = tenant.get::<quote::PrintQuote>(revised.id).await;
    assert!(draft.name.ends_with("-r2.pdf"), "{}", draft.name);
    says(&draft, &["Draft", "Revision"]);

    tenant.act::<quote::SubmitQuote>(revised.id).await;
    let order = accept(&tenant, revised.id).await.order;
    says(&tenant.get::<order::PrintOrder>(order.id).await, &[&format!("Order confirmation {}", order.number), "771.12"]);

    tenant.act::<order::ConfirmOrder>(order.id).await;
    let planned = deal::delivery(&tenant, &order, "40").await;
    // It goes to a building site, which is neither its address for bills nor its first one for goods.
    let place = |kind: &str, line1: &str| json!({ "kind": kind, "line1": line1, "city": "Lyon", "postal_code": "69001", "country": "FR" });
    let all = json!({ "addresses": [place("billing", "1 rue de la Paix"), place("shipping", "2 quai Perrache"), place("shipping", "3 chantier Est")] });
    let customer = tenant.raw.request("PATCH", &format!("/v1/parties/{}", shop.party)).json(&all).send().await.success();
    let site = json!({ "ship_to_id": customer["addresses"][2]["id"] });
    tenant.raw.request("PATCH", &format!("/v1/deliveries/{}", planned.id)).json(&site).send().await.success();
    let shipped = tenant.post::<delivery::ShipDelivery>(planned.id, &ShipDelivery::default()).await;
    let note = tenant.get::<delivery::PrintDelivery>(shipped.id).await;
    says(&note, &[&format!("Delivery note {}", shipped.number), "3 chantier Est", "FR-69001 Lyon", "40 piece", "PO 4711", "Received complete"]);
    // It goes with the goods: what they cost is nobody's business there.
    assert!(words(&note).is_none_or(|words| ["18.00", "648.00", "771.12", "Total"].iter().all(|told| !words.contains(told))), "{:?}", words(&note));

    rename(&tenant, shop.company, "Acme Möbel GmbH", DocumentLanguage::German).await;
    let invoice = posted(&tenant, &shop, "1234.50").await;
    let credit = tenant.post::<invoice::CreditInvoice>(invoice.id, &CreditInvoice::default()).await;
    let number = invoice.number.unwrap();
    says(&tenant.get::<invoice::PrintInvoice>(invoice.id).await, &[&format!("Rechnung {number}"), "1.234,50", "Fällig am", "Seite 1 von 1"]);
    says(&tenant.get::<invoice::PrintInvoice>(credit.id).await, &["Gutschrift", "Entwurf", &number]);
}

#[tokio::test]
async fn a_posted_invoice_prints_the_same_for_ever() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    deal::ship(&tenant, &order, "40").await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    let term = shop::term_body("T30", vec![shop::percent_after("100", 30)]);
    let term = tenant.post::<term::CreatePaymentTerm>((), &term).await;
    let patch = async |path: &str, body: serde_json::Value| tenant.raw.patch(path, &body).await.success();
    patch(&format!("/v1/invoices/{}", draft.id), json!({ "payment_term_id": term.id })).await;
    let invoice = deal::post_invoice(&tenant, draft.id, None).await;
    let first = tenant.get::<invoice::PrintInvoice>(invoice.id).await;
    says(&first, &["Date of supply", "VAT 19 %", &term.name]);
    // The clock of a sandbox may stand still: what came after the posting is not on its paper all the same.
    patch(&format!("/v1/taxes/{}", shop.tax), json!({ "name": "VAT 25 %" })).await;
    patch(&format!("/v1/payment-terms/{}", term.id), json!({ "name": "Ninety days" })).await;
    rename(&tenant, shop.company, "Another GmbH", DocumentLanguage::German).await;
    tenant.post::<party::UpdateParty>(shop.party, &UpdateParty { name: Patch::Value("Other SAS".to_owned()), ..UpdateParty::default() }).await;
    assert_eq!(tenant.get::<invoice::PrintInvoice>(invoice.id).await, first);
    let later = tenant.get::<invoice::PrintInvoice>(posted(&tenant, &shop, "100.00").await.id).await;
    says(&later, &["Another GmbH", "Other SAS"]);
}

#[tokio::test]
async fn a_file_says_what_it_is() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let quote = approved(&tenant, &shop, None, vec![forty(&shop)]).await;
    let seen = tenant.raw.get(&format!("/v1/quotes/{}/pdf", quote.id)).await;
    assert_eq!((seen.status, seen.header("content-type")), (200, Some("application/pdf")));
    assert_eq!(seen.header("content-disposition").map(str::to_owned), Some(format!("inline; filename=\"{}.pdf\"", quote.number.replace('/', "-"))));
    assert_eq!(seen.header("cache-control"), Some("no-store"));
}
