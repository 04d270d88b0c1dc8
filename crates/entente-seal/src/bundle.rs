//! Sealed files: a clear, signed header and contents that only the receiver can read.
//!
//! The header is a C2SP signed note whose text names sender, receiver, id and the SHA-256 of the encrypted contents; behind
//! it, after a blank line, come the contents as an age file. Of which kind it is and when it was sealed stands inside, and
//! what is inside is padded, so that whoever carries it learns neither. The signature is checked before anything is decrypted.
//! The format before this one had moment and kind in its header and no padding; it is still opened.

use entente_ledger::{Note, NoteSigner, Verifier, hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::keys::KeyPair;

/// The first line of every sealed file.
pub const FORMAT: &str = "entente-bundle/2";

/// The first line of those of the first releases.
const FIRST: &str = "entente-bundle/1";

/// What is inside has at least so many bytes: a receipt, a withdrawal and a short answer are alike.
const LEAST: usize = 4096;

/// The largest sealed file opened: the largest report, with room for its wrapping.
pub const MAX_BUNDLE: usize = 64 << 20;

/// The most signatures that a header may bear.
const MAX_HEADER: usize = 16 << 10;

/// Who says what to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The sender.
    pub from: String,
    /// The receiver.
    pub to: String,
    /// The file's id, never used twice by a sender.
    pub id: String,
    /// When it was sealed; empty as long as the file has not been opened.
    pub created: String,
    /// What kind of message it holds; empty as long as the file has not been opened.
    pub kind: String,
}

/// What stands inside besides the payload.
#[derive(Serialize, Deserialize)]
struct Inside {
    created: String,
    kind: String,
    length: usize,
}

/// A file that has been opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its header, whose signature was verified.
    pub header: Header,
    /// Its contents.
    pub payload: Vec<u8>,
    /// SHA-256 of the whole file, in hexadecimal.
    pub digest: String,
}

/// Why a file was not sealed or opened, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Too large.
    #[error(
        "the file has {size} bytes, at most {MAX_BUNDLE} are opened; ask {who} to send it in parts",
        who = "the sender"
    )]
    TooLarge {
        /// Its size.
        size: usize,
    },
    /// Not a sealed file, or cut short.
    #[error("this is not a whole sealed file ({0}); get it again from the sender")]
    Malformed(String),
    /// Another version of the format.
    #[error("the file's format is `{0}`, and this program opens `{FORMAT}`; use a newer program")]
    Version(String),
    /// Nobody knows the sender's keys.
    #[error(
        "the file says that it is from {0}, whose keys are not known here; add them with `entente party add {0} --keys FILE`"
    )]
    UnknownSender(String),
    /// The signature is not the sender's.
    #[error("the file was not signed by {0}, or was changed since; do not use it, and ask {0} by another way")]
    BadSignature(String),
    /// Signed with a key that was replaced.
    #[error(
        "the file was signed with a key of {0} that has been replaced; ask {0} to sign it again with the one that followed it"
    )]
    FormerKey(String),
    /// For somebody else.
    #[error("the file is for {to}, and this is {here}")]
    NotForUs {
        /// The receiver.
        to: String,
        /// This party.
        here: String,
    },
    /// It cannot be decrypted.
    #[error("the file cannot be decrypted with this party's keys; ask {0} to seal it to the current ones")]
    Undecryptable(String),
    /// A field of the header cannot be written.
    #[error("`{0}` cannot stand in a header: it is empty, or has a line break")]
    Field(String),
    /// The receiver's key is not one.
    #[error("`{0}` is not a key to encrypt to; ask the party for its keys again")]
    Recipient(String),
}

fn text(header: &Header, contents: &str) -> Result<String, SealError> {
    let fields = [
        ("from", header.from.as_str()),
        ("to", &header.to),
        ("id", &header.id),
        ("sha256", contents),
    ];
    let mut text = format!("{FORMAT}\n");
    for (name, value) in fields {
        text.push_str(&format!("{name} {}\n", on_a_line(value)?));
    }
    Ok(text)
}

fn on_a_line(value: &str) -> Result<&str, SealError> {
    match value.is_empty() || value.chars().any(char::is_control) {
        true => Err(SealError::Field(value.to_owned())),
        false => Ok(value),
    }
}

