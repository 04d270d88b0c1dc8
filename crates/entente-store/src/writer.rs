//! The one thread that writes: group commit, durable before it answers.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use entente_ledger::{Leaf, Salt};
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};

use crate::error::StoreError;
use crate::folder::Folder;
use crate::projection::{Projection, Recorded};
use crate::rows::{loaded, number, recorded, store_document};
use crate::store::Follow;

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

pub(crate) type Refusal = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
pub(crate) type Decide<P> = Box<dyn FnOnce(&P) -> Result<Change<<P as Projection>::Event>, Refusal> + Send>;
pub(crate) type Answer = Box<dyn FnOnce(Result<Receipt, StoreError>) + Send>;
type Look<P> = Box<dyn FnOnce(&P) + Send>;

/// What the writer is asked to do.
pub(crate) enum Job<P: Projection> {
    Write(Timestamp, Decide<P>, Answer),
    Read(Look<P>),
    Done(i64, Timestamp, Answer),
    Hold(Answer),
    CatchUp(Answer),
}

impl<P: Projection> Job<P> {
    /// Whether it needs the folder held, and a transaction.
    fn writes(&self) -> bool {
        !matches!(self, Self::Read(_))
    }
}

/// What is told once the transaction is durable: refusals and reads too, for they saw what was decided before them.
enum Outcome<P: Projection> {
    Written(Answer, Receipt),
    Refused(Refusal),
    Seen(Look<P>),
}

pub(crate) struct Writer<P: Projection> {
    pub(crate) folder: Arc<Folder>,
    pub(crate) connection: Connection,
    pub(crate) state: P,
    pub(crate) next: u64,
    /// Who is told of each durable state.
    pub(crate) follow: Follow<P>,
    /// Why nothing is written any more.
    pub(crate) stopped: Option<String>,
}

impl<P: Projection> Writer<P> {
    /// Works until every sender is gone, or the database cannot even be read.
    pub(crate) fn run(mut self, jobs: &Receiver<Job<P>>) {
        while let Ok(first) = jobs.recv() {
            let mut group = vec![first];
            group.extend(jobs.try_iter().take(MAX_GROUP - 1));
            if self.group(group).is_err() {
                return;
            }
        }
    }

    fn group(&mut self, group: Vec<Job<P>>) -> Result<(), StoreError> {
        let mut jobs = self.caught_up(group).into_iter();
        let mut outcomes = Vec::new();
        if self.stopped.is_none() && jobs.as_slice().iter().any(Job::writes) {
            match self.hold() {
                Ok(()) => {}
                // Nothing is wrong with the disk: whoever asks again may be luckier.
                Err(error) => {
                    self.decline(jobs, &error);
                    return Ok(());
                }
            }
        }
        let before = self.next;
        if self.stopped.is_none()
            && jobs.as_slice().iter().any(Job::writes)
            && let Err(error) = self.transact(&mut jobs, &mut outcomes)
        {
            self.stopped = Some(error.to_string());
            // The state in memory is ahead of the disk: go back to what is durable.
            (self.state, self.next) = loaded(&self.connection)?;
        }
        if self.next != before {
            (self.follow)(&self.state, self.next - 1);
        }
        let stopped = || match &self.stopped {
            None => Ok(()),
            Some(problem) => Err(StoreError::Stopped(problem.clone())),
        };
        for outcome in outcomes {
            match outcome {
                Outcome::Written(answer, receipt) => answer(stopped().map(|()| receipt)),
                Outcome::Refused(refusal) => refusal(stopped()),
                Outcome::Seen(look) => look(&self.state),
            }
        }
        // Those that the transaction did not reach.
        for job in jobs {
            match job {
                Job::Read(look) => look(&self.state),
                Job::Write(_, _, answer) | Job::Done(_, _, answer) | Job::Hold(answer) | Job::CatchUp(answer) => {
                    answer(stopped().and_then(|()| Err(StoreError::Stopped("it was not reached".to_owned()))));
                }
            }
        }
        Ok(())
    }

    /// Catches up for those who asked for it; gives the other jobs.
    fn caught_up(&mut self, group: Vec<Job<P>>) -> Vec<Job<P>> {
        let mut others = Vec::with_capacity(group.len());
        let mut asked = Vec::new();
        for job in group {
            match job {
                Job::CatchUp(answer) => asked.push(answer),
                other => others.push(other),
            }
        }
        if !asked.is_empty() {
            let caught_up = self.catch_up();
            for answer in asked {
                answer(match &caught_up {
                    Ok(()) => Ok(self.receipt()),
                    Err(error) => Err(StoreError::Stopped(error.to_string())),
                });
            }
        }
        others
    }

