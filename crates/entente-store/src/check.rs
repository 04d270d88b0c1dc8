//! Whether what is stored agrees with itself.

use std::collections::BTreeSet;

use entente_ledger::{Leaf, names};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::projection::{DocKey, Projection, Topic};
use crate::rows::{StoredEvent, Tables, hex, read};
use crate::schema::PLAIN;
use crate::sql::rows;

/// Something that does not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where: an event, a document, the database.
    pub place: String,
    /// What.
    pub problem: String,
}

/// How far a check has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Events checked.
    pub done: u64,
    /// Events in all.
    pub total: u64,
}

/// What has been found so far.
#[derive(Default)]
struct Found(Vec<Difference>);

impl Found {
    fn differ(&mut self, place: impl Into<String>, problem: impl Into<String>) {
        self.0.push(Difference {
            place: place.into(),
            problem: problem.into(),
        });
    }
}

pub(crate) fn check<P: Projection>(
    tables: Tables<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Difference>, StoreError> {
    let mut found = Found::default();
    if let Some(damage) = tables.sql.damage()? {
        found.differ("database", &damage);
    }
    let numbers = rows(tables.sql, "SELECT seq FROM events ORDER BY seq", &[], |row| {
        row.count(0)
    })?;
    let total = numbers.len() as u64;
    let mut replay = Replay::<P>::default();
    let mut expected = 1;
    for seq in numbers {
        if seq != expected {
            found.differ(format!("event {seq}"), "events before it are missing");
        }
        expected = seq + 1;
        replay.event(tables, seq, &mut found)?;
        progress(Progress { done: seq, total });
    }
    replay.missing(&mut found);
    replay.documents(tables, &mut found)?;
    tables.strangers(&replay.named, &mut found)?;
    Ok(found.0)
}

/// The state as the events say it, and what they say of texts.
#[derive(Default)]
struct Replay<P: Projection> {
    state: P,
    touched: BTreeSet<DocKey>,
    /// Texts and attachments that are gone and that nothing has destroyed yet: where, what, and what it was about.
    gone: Vec<(String, String, Option<Topic>)>,
    /// Every text that an event names.
    named: BTreeSet<String>,
    /// Over what is stored of the events so far.
    digest: Sha256,
}

impl<P: Projection> Replay<P> {
    fn event(&mut self, tables: Tables<'_>, seq: u64, found: &mut Found) -> Result<(), StoreError> {
        let place = format!("event {seq}");
        let stored = match tables.one_event(seq) {
            Ok(Some(stored)) => stored,
            Ok(None) => return Ok(()),
            Err(error @ StoreError::Unreadable { .. }) => {
                found.differ(place, error.to_string());
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let plain = match tables.plain(&stored.payload) {
            Ok(plain) => plain,
            Err(error @ StoreError::Unreadable { .. }) => {
                found.differ(place, error.to_string());
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        self.named.extend(names(&stored.payload));
        let destroyed = stored.form == PLAIN && !plain.missing.is_empty();
        let committed = if stored.form == PLAIN {
            &plain.payload
        } else {
            &stored.payload
        };
        let leaf = stored
            .salt
            .as_ref()
            .map(|salt| Leaf::new(seq, stored.time.clone(), &stored.kind, salt, committed).to_bytes());
        match (tables.leaf(seq)?, leaf) {
            (None, _) => found.differ(&place, "it has no entry in the ledger"),
            (Some(entry), Some(leaf)) if entry == leaf => {}
            // What is left of it is in the digest of the upgrade.
            (Some(entry), None) if destroyed && is_entry_of(&entry, &stored) => {}
            _ => found.differ(
                &place,
                "it does not match its entry in the ledger: one of them was changed",
            ),
        }
        let record = match read::<P>(seq, &stored.time, &plain.payload) {
            Ok(record) => record,
            Err(error) => {
                found.differ(place, error.to_string());
                return Ok(());
            }
        };
        self.upgrade(seq, &record.event, found);
        update(&mut self.digest, seq, &stored.payload);
        let topic = self.state.topic(&record.event);
        for name in &plain.missing {
            self.gone
                .push((place.clone(), format!("its text {name}"), topic.clone()));
        }
        self.attachments(tables, &place, &record.event, topic.as_ref(), found)?;
        // What was gone by then is accounted for.
        let destroys = P::destroys(&record.event);
        self.gone.retain(|(_, _, topic)| !covered(&destroys, topic.as_ref()));
        self.touched.extend(self.state.apply(&record));
        Ok(())
    }

    fn upgrade(&self, seq: u64, event: &P::Event, found: &mut Found) {
        let Some((events, digest)) = P::is_upgrade(event) else {
            return;
        };
        if events + 1 != seq || hex(&self.digest.clone().finalize()) != digest {
            found.differ(
                format!("event {seq}"),
                "the events before it are not those that were taken over from the older format",
            );
        }
    }

    fn attachments(
        &mut self,
        tables: Tables<'_>,
        place: &str,
        event: &P::Event,
        topic: Option<&Topic>,
        found: &mut Found,
    ) -> Result<(), StoreError> {
        for digest in P::attachments(event) {
            self.named.insert(tables.attachment_name(&digest)?);
            match tables.attachment(&digest) {
                Ok(Some(_)) => {}
                Ok(None) => self
                    .gone
                    .push((place.to_owned(), format!("the evidence {digest}"), topic.cloned())),
                Err(error @ StoreError::Unreadable { .. }) => found.differ(place, error.to_string()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What is gone although nothing destroyed it.
    fn missing(&self, found: &mut Found) {
        for (place, what, _) in &self.gone {
            found.differ(
                place,
                format!("{what} is missing, and no event says that it was destroyed"),
            );
        }
    }

    fn documents(&mut self, tables: Tables<'_>, found: &mut Found) -> Result<(), StoreError> {
        tables.each_document(|key, stored| {
            let key = match &stored {
                Ok(value) => P::current_key(key, value),
                Err(_) => key,
            };
            self.touched.remove(&key);
            let place = format!("{} `{}`", key.kind, key.id);
            match stored {
                Ok(stored) if self.state.document(&key).as_ref() == Some(&stored) => {}
                _ => found.differ(
                    place,
                    "it is not what the events say; rebuild it with `entente store rebuild`",
                ),
            }
            Ok(())
        })?;
        for key in &self.touched {
            if self.state.document(key).is_some() {
                found.differ(
                    format!("{} `{}`", key.kind, key.id),
                    "the events say that it exists, but it is not stored",
                );
            }
        }
        Ok(())
    }
}

fn covered(destroys: &[Topic], topic: Option<&Topic>) -> bool {
    topic.is_some_and(|topic| {
        destroys
            .iter()
            .any(|destroyed| destroyed.about == topic.about && topic.version <= destroyed.version)
    })
}

/// Whether an entry is at least that of this number, moment and kind.
fn is_entry_of(entry: &[u8], stored: &StoredEvent) -> bool {
    Leaf::parse(entry)
        .is_some_and(|leaf| leaf.seq == stored.seq && leaf.time == stored.time && leaf.kind == stored.kind)
}

/// One more event in the digest that an upgrade records.
pub(crate) fn update(digest: &mut Sha256, seq: u64, payload: &[u8]) {
    digest.update(seq.to_be_bytes());
    digest.update((payload.len() as u64).to_be_bytes());
    digest.update(payload);
}

impl Tables<'_> {
    /// Texts that no event names: nobody would notice that they stay.
    fn strangers(self, named: &BTreeSet<String>, found: &mut Found) -> Result<(), StoreError> {
        self.sql.each("SELECT name FROM texts", &[], &mut |row| {
            let name = row.text(0)?;
            if !named.contains(&name) {
                found.differ(format!("text {name}"), "no event refers to it");
            }
            Ok(())
        })
    }
}
