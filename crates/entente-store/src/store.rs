//! The handle that everybody uses.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use entente_ledger::Wording;
use jiff::Timestamp;

use crate::check::{Difference, Progress};
use crate::engine::Reading;
use crate::error::{StoreError, SubmitError};
use crate::folder::{Folder, Tell};
use crate::opening::{Opened, put_anew};
use crate::outbox::{Left, Letter};
use crate::projection::{Projection, Recorded};
use crate::rows::Tables;
use crate::schema;
use crate::shelf::restored;
use crate::sql::count;
use crate::vault::{RootPlace, Vault};
use crate::writer::{Change, Job, Receipt, Refusal, Writer};

/// Who is told of each state that has become durable, with the number of its last event. It is called before whoever
/// submitted is answered, by the thread that writes: it has to be quick.
pub type Follow<P> = Box<dyn Fn(&P, u64) + Send>;

/// Commands that may wait before submitters have to: enough for a burst, bounded against a flood.
const QUEUE: usize = 1024;

/// What proves the content of a ledger entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The salt of the entry's commitment.
    pub salt: Vec<u8>,
    /// The bytes that it commits to, with references in place of texts.
    pub payload: Vec<u8>,
    /// The texts that are still there, each of which its name commits to.
    pub texts: Vec<Wording>,
}

/// Events, projection, outbox and ledger leaves in one folder.
pub struct Store<P: Projection> {
    jobs: Option<SyncSender<Job<P>>>,
    writer: Option<JoinHandle<()>>,
    folder: Arc<Folder>,
    root: RootPlace,
    reading: Arc<dyn Reading>,
    /// Lets whoever looks for what others wrote end at once.
    following: Option<SyncSender<()>>,
}

impl<P: Projection> Store<P> {
    /// Whether there is a store in a folder, or in the database that it names; what an interrupted creation left is none.
    ///
    /// # Errors
    /// When the disk or the server fails.
    pub fn exists(path: &Path) -> Result<bool, StoreError> {
        Opened::exists(path)
    }

    /// Makes an empty store in a folder, with a root key in a place of its own.
    ///
    /// # Errors
    /// When there is one already, or another process holds the folder, or the disk fails.
    pub fn create(path: &Path, root: RootPlace) -> Result<Self, StoreError> {
        Self::create_followed(path, root, Box::new(|_, _| ()))
    }

    /// Makes an empty store as [`Store::create`] does, with someone who is told of each state.
    ///
    /// # Errors
    /// As for [`Store::create`].
    pub fn create_followed(path: &Path, root: RootPlace, follow: Follow<P>) -> Result<Self, StoreError> {
        let opened = Opened::created(path, root)?;
        Ok(Self::start(opened, (P::default(), 1), follow, None))
    }

    /// Opens the store in a folder, also while another process writes to it: reading never waits. What is first written
    /// waits until the other has ended, and sees what it has written.
    ///
    /// # Errors
    /// When there is none, or its documents or its root key cannot be read, or others than its owner can read it and always
    /// could.
    pub fn open(path: &Path, root: RootPlace) -> Result<Self, StoreError> {
        Self::open_followed(path, root, Arc::new(|_| ()), Box::new(|_, _| ()))
    }

