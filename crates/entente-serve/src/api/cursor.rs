//! Where a list goes on: sealed, so that a position tells nobody what it is called, and for one caller and one list only.

use entente_core::PersonId;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest;

use crate::pages::Trouble;
use crate::persons::{code, hex, unhex};

/// The longest cursor read: a name, and what seals it.
const LONGEST: usize = 2048;

/// The key of this process: after a restart, lists begin anew.
fn key() -> Option<&'static LessSafeKey> {
    static KEY: std::sync::OnceLock<Option<LessSafeKey>> = std::sync::OnceLock::new();
    KEY.get_or_init(|| {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).ok()?;
        Some(LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &bytes).ok()?))
    })
    .as_ref()
}

fn about(caller: &PersonId, list: &str) -> Aad<Vec<u8>> {
    Aad::from(format!("{list} {caller}").into_bytes())
}

/// The cursor after a position in a list, for one caller.
pub(crate) fn seal(caller: &PersonId, list: &str, position: &str) -> Option<String> {
    // The same position is the same cursor, so that a list that has not changed is the same bytes.
    static FROM: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let from = FROM.get_or_init(|| code(52).unwrap_or_default());
    let digest = digest::digest(&digest::SHA256, format!("{from} {list} {caller} {position}").as_bytes());
    let nonce: [u8; NONCE_LEN] = digest.as_ref().get(..NONCE_LEN)?.try_into().ok()?;
    let mut sealed = position.as_bytes().to_vec();
    let unique = Nonce::assume_unique_for_key(nonce);
    key()?
        .seal_in_place_append_tag(unique, about(caller, list), &mut sealed)
        .ok()?;
    Some(hex(&[nonce.as_slice(), &sealed].concat()))
}

/// The position in a cursor of this caller for this list.
pub(crate) fn open(caller: &PersonId, list: &str, cursor: &str) -> Result<String, Trouble> {
    let opened = || {
        let bytes = unhex(cursor).filter(|_| cursor.len() <= LONGEST)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let plain = key()?.open_in_place(nonce, about(caller, list), &mut sealed).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    };
    let said = || {
        Trouble::Unreadable(
            "`cursor` is none of yours for this list, or the node was started anew since: leave it out to begin"
                .to_owned(),
        )
    };
    opened().ok_or_else(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_one_caller_s_for_one_list_and_says_nothing() {
        let (one, other) = (PersonId::new("GBR/a").unwrap(), PersonId::new("GBR/b").unwrap());
        let cursor = seal(&one, "reports", "R-1").unwrap();
        assert_eq!(open(&one, "reports", &cursor).unwrap(), "R-1");
        assert!(!cursor.contains("R-1") && cursor != seal(&one, "reports", "R-2").unwrap());
        assert_eq!(cursor, seal(&one, "reports", "R-1").unwrap());
        assert!(open(&other, "reports", &cursor).is_err());
        assert!(open(&one, "requests", &cursor).is_err());
        for broken in ["", "x", "00", &cursor[1..], &cursor.replace('0', "1")] {
            assert!(broken == cursor || open(&one, "reports", broken).is_err(), "{broken}");
        }
    }
}
