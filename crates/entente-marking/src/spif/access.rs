//! Whether a clearance opens a label.

use std::collections::BTreeSet;

use serde::Serialize;

use super::label::{Clearance, Held, Resolved, SecurityLabel};
use super::policy::{CategoryType, ClassificationReading, Policy};

const SOURCE: &str = "ISO/IEC 15816; ITU-T X.841 annex B; SDN.801 rev. C";

/// The answer to "may this clearance open this label?".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Access {
    /// Whether every condition holds.
    pub permit: bool,
    /// Every condition that was looked at, the failing ones first.
    pub reasons: Vec<Reason>,
}

/// One condition of access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Stable identifier of the rule.
    pub rule: &'static str,
    /// The authority for it.
    pub source: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// What was compared with what.
    pub message: String,
}

fn reason(rule: &'static str, holds: bool, message: String) -> Reason {
    Reason {
        rule,
        source: SOURCE,
        holds,
        message,
    }
}

impl Policy {
    /// Decides access as X.841's access control decision function does. An invalid label opens to nobody;
    /// values of the clearance that the policy does not know count for nothing.
    pub fn access(&self, label: &SecurityLabel, clearance: &Clearance, reading: ClassificationReading) -> Access {
        let parts = match self.valid(label) {
            Ok(parts) => parts,
            Err(findings) => {
                let reasons = findings
                    .into_iter()
                    .map(|f| reason("spif.access.label", false, f.message))
                    .collect();
                return Access { permit: false, reasons };
            }
        };
        if !self.is_named(&clearance.policy.name, clearance.policy.id.as_deref()) {
            let message = format!(
                "the clearance is for {:?}, the label for {:?}",
                clearance.policy.name, self.name
            );
            return Access {
                permit: false,
                reasons: vec![reason("spif.access.policy", false, message)],
            };
        }
        let held: BTreeSet<Held> = clearance.categories.iter().filter_map(|c| self.find(c).ok()).collect();
        let mut reasons = vec![self.classification_reason(&parts, clearance, reading)];
        self.category_reasons(&parts, &held, &mut reasons);
        reasons.sort_by_key(|r| r.holds);
        Access {
            permit: reasons.iter().all(|r| r.holds),
            reasons,
        }
    }

    fn classification_reason(&self, parts: &Resolved, clearance: &Clearance, reading: ClassificationReading) -> Reason {
        let needed = &self.classifications[parts.class];
        let listed: Vec<usize> = clearance
            .classifications
            .iter()
            .filter_map(|name| self.class(name))
            .collect();
        let (rule, holds, how) = match reading {
            ClassificationReading::Listed => ("spif.access.class-listed", listed.contains(&parts.class), "lists"),
            ClassificationReading::Hierarchy => (
                "spif.access.class-hierarchy",
                listed
                    .iter()
                    .any(|class| self.classifications[*class].hierarchy >= needed.hierarchy),
                "reaches",
            ),
        };
        let names: Vec<&str> = clearance.classifications.iter().map(String::as_str).collect();
        let not = if holds { "" } else { "does not hold: " };
        let message = format!(
            "{not}a clearance that {how} {} is needed; it has [{}]",
            needed.name,
            names.join(", ")
        );
        reason(rule, holds, message)
    }

    fn category_reasons(&self, parts: &Resolved, held: &BTreeSet<Held>, reasons: &mut Vec<Reason>) {
        let mut previous = None;
        for value in &parts.held {
            let (place, text) = value;
            let tag = self.tag(*place);
            match tag.tag_type.effect() {
                CategoryType::Informative => {}
                CategoryType::Restrictive => {
                    let holds = held.contains(value);
                    let name = text.as_ref().unwrap_or(&self.value(*place).name);
                    let state = if holds { "held" } else { "not held" };
                    let message = format!("{} {name} is needed: {state}", tag.name);
                    reasons.push(reason("spif.access.restrictive", holds, message));
                }
                CategoryType::Permissive => {
                    if previous == Some((place.set, place.tag)) {
                        continue;
                    }
                    previous = Some((place.set, place.tag));
                    let wanted = parts
                        .held
                        .iter()
                        .filter(|(p, _)| (p.set, p.tag) == (place.set, place.tag));
                    let holds = wanted.clone().any(|value| held.contains(value));
                    let names: Vec<&str> = wanted
                        .map(|(p, text)| text.as_deref().unwrap_or(&self.value(*p).name))
                        .collect();
                    let state = if holds { "one is held" } else { "none is held" };
                    let message = format!("one of {} [{}] is needed: {state}", tag.name, names.join(", "));
                    reasons.push(reason("spif.access.permissive", holds, message));
                }
            }
        }
    }
}
