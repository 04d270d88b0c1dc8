//! Publishing a log: write tiles, read them back, and only then sign.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::checkpoint::Checkpoint;
use crate::note::{Note, NoteSigner};
use crate::tile::{TILE_WIDTH, TilePath, bundle_bytes, tile_bytes, tile_root, tiles_between};
use crate::tree::{Hash, leaf_hash, prove_inclusion};
use crate::verify::{Finding, Folder, PARTIAL, UNFINISHED, read_bundle, read_tile, root_at, unfinished};

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

/// Writes a file so that it is whole and durable, or not there. `partial` holds it until it is whole.
fn write(path: &Path, partial: &Path, bytes: &[u8]) -> Result<(), PublishError> {
    let failed = |error| PublishError::File {
        path: path.to_owned(),
        error,
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut file = std::fs::File::create(partial).map_err(failed)?;
    std::io::Write::write_all(&mut file, bytes).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(partial, path).map_err(failed)?;
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed)
}

/// A log in a folder, with its kept checkpoint in another.
#[derive(Clone, Debug)]
pub struct Log {
    folder: PathBuf,
    head: PathBuf,
    origin: String,
}

impl Log {
    /// The log in `folder`, of the origin `origin`; its latest checkpoint is kept in the file `head`.
    pub fn new(folder: impl Into<PathBuf>, head: impl Into<PathBuf>, origin: impl Into<String>) -> Self {
        Self {
            folder: folder.into(),
            head: head.into(),
            origin: origin.into(),
        }
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
        let latest = self.latest()?;
        let signed = latest.as_ref().map_or(0, |checkpoint| checkpoint.size);
        if size < signed {
            return Err(PublishError::Behind { have: size, signed });
        }
        let files = Folder::new(&self.folder);
        // What stands in the folder of earlier sizes, should a publication have been interrupted.
        let mut earlier = unfinished(&files);
        earlier.extend([signed, self.published()]);
        let corrupt = |problem: Finding| PublishError::Corrupt {
            path: problem.place,
            problem: problem.problem,
        };
        let same = |have: u64| match &latest {
            None => Ok(()),
            Some(latest) => match root_at(&files, have, latest.size).map_err(corrupt)? == latest.root {
                true => Ok(()),
                false => Err(PublishError::Forked { signed }),
            },
        };
        // What is on the disk must be what was signed, before and after it grows.
        if self.folder.join("checkpoint").exists() {
            same(signed)?;
        }
        self.announce(earlier.iter().copied().chain([size]))?;
        for tile in tiles_between(signed, size).filter(|tile| tile.level.is_none()) {
            self.write_bundle(tile, &mut entries)?;
            read_bundle(&files, tile).map_err(corrupt)?;
        }
        for level in 1..8 {
            for tile in tiles_between(signed, size).filter(|tile| tile.level == Some(level)) {
                self.write_tile(tile)?;
            }
        }
        same(size)?;
        let checked = root_at(&files, size, size).map_err(corrupt)?;
        let checkpoint = Checkpoint {
            origin: self.origin.clone(),
            size,
            root: checked,
        };
        let mut note = checkpoint.note()?;
        signer.sign(&mut note);
        let bytes = note.render().into_bytes();
        // The kept checkpoint first: should the machine stop here, the folder is behind it, and catches up.
        write(&self.head, &self.head.with_extension("writing"), &bytes)?;
        self.write(&format!("checkpoints/{size}"), &bytes)?;
        self.write("checkpoint", &bytes)?;
        for old in earlier {
            self.remove_superseded(old, size)?;
        }
        self.remove(UNFINISHED)?;
        Ok(checkpoint)
    }

    /// The size of the checkpoint in the folder; 0 where there is none that can be read.
    fn published(&self) -> u64 {
        let note = std::fs::read(self.folder.join("checkpoint")).ok();
        let note = note.and_then(|bytes| Note::parse(&bytes).ok());
        note.and_then(|note| Checkpoint::parse(note.text()).ok())
            .map_or(0, |checkpoint| checkpoint.size)
    }

