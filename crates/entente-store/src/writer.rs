//! The one thread that writes: group commit, durable before it answers.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use entente_ledger::{Leaf, Salt, Wording, has_references};
use jiff::Timestamp;

use crate::cut::{Cut, cut};
use crate::engine::Engine;
use crate::error::StoreError;
use crate::folder::Folder;
use crate::inside::Inside;
use crate::outbox::{Left, Letter, Outgoing};
use crate::postgres::ServerError;
use crate::projection::{Projection, Recorded, Topic};
use crate::provider::Step;
use crate::rows::{StoredEvent, digest, read};
use crate::schema::REFERRING;
use crate::shelf::restored;
use crate::store::Follow;

/// The largest event stored: a report of the largest size, and then some.
pub const MAX_EVENT: usize = 32 << 20;

/// The most commands taken into one transaction: enough to spread the cost of a sync, few enough to answer soon.
const MAX_GROUP: usize = 256;

/// The most transactions after which the log is put into the database: it is read by whoever opens a folder that was not closed.
const STEPS: usize = 256;
/// After how many more it is tried again where somebody looked at an older moment.
const SOON: usize = 32;

/// How often a transaction is begun anew where another node destroyed something just before.
const ANEW: usize = 3;

/// The most documents that are kept in memory although they could be read again.
pub const LOOSE: usize = 4096;

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
    Done(i64, Left, Timestamp, Answer),
    Hold(Answer),
    CatchUp(Answer),
    Rest,
}

impl<P: Projection> Job<P> {
    /// Whether it needs the folder held, and a transaction.
    fn writes(&self) -> bool {
        !matches!(self, Self::Read(_) | Self::Rest)
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
    pub(crate) engine: Box<dyn Engine>,
    pub(crate) state: P,
    pub(crate) next: u64,
    /// Who is told of each durable state.
    pub(crate) follow: Follow<P>,
    /// Whether what an earlier process left half done has been brought to its end.
    pub(crate) settled: bool,
    /// How many transactions there were since the state was last rested.
    pub(crate) steps: usize,
    /// Why nothing is written any more.
    pub(crate) stopped: Option<String>,
    /// Why nothing of the present group was written, where another may go well.
    pub(crate) away: Option<ServerError>,
    /// Whether the state in memory is ahead of what is durable, and could not be taken back yet.
    pub(crate) ahead: bool,
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
        // Whoever closes the database last puts the log into it, if nobody looks at an older moment.
        self.engine.let_go();
    }

    fn group(&mut self, group: Vec<Job<P>>) -> Result<(), StoreError> {
        self.away = None;
        if self.ahead {
            match self.restore() {
                Ok(()) => (self.follow)(&self.state, self.next - 1),
                // Nothing is read either: what is in memory never happened.
                Err(error) => {
                    let asked = group.into_iter().filter(|job| !matches!(job, Job::Read(_)));
                    self.decline(asked, &error);
                    return Ok(());
                }
            }
        }
        let mut jobs = self.caught_up(group).into_iter();
        let mut outcomes = Vec::new();
        let before = self.next;
        if self.stopped.is_none() && jobs.as_slice().iter().any(Job::writes) {
            match self.hold() {
                Ok(()) => {}
                // Nothing is wrong with the disk: whoever asks again may be luckier.
                Err(error) => {
                    self.decline(jobs, &error);
                    return Ok(());
                }
            }
            if let Err(error) = self.transacted(&mut jobs, &mut outcomes) {
                self.failed(&error)?;
            }
        }
        if self.next != before && !self.ahead {
            self.steps += 1;
            // A state that still looks at what was destroyed is shown to nobody.
            if self.state.is_stale() {
                self.lasting(Self::rest_anew)?;
            }
            (self.follow)(&self.state, self.next - 1);
        }
        for outcome in outcomes {
            match outcome {
                Outcome::Written(answer, receipt) => answer(self.trouble().map(|()| receipt)),
                Outcome::Refused(refusal) => refusal(self.trouble()),
                Outcome::Seen(look) if !self.ahead => look(&self.state),
                Outcome::Seen(_) => {}
            }
        }
        // Those that the transaction did not reach.
        for job in jobs {
            match job {
                Job::Read(look) if !self.ahead => look(&self.state),
                Job::Read(_) | Job::Rest => {}
                Job::Write(_, _, answer) | Job::Done(_, _, _, answer) | Job::Hold(answer) | Job::CatchUp(answer) => {
                    let unreached = || Err(StoreError::Stopped("it was not reached".to_owned()));
                    answer(self.trouble().and_then(|()| unreached()));
                }
            }
        }
        self.lasting(Self::rest)
    }

    /// Why nothing was written, if so.
    fn trouble(&self) -> Result<(), StoreError> {
        match (&self.stopped, &self.away) {
            (Some(problem), _) => Err(StoreError::Stopped(problem.clone())),
            (None, Some(problem)) => Err(problem.clone().into()),
            (None, None) => Ok(()),
        }
    }

