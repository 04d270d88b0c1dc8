//! Who wishes to be told of what and how, what they were told of, and what still has to go out: one file of the data folder,
//! written before anything is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use entente_core::PersonId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::persons::NoChance;

/// How long an id leads to the list of whoever it was for.
const LEADS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Notices that wait at once; beyond, the oldest are given up.
const MOST: usize = 10_000;
/// Bytes of the secret that signs calls (Standard Webhooks: 24 to 64).
const SECRET: usize = 32;

/// A program that is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hook {
    /// Where.
    pub(crate) address: String,
    /// What signs the calls, in base 64.
    pub(crate) secret: String,
}

/// How somebody is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Way {
    /// By mail, to this address.
    Mail(String),
    /// By a call.
    Hook(Hook),
}

impl Way {
    /// What it is called where it may not be said whom it reaches.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Mail(_) => "mail",
            Self::Hook(_) => "a webhook",
        }
    }
}

/// What somebody wishes to be told of, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wishes {
    /// The kinds of things, by the names that lists have.
    #[serde(default)]
    pub(crate) kinds: BTreeSet<String>,
    /// The address for mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mail: Option<String>,
    /// The program that is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hook: Option<Hook>,
}

impl Wishes {
    /// How they are told.
    pub(crate) fn ways(&self) -> impl Iterator<Item = Way> {
        let mail = self.mail.clone().map(Way::Mail);
        mail.into_iter().chain(self.hook.clone().map(Way::Hook))
    }
}

/// A notice that still has to go out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Letter {
    /// Its random id.
    pub(crate) id: String,
    /// Whom it is for.
    pub(crate) person: PersonId,
    /// How it goes.
    pub(crate) way: Way,
    /// When it was made.
    pub(crate) made: Timestamp,
    /// How often it failed.
    pub(crate) tries: u32,
    /// When it is tried next.
    pub(crate) next: Timestamp,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct File {
    #[serde(default)]
    wishes: BTreeMap<PersonId, Wishes>,
    /// What each was told of, by digest.
    #[serde(default)]
    told: BTreeMap<PersonId, BTreeSet<String>>,
    #[serde(default)]
    waiting: Vec<Letter>,
    /// Whose each id is, and since when.
    #[serde(default)]
    given: BTreeMap<String, (PersonId, Timestamp)>,
}

/// Why notices cannot be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoticeError {
    /// The file cannot be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The machine gives no chance.
    #[error(transparent)]
    Chance(#[from] NoChance),
}

/// All notices of a node. What counts is what stands in the file.
#[derive(Debug)]
pub(crate) struct Notices {
    path: PathBuf,
    lock: PathBuf,
}

impl Notices {
    /// Those of a data folder.
    pub(crate) fn of(data: &Path) -> Self {
        Self {
            path: data.join("notices.json"),
            lock: data.join("notices.lock"),
        }
    }

    fn failed(&self, error: impl Into<std::io::Error>) -> NoticeError {
        NoticeError::File {
            path: self.path.clone(),
            error: error.into(),
        }
    }

