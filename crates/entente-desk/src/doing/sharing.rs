//! Requests and the answers to them, overrides, disclosures, briefings.

use std::collections::BTreeSet;

use entente_core::handle::{Said as When, marked_in, the_one};
use entente_core::{
    Accepted, BriefingId, Called, Command, ConsentId, Counter, Cut, DisclosureId, Lawful, PortionId, ReportId,
    RequestId, Route, Saying, Terms,
};
use entente_marking::{MarkKind, Purpose, SchemeId};

use super::Kind::{Flag, Moment, Text, Texts};
use super::said::Said;
use super::{Act, Composed, Fault, Field, Setting, may, must};

const REPORT: Field = must("report", Text, "The report.");
const REQUEST: Field = must(
    "request",
    Text,
    "The request, `PARTY/ID` where two parties call theirs alike.",
);
const CONSENT: Field = must(
    "consent",
    Text,
    "The consent, `PARTY/ID` where two parties call theirs alike.",
);
const PENDING: Field = must("pending", Text, "What waits for a second person.");
const REASON: Field = may("reason", Text, "Why.");
const PORTIONS: Field = may("portions", Texts, "Only these portions.");
const PEOPLE: Field = may("people", Texts, "The persons, as PARTY/NAME.");
const AUDIENCE: Field = may("audience", Text, "An audience that is defined here.");
const PURPOSE: Field = may("purpose", Text, "What for.");
const DESPITE: Field = may(
    "despite_exposure",
    Text,
    "Why it is given although it narrows a protected source below its threshold; stays here, on the record.",
);
const LAWFUL: Field = may("lawful", Text, "The legal basis, where the act is held to be lawful.");
const UNLAWFUL: Field = may("unlawful", Flag, "Whether the act has no legal basis.");

/// The terms of a consent.
pub(super) const TERMS: [Field; 5] = [
    may("purposes", Texts, "What for."),
    may("conditions", Texts, "What has to be observed."),
    may("until", Moment, "When it ends."),
    may(
        "not_before",
        Moment,
        "The moment before which nothing goes further under it.",
    ),
    may(
        "standing",
        Flag,
        "Whether it also follows its portions through changed text under the same mark.",
    ),
];

