//! `rule`: this party's own rules, which can only forbid.

use std::path::PathBuf;

use clap::Subcommand;
use entente_core::{Command, LocalRule, RuleName};
use entente_policy::{Rules, SCHEMA};
use serde_json::json;

use super::Global;
use super::list::{List, ListArgs};
use crate::failure::{Exit, Failure};
use crate::{input, output, words};

/// `entente rule`.
#[derive(Debug, Subcommand)]
pub(crate) enum RuleCommand {
    /// Keep rules from a file in the Cedar language. They hold at once, in every decision.
    Set {
        /// The name to keep them under; what was kept under it before is replaced.
        name: RuleName,
        /// The file, or `-`.
        file: PathBuf,
    },
    /// Check a file of rules without keeping it.
    Check {
        /// The file, or `-`.
        file: PathBuf,
    },
    /// List the rules.
    List(ListArgs),
    /// Write the text of a rule.
    Show {
        /// Its name.
        name: RuleName,
    },
    /// Remove a rule.
    Remove {
        /// Its name.
        name: RuleName,
    },
    /// Write what rules can speak about, as a schema of Cedar.
    Schema,
}

impl RuleCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self {
            Self::Set { name, file } => {
                let text = input::text(&file)?;
                Rules::parse([(name.as_str(), text.as_str())])?;
                let mut node = global.node()?;
                node.submit(Command::SetRule {
                    name: name.clone(),
                    text,
                })?;
                output::either(global.json, &json!({ "rule": name }), || {
                    output::line(format!("rule {name} holds from now on"));
                })?;
            }
            Self::Check { file } => {
                let text = input::text(&file)?;
                let name = file.display().to_string();
                Rules::parse([(name.as_str(), text.as_str())])?;
                output::either(global.json, &json!({ "ok": true }), || {
                    output::line(format!("ok: {name} can be kept with `entente rule set`"));
                })?;
            }
            Self::List(chosen) => {
                let node = global.node()?;
                let held: Vec<&LocalRule> = node
                    .state()
                    .rules
                    .values()
                    .filter(|rule| rule.removed.is_none())
                    .collect();
                let row = |rule: &&LocalRule| {
                    let first = rule.text.lines().find(|line| line.trim_start().starts_with("forbid"));
                    vec![
                        rule.name.to_string(),
                        words::moment(rule.set),
                        first.unwrap_or_default().trim().to_owned(),
                    ]
                };
                let list = List {
                    head: &["rule", "since", "begins"],
                    empty: "this party has no rules of its own; keep one with `entente rule set`",
                };
                chosen.show(global, &list, held.iter().map(|rule| (row(rule), rule)))?;
            }
            Self::Show { name } => {
                let node = global.node()?;
                let rule = node.state().rules.get(&name).filter(|rule| rule.removed.is_none());
                let rule = rule.ok_or_else(|| {
                    Failure::not_found(format!("there is no rule {name}; `entente rule list` shows them"))
                })?;
                output::either(global.json, rule, || output::line(rule.text.trim_end()))?;
            }
            Self::Remove { name } => {
                let mut node = global.node()?;
                node.submit(Command::RemoveRule(name.clone()))?;
                output::either(global.json, &json!({ "rule": name }), || {
                    output::line(format!("rule {name} holds no longer"));
                })?;
            }
            Self::Schema => output::line(SCHEMA.trim_end()),
        }
        Ok(Exit::Done)
    }
}
