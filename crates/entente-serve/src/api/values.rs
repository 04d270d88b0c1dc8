//! The desk's values as JSON: the same that `--json` prints.

use axum::extract::Query;
use axum::http::Uri;
use entente_core::{ArrangementId, BriefingId, IncidentId, PendingId, ReportId};
use entente_desk::briefing::speakers_paper;
use entente_desk::casefile::casefile;
use entente_desk::deciding::answers;
use entente_desk::reading::{self, Page};
use entente_desk::{View, asked, cases, second, todo as list};
use entente_marking::Purpose;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::cursor;
use crate::pages::{Desk, Fields, Trouble, meant, of_arrangement, of_consents, open, read, seen, wished};

/// Rows at once, where nobody says how many.
const SHOWN: usize = 100;
/// The most rows at once.
const MOST: usize = 1000;

/// What a program may say about what it wants.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    purpose: String,
    version: Option<u32>,
    cursor: Option<String>,
    limit: Option<usize>,
    search: Option<String>,
    audience: String,
    people: String,
}

/// Something that can be read.
pub(super) struct Offer {
    /// Where, with `{id}` for what is named.
    pub(super) path: &'static str,
    /// What it gives.
    pub(super) says: &'static str,
    /// What may be said about what is wanted.
    pub(super) query: &'static [&'static str],
    /// What the table of roles calls it.
    pub(super) act: &'static str,
    /// Whether nothing but what is true decides about it, and nothing is recorded of it.
    pub(super) lasts: bool,
    make: fn(&mut Desk, &str, &Wanted) -> Result<Value, Trouble>,
}

const LIST: &[&str] = &["cursor", "limit"];

/// Everything that can be read.
pub(super) const OFFERED: &[Offer] = &[
    Offer {
        path: "/api/v1/reports",
        says: "The reports of which something is for the caller.",
        query: &["purpose", "search", "cursor", "limit"],
        act: "read",
        lasts: true,
        make: reports,
    },
    Offer {
        path: "/api/v1/reports/{id}",
        says: "One report, as far as it is for the caller. That it was read is on record.",
        query: &["purpose", "version"],
        act: "read",
        lasts: false,
        make: report,
    },
    Offer {
        path: "/api/v1/reports/{id}/decision",
        says: "Who of an audience may have which portions that the caller may know, with every reason.",
        query: &["purpose", "version", "audience", "people"],
        act: "record-decision",
        lasts: true,
        make: decision,
    },
    Offer {
        path: "/api/v1/requests",
        says: "Requests about portions that the caller may know.",
        query: LIST,
        act: "see-requests",
        lasts: false,
        make: requests,
    },
    Offer {
        path: "/api/v1/arrangements/{id}/odrl",
        says: "The terms of an arrangement as ODRL, with what ODRL cannot express.",
        query: &[],
        act: "see-partners",
        lasts: false,
        make: arrangement,
    },
    Offer {
        path: "/api/v1/consents/odrl",
        says: "The consents that the caller may know of as ODRL, with what ODRL cannot express.",
        query: &["purpose"],
        act: "see-requests",
        lasts: false,
        make: consents,
    },
    Offer {
        path: "/api/v1/pending",
        says: "What waits for the yes of a second person, and what was answered.",
        query: LIST,
        act: "second-release",
        lasts: false,
        make: pending,
    },
    Offer {
        path: "/api/v1/pending/{id}",
        says: "One of them, with what would follow from a yes and its digest.",
        query: &[],
        act: "second-release",
        lasts: false,
        make: pending_one,
    },
    Offer {
        path: "/api/v1/briefings/{id}",
        says: "What may be said at a briefing and what not, for its speaker alone.",
        query: &[],
        act: "brief",
        lasts: false,
        make: briefing,
    },
    Offer {
        path: "/api/v1/incidents",
        says: "Cases that the caller may know of, and what partners told of theirs.",
        query: LIST,
        act: "see-cases",
        lasts: false,
        make: incidents,
    },
    Offer {
        path: "/api/v1/incidents/{id}",
        says: "The file of a case that the caller works on.",
        query: &["purpose"],
        act: "see-cases",
        lasts: false,
        make: incident,
    },
    Offer {
        path: "/api/v1/partners",
        says: "How it stands with each partner.",
        query: LIST,
        act: "see-partners",
        lasts: false,
        make: partners,
    },
    Offer {
        path: "/api/v1/access",
        says: "Ways in that are open in the caller's name: sessions, logins, tokens. Everybody's for whoever gives roles.",
        query: LIST,
        act: "see-own-work",
        lasts: false,
        make: access,
    },
    Offer {
        path: "/api/v1/notices",
        says: "What the caller wishes to be told of, and how.",
        query: &[],
        act: "see-own-work",
        lasts: false,
        make: notices,
    },
    Offer {
        path: "/api/v1/todo",
        says: "What waits for the caller.",
        query: &[],
        act: "see-own-work",
        lasts: false,
        make: todo,
    },
];

