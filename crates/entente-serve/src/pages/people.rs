//! People and roles: who is registered at this party, what they may do, who can sign in.

use askama::Template;
use axum::response::Response;
use entente_core::actor::{acts, may};
use entente_core::{Command, PersonChange, PersonId, Role};

use super::answer::{Desk, Reply, Trouble};
use super::frame::{Page, Place};
use super::gate::{Posted, Visitor};
use crate::persons::CodeUse;

struct Row {
    person: String,
    name: String,
    roles: Vec<(&'static str, &'static str, bool)>,
    account: String,
    disabled: bool,
    me: bool,
}

/// A row of the table of roles.
struct ActRow {
    act: &'static str,
    cells: Vec<bool>,
}

#[derive(Template)]
#[template(path = "people.html")]
struct People<'p> {
    form: &'p str,
    rows: Vec<Row>,
    gives_roles: bool,
    code: Option<(String, String)>,
    titles: Vec<&'static str>,
    table: Vec<ActRow>,
}

fn people(desk: &Desk, code: Option<(String, String)>) -> Result<Page, Trouble> {
    let accounts = desk.host.accounts.people()?;
    let home = desk.state().home.clone();
    let ours = desk
        .state()
        .persons
        .values()
        .filter(|person| home.as_ref().is_some_and(|home| home.includes(&person.party)));
    let rows = ours.map(|person| Row {
        person: person.id.to_string(),
        name: person.name.clone(),
        roles: Role::ALL
            .into_iter()
            .map(|role| (role.name(), role.title(), person.roles.contains(role.name())))
            .collect(),
        account: accounts
            .iter()
            .find(|(_, whose)| *whose == person.id)
            .map(|(name, _)| name.clone())
            .unwrap_or_default(),
        disabled: person.disabled,
        me: person.id == *desk.me(),
    });
    let body = People {
        form: &desk.session.form,
        rows: rows.collect(),
        gives_roles: desk.may("set-roles"),
        code,
        titles: Role::ALL.into_iter().map(Role::title).collect(),
        table: acts()
            .map(|act| ActRow {
                act,
                cells: Role::ALL.into_iter().map(|role| may(role, act)).collect(),
            })
            .collect(),
    };
    Ok(Page {
        title: "People and roles".to_owned(),
        place: Place::People,
        banner: None,
        body: body.render()?,
    })
}

/// `GET /people`.
pub(crate) async fn page(visitor: Visitor) -> Response {
    let work = |desk: &mut Desk| {
        desk.must("see-people")?;
        Ok(Reply::Page(people(desk, None)?))
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
            return Err(Trouble::Refused("No role was changed.".to_owned()));
        }
        desk.act(vec![Command::ChangePersons(vec![change])])?;
        // What somebody may do counts at once; who they are signed in as stays.
        Ok(Reply::To("/people".to_owned()))
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
                "A code is for another person of this party.".to_owned(),
            ));
        }
        let code = desk
            .host
            .accounts
            .give_code(CodeUse::Account(person.clone()), desk.now)?;
        Ok(Reply::Page(people(desk, Some((person.to_string(), code)))?))
    };
    posted.visitor.answer(work).await
}
