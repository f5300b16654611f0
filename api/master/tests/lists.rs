//! Every filter and sort of a list stands on an index that exists; that of a sort has all rows, those without a value included.

use causeway_contract::FilterKind;
use causeway_migration::{Dialect, all, tables};
use causeway_openapi::rows;

#[test]
fn filters_and_sorts_have_their_index() {
    let statements: Vec<String> = all().iter().flat_map(|migration| (migration.up)(Dialect::Sqlite)).collect();
    let (mut missing, mut sparse) = (Vec::new(), Vec::new());
    for list in rows().iter().filter_map(|row| row.list) {
        let tenant = tables().iter().any(|table| table.name == list.table && table.tenant);
        let first = if tenant { "\"tenant_id\", " } else { "" };
        // Amounts are compared within one currency.
        let within = |kind| if kind == FilterKind::Amount { "\"currency\", " } else { "" };
        let of_filters = list.filters.iter().map(|filter| (within(filter.kind), filter.looks_at(list.table), filter.index));
        let of_sorts = list.sorts.iter().map(|sort| ("", (list.table, sort.name), sort.index));
        for sort in list.sorts {
            let made = format!("CREATE INDEX \"{}\" ", sort.index);
            if statements.iter().rfind(|statement| statement.starts_with(&made)).is_some_and(|statement| statement.contains(" WHERE ")) {
                sparse.push(sort.index);
            }
        }
        for (within, (table, column), index) in of_filters.chain(of_sorts) {
            let plain = format!("CREATE INDEX \"{index}\" ON \"{table}\" ({first}{within}\"{column}\"");
            let unique = format!("CONSTRAINT \"{index}\" UNIQUE ({first}{within}\"{column}\"");
            // Of the platform's tables, those that tell of tenants are looked through by tenant, too.
            let told = format!("CREATE INDEX \"{index}\" ON \"{table}\" (\"tenant_id\", \"{column}\"");
            let key = format!("CONSTRAINT \"{index}\" PRIMARY KEY ({first}{within}\"{column}\"");
            // Mail addresses are the same however they are capitalised.
            let folded = format!("CREATE INDEX \"{index}\" ON \"{table}\" ({first}lower(\"{column}\")");
            if !statements.iter().any(|statement| [&plain, &unique, &told, &key, &folded].iter().any(|index| statement.contains(*index))) {
                missing.push(index);
            }
        }
    }
    assert_eq!((missing, sparse), (Vec::<&str>::new(), Vec::<&str>::new()));
}
