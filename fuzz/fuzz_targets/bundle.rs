//! Any bytes as a sealed file: refused, never opened, never a panic.
#![no_main]

use std::sync::LazyLock;

use entente_seal::KeyPair;

static KEYS: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate("B").expect("a plain name"));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let known = |_: &str| Some(KEYS.public().signing);
    assert!(entente_seal::open(bytes, &KEYS, known).is_err());
    let whole = [b"entente-bundle/1\n".as_slice(), bytes].concat();
    assert!(entente_seal::open(&whole, &KEYS, known).is_err());
    let _ = entente_seal::peek(&whole);
});
