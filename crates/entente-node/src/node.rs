//! A party at work: its store, its keys, and the moment that all who read share.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use entente_core::{Act, Actor, Command, CommandRefusal, Context, Event, IncidentId, Pending, PersonId, SourceGuard};
use entente_ledger::Tiles;
use entente_seal::{KeyPair, SecretString};
use entente_store::{Attachment, Change, Follow, LOOSE, Outgoing, Receipt, Store, StoreError, Tell, UnderWay};
use jiff::{SignedDuration, Timestamp};

use crate::error::{NodeError, Stopped};
use crate::held::Held;
use crate::keys::{AskPassphrase, Keys};
use crate::ledger::outside;
use crate::moment::Moment;
use crate::root;

/// What a face hands in: what only it can ask a person, or knows of the machine.
pub struct Surroundings {
    /// Where kept checkpoints stand, outside the data folder; `None` where there is no such place, and nothing is signed.
    pub heads: Option<PathBuf>,
    /// Asks for the passphrase, once, when the keys are first needed.
    pub passphrase: AskPassphrase,
    /// Tells what a person should know meanwhile: what is waited for, or that rights were mended.
    pub tell: Tell,
}

/// A file that is taken into evidence: sealed like every text, and gone with its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The case.
    pub case: IncidentId,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What tells a node the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A party at work. Shared: everything is done through `&self`, from any thread.
