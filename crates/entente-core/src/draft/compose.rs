//! From what is written to a report: marks read, lists written out, lineage worked out.

use entente_marking::{Label, MarkKind, Scheme, SchemeId, Schemes};
use jiff::Timestamp;

use super::{Base, DEFAULT_SCHEME, Draft, DraftPortion, Faults, Placed, parse_under};
use crate::handle::{base_lineage, nearest_portion, party_of, side_by_side};
use crate::ids::{PartyPath, PortionId, ReportId};
use crate::report::{Lineage, Origin, Portion, Report, Title};
use crate::state::State;

use super::Fault;

/// Where a report is written: what is known there.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'s> {
    /// The schemes in which marks are read.
    pub schemes: &'s Schemes,
    /// What is held; `None` where a file is only looked at, without a node.
    pub state: Option<&'s State>,
    /// Who writes.
    pub home: &'s PartyPath,
    /// The id of a report whose front matter names none.
    pub name: &'s str,
    /// Now.
    pub now: Timestamp,
}

/// Reads a file as the next version of a report.
///
/// # Errors
/// Every fault found, in the order of the file.
pub fn compose(file: &str, setting: &Setting<'_>) -> Result<Report, Vec<Fault>> {
    let agreed = |arrangements: &_| setting.state.and_then(|state| state.default_mark(arrangements));
    let draft = parse_under(file, setting.schemes, &agreed)?;
    let mut faults = Faults::new(file);
    let scheme_id = SchemeId::new(draft.scheme.as_deref().unwrap_or(DEFAULT_SCHEME));
    let Some(scheme) = setting.schemes.get(&scheme_id, draft.profile.as_deref()) else {
        // A file of an unknown scheme was refused above.
        return Err(faults.list);
    };
    let id = match draft.id.clone().map_or_else(|| ReportId::new(setting.name), Ok) {
        Ok(id) => id,
        Err(error) => {
            faults.push(0, 0, format!("{error}; or write `id:` in the front matter"));
            return Err(faults.list);
        }
    };
    let mut reader = Reader {
        setting,
        scheme: scheme.as_ref(),
        draft: &draft,
        faults,
    };
    let portions: Vec<Portion> = draft
        .portions
        .iter()
        .filter_map(|portion| reader.portion(portion))
        .collect();
    let title = reader.title(&id, &portions);
    if reader.faults.list.is_empty() {
        reader.banner(portions.iter().chain(title.portion()));
    }
    let version = setting
        .state
        .and_then(|state| state.reports.get(&id)?.latest())
        .map_or(1, |latest| latest.version + 1);
    let report = Report {
        title,
        id,
        version,
        originator: setting.home.clone(),
        scheme: scheme_id,
        profile: scheme.profile().to_owned(),
        created: setting.now,
        expires: draft.expires,
        existence_protected: draft.existence_protected,
        portions,
    };
    reader.faults.or(report)
}

struct Reader<'r> {
    setting: &'r Setting<'r>,
    scheme: &'r dyn Scheme,
    draft: &'r Draft,
    faults: Faults<'r>,
}

