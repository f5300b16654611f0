//! How the store came to be: one file per change, grouped by area, numbered across all areas in the order in which they run.
//!
//! What it is: plain statements for SQLite and PostgreSQL; a whole migration runs inside one transaction on either. A migration is frozen once it has
//! landed: later changes are later files. What it is not: a runner (the door of the kernel applies them) and no user of the entity crate (a test there
//! compares both).

mod bill;
mod books;
mod deliver;
mod govern;
mod kernel;
mod master;
mod platform;
mod sell;
mod table;

pub use kernel::m0109_import_parties::PARTY_NAME_KEY;
pub use table::{Kind, Table};

/// Which database the statements are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite, with STRICT tables.
    Sqlite,
    /// PostgreSQL, with row security.
    Postgres,
}

/// One change of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number and name, as in `m0015_quotes`. Unique, ascending, and what the store remembers.
    pub name: &'static str,
    /// The statements that make the change.
    pub up: fn(Dialect) -> Vec<String>,
    /// The statements that take it back.
    pub down: fn(Dialect) -> Vec<String>,
    /// The tables that it creates, and what it adds to others.
    pub tables: fn() -> Vec<Table>,
}

/// A table as the migrations leave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableInfo {
    /// Its name.
    pub name: &'static str,
    /// Whether it holds a tenant's data; else it is a platform table.
    pub tenant: bool,
    /// The columns of its primary key, in order.
    pub key: Vec<&'static str>,
    /// Name, kind and nullability of each column, in order.
    pub columns: Vec<(&'static str, Kind, bool)>,
}

