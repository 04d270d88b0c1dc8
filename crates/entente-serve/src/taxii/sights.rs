//! What is remembered of clients between requests: what each of them sees and since when, and what became of what they sent.
//!
//! It is kept beyond this run of the node in files of the data folder, sealed to the party's keys. Where these were not given,
//! or a file cannot be read, a client gets everything anew after a restart, and misses nothing.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use entente_core::{PersonId, State};
use entente_exchange::Known;
use entente_exchange::taxii::Sight;
use entente_seal::{KeyPair, open_copy, seal_copy};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::host::Host;
use crate::pages::Desk;
use crate::persons::hex;

/// The folder of these files.
const FOLDER: &str = "taxii";

/// How many statuses are kept: those of the last requests.
const STATUSES: usize = 1000;

/// How many clients are remembered at once; the others are looked up in their files.
const CLIENTS: usize = 64;

/// The largest file that is read: what a client sees of a hundred thousand reports.
const MAX_FILE: u64 = 64 << 20;

/// What became of what somebody sent.
#[derive(Clone, Serialize, Deserialize)]
struct Status {
    of: PersonId,
    value: Value,
}

/// What is remembered.
#[derive(Default)]
pub(crate) struct Sights {
    clients: Mutex<HashMap<PersonId, Arc<Mutex<Sight>>>>,
    statuses: Mutex<VecDeque<(String, Status)>>,
    known: Mutex<Option<(State, Arc<Known>)>>,
}

impl Sights {
    /// What a caller sees, brought up to now.
    pub(super) fn of<T>(&self, desk: &Desk, with: impl FnOnce(&Sight) -> T) -> T {
        let files = Files::of(&desk.host);
        let sight = {
            let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
            if clients.len() >= CLIENTS && !clients.contains_key(desk.me()) {
                clients.clear();
            }
            let first = || Arc::new(Mutex::new(files.sight(desk.me())));
            clients.entry(desk.me().clone()).or_insert_with(first).clone()
        };
        let mut sight = sight.lock().unwrap_or_else(PoisonError::into_inner);
        if sight.look(&desk.moment(), desk.me(), desk.now) {
            files.write(&sight_name(desk.me()), &sight.remembered());
        }
        with(&sight)
    }

    /// Keeps what became of a request.
    pub(super) fn keep_status(&self, desk: &Desk, id: &str, value: &Value) {
        let status = Status {
            of: desk.me().clone(),
            value: value.clone(),
        };
        let files = Files::of(&desk.host);
        files.write(&status_name(id), &serde_json::to_vec(&status).unwrap_or_default());
        files.drop_old_statuses();
        let mut kept = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((id.to_owned(), status));
        if kept.len() > STATUSES {
            kept.pop_front();
        }
    }

    /// What became of a request, for whoever sent it.
    pub(super) fn status(&self, desk: &Desk, id: &str) -> Option<Value> {
        let kept = {
            let kept = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
            kept.iter()
                .find(|(known, _)| known == id)
                .map(|(_, status)| status.clone())
        };
        let is_name = id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        let read = || {
            let bytes = Files::of(&desk.host).read(&status_name(id))??;
            serde_json::from_slice::<Status>(&bytes).ok()
        };
        let status = kept.or_else(|| read().filter(|_| is_name))?;
        (status.of == *desk.me()).then_some(status.value)
    }

    /// What is said in texts that are held, followed from one request to the next.
    pub(super) fn known(&self, state: &State) -> Arc<Known> {
        let mut kept = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = match kept.take() {
            Some((before, known)) => Known::followed(known, &before, state),
            None => Arc::new(Known::of(state)),
        };
        *kept = Some((state.clone(), known.clone()));
        known
    }
}

fn sight_name(person: &PersonId) -> String {
    let name = digest(&SHA256, person.to_string().as_bytes());
    format!("sight-{}.age", hex(name.as_ref()))
}

fn status_name(id: &str) -> String {
    format!("status-{id}.age")
}

/// The files in which it is kept.
struct Files<'h> {
    folder: PathBuf,
    keys: Option<&'h Arc<KeyPair>>,
}

impl<'h> Files<'h> {
    fn of(host: &'h Host) -> Self {
        Self {
            folder: host.node().folder().join(FOLDER),
            keys: host.keys(),
        }
    }

    /// A file; nothing where there is none, and nothing within that where it cannot be read.
    fn read(&self, name: &str) -> Option<Option<Vec<u8>>> {
        let path = self.folder.join(name);
        let size = match std::fs::metadata(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            found => found.map_or(u64::MAX, |found| found.len()),
        };
        let open = || {
            let sealed = std::fs::read(&path).ok()?;
            open_copy(&sealed, self.keys?).ok().map(|plain| plain.to_vec())
        };
        Some(open().filter(|_| size <= MAX_FILE))
    }

    /// Writes a file, where the party's keys are there; whoever reads takes a file that is not there for what it is.
    fn write(&self, name: &str, plain: &[u8]) {
        let Some(keys) = self.keys else { return };
        let path = self.folder.join(name);
        let written = entente_files::create_folder(&self.folder).is_ok()
            && seal_copy(plain, &keys.public().recipient)
                .is_ok_and(|sealed| entente_files::replace(&path, &sealed).is_ok());
        if !written {
            // An older file would say that less was seen since than was.
            let _ = std::fs::remove_file(&path);
        }
    }

    fn sight(&self, person: &PersonId) -> Sight {
        match (self.read(&sight_name(person)), self.keys) {
            (None, Some(_)) => Sight::default(),
            (None, None) => Sight::resumed(None),
            (Some(read), _) => Sight::resumed(read.as_deref()),
        }
    }

    fn drop_old_statuses(&self) {
        let mut all: Vec<(std::time::SystemTime, PathBuf)> = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| is_status(path))
            .filter_map(|path| Some((std::fs::metadata(&path).ok()?.modified().ok()?, path)))
            .collect();
        all.sort();
        let more = all.len().saturating_sub(STATUSES);
        for (_, path) in all.into_iter().take(more) {
            // What cannot be removed is tried again with the next one.
            let _ = std::fs::remove_file(path);
        }
    }
}

fn is_status(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with("status-"))
}
