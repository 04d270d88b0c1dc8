//! Markings of others than TLP: ACS 3.0 of the US government, and FIRST's Information Exchange Policy 2.0.
//!
//! Each is read as the marks that ask for at least as much. What has no such mark closes the text, and the table names it: a rule
//! about who may read, of which only a part was understood, is not kept by keeping that part.

use entente_marking::builtin;
use serde_json::Value;

use crate::json::{items, text, texts};
use crate::marks::{Asks, UNMARKED, read as read_mark};
use crate::table::Table;

/// The extension of ACS 3.0 (Access Control Specification of the Information Sharing Architecture).
pub(super) const ACS: &str = "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce";

/// That of IEP 2.0.
pub(super) const IEP: &str = "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a";

/// Formal determinations that ask for no more than the marks which stand for them.
const DETERMINATIONS: [&str; 4] = [
    "FOUO",
    "AIS",
    "PUBREL",
    "INFORMATION-DIRECTLY-RELATED-TO-CYBERSECURITY-THREAT",
];

/// Reads a marking of ACS 3.0.
pub(super) fn acs(marking: &Value, place: &str, asks: &mut Asks, table: &mut Table) {
    match acs_marks(marking) {
        Ok(marks) => {
            marks.iter().for_each(|mark| asks.mark(mark));
            let said = sharing(marking);
            if !said.is_empty() {
                table.note(
                    place,
                    format!("ACS 3.0: further sharing: {said}"),
                    format!("marked {}: ask whoever gave it", marks.join(" ")),
                );
            }
        }
        Err(what) => asks.close(&format!("ACS 3.0: {what}")),
    }
}

/// Whether a list names everybody, or nobody in particular.
fn is_all(value: &Value, name: &str) -> bool {
    match value.get(name) {
        None => true,
        Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some("ALL")),
        Some(_) => false,
    }
}

/// The marks, or what of it has none.
fn acs_marks(marking: &Value) -> Result<Vec<String>, String> {
    let controls = marking.get("control_set").unwrap_or(&Value::Null);
    let policy = text(marking, "policy_reference").unwrap_or_default();
    let default_of = |name: &str| {
        policy
            .split(['?', '&', ';'])
            .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
    };
    for name in ["entity", "shareability", "permitted_organizations"] {
        if !is_all(controls, name) {
            return Err(format!("{name} of the control set"));
        }
    }
    if items(controls, "caveat")
        .iter()
        .chain(items(controls, "logical_authority_category"))
        .next()
        .is_some()
    {
        return Err("a caveat".to_owned());
    }
    let mut nations = countries(controls)?;
    // Who may do nothing with it unless it says so.
    if default_of("privdefault") != Some("permit") {
        let granted = items(marking, "access_privilege")
            .iter()
            .filter(|rule| text(rule, "rule_effect") == Some("permit"));
        let mut open = false;
        for rule in granted {
            let scope = rule.get("privilege_scope").unwrap_or(&Value::Null);
            let narrow = ["entity", "permitted_organizations", "shareability"]
                .iter()
                .any(|name| !is_all(scope, name));
            if narrow {
                continue;
            }
            let of_rule = countries(scope)?;
            nations = match (nations, of_rule) {
                (all, None) | (None, all) => all,
                (Some(one), Some(other)) => Some(one.into_iter().filter(|name| other.contains(name)).collect()),
            };
            open = true;
        }
        if !open {
            return Err("access privileges".to_owned());
        }
    }
    if items(marking, "access_privilege")
        .iter()
        .any(|rule| text(rule, "rule_effect") == Some("deny"))
    {
        return Err("an access privilege that is denied".to_owned());
    }
    let mut marks = vec![tlp_of(marking, default_of("sharedefault"))];
    if let Some(mark) = us_mark(controls, nations)? {
        marks.push(mark);
    }
    Ok(marks)
}

/// The countries whose citizens may have it; nothing where it names none.
fn countries(scope: &Value) -> Result<Option<Vec<String>>, String> {
    if is_all(scope, "permitted_nationalities") {
        return Ok(None);
    }
    let all: Vec<String> = texts(scope, "permitted_nationalities").map(str::to_uppercase).collect();
    if all.is_empty() {
        return Err("permitted nationalities".to_owned());
    }
    Ok(Some(all))
}

/// What may go on: to nobody where that is the rule or any rule denies it, and else by the receiver's need.
fn tlp_of(marking: &Value, default: Option<&str>) -> String {
    let denied = items(marking, "further_sharing")
        .iter()
        .any(|rule| text(rule, "rule_effect") != Some("permit"));
    match default == Some("permit") && !denied {
        true => "(TLP:AMBER)".to_owned(),
        false => UNMARKED.to_owned(),
    }
}

