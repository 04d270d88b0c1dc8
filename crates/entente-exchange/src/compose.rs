//! From what came in to a report of this party's: its own by the hand that took it in, with lineage to whoever published it.
//!
//! Nothing gets more open on the way: what bears no mark takes the stricter of the collection's and the arrangement's default,
//! a marking that nobody understands closes its text, and what is held here of the same text holds for the copy too.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entente_core::handle::{base_lineage, party_of, same_words};
use entente_core::{
    ArrangementId, Lineage, MAX_NAME, MarksInForce, Onward, Origin, PartyPath, PersonId, Portion, PortionId,
    PortionRef, Report, ReportId, State, TITLE, Title,
};
use entente_marking::{Label, SchemeId, Schemes};
use jiff::Timestamp;
use serde_json::json;

use crate::carried;
use crate::incoming::{Incoming, Piece, Publisher};
use crate::known::Known;
use crate::marks::{Asks, Marked, UNMARKED, read};
use crate::statement::{Portioned, Stated};
use crate::table::Table;
use crate::uuid;

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

/// The portions of versions that are held, by name and by text.
#[derive(Default)]
struct Earlier<'s> {
    by_name: HashMap<&'s str, Vec<&'s Portion>>,
    by_text: HashMap<String, Vec<&'s Portion>>,
}

impl<'s> Earlier<'s> {
    fn of(state: &'s State, report: &ReportId) -> Self {
        let mut earlier = Self::default();
        let versions = state
            .reports
            .get(report)
            .into_iter()
            .flat_map(|holding| holding.versions.values());
        for portion in versions.flat_map(Report::with_title) {
            earlier.by_name.entry(portion.id.as_str()).or_default().push(portion);
            earlier
                .by_text
                .entry(same_words(&portion.text))
                .or_default()
                .push(portion);
        }
        earlier
    }
}

struct Maker<'m> {
    earlier: Earlier<'m>,
    place: &'m Place<'m>,
    options: &'m Options,
    publisher: PartyPath,
    id: ReportId,
    defaults: Asks,
}

