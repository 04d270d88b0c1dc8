//! How far what an audience knows narrows the candidates: exact posteriors over a register.
//!
//! A candidate c has the posterior p(c|K) ∝ π(c) · Π q^φ(c) (1−q)^(1−φ(c)) over the facts of K, where φ is what a fact
//! reveals and q how far it is believed. Certain facts (q of zero or one) are plain filters. Bayes vulnerability,
//! min-entropy and leakage are those of quantitative information flow (Smith, "On the Foundations of Quantitative
//! Information Flow", 2009); what an officer decides on is the posterior of the true source, which can rise while the
//! vulnerability falls.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::knowledge::{CONSISTENT_FROM, Knowledge};
use super::predicate::PredicateError;
use super::register::{Prior, Register, inexact};
use super::set::ProfileSet;

/// Shares of the prior that a source not on the list may have, to show how much results depend on it.
const UNLISTED: [f64; 3] = [0.0, 0.1, 0.25];
/// Profiles more than e^600 times likelier than all others together decide alone; beyond, floats overflow.
const MAX_EXPONENT: f64 = 600.0;
/// No candidate at all has the probability zero; so that everything stays finite, it counts as this.
const LEAST: f64 = 1e-300;
/// The name of a value that is not known.
const NOT_KNOWN: &str = "(not known)";

/// Why nothing can be measured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// A fact speaks of something that the register does not hold.
    #[error("fact `{fact}` reveals `{condition}`: {error}")]
    Reveals {
        /// The fact.
        fact: String,
        /// What it reveals.
        condition: String,
        /// What is wrong with it.
        error: PredicateError,
    },
    /// Certain facts that leave nobody.
    #[error(
        "what is known contradicts every candidate; give at least one fact a credence below 1, or say with `unlisted` how likely the source is not on the list"
    )]
    Contradiction,
}

/// What an audience can work out about a source. All numbers are finite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measures {
    /// Candidates in the register.
    pub candidates: usize,
    /// Candidates for which every fact holds that is believed at .85 or more.
    pub consistent: usize,
    /// The posterior of the protected source: 1 when the audience can name it with certainty.
    pub p_true: Option<f64>,
    /// The posterior of the likeliest candidate (Bayes vulnerability).
    pub vulnerability: f64,
    /// One divided by the vulnerability: as many candidates as if all were equally likely.
    pub n_eff: f64,
    /// Bits by which the vulnerability rose since before any fact; negative where a false report protects.
    pub leak_bits: f64,
    /// The posterior that the source is not on the list.
    pub unlisted: f64,
}

/// Measures with everything that explains them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explained {
    /// The measures.
    #[serde(flatten)]
    pub measures: Measures,
    /// For each attribute, the posterior of each of its values: a partner can be certain before a person is.
    pub attributes: BTreeMap<String, BTreeMap<String, f64>>,
    /// What each fact adds, last to come.
    pub contribution: Vec<Contribution>,
    /// How far the result depends on the priors.
    pub range: Range,
}

/// What one fact adds to all others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contribution {
    /// The fact.
    pub fact: String,
    /// How far it is believed.
    pub credence: f64,
    /// Bits of leakage that would be gone without it.
    pub bits: f64,
    /// Bits by which it raises the posterior of the protected source; negative where it leads away from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub true_bits: Option<f64>,
}

/// The lowest and highest posterior over several priors, of the protected source or else of the likeliest candidate:
/// declared and uniform ones, each with a source that is not on the list in 0, 10 and 25 % of cases.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Range {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

impl Measures {
    /// What a threshold is compared with: the posterior of the protected source, or of the likeliest where it is not
    /// known who it is.
    pub fn exposure(&self) -> f64 {
        self.p_true.unwrap_or(self.vulnerability)
    }
}

/// One fact, looked up in a register.
struct Evidence<'k> {
    fact: &'k str,
    fits: ProfileSet,
    credence: f64,
    /// Log likelihood where it holds and where it does not; infinite where certain.
    likelihood: [f64; 2],
}

impl Evidence<'_> {
    fn is_certain(&self) -> bool {
        self.likelihood.iter().any(|l| l.is_infinite())
    }

    fn of(&self, fits: bool) -> f64 {
        self.likelihood[usize::from(fits)]
    }
}

/// Everything known, looked up in a register, with the likelihood of each profile.
struct Evaluation<'r, 'k> {
    register: &'r Register,
    evidence: Vec<Evidence<'k>>,
    /// By profile, over the facts that are not certain.
    log_likelihood: Vec<f64>,
    /// By profile: how many certain facts rule it out.
    ruled_out: Vec<u32>,
    consistent: ProfileSet,
}

/// A posterior before it is normalised.
struct Posterior {
    /// By profile, relative to the likeliest that is not ruled out.
    likelihood: Vec<f64>,
    unlisted: f64,
    total: f64,
    top: f64,
    truth: Option<f64>,
}

