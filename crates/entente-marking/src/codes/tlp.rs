//! Traffic Light Protocol 2.0: how far a text may travel.

use super::ladder::{Ladder, Rung, Table};
use crate::label::{Circle, Label};
use crate::scheme::Effect;

fn within(circle: Circle) -> Label {
    Label {
        circle,
        ..Label::unrestricted()
    }
}

static TLP: Table = Table {
    prefix: "TLP",
    source: "FIRST, Traffic Light Protocol 2.0",
    effect: Effect::Distribution,
    rungs: &[
        Rung {
            name: "CLEAR",
            meaning: "may be passed on to everybody",
            access: "No limit on who may read it.",
            label: || within(Circle::Anyone),
        },
        Rung {
            name: "GREEN",
            meaning: "may be passed on within the community, not through public channels",
            access: "Members of the recipients' community may read it; where none is named, the security community.",
            label: || within(Circle::Community),
        },
        Rung {
            name: "AMBER",
            meaning: "may be passed on, to those who need to know, within one's organisation and to its clients",
            access: "The recipient's organisation and its clients may read it, where they need to know.",
            label: || within(Circle::Clients),
        },
        Rung {
            name: "AMBER+STRICT",
            meaning: "may be passed on, to those who need to know, within one's organisation only",
            access: "The recipient's organisation may read it, where its people need to know; clients may not.",
            label: || within(Circle::Organisation),
        },
        Rung {
            name: "RED",
            meaning: "for the eyes and ears of the individual recipients only",
            access: "Only the persons to whom the source gave it may read it.",
            label: || within(Circle::Named),
        },
    ],
    old: &[("WHITE", "CLEAR")],
};

/// The scheme `tlp`: Traffic Light Protocol 2.0.
pub fn tlp() -> Ladder {
    Ladder::new("tlp", "2.0", "Traffic Light Protocol 2.0 (FIRST)", &TLP)
}
