//! The one thread that writes: group commit, durable before it answers.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use entente_ledger::{Leaf, Salt, has_references};
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use crate::error::StoreError;
use crate::folder::Folder;
use crate::outbox::{Letter, Outgoing};
use crate::projection::{Projection, Recorded, Topic};
use crate::rows::{StoredEvent, Tables};
use crate::schema::REFERRING;
use crate::vault::Vault;
use crate::store::Follow;

/// The largest event stored: a report of the largest size, and then some.
pub const MAX_EVENT: usize = 32 << 20;

/// The most commands taken into one transaction: enough to spread the cost of a sync, few enough to answer soon.
const MAX_GROUP: usize = 256;

/// A file that an event says is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// What it is about: it is destroyed with that.
    pub topic: Topic,
    /// Its bytes; events name it by their SHA-256.
    pub bytes: Vec<u8>,
}

/// What a command changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<E> {
    /// What happened.
    pub events: Vec<E>,
    /// What has to leave.
    pub outgoing: Vec<Outgoing>,
    /// What is kept with them.
    pub attachments: Vec<Attachment>,
}

impl<E> Change<E> {
    /// Events, and nothing to leave.
    pub fn events(events: Vec<E>) -> Self {
        Self {
            events,
            outgoing: Vec::new(),
            attachments: Vec::new(),
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
    pub(crate) vault: Vault,
    pub(crate) state: P,
    pub(crate) next: u64,
    /// Who is told of each durable state.
    pub(crate) follow: Follow<P>,
    /// Whether what an earlier process left half done has been brought to its end.
    pub(crate) settled: bool,
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
            // State and keys in memory are ahead of the disk: go back to what is durable.
            self.vault.forget();
            (self.state, self.next) = self.tables().loaded()?;
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

    fn tables(&self) -> Tables<'_> {
        Tables {
            connection: &self.connection,
            vault: &self.vault,
        }
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
        if self.folder.hold()? || !self.settled {
            // A purge that was interrupted after its commit comes to its end before anything else is done.
            self.vault.finish(&self.connection)?;
            self.catch_up()?;
            self.settled = true;
        }
        Ok(())
    }

    /// Takes in what another process has written: the events since, or everything where the log is not the one it was.
    fn catch_up(&mut self) -> Result<(), StoreError> {
        self.vault.catch_up(&self.connection)?;
        let before = self.next;
        let last: i64 =
            (self.connection).query_row("SELECT coalesce(max(seq), 0) FROM events", [], |row| row.get(0))?;
        match last.unsigned_abs() + 1 {
            next if next == self.next => return Ok(()),
            next if next < self.next => (self.state, self.next) = self.tables().loaded()?,
            _ => self.take_in()?,
        }
        if self.next != before {
            (self.follow)(&self.state, self.next - 1);
        }
        Ok(())
    }

    fn take_in(&mut self) -> Result<(), StoreError> {
        let tables = Tables {
            connection: &self.connection,
            vault: &self.vault,
        };
        let (state, next) = (&mut self.state, &mut self.next);
        tables.each_event(*next, |stored| {
            let record = tables.recorded::<P>(&stored)?;
            *next = record.seq + 1;
            state.apply(&record);
            Ok::<_, StoreError>(())
        })?;
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
        let tables = Tables {
            connection: &transaction,
            vault: &self.vault,
        };
        let mut destroyed = false;
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
                    tables.sent(id, at)?;
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
                        destroyed |= append(tables, &mut self.state, &record, payload)?;
                        self.next += 1;
                    }
                    for kept in &change.attachments {
                        tables.put_attachment(self.next - 1, &kept.topic, &kept.bytes)?;
                    }
                    for letter in change.outgoing {
                        enqueue::<P>(tables, self.next - 1, letter)?;
                    }
                }
            }
        }
        if destroyed {
            self.vault.replace_root(&transaction)?;
        }
        transaction.commit()?;
        if destroyed {
            // Nothing is acknowledged before the old root is gone.
            self.vault.finish(&self.connection)?;
        }
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
                false if has_references(&payload) => Err(StoreError::Unreadable {
                    what: format!("the new event `{}`", P::kind(event)),
                    problem: "it holds what looks like a reference to a text".to_owned(),
                }),
                false => Ok(payload),
            }
        })
        .collect()
}

/// Writes an event with its texts, its entry and the documents that it touches. Gives whether it destroyed something.
fn append<P: Projection>(
    tables: Tables<'_>,
    state: &mut P,
    record: &Recorded<P::Event>,
    payload: Vec<u8>,
) -> Result<bool, StoreError> {
    let kind = P::kind(&record.event);
    let payload = tables.put_texts::<P>(record.seq, state.topic(&record.event).as_ref(), payload)?;
    let salt = Salt::random();
    let leaf = Leaf::new(record.seq, record.time.to_string(), kind, &salt, &payload);
    tables.put_event(&StoredEvent {
        seq: record.seq,
        time: record.time.to_string(),
        kind: kind.to_owned(),
        form: REFERRING,
        salt: Some(salt),
        payload,
    })?;
    tables.put_leaf(record.seq, &leaf.to_bytes())?;
    let touched = state.apply(record);
    let topics = P::destroys(&record.event);
    if !topics.is_empty() {
        tables.destroy(&topics, &touched)?;
    }
    for key in &touched {
        tables.put_document(state, key)?;
    }
    Ok(!topics.is_empty())
}

fn enqueue<P: Projection>(tables: Tables<'_>, seq: u64, letter: Outgoing) -> Result<(), StoreError> {
    let topic = P::letter_topic(&letter.payload);
    let letter = Letter {
        id: tables.next_letter()?,
        seq,
        kind: letter.kind,
        destination: letter.destination,
        payload: letter.payload,
    };
    tables.put_letter(&letter, topic.as_ref(), None)
}
