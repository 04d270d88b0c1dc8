//! The words of US markings: tables that read like the register's.
//!
//! Source throughout: *Intelligence Community Markings System Register and Manual*, effective 31 December 2016
//! (ODNI), cited as "IC Markings Manual 2016, p. N"; machine rules of IC-ISM as "ISM-ID-NNNNN".

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::scheme::{Effect, MarkKind};

/// A classification level: rank, banner form, portion form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Class {
    Unclassified,
    Restricted,
    Confidential,
    Secret,
    TopSecret,
}

impl Class {
    pub(crate) const ALL: [Self; 5] = [
        Self::Unclassified,
        Self::Restricted,
        Self::Confidential,
        Self::Secret,
        Self::TopSecret,
    ];

    pub(crate) const fn banner(self) -> &'static str {
        match self {
            Self::Unclassified => "UNCLASSIFIED",
            Self::Restricted => "RESTRICTED",
            Self::Confidential => "CONFIDENTIAL",
            Self::Secret => "SECRET",
            Self::TopSecret => "TOP SECRET",
        }
    }

    pub(crate) const fn portion(self) -> &'static str {
        match self {
            Self::Unclassified => "U",
            Self::Restricted => "R",
            Self::Confidential => "C",
            Self::Secret => "S",
            Self::TopSecret => "TS",
        }
    }

    pub(crate) const fn rank(self) -> u16 {
        self as u16
    }
}

/// An SCI control system: name, long form, meaning, page.
pub(crate) struct Sci {
    pub(crate) name: &'static str,
    pub(crate) long: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) source: &'static str,
}

/// Published SCI control systems, and those that the manual uses in its examples. Others are unknown.
pub(crate) const SCI: &[Sci] = &[
    sci(
        "HCS",
        "HCS",
        "human intelligence control system",
        "IC Markings Manual 2016, pp. 62-69",
    ),
    sci(
        "KLM",
        "KLAMATH",
        "Klamath control system",
        "IC Markings Manual 2016, p. 60",
    ),
    sci(
        "RSV",
        "RESERVE",
        "Reserve control system",
        "IC Markings Manual 2016, pp. 70-73",
    ),
    sci(
        "SI",
        "SPECIAL INTELLIGENCE",
        "special (communications) intelligence",
        "IC Markings Manual 2016, pp. 74-84",
    ),
    sci(
        "TK",
        "TALENT KEYHOLE",
        "overhead collection",
        "IC Markings Manual 2016, pp. 85-98",
    ),
    sci(
        "ANB",
        "ANB",
        "unpublished control system of the manual's examples",
        "IC Markings Manual 2016, p. 194",
    ),
    sci(
        "FGH",
        "FGH",
        "unpublished control system of the manual's examples",
        "IC Markings Manual 2016, p. 61",
    ),
    sci(
        "MMM",
        "MMM",
        "unpublished control system of the manual's examples",
        "IC Markings Manual 2016, p. 61",
    ),
    sci(
        "LMN",
        "LMN",
        "unpublished control system of the manual's examples",
        "IC Markings Manual 2016, p. 195",
    ),
    sci(
        "XNB",
        "XNB",
        "unpublished control system of the manual's examples",
        "IC Markings Manual 2016, p. 194",
    ),
    sci(
        "123",
        "123",
        "unpublished control system of the manual's examples",
        "IC Markings Manual 2016, p. 60",
    ),
];

const fn sci(name: &'static str, long: &'static str, meaning: &'static str, source: &'static str) -> Sci {
    Sci {
        name,
        long,
        meaning,
        source,
    }
}

/// A control marking that is a fixed word.
pub(crate) struct Control {
    pub(crate) token: Word,
    /// The form in portions.
    pub(crate) portion: &'static str,
    /// The form in banners rolled up here: the one that the manual's examples use.
    pub(crate) banner: &'static str,
    /// Other authorised forms in banners.
    pub(crate) also: &'static [&'static str],
    pub(crate) meaning: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) source: &'static str,
    pub(crate) effect: Effect,
    pub(crate) access: &'static str,
}