impl Maker<'_> {
    /// The marks of a piece: those that it states, those of its file, those of the groups that it was shared with, or the default.
    fn marked(&self, piece: &Piece, table: &mut Table) -> Marked {
        let mut asks = piece.asks.clone();
        for group in &piece.groups {
            self.group(piece, group, &mut asks, table);
        }
        if asks.is_empty() {
            let marks = self.defaults.marks.join(" ");
            table.note(piece.id.clone(), "no marking", format!("takes the default, {marks}"));
            asks = self.defaults.clone();
        }
        for unread in &asks.unread {
            table.note(
                piece.id.clone(),
                format!("marking {unread} is not understood"),
                "closed: nobody may read it until it is marked anew",
            );
        }
        Marked::of(&asks, self.place.schemes)
    }

    /// A group that is an arrangement here lets its members have it; otherwise it stays where it arrived.
    fn group(&self, piece: &Piece, group: &str, asks: &mut Asks, table: &mut Table) {
        match self.place.arrangement(group) {
            Some(known) if known.onward != Onward::Free => asks.mark("(TLP:GREEN)"),
            Some(known) => {
                asks.mark(UNMARKED);
                let became = format!(
                    "arrangement {}, whose terms let it go on freely: marked {UNMARKED}",
                    known.id
                );
                table.note(piece.id.clone(), format!("sharing group {group}"), became);
            }
            None => {
                asks.mark(UNMARKED);
                let became = format!("no arrangement of that name binds this party: marked {UNMARKED}");
                table.note(piece.id.clone(), format!("sharing group {group}"), became);
            }
        }
    }

    /// The scheme of the report: that of all its portions, or else TLP.
    fn scheme(&self, incoming: &Incoming, marked: &[Marked]) -> SchemeId {
        let tlp = SchemeId::new("tlp");
        let stated = incoming.stated.as_ref().map(|stated| SchemeId::new(&stated.scheme));
        let everywhere = |scheme: &SchemeId| marked.iter().all(|one| one.by_scheme.contains_key(scheme));
        let known = stated.filter(|scheme| self.place.schemes.get(scheme, None).is_some() && everywhere(scheme));
        known.unwrap_or(tlp)
    }

    fn portion(
        &self,
        piece: &Piece,
        id: String,
        mut marked: Marked,
        scheme: &SchemeId,
        table: &mut Table,
    ) -> Result<Portion, NotTaken> {
        // Every portion bears a mark of the report's scheme.
        if !marked.by_scheme.contains_key(scheme) {
            marked = marked.with(&self.defaults, self.place.schemes);
        }
        if !marked.by_scheme.contains_key(scheme) {
            let unmarked = Asks {
                marks: vec![UNMARKED.to_owned()],
                ..Asks::default()
            };
            marked = marked.with(&unmarked, self.place.schemes);
        }
        let text = entente_core::plain::text(&piece.text);
        if text != piece.text {
            table.note(
                id.clone(),
                "characters that act on a reader's screen",
                "replaced by \u{fffd}",
            );
        }
        let earlier = self.earlier(&id, &text);
        let bases = self.bases(piece, &text, &earlier);
        let (mut mark, mut label) = marked.written(scheme);
        for base in &bases {
            (mark, label) = self.at_least(base, &id, (mark, label), scheme, table);
        }
        Ok(Portion {
            lineage: self.lineage(piece, &bases, &earlier, table),
            id: PortionId::new(id).map_err(|error| NotTaken::Invalid(error.to_string()))?,
            mark,
            label,
            text,
            tear_line: false,
        })
    }

    /// The same portion, or text, in versions that are held: nobody who stood behind it is forgotten.
    fn earlier(&self, id: &str, text: &str) -> Vec<&Portion> {
        let earlier = &self.earlier;
        if earlier.by_name.is_empty() {
            return Vec::new();
        }
        let named = earlier.by_name.get(id).into_iter().flatten();
        let same = earlier.by_text.get(&same_words(text)).into_iter().flatten();
        named.chain(same).copied().collect()
    }

    /// What is held here of a text: the portion that it is said to be, any that says the same, and what it rested on before.
    fn bases(&self, piece: &Piece, text: &str, earlier: &[&Portion]) -> BTreeSet<PortionRef> {
        let stated = piece.stated.iter().map(Portioned::reference);
        let alike = self.place.known.alike(text).iter().cloned();
        let before = earlier.iter().flat_map(|portion| portion.lineage.iter());
        let before = before.flat_map(|(_, origin)| origin.from.iter().cloned());
        let held = |base: &PortionRef| self.place.state.portion(base).is_some() && base.report != self.id;
        stated.chain(alike).chain(before).filter(held).collect()
    }

    /// A mark that asks for no less than that of a held portion.
    fn at_least(
        &self,
        base: &PortionRef,
        id: &str,
        (mark, label): (String, Label),
        scheme: &SchemeId,
        table: &mut Table,
    ) -> (String, Label) {
        let Some(now) = MarksInForce::new(self.place.state).of(base) else {
            return (mark, label);
        };
        if label.at_least_as_strict_as(&now.label) {
            return (mark, label);
        }
        table.note(
            id.to_owned(),
            format!("marked {mark}, less strictly than {base}, which is held here"),
            format!("takes its mark, {}", now.mark()),
        );
        let asks = Asks {
            marks: vec![mark, now.mark().into_owned()],
            ..Asks::default()
        };
        let (mark, written) = Marked::of(&asks, self.place.schemes).written(scheme);
        (mark, written.join(&label).join(&now.label))
    }

    /// Everybody behind a text: whoever published it, whom the file names, who stands behind what is held of it, and this party.
    fn lineage(&self, piece: &Piece, bases: &BTreeSet<PortionRef>, earlier: &[&Portion], table: &mut Table) -> Lineage {
        let home = self.place.home;
        let of_groups = piece.groups.iter().filter_map(|group| self.place.arrangement(group));
        let arrangements: BTreeSet<ArrangementId> = of_groups
            .map(|known| known.id.clone())
            .chain(self.options.arrangements.iter().cloned())
            .collect();
        let own = Origin {
            arrangements,
            persons: self.options.named.clone(),
            // What this party itself laid down is known from the file only.
            third_party: piece
                .stated
                .as_ref()
                .is_some_and(|stated| stated.originators.get(home).is_some_and(|terms| terms.ask)),
            ..Origin::default()
        };
        let given = Origin {
            recipients: BTreeSet::from([home.clone()]),
            third_party: false,
            ..own.clone()
        };
        let mut lineage = Lineage::of(home.clone(), own);
        let mut add = |party: &PartyPath, origin: Origin| {
            if party != home {
                lineage = lineage.combine(&Lineage::of(party.clone(), origin));
            }
        };
        add(&self.publisher, given.clone());
        for named in piece.publishers.iter().filter_map(|named| self.place.party(named)) {
            add(&named, given.clone());
        }
        if let Some(stated) = &piece.stated {
            let base = stated.reference();
            for (party, terms) in &stated.originators {
                add(party, self.stated(party, terms, &base, &given));
            }
        }
        for base in bases {
            if let Some(held) = base_lineage(self.place.state, base) {
                lineage = held.combine(&lineage);
            }
        }
        for portion in earlier {
            lineage = portion.lineage.combine(&lineage);
        }
        self.note_unknown(&lineage, table);
        lineage
    }

    /// An originator whom only the file names, with the terms that it states.
    fn stated(&self, party: &PartyPath, terms: &Stated, base: &PortionRef, given: &Origin) -> Origin {
        let theirs = *party == self.publisher;
        // A base that is not held here is named only where nothing of its report is.
        let named = !theirs && party_of(self.place.state, base).is_none();
        Origin {
            from: named.then(|| base.clone()).into_iter().collect(),
            persons: &given.persons | &terms.persons,
            arrangements: &given.arrangements | &terms.arrangements,
            third_party: !theirs || terms.ask,
            ..given.clone()
        }
    }

    fn note_unknown(&self, lineage: &Lineage, table: &mut Table) {
        let arrangements: BTreeSet<&ArrangementId> =
            lineage.iter().flat_map(|(_, origin)| &origin.arrangements).collect();
        for id in arrangements {
            if self.place.state.arrangements.get(id).is_none() {
                table.note(
                    id.to_string(),
                    format!("arrangement {id} is not known here"),
                    "what came under it is closed until it is added",
                );
            }
        }
    }

    /// The title: with marks of its own, or as the banner where all of the report is here.
    fn title(
        &self,
        incoming: &Incoming,
        portions: &[Portion],
        scheme: &SchemeId,
        table: &mut Table,
    ) -> Result<Title, NotTaken> {
        let text = entente_core::plain::line(incoming.title.text.trim());
        if text.is_empty() {
            return Ok(Title::from(self.id.as_str()));
        }
        if incoming.stated.as_ref().is_some_and(|stated| stated.title.len() > 1) {
            // All of it is here, and the title asks for everything that any of it asks for.
            return Ok(Title::Unmarked(text));
        }
        let mut of_all = Lineage::default();
        for portion in portions {
            of_all = of_all.combine(&portion.lineage);
        }
        of_all.map(|_, origin| origin.from.clear());
        let stated = incoming.stated.as_ref().map(|stated| Portioned {
            report: stated.report.clone(),
            version: stated.version,
            portion: PortionId::title(),
            mark: stated.title.join(" "),
            originators: stated.originators.clone(),
            obligations: Vec::new(),
        });
        let piece = Piece {
            text,
            id: TITLE.to_owned(),
            stated: stated.or_else(|| incoming.title.stated.clone()),
            ..incoming.title.clone()
        };
        let marked = self.marked(&piece, table);
        let mut portion = self.portion(&piece, TITLE.to_owned(), marked, scheme, table)?;
        portion.lineage = portion.lineage.combine(&of_all);
        Ok(Title::Marked(Box::new(portion)))
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
