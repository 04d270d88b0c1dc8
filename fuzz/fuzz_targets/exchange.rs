//! Any bytes as STIX, MISP, CSAF or mail: no panic, and nothing comes in that asks for less than what its file says.
#![no_main]

use entente_core::{PartyPath, State};
use entente_exchange::importing::step;
use entente_exchange::{Known, Options, Place, Table, read};

libfuzzer_sys::fuzz_target!(|input: (bool, &[u8])| {
    let (mail, bytes) = input;
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
