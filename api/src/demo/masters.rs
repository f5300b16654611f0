//! Company, people, partners and products.

use super::data::{Category, Data, Employee, Partner, Product, country};
use super::{Caller, instant, nothing};
use causeway_openapi::object::ExternalRef;
use causeway_openapi::{catalog, company, identity, party, term};
use causeway_value::{
    AddressKind, BillingPolicy, CategoryId, CompanyId, PartyId, PartyKind, PartyRole, PaymentTermId, Percent, Price, ProductId, ProductKind, TermLine, UserId,
};
use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use tokio::task::JoinSet;

/// Requests under way at once.
pub(super) const WIDTH: usize = 16;

/// The ids that the service gave to the keys of the data.
pub struct Masters {
    /// The company.
    pub company: CompanyId,
    /// Net 30.
    pub term: PaymentTermId,
    /// Customers by key.
    pub customers: HashMap<String, PartyId>,
    /// Products by number, with their list prices.
    pub products: HashMap<u32, (ProductId, Price)>,
    /// Sales people by number.
    pub employees: HashMap<u32, UserId>,
}

/// Runs `call` for each item, some at a time, and gathers the answers by key.
pub(super) async fn each<T, K, V, F>(items: Vec<T>, call: impl Fn(T) -> F) -> Result<HashMap<K, V>, String>
where
    K: Eq + Hash + 'static,
    V: 'static,
    F: Future<Output = Result<(K, V), String>> + 'static,
{
    let mut found = HashMap::new();
    let mut running = JoinSet::new();
    for item in items {
        while running.len() >= WIDTH {
            gather(&mut running, &mut found).await?;
        }
        running.spawn_local(call(item));
    }
    while !running.is_empty() {
        gather(&mut running, &mut found).await?;
    }
    Ok(found)
}

async fn gather<K: Eq + Hash + 'static, V: 'static>(running: &mut JoinSet<Result<(K, V), String>>, found: &mut HashMap<K, V>) -> Result<(), String> {
    if let Some(done) = running.join_next().await {
        let (key, value) = done.map_err(|error| error.to_string())??;
        found.insert(key, value);
    }
    Ok(())
}

/// Writes the masters.
///
/// # Errors
/// What the service answered.
pub async fn load(caller: &Caller, data: &Data) -> Result<Masters, String> {
    let bar =
        super::trade::bar("masters", 4 + data.categories.len() + data.customers.len() + data.suppliers.len() + data.products.len() + data.employees.len());
    // The first quote is made the day before it is accepted.
    let start = data.orders.first().map_or("1996-07-03".to_owned(), |order| order.ordered.plus_days(-1).to_string());
    let clock = identity::SetClock { now: instant(&start)? };
    // A run that goes on after an interruption finds the clock set and documents numbered.
    let now = caller.client.call::<identity::op::GetClock>((), &nothing(), &nothing()).await.map_err(|error| error.to_string())?;
    if !now.standing {
        caller.write::<identity::op::SetClock>("clock".to_owned(), (), clock).await?;
    }
    let company = company(caller).await?;
    let term = net_30(caller).await?;
    let tick = |bar: &indicatif::ProgressBar| bar.inc(1);
    let categories = each(data.categories.clone(), |row: Category| {
        let (caller, bar) = (caller.clone(), bar.clone());
        async move {
            let body = catalog::CreateCategory { name: row.name, ..catalog::CreateCategory::default() };
            let made = caller.write::<catalog::op::CreateCategory>(format!("category:{}", row.id), (), body).await?;
            tick(&bar);
            Ok((row.id, made.id))
        }
    })
    .await?;
    let products = each(data.products.clone(), |row: Product| product(caller.clone(), bar.clone(), row, categories.clone())).await?;
    let employees = each(data.employees.clone(), |row: Employee| user(caller.clone(), bar.clone(), row)).await?;
    let customers = each(data.customers.clone(), |row: Partner| partner(caller.clone(), bar.clone(), row, PartyRole::Customer, Some(term))).await?;
    each(data.suppliers.clone(), |row: Partner| partner(caller.clone(), bar.clone(), row, PartyRole::Supplier, None)).await?;
    bar.finish_and_clear();
    Ok(Masters { company, term, customers, products, employees })
}

