//! Controlled unclassified information: 32 CFR 2002.20, NARA's marking handbook (2016, v1.1) and `DoDI` 5200.48.
//!
//! `CUI//SP-CTI/PRVCY//FEDCON`: the word, the categories of the registry (specified ones first), who may have it.

#![warn(clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::mark::Mark;
use super::syntax::{Piece, Reader, Role, nearest};
use crate::finding::Finding;

const REGISTRY: &str = "NARA, CUI registry; 32 CFR 2002.20(b)(3)";

/// A category of the registry.
pub(super) struct Row {
    pub(super) basic: bool,
    pub(super) specified: bool,
    pub(super) name: &'static str,
}

static ROWS: LazyLock<BTreeMap<&'static str, Row>> = LazyLock::new(|| {
    include_str!("../../data/cui.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut columns = line.splitn(3, '|').map(str::trim);
            let (code, kind, name) = (columns.next()?, columns.next()?, columns.next()?);
            let row = Row {
                basic: kind != "specified",
                specified: kind != "basic",
                name,
            };
            Some((code, row))
        })
        .collect()
});

/// The registry's row of a category, with or without `SP-`.
pub(super) fn row(category: &str) -> Option<&'static Row> {
    ROWS.get(category.strip_prefix("SP-").unwrap_or(category))
}

/// The categories of a mark. Their order is that of the handbook: specified ones first, each kind by letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cui {
    pub(crate) specified: BTreeSet<String>,
    pub(crate) basic: BTreeSet<String>,
}

impl Cui {
    /// The categories as they are written.
    pub(crate) fn categories(&self) -> Vec<String> {
        let specified = self.specified.iter().map(|code| format!("SP-{code}"));
        specified.chain(self.basic.iter().cloned()).collect()
    }

    pub(crate) fn join(&mut self, other: &Self) {
        self.specified.extend(other.specified.iter().cloned());
        self.basic.extend(other.basic.iter().cloned());
    }
}

/// Whether a category of a mark is the word for controlled unclassified information.
pub(super) fn is_word(text: &str) -> bool {
    text == "CUI" || text == "CONTROLLED"
}

/// Whether what follows the word is meant as categories: one of them is `SP-…` or a basic category.
pub(super) fn are_categories(text: &str) -> bool {
    text.split('/')
        .any(|part| part.starts_with("SP-") || (!text.contains(' ') && row(part).is_some()))
}

impl Reader<'_> {
    /// Notes that a mark is one of controlled unclassified information, where the profile knows it.
    pub(super) fn cui_word(&mut self, mark: &mut Mark, piece: Piece<'_>) {
        self.token(piece, Role::Cui);
        if !self.profile.knows_cui() {
            self.error(
                "us-ic.cui.profile",
                "IC Markings Manual 2016, p. 17 (CUI is evaluated for a later edition)",
                "the manual of 2016 has no CUI: read this with the profile `ic-ism-2021` or `dodm-5200.01`",
                piece,
            );
        }
        if mark.cui.replace(Cui::default()).is_some() {
            self.error(
                "us-ic.syntax.duplicate",
                super::syntax::GRAMMAR,
                "`CUI` stands twice",
                piece,
            );
        }
    }

    pub(super) fn cui_categories(&mut self, mark: &mut Mark, piece: Piece<'_>) {
        let mut cui = Cui::default();
        let mut written = Vec::new();
        for part in piece.split("/") {
            self.token(part, Role::CuiCategory);
            written.push(part.text.to_owned());
            let (set, code, right) = match part.text.strip_prefix("SP-") {
                Some(code) => (&mut cui.specified, code, row(code).map(|row| row.specified)),
                None => (&mut cui.basic, part.text, row(part.text).map(|row| row.basic)),
            };
            if !set.insert(code.to_owned()) {
                self.error(
                    "us-ic.syntax.duplicate",
                    REGISTRY,
                    format!("`{}` stands twice", part.text),
                    part,
                );
            }
            match right {
                Some(true) => {}
                Some(false) => self.wrong_kind(part, code),
                None => self.unknown_category(part, code),
            }
        }
        let right = cui.categories();
        if written != right && written.len() == right.len() {
            self.error_with(
                "us-cui.order",
                "NARA, CUI marking handbook, pp. 9-11",
                "categories stand with the specified ones first, each kind in alphabetical order",
                piece,
                &right.join("/"),
            );
        }
        if let Some(known) = &mut mark.cui {
            known.join(&cui);
        }
    }

    fn wrong_kind(&mut self, part: Piece<'_>, code: &str) {
        let (message, instead) = match part.text.starts_with("SP-") {
            true => (
                format!("`{code}` is basic in the registry, not specified"),
                code.to_owned(),
            ),
            false => (format!("`{code}` is specified in the registry"), format!("SP-{code}")),
        };
        self.error_with("us-cui.kind", REGISTRY, message, part, &instead);
    }

    fn unknown_category(&mut self, part: Piece<'_>, code: &str) {
        let message = format!("`{}` is not a category of the CUI registry", part.text);
        let mut finding = Finding::error("us-cui.category", REGISTRY, message, part.start, part.end());
        finding.suggestion = nearest(code, ROWS.keys().copied()).map(|near| match part.text.starts_with("SP-") {
            true => format!("SP-{near}"),
            false => near.to_owned(),
        });
        self.findings.push(finding);
    }
}
