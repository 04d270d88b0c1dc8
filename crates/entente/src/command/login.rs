//! `login` and `logout`: somebody at the command line acts as themselves, and not as the party.

use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use clap::Args;
use entente_core::{Actor, Command, actor};
use entente_node::{ExposeSecret, Node, Pinned, SecretString};
use entente_serve::{Accounts, sign_in};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Global;
use super::entitled::{Needs, needs};
use crate::failure::{Exit, Failure};
use crate::secret::{DIGITS, PASSWORD};
use crate::{node, output, seat};

/// What it is called in records when somebody signs in here.
const BY: &str = "password and telephone, at the command line";
/// The longest that is read of a password and digits.
const LONGEST: u64 = 4096;

/// `entente login`.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// The name of the account.
    name: String,
}

/// `entente logout`.
#[derive(Debug, Args)]
pub(crate) struct Logout {}

/// Where this user's token for a data folder stands: the file named by `ENTENTE_LOGIN`, or one in the user's state folder.
pub(crate) fn own_place(data: &Path) -> Option<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(file) = set("ENTENTE_LOGIN") {
        return std::path::absolute(file).ok();
    }
    let data = std::path::absolute(data).ok()?;
    let data = data.canonicalize().unwrap_or(data);
    let name = entente_ledger::hex(&Sha256::digest(data.as_os_str().as_encoded_bytes()));
    let state = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")))?;
    Some(state.join("entente/login").join(name.get(..16)?))
}

/// The token of whoever is signed in where the command was typed.
fn token(global: &Global) -> Result<Option<SecretString>, Failure> {
    let Some(place) = seat::login_place(&global.data) else {
        return Ok(None);
    };
    match std::fs::read_to_string(&place) {
        Ok(text) => Ok(Some(SecretString::from(text.trim().to_owned()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::failed(format!("{}: {error}", place.display()))),
    }
}

/// Refuses whoever is signed in what takes the passphrase, before anything is opened.
pub(crate) fn admit(global: &Global) -> Result<(), Failure> {
    match needs(&global.command) == Needs::Passphrase && token(global)?.is_some() {
        true => Err(Failure::new(
            Exit::Denied,
            format!(
                "`entente {}` is for whoever has the party's passphrase: `entente logout` first",
                global.command
            ),
        )),
        false => Ok(()),
    }
}

/// The node in the name of whoever is signed in; where nobody is, with the passphrase, which is put on record once people can
/// sign in here.
pub(crate) fn acting(global: &Global, node: Pinned) -> Result<Pinned, Failure> {
    let accounts = Accounts::of(&global.data);
    let Some(token) = token(global)? else {
        return Ok(match accounts.is_empty()? {
            true => node,
            false => node.by_passphrase(global.command.clone()),
        });
    };
    let lasting = node::settings(None, &global.data)?.sessions;
    let session = accounts.login(token.expose_secret(), &lasting, Timestamp::now())?;
    let known = |person: &entente_core::PersonId| node.state().persons.get(person).is_some_and(|known| !known.disabled);
    let person = session.filter(known).ok_or_else(|| {
        let said =
            "you are not signed in any more: `entente login NAME`, or `entente logout` to go on with the passphrase";
        Failure::new(Exit::Denied, said)
    })?;
    if let Needs::Act(act) = needs(&global.command) {
        actor::must(node.state(), &person, act, Timestamp::now()).map_err(|refusal| {
            node.node().note_refusal(person.clone(), act);
            Failure::from(refusal)
        })?;
    }
    Ok(node.acting(Actor {
        person,
        by: BY.to_owned(),
    }))
}

/// Puts on record that the keys were unlocked with the passphrase, once people can sign in here.
pub(crate) fn note_passphrase(global: &Global, node: &Node) -> Result<(), Failure> {
    if !Accounts::of(&global.data).is_empty()? {
        let command = global.command.clone();
        node.submit_all(vec![Command::RecordPassphrase { command }])?;
    }
    Ok(())
}

/// Password and digits, one a line, as they go to a node: asked for where the command was typed.
fn asked() -> Result<(SecretString, SecretString), Failure> {
    Ok((PASSWORD.get()?, DIGITS.get()?))
}

/// What a node reads instead of asking.
pub(crate) fn handed_over() -> Result<OwnedFd, Failure> {
    use std::io::Write as _;
    let (password, digits) = asked()?;
    let (reader, mut writer) = std::io::pipe().map_err(Failure::failed)?;
    let lines = SecretString::from(format!("{}\n{}\n", password.expose_secret(), digits.expose_secret()));
    // A pipe holds more than is ever written here.
    match lines.expose_secret().len() as u64 <= LONGEST {
        true => writer
            .write_all(lines.expose_secret().as_bytes())
            .map_err(Failure::failed)?,
        false => return Err(Failure::usage("nobody has such a long password")),
    }
    Ok(reader.into())
}

fn credentials() -> Result<(SecretString, SecretString), Failure> {
    if !seat::is_served() {
        return asked();
    }
    let mut text = String::new();
    seat::input()
        .and_then(|input| input.take(LONGEST).read_to_string(&mut text))
        .map_err(Failure::failed)?;
    let (password, digits) = text.split_once('\n').unwrap_or((&text, ""));
    Ok((
        SecretString::from(password.to_owned()),
        SecretString::from(digits.trim().to_owned()),
    ))
}

impl Login {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let place = seat::login_place(&global.data).ok_or_else(|| {
            Failure::failed("there is no place for your token; set HOME, or ENTENTE_LOGIN to a file of your own")
        })?;
        let node = global.node_as_such()?;
        let accounts = Accounts::of(&global.data);
        let (password, digits) = credentials()?;
        let now = Timestamp::now();
        let known = accounts.named(&self.name)?.map(|account| account.person);
        let proved = sign_in(
            &accounts,
            &self.name,
            password.expose_secret(),
            digits.expose_secret(),
            now,
        )?;
        let here =
            |person: &entente_core::PersonId| node.state().persons.get(person).is_some_and(|known| !known.disabled);
        let Some(person) = proved.filter(here) else {
            // A name that nobody has is nobody's failure.
            if let Some(person) = known {
                node.node()
                    .submit_all(vec![Command::RecordSignIn { person, by: None }])?;
            }
            return Err(Failure::new(
                Exit::Denied,
                "name, password and digits do not go together; digits can be used once",
            ));
        };
        node.node().submit_all(vec![Command::RecordSignIn {
            person: person.clone(),
            by: Some(BY.to_owned()),
        }])?;
        let token = accounts.begin_login(person.clone(), now)?;
        let folder = place.parent().unwrap_or(&place);
        entente_files::create_folder(folder)
            .and_then(|()| entente_files::write(&place, token.as_bytes()))
            .map_err(|error| Failure::failed(format!("{}: {error}", place.display())))?;
        output::either(global.json, &json!({ "person": person }), || {
            output::line(format!(
                "you are {person}: commands in {} are yours from now on, until `entente logout`",
                global.data.display()
            ));
        })?;
        Ok(Exit::Done)
    }
}

impl Logout {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let Some(token) = token(global)? else {
            return Err(Failure::not_found("nobody is signed in here"));
        };
        Accounts::of(&global.data).end_login(token.expose_secret())?;
        if let Some(place) = seat::login_place(&global.data) {
            std::fs::remove_file(&place).map_err(|error| Failure::failed(format!("{}: {error}", place.display())))?;
        }
        output::either(global.json, &json!({ "signed_out": true }), || {
            output::line("you are signed out: commands go with the party's passphrase again");
        })?;
        Ok(Exit::Done)
    }
}
