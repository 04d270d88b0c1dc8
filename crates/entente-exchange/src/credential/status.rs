//! Whether a credential still stands: the list that its issuer publishes (IETF OAuth, *Token Status List*), as a signed JWT.

use std::io::Read as _;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::read::ZlibDecoder;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::jose::Token;
use super::{Issuer, Refused, moment};

/// What a list is called in errors.
const LIST: &str = "the status list";
/// The largest list: two million credentials of eight bits each.
const MOST: u64 = 16 << 20;
/// How long a list counts that says nothing of that.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Where a credential stands on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The address that names the list.
    pub(super) list: String,
    /// The number of the credential on it.
    index: usize,
}

impl Place {
    /// What a credential says of its status.
    pub(super) fn of(status: &Value) -> Result<Self, Refused> {
        let unread = || Refused::Status("the credential says of its status what is not understood".to_owned());
        let only = |value: &Value, fields: &[&str]| {
            let object = value.as_object().filter(|object| object.len() == fields.len());
            object
                .filter(|object| fields.iter().all(|field| object.contains_key(*field)))
                .cloned()
        };
        let status = only(status, &["status_list"]).ok_or_else(unread)?;
        let list = only(&status["status_list"], &["idx", "uri"]).ok_or_else(unread)?;
        let index = list["idx"].as_u64().and_then(|index| usize::try_from(index).ok());
        match (index, list["uri"].as_str()) {
            (Some(index), Some(uri)) => Ok(Self {
                list: uri.to_owned(),
                index,
            }),
            _ => Err(unread()),
        }
    }

    /// Until when the list says that the credential stands. Whatever else it says, and whatever it does not say, is no.
    pub(super) fn stands(&self, list: &str, issuer: &Issuer, now: Timestamp) -> Result<Timestamp, Refused> {
        let token = Token::read(list.trim(), LIST)?;
        token.verified(&issuer.keys, LIST)?;
        if token.headed("typ") != Some("statuslist+jwt") {
            return Err(Refused::Type(LIST, token.headed("typ").unwrap_or_default().to_owned()));
        }
        let claims = &token.payload;
        let other = claims
            .get("iss")
            .is_some_and(|iss| iss.as_str() != Some(issuer.name.as_str()));
        if other || claims.get("sub").and_then(Value::as_str) != Some(self.list.as_str()) {
            return Err(Refused::Status(format!("the list is not the one at {}", self.list)));
        }
        let until = fresh(claims, now)?;
        match value(claims.get("status_list"), self.index)? {
            0 => Ok(until),
            1 => Err(Refused::Status("its issuer took it back".to_owned())),
            2 => Err(Refused::Status("its issuer suspended it".to_owned())),
            other => Err(Refused::Status(format!(
                "its status is {other}, which is not understood"
            ))),
        }
    }
}

/// Until when a list counts: until it ends, and no longer than it may be kept.
fn fresh(claims: &Map<String, Value>, now: Timestamp) -> Result<Timestamp, Refused> {
    let stale = |said: &str| Refused::Status(format!("the list {said}; get a newer one"));
    let issued = moment(claims, "iat", LIST)?.ok_or_else(|| stale("does not say when it was made"))?;
    if issued > now.saturating_add(entente_core::CLOCK_TOLERANCE).unwrap_or(now) {
        return Err(stale("was made in the future"));
    }
    let kept = match claims.get("ttl") {
        None if claims.contains_key("exp") => None,
        None => Some(DAY),
        Some(seconds) => {
            let seconds = seconds.as_u64().and_then(|seconds| i64::try_from(seconds).ok());
            Some(SignedDuration::from_secs(
                seconds.ok_or_else(|| stale("says how long it counts in no number"))?,
            ))
        }
    };
    let kept = kept.map(|kept| issued.saturating_add(kept).unwrap_or(issued));
    let until = moment(claims, "exp", LIST)?.into_iter().chain(kept).min();
    let until = until.ok_or_else(|| stale("has no end"))?;
    match now < until {
        true => Ok(until),
        false => Err(stale(&format!("counted until {until}"))),
    }
}

/// The status of one credential: so many bits each, from the lowest of each byte.
fn value(list: Option<&Value>, index: usize) -> Result<u8, Refused> {
    let unread = |said: &str| Refused::Status(format!("the list {said}"));
    let list = list.and_then(Value::as_object).ok_or_else(|| unread("is none"))?;
    let bits = match list.get("bits").and_then(Value::as_u64) {
        Some(bits @ (1 | 2 | 4 | 8)) => usize::try_from(bits).unwrap_or(8),
        _ => return Err(unread("has neither 1, 2, 4 nor 8 bits a credential")),
    };
    let packed = list.get("lst").and_then(Value::as_str).unwrap_or_default();
    let packed = URL_SAFE_NO_PAD.decode(packed).map_err(|_| unread("is not base64url"))?;
    let mut bytes = Vec::new();
    let mut reader = ZlibDecoder::new(packed.as_slice()).take(MOST + 1);
    reader
        .read_to_end(&mut bytes)
        .map_err(|_| unread("cannot be unpacked"))?;
    if bytes.len() as u64 > MOST {
        return Err(unread("is too large"));
    }
    let each = 8 / bits;
    let byte = bytes
        .get(index / each)
        .ok_or_else(|| unread("is shorter than the number of the credential"))?;
    let mask = u8::MAX >> (8 - bits);
    Ok((byte >> ((index % each) * bits)) & mask)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use serde_json::json;

    use super::*;

    fn packed(bytes: &[u8]) -> String {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        URL_SAFE_NO_PAD.encode(packer.finish().unwrap())
    }

    #[test]
    fn bits_are_read_as_the_draft_packs_them() {
        // The draft's example of one bit each: 0xb9, 0xa3.
        let list = json!({"bits": 1, "lst": "eNrbuRgAAhcBXQ"});
        let bits: Vec<u8> = (0..16).map(|index| value(Some(&list), index).unwrap()).collect();
        assert_eq!(bits, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
        value(Some(&list), 16).unwrap_err();
        // Of two bits each: 0xc9, 0x44, 0xf9.
        let list = json!({"bits": 2, "lst": packed(&[0xc9, 0x44, 0xf9])});
        let values: Vec<u8> = (0..12).map(|index| value(Some(&list), index).unwrap()).collect();
        assert_eq!(values, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
        for bad in [
            json!({}),
            json!({"bits": 3, "lst": packed(&[0])}),
            json!({"bits": 1, "lst": "!"}),
            json!({"bits": 1, "lst": "AAAA"}),
        ] {
            value(Some(&bad), 0).unwrap_err();
        }
    }

    #[test]
    fn what_a_credential_says_otherwise_of_its_status_is_not_understood() {
        let place = Place::of(&json!({"status_list": {"idx": 3, "uri": "https://x/1"}})).unwrap();
        assert_eq!((place.index, place.list.as_str()), (3, "https://x/1"));
        for bad in [
            json!({}),
            json!({"other": {}}),
            json!({"status_list": {"idx": 3, "uri": "x"}, "other": {}}),
            json!({"status_list": {"idx": -3, "uri": "x"}}),
            json!({"status_list": {"idx": "3", "uri": "x"}}),
            json!({"status_list": {"idx": 3, "uri": "x", "more": 1}}),
        ] {
            Place::of(&bad).unwrap_err();
        }
    }
}
