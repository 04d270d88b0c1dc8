//! `scheme` and `register`: policy files and lists that this node reads marks with.

use std::path::PathBuf;

use clap::Subcommand;
use entente_core::Command;
use entente_desk::schemes::{self, SchemeList, SchemeView};
use entente_marking::{Scheme, SchemeId, installed};
use serde_json::json;

use super::Global;
use super::list::{List, ListArgs, picked};
use crate::failure::{Exit, Failure};
use crate::{input, output, words};

/// `entente scheme`.
#[derive(Debug, Subcommand)]
pub(crate) enum SchemeCommand {
    /// Install a policy file (XML SPIF 1.0, 2.0 or 2.1): from now on its marks are read, written and enforced here.
    Add {
        /// The file, or `-`.
        file: PathBuf,
        /// The scheme's name, where the policy's own is taken or cannot be written in small letters a to z.
        #[arg(long)]
        name: Option<String>,
    },
    /// List the schemes, and the files that held reports need and this node lacks.
    List(ListArgs),
    /// Show a scheme: its levels and portion marks, categories, languages, what it says of other policies.
    Show {
        /// The scheme.
        scheme: String,
        /// The variant of its rules [default: the newest].
        #[arg(long)]
        profile: Option<String>,
    },
    /// Write an installed policy file to standard output, for a partner that needs it.
    Export {
        /// The scheme.
        scheme: String,
        /// The variant of its rules [default: the newest].
        #[arg(long)]
        profile: Option<String>,
    },
    /// Take an installed policy file out, as long as nothing is marked or cleared in it.
    Remove {
        /// The scheme.
        scheme: String,
        /// The variant of its rules, where there are several.
        #[arg(long)]
        profile: Option<String>,
    },
}

impl SchemeCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self {
            Self::Add { file, name } => add(global, &input::text(&file)?, name)?,
            Self::List(chosen) => {
                let node = global.node()?;
                write_list(global, schemes::list(node.state(), node.schemes()), &chosen)?;
            }
            Self::Show { scheme, profile } => {
                let node = global.node()?;
                let view = schemes::show(
                    node.state(),
                    node.schemes(),
                    &SchemeId::new(&scheme),
                    profile.as_deref(),
                );
                let view = view.ok_or_else(|| missing(&scheme))?;
                output::either(global.json, &view, || write_view(&view))?;
            }
            Self::Export { scheme, profile } => {
                let node = global.node()?;
                let id = SchemeId::new(&scheme);
                let found = node
                    .schemes()
                    .get(&id, profile.as_deref())
                    .map(|found| found.profile().to_owned());
                let kept = found.and_then(|profile| node.state().installed(&id, &profile));
                let kept = kept.ok_or_else(|| missing(&scheme))?;
                output::bytes(kept.file.as_bytes());
            }
            Self::Remove { scheme, profile } => {
                let mut node = global.node()?;
                node.submit(Command::RemoveScheme {
                    id: SchemeId::new(&scheme),
                    profile,
                })?;
                output::either(global.json, &json!({ "scheme": scheme }), || {
                    output::line(format!("marks of {scheme} are not read here any more"));
                })?;
            }
        }
        Ok(Exit::Done)
    }
}

fn missing(scheme: &str) -> Failure {
    Failure::not_found(format!(
        "there is no scheme {scheme} here; `entente scheme list` shows them"
    ))
}

fn add(global: &Global, file: &str, name: Option<String>) -> Result<(), Failure> {
    let mut node = global.node()?;
    let scheme = installed::read(file, node.schemes(), name.as_deref()).map_err(Failure::failed)?;
    let (id, profile) = (scheme.id().clone(), scheme.profile().to_owned());
    let closed = |list: SchemeList| list.needed.iter().map(|needed| needed.versions).sum::<usize>();
    let before = closed(schemes::list(node.state(), node.schemes()));
    let after = match global.dry_run {
        true => {
            let mut with = node.schemes().clone();
            with.insert(std::sync::Arc::new(scheme));
            let view = schemes::show(node.state(), &with, &id, Some(&profile)).ok_or_else(|| missing(id.as_str()))?;
            return output::either(global.json, &view, || {
                write_view(&view);
                output::line("");
                output::line("nothing was changed; leave `--dry-run` out to install it");
            });
        }
        false => {
            let file = file.to_owned();
            node.submit(Command::InstallScheme { file, name })?;
            closed(schemes::list(node.state(), node.schemes()))
        }
    };
    let view = schemes::show(node.state(), node.schemes(), &id, Some(&profile)).ok_or_else(|| missing(id.as_str()))?;
    output::either(global.json, &view, || {
        output::line(format!("{id} is installed: {}", view.row.title));
        let levels: Vec<&str> = view.levels.iter().map(|level| level.banner.as_str()).collect();
        output::line(format!("levels, the strictest first: {}", levels.join(", ")));
        write_remarks(&view);
        if before > after {
            output::line(format!(
                "{} can be read with it from now on",
                words::count(before - after, "held version")
            ));
        }
    })
}

/// A digest, short enough for a table and long enough to be compared by eye.
fn short(digest: &str) -> &str {
    digest.get(..16).unwrap_or(digest)
}

