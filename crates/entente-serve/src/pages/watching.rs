//! Texts of others: which protected facts they tell, who says so, and what a person confirms of that.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use entente_core::{Command, DisclosureId, ReportId, Review};
use entente_desk::View;
use entente_desk::confirming::{by_report, disclosures, of_scan};
use entente_desk::holdings::{NothingKnown, Scanners, banner, named, portion_of};
use entente_desk::widening::AcceptedWord;
use entente_marking::Purpose;
use entente_watch::report::{Extent, Finding, Note, Report};
use entente_watch::text::read_bytes;

use super::acting::seal;
use super::answer::{Desk, Reply, Trouble};
use super::fields::Fields;
use super::frame::{Page, Place, purposes};
use super::gate::Visitor;
use super::mark::banner_over;
use super::reports::read;
use super::reviewing::{Reviewed, standing, take_back, take_over};
use super::tongue::Tongue;
use super::upload::{File, MAX_UPLOAD, Uploaded};

/// Findings on a page; more by command.
const MOST: usize = 100;

/// A passage of a text: plain, found or near.
struct Passage {
    text: String,
    class: &'static str,
    number: usize,
}

/// A fact beside the text.
struct Beside {
    number: usize,
    fact: String,
    link: String,
    full: bool,
    sign: &'static str,
    stance: &'static str,
    who: String,
    /// Our text, where whoever looks may read it.
    ours: String,
    quote: String,
    missing: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "watch.html")]
struct Watch<'w> {
    t: Tongue,
    form: &'w str,
    most: usize,
    purposes: Vec<(String, bool)>,
    looked: Option<Looked>,
    said: Said,
    confirms: bool,
    /// Whether whoever looks writes down facts.
    widens: bool,
    accepted: Vec<AcceptedWord>,
}

/// What is said of a post: what confirming does and what the button bears, what was done, what stands in the way.
#[derive(Default)]
struct Said {
    then: Option<(Vec<String>, String)>,
    reviewed: Option<Reviewed>,
    done: bool,
    trouble: Option<String>,
}

impl Said {
    fn trouble(said: String) -> Self {
        Self {
            trouble: Some(said),
            ..Self::default()
        }
    }
}

/// What was found in a text.
struct Looked {
    headline: String,
    name: String,
    passages: Vec<Passage>,
    beside: Vec<Beside>,
    near: Vec<Note>,
    not_exposed: Vec<Note>,
    origins: Vec<(String, String)>,
    contradictions: Vec<(String, String, String)>,
    more: usize,
}

/// `GET /watch`.
pub(crate) async fn page(visitor: Visitor) -> Response {
    let work = |desk: &mut Desk| {
        desk.must("read")?;
        Ok(Reply::Page(formed(desk, &Fields::default(), None, Said::default())?))
    };
    visitor.answer(work).await
}

/// `POST /watch`: looks at a text, shows what confirming its findings does, and confirms them once that was shown.
pub(crate) async fn post(uploaded: Uploaded) -> Response {
    let Uploaded { posted, file } = uploaded;
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("read")?;
        let pasted = fields.get("text").trim();
        let given = match (file, pasted.is_empty()) {
            (Some(file), _) => Some(file),
            (None, false) => Some(File {
                name: "pasted.txt".to_owned(),
                bytes: fields.get("text").replace("\r\n", "\n").into_bytes(),
            }),
            (None, true) => None,
        };
        let text = match given {
            Some(file) => Some(desk.host.uploads.keep(&desk.session, file)),
            None => desk.host.uploads.of(&desk.session),
        };
        let mut said = Said::default();
        if !fields.get("undo").is_empty() {
            said = reviewed(take_back(desk, fields.get("undo")), desk.tongue)?;
        }
        let Some(text) = text else {
            if said.reviewed.is_none() && said.trouble.is_none() {
                said = Said::trouble(desk.tongue.say("watch-give").into_owned());
            }
            return replied(desk, &fields, None, said);
        };
        let mut found = match scan(desk, &text).map_err(|trouble| trouble.into_said(desk.tongue)) {
            Ok(found) => found,
            Err(Ok(trouble)) => return replied(desk, &fields, None, Said::trouble(trouble)),
            Err(Err(trouble)) => return Err(trouble),
        };
        if !fields.get("accept").is_empty() {
            said = reviewed(take_over(desk, &fields, &found), desk.tongue)?;
        }
        if said.reviewed.is_some() {
            // The facts are others now.
            found = scan(desk, &text)?;
        }
        let reviews = !fields.get("accept").is_empty() || !fields.get("undo").is_empty();
        if reviews || fields.get("do") != "confirm" && fields.get("shown").is_empty() {
            return replied(desk, &fields, Some((&text, &found)), said);
        }
        confirmed(desk, &fields, &text, &found)
    };
    posted.visitor.answer(work).await
}

