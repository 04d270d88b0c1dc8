//! Five parties, what is on its way between them, and the story so far.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use entente_core::{Act, Actor, Arrangement, Command, Event, Party, PartyPath, Person, PersonId, Role};
use entente_node::{Carried, KeyPair, Node, NodeError, SecretString, Surroundings};
use jiff::{SignedDuration, Timestamp};

pub(crate) const NAMES: [&str; 5] = ["ALFA", "BRAVO", "CHARLIE", "DELTA", "ECHO"];
/// Whoever lies: its node works like the others, and it says more than its node would.
pub(crate) const LIAR: &str = "ECHO";
pub(crate) const ARRANGEMENT: &str = "ALL-FIVE";
/// Under this one, nothing is released by one person alone.
pub(crate) const BY_TWO: &str = "BY-TWO";
/// Who releases, at each party.
pub(crate) const OFFICERS: [&str; 2] = ["first", "second"];
const SECRET: &str = "for a test";

static TELL: AtomicBool = AtomicBool::new(false);

/// Tells every story as it happens.
pub(crate) fn tell_always() {
    TELL.store(true, Ordering::Relaxed);
}

pub(crate) fn party(name: &str) -> PartyPath {
    PartyPath::new(name).unwrap()
}

pub(crate) fn reader(name: &str) -> PersonId {
    PersonId::new(format!("{name}/reader")).unwrap()
}

/// One of a party's officers, signed in.
pub(crate) fn officer(of: &str, name: &str) -> Actor {
    Actor {
        person: PersonId::new(format!("{of}/{name}")).unwrap(),
        by: "a test".to_owned(),
    }
}

fn surroundings(place: &Path) -> Surroundings {
    Surroundings {
        heads: Some(place.join("heads")),
        passphrase: Box::new(|| Ok(SecretString::from(SECRET))),
        tell: Arc::new(|_| ()),
    }
}

/// Something between two parties.
#[derive(Clone)]
pub(crate) enum OnTheWire {
    /// A message, and the sender's record of it where it came over the network.
    Message {
        from: &'static str,
        to: &'static str,
        sealed: Vec<u8>,
        carried: Option<Carried>,
    },
    /// The answer to one.
    Answer {
        to: &'static str,
        carried: Carried,
        sealed: Vec<u8>,
    },
}

/// Five parties that know each other, made once; every federation begins with a copy.
static TEMPLATE: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let place = tempfile::tempdir_in(memory()).unwrap();
    let keys: Vec<KeyPair> = NAMES.iter().map(|name| KeyPair::generate(name).unwrap()).collect();
    let parties: Vec<Party> = NAMES.iter().zip(&keys).map(|(name, keys)| known(name, keys)).collect();
    for (name, keys) in NAMES.iter().zip(keys) {
        let mine = parties.iter().find(|known| known.path == party(name)).unwrap().clone();
        let folder = place.path().join(name);
        let around = surroundings(place.path());
        let secret = (SecretString::from(SECRET), 2);
        let node = Node::create(&folder, Command::Found(mine), keys, secret, around).unwrap();
        let others = parties
            .iter()
            .filter(|known| known.path != party(name))
            .cloned()
            .map(Command::SetParty);
        let people = NAMES
            .iter()
            .map(|of| Command::SetPerson(Person::outsider(reader(of), party(of))));
        let officers = OFFICERS.iter().map(|officer_of| {
            let mut person = Person::outsider(officer(name, officer_of).person, party(name));
            person.roles.insert(Role::DisclosureOfficer.name().to_owned());
            Command::SetPerson(person)
        });
        let terms = [(ARRANGEMENT, false), (BY_TWO, true)].map(|(id, two_person)| Command::SetArrangement {
            arrangement: arrangement(id, two_person),
            agreed: true,
        });
        let all = others.chain(people).chain(officers).chain(terms);
        node.submit_all(all.collect()).unwrap();
        // What they agree on is said by everybody to everybody: that is not the story.
        for letter in node.store().outbox().unwrap() {
            node.store().confirmed(letter.id, Timestamp::now()).unwrap();
        }
    }
    place
});

fn known(name: &str, keys: &KeyPair) -> Party {
    Party {
        path: party(name),
        name: name.to_owned(),
        client_of: BTreeSet::new(),
        signing_keys: keys.public().signing,
        recipient: Some(keys.public().recipient),
    }
}

/// What all five agreed on: nothing goes further without its originator's word.
fn arrangement(id: &str, two_person: bool) -> Arrangement {
    serde_json::from_value(serde_json::json!({
        "id": id, "title": "Between all five", "parties": NAMES, "onward": "consent", "two_person": two_person,
    }))
    .unwrap()
}

/// Where commits cost nothing, if the machine has such a place.
fn memory() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let place = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &place),
            false => drop(std::fs::copy(entry.path(), place).unwrap()),
        }
    }
}

/// A party of a federation.
pub(crate) struct Member {
    pub(crate) node: Option<Arc<Node>>,
    /// How many seconds its clock goes ahead of the federation's.
    pub(crate) skew: Arc<AtomicI64>,
    /// Events that were read so far, with the moment of each.
    pub(crate) log: Vec<(Timestamp, Act)>,
}

pub(crate) struct Federation {
    seed: u64,
    place: tempfile::TempDir,
    seconds: Arc<AtomicI64>,
    pub(crate) members: BTreeMap<&'static str, Member>,
    pub(crate) wire: Vec<OnTheWire>,
    pub(crate) kinds: BTreeMap<&'static str, usize>,
    pub(crate) count: usize,
    story: Vec<String>,
    healed: bool,
}

