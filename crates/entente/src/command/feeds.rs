//! `watch feeds`: what is new in the feeds of a list.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Duration;

use entente_watch::Scanner;
use entente_watch::text::Source;

use super::watch::{Which, say_report};
use super::{Global, texts};
use crate::failure::{Exit, Failure};
use crate::{input, output};

/// `entente watch feeds`.
#[derive(Debug, clap::Args)]
pub(crate) struct Feeds {
    #[command(flatten)]
    which: Which,
    /// A file with the name of a feed's file a line (RSS, Atom, JSON Feed); lines that begin with `#` are notes.
    list: PathBuf,
    /// Seconds between two looks.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    /// Look once, and end.
    #[arg(long)]
    once: bool,
}

impl Feeds {
    pub(crate) fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let scanner = self.which.scanner(global)?;
        let mut seen = HashSet::new();
        loop {
            // The list may change while it is watched.
            let exit = look(global, &scanner, &self.list, &mut seen)?;
            if self.once {
                return Ok(exit);
            }
            std::thread::sleep(Duration::from_secs(self.every));
        }
    }
}

/// Scans the entries of all feeds that were not seen before.
fn look(global: &Global, scanner: &Scanner, list: &Path, seen: &mut HashSet<u64>) -> Result<Exit, Failure> {
    let listed = input::text(list)?;
    let names = listed
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut exit = Exit::Done;
    let mut unread = |message: String| {
        output::say(format!("not scanned: {message}"));
        exit = Exit::Failed;
    };
    let (mut files, folder) = (Vec::new(), list.parent().unwrap_or(Path::new("")));
    for name in names {
        match name.split_once("://") {
            None => files.push(folder.join(name)),
            Some(("file", path)) => files.push(PathBuf::from(path)),
            Some(_) => unread(format!(
                "{name} is on the network, which this command does not use; fetch it into a file and list that"
            )),
        }
    }
    let mut failures = Vec::new();
    let entries: Vec<Source> = texts::readable(&files, &mut failures)
        .filter(|entry| seen.insert(key(entry)))
        .collect();
    failures.into_iter().for_each(|failure| unread(failure.message));
    if !entries.is_empty() {
        say_report(global, &scanner.scan(entries));
    }
    Ok(exit)
}

/// What tells an entry from others, also after a feed has moved it down.
fn key(entry: &Source) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&entry.file, &entry.title, entry.text.as_str()).hash(&mut hasher);
    hasher.finish()
}
