//! A party's node: its data folder, keys and schemes; commands go in, events and sealed files come out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use entente_core::{
    Command, CommandRefusal, Context, Event, Message, PartyPath, Person, ReportId, Snapshot, SourceGuard, State,
};
use entente_ledger::Log;
use entente_marking::builtin::{groups, schemes};
use entente_policy::Rules;
use entente_seal::{Header, KeyPair, SecretString};
use entente_store::{Change, DocKey, Outgoing, Projection, Receipt, Recorded, Store};
use jiff::Timestamp;
use serde_json::Value;

use crate::failure::Failure;
use crate::{output, words};

/// The state of `entente-core` as the store keeps it.
#[derive(Default)]
pub(crate) struct Held(pub(crate) State);

impl Projection for Held {
    type Event = Event;

    fn kind(event: &Event) -> &'static str {
        event.kind()
    }

    fn apply(&mut self, record: &Recorded<Event>) -> Vec<DocKey> {
        let touched = self.0.apply(&record.event);
        touched
            .into_iter()
            .map(|document| DocKey::new(document.kind, document.id))
            .collect()
    }

    fn document(&self, key: &DocKey) -> Option<Value> {
        self.0.document(&key.kind, &key.id)
    }

    fn restore(&mut self, key: &DocKey, value: Value) -> Result<(), String> {
        self.0
            .restore(&key.kind, &key.id, value)
            .map_err(|error| error.to_string())
    }
}

/// An open node.
pub(crate) struct Node {
    pub(crate) store: Store<Held>,
    folder: PathBuf,
    state: State,
    rules: Rules,
}

/// A sealed file that was written.
#[derive(Debug, serde::Serialize)]
pub(crate) struct SentFile {
    pub(crate) to: PartyPath,
    pub(crate) kind: String,
    pub(crate) file: PathBuf,
}

impl Node {
    /// Sets up a node in an empty folder.
    pub(crate) fn create(
        folder: &Path,
        command: Command,
        keys: &KeyPair,
        passphrase: SecretString,
        work: u8,
    ) -> Result<Self, Failure> {
        // Nothing is set up that could not be signed later.
        heads_folder(folder)?;
        let store = Store::create(folder)?;
        keys.save(&folder.join("keys.age"), passphrase, work)?;
        let origin = format!("{}/{}", keys.party(), random_id());
        output::file(&folder.join("origin"), origin.as_bytes())?;
        let mut node = Self {
            store,
            folder: folder.to_owned(),
            state: State::default(),
            rules: Rules::kept([]),
        };
        node.submit(command)?;
        node.publish(keys)?;
        Ok(node)
    }

