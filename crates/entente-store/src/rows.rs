//! How events, texts, documents and letters stand in the tables: sealed, each under a key of its branch.

pub(crate) use entente_ledger::hex;
use entente_ledger::{Salt, Wording};
use sha2::{Digest, Sha256};

use crate::cut::{Cut, cut};
use crate::error::StoreError;
use crate::key::Key;
use crate::projection::{DocKey, Projection, Recorded, Topic};
use crate::sql::{Row, Sql, count, row, rows, values};
use crate::vault::{self, EVENTS, Vault};

fn changed(what: impl Into<String>) -> StoreError {
    StoreError::Unreadable {
        what: what.into(),
        problem: "it is not what was sealed: it was changed, or belongs elsewhere".to_owned(),
    }
}

/// The tables, and the keys that open what is in them.
#[derive(Clone, Copy)]
pub(crate) struct Tables<'t> {
    pub(crate) sql: &'t dyn Sql,
    pub(crate) vault: &'t Vault,
}

/// An event as it is stored.
pub struct StoredEvent {
    /// Its number.
    pub seq: u64,
    /// When it was recorded.
    pub time: String,
    /// Its kind, as it stands in the ledger in clear.
    pub kind: String,
    /// What its entry commits to: 1, to the payload as it is here; 0, to the payload in plain words.
    pub form: i64,
    /// The salt of its entry; `None` once that is destroyed.
    pub salt: Option<Salt>,
    /// With references in place of its texts.
    pub payload: Vec<u8>,
}

/// An event in plain words.
pub(crate) struct Plain {
    pub(crate) payload: Vec<u8>,
    /// Texts that are not there any more.
    pub(crate) missing: Vec<String>,
}

const SALT: usize = 32;

