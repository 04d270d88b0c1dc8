//! A PostgreSQL server as a provider: several nodes on one database, each step one transaction, in turn.
//!
//! The row `head` is what nodes take turns by. A step locks it first, takes in what others have appended, and moves it from
//! where it found it, or nothing happens at all; so numbers have no gaps, and what is visible is in order. The lock is a
//! lease: the server ends a transaction that stands still for [`STILL`], and with it the session of a node that sleeps, is
//! cut off or was killed, so that the next one gets the row; `epoch` counts the turns that went from one node to another. A
//! node that wakes finds its transaction gone and cannot commit anything.
//!
//! Where the server goes away while a step is being committed, the row tells afterwards whether it was: each step leaves a
//! token of its own there. What was not is written again, as long as nobody else wrote meanwhile (ADR 0013).

mod address;
mod schema;
mod session;
mod shelf;
mod taking;
mod tiles;
mod trouble;
mod underway;

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

pub use address::Address;
pub use tiles::ServerTiles;
pub use trouble::ServerError;
pub(crate) use underway::ServerUnderWay;

pub(crate) use self::schema::Found;
use self::session::Session;
use self::shelf::ServerShelf;
use crate::engine::{Engine, Reading};
use crate::error::StoreError;
use crate::inside::Inside;
use crate::provider::{Provider, Shelf, Step};
use crate::rows::Tables;
use crate::sql::{Row as _, Value, values};
use crate::vault::{RootPlace, Vault};

/// How long the server lets a transaction stand still that holds the turn.
const STILL: &str = "SET idle_in_transaction_session_timeout = '4s'; SET lock_timeout = '20s'";
/// How long a server that went away is waited for, in the middle of a step or before one.
const AWAY: Duration = Duration::from_secs(10);
/// How long until it is tried again.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a step waits for its turn where others keep writing.
const TURN: Duration = Duration::from_secs(60);

/// Connections to one database, kept for whoever needs one next.
pub(crate) struct Pool {
    address: Address,
    idle: Mutex<Vec<Session>>,
}

/// How many connections are kept that nobody uses.
const IDLE: usize = 8;

impl Pool {
    pub(crate) fn new(address: Address) -> Self {
        Self {
            address,
            idle: Mutex::default(),
        }
    }

    /// A connection that has just carried out these statements. One that was kept may have broken meanwhile: then another.
    fn take(&self, begin: &str) -> Result<Session, ServerError> {
        let kept = || self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        while let Some(session) = kept() {
            if session.plainly(begin).is_ok() {
                return Ok(session);
            }
        }
        let end = Instant::now() + AWAY;
        loop {
            let begun = Session::connect(&self.address).and_then(|session| {
                session.plainly(begin)?;
                Ok(session)
            });
            match begun {
                Err(error) if error.is_away() && Instant::now() < end => std::thread::sleep(PAUSE),
                begun => return begun,
            }
        }
    }

    /// Keeps a connection for the next one who needs one.
    fn give_back(&self, session: Session) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(session);
        }
    }
}

/// Begins a moment at which one only looks.
const LOOK: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// What reads beside the writer.
pub(crate) struct ServerReading {
    pool: Arc<Pool>,
    vault: Vault,
}

impl Reading for ServerReading {
    fn moment(&self, read: &mut dyn FnMut(Tables<'_>) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let session = self.pool.take(LOOK)?;
        self.vault.catch_up(&session)?;
        read(Tables {
            sql: &session,
            vault: &self.vault,
        })?;
        session.plainly("COMMIT")?;
        self.pool.give_back(session);
        Ok(())
    }
}

/// A store's tables on a PostgreSQL server, with the keys to what is in them.
pub struct Postgres {
    pool: Arc<Pool>,
    vault: Vault,
    /// The connection that steps are done with; `None` where it broke.
    session: Mutex<Option<Session>>,
    shelves: Mutex<Vec<Weak<ServerShelf>>>,
    /// What this node is told from the others by.
    holder: [u8; 16],
}

/// Where the row of turns stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Turn {
    seq: u64,
    step: u64,
}

impl Postgres {
    /// Opens the store in a database, or makes it where there is none.
    ///
    /// # Errors
    /// When the server cannot be reached or does not let the user in, the database has something else in it, or the root key
    /// is not there.
    pub fn open(address: &Address, root: RootPlace) -> Result<Self, StoreError> {
        let opened = Self::at(address, root);
        if opened.found()? == Found::Nothing {
            opened.create()?;
        }
        opened.check_format()?;
        opened.finish()?;
        Ok(opened)
    }

    pub(crate) fn at(address: &Address, root: RootPlace) -> Self {
        let mut holder = [0; 16];
        getrandom::fill(&mut holder).expect("the operating system gives randomness");
        Self {
            pool: Arc::new(Pool::new(address.clone())),
            vault: Vault::new(root),
            session: Mutex::default(),
            shelves: Mutex::default(),
            holder,
        }
    }