impl Offer {
    /// What is offered at an address, and what it names.
    pub(super) fn at(uri: &Uri) -> Option<(&'static Self, String)> {
        let here = |offer: &'static Self| {
            let (before, after) = offer.path.split_once("{id}").unwrap_or((offer.path, ""));
            let id = uri.path().strip_prefix(before)?.strip_suffix(after)?;
            let fits = offer.path.contains("{id}") != id.is_empty() && !id.contains('/');
            fits.then(|| unescaped(id)).flatten().map(|id| (offer, id))
        };
        OFFERED.iter().find_map(here)
    }

    /// What whoever sits at the desk gets at an address that this is at.
    pub(super) fn value(&self, desk: &mut Desk, id: &str, uri: &Uri) -> Result<Value, Trouble> {
        let wanted = Query::<Wanted>::try_from_uri(uri).map_err(|error| Trouble::Unreadable(error.body_text()))?;
        (self.make)(desk, id, &wanted.0)
    }
}

/// A name as it stands in an address, in plain.
fn unescaped(name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

impl Wanted {
    fn purpose(&self) -> Option<Purpose> {
        Some(self.purpose.as_str())
            .filter(|text| !text.is_empty())
            .map(Purpose::new)
    }
}

fn value(of: impl serde::Serialize) -> Result<Value, Trouble> {
    serde_json::to_value(of).map_err(|error| Trouble::Broken(error.to_string()))
}

/// A moment as far as callers are told: how long an answer took tells nobody anything.
fn to_the_minute(at: Timestamp) -> Timestamp {
    let seconds = at.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(60)).unwrap_or(at)
}

/// How many rows are wanted.
fn limit(wanted: &Wanted) -> usize {
    wanted.limit.unwrap_or(SHOWN).clamp(1, MOST)
}

/// The rows of a list that are wanted, in the order of what they are called, and the cursor behind them.
fn page_of(
    desk: &Desk,
    wanted: &Wanted,
    list: &'static str,
    rows: impl IntoIterator<Item = (String, Value)>,
) -> Result<Value, Trouble> {
    let after = wanted.cursor.as_deref();
    let after = after.map(|cursor| cursor::open(desk.me(), list, cursor)).transpose()?;
    let mut rows: Vec<(String, Value)> = rows.into_iter().collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows.retain(|(name, _)| after.as_ref().is_none_or(|after| name > after));
    let more = rows.len() > limit(wanted);
    rows.truncate(limit(wanted));
    let last = rows.last().filter(|_| more).map(|(name, _)| name);
    let next = last.and_then(|last| cursor::seal(desk.me(), list, last));
    let rows: Vec<Value> = rows.into_iter().map(|(_, row)| row).collect();
    Ok(json!({ list: rows, "next": next }))
}

