//! The schemes that a node reads marks with, and the policy files that it lacks.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::handle::needs_scheme;
use entente_core::{PartyPath, State};
use entente_marking::spif::{CategoryType, Policy};
use entente_marking::{LevelWord, Scheme, SchemeId, Schemes, installed};
use jiff::Timestamp;
use serde::Serialize;

/// One scheme in one variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemeRow {
    /// Its name.
    pub scheme: SchemeId,
    /// The variant of its rules.
    pub profile: String,
    /// A line about it.
    pub title: String,
    /// Since when it is installed here; `None` for one that every node has.
    pub installed: Option<Timestamp>,
    /// SHA-256 of its policy file, where it was installed from one.
    pub file: Option<String>,
}

/// A policy file that marks of held reports were written by, and that is not here: they stay closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NeededFile {
    /// The scheme's name.
    pub scheme: SchemeId,
    /// SHA-256 of the file.
    pub file: String,
    /// Who wrote the reports, and can give the file.
    pub from: BTreeSet<PartyPath>,
    /// How many versions of reports are closed without it.
    pub versions: usize,
}

/// All schemes of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemeList {
    /// Those that marks are read with.
    pub schemes: Vec<SchemeRow>,
    /// Files that are missing.
    pub needed: Vec<NeededFile>,
}

/// A category of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CategoryView {
    /// Its name.
    pub name: String,
    /// What it does: `restrictive`, `permissive` or `informative`.
    pub kind: &'static str,
    /// Its values.
    pub values: Vec<String>,
}

/// A level and what another policy calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Equivalence {
    /// The level here.
    pub level: String,
    /// The other policy.
    pub policy: String,
    /// The number of the level there.
    pub lacv: u64,
}

/// One scheme with its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemeView {
    /// The scheme.
    #[serde(flatten)]
    pub row: SchemeRow,
    /// The object identifier of its policy.
    pub oid: Option<String>,
    /// The version of its policy.
    pub version: Option<String>,
    /// The languages of its phrases, besides its own.
    pub languages: Vec<String>,
    /// Its levels or words, the strictest first.
    pub levels: Vec<LevelWord>,
    /// Its categories.
    pub categories: Vec<CategoryView>,
    /// What the policy says of others. A mark is never read by another policy's words: `marking spif-translate` applies them.
    pub equivalences: Vec<Equivalence>,
    /// What its policy file has otherwise than the schema, with line and column.
    pub remarks: Vec<String>,
}

/// The schemes of a node.
pub fn list(state: &State, schemes: &Schemes) -> SchemeList {
    let mut needed: BTreeMap<(SchemeId, String), (BTreeSet<PartyPath>, usize)> = BTreeMap::new();
    for report in state.reports.values().flat_map(|holding| holding.versions.values()) {
        if let Some(file) = needs_scheme(state, report) {
            let (from, versions) = needed.entry(file).or_default();
            from.insert(report.originator.clone());
            *versions += 1;
        }
    }
    SchemeList {
        schemes: schemes.iter().map(|scheme| row(state, scheme.as_ref())).collect(),
        needed: needed
            .into_iter()
            .map(|((scheme, file), (from, versions))| NeededFile {
                scheme,
                file,
                from,
                versions,
            })
            .collect(),
    }
}

/// One scheme with its words; `None` where there is none of that name and variant.
pub fn show(state: &State, schemes: &Schemes, id: &SchemeId, profile: Option<&str>) -> Option<SchemeView> {
    let scheme = schemes.get(id, profile)?;
    let policy = scheme.policy();
    let languages = policy.map_or_else(Vec::new, |policy| {
        let named = policy.languages().into_iter().flatten();
        named.map(str::to_owned).collect()
    });
    Some(SchemeView {
        row: row(state, scheme.as_ref()),
        oid: policy.map(|policy| policy.id.clone()),
        version: policy.map(|policy| policy.version.clone()),
        languages,
        levels: scheme.words(),
        categories: policy.map_or_else(Vec::new, categories),
        equivalences: policy.map_or_else(Vec::new, equivalences),
        remarks: policy.map_or_else(Vec::new, |policy| {
            policy.remarks.iter().map(ToString::to_string).collect()
        }),
    })
}

fn row(state: &State, scheme: &dyn Scheme) -> SchemeRow {
    let kept = state.installed(scheme.id(), scheme.profile());
    SchemeRow {
        scheme: scheme.id().clone(),
        profile: scheme.profile().to_owned(),
        title: scheme.title().to_owned(),
        installed: kept.map(|kept| kept.installed),
        file: installed::file_of(scheme.profile()).map(str::to_owned),
    }
}

fn categories(policy: &Policy) -> Vec<CategoryView> {
    let tags = policy.tag_sets.iter().flat_map(|set| &set.tags);
    let view = |tag: &entente_marking::spif::Tag| CategoryView {
        name: tag.name.clone(),
        kind: match tag.tag_type.effect() {
            CategoryType::Restrictive => "restrictive",
            CategoryType::Permissive => "permissive",
            CategoryType::Informative => "informative",
        },
        values: tag.values.iter().map(|value| value.name.clone()).collect(),
    };
    tags.map(view).collect()
}

fn equivalences(policy: &Policy) -> Vec<Equivalence> {
    let of = |class: &entente_marking::spif::Classification| {
        let level = class.name.clone();
        let each = class.equivalents.iter();
        each.map(|other| Equivalence {
            level: level.clone(),
            policy: other.policy.clone(),
            lacv: other.lacv,
        })
        .collect::<Vec<_>>()
    };
    policy.classifications.iter().flat_map(of).collect()
}
