//! What an authority says of one of its people, as a credential: an SD-JWT (RFC 9901) in the form of SD-JWT VC, from an issuer that
//! the operator pinned, with its status (Token Status List).
//!
//! It takes the place of attributes that somebody here would type. **What is not understood is no**: another issuer, key, algorithm, type
//! or claim, a party or scheme for which the issuer does not count, a status that nobody can tell, a proof of the holder's key that was
//! not asked for.
//!
//! The claims are those of a person: `sub` (PARTY/NAME), `name`, `citizenships`, `clearances` (by scheme), `accesses`, written as in
//! files of persons. `exp` is asked for; nothing of the person counts afterwards.

mod disclosed;
mod jose;
mod status;

use std::collections::BTreeSet;

use entente_core::{CLOCK_TOLERANCE, PartyPath, Person, Vouched};
use entente_desk::persons::PersonInput;
use entente_marking::{SchemeId, Schemes};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use jose::Token;
pub use jose::{Key, keys};
use status::Place;

/// The largest file read.
pub const MAX_FILE: usize = 1 << 20;
/// How long a proof of the holder's key counts.
const PRESENTED: SignedDuration = SignedDuration::from_hours(24);
/// What a credential is called in errors, and the proof of its holder's key.
const CREDENTIAL: &str = "the credential";
const PROOF: &str = "the proof of the holder's key";

/// An issuer, as the operator pinned it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Its name: the claim `iss`.
    pub name: String,
    /// Its keys.
    pub keys: Vec<Key>,
    /// The types of credentials that are taken from it (`vct`).
    pub types: BTreeSet<String>,
    /// Of whose people it may speak: these parties and all below them.
    pub parties: BTreeSet<PartyPath>,
    /// For which schemes its word about clearances and accesses counts.
    pub schemes: BTreeSet<String>,
    /// Whether credentials are taken that have no status.
    pub without_status: bool,
    /// Claims that say nothing here, and are passed over.
    pub ignores: BTreeSet<String>,
}

/// Who takes a credential in, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// This party.
    pub home: &'a PartyPath,
    /// The word that the holder was asked to sign, where one was.
    pub nonce: Option<&'a str>,
    /// The schemes in which levels are named.
    pub schemes: &'a Schemes,
    /// When.
    pub now: Timestamp,
}