pub(super) const ACTS: &[Act] = &[
    Act {
        name: "open-request",
        role: "open-request",
        says: "Ask every originator whose word is missing, each about its own portions.",
        fields: &[
            REPORT,
            PORTIONS,
            PEOPLE,
            AUDIENCE,
            PURPOSE,
            REASON,
            may("change", Text, "What has changed since the same was asked before."),
            may("needed_by", Moment, "By when an answer is of use."),
        ],
        compose: open_request,
    },
    Act {
        name: "retract-request",
        role: "open-request",
        says: "Take a request back.",
        fields: &[REQUEST, REASON],
        compose: |said, _| {
            Ok(Composed::of(Command::RetractRequest {
                request: said.id("request")?,
                reason: said.text("reason").to_owned(),
            }))
        },
    },
    Act {
        name: "grant",
        role: "grant",
        says: "Consent to a request.",
        fields: &[
            REQUEST, PORTIONS, DESPITE, TERMS[0], TERMS[1], TERMS[2], TERMS[3], TERMS[4],
        ],
        compose: |said, setting| {
            let id = consent(setting)?;
            let command = Command::Grant {
                id: id.clone(),
                request: said.id("request")?,
                portions: said.some("portions")?,
                terms: terms(said, setting)?,
            };
            Ok(Composed::made(&id, command))
        },
    },
    Act {
        name: "refuse",
        role: "refuse",
        says: "Refuse a request.",
        fields: &[REQUEST, PORTIONS, REASON],
        compose: |said, _| {
            Ok(Composed::of(Command::Refuse {
                request: said.id("request")?,
                portions: said.some("portions")?,
                reason: said.text("reason").to_owned(),
            }))
        },
    },
    Act {
        name: "substitute",
        role: "substitute",
        says: "Give another text that may be passed on instead of a portion.",
        fields: &[
            REQUEST,
            must("portion", Text, "The portion."),
            must("mark", Text, "The mark of the text."),
            must("text", Text, "The text."),
            TERMS[0],
            TERMS[1],
            TERMS[2],
            TERMS[3],
            TERMS[4],
        ],
        compose: substitute,
    },
    Act {
        name: "approve-release",
        role: "second-release",
        says: "Say yes, as the second person, to what waits for one.",
        fields: &[
            PENDING,
            must(
                "digest",
                Text,
                "The digest of what would follow, as `/api/v1/pending/{id}` gives it.",
            ),
        ],
        compose: |said, _| {
            Ok(Composed::of(Command::Approve {
                pending: said.id("pending")?,
                digest: said.text("digest").to_owned(),
            }))
        },
    },
    Act {
        name: "decline-release",
        role: "second-release",
        says: "Say no to what waits for a second person.",
        fields: &[PENDING, REASON],
        compose: |said, _| {
            Ok(Composed::of(Command::Decline {
                pending: said.id("pending")?,
                reason: said.text("reason").to_owned(),
            }))
        },
    },
    Act {
        name: "withdraw-consent",
        role: "withdraw-consent",
        says: "Withdraw a consent.",
        fields: &[CONSENT, must("reason", Text, "Why.")],
        compose: |said, _| {
            Ok(Composed::of(Command::WithdrawConsent {
                consent: said.id("consent")?,
                reason: said.text("reason").to_owned(),
            }))
        },
    },
    Act {
        name: "renew-consent",
        role: "change-consent",
        says: "Continue a consent under a new id, before it ends.",
        fields: &[CONSENT, DESPITE, TERMS[1], TERMS[2]],
        compose: |said, setting| {
            let id = consent(setting)?;
            let command = Command::RenewConsent {
                id: id.clone(),
                consent: said.id("consent")?,
                terms: terms(said, setting)?,
            };
            Ok(Composed::made(&id, command))
        },
    },
    Act {
        name: "narrow-consent",
        role: "change-consent",
        says: "Take persons, portions or purposes away from a consent.",
        fields: &[
            CONSENT,
            may("persons", Texts, "These persons."),
            PORTIONS,
            may("purposes", Texts, "These purposes."),
            must("reason", Text, "Why."),
        ],
        compose: |said, _| {
            Ok(Composed::of(Command::NarrowConsent {
                consent: said.id("consent")?,
                cut: Cut {
                    persons: said.ids("persons")?,
                    portions: said.ids("portions")?,
                    purposes: said.texts("purposes").map(Purpose::new).collect(),
                },
                reason: said.text("reason").to_owned(),
            }))
        },
    },
    Act {
        name: "accept-consent",
        role: "say-of-consent",
        says: "Accept the conditions of a consent that was given to this party.",
        fields: &[CONSENT],
        compose: |said, setting| {
            let saying = Saying::Accepts(Accepted {
                person: Some(setting.me.clone()),
                conditions: Vec::new(),
                at: setting.now,
            });
            Ok(Composed::of(Command::SayOfConsent {
                consent: said.id("consent")?,
                saying,
            }))
        },
    },
    Act {
        name: "counter-consent",
        role: "say-of-consent",
        says: "Propose other terms to whoever gave a consent.",
        fields: &[
            CONSENT,
            may("conditions", Texts, "Conditions that could be observed."),
            may("until", Moment, "Until when it is needed."),
            may("note", Text, "In words."),
        ],
        compose: |said, setting| {
            let saying = Saying::Counters(Counter {
                person: Some(setting.me.clone()),
                conditions: said.texts("conditions").map(str::to_owned).collect(),
                ends: said.moment("until")?,
                note: said.text("note").to_owned(),
                at: setting.now,
            });
            Ok(Composed::of(Command::SayOfConsent {
                consent: said.id("consent")?,
                saying,
            }))
        },
    },
    Act {
        name: "override",
        role: "override",
        says: "Release portions on one's own authority. The originators are told.",
        fields: &[
            REPORT,
            must("portions", Texts, "The portions."),
            PEOPLE,
            AUDIENCE,
            PURPOSE,
            LAWFUL,
            UNLAWFUL,
            must("reason", Text, "Why."),
        ],
        compose: override_control,
    },
    Act {
        name: "disclose",
        role: "disclose",
        says: "Record that an audience learned portions. The originators are told.",
        fields: &[
            REPORT,
            must("portions", Texts, "The portions."),
            PEOPLE,
            AUDIENCE,
            PURPOSE,
            must("route", Text, "How: `read`, `briefed`, `said` or `published`."),
            may("by", Text, "Who disclosed them."),
            LAWFUL,
            UNLAWFUL,
            may("under", Text, "The override it rests on."),
            may("at", Moment, "When it was said; now where nothing is given."),
            may("late", Text, "Why it is recorded only now."),
        ],
        compose: disclose,
    },
    Act {
        name: "record-briefing",
        role: "disclose",
        says: "Record what was said in a briefing in which whoever asks spoke. The originators are told.",
        fields: &[
            must("briefing", Text, "The briefing."),
            must("said", Texts, "What was said, as REPORT/portion."),
            LAWFUL,
            UNLAWFUL,
            may("at", Moment, "When it was said; now where nothing is given."),
            may("late", Text, "Why it is recorded only now."),
        ],
        compose: record,
    },
    Act {
        name: "brief",
        role: "brief",
        says: "Work out what may be said to an audience.",
        fields: &[
            must("reports", Texts, "The reports to speak about."),
            PEOPLE,
            AUDIENCE,
            PURPOSE,
            may("speaker", Text, "Who will speak; whoever asks where nobody is named."),
        ],
        compose: |said, setting| {
            let (members, described) = said.audience(setting)?;
            let id = BriefingId::new(format!("brf-{}", setting.fresh))?;
            let command = Command::PrepareBriefing {
                id: id.clone(),
                speaker: said.maybe_id("speaker")?.unwrap_or_else(|| setting.me.clone()),
                audience: members.into_iter().collect(),
                reports: said.ids("reports")?,
                purpose: said.purpose(),
            };
            Ok(Composed::made(&id, command).keeping(setting, described))
        },
    },
];

