//! One connection to a server: statements in one go as far as nobody waits for their answers.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::error::Error;
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use futures_util::future::{join, try_join_all};
use tokio::runtime::Runtime;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Address;
use super::trouble::ServerError;
use crate::error::StoreError;
use crate::sql::{EachRow, Row, Sql, Value};

/// How long an answer is waited for before the connection is given up: the longest statement is a page of a long answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many statements gather before they are sent, where nobody asks for an answer before: a step seldom has more.
const GATHER: usize = 1024;
/// How many rows of a long answer come at once.
const PAGE: usize = 256;
/// The oldest version of the server that has everything that is used here.
const OLDEST: u32 = 15;

/// What carries the connections of this process; whoever waits for an answer does so in a thread of their own.
static LINES: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("entente-postgres")
        .enable_all()
        .build()
        .expect("a thread can be started")
});

struct Wakes(Thread);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for an answer in this thread; `None` where it takes too long.
fn wait<F: Future>(answer: F, patience: Duration) -> Option<F::Output> {
    let mut answer = pin!(answer);
    let waker = Waker::from(Arc::new(Wakes(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let end = Instant::now() + patience;
    loop {
        if let Poll::Ready(answer) = answer.as_mut().poll(&mut context) {
            return Some(answer);
        }
        let left = end
            .checked_duration_since(Instant::now())
            .filter(|left| !left.is_zero())?;
        std::thread::park_timeout(left);
    }
}

/// A value that is sent, whatever type the server takes it for: text and bytes look the same on the way.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    Int(i64),
    Bytes(Vec<u8>),
    Null,
}

impl From<&Value<'_>> for Sent {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Int(number) => Self::Int(*number),
            Value::Text(text) => Self::Bytes(text.as_bytes().to_vec()),
            Value::Blob(bytes) => Self::Bytes(bytes.to_vec()),
            Value::Null => Self::Null,
        }
    }
}

impl ToSql for Sent {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut tokio_postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Int(number) if *kind == Type::INT4 => out.extend_from_slice(&i32::try_from(*number)?.to_be_bytes()),
            Self::Int(number) => out.extend_from_slice(&number.to_be_bytes()),
            Self::Bytes(bytes) => out.extend_from_slice(bytes),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A value as it came.
struct Came<'r>(&'r [u8]);

impl<'r> FromSql<'r> for Came<'r> {
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn misread(problem: impl std::fmt::Display) -> StoreError {
    StoreError::Unreadable {
        what: "a row".to_owned(),
        problem: problem.to_string(),
    }
}

impl Row for tokio_postgres::Row {
    fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        let Some(Came(raw)) = self.try_get::<_, Option<Came<'_>>>(column).map_err(misread)? else {
            return Ok(None);
        };
        let number = match raw.len() {
            8 => raw.try_into().map(i64::from_be_bytes),
            _ => raw.try_into().map(|raw| i32::from_be_bytes(raw).into()),
        };
        number.map(Some).map_err(misread)
    }

    fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        let bytes = self.maybe_blob(column)?;
        bytes.map(|bytes| String::from_utf8(bytes).map_err(misread)).transpose()
    }

    fn maybe_blob(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        let raw = self.try_get::<_, Option<Came<'_>>>(column).map_err(misread)?;
        Ok(raw.map(|Came(raw)| raw.to_vec()))
    }
}

