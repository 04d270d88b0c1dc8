//! One process, one port: listens, answers, rereads its settings, ends cleanly.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;

use crate::host::{Host, aside};
use crate::settings::{Settings, SettingsError};
use crate::{edge, notices, partner, subscribing, tls};

/// Connections at once: enough for a service's staff and partners, few enough for the memory of a small machine.
const CONNECTIONS: usize = 1024;
/// How long somebody may take to send the head of a request, or to agree on TLS.
const HEAD: Duration = Duration::from_secs(10);
/// How long answers under way may take when the node stops.
const LAST_WORDS: Duration = Duration::from_secs(10);
/// Threads that wait for disks.
const ASIDE: usize = 64;

/// Who is connected; once a request is in, where it comes from (`whence`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Why a node does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
    /// The node failed.
    #[error(transparent)]
    Node(#[from] entente_node::NodeError),
    /// The address cannot be listened on.
    #[error("{address}: {error}; name another with `--listen`, or end what listens there")]
    Listen {
        /// Which one.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// The machine gave no threads or signals.
    #[error("{0}")]
    Machine(#[from] std::io::Error),
}

/// How settings are read again.
pub type Reread = Box<dyn Fn() -> Result<Settings, SettingsError> + Send + Sync>;

/// What tells a process to end.
pub(crate) struct Ending {
    terminate: Signal,
    interrupt: Signal,
}

impl Ending {
    /// Listens to it from now on.
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits until the process is told to end.
    pub(crate) async fn came(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// What listens at an address.
pub(crate) async fn listening(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| ServeError::Listen { address, error })
}

/// Somebody who connected, and has a place.
pub(crate) struct Arrived {
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
}

impl Arrived {
    /// Waits for a place, and for somebody who takes it; `None` where the connection failed.
    pub(crate) async fn next(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<Self> {
        let place = places.clone().acquire_owned().await.ok()?;
        let (stream, peer) = listener.accept().await.ok()?;
        Some(Self { stream, peer, place })
    }

    /// Talks with them beside everybody else, until they go or the process stops.
    pub(crate) fn attend(self, tls: Option<TlsAcceptor>, router: &Router, stopping: &watch::Receiver<bool>) {
        let (router, stopping) = (router.clone(), stopping.clone());
        tokio::spawn(async move {
            connection(self.stream, self.peer, tls, router, stopping).await;
            drop(self.place);
        });
    }
}

/// Waits until all of so many places are free again, for as long as last words may take.
pub(crate) async fn all_gone(places: &Semaphore, all: usize) {
    let all = u32::try_from(all).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout(LAST_WORDS, places.acquire_many(all)).await;
}

/// Serves until it is told to stop: at what listens already, where something does. `ready` gets the address once requests are
/// answered.
///
/// # Errors
/// When it cannot begin. What happens to single requests is in the journal.
pub fn serve(
    host: Arc<Host>,
    reread: Reread,
    listener: Option<std::net::TcpListener>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(ASIDE)
        .build()?;
    let served = runtime.block_on(run(host, reread, listener, ready));
    runtime.shutdown_timeout(LAST_WORDS);
    served
}

async fn run(
    host: Arc<Host>,
    reread: Reread,
    listener: Option<std::net::TcpListener>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let settings = host.settings();
    settings.check()?;
    let acceptor = tls::of(&settings)?;
    let acceptor = Arc::new(RwLock::new(acceptor.map(TlsAcceptor::from)));
    let listener = match listener {
        Some(listener) => TcpListener::from_std(listener)?,
        None => listening(settings.listen).await?,
    };
    let address = listener.local_addr()?;
    if let Some(traces) = &settings.traces {
        host.traces.start(traces, host.journal)?;
    }
    let mut hangup = signal(SignalKind::hangup())?;
    let mut ending = Ending::new()?;
    let (stop, stopping) = watch::channel(false);
    let workers = [
        tokio::spawn(publisher(host.clone(), stopping.clone())),
        tokio::spawn(stocktaker(host.clone(), stopping.clone())),
        tokio::spawn(partner::courier(host.clone(), stopping.clone())),
        tokio::spawn(partner::mailing(host.clone(), stopping.clone())),
        tokio::spawn(partner::witnesses(host.clone(), stopping.clone())),
        tokio::spawn(subscribing::subscriber(host.clone(), stopping.clone())),
        tokio::spawn(notices::teller(host.clone(), stopping.clone())),
    ];
    let router = edge::router(host.clone());
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    host.journal.info("serving", &[("address", &address)]);
    ready(address);
    loop {
        tokio::select! {
            arrived = Arrived::next(&listener, &places) => {
                if let Some(arrived) = arrived {
                    let tls = acceptor.read().unwrap_or_else(PoisonError::into_inner).clone();
                    arrived.attend(tls, &router, &stopping);
                }
            }
            _ = hangup.recv() => again(&host, &reread, &acceptor, address),
            () = ending.came() => break,
        }
    }
    drop(listener);
    host.journal.info("stopping", &[]);
    host.ending.store(true, Ordering::Relaxed);
    let _ = stop.send(true);
    all_gone(&places, CONNECTIONS).await;
    for worker in workers {
        let _ = tokio::time::timeout(LAST_WORDS, worker).await;
    }
    publish(&host).await;
    let traced = host.clone();
    let _ = tokio::time::timeout(LAST_WORDS, aside(move || traced.traces.stop())).await;
    host.journal.info("stopped", &[]);
    Ok(())
}

/// Rereads the settings; where they cannot be used, the old ones stay in force.
fn again(host: &Host, reread: &Reread, acceptor: &RwLock<Option<TlsAcceptor>>, address: SocketAddr) {
    let read = reread().and_then(|settings| settings.check().map(|()| settings));
    let tls = read.map_err(|error| error.to_string()).and_then(|settings| {
        let tls = tls::of(&settings);
        tls.map(|tls| (settings, tls)).map_err(|error| error.to_string())
    });
    match tls {
        Err(problem) => host
            .journal
            .warn("settings were not reread; the old ones hold", &[("problem", &problem)]),
        Ok((settings, tls)) => {
            if settings.listen != host.settings().listen {
                host.journal.warn(
                    "another address to listen on needs a restart",
                    &[("listening", &address)],
                );
            }
            if settings.traces != host.settings().traces {
                host.journal.warn("other traces need a restart", &[]);
            }
            *acceptor.write().unwrap_or_else(PoisonError::into_inner) = tls.map(TlsAcceptor::from);
            host.set(settings);
            host.journal.info("settings were reread", &[]);
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    router: Router,
    stopping: watch::Receiver<bool>,
) {
    // Answers are small and waited for.
    let _ = stream.set_nodelay(true);
    match tls {
        None => talk(stream, peer, router, stopping).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(HEAD, tls.accept(stream)).await {
                talk(stream, peer, router, stopping).await;
            }
        }
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    peer: SocketAddr,
    router: Router,
    mut stopping: watch::Receiver<bool>,
) {
    let answers = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        answers.call(request.map(Body::new))
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(64 << 10)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // Whoever breaks off has his reasons; there is nobody to tell.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = told(&mut stopping) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

/// Waits until the node is told to stop.
pub(crate) async fn told(stopping: &mut watch::Receiver<bool>) {
    // Whoever could say so has gone: then it has stopped.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// Signs the ledger at fixed intervals, so that its growth does not tell when something happened.
async fn publisher(host: Arc<Host>, mut stopping: watch::Receiver<bool>) {
    loop {
        let pause = Duration::from_secs(host.settings().publish_seconds);
        tokio::select! {
            () = tokio::time::sleep(pause) => publish(&host).await,
            () = told(&mut stopping) => return,
        }
    }
}

/// Takes the stock that lists need beside everything else, at the start and whenever the state was read anew.
async fn stocktaker(host: Arc<Host>, mut stopping: watch::Receiver<bool>) {
    loop {
        let here = host.clone();
        let taken = aside(move || here.node().take_stock(&|| !here.ending.load(Ordering::Relaxed))).await;
        if let Ok(Some(took)) = taken {
            host.journal
                .info("lists are ready", &[("milliseconds", &took.as_millis())]);
        }
        tokio::select! {
            () = tokio::time::sleep(entente_node::STOCK_LOOKED_AT) => {}
            () = told(&mut stopping) => return,
        }
    }
}

async fn publish(host: &Arc<Host>) {
    if host.keys().is_none() {
        return;
    }
    let node = host.node().clone();
    let published = aside(move || node.publish()).await;
    let counter = match published {
        Ok(Ok(_)) => &host.metrics.ledger_signed,
        _ => &host.metrics.ledger_unsigned,
    };
    counter.fetch_add(1, Ordering::Relaxed);
    if let Ok(Err(error)) = published {
        host.journal.warn("the ledger was not signed", &[("problem", &error)]);
    }
}

/// Somebody pressing Ctrl-C, or telling this process to end: noticed from the moment that this is made.
pub struct Interruption {
    runtime: tokio::runtime::Runtime,
    ending: Ending,
}

impl Interruption {
    /// Notices it from now on.
    ///
    /// # Errors
    /// When the machine gives no signals.
    pub fn new() -> Result<Self, std::io::Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let ending = runtime.block_on(async { Ending::new() })?;
        Ok(Self { runtime, ending })
    }

    /// Waits for it.
    pub fn wait(mut self) {
        self.runtime.block_on(self.ending.came());
    }
}
