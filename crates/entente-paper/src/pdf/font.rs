//! Letters: which font has them, how wide they are, and in which direction they run.

use std::sync::LazyLock;

use krilla::Data;
use krilla::text::{Font, TextDirection};
use rustybuzz::{Direction, Face, UnicodeBuffer};
use unicode_bidi::{BidiInfo, Level};

/// Plain and bold letters, each as the file says it and as it is shaped: Latin, Greek, Cyrillic, Arabic and Hebrew among others.
static FACES: LazyLock<[Option<Face<'static>>; 2]> =
    LazyLock::new(|| [dejavu::sans::regular(), dejavu::sans::bold()].map(|bytes| Face::from_slice(bytes, 0)));

/// The fonts of one document.
pub(super) struct Fonts([Font; 2]);

impl Fonts {
    /// `None` where the fonts that came with the program are damaged.
    pub(super) fn load() -> Option<Self> {
        let font = |bytes: &'static [u8]| Font::new(Data::from(bytes), 0);
        Some(Self([font(dejavu::sans::regular())?, font(dejavu::sans::bold())?]))
    }

    pub(super) fn of(&self, bold: bool) -> Font {
        self.0[usize::from(bold)].clone()
    }
}

fn face(bold: bool) -> Option<&'static Face<'static>> {
    FACES[usize::from(bold)].as_ref()
}

/// A stretch of a line that runs in one direction.
pub(super) struct Stretch<'t> {
    pub(super) text: &'t str,
    pub(super) direction: TextDirection,
    /// In points.
    pub(super) width: f32,
}

/// Whether a paragraph runs from the right: its first letter says so.
pub(super) fn runs_from_right(paragraph: &str) -> bool {
    let bidi = BidiInfo::new(paragraph, None);
    bidi.paragraphs
        .first()
        .is_some_and(|paragraph| paragraph.level.is_rtl())
}

/// How a line of a paragraph that runs from the right, or from the left, is seen (Unicode Standard Annex #9).
pub(super) fn seen(line: &str, size: f32, bold: bool, from_right: bool) -> Vec<Stretch<'_>> {
    let bidi = BidiInfo::new(line, Some(if from_right { Level::rtl() } else { Level::ltr() }));
    let Some(paragraph) = bidi.paragraphs.first() else {
        return Vec::new();
    };
    let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
    let stretches = runs.into_iter().filter_map(|range| {
        let text = line.get(range.clone())?;
        let right = levels.get(range.start).is_some_and(Level::is_rtl);
        let direction = match right {
            true => TextDirection::RightToLeft,
            false => TextDirection::LeftToRight,
        };
        let width = shaped(text, size, bold, right);
        Some(Stretch { text, direction, width })
    });
    stretches.collect()
}

/// How wide a text is, in points.
pub(super) fn width(text: &str, size: f32, bold: bool) -> f32 {
    seen(text, size, bold, false).iter().map(|stretch| stretch.width).sum()
}

fn shaped(text: &str, size: f32, bold: bool, right: bool) -> f32 {
    let Some(face) = face(bold) else { return 0.0 };
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    buffer.set_direction(if right {
        Direction::RightToLeft
    } else {
        Direction::LeftToRight
    });
    let shaped = rustybuzz::shape(face, &[], buffer);
    let units: f32 = shaped
        .glyph_positions()
        .iter()
        .map(|glyph| to_f32(glyph.x_advance))
        .sum();
    units / to_f32(face.units_per_em()) * size
}

#[expect(
    clippy::cast_precision_loss,
    reason = "advances and units of a font are small numbers"
)]
fn to_f32(units: i32) -> f32 {
    units as f32
}

/// The text with what the fonts have: what they lack becomes `?`, and is counted.
pub(super) fn printable(text: &str, replaced: &mut usize) -> String {
    let known = |c: char| face(false).is_some_and(|face| face.glyph_index(c).is_some());
    let one = |c: char| match c {
        // Spaces of other widths, and what directs lines rather than being seen.
        '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
        c if c.is_control() => ' ',
        c if known(c) => c,
        _ => {
            *replaced += 1;
            '?'
        }
    };
    text.chars().map(one).collect()
}
