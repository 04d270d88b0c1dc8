//! What a format cannot express, and what became of it: one table for each conversion.

use std::collections::BTreeMap;

use serde::Serialize;

/// The most places named in one row; the rest is counted.
const NAMED: usize = 5;

/// A row: something that the other format does not have, or that was not understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Row {
    /// What it is.
    pub what: String,
    /// What became of it.
    pub became: String,
    /// How often.
    pub count: usize,
    /// Where, the first of them.
    pub places: Vec<String>,
}

/// The rows of one conversion, each thing once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table(BTreeMap<(String, String), (usize, Vec<String>)>);

impl Table {
    /// Notes what became of something.
    pub fn note(&mut self, place: impl Into<String>, what: impl Into<String>, became: impl Into<String>) {
        let (count, places) = self.0.entry((what.into(), became.into())).or_default();
        *count += 1;
        let place = place.into();
        if places.len() < NAMED && !places.contains(&place) {
            places.push(place);
        }
    }

    /// Its rows.
    pub fn rows(&self) -> Vec<Row> {
        let row = |((what, became), (count, places)): (&(String, String), &(usize, Vec<String>))| Row {
            what: what.clone(),
            became: became.clone(),
            count: *count,
            places: places.clone(),
        };
        self.0.iter().map(row).collect()
    }
}
