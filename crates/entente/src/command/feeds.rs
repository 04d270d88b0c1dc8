//! `watch feeds`: what is new in the feeds of a list, by their addresses or in files.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::Duration;

use entente_serve::{Known, download};
use entente_watch::Scanner;
use entente_watch::text::Source;
use sha2::{Digest as _, Sha256};

use super::watch::{Which, say_report};
use super::{Global, texts};
use crate::failure::{Exit, Failure};
use crate::{input, output, seat};

/// The most entries that are remembered: a hundred feeds of a hundred entries a day, for a hundred days.
const REMEMBERED: usize = 1_000_000;

/// `entente watch feeds`.
#[derive(Debug, clap::Args)]
pub(crate) struct Feeds {
    #[command(flatten)]
    which: Which,
    /// A file with the address of a feed (`https://…`) or the name of its file a line (RSS, Atom, JSON Feed, or a page);
    /// lines that begin with `#` are notes.
    list: PathBuf,
    /// Seconds between two looks.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    /// Look once, and end.
    #[arg(long)]
    once: bool,
    /// Remember in this file what was seen, so that the next start does not show it again.
    #[arg(long, value_name = "FILE")]
    seen: Option<PathBuf>,
    /// The certificates that are trusted, as PEM [default: those that this machine trusts on the public web].
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
}

/// What was seen of the feeds.
struct Seen {
    entries: HashSet<String>,
    /// The same, the oldest first.
    order: VecDeque<String>,
    /// What servers said of what they gave, by address.
    known: BTreeMap<String, Known>,
    file: Option<PathBuf>,
}

impl Feeds {
    pub(crate) fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let scanner = self.which.scanner(global)?;
        let mut seen = Seen::open(self.seen.as_deref())?;
        loop {
            // The list may change while it is watched.
            let exit = self.look(global, &scanner, &mut seen)?;
            if self.once {
                return Ok(exit);
            }
            std::thread::sleep(Duration::from_secs(self.every));
        }
    }

    /// Scans the entries of all feeds that were not seen before. A feed that cannot be read hides none of the others, and
    /// is looked at again the next time.
    fn look(&self, global: &Global, scanner: &Scanner, seen: &mut Seen) -> Result<Exit, Failure> {
        let listed = input::text(&self.list)?;
        let names = listed
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (mut fresh, mut unread, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        for name in names {
            let entries = self.entries(name, seen, &mut unread);
            for entry in entries {
                let key = key(&entry);
                if !seen.entries.contains(&key) && !keys.contains(&key) {
                    keys.push(key);
                    fresh.push(entry);
                }
            }
        }
        for failure in &unread {
            output::say(format!("not scanned: {}", failure.message));
        }
        if !fresh.is_empty() {
            say_report(global, &scanner.scan(fresh));
            // What was told is remembered, and only then.
            seen.keep(keys)?;
        }
        Ok(if unread.is_empty() { Exit::Done } else { Exit::Failed })
    }

    fn entries(&self, name: &str, seen: &mut Seen, unread: &mut Vec<Failure>) -> Vec<Source> {
        let folder = self.list.parent().unwrap_or(Path::new(""));
        let file = match name.split_once("://") {
            Some(("http" | "https", _)) => return self.fetched(name, seen, unread),
            Some(("file", path)) => PathBuf::from(path),
            Some((scheme, _)) => {
                unread.push(Failure::usage(format!(
                    "{name}: `{scheme}` is not spoken; name an address of `https`, or a file"
                )));
                return Vec::new();
            }
            None => folder.join(name),
        };
        texts::readable(&[file], unread).collect()
    }

    fn fetched(&self, url: &str, seen: &mut Seen, unread: &mut Vec<Failure>) -> Vec<Source> {
        let trusted = self.certificate.as_deref().map(seat::path);
        let known = seen.known.get(url).cloned().unwrap_or_default();
        let got = match download(url, trusted.as_deref(), &known) {
            Ok(Some(got)) => got,
            Ok(None) => return Vec::new(),
            Err(error) => {
                unread.push(Failure::failed(format!("{url}: {error}")));
                return Vec::new();
            }
        };
        let before = unread.len();
        let entries = texts::of(url.to_owned(), Cursor::new(got.body));
        let entries = entries.filter_map(|entry| entry.map_err(|failure| unread.push(failure)).ok());
        let entries = entries.collect();
        if unread.len() == before {
            seen.known.insert(url.to_owned(), got.known);
        }
        entries
    }
}

impl Seen {
    fn open(file: Option<&Path>) -> Result<Self, Failure> {
        let file = file.map(seat::path);
        let order: VecDeque<String> = match &file {
            Some(path) if path.exists() => input::text(path)?.lines().map(str::to_owned).collect(),
            _ => VecDeque::new(),
        };
        Ok(Self {
            entries: order.iter().cloned().collect(),
            order,
            known: BTreeMap::new(),
            file,
        })
    }

    fn keep(&mut self, keys: Vec<String>) -> Result<(), Failure> {
        for key in keys {
            self.entries.insert(key.clone());
            self.order.push_back(key);
        }
        while self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.entries.remove(&oldest);
        }
        let Some(path) = &self.file else { return Ok(()) };
        let lines: Vec<&str> = self.order.iter().map(String::as_str).collect();
        entente_files::replace(path, format!("{}\n", lines.join("\n")).as_bytes())
            .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
    }
}

/// What tells an entry from others, also after a feed has moved it down. Its words are not in it.
fn key(entry: &Source) -> String {
    let mut hasher = Sha256::new();
    for part in [
        entry.file.as_str(),
        entry.title.as_deref().unwrap_or_default(),
        entry.text.as_str(),
    ] {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    // Half of a digest tells a million entries apart as well as the whole.
    hasher
        .finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
