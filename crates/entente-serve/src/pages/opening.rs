//! Opening a case: of disclosures that nobody permitted, with who works on it, shown before it is opened.

use axum::response::Response;
use entente_core::Command;
use entente_desk::View;
use entente_desk::cases::{Loose, loose};
use entente_marking::Purpose;

use super::acting::{Words, names, seal};
use super::answer::{Desk, Reply, Trouble};
use super::fields::Fields;
use super::frame::purposes;
use super::gate::{Posted, escaped};
use super::incidents::list_page;
use super::tongue::Tongue;

/// Disclosures to choose from on a page; more by command.
pub(super) const MOST: usize = 50;

/// What can be made a case of, for whoever looks.
pub(super) fn choices(desk: &Desk) -> Vec<Loose> {
    if !desk.may("incident") {
        return Vec::new();
    }
    // Whoever keeps cases reads for no purpose, or for any that arrangements name.
    let purposes = purposes(desk.state(), "")
        .into_iter()
        .map(|(name, _)| Purpose::new(name));
    let mut found: Vec<Loose> = Vec::new();
    for purpose in std::iter::once(None).chain(purposes.map(Some)) {
        let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
        for one in loose(&desk.moment(), &view) {
            match found.iter_mut().find(|known| known.id == one.id) {
                Some(known) => known.portions.extend(one.portions),
                None => found.push(one),
            }
        }
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.at));
    found
}

/// One of them in a sentence.
pub(super) fn says(t: Tongue, one: &Loose) -> String {
    let list = |all: &mut dyn Iterator<Item = String>| all.collect::<Vec<_>>().join(", ");
    let portions = list(&mut one.portions.iter().map(|portion| portion.portion.to_string()));
    let audience = list(&mut one.audience.iter().map(ToString::to_string));
    t.with(
        "opening-says",
        &[
            ("portions", portions.into()),
            ("report", one.report.to_string().into()),
            ("route", t.word("route", &one.route.to_string()).into()),
            ("audience", audience.into()),
            ("moment", t.minute(one.at).into()),
        ],
    )
}

/// `POST /incidents`: shows what opening a case does, and opens it once that was shown.
pub(crate) async fn open(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("incident")?;
        let made = commands(desk, &fields);
        let seal_of = |shown: &(Vec<String>, String)| sealed(&shown.0, &fields);
        let page = |desk: &Desk, said: Result<(Vec<String>, String), String>| {
            list_page(desk, &fields, Some(said.map(|(then, _)| then)))
        };
        Ok(match desk.once_shown(&fields, made, seal_of, page)? {
            Ok((_, id)) => Reply::To(format!("/incidents/{}", escaped(&id))),
            Err(reply) => reply,
        })
    };
    posted.visitor.answer(work).await
}

/// What the deciding button bears: what was shown, and of which words.
pub(super) fn sealed(then: &[String], typed: &Fields) -> String {
    seal(&(then, typed.get("title"), typed.get("members"), typed.get("protected")))
}

type Made = ((Vec<String>, String), Vec<Command>);

fn commands(desk: &Desk, fields: &Fields) -> Result<Made, Trouble> {
    let t = desk.tongue;
    let chosen: Vec<Loose> = choices(desk)
        .into_iter()
        .filter(|one| fields.all("disclosures").any(|named| named == one.id.to_string()))
        .collect();
    if chosen.is_empty() {
        return Err(Trouble::Refused(t.say("opening-choose").into_owned()));
    }
    let ids: Vec<String> = chosen.iter().map(|one| one.id.to_string()).collect();
    let words = Words::default()
        .texts("disclosures", ids.iter().map(String::as_str))
        .text("title", fields.get("title"))
        .texts("members", names(fields.get("members")))
        .flag("protected", fields.get("protected") == "yes");
    let composed = desk.acting("open-incident", &words)?;
    let planned = desk.tried(&composed.commands)?;
    let mut then: Vec<String> = chosen
        .iter()
        .map(|one| t.say_of("opening-about", says(t, one)))
        .collect();
    let others = names(fields.get("members")).collect::<Vec<_>>().join(", ");
    then.push(match others.is_empty() {
        true => t.say("opening-alone").into_owned(),
        false => t.say_of("opening-with", others),
    });
    then.push(t.say("opening-clocks").into_owned());
    then.push(match planned.messages.is_empty() {
        true => t.say("opening-not-told").into_owned(),
        false => t.say("opening-told").into_owned(),
    });
    Ok(((then, composed.id.unwrap_or_default()), composed.commands))
}
