//! Arrangements: the terms in words, what state they are in, and who confirmed them.

use askama::Template;
use axum::extract::{Path, Query, RawQuery};
use axum::response::Response;
use entente_core::{Arrangement, ArrangementId, ArrangementStatus};
use entente_desk::arrangements::{Confirmed, Term, confirmed, in_words, known, stated, unrecorded};

use super::agreeing::{Said, blank};
use super::answer::{Desk, Reply, Trouble};
use super::fields::Fields;
use super::frame::{Page, Place};
use super::gate::{Visitor, escaped};
use super::listing::{Cell, Column, Listing, words};
use super::tongue::Tongue;

const COLUMNS: &[Column] = &[
    words("id"),
    words("title"),
    words("parties"),
    words("state"),
    words("since"),
];

#[derive(Template)]
#[template(path = "arrangements.html")]
struct Arrangements<'a> {
    t: Tongue,
    headline: String,
    list: String,
    form: &'a str,
    records: bool,
    terms: String,
    typed: &'a Fields,
    said: Option<Said>,
}

impl Arrangements<'_> {
    fn shown(&self) -> String {
        self.said.as_ref().map(|said| said.seal(self.typed)).unwrap_or_default()
    }
}

fn parties(terms: &Arrangement) -> String {
    terms
        .parties
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn status(t: Tongue, status: &ArrangementStatus) -> String {
    let (key, by) = match status {
        ArrangementStatus::Active => ("arrangement-active", None),
        ArrangementStatus::Suspended { by, reason } => ("arrangement-suspended", Some((by, reason))),
        ArrangementStatus::Ended { by, reason } => ("arrangement-ended", Some((by, reason))),
    };
    let word = t.say(key);
    match by {
        None => word.into_owned(),
        Some((by, reason)) => format!("{word} ({by}: {reason})"),
    }
}

fn list(desk: &Desk) -> Listing {
    let t = desk.tongue;
    let recorded = desk.state().arrangements.values().map(|terms| {
        let not = terms.not_in_force(desk.now);
        let state = match not {
            Some(entente_core::NotInForce::Expired) => t.say("arrangements-expired").into_owned(),
            Some(entente_core::NotInForce::NotBegun) => t.say("arrangements-not-begun").into_owned(),
            _ => status(t, &terms.status),
        };
        vec![
            Cell::id(terms.id.as_str()).to(format!("/arrangements/{}", escaped(terms.id.as_str()))),
            Cell::quoted(terms.title.as_str()),
            Cell::id(parties(terms)),
            Cell::said(state),
            Cell::moment(desk.tongue, terms.status_set),
        ]
    });
    let stated = unrecorded(desk.state());
    let stated = stated.iter().map(|stated| {
        vec![
            Cell::id(stated.terms.id.as_str()).to(format!(
                "/arrangements/{}?from={}",
                escaped(stated.terms.id.as_str()),
                escaped(stated.by.as_str())
            )),
            Cell::quoted(stated.terms.title.as_str()),
            Cell::id(parties(stated.terms)),
            Cell::said(t.say_of("arrangements-stated", stated.by)),
            Cell::default(),
        ]
    });
    Listing {
        tongue: desk.tongue,
        what: "arrangements",
        at: "/arrangements".to_owned(),
        also: Vec::new(),
        columns: COLUMNS,
        rows: recorded.chain(stated).collect(),
        banner: None,
        command: "entente arrangement list",
        next: None,
    }
}

/// `GET /arrangements`.
pub(crate) async fn listing(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let wanted = Fields::of_query(query.as_deref().unwrap_or_default());
    let work = move |desk: &mut Desk| {
        desk.must("see-partners")?;
        match list(desk).reply(&wanted)? {
            Ok(part) => Ok(Reply::Page(page_with(desk, part, &Fields::default(), None)?)),
            Err(file) => Ok(file),
        }
    };
    visitor.answer(work).await
}

/// The page of all of them again, with what is said of terms that were typed.
pub(super) fn list_page(desk: &Desk, typed: &Fields, said: Option<Said>) -> Result<Page, Trouble> {
    match list(desk).reply(&Fields::default())? {
        Ok(part) => page_with(desk, part, typed, said),
        Err(_) => Err(Trouble::Nothing),
    }
}

fn page_with(desk: &Desk, list: String, typed: &Fields, said: Option<Said>) -> Result<Page, Trouble> {
    let known = desk.state().arrangements.len() + unrecorded(desk.state()).len();
    let body = Arrangements {
        t: desk.tongue,
        headline: desk.tongue.count("arrangements-known", known),
        list,
        form: &desk.session.form,
        records: desk.may("set-arrangement"),
        terms: match typed.get("terms") {
            "" => blank(desk),
            terms => terms.to_owned(),
        },
        typed,
        said,
    };
    Ok(Page {
        title: desk.tongue.say("arrangements-title").into_owned(),
        tongue: desk.tongue,
        place: Place::Partners,
        banner: None,
        body: body.render()?,
    })
}

#[derive(Template)]
#[template(path = "arrangement.html")]
struct One<'a> {
    t: Tongue,
    terms: &'a Arrangement,
    /// Whose statement they are, where they are not recorded here.
    stated_by: Option<&'a str>,
    state: String,
    since: String,
    holds: bool,
    words: Vec<Term>,
    parties: Vec<Confirmed>,
    form: &'a str,
    /// Whether whoever looks sets terms.
    acts: bool,
    active: bool,
    ended: bool,
    /// The purposes that can still be left out.
    purposes: Vec<(String, bool)>,
    typed: &'a Fields,
    said: Option<Said>,
}

