//! The marks of copies: one line a case.

use std::collections::BTreeSet;

use entente_marking::us::UsIc;
use entente_marking::{CopyList, Entity, Scheme, codes, public_mark, released_mark};

#[test]
fn b20_a_copy_names_owner_and_receiver_and_lowers_nothing() {
    let us = UsIc::ic_2016();
    // Written, receivers, the copy's mark: with the receivers only, and with the whole list. None: a substitute is needed.
    let cases = [
        (
            "(S//REL TO USA, GBR)",
            "JOR",
            Some("(S//REL TO USA, JOR)"),
            Some("(S//REL TO USA, GBR, JOR)"),
        ),
        (
            "(S//NF)",
            "JOR",
            Some("(S//REL TO USA, JOR)"),
            Some("(S//REL TO USA, JOR)"),
        ),
        ("(S)", "JOR", Some("(S//REL TO USA, JOR)"), Some("(S//REL TO USA, JOR)")),
        (
            "(S//REL TO USA, FVEY)",
            "GBR",
            Some("(S//REL TO USA, GBR)"),
            Some("(S//REL TO USA, FVEY)"),
        ),
        (
            "(TS//SI//OC/NF)",
            "JOR",
            Some("(TS//SI//OC/REL TO USA, JOR)"),
            Some("(TS//SI//OC/REL TO USA, JOR)"),
        ),
        ("(TS//HCS-P//OC/NF)", "JOR", None, None),
        ("(S//NF//XD)", "JOR", None, None),
        (
            "(S//LES-NF)",
            "JOR",
            Some("(S//REL TO USA, JOR//LES)"),
            Some("(S//REL TO USA, JOR//LES)"),
        ),
        (
            "(S//REL TO USA, GBR/DISPLAY ONLY CHL)",
            "CHL",
            Some("(S//DISPLAY ONLY CHL)"),
            Some("(S//REL TO USA, GBR/DISPLAY ONLY CHL)"),
        ),
        (
            "(S//DISPLAY ONLY AFG)",
            "JOR",
            Some("(S//REL TO USA, JOR)"),
            Some("(S//REL TO USA, JOR/DISPLAY ONLY AFG)"),
        ),
        (
            "(//JOINT S GBR USA//REL TO USA, GBR)",
            "JOR",
            Some("(//JOINT S GBR USA//REL TO USA, GBR, JOR)"),
            Some("(//JOINT S GBR USA//REL TO USA, GBR, JOR)"),
        ),
        (
            "(S//FGI DEU//REL TO USA, DEU, FRA)",
            "JOR",
            Some("(S//FGI DEU//REL TO USA, DEU, JOR)"),
            Some("(S//FGI DEU//REL TO USA, DEU, FRA, JOR)"),
        ),
        (
            "(S//USA/GBR EYES ONLY)",
            "AUS",
            Some("(S//REL TO USA, AUS)"),
            Some("(S//REL TO USA, AUS, GBR)"),
        ),
        ("(S//REL TO USA, GBR)", "PRESS", None, None),
        (
            "(S//REL TO USA, GBR)",
            "CHL JOR",
            Some("(S//REL TO USA, CHL, JOR)"),
            Some("(S//REL TO USA, CHL, GBR, JOR)"),
        ),
        ("(S//REL)", "JOR", None, None),
        ("(S//QQQQ)", "JOR", None, None),
    ];
    for (written, to, narrow, whole) in cases {
        let to: BTreeSet<Entity> = to.split(' ').map(Entity::new).collect();
        for (list, expected) in [(CopyList::Receivers, narrow), (CopyList::Whole, whole)] {
            let copy = released_mark(&us, written, &to, list);
            let copy = copy.map(|marking| marking.canonical);
            assert_eq!(
                copy.as_deref().ok(),
                expected,
                "{written} for {to:?} ({list:?}): {copy:?}"
            );
        }
    }
}

#[test]
fn b20_a_mark_without_a_list_stays_as_it_is_written() {
    let jor = BTreeSet::from([Entity::new("JOR")]);
    let (tlp, pap, europol) = (codes::tlp(), codes::pap(), codes::europol());
    let cases: [(&dyn Scheme, &str); 4] = [
        (&tlp, "(TLP:RED)"),
        (&tlp, "(TLP:AMBER+STRICT)"),
        (&pap, "(PAP:AMBER)"),
        (&europol, "(H1/H2)"),
    ];
    for (scheme, written) in cases {
        let copy = released_mark(scheme, written, &jor, CopyList::Receivers).map(|marking| marking.canonical);
        assert_eq!(copy.as_deref(), Ok(written));
    }
}

#[test]
fn e1_only_a_mark_that_asks_nothing_is_for_the_public() {
    let (us, tlp) = (UsIc::ic_2016(), codes::tlp());
    let cases: [(&dyn Scheme, &str, bool); 8] = [
        (&us, "(U)", true),
        (&us, "(U//FOUO)", false),
        (&us, "(U//NF)", false),
        (&us, "(U//REL TO USA, GBR)", false),
        (&us, "(S//REL TO USA, GBR)", false),
        (&us, "(C)", false),
        (&tlp, "(TLP:CLEAR)", true),
        (&tlp, "(TLP:GREEN)", false),
    ];
    for (scheme, written, open) in cases {
        assert_eq!(public_mark(scheme, written).is_ok(), open, "{written}");
    }
}
