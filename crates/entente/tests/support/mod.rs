//! A desk to work at: a folder with the sample files, where the real binary is run as users and their scripts do.

#![allow(dead_code, unreachable_pub, reason = "each suite uses a part of it")]

pub mod web;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Who runs disclosures at the holder.
pub const OFFICER: &str = "GBR.CAB/disclosure-officer";
/// The sample report.
pub const REPORT: &str = "SVC-2026-0412";

/// A folder to work in, with the sample files of the project.
pub struct Desk(pub tempfile::TempDir);

pub struct Said {
    /// The exit code.
    pub code: i32,
    /// What stood on standard output.
    pub out: String,
    /// What stood on standard error.
    pub err: String,
}

impl Said {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}\n{}", self.out, self.err))
    }
}

impl Desk {
    pub fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/ferry");
        let files = std::fs::read_dir(samples).unwrap().flatten();
        for file in files.filter(|file| file.path().is_file()) {
            std::fs::copy(file.path(), desk.0.path().join(file.file_name())).unwrap();
        }
        desk
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Writes a file for its owner only, as files with secrets have to be.
    pub fn secret(&self, name: &str, text: &str) {
        entente_files::write(&self.path(name), text.as_bytes()).unwrap();
    }

    pub fn with_input(&self, arguments: &[&str], input: &str) -> Said {
        self.with(arguments, input, &[("ENTENTE_PASSPHRASE", "for a test")])
    }