impl One<'_> {
    fn shown(&self) -> String {
        self.said.as_ref().map(|said| said.seal(self.typed)).unwrap_or_default()
    }

    fn then(&self, act: &str) -> &[String] {
        let said = self.said.as_ref().filter(|said| said.act == act);
        said.map_or(&[], |said| said.then.as_slice())
    }

    /// Which of the acts that change its state was shown, and by its key what its button says.
    fn stopping(&self) -> Option<(&'static str, &'static str)> {
        const WORDS: [(&str, &str); 3] = [
            ("suspend", "arrangements-suspend"),
            ("resume", "arrangements-resume"),
            ("end", "arrangements-end"),
        ];
        WORDS.into_iter().find(|(act, _)| !self.then(act).is_empty())
    }

    fn trouble(&self) -> Option<&str> {
        self.said.as_ref().and_then(|said| said.trouble.as_deref())
    }
}

/// What the address of one of them says.
#[derive(serde::Deserialize)]
pub(crate) struct Whose {
    #[serde(default)]
    from: String,
}

/// `GET /arrangements/ID`, and with `from` as a partner stated it.
pub(crate) async fn one(visitor: Visitor, Path(id): Path<String>, Query(whose): Query<Whose>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("see-partners")?;
        let typed = Fields::new(vec![("from".to_owned(), whose.from)]);
        Ok(Reply::Page(one_page(desk, &ArrangementId::new(id)?, &typed, None)?))
    };
    visitor.answer(work).await
}

/// The page of one of them, with what is said of an act that is not done yet.
pub(super) fn one_page(desk: &Desk, id: &ArrangementId, typed: &Fields, said: Option<Said>) -> Result<Page, Trouble> {
    let by_partner = match desk.state().arrangements.contains_key(id) {
        true => None,
        false => {
            let from = Some(typed.get("from")).filter(|from| !from.is_empty());
            let from = from.map(entente_core::PartyPath::new).transpose()?;
            Some(stated(desk.state(), id, from.as_ref())?)
        }
    };
    let terms = match &by_partner {
        Some(terms) => terms,
        None => known(desk.state(), id)?,
    };
    let (not, t) = (terms.not_in_force(desk.now), desk.tongue);
    let chosen = |purpose: &str| typed.all("purposes").any(|named| named == purpose);
    let body = One {
        t: desk.tongue,
        stated_by: by_partner.as_ref().map(|_| typed.get("from")),
        state: match not {
            _ if by_partner.is_some() => t.say("arrangement-is-stated").into_owned(),
            Some(entente_core::NotInForce::Expired) => t.say("arrangement-has-expired").into_owned(),
            Some(entente_core::NotInForce::NotBegun) => t.say("arrangement-has-not-begun").into_owned(),
            _ => t.say_of("arrangement-is", status(t, &terms.status)),
        },
        since: terms.status_set.map(|at| t.short(at)).unwrap_or_default(),
        holds: not.is_none() && by_partner.is_none(),
        words: in_words(terms),
        parties: confirmed(desk.state(), terms),
        form: &desk.session.form,
        acts: desk.may("set-arrangement"),
        active: terms.status == ArrangementStatus::Active,
        ended: matches!(terms.status, ArrangementStatus::Ended { .. }),
        purposes: terms
            .purposes
            .iter()
            .flatten()
            .map(|purpose| (purpose.to_string(), chosen(purpose.as_str())))
            .collect(),
        terms,
        typed,
        said,
    };
    Ok(Page {
        title: t.say_of("arrangement-title", id),
        tongue: desk.tongue,
        place: Place::Partners,
        banner: None,
        body: body.render()?,
    })
}
