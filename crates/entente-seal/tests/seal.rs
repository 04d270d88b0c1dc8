//! Keys and sealed files against their promises.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use entente_seal::{
    Header, KeyError, KeyPair, Known, SealError, SecretString, Statement, open, open_known, peek, seal,
    seal_succession, sealed_at,
};
use proptest::prelude::*;

fn header(from: &str, to: &str) -> Header {
    Header {
        from: from.into(),
        to: to.into(),
        id: "A-1".into(),
        created: "2026-11-20T10:00:00Z".into(),
        kind: "delivery".into(),
    }
}

fn pair() -> (KeyPair, KeyPair) {
    (KeyPair::generate("A").unwrap(), KeyPair::generate("B").unwrap())
}

#[test]
fn keys_are_kept_under_their_passphrase_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys.age");
    let (a, _) = pair();
    a.save(&path, SecretString::from("correct horse".to_owned()), 4)
        .unwrap();
    // A leftover of an interrupted save, open to everyone.
    std::fs::write(dir.path().join("keys.writing"), "x").unwrap();
    a.save(&path, SecretString::from("correct horse".to_owned()), 4)
        .unwrap();
    assert!(matches!(
        a.save(&path, SecretString::from("x".to_owned()), 23),
        Err(KeyError::Encrypt(_))
    ));
    let again = KeyPair::load(&path, SecretString::from("correct horse".to_owned())).unwrap();
    assert_eq!(again.public(), a.public());
    let wrong = KeyPair::load(&path, SecretString::from("wrong".to_owned()));
    assert!(matches!(wrong, Err(KeyError::Locked(_))));
    let file = std::fs::read(&path).unwrap();
    assert!(file.starts_with(b"age-encryption.org/v1"));
    assert!(!format!("{a:?}").contains("AGE-SECRET"));
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions()) & 0o777,
        0o600
    );
}

#[test]
fn refusals_say_why() {
    let (a, b) = pair();
    let c = KeyPair::generate("C").unwrap();
    let file = seal(&header("A", "B"), b"x", &a, &b.public().recipient).unwrap();
    // Of which kind it is, and when it was sealed, is told to nobody on the way.
    let on_the_way = Header {
        created: String::new(),
        kind: String::new(),
        ..header("A", "B")
    };
    assert_eq!(peek(&file).unwrap(), on_the_way);
    assert!(!String::from_utf8_lossy(&file).contains("delivery") && !String::from_utf8_lossy(&file).contains("2026"));
    let known = |party: &str| (party == "A").then(|| a.public().signing);
    assert_eq!(
        open(&file, &b, |_| None).unwrap_err(),
        SealError::UnknownSender("A".into())
    );
    assert_eq!(
        open(&file, &b, |_| Some(c.public().signing)).unwrap_err(),
        SealError::UnknownSender("A".into())
    );
    assert_eq!(
        open(&file, &c, known).unwrap_err(),
        SealError::NotForUs {
            to: "B".into(),
            here: "C".into()
        }
    );
    assert!(matches!(open(&file[..40], &b, known), Err(SealError::Malformed(_))));
    let newer = [b"entente-bundle/3".as_slice(), &file[16..]].concat();
    assert_eq!(
        open(&newer, &b, known).unwrap_err(),
        SealError::Version("entente-bundle/3".into())
    );
    // C seals in A's name.
    let forged = seal(&header("A", "B"), b"x", &c, &b.public().recipient).unwrap();
    assert_eq!(
        open(&forged, &b, known).unwrap_err(),
        SealError::BadSignature("A".into())
    );
    // The contents of one file under the header of another.
    let other = seal(&header("A", "B"), b"y", &a, &b.public().recipient).unwrap();
    let cut = |file: &[u8]| file.windows(20).position(|w| w == b"age-encryption.org/v").unwrap();
    let mixed = [&file[..cut(&file)], &other[cut(&other)..]].concat();
    assert_eq!(
        open(&mixed, &b, known).unwrap_err(),
        SealError::BadSignature("A".into())
    );
    assert!(matches!(
        seal(&header("A\nto C", "B"), b"", &a, &b.public().recipient),
        Err(SealError::Field(_))
    ));
}

#[test]
fn what_short_messages_say_does_not_show_in_their_size() {
    let (a, b) = pair();
    let size = |kind: &str, payload: &[u8]| {
        let told = Header {
            kind: kind.to_owned(),
            ..header("A", "B")
        };
        let file = seal(&told, payload, &a, &b.public().recipient).unwrap();
        // The head that age writes has a line of random length, which tells nothing.
        let head = file.windows(5).position(|five| five == b"\n--- ").unwrap();
        file.len() - head
    };
    let short = size("receipt", b"x");
    for (kind, payload) in [
        ("withdrawal", vec![b'y'; 700]),
        ("request", vec![b'z'; 3900]),
        ("key-succession", vec![]),
    ] {
        assert_eq!(size(kind, &payload), short, "{kind}");
    }
    assert!(size("delivery", &[b'x'; 9000]) > short);
    assert_eq!(size("delivery", &[b'x'; 9000]), size("delivery", &[b'x'; 9010]));
}

