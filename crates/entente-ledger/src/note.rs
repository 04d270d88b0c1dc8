//! Signed notes (C2SP `signed-note`) and Ed25519 cosignatures (C2SP `tlog-cosignature`).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// The largest note read: room for the 16 signatures that the specification demands, and the text of a checkpoint.
pub const MAX_NOTE: usize = 128 * 1024;
/// The most signature lines read in one note; the specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 64;

/// What is wrong with a note or a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The note's bytes do not follow the format.
    #[error("this is not a signed note (C2SP signed-note): {0}; ask its sender for the file again")]
    Malformed(&'static str),
    /// A key text or key name does not follow the format.
    #[error("this is not a verifier key: {0}; expected name+hash+base64 as C2SP signed-note writes it")]
    Key(&'static str),
    /// A key that is trusted is named, but its signature is wrong.
    #[error("the signature of {0} does not match the text: the note was changed; do not use it")]
    Forged(String),
    /// No trusted key signed.
    #[error("no known key signed this note; add the signer's verifier key if you trust it")]
    Unsigned,
}

/// What a signature states, by C2SP's type byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A plain Ed25519 signature over the text (type 01).
    Signature,
    /// A witness's Ed25519 signature with the time at which it saw the checkpoint (type 04).
    Cosignature,
}

impl Kind {
    fn byte(self) -> u8 {
        match self {
            Self::Signature => 1,
            Self::Cosignature => 4,
        }
    }

    fn signature_len(self) -> usize {
        match self {
            Self::Signature => 64,
            Self::Cosignature => 8 + 64,
        }
    }
}

fn check_name(name: &str) -> Result<(), NoteError> {
    if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+') {
        return Err(NoteError::Key(
            "a name is not empty and has no space, control character or plus",
        ));
    }
    Ok(())
}

/// A public key with its name, as others hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    kind: Kind,
    key: VerifyingKey,
}

impl Verifier {
    /// Reads the C2SP form `name+hash+base64(type ‖ key)`.
    ///
    /// # Errors
    /// [`NoteError::Key`] if the text is not of that form, the hash differs or the type is not supported.
    pub fn parse(vkey: &str) -> Result<Self, NoteError> {
        let mut parts = vkey.splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key("three parts joined by + are needed"));
        };
        check_name(name)?;
        let bytes = STANDARD
            .decode(key)
            .map_err(|_| NoteError::Key("the third part is not base64"))?;
        let Some((kind, key)) = bytes.split_first() else {
            return Err(NoteError::Key("the third part is empty"));
        };
        let kind = match kind {
            1 => Kind::Signature,
            4 => Kind::Cosignature,
            _ => return Err(NoteError::Key("the key type is not 01 or 04")),
        };
        let key = <&[u8; 32]>::try_from(key).map_err(|_| NoteError::Key("an Ed25519 key has 32 bytes"))?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| NoteError::Key("not a point of the curve"))?;
        if key.is_weak() {
            return Err(NoteError::Key("a weak key, for which anybody can sign"));
        }
        let verifier = Self {
            name: name.to_owned(),
            kind,
            key,
        };
        if hash != format!("{:08x}", verifier.id()) {
            return Err(NoteError::Key("the hash does not belong to the name and key"));
        }
        Ok(verifier)
    }

    /// The C2SP form that [`Verifier::parse`] reads.
    #[must_use]
    pub fn vkey(&self) -> String {
        let bytes = [&[self.kind.byte()], self.key.as_bytes().as_slice()].concat();
        format!("{}+{}", self.key_name(), STANDARD.encode(bytes))
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its name with the hash that tells keys of one name apart: the beginning of [`Verifier::vkey`].
    #[must_use]
    pub fn key_name(&self) -> String {
        format!("{}+{:08x}", self.name, self.id())
    }

    /// The bytes of the key.
    pub(crate) fn key_bytes(&self) -> &[u8] {
        self.key.as_bytes()
    }

    /// What this key's signatures state.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The same key where it signs as a witness.
    #[must_use]
    pub fn as_witness(&self) -> Self {
        Self {
            kind: Kind::Cosignature,
            ..self.clone()
        }
    }

    /// The key id: the first four bytes of `SHA-256(name ‖ \n ‖ type ‖ key)`.
    #[must_use]
    pub fn id(&self) -> u32 {
        let hash = Sha256::new()
            .chain_update(self.name.as_bytes())
            .chain_update([b'\n', self.kind.byte()])
            .chain_update(self.key.as_bytes())
            .finalize();
        u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
    }

    /// Checks the bytes after the key id; gives the time of a cosignature.
    fn check(&self, text: &str, bytes: &[u8]) -> Option<Option<u64>> {
        if bytes.len() != self.kind.signature_len() {
            return None;
        }
        let (time, message, signature) = match self.kind {
            Kind::Signature => (None, text.to_owned(), bytes),
            Kind::Cosignature => {
                let (time, signature) = bytes.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                // The specification bounds the time at 2^63 - 1.
                i64::try_from(time).ok()?;
                (Some(time), cosigned(text, time), signature)
            }
        };
        let signature = Signature::from_slice(signature).ok()?;
        self.key.verify_strict(message.as_bytes(), &signature).ok()?;
        Some(time)
    }
}