/// Measures what an audience that knows this can work out.
///
/// # Errors
/// [`MeasureError`] names the fact that does not fit the register.
pub fn measure(register: &Register, known: &Knowledge) -> Result<Measures, MeasureError> {
    Evaluation::new(register, known)?.measures()
}

/// Measures, and explains: by attribute, by fact, and over other priors.
///
/// # Errors
/// As for [`measure`].
///
/// # Examples
/// ```
/// use entente_exposure::{Knowledge, Register, explain};
///
/// let register = Register::from_json(
///     r#"{"candidates": [{"id": "S1", "place": "north"}, {"id": "S2", "place": "north"}, {"id": "S3", "place": "south"}], "true": "S3"}"#,
/// )?;
/// let known = Knowledge::from_json(r#"[{"fact": "F1", "reveals": "place = 'south'", "credence": 1}]"#)?;
/// let explained = explain(&register, &known)?;
/// assert_eq!(explained.measures.p_true, Some(1.0));
/// assert!((explained.measures.leak_bits - 3f64.log2()).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn explain(register: &Register, known: &Knowledge) -> Result<Explained, MeasureError> {
    let evaluation = Evaluation::new(register, known)?;
    Ok(Explained {
        measures: evaluation.measures()?,
        attributes: evaluation.attributes()?,
        contribution: evaluation.contribution()?,
        range: evaluation.range()?,
    })
}

impl<'r, 'k> Evaluation<'r, 'k> {
    fn new(register: &'r Register, known: &'k Knowledge) -> Result<Self, MeasureError> {
        let size = register.profiles();
        let mut new = Self {
            register,
            evidence: Vec::new(),
            log_likelihood: vec![0.0; size],
            ruled_out: vec![0; size],
            consistent: ProfileSet::all(size),
        };
        for (fact, heard) in known.heard() {
            let fits = register
                .fitting(&heard.reveals)
                .map_err(|error| MeasureError::Reveals {
                    fact: fact.to_owned(),
                    condition: heard.reveals.to_string(),
                    error,
                })?;
            let (credence, odds) = heard.credence();
            let evidence = Evidence {
                fact,
                fits,
                credence: credence.get(),
                likelihood: [log_chance(-odds), log_chance(odds)],
            };
            if evidence.is_certain() {
                let fits = &evidence.fits;
                fits.each_bit(|n, fits| new.ruled_out[n] += u32::from(evidence.of(fits).is_infinite()));
            }
            if evidence.credence >= CONSISTENT_FROM {
                new.consistent = new.consistent.and(&evidence.fits);
            }
            new.evidence.push(evidence);
        }
        new.weigh();
        Ok(new)
    }

    /// The likelihood of each profile over the facts that are not certain, eight facts at a time: what a profile gains
    /// from eight of them is one of 256 sums.
    fn weigh(&mut self) {
        let open: Vec<&Evidence<'_>> = self.evidence.iter().filter(|evidence| !evidence.is_certain()).collect();
        for eight in open.chunks(8) {
            let sums: [f64; 256] = std::array::from_fn(|of| {
                let each = eight.iter().enumerate();
                each.map(|(n, evidence)| evidence.of(of >> n & 1 == 1)).sum()
            });
            let sets: Vec<&ProfileSet> = eight.iter().map(|evidence| &evidence.fits).collect();
            ProfileSet::each_membership(&sets, |n, of| self.log_likelihood[n] += sums[usize::from(of)]);
        }
    }

    /// How well a source that is not on the list fits a fact: as a further candidate would, by the rule of succession.
    fn unlisted_likelihood(&self, evidence: &Evidence<'_>, prior: &Prior) -> f64 {
        let count = inexact(self.register.len());
        let share = (prior.mass_of(&evidence.fits) * count + 1.0) / (count + 2.0);
        share * evidence.credence + (1.0 - share) * (1.0 - evidence.credence)
    }

    fn posterior(&self, uniform: bool, unlisted: f64) -> Result<Posterior, MeasureError> {
        let prior = self.register.prior(uniform);
        let left = |n: &usize| self.ruled_out[*n] == 0 && prior.mass[*n] > 0.0;
        let logs = (0..prior.mass.len()).filter(left).map(|n| self.log_likelihood[n]);
        let beyond: f64 = match unlisted > 0.0 {
            true => (self.evidence.iter())
                .map(|e| self.unlisted_likelihood(e, prior).ln())
                .sum(),
            false => f64::NEG_INFINITY,
        };
        let top = logs.fold(beyond, f64::max);
        if top == f64::NEG_INFINITY {
            return Err(MeasureError::Contradiction);
        }
        let likelihood: Vec<f64> = (self.log_likelihood.iter())
            .map(|log| (log - top).min(MAX_EXPONENT).exp())
            .collect();
        let unlisted = unlisted / (1.0 - unlisted) * (beyond - top).exp();
        Ok(self.sum(prior, likelihood, unlisted, |n| self.ruled_out[n] == 0))
    }

