//! The stage of the demonstration: it runs this program for each party, and shows what is typed and what is said.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use crate::failure::{Exit, Failure};
use crate::output;

use super::short;

/// The stage: folders, and the program.
pub(super) struct Stage {
    pub(super) folder: PathBuf,
    pub(super) program: PathBuf,
    /// Sealed files that were taken in.
    pub(super) taken: Vec<String>,
    /// The number of the last scene.
    pub(super) scene: usize,
    /// Whether everything is shown.
    pub(super) full: bool,
}

impl Stage {
    /// Runs the program for one party and gives what it said, without showing it.
    pub(super) fn quietly(&self, party: &str, arguments: &[&str]) -> Result<Output, Failure> {
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
    pub(super) fn run(&self, party: &str, arguments: &[&str], expected: Exit) -> Result<String, Failure> {
        let quoted = |text: &&str| {
            let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./,=".contains(c));
            if plain && !text.is_empty() {
                (*text).to_owned()
            } else {
                format!("'{text}'")
            }
        };
        let typed: Vec<String> = arguments.iter().map(quoted).collect();
        let typed = format!("{party}$ entente {}", typed.join(" "));
        let output = self.quietly(party, arguments)?;
        let code = output.status.code().unwrap_or(-1);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let all: String = [&said, &*String::from_utf8_lossy(&output.stderr)].concat();
        match self.full {
            false => short::step(arguments, &typed, &all),
            true => {
                output::line(format!("\n{typed}"));
                for text in all.lines() {
                    output::line(format!("  {text}"));
                }
                if code != 0 {
                    output::line(format!("  (exit {code})"));
                }
            }
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
    fn post(&mut self, to: &str) -> Result<Vec<String>, Failure> {
        let ending = format!("-to-{to}.entente");
        let mut files: Vec<String> = std::fs::read_dir(self.folder.join("post"))
            .map_err(Failure::failed)?
            .flatten()
            .map(|entry| format!("post/{}", entry.file_name().to_string_lossy()))
            .filter(|name| name.ends_with(&ending) && !self.taken.contains(name))
            .collect();
        files.sort();
        self.taken.extend(files.clone());
        Ok(files)
    }

    /// Runs the program for one party, and expects that it is done.
    pub(super) fn ok(&self, party: &str, arguments: &[&str]) -> Result<String, Failure> {
        self.run(party, arguments, Exit::Done)
    }

    /// Takes in what waits for a party.
    pub(super) fn receive(&mut self, to: &str) -> Result<(), Failure> {
        let files = self.post(to)?;
        let mut arguments = vec!["receive"];
        arguments.extend(files.iter().map(String::as_str));
        self.run(to, &arguments, Exit::Done).map(|_| ())
    }

    /// Begins a scene.
    pub(super) fn scene(&mut self, text: &str) {
        self.scene += 1;
        output::line(format!("\n── {}. {text}", self.scene));
    }

    /// What somebody on the stage says to those who watch.
    pub(super) fn aside(&self, text: &str) {
        if self.full {
            output::line(format!("\n({text})"));
        }
    }

    /// The story is over.
    pub(super) fn over(&self) {
        if !self.full {
            output::line("\nThis was the short form: `entente demo --full` shows every command and all that it says.");
        }
        output::line(format!(
            "\nThe story is over. Its files are in {}.",
            self.folder.display()
        ));
    }

    /// What the program says as JSON, without showing it.
    pub(super) fn json(&self, party: &str, arguments: &[&str]) -> Result<Value, Failure> {
        let mut all = vec!["--json"];
        all.extend(arguments);
        let output = self.quietly(party, &all)?;
        serde_json::from_slice(&output.stdout).map_err(|error| {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            Failure::failed(format!("the demonstration stopped: {error}: {said}"))
        })
    }
}
