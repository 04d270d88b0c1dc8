//! A mark as the manual writes it (M §A.6, §C, §D).

use std::fmt::Write;

use super::mark::{Atomic, Codes, Compartments, Fgi, Head, List, Mark, Programmes};
use super::profile::Profile;
use super::sorted::Set;
use super::vocabulary::{ACTIVITIES, Class, Fused, NATO, NATO_FUSED, Word};
use crate::release::Entity;
use crate::scheme::MarkKind;

/// The canonical text of a mark.
pub(crate) fn render(mark: &Mark, kind: MarkKind, profile: Profile) -> String {
    // Longer than nearly every mark that is written.
    let mut text = Text(String::with_capacity(96));
    if kind == MarkKind::Portion {
        text.push("(");
    }
    let fused = fused(mark, profile);
    match fused {
        _ if mark.is_plain_cui() => text.push("CUI"),
        Some(row) if kind == MarkKind::Banner => text.push_all(["//", row.banner]),
        Some(row) => text.push_all(["//", row.portion]),
        None => text.head(&mark.head, kind),
    }
    text.category(|text| text.systems(mark, fused));
    text.category(|text| text.programmes(&mark.sap, kind, profile));
    text.category(|text| text.atomic(&mark.aea, kind, profile, fused));
    text.category(|text| match &mark.fgi {
        None => {}
        Some(Fgi::Concealed) => text.push("FGI"),
        Some(Fgi::From(owners)) => {
            text.push("FGI ");
            text.joined(countries(owners), " ");
        }
    });
    if let Some(cui) = &mark.cui {
        if !mark.is_plain_cui() {
            text.category(|text| text.push("CUI"));
        }
        text.category(|text| text.push(&cui.categories().join("/")));
    }
    text.category(|text| text.controls(mark, kind, true));
    text.category(|text| text.controls(mark, kind, false));
    if kind == MarkKind::Portion {
        text.push(")");
    }
    text.0
}

/// Countries by code, then groups by code (M p. 52).
pub(crate) fn countries(list: &Codes) -> impl Iterator<Item = &str> {
    let codes = |groups: bool| {
        let codes = list.iter().map(Entity::as_str);
        codes.filter(move |code| is_last(code) == groups)
    };
    codes(false).chain(codes(true))
}

/// Codes of groups that have three letters as countries do.
const GROUPS_OF_THREE: [&str; 1] = ["NSG"];

/// Whether a code stands behind those of countries.
pub(crate) fn is_last(code: &str) -> bool {
    code.len() != 3 || GROUPS_OF_THREE.contains(&code)
}

/// The codes of a release list in order: USA first (M p. 150).
pub(crate) fn releasees(list: &Codes) -> impl Iterator<Item = &str> {
    const USA: &str = "USA";
    let first = list.contains(USA).then_some(USA);
    first.into_iter().chain(countries(list).filter(|code| *code != USA))
}

/// A list of codes as one text.
pub(crate) fn joined<'c>(codes: impl Iterator<Item = &'c str>, separator: &str) -> String {
    let mut text = Text(String::new());
    text.joined(codes, separator);
    text.0
}

/// A release list (M p. 150).
pub(crate) fn release_list(list: &Codes) -> String {
    joined(releasees(list), ", ")
}

/// Programmes from which on a DoD banner does not name them (DoDM 5200.01 v2, encl. 4, para. 7.e).
pub(crate) const MANY_PROGRAMMES: usize = 3;

/// The DoD's form of a NATO classification with one programme word (DoDM 5200.01 v2, encl. 4, para. 4.b.(2)).
fn fused(mark: &Mark, profile: Profile) -> Option<&'static Fused> {
    let Head::Nato(owners, class) = &mark.head else {
        return None;
    };
    let mut words = mark.nato.iter().copied().chain(mark.aea.atomal.then_some("ATOMAL"));
    let (Some(word), None) = (words.next(), words.next()) else {
        return None;
    };
    let plain = profile.is_dod() && owners.len() == 1;
    NATO_FUSED
        .iter()
        .find(|row| plain && row.class == *class && row.programme == word)
}

/// A mark that is being written.
struct Text(String);

impl Text {
    fn push(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn push_all<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) {
        texts.into_iter().for_each(|text| self.push(text));
    }

