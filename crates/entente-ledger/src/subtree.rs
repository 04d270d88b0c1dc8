//! Roots of parts of a log, and proofs from them, out of a few tiles and without reading the whole log.

use std::ops::Range;

use crate::tile::{TILE_WIDTH, TilePath, hashes_at, tile_root};
use crate::tree::{Hash, empty_root, node_hash};
use crate::verify::{Finding, Source, read_tile};

/// Levels of a binary tree that one tile holds: its hashes are 2^8.
const TILE_HEIGHT: u32 = TILE_WIDTH.ilog2();

/// Where RFC 6962 splits a range of more than one entry: at the largest power of two below its length.
fn middle(range: &Range<u64>) -> u64 {
    range.start + (1 << (range.end - range.start - 1).ilog2())
}

/// The root of a complete subtree of 2^`height` entries from `start` on, in a log of `size` entries.
fn complete(source: &dyn Source, size: u64, start: u64, height: u32) -> Result<Hash, Finding> {
    let level = u8::try_from(height / TILE_HEIGHT).expect("a height is below 64");
    let first = start >> (u32::from(level) * TILE_HEIGHT);
    let (index, there) = (first / TILE_WIDTH, hashes_at(level, size));
    let width = (there - index * TILE_WIDTH).min(TILE_WIDTH);
    let tile = TilePath {
        level: Some(level),
        index,
        width: u16::try_from(width).expect("a tile has at most 256 hashes"),
    };
    let hashes = read_tile(source, tile)?;
    let offset = usize::try_from(first % TILE_WIDTH).expect("an offset in a tile is below 256");
    let count = 1_usize << (height % TILE_HEIGHT);
    let part = hashes
        .get(offset..offset + count)
        .expect("the tile was read with its whole width");
    Ok(tile_root(part))
}

/// The root over a range of entries of a log of `size` entries. The range starts where RFC 6962 splits a tree.
fn root_over(source: &dyn Source, size: u64, range: &Range<u64>) -> Result<Hash, Finding> {
    let length = range.end - range.start;
    if length == 0 {
        return Ok(empty_root());
    }
    if length.is_power_of_two() {
        return complete(source, size, range.start, length.ilog2());
    }
    let middle = middle(range);
    let left = root_over(source, size, &(range.start..middle))?;
    let right = root_over(source, size, &(middle..range.end))?;
    Ok(node_hash(&left, &right))
}

/// The root of the first `size` entries of a log of `have` entries.
pub(crate) fn root_at(source: &dyn Source, have: u64, size: u64) -> Result<Hash, Finding> {
    root_over(source, have, &(0..size))
}

/// The proof that entry `index` is in a log of `size` entries, as [`crate::prove_inclusion`] makes it from all leaves.
pub(crate) fn inclusion(source: &dyn Source, size: u64, index: u64) -> Result<Vec<Hash>, Finding> {
    let mut proof = Vec::new();
    let mut range = 0..size;
    while range.end - range.start > 1 {
        let middle = middle(&range);
        let (with, other) = match index < middle {
            true => (range.start..middle, middle..range.end),
            false => (middle..range.end, range.start..middle),
        };
        proof.push(root_over(source, size, &other)?);
        range = with;
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that a log of `size` entries continues its first `old` ones (RFC 6962 §2.1.2), as [`crate::prove_consistency`] makes
/// it from all leaves.
pub(crate) fn consistency(source: &dyn Source, size: u64, old: u64) -> Result<Vec<Hash>, Finding> {
    let (mut proof, mut range, mut whole) = (Vec::new(), 0..size, true);
    if old == 0 || old >= size {
        return Ok(proof);
    }
    while old < range.end {
        let middle = middle(&range);
        match old <= middle {
            true => {
                proof.push(root_over(source, size, &(middle..range.end))?);
                range = range.start..middle;
            }
            false => {
                proof.push(root_over(source, size, &(range.start..middle))?);
                range = middle..range.end;
                whole = false;
            }
        }
    }
    if !whole {
        proof.push(root_over(source, size, &range)?);
    }
    proof.reverse();
    Ok(proof)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{leaf_hash, prove_consistency};
    use crate::{Log, NoteSigner};

    #[test]
    fn a_proof_from_tiles_is_the_one_from_all_leaves() {
        let place = tempfile::tempdir().unwrap();
        let signer = NoteSigner::new("GBR", ed25519_dalek::SigningKey::from_bytes(&[1; 32])).unwrap();
        let entry = |n: u64| n.to_be_bytes().to_vec();
        for size in [1, 2, 7, 255, 256, 257, 600] {
            let log = Log::new(
                place.path().join(format!("log{size}")),
                place.path().join(format!("head{size}")),
                "GBR/1",
            );
            log.publish(size, &signer, |range| Ok(range.map(entry).collect()))
                .unwrap();
            let leaves: Vec<Hash> = (0..size).map(|n| leaf_hash(&entry(n))).collect();
            let files = crate::Folder::new(place.path().join(format!("log{size}")));
            for old in (1..size).filter(|old| old % 13 == 1 || *old > size - 4 || old.is_power_of_two()) {
                let made = consistency(&files, size, old).unwrap();
                let slow = prove_consistency(&leaves, usize::try_from(old).unwrap()).unwrap();
                assert_eq!(made, slow, "{old} of {size}");
            }
        }
    }
}
