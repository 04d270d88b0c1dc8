//! From what came in to a report of this party's: its own by the hand that took it in, with lineage to whoever published it.
//!
//! Nothing gets more open on the way: what bears no mark takes the stricter of the collection's and the arrangement's default,
//! a marking that nobody understands closes its text, and what is held here of the same text holds for the copy too.

mod maker;

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{ArrangementId, MAX_NAME, PartyPath, PersonId, PortionId, Report, ReportId, State, TITLE};
use entente_marking::{Label, SchemeId, Schemes};
use jiff::Timestamp;
use serde_json::json;

use crate::carried;
use crate::incoming::{Incoming, Piece, Publisher};
use crate::known::Known;
use crate::marks::{Asks, Marked, UNMARKED, read};
use crate::table::Table;
use crate::uuid;
use maker::{Earlier, Maker};

/// The id of the portion that keeps what else a file says of a report.
pub(crate) const REST: &str = "object";

/// The most bytes of text in one report: what is committed at once stays below what a store takes.
const MAX_BYTES: usize = 12 << 20;

/// What whoever takes files in says about them.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The arrangements under which they came.
    pub arrangements: BTreeSet<ArrangementId>,
    /// Who published them, where the files are not to be believed.
    pub from: Option<PartyPath>,
    /// The collection's mark for what bears none.
    pub default_mark: Option<String>,
    /// The persons to whom the publisher gave what is for named recipients only.
    pub named: BTreeSet<PersonId>,
}

/// Where reports are taken in.
#[derive(Clone, Copy)]
pub struct Place<'s> {
    /// The schemes in which marks are read.
    pub schemes: &'s Schemes,
    /// What is held.
    pub state: &'s State,
    /// Who takes them in.
    pub home: &'s PartyPath,
    /// Now.
    pub now: Timestamp,
    /// What is said in texts that are held.
    pub known: &'s Known,
}

/// Why a report is not taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// What is held is newer.
    #[error("{0} is held in a newer version already ({1})")]
    Older(ReportId, Timestamp),
    /// It is revoked.
    #[error("{0} is revoked by whoever published it; {1}")]
    Revoked(ReportId, &'static str),
    /// Something about it is not right.
    #[error("{0}")]
    Invalid(String),
}

impl<'s> Place<'s> {
    /// The party that a file names.
    fn party(&self, publisher: &Publisher) -> Option<PartyPath> {
        let name = match publisher {
            Publisher::Party(path) => return Some(path.clone()),
            Publisher::Named(name) => name.trim(),
        };
        let path = path(name)?;
        let called = |party: &&entente_core::Party| party.path == path || party.name.eq_ignore_ascii_case(name);
        let known = self.state.parties.values().find(called);
        Some(known.map_or(path, |party| party.path.clone()))
    }

    /// The arrangement that a group is here.
    fn arrangement(&self, group: &str) -> Option<&'s entente_core::Arrangement> {
        let alike = |id: &str| letters(id) == letters(group);
        let mut all = self.state.arrangements.values();
        all.find(|known| (alike(known.id.as_str()) || alike(&known.title)) && known.binds(self.home))
    }
}

/// A name as a party's path: `CERT Polska` as `CERT-POLSKA`.
fn path(name: &str) -> Option<PartyPath> {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '.' {
            c.to_ascii_uppercase()
        } else {
            '-'
        }
    };
    let spelt: String = name.chars().take(80).map(plain).collect();
    let segments = spelt.split('.').map(|segment| {
        let words: Vec<&str> = segment.split('-').filter(|word| !word.is_empty()).collect();
        words.join("-")
    });
    let segments: Vec<String> = segments.filter(|segment| !segment.is_empty()).collect();
    PartyPath::new(segments.join(".")).ok()
}

fn letters(name: &str) -> String {
    let kept = name.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

/// A name with only the characters that names have, at most this long.
fn name(text: &str, longest: usize) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || "-_.".contains(c) {
            c
        } else {
            '-'
        }
    };
    let spelt: String = text.chars().map(plain).collect();
    let spelt = spelt
        .split('.')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(".");
    match spelt.len() > longest {
        false => spelt,
        true => {
            let digest = uuid::of(&[text]);
            let kept: String = spelt.chars().take(longest - 9).collect();
            format!("{}-{}", kept.trim_end_matches('.'), digest.get(..8).unwrap_or_default())
        }
    }
}

