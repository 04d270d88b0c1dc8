//! `serve`: this party's node on the network.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use entente_node::{Node, NodeError, SecretString, Surroundings};
use entente_seal::DEFAULT_WORK_FACTOR;
use entente_serve::{Founded, Founding, Host, Journal, Settings, SettingsError};
use jiff::Timestamp;
use serde_json::json;

use super::Global;
use crate::failure::{Exit, Failure};
use crate::{node, output};

/// `entente serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen, such as `127.0.0.1:8420`.
    #[arg(long, env = "ENTENTE_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// The settings [default: DATA/serve.toml, where there is one].
    #[arg(long, env = "ENTENTE_SETTINGS", value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Print the settings that would hold, and end.
    #[arg(long)]
    check: bool,
    /// Print a settings file with every setting, commented, and end.
    #[arg(long, conflicts_with = "check")]
    example: bool,
}

/// The settings as file, environment and flags give them.
fn read(file: Option<&PathBuf>, data: &std::path::Path, listen: Option<SocketAddr>) -> Result<Settings, SettingsError> {
    let mut settings = node::settings(file.map(PathBuf::as_path), data)?;
    if let Some(listen) = listen {
        settings.listen = listen;
    }
    settings.check()?;
    Ok(settings)
}

/// The node; the passphrase is asked for once, and never again.
fn opened(folder: &std::path::Path, secret: Result<SecretString, String>, journal: Journal) -> Result<Node, Failure> {
    let around = Surroundings {
        passphrase: Box::new(move || secret.clone()),
        tell: Arc::new(move |said| journal.warn("the store has something to say", &[("said", &said)])),
        ..node::surroundings()
    };
    Ok(Node::open(folder, around)?)
}

impl Serve {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        if self.example {
            output::line(entente_serve::EXAMPLE.trim_end());
            return Ok(Exit::Done);
        }
        let (data, file, listen) = (global.data.clone(), self.settings.clone(), self.listen);
        let reread = move || read(file.as_ref(), &data, listen);
        let settings = reread()?;
        if self.check {
            let shown = settings.shown()?;
            output::either(global.json, &settings, || output::line(shown.trim_end()))?;
            return Ok(Exit::Done);
        }
        let journal = Journal::new(global.json);
        let (secret, founded) = match global.data.join("origin").exists() {
            true => (node::passphrase(false).map_err(|failure| failure.message), None),
            // A folder that has not been set up is set up in the browser.
            false => match first(global, &settings)? {
                Some((secret, founded)) => (Ok(secret), Some(founded)),
                None => return Ok(Exit::Done),
            },
        };
        // Commands that come from other folders name files there.
        let folder = global.data.canonicalize().unwrap_or_else(|_| global.data.clone());
        let node = Arc::new(opened(&folder, secret, journal)?);
        super::node::hold(&node)?;
        let keys = match node.keys() {
            Ok(keys) => Some(keys),
            Err(NodeError::Passphrase(problem)) => {
                journal.warn(
                    "without the passphrase nothing is signed, sent or taken in",
                    &[("problem", &problem)],
                );
                None
            }
            Err(other) => return Err(other.into()),
        };
        if keys.is_some() {
            super::login::note_passphrase(global, &node)?;
        }
        let host = Arc::new(Host::new(node, keys, settings, journal).map_err(Failure::failed)?);
        super::node::attend(&global.data, &host)?;
        let code = code(&host, founded.as_ref())?;
        // The link that was printed for a first start goes on.
        let (settings, said) = (host.settings(), founded.is_some());
        let ready = |address: SocketAddr| {
            if !said {
                say(global, &settings, address, code.as_deref());
            }
        };
        let listener = founded.map(|founded| founded.listener);
        entente_serve::serve(host, Box::new(reread), listener, ready).map_err(Failure::failed)?;
        Ok(Exit::Done)
    }
}

/// The code for the first administrator's account, as long as nobody can sign in.
fn code(host: &Host, founded: Option<&Founded>) -> Result<Option<String>, Failure> {
    let (accounts, now) = (&host.accounts, Timestamp::now());
    if !accounts.is_empty()? {
        return Ok(None);
    }
    Ok(Some(match founded {
        Some(founded) => {
            accounts.keep_setup_code(&founded.code, now)?;
            founded.code.clone()
        }
        None => accounts.give_setup_code(now)?,
    }))
}

/// Says where the node serves, and how the first administrator's account is made.
fn say(global: &Global, settings: &Settings, address: SocketAddr, code: Option<&str>) {
    let url = settings.url(address);
    let link = code.map(|code| settings.link(address, &format!("/join/{code}")));
    if global.json {
        output::line(json!({ "url": url, "code": code, "link": link }));
        return;
    }
    output::line(format!("serving at {url}"));
    if let (Some(code), Some(link)) = (code, link) {
        output::line(format!(
            "nobody can sign in yet: make the first administrator's account, from this machine, at\n{link}\nor at {url}/join \
             with the code {code}"
        ));
    }
}

/// A first start: the passphrase is chosen here, the party made in the browser. `None` where it was ended before.
fn first(global: &Global, settings: &Settings) -> Result<Option<(SecretString, Founded)>, Failure> {
    output::say(format!(
        "no party is set up in {}: choose the passphrase that is to lock its keys, and go on in the browser",
        global.data.display()
    ));
    let secret = node::passphrase(true)?;
    let (data, locking) = (global.data.clone(), secret.clone());
    let program = std::env::current_exe().map_err(Failure::failed)?;
    let founding = Founding {
        make: Box::new(move |party, name| {
            let lock = (locking.clone(), DEFAULT_WORK_FACTOR);
            let made = super::directory::found(&data, (party, name), lock);
            made.map(|_| ()).map_err(|failure| failure.message)
        }),
        sample: Box::new(move || {
            let mut sample = std::process::Command::new(&program);
            sample.args(["--json", "demo", "--serve"]);
            sample
        }),
    };
    let ready = |address: SocketAddr, link: &str| match global.json {
        true => output::line(json!({ "url": settings.url(address), "code": null, "link": link })),
        false => output::line(format!("set up this node, from this machine, at\n{link}")),
    };
    let founded = entente_serve::found(settings, founding, ready).map_err(Failure::failed)?;
    Ok(founded.map(|founded| (secret, founded)))
}
