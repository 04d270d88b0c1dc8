//! `exposure` and `source`: what an audience can work out about a source.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Subcommand;
use entente_core::exposure::{Band, Explained, Knowledge, MeasureError, Measures, Register, Threshold, explain};
use entente_core::handle::the_one;
use entente_core::{Called, Command, Named, PortionId, ReportId, RequestCase, RequestId, SourceId};
use serde_json::json;

use super::list::{List, ListArgs};
use super::{Global, decide, exchange};
use crate::failure::{Exit, Failure};
use crate::{input, node, output, words};
use entente_desk::sources::{self, Weighed};
use entente_node::Pinned;

const SEE_REQUESTS: &str = "`entente request list` shows them";

/// `entente exposure`.
#[derive(Debug, Subcommand)]
pub(crate) enum ExposureCommand {
    /// Measure what known facts tell about a source, from files. Needs no node.
    Measure {
        /// The candidates: `{"candidates": [{"id", "attributes"}], "prior", "unlisted", "true"}`.
        #[arg(long, value_name = "FILE")]
        register: PathBuf,
        /// What the audience knows: `[{"fact", "reveals", "credence", "origin"}]`.
        #[arg(long, value_name = "FILE")]
        known: PathBuf,
        /// What it would learn besides, in the same form: measured before and after.
        #[arg(long, value_name = "FILE")]
        learning: Option<PathBuf>,
    },
}

/// `entente source`.
#[derive(Debug, Subcommand)]
pub(crate) enum SourceCommand {
    /// Put a source under protection, or change its register, threshold or reports. The register stays here.
    Protect {
        /// A code for the source that says nothing about it.
        id: SourceId,
        /// The register of candidates, as a JSON file, or `-`.
        #[arg(long, value_name = "FILE")]
        register: PathBuf,
        /// The reports that rest on it.
        #[arg(long, value_delimiter = ',', required = true)]
        reports: Vec<ReportId>,
        /// At least so many candidates must remain for any audience.
        #[arg(long, default_value_t = 3)]
        min_candidates: usize,
        /// The source may not become likelier than this for any audience.
        #[arg(long, default_value_t = 0.3)]
        max_probability: f64,
    },
    /// List protected sources.
    List(ListArgs),
    /// Show how far a source is exposed to those who learned something.
    Show {
        /// The source.
        id: SourceId,
        /// To these persons only: the name of an audience, or a JSON file.
        #[arg(long, value_name = "FILE|NAME")]
        audience: Option<String>,
    },
    /// Measure what a release would do, before it is made: only here, where the registers are.
    Measure {
        /// The report.
        #[arg(long, required_unless_present = "request", requires = "audience")]
        report: Option<ReportId>,
        /// The portions [default: all].
        #[arg(long, value_delimiter = ',')]
        portions: Vec<PortionId>,
        /// To whom: the name of an audience, or a JSON file.
        #[arg(long, value_name = "FILE|NAME")]
        audience: Option<String>,
        /// For what a request asks.
        #[arg(long, conflicts_with_all = ["report", "audience"])]
        request: Option<Called<RequestId>>,
    },
    /// Tell an asker in one word whether what it asks for keeps the sources behind it above their thresholds.
    Answer {
        /// The request.
        request: Called<RequestId>,
    },
    /// End a source's protection.
    Release {
        /// The source.
        id: SourceId,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT")]
        reason: String,
    },
}

fn percent(probability: f64) -> String {
    match probability {
        p if p > 0.0 && p < 0.001 => "under 0.1 %".to_owned(),
        p if p < 1.0 && p > 0.999 => "over 99.9 %".to_owned(),
        p => format!("{:.1} %", p * 100.0),
    }
}

/// Bits to two digits; nothing is `+0.00`, never `-0.00`.
fn bits(bits: f64) -> String {
    format!("{:+.2}", (bits * 100.0).round() / 100.0 + 0.0)
}

fn sources(count: usize) -> String {
    match count {
        1 => "1 candidate fits".to_owned(),
        count => format!("{count} candidates fit"),
    }
}

fn measured(measures: &Measures) -> String {
    let which = match measures.p_true {
        Some(p) => format!("the source itself has {}", percent(p)),
        None => format!("the likeliest has {}", percent(measures.vulnerability)),
    };
    format!(
        "{} of {}; {which}; as if among {:.1}; leak {} bits",
        sources(measures.consistent),
        measures.candidates,
        measures.n_eff,
        bits(measures.leak_bits)
    )
}

