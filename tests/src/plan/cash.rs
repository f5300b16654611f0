//! Billables, invoices, payments, and the journal.

use super::{Prepared, adorned, body};
use crate::deal::{self, allocation, payment_body};
use crate::fixture::Fixture;
use crate::shop::{company_body, line, milestones, percent_tax};
use crate::{of, unique};
use causeway_openapi::company::{CreateCompany, op as company};
use causeway_openapi::invoice::{CreateInvoice, Invoice, InvoiceLineInput};
use causeway_openapi::party::op as party;
use causeway_openapi::payment::{CreatePayment, op as payment};
use causeway_openapi::tax::op as tax;
use causeway_value::{BillableId, InvoiceId, OrderLineId, PaymentDifference, PaymentStatus, TaxEngine};
use serde_json::{Value, json};

impl Fixture {
    pub(super) async fn cash_plan(&self, operation: &str) -> Option<Prepared> {
        let caller = self.caller();
        match operation {
            "CreateInvoice" => self.create(adorned(self.full_invoice().await)),
            "UpdateInvoice" => {
                let invoice = deal::free_invoice(caller, &self.shop, "100.00").await;
                let line = invoice.lines.first().expect("a line").id;
                let kept = json!({ "payment_term_id": self.shop.term, "reference": "PO 2", "notes": "Thanks", "lines": [{ "id": line, "quantity": "0.5" }] });
                self.on(invoice.id, adorned(kept))
            }
            "CreateBillable" => {
                let line = self.milestone_line().await;
                let made = json!({ "order_line_id": line, "percent": "30", "billable_date": self.today().await, "description": "Design accepted" });
                self.create(body(made))
            }
            "PostInvoice" => {
                self.on(deal::free_invoice(caller, &self.shop, "100.00").await.id, body(json!({ "invoice_date": self.today().await, "allow_duplicate": true })))
            }
            "SetInvoiceTaxes" => {
                let draft = self.waiting_draft().await;
                let line = draft.lines.first().expect("a line");
                let tax = caller.post::<tax::CreateTax>((), &percent_tax(draft.company_id, &unique("SALES"), "0")).await.id;
                let taxes = json!([{ "tax_id": tax, "base": "100.00", "amount": "7.25", "jurisdiction": "California", "rate": "7.25" }]);
                let lines = json!([{ "line_id": line.id, "net_amount": line.net_amount, "taxes": taxes }]);
                self.on(draft.id, body(json!({ "reference": unique("calc"), "currency": "EUR", "tax_amount": "7.25", "lines": lines })))
            }
            "CancelInvoice" => self.on(deal::free_invoice(caller, &self.shop, "100.00").await.id, None),
            "CreditInvoice" => {
                let invoice = deal::posted(caller, &self.shop, "100.00").await;
                let line = invoice.lines.first().expect("a line").id;
                self.on(invoice.id, body(json!({ "lines": [{ "invoice_line_id": line, "quantity": "0.5" }], "reason": "damaged" })))
            }
            "CreateCreditNote" => {
                let invoice = self.full_invoice().await;
                let (company, party) = (self.shop.company, self.shop.party);
                let note = json!({ "company_id": company, "party_id": party, "direction": "sale", "currency": "EUR", "reason": "goodwill", "reference": "CLAIM 1",
                    "notes": "Sorry", "lines": invoice.lines });
                self.create(adorned(note))
            }
            "CreatePayment" => {
                let invoice = self.posted().await;
                let payment = CreatePayment {
                    reference: Some("INV".to_owned()),
                    payment_date: Some(self.today().await),
                    difference: Some(PaymentDifference::WriteOff),
                    allow_duplicate: Some(true),
                    ..payment_body(&self.shop, "60.00", &[(invoice, "50.00")])
                };
                self.create(adorned(payment))
            }
            "RegisterPayments" => {
                let (invoice, date) = (self.posted().await, self.today().await);
                let all = json!({ "invoice_ids": [invoice], "grouped": true, "amount": "50.00", "difference": "keep_open", "method": "bank",
                    "payment_date": date, "reference": "INV", "metadata": { "colour": "red" } });
                self.create(body(all))
            }
            "PostPayment" | "CancelPayment" => {
                let draft = CreatePayment { status: Some(PaymentStatus::Draft), ..payment_body(&self.shop, "60.00", &[]) };
                self.on(caller.post::<payment::CreatePayment>((), &draft).await.id, None)
            }
            "AllocatePayment" => {
                let invoice = deal::posted(caller, &self.shop, "100.00").await;
                let part = allocation(invoice.id, "50.00");
                self.on(deal::pay(caller, &self.shop, "60.00", &[]).await.id, body(json!({ "allocations": [part] })))
            }
            "UnallocatePayment" => {
                let invoice = self.posted().await;
                let payment = deal::pay(caller, &self.shop, "60.00", &[(invoice, "50.00")]).await;
                let allocation = payment.allocations.first().expect("an allocation").id;
                self.on(payment.id, body(json!({ "allocation_ids": [allocation] })))
            }
            "ReversePayment" => {
                let invoice = self.posted().await;
                self.on(
                    deal::pay(caller, &self.shop, "60.00", &[(invoice, "50.00")]).await.id,
                    body(json!({ "date": self.today().await, "reason": "bounced" })),
                )
            }
            _ => self.claims_plan(operation).await,
        }
    }