    fn read(&self) -> Result<File, NoticeError> {
        match std::fs::read(&self.path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| self.failed(error)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(File::default()),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Changes what is kept, one at a time; nothing is written where nothing changed.
    fn change<T>(&self, change: impl FnOnce(&mut File) -> (bool, T)) -> Result<T, NoticeError> {
        let lock = entente_files::open(&self.lock).map_err(|error| self.failed(error))?;
        lock.lock().map_err(|error| self.failed(error))?;
        let mut file = self.read()?;
        let (changed, done) = change(&mut file);
        if changed {
            let bytes = serde_json::to_vec_pretty(&file).map_err(|error| self.failed(error))?;
            entente_files::write(&self.path, &bytes).map_err(|error| self.failed(error))?;
        }
        Ok(done)
    }

    /// Who wishes to be told of something, and how.
    pub(crate) fn wishes(&self) -> Result<Vec<(PersonId, Wishes)>, NoticeError> {
        let all = self.read()?.wishes.into_iter();
        Ok(all.filter(|(_, wishes)| wishes.ways().next().is_some()).collect())
    }

    /// What one person wishes.
    pub(crate) fn wishes_of(&self, person: &PersonId) -> Result<Wishes, NoticeError> {
        Ok(self.read()?.wishes.remove(person).unwrap_or_default())
    }

    /// Keeps what somebody wishes: a call to another address gets a secret of its own, which is given once. They are told of what
    /// is on their list from the next look on.
    pub(crate) fn wish(
        &self,
        person: &PersonId,
        (kinds, mail, hook): (BTreeSet<String>, Option<String>, Option<String>),
    ) -> Result<Option<String>, NoticeError> {
        let secret = secret()?;
        self.change(|file| {
            let wishes = file.wishes.entry(person.clone()).or_default();
            let known = wishes.hook.take();
            let fresh = known.as_ref().map(|known| &known.address) != hook.as_ref();
            let given = (hook.is_some() && fresh).then(|| secret.clone());
            let kept = known.map(|known| known.secret).filter(|_| !fresh);
            *wishes = Wishes {
                kinds,
                mail,
                hook: hook.map(|address| Hook {
                    address,
                    secret: kept.unwrap_or(secret),
                }),
            };
            (true, given)
        })
    }

    /// Puts a notice into the queue for each way, where one of these things is not among what the person was told of.
    pub(crate) fn tell(
        &self,
        person: &PersonId,
        wishes: &Wishes,
        things: Vec<String>,
        now: Timestamp,
    ) -> Result<(), NoticeError> {
        let ways: Vec<(String, Way)> = wishes
            .ways()
            .map(|way| Ok((random_id()?, way)))
            .collect::<Result<_, NoChance>>()?;
        let things: BTreeSet<String> = things.into_iter().collect();
        self.change(|file| {
            let told = file.told.entry(person.clone()).or_default();
            if *told == things {
                return (false, ());
            }
            let news = things.difference(told).next().is_some();
            *told = things;
            file.given.retain(|_, (_, since)| now.duration_since(*since) < LEADS);
            for (id, way) in ways.into_iter().filter(|_| news) {
                file.given.insert(id.clone(), (person.clone(), now));
                file.waiting.push(Letter {
                    id,
                    person: person.clone(),
                    way,
                    made: now,
                    tries: 0,
                    next: now,
                });
            }
            let beyond = file.waiting.len().saturating_sub(MOST);
            file.waiting.drain(..beyond);
            (true, ())
        })
    }

    /// What is due.
    pub(crate) fn due(&self, now: Timestamp) -> Result<Vec<Letter>, NoticeError> {
        let waiting = self.read()?.waiting.into_iter();
        Ok(waiting.filter(|letter| letter.next <= now).collect())
    }

    /// Notes that a notice went out, or when it is tried again.
    pub(crate) fn sent(&self, letter: &Letter, done: bool, now: Timestamp, wait: Duration) -> Result<(), NoticeError> {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_mins(15));
        self.change(|file| {
            let same = |known: &Letter| known.id == letter.id;
            match done {
                true => file.waiting.retain(|known| !same(known)),
                false => {
                    for known in file.waiting.iter_mut().filter(|known| same(known)) {
                        known.tries = known.tries.saturating_add(1);
                        known.next = now.checked_add(wait).unwrap_or(Timestamp::MAX);
                    }
                }
            }
            (true, ())
        })
    }

    /// Whether an id is one of this person's.
    pub(crate) fn leads(&self, id: &str, person: &PersonId) -> Result<bool, NoticeError> {
        Ok(self.read()?.given.get(id).is_some_and(|(of, _)| of == person))
    }
}

/// An id that tells nothing.
pub(crate) fn random_id() -> Result<String, NoChance> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes)?;
    Ok(crate::persons::hex(&bytes))
}

fn secret() -> Result<String, NoChance> {
    use base64::Engine as _;
    let mut bytes = [0u8; SECRET];
    getrandom::fill(&mut bytes)?;
    Ok(base64::engine::general_purpose::STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_is_told_once_by_each_way_and_waits_until_it_arrived() {
        let folder = tempfile::tempdir().unwrap();
        let notices = Notices::of(folder.path());
        let now = Timestamp::UNIX_EPOCH;
        let [one, other] = ["GBR/a", "GBR/b"].map(|name| PersonId::new(name).unwrap());
        let mail = Some("a@b.example".to_owned());
        let hook = Some("https://b.example/x".to_owned());
        let secret = notices
            .wish(&one, (BTreeSet::new(), mail.clone(), hook.clone()))
            .unwrap();
        assert!(secret.is_some(), "a new address has a new secret");
        let again = notices.wish(&one, (BTreeSet::new(), mail, hook)).unwrap();
        assert_eq!(again, None, "the secret is given once");
        let wishes = notices.wishes_of(&one).unwrap();
        assert_eq!(wishes.hook.as_ref().map(|hook| &hook.secret), secret.as_ref());
        let tell = |things: &[&str], now| {
            let things = things.iter().map(|thing| (*thing).to_owned()).collect();
            notices.tell(&one, &wishes, things, now).unwrap();
            Notices::of(folder.path()).due(now).unwrap()
        };
        assert_eq!(tell(&[], now).len(), 0, "nothing to do is nothing to tell");
        let due = tell(&["x", "y"], now);
        assert_eq!(due.len(), 2, "one by each way, however much there is");
        assert_ne!(due[0].id, due[1].id);
        assert_eq!(tell(&["x"], now).len(), 2, "what has gone is no news");
        assert_eq!(tell(&["x", "y"], now).len(), 4, "what came back is");
        assert!(notices.leads(&due[0].id, &one).unwrap() && !notices.leads(&due[0].id, &other).unwrap());
        notices.sent(&due[0], true, now, Duration::ZERO).unwrap();
        notices.sent(&due[1], false, now, Duration::from_secs(60)).unwrap();
        assert_eq!(notices.due(now).unwrap().len(), 2);
        let later = now + SignedDuration::from_secs(60);
        let tried = notices.due(later).unwrap();
        assert_eq!((tried.len(), tried[0].tries), (3, 1));
    }
}