    /// Runs with settings of its own; nobody is signed in unless they say so.
    pub fn with(&self, arguments: &[&str], input: &str, settings: &[(&str, &str)]) -> Said {
        use std::io::Write;
        let mut child = Command::new(env!("CARGO_BIN_EXE_entente"))
            .args(arguments)
            .current_dir(self.0.path())
            .env("ENTENTE_HEADS", self.path("heads"))
            .env("ENTENTE_LOGIN", self.path("nobody-is-signed-in"))
            .env("ENTENTE_OUT", "post")
            .env_remove("ENTENTE_DATA")
            .envs(settings.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that refuses its arguments does not read its input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        Said {
            code: status.code().unwrap(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        self.with_input(arguments, "")
    }

    /// Runs for a party, and expects success.
    pub fn ok(&self, party: &str, arguments: &[&str]) -> Said {
        let said = self.run(&[&["--data", party], arguments].concat());
        assert_eq!(said.code, 0, "{party} {arguments:?}\n{}{}", said.out, said.err);
        said
    }

    pub fn found(&self, party: &str) {
        self.ok(party, &["init", "--party", party, "--work-factor", "2"]);
        self.write(&format!("{party}.keys"), &self.ok(party, &["party", "export"]).out);
    }

    /// Two parties that know each other, with the arrangement and the persons.
    pub fn parties(&self) {
        for party in ["USA.SVC", "GBR.CAB"] {
            self.found(party);
        }
        for (party, other) in [("USA.SVC", "GBR.CAB"), ("GBR.CAB", "USA.SVC")] {
            self.ok(party, &["party", "add", other, "--keys", &format!("{other}.keys")]);
            self.ok(party, &["arrangement", "add", "arrangement.json"]);
        }
        self.ok("GBR.CAB", &["person", "add", "--file", "persons.json"]);
    }

    /// The same, with the report delivered.
    pub fn delivered() -> Self {
        let desk = Self::new();
        desk.parties();
        desk.ok("USA.SVC", &["report", "add", "report.md"]);
        desk.ok("USA.SVC", &["deliver", "SVC-2026-0412", "--to", "GBR.CAB"]);
        desk.receive("GBR.CAB");
        desk
    }

    /// The partner asks whether the visitors may have portions of the report. Gives the request.
    pub fn ask(&self, portions: &str) -> String {
        let about = [
            "--report",
            REPORT,
            "--portions",
            portions,
            "--audience",
            "visitors.json",
        ];
        let why = ["--purpose", "threat-warning"];
        let opened = self
            .ok("GBR.CAB", &[&["--json", "request", "open"], &about[..], &why].concat())
            .json();
        opened["requests"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Persons of the partner with their roles, and who of them is on the report's distribution.
    pub fn staff(&self, people: &[(&str, &str)], readers: &[&str]) {
        for (person, role) in people {
            self.ok(
                "GBR.CAB",
                &["person", "add", &format!("GBR.CAB/{person}"), "--role", role],
            );
        }
        let put = readers.iter().flat_map(|reader| ["--add", reader]);
        let put: Vec<&str> = ["report", "distribute", REPORT].into_iter().chain(put).collect();
        self.ok("GBR.CAB", &put);
    }

    /// A fresh token of a person at their party, for what the scope says.
    pub fn token(&self, person: &str, scope: &str) -> String {
        let party = person.split('/').next().unwrap_or_default();
        let name = format!("{person} {scope}");
        let given = ["--json", "account", "token", person, "--name", &name, "--scope", scope];
        self.ok(party, &given).json()["token"].as_str().unwrap().to_owned()
    }

    /// The originator gives a substitute text for the plot, to be said only; the partner has it.
    pub fn substituted(&self) {
        let request = self.ask("plot");
        self.receive("USA.SVC");
        let text = "There are indications that a terrorist group may target passenger ferries in the region.";
        let mark = "(U//REL TO USA, CHL, GBR)";
        let answer = [
            "consent",
            "substitute",
            &request,
            "--portion",
            "plot",
            "--mark",
            mark,
            "--text",
            text,
        ];
        self.ok(
            "USA.SVC",
            &[
                &answer[..],
                &["--condition", "orally only, no notes", "--until", "2099-12-31"],
            ]
            .concat(),
        );
        self.receive("GBR.CAB");
    }

    /// Takes in the newest file for a party.
    /// The visitors were told of the place. Gives the briefing.
    pub fn slip(&self) -> String {
        self.ok(
            "GBR.CAB",
            &[
                "report",
                "distribute",
                REPORT,
                "--add",
                "GBR.CAB/minister",
                "--add",
                OFFICER,
            ],
        );
        self.ok("GBR.CAB", &["facts", "set", REPORT, "facts.json"]);
        self.brief("GBR.CAB/minister");
        let briefing = self.ok("GBR.CAB", &["--json", "brief", "list"]).json()[0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        self.ok(
            "GBR.CAB",
            &[
                "brief",
                "record",
                &briefing,
                "--fact",
                "SVC-2026-0412/place.1",
                "--said",
                "SVC-2026-0412/source",
                "--lawful",
                "powers of the head of government",
            ],
        );
        self.receive("USA.SVC");
        briefing
    }

    /// A speaker is briefed for the visitors.
    pub fn brief(&self, speaker: &str) -> Said {
        let about = [
            "--audience",
            "visitors.json",
            "--report",
            REPORT,
            "--purpose",
            "threat-warning",
        ];
        let new = [&["brief", "new"], &about[..], &["--speaker", speaker]].concat();
        self.ok("GBR.CAB", &new)
    }

    /// What the partner is answered about an audience.
    pub fn decide(&self, audience: &str, more: &[&str]) -> Said {
        let about = [
            "--data",
            "GBR.CAB",
            "decide",
            "--report",
            REPORT,
            "--audience",
            audience,
        ];
        self.run(&[&about[..], more].concat())
    }

    pub fn receive(&self, party: &str) -> Said {
        self.ok(party, &["receive", &self.newest(party)])
    }

    pub fn newest(&self, party: &str) -> String {
        let ending = format!("-to-{party}.entente");
        let mut names: Vec<String> = std::fs::read_dir(self.path("post"))
            .unwrap()
            .flatten()
            .map(|f| f.file_name().into_string().unwrap())
            .collect();
        names.retain(|name| name.ends_with(&ending));
        names.sort();
        format!("post/{}", names.last().unwrap())
    }

    pub fn outcomes(&self, arguments: &[&str]) -> (i32, Vec<(String, String)>) {
        let said = self.run(
            &[
                &["--data", "GBR.CAB", "--json", "decide", "--report", "SVC-2026-0412"],
                arguments,
            ]
            .concat(),
        );
        let portions = said.json()["people"][0]["portions"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (
            said.code,
            portions.iter().map(|p| (text(&p["id"]), text(&p["outcome"]))).collect(),
        )
    }
}

/// What differs from run to run: moments, ids and digests. `0` stands for a digit, `x` for a letter or digit.
const CHANCE: [(&str, &str); 17] = [
    ("fingerprint xxxx xxxx xxxx xxxx xxxx xxxx", "fingerprint (digest)"),
    ("0000-00-00 00:00:00", "(moment)"),
    ("0000-00-00 00:00", "(moment)"),
    ("refused it on 0000-00-00", "refused it on (day)"),
    ("req-xxxxxxxx-xxxxxx ", "(request) "),
    ("con-xxxxxxxx-xxxxxx ", "(consent) "),
    ("rec-xxxxxxxx-xxxxxx", "(recall)"),
    ("req-xxxxxxxx", "(request)"),
    ("con-xxxxxxxx", "(consent)"),
    ("brf-xxxxxxxx", "(briefing)"),
    ("dec-xxxxxxxx", "(decision)"),
    ("ovr-xxxxxxxx", "(override)"),
    ("dis-xxxxxxxx", "(disclosure)"),
    ("inc-xxxxxxxx", "(incident)"),
    ("rec-xxxxxxxx", "(recall)"),
    ("file xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx of", "file (message) of"),
    (
        "root xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "root (digest)",
    ),
];

/// A text without what differs from run to run.
pub fn without_chance(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let star = CHANCE.into_iter().find(|(shape, _)| has_shape(rest, shape));
        let length = star.map_or(first.len_utf8(), |(shape, _)| shape.len());
        out += star.map_or(&rest[..length], |(_, star)| star);
        rest = &rest[length..];
    }
    out
}

fn has_shape(text: &str, shape: &str) -> bool {
    let fits = |(c, shape): (u8, u8)| match shape {
        b'0' => c.is_ascii_digit(),
        b'x' => c.is_ascii_alphanumeric(),
        shape => c == shape,
    };
    text.len() >= shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}
