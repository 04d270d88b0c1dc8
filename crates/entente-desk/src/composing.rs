//! A report while it is written: what stands in the way of it, line by line, the banner so far, and who could read it.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::draft::{self, Fault};
use entente_core::{EmptyAudience, PartyPath, Report, ReportId, State, empty_audiences, unseen};
use entente_marking::{MarkKind, Scheme, SchemeId, Schemes, Step};
use jiff::Timestamp;
use serde::Serialize;

use crate::marks::banner_of;
use crate::moment::Moment;
use crate::reading::report_banner;
use crate::view::View;

/// Something that stands in the way of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flaw {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to write instead.
    pub message: String,
    /// How the line begins.
    pub quote: String,
    /// How it can be mended with one click.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair: Option<Repair>,
}

/// What to write instead of a place of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// First byte of what goes.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// What comes instead.
    pub text: String,
    /// What the button says.
    pub says: String,
}

/// A text as far as it has come.
#[derive(Clone, Debug, Serialize)]
pub struct Written {
    /// The report that it would be; none while something stands in the way.
    #[serde(skip)]
    pub report: Option<Report>,
    /// Its id.
    pub id: Option<ReportId>,
    /// Its version.
    pub version: Option<u32>,
    /// The banner over all marks that can be read so far.
    pub banner: Option<String>,
    /// How the banner comes about.
    pub why: Vec<Step>,
    /// What stands in the way.
    pub flaws: Vec<Flaw>,
    /// Portions that nobody could read.
    #[serde(skip)]
    pub nobody: Vec<EmptyAudience>,
}

/// Letters by which a line is known again.
const BEGINS: usize = 60;

/// What a text is, for somebody who writes it: what they may not know of is not there to rest on.
pub fn written(moment: &Moment<'_>, text: &str, view: &View<'_>) -> Written {
    let world = match view.reader() {
        Some(me) => unseen::world_of(moment.state(), me, &moment.context(view.at)),
        None => std::borrow::Cow::Borrowed(moment.state()),
    };
    let schemes = &moment.library().schemes;
    let (found, flaws) = match composed(&world, schemes, text, view.at) {
        Ok(report) => (Some(report), Vec::new()),
        Err(faults) => (None, flaws(text, &faults, schemes)),
    };
    let marks = marks(text, schemes);
    let own = own_scheme(text, schemes);
    let rollup = own.map(|scheme| {
        let own: Vec<&str> = marks
            .iter()
            .map(String::as_str)
            .filter(|mark| reads(scheme, mark))
            .collect();
        (
            scheme.rollup(&own, None).steps,
            banner_of(scheme, own.into_iter(), None),
        )
    });
    let (why, so_far) = rollup.unwrap_or_default();
    let whole = found
        .as_ref()
        .and_then(|report| report_banner(moment.library(), report));
    Written {
        id: found.as_ref().map(|report| report.id.clone()),
        version: found.as_ref().map(|report| report.version),
        banner: whole.or(so_far),
        why,
        nobody: found
            .as_ref()
            .map(|report| empty_audiences(&world, report, &moment.library().groups))
            .unwrap_or_default(),
        report: found,
        flaws,
    }
}

fn composed(state: &State, schemes: &Schemes, text: &str, now: Timestamp) -> Result<Report, Vec<Fault>> {
    let nobody = PartyPath::new("HERE").map_err(|error| vec![Fault::at(text, 0, 0, error.to_string())])?;
    let setting = draft::Setting {
        schemes,
        state: Some(state),
        home: state.home.as_ref().unwrap_or(&nobody),
        name: "",
        now,
    };
    draft::compose(text, &setting)
}

fn reads(scheme: &dyn Scheme, mark: &str) -> bool {
    scheme.check(mark, MarkKind::Portion, None).is_valid()
}

