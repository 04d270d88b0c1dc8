//! Feeds of others that this party follows: collections of TAXII 2.1 servers, and MISP feeds. What is new in them is taken in as
//! `entente import` does, by hand or by the running node.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use entente_core::{ArrangementId, Command, PartyPath};
use entente_exchange::importing::{Came, REFUSED, became, step};
use entente_exchange::taxii::MEDIA;
use entente_exchange::{Known, Options, Place, Table, read};
use entente_node::{NodeError, Pinned};
use http_body_util::Full;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

use crate::fetch::{Answer, Reach, Unreached, send};
use crate::host::{Host, aside};
use crate::server::told;

/// Where the list stands in the data folder.
const FILE: &str = "feeds.json";
/// The largest answer that is read.
const MAX_ANSWER: usize = 64 << 20;
/// The most requests of one look at a feed: the next look goes on where this one ended.
const MOST: usize = 1000;
/// How often it is looked whether a feed is due.
const LOOK: Duration = Duration::from_secs(1);

/// What speaks at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A collection of a TAXII 2.1 server.
    Taxii,
    /// A MISP feed.
    Misp,
}

/// A feed that is followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// What it is called here.
    pub name: String,
    /// Where it is: the collection, or the folder of the feed.
    pub url: String,
    /// What it is.
    pub kind: Kind,
    /// The arrangement under which it comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrangement: Option<ArrangementId>,
    /// Who publishes it, where what comes is not to be believed about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PartyPath>,
    /// The mark of what bears none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_mark: Option<String>,
    /// The name for Basic authentication; without it the secret is a bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The file with the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<PathBuf>,
    /// The certificate that is trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// How often the running node looks, in seconds.
    pub every_seconds: u64,
    /// After which moment to go on (TAXII).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The events that were taken in, with what they said of their version (MISP).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seen: BTreeMap<String, String>,
    /// When it was last looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked: Option<Timestamp>,
    /// Why the last look failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Why a feed was not followed.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The list of feeds, or a secret, cannot be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// There is no such feed, or there is one already.
    #[error("{0}")]
    Name(String),
    /// The server did not answer.
    #[error("{0}: {1}")]
    Unreached(String, Unreached),
    /// It answered something that is not read.
    #[error("{0}: {1}")]
    Unread(String, String),
    /// The node failed.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The machine gives no threads for it.
    #[error("it cannot be asked: {0}")]
    Runtime(std::io::Error),
}

/// What became of a look at a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Polled {
    /// Its name.
    pub name: String,
    /// How many documents came.
    pub documents: usize,
    /// How many reports were added.
    pub added: usize,
    /// How many were here already, or older than what is here.
    pub unchanged: usize,
    /// Why others were not taken in.
    pub refused: Vec<String>,
}

/// The list, one at a time.
static LIST: Mutex<()> = Mutex::new(());

/// The feeds that are followed.
///
/// # Errors
/// When the list cannot be read.
pub fn subscriptions(data: &Path) -> Result<Vec<Subscription>, FeedError> {
    let path = data.join(FILE);
    let failed = |error| FeedError::File {
        path: path.clone(),
        error,
    };
    match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        read => serde_json::from_slice(&read.map_err(failed)?).map_err(|error| failed(error.into())),
    }
}

/// Changes the list.
///
/// # Errors
/// When it cannot be read or written, or `change` says why not.
pub fn change<T>(
    data: &Path,
    change: impl FnOnce(&mut Vec<Subscription>) -> Result<T, FeedError>,
) -> Result<T, FeedError> {
    let _one = LIST.lock().unwrap_or_else(PoisonError::into_inner);
    let mut all = subscriptions(data)?;
    let changed = change(&mut all)?;
    let path = data.join(FILE);
    let text = serde_json::to_vec_pretty(&all).unwrap_or_default();
    match entente_files::replace(&path, &text) {
        Ok(()) => Ok(changed),
        Err(error) => Err(FeedError::File { path, error }),
    }
}

/// Looks at a feed once, and takes in what is new.
///
/// # Errors
/// When there is no such feed, it cannot be reached or read, or the node fails.
pub fn poll(data: &Path, node: &mut Pinned, name: &str) -> Result<Polled, FeedError> {
    let mut feed = named(data, name)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(FeedError::Runtime)?;
    let documents = runtime.block_on(fetched(&mut feed));
    let polled = documents.and_then(|documents| taken(node, &feed, &documents));
    feed.looked = Some(Timestamp::now());
    feed.problem = polled.as_ref().err().map(ToString::to_string);
    change(data, |all| {
        // A look that failed goes on where it began.
        for known in all.iter_mut().filter(|known| known.name == name) {
            *known = match polled {
                Ok(_) => feed.clone(),
                Err(_) => Subscription {
                    looked: feed.looked,
                    problem: feed.problem.clone(),
                    ..known.clone()
                },
            };
        }
        Ok(())
    })?;
    polled
}

