use entente_marking::installed::Library;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use serde_json::json;

use super::jose::digest;
use super::*;

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Somebody who signs.
enum Pair {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Pair {
    fn p256() -> Self {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self::P256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap())
    }

    fn ed25519() -> Self {
        let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::Ed25519(Ed25519KeyPair::from_pkcs8(made.as_ref()).unwrap())
    }

    fn jwk(&self) -> Value {
        match self {
            Self::P256(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y)})
            }
            Self::Ed25519(pair) => json!({"kty": "OKP", "crv": "Ed25519", "x": encoded(pair.public_key())}),
        }
    }

    fn alg(&self) -> &'static str {
        match self {
            Self::P256(_) => "ES256",
            Self::Ed25519(_) => "EdDSA",
        }
    }

    #[allow(clippy::needless_pass_by_value, reason = "called with what is written in place")]
    fn token(&self, header: Value, payload: &Value) -> String {
        let mut head = json!({ "alg": self.alg() });
        head.as_object_mut()
            .unwrap()
            .extend(header.as_object().unwrap().clone());
        let signed = format!("{}.{}", encoded(head.to_string()), encoded(payload.to_string()));
        let signature = match self {
            Self::P256(pair) => encoded(pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap()),
            Self::Ed25519(pair) => encoded(pair.sign(signed.as_bytes())),
        };
        format!("{signed}.{signature}")
    }
}

const NOW: i64 = 1_800_000_000;
const URI: &str = "https://ministry.example/list/1";

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn payload() -> Value {
    json!({
        "iss": "https://ministry.example", "vct": "clearance", "iat": NOW - 100, "exp": NOW + 86_400,
        "status": {"status_list": {"idx": 1, "uri": URI}},
        "sub": "CHL/minister", "name": "the minister", "citizenships": ["CHL"], "clearances": {"us-ic": "S"}, "accesses": ["SI"],
    })
}

fn issuer(pair: &Pair) -> Issuer {
    let one = |text: &str| BTreeSet::from([text.to_owned()]);
    Issuer {
        name: "https://ministry.example".to_owned(),
        keys: keys(pair.jwk().to_string().as_bytes()).unwrap(),
        types: one("clearance"),
        parties: BTreeSet::from([PartyPath::new("CHL").unwrap()]),
        schemes: one("us-ic"),
        without_status: false,
        ignores: one("given_name"),
    }
}

/// A list that says of number 1 what is asked.
fn list(pair: &Pair, status: u8, with: impl FnOnce(&mut Value)) -> String {
    use std::io::Write as _;
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&[status << 2]).unwrap();
    let lst = encoded(packer.finish().unwrap());
    let mut said = json!({
        "sub": URI, "iat": NOW - 10, "exp": NOW + 3600, "ttl": 7200, "status_list": {"bits": 2, "lst": lst},
    });
    with(&mut said);
    pair.token(json!({"typ": "statuslist+jwt"}), &said)
}

struct Trial<'t> {
    pair: &'t Pair,
    issuer: Issuer,
    list: Result<String, String>,
    nonce: Option<&'t str>,
}

impl<'t> Trial<'t> {
    fn of(pair: &'t Pair) -> Self {
        Self {
            issuer: issuer(pair),
            list: Ok(list(pair, 0, |_| {})),
            nonce: None,
            pair,
        }
    }

    fn reads(&self, text: &str) -> Result<Person, Refused> {
        let library = Library::default();
        let asked = Asked {
            home: &PartyPath::new("GBR.CAB").unwrap(),
            nonce: self.nonce,
            schemes: &library.schemes,
            now: now(),
        };
        read(
            text,
            std::slice::from_ref(&self.issuer),
            &|_, _| self.list.clone(),
            &asked,
        )
    }

    /// What comes of a credential whose payload is changed.
    fn with(&self, change: impl FnOnce(&mut Value)) -> Result<Person, Refused> {
        let mut payload = payload();
        change(&mut payload);
        self.reads(&(self.pair.token(json!({"typ": "dc+sd-jwt"}), &payload) + "~"))
    }

    fn refuses(&self, says: &str, change: impl FnOnce(&mut Value)) {
        let said = self.with(change).unwrap_err().to_string();
        assert!(said.contains(says), "expected `{says}`, got `{said}`");
    }
}

