//! Receipts in the form of others: COSE Receipts (RFC 9942), which tools for supply chains and transparency services read.
//!
//! A receipt says of one entry what [`Proof`] says: that it stands in the log, under a root that the log's owner signed. It is a
//! `COSE_Sign1` (RFC 9052) by the key that signs checkpoints. Its payload is the root, and is not in it: whoever verifies rebuilds
//! it from the entry and the path.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use coset::cbor::value::Value;
use coset::{CborSerializable as _, CoseError, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable as _, iana};

use crate::checkpoint::Checkpoint;
use crate::note::{Kind, NoteError, NoteSigner, Verifier};
use crate::proof::{Proof, ProofError};

/// Claims of whoever signs (RFC 9597).
const CWT_CLAIMS: i64 = 15;
/// Who issued it, and what it is about (RFC 8392, sections 3.1.1 and 3.1.2).
const ISSUER: i64 = 1;
const SUBJECT: i64 = 2;
/// Which kind of tree it is (RFC 9942, section 4.2).
const VERIFIABLE_DATA_STRUCTURE: i64 = 395;
/// The tree of RFC 9162 over SHA-256.
const RFC9162_SHA256: i64 = 1;
/// Its proofs (RFC 9942, section 4.2), and among them those of inclusion (section 5.2).
const PROOFS: i64 = 396;
const INCLUSION: i64 = -1;

/// Why no receipt is made.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// The proof does not hold, or leads to a root that this key did not sign: bring the log up to date first.
    #[error("{0}; sign the ledger anew with `entente ledger publish`")]
    Proof(#[from] ProofError),
    /// It cannot be written as CBOR.
    #[error("the receipt cannot be written: {0}")]
    Cbor(CoseError),
}

/// The receipt for an entry, by the key that signed the checkpoint to which its proof leads.
///
/// # Errors
/// When the proof does not hold, or this key did not sign its checkpoint: a root is not signed twice over without having been looked at.
pub fn receipt(proof: &Proof, entry: &[u8], signer: &NoteSigner) -> Result<Vec<u8>, ReceiptError> {
    let checkpoint = Checkpoint::parse(proof.checkpoint.text()).map_err(ProofError::from)?;
    let own = signer.verifier(Kind::Signature);
    let of_log = signer.called(&checkpoint.origin).map_err(ProofError::from)?;
    let keys = [own.clone(), of_log.verifier(Kind::Signature)];
    proof.verify(entry, &checkpoint.origin, &keys, &[])?;
    let claims = Value::Map(vec![
        (Value::from(ISSUER), Value::from(checkpoint.origin.clone())),
        (Value::from(SUBJECT), Value::from(format!("event {}", proof.index + 1))),
    ]);
    let protected = HeaderBuilder::new()
        // The number of RFC 9053, which verifiers know; RFC 9864 has another for the same signature.
        .algorithm(iana::Algorithm::EdDSA)
        .key_id(own.key_name().into_bytes())
        .value(CWT_CLAIMS, claims)
        .value(VERIFIABLE_DATA_STRUCTURE, Value::from(RFC9162_SHA256));
    let path = proof.hashes.iter().map(|hash| Value::from(hash.to_vec())).collect();
    let inclusion = Value::Array(vec![
        Value::from(checkpoint.size),
        Value::from(proof.index),
        Value::Array(path),
    ]);
    let inclusion = inclusion.to_vec().map_err(ReceiptError::Cbor)?;
    let proofs = Value::Map(vec![(
        Value::from(INCLUSION),
        Value::Array(vec![Value::from(inclusion)]),
    )]);
    CoseSign1Builder::new()
        .protected(protected.build())
        .unprotected(HeaderBuilder::new().value(PROOFS, proofs).build())
        .create_detached_signature(&checkpoint.root, &[], |bytes| signer.signature(bytes).to_vec())
        .build()
        .to_tagged_vec()
        .map_err(ReceiptError::Cbor)
}

/// What stands before an Ed25519 key in a `SubjectPublicKeyInfo` (RFC 8410).
const ED25519: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

