//! Proof files: what a reader of one may believe, and that no changed bit survives.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use ed25519_dalek::SigningKey;
use entente_ledger::*;

const LOG: &str = "example.org/log";

fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name, SigningKey::from_bytes(&[seed; 32])).expect("the name is valid")
}

fn proof(index: usize) -> (Proof, [Verifier; 1]) {
    let leaves: Vec<Hash> = (0_u8..7).map(|i| leaf_hash(&[i])).collect();
    let checkpoint = Checkpoint {
        origin: LOG.into(),
        size: 7,
        root: root_of(leaves.iter().copied()),
    };
    let (log, mut note) = (signer(LOG, 1), checkpoint.note().expect("the origin is valid"));
    log.sign(&mut note);
    let hashes = prove_inclusion(&leaves, index).expect("the leaf exists");
    (
        Proof {
            extra: None,
            index: index as u64,
            hashes,
            checkpoint: note,
        },
        [log.verifier(Kind::Signature)],
    )
}

#[test]
fn a_proof_reads_back_and_verifies_for_its_entry_only() {
    for index in 0_u8..7 {
        let (mut made, keys) = proof(index.into());
        made.extra = (index > 3).then(|| vec![index; 5]);
        let read = Proof::parse(made.render().as_bytes()).unwrap();
        assert_eq!(read, made);
        assert_eq!(
            read.verify(&[index], LOG, &keys, &[]).unwrap(),
            [Signed {
                name: LOG.into(),
                time: None
            }]
        );
        let wrong = Err(ProofError::NotIncluded {
            index: index.into(),
            size: 7,
        });
        assert_eq!(read.verify(&[index + 1], LOG, &keys, &[]), wrong);
    }
}

#[test]
fn another_log_and_a_witness_alone_are_not_enough() {
    let (mut made, keys) = proof(2);
    let other = ProofError::Origin {
        expected: "other".into(),
        got: LOG.into(),
    };
    assert_eq!(made.verify(&[2], "other", &keys, &[]), Err(other));
    let witness = signer("w.example.org", 2);
    witness.cosign(&mut made.checkpoint, 5).unwrap();
    let witnesses = [witness.verifier(Kind::Cosignature)];
    assert_eq!(
        made.verify(&[2], LOG, &keys, &witnesses).map(|signed| signed.len()),
        Ok(2)
    );
    assert_eq!(made.verify(&[2], LOG, &[], &witnesses), Err(NoteError::Unsigned.into()));
}

#[test]
fn no_flipped_bit_survives() {
    let (made, keys) = proof(4);
    let bytes = made.render().into_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut bad = bytes.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        let survives = Proof::parse(&bad).is_ok_and(|proof| proof.verify(&[4], LOG, &keys, &[]).is_ok());
        assert!(!survives, "bit {bit} changed and the proof still verifies");
    }
}