    /// Holds the folder. What another process has written meanwhile is taken in: the state in memory is of the opening.
    fn hold(&mut self) -> Result<(), StoreError> {
        match self.folder.hold()? {
            true => self.catch_up(),
            false => Ok(()),
        }
    }

    /// Takes in what another process has written: the events since, or everything where the log is not the one it was.
    fn catch_up(&mut self) -> Result<(), StoreError> {
        let before = self.next;
        let last: i64 =
            (self.connection).query_row("SELECT coalesce(max(seq), 0) FROM events", [], |row| row.get(0))?;
        match last.unsigned_abs() + 1 {
            next if next == self.next => return Ok(()),
            next if next < self.next => (self.state, self.next) = loaded(&self.connection)?,
            _ => self.take_in()?,
        }
        if self.next != before {
            (self.follow)(&self.state, self.next - 1);
        }
        Ok(())
    }

    fn take_in(&mut self) -> Result<(), StoreError> {
        let mut query =
            (self.connection).prepare("SELECT seq, time, payload FROM events WHERE seq >= ?1 ORDER BY seq")?;
        let mut rows = query.query([number(self.next)])?;
        while let Some(row) = rows.next()? {
            let (seq, time, payload): (i64, String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let record = recorded::<P>(seq, &time, &payload)?;
            self.next = record.seq + 1;
            self.state.apply(&record);
        }
        Ok(())
    }

    /// What is answered to whoever changes no event.
    fn receipt(&self) -> Receipt {
        Receipt {
            seqs: Vec::new(),
            ledger_size: self.next - 1,
        }
    }

    /// Answers a group of which nothing can be written; reads go on.
    fn decline(&self, jobs: impl Iterator<Item = Job<P>>, error: &StoreError) {
        let declined = || match error {
            StoreError::InUse(path) => StoreError::InUse(path.clone()),
            other => StoreError::Stopped(other.to_string()),
        };
        for job in jobs {
            match job {
                Job::Read(look) => look(&self.state),
                Job::Write(_, _, answer) | Job::Done(_, _, answer) | Job::Hold(answer) | Job::CatchUp(answer) => {
                    answer(Err(declined()));
                }
            }
        }
    }

    fn transact(
        &mut self,
        jobs: &mut impl Iterator<Item = Job<P>>,
        outcomes: &mut Vec<Outcome<P>>,
    ) -> Result<(), StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for job in jobs {
            match job {
                Job::Read(look) => outcomes.push(Outcome::Seen(look)),
                Job::Hold(answer) | Job::CatchUp(answer) => {
                    let receipt = Receipt {
                        seqs: Vec::new(),
                        ledger_size: self.next - 1,
                    };
                    outcomes.push(Outcome::Written(answer, receipt));
                }
                Job::Done(id, at, answer) => {
                    let receipt = Receipt {
                        seqs: Vec::new(),
                        ledger_size: self.next - 1,
                    };
                    outcomes.push(Outcome::Written(answer, receipt));
                    transaction
                        .prepare_cached("UPDATE outbox SET done = ?2 WHERE id = ?1 AND done IS NULL")?
                        .execute(params![id, at.to_string()])?;
                }
                Job::Write(time, decide, answer) => {
                    let change = match decide(&self.state) {
                        Ok(change) => change,
                        Err(refusal) => {
                            outcomes.push(Outcome::Refused(refusal));
                            continue;
                        }
                    };
                    let payloads = match encode::<P>(&change) {
                        Ok(payloads) => payloads,
                        // Refused as a whole before anything is written.
                        Err(error) => {
                            answer(Err(error));
                            continue;
                        }
                    };
                    let end = self.next + payloads.len() as u64;
                    let receipt = Receipt {
                        seqs: (self.next..end).collect(),
                        ledger_size: end - 1,
                    };
                    outcomes.push(Outcome::Written(answer, receipt));
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
                        enqueue(&transaction, self.next - 1, &letter)?;
                    }
                }
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

/// The events as they are stored; refused when one is too large, or something would leave without one.
fn encode<P: Projection>(change: &Change<P::Event>) -> Result<Vec<Vec<u8>>, StoreError> {
    if let (true, Some(letter)) = (change.events.is_empty(), change.outgoing.first()) {
        return Err(StoreError::Unrecorded(format!(
            "{} for {}",
            letter.kind, letter.destination
        )));
    }
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

fn enqueue(transaction: &rusqlite::Transaction<'_>, seq: u64, letter: &Outgoing) -> Result<(), StoreError> {
    transaction
        .prepare_cached("INSERT INTO outbox (seq, kind, destination, payload) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![number(seq), letter.kind, letter.destination, letter.payload])?;
    Ok(())
}