/// The scheme that the front matter names, or the one that is meant without a word.
fn own_scheme<'s>(text: &str, schemes: &'s Schemes) -> Option<&'s dyn Scheme> {
    let named = text.lines().take(40).find_map(|line| line.strip_prefix("scheme:"));
    let id = SchemeId::new(named.map_or("us-ic", str::trim));
    schemes.get(&id, None).map(AsRef::as_ref)
}

/// Where each line begins, with the line.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    })
}

/// The mark at the beginning of a line, in its brackets.
fn mark_at(line: &str) -> Option<&str> {
    let trimmed = line.trim_start_matches(['#', ' ', '\t']);
    let end = trimmed.starts_with('(').then(|| trimmed.find(')')).flatten()?;
    trimmed.get(..=end)
}

/// The marks of a text that some scheme reads, as far as it has come: one that is not written as its authority writes it counts
/// as what is meant, so that the banner so far is none too low.
fn marks(text: &str, schemes: &Schemes) -> Vec<String> {
    let title = text.lines().take(40).find_map(|line| line.strip_prefix("title:"));
    let starts = text.lines().chain(title).filter_map(mark_at);
    let meant = |mark: &str| {
        let mut read = schemes.iter().filter_map(|scheme| as_meant(scheme.as_ref(), mark));
        read.next()
    };
    starts.filter_map(meant).collect()
}

/// A mark as its authority writes it.
fn as_meant(scheme: &dyn Scheme, mark: &str) -> Option<String> {
    let checked = scheme.check(mark, MarkKind::Portion, None);
    if checked.is_valid() {
        return Some(mark.to_owned());
    }
    let canonical = checked.canonical?;
    let whole = match canonical.starts_with('(') {
        true => canonical,
        false => format!("({canonical})"),
    };
    reads(scheme, &whole).then_some(whole)
}

fn flaws(text: &str, faults: &[Fault], schemes: &Schemes) -> Vec<Flaw> {
    let each = faults.iter().map(|fault| Flaw {
        line: fault.line,
        message: fault.message.clone(),
        quote: text
            .lines()
            .nth(fault.line.saturating_sub(1))
            .unwrap_or_default()
            .chars()
            .take(BEGINS)
            .collect(),
        repair: repair(text, fault, schemes),
    });
    each.collect()
}

/// What mends a fault: a mark as its authority writes it, or for a paragraph without one the mark of the paragraph before.
fn repair(text: &str, fault: &Fault, schemes: &Schemes) -> Option<Repair> {
    let scheme = own_scheme(text, schemes)?;
    let (start, line) = lines(text).take_while(|(start, _)| *start <= fault.start).last()?;
    if let Some(mark) = mark_at(line) {
        let at = start + line.find(mark)?;
        let wanted = as_meant(scheme, mark)?;
        return (wanted != mark).then(|| Repair {
            start: at,
            end: at + mark.len(),
            says: format!("Write {wanted}"),
            text: wanted,
        });
    }
    if !fault.message.starts_with("the paragraph has no portion mark") {
        return None;
    }
    let before = lines(text).take_while(|(at, _)| *at < start);
    let marked = before
        .filter_map(|(_, line)| mark_at(line))
        .filter(|mark| reads(scheme, mark));
    let mark = marked.last()?;
    Some(Repair {
        start,
        end: start,
        text: format!("{mark} "),
        says: format!("Mark it {mark}, as the one before"),
    })
}

/// The text with one of its flaws mended; as it was where there is no such flaw, or nothing mends it.
pub fn mended(text: &str, flaws: &[Flaw], which: usize) -> String {
    let repair = flaws.get(which).and_then(|flaw| flaw.repair.as_ref());
    let parts = repair.and_then(|repair| Some((text.get(..repair.start)?, repair, text.get(repair.end..)?)));
    match parts {
        Some((before, repair, after)) => format!("{before}{}{after}", repair.text),
        None => text.to_owned(),
    }
}

/// A paragraph of a text, as one chooses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paragraph {
    /// The line where it begins, from 1.
    pub line: usize,
    /// How it begins.
    pub begins: String,
    /// Byte after its last letter.
    #[serde(skip)]
    end: usize,
}