    /// Opens the node in a folder.
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        let store = Store::<Held>::open_telling(folder, Arc::new(|text| output::say(text)))?;
        let state = store.read(|held| held.0.clone())?;
        Ok(Self {
            store,
            folder: folder.to_owned(),
            rules: Rules::kept(state.rules_in_force()),
            state,
        })
    }

    /// What is true now.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The party that runs the node.
    pub(crate) fn home(&self) -> Result<&PartyPath, Failure> {
        let missing = || {
            Failure::not_found(format!(
                "{} has not been set up; run `entente init`",
                self.folder.display()
            ))
        };
        self.state.home.as_ref().ok_or_else(missing)
    }

    /// What decisions about these reports look at, with persons whom a file describes.
    pub(crate) fn snapshot<'r>(
        &self,
        reports: impl IntoIterator<Item = &'r ReportId>,
        outsiders: &[Person],
    ) -> Snapshot {
        Snapshot::about(&self.state, groups(), reports, outsiders)
    }

    /// This party's own rules.
    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// What this party can say about source exposure.
    pub(crate) fn exposure(&self) -> SourceGuard<'_> {
        SourceGuard::new(&self.state)
    }

    /// What is looked at besides the state, now.
    pub(crate) fn context<'c>(&'c self, exposure: &'c SourceGuard<'c>) -> Context<'c> {
        Context {
            now: Timestamp::now(),
            groups: groups(),
            schemes: schemes(),
            policy: &self.rules,
            exposure,
        }
    }

    /// What would be true after a command; nothing is committed, and nothing leaves.
    pub(crate) fn after(&self, command: Command) -> Result<State, Failure> {
        let exposure = self.exposure();
        let context = self.context(&exposure);
        let mut after = self.state.clone();
        for event in entente_core::handle(&self.state, command, &context)?.events {
            after.apply(&event);
        }
        Ok(after)
    }

    /// Carries out a command: decides, commits, and puts what has to leave into the outbox.
    pub(crate) fn submit(&mut self, command: Command) -> Result<Receipt, Failure> {
        self.submit_all(vec![command])
    }

    /// Carries out commands that are one step: all of them in one commit, or none of them.
    pub(crate) fn submit_all(&mut self, commands: Vec<Command>) -> Result<Receipt, Failure> {
        let now = Timestamp::now();
        let receipt = self
            .store
            .submit(now, move |held: &Held| decided(&held.0, commands, now))?;
        self.state = self.store.read(|held| held.0.clone())?;
        self.rules = Rules::kept(self.state.rules_in_force());
        Ok(receipt)
    }

    /// The party's keys, opened with the passphrase.
    pub(crate) fn keys(&self) -> Result<KeyPair, Failure> {
        Ok(KeyPair::load(&self.folder.join("keys.age"), passphrase(false)?)?)
    }

    /// Replaces the party's keys on the disk.
    pub(crate) fn save_keys(&self, keys: &KeyPair) -> Result<(), Failure> {
        Ok(keys.save(
            &self.folder.join("keys.age"),
            passphrase(false)?,
            entente_seal::DEFAULT_WORK_FACTOR,
        )?)
    }

    /// Where the public log stands.
    pub(crate) fn ledger_folder(&self) -> PathBuf {
        self.folder.join("ledger")
    }

    /// The ledger: its kept checkpoint stands outside the data folder, so that a restored backup cannot bring it back.
    pub(crate) fn log(&self) -> Result<Log, Failure> {
        let origin = std::fs::read_to_string(self.folder.join("origin")).map_err(Failure::failed)?;
        let name: String = origin
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        Ok(Log::new(
            self.ledger_folder(),
            heads_folder(&self.folder)?.join(name),
            origin,
        ))
    }

    /// Brings the public log up to date and signs its checkpoint.
    pub(crate) fn publish(&self, keys: &KeyPair) -> Result<entente_ledger::Checkpoint, Failure> {
        // Whoever writes meanwhile would publish a longer log, and this one would look like an old copy.
        self.store.hold()?;
        let size = self.store.ledger_size()?;
        let entries = |range| self.store.entries(range).map_err(|error| error.to_string());
        Ok(self.log()?.publish(size, &keys.signer(), entries)?)
    }

    /// Seals what waits in the outbox into files in `folder`, and signs the ledger.
    pub(crate) fn flush(&mut self, folder: &Path) -> Result<Vec<SentFile>, Failure> {
        if self.store.outbox()?.is_empty() {
            return Ok(Vec::new());
        }
        // Two commands must not seal the same letter twice: the other one may just be doing it.
        self.store.hold()?;
        let letters = self.store.outbox()?;
        if letters.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.keys()?;
        output::folder(folder)?;
        let mut sent = Vec::new();
        for letter in letters {
            let to: PartyPath = letter.destination.parse()?;
            let receiver = self.state.parties.get(&to).and_then(|party| party.recipient.clone());
            let Some(recipient) = receiver else {
                output::say(format!(
                    "warning: {} of event {} waits: the keys of {to} are not known; add them with `entente party add {to} \
                     --keys FILE`, then run `entente outbox send`",
                    letter.kind, letter.seq
                ));
                continue;
            };
            let header = Header {
                from: keys.party().to_owned(),
                to: to.to_string(),
                id: format!("{}-{:06}", keys.party(), letter.id),
                created: Timestamp::now().to_string(),
                kind: letter.kind.clone(),
            };
            let bytes = entente_seal::seal(&header, &letter.payload, &keys, &recipient)?;
            let file = folder.join(format!("{}-to-{to}.entente", header.id));
            output::file(&file, &bytes)?;
            self.store.mark_done(letter.id, Timestamp::now())?;
            sent.push(SentFile {
                to,
                kind: letter.kind,
                file,
            });
        }
        self.publish(&keys)?;
        Ok(sent)
    }

    /// Takes in a sealed file.
    pub(crate) fn receive(&mut self, path: &Path) -> Result<(Header, Message), Failure> {
        let file = crate::input::bytes(path)?;
        let keys = self.keys()?;
        let parties = &self.state.parties;
        let opened = entente_seal::open(&file, &keys, |party| {
            parties
                .get(&PartyPath::new(party).ok()?)
                .map(|party| party.signing_keys.clone())
        })?;
        let message: Message = serde_json::from_slice(&opened.payload)
            .map_err(|error| Failure::failed(format!("{}: its contents are not a message: {error}", path.display())))?;
        if message.kind() != opened.header.kind {
            return Err(Failure::failed(format!(
                "{}: its header says `{}`, and it holds a message of the kind `{}`; ask {} to send it again",
                path.display(),
                opened.header.kind,
                message.kind(),
                opened.header.from
            )));
        }
        self.submit(Command::Receive {
            from: opened.header.from.parse()?,
            id: opened.header.id.clone(),
            digest: opened.digest,
            message: message.clone(),
        })?;
        Ok((opened.header, message))
    }
}

