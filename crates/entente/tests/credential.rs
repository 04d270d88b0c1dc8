//! Persons by credentials of issuers that the operator pinned, instead of attributes that somebody types.

use crate::support;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use support::{Desk, REPORT, Said};

const ISSUER: &str = "https://ministry.example";
const LIST: &str = "https://ministry.example/lists/1";

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A ministry that vouches for its people, and the desk of those who know it.
struct Ministry {
    desk: Desk,
    pair: EcdsaKeyPair,
    now: i64,
}

impl Ministry {
    fn new() -> Self {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap();
        let ministry = Self {
            desk: Desk::delivered(),
            pair,
            now: jiff::Timestamp::now().as_second(),
        };
        ministry.desk.ok("GBR.CAB", &["party", "add", "CHL"]);
        let (x, y) = ministry.pair.public_key().as_ref()[1..].split_at(32);
        let key = json!({"kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y)});
        ministry.desk.write("GBR.CAB/ministry.jwk", &key.to_string());
        ministry.pin("schemes = [\"us-ic\"]");
        ministry.lists(0, 3600);
        ministry
    }

    fn pin(&self, more: &str) {
        let settings = format!(
            "[issuers.\"{ISSUER}\"]\nkeys = \"ministry.jwk\"\ntypes = [\"clearance\"]\nparties = [\"CHL\"]\n{more}\n\
             [issuers.\"{ISSUER}\".status]\n\"{LIST}\" = \"list.jwt\"\n"
        );
        self.desk.write("GBR.CAB/serve.toml", &settings);
    }

    fn token(&self, typ: &str, payload: &Value) -> String {
        let header = json!({"alg": "ES256", "typ": typ});
        let signed = format!("{}.{}", encoded(header.to_string()), encoded(payload.to_string()));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", encoded(signature))
    }

    /// Publishes a list that says this of all credentials, and counts so many seconds.
    fn lists(&self, status: u8, seconds: i64) {
        // A byte as zlib stores it without packing.
        let mut packed = vec![0x78, 0x01, 0x01, 0x01, 0x00, 0xfe, 0xff, status];
        let sum = u32::from(status) + 1;
        packed.extend(((sum << 16) | sum).to_be_bytes());
        let payload = json!({
            "sub": LIST, "iat": self.now, "exp": jiff::Timestamp::now().as_second() + seconds,
            "status_list": {"bits": 8, "lst": encoded(packed)},
        });
        self.desk
            .write("GBR.CAB/list.jwt", &self.token("statuslist+jwt", &payload));
    }

    /// Gives a credential to a person, and writes it to a file.
    fn vouches(&self, name: &str, change: impl FnOnce(&mut Value)) -> String {
        let mut payload = json!({
            "iss": ISSUER, "vct": "clearance", "iat": self.now, "exp": self.now + 86_400,
            "status": {"status_list": {"idx": 0, "uri": LIST}},
            "sub": format!("CHL/{name}"), "name": "an envoy", "citizenships": ["CHL"], "clearances": {"us-ic": "TS"}, "accesses": ["SI"],
        });
        change(&mut payload);
        let file = format!("{name}.sd-jwt");
        self.desk
            .write(&file, &format!("{}~\n", self.token("dc+sd-jwt", &payload)));
        file
    }

    fn add(&self, file: &str) -> Said {
        self.desk
            .run(&["--data", "GBR.CAB", "person", "add", "--credential", file])
    }
}

/// The rules that deny portions to the first of an audience.
fn denied_by(decided: &Said, portion: &str) -> Vec<String> {
    let portions = decided.json()["people"][0]["portions"].as_array().unwrap().clone();
    let one = portions.iter().find(|one| one["id"] == portion).unwrap();
    let reasons = one["reasons"].as_array().unwrap().iter();
    reasons
        .map(|reason| reason["rule"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_visitor_is_decided_about_by_what_their_credential_says() {
    let ministry = Ministry::new();
    let file = ministry.vouches("envoy", |_| {});
    let decide = |more: &[&str]| {
        ministry
            .desk
            .run(&[&["--data", "GBR.CAB", "--json", "decide", REPORT], more].concat())
    };
    let typed = decide(&["--to", "CHL/envoy", "--for", "threat-warning"]);
    assert!(denied_by(&typed, "place").contains(&"mandatory.clearance".to_owned()));
    let vouched = decide(&["--credential", &file, "--for", "threat-warning"]);
    let rules = denied_by(&vouched, "place");
    assert!(!rules.iter().any(|rule| rule.starts_with("mandatory.")), "{rules:?}");
    assert!(
        rules.contains(&"release.list".to_owned()) || !rules.is_empty(),
        "marks still count: {rules:?}"
    );
    // Nothing of it was recorded.
    assert!(
        !ministry
            .desk
            .ok("GBR.CAB", &["person", "list"])
            .out
            .contains("CHL/envoy")
    );
    // What is prepared for them is about the same person, as the credential has them.
    let speaker = [
        "--speaker",
        "GBR.CAB/minister",
        "--report",
        REPORT,
        "--purpose",
        "threat-warning",
    ];
    ministry.desk.ok(
        "GBR.CAB",
        &[&["brief", "new", "--credential", &file], &speaker[..]].concat(),
    );
    let listed = ministry.desk.ok("GBR.CAB", &["--json", "person", "list"]).json();
    let envoy = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == "CHL/envoy")
        .unwrap();
    assert_eq!(envoy["vouched"]["by"], ISSUER);
    assert_eq!(envoy["clearances"]["us-ic"]["name"], "TOP SECRET");
    assert_eq!(envoy["roles"], json!([]));
}

#[test]
fn a_person_known_by_a_credential_is_known_until_it_ends() {
    let ministry = Ministry::new();
    let file = ministry.vouches("envoy", |_| {});
    ministry.lists(0, 4);
    let added = ministry.add(&file);
    assert_eq!(added.code, 0, "{}", added.err);
    assert!(
        added.out.contains("CHL/envoy is known until") && added.out.contains(ISSUER),
        "{}",
        added.out
    );
    let decide = || {
        ministry.desk.run(&[
            "--data",
            "GBR.CAB",
            "--json",
            "decide",
            REPORT,
            "--to",
            "CHL/envoy",
            "--for",
            "threat-warning",
        ])
    };
    assert!(!denied_by(&decide(), "place").contains(&"mandatory.clearance".to_owned()));
    support::web::until("the status is not known any more", || {
        denied_by(&decide(), "advice").contains(&"state.person-lapsed".to_owned())
    });
    let said = ministry.desk.run(&[
        "--data",
        "GBR.CAB",
        "decide",
        REPORT,
        "--to",
        "CHL/envoy",
        "--for",
        "threat-warning",
    ]);
    assert!(
        said.out
            .contains("the credential by which CHL/envoy is known has ended"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("entente person add --credential FILE"),
        "{}",
        said.out
    );
    // With a newer list they are known again.
    ministry.lists(0, 3600);
    assert_eq!(ministry.add(&file).code, 0);
    assert!(!denied_by(&decide(), "advice").contains(&"state.person-lapsed".to_owned()));
    // What a list says of them can be taken in again.
    let list = ministry.desk.ok("GBR.CAB", &["person", "list", "--csv"]).out;
    assert!(list.contains("vouched until"), "{list}");
    ministry.desk.write("persons.csv", &list);
    ministry.desk.ok("GBR.CAB", &["person", "add", "--file", "persons.csv"]);
    assert_eq!(ministry.desk.ok("GBR.CAB", &["person", "list", "--csv"]).out, list);
}

#[test]
fn what_is_typed_does_not_stand_beside_what_a_credential_says() {
    let ministry = Ministry::new();
    let file = ministry.vouches("envoy", |_| {});
    ministry.desk.ok(
        "GBR.CAB",
        &["person", "add", "CHL/envoy", "--clearance", "us-ic=C", "--access", "TK"],
    );
    let decided = ministry
        .desk
        .run(&["--data", "GBR.CAB", "decide", REPORT, "--credential", &file]);
    assert!(
        decided.err.contains("known here otherwise than the credential says"),
        "{}",
        decided.err
    );
    assert_eq!(ministry.add(&file).code, 0);
    let envoy = || {
        let listed = ministry.desk.ok("GBR.CAB", &["--json", "person", "list"]).json();
        listed
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] == "CHL/envoy")
            .unwrap()
            .clone()
    };
    assert_eq!(
        envoy()["accesses"],
        json!(["us-ic/sci/SI"]),
        "what it does not say is not so"
    );
    let typed = ministry.desk.run(&[
        "--data",
        "GBR.CAB",
        "person",
        "add",
        "CHL/envoy",
        "--clearance",
        "us-ic=TS",
    ]);
    assert!(
        typed.err.contains("known by a credential of https://ministry.example"),
        "{}",
        typed.err
    );
    let both = ministry.desk.run(&[
        "--data",
        "GBR.CAB",
        "person",
        "add",
        "--credential",
        &file,
        "--access",
        "TK",
    ]);
    assert_eq!(both.code, 2, "{}", both.err);
    let other = ministry
        .desk
        .run(&["--data", "GBR.CAB", "person", "add", "CHL/other", "--credential", &file]);
    assert_eq!(
        (other.code, other.err.contains("is about CHL/envoy")),
        (3, true),
        "{}",
        other.err
    );
    ministry.desk.ok(
        "GBR.CAB",
        &[
            "person",
            "add",
            "CHL/envoy",
            "--drop-credential",
            "--citizenship",
            "CHL",
        ],
    );
    let now = envoy();
    assert_eq!((&now["clearances"], &now["vouched"]), (&json!({}), &Value::Null));
    assert_eq!(now["citizenships"], json!(["CHL"]));
}

#[test]
fn what_is_not_known_to_be_good_is_refused_and_says_what_to_do() {
    let ministry = Ministry::new();
    let refused = |file: &str, says: &str| {
        let said = ministry.add(file);
        assert_eq!(
            (said.code, said.err.contains(says)),
            (3, true),
            "expected `{says}`: {}",
            said.err
        );
    };
    let good = ministry.vouches("envoy", |_| {});
    for (change, says) in [
        (
            json!({"iss": "https://other.example"}),
            "`[issuers.\"https://other.example\"]` in `serve.toml` pins its keys",
        ),
        (
            json!({"sub": "USA.SVC/analyst"}),
            "does not count for people of USA.SVC",
        ),
        (json!({"exp": ministry.now}), "ended on"),
        (json!({"vct": "other"}), "`types` in `serve.toml` list what is"),
        (
            json!({"status": {"status_list": {"idx": 0, "uri": "https://ministry.example/lists/2"}}}),
            "says where it is",
        ),
        (json!({"restrictions": ["x"]}), "something of `restrictions`"),
    ] {
        let file = ministry.vouches("changed", |payload| {
            payload
                .as_object_mut()
                .unwrap()
                .extend(change.as_object().unwrap().clone());
        });
        refused(&file, says);
    }
    let text = std::fs::read_to_string(ministry.desk.path(&good)).unwrap();
    let (signed, signature) = text.rsplit_once('.').unwrap();
    ministry.desk.write("forged.sd-jwt", &format!("{signed}A.{signature}"));
    refused("forged.sd-jwt", "");
    ministry.lists(1, 3600);
    refused(&good, "its issuer took it back");
    std::fs::remove_file(ministry.desk.path("GBR.CAB/list.jwt")).unwrap();
    refused(&good, "its status is not known to be good");
    ministry.lists(0, 3600);
    ministry.pin("");
    refused(&good, "does not count for the scheme us-ic");
    ministry.desk.write("GBR.CAB/ministry.jwk", "{}");
    let unusable = ministry.add(&good);
    assert_eq!(
        (unusable.code, unusable.err.contains("neither a key on P-256")),
        (1, true),
        "{}",
        unusable.err
    );
}

#[test]
fn a_program_takes_a_credential_in_as_the_command_does() {
    let ministry = Ministry::new();
    let file = ministry.vouches("envoy", |_| {});
    let text = std::fs::read(ministry.desk.path(&file)).unwrap();
    for role in ["security-officer", "analyst"] {
        ministry.desk.ok(
            "GBR.CAB",
            &["person", "add", &format!("GBR.CAB/{role}"), "--role", role],
        );
    }
    let tokens = ["security-officer", "analyst"].map(|name| ministry.desk.token(&format!("GBR.CAB/{name}"), "act"));
    let node = support::web::Served::start(&ministry.desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    let post = |token: &str, body: &[u8]| {
        let header = format!("Bearer {token}");
        node.ask("POST", "/api/v1/credentials", &[("authorization", &header)], body)
    };
    let [officer, analyst] = &tokens;
    assert_eq!(post(analyst, &text).status, 403);
    let taken = post(officer, &text);
    assert_eq!(taken.status, 200, "{}", taken.text());
    let person: Value = serde_json::from_str(&taken.text()).unwrap();
    assert_eq!(
        (&person["id"], &person["vouched"]["by"]),
        (&json!("CHL/envoy"), &json!(ISSUER))
    );
    let forged = String::from_utf8(text).unwrap().replacen('.', "A.", 1);
    let refused = post(officer, forged.as_bytes());
    assert_eq!(refused.status, 409, "{}", refused.text());
}