#[test]
fn a_credential_of_a_pinned_issuer_describes_a_person_until_its_status_is_unknown() {
    for pair in [Pair::p256(), Pair::ed25519()] {
        let person = Trial::of(&pair).with(|_| {}).unwrap();
        assert_eq!(person.id.as_str(), "CHL/minister");
        assert_eq!(person.clearances.len(), 1);
        assert_eq!(person.accesses.iter().next().unwrap().as_str(), "us-ic/sci/SI");
        assert!(person.roles.is_empty() && !person.disabled);
        let vouched = person.vouched.clone().unwrap();
        assert_eq!(vouched.by, "https://ministry.example");
        assert_eq!(vouched.until.as_second(), NOW + 3600, "the list counts no longer");
        assert!(!person.lapsed(now()) && person.lapsed(vouched.until));
    }
}

#[test]
fn what_is_not_understood_is_no() {
    let pair = Pair::p256();
    let trial = Trial::of(&pair);
    trial.refuses("nobody here vouches for its issuer `https://other`", |all| {
        all["iss"] = json!("https://other");
    });
    trial.refuses("the credential is of the type `other`", |all| {
        all["vct"] = json!("other");
    });
    trial.refuses("has no end", |all| drop(all.as_object_mut().unwrap().remove("exp")));
    trial.refuses("ended on", |all| all["exp"] = json!(NOW));
    trial.refuses("in no seconds", |all| all["exp"] = json!("never"));
    trial.refuses("does not count before", |all| all["nbf"] = json!(NOW + 1));
    trial.refuses("says that it was made", |all| all["iat"] = json!(NOW + 400));
    trial.refuses("something of `restrictions`", |all| {
        all["restrictions"] = json!(["not on Mondays"]);
    });
    trial.refuses("does not count for people of USA.SVC", |all| {
        all["sub"] = json!("USA.SVC/analyst");
    });
    trial.refuses("does not count for the scheme nato", |all| {
        all["clearances"] = json!({"nato": "NS"});
    });
    trial.refuses("does not count for the scheme nato", |all| {
        all["accesses"] = json!(["nato/category/ATOMAL"]);
    });
    trial.refuses("is not a level of us-ic", |all| {
        all["clearances"] = json!({"us-ic": "HIGHEST"});
    });
    trial.refuses("is no country", |all| all["citizenships"] = json!(["Chile"]));
    trial.refuses("does not say whom it is about", |all| {
        drop(all.as_object_mut().unwrap().remove("sub"));
    });
    trial.refuses("something of `roles`", |all| all["roles"] = json!(["administrator"]));
    trial.refuses("something of `disabled`", |all| all["disabled"] = json!(false));
    trial
        .with(|all| all["given_name"] = json!("says nothing here"))
        .unwrap();
    trial.with(|all| all["nbf"] = json!(NOW)).unwrap();
}

#[test]
fn signatures_count_by_the_pinned_key_alone() {
    let (pair, other) = (Pair::p256(), Pair::ed25519());
    let trial = Trial::of(&pair);
    let says = |text: &str| trial.reads(text).unwrap_err().to_string();
    let typ = || json!({"typ": "dc+sd-jwt"});
    let good = pair.token(typ(), &payload());
    assert!(says(&(other.token(typ(), &payload()) + "~")).contains("none of the pinned keys signed the credential"));
    assert!(says(&(Pair::p256().token(typ(), &payload()) + "~")).contains("none of the pinned keys"));
    for header in [
        json!({"alg": "none"}),
        json!({"alg": "HS256"}),
        json!({"alg": "ES384"}),
        json!({"alg": 1}),
    ] {
        assert!(says(&(pair.token(header, &payload()) + "~")).contains("only ES256 and EdDSA"));
    }
    let crit = json!({"typ": "dc+sd-jwt", "crit": ["x"], "x": 1});
    assert!(says(&(pair.token(crit, &payload()) + "~")).contains("asks for `crit` to be understood"));
    assert!(says(&(pair.token(json!({"typ": "JWT"}), &payload()) + "~")).contains("of the type `JWT`"));
    // Every change of a letter.
    let mut taken = Vec::new();
    for place in 0..good.len() {
        let mut changed = good.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap() + "~";
        if trial.reads(&changed).is_ok() {
            taken.push(place);
        }
    }
    assert_eq!(taken, Vec::<usize>::new());
    for text in [
        "",
        "~",
        "a.b.c",
        "a.b.c~",
        &good,
        &format!("{good}~~"),
        &format!("{good}~x~"),
    ] {
        trial.reads(text).unwrap_err();
    }
    let twice = encoded(payload().to_string().replacen('{', "{\"sub\":\"CHL/other\",", 1));
    let head = encoded(json!({"alg": "ES256", "typ": "dc+sd-jwt"}).to_string());
    assert!(says(&format!("{head}.{twice}.{}~", encoded([0; 64]))).contains("each name stands once"));
}

