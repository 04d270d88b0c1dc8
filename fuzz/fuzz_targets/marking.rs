//! Any text as a US mark: no panic, faults inside the text, canonical text stable.
#![no_main]

use entente_marking::us::UsIc;
use entente_marking::{MarkKind, Scheme};

libfuzzer_sys::fuzz_target!(|text: &str| {
    for scheme in [UsIc::ic_2016(), UsIc::dodm_5200_01()] {
        for kind in [MarkKind::Banner, MarkKind::Portion] {
            let checked = scheme.check(text, kind, Some("SECRET//REL TO USA, GBR"));
            for finding in &checked.findings {
                assert!(finding.start <= finding.end && finding.end <= text.len());
                assert!(text.is_char_boundary(finding.start) && text.is_char_boundary(finding.end));
            }
            if let Some(marking) = scheme.check(text, kind, None).marking {
                let again = scheme.check(&marking.canonical, kind, None).marking.expect("canonical text is valid");
                assert_eq!(again, marking);
            }
            scheme.explain(text, kind);
        }
        let portions: Vec<&str> = text.lines().collect();
        if let Some(banner) = scheme.rollup(&portions, None).banner {
            assert!(scheme.check(&banner.canonical, MarkKind::Banner, None).canonical.is_some());
        }
    }
});
