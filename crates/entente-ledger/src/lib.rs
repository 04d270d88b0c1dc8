//! A tamper-evident, append-only log, after the C2SP specifications.
//!
//! The tree is RFC 6962's, a [`Checkpoint`] states its size and root, and a signed [`Note`] carries it.
//! Old and new keys verify side by side, so that a key can be rotated; witnesses add cosignatures.
//! [`Log`] publishes a log as tiles in a folder, and [`verify`] checks such a folder; the rest does no I/O.
//!
//! ```
//! use ed25519_dalek::SigningKey;
//! use entente_ledger::*;
//!
//! // The log appends entries and signs a checkpoint.
//! let leaves: Vec<Hash> = ["one", "two", "three"].iter().map(|entry| leaf_hash(entry.as_bytes())).collect();
//! let checkpoint = Checkpoint { origin: "example.org/log".into(), size: 3, root: root_of(leaves.iter().copied()) };
//! # let random = [7; 32]; // In earnest: 32 bytes from the operating system.
//! let signer = NoteSigner::new("example.org/log", SigningKey::from_bytes(&random))?;
//! let mut note = checkpoint.note()?;
//! signer.sign(&mut note);
//!
//! // Whoever holds the verifier key checks it, and that an entry is in the log.
//! let known = Verifier::parse(&signer.verifier(Kind::Signature).vkey())?;
//! let note = Note::parse(note.render().as_bytes())?;
//! note.verify(&[known])?;
//! let checkpoint = Checkpoint::parse(note.text())?;
//! let proof = prove_inclusion(&leaves, 1).expect("the log has three entries");
//! assert!(verify_inclusion(&leaf_hash(b"two"), 1, checkpoint.size, &checkpoint.root, &proof));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod checkpoint;
mod durable;
mod leaf;
mod log;
mod note;
mod proof;
mod receipt;
mod subtree;
mod text;
mod tile;
mod tiles;
mod tree;
mod verify;
mod witness;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use leaf::{Leaf, Salt, hex};
pub use log::{Log, PublishError};
pub use note::{Kind, MAX_NOTE, MAX_SIGNATURES, Note, NoteError, NoteSigner, Signed, Verifier};
pub use proof::{MAX_PROOF_FILE, Proof, ProofError};
pub use receipt::{ReceiptError, receipt};
pub use text::{DESTROYED, Wording, expand, has_references, names, reference};
pub use tile::{
    MAX_ENTRY, TILE_WIDTH, TilePath, bundle_bytes, bundle_entries, tile_bytes, tile_hashes, tile_root, tiles_between,
};
pub use tiles::{Folder, Tiles, Turn, copy_tiles};
pub use tree::{
    Frontier, Hash, MAX_PROOF, empty_root, leaf_hash, node_hash, prove_consistency, prove_inclusion, root_of,
    verify_consistency, verify_inclusion,
};
pub use verify::{Finding, Source, VerifyReport, signed_by_owner, verify};
pub use witness::{MAX_SUBMISSION, Submission, Unsigned};
