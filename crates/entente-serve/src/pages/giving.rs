//! Giving a report's text to others: a release, or the delivery of what a party may have. What each receiver will see, and will
//! not, is shown before anything is done.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use entente_core::{Command, Event, PartyPath, PersonId, PortionId, PortionRef, State};
use entente_desk::asked;
use entente_desk::reading::Shown;
use entente_desk::release::{consenting, delivering, onward, releasable, releasing};
use entente_node::Planned;

use super::about::{Wanted, chosen, first, held, known};
use super::acting::{Words, names, seal};
use super::answer::{Desk, Reply, Trouble};
use super::fields::Fields;
use super::frame::{Page, Place, purposes};
use super::gate::{Posted, Visitor};
use super::mark::{Mark, banner_over};
use super::sheet::Sheet;
use super::tongue::Tongue;

/// How text is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// To whom the originator names, under its terms.
    Release,
    /// To a party, as much as it may have.
    Deliver,
}

impl Way {
    fn of(word: &str) -> Result<Self, Trouble> {
        match word {
            "release" => Ok(Self::Release),
            "deliver" => Ok(Self::Deliver),
            _ => Err(Trouble::Nothing),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Deliver => "deliver",
        }
    }
}

/// A portion that can be chosen.
struct Choice {
    id: String,
    mark: Mark,
    text: String,
    chosen: bool,
}

/// What giving does, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Preview {
    pub(super) then: Vec<String>,
    pub(super) sheets: Vec<Sheet>,
    /// What holds of it for good: said last.
    pub(super) ends: Vec<String>,
}

impl Preview {
    /// A paper more, with how far it can go from there.
    fn add(&mut self, desk: &Desk, shown: &Shown, mut sheet: Sheet) {
        sheet.onward = passed_on(desk, shown, &sheet);
        self.sheets.push(sheet);
    }
}

#[derive(Template)]
#[template(path = "giving.html")]
struct Giving<'g> {
    t: Tongue,
    report: &'g str,
    version: u32,
    release: bool,
    word: &'static str,
    reads_for: &'g str,
    portions: Vec<Choice>,
    /// Which texts stand in for others here, if any do: they are told, and no copy has them.
    instead: Option<String>,
    parties: Vec<String>,
    purposes: Vec<(String, bool)>,
    typed: &'g Fields,
    form: &'g str,
    preview: Option<Preview>,
    trouble: Option<String>,
}

impl Giving<'_> {
    fn shown(&self) -> String {
        self.preview.as_ref().map(seal).unwrap_or_default()
    }
}

/// `GET /reports/ID/release` and `GET /reports/ID/deliver`.
pub(crate) async fn page(
    visitor: Visitor,
    Path((id, way)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let work = move |desk: &mut Desk| {
        let way = Way::of(&way)?;
        desk.must(way.word())?;
        first(desk, &id, wanted, |desk, shown, typed| {
            formed(desk, way, shown, typed, None)
        })
    };
    visitor.answer(work).await
}

/// `POST` to the same: shows what it does, and does it once that was shown.
pub(crate) async fn give(Path((id, way)): Path<(String, String)>, posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        let way = Way::of(&way)?;
        desk.must(way.word())?;
        let shown = held(desk, &id, fields.get("purpose"))?;
        let made = commands(desk, way, &shown, &fields).and_then(|commands| {
            let planned = desk.tried(&commands)?;
            Ok((preview(desk, way, &shown, &fields, &planned)?, commands))
        });
        let page = |desk: &Desk, said| formed(desk, way, &shown, &fields, Some(said));
        Ok(match desk.once_shown(&fields, made, seal, page)? {
            Ok(_) => Reply::To(format!("/reports/{}#around", shown.id)),
            Err(reply) => reply,
        })
    };
    posted.visitor.answer(work).await
}

fn commands(desk: &Desk, way: Way, shown: &Shown, fields: &Fields) -> Result<Vec<Command>, Trouble> {
    let to: Vec<&str> = names(fields.get("to")).collect();
    let chosen = chosen(shown, fields);
    if to.is_empty() || chosen.is_empty() {
        return Err(Trouble::Refused(desk.tongue.say("giving-choose").into_owned()));
    }
    let common = Words::default()
        .text("report", shown.id.as_str())
        .text("despite_exposure", fields.get("despite"));
    if way == Way::Release {
        let words = common
            .texts("to", to)
            .texts("portions", chosen.iter().map(PortionId::as_str))
            .texts("purposes", fields.all("for"))
            .texts("conditions", fields.get("condition").lines())
            .text("until", fields.get("until"))
            .text("not_before", fields.get("not_before"))
            .flag("standing", fields.get("standing") == "yes");
        return Ok(desk.acting("release", &words)?.commands);
    }
    let mut commands = Vec::new();
    for party in to {
        let part = part_for(desk, shown, &chosen, party, fields)?;
        let words = common
            .clone()
            .texts("to", [party])
            .texts("portions", part.iter().map(PortionId::as_str));
        commands.extend(desk.acting("deliver", &words)?.commands);
    }
    Ok(commands)
}

