//! One deal in a currency without a rate takes no report from everybody else (RPT-01, RPT-08).

use causeway_contract::Code;
use causeway_openapi::crm::{CreateOpportunity, op as crm};
use causeway_openapi::pipeline::{ForecastQuery, PipelineAgeingQuery, PipelineBy, PipelineQuery, UnconvertedDeals, op as pipeline};
use causeway_openapi::quote::{CreateQuote, op as quote};
use causeway_tests::deal::{forty, quote_body};
use causeway_tests::of;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::Currency;

#[tokio::test]
async fn deals_without_a_rate_are_told_apart() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for (currency, value) in [("EUR", "100.00"), ("GBP", "40.00"), ("GBP", "2.50")] {
        let deal = CreateOpportunity {
            company_id: shop.company,
            party_id: Some(shop.party),
            title: "Chairs".to_owned(),
            currency: Some(of(currency)),
            expected_value: Some(value.into()),
            ..CreateOpportunity::default()
        };
        tenant.post::<crm::CreateOpportunity>((), &deal).await;
    }
    let apart = |told: &[UnconvertedDeals]| -> Vec<(Currency, i64, String)> { told.iter().map(|of| (of.currency, of.count, of.value.0.clone())).collect() };
    let pounds = vec![(of("GBP"), 2, "42.50".to_owned())];
    let company_id = Some(shop.company);
    let report = tenant.ask::<pipeline::GetPipeline>(&PipelineQuery { company_id, by: Some(PipelineBy::Owner), ..PipelineQuery::default() }).await;
    assert_eq!((report.open.count, report.open.value.0.as_str(), apart(&report.unconverted)), (3, "100.00", pounds.clone()));
    assert_eq!(report.groups[0].open.value.0, "100.00");
    let forecast = tenant.ask::<pipeline::GetForecast>(&ForecastQuery { company_id, ..ForecastQuery::default() }).await;
    assert_eq!((forecast.total.count, forecast.total.value.0.as_str(), apart(&forecast.unconverted)), (3, "100.00", pounds.clone()));
    let ageing = tenant.ask::<pipeline::GetPipelineAgeing>(&PipelineAgeingQuery { company_id, ..PipelineAgeingQuery::default() }).await;
    assert_eq!((ageing.rows[0].count, ageing.rows[0].value.0.as_str(), apart(&ageing.unconverted)), (3, "100.00", pounds));
    // In pounds it is the euros that nobody can convert.
    let report = tenant.ask::<pipeline::GetPipeline>(&PipelineQuery { company_id, currency: Some(of("GBP")), ..PipelineQuery::default() }).await;
    assert_eq!((report.open.value.0.as_str(), apart(&report.unconverted)), ("42.50", vec![(of("EUR"), 1, "100.00".to_owned())]));

    // Who prices in such a currency is told the pair and the day.
    let body = CreateQuote { currency: Some(of("GBP")), ..quote_body(&shop, vec![forty(&shop)]) };
    let refused = tenant.refused::<quote::CreateQuote>((), &body).await;
    let day = refused.meta.get("day").and_then(|day| day.as_str()).unwrap_or("no day").to_owned();
    assert!(refused.code == Code::RateMissing && refused.detail.contains(&format!("from EUR to GBP of {day} or before")), "{refused:?}");
}
