//! Marks as other formats have them, and what several of them come to.

use std::collections::BTreeMap;

use entente_core::handle::{meaning, side_by_side};
use entente_marking::{Circle, Control, Label, MarkKind, Marking, Release, SchemeId, Schemes, us};

/// The mark of what bears none, where neither collection nor arrangement says more: for the receiving organisation only.
pub const UNMARKED: &str = "(TLP:AMBER+STRICT)";

/// The longest text that is tried as a mark.
const MAX_MARK: usize = 300;

/// What a text asks for, as far as its file says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asks {
    /// Its marks, of any scheme. All of them hold.
    pub marks: Vec<String>,
    /// Markings that nobody here understands: one of them closes the text.
    pub unread: Vec<String>,
}

impl Asks {
    /// What both ask for.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.add(other);
        both
    }

    /// Takes over what another asks for.
    pub fn add(&mut self, other: &Self) {
        for mark in &other.marks {
            self.mark(mark);
        }
        for unread in &other.unread {
            self.close(unread);
        }
    }

    /// Adds a mark.
    pub fn mark(&mut self, mark: &str) {
        if !self.marks.iter().any(|known| known == mark) {
            self.marks.push(mark.to_owned());
        }
    }

    /// Notes a marking that is not understood.
    pub fn close(&mut self, what: &str) {
        if !self.unread.iter().any(|known| known == what) {
            self.unread.push(what.to_owned());
        }
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty() && self.unread.is_empty()
    }
}

/// A mark, or several side by side, with their meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marked {
    /// By scheme, in canonical form.
    pub(crate) by_scheme: BTreeMap<SchemeId, Marking>,
    /// Why it is closed, where it is.
    pub(crate) closed: Option<String>,
    /// What marks ask for that have no place beside the others.
    besides: Label,
}

impl Marked {
    /// What all these ask for. Of several marks of one scheme the strictest holds; where none of them is, the text is closed.
    pub(crate) fn of(asks: &Asks, schemes: &Schemes) -> Self {
        let mut marked = Self {
            by_scheme: BTreeMap::new(),
            closed: asks.unread.first().cloned(),
            besides: Label::unrestricted(),
        };
        for text in asks.marks.iter().flat_map(|marks| side_by_side(marks)) {
            match read(text, schemes) {
                Some(marking) => marked.take(marking),
                None => marked.closed = Some(text.to_owned()),
            }
        }
        marked
    }

    fn take(&mut self, marking: Marking) {
        let held = self.by_scheme.get(&marking.scheme).map(|held| &held.label);
        match held {
            Some(held) if held.at_least_as_strict_as(&marking.label) => {}
            Some(held) if !marking.label.at_least_as_strict_as(held) => {
                self.besides = self.besides.join(&marking.label);
                self.closed = Some(marking.canonical);
            }
            _ => {
                self.by_scheme.insert(marking.scheme.clone(), marking);
            }
        }
    }

    /// The same with what other marks ask for besides.
    pub(crate) fn with(mut self, asks: &Asks, schemes: &Schemes) -> Self {
        let other = Self::of(asks, schemes);
        for marking in other.by_scheme.into_values() {
            self.take(marking);
        }
        self.besides = self.besides.join(&other.besides);
        self.closed = self.closed.or(other.closed);
        self
    }

    /// Text and meaning, for a report of this scheme: its mark stands first.
    pub(crate) fn written(&self, scheme: &SchemeId) -> (String, Label) {
        let own = self.by_scheme.get(scheme);
        let others = self
            .by_scheme
            .iter()
            .filter(|(id, _)| *id != scheme)
            .map(|(_, marking)| marking);
        let all: Vec<&Marking> = own.into_iter().chain(others).collect();
        let texts: Vec<&str> = all.iter().map(|marking| marking.canonical.as_str()).collect();
        match &self.closed {
            None => (
                texts.join(" "),
                all.iter()
                    .fold(Label::unrestricted(), |sum, marking| sum.join(&marking.label)),
            ),
            Some(why) => {
                let text = format!("{} {}", texts.join(" "), unread(why)).trim().to_owned();
                let label = all
                    .iter()
                    .fold(Label::unintelligible(&text), |sum, marking| sum.join(&marking.label));
                (text, label.join(&self.besides))
            }
        }
    }
}

/// A mark that says by itself what a text asks for where it stands: a plain unclassified portion takes the release list of its
/// report's banner, and away from that report it has to bear it.
pub(crate) fn explicit(mark: &str, label: &Label, report: (&SchemeId, &str), schemes: &Schemes) -> String {
    let (scheme, profile) = report;
    let covers = |mark: &str| meaning(schemes, scheme, Some(profile), mark).at_least_as_strict_as(label);
    if covers(mark) && !us::leaves_release_to_banner(scheme, side_by_side(mark)) {
        return mark.to_owned();
    }
    let mut list: Vec<&str> = match &label.release {
        Release::Only(list) => list.full.iter().map(entente_marking::Entity::as_str).collect(),
        Release::Unrestricted => Vec::new(),
    };
    list.sort_by_key(|entity| (*entity != "USA", *entity));
    let rel = format!("REL TO {}", list.join(", "));
    let first = side_by_side(mark).next().unwrap_or_default();
    let inner = first.trim_matches(['(', ')']);
    let written = ["//", "/"]
        .into_iter()
        .flat_map(|sign| [rel.as_str(), "NF"].map(|list| format!("({inner}{sign}{list})")));
    let mut written = written
        .filter_map(|text| Some(read(&text, schemes)?.canonical))
        .map(|own| mark.replacen(first, &own, 1));
    written
        .find(|mark| covers(mark))
        .unwrap_or_else(|| format!("{mark} {}", unread("release list of the banner")))
}

