//! What a fact asks of a text, and so: without which of its slots it cannot be found at all.

use crate::facts::Fact;

/// Share of a fact's weight that has to be exceeded where mandatory slots vouch for the topic: two of three equal
/// slots, but not three of five. On real articles, at one half, facts with a single
/// mandatory slot had twice as many wrong findings.
pub(super) const COVERAGE: f64 = 0.6;
/// The same without any mandatory slot. Two of three slots were right only half of the time on real articles,
/// so two thirds are not enough.
pub(super) const COVERAGE_WITHOUT_MANDATORY: f64 = 0.7;
/// Weights are sums of decimals; a share that equals the threshold on paper must not exceed it.
pub(super) const ROUNDING: f64 = 1e-9;
/// What a slot counts that stands in the neighbouring sentence.
pub(super) const NEIGHBOUR: f64 = 0.5;
/// One word alone says nothing, unless the analyst gave the fact a single slot.
pub(super) const MIN_SLOTS: usize = 2;
/// A sentence and the two beside it.
const SENTENCES_NEARBY: u64 = 3;

/// The share that a fact's finding has to exceed.
pub(super) fn threshold(fact: &Fact) -> f64 {
    if fact.slots.iter().any(|slot| slot.mandatory) {
        COVERAGE
    } else {
        COVERAGE_WITHOUT_MANDATORY
    }
}

/// What has to be in a text for a fact to be found in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Keys {
    /// One of these slots in the sentence itself.
    Here(Vec<usize>),
    /// This slot in the sentence or beside it.
    Beside(usize),
}

/// The cheapest [`Keys`] that no finding can do without, whatever other facts there are.
pub(super) fn key_slots(fact: &Fact, cost: impl Fn(usize) -> u64) -> Keys {
    let mut order: Vec<(u64, usize)> = (0..fact.slots.len()).map(|slot| (cost(slot), slot)).collect();
    order.sort_unstable();
    let mandatory: Vec<(u64, usize)> = order
        .iter()
        .copied()
        .filter(|(_, slot)| fact.slots[*slot].mandatory)
        .collect();
    if let Some((rarest, slot)) = mandatory.first() {
        // All are needed nearby and one of them in the sentence.
        let all: u64 = mandatory.iter().map(|(cost, _)| cost).sum();
        return if all <= rarest.saturating_mul(SENTENCES_NEARBY) {
            Keys::Here(mandatory.into_iter().map(|(_, slot)| slot).collect())
        } else {
            Keys::Beside(*slot)
        };
    }
    // What the sentence itself has to give if its neighbours give all the rest.
    let own = (COVERAGE_WITHOUT_MANDATORY - NEIGHBOUR) / (1.0 - NEIGHBOUR);
    let total: f64 = fact.slots.iter().map(|s| s.weight).sum();
    let mut left = total;
    let mut keys = Vec::new();
    for (_, slot) in order {
        if left <= own * total {
            break;
        }
        left -= fact.slots[slot].weight;
        keys.push(slot);
    }
    Keys::Here(keys)
}
