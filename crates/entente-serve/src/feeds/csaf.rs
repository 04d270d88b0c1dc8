//! The folder of a provider of CSAF advisories: what the public may have of this party's own reports, as `decide` says at the moment
//! of the request. So an advisory appears at the hour at which it is released or its embargo ends, and not before.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use entente_desk::Moment;
use entente_exchange::csaf::How;
use entente_exchange::publishing::{Advisory, feed, for_public, provider};
use entente_exchange::{Table, Writing, csaf};
use entente_node::NodeError;
use jiff::Timestamp;
use ring::digest::{SHA256, SHA512, digest};

use super::{file, json, nothing};
use crate::host::{Host, aside};
use crate::persons::hex;

/// Seconds for which a look at all reports serves for strangers: they cannot keep the node busy, and an hour is met.
const LOOKED: i64 = 5;

/// What is published: as of which event and moment.
type Looked = (u64, Timestamp, Arc<Vec<Advisory>>);

/// The last look.
static LAST: Mutex<Option<(String, Looked)>> = Mutex::new(None);

/// Everything that is public; nothing where the settings do not say that it is served.
async fn published(host: Arc<Host>) -> Option<(Arc<Vec<Advisory>>, String)> {
    if !host.settings().advisories {
        return None;
    }
    let home = host.home().ok()?.to_string();
    let found = aside(move || look(&host)).await;
    Some((found.ok()?.ok()?, home))
}

fn look(host: &Host) -> Result<Arc<Vec<Advisory>>, NodeError> {
    let pinned = host.pinned()?;
    let (now, seq) = (Timestamp::now(), pinned.moment().seq());
    let folder = host.node().folder().display().to_string();
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, (known, at, found))) = last.as_ref()
        && *of == folder
        && *known == seq
        && now.duration_since(*at).as_secs() < LOOKED
    {
        return Ok(found.clone());
    }
    let moment = Moment::of(pinned.state(), pinned.rules(), pinned.library());
    let place = Writing {
        schemes: pinned.schemes(),
        state: pinned.state(),
    };
    let how = How {
        public: true,
        ..How::default()
    };
    let public = |id| {
        let going = for_public(&moment, id, now).ok()?;
        let document = csaf::write(&going, &place, how, &mut Table::default());
        Some(Advisory { document })
    };
    let mut found: Vec<Advisory> = pinned
        .state()
        .reports
        .walk(None)
        .filter_map(|(id, _)| public(id))
        .collect();
    pinned.moment().sound()?;
    found.sort_by(|one, other| (other.updated(), other.id()).cmp(&(one.updated(), one.id())));
    let found = Arc::new(found);
    *last = Some((folder, (seq, now, found.clone())));
    Ok(found)
}

/// The address under which the node is reached.
fn base(host: &Host, headers: &HeaderMap) -> String {
    if let Some(origin) = &host.settings().origin {
        return origin.trim_end_matches('/').to_owned();
    }
    let name = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let scheme = if host.settings().tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{}", name.unwrap_or("localhost"))
}

/// When anything was last changed; the beginning of time where there is nothing.
fn updated(all: &[Advisory]) -> String {
    let latest = all.first().map(|advisory| advisory.updated().to_owned());
    latest.unwrap_or_else(|| "1970-01-01T00:00:00.000Z".to_owned())
}

/// `GET /.well-known/csaf/provider-metadata.json`.
pub(super) async fn metadata(State(host): State<Arc<Host>>, headers: HeaderMap) -> Response {
    let base = base(&host, &headers);
    match published(host).await {
        Some((all, home)) => json(&provider(&home, &base, &updated(&all))),
        None => nothing(),
    }
}

/// `GET /csaf/white/FILE`: the feed, the index, the list of changes.
pub(super) async fn listing(State(host): State<Arc<Host>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let base = base(&host, &headers);
    let Some((all, _)) = published(host).await else {
        return nothing();
    };
    let lines = |line: fn(&Advisory) -> String| all.iter().map(line).collect::<String>();
    match name.as_str() {
        "feed.json" => json(&feed(&base, &all, &updated(&all))),
        "index.txt" => file("text/plain; charset=utf-8", lines(|one| format!("{}\n", one.path()))),
        "changes.csv" => {
            let text = lines(|one| format!("\"{}\",\"{}\"\n", one.path(), one.updated()));
            file("text/csv; charset=utf-8", text)
        }
        _ => nothing(),
    }
}

/// `GET /csaf/white/YEAR/FILE`: an advisory, or its digest.
pub(super) async fn advisory(State(host): State<Arc<Host>>, Path((year, name)): Path<(String, String)>) -> Response {
    let Some((all, _)) = published(host).await else {
        return nothing();
    };
    let (path, kind) = match name.strip_suffix(".sha256").map(|name| (name, &SHA256)) {
        Some((name, kind)) => (name, Some(kind)),
        None => match name.strip_suffix(".sha512") {
            Some(name) => (name, Some(&SHA512)),
            None => (name.as_str(), None),
        },
    };
    let wanted = format!("{year}/{path}");
    let Some(found) = all.iter().find(|advisory| advisory.path() == wanted) else {
        return nothing();
    };
    match kind {
        None => file("application/json", found.text()),
        Some(kind) => {
            let sum = hex(digest(kind, found.text().as_bytes()).as_ref());
            file("text/plain; charset=utf-8", format!("{sum}  {path}\n"))
        }
    }
}
