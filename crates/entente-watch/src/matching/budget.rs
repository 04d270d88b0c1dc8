//! How much one text may yield: enough for any prose, a bound for input that is made to match.

use foldhash::HashMap;

use crate::facts::Fact;

/// Places in one text at which one fact is found: an article has some ten, a file of a thousand articles some hundred.
/// A text that repeats one fact without end must not hide the others behind it.
const MAX_PLACES: usize = 500;
/// Places in one text in all: several times what a report lists, since some fall away as echoes of others.
const MAX_ALL: usize = 20_000;
/// Facts of which it is said one by one that they were cut.
const MAX_SAID: usize = 5;

/// What one stage has found in one text.
#[derive(Debug, Default)]
pub(super) struct Budget {
    spent: usize,
    /// By fact: how often, and the first sentence in which it was not looked for any more.
    places: HashMap<usize, (usize, Option<usize>)>,
    /// The first sentence in which no fact was looked for any more.
    exhausted: Option<usize>,
}

impl Budget {
    /// Whether a fact may still be found in a sentence; where not, that will be said.
    pub(super) fn allows(&mut self, fact: usize, sentence: usize) -> bool {
        if self.spent >= MAX_ALL {
            // The stages start over, so the first to be refused need not be the earliest.
            self.exhausted = Some(self.exhausted.map_or(sentence, |cut| cut.min(sentence)));
            return false;
        }
        match self.places.get_mut(&fact) {
            Some((count, cut)) if *count >= MAX_PLACES => {
                *cut = Some(cut.map_or(sentence, |cut| cut.min(sentence)));
                false
            }
            _ => true,
        }
    }

    /// Counts a place at which a fact was found.
    pub(super) fn spend(&mut self, fact: usize) {
        self.spent += 1;
        self.places.entry(fact).or_default().0 += 1;
    }

    /// What was cut, in words.
    pub(super) fn said(&self, facts: &[Fact]) -> Vec<String> {
        let mut cut: Vec<(usize, usize)> = self
            .places
            .iter()
            .filter_map(|(fact, (_, cut))| cut.map(|sentence| (*fact, sentence)))
            .collect();
        cut.sort_unstable();
        let each = cut.iter().take(MAX_SAID).map(|(fact, sentence)| {
            format!(
                "fact `{}` stands in more than {MAX_PLACES} places; it was not looked for from sentence {} on",
                facts[*fact].id,
                sentence + 1
            )
        });
        let rest = cut.len().checked_sub(MAX_SAID + 1).map(|more| {
            format!(
                "{} more facts stand in more than {MAX_PLACES} places each, and were not looked for behind these",
                more + 1
            )
        });
        let all = self.exhausted.map(|sentence| {
            format!(
                "facts may stand in more than {MAX_ALL} places; nothing was looked for from sentence {} on: split the text",
                sentence + 1
            )
        });
        each.chain(rest).chain(all).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;

    #[test]
    fn one_fact_cannot_use_up_what_others_need() {
        let facts = Facts::parse(r#"[{"id":"a"},{"id":"b"}]"#).expect("valid");
        let mut budget = Budget::default();
        for sentence in 0..MAX_PLACES {
            assert!(budget.allows(0, sentence));
            budget.spend(0);
        }
        assert!(!budget.allows(0, 700) && !budget.allows(0, 701) && budget.allows(1, 702));
        let said = budget.said(facts.list());
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].contains("`a`") && said[0].contains("from sentence 701"),
            "{said:?}"
        );
    }

    #[test]
    fn what_is_cut_for_all_is_said_once() {
        let facts = Facts::parse("[]").expect("valid");
        let mut budget = Budget::default();
        for fact in 0..MAX_ALL {
            budget.spend(fact);
        }
        assert!(!budget.allows(MAX_ALL, 3) && !budget.allows(MAX_ALL + 1, 9));
        assert_eq!(budget.said(facts.list()).len(), 1);
        assert!(budget.said(facts.list())[0].contains("from sentence 4 on"));
    }
}