/// The id under which a report of somebody is kept here: theirs, under their name, so that nobody's report takes the place of
/// another's.
fn report_id(publisher: &PartyPath, theirs: &str) -> Result<ReportId, NotTaken> {
    let under = name(publisher.as_str(), MAX_NAME / 2);
    let theirs = name(theirs, MAX_NAME - under.len() - 1);
    let id = match theirs.is_empty() {
        true => under,
        false => format!("{under}.{theirs}"),
    };
    ReportId::new(id).map_err(|error| NotTaken::Invalid(error.to_string()))
}

/// When the held version of a report was last changed by its publisher.
fn held_modified(report: &Report) -> Option<Timestamp> {
    let (_, rest) = carried::open(&report.portion(&PortionId::stored(REST).ok()?)?.text)?;
    rest.get("modified")?.as_str()?.parse().ok()
}

/// The report that a file's becomes here.
///
/// # Errors
/// When a newer one is held, or it cannot be one.
pub fn compose(
    incoming: &Incoming,
    place: &Place<'_>,
    options: &Options,
    table: &mut Table,
) -> Result<Report, NotTaken> {
    let publisher = publisher(incoming, place, options, table)?;
    let id = report_id(&publisher, &incoming.name)?;
    let held = place.state.reports.get(&id).and_then(|holding| holding.latest());
    if let Some(newer) = held.and_then(held_modified)
        && incoming
            .modified
            .is_some_and(|theirs| theirs.as_second() < newer.as_second())
    {
        return Err(NotTaken::Older(id, newer));
    }
    let bytes: usize = incoming.pieces.iter().map(|piece| piece.text.len()).sum();
    if bytes > MAX_BYTES {
        let message = format!("{id} has {bytes} bytes of text, at most {MAX_BYTES} are kept in one report; split it");
        return Err(NotTaken::Invalid(message));
    }
    let maker = Maker {
        earlier: Earlier::of(place.state, &id),
        place,
        options,
        publisher,
        id,
        defaults: defaults(place, options, table),
    };
    let rest = rest(incoming);
    let pieces: Vec<&Piece> = incoming.pieces.iter().chain([&rest]).collect();
    let marked: Vec<Marked> = pieces.iter().map(|piece| maker.marked(piece, table)).collect();
    let scheme = maker.scheme(incoming, &marked);
    let mut ids = Ids::default();
    let mut portions = Vec::with_capacity(pieces.len());
    for (piece, marked) in pieces.iter().zip(marked) {
        portions.push(maker.portion(piece, ids.next(&piece.id), marked, &scheme, table)?);
    }
    let title = maker.title(incoming, &portions, &scheme, table)?;
    Ok(Report {
        version: held.map_or(1, |latest| latest.version + 1),
        title,
        originator: place.home.clone(),
        profile: profile(incoming, &scheme, place.schemes),
        scheme,
        created: place.now,
        expires: incoming.stated.as_ref().and_then(|stated| stated.expires),
        existence_protected: incoming
            .stated
            .as_ref()
            .is_some_and(|stated| stated.existence_protected),
        portions,
        id: maker.id,
    })
}

/// The variant of the scheme: as stated, where it is known here.
fn profile(incoming: &Incoming, scheme: &SchemeId, schemes: &Schemes) -> String {
    let stated = incoming.stated.as_ref().map(|stated| stated.profile.as_str());
    let known = stated.and_then(|profile| schemes.get(scheme, Some(profile)));
    let known = known.or_else(|| schemes.get(scheme, None));
    known.map_or_else(String::new, |known| known.profile().to_owned())
}

