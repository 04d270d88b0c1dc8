//! Text to tree: the categories behind a classification, in the manual's order (M §A.6).

#![warn(clippy::indexing_slicing)]

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::atomic;
use super::cui;
use super::mark::{Fgi, Head, Mark, Name};
use super::sorted::{Map, Set};
use super::syntax::{CUI_PLACE, GRAMMAR, ListOf, Piece, Reader, Role, nearest};
use super::vocabulary::{COMPARTMENTS, CONTROLS, Forms, NATO_PROGRAMMES, OLD_SYSTEMS, SCI, Word, known_words};
use crate::finding::Finding;
use crate::scheme::MarkKind;

const FGI_SOURCE: &str = "IC Markings Manual 2016, pp. 122-124";

/// First words of control systems, programmes, atomic energy controls, foreign information and CUI.
/// Those that are the name of a control system, or `FGI`, are nothing else.
static BEGINNINGS: LazyLock<FxHashMap<&str, Begins>> = LazyLock::new(|| {
    let titles = SCI.iter().map(|row| row.long);
    let older = OLD_SYSTEMS.iter().map(|row| row.0);
    let others = ["SAR", "SPECIAL", "HVSACO", "FOREIGN", "CUI", "CONTROLLED"];
    let all = titles
        .chain(older)
        .chain(NATO_PROGRAMMES)
        .chain(atomic::NAMES)
        .chain(others);
    let words = all.filter_map(|name| name.split([' ', '-']).next());
    let words = words.map(|word| (word, Begins::Perhaps));
    let names = SCI.iter().map(|row| (row.name, Begins::System));
    words.chain(names).chain([("FGI", Begins::Foreign)]).collect()
});

/// What a category with a certain first word is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    /// Control systems.
    System,
    /// Foreign information.
    Foreign,
    /// Control systems, programmes, atomic energy controls, foreign information, CUI, or controls after all.
    Perhaps,
    /// Dissemination or other controls.
    Controls,
}

