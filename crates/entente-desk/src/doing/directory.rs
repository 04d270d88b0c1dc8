//! Who and what is known here: parties, persons, audiences, rules, schemes, arrangements, sources.

use std::collections::BTreeSet;

use entente_core::exposure::Threshold;
use entente_core::{
    Arrangement, ArrangementStatus, Audience, Command, Deputy, Party, PartyPath, PersonChange, PersonId, ReportId,
    RuleName, SourceId,
};
use entente_marking::SchemeId;

use super::Kind::{Flag, Number, Text, Texts, Value};
use super::said::Said;
use super::{Act, Composed, Fault, Field, Setting, may, must};
use crate::persons::{PersonInput, Unreadable};

const REASON: Field = must("reason", Text, "Why.");

pub(super) const ACTS: &[Act] = &[
    Act {
        name: "protect-source",
        role: "protect-source",
        says: "Put a source of one's own under protection, or change how.",
        fields: &[
            must("source", Text, "The source."),
            must("register", Value, "The register of candidates."),
            must("reports", Texts, "The reports that rest on it."),
            must("min_candidates", Number, "How many candidates have to remain."),
            must("max_probability", Number, "How likely the source itself may become."),
        ],
        compose: protect,
    },
    Act {
        name: "release-source",
        role: "release-source",
        says: "End a source's protection.",
        fields: &[must("source", Text, "The source."), REASON],
        compose: |said, _| {
            Ok(Composed::of(Command::ReleaseSource {
                id: said.id::<SourceId>("source")?,
                reason: said.text("reason").to_owned(),
            }))
        },
    },
    Act {
        name: "answer-exposure",
        role: "answer-exposure",
        says: "Tell an asker whether what it asks for keeps the sources behind it above their thresholds.",
        fields: &[must("request", Text, "The request.")],
        compose: |said, _| {
            Ok(Composed::of(Command::AnswerExposure {
                request: said.id("request")?,
            }))
        },
    },
    Act {
        name: "set-party",
        role: "set-party",
        says: "Make a party known, or give it another name. Keys come by invitation.",
        fields: &[must("party", Text, "Its path."), may("name", Text, "Its name in full.")],
        compose: |said, setting| {
            let path: PartyPath = said.id("party")?;
            let known = setting.moment.state().parties.get(&path).cloned();
            let mut party = known.unwrap_or_else(|| Party {
                name: path.to_string(),
                path,
                client_of: BTreeSet::new(),
                signing_keys: Vec::new(),
                recipient: None,
            });
            if let Some(name) = said.maybe("name") {
                party.name = name;
            }
            Ok(Composed::of(Command::SetParty(party)))
        },
    },
    Act {
        name: "set-contact",
        role: "set-contact",
        says: "Note whom one calls at a party, or strike a contact out: it stays here, and says nothing of what the party may have.",
        fields: &[
            must("party", Text, "The party."),
            must("name", Text, "What the contact is called there."),
            may(
                "contact",
                Value,
                "How to reach it: `email`, `phone`, `zone`, `openpgp`, `note`; without it, it is struck out.",
            ),
        ],
        compose: |said, _| {
            Ok(Composed::of(Command::SetContact {
                party: said.id("party")?,
                name: said.text("name").to_owned(),
                contact: said.value("contact")?,
            }))
        },
    },
    Act {
        name: "set-deputy",
        role: "set-deputy",
        says: "Have somebody stand in for another: with the roles of both, and with what they themselves may know.",
        fields: &[
            must("of", Text, "Whose place it is."),
            must("deputy", Text, "Who stands in."),
            may("from", Text, "From when on; without it, from now."),
            must("until", Text, "Until when, at most 92 days from now."),
            may("reason", Text, "Why."),
        ],
        compose: |said, setting| {
            Ok(Composed::of(Command::SetDeputy(Deputy {
                of: said.id("of")?,
                deputy: said.id("deputy")?,
                from: said.moment("from")?.unwrap_or(setting.now),
                until: said.moment("until")?.unwrap_or(setting.now),
                reason: said.text("reason").to_owned(),
            })))
        },
    },
    Act {
        name: "end-deputy",
        role: "set-deputy",
        says: "End that somebody stands in for another.",
        fields: &[
            must("of", Text, "Whose place it is."),
            must("deputy", Text, "Who stands in."),
        ],
        compose: |said, _| {
            Ok(Composed::of(Command::EndDeputy {
                of: said.id("of")?,
                deputy: said.id("deputy")?,
            }))
        },
    },
    Act {
        name: "set-membership",
        role: "set-membership",
        says: "State that a party is of the community, or that it is not any more.",
        fields: &[
            must("party", Text, "The party."),
            must("member", Flag, "Whether it is."),
        ],
        compose: |said, _| {
            Ok(Composed::of(Command::SetMembership {
                party: said.id("party")?,
                member: said.flag("member"),
            }))
        },
    },
    Act {
        name: "install-scheme",
        role: "set-scheme",
        says: "Install a policy file (XML SPIF): from now on its marks are read here.",
        fields: &[
            must("file", Text, "The file."),
            may("name", Text, "The scheme's name here."),
        ],
        compose: |said, _| {
            Ok(Composed::of(Command::InstallScheme {
                file: said.text("file").to_owned(),
                name: said.maybe("name"),
            }))
        },
    },
    Act {
        name: "remove-scheme",
        role: "set-scheme",
        says: "Take a policy file out again.",
        fields: &[
            must("scheme", Text, "The scheme."),
            may("profile", Text, "Its variant."),
        ],
        compose: |said, _| {
            Ok(Composed::of(Command::RemoveScheme {
                id: SchemeId::new(said.text("scheme")),
                profile: said.maybe("profile"),
            }))
        },
    },
    Act {
        name: "set-persons",
        role: "set-person",
        says: "Make persons known, or change what is named of them; the rest stays as it is.",
        fields: &[must("persons", Value, "The persons, as a persons file has them.")],
        compose: |said, setting| {
            let all: Vec<PersonInput> = said.value("persons")?;
            let schemes = &setting.moment.library().schemes;
            let changes = all.into_iter().map(|person| person.change(schemes));
            let changes = changes.collect::<Result<_, Unreadable>>()?;
            Ok(Composed::of(Command::ChangePersons(changes)))
        },
    },
    Act {
        name: "set-roles",
        role: "set-roles",
        says: "Give a person roles, or take them away.",
        fields: &[
            must("person", Text, "The person."),
            may("add", Texts, "Roles to give."),
            may("remove", Texts, "Roles to take away."),
        ],
        compose: roles,
    },
    Act {
        name: "disable-person",
        role: "set-person",
        says: "Switch a person's access off.",
        fields: &[must("person", Text, "The person.")],
        compose: |said, setting| {
            let id: PersonId = said.id("person")?;
            let person = setting.moment.state().persons.get(&id).cloned();
            let mut person = person.ok_or_else(|| missing(id.as_str()))?;
            person.disabled = true;
            Ok(Composed::of(Command::SetPerson(person)))
        },
    },
    Act {
        name: "enable-person",
        role: "enable-person",
        says: "Switch a person's access on again.",
        fields: &[must("person", Text, "The person.")],
        compose: |said, _| Ok(Composed::of(Command::EnablePerson(said.id("person")?))),
    },
    Act {
        name: "set-audience",
        role: "set-audience",
        says: "Define an audience.",
        fields: &[must("name", Text, "Its name."), must("members", Texts, "Its members.")],
        compose: |said, _| {
            Ok(Composed::of(Command::SetAudience(Audience {
                name: said.id("name")?,
                members: said.ids("members")?,
            })))
        },
    },
    Act {
        name: "set-rule",
        role: "set-rule",
        says: "Set a rule of this party's own, in Cedar; it can only forbid.",
        fields: &[must("name", Text, "Its name."), must("text", Text, "Its text.")],
        compose: |said, setting| {
            let (name, text): (RuleName, _) = (said.id("name")?, said.text("text").to_owned());
            (setting.check_rule)(name.as_str(), &text).map_err(Fault::Unreadable)?;
            Ok(Composed::of(Command::SetRule { name, text }))
        },
    },
    Act {
        name: "remove-rule",
        role: "set-rule",
        says: "Remove a rule of this party's own.",
        fields: &[must("name", Text, "Its name.")],
        compose: |said, _| Ok(Composed::of(Command::RemoveRule(said.id("name")?))),
    },
    Act {
        name: "set-arrangement",
        role: "set-arrangement",
        says: "Record an arrangement, or make its terms stricter.",
        fields: &[
            must("arrangement", Value, "Its terms, as an arrangement file has them."),
            may(
                "agreed",
                Flag,
                "Whether all parties have agreed on terms that are laxer than those recorded.",
            ),
        ],
        compose: |said, _| {
            let arrangement: Arrangement = said.value("arrangement")?;
            Ok(Composed::of(Command::SetArrangement {
                arrangement,
                agreed: said.flag("agreed"),
            }))
        },
    },
    Act {
        name: "set-arrangement-status",
        role: "set-arrangement",
        says: "Suspend, resume or end an arrangement.",
        fields: &[
            must("arrangement", Text, "The arrangement."),
            must("status", Text, "`active`, `suspended` or `ended`."),
            may("reason", Text, "Why."),
        ],
        compose: status,
    },
];

