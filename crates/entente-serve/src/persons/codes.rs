//! Random words that are shown once: codes, session tokens.

pub(crate) use entente_ledger::hex;
use ring::digest;

/// Letters and digits that nobody mistakes for one another when they are read aloud (Crockford).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What a machine without chance cannot make.
#[derive(Debug, thiserror::Error)]
#[error("the machine gives no random numbers: {0}")]
pub struct NoChance(String);

impl From<getrandom::Error> for NoChance {
    fn from(error: getrandom::Error) -> Self {
        Self(error.to_string())
    }
}

/// Random characters, five bits each, in groups of four.
pub(crate) fn code(characters: usize) -> Result<String, NoChance> {
    let mut bytes = vec![0u8; characters];
    getrandom::fill(&mut bytes)?;
    let letters = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    let mut code = String::new();
    for (n, letter) in letters.enumerate() {
        if n > 0 && n % 4 == 0 {
            code.push('-');
        }
        code.push(letter);
    }
    Ok(code)
}

/// A code as it is compared: without what people add or mistake.
fn plain(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    letters
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

/// What is kept of a code. It has 80 bits and more of chance: nobody finds it by trying, so one pass is enough.
pub(crate) fn kept(code: &str) -> String {
    hex(digest::digest(&digest::SHA256, plain(code).as_bytes()).as_ref())
}

/// What is kept of a text: unlike of a code that people type, every character counts.
pub(crate) fn kept_exactly(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

/// The bytes behind hexadecimal; `None` where it is none.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(
        digits
            .chunks_exact(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let code = code(20).unwrap();
        assert_eq!(code.len(), 24);
        let typed = format!(
            " {} ",
            code.to_lowercase()
                .replace('-', " ")
                .replace('0', "o")
                .replace('1', "l")
        );
        assert_eq!(kept(&typed), kept(&code));
        assert_ne!(kept(&super::code(20).unwrap()), kept(&code));
    }
}
