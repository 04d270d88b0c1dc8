//! A first start: a folder without a party serves one page, at a link that is printed once, on which the party is made; sample
//! data can be looked at before, and is thrown away. What comes next is the same link at the node that begins then: the first
//! administrator's account (`pages/join.rs`).

use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::Form;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use entente_core::PartyPath;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;

use super::frame::{Page, Place, whole};
use super::gate::from_here;
use super::sample::{Sample, Standing};
use super::speaking::accepted;
use super::style;
use super::tongue::Tongue;
use crate::edge::{alike, dress};
use crate::host::aside;
use crate::persons::code;
use crate::server::{Arrived, Ending, Peer, ServeError, all_gone, listening, told};
use crate::settings::Settings;
use crate::whence;

/// A name and a path: more is no form of this page.
const MAX_FORM: usize = 8 << 10;
/// Connections at once: one person sets a node up.
const AT_ONCE: usize = 16;

/// How the party is made: its path and its name in full. What is wrong is said to whoever set up.
pub type Make = Box<dyn Fn(PartyPath, String) -> Result<(), String> + Send + Sync>;

/// What a first start needs.
pub struct Founding {
    /// Makes the party.
    pub make: Make,
    /// The program that serves sample data, prints a line of JSON for each of its people, and clears away when it is told to end.
    pub sample: Box<dyn Fn() -> Command + Send + Sync>,
}

/// A party that was made on a page.
#[derive(Debug)]
pub struct Founded {
    /// What listens; whoever calls meanwhile waits.
    pub listener: std::net::TcpListener,
    /// The code of the link: it goes on to make the first administrator.
    pub code: String,
}

struct Shared {
    founding: Founding,
    settings: Settings,
    code: String,
    sample: Mutex<Option<Sample>>,
    /// One party is made, however often the button is pressed.
    done: Mutex<bool>,
    stop: watch::Sender<bool>,
}

/// Serves the page on which the party is made, until it is; `None` where the process was told to end before. `ready` gets the
/// address and the link.
///
/// # Errors
/// When it cannot listen.
pub fn found(
    settings: &Settings,
    founding: Founding,
    ready: impl FnOnce(SocketAddr, &str),
) -> Result<Option<Founded>, ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(settings, founding, ready))
}

async fn run(
    settings: &Settings,
    founding: Founding,
    ready: impl FnOnce(SocketAddr, &str),
) -> Result<Option<Founded>, ServeError> {
    let code = code(20).map_err(|error| std::io::Error::other(error.to_string()))?;
    let tls = crate::tls::of(settings)?.map(TlsAcceptor::from);
    let listener = listening(settings.listen).await?;
    let address = listener.local_addr()?;
    let (stop, mut stopping) = watch::channel(false);
    let shared = Arc::new(Shared {
        founding,
        settings: settings.clone(),
        code: code.clone(),
        sample: Mutex::default(),
        done: Mutex::default(),
        stop,
    });
    let router = routes(shared.clone());
    ready(address, &settings.link(address, &format!("/join/{code}")));
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut ending = Ending::new()?;
    let made = loop {
        tokio::select! {
            arrived = Arrived::next(&listener, &places) => {
                if let Some(arrived) = arrived {
                    arrived.attend(tls.clone(), &router, &shared.stop.subscribe());
                }
            }
            () = told(&mut stopping) => break true,
            () = ending.came() => break false,
        }
    };
    let _ = shared.stop.send(true);
    all_gone(&places, AT_ONCE).await;
    shared.throw_away();
    let listener = listener.into_std()?;
    Ok(made.then_some(Founded { listener, code }))
}

fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/join/{code}", get(page).post(make))
        .route("/join/{code}/sample", post(look))
        .layer(from_fn_with_state(shared.clone(), by_link))
        .route("/health", get(async || "alive\n"))
        .route("/static/{name}", get(style::file))
        .route("/favicon.ico", get(style::icon))
        .fallback(elsewhere)
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .layer(from_fn(dressed))
        .with_state(shared)
}

async fn dressed(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    dress(&mut answer);
    answer
}

/// Nothing else is here yet.
async fn elsewhere(headers: HeaderMap) -> Response {
    let t = accepted(&headers);
    let said = t.say("found-elsewhere").into_owned();
    (StatusCode::SERVICE_UNAVAILABLE, format!("{said}\n")).into_response()
}

