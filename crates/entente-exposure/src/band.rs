//! What leaves an originator of all that it measures: one of two words.

use serde::{Deserialize, Serialize};

use super::measure::Measures;

/// How far a source may be narrowed for anyone: the originator's choice for each source.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// At least so many candidates have to stay consistent with all that an audience knows.
    pub min_candidates: usize,
    /// The protected source may not be likelier than this.
    pub max_probability: f64,
}

/// Why a threshold is none.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ThresholdError {
    /// Nobody would ever be protected.
    #[error("at least 1 candidate would stay in any case; ask for 2 or more")]
    Candidates,
    /// Not a probability.
    #[error("{0} is no probability above 0 and below 1; write something like 0.2")]
    Probability(f64),
}

/// Whether a release keeps a source above its threshold. Nothing finer leaves the originator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// It does, or it adds nothing to what the audience can work out already.
    Within,
    /// It would narrow the source below the threshold.
    Narrows,
}

impl std::fmt::Display for Band {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Within => "within",
            Self::Narrows => "narrows",
        })
    }
}

impl Threshold {
    /// A threshold.
    ///
    /// # Errors
    /// [`ThresholdError`], where it would protect nobody or nothing could ever be released.
    pub fn new(min_candidates: usize, max_probability: f64) -> Result<Self, ThresholdError> {
        if min_candidates < 2 {
            return Err(ThresholdError::Candidates);
        }
        if !(max_probability > 0.0 && max_probability < 1.0) {
            return Err(ThresholdError::Probability(max_probability));
        }
        Ok(Self {
            min_candidates,
            max_probability,
        })
    }

    /// Whether these measures keep to it.
    pub fn keeps(&self, measures: &Measures) -> bool {
        measures.consistent >= self.min_candidates && measures.exposure() <= self.max_probability
    }

    /// The band of a release: what would be known after it against what is known before.
    ///
    /// A release that makes nothing worse is within, even where the source is exposed already.
    pub fn band(&self, before: &Measures, after: &Measures) -> Band {
        /// Differences smaller than this are rounding.
        const ROUNDING: f64 = 1e-12;
        let worse = after.consistent < before.consistent || after.exposure() > before.exposure() + ROUNDING;
        match worse && !self.keeps(after) {
            true => Band::Narrows,
            false => Band::Within,
        }
    }
}
