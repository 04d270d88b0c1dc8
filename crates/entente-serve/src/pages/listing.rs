//! Lists: one way to filter, sort, page and export them all. What is exported is what the rows say to whoever looks, and nothing
//! else.

use std::borrow::Cow;

use askama::Template;
use entente_desk::listing::Choice;

use super::answer::{Reply, Sent, Trouble};
use super::fields::Fields;
use super::gate::escaped;
use super::tongue::Tongue;

/// Rows on a page.
pub(super) const SHOWN: usize = 50;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// What it is called in addresses and exports.
    pub(super) key: &'static str,
    /// Whether it holds numbers.
    pub(super) number: bool,
}

/// A column of words.
pub(super) const fn words(key: &'static str) -> Column {
    Column { key, number: false }
}

/// A column of numbers.
pub(super) const fn number(key: &'static str) -> Column {
    Column { key, number: true }
}

/// What stands in one column of one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// In words.
    pub(super) text: String,
    /// By what it is sorted, where that is not the words.
    by: Option<String>,
    /// Where it leads.
    pub(super) link: Option<String>,
    /// A mark or note beneath it, with the class of its colour.
    pub(super) note: Option<(String, &'static str)>,
    /// A sign before it that calls for attention, with the class of its colour.
    pub(super) sign: Option<(&'static str, &'static str)>,
    /// Whose words they are: `id`, `serif`, `name`, `num`, or ours.
    pub(super) class: &'static str,
}

impl Cell {
    /// Words of ours.
    pub(super) fn said(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// A name.
    pub(super) fn id(text: impl Into<String>) -> Self {
        Self {
            class: "id",
            ..Self::said(text)
        }
    }

    /// What a person is called.
    pub(super) fn name(text: impl Into<String>) -> Self {
        Self {
            class: "name",
            ..Self::said(text)
        }
    }

    /// Words of people.
    pub(super) fn quoted(text: impl Into<String>) -> Self {
        Self {
            class: "serif",
            ..Self::said(text)
        }
    }

    /// A digest, on one line.
    pub(super) fn hash(text: impl Into<String>) -> Self {
        Self {
            class: "hash num",
            ..Self::said(text)
        }
    }

    /// A number, sorted as one.
    pub(super) fn count(n: usize) -> Self {
        Self {
            class: "num",
            ..Self::said(n.to_string())
        }
    }

    /// The number of something, sorted as one.
    pub(super) fn number(n: u64) -> Self {
        Self {
            class: "num",
            ..Self::said(n.to_string())
        }
    }

    /// A moment to the second.
    pub(super) fn exactly(t: Tongue, at: jiff::Timestamp) -> Self {
        Self {
            class: "num",
            by: Some(at.to_string()),
            ..Self::said(t.second(at))
        }
    }

    /// A moment, sorted as one; nothing where there is none.
    pub(super) fn moment(t: Tongue, at: Option<jiff::Timestamp>) -> Self {
        Self {
            class: "num",
            by: at.map(|at| at.to_string()),
            ..Self::said(at.map(|at| t.short(at)).unwrap_or_default())
        }
    }

    /// The same, leading somewhere.
    pub(super) fn to(self, address: impl Into<String>) -> Self {
        Self {
            link: Some(address.into()),
            ..self
        }
    }

    /// The same with something beneath it.
    pub(super) fn with(self, note: impl Into<String>, class: &'static str) -> Self {
        Self {
            note: Some((note.into(), class)).filter(|(note, _): &(String, _)| !note.is_empty()),
            ..self
        }
    }

    /// The same with a sign that calls for attention, where it does.
    pub(super) fn alarming(self, alarms: bool, sign: &'static str, class: &'static str) -> Self {
        Self {
            sign: alarms.then_some((sign, class)),
            ..self
        }
    }

    fn sorted_by(&self) -> &str {
        self.by.as_deref().unwrap_or(&self.text)
    }

    fn all(&self) -> Cow<'_, str> {
        match &self.note {
            Some((note, _)) => Cow::Owned(format!("{} {note}", self.text)),
            None => Cow::Borrowed(&self.text),
        }
    }
}

/// A list, as whoever looks may know it.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    /// In which language its heads and what is said around it are.
    pub(super) tongue: Tongue,
    /// What it is called in names of files, and by what its words are found.
    pub(super) what: &'static str,
    /// Its address.
    pub(super) at: String,
    /// What else the address says, such as what is searched for.
    pub(super) also: Vec<(&'static str, String)>,
    pub(super) columns: &'static [Column],
    pub(super) rows: Vec<Vec<Cell>>,
    /// The banner over all of it, where anything marked stands in it.
    pub(super) banner: Option<String>,
    /// The command that does the same.
    pub(super) command: &'static str,
    /// Where more of it is, where these rows are only a part: what is filtered or sorted is all of it.
    pub(super) next: Option<String>,
}

