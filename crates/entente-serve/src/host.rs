//! What every request works with: the node, the settings in force, and what is counted.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use entente_core::{Command, PartyPath, PersonId, ReportId};
use entente_desk::reading::Shown;
use entente_node::{Node, NodeError, Pinned};
use entente_seal::KeyPair;
use jiff::Timestamp;

use crate::federation::Flows;
use crate::journal::Journal;
use crate::metrics::Metrics;
use crate::notices::Notices;
use crate::pages::{Drafts, Halves, Languages, Uploads};
use crate::partner::Limits;
use crate::persons::{AccountError, Accounts, Backoff, Passwords, Questions, Session, Sessions, Ways};
use crate::settings::Settings;
use crate::taxii::Sights;
use crate::traces::{self, Traces};

/// How long the same text on the same page is one opening.
const ONE_OPENING: Duration = Duration::from_secs(900);

/// Session, report, version, purpose, and how many portions were shown: more of them is another opening.
type Opening = (String, String, u32, String, usize);

fn opening(session: &Session, shown: &Shown, purpose: &str) -> Opening {
    let report = shown.id.to_string();
    (
        session.form.clone(),
        report,
        shown.version,
        purpose.to_owned(),
        shown.portions.len(),
    )
}

/// That a program reads a version in parts: none of them is counted.
fn reading(session: &Session, report: &ReportId, version: u32) -> Opening {
    (
        session.form.clone(),
        report.to_string(),
        version,
        String::new(),
        usize::MAX,
    )
}

/// A party on the network.
pub struct Host {
    node: Arc<Node>,
    settings: RwLock<Arc<Settings>>,
    /// The keys, where the passphrase was given at the start.
    keys: Option<Arc<KeyPair>>,
    /// Where lines for the operator go.
    pub journal: Journal,
    /// What is counted.
    pub metrics: Metrics,
    /// What is traced.
    pub(crate) traces: Traces,
    /// How much each partner may send.
    pub limits: Limits,
    /// What people sign in with.
    pub accounts: Accounts,
    /// In which language people read pages.
    pub(crate) languages: Languages,
    pub(crate) passwords: Passwords,
    pub(crate) sessions: Sessions,
    pub(crate) backoff: Backoff,
    pub(crate) halves: Halves,
    /// People who are away at their provider.
    pub(crate) flows: Flows,
    /// What authenticators were asked and did not answer yet.
    pub(crate) passkeys: Questions,
    /// Files that people sent and have not taken in yet.
    pub(crate) uploads: Uploads,
    /// Texts that people are writing.
    pub(crate) drafts: Drafts,
    /// What was opened lately: by which session, which version of which report, what for, since when.
    openings: Mutex<HashMap<Opening, Instant>>,
    /// Who wishes to be told of what, and what still has to go out.
    pub(crate) notices: Notices,
    /// What is remembered of TAXII clients.
    pub(crate) sights: Sights,
    /// Whether the node is stopping: what goes on for long ends then.
    pub(crate) ending: std::sync::atomic::AtomicBool,
    /// Since when failed attempts of somebody were last recorded.
    failures: Mutex<HashMap<PersonId, Timestamp>>,
}

