//! From a labelled file to reports.

use std::collections::BTreeMap;

use entente_core::PartyPath;
use entente_core::draft::{Draft, parse};
use entente_marking::Schemes;
use entente_marking::stanag::{BINDING, Bindings, StanagError, Unbound, document};
use entente_watch::text::read_bytes;
use roxmltree::{Document, Node};
use serde_json::json;

use super::{asks, pdf, xml};
use crate::incoming::{Incoming, Piece, Publisher, paragraphs};
use crate::marks::{Asks, UNMARKED};
use crate::statement::{Portioned, Stated};
use crate::table::Table;
use crate::{Format, ReadError, uuid};

/// The labels of a file, read and held against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where they stand: `sidecar`, `XML` or `XMP`.
    pub place: &'static str,
    /// What they say.
    pub bindings: Bindings,
    /// The name by which they are about the file.
    pub name: String,
    /// Whether they are bound to it by a digest.
    pub bound: bool,
}

impl From<StanagError> for ReadError {
    fn from(error: StanagError) -> Self {
        Self::Label(error.to_string())
    }
}

impl From<Unbound> for ReadError {
    fn from(error: Unbound) -> Self {
        Self::Label(error.to_string())
    }
}

/// The labels of a file: those beside it, and else those within it; nothing where it has none.
///
/// # Errors
/// When a binding cannot be read, is about other files, or is about other data.
pub fn labels(name: &str, bytes: &[u8], sidecar: Option<&[u8]>) -> Result<Option<Found>, ReadError> {
    if let Some(sidecar) = sidecar {
        let text = std::str::from_utf8(sidecar).map_err(|_| ReadError::Label("the label is not UTF-8".to_owned()))?;
        return beside(name, bytes, Bindings::read(text.trim_start_matches('\u{feff}'))?).map(Some);
    }
    if bytes.starts_with(b"%PDF-") {
        let bindings = pdf::labels(bytes)?;
        return Ok(bindings.map(|bindings| Found {
            place: "XMP",
            bindings,
            name: String::new(),
            bound: false,
        }));
    }
    let text = std::str::from_utf8(bytes)
        .ok()
        .map(|text| text.trim_start_matches('\u{feff}'));
    match text.filter(|text| text.trim_start().starts_with('<') && text.contains(BINDING)) {
        Some(text) => Ok(Some(Found {
            place: "XML",
            bindings: Bindings::read(text)?,
            name: String::new(),
            bound: false,
        })),
        None => Ok(None),
    }
}

fn beside(name: &str, bytes: &[u8], bindings: Bindings) -> Result<Found, ReadError> {
    let base = base(name);
    if bindings.about(base).is_empty() && !bindings.is_incomplete(base) {
        let said = format!(
            "the label beside {base} is about {}; rename the file to what it was when it was labelled",
            bindings.names().join(", ")
        );
        return Err(ReadError::Label(said));
    }
    let bound = bindings.holds(base, bytes)?;
    Ok(Found {
        place: "sidecar",
        bindings,
        name: base.to_owned(),
        bound,
    })
}

