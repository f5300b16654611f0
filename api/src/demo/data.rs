//! The files, read into plain rows.

use causeway_value::{Day, Percent, Price, Quantity, parse_scaled};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// A category of products.
#[derive(Clone, Debug, Deserialize)]
pub struct Category {
    /// Its number in the data.
    #[serde(rename = "CategoryID")]
    pub id: u32,
    /// Its name.
    #[serde(rename = "CategoryName")]
    pub name: String,
}

/// A customer or a supplier.
#[derive(Clone, Debug, Deserialize)]
pub struct Partner {
    /// Its key in the data.
    #[serde(alias = "CustomerID", alias = "SupplierID")]
    pub id: String,
    /// Its name.
    #[serde(rename = "CompanyName")]
    pub name: String,
    /// A person there.
    #[serde(rename = "ContactName")]
    pub contact: String,
    /// What the person is.
    #[serde(rename = "ContactTitle")]
    pub title: String,
    /// Street and number.
    #[serde(rename = "Address")]
    pub address: String,
    /// City.
    #[serde(rename = "City")]
    pub city: String,
    /// State or province.
    #[serde(rename = "Region")]
    pub region: String,
    /// Postal code.
    #[serde(rename = "PostalCode")]
    pub postal_code: String,
    /// Country, by its English name.
    #[serde(rename = "Country")]
    pub country: String,
    /// Telephone.
    #[serde(rename = "Phone")]
    pub phone: String,
}

/// A sales person.
#[derive(Clone, Debug, Deserialize)]
pub struct Employee {
    /// Its number in the data.
    #[serde(rename = "EmployeeID")]
    pub id: u32,
    /// Family name.
    #[serde(rename = "LastName")]
    pub last: String,
    /// Given name.
    #[serde(rename = "FirstName")]
    pub first: String,
}

/// A product.
#[derive(Clone, Debug, Deserialize)]
pub struct Product {
    /// Its number in the data.
    #[serde(rename = "ProductID")]
    pub id: u32,
    /// Its name.
    #[serde(rename = "ProductName")]
    pub name: String,
    /// Its category.
    #[serde(rename = "CategoryID")]
    pub category: u32,
    /// How it is packed.
    #[serde(rename = "QuantityPerUnit")]
    pub packing: String,
    /// Its list price in USD.
    #[serde(rename = "UnitPrice")]
    pub price: String,
}

#[derive(Clone, Debug, Deserialize)]
struct OrderRow {
    #[serde(rename = "OrderID")]
    id: u32,
    #[serde(rename = "CustomerID")]
    customer: String,
    #[serde(rename = "EmployeeID")]
    employee: u32,
    #[serde(rename = "OrderDate")]
    ordered: String,
    #[serde(rename = "ShippedDate")]
    shipped: String,
    #[serde(rename = "ShipVia")]
    carrier: u32,
    #[serde(rename = "Freight")]
    freight: String,
}

#[derive(Clone, Debug, Deserialize)]
struct LineRow {
    #[serde(rename = "OrderID")]
    order: u32,
    #[serde(rename = "ProductID")]
    product: u32,
    #[serde(rename = "UnitPrice")]
    price: String,
    #[serde(rename = "Quantity")]
    quantity: String,
    #[serde(rename = "Discount")]
    discount: String,
}

/// A line of an order.
#[derive(Clone, Debug)]
pub struct Line {
    /// The product's number in the data.
    pub product: u32,
    /// The price it was sold at, in USD.
    pub price: Price,
    /// How many.
    pub quantity: Quantity,
    /// The discount.
    pub discount: Percent,
}

/// An order.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its number in the data.
    pub id: u32,
    /// The customer's key in the data.
    pub customer: String,
    /// The sales person's number in the data.
    pub employee: u32,
    /// When it was ordered.
    pub ordered: Day,
    /// When it was shipped; 21 are not.
    pub shipped: Option<Day>,
    /// Who carried it.
    pub carrier: &'static str,
    /// What the customer pays for that, in USD.
    pub freight: Price,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// Everything that is loaded.
pub struct Data {
    /// Categories.
    pub categories: Vec<Category>,
    /// Customers.
    pub customers: Vec<Partner>,
    /// Suppliers.
    pub suppliers: Vec<Partner>,
    /// Sales people.
    pub employees: Vec<Employee>,
    /// Products.
    pub products: Vec<Product>,
    /// Orders, by date and number.
    pub orders: Vec<Order>,
    /// Whether these are all orders of the data.
    pub complete: bool,
}