    /// Says which sizes' tiles may stand in the folder until the next checkpoint does.
    fn announce(&self, sizes: impl Iterator<Item = u64>) -> Result<(), PublishError> {
        let sizes: BTreeSet<u64> = sizes.collect();
        let lines: String = sizes.iter().map(|size| format!("{size}\n")).collect();
        self.write(UNFINISHED, lines.as_bytes())
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), PublishError> {
        write(&self.folder.join(path), &self.folder.join(PARTIAL), bytes)
    }

    fn remove(&self, path: &str) -> Result<(), PublishError> {
        let path = self.folder.join(path);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(PublishError::File { path, error }),
            _ => Ok(()),
        }
    }

    /// Removes partial tiles that the log has outgrown.
    fn remove_superseded(&self, old: u64, new: u64) -> Result<(), PublishError> {
        tiles_between(0, old)
            .filter(|tile| tile.width < 256 && !tile.is_in(new))
            .try_for_each(|tile| self.remove(&tile.to_string()))
    }

    fn write_bundle(
        &self,
        tile: TilePath,
        entries: &mut impl FnMut(std::ops::Range<u64>) -> Result<Vec<Vec<u8>>, String>,
    ) -> Result<(), PublishError> {
        let start = tile.index * TILE_WIDTH;
        let wanted = start..start + u64::from(tile.width);
        let found = entries(wanted).map_err(PublishError::Source)?;
        if found.len() != usize::from(tile.width) {
            return Err(PublishError::Source(format!(
                "{} entries from {start} on, not {}",
                found.len(),
                tile.width
            )));
        }
        let bytes = bundle_bytes(found.iter().map(Vec::as_slice));
        let hashes: Vec<Hash> = found.iter().map(|entry| leaf_hash(entry)).collect();
        self.write(&tile.to_string(), &bytes.ok_or(PublishError::TooLong(start))?)?;
        let level0 = TilePath { level: Some(0), ..tile };
        self.write(&level0.to_string(), &tile_bytes(&hashes))
    }

    /// Writes a tile above level 0 from the tiles below it. Level 0 is written with its bundle.
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
            let children = read_tile(&Folder::new(&self.folder), below).map_err(|problem| PublishError::Corrupt {
                path: problem.place,
                problem: problem.problem,
            })?;
            hashes.push(tile_root(&children));
        }
        self.write(&tile.to_string(), &tile_bytes(&hashes))
    }

    /// The proof that one entry is in the log of the checkpoint in the folder, and the proof's entry.
    ///
    /// # Errors
    /// When the folder has no checkpoint, or fewer entries, or a file cannot be read.
    pub fn prove(&self, index: u64) -> Result<(crate::proof::Proof, Vec<u8>), PublishError> {
        let path = self.folder.join("checkpoint");
        let bytes = std::fs::read(&path).map_err(|error| PublishError::File {
            path: path.clone(),
            error,
        })?;
        let note = Note::parse(&bytes)?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(|_| PublishError::BadHead(path.clone()))?;
        if index >= checkpoint.size {
            return Err(PublishError::Source(format!(
                "the log has {} entries; the first is number 0",
                checkpoint.size
            )));
        }
        let files = Folder::new(&self.folder);
        let corrupt = |problem: Finding| PublishError::Corrupt {
            path: problem.place,
            problem: problem.problem,
        };
        let mut leaves = Vec::new();
        let mut found = None;
        for bundle in tiles_between(0, checkpoint.size).filter(|tile| tile.level.is_none()) {
            if bundle.index == index / TILE_WIDTH {
                let place = usize::try_from(index % TILE_WIDTH).unwrap_or(0);
                found = read_bundle(&files, bundle).map_err(corrupt)?.into_iter().nth(place);
            }
            leaves.extend(
                read_tile(
                    &files,
                    TilePath {
                        level: Some(0),
                        ..bundle
                    },
                )
                .map_err(corrupt)?,
            );
        }
        let place = usize::try_from(index).unwrap_or(usize::MAX);
        let (Some(entry), Some(hashes)) = (found, prove_inclusion(&leaves, place)) else {
            return Err(PublishError::Source(format!("entry {index} is not in the folder")));
        };
        let proof = crate::proof::Proof {
            extra: None,
            index,
            hashes,
            checkpoint: note,
        };
        Ok((proof, entry))
    }
}
