//! A published log: verified whole, and every changed byte found.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use ed25519_dalek::SigningKey;
use entente_ledger::{Folder, Kind, Leaf, Log, NoteSigner, PublishError, Salt, Verifier, verify};
use proptest::prelude::*;

fn signer() -> NoteSigner {
    NoteSigner::new("log.example", SigningKey::from_bytes(&[7; 32])).unwrap()
}

fn keys() -> Vec<Verifier> {
    vec![Verifier::parse(&signer().verifier(Kind::Signature).vkey()).unwrap()]
}

fn entry(n: u64) -> Vec<u8> {
    let salt = Salt::from_bytes(&[u8::try_from(n % 251).unwrap(); 32]).unwrap();
    Leaf::new(
        n + 1,
        "2026-11-20T10:00:00Z".to_owned(),
        "test",
        &salt,
        &n.to_be_bytes(),
    )
    .to_bytes()
}

fn entries(range: std::ops::Range<u64>) -> Result<Vec<Vec<u8>>, String> {
    Ok(range.map(entry).collect())
}

fn log(dir: &std::path::Path) -> Log {
    Log::new(dir.join("ledger"), dir.join("head"), "log.example")
}

fn check(dir: &std::path::Path) -> entente_ledger::VerifyReport {
    verify(&Folder::new(dir.join("ledger")), &keys(), &mut |_, _| ())
}

#[test]
fn a_growing_log_verifies_at_every_size() {
    let dir = tempfile::tempdir().unwrap();
    for size in [0, 1, 2, 7, 255, 256, 257, 511, 512, 700, 66_000] {
        let checkpoint = log(dir.path()).publish(size, &signer(), entries).unwrap();
        let slow = entente_ledger::root_of((0..size).map(|n| entente_ledger::leaf_hash(&entry(n))));
        assert_eq!(checkpoint.root, slow, "size {size}");
        let report = check(dir.path());
        assert!(report.ok, "size {size}: {:?}", report.findings);
        assert_eq!(report.size, size);
    }
    let (proof, found) = log(dir.path()).prove(65_999).unwrap();
    assert_eq!(found, entry(65_999));
    proof.verify(&found, "log.example", &keys(), &[]).unwrap();
    assert!(proof.verify(&entry(1), "log.example", &keys(), &[]).is_err());
}

