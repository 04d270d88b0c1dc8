//! All tests of what the core promises, in one program: they are built once and share both cores.
//!
//! `cargo test -p entente-core --test all NAME` runs one; `ENTENTE_WORLDS=100000` looks at more random worlds, `ENTENTE_SEED=17` at one alone.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests and their helpers fail like this"
)]

mod aftermath;
mod around_decisions;
mod asking;
mod chance;
mod concern;
mod consent_life;
mod decide_reference;
mod derived;
mod embargo;
mod every_order;
mod handing_on;
mod handled;
mod kept_facts;
mod keys;
mod laws;
mod life_law;
mod marks_in_force;
mod moment;
mod named_and_shown;
mod partner;
mod partners_lie;
mod probing;
mod purge;
mod recall_one;
mod receive;
mod recipients;
mod reference;
mod release;
mod released_marks;
mod replay;
mod reread;
mod schemes;
mod second;
mod sight;
mod single_rules;
mod source_guard;
mod undo;
mod world;
mod worlds;
mod written_text;

/// A file that nobody names here would be a test that is never run.
#[test]
fn every_file_of_tests_is_part_of_this_program() {
    let program = include_str!("main.rs");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let name = name.trim_end_matches(".rs");
        assert!(name == "main" || program.contains(&format!("mod {name};")), "{name}");
    }
}