/// The paragraphs of a text, without its front matter.
pub fn paragraphs(text: &str) -> Vec<Paragraph> {
    let mut found: Vec<Paragraph> = Vec::new();
    let (mut head, mut open) = (text.starts_with("---"), false);
    for (n, (start, line)) in lines(text).enumerate() {
        let words = line.trim_end();
        if head {
            head = n == 0 || words != "---";
            continue;
        }
        let plain = !words.trim().is_empty() && !words.starts_with("---");
        match (plain, open) {
            (true, true) => {
                if let Some(last) = found.last_mut() {
                    last.end = start + words.len();
                }
            }
            (true, false) => found.push(Paragraph {
                line: n + 1,
                begins: words.chars().take(BEGINS).collect(),
                end: start + words.len(),
            }),
            (false, _) => {}
        }
        open = plain;
    }
    found
}

/// The text in which the paragraph that begins at a line rests on a portion of another report.
pub fn resting(text: &str, line: usize, on: &str) -> Option<String> {
    let one = paragraphs(text).into_iter().find(|paragraph| paragraph.line == line)?;
    let (before, after) = (text.get(..one.end)?, text.get(one.end..)?);
    Some(format!("{before} {{from: {on}}}{after}"))
}

/// The text in which the paragraph that begins at a line bears a mark, in place of the one that it bears.
pub fn marking(text: &str, line: usize, mark: &str) -> Option<String> {
    let (start, words) = lines(text).nth(line.checked_sub(1)?)?;
    paragraphs(text).into_iter().find(|paragraph| paragraph.line == line)?;
    let (at, end) = match mark_at(words) {
        Some(old) => {
            let at = start + words.find(old)?;
            (at, at + old.len())
        }
        None => (start, start),
    };
    let rest = text.get(end..)?;
    let space = if end > at || rest.starts_with(' ') { "" } else { " " };
    Some(format!("{}{mark}{space}{rest}", text.get(..at)?))
}

/// Marks offered at once: what somebody looks through.
const OFFERED: usize = 30;

/// Marks that begin as what was typed, as their authority writes them: of this text and of texts that whoever writes may know, the
/// ones that stand there most first.
pub fn completions<'m>(
    schemes: &Schemes,
    text: &str,
    begun: &str,
    known: impl IntoIterator<Item = &'m str>,
) -> Vec<String> {
    let typed = begun.trim().trim_start_matches('(').to_uppercase();
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    let own = marks(text, schemes).into_iter();
    for mark in own.chain(known.into_iter().map(str::to_owned)) {
        *counted.entry(mark).or_default() += 1;
    }
    // What is typed is offered as it is to be written, where that can be told.
    let scheme = own_scheme(text, schemes);
    let meant = scheme.and_then(|scheme| as_meant(scheme, &format!("({})", typed.trim_end_matches(')'))));
    let mut all: Vec<(String, usize)> = counted.into_iter().collect();
    all.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let fits = |mark: &String| mark.trim_start_matches('(').to_uppercase().starts_with(&typed);
    let mut offered: Vec<String> = meant.into_iter().collect();
    offered.extend(all.into_iter().map(|(mark, _)| mark).filter(fits));
    let mut seen = BTreeSet::new();
    offered.retain(|mark| seen.insert(mark.clone()));
    offered.truncate(OFFERED);
    offered
}

