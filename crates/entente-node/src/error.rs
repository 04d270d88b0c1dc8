//! What can go wrong at a node. What to do about it is data here; each face words it.

use std::path::PathBuf;

use entente_core::{CommandRefusal, Pending};
use entente_store::{StoreError, SubmitError};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The folder has in itself what a database is named for.
    #[error(
        "{path} has what this node holds in itself, and not in a database; leave `--database` out, or move it there with \
         `entente store move`", path = .0.display()
    )]
    InFolder(PathBuf),
    /// The core refused a command.
    #[error(transparent)]
    Refused(#[from] CommandRefusal),
    /// It is on record as it was given, and waits for the yes of a second person.
    #[error("it waits for the yes of a second person: {}", names(.0))]
    Waits(Vec<Pending>),
    /// Nothing was done: this is what the commands would do.
    #[error("nothing was changed")]
    Planned(Box<crate::pinned::Planned>),
    /// Something else was recorded meanwhile, and it was to be done only as things stood: look again.
    #[error("something else was recorded meanwhile")]
    Moved,
    /// What acts on files, keys and the disk cannot be tried.
    #[error("this command cannot be tried: it acts on files or keys")]
    NoTrial,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The party's keys cannot be read or written.
    #[error(transparent)]
    Keys(#[from] entente_seal::KeyError),
    /// A sealed message cannot be made or opened.
    #[error(transparent)]
    Seal(#[from] entente_seal::SealError),
    /// The public ledger cannot be brought up to date.
    #[error(transparent)]
    Publish(#[from] entente_ledger::PublishError),
    /// A receipt cannot be made.
    #[error(transparent)]
    Receipt(#[from] entente_ledger::ReceiptError),
    /// There is no party in the folder yet: it has to be set up.
    #[error("{} has not been set up", .0.display())]
    NotSetUp(PathBuf),
    /// The face has no passphrase to give; in its own words.
    #[error("{0}")]
    Passphrase(String),
    /// The face knows no place for kept checkpoints: it has to be given one.
    #[error(
        "there is no place outside the data folder for the checkpoint that shows an old copy, so nothing can be signed"
    )]
    NoHeads,
    /// The place for kept checkpoints is inside the data folder: another has to be given.
    #[error(
        "{} is inside the data folder: whoever puts an old copy of that back would bring back the old checkpoint too",
        .0.display()
    )]
    HeadsInside(PathBuf),
    /// A file cannot be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// How.
        error: std::io::Error,
    },
    /// Another root key stands where this folder's copy would go: that of the folder as it is after a purge.
    #[error(
        "{} holds the root key of this folder as it is after a purge, and this is an older copy of the folder; to go on with \
         the copy, and lose what only that key opens, have it replaced",
        .0.display()
    )]
    OtherRoot(PathBuf),
    /// What an upgrade left in clear is still there, so that nothing can be destroyed: the upgrade has to be confirmed first.
    #[error("{} still holds texts in clear, so what is destroyed would still be there", .0.display())]
    Unconfirmed(PathBuf),
    /// What was sealed is no message.
    #[error("its contents are not a message: {0}")]
    NotAMessage(String),
    /// A header says another kind than the message is of: the sender has to send it again.
    #[error("its header says `{said}`, and it holds a message of the kind `{holds}`")]
    OtherKind {
        /// What the header says.
        said: String,
        /// What it holds.
        holds: &'static str,
        /// Who sent it.
        from: String,
    },
    /// An assurance cannot be written.
    #[error(transparent)]
    Assurance(#[from] entente_assurance::Error),
    /// A receipt is about another message, or somebody else's.
    #[error("the receipt for {0} is not one of its receiver about this message")]
    OtherReceipt(String),
    /// The receiver can no longer open what was sealed to its former keys.
    #[error("{0} asks to seal it to its present keys; add them")]
    SealAgain(entente_core::PartyPath),
    /// A stored name is none.
    #[error(transparent)]
    Name(#[from] entente_core::NameError),
}

fn names(waits: &[Pending]) -> String {
    let each = waits
        .iter()
        .map(|pending| format!("{} ({})", pending.id, pending.what.say()));
    each.collect::<Vec<_>>().join(", ")
}

impl NodeError {
    /// Whether it is the message that is at fault: it is none of a known party to this one, or cannot be read at all.
    pub fn is_of_the_message(&self) -> bool {
        matches!(
            self,
            Self::Seal(_) | Self::NotAMessage(_) | Self::OtherKind { .. } | Self::Name(_)
        )
    }
}

/// Why a commit was not made.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The core refused a command.
    Refused(CommandRefusal),
    /// It was to be done only as things stood.
    Moved,
}

impl From<CommandRefusal> for Stopped {
    fn from(refusal: CommandRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<SubmitError<Stopped>> for NodeError {
    fn from(error: SubmitError<Stopped>) -> Self {
        match error {
            SubmitError::Store(error) => Self::Store(error),
            SubmitError::Refused(Stopped::Refused(refusal)) => Self::Refused(refusal),
            SubmitError::Refused(Stopped::Moved) => Self::Moved,
        }
    }
}
