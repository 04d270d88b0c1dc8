//! A set of control words: one bit each.

use super::vocabulary::{CONTROLS, Word};

/// Words of a mark, in register order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words(u32);

const _: () = assert!(CONTROLS.len() <= 32, "more words than bits");

const fn bit(word: Word) -> u32 {
    1 << word as u32
}

impl Words {
    pub(crate) const fn of(words: &[Word]) -> Self {
        let (mut bits, mut n) = (0, 0);
        while n < words.len() {
            bits |= bit(words[n]);
            n += 1;
        }
        Self(bits)
    }

    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    /// Adds a word; whether it was not there.
    pub(crate) fn insert(&mut self, word: Word) -> bool {
        let is_new = !self.contains(word);
        self.0 |= bit(word);
        is_new
    }

    pub(crate) const fn contains(self, word: Word) -> bool {
        self.0 & bit(word) != 0
    }

    /// Whether both hold one of the same words.
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Those of a stretch of the register, both ends included.
    pub(crate) const fn within(self, first: Word, last: Word) -> Self {
        let from = u32::MAX << first as u32;
        let to = u32::MAX >> (31 - last as u32);
        Self(self.0 & from & to)
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Word> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let row = CONTROLS.get(left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(row.token)
        })
    }
}

impl FromIterator<Word> for Words {
    fn from_iter<I: IntoIterator<Item = Word>>(words: I) -> Self {
        Self(words.into_iter().fold(0, |bits, word| bits | bit(word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_words_gives_them_in_register_order() {
        let mut words = Words::default();
        assert!(words.is_empty() && words.iter().next().is_none());
        for word in [Word::Nnpi, Word::Noforn, Word::Rsen] {
            assert!(words.insert(word) && !words.insert(word));
        }
        assert!(words.iter().eq([Word::Rsen, Word::Noforn, Word::Nnpi]));
        assert_eq!(words.len(), 3);
        assert_eq!(words, [Word::Rsen, Word::Noforn, Word::Nnpi].into_iter().collect());
        assert!(
            words
                .within(Word::Orcon, Word::Nnpi)
                .iter()
                .eq([Word::Noforn, Word::Nnpi])
        );
        assert!(words.within(Word::Noforn, Word::Noforn).iter().eq([Word::Noforn]));
        let less = words.without(Words::of(&[Word::Noforn]));
        assert!(words.meets(Words::of(&[Word::Noforn])) && !less.contains(Word::Noforn));
    }
}