/// The parties that could have how many of a report's portions by marks and terms, were it added: those that are bound by an
/// arrangement under which it stands.
pub fn could_have(
    after: &State,
    report: &Report,
    context: &entente_core::Context<'_>,
) -> Vec<(PartyPath, BTreeSet<entente_core::PortionId>)> {
    let under = report.portions.iter().flat_map(|portion| portion.lineage.iter());
    let under: BTreeSet<_> = under.flat_map(|(_, origin)| &origin.arrangements).collect();
    let terms = under.into_iter().filter_map(|id| after.arrangements.get(id));
    let parties: BTreeSet<&PartyPath> = terms.flat_map(|terms| &terms.parties).collect();
    let others = parties.into_iter().filter(|party| after.home.as_ref() != Some(*party));
    let each = others.filter_map(|party| {
        let open = crate::release::releasable(after, &report.id, party, context).ok()?;
        Some((party.clone(), open))
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "---\nid: R-1\nscheme: us-ic\n---\n\n(S//OC/REL TO USA, GBR) One.\nStill one. {#a}\n\nTwo. {#b}\n\n--- tear line ---\n\n(U) Three.\n";

    #[test]
    fn paragraphs_are_told_by_blank_lines_and_named_by_their_first() {
        let found = paragraphs(TEXT);
        let told: Vec<(usize, &str)> = found.iter().map(|one| (one.line, one.begins.as_str())).collect();
        assert_eq!(
            told,
            [
                (6, "(S//OC/REL TO USA, GBR) One."),
                (9, "Two. {#b}"),
                (13, "(U) Three.")
            ]
        );
        let text = resting(TEXT, 6, "R-0 v1 p1").unwrap();
        assert!(text.contains("Still one. {#a} {from: R-0 v1 p1}\n\nTwo."), "{text}");
        assert_eq!(resting(TEXT, 7, "R-0 v1 p1"), None, "no paragraph begins there");
    }

    #[test]
    fn a_paragraph_gets_a_mark_in_place_of_the_one_it_bears() {
        let marked = marking(TEXT, 9, "(U)").unwrap();
        assert!(marked.contains("\n\n(U) Two. {#b}"), "{marked}");
        let other = marking(TEXT, 6, "(S//NF)").unwrap();
        assert!(other.contains("\n\n(S//NF) One.\nStill one."), "{other}");
        assert_eq!(marking(TEXT, 7, "(U)"), None, "no paragraph begins there");
    }

    #[test]
    fn marks_are_completed_from_what_the_writer_knows_and_as_they_are_to_be_written() {
        let schemes = entente_marking::builtin::schemes();
        let known = ["(S//NF)", "(C)", "(S//NF)"];
        let offered = |begun| completions(schemes, TEXT, begun, known);
        assert_eq!(offered("(s"), ["(S)", "(S//NF)", "(S//OC/REL TO USA, GBR)"]);
        assert_eq!(offered("S//OC"), ["(S//OC)", "(S//OC/REL TO USA, GBR)"]);
        assert!(offered("(XYZ").is_empty());
        assert!(offered("").contains(&"(C)".to_owned()));
    }

    #[test]
    fn a_paragraph_without_a_mark_is_offered_that_of_the_one_before() {
        let schemes = entente_marking::builtin::schemes();
        let Err(faults) = draft::parse(TEXT, schemes) else {
            panic!("it has a fault")
        };
        let found = flaws(TEXT, &faults, schemes);
        let repair = found.iter().find_map(|flaw| flaw.repair.clone()).unwrap();
        assert_eq!(
            (repair.start, repair.text.as_str()),
            (TEXT.find("Two").unwrap(), "(S//OC/REL TO USA, GBR) ")
        );
        let which = found.iter().position(|flaw| flaw.repair.is_some()).unwrap();
        assert!(mended(TEXT, &found, which).contains("\n(S//OC/REL TO USA, GBR) Two. {#b}"));
        assert_eq!(mended(TEXT, &found, 99), TEXT);
    }

    #[test]
    fn marks_that_can_be_read_make_the_banner_so_far() {
        let schemes = entente_marking::builtin::schemes();
        let text = "(S//NF) a\n\n(NOPE\n\n(x) b\n\n## (U) c\n\n(TS//SI//REL TO GBR, USA) d\n";
        assert_eq!(marks(text, schemes), ["(S//NF)", "(U)", "(TS//SI//REL TO USA, GBR)"]);
    }
}
