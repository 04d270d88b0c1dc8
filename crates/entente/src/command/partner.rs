//! `partner`: introductions, and how it stands with those who share with this party.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use entente_node::PartnerStanding;
use entente_serve::{Invitation, InvitationError};
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
        let settings = crate::node::settings(None, &global.data)?;
        let invitation = Invitation::own(&keys, self.address, &settings, &global.data).map_err(Failure::failed)?;
        let text = invitation.signed(&keys).map_err(Failure::failed)?;
        output::say(format!("fingerprint {}", invitation.keys.fingerprint()));
        match &self.output {
            Some(path) => output::file(&seat::path(path), text.as_bytes())?,
            None => output::line(text.trim_end()),
        }
        Ok(Exit::Done)
    }
}

impl Accept {
    fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        let invitation = Invitation::read(&input::bytes(&self.file)?).map_err(Failure::failed)?;
        let (party, fingerprint) = (
            invitation.party().map_err(Failure::failed)?,
            invitation.keys.fingerprint(),
        );
        let commands = invitation
            .introduces(node.state(), self.fingerprint.as_deref().unwrap_or_default())
            .map_err(|error| match &error {
                InvitationError::Unsaid { .. } => Failure::usage(format!("{error}, and give it with `--fingerprint`")),
                InvitationError::OtherKeys(party) => Failure::failed(format!(
                    "{error} with `entente party add {party} --keys FILE --fingerprint …`"
                )),
                _ => Failure::failed(error),
            })?;
        invitation.keep(&global.data).map_err(Failure::failed)?;
        node.submit_all(commands)?;
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
    let settings = crate::node::settings(None, &global.data)?;
    let standings = node.node().partners()?;
    let way = |standing: &PartnerStanding| settings.way_to(&standing.party).name();
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
            standing.kept.len().to_string(),
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
            "kept",
        ],
        empty: "no partners are known; add one with `entente party add`",
    };
    chosen.show(global, &list, rows.zip(values))?;
    if let Some(kept) = standings.iter().flat_map(|standing| &standing.kept).next()
        && !global.json
    {
        let folder = kept.parent().unwrap_or(kept).display();
        output::line(format!(
            "\nKept: what this party did not take in. `entente receive {folder}` says why, and takes in what can be by now."
        ));
    }
    Ok(Exit::Done)
}
