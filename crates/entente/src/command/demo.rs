//! `demo`: the whole story, through the real commands, each party with its own data folder.
//!
//! Nothing is simulated: every step runs this program again with the arguments that are printed, and prints what it
//! says.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clap::Args;
use serde_json::Value;

use crate::failure::{Exit, Failure};
use crate::output;

/// `entente demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where to work; must not exist [default: a folder under the system's temporary folder].
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Your own report instead of the sample.
    #[arg(long, value_name = "FILE", requires = "arrangement")]
    report: Option<PathBuf>,
    /// Your own arrangement instead of the sample.
    #[arg(long, value_name = "FILE")]
    arrangement: Option<PathBuf>,
    /// Your own persons at the partner, as a JSON list.
    #[arg(long, value_name = "FILE")]
    persons: Option<PathBuf>,
    /// Your own audience, as a JSON list.
    #[arg(long, value_name = "FILE")]
    audience: Option<PathBuf>,
    /// The party that wrote the report.
    #[arg(long, default_value = "USA.SVC")]
    originator: String,
    /// The party that receives it.
    #[arg(long, default_value = "GBR.CAB")]
    partner: String,
    /// The official at the partner; needs the role `override-authority` in the persons file.
    #[arg(long, default_value = "GBR.CAB/minister")]
    official: String,
    /// The purpose of the meeting.
    #[arg(long, default_value = "threat-warning")]
    purpose: String,
    /// The mark of the substitute that the originator gives.
    #[arg(long, default_value = "(U//REL TO USA, CHL, GBR)")]
    substitute_mark: String,
    /// The text of the substitute that the originator gives.
    #[arg(
        long,
        default_value = "There are indications that a terrorist group may target passenger ferries in the region."
    )]
    substitute_text: String,
}

const SAMPLES: [(&str, &str); 4] = [
    ("report.md", include_str!("../../../../examples/ferry/report.md")),
    (
        "arrangement.json",
        include_str!("../../../../examples/ferry/arrangement.json"),
    ),
    ("persons.json", include_str!("../../../../examples/ferry/persons.json")),
    (
        "visitors.json",
        include_str!("../../../../examples/ferry/visitors.json"),
    ),
];

/// The stage: folders, and the program.
struct Stage {
    folder: PathBuf,
    program: PathBuf,
}

impl Stage {
    /// Runs the program for one party and gives what it said, without showing it.
    fn quietly(&self, party: &str, arguments: &[&str]) -> Result<Output, Failure> {
        Command::new(&self.program)
            .args(["--data", party])
            .args(arguments)
            .current_dir(&self.folder)
            .env("ENTENTE_HEADS", self.folder.join("heads"))
            .env("ENTENTE_PASSPHRASE", "a passphrase for the demonstration")
            .env("ENTENTE_OUT", "post")
            .env("COLUMNS", "150")
            .output()
            .map_err(Failure::failed)
    }

    /// Runs the program for one party, shows the command and what it says, and expects its exit code.
    fn run(&self, party: &str, arguments: &[&str], expected: Exit) -> Result<String, Failure> {
        let quoted = |text: &&str| {
            let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./,=".contains(c));
            if plain && !text.is_empty() {
                (*text).to_owned()
            } else {
                format!("'{text}'")
            }
        };
        let shown: Vec<String> = arguments.iter().map(quoted).collect();
        output::line(format!("\n{party}$ entente {}", shown.join(" ")));
        let output = self.quietly(party, arguments)?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        for text in said.lines().chain(String::from_utf8_lossy(&output.stderr).lines()) {
            output::line(format!("  {text}"));
        }
        let code = output.status.code().unwrap_or(-1);
        if code != 0 {
            output::line(format!("  (exit {code})"));
        }
        match code == expected as i32 {
            true => Ok(said),
            false => Err(Failure::failed(format!(
                "the demonstration stopped: this step ended with exit code {code}, not {}; its files are in {}",
                expected as i32,
                self.folder.display()
            ))),
        }
    }

    /// Files for a party that it has not taken in yet, in the order in which they were sealed.
    fn post(&self, to: &str, taken: &mut Vec<String>) -> Result<Vec<String>, Failure> {
        let ending = format!("-to-{to}.entente");
        let mut files: Vec<String> = std::fs::read_dir(self.folder.join("post"))
            .map_err(Failure::failed)?
            .flatten()
            .map(|entry| format!("post/{}", entry.file_name().to_string_lossy()))
            .filter(|name| name.ends_with(&ending) && !taken.contains(name))
            .collect();
        files.sort();
        taken.extend(files.clone());
        Ok(files)
    }

    fn receive(&self, to: &str, taken: &mut Vec<String>) -> Result<(), Failure> {
        let files = self.post(to, taken)?;
        let mut arguments = vec!["receive"];
        arguments.extend(files.iter().map(String::as_str));
        self.run(to, &arguments, Exit::Done).map(|_| ())
    }

