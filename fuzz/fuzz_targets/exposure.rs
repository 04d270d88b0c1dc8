//! Any text as a condition, a register or known facts: no panic, what is read is written back, and measures are measures.
#![no_main]

use entente_core::exposure::{Knowledge, Predicate, Register, measure};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(condition) = Predicate::parse(text) {
        let again = Predicate::parse(&condition.to_string()).expect("a written condition can be read");
        assert_eq!(again.to_string(), condition.to_string());
    }
    let (register, known) = text.split_once('\n').unwrap_or((text, "[]"));
    if let Ok(register) = Register::from_json(register)
        && let Ok(known) = Knowledge::from_json(known)
        && let Ok(measures) = measure(&register, &known)
    {
        assert!(measures.consistent <= measures.candidates);
        assert!((0.0..=1.0).contains(&measures.exposure()), "{}", measures.exposure());
    }
});
