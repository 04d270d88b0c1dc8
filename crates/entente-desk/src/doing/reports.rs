//! Reports: adding, distributing, delivering, releasing, recalling.

use std::collections::BTreeSet;

use entente_core::handle::{EmbargoWord, Following, Handover, Release, Why};
use entente_core::{
    Called, Command, ConsentId, DecisionId, IncidentId, PartyPath, PersonId, RecallAction, RecallId, Recipients,
    ReportId, draft,
};
use entente_marking::CopyList;

use super::Kind::{Flag, Moment, Text, Texts, Value};
use super::said::Said;
use super::sharing::{TERMS, terms};
use super::{Act, Composed, Fault, Field, Setting, may, must};
use crate::holdings;

const REPORT: Field = must("report", Text, "The report.");
const REASON: Field = must("reason", Text, "Why.");
const PORTIONS: Field = may("portions", Texts, "Only these portions.");
const DESPITE: Field = may(
    "despite_exposure",
    Text,
    "Why it is done although it narrows a protected source below its threshold; stays here, on the record.",
);

pub(super) const ACTS: &[Act] = &[
    Act {
        name: "add-report",
        role: "add-report",
        says: "Add a report, or its next version, as marked text.",
        fields: &[
            must("text", Text, "The report as Markdown with portion marks."),
            may("id", Text, "Its id, where the text names none."),
            may(
                "new_lineage",
                Text,
                "Why a text no longer rests on what it rested on before.",
            ),
            may(
                "after_recall",
                Text,
                "Why there is to be a version in force although it was recalled.",
            ),
        ],
        compose: add,
    },
    Act {
        name: "withdraw-report",
        role: "withdraw-report",
        says: "Bar readers from a report here.",
        fields: &[REPORT, REASON],
        compose: |said, _| {
            Ok(Composed::of(Command::WithdrawReport {
                report: said.id("report")?,
                reason: said.text("reason").to_owned(),
            }))
        },
    },
    Act {
        name: "distribute",
        role: "distribute",
        says: "Put persons on a report's distribution, or take them off it.",
        fields: &[
            REPORT,
            may("add", Texts, "Whom to put on it."),
            may("remove", Texts, "Whom to take off it."),
        ],
        compose: |said, _| {
            Ok(Composed::of(Command::Distribute {
                report: said.id("report")?,
                add: said.ids("add")?,
                remove: said.ids("remove")?,
            }))
        },
    },
    Act {
        name: "set-facts",
        role: "set-facts",
        says: "Write down the facts of a report; they replace what was there.",
        fields: &[REPORT, must("facts", Value, "All its facts, as a facts file has them.")],
        compose: |said, _| {
            let (report, facts): (ReportId, Vec<_>) = (said.id("report")?, said.value("facts")?);
            holdings::watched(&report, &facts).map_err(|error| Fault::Unreadable(error.to_string()))?;
            Ok(Composed::of(Command::SetFacts { report, facts }))
        },
    },
    Act {
        name: "hold",
        role: "hold",
        says: "Put releases of a report on hold.",
        fields: &[REPORT, REASON],
        compose: |said, _| {
            Ok(Composed::of(Command::HoldReport {
                report: said.id("report")?,
                reason: said.text("reason").to_owned(),
            }))
        },
    },
    Act {
        name: "resume",
        role: "hold",
        says: "Let releases of a report go on.",
        fields: &[REPORT],
        compose: |said, _| {
            Ok(Composed::of(Command::ResumeReport {
                report: said.id("report")?,
            }))
        },
    },
    Act {
        name: "deliver",
        role: "deliver",
        says: "Hand over what of a report's latest version a party may have.",
        fields: &[
            REPORT,
            must("to", Texts, "The receivers: each gets the part that it may have."),
            PORTIONS,
            DESPITE,
        ],
        compose: |said, _| {
            let handover = |to: PartyPath| {
                Ok(Command::HandOver(Handover {
                    report: said.id("report")?,
                    to,
                    portions: said.some("portions")?,
                    despite_exposure: said.maybe("despite_exposure"),
                    known: None,
                }))
            };
            let to: Vec<PartyPath> = said.ids("to")?;
            Ok(Composed {
                commands: to.into_iter().map(handover).collect::<Result<_, Fault>>()?,
                id: None,
            })
        },
    },
    Act {
        name: "release",
        role: "release",
        says: "Give text of one's own to others without their having asked.",
        fields: &[
            REPORT,
            must("to", Texts, "Parties, persons, or `PUBLIC`."),
            must("portions", Texts, "Which portions."),
            may(
                "whole_list",
                Flag,
                "Name everybody on the written list in the marks of copies.",
            ),
            DESPITE,
            TERMS[0],
            TERMS[1],
            TERMS[2],
            TERMS[3],
            TERMS[4],
        ],
        compose: release,
    },
    Act {
        name: "set-embargo",
        role: "release",
        says: "Say until when nothing of one's own text goes further: set, moved, or ended where no moment is given.",
        fields: &[
            REPORT,
            PORTIONS,
            may("until", Moment, "Until when."),
            may("reason", Text, "Why."),
        ],
        compose: |said, _| {
            Ok(Composed::of(Command::SetEmbargo(EmbargoWord {
                report: said.id("report")?,
                portions: said.ids("portions")?,
                until: said.moment("until")?,
                reason: said.text("reason").to_owned(),
            })))
        },
    },
    Act {
        name: "give-up-copy",
        role: "give-up-copy",
        says: "Give this party's copy of another party's report up, and tell its author.",
        fields: &[REPORT, may("statement", Text, "What is stated about it.")],
        compose: |said, _| {
            Ok(Composed::of(Command::GiveUpCopy {
                report: said.id("report")?,
                statement: said.text("statement").to_owned(),
            }))
        },
    },
    Act {
        name: "record-decision",
        role: "record-decision",
        says: "Decide who of an audience may have which portions, and keep the decision.",
        fields: &[
            REPORT,
            PORTIONS,
            may("people", Texts, "The persons, as PARTY/NAME."),
            may("audience", Text, "An audience that is defined here."),
            may("purpose", Text, "What for."),
        ],
        compose: |said, setting| {
            let (members, described) = said.audience(setting)?;
            let id = DecisionId::new(format!("dec-{}", setting.fresh))?;
            let command = Command::RecordDecision {
                id: id.clone(),
                report: said.id("report")?,
                portions: said.some("portions")?,
                audience: members.into_iter().collect(),
                purpose: said.purpose(),
            };
            Ok(Composed::made(&id, command).keeping(setting, described))
        },
    },
    Act {
        name: "recall",
        role: "recall",
        says: "Recall a report of one's own.",
        fields: &[
            REPORT,
            must(
                "action",
                Text,
                "`purge`, `retain-warn`, `retain-hide` or `manual-instruction`.",
            ),
            may("instruction", Text, "The instruction, for `manual-instruction`."),
            may("from", Texts, "From these holders alone."),
            REASON,
        ],
        compose: recall,
    },
    Act {
        name: "lift-recall",
        role: "recall",
        says: "Lift a recall.",
        fields: &[must("recall", Text, "The recall."), REASON],
        compose: |said, _| {
            Ok(Composed::of(Command::LiftRecall {
                recall: said.id("recall")?,
                reason: said.text("reason").to_owned(),
            }))
        },
    },
    Act {
        name: "acknowledge-recall",
        role: "recall",
        says: "Acknowledge a partner's recall. A PURGE is carried out with it.",
        fields: &[
            must("recall", Text, "The recall."),
            may("statement", Text, "What was done, in your own words."),
            may("legal_hold", Text, "The law that forbids to destroy anything."),
            may(
                "keep",
                Value,
                "Cases that stay, each with the originator's word that they may.",
            ),
        ],
        compose: acknowledge,
    },
];

