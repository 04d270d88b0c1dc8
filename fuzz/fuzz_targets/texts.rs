//! Any bytes as facts and as a text to be scanned: no panic, and every quotation stands where it is said to.
#![no_main]

use std::sync::LazyLock;

use entente_watch::facts::Facts;
use entente_watch::{Scanner, text};

const FACTS: &str = r#"[{"id":"a","text":"The courier crosses the bridge at Narev.","slots":[
    {"name":"who","any":["courier","messenger*"],"mandatory":true},{"name":"where","any":["bridge","@place"]},
    {"name":"number","any":["@number","@date"]}],"values":["Narev"]}]"#;

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| Scanner::new(Facts::parse(FACTS).expect("these facts are right")));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(json) = std::str::from_utf8(bytes) {
        let _ = Facts::parse(json);
    }
    for name in ["a.txt", "a.html", "a.md", "a.pdf", "a.json", "a.xml"] {
        if let Ok(sources) = text::read_bytes(name, bytes) {
            let _ = SCANNER.scan(sources);
        }
    }
});