/// A statement with its values.
pub(crate) type Written = (&'static str, Vec<Sent>);

/// One connection. Dropped, it is closed, and what was not committed is rolled back.
pub(crate) struct Session {
    client: Client,
    server: String,
    statements: RefCell<HashMap<&'static str, Statement>>,
    waiting: RefCell<Vec<Written>>,
    /// What was written since the transaction began, for as long as it may have to be written again.
    kept: RefCell<Option<Vec<Written>>>,
    cursors: Cell<u32>,
}

impl Session {
    /// Connects to a server.
    pub(crate) fn connect(address: &Address) -> Result<Self, ServerError> {
        let server = address.server();
        let away = |problem: &str| ServerError::Away {
            server: server.clone(),
            problem: problem.to_owned(),
        };
        let (config, tls) = (address.config()?, MakeRustlsConnect::new(address.trust()?));
        let connecting = LINES.spawn(async move {
            let (client, connection) = config.connect(tls).await?;
            tokio::spawn(connection);
            Ok(client)
        });
        let client = wait(connecting, PATIENCE).ok_or_else(|| away("it did not answer"))?;
        let client = client.map_err(|error| away(&error.to_string()))?;
        let client = client.map_err(|error| ServerError::of(&server, &error))?;
        let session = Self {
            client,
            server,
            statements: RefCell::default(),
            waiting: RefCell::default(),
            kept: RefCell::default(),
            cursors: Cell::default(),
        };
        session.old_enough()?;
        session.plainly("SET search_path = entente; SET client_min_messages = warning; SET bytea_output = hex")?;
        Ok(session)
    }

    fn old_enough(&self) -> Result<(), ServerError> {
        let asked = self.answered(
            self.client
                .query_one("SELECT current_setting('server_version_num')", &[]),
        )?;
        let number: String = asked
            .try_get(0)
            .map_err(|error| ServerError::of(&self.server, &error))?;
        let major = number.parse::<u32>().unwrap_or(0) / 10_000;
        match major >= OLDEST {
            true => Ok(()),
            false => Err(ServerError::TooOld {
                server: self.server.clone(),
                found: major.to_string(),
                needed: OLDEST,
            }),
        }
    }

    /// The server and database, for a person.
    pub(crate) fn server_name(&self) -> &str {
        &self.server
    }

    fn answered<T>(&self, answer: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, ServerError> {
        let answer = wait(answer, PATIENCE).ok_or_else(|| ServerError::Away {
            server: self.server.clone(),
            problem: format!("it has not answered for {} seconds", PATIENCE.as_secs()),
        })?;
        answer.map_err(|error| ServerError::of(&self.server, &error))
    }

    /// Carries out statements without values, in one go.
    pub(crate) fn plainly(&self, statements: &str) -> Result<(), ServerError> {
        self.answered(self.client.batch_execute(statements))
    }

    /// Begins to keep what is written from here on.
    pub(crate) fn keep_written(&self) {
        *self.kept.borrow_mut() = Some(Vec::new());
    }

    /// What was written since then.
    pub(crate) fn take_written(&self) -> Vec<Written> {
        self.kept.borrow_mut().take().unwrap_or_default()
    }

    /// Writes what another connection has kept, and commits it.
    pub(crate) fn write_again(&self, written: &[Written]) -> Result<(), ServerError> {
        written.chunks(GATHER).try_for_each(|written| self.send(written, ""))?;
        self.plainly("COMMIT")
    }

    /// Begins a transaction, and asks in the same go; statements are told in the order in which they were sent.
    pub(crate) fn begun(
        &self,
        begin: &str,
        queries: [&'static str; 2],
    ) -> Result<[Vec<tokio_postgres::Row>; 2], ServerError> {
        let [first, second] = [self.prepared(queries[0])?, self.prepared(queries[1])?];
        let asked = join(self.client.query(&first, &[]), self.client.query(&second, &[]));
        let (begun, (first, second)) = self.answered(async {
            let (begun, asked) = join(self.client.batch_execute(begin), asked).await;
            Ok((begun, asked))
        })?;
        let told = |error: tokio_postgres::Error| ServerError::of(&self.server, &error);
        begun.map_err(told)?;
        Ok([first.map_err(told)?, second.map_err(told)?])
    }

    /// Sends what has gathered; every failure so far is told now.
    pub(crate) fn flush(&self) -> Result<(), ServerError> {
        self.flush_and("")
    }

    /// Sends what has gathered, and a last statement in the same go: after a failure, a commit rolls back.
    pub(crate) fn flush_and(&self, last: &str) -> Result<(), ServerError> {
        let waiting = std::mem::take(&mut *self.waiting.borrow_mut());
        if waiting.is_empty() && last.is_empty() {
            return Ok(());
        }
        let sent = self.send(&waiting, last);
        if let Some(kept) = &mut *self.kept.borrow_mut() {
            kept.extend(waiting);
        }
        sent
    }

    /// Sends statements in one go, and waits for all answers.
    fn send(&self, written: &[Written], last: &str) -> Result<(), ServerError> {
        for (statement, _) in written {
            self.prepared(statement)?;
        }
        let statements = self.statements.borrow();
        let answers = written.iter().filter_map(|(statement, values)| {
            let statement = statements.get(statement)?;
            Some(self.client.execute_raw(statement, values))
        });
        self.answered(async {
            match last {
                "" => try_join_all(answers).await.map(|_| ()),
                last => {
                    let (answers, last) = join(try_join_all(answers), self.client.batch_execute(last)).await;
                    answers.and(last)
                }
            }
        })
    }

    fn prepared(&self, text: &'static str) -> Result<Statement, ServerError> {
        if let Some(statement) = self.statements.borrow().get(text) {
            return Ok(statement.clone());
        }
        // The same place for values, as this server writes it.
        let statement = self.answered(self.client.prepare(&text.replace('?', "$")))?;
        self.statements.borrow_mut().insert(text, statement.clone());
        Ok(statement)
    }

    /// All rows of a short answer.
    pub(crate) fn asked(
        &self,
        query: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<tokio_postgres::Row>, ServerError> {
        self.flush()?;
        let statement = self.prepared(query)?;
        let values: Vec<Sent> = values.iter().map(Sent::from).collect();
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
        self.answered(self.client.query(&statement, &values))
    }

    /// The rows of a long answer, page by page.
    fn paged(&self, query: &'static str, values: &[Value<'_>], each: EachRow<'_>) -> Result<(), StoreError> {
        self.flush()?;
        let number = self.cursors.get();
        self.cursors.set(number.wrapping_add(1));
        let declare = format!("DECLARE page{number} NO SCROLL CURSOR FOR {}", query.replace('?', "$"));
        let values: Vec<Sent> = values.iter().map(Sent::from).collect();
        let declare = self.answered(self.client.prepare(&declare))?;
        self.answered(self.client.execute_raw(&declare, &values))?;
        let fetch = self.answered(self.client.prepare(&format!("FETCH {PAGE} FROM page{number}")))?;
        loop {
            let page = self.answered(self.client.query(&fetch, &[]))?;
            for row in &page {
                each(row)?;
            }
            if page.len() < PAGE {
                break;
            }
        }
        Ok(self.plainly(&format!("CLOSE page{number}"))?)
    }
}

impl Sql for Session {
    fn run(&self, statement: &'static str, values: &[Value<'_>]) -> Result<(), StoreError> {
        let gathered = {
            let mut waiting = self.waiting.borrow_mut();
            waiting.push((statement, values.iter().map(Sent::from).collect()));
            waiting.len()
        };
        if gathered >= GATHER {
            self.flush()?;
        }
        Ok(())
    }

    fn each(&self, query: &'static str, values: &[Value<'_>], each: EachRow<'_>) -> Result<(), StoreError> {
        self.paged(query, values, each)
    }

    fn few(&self, query: &'static str, values: &[Value<'_>], each: EachRow<'_>) -> Result<(), StoreError> {
        for row in self.asked(query, values)? {
            each(&row)?;
        }
        Ok(())
    }

    fn damage(&self) -> Result<Option<String>, StoreError> {
        // The server has checksums and tools of its own, which need an operator.
        Ok(None)
    }

    fn let_go_of_deleted(&self) -> Result<(), StoreError> {
        // Old rows and the server's write-ahead log hold it under a key that is nowhere once the old root is gone.
        Ok(())
    }
}

/// What the first event among what was written is sealed as.
pub(super) fn first_event(written: &[Written]) -> Option<Vec<u8>> {
    let (_, values) = written
        .iter()
        .find(|(statement, _)| statement.starts_with("INSERT INTO events"))?;
    match values.last()? {
        Sent::Bytes(sealed) => Some(sealed.clone()),
        _ => None,
    }
}