impl Host {
    /// A party on the network; without keys it reads, and signs nothing.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub fn new(
        node: Arc<Node>,
        keys: Option<Arc<KeyPair>>,
        settings: Settings,
        journal: Journal,
    ) -> Result<Self, AccountError> {
        Ok(Self {
            accounts: Accounts::of(node.folder()),
            languages: Languages::of(node.folder()),
            notices: Notices::of(node.folder()),
            passwords: Passwords::new()?,
            sessions: Sessions::default(),
            backoff: Backoff::default(),
            halves: Halves::default(),
            flows: Flows::default(),
            passkeys: Questions::default(),
            uploads: Uploads::default(),
            drafts: Drafts::of_node(node.folder()),
            openings: Mutex::default(),
            sights: Sights::default(),
            ending: std::sync::atomic::AtomicBool::new(false),
            failures: Mutex::default(),
            node,
            settings: RwLock::new(Arc::new(settings)),
            keys,
            journal,
            metrics: Metrics::default(),
            traces: Traces::default(),
            limits: Limits::default(),
        })
    }

    /// The fingerprint of the party's keys.
    pub(crate) fn fingerprint(&self) -> Option<String> {
        self.keys.as_ref().map(|keys| keys.public().fingerprint())
    }

    /// Whether this is an opening of its own: the same text for the same purpose within a quarter of an hour of one session
    /// is one opening.
    pub(crate) fn first_opening(&self, session: &Session, shown: &Shown, purpose: &str) -> bool {
        let now = Instant::now();
        let mut openings = self.openings.lock().unwrap_or_else(PoisonError::into_inner);
        openings.retain(|_, since| now.saturating_duration_since(*since) < ONE_OPENING);
        match openings.entry(opening(session, shown, purpose)) {
            Entry::Occupied(_) => false,
            Entry::Vacant(new) => {
                new.insert(now);
                true
            }
        }
    }

    /// Forgets an opening that could not be recorded.
    pub(crate) fn forget_opening(&self, session: &Session, shown: &Shown, purpose: &str) {
        let mut openings = self.openings.lock().unwrap_or_else(PoisonError::into_inner);
        openings.remove(&opening(session, shown, purpose));
    }

    /// The same of a version of a report of which a program reads parts, page after page.
    pub(crate) fn first_reading(&self, session: &Session, (report, version): &(ReportId, u32)) -> bool {
        let now = Instant::now();
        let mut openings = self.openings.lock().unwrap_or_else(PoisonError::into_inner);
        openings.retain(|_, since| now.saturating_duration_since(*since) < ONE_OPENING);
        openings.insert(reading(session, report, *version), now).is_none()
    }

    /// Forgets such readings, which could not be recorded.
    pub(crate) fn forget_readings(&self, session: &Session, reports: &[(ReportId, u32)]) {
        let mut openings = self.openings.lock().unwrap_or_else(PoisonError::into_inner);
        for (report, version) in reports {
            openings.remove(&reading(session, report, *version));
        }
    }

    /// Records that somebody failed to sign in as a person: once an hour, however often it happens.
    pub(crate) fn note_failure(&self, person: PersonId, now: Timestamp) {
        let hour = jiff::SignedDuration::from_hours(1);
        {
            let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
            if failures
                .get(&person)
                .is_some_and(|last| now.duration_since(*last) < hour)
            {
                return;
            }
            failures.insert(person.clone(), now);
        }
        let record = Command::RecordSignIn { person, by: None };
        if self.node.submit_all(vec![record]).is_err() {
            self.journal.warn("a failed attempt could not be recorded", &[]);
        }
    }

    /// The node.
    pub fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// The node at one moment, for one request; what a command beside has written is in it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn pinned(&self) -> Result<Pinned, NodeError> {
        self.node.catch_up()?;
        let pinned = Node::pinned(&self.node);
        pinned.moment().sound()?;
        Ok(pinned)
    }

    /// The party that runs this node.
    ///
    /// # Errors
    /// When nothing has been set up.
    pub fn home(&self) -> Result<PartyPath, NodeError> {
        Node::pinned(&self.node).home().cloned()
    }

    /// The keys, where messages can be signed.
    pub fn keys(&self) -> Option<&Arc<KeyPair>> {
        self.keys.as_ref()
    }

    /// The ways in that are open.
    pub(crate) fn ways<'h>(&'h self, lasting: &'h crate::settings::Sessions) -> Ways<'h> {
        Ways::new(&self.accounts, Some(self), lasting)
    }

    /// The settings in force.
    pub fn settings(&self) -> Arc<Settings> {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reaches a partner at an address from now on, unless the settings file says where.
    pub(crate) fn reach(&self, party: PartyPath, partner: crate::settings::Partner) {
        let mut settings = (*self.settings()).clone();
        settings.partners.entry(party).or_insert(partner);
        self.set(settings);
    }

    /// Puts other settings in force.
    pub fn set(&self, settings: Settings) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }
}

/// Does what waits for a disk, away from the threads that answer.
///
/// # Errors
/// When the work itself panicked; the request then fails, and the others go on.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Broken> {
    let done = tokio::task::spawn_blocking(traces::work(work)).await;
    done.map_err(|_| Broken)
}

/// Work that ended before its time: a fault of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the work ended before its time")]
pub(crate) struct Broken;