    /// Does what can be left for another time where a server is away.
    fn lasting(&mut self, work: impl FnOnce(&mut Self) -> Result<(), StoreError>) -> Result<(), StoreError> {
        match work(self) {
            Err(error) if self.passing(&error).is_some() => Ok(()),
            done => done,
        }
    }

    /// What a failure means that may be over the next time: a server that went away, or another node that was in between.
    fn passing(&self, error: &StoreError) -> Option<ServerError> {
        match (error, self.engine.server()) {
            (StoreError::Server(error), _) => Some(error.clone()),
            (StoreError::GivenUp | StoreError::Unread(_) | StoreError::Moved { .. }, Some(server)) => {
                Some(ServerError::Conflict { server })
            }
            _ => None,
        }
    }

    /// A step failed: the state in memory is ahead of what is durable, and goes back to that. Where the disk failed, nothing
    /// more is written; a server may come back.
    fn failed(&mut self, error: &StoreError) -> Result<(), StoreError> {
        self.away = self.passing(error);
        if self.away.is_none() {
            self.stopped = Some(error.to_string());
        }
        match self.restore() {
            Err(error) if self.passing(&error).is_some() => {
                self.ahead = true;
                Ok(())
            }
            restored => restored,
        }
    }

    /// Reads the state anew as it is durable.
    fn restore(&mut self) -> Result<(), StoreError> {
        (self.state, self.next) = restored(self.engine.shelf()?)?;
        self.ahead = false;
        Ok(())
    }

    /// A transaction, begun anew as long as nothing was done in it and another node was in between.
    fn transacted(
        &mut self,
        jobs: &mut std::vec::IntoIter<Job<P>>,
        outcomes: &mut Vec<Outcome<P>>,
    ) -> Result<(), StoreError> {
        let waiting = jobs.len();
        for _ in 0..ANEW {
            match self.transact(jobs, outcomes) {
                Err(StoreError::GivenUp | StoreError::Moved { .. }) if jobs.len() == waiting => self.restore()?,
                done => return done,
            }
        }
        self.transact(jobs, outcomes)
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
        // Whoever holds the folder may have to wait for those who look at an older moment.
        let taken = self.folder.hold_or(|| self.engine.let_go());
        self.refresh()?;
        if taken? || !self.settled {
            // A purge that was interrupted after its commit comes to its end before anything else is done.
            self.engine.finish()?;
            self.refresh()?;
            self.catch_up()?;
            self.settled = true;
        }
        Ok(())
    }

    /// Reads the state anew where what it rested on was given up.
    fn refresh(&mut self) -> Result<(), StoreError> {
        if self.state.is_stale() {
            self.restore()?;
            (self.follow)(&self.state, self.next - 1);
        }
        Ok(())
    }

