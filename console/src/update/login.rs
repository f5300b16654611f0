//! Proving who one is: the sign-in with its second step, the proof again before a risky change, the way into a tenant and out again.

use crate::call::Call;
use crate::form::{Form, Takes};
use crate::model::{App, Cmd, Deed, Failure, Login, Popup, Reply, Tag};
use causeway_contract::{Code, Method};
use crossterm::event::{KeyCode, KeyEvent};

/// The field of the one-time code, which is asked for only when the account has one.
const CODE: &str = "otp";

impl App {
    /// Asks for tenant, mail address and password; what was typed last time stands there already.
    pub(super) fn open_login(&mut self, wrong: Option<String>) {
        let asked = self.popup.iter().chain(&self.queue).any(|popup| matches!(popup, Popup::Login(_)));
        if self.scope.platform || self.scope.visiting || asked {
            return;
        }
        self.dirty = true;
        let fields = [("tenant", Takes::Text, true), ("email", Takes::Text, true), ("password", Takes::Secret, true)];
        let mut form = Form::new(&fields);
        let (tenant, email) = self.scope.login.clone();
        let known = !tenant.is_empty() && form.set("tenant", &tenant).and_then(|()| form.set("email", &email)).is_ok();
        let login = Popup::Login(Box::new(Login { form, focus: if known { 2 } else { 0 }, wrong, then: None }));
        match self.popup.take() {
            // What is shown once is read first.
            Some(once @ (Popup::Secret { .. } | Popup::Visit { .. })) => {
                self.popup = Some(once);
                self.queue.push_back(login);
            }
            // What one was about to do waits, with its fields.
            Some(kept @ (Popup::Deed(_) | Popup::Text { .. })) => {
                self.queue.push_front(kept);
                self.popup = Some(login);
            }
            _ => self.popup = Some(login),
        }
    }

    /// The credential is worth nothing any more: one signs in to go on.
    pub(super) fn credential_ended(&mut self, why: &str) {
        (self.scope.credential, self.scope.refused, self.streaming) = (false, true, false);
        self.open_login(Some(why.to_owned()));
    }

    /// Asks for the password again, to do afterwards what needed it.
    pub(super) fn prove_again(&mut self, then: Box<Deed>) {
        let form = Form::new(&[("password", Takes::Secret, true)]);
        self.popup = Some(Popup::Login(Box::new(Login { form, focus: 0, wrong: None, then: Some(then) })));
        self.dirty = true;
    }

    pub(super) fn login_key(&mut self, key: KeyEvent) {
        let Some(Popup::Login(login)) = &mut self.popup else { return };
        let places = login.form.fields.len().max(1);
        let last = places.saturating_sub(1);
        match key.code {
            KeyCode::Esc => {
                self.popup = None;
                if !self.scope.credential {
                    self.note("Not signed in: ctrl-r asks again, ctrl-t chooses a profile.");
                }
            }
            KeyCode::Tab | KeyCode::Down => login.focus = login.focus.saturating_add(1) % places,
            KeyCode::BackTab | KeyCode::Up => login.focus = login.focus.checked_sub(1).unwrap_or(last),
            KeyCode::Enter if login.focus < last => login.focus = login.focus.saturating_add(1),
            KeyCode::Enter => match login.form.body(false) {
                Ok(body) => {
                    login.wrong = None;
                    let path = if login.then.is_some() { "/v1/sessions/reauthenticate" } else { "/v1/sessions" };
                    self.call(Tag::Login, Call::to(Method::Post, path, &[], Some(body)));
                }
                Err(text) => login.wrong = Some(text),
            },
            _ => self.edit_line(key),
        }
    }