/// The name of a file without its folder.
fn base(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

impl Found {
    /// What the labels ask for of the whole file, and of a part of it.
    pub fn asks(&self, part: Option<&str>, schemes: &Schemes) -> Asks {
        let mut all = asks(&self.bindings.about(&self.name), schemes);
        if self.bindings.is_incomplete(&self.name) {
            all.close("a label that stands elsewhere");
        }
        if let Some(part) = part.map(|part| format!("#{part}")) {
            let own = self.bindings.about(&part);
            if !own.is_empty() {
                // The label of a part supersedes that of the whole, of which it is a part (ADatP-4778, section 3.5).
                all = asks(&own, schemes);
            }
        }
        all
    }

    /// What the labels of all parts ask for besides.
    fn of_everything(&self, schemes: &Schemes) -> Asks {
        let mut all = self.asks(None, schemes);
        for name in self.bindings.names().into_iter().filter(|name| name.starts_with('#')) {
            all.add(&asks(&self.bindings.about(name), schemes));
        }
        if all.is_empty() {
            all.mark(UNMARKED);
        }
        all
    }
}

/// Reads a file with the label beside it or within it. What is in a format of its own is read as that, and no text of it is
/// more open than the label.
///
/// # Errors
/// As [`crate::read`]; when the label cannot be read, or is of other data; when the file has no label and no format of its own.
pub fn read(
    name: &str,
    bytes: &[u8],
    sidecar: Option<&[u8]>,
    schemes: &Schemes,
    table: &mut Table,
) -> Result<Vec<Incoming>, ReadError> {
    let Some(found) = labels(name, bytes, sidecar)? else {
        return crate::read(name, bytes, table);
    };
    note(name, &found, table);
    let parts = match crate::read(name, bytes, table) {
        Ok(mut reports) => {
            let asked = found.of_everything(schemes);
            for report in &mut reports {
                report.title.asks.add(&asked);
                report.pieces.iter_mut().for_each(|piece| piece.asks.add(&asked));
            }
            reports
        }
        Err(ReadError::Json(_) | ReadError::Unknown | ReadError::Packed(_)) => {
            let one = plain(name, bytes, &found, schemes, table)?;
            crate::in_parts(one, table)
        }
        Err(error) => return Err(error),
    };
    Ok(parts)
}

fn note(name: &str, found: &Found, table: &mut Table) {
    if found.bindings.is_signed() {
        table.note(
            name,
            "a signature over the label",
            "kept out of it: who signed is not checked",
        );
    }
    if !found.bound && found.place == "sidecar" {
        let became = "taken as it is: nothing says that the file is what was labelled";
        table.note(name, "a label without a digest of the file", became);
    }
}

fn plain(name: &str, bytes: &[u8], found: &Found, schemes: &Schemes, table: &mut Table) -> Result<Incoming, ReadError> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('<')
            && let Ok(document) = document(text)
        {
            return Ok(from_xml(name, &document, found, schemes));
        }
        let markdown = base(name)
            .rsplit_once('.')
            .is_some_and(|(_, end)| end.eq_ignore_ascii_case("md"));
        if markdown && let Ok(draft) = parse(text, schemes) {
            return Ok(from_draft(name, &draft, found, schemes));
        }
    }
    let sources =
        read_bytes(name, bytes).map_err(|error| ReadError::Label(format!("its text cannot be read: {error}")))?;
    let asked = found.of_everything(schemes);
    let mut pieces = Vec::new();
    for (n, source) in sources.iter().enumerate() {
        let prefix = if n == 0 {
            "p".to_owned()
        } else {
            format!("part{}.", n + 1)
        };
        for (id, text) in paragraphs(source.text.as_str(), &prefix) {
            let mut own = crate::mail::leading(&text);
            own.add(&asked);
            pieces.push(Piece {
                id,
                text,
                asks: own,
                ..Piece::default()
            });
        }
    }
    if pieces.is_empty() {
        table.note(name, "a file without text", "an empty report: keep the file");
    }
    Ok(whole(name, pieces, asked))
}

/// A report of a file, called by what is in it: the same file is the same report.
fn whole(name: &str, pieces: Vec<Piece>, asked: Asks) -> Incoming {
    let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
    let digest = uuid::of(&texts);
    Incoming {
        format: Format::Labelled,
        name: format!("{}-{}", base(name), digest.get(..8).unwrap_or_default()),
        publisher: None,
        modified: None,
        title: Piece {
            text: base(name).to_owned(),
            asks: asked,
            ..Piece::default()
        },
        pieces,
        rest: json!({ "file": base(name) }),
        revoked: false,
        stated: None,
    }
}

