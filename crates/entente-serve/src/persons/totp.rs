//! Six digits from a telephone (RFC 6238: SHA-1, 30 seconds).

use ring::hmac;
use serde::{Deserialize, Serialize};

use super::codes::NoChance;

const SECONDS: u64 = 30;
/// Clocks differ, and typing takes time: one step before and after.
const AROUND: u64 = 1;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A secret shared with a telephone, and the last step for which digits were used.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totp {
    secret: Vec<u8>,
    #[serde(default)]
    last: u64,
}

impl std::fmt::Debug for Totp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Totp(…)")
    }
}

impl Totp {
    /// A fresh secret.
    pub(crate) fn fresh() -> Result<Self, NoChance> {
        let mut secret = vec![0u8; 20];
        getrandom::fill(&mut secret)?;
        Ok(Self { secret, last: 0 })
    }

    /// The secret as it is typed into a telephone.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for group in self.secret.chunks(5) {
            let bits = group.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte)) << (8 * (5 - group.len()));
            for n in 0..(group.len() * 8).div_ceil(5) {
                let letter = usize::try_from(bits >> (35 - 5 * n) & 31).unwrap_or_default();
                text.push(char::from(BASE32[letter]));
            }
        }
        text
    }

    /// The address that telephones read out of a picture or a link.
    pub(crate) fn address(&self, party: &str, name: &str) -> String {
        format!(
            "otpauth://totp/Entente%20{party}:{name}?secret={}&issuer=Entente%20{party}",
            self.text()
        )
    }

    /// Whether these are the digits of now; each step counts once.
    pub(crate) fn accept(&mut self, digits: &str, now_seconds: u64) -> bool {
        let typed: String = digits.chars().filter(char::is_ascii_digit).collect();
        let now = now_seconds / SECONDS;
        let steps = (now.saturating_sub(AROUND)..=now + AROUND).filter(|step| *step > self.last);
        // All are computed, so that the time tells nothing.
        let fits = steps.filter(|step| crate::edge::alike(self.digits(*step).as_bytes(), typed.as_bytes()));
        match fits.fold(None, |_, step| Some(step)) {
            Some(step) => {
                self.last = step;
                true
            }
            None => false,
        }
    }

    fn digits(&self, step: u64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let at = usize::from(tag.last().copied().unwrap_or_default() & 15);
        let four = tag.get(at..at + 4).unwrap_or(&[0; 4]);
        let number = four.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// The digits of a moment.
    #[cfg(test)]
    pub(crate) fn at(&self, seconds: u64) -> String {
        self.digits(seconds / SECONDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Totp {
        Totp {
            secret: b"12345678901234567890".to_vec(),
            last: 0,
        }
    }

    #[test]
    fn digits_are_those_of_rfc_6238_appendix_b() {
        for (seconds, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(sample().at(seconds), digits, "{seconds}");
        }
        assert_eq!(sample().text(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn digits_count_once_and_near_their_time_only() {
        let mut totp = sample();
        assert!(!totp.accept("287082", 59 + 90));
        assert!(totp.accept("287 082", 59 + 30));
        assert!(!totp.accept("287082", 59));
        assert!(!totp.accept("", 59) && !totp.accept("28708", 59));
    }
}
