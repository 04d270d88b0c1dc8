//! `serve`: this party's node on the network.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use entente_node::{Node, NodeError, Surroundings};
use entente_serve::{Host, Journal, Settings, SettingsError};
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
fn opened(folder: &std::path::Path, journal: Journal) -> Result<Node, Failure> {
    let secret = node::passphrase(false).map_err(|failure| failure.message);
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
        let data = global.data.clone();
        let reread = move || read(self.settings.as_ref(), &data, self.listen);
        let settings = reread()?;
        if self.check {
            let shown = settings.shown()?;
            output::either(global.json, &settings, || output::line(shown.trim_end()))?;
            return Ok(Exit::Done);
        }
        let journal = Journal::new(global.json);
        // Commands that come from other folders name files there.
        let folder = global.data.canonicalize().unwrap_or_else(|_| global.data.clone());
        let node = Arc::new(opened(&folder, journal)?);
        // A folder that has not been set up has nothing to serve.
        Node::pinned(&node).home()?;
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
        let scheme = if settings.tls.is_some() { "https" } else { "http" };
        let host = Arc::new(Host::new(node, keys, settings, journal).map_err(Failure::failed)?);
        super::node::attend(&global.data, &host)?;
        let first = host.accounts.people().map_err(Failure::failed)?.is_empty();
        let code = match first {
            true => Some(
                host.accounts
                    .give_setup_code(Timestamp::now())
                    .map_err(Failure::failed)?,
            ),
            false => None,
        };
        let ready = |address: SocketAddr| {
            let url = format!("{scheme}://{address}");
            match global.json {
                true => output::line(json!({ "url": url, "code": code })),
                false => {
                    output::line(format!("serving at {url}"));
                    if let Some(code) = &code {
                        output::line(format!(
                            "nobody can sign in yet: make the first administrator's account at {url}/join, from this \
                             machine, with the code {code}"
                        ));
                    }
                }
            }
        };
        entente_serve::serve(host, Box::new(reread), ready).map_err(Failure::failed)?;
        Ok(Exit::Done)
    }
}