const CARRIERS: [&str; 3] = ["Speedy Express", "United Package", "Federal Shipping"];

impl Data {
    /// Reads the files and keeps the first `count` orders.
    ///
    /// # Errors
    /// When a file is not as it was shipped.
    pub fn read(count: usize) -> Result<Self, String> {
        let rows: Vec<OrderRow> = rows(include_str!("../../demo/northwind/orders.csv"))?;
        let mut lines: BTreeMap<u32, Vec<Line>> = BTreeMap::new();
        for row in self::rows::<LineRow>(include_str!("../../demo/northwind/order_details.csv"))? {
            lines.entry(row.order).or_default().push(line(&row)?);
        }
        let complete = count >= rows.len();
        let mut orders = Vec::new();
        for row in rows.into_iter().take(count) {
            orders.push(Order {
                id: row.id,
                lines: lines.remove(&row.id).unwrap_or_default(),
                ordered: row.ordered.parse().map_err(|error| format!("order {}: {error}", row.id))?,
                shipped: if row.shipped.is_empty() { None } else { Some(row.shipped.parse().map_err(|error| format!("order {}: {error}", row.id))?) },
                carrier: usize::try_from(row.carrier).ok().and_then(|n| CARRIERS.get(n.checked_sub(1)?)).copied().unwrap_or("other"),
                freight: row.freight.parse().map_err(|error| format!("order {}: {error}", row.id))?,
                customer: row.customer,
                employee: row.employee,
            });
        }
        Ok(Self {
            categories: self::rows(include_str!("../../demo/northwind/categories.csv"))?,
            customers: self::rows(include_str!("../../demo/northwind/customers.csv"))?,
            suppliers: self::rows(include_str!("../../demo/northwind/suppliers.csv"))?,
            employees: self::rows(include_str!("../../demo/northwind/employees.csv"))?,
            products: self::rows(include_str!("../../demo/northwind/products.csv"))?,
            orders,
            complete,
        })
    }
}

fn rows<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, String> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| format!("the demo data is not as it was shipped: {error}"))
}

fn line(row: &LineRow) -> Result<Line, String> {
    let said = |error: causeway_value::DecimalError| format!("order {}: {error}", row.order);
    Ok(Line {
        product: row.product,
        price: row.price.parse().map_err(said)?,
        quantity: row.quantity.parse().map_err(said)?,
        // A fraction at 10^-8 is a percentage at 10^-6.
        discount: Percent(parse_scaled(&row.discount, 8).map_err(said)?),
    })
}

/// The ISO code of a country of the data.
#[must_use]
pub fn country(name: &str) -> &'static str {
    const CODES: &[(&str, &str)] = &[
        ("Argentina", "AR"),
        ("Australia", "AU"),
        ("Austria", "AT"),
        ("Belgium", "BE"),
        ("Brazil", "BR"),
        ("Canada", "CA"),
        ("Denmark", "DK"),
        ("Finland", "FI"),
        ("France", "FR"),
        ("Germany", "DE"),
        ("Ireland", "IE"),
        ("Italy", "IT"),
        ("Japan", "JP"),
        ("Mexico", "MX"),
        ("Netherlands", "NL"),
        ("Norway", "NO"),
        ("Poland", "PL"),
        ("Portugal", "PT"),
        ("Singapore", "SG"),
        ("Spain", "ES"),
        ("Sweden", "SE"),
        ("Switzerland", "CH"),
        ("UK", "GB"),
        ("USA", "US"),
        ("Venezuela", "VE"),
    ];
    CODES.iter().find(|(known, _)| *known == name).map_or("ZZ", |(_, code)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_complete() {
        let data = Data::read(830).unwrap();
        let counts = (data.customers.len(), data.suppliers.len(), data.products.len(), data.employees.len(), data.orders.len());
        assert_eq!(counts, (91, 29, 77, 9, 830));
        assert_eq!(data.orders.iter().map(|order| order.lines.len()).sum::<usize>(), 2155);
        assert_eq!(data.orders.iter().filter(|order| order.shipped.is_none()).count(), 21);
        assert_eq!(data.orders.iter().map(|order| order.freight.0).sum::<i64>(), 64_942_690_000);
        assert!(data.customers.iter().chain(&data.suppliers).all(|partner| country(&partner.country) != "ZZ"));
    }
}