/// Lets through whoever has the link, sits at this machine, and sends no form of another site.
async fn by_link(
    State(shared): State<Arc<Shared>>,
    Path(said): Path<Vec<(String, String)>>,
    request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let here = peer.is_some_and(|Peer(peer)| {
        whence::whence(peer.ip(), request.headers(), &shared.settings.trusted_proxies).is_loopback()
    });
    let fits = said
        .iter()
        .any(|(name, said)| name == "code" && alike(said.as_bytes(), shared.code.as_bytes()));
    let own = request.method() == axum::http::Method::GET || from_here(request.headers());
    match here && fits && own {
        true => next.run(request).await,
        false => elsewhere(request.headers().clone()).await,
    }
}

#[derive(Template)]
#[template(path = "found.html")]
struct Found<'f> {
    t: Tongue,
    code: &'f str,
    problem: Option<&'f str>,
    fields: &'f Fields,
    sample: &'f Standing,
}

#[derive(Debug, Default, Deserialize)]
struct Fields {
    #[serde(default)]
    party: String,
    #[serde(default)]
    name: String,
    #[serde(default, rename = "do")]
    act: String,
}

impl Shared {
    fn throw_away(&self) {
        *self.sample.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn standing(&self) -> Standing {
        let sample = self.sample.lock().unwrap_or_else(PoisonError::into_inner);
        sample.as_ref().map_or(Standing::None, Sample::standing)
    }

    fn shown(&self, t: Tongue, problem: Option<&str>, fields: &Fields) -> Response {
        let sample = self.standing();
        let body = Found {
            t,
            code: &self.code,
            problem,
            fields,
            sample: &sample,
        };
        let title = t.say(match problem {
            Some(_) => "found-failed-title",
            None => "found-title",
        });
        let page = |body| Page {
            title: title.into_owned(),
            tongue: t,
            place: Place::None,
            banner: None,
            body,
        };
        let status = match problem {
            Some(_) => StatusCode::CONFLICT,
            None => StatusCode::OK,
        };
        match body
            .render()
            .and_then(|body| whole(&page(body), "", None, (Timestamp::now(), t)))
        {
            Ok(text) if matches!(sample, Standing::Begins) => {
                (status, [(header::REFRESH, "3")], Html(text)).into_response()
            }
            Ok(text) => (status, Html(text)).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    /// To the node that begins now: by another connection, which waits for it.
    fn onwards(&self) -> Response {
        ([(header::CONNECTION, "close")], Redirect::to(&self.link())).into_response()
    }

    fn link(&self) -> String {
        format!("/join/{}", self.code)
    }
}

async fn page(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if *shared.stop.borrow() {
        return shared.onwards();
    }
    shared.shown(accepted(&headers), None, &Fields::default())
}

/// Makes the party, by what `entente init` does.
async fn make(State(shared): State<Arc<Shared>>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    let t = accepted(&headers);
    let Ok(party) = PartyPath::new(fields.party.trim()) else {
        return shared.shown(t, Some(&t.say("found-path")), &fields);
    };
    let (making, name) = (shared.clone(), fields.name.trim().to_owned());
    let made = aside(move || {
        let mut done = making.done.lock().unwrap_or_else(PoisonError::into_inner);
        if !*done {
            (making.founding.make)(party, name)?;
            *done = true;
        }
        Ok::<(), String>(())
    });
    match made.await {
        Ok(Ok(())) => {
            let _ = shared.stop.send(true);
            shared.onwards()
        }
        Ok(Err(problem)) => shared.shown(t, Some(&problem), &fields),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Begins the sample, or throws it away.
async fn look(State(shared): State<Arc<Shared>>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    let doing = shared.clone();
    let done = aside(move || {
        match fields.act.as_str() {
            "begin" => {
                let mut sample = doing.sample.lock().unwrap_or_else(PoisonError::into_inner);
                if sample.is_none() {
                    *sample = Some(Sample::begin((doing.founding.sample)())?);
                }
            }
            _ => doing.throw_away(),
        }
        Ok::<(), std::io::Error>(())
    });
    match done.await {
        Ok(Ok(())) => Redirect::to(&shared.link()).into_response(),
        Ok(Err(error)) => shared.shown(accepted(&headers), Some(&error.to_string()), &Fields::default()),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