    /// What takes claims back or gives them up.
    pub(super) async fn claims_plan(&self, operation: &str) -> Option<Prepared> {
        let caller = self.caller();
        match operation {
            "CreateRefund" => {
                let (note, date) = (deal::unused_credit(caller, &self.shop, "100.00").await.id, self.today().await);
                self.create(body(json!({ "credit_note_id": note, "amount": "40.00", "method": "bank", "refund_date": date, "reference": "CN" })))
            }
            "AllocateCreditNote" => {
                let part = allocation(self.posted().await, "50.00");
                self.on(deal::unused_credit(caller, &self.shop, "60.00").await.id, body(json!({ "allocations": [part] })))
            }
            "UnallocateCreditNote" => {
                let note = deal::unused_credit(caller, &self.shop, "60.00").await.id;
                let part = allocation(self.posted().await, "50.00");
                caller.raw.post(&format!("/v1/invoices/{note}/allocate"), &json!({ "allocations": [part] })).await.success();
                let settled = caller.all::<payment::ListAllocations, _>(&causeway_contract::ListQuery::by("credit_note_id", note)).await;
                self.on(note, body(json!({ "allocation_ids": [settled.first().expect("an allocation").id] })))
            }
            "CreateFiscalYear" => self.create(body(json!({ "company_id": self.spare_company().await, "year": 2026 }))),
            "LockFiscalYear" => self.on(self.fiscal_year().await, body(json!({ "through": "2026-06-30", "reason": "half a year" }))),
            "ReopenFiscalYear" => {
                let id = self.fiscal_year().await;
                caller.raw.post(&format!("/v1/fiscal-years/{id}/lock"), &json!({})).await.success();
                self.on(id, body(json!({ "from": "2026-07-01", "reason": "a late invoice" })))
            }
            "CreateJournalEntry" => self.create(Some(self.journal_entry().await)),
            "ReverseJournalEntry" => {
                let made = caller.raw.post("/v1/journal-entries", &self.journal_entry().await).await.success();
                self.on(made["id"].as_str().unwrap_or_default(), body(json!({ "date": self.today().await, "reason": "wrong account" })))
            }
            "CreateBillingRun" => self.create(Some(self.run_body().await)),
            "CommitBillingRun" => {
                let run = caller.raw.post("/v1/billing-runs", &self.run_body().await).await.success();
                self.on(run["id"].as_str().unwrap_or_default(), body(json!({ "hash": run["hash"] })))
            }
            "ReverseInvoice" => self.on(self.posted().await, body(json!({ "date": self.today().await, "rebill": true, "reason": "wrong customer" }))),
            "SendInvoice" => self.on(self.posted().await, None),
            "DisputeInvoice" => self.on(self.posted().await, body(json!({ "reason": "never ordered" }))),
            "SettleDispute" => {
                let id = self.posted().await;
                caller.raw.post(&format!("/v1/invoices/{id}/dispute"), &json!({ "reason": "never ordered" })).await.success();
                self.on(id, body(json!({ "resolution": "found the order" })))
            }
            "WriteOffInvoice" => {
                let (account, date) = (self.revenue().await, self.today().await);
                let given_up = json!({ "amount": "30.00", "kind": "bad_debt", "account_id": account, "date": date, "reason": "bankrupt" });
                self.on(self.posted().await, Some(given_up))
            }
            "ReverseWriteOff" => {
                let path = format!("/v1/invoices/{}/write-off", self.posted().await);
                let made = caller.raw.post(&path, &json!({ "reason": "bankrupt" })).await.success();
                self.on(made["id"].as_str().unwrap_or_default(), body(json!({ "date": self.today().await, "reason": "paid after all" })))
            }
            _ => None,
        }
    }

