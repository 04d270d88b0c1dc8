//! A draft before it is said: sentence by sentence, what it would disclose and whether the audience may have that.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::NotFound;
use entente_core::{Decision, Outcome, Person, PersonId, PortionId, PortionRef, ReportId};
use entente_watch::report::{Extent, Finding, Note, Report, Span};
use entente_watch::sentences::sentences;
use entente_watch::text::Source;
use serde::Serialize;

use crate::holdings::portion_of;
use crate::moment::Moment;
use crate::view::View;

/// A draft, checked.
#[derive(Clone, Debug, Serialize)]
pub struct Checked<'r> {
    /// The worst of its sentences.
    pub decision: Outcome,
    /// Sentence by sentence.
    pub sentences: Vec<Sentence>,
    /// What a person has to look at.
    pub to_review: &'r [Note],
}

/// A sentence of a draft.
#[derive(Clone, Debug, Serialize)]
pub struct Sentence {
    /// The worst of what it discloses.
    pub outcome: Outcome,
    /// Where it stands.
    #[serde(flatten)]
    pub span: Span,
    /// What it discloses.
    pub facts: Vec<Disclosed>,
}

/// A fact that a sentence discloses.
#[derive(Clone, Debug, Serialize)]
pub struct Disclosed {
    /// Which one.
    pub fact: String,
    /// Whether all of it is said.
    pub extent: Extent,
    /// What is not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Whether the audience may have it.
    pub outcome: Outcome,
    /// Why not.
    pub reasons: Vec<String>,
    /// What would help.
    pub remedy: Vec<String>,
    /// What has to be observed where it may be said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observe: Vec<String>,
}

/// Whether the audience may have a portion.
#[derive(Clone)]
struct Verdict {
    outcome: Outcome,
    reasons: Vec<String>,
    remedy: Vec<String>,
    observe: Vec<String>,
}

type Verdicts = BTreeMap<(ReportId, PortionId), Verdict>;

/// Checks a draft that was scanned: all portions of a report that it touches are decided about together, for together they
/// may say more.
///
/// # Errors
/// When a portion is not held any more.
pub fn check<'r>(
    moment: &Moment<'_>,
    texts: &[Source],
    found: &'r Report,
    (audience, outsiders): (&[PersonId], &[Person]),
    view: &View<'_>,
) -> Result<Checked<'r>, NotFound> {
    let mut touched: BTreeMap<ReportId, BTreeSet<PortionId>> = BTreeMap::new();
    let mut portions = BTreeMap::new();
    for finding in &found.findings {
        if let Some(PortionRef { report, portion, .. }) = portion_of(moment.state(), &finding.fact) {
            touched.entry(report.clone()).or_default().insert(portion.clone());
            portions.insert(finding.fact.clone(), (report, portion));
        }
    }
    let snapshot = moment.snapshot(touched.keys(), (audience, outsiders));
    let mut verdicts = Verdicts::new();
    for (id, touched) in &touched {
        let touched: Vec<PortionId> = touched.iter().cloned().collect();
        let decision = moment.decide(&snapshot, (id, None), Some(&touched), audience, view)?;
        for (n, portion) in decision.portions().enumerate() {
            verdicts.insert((id.clone(), portion.clone()), verdict(&decision, n));
        }
    }
    let verdict_of = |finding: &Finding| verdicts.get(portions.get(&finding.fact)?);
    let checked: Vec<Sentence> = texts
        .iter()
        .flat_map(|text| {
            sentences(text)
                .into_iter()
                .map(|span| sentence(text, span, found, &verdict_of))
        })
        .collect();
    let worst = checked.iter().map(|sentence| sentence.outcome).max();
    Ok(Checked {
        decision: worst.unwrap_or(Outcome::Permit),
        sentences: checked,
        to_review: &found.summary.to_review,
    })
}

/// What is decided about a portion for the whole audience: the answer to its worst member.
fn verdict(decision: &Decision<'_>, portion: usize) -> Verdict {
    let answers = (0..decision.people().len()).map(|person| decision.answer(person, portion));
    let Some(worst) = answers.max_by_key(|answer| answer.outcome) else {
        return Verdict {
            outcome: Outcome::Deny,
            reasons: Vec::new(),
            remedy: Vec::new(),
            observe: Vec::new(),
        };
    };
    let reasons = worst.reasons.iter();
    let duties = decision.audience_duties(portion);
    Verdict {
        outcome: worst.outcome,
        reasons: reasons
            .map(|reason| format!("{} [{}]", reason.message, reason.rule))
            .collect(),
        remedy: worst.remedy.into_iter().collect(),
        observe: duties.iter().map(ToString::to_string).collect(),
    }
}

fn sentence<'v>(
    text: &Source,
    span: Span,
    found: &Report,
    verdict_of: &impl Fn(&Finding) -> Option<&'v Verdict>,
) -> Sentence {
    let within = found.findings.iter().filter(|finding| {
        let here = finding.file == text.file && finding.entry == text.entry;
        let mut spans = finding.spans.iter();
        here && spans.any(|found| found.start < span.end && span.start < found.end)
    });
    let facts: Vec<Disclosed> = within
        .filter_map(|finding| {
            let verdict = verdict_of(finding)?.clone();
            Some(Disclosed {
                fact: finding.fact.clone(),
                extent: finding.extent,
                missing: finding.missing.clone(),
                outcome: verdict.outcome,
                reasons: verdict.reasons,
                remedy: verdict.remedy,
                observe: verdict.observe,
            })
        })
        .collect();
    Sentence {
        outcome: facts.iter().map(|fact| fact.outcome).max().unwrap_or(Outcome::Permit),
        span,
        facts,
    }
}