fn parse_text(text: &str) -> Result<(Header, String), SealError> {
    let mut lines = text.lines();
    let first = match lines.next() {
        Some(FORMAT) => false,
        Some(FIRST) => true,
        other => return Err(SealError::Version(other.unwrap_or_default().chars().take(40).collect())),
    };
    let mut field = |name: &str| {
        let value = lines.next().and_then(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let value = value.filter(|value| !value.is_empty() && !value.chars().any(char::is_control));
        value
            .map(str::to_owned)
            .ok_or_else(|| SealError::Malformed(format!("the header has no `{name}`")))
    };
    let (from, to, id) = (field("from")?, field("to")?, field("id")?);
    let (created, kind) = match first {
        true => (field("created")?, field("kind")?),
        false => (String::new(), String::new()),
    };
    let contents = field("sha256")?;
    let header = Header {
        from,
        to,
        id,
        created,
        kind,
    };
    match lines.next() {
        None => Ok((header, contents)),
        Some(_) => Err(SealError::Malformed(
            "the header has lines that do not belong there".to_owned(),
        )),
    }
}

/// The size to which something is padded (Padmé): what is left to tell of it is its order of magnitude, for an eighth more
/// bytes at most.
fn padded(size: usize) -> usize {
    let size = size.max(LEAST);
    let magnitude = size.ilog2();
    let told = magnitude.ilog2() + 1;
    let mask = (1usize << magnitude.saturating_sub(told)) - 1;
    let padded = (size + mask) & !mask;
    // The largest go as they are: there is no room.
    if padded > MAX_BUNDLE - MAX_HEADER * 8 {
        size
    } else {
        padded
    }
}

/// What is encrypted: a line with what the header does not say, the payload, and nothing up to the padded size.
fn inside(header: &Header, payload: &[u8]) -> Result<Vec<u8>, SealError> {
    let said = Inside {
        created: on_a_line(&header.created)?.to_owned(),
        kind: on_a_line(&header.kind)?.to_owned(),
        length: payload.len(),
    };
    let mut all = serde_json::to_vec(&said).map_err(|error| SealError::Malformed(error.to_string()))?;
    all.push(b'\n');
    all.extend_from_slice(payload);
    all.resize(padded(all.len()), 0);
    Ok(all)
}

fn from_inside(mut header: Header, all: &[u8]) -> Result<(Header, Vec<u8>), SealError> {
    let broken = || SealError::Malformed("what is inside is not as it should be".to_owned());
    let end = all.iter().position(|byte| *byte == b'\n').ok_or_else(broken)?;
    let (said, rest) = (
        all.get(..end).ok_or_else(broken)?,
        all.get(end + 1..).ok_or_else(broken)?,
    );
    let said: Inside = serde_json::from_slice(said).map_err(|_| broken())?;
    let (payload, padding) = rest.split_at_checked(said.length).ok_or_else(broken)?;
    if padding.iter().any(|byte| *byte != 0) {
        return Err(broken());
    }
    (header.created, header.kind) = (said.created, said.kind);
    Ok((header, payload.to_vec()))
}

/// The header's note, and the encrypted contents.
fn parts(file: &[u8]) -> Result<(Note, &[u8]), SealError> {
    if file.len() > MAX_BUNDLE {
        return Err(SealError::TooLarge { size: file.len() });
    }
    let cut = || SealError::Malformed("it is cut short".to_owned());
    let head = file.get(..file.len().min(MAX_HEADER)).unwrap_or_default();
    if !head.starts_with(b"entente-bundle/") {
        return Err(SealError::Malformed(
            "it does not begin with `entente-bundle/`".to_owned(),
        ));
    }
    let blank = |from: usize| {
        head.get(from..)?
            .windows(2)
            .position(|pair| pair == b"\n\n")
            .map(|at| from + at)
    };
    let end = blank(0).and_then(|text| blank(text + 2)).ok_or_else(cut)?;
    let (note, contents) = (file.get(..=end).ok_or_else(cut)?, file.get(end + 2..).ok_or_else(cut)?);
    let parsed = Note::parse(note).map_err(|error| SealError::Malformed(error.to_string()))?;
    // Only one way of writing each header: no byte of it can be changed unnoticed.
    match parsed.render().as_bytes() == note {
        true => Ok((parsed, contents)),
        false => Err(SealError::Malformed(
            "the header is not written as signed notes are".to_owned(),
        )),
    }
}

/// Seals a message: signed by `from`, readable by whoever holds the identity of `recipient`.
///
/// # Errors
/// When a field cannot stand in a header, or the recipient is not a key.
pub fn seal(header: &Header, payload: &[u8], from: &KeyPair, recipient: &str) -> Result<Vec<u8>, SealError> {
    sealed(header, payload, &from.signer(), recipient)
}

/// Seals the message about the last succession of keys: signed with the key that was replaced, which partners know.
///
/// # Errors
/// As for [`seal`].
pub fn seal_succession(header: &Header, payload: &[u8], from: &KeyPair, recipient: &str) -> Result<Vec<u8>, SealError> {
    sealed(header, payload, &from.outgoing_signer(), recipient)
}

fn sealed(header: &Header, payload: &[u8], signer: &NoteSigner, recipient: &str) -> Result<Vec<u8>, SealError> {
    let to: age::x25519::Recipient = recipient
        .parse()
        .map_err(|_| SealError::Recipient(recipient.to_owned()))?;
    let contents =
        age::encrypt(&to, &inside(header, payload)?).map_err(|_| SealError::Recipient(recipient.to_owned()))?;
    let text = text(header, &hex(&Sha256::digest(&contents)))?;
    let mut note = Note::new(&text).map_err(|error| SealError::Malformed(error.to_string()))?;
    signer.sign(&mut note);
    let mut file = note.render().into_bytes();
    file.push(b'\n');
    file.extend(contents);
    match file.len() > MAX_BUNDLE {
        true => Err(SealError::TooLarge { size: file.len() }),
        false => Ok(file),
    }
}

/// The header of a file as it says of itself: nothing has been verified.
///
/// # Errors
/// When it is not a sealed file.
pub fn peek(file: &[u8]) -> Result<Header, SealError> {
    parts(file)
        .and_then(|(note, _)| parse_text(note.text()))
        .map(|(header, _)| header)
}

/// Opens a file. `keys_of` gives the verifier keys known for a party.
///
/// # Errors
/// As [`SealError`] says; nothing of the contents is given out then.
pub fn open(file: &[u8], keys: &KeyPair, keys_of: impl Fn(&str) -> Option<Vec<String>>) -> Result<Opened, SealError> {
    let current = |header: &Header| Known {
        current: keys_of(&header.from).unwrap_or_default(),
        former: Vec::new(),
    };
    open_known(file, keys, current)
}

/// The verifier keys that are known of a sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Those whose signatures count.
    pub current: Vec<String>,
    /// Those that were replaced: what they sign now has to be signed again.
    pub former: Vec<String>,
}