/// What an officer reads: the measures, the likeliest value of each attribute, what each fact adds, and the limits.
fn say_explained(explained: &Explained) {
    output::line(measured(&explained.measures));
    for (attribute, values) in &explained.attributes {
        let likeliest = values.iter().max_by(|(_, a), (_, b)| a.total_cmp(b));
        if let Some((value, p)) = likeliest {
            output::line(format!("    {attribute}: {value} with {}", percent(*p)));
        }
    }
    let mut facts: Vec<_> = explained.contribution.iter().collect();
    facts.sort_by(|a, b| b.bits.total_cmp(&a.bits));
    for fact in facts {
        output::line(format!(
            "    {} (believed at {}) adds {} bits",
            fact.fact,
            percent(fact.credence),
            bits(fact.bits)
        ));
    }
    let range = explained.range;
    output::line(format!(
        "with other priors, and a source that is not listed in up to a quarter of cases: {} to {}",
        percent(range.low),
        percent(range.high)
    ));
}

impl ExposureCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let Self::Measure {
            register,
            known,
            learning,
        } = self;
        let failed = |path: &PathBuf, error: String| Failure::failed(format!("{}: {error}", path.display()));
        let read =
            Register::from_json(&input::text(&register)?).map_err(|error| failed(&register, error.to_string()))?;
        let knowledge =
            |path: &PathBuf| Knowledge::from_json(&input::text(path)?).map_err(|error| failed(path, error.to_string()));
        let wrong = |error: MeasureError| Failure::failed(error);
        let before = knowledge(&known)?;
        let explained = explain(&read, &before).map_err(wrong)?;
        let after = match &learning {
            None => None,
            Some(path) => {
                let claims: Vec<_> = knowledge(path)?.claims().collect();
                let after = before.with(&claims).map_err(|error| failed(path, error.to_string()))?;
                Some(explain(&read, &after).map_err(wrong)?)
            }
        };
        let mut value = serde_json::to_value(after.as_ref().unwrap_or(&explained)).map_err(Failure::failed)?;
        if after.is_some() {
            value["before"] = serde_json::to_value(&explained.measures).map_err(Failure::failed)?;
        }
        output::either(global.json, &value, || match &after {
            None => say_explained(&explained),
            Some(after) => {
                output::line(format!("before: {}", measured(&explained.measures)));
                output::line("after:");
                say_explained(after);
            }
        })?;
        Ok(Exit::Done)
    }
}

fn say_weighed(weighed: &[Weighed]) {
    if weighed.is_empty() {
        output::line("no protected source of this party stands behind it");
    }
    let unknown = "cannot be measured: nothing is released";
    for weight in weighed {
        let threshold = weight.threshold.map_or(String::new(), |t| {
            format!(
                " (at least {} candidates, at most {})",
                t.min_candidates,
                percent(t.max_probability)
            )
        });
        output::line(format!("source {}{threshold}", weight.source));
        output::line(format!(
            "before: {}",
            weight.before.as_ref().map_or(unknown.to_owned(), measured)
        ));
        output::line("after:");
        match &weight.after {
            Some(explained) => say_explained(explained),
            None => output::line(unknown),
        }
        output::line(match weight.band {
            Band::Within => "→ within: it stays above its threshold, or nothing gets worse",
            Band::Narrows => "→ narrows: it would fall below its threshold",
        });
    }
}

impl SourceCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        match self {
            Self::Protect {
                id,
                register,
                reports,
                min_candidates,
                max_probability,
            } => {
                let threshold = Threshold::new(min_candidates, max_probability).map_err(Failure::usage)?;
                let reports: BTreeSet<ReportId> = reports.into_iter().collect();
                node.submit(Command::ProtectSource {
                    id: id.clone(),
                    register: input::text(&register)?,
                    threshold,
                    reports: reports.clone(),
                })?;
                say_protected(&node, global, &id, (threshold, &reports))?;
            }
            Self::List(chosen) => list(&node, global, &chosen)?,
            Self::Show { id, audience } => show(&node, global, &id, audience.as_deref())?,
            Self::Measure {
                report,
                portions,
                audience,
                request,
            } => {
                let (portions, audience) = match (request, report, audience) {
                    (Some(request), _, _) => {
                        let named = meant(&node, &request, |_| true)?;
                        sources::asked(node.state(), &named).ok_or_else(|| {
                            Failure::not_found(format!("there is no request `{request}`; {SEE_REQUESTS}"))
                        })?
                    }
                    (None, Some(report), Some(audience)) => (
                        sources::references(node.state(), &report, &portions)?,
                        decide::audience(&node, &audience)?.0,
                    ),
                    _ => return Err(Failure::usage("give a report and an audience, or a request")),
                };
                let weighed = sources::weigh(&node::moment(&node), &portions, &audience);
                output::either(global.json, &weighed, || say_weighed(&weighed))?;
                if weighed.iter().any(|weight| weight.band == Band::Narrows) {
                    return Ok(Exit::Ask);
                }
            }
            Self::Answer { request } => answer(&mut node, global, &request)?,
            Self::Release { id, reason } => {
                node.submit(Command::ReleaseSource { id: id.clone(), reason })?;
                output::either(global.json, &json!({ "source": id, "state": "released" }), || {
                    output::line(format!("source {id} is no longer protected"));
                })?;
            }
        }
        Ok(Exit::Done)
    }
}

