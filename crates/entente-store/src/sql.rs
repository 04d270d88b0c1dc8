//! What the tables need of a database: statements, rows, and one moment or transaction at a time.
//!
//! Statements are written once, in the language that SQLite and PostgreSQL share; places for values are `?1`, `?2`, … in
//! order.

use crate::error::StoreError;

/// A value on its way into a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'v> {
    /// A number.
    Int(i64),
    /// Text.
    Text(&'v str),
    /// Bytes.
    Blob(&'v [u8]),
    /// Nothing.
    Null,
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<u64> for Value<'_> {
    /// Databases count in signed numbers; a log never gets near the difference.
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl<'v> From<&'v str> for Value<'v> {
    fn from(text: &'v str) -> Self {
        Self::Text(text)
    }
}

impl<'v> From<&'v String> for Value<'v> {
    fn from(text: &'v String) -> Self {
        Self::Text(text)
    }
}

impl<'v> From<&'v [u8]> for Value<'v> {
    fn from(bytes: &'v [u8]) -> Self {
        Self::Blob(bytes)
    }
}

impl<'v> From<&'v Vec<u8>> for Value<'v> {
    fn from(bytes: &'v Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl<'v, T: Into<Self>> From<Option<T>> for Value<'v> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The values of a statement, in order.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$(crate::sql::Value::from($value)),*] };
}
pub(crate) use values;

/// One row of an answer; columns are counted from 0.
pub(crate) trait Row {
    /// A number; `None` where there is none.
    fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError>;

    /// Text; `None` where there is none.
    fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError>;

    /// Bytes; `None` where there are none.
    fn maybe_blob(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError>;

    fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.maybe_int(column)?.ok_or_else(|| missing(column))
    }

    /// A number that counts something.
    fn count(&self, column: usize) -> Result<u64, StoreError> {
        Ok(self.int(column)?.unsigned_abs())
    }

    fn text(&self, column: usize) -> Result<String, StoreError> {
        self.maybe_text(column)?.ok_or_else(|| missing(column))
    }

    fn blob(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.maybe_blob(column)?.ok_or_else(|| missing(column))
    }
}

fn missing(column: usize) -> StoreError {
    StoreError::Unreadable {
        what: format!("column {column} of a row"),
        problem: "it is empty".to_owned(),
    }
}

/// Who is called with each row.
pub(crate) type EachRow<'e> = &'e mut dyn FnMut(&dyn Row) -> Result<(), StoreError>;

/// A database within one transaction, or one moment of it.
pub(crate) trait Sql {
    /// Carries out a statement that answers nothing. A failure may be told later, before the transaction's end.
    fn run(&self, statement: &'static str, values: &[Value<'_>]) -> Result<(), StoreError>;

    /// Calls `each` with every row of an answer, which may be long, until it fails. Other statements may come between the rows.
    fn each(&self, query: &'static str, values: &[Value<'_>], each: EachRow<'_>) -> Result<(), StoreError>;

    /// The same for an answer that is known to be short.
    fn few(&self, query: &'static str, values: &[Value<'_>], each: EachRow<'_>) -> Result<(), StoreError>;

    /// What is wrong with the database's own structure, as far as the database can tell; `None` where nothing is.
    fn damage(&self) -> Result<Option<String>, StoreError>;

    /// Lets go of what was deleted, before the key that opens it is destroyed.
    fn let_go_of_deleted(&self) -> Result<(), StoreError>;
}

/// The rows of an answer that fits into memory, each as `of` makes it.
pub(crate) fn rows<T>(
    sql: &dyn Sql,
    query: &'static str,
    values: &[Value<'_>],
    of: impl Fn(&dyn Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    sql.few(query, values, &mut |row| {
        found.push(of(row)?);
        Ok(())
    })?;
    Ok(found)
}

/// The one row of an answer; `None` where there is none.
pub(crate) fn row<T>(
    sql: &dyn Sql,
    query: &'static str,
    values: &[Value<'_>],
    of: impl Fn(&dyn Row) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    Ok(rows(sql, query, values, of)?.into_iter().next())
}

/// The one number of an answer.
pub(crate) fn count(sql: &dyn Sql, query: &'static str) -> Result<u64, StoreError> {
    Ok(row(sql, query, &[], |row| row.count(0))?.unwrap_or(0))
}
