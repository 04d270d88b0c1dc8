//! `demo`: the whole story, through the real commands, each party with its own data folder.
//!
//! Nothing is simulated: every step runs this program again with the arguments that are printed, and prints what it
//! says.

mod aftermath;
mod serving;
mod sharing;
mod short;
mod stage;
mod world;

use std::path::PathBuf;

use clap::Args;

use super::Global;
use crate::failure::{Exit, Failure};
use crate::output;
use stage::Stage;
use world::{Sample, World};

/// `entente demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Serve the story's three nodes on this machine, with a link for each person, until Ctrl-C.
    #[arg(long, conflicts_with_all = ["report", "arrangement", "persons", "audience", "sample", "originator", "partner",
        "official", "purpose", "substitute_mark", "substitute_text"])]
    serve: bool,
    /// Where to work; must not exist [default: a folder under the system's temporary folder].
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Show every command and all that it says, not only what matters most.
    #[arg(long)]
    full: bool,
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
    /// The sample world.
    #[arg(long, value_name = "NAME", default_value = "ferry")]
    sample: Sample,
    /// The party that wrote the report [default: as in the sample].
    #[arg(long)]
    originator: Option<String>,
    /// The party that receives it [default: as in the sample].
    #[arg(long)]
    partner: Option<String>,
    /// The official at the partner; needs the role `override-authority` in the persons file [default: as in the sample].
    #[arg(long)]
    official: Option<String>,
    /// The purpose of the meeting [default: as in the sample].
    #[arg(long)]
    purpose: Option<String>,
    /// The mark of the substitute that the originator gives [default: as in the sample].
    #[arg(long)]
    substitute_mark: Option<String>,
    /// The text of the substitute that the originator gives [default: as in the sample].
    #[arg(long)]
    substitute_text: Option<String>,
}

/// Who plays what.
struct Roles<'d> {
    originator: &'d str,
    partner: &'d str,
    official: &'d str,
    purpose: &'d str,
    /// Mark and text of the substitute.
    substitute: (&'d str, &'d str),
    /// The disclosure officer of the partner; the official, where the persons are one's own.
    officer: String,
    /// The sample world; of one's own report, the story knows less.
    sample: Option<&'static World>,
}

impl Demo {
    fn stage(&self) -> Result<Stage, Failure> {
        let folder = self
            .folder
            .clone()
            .unwrap_or_else(|| std::env::temp_dir().join(format!("entente-demo-{}", entente_node::random_id())));
        if folder.exists() {
            return Err(Failure::usage(format!(
                "{} exists already; name a folder that does not",
                folder.display()
            )));
        }
        std::fs::create_dir_all(folder.join("post")).map_err(Failure::failed)?;
        let own = [&self.report, &self.arrangement, &self.persons, &self.audience];
        let own = own.into_iter().map(Option::as_ref).chain(std::iter::repeat(None));
        for ((name, text), own) in self.sample.world().files.iter().zip(own) {
            let bytes = own.map_or_else(|| Ok(text.as_bytes().to_vec()), |path| crate::input::bytes(path))?;
            std::fs::write(folder.join(name), bytes).map_err(Failure::failed)?;
        }
        Ok(Stage {
            folder: folder.canonicalize().map_err(Failure::failed)?,
            program: std::env::current_exe().map_err(Failure::failed)?,
            taken: Vec::new(),
            scene: 0,
            full: self.full,
        })
    }

    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut stage = self.stage()?;
        output::line(format!("working in {}", stage.folder.display()));
        let world = self.sample.world();
        let or = |own: &'_ Option<String>, sample: &'static str| own.clone().unwrap_or_else(|| sample.to_owned());
        let (originator, partner) = (or(&self.originator, world.originator), or(&self.partner, world.partner));
        let (official, purpose) = (or(&self.official, world.official), or(&self.purpose, world.purpose));
        let (mark, text) = (
            or(&self.substitute_mark, world.substitute.0),
            or(&self.substitute_text, world.substitute.1),
        );
        let roles = Roles {
            originator: &originator,
            partner: &partner,
            official: &official,
            purpose: &purpose,
            substitute: (&mark, &text),
            officer: match self.persons {
                None => format!("{partner}/disclosure-officer"),
                Some(_) => official.clone(),
            },
            sample: self.report.is_none().then_some(world),
        };
        if self.serve {
            serving::serve(&mut stage, &roles, global)?;
            return Ok(Exit::Done);
        }
        sharing::found(&mut stage, &roles)?;
        let report = sharing::deliver(&mut stage, &roles)?;
        let said = sharing::ask(&mut stage, &roles, &report)?;
        if !said.is_empty() {
            let briefing = aftermath::brief(&mut stage, &roles, &report)?;
            aftermath::slip(&mut stage, &roles, &report, &briefing, &said)?;
            let case = aftermath::incident(&mut stage, &roles, &briefing)?;
            if let Some(world) = roles.sample {
                aftermath::press(&mut stage, &roles, &report, world)?;
            }
            aftermath::suspend(&mut stage, &roles, &report)?;
            aftermath::contain(&mut stage, &roles, &report)?;
            aftermath::close(&mut stage, &roles, &case)?;
        }
        aftermath::assure(&mut stage, &roles)?;
        aftermath::verify(&mut stage, &roles)?;
        stage.over();
        Ok(Exit::Done)
    }
}
