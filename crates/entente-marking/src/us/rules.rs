//! Which combinations are valid: a table of rules, each with its source.

use super::mark::{Codes, Head, List, Mark};
use super::parts::Parts;
use super::profile::Profile;
use super::syntax::Token;
use super::vocabulary::{Class, Word};
use crate::finding::Finding;
use crate::scheme::MarkKind;

/// A rule over a whole mark.
struct Rule {
    id: &'static str,
    source: &'static str,
    message: &'static str,
    broken: fn(&Mark) -> bool,
    /// The parts of a mark that it is about: only a mark with one of them can break it, and such a token is pointed at.
    about: Parts,
}

const fn r(
    id: &'static str,
    source: &'static str,
    message: &'static str,
    broken: fn(&Mark) -> bool,
    about: Parts,
) -> Rule {
    Rule {
        id,
        source,
        message,
        broken,
        about,
    }
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

/// Whether a list is one of EYES ONLY: the USA, and others of the Five Eyes.
fn are_five_eyes(list: &Codes) -> bool {
    const FIVE: [&str; 5] = ["AUS", "CAN", "GBR", "NZL", "USA"];
    list.len() > 1 && list.contains("USA") && list.iter().all(|code| FIVE.contains(&code.as_str()))
}

fn controlled(mark: &Mark) -> bool {
    mark.has(Word::Orcon)
}

fn any_list(mark: &Mark) -> bool {
    mark.rel.is_some() || mark.eyes.is_some() || mark.display.is_some()
}

const RULES: &[Rule] = &[
    r(
        "us-ic.orcon.classified",
        "IC Markings Manual 2016, p. 136; ISM-ID-00028",
        "ORCON is for classified information only",
        |m| !m.is_classified() && (m.has(Word::Orcon) || m.has(Word::OrconUsgov)),
        Parts::of(&[Word::Orcon, Word::OrconUsgov]),
    ),
    r(
        "us-ic.relido.classified",
        "IC Markings Manual 2016, p. 154; ISM-ID-00028",
        "RELIDO is for classified information only",
        |m| !m.is_classified() && m.has(Word::Relido) && m.cui.is_none(),
        Parts::of(&[Word::Relido]),
    ),
    r(
        "us-ic.eyes.classified",
        "IC Markings Manual 2016, p. 157; ISM-ID-00028",
        "EYES ONLY is for classified information only",
        |m| !m.is_classified() && m.eyes.is_some(),
        Parts::LISTS,
    ),
    r(
        "us-ic.fdr.noforn-rel",
        "IC Markings Manual 2016, p. 145; ISM-ID-00033",
        "NOFORN and a release list exclude each other: either nobody foreign may have it, or those listed may",
        |m| m.has(Word::Noforn) && (m.rel.is_some() || m.eyes.is_some()),
        Parts::of(&[Word::Noforn]),
    ),
    r(
        "us-ic.fdr.rel-eyes",
        "ISM-ID-00033",
        "REL TO and EYES ONLY exclude each other",
        |m| m.rel.is_some() && m.eyes.is_some(),
        Parts::LISTS,
    ),
    r(
        "us-ic.fdr.noforn-display",
        "IC Markings Manual 2016, p. 163; ISM-ID-00169",
        "NOFORN and DISPLAY ONLY exclude each other",
        |m| m.has(Word::Noforn) && m.display.is_some(),
        Parts::of(&[Word::Noforn]),
    ),
    r(
        "us-ic.fdr.relido-display",
        "IC Markings Manual 2016, p. 163; ISM-ID-00169",
        "RELIDO and DISPLAY ONLY exclude each other",
        |m| m.has(Word::Relido) && m.display.is_some(),
        Parts::of(&[Word::Relido]),
    ),
    r(
        "us-ic.fdr.noforn-relido",
        "IC Markings Manual 2016, p. 154; ISM-ID-00169",
        "NOFORN and RELIDO exclude each other",
        |m| m.has(Word::Noforn) && m.has(Word::Relido),
        Parts::of(&[Word::Relido]),
    ),
    r(
        "us-ic.orcon.relido",
        "IC Markings Manual 2016, p. 136; ISM-ID-00325",
        "ORCON and RELIDO exclude each other: the originator alone decides",
        |m| (m.has(Word::Orcon) || m.has(Word::OrconUsgov)) && m.has(Word::Relido),
        Parts::of(&[Word::Relido]),
    ),
    r(
        "us-ic.orcon.both",
        "IC Markings Manual 2016, p. 139",
        "ORCON and ORCON-USGOV exclude each other; ORCON is the stricter one",
        |m| m.has(Word::Orcon) && m.has(Word::OrconUsgov),
        Parts::of(&[Word::OrconUsgov]),
    ),
    r(
        "us-ic.imcon.level",
        "IC Markings Manual 2016, p. 142; ISM-ID-00107",
        "IMCON is for SECRET and TOP SECRET only",
        |m| m.has(Word::Imcon) && below_secret(m),
        Parts::of(&[Word::Imcon]),
    ),
    r(
        "us-ic.rsen.level",
        "IC Markings Manual 2016, p. 132",
        "RSEN is for SECRET and TOP SECRET only",
        |m| m.has(Word::Rsen) && below_secret(m),
        Parts::of(&[Word::Rsen]),
    ),
    r(
        "us-ic.fouo.classified",
        "IC Markings Manual 2016, p. 134",
        "FOUO is for unclassified information only",
        |m| m.has(Word::Fouo) && m.is_classified(),
        Parts::of(&[Word::Fouo]),
    ),
    r(
        "us-ic.sci.classified",
        "IC Markings Manual 2016, p. 60",
        "SCI is classified: the level must be at least CONFIDENTIAL",
        |m| !m.sci.is_empty() && !m.is_classified(),
        Parts::SCI,
    ),
    r(
        "us-ic.si-g.top-secret",
        "IC Markings Manual 2016, p. 80; ISM-ID-00044",
        "SI-G is TOP SECRET",
        |m| gamma(m) && m.head.class() != Class::TopSecret,
        Parts::SCI,
    ),
    r(
        "us-ic.si-g.usgov",
        "ISM-ID-00362",
        "SI-G excludes ORCON-USGOV",
        |m| gamma(m) && m.has(Word::OrconUsgov),
        Parts::of(&[Word::OrconUsgov]),
    ),
    r(
        "us-ic.hcs.noforn",
        "IC Markings Manual 2016, p. 63; ISM-ID-00049",
        "HCS must be marked NOFORN",
        |m| m.has_sci("HCS") && !m.has(Word::Noforn),
        Parts::SCI,
    ),
    r(
        "us-ic.hcs.usgov",
        "ISM-ID-00336; ISM-ID-00363",
        "HCS-O and HCS-P sub-compartments exclude ORCON-USGOV",
        |m| (hcs_o(m) || hcs_p_sub(m)) && m.has(Word::OrconUsgov),
        Parts::of(&[Word::OrconUsgov]),
    ),
    r(
        "us-ic.tk.level",
        "IC Markings Manual 2016, p. 85; ISM-ID-00047",
        "TK is SECRET or TOP SECRET",
        |m| m.has_sci("TK") && below_secret(m),
        Parts::SCI,
    ),
    r(
        "us-ic.rsv.compartment",
        "IC Markings Manual 2016, p. 70; ISM-ID-00243",
        "RSV needs a compartment, as in RSV-ABC",
        |m| m.has_sci("RSV") && m.compartments("RSV").next().is_none(),
        Parts::SCI,
    ),
    r(
        "us-ic.klm.compartment",
        "ISM-ID-00243",
        "KLM needs a compartment",
        |m| m.has_sci("KLM") && m.compartments("KLM").next().is_none(),
        Parts::SCI,
    ),
    r(
        "us-ic.aea.classified",
        "IC Markings Manual 2016, p. 103; ISM-ID-00246",
        "RD, FRD and TFNI are classified: the level must be at least CONFIDENTIAL",
        |m| (m.aea.rd || m.aea.frd || m.aea.tfni) && !m.is_classified(),
        Parts::AEA,
    ),
    r(
        "us-ic.aea.cnwdi-level",
        "IC Markings Manual 2016, p. 106",
        "CNWDI is SECRET or TOP SECRET",
        |m| m.aea.cnwdi && below_secret(m),
        Parts::AEA,
    ),
    r(
        "us-ic.aea.ucni-classified",
        "IC Markings Manual 2016, pp. 116-119; ISM-ID-00181",
        "UCNI is for unclassified information only",
        |m| (m.aea.dod_ucni || m.aea.doe_ucni) && m.is_classified(),
        Parts::AEA,
    ),
    r(
        "us-ic.nodis-exdis",
        "IC Markings Manual 2016, p. 174; ISM-ID-00038",
        "NODIS and EXDIS exclude each other",
        |m| m.has(Word::Nodis) && m.has(Word::Exdis),
        Parts::of(&[Word::Exdis]),
    ),
    r(
        "us-ic.nf-variants",
        "IC Markings Manual 2016, pp. 178-188; ISM-ID-00372",
        "SBU-NF and LES-NF say NOFORN already: no other release marking stands beside them",
        |m| (m.has(Word::SbuNf) || m.has(Word::LesNf)) && (any_list(m) || m.has(Word::Relido) || m.has(Word::Noforn)),
        Parts::of(&[Word::SbuNf, Word::LesNf]),
    ),
    r(
        "us-ic.nf-variants.both",
        "ISM-ID-00148; IC Markings Manual 2016, pp. 178, 185",
        "LES NOFORN and SBU NOFORN say LES and SBU already: leave those out",
        |m| m.has(Word::Les) && m.has(Word::LesNf) || m.has(Word::Sbu) && m.has(Word::SbuNf),
        Parts::of(&[Word::Les, Word::Sbu]),
    ),
    r(
        "us-ic.eyes.five",
        "IC Markings Manual 2016, p. 157; ISM.ACES",
        "EYES ONLY names the USA and others of the Five Eyes: AUS, CAN, GBR, NZL",
        |m| matches!(&m.eyes, Some(List::Of(list)) if !are_five_eyes(list)),
        Parts::LISTS,
    ),
    r(
        "us-ic.sbu.classified",
        "IC Markings Manual 2016, p. 176",
        "SBU and LIMDIS are for unclassified information only",
        |m| m.is_classified() && [Word::Sbu, Word::SbuNf, Word::Limdis].iter().any(|w| m.has(*w)),
        Parts::of(&[Word::Sbu, Word::SbuNf, Word::Limdis]),
    ),
    r(
        "us-ic.joint.hcs",
        "IC Markings Manual 2016, p. 57",
        "JOINT excludes HCS and NOFORN",
        |m| matches!(m.head, Head::Joint(_, _)) && (m.has_sci("HCS") || m.has(Word::Noforn)),
        Parts::JOINT,
    ),
    r(
        "us-ic.sap.classified",
        "IC Markings Manual 2016, p. 101",
        "a special access programme is classified: the level must be at least CONFIDENTIAL",
        |m| (!m.sap.named.is_empty() || m.sap.multiple) && !m.is_classified(),
        Parts::SAP,
    ),
    r(
        "us-ic.sap.waived",
        "DoDM 5200.01 v2, encl. 4, para. 7.f",
        "WAIVED is said of a special access programme: name it, as in `SAR-BP//WAIVED`",
        |m| m.has(Word::Waived) && m.sap.named.is_empty() && !m.sap.multiple,
        Parts::of(&[Word::Waived]),
    ),
    r(
        "us-ic.nato.programme",
        "IC Markings Manual 2016, Table 4 and p. 127; DoDM 5200.01 v2, encl. 4, para. 4.b.(2)(c)",
        "BOHEMIA and BALK are NATO's: they stand with COSMIC TOP SECRET, or in a TOP SECRET document with FGI NATO",
        |m| !m.nato.is_empty() && (m.head.class() != Class::TopSecret || !m.may_hold_nato()),
        Parts::SCI,
    ),
    r(
        "us-ic.nato.atomal",
        "IC Markings Manual 2016, p. 122; DoDM 5200.01 v2, encl. 4, para. 4.b.(2)",
        "ATOMAL is NATO's and classified: it stands with a NATO classification, or in a document with FGI NATO",
        |m| m.aea.atomal && (m.head.class() < Class::Confidential || !m.may_hold_nato()),
        Parts::AEA,
    ),
    r(
        "us-ic.fgi.foreign",
        "IC Markings Manual 2016, p. 122; DoDM 5200.01 v2, encl. 4, para. 9.a",
        "FGI says that a US document holds foreign information; a foreign classification names its owners itself",
        |m| m.fgi.is_some() && matches!(m.head, Head::Foreign(..) | Head::Nato(..)),
        Parts::FGI,
    ),
    r(
        "us-ic.distribution.superseded",
        "IC Markings Manual 2016, pp. 172, 174",
        "EXDIS and NODIS supersede SBU, SBU NOFORN and FOUO: leave those out",
        |m| {
            (m.has(Word::Exdis) || m.has(Word::Nodis))
                && [Word::Sbu, Word::SbuNf, Word::Fouo].iter().any(|word| m.has(*word))
        },
        Parts::of(&[Word::Sbu, Word::SbuNf, Word::Fouo]),
    ),
    r(
        "us-cui.limit",
        "32 CFR 2002.16(b); CVEnumISMDissemCui",
        "FED ONLY, FEDCON, NOCON, DL ONLY and the attorneys' limits are CUI's: the mark says CUI",
        |m| m.cui.is_none() && m.words.iter().any(Word::is_cui_limit),
        Parts::CUI_LIMITS,
    ),
    r(
        "us-cui.fouo",
        "32 CFR 2002.20; DoDI 5200.48, para. 3.4",
        "CUI replaces FOUO, SBU and LES: leave them out",
        |m| {
            m.is_plain_cui()
                && [Word::Fouo, Word::Sbu, Word::SbuNf, Word::Les, Word::LesNf]
                    .iter()
                    .any(|w| m.has(*w))
        },
        Parts::of(&[Word::Fouo, Word::Sbu, Word::SbuNf, Word::Les, Word::LesNf]),
    ),
    r(
        "us-cui.contractors",
        "NARA, CUI registry, limited dissemination controls",
        "FEDCON admits contractors, FED ONLY and NOCON do not: one of them stands alone",
        |m| {
            [Word::FedOnly, Word::Fedcon, Word::Nocon]
                .iter()
                .filter(|w| m.has(**w))
                .count()
                > 1
        },
        Parts::of(&[Word::FedOnly, Word::Fedcon, Word::Nocon]),
    ),
];

/// Rules of the intelligence community that the DoD's manual does not have.
const IC_RULES: &[Rule] = &[
    r(
        "us-ic.nodis.noforn",
        "IC Markings Manual 2016, pp. 172-175; ISM-ID-00313",
        "NODIS and EXDIS must be marked NOFORN",
        |m| (m.has(Word::Nodis) || m.has(Word::Exdis)) && !m.has(Word::Noforn),
        Parts::of(&[Word::Exdis, Word::Nodis]),
    ),
    r(
        "us-ic.joint.rel",
        "IC Markings Manual 2016, p. 57",
        "JOINT needs REL TO with all its owners",
        |m| match (&m.head, &m.rel) {
            (Head::Joint(_, _), None) => true,
            (Head::Joint(Some(owners), _), Some(List::Of(list))) => !owners.iter().all(|owner| {
                list.contains(owner)
                    || list.iter().any(|group| {
                        super::country::published()
                            .get(group)
                            .is_some_and(|group| group.members.contains(owner))
                    })
            }),
            _ => false,
        },
        Parts::JOINT,
    ),
    r(
        "us-ic.joint.two",
        "IC Markings Manual 2016, p. 57",
        "JOINT has at least two owners, the USA among them",
        |m| matches!(&m.head, Head::Joint(Some(owners), _) if owners.len() < 2 || !owners.contains("USA")),
        Parts::JOINT,
    ),
    r(
        "us-ic.joint.restricted",
        "IC Markings Manual 2016, p. 57",
        "JOINT is not used with RESTRICTED",
        |m| matches!(m.head, Head::Joint(_, Class::Restricted)),
        Parts::JOINT,
    ),
    r(
        "us-ic.hcs-o.orcon",
        "IC Markings Manual 2016, p. 64; ISM-ID-00335",
        "HCS-O must be marked ORCON",
        |m| hcs_o(m) && !controlled(m),
        Parts::SCI,
    ),
    r(
        "us-ic.hcs-p-sub.orcon",
        "IC Markings Manual 2016, p. 68; ISM-ID-00341",
        "a sub-compartment of HCS-P must be marked ORCON",
        |m| hcs_p_sub(m) && !controlled(m),
        Parts::SCI,
    ),
    r(
        "us-ic.si-g.orcon",
        "IC Markings Manual 2016, p. 80; ISM-ID-00045",
        "SI-G must be marked ORCON",
        |m| gamma(m) && !controlled(m),
        Parts::SCI,
    ),
    r(
        "us-ic.tk.noforn",
        "IC Markings Manual 2016, pp. 87-98; ISM-ID-00369",
        "TK-BLFH, TK-IDIT and TK-KAND must be marked NOFORN",
        |m| tk_compartment(m) && !m.has(Word::Noforn),
        Parts::SCI,
    ),
];

/// What the manual keeps for legacy information: valid, with a finding.
const LEGACY: &[Rule] = &[r(
    "us-ic.hcs.compartment",
    "IC Markings Manual 2016, p. 62; ISM-ID-00243",
    "HCS without a compartment is for legacy information only; new information is HCS-O or HCS-P",
    |m| m.has_sci("HCS") && m.compartments("HCS").next().is_none(),
    Parts::SCI,
)];

/// The DoD's own rules (DoDM 5200.01 v2, encl. 4).
const DOD_RULES: &[Rule] = &[
    r(
        "dodm.4b3",
        "DoDM 5200.01 v2, encl. 4, para. 4.b.(3)",
        "NOFORN is not used on NATO information",
        |m| matches!(m.head, Head::Nato(..)) && m.has(Word::Noforn),
        Parts::of(&[Word::Noforn]),
    ),
    r(
        "dodm.5d",
        "DoDM 5200.01 v2, encl. 4, para. 5",
        "RESTRICTED is not used where the USA is one of the owners",
        |m| matches!(&m.head, Head::Joint(Some(owners), Class::Restricted) if owners.contains("USA")),
        Parts::JOINT,
    ),
    r(
        "dodm.5e",
        "DoDM 5200.01 v2, encl. 4, para. 5",
        "JOINT has at least two owners",
        |m| matches!(&m.head, Head::Joint(Some(owners), _) if owners.len() < 2),
        Parts::JOINT,
    ),
    r(
        "dodm.6f",
        "DoDM 5200.01 v2, encl. 4, para. 6.f",
        "TK-GEOCAP, TK-BLFH, TK-IDIT and TK-KAND must be marked NOFORN",
        |m| {
            (tk_compartment(m)
                || m.compartments("TK")
                    .any(|(name, _)| ["GEOCAP", "G"].contains(&name.as_str())))
                && !m.has(Word::Noforn)
        },
        Parts::SCI,
    ),
    r(
        "dodm.11a",
        "DoDM 5200.01 v2, encl. 4, para. 11.a",
        "ACCM is for classified information only",
        |m| !m.accm.is_empty() && !m.is_classified(),
        Parts::ACCM,
    ),
    r(
        "dodm.app1-imcon",
        "DoDM 5200.01 v2, encl. 4, app. 1, para. 1",
        "IMCON is SECRET; a TOP SECRET document that holds it says who may have the whole",
        |m| m.has(Word::Imcon) && m.head.class() == Class::TopSecret && !m.has(Word::Noforn) && !any_list(m),
        Parts::of(&[Word::Imcon]),
    ),
    r(
        "dodi.cui-banner",
        "DoDI 5200.48, para. 3.7",
        "a classified mark of the DoD does not say CUI: the portions do",
        |m| m.cui.is_some() && m.is_classified(),
        Parts::CUI,
    ),
];

/// From three programmes on, a DoD banner does not name them; portions always do.
const MANY: &[Rule] = &[r(
    "dodm.7e",
    "DoDM 5200.01 v2, encl. 4, para. 7.e",
    "a banner with three programmes or more is written SAR-MULTIPLE PROGRAMS",
    |m| m.sap.named.len() >= super::render::MANY_PROGRAMMES,
    Parts::SAP,
)];

/// Checks a mark against every rule.
pub(crate) fn check(mark: &Mark, tokens: &[Token], length: usize, kind: MarkKind, profile: Profile) -> Vec<Finding> {
    let dod = profile.is_dod();
    let own = if dod { DOD_RULES } else { IC_RULES };
    let many: &[Rule] = if dod && kind == MarkKind::Banner { MANY } else { &[] };
    let place = |rule: &Rule| {
        let token = tokens
            .iter()
            .find(|token| rule.about.meets(Parts::of_role(&token.role)));
        token.map_or((0, length), |token| (token.start, token.end))
    };
    let parts = Parts::of_mark(mark);
    let is_broken = |rule: &Rule| {
        let concerns = rule.about.meets(parts);
        // Each mark that a test or a fuzzer checks shows that nothing else breaks the rule.
        debug_assert!(concerns || !(rule.broken)(mark), "{} is about more", rule.id);
        concerns && (rule.broken)(mark)
    };
    let mut findings = Vec::new();
    for table in [RULES, own, many] {
        for rule in table.iter().filter(|rule| is_broken(rule)) {
            let (start, end) = place(rule);
            findings.push(Finding::error(rule.id, rule.source, rule.message, start, end));
        }
    }
    findings.extend(LEGACY.iter().filter(|rule| !dod && is_broken(rule)).map(|rule| {
        let (start, end) = place(rule);
        Finding::warning(rule.id, rule.source, rule.message, start, end)
    }));
    let disclosure = mark.has(Word::Noforn) || mark.has(Word::Relido) || any_list(mark) || mark.has(Word::LesNf);
    if !dod && matches!(mark.head, Head::Us(_)) && mark.is_classified() && !disclosure {
        findings.push(Finding::warning(
            "us-ic.fdr.missing",
            "IC Markings Manual 2016, p. 49; ISM-ID-00119",
            "classified intelligence says who may have it: NOFORN, REL TO, RELIDO or DISPLAY ONLY; without one it stays inside the USA",
            length,
            length,
        ));
    }
    if mark.rel == Some(List::AsBanner) || mark.eyes == Some(List::AsBanner) {
        let token = tokens
            .iter()
            .find(|token| Parts::LISTS.meets(Parts::of_role(&token.role)));
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