/// What stands in the place of a marking that is not understood: no scheme reads it.
fn unread(what: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let name: String = what.chars().take(60).map(plain).collect();
    format!("(unread {})", name.trim_matches('-'))
}

/// Reads a mark of any scheme, with or without its parentheses.
pub(crate) fn read(text: &str, schemes: &Schemes) -> Option<Marking> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_MARK {
        return None;
    }
    let enclosed = match text.starts_with('(') {
        true => text.to_owned(),
        false => format!("({text})"),
    };
    schemes
        .iter()
        .find_map(|scheme| scheme.check(&enclosed, MarkKind::Portion, None).marking)
}

/// Reads a text that is one mark or several side by side, and nothing else.
pub(crate) fn read_all(text: &str, schemes: &Schemes) -> Option<Vec<Marking>> {
    if text.len() > MAX_MARK {
        return None;
    }
    let all: Vec<Marking> = side_by_side(text)
        .map(|mark| read(mark, schemes))
        .collect::<Option<_>>()?;
    (!all.is_empty()).then_some(all)
}

/// The TLP 2.0 word for readers that know nothing else: that of the mark, or RED where it asks for something that TLP does
/// not have. The second value says whether it is the mark's own.
pub(crate) fn tlp(mark: &str, label: &Label, schemes: &Schemes) -> (&'static str, bool) {
    let tlp = SchemeId::new("tlp");
    let own = side_by_side(mark).find_map(|mark| read(mark, schemes).filter(|read| read.scheme == tlp));
    let word = of_circle(label.circle);
    let more = !label.levels.is_empty()
        || !label.required.is_empty()
        || !label.any_of.is_empty()
        || !label.unknown.is_empty()
        || !label.owners.is_empty()
        || label.release != Release::Unrestricted
        || label.control != Control::None;
    match own {
        _ if more => ("RED", false),
        Some(own) => (of_circle(own.label.circle.max(label.circle)), true),
        None => (if label.circle == Circle::Anyone { "RED" } else { word }, false),
    }
}

/// The words of TLP 2.0, from the most open to the strictest.
pub(crate) const TLP: [&str; 5] = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"];

fn of_circle(circle: Circle) -> &'static str {
    TLP[circle as usize]
}

/// The strictest of TLP words.
pub(crate) fn strictest<'w>(words: impl Iterator<Item = &'w str>) -> &'static str {
    let places = words.map(|word| TLP.iter().position(|known| *known == word).unwrap_or(TLP.len() - 1));
    TLP[places.max().unwrap_or(TLP.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(marks: &[&str]) -> Asks {
        Asks {
            marks: marks.iter().map(ToString::to_string).collect(),
            unread: Vec::new(),
        }
    }

    #[test]
    fn the_strictest_of_several_marks_holds_and_what_is_not_read_closes() {
        let schemes = entente_marking::builtin::schemes();
        let scheme = SchemeId::new("tlp");
        let written = |marks: &[&str]| Marked::of(&asks(marks), schemes).written(&scheme).0;
        assert_eq!(written(&["(TLP:GREEN)", "TLP:AMBER", "tlp:white"]), "(TLP:AMBER)");
        assert_eq!(written(&["(PAP:RED)", "(TLP:GREEN)"]), "(TLP:GREEN) (PAP:RED)");
        assert_eq!(
            written(&["(TLP:GREEN)", "tlp:purple"]),
            "(TLP:GREEN) (unread tlp-purple)"
        );
        let (_, label) = Marked::of(&asks(&["(S//REL TO USA, GBR)", "(S//REL TO USA, CHL)"]), schemes).written(&scheme);
        assert!(
            !label.unknown.is_empty(),
            "lists that neither covers are closed: {label:?}"
        );
    }

    #[test]
    fn who_reads_only_tlp_reads_nothing_more_open() {
        let schemes = entente_marking::builtin::schemes();
        for (mark, word) in [
            ("(TLP:AMBER+STRICT)", ("AMBER+STRICT", true)),
            ("(TLP:CLEAR)", ("CLEAR", true)),
            ("(TLP:GREEN) (PAP:RED)", ("GREEN", true)),
            ("(S//NF)", ("RED", false)),
            ("(U)", ("RED", false)),
        ] {
            let (_, label) = Marked::of(&asks(&[mark]), schemes).written(&SchemeId::new("tlp"));
            assert_eq!(tlp(mark, &label, schemes), word, "{mark}");
        }
    }
}