fn named(data: &Path, name: &str) -> Result<Subscription, FeedError> {
    let found = subscriptions(data)?.into_iter().find(|feed| feed.name == name);
    found.ok_or_else(|| {
        FeedError::Name(format!(
            "there is no feed {name}; `entente feed list` shows those that are followed"
        ))
    })
}

/// Adds objects to a collection; gives the status that the server answers.
///
/// # Errors
/// When there is no such feed, it is none of TAXII, or it does not take them.
pub fn push(data: &Path, name: &str, bundle: &Value) -> Result<Value, FeedError> {
    let feed = named(data, name)?;
    if feed.kind != Kind::Taxii {
        return Err(FeedError::Name(format!(
            "{name} is a MISP feed: a MISP pulls from here by itself"
        )));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(FeedError::Runtime)?;
    let body = serde_json::json!({ "objects": bundle["objects"] }).to_string();
    let (status, _, answer) = runtime.block_on(feed.ask(Method::POST, &feed.objects(), body.into_bytes()))?;
    if status != StatusCode::ACCEPTED {
        return Err(FeedError::Unreached(feed.name, Unreached::Status(status)));
    }
    serde_json::from_slice(&answer).map_err(|error| FeedError::Unread(feed.name, error.to_string()))
}

impl Subscription {
    /// Where the objects of the collection are.
    fn objects(&self) -> String {
        let url = self.url.trim_end_matches('/');
        match url.ends_with("/objects") {
            true => format!("{url}/"),
            false => format!("{url}/objects/"),
        }
    }

    /// A file of the feed.
    fn file(&self, name: &str) -> String {
        let url = self.url.trim_end_matches("manifest.json").trim_end_matches('/');
        format!("{url}/{name}")
    }

    async fn ask(&self, method: Method, url: &str, body: Vec<u8>) -> Result<Answer, FeedError> {
        let unreached = |error| FeedError::Unreached(self.name.clone(), error);
        let address: Uri = url.parse().map_err(|_| unreached(Unreached::Address))?;
        let path = address.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let media = match self.kind {
            Kind::Taxii => MEDIA,
            Kind::Misp => "application/json",
        };
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, media);
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, media);
        }
        if let Some(path) = &self.secret {
            let secret = std::fs::read_to_string(path).map_err(|error| FeedError::File {
                path: path.clone(),
                error,
            })?;
            let secret = secret.trim();
            let shown = match &self.user {
                Some(user) => format!("Basic {}", STANDARD.encode(format!("{user}:{secret}"))),
                None => format!("Bearer {secret}"),
            };
            request = request.header(header::AUTHORIZATION, shown);
        }
        let request = request.body(Full::new(Bytes::from(body)));
        let request = request.map_err(|_| unreached(Unreached::Address))?;
        let answered = send(
            (&address, Reach::Named),
            self.certificate.as_deref(),
            request,
            MAX_ANSWER,
        )
        .await;
        answered.map_err(unreached)
    }

    async fn get(&self, url: &str) -> Result<(HeaderMap, Bytes), FeedError> {
        match self.ask(Method::GET, url, Vec::new()).await? {
            (StatusCode::OK, headers, body) => Ok((headers, body)),
            (status, ..) => Err(FeedError::Unreached(self.name.clone(), Unreached::Status(status))),
        }
    }

    fn json(&self, body: &[u8]) -> Result<Value, FeedError> {
        entente_exchange::json::read(body).map_err(|error| FeedError::Unread(self.name.clone(), error.to_string()))
    }
}

/// What is new in a feed, and where it goes on then.
async fn fetched(feed: &mut Subscription) -> Result<Vec<Bytes>, FeedError> {
    match feed.kind {
        Kind::Taxii => objects(feed).await,
        Kind::Misp => events(feed).await,
    }
}

async fn objects(feed: &mut Subscription) -> Result<Vec<Bytes>, FeedError> {
    let escaped = |text: &str| -> String {
        let plain = |byte: u8| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        text.bytes().map(plain).collect()
    };
    let after = feed
        .after
        .as_deref()
        .map(|after| format!("added_after={}", escaped(after)));
    let (mut pages, mut next, mut last) = (Vec::new(), None::<String>, None);
    for _ in 0..MOST {
        let next_of = next.as_deref().map(|next| format!("next={}", escaped(next)));
        let query: Vec<String> = after.clone().into_iter().chain(next_of).collect();
        let (headers, body) = feed.get(&format!("{}?{}", feed.objects(), query.join("&"))).await?;
        let page = feed.json(&body)?;
        let moment = headers
            .get("x-taxii-date-added-last")
            .and_then(|value| value.to_str().ok());
        last = moment.map(str::to_owned).or(last);
        let more = page["more"] == Value::Bool(true);
        let following = page["next"].as_str().map(str::to_owned);
        if page["objects"].as_array().is_some_and(|objects| !objects.is_empty()) {
            pages.push(body);
        }
        // Whoever says that more follows and not where, or where it was already, would be asked for ever.
        if !more || following.is_none() || following == next {
            break;
        }
        next = following;
    }
    feed.after = last.or(feed.after.take());
    Ok(pages)
}

