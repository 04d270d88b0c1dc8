//! Which combinations are valid: a table of rules, each with its source.

use super::mark::{List, Mark};
use super::syntax::{Role, Token};
use super::vocabulary::{Class, Word};
use crate::finding::Finding;

/// A rule over a whole mark.
struct Rule {
    id: &'static str,
    source: &'static str,
    message: &'static str,
    broken: fn(&Mark) -> bool,
    /// Which token to point at.
    about: fn(&Role) -> bool,
}

/// Programmes beyond which a DoD mark must say MULTIPLE PROGRAMS (DoDM 5200.01 v2, encl. 4, para. 7.e).
const MANY_PROGRAMMES: usize = 4;

const fn r(
    id: &'static str,
    source: &'static str,
    message: &'static str,
    broken: fn(&Mark) -> bool,
    about: fn(&Role) -> bool,
) -> Rule {
    Rule {
        id,
        source,
        message,
        broken,
        about,
    }
}

fn word(role: &Role, words: &[Word]) -> bool {
    matches!(role, Role::Word(word) if words.contains(word))
}

fn below_secret(mark: &Mark) -> bool {
    mark.head.class() < Class::Secret
}

fn gamma(mark: &Mark) -> bool {
    mark.compartments("SI").any(|(name, _)| name.as_str() == "G")
}

fn hcs_o(mark: &Mark) -> bool {
    mark.compartments("HCS").any(|(name, _)| name.as_str() == "O")
}

fn hcs_p_sub(mark: &Mark) -> bool {
    mark.compartments("HCS")
        .any(|(name, subs)| name.as_str() == "P" && !subs.is_empty())
}

fn tk_compartment(mark: &Mark) -> bool {
    mark.compartments("TK")
        .any(|(name, _)| ["BLFH", "IDIT", "KAND"].contains(&name.as_str()))
}

fn controlled(mark: &Mark) -> bool {
    mark.has(Word::Orcon)
}

fn any_list(mark: &Mark) -> bool {
    mark.rel.is_some() || mark.eyes.is_some() || mark.display.is_some()
}

fn lists(role: &Role) -> bool {
    matches!(role, Role::Rel | Role::Eyes | Role::Display)
}

fn aea(role: &Role) -> bool {
    *role == Role::Aea
}

fn sci(role: &Role) -> bool {
    *role == Role::Sci
}

fn joint(role: &Role) -> bool {
    *role == Role::Joint
}