#[test]
fn keys_that_cannot_be_pinned_say_why() {
    let pair = Pair::p256();
    let mut private = pair.jwk();
    private["d"] = json!("x");
    let mut other = pair.jwk();
    other["crv"] = json!("P-384");
    let mut use_ = pair.jwk();
    use_["use"] = json!("enc");
    for (jwk, says) in [
        (private, "private key"),
        (other, "neither a key on P-256"),
        (use_, "something else"),
        (json!({"keys": []}), "holds no key"),
        (
            json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
            "not 32 bytes",
        ),
    ] {
        let said = keys(jwk.to_string().as_bytes()).unwrap_err();
        assert!(said.contains(says), "{said}");
    }
    let set = json!({"keys": [pair.jwk(), Pair::ed25519().jwk()]});
    assert_eq!(keys(set.to_string().as_bytes()).unwrap().len(), 2);
}

#[test]
fn an_unknown_status_is_no() {
    let pair = Pair::p256();
    let mut trial = Trial::of(&pair);
    trial.refuses("it has none, and the issuer is not pinned", |all| {
        drop(all.as_object_mut().unwrap().remove("status"));
    });
    trial.refuses("not understood", |all| all["status"] = json!({"other": 1}));
    trial.refuses("shorter than the number", |all| {
        all["status"]["status_list"]["idx"] = json!(4);
    });
    trial.refuses("the list is not the one at https://elsewhere", |all| {
        all["status"]["status_list"]["uri"] = json!("https://elsewhere");
    });
    for (status, says) in [(1, "took it back"), (2, "suspended it"), (3, "its status is 3")] {
        trial.list = Ok(list(&pair, status, |_| {}));
        trial.refuses(says, |_| {});
    }
    let other = Pair::p256();
    for (made, says) in [
        (Err("nobody has the list".to_owned()), "nobody has the list"),
        (
            Ok(list(&other, 0, |_| {})),
            "none of the pinned keys signed the status list",
        ),
        (Ok(list(&pair, 0, |said| said["exp"] = json!(NOW))), "counted until"),
        (Ok(list(&pair, 0, |said| said["ttl"] = json!(10))), "counted until"),
        (
            Ok(list(&pair, 0, |said| said["iat"] = json!(NOW + 400))),
            "in the future",
        ),
        (Ok(list(&pair, 0, |said| said["iss"] = json!("x"))), "is not the one"),
        (
            Ok(list(&pair, 0, |said| said["status_list"]["bits"] = json!(3))),
            "neither 1, 2, 4 nor 8",
        ),
        (
            Ok(pair.token(json!({"typ": "JWT"}), &json!({}))),
            "the status list is of the type `JWT`",
        ),
        (Ok("x".to_owned()), "the status list cannot be read"),
    ] {
        trial.list = made;
        trial.refuses(says, |_| {});
    }
    let without = |said: &mut Value| {
        said.as_object_mut()
            .unwrap()
            .retain(|name, _| name != "exp" && name != "ttl");
    };
    trial.list = Ok(list(&pair, 0, without));
    let person = trial.with(|_| {}).unwrap();
    assert_eq!(person.vouched.unwrap().until.as_second(), NOW - 10 + 86_400, "a day");
    // Where the operator says so, one without a status counts until it ends.
    trial.issuer.without_status = true;
    let person = trial
        .with(|all| drop(all.as_object_mut().unwrap().remove("status")))
        .unwrap();
    assert_eq!(person.vouched.unwrap().until.as_second(), NOW + 86_400);
}

