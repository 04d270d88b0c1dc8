//! Text to tree. Every fault gets its rule, its place and what to write instead; reading goes on as far as it can.

#![warn(clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};

use super::country::is_country;
use super::mark::{Fgi, Head, List, Mark, Name};
use super::vocabulary::{CONTROLS, Class, NATO, SCI, Word, known_words};
use crate::finding::Finding;
use crate::groups::Groups;
use crate::release::Entity;
use crate::scheme::MarkKind;

/// The longest mark read: the longest in the manual has under 200 characters.
pub(crate) const MAX_MARK: usize = 4096;

/// What reading gave: a tree as far as one could be made out, and what is wrong.
pub(crate) struct Read {
    pub(crate) mark: Option<Mark>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) tokens: Vec<Token>,
}

/// A token of the text, with what it was read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) role: Role,
}

/// What a token was read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Class(Class),
    Nato(Class),
    Joint,
    Owner,
    Concealed,
    Sci,
    Sap,
    Aea,
    Fgi,
    Word(Word),
    Rel,
    Eyes,
    Display,
    Accm,
    Unknown,
}

/// A piece of the text with its place.
#[derive(Clone, Copy)]
struct Piece<'t> {
    text: &'t str,
    start: usize,
}

impl<'t> Piece<'t> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn split(self, separator: &'t str) -> impl Iterator<Item = Piece<'t>> {
        let mut at = self.start;
        self.text.split(separator).map(move |text| {
            let piece = Piece { text, start: at };
            at += text.len() + separator.len();
            piece
        })
    }

    /// The part after `prefix`.
    fn after(self, prefix: &str) -> Option<Piece<'t>> {
        self.text.strip_prefix(prefix).map(|text| Piece {
            text,
            start: self.start + prefix.len(),
        })
    }

    fn trimmed(self) -> Piece<'t> {
        let text = self.text.trim_start();
        Piece {
            start: self.start + self.text.len() - text.len(),
            text: text.trim_end(),
        }
    }
}

struct Reader<'r> {
    kind: MarkKind,
    groups: &'r Groups,
    dod: bool,
    findings: Vec<Finding>,
    tokens: Vec<Token>,
    /// The highest category so far: categories have a fixed order.
    category: u8,
}

const GRAMMAR: &str = "IC Markings Manual 2016, §A.6";

/// Reads a mark.
pub(crate) fn read(text: &str, kind: MarkKind, groups: &Groups, dod: bool) -> Read {
    let mut reader = Reader {
        kind,
        groups,
        dod,
        findings: Vec::new(),
        tokens: Vec::new(),
        category: 0,
    };
    let mark = reader.mark(text);
    Read {
        mark,
        findings: reader.findings,
        tokens: reader.tokens,
    }
}