    fn json(&self, party: &str, arguments: &[&str]) -> Result<Value, Failure> {
        let mut all = vec!["--json"];
        all.extend(arguments);
        let output = self.quietly(party, &all)?;
        serde_json::from_slice(&output.stdout).map_err(|error| {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            Failure::failed(format!("the demonstration stopped: {error}: {said}"))
        })
    }
}

fn scene(number: usize, text: &str) {
    output::line(format!("\n── {number}. {text}"));
}

impl Demo {
    fn stage(&self) -> Result<Stage, Failure> {
        let folder = self
            .folder
            .clone()
            .unwrap_or_else(|| std::env::temp_dir().join(format!("entente-demo-{}", crate::node::random_id())));
        if folder.exists() {
            return Err(Failure::usage(format!(
                "{} exists already; name a folder that does not",
                folder.display()
            )));
        }
        std::fs::create_dir_all(folder.join("post")).map_err(Failure::failed)?;
        let own = [&self.report, &self.arrangement, &self.persons, &self.audience];
        for ((name, sample), own) in SAMPLES.iter().zip(own) {
            let bytes = match own {
                Some(path) => crate::input::bytes(path)?,
                None => sample.as_bytes().to_vec(),
            };
            std::fs::write(folder.join(name), bytes).map_err(Failure::failed)?;
        }
        Ok(Stage {
            folder: folder.canonicalize().map_err(Failure::failed)?,
            program: std::env::current_exe().map_err(Failure::failed)?,
        })
    }

    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let stage = self.stage()?;
        output::line(format!("working in {}", stage.folder.display()));
        let (originator, partner) = (self.originator.as_str(), self.partner.as_str());
        let mut taken = Vec::new();

        scene(
            1,
            "Two parties set up their nodes, exchange public keys, and record their arrangement",
        );
        self.found(&stage, originator, partner)?;

        scene(
            2,
            "The originator adds a marked report; its banner is computed from the portions; it is delivered",
        );
        let added = stage.json(originator, &["report", "add", "report.md", "--dry-run"])?;
        let report = added["id"].as_str().unwrap_or_default().to_owned();
        stage.run(originator, &["report", "add", "report.md"], Exit::Done)?;
        stage.run(originator, &["deliver", &report, "--to", partner], Exit::Done)?;
        stage.receive(partner, &mut taken)?;
        stage.run(
            partner,
            &["report", "distribute", &report, "--add", &self.official],
            Exit::Done,
        )?;
        stage.run(
            partner,
            &[
                "report",
                "show",
                &report,
                "--as",
                &self.official,
                "--purpose",
                &self.purpose,
            ],
            Exit::Done,
        )?;

        scene(3, "Visitors are announced: what may be said to them?");
        let ask = [
            "decide",
            "--report",
            &report,
            "--audience",
            "visitors.json",
            "--purpose",
            &self.purpose,
        ];
        let answer = stage.json(partner, &ask)?;
        let closed = closed_portions(&answer);
        let expected = exit_for(answer["decision"].as_str());
        stage.run(partner, &[&ask[..], &["--record"]].concat(), expected)?;

        scene(4, "The originator is asked");
        let request = [
            "request",
            "open",
            "--report",
            &report,
            "--audience",
            "visitors.json",
            "--purpose",
            &self.purpose,
            "--reason",
            "meeting with the visitors",
        ];
        if closed.is_empty() {
            output::line("  (the audience may have everything: there is nobody to ask)");
            return self.end(&stage, originator, partner);
        }
        let opened = stage.run(partner, &request, Exit::Done)?;
        let id = opened.split(':').next().unwrap_or_default().trim().to_owned();
        stage.receive(originator, &mut taken)?;
        stage.run(originator, &["request", "show", &id], Exit::Done)?;
        let (first, rest) = closed
            .split_first()
            .map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
        let terms = ["--condition", "orally only, no notes", "--until", "2099-12-31"];
        let substitute = [
            "consent",
            "substitute",
            &id,
            "--portion",
            first,
            "--mark",
            &self.substitute_mark,
            "--text",
            &self.substitute_text,
        ];
        stage.run(originator, &[&substitute[..], &terms].concat(), Exit::Done)?;
        if !rest.is_empty() {
            stage.run(
                originator,
                &["consent", "refuse", &id, "--reason", "it would point at the source"],
                Exit::Done,
            )?;
        }
        stage.receive(partner, &mut taken)?;
        stage.run(partner, &["request", "show", &id], Exit::Done)?;
        let answer = stage.json(partner, &ask)?;
        stage.run(partner, &ask, exit_for(answer["decision"].as_str()))?;

        scene(
            5,
            "The official says more than was permitted: lawful and permitted are two answers",
        );
        let said = rest.get(1).or(rest.first()).map_or(first, String::as_str);
        stage.run(
            partner,
            &[
                "override",
                "add",
                "--report",
                &report,
                "--portions",
                said,
                "--audience",
                "visitors.json",
                "--purpose",
                &self.purpose,
                "--authority",
                &self.official,
                "--lawful",
                "powers of the head of government",
                "--reason",
                "said in conversation",
            ],
            Exit::Done,
        )?;
        let overrides = stage.json(partner, &["override", "list"])?;
        let under = overrides[0]["override"]["id"].as_str().unwrap_or_default().to_owned();
        stage.run(
            partner,
            &[
                "disclosure",
                "add",
                "--report",
                &report,
                "--portions",
                said,
                "--audience",
                "visitors.json",
                "--purpose",
                &self.purpose,
                "--route",
                "said",
                "--by",
                &self.official,
                "--under",
                &under,
            ],
            Exit::Done,
        )?;
        stage.receive(originator, &mut taken)?;
        stage.run(originator, &["disclosure", "list"], Exit::Done)?;