fn add(said: &Said<'_>, setting: &Setting<'_>) -> Result<Composed, Fault> {
    let state = setting.moment.state();
    let home = state
        .home
        .clone()
        .ok_or_else(|| Fault::Broken("no party is set up".to_owned()))?;
    let there = draft::Setting {
        schemes: &setting.moment.library().schemes,
        state: Some(state),
        home: &home,
        name: said.text("id"),
        now: setting.now,
    };
    let report = draft::compose(said.text("text"), &there)?;
    let id = report.id.clone();
    let why = Why {
        new_lineage: said.maybe("new_lineage"),
        after_recall: said.maybe("after_recall"),
    };
    Ok(Composed::made(&id, Command::AddReportBecause { report, why }))
}

/// Persons, parties, and the public, as they are typed.
///
/// # Errors
/// When a name is none.
pub fn recipients<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Recipients, entente_core::NameError> {
    let mut found = Recipients::default();
    for name in names {
        match name {
            "PUBLIC" => drop(found.persons.insert(PersonId::public())),
            name if name.contains('/') => drop(found.persons.insert(name.parse()?)),
            name => drop(found.parties.insert(name.parse()?)),
        }
    }
    Ok(found)
}

fn release(said: &Said<'_>, setting: &Setting<'_>) -> Result<Composed, Fault> {
    let id = ConsentId::new(format!("rel-{}", setting.fresh))?;
    let release = Release {
        id: id.clone(),
        report: said.id("report")?,
        portions: said.ids("portions")?,
        to: recipients(said.texts("to"))?,
        terms: terms(said, setting)?,
        list: match said.flag("whole_list") {
            true => CopyList::Whole,
            false => CopyList::Receivers,
        },
    };
    Ok(Composed::made(&id, Command::Release(Box::new(release))))
}

