//! The tree against RFC 6962's own recursive definition, and notes against every flipped bit.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use ed25519_dalek::SigningKey;
use entente_ledger::*;
use proptest::prelude::*;

/// RFC 6962, section 2.1, word for word.
fn twin(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&twin(left), &twin(right))
        }
    }
}

fn leaves(n: usize) -> Vec<Hash> {
    (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

fn len(n: usize) -> u64 {
    n as u64
}

#[test]
fn every_small_tree_agrees_with_the_definition_and_its_proofs_verify() {
    for n in 0..=40 {
        let all = leaves(n);
        let root = twin(&all);
        assert_eq!(root_of(all.iter().copied()), root, "root of {n} leaves");
        for i in 0..n {
            let proof = prove_inclusion(&all, i).unwrap();
            assert!(
                verify_inclusion(&all[i], len(i), len(n), &root, &proof),
                "leaf {i} of {n}"
            );
        }
        assert_eq!(prove_inclusion(&all, n), None);
        for old in 0..=n {
            let proof = prove_consistency(&all, old).unwrap();
            assert!(
                verify_consistency(len(old), &twin(&all[..old]), len(n), &root, &proof),
                "{old} to {n}"
            );
        }
        assert_eq!(prove_consistency(&all, n + 1), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn wrong_proofs_are_rejected(n in 2_usize..400, a: prop::sample::Index, at: prop::sample::Index, bit in 0_usize..256) {
        let all = leaves(n);
        let root = twin(&all);
        let i = a.index(n);
        let proof = prove_inclusion(&all, i).unwrap();
        let flip = |proof: &[Hash]| {
            let mut bad = proof.to_vec();
            bad[at.index(proof.len())][bit / 8] ^= 1 << (bit % 8);
            bad
        };
        prop_assert!(!verify_inclusion(&all[i], len(i), len(n), &root, &flip(&proof)));
        prop_assert!(!verify_inclusion(&all[(i + 1) % n], len(i), len(n), &root, &proof));
        prop_assert!(!verify_inclusion(&all[i], len(i), len(n), &root, &proof[1..]));
        let long = [proof, vec![root]].concat();
        prop_assert!(!verify_inclusion(&all[i], len(i), len(n), &root, &long));

        let old = 1 + a.index(n - 1);
        let proof = prove_consistency(&all, old).unwrap();
        let old_root = twin(&all[..old]);
        prop_assert!(verify_consistency(len(old), &old_root, len(n), &root, &proof));
        prop_assert!(!verify_consistency(len(old), &old_root, len(n), &root, &flip(&proof)));
        prop_assert!(!verify_consistency(len(old), &root, len(n), &root, &proof));
    }
}

#[test]
fn a_flipped_bit_in_a_note_never_verifies_as_another_text() {
    let log = NoteSigner::new("example.org/log", SigningKey::from_bytes(&[1; 32])).unwrap();
    let witness = NoteSigner::new("w.example.org", SigningKey::from_bytes(&[2; 32])).unwrap();
    let mut note = Checkpoint {
        origin: "example.org/log".into(),
        size: 9,
        root: [3; 32],
    }
    .note()
    .unwrap();
    log.sign(&mut note);
    witness.cosign(&mut note, 1_700_000_000).unwrap();
    let known = [log.verifier(Kind::Signature), witness.verifier(Kind::Cosignature)];
    let good = note.verify(&known).unwrap();
    assert_eq!(
        good.iter().map(|s| s.time).collect::<Vec<_>>(),
        [None, Some(1_700_000_000)]
    );
    let bytes = note.render().into_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut bad = bytes.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        let both = Note::parse(&bad)
            .and_then(|n| n.verify(&known))
            .is_ok_and(|s| s == good);
        assert!(!both, "bit {bit} changed and both signatures still verify");
    }
}

#[test]
fn keys_rotate_and_strangers_do_not_count() {
    let key = |seed| NoteSigner::new("example.org/log", SigningKey::from_bytes(&[seed; 32])).unwrap();
    let (old, new, stranger) = (key(1), key(2), key(3));
    let mut note = Note::new("text\n").unwrap();
    old.sign(&mut note);
    new.sign(&mut note);
    for known in [&old, &new] {
        assert_eq!(note.verify(&[known.verifier(Kind::Signature)]).map(|s| s.len()), Ok(1));
    }
    assert_eq!(
        note.verify(&[stranger.verifier(Kind::Signature)]),
        Err(NoteError::Unsigned)
    );
    assert_eq!(
        note.verify(&[old.verifier(Kind::Cosignature)]),
        Err(NoteError::Unsigned)
    );
}
