//! Whom this node may call where a person, and not its operator, names the address: public addresses, and networks that the
//! operator allows. Names are resolved once, every address is looked at, and the one that was looked at is called: a name that
//! means something else the next moment leads nowhere else.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use axum::http::Uri;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A network: an address and how many of its bits count, such as `10.1.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// A text that is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a network is an address and a number of bits, such as `10.1.0.0/16` or `fd00::/8`")]
pub struct NoNetwork;

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, bits) = text.split_once('/').ok_or(NoNetwork)?;
        let address: IpAddr = address.parse().map_err(|_| NoNetwork)?;
        let bits = bits.parse().map_err(|_| NoNetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        (bits <= most).then_some(Self { address, bits }).ok_or(NoNetwork)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        let leading = |one: u128, other: u128, width: u32| {
            let bits = u32::from(self.bits);
            bits == 0 || (one ^ other) >> (width - bits) == 0
        };
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => leading(u32::from(own).into(), u32::from(other).into(), 32),
            (IpAddr::V6(own), IpAddr::V6(other)) => leading(own.into(), other.into(), 128),
            _ => false,
        }
    }
}

/// Whether an address may be called: a public one, or one inside a network that the operator allows.
pub(crate) fn may_call(address: IpAddr, inside: &[Network]) -> bool {
    let address = address.to_canonical();
    inside.iter().any(|network| network.holds(address)) || is_public(address)
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Whether an address is this machine's by what it says.
pub(crate) fn on_this_machine(address: &Uri) -> bool {
    let host = address.host().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// IANA's registry of special addresses (RFC 6890 and its successors), without what is reachable by everybody.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocols = a == 192 && b == 0 && c == 0;
    let relays = a == 192 && b == 88 && c == 99;
    let benchmarks = a == 198 && (18..20).contains(&b);
    !(a == 0
        || a >= 240
        || shared
        || protocols
        || relays
        || benchmarks
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

/// Global unicast, without what holds another address in it: behind a gateway that could be any.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global = first & 0xe000 == 0x2000;
    let protocols = first == 0x2001 && second < 0x0200;
    let documentation = first == 0x2001 && second == 0x0db8 || first == 0x3fff && second < 0x1000;
    let six_to_four = first == 0x2002;
    global && !protocols && !documentation && !six_to_four
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_is_called_only_where_the_operator_allows_it() {
        let inside = ["10.1.0.0/16", "fd00:1::/32"].map(|text| text.parse().unwrap());
        for (address, called) in [
            ("93.184.215.14", true),
            ("2606:2800:21f:cb07::1", true),
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("fd00:1::9", true),
            ("10.2.0.1", false),
            ("fd00:2::9", false),
            ("127.0.0.1", false),
            ("127.8.8.8", false),
            ("0.0.0.0", false),
            ("169.254.169.254", false),
            ("192.168.0.1", false),
            ("172.16.0.1", false),
            ("172.32.0.1", true),
            ("100.64.0.1", false),
            ("192.0.0.8", false),
            ("192.0.2.1", false),
            ("198.19.0.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::1", false),
            ("::", false),
            ("::ffff:127.0.0.1", false),
            ("::127.0.0.1", false),
            ("64:ff9b::7f00:1", false),
            ("2002:7f00:1::", false),
            ("2001:0:7f00:1::", false),
            ("2001:db8::1", false),
            ("fe80::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(may_call(address.parse().unwrap(), &inside), called, "{address}");
        }
        for wrong in ["10.0.0.0", "10.0.0.0/33", "x/8", "::/129", "10.0.0.0/-1"] {
            assert_eq!(wrong.parse::<Network>(), Err(NoNetwork), "{wrong}");
        }
        assert!(may_call("127.0.0.1".parse().unwrap(), &["0.0.0.0/0".parse().unwrap()]));
    }
}
