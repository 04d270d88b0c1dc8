//! Any bytes as notes, checkpoints, proofs, tiles and entries: no panic, and what is read is written back the same.
#![no_main]

use entente_ledger::{Checkpoint, Leaf, Note, Proof, Verifier, bundle_bytes, bundle_entries, tile_hashes};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = Note::parse(bytes) {
        let again = Note::parse(note.render().as_bytes()).expect("a rendered note is a note");
        assert_eq!(again.text(), note.text());
        let _ = Checkpoint::parse(note.text());
    }
    let _ = Proof::parse(bytes);
    if let Some(leaf) = Leaf::parse(bytes) {
        assert_eq!(leaf.to_bytes(), bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Verifier::parse(text);
    }
    for width in [0, 1, 2, 256] {
        let _ = tile_hashes(bytes, width);
        if let Some(entries) = bundle_entries(bytes, width) {
            assert_eq!(bundle_bytes(entries).as_deref(), Some(bytes));
        }
    }
});