/// `/api/v1/reports`: reports of which something is for the caller.
fn reports(desk: &mut Desk, _: &str, wanted: &Wanted) -> Result<Value, Trouble> {
    let purpose = wanted.purpose();
    let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
    let after = wanted.cursor.as_deref();
    let after = after
        .map(|cursor| cursor::open(desk.me(), "reports", cursor))
        .transpose()?;
    let after = after.map(ReportId::new).transpose()?;
    let page = Page {
        after: after.as_ref(),
        limit: Some(limit(wanted)),
        search: wanted.search.as_deref(),
    };
    desk.await_lines(&page)?;
    let listing = reading::page(&desk.moment(), &view, page);
    let last = listing.rows.last().filter(|_| listing.more);
    let next = last.and_then(|last| cursor::seal(desk.me(), "reports", last.id.as_str()));
    Ok(json!({ "reports": listing.rows, "next": next }))
}

/// `/api/v1/reports/ID`: the text that is for the caller; that it was read is on record.
fn report(desk: &mut Desk, id: &str, wanted: &Wanted) -> Result<Value, Trouble> {
    let id = ReportId::new(id)?;
    match desk.compares {
        true => value(seen(desk, &id, wanted.version, &wanted.purpose)?),
        false => value(read(desk, &id, wanted.version, &wanted.purpose)?),
    }
}

/// `/api/v1/reports/ID/decision`: about the portions that the caller may know.
fn decision(desk: &mut Desk, id: &str, wanted: &Wanted) -> Result<Value, Trouble> {
    let id = ReportId::new(id)?;
    let purpose = wanted.purpose();
    let moment = desk.moment();
    let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
    let (version, known) = reading::known(&moment, &id, wanted.version, &view)?;
    let fields = Fields::new(vec![
        ("audience".to_owned(), wanted.audience.clone()),
        ("people".to_owned(), wanted.people.clone()),
    ]);
    let (people, outsiders) = meant(desk, &fields)?;
    let snapshot = moment.snapshot([&id], (&people, &outsiders));
    let decision = moment.decide(&snapshot, (&id, Some(version)), Some(&known), &people, &view)?;
    value(answers(&decision))
}

/// `/api/v1/requests`: requests about portions that the caller may know.
fn requests(desk: &mut Desk, _: &str, wanted: &Wanted) -> Result<Value, Trouble> {
    let view = View::of(Some(desk.me()), None, desk.now);
    let all = asked::waiting(&desk.moment(), &view).into_iter();
    let rows = all.map(|asked| Ok((format!("{}/{}", asked.from, asked.id), value(asked)?)));
    page_of(desk, wanted, "requests", rows.collect::<Result<Vec<_>, Trouble>>()?)
}

/// `/api/v1/arrangements/ID/odrl`: the terms of an arrangement for the record of others.
fn arrangement(desk: &mut Desk, id: &str, _: &Wanted) -> Result<Value, Trouble> {
    value(of_arrangement(desk, &ArrangementId::new(id)?)?)
}

/// `/api/v1/consents/odrl`: consents that the caller may know of, for the record of others.
fn consents(desk: &mut Desk, _: &str, wanted: &Wanted) -> Result<Value, Trouble> {
    value(of_consents(desk, &wanted.purpose)?)
}

/// `/api/v1/pending`: what waits for a second person.
fn pending(desk: &mut Desk, _: &str, wanted: &Wanted) -> Result<Value, Trouble> {
    let all = second::list(&desk.moment(), &View::of(Some(desk.me()), None, desk.now));
    let rows = all.into_iter().map(|row| Ok((row.id.to_string(), value(row)?)));
    page_of(desk, wanted, "pending", rows.collect::<Result<Vec<_>, Trouble>>()?)
}

/// `/api/v1/pending/ID`: one of them, with what would follow from a yes.
fn pending_one(desk: &mut Desk, id: &str, _: &Wanted) -> Result<Value, Trouble> {
    let view = View::of(Some(desk.me()), None, desk.now);
    value(second::shown(&desk.moment(), &PendingId::new(id)?, &view).ok_or(Trouble::Nothing)?)
}

