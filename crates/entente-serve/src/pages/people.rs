//! People and roles: who is registered at this party, what they may do, who can sign in.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use entente_core::actor::{acts, may};
use entente_core::{Command, Person, PersonChange, PersonId, Role};

use super::answer::{Desk, Reply, Trouble};
use super::fields::Fields;
use super::frame::{Page, Place, role_key};
use super::gate::{Posted, Visitor, escaped};
use super::listing::{Cell, Column, Listing, words};
use super::tongue::Tongue;
use crate::persons::CodeUse;

const COLUMNS: &[Column] = &[
    words("person"),
    words("name"),
    words("account"),
    words("roles"),
    words("state"),
];

/// A person of this party, with the name that they sign in with.
struct Registered<'d> {
    person: &'d Person,
    account: String,
}

/// Everybody of this party.
fn registered(desk: &Desk) -> Result<Vec<Registered<'_>>, Trouble> {
    let accounts = desk.host.accounts.people()?;
    let home = desk.state().home.as_ref();
    let all = desk.state().persons.values();
    let ours = all.filter(|person| home.is_some_and(|home| home.includes(&person.party)));
    let with_account = |person| Registered {
        person,
        account: accounts
            .iter()
            .find(|(_, whose)| *whose == person.id)
            .map(|(name, _)| name.clone())
            .unwrap_or_default(),
    };
    Ok(ours.map(with_account).collect())
}

fn list(desk: &Desk, all: &[Registered<'_>]) -> Listing {
    let t = desk.tongue;
    let row = |one: &Registered<'_>| {
        let person = one.person;
        let held = Role::ALL.into_iter().filter(|role| person.roles.contains(role.name()));
        let state = match person.disabled {
            true => t.say("people-off"),
            false => "".into(),
        };
        vec![
            Cell::id(person.id.as_str()).to(format!("/people/{}", escaped(person.id.as_str()))),
            Cell::name(person.name.as_str()),
            Cell::said(match one.account.as_str() {
                "" => t.say("people-no-account"),
                name => name.to_owned().into(),
            }),
            Cell::said(held.map(|role| t.say(role_key(role))).collect::<Vec<_>>().join(", ")),
            Cell::said(state).alarming(person.disabled, "✕", "deny"),
        ]
    };
    Listing {
        tongue: desk.tongue,
        what: "people",
        at: "/people".to_owned(),
        also: Vec::new(),
        columns: COLUMNS,
        rows: all.iter().map(row).collect(),
        banner: None,
        command: "entente person list",
        next: None,
    }
}

/// A row of the table of roles.
struct ActRow {
    act: &'static str,
    cells: Vec<bool>,
}

#[derive(Template)]
#[template(path = "people.html")]
struct People {
    t: Tongue,
    headline: String,
    list: String,
    titles: Vec<&'static str>,
    table: Vec<ActRow>,
}

/// `GET /people`.
pub(crate) async fn page(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let wanted = Fields::of_query(query.as_deref().unwrap_or_default());
    let work = move |desk: &mut Desk| {
        desk.must("see-people")?;
        let all = registered(desk)?;
        let list = match list(desk, &all).reply(&wanted)? {
            Ok(list) => list,
            Err(file) => return Ok(file),
        };
        let body = People {
            t: desk.tongue,
            headline: desk.tongue.count("people-count", all.len()),
            list,
            titles: Role::ALL.into_iter().map(role_key).collect(),
            table: acts()
                .map(|act| ActRow {
                    act,
                    cells: Role::ALL.into_iter().map(|role| may(role, act)).collect(),
                })
                .collect(),
        };
        Ok(Reply::Page(framed(
            desk,
            desk.tongue.say("people-title").into_owned(),
            body.render()?,
        )))
    };
    visitor.answer(work).await
}

fn framed(desk: &Desk, title: String, body: String) -> Page {
    Page {
        title,
        tongue: desk.tongue,
        place: Place::People,
        banner: None,
        body,
    }
}

#[derive(Template)]
#[template(path = "person.html")]
struct OnePerson<'p> {
    t: Tongue,
    form: &'p str,
    person: &'p Person,
    account: String,
    roles: Vec<(&'static str, &'static str, bool)>,
    /// Whether whoever looks gives this person roles.
    gives_roles: bool,
    me: bool,
    code: Option<String>,
}

fn one_page(desk: &Desk, id: &PersonId, code: Option<String>) -> Result<Page, Trouble> {
    let all = registered(desk)?;
    let found = all
        .into_iter()
        .find(|one| one.person.id == *id)
        .ok_or(Trouble::Nothing)?;
    let me = found.person.id == *desk.me();
    let body = OnePerson {
        t: desk.tongue,
        form: &desk.session.form,
        roles: Role::ALL
            .into_iter()
            .map(|role| (role.name(), role_key(role), found.person.roles.contains(role.name())))
            .collect(),
        gives_roles: desk.may("set-roles") && !me,
        person: found.person,
        account: found.account,
        me,
        code,
    };
    Ok(framed(desk, id.to_string(), body.render()?))
}

/// `GET /people/PARTY/NAME`.
pub(crate) async fn one(visitor: Visitor, Path(id): Path<String>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("see-people")?;
        Ok(Reply::Page(one_page(desk, &PersonId::new(id)?, None)?))
    };
    visitor.answer(work).await
}

/// `POST /people/roles`.
pub(crate) async fn roles(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        let person = PersonId::new(fields.get("person"))?;
        let known = desk.state().persons.get(&person).ok_or(Trouble::Nothing)?;
        let mut change = PersonChange::of(person.clone(), known.party.clone());
        let wanted: Vec<&str> = fields.all("role").collect();
        for role in Role::ALL.into_iter().map(Role::name) {
            match (wanted.contains(&role), known.roles.contains(role)) {
                (true, false) => drop(change.roles.insert(role.to_owned())),
                (false, true) => drop(change.dropped.roles.insert(role.to_owned())),
                _ => {}
            }
        }
        if change.roles.is_empty() && change.dropped.roles.is_empty() {
            return Err(Trouble::Refused(desk.tongue.say("people-no-change").into_owned()));
        }
        desk.act(vec![Command::ChangePersons(vec![change])])?;
        // What somebody may do counts at once; who they are signed in as stays.
        Ok(Reply::To(format!("/people/{}", escaped(person.as_str()))))
    };
    posted.visitor.answer(work).await
}

/// `POST /people/code`: a code to make an account with, shown once.
pub(crate) async fn code(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("set-roles")?;
        let person = PersonId::new(fields.get("person"))?;
        let home = desk.state().home.clone();
        let known = desk.state().persons.get(&person).ok_or(Trouble::Nothing)?;
        if !home.is_some_and(|home| home.includes(&known.party)) || person == *desk.me() {
            return Err(Trouble::NotEntitled(
                desk.tongue.say("people-code-for-others").into_owned(),
            ));
        }
        let code = desk
            .host
            .accounts
            .give_code(CodeUse::Account(person.clone()), desk.now)?;
        Ok(Reply::Page(one_page(desk, &person, Some(code))?))
    };
    posted.visitor.answer(work).await
}