pub(super) fn action(said: &Said<'_>, field: &str) -> Result<Option<RecallAction>, Fault> {
    Ok(Some(match said.text(field) {
        "" => return Ok(None),
        "purge" => RecallAction::Purge,
        "retain-warn" => RecallAction::RetainWarn,
        "retain-hide" => RecallAction::RetainHide,
        "manual-instruction" => RecallAction::ManualInstruction {
            instruction: said.text("instruction").to_owned(),
        },
        other => {
            return Err(Fault::Unreadable(format!(
                "`{field}`: `{other}` is none of purge, retain-warn, retain-hide, manual-instruction"
            )));
        }
    }))
}

fn recall(said: &Said<'_>, setting: &Setting<'_>) -> Result<Composed, Fault> {
    let id = RecallId::new(format!("rec-{}", setting.fresh))?;
    let action = action(said, "action")?.ok_or(Fault::NoSuchAct)?;
    let (report, reason) = (said.id("report")?, said.text("reason").to_owned());
    let from: BTreeSet<PartyPath> = said.ids("from")?;
    let command = match from.is_empty() {
        true => Command::Recall {
            id: id.clone(),
            report,
            action,
            reason,
        },
        false => Command::RecallFrom {
            id: id.clone(),
            report,
            from,
            action,
            reason,
        },
    };
    Ok(Composed::made(&id, command))
}

fn acknowledge(said: &Said<'_>, setting: &Setting<'_>) -> Result<Composed, Fault> {
    let recall: Called<RecallId> = said.id("recall")?;
    let kept: Option<std::collections::BTreeMap<String, String>> = said.value("keep")?;
    let mut keep = std::collections::BTreeMap::new();
    for (case, word) in kept.unwrap_or_default() {
        keep.insert(IncidentId::new(case)?, word);
    }
    Ok(Composed::of(Command::AcknowledgeRecall {
        recall,
        following: Following {
            statement: said.text("statement").to_owned(),
            legal_hold: said.maybe("legal_hold"),
            keep,
            beyond_reach: (setting.beyond_reach)().map_err(Fault::Broken)?,
        },
    }))
}