/// What of the chosen portions a party may have: the part that is delivered. Where a reason is given to do so although a source
/// is narrowed, what is closed is left to the core to refuse.
fn part_for(
    desk: &Desk,
    shown: &Shown,
    chosen: &BTreeSet<PortionId>,
    party: &str,
    fields: &Fields,
) -> Result<BTreeSet<PortionId>, Trouble> {
    if !fields.get("despite").trim().is_empty() {
        return Ok(chosen.clone());
    }
    let name = PartyPath::new(party).map_err(|error| Trouble::Refused(error.to_string()))?;
    let moment = desk.moment();
    let open = releasable(desk.state(), &shown.id, &name, &moment.context(desk.now))?;
    let part: BTreeSet<PortionId> = chosen.intersection(&open).cloned().collect();
    // Nothing of it: the core says why.
    Ok(if part.is_empty() { chosen.clone() } else { part })
}

fn preview(desk: &Desk, way: Way, shown: &Shown, fields: &Fields, planned: &Planned) -> Result<Preview, Trouble> {
    let mut found = brought(desk, shown, (planned.after.state(), &planned.events))?;
    if let Some((after, events)) = desk.after_a_yes(planned)? {
        found = brought(desk, shown, (&after, &events))?;
        found.then.extend(desk.waits(planned));
    }
    if found.sheets.is_empty() {
        return Err(Trouble::Refused(desk.tongue.say("giving-nothing").into_owned()));
    }
    if way == Way::Release {
        found.then.extend(narrowed(desk, shown, fields));
    }
    found.then.append(&mut found.ends);
    Ok(found)
}

/// What events bring each receiver of a report: a paper for each, with what may be known of it by whoever looks.
pub(super) fn brought(desk: &Desk, shown: &Shown, (after, events): (&State, &[Event])) -> Result<Preview, Trouble> {
    let (known, t) = (known(shown), desk.tongue);
    let guard = entente_core::SourceGuard::new(after);
    let now = desk.moment();
    let context = entente_core::Context {
        exposure: &guard,
        ..now.context(desk.now)
    };
    let library = desk.pinned.library();
    let mut found = Preview::default();
    let released = releasing(after, library, events, &context)?.filter(|released| released.report == shown.id);
    let public = released.as_ref().is_some_and(|released| released.public);
    let freely = released.into_iter().flat_map(|released| {
        let version = released.version;
        released.to.into_iter().map(move |to| (version, to))
    });
    let asked = consenting(after, library, events, &context)?.into_iter();
    let asked = asked
        .filter(|(report, ..)| *report == shown.id)
        .map(|(_, version, to)| (version, to));
    let opened: Vec<_> = freely.chain(asked).collect();
    let copied: BTreeSet<PartyPath> = opened.iter().map(|(_, to)| to.party.clone()).collect();
    for (version, to) in opened {
        let (until, copy, party) = (to.until, to.copy, to.party.clone());
        let sheet = Sheet::released(desk, (&shown.id, version), &known, to);
        let until = match until {
            None => t.say("giving-without-end").into_owned(),
            Some(end) => t.say_of("request-until", t.minute(end)),
        };
        found.then.push(t.with(
            "giving-may-be-told",
            &[
                ("who", sheet.whom.as_str().into()),
                ("what", named(t, &sheet).into()),
                ("until", until.into()),
            ],
        ));
        if copy {
            found.then.push(t.say_of("giving-copy-goes", party));
        }
        found.add(desk, shown, sheet);
    }
    if !copied.is_empty() {
        if public {
            found.ends.push(t.say("giving-published").into_owned());
        }
        found.ends.push(t.say("giving-withdrawn").into_owned());
    }
    let delivered = delivering(after, library, events, &context)?.into_iter();
    let delivered: Vec<_> = delivered
        .filter(|to| to.report == shown.id && !copied.contains(&to.party))
        .collect();
    if !delivered.is_empty() {
        found.ends.push(t.say("giving-recalled").into_owned());
    }
    for to in delivered {
        let titled = shown.title != shown.id.as_str();
        let sheet = Sheet::delivered(desk, &known, titled, to);
        found
            .then
            .push(t.pair("giving-gets-copy", &sheet.whom, named(t, &sheet)));
        found.add(desk, shown, sheet);
    }
    Ok(found)
}