/// Opens a file, told the sender's keys by what its header says of itself. Nothing of the header has been verified when
/// they are first asked for; then its kind is not known either, and they are asked for again once it is.
///
/// # Errors
/// As [`SealError`] says; nothing of the contents is given out then.
pub fn open_known(file: &[u8], keys: &KeyPair, known_of: impl Fn(&Header) -> Known) -> Result<Opened, SealError> {
    let (note, contents) = parts(file)?;
    let (header, expected) = parse_text(note.text())?;
    let verifiers = |texts: &[String]| -> Vec<Verifier> {
        let parsed = texts.iter().filter_map(|key| Verifier::parse(key).ok());
        parsed.filter(|key| key.name() == header.from).collect()
    };
    let signed = |known: &Known| {
        let (current, former) = (verifiers(&known.current), verifiers(&known.former));
        match (note.verify(&current).is_ok(), note.verify(&former).is_ok()) {
            _ if current.is_empty() => Err(SealError::UnknownSender(header.from.clone())),
            (true, _) => Ok(true),
            (false, true) => Ok(false),
            (false, false) => Err(SealError::BadSignature(header.from.clone())),
        }
    };
    let sealed_before = !header.kind.is_empty();
    let now = signed(&known_of(&header))?;
    if sealed_before && !now {
        return Err(SealError::FormerKey(header.from.clone()));
    }
    if hex(&Sha256::digest(contents)) != expected {
        return Err(SealError::BadSignature(header.from.clone()));
    }
    if header.to != keys.party() {
        return Err(SealError::NotForUs {
            to: header.to.clone(),
            here: keys.party().to_owned(),
        });
    }
    let opened = keys
        .identities()
        .find_map(|identity| age::decrypt(identity, contents).ok());
    let opened = opened.ok_or_else(|| SealError::Undecryptable(header.from.clone()))?;
    let (header, payload) = match sealed_before {
        true => (header.clone(), opened),
        false => from_inside(header.clone(), &opened)?,
    };
    // Which keys count can depend on what it is, and that stands inside.
    if !signed(&known_of(&header))? {
        return Err(SealError::FormerKey(header.from));
    }
    Ok(Opened {
        payload,
        header,
        digest: hex(&Sha256::digest(file)),
    })
}

/// When a file for the holder of these keys was sealed, as it says itself: nothing has been verified. Files are put into order
/// by it, and nothing else.
pub fn sealed_at(file: &[u8], keys: &KeyPair) -> Option<String> {
    let (note, contents) = parts(file).ok()?;
    let (header, _) = parse_text(note.text()).ok()?;
    if !header.created.is_empty() {
        return Some(header.created);
    }
    let opened = keys
        .identities()
        .find_map(|identity| age::decrypt(identity, contents).ok())?;
    let (header, _) = from_inside(header, &opened).ok()?;
    Some(header.created)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_tell_their_order_of_magnitude_and_little_else() {
        assert_eq!([0, 1, 300, 4096].map(padded), [4096; 4]);
        for size in [4097, 10_000, 65_537, 1 << 20, (20 << 20) + 1] {
            let to = padded(size);
            assert!(to >= size && (to - size) * 8 <= size, "{size}: {to}");
            assert_eq!(padded(to), to);
        }
        let sizes: std::collections::BTreeSet<usize> = (1..100_000).map(padded).collect();
        assert!(sizes.len() < 90, "{}", sizes.len());
        assert!(padded(MAX_BUNDLE - 1000) < MAX_BUNDLE);
    }
}