impl Tables<'_> {
    /// Calls `each` with every event from number `from` on, until it fails.
    pub(crate) fn each_event(
        self,
        from: u64,
        each: &mut dyn FnMut(StoredEvent) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let query = "SELECT seq, time, kind, form, sealed FROM events WHERE seq >= ?1 ORDER BY seq";
        self.sql.each(query, values![from], &mut |row| each(self.event(row)?))
    }

    /// One event; `None` where there is none with this number.
    pub(crate) fn one_event(self, seq: u64) -> Result<Option<StoredEvent>, StoreError> {
        let query = "SELECT seq, time, kind, form, sealed FROM events WHERE seq = ?1";
        row(self.sql, query, values![seq], |row| self.event(row))
    }

    /// The numbers of the events of a kind, in order.
    pub(crate) fn seqs_of(self, kind: &str) -> Result<Vec<u64>, StoreError> {
        let query = "SELECT seq FROM events WHERE kind = ?1 ORDER BY seq";
        rows(self.sql, query, values![kind], |row| row.count(0))
    }

    fn event(self, row: &dyn Row) -> Result<StoredEvent, StoreError> {
        let (seq, sealed) = (row.count(0)?, row.blob(4)?);
        let place = format!("event {seq}");
        let key = self.vault.branch(self.sql, EVENTS)?;
        let opened = key.and_then(|key| key.open(&place, &sealed));
        let opened = opened.ok_or_else(|| changed(&place))?;
        let (salt, payload) = opened.split_at_checked(SALT).ok_or_else(|| changed(&place))?;
        Ok(StoredEvent {
            seq,
            time: row.text(1)?,
            kind: row.text(2)?,
            form: row.int(3)?,
            salt: Salt::from_bytes(salt).filter(|_| salt.iter().any(|byte| *byte != 0)),
            payload: payload.to_vec(),
        })
    }

    /// Writes an event, or writes it anew. Without a salt nobody can tell any more what its entry commits to.
    pub(crate) fn put_event(self, event: &StoredEvent) -> Result<(), StoreError> {
        let key = self.vault.branch_or_new(self.sql, EVENTS)?;
        let salt = event.salt.as_ref().map_or(&[0; SALT][..], Salt::as_bytes);
        let sealed = key.seal(&format!("event {}", event.seq), &[salt, &event.payload].concat());
        self.sql.run(
            "INSERT INTO events (seq, time, kind, form, sealed) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (seq) DO UPDATE SET sealed = excluded.sealed",
            values![event.seq, &event.time, &event.kind, event.form, &sealed],
        )
    }

    /// Writes an event's entry in the ledger.
    pub(crate) fn put_leaf(self, seq: u64, entry: &[u8]) -> Result<(), StoreError> {
        let statement = "INSERT INTO leaves (seq, entry) VALUES (?1, ?2)";
        self.sql.run(statement, values![seq, entry])
    }

    /// An event's entry in the ledger.
    pub(crate) fn leaf(self, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let query = "SELECT entry FROM leaves WHERE seq = ?1";
        row(self.sql, query, values![seq], |row| row.blob(0))
    }

    /// The entries of a range of events, in order.
    pub(crate) fn leaves(self, seqs: std::ops::RangeInclusive<u64>) -> Result<Vec<Vec<u8>>, StoreError> {
        let query = "SELECT entry FROM leaves WHERE seq >= ?1 AND seq <= ?2 ORDER BY seq";
        rows(self.sql, query, values![*seqs.start(), *seqs.end()], |row| row.blob(0))
    }

    /// The number of the last event.
    pub(crate) fn head(self) -> Result<u64, StoreError> {
        count(self.sql, "SELECT coalesce(max(seq), 0) FROM events")
    }

    /// Takes the wording out of an event and seals it text by text. Gives the event with references.
    pub(crate) fn put_texts<P: Projection>(
        self,
        seq: u64,
        topic: Option<&Topic>,
        payload: Vec<u8>,
    ) -> Result<Vec<u8>, StoreError> {
        let Some(topic) = topic else { return Ok(payload) };
        let Cut { payload, texts } = cut(&payload, P::is_wording);
        for text in &texts {
            self.put_text(&text.name(), seq, topic, &text.to_bytes())?;
        }
        Ok(payload)
    }

    pub(crate) fn put_text(self, name: &str, seq: u64, topic: &Topic, plain: &[u8]) -> Result<(), StoreError> {
        let branch = vault::texts(seq);
        let (key, above) = (Key::random(), self.vault.branch_or_new(self.sql, &branch)?);
        self.sql.run(
            "INSERT INTO texts (name, branch, seq, about, version, key, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO NOTHING",
            values![
                name,
                &branch,
                seq,
                &topic.about,
                topic.version,
                &above.wrap(name, &key),
                &key.seal(name, plain),
            ],
        )
    }

    pub(crate) fn open_text(self, name: &str) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, StoreError> {
        let query = "SELECT branch, key, sealed FROM texts WHERE name = ?1";
        let found = row(self.sql, query, values![name], |row| {
            Ok((row.text(0)?, row.blob(1)?, row.blob(2)?))
        })?;
        let Some((branch, key, sealed)) = found else {
            return Ok(None);
        };
        let above = self.vault.branch(self.sql, &branch)?;
        let key = above.and_then(|above| above.unwrap_key(name, &key));
        let opened = key.and_then(|key| key.open(name, &sealed));
        opened.map(Some).ok_or_else(|| changed(format!("the text {name}")))
    }

    /// A text by the name that events give it; `None` where it is not there any more.
    pub(crate) fn text(self, name: &str) -> Result<Option<Wording>, StoreError> {
        let Some(opened) = self.open_text(name)? else {
            return Ok(None);
        };
        let text = Wording::from_bytes(&opened).filter(|text| text.name() == name);
        text.map(Some).ok_or_else(|| changed(format!("the text {name}")))
    }

    /// An event in plain words, and which of its texts are gone.
    pub(crate) fn plain(self, payload: &[u8]) -> Result<Plain, StoreError> {
        let mut missing = Vec::new();
        let payload = entente_ledger::expand(payload, |name| -> Result<_, StoreError> {
            let text = self.text(name)?;
            if text.is_none() {
                missing.push(name.to_owned());
            }
            Ok(text.map(|text| text.literal().to_vec()))
        })?;
        Ok(Plain { payload, missing })
    }

    /// An event as the projection reads it.
    pub(crate) fn recorded<P: Projection>(self, stored: &StoredEvent) -> Result<Recorded<P::Event>, StoreError> {
        read::<P>(stored.seq, &stored.time, &self.plain(&stored.payload)?.payload)
    }

    /// What an attachment is called: nobody without the keys can tell from it which text is in evidence.
    pub(crate) fn attachment_name(self, digest: &str) -> Result<String, StoreError> {
        let missing = || changed("the key of the events");
        let key = self.vault.branch(self.sql, EVENTS)?.ok_or_else(missing)?;
        let name = Sha256::new_with_prefix(b"entente/attachment/v1\0")
            .chain_update(key.as_bytes())
            .chain_update(digest)
            .finalize();
        Ok(hex(&name))
    }

    /// Keeps what an event calls by this digest, whether it is still that or not: a check will tell.
    pub(crate) fn put_attachment_as(
        self,
        digest: &str,
        seq: u64,
        topic: &Topic,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        // The key that names it is made where nothing has been written yet.
        self.vault.branch_or_new(self.sql, EVENTS)?;
        let name = self.attachment_name(digest)?;
        self.put_text(&name, seq, topic, bytes)
    }

    /// An attachment by its digest; `None` where it is not there (any more).
    pub(crate) fn attachment(self, digest_of: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let opened = self.open_text(&self.attachment_name(digest_of)?)?;
        match opened {
            Some(bytes) if digest(&bytes) != digest_of => Err(changed(format!("the evidence {digest_of}"))),
            opened => Ok(opened.map(|bytes| bytes.to_vec())),
        }
    }

    /// Writes a document of the projection as it is now, or removes it.
    pub(crate) fn put_document<P: Projection>(self, state: &P, key: &DocKey) -> Result<(), StoreError> {
        match state.document(key) {
            Some(value) => self.seal_document(key, value.to_string().as_bytes()),
            None => self.remove_document(key),
        }
    }

    pub(crate) fn seal_document(self, key: &DocKey, json: &[u8]) -> Result<(), StoreError> {
        let branch = document_branch(key);
        let sealed = self
            .vault
            .branch_or_new(self.sql, &branch)?
            .seal(&document_place(key), json);
        self.sql.run(
            "INSERT INTO documents (kind, id, branch, sealed) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (kind, id) DO UPDATE SET sealed = excluded.sealed",
            values![&key.kind, &key.id, &branch, &sealed],
        )
    }

    pub(crate) fn remove_document(self, key: &DocKey) -> Result<(), StoreError> {
        let statement = "DELETE FROM documents WHERE kind = ?1 AND id = ?2";
        self.sql.run(statement, values![&key.kind, &key.id])
    }

    /// A document as it was put; `None` where there is none.
    pub(crate) fn open_document(self, key: &DocKey) -> Result<Option<Vec<u8>>, StoreError> {
        let query = "SELECT branch, sealed FROM documents WHERE kind = ?1 AND id = ?2";
        let found = row(self.sql, query, values![&key.kind, &key.id], |row| {
            Ok((row.text(0)?, row.blob(1)?))
        })?;
        let Some((branch, sealed)) = found else {
            return Ok(None);
        };
        let above = self.vault.branch(self.sql, &branch)?;
        let opened = above.and_then(|above| above.open(&document_place(key), &sealed));
        let opened = opened.ok_or_else(|| unreadable_document(key, "it is not what was sealed".to_owned()))?;
        Ok(Some(opened.to_vec()))
    }

    /// At most `limit` ids of a kind, in order, from this one on.
    pub(crate) fn document_ids(self, kind: &str, from: &str, limit: usize) -> Result<Vec<String>, StoreError> {
        let query = "SELECT id FROM documents WHERE kind = ?1 AND id >= ?2 ORDER BY id LIMIT ?3";
        rows(self.sql, query, values![kind, from, limit as u64], |row| row.text(0))
    }

    /// Calls `each` with every document but those of some kinds, or with why it cannot be opened. What is left out is not
    /// even walked over.
    pub(crate) fn each_but(
        self,
        kinds: &[&str],
        each: &mut dyn FnMut(DocKey, Result<Vec<u8>, String>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut kinds = kinds.to_vec();
        kinds.sort_unstable();
        // No kind has an empty name, and none sorts behind this.
        let lower = std::iter::once("").chain(kinds.iter().copied());
        let upper = kinds.iter().copied().chain(std::iter::once("\u{10ffff}"));
        for (after, before) in lower.zip(upper) {
            self.each_between(after, before, each)?;
        }
        Ok(())
    }

    /// Calls `each` with every stored document, or with why it cannot be opened.
    pub(crate) fn each_document(
        self,
        mut each: impl FnMut(DocKey, Result<serde_json::Value, String>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each_sealed(&mut |key, json| each(key, parsed(json)))
    }

    /// Calls `each` with every stored document as it was put, or with why it cannot be opened.
    pub(crate) fn each_sealed(
        self,
        each: &mut dyn FnMut(DocKey, Result<Vec<u8>, String>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each_but(&[], each)
    }

    fn each_between(
        self,
        after: &str,
        before: &str,
        each: &mut dyn FnMut(DocKey, Result<Vec<u8>, String>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let query = "SELECT kind, id, branch, sealed FROM documents WHERE kind > ?1 AND kind < ?2";
        self.sql.each(query, values![after, before], &mut |row| {
            let key = DocKey::new(row.text(0)?, row.text(1)?);
            let (branch, sealed) = (row.text(2)?, row.blob(3)?);
            let above = self.vault.branch(self.sql, &branch)?;
            let opened = above.and_then(|above| above.open(&document_place(&key), &sealed));
            let json = opened.map(|json| json.to_vec());
            each(key, json.ok_or_else(|| "it is not what was sealed".to_owned()))
        })
    }
}

/// A document as a value, or why it is none.
pub(crate) fn parsed(json: Result<Vec<u8>, String>) -> Result<serde_json::Value, String> {
    serde_json::from_slice(&json?).map_err(|error| error.to_string())
}

/// What is said of a document that cannot be read.
pub(crate) fn unreadable_document(key: &DocKey, problem: String) -> StoreError {
    StoreError::Unreadable {
        what: format!("the stored {} `{}`", key.kind, key.id),
        problem,
    }
}

/// An event from its plain words.
pub(crate) fn read<P: Projection>(seq: u64, time: &str, payload: &[u8]) -> Result<Recorded<P::Event>, StoreError> {
    let unreadable = |problem: String| StoreError::Unreadable {
        what: format!("event {seq}"),
        problem,
    };
    Ok(Recorded {
        seq,
        time: time
            .parse()
            .map_err(|error: jiff::Error| unreadable(error.to_string()))?,
        event: serde_json::from_slice(payload).map_err(|error| unreadable(error.to_string()))?,
    })
}

/// How many branches the documents share: at a million of them, a purge seals a few hundred anew.
const DOCUMENT_BRANCHES: u16 = 4096;

pub(crate) fn document_branch(key: &DocKey) -> String {
    let hash = Sha256::digest(document_place(key));
    let bucket = u16::from_be_bytes([hash[0], hash[1]]) % DOCUMENT_BRANCHES;
    format!("documents/{bucket}")
}

pub(crate) fn document_place(key: &DocKey) -> String {
    format!("{} {}", key.kind, key.id)
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
