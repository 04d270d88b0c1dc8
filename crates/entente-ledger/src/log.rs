//! Publishing a log: write tiles, read them back, and only then sign.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::checkpoint::Checkpoint;
use crate::durable::{Durable, Failure};
use crate::note::{Note, NoteSigner};
use crate::subtree::{consistency, inclusion, root_at};
use crate::tile::{MAX_ENTRY, TILE_WIDTH, TilePath, bundle_bytes, tile_bytes, tile_root, tiles_between};
use crate::tiles::{Folder, Tiles};
use crate::tree::{Hash, leaf_hash, verify_consistency, verify_inclusion};
use crate::verify::{Finding, Source, UNFINISHED, read_bundle, read_tile, unfinished};
use crate::witness::Submission;

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The log is shorter than what was signed before.
    #[error(
        "the log has {have} entries, but one of {signed} was signed before: an old copy has been restored; bring back the \
         newer data, or tell your partners that entries were lost"
    )]
    Behind {
        /// Entries there are.
        have: u64,
        /// Entries that were signed.
        signed: u64,
    },
    /// The log does not continue what was signed before.
    #[error(
        "the log's first {signed} entries are not those that were signed before: the data was changed or forked; nothing \
         was signed"
    )]
    Forked {
        /// Entries that were signed.
        signed: u64,
    },
    /// The kept checkpoint is gone, though one was signed.
    #[error(
        "the kept checkpoint {path} is missing, though this log was signed before: nothing shows which entries your \
         partners hold; if the log's own `checkpoint` is the latest that anyone has, copy it there, then try again",
        path = .0.display()
    )]
    HeadMissing(PathBuf),
    /// The checkpoint in the folder is another log's.
    #[error(
        "the log in {folder} is `{found}`, and the node now says that it is `{here}`: its `origin` was changed; put the \
         old one back, nothing was signed", folder = .folder.display()
    )]
    Renamed {
        /// The log's folder.
        folder: PathBuf,
        /// The origin that was signed in it.
        found: String,
        /// The origin that this log should have.
        here: String,
    },
    /// The kept checkpoint is another log's.
    #[error("the kept checkpoint belongs to the log `{kept}`, and this is `{here}`; nothing was signed")]
    OtherLog {
        /// The origin of the kept checkpoint.
        kept: String,
        /// The origin of this log.
        here: String,
    },
    /// What was written is not what is on the disk.
    #[error("{path} does not hold what was written ({problem}); nothing was signed; check the disk")]
    Corrupt {
        /// Which file.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// An entry is too long for the format.
    #[error("entry {0} is longer than 65,535 bytes")]
    TooLong(u64),
    /// The file system failed.
    #[error("{path}: {error}; nothing was signed", path = .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// How.
        error: std::io::Error,
    },
    /// The entries could not be read.
    #[error("the entries could not be read: {0}; nothing was signed")]
    Source(String),
    /// The checkpoint could not be written as a note.
    #[error(transparent)]
    Note(#[from] crate::note::NoteError),
    /// The kept checkpoint is damaged.
    #[error("the kept checkpoint {path} is damaged; restore it from a partner's copy of the log", path = .0.display())]
    BadHead(PathBuf),
}

impl From<Failure> for PublishError {
    fn from(Failure { path, error }: Failure) -> Self {
        Self::File { path, error }
    }
}

impl From<Finding> for PublishError {
    fn from(Finding { place, problem, .. }: Finding) -> Self {
        Self::Corrupt { path: place, problem }
    }
}

/// A log's files, and its kept checkpoint in another place.
#[derive(Clone)]
pub struct Log {
    files: Arc<dyn Tiles>,
    head: PathBuf,
    origin: String,
}

impl Log {
    /// The log in `folder`, of the origin `origin`; its latest checkpoint is kept in the file `head`.
    pub fn new(folder: impl Into<PathBuf>, head: impl Into<PathBuf>, origin: impl Into<String>) -> Self {
        Self::kept_in(Arc::new(Folder::new(folder)), head, origin)
    }

