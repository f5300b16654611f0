//! What the dashboard, the health screen and the exceptions tell, as a command that ends.

use super::{Stop, csv_file, json, learn, say};
use crate::call::Call;
use crate::cli::{Cli, Output};
use crate::columns::plain;
use crate::export;
use crate::model::{App, Asked, Counted, Gauge, Heed, NOT_PERMITTED, Queued};
use crate::perform::perform;
use crate::resource;
use crate::sheet::{self, Panel};
use crate::update::{CHECKS, aging_call, gauge_call, named, pipeline_call};
use crate::verdict::broken;
use causeway_openapi::client::Client;
use serde_json::{Value, json as object};
use std::io::Write;

/// Columns of a panel.
const COLUMNS: usize = 110;

/// What the dashboard shows: the numbers, how the pipeline stands, what customers owe; on the platform how the service does.
pub(super) async fn dashboard(cli: &Cli, app: &mut App, client: &Client, out: &mut dyn Write) -> Result<(), Stop> {
    for (at, gauge) in app.gauges().iter().enumerate() {
        let counted = counted(app, client, gauge, false).await?.ok_or_else(|| NOT_PERMITTED.to_owned());
        app.counts.insert(at, counted);
    }
    if app.scope.platform {
        platform(app, client).await?;
    } else if cli.output != Some(Output::Csv) {
        reports(app, client).await?;
    }
    match cli.output.unwrap_or(Output::Table) {
        Output::Table => panels(out, sheet::dashboard(app, COLUMNS)),
        Output::Json => {
            let gauges = app.gauges().iter().zip(0..).map(|(gauge, at)| count_of(gauge, app.counts.get(&at))).collect::<Vec<_>>();
            let report = |asked: Option<&Asked>| match asked {
                Some(Asked::Have(report, _)) => report.clone(),
                Some(Asked::Failed(why)) => object!({ "failed": why }),
                _ => Value::Null,
            };
            if app.scope.platform {
                return json(out, &object!({ "counts": gauges, "service": report(app.checks.get("platform")) }));
            }
            json(out, &object!({ "counts": gauges, "pipeline": report(app.pipeline.as_ref()), "aging": report(app.aging.as_ref()) }))
        }
        Output::Csv => csv_file(out, |sheet| {
            sheet.write_record(["number", "count", "more"])?;
            app.gauges().iter().zip(0..).try_for_each(|(gauge, at)| match app.counts.get(&at) {
                Some(Ok(counted)) => sheet.write_record([gauge.label, &counted.count.to_string(), if counted.more { "yes" } else { "no" }]),
                _ => sheet.write_record([gauge.label, "", ""]),
            })
        }),
    }
}

