//! A party's own rules, in Cedar. They are step 7 of a decision and can only forbid.
//!
//! A rule is a `forbid` policy in the [Cedar language](https://docs.cedarpolicy.com/policies/syntax-policy.html) over
//! the types of [`SCHEMA`]. A `permit` is refused: what may be released is for markings, arrangements and consents to say.
//! Rules are checked against the schema when they are read, so that a misspelt attribute is an error and not a rule that
//! never applies; one that fails all the same, forbids.
//!
//! ```
//! use entente_policy::Rules;
//! let text = r#"
//!     @id("office-hours")
//!     forbid (principal, action, resource in Party::"USA")
//!     unless { principal.roles.contains("duty-officer") };
//! "#;
//! assert!(Rules::parse([("duty", text)]).is_ok());
//! let error = Rules::parse([("open", "permit (principal, action, resource);")]).unwrap_err();
//! assert!(error.to_string().contains("line 1: a rule can only forbid"));
//! ```

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::LazyLock;

use cedar_policy::{
    Authorizer, Context, Decision, Effect, Entities, Entity, EntityUid, Policy, PolicyId, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};
use entente_core::PartyPath;
use entente_core::decide::{LocalPolicy, PolicyRequest};
use entente_marking::Control;

/// The types that rules speak about, in Cedar's schema language.
pub const SCHEMA: &str = include_str!("schema.cedarschema");

/// What stands before the rules: Cedar denies what nothing permits, and rules only take away.
const BASE: &str = "permit (principal, action, resource);";
/// The largest text of one rule file.
pub const MAX_RULES: usize = 256 << 10;
/// The deepest nesting of a rule. Cedar's parser goes as deep as the text does, and no stack is endless.
const MAX_DEPTH: usize = 32;
/// The most operators (`&&`, `+`, `.`, `if`, …) of one text, which nest without brackets.
const MAX_OPERATORS: usize = 500;

/// Read when the first rule is: most nodes have none.
static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| Validator::new(Schema::from_str(SCHEMA).expect("the schema is Cedar")));

/// Why a text is not a set of rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rule {name}, line {line}: {problem}")]
pub struct RuleError {
    /// The file or name.
    pub name: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub problem: String,
}

/// Rules, ready to be asked.
#[derive(Debug)]
pub struct Rules {
    set: PolicySet,
    authorizer: Authorizer,
    /// How a rule is called in reasons.
    names: HashMap<PolicyId, String>,
    /// Rules that are kept and cannot be read: nothing is allowed then.
    broken: Option<String>,
}

impl Rules {
    /// Reads rules, each with the name it is kept under.
    ///
    /// # Errors
    /// [`RuleError`] when a text is not Cedar, permits something, is a template, or does not fit [`SCHEMA`].
    ///
    /// # Panics
    /// Never: the schema and the base policy are part of the program, and are tested.
    pub fn parse<'t>(texts: impl IntoIterator<Item = (&'t str, &'t str)>) -> Result<Self, RuleError> {
        let mut set = PolicySet::from_str(BASE).expect("the base policy is Cedar");
        let mut names = HashMap::new();
        for (name, text) in texts {
            for (n, rule) in rules_of(name, text, &VALIDATOR)?.into_iter().enumerate() {
                let shown = match rule.annotation("id") {
                    Some(id) => format!("{name}/{id}"),
                    None if n == 0 => name.to_owned(),
                    None => format!("{name}/{}", n + 1),
                };
                let id = PolicyId::new(format!("{name}/{n}"));
                set.add(rule.new_id(id.clone()))
                    .map_err(|error| at(name, text, 0, error.to_string()))?;
                names.insert(id, shown);
            }
        }
        Ok(Self {
            set,
            authorizer: Authorizer::new(),
            names,
            broken: None,
        })
    }

    /// Rules that are kept here. What cannot be read, such as a rule written by a newer version, forbids everything.
    ///
    /// # Panics
    /// Never: as for [`Rules::parse`].
    pub fn kept<'t>(texts: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        Self::parse(texts).unwrap_or_else(|error| Self {
            broken: Some(error.to_string()),
            ..Self::parse([]).expect("no rules can always be read")
        })
    }
}

