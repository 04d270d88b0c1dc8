//! What can go wrong, and what to do.

use std::path::PathBuf;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no store in the folder.
    #[error("there is no data in {path}; set a node up there with `entente init --data {path}`", path = .0.display())]
    Missing(PathBuf),
    /// There is a store in the folder already.
    #[error("{path} holds data already; choose another folder with `--data`", path = .0.display())]
    Exists(PathBuf),
    /// Another process writes to the store, and did not end in time.
    #[error("{path} is in use by another process, which did not end within a minute; nothing was changed; wait for it, or stop it, then try again", path = .0.display())]
    InUse(PathBuf),
    /// Others can read the folder, and that cannot be changed.
    #[error("others on this machine can read {path} or a file in it, and that cannot be changed ({error}); run this as the owner of the folder, or set the folder to 0700 and its files to 0600", path = .path.display())]
    TooOpen {
        /// The folder.
        path: PathBuf,
        /// Why it cannot be changed.
        error: std::io::Error,
    },
    /// The store was written by an older program, which left texts in clear.
    #[error(
        "the data has format {found}, of an older program, with its texts in clear; seal them with `entente store upgrade`"
    )]
    Older {
        /// The format found.
        found: i64,
    },
    /// An event was to be appended where the log does not end any more.
    #[error("the log ends at event {head}, and what is to be appended was decided at event {base}; decide again")]
    Moved {
        /// Where it was decided.
        base: u64,
        /// Where the log ends.
        head: u64,
    },
    /// What was looked at is of a moment of which something has been destroyed since.
    #[error("something was destroyed while this was being read; ask again")]
    GivenUp,
    /// Something that a decision looked at could not be read.
    #[error("{0}")]
    Unread(String),
    /// There is nothing to upgrade.
    #[error("{path} has the newest format already; its texts are sealed", path = .0.display())]
    Current(PathBuf),
    /// The disk has too little room.
    #[error(
        "{needed} bytes are needed beside the old file, and {free} are free; nothing was changed; make room, then try again"
    )]
    NoRoom {
        /// How many bytes are needed.
        needed: u64,
        /// How many are free.
        free: u64,
    },
    /// The root key is not there.
    #[error("the root key of the texts is not in {path}, so nothing can be read; get it back with `entente store recover`, or set ENTENTE_HEADS to the folder where it is; if the folder's file `origin` was changed, put it back", path = .0.display())]
    NoRoot(PathBuf),
    /// The root key is not readable.
    #[error("{path} does not hold a root key; get it back with `entente store recover`", path = .0.display())]
    BadRoot(PathBuf),
    /// The root key is of another state of the folder.
    #[error("the root key in {path} does not open this folder: it was replaced by a purge since this copy of the folder was made, or the folder was put back by hand; open the copy with `entente store recover`, which purges again first", path = .0.display())]
    OtherRoot(PathBuf),
    /// The copy of the root key for rescue cannot be written.
    #[error("the copy of the root key for rescue cannot be written ({0}); nothing was changed")]
    Rescue(std::io::Error),
    /// The store was written by a newer program.
    #[error("the data has format {found}, and this program knows formats up to {known}; use a newer program")]
    Newer {
        /// The format found.
        found: i64,
        /// The newest format known.
        known: i64,
    },
    /// An event is larger than any may be.
    #[error("an event has {size} bytes, at most {limit} are stored; split what it holds")]
    TooLarge {
        /// Its size.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// Something would leave without an event that records it.
    #[error("{0} would leave without being recorded; nothing leaves that the ledger does not know")]
    Unrecorded(String),
    /// A stored event or document cannot be read.
    #[error(
        "{what} cannot be read: {problem}; restore the folder from a backup, or check it with `entente store check`"
    )]
    Unreadable {
        /// Which one.
        what: String,
        /// Why.
        problem: String,
    },
    /// Writing failed before; nothing more is written.
    #[error("writing has failed ({0}), so nothing more is written; see to the disk, then start again")]
    Stopped(String),
    /// The database server failed.
    #[error(transparent)]
    Server(#[from] crate::postgres::ServerError),
    /// The database failed.
    #[error("the database failed: {0}; see to the disk, then check the data with `entente store check`")]
    Database(#[from] rusqlite::Error),
    /// The file system failed.
    #[error("{path}: {error}", path = .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// How.
        error: std::io::Error,
    },
}

/// Why a command was not committed.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError<R> {
    /// The command was refused; nothing was written.
    #[error("{0}")]
    Refused(R),
    /// The store failed; nothing is acknowledged.
    #[error(transparent)]
    Store(#[from] StoreError),
}
