//! The numbers of the dashboard and the tabs: asked for, answered, and asked for anew when something happened.

use crate::call::Call;
use crate::filter::Filter;
use crate::model::{App, Asked, COUNTED, Counted, Failure, Gauge, NOT_PERMITTED, Reply, Tag};
use crate::resource::{self, Resource};
use crate::route::Place;

/// The call that counts a gauge.
pub fn gauge_call(gauge: &Gauge, resource: &Resource, now: i64) -> Call {
    let call = Call::of(&resource.list, &[]).with("limit", COUNTED.to_string());
    Filter::read(gauge.filter, resource, now).server.into_iter().fold(call, |call, (field, value)| call.with(&field, value))
}

/// The call that asks what the customers of a company owe.
pub fn aging_call(company: String) -> Option<Call> {
    resource::row("GetAging").map(|row| Call::of(&row, &[]).with("company_id", company))
}

/// The call that asks how the pipeline stands, with what ended in the year of this day; of one company or of all.
pub fn pipeline_call(today: &str, company: Option<String>) -> Option<Call> {
    let year = today.get(..4).map(|year| format!("{year}-01-01")).unwrap_or_default();
    let call = resource::row("GetPipeline").map(|row| Call::of(&row, &[]).with("from", year))?;
    Some(match company {
        Some(id) => call.with("company_id", id),
        None => call,
    })
}

impl App {
    /// Asks for everything that the dashboard shows.
    pub(super) fn ask_dashboard(&mut self) {
        self.stale.clear();
        self.ask_counts(|_| true);
        self.ask_aging();
        self.ask_pipeline();
        self.ask_platform();
    }

    /// Asks how much waits in the queues.
    pub(super) fn ask_queues(&mut self) {
        self.ask_counts(|gauge| gauge.heed.queues());
    }

    /// Asks anew for the numbers that what happened may have changed, as far as they are shown where one is.
    pub(super) fn ask_changed(&mut self) {
        let changed = std::mem::take(&mut self.stale);
        let all = *self.place() == Place::Dash;
        self.ask_counts(|gauge| changed.contains(gauge.resource) && (all || gauge.heed.queues()));
        if all && (changed.contains("invoices") || changed.contains("payments")) {
            self.ask_aging();
        }
        if all && changed.contains("opportunities") {
            self.ask_pipeline();
        }
    }

    fn ask_counts(&mut self, wanted: impl Fn(&Gauge) -> bool) {
        self.counted = self.now;
        for (at, gauge) in self.gauges().iter().enumerate().filter(|(_, gauge)| wanted(gauge)) {
            let Some(resource) = resource::named(gauge.resource) else { continue };
            let call = gauge_call(gauge, resource, self.now);
            let call = self.of_company(call, resource);
            self.call(Tag::Count(at), call);
        }
    }

    /// How the whole service does, for who may know.
    pub(super) fn ask_platform(&mut self) {
        if self.scope.platform {
            self.checks.entry("platform").or_insert(Asked::Loading);
            self.call_row(Tag::Verify("platform"), "GetPlatformHealth", &[]);
        }
    }

    /// The company whose receivables are shown: the chosen one, else the first that is known.
    pub fn company(&self) -> Option<String> {
        self.scope.company.as_ref().map(|(id, _)| id.clone()).or_else(|| self.names.keys().find(|id| id.starts_with("com_")).cloned())
    }

    /// The company that a form means when nobody says another: the chosen one, else the only one.
    pub(super) fn only_company(&self) -> Option<String> {
        if let Some((id, _)) = &self.scope.company {
            return Some(id.clone());
        }
        let mut companies = self.names.keys().filter(|id| id.starts_with("com_"));
        companies.next().filter(|_| companies.next().is_none()).cloned()
    }

    /// Receivables belong to a company, and there is none to ask for.
    pub(super) fn no_company(&mut self, why: &str) {
        if self.company().is_none() {
            self.aging = Some(Asked::Failed(why.to_owned()));
            self.dirty = true;
        }
    }

    pub(super) fn ask_aging(&mut self) {
        if self.scope.platform {
            return;
        }
        match self.company() {
            Some(company) => {
                if !matches!(self.aging, Some(Asked::Have(..))) {
                    self.aging = Some(Asked::Loading);
                }
                if let Some(call) = aging_call(company) {
                    self.call(Tag::Aging, call);
                }
            }
            // Their names were refused, or there was none: perhaps there is one now.
            None if !self.pending(&Tag::Names("companies")) => self.ask_names("companies", None),
            None => {}
        }
    }

    fn ask_pipeline(&mut self) {
        let company = self.scope.company.as_ref().map(|(id, _)| id.clone());
        let Some(call) = pipeline_call(&self.today(), company).filter(|_| !self.scope.platform) else { return };
        self.pipeline.get_or_insert(Asked::Loading);
        self.call(Tag::Pipeline, call);
    }

    /// The numbers that count what this id belongs to are old now.
    pub(super) fn mark_stale(&mut self, id: &str) {
        self.stale.extend(resource::of_id(id).map(|resource| resource.name));
        if id.starts_with("brn_") {
            self.stale.insert("billing-run-items");
        }
    }

    pub(super) fn counted(&mut self, at: usize, reply: Result<Reply, Failure>) {
        let count = match reply {
            Ok(reply) => match self.gauges().get(at) {
                Some(gauge) => Ok(Counted::of(gauge, &reply.body)),
                None => return,
            },
            Err(Failure::Offline(_)) if self.counts.contains_key(&at) => return,
            Err(failure) => Err(if failure.denied() { NOT_PERMITTED.to_owned() } else { failure.text() }),
        };
        self.dirty |= self.counts.get(&at) != Some(&count);
        self.counts.insert(at, count);
    }
}
