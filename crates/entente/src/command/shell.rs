//! Completions and manual pages, made from the commands themselves.

use std::path::PathBuf;

use clap::{Args, CommandFactory};

use super::Cli;
use crate::failure::{Exit, Failure};
use crate::output;

/// `entente completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    shell: clap_complete::Shell,
}

impl Completions {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "entente", &mut script);
        output::bytes(&script);
        Ok(Exit::Done)
    }
}

/// `entente man`.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The folder for the pages.
    folder: PathBuf,
}

impl Man {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        entente_files::let_others_read();
        std::fs::create_dir_all(&self.folder).map_err(Failure::failed)?;
        clap_mangen::generate_to(Cli::command(), &self.folder).map_err(Failure::failed)?;
        output::say(format!("manual pages are in {}", self.folder.display()));
        Ok(Exit::Done)
    }
}