fn consent(setting: &Setting<'_>) -> Result<ConsentId, Fault> {
    Ok(ConsentId::new(format!("con-{}", setting.fresh))?)
}

/// The terms as they were said; whoever asks gives them.
pub(super) fn terms(said: &Said<'_>, setting: &Setting<'_>) -> Result<Terms, Fault> {
    let purposes: BTreeSet<Purpose> = said.texts("purposes").map(Purpose::new).collect();
    Ok(Terms {
        purposes: Some(purposes).filter(|all| !all.is_empty()),
        conditions: said.texts("conditions").map(str::to_owned).collect(),
        ends: said.moment("until")?,
        standing: said.flag("standing"),
        despite_exposure: said.maybe("despite_exposure"),
        given_by: Some(setting.me.clone()),
        not_before: said.moment("not_before")?,
    })
}

fn lawful(said: &Said<'_>) -> Lawful {
    match (said.maybe("lawful"), said.flag("unlawful")) {
        (Some(basis), _) => Lawful::Yes { basis },
        (None, true) => Lawful::No,
        (None, false) => Lawful::Undetermined,
    }
}

fn open_request(said: &Said<'_>, setting: &Setting<'_>) -> Result<Composed, Fault> {
    let (members, described) = said.audience(setting)?;
    let id = RequestId::new(format!("req-{}", setting.fresh))?;
    let command = Command::OpenRequest {
        id: id.clone(),
        report: said.id("report")?,
        portions: said.some("portions")?,
        audience: members.into_iter().collect(),
        purpose: said.purpose(),
        reason: said.text("reason").to_owned(),
        change: said.text("change").to_owned(),
        needed_by: said.moment("needed_by")?,
    };
    Ok(Composed::made(&id, command).keeping(setting, described))
}

/// A substitute's mark is read by the rules of the report that it belongs to.
fn substitute(said: &Said<'_>, setting: &Setting<'_>) -> Result<Composed, Fault> {
    let state = setting.moment.state();
    let (request, portion) = (said.id::<Called<RequestId>>("request")?, said.id("portion")?);
    let ours = |case: &entente_core::RequestCase| {
        let home = state.home.as_ref();
        home.is_some_and(|home| case.request.to.includes(home))
    };
    let see = ("request", "`GET /api/v1/requests` shows them");
    let found = the_one(&state.requests, &request, see, ours);
    let (_, case) = found.map_err(|_| entente_core::decide::NotFound::Report(request.to_string()))?;
    let marked = marked_in(state, &case.request, &portion);
    let (scheme, profile) = marked.map_or((SchemeId::new("us-ic"), None), |(scheme, profile)| {
        (scheme, Some(profile))
    });
    let schemes = &setting.moment.library().schemes;
    let scheme = schemes.get(&scheme, profile.as_deref());
    let scheme = scheme.ok_or_else(|| Fault::Unreadable("`mark`: its scheme is not known here".to_owned()))?;
    let checked = scheme.check(said.text("mark"), MarkKind::Portion, None);
    let first = checked.findings.iter().find(|finding| finding.is_error());
    let problem = first
        .map_or("it is no mark", |finding| finding.message.as_str())
        .to_owned();
    let marking = checked
        .marking
        .ok_or_else(|| Fault::Unreadable(format!("`mark`: {problem}")))?;
    let id = consent(setting)?;
    let command = Command::Substitute {
        id: id.clone(),
        request,
        portion,
        mark: marking.canonical,
        label: marking.label,
        text: said.text("text").to_owned(),
        terms: terms(said, setting)?,
    };
    Ok(Composed::made(&id, command))
}