/// A column's head, and where it sorts.
struct Head {
    title: Cow<'static, str>,
    number: bool,
    link: String,
    sorted: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "list.html")]
struct Shown<'l> {
    t: Tongue,
    /// What it is called.
    name: Cow<'static, str>,
    /// Which rows are shown of how many.
    range: String,
    list: &'l Listing,
    filter: &'l str,
    sort: &'l str,
    down: bool,
    heads: Vec<Head>,
    rows: Vec<&'l [Cell]>,
    before: Option<String>,
    after: Option<String>,
    csv: String,
    json: String,
}

impl Shown<'_> {
    fn key(&self, what: &str) -> String {
        self.list.key(what)
    }
}

impl Listing {
    /// By what its words are found: what a search finds is called as the list is that is searched.
    fn texts(&self) -> &'static str {
        if self.what == "found" { "reports" } else { self.what }
    }

    fn key(&self, what: &str) -> String {
        format!("list-{}-{what}", self.texts())
    }

    /// The file that is asked for, if one is; the list as a part of a page otherwise.
    pub(super) fn reply(&self, wanted: &Fields) -> Result<Result<String, Reply>, Trouble> {
        match wanted.get("as") {
            "csv" => Ok(Err(self.file("csv", "text/csv; charset=utf-8", self.csv(wanted)))),
            "json" => Ok(Err(self.file("json", "application/json", self.json(wanted)))),
            _ => Ok(Ok(self.part(wanted)?)),
        }
    }

    fn file(&self, end: &str, kind: &'static str, text: String) -> Reply {
        let banner = self.banner.as_deref().unwrap_or_default();
        Reply::File(Sent {
            name: format!("{banner} {}.{end}", self.what),
            kind,
            bytes: text.into_bytes(),
        })
    }

    /// The rows that are wanted, in the order that is wanted. A column that the list does not have orders nothing.
    fn wanted(&self, wanted: &Fields) -> Vec<&[Cell]> {
        let head: Vec<&str> = self.columns.iter().map(|column| column.key).collect();
        let sort = Some(wanted.get("sort")).filter(|name| head.contains(name));
        let choice = Choice {
            sort: sort.map(|name| (name.to_owned(), wanted.get("down") == "yes")),
            ..Choice::typed(wanted.get("filter"), &head)
        };
        let cell = |row: usize, column: usize| self.rows.get(row).and_then(|row| row.get(column));
        let text = |row, column| cell(row, column).map(Cell::all).unwrap_or_default();
        let key = |row, column| Cow::Borrowed(cell(row, column).map(Cell::sorted_by).unwrap_or_default());
        let chosen = choice.of(&head, self.rows.len(), text, key).unwrap_or_default();
        let rows = chosen.into_iter().filter_map(|row| self.rows.get(row));
        rows.map(Vec::as_slice).collect()
    }

    /// The address with these changes of what is wanted.
    fn address(&self, wanted: &Fields, changes: &[(&str, &str)]) -> String {
        let kept = ["filter", "sort", "down"].map(|name| (name, wanted.get(name)));
        let kept = kept
            .into_iter()
            .filter(|(name, _)| !changes.iter().any(|(known, _)| known == name));
        let also = self.also.iter().map(|(name, value)| (*name, value.as_str()));
        let all = also
            .chain(kept)
            .chain(changes.iter().copied())
            .filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = all.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        match query.is_empty() {
            true => self.at.clone(),
            false => format!("{}?{}", self.at, query.join("&")),
        }
    }

    fn part(&self, wanted: &Fields) -> Result<String, askama::Error> {
        let rows = self.wanted(wanted);
        let found = rows.len();
        let last = found.saturating_sub(1) / SHOWN;
        let page = wanted
            .get("page")
            .parse::<usize>()
            .unwrap_or(1)
            .saturating_sub(1)
            .min(last);
        let t = self.tongue;
        let (sort, down) = (wanted.get("sort"), wanted.get("down") == "yes");
        let heads = self.columns.iter().map(|column| {
            let here = column.key == sort;
            let turn = if here && !down { "yes" } else { "" };
            Head {
                title: t.say(&self.key(column.key)),
                number: column.number,
                link: self.address(wanted, &[("sort", column.key), ("down", turn)]),
                sorted: here.then_some(if down { "descending" } else { "ascending" }),
            }
        });
        let to = |n: usize| self.address(wanted, &[("page", &n.to_string())]);
        let shown: Vec<&[Cell]> = rows.into_iter().skip(page * SHOWN).take(SHOWN).collect();
        let range = match found {
            n if self.next.is_some() => t.count("list-part", n),
            0 => t.count("list-none", self.rows.len()),
            n => {
                let (first, last) = (page * SHOWN + 1, page * SHOWN + shown.len());
                t.with(
                    "list-shown",
                    &[("first", first.into()), ("last", last.into()), ("n", n.into())],
                )
            }
        };
        Shown {
            t,
            name: t.say(&format!("list-{}", self.texts())),
            range,
            list: self,
            filter: wanted.get("filter"),
            sort,
            down,
            heads: heads.collect(),
            rows: shown,
            before: (page > 0).then(|| to(page)),
            after: match page < last {
                true => Some(to(page + 2)),
                false => self.next.clone(),
            },
            csv: self.address(wanted, &[("as", "csv")]),
            json: self.address(wanted, &[("as", "json")]),
        }
        .render()
    }

    /// Everything that is wanted, as other programs read tables; the banner is its first row.
    fn csv(&self, wanted: &Fields) -> String {
        let head: Vec<&str> = self.columns.iter().map(|column| column.key).collect();
        let rows = self.wanted(wanted).into_iter();
        let rows: Vec<Vec<String>> = rows
            .map(|row| row.iter().map(|cell| cell.all().into_owned()).collect())
            .collect();
        entente_desk::listing::csv(self.banner.as_deref(), &head, &rows)
    }

    fn json(&self, wanted: &Fields) -> String {
        let row = |row: &[Cell]| {
            let pairs = self.columns.iter().zip(row);
            let pairs = pairs.map(|(column, cell)| (column.key.to_owned(), cell.all().into_owned().into()));
            serde_json::Value::Object(pairs.collect())
        };
        let rows: Vec<serde_json::Value> = self.wanted(wanted).into_iter().map(row).collect();
        format!("{:#}\n", serde_json::json!({ "banner": self.banner, "rows": rows }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[words("id"), number("portions"), words("title")];

    fn list(rows: usize) -> Listing {
        let row = |n: usize| {
            vec![
                Cell::id(format!("R-{n}")),
                Cell::count(rows - n),
                Cell::quoted("=A, \"b\""),
            ]
        };
        Listing {
            tongue: Tongue::English,
            what: "reports",
            at: "/things".to_owned(),
            also: vec![("q", "a b".to_owned())],
            columns: COLUMNS,
            rows: (0..rows).map(row).collect(),
            banner: Some("SECRET//NOFORN".to_owned()),
            command: "entente things",
            next: None,
        }
    }

    fn wanted(query: &str) -> Fields {
        Fields::of_query(query)
    }

    #[test]
    fn numbers_are_sorted_as_numbers_and_filters_ask_for_every_word() {
        let list = list(12);
        let ids = |query: &str| {
            let rows = list.wanted(&wanted(query));
            rows.into_iter().map(|row| row[0].text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids("sort=portions")[..2], ["R-11", "R-10"]);
        assert_eq!(ids("sort=portions&down=yes")[..2], ["R-0", "R-1"]);
        assert_eq!(ids("filter=r-1"), ["R-1", "R-10", "R-11"]);
        assert_eq!(ids("filter=r-1+%22b%22+nothing"), Vec::<String>::new());
        assert_eq!(ids("filter=id%3D11"), ["R-11"], "only in that column");
        assert_eq!(ids("sort=nonsense").len(), 12);
    }

    #[test]
    fn a_page_says_where_it_stands_and_leads_on_with_what_is_wanted() {
        let list = list(120);
        let part = list.part(&wanted("filter=r&sort=portions&page=2")).unwrap();
        assert!(part.contains("51 to 100 of 120"), "{part}");
        assert!(
            part.contains("/things?q=a%20b&#38;filter=r&#38;sort=portions&#38;page=3"),
            "{part}"
        );
        assert!(part.contains("aria-sort=\"ascending\""), "{part}");
        for page in ["0", "99", "-1", "x"] {
            assert!(list.part(&wanted(&format!("page={page}"))).is_ok(), "{page}");
        }
    }

    #[test]
    fn an_export_begins_with_its_banner_and_holds_no_formula() {
        let list = list(2);
        assert_eq!(
            list.csv(&wanted("filter=r-0")),
            "SECRET//NOFORN\r\nid,portions,title\r\nR-0,2,\"'=A, \"\"b\"\"\"\r\n"
        );
        let json: serde_json::Value = serde_json::from_str(&list.json(&wanted(""))).unwrap();
        assert_eq!(json["banner"], "SECRET//NOFORN");
        assert_eq!(json["rows"][1]["title"], "=A, \"b\"");
    }
}