    /// What confirming an order of a service makes billable.
    pub(super) async fn billable(&self) -> BillableId {
        let order = deal::confirmed(self.caller(), &self.shop, vec![line(self.shop.setup, "1")]).await;
        deal::billables(self.caller(), order.id).await.first().expect("a billable").id
    }

    /// A line of a confirmed order that somebody bills by hand.
    pub(super) async fn milestone_line(&self) -> OrderLineId {
        let order = deal::confirmed(self.caller(), &self.shop, vec![line(milestones(self.caller()).await, "1")]).await;
        order.lines.first().expect("a line").id
    }

    pub(super) async fn posted(&self) -> InvoiceId {
        deal::posted(self.caller(), &self.shop, "100.00").await.id
    }

    /// A draft of a company whose taxes an external engine computes.
    async fn waiting_draft(&self) -> Invoice {
        let company = CreateCompany { tax_engine: Some(TaxEngine::External), ..company_body("Acme Inc") };
        let company = self.caller().post::<company::CreateCompany>((), &company).await.id;
        deal::free_invoice(self.caller(), &crate::shop::Shop { company, ..self.shop.clone() }, "100.00").await
    }

    /// A run over a customer of its own, for whom something waits.
    pub(super) async fn run_body(&self) -> Value {
        let party = self.caller().post::<party::CreateParty>((), &self.full_party()).await.id;
        let shop = crate::shop::Shop { party, ..self.shop.clone() };
        deal::confirmed(self.caller(), &shop, vec![line(self.shop.setup, "1")]).await;
        let today = self.today().await;
        json!({ "company_id": self.shop.company, "party_id": party, "up_to": today, "group": "order", "invoice_date": today, "post": true, "reference": "PO" })
    }

    pub(super) async fn fiscal_year(&self) -> String {
        let year = json!({ "company_id": self.spare_company().await, "year": 2026 });
        self.caller().raw.post("/v1/fiscal-years", &year).await.success()["id"].as_str().unwrap_or_default().to_owned()
    }

    pub(super) async fn journal_entry(&self) -> Value {
        let lines = json!([
            { "account_id": self.revenue().await, "party_id": self.shop.party, "debit": "12.00" },
            { "account_id": self.account, "credit": "12.00" }
        ]);
        json!({ "company_id": self.shop.company, "date": self.today().await, "description": "Correction", "lines": lines })
    }

    pub(super) async fn full_invoice(&self) -> CreateInvoice {
        let order = deal::confirmed(self.caller(), &self.shop, vec![line(self.shop.setup, "1")]).await;
        let free = InvoiceLineInput {
            product_id: Some(self.shop.setup),
            description: Some("More".to_owned()),
            quantity: of("1"),
            unit_price: of("3.00"),
            discount_percent: Some(of("0")),
            tax_ids: Some(vec![self.shop.tax]),
            account_id: Some(self.revenue().await),
            ..InvoiceLineInput::default()
        };
        CreateInvoice {
            order_id: Some(order.id),
            payment_term_id: Some(self.shop.term),
            reference: Some("PO 1".to_owned()),
            notes: Some("Thank you".to_owned()),
            lines: vec![free],
            ..CreateInvoice::default()
        }
    }
}