/// The rules of one text, checked.
fn rules_of(name: &str, text: &str, validator: &Validator) -> Result<Vec<Policy>, RuleError> {
    if text.len() > MAX_RULES {
        return Err(at(name, text, 0, format!("it is larger than {MAX_RULES} bytes")));
    }
    bounded(text).map_err(|(place, problem)| at(name, text, place, problem))?;
    let set = PolicySet::from_str(text).map_err(|errors| {
        let first = errors.iter().next();
        let place = first.and_then(offset).unwrap_or(0);
        at(
            name,
            text,
            place,
            first.map_or_else(|| errors.to_string(), ToString::to_string),
        )
    })?;
    if set.templates().next().is_some() {
        return Err(at(name, text, 0, "templates are not supported; write the rule out"));
    }
    let mut rules: Vec<Policy> = set.policies().cloned().collect();
    // Cedar numbers them in the order of the text: `policy0`, `policy1`, …
    rules.sort_by_key(|rule| number(rule.id()));
    if rules.is_empty() {
        return Err(at(
            name,
            text,
            0,
            "there is no rule in it; write one that begins with `forbid`",
        ));
    }
    if rules.iter().any(|rule| rule.effect() == Effect::Permit) {
        let lines = text
            .split_inclusive('\n')
            .take_while(|line| !line.trim_start().starts_with("permit"));
        let place = lines.map(str::len).sum();
        let remedy = "a rule can only forbid; begin it with `forbid`, and name exceptions after `unless`";
        return Err(at(name, text, place, remedy));
    }
    let result = validator.validate(&set, ValidationMode::Strict);
    if let Some(error) = result.validation_errors().next() {
        let place = offset(error).unwrap_or(0);
        return Err(at(
            name,
            text,
            place,
            format!("{error}; `entente rule schema` shows what rules can speak about"),
        ));
    }
    Ok(rules)
}

/// Whether the text nests no deeper than it may. It counts in strings and remarks too: that only makes it stricter.
fn bounded(text: &str) -> Result<(), (usize, String)> {
    let (mut depth, mut operators) = (0usize, 0);
    let mut last = ' ';
    for (place, c) in text.char_indices() {
        match c {
            '[' => (depth, operators) = (depth + 1, operators + 1),
            '(' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '.' | '+' | '-' | '*' | '!' | '&' | '|' | '<' | '>' | '=' => operators += 1,
            // Words such as `if`, `in`, `has`, `like`, `is` stand between blanks.
            'i' | 'h' | 'l' if last.is_whitespace() => operators += 1,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err((
                place,
                format!("it is nested deeper than {MAX_DEPTH} levels; split the rule"),
            ));
        }
        if operators > MAX_OPERATORS {
            return Err((
                place,
                format!("it has more than {MAX_OPERATORS} operators; keep its rules in several files"),
            ));
        }
        last = c;
    }
    Ok(())
}

fn number(id: &PolicyId) -> usize {
    let digits: &str = id.as_ref();
    digits.trim_start_matches("policy").parse().unwrap_or(usize::MAX)
}

fn offset(error: &(impl miette::Diagnostic + ?Sized)) -> Option<usize> {
    Some(error.labels()?.next()?.offset())
}

fn at(name: &str, text: &str, offset: usize, problem: impl Into<String>) -> RuleError {
    let before = text.as_bytes().iter().take(offset);
    RuleError {
        name: name.to_owned(),
        line: before.filter(|byte| **byte == b'\n').count() + 1,
        problem: problem.into(),
    }
}

fn uid(kind: &str, name: &str) -> Result<EntityUid, String> {
    let kind = kind.parse().map_err(|error| format!("{error}"))?;
    Ok(EntityUid::from_type_name_and_id(
        kind,
        cedar_policy::EntityId::new(name),
    ))
}

fn text<T: ToString + ?Sized>(value: &T) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_string())
}

fn set<T: ToString>(values: impl IntoIterator<Item = T>) -> RestrictedExpression {
    RestrictedExpression::new_set(values.into_iter().map(|value| text(&value)))
}

/// A party, and all that it is part of.
fn parties<'p>(paths: impl Iterator<Item = &'p PartyPath>) -> Result<HashSet<EntityUid>, String> {
    paths
        .flat_map(PartyPath::ancestry)
        .map(|party| uid("Party", party))
        .collect()
}

fn entity(
    id: EntityUid,
    attributes: Vec<(&str, RestrictedExpression)>,
    parents: HashSet<EntityUid>,
) -> Result<Entity, String> {
    let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), value));
    Entity::new(id, attributes.collect(), parents).map_err(|error| error.to_string())
}

fn person(request: &PolicyRequest<'_>) -> Result<Entity, String> {
    let person = request.person;
    entity(
        uid("Person", &person.id.to_string())?,
        vec![
            ("id", text(&person.id)),
            ("name", text(&person.name)),
            (
                "citizenships",
                set(person.citizenships.iter().map(entente_marking::Entity::as_str)),
            ),
            ("roles", set(&person.roles)),
            (
                "accesses",
                set(person.accesses.iter().map(entente_marking::Category::as_str)),
            ),
        ],
        parties(std::iter::once(&person.party))?,
    )
}

