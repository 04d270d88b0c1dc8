//! What every list takes: a search, a filter by column, an order, a number, and another form.

use std::collections::BTreeSet;

use clap::Args;
use entente_desk::listing::{self, Choice};
use serde::Serialize;

use super::Global;
use crate::failure::Failure;
use crate::output;

/// Which rows of a list to show, in which order and form.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ListArgs {
    /// Only rows that have each of these words somewhere.
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,
    /// At most so many rows.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<usize>,
    #[command(flatten)]
    columns: ColumnArgs,
}

/// Which rows by their columns, in which order and form.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ColumnArgs {
    /// Only rows that have this text in this column; may be given several times.
    #[arg(long, value_name = "COLUMN=TEXT", value_parser = in_column)]
    only: Vec<(String, String)>,
    /// Sort by this column; with `-` before it, the last first.
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    sort: Option<String>,
    /// Write the list as CSV.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

fn in_column(text: &str) -> Result<(String, String), String> {
    let (column, text) = text.split_once('=').ok_or("write COLUMN=TEXT, such as `state=open`")?;
    Ok((column.trim().to_owned(), text.trim().to_owned()))
}

impl From<ColumnArgs> for ListArgs {
    fn from(columns: ColumnArgs) -> Self {
        Self {
            columns,
            ..Self::default()
        }
    }
}

/// A list: its columns, and what is said where there is nothing.
pub(crate) struct List<'l> {
    /// The names of the columns.
    pub(crate) head: &'l [&'l str],
    /// What is said where the list is empty.
    pub(crate) empty: &'l str,
}

impl ListArgs {
    fn choice(&self) -> Choice {
        let sort = self.columns.sort.as_ref();
        Choice {
            search: self.search.clone(),
            only: self.columns.only.clone(),
            sort: sort.map(|name| match name.strip_prefix('-') {
                Some(name) => (name.to_owned(), true),
                None => (name.clone(), false),
            }),
            limit: self.limit,
        }
    }

    /// Shows a list whose rows each stand for one value.
    ///
    /// # Errors
    /// When a column is named that the list does not have.
    pub(crate) fn show<V: Serialize>(
        &self,
        global: &Global,
        list: &List<'_>,
        rows: impl IntoIterator<Item = (Vec<String>, V)>,
    ) -> Result<(), Failure> {
        let (rows, values): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let numbers: Vec<usize> = (0..values.len()).collect();
        self.show_by(global, list, &rows, (&numbers, &values))
    }

    /// Shows a list in which several rows may stand for one value: for each row, the number of its value.
    ///
    /// # Errors
    /// When a column is named that the list does not have.
    pub(crate) fn show_by<V: Serialize>(
        &self,
        global: &Global,
        list: &List<'_>,
        rows: &[Vec<String>],
        (numbers, values): (&[usize], &[V]),
    ) -> Result<(), Failure> {
        let picked = self.pick(list, rows)?;
        if !global.json {
            self.write(list, rows, &picked);
            return Ok(());
        }
        let mut wanted: Vec<usize> = picked.iter().filter_map(|row| numbers.get(*row).copied()).collect();
        let mut seen = BTreeSet::new();
        wanted.retain(|number| seen.insert(*number));
        // What has no row of its own is left out only where rows are chosen.
        if self.choice().is_all() {
            wanted = (0..values.len()).collect();
        }
        output::json(
            &wanted
                .iter()
                .filter_map(|number| values.get(*number))
                .collect::<Vec<_>>(),
        )
    }

    /// The numbers of the rows that are wanted, in order: for a document that has more than its list.
    ///
    /// # Errors
    /// When a column is named that the list does not have.
    pub(crate) fn pick(&self, list: &List<'_>, rows: &[Vec<String>]) -> Result<Vec<usize>, Failure> {
        let picked = self.choice().rows(list.head, rows);
        picked.map_err(|unknown| Failure::usage(unknown.to_string()))
    }

    /// Writes rows that were picked, as a table or as CSV.
    pub(crate) fn write(&self, list: &List<'_>, rows: &[Vec<String>], picked: &[usize]) {
        let chosen: Vec<Vec<String>> = picked.iter().filter_map(|row| rows.get(*row).cloned()).collect();
        if self.is_csv() {
            output::bytes(listing::csv(None, list.head, &chosen).as_bytes());
            return;
        }
        let none = match rows.len() {
            0 => list.empty.to_owned(),
            1 => "the one row does not fit; leave out `--search` and `--only` to see it".to_owned(),
            all => format!("none of {all} rows fits; leave out `--search` and `--only` to see them"),
        };
        output::table(list.head, chosen, &none);
    }

    /// Whether the list is wanted as CSV, in which nothing else has a place.
    pub(crate) fn is_csv(&self) -> bool {
        self.columns.csv
    }
}

/// The values of those rows that were picked, in their order.
pub(crate) fn picked<V: Clone>(values: &[V], rows: &[usize]) -> Vec<V> {
    rows.iter().filter_map(|row| values.get(*row).cloned()).collect()
}
