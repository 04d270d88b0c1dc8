//! Any text as local rules: no panic and no endless stack; what is taken only forbids.
#![no_main]

use entente_policy::Rules;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = Rules::parse([("r", text)]);
    let whole = format!("forbid (principal, action, resource) when {{ {text} }};");
    let _ = Rules::parse([("r", whole.as_str())]);
});