fn write_list(global: &Global, mut value: SchemeList, chosen: &ListArgs) -> Result<(), Failure> {
    let row = |row: &schemes::SchemeRow| {
        let variant = row.profile.split(':').next().unwrap_or_default().to_owned();
        let from = match (&row.installed, &row.file) {
            (Some(at), Some(file)) => format!("installed {}, file {}…", words::moment(*at), short(file)),
            _ => "built in".to_owned(),
        };
        vec![row.scheme.to_string(), variant, row.title.clone(), from]
    };
    let list = List {
        head: &["scheme", "variant", "about", "from"],
        empty: "there are no schemes",
    };
    let rows: Vec<_> = value.schemes.iter().map(row).collect();
    let rows_picked = chosen.pick(&list, &rows)?;
    value.schemes = picked(&value.schemes, &rows_picked);
    if global.json {
        return output::json(&value);
    }
    chosen.write(&list, &rows, &rows_picked);
    for needed in value.needed.iter().filter(|_| !chosen.is_csv()) {
        output::line(format!(
            "needed: the policy file of {} with SHA-256 {}, for {} of {}; ask for it, then `entente scheme add FILE`",
            needed.scheme,
            needed.file,
            words::count(needed.versions, "held version"),
            words::list(&needed.from)
        ));
    }
    Ok(())
}

fn write_view(view: &SchemeView) {
    let row = &view.row;
    output::line(format!(
        "{} {}: {}",
        row.scheme,
        row.profile.split(':').next().unwrap_or_default(),
        row.title
    ));
    if let Some(oid) = &view.oid {
        output::line(format!(
            "policy {oid}, version {}",
            view.version.as_deref().unwrap_or("not stated")
        ));
    }
    if let Some(file) = &row.file {
        output::line(format!("file SHA-256 {file}"));
    }
    if !view.languages.is_empty() {
        output::line(format!("also in: {}", words::list(&view.languages)));
    }
    let levels = view.levels.iter().map(|level| {
        let rank = level.rank.map_or_else(String::new, |rank| rank.to_string());
        let color = level.color.clone().unwrap_or_default();
        vec![level.banner.clone(), level.portion.clone(), rank, color]
    });
    output::line("");
    output::table(
        &["level", "portion", "order", "colour"],
        levels.collect(),
        "its marks are put together from parts; `entente marking explain` explains them",
    );
    for category in &view.categories {
        let shown: Vec<&str> = category.values.iter().take(12).map(String::as_str).collect();
        let more = category.values.len().saturating_sub(shown.len());
        let more = if more == 0 {
            String::new()
        } else {
            format!(" and {more} more")
        };
        output::line(format!(
            "{} ({}): {}{more}",
            category.name,
            category.kind,
            shown.join(", ")
        ));
    }
    for equal in &view.equivalences {
        output::line(format!(
            "{} is level {} of {} by this policy's word",
            equal.level, equal.lacv, equal.policy
        ));
    }
    write_remarks(view);
}

/// The most remarks about a policy file that are shown; one in older words has one a line.
const MAX_REMARKS: usize = 8;

fn write_remarks(view: &SchemeView) {
    let shown = view.remarks.iter().take(MAX_REMARKS);
    shown.for_each(|remark| output::line(format!("the file: {remark}")));
    let more = view.remarks.len().saturating_sub(MAX_REMARKS);
    if more > 0 {
        output::line(format!("the file: {more} more of this kind"));
    }
}

/// `entente register`.
#[derive(Debug, Subcommand)]
pub(crate) enum RegisterCommand {
    /// Replace this node's own lists: unpublished control systems, groups of countries, country codes. They are never sent.
    Set {
        /// A JSON file: `{"systems": [{"name": …}], "groups": [{"code": …, "members": […]}], "countries": [{"code": …}]}`.
        file: PathBuf,
    },
    /// Show them.
    Show,
    /// Have no lists beside the published ones.
    Remove,
}

impl RegisterCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        match self {
            Self::Set { file } => {
                let lists = input::json(&file)?;
                node.submit(Command::SetRegister(Some(lists)))?;
                output::either(global.json, &node.state().register(), || {
                    output::line("these lists hold from now on, beside the published ones");
                })?;
            }
            Self::Show => output::either(global.json, &node.state().register(), || {
                match node.state().register() {
                    Some(lists) => {
                        let row = |kind: &str, name: &str, about: String| vec![kind.to_owned(), name.to_owned(), about];
                        let systems = lists.systems.iter();
                        let mut rows: Vec<_> = systems
                            .map(|system| row("control system", &system.name, system.meaning.clone()))
                            .collect();
                        let groups = lists.groups.iter();
                        rows.extend(groups.map(|group| row("group", group.code.as_str(), words::list(&group.members))));
                        let countries = lists.countries.iter();
                        rows.extend(countries.map(|country| row("country", &country.code, country.name.clone())));
                        output::table(&["kind", "name", "about"], rows, "the lists are empty");
                    }
                    None => output::say("this node has no lists of its own; set them with `entente register set FILE`"),
                }
            })?,
            Self::Remove => {
                node.submit(Command::SetRegister(None))?;
                output::either(global.json, &node.state().register(), || {
                    output::line("only the published lists hold from now on");
                })?;
            }
        }
        Ok(Exit::Done)
    }
}