fn files(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        match entry.path().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

#[test]
fn any_changed_byte_is_found_and_named() {
    let dir = tempfile::tempdir().unwrap();
    for size in [3, 259, 300] {
        log(dir.path()).publish(size, &signer(), entries).unwrap();
    }
    let ledger = dir.path().join("ledger");
    assert!(check(dir.path()).ok);
    for file in files(&ledger) {
        let good = std::fs::read(&file).unwrap();
        let name = file.strip_prefix(&ledger).unwrap().to_string_lossy().into_owned();
        // Every byte of small files; a sample of large ones, first and last included.
        let step = (good.len() / 60).max(1);
        for at in (0..good.len()).step_by(step).chain([good.len() - 1]) {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            std::fs::write(&file, &bad).unwrap();
            let report = check(dir.path());
            assert!(!report.ok, "{name} byte {at}");
            let tile = name.replace("tile/0/", "tile/entries/");
            let named = report
                .findings
                .iter()
                .any(|f| f.place.starts_with(&name) || f.place.starts_with(&tile));
            assert!(named, "{name} byte {at}: {:?}", report.findings);
        }
        std::fs::remove_file(&file).unwrap();
        let kept = name.starts_with("checkpoints/");
        assert_eq!(check(dir.path()).ok, kept, "{name} removed");
        std::fs::write(&file, &good).unwrap();
    }
    std::fs::write(ledger.join("tile/0/999"), [0; 32]).unwrap();
    assert!(!check(dir.path()).ok);
}

#[test]
fn nothing_is_signed_over_a_fork_a_restored_copy_or_a_flipped_bit() {
    let dir = tempfile::tempdir().unwrap();
    log(dir.path()).publish(300, &signer(), entries).unwrap();
    let behind = log(dir.path()).publish(299, &signer(), entries);
    assert!(matches!(behind, Err(PublishError::Behind { have: 299, signed: 300 })));
    let forked =
        |range: std::ops::Range<u64>| -> Result<Vec<Vec<u8>>, String> { Ok(range.map(|n| entry(n + 1)).collect()) };
    let result = log(dir.path()).publish(310, &signer(), forked);
    assert!(
        matches!(result, Err(PublishError::Forked { signed: 300 })),
        "{result:?}"
    );
    let tile = dir.path().join("ledger/tile/0/001.p/44");
    let mut bytes = std::fs::read(&tile).unwrap();
    bytes[5] ^= 4;
    std::fs::write(&tile, bytes).unwrap();
    assert!(log(dir.path()).publish(320, &signer(), entries).is_err());
    assert_eq!(log(dir.path()).latest().unwrap().unwrap().size, 300);
}

#[test]
fn another_s_signature_is_not_enough() {
    let dir = tempfile::tempdir().unwrap();
    log(dir.path()).publish(5, &signer(), entries).unwrap();
    let other = NoteSigner::new("other.example", SigningKey::from_bytes(&[9; 32])).unwrap();
    let known = vec![Verifier::parse(&other.verifier(Kind::Signature).vkey()).unwrap()];
    assert!(!verify(&Folder::new(dir.path().join("ledger")), &known, &mut |_, _| ()).ok);
}

/// An interrupted publication leaves files that no checkpoint covers yet: no tampering, and gone after the next one.
#[test]
fn an_interrupted_publication_verifies_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    log(dir.path()).publish(290, &signer(), entries).unwrap();
    for (size, until) in [(600, 512), (605, 512), (1000, 768)] {
        let interrupted = log(dir.path()).publish(size, &signer(), |range| match range.start < until {
            true => entries(range),
            false => Err("the machine stopped".to_owned()),
        });
        assert!(matches!(interrupted, Err(PublishError::Source(_))), "{interrupted:?}");
        let report = check(dir.path());
        assert!(report.ok && report.size == 290, "{size}: {:?}", report.findings);
    }
    // Stopped between the tiles and the checkpoint: those of 1000 are whole, and the next size needs others.
    let before = std::fs::read(dir.path().join("ledger/checkpoint")).unwrap();
    log(dir.path()).publish(1000, &signer(), entries).unwrap();
    std::fs::write(dir.path().join("ledger/checkpoint"), before).unwrap();
    std::fs::write(dir.path().join("ledger/publishing"), "290\n1000\n").unwrap();
    log(dir.path()).publish(290, &signer(), entries).unwrap_err();
    log(dir.path()).publish(1001, &signer(), entries).unwrap();
    assert!(check(dir.path()).ok);
    let clean = tempfile::tempdir().unwrap();
    log(clean.path()).publish(1001, &signer(), entries).unwrap();
    let names = |dir: &std::path::Path| {
        let dir = dir.join("ledger");
        let mut names: Vec<String> = files(&dir)
            .iter()
            .map(|file| file.strip_prefix(&dir).unwrap().to_string_lossy().into_owned())
            .filter(|name| !name.starts_with("checkpoints/"))
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(dir.path()), names(clean.path()));
}

#[test]
fn proofs_from_tiles_are_those_from_all_leaves() {
    let dir = tempfile::tempdir().unwrap();
    let mut before = 0;
    for size in [1, 2, 255, 256, 257, 300, 513, 1000, 66_000] {
        log(dir.path()).publish(size, &signer(), entries).unwrap();
        let leaves: Vec<_> = (0..size).map(|n| entente_ledger::leaf_hash(&entry(n))).collect();
        let step = usize::try_from(size / 40).unwrap().max(1);
        for index in (0..size).step_by(step).chain([before, size - 1]) {
            let (proof, found) = log(dir.path()).prove(index).unwrap();
            let slow = entente_ledger::prove_inclusion(&leaves, usize::try_from(index).unwrap()).unwrap();
            assert_eq!((proof.hashes, found), (slow, entry(index)), "entry {index} of {size}");
        }
        assert!(log(dir.path()).prove(size).is_err());
        before = size;
    }
    // No proof is made from a changed tile.
    let tile = dir.path().join("ledger/tile/0/100");
    let mut bytes = std::fs::read(&tile).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&tile, bytes).unwrap();
    assert!(log(dir.path()).prove(25_600).is_err());
}

