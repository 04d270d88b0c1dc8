//! Checking a log that somebody else wrote: offline, from its files and the keys that one trusts.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::checkpoint::Checkpoint;
use crate::leaf::{Leaf, hex};
use crate::note::{Note, Signed, Verifier};
use crate::tile::{TILE_WIDTH, TilePath, bundle_entries, tile_bytes, tile_hashes, tile_root, tiles_between};
use crate::tree::{Frontier, Hash, leaf_hash};

/// The largest file read: an entry bundle of 256 entries of the largest size.
pub(crate) const MAX_FILE: u64 = 256 * 65_538;

/// The file that lists, a line each, the sizes whose tiles stand in the folder while a publication is under way, or was
/// interrupted. Nothing of them is signed before the next checkpoint.
pub(crate) const UNFINISHED: &str = "publishing";

/// The file that another one is written into until it is whole.
pub(crate) const PARTIAL: &str = "writing";

/// The most sizes read from [`UNFINISHED`]: each stands for an interruption since the last checkpoint.
const MAX_UNFINISHED: usize = 1000;

/// What is wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file, and the entry where one is meant.
    pub place: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// Entries according to the checkpoint.
    pub size: u64,
    /// The root according to the checkpoint, in hexadecimal.
    pub root: String,
    /// Who signed the checkpoint, of those whose keys were given; with the moment, for witnesses.
    pub signed_by: Vec<String>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Where a log's files are read from.
pub trait Source {
    /// The bytes of a file; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read, with the reason.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String>;

    /// The paths of all files, where the source can list them.
    fn list(&self) -> Option<Vec<String>>;
}

fn finding(place: impl Into<String>, problem: impl Into<String>) -> Finding {
    Finding {
        place: place.into(),
        problem: problem.into(),
        remedy: "ask the log's operator for an untouched copy, and compare the checkpoint with other witnesses'"
            .to_owned(),
    }
}

fn read_file(source: &dyn Source, path: &str) -> Result<Vec<u8>, Finding> {
    match source.read(path) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(finding(path, "the file is missing")),
        Err(problem) => Err(finding(path, problem)),
    }
}

/// The hashes of a tile.
pub(crate) fn read_tile(source: &dyn Source, tile: TilePath) -> Result<Vec<Hash>, Finding> {
    let path = tile.to_string();
    let bytes = read_file(source, &path)?;
    tile_hashes(&bytes, tile.width)
        .ok_or_else(|| finding(path, format!("it does not hold {} hashes of 32 bytes", tile.width)))
}

/// The entries of a bundle, each checked against its hash in the tile beside it.
pub(crate) fn read_bundle(source: &dyn Source, bundle: TilePath) -> Result<Vec<Vec<u8>>, Finding> {
    let path = bundle.to_string();
    let bytes = read_file(source, &path)?;
    let entries = bundle_entries(&bytes, bundle.width)
        .ok_or_else(|| finding(path.clone(), format!("it does not hold {} entries", bundle.width)))?;
    let hashes = read_tile(
        source,
        TilePath {
            level: Some(0),
            ..bundle
        },
    )?;
    let first = bundle.index * TILE_WIDTH;
    for ((entry, hash), index) in entries.iter().zip(&hashes).zip(first..) {
        if leaf_hash(entry) != *hash {
            return Err(finding(
                format!("{path}, entry {index}"),
                "the entry does not match its hash: the entry or the hash was changed",
            ));
        }
    }
    Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
}

/// A signed checkpoint.
pub(crate) struct SignedCheckpoint {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) signed: Vec<Signed>,
}

fn read_checkpoint(source: &dyn Source, path: &str, known: &[Verifier]) -> Result<SignedCheckpoint, Finding> {
    let bytes = read_file(source, path)?;
    let bad = |problem: String| finding(path, problem);
    let note = Note::parse(&bytes).map_err(|error| bad(error.to_string()))?;
    // Re-rendering leaves no room for bytes that nobody signed.
    if note.render().as_bytes() != bytes {
        return Err(bad("it is not written as signed notes are".to_owned()));
    }
    let checkpoint = Checkpoint::parse(note.text()).map_err(|error| bad(error.to_string()))?;
    let signed = note.verify(known).map_err(|error| bad(error.to_string()))?;
    Ok(SignedCheckpoint { checkpoint, signed })
}

/// The sizes of unfinished publications.
pub(crate) fn unfinished(source: &dyn Source) -> Vec<u64> {
    let bytes = source.read(UNFINISHED).ok().flatten().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let sizes = text.lines().filter_map(|line| line.parse().ok());
    sizes.take(MAX_UNFINISHED).collect()
}