    /// Opens the store as [`Store::open`] does. `tell` is called with what a person should know: that rights in the folder
    /// were mended, or what a command waits for; `follow` with each state, the first one included.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub fn open_followed(path: &Path, root: RootPlace, tell: Tell, follow: Follow<P>) -> Result<Self, StoreError> {
        let mut opened = Opened::found(path, root, tell)?;
        opened.renew::<P>()?;
        let moment = restored(opened.engine.shelf()?)?;
        Ok(Self::start(opened, moment, follow, None))
    }

    /// Opens a store to check it, or to rebuild its documents: also where they cannot be read. Nothing else is written.
    ///
    /// # Errors
    /// As for [`Store::open`], but for the documents.
    pub fn inspect(path: &Path, root: RootPlace) -> Result<Self, StoreError> {
        let opened = Opened::found(path, root, Arc::new(|_| ()))?;
        let stopped = Some("the folder is only looked at".to_owned());
        Ok(Self::start(opened, (P::default(), 1), Box::new(|_, _| ()), stopped))
    }

    fn start(opened: Opened, (state, next): (P, u64), follow: Follow<P>, stopped: Option<String>) -> Self {
        follow(&state, next - 1);
        let Opened {
            folder,
            root,
            engine,
            reading,
            ..
        } = opened;
        let (jobs, waiting) = sync_channel(QUEUE);
        let folder = Arc::new(folder);
        let following = engine.server().map(|_| followed(jobs.clone()));
        let writer = Writer {
            folder: folder.clone(),
            engine,
            state,
            next,
            follow,
            settled: false,
            steps: 0,
            stopped,
            away: None,
            ahead: false,
        };
        Self {
            jobs: Some(jobs),
            writer: Some(std::thread::spawn(move || writer.run(&waiting))),
            folder,
            root,
            reading,
            following,
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives up after this long where another process writes, instead of after a minute.
    pub fn set_patience(&self, patience: Duration) {
        self.folder.set_patience(patience);
    }

    /// Holds the folder from now on, so that no other process writes; waits for one that does.
    ///
    /// # Errors
    /// When the other does not end, or the disk fails.
    pub fn hold(&self) -> Result<(), StoreError> {
        let (reply, answer) = channel();
        self.send(Job::Hold(Box::new(move |result| {
            let _ = reply.send(result.map(|_| ()));
        })))?;
        answer
            .recv()
            .unwrap_or_else(|_| Err(StoreError::Stopped("the writer is gone".to_owned())))
    }

    /// Takes in what another process has written. Where this one holds the folder nobody else can have, and nothing waits.
    ///
    /// # Errors
    /// When the database fails.
    pub fn catch_up(&self) -> Result<(), StoreError> {
        if self.folder.is_held() {
            return Ok(());
        }
        let (reply, answer) = channel();
        self.send(Job::CatchUp(Box::new(move |result| {
            let _ = reply.send(result.map(|_| ()));
        })))?;
        answer
            .recv()
            .unwrap_or_else(|_| Err(StoreError::Stopped("the writer is gone".to_owned())))
    }

    /// Lets go of what was read into memory and can be read again. Returns at once.
    ///
    /// # Errors
    /// When the store is closed.
    pub fn rest(&self) -> Result<(), StoreError> {
        self.send(Job::Rest)
    }

    fn send(&self, job: Job<P>) -> Result<(), StoreError> {
        let gone = || StoreError::Stopped("the writer is gone".to_owned());
        self.jobs.as_ref().ok_or_else(gone)?.send(job).map_err(|_| gone())
    }

    /// Decides on the state and commits what follows. Returns when that is durable.
    ///
    /// # Errors
    /// The refusal of `decide`, or a failure of the store. In both cases nothing is acknowledged.
    pub fn submit<R: Send + 'static>(
        &self,
        now: Timestamp,
        decide: impl FnOnce(&P) -> Result<Change<P::Event>, R> + Send + 'static,
    ) -> Result<Receipt, SubmitError<R>> {
        let (reply, answer) = channel();
        let refused = reply.clone();
        let decide = Box::new(move |state: &P| {
            decide(state).map_err(|refusal| -> Refusal {
                Box::new(move |result| {
                    // Nobody listens only when the submitter has gone; then nobody needs the answer.
                    let _ = refused.send(Err(match result {
                        Ok(()) => SubmitError::Refused(refusal),
                        Err(error) => SubmitError::Store(error),
                    }));
                })
            })
        });
        let committed = Box::new(move |result: Result<Receipt, StoreError>| {
            let _ = reply.send(result.map_err(SubmitError::Store));
        });
        self.send(Job::Write(now, decide, committed))?;
        answer
            .recv()
            .unwrap_or_else(|_| Err(StoreError::Stopped("the writer is gone".to_owned()).into()))
    }

    /// Looks at the state: always one that is durable. Still possible when writing has failed.
    ///
    /// # Errors
    /// When the store's database cannot even be read any more.
    pub fn read<T: Send + 'static>(&self, look: impl FnOnce(&P) -> T + Send + 'static) -> Result<T, StoreError> {
        let (reply, answer) = channel();
        self.send(Job::Read(Box::new(move |state| {
            let _ = reply.send(look(state));
        })))?;
        answer
            .recv()
            .map_err(|_| StoreError::Stopped("the writer is gone".to_owned()))
    }

    /// Reads at one moment, with the keys of the root that counts at it.
    pub(crate) fn reading<T>(&self, read: impl FnOnce(Tables<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let (mut read, mut found) = (Some(read), None);
        self.reading.moment(&mut |tables| {
            found = read.take().map(|read| read(tables)).transpose()?;
            Ok(())
        })?;
        found.ok_or(StoreError::GivenUp)
    }

    /// Calls `each` with every event from number `from` on, in plain words as far as they are still there.
    ///
    /// # Errors
    /// When the database fails or an event cannot be read.
    pub fn events(&self, from: u64, mut each: impl FnMut(Recorded<P::Event>)) -> Result<(), StoreError> {
        self.reading(|tables| {
            tables.each_event(from, &mut |stored| {
                each(tables.recorded::<P>(&stored)?);
                Ok(())
            })
        })
    }

    /// The ledger's entries with these numbers, counted from 0.
    ///
    /// # Errors
    /// When the database fails.
    pub fn entries(&self, range: std::ops::Range<u64>) -> Result<Vec<Vec<u8>>, StoreError> {
        self.reading(|tables| tables.leaves(range.start + 1..=range.end))
    }

    /// What proves the content of an event's entry; `None` where that was destroyed, so that nothing proves it any more.
    ///
    /// # Errors
    /// When the database fails, or there is no such event.
    pub fn opening(&self, seq: u64) -> Result<Option<Opening>, StoreError> {
        self.reading(|tables| {
            let missing = || StoreError::Unreadable {
                what: format!("event {seq}"),
                problem: "there is no such event".to_owned(),
            };
            let stored = tables.one_event(seq)?.ok_or_else(missing)?;
            let Some(salt) = &stored.salt else { return Ok(None) };
            let (payload, texts) = match stored.form {
                schema::PLAIN => (tables.plain(&stored.payload)?.payload, Vec::new()),
                _ => {
                    let names = entente_ledger::names(&stored.payload);
                    let texts = names.iter().map(|name| tables.text(name));
                    let texts: Result<Vec<_>, _> = texts.collect();
                    (stored.payload, texts?.into_iter().flatten().collect())
                }
            };
            Ok(Some(Opening {
                salt: salt.as_bytes().to_vec(),
                payload,
                texts,
            }))
        })
    }

    /// What is kept under this digest (SHA-256, in hexadecimal); `None` where it is not there (any more).
    ///
    /// # Errors
    /// When the database fails, or it is not what was kept.
    pub fn attachment(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.reading(|tables| tables.attachment(digest))
    }

    /// Calls `each` with every event of a kind, in plain words as far as they are still there.
    ///
    /// # Errors
    /// When the database fails or an event cannot be read.
    pub fn events_of_kind(&self, kind: &str, mut each: impl FnMut(Recorded<P::Event>)) -> Result<(), StoreError> {
        self.reading(|tables| {
            for seq in tables.seqs_of(kind)? {
                if let Some(stored) = tables.one_event(seq)? {
                    each(tables.recorded::<P>(&stored)?);
                }
            }
            Ok(())
        })
    }

    /// Writes a copy of the database, of one moment, without what was deleted. The file must not be there yet. It opens with
    /// the root key of this moment.
    ///
    /// # Errors
    /// When another process does not end, or the copy cannot be written.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        // A purge meanwhile would leave a copy that nobody can open, or one that still holds what it destroyed.
        self.hold()?;
        let failed = |error| StoreError::File {
            path: path.to_owned(),
            error,
        };
        if path.exists() {
            return Err(failed(std::io::Error::from(std::io::ErrorKind::AlreadyExists)));
        }
        self.reading(|tables| crate::moving::copied_to(tables, path))?;
        entente_files::settle(path).map_err(failed)
    }

    /// Writes the copy of the root key for rescue anew, as after a change of the keys that it is readable with.
    ///
    /// # Errors
    /// When another process does not end, or it cannot be written.
    pub fn renew_rescue(&self) -> Result<(), StoreError> {
        self.hold()?;
        Vault::new(self.root.clone()).rescue()
    }

    /// The number of entries in the ledger.
    ///
    /// # Errors
    /// When the database fails.
    pub fn ledger_size(&self) -> Result<u64, StoreError> {
        self.reading(|tables| count(tables.sql, "SELECT coalesce(max(seq), 0) FROM leaves"))
    }

    /// What has still to leave, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn outbox(&self) -> Result<Vec<Letter>, StoreError> {
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method is for one lifetime only"
        )]
        self.reading(|tables| tables.pending())
    }

    /// Notes that a letter was handed to somebody who carries it. Saying so again changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub fn handed(&self, letter: i64, now: Timestamp) -> Result<(), StoreError> {
        self.left(letter, Left::Handed, now)
    }

    /// Notes that a letter's receiver has confirmed it. Saying so again changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub fn confirmed(&self, letter: i64, now: Timestamp) -> Result<(), StoreError> {
        self.left(letter, Left::Confirmed, now)
    }

    fn left(&self, letter: i64, how: Left, now: Timestamp) -> Result<(), StoreError> {
        let (reply, answer) = channel();
        self.send(Job::Done(
            letter,
            how,
            now,
            Box::new(move |result| {
                let _ = reply.send(result.map(|_| ()));
            }),
        ))?;
        answer
            .recv()
            .unwrap_or_else(|_| Err(StoreError::Stopped("the writer is gone".to_owned())))
    }

    /// Rebuilds the projection from the events and compares; checks every event against its ledger entry, and the
    /// database's own structure. An empty list means that all agree.
    ///
    /// # Errors
    /// When the database fails so that it cannot be compared at all.
    pub fn check(&self, progress: &mut dyn FnMut(Progress)) -> Result<Vec<Difference>, StoreError> {
        self.reading(|tables| crate::check::check::<P>(tables, progress))
    }

    /// Writes the projection's documents anew from the events.
    ///
    /// # Errors
    /// When the database fails or an event cannot be read; nothing is changed then.
    pub fn rebuild(mut self) -> Result<(), StoreError> {
        self.folder.hold()?;
        // The writer ends, and the folder stays held.
        self.stop();
        let mut opened = Opened::found(self.folder.path(), self.root.clone(), Arc::new(|_| ()))?;
        put_anew::<P>(&mut *opened.engine)
    }

    /// The path of the database.
    pub fn database(&self) -> PathBuf {
        self.folder.database()
    }
}

impl<P: Projection> Store<P> {
    /// Ends the writer once it has done what waits.
    fn stop(&mut self) {
        drop(self.following.take());
        drop(self.jobs.take());
        self.reading.let_go();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has nothing left to do.
            let _ = writer.join();
        }
    }
}

/// How often what others wrote is looked for.
const FOLLOWING: Duration = Duration::from_millis(200);

/// Has the writer take in what other nodes write, until what is given is dropped.
fn followed<P: Projection>(jobs: SyncSender<Job<P>>) -> SyncSender<()> {
    let (end, ended) = sync_channel(0);
    std::thread::spawn(move || {
        while ended.recv_timeout(FOLLOWING) == Err(RecvTimeoutError::Timeout) {
            // Where the writer has much to do, it takes in what others wrote with each step.
            let _ = jobs.try_send(Job::CatchUp(Box::new(|_| ())));
        }
    });
    end
}

impl<P: Projection> Drop for Store<P> {
    fn drop(&mut self) {
        self.stop();
    }
}
