//! What can go wrong with a database server, and what to do.

use std::error::Error as _;

use tokio_postgres::error::SqlState;

use crate::error::StoreError;

/// A failure of a database server. `server` names it without its password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be used.
    #[error(
        "`{address}` cannot be used as the address of a database: {problem}; write it as postgresql://USER@HOST/DATABASE"
    )]
    Address {
        /// What was given, without its password.
        address: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A password stands where others can read it.
    #[error(
        "the address of the database has its password in it, where others on this machine can read it; put the password into a \
         file for you only, and name it with PGPASSFILE, or with `?passfile=FILE` in the address"
    )]
    PasswordShown,
    /// Nobody answers.
    #[error(
        "the database server {server} cannot be reached ({problem}); nothing was changed; see that it runs, then try again"
    )]
    Away {
        /// Which.
        server: String,
        /// Why.
        problem: String,
    },
    /// It went away while something was being committed.
    #[error(
        "the database server {server} went away while this was being committed, and did not come back; whether it was \
         committed is not known: look once it is back, before you do it again"
    )]
    Unknown {
        /// Which.
        server: String,
    },
    /// It does not let the user in.
    #[error(
        "the database server {server} does not let this user in ({problem}); see the password in the file that PGPASSFILE names, \
         and the server's pg_hba.conf"
    )]
    NotLetIn {
        /// Which.
        server: String,
        /// What it says.
        problem: String,
    },
    /// There is no such database.
    #[error("the server {server} has no such database ({problem}); make it with `createdb`, then try again")]
    NoDatabase {
        /// Which.
        server: String,
        /// What it says.
        problem: String,
    },
    /// Its version is too old.
    #[error("the database server {server} is PostgreSQL {found}; version {needed} or later is needed")]
    TooOld {
        /// Which.
        server: String,
        /// Its version.
        found: String,
        /// The oldest that will do.
        needed: u32,
    },
    /// Its certificate is not trusted.
    #[error(
        "the certificate of the database server {server} cannot be trusted ({problem}); name the certificate of its authority with \
         `sslrootcert=FILE` in the address"
    )]
    Certificate {
        /// Which.
        server: String,
        /// Why.
        problem: String,
    },
    /// There is something else under the name of what a store keeps.
    #[error(
        "the database of {server} has a schema `entente` that no store made; name another database, or remove that schema if \
         nobody needs it"
    )]
    NotOurs {
        /// Which.
        server: String,
    },
    /// There is no store in the database.
    #[error(
        "there is no store in the database of {server}; set a node up there with `entente init --database`, or move one there with `entente store move`"
    )]
    Blank {
        /// Which.
        server: String,
    },
    /// There is a store in the database already.
    #[error("the database of {server} holds data already; name another database")]
    Taken {
        /// Which.
        server: String,
    },
    /// Its disk is full.
    #[error(
        "the disk of the database server {server} is full ({problem}); nothing was changed; make room there, then try again"
    )]
    Full {
        /// Which.
        server: String,
        /// What it says.
        problem: String,
    },
    /// Another node wrote meanwhile.
    #[error("another node wrote to {server} meanwhile; nothing was changed; try again")]
    Conflict {
        /// Which.
        server: String,
    },
    /// Anything else that it says.
    #[error("the database server {server} refuses ({problem}); nothing was changed")]
    Refused {
        /// Which.
        server: String,
        /// What it says.
        problem: String,
    },
}

impl ServerError {
    /// Whether the same may go well at another time, with nobody changing anything here.
    pub(crate) fn passes(&self) -> bool {
        matches!(
            self,
            Self::Away { .. } | Self::Unknown { .. } | Self::Full { .. } | Self::Conflict { .. }
        )
    }

    /// Whether the connection is of no more use.
    pub(crate) fn is_away(&self) -> bool {
        matches!(self, Self::Away { .. })
    }

    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    /// What a failure of a statement or connection means.
    pub(crate) fn of(server: &str, error: &tokio_postgres::Error) -> Self {
        let (server, problem) = (server.to_owned(), said_plainly(error));
        let Some(code) = error.code() else {
            let text = problem.to_lowercase();
            return match () {
                () if text.contains("certificate") || text.contains("tls") => Self::Certificate { server, problem },
                // The client found no password to give.
                () if text.contains("password") => Self::NotLetIn { server, problem },
                () => Self::Away { server, problem },
            };
        };
        match *code {
            SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                Self::NotLetIn { server, problem }
            }
            SqlState::INVALID_CATALOG_NAME => Self::NoDatabase { server, problem },
            SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED | SqlState::LOCK_NOT_AVAILABLE => {
                Self::Conflict { server }
            }
            SqlState::DISK_FULL => Self::Full { server, problem },
            SqlState::ADMIN_SHUTDOWN
            | SqlState::CRASH_SHUTDOWN
            | SqlState::CANNOT_CONNECT_NOW
            | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
            | SqlState::TOO_MANY_CONNECTIONS => Self::Away { server, problem },
            _ if code.code().starts_with("08") => Self::Away { server, problem },
            _ => Self::Refused { server, problem },
        }
    }
}

/// What an error says, with what it says of its cause.
pub(crate) fn said_plainly(error: &tokio_postgres::Error) -> String {
    if let Some(told) = error.as_db_error() {
        return told.message().to_owned();
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(because) = cause {
        text = format!("{text}: {because}");
        cause = because.source();
    }
    text
}

impl StoreError {
    /// The failure of a database server that this is.
    pub(crate) fn server(&self) -> Option<&ServerError> {
        match self {
            Self::Server(error) => Some(error),
            _ => None,
        }
    }
}
