//! Cases: opening one, its steps, closing it.

use std::collections::BTreeSet;

use entente_core::handle::Opening;
use entente_core::incident::{Stage, What};
use entente_core::{Called, Command, DisclosureId, IncidentId, PersonId, RecallId};

use super::Kind::{Flag, Text, Texts};
use super::reports::action;
use super::said::Said;
use super::{Act, Composed, Fault, Field, Setting, may, must};
use crate::cases;

const INCIDENT: Field = must("incident", Text, "The case.");
const NOTE: Field = must("note", Text, "In words.");
const RECALL: Field = may("recall", Text, "What holders of one's own reports have to do.");
const INSTRUCTION: Field = may("instruction", Text, "The instruction, for `manual-instruction`.");

pub(super) const ACTS: &[Act] = &[
    Act {
        name: "open-incident",
        role: "incident",
        says: "Open a case about disclosures.",
        fields: &[
            may("title", Text, "What it is called."),
            may("disclosures", Texts, "The disclosures."),
            may("from_briefing", Text, "What was said beyond this briefing."),
            may("from_override", Text, "What was disclosed under this override."),
            may("members", Texts, "Who else works on it."),
            may(
                "protected",
                Flag,
                "Whether nobody outside the case may learn that there is one.",
            ),
        ],
        compose: open,
    },
    Act {
        name: "add-disclosure",
        role: "incident",
        says: "Add a disclosure that belongs to a case.",
        fields: &[INCIDENT, must("disclosure", Text, "The disclosure.")],
        compose: |said, setting| {
            note(
                said,
                setting,
                What::Disclosure {
                    id: said.id("disclosure")?,
                },
            )
        },
    },
    Act {
        name: "add-member",
        role: "incident",
        says: "Let somebody work on a case.",
        fields: &[INCIDENT, must("person", Text, "Who.")],
        compose: |said, setting| {
            note(
                said,
                setting,
                What::Member {
                    person: said.id("person")?,
                },
            )
        },
    },
    Act {
        name: "assign-stage",
        role: "incident",
        says: "Give a stage of a case an owner.",
        fields: &[INCIDENT, must("stage", Text, "The stage."), must("owner", Text, "Who.")],
        compose: |said, setting| {
            let (stage, owner) = (stage(said)?, said.id("owner")?);
            note(said, setting, What::Assigned { stage, owner })
        },
    },
    Act {
        name: "stage-done",
        role: "incident",
        says: "Record that a stage of a case is done, or that there was nothing to do.",
        fields: &[INCIDENT, must("stage", Text, "The stage."), NOTE],
        compose: |said, setting| {
            let (stage, text) = (stage(said)?, said.text("note").to_owned());
            note(said, setting, What::Done { stage, note: text })
        },
    },
    Act {
        name: "respond",
        role: "incident",
        says: "Carry out the plan of a case in one step: warn, put on hold, recall, tell.",
        fields: &[
            INCIDENT,
            RECALL,
            INSTRUCTION,
            may("strike", Texts, "Lines of the plan that are left out."),
        ],
        compose: |said, setting| {
            let command = Command::RespondToIncident {
                incident: said.id("incident")?,
                by: setting.me.clone(),
                recall: action(said, "recall")?,
                recall_id: RecallId::new(format!("rec-{}", setting.fresh))?,
                struck: said.texts("strike").map(str::to_owned).collect(),
            };
            Ok(Composed::of(command))
        },
    },
    Act {
        name: "contain",
        role: "incident",
        says: "Put releases of all reports of a case on hold, and recall one's own.",
        fields: &[INCIDENT, RECALL, INSTRUCTION],
        compose: |said, setting| {
            Ok(Composed::of(Command::ContainIncident {
                incident: said.id("incident")?,
                by: setting.me.clone(),
                recall: action(said, "recall")?,
                recall_id: RecallId::new(format!("rec-{}", setting.fresh))?,
            }))
        },
    },
    Act {
        name: "notify",
        role: "incident",
        says: "Tell everyone concerned by a case, each its own part.",
        fields: &[INCIDENT],
        compose: |said, setting| {
            Ok(Composed::of(Command::NotifyIncident {
                incident: said.id("incident")?,
                by: setting.me.clone(),
            }))
        },
    },
    Act {
        name: "assess",
        role: "incident",
        says: "Assess the damage of a case: this party's sources are measured, before and after.",
        fields: &[INCIDENT, NOTE, may("final", Flag, "Whether it is the last word.")],
        compose: |said, setting| {
            Ok(Composed::of(Command::AssessIncident {
                incident: said.id("incident")?,
                by: setting.me.clone(),
                note: said.text("note").to_owned(),
                last: said.flag("final"),
            }))
        },
    },
    Act {
        name: "close-incident",
        role: "incident",
        says: "Close a case of which every stage is done.",
        fields: &[
            INCIDENT,
            NOTE,
            may("resume", Flag, "Whether releases go on that the case put on hold."),
            may("rest", Text, "What is said of every stage that is not done yet."),
        ],
        compose: close,
    },
    Act {
        name: "acknowledge-incident",
        role: "incident",
        says: "Tell a partner that note was taken of its incident.",
        fields: &[
            must("incident", Text, "The incident, as the partner calls it."),
            must("statement", Text, "What is done about it."),
        ],
        compose: |said, _| {
            Ok(Composed::of(Command::AcknowledgeIncident {
                incident: said.id("incident")?,
                statement: said.text("statement").to_owned(),
            }))
        },
    },
];