/// A number of the dashboard: how many there are, whether there are more, or why it is not known.
fn count_of(gauge: &Gauge, counted: Option<&Result<Counted, String>>) -> Value {
    let about = object!({ "number": gauge.label, "list": gauge.resource, "filter": gauge.filter });
    let said = match counted {
        Some(Ok(counted)) => object!({ "count": counted.count, "more": counted.more }),
        Some(Err(why)) => object!({ "count": null, "why": why }),
        None => Value::Null,
    };
    [about, said]
        .into_iter()
        .filter_map(|part| if let Value::Object(fields) = part { Some(fields) } else { None })
        .flatten()
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Asks how the pipeline stands and what customers owe, of the first company as on the screen.
async fn reports(app: &mut App, client: &Client) -> Result<(), Stop> {
    if let Some(row) = resource::row("GetClock")
        && let Ok(reply) = perform(client, true, &Call::of(&row, &[])).await
    {
        app.day = reply.body.get("now").and_then(Value::as_str).and_then(|now| now.get(..10)).map(str::to_owned);
    }
    if let Some(companies) = resource::named("companies")
        && let Ok(reply) = perform(client, true, &Call::of(&companies.list, &[]).with("limit", "200")).await
    {
        app.names.extend(reply.body.get("data").and_then(Value::as_array).into_iter().flatten().filter_map(named));
    }
    app.pipeline = asked(app, client, pipeline_call(&app.today(), None)).await?;
    app.aging = match app.company() {
        Some(company) => asked(app, client, aging_call(company)).await?,
        None => Some(Asked::Failed("There is no company yet.".to_owned())),
    };
    Ok(())
}

/// What a call answers, or why it was refused.
async fn asked(app: &App, client: &Client, call: Option<Call>) -> Result<Option<Asked>, Stop> {
    let Some(call) = call else { return Ok(None) };
    match perform(client, true, &call).await {
        Ok(reply) => Ok(Some(Asked::Have(reply.body, app.now))),
        Err(failure @ crate::model::Failure::Offline(_)) => Err(failure.into()),
        Err(failure) => Ok(Some(Asked::Failed(failure.text()))),
    }
}

/// Asks how the whole service does.
async fn platform(app: &mut App, client: &Client) -> Result<(), Stop> {
    let call = resource::row("GetPlatformHealth").map(|row| Call::of(&row, &[]));
    if let Some(found) = asked(app, client, call).await? {
        app.checks.insert("platform", found);
    }
    Ok(())
}

fn panels(out: &mut dyn Write, panels: Vec<Panel>) -> Result<(), Stop> {
    for panel in panels {
        say(out, &panel.title)?;
        for line in panel.lines {
            say(out, &format!("  {}", line.text()))?;
        }
    }
    Ok(())
}

/// Whether the service is there, and whether the books of the tenant hold.
pub(super) async fn health(cli: &Cli, app: &mut App, client: &Client, out: &mut dyn Write) -> Result<(), Stop> {
    if cli.output == Some(Output::Csv) {
        return Err(Stop::Usage("health is told as json or as a table.".to_owned()));
    }
    let mut found = serde_json::Map::new();
    found.insert("service".to_owned(), perform(client, true, &Call::get("/readyz")).await?.body);
    if app.scope.platform {
        platform(app, client).await?;
        match app.checks.get("platform") {
            Some(Asked::Have(said, _)) => found.insert("platform".to_owned(), said.clone()),
            Some(Asked::Failed(why)) => found.insert("platform".to_owned(), Value::from(why.as_str())),
            _ => None,
        };
    }
    let mut outcome = Ok(());
    for (name, id) in CHECKS.iter().filter(|_| !app.scope.platform) {
        let Some(row) = resource::row(id) else { continue };
        let said = match perform(client, true, &Call::of(&row, &[])).await {
            Ok(reply) => {
                if broken(&reply.body).is_some() {
                    outcome = Err(Stop::Broken);
                }
                reply.body
            }
            // Who may not check them is told so.
            Err(failure) if failure.denied() => Value::from(failure.text()),
            Err(failure) => return Err(failure.into()),
        };
        found.insert((*name).to_owned(), said);
    }
    if cli.output == Some(Output::Json) {
        json(out, &found.into())?;
    } else {
        for (name, said) in &found {
            if name == "platform" && said.is_object() {
                panels(out, vec![sheet::service(app, COLUMNS)])?;
                continue;
            }
            say(out, name)?;
            if said.is_object() {
                for line in sheet::describe(app, said, 110) {
                    say(out, &format!("  {}", line.text()))?;
                }
            } else {
                say(out, &format!("  {}", plain(said)))?;
            }
        }
    }
    outcome
}

/// What waits in the queues, with why; then what the books say. A queue that cannot be read says so and keeps none of the others from being told.
pub(super) async fn exceptions(cli: &Cli, app: &mut App, client: &Client, out: &mut dyn Write) -> Result<(), Stop> {
    if app.scope.platform {
        return Err(Stop::Usage("The queues belong to tenants: use a tenant's credential.".to_owned()));
    }
    if !cli.filter.is_empty() || cli.sort.is_some() {
        let text = "exceptions tells several queues at once: it takes no --filter or --sort. A list does: `orders list --filter stalled:true`.";
        return Err(Stop::Usage(text.to_owned()));
    }
    // The customers of what waits are told by name.
    if let Some(orders) = resource::named("orders") {
        learn(app, client, orders).await?;
    }
    let whole = cli.output.is_some_and(|output| output != Output::Table);
    let (mut failed, mut breaks) = (None, false);
    for (at, gauge) in app.gauges().iter().enumerate().filter(|(_, gauge)| gauge.heed == Heed::Exception) {
        let counted = match counted(app, client, gauge, whole).await {
            Ok(counted) => counted.ok_or_else(|| NOT_PERMITTED.to_owned()),
            Err(stop) => {
                let text = stop.text();
                failed = failed.or(Some(stop));
                Err(text)
            }
        };
        app.counts.insert(at, counted);
    }
    for (name, id) in CHECKS {
        let Some(row) = resource::row(id) else { continue };
        let found = match perform(client, true, &Call::of(&row, &[])).await {
            Ok(reply) => {
                breaks |= broken(&reply.body).is_some();
                Asked::Have(reply.body, app.now)
            }
            Err(failure) => {
                let text = failure.text();
                failed = failed.or_else(|| (!failure.denied()).then(|| failure.into()));
                Asked::Failed(text)
            }
        };
        app.checks.insert(name, found);
    }
    match cli.output.unwrap_or(Output::Table) {
        Output::Table => panels(out, sheet::queues(app, COLUMNS)),
        Output::Json => json(out, &waiting(app)),
        Output::Csv => csv_file(out, |sheet| {
            sheet.write_record(["queue", "id", "name", "party_id", "party_name", "why", "amount", "since"])?;
            for (gauge, row) in queued(app) {
                let party = app.names.get(&row.party).map(String::as_str).unwrap_or_default();
                let cells = [gauge.label, &row.id, &row.name, &row.party, party, &row.why, &row.amount, &row.since];
                sheet.write_record(cells.map(|cell| export::safe(&Value::from(cell))))?;
            }
            Ok(())
        }),
    }?;
    // Books that do not hold weigh more than a queue that could not be read.
    if breaks { Err(Stop::Broken) } else { failed.map_or(Ok(()), Err) }
}

/// The rows of the queues, each with its queue.
fn queued(app: &App) -> impl Iterator<Item = (&'static Gauge, &Queued)> {
    let queues = app.gauges().iter().zip(0_usize..).filter_map(|(gauge, at)| Some((gauge, app.counts.get(&at)?.as_ref().ok()?)));
    queues.filter(|(gauge, _)| gauge.heed == Heed::Exception).flat_map(|(gauge, counted)| counted.first.iter().map(move |row| (gauge, row)))
}

/// The queues with their rows, and what the checks found.
fn waiting(app: &App) -> Value {
    let queues = app.gauges().iter().zip(0_usize..).filter(|(gauge, _)| gauge.heed == Heed::Exception);
    let queues = queues.map(|(gauge, at)| {
        let mut told = count_of(gauge, app.counts.get(&at));
        let rows = queued(app).filter(|(of, _)| of.label == gauge.label).map(|(_, row)| {
            let party = app.names.get(&row.party);
            object!({ "id": row.id, "name": row.name, "party_id": row.party, "party_name": party, "why": row.why, "amount": row.amount, "since": row.since })
        });
        if let Value::Object(fields) = &mut told {
            fields.insert("rows".to_owned(), rows.collect());
        }
        told
    });
    let checks = CHECKS.iter().map(|(name, _)| {
        let found = match app.checks.get(name) {
            Some(Asked::Have(found, _)) => found.clone(),
            Some(Asked::Failed(why)) => Value::from(why.as_str()),
            _ => Value::Null,
        };
        ((*name).to_owned(), found)
    });
    object!({ "queues": queues.collect::<Vec<_>>(), "checks": checks.collect::<serde_json::Map<_, _>>() })
}

/// What a gauge counts, with as many rows as are shown or with `whole` all that were counted; nothing when it is not for who asks.
async fn counted(app: &App, client: &Client, gauge: &Gauge, whole: bool) -> Result<Option<Counted>, Stop> {
    let Some(resource) = resource::named(gauge.resource) else { return Ok(None) };
    match perform(client, true, &gauge_call(gauge, resource, app.now)).await {
        Ok(reply) if whole => Ok(Some(Counted::whole(gauge, &reply.body))),
        Ok(reply) => Ok(Some(Counted::of(gauge, &reply.body))),
        Err(failure) if failure.denied() => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}
