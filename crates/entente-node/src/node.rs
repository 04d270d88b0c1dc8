//! A party at work: its store, its keys, and the moment that all who read share.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use entente_core::{Command, CommandRefusal, Context, Event, SourceGuard};
use entente_seal::{KeyPair, SecretString};
use entente_store::{Change, Follow, Outgoing, Receipt, Store, Tell};
use jiff::Timestamp;

use crate::error::NodeError;
use crate::held::Held;
use crate::keys::{AskPassphrase, Keys};
use crate::ledger::outside;
use crate::moment::Moment;

/// What a face hands in: what only it can ask a person, or knows of the machine.
pub struct Surroundings {
    /// Where kept checkpoints stand, outside the data folder; `None` where there is no such place, and nothing is signed.
    pub heads: Option<PathBuf>,
    /// Asks for the passphrase, once, when the keys are first needed.
    pub passphrase: AskPassphrase,
    /// Tells what a person should know meanwhile: what is waited for, or that rights were mended.
    pub tell: Tell,
}

/// A party at work. Shared: everything is done through `&self`, from any thread.
pub struct Node {
    store: Store<Held>,
    folder: PathBuf,
    current: Arc<ArcSwap<Moment>>,
    keys: Keys,
    pub(crate) heads: Option<PathBuf>,
    /// One at a time seals letters, so that none leaves twice.
    pub(crate) posting: Mutex<()>,
    /// One at a time signs the ledger.
    pub(crate) signing: Mutex<()>,
}

impl Node {
    /// Sets up a node in an empty folder, with new keys that a passphrase locks with a work factor.
    ///
    /// # Errors
    /// When there is a node in the folder already, or it could not sign later, or the disk fails.
    pub fn create(
        folder: &Path,
        command: Command,
        keys: KeyPair,
        (passphrase, work): (SecretString, u8),
        surroundings: Surroundings,
    ) -> Result<Self, NodeError> {
        // Nothing is set up that could not be signed later.
        outside(surroundings.heads.as_deref(), folder)?;
        let (current, follow) = followed();
        let store = Store::create_followed(folder, follow)?;
        let node = Self::at(folder, store, current, surroundings);
        let origin = format!("{}/{}", keys.party(), random_id());
        node.keys.write(keys, passphrase, work)?;
        let path = folder.join("origin");
        entente_files::write(&path, origin.as_bytes()).map_err(|error| NodeError::File { path, error })?;
        node.submit_all(vec![command])?;
        node.publish()?;
        Ok(node)
    }

    /// Opens the node in a folder.
    ///
    /// # Errors
    /// When there is none, or what is stored cannot be read.
    pub fn open(folder: &Path, surroundings: Surroundings) -> Result<Self, NodeError> {
        let (current, follow) = followed();
        let store = Store::open_followed(folder, surroundings.tell.clone(), follow)?;
        Ok(Self::at(folder, store, current, surroundings))
    }

    fn at(folder: &Path, store: Store<Held>, current: Arc<ArcSwap<Moment>>, surroundings: Surroundings) -> Self {
        Self {
            store,
            folder: folder.to_owned(),
            current,
            keys: Keys::new(folder, surroundings.passphrase),
            heads: surroundings.heads,
            posting: Mutex::new(()),
            signing: Mutex::new(()),
        }
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The store behind it: events, entries of the ledger, what waits to leave.
    pub fn store(&self) -> &Store<Held> {
        &self.store
    }

    /// What is true now. Waits for nobody: it is swapped only once a commit is durable.
    pub fn moment(&self) -> Arc<Moment> {
        self.current.load_full()
    }

    /// Takes in what another process has written to the folder. Nothing to do where this one holds it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn catch_up(&self) -> Result<(), NodeError> {
        Ok(self.store.catch_up()?)
    }

    /// Carries out commands that are one step: all of them in one commit, or none of them. What has to leave is put into the
    /// outbox by the same commit. Once it returns, [`Node::moment`] has the step in it.
    ///
    /// # Errors
    /// The refusal of the first command that is refused, or a failure of the store; nothing is changed then.
    pub fn submit_all(&self, commands: Vec<Command>) -> Result<Receipt, NodeError> {
        let now = Timestamp::now();
        Ok(self.store.submit(now, move |held: &Held| {
            decided(held.clone(), commands, now).map(|(change, _)| change)
        })?)
    }

    /// The party's keys, unlocked when they are first needed.
    ///
    /// # Errors
    /// When the passphrase is wrong, or nobody can be asked for it.
    pub fn keys(&self) -> Result<Arc<KeyPair>, NodeError> {
        self.keys.get()
    }

    /// Replaces the party's keys on the disk; partners have to be told the new ones.
    ///
    /// # Errors
    /// When the passphrase is wrong, or the keys cannot be written.
    pub(crate) fn rotated(&self) -> Result<Arc<KeyPair>, NodeError> {
        self.keys.rotate()
    }
}

/// The place of the current moment, and what the store tells to fill it.
fn followed() -> (Arc<ArcSwap<Moment>>, Follow<Held>) {
    let current = Arc::new(ArcSwap::from_pointee(Moment::new(0, Held::default())));
    let place = current.clone();
    let follow = move |held: &Held, seq| place.store(Arc::new(Moment::new(seq, held.clone())));
    (current, Box::new(follow))
}

/// What commands that are one step change, each decided on what the ones before it left, and what is true after them; a
/// refusal refuses all.
pub(crate) fn decided(
    mut after: Held,
    commands: Vec<Command>,
    now: Timestamp,
) -> Result<(Change<Event>, Held), CommandRefusal> {
    let mut change = Change::events(Vec::new());
    for command in commands {
        let exposure = SourceGuard::new(after.state());
        let context = Context {
            now,
            groups: &after.library().groups,
            schemes: &after.library().schemes,
            policy: after.rules(),
            exposure: &exposure,
        };
        let decided = entente_core::handle(after.state(), command, &context)?;
        let outgoing = decided.messages.iter().map(|(to, message)| Outgoing {
            kind: message.kind().to_owned(),
            destination: to.to_string(),
            payload: serde_json::to_vec(message).unwrap_or_default(),
        });
        change.outgoing.extend(outgoing);
        for event in &decided.events {
            after.apply(event);
        }
        change.events.extend(decided.events);
    }
    Ok((change, after))
}

/// Eight random characters.
pub fn random_id() -> String {
    let mut bytes = [0u8; 4];
    // Only uniqueness is at stake, and the store refuses an id that is taken.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
