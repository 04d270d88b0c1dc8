//! Exit codes, and failures with what to do about them.

use std::process::ExitCode;

use entente_core::CommandRefusal;
use entente_desk::arrangements::NoTerms;
use entente_node::{NodeError, Planned};
use entente_store::StoreError;

/// What a command ends with; scripts rely on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Permitted, or done.
    Done = 0,
    /// Something failed.
    Failed = 1,
    /// The arguments are wrong.
    Usage = 2,
    /// Denied.
    Denied = 3,
    /// A consent is needed.
    Ask = 4,
    /// Not found.
    NotFound = 5,
    /// Tampered with.
    Tampered = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A failure to be shown.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    /// What would be done, where that was all that was asked.
    planned: Option<Box<Planned>>,
    /// What waits for a second person, where that is so.
    waits: Option<serde_json::Value>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl std::fmt::Display) -> Self {
        Self {
            exit,
            message: message.to_string(),
            planned: None,
            waits: None,
        }
    }

    pub(crate) fn failed(message: impl std::fmt::Display) -> Self {
        Self::new(Exit::Failed, message)
    }

    pub(crate) fn usage(message: impl std::fmt::Display) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(crate) fn not_found(message: impl std::fmt::Display) -> Self {
        Self::new(Exit::NotFound, message)
    }

    /// Messages go to standard error; with `--json` as an object.
    pub(crate) fn print(&self, json: bool) {
        if let Some(planned) = &self.planned {
            if let Err(failure) = crate::trial::show(planned, json) {
                failure.print(json);
            }
            return;
        }
        if let Some(waits) = &self.waits {
            match json {
                true => crate::output::line(waits),
                false => crate::output::line(&self.message),
            }
            return;
        }
        match json {
            true => crate::output::say(serde_json::json!({ "error": self.message })),
            false => crate::output::say(format!("error: {}", self.message)),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing(_) => Self::not_found(error),
            _ => Self::failed(error),
        }
    }
}

impl From<NoTerms> for Failure {
    fn from(error: NoTerms) -> Self {
        match &error {
            NoTerms::Missing(_) => Self::not_found(format!("{error}; `entente arrangement list` shows them")),
            NoTerms::Unstated(_) => Self::not_found(format!("{error}; `entente arrangement list` shows what is known")),
            NoTerms::AsStrict(id) | NoTerms::Recorded(id) => {
                Self::usage(format!("{error}; `entente arrangement show {id}` shows its terms"))
            }
            NoTerms::Several { .. } => Self::usage(format!("{error}; say whose to record with `--from PARTY`")),
        }
    }
}

impl From<NodeError> for Failure {
    fn from(error: NodeError) -> Self {
        match error {
            NodeError::Refused(refusal) => refusal.into(),
            NodeError::Planned(planned) => Self {
                planned: Some(planned),
                ..Self::new(Exit::Done, "nothing was changed")
            },
            NodeError::Waits(waits) => {
                let said = waits.iter().map(|pending| {
                    format!(
                        "{} waits for the yes of a second person until {}, as {} asks: `entente pending show {}`",
                        pending.what.say(),
                        pending.ends(),
                        crate::words::list(&pending.under),
                        pending.id
                    )
                });
                let said: Vec<String> = said.collect();
                Self {
                    waits: Some(
                        serde_json::json!({ "waits": waits.iter().map(|pending| &pending.id).collect::<Vec<_>>() }),
                    ),
                    ..Self::new(Exit::Ask, said.join("\n"))
                }
            }
            NodeError::NoTrial => Self::usage(format!("{error}; leave `--dry-run` out")),
            NodeError::Store(error) => error.into(),
            NodeError::Keys(error) => error.into(),
            NodeError::Seal(error) => error.into(),
            NodeError::Publish(error) => error.into(),
            NodeError::Name(error) => error.into(),
            NodeError::Assurance(error) => error.into(),
            NodeError::NotSetUp(_) => Self::not_found(format!("{error}; run `entente init`")),
            NodeError::InFolder(_) => Self::usage(error),
            NodeError::NoHeads => Self::failed(format!("{error}; set HOME, or ENTENTE_HEADS to a folder of its own")),
            NodeError::HeadsInside(_) => Self::failed(format!("{error}; set ENTENTE_HEADS to a folder outside it")),
            NodeError::OtherRoot(_) => Self::failed(format!("{error}: `entente store recover --replace`")),
            NodeError::Unconfirmed(_) => Self::failed(format!(
                "{error}; confirm the upgrade first: `entente store upgrade --confirm`"
            )),
            NodeError::OtherKind { ref from, .. } => Self::failed(format!("{error}; ask {from} to send it again")),
            NodeError::Passphrase(_)
            | NodeError::Moved
            | NodeError::Receipt(_)
            | NodeError::File { .. }
            | NodeError::NotAMessage(_)
            | NodeError::OtherReceipt(_)
            | NodeError::SealAgain(_) => Self::failed(error),
        }
    }
}

impl From<entente_assurance::Error> for Failure {
    fn from(error: entente_assurance::Error) -> Self {
        match error {
            entente_assurance::Error::Unknown(_) => {
                Self::not_found(format!("{error}; `entente party list` shows the parties"))
            }
            entente_assurance::Error::Itself(_) | entente_assurance::Error::NoSuchSize { .. } => Self::usage(error),
            entente_assurance::Error::Records(_) => Self::failed(error),
        }
    }
}

impl From<CommandRefusal> for Failure {
    fn from(refusal: CommandRefusal) -> Self {
        match refusal {
            CommandRefusal::MayNotKnow { .. } | CommandRefusal::NotInRole { .. } => Self::new(Exit::Denied, refusal),
            _ if refusal.is_not_found() => Self::not_found(refusal),
            _ => Self::failed(refusal),
        }
    }
}

macro_rules! failed_from {
    ($($error:ty),*) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::failed(error)
            }
        })*
    };
}

failed_from!(
    entente_serve::SettingsError,
    entente_serve::AccountError,
    entente_core::NameError,
    entente_seal::KeyError,
    entente_ledger::PublishError,
    entente_policy::RuleError,
    entente_watch::facts::FactsError,
    jiff::Error
);

impl From<entente_desk::persons::Unreadable> for Failure {
    fn from(error: entente_desk::persons::Unreadable) -> Self {
        Self::usage(error)
    }
}

impl From<entente_desk::holdings::NothingKnown> for Failure {
    fn from(error: entente_desk::holdings::NothingKnown) -> Self {
        match error {
            entente_desk::holdings::NothingKnown::Facts(error) => error.into(),
            entente_desk::holdings::NothingKnown::Nothing => {
                Self::not_found(format!("{error}; add some, or give a facts file with `--facts`"))
            }
        }
    }
}

impl From<entente_core::decide::NotFound> for Failure {
    fn from(error: entente_core::decide::NotFound) -> Self {
        Self::not_found(error)
    }
}

impl From<entente_seal::SealError> for Failure {
    fn from(error: entente_seal::SealError) -> Self {
        match error {
            entente_seal::SealError::BadSignature(_) => Self::new(Exit::Tampered, error),
            _ => Self::failed(error),
        }
    }
}
