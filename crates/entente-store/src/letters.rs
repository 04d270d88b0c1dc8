//! Letters by their receivers, and single events: what whoever carries messages asks for.

use crate::error::StoreError;
use crate::outbox::Letter;
use crate::projection::{Projection, Recorded};
use crate::sql::{row, rows, values};
use crate::store::Store;

impl<P: Projection> Store<P> {
    /// For whom something waits, and how much.
    ///
    /// # Errors
    /// When the database fails.
    pub fn waiting(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.reading(|tables| {
            let query = "SELECT destination, count(*) FROM outbox WHERE done IS NULL GROUP BY destination";
            rows(tables.sql, query, &[], |row| Ok((row.text(0)?, row.count(1)?)))
        })
    }

    /// For whom something waits: found without counting what does.
    ///
    /// # Errors
    /// When the database fails.
    pub fn receivers(&self) -> Result<Vec<String>, StoreError> {
        self.reading(|tables| {
            let query =
                "SELECT destination FROM outbox WHERE done IS NULL AND destination > ?1 ORDER BY destination LIMIT 1";
            let mut all: Vec<String> = Vec::new();
            loop {
                let last = all.last().map_or("", String::as_str);
                match row(tables.sql, query, values![last], |row| row.text(0))? {
                    Some(next) => all.push(next),
                    None => return Ok(all),
                }
            }
        })
    }

    /// What waits for one receiver, oldest first, but these kinds before all others. It costs as much as is given, however much waits.
    ///
    /// # Errors
    /// When the database fails.
    pub fn letters_to(&self, to: &str, first: &[&str], at_most: usize) -> Result<Vec<Letter>, StoreError> {
        self.reading(|tables| {
            let next_kind =
                "SELECT kind FROM outbox WHERE done IS NULL AND destination = ?1 AND kind > ?2 ORDER BY kind LIMIT 1";
            let of_kind =
                "SELECT id FROM outbox WHERE done IS NULL AND destination = ?1 AND kind = ?2 ORDER BY id LIMIT ?3";
            let mut found = Vec::new();
            let mut kind = String::new();
            while let Some(next) = row(tables.sql, next_kind, values![to, &kind], |row| row.text(0))? {
                kind = next;
                let later = !first.contains(&kind.as_str());
                let ids = rows(tables.sql, of_kind, values![to, &kind, at_most as u64], |row| {
                    row.int(0)
                })?;
                found.extend(ids.into_iter().map(|id| (later, id)));
            }
            found.sort_unstable();
            let next = found.into_iter().take(at_most);
            next.map(|(_, id)| tables.letter(id)).collect()
        })
    }

    /// How many letters there were for one receiver, up to this one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn letters_up_to(&self, to: &str, letter: i64) -> Result<u64, StoreError> {
        self.reading(|tables| {
            let query = "SELECT count(*) FROM outbox WHERE destination = ?1 AND id <= ?2";
            let count = row(tables.sql, query, values![to, letter], |row| row.count(0))?;
            Ok(count.unwrap_or(0))
        })
    }

    /// The numbers of the letters to one receiver that have left, and that it has not confirmed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unconfirmed(&self, to: &str) -> Result<Vec<i64>, StoreError> {
        self.reading(|tables| tables.unconfirmed(to))
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

    /// The events with these numbers, as far as they are there, of one moment.
    ///
    /// # Errors
    /// When the database fails or an event cannot be read.
    pub fn events_in(&self, numbers: std::ops::RangeInclusive<u64>) -> Result<Vec<Recorded<P::Event>>, StoreError> {
        self.reading(|tables| {
            let stored = numbers.map(|seq| tables.one_event(seq)).filter_map(Result::transpose);
            stored.map(|stored| tables.recorded::<P>(&stored?)).collect()
        })
    }
}
