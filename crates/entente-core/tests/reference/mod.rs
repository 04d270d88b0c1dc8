//! The obvious twin of `decide`: one person, one portion, the steps of the design one after the other.
//!
//! It shares nothing with the fast one but the data types, and is written to be read, not to be quick.

mod control;
pub(crate) mod in_force;
mod owners;

use std::collections::BTreeSet;

use control::{controls, on_distribution, originator_control, torn};
use entente_core::{
    Arrangement, CLOCK_TOLERANCE, Consent, Origin, Outcome, PartyPath, Person, PersonId, Portion, PortionId,
    PortionRef, Report, State,
};
use entente_marking::{Circle, Control, Entity, Groups, Label, Purpose, Release};
use jiff::Timestamp;
use owners::owners;

/// A failing rule with the party that could do something about it, where the rule names one.
pub(crate) type Failure = (&'static str, String);

/// Who a person is: what is registered of them, else what a caller says of an outsider. One whose id names another party
/// than the one they act for is nobody.
pub(crate) fn known<'q>(state: &'q State, outsiders: &'q [Person], id: &PersonId) -> Option<&'q Person> {
    let home = state.home.as_ref().unwrap();
    let described = outsiders
        .iter()
        .find(|outsider| outsider.id == *id && !home.includes(&outsider.party));
    let person = state.persons.get(id).or(described)?;
    let (named, name) = person.id.as_str().rsplit_once('/')?;
    // Names have one spelling; whatever was stored in another one is nobody's.
    let capitals = named
        .chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "-.".contains(c));
    let small = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    (named == person.party.as_str() && capitals && small).then_some(person)
}

pub(crate) struct Question<'q> {
    pub(crate) state: &'q State,
    pub(crate) groups: &'q Groups,
    pub(crate) report: &'q Report,
    pub(crate) portion: &'q Portion,
    /// What it asks for now.
    pub(crate) asked: in_force::Asked,
    pub(crate) person: Option<&'q Person>,
    pub(crate) purpose: Option<&'q Purpose>,
    pub(crate) moment: Timestamp,
    /// Whether a local policy forbids it.
    pub(crate) forbidden: bool,
}

/// What is decided, and every failing rule.
pub(crate) fn decide(q: &Question<'_>) -> (Outcome, BTreeSet<Failure>) {
    let Some(person) = q.person else {
        return (Outcome::Deny, BTreeSet::from([("state.person-unknown", String::new())]));
    };
    let mut failures = BTreeSet::new();
    let mut outcome = Outcome::Permit;
    type Step = fn(&Question<'_>, &Person) -> Vec<Failure>;
    let steps: [(Step, Outcome); 7] = [
        (state, Outcome::Deny),
        (mandatory, Outcome::Deny),
        (releasability, Outcome::Ask),
        (originator_control, Outcome::Ask),
        (need_to_know, Outcome::Deny),
        (purpose, Outcome::Ask),
        (local_policy, Outcome::Deny),
    ];
    for (step, result) in steps {
        let found = step(q, person);
        // The first step that fails decides; every failing rule is reported.
        if !found.is_empty() && outcome == Outcome::Permit {
            outcome = result;
        }
        failures.extend(found);
    }
    (outcome, failures)
}

fn local_policy(q: &Question<'_>, _: &Person) -> Vec<Failure> {
    let custodian = q.state.home.as_ref().map(ToString::to_string).unwrap_or_default();
    q.forbidden.then_some(("policy.local", custodian)).into_iter().collect()
}

fn originators<'q>(q: &Question<'q>) -> Vec<(&'q PartyPath, &'q Origin)> {
    q.portion.lineage.iter().collect()
}

fn arrangements<'q>(q: &Question<'q>, origin: &Origin) -> Vec<&'q Arrangement> {
    origin
        .arrangements
        .iter()
        .filter_map(|id| q.state.arrangements.get(id))
        .collect()
}

/// Live consents of one originator that concern the portion and cover the person, for whatever purpose.
fn given<'q>(q: &Question<'q>, originator: &PartyPath, origin: &Origin, person: &Person) -> Vec<&'q Consent> {
    let here = PortionRef {
        report: q.report.id.clone(),
        version: q.report.version,
        portion: q.portion.id.clone(),
    };
    q.state
        .consents
        .values()
        .filter(|consent| consent.originator == *originator)
        .filter(|consent| {
            let for_all_bases = !origin.from.is_empty() && origin.from.iter().all(|base| reaches(q, consent, base));
            reaches(q, consent, &here) || for_all_bases
        })
        .filter(|consent| {
            consent.received.unwrap_or(consent.given) <= q.moment
                && consent
                    .life
                    .not_before
                    .is_none_or(|begin| q.moment >= begin + CLOCK_TOLERANCE)
                && consent.ends.is_none_or(|end| q.moment < end)
                && consent.withdrawn.is_none_or(|end| q.moment < end)
        })
        .filter(|consent| {
            let mut parties = consent.recipients.parties.iter();
            let excepted = consent.life.except.contains(&person.id);
            by_name(q, consent, person) || !excepted && parties.any(|party| party.includes(&person.party))
        })
        .collect()
}

