//! `account`: what people sign in with at this party's node.

use std::sync::Arc;

use clap::Subcommand;
use entente_core::{Command, CommandRefusal, PersonId, actor};
use entente_node::Pinned;
use entente_serve::{Access, Accounts, CodeUse, Host, Scope, Sessions, Token, Ways};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::Global;
use super::list::{List, ListArgs};
use crate::failure::{Exit, Failure};
use crate::{output, seat, words};

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
    /// List who can sign in, and by which name.
    List(ListArgs),
    /// List the ways in that are open: sessions in browsers, logins at the command line, tokens of programs.
    Access {
        /// Whose [default: one's own where one is signed in, else everybody's].
        person: Option<PersonId>,
        #[command(flatten)]
        chosen: ListArgs,
    },
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
    /// End all sessions, logins and tokens of a person.
    End {
        /// The person.
        person: PersonId,
    },
    /// End one way in.
    EndAccess {
        /// Its id, as `entente account access` shows it.
        id: String,
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

/// What is done about accounts, with what it takes.
struct Desk<'g> {
    global: &'g Global,
    node: Pinned,
    accounts: Accounts,
    lasting: Sessions,
    serving: Option<Arc<Host>>,
}

impl<'g> Desk<'g> {
    fn of(global: &'g Global) -> Result<Self, Failure> {
        Ok(Self {
            node: global.node()?,
            accounts: Accounts::of(&global.data),
            lasting: crate::node::settings(None, &global.data)?.sessions,
            serving: seat::serving(&global.data),
            global,
        })
    }

    fn ways(&self) -> Ways<'_> {
        Ways::new(&self.accounts, self.serving.as_deref(), &self.lasting)
    }

    /// Whose ways in may be seen and ended: one's own, or everybody's by whoever gives roles and by the passphrase.
    fn within(&self) -> Option<PersonId> {
        let actor = self.node.actor()?;
        let all = actor::entitled(self.node.state(), &actor.person, "set-roles", Timestamp::now());
        (!all).then(|| actor.person.clone())
    }

    fn invite(&self, person: &PersonId, demonstration: bool) -> Result<(), Failure> {
        ours(&self.node, person)?;
        other(&self.node, person)?;
        let purpose = match demonstration {
            true => CodeUse::Demonstration(person.clone()),
            false => CodeUse::Account(person.clone()),
        };
        let code = self.accounts.give_code(purpose, Timestamp::now())?;
        let path = match demonstration {
            true => format!("/enter/{code}"),
            false => "/join".to_owned(),
        };
        let value = json!({ "person": person, "code": code, "path": path });
        output::either(self.global.json, &value, || match demonstration {
            true => output::line(format!("{person} works at {path} of the node")),
            false => output::line(format!("code for {person}, to be used at {path} of the node: {code}")),
        })
    }

    fn list(&self, chosen: &ListArgs) -> Result<(), Failure> {
        let by_name = self.accounts.people()?.into_iter().map(|(name, person)| {
            let value = json!({ "name": name, "person": person });
            (vec![name, person.to_string(), String::new()], value)
        });
        let bound = self.accounts.all_bound()?.into_iter().map(|bound| {
            let value = json!({ "bound": bound });
            (vec![String::new(), bound.person.to_string(), bound.provider], value)
        });
        let list = List {
            head: &["name", "person", "provider"],
            empty: "nobody can sign in yet; `entente account invite` lets somebody",
        };
        chosen.show(self.global, &list, by_name.chain(bound))
    }

    fn access(&self, person: Option<PersonId>, chosen: &ListArgs) -> Result<(), Failure> {
        let whose = match (self.within(), person) {
            (Some(me), Some(person)) if person != me => {
                return Err(Failure::new(
                    Exit::Denied,
                    format!("you are {me}, and see your own ways in; an administrator sees others'"),
                ));
            }
            (Some(me), _) => Some(me),
            (None, Some(person)) => Some(person),
            (None, None) => None,
        };
        let open = self.ways().open(whose.as_ref(), Timestamp::now())?;
        let list = List {
            head: &["id", "person", "what", "from", "since", "last used", "until at most"],
            empty: "no way in is open",
        };
        chosen.show(self.global, &list, open.iter().map(|access| (row(access), access)))
    }

    fn token(&mut self, token: &Token) -> Result<(), Failure> {
        ours(&self.node, &token.person)?;
        own(&self.node, &token.person)?;
        self.node.submit(Command::RecordToken {
            person: token.person.clone(),
            name: token.name.clone(),
            scope: token.scope.name().to_owned(),
            until: token.until,
        })?;
        let secret = self.accounts.give_token(token.clone(), Timestamp::now())?;
        let value = json!({ "token": secret, "of": token });
        output::either(self.global.json, &value, || output::line(&secret))
    }

    fn end_all(&mut self, person: &PersonId) -> Result<(), Failure> {
        if let Some(me) = self.within().filter(|me| me != person) {
            actor::must(self.node.state(), &me, "set-roles", Timestamp::now())?;
        }
        let ended = self.ways().end_all(person)?;
        self.record(person.clone(), "every way in".to_owned())?;
        output::either(self.global.json, &json!({ "person": person, "ended": ended }), || {
            output::line(format!("{ended} sessions, logins and tokens of {person} have ended"));
        })
    }

    /// Ends one that is open and fits.
    fn end(&mut self, fits: impl Fn(&Access) -> bool, missing: String) -> Result<(), Failure> {
        let (now, within) = (Timestamp::now(), self.within());
        let found = self.ways().open(within.as_ref(), now)?.into_iter().find(fits);
        let found = found.ok_or_else(|| Failure::not_found(missing))?;
        self.ways().end(&found.id, within.as_ref(), now)?;
        self.record(found.person.clone(), found.words())?;
        output::either(self.global.json, &json!({ "ended": found }), || {
            output::line(format!("{} of {} has ended", found.words(), found.person));
        })
    }

    fn record(&mut self, person: PersonId, what: String) -> Result<(), Failure> {
        self.node.submit(Command::RecordEnd { person, what })?;
        Ok(())
    }
}

fn row(access: &Access) -> Vec<String> {
    let moment = |at: Option<Timestamp>| at.map(words::moment).unwrap_or_default();
    vec![
        access.id.clone(),
        access.person.to_string(),
        access.words(),
        access.from.clone().unwrap_or_default(),
        moment(access.since),
        moment(access.seen),
        words::moment(access.until),
    ]
}

impl AccountCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        if let Self::Roles = self {
            return roles(global);
        }
        let mut desk = Desk::of(global)?;
        match self {
            Self::Roles => {}
            Self::Invite { person, demonstration } => desk.invite(&person, demonstration)?,
            Self::List(chosen) => desk.list(&chosen)?,
            Self::Access { person, chosen } => desk.access(person, &chosen)?,
            Self::Token {
                person,
                name,
                scope,
                days,
            } => {
                let until = Timestamp::now().checked_add(SignedDuration::from_hours(24 * i64::from(days)));
                desk.token(&Token {
                    scope,
                    until: until.map_err(Failure::failed)?,
                    name,
                    person,
                })?;
            }
            Self::End { person } => desk.end_all(&person)?,
            Self::EndAccess { id } => desk.end(
                |access| access.id == id,
                format!("no way in of yours is called `{id}`; `entente account access` shows them"),
            )?,
            Self::EndToken { name } => desk.end(
                |access| access.token.as_ref() == Some(&name),
                format!("there is no token `{name}`; `entente account access` shows them"),
            )?,
        }
        Ok(Exit::Done)
    }
}