/// What a review came to, as the page says it.
fn reviewed(done: Result<Reviewed, Trouble>, t: Tongue) -> Result<Said, Trouble> {
    match done.map_err(|trouble| trouble.into_said(t)) {
        Ok(reviewed) => Ok(Said {
            reviewed: Some(reviewed),
            ..Said::default()
        }),
        Err(Ok(trouble)) => Ok(Said::trouble(trouble)),
        Err(Err(trouble)) => Err(trouble),
    }
}

/// The page; once more with what stands in the way, where something does.
fn replied(desk: &mut Desk, fields: &Fields, found: Option<(&File, &Report)>, said: Said) -> Result<Reply, Trouble> {
    let again = said.trouble.is_some();
    let page = formed(desk, fields, found, said)?;
    Ok(if again { Reply::Again(page) } else { Reply::Page(page) })
}

fn confirmed(desk: &mut Desk, fields: &Fields, text: &File, found: &Report) -> Result<Reply, Trouble> {
    desk.must("disclose")?;
    let tried = commands(desk, fields, found).and_then(|commands| {
        desk.tried(&commands)?;
        Ok((consequence(desk, fields, found), commands))
    });
    let (then, commands) = match tried.map_err(|trouble| trouble.into_said(desk.tongue)) {
        Ok(tried) => tried,
        Err(Ok(trouble)) => return replied(desk, fields, Some((text, found)), Said::trouble(trouble)),
        Err(Err(trouble)) => return Err(trouble),
    };
    let bears = seal(&(&then, &text.bytes));
    if fields.get("shown") != bears {
        let said = Said {
            then: Some((then, bears)),
            ..Said::default()
        };
        return replied(desk, fields, Some((text, found)), said);
    }
    desk.act(commands)?;
    desk.host.uploads.drop_of(&desk.session);
    let said = Said {
        done: true,
        ..Said::default()
    };
    replied(desk, &Fields::default(), None, said)
}

/// Looks for the facts that whoever asks may know.
fn scan(desk: &Desk, text: &File) -> Result<Report, Trouble> {
    let view = View::of(Some(desk.me()), None, desk.now);
    let scanner = desk.pinned.made::<Scanners>().of(&desk.moment(), &view);
    let scanner = scanner.map_err(|error| match error {
        NothingKnown::Nothing => Trouble::Refused(desk.tongue.say("watch-nothing-known").into_owned()),
        NothingKnown::Facts(error) => Trouble::Refused(error.to_string()),
    })?;
    let sources = read_bytes(&text.name, &text.bytes);
    let sources = sources.map_err(|error| Trouble::Unreadable(format!("{}: {error}", text.name)))?;
    Ok(scanner.scan(sources))
}

fn chosen<'f>(fields: &Fields, found: &'f Report) -> Vec<&'f Finding> {
    let named = |finding: &&Finding| fields.all("fact").any(|fact| fact == finding.fact);
    found.findings.iter().filter(named).collect()
}