#[test]
fn of_two_writers_each_continues_what_the_other_signed() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for offset in [1, 2] {
            let log = log(dir.path());
            scope.spawn(move || {
                for n in 0..20 {
                    match log.publish(n * 20 + offset, &signer(), entries) {
                        Ok(_) | Err(PublishError::Behind { .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
    let report = check(dir.path());
    assert!(report.ok && report.size == 382, "{report:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bit_of_any_file_counts(
        sizes in prop::collection::btree_set(1_u64..600, 1..4), file: prop::sample::Index, at: prop::sample::Index, bit in 0..8,
    ) {
        let dir = tempfile::tempdir().unwrap();
        for size in &sizes {
            log(dir.path()).publish(*size, &signer(), entries).unwrap();
        }
        let report = check(dir.path());
        prop_assert!(report.ok, "{:?}", report.findings);
        let files = files(&dir.path().join("ledger"));
        let file = &files[file.index(files.len())];
        let mut bytes = std::fs::read(file).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        std::fs::write(file, bytes).unwrap();
        prop_assert!(!check(dir.path()).ok, "bit {bit} of byte {at} of {}", file.display());
    }
}

#[test]
fn a_lost_or_foreign_kept_checkpoint_stops_signing() {
    let dir = tempfile::tempdir().unwrap();
    log(dir.path()).publish(300, &signer(), entries).unwrap();
    let other = Log::new(dir.path().join("ledger"), dir.path().join("head"), "log.example/other");
    assert!(matches!(
        other.publish(310, &signer(), entries),
        Err(PublishError::OtherLog { .. })
    ));
    std::fs::remove_file(dir.path().join("head")).unwrap();
    for size in [5, 310] {
        let lost = log(dir.path()).publish(size, &signer(), entries);
        assert!(matches!(lost, Err(PublishError::HeadMissing(_))), "{lost:?}");
    }
    // The remedy that the message names.
    std::fs::copy(dir.path().join("ledger/checkpoint"), dir.path().join("head")).unwrap();
    log(dir.path()).publish(310, &signer(), entries).unwrap();
}

/// A folder that holds just a checkpoint, signed and cosigned as asked.
fn only_checkpoint(origin: &str, size: u64, sign: impl Fn(&mut entente_ledger::Note)) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let checkpoint = entente_ledger::Checkpoint {
        origin: origin.to_owned(),
        size,
        root: entente_ledger::empty_root(),
    };
    let mut note = checkpoint.note().unwrap();
    sign(&mut note);
    std::fs::write(dir.path().join("checkpoint"), note.render()).unwrap();
    dir
}

#[test]
fn a_log_is_signed_by_the_owner_that_it_is_named_after() {
    let found = |dir: &tempfile::TempDir, keys: &[Verifier]| verify(&Folder::new(dir.path()), keys, &mut |_, _| ());
    for (origin, ok) in [
        ("log.example", true),
        ("log.example/7f", true),
        ("another.log", false),
        ("log.example2", false),
    ] {
        let dir = only_checkpoint(origin, 0, |note| signer().sign(note));
        assert_eq!(found(&dir, &keys()).ok, ok, "{origin}");
    }
    let witness = vec![Verifier::parse(&signer().verifier(Kind::Cosignature).vkey()).unwrap()];
    let dir = only_checkpoint("log.example", 0, |note| signer().cosign(note, 1_800_000_000).unwrap());
    assert!(!found(&dir, &witness).ok, "a witness alone is not enough");
}

#[test]
fn a_size_that_the_files_cannot_hold_is_refused_at_once() {
    let dir = only_checkpoint("log.example", 1 << 62, |note| signer().sign(note));
    let report = verify(&Folder::new(dir.path()), &keys(), &mut |_, _| ());
    assert!(
        !report.ok && report.findings.iter().any(|f| f.problem.contains("files are missing")),
        "{report:?}"
    );
    // Nor does a number left behind by an interrupted publication keep the next one busy for ever.
    let dir = tempfile::tempdir().unwrap();
    log(dir.path()).publish(3, &signer(), entries).unwrap();
    std::fs::write(dir.path().join("ledger/publishing"), "4611686018427387904\n").unwrap();
    log(dir.path()).publish(4, &signer(), entries).unwrap();
}