/// Checks a log: signatures, every entry against its hash, every tile, every older checkpoint, and that there is
/// nothing else, except what an interrupted publication left, which nothing relies on. `progress` is called with the entries checked so far and all that there are.
pub fn verify(source: &dyn Source, known: &[Verifier], progress: &mut dyn FnMut(u64, u64)) -> VerifyReport {
    let mut findings = Vec::new();
    let latest = match read_checkpoint(source, "checkpoint", known) {
        Ok(latest) => latest,
        Err(problem) => {
            return VerifyReport {
                ok: false,
                size: 0,
                root: String::new(),
                signed_by: Vec::new(),
                findings: vec![problem],
            };
        }
    };
    let size = latest.checkpoint.size;
    let origin = &latest.checkpoint.origin;
    if !signed_by_owner(&latest.checkpoint, &latest.signed) {
        findings.push(finding(
            "checkpoint",
            format!("it is of the log `{origin}`, and not signed by that log's owner with a key that was given"),
        ));
    }
    let listed = source.list();
    // Each 256 entries need a file: a signed size that the files cannot hold is not worth walking.
    let bundles = size / TILE_WIDTH;
    if listed.as_ref().is_some_and(|files| bundles > files.len() as u64) {
        findings.push(finding(
            "tile/entries",
            format!("files are missing: {size} entries are signed"),
        ));
        return report(&latest, findings);
    }
    if listed.is_none() {
        findings.push(finding(
            "checkpoints",
            "the files cannot be listed, so nothing shows what else is there",
        ));
    }
    let listed = listed.unwrap_or_default();
    let mut expected: BTreeSet<String> = tiles_between(0, size).map(|tile| tile.to_string()).collect();
    expected.extend(["checkpoint", UNFINISHED, PARTIAL].map(str::to_owned));
    let coming = unfinished(source);
    let mut older: BTreeMap<u64, Checkpoint> = BTreeMap::new();
    for path in listed.iter().filter(|path| path.starts_with("checkpoints/")) {
        match read_checkpoint(source, path, known) {
            Ok(old)
                if old.checkpoint.origin == *origin
                    && *path == format!("checkpoints/{}", old.checkpoint.size)
                    && (old.checkpoint.size <= size || coming.contains(&old.checkpoint.size)) =>
            {
                older.insert(old.checkpoint.size, old.checkpoint);
            }
            Ok(old) => findings.push(finding(
                path.clone(),
                format!(
                    "it is a checkpoint of {} entries, and does not belong here",
                    old.checkpoint.size
                ),
            )),
            Err(problem) => findings.push(problem),
        }
        expected.insert(path.clone());
    }
    let in_coming = |path: &str| TilePath::parse(path).is_some_and(|tile| coming.iter().any(|size| tile.is_in(*size)));
    let stray = listed
        .iter()
        .filter(|path| !expected.contains(*path) && !in_coming(path));
    findings.extend(stray.map(|path| finding(path.clone(), "the file does not belong to a log of this size")));
    let root = walk(source, size, &older, &mut findings, progress);
    if root.is_some_and(|root| root != latest.checkpoint.root) {
        findings.push(finding("checkpoint", "the entries do not add up to the signed root"));
    }
    report(&latest, findings)
}

/// A log's owner signs itself: with a key named like the log, or like its first part. A witness's word is not enough.
pub fn signed_by_owner(checkpoint: &Checkpoint, signed: &[Signed]) -> bool {
    let origin = checkpoint.origin.as_str();
    signed.iter().filter(|signed| signed.time.is_none()).any(|signed| {
        origin
            .strip_prefix(signed.name.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn report(latest: &SignedCheckpoint, mut findings: Vec<Finding>) -> VerifyReport {
    findings.sort_by(|a, b| a.place.cmp(&b.place));
    VerifyReport {
        ok: findings.is_empty(),
        size: latest.checkpoint.size,
        root: hex(&latest.checkpoint.root),
        signed_by: latest
            .signed
            .iter()
            .map(|signed| match signed.time {
                None => signed.name.clone(),
                Some(time) => format!("{} (witness, {time})", signed.name),
            })
            .collect(),
        findings,
    }
}

/// Reads every entry and tile once, in order; memory does not grow with the log but for one hash per 256 entries.
fn walk(
    source: &dyn Source,
    size: u64,
    older: &BTreeMap<u64, Checkpoint>,
    findings: &mut Vec<Finding>,
    progress: &mut dyn FnMut(u64, u64),
) -> Option<Hash> {
    let mut frontier = Frontier::default();
    let mut whole = true;
    let mut roots: Vec<Hash> = Vec::new();
    let compare = |frontier: &Frontier, findings: &mut Vec<Finding>| {
        if let Some(old) = older.get(&frontier.size())
            && old.root != frontier.root()
        {
            findings.push(finding(
                format!("checkpoints/{}", old.size),
                "this log does not continue it: history was changed after it was signed",
            ));
        }
    };
    compare(&frontier, findings);
    for bundle in tiles_between(0, size).filter(|tile| tile.level.is_none()) {
        match read_bundle(source, bundle) {
            Err(problem) => {
                findings.push(problem);
                whole = false;
            }
            Ok(entries) => {
                let hashes: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
                for ((entry, hash), index) in entries.iter().zip(&hashes).zip(bundle.index * TILE_WIDTH..) {
                    if Leaf::parse(entry).is_none_or(|leaf| leaf.seq != index + 1) {
                        findings.push(finding(
                            format!("{bundle}, entry {index}"),
                            "it is not an entry with its number",
                        ));
                    }
                    if whole {
                        frontier.push(*hash);
                        compare(&frontier, findings);
                    }
                }
                if bundle.width == 256 {
                    roots.push(tile_root(&hashes));
                }
            }
        }
        progress((bundle.index * TILE_WIDTH + u64::from(bundle.width)).min(size), size);
    }
    if !whole {
        return None;
    }
    for level in 1..8 {
        let mut above = Vec::new();
        for tile in tiles_between(0, size).filter(|tile| tile.level == Some(level)) {
            let start = usize::try_from(tile.index * TILE_WIDTH).unwrap_or(usize::MAX);
            let wanted = roots.get(start..start + usize::from(tile.width)).unwrap_or_default();
            match source.read(&tile.to_string()) {
                Ok(Some(bytes)) if bytes == tile_bytes(wanted) => {}
                Ok(None) => findings.push(finding(tile.to_string(), "the file is missing")),
                Ok(Some(_)) => findings.push(finding(
                    tile.to_string(),
                    "it does not hold the hashes of the tiles below it",
                )),
                Err(problem) => findings.push(finding(tile.to_string(), problem)),
            }
            if tile.width == 256 {
                above.push(tile_root(wanted));
            }
        }
        roots = above;
    }
    Some(frontier.root())
}
