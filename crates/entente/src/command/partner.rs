//! `partner`: introductions, and how it stands with those who share with this party.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use entente_core::{Command, Party};
use entente_node::{PartnerStanding, Pinned, keyring};
use entente_serve::{Invitation, Tls};
use jiff::Timestamp;
use serde_json::json;

use super::Global;
use super::list::{List, ListArgs};
use crate::failure::{Exit, Failure};
use crate::{input, output, seat, words};

/// `entente partner`.
#[derive(Debug, Subcommand)]
pub(crate) enum PartnerCommand {
    /// For each partner: by which way messages travel, when it was last heard of, what waits, what it has not confirmed.
    List(ListArgs),
    /// Write an invitation for a partner: this party's keys, and where it is reached. Compare its fingerprint by voice.
    Invite(Invite),
    /// Take a partner's invitation in: its keys, and where it is reached.
    Accept(Accept),
}

/// `entente partner invite`.
#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// Where this party's node is reached, such as `https://gbr.example:8420`; without it, by files only.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// The file [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// `entente partner accept`.
#[derive(Debug, Args)]
pub(crate) struct Accept {
    /// The invitation.
    file: PathBuf,
    /// The fingerprint as a person of the partner said it; without it the one of the file is shown, and nothing is taken in.
    #[arg(long)]
    fingerprint: Option<String>,
}

impl Invite {
    fn run(self, global: &Global) -> Result<Exit, Failure> {
        let node = global.node()?;
        let keys = node.keys()?;
        let invitation = Invitation {
            keys: keys.public(),
            certificate: match &self.address {
                Some(address) if address.starts_with("https://") => Some(certificate(&global.data)?),
                _ => None,
            },
            address: self.address,
        };
        let text = invitation.signed(&keys).map_err(Failure::failed)?;
        output::say(format!("fingerprint {}", invitation.keys.fingerprint()));
        match &self.output {
            Some(path) => output::file(&seat::path(path), text.as_bytes())?,
            None => output::line(text.trim_end()),
        }
        Ok(Exit::Done)
    }
}

/// The certificate that this node shows.
fn certificate(data: &Path) -> Result<String, Failure> {
    let settings = crate::node::settings(None, data)?;
    let path = settings
        .tls
        .map_or_else(|| Tls::own(data).certificate, |tls| tls.certificate);
    std::fs::read_to_string(&path).map_err(|error| {
        Failure::failed(format!(
            "{}: {error}; set `own_certificate_for` or `[tls]` in serve.toml, and start `entente serve` once",
            path.display()
        ))
    })
}

impl Accept {
    fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        let invitation = Invitation::read(&input::bytes(&self.file)?).map_err(Failure::failed)?;
        let (party, fingerprint) = (
            invitation.party().map_err(Failure::failed)?,
            invitation.keys.fingerprint(),
        );
        let plain = |text: &str| text.replace([' ', '-'], "").to_uppercase();
        match self.fingerprint.as_deref().map(plain) {
            None => {
                return Err(Failure::usage(format!(
                    "nothing was taken in: the invitation is of {party}, fingerprint {fingerprint}; let a person of {party} read \
                     theirs to you, and give it with `--fingerprint`"
                )));
            }
            Some(said) if said != plain(&fingerprint) => {
                return Err(Failure::failed(format!(
                    "THE FINGERPRINTS DIFFER, and nothing was taken in: the invitation has {fingerprint}. Somebody may have put \
                     other keys into it; get it by another way"
                )));
            }
            Some(_) => {}
        }
        let added = introduced(&node, &invitation)?;
        invitation.keep(&global.data).map_err(Failure::failed)?;
        // A person has just typed in the fingerprint of these keys.
        let shown = keyring::shown(&invitation.keys, party.clone(), true)?;
        node.submit_all(vec![Command::SetParty(added), Command::SetKeys(Box::new(shown))])?;
        let value = json!({ "party": party, "fingerprint": fingerprint, "address": invitation.address });
        output::either(global.json, &value, || {
            output::line(format!("{party} is known, fingerprint {fingerprint}"));
            match &invitation.address {
                Some(address) => output::line(format!(
                    "it is reached at {address}; a node that serves takes that up with `kill -HUP`"
                )),
                None => output::line("it is reached by files"),
            }
        })?;
        Ok(Exit::Done)
    }
}

/// The party as an invitation introduces it. Other keys than those known here are refused.
fn introduced(node: &Pinned, invitation: &Invitation) -> Result<Party, Failure> {
    let party = invitation.party().map_err(Failure::failed)?;
    let (signing, recipient) = (&invitation.keys.signing, &invitation.keys.recipient);
    if node.home()? == &party {
        return Err(Failure::failed(
            "this is this party's own invitation; give it to a partner",
        ));
    }
    let Some(mut known) = node.state().parties.get(&party).cloned() else {
        return Ok(Party {
            name: party.to_string(),
            path: party,
            client_of: Default::default(),
            signing_keys: signing.clone(),
            recipient: Some(recipient.clone()),
        });
    };
    let has = !known.signing_keys.is_empty() || known.recipient.is_some();
    let same = known.signing_keys.first() == signing.first() && known.recipient.as_ref() == Some(recipient);
    if has && !same {
        return Err(Failure::failed(format!(
            "THE KEYS OF {party} ARE NOT THOSE KNOWN HERE, and nothing was taken in. If it changed its keys, ask a person there, \
             compare fingerprints, and take them in with `entente party add {party} --keys FILE --fingerprint …`"
        )));
    }
    if !has {
        known.signing_keys.clone_from(signing);
        known.recipient = Some(recipient.clone());
    }
    Ok(known)
}

impl PartnerCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self {
            Self::List(chosen) => list(global, &chosen),
            Self::Invite(invite) => invite.run(global),
            Self::Accept(accept) => accept.run(global),
        }
    }
}

/// `entente partner list`.
fn list(global: &Global, chosen: &ListArgs) -> Result<Exit, Failure> {
    let node = global.node()?;
    let by_network = super::exchange::by_network(global)?;
    let standings = node.node().partners()?;
    let way = |standing: &PartnerStanding| match by_network.contains(&standing.party) {
        true => "network",
        false => "files",
    };
    let moment = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), words::moment);
    let rows = standings.iter().map(|standing| {
        vec![
            standing.party.to_string(),
            if standing.keys { way(standing) } else { "no keys" }.to_owned(),
            moment(standing.heard_at),
            moment(standing.confirmed_at),
            standing.waiting.to_string(),
            standing.unconfirmed.len().to_string(),
            standing.refused.len().to_string(),
        ]
    });
    let values = standings
        .iter()
        .map(|standing| json!({ "way": way(standing), "standing": standing }));
    let list = List {
        head: &[
            "partner",
            "way",
            "heard",
            "confirmed",
            "waits",
            "unconfirmed",
            "refused",
        ],
        empty: "no partners are known; add one with `entente party add`",
    };
    chosen.show(global, &list, rows.zip(values))?;
    Ok(Exit::Done)
}
