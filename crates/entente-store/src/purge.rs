//! Destroying texts: their keys, and every key above them.

use std::collections::BTreeSet;

use entente_ledger::names;
use rusqlite::params;

use crate::error::StoreError;
use crate::outbox::place;
use crate::projection::{DocKey, Topic};
use crate::rows::{Tables, document_branch, document_place};
use crate::schema::PLAIN;

fn gone(what: &str) -> StoreError {
    StoreError::Unreadable {
        what: what.to_owned(),
        problem: "it is not what was sealed, so its key cannot be replaced; nothing was destroyed".to_owned(),
    }
}

impl Tables<'_> {
    /// Destroys all texts, letters and stored documents about these. The documents in `touched` are gone afterwards, and
    /// have to be written anew. Before the transaction is committed the root has to be replaced, and finished afterwards.
    pub(crate) fn destroy(self, topics: &[Topic], touched: &[DocKey]) -> Result<(), StoreError> {
        let mut branches = BTreeSet::new();
        for topic in topics {
            self.destroy_texts(topic, &mut branches)?;
            self.destroy_letters(topic, &mut branches)?;
        }
        for key in touched {
            self.remove_document(key)?;
            branches.insert(document_branch(key));
        }
        for branch in &branches {
            match branch.split_once('/') {
                Some(("texts", _)) => self.replace_texts(branch)?,
                Some(("outbox", _)) => self.replace_letters(branch)?,
                _ => self.replace_documents(branch)?,
            }
        }
        Ok(())
    }

    fn destroy_texts(self, topic: &Topic, branches: &mut BTreeSet<String>) -> Result<(), StoreError> {
        let mut query = (self.connection)
            .prepare_cached("SELECT DISTINCT branch, seq FROM texts WHERE about = ?1 AND version <= ?2")?;
        let rows = query.query_map(params![topic.about, topic.version], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        let found: Vec<(String, i64)> = rows.collect::<Result<_, _>>()?;
        for (branch, seq) in found {
            branches.insert(branch);
            // The entry of an event of the first format commits to its text: without the salt nobody can try guesses.
            if let Some(mut event) = self.one_event(seq.unsigned_abs())?
                && event.form == PLAIN
                && !names(&event.payload).is_empty()
            {
                event.salt = None;
                self.put_event(&event)?;
            }
        }
        self.connection
            .prepare_cached("DELETE FROM texts WHERE about = ?1 AND version <= ?2")?
            .execute(params![topic.about, topic.version])?;
        Ok(())
    }

    fn destroy_letters(self, topic: &Topic, branches: &mut BTreeSet<String>) -> Result<(), StoreError> {
        let mut query = (self.connection)
            .prepare_cached("SELECT DISTINCT branch FROM outbox WHERE about = ?1 AND version <= ?2")?;
        let rows = query.query_map(params![topic.about, topic.version], |row| row.get(0))?;
        for branch in rows {
            branches.insert(branch?);
        }
        // The row stays, so that its number is never given again.
        self.connection
            .prepare_cached(
                "UPDATE outbox SET sealed = x'', about = NULL, version = NULL, done = coalesce(done, 'destroyed')
                 WHERE about = ?1 AND version <= ?2",
            )?
            .execute(params![topic.about, topic.version])?;
        Ok(())
    }

    /// The keys of the texts that remain, under a fresh key of their branch.
    fn replace_texts(self, branch: &str) -> Result<(), StoreError> {
        let mut query = (self.connection).prepare("SELECT name, key FROM texts WHERE branch = ?1")?;
        let rows = query.query_map([branch], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let texts: Vec<(String, Vec<u8>)> = rows.collect::<Result<_, _>>()?;
        let (old, fresh) = self.vault.replace(self.connection, branch)?;
        for (name, wrapped) in texts {
            let key = old.as_ref().and_then(|old| old.unwrap_key(&name, &wrapped));
            let key = key.ok_or_else(|| gone(&format!("the text {name}")))?;
            self.connection
                .prepare_cached("UPDATE texts SET key = ?2 WHERE name = ?1")?
                .execute(params![name, fresh.wrap(&name, &key)])?;
        }
        Ok(())
    }

    /// The letters that remain, under a fresh key.
    fn replace_letters(self, branch: &str) -> Result<(), StoreError> {
        let mut query =
            (self.connection).prepare("SELECT id, sealed FROM outbox WHERE branch = ?1 AND sealed <> x''")?;
        let rows = query.query_map([branch], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let letters: Vec<(i64, Vec<u8>)> = rows.collect::<Result<_, _>>()?;
        let (old, fresh) = self.vault.replace(self.connection, branch)?;
        for (id, sealed) in letters {
            let place = place(id);
            let opened = old.as_ref().and_then(|old| old.open(&place, &sealed));
            let opened = opened.ok_or_else(|| gone(&place))?;
            self.connection
                .prepare_cached("UPDATE outbox SET sealed = ?2 WHERE id = ?1")?
                .execute(params![id, fresh.seal(&place, &opened)])?;
        }
        Ok(())
    }

    /// The documents that remain, under a fresh key.
    fn replace_documents(self, branch: &str) -> Result<(), StoreError> {
        let mut query = (self.connection).prepare("SELECT kind, id, sealed FROM documents WHERE branch = ?1")?;
        let rows = query.query_map([branch], |row| {
            let key = DocKey::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?);
            Ok((key, row.get(2)?))
        })?;
        let documents: Vec<(DocKey, Vec<u8>)> = rows.collect::<Result<_, _>>()?;
        let (old, fresh) = self.vault.replace(self.connection, branch)?;
        for (key, sealed) in documents {
            let place = document_place(&key);
            let opened = old.as_ref().and_then(|old| old.open(&place, &sealed));
            let opened = opened.ok_or_else(|| gone(&format!("the stored {place}")))?;
            self.connection
                .prepare_cached("UPDATE documents SET sealed = ?3 WHERE kind = ?1 AND id = ?2")?
                .execute(params![key.kind, key.id, fresh.seal(&place, &opened)])?;
        }
        Ok(())
    }
}
