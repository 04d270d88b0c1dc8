//! What becomes of a piece: its marks, its lineage, its portion.

use std::collections::{BTreeSet, HashMap};

use entente_core::handle::{base_lineage, party_of, same_words};
use entente_core::{
    ArrangementId, Lineage, MarksInForce, Onward, Origin, PartyPath, Portion, PortionId, PortionRef, Report, ReportId,
    State, TITLE, Title,
};
use entente_marking::{Label, SchemeId};

use super::{NotTaken, Options, Place};
use crate::incoming::{Incoming, Piece};
use crate::marks::{Asks, Marked, UNMARKED};
use crate::statement::{Portioned, Stated};
use crate::table::Table;

/// The portions of versions that are held, by name and by text.
#[derive(Default)]
pub(super) struct Earlier<'s> {
    by_name: HashMap<&'s str, Vec<&'s Portion>>,
    by_text: HashMap<String, Vec<&'s Portion>>,
}

impl<'s> Earlier<'s> {
    pub(super) fn of(state: &'s State, report: &ReportId) -> Self {
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

/// What makes portions of pieces.
pub(super) struct Maker<'m> {
    pub(super) earlier: Earlier<'m>,
    pub(super) place: &'m Place<'m>,
    pub(super) options: &'m Options,
    pub(super) publisher: PartyPath,
    pub(super) id: ReportId,
    pub(super) defaults: Asks,
}

impl Maker<'_> {
    /// The marks of a piece: those that it states, those of its file, those of the groups that it was shared with, or the default.
    pub(super) fn marked(&self, piece: &Piece, table: &mut Table) -> Marked {
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
    pub(super) fn scheme(&self, incoming: &Incoming, marked: &[Marked]) -> SchemeId {
        let tlp = SchemeId::new("tlp");
        let stated = incoming.stated.as_ref().map(|stated| SchemeId::new(&stated.scheme));
        let everywhere = |scheme: &SchemeId| marked.iter().all(|one| one.by_scheme.contains_key(scheme));
        let known = stated.filter(|scheme| self.place.schemes.get(scheme, None).is_some() && everywhere(scheme));
        known.unwrap_or(tlp)
    }

    pub(super) fn portion(
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
    pub(super) fn title(
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