/// The consents that count: those for the purpose.
fn consents<'q>(q: &Question<'q>, originator: &PartyPath, origin: &Origin, person: &Person) -> Vec<&'q Consent> {
    let mut all = given(q, originator, origin, person);
    all.retain(|consent| allowed_by(&consent.purposes, q.purpose));
    all
}

fn allowed_by(list: &Option<BTreeSet<Purpose>>, purpose: Option<&Purpose>) -> bool {
    match (list, purpose) {
        (None, _) => true,
        (Some(list), Some(purpose)) => list.contains(purpose),
        (Some(_), None) => false,
    }
}

/// Named, and the same person as the originator was told of: no other party or citizenship, no less clearance or access.
fn by_name(q: &Question<'_>, consent: &Consent, person: &Person) -> bool {
    let changed = consent.stated.iter().any(|then| {
        then.id == person.id
            && (then.party != person.party
                || then.citizenships != person.citizenships
                || then.accesses.iter().any(|access| !person.accesses.contains(access))
                || then
                    .clearances
                    .iter()
                    .any(|(scheme, level)| person.clearances.get(scheme).is_none_or(|now| now.rank < level.rank)))
    });
    // An outsider who is only named cannot have changed.
    let bare = person.citizenships.is_empty() && person.clearances.is_empty() && person.accesses.is_empty();
    let bare = bare && person.vouched.is_none();
    let only_named = bare && !person.disabled && !q.state.persons.contains_key(&person.id);
    consent.recipients.persons.contains(&person.id) && (only_named || !changed)
}

/// Named; or the same text under the same mark as one named in an earlier version; or, where it stands, another text of
/// the same name under the same mark.
fn reaches(q: &Question<'_>, consent: &Consent, portion: &PortionRef) -> bool {
    let held = |reference: &PortionRef| {
        let report = q
            .state
            .reports
            .get(&reference.report)?
            .versions
            .get(&reference.version)?;
        report.with_title().find(|portion| portion.id == reference.portion)
    };
    let words = |portion: &Portion| portion.text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let behind = |portion: &Portion| -> Vec<_> {
        let all = portion.lineage.iter();
        all.map(|(party, origin)| (party.clone(), origin.arrangements.clone(), origin.from.clone()))
            .collect()
    };
    let report_of = |reference: &PortionRef| {
        let held = q.state.reports.get(&reference.report)?;
        held.versions.get(&reference.version)
    };
    let now_asked = report_of(portion).and_then(|report| match held(portion) {
        Some(text) => Some(in_force::of_portion(q.state, report, text)),
        None if portion.portion == PortionId::title() => Some(in_force::of_title(q.state, report)),
        None => None,
    });
    // What was asked for when the consent was given: as it was written, or what it says itself.
    let at_giving = |named: &PortionRef, written: &Label| {
        let stated = consent.marks.iter().filter(|(stated, _)| stated == named);
        stated.fold(written.clone(), |sum, (_, label)| sum.join(label))
    };
    let followed = |named: &PortionRef| {
        let (Some(then), Some(now), Some(asked)) = (held(named), held(portion), &now_asked) else {
            return false;
        };
        let written = in_force::of_portion(q.state, report_of(named).unwrap(), then).written;
        named.version < portion.version
            && at_giving(named, &written) == asked.label
            && (then.tear_line, behind(then)) == (now.tear_line, behind(now))
            && (words(then) == words(now) || consent.standing && then.id == now.id)
    };
    let named = consent.portions.contains(portion)
        && match (&now_asked, held(portion)) {
            (None, _) => true,
            (Some(asked), Some(_)) => {
                let then = at_giving(portion, &asked.written);
                then.join(&asked.label) == then
            }
            (Some(asked), None) => {
                let then = at_giving(portion, &Label::unrestricted());
                then.join(&asked.label) == then
            }
        };
    consent.report == portion.report && (named || consent.portions.iter().any(followed))
}

