//! The operations of signing in.

use super::factor;
use super::prove::{self, Proven, person};
use super::service::{self, Chosen};
use causeway_contract::{Page, Problem};
use causeway_entity::govern::users;
use causeway_kernel::{Answer, Call, Ctx, Db, Routes, Tx};
use causeway_openapi::session::{Invitation, NewSession, PasswordSet, RecoveryCodes, RevokedSessions, SecondFactor, Session, TotpEnrolment, op};
use std::sync::Arc;

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on_prepared::<op::CreateSession, _, _, _>(prove_sign_in, open);
    routes.on::<op::ListSessions, _>(list_sessions);
    routes.on::<op::GetSession, _>(get);
    routes.on::<op::RevokeSession, _>(revoke);
    routes.on::<op::RevokeSessions, _>(revoke_all);
    routes.on_prepared::<op::Reauthenticate, _, _, _>(prove_again, refresh);
    routes.on_prepared::<op::SetPassword, _, _, _>(choose, set_password);
    routes.on_prepared::<op::ChangePassword, _, _, _>(choose_again, change_password);
    routes.on::<op::InviteUser, _>(invite);
    routes.on::<op::GetTotp, _>(totp);
    routes.on::<op::EnrolTotp, _>(enrol);
    routes.on::<op::ConfirmTotp, _>(confirm);
    routes.on::<op::DisableTotp, _>(disable);
    routes.on::<op::RenewRecoveryCodes, _>(renew_codes);
    routes.on::<op::ResetTotp, _>(reset_totp);
}

async fn prove_sign_in(ctx: &Arc<Ctx>, db: &Db, call: &Call<op::CreateSession>) -> Result<Proven, Problem> {
    prove::sign_in(ctx, db, &call.body).await
}

async fn open(ctx: &Ctx, tx: &mut Tx<'_>, _: &Call<op::CreateSession>, proven: &Proven) -> Result<Answer<NewSession>, Problem> {
    Ok(Answer::object(service::open(ctx, tx, proven).await?, 1))
}

async fn list_sessions(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListSessions>) -> Result<Answer<Page<Session>>, Problem> {
    Ok(Answer::of(service::page(ctx, tx, &call.query).await?))
}

fn versioned(session: Session) -> Answer<Session> {
    let version = session.version;
    Answer::object(session, version)
}

async fn get(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetSession>) -> Result<Answer<Session>, Problem> {
    Ok(versioned(service::get(ctx, tx, call.path).await?))
}

async fn revoke(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::RevokeSession>) -> Result<Answer<Session>, Problem> {
    Ok(versioned(service::revoke(ctx, tx, call.path).await?))
}

async fn revoke_all(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::RevokeSessions>) -> Result<Answer<RevokedSessions>, Problem> {
    Ok(Answer::of(service::revoke_all(ctx, tx, &call.body).await?))
}

async fn prove_again(ctx: &Arc<Ctx>, db: &Db, call: &Call<op::Reauthenticate>) -> Result<Proven, Problem> {
    prove::again(ctx, db, "/password", &call.body.password, Some(call.body.otp.as_deref())).await
}

async fn refresh(ctx: &Ctx, tx: &mut Tx<'_>, _: &Call<op::Reauthenticate>, proven: &Proven) -> Result<Answer<Session>, Problem> {
    Ok(versioned(service::refresh(ctx, tx, proven).await?))
}

async fn choose(ctx: &Arc<Ctx>, db: &Db, call: &Call<op::SetPassword>) -> Result<Chosen, Problem> {
    service::choose(ctx, db, &call.body).await
}

async fn set_password(ctx: &Ctx, tx: &mut Tx<'_>, _: &Call<op::SetPassword>, chosen: &Chosen) -> Result<Answer<PasswordSet>, Problem> {
    Ok(Answer::of(service::set_password(ctx, tx, chosen).await?))
}

async fn choose_again(ctx: &Arc<Ctx>, db: &Db, call: &Call<op::ChangePassword>) -> Result<Chosen, Problem> {
    service::choose_again(ctx, db, &call.body).await
}

async fn change_password(ctx: &Ctx, tx: &mut Tx<'_>, _: &Call<op::ChangePassword>, chosen: &Chosen) -> Result<Answer<PasswordSet>, Problem> {
    Ok(Answer::of(service::set_password(ctx, tx, chosen).await?))
}

async fn invite(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::InviteUser>) -> Result<Answer<Invitation>, Problem> {
    Ok(Answer::of(service::invite_user(ctx, tx, call.path).await?))
}

async fn totp(ctx: &Ctx, tx: &mut Tx<'_>, _: &Call<op::GetTotp>) -> Result<Answer<SecondFactor>, Problem> {
    Ok(Answer::of(factor::state(tx, person(ctx)?.0).await?))
}

async fn enrol(ctx: &Ctx, tx: &mut Tx<'_>, _: &Call<op::EnrolTotp>) -> Result<Answer<TotpEnrolment>, Problem> {
    Ok(Answer::of(factor::enrol(ctx, tx).await?))
}

async fn confirm(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ConfirmTotp>) -> Result<Answer<RecoveryCodes>, Problem> {
    Ok(Answer::of(factor::confirm(ctx, tx, &call.body.otp).await?))
}

async fn disable(ctx: &Ctx, tx: &mut Tx<'_>, _: &Call<op::DisableTotp>) -> Result<Answer<SecondFactor>, Problem> {
    let (id, session) = person(ctx)?;
    let user = tx.lock::<users::Entity>(id).await?;
    Ok(Answer::of(factor::remove(ctx, tx, &user, Some(session.id)).await?))
}

async fn renew_codes(ctx: &Ctx, tx: &mut Tx<'_>, _: &Call<op::RenewRecoveryCodes>) -> Result<Answer<RecoveryCodes>, Problem> {
    Ok(Answer::of(factor::renew_codes(ctx, tx).await?))
}

async fn reset_totp(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ResetTotp>) -> Result<Answer<SecondFactor>, Problem> {
    Ok(Answer::of(service::reset_totp(ctx, tx, call.path).await?))
}