fn list(node: &Pinned, global: &Global, chosen: &ListArgs) -> Result<(), Failure> {
    let all = sources::list(node.state());
    let rows = all.iter().map(|source| {
        let state = source.released.as_ref();
        vec![
            source.id.to_string(),
            words::list(source.reports),
            source.threshold.min_candidates.to_string(),
            percent(source.threshold.max_probability),
            state.map_or("protected".to_owned(), |(at, why)| format!("released {at}: {why}")),
        ]
    });
    let list = List {
        head: &["source", "reports", "candidates", "probability", "state"],
        empty: "no protected sources; put one under protection with `entente source protect`",
    };
    chosen.show(global, &list, rows.zip(&all))
}

/// Tells the asker whether what it asks for keeps the sources behind it.
fn answer(node: &mut Pinned, global: &Global, request: &Called<RequestId>) -> Result<(), Failure> {
    node.submit(Command::AnswerExposure {
        request: request.clone(),
    })?;
    let sent = exchange::flush(node, global)?;
    let band = answered(node, request)?;
    output::either(
        global.json,
        &json!({ "request": request, "band": band, "sent": sent }),
        || {
            output::line(match band {
                Some(Band::Within) => "the asker is told: within the threshold",
                _ => "the asker is told: below the threshold",
            });
            exchange::say_sent(&sent);
        },
    )
}

/// What is left to do where a source was put under protection.
fn say_protected(
    node: &Pinned,
    global: &Global,
    id: &SourceId,
    (threshold, reports): (Threshold, &BTreeSet<ReportId>),
) -> Result<(), Failure> {
    let open = sources::unanalysed(node.state(), reports);
    let holders = sources::holders(node.state(), reports);
    let value = json!({ "source": id, "reports": reports, "without_facts": open, "deliver_again": holders });
    output::either(global.json, &value, || {
        output::line(format!(
            "source {id} is protected: for any audience at least {} candidates have to remain, and \
             at most {} for the source itself",
            threshold.min_candidates,
            percent(threshold.max_probability)
        ));
        for portion in &open {
            output::line(format!(
                "{portion} has no facts: nobody outside gets it before `entente facts set` says what it reveals"
            ));
        }
        for (report, to) in &holders {
            output::line(format!("deliver {report} to {to} again, so that it knows whom to ask"));
        }
    })
}

/// The request that is meant.
fn meant(
    node: &Pinned,
    request: &Called<RequestId>,
    fits: impl Fn(&RequestCase) -> bool,
) -> Result<Named<RequestId>, Failure> {
    let (named, _) = the_one(&node.state().requests, request, ("request", SEE_REQUESTS), fits)?;
    Ok(named.clone())
}

/// What was answered to a request.
fn answered(node: &Pinned, request: &Called<RequestId>) -> Result<Option<Band>, Failure> {
    let home = node.home()?;
    let named = meant(node, request, |case| case.request.to.includes(home))?;
    let mut answers = node.state().exposures.values();
    let answer = answers.rfind(|answer| answer.to == named.by && answer.request.as_ref() == Some(&named.id));
    Ok(answer.map(|answer| answer.band))
}

fn show(node: &Pinned, global: &Global, id: &SourceId, audience: Option<&str>) -> Result<(), Failure> {
    let missing = || Failure::not_found(format!("there is no source `{id}`; `entente source list` shows them"));
    let audiences = audience.map(|text| Ok::<_, Failure>(vec![(text.to_owned(), decide::audience(node, text)?.0)]));
    let moment = node::moment(node);
    let exposed = sources::show(&moment, id, audiences.transpose()?).ok_or_else(missing)?;
    output::either(global.json, &exposed, || {
        output::line(format!(
            "source {id}: at least {} candidates, at most {}",
            exposed.threshold.min_candidates,
            percent(exposed.threshold.max_probability)
        ));
        if exposed.audiences.is_empty() {
            output::line("nobody outside has learned anything of its reports");
        }
        for to in &exposed.audiences {
            output::line(format!("\nto {}:", to.audience));
            match &to.exposure {
                Some(explained) => {
                    say_explained(explained);
                    output::line(match exposed.threshold.keeps(&explained.measures) {
                        true => "→ above its threshold",
                        false => "→ EXPOSED: below its threshold",
                    });
                }
                None => output::line("cannot be measured: its register or a fact's condition does not fit"),
            }
        }
    })
}
