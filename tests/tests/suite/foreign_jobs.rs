//! What an import says of its rows names customers and deals: who may see another company only is not told of it (SEC-15).

use causeway_contract::ListQuery;
use causeway_openapi::identity::CreateApiKey;
use causeway_openapi::import::op as import;
use causeway_openapi::integration::op as integration;
use causeway_tests::api_key::{issued, scopes};
use causeway_tests::caller::Caller;
use causeway_tests::deal::job_ended;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::{CompanyId, JobId};

/// Imports a deal with a customer whom nobody knows.
async fn imported(caller: &Caller, company: CompanyId) -> JobId {
    let path = format!("/v1/imports?resource=opportunities&company_id={company}");
    let file = "title,party\nChairs,Very Secret Customer\n";
    let job = caller.raw.request("POST", &path).header("content-type", "text/csv").bytes(file).send().await.success();
    let job = job_ended(caller, job["id"].as_str().unwrap_or_default()).await;
    assert_eq!(job["result"]["failed"], 1, "{job}");
    serde_json::from_value(job["id"].clone()).unwrap()
}

#[tokio::test]
async fn an_import_into_one_company_is_not_told_to_another() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let (ours, theirs) = (shop::open(&tenant, "").await.company, shop::open(&tenant, "2").await.company);
    let (mark, _) = issued(&tenant, &CreateApiKey { company_ids: vec![ours], ..scopes(&["*:*"]) }).await;
    let (seen, hidden) = (imported(&tenant, ours).await, imported(&tenant, theirs).await);
    let own = imported(&mark, ours).await;
    let listed: Vec<JobId> = mark.all::<integration::ListJobs, _>(&ListQuery::default()).await.into_iter().map(|job| job.id).collect();
    assert!(listed.contains(&seen) && listed.contains(&own) && !listed.contains(&hidden), "{listed:?}");
    assert_eq!(tenant.all::<integration::ListJobs, _>(&ListQuery::default()).await.len(), 3);
    for path in [format!("/v1/jobs/{hidden}"), format!("/v1/jobs/{hidden}/errors")] {
        assert_eq!(mark.raw.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(mark.refused::<import::CancelJob>(hidden, &causeway_contract::Nothing {}).await.status, 404);
    let told = mark.raw.get(&format!("/v1/jobs/{seen}/errors")).await.success();
    assert_eq!(told["count"], 1, "{told}");
}