/// The mark of the US that asks for no less than a control set; nothing where that asks for nothing.
fn us_mark(controls: &Value, nations: Option<Vec<String>>) -> Result<Option<String>, String> {
    let class = match text(controls, "classification") {
        Some(class @ ("U" | "C" | "S" | "TS")) => class,
        other => return Err(format!("classification {}", other.unwrap_or("that is missing"))),
    };
    let mut parts = vec![class.to_owned()];
    let sci: Vec<&str> = texts(controls, "sci_controls").collect();
    if !sci.is_empty() {
        parts.push(sci.join("/"));
    }
    let mut dissemination = Vec::new();
    for determination in texts(controls, "formal_determination") {
        match DETERMINATIONS.contains(&determination) {
            true if determination == "FOUO" && class == "U" => dissemination.push("FOUO".to_owned()),
            true => {}
            false => return Err(format!("formal determination {determination}")),
        }
    }
    for control in texts(controls, "dissemination_control").chain(texts(controls, "non_ic_control")) {
        dissemination.push(control.to_owned());
    }
    match nations {
        None => {}
        Some(all) if all == ["USA"] => dissemination.push("NF".to_owned()),
        Some(mut all) => {
            all.sort_by_key(|nation| (nation != "USA", nation.clone()));
            dissemination.push(format!("REL TO {}", all.join(", ")));
        }
    }
    let mut sensitivities = Vec::new();
    for sensitivity in texts(controls, "sensitivity") {
        match sensitivity {
            "LES" => sensitivities.push("LES"),
            other => return Err(format!("sensitivity {other}")),
        }
    }
    if !dissemination.is_empty() {
        parts.push(dissemination.join("/"));
    }
    if !sensitivities.is_empty() {
        parts.push(sensitivities.join("/"));
    }
    if parts == ["U"] {
        return Ok(None);
    }
    let mark = format!("({})", parts.join("//"));
    match read_mark(&mark, builtin::schemes()) {
        Some(read) => Ok(Some(read.canonical)),
        None => Err(format!("a control set that would be {mark}")),
    }
}

/// With whom it may be shared further, as it says.
fn sharing(marking: &Value) -> String {
    let rules = items(marking, "further_sharing").iter().map(|rule| {
        let effect = text(rule, "rule_effect").unwrap_or("no");
        let with: Vec<&str> = texts(rule, "sharing_scope").collect();
        format!("{effect} {}", with.join(", "))
    });
    let all: Vec<String> = rules.collect();
    entente_core::plain::line(&all.join("; ")).chars().take(120).collect()
}

