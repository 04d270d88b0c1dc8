//! A paper as PDF for a printer: A4, with the letters that it uses embedded, and tagged for those who have it read to them
//! (ISO 14289-1, PDF/UA; what the format demands is checked while it is written).

mod font;
mod layout;

use krilla::configure::{Configuration, Validator};
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};

use crate::Paper;
use font::{Fonts, Stretch, printable, runs_from_right, seen, width};
use layout::{EDGE, LEADING, Layout, PAGE, Part, SIZE, to_f32, wrap};

/// A file that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the PDF could not be written: {0}; the HTML form can be printed instead")]
pub struct PdfError(String);

/// A finished file.
#[derive(Clone, Debug)]
pub struct Printed {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many characters the fonts do not have; each is printed as `?`. The HTML form has them.
    pub replaced: usize,
}

impl Paper {
    /// As PDF, with the banner at the head and foot of every page.
    ///
    /// # Errors
    /// [`PdfError`], when the file cannot be put together.
    pub fn pdf(&self) -> Result<Printed, PdfError> {
        let mut replaced = 0;
        let paper = self.printable(&mut replaced);
        let bytes = paper.drawn(&Layout::of(&paper))?;
        Ok(Printed { bytes, replaced })
    }

    fn drawn(&self, layout: &Layout) -> Result<Vec<u8>, PdfError> {
        let damaged = || PdfError("the fonts of the program are damaged".to_owned());
        let fonts = Fonts::load().ok_or_else(damaged)?;
        let settings = SerializeSettings {
            configuration: Configuration::new_with_validator(Validator::UA1),
            ..SerializeSettings::default()
        };
        let mut document = Document::new_with(settings);
        let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(damaged)?;
        let mut told: Vec<Vec<Identifier>> = layout.parts.iter().map(|_| Vec::new()).collect();
        for page in 0..=layout.page {
            let mut drawn = document.start_page_with(size.clone());
            let mut surface = drawn.surface();
            self.frame(&mut surface, &fonts, (page + 1, layout.page + 1));
            for line in layout.lines.iter().filter(|line| line.page == page) {
                let told_as = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                let stretches = seen(&line.text, line.size, line.bold, line.from_right);
                let wide: f32 = stretches.iter().map(|stretch| stretch.width).sum();
                let x = if line.from_right { line.end - wide } else { line.x };
                draw(&mut surface, &fonts, stretches, (x, line.y), (line.size, line.bold));
                surface.end_tagged();
                if let Some(of) = told.get_mut(line.part) {
                    of.push(told_as);
                }
            }
            surface.finish();
            drawn.finish();
        }
        document.set_tag_tree(tree(layout, told));
        let metadata = Metadata::new().title(self.title.clone()).language("en".to_owned());
        document.set_metadata(metadata.description(self.banner.clone()));
        let outline = krilla::outline::Outline::new();
        document.set_outline(outline);
        document.finish().map_err(|error| PdfError(format!("{error:?}")))
    }

    /// What every page bears: the banner at its head and foot, the notice and the page's number.
    fn frame(&self, surface: &mut Surface<'_>, fonts: &Fonts, (page, pages): (usize, usize)) {
        let centred = |surface: &mut Surface<'_>, text: &str, y: f32, bold: bool| {
            for (n, text) in wrap(text, PAGE.0 - 2.0 * EDGE, SIZE, bold).into_iter().enumerate() {
                let x = (PAGE.0 - width(&text, SIZE, bold)) / 2.0;
                let stretches = seen(&text, SIZE, bold, runs_from_right(&text));
                let y = y + to_f32(n) * SIZE * LEADING;
                draw(surface, fonts, stretches, (x, y), (SIZE, bold));
            }
        };
        surface.start_tagged(ContentTag::Artifact(ArtifactType::Header));
        centred(surface, &self.banner, EDGE, true);
        surface.end_tagged();
        surface.start_tagged(ContentTag::Artifact(ArtifactType::Footer));
        let notice = self
            .notice
            .as_deref()
            .map_or(String::new(), |notice| format!("{notice} – "));
        let foot = PAGE.1 - EDGE;
        centred(
            surface,
            &format!("{notice}{page} / {pages}"),
            foot - SIZE * LEADING,
            false,
        );
        centred(surface, &self.banner, foot, true);
        surface.end_tagged();
    }

    /// The same with only what the fonts have, counting what they lack.
    fn printable(&self, replaced: &mut usize) -> Self {
        use crate::Block;
        let mut one = |text: &String| printable_lines(text, replaced);
        Self {
            title: one(&self.title),
            banner: one(&self.banner),
            notice: self.notice.as_ref().map(&mut one),
            blocks: (self.blocks.iter())
                .map(|block| match block {
                    Block::Heading(text) => Block::Heading(one(text)),
                    Block::Text(text) => Block::Text(one(text)),
                    Block::Item { lead, text, notes } => Block::Item {
                        lead: one(lead),
                        text: one(text),
                        notes: notes.iter().map(&mut one).collect(),
                    },
                    Block::Table { head, rows } => Block::Table {
                        head: head.iter().map(&mut one).collect(),
                        rows: rows.iter().map(|row| row.iter().map(&mut one).collect()).collect(),
                    },
                })
                .collect(),
        }
    }
}

fn printable_lines(text: &str, replaced: &mut usize) -> String {
    let lines: Vec<String> = text.lines().map(|line| printable(line, replaced)).collect();
    lines.join("\n")
}

/// A line as it is seen, its left end at `x`.
fn draw(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    stretches: Vec<Stretch<'_>>,
    (mut x, y): (f32, f32),
    (size, bold): (f32, bool),
) {
    for stretch in stretches {
        let at = Point::from_xy(x, y);
        surface.draw_text(at, fonts.of(bold), size, stretch.text, false, stretch.direction);
        x += stretch.width;
    }
}

/// The parts of the paper in the order in which they are read.
fn tree(layout: &Layout, told: Vec<Vec<Identifier>>) -> TagTree {
    let mut tree = TagTree::new();
    let one = std::num::NonZeroU16::MIN;
    let mut table: Option<(usize, usize, TagGroup, TagGroup)> = None;
    for (n, (part, lines)) in layout.parts.iter().zip(told).enumerate() {
        if let Part::Cell { table: of, row, head } = *part {
            let mut cell = match head {
                true => TagGroup::new(Tag::TH(TableHeaderScope::Column)),
                false => TagGroup::new(Tag::TD),
            };
            lines.into_iter().for_each(|line| cell.push(line));
            let (known, at, mut whole, mut cells) = match table.take() {
                Some(open) if open.0 == of => open,
                other => {
                    close(&mut tree, other);
                    (of, row, TagGroup::new(Tag::Table), TagGroup::new(Tag::TR))
                }
            };
            if at != row {
                whole.push(std::mem::replace(&mut cells, TagGroup::new(Tag::TR)));
            }
            cells.push(cell);
            table = Some((known, row, whole, cells));
            continue;
        }
        close(&mut tree, table.take());
        let named = || Some(layout.text(n));
        let mut group = match part {
            Part::Title => TagGroup::new(Tag::Hn(one, named())),
            Part::Heading => TagGroup::new(Tag::Hn(one.saturating_add(1), named())),
            _ => TagGroup::new(Tag::P),
        };
        lines.into_iter().for_each(|line| group.push(line));
        tree.push(group);
    }
    close(&mut tree, table);
    tree
}

fn close(tree: &mut TagTree, table: Option<(usize, usize, TagGroup, TagGroup)>) {
    if let Some((_, _, mut whole, cells)) = table {
        whole.push(cells);
        tree.push(whole);
    }
}
