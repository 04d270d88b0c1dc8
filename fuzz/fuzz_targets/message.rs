//! Any JSON as a partner's message to an empty node: refused or taken in, never a panic.
#![no_main]

use entente_core::decide::NoGuards;
use entente_core::{Command, Context, Message, Party, PartyPath, State, handle};
use entente_marking::Groups;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(message) = serde_json::from_slice::<Message>(bytes) else { return };
    let home = PartyPath::new("B").expect("a plain name");
    let groups = Groups::default();
    let context = Context { now: jiff_now(), groups: &groups, schemes: entente_marking::builtin::schemes(), policy: &NoGuards, exposure: &NoGuards };
    let mut state = State::default();
    let party = Party { path: home, name: String::new(), client_of: Default::default(), signing_keys: vec![], recipient: None };
    for event in handle(&state, Command::Found(party), &context).expect("an empty node can be set up").events {
        state.apply(&event);
    }
    let from = PartyPath::new("A").expect("a plain name");
    let command = Command::Receive { from, id: "A-1".into(), digest: "d".into(), message };
    if let Ok(decided) = handle(&state, command, &context) {
        for event in decided.events {
            state.apply(&event);
        }
    }
});

/// A fixed moment: the same input does the same.
fn jiff_now() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH
}
