//! `demo`: the whole story, through the real commands, each party with its own data folder.
//!
//! Nothing is simulated: every step runs this program again with the arguments that are printed, and prints what it
//! says.

mod aftermath;
mod sharing;
mod stage;

use std::path::PathBuf;

use clap::Args;

use crate::failure::{Exit, Failure};
use crate::output;
use stage::Stage;

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

/// What one's own files can stand for.
const SAMPLES: [(&str, &str); 4] = [
    ("report.md", include_str!("../../../../../examples/ferry/report.md")),
    (
        "arrangement.json",
        include_str!("../../../../../examples/ferry/arrangement.json"),
    ),
    (
        "persons.json",
        include_str!("../../../../../examples/ferry/persons.json"),
    ),
    (
        "visitors.json",
        include_str!("../../../../../examples/ferry/visitors.json"),
    ),
];

/// What belongs to the sample report only: its facts, candidates for its source, and what the press made of it.
const STORY: [(&str, &str); 8] = [
    ("facts.json", include_str!("../../../../../examples/ferry/facts.json")),
    (
        "register.json",
        include_str!("../../../../../examples/ferry/register.json"),
    ),
    (
        "1-courier.txt",
        include_str!("../../../../../examples/ferry/articles/1-courier.txt"),
    ),
    (
        "2-agency.txt",
        include_str!("../../../../../examples/ferry/articles/2-agency.txt"),
    ),
    (
        "3-rewrite.html",
        include_str!("../../../../../examples/ferry/articles/3-rewrite.html"),
    ),
    (
        "4-denial.txt",
        include_str!("../../../../../examples/ferry/articles/4-denial.txt"),
    ),
    (
        "5-admission.txt",
        include_str!("../../../../../examples/ferry/articles/5-admission.txt"),
    ),
    (
        "6-harbour.txt",
        include_str!("../../../../../examples/ferry/articles/6-harbour.txt"),
    ),
];

/// Who plays what.
struct Roles<'d> {
    originator: &'d str,
    partner: &'d str,
    official: &'d str,
    purpose: &'d str,
    /// The disclosure officer of the partner; the official, where the persons are one's own.
    officer: String,
    /// Whether it is the sample report, of which the story knows more than of any other.
    sample: bool,
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
        if self.report.is_none() {
            for (name, text) in STORY {
                std::fs::write(folder.join(name), text).map_err(Failure::failed)?;
            }
        }
        Ok(Stage {
            folder: folder.canonicalize().map_err(Failure::failed)?,
            program: std::env::current_exe().map_err(Failure::failed)?,
            taken: Vec::new(),
            scene: 0,
        })
    }

    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let mut stage = self.stage()?;
        output::line(format!("working in {}", stage.folder.display()));
        let roles = Roles {
            originator: &self.originator,
            partner: &self.partner,
            official: &self.official,
            purpose: &self.purpose,
            officer: match self.persons {
                None => format!("{}/disclosure-officer", self.partner),
                Some(_) => self.official.clone(),
            },
            sample: self.report.is_none(),
        };
        sharing::found(&mut stage, &roles)?;
        let report = sharing::deliver(&mut stage, &roles)?;
        let said = sharing::ask(
            &mut stage,
            &roles,
            &report,
            (&self.substitute_mark, &self.substitute_text),
        )?;
        if !said.is_empty() {
            let briefing = aftermath::brief(&mut stage, &roles, &report)?;
            aftermath::slip(&mut stage, &roles, &report, &briefing, &said)?;
            let case = aftermath::incident(&mut stage, &roles, &briefing)?;
            if roles.sample {
                aftermath::press(&mut stage, &roles)?;
            }
            aftermath::suspend(&mut stage, &roles, &report)?;
            aftermath::contain(&mut stage, &roles, &report)?;
            aftermath::close(&mut stage, &roles, &case)?;
        }
        aftermath::assure(&mut stage, &roles)?;
        aftermath::verify(&mut stage, &roles)?;
        output::line(format!(
            "\nThe story is over. Its files are in {}.",
            stage.folder.display()
        ));
        Ok(Exit::Done)
    }
}
