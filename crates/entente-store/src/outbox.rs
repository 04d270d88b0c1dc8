//! What has still to leave, sealed as long as it waits and after.

use jiff::Timestamp;
use rusqlite::params;

use crate::error::StoreError;
use crate::projection::Topic;
use crate::rows::{Tables, number};
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
        let key = self.vault.branch_or_new(self.connection, &branch)?;
        self.connection
            .prepare_cached(
                "INSERT INTO outbox (id, seq, kind, destination, branch, about, version, sealed, done)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                letter.id,
                number(letter.seq),
                letter.kind,
                letter.destination,
                branch,
                topic.map(|topic| &topic.about),
                topic.map(|topic| topic.version),
                key.seal(&place(letter.id), &letter.payload),
                sent,
            ])?;
        Ok(())
    }

    /// The number of the next letter.
    pub(crate) fn next_letter(self) -> Result<i64, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM outbox")?;
        Ok(query.query_row([], |row| row.get(0))?)
    }

    /// What has still to leave, oldest first.
    pub(crate) fn pending(self) -> Result<Vec<Letter>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT id FROM outbox WHERE done IS NULL ORDER BY id")?;
        let ids: Vec<i64> = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        ids.into_iter().map(|id| self.letter(id)).collect()
    }

    /// One letter, opened.
    pub(crate) fn letter(self, id: i64) -> Result<Letter, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT seq, kind, destination, branch, sealed FROM outbox WHERE id = ?1")?;
        let (seq, kind, destination, branch, sealed): (i64, String, String, String, Vec<u8>) = query
            .query_row([id], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })?;
        let above = self.vault.branch(self.connection, &branch)?;
        let opened = above.and_then(|above| above.open(&place(id), &sealed));
        let payload = opened.ok_or_else(|| StoreError::Unreadable {
            what: place(id),
            problem: "it is not what was sealed".to_owned(),
        })?;
        Ok(Letter {
            id,
            seq: seq.unsigned_abs(),
            kind,
            destination,
            payload: payload.to_vec(),
        })
    }

    /// Notes that a letter has left. Saying so again changes nothing.
    pub(crate) fn sent(self, letter: i64, at: Timestamp) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE outbox SET done = ?2 WHERE id = ?1 AND done IS NULL")?
            .execute(params![letter, at.to_string()])?;
        Ok(())
    }
}
