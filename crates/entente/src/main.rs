//! The `entente` command line: reads arguments, calls, renders. No rule lives here.

mod assurance;
mod command;
mod failure;
mod input;
mod node;
mod output;
mod words;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    entente_files::keep_to_owner();
    let cli = command::Cli::parse();
    let json = cli.global.json;
    match command::run(cli) {
        Ok(_) if output::is_lost() => failure::Exit::Failed.into(),
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.print(json);
            failure.exit.into()
        }
    }
}