fn commands(desk: &Desk, fields: &Fields, found: &Report) -> Result<Vec<Command>, Trouble> {
    let (all, origins) = of_scan(found);
    let only: Vec<&str> = chosen(fields, found)
        .iter()
        .map(|finding| finding.fact.as_str())
        .collect();
    if only.is_empty() {
        return Err(Trouble::Refused(desk.tongue.say("watch-choose").into_owned()));
    }
    let told = by_report(
        desk.state(),
        all.into_iter().filter(|one| only.contains(&one.fact.as_str())),
        &origins,
    );
    let told = told.map_err(|error| Trouble::Refused(error.to_string()))?;
    let review = Review {
        by: desk.me().clone(),
        purpose: Some(fields.get("purpose"))
            .filter(|text| !text.is_empty())
            .map(Purpose::new),
    };
    Ok(disclosures(told, &review, || {
        DisclosureId::new(format!("dis-{}", entente_node::random_id()))
    })?)
}

fn consequence(desk: &Desk, fields: &Fields, found: &Report) -> Vec<String> {
    let mut by_report: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for finding in chosen(fields, found) {
        if let Some(portion) = portion_of(desk.state(), &finding.fact) {
            let portions = by_report.entry(portion.report.to_string()).or_default();
            let name = portion.portion.to_string();
            if !portions.contains(&name) {
                portions.push(name);
            }
        }
    }
    let mut said: Vec<String> = by_report
        .into_iter()
        .map(|(report, portions)| desk.tongue.pair("watch-then", portions.join(", "), report))
        .collect();
    said.push(desk.tongue.say("watch-then-told").into_owned());
    said
}

/// How a statement is put: its sign and the key of its word.
fn stance(finding: &Finding) -> (&'static str, &'static str) {
    match finding.status {
        entente_core::Status::Denied => ("⊠", "watch-denies"),
        entente_core::Status::Confirmed => ("◇", "watch-confirms"),
        entente_core::Status::Alleged => ("○", "watch-alleges"),
        entente_core::Status::Asserted => ("●", "watch-states"),
    }
}

/// Our own texts of what was found, read by whoever looks: that they are shown is on record.
fn ours(desk: &mut Desk, found: &Report, purpose: &str) -> Result<BTreeMap<String, String>, Trouble> {
    let mut texts = BTreeMap::new();
    let reports = found.findings.iter().filter_map(|finding| named(&finding.fact));
    let reports: std::collections::BTreeSet<ReportId> = reports.map(|(report, _)| report).collect();
    for report in reports {
        let shown = match read(desk, &report, None, purpose) {
            Ok(shown) => shown,
            // Known for another purpose only: the page says where it stands.
            Err(Trouble::Nothing) => continue,
            Err(trouble) => return Err(trouble),
        };
        for portion in shown.portions {
            texts.insert(format!("{report}/{}", portion.id), portion.text);
        }
    }
    Ok(texts)
}

fn looked(desk: &mut Desk, fields: &Fields, text: &File, found: &Report) -> Result<Looked, Trouble> {
    let ours = ours(desk, found, fields.get("purpose"))?;
    let shown = found.findings.iter().take(MOST);
    let beside = shown.enumerate().map(|(n, finding)| {
        let portion = portion_of(desk.state(), &finding.fact);
        let key = portion
            .as_ref()
            .map(|portion| format!("{}/{}", portion.report, portion.portion));
        let (sign, stance) = stance(finding);
        Beside {
            number: n + 1,
            fact: finding.fact.clone(),
            link: portion
                .map(|one| format!("/reports/{}#{}", one.report, one.portion))
                .unwrap_or_default(),
            full: finding.extent == Extent::Full,
            sign,
            stance,
            who: match finding.chain.is_empty() {
                true => desk.tongue.say("watch-itself").into_owned(),
                false => finding.chain.join(" ← "),
            },
            ours: key.and_then(|key| ours.get(&key).cloned()).unwrap_or_default(),
            quote: finding
                .spans
                .iter()
                .map(|span| span.quote.as_str())
                .collect::<Vec<_>>()
                .join(" … "),
            missing: finding.missing.join(", "),
            chosen: match fields.get("do") {
                "confirm" => fields.all("fact").any(|fact| fact == finding.fact),
                _ => finding.extent == Extent::Full,
            },
        }
    });
    let summary = &found.summary;
    Ok(Looked {
        headline: headline(desk.tongue, found),
        beside: beside.collect(),
        passages: passages(text, found),
        name: text.name.clone(),
        near: summary.to_review.iter().take(MOST).cloned().collect(),
        not_exposed: summary.not_exposed.iter().take(MOST).cloned().collect(),
        origins: summary
            .origins
            .iter()
            .map(|origin| (origin.name.clone(), origin.files.join(", ")))
            .collect(),
        contradictions: summary
            .contradictions
            .iter()
            .map(|one| (one.fact.clone(), one.denied_by.join(", "), one.confirmed_by.join(", ")))
            .collect(),
        more: found.findings.len().saturating_sub(MOST),
    })
}

