//! `init`, `party`: which organisations there are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use entente_core::{Command, Entered, Party, PartyPath};
use entente_ledger::Verifier;
use entente_node::{Pinned, SecretString, keyring};
use entente_seal::{DEFAULT_WORK_FACTOR, KeyPair, PublicKeys};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::contacts::{self, ContactArgs};
use super::list::{List, ListArgs};
use super::{Global, exchange};
use crate::failure::{Exit, Failure};
use crate::input;
use crate::node::{open, passphrase, surroundings};
use crate::{output, words};
use entente_desk::persons;

/// `entente init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// This party's path, such as `USA.CIA` or `CERT-PL`.
    #[arg(long)]
    party: PartyPath,
    /// Its name in full.
    #[arg(long, default_value = "")]
    name: String,
    /// How hard it is to guess the passphrase: powers of two of work; below 15 only for trials.
    #[arg(long, default_value_t = DEFAULT_WORK_FACTOR, value_parser = clap::value_parser!(u8).range(1..=22))]
    work_factor: u8,
    /// Do nothing where this party is set up in the data folder already: for what runs at every start.
    #[arg(long)]
    unless_there: bool,
}

impl Init {
    /// Whether this very party is set up already.
    fn is_there(&self, global: &Global) -> Result<bool, Failure> {
        if !global.data.join("origin").exists() {
            return Ok(false);
        }
        let node = open(&global.data)?;
        match node.home()? {
            home if *home == self.party => Ok(true),
            home => Err(Failure::failed(format!(
                "{} is the data folder of {home}, not of {}; name another with `--data`",
                global.data.display(),
                self.party
            ))),
        }
    }

    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        if self.unless_there && self.is_there(global)? {
            output::say(format!("{} is set up already", self.party));
            return Ok(Exit::Done);
        }
        let party = self.party.clone();
        let public = found(
            &global.data,
            (self.party, self.name),
            (passphrase(true)?, self.work_factor),
        )?;
        output::either(global.json, &public, || {
            output::line(format!("{party} is set up in {}", global.data.display()));
            output::line(format!("fingerprint {}", public.fingerprint()));
            output::line(
                "give partners the public keys with `entente party export`, and compare fingerprints by voice",
            );
        })?;
        Ok(Exit::Done)
    }
}

/// Sets a party up in a folder: its path and name, and the passphrase that locks its keys, with the work that guessing it takes.
pub(crate) fn found(
    data: &Path,
    (path, name): (PartyPath, String),
    lock: (SecretString, u8),
) -> Result<PublicKeys, Failure> {
    let keys = KeyPair::generate(path.as_str())?;
    let public = keys.public();
    let founded = Command::Found(party(path, name, Some(&public)));
    entente_node::Node::create(data, founded, keys, lock, surroundings())?;
    Ok(public)
}

fn party(path: PartyPath, name: String, keys: Option<&PublicKeys>) -> Party {
    Party {
        name: if name.is_empty() { path.to_string() } else { name },
        path,
        client_of: BTreeSet::new(),
        signing_keys: keys.map(|keys| keys.signing.clone()).unwrap_or_default(),
        recipient: keys.map(|keys| keys.recipient.clone()),
    }
}

/// What is said of a party.
#[derive(Debug, Args)]
pub(crate) struct PartyArgs {
    /// Its path.
    #[arg(required_unless_present = "file")]
    path: Option<PartyPath>,
    /// Many parties from a file instead: JSON or CSV as `party list` writes them; keys and membership are not taken from it.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["path", "keys", "client_of", "drop_client_of", "member", "no_member"])]
    file: Option<PathBuf>,
    /// Its name in full.
    #[arg(long, default_value = "")]
    name: String,
    /// Its public keys, as its `party export` wrote them.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The fingerprint of these keys as the party told it by voice: needed where other keys are known here.
    #[arg(long, value_name = "FINGERPRINT", requires = "keys")]
    fingerprint: Option<String>,
    /// Parties whose client it is (TLP:AMBER may travel to clients).
    #[arg(long, value_name = "PARTY")]
    client_of: Vec<PartyPath>,
    /// Parties whose client it is no longer.
    #[arg(long, value_name = "PARTY")]
    drop_client_of: Vec<PartyPath>,
    /// It is of the community (TLP:GREEN may travel to it).
    #[arg(long)]
    member: bool,
    /// It is not of the community any more.
    #[arg(long, conflicts_with = "member")]
    no_member: bool,
}

