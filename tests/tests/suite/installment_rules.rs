//! What a company asks of the installments of its invoices (vectors TERM-030, FX-012).

use causeway_contract::{Code, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::invoice::{CreateInvoice, op as invoice};
use causeway_openapi::payment::{CreatePayment, op as payment};
use causeway_openapi::term::op as term;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, entry, payment_body, post_invoice, sides};
use causeway_tests::shop::{self, Shop, percent_after, rate, term_body};
use causeway_tests::world::World;
use causeway_tests::{of, unique, verified};
use causeway_value::{InstallmentConversion, InstallmentRules, PaymentState, PaymentTermId, SameDueDate};

async fn ask(caller: &Caller, shop: &Shop, rules: InstallmentRules) {
    let change = UpdateCompany { installment_rules: Patch::Value(rules), ..UpdateCompany::default() };
    assert_eq!(caller.post::<company::UpdateCompany>(shop.company, &change).await.installment_rules, rules);
}

async fn halves(caller: &Caller, days: u32) -> PaymentTermId {
    let body = term_body(&unique("HALF"), vec![percent_after("50", 0), percent_after("50", days)]);
    caller.post::<term::CreatePaymentTerm>((), &body).await.id
}

fn body(shop: &Shop, term: PaymentTermId) -> CreateInvoice {
    CreateInvoice { payment_term_id: Some(term), ..deal::free_invoice_body(shop, "100.00") }
}

#[tokio::test]
async fn two_installments_of_one_day_may_be_refused() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (same, other) = (halves(&tenant, 0).await, halves(&tenant, 1).await);
    let before = tenant.post::<invoice::CreateInvoice>((), &body(&shop, same)).await;
    ask(&tenant, &shop, InstallmentRules { same_due_date: SameDueDate::Refused, ..InstallmentRules::default() }).await;
    let problem = tenant.refused::<invoice::CreateInvoice>((), &body(&shop, same)).await;
    assert_eq!((problem.status, problem.errors[0].pointer.as_deref(), problem.errors[0].code), (422, Some("/payment_term_id"), Code::InvalidValue));
    assert!(problem.errors[0].detail.contains("2026-12-02"), "{}", problem.errors[0].detail);
    // A draft of before is asked again when it is posted.
    assert_eq!(tenant.refused::<invoice::PostInvoice>(before.id, &Default::default()).await.status, 422);
    let draft = tenant.post::<invoice::CreateInvoice>((), &body(&shop, other)).await;
    assert_eq!(post_invoice(&tenant, draft.id, None).await.installments.len(), 2);
    ask(&tenant, &shop, InstallmentRules::default()).await;
    assert_eq!(post_invoice(&tenant, before.id, None).await.installments.len(), 2);
}

#[tokio::test]
async fn each_installment_may_be_converted_by_itself() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    rate(&tenant, "USD", "2026-12-01", "3.333333333333").await;
    let term = halves(&tenant, 30).await;
    let dollars = CreateInvoice { currency: Some(of("USD")), ..body(&shop, term) };
    let posted = async || {
        let draft = tenant.post::<invoice::CreateInvoice>((), &dollars).await;
        post_invoice(&tenant, draft.id, None).await
    };
    let shared = posted().await;
    assert_eq!(sides(&entry(&tenant, shared.journal_entry_id).await), [("1100", "166.66", "0.00"), ("1100", "166.67", "0.00"), ("4000", "0.00", "333.33")]);
    ask(&tenant, &shop, InstallmentRules { conversion: InstallmentConversion::Each, ..InstallmentRules::default() }).await;
    let each = posted().await;
    assert_eq!(
        sides(&entry(&tenant, each.journal_entry_id).await),
        [("1100", "166.67", "0.00"), ("1100", "166.67", "0.00"), ("4000", "0.00", "333.33"), ("7000", "0.00", "0.01")]
    );
    let body = CreatePayment { currency: of("USD"), ..payment_body(&shop, "100.00", &[(each.id, "100.00")]) };
    tenant.post::<payment::CreatePayment>((), &body).await;
    assert_eq!(tenant.get::<invoice::GetInvoice>(each.id).await.payment_state, Some(PaymentState::Paid));
    verified(&tenant).await;
}