/// Words of the dissemination and non-IC categories, in register order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Word {
    Rsen,
    Fouo,
    Orcon,
    OrconUsgov,
    Imcon,
    Noforn,
    Propin,
    // REL TO stands here in the register.
    Relido,
    // EYES stands here.
    Dsen,
    RawFisa,
    Fisa,
    // DISPLAY ONLY stands here.
    Waived,
    // Limits of CUI, in the order of CVEnumISMDissem.
    AttorneyClient,
    AttorneyWork,
    DlOnly,
    FedOnly,
    Fedcon,
    Nocon,
    Limdis,
    Exdis,
    Nodis,
    Sbu,
    SbuNf,
    Les,
    LesNf,
    Ssi,
    // DoD only.
    Nnpi,
}

impl Word {
    /// Whether it stands in the dissemination category (5), not in the non-IC one (6).
    pub(crate) fn is_dissem(self) -> bool {
        self <= Self::Nocon
    }

    /// Whether it is a limit of dissemination that only CUI has (32 CFR 2002.16(b)).
    pub(crate) fn is_cui_limit(self) -> bool {
        (Self::AttorneyClient..=Self::Nocon).contains(&self)
    }

    /// Its place among dissemination controls, with gaps for the lists (REL TO 75, EYES 85, DISPLAY ONLY 125).
    pub(crate) fn order(self) -> u16 {
        (self as u16 + 1) * 10 + if self >= Self::Dsen { 10 } else { 0 }
    }

    pub(crate) fn row(self) -> &'static Control {
        &CONTROLS[self as usize]
    }
}

/// Each word's row stands at the word's place.
const _: () = {
    let mut n = 0;
    while n < CONTROLS.len() {
        assert!(CONTROLS[n].token as usize == n, "a word without its row");
        n += 1;
    }
    assert!(Word::Nnpi as usize + 1 == CONTROLS.len(), "a row without its word");
};

