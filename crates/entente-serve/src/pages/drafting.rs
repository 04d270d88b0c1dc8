//! Drafts: texts that somebody is writing and wants to find again, after another page, another sign-in or another start of the
//! node. They are kept for their author alone, a file each beside the store, sealed under its keys: neither the name of a file nor
//! what stands in it says whose it is.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use entente_core::PersonId;
use entente_node::Held;
use entente_store::{Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a draft is kept after it was last kept.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Drafts of one person: the oldest goes first.
const EACH: usize = 10;
/// Drafts of everybody: what a small machine has room for, at the largest form each.
const ALL: usize = 400;

/// A text that is being written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// What it goes by: nobody else's draft is called so.
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) kept: Timestamp,
}

impl Draft {
    /// What its author calls it: the id of the report, where it has one yet.
    pub(crate) fn name(&self) -> Option<String> {
        let id = self
            .text
            .lines()
            .take(20)
            .find_map(|line| line.strip_prefix("id:"))
            .map(str::trim);
        id.filter(|id| !id.is_empty()).map(|id| id.chars().take(60).collect())
    }

    pub(crate) fn ends(&self) -> Timestamp {
        self.kept + KEPT
    }
}

/// What seals drafts, and opens them again.
pub(crate) trait Sealing {
    fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError>;
    fn open(&self, place: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
}

impl Sealing for Store<Held> {
    fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.seal_beside(place, plain)
    }

    fn open(&self, place: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.open_beside(place, sealed)
    }
}

/// Why a draft is not kept, found or let go of.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotKept {
    /// The keys cannot be reached.
    #[error("drafts cannot be sealed: {0}")]
    Store(#[from] StoreError),
    /// The disk failed.
    #[error("drafts cannot be kept on disk: {0}")]
    Disk(#[from] io::Error),
}

/// A draft with its author.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    author: PersonId,
    #[serde(flatten)]
    draft: Draft,
}

/// The drafts that are kept, the oldest first; read from disk when they are first asked for.
#[derive(Debug)]
pub(crate) struct Drafts {
    folder: PathBuf,
    all: Mutex<Option<VecDeque<Kept>>>,
}

fn place(id: &str) -> String {
    format!("draft/{id}")
}

impl Drafts {
    /// Those of the node in this folder.
    pub(crate) fn of_node(data: &Path) -> Self {
        Self {
            folder: data.join("drafts"),
            all: Mutex::default(),
        }
    }

    fn file(&self, id: &str) -> PathBuf {
        self.folder.join(id)
    }

    /// What is on disk. A file that is no draft of this node stays where it is, and is none.
    fn read(&self, keys: &impl Sealing) -> Result<VecDeque<Kept>, NotKept> {
        let files = match std::fs::read_dir(&self.folder) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(VecDeque::new()),
            Err(error) => return Err(error.into()),
        };
        let mut all: Vec<Kept> = Vec::new();
        for file in files.take(2 * ALL) {
            let file = file?;
            let Some(id) = file.file_name().to_str().filter(|name| is_id(name)).map(str::to_owned) else {
                continue;
            };
            let opened = keys.open(&place(&id), &std::fs::read(file.path())?)?;
            let read = opened.and_then(|plain| serde_json::from_slice::<Kept>(&plain).ok());
            all.extend(read.filter(|kept| kept.draft.id == id));
        }
        all.sort_by_key(|kept| kept.draft.kept);
        Ok(all.into())
    }

    fn held(&self, keys: &impl Sealing) -> Result<MutexGuard<'_, Option<VecDeque<Kept>>>, NotKept> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.is_none() {
            *all = Some(self.read(keys)?);
        }
        Ok(all)
    }

    /// Lets go of what is not to be kept, on disk first.
    fn only(&self, all: &mut VecDeque<Kept>, keep: impl Fn(&Kept) -> bool) -> Result<(), NotKept> {
        for gone in all.iter().filter(|kept| !keep(kept)) {
            match entente_files::destroy(&self.file(&gone.draft.id)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        all.retain(keep);
        Ok(())
    }

    /// Keeps a text for its author, in place of what it was; gives what it goes by.
    ///
    /// # Errors
    /// When it cannot be sealed or written.
    pub(crate) fn keep(
        &self,
        keys: &impl Sealing,
        author: &PersonId,
        (id, text): (&str, &str),
        now: Timestamp,
    ) -> Result<Draft, NotKept> {
        let mut held = self.held(keys)?;
        let all = held.get_or_insert_default();
        self.only(all, |kept| kept.draft.ends() > now)?;
        let own = |kept: &Kept| kept.author == *author && kept.draft.id == id;
        let draft = Draft {
            id: match all.iter().any(own) {
                true => id.to_owned(),
                false => entente_node::random_id(),
            },
            text: text.to_owned(),
            kept: now,
        };
        let kept = Kept {
            author: author.clone(),
            draft: draft.clone(),
        };
        let plain = serde_json::to_vec(&kept).map_err(io::Error::other)?;
        let sealed = keys.seal(&place(&draft.id), &plain)?;
        entente_files::create_folder(&self.folder)?;
        entente_files::write(&self.file(&draft.id), &sealed)?;
        all.retain(|known| known.draft.id != draft.id);
        all.push_back(kept);
        let (each, most) = (all.iter().filter(|kept| kept.author == *author), all.len());
        let (each, more): (Vec<&Kept>, usize) = (each.collect(), most.saturating_sub(ALL));
        let gone = each
            .iter()
            .take(each.len().saturating_sub(EACH))
            .map(|kept| &kept.draft);
        let gone = gone.chain(all.iter().take(more).map(|kept| &kept.draft));
        let gone: Vec<String> = gone.map(|draft| draft.id.clone()).collect();
        self.only(all, |kept| !gone.contains(&kept.draft.id))?;
        Ok(draft)
    }

    /// The drafts of somebody, the newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(crate) fn of(&self, keys: &impl Sealing, author: &PersonId, now: Timestamp) -> Result<Vec<Draft>, NotKept> {
        let held = self.held(keys)?;
        let own = held.iter().flatten().rev();
        let own = own.filter(|kept| kept.author == *author && kept.draft.ends() > now);
        Ok(own.map(|kept| kept.draft.clone()).collect())
    }

    /// Lets go of one of them.
    ///
    /// # Errors
    /// When it cannot be taken from the disk; it is still there then.
    pub(crate) fn drop_of(&self, keys: &impl Sealing, author: &PersonId, id: &str) -> Result<(), NotKept> {
        let mut held = self.held(keys)?;
        self.only(held.get_or_insert_default(), |kept| {
            kept.author != *author || kept.draft.id != id
        })
    }
}

