//! Until when nothing of a report goes further: as it stands, and set, moved or ended, with what that does shown first.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use entente_core::{Command, PortionId};
use entente_desk::embargoes::{Standing, embargoes};
use entente_desk::reading::Shown;

use super::about::{Wanted, chosen, first, held, known};
use super::acting::{Words, seal};
use super::answer::{Desk, Reply, Trouble};
use super::clock::Clock;
use super::fields::Fields;
use super::frame::{Page, Place};
use super::gate::{Posted, Visitor};
use super::mark::banner_over;
use super::tongue::Tongue;

/// An embargo in a list.
pub(super) struct Word {
    pub(super) on: String,
    pub(super) by: String,
    pub(super) clock: Option<Clock>,
    pub(super) holds: bool,
    pub(super) says: String,
}

/// The embargoes on a report, as far as whoever looks may know its portions.
pub(super) fn words(desk: &Desk, shown: &Shown) -> Vec<Word> {
    let known = |portion: &PortionId| shown.portions.iter().any(|one| one.id == *portion);
    let all = embargoes(desk.state(), Some(&shown.id), |_| true, desk.now);
    let about = all.into_iter().filter(|word| word.portion.as_ref().is_none_or(known));
    about.map(|word| self::word(desk, &word, &known)).collect()
}

fn word(desk: &Desk, word: &Standing, known: &impl Fn(&PortionId) -> bool) -> Word {
    let by: Vec<&str> = word.by.iter().map(entente_core::PartyPath::as_str).collect();
    let broken: Vec<&str> = word
        .broken
        .iter()
        .filter(|id| known(id))
        .map(PortionId::as_str)
        .collect();
    let t = desk.tongue;
    let mut says = match (word.until, word.holds) {
        (None, _) => t.say("embargo-ended").into_owned(),
        (Some(until), true) => t.say_of("embargo-holds", t.minute(until)),
        (Some(until), false) => t.say_of("embargo-over", t.minute(until)),
    };
    if !broken.is_empty() {
        says.push_str(&format!(" {}", t.say_of("embargo-broken", broken.join(", "))));
    }
    if !word.reason.is_empty() {
        says.push_str(&format!(" “{}”", word.reason));
    }
    Word {
        on: word
            .portion
            .as_ref()
            .map_or_else(|| t.say("embargo-all").into_owned(), ToString::to_string),
        by: by.join(", "),
        clock: word
            .until
            .filter(|_| word.holds)
            .map(|until| Clock::of(until, desk.now, t)),
        holds: word.holds,
        says,
    }
}

/// A portion that can be chosen.
struct Choice {
    id: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "embargo.html")]
struct Embargo<'e> {
    t: Tongue,
    report: &'e str,
    version: u32,
    reads_for: &'e str,
    form: &'e str,
    typed: &'e Fields,
    headline: String,
    words: Vec<Word>,
    portions: Vec<Choice>,
    then: Option<Vec<String>>,
    trouble: Option<String>,
}

impl Embargo<'_> {
    fn shown(&self) -> String {
        let said = (self.typed.get("until"), self.typed.get("end"));
        let seal_of = |then| seal(&(then, said.0, said.1));
        self.then.as_ref().map(seal_of).unwrap_or_default()
    }
}

/// `GET /reports/ID/embargo`.
pub(crate) async fn page(visitor: Visitor, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("release")?;
        first(desk, &id, wanted, |desk, shown, typed| formed(desk, shown, typed, None))
    };
    visitor.answer(work).await
}

/// `POST /reports/ID/embargo`: shows what it does, and does it once that was shown.
pub(crate) async fn post(Path(id): Path<String>, posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("release")?;
        let shown = held(desk, &id, fields.get("purpose"))?;
        let made = commands(desk, &shown, &fields).and_then(|commands| {
            let planned = desk.tried(&commands)?;
            Ok((desk.effects(&planned, &shown.id, &known(&shown)), commands))
        });
        let seal_of = |then: &Vec<String>| seal(&(then, fields.get("until"), fields.get("end")));
        let page = |desk: &Desk, said| formed(desk, &shown, &fields, Some(said));
        Ok(match desk.once_shown(&fields, made, seal_of, page)? {
            Ok(_) => Reply::To(format!("/reports/{}", shown.id)),
            Err(reply) => reply,
        })
    };
    posted.visitor.answer(work).await
}

fn commands(desk: &Desk, shown: &Shown, fields: &Fields) -> Result<Vec<Command>, Trouble> {
    let end = fields.get("end") == "yes";
    let until = fields.get("until").trim();
    if end != until.is_empty() {
        return Err(Trouble::Refused(desk.tongue.say("embargo-give").into_owned()));
    }
    let portions = chosen(shown, fields);
    let words = Words::default()
        .text("report", shown.id.as_str())
        .texts("portions", portions.iter().map(PortionId::as_str))
        .text("until", until)
        .text("reason", fields.get("reason"));
    Ok(desk.acting("set-embargo", &words)?.commands)
}

fn formed(
    desk: &Desk,
    shown: &Shown,
    typed: &Fields,
    said: Option<Result<Vec<String>, String>>,
) -> Result<Page, Trouble> {
    let words = words(desk, shown);
    let chosen = chosen(shown, typed);
    let holding = words.iter().filter(|word| word.holds).count();
    let body = Embargo {
        t: desk.tongue,
        report: shown.id.as_str(),
        version: shown.version,
        reads_for: typed.get("purpose"),
        form: &desk.session.form,
        typed,
        headline: desk.tongue.count("embargo-count", holding),
        words,
        portions: shown
            .portions
            .iter()
            .map(|portion| Choice {
                id: portion.id.to_string(),
                chosen: chosen.contains(&portion.id),
            })
            .collect(),
        trouble: said.as_ref().and_then(|said| said.as_ref().err().cloned()),
        then: said.and_then(Result::ok),
    };
    Ok(Page {
        title: desk.tongue.say_of("embargo-title", &shown.id),
        tongue: desk.tongue,
        place: Place::Reports,
        banner: banner_over(shown.banner.as_deref().into_iter()),
        body: body.render()?,
    })
}