/// The text that a cosignature signs (C2SP `tlog-cosignature`).
fn cosigned(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// A private key with its name. It has no `Debug` and is wiped from memory when dropped.
pub struct NoteSigner {
    key: SigningKey,
    name: String,
}

impl NoteSigner {
    /// Names a private key.
    ///
    /// # Errors
    /// [`NoteError::Key`] if the name is empty or has a space, control character or plus.
    pub fn new(name: &str, key: SigningKey) -> Result<Self, NoteError> {
        check_name(name)?;
        Ok(Self {
            key,
            name: name.to_owned(),
        })
    }

    /// The same key under another name: a log's own signature bears the log's name.
    ///
    /// # Errors
    /// As for [`NoteSigner::new`].
    pub fn called(&self, name: &str) -> Result<Self, NoteError> {
        Self::new(name, self.key.clone())
    }

    /// The public side, for signatures of one kind.
    #[must_use]
    pub fn verifier(&self, kind: Kind) -> Verifier {
        Verifier {
            name: self.name.clone(),
            kind,
            key: self.key.verifying_key(),
        }
    }

    /// A signature over bytes that say themselves what they are.
    pub(crate) fn signature(&self, bytes: &[u8]) -> [u8; 64] {
        self.key.sign(bytes).to_bytes()
    }

    /// Adds a plain signature (type 01).
    pub fn sign(&self, note: &mut Note) {
        let signature = self.key.sign(note.text.as_bytes()).to_bytes();
        note.add(&self.verifier(Kind::Signature), &signature);
    }

    /// Adds a cosignature (type 04) made at `time`, in seconds since 1970.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] if the time is past 2^63 - 1.
    pub fn cosign(&self, note: &mut Note, time: u64) -> Result<(), NoteError> {
        i64::try_from(time).map_err(|_| NoteError::Malformed("the time of a cosignature is past 2^63 - 1"))?;
        let signature = self.key.sign(cosigned(&note.text, time).as_bytes()).to_bytes();
        note.add(
            &self.verifier(Kind::Cosignature),
            &[time.to_be_bytes().as_slice(), &signature].concat(),
        );
        Ok(())
    }
}

/// A text and signatures, none of which is trusted before [`Note::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<(String, Vec<u8>)>,
}

/// A signature that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The name of the key.
    pub name: String,
    /// The time a witness states, in seconds since 1970; `None` for a plain signature.
    pub time: Option<u64>,
}

