//! `account`: what people sign in with at this party's node.

use clap::Subcommand;
use entente_core::{Command, CommandRefusal, PersonId, actor};
use entente_node::Pinned;
use entente_serve::{Accounts, CodeUse, Scope, Token};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::Global;
use crate::failure::{Exit, Failure};
use crate::{output, words};

/// `entente account`.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Give a person a code to make an account with, or new means to sign in; it is shown once and ends after a week.
    Invite {
        /// The person, registered with `entente person add`.
        person: PersonId,
        /// For a demonstration on this machine: a link that signs in as this person without more.
        #[arg(long)]
        demonstration: bool,
    },
    /// List who can sign in, and the tokens of programs.
    List,
    /// Give a program a token that acts in a person's name; it is shown once, does one kind of thing, and ends.
    Token {
        /// The person, registered with `entente person add`.
        person: PersonId,
        /// What the token is called; an earlier one of this name ends.
        #[arg(long)]
        name: String,
        /// What it is for: to read what the person may read, to ask for decisions (`AuthZEN`), or to do what they may do.
        #[arg(long, value_parser = scope)]
        scope: Scope,
        /// How many days it lasts.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=366))]
        days: u16,
    },
    /// End all tokens and logins of a person at the command line.
    End {
        /// The person.
        person: PersonId,
    },
    /// Show who may do what: each act with the roles that may.
    Roles,
    /// End a token.
    EndToken {
        /// What it is called.
        name: String,
    },
}

fn scope(text: &str) -> Result<Scope, String> {
    let known = Scope::ALL.into_iter().find(|scope| scope.name() == text);
    known.ok_or_else(|| format!("the scopes are {}", Scope::ALL.map(Scope::name).join(", ")))
}

/// Refuses whoever is not registered at this party.
fn ours(node: &Pinned, person: &PersonId) -> Result<(), Failure> {
    let known = node.state().persons.get(person);
    match known.is_none_or(|known| node.home().is_ok_and(|home| !home.includes(&known.party))) {
        false => Ok(()),
        true => Err(Failure::from(CommandRefusal::Missing {
            what: "person of this party",
            name: person.to_string(),
            remedy: "register them with `entente person add`",
        })),
    }
}

/// Refuses whoever is signed in what is for others about themselves.
fn other(node: &Pinned, person: &PersonId) -> Result<(), Failure> {
    match node.actor().is_some_and(|actor| actor.person == *person) {
        true => Err(Failure::new(Exit::Denied, "somebody else has to give you a code")),
        false => Ok(()),
    }
}

/// Refuses whoever is signed in a token in another's name: nobody acts as somebody else.
fn own(node: &Pinned, person: &PersonId) -> Result<(), Failure> {
    match node.actor().is_none_or(|actor| actor.person == *person) {
        true => Ok(()),
        false => Err(Failure::new(
            Exit::Denied,
            "a token acts in a person's name: whoever it is of takes it, or whoever has the party's passphrase",
        )),
    }
}

fn roles(global: &Global) -> Result<Exit, Failure> {
    let table = actor::table();
    let rows = table
        .iter()
        .map(|(act, roles)| vec![(*act).to_owned(), roles.join(", ")]);
    output::either(global.json, &table, || {
        output::table(&["act", "roles"], rows.collect(), "nobody may do anything");
    })?;
    Ok(Exit::Done)
}

impl AccountCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        if let Self::Roles = self {
            return roles(global);
        }
        let mut node = global.node()?;
        let accounts = Accounts::of(&global.data);
        match self {
            Self::Roles => {}
            Self::Invite { person, demonstration } => {
                ours(&node, &person)?;
                other(&node, &person)?;
                let purpose = match demonstration {
                    true => CodeUse::Demonstration(person.clone()),
                    false => CodeUse::Account(person.clone()),
                };
                let code = accounts.give_code(purpose, Timestamp::now()).map_err(Failure::failed)?;
                let path = match demonstration {
                    true => format!("/enter/{code}"),
                    false => "/join".to_owned(),
                };
                let value = json!({ "person": person, "code": code, "path": path });
                output::either(global.json, &value, || match demonstration {
                    true => output::line(format!("{person} works at {path} of the node")),
                    false => output::line(format!("code for {person}, to be used at {path} of the node: {code}")),
                })?;
            }
            Self::List => {
                let people = accounts.people().map_err(Failure::failed)?;
                let rows = people
                    .iter()
                    .map(|(name, person)| vec![name.clone(), person.to_string()])
                    .collect();
                let tokens = accounts.tokens(Timestamp::now()).map_err(Failure::failed)?;
                let logins = accounts.logins(&crate::node::settings(None, &global.data)?.sessions, Timestamp::now())?;
                let value: Vec<_> = people
                    .iter()
                    .map(|(name, person)| json!({ "name": name, "person": person }))
                    .chain(tokens.iter().map(|token| json!({ "token": token })))
                    .chain(logins.iter().map(|login| json!({ "login": login })))
                    .collect();
                output::either(global.json, &value, || {
                    output::table(&["name", "person"], rows, "nobody can sign in yet");
                    for login in &logins {
                        output::line(format!(
                            "{} is signed in at the command line since {}",
                            login.person,
                            words::moment(login.began)
                        ));
                    }
                    for token in &tokens {
                        output::line(format!(
                            "token {}: {} for {}, until {}",
                            token.name,
                            token.scope.name(),
                            token.person,
                            token.until.strftime("%Y-%m-%d")
                        ));
                    }
                })?;
            }
            Self::Token {
                person,
                name,
                scope,
                days,
            } => {
                ours(&node, &person)?;
                own(&node, &person)?;
                let now = Timestamp::now();
                let until = now.checked_add(SignedDuration::from_hours(24 * i64::from(days)));
                let token = Token {
                    scope,
                    until: until.map_err(Failure::failed)?,
                    name,
                    person,
                };
                node.submit(Command::RecordToken {
                    person: token.person.clone(),
                    name: token.name.clone(),
                    lasts: Some((token.scope.name().to_owned(), token.until)),
                })?;
                let secret = accounts.give_token(token.clone(), now).map_err(Failure::failed)?;
                let value = json!({ "token": secret, "of": token });
                output::either(global.json, &value, || output::line(&secret))?;
            }
            Self::End { person } => {
                node.submit(Command::RecordToken {
                    person: person.clone(),
                    name: "all of them".to_owned(),
                    lasts: None,
                })?;
                let ended = accounts.end_all(&person)?;
                output::either(global.json, &json!({ "person": person, "ended": ended }), || {
                    output::line(format!("{ended} tokens and logins of {person} have ended"));
                })?;
            }
            Self::EndToken { name } => {
                let theirs = |token: &Token| {
                    node.actor().is_none_or(|actor| {
                        actor.person == token.person
                            || actor::entitled(node.state(), &actor.person, "set-roles", Timestamp::now())
                    })
                };
                let mut tokens = accounts.tokens(Timestamp::now())?.into_iter();
                let token = tokens.find(|token| token.name == name).filter(theirs);
                let token = token.ok_or_else(|| {
                    Failure::not_found(format!("there is no token `{name}`; `entente account list` shows them"))
                })?;
                accounts.end_token(&name)?;
                node.submit(Command::RecordToken {
                    person: token.person,
                    name: name.clone(),
                    lasts: None,
                })?;
                output::either(global.json, &json!({ "ended": name }), || {
                    output::line(format!("token {name} has ended"));
                })?;
            }
        }
        Ok(Exit::Done)
    }
}