    fn joined<'t>(&mut self, texts: impl Iterator<Item = &'t str>, separator: &str) {
        for (n, text) in texts.enumerate() {
            if n > 0 {
                self.push(separator);
            }
            self.push(text);
        }
    }

    fn number(&mut self, number: u16) {
        write!(self.0, "{number}").expect("a string takes what is written into it");
    }

    /// A category behind its separator; nothing where it is empty.
    fn category(&mut self, write: impl FnOnce(&mut Self)) {
        self.part("//", write);
    }

    /// What `write` writes, behind a separator; nothing where it writes nothing.
    fn part(&mut self, separator: &str, write: impl FnOnce(&mut Self)) {
        let before = self.0.len();
        self.push(separator);
        let empty = self.0.len();
        write(self);
        if self.0.len() == empty {
            self.0.truncate(before);
        }
    }

    fn head(&mut self, head: &Head, kind: MarkKind) {
        let class = match kind {
            MarkKind::Banner => head.class().banner(),
            MarkKind::Portion => head.class().portion(),
        };
        match head {
            Head::Us(_) => self.push(class),
            Head::Nato(owners, class) => self.nato(owners, *class, kind),
            Head::Foreign(owners, _) if owners.is_empty() => self.push_all(["//FGI ", class]),
            Head::Foreign(owners, _) => {
                self.push("//");
                self.joined(countries(owners), " ");
                self.push_all([" ", class]);
            }
            Head::Joint(None, _) => self.push_all(["//JOINT ", class]),
            Head::Joint(Some(owners), _) => {
                self.push_all(["//JOINT ", class, " "]);
                self.joined(countries(owners), " ");
            }
        }
    }

    /// The classification's own word, or that of the operation whose information it is: `NATO ISAF SECRET`, `NIS`.
    fn nato(&mut self, owners: &Codes, class: Class, kind: MarkKind) {
        let activity = ACTIVITIES.iter().find(|(name, _)| owners.contains(*name));
        let row = NATO.iter().find(|row| row.2 == class);
        match (activity, row, kind) {
            (Some((name, _)), _, MarkKind::Banner) => self.push_all(["//NATO ", name, " ", class.banner()]),
            (Some((_, letter)), _, MarkKind::Portion) => self.push_all(["//N", letter, class.portion()]),
            (None, Some(row), MarkKind::Banner) => self.push_all(["//", row.0]),
            (None, Some(row), MarkKind::Portion) => self.push_all(["//", row.1]),
            (None, None, _) => self.push_all(["//NATO ", class.banner()]),
        }
    }

    fn systems(&mut self, mark: &Mark, fused: Option<&Fused>) {
        self.compartments(&mark.sci, "/");
        let words = mark.nato.iter().copied();
        for (n, word) in words
            .filter(|word| fused.is_none_or(|row| row.programme != *word))
            .enumerate()
        {
            if n > 0 || !mark.sci.is_empty() {
                self.push("/");
            }
            self.push(word);
        }
    }

    fn compartments(&mut self, systems: &Compartments, separator: &str) {
        for (n, (system, list)) in systems.iter().enumerate() {
            if n > 0 {
                self.push(separator);
            }
            self.push(system.as_str());
            for (name, subs) in list.iter() {
                self.push_all(["-", name.as_str()]);
                for sub in subs {
                    self.push_all([" ", sub.as_str()]);
                }
            }
        }
    }

    fn programmes(&mut self, sap: &Programmes, kind: MarkKind, profile: Profile) {
        let many = profile.is_dod() && kind == MarkKind::Banner && sap.named.len() >= MANY_PROGRAMMES;
        if sap.multiple || many {
            self.push("SAR-MULTIPLE PROGRAMS");
        } else if !sap.named.is_empty() {
            self.push("SAR-");
            self.compartments(&sap.named, if profile.is_dod() { "/SAR-" } else { "/" });
        } else if sap.hvsaco {
            self.push("HVSACO");
        }
    }

    fn sigma(&mut self, numbers: &Set<u16>, banner: bool) {
        if !numbers.is_empty() {
            self.push(if banner { "-SIGMA" } else { "-SG" });
        }
        for number in numbers {
            self.push(" ");
            self.number(*number);
        }
    }

    fn atomic(&mut self, aea: &Atomic, kind: MarkKind, profile: Profile, fused: Option<&Fused>) {
        let (banner, dod, begin) = (kind == MarkKind::Banner, profile.is_dod(), self.0.len());
        if aea.rd {
            let long = banner && (!aea.cnwdi || dod);
            self.push(if long { "RESTRICTED DATA" } else { "RD" });
            if aea.cnwdi {
                self.push(if dod { "-N" } else { "-CNWDI" });
            }
            self.sigma(&aea.rd_sigma, banner);
        }
        if aea.frd {
            let separator = if self.0.len() > begin { "/" } else { "" };
            let name = if banner { "FORMERLY RESTRICTED DATA" } else { "FRD" };
            self.push_all([separator, name]);
            self.sigma(&aea.frd_sigma, banner);
        }
        for (present, in_banner, in_portion) in [
            (aea.dod_ucni, "DOD UCNI", "DCNI"),
            (aea.doe_ucni, "DOE UCNI", "UCNI"),
            (aea.tfni, "TFNI", "TFNI"),
            (aea.atomal && fused.is_none(), "ATOMAL", "ATOMAL"),
        ] {
            if present {
                let separator = if self.0.len() > begin { "/" } else { "" };
                self.push_all([separator, if banner { in_banner } else { in_portion }]);
            }
        }
    }

    fn controls(&mut self, mark: &Mark, kind: MarkKind, dissem: bool) {
        if mark.is_plain_cui() {
            return self.limits(mark, kind, dissem);
        }
        let begin = self.0.len();
        in_order(mark, dissem, |control| {
            if self.0.len() > begin {
                self.push("/");
            }
            self.control(mark, control, kind);
        });
    }

    /// The handbook has the limits of CUI in alphabetical order.
    fn limits(&mut self, mark: &Mark, kind: MarkKind, dissem: bool) {
        let mut texts = Vec::new();
        in_order(mark, dissem, |control| {
            let mut text = Self(String::new());
            text.control(mark, control, kind);
            texts.push(text.0);
        });
        texts.sort();
        self.push(&texts.join("/"));
    }

    fn control(&mut self, mark: &Mark, control: Written<'_>, kind: MarkKind) {
        match control {
            Written::Word(word) => self.push(match kind {
                MarkKind::Portion => word.row().portion,
                // A lone FOUO is spelt out, beside other controls it is abbreviated, as in the manual's examples.
                MarkKind::Banner if word == Word::Fouo && (mark.words.len() > 1 || mark.rel.is_some()) => "FOUO",
                MarkKind::Banner => word.row().banner,
            }),
            Written::Rel(List::AsBanner) => self.push("REL"),
            Written::Rel(List::Of(list)) => {
                self.push("REL TO ");
                self.joined(releasees(list), ", ");
            }
            Written::Eyes(List::AsBanner) => self.push("EYES"),
            Written::Eyes(List::Of(list)) => {
                self.joined(releasees(list), "/");
                self.push(" EYES ONLY");
            }
            Written::Display(list) => {
                self.push("DISPLAY ONLY ");
                self.joined(countries(list), ", ");
            }
            Written::Nicknames(nicknames) => {
                self.push("ACCM-");
                self.joined(nicknames.iter().map(smol_str::SmolStr::as_str), "/");
            }
        }
    }
}

/// A control of a mark.
#[derive(Clone, Copy)]
enum Written<'m> {
    Word(Word),
    Rel(&'m List),
    Eyes(&'m List),
    Display(&'m Codes),
    Nicknames(&'m Set<smol_str::SmolStr>),
}

/// The dissemination controls of a mark in the register's order, or those that are not the community's.
fn in_order<'m>(mark: &'m Mark, dissem: bool, mut write: impl FnMut(Written<'m>)) {
    let nicknames = (!mark.accm.is_empty()).then_some(Written::Nicknames(&mark.accm));
    let dissemination = [
        (Word::Rsen, Word::Propin, mark.rel.as_ref().map(Written::Rel)),
        (Word::Relido, Word::Relido, mark.eyes.as_ref().map(Written::Eyes)),
        (Word::Dsen, Word::Fisa, mark.display.as_ref().map(Written::Display)),
        (Word::Waived, Word::Nocon, None),
    ];
    let others = [(Word::Limdis, Word::Nnpi, nicknames)];
    for (first, last, list) in if dissem { &dissemination[..] } else { &others } {
        mark.words
            .within(*first, *last)
            .iter()
            .map(Written::Word)
            .for_each(&mut write);
        list.iter().copied().for_each(&mut write);
    }
}