#[test]
fn a_holder_discloses_what_the_issuer_lets_them() {
    let pair = Pair::p256();
    let trial = Trial::of(&pair);
    let made = |parts: Value| encoded(parts.to_string());
    let level = made(json!(["salt", "us-ic", "TS"]));
    let cleared = made(json!(["salt", "clearances", {"_sd": [digest(&level)]}]));
    let country = made(json!(["salt", "CHL"]));
    let end = made(json!(["salt", "exp", NOW + 999_999]));
    let mut signed = payload();
    for name in ["clearances", "accesses"] {
        signed.as_object_mut().unwrap().remove(name);
    }
    signed["citizenships"] = json!([{"...": digest(&country)}]);
    signed["_sd"] = json!([digest(&cleared)]);
    signed["_sd_alg"] = json!("sha-256");
    // Digests that stand for nothing may stand anywhere.
    signed["status"]["_sd"] = json!(["decoy"]);
    let presented = |disclosures: &[&str]| {
        let token = pair.token(json!({"typ": "vc+sd-jwt"}), &signed);
        let disclosures = disclosures.iter().map(|one| format!("{one}~"));
        trial.reads(&format!("{token}~{}", disclosures.collect::<String>()))
    };
    let all = presented(&[&cleared, &level, &country]).unwrap();
    assert_eq!((all.clearances.len(), all.citizenships.len()), (1, 1));
    let little = presented(&[]).unwrap();
    assert!(little.clearances.is_empty() && little.citizenships.is_empty());
    let stray = presented(&[&level]).unwrap_err().to_string();
    assert!(stray.contains("the issuer did not sign for"), "{stray}");
    // When it ends, no holder chooses.
    let mut open = payload();
    open.as_object_mut().unwrap().remove("exp");
    open["_sd"] = json!([digest(&end)]);
    let token = pair.token(json!({"typ": "dc+sd-jwt"}), &open);
    assert!(
        trial
            .reads(&format!("{token}~{end}~"))
            .unwrap_err()
            .to_string()
            .contains("has no end")
    );
    let mut revoked = payload();
    let status = made(json!(["salt", "status", revoked["status"].clone()]));
    revoked.as_object_mut().unwrap().remove("status");
    revoked["_sd"] = json!([digest(&status)]);
    let token = pair.token(json!({"typ": "dc+sd-jwt"}), &revoked);
    assert!(
        trial
            .reads(&format!("{token}~{status}~"))
            .unwrap_err()
            .to_string()
            .contains("has to be signed openly")
    );
}