/// Who published it: as whoever takes it in says, or as the file does.
fn publisher(
    incoming: &Incoming,
    place: &Place<'_>,
    options: &Options,
    table: &mut Table,
) -> Result<PartyPath, NotTaken> {
    let named = incoming.publisher.as_ref().and_then(|publisher| place.party(publisher));
    match (&options.from, named) {
        (Some(from), _) => Ok(from.clone()),
        (None, Some(named)) => Ok(named),
        (None, None) => {
            table.note(
                incoming.name.clone(),
                "no publisher is named",
                "kept as of UNKNOWN; `--from PARTY` says who it is of",
            );
            PartyPath::new("UNKNOWN").map_err(|error| NotTaken::Invalid(error.to_string()))
        }
    }
}

/// What else a file says, as a portion.
fn rest(incoming: &Incoming) -> Piece {
    let modified = incoming.modified.map(|moment| moment.to_string());
    let value = json!({ "format": incoming.format.name(), "name": incoming.name, "modified": modified, "object": incoming.rest });
    let says = format!("What the {} file says besides the text.", incoming.format.title());
    let all = incoming.pieces.iter().fold(incoming.title.asks.clone(), |sum, piece| {
        // What is carried through has a say about itself only.
        if carried::open(&piece.text).is_some() {
            sum
        } else {
            sum.and(&piece.asks)
        }
    });
    Piece {
        id: REST.to_owned(),
        text: carried::block("entente", &says, &value),
        asks: all,
        ..Piece::default()
    }
}

/// The marks of what bears none.
fn defaults(place: &Place<'_>, options: &Options, table: &mut Table) -> Asks {
    let of_terms = options
        .arrangements
        .iter()
        .filter_map(|id| place.state.arrangements.get(id)?.default_mark.clone());
    let mut asks = Asks::default();
    for mark in of_terms.chain(options.default_mark.clone()) {
        match read(&mark, place.schemes) {
            // Nothing that bears no mark is open to everybody.
            Some(marking) if marking.label.at_least_as_strict_as(&community()) || is_more(&marking.label) => {
                asks.mark(&marking.canonical);
            }
            Some(marking) => table.note(
                "default mark",
                format!("{} as the mark of what bears none", marking.canonical),
                format!("{UNMARKED}: what bears no mark is never open to everybody"),
            ),
            None => asks.close(&mark),
        }
    }
    if asks.is_empty() {
        asks.mark(UNMARKED);
    }
    asks
}

fn community() -> Label {
    Label {
        circle: entente_marking::Circle::Community,
        ..Label::unrestricted()
    }
}

/// Whether a label asks for something else than how far a text may travel.
fn is_more(label: &Label) -> bool {
    !label.levels.is_empty() || !label.required.is_empty() || label.release != entente_marking::Release::Unrestricted
}

/// Ids of portions, each once.
#[derive(Default)]
struct Ids(BTreeMap<String, usize>);

impl Ids {
    fn next(&mut self, wanted: &str) -> String {
        let mut id = name(wanted, MAX_NAME - 8);
        if id.is_empty() || id == TITLE {
            id = "p".to_owned();
        }
        let seen = self.0.entry(id.clone()).or_insert(0);
        *seen += 1;
        match *seen {
            1 => id,
            n => {
                let next = format!("{id}-{n}");
                // A name that was given like that already counts on.
                if self.0.contains_key(&next) {
                    return self.next(&next);
                }
                self.0.insert(next.clone(), 1);
                next
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_others_become_names_here() {
        for (theirs, ours) in [
            ("CERT Polska", Some("CERT-POLSKA")),
            ("usa.svc", Some("USA.SVC")),
            ("  ..Ağ (test)  ", Some("A-TEST")),
            ("漢字", None),
        ] {
            assert_eq!(path(theirs).as_ref().map(PartyPath::as_str), ours, "{theirs}");
        }
        let mut ids = Ids::default();
        let given: Vec<String> = ["a", "a", "a-2", "title", "", "漢/字"]
            .iter()
            .map(|id| ids.next(id))
            .collect();
        assert_eq!(given, ["a", "a-2", "a-2-2", "p", "p-2", "---"]);
        let long = name(&"x".repeat(300), 60);
        assert!(long.len() == 60 && long != name(&"x".repeat(301), 60));
    }
}