/// `entente party`.
#[derive(Debug, Subcommand)]
pub(crate) enum PartyCommand {
    /// Make a party known, or change what is known of it.
    Add(PartyArgs),
    /// Take back a party that was entered by mistake, while nothing rests on it.
    Undo {
        /// Its path.
        path: PartyPath,
        /// Why.
        #[arg(long, visible_alias = "reason", value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// List the known parties.
    List(ListArgs),
    /// Note whom one calls at a party: it stays here, and says nothing of what the party may have.
    Contact {
        /// The party.
        path: PartyPath,
        /// What the contact is called there, such as `duty officer`.
        name: String,
        #[command(flatten)]
        contact: ContactArgs,
        /// Strike it out.
        #[arg(long, conflicts_with = "ContactArgs")]
        remove: bool,
    },
    /// List whom one calls at parties.
    Contacts(ListArgs),
    /// Write this party's public keys, for partners.
    Export {
        /// The format: `pem` is the key that signs now, for tools of others.
        #[arg(long = "as", value_name = "FORMAT", default_value = "json")]
        form: KeyForm,
    },
    /// Replace this party's keys, and tell partners by a statement signed with the old ones. Old files can still be opened.
    Rotate,
    /// Declare a key compromised from a moment on: an old one of this party, of which partners are told, or a partner's.
    Compromised {
        /// The key, as `party list --json` shows it; its beginning up to the second `+` is enough.
        key: String,
        /// From when on.
        #[arg(long, value_name = "MOMENT", value_parser = entente_core::draft::moment)]
        from: Timestamp,
    },
}

/// Makes the parties of a file known; what is known of them besides stays.
fn add_parties(node: &mut Pinned, global: &Global, file: &Path) -> Result<(), Failure> {
    let listed = persons::parties(&input::text(file)?);
    let listed = listed.map_err(|error| Failure::failed(format!("{}: {error}", file.display())))?;
    let commands = listed.iter().map(|added| {
        let known = node.state().parties.get(&added.path).cloned();
        let mut party = known.unwrap_or_else(|| party(added.path.clone(), added.name.clone(), None));
        if !added.name.is_empty() {
            party.name.clone_from(&added.name);
        }
        party.client_of.extend(added.client_of.iter().cloned());
        Command::SetParty(party)
    });
    let commands: Vec<Command> = commands.collect();
    node.submit_all(commands)?;
    let added: Vec<&Party> = listed
        .iter()
        .filter_map(|added| node.state().parties.get(&added.path))
        .collect();
    output::either(global.json, &added, || {
        output::line(match added.len() {
            1 => "1 party is known".to_owned(),
            many => format!("{many} parties are known"),
        });
    })
}

/// How keys are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyForm {
    /// All of them, as `party add --keys` takes them.
    Json,
    /// The public key that verifies signatures of now (RFC 8410, PEM).
    Pem,
}

/// A party as the list shows it.
#[derive(Serialize)]
struct Listed<'p> {
    #[serde(flatten)]
    party: &'p Party,
    /// Since when it is of the community.
    #[serde(skip_serializing_if = "Option::is_none")]
    member_since: Option<Timestamp>,
}

impl PartyCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        match self {
            Self::Add(added) => added.run(&mut node, global)?,
            Self::List(chosen) => parties(&node, global, &chosen)?,
            Self::Contact {
                path,
                name,
                contact,
                remove,
            } => contacts::set(&mut node, global, (path, name), (!remove).then_some(contact))?,
            Self::Contacts(chosen) => contacts::list(&node, global, &chosen)?,
            Self::Undo { path, note } => undone(&mut node, global, &Entered::Party { path }, note)?,
            Self::Export { form } => own_keys(&node, form)?,
            Self::Rotate => {
                let public = node.rotate_keys()?.public();
                let sent = exchange::flush(&node, global)?;
                output::either(global.json, &public, || {
                    output::line(format!("new keys; fingerprint {}", public.fingerprint()));
                    exchange::say_sent(&sent);
                    output::line("whom no file is for gets them with `entente party export`");
                })?;
            }
            Self::Compromised { key, from } => {
                node.submit(Command::DeclareCompromised { key: key.clone(), from })?;
                let sent = exchange::flush(&node, global)?;
                output::either(global.json, &json!({ "key": key, "from": from, "sent": sent }), || {
                    output::line(format!("{key} counts as compromised from {from} on"));
                    exchange::say_sent(&sent);
                })?;
            }
        }
        Ok(Exit::Done)
    }
}

impl PartyArgs {
    /// The party as it is to be known, and whether its keys come with it: the first ones do; all others have to follow those
    /// that are known.
    fn party(&self, path: &PartyPath, known: Option<Party>, keys: Option<&PublicKeys>) -> (Party, bool) {
        let first = self.fingerprint.is_none() && known.as_ref().is_none_or(|known| known.recipient.is_none());
        let mut added = party(path.clone(), self.name.clone(), keys.filter(|_| first));
        if let Some(known) = known {
            if self.name.is_empty() {
                added.name = known.name;
            }
            added.client_of = known.client_of;
            if !first || keys.is_none() {
                added.signing_keys = known.signing_keys;
                added.recipient = known.recipient;
            }
        }
        added.client_of.retain(|patron| !self.drop_client_of.contains(patron));
        added.client_of.extend(self.client_of.iter().cloned());
        (added, first)
    }