/// Words by the forms that they have in marks of a kind.
pub(crate) struct Forms(FxHashMap<&'static str, Word>);

impl Forms {
    fn of(forms: impl Fn(&'static Control) -> Vec<&'static str>) -> Self {
        let rows = CONTROLS.iter().rev();
        Self(
            rows.flat_map(|row| forms(row).into_iter().map(|form| (form, row.token)))
                .collect(),
        )
    }

    /// The word that is written so in marks of that kind.
    pub(crate) fn read(text: &str, kind: MarkKind) -> Option<Word> {
        static PORTION: LazyLock<Forms> = LazyLock::new(|| Forms::of(|row| vec![row.portion]));
        static BANNER: LazyLock<Forms> = LazyLock::new(|| Forms::of(|row| [&[row.banner], row.also].concat()));
        let forms: &Self = match kind {
            MarkKind::Portion => &PORTION,
            MarkKind::Banner => &BANNER,
        };
        forms.0.get(text).copied()
    }
}

const NO_EFFECT: &str = "no effect on who may read it; it binds whoever handles it";

const LIMITS: &str = "NARA, CUI registry, limited dissemination controls; 32 CFR 2002.16(b)";

#[rustfmt::skip]
pub(crate) const CONTROLS: &[Control] = &[
    c(Word::Rsen, "RS", "RSEN", &["RISK SENSITIVE"], "risk sensitive: protects imagery capabilities", "us-ic.dissem.rsen", "IC Markings Manual 2016, p. 132", Effect::Handling, NO_EFFECT),
    c(Word::Fouo, "FOUO", "FOR OFFICIAL USE ONLY", &["FOUO"], "for official use only", "us-ic.dissem.fouo", "IC Markings Manual 2016, p. 134", Effect::Handling, NO_EFFECT),
    c(Word::Orcon, "OC", "ORCON", &["ORIGINATOR CONTROLLED"], "originator controlled", "us-ic.dissem.orcon", "IC Markings Manual 2016, pp. 136-138; ICPG 710.1", Effect::OriginatorControl, "only original recipients may read it; anyone else needs the originator's advance permission"),
    c(Word::OrconUsgov, "OC-USGOV", "ORCON-USGOV", &["ORIGINATOR CONTROLLED-USGOV"], "originator controlled, pre-approved for the US executive branch", "us-ic.dissem.orcon-usgov", "IC Markings Manual 2016, pp. 139-141", Effect::OriginatorControl, "the originator's own government may share it inside itself; anyone else needs the originator's permission"),
    c(Word::Imcon, "IMC", "IMCON", &["CONTROLLED IMAGERY"], "controlled imagery", "us-ic.dissem.imcon", "IC Markings Manual 2016, p. 142", Effect::Handling, NO_EFFECT),
    c(Word::Noforn, "NF", "NOFORN", &["NOT RELEASABLE TO FOREIGN NATIONALS"], "not releasable to foreign nationals", "us-ic.dissem.noforn", "IC Markings Manual 2016, pp. 145-147", Effect::Releasability, "only US citizens acting for a US agency may read it"),
    c(Word::Propin, "PR", "PROPIN", &["CAUTION-PROPRIETARY INFORMATION INVOLVED"], "proprietary information involved", "us-ic.dissem.propin", "IC Markings Manual 2016, p. 148", Effect::Handling, NO_EFFECT),
    c(Word::Relido, "RELIDO", "RELIDO", &["RELEASABLE BY INFORMATION DISCLOSURE OFFICIAL"], "releasable by an information disclosure official", "us-ic.dissem.relido", "IC Markings Manual 2016, pp. 154-156", Effect::Handling, "a disclosure official may release it further; by itself it releases nothing to foreigners"),
    c(Word::Dsen, "DSEN", "DEA SENSITIVE", &[], "drug enforcement sensitive", "us-ic.dissem.dsen", "IC Markings Manual 2016, pp. 159-160", Effect::Handling, NO_EFFECT),
    c(Word::RawFisa, "RAWFISA", "RAWFISA", &[], "raw information under the Foreign Intelligence Surveillance Act", "us-ic.dissem.rawfisa", "ISM CVEnumISMDissem", Effect::Handling, NO_EFFECT),
    c(Word::Fisa, "FISA", "FISA", &["FOREIGN INTELLIGENCE SURVEILLANCE ACT"], "information under the Foreign Intelligence Surveillance Act", "us-ic.dissem.fisa", "IC Markings Manual 2016, pp. 161-162", Effect::Handling, NO_EFFECT),
    c(Word::Waived, "WAIVED", "WAIVED", &[], "waived special access programme", "us-ic.dissem.waived", "ISM CVEnumISMDissem", Effect::Handling, NO_EFFECT),
    c(Word::AttorneyClient, "AC", "ATTORNEY-CLIENT", &["AC"], "attorney-client privilege", "us-cui.limit.ac", LIMITS, Effect::Distribution, "only the attorney, the attorney's agents and the client may read it, as named recipients"),
    c(Word::AttorneyWork, "AWP", "ATTORNEY-WP", &["AWP"], "attorney work product", "us-cui.limit.awp", LIMITS, Effect::Distribution, "only the attorney, the attorney's agents and the client may read it, as named recipients"),
    c(Word::DlOnly, "DL ONLY", "DL ONLY", &[], "only for those on an accompanying list", "us-cui.limit.dl-only", LIMITS, Effect::Distribution, "only named recipients may read it"),
    c(Word::FedOnly, "FED ONLY", "FED ONLY", &[], "for employees of the federal government and its armed forces", "us-cui.limit.fed-only", LIMITS, Effect::Distribution, "readers need the affiliation us-cui/affiliation/FEDERAL; who has none stated may not read it"),
    c(Word::Fedcon, "FEDCON", "FEDCON", &[], "for federal employees and contractors", "us-cui.limit.fedcon", LIMITS, Effect::Distribution, "readers need the affiliation us-cui/affiliation/FEDERAL or CONTRACTOR; who has none stated may not read it"),
    c(Word::Nocon, "NOCON", "NOCON", &[], "not for contractors", "us-cui.limit.nocon", LIMITS, Effect::Distribution, "readers need the affiliation us-cui/affiliation/FEDERAL or STATE; who has none stated may not read it"),
    c(Word::Limdis, "DS", "LIMITED DISTRIBUTION", &["LIMDIS"], "limited distribution (geospatial)", "us-ic.non-ic.limdis", "IC Markings Manual 2016, pp. 170-171", Effect::Handling, NO_EFFECT),
    c(Word::Exdis, "XD", "EXDIS", &["EXCLUSIVE DISTRIBUTION"], "exclusive distribution (State)", "us-ic.non-ic.exdis", "IC Markings Manual 2016, pp. 172-173", Effect::Distribution, "only the organisations that received it may read it"),
    c(Word::Nodis, "ND", "NODIS", &["NO DISTRIBUTION"], "no distribution (State)", "us-ic.non-ic.nodis", "IC Markings Manual 2016, pp. 174-175", Effect::Distribution, "only named recipients may read it"),
    c(Word::Sbu, "SBU", "SBU", &["SENSITIVE BUT UNCLASSIFIED"], "sensitive but unclassified", "us-ic.non-ic.sbu", "IC Markings Manual 2016, pp. 176-177", Effect::Handling, NO_EFFECT),
    c(Word::SbuNf, "SBU-NF", "SBU NOFORN", &["SENSITIVE BUT UNCLASSIFIED NOFORN"], "sensitive but unclassified, not releasable to foreign nationals", "us-ic.non-ic.sbu-nf", "IC Markings Manual 2016, pp. 178-180", Effect::Releasability, "only US citizens acting for a US agency may read it"),
    c(Word::Les, "LES", "LES", &["LAW ENFORCEMENT SENSITIVE"], "law enforcement sensitive", "us-ic.non-ic.les", "IC Markings Manual 2016, pp. 181-184", Effect::Handling, NO_EFFECT),
    c(Word::LesNf, "LES-NF", "LES NOFORN", &["LAW ENFORCEMENT SENSITIVE NOFORN"], "law enforcement sensitive, not releasable to foreign nationals", "us-ic.non-ic.les-nf", "IC Markings Manual 2016, pp. 185-188", Effect::Releasability, "only US citizens acting for a US agency may read it"),
    c(Word::Ssi, "SSI", "SSI", &["SENSITIVE SECURITY INFORMATION"], "sensitive (transport) security information", "us-ic.non-ic.ssi", "IC Markings Manual 2016, pp. 189-191", Effect::Handling, NO_EFFECT),
    c(Word::Nnpi, "NNPI", "NNPI", &["NAVAL NUCLEAR PROPULSION INFORMATION"], "naval nuclear propulsion information", "us-ic.non-ic.nnpi", "DoDM 5200.01 v2, encl. 4, para. 12", Effect::Handling, NO_EFFECT),
];

#[expect(clippy::too_many_arguments, reason = "one argument a column of the table")]
const fn c(
    token: Word,
    portion: &'static str,
    banner: &'static str,
    also: &'static [&'static str],
    meaning: &'static str,
    rule: &'static str,
    source: &'static str,
    effect: Effect,
    access: &'static str,
) -> Control {
    Control {
        token,
        portion,
        banner,
        also,
        meaning,
        rule,
        source,
        effect,
        access,
    }
}

/// NATO classifications: banner form, portion form, level (Register, Table 4, section 2).
pub(crate) const NATO: &[(&str, &str, Class)] = &[
    ("COSMIC TOP SECRET", "CTS", Class::TopSecret),
    ("NATO SECRET", "NS", Class::Secret),
    ("NATO CONFIDENTIAL", "NC", Class::Confidential),
    ("NATO RESTRICTED", "NR", Class::Restricted),
    ("NATO UNCLASSIFIED", "NU", Class::Unclassified),
];

/// Older forms of NATO's portion marks, what they are today, and their level.
pub(crate) const NATO_OLD: &[(&str, &str, Class)] = &[
    ("NATO-TS", "CTS", Class::TopSecret),
    ("NATO-S", "NS", Class::Secret),
    ("NATO-C", "NC", Class::Confidential),
    ("NATO-R", "NR", Class::Restricted),
    ("NATO-U", "NU", Class::Unclassified),
];

/// Operations of NATO's council, with their letter in portion marks: `NIS` is NATO ISAF SECRET (M p. 59).
pub(crate) const ACTIVITIES: &[(&str, &str)] = &[("ISAF", "I"), ("KFOR", "K"), ("RSMA", "RSMA"), ("SFOR", "SFOR")];

/// A NATO classification fused with a programme word: the DoD's form, and an older one of the intelligence community.
pub(crate) struct Fused {
    pub(crate) banner: &'static str,
    pub(crate) portion: &'static str,
    pub(crate) also: &'static [&'static str],
    pub(crate) class: Class,
    pub(crate) programme: &'static str,
}

