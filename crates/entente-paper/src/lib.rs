//! Marked documents for people to read: a briefing, a case, an assurance report.
//!
//! A [`Paper`] says what stands on it; [`Paper::markdown`], [`Paper::html`] and [`Paper::pdf`] say the same in three
//! forms. Its banner stands at the head and foot of every page. All texts are plain: whatever others wrote into them is
//! shown as it is and never becomes mark-up.

mod html;
mod markdown;
mod pdf;

pub use pdf::{PdfError, Printed};

/// A document, from its head to its foot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// Its title.
    pub title: String,
    /// The marking of the whole: at the head and foot of every page.
    pub banner: String,
    /// Something every page has to say, such as "Neither confirm nor deny."
    pub notice: Option<String>,
    /// What stands on it, in order.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// Something marked or numbered, with notes below it.
    Item {
        /// The mark, number or word before it.
        lead: String,
        /// What it says.
        text: String,
        /// Notes: reasons, conditions, remedies.
        notes: Vec<String>,
    },
    /// A table.
    Table {
        /// The names of its columns.
        head: Vec<String>,
        /// Its rows, each as long as the head.
        rows: Vec<Vec<String>>,
    },
}

impl Paper {
    /// A copy of something marked for one receiver: who it is for stands on every page, and each part with its mark and notes.
    ///
    /// ```
    /// let item = ("(TLP:GREEN)".to_owned(), "Check the seals.".to_owned(), vec!["check, of USA".to_owned()]);
    /// let copy = entente_paper::Paper::copy_for("GBR", ("Seals", "TLP:GREEN"), Some("Copy 7"), [item]);
    /// assert_eq!(copy.notice.as_deref(), Some("For GBR. Copy 7."));
    /// ```
    pub fn copy_for(
        whom: &str,
        (title, banner): (&str, &str),
        number: Option<&str>,
        items: impl IntoIterator<Item = (String, String, Vec<String>)>,
    ) -> Self {
        let mut paper = Self::new(title, banner);
        paper.notice = Some(match number {
            Some(number) => format!("For {whom}. {number}."),
            None => format!("For {whom}."),
        });
        for (mark, text, notes) in items {
            paper.item(mark, text, notes);
        }
        paper
    }

