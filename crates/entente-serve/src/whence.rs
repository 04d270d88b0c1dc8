//! Where a request comes from: whoever is connected, or whom a trusted proxy says.
//!
//! Two things rest on it: that the first administrator's account is made on this machine, and that wrong passwords make
//! whoever tries wait and nobody else. Behind a proxy everybody would come from its address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::http::HeaderMap;

/// What proxies write into a request. Only the first is read.
const FORWARDED: [&str; 4] = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/// Nobody in particular, and not this machine.
const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Where a request comes from.
///
/// A trusted proxy adds the address of whoever is connected to it at the right end, so that the first one from there which is no
/// trusted proxy's is believed, and nothing to the left of it. A request that came by a proxy nobody trusts comes from that
/// proxy, and never from this machine.
pub(crate) fn whence(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_trusted = |address: &IpAddr| trusted.iter().any(|proxy| proxy.to_canonical() == *address);
    if !is_trusted(&peer) {
        let forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
        return if forwarded && peer.is_loopback() { NOWHERE } else { peer };
    }
    let mut seen = peer;
    for value in headers.get_all("x-forwarded-for").iter().rev() {
        // What is no text names nobody.
        for name in value.to_str().unwrap_or("?").rsplit(',') {
            let Some(address) = read(name.trim()) else {
                return NOWHERE;
            };
            seen = address.to_canonical();
            if !is_trusted(&seen) {
                return seen;
            }
        }
    }
    seen
}

/// An address, with a port or without.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    bare.parse().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, headers: &[(&str, &str)], trusted: &[&str]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name.parse::<axum::http::HeaderName>().unwrap(), value.parse().unwrap());
        }
        let trusted: Vec<IpAddr> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        whence(peer.parse().unwrap(), &map, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_what_it_adds() {
        let own: &[&str] = &["127.0.0.1"];
        let x = |value| [("x-forwarded-for", value)];
        for (peer, headers, trusted, expected) in [
            // Nobody between.
            ("127.0.0.1", &[][..], &[][..], "127.0.0.1"),
            ("203.0.113.9", &[], own, "203.0.113.9"),
            ("127.0.0.1", &[], own, "127.0.0.1"),
            // Strangers say what they like.
            ("203.0.113.9", &x("127.0.0.1")[..], own, "203.0.113.9"),
            ("203.0.113.9", &x("127.0.0.1"), &[], "203.0.113.9"),
            // A proxy on this machine that nobody named: not this machine.
            ("127.0.0.1", &x("127.0.0.1"), &[], "0.0.0.0"),
            ("127.0.0.1", &[("forwarded", "for=127.0.0.1")], &[], "0.0.0.0"),
            ("127.0.0.1", &[("via", "1.1 proxy")], &[], "0.0.0.0"),
            // A trusted one: what stands at the right end.
            ("127.0.0.1", &x("203.0.113.9"), own, "203.0.113.9"),
            ("127.0.0.1", &x("127.0.0.1, 203.0.113.9"), own, "203.0.113.9"),
            (
                "127.0.0.1",
                &[("x-forwarded-for", "127.0.0.1"), ("x-forwarded-for", "203.0.113.9")],
                own,
                "203.0.113.9",
            ),
            ("127.0.0.1", &x("203.0.113.9:443"), own, "203.0.113.9"),
            ("127.0.0.1", &x("[2001:db8::1]:443"), own, "2001:db8::1"),
            ("127.0.0.1", &x("[2001:db8::1]"), own, "2001:db8::1"),
            // One behind the other.
            (
                "127.0.0.1",
                &x("203.0.113.9, 10.0.0.1"),
                &["127.0.0.1", "10.0.0.1"],
                "203.0.113.9",
            ),
            // The machine itself, by its own proxy.
            ("127.0.0.1", &x("127.0.0.1"), own, "127.0.0.1"),
            ("::ffff:127.0.0.1", &x("203.0.113.9"), own, "203.0.113.9"),
            // What names nobody is nobody.
            ("127.0.0.1", &x("unknown"), own, "0.0.0.0"),
            ("127.0.0.1", &x(""), own, "0.0.0.0"),
        ] {
            assert_eq!(seen(peer, headers, trusted), expected, "{peer} {headers:?} {trusted:?}");
        }
    }
}
