//! Text to tree: the categories behind a classification, in the manual's order (M §A.6).

#![warn(clippy::indexing_slicing)]

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::atomic;
use super::cui;
use super::mark::{Codes, Fgi, Head, List, Mark, Name};
use super::render;
use super::sorted::{Map, Set};
use super::syntax::{CUI_PLACE, GRAMMAR, Piece, Reader, Role, Token, nearest};
use super::vocabulary::{COMPARTMENTS, CONTROLS, Forms, NATO_PROGRAMMES, OLD_SYSTEMS, SCI, Word, known_words};
use crate::finding::Finding;
use crate::release::Entity;
use crate::scheme::MarkKind;

const FGI_SOURCE: &str = "IC Markings Manual 2016, pp. 122-124";
/// The title of release lists, its abbreviation, and an older form.
const RELEASES: [&str; 3] = ["REL TO", "AUTHORIZED FOR RELEASE TO", "RELEASABLE TO"];

/// First words of control systems, programmes, atomic energy controls, foreign information and CUI.
static BEGINNINGS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    let systems = SCI.iter().flat_map(|row| [row.name, row.long]);
    let older = OLD_SYSTEMS.iter().map(|row| row.0);
    let others = ["SAR", "SPECIAL", "HVSACO", "FGI", "FOREIGN", "CUI", "CONTROLLED"];
    let all = systems
        .chain(older)
        .chain(NATO_PROGRAMMES)
        .chain(atomic::NAMES)
        .chain(others);
    all.filter_map(|name| name.split([' ', '-']).next()).collect()
});

