//! Whether a label keeps the rules of its policy.

use jiff::civil::Date;

use super::label::{Held, Resolved, SecurityLabel, finding};
use super::policy::{Operation, Place, Policy, Requirement, Tag};
use crate::finding::{Finding, Severity};

const SOURCE: &str = "XML SPIF 2.1; SDN.801 rev. C";

impl Policy {
    /// Checks a label against all rules of the policy. No finding of severity error: the label is valid.
    ///
    /// Dates (`notBefore`, `notAfter`) are compared with the day on which the label says it was made; a label
    /// that does not say so is not checked for them.
    pub fn validate(&self, label: &SecurityLabel) -> Vec<Finding> {
        match self.resolve(label) {
            Err(findings) => findings,
            Ok(parts) => {
                let day = label.created.map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
                self.check(&parts, day)
            }
        }
    }

    /// The label's parts, if it is valid.
    pub(crate) fn valid(&self, label: &SecurityLabel) -> Result<Resolved, Vec<Finding>> {
        let findings: Vec<Finding> = self.validate(label).into_iter().filter(Finding::is_error).collect();
        if findings.is_empty() {
            self.resolve(label)
        } else {
            Err(findings)
        }
    }

    pub(crate) fn check(&self, parts: &Resolved, day: Option<Date>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let class = &self.classifications[parts.class];
        if class.obsolete {
            let message = format!("{} is obsolete: not for new labels", class.name);
            findings.push(warning("spif.class.obsolete", message));
        }
        self.check_required(&class.name, &class.required, parts, &mut findings);
        if let Some(when) = outside(self.not_before, self.not_after, day) {
            let message = format!("the policy {} was {when} in use when the label was made", self.name);
            findings.push(finding("spif.policy.dates", SOURCE, message));
        }
        for (place, _) in &parts.held {
            self.check_value(*place, parts, day, &mut findings);
        }
        for (set, tags) in self.tag_sets.iter().enumerate() {
            for (number, tag) in tags.tags.iter().enumerate() {
                let of_tag = |held: &&Held| (held.0.set, held.0.tag) == (set, number);
                check_count(tag, parts.held.iter().filter(of_tag).count(), &mut findings);
            }
        }
        findings
    }

    fn check_value(&self, place: Place, parts: &Resolved, day: Option<Date>, findings: &mut Vec<Finding>) {
        let value = self.value(place);
        let class = &self.classifications[parts.class].name;
        if value.obsolete {
            let message = format!("{} is obsolete: not for new labels", value.name);
            findings.push(warning("spif.category.obsolete", message));
        }
        if value.excluded_classes.contains(class) {
            let message = format!("{} cannot stand with {class}", value.name);
            findings.push(finding("spif.category.excluded-class", SOURCE, message));
        }
        if let Some(wanted) = value.required_class.as_ref().filter(|wanted| *wanted != class) {
            let message = format!("{} stands only with {wanted}", value.name);
            findings.push(finding("spif.category.required-class", SOURCE, message));
        }
        self.check_required(&value.name, &value.required, parts, findings);
        for (other, _) in &parts.held {
            if *other != place && value.excluded.iter().any(|reference| self.refers(reference, *other)) {
                let message = format!("{} cannot stand with {}", value.name, self.value(*other).name);
                findings.push(finding("spif.category.excluded-category", SOURCE, message));
            }
        }
        if let Some(when) = outside(value.not_before, value.not_after, day) {
            let message = format!("{} was {when} in use when the label was made", value.name);
            findings.push(finding("spif.category.dates", SOURCE, message));
        }
    }

    fn check_required(&self, who: &str, requirements: &[Requirement], parts: &Resolved, findings: &mut Vec<Finding>) {
        for requirement in requirements {
            let present = requirement
                .groups
                .iter()
                .filter(|group| parts.held.iter().any(|(place, _)| self.refers(group, *place)))
                .count();
            let (met, how) = match requirement.operation {
                Operation::OnlyOne => (present == 1, "exactly one"),
                Operation::OneOrMore => (present >= 1, "at least one"),
                Operation::All => (present == requirement.groups.len(), "all"),
            };
            if !met {
                let names: Vec<String> = requirement.groups.iter().map(|group| self.group_name(group)).collect();
                let message = format!("{who} needs {how} of: {}", names.join(", "));
                findings.push(finding("spif.required-category", SOURCE, message));
            }
        }
    }

    fn group_name(&self, group: &super::policy::Reference) -> String {
        match self.referred(group) {
            Some(place) => self.value(place).name.clone(),
            None => format!("any value of {}", group.set),
        }
    }
}

/// Whether a day lies outside of a stretch of days, and how.
fn outside(first: Option<Date>, last: Option<Date>, day: Option<Date>) -> Option<&'static str> {
    let day = day?;
    match (first, last) {
        (Some(first), _) if day < first => Some("not yet"),
        (_, Some(last)) if day > last => Some("no longer"),
        _ => None,
    }
}

/// A label without a tag has none of its values, which may be too few.
fn check_count(tag: &Tag, count: usize, findings: &mut Vec<Finding>) {
    if let Some(max) = tag.max.filter(|max| count > *max) {
        let message = format!("{} has {count} values, at most {max} allowed", tag.name);
        findings.push(finding("spif.tag.max-selection", SOURCE, message));
    }
    if count < tag.min {
        let message = format!("{} has {count} values, at least {} needed", tag.name, tag.min);
        findings.push(finding("spif.tag.min-selection", SOURCE, message));
    }
}

fn warning(rule: &str, message: String) -> Finding {
    Finding {
        severity: Severity::Warning,
        ..finding(rule, SOURCE, message)
    }
}
