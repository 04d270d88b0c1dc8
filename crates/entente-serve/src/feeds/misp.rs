//! A MISP feed: the events of what a caller may have, as any MISP pulls them. The token stands as the password of Basic
//! authentication, or in a header `Authorization`, both of which a feed of MISP can be given.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entente_core::{PersonId, ReportId};
use entente_exchange::exporting::{Handing, Unconsented};
use entente_exchange::{Table, Writing, misp};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{json as answer, nothing};
use crate::host::{Host, aside};
use crate::pages::{Desk, Trouble};
use crate::persons::Scope;
use crate::taxii::{record, token};

/// Whoever pulls the feed.
pub(super) struct Puller {
    host: Arc<Host>,
    person: PersonId,
    token: String,
}

impl FromRequestParts<Arc<Host>> for Puller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, host: &Arc<Host>) -> Result<Self, Response> {
        let unknown = || {
            let asked = HeaderValue::from_static("Basic realm=\"MISP feed\", Bearer");
            (
                StatusCode::UNAUTHORIZED,
                [(header::WWW_AUTHENTICATE, asked)],
                "Show a token.\n",
            )
                .into_response()
        };
        let given = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let token = given.and_then(token).ok_or_else(unknown)?;
        let looked = (host.clone(), token.clone());
        let found = aside(move || looked.0.accounts.token(&looked.1, Timestamp::now())).await;
        match found {
            Ok(Ok(Some((person, Scope::Read | Scope::Act)))) => Ok(Self {
                host: host.clone(),
                person,
                token,
            }),
            _ => Err(unknown()),
        }
    }
}

impl Puller {
    async fn answer(self, work: impl FnOnce(&mut Desk) -> Result<Response, Trouble> + Send + 'static) -> Response {
        let done = aside(move || {
            let mut desk = Desk::of_program(self.host, self.person, &self.token)?;
            desk.must("read")?;
            work(&mut desk)
        });
        match done.await {
            Ok(Ok(answer)) => answer,
            Ok(Err(Trouble::NotEntitled(said))) => (StatusCode::FORBIDDEN, format!("{said}\n")).into_response(),
            Ok(Err(Trouble::Nothing)) => nothing(),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "This did not work.\n").into_response(),
        }
    }
}

/// The events of what a caller may have, each with its report.
fn events(desk: &Desk) -> Vec<((ReportId, u32), Value)> {
    let moment = desk.moment();
    let world = Unconsented::of(&moment);
    let alone = world.moment(&moment);
    let mut handing = Handing::new(&alone, desk.me(), None, desk.now);
    let place = Writing {
        schemes: desk.pinned.schemes(),
        state: alone.state(),
    };
    let mut all = Vec::new();
    for (id, _) in alone.state().reports.walk(None) {
        if let Ok(going) = handing.of((id, None), None) {
            let event = misp::write(&going, &place, &mut Table::default());
            all.push(((going.id, going.version), event));
        }
    }
    all
}

/// `GET /misp/manifest.json`: what there is, by title, as a list of reports shows it.
pub(super) async fn manifest(puller: Puller) -> Response {
    let work = |desk: &mut Desk| {
        let lines = events(desk).into_iter().filter_map(|(_, event)| {
            let event = event.get("Event")?;
            let kept = [
                "Orgc",
                "Tag",
                "info",
                "date",
                "analysis",
                "threat_level_id",
                "timestamp",
            ];
            let line: Map<String, Value> = kept
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), event.get(name)?.clone())))
                .collect();
            Some((event.get("uuid")?.as_str()?.to_owned(), Value::Object(line)))
        });
        Ok(answer(&Value::Object(lines.collect())))
    };
    puller.answer(work).await
}

/// `GET /misp/UUID.json`: an event. That it was read is on record.
pub(super) async fn event(puller: Puller, Path(name): Path<String>) -> Response {
    let work = move |desk: &mut Desk| {
        let uuid = name.strip_suffix(".json").ok_or(Trouble::Nothing)?;
        let mut all = events(desk).into_iter();
        let found = all.find(|(_, event)| event["Event"]["uuid"].as_str() == Some(uuid));
        let (report, event) = found.ok_or(Trouble::Nothing)?;
        record(desk, &[report])?;
        Ok(answer(&event))
    };
    puller.answer(work).await
}
