//! Letters by their receivers, and single events: what whoever carries messages asks for.

use rusqlite::params;

use crate::error::StoreError;
use crate::outbox::Letter;
use crate::projection::{Projection, Recorded};
use crate::store::Store;

impl<P: Projection> Store<P> {
    /// For whom something waits, and how much.
    ///
    /// # Errors
    /// When the database fails.
    pub fn waiting(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.reading(|tables| {
            let mut query = tables
                .connection
                .prepare("SELECT destination, count(*) FROM outbox WHERE done IS NULL GROUP BY destination")?;
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What waits for one receiver, oldest first, but these kinds before all others.
    ///
    /// # Errors
    /// When the database fails.
    pub fn letters_to(&self, to: &str, first: &[&str], at_most: usize) -> Result<Vec<Letter>, StoreError> {
        self.reading(|tables| {
            let mut query = tables.connection.prepare(
                "SELECT id FROM outbox WHERE done IS NULL AND destination = ?1
                 ORDER BY instr(?2, ' ' || kind || ' ') = 0, id LIMIT ?3",
            )?;
            let first = format!(" {} ", first.join(" "));
            let at_most = i64::try_from(at_most).unwrap_or(i64::MAX);
            let ids = query.query_map(params![to, first, at_most], |row| row.get(0))?;
            let ids: Vec<i64> = ids.collect::<Result<_, _>>()?;
            ids.into_iter().map(|id| tables.letter(id)).collect()
        })
    }

    /// How many letters there were for one receiver, up to this one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn letters_up_to(&self, to: &str, letter: i64) -> Result<u64, StoreError> {
        self.reading(|tables| {
            let mut query = tables
                .connection
                .prepare_cached("SELECT count(*) FROM outbox WHERE destination = ?1 AND id <= ?2")?;
            let count: i64 = query.query_row(params![to, letter], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    /// The numbers of the letters to one receiver that have left.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sent_to(&self, to: &str) -> Result<Vec<i64>, StoreError> {
        self.reading(|tables| {
            let mut query = tables
                .connection
                .prepare("SELECT id FROM outbox WHERE done IS NOT NULL AND destination = ?1 ORDER BY id")?;
            let rows = query.query_map([to], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// One event.
    ///
    /// # Errors
    /// When the database fails or the event cannot be read.
    pub fn event(&self, seq: u64) -> Result<Option<Recorded<P::Event>>, StoreError> {
        self.reading(|tables| {
            let stored = tables.one_event(seq)?;
            stored.map(|stored| tables.recorded::<P>(&stored)).transpose()
        })
    }

    /// The newest event of a kind that is one of those looked for.
    ///
    /// # Errors
    /// When the database fails or an event cannot be read.
    pub fn newest(
        &self,
        kind: &str,
        is_one: impl Fn(&P::Event) -> bool,
    ) -> Result<Option<Recorded<P::Event>>, StoreError> {
        self.reading(|tables| {
            let mut query = tables
                .connection
                .prepare("SELECT seq FROM events WHERE kind = ?1 ORDER BY seq DESC")?;
            for seq in query.query_map([kind], |row| row.get::<_, i64>(0))? {
                if let Some(stored) = tables.one_event(seq?.unsigned_abs())? {
                    let record = tables.recorded::<P>(&stored)?;
                    if is_one(&record.event) {
                        return Ok(Some(record));
                    }
                }
            }
            Ok(None)
        })
    }
}
