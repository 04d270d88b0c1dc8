//! Any bytes as STIX, MISP, CSAF or mail: no panic, and nothing comes in that asks for less than what its file says.
#![no_main]

use entente_core::{PartyPath, State};
use entente_exchange::credential::{self, Asked};
use entente_exchange::importing::step;
use entente_exchange::{Known, Options, Place, Table, read};

/// Nothing that nobody pinned describes a person.
fn credential(bytes: &[u8]) {
    let _ = credential::keys(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let asked = Asked {
        home: &PartyPath::new("HOME").expect("a name"),
        nonce: None,
        schemes: entente_marking::builtin::schemes(),
        now: jiff::Timestamp::UNIX_EPOCH,
    };
    assert!(credential::read(text, &[], &|_, _| Ok(text.to_owned()), &asked).is_err());
}

libfuzzer_sys::fuzz_target!(|input: (bool, &[u8])| {
    let (mail, bytes) = input;
    credential(bytes);
    let mut table = Table::default();
    let name = if mail { "file.eml" } else { "file.json" };
    let Ok(reports) = read(name, bytes, &mut table) else {
        return;
    };
    let (state, home, known) = (State::default(), PartyPath::new("HOME").expect("a name"), Known::default());
    for incoming in reports {
        let place = Place {
            schemes: entente_marking::builtin::schemes(),
            state: &state,
            home: &home,
            now: jiff::Timestamp::UNIX_EPOCH,
            known: &known,
        };
        if let Ok(made) = step(&incoming, &place, &Options::default(), &mut table) {
            let report = made.report();
            assert!(report.portions.len() == incoming.pieces.len() + 1);
            for (portion, piece) in report.portions.iter().zip(&incoming.pieces) {
                let open = portion.label == entente_marking::Label::unrestricted();
                let said = piece.asks.marks.iter().any(|mark| mark.contains("CLEAR") || mark.starts_with("(U"));
                assert!(!open || said, "{portion:?} {piece:?}");
                assert!(piece.asks.unread.is_empty() || !portion.label.unknown.is_empty());
            }
        }
    }
    table.rows();
});
