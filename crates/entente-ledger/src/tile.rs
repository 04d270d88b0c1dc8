//! Tiles: the log as files (C2SP tlog-tiles).
//!
//! A tile at level 0 holds the hashes of up to 256 entries; one at level L holds the roots of 256 full tiles below. An
//! entry bundle holds the entries themselves. The last tile of a level may be partial, and then says so in its path.

use crate::tree::{Hash, root_of};

/// Hashes in a full tile.
pub const TILE_WIDTH: u64 = 256;

/// The longest entry: its length is written in two bytes.
pub const MAX_ENTRY: usize = 65_535;

/// Where a tile or bundle stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    /// The level; `None` for a bundle of entries.
    pub level: Option<u8>,
    /// Its number within the level.
    pub index: u64,
    /// How many of its 256 places are filled.
    pub width: u16,
}

impl std::fmt::Display for TilePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.level {
            Some(level) => write!(f, "tile/{level}/")?,
            None => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        f.write_str(&groups.join("/"))?;
        match u64::from(self.width) < TILE_WIDTH {
            true => write!(f, ".p/{}", self.width),
            false => Ok(()),
        }
    }
}

impl TilePath {
    /// Reads a path; `None` unless it is written just as it is displayed.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok()?),
            None => (rest, 256),
        };
        let index = number.split('/').try_fold(0_u64, |index, group| {
            let group: u64 = group.trim_start_matches('x').parse().ok()?;
            index.checked_mul(1000)?.checked_add(group)
        })?;
        let level = match level {
            "entries" => None,
            level => Some(level.parse().ok()?),
        };
        let tile = Self { level, index, width };
        (tile.to_string() == path).then_some(tile)
    }

    /// Whether a log of `size` entries has just this tile.
    pub(crate) fn is_in(self, size: u64) -> bool {
        let before = self.index.saturating_mul(TILE_WIDTH);
        let filled = hashes_at(self.level.unwrap_or(0), size).saturating_sub(before);
        filled.min(TILE_WIDTH) == u64::from(self.width)
    }
}

/// The highest level of tiles that a log can have: 256^8 is 2^64.
const LEVELS: u8 = 8;

/// How many hashes there are at a level of tiles.
pub(crate) fn hashes_at(level: u8, size: u64) -> u64 {
    (0..level).fold(size, |count, _| count / TILE_WIDTH)
}

/// The tiles of a log of `size` entries from tile number `from` on at one level, the partial one last.
fn row(level: Option<u8>, count: u64, from: u64) -> impl Iterator<Item = TilePath> {
    let full = count / TILE_WIDTH;
    let rest = u16::try_from(count % TILE_WIDTH).expect("a remainder of 256 fits");
    let whole = (from..full).map(move |index| TilePath {
        level,
        index,
        width: 256,
    });
    let partial = (rest > 0).then_some(TilePath {
        level,
        index: full,
        width: rest,
    });
    whole.chain(partial)
}

/// All tiles and bundles that a log of `new` entries has and one of `old` entries lacks.
pub fn tiles_between(old: u64, new: u64) -> impl Iterator<Item = TilePath> {
    let bundles = row(None, new, old / TILE_WIDTH);
    let levels = (0..LEVELS).flat_map(move |level| {
        let (before, count) = (hashes_at(level, old), hashes_at(level, new));
        row(Some(level), count, before / TILE_WIDTH).filter(move |_| count > 0 && count != before)
    });
    bundles.filter(move |_| new != old).chain(levels)
}

/// A tile's bytes: its hashes one after the other.
pub fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// The hashes of a tile; `None` unless there are exactly `width` of them.
pub fn tile_hashes(bytes: &[u8], width: u16) -> Option<Vec<Hash>> {
    let hashes: Vec<Hash> = bytes
        .chunks_exact(32)
        .filter_map(|chunk| chunk.try_into().ok())
        .collect();
    (hashes.len() == usize::from(width) && bytes.len() == hashes.len() * 32).then_some(hashes)
}

/// The root over a full tile: a hash of the next level.
pub fn tile_root(hashes: &[Hash]) -> Hash {
    root_of(hashes.iter().copied())
}

/// A bundle's bytes: each entry behind its length. `None` when an entry is longer than [`MAX_ENTRY`].
pub fn bundle_bytes<'e>(entries: impl IntoIterator<Item = &'e [u8]>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend(u16::try_from(entry.len()).ok()?.to_be_bytes());
        bytes.extend(entry);
    }
    Some(bytes)
}

/// The entries of a bundle; `None` unless there are exactly `width` of them and nothing else.
pub fn bundle_entries(mut bytes: &[u8], width: u16) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::with_capacity(usize::from(width));
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bytes = rest;
    }
    (entries.len() == usize::from(width)).then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        for (path, expected) in [
            (
                TilePath {
                    level: Some(0),
                    index: 0,
                    width: 256,
                },
                "tile/0/000",
            ),
            (
                TilePath {
                    level: Some(1),
                    index: 1_234_067,
                    width: 256,
                },
                "tile/1/x001/x234/067",
            ),
            (
                TilePath {
                    level: Some(0),
                    index: 273,
                    width: 112,
                },
                "tile/0/273.p/112",
            ),
            (
                TilePath {
                    level: None,
                    index: 1273,
                    width: 5,
                },
                "tile/entries/x001/273.p/5",
            ),
        ] {
            assert_eq!(path.to_string(), expected);
            assert_eq!(TilePath::parse(expected), Some(path));
        }
    }

    #[test]
    fn other_paths_are_no_tiles() {
        for path in [
            "checkpoint",
            "tile/0/0",
            "tile/0/1000",
            "tile/0/x000/001",
            "tile/0/000.p/256",
            "tile/0/000.p/07",
            "tile/0/000.writing",
            "tile/256/000",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(TilePath::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_tile_is_in_the_logs_that_list_it() {
        for size in [0, 1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000] {
            let listed: Vec<TilePath> = tiles_between(0, size).collect();
            for tile in tiles_between(0, 70_000).chain(tiles_between(0, 300)) {
                assert_eq!(tile.is_in(size), listed.contains(&tile), "{tile} in a log of {size}");
            }
        }
    }

    #[test]
    fn the_specification_s_example_has_its_tiles() {
        // "a log of size 70,000 would be represented by 273 full level 0 tiles, one partial one of width 112, one full
        // level 1 tile, one partial one of width 17, and one partial level 2 tile of width 1" (C2SP tlog-tiles).
        let count = |level, full| {
            tiles_between(0, 70_000)
                .filter(|t| t.level == level && (t.width == 256) == full)
                .count()
        };
        assert_eq!((count(Some(0), true), count(Some(0), false)), (273, 1));
        assert_eq!((count(Some(1), true), count(Some(1), false)), (1, 1));
        let widths: Vec<u16> = tiles_between(0, 70_000)
            .filter(|t| t.width < 256)
            .map(|t| t.width)
            .collect();
        assert_eq!(widths, [112, 112, 17, 1]);
    }

    #[test]
    fn tiles_between_two_sizes_are_what_the_larger_has_more() {
        for (old, new) in [
            (0, 1),
            (1, 2),
            (255, 256),
            (256, 257),
            (300, 70_000),
            (65_535, 65_537),
            (5, 5),
        ] {
            let mut expected: Vec<TilePath> = tiles_between(0, new).collect();
            let before: Vec<TilePath> = tiles_between(0, old).collect();
            expected.retain(|tile| !before.contains(tile));
            assert_eq!(tiles_between(old, new).collect::<Vec<_>>(), expected, "{old} to {new}");
        }
    }
}
