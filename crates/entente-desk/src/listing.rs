//! Lists: which rows are wanted and in which order, and lists as CSV. One place for the command line and for pages.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

/// Which rows of a list are wanted, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Only rows that have each of these words somewhere, whatever its case.
    pub search: Option<String>,
    /// Only rows that have a text in a column: column and text.
    pub only: Vec<(String, String)>,
    /// The column to sort by, and whether the last comes first.
    pub sort: Option<(String, bool)>,
    /// At most so many rows.
    pub limit: Option<usize>,
}

/// A column that the list does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no column `{name}`; the list has {}", .known.join(", "))]
pub struct UnknownColumn {
    /// What was named.
    pub name: String,
    /// What there is.
    pub known: Vec<String>,
}

impl Choice {
    /// Whether every row is wanted, in the order of the list.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// The numbers of the rows that are wanted, in order.
    ///
    /// ```
    /// use entente_desk::listing::Choice;
    /// let rows = [vec!["GBR".to_owned(), "known".to_owned()], vec!["CHL".to_owned(), "missing".to_owned()]];
    /// let by_name = Choice { sort: Some(("party".to_owned(), false)), ..Choice::default() };
    /// assert_eq!(by_name.rows(&["party", "keys"], &rows), Ok(vec![1, 0]));
    /// let missing = Choice { only: vec![("keys".to_owned(), "missing".to_owned())], ..Choice::default() };
    /// assert_eq!(missing.rows(&["party", "keys"], &rows), Ok(vec![1]));
    /// ```
    ///
    /// # Errors
    /// When a column is named that the list does not have.
    pub fn rows(&self, head: &[&str], rows: &[Vec<String>]) -> Result<Vec<usize>, UnknownColumn> {
        let cell = |row: usize, column: usize| {
            let cell = rows.get(row).and_then(|row| row.get(column));
            Cow::Borrowed(cell.map_or("", String::as_str))
        };
        self.of(head, rows.len(), cell, cell)
    }

    /// The same of rows whose cells are said by `text`, and are sorted by what `key` says of them.
    ///
    /// # Errors
    /// When a column is named that the list does not have.
    pub fn of<'t>(
        &self,
        head: &[&str],
        rows: usize,
        text: impl Fn(usize, usize) -> Cow<'t, str>,
        key: impl Fn(usize, usize) -> Cow<'t, str>,
    ) -> Result<Vec<usize>, UnknownColumn> {
        let wanted: Vec<(usize, String)> = (self.only.iter())
            .map(|(name, text)| Ok((column(head, name)?, text.to_lowercase())))
            .collect::<Result<_, _>>()?;
        let search = self.search.as_deref().unwrap_or_default().to_lowercase();
        let words: Vec<&str> = search.split_whitespace().take(MOST_WORDS).collect();
        let fits = |row: &usize| {
            let lower = |column: usize| text(*row, column).to_lowercase();
            if !wanted.iter().all(|(column, text)| lower(*column).contains(text)) {
                return false;
            }
            let cells: Vec<String> = match words.is_empty() {
                true => Vec::new(),
                false => (0..head.len()).map(lower).collect(),
            };
            words.iter().all(|word| cells.iter().any(|cell| cell.contains(word)))
        };
        let mut chosen: Vec<usize> = (0..rows).filter(fits).collect();
        if let Some((name, down)) = &self.sort {
            let place = column(head, name)?;
            match down {
                false => chosen.sort_by_cached_key(|row| Rank::of(key(*row, place))),
                true => chosen.sort_by_cached_key(|row| Reverse(Rank::of(key(*row, place)))),
            }
        }
        chosen.truncate(self.limit.unwrap_or(usize::MAX));
        Ok(chosen)
    }

    /// What is typed into one field: words, and `column=text` for a column that the list has.
    ///
    /// ```
    /// use entente_desk::listing::Choice;
    /// let choice = Choice::typed("ferry state=open a=b", &["state", "title"]);
    /// assert_eq!(choice.search.as_deref(), Some("ferry a=b"));
    /// assert_eq!(choice.only, [("state".to_owned(), "open".to_owned())]);
    /// ```
    pub fn typed(text: &str, head: &[&str]) -> Self {
        let in_column = |word: &str| {
            let (name, text) = word.split_once('=')?;
            column(head, name).ok().map(|_| (name.to_owned(), text.to_owned()))
        };
        let (mut only, mut words) = (Vec::new(), Vec::new());
        for word in text.split_whitespace().take(MOST_WORDS) {
            match in_column(word) {
                Some(named) => only.push(named),
                None => words.push(word),
            }
        }
        Self {
            search: (!words.is_empty()).then(|| words.join(" ")),
            only,
            ..Self::default()
        }
    }
}

