//! Where a command is typed: its standard streams, its folder, its width, and the node that it is carried out by.
//!
//! A command that is typed where no node runs sits at this process. One that a running node carries out sits at the process
//! that it was typed at: the node's thread writes to that one's streams and reads its files.

use std::cell::RefCell;
use std::fs::File;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use entente_node::{Node, NodeError, Pinned};
use entente_serve::Host;
use serde::{Deserialize, Serialize};

/// The place of a command that a node carries out.
pub(crate) struct Seat {
    pub(crate) folder: PathBuf,
    pub(crate) terminal: Terminal,
    /// Where the token of whoever is signed in stands.
    pub(crate) login: Option<PathBuf>,
    pub(crate) input: File,
    pub(crate) output: File,
    pub(crate) errors: File,
    pub(crate) node: Arc<Node>,
    /// What serves it on the network, where that is this process.
    pub(crate) serving: Option<Arc<Host>>,
}

/// What there is to write on.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Terminal {
    /// How many characters a line may have, where that is known.
    pub(crate) columns: Option<usize>,
    /// Whether it is to have colours.
    pub(crate) colour: bool,
}

impl Terminal {
    /// That of this process: no colours where `NO_COLOR` is set (no-color.org), where the terminal is dumb, or where there is none.
    pub(crate) fn own() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let output = std::io::stdout();
        let is_terminal = output.is_terminal();
        let width = || {
            rustix::termios::tcgetwinsize(&output)
                .ok()
                .map(|size| usize::from(size.ws_col))
        };
        let width = is_terminal.then(width).flatten().filter(|width| *width > 0);
        Self {
            columns: set("COLUMNS").and_then(|text| text.parse().ok()).or(width),
            colour: is_terminal && set("NO_COLOR").is_none() && set("TERM").is_some_and(|term| term != "dumb"),
        }
    }
}

#[derive(Default)]
struct Here {
    seat: Option<Seat>,
    /// Whether the reader of standard output has gone away, as `head` does: nothing more is written then, and the command
    /// goes on to its end, so that its exit code still says what it did.
    reader_gone: bool,
    /// The node that this process opened by itself.
    own: Option<Arc<Node>>,
    /// Whether standard output could not be written: then the command has failed, whatever else it did.
    lost: bool,
}

thread_local! {
    static HERE: RefCell<Here> = RefCell::default();
}

/// Runs a command at another process's place. Nothing of it stays.
pub(crate) fn at<T>(seat: Seat, run: impl FnOnce() -> T) -> T {
    /// Lets go of the streams also where a command breaks off: whoever reads them would wait for ever.
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            HERE.take();
        }
    }
    HERE.set(Here {
        seat: Some(seat),
        ..Here::default()
    });
    let _leave = Leave;
    run()
}

/// Whether something that was to be written to standard output is lost, other than because nobody reads any more.
pub(crate) fn is_lost() -> bool {
    HERE.with_borrow(|here| here.lost)
}

/// Whether a node carries the command out.
pub(crate) fn is_served() -> bool {
    HERE.with_borrow(|here| here.seat.is_some())
}

/// The node that carries the command out, when it is the one of this folder.
pub(crate) fn node(data: &Path) -> Option<Pinned> {
    HERE.with_borrow(|here| {
        let node = &here.seat.as_ref()?.node;
        let same = node.folder().canonicalize().ok()? == path(data).canonicalize().ok()?;
        same.then(|| Node::pinned(node))
    })
}

/// What serves this folder on the network, where the process that carries the command out does.
pub(crate) fn serving(data: &Path) -> Option<Arc<Host>> {
    node(data)?;
    HERE.with_borrow(|here| here.seat.as_ref()?.serving.clone())
}

/// Notes the node that a command works with where none runs.
pub(crate) fn opened(node: &Arc<Node>) {
    HERE.with_borrow_mut(|here| here.own = Some(node.clone()));
}

/// Whether all that the command looked at could be read.
///
/// # Errors
/// What could not.
pub(crate) fn sound() -> Result<(), NodeError> {
    HERE.with_borrow_mut(|here| {
        let own = here.own.take();
        let node = here.seat.as_ref().map(|seat| &seat.node).or(own.as_ref());
        node.map_or(Ok(()), |node| node.moment().sound())
    })
}

/// A path as it is meant where the command was typed.
pub(crate) fn path(path: &Path) -> PathBuf {
    HERE.with_borrow(|here| match &here.seat {
        Some(seat) => seat.folder.join(path),
        None => path.to_owned(),
    })
}

/// Where the token of whoever is signed in stands, where the command was typed.
pub(crate) fn login_place(data: &Path) -> Option<PathBuf> {
    HERE.with_borrow(|here| match &here.seat {
        Some(seat) => seat.login.clone(),
        None => crate::command::login::own_place(data),
    })
}

/// What is written on.
pub(crate) fn terminal() -> Terminal {
    HERE.with_borrow(|here| here.seat.as_ref().map_or_else(Terminal::own, |seat| seat.terminal))
}

/// Standard input.
///
/// # Errors
/// When the process that the command was typed at does not give it.
pub(crate) fn input() -> std::io::Result<Box<dyn Read>> {
    HERE.with_borrow(|here| match &here.seat {
        Some(seat) => Ok(Box::new(seat.input.try_clone()?) as Box<dyn Read>),
        None => Ok(Box::new(std::io::stdin()) as Box<dyn Read>),
    })
}

/// Standard output, for one document or line. What cannot be written is remembered; see [`is_lost`].
pub(crate) fn output(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
    let silent = HERE.with_borrow(|here| here.reader_gone || here.lost);
    if silent {
        return;
    }
    let opened = HERE.with_borrow(|here| match &here.seat {
        Some(seat) => seat.output.try_clone().map(|file| Box::new(file) as Box<dyn Write>),
        None => Ok(Box::new(std::io::stdout()) as Box<dyn Write>),
    });
    let written = opened.and_then(|out| {
        let mut out = std::io::BufWriter::new(out);
        write(&mut out)?;
        out.flush()
    });
    let Err(error) = written else { return };
    match error.kind() == std::io::ErrorKind::BrokenPipe {
        true => HERE.with_borrow_mut(|here| here.reader_gone = true),
        false => {
            HERE.with_borrow_mut(|here| here.lost = true);
            errors(&format!("error: standard output cannot be written: {error}"));
        }
    }
}

/// Writes a line to standard error.
pub(crate) fn errors(text: &str) {
    // Nobody listens on standard error: nobody can be told that either.
    let _ = HERE.with_borrow(|here| match &here.seat {
        Some(seat) => writeln!(&seat.errors, "{text}"),
        None => writeln!(std::io::stderr(), "{text}"),
    });
}