impl Reader<'_> {
    /// The title: with its own mark, or as the banner. Unless it says what it rests on, it is of all whose text is in the
    /// report.
    fn title(&mut self, id: &ReportId, portions: &[Portion]) -> Title {
        let draft = self.draft;
        if draft.title.text.is_empty() {
            return Title::from(id.as_str());
        }
        if draft.title_marks.is_empty() {
            if let Some(base) = draft.title_from.first() {
                let message = "a title that says what it rests on bears a mark, as in `title: (S//NF) Text {from: …}`";
                self.faults.push(base.start, base.end, message);
            }
            return Title::from(draft.title.text.as_str());
        }
        let lineage = match draft.title_from.as_slice() {
            [] => {
                let all = portions.iter().map(|portion| &portion.lineage);
                let mut of_all = all.fold(Lineage::default(), |all, lineage| all.combine(lineage));
                of_all.map(|_, origin| origin.from.clear());
                of_all
            }
            bases => self.lineage(bases),
        };
        let Some((mark, label)) = self.marks(&draft.title_marks) else {
            return Title::default();
        };
        Title::Marked(Box::new(Portion {
            id: PortionId::title(),
            mark,
            label,
            text: draft.title.text.clone(),
            lineage,
            tear_line: false,
        }))
    }

    fn portion(&mut self, written: &DraftPortion) -> Option<Portion> {
        let lineage = self.lineage(&written.from);
        let (mark, label) = self.marks(&written.marks)?;
        Some(Portion {
            id: written.id.clone(),
            mark,
            label,
            text: written.text.clone(),
            lineage,
            tear_line: written.tear_line,
        })
    }

    /// What marks of several schemes mean together: all of them hold.
    fn marks(&mut self, marks: &[Placed]) -> Option<(String, Label)> {
        let mut texts = Vec::new();
        let mut all: Option<Label> = None;
        for mark in marks {
            let (text, label) = self.mark(mark)?;
            all = Some(all.map_or_else(|| label.clone(), |all| all.join(&label)));
            texts.push(text);
        }
        Some((texts.join(" "), all?))
    }

    fn mark(&mut self, mark: &Placed) -> Option<(String, Label)> {
        let banner = self.draft.banner.as_ref().map(|banner| banner.text.as_str());
        let checked = self.scheme.check(&mark.text, MarkKind::Portion, banner);
        if let Some(marking) = checked.marking {
            return Some((marking.canonical, marking.label));
        }
        let others = self
            .setting
            .schemes
            .iter()
            .filter(|other| other.id() != self.scheme.id());
        let mut read = others.filter_map(|other| other.check(&mark.text, MarkKind::Portion, None).marking);
        if let Some(marking) = read.next() {
            return Some((marking.canonical, marking.label));
        }
        for finding in checked.findings.iter().filter(|finding| finding.is_error()) {
            let hint = finding
                .suggestion
                .as_ref()
                .map(|text| format!("; write {text}"))
                .unwrap_or_default();
            let message = format!("{}{hint} [{}; {}]", finding.message, finding.rule, finding.source);
            self.faults
                .push(mark.start + finding.start, mark.start + finding.end, message);
        }
        None
    }

    /// What rests on others' text is theirs too, under their terms and ours.
    fn lineage(&mut self, bases: &[Base]) -> Lineage {
        let own = Origin {
            recipients: self.draft.recipients.clone(),
            named: !self.draft.recipients.is_empty(),
            persons: self.draft.named.clone(),
            arrangements: self.draft.arrangements.clone(),
            ..Origin::default()
        };
        let mut lineage = Lineage::of(self.setting.home.clone(), own);
        let mut theirs: Option<Lineage> = None;
        for base in bases {
            let of_base = match self.base(base) {
                Ok(of_base) => of_base,
                Err(message) => {
                    self.faults.push(base.start, base.end, message);
                    continue;
                }
            };
            theirs = Some(theirs.map_or_else(|| of_base.clone(), |all| all.combine(&of_base)));
        }
        if let Some(theirs) = theirs {
            lineage = theirs.combine(&lineage);
        }
        lineage
    }

    fn base(&self, base: &Base) -> Result<Lineage, String> {
        let Some(state) = self.setting.state else {
            return Ok(Lineage::default());
        };
        let held = base_lineage(state, &base.portion);
        match (held, &base.of) {
            (Some(lineage), None) => Ok(lineage),
            (Some(lineage), Some(of)) if lineage.originators().any(|party| party == of) => Ok(lineage),
            (Some(lineage), Some(of)) => {
                let names: Vec<&str> = lineage.originators().map(PartyPath::as_str).collect();
                Err(format!(
                    "{} is held here, and is not of {of}, but of {}",
                    base.portion,
                    names.join(", ")
                ))
            }
            (None, Some(of)) if of.includes(self.setting.home) || self.setting.home.includes(of) => {
                Err(format!("{of} has no portion {}{}", base.portion, nearest(state, base)))
            }
            (None, Some(of)) => match party_of(state, &base.portion) {
                // What is held of the report says what portions it has.
                Some(_) => Err(format!("there is no portion {}{}", base.portion, nearest(state, base))),
                None => Ok(Lineage::of(
                    of.clone(),
                    Origin {
                        from: [base.portion.clone()].into(),
                        third_party: true,
                        ..Origin::default()
                    },
                )),
            },
            (None, None) => Err(format!(
                "there is no portion {}{}; of a text that is not held here say whose it is, as in `{{from: {} of PARTY}}`",
                base.portion,
                nearest(state, base),
                base.portion
            )),
        }
    }

    /// A report whose banner cannot be computed, or does not cover its portions, is not written.
    fn banner<'p>(&mut self, portions: impl Iterator<Item = &'p Portion>) {
        let of_scheme = |mark: &&str| self.scheme.check(mark, MarkKind::Portion, None).is_valid();
        let marks = portions.flat_map(|portion| side_by_side(&portion.mark));
        let mut own: Vec<&str> = marks.collect();
        own.sort_unstable();
        own.dedup();
        own.retain(of_scheme);
        let written = self.draft.banner.as_ref();
        let rollup = self.scheme.rollup(&own, written.map(|banner| banner.text.as_str()));
        let Some(computed) = rollup.banner else {
            let messages: Vec<String> = rollup
                .findings
                .iter()
                .filter(|f| f.is_error())
                .map(|f| f.message.clone())
                .collect();
            let at = written.map_or(0, |banner| banner.start);
            self.faults
                .push(at, at, format!("the portions make no banner: {}", messages.join("; ")));
            return;
        };
        if let Some(written) = written {
            let canonical = self.scheme.check(&written.text, MarkKind::Banner, None).canonical;
            if canonical.as_deref() != Some(computed.canonical.as_str()) {
                let message = format!(
                    "the portions make the banner `{}`, not this one; correct it, or leave it out",
                    computed.canonical
                );
                self.faults
                    .push(written.start, written.start + written.text.len(), message);
            }
        }
    }
}

fn nearest(state: &State, base: &Base) -> String {
    nearest_portion(state, &base.portion).map_or_else(String::new, |known| format!("; did you mean {known}?"))
}