/// Words that are looked for at once: more than anybody types, few enough for a long list.
const MOST_WORDS: usize = 32;

fn column(head: &[&str], name: &str) -> Result<usize, UnknownColumn> {
    let place = head.iter().position(|known| known.eq_ignore_ascii_case(name));
    place.ok_or_else(|| UnknownColumn {
        name: name.to_owned(),
        known: head
            .iter()
            .filter(|known| !known.is_empty())
            .map(|known| format!("`{known}`"))
            .collect(),
    })
}

/// Where a cell stands in its column: numbers first, by their value, then everything else by its letters; what is empty comes last.
enum Rank<'t> {
    Number(f64),
    Letters(String, Cow<'t, str>),
    Empty,
}

impl<'t> Rank<'t> {
    fn of(text: Cow<'t, str>) -> Self {
        match text.parse::<f64>() {
            // What only reads as a number, such as `nan`, is a word.
            Ok(number) if number.is_finite() => Self::Number(number),
            _ if text.is_empty() => Self::Empty,
            _ => Self::Letters(text.to_lowercase(), text),
        }
    }
}

impl Ord for Rank<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Letters(one, as_it_is), Self::Letters(other, other_as_it_is)) => {
                (one, as_it_is).cmp(&(other, other_as_it_is))
            }
            (Self::Empty, Self::Empty) => Ordering::Equal,
            (Self::Number(_), _) | (_, Self::Empty) => Ordering::Less,
            (_, Self::Number(_)) | (Self::Empty, _) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Rank<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Rank<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Rank<'_> {}

/// A list as CSV (RFC 4180): its banner where it has one, a line of column names, and one for each row.
///
/// A cell that a spreadsheet would take for a formula gets an apostrophe before it: others write some of these texts.
///
/// ```
/// let rows = [vec!["GBR".to_owned(), "=1+1".to_owned()], vec!["a, \"b\"".to_owned(), "-".to_owned()]];
/// let text = entente_desk::listing::csv(None, &["party", "name"], &rows);
/// assert_eq!(text, "party,name\r\nGBR,'=1+1\r\n\"a, \"\"b\"\"\",'-\r\n");
/// ```
pub fn csv(banner: Option<&str>, head: &[&str], rows: &[Vec<String>]) -> String {
    let mut written = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    // Into memory: nothing fails.
    if let Some(banner) = banner {
        let _ = written.write_record([banner]);
    }
    let _ = written.write_record(head);
    for row in rows {
        let _ = written.write_record(row.iter().map(|cell| harmless(cell).into_owned()));
    }
    let bytes = written.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> Cow<'_, str> {
    match cell.starts_with(FORMULA) {
        true => Cow::Owned(format!("'{cell}")),
        false => Cow::Borrowed(cell),
    }
}

/// What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The line of a row in its file, and its cells by the names of their columns.
pub type RowRead = (u64, BTreeMap<String, String>);