fn portion(request: &PolicyRequest<'_>) -> Result<Entity, String> {
    let label = request.label;
    let under = request.lineage.iter().flat_map(|(_, origin)| &origin.arrangements);
    entity(
        uid("Portion", request.report.as_str())?,
        vec![
            ("report", text(request.report)),
            ("levels", set(label.levels.values().map(|level| &level.name))),
            (
                "categories",
                set(label
                    .required
                    .iter()
                    .chain(label.any_of.iter().flatten())
                    .map(entente_marking::Category::as_str)),
            ),
            (
                "caveats",
                set(label.caveats.iter().map(entente_marking::Caveat::as_str)),
            ),
            (
                "originator_controlled",
                RestrictedExpression::new_bool(label.control != Control::None),
            ),
            ("arrangements", set(under)),
        ],
        parties(request.lineage.originators())?,
    )
}

impl LocalPolicy for Rules {
    fn forbids(&self, request: &PolicyRequest<'_>) -> Result<Option<String>, String> {
        if let Some(problem) = &self.broken {
            return Err(problem.clone());
        }
        let (person, portion) = (person(request)?, portion(request)?);
        let now = RestrictedExpression::new_datetime(request.moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        let purpose = request
            .purpose
            .map(|purpose| ("purpose".to_owned(), text(purpose.as_str())));
        let context = purpose.into_iter().chain([("now".to_owned(), now)]);
        let context = Context::from_pairs(context).map_err(|error| error.to_string())?;
        let asked = Request::new(person.uid(), uid("Action", "read")?, portion.uid(), context, None);
        let asked = asked.map_err(|error| error.to_string())?;
        let entities = Entities::from_entities([person, portion], None).map_err(|error| error.to_string())?;
        let answer = self.authorizer.is_authorized(&asked, &self.set, &entities);
        if let Some(error) = answer.diagnostics().errors().next() {
            return Err(error.to_string());
        }
        let mut forbidding: Vec<&str> = answer
            .diagnostics()
            .reason()
            .filter_map(|id| Some(self.names.get(id)?.as_str()))
            .collect();
        forbidding.sort_unstable();
        match answer.decision() {
            Decision::Allow => Ok(None),
            Decision::Deny => Ok(Some(forbidding.join(", "))),
        }
    }

    fn is_empty(&self) -> bool {
        self.names.is_empty() && self.broken.is_none()
    }
}

#[cfg(test)]
mod tests {
    use entente_core::{Lineage, Origin, Person, PersonId, ReportId};
    use entente_marking::{Entity as Nation, Label, Level, Purpose, SchemeId};
    use jiff::Timestamp;

    use super::*;

    /// What the rules say about a GBR.CAB person who would get a SECRET portion of USA.SVC.
    fn asked(rules: &Rules, roles: &[&str], purpose: Option<&str>) -> Result<Option<String>, String> {
        let id = PersonId::new("GBR.CAB/analyst").expect("a name");
        let mut person = Person::outsider(id, PartyPath::new("GBR.CAB").expect("a name"));
        person.roles = roles.iter().map(ToString::to_string).collect();
        person.citizenships = [Nation::new("GBR")].into();
        let mut label = Label::unrestricted();
        let level = Level {
            rank: 3,
            name: "SECRET".to_owned(),
        };
        label.levels.insert(SchemeId::new("us-ic"), level);
        label.control = Control::Originator;
        let purpose = purpose.map(Purpose::new);
        rules.forbids(&PolicyRequest {
            person: &person,
            report: &ReportId::new("R-1").expect("a name"),
            label: &label,
            lineage: &Lineage::of(PartyPath::new("USA.SVC").expect("a name"), Origin::default()),
            purpose: purpose.as_ref(),
            moment: "2026-11-20T10:15:30.123456789Z".parse::<Timestamp>().expect("a moment"),
        })
    }

    fn forbidden(text: &str, roles: &[&str], purpose: Option<&str>) -> Option<String> {
        let rules = Rules::parse([("house", text)]).expect("a rule");
        asked(&rules, roles, purpose).expect("it can be asked")
    }

