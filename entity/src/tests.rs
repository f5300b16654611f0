//! Entities and migrations are written apart; here they are held against each other.

use super::*;
use causeway_migration::{Kind, TableInfo, tables};
use sea_orm::sea_query::ColumnType;
use sea_orm::{ColumnTrait, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn};
use std::collections::BTreeMap;

/// The kind of column that a field of this type needs.
fn kind(column_type: &ColumnType) -> Kind {
    match column_type {
        ColumnType::Uuid => Kind::Id,
        ColumnType::BigInteger => Kind::Integer,
        ColumnType::String(_) | ColumnType::Text => Kind::Text,
        ColumnType::Blob | ColumnType::Binary(_) | ColumnType::VarBinary(_) => Kind::Bytes,
        ColumnType::Boolean => Kind::YesNo,
        other => panic!("no column is of type {other:?}"),
    }
}

/// The table that an entity describes, as `tables()` would tell it.
fn described<E: EntityTrait>() -> TableInfo {
    let columns: Vec<_> = E::Column::iter().map(|column| (column.as_str(), kind(column.def().get_column_type()), column.def().is_null())).collect();
    let tenant = columns.first().is_some_and(|(name, _, _)| *name == "tenant_id");
    let key = E::PrimaryKey::iter().map(|key| key.into_column().as_str()).collect();
    TableInfo { name: E::default().table_name(), tenant, key, columns }
}

fn entities() -> Vec<TableInfo> {
    vec![
        described::<platform::tenants::Entity>(),
        described::<platform::credentials::Entity>(),
        described::<platform::platform_settings::Entity>(),
        described::<platform::security_log::Entity>(),
        described::<platform::leases::Entity>(),
        described::<platform::job_queue::Entity>(),
        described::<platform::platform_idempotency::Entity>(),
        described::<kernel::events::Entity>(),
        described::<kernel::event_positions::Entity>(),
        described::<kernel::event_queue::Entity>(),
        described::<kernel::snapshots::Entity>(),
        described::<kernel::idempotency_keys::Entity>(),
        described::<kernel::jobs::Entity>(),
        described::<kernel::search_words::Entity>(),
        described::<kernel::external_refs::Entity>(),
        described::<kernel::number_series::Entity>(),
        described::<kernel::upload_parts::Entity>(),
        described::<kernel::imports::Entity>(),
        described::<kernel::import_errors::Entity>(),
        described::<kernel::import_references::Entity>(),
        described::<govern::companies::Entity>(),
        described::<govern::roles::Entity>(),
        described::<govern::users::Entity>(),
        described::<govern::api_keys::Entity>(),
        described::<govern::ownership_rules::Entity>(),
        described::<govern::retention_rules::Entity>(),
        described::<platform::tokens::Entity>(),
        described::<govern::user_passwords::Entity>(),
        described::<govern::user_factors::Entity>(),
        described::<govern::recovery_codes::Entity>(),
        described::<govern::sessions::Entity>(),
        described::<platform::tenant_limits::Entity>(),
        described::<platform::platform_keys::Entity>(),
        described::<platform::platform_audit::Entity>(),
        described::<govern::api_key_uses::Entity>(),
        described::<master::accounts::Entity>(),
        described::<master::taxes::Entity>(),
        described::<master::tax_rules::Entity>(),
        described::<master::payment_terms::Entity>(),
        described::<master::categories::Entity>(),
        described::<master::units::Entity>(),
        described::<master::products::Entity>(),
        described::<master::bundle_components::Entity>(),
        described::<master::price_lists::Entity>(),
        described::<master::price_rules::Entity>(),
        described::<master::dimensions::Entity>(),
        described::<master::exchange_rates::Entity>(),
        described::<master::parties::Entity>(),
        described::<master::party_tax_ids::Entity>(),
        described::<master::party_merges::Entity>(),
        described::<master::contacts::Entity>(),
        described::<master::addresses::Entity>(),
        described::<sell::stages::Entity>(),
        described::<sell::teams::Entity>(),
        described::<sell::assignment_rules::Entity>(),
        described::<sell::activities::Entity>(),
        described::<sell::team_members::Entity>(),
        described::<sell::stage_visits::Entity>(),
        described::<sell::lost_reasons::Entity>(),
        described::<sell::leads::Entity>(),
        described::<sell::opportunities::Entity>(),
        described::<sell::quotes::Entity>(),
        described::<sell::quote_templates::Entity>(),
        described::<sell::quote_traces::Entity>(),
        described::<sell::quote_lines::Entity>(),
        described::<sell::quote_links::Entity>(),
        described::<sell::orders::Entity>(),
        described::<sell::order_amendments::Entity>(),
        described::<sell::order_holds::Entity>(),
        described::<sell::order_lines::Entity>(),
        described::<bill::obligations::Entity>(),
        described::<bill::credit_exposures::Entity>(),
        described::<bill::credit_policies::Entity>(),
        described::<bill::billables::Entity>(),
        described::<bill::billable_reductions::Entity>(),
        described::<bill::invoices::Entity>(),
        described::<bill::invoice_lines::Entity>(),
        described::<bill::installments::Entity>(),
        described::<bill::payments::Entity>(),
        described::<bill::allocations::Entity>(),
        described::<bill::write_offs::Entity>(),
        described::<bill::billing_runs::Entity>(),
        described::<bill::billing_run_items::Entity>(),
        described::<bill::payment_offsets::Entity>(),
        described::<deliver::deliveries::Entity>(),
        described::<deliver::delivery_lines::Entity>(),
        described::<books::journal_entries::Entity>(),
        described::<books::journal_lines::Entity>(),
        described::<books::dimension_sets::Entity>(),
        described::<books::fiscal_years::Entity>(),
    ]
}

#[test]
fn every_entity_is_the_table_that_the_migrations_make() {
    let by_name = |tables: Vec<TableInfo>| tables.into_iter().map(|table| (table.name, table)).collect::<BTreeMap<_, _>>();
    assert_eq!(by_name(entities()), by_name(tables()));
}

#[test]
fn personal_fields_exist() {
    let tables = tables();
    for (table, columns) in PERSONAL {
        let known = tables.iter().find(|known| known.name == *table).unwrap_or_else(|| panic!("{table}"));
        for column in *columns {
            assert!(known.columns.iter().any(|(name, _, _)| name == column), "{table}.{column}");
        }
    }
}