impl Note {
    /// A note without signatures yet.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] if the text does not end in a newline or holds a control character.
    pub fn new(text: &str) -> Result<Self, NoteError> {
        if text.len() > MAX_NOTE {
            return Err(NoteError::Malformed("larger than 128 KiB"));
        }
        if !text.ends_with('\n') {
            return Err(NoteError::Malformed("the text does not end in a newline"));
        }
        if text.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Malformed("the text holds a control character"));
        }
        Ok(Self {
            text: text.to_owned(),
            signatures: Vec::new(),
        })
    }

    /// Reads a note. Nothing in it may be believed before [`Note::verify`].
    ///
    /// # Errors
    /// [`NoteError::Malformed`] with the part that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE {
            return Err(NoteError::Malformed("larger than 128 KiB"));
        }
        let whole = str::from_utf8(bytes).map_err(|_| NoteError::Malformed("not UTF-8"))?;
        let at = whole
            .rfind("\n\n")
            .ok_or(NoteError::Malformed("no blank line before the signatures"))?;
        let (text, lines) = whole.split_at(at + 1);
        let mut note = Self::new(text)?;
        let lines = lines[1..]
            .strip_suffix('\n')
            .ok_or(NoteError::Malformed("the last line is cut off"))?;
        for line in lines.split('\n') {
            let line = line
                .strip_prefix("— ")
                .ok_or(NoteError::Malformed("a signature line lacks its dash"))?;
            let (name, signature) = line
                .split_once(' ')
                .ok_or(NoteError::Malformed("a signature line lacks its signature"))?;
            check_name(name).map_err(|_| NoteError::Malformed("a signer's name is not valid"))?;
            let bytes = STANDARD
                .decode(signature)
                .map_err(|_| NoteError::Malformed("a signature is not base64"))?;
            if bytes.len() < 5 {
                return Err(NoteError::Malformed("a signature is too short"));
            }
            if note.signatures.len() == MAX_SIGNATURES {
                return Err(NoteError::Malformed("more than 64 signatures"));
            }
            note.signatures.push((name.to_owned(), bytes));
        }
        Ok(note)
    }

    /// The signed text, with its last newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The note's bytes, as [`Note::parse`] reads them.
    #[must_use]
    pub fn render(&self) -> String {
        let lines = self
            .signatures
            .iter()
            .map(|(name, bytes)| format!("— {name} {}\n", STANDARD.encode(bytes)));
        format!("{}\n{}", self.text, lines.collect::<String>())
    }

    /// Verifies every signature by a known key and ignores those by others, as the specification requires.
    ///
    /// # Errors
    /// [`NoteError::Forged`] if one known key's signature is wrong, [`NoteError::Unsigned`] if none signed.
    pub fn verify(&self, known: &[Verifier]) -> Result<Vec<Signed>, NoteError> {
        let mut good = Vec::new();
        for (name, bytes) in &self.signatures {
            let Some((id, signature)) = bytes.split_first_chunk::<4>() else {
                continue;
            };
            let id = u32::from_be_bytes(*id);
            let Some(key) = known.iter().find(|key| key.name == *name && key.id() == id) else {
                continue;
            };
            let time = key
                .check(&self.text, signature)
                .ok_or_else(|| NoteError::Forged(name.clone()))?;
            good.push(Signed {
                name: name.clone(),
                time,
            });
        }
        if good.is_empty() {
            Err(NoteError::Unsigned)
        } else {
            Ok(good)
        }
    }

    /// Adds the signatures of another note over the same text, of which nothing is believed either.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] where the texts differ, or there are too many.
    pub fn join(&mut self, other: &Self) -> Result<(), NoteError> {
        if self.text != other.text {
            return Err(NoteError::Malformed("the signatures are over another text"));
        }
        for signature in &other.signatures {
            if !self.signatures.contains(signature) {
                self.signatures.push(signature.clone());
            }
        }
        match self.signatures.len() > MAX_SIGNATURES {
            true => Err(NoteError::Malformed("more than 64 signatures")),
            false => Ok(()),
        }
    }

    fn add(&mut self, key: &Verifier, signature: &[u8]) {
        self.signatures.push((
            key.name.clone(),
            [key.id().to_be_bytes().as_slice(), signature].concat(),
        ));
    }
}