    /// Takes in what another process has written: the events since, or everything where the log is not the one it was.
    fn catch_up(&mut self) -> Result<(), StoreError> {
        let before = self.next;
        let (state, next) = (&mut self.state, &mut self.next);
        let taken = self
            .engine
            .moment(&mut |tables| take_in(&Inside::new(tables), (&mut *state, &mut *next)));
        match taken {
            Err(StoreError::GivenUp | StoreError::Moved { .. }) => self.restore()?,
            taken => taken?,
        }
        if self.next != before {
            (self.follow)(&self.state, self.next - 1);
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
        let declined = || match (error, self.passing(error)) {
            (StoreError::InUse(path), _) => StoreError::InUse(path.clone()),
            (_, Some(problem)) => problem.into(),
            (other, None) => StoreError::Stopped(other.to_string()),
        };
        for job in jobs {
            match job {
                Job::Read(look) => look(&self.state),
                Job::Rest => {}
                Job::Write(_, _, answer) | Job::Done(_, _, _, answer) | Job::Hold(answer) | Job::CatchUp(answer) => {
                    answer(Err(declined()));
                }
            }
        }
    }

    /// All jobs in one step.
    fn transact(
        &mut self,
        jobs: &mut impl Iterator<Item = Job<P>>,
        outcomes: &mut Vec<Outcome<P>>,
    ) -> Result<(), StoreError> {
        let (state, next) = (&mut self.state, &mut self.next);
        self.engine.step(&mut |step| {
            take_in(step, (&mut *state, &mut *next))?;
            for job in jobs.by_ref() {
                let receipt = |next: u64| Receipt {
                    seqs: Vec::new(),
                    ledger_size: next - 1,
                };
                match job {
                    Job::Read(look) => outcomes.push(Outcome::Seen(look)),
                    Job::Rest => {}
                    Job::Hold(answer) | Job::CatchUp(answer) => outcomes.push(Outcome::Written(answer, receipt(*next))),
                    Job::Done(id, how, at, answer) => {
                        outcomes.push(Outcome::Written(answer, receipt(*next)));
                        step.left(id, how, at)?;
                    }
                    Job::Write(time, decide, answer) => {
                        let decided = decide(state);
                        if let Some(problem) = state.failure() {
                            answer(Err(StoreError::Unread(problem)));
                            continue;
                        }
                        let change = match decided {
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
                        let end = *next + payloads.len() as u64;
                        let receipt = Receipt {
                            seqs: (*next..end).collect(),
                            ledger_size: end - 1,
                        };
                        outcomes.push(Outcome::Written(answer, receipt));
                        write(step, (state, next), time, change, payloads)?;
                    }
                }
            }
            // What could not be read was taken for missing, and may have been overwritten.
            state
                .failure()
                .map_or(Ok(()), |problem| Err(StoreError::Unread(problem)))
        })
    }

    /// Leaves in the database what can be read again, once there is much of it.
    fn rest(&mut self) -> Result<(), StoreError> {
        let due = self.state.loose() > LOOSE || self.steps > STEPS;
        if P::ASIDE.is_empty() || self.stopped.is_some() || !due {
            return Ok(());
        }
        // As long as one shelf or another is older than the end of the log, the log only grows. Once nobody holds an
        // older one, all of it can go into the database; a shelf of then needs no log, and the next writer begins it anew.
        self.rest_anew()?;
        let tidy = self.engine.tidy()?;
        // Somebody who looks for long keeps the log: it is tried again soon, or it would grow as long as there is always somebody.
        self.steps = if tidy { 0 } else { STEPS - SOON };
        match tidy {
            true => self.rest_anew(),
            false => Ok(()),
        }
    }

    /// Rests the state on the documents as they are now.
    fn rest_anew(&mut self) -> Result<(), StoreError> {
        let shelf = self.engine.shelf()?;
        // Another process may have written meanwhile, where this one does not hold the folder.
        if shelf.head() + 1 == self.next {
            self.state.rest_on(shelf);
            (self.follow)(&self.state, self.next - 1);
        }
        Ok(())
    }
}

/// Takes in what others have written since the state was as it is.
fn take_in<P: Projection>(step: &dyn Step, (state, next): (&mut P, &mut u64)) -> Result<(), StoreError> {
    if state.is_stale() {
        return Err(StoreError::GivenUp);
    }
    let (base, head) = (*next - 1, step.head()?);
    if head < base {
        return Err(StoreError::Moved { base, head });
    }
    if head == base {
        return Ok(());
    }
    step.tail(*next, &mut |stored| {
        let record = read::<P>(stored.seq, &stored.time, &plain(step, &stored.payload)?)?;
        *next = record.seq + 1;
        state.apply(&record);
        Ok(())
    })
}

/// An event in plain words, as far as its texts are still there.
fn plain(step: &dyn Step, payload: &[u8]) -> Result<Vec<u8>, StoreError> {
    entente_ledger::expand(payload, |name| {
        let bytes = step.read(name)?;
        Ok(bytes.and_then(|bytes| Some(Wording::from_bytes(&bytes)?.literal().to_vec())))
    })
}

/// Writes what a command changes.
fn write<P: Projection>(
    step: &dyn Step,
    (state, next): (&mut P, &mut u64),
    time: Timestamp,
    change: Change<P::Event>,
    payloads: Vec<Vec<u8>>,
) -> Result<(), StoreError> {
    for (event, payload) in change.events.into_iter().zip(payloads) {
        let seq = *next;
        append(step, state, &Recorded { seq, time, event }, &payload)?;
        *next += 1;
    }
    let last = *next - 1;
    for kept in &change.attachments {
        let name = step.keyed(&digest(&kept.bytes))?;
        step.keep(&name, last, &kept.topic, &kept.bytes)?;
    }
    for letter in change.outgoing {
        let topic = P::letter_topic(&letter.payload);
        let letter = Letter {
            id: 0,
            seq: last,
            kind: letter.kind,
            destination: letter.destination,
            payload: letter.payload,
        };
        step.enqueue(&letter, topic.as_ref())?;
    }
    Ok(())
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

/// Writes an event with its texts, its entry and the documents that it touches.
fn append<P: Projection>(
    step: &dyn Step,
    state: &mut P,
    record: &Recorded<P::Event>,
    payload: &[u8],
) -> Result<(), StoreError> {
    let (kind, time) = (P::kind(&record.event), record.time.to_string());
    let payload = match state.topic(&record.event) {
        None => payload.to_vec(),
        Some(topic) => {
            let Cut { payload, texts } = cut(payload, P::is_wording);
            for text in &texts {
                step.keep(&text.name(), record.seq, &topic, &text.to_bytes())?;
            }
            payload
        }
    };
    let salt = Salt::random();
    let leaf = Leaf::new(record.seq, time.clone(), kind, &salt, &payload);
    let stored = StoredEvent {
        seq: record.seq,
        time,
        kind: kind.to_owned(),
        form: REFERRING,
        salt: Some(salt),
        payload,
    };
    step.append(record.seq - 1, &stored, &leaf.to_bytes())?;
    let touched = state.apply(record);
    let topics = P::destroys(&record.event);
    if !topics.is_empty() {
        step.destroy(&topics, &touched)?;
    }
    for key in &touched {
        match state.document(key) {
            Some(value) => step.put(key, value.to_string().as_bytes())?,
            None => step.remove(key)?,
        }
    }
    Ok(())
}
