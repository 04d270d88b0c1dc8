//! A node at one moment: what one command, or one request, works with.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use entente_core::{Actor, Command, Context, Event, Lines, PartyPath, Sorted, SourceGuard, State};
use entente_ledger::{Checkpoint, Log, Tiles};
use entente_marking::installed::Library;
use entente_marking::{Groups, Schemes};
use entente_policy::Rules;
use entente_seal::KeyPair;
use entente_store::{Receipt, Store};

use crate::error::NodeError;
use crate::held::Held;
use crate::keyring;
use crate::moment::Moment;
use crate::node::{Evidence, Node, decided};
use crate::post::{Received, Sent};

/// A node at one moment, which stays the same until something is submitted through this view.
#[derive(Clone)]
pub struct Pinned {
    node: Arc<Node>,
    moment: Arc<Moment>,
    by: By,
    /// Whether what is submitted is only tried.
    trial: bool,
    /// Whether what is submitted counts only as long as nothing has happened since the moment that is looked at.
    as_it_stands: bool,
}

/// What a view looks at while it waits for the writer: nothing, so that whoever waits holds no moment. Where something is always
/// waiting, older moments would else be held without end, and the write-ahead log with them.
static NOTHING: LazyLock<Arc<Moment>> = LazyLock::new(|| Arc::new(Moment::new(0, Held::default())));

/// What commands would do, had they been carried out.
pub struct Planned {
    /// The moment before.
    pub before: Arc<Moment>,
    /// What would be true then.
    pub after: Moment,
    /// What would happen.
    pub events: Vec<Event>,
    /// What would leave: the kind of message, and for whom.
    pub messages: Vec<(String, String)>,
}

impl std::fmt::Debug for Planned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} events, {} messages", self.events.len(), self.messages.len())
    }
}

/// Who submits something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum By {
    /// The party as such.
    #[default]
    Party,
    /// The party as such, with its passphrase, although people can sign in: that is put on record with what comes first.
    Passphrase(String),
    /// Somebody who is signed in.
    Person(Actor),
}

impl Node {
    /// A view of what is true now.
    pub fn pinned(node: &Arc<Self>) -> Pinned {
        Pinned {
            node: node.clone(),
            moment: node.moment(),
            by: By::Party,
            trial: false,
            as_it_stands: false,
        }
    }
}

impl Pinned {
    /// The same view, through which nothing is committed and nothing leaves: what is submitted comes back as
    /// [`NodeError::Planned`].
    #[must_use]
    pub fn on_trial(self) -> Self {
        Self { trial: true, ..self }
    }

    /// The same view, through which something is done only as long as nothing has happened since its moment; else it is
    /// [`NodeError::Moved`].
    #[must_use]
    pub fn as_it_stands(self) -> Self {
        Self {
            as_it_stands: true,
            ..self
        }
    }

    /// Says what commands would do, where that is all that is wanted.
    fn tried(&self, commands: &[Command]) -> Result<(), NodeError> {
        if !self.trial {
            return Ok(());
        }
        let held = self.moment.held().clone();
        let (change, after) = decided(held, self.actor(), commands.to_vec(), self.node.now())?;
        let messages = change
            .outgoing
            .into_iter()
            .map(|message| (message.kind, message.destination));
        Err(NodeError::Planned(Box::new(Planned {
            before: self.moment.clone(),
            after: Moment::new(self.moment.seq(), after),
            events: change.events.into_iter().map(|act| act.event).collect(),
            messages: messages.collect(),
        })))
    }

    /// What acts on files and keys cannot be tried.
    fn not_on_trial(&self) -> Result<(), NodeError> {
        match self.trial {
            true => Err(NodeError::NoTrial),
            false => Ok(()),
        }
    }

    /// The same in the name of somebody who is signed in: their roles have to allow each command that is submitted, and they
    /// stand in every event.
    #[must_use]
    pub fn acting(self, actor: Actor) -> Self {
        Self {
            by: By::Person(actor),
            ..self
        }
    }

    /// The same with the party's passphrase, although people can sign in. The first thing that is submitted has a record of it,
    /// with the command that it is for.
    #[must_use]
    pub fn by_passphrase(self, command: String) -> Self {
        Self {
            by: By::Passphrase(command),
            ..self
        }
    }