    /// What stands in a database.
    pub(crate) fn found_at(address: &Address) -> Result<Found, StoreError> {
        Ok(schema::found(&Pool::new(address.clone()).take("")?)?)
    }

    /// What stands in the database.
    pub(crate) fn found(&self) -> Result<Found, StoreError> {
        let session = self.pool.take("")?;
        let found = schema::found(&session)?;
        self.pool.give_back(session);
        Ok(found)
    }

    /// The format of what is stored. What a program of another format wrote is refused, and what is no store.
    pub(crate) fn check_format(&self) -> Result<i64, StoreError> {
        match self.found()? {
            Found::Store(found) => crate::schema::check_number(found).map(|()| found),
            Found::Nothing => Err(ServerError::Blank {
                server: self.pool.address.server(),
            }
            .into()),
        }
    }

    /// Makes the tables, and the first root.
    pub(crate) fn create(&self) -> Result<(), StoreError> {
        let session = self.pool.take("BEGIN")?;
        schema::create(&session)?;
        self.vault.found(&session)?;
        session.flush()?;
        session.plainly("COMMIT")?;
        self.pool.give_back(session);
        Ok(())
    }

    /// What reads beside the writer.
    pub(crate) fn reading(&self) -> ServerReading {
        ServerReading {
            pool: self.pool.clone(),
            vault: self.vault.again(),
        }
    }

    /// Takes the turn: the row is this node's until the transaction ends.
    fn turn(&self) -> Result<(Session, Turn, u64), ServerError> {
        let end = Instant::now() + TURN;
        loop {
            let kept = self.session.lock().unwrap_or_else(PoisonError::into_inner).take();
            let session = match kept {
                Some(session) => session,
                None => self.pool.take(STILL)?,
            };
            match turned(&session) {
                Ok((turn, root)) => return Ok((session, turn, root)),
                Err(error) if !(error.is_away() || error.is_conflict()) || Instant::now() > end => return Err(error),
                Err(error) => {
                    // A conflict leaves the connection as good as it was, once its transaction has ended. The next try waits for the
                    // row, and so for its turn.
                    match error.is_conflict() && session.plainly("ROLLBACK").is_ok() {
                        true => self.keep(session),
                        false => std::thread::sleep(PAUSE / 10),
                    }
                }
            }
        }
    }

    fn keep(&self, session: Session) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
    }

    fn stepped(&self, work: &mut dyn FnMut(&dyn Step) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let (session, before, root) = self.turn()?;
        session.keep_written();
        if self.vault.catch_up_to(&session, root)? {
            // Another node has destroyed something: what looks at an older moment must not show it any more.
            self.let_go();
        }
        let inside = Inside::new(Tables {
            sql: &session,
            vault: &self.vault,
        });
        work(&inside)?;
        if inside.has_destroyed() {
            self.vault.replace_root(&session)?;
        }
        let destroyed = inside.has_destroyed();
        let mut token = [0; 16];
        getrandom::fill(&mut token).expect("the operating system gives randomness");
        let after = Turn {
            seq: crate::provider::EventLog::head(&inside)?,
            step: before.step + 1,
        };
        self.commit(session, before, after, token)?;
        if destroyed {
            self.let_go();
            // The step has not happened before the old root is gone.
            self.finish()?;
        }
        Ok(())
    }

    /// Commits a step, and finds out whether it was where the server goes away meanwhile.
    fn commit(&self, session: Session, before: Turn, after: Turn, token: [u8; 16]) -> Result<(), StoreError> {
        let moved = &[
            Value::from(after.seq),
            Value::from(after.step),
            Value::Blob(&token),
            Value::Blob(&self.holder),
        ];
        crate::sql::Sql::run(&session, MOVE, moved)?;
        let mut done = session.flush_and("COMMIT");
        let written = session.take_written();
        let end = Instant::now() + AWAY;
        let mut session = session;
        loop {
            match done {
                Ok(()) => {
                    self.keep(session);
                    return Ok(());
                }
                Err(error) if !(error.is_away() || error.is_conflict()) => return Err(error.into()),
                Err(_) if Instant::now() > end => {
                    let server = self.pool.address.server();
                    return Err(ServerError::Unknown { server }.into());
                }
                Err(_) => {}
            }
            drop(session);
            let Ok((again, now, _)) = self.turn() else {
                let server = self.pool.address.server();
                return Err(ServerError::Unknown { server }.into());
            };
            session = again;
            done = match self.is_done(&session, (before, now), token, &written) {
                Ok(true) => session.plainly("ROLLBACK"),
                Ok(false) if now == before => session.write_again(&written),
                Ok(false) => {
                    let server = self.pool.address.server();
                    return Err(ServerError::Conflict { server }.into());
                }
                // Cut off again: it is looked once more.
                Err(StoreError::Server(error)) => Err(error),
                Err(error) => return Err(error),
            };
        }
    }

    /// Whether a step that was sent to be committed was: its token stands in the row, or its first event in the log.
    fn is_done(
        &self,
        session: &Session,
        (before, now): (Turn, Turn),
        token: [u8; 16],
        written: &[session::Written],
    ) -> Result<bool, StoreError> {
        let rows = session.asked("SELECT token FROM head WHERE id = 1", &[])?;
        if rows.first().map(|row| row.blob(0)).transpose()?.as_deref() == Some(&token) {
            return Ok(true);
        }
        if now == before {
            return Ok(false);
        }
        let sealed = session::first_event(written);
        let rows = session.asked("SELECT sealed FROM events WHERE seq = ?1", values![before.seq + 1])?;
        let there = rows.first().map(|row| row.blob(0)).transpose()?;
        Ok(sealed.is_some() && sealed == there)
    }
}