    fn run(self, node: &mut Pinned, global: &Global) -> Result<(), Failure> {
        if let Some(file) = &self.file {
            return add_parties(node, global, file);
        }
        let path = self
            .path
            .clone()
            .ok_or_else(|| Failure::usage("name a party, or give `--file`"))?;
        let keys: Option<PublicKeys> = self.keys.as_deref().map(input::json).transpose()?;
        if let Some(keys) = &keys {
            keys.check()?;
            if keys.party != path.as_str() {
                return Err(Failure::usage(format!(
                    "the keys are those of {}, not of {path}",
                    keys.party
                )));
            }
        }
        let known = node.state().parties.get(&path).cloned();
        let (added, first) = self.party(&path, known, keys.as_ref());
        let mut commands = vec![Command::SetParty(added)];
        if let Some(keys) = keys.as_ref().filter(|_| !first) {
            let confirmed = confirmed(keys, self.fingerprint.as_deref())?;
            let shown = keyring::shown(keys, path.clone(), confirmed)?;
            commands.push(Command::SetKeys(Box::new(shown)));
        }
        if self.member || self.no_member {
            let (party, member) = (path.clone(), self.member);
            commands.push(Command::SetMembership { party, member });
        }
        node.submit_all(commands)?;
        if let Some((_, why)) = node.state().frozen(&path) {
            return Err(Failure::failed(format!(
                "the link with {path} is frozen: {why}; nothing is taken from it or sealed to it until its keys are taken in with \
                 `--fingerprint`"
            )));
        }
        output::either(global.json, &node.state().parties.get(&path), || {
            output::line(format!("{path} is known"));
            match &keys {
                Some(keys) => output::line(format!("fingerprint {}", keys.fingerprint())),
                None => output::line("its keys are not known: nothing can be exchanged with it yet"),
            }
        })
    }
}

/// The known parties, and which links are frozen.
fn parties(node: &Pinned, global: &Global, chosen: &ListArgs) -> Result<(), Failure> {
    let state = node.state();
    let rows = state.parties.values().map(|party| {
        let keys = match (state.frozen(&party.path), &party.recipient) {
            (Some(_), _) => "frozen",
            (None, Some(_)) => "known",
            (None, None) => "missing",
        };
        let member = state.members.contains_key(&party.path);
        vec![
            party.path.to_string(),
            party.name.clone(),
            keys.to_owned(),
            if member { "member" } else { "" }.to_owned(),
            words::list(&party.client_of),
        ]
    });
    let shown = state.parties.values().map(|party| Listed {
        party,
        member_since: state.members.get(&party.path).copied(),
    });
    let list = List {
        head: &["party", "name", "keys", "community", "client of"],
        empty: "no parties are known",
    };
    chosen.show(global, &list, rows.zip(shown))?;
    if global.json || chosen.is_csv() {
        return Ok(());
    }
    for party in state.parties.values() {
        if let Some((since, why)) = state.frozen(&party.path) {
            output::line(format!("{}: frozen since {since}: {why}", party.path));
        }
    }
    Ok(())
}

/// This party's public keys, with how they followed each other.
fn own_keys(node: &Pinned, form: KeyForm) -> Result<(), Failure> {
    let home = node.home()?.clone();
    let party = node.state().parties.get(&home);
    let party = party.ok_or_else(|| Failure::not_found("no keys"))?;
    let successions = node
        .state()
        .key_rings
        .get(&home)
        .into_iter()
        .flat_map(|ring| &ring.successions);
    let keys = PublicKeys {
        party: home.to_string(),
        signing: party.signing_keys.clone(),
        recipient: party.recipient.clone().unwrap_or_default(),
        successions: successions.map(|succession| succession.note.clone()).collect(),
    };
    output::say(format!("fingerprint {}", keys.fingerprint()));
    match form {
        KeyForm::Json => output::json(&keys),
        KeyForm::Pem => {
            let now = party.current_key().ok_or_else(|| Failure::not_found("no keys"))?;
            let key = Verifier::parse(now).map_err(Failure::failed)?;
            output::bytes(key.pem().as_bytes());
            Ok(())
        }
    }
}

/// Takes back what was entered by mistake.
pub(super) fn undone(node: &mut Pinned, global: &Global, entry: &Entered, reason: String) -> Result<(), Failure> {
    let say = format!("{entry} is taken back");
    node.submit(Command::UndoEntry {
        entry: entry.clone(),
        reason,
    })?;
    output::either(global.json, &serde_json::json!({ "undone": entry }), || {
        output::line(&say);
    })
}

/// Whether the fingerprint that was typed in is that of these keys.
fn confirmed(keys: &PublicKeys, typed: Option<&str>) -> Result<bool, Failure> {
    match typed {
        None => Ok(false),
        Some(typed) if keys.is_confirmed_by(typed) => Ok(true),
        Some(_) => Err(Failure::failed(format!(
            "the keys in the file have the fingerprint {}, not the one that was typed in: they are not those of {}; nothing \
             was changed",
            keys.fingerprint(),
            keys.party
        ))),
    }
}
