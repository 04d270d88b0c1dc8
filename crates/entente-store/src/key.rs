//! A key, and what is sealed under it: XChaCha20-Poly1305 with a random nonce before the sealed bytes.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key as CipherKey, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// The bytes of a key.
pub(crate) const KEY: usize = 32;
const NONCE: usize = 24;

/// A key. It leaves memory with the last who holds it, and shows in no `Debug`.
#[derive(Clone)]
pub(crate) struct Key(Zeroizing<[u8; KEY]>);

impl Key {
    /// A fresh key from the operating system.
    pub(crate) fn random() -> Self {
        let mut bytes = Zeroizing::new([0; KEY]);
        getrandom::fill(bytes.as_mut()).expect("the operating system gives randomness");
        Self(bytes)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; KEY] = bytes.try_into().ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(CipherKey::from_slice(self.as_bytes()))
    }

    /// Seals bytes. `place` says where they belong: nowhere else can they be opened.
    pub(crate) fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).expect("the operating system gives randomness");
        let payload = Payload {
            msg: plain,
            aad: place.as_bytes(),
        };
        let sealed = self
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), payload)
            .expect("what is stored is far smaller than the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what [`Key::seal`] sealed for this place; `None` where it was not this key, not this place, or was changed.
    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let payload = Payload {
            msg: sealed,
            aad: place.as_bytes(),
        };
        let opened = self.cipher().decrypt(XNonce::from_slice(nonce), payload);
        opened.ok().map(Zeroizing::new)
    }

    /// Seals another key.
    pub(crate) fn wrap(&self, place: &str, key: &Self) -> Vec<u8> {
        self.seal(place, key.as_bytes())
    }

    /// Opens what [`Key::wrap`] sealed.
    pub(crate) fn unwrap_key(&self, place: &str, wrapped: &[u8]) -> Option<Self> {
        Self::from_bytes(&self.open(place, wrapped)?)
    }
}
