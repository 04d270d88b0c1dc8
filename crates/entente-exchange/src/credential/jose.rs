//! Signed tokens (JWT, RFC 7519) in the compact form, and keys to verify them by (JWK, RFC 7517): ES256 and `EdDSA`, nothing else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm};
use serde_json::{Map, Value};

use super::Refused;
use crate::json;

/// What a key signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Curve {
    /// ES256: ECDSA on P-256 with SHA-256 (RFC 7518, section 3.4).
    P256,
    /// `EdDSA` with Ed25519 (RFC 8037), also under its name of its own (RFC 9864).
    Ed25519,
}

impl Curve {
    /// The curve on which an algorithm signs.
    fn of(alg: &str) -> Option<Self> {
        match alg {
            "ES256" => Some(Self::P256),
            "EdDSA" | "Ed25519" => Some(Self::Ed25519),
            _ => None,
        }
    }

    fn algorithm(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED,
            Self::Ed25519 => &ED25519,
        }
    }
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    curve: Curve,
    bytes: Vec<u8>,
    /// What its owner calls it.
    id: Option<String>,
}

impl Key {
    /// A key from a JWK.
    fn of(jwk: &Value) -> Result<Self, String> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if jwk.get("d").is_some() {
            return Err("it holds a private key: pin the public one, and have this one replaced".to_owned());
        }
        let number = |name: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text(name).unwrap_or_default()).ok();
            let bytes = bytes.filter(|bytes| bytes.len() == 32);
            bytes.ok_or_else(|| format!("`{name}` is not 32 bytes in base64url"))
        };
        let (curve, bytes) = match (text("kty"), text("crv")) {
            (Some("EC"), Some("P-256")) => (Curve::P256, [vec![4], number("x")?, number("y")?].concat()),
            (Some("OKP"), Some("Ed25519")) => (Curve::Ed25519, number("x")?),
            _ => return Err("it is neither a key on P-256 nor one on Ed25519; no other is read".to_owned()),
        };
        if text("alg").is_some_and(|alg| Curve::of(alg) != Some(curve)) || text("use").is_some_and(|how| how != "sig") {
            return Err("it is for something else than such signatures".to_owned());
        }
        Ok(Self {
            curve,
            bytes,
            id: text("kid").map(str::to_owned),
        })
    }

    fn signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(self.curve.algorithm(), &self.bytes);
        key.verify(bytes, signature).is_ok()
    }
}

/// The keys in a file: a JWK, or a set of them.
///
/// # Errors
/// When it is neither, or one cannot be used, and why.
pub fn keys(file: &[u8]) -> Result<Vec<Key>, String> {
    let read = json::read(file).map_err(|error| error.to_string())?;
    if let Some(name) = json::twice(&read) {
        return Err(format!("the name `{name}` stands twice in it"));
    }
    let all: Vec<Key> = match read.get("keys") {
        Some(Value::Array(keys)) => keys.iter().map(Key::of).collect::<Result<_, _>>()?,
        _ => vec![Key::of(&read)?],
    };
    match all.is_empty() {
        true => Err("it holds no key".to_owned()),
        false => Ok(all),
    }
}

/// A token, of which nothing is believed before it was verified.
pub(super) struct Token<'t> {
    pub(super) header: Map<String, Value>,
    pub(super) payload: Map<String, Value>,
    signed: &'t str,
    signature: Vec<u8>,
}

impl<'t> Token<'t> {
    /// Reads a token; `what` says what it is for whoever gets the error.
    pub(super) fn read(text: &'t str, what: &'static str) -> Result<Self, Refused> {
        let malformed = || {
            Refused::Malformed(
                what,
                "a part is missing, or is not base64url of JSON in which each name stands once",
            )
        };
        let (signed, signature) = text.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = signed.split_once('.').ok_or_else(malformed)?;
        let object = |part: &str| {
            let value = json::read(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
            match (json::twice(&value).is_some(), value) {
                (false, Value::Object(object)) => Some(object),
                _ => None,
            }
        };
        Ok(Self {
            header: object(header).ok_or_else(malformed)?,
            payload: object(payload).ok_or_else(malformed)?,
            signature: URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed())?,
            signed,
        })
    }

    /// A text in its header.
    pub(super) fn headed(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }

    /// Whether one of these keys signed it, with an algorithm that the key is for; what its header asks to be understood besides is
    /// not.
    pub(super) fn verified(&self, keys: &[Key], what: &'static str) -> Result<(), Refused> {
        if let Some(name) = ["crit", "b64"].iter().find(|name| self.header.contains_key(**name)) {
            return Err(Refused::Header(what, (*name).to_owned()));
        }
        let alg = self.headed("alg").unwrap_or_default();
        let curve = Curve::of(alg).ok_or_else(|| Refused::Algorithm(what, alg.to_owned()))?;
        let named = self.headed("kid");
        let may =
            |key: &&Key| key.curve == curve && (named.is_none() || key.id.is_none() || key.id.as_deref() == named);
        match keys
            .iter()
            .filter(may)
            .any(|key| key.signed(self.signed.as_bytes(), &self.signature))
        {
            true => Ok(()),
            false => Err(Refused::Signature(what)),
        }
    }
}

/// The key that a credential names as its holder's (RFC 7800, section 3.2).
pub(super) fn holder(cnf: &Value) -> Result<Key, Refused> {
    let jwk = cnf
        .as_object()
        .filter(|cnf| cnf.len() == 1)
        .and_then(|cnf| cnf.get("jwk"));
    let jwk = jwk.ok_or_else(|| Refused::Binding("it names its holder's key otherwise than by `jwk`".to_owned()))?;
    Key::of(jwk).map_err(|problem| Refused::Binding(format!("its holder's key cannot be used: {problem}")))
}

/// A digest as tokens have it.
pub(super) fn digest(text: &str) -> String {
    use sha2::Digest as _;
    URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(text.as_bytes()))
}