const RULES: &[Rule] = &[
    r(
        "us-ic.orcon.classified",
        "IC Markings Manual 2016, p. 136; ISM-ID-00028",
        "ORCON is for classified information only",
        |m| !m.is_classified() && (m.has(Word::Orcon) || m.has(Word::OrconUsgov)),
        |role| word(role, &[Word::Orcon, Word::OrconUsgov]),
    ),
    r(
        "us-ic.relido.classified",
        "IC Markings Manual 2016, p. 154; ISM-ID-00028",
        "RELIDO is for classified information only",
        |m| !m.is_classified() && m.has(Word::Relido),
        |role| word(role, &[Word::Relido]),
    ),
    r(
        "us-ic.eyes.classified",
        "IC Markings Manual 2016, p. 157; ISM-ID-00028",
        "EYES ONLY is for classified information only",
        |m| !m.is_classified() && m.eyes.is_some(),
        lists,
    ),
    r(
        "us-ic.fdr.noforn-rel",
        "IC Markings Manual 2016, p. 145; ISM-ID-00033",
        "NOFORN and a release list exclude each other: either nobody foreign may have it, or those listed may",
        |m| m.has(Word::Noforn) && (m.rel.is_some() || m.eyes.is_some()),
        |role| word(role, &[Word::Noforn]),
    ),
    r(
        "us-ic.fdr.rel-eyes",
        "ISM-ID-00033",
        "REL TO and EYES ONLY exclude each other",
        |m| m.rel.is_some() && m.eyes.is_some(),
        lists,
    ),
    r(
        "us-ic.fdr.noforn-display",
        "IC Markings Manual 2016, p. 163; ISM-ID-00169",
        "NOFORN and DISPLAY ONLY exclude each other",
        |m| m.has(Word::Noforn) && m.display.is_some(),
        |role| word(role, &[Word::Noforn]),
    ),
    r(
        "us-ic.fdr.relido-display",
        "IC Markings Manual 2016, p. 163; ISM-ID-00169",
        "RELIDO and DISPLAY ONLY exclude each other",
        |m| m.has(Word::Relido) && m.display.is_some(),
        |role| word(role, &[Word::Relido]),
    ),
    r(
        "us-ic.fdr.noforn-relido",
        "IC Markings Manual 2016, p. 154; ISM-ID-00169",
        "NOFORN and RELIDO exclude each other",
        |m| m.has(Word::Noforn) && m.has(Word::Relido),
        |role| word(role, &[Word::Relido]),
    ),
    r(
        "us-ic.orcon.relido",
        "IC Markings Manual 2016, p. 136; ISM-ID-00325",
        "ORCON and RELIDO exclude each other: the originator alone decides",
        |m| (m.has(Word::Orcon) || m.has(Word::OrconUsgov)) && m.has(Word::Relido),
        |role| word(role, &[Word::Relido]),
    ),
    r(
        "us-ic.orcon.both",
        "IC Markings Manual 2016, p. 139",
        "ORCON and ORCON-USGOV exclude each other; ORCON is the stricter one",
        |m| m.has(Word::Orcon) && m.has(Word::OrconUsgov),
        |role| word(role, &[Word::OrconUsgov]),
    ),
    r(
        "us-ic.imcon.level",
        "IC Markings Manual 2016, p. 142; ISM-ID-00107",
        "IMCON is for SECRET and TOP SECRET only",
        |m| m.has(Word::Imcon) && below_secret(m),
        |role| word(role, &[Word::Imcon]),
    ),
    r(
        "us-ic.rsen.level",
        "IC Markings Manual 2016, p. 132",
        "RSEN is for SECRET and TOP SECRET only",
        |m| m.has(Word::Rsen) && below_secret(m),
        |role| word(role, &[Word::Rsen]),
    ),
    r(
        "us-ic.fouo.classified",
        "IC Markings Manual 2016, p. 134",
        "FOUO is for unclassified information only",
        |m| m.has(Word::Fouo) && m.is_classified(),
        |role| word(role, &[Word::Fouo]),
    ),
    r(
        "us-ic.sci.classified",
        "IC Markings Manual 2016, p. 60",
        "SCI is classified: the level must be at least CONFIDENTIAL",
        |m| !m.sci.is_empty() && !m.is_classified(),
        sci,
    ),
    r(
        "us-ic.si-g.top-secret",
        "IC Markings Manual 2016, p. 80; ISM-ID-00044",
        "SI-G is TOP SECRET",
        |m| gamma(m) && m.head.class() != Class::TopSecret,
        sci,
    ),
    r(
        "us-ic.si-g.orcon",
        "IC Markings Manual 2016, p. 80; ISM-ID-00045",
        "SI-G must be marked ORCON",
        |m| gamma(m) && !controlled(m),
        sci,
    ),
    r(
        "us-ic.si-g.usgov",
        "ISM-ID-00362",
        "SI-G excludes ORCON-USGOV",
        |m| gamma(m) && m.has(Word::OrconUsgov),
        |role| word(role, &[Word::OrconUsgov]),
    ),
    r(
        "us-ic.hcs.noforn",
        "IC Markings Manual 2016, p. 63; ISM-ID-00049",
        "HCS must be marked NOFORN",
        |m| m.has_sci("HCS") && !m.has(Word::Noforn),
        sci,
    ),
    r(
        "us-ic.hcs.compartment",
        "IC Markings Manual 2016, p. 63; ISM-ID-00243",
        "HCS needs its compartment: HCS-O or HCS-P",
        |m| m.has_sci("HCS") && m.compartments("HCS").next().is_none(),
        sci,
    ),
    r(
        "us-ic.hcs-o.orcon",
        "IC Markings Manual 2016, p. 64; ISM-ID-00335",
        "HCS-O must be marked ORCON",
        |m| hcs_o(m) && !controlled(m),
        sci,
    ),
    r(
        "us-ic.hcs-p-sub.orcon",
        "IC Markings Manual 2016, p. 68; ISM-ID-00341",
        "a sub-compartment of HCS-P must be marked ORCON",
        |m| hcs_p_sub(m) && !controlled(m),
        sci,
    ),
    r(
        "us-ic.hcs.usgov",
        "ISM-ID-00336; ISM-ID-00363",
        "HCS-O and HCS-P sub-compartments exclude ORCON-USGOV",
        |m| (hcs_o(m) || hcs_p_sub(m)) && m.has(Word::OrconUsgov),
        |role| word(role, &[Word::OrconUsgov]),
    ),
    r(
        "us-ic.tk.level",
        "IC Markings Manual 2016, p. 85; ISM-ID-00047",
        "TK is SECRET or TOP SECRET",
        |m| m.has_sci("TK") && below_secret(m),
        sci,
    ),
    r(
        "us-ic.tk.noforn",
        "IC Markings Manual 2016, pp. 87-98; ISM-ID-00369",
        "TK-BLFH, TK-IDIT and TK-KAND must be marked NOFORN",
        |m| tk_compartment(m) && !m.has(Word::Noforn),
        sci,
    ),
    r(
        "us-ic.rsv.compartment",
        "IC Markings Manual 2016, p. 70; ISM-ID-00243",
        "RSV needs a compartment, as in RSV-ABC",
        |m| m.has_sci("RSV") && m.compartments("RSV").next().is_none(),
        sci,
    ),
    r(
        "us-ic.klm.compartment",
        "ISM-ID-00243",
        "KLM needs a compartment",
        |m| m.has_sci("KLM") && m.compartments("KLM").next().is_none(),
        sci,
    ),
    r(
        "us-ic.aea.classified",
        "IC Markings Manual 2016, p. 103; ISM-ID-00246",
        "RD, FRD and TFNI are classified: the level must be at least CONFIDENTIAL",
        |m| (m.aea.rd || m.aea.frd || m.aea.tfni) && !m.is_classified(),
        aea,
    ),
    r(
        "us-ic.aea.cnwdi-level",
        "IC Markings Manual 2016, p. 106",
        "CNWDI is SECRET or TOP SECRET",
        |m| m.aea.cnwdi && below_secret(m),
        aea,
    ),
    r(
        "us-ic.aea.ucni-classified",
        "IC Markings Manual 2016, pp. 116-119; ISM-ID-00181",
        "UCNI is for unclassified information only",
        |m| (m.aea.dod_ucni || m.aea.doe_ucni) && m.is_classified(),
        aea,
    ),
    r(
        "us-ic.nodis-exdis",
        "IC Markings Manual 2016, p. 174; ISM-ID-00038",
        "NODIS and EXDIS exclude each other",
        |m| m.has(Word::Nodis) && m.has(Word::Exdis),
        |role| word(role, &[Word::Exdis]),
    ),
    r(
        "us-ic.nodis.noforn",
        "IC Markings Manual 2016, pp. 172-175; ISM-ID-00313",
        "NODIS and EXDIS must be marked NOFORN",
        |m| (m.has(Word::Nodis) || m.has(Word::Exdis)) && !m.has(Word::Noforn),
        |role| word(role, &[Word::Exdis, Word::Nodis]),
    ),
    r(
        "us-ic.nf-variants",
        "IC Markings Manual 2016, pp. 178-188; ISM-ID-00372",
        "SBU-NF and LES-NF say NOFORN already: no other release marking stands beside them",
        |m| (m.has(Word::SbuNf) || m.has(Word::LesNf)) && (any_list(m) || m.has(Word::Relido)),
        |role| word(role, &[Word::SbuNf, Word::LesNf]),
    ),
    r(
        "us-ic.sbu.classified",
        "IC Markings Manual 2016, p. 176",
        "SBU and LIMDIS are for unclassified information only",
        |m| m.is_classified() && [Word::Sbu, Word::SbuNf, Word::Limdis].iter().any(|w| m.has(*w)),
        |role| word(role, &[Word::Sbu, Word::SbuNf, Word::Limdis]),
    ),
    r(
        "us-ic.joint.rel",
        "IC Markings Manual 2016, p. 57",
        "JOINT needs REL TO with all its owners",
        |m| match (&m.head, &m.rel) {
            (super::mark::Head::Joint(_, _), None) => true,
            (super::mark::Head::Joint(Some(owners), _), Some(List::Of(list))) => !owners.iter().all(|owner| {
                list.contains(owner)
                    || list.iter().any(|group| {
                        super::country::groups()
                            .get(&crate::release::Entity::new(group))
                            .is_some_and(|g| g.members.contains(&crate::release::Entity::new(owner)))
                    })
            }),
            _ => false,
        },
        joint,
    ),
    r(
        "us-ic.joint.restricted",
        "IC Markings Manual 2016, p. 57",
        "JOINT is not used with RESTRICTED",
        |m| matches!(m.head, super::mark::Head::Joint(_, Class::Restricted)),
        joint,
    ),
    r(
        "us-ic.joint.hcs",
        "IC Markings Manual 2016, p. 57",
        "JOINT excludes HCS and NOFORN",
        |m| matches!(m.head, super::mark::Head::Joint(_, _)) && (m.has_sci("HCS") || m.has(Word::Noforn)),
        joint,
    ),
    r(
        "us-ic.joint.two",
        "IC Markings Manual 2016, p. 57",
        "JOINT has at least two owners, the USA among them",
        |m| matches!(&m.head, super::mark::Head::Joint(Some(owners), _) if owners.len() < 2 || !owners.contains("USA")),
        joint,
    ),
];

