//! Where each line of a paper stands, and which part of it the line belongs to.

use super::font::{runs_from_right, width};
use crate::{Block, Paper};

/// A4, in points of 1/72 inch.
pub(super) const PAGE: (f32, f32) = (595.0, 842.0);
/// Blank on all sides, in points; the banner stands inside it.
const MARGIN: f32 = 56.0;
/// Where banner and notice stand, from the edge.
pub(super) const EDGE: f32 = 30.0;
/// Size of running text, in points.
pub(super) const SIZE: f32 = 10.0;
/// From line to line, in sizes of the text.
pub(super) const LEADING: f32 = 1.35;
/// Points between columns.
const GAP: f32 = 6.0;

/// What a part of a paper is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The title.
    Title,
    /// A heading.
    Heading,
    /// A paragraph.
    Text,
    /// A cell of a table: of which row, and whether it names its column.
    Cell { table: usize, row: usize, head: bool },
}

/// A line where it stands, from the upper left corner.
pub(super) struct Line {
    pub(super) page: usize,
    pub(super) x: f32,
    pub(super) y: f32,
    /// Where its room ends on the right.
    pub(super) end: f32,
    pub(super) size: f32,
    pub(super) bold: bool,
    /// Whether its paragraph runs from the right.
    pub(super) from_right: bool,
    pub(super) text: String,
    /// The part that it belongs to, by its place in [`Layout::parts`].
    pub(super) part: usize,
}

/// The pages so far, and where the next line goes.
pub(super) struct Layout {
    pub(super) lines: Vec<Line>,
    pub(super) parts: Vec<Part>,
    pub(super) page: usize,
    y: f32,
}

impl Layout {
    /// A paper in lines.
    pub(super) fn of(paper: &Paper) -> Self {
        let mut layout = Self {
            lines: Vec::new(),
            parts: Vec::new(),
            page: 0,
            y: MARGIN,
        };
        let whole = (MARGIN, PAGE.0 - MARGIN);
        layout.part(Part::Title, &paper.title, whole, 15.0, true);
        layout.y += 6.0;
        for (n, block) in paper.blocks.iter().enumerate() {
            match block {
                Block::Heading(text) => {
                    layout.y += 8.0;
                    layout.part(Part::Heading, text, whole, 11.5, true);
                }
                Block::Text(text) => layout.part(Part::Text, text, whole, SIZE, false),
                Block::Item { lead, text, notes } => {
                    layout.part(Part::Text, lead, whole, SIZE, true);
                    layout.part(Part::Text, text, (MARGIN + 12.0, whole.1), SIZE, false);
                    for note in notes {
                        let room = (MARGIN + 24.0, whole.1);
                        layout.part(Part::Text, &format!("– {note}"), room, SIZE - 1.0, false);
                    }
                }
                Block::Table { head, rows } => {
                    let widths = widths(head, rows);
                    layout.row(head, &widths, (n, 0));
                    for (row, cells) in rows.iter().enumerate() {
                        layout.row(cells, &widths, (n, row + 1));
                    }
                }
            }
            layout.y += 4.0;
        }
        layout
    }

    /// All that a part says.
    pub(super) fn text(&self, part: usize) -> String {
        let lines = self.lines.iter().filter(|line| line.part == part);
        lines.map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn next_line(&mut self, size: f32) {
        self.y += size * LEADING;
        if self.y > PAGE.1 - MARGIN {
            self.page += 1;
            self.y = MARGIN + size * LEADING;
        }
    }

    /// Text in lines of its own, from `x` up to `end`.
    fn part(&mut self, part: Part, text: &str, (x, end): (f32, f32), size: f32, bold: bool) {
        let of = self.parts.len();
        self.parts.push(part);
        for paragraph in text.lines() {
            let from_right = runs_from_right(paragraph);
            for text in wrap(paragraph, end - x, size, bold) {
                self.next_line(size);
                self.put((text, from_right), (x, end), (size, bold), of);
            }
        }
    }

    fn put(
        &mut self,
        (text, from_right): (String, bool),
        (x, end): (f32, f32),
        (size, bold): (f32, bool),
        part: usize,
    ) {
        self.lines.push(Line {
            page: self.page,
            x,
            y: self.y,
            end,
            size,
            bold,
            from_right,
            text,
            part,
        });
    }

    /// A row of a table: its cells stand side by side, and the next row begins below the longest.
    fn row(&mut self, cells: &[String], widths: &[f32], (table, row): (usize, usize)) {
        let head = row == 0;
        let first = self.parts.len();
        self.parts.extend(cells.iter().map(|_| Part::Cell { table, row, head }));
        let wrapped: Vec<Vec<String>> = (cells.iter().zip(widths))
            .map(|(cell, width)| wrap(cell, width - GAP, SIZE - 1.0, head))
            .collect();
        for n in 0..wrapped.iter().map(Vec::len).max().unwrap_or(0) {
            self.next_line(SIZE - 1.0);
            let mut x = MARGIN;
            for (column, (lines, width)) in wrapped.iter().zip(widths).enumerate() {
                if let Some(text) = lines.get(n) {
                    let from_right = cells.get(column).is_some_and(|cell| runs_from_right(cell));
                    self.put(
                        (text.clone(), from_right),
                        (x, x + width - GAP),
                        (SIZE - 1.0, head),
                        first + column,
                    );
                }
                x += width;
            }
        }
        self.y += 3.0;
    }
}

/// How wide the columns of a table are: as wide as their longest cell, where there is room; else those that are wider
/// than their share yield.
fn widths(head: &[String], rows: &[Vec<String>]) -> Vec<f32> {
    let room = PAGE.0 - 2.0 * MARGIN;
    let wanted = |column: usize| {
        let cells = std::iter::once(head).chain(rows.iter().map(Vec::as_slice));
        let cells = cells.filter_map(|row| row.get(column));
        cells
            .map(|cell| width(cell, SIZE - 1.0, true) + GAP)
            .fold(0.0, f32::max)
    };
    let wanted: Vec<f32> = (0..head.len()).map(wanted).collect();
    let share = room / to_f32(head.len().max(1));
    let modest: f32 = wanted.iter().filter(|w| **w <= share).sum();
    let greedy = wanted.iter().filter(|w| **w > share).count();
    let left = (room - modest) / to_f32(greedy.max(1));
    wanted.iter().map(|w| if *w <= share { *w } else { left }).collect()
}

pub(super) fn to_f32(count: usize) -> f32 {
    u16::try_from(count).map_or(f32::MAX, f32::from)
}

/// Lines no longer than `room`, broken between words; a word longer than a line is broken where it has to be.
pub(super) fn wrap(text: &str, room: f32, size: f32, bold: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut taken) = (String::new(), 0.0);
    let space = width(" ", size, bold);
    for word in text.split_whitespace() {
        let wide = width(word, size, bold);
        if !line.is_empty() && taken + space + wide <= room {
            line.push(' ');
            line.push_str(word);
            taken += space + wide;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if wide <= room {
            line.push_str(word);
            taken = wide;
            continue;
        }
        for c in word.chars() {
            line.push(c);
            if width(&line, size, bold) > room && line.chars().nth(1).is_some() {
                line.pop();
                lines.push(std::mem::replace(&mut line, c.to_string()));
            }
        }
        taken = width(&line, size, bold);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}
