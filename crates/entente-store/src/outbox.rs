//! What has still to leave, sealed as long as it waits and after.

use jiff::Timestamp;

use crate::error::StoreError;
use crate::projection::Topic;
use crate::rows::Tables;
use crate::sql::{row, rows, values};
use crate::vault;

/// Something that has to leave once its events are committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// What kind of thing.
    pub kind: String,
    /// For whom.
    pub destination: String,
    /// What.
    pub payload: Vec<u8>,
}

/// Something waiting to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its number.
    pub id: i64,
    /// The number of the event that it follows from.
    pub seq: u64,
    /// What kind of thing.
    pub kind: String,
    /// For whom.
    pub destination: String,
    /// What.
    pub payload: Vec<u8>,
}

/// How a letter left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// It was handed to somebody who carries it: whether it arrived is not known.
    Handed,
    /// Its receiver has confirmed it.
    Confirmed,
}

pub(crate) fn place(letter: i64) -> String {
    format!("letter {letter}")
}

impl Tables<'_> {
    /// Puts a letter into the outbox. `sent` says when it left, where it did.
    pub(crate) fn put_letter(
        self,
        letter: &Letter,
        topic: Option<&Topic>,
        sent: Option<&str>,
    ) -> Result<(), StoreError> {
        let branch = vault::outbox(letter.id);
        let key = self.vault.branch_or_new(self.sql, &branch)?;
        self.sql.run(
            "INSERT INTO outbox (id, seq, kind, destination, branch, about, version, sealed, done)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            values![
                letter.id,
                letter.seq,
                &letter.kind,
                &letter.destination,
                &branch,
                topic.map(|topic| &topic.about),
                topic.map(|topic| topic.version),
                &key.seal(&place(letter.id), &letter.payload),
                sent,
            ],
        )
    }

    /// The number of the next letter.
    pub(crate) fn next_letter(self) -> Result<i64, StoreError> {
        let query = "SELECT coalesce(max(id), 0) + 1 FROM outbox";
        Ok(row(self.sql, query, &[], |row| row.int(0))?.unwrap_or(1))
    }

    /// What has still to leave, oldest first.
    pub(crate) fn pending(self) -> Result<Vec<Letter>, StoreError> {
        let query = "SELECT id FROM outbox WHERE done IS NULL ORDER BY id";
        let ids = rows(self.sql, query, &[], |row| row.int(0))?;
        ids.into_iter().map(|id| self.letter(id)).collect()
    }

    /// What has left for one receiver without its word that it came, oldest first. What was destroyed before never left.
    pub(crate) fn unconfirmed(self, to: &str) -> Result<Vec<i64>, StoreError> {
        let query = "SELECT id FROM outbox
             WHERE done IS NOT NULL AND confirmed IS NULL AND destination = ?1 AND done <> 'destroyed' ORDER BY id";
        rows(self.sql, query, values![to], |row| row.int(0))
    }

    /// One letter, opened.
    pub(crate) fn letter(self, id: i64) -> Result<Letter, StoreError> {
        let query = "SELECT seq, kind, destination, branch, sealed FROM outbox WHERE id = ?1";
        let found = row(self.sql, query, values![id], |row| {
            Ok((row.count(0)?, row.text(1)?, row.text(2)?, row.text(3)?, row.blob(4)?))
        })?;
        let unreadable = |problem: &str| StoreError::Unreadable {
            what: place(id),
            problem: problem.to_owned(),
        };
        let (seq, kind, destination, branch, sealed) = found.ok_or_else(|| unreadable("it is not there"))?;
        let above = self.vault.branch(self.sql, &branch)?;
        let opened = above.and_then(|above| above.open(&place(id), &sealed));
        let payload = opened.ok_or_else(|| unreadable("it is not what was sealed"))?;
        Ok(Letter {
            id,
            seq,
            kind,
            destination,
            payload: payload.to_vec(),
        })
    }

    /// Notes that a letter has left, or that its receiver has confirmed it. Saying so again changes nothing.
    pub(crate) fn sent(self, letter: i64, how: Left, at: Timestamp) -> Result<(), StoreError> {
        let statement = match how {
            Left::Handed => "UPDATE outbox SET done = ?2 WHERE id = ?1 AND done IS NULL",
            Left::Confirmed => {
                "UPDATE outbox SET done = coalesce(done, ?2), confirmed = ?2 WHERE id = ?1 AND confirmed IS NULL"
            }
        };
        self.sql.run(statement, values![letter, &at.to_string()])
    }
}