const DOD_RULES: &[Rule] = &[
    r(
        "dodm.7e",
        "DoDM 5200.01 v2, encl. 4, para. 7.e",
        "more than four programmes are written SAR-MULTIPLE PROGRAMS",
        |m| m.sap.named.len() > MANY_PROGRAMMES,
        |role| *role == Role::Sap,
    ),
    r(
        "dodm.12b",
        "DoDM 5200.01 v2, encl. 4, para. 12",
        "ACCM is for classified information only",
        |m| !m.accm.is_empty() && !m.is_classified(),
        |role| *role == Role::Accm,
    ),
];

/// Checks a mark against every rule.
pub(crate) fn check(mark: &Mark, tokens: &[Token], length: usize, dod: bool) -> Vec<Finding> {
    let extra = if dod { DOD_RULES } else { &[] };
    let mut findings: Vec<Finding> = RULES
        .iter()
        .chain(extra)
        .filter(|rule| (rule.broken)(mark))
        .map(|rule| {
            let token = tokens.iter().find(|token| (rule.about)(&token.role));
            let (start, end) = token.map_or((0, length), |token| (token.start, token.end));
            Finding::error(rule.id, rule.source, rule.message, start, end)
        })
        .collect();
    let disclosure = mark.has(Word::Noforn) || mark.has(Word::Relido) || any_list(mark) || mark.has(Word::LesNf);
    if matches!(mark.head, super::mark::Head::Us(_)) && mark.is_classified() && !disclosure {
        findings.push(Finding::warning(
            "us-ic.fdr.missing",
            "IC Markings Manual 2016, p. 49; ISM-ID-00119",
            "classified intelligence says who may have it: NOFORN, REL TO, RELIDO or DISPLAY ONLY; without one it stays inside the USA",
            length,
            length,
        ));
    }
    if mark.rel == Some(List::AsBanner) || mark.eyes == Some(List::AsBanner) {
        let token = tokens.iter().find(|token| lists(&token.role));
        let (start, end) = token.map_or((0, length), |token| (token.start, token.end));
        findings.push(Finding::warning(
            "us-ic.rel.as-banner",
            "IC Markings Manual 2016, p. 151",
            "the list is that of the banner; without the banner, nobody foreign is admitted",
            start,
            end,
        ));
    }
    findings
}
