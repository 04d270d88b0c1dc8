//! `watch check-draft`: a text is decided about, sentence by sentence, before anyone says it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;
use entente_core::decide::decide;
use entente_core::{Outcome, PersonId, PortionId, PortionRef, Query, ReportId};
use entente_marking::Purpose;
use entente_watch::Scanner;
use entente_watch::report::{Extent, Span};
use entente_watch::sentences::sentences;
use jiff::Timestamp;
use serde::Serialize;

use super::decide::audience;
use super::report::word;
use super::{Global, holdings, texts};
use crate::failure::{Exit, Failure};
use crate::output;

/// `entente watch check-draft`.
#[derive(Debug, Args)]
pub(crate) struct CheckDraft {
    /// The draft (text, Markdown, HTML, PDF), or `-`.
    file: PathBuf,
    /// Who will hear or read it: the name of an audience, a JSON file, or `public`.
    #[arg(long, value_name = "FILE|NAME")]
    audience: String,
    /// What for.
    #[arg(long)]
    purpose: Option<String>,
    /// Look only for what this person may know: the author of the draft.
    #[arg(long = "as", value_name = "PERSON")]
    reader: Option<PersonId>,
}

/// What a sentence of the draft comes to.
#[derive(Debug, Serialize)]
struct Sentence {
    outcome: Outcome,
    #[serde(flatten)]
    span: Span,
    /// The facts that it discloses.
    facts: Vec<Disclosed>,
}

#[derive(Debug, Serialize)]
struct Disclosed {
    fact: String,
    extent: Extent,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
    outcome: Outcome,
    reasons: Vec<String>,
    remedy: Vec<String>,
}

/// What is decided about a portion for the whole audience.
#[derive(Clone)]
struct Verdict {
    outcome: Outcome,
    reasons: Vec<String>,
    remedy: Vec<String>,
}

impl CheckDraft {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let node = global.node()?;
        let (members, outsiders) = match self.audience.as_str() {
            "public" => {
                let anyone = PersonId::public();
                let person = anyone
                    .party()
                    .map(|party| entente_core::Person::outsider(anyone.clone(), party));
                (vec![anyone], person.into_iter().collect())
            }
            text => audience(&node, text)?,
        };
        let scanner = Scanner::new(holdings::known(&node, self.reader.as_ref())?);
        let sources = texts::sources(std::slice::from_ref(&self.file))?;
        let report = scanner.scan(sources.clone());

        // All portions of a report that the draft touches are decided about together: together they may say more.
        let mut touched: BTreeMap<ReportId, BTreeSet<PortionId>> = BTreeMap::new();
        let mut portion_of = BTreeMap::new();
        for finding in &report.findings {
            if let Some(PortionRef { report, portion, .. }) = holdings::portion_of(&node, &finding.fact) {
                touched.entry(report.clone()).or_default().insert(portion.clone());
                portion_of.insert(finding.fact.clone(), (report, portion));
            }
        }
        let snapshot = node.snapshot(touched.keys(), &outsiders);
        let purpose = self.purpose.as_deref().map(Purpose::new);
        let mut verdicts: BTreeMap<(ReportId, PortionId), Verdict> = BTreeMap::new();
        for (id, portions) in &touched {
            let portions: Vec<PortionId> = portions.iter().cloned().collect();
            let query = Query {
                report: id,
                version: None,
                portions: Some(&portions),
                audience: &members,
                purpose: purpose.as_ref(),
                moment: Timestamp::now(),
            };
            let decision = decide(&snapshot, &query, node.rules(), &node.exposure())?;
            for (n, portion) in decision.portions().enumerate() {
                let answers = (0..members.len()).map(|person| decision.answer(person, n));
                let worst = answers.max_by_key(|answer| answer.outcome);
                let verdict = worst.map_or_else(
                    || Verdict {
                        outcome: Outcome::Deny,
                        reasons: Vec::new(),
                        remedy: Vec::new(),
                    },
                    |answer| Verdict {
                        outcome: answer.outcome,
                        reasons: answer
                            .reasons
                            .iter()
                            .map(|r| format!("{} [{}]", r.message, r.rule))
                            .collect(),
                        remedy: answer.reasons.into_iter().map(|r| r.remedy).collect(),
                    },
                );
                verdicts.insert((id.clone(), portion.clone()), verdict);
            }
        }
        let mut checked = Vec::new();
        for source in &sources {
            for span in sentences(source) {
                let within = report.findings.iter().filter(|finding| {
                    let here = finding.file == source.file && finding.entry == source.entry;
                    here && finding
                        .spans
                        .iter()
                        .any(|found| found.start < span.end && span.start < found.end)
                });
                let facts: Vec<Disclosed> = within
                    .filter_map(|finding| {
                        let verdict = verdicts.get(portion_of.get(&finding.fact)?)?.clone();
                        Some(Disclosed {
                            fact: finding.fact.clone(),
                            extent: finding.extent,
                            missing: finding.missing.clone(),
                            outcome: verdict.outcome,
                            reasons: verdict.reasons,
                            remedy: verdict.remedy,
                        })
                    })
                    .collect();
                let outcome = facts.iter().map(|fact| fact.outcome).max().unwrap_or(Outcome::Permit);
                checked.push(Sentence { outcome, span, facts });
            }
        }
        let overall = checked
            .iter()
            .map(|sentence| sentence.outcome)
            .max()
            .unwrap_or(Outcome::Permit);
        let review = &report.summary.to_review;
        let value = serde_json::json!({ "decision": overall, "sentences": checked, "to_review": review });
        output::either(global.json, &value, || {
            for sentence in &checked {
                output::line(format!(
                    "{:<7} {}",
                    word(sentence.outcome),
                    sentence.span.quote.replace('\n', " ")
                ));
                for fact in &sentence.facts {
                    let part = match fact.extent == Extent::Full {
                        true => String::new(),
                        false => format!(" in part (not said: {})", fact.missing.join(", ")),
                    };
                    output::line(format!("        discloses {}{part}: {}", fact.fact, word(fact.outcome)));
                    if let Some((reason, remedy)) = fact.reasons.first().zip(fact.remedy.first()) {
                        output::line(format!("        {reason}"));
                        output::line(format!("        → {remedy}"));
                    }
                }
            }
            for note in review {
                output::line(format!("look at: “{}” is close to {}", note.span.quote, note.fact));
            }
            if checked.is_empty() {
                output::say("the draft has no sentences");
            }
        })?;
        Ok(match overall {
            Outcome::Permit => Exit::Done,
            Outcome::Ask => Exit::Ask,
            Outcome::Deny => Exit::Denied,
        })
    }
}
