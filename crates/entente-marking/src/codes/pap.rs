//! Permissible Actions Protocol: what may be done with a text.
//!
//! The purposes nest: what a stricter word allows, each more open one allows as well. `passive`: looking at
//! one's own logs, which nobody can notice. `passive-cross-check`: asking third parties' services as well.
//! `active`: blocking, scanning and whatever else the adversary may notice.

use super::ladder::{Ladder, Rung, Table};
use crate::label::{Label, Purpose, Purposes};
use crate::scheme::Effect;

fn only(purposes: &[&str]) -> Label {
    Label {
        purposes: Purposes {
            only: Some(purposes.iter().map(|purpose| Purpose::new(*purpose)).collect()),
            ..Purposes::any()
        },
        ..Label::unrestricted()
    }
}

static PAP: Table = Table {
    prefix: "PAP",
    source: "MISP taxonomy, Permissible Actions Protocol",
    effect: Effect::Purpose,
    rungs: &[
        Rung {
            name: "CLEAR",
            meaning: "may be used in any way",
            access: "No limit on what it is used for.",
            label: Label::unrestricted,
        },
        Rung {
            name: "GREEN",
            meaning: "active measures are allowed",
            access: "Only for passive, passive-cross-check and active.",
            label: || only(&["passive", "passive-cross-check", "active"]),
        },
        Rung {
            name: "AMBER",
            meaning: "passive use, and cross-checks with third parties, are allowed",
            access: "Only for passive and passive-cross-check; anything else needs the source's permission.",
            label: || only(&["passive", "passive-cross-check"]),
        },
        Rung {
            name: "RED",
            meaning: "only use that the adversary cannot notice",
            access: "Only for passive; anything else needs the source's permission.",
            label: || only(&["passive"]),
        },
    ],
    old: &[("WHITE", "CLEAR")],
};

/// The scheme `pap`: Permissible Actions Protocol.
pub fn pap() -> Ladder {
    Ladder::new("pap", "1", "Permissible Actions Protocol", &PAP)
}
