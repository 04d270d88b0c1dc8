//! Scores a scan against an annotation: articles, sentences, status and attribution.

use std::collections::{BTreeMap, BTreeSet};

use entente_watch::report::{Finding, Report};
use serde::Deserialize;

/// One annotated statement of a fact.
#[derive(Debug, Deserialize)]
pub(crate) struct Gold {
    #[serde(alias = "fact_id")]
    pub(crate) fact: String,
    pub(crate) spans: Vec<String>,
    #[serde(default, alias = "attributed_to")]
    pub(crate) speaker: Speakers,
    #[serde(default)]
    pub(crate) accept_attributed_to: Vec<String>,
    #[serde(default)]
    pub(crate) status: Statuses,
    #[serde(default)]
    pub(crate) accept_status: Vec<String>,
    #[serde(default)]
    pub(crate) extent: Option<String>,
    #[serde(default)]
    pub(crate) optional: bool,
}

#[derive(Debug, Deserialize, Default)]
#[serde(untagged)]
pub(crate) enum Speakers {
    #[default]
    None,
    One(String),
    Any(Vec<String>),
}

pub(crate) type Statuses = Speakers;

impl Speakers {
    fn list(&self) -> Vec<&str> {
        match self {
            Self::None => Vec::new(),
            Self::One(one) => vec![one],
            Self::Any(all) => all.iter().map(String::as_str).collect(),
        }
    }
}

impl Gold {
    /// Says that something was not made known: no disclosure.
    pub(crate) fn withheld(&self) -> bool {
        self.extent.as_deref() == Some("none")
    }

    /// A fact of `*` stands for whichever fact the text is about.
    fn about(&self, fact: &str) -> bool {
        self.fact == "*" || self.fact == fact
    }

    fn overlaps(&self, text: &str, finding: &Finding) -> bool {
        self.about(&finding.fact)
            && self.spans.iter().any(|span| {
                let at = text.find(span.as_str()).expect("annotated spans stand in the text");
                finding
                    .spans
                    .iter()
                    .any(|found| found.start < at + span.len() && at < found.end)
            })
    }

    fn right(&self, finding: &Finding) -> bool {
        let status = format!("{:?}", finding.status).to_lowercase();
        let statuses = self
            .status
            .list()
            .into_iter()
            .chain(self.accept_status.iter().map(String::as_str));
        let speakers = self
            .speaker
            .list()
            .into_iter()
            .chain(self.accept_attributed_to.iter().map(String::as_str));
        let plain = |name: &str| {
            let lower = name.to_lowercase().replace('’', "'");
            ["the ", "a ", "an "]
                .iter()
                .find_map(|article| lower.strip_prefix(article))
                .unwrap_or(&lower)
                .to_owned()
        };
        let given = plain(&finding.speaker);
        statuses.into_iter().any(|s| s == status)
            && speakers
                .into_iter()
                .any(|name| given == plain(name) || (given.len() > 3 && plain(name).ends_with(&format!(" {given}"))))
    }
}

/// Counts from which the measures are taken.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Score {
    pub(crate) article: [f64; 3],
    pub(crate) found: usize,
    pub(crate) gold: usize,
    pub(crate) correct: usize,
    pub(crate) findings: usize,
    pub(crate) right: usize,
}

impl Score {
    pub(crate) fn article_f1(&self) -> f64 {
        let [hit, extra, missed] = self.article;
        2.0 * hit / (2.0 * hit + extra + missed)
    }
    pub(crate) fn precision(&self) -> f64 {
        self.correct as f64 / self.findings as f64
    }
    pub(crate) fn recall(&self) -> f64 {
        self.found as f64 / self.gold as f64
    }
    pub(crate) fn stance(&self) -> f64 {
        self.right as f64 / self.gold as f64
    }
}

/// Scores a report; prints what is missed, extra or judged otherwise.
pub(crate) fn score(report: &Report, gold: &BTreeMap<String, Vec<Gold>>, texts: &BTreeMap<String, String>) -> Score {
    let mut score = Score::default();
    for (file, records) in gold {
        let text = &texts[file];
        let findings: Vec<&Finding> = report.findings.iter().filter(|f| f.file == *file).collect();
        for finding in &findings {
            for span in &finding.spans {
                assert_eq!(&text[span.start..span.end], span.quote, "a span is not exact in {file}");
            }
        }
        let counted = || records.iter().filter(|g| !g.withheld());
        let expected: BTreeSet<&str> = counted()
            .filter(|g| !g.optional && g.fact != "*")
            .map(|g| g.fact.as_str())
            .collect();
        let allowed: BTreeSet<&str> = counted().map(|g| g.fact.as_str()).collect();
        let got: BTreeSet<&str> = findings.iter().map(|f| f.fact.as_str()).collect();
        score.article[0] += expected.intersection(&got).count() as f64;
        score.article[1] += got.difference(&allowed).count() as f64;
        score.article[2] += expected.difference(&got).count() as f64;
        for finding in &findings {
            score.findings += 1;
            let correct = counted().any(|g| g.overlaps(text, finding));
            score.correct += usize::from(correct);
            if !correct {
                println!("{file}: extra {} {:?}", finding.fact, finding.spans[0].quote);
            }
        }
        for record in counted().filter(|g| !g.optional) {
            score.gold += 1;
            let over: Vec<&&Finding> = findings.iter().filter(|f| record.overlaps(text, f)).collect();
            score.found += usize::from(!over.is_empty());
            let right = over.iter().any(|f| record.right(f));
            score.right += usize::from(right);
            if over.is_empty() {
                println!("{file}: missed {} {:?}", record.fact, record.spans[0]);
            } else if !right {
                let given: Vec<_> = over
                    .iter()
                    .map(|f| format!("{:?} by {}", f.status, f.speaker))
                    .collect();
                println!(
                    "{file}: judged {} {:?} as {given:?}, expected {:?} by {:?}",
                    record.fact,
                    record.spans[0],
                    record.status.list(),
                    record.speaker.list()
                );
            }
        }
    }
    println!(
        "article F1 {:.3}; sentence precision {:.3}, recall {:.3}; status and attribution {:.3} ({} records, {} findings)",
        score.article_f1(),
        score.precision(),
        score.recall(),
        score.stance(),
        score.gold,
        score.findings
    );
    score
}