impl TableInfo {
    /// Columns that are new, or that are otherwise from now on.
    fn add(&mut self, columns: Vec<(&'static str, Kind, bool)>) {
        for column in columns {
            match self.columns.iter_mut().find(|known| known.0 == column.0) {
                Some(known) => *known = column,
                None => self.columns.push(column),
            }
        }
    }
}

/// Every migration, in the order in which they run.
#[must_use]
pub fn all() -> Vec<Migration> {
    vec![
        platform::m0001_tenants::MIGRATION,
        platform::m0002_operations::MIGRATION,
        kernel::m0003_events::MIGRATION,
        kernel::m0004_requests::MIGRATION,
        kernel::m0005_lookup::MIGRATION,
        govern::m0006_companies::MIGRATION,
        govern::m0007_users::MIGRATION,
        master::m0008_accounts::MIGRATION,
        master::m0009_payment_terms::MIGRATION,
        master::m0010_products::MIGRATION,
        master::m0011_price_lists::MIGRATION,
        master::m0012_exchange_rates::MIGRATION,
        master::m0013_parties::MIGRATION,
        sell::m0014_opportunities::MIGRATION,
        sell::m0015_quotes::MIGRATION,
        sell::m0016_orders::MIGRATION,
        bill::m0017_obligations::MIGRATION,
        bill::m0018_billables::MIGRATION,
        bill::m0019_invoices::MIGRATION,
        bill::m0020_payments::MIGRATION,
        deliver::m0021_deliveries::MIGRATION,
        books::m0022_journal::MIGRATION,
        kernel::m0023_finding::MIGRATION,
        sell::m0024_holds::MIGRATION,
        bill::m0025_exposure::MIGRATION,
        govern::m0026_sign_in::MIGRATION,
        govern::m0027_limits::MIGRATION,
        master::m0028_party_identity::MIGRATION,
        master::m0029_bundles::MIGRATION,
        bill::m0030_write_offs::MIGRATION,
        books::m0031_periods::MIGRATION,
        bill::m0032_billing_runs::MIGRATION,
        govern::m0033_letterheads::MIGRATION,
        sell::m0034_quote_links::MIGRATION,
        sell::m0035_quote_rules::MIGRATION,
        sell::m0036_pipeline::MIGRATION,
        kernel::m0037_imports::MIGRATION,
        sell::m0038_activities::MIGRATION,
        sell::m0039_prospects::MIGRATION,
        sell::m0040_intake::MIGRATION,
        sell::m0045_order_amendments::MIGRATION,
        sell::m0046_order_intake::MIGRATION,
        sell::m0047_promises::MIGRATION,
        govern::m0053_key_sources::MIGRATION,
        bill::m0054_down_payments::MIGRATION,
        bill::m0055_credit_notes::MIGRATION,
        govern::m0060_discounts_and_rounding::MIGRATION,
        govern::m0061_installment_rules::MIGRATION,
        sell::m0070_quote_offers::MIGRATION,
        sell::m0071_quote_templates::MIGRATION,
        books::m0072_ledger_search::MIGRATION,
        sell::m0073_stalled_orders::MIGRATION,
        govern::m0080_document_rules::MIGRATION,
        bill::m0081_references::MIGRATION,
        bill::m0082_split_billables::MIGRATION,
        bill::m0083_unit_steps::MIGRATION,
        deliver::m0084_returned_goods::MIGRATION,
        sell::m0085_order_terms::MIGRATION,
        sell::m0086_pipeline_groups::MIGRATION,
        master::m0087_dimensions::MIGRATION,
        kernel::m0088_trail_filters::MIGRATION,
        kernel::m0090_waiting_events::MIGRATION,
        bill::m0092_payment_tolerance::MIGRATION,
        master::m0094_terms_in_use::MIGRATION,
        master::m0095_account_states::MIGRATION,
        sell::m0096_limits_on_orders::MIGRATION,
        deliver::m0097_receipts::MIGRATION,
        sell::m0098_deal_origins::MIGRATION,
        sell::m0099_deals_without_orders::MIGRATION,
        master::m0100_tax_rules::MIGRATION,
        bill::m0101_engine_taxes::MIGRATION,
        master::m0102_sales_accounts::MIGRATION,
        govern::m0105_ownership_rules::MIGRATION,
        govern::m0106_retention_rules::MIGRATION,
        sell::m0107_places::MIGRATION,
        deliver::m0108_delivery_search::MIGRATION,
        kernel::m0109_import_parties::MIGRATION,
        sell::m0110_deal_values::MIGRATION,
        books::m0113_reversed_entries::MIGRATION,
        kernel::m0114_made_from::MIGRATION,
        deliver::m0115_reversal_credits::MIGRATION,
        platform::m0116_platform_keys::MIGRATION,
        kernel::m0120_sparse_indexes::MIGRATION,
        bill::m0125_billed_as_agreed::MIGRATION,
        bill::m0130_agreed_rounding::MIGRATION,
        bill::m0131_refused_plans::MIGRATION,
        bill::m0132_expected_taxes::MIGRATION,
        kernel::m0135_import_references::MIGRATION,
        platform::m0136_platform_audit::MIGRATION,
        govern::m0140_credit_rights::MIGRATION,
        sell::m0145_holds_by_hand::MIGRATION,
        sell::m0146_copied_quotes::MIGRATION,
        sell::m0150_leads_by_age::MIGRATION,
        master::m0155_rate_corrections::MIGRATION,
        bill::m0175_billable_reductions::MIGRATION,
        sell::m0181_upfront_discounts::MIGRATION,
        bill::m0182_billed_again::MIGRATION,
        deliver::m0183_refunded_goods::MIGRATION,
        bill::m0190_coins_and_bases::MIGRATION,
        kernel::m0191_names::MIGRATION,
        bill::m0200_scheduled_payments::MIGRATION,
        sell::m0201_rounded_offers::MIGRATION,
        master::m0210_postal_codes::MIGRATION,
        master::m0211_folded_codes::MIGRATION,
        govern::m0220_fulfilment_rights::MIGRATION,
        master::m0221_contacts::MIGRATION,
    ]
}

/// Every table as all migrations leave it, in the order of creation.
#[must_use]
pub fn tables() -> Vec<TableInfo> {
    let mut tables: Vec<TableInfo> = Vec::new();
    for table in all().iter().flat_map(|migration| (migration.tables)()) {
        let info = table.info();
        match tables.iter_mut().find(|known| known.name == info.name) {
            Some(known) if table.is_addition() => known.add(info.columns),
            Some(known) => *known = info,
            None => tables.push(info),
        }
    }
    tables
}

#[cfg(test)]
mod tests;
