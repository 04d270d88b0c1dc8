//! What is done about an arrangement: recorded, narrowed, suspended, resumed, ended, accepted as a partner stated it. What stops by
//! it is shown before it is done.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use entente_core::{Arrangement, ArrangementId, ArrangementStatus, Command, Onward, PartyPath, Stopped};
use entente_desk::View;
use entente_desk::arrangements::{self, NoTerms, Stricter, known, narrowed, stated};
use entente_marking::Purpose;

use super::acting::seal;
use super::answer::{Desk, Reply, Trouble};
use super::arrangements::{list_page, one_page};
use super::fields::Fields;
use super::gate::{Posted, escaped};
use super::tongue::Tongue;

/// What an act comes to that is not done yet: which it is, and what it stops, or why it cannot be done.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// Which act.
    pub(super) act: String,
    /// What it does, in sentences; empty where it cannot be done.
    pub(super) then: Vec<String>,
    /// Why it cannot be done.
    pub(super) trouble: Option<String>,
}

impl Said {
    /// What the deciding button bears.
    pub(super) fn seal(&self, typed: &Fields) -> String {
        sealed(&self.then, typed)
    }
}

/// What was shown, and of which words: another reason or term is shown anew.
fn sealed(then: &[String], typed: &Fields) -> String {
    const FIELDS: [&str; 9] = [
        "do",
        "reason",
        "onward",
        "need",
        "two",
        "witnesses",
        "expires",
        "from",
        "terms",
    ];
    let words: Vec<&str> = FIELDS.map(|name| typed.get(name)).to_vec();
    let purposes: Vec<&str> = typed.all("purposes").collect();
    seal(&(then, words, purposes, typed.get("agreed")))
}

impl From<NoTerms> for Trouble {
    fn from(error: NoTerms) -> Self {
        match error {
            NoTerms::Missing(_) | NoTerms::Unstated(_) => Self::Nothing,
            other => Self::Refused(other.to_string()),
        }
    }
}

/// `POST /arrangements/ID`: shows what an act stops, and does it once that was shown.
pub(crate) async fn act(Path(id): Path<String>, posted: Posted) -> Response {
    let mut fields = posted.fields;
    // What was shown is what is done, whatever else stands on the page.
    let shown = fields.get("act").to_owned();
    if !shown.is_empty() && !fields.get("shown").is_empty() {
        fields.set("do", &shown);
    }
    let work = move |desk: &mut Desk| {
        desk.must("set-arrangement")?;
        let id = ArrangementId::new(id)?;
        // Nobody is told anything of terms that nobody recorded or stated.
        let there = desk.state().arrangements.contains_key(&id);
        if !there && fields.get("do") != "accept" {
            return Err(Trouble::Nothing);
        }
        done(desk, &id, &fields, |desk, said| {
            one_page(desk, &id, &fields, Some(said))
        })
    };
    posted.visitor.answer(work).await
}

/// `POST /arrangements`: records terms, once what they stop was shown.
pub(crate) async fn record(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("set-arrangement")?;
        let id = terms_of(&fields, desk.tongue)
            .map(|terms| terms.id)
            .map_err(|trouble| trouble.into_said(desk.tongue));
        let id = match id {
            Ok(id) => id,
            Err(Ok(trouble)) => {
                let said = Said {
                    act: "record".to_owned(),
                    trouble: Some(trouble),
                    ..Said::default()
                };
                return Ok(Reply::Again(list_page(desk, &fields, Some(said))?));
            }
            Err(Err(trouble)) => return Err(trouble),
        };
        done(desk, &id, &fields, |desk, said| list_page(desk, &fields, Some(said)))
    };
    posted.visitor.answer(work).await
}

fn done(
    desk: &mut Desk,
    id: &ArrangementId,
    fields: &Fields,
    page: impl FnOnce(&Desk, Said) -> Result<super::frame::Page, Trouble>,
) -> Result<Reply, Trouble> {
    let made = commands(desk, id, fields).and_then(|commands| Ok((stops(desk, id, &commands)?, commands)));
    let act = fields.get("do").to_owned();
    let page = |desk: &Desk, said: Result<Vec<String>, String>| {
        let (then, trouble) = match said {
            Ok(then) => (then, None),
            Err(trouble) => (Vec::new(), Some(trouble)),
        };
        page(desk, Said { act, then, trouble })
    };
    Ok(
        match desk.once_shown(fields, made, |then| sealed(then, fields), page)? {
            Ok(_) => Reply::To(format!("/arrangements/{}", escaped(id.as_str()))),
            Err(reply) => reply,
        },
    )
}

/// Terms as they are typed: what an arrangement file holds.
fn terms_of(fields: &Fields, t: Tongue) -> Result<Arrangement, Trouble> {
    let read = serde_json::from_str(fields.get("terms"));
    read.map_err(|error| Trouble::Unreadable(t.say_of("agreeing-unreadable", error)))
}

