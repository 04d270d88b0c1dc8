//! Text that remembers, byte for byte, where in the original each part of it came from.

use std::ops::Range;

/// A stretch of text and the stretch of the original it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    at: usize,
    len: usize,
    from: usize,
    from_len: usize,
    /// A linear run maps byte to byte; any other run maps as a whole (an entity, a composed letter).
    linear: bool,
}

/// Derived text with an exact map back to the bytes of the original.
///
/// ```
/// use entente_watch::text::MappedText;
/// let mut text = MappedText::default();
/// text.push_linear("caf", 0);
/// text.push_whole("é", 3..11); // the original had `&eacute;`
/// assert_eq!(text.as_str(), "café");
/// assert_eq!(text.origin(2..5), 2..11);
/// ```
#[derive(Debug, Clone, Default)]
pub struct MappedText {
    text: String,
    runs: Vec<Run>,
}

impl MappedText {
    /// Text that is the original itself, from `from` on.
    #[must_use]
    pub fn identity(text: &str, from: usize) -> Self {
        let mut mapped = Self::default();
        mapped.push_linear(text, from);
        mapped
    }

    /// The derived text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Appends text that stands in the original, unchanged, at `from`.
    pub fn push_linear(&mut self, text: &str, from: usize) {
        if text.is_empty() {
            return;
        }
        let at = self.text.len();
        self.text.push_str(text);
        if let Some(last) = self.runs.last_mut()
            && last.linear
            && last.from + last.len == from
        {
            last.len += text.len();
            last.from_len += text.len();
            return;
        }
        self.runs.push(Run {
            at,
            len: text.len(),
            from,
            from_len: text.len(),
            linear: true,
        });
    }

    /// Appends text that replaces a stretch of the original (an empty stretch: text that was added).
    pub fn push_whole(&mut self, text: &str, from: Range<usize>) {
        if text.is_empty() {
            return;
        }
        let at = self.text.len();
        self.text.push_str(text);
        self.runs.push(Run {
            at,
            len: text.len(),
            from: from.start,
            from_len: from.len(),
            linear: false,
        });
    }

    /// Appends `outer`, which was derived from the text of `inner`, so that it maps to `inner`'s original.
    pub fn append_through(&mut self, outer: &Self, inner: &Self) {
        for run in &outer.runs {
            let text = &outer.text[run.at..run.at + run.len];
            if !run.linear {
                self.push_whole(text, inner.origin(run.from..run.from + run.from_len));
                continue;
            }
            let mut done = 0;
            while done < run.len {
                let position = run.from + done;
                let Some(under) = inner.run_at(position) else {
                    let end = inner.origin(position..position).start;
                    self.push_whole(&text[done..], end..end);
                    break;
                };
                let take = (under.at + under.len - position).min(run.len - done);
                let part = &text[done..done + take];
                if under.linear {
                    self.push_linear(part, under.from + position - under.at);
                } else {
                    self.push_whole(part, under.from..under.from + under.from_len);
                }
                done += take;
            }
        }
    }

    /// The text derived from this text's text, mapped to this text's original.
    #[must_use]
    pub fn through(&self, outer: &Self) -> Self {
        let mut mapped = Self::default();
        mapped.append_through(outer, self);
        mapped
    }

    /// Moves the original by so many bytes: a piece of a longer file.
    pub(super) fn shift(&mut self, by: usize) {
        for run in &mut self.runs {
            run.from += by;
        }
    }

    fn run_at(&self, position: usize) -> Option<&Run> {
        let index = self.runs.partition_point(|run| run.at + run.len <= position);
        self.runs.get(index)
    }

    /// The bytes of the original that `range` of the text stands for.
    #[must_use]
    pub fn origin(&self, range: Range<usize>) -> Range<usize> {
        let Some(last) = self.runs.last() else { return 0..0 };
        let start = match self.run_at(range.start) {
            Some(run) if run.linear => run.from + range.start - run.at,
            Some(run) => run.from,
            None => last.from + last.from_len,
        };
        if range.is_empty() {
            return start..start;
        }
        let end = match self.run_at(range.end - 1) {
            Some(run) if run.linear => run.from + range.end - run.at,
            Some(run) => run.from + run.from_len,
            None => last.from + last.from_len,
        };
        start..end.max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derivation_of_a_derivation_maps_to_the_first_original() {
        // Original: `a&amp;b\u{ad}c`
        let mut decoded = MappedText::default();
        decoded.push_linear("a", 0);
        decoded.push_whole("&", 1..6);
        decoded.push_linear("b\u{ad}c", 6);
        let mut stripped = MappedText::default();
        stripped.push_linear("a&b", 0);
        stripped.push_linear("c", 5);
        let both = decoded.through(&stripped);
        assert_eq!(both.as_str(), "a&bc");
        assert_eq!(both.origin(1..2), 1..6);
        assert_eq!(both.origin(2..4), 6..10);
        assert_eq!(both.origin(0..4), 0..10);
    }
}