/// DoDM 5200.01 v2, encl. 4, para. 4.b.(2); IC Markings Manual 2016, acronyms CTSA, NSAT, NCA.
#[rustfmt::skip]
pub(crate) const NATO_FUSED: &[Fused] = &[
    Fused { banner: "COSMIC TOP SECRET BOHEMIA", portion: "CTS-B", also: &["COSMIC TOP SECRET-BOHEMIA"], class: Class::TopSecret, programme: "BOHEMIA" },
    Fused { banner: "COSMIC TOP SECRET BALK", portion: "CTS-BALK", also: &["COSMIC TOP SECRET-BALK"], class: Class::TopSecret, programme: "BALK" },
    Fused { banner: "COSMIC TOP SECRET ATOMAL", portion: "CTS-A", also: &["CTSA"], class: Class::TopSecret, programme: "ATOMAL" },
    Fused { banner: "SECRET ATOMAL", portion: "NS-A", also: &["NSAT", "NATO SECRET ATOMAL"], class: Class::Secret, programme: "ATOMAL" },
    Fused { banner: "CONFIDENTIAL ATOMAL", portion: "NC-A", also: &["NCA", "NATO CONFIDENTIAL ATOMAL"], class: Class::Confidential, programme: "ATOMAL" },
];

/// NATO's programme words that stand where a US document has its control systems; never below COSMIC TOP SECRET.
pub(crate) const NATO_PROGRAMMES: [&str; 2] = ["BALK", "BOHEMIA"];