fn missing(name: &str) -> Fault {
    Fault::Missing(entente_core::decide::NotFound::Report(name.to_owned()))
}

fn protect(said: &Said<'_>, _: &Setting<'_>) -> Result<Composed, Fault> {
    let register: serde_json::Value = said.value("register")?;
    let most = said.number("min_candidates").unwrap_or_default();
    if most.fract() != 0.0 || !(0.0..=1e9).contains(&most) {
        return Err(Fault::Unreadable("`min_candidates`: give a whole number".to_owned()));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number between 0 and 1e9, as was just checked"
    )]
    let candidates = most as usize;
    let threshold = Threshold::new(candidates, said.number("max_probability").unwrap_or_default());
    let threshold = threshold.map_err(|error| Fault::Unreadable(error.to_string()))?;
    Ok(Composed::of(Command::ProtectSource {
        id: said.id("source")?,
        register: register.to_string(),
        threshold,
        reports: said.ids::<ReportId, _>("reports")?,
    }))
}

fn roles(said: &Said<'_>, setting: &Setting<'_>) -> Result<Composed, Fault> {
    let id: PersonId = said.id("person")?;
    let known = setting.moment.state().persons.get(&id);
    let known = known.ok_or_else(|| missing(id.as_str()))?;
    let mut change = PersonChange::of(id, known.party.clone());
    change.roles = said.texts("add").map(str::to_owned).collect();
    change.dropped.roles = said.texts("remove").map(str::to_owned).collect();
    match change.roles.is_empty() && change.dropped.roles.is_empty() {
        true => Err(Fault::Unreadable(
            "`add`: name roles to give, or to take away".to_owned(),
        )),
        false => Ok(Composed::of(Command::ChangePersons(vec![change]))),
    }
}

fn status(said: &Said<'_>, setting: &Setting<'_>) -> Result<Composed, Fault> {
    let home = setting.moment.state().home.clone();
    let by = home.ok_or_else(|| Fault::Broken("no party is set up".to_owned()))?;
    let reason = said.text("reason").to_owned();
    let status = match said.text("status") {
        "active" => ArrangementStatus::Active,
        "suspended" => ArrangementStatus::Suspended { by, reason },
        "ended" => ArrangementStatus::Ended { by, reason },
        other => {
            return Err(Fault::Unreadable(format!(
                "`status`: `{other}` is none of active, suspended, ended"
            )));
        }
    };
    Ok(Composed::of(Command::SetArrangementStatus {
        id: said.id("arrangement")?,
        status,
    }))
}