async fn company(caller: &Caller) -> Result<CompanyId, String> {
    let body = company::CreateCompany::new("Northwind Traders", "US", "USD".parse().map_err(|_| "USD")?, "America/Los_Angeles".parse().map_err(|_| "zone")?);
    Ok(caller.write::<company::op::CreateCompany>("company".to_owned(), (), body).await?.id)
}

async fn net_30(caller: &Caller) -> Result<PaymentTermId, String> {
    let line = TermLine { percent: Some(Percent::WHOLE), days: 30, ..TermLine::default() };
    let body =
        term::CreatePaymentTerm { code: "NET30".to_owned(), name: "30 days net".to_owned(), installments: vec![line], ..term::CreatePaymentTerm::default() };
    Ok(caller.write::<term::op::CreatePaymentTerm>("term".to_owned(), (), body).await?.id)
}

async fn product(caller: Caller, bar: indicatif::ProgressBar, row: Product, categories: HashMap<u32, CategoryId>) -> Result<(u32, (ProductId, Price)), String> {
    let price: Price = row.price.parse().map_err(|error| format!("product {}: {error}", row.id))?;
    let body = catalog::CreateProduct {
        code: format!("NW-{:03}", row.id),
        name: row.name,
        description: Some(row.packing).filter(|text| !text.is_empty()),
        kind: ProductKind::Goods,
        unit: "piece".to_owned(),
        list_price: price,
        price_base_quantity: None,
        currency: "USD".parse().map_err(|_| "USD")?,
        cost: None,
        billing_policy: BillingPolicy::OnDelivery,
        tax_ids: Vec::new(),
        category_id: categories.get(&row.category).copied(),
        revenue_account_code: None,
        components: Vec::new(),
        metadata: std::collections::BTreeMap::new(),
        external_refs: vec![northwind(row.id)],
    };
    let made = caller.write::<catalog::op::CreateProduct>(format!("product:{}", row.id), (), body).await?;
    bar.inc(1);
    Ok((row.id, (made.id, price)))
}

async fn user(caller: Caller, bar: indicatif::ProgressBar, row: Employee) -> Result<(u32, UserId), String> {
    let body = identity::CreateUser {
        name: format!("{} {}", row.first, row.last),
        email: format!("{}.{}@northwind.example", row.first.to_lowercase(), row.last.to_lowercase()),
        ..identity::CreateUser::default()
    };
    let made = caller.write::<identity::op::CreateUser>(format!("user:{}", row.id), (), body).await?;
    bar.inc(1);
    Ok((row.id, made.id))
}

async fn partner(caller: Caller, bar: indicatif::ProgressBar, row: Partner, role: PartyRole, term: Option<PaymentTermId>) -> Result<(String, PartyId), String> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let body = party::CreateParty {
        name: row.name,
        kind: PartyKind::Organization,
        roles: vec![role],
        country: Some(country(&row.country).to_owned()),
        tax_id: None,
        tax_ids: Vec::new(),
        refuse_duplicates: None,
        currency: Some("USD".parse().map_err(|_| "USD")?),
        payment_term_id: term,
        price_list_id: None,
        credit_limit: None,
        segment: None,
        email: None,
        phone: some(&row.phone),
        linked_company_id: None,
        addresses: vec![party::AddressInput {
            id: None,
            kind: AddressKind::Billing,
            line1: row.address,
            line2: None,
            city: row.city,
            region: some(&row.region),
            postal_code: some(&row.postal_code),
            country: country(&row.country).to_owned(),
        }],
        contacts: vec![party::ContactInput { id: None, name: row.contact, email: None, phone: None, position: some(&row.title) }],
        metadata: std::collections::BTreeMap::new(),
        external_refs: vec![ExternalRef { system: format!("northwind-{role}"), id: row.id.clone() }],
    };
    let made = caller.write::<party::op::CreateParty>(format!("{role}:{}", row.id), (), body).await?;
    bar.inc(1);
    Ok((row.id, made.id))
}

pub(super) fn northwind(id: u32) -> ExternalRef {
    ExternalRef { system: super::SLUG.to_owned(), id: id.to_string() }
}