fn all_originators_consent(q: &Question<'_>, person: &Person) -> bool {
    let all = originators(q);
    !all.is_empty()
        && all
            .iter()
            .all(|(party, origin)| !consents(q, party, origin, person).is_empty())
        && owners(q).iter().all(|owner| !owner.consents(q, person).is_empty())
}

/// Everything that the portion rests on, however far down.
fn all_bases(q: &Question<'_>) -> BTreeSet<PortionRef> {
    let mut all: BTreeSet<PortionRef> = BTreeSet::new();
    let below = |portion: &Portion| {
        portion
            .lineage
            .iter()
            .flat_map(|(_, origin)| origin.from.clone())
            .collect::<Vec<_>>()
    };
    let mut more = below(q.portion);
    while !more.is_empty() {
        let next = more
            .iter()
            .filter_map(|base| q.state.portion(base))
            .flat_map(below)
            .collect::<Vec<_>>();
        all.extend(more);
        more = next.into_iter().filter(|base| !all.contains(base)).collect();
    }
    all
}

/// Not lifted, and not for other holders alone.
fn recall_holds(q: &Question<'_>, recall: &entente_core::Recall) -> bool {
    let elsewhere = recall.scope.only && q.state.home.as_ref() == Some(&recall.originator);
    recall.scope.lifted.is_none() && !elsewhere
}

fn state(q: &Question<'_>, person: &Person) -> Vec<Failure> {
    let mut found = Vec::new();
    let author = q.report.originator.to_string();
    if person.disabled {
        found.push(("state.person-disabled", person.party.to_string()));
    }
    if person.vouched.as_ref().is_some_and(|vouched| q.moment >= vouched.until) {
        found.push(("state.person-lapsed", person.party.to_string()));
    }
    if q.state.reports[&q.report.id].withdrawn.is_some() {
        found.push(("state.report-withdrawn", author.clone()));
    }
    let own = q.state.home.as_ref().is_some_and(|home| home.includes(&person.party));
    if q.state.reports[&q.report.id].on_hold.is_some() && !own {
        found.push(("state.report-on-hold", "GBR.CAB".to_owned()));
    }
    let recalled = q.state.recalls.values().any(|recall| {
        recall.originator == q.report.originator
            && recall.report == q.report.id
            && q.report.version <= recall.version
            && recall.action.bars_readers()
            && recall_holds(q, recall)
    });
    if recalled {
        found.push(("state.report-recalled", author.clone()));
    }
    if q.report.expires.is_some_and(|end| q.moment >= end) {
        found.push(("state.report-expired", author.clone()));
    }
    for base in all_bases(q) {
        let Some(holding) = q.state.reports.get(&base.report) else {
            continue;
        };
        let author_of = holding.versions.get(&base.version).map(|report| &report.originator);
        let recalled = q.state.recalls.values().any(|recall| {
            Some(&recall.originator) == author_of
                && recall.report == base.report
                && base.version <= recall.version
                && recall.action.bars_readers()
                && recall_holds(q, recall)
        });
        let expired = (holding.versions.get(&base.version))
            .is_some_and(|report| report.expires.is_some_and(|end| q.moment >= end));
        if holding.withdrawn.is_some() || recalled || expired {
            found.push(("state.base-closed", author.clone()));
        }
        if holding.on_hold.is_some() && !own {
            found.push(("state.base-on-hold", author.clone()));
        }
    }
    if originators(q).is_empty() {
        found.push(("state.lineage-empty", author));
    }
    let running = |until: Timestamp| q.moment < until + CLOCK_TOLERANCE;
    for (party, _) in held_back(q, person).iter().filter(|(_, until)| running(*until)) {
        found.push(("state.embargo", party.to_string()));
    }
    for (party, origin) in originators(q) {
        if party.includes(&person.party) {
            continue;
        }
        for id in &origin.arrangements {
            use entente_core::ArrangementStatus as Status;
            let rule = match q.state.arrangements.get(id) {
                None => Some("state.arrangement-unknown"),
                Some(a) => match &a.status {
                    Status::Suspended { .. } => Some("state.arrangement-suspended"),
                    Status::Ended { .. } => Some("state.arrangement-ended"),
                    Status::Active if a.expires.is_some_and(|end| q.moment >= end) => Some("state.arrangement-expired"),
                    Status::Active if a.starts.is_some_and(|start| q.moment < start + CLOCK_TOLERANCE) => {
                        Some("state.arrangement-not-begun")
                    }
                    Status::Active => None,
                },
            };
            found.extend(rule.map(|rule| (rule, party.to_string())));
        }
    }
    found
}