#[test]
fn one_that_is_bound_to_a_key_needs_its_proof() {
    let (pair, holder) = (Pair::p256(), Pair::ed25519());
    let mut trial = Trial::of(&pair);
    let mut signed = payload();
    signed["cnf"] = json!({"jwk": holder.jwk()});
    let presented = pair.token(json!({"typ": "dc+sd-jwt"}), &signed) + "~";
    let proof = |change: &dyn Fn(&mut Value)| {
        let mut said = json!({"iat": NOW - 60, "aud": "GBR.CAB", "nonce": "gate 4", "sd_hash": digest(&presented)});
        change(&mut said);
        format!("{presented}{}", holder.token(json!({"typ": "kb+jwt"}), &said))
    };
    let says = |trial: &Trial<'_>, text: &str| trial.reads(text).unwrap_err().to_string();
    assert!(says(&trial, &presented).contains("does not show that this is them"));
    assert!(says(&trial, &proof(&|_| {})).contains("a word that was not said here"));
    trial.nonce = Some("gate 4");
    trial.reads(&proof(&|_| {})).unwrap();
    trial
        .reads(&proof(&|said| said["aud"] = json!("urn:entente:party:GBR.CAB")))
        .unwrap();
    type Change<'c> = &'c dyn Fn(&mut Value);
    let changes: [(Change<'_>, &str); 5] = [
        (&|said| said["nonce"] = json!("gate 5"), "another word"),
        (&|said| said["aud"] = json!("USA.SVC"), "somebody else"),
        (&|said| said["sd_hash"] = json!(digest("x")), "something else"),
        (&|said| said["iat"] = json!(NOW - 90_000), "within the last day"),
        (
            &|said| drop(said.as_object_mut().unwrap().remove("iat")),
            "within the last day",
        ),
    ];
    for (change, what) in changes {
        let said = says(&trial, &proof(change));
        assert!(said.contains(what), "expected `{what}`, got `{said}`");
    }
    let other = Pair::ed25519();
    let said = json!({"iat": NOW - 60, "aud": "GBR.CAB", "nonce": "gate 4", "sd_hash": digest(&presented)});
    let forged = format!("{presented}{}", other.token(json!({"typ": "kb+jwt"}), &said));
    assert!(says(&trial, &forged).contains("none of the pinned keys signed the proof"));
    let untyped = format!("{presented}{}", holder.token(json!({"typ": "JWT"}), &said));
    assert!(says(&trial, &untyped).contains("the proof of the holder's key is of the type `JWT`"));
    // A proof where no key is named proves nothing.
    let unbound = pair.token(json!({"typ": "dc+sd-jwt"}), &payload()) + "~";
    let loose = format!("{unbound}{}", holder.token(json!({"typ": "kb+jwt"}), &said));
    assert!(says(&trial, &loose).contains("names none"));
}

/// RFC 9901, section 5.1, and its key, appendix A.5.
#[test]
fn the_example_of_the_specification_is_read() {
    const KEY: &str = r#"{"kty": "EC", "crv": "P-256", "x": "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ",
        "y": "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8"}"#;
    const TOKEN: &str = "eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImV4YW1wbGUrc2Qtand0In0.\
        eyJfc2QiOiBbIkNyUWU3UzVrcUJBSHQtbk1ZWGdjNmJkdDJTSDVhVFkxc1VfTS1QZ2tq\
        UEkiLCAiSnpZakg0c3ZsaUgwUjNQeUVNZmVadTZKdDY5dTVxZWhabzdGN0VQWWxTRSIs\
        ICJQb3JGYnBLdVZ1Nnh5bUphZ3ZrRnNGWEFiUm9jMkpHbEFVQTJCQTRvN2NJIiwgIlRH\
        ZjRvTGJnd2Q1SlFhSHlLVlFaVTlVZEdFMHc1cnREc3JaemZVYW9tTG8iLCAiWFFfM2tQ\
        S3QxWHlYN0tBTmtxVlI2eVoyVmE1TnJQSXZQWWJ5TXZSS0JNTSIsICJYekZyendzY002\
        R242Q0pEYzZ2Vks4QmtNbmZHOHZPU0tmcFBJWmRBZmRFIiwgImdiT3NJNEVkcTJ4Mkt3\
        LXc1d1BFemFrb2I5aFYxY1JEMEFUTjNvUUw5Sk0iLCAianN1OXlWdWx3UVFsaEZsTV8z\
        Smx6TWFTRnpnbGhRRzBEcGZheVF3TFVLNCJdLCAiaXNzIjogImh0dHBzOi8vaXNzdWVy\
        LmV4YW1wbGUuY29tIiwgImlhdCI6IDE2ODMwMDAwMDAsICJleHAiOiAxODgzMDAwMDAw\
        LCAic3ViIjogInVzZXJfNDIiLCAibmF0aW9uYWxpdGllcyI6IFt7Ii4uLiI6ICJwRm5k\
        amtaX1ZDem15VGE2VWpsWm8zZGgta284YUlLUWM5RGxHemhhVllvIn0sIHsiLi4uIjog\
        IjdDZjZKa1B1ZHJ5M2xjYndIZ2VaOGtoQXYxVTFPU2xlclAwVmtCSnJXWjAifV0sICJf\
        c2RfYWxnIjogInNoYS0yNTYiLCAiY25mIjogeyJqd2siOiB7Imt0eSI6ICJFQyIsICJj\
        cnYiOiAiUC0yNTYiLCAieCI6ICJUQ0FFUjE5WnZ1M09IRjRqNFc0dmZTVm9ISVAxSUxp\
        bERsczd2Q2VHZW1jIiwgInkiOiAiWnhqaVdXYlpNUUdIVldLVlE0aGJTSWlyc1ZmdWVj\
        Q0U2dDRqVDlGMkhaUSJ9fX0.\
        MczwjBFGtzf-6WMT-hIvYbkb11NrV1WMO-jTijpMPNbswNzZ87wY2uHz\
        -CXo6R04b7jYrpj9mNRAvVssXou1iw";
    const GIVEN_NAME: &str = "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd";
    const NATIONALITY: &str = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIlVTIl0";
    let token = Token::read(TOKEN, CREDENTIAL).unwrap();
    token.verified(&keys(KEY.as_bytes()).unwrap(), CREDENTIAL).unwrap();
    let claims = disclosed::claims(token.payload, &[GIVEN_NAME, NATIONALITY]).unwrap();
    assert_eq!(claims["given_name"], "John");
    assert_eq!(claims["nationalities"], json!(["US"]));
    assert_eq!(claims["sub"], "user_42");
    assert!(!claims.contains_key("_sd") && !claims.contains_key("family_name"));
    let changed = TOKEN.replace("MczwjBFGtzf", "XczwjBFGtzf");
    let token = Token::read(&changed, CREDENTIAL).unwrap();
    token.verified(&keys(KEY.as_bytes()).unwrap(), CREDENTIAL).unwrap_err();
}