/// The owners in a category of foreign government information: `Some(None)` where they are concealed.
fn owners(piece: Piece<'_>) -> Option<Option<Piece<'_>>> {
    let rest = ["FOREIGN GOVERNMENT INFORMATION", "FGI"]
        .into_iter()
        .find_map(|title| piece.after(title))?;
    match rest.text.is_empty() {
        true => Some(None),
        false => rest.after(" ").map(Some),
    }
}

impl Reader<'_> {
    /// Notes a category's place; the order of categories is fixed.
    fn place(&mut self, number: u8, name: &str, piece: Piece<'_>) {
        if number < self.category {
            self.error(
                "us-ic.order.category",
                "IC Markings Manual 2016, §A.6",
                format!(
                    "{name} stands before what precedes it: the order is SCI, SAP, AEA, FGI, CUI, dissemination, non-IC"
                ),
                piece,
            );
        } else if number == self.category {
            self.error(
                "us-ic.order.separator",
                "IC Markings Manual 2016, §A.6",
                format!("{name} are joined by `/` within their category, not by `//`"),
                piece,
            );
        }
        self.category = self.category.max(number);
    }

    pub(super) fn category(&mut self, mark: &mut Mark, piece: Piece<'_>) {
        let after_cui = std::mem::take(&mut self.after_cui);
        let begins = match after_cui {
            true => Begins::Perhaps,
            false => self.begins(piece.text),
        };
        match begins {
            Begins::System => self.sci(mark, piece),
            Begins::Foreign => self.fgi(mark, piece),
            Begins::Controls => self.controls(mark, piece),
            Begins::Perhaps => self.titled(mark, piece, after_cui),
        }
    }

    /// A category whose first word does not yet say which it is.
    fn titled(&mut self, mark: &mut Mark, piece: Piece<'_>, after_cui: bool) {
        let first = piece.split("/").next().map_or("", |first| first.text);
        if cui::is_word(piece.text) {
            self.place(CUI_PLACE, "controlled unclassified information", piece);
            self.after_cui = true;
            if !mark.is_classified() && matches!(mark.head, Head::Us(_)) {
                self.old(
                    piece,
                    "`UNCLASSIFIED//CUI` is not written: the mark begins with `CUI` (32 CFR 2002.20)",
                );
            }
            self.cui_word(mark, piece);
        } else if after_cui && cui::are_categories(piece.text) {
            self.cui_categories(mark, piece);
        } else if self.is_system(first) {
            self.sci(mark, piece);
        } else if let Some(rest) = piece.after("SAR-").or_else(|| piece.after("SPECIAL ACCESS REQUIRED-")) {
            self.place(2, "special access programmes", piece);
            self.sap(mark, piece, rest);
        } else if self.profile.is_dod() && piece.text == "HVSACO" {
            self.place(2, "special access programmes", piece);
            self.token(piece, Role::Sap);
            mark.sap.hvsaco = true;
        } else if atomic::is_atomic(first) {
            self.place(3, "atomic energy controls", piece);
            self.atomic(mark, piece);
        } else {
            self.fgi(mark, piece);
        }
    }

    fn begins(&self, text: &str) -> Begins {
        let end = text.bytes().position(|byte| matches!(byte, b' ' | b'-' | b'/'));
        let word = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        match BEGINNINGS.get(word) {
            Some(begins) => *begins,
            None if self.lists.is_system(word) => Begins::System,
            None => Begins::Controls,
        }
    }

    /// Whether a category that begins so is that of control systems.
    fn is_system(&self, first: &str) -> bool {
        let (system, title) = (
            first.split(['-', ' ']).next().unwrap_or_default(),
            first.split('-').next().unwrap_or_default(),
        );
        NATO_PROGRAMMES.contains(&first)
            || SCI.iter().any(|row| row.name == system || row.long == title)
            || OLD_SYSTEMS.iter().any(|(old, _)| *old == title)
            || self.lists.is_system(system)
    }

    fn sci(&mut self, mark: &mut Mark, piece: Piece<'_>) {
        self.place(1, "SCI control systems", piece);
        let mut order = Order::default();
        let mut foreign = Vec::new();
        for system in piece.split("/") {
            self.token(system, Role::Sci);
            if let Some(word) = NATO_PROGRAMMES.into_iter().find(|word| *word == system.text) {
                foreign.push(word);
                if !mark.nato.insert(word) {
                    self.twice(word, system);
                }
                continue;
            }
            let mut parts = system.split("-");
            let Some(head) = parts.next() else { continue };
            let Some(name) = self.system_name(head) else {
                self.unknown(head);
                continue;
            };
            if !foreign.is_empty() {
                self.error(
                    "us-ic.order.foreign",
                    "IC Markings Manual 2016, p. 122",
                    "NATO's programme words stand after the US control systems",
                    system,
                );
            }
            let compartments = self.compartments(system, parts, Some(&name));
            order.next(&name);
            if mark.sci.insert(name.clone(), compartments).is_some() {
                self.twice(name.as_str(), system);
            }
        }
        self.ordered(&order, mark.sci.keys(), piece, "control systems");
        if !foreign.is_sorted() {
            self.error(
                "us-ic.order.foreign",
                "IC Markings Manual 2016, p. 122",
                "NATO's programme words stand in alphabetical order",
                piece,
            );
        }
    }

    /// The name of a control system, published or the node's own; older words are read as today's.
    fn system_name(&mut self, head: Piece<'_>) -> Option<Name> {
        if let Some((_, today)) = OLD_SYSTEMS.iter().find(|(old, _)| *old == head.text) {
            self.old(head, format!("`{}` is an older word; today it is `{today}`", head.text));
            return Some(Name::new(today));
        }
        let published = SCI.iter().find(|row| row.name == head.text || row.long == head.text);
        let name = published.map(|row| row.name);
        name.or_else(|| self.lists.is_system(head.text).then_some(head.text))
            .map(Name::new)
    }

    pub(super) fn twice(&mut self, what: &str, piece: Piece<'_>) {
        self.error(
            "us-ic.syntax.duplicate",
            GRAMMAR,
            format!("`{what}` stands twice"),
            piece,
        );
    }

    /// Foreign government information, or controls if it is not that.
    fn fgi(&mut self, mark: &mut Mark, piece: Piece<'_>) {
        let Some(owners) = owners(piece) else {
            return self.controls(mark, piece);
        };
        self.place(4, "foreign government information", piece);
        self.token(piece, Role::Fgi);
        mark.fgi = Some(self.foreign_information(piece, owners));
    }

    fn foreign_information(&mut self, piece: Piece<'_>, owners: Option<Piece<'_>>) -> Fgi {
        let Some(owners) = owners else {
            return Fgi::Concealed;
        };
        let bare = owners
            .after("[")
            .filter(|list| list.text.ends_with(']'))
            .map(|list| Piece {
                text: list.text.trim_end_matches(']'),
                start: list.start,
            });
        if bare.is_some() {
            let message = "the brackets of the register's table are not written";
            self.findings.push(Finding::warning(
                "us-ic.fgi.brackets",
                FGI_SOURCE,
                message,
                piece.start,
                piece.end(),
            ));
        }
        let list = self.codes(bare.unwrap_or(owners), " ", ListOf::Others);
        if list.contains("USA") {
            self.error(
                "us-ic.fgi.own",
                FGI_SOURCE,
                "the USA is not a foreign government: leave it out",
                owners,
            );
        }
        Fgi::From(list)
    }

    pub(super) fn compartments<'t>(
        &mut self,
        whole: Piece<'t>,
        parts: impl Iterator<Item = Piece<'t>>,
        system: Option<&Name>,
    ) -> Map<Name, Set<Name>> {
        let mut found = Map::new();
        let mut order = Order::default();
        for part in parts {
            let mut words = part.split(" ");
            let Some(head) = words.next() else { continue };
            if !is_name(head.text) {
                self.error(
                    "us-ic.compartment.name",
                    "IC Markings Manual 2016, p. 61",
                    "a compartment is named by letters and digits, as in `SI-G`",
                    part,
                );
                continue;
            }
            let mut titles = COMPARTMENTS.iter().filter(|row| row.1 == head.text);
            let title = titles.find(|row| system.is_some_and(|system| system.as_str() == row.0));
            let name = title.map_or(head.text, |row| row.2);
            let mut subs = Set::new();
            let mut sub_order = Order::default();
            for sub in words {
                if !is_name(sub.text) {
                    self.error(
                        "us-ic.compartment.name",
                        "IC Markings Manual 2016, p. 61",
                        "sub-compartments are separated by one space, as in `SI-G ABCD EFGH`",
                        part,
                    );
                    continue;
                }
                let sub_name = Name::new(sub.text);
                sub_order.next(&sub_name);
                if !subs.insert(sub_name) {
                    self.error(
                        "us-ic.syntax.duplicate",
                        GRAMMAR,
                        format!("`{}` stands twice", sub.text),
                        sub,
                    );
                }
            }
            self.ordered(&sub_order, subs.iter(), part, "sub-compartments");
            let key = Name::new(name);
            order.next(&key);
            if found.insert(key, subs).is_some() {
                self.error(
                    "us-ic.syntax.duplicate",
                    GRAMMAR,
                    format!("`{name}` stands twice"),
                    part,
                );
            }
        }
        self.ordered(&order, found.keys(), whole, "compartments");
        found
    }

    pub(super) fn ordered<'n>(
        &mut self,
        order: &Order,
        right: impl Iterator<Item = &'n Name>,
        piece: Piece<'_>,
        what: &str,
    ) {
        if order.is_broken {
            let list: Vec<&str> = right.map(Name::as_str).collect();
            self.error(
                "us-ic.order.names",
                "IC Markings Manual 2016, p. 61",
                format!(
                    "{what} stand with numbers first, then in alphabetical order: {}",
                    list.join(", ")
                ),
                piece,
            );
        }
    }

    fn controls(&mut self, mark: &mut Mark, piece: Piece<'_>) {
        let (mut last, mut in_order) = (0, true);
        let mut number = 0;
        let mut eyes = Vec::new();
        for part in piece.split("/") {
            // `USA/CAN/GBR EYES ONLY` uses the separator inside its list.
            if self.lists.country(part.text).is_some() && piece.text.contains(" EYES ONLY") {
                eyes.push(part);
                continue;
            }
            if let Some(words) = self.joined_by_commas(part) {
                for word in words {
                    number = number.max(self.control(mark, word, &mut eyes).1);
                }
                continue;
            }
            let (place, category) = self.control(mark, part, &mut eyes);
            if category != 0 {
                if place != u16::MAX {
                    in_order &= last <= place;
                    last = place;
                }
                if number != 0 && number != category {
                    self.error(
                        "us-ic.order.category",
                        "IC Markings Manual 2016, §A.6",
                        "dissemination controls and non-IC controls are separate categories, divided by `//`",
                        part,
                    );
                }
                number = number.max(category);
            }
        }
        for country in eyes {
            self.unknown(country);
        }
        if number != 0 {
            self.place(
                number,
                if number == 6 {
                    "dissemination controls"
                } else {
                    "non-IC controls"
                },
                piece,
            );
        }
        // Limits of CUI stand in alphabetical order, which older marks do not keep: theirs is not checked.
        if !in_order && !mark.is_plain_cui() {
            self.error(
                "us-ic.order.controls",
                "IC Markings Manual 2016, §D.1; ISM-ID-00035",
                "controls stand in the register's order",
                piece,
            );
        }
    }

    /// `ORCON,NOFORN`: controls joined by commas, as before July 2005 (M p. 192).
    fn joined_by_commas<'t>(&mut self, part: Piece<'t>) -> Option<Vec<Piece<'t>>> {
        let words = || part.split(",").map(Piece::trimmed);
        let all = part.text.contains(',') && words().all(|word| self.known_control(word.text).is_some());
        all.then(|| {
            self.old(
                part,
                "controls joined by commas are an older form; today they are joined by `/`",
            );
            words().collect()
        })
    }

    /// Whether the profile has the word.
    fn has(&self, word: Word) -> bool {
        self.profile.knows_cui() || (word != Word::Nnpi && !word.is_cui_limit())
    }

    fn known_control(&self, text: &str) -> Option<Word> {
        Forms::read(text, self.kind).filter(|word| self.has(*word))
    }

    /// Reads one control; gives its place within its category, and the category's number (0 for none).
    fn control<'t>(&mut self, mark: &mut Mark, part: Piece<'t>, eyes: &mut Vec<Piece<'t>>) -> (u16, u8) {
        let Some(word) = self.known_control(part.text) else {
            return self.list(mark, part, eyes);
        };
        self.token(part, Role::Word(word));
        if !mark.words.insert(word) {
            self.error(
                "us-ic.syntax.duplicate",
                GRAMMAR,
                format!("`{}` stands twice", part.text),
                part,
            );
        }
        (word.order(), if word.is_dissem() { 6 } else { 7 })
    }

    pub(super) fn unknown(&mut self, piece: Piece<'_>) {
        self.token(piece, Role::Unknown);
        let other = CONTROLS
            .iter()
            .find(|row| row.portion == piece.text || row.banner == piece.text || row.also.contains(&piece.text));
        if let Some(row) = other.filter(|row| self.has(row.token)) {
            let (instead, message) = match self.kind {
                MarkKind::Banner => (row.banner, format!("`{}` is the form for portions", piece.text)),
                MarkKind::Portion => (row.portion, format!("`{}` is the form for banners", piece.text)),
            };
            self.error_with("us-ic.token.form", row.source, message, piece, instead);
            return;
        }
        let mut finding = Finding::error(
            "us-ic.token.unknown",
            "IC Markings Register; ISM.ACES 2.4 (unknown marking: deny)",
            format!("`{}` is not in the register; nobody may read what bears it", piece.text),
            piece.start,
            piece.end(),
        );
        let near = nearest(piece.text, known_words()).map(str::to_owned);
        finding.suggestion = near.or_else(|| nearest_system(piece.text));
        self.findings.push(finding);
    }
}

/// A compartment or programme of the system or indicator that was meant: `SAR-BP` for `SAP-BP`.
fn nearest_system(text: &str) -> Option<String> {
    let (head, rest) = text.split_once('-')?;
    let known = SCI.iter().map(|row| row.name).filter(|name| name.len() > 2);
    let near = nearest(head, known.chain(["SAR"])).filter(|near| *near != head)?;
    Some(format!("{near}-{rest}"))
}

/// Whether names came in their order.
#[derive(Default)]
pub(super) struct Order {
    last: Option<Name>,
    is_broken: bool,
}

impl Order {
    pub(super) fn next(&mut self, name: &Name) {
        self.is_broken |= self.last.as_ref().is_some_and(|last| last > name);
        self.last = Some(name.clone());
    }
}

pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