/// Moves the row of turns; the epoch counts how often the turn went to another node.
const MOVE: &str = "UPDATE head SET seq = ?1, step = ?2, token = ?3,
    epoch = CASE WHEN holder = ?4 THEN epoch ELSE epoch + 1 END, holder = ?4 WHERE id = 1";

/// Begins a transaction that holds the row. Gives where it stands, and which root counts.
fn turned(session: &Session) -> Result<(Turn, u64), ServerError> {
    // The root is asked for once the row is held: it is of now, and not of before the wait.
    let queries = [
        "SELECT seq, step FROM head WHERE id = 1 FOR UPDATE",
        crate::vault::EPOCH,
    ];
    let [head, root] = session.begun("BEGIN", queries)?;
    let turn = head.first().zip(root.first()).and_then(|(head, root)| {
        let (seq, step) = (head.count(0).ok()?, head.count(1).ok()?);
        Some((Turn { seq, step }, root.count(0).ok()?))
    });
    turn.ok_or_else(|| ServerError::NotOurs {
        server: session.server_name().to_owned(),
    })
}

impl Provider for Postgres {
    fn step(&mut self, work: &mut dyn FnMut(&dyn Step) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let done = self.stepped(work);
        if done.is_err() {
            // Keys in memory may be ahead of what is durable.
            self.vault.forget();
        }
        done
    }

    fn look(&self, look: &mut dyn FnMut(&dyn Step) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.moment(&mut |tables| look(&Inside::new(tables)))
    }

    fn shelf(&mut self) -> Result<Arc<dyn Shelf>, StoreError> {
        // A root that replaces the one of this moment is noticed from here on.
        self.moment(&mut |_| Ok(()))?;
        let shelf = Arc::new(ServerShelf::of(&self.pool, self.vault.again())?);
        let mut shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        shelves.retain(|shelf| shelf.strong_count() > 0);
        shelves.push(Arc::downgrade(&shelf));
        Ok(shelf)
    }

    fn tidy(&mut self) -> Result<bool, StoreError> {
        // The server clears away by itself what nobody looks at any more.
        Ok(true)
    }
}

impl Engine for Postgres {
    fn moment(&self, read: &mut dyn FnMut(Tables<'_>) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let session = self.pool.take(LOOK)?;
        if self.vault.catch_up(&session)? {
            self.let_go();
        }
        read(Tables {
            sql: &session,
            vault: &self.vault,
        })?;
        session.plainly("COMMIT")?;
        self.pool.give_back(session);
        Ok(())
    }

    fn anew(&mut self, fill: &mut dyn FnMut(Tables<'_>) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let (session, _, root) = self.turn()?;
        self.vault.catch_up_to(&session, root)?;
        let format = crate::sql::row(&session, "SELECT format FROM store WHERE id = 1", &[], |row| row.int(0))?;
        session.plainly(&crate::schema::lacking(format.unwrap_or(crate::schema::FORMAT)))?;
        crate::sql::Sql::run(&session, "DELETE FROM documents", &[])?;
        fill(Tables {
            sql: &session,
            vault: &self.vault,
        })?;
        let format = values![crate::schema::FORMAT];
        crate::sql::Sql::run(&session, "UPDATE store SET format = ?1 WHERE id = 1", format)?;
        session.flush()?;
        session.plainly("COMMIT")?;
        self.keep(session);
        Ok(())
    }

    fn finish(&self) -> Result<(), StoreError> {
        if self.vault.is_unfinished()? {
            self.let_go();
            let session = self.pool.take("")?;
            self.vault.finish(&session)?;
            self.pool.give_back(session);
        }
        Ok(())
    }

    fn let_go(&self) {
        let shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        for shelf in shelves.iter().filter_map(Weak::upgrade) {
            shelf.give_up();
        }
    }

    fn server(&self) -> Option<String> {
        Some(self.pool.address.server())
    }
}