/// Why a credential is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is none.
    #[error("{0} cannot be read: {1}; ask for it again, as an SD-JWT in the compact form")]
    Malformed(&'static str, &'static str),
    /// Nobody pinned its issuer.
    #[error(
        "nobody here vouches for its issuer `{0}`; `[issuers.\"{0}\"]` in `serve.toml` pins its keys, if you trust it"
    )]
    Issuer(String),
    /// An algorithm that is not used.
    #[error("{0} is signed with `{1}`; only ES256 and EdDSA are taken")]
    Algorithm(&'static str, String),
    /// Its header asks for what is not understood.
    #[error("{0} asks for `{1}` to be understood, and it is not")]
    Header(&'static str, String),
    /// No pinned key signed it.
    #[error(
        "none of the pinned keys signed {0}: it was changed, or its issuer has other keys; ask the issuer, and pin those that it names"
    )]
    Signature(&'static str),
    /// It is of another type.
    #[error("{0} is of the type `{1}`, which is not taken; the issuer's `types` in `serve.toml` list what is")]
    Type(&'static str, String),
    /// It does not hold at this moment.
    #[error("{0} {1}; ask for a newer one")]
    Time(&'static str, String),
    /// What is disclosed is not what was signed.
    #[error("its disclosures do not fit: {0}; ask its holder to present it again")]
    Disclosure(String),
    /// Whoever brings it does not show that it is theirs.
    #[error("{0}; ask its holder to present it to you anew, with a word of yours (`--nonce`)")]
    Binding(String),
    /// Nobody knows whether it stands.
    #[error("its status is not known to be good: {0}")]
    Status(String),
    /// It says what is not understood.
    #[error(
        "it says something of `{0}`, which is not understood; have that not disclosed, or list it in the issuer's `ignores`"
    )]
    Claim(String),
    /// It speaks of somebody for whom its issuer does not count.
    #[error("its issuer does not count for {0}; the issuer's `{1}` in `serve.toml` list for what it does")]
    Beyond(String, &'static str),
    /// What it says of the person cannot be read.
    #[error("what it says of the person cannot be read: {0}")]
    Person(String),
}

/// What a credential says of a person, once all of it was checked. `status` gives the list at an address, as it is known here.
///
/// # Errors
/// The first reason for which it is not taken.
pub fn read(
    text: &str,
    issuers: &[Issuer],
    status: &dyn Fn(&Issuer, &str) -> Result<String, String>,
    asked: &Asked<'_>,
) -> Result<Person, Refused> {
    let malformed = |problem| Refused::Malformed(CREDENTIAL, problem);
    let text = text.trim();
    if text.len() > MAX_FILE {
        return Err(malformed("it is larger than 1 MiB"));
    }
    let (presented, proof) = text
        .rsplit_once('~')
        .ok_or_else(|| malformed("it has no `~` behind it"))?;
    let mut parts = presented.split('~');
    let token = Token::read(parts.next().unwrap_or_default(), CREDENTIAL)?;
    let disclosures: Vec<&str> = parts.collect();
    let iss = token.payload.get("iss").and_then(Value::as_str).unwrap_or_default();
    let issuer = issuers.iter().find(|issuer| issuer.name == iss);
    let issuer = issuer.ok_or_else(|| Refused::Issuer(iss.to_owned()))?;
    token.verified(&issuer.keys, CREDENTIAL)?;
    let typ = token.headed("typ").unwrap_or_default();
    if !["dc+sd-jwt", "vc+sd-jwt"].contains(&typ) {
        return Err(Refused::Type(CREDENTIAL, typ.to_owned()));
    }
    // What must not be disclosed at will stands in what was signed.
    let signed = &token.payload;
    let vct = signed.get("vct").and_then(Value::as_str).unwrap_or_default();
    if !issuer.types.contains(vct) {
        return Err(Refused::Type(CREDENTIAL, vct.to_owned()));
    }
    let mut until = in_force(signed, asked.now)?;
    let open = disclosed::claims(token.payload.clone(), &[])?;
    let claims = disclosed::claims(token.payload, &disclosures)?;
    if let Some(name) = FIXED.iter().find(|name| claims.get(**name) != open.get(**name)) {
        return Err(Refused::Disclosure(format!(
            "`{name}` is disclosed, and has to be signed openly"
        )));
    }
    bound(claims.get("cnf"), (&text[..=presented.len()], proof), asked)?;
    if let Some(end) = standing(&claims, issuer, status, asked.now)? {
        until = until.min(end);
    }
    person(&claims, issuer, until, asked)
}

/// Claims that an issuer has to sign openly, so that no holder decides whether they are seen (SD-JWT VC).
const FIXED: [&str; 7] = ["iss", "nbf", "exp", "cnf", "vct", "status", "iat"];
/// Claims that are read, besides.
const READ: [&str; 7] = [
    "sub",
    "name",
    "citizenships",
    "clearances",
    "accesses",
    "jti",
    "vct#integrity",
];

/// A moment in seconds since 1970.
fn moment(claims: &Map<String, Value>, name: &str, what: &'static str) -> Result<Option<Timestamp>, Refused> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let at = value.as_i64().and_then(|seconds| Timestamp::from_second(seconds).ok());
    match at {
        Some(at) => Ok(Some(at)),
        None => Err(Refused::Time(
            what,
            format!("says `{name}` in no seconds that can be read"),
        )),
    }
}

/// Until when it is in force, which it has to be now.
fn in_force(claims: &Map<String, Value>, now: Timestamp) -> Result<Timestamp, Refused> {
    let not = |said: String| Refused::Time(CREDENTIAL, said);
    let soon = now.saturating_add(CLOCK_TOLERANCE).unwrap_or(now);
    if let Some(begin) = moment(claims, "nbf", CREDENTIAL)?.filter(|begin| *begin > now) {
        return Err(not(format!("does not count before {begin}")));
    }
    if let Some(made) = moment(claims, "iat", CREDENTIAL)?.filter(|made| *made > soon) {
        return Err(not(format!("says that it was made on {made}")));
    }
    let end = moment(claims, "exp", CREDENTIAL)?.ok_or_else(|| not("has no end".to_owned()))?;
    match now < end {
        true => Ok(end),
        false => Err(not(format!("ended on {end}"))),
    }
}

/// Whether whoever presents it shows that it is theirs (RFC 9901, section 7.3). One that names no key of its holder is good for whoever
/// has it, as its issuer wished; a proof that nobody can check proves nothing.
fn bound(cnf: Option<&Value>, (presented, proof): (&str, &str), asked: &Asked<'_>) -> Result<(), Refused> {
    let no = |said: &str| Err(Refused::Binding(said.to_owned()));
    let cnf = match (cnf, proof.is_empty()) {
        (None, true) => return Ok(()),
        (None, false) => return no("it comes with a proof of a key, and names none"),
        (Some(_), true) => return no("it belongs to whoever has a certain key, and does not show that this is them"),
        (Some(cnf), false) => cnf,
    };
    let proof = Token::read(proof, PROOF)?;
    proof.verified(&[jose::holder(cnf)?], PROOF)?;
    if proof.headed("typ") != Some("kb+jwt") {
        return Err(Refused::Type(PROOF, proof.headed("typ").unwrap_or_default().to_owned()));
    }
    let says = |name: &str| proof.payload.get(name).and_then(Value::as_str);
    if says("sd_hash") != Some(&jose::digest(presented)) {
        return no("the proof of the holder's key is for something else");
    }
    let own = format!("urn:entente:party:{}", asked.home);
    if ![Some(asked.home.as_str()), Some(own.as_str())].contains(&says("aud")) {
        return no("it was presented to somebody else");
    }
    match asked.nonce {
        None => return no("it was presented for a word that was not said here"),
        Some(nonce) if says("nonce") != Some(nonce) => return no("it was presented for another word"),
        Some(_) => {}
    }
    let made = moment(&proof.payload, "iat", PROOF)?;
    let age = made.map(|made| asked.now.duration_since(made));
    match age {
        Some(age) if age <= PRESENTED && age >= -CLOCK_TOLERANCE => Ok(()),
        _ => no("it was not presented within the last day"),
    }
}

/// Until when it is known to stand, where it has a status.
fn standing(
    claims: &Map<String, Value>,
    issuer: &Issuer,
    status: &dyn Fn(&Issuer, &str) -> Result<String, String>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Refused> {
    let Some(said) = claims.get("status") else {
        return match issuer.without_status {
            true => Ok(None),
            false => Err(Refused::Status(
                "it has none, and the issuer is not pinned with `without_status = true`".to_owned(),
            )),
        };
    };
    let place = Place::of(said)?;
    let list = status(issuer, &place.list).map_err(Refused::Status)?;
    place.stands(&list, issuer, now).map(Some)
}

/// The person of whom it speaks.
fn person(
    claims: &Map<String, Value>,
    issuer: &Issuer,
    until: Timestamp,
    asked: &Asked<'_>,
) -> Result<Person, Refused> {
    let known = |name: &str| FIXED.contains(&name) || READ.contains(&name) || issuer.ignores.contains(name);
    if let Some(strange) = claims.keys().find(|name| !known(name)) {
        return Err(Refused::Claim(strange.clone()));
    }
    let sub = claims.get("sub").and_then(Value::as_str);
    let sub = sub.ok_or_else(|| {
        Refused::Person("it does not say whom it is about (`sub`), or that is not disclosed".to_owned())
    })?;
    let mut described = json!({ "id": sub });
    for name in ["name", "citizenships", "clearances", "accesses"] {
        if let Some(value) = claims.get(name) {
            described[name] = value.clone();
        }
    }
    let described: PersonInput =
        serde_json::from_value(described).map_err(|error| Refused::Person(error.to_string()))?;
    let person = described
        .person(asked.schemes)
        .map_err(|error| Refused::Person(error.to_string()))?;
    if !issuer.parties.iter().any(|party| party.includes(&person.party)) {
        return Err(Refused::Beyond(format!("people of {}", person.party), "parties"));
    }
    let cleared = person.clearances.keys().map(SchemeId::as_str);
    let accesses = person
        .accesses
        .iter()
        .map(|access| access.as_str().split('/').next().unwrap_or_default());
    if let Some(scheme) = cleared.chain(accesses).find(|scheme| !issuer.schemes.contains(*scheme)) {
        return Err(Refused::Beyond(format!("the scheme {scheme}"), "schemes"));
    }
    Ok(Person {
        vouched: Some(Vouched {
            by: issuer.name.clone(),
            until,
        }),
        ..person
    })
}

#[cfg(test)]
mod tests;