    /// Who is signed in, where somebody is.
    pub fn actor(&self) -> Option<&Actor> {
        match &self.by {
            By::Person(actor) => Some(actor),
            By::Party | By::Passphrase(_) => None,
        }
    }

    /// The shared node.
    pub fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// The moment that is looked at.
    pub fn moment(&self) -> &Arc<Moment> {
        &self.moment
    }

    /// What is true at this moment.
    pub fn state(&self) -> &State {
        self.moment.state()
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.node.folder()
    }

    /// The store behind it.
    pub fn store(&self) -> &Store<Held> {
        self.node.store()
    }

    /// The party that runs the node.
    ///
    /// # Errors
    /// When the folder has not been set up.
    pub fn home(&self) -> Result<&PartyPath, NodeError> {
        let home = self.state().home.as_ref();
        home.ok_or_else(|| NodeError::NotSetUp(self.folder().to_owned()))
    }

    /// This party's own rules.
    pub fn rules(&self) -> &Rules {
        self.moment.rules()
    }

    /// What lists need of every report, once it was taken; see [`Held::take_stock`].
    pub fn lines(&self) -> Option<Lines<'_>> {
        self.moment.lines()
    }

    /// All reports by class, once they were sorted; see [`Held::sorted`].
    pub fn sorted(&self) -> Option<Sorted<'_>> {
        self.moment.sorted()
    }

    /// Before a list for which all reports are looked at: reads what it needs of them, however long that takes, or waits for whoever is
    /// doing so already, but not longer than this. Gives whether nobody is doing so any more.
    pub fn await_lines(&self, at_most: Duration) -> bool {
        let until = Instant::now() + at_most;
        if self.lines().is_none() {
            self.moment.held().take_stock(&|| true);
        }
        while self.moment.held().is_taking_stock() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        !self.moment.held().is_taking_stock()
    }

    /// The schemes and groups that marks are read with here.
    pub fn library(&self) -> &Library {
        self.moment.library()
    }

    /// The schemes that marks are read with here.
    pub fn schemes(&self) -> &Schemes {
        &self.moment.library().schemes
    }

    /// Who belongs to which group.
    pub fn groups(&self) -> &Groups {
        &self.moment.library().groups
    }

    /// What a face made of reports and facts, while these stay the same; see [`Held::made`].
    pub fn made<T: std::any::Any + Default + Send + Sync>(&self) -> Arc<T> {
        self.moment.held().made()
    }

    /// What a face made of everything that is true, until anything happens; see [`Held::made_now`].
    pub fn made_now<T: std::any::Any + Default + Send + Sync>(&self) -> Arc<T> {
        self.moment.held().made_now()
    }

    /// What this party can say about source exposure.
    pub fn exposure(&self) -> SourceGuard<'_> {
        SourceGuard::new(self.state())
    }

    /// What is looked at besides the state, now.
    pub fn context<'c>(&'c self, exposure: &'c SourceGuard<'c>) -> Context<'c> {
        Context {
            now: self.node.now(),
            groups: self.groups(),
            schemes: self.schemes(),
            policy: self.rules(),
            exposure,
        }
    }

    /// What would be true after a command; nothing is committed, and nothing leaves.
    ///
    /// # Errors
    /// When the command would be refused.
    pub fn after(&self, command: Command) -> Result<Moment, NodeError> {
        let (_, after) = decided(self.moment.held().clone(), self.actor(), vec![command], self.node.now())?;
        Ok(Moment::new(self.moment.seq(), after))
    }

    /// What a command would do, and what would be true after it; nothing is committed, and nothing leaves.
    ///
    /// # Errors
    /// When the command would be refused.
    pub fn planned(&self, command: Command) -> Result<(Vec<Event>, Moment), NodeError> {
        let (change, after) = decided(self.moment.held().clone(), self.actor(), vec![command], self.node.now())?;
        let events = change.events.into_iter().map(|act| act.event).collect();
        Ok((events, Moment::new(self.moment.seq(), after)))
    }

    /// Carries out a command, and looks at the moment after it from then on.
    ///
    /// # Errors
    /// As for [`Node::submit_all`].
    pub fn submit(&mut self, command: Command) -> Result<Receipt, NodeError> {
        self.submit_all(vec![command])
    }

    /// Carries out commands that are one step, and looks at the moment after them from then on.
    ///
    /// # Errors
    /// As for [`Node::submit_all`].
    pub fn submit_all(&mut self, commands: Vec<Command>) -> Result<Receipt, NodeError> {
        self.submit_with(commands, Vec::new())
    }

    /// Carries out commands that are one step with the files that they take into evidence. From then on the view looks at the
    /// moment after them; where they are refused, at what is true then.
    ///
    /// # Errors
    /// As for [`Node::submit_as`] where somebody is signed in, and else as for [`Node::submit_all`].
    pub fn submit_with(&mut self, mut commands: Vec<Command>, evidence: Vec<Evidence>) -> Result<Receipt, NodeError> {
        self.tried(&commands)?;
        if let By::Passphrase(command) = &self.by {
            let command = command.clone();
            commands.insert(0, Command::RecordPassphrase { command });
        }
        let only_at = self.as_it_stands.then(|| self.moment.held().mark());
        self.moment = NOTHING.clone();
        let submitted = self.node.submit_for(self.actor().cloned(), commands, evidence, only_at);
        self.moment = self.node.moment();
        let receipt = submitted?;
        if let By::Passphrase(_) = &self.by {
            self.by = By::Party;
        }
        Ok(receipt)
    }

    /// The party's keys.
    ///
    /// # Errors
    /// As for [`Node::keys`].
    pub fn keys(&self) -> Result<Arc<KeyPair>, NodeError> {
        self.node.keys()
    }

    /// Replaces the party's keys, records the new ones, puts the word of it to partners into the outbox, and signs the ledger
    /// with them.
    ///
    /// # Errors
    /// When the passphrase is wrong, or the disk fails.
    pub fn rotate_keys(&mut self) -> Result<Arc<KeyPair>, NodeError> {
        self.not_on_trial()?;
        let home = self.home()?.clone();
        let known = self.node.moment().state().parties.get(&home).cloned();
        let known = known.ok_or_else(|| NodeError::NotSetUp(self.folder().to_owned()))?;
        let keys = self.node.rotated(known.current_key())?;
        let succession = keyring::read(keys.succession().unwrap_or_default())?;
        self.submit(Command::RotateKeys(Box::new(succession)))?;
        self.publish()?;
        Ok(keys)
    }

    /// The files of the public log.
    pub fn tiles(&self) -> Arc<dyn Tiles> {
        self.node.tiles()
    }

    /// The ledger.
    ///
    /// # Errors
    /// As for [`Node::log`].
    pub fn log(&self) -> Result<Log, NodeError> {
        self.node.log()
    }

    /// The receipt for entry `index` of the ledger, counted from 0, and the entry (see [`entente_ledger::receipt`]).
    ///
    /// # Errors
    /// When there is no such entry in the signed ledger, or the keys cannot be unlocked, or did not sign it.
    pub fn receipt(&self, index: u64) -> Result<(Vec<u8>, Vec<u8>), NodeError> {
        self.not_on_trial()?;
        let (proof, entry) = self.log()?.prove(index)?;
        let receipt = entente_ledger::receipt(&proof, &entry, &self.keys()?.signer())?;
        Ok((receipt, entry))
    }

    /// Brings the public log up to date and signs its checkpoint.
    ///
    /// # Errors
    /// As for [`Node::publish`].
    pub fn publish(&self) -> Result<Checkpoint, NodeError> {
        self.not_on_trial()?;
        self.node.publish()
    }

    /// Seals what waits in the outbox into files in a folder, and signs the ledger.
    ///
    /// # Errors
    /// As for [`Node::flush`].
    pub fn flush(&self, folder: &Path, by_network: &BTreeSet<PartyPath>) -> Result<Sent, NodeError> {
        self.not_on_trial()?;
        self.node.flush(folder, by_network)
    }

    /// Takes in a sealed file, and looks at the moment after it from then on.
    ///
    /// # Errors
    /// As for [`Node::receive`].
    pub fn receive(&mut self, file: &[u8]) -> Result<Received, NodeError> {
        self.not_on_trial()?;
        if let By::Passphrase(_) = &self.by {
            self.submit_all(Vec::new())?;
        }
        let received = self.node.receive(file)?;
        self.moment = self.node.moment();
        Ok(received)
    }
}