#[test]
fn a_file_of_the_first_releases_still_opens() {
    // As the first release wrote it: kind and moment in the header, the payload alone inside.
    let (a, b) = pair();
    let payload = b"what was said";
    let recipient: age::x25519::Recipient = b.public().recipient.parse().unwrap();
    let contents = age::encrypt(&recipient, payload).unwrap();
    let text = |created: &str| {
        let digest = entente_ledger::hex(&sha2::Digest::finalize(sha2::Digest::chain_update(
            <sha2::Sha256 as sha2::Digest>::new(),
            &contents,
        )));
        format!("entente-bundle/1\nfrom A\nto B\nid A-000001\ncreated {created}\nkind delivery\nsha256 {digest}\n")
    };
    let mut note = entente_ledger::Note::new(&text("2026-11-20T10:00:00Z")).unwrap();
    a.signer().sign(&mut note);
    let file = [note.render().as_bytes(), b"\n", contents.as_slice()].concat();
    let opened = open(&file, &b, |_| Some(a.public().signing)).unwrap();
    assert_eq!(
        (opened.header.kind.as_str(), opened.payload.as_slice()),
        ("delivery", payload.as_slice())
    );
    assert_eq!(sealed_at(&file, &b).unwrap(), "2026-11-20T10:00:00Z");
    let newer = seal(&header("A", "B"), payload, &a, &b.public().recipient).unwrap();
    assert_eq!(sealed_at(&newer, &b).unwrap(), "2026-11-20T10:00:00Z");
    assert_eq!(sealed_at(&newer, &a), None);
}

#[test]
fn after_rotation_old_files_open_and_old_signatures_verify() {
    let (a, b) = pair();
    let file = seal(&header("A", "B"), b"x", &a, &b.public().recipient).unwrap();
    let at = "2026-11-20T10:00:00Z";
    let (a, b) = (a.rotate(at).unwrap(), b.rotate(at).unwrap());
    assert_eq!(a.public().signing.len(), 2);
    a.public().check().unwrap();
    assert_eq!(open(&file, &b, |_| Some(a.public().signing)).unwrap().payload, b"x");
}

#[test]
fn c9_a_key_follows_another_by_a_statement_signed_with_both() {
    let (a, b) = pair();
    let old = a.public();
    let a = a.rotate("2026-11-20T10:00:00Z").unwrap();
    let note = a.succession().unwrap().to_owned();
    let statement = Statement::read(&note).unwrap();
    assert_eq!(statement.party, "A");
    assert_eq!(
        [&statement.from, &statement.to, &statement.recipient],
        [&old.signing[0], &a.public().signing[0], &a.public().recipient]
    );
    // One byte of what it says, one signature less, another party's: none of it holds.
    let changed = note.replace(&statement.recipient, &b.public().recipient);
    let lines: Vec<&str> = note.lines().collect();
    let one_signature = |without: usize| {
        let kept = lines.iter().enumerate().filter(|(n, _)| *n != lines.len() - without);
        kept.map(|(_, line)| format!("{line}\n")).collect::<String>()
    };
    for bad in [changed, one_signature(1), one_signature(2), String::new()] {
        assert!(matches!(Statement::read(&bad), Err(KeyError::Succession(_))), "{bad}");
    }
    // The message about it is signed with the key that partners know; all else with the new one.
    let told = header("A", "B");
    let (about, other) = (
        seal_succession(&told, b"x", &a, &b.public().recipient).unwrap(),
        seal(&told, b"x", &a, &b.public().recipient).unwrap(),
    );
    let known = |current: &str, former: &[String]| Known {
        current: vec![current.to_owned()],
        former: former.to_vec(),
    };
    open_known(&about, &b, |_| known(&old.signing[0], &[])).unwrap();
    let new = a.public().signing;
    assert_eq!(
        open_known(&about, &b, |_| known(&new[0], &new[1..])),
        Err(SealError::FormerKey("A".into()))
    );
    open_known(&other, &b, |_| known(&new[0], &new[1..])).unwrap();
    assert_eq!(
        open_known(&other, &b, |_| known(&old.signing[0], &[])),
        Err(SealError::BadSignature("A".into()))
    );
}

#[test]
fn f3_the_work_factor_is_kept_and_no_passphrase_is_empty() {
    let (a, _) = pair();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.age");
    a.save(&path, SecretString::from("secret".to_owned()), 3).unwrap();
    assert_eq!(KeyPair::work_factor(&path).unwrap(), 3);
    for empty in ["", " ", "\t\n"] {
        let refused = a.save(&path, SecretString::from(empty.to_owned()), 3);
        assert!(matches!(refused, Err(KeyError::NoPassphrase)), "{empty:?}");
    }
    let a = a.rotate("2026-11-20T10:00:00Z").unwrap();
    a.save(&path, SecretString::from("secret".to_owned()), 3).unwrap();
    let again = KeyPair::load(&path, SecretString::from("secret".to_owned())).unwrap();
    assert_eq!(again.public(), a.public());
    assert!(again.succession().is_some());
}

#[test]
fn c9_a_fingerprint_is_read_as_people_type_it() {
    let (a, b) = pair();
    let shown = a.public().fingerprint();
    for typed in [
        shown.clone(),
        shown.replace(' ', ""),
        shown.to_lowercase(),
        shown.replace(' ', "-"),
    ] {
        assert!(a.public().is_confirmed_by(&typed), "{typed}");
    }
    assert!(!a.public().is_confirmed_by(&b.public().fingerprint()) && !a.public().is_confirmed_by(""));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_changed_byte_is_refused(payload in prop::collection::vec(any::<u8>(), 0..300), at in any::<prop::sample::Index>(), bit in 0..8) {
        let (a, b) = pair();
        let file = seal(&header("A", "B"), &payload, &a, &b.public().recipient).unwrap();
        prop_assert_eq!(open(&file, &b, |_| Some(a.public().signing)).unwrap().payload, payload);
        let mut bad = file.clone();
        bad[at.index(file.len())] ^= 1u8 << bit;
        prop_assert!(open(&bad, &b, |_| Some(a.public().signing)).is_err());
    }

    #[test]
    fn no_file_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (_, b) = pair();
        let _ = open(&bytes, &b, |_| None);
        let _ = open(&[b"entente-bundle/1\n".as_slice(), &bytes].concat(), &b, |_| None);
    }
}