/// Every moment until which somebody holds the text back: by a word on it, on what it rests on, or by a term.
fn embargoes<'q>(q: &Question<'q>) -> Vec<(&'q PartyPath, Timestamp)> {
    let mut on: BTreeSet<(PartyPath, Timestamp)> = BTreeSet::new();
    for word in q.state.embargoes.values() {
        let Some(until) = word.until else { continue };
        let covers = |portion: &PortionId| {
            word.portion.as_ref().is_none_or(|one| one == portion) && !word.broken.contains_key(portion)
        };
        let named = |mut lineage: Vec<&PartyPath>| lineage.drain(..).any(|party| *party == word.by);
        let here = originators(q).into_iter().map(|(party, _)| party).collect();
        let mut counts =
            word.report == q.report.id && covers(&q.portion.id) && (word.by == q.report.originator || named(here));
        for base in all_bases(q) {
            if base.report != word.report || !covers(&base.portion) {
                continue;
            }
            let held = q.state.reports.get(&base.report);
            let version = held.and_then(|held| held.versions.get(&base.version));
            let portion = version.and_then(|report| report.with_title().find(|portion| portion.id == base.portion));
            counts |= version.is_some_and(|report| report.originator == word.by)
                || portion.is_some_and(|portion| named(portion.lineage.originators().collect()));
        }
        if counts {
            on.insert((word.by.clone(), until));
        }
    }
    let mut found = Vec::new();
    for (party, origin) in originators(q) {
        let stranger = |by: &PartyPath| !originators(q).iter().any(|(other, _)| *other == by);
        // The last moment of all that are one originator's, or nobody's here.
        let own = on
            .iter()
            .filter(|(by, _)| by == party || stranger(by))
            .map(|(_, until)| *until);
        found.extend(own.max().map(|until| (party, until)));
        let terms = arrangements(q, origin).into_iter().filter_map(|terms| terms.not_before);
        found.extend(terms.map(|until| (party, until)));
    }
    found
}

/// The same, for whom the text would go further.
fn held_back<'q>(q: &Question<'q>, person: &Person) -> Vec<(&'q PartyPath, Timestamp)> {
    let has_it = |party: &PartyPath| {
        let mut all = originators(q).into_iter();
        let origin = all.find(|(other, _)| *other == party).map(|(_, origin)| origin);
        let mut recipients = origin.into_iter().flat_map(|origin| &origin.recipients);
        party.includes(&person.party) || recipients.any(|recipient| recipient.includes(&person.party))
    };
    let mut all = embargoes(q);
    all.retain(|(party, _)| !has_it(party));
    all
}

fn mandatory(q: &Question<'_>, person: &Person) -> Vec<Failure> {
    let label = &q.asked.label;
    let author = || q.report.originator.to_string();
    let mut found = Vec::new();
    if !label.unknown.is_empty() {
        found.push(("mandatory.label-unknown", author()));
    }
    for (scheme, needed) in label.levels.iter().filter(|(_, level)| level.rank > 0) {
        if person.clearances.get(scheme).is_none_or(|held| held.rank < needed.rank) {
            found.push(("mandatory.clearance", author()));
        }
    }
    if label
        .required
        .iter()
        .any(|category| !person.accesses.contains(category))
    {
        found.push(("mandatory.category", author()));
    }
    if label
        .any_of
        .iter()
        .any(|group| group.iter().all(|category| !person.accesses.contains(category)))
    {
        found.push(("mandatory.any-of", author()));
    }
    found
}

/// A citizenship on the list, and the person's organisation, or one that it is part of, on the list.
fn on(list: &BTreeSet<Entity>, groups: &Groups, person: &Person) -> bool {
    let admitted: BTreeSet<Entity> = list.iter().flat_map(|entity| groups.admitted(entity)).collect();
    let citizen = person.citizenships.iter().any(|country| admitted.contains(country));
    let organisation = person
        .party
        .ancestry()
        .any(|path| admitted.contains(&Entity::new(path)));
    citizen && organisation
}

fn listed(q: &Question<'_>, person: &Person) -> bool {
    match &q.asked.label.release {
        Release::Unrestricted => true,
        Release::Only(list) => {
            on(&list.full, q.groups, person) || on(&list.display, q.groups, person) || is_member(q, person)
        }
    }
}

/// Of all the arrangements of a plain unclassified text that goes to members.
fn is_member(q: &Question<'_>, person: &Person) -> bool {
    let mut terms = originators(q)
        .into_iter()
        .flat_map(|(_, origin)| arrangements(q, origin));
    q.asked.to_members && terms.all(|terms| terms.parties.iter().any(|member| member.includes(&person.party)))
}