fn headline(t: Tongue, found: &Report) -> String {
    let facts: std::collections::BTreeSet<&str> = found.findings.iter().map(|finding| finding.fact.as_str()).collect();
    let out = t.count("watch-out", facts.len());
    match found.summary.to_review.len() {
        0 => out,
        near => format!("{out} {}", t.count("watch-near", near)),
    }
}

/// The text with what was found in it, where it is plain text as it was pasted or sent.
fn passages(text: &File, found: &Report) -> Vec<Passage> {
    let plain = [".txt", ".md"].iter().any(|end| text.name.ends_with(end));
    let Some(whole) = std::str::from_utf8(&text.bytes).ok().filter(|_| plain) else {
        return Vec::new();
    };
    let found_at = found.findings.iter().take(MOST).enumerate();
    let found_at =
        found_at.flat_map(|(n, finding)| finding.spans.iter().map(move |span| (span.start, span.end, n + 1)));
    let near = found
        .summary
        .to_review
        .iter()
        .map(|note| (note.span.start, note.span.end, 0));
    let mut marked: Vec<(usize, usize, usize)> = found_at.chain(near).collect();
    marked.sort_by_key(|(start, end, number)| (*start, *number == 0, *end));
    let (mut parts, mut at) = (Vec::new(), 0);
    for (start, end, number) in marked {
        // What stands within something that is marked already is marked.
        if start < at {
            continue;
        }
        let (Some(before), Some(within)) = (whole.get(at..start), whole.get(start..end)) else {
            continue;
        };
        parts.push((before, "", 0));
        parts.push((within, if number == 0 { "near" } else { "hit" }, number));
        at = end;
    }
    parts.push((whole.get(at..).unwrap_or_default(), "", 0));
    let parts = parts.into_iter().filter(|(text, ..)| !text.is_empty());
    parts
        .map(|(text, class, number)| Passage {
            text: text.to_owned(),
            class,
            number,
        })
        .collect()
}

fn formed(desk: &mut Desk, fields: &Fields, found: Option<(&File, &Report)>, said: Said) -> Result<Page, Trouble> {
    let looked = found
        .map(|(text, found)| looked(desk, fields, text, found))
        .transpose()?;
    let banner = found.map(|(_, found)| banner(desk.state(), desk.pinned.library(), found));
    let body = Watch {
        t: desk.tongue,
        form: &desk.session.form,
        most: MAX_UPLOAD >> 20,
        purposes: purposes(desk.state(), fields.get("purpose")),
        looked,
        said,
        confirms: desk.may("disclose"),
        widens: desk.may("set-facts"),
        accepted: standing(desk),
    };
    Ok(Page {
        title: desk.tongue.say("watch-title").into_owned(),
        tongue: desk.tongue,
        place: Place::Watch,
        banner: banner_over(banner.as_deref().into_iter()),
        body: body.render()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_findings_is_one_passage_and_other_files_are_none() {
        let text = |name: &str| File {
            name: name.to_owned(),
            bytes: "Nothing of ours. ä".into(),
        };
        let found = passages(&text("a.txt"), &Report::default());
        assert_eq!(
            found.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(),
            ["Nothing of ours. ä"]
        );
        assert!(passages(&text("a.pdf"), &Report::default()).is_empty());
    }
}