/// `/api/v1/briefings/ID`: the paper for its speaker, and for nobody else.
fn briefing(desk: &mut Desk, id: &str, _: &Wanted) -> Result<Value, Trouble> {
    let briefing = desk.state().briefings.get(&BriefingId::new(id)?);
    let briefing = briefing.filter(|briefing| briefing.speaker == *desk.me());
    let briefing = briefing.ok_or(Trouble::Nothing)?;
    let standing = entente_core::handle::standing(desk.state(), briefing, &desk.moment().context(desk.now));
    value(speakers_paper(desk.state(), desk.pinned.library(), briefing, &standing))
}

/// `/api/v1/incidents`: cases that the caller may know of, and what partners told of theirs.
fn incidents(desk: &mut Desk, _: &str, wanted: &Wanted) -> Result<Value, Trouble> {
    let all = cases::list(&desk.moment(), &View::of(Some(desk.me()), None, desk.now));
    let told = value(&all.told_by_partners)?;
    let rows = all
        .cases
        .into_iter()
        .map(|case| Ok((case.id.to_string(), value(case)?)));
    let mut page = page_of(desk, wanted, "cases", rows.collect::<Result<Vec<_>, Trouble>>()?)?;
    page["told_by_partners"] = told;
    Ok(page)
}

/// `/api/v1/incidents/ID`: the file of a case that the caller works on.
fn incident(desk: &mut Desk, id: &str, wanted: &Wanted) -> Result<Value, Trouble> {
    let id = IncidentId::new(id)?;
    let case = cases::case(desk.state(), &id, Some(desk.me())).ok_or(Trouble::Nothing)?;
    let purpose = wanted.purpose();
    let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
    value(casefile(&desk.moment(), case, &view))
}

/// `/api/v1/partners`: how it stands with each partner.
fn partners(desk: &mut Desk, _: &str, wanted: &Wanted) -> Result<Value, Trouble> {
    let all = desk.pinned.node().partners()?.into_iter();
    let rows = all.map(|standing| Ok((standing.party.to_string(), value(standing)?)));
    page_of(desk, wanted, "partners", rows.collect::<Result<Vec<_>, Trouble>>()?)
}

/// `/api/v1/access`: ways in of the caller; everybody's for whoever gives roles.
fn access(desk: &mut Desk, _: &str, wanted: &Wanted) -> Result<Value, Trouble> {
    let rows = open(desk)?.into_iter();
    let rows = rows.map(|access| Ok((format!("{} {}", access.person, access.id), value(access)?)));
    page_of(desk, wanted, "access", rows.collect::<Result<Vec<_>, Trouble>>()?)
}

/// `/api/v1/notices`: what the caller wishes to be told of, and how.
fn notices(desk: &mut Desk, _: &str, _: &Wanted) -> Result<Value, Trouble> {
    value(wished(desk)?)
}

/// What there is to do for the caller, thing by thing, as streams tell it.
pub(super) fn own_list(desk: &mut Desk) -> Result<Vec<Value>, Trouble> {
    let moment = desk.moment();
    let found = list::todo(desk.state(), Some(desk.me()), &moment.context(desk.now));
    let items = found.ok_or(Trouble::Nothing)?.items.into_iter();
    items.filter(|item| desk.may(item.kind.act())).map(value).collect()
}

/// `/api/v1/todo`: what the caller's roles let them do.
fn todo(desk: &mut Desk, _: &str, _: &Wanted) -> Result<Value, Trouble> {
    let moment = desk.moment();
    let found = list::todo(desk.state(), Some(desk.me()), &moment.context(desk.now));
    let mut found = found.ok_or(Trouble::Nothing)?;
    found.items.retain(|item| desk.may(item.kind.act()));
    found.at = to_the_minute(found.at);
    value(found)
}
