//! Destroying texts: their keys, and every key above them.

use std::collections::BTreeSet;

use entente_ledger::names;

use crate::error::StoreError;
use crate::outbox::place;
use crate::projection::{DocKey, Topic};
use crate::rows::{Tables, document_branch, document_place};
use crate::schema::PLAIN;
use crate::sql::{rows, values};

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
        let about = values![&topic.about, topic.version];
        let query = "SELECT DISTINCT branch, seq FROM texts WHERE about = ?1 AND version <= ?2";
        let found = rows(self.sql, query, about, |row| Ok((row.text(0)?, row.count(1)?)))?;
        for (branch, seq) in found {
            branches.insert(branch);
            // The entry of an event of the first format commits to its text: without the salt nobody can try guesses.
            if let Some(mut event) = self.one_event(seq)?
                && event.form == PLAIN
                && !names(&event.payload).is_empty()
            {
                event.salt = None;
                self.put_event(&event)?;
            }
        }
        self.sql
            .run("DELETE FROM texts WHERE about = ?1 AND version <= ?2", about)
    }

    fn destroy_letters(self, topic: &Topic, branches: &mut BTreeSet<String>) -> Result<(), StoreError> {
        let query = "SELECT DISTINCT branch FROM outbox WHERE about = ?1 AND version <= ?2";
        let about = values![&topic.about, topic.version];
        branches.extend(rows(self.sql, query, about, |row| row.text(0))?);
        // The row stays, so that its number is never given again.
        self.sql.run(
            "UPDATE outbox SET sealed = ?3, about = NULL, version = NULL, done = coalesce(done, 'destroyed')
             WHERE about = ?1 AND version <= ?2",
            values![&topic.about, topic.version, &[][..] as &[u8]],
        )
    }

    /// The keys of the texts that remain, under a fresh key of their branch.
    fn replace_texts(self, branch: &str) -> Result<(), StoreError> {
        let query = "SELECT name, key FROM texts WHERE branch = ?1";
        let texts = rows(self.sql, query, values![branch], |row| Ok((row.text(0)?, row.blob(1)?)))?;
        let (old, fresh) = self.vault.replace(self.sql, branch)?;
        for (name, wrapped) in texts {
            let key = old.as_ref().and_then(|old| old.unwrap_key(&name, &wrapped));
            let key = key.ok_or_else(|| gone(&format!("the text {name}")))?;
            self.sql.run(
                "UPDATE texts SET key = ?2 WHERE name = ?1",
                values![&name, &fresh.wrap(&name, &key)],
            )?;
        }
        Ok(())
    }

    /// The letters that remain, under a fresh key.
    fn replace_letters(self, branch: &str) -> Result<(), StoreError> {
        let query = "SELECT id, sealed FROM outbox WHERE branch = ?1 AND length(sealed) > 0";
        let letters = rows(self.sql, query, values![branch], |row| Ok((row.int(0)?, row.blob(1)?)))?;
        let (old, fresh) = self.vault.replace(self.sql, branch)?;
        for (id, sealed) in letters {
            let place = place(id);
            let opened = old.as_ref().and_then(|old| old.open(&place, &sealed));
            let opened = opened.ok_or_else(|| gone(&place))?;
            self.sql.run(
                "UPDATE outbox SET sealed = ?2 WHERE id = ?1",
                values![id, &fresh.seal(&place, &opened)],
            )?;
        }
        Ok(())
    }

    /// The documents that remain, under a fresh key.
    fn replace_documents(self, branch: &str) -> Result<(), StoreError> {
        let query = "SELECT kind, id, sealed FROM documents WHERE branch = ?1";
        let documents = rows(self.sql, query, values![branch], |row| {
            Ok((DocKey::new(row.text(0)?, row.text(1)?), row.blob(2)?))
        })?;
        let (old, fresh) = self.vault.replace(self.sql, branch)?;
        for (key, sealed) in documents {
            let place = document_place(&key);
            let opened = old.as_ref().and_then(|old| old.open(&place, &sealed));
            let opened = opened.ok_or_else(|| gone(&format!("the stored {place}")))?;
            self.sql.run(
                "UPDATE documents SET sealed = ?3 WHERE kind = ?1 AND id = ?2",
                values![&key.kind, &key.id, &fresh.seal(&place, &opened)],
            )?;
        }
        Ok(())
    }
}