fn commands(desk: &Desk, id: &ArrangementId, fields: &Fields) -> Result<Vec<Command>, Trouble> {
    let home = desk.state().home.clone().ok_or(Trouble::Nothing)?;
    let reason = fields.get("reason").trim().to_owned();
    let because = || match reason.is_empty() {
        true => Err(Trouble::Refused(desk.tongue.say("agreeing-why").into_owned())),
        false => Ok(reason.clone()),
    };
    let status = |status| Ok(vec![Command::SetArrangementStatus { id: id.clone(), status }]);
    match fields.get("do") {
        "suspend" => status(ArrangementStatus::Suspended {
            by: home,
            reason: because()?,
        }),
        "resume" => status(ArrangementStatus::Active),
        "end" => status(ArrangementStatus::Ended {
            by: home,
            reason: because()?,
        }),
        "narrow" => recorded(narrowed(known(desk.state(), id)?, stricter(fields)?)?, false),
        "record" => recorded(terms_of(fields, desk.tongue)?, fields.get("agreed") == "yes"),
        "accept" => {
            let from = Some(fields.get("from")).filter(|from| !from.is_empty());
            let from = from.map(PartyPath::new).transpose()?;
            recorded(stated(desk.state(), id, from.as_ref())?, false)
        }
        _ => Err(Trouble::Unreadable(desk.tongue.say("agreeing-choose").into_owned())),
    }
}

fn recorded(arrangement: Arrangement, agreed: bool) -> Result<Vec<Command>, Trouble> {
    Ok(vec![Command::SetArrangement { arrangement, agreed }])
}

fn stricter(fields: &Fields) -> Result<Stricter, Trouble> {
    let number = fields.get("witnesses").trim();
    let expires = fields.get("expires").trim();
    let wrong = |what: &str, problem: &dyn std::fmt::Display| Trouble::Refused(format!("{what}: {problem}."));
    Ok(Stricter {
        purposes: fields.all("purposes").map(Purpose::new).collect(),
        onward: match fields.get("onward") {
            "members" => Some(Onward::Members),
            "consent" => Some(Onward::Consent),
            _ => None,
        },
        need_to_know: fields.get("need") == "yes",
        two_person: fields.get("two") == "yes",
        witnesses: match number.is_empty() {
            true => 0,
            false => number.parse().map_err(|error| wrong("Witnesses", &error))?,
        },
        expires: match expires.is_empty() {
            true => None,
            false => Some(entente_core::draft::moment(expires).map_err(|error| wrong("The end", &error))?),
        },
    })
}

/// What it stops, in sentences about reports that whoever acts may know of; refused as it would be.
fn stops(desk: &Desk, id: &ArrangementId, commands: &[Command]) -> Result<Vec<String>, Trouble> {
    let (planned, t) = (desk.tried(commands)?, desk.tongue);
    let moment = desk.moment();
    let view = View::of(Some(desk.me()), None, desk.now);
    let all = arrangements::stops(&moment, planned.after.state(), id, &view);
    let shown: BTreeSet<String> = super::reports::rows(desk)?
        .into_iter()
        .map(|row| row.listed.id.to_string())
        .collect();
    let (known, others): (Vec<Stopped>, Vec<Stopped>) = all
        .into_iter()
        .partition(|stopped| shown.contains(stopped.report.as_str()));
    let mut said: Vec<String> = known.iter().map(|stopped| stop(desk, stopped)).collect();
    if known.is_empty() {
        said.push(t.say("stops-nothing").into_owned());
    }
    // Whether there is more is not for whoever may know of none of it.
    drop(others);
    let told: BTreeSet<&str> = planned.messages.iter().map(|(_, to)| to.as_str()).collect();
    said.push(match told.is_empty() {
        true => t.say("effect-not-told").into_owned(),
        false => t.say_of("effect-told", told.into_iter().collect::<Vec<_>>().join(", ")),
    });
    Ok(said)
}

fn stop(desk: &Desk, stopped: &Stopped) -> String {
    let list = |names: Vec<String>| names.join(", ");
    let (about, t) = (format!("{} v{}", stopped.report, stopped.version), desk.tongue);
    let readers: BTreeSet<String> = stopped.readers.iter().map(|reader| reader.person.to_string()).collect();
    let mut said = match (readers.len(), desk.may("distribute")) {
        (0, _) => t.say_of("stops-nobody", about),
        (_, true) => t.pair("stops-for", about, list(readers.into_iter().collect())),
        (n, false) => format!("{about}: {}", t.count("stops-persons", n)),
    };
    for (what, names) in [
        (
            "stops-held",
            stopped.holders.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ),
        (
            "stops-consents",
            stopped.consents.iter().map(ToString::to_string).collect(),
        ),
        (
            "stops-requests",
            stopped.requests.iter().map(ToString::to_string).collect(),
        ),
    ] {
        if !names.is_empty() {
            said.push_str(&format!("; {}", t.say_of(what, list(names))));
        }
    }
    said.push('.');
    said
}

/// Terms as a file has them, to begin with.
pub(super) fn blank(desk: &Desk) -> String {
    let home = desk.state().home.as_ref().map(ToString::to_string).unwrap_or_default();
    let value = serde_json::json!({
        "id": "", "title": "", "parties": [home, ""], "purposes": [], "onward": "consent", "need_to_know": true,
    });
    format!("{value:#}")
}