/// What commands that are one step change, each decided on what the ones before it left; a refusal refuses all.
fn decided(state: &State, commands: Vec<Command>, now: Timestamp) -> Result<Change<Event>, CommandRefusal> {
    let mut after = state.clone();
    let mut change = Change::events(Vec::new());
    for command in commands {
        let exposure = SourceGuard::new(&after);
        let rules = Rules::kept(after.rules_in_force());
        let context = Context {
            now,
            groups: groups(),
            schemes: schemes(),
            policy: &rules,
            exposure: &exposure,
        };
        let decided = entente_core::handle(&after, command, &context)?;
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
    Ok(change)
}

/// Where kept checkpoints stand: the user's state folder, or the folder named by `ENTENTE_HEADS`.
///
/// It has to stand outside the data folder: whoever puts an old copy of that back would bring back the old checkpoint with it.
fn heads_folder(data: &Path) -> Result<PathBuf, Failure> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let heads = set("ENTENTE_HEADS")
        .or_else(|| set("XDG_STATE_HOME").map(|folder| folder.join("entente/heads")))
        .or_else(|| set("HOME").map(|folder| folder.join(".local/state/entente/heads")))
        .ok_or_else(|| {
            Failure::failed(
                "there is no place outside the data folder for the checkpoint that shows an old copy, so nothing can be \
                 signed; set HOME, or ENTENTE_HEADS to a folder of its own",
            )
        })?;
    match real(&heads)?.starts_with(real(data)?) {
        false => Ok(heads),
        true => Err(Failure::failed(format!(
            "{} is inside the data folder: whoever puts an old copy of that back would bring back the old checkpoint too; \
             set ENTENTE_HEADS to a folder outside it",
            heads.display()
        ))),
    }
}

/// A path without links and dots, as far as it is there.
fn real(path: &Path) -> Result<PathBuf, Failure> {
    let path = std::path::absolute(path).map_err(Failure::failed)?;
    let there = path
        .ancestors()
        .find_map(|above| Some((above, above.canonicalize().ok()?)));
    Ok(match there {
        Some((above, real)) => real.join(path.strip_prefix(above).unwrap_or(Path::new(""))),
        None => path,
    })
}

/// Eight random characters.
pub(crate) fn random_id() -> String {
    let mut bytes = [0u8; 4];
    // Only uniqueness is at stake, and the store refuses an id that is taken.
    let _ = getrandom::fill(&mut bytes);
    words::hex(&bytes)
}

/// The passphrase: from the environment, from a file, or asked for. Never from a flag.
pub(crate) fn passphrase(new: bool) -> Result<SecretString, Failure> {
    if let Ok(text) = std::env::var("ENTENTE_PASSPHRASE") {
        return Ok(SecretString::from(text));
    }
    if let Some(path) = std::env::var_os("ENTENTE_PASSPHRASE_FILE") {
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Failure::failed(format!("{}: {error}", Path::new(&path).display())))?;
        return Ok(SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned()));
    }
    let asked = |prompt: &str| {
        rpassword::prompt_password(prompt).map_err(|_| {
            Failure::failed(
                "a passphrase is needed, and there is no terminal to ask on; set ENTENTE_PASSPHRASE_FILE to a file that \
                 holds it, or ENTENTE_PASSPHRASE",
            )
        })
    };
    let first = asked("passphrase: ")?;
    if new && first != asked("the same again: ")? {
        return Err(Failure::failed("the two passphrases differ; nothing was set up"));
    }
    Ok(SecretString::from(first))
}
