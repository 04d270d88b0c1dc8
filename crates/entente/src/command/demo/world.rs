//! The sample worlds: their files, who plays what, and what only they know.

use clap::ValueEnum;

/// A file of a sample: its name, and what stands in it.
type File = (&'static str, &'static str);

macro_rules! files {
    ($world:literal: $($name:literal from $path:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../../examples/", $world, "/", $path)))),*]
    };
}

/// A sample world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Sample {
    /// A service warns a partner of an attack; an official says too much to visitors.
    Ferry,
    /// A coordination centre shares a vulnerability under TLP; the embargo is broken.
    Advisory,
}

/// What a story needs.
pub(super) struct World {
    /// In the order: report, arrangement, persons, audience; then what belongs to this sample only.
    pub(super) files: &'static [File],
    pub(super) originator: &'static str,
    pub(super) partner: &'static str,
    pub(super) official: &'static str,
    pub(super) purpose: &'static str,
    /// Mark and text of the substitute that the originator gives.
    pub(super) substitute: (&'static str, &'static str),
    /// What the official says without consent.
    pub(super) said: &'static [&'static str],
    /// The fact of which the press has most.
    pub(super) fact: &'static str,
}

const FERRY: World = World {
    files: files!["ferry":
        "report.md" from "report.md",
        "arrangement.json" from "arrangement.json",
        "persons.json" from "persons.json",
        "visitors.json" from "visitors.json",
        "facts.json" from "facts.json",
        "register.json" from "register.json",
        "1-courier.txt" from "articles/1-courier.txt",
        "2-agency.txt" from "articles/2-agency.txt",
        "3-rewrite.html" from "articles/3-rewrite.html",
        "4-denial.txt" from "articles/4-denial.txt",
        "5-admission.txt" from "articles/5-admission.txt",
        "6-harbour.txt" from "articles/6-harbour.txt",
    ],
    originator: "USA.SVC",
    partner: "GBR.CAB",
    official: "GBR.CAB/minister",
    purpose: "threat-warning",
    substitute: (
        "(U//REL TO USA, CHL, GBR)",
        "There are indications that a terrorist group may target passenger ferries in the region.",
    ),
    said: &["place", "source"],
    fact: "place.1",
};

const ADVISORY: World = World {
    files: files!["advisory":
        "report.md" from "report.md",
        "arrangement.json" from "arrangement.json",
        "persons.json" from "persons.json",
        "visitors.json" from "panel.json",
        "facts.json" from "facts.json",
        "register.json" from "register.json",
        "1-leak.txt" from "articles/1-leak.txt",
        "2-agency.txt" from "articles/2-agency.txt",
        "3-maker.txt" from "articles/3-maker.txt",
        "4-coordinator.txt" from "articles/4-coordinator.txt",
        "5-question.md" from "articles/5-question.md",
        "6-prize.txt" from "articles/6-prize.txt",
    ],
    originator: "NOR.CERT",
    partner: "ISL.CERT",
    official: "ISL.CERT/director",
    purpose: "defence",
    substitute: (
        "(TLP:GREEN)",
        "A weakness in pump controllers will be described in May; keep them apart from other networks.",
    ),
    said: &["embargo", "finder"],
    fact: "finder.1",
};

impl Sample {
    pub(super) fn world(self) -> &'static World {
        match self {
            Self::Ferry => &FERRY,
            Self::Advisory => &ADVISORY,
        }
    }
}

impl World {
    /// The names of its articles.
    pub(super) fn articles(&self) -> impl Iterator<Item = &'static str> {
        let names = self.files.iter().map(|(name, _)| *name);
        names.filter(|name| name.starts_with(|c: char| c.is_ascii_digit()))
    }
}
