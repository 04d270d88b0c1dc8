//! The `entente` command line: reads arguments, calls, renders. No rule lives here.

mod command;
mod failure;
mod input;
mod named;
mod node;
mod output;
mod seat;
mod secret;
mod socket;
mod trial;
mod words;

use std::process::ExitCode;

use failure::Exit;

/// musl's own allocator lets one thread in at a time, and glibc's is slow among many; see `docs/adr/0017`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    entente_files::keep_to_owner();
    let cli = command::Cli::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    match command::through_node(&cli) {
        None => ended(cli).into(),
        Some(Ok(code)) => code,
        Some(Err(failure)) => {
            failure.print(cli.global.json);
            failure.exit.into()
        }
    }
}

/// Runs a command to its end, with what has to be said of a failure.
fn ended(cli: command::Cli) -> Exit {
    let json = cli.global.json;
    let ran = command::run(cli);
    // What could not be read looks as if it were not there.
    let ran = seat::sound().map_err(Into::into).and(ran);
    match ran {
        Ok(_) if seat::is_lost() => Exit::Failed,
        Ok(exit) => exit,
        Err(failure) => {
            failure.print(json);
            failure.exit
        }
    }
}