    /// An empty document.
    pub fn new(title: impl Into<String>, banner: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            banner: banner.into(),
            ..Self::default()
        }
    }

    /// Adds a heading.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(text.into()));
    }

    /// Adds a paragraph.
    pub fn text(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text(text.into()));
    }

    /// Adds something marked or numbered.
    pub fn item(&mut self, lead: impl Into<String>, text: impl Into<String>, notes: Vec<String>) {
        self.blocks.push(Block::Item {
            lead: lead.into(),
            text: text.into(),
            notes,
        });
    }

    /// Adds a table, or a sentence where there are no rows.
    pub fn table(&mut self, head: &[&str], rows: Vec<Vec<String>>, empty: &str) {
        self.blocks.push(match rows.is_empty() {
            true => Block::Text(empty.to_owned()),
            false => Block::Table {
                head: head.iter().map(|name| (*name).to_owned()).collect(),
                rows,
            },
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper() -> Paper {
        let mut paper = Paper::new("Briefing <brf-1>", "SECRET//REL TO USA, GBR");
        paper.notice = Some("Neither confirm nor deny.".to_owned());
        paper.heading("What can be said");
        paper.item(
            "(U)",
            "A ferry *may* be attacked | [soon](http://x).",
            vec!["orally only".to_owned()],
        );
        paper.text("# not a heading\n- not a list\n<script>alert(1)</script>");
        paper.table(
            &["who", "when"],
            vec![vec!["a|b".to_owned(), "1 < 2".to_owned()]],
            "none",
        );
        paper.table(&["who"], Vec::new(), "nobody");
        paper
    }

    #[test]
    fn markdown_shows_foreign_text_as_it_is() {
        insta::assert_snapshot!(paper().markdown());
    }

    #[test]
    fn html_shows_foreign_text_as_it_is() {
        let page = paper().html();
        assert!(!page.contains("<script>") && !page.contains("http-equiv=\"refresh\""));
        insta::assert_snapshot!(page);
    }

    #[test]
    fn every_page_of_a_pdf_bears_its_banner_and_nothing_runs_off_it() {
        let mut long = paper();
        for n in 0..200 {
            long.text(format!(
                "Paragraph {n} {}",
                "with many words that have to be broken into lines ".repeat(4)
            ));
        }
        let printed = long.pdf().expect("it can be printed");
        let read = lopdf::Document::load_mem(&printed.bytes).expect("it is a PDF");
        let pages: Vec<u32> = read.get_pages().into_keys().collect();
        assert!(pages.len() > 3);
        for page in &pages {
            let text = read.extract_text(&[*page]).expect("text");
            assert_eq!(
                text.matches("SECRET//REL TO USA, GBR").count(),
                2,
                "page {page}: {text}"
            );
            assert!(
                text.contains("Neither confirm nor deny.") && text.contains(&format!("{page} / {}", pages.len())),
                "{text}"
            );
        }
        let all = read.extract_text(&pages).expect("text");
        assert!((0..200).all(|n| all.contains(&format!("Paragraph {n} "))));
        assert_eq!(printed.replaced, 0);
    }

    #[test]
    fn a_pdf_shows_foreign_text_as_text_and_does_nothing() {
        let hostile = "\u{29} Tj ET endstream endobj << /OpenAction << /S /JavaScript /JS (app.alert\u{28}1\u{29}) >> >> \\ <script>";
        let mut paper = Paper::new(hostile, hostile);
        paper.notice = Some(hostile.to_owned());
        paper.heading(hostile);
        paper.item(hostile, hostile, vec![hostile.to_owned()]);
        paper.table(&["who"], vec![vec![hostile.to_owned()]], "none");
        let printed = paper.pdf().expect("it can be printed");
        assert!(read(&printed).contains("<script>"), "it is shown");
        let file = lopdf::Document::load_mem(&printed.bytes).expect("it is a PDF");
        for object in file.objects.values() {
            let dictionary = object
                .as_dict()
                .or_else(|_| object.as_stream().map(|stream| &stream.dict));
            for (key, _) in dictionary.into_iter().flat_map(lopdf::Dictionary::iter) {
                for active in [
                    "OpenAction",
                    "AA",
                    "JS",
                    "JavaScript",
                    "URI",
                    "Launch",
                    "EmbeddedFiles",
                    "Annots",
                    "XFA",
                ] {
                    assert_ne!(key.as_slice(), active.as_bytes(), "{object:?}");
                }
            }
        }
    }

    fn read(printed: &Printed) -> String {
        let read = lopdf::Document::load_mem(&printed.bytes).expect("it is a PDF");
        let pages: Vec<u32> = read.get_pages().into_keys().collect();
        read.extract_text(&pages).expect("text")
    }

    #[test]
    fn names_of_many_tongues_are_printed_in_their_letters() {
        let mut paper = Paper::new("Żółw, Łódź", "ΑΠΟΡΡΗΤΟ");
        let lines = [
            "Grüße, naïve café – “quoted” → Zażółć gęślą jaźń",
            "Γιώργος Παπαδόπουλος",
            "Сергій Їжакевич",
        ];
        for line in lines {
            paper.text(line);
        }
        // Letters that join and run from the right.
        paper.text("قال أحمد بن يوسف: the ship left");
        let printed = paper.pdf().expect("it can be printed");
        assert_eq!(printed.replaced, 0);
        let text = read(&printed);
        for line in lines {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(
            text.contains("Żółw, Łódź") && text.matches("ΑΠΟΡΡΗΤΟ").count() >= 2,
            "{text}"
        );
        assert!(text.contains("the ship left"), "{text}");
        // Only the letters that are used are in the file.
        assert!(printed.bytes.len() < 80_000, "{} bytes", printed.bytes.len());
    }

    #[test]
    fn what_a_pdf_cannot_print_is_counted() {
        let paper = Paper::new("Turtle 東\u{202e}", "S");
        let printed = paper.pdf().expect("it can be printed");
        assert!(printed.replaced >= 1);
        assert!(read(&printed).contains("Turtle ?"), "{}", read(&printed));
    }

    #[test]
    fn a_pdf_says_what_its_parts_are_to_those_who_have_it_read_to_them() {
        let printed = paper().pdf().expect("it can be printed");
        let read = lopdf::Document::load_mem(&printed.bytes).expect("it is a PDF");
        let catalog = read.catalog().expect("a catalogue");
        assert_eq!(
            catalog
                .get(b"Lang")
                .and_then(lopdf::Object::as_str)
                .expect("a language"),
            b"en"
        );
        assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"MarkInfo"));
        let kinds: std::collections::BTreeSet<Vec<u8>> = (read.objects.values())
            .filter_map(|object| object.as_dict().ok()?.get(b"S").ok()?.as_name().ok())
            .map(<[u8]>::to_vec)
            .collect();
        for kind in [&b"H1"[..], b"H2", b"P", b"Table", b"TR", b"TH", b"TD"] {
            assert!(kinds.contains(kind), "{kinds:?}");
        }
    }
}
