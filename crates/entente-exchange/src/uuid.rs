//! Names that are the same wherever and whenever they are made: UUID version 5 (RFC 9562, section 5.5).

use sha1::{Digest, Sha1};

/// The name space of everything made here.
const SPACE: [u8; 16] = [
    0x6f, 0x1d, 0x35, 0x0b, 0x52, 0x8e, 0x4a, 0x0c, 0x9c, 0x2a, 0x0e, 0xc5, 0x9a, 0x7e, 0x41, 0xd3,
];

/// The UUID of what these parts name together.
pub(crate) fn of(parts: &[&str]) -> String {
    named(&SPACE, &parts.join("\u{1f}"))
}

fn named(space: &[u8; 16], name: &str) -> String {
    let digest = Sha1::new().chain_update(space).chain_update(name).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_those_of_the_standard() {
        // RFC 9562, appendix A.4: the name space of DNS and `www.example.com`.
        let dns = [
            0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
        ];
        assert_eq!(
            super::named(&dns, "www.example.com"),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2"
        );
    }
}
