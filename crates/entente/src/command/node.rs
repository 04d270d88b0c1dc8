//! `node`: one process that carries out the commands of its folder, with one open store and keys unlocked once.

use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use entente_node::{Node, SecretString, Surroundings};
use entente_serve::Host;

use super::{Cli, Global};
use crate::failure::{Exit, Failure};
use crate::node::{passphrase, surroundings};
use crate::output;
use crate::seat::{self, Seat};
use crate::socket::{self, Answered, Said};

/// How many commands are carried out at once; more wait.
const AT_ONCE: usize = 32;
/// What a command's stack may grow to: as much as that of a process of its own.
const STACK: usize = 8 << 20;
/// How long a process that has connected may take to say its command.
const PATIENCE: Duration = Duration::from_secs(10);

/// `entente node`.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Do not ask for the passphrase: what signs or opens files is refused.
    #[arg(long)]
    read_only: bool,
}

impl Run {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        // Whoever asks stands in other folders.
        let data = global.data.canonicalize().unwrap_or_else(|_| global.data.clone());
        let node = Arc::new(opened(&data, self.read_only)?);
        let home = Node::pinned(&node).home()?.clone();
        let place = socket::place(&global.data).ok_or_else(|| {
            Failure::failed(format!(
                "the path of {} is too long for a socket; set XDG_RUNTIME_DIR to a folder of yours with a short path",
                global.data.display()
            ))
        })?;
        // Whoever holds the folder is the only node of it: a socket that stands here was left behind.
        hold(&node)?;
        if !self.read_only {
            super::login::note_passphrase(global, &node)?;
        }
        let listener = listen(&place)?;
        output::say(format!(
            "node of {home}: commands in {} go to it",
            global.data.display()
        ));
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                let work = || serve(&listener, &node, None);
                let started = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
                started.map_err(Failure::failed)?;
            }
            // What lists need is read beside everything else, and again where the state was read anew.
            let stock = || loop {
                node.take_stock(&|| true);
                std::thread::sleep(entente_node::STOCK_LOOKED_AT);
            };
            std::thread::Builder::new()
                .spawn_scoped(scope, stock)
                .map_err(Failure::failed)?;
            Ok(Exit::Done)
        })
    }
}

/// Holds the folder: whoever does is the only node of it.
pub(crate) fn hold(node: &Node) -> Result<(), Failure> {
    node.store().set_patience(Duration::from_secs(1));
    Ok(node.store().hold()?)
}

/// Carries out the commands of the folder from now on, beside whatever else this process does, and until it ends.
pub(crate) fn attend(data: &Path, host: &Arc<Host>) -> Result<(), Failure> {
    let Some(place) = socket::place(data) else {
        output::say("the path of the data folder is too long for a socket: commands in it wait until this node ends");
        return Ok(());
    };
    let listener = Arc::new(listen(&place)?);
    for _ in 0..AT_ONCE {
        let (listener, host) = (listener.clone(), host.clone());
        let work = move || serve(&listener, host.node(), Some(&host));
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn(work)
            .map_err(Failure::failed)?;
    }
    Ok(())
}

/// The node, with its keys unlocked; a wrong passphrase is found out now.
fn opened(data: &Path, read_only: bool) -> Result<Node, Failure> {
    let secret: Result<SecretString, String> = match read_only {
        true => Err("this node runs without its passphrase; start `entente node` without `--read-only`".to_owned()),
        false => Ok(passphrase(false)?),
    };
    let around = Surroundings {
        passphrase: Box::new(move || secret.clone()),
        ..surroundings()
    };
    let node = Node::open(data, around)?;
    if !read_only {
        node.keys()?;
    }
    Ok(node)
}

fn listen(place: &Path) -> Result<UnixListener, Failure> {
    let failed = |error: std::io::Error| Failure::failed(format!("{}: {error}", place.display()));
    match std::fs::remove_file(place) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    // Every file of this process is its owner's only, and so is the socket.
    UnixListener::bind(place).map_err(failed)
}

/// Carries out commands, one after the other.
fn serve(listener: &UnixListener, node: &Arc<Node>, serving: Option<&Arc<Host>>) {
    while let Ok((stream, _)) = listener.accept() {
        let patient = stream.set_read_timeout(Some(PATIENCE));
        if patient.is_err() || !socket::is_own(&stream) {
            continue;
        }
        let Ok((said, streams)) = socket::hear(&stream) else {
            continue;
        };
        let [input, output, errors] = streams.map(std::fs::File::from);
        let seat = Seat {
            folder: said.folder(),
            terminal: said.terminal,
            login: said.login(),
            input,
            output,
            errors,
            node: node.clone(),
            serving: serving.cloned(),
        };
        let carried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| carry_out(&said, seat)));
        let answered =
            carried.unwrap_or_else(|_| Answered::Refused("the command broke off; the node goes on".to_owned()));
        // Whoever asked may have gone; what was done is done.
        let _ = socket::answer(&stream, &answered);
    }
}

fn carry_out(said: &Said, seat: Seat) -> Answered {
    if said.version != socket::version() {
        return Answered::Refused(format!(
            "the node that runs here has version {}, and this program {}; stop the node and start it again with this program, or \
             use the node's",
            socket::version(),
            said.version
        ));
    }
    let mut cli = match Cli::read(said.arguments()) {
        Ok(cli) => cli,
        Err(error) => return Answered::Refused(error.to_string()),
    };
    cli.global.data = said.data();
    cli.global.out = said.out();
    seat::at(seat, || Answered::Exit(crate::ended(cli) as u8))
}

/// Lets the node that runs in the folder carry a command out, where one runs; `None` where none does.
pub(crate) fn through(cli: &Cli) -> Option<Result<ExitCode, Failure>> {
    if !cli.is_for_a_node() {
        return None;
    }
    let place = socket::place(&cli.global.data)?;
    // Nobody listens: the command opens the store itself.
    let stream = UnixStream::connect(place).ok()?;
    if !socket::is_own(&stream) {
        return Some(Err(Failure::failed(format!(
            "another user listens in the place of the node of {}; nothing was said to it",
            cli.global.data.display()
        ))));
    }
    Some(asked(&stream, cli))
}

fn asked(stream: &UnixStream, cli: &Cli) -> Result<ExitCode, Failure> {
    let global = &cli.global;
    let folder: PathBuf = std::env::current_dir().map_err(Failure::failed)?;
    // What a node would have to ask for is asked here, and handed over in the place of standard input.
    let input = match cli.asks() {
        true => Some(super::login::handed_over()?),
        false => None,
    };
    let said = Said::new(&folder, &global.data, global.out.as_deref());
    socket::say(stream, &said, input.as_ref()).map_err(gone)?;
    match socket::answered(stream).map_err(gone)? {
        Answered::Exit(code) => Ok(code.into()),
        Answered::Refused(why) => Err(Failure::failed(why)),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn gone(error: std::io::Error) -> Failure {
    Failure::failed(format!(
        "the node that runs here went away before it answered ({error}); look whether the command was carried out, then give it \
         again"
    ))
}