/// The rows of a CSV file with a line of column names, each with its line: column names in small letters, and cells without
/// surrounding space and without the apostrophe that [`csv()`] puts before what looks like a formula.
///
/// ```
/// let rows = entente_desk::listing::from_csv("Party,Name\r\nGBR,'=1+1\r\n")?;
/// assert_eq!(rows[0].0, 2);
/// assert_eq!(rows[0].1["name"], "=1+1");
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
/// In words, with the line: a row of another length than the head, a name twice, text that is no UTF-8.
pub fn from_csv(text: &str) -> Result<Vec<RowRead>, String> {
    // One end of a line, so that lines are counted right.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut read = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let head: Vec<String> = read
        .headers()
        .map_err(|error| error.to_string())?
        .iter()
        .map(str::to_lowercase)
        .collect();
    let mut names = BTreeSet::new();
    if let Some(twice) = head.iter().find(|name| !names.insert((*name).clone())) {
        return Err(format!("line 1: the column `{twice}` stands there twice"));
    }
    let rows = read.records().map(|row| {
        let row = row.map_err(|error| error.to_string())?;
        let line = row.position().map_or(0, csv::Position::line);
        let plain = |cell: &str| match cell.strip_prefix('\'') {
            Some(rest) if rest.starts_with(FORMULA) => rest.to_owned(),
            _ => cell.to_owned(),
        };
        let cells = head.iter().cloned().zip(row.iter().map(plain));
        Ok((line, cells.collect()))
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(cells: &[&[&str]]) -> Vec<Vec<String>> {
        cells
            .iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect()
    }

    #[test]
    fn there_is_one_order_of_numbers_words_and_nothing() {
        let right = [
            "-1", "3", "9", "10", "10.5", "10a", "2a", "inf", "Nan", "nan", "Ärger", "",
        ];
        let sort = Some(("text".to_owned(), false));
        let choice = Choice {
            sort,
            ..Choice::default()
        };
        for turn in 0..right.len() {
            let mut cells = right;
            cells.rotate_left(turn);
            cells[..turn / 2].reverse();
            let rows: Vec<Vec<String>> = cells.iter().map(|cell| vec![(*cell).to_owned()]).collect();
            let sorted = choice.rows(&["text"], &rows).unwrap();
            assert_eq!(sorted.iter().map(|row| cells[*row]).collect::<Vec<_>>(), right);
        }
    }

    #[test]
    fn rows_are_searched_filtered_sorted_and_cut() {
        let rows = rows(&[
            &["R-10", "SECRET", "3"],
            &["R-2", "secret//nf", "12"],
            &["R-1", "U", ""],
        ]);
        let head = ["report", "banner", "portions"];
        let chosen = |choice: Choice| choice.rows(&head, &rows);
        let search = |text: &str| Choice {
            search: Some(text.to_owned()),
            ..Choice::default()
        };
        assert_eq!(chosen(search("Secret")), Ok(vec![0, 1]));
        assert_eq!(
            chosen(search("12 secret")),
            Ok(vec![1]),
            "each word, wherever it stands"
        );
        assert_eq!(chosen(search("nothing")), Ok(vec![]));
        let sort = |column: &str, down| Choice {
            sort: Some((column.to_owned(), down)),
            ..Choice::default()
        };
        assert_eq!(
            chosen(sort("Portions", false)),
            Ok(vec![0, 1, 2]),
            "numbers by value, empty last"
        );
        assert_eq!(chosen(sort("portions", true)), Ok(vec![2, 1, 0]));
        let both = Choice {
            only: vec![
                ("banner".to_owned(), "secret".to_owned()),
                ("report".to_owned(), "2".to_owned()),
            ],
            ..Choice::default()
        };
        assert_eq!(chosen(both), Ok(vec![1]));
        let first = Choice {
            limit: Some(1),
            ..sort("report", true)
        };
        assert_eq!(chosen(first), Ok(vec![1]));
        let said = chosen(sort("mark", false)).unwrap_err().to_string();
        assert_eq!(
            said,
            "there is no column `mark`; the list has `report`, `banner`, `portions`"
        );
    }
}
