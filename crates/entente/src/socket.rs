//! Between a command and a running node of the same user: where the socket stands, who is at the other end, and what is said.

use std::ffi::OsString;
use std::io::{IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use crate::seat::Terminal;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    recvmsg, sendmsg,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The longest path that a socket can have.
const MAX_PATH: usize = 107;
/// The longest command taken: more arguments than any shell passes on.
const MAX_SAID: usize = 4 << 20;

/// What a command says to a node. Its standard streams come with it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Said {
    /// The version of the program at which it was typed.
    pub(crate) version: String,
    /// The arguments, as bytes.
    arguments: Vec<Vec<u8>>,
    /// The folder in which it was typed, as bytes.
    folder: Vec<u8>,
    /// The data folder as it was named, as bytes.
    data: Vec<u8>,
    /// Where sealed files go, if that was said.
    out: Option<Vec<u8>>,
    /// Where the token of whoever is signed in stands, as bytes.
    #[serde(default)]
    login: Option<Vec<u8>>,
    /// Its terminal.
    #[serde(default)]
    pub(crate) terminal: Terminal,
}

impl Said {
    pub(crate) fn new(folder: &Path, data: &Path, out: Option<&Path>) -> Self {
        Self {
            version: version(),
            arguments: std::env::args_os().map(OsString::into_vec).collect(),
            folder: folder.as_os_str().as_bytes().to_owned(),
            data: data.as_os_str().as_bytes().to_owned(),
            out: out.map(|out| out.as_os_str().as_bytes().to_owned()),
            login: crate::command::login::own_place(data).map(|place| OsString::from(place).into_vec()),
            terminal: Terminal::own(),
        }
    }

    pub(crate) fn arguments(&self) -> impl Iterator<Item = OsString> {
        self.arguments.iter().cloned().map(OsString::from_vec)
    }

    pub(crate) fn folder(&self) -> PathBuf {
        OsString::from_vec(self.folder.clone()).into()
    }

    pub(crate) fn data(&self) -> PathBuf {
        OsString::from_vec(self.data.clone()).into()
    }

    pub(crate) fn login(&self) -> Option<PathBuf> {
        self.login.clone().map(|place| OsString::from_vec(place).into())
    }

    pub(crate) fn out(&self) -> Option<PathBuf> {
        self.out.clone().map(|out| OsString::from_vec(out).into())
    }
}

/// What a node answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answered {
    /// The command was carried out, and ended with this code.
    Exit(u8),
    /// It was not even begun.
    Refused(String),
}

/// The version that command and node have in common.
pub(crate) fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Where the socket of a data folder stands: in it, or where that path is too long for a socket, in the user's run-time
/// folder. `None` where there is no such place.
pub(crate) fn place(data: &Path) -> Option<PathBuf> {
    let data = data.canonicalize().ok()?;
    let inside = data.join("node.sock");
    if inside.as_os_str().len() <= MAX_PATH {
        return Some(inside);
    }
    let runtime = PathBuf::from(std::env::var_os("XDG_RUNTIME_DIR").filter(|value| !value.is_empty())?);
    let name = entente_ledger::hex(&Sha256::digest(data.as_os_str().as_bytes()));
    let outside = runtime.join(format!("entente-{}.sock", name.get(..16).unwrap_or_default()));
    Some(outside).filter(|path| path.as_os_str().len() <= MAX_PATH)
}

/// Whether the process at the other end belongs to the same user.
pub(crate) fn is_own(stream: &UnixStream) -> bool {
    let peer = rustix::net::sockopt::socket_peercred(stream);
    peer.is_ok_and(|peer| peer.uid == rustix::process::geteuid())
}

/// Says a command, and hands over its standard streams.
/// Another input may go in the place of the first.
pub(crate) fn say(mut stream: &UnixStream, said: &Said, instead: Option<&OwnedFd>) -> std::io::Result<()> {
    let body = serde_json::to_vec(said)?;
    let length = u32::try_from(body.len()).map_err(std::io::Error::other)?.to_be_bytes();
    let (input, output, errors) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let input = instead.map_or_else(|| input.as_fd(), AsFd::as_fd);
    let streams = [input, output.as_fd(), errors.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut with = SendAncillaryBuffer::new(&mut space);
    with.push(SendAncillaryMessage::ScmRights(&streams));
    // A single message of four bytes is sent whole.
    sendmsg(stream, &[IoSlice::new(&length)], &mut with, SendFlags::empty())?;
    stream.write_all(&body)
}

/// Hears a command, and takes its standard streams: input, output, errors.
pub(crate) fn hear(mut stream: &UnixStream) -> std::io::Result<(Said, [OwnedFd; 3])> {
    let mut length = [0; 4];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut with = RecvAncillaryBuffer::new(&mut space);
    let mut slices = [IoSliceMut::new(&mut length)];
    let got = recvmsg(stream, &mut slices, &mut with, RecvFlags::CMSG_CLOEXEC)?;
    let streams: Vec<OwnedFd> = with
        .drain()
        .filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(streams) => Some(streams),
            _ => None,
        })
        .flatten()
        .collect();
    let bad = |text: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, text.to_owned());
    let length = u32::from_be_bytes(length) as usize;
    let streams: [OwnedFd; 3] = streams
        .try_into()
        .map_err(|_| bad("no standard streams came with it"))?;
    if got.bytes != 4 || length > MAX_SAID {
        return Err(bad("it is no command"));
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((serde_json::from_slice(&body)?, streams))
}

/// Answers a command.
pub(crate) fn answer(mut stream: &UnixStream, answered: &Answered) -> std::io::Result<()> {
    stream.write_all(&serde_json::to_vec(answered)?)
}

/// Waits for the answer.
pub(crate) fn answered(stream: &UnixStream) -> std::io::Result<Answered> {
    let mut text = Vec::new();
    stream.take(MAX_SAID as u64).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}