    fn sum(&self, prior: &Prior, likelihood: Vec<f64>, unlisted: f64, left: impl Fn(usize) -> bool) -> Posterior {
        let (mut total, mut top) = (unlisted, 0.0f64);
        for (n, likelihood) in likelihood.iter().enumerate().filter(|(n, _)| left(*n)) {
            total += prior.mass[n] * likelihood;
            top = top.max(prior.top[n] * likelihood);
        }
        let truth = self.register.truth().zip(prior.truth);
        let truth = truth.map(|(n, share)| if left(n) { share * likelihood[n] } else { 0.0 });
        Posterior {
            likelihood,
            unlisted,
            total,
            top,
            truth,
        }
    }

    fn now(&self) -> Result<Posterior, MeasureError> {
        self.posterior(false, self.register.unlisted())
    }

    fn measures(&self) -> Result<Measures, MeasureError> {
        let prior = self.register.prior(false);
        let now = self.now()?;
        let before = prior.top.iter().copied().fold(0.0, f64::max) * (1.0 - self.register.unlisted());
        let vulnerability = now.top / now.total;
        Ok(Measures {
            candidates: self.register.len(),
            consistent: self.consistent.iter().map(|n| prior.possible[n]).sum(),
            p_true: now.truth.map(|truth| truth / now.total),
            vulnerability,
            n_eff: 1.0 / vulnerability.max(LEAST),
            leak_bits: (vulnerability.max(LEAST) / before).log2(),
            unlisted: now.unlisted / now.total,
        })
    }

    fn attributes(&self) -> Result<BTreeMap<String, BTreeMap<String, f64>>, MeasureError> {
        let (prior, now) = (self.register.prior(false), self.now()?);
        let mut attributes = BTreeMap::new();
        for column in self.register.columns() {
            let mut sums = vec![0.0; column.values.len() + 1];
            for (n, code) in column.codes.iter().enumerate().filter(|(n, _)| self.ruled_out[*n] == 0) {
                sums[*code as usize] += prior.mass[n] * now.likelihood[n] / now.total;
            }
            let name = |code| column.value(code).map_or(NOT_KNOWN.to_owned(), ToString::to_string);
            let values = (0..)
                .map(name)
                .zip(sums)
                .filter(|(name, sum)| name != NOT_KNOWN || *sum > 0.0);
            attributes.insert(column.name.clone(), values.collect());
        }
        Ok(attributes)
    }

    fn contribution(&self) -> Result<Vec<Contribution>, MeasureError> {
        let (prior, now) = (self.register.prior(false), self.now()?);
        let without = |evidence: &Evidence<'_>| {
            let certain = evidence.is_certain();
            let fits = |n: usize| evidence.fits.contains(n);
            // Without a certain fact, those come back whom it alone rules out; without another, its factor goes.
            let left = |n: usize| {
                let alone = certain && evidence.of(fits(n)).is_infinite();
                self.ruled_out[n] == u32::from(alone)
            };
            let [no, yes] = evidence.likelihood.map(|log| if certain { 1.0 } else { (-log).exp() });
            let likelihood = now.likelihood.iter().enumerate();
            let likelihood = likelihood
                .map(|(n, now)| now * if fits(n) { yes } else { no })
                .collect();
            let unlisted = now.unlisted / self.unlisted_likelihood(evidence, prior);
            self.sum(prior, likelihood, unlisted, left)
        };
        let bits = |now: f64, before: f64| if now == before { 0.0 } else { (now / before).log2() };
        Ok((self.evidence.iter())
            .map(|evidence| {
                let before = without(evidence);
                let truths = now.truth.zip(before.truth);
                Contribution {
                    fact: evidence.fact.to_owned(),
                    credence: evidence.credence,
                    bits: bits(now.top / now.total, before.top / before.total),
                    true_bits: truths.map(|(now_true, then)| bits(now_true / now.total, then / before.total)),
                }
            })
            .collect())
    }

    fn range(&self) -> Result<Range, MeasureError> {
        let mut range: Option<Range> = None;
        for uniform in [false, true] {
            for unlisted in UNLISTED.into_iter().chain([self.register.unlisted()]) {
                // A contradiction under one prior is no result; under the declared one it was reported before.
                let Ok(posterior) = self.posterior(uniform, unlisted) else {
                    continue;
                };
                let p = posterior.truth.unwrap_or(posterior.top) / posterior.total;
                let known = range.get_or_insert(Range { low: p, high: p });
                *known = Range {
                    low: known.low.min(p),
                    high: known.high.max(p),
                };
            }
        }
        range.ok_or(MeasureError::Contradiction)
    }
}

/// The logarithm of the probability that has these log odds.
fn log_chance(odds: f64) -> f64 {
    // ln(1 / (1 + e^-odds)); e^-odds is infinite for certainty against it.
    -(-odds).exp().ln_1p()
}