async fn events(feed: &mut Subscription) -> Result<Vec<Bytes>, FeedError> {
    let (_, body) = feed.get(&feed.file("manifest.json")).await?;
    let manifest = feed.json(&body)?;
    let Some(lines) = manifest.as_object() else {
        return Err(FeedError::Unread(
            feed.name.clone(),
            "the manifest is no list of events".to_owned(),
        ));
    };
    let mut all = Vec::new();
    let version = |line: &Value| line["timestamp"].to_string();
    let is_name = |uuid: &str| uuid.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let fresh = lines
        .iter()
        .filter(|(uuid, line)| is_name(uuid) && feed.seen.get(*uuid) != Some(&version(line)));
    let fresh: Vec<(String, String)> = fresh
        .map(|(uuid, line)| (uuid.clone(), version(line)))
        .take(MOST)
        .collect();
    for (uuid, version) in fresh {
        let (_, body) = feed.get(&feed.file(&format!("{uuid}.json"))).await?;
        all.push(body);
        feed.seen.insert(uuid, version);
    }
    feed.seen.retain(|uuid, _| lines.contains_key(uuid));
    Ok(all)
}

/// Takes documents in.
fn taken(node: &mut Pinned, feed: &Subscription, documents: &[Bytes]) -> Result<Polled, FeedError> {
    let options = Options {
        arrangements: feed.arrangement.iter().cloned().collect(),
        from: feed.from.clone(),
        default_mark: feed.default_mark.clone(),
        ..Options::default()
    };
    let mut polled = Polled {
        name: feed.name.clone(),
        documents: documents.len(),
        ..Polled::default()
    };
    let known = Known::of(node.state());
    let home = node.home()?.clone();
    for document in documents {
        let mut table = Table::default();
        let found = match read(&feed.name, document, &mut table) {
            Ok(found) => found,
            Err(error) => {
                polled.refused.push(error.to_string());
                continue;
            }
        };
        for incoming in &found {
            let made = {
                let place = Place {
                    schemes: node.schemes(),
                    state: node.state(),
                    home: &home,
                    now: Timestamp::now(),
                    known: &known,
                };
                step(incoming, &place, &options, &mut table)
            };
            let (one, _) = became(incoming, made, |command| given(node, command))?;
            match one.state.as_str() {
                "added" | "withdrawn" => polled.added += 1,
                REFUSED => polled
                    .refused
                    .push(format!("{}: {}", one.id, one.why.unwrap_or_default())),
                _ => polled.unchanged += 1,
            }
        }
    }
    Ok(polled)
}

fn given(node: &mut Pinned, command: Command) -> Result<Came, NodeError> {
    match node.submit(command) {
        Ok(_) => Ok(Came::In),
        Err(NodeError::Refused(refusal)) => Ok(refusal.into()),
        Err(error) => Err(error),
    }
}

/// Looks at feeds when they are due, until it is told to stop.
pub(crate) async fn subscriber(host: Arc<Host>, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = told(&mut stopping) => return,
        }
        let host = host.clone();
        // What fails is written down with the feed, and tried again when it is next due.
        let _ = aside(move || look(&host)).await;
    }
}

fn look(host: &Host) {
    let data = host.node().folder();
    let Ok(all) = subscriptions(data) else { return };
    let now = Timestamp::now();
    let due = |feed: &&Subscription| {
        let since = feed.looked.map(|at| now.duration_since(at).as_secs());
        since.is_none_or(|since| since >= i64::try_from(feed.every_seconds).unwrap_or(i64::MAX))
    };
    for feed in all.iter().filter(due) {
        let Ok(mut node) = host.pinned() else { return };
        match poll(data, &mut node, &feed.name) {
            Ok(polled) if polled.added > 0 => {
                host.journal.info(
                    "a feed has something new",
                    &[("feed", &feed.name), ("reports", &polled.added)],
                );
            }
            Ok(_) => {}
            Err(error) => host
                .journal
                .warn("a feed was not read", &[("feed", &feed.name), ("problem", &error)]),
        }
    }
}