    #[test]
    fn rules_forbid_by_everything_that_the_schema_names() {
        let named = Some("house".to_owned());
        for (text, expected) in [
            ("forbid (principal in Party::\"GBR\", action, resource);", named.clone()),
            ("forbid (principal in Party::\"FRA\", action, resource);", None),
            (
                "forbid (principal, action == Action::\"read\", resource in Party::\"USA\");",
                named.clone(),
            ),
            ("forbid (principal, action, resource in Party::\"USA.AIR\");", None),
            (
                "forbid (principal == Person::\"GBR.CAB/analyst\", action, resource);",
                named.clone(),
            ),
            (
                "forbid (principal, action, resource) when { resource.levels.contains(\"SECRET\") };",
                named.clone(),
            ),
            (
                "forbid (principal, action, resource) when { resource.report like \"X-*\" };",
                None,
            ),
            (
                "forbid (principal, action, resource) when { resource.originator_controlled };",
                named.clone(),
            ),
            (
                "forbid (principal, action, resource) unless { principal.citizenships.contains(\"GBR\") };",
                None,
            ),
            (
                "forbid (principal, action, resource) unless { context.now > datetime(\"2026-11-20\") };",
                None,
            ),
            (
                "forbid (principal, action, resource) unless { context.now < datetime(\"2026-11-20\") };",
                named.clone(),
            ),
            (
                "forbid (principal, action, resource) unless { context has purpose };",
                named,
            ),
        ] {
            assert_eq!(forbidden(text, &[], None), expected, "{text}");
        }
        let duty = "forbid (principal, action, resource) unless { principal.roles.contains(\"duty\") };";
        assert_eq!(forbidden(duty, &["duty"], None), None);
        assert!(forbidden(duty, &["night"], None).is_some());
        let purpose =
            "forbid (principal, action, resource) when { context has purpose && context.purpose == \"press\" };";
        assert!(forbidden(purpose, &[], Some("press")).is_some());
        assert_eq!(forbidden(purpose, &[], Some("analysis")), None);
    }

    #[test]
    fn every_forbidding_rule_is_named() {
        let text = "@id(\"nobody\") forbid (principal, action, resource);\nforbid (principal, action, resource);";
        assert_eq!(forbidden(text, &[], None).as_deref(), Some("house/2, house/nobody"));
        assert_eq!(asked(&Rules::parse([]).expect("none"), &[], None), Ok(None));
        assert!(Rules::parse([]).expect("none").is_empty());
    }

    #[test]
    fn a_rule_that_fails_forbids_and_so_does_one_that_cannot_be_read() {
        // Beyond 64 bits: it can only be seen when it is asked.
        let text = "forbid (principal, action, resource) when { 9223372036854775807 + 1 == 0 };";
        let rules = Rules::parse([("sum", text)]).expect("it fits the schema");
        assert!(asked(&rules, &[], None).expect_err("it fails").contains("overflow"));
        let broken = Rules::kept([
            ("good", "forbid (principal in Party::\"X\", action, resource);"),
            ("new", "forbid?"),
        ]);
        assert!(!broken.is_empty());
        assert!(
            asked(&broken, &[], None)
                .expect_err("it forbids")
                .contains("rule new, line 1")
        );
    }

    #[test]
    fn what_is_no_rule_is_refused_at_its_place() {
        for (text, line, why) in [
            ("", 1, "there is no rule in it"),
            ("// only a remark", 1, "there is no rule in it"),
            (
                "forbid (principal, action, resource);\n\npermit (principal, action, resource);",
                3,
                "can only forbid",
            ),
            (
                "forbid (principal, action, resource)\nwhen { principal.rank > 3 };",
                2,
                "rank",
            ),
            (
                "forbid (principal, action, resource)\n\nwhenever { true };",
                3,
                "invalid policy condition",
            ),
            ("forbid (principal == ?principal, action, resource);", 1, "templates"),
            (
                "forbid (principal, action, resource) when { principal.roles == \"duty\" };",
                1,
                "types",
            ),
            (
                "forbid (principal, action == Action::\"write\", resource);",
                1,
                "unrecognized action",
            ),
        ] {
            let error = Rules::parse([("r", text)]).expect_err(text);
            assert!(error.line == line && error.problem.contains(why), "{text}: {error}");
        }
        let large = "/".repeat(MAX_RULES + 1);
        assert!(Rules::parse([("r", large.as_str())]).is_err());
        for (part, end) in [
            ("(", "true"),
            (".a", ""),
            ("+1", ""),
            ("&& true ", ""),
            ("!", "true"),
            ("if true then 1 else ", "1"),
            ("[", ""),
        ] {
            for count in [20, 160, 240, 400, 50_000] {
                let text = format!(
                    "forbid (principal, action, resource) when {{ context{}{end} }};",
                    part.repeat(count)
                );
                let _ = Rules::parse([("r", text.as_str())]).map(|rules| asked(&rules, &[], None));
            }
        }
        let deep = format!(
            "forbid (principal, action, resource) when {{ {}true{} }};",
            "(".repeat(50_000),
            ")".repeat(50_000)
        );
        assert!(Rules::parse([("r", deep.as_str())]).is_err());
    }
}