/// Whether a file can be a draft: its name is one that this node gives.
fn is_id(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seals nothing, and says so; what is sealed is tried on a node (see the tests of the program).
    struct Plain;

    impl Sealing for Plain {
        fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
            Ok([place.as_bytes(), b"\n", plain].concat())
        }

        fn open(&self, place: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
            let begin = [place.as_bytes(), b"\n"].concat();
            Ok(sealed.strip_prefix(begin.as_slice()).map(<[u8]>::to_vec))
        }
    }

    #[test]
    fn drafts_are_their_author_s_alone_outlive_a_restart_and_end() {
        let data = tempfile::tempdir().unwrap();
        let drafts = Drafts::of_node(data.path());
        let files = || std::fs::read_dir(data.path().join("drafts")).unwrap().count();
        let (one, other) = (PersonId::new("GBR/one").unwrap(), PersonId::new("GBR/other").unwrap());
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let kept = drafts
            .keep(&Plain, &one, ("", "---\nid: R-7\n---\n(U) A"), now)
            .unwrap();
        assert_eq!(kept.name().as_deref(), Some("R-7"));
        let again = drafts.keep(&Plain, &one, (&kept.id, "(U) B"), now).unwrap();
        assert_eq!((again.id.as_str(), files()), (kept.id.as_str(), 1));
        // Whoever names another's draft keeps one of their own, and drops nothing.
        let theirs = drafts.keep(&Plain, &other, (&kept.id, "(U) C"), now).unwrap();
        assert_ne!(theirs.id, kept.id);
        drafts.drop_of(&Plain, &other, &kept.id).unwrap();
        // A file that is none, and one that was sealed for another place.
        std::fs::write(data.path().join("drafts/notes.txt"), "no draft").unwrap();
        let foreign = std::fs::read(data.path().join("drafts").join(&kept.id)).unwrap();
        std::fs::write(data.path().join("drafts/00000000"), foreign).unwrap();
        let started_again = Drafts::of_node(data.path());
        let found = started_again.of(&Plain, &one, now).unwrap();
        assert_eq!((found.len(), found[0].text.as_str()), (1, "(U) B"));
        assert_eq!(started_again.of(&Plain, &other, now).unwrap()[0].text, "(U) C");
        for n in 0..30 {
            drafts.keep(&Plain, &one, ("", &format!("(U) {n}")), now).unwrap();
        }
        let own = drafts.of(&Plain, &one, now).unwrap();
        assert_eq!((own.len(), own[0].text.as_str()), (EACH, "(U) 29"));
        assert_eq!(files(), EACH + 1 + 2, "what is let go of is gone from the disk");
        assert!(drafts.of(&Plain, &one, now + KEPT).unwrap().is_empty());
        drafts.keep(&Plain, &other, ("", "(U) D"), now + KEPT).unwrap();
        assert_eq!(files(), 1 + 2, "what has ended too");
    }
}
