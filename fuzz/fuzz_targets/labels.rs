//! Any text as a policy or a label: no panic, and what is read is written back with the same meaning.
#![no_main]

use std::sync::LazyLock;

use entente_marking::spif::{BUILTIN, Policy};
use entente_marking::{MarkKind, Scheme, codes, spif::SpifScheme, stanag};

static SCHEMES: LazyLock<Vec<Box<dyn Scheme>>> = LazyLock::new(|| {
    let mut schemes: Vec<Box<dyn Scheme>> = vec![Box::new(codes::tlp()), Box::new(codes::pap()), Box::new(codes::europol())];
    for (_, text) in BUILTIN {
        schemes.push(Box::new(SpifScheme::new(Policy::from_xml(text).expect("a shipped policy"))));
    }
    schemes
});

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = Policy::from_xml(text);
    if let Ok(written) = stanag::read_xml(text) {
        let again = stanag::read_xml(&stanag::write_xml(&written.label)).expect("a written label can be read");
        assert_eq!(again.label, written.label);
    }
    let _ = stanag::read_clearance(text);
    if let Ok((label, base)) = stanag::read_json(text) {
        let again = stanag::read_json(&stanag::write_json(&label, base.as_deref())).expect("a written label can be read");
        assert_eq!(again, (label, base));
    }
    for scheme in SCHEMES.iter() {
        for kind in [MarkKind::Banner, MarkKind::Portion] {
            scheme.check(text, kind, None);
            scheme.explain(text, kind);
        }
        scheme.rollup(&text.lines().take(8).collect::<Vec<_>>(), None);
    }
});
