//! `watch accept`: a word of a near miss becomes an alternative of the slot that was missing.

use std::path::{Path, PathBuf};

use entente_core::{Command, Widening};
use entente_desk::widening::{self, NotWidened};
use entente_watch::facts::Facts;
use entente_watch::learning::NearMiss;
use serde_json::json;

use super::Global;
use crate::failure::Failure;
use crate::{input, output};

/// `entente watch accept`.
#[derive(Debug, clap::Args)]
pub(crate) struct Accept {
    /// The near miss, by the id that the scan lists it under.
    id: String,
    /// What `entente --json watch scan` wrote, or `-`.
    #[arg(long, value_name = "FILE", required_unless_present = "undo")]
    findings: Option<PathBuf>,
    /// The facts file to widen [default: the facts held here].
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// The slot that the word fills [default: the one that is missing].
    #[arg(long)]
    slot: Option<String>,
    /// The word or phrase of the sentence, also as `word*`.
    #[arg(long)]
    word: Option<String>,
    /// Take back what was accepted of this near miss.
    #[arg(long, conflicts_with_all = ["slot", "word"])]
    undo: bool,
}

/// What changed in which fact.
struct Changed {
    fact: String,
    word: Widening,
    version: u32,
}

impl Accept {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let miss = match &self.findings {
            Some(path) if !self.undo => Some(self.miss(path)?),
            _ => None,
        };
        let changed = match &self.facts {
            Some(path) => self.in_file(path, miss.as_ref())?,
            None => self.in_holdings(global, miss.as_ref())?,
        };
        let Changed { fact, word, version } = &changed;
        let value =
            json!({ "fact": fact, "version": version, "slot": word.slot, "word": word.word, "undone": self.undo });
        output::either(global.json, &value, || match self.undo {
            true => output::line(format!(
                "`{}` is no alternative of slot `{}` of {fact} any more, version {version}",
                word.word, word.slot
            )),
            false => output::line(format!(
                "`{}` is an alternative of slot `{}` of {fact} now, version {version}; `entente watch accept {} --undo` takes it back",
                word.word, word.slot, self.id
            )),
        })
    }

    fn miss(&self, path: &Path) -> Result<NearMiss, Failure> {
        let found = NearMiss::find(&input::text(path)?, &self.id);
        found.map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
    }

    /// Accepts or takes back, in the slots of whichever of these facts it is.
    fn change<'f>(
        &self,
        facts: impl Iterator<Item = (String, &'f mut Vec<entente_core::Slot>, &'f mut entente_core::Growth)>,
        miss: Option<&NearMiss>,
    ) -> Result<Changed, Failure> {
        for (fact, slots, growth) in facts {
            let standing = || {
                growth
                    .words
                    .iter()
                    .find(|word| word.id == self.id && word.undone.is_none())
                    .cloned()
            };
            let word = match miss {
                Some(miss) if miss.fact == fact => {
                    let accepted = miss.accept(slots, growth, self.slot.as_deref(), self.word.as_deref());
                    accepted.map_err(Failure::failed)?
                }
                None => match standing() {
                    Some(word) => {
                        growth.undo(slots, &self.id).map_err(Failure::failed)?;
                        word
                    }
                    None => continue,
                },
                Some(_) => continue,
            };
            let version = growth.version;
            return Ok(Changed { fact, word, version });
        }
        Err(self.unknown(miss))
    }

    fn in_file(&self, path: &Path, miss: Option<&NearMiss>) -> Result<Changed, Failure> {
        let mut facts: Vec<entente_watch::facts::Fact> = input::json(path)?;
        let all = facts
            .iter_mut()
            .map(|fact| (fact.id.clone(), &mut fact.slots, &mut fact.growth));
        let changed = self.change(all, miss)?;
        let wrong = |error| Failure::failed(format!("{}: {error}", path.display()));
        let facts = Facts::new(facts).map_err(wrong)?;
        let text = serde_json::to_string_pretty(facts.list()).map_err(Failure::failed)?;
        output::file(path, text.as_bytes())?;
        Ok(changed)
    }

    fn in_holdings(&self, global: &Global, miss: Option<&NearMiss>) -> Result<Changed, Failure> {
        let mut node = global.node()?;
        let state = node.state();
        let widened = match miss {
            Some(miss) => widening::accept(state, miss, self.slot.as_deref(), self.word.as_deref()),
            None => widening::undo(state, &self.id),
        };
        let widened = widened.map_err(|error| match error {
            NotWidened::NotWritten(_) | NotWidened::NotAccepted(_) => Failure::not_found(error.to_string()),
            other => Failure::failed(other),
        })?;
        node.submit(Command::SetFacts {
            report: widened.report,
            facts: widened.facts,
        })?;
        Ok(Changed {
            fact: widened.fact,
            word: widened.word,
            version: widened.version,
        })
    }

    fn unknown(&self, miss: Option<&NearMiss>) -> Failure {
        Failure::not_found(match miss {
            Some(miss) => NotWidened::NotWritten(miss.fact.clone()).to_string(),
            None => NotWidened::NotAccepted(self.id.clone()).to_string(),
        })
    }
}