    pub(super) fn proven(&mut self, reply: Result<Reply, Failure>) {
        self.dirty = true;
        let Some(Popup::Login(login)) = &mut self.popup else {
            return;
        };
        match reply {
            Ok(_) if login.then.is_some() => {
                if let Some(deed) = login.then.take() {
                    self.popup = Some(Popup::Deed(deed));
                    self.run();
                }
            }
            Ok(reply) => {
                let text = |name: &str| reply.body.get(name).and_then(|value| value.as_str()).map(str::to_owned);
                let Some(token) = text("token") else {
                    login.wrong = Some("the answer holds no token".to_owned());
                    return;
                };
                let typed = |path: &str| login.form.fields.iter().find(|field| field.path == path).map(|field| field.input.value().trim().to_owned());
                let person = (typed("tenant").unwrap_or_default(), typed("email").unwrap_or_default());
                // Another person finds nothing of the one before.
                if person != self.scope.login && !self.scope.tenant.is_empty() {
                    self.forget();
                }
                self.scope.login = person;
                self.scope.session = text("id").unwrap_or_default();
                (self.scope.credential, self.scope.refused) = (true, false);
                self.renewed = None;
                self.popup = None;
                // What was refused for want of a session is no longer wrong.
                for popup in &mut self.queue {
                    if let Popup::Deed(deed) = popup {
                        deed.wrong = None;
                        deed.results.retain(|_, result| !result.as_ref().is_err_and(|failure| matches!(failure, Failure::Refused { status: 401, .. })));
                    }
                }
                // The rights are those of whoever signed in now.
                self.scope.permissions.clear();
                // The stream of the session before is not followed any more.
                self.streaming = false;
                self.give_up();
                self.out.push(Cmd::Credential(token));
                self.out.push(Cmd::Save);
                self.arrive_first();
            }
            Err(failure) => {
                let step = failure.is(Code::OtpRequired) && !login.form.fields.iter().any(|field| field.path == CODE);
                if step {
                    login.form.fields.extend(Form::new(&[(CODE, Takes::Secret, true)]).fields);
                    login.wrong = Some("The account has a second factor: type the code of your authenticator app, or a recovery code.".to_owned());
                } else {
                    // A code works once: the next try needs the next one. A password that was wrong is typed anew, not behind the wrong one.
                    let wrong = matches!(failure, Failure::Refused { status: 401, .. });
                    if login.form.set(CODE, "").is_err() && wrong {
                        login.form.set("password", "").ok();
                    }
                    login.wrong = Some(failure.text());
                }
                login.focus = login.form.fields.len().saturating_sub(1);
            }
        }
    }

    /// The session that was opened here ends with the console.
    pub(super) fn end_session(&mut self) {
        let session = std::mem::take(&mut self.scope.session);
        if !session.is_empty() {
            self.out.push(Cmd::SignOut(session));
        }
    }

    pub(super) fn sign_out(&mut self) {
        if self.scope.visiting {
            self.out.push(Cmd::Return);
            return;
        }
        if self.scope.session.is_empty() {
            self.note("There is no session to end: this console works with a key.");
            return;
        }
        if let Some(why) = self.under_way() {
            self.note(format!("{why}: wait for it first."));
            return;
        }
        self.end_session();
        self.forget();
        self.open_login(None);
    }

    /// What one person saw is not for the next.
    fn forget(&mut self) {
        self.scope.credential = false;
        self.scope.permissions.clear();
        (self.scope.tenant, self.scope.user) = (String::new(), String::new());
        self.lists.clear();
        self.objects.clear();
        self.flows.clear();
        self.checks.clear();
        self.counts.clear();
        self.names.clear();
        self.numbers.clear();
        self.undos.clear();
        self.settled.clear();
        (self.made, self.renewed) = (None, None);
        self.planned.clear();
        (self.aging, self.pipeline, self.day) = (None, None, None);
        self.events.clear();
        self.way.truncate(1);
        self.ahead.clear();
        (self.popup, self.scope.company) = (None, None);
        self.queue.clear();
        self.running.clear();
        self.keys.clear();
        self.calls.clear();
        self.notes.clear();
        self.saved.clear();
        self.drafts.clear();
        self.dropped.clear();
        self.history.clear();
        self.suspended = None;
        self.recalled.clear();
        self.kept_marks.clear();
        self.stale.clear();
        (self.streaming, self.follows) = (false, false);
        self.heard.clear();
        self.dirty = true;
    }

    pub(super) fn visit_key(&mut self, key: KeyEvent) {
        let Some(Popup::Visit { tenant, key: secret, until }) = &self.popup else { return };
        match key.code {
            KeyCode::Enter => {
                let visit = Cmd::Visit { tenant: tenant.clone(), key: secret.clone(), until: until.clone() };
                self.popup = None;
                self.out.push(visit);
            }
            KeyCode::Char('y') => {
                let secret = secret.clone();
                self.out.push(Cmd::Copy(secret));
                self.note("The key is on the clipboard.");
            }
            KeyCode::Esc => self.popup = None,
            _ => {}
        }
    }
}
