//! The slots of each fact as phrase numbers, laid out so that looking at a fact touches one stretch of memory.

use super::keys::threshold;
use crate::facts::Fact;

/// Where a fact's shape begins.
pub(super) type Place = u32;

/// Fact after fact: its number, the share of its weight that a finding has to exceed, how many slots it has, and slot
/// after slot: what it weighs, how many phrases it has and whether it is mandatory, the phrases, sorted.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    cells: Vec<u32>,
    places: Vec<Place>,
}

/// Cells of a shape before its slots.
const HEAD: usize = 3;
/// Cells of a slot before its phrases.
const SLOT_HEAD: usize = 2;
/// Set in the count of a mandatory slot.
const MANDATORY: u32 = 1 << 31;

/// A slot without its names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slot<'a> {
    /// Share of the fact's weight, to the precision of the type.
    pub share: f32,
    pub mandatory: bool,
    /// Its alternatives, sorted.
    pub phrases: &'a [u32],
}

impl Shapes {
    /// Adds the next fact; `slots` are the phrases of its slots.
    pub(super) fn push(&mut self, fact: &Fact, slots: &[Vec<u32>]) {
        let cells = HEAD + slots.iter().map(|slot| SLOT_HEAD + slot.len()).sum::<usize>();
        let place = u32::try_from(self.cells.len() + cells).map(|_| self.cells.len());
        let place = place.expect("facts with 2^32 alternatives do not fit into memory");
        let small = |count: usize| u32::try_from(count).expect("fewer than all cells");
        let total: f64 = fact.slots.iter().map(|slot| slot.weight).sum();
        // Rounded to a precision that only turns candidates away, with room to spare.
        #[allow(clippy::cast_possible_truncation, reason = "shares are between 0 and 1")]
        let share = |weight: f64| (weight as f32).to_bits();
        self.cells
            .extend([small(self.places.len()), share(threshold(fact)), small(slots.len())]);
        for (slot, phrases) in fact.slots.iter().zip(slots) {
            let mandatory = if slot.mandatory { MANDATORY } else { 0 };
            self.cells
                .extend([share(slot.weight / total), small(phrases.len()) | mandatory]);
            self.cells.extend(phrases);
        }
        self.places.push(small(place));
    }

    /// Where a fact's shape begins.
    pub(super) fn place(&self, fact: usize) -> Place {
        self.places[fact]
    }

    /// The fact whose shape begins here.
    #[inline]
    pub(super) fn fact(&self, place: Place) -> u32 {
        self.cells[place as usize]
    }

    /// The share of its weight that a finding has to exceed.
    pub(super) fn threshold(&self, place: Place) -> f32 {
        f32::from_bits(self.cells[place as usize + 1])
    }

    /// The slots of a fact.
    #[inline]
    pub(super) fn slots(&self, place: Place) -> Slots<'_> {
        let place = place as usize;
        Slots {
            left: self.cells[place + HEAD - 1],
            cells: &self.cells[place + HEAD..],
        }
    }
}

/// Goes through the slots of a fact.
#[derive(Debug, Clone)]
pub(super) struct Slots<'a> {
    left: u32,
    cells: &'a [u32],
}

impl<'a> Iterator for Slots<'a> {
    type Item = Slot<'a>;

    #[inline]
    fn next(&mut self) -> Option<Slot<'a>> {
        self.left = self.left.checked_sub(1)?;
        let ([share, count], rest) = self.cells.split_first_chunk()?;
        let (phrases, rest) = rest.split_at((count & !MANDATORY) as usize);
        self.cells = rest;
        Some(Slot {
            share: f32::from_bits(*share),
            mandatory: count & MANDATORY != 0,
            phrases,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;

    #[test]
    fn slots_come_back_fact_by_fact() {
        let facts = Facts::parse(
            r#"[{"id":"a","slots":[{"name":"x","any":[],"mandatory":true,"weight":3},{"name":"y","any":[]}]},
                {"id":"b"},{"id":"c","slots":[{"name":"z","any":[]}]}]"#,
        )
        .expect("valid");
        let mut shapes = Shapes::default();
        shapes.push(&facts.list()[0], &[vec![1, 2], vec![]]);
        shapes.push(&facts.list()[1], &[]);
        shapes.push(&facts.list()[2], &[vec![9]]);
        let got: Vec<Vec<(f32, bool, &[u32])>> = (0..3)
            .map(|fact| {
                let slots = shapes.slots(shapes.place(fact));
                slots.map(|slot| (slot.share, slot.mandatory, slot.phrases)).collect()
            })
            .collect();
        assert_eq!(
            got,
            [
                vec![(0.75, true, &[1, 2][..]), (0.25, false, &[])],
                vec![],
                vec![(1.0, false, &[9])]
            ]
        );
        assert_eq!(shapes.fact(shapes.place(2)), 2);
    }
}
