//! The one thread that writes: group commit, durable before it answers.

use std::sync::mpsc::Receiver;

use entente_ledger::{Leaf, Salt};
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};

use crate::error::StoreError;
use crate::projection::{DocKey, Projection, Recorded};

/// The largest event stored: a report of the largest size, and then some.
pub const MAX_EVENT: usize = 32 << 20;

/// The most commands taken into one transaction: enough to spread the cost of a sync, few enough to answer soon.
const MAX_GROUP: usize = 256;

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

/// What a command changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<E> {
    /// What happened.
    pub events: Vec<E>,
    /// What has to leave.
    pub outgoing: Vec<Outgoing>,
}

impl<E> Change<E> {
    /// Events, and nothing to leave.
    pub fn events(events: Vec<E>) -> Self {
        Self {
            events,
            outgoing: Vec::new(),
        }
    }
}

/// The proof that a change is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The numbers of its events.
    pub seqs: Vec<u64>,
    /// The number of leaves in the ledger after it.
    pub ledger_size: u64,
}

pub(crate) type Decide<P> = Box<dyn FnOnce(&P) -> Option<Change<<P as Projection>::Event>> + Send>;
pub(crate) type Answer = Box<dyn FnOnce(Result<Receipt, StoreError>) + Send>;

/// What the writer is asked to do.
pub(crate) enum Job<P: Projection> {
    Write(Timestamp, Decide<P>, Answer),
    Read(Box<dyn FnOnce(&P) + Send>),
    Done(i64, Timestamp, Answer),
}

pub(crate) struct Writer<P: Projection> {
    pub(crate) connection: Connection,
    pub(crate) state: P,
    pub(crate) next: u64,
    pub(crate) stopped: Option<String>,
}

impl<P: Projection> Writer<P> {
    /// Works until every sender is gone.
    pub(crate) fn run(mut self, jobs: &Receiver<Job<P>>) {
        while let Ok(first) = jobs.recv() {
            let mut group = vec![first];
            group.extend(jobs.try_iter().take(MAX_GROUP - 1));
            self.group(group);
        }
    }

    fn group(&mut self, group: Vec<Job<P>>) {
        let mut answers: Vec<(Answer, Receipt)> = Vec::new();
        let result = self.transact(group, &mut answers);
        if let Err(error) = &result {
            // The state in memory may be ahead of the disk now: nothing is decided on it any more.
            self.stopped = Some(error.to_string());
        }
        let stopped = self.stopped.clone();
        for (answer, receipt) in answers {
            answer(match &stopped {
                None => Ok(receipt),
                Some(problem) => Err(StoreError::Stopped(problem.clone())),
            });
        }
    }

    fn transact(&mut self, group: Vec<Job<P>>, answers: &mut Vec<(Answer, Receipt)>) -> Result<(), StoreError> {
        if let Some(problem) = self.stopped.clone() {
            for job in group {
                if let Job::Write(_, _, answer) | Job::Done(_, _, answer) = job {
                    answer(Err(StoreError::Stopped(problem.clone())));
                }
            }
            return Ok(());
        }
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for job in group {
            match job {
                Job::Read(look) => look(&self.state),
                Job::Done(id, at, answer) => {
                    let changed = transaction.execute(
                        "UPDATE outbox SET done = ?2 WHERE id = ?1 AND done IS NULL",
                        params![id, at.to_string()],
                    );
                    let receipt = Receipt {
                        seqs: Vec::new(),
                        ledger_size: self.next - 1,
                    };
                    answers.push((answer, receipt));
                    changed?;
                }
                Job::Write(time, decide, answer) => {
                    let Some(change) = decide(&self.state) else { continue };
                    let encoded = encode::<P>(&change);
                    let payloads = match encoded {
                        Ok(payloads) => payloads,
                        // Refused as a whole before anything is written.
                        Err(error) => {
                            answer(Err(error));
                            continue;
                        }
                    };
                    let first = self.next;
                    let receipt = Receipt {
                        seqs: (first..first + payloads.len() as u64).collect(),
                        ledger_size: first + payloads.len() as u64 - 1,
                    };
                    answers.push((answer, receipt));
                    for (event, payload) in change.events.into_iter().zip(payloads) {
                        let record = Recorded {
                            seq: self.next,
                            time,
                            event,
                        };
                        append::<P>(&transaction, &mut self.state, &record, &payload)?;
                        self.next += 1;
                    }
                    for letter in change.outgoing {
                        transaction
                            .prepare_cached(
                                "INSERT INTO outbox (seq, kind, destination, payload) VALUES (?1, ?2, ?3, ?4)",
                            )?
                            .execute(params![
                                number(self.next - 1),
                                letter.kind,
                                letter.destination,
                                letter.payload
                            ])?;
                    }
                }
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

fn encode<P: Projection>(change: &Change<P::Event>) -> Result<Vec<Vec<u8>>, StoreError> {
    change
        .events
        .iter()
        .map(|event| {
            let payload = serde_json::to_vec(event).map_err(|error| StoreError::Unreadable {
                what: format!("the new event `{}`", P::kind(event)),
                problem: error.to_string(),
            })?;
            match payload.len() > MAX_EVENT {
                true => Err(StoreError::TooLarge {
                    size: payload.len(),
                    limit: MAX_EVENT,
                }),
                false => Ok(payload),
            }
        })
        .collect()
}

/// SQLite counts in signed numbers; a log never gets near the difference.
pub(crate) fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn append<P: Projection>(
    transaction: &rusqlite::Transaction<'_>,
    state: &mut P,
    record: &Recorded<P::Event>,
    payload: &[u8],
) -> Result<(), StoreError> {
    let kind = P::kind(&record.event);
    let salt = Salt::random();
    let leaf = Leaf::new(record.seq, record.time.to_string(), kind, &salt, payload);
    transaction
        .prepare_cached("INSERT INTO events (seq, time, kind, payload, salt) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![
            number(record.seq),
            record.time.to_string(),
            kind,
            payload,
            salt.as_bytes()
        ])?;
    transaction
        .prepare_cached("INSERT INTO leaves (seq, entry) VALUES (?1, ?2)")?
        .execute(params![number(record.seq), leaf.to_bytes()])?;
    for key in state.apply(record) {
        store_document(transaction, state, &key)?;
    }
    Ok(())
}

pub(crate) fn store_document<P: Projection>(
    transaction: &rusqlite::Transaction<'_>,
    state: &P,
    key: &DocKey,
) -> Result<(), StoreError> {
    match state.document(key) {
        Some(value) => transaction
            .prepare_cached("INSERT INTO documents (kind, id, json) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET json = excluded.json")?
            .execute(params![key.kind, key.id, value.to_string()])?,
        None => transaction
            .prepare_cached("DELETE FROM documents WHERE kind = ?1 AND id = ?2")?
            .execute(params![key.kind, key.id])?,
    };
    Ok(())
}