fn named(t: Tongue, sheet: &Sheet) -> String {
    let names: Vec<&str> = sheet.lines.iter().map(|line| line.id.as_str()).collect();
    let banner = sheet.banner.as_ref().map(|banner| banner.text.as_str());
    let unmarked = t.say("giving-no-mark");
    format!("{} ({})", names.join(", "), banner.unwrap_or(&unmarked))
}

/// How far the receivers may pass on what they get.
fn passed_on(desk: &Desk, shown: &Shown, sheet: &Sheet) -> Vec<String> {
    let held = desk.state().reports.get(&shown.id);
    let Some(report) = held.and_then(|held| held.version(Some(shown.version))) else {
        return Vec::new();
    };
    let given = sheet.lines.iter().filter_map(|line| PortionId::new(&line.id).ok());
    let given: BTreeSet<PortionId> = given.collect();
    let parties = sheet.whom.split(", ").filter_map(|whom| {
        let person = whom.contains('/').then(|| PersonId::new(whom).ok()?.party());
        person.unwrap_or_else(|| PartyPath::new(whom).ok())
    });
    let parties: BTreeSet<PartyPath> = parties.filter(|party| party.as_str() != "PUBLIC").collect();
    parties
        .iter()
        .flat_map(|party| onward(desk.state(), report, &given, party))
        .map(|onward| desk.tongue.onward(&onward))
        .collect()
}

/// What it does to sources of this party, for the persons who are named.
fn narrowed(desk: &Desk, shown: &Shown, fields: &Fields) -> Vec<String> {
    let persons = names(fields.get("to")).filter_map(|name| match name {
        "PUBLIC" => Some(PersonId::public()),
        name => PersonId::new(name).ok().filter(|_| name.contains('/')),
    });
    let persons: Vec<PersonId> = persons.collect();
    let portions = chosen(shown, fields).into_iter().map(|portion| PortionRef {
        report: shown.id.clone(),
        version: shown.version,
        portion,
    });
    let portions: Vec<PortionRef> = portions.collect();
    if persons.is_empty() {
        return Vec::new();
    }
    let found = asked::narrowed(&desk.moment(), &portions, &persons);
    found.iter().map(|narrowed| desk.tongue.narrowed(narrowed)).collect()
}

fn formed(
    desk: &Desk,
    way: Way,
    shown: &Shown,
    typed: &Fields,
    said: Option<Result<Preview, String>>,
) -> Result<Page, Trouble> {
    let first = typed.get("form").is_empty();
    let substitutes: BTreeSet<&PortionId> = desk
        .state()
        .substitutes_of(&shown.id, shown.version)
        .map(|given| &given.portion.id)
        .collect();
    let (instead, own): (Vec<_>, Vec<_>) = shown
        .portions
        .iter()
        .partition(|portion| substitutes.contains(&portion.id));
    let instead: Vec<&str> = instead.iter().map(|portion| portion.id.as_str()).collect();
    let portions = own.into_iter().map(|portion| Choice {
        id: portion.id.to_string(),
        mark: Mark::of(&portion.mark),
        text: portion.text.clone(),
        // Delivered is what may be had, unless something is left out; released is what is named.
        chosen: match first {
            true => way == Way::Deliver,
            false => typed.all("portions").any(|named| named == portion.id.as_str()),
        },
    });
    let home = desk.state().home.as_ref();
    let parties = desk.state().parties.keys().filter(|party| Some(*party) != home);
    let body = Giving {
        t: desk.tongue,
        report: shown.id.as_str(),
        version: shown.version,
        release: way == Way::Release,
        word: way.word(),
        reads_for: typed.get("purpose"),
        portions: portions.collect(),
        instead: (!instead.is_empty()).then(|| desk.tongue.say_of("giving-instead", instead.join(", "))),
        parties: match desk.may("see-partners") {
            true => parties.map(ToString::to_string).collect(),
            false => Vec::new(),
        },
        purposes: purposes(desk.state(), typed.get("for")),
        typed,
        form: &desk.session.form,
        trouble: said.as_ref().and_then(|said| said.as_ref().err().cloned()),
        preview: said.and_then(Result::ok),
    };
    Ok(Page {
        title: match way {
            Way::Release => desk.tongue.say_of("giving-release-title", &shown.id),
            Way::Deliver => desk.tongue.say_of("giving-deliver-title", &shown.id),
        },
        tongue: desk.tongue,
        place: Place::Reports,
        banner: banner_over(shown.banner.as_deref().into_iter()),
        body: body.render()?,
    })
}