/// The owners in a category of foreign government information: `Some(None)` where they are concealed.
fn fgi(piece: Piece<'_>) -> Option<Option<Piece<'_>>> {
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
        let first = piece.text.split('/').next().unwrap_or_default();
        let after_cui = std::mem::take(&mut self.after_cui);
        if !after_cui && !self.may_begin_a_category(piece.text) {
            self.controls(mark, piece);
        } else if cui::is_word(piece.text) {
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
            self.place(1, "SCI control systems", piece);
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
        } else if let Some(owners) = fgi(piece) {
            self.place(4, "foreign government information", piece);
            self.token(piece, Role::Fgi);
            mark.fgi = Some(self.foreign_information(piece, owners));
        } else {
            self.controls(mark, piece);
        }
    }

    /// Whether a category with this first word may be another than controls: most are not.
    fn may_begin_a_category(&self, text: &str) -> bool {
        let end = text.bytes().position(|byte| matches!(byte, b' ' | b'-' | b'/'));
        let word = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        BEGINNINGS.contains(word) || self.lists.is_system(word)
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
        let list = self.codes(bare.unwrap_or(owners), " ", true);
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
            let titles = COMPARTMENTS
                .iter()
                .filter(|row| system.is_some_and(|name| name.as_str() == row.0));
            let name = titles
                .filter(|row| row.1 == head.text)
                .map(|row| row.2)
                .next()
                .unwrap_or(head.text);
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
        let mut eyes = Codes::new();
        let mut eyes_start = None;
        for part in piece.split("/") {
            // `USA/CAN/GBR EYES ONLY` uses the separator inside its list.
            if self.lists.is_country(part.text) && piece.text.contains(" EYES ONLY") {
                eyes_start.get_or_insert(part.start);
                eyes.insert(Entity::new(part.text));
                continue;
            }
            if let Some(words) = self.joined_by_commas(part) {
                for word in words {
                    number = number.max(self.control(mark, word, &mut eyes, eyes_start).1);
                }
                continue;
            }
            let (place, category) = self.control(mark, part, &mut eyes, eyes_start);
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
    fn control(&mut self, mark: &mut Mark, part: Piece<'_>, eyes: &mut Codes, eyes_start: Option<usize>) -> (u16, u8) {
        let Some(word) = self.known_control(part.text) else {
            return self.list(mark, part, eyes, eyes_start);
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

    /// Reads a control that is not a fixed word: a release list, or nicknames.
    fn list(&mut self, mark: &mut Mark, part: Piece<'_>, eyes: &mut Codes, eyes_start: Option<usize>) -> (u16, u8) {
        if part.text == "REL" || RELEASES.iter().any(|title| part.text.starts_with(title)) {
            self.token(part, Role::Rel);
            let rel = self.rel(part);
            if mark.rel.replace(rel).is_some() {
                self.error("us-ic.syntax.duplicate", GRAMMAR, "REL TO stands twice", part);
            }
            return (75, 6);
        }
        if let Some(list) = part.after("DISPLAY ONLY ") {
            self.token(part, Role::Display);
            let list = self.codes(list, ", ", true);
            if mark.display.replace(list).is_some() {
                self.error("us-ic.syntax.duplicate", GRAMMAR, "DISPLAY ONLY stands twice", part);
            }
            return (125, 6);
        }
        if part.text == "EYES" {
            self.token(part, Role::Eyes);
            mark.eyes = Some(List::AsBanner);
            return (85, 6);
        }
        if let Some(last) = part.text.strip_suffix(" EYES ONLY") {
            let whole = Piece {
                text: part.text,
                start: part.start,
            };
            self.tokens.push(Token {
                start: eyes_start.unwrap_or(part.start),
                end: part.end(),
                role: Role::Eyes,
            });
            if self.lists.is_country(last) {
                eyes.insert(Entity::new(last));
            } else {
                self.error(
                    "us-ic.list.unknown",
                    "IC Markings Manual 2016, p. 157",
                    format!("`{last}` is not a country code"),
                    whole,
                );
            }
            mark.eyes = Some(List::Of(std::mem::take(eyes)));
            return (85, 6);
        }
        if self.profile.is_dod()
            && let Some(nickname) = part.after("ACCM-")
        {
            self.token(part, Role::Accm);
            if !nickname.text.split(' ').all(is_name) {
                let source = "DoDM 5200.01 v2, encl. 4, para. 11.a";
                self.error(
                    "dodm.11a",
                    source,
                    "a nickname follows `ACCM-`, as in `ACCM-FICTITIOUS EFFORT`",
                    part,
                );
            }
            mark.accm.insert(nickname.text.into());
            return (u16::MAX, 7);
        }
        // Nicknames follow their `ACCM-`, joined by `/` (DoDM 5200.01 v2, encl. 4, para. 11.a).
        if !mark.accm.is_empty() && part.text.split(' ').all(is_name) {
            self.token(part, Role::Accm);
            mark.accm.insert(part.text.into());
            return (u16::MAX, 7);
        }
        self.unknown(part);
        (0, 0)
    }

    fn rel(&mut self, part: Piece<'_>) -> List {
        let list = RELEASES
            .iter()
            .find_map(|title| part.after(title).filter(|list| list.text.starts_with(' ')))
            .map(Piece::trimmed);
        if part.text.starts_with("RELEASABLE TO") {
            self.old(part, "`RELEASABLE TO` is an older form; today it is `REL TO`");
        }
        let list = list.map(
            |list| match list.text.strip_prefix('[').and_then(|bare| bare.strip_suffix(']')) {
                Some(bare) => {
                    let message = "the brackets of the register's table are not written";
                    self.findings.push(Finding::warning(
                        "us-ic.rel.brackets",
                        GRAMMAR,
                        message,
                        list.start,
                        list.end(),
                    ));
                    Piece {
                        text: bare,
                        start: list.start + 1,
                    }
                }
                None => list,
            },
        );
        let Some(list) = list.filter(|list| !list.text.is_empty()) else {
            if part.text == "REL" && self.kind == MarkKind::Portion {
                return List::AsBanner;
            }
            self.error_with(
                "us-ic.rel.list",
                "IC Markings Manual 2016, p. 150",
                "REL TO needs its list of countries",
                part,
                "REL TO USA, …",
            );
            return List::Of(Codes::new());
        };
        let codes = self.codes(list, ", ", false);
        let in_order = render::is_joined(list.text, render::releasees(&codes), ", ");
        let right = || render::release_list(&codes);
        if !codes.contains("USA") {
            self.error_with(
                "us-ic.rel.usa",
                "IC Markings Manual 2016, p. 150; ISM-ID-00040",
                "a release list begins with USA",
                list,
                &format!("USA, {}", right()),
            );
        } else if let Some(right) = (!in_order).then(right).filter(|right| right.len() == list.text.len()) {
            self.error_with(
                "us-ic.rel.order",
                "IC Markings Manual 2016, p. 150; ISM-ID-00041",
                "USA stands first, then countries and then groups in alphabetical order",
                list,
                &right,
            );
        }
        if codes.len() < 2 {
            self.error(
                "us-ic.rel.others",
                "ISM-ID-00319",
                "a release list names at least one other country or group; for USA alone write NOFORN",
                list,
            );
        }
        List::Of(codes)
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
        finding.suggestion = nearest(piece.text, known_words()).map(str::to_owned);
        self.findings.push(finding);
    }
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