        scene(6, "The originator recalls the report");
        stage.run(
            originator,
            &[
                "recall",
                "order",
                &report,
                "--action",
                "retain-hide",
                "--reason",
                "its content was disclosed",
            ],
            Exit::Done,
        )?;
        stage.receive(partner, &mut taken)?;
        stage.run(
            partner,
            &["report", "show", &report, "--as", &self.official],
            Exit::Done,
        )?;
        stage.run(originator, &["recall", "list"], Exit::Done)?;
        let recalls = stage.json(partner, &["recall", "list"])?;
        let recall = recalls[0]["id"].as_str().unwrap_or_default().to_owned();
        stage.run(
            partner,
            &["recall", "acknowledge", &recall, "--statement", "access is blocked"],
            Exit::Done,
        )?;
        stage.receive(originator, &mut taken)?;
        stage.run(originator, &["recall", "list"], Exit::Done)?;
        self.end(&stage, originator, partner)
    }

    fn found(&self, stage: &Stage, originator: &str, partner: &str) -> Result<(), Failure> {
        for party in [originator, partner] {
            // The low work factor only keeps the demonstration short; leave it out in earnest.
            stage.run(party, &["init", "--party", party, "--work-factor", "2"], Exit::Done)?;
        }
        for (party, other) in [(originator, partner), (partner, originator)] {
            let keys = stage.quietly(other, &["party", "export"])?.stdout;
            let file = format!("{other}.keys.json");
            std::fs::write(stage.folder.join(&file), keys).map_err(Failure::failed)?;
            stage.run(party, &["party", "add", other, "--keys", &file], Exit::Done)?;
            stage.run(party, &["arrangement", "add", "arrangement.json"], Exit::Done)?;
        }
        stage.run(partner, &["person", "add", "--file", "persons.json"], Exit::Done)?;
        Ok(())
    }

    fn end(&self, stage: &Stage, originator: &str, partner: &str) -> Result<Exit, Failure> {
        scene(7, "Both ledgers verify; a single changed byte is found");
        for party in [originator, partner] {
            stage.run(party, &["ledger", "publish"], Exit::Done)?;
            stage.run(party, &["ledger", "verify"], Exit::Done)?;
        }
        stage.run(partner, &["store", "check"], Exit::Done)?;
        let copy = stage.folder.join("copy-of-the-ledger");
        copy_folder(&stage.folder.join(partner).join("ledger"), &copy)?;
        let file = first_file(&copy.join("tile/entries"))?;
        let mut bytes = std::fs::read(&file).map_err(Failure::failed)?;
        let middle = bytes.len() / 2;
        if let Some(byte) = bytes.get_mut(middle) {
            *byte ^= 1;
        }
        std::fs::write(&file, bytes).map_err(Failure::failed)?;
        let name = file.strip_prefix(&stage.folder).unwrap_or(&file).display().to_string();
        output::line(format!("\n(byte {middle} of {name} is changed)"));
        let keys = format!("{partner}.keys.json");
        stage.run(
            originator,
            &["ledger", "verify", "copy-of-the-ledger", "--key", &keys],
            Exit::Tampered,
        )?;
        output::line(format!(
            "\nThe story is over. Its files are in {}.",
            stage.folder.display()
        ));
        Ok(Exit::Done)
    }
}

fn exit_for(decision: Option<&str>) -> Exit {
    match decision {
        Some("permit") => Exit::Done,
        Some("ask") => Exit::Ask,
        _ => Exit::Denied,
    }
}

/// The portions that somebody in the audience may not have, in the report's order.
fn closed_portions(answer: &Value) -> Vec<String> {
    let mut closed: Vec<String> = Vec::new();
    for portion in answer["people"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|person| person["portions"].as_array().into_iter().flatten())
    {
        let id = portion["id"].as_str().unwrap_or_default().to_owned();
        let asks = portion["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty());
        if asks && !closed.contains(&id) {
            closed.push(id);
        }
    }
    closed
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(to).map_err(Failure::failed)?;
    for entry in std::fs::read_dir(from).map_err(Failure::failed)?.flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy_folder(&entry.path(), &target)?,
            false => {
                std::fs::copy(entry.path(), target).map_err(Failure::failed)?;
            }
        }
    }
    Ok(())
}

fn first_file(folder: &Path) -> Result<PathBuf, Failure> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(Failure::failed)?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    match entries.first() {
        Some(path) if path.is_dir() => first_file(path),
        Some(path) => Ok(path.clone()),
        None => Err(Failure::failed("the ledger has no entries")),
    }
}