fn note(said: &Said<'_>, setting: &Setting<'_>, what: What) -> Result<Composed, Fault> {
    Ok(Composed::of(Command::NoteIncident {
        incident: said.id("incident")?,
        by: setting.me.clone(),
        what,
    }))
}

fn stage(said: &Said<'_>) -> Result<Stage, Fault> {
    let known = Stage::ALL.iter().find(|stage| stage.id() == said.text("stage"));
    known.copied().ok_or_else(|| {
        let all: Vec<&str> = Stage::ALL.iter().map(|stage| stage.id()).collect();
        Fault::Unreadable(format!("`stage`: the stages are {}", all.join(", ")))
    })
}

fn open(said: &Said<'_>, setting: &Setting<'_>) -> Result<Composed, Fault> {
    let state = setting.moment.state();
    let mut disclosures: BTreeSet<Called<DisclosureId>> = said.ids("disclosures")?;
    let missing = |name: &str| Fault::Missing(entente_core::decide::NotFound::Report(name.to_owned()));
    if let Some(briefing) = said.maybe_id("from_briefing")? {
        disclosures.extend(cases::beyond(state, &briefing).ok_or_else(|| missing(briefing.as_str()))?);
    }
    if let Some(made) = said.maybe_id("from_override")? {
        let under = cases::under(state, &made).ok_or_else(|| missing(made.as_str()))?;
        disclosures.extend(under.into_iter().map(Called::from));
    }
    let id = IncidentId::new(format!("inc-{}", setting.fresh))?;
    let opening = Opening {
        id: id.clone(),
        title: said
            .maybe("title")
            .unwrap_or_else(|| "Disclosure beyond what was permitted".to_owned()),
        by: setting.me.clone(),
        members: said.ids::<PersonId, _>("members")?,
        disclosures,
        protected: said.flag("protected"),
        clocks: Default::default(),
    };
    Ok(Composed::made(&id, Command::OpenIncident(Box::new(opening))))
}

fn close(said: &Said<'_>, setting: &Setting<'_>) -> Result<Composed, Fault> {
    let incident: IncidentId = said.id("incident")?;
    let mut commands = Vec::new();
    if let Some(words) = said.maybe("rest")
        && let Some(case) = cases::case(setting.moment.state(), &incident, Some(setting.me))
    {
        commands = cases::settle(case, setting.me, &words);
    }
    commands.push(Command::CloseIncident {
        incident,
        by: setting.me.clone(),
        note: said.text("note").to_owned(),
        resume: said.flag("resume"),
    });
    Ok(Composed { commands, id: None })
}
