//! The `entente` command line: reads arguments, calls, renders. No rule lives here.

mod assurance;
mod command;
mod failure;
mod input;
mod marks;
mod node;
mod output;
mod words;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = command::Cli::parse();
    let json = cli.global.json;
    match command::run(cli) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.print(json);
            failure.exit.into()
        }
    }
}
