//! The second factor: codes that work once, recovery codes, and those who guess (threat 20).

use causeway_contract::{Code, Nothing};
use causeway_openapi::session::{ConfirmTotp, CreateSession, Reauthenticate, op};
use causeway_tests::person::{PASSWORD, Person, code};
use causeway_tests::world::World;

fn with(person: &Person, otp: &str) -> CreateSession {
    CreateSession { otp: Some(otp.to_owned()), ..person.sign_in.clone() }
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_its_codes_work_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let person = Person::owner(&tenant).await;
    let (caller, other) = (person.session().await, person.session().await);
    let enrolment = caller.act::<op::EnrolTotp>(()).await;
    assert!(enrolment.uri.starts_with("otpauth://totp/Causeway:dana%40") && enrolment.uri.contains(&enrolment.secret), "{}", enrolment.uri);
    // Until its first code it does not count.
    person.open().await;
    let wrong = caller.refused::<op::ConfirmTotp>((), &ConfirmTotp { otp: "000000".to_owned() }).await;
    assert_eq!(wrong.status, 422);
    let codes = caller.post::<op::ConfirmTotp>((), &ConfirmTotp { otp: code(&enrolment.secret, 0) }).await.codes;
    assert_eq!(codes.len(), 10);
    // The other sessions are gone.
    assert_eq!(other.raw.get("/v1/me").await.status, 401);
    let state = caller.get::<op::GetTotp>(()).await;
    assert_eq!((state.enabled, state.recovery_codes_left), (true, 10));
    assert_eq!(caller.refused::<op::EnrolTotp>((), &Nothing {}).await.code, Code::StateConflict);

    let missing = person.nobody.refused::<op::CreateSession>((), &person.sign_in).await;
    assert_eq!((missing.status, missing.code), (401, Code::OtpRequired));
    let bad_password = CreateSession { password: "not the right one at all".to_owned(), ..person.sign_in.clone() };
    assert_eq!(person.nobody.refused::<op::CreateSession>((), &bad_password).await.code, Code::Unauthenticated, "a code is asked for only after the password");
    // The code that confirmed it was used by that.
    let next = with(&person, &code(&enrolment.secret, 1));
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let (nobody, next) = (person.nobody.clone(), next.clone());
            tokio::spawn(async move { nobody.refusal::<op::CreateSession>((), &next).await })
        })
        .collect();
    let mut passed = 0;
    for attempt in tries {
        passed += usize::from(attempt.await.unwrap().is_none());
    }
    assert_eq!(passed, 1, "of 20 sign-ins with the same code one gets through");
    assert_ne!(person.nobody.refusal::<op::CreateSession>((), &next).await, None);
}

#[tokio::test]
async fn a_recovery_code_works_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let person = Person::owner(&tenant).await;
    let caller = person.session().await;
    let (_, codes) = Person::protect(&caller).await;
    let typed = codes[0].to_uppercase().replace('-', " ");
    person.nobody.post::<op::CreateSession>((), &with(&person, &typed)).await;
    assert_eq!(person.nobody.refused::<op::CreateSession>((), &with(&person, &codes[0])).await.code, Code::OtpRequired);
    assert_eq!(caller.get::<op::GetTotp>(()).await.recovery_codes_left, 9);
    let renewed = caller.act::<op::RenewRecoveryCodes>(()).await.codes;
    assert_eq!(person.nobody.refused::<op::CreateSession>((), &with(&person, &codes[1])).await.code, Code::OtpRequired);
    person.nobody.post::<op::CreateSession>((), &with(&person, &renewed[0])).await;
    // It proves who one is, too.
    caller.post::<op::Reauthenticate>((), &Reauthenticate { password: PASSWORD.to_owned(), otp: Some(renewed[1].clone()) }).await;
    assert_eq!(caller.refused::<op::Reauthenticate>((), &Reauthenticate { password: PASSWORD.to_owned(), otp: None }).await.code, Code::OtpRequired);
    // Without the factor the password is enough again.
    caller.act::<op::DisableTotp>(()).await;
    person.open().await;
}

#[tokio::test]
async fn five_wrong_codes_stop_the_factor_for_a_while() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let person = Person::hire(&tenant, Vec::new()).await;
    let (seed, codes) = Person::protect(&person.session().await).await;
    for _ in 0..5 {
        assert_eq!(person.nobody.refused::<op::CreateSession>((), &with(&person, "000000")).await.code, Code::OtpRequired);
    }
    for otp in [code(&seed, 1), codes[0].clone()] {
        let problem = person.nobody.refused::<op::CreateSession>((), &with(&person, &otp)).await;
        assert_eq!((problem.status, problem.code), (429, Code::RateLimited));
        assert!(problem.meta["retry_after_seconds"].as_i64().is_some_and(|seconds| (800..=901).contains(&seconds)), "{:?}", problem.meta);
    }
    // Who lost the device asks an administrator.
    tenant.act::<op::ResetTotp>(person.id).await;
    person.open().await;
}

/// Guesses that arrive at once are guesses one after the other: five are looked at.
#[tokio::test]
async fn a_burst_guesses_five_times() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let person = Person::hire(&tenant, Vec::new()).await;
    Person::protect(&person.session().await).await;
    let tries: Vec<_> = (0..9)
        .map(|number| {
            let (nobody, guess) = (person.nobody.clone(), with(&person, &format!("00000{number}")));
            tokio::spawn(async move { nobody.refusal::<op::CreateSession>((), &guess).await })
        })
        .collect();
    let mut codes = Vec::new();
    for attempt in tries {
        codes.push(attempt.await.unwrap().expect("a wrong code").code);
    }
    let looked_at = codes.iter().filter(|code| **code == Code::OtpRequired).count();
    assert_eq!((looked_at, codes.len()), (5, 9), "{codes:?}");
}