    /// The log whose files are kept here, of the origin `origin`; its latest checkpoint is kept in the file `head`.
    pub fn kept_in(files: Arc<dyn Tiles>, head: impl Into<PathBuf>, origin: impl Into<String>) -> Self {
        Self {
            files,
            head: head.into(),
            origin: origin.into(),
        }
    }

    fn failed(&self, path: &str) -> impl FnOnce(std::io::Error) -> PublishError {
        let path = self.files.place(path);
        |error| PublishError::File { path, error }
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), PublishError> {
        self.files.put(path, bytes).map_err(self.failed(path))
    }

    fn settle(&self) -> Result<(), PublishError> {
        self.files.settle().map_err(self.failed(""))
    }

    /// The bytes of the checkpoint among the files, if any.
    fn checkpoint(&self) -> Result<Option<Vec<u8>>, PublishError> {
        let read = self.files.read("checkpoint").map_err(std::io::Error::other);
        read.map_err(self.failed("checkpoint"))
    }

    /// The checkpoint among the files, and the note that it is signed in.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn published(&self) -> Result<(Checkpoint, Note), PublishError> {
        let missing = || self.failed("checkpoint")(std::io::Error::from(std::io::ErrorKind::NotFound));
        let note = Note::parse(&self.checkpoint()?.ok_or_else(missing)?)?;
        let bad = |_| PublishError::BadHead(self.files.place("checkpoint"));
        let checkpoint = Checkpoint::parse(note.text()).map_err(bad)?;
        Ok((checkpoint, note))
    }

    /// The latest checkpoint that was signed, if any.
    ///
    /// # Errors
    /// When it is damaged or cannot be read.
    pub fn latest(&self) -> Result<Option<Checkpoint>, PublishError> {
        let bytes = match std::fs::read(&self.head) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(PublishError::File {
                    path: self.head.clone(),
                    error,
                });
            }
        };
        let note = Note::parse(&bytes).map_err(|_| PublishError::BadHead(self.head.clone()))?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(|_| PublishError::BadHead(self.head.clone()))?;
        Ok(Some(checkpoint))
    }

    /// Brings the folder up to `size` entries and signs a checkpoint for it.
    ///
    /// `entries` gives a range of entries, counted from 0. What is written is read back from the disk, and the root is
    /// computed from what was read; a checkpoint below or beside the one signed last is refused.
    /// The kept checkpoint stands apart from the log: whoever restores an old copy of the log does not restore it.
    ///
    /// # Errors
    /// As [`PublishError`] says; nothing is signed then.
    pub fn publish(
        &self,
        size: u64,
        signer: &NoteSigner,
        mut entries: impl FnMut(std::ops::Range<u64>) -> Result<Vec<Vec<u8>>, String>,
    ) -> Result<Checkpoint, PublishError> {
        let _alone = self.lock()?;
        let _turn = self.files.alone().map_err(self.failed(""))?;
        let latest = self.latest()?;
        if let Some(other) = latest.as_ref().filter(|latest| latest.origin != self.origin) {
            return Err(PublishError::OtherLog {
                kept: other.origin.clone(),
                here: self.origin.clone(),
            });
        }
        self.same_origin()?;
        let there = self.checkpoint()?.is_some();
        if latest.is_none() && there {
            return Err(PublishError::HeadMissing(self.head.clone()));
        }
        let signed = latest.as_ref().map_or(0, |checkpoint| checkpoint.size);
        // Another node of this log may have published more, and keeps its checkpoint in a place of its own.
        let longest = signed.max(self.published_size());
        if size < longest {
            return Err(PublishError::Behind {
                have: size,
                signed: longest,
            });
        }
        let files: &dyn Source = &*self.files;
        // What stands in the folder of earlier sizes, should a publication have been interrupted.
        let mut earlier = unfinished(files);
        earlier.extend([signed, self.published_size()]);
        // No publication can have been under way for more entries than there are.
        earlier.retain(|old| *old <= size);
        let same = |have: u64| -> Result<(), PublishError> {
            match &latest {
                None => Ok(()),
                Some(latest) => match root_at(files, have, latest.size)? == latest.root {
                    true => Ok(()),
                    false => Err(PublishError::Forked { signed }),
                },
            }
        };
        // What is on the disk must be what was signed, before and after it grows.
        if there {
            same(signed)?;
        }
        let sizes: BTreeSet<u64> = earlier.iter().copied().chain([size]).collect();
        let announced: String = sizes.iter().map(|size| format!("{size}\n")).collect();
        self.put(UNFINISHED, announced.as_bytes())?;
        self.settle()?;
        for tile in tiles_between(signed, size).filter(|tile| tile.level.is_none()) {
            self.write_bundle(tile, &mut entries)?;
            read_bundle(files, tile)?;
        }
        for level in 1..8 {
            for tile in tiles_between(signed, size).filter(|tile| tile.level == Some(level)) {
                self.write_tile(tile)?;
            }
        }
        self.settle()?;
        same(size)?;
        let checked = root_at(files, size, size)?;
        let checkpoint = Checkpoint {
            origin: self.origin.clone(),
            size,
            root: checked,
        };
        let mut note = checkpoint.note()?;
        signer.sign(&mut note);
        let bytes = note.render().into_bytes();
        // The kept checkpoint first: should the machine stop here, the folder is behind it, and catches up.
        let mut kept = Durable::below(
            self.head.parent().unwrap_or(Path::new("")),
            self.head.with_extension("writing"),
        );
        kept.put(self.head.file_name().unwrap_or_default(), &bytes)?;
        kept.settle()?;
        self.put(&format!("checkpoints/{size}"), &bytes)?;
        self.put("checkpoint", &bytes)?;
        self.settle()?;
        for old in earlier {
            self.remove_superseded(old, size)?;
        }
        self.remove(UNFINISHED)?;
        self.settle()?;
        Ok(checkpoint)
    }

    /// A log keeps its name: under another, its kept checkpoint would not be found, and what it held could be forgotten.
    fn same_origin(&self) -> Result<(), PublishError> {
        let note = self.checkpoint().ok().flatten();
        let note = note.and_then(|bytes| Note::parse(&bytes).ok());
        let published = note.and_then(|note| Checkpoint::parse(note.text()).ok());
        match published.filter(|published| published.origin != self.origin) {
            None => Ok(()),
            Some(other) => Err(PublishError::Renamed {
                folder: self.files.place(""),
                found: other.origin,
                here: self.origin.clone(),
            }),
        }
    }

    /// The size of the checkpoint in the folder; 0 where there is none that can be read.
    fn published_size(&self) -> u64 {
        let note = self.checkpoint().ok().flatten();
        let note = note.and_then(|bytes| Note::parse(&bytes).ok());
        note.and_then(|note| Checkpoint::parse(note.text()).ok())
            .map_or(0, |checkpoint| checkpoint.size)
    }

    /// Waits until no other process publishes: of two writers one reads the kept checkpoint that the other has written.
    fn lock(&self) -> Result<std::fs::File, PublishError> {
        let path = self.head.with_extension("lock");
        let open = || {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            folder.map_or(Ok(()), entente_files::create_folder)?;
            let file = entente_files::open(&path)?;
            file.lock()?;
            Ok(file)
        };
        open().map_err(|error| PublishError::File {
            path: path.clone(),
            error,
        })
    }

    fn remove(&self, path: &str) -> Result<(), PublishError> {
        self.files.remove(path).map_err(self.failed(path))
    }

    /// Removes partial tiles that the log has outgrown.
    fn remove_superseded(&self, old: u64, new: u64) -> Result<(), PublishError> {
        tiles_between(0, old)
            .filter(|tile| tile.width < 256 && !tile.is_in(new))
            .try_for_each(|tile| self.remove(&tile.to_string()))
    }

    /// What is submitted to a witness that has signed a checkpoint of `old` entries last: the checkpoint in the folder, signed in
    /// the log's own name besides, and the proof that it continues that one.
    ///
    /// # Errors
    /// When the folder has no checkpoint, or a file cannot be read or was changed.
    pub fn submission(&self, old: u64, signer: &NoteSigner) -> Result<Submission, PublishError> {
        let (checkpoint, mut note) = self.published()?;
        signer.called(&self.origin)?.sign(&mut note);
        Ok(Submission {
            old,
            proof: consistency(&*self.files, checkpoint.size, old.min(checkpoint.size))?,
            checkpoint: note,
        })
    }

    /// Whether the log of the checkpoint in the folder continues what another checkpoint of it states.
    ///
    /// # Errors
    /// When a file of the log is damaged or cannot be read.
    pub fn continues(&self, told: &Checkpoint) -> Result<bool, PublishError> {
        let Some(now) = self.latest()? else { return Ok(false) };
        let proof = consistency(&*self.files, now.size, told.size)?;
        Ok(told.origin == now.origin
            && match told.size == now.size {
                true => told.root == now.root,
                false => verify_consistency(told.size, &told.root, now.size, &now.root, &proof),
            })
    }

    /// The proof that one entry is in the log of the checkpoint in the folder, and the proof's entry.
    ///
    /// # Errors
    /// When the folder has no checkpoint, or fewer entries, or a file cannot be read or was changed.
    ///
    /// # Panics
    /// Never: an entry's place in its bundle is below 256.
    pub fn prove(&self, index: u64) -> Result<(crate::proof::Proof, Vec<u8>), PublishError> {
        let (checkpoint, note) = self.published()?;
        if index >= checkpoint.size {
            return Err(PublishError::Source(format!(
                "the log has {} entries; the first is number 0",
                checkpoint.size
            )));
        }
        let files: &dyn Source = &*self.files;
        let start = index - index % TILE_WIDTH;
        let width = (checkpoint.size - start).min(TILE_WIDTH);
        let bundle = TilePath {
            level: None,
            index: index / TILE_WIDTH,
            width: u16::try_from(width).expect("a bundle has at most 256 entries"),
        };
        let place = usize::try_from(index - start).expect("a place in a bundle is below 256");
        let entry = read_bundle(files, bundle)?.swap_remove(place);
        let hashes = inclusion(files, checkpoint.size, index)?;
        // A proof that does not hold would put its reader on the wrong track.
        if !verify_inclusion(&leaf_hash(&entry), index, checkpoint.size, &checkpoint.root, &hashes) {
            return Err(PublishError::Corrupt {
                path: bundle.to_string(),
                problem: "its entries do not lead to the signed root".to_owned(),
            });
        }
        let proof = crate::proof::Proof {
            extra: None,
            index,
            hashes,
            checkpoint: note,
        };
        Ok((proof, entry))
    }

    /// Writes a bundle of entries and the tile of their hashes.
    fn write_bundle(
        &self,
        tile: TilePath,
        entries: &mut impl FnMut(std::ops::Range<u64>) -> Result<Vec<Vec<u8>>, String>,
    ) -> Result<(), PublishError> {
        let start = tile.index * TILE_WIDTH;
        let found = entries(start..start + u64::from(tile.width)).map_err(PublishError::Source)?;
        if found.len() != usize::from(tile.width) {
            return Err(PublishError::Source(format!(
                "{} entries from {start} on, not {}",
                found.len(),
                tile.width
            )));
        }
        let long = || (start..).zip(&found).find(|(_, entry)| entry.len() > MAX_ENTRY);
        let bytes = bundle_bytes(found.iter().map(Vec::as_slice))
            .ok_or_else(|| PublishError::TooLong(long().map_or(start, |(index, _)| index)))?;
        let hashes: Vec<Hash> = found.iter().map(|entry| leaf_hash(entry)).collect();
        let level0 = TilePath { level: Some(0), ..tile };
        self.put(&tile.to_string(), &bytes)?;
        self.put(&level0.to_string(), &tile_bytes(&hashes))?;
        Ok(())
    }

    /// Writes a tile above level 0 from the tiles below it.
    fn write_tile(&self, tile: TilePath) -> Result<(), PublishError> {
        let Some(level) = tile.level.filter(|level| *level > 0) else {
            return Ok(());
        };
        let mut hashes = Vec::new();
        for n in 0..u64::from(tile.width) {
            let below = TilePath {
                level: Some(level - 1),
                index: tile.index * TILE_WIDTH + n,
                width: 256,
            };
            hashes.push(tile_root(&read_tile(&*self.files, below)?));
        }
        self.put(&tile.to_string(), &tile_bytes(&hashes))?;
        Ok(())
    }
}