pub struct Node {
    store: Store<Held>,
    folder: PathBuf,
    /// The files of the public log.
    pub(crate) tiles: Arc<dyn Tiles>,
    /// Messages that are sealed and have not arrived.
    pub(crate) under_way: Arc<dyn UnderWay>,
    current: Arc<ArcSwap<Moment>>,
    keys: Keys,
    clock: Clock,
    pub(crate) heads: Option<PathBuf>,
    /// One at a time seals letters, so that none leaves twice.
    pub(crate) posting: Mutex<()>,
    /// One at a time signs the ledger.
    pub(crate) signing: Mutex<()>,
    /// One at a time says what was seen of partners' logs, and of one's own by others.
    pub(crate) seeing: Mutex<()>,
    /// Questions of partners that were answered.
    pub(crate) nonces: Mutex<crate::asking::Nonces>,
    /// Large messages that partners have announced.
    pub(crate) uploads: Mutex<crate::uploads::Uploads>,
    /// What was lately refused to whom, as far as it is on record.
    refusals: Mutex<HashMap<(PersonId, &'static str), Timestamp>>,
}

/// How long the same refusal is one.
const ONE_REFUSAL: SignedDuration = SignedDuration::from_mins(1);

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
        if Store::<Held>::exists(folder)? {
            return Err(StoreError::Exists(folder.to_owned()).into());
        }
        entente_files::create_folder(folder).map_err(root::failed(folder))?;
        let path = folder.join("origin");
        let origin = format!("{}/{}", keys.party(), random_id());
        entente_files::write(&path, origin.as_bytes()).map_err(root::failed(&path))?;
        crate::network::name_messages(folder)?;
        root::rescued_by(folder, &keys)?;
        let (current, follow) = followed();
        let store = Store::create_followed(folder, root::place(surroundings.heads.as_deref(), folder)?, follow)?;
        let locked = Keys::new(folder, surroundings.passphrase);
        locked.write(keys, passphrase, work)?;
        let node = Self::at(folder, store, current, locked, surroundings.heads)?;
        node.submit_all(vec![command])?;
        node.publish()?;
        Ok(node)
    }

    /// Opens the node in a folder.
    ///
    /// # Errors
    /// When there is none, or what is stored cannot be read.
    pub fn open(folder: &Path, surroundings: Surroundings) -> Result<Self, NodeError> {
        let keys = Keys::new(folder, surroundings.passphrase);
        Self::open_with(folder, surroundings.heads, keys, surroundings.tell)
    }

    pub(crate) fn open_with(folder: &Path, heads: Option<PathBuf>, keys: Keys, tell: Tell) -> Result<Self, NodeError> {
        entente_store::there(folder)?;
        let (current, follow) = followed();
        let store = Store::open_followed(folder, root::place(heads.as_deref(), folder)?, tell, follow)?;
        Self::at(folder, store, current, keys, heads)
    }

    /// Opens the store of a node to check it, or to rebuild it, also where the state cannot be read.
    ///
    /// # Errors
    /// When there is none, or its root key is not there.
    pub fn inspect(folder: &Path, heads: Option<&Path>) -> Result<Store<Held>, NodeError> {
        entente_store::there(folder)?;
        Ok(Store::inspect(folder, root::place(heads, folder)?)?)
    }

    fn at(
        folder: &Path,
        store: Store<Held>,
        current: Arc<ArcSwap<Moment>>,
        keys: Keys,
        heads: Option<PathBuf>,
    ) -> Result<Self, NodeError> {
        Ok(Self {
            store,
            folder: folder.to_owned(),
            tiles: crate::ledger::tiles(folder)?,
            under_way: entente_store::under_way(folder)?,
            current,
            keys,
            clock: Arc::new(Timestamp::now),
            heads,
            posting: Mutex::new(()),
            signing: Mutex::new(()),
            seeing: Mutex::new(()),
            nonces: Mutex::default(),
            uploads: Mutex::default(),
            refusals: Mutex::default(),
        })
    }

    /// The same with another clock: tests have one of their own.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Now, by this node's clock.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
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
        let moment = self.current.load_full();
        if moment.state().loose() > LOOSE {
            // Who holds this moment keeps what it has; the next one begins anew. A store that is closed has nothing to rest.
            let _ = self.store.rest();
        }
        moment
    }

    /// Reads every report once, so that lists need not; see [`Held::take_stock`]. Gives how long it took; `None` where nothing was to
    /// be done, or it ended before its time.
    pub fn take_stock(&self, go_on: &dyn Fn() -> bool) -> Option<Duration> {
        let moment = self.current.load_full();
        let (had, began) = (moment.lines().is_some(), Instant::now());
        moment.held().take_stock(go_on);
        moment.lines().filter(|_| !had).map(|_| began.elapsed())
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
        self.submit_for(None, commands, Vec::new(), None)
    }

    /// The same in the name of somebody who is signed in: their roles have to allow each command, and they stand in every
    /// event.
    ///
    /// # Errors
    /// As for [`Node::submit_all`], and when no role of theirs allows it.
    pub fn submit_as(&self, actor: Actor, commands: Vec<Command>) -> Result<Receipt, NodeError> {
        self.submit_for(Some(actor), commands, Vec::new(), None)
    }

    /// Carries out commands as [`Node::submit_all`] and [`Node::submit_as`] do, and keeps the files that they take into
    /// evidence; with the mark of a moment, only as long as nothing has happened since. What somebody who is signed in is refused is
    /// on record.
    pub(crate) fn submit_for(
        &self,
        actor: Option<Actor>,
        commands: Vec<Command>,
        evidence: Vec<Evidence>,
        only_at: Option<u64>,
    ) -> Result<Receipt, NodeError> {
        let Some(person) = actor.as_ref().map(|actor| actor.person.clone()) else {
            return self.submitted(None, commands, evidence, only_at);
        };
        let act = commands.iter().flat_map(entente_core::actor::called).next();
        let submitted = self.submitted(actor, commands, evidence, only_at);
        if let (Err(NodeError::Refused(refusal)), Some(act)) = (&submitted, act)
            && (refusal.is_not_found() || matches!(refusal, CommandRefusal::NotInRole { .. }))
        {
            self.note_refusal(person, act);
        }
        submitted
    }

    /// Records that somebody who is signed in was refused something, alike for what is missing and what is not theirs: once a
    /// minute for each kind of thing, however often it is tried. Where it cannot be recorded, it is refused all the same.
    pub fn note_refusal(&self, person: PersonId, act: &'static str) {
        let now = self.now();
        {
            let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
            refusals.retain(|_, last| now.duration_since(*last) < ONE_REFUSAL);
            if refusals.insert((person.clone(), act), now).is_some() {
                return;
            }
        }
        let act = act.to_owned();
        let _ = self.submitted(None, vec![Command::RecordRefusal { person, act }], Vec::new(), None);
    }

    fn submitted(
        &self,
        actor: Option<Actor>,
        commands: Vec<Command>,
        evidence: Vec<Evidence>,
        only_at: Option<u64>,
    ) -> Result<Receipt, NodeError> {
        let now = self.now();
        let attachments = evidence.into_iter().map(|kept| Attachment {
            topic: crate::held::topic(entente_core::Topic::case(&kept.case)),
            bytes: kept.bytes,
        });
        let attachments = attachments.collect();
        let purging = commands
            .iter()
            .any(|command| matches!(command, Command::AcknowledgeRecall { .. }));
        if purging && let Some(old) = entente_store::unconfirmed(&self.folder) {
            return Err(NodeError::Unconfirmed(old));
        }
        let waits = Arc::new(Mutex::new(Vec::new()));
        let found = waits.clone();
        let receipt = self.store.submit(now, move |held: &Held| {
            if only_at.is_some_and(|mark| mark != held.mark()) {
                return Err(Stopped::Moved);
            }
            let (change, _) = decided(held.clone(), actor.as_ref(), commands, now)?;
            *found.lock().unwrap_or_else(PoisonError::into_inner) = waiting_in(&change);
            Ok(Change { attachments, ..change })
        })?;
        if purging {
            self.remember_purges()?;
        }
        let waits = std::mem::take(&mut *waits.lock().unwrap_or_else(PoisonError::into_inner));
        match waits.is_empty() {
            true => Ok(receipt),
            false => Err(NodeError::Waits(waits)),
        }
    }

    /// The party's keys, unlocked when they are first needed.
    ///
    /// # Errors
    /// When the passphrase is wrong, or nobody can be asked for it.
    pub fn keys(&self) -> Result<Arc<KeyPair>, NodeError> {
        self.keys.get()
    }

    /// Locks the party's keys with another passphrase. Older copies of the key file still open with the old one.
    ///
    /// # Errors
    /// When the old passphrase is wrong, or the keys cannot be written.
    pub fn change_passphrase(&self, passphrase: SecretString, work: u8) -> Result<(), NodeError> {
        self.keys.relock(passphrase, work)
    }

    /// Replaces the party's keys on the disk; partners have to be told the new ones.
    ///
    /// # Errors
    /// When the passphrase is wrong, or the keys cannot be written.
    pub(crate) fn rotated(&self, recorded: Option<&str>) -> Result<Arc<KeyPair>, NodeError> {
        let keys = self.keys.rotate(recorded)?;
        root::rescued_by(&self.folder, &keys)?;
        self.store.renew_rescue()?;
        Ok(keys)
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
    actor: Option<&Actor>,
    commands: Vec<Command>,
    now: Timestamp,
) -> Result<(Change<Act>, Held), CommandRefusal> {
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
        let decided = match actor {
            None => entente_core::handle(after.state(), command, &context)?,
            Some(actor) => entente_core::handle_as(after.state(), actor, command, &context)?,
        };
        let outgoing = decided.messages.iter().map(|(to, message)| Outgoing {
            kind: message.kind().to_owned(),
            destination: to.to_string(),
            payload: serde_json::to_vec(message).unwrap_or_default(),
        });
        change.outgoing.extend(outgoing);
        for event in &decided.events {
            after.apply(event);
        }
        change.events.extend(decided.events.into_iter().map(|event| Act {
            event,
            actor: actor.cloned(),
        }));
    }
    Ok((change, after))
}

/// What waits for a second person by this change.
fn waiting_in(change: &Change<Act>) -> Vec<Pending> {
    let proposed = change.events.iter().filter_map(|act| match &act.event {
        Event::ReleaseProposed(pending) => Some(pending.clone()),
        _ => None,
    });
    proposed.collect()
}

/// Checks the text of a rule of a party's own.
///
/// # Errors
/// What is wrong with it, and where.
pub fn check_rule(name: &str, text: &str) -> Result<(), String> {
    match entente_policy::Rules::parse([(name, text)]) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// Eight random characters.
pub fn random_id() -> String {
    let mut bytes = [0u8; 4];
    // Only uniqueness is at stake, and the store refuses an id that is taken.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
