//! All tests of the program as people run it, in one program: they are built once and share both cores.
//!
//! `cargo test --workspace --test program NAME` runs one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests and their helpers fail like this"
)]

mod access;
mod api;
mod asking;
mod assure;
mod attacks;
mod brief;
mod cert;
mod commands;
mod conditions;
mod credential;
mod demo;
mod embargo;
mod existence;
mod feeds;
mod folder;
mod founding;
mod incident;
mod interchange;
mod keys;
mod lists;
mod network;
mod node;
mod pages;
mod persons;
mod record;
mod release;
mod rest;
mod roles;
mod rule;
mod scheme;
mod serve;
mod six;
mod source;
mod states;
mod steps;
mod story;
mod streams;
mod support;
mod taxii;
mod watching;
mod witnesses;
mod words;

/// A file that nobody names here would be a test that is never run.
#[test]
fn every_file_of_tests_is_part_of_this_program() {
    let program = include_str!("main.rs");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = name.strip_suffix(".rs") else { continue };
        assert!(name == "main" || program.contains(&format!("mod {name};")), "{name}");
    }
}
