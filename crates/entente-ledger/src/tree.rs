//! The Merkle tree of RFC 6962, section 2.1, over SHA-256.

use sha2::{Digest, Sha256};

/// A SHA-256 hash: of a leaf, of a subtree or the root of a tree.
pub type Hash = [u8; 32];

/// The longest proof that a tree of at most 2^64 leaves can need: one hash a level, and one to start a consistency proof.
pub const MAX_PROOF: usize = 65;

/// The hash of a leaf: `SHA-256(0x00 ‖ entry)` (RFC 6962, section 2.1).
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of an inner node: `SHA-256(0x01 ‖ left ‖ right)` (RFC 6962, section 2.1).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The root of the empty tree: SHA-256 of nothing (RFC 6962, section 2.1).
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The right edge of a growing tree: the roots of its complete subtrees, largest first.
///
/// Holds at most 64 hashes, so a log of any size is extended and re-rooted without reading it.
///
/// ```
/// use entente_ledger::{Frontier, leaf_hash, node_hash};
/// let (a, b) = (leaf_hash(b"a"), leaf_hash(b"b"));
/// let mut tree = Frontier::default();
/// tree.push(a);
/// tree.push(b);
/// assert_eq!((tree.size(), tree.root()), (2, node_hash(&a, &b)));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Appends one leaf hash.
    pub fn push(&mut self, leaf: Hash) {
        // Each trailing one bit of the size is a complete subtree that the new leaf completes into a larger one.
        let keep = self.peaks.len() - self.size.trailing_ones() as usize;
        let hash = self
            .peaks
            .drain(keep..)
            .rev()
            .fold(leaf, |right, left| node_hash(&left, &right));
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree so far.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return empty_root() };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// The root over leaf hashes, read once and in order.
#[must_use]
pub fn root_of(leaves: impl IntoIterator<Item = Hash>) -> Hash {
    let mut frontier = Frontier::default();
    leaves.into_iter().for_each(|leaf| frontier.push(leaf));
    frontier.root()
}

/// The largest power of two smaller than `n`, where RFC 6962 splits a tree of `n` > 1 leaves.
fn split(n: usize) -> usize {
    1 << (n - 1).ilog2()
}

/// The proof that leaf `index` is in the tree over `leaves`, from the leaf's sibling up to a child of the root
/// (RFC 6962, section 2.1.1). `None` if there is no such leaf.
#[must_use]
pub fn prove_inclusion(mut leaves: &[Hash], mut index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    let mut proof = Vec::new();
    while leaves.len() > 1 {
        let (left, right) = leaves.split_at(split(leaves.len()));
        if index < left.len() {
            proof.push(root_of(right.iter().copied()));
            leaves = left;
        } else {
            proof.push(root_of(left.iter().copied()));
            index -= left.len();
            leaves = right;
        }
    }
    proof.reverse();
    Some(proof)
}

/// Whether `proof` shows `leaf` at `index` of the tree with this `size` and `root` (RFC 9162, section 2.1.3.2).
#[must_use]
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, root: &Hash, proof: &[Hash]) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// The proof that the tree over the first `old` leaves is a prefix of the tree over `leaves` (RFC 6962, section 2.1.2).
/// `None` if `old` exceeds the tree; empty for an empty or equal old tree.
#[must_use]
pub fn prove_consistency(mut leaves: &[Hash], mut old: usize) -> Option<Vec<Hash>> {
    if old > leaves.len() {
        return None;
    }
    let mut proof = Vec::new();
    if old == 0 {
        return Some(proof);
    }
    let mut whole = true;
    while old != leaves.len() {
        let (left, right) = leaves.split_at(split(leaves.len()));
        if old <= left.len() {
            proof.push(root_of(right.iter().copied()));
            leaves = left;
        } else {
            proof.push(root_of(left.iter().copied()));
            old -= left.len();
            leaves = right;
            whole = false;
        }
    }
    // The verifier already has the old root; only a subtree of the old tree must be given.
    if !whole {
        proof.push(root_of(leaves.iter().copied()));
    }
    proof.reverse();
    Some(proof)
}

/// Whether `proof` shows that the tree `(old, old_root)` is a prefix of the tree `(new, new_root)`
/// (RFC 9162, section 2.1.4.2). The empty tree is a prefix of every tree, if its root is right.
#[must_use]
pub fn verify_consistency(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> bool {
    if old > new {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    if old == 0 {
        return proof.is_empty() && *old_root == empty_root();
    }
    let shift = (old - 1).trailing_ones();
    let (mut node, mut last) = ((old - 1).unbounded_shr(shift), (new - 1).unbounded_shr(shift));
    let mut rest = proof.iter();
    let first = if old.is_power_of_two() {
        Some(old_root)
    } else {
        rest.next()
    };
    let Some(first) = first else { return false };
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}