/// Our own Markdown, or anybody's in its form: portions with marks, and what they rest on.
fn from_draft(name: &str, draft: &Draft, found: &Found, schemes: &Schemes) -> Incoming {
    let asked = found.of_everything(schemes);
    let mut pieces = Vec::new();
    for portion in &draft.portions {
        let mut own = asked.clone();
        portion.marks.iter().for_each(|mark| own.mark(&mark.text));
        let originators: BTreeMap<PartyPath, Stated> = portion
            .from
            .iter()
            .filter_map(|base| base.of.clone())
            .map(|party| {
                (
                    party,
                    Stated {
                        ask: true,
                        ..Stated::default()
                    },
                )
            })
            .collect();
        let stated = portion.from.first().map(|base| Portioned {
            report: base.portion.report.clone(),
            version: base.portion.version,
            portion: base.portion.portion.clone(),
            mark: own.marks.join(" "),
            originators: originators.clone(),
            obligations: Vec::new(),
        });
        pieces.push(Piece {
            id: portion.id.to_string(),
            text: portion.text.clone(),
            asks: own,
            publishers: originators.into_keys().map(Publisher::Party).collect(),
            stated,
            ..Piece::default()
        });
    }
    let mut report = whole(name, pieces, asked);
    if !draft.title.text.is_empty() {
        report.title.text.clone_from(&draft.title.text);
    }
    draft
        .title_marks
        .iter()
        .for_each(|mark| report.title.asks.mark(&mark.text));
    report
}

/// XML with its labels within it: a report of ours, or the text of anybody's.
fn from_xml(name: &str, document: &Document<'_>, found: &Found, schemes: &Schemes) -> Incoming {
    let root = document.root_element();
    let own = |node: &Node<'_, '_>, name: &str| {
        node.tag_name().name() == name && node.tag_name().namespace() == Some(xml::REPORT)
    };
    if !own(&root, "report") {
        let asked = found.of_everything(schemes);
        let mut pieces = Vec::new();
        let words = root
            .descendants()
            .filter(|node| node.is_text() && !within_binding(*node));
        for text in words
            .filter_map(|node| node.text())
            .filter(|text| !text.trim().is_empty())
        {
            pieces.push(Piece {
                id: format!("p{}", pieces.len() + 1),
                text: text.trim().to_owned(),
                asks: asked.clone(),
                ..Piece::default()
            });
        }
        return whole(name, pieces, asked);
    }
    let child = |node: Node<'_, '_>, name: &str| {
        let mut all = node.children().filter(|child| own(child, name));
        all.next().and_then(|child| child.text()).unwrap_or_default().to_owned()
    };
    let stated = xml::statement(&child(root, "statement"));
    let mut pieces = Vec::new();
    for (n, node) in root.children().filter(|node| own(node, "portion")).enumerate() {
        let stated = xml::portioned(&child(node, "statement"));
        let mut own = found.asks(node.attribute("Id"), schemes);
        if let Some(mark) = node.attribute("mark") {
            own.mark(mark);
        }
        if own.is_empty() {
            own = found.of_everything(schemes);
        }
        stated.iter().for_each(|stated| own.mark(&stated.mark));
        pieces.push(Piece {
            id: stated
                .as_ref()
                .map_or_else(|| format!("p{}", n + 1), |stated| stated.portion.to_string()),
            text: child(node, "text"),
            asks: own,
            stated,
            ..Piece::default()
        });
    }
    // What only keeps a file of another format is made anew.
    pieces.retain(|piece| crate::carried::open(&piece.text).is_none_or(|(format, _)| format != "entente"));
    let mut report = whole(name, pieces, found.of_everything(schemes));
    report.title.text = child(root, "title");
    if let Some(stated) = stated {
        report.name = stated.report.to_string();
        report.publisher = Some(Publisher::Party(stated.by.clone()));
        report.title.asks = Asks::default();
        let mut ignored = Table::default();
        stated.entitle(&mut report.title, report.pieces.len(), &report.name, &mut ignored);
        if report.title.asks.is_empty() {
            report.title.asks = found.of_everything(schemes);
        }
        report.stated = Some(stated);
    }
    report
}

fn within_binding(node: Node<'_, '_>) -> bool {
    node.ancestors()
        .any(|node| node.tag_name().namespace() == Some(BINDING))
}