/// Titles of compartments, with the abbreviation that stands for the same (Register, Table 4, section 4).
pub(crate) const COMPARTMENTS: &[(&str, &str, &str)] = &[
    ("HCS", "OPERATIONS", "O"),
    ("HCS", "PRODUCT", "P"),
    ("SI", "ECRU", "EU"),
    ("SI", "GAMMA", "G"),
    ("SI", "NONBOOK", "NK"),
    ("TK", "BLUEFISH", "BLFH"),
    ("TK", "IDITAROD", "IDIT"),
    ("TK", "KANDIK", "KAND"),
];

/// Words of older manuals for control systems, and what they are today (IC Markings Manual 2016, §F). Read, never written.
pub(crate) const OLD_SYSTEMS: &[(&str, &str)] = &[("COMINT", "SI"), ("SPECIAL INTELLIGENCE", "SI")];

/// All words that may stand alone in a mark, for "did you mean".
pub(crate) fn known_words() -> impl Iterator<Item = &'static str> {
    CONTROLS
        .iter()
        .flat_map(|row| [row.portion, row.banner].into_iter().chain(row.also.iter().copied()))
        .chain(SCI.iter().map(|row| row.name))
        .chain([
            "REL TO",
            "REL",
            "DISPLAY ONLY",
            "FGI",
            "RD",
            "FRD",
            "TFNI",
            "EYES",
            "SAR-",
        ])
}