/// The first moment of every federation.
fn beginning() -> Timestamp {
    "2030-01-01T00:00:00Z".parse().unwrap()
}

impl Federation {
    pub(crate) fn new(seed: u64) -> Self {
        let place = tempfile::tempdir_in(memory()).unwrap();
        copy(TEMPLATE.path(), place.path());
        let member = |name| {
            let member = Member {
                node: None,
                skew: Arc::default(),
                log: Vec::new(),
            };
            (name, member)
        };
        let mut all = Self {
            seed,
            place,
            seconds: Arc::default(),
            members: NAMES.into_iter().map(member).collect(),
            wire: Vec::new(),
            kinds: BTreeMap::new(),
            count: 0,
            story: Vec::new(),
            healed: false,
        };
        NAMES.into_iter().for_each(|name| all.open(name));
        all
    }

    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// Opens a node from the disk, and reads what it remembers.
    pub(crate) fn open(&mut self, name: &'static str) {
        let (seconds, skew) = (self.seconds.clone(), self.members[name].skew.clone());
        let clock = move || {
            beginning() + SignedDuration::from_secs(seconds.load(Ordering::Relaxed) + skew.load(Ordering::Relaxed))
        };
        let node = Node::open(&self.folder(name), surroundings(self.place.path())).unwrap();
        self.members.get_mut(name).unwrap().node = Some(Arc::new(node.with_clock(Arc::new(clock))));
        self.read(name);
    }

    /// Ends a node without a word.
    pub(crate) fn stop(&mut self, name: &'static str) {
        self.members.get_mut(name).unwrap().node = None;
    }

    pub(crate) fn node(&self, name: &str) -> Arc<Node> {
        self.members[name].node.clone().unwrap()
    }

    /// Now, by a party's clock.
    pub(crate) fn now(&self, name: &str) -> Timestamp {
        let skew = self.members[name].skew.load(Ordering::Relaxed);
        beginning() + SignedDuration::from_secs(self.seconds.load(Ordering::Relaxed) + skew)
    }

    /// Time goes by.
    pub(crate) fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Reads what a node has written since. What was read before has to be there still, as it was.
    pub(crate) fn read(&mut self, name: &'static str) {
        let node = self.node(name);
        let member = self.members.get_mut(name).unwrap();
        let from = member.log.len() as u64 + 1;
        let log = &mut member.log;
        node.store()
            .events(from, |record| log.push((record.time, record.event)))
            .unwrap();
        assert_eq!(
            log.len() as u64,
            node.store().ledger_size().unwrap(),
            "federation {}: {name} has lost events",
            self.seed
        );
    }

    /// Carries out a command; whether it was refused is part of the story.
    pub(crate) fn submit(&mut self, name: &'static str, kind: &'static str, command: Command) {
        let done = self.node(name).submit_all(vec![command]);
        self.read(name);
        match done {
            Ok(_) => self.tell(kind, format!("{name}: {kind}")),
            Err(error) => self.tell("refused", format!("{name}: {kind} is refused: {error}")),
        }
    }

    /// Carries out a command of one of a party's officers; under some arrangements it waits for the other.
    pub(crate) fn submit_as(&mut self, (name, officer_of): (&'static str, &str), kind: &'static str, command: Command) {
        let done = self.node(name).submit_as(officer(name, officer_of), vec![command]);
        self.read(name);
        match done {
            Ok(_) => self.tell(kind, format!("{name}: {kind} by {officer_of}")),
            Err(NodeError::Waits(_)) => self.tell("proposed", format!("{name}: {officer_of} proposes what is {kind}")),
            Err(error) => self.tell("refused", format!("{name}: {kind} by {officer_of} is refused: {error}")),
        }
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "as whoever tells something has just made it"
    )]
    pub(crate) fn tell(&mut self, kind: &'static str, what: String) {
        *self.kinds.entry(kind).or_default() += 1;
        let line = format!("{:>3} {what}", self.story.len());
        if TELL.load(Ordering::Relaxed) {
            eprintln!("{line}");
        }
        self.story.push(line);
    }

    pub(crate) fn story(&self) -> String {
        self.story.join("\n")
    }

    /// A law is broken: the story says how it came to that.
    pub(crate) fn broken(&self, law: &str) -> ! {
        panic!(
            "federation {0}: {law}\n{1}\nsee it again: ENTENTE_SEED={0} cargo test --workspace --test simulation laws_hold -- --nocapture",
            self.seed,
            self.story()
        );
    }

    /// Everything arrives from now on, until nothing is on its way and nothing waits.
    pub(crate) fn heal(&mut self) {
        self.tell("healed", "the network heals".to_owned());
        self.healed = true;
        for name in NAMES {
            if self.members[name].node.is_none() {
                self.open(name);
            }
            self.members[name].skew.store(0, Ordering::Relaxed);
        }
        // Later than any clock went: what a skewed one signed is not in the future.
        self.pass(3600);
        for _ in 0..50 {
            for from in NAMES {
                for to in NAMES.into_iter().filter(|to| *to != from) {
                    crate::steps::carry(self, from, to, 100);
                }
            }
            if self.wire.is_empty() {
                return;
            }
            while let Some(first) = (!self.wire.is_empty()).then(|| self.wire.remove(0)) {
                crate::steps::arrive(self, first);
            }
        }
        self.broken("messages are on their way for ever");
    }

    /// The events of a party, with their moments.
    pub(crate) fn events(&self, name: &str) -> impl Iterator<Item = (Timestamp, &Event)> {
        self.members[name].log.iter().map(|(at, act)| (*at, &act.event))
    }
}