fn override_control(said: &Said<'_>, setting: &Setting<'_>) -> Result<Composed, Fault> {
    let (members, described) = said.audience(setting)?;
    let id = DisclosureId::new(format!("ovr-{}", setting.fresh))?;
    let command = Command::Override {
        id: id.clone(),
        authority: setting.me.clone(),
        report: said.id("report")?,
        portions: said.ids("portions")?,
        audience: members.into_iter().collect(),
        purpose: said.purpose(),
        lawful: lawful(said),
        reason: said.text("reason").to_owned(),
    };
    Ok(Composed::made(&id, command).keeping(setting, described))
}

/// One disclosure for each report of which something was said, by the speaker, to the attendees.
fn record(said: &Said<'_>, setting: &Setting<'_>) -> Result<Composed, Fault> {
    let id: BriefingId = said.id("briefing")?;
    let kept = setting.moment.state().briefings.get(&id);
    let kept = kept.filter(|briefing| briefing.speaker == *setting.me);
    let briefing = kept.ok_or_else(|| Fault::Missing(entente_core::decide::NotFound::Report(id.to_string())))?;
    let mut reports: std::collections::BTreeMap<ReportId, BTreeSet<PortionId>> = Default::default();
    for named in said.texts("said") {
        let unreadable = || Fault::Unreadable(format!("`said`: `{named}` names no portion; write REPORT/portion"));
        let (report, portion) = named.split_once('/').ok_or_else(unreadable)?;
        let (report, portion) = (ReportId::new(report)?, PortionId::new(portion)?);
        if !briefing.reports.iter().any(|(known, _)| *known == report) {
            return Err(Fault::Unreadable(format!("`said`: {id} is not about {report}")));
        }
        reports.entry(report).or_default().insert(portion);
    }
    let when = When {
        at: said.moment("at")?,
        late: said.text("late").to_owned(),
    };
    let disclosed = reports.into_iter().enumerate().map(|(n, (report, portions))| {
        Ok(Command::Disclose {
            id: DisclosureId::new(format!("dis-{}-{n}", setting.fresh))?,
            report,
            portions,
            audience: briefing.audience.clone(),
            route: Route::Said,
            by: Some(briefing.speaker.clone()),
            learned: Vec::new(),
            purpose: briefing.purpose.clone(),
            lawful: lawful(said),
            under: None,
            review: None,
            briefing: Some(id.clone()),
            said: when.clone(),
        })
    });
    Ok(Composed {
        commands: disclosed.collect::<Result<_, Fault>>()?,
        id: None,
    })
}

fn disclose(said: &Said<'_>, setting: &Setting<'_>) -> Result<Composed, Fault> {
    let (members, described) = said.audience(setting)?;
    let id = DisclosureId::new(format!("dis-{}", setting.fresh))?;
    let route = match said.text("route") {
        "read" => Route::Read,
        "briefed" => Route::Briefed,
        "said" => Route::Said,
        "published" => Route::Published,
        other => {
            return Err(Fault::Unreadable(format!(
                "`route`: `{other}` is none of read, briefed, said, published"
            )));
        }
    };
    let under: Option<DisclosureId> = said.maybe_id("under")?;
    let stated = under
        .as_ref()
        .and_then(|under| setting.moment.state().overrides.get(under));
    let lawful = match (lawful(said), stated) {
        (Lawful::Undetermined, Some(made)) => made.lawful.clone(),
        (lawful, _) => lawful,
    };
    let command = Command::Disclose {
        id: id.clone(),
        report: said.id("report")?,
        portions: said.ids("portions")?,
        audience: members.into_iter().collect(),
        route,
        by: said.maybe_id("by")?,
        learned: Vec::new(),
        purpose: said.purpose(),
        lawful,
        under,
        review: None,
        briefing: None,
        said: When {
            at: said.moment("at")?,
            late: said.text("late").to_owned(),
        },
    };
    Ok(Composed::made(&id, command).keeping(setting, described))
}