fn releasability(q: &Question<'_>, person: &Person) -> Vec<Failure> {
    match listed(q, person) || all_originators_consent(q, person) {
        true => Vec::new(),
        false => {
            let rule = match q.asked.by_banner {
                true => "us-ic.u-takes-banner",
                false => "release.list",
            };
            let all = originators(q);
            let of_originators = all.iter().map(|(party, _)| (rule, party.to_string()));
            let of_owners = owners(q).into_iter().flat_map(|owner| owner.asked(rule));
            // Nobody is behind a text without originators, whoever its mark names.
            of_originators.chain(of_owners).collect()
        }
    }
}

fn need_to_know(q: &Question<'_>, person: &Person) -> Vec<Failure> {
    if on_distribution(q, person) {
        return Vec::new();
    }
    let required = originators(q).iter().any(|(party, origin)| {
        let named = consents(q, party, origin, person).iter().any(|c| by_name(q, c, person));
        !torn(q, party)
            && !party.includes(&person.party)
            && !named
            && arrangements(q, origin).iter().any(|a| a.need_to_know)
    });
    let custodian = q.state.home.as_ref().map(ToString::to_string).unwrap_or_default();
    if required {
        vec![("need-to-know.distribution", custodian)]
    } else {
        Vec::new()
    }
}

fn purpose(q: &Question<'_>, person: &Person) -> Vec<Failure> {
    let mut found = Vec::new();
    let purposes = &q.asked.label.purposes;
    let all = originators(q);
    let only = match q.purpose {
        Some(_) => allowed_by(&purposes.only, q.purpose),
        None => purposes.only.is_none() && purposes.barred.is_empty() && purposes.open.is_none(),
    };
    // Of a list, what is open on it; without one, everything where nothing is barred.
    let barred = q.purpose.is_some_and(|purpose| match &purposes.open {
        Some(open) => !open.contains(purpose) || purposes.barred.contains(purpose),
        None => !purposes.barred.is_empty(),
    });
    // What is barred without permission is open where every originator names the purpose in its consent.
    let named = |party: &PartyPath, origin: &Origin| {
        let mut given = consents(q, party, origin, person).into_iter();
        given.any(|consent| consent.purposes.is_some())
    };
    let permission = !all.is_empty() && all.iter().all(|(party, origin)| named(party, origin));
    if !only || barred && !permission {
        found.extend(all.iter().map(|(party, _)| ("purpose.marking", party.to_string())));
    }
    for (party, origin) in all {
        // A consent is bound by what the parties agreed on, as everybody is.
        if !party.includes(&person.party) {
            let terms = arrangements(q, origin).into_iter();
            let wrong = terms.filter(|a| !allowed_by(&a.purposes, q.purpose));
            found.extend(wrong.map(|_| ("purpose.arrangement", party.to_string())));
        }
        let needed = !listed(q, person) || !controls(q, party, origin, person).is_empty();
        let other = consents(q, party, origin, person).is_empty() && !given(q, party, origin, person).is_empty();
        if needed && other {
            found.push(("purpose.consent", party.to_string()));
        }
    }
    found
}

/// What a person who is permitted has to observe.
pub(crate) fn obligations(q: &Question<'_>, person: &Person) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Release::Only(list) = &q.asked.label.release
        && on(&list.display, q.groups, person)
        && !on(&list.full, q.groups, person)
    {
        found.insert("show only: give no copy, and do not pass on".to_owned());
    }
    let running = embargoes(q)
        .into_iter()
        .filter(|(_, until)| q.moment < *until + CLOCK_TOLERANCE);
    found.extend(running.map(|(_, until)| format!("under embargo until {until}: it goes no further before")));
    let recalls = q.state.recalls.values();
    let mut recalled = recalls.filter(|recall| {
        recall.originator == q.report.originator
            && recall.report == q.report.id
            && q.report.version <= recall.version
            && recall_holds(q, recall)
    });
    found.extend(recalled.next_back().map(|_| "recalled".to_owned()));
    let caveats = q.asked.label.caveats.iter();
    found.extend(caveats.map(|caveat| format!("handle as {}", caveat.as_str())));
    for (party, origin) in originators(q) {
        let used = consents(q, party, origin, person).into_iter();
        let conditions = used.flat_map(|consent| &consent.conditions);
        found.extend(conditions.map(|condition| format!("condition of the consent: {condition}")));
    }
    for owner in owners(q) {
        let used = owner.consents(q, person).into_iter();
        let conditions = used.flat_map(|consent| &consent.conditions);
        found.extend(conditions.map(|condition| format!("condition of the consent: {condition}")));
    }
    found
}