/// Reads an Information Exchange Policy: its TLP word, and what it permits to do as PAP.
pub(super) fn iep(policy: &Value, place: &str, asks: &mut Asks, table: &mut Table) {
    if policy
        .get("iep_policy_ref")
        .or_else(|| policy.get("iep_reference"))
        .is_some()
    {
        asks.close("IEP: a policy that stands elsewhere");
    }
    if let Some(word) = policy.get("tlp") {
        let read = word
            .as_str()
            .and_then(|word| read_mark(&format!("TLP:{word}"), builtin::schemes()));
        match read {
            Some(marking) => asks.mark(&marking.canonical),
            None => asks.close("IEP: its TLP word"),
        }
    }
    match text(policy, "permitted_actions") {
        // Whoever permits nothing, or wants to be asked, permits nothing yet.
        None | Some("none" | "contact-for-instruction") => asks.mark("(PAP:RED)"),
        Some("internally-visible-actions") => asks.mark("(PAP:AMBER)"),
        Some("externally-visible-indirect-actions") => asks.mark("(PAP:GREEN)"),
        Some("externally-visible-direct-actions") => asks.mark("(PAP:CLEAR)"),
        Some(other) => asks.close(&format!("IEP: permitted actions {other}")),
    }
    let observed = [
        "affected_party_notifications",
        "provider_attribution",
        "attribution",
        "unmodified_resale",
        "encrypt_in_transit",
        "encrypt_at_rest",
        "start_date",
        "end_date",
    ];
    let said: Vec<String> = observed
        .iter()
        .filter_map(|name| Some(format!("{name} {}", text(policy, name)?)))
        .collect();
    if !said.is_empty() {
        let said: String = entente_core::plain::line(&said.join(", ")).chars().take(160).collect();
        table.note(
            place,
            format!("IEP 2.0: {said}"),
            "carried through, for people to observe",
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(read: fn(&Value, &str, &mut Asks, &mut Table), marking: &Value) -> String {
        let (mut asks, mut table) = (Asks::default(), Table::default());
        read(marking, "x", &mut asks, &mut table);
        let closed = asks.unread.iter().map(|what| format!("closed: {what}"));
        asks.marks.iter().cloned().chain(closed).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn acs_is_read_as_marks_that_ask_for_no_less() {
        let policy = |defaults: &str| format!("urn:isa:policy:acs:ns:v3.0?{defaults}");
        let (open, shut) = (
            "privdefault=permit&sharedefault=permit",
            "privdefault=deny&sharedefault=deny",
        );
        let all = json!([{"privilege_action": "CISAUSES", "rule_effect": "permit", "privilege_scope": {
            "permitted_nationalities": ["ALL"], "permitted_organizations": ["ALL"], "shareability": ["ALL"], "entity": ["ALL"]}}]);
        let some = json!([{"privilege_action": "DSPLY", "rule_effect": "permit", "privilege_scope": {
            "permitted_nationalities": ["USA"], "permitted_organizations": ["USA.USG"], "shareability": ["ALL"], "entity": ["ALL"]}}]);
        let share = json!([{"sharing_scope": ["USA.USG"], "rule_effect": "permit"}]);
        let deny = json!([{"sharing_scope": ["FOREIGNGOV"], "rule_effect": "deny"}]);
        for (controls, defaults, privilege, further, read) in [
            (
                json!({"classification": "U"}),
                open,
                json!([]),
                json!([]),
                "(TLP:AMBER)",
            ),
            (
                json!({"classification": "U"}),
                open,
                json!([]),
                deny,
                "(TLP:AMBER+STRICT)",
            ),
            (
                json!({"classification": "U", "formal_determination": ["FOUO", "AIS"]}),
                shut,
                all,
                share,
                "(TLP:AMBER+STRICT) (U//FOUO)",
            ),
            (
                json!({"classification": "U"}),
                shut,
                some,
                json!([]),
                "closed: ACS 3.0: access privileges",
            ),
            (
                json!({"classification": "U"}),
                shut,
                json!([]),
                json!([]),
                "closed: ACS 3.0: access privileges",
            ),
            (
                json!({"classification": "S", "permitted_nationalities": ["USA", "GBR", "AUS"]}),
                open,
                json!([]),
                json!([]),
                "(TLP:AMBER) (S//REL TO USA, AUS, GBR)",
            ),
            (
                json!({"classification": "TS", "sci_controls": ["SI"], "permitted_nationalities": ["USA"]}),
                open,
                json!([]),
                json!([]),
                "(TLP:AMBER) (TS//SI//NF)",
            ),
            (
                json!({"classification": "U", "sensitivity": ["LES"], "permitted_organizations": ["USA.USG"]}),
                open,
                json!([]),
                json!([]),
                "closed: ACS 3.0: permitted_organizations of the control set",
            ),
            (
                json!({"classification": "U", "sensitivity": ["LES"]}),
                open,
                json!([]),
                json!([]),
                "(TLP:AMBER) (U//LES)",
            ),
            (
                json!({"classification": "U", "formal_determination": ["PII-NECESSARY"]}),
                open,
                json!([]),
                json!([]),
                "closed: ACS 3.0: formal determination PII-NECESSARY",
            ),
            (
                json!({"classification": "U", "caveat": ["FISA"]}),
                open,
                json!([]),
                json!([]),
                "closed: ACS 3.0: a caveat",
            ),
            (
                json!({}),
                open,
                json!([]),
                json!([]),
                "closed: ACS 3.0: classification that is missing",
            ),
        ] {
            let marking = json!({"policy_reference": policy(defaults), "control_set": controls, "access_privilege": privilege, "further_sharing": further});
            assert_eq!(of(acs, &marking), read, "{marking}");
        }
    }

    #[test]
    fn an_exchange_policy_is_its_tlp_word_and_what_it_permits() {
        for (policy, read) in [
            (
                json!({"tlp": "amber", "permitted_actions": "externally-visible-direct-actions"}),
                "(TLP:AMBER) (PAP:CLEAR)",
            ),
            (
                json!({"tlp": "red", "permitted_actions": "contact-for-instruction"}),
                "(TLP:RED) (PAP:RED)",
            ),
            (
                json!({"tlp": "GREEN", "permitted_actions": "internally-visible-actions"}),
                "(TLP:GREEN) (PAP:AMBER)",
            ),
            (json!({"permitted_actions": "none"}), "(PAP:RED)"),
            (json!({"tlp": "purple"}), "(PAP:RED) closed: IEP: its TLP word"),
            (
                json!({"tlp": "green", "permitted_actions": "all"}),
                "(TLP:GREEN) closed: IEP: permitted actions all",
            ),
            (
                json!({"iep_policy_ref": "https://x"}),
                "(PAP:RED) closed: IEP: a policy that stands elsewhere",
            ),
        ] {
            assert_eq!(of(iep, &policy), read, "{policy}");
        }
    }
}
