//! Every operation: refused without a credential, without the right, and from the other side of the house; done with just its own right.

use causeway_contract::{Audience, Code, Row};
use causeway_tests::api_key::limited;
use causeway_tests::caller::Caller;
use causeway_tests::fixture::{Fixture, rows};
use causeway_tests::plan::Prepared;
use causeway_tests::raw::Seen;
use causeway_tests::shapes::nothing;
use causeway_tests::world::World;

/// A path with ids that name nothing: whoever may not enter learns nothing about them.
fn path(row: &Row) -> String {
    let mut prefixes = (row.path_prefixes)().into_iter();
    row.path.split('/').map(|part| if part.starts_with('{') { nothing(prefixes.next().unwrap()) } else { part.to_owned() }).collect::<Vec<_>>().join("/")
}

/// A request that is wrong in every other way, too: rights come first.
async fn nonsense(caller: &Caller, row: &Row) -> Seen {
    let request = caller.raw.request(row.method.word(), &format!("{}?nonsense=1", path(row))).header("if-match", "nonsense");
    if row.method == causeway_contract::Method::Get { request.send().await } else { request.bytes("{\"nonsense\":").send().await }
}

fn expect(wrong: &mut Vec<String>, row: &Row, seen: &Seen, status: u16, code: Code) {
    match seen.checked_problem() {
        Ok(problem) if seen.status == status && problem.code == code => {}
        Ok(problem) => wrong.push(format!("{}: {} {}", row.id, seen.status, problem.code)),
        Err(error) => wrong.push(format!("{}: {} {error}", row.id, seen.status)),
    }
}

fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} operations are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What reads what the activities that are made here are about.
const ABOUT: &[&str] = &["opportunities:read"];

/// The right that an operation names, as the scope of a key.
fn rights(row: &Row) -> Vec<String> {
    vec![row.permission.to_owned()].into_iter().filter(|right| !right.starts_with("any:")).collect()
}

#[tokio::test]
async fn no_credential() {
    let world = World::start().await;
    let mut wrong = Vec::new();
    for caller in [world.nobody(), world.platform.with_key("cw_test_wrong"), world.platform.with_key("cw_live_")] {
        for row in rows() {
            expect(&mut wrong, &row, &nonsense(&caller, &row).await, 401, Code::Unauthenticated);
        }
    }
    let metrics = world.nobody().raw.get("/metrics").await;
    assert_eq!(metrics.problem().status, 401);
    none(wrong);
}

#[tokio::test]
async fn no_right() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let powerless = limited::<&str>(&tenant, &[]).await;
    let mut wrong = Vec::new();
    for row in rows().iter().filter(|row| row.permission != "any:authenticated") {
        expect(&mut wrong, row, &nonsense(&powerless, row).await, 403, Code::PermissionDenied);
        // All rights but the one.
        if (row.audience)() == Audience::Tenant {
            let others: Vec<String> = rows().iter().filter(|other| (other.audience)() == Audience::Tenant).map(|other| other.permission.to_owned()).collect();
            // Whoever reads all reports reads those about the pipeline and about what is left to ship and to bill.
            let included = |permission: &str| ["pipeline:read", "fulfilment:read"].contains(&row.permission) && permission == "reports:read";
            let others = others.into_iter().filter(|permission| permission != row.permission && !included(permission) && !permission.starts_with("any:"));
            let others: Vec<String> = others.collect();
            expect(&mut wrong, row, &nonsense(&limited(&tenant, &others).await, row).await, 403, Code::PermissionDenied);
        }
    }
    none(wrong);
}

#[tokio::test]
async fn the_other_side_of_the_house() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let mut wrong = Vec::new();
    for row in rows() {
        let stranger = if (row.audience)() == Audience::Tenant { &world.platform } else { &tenant.owner };
        expect(&mut wrong, &row, &nonsense(stranger, &row).await, 403, Code::PermissionDenied);
    }
    none(wrong);
}

/// Its own right is all that an operation needs, and every good call of it does what its row says.
#[tokio::test]
async fn its_own_right_is_enough() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let mut wrong = Vec::new();
    for row in rows() {
        let tenants = (row.audience)() == Audience::Tenant;
        let seen = if row.method == causeway_contract::Method::Get {
            // A sign-in is read by the person who signed in.
            let narrow = tenants && row.permission != "any:person" && row.id != "GetSession";
            let about = if row.id == "GetActivity" { ABOUT } else { &[] };
            let own: Vec<String> = rights(&row).into_iter().chain(about.iter().map(|right| (*right).to_owned())).collect();
            let caller = if narrow { limited(&fixture.tenant, &own).await } else { fixture.reader(&row).clone() };
            caller.raw.get(&format!("{}?{}", fixture.path(&row), fixture.query(&row))).await
        } else {
            let prepared = fixture.prepare(row.id).await;
            // A key, a role or a person is given away or changed only by who has all their rights.
            let gives = ["CreateApiKey", "UpdateApiKey", "RotateApiKey", "CreateUser", "UpdateUser", "InviteUser", "ResetTotp", "CreateRole", "UpdateRole"]
                .contains(&row.id);
            let narrow = tenants && !gives && !row.permission.starts_with("any:");
            // What a call does besides has its own right: leads are imported by who may write one, and a payment is posted and settles something at once.
            let more: &[&str] = match row.id {
                "CreateImport" => &["leads:write"],
                // What follows from costs is said by who may see them.
                "CreateCompany" | "UpdateCompany" | "CreatePriceList" | "UpdatePriceList" | "ImportPriceRules" | "CreateProduct" | "CreateProducts" => {
                    &["costs:read"]
                }
                // How much a customer may owe, and at which prices and terms it buys.
                "CreateParty" | "CreateParties" => &["credit:write", "parties:terms"],
                // An activity tells of what it is about, and whoever does something about that may read it.
                "CreateActivity" | "UpdateActivity" | "CompleteActivity" | "CancelActivity" => ABOUT,
                "CreatePayment" => &["payments:post", "payments:allocate", "invoices:write_off"],
                "RegisterPayments" => &["payments:post", "payments:allocate"],
                _ => &[],
            };
            let more = more.iter().map(|right| (*right).to_owned());
            let caller =
                if narrow { limited(&prepared.caller, &rights(&row).into_iter().chain(more).collect::<Vec<_>>()).await } else { prepared.caller.clone() };
            Prepared { caller, ..prepared }.call(&row).await
        };
        if seen.status != row.success {
            wrong.push(format!("{}: {} {}", row.id, seen.status, seen.text()));
        }
    }
    none(wrong);
}
