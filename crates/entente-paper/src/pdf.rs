//! A paper as PDF (ISO 32000-1), for a printer: A4, the standard fonts, so that nothing has to be embedded.

use encoding_rs::WINDOWS_1252;
use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, Stream, dictionary};

use crate::{Block, Paper};

/// A4, in points of 1/72 inch.
const PAGE: (f64, f64) = (595.0, 842.0);
/// Blank on all sides, in points; the banner stands inside it.
const MARGIN: f64 = 56.0;
/// Where banner and notice stand, from the edge.
const EDGE: f64 = 30.0;
/// Size of running text, in points.
const SIZE: f64 = 10.0;
/// From line to line, in sizes of the text.
const LEADING: f64 = 1.35;
/// Bold letters are about so much wider than plain ones (Helvetica-Bold against Helvetica, font metrics of Adobe).
const BOLD: f64 = 1.09;

/// Widths of Helvetica from space to `~`, in thousandths of its size (Adobe Core 14 font metrics).
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];
/// The widest ordinary letter: what is not in the table is taken to be no wider.
const WIDEST: u16 = 1000;

/// A file that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the PDF could not be written: {0}; the HTML form can be printed instead")]
pub struct PdfError(#[from] lopdf::Error);

/// A finished file.
#[derive(Clone, Debug)]
pub struct Printed {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many characters the standard fonts do not have; each is printed as `?`. The HTML form has them.
    pub replaced: usize,
}

/// A line where it stands.
struct Line {
    page: usize,
    x: f64,
    y: f64,
    size: f64,
    bold: bool,
    text: String,
}

/// The pages so far, and where the next line goes.
struct Layout {
    lines: Vec<Line>,
    page: usize,
    y: f64,
}

impl Layout {
    fn next_line(&mut self, size: f64) {
        self.y -= size * LEADING;
        if self.y < MARGIN {
            self.page += 1;
            self.y = PAGE.1 - MARGIN - size * LEADING;
        }
    }

    /// Text in lines of its own, from `x` up to `end`.
    fn flow(&mut self, text: &str, (x, end): (f64, f64), size: f64, bold: bool) {
        for paragraph in text.lines() {
            for text in wrap(paragraph, end - x, size, bold) {
                self.next_line(size);
                self.put(text, x, size, bold);
            }
        }
    }

    fn put(&mut self, text: String, x: f64, size: f64, bold: bool) {
        self.lines.push(Line {
            page: self.page,
            x,
            y: self.y,
            size,
            bold,
            text,
        });
    }

    fn space(&mut self, points: f64) {
        self.y -= points;
    }

    /// A row of a table: its cells stand side by side, and the next row begins below the longest.
    fn row(&mut self, cells: &[String], widths: &[f64], bold: bool) {
        let wrapped: Vec<Vec<String>> = (cells.iter().zip(widths))
            .map(|(cell, width)| wrap(cell, width - GAP, SIZE - 1.0, bold))
            .collect();
        for n in 0..wrapped.iter().map(Vec::len).max().unwrap_or(0) {
            self.next_line(SIZE - 1.0);
            let mut x = MARGIN;
            for (lines, width) in wrapped.iter().zip(widths) {
                if let Some(text) = lines.get(n) {
                    self.put(text.clone(), x, SIZE - 1.0, bold);
                }
                x += width;
            }
        }
        self.space(3.0);
    }
}

/// Points between columns.
const GAP: f64 = 6.0;

/// How wide the columns of a table are: as wide as their longest cell, where there is room; else those that are wider
/// than their share yield.
fn widths(head: &[String], rows: &[Vec<String>]) -> Vec<f64> {
    let room = PAGE.0 - 2.0 * MARGIN;
    let wanted = |column: usize| {
        let cells = std::iter::once(head).chain(rows.iter().map(Vec::as_slice));
        let cells = cells.filter_map(|row| row.get(column));
        cells
            .map(|cell| width(cell, SIZE - 1.0, true) + GAP)
            .fold(0.0, f64::max)
    };
    let wanted: Vec<f64> = (0..head.len()).map(wanted).collect();
    let share = room / to_f64(head.len().max(1));
    let modest: f64 = wanted.iter().filter(|w| **w <= share).sum();
    let greedy = wanted.iter().filter(|w| **w > share).count();
    let left = (room - modest) / to_f64(greedy.max(1));
    wanted.iter().map(|w| if *w <= share { *w } else { left }).collect()
}

fn to_f64(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

fn width(text: &str, size: f64, bold: bool) -> f64 {
    let of = |c: char| {
        let place = u32::from(c).checked_sub(32).and_then(|n| usize::try_from(n).ok());
        let accented = if c.is_lowercase() { 556 } else { WIDEST };
        f64::from(place.and_then(|n| WIDTHS.get(n)).copied().unwrap_or(accented))
    };
    text.chars().map(of).sum::<f64>() / 1000.0 * size * if bold { BOLD } else { 1.0 }
}

/// Lines no longer than `room`, broken between words; a word longer than a line is broken where it has to be.
fn wrap(text: &str, room: f64, size: f64, bold: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if width(&longer, size, bold) <= room {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            if !line.is_empty() && width(&line, size, bold) + width(c.encode_utf8(&mut [0; 4]), size, bold) > room {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Letters that the standard fonts lack, by the nearest that they have.
const NEAREST: [(&str, &str); 6] = [
    ("ĄĀĂĆČĘĒĚ", "AAACCEEE"),
    ("ąāăćčęēě", "aaacceee"),
    ("ŁŃŇŚŻŹ", "LNNSZZ"),
    ("łńňśżź", "lnnszz"),
    ("→‐‑−", ">---"),
    ("\u{a0}\u{202f}\u{2009}", "   "),
];

/// The text in the encoding of the standard fonts (`WinAnsiEncoding`, ISO 32000-1, annex D.2), counting what it lacks.
fn encoded(text: &str, replaced: &mut usize) -> Vec<u8> {
    let one = |c: char| {
        let near = NEAREST.iter().find_map(|(from, to)| {
            let at = from.chars().position(|known| known == c)?;
            to.chars().nth(at)
        });
        near.unwrap_or(if c.is_control() { ' ' } else { c })
    };
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars().map(one) {
        let mut buffer = [0; 4];
        let (byte, _, unknown) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
        if unknown {
            *replaced += 1;
            bytes.push(b'?');
        } else {
            bytes.extend_from_slice(&byte);
        }
    }
    bytes
}

impl Paper {
    /// As PDF, with the banner at the head and foot of every page.
    ///
    /// # Errors
    /// [`PdfError`], when the file cannot be put together.
    pub fn pdf(&self) -> Result<Printed, PdfError> {
        let mut layout = Layout {
            lines: Vec::new(),
            page: 0,
            y: PAGE.1 - MARGIN,
        };
        let whole = (MARGIN, PAGE.0 - MARGIN);
        layout.flow(&self.title, whole, 15.0, true);
        layout.space(6.0);
        for block in &self.blocks {
            match block {
                Block::Heading(text) => {
                    layout.space(8.0);
                    layout.flow(text, whole, 11.5, true);
                }
                Block::Text(text) => layout.flow(text, whole, SIZE, false),
                Block::Item { lead, text, notes } => {
                    layout.flow(lead, whole, SIZE, true);
                    layout.flow(text, (MARGIN + 12.0, whole.1), SIZE, false);
                    for note in notes {
                        layout.flow(&format!("– {note}"), (MARGIN + 24.0, whole.1), SIZE - 1.0, false);
                    }
                }
                Block::Table { head, rows } => {
                    let widths = widths(head, rows);
                    layout.row(head, &widths, true);
                    rows.iter().for_each(|row| layout.row(row, &widths, false));
                }
            }
            layout.space(4.0);
        }
        self.assemble(&layout)
    }

    fn assemble(&self, layout: &Layout) -> Result<Printed, PdfError> {
        let mut replaced = 0;
        let mut document = Document::with_version("1.5");
        let pages = document.new_object_id();
        let mut font = |name: &str| {
            document.add_object(dictionary! {
                "Type" => "Font", "Subtype" => "Type1", "BaseFont" => name, "Encoding" => "WinAnsiEncoding",
            })
        };
        let (plain, bold) = (font("Helvetica"), font("Helvetica-Bold"));
        let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => plain, "F2" => bold } });
        let mut kids: Vec<Object> = Vec::new();
        for page in 0..=layout.page {
            let mut operations = Vec::new();
            for line in layout.lines.iter().filter(|line| line.page == page) {
                show(
                    &mut operations,
                    line.x,
                    line.y,
                    line.size,
                    line.bold,
                    encoded(&line.text, &mut replaced),
                );
            }
            let mut centred = |text: &str, y: f64, bold: bool| {
                for (n, text) in wrap(text, PAGE.0 - 2.0 * EDGE, SIZE, bold).into_iter().enumerate() {
                    let x = (PAGE.0 - width(&text, SIZE, bold)) / 2.0;
                    let text = encoded(&text, &mut replaced);
                    show(&mut operations, x, y - to_f64(n) * SIZE * LEADING, SIZE, bold, text);
                }
            };
            centred(&self.banner, PAGE.1 - EDGE, true);
            centred(&self.banner, EDGE, true);
            let notice = self
                .notice
                .as_deref()
                .map_or(String::new(), |notice| format!("{notice} – "));
            centred(
                &format!("{notice}{} / {}", page + 1, layout.page + 1),
                EDGE + SIZE * LEADING,
                false,
            );
            let content = document.add_object(Stream::new(dictionary! {}, Content { operations }.encode()?));
            kids.push(
                document
                    .add_object(dictionary! { "Type" => "Page", "Parent" => pages, "Contents" => content })
                    .into(),
            );
        }
        let count = i64::try_from(kids.len()).unwrap_or(i64::MAX);
        let size = [0.0, 0.0, 595.0, 842.0].map(Object::Real).to_vec();
        let tree = dictionary! {
            "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources, "MediaBox" => size,
        };
        document.objects.insert(pages, Object::Dictionary(tree));
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        document.trailer.set("Root", catalog);
        document.compress();
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).map_err(lopdf::Error::from)?;
        Ok(Printed { bytes, replaced })
    }
}

fn show(operations: &mut Vec<Operation>, x: f64, y: f64, size: f64, bold: bool, text: Vec<u8>) {
    let font = Object::Name(if bold { b"F2".to_vec() } else { b"F1".to_vec() });
    let number = |n: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "points on a page")]
        Object::Real(n as f32)
    };
    operations.extend([
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec![font, number(size)]),
        Operation::new("Td", vec![number(x), number(y)]),
        Operation::new("Tj", vec![Object::string_literal(text)]),
        Operation::new("ET", vec![]),
    ]);
}