impl Verifier {
    /// The key as tools of others read it: a public key in PEM (RFC 7468, RFC 8410).
    #[must_use]
    pub fn pem(&self) -> String {
        let bytes = [ED25519.as_slice(), self.key_bytes()].concat();
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            STANDARD.encode(bytes)
        )
    }
}

impl From<NoteError> for ReceiptError {
    fn from(error: NoteError) -> Self {
        Self::Proof(error.into())
    }
}

#[cfg(test)]
mod tests {
    use coset::CoseSign1;
    use ed25519_dalek::{Signature, SigningKey, Verifier as _};
    use sha2::Digest as _;

    use super::*;
    use crate::{Hash, leaf_hash, prove_inclusion, root_of};

    fn log(size: usize) -> (Vec<Vec<u8>>, Vec<Hash>) {
        let entries: Vec<Vec<u8>> = (0..size).map(|n| format!("entry {n}").into_bytes()).collect();
        let leaves = entries.iter().map(|entry| leaf_hash(entry)).collect();
        (entries, leaves)
    }

    fn proof(leaves: &[Hash], index: usize, signer: &NoteSigner) -> Proof {
        let checkpoint = Checkpoint {
            origin: "GBR.CAB/log".into(),
            size: leaves.len() as u64,
            root: root_of(leaves.iter().copied()),
        };
        let mut note = checkpoint.note().unwrap();
        signer.sign(&mut note);
        Proof {
            extra: None,
            index: index as u64,
            hashes: prove_inclusion(leaves, index).unwrap(),
            checkpoint: note,
        }
    }

    #[test]
    fn a_receipt_is_signed_over_the_root_and_says_where_the_entry_stands() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let signer = NoteSigner::new("GBR.CAB", key.clone()).unwrap();
        let (entries, leaves) = log(5);
        for (index, entry) in entries.iter().enumerate() {
            let made = receipt(&proof(&leaves, index, &signer), entry, &signer).unwrap();
            let read = CoseSign1::from_tagged_slice(&made).unwrap();
            assert_eq!(read.payload, None);
            let root = root_of(leaves.iter().copied());
            let signed = read.verify_detached_signature(&root, &[], |signature, bytes| {
                key.verifying_key()
                    .verify(bytes, &Signature::from_slice(signature).unwrap())
            });
            signed.unwrap();
            let other = root_of(leaves.iter().skip(1).copied());
            let forged = read.verify_detached_signature(&other, &[], |signature, bytes| {
                key.verifying_key()
                    .verify(bytes, &Signature::from_slice(signature).unwrap())
            });
            assert!(forged.is_err());
        }
    }

    #[test]
    fn what_the_key_did_not_sign_gets_no_receipt() {
        let signer = NoteSigner::new("GBR.CAB", SigningKey::from_bytes(&[7; 32])).unwrap();
        let other = NoteSigner::new("GBR.CAB", SigningKey::from_bytes(&[8; 32])).unwrap();
        let (entries, leaves) = log(5);
        let foreign = receipt(&proof(&leaves, 2, &other), &entries[2], &signer);
        assert!(foreign.unwrap_err().to_string().contains("no known key signed"));
        let elsewhere = receipt(&proof(&leaves, 2, &signer), &entries[3], &signer);
        assert!(elsewhere.unwrap_err().to_string().contains("entry 2 is not in the log"));
    }

    #[test]
    fn a_key_is_written_as_rfc_8410_has_it() {
        // The example of RFC 8410, section 10.1.
        const EXAMPLE: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
        let der = STANDARD.decode(EXAMPLE).unwrap();
        let (before, key) = der.split_at(ED25519.len());
        assert_eq!(before, ED25519);
        let key = STANDARD.encode([&[1][..], key].concat());
        let id = sha2::Sha256::digest([b"x\n\x01", &STANDARD.decode(&key).unwrap()[1..]].concat());
        let verifier = Verifier::parse(&format!("x+{}+{key}", crate::hex(&id[..4]))).unwrap();
        assert!(verifier.pem().contains(EXAMPLE), "{}", verifier.pem());
    }
}