impl Reader<'_> {
    fn error(&mut self, rule: &str, source: &str, message: impl Into<String>, piece: Piece<'_>) {
        self.findings
            .push(Finding::error(rule, source, message, piece.start, piece.end()));
    }

    fn error_with(&mut self, rule: &str, source: &str, message: impl Into<String>, piece: Piece<'_>, instead: &str) {
        self.findings
            .push(Finding::error(rule, source, message, piece.start, piece.end()).suggest(instead));
    }

    fn token(&mut self, piece: Piece<'_>, role: Role) {
        self.tokens.push(Token {
            start: piece.start,
            end: piece.end(),
            role,
        });
    }

    fn mark(&mut self, text: &str) -> Option<Mark> {
        let whole = Piece { text, start: 0 };
        if text.len() > MAX_MARK {
            let message = format!("the mark has {} bytes; no mark is longer than {MAX_MARK}", text.len());
            self.error(
                "us-ic.syntax.length",
                GRAMMAR,
                message,
                Piece {
                    text: "",
                    start: MAX_MARK,
                },
            );
            return None;
        }
        if let Some((at, c)) = text.char_indices().find(|(_, c)| !c.is_ascii() || c.is_ascii_control()) {
            let message = format!(
                "`{}` is not a character of any mark; retype it as plain capital letters",
                c.escape_unicode()
            );
            self.findings.push(Finding::error(
                "us-ic.syntax.character",
                GRAMMAR,
                message,
                at,
                at + c.len_utf8(),
            ));
            return None;
        }
        let upper = text.to_ascii_uppercase();
        if upper != text {
            self.error_with(
                "us-ic.syntax.case",
                "IC Markings Manual 2016, p. 28",
                "marks are written in capital letters",
                whole,
                &upper,
            );
        }
        let trimmed = Piece { text: &upper, start: 0 }.trimmed();
        if trimmed.text.len() != text.len() {
            self.error_with(
                "us-ic.syntax.space",
                GRAMMAR,
                "there is space around the mark",
                whole,
                trimmed.text,
            );
        }
        let inner = match self.kind {
            MarkKind::Banner => {
                if trimmed.text.starts_with('(') {
                    let bare = trimmed.text.trim_matches(['(', ')']);
                    self.error_with(
                        "us-ic.syntax.banner",
                        GRAMMAR,
                        "a banner has no parentheses",
                        trimmed,
                        bare,
                    );
                }
                trimmed
            }
            MarkKind::Portion => {
                let open = trimmed.after("(").filter(|piece| piece.text.ends_with(')'));
                let Some(open) = open else {
                    let instead = format!("({})", trimmed.text.trim_matches(['(', ')']));
                    self.error_with(
                        "us-ic.syntax.portion",
                        "IC Markings Manual 2016, p. 30",
                        "a portion mark stands in parentheses",
                        trimmed,
                        &instead,
                    );
                    return None;
                };
                Piece {
                    text: open.text.strip_suffix(')').unwrap_or(open.text),
                    start: open.start,
                }
            }
        };
        if inner.text.is_empty() {
            self.error(
                "us-ic.syntax.empty",
                GRAMMAR,
                "the mark is empty; it begins with a classification",
                inner,
            );
            return None;
        }
        self.segments(inner)
    }

    fn segments(&mut self, inner: Piece<'_>) -> Option<Mark> {
        let (foreign, rest) = match inner.after("//") {
            Some(rest) => (true, rest),
            None => (false, inner),
        };
        let mut segments = rest.split("//");
        let head = self.head(segments.next()?, foreign)?;
        let mut mark = Mark::of(head);
        for segment in segments {
            let trimmed = segment.trimmed();
            if trimmed.text.is_empty() {
                self.error(
                    "us-ic.syntax.empty-category",
                    GRAMMAR,
                    "there is nothing between the separators; leave out `//`",
                    segment,
                );
                continue;
            }
            if trimmed.text.len() != segment.text.len() {
                self.error_with(
                    "us-ic.syntax.space",
                    GRAMMAR,
                    "there is space beside `//`",
                    segment,
                    trimmed.text,
                );
            }
            self.category(&mut mark, trimmed);
        }
        Some(mark)
    }

    fn head(&mut self, piece: Piece<'_>, foreign: bool) -> Option<Head> {
        let trimmed = piece.trimmed();
        if foreign {
            return self.foreign_head(trimmed);
        }
        if let Some(class) = self.class(trimmed.text) {
            if class == Class::Restricted {
                self.error(
                    "us-ic.class.restricted",
                    "IC Markings Manual 2016, p. 45",
                    "RESTRICTED is not a US classification; name its owner, as in `//GBR RESTRICTED`",
                    trimmed,
                );
            }
            self.token(trimmed, Role::Class(class));
            return Some(Head::Us(class));
        }
        self.token(trimmed, Role::Unknown);
        let wanted = |class: Class| match self.kind {
            MarkKind::Banner => class.banner(),
            MarkKind::Portion => class.portion(),
        };
        let other = Class::ALL
            .into_iter()
            .find(|class| class.banner() == trimmed.text || class.portion() == trimmed.text);
        let message = match self.kind {
            MarkKind::Banner => format!(
                "`{}` is not a classification; a banner begins with TOP SECRET, SECRET, CONFIDENTIAL or UNCLASSIFIED, or with `//` and a foreign one",
                trimmed.text
            ),
            MarkKind::Portion => format!(
                "`{}` is not a classification; a portion begins with TS, S, C or U, or with `//` and a foreign one",
                trimmed.text
            ),
        };
        let suggestion = other
            .map(wanted)
            .map(str::to_owned)
            .or_else(|| nearest(trimmed.text, Class::ALL.into_iter().map(wanted)).map(str::to_owned));
        let mut finding = Finding::error(
            "us-ic.class.unknown",
            "IC Markings Manual 2016, pp. 43-52",
            message,
            trimmed.start,
            trimmed.end(),
        );
        finding.suggestion = suggestion;
        self.findings.push(finding);
        None
    }

    fn class(&self, text: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| match self.kind {
            MarkKind::Banner => class.banner() == text,
            MarkKind::Portion => class.portion() == text,
        })
    }

    fn foreign_head(&mut self, piece: Piece<'_>) -> Option<Head> {
        let nato = NATO.iter().find(|row| match self.kind {
            MarkKind::Banner => row.0 == piece.text,
            MarkKind::Portion => row.1 == piece.text,
        });
        if let Some((banner, _, class, owners)) = nato {
            self.token(piece, Role::Nato(*class));
            return Some(Head::Nato(
                banner,
                owners.iter().map(|owner| (*owner).to_owned()).collect(),
                *class,
            ));
        }
        if let Some(rest) = piece.after("JOINT ") {
            let class = Class::ALL.into_iter().rev().find_map(|class| {
                let name = match self.kind {
                    MarkKind::Banner => class.banner(),
                    MarkKind::Portion => class.portion(),
                };
                let after = rest.after(name)?;
                (after.text.is_empty() || after.text.starts_with(' ')).then_some((class, after))
            });
            let Some((class, owners)) = class else {
                self.error(
                    "us-ic.joint.class",
                    "IC Markings Manual 2016, p. 57",
                    "JOINT is followed by a classification and its owners, as in `//JOINT SECRET GBR USA`",
                    piece,
                );
                return None;
            };
            self.token(piece, Role::Joint);
            let owners = owners.trimmed();
            if owners.text.is_empty() {
                if self.kind == MarkKind::Banner {
                    self.error(
                        "us-ic.joint.owners",
                        "IC Markings Manual 2016, p. 57",
                        "a JOINT banner names its owners, as in `//JOINT SECRET GBR USA`",
                        piece,
                    );
                    return None;
                }
                return Some(Head::Joint(None, class));
            }
            let owners = self.codes(owners, " ", true);
            return Some(Head::Joint(Some(owners), class));
        }
        let parts = Class::ALL.into_iter().rev().find_map(|class| {
            let name = match self.kind {
                MarkKind::Banner => class.banner(),
                MarkKind::Portion => class.portion(),
            };
            let owners = piece.text.strip_suffix(name)?.strip_suffix(' ')?;
            Some((
                class,
                Piece {
                    text: owners,
                    start: piece.start,
                },
            ))
        });
        let Some((class, owners)) = parts else {
            self.error("us-ic.class.foreign", "IC Markings Manual 2016, pp. 53-56", "after `//` comes a foreign classification: owners and level as in `//DEU SECRET`, a NATO one, `//FGI …` or `//JOINT …`", piece);
            self.token(piece, Role::Unknown);
            return None;
        };
        if owners.text == "FGI" {
            self.token(piece, Role::Concealed);
            return Some(Head::Foreign(BTreeSet::new(), class));
        }
        self.token(owners, Role::Owner);
        let class_piece = Piece {
            text: piece.text.get(owners.text.len() + 1..).unwrap_or_default(),
            start: owners.end() + 1,
        };
        self.token(class_piece, Role::Class(class));
        let owners = self.codes(owners, " ", true);
        Some(Head::Foreign(owners, class))
    }

    /// A list of countries and groups. `ordered` lists must be alphabetical, countries before groups.
    fn codes(&mut self, piece: Piece<'_>, separator: &str, ordered: bool) -> BTreeSet<String> {
        let mut list = BTreeSet::new();
        let mut texts = Vec::new();
        for code in piece.split(separator) {
            let trimmed = code.trimmed();
            if trimmed.text.len() != code.text.len() || trimmed.text.is_empty() {
                let message = if separator == ", " {
                    "entries are separated by a comma and one space"
                } else {
                    "entries are separated by one space"
                };
                self.error("us-ic.list.separator", "IC Markings Manual 2016, p. 150", message, code);
            }
            // A comma without its space, or spaces without commas, glue entries together.
            for entry in trimmed.text.split([',', ' ']).filter(|entry| !entry.is_empty()) {
                if entry.len() != trimmed.text.len() {
                    let message = if separator == ", " {
                        "entries are separated by a comma and one space"
                    } else {
                        "entries are separated by one space"
                    };
                    let instead = trimmed
                        .text
                        .split([',', ' '])
                        .filter(|e| !e.is_empty())
                        .collect::<Vec<_>>()
                        .join(separator);
                    self.error_with(
                        "us-ic.list.separator",
                        "IC Markings Manual 2016, p. 150",
                        message,
                        trimmed,
                        &instead,
                    );
                }
                if !is_country(entry) && self.groups.get(&Entity::new(entry)).is_none() {
                    let known = self
                        .groups
                        .iter()
                        .map(|group| group.code.as_str().to_owned())
                        .collect::<Vec<_>>();
                    let near = nearest(entry, known.iter().map(String::as_str)).map(str::to_owned);
                    let mut finding = Finding::error(
                        "us-ic.list.unknown",
                        "ISO 3166-1; IC Markings Manual 2016, Annex A and B",
                        format!("`{entry}` is neither a country code nor a known group; nobody is admitted by it"),
                        trimmed.start,
                        trimmed.end(),
                    );
                    finding.suggestion = near;
                    self.findings.push(finding);
                }
                if !list.insert(entry.to_owned()) {
                    self.error(
                        "us-ic.list.duplicate",
                        "IC Markings Manual 2016, p. 150",
                        format!("`{entry}` stands twice"),
                        trimmed,
                    );
                }
                texts.push(entry.to_owned());
            }
        }
        if ordered {
            let right = super::render::countries(&list);
            if texts.iter().map(String::as_str).ne(right.iter().copied()) && texts.len() == right.len() {
                let instead = right.join(separator);
                self.error_with(
                    "us-ic.list.order",
                    "IC Markings Manual 2016, p. 52",
                    "countries stand in alphabetical order, then groups",
                    piece,
                    &instead,
                );
            }
        }
        list
    }

    /// Notes a category's place; the order of categories is fixed.
    fn place(&mut self, number: u8, name: &str, piece: Piece<'_>) {
        if number < self.category {
            self.error(
                "us-ic.order.category",
                "IC Markings Manual 2016, §A.6",
                format!(
                    "{name} stands before what precedes it: the order is SCI, SAP, AEA, FGI, dissemination, non-IC"
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

    fn category(&mut self, mark: &mut Mark, piece: Piece<'_>) {
        let first = piece.text.split('/').next().unwrap_or_default();
        let system = first.split(['-', ' ']).next().unwrap_or_default();
        // NATO's programme words stand directly after a NATO classification.
        if SCI
            .iter()
            .any(|row| row.name == system || row.long == first.split('-').next().unwrap_or_default())
        {
            self.place(1, "SCI control systems", piece);
            self.sci(mark, piece);
        } else if let Some(rest) = piece.after("SAR-").or_else(|| piece.after("SPECIAL ACCESS REQUIRED-")) {
            self.place(2, "special access programmes", piece);
            self.sap(mark, piece, rest);
        } else if self.dod && piece.text == "HVSACO" {
            self.place(2, "special access programmes", piece);
            self.token(piece, Role::Sap);
            mark.sap.hvsaco = true;
        } else if is_atomic(first) {
            self.place(3, "atomic energy controls", piece);
            self.atomic(mark, piece);
        } else if piece.text == "FGI" || piece.text.starts_with("FGI ") {
            self.place(4, "foreign government information", piece);
            self.token(piece, Role::Fgi);
            mark.fgi = Some(match piece.after("FGI ") {
                None => Fgi::Concealed,
                Some(owners) => Fgi::From(self.codes(owners, " ", true)),
            });
        } else {
            self.controls(mark, piece);
        }
    }

    fn sci(&mut self, mark: &mut Mark, piece: Piece<'_>) {
        let mut names = Vec::new();
        for system in piece.split("/") {
            self.token(system, Role::Sci);
            let mut parts = system.split("-");
            let Some(head) = parts.next() else { continue };
            let row = SCI.iter().find(|row| row.name == head.text || row.long == head.text);
            let Some(row) = row else {
                self.unknown(head);
                continue;
            };
            let compartments = self.compartments(system, parts, &[("GAMMA", "G")]);
            names.push(Name::new(row.name));
            if mark.sci.insert(Name::new(row.name), compartments).is_some() {
                self.error(
                    "us-ic.syntax.duplicate",
                    GRAMMAR,
                    format!("`{}` stands twice", row.name),
                    system,
                );
            }
        }
        self.sorted(&names, piece, "control systems");
    }

    fn sap(&mut self, mark: &mut Mark, piece: Piece<'_>, rest: Piece<'_>) {
        self.token(piece, Role::Sap);
        if rest.text == "MULTIPLE PROGRAMS" {
            mark.sap.multiple = true;
            return;
        }
        let mut names = Vec::new();
        for programme in rest.split("/") {
            let mut parts = programme.split("-");
            let Some(head) = parts.next() else { continue };
            if !is_name(head.text) {
                self.error(
                    "us-ic.sap.name",
                    "IC Markings Manual 2016, p. 100",
                    "a programme is named by letters and digits, as in `SAR-BP`",
                    head,
                );
                continue;
            }
            let compartments = self.compartments(programme, parts, &[]);
            names.push(Name::new(head.text));
            if mark.sap.named.insert(Name::new(head.text), compartments).is_some() {
                self.error(
                    "us-ic.syntax.duplicate",
                    GRAMMAR,
                    format!("`{}` stands twice", head.text),
                    programme,
                );
            }
        }
        self.sorted(&names, piece, "programmes");
    }

    fn compartments<'t>(
        &mut self,
        whole: Piece<'t>,
        parts: impl Iterator<Item = Piece<'t>>,
        long: &[(&str, &str)],
    ) -> BTreeMap<Name, BTreeSet<Name>> {
        let mut found = BTreeMap::new();
        let mut order = Vec::new();
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
            let name = long
                .iter()
                .find(|(spelt, _)| *spelt == head.text)
                .map_or(head.text, |(_, short)| short);
            let mut subs = BTreeSet::new();
            let mut sub_order = Vec::new();
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
                sub_order.push(Name::new(sub.text));
                if !subs.insert(Name::new(sub.text)) {
                    self.error(
                        "us-ic.syntax.duplicate",
                        GRAMMAR,
                        format!("`{}` stands twice", sub.text),
                        sub,
                    );
                }
            }
            self.sorted(&sub_order, part, "sub-compartments");
            order.push(Name::new(name));
            if found.insert(Name::new(name), subs).is_some() {
                self.error(
                    "us-ic.syntax.duplicate",
                    GRAMMAR,
                    format!("`{name}` stands twice"),
                    part,
                );
            }
        }
        self.sorted(&order, whole, "compartments");
        found
    }

    fn sorted(&mut self, names: &[Name], piece: Piece<'_>, what: &str) {
        if !names.is_sorted() {
            let mut right = names.to_vec();
            right.sort();
            let list: Vec<&str> = right.iter().map(Name::as_str).collect();
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

    fn atomic(&mut self, mark: &mut Mark, piece: Piece<'_>) {
        for part in piece.split("/") {
            self.token(part, Role::Aea);
            let aea = &mut mark.aea;
            match part.text {
                "DOD UCNI" | "DCNI" => aea.dod_ucni = true,
                "DOE UCNI" | "UCNI" => aea.doe_ucni = true,
                "TFNI" | "TRANSCLASSIFIED FOREIGN NUCLEAR INFORMATION" => aea.tfni = true,
                "ATOMAL" => aea.atomal = true,
                text => {
                    let (formerly, rest) = match ["FORMERLY RESTRICTED DATA", "FRD"]
                        .iter()
                        .find_map(|name| text.strip_prefix(name))
                    {
                        Some(rest) => (true, Some(rest)),
                        None => (
                            false,
                            ["RESTRICTED DATA", "RD"]
                                .iter()
                                .find_map(|name| text.strip_prefix(name)),
                        ),
                    };
                    let Some(rest) = rest else {
                        self.unknown(part);
                        continue;
                    };
                    if formerly {
                        aea.frd = true;
                    } else {
                        aea.rd = true;
                    }
                    for control in rest.split('-').filter(|control| !control.is_empty()) {
                        let numbers = control.strip_prefix("SIGMA ").or_else(|| control.strip_prefix("SG "));
                        match (control, numbers) {
                            ("CNWDI" | "CRITICAL NUCLEAR WEAPON DESIGN INFORMATION", _) if !formerly => {
                                mark.aea.cnwdi = true;
                            }
                            (_, Some(numbers)) => {
                                for number in numbers.split(' ') {
                                    match number.parse::<u16>() {
                                        Ok(number @ 1..=99) if formerly => {
                                            mark.aea.frd_sigma.insert(number);
                                        }
                                        Ok(number @ 1..=99) => {
                                            mark.aea.rd_sigma.insert(number);
                                        }
                                        _ => self.error(
                                            "us-ic.aea.sigma",
                                            "IC Markings Manual 2016, pp. 108-115",
                                            format!("`{number}` is not a SIGMA number (1 to 99)"),
                                            part,
                                        ),
                                    }
                                }
                            }
                            _ => self.unknown(part),
                        }
                    }
                }
            }
        }
    }

    fn controls(&mut self, mark: &mut Mark, piece: Piece<'_>) {
        let mut order: Vec<u16> = Vec::new();
        let mut number = 0;
        let mut eyes = BTreeSet::new();
        let mut eyes_start = None;
        for part in piece.split("/") {
            // `USA/CAN/GBR EYES ONLY` uses the separator inside its list.
            if is_country(part.text) && piece.text.contains(" EYES ONLY") {
                eyes_start.get_or_insert(part.start);
                eyes.insert(part.text.to_owned());
                continue;
            }
            let (place, category) = self.control(mark, part, &mut eyes, eyes_start);
            if category != 0 {
                order.push(place);
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
                if number == 5 {
                    "dissemination controls"
                } else {
                    "non-IC controls"
                },
                piece,
            );
        }
        if !order.is_sorted() {
            self.error(
                "us-ic.order.controls",
                "IC Markings Manual 2016, §D.1; ISM-ID-00035",
                "controls stand in the register's order",
                piece,
            );
        }
    }

    /// Reads one control; gives its place within its category, and the category's number (0 for none).
    fn control(
        &mut self,
        mark: &mut Mark,
        part: Piece<'_>,
        eyes: &mut BTreeSet<String>,
        eyes_start: Option<usize>,
    ) -> (u16, u8) {
        if part.text == "REL" || part.text.starts_with("REL TO") || part.text.starts_with("RELEASABLE TO ") {
            self.token(part, Role::Rel);
            let rel = self.rel(part);
            if mark.rel.replace(rel).is_some() {
                self.error("us-ic.syntax.duplicate", GRAMMAR, "REL TO stands twice", part);
            }
            return (75, 5);
        }
        if let Some(list) = part.after("DISPLAY ONLY ") {
            self.token(part, Role::Display);
            let list = self.codes(list, ", ", true);
            if mark.display.replace(list).is_some() {
                self.error("us-ic.syntax.duplicate", GRAMMAR, "DISPLAY ONLY stands twice", part);
            }
            return (115, 5);
        }
        if part.text == "EYES" {
            self.token(part, Role::Eyes);
            mark.eyes = Some(List::AsBanner);
            return (85, 5);
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
            if is_country(last) {
                eyes.insert(last.to_owned());
            } else {
                self.error(
                    "us-ic.list.unknown",
                    "IC Markings Manual 2016, p. 157",
                    format!("`{last}` is not a country code"),
                    whole,
                );
            }
            mark.eyes = Some(List::Of(std::mem::take(eyes)));
            return (85, 5);
        }
        if self.dod
            && let Some(nickname) = part.after("ACCM-")
        {
            self.token(part, Role::Accm);
            mark.accm.insert(nickname.text.to_owned());
            return (u16::MAX, 6);
        }
        let row = CONTROLS.iter().find(|row| match self.kind {
            MarkKind::Portion => row.portion == part.text,
            MarkKind::Banner => row.banner == part.text || row.also.contains(&part.text),
        });
        let Some(row) = row.filter(|row| row.token != Word::Nnpi || self.dod) else {
            self.unknown(part);
            return (0, 0);
        };
        self.token(part, Role::Word(row.token));
        if !mark.words.insert(row.token) {
            self.error(
                "us-ic.syntax.duplicate",
                GRAMMAR,
                format!("`{}` stands twice", part.text),
                part,
            );
        }
        (row.token.order(), if row.token.is_dissem() { 5 } else { 6 })
    }

    fn rel(&mut self, part: Piece<'_>) -> List {
        let list = part
            .after("REL TO ")
            .or_else(|| part.after("RELEASABLE TO "))
            .map(Piece::trimmed);
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
            return List::Of(BTreeSet::new());
        };
        let codes = self.codes(list, ", ", false);
        let right = super::render::release_list(&codes);
        let without_usa = !codes.contains("USA");
        if without_usa {
            self.error_with(
                "us-ic.rel.usa",
                "IC Markings Manual 2016, p. 150; ISM-ID-00040",
                "a release list begins with USA",
                list,
                &format!("USA, {right}"),
            );
        } else if right != list.text && right.len() == list.text.len() {
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

    fn unknown(&mut self, piece: Piece<'_>) {
        self.token(piece, Role::Unknown);
        let other = CONTROLS
            .iter()
            .find(|row| row.portion == piece.text || row.banner == piece.text || row.also.contains(&piece.text));
        if let Some(row) = other.filter(|row| row.token != Word::Nnpi || self.dod) {
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

fn is_atomic(text: &str) -> bool {
    ["RD", "FRD", "RESTRICTED DATA", "FORMERLY RESTRICTED DATA"]
        .iter()
        .any(|name| {
            text.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
        || [
            "DOD UCNI",
            "DCNI",
            "DOE UCNI",
            "UCNI",
            "TFNI",
            "TRANSCLASSIFIED FOREIGN NUCLEAR INFORMATION",
            "ATOMAL",
        ]
        .contains(&text)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 32 && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The nearest known word, when it is near enough to have been meant.
pub(crate) fn nearest<'w>(text: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    // A look-up for people: long texts were not meant as any word.
    if text.len() > 64 {
        return None;
    }
    let allowed = match text.len() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    words
        .map(|word| (strsim::osa_distance(text, word), word))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, word)| word)
}
