//! Lineage as a picture: what a report rests on, and what rests on it, with the same facts as a table beside it.

use std::borrow::Cow;

use super::tongue::Tongue;
use askama::Template;
use entente_desk::lineage::{Drawing, Drawn};

/// A box, with where its texts stand.
struct Shape {
    x: u32,
    y: u32,
    class: &'static str,
    name: String,
    of: String,
}

/// An arrow between two boxes, with what it carries.
struct Arrow {
    from: (u32, u32),
    to: (u32, u32),
    says: String,
    at: (u32, u32),
}

/// A line of the table.
struct Line {
    how: Cow<'static, str>,
    report: String,
    of: String,
    portions: String,
    theirs: String,
}

#[derive(Template)]
#[template(path = "lineage.html")]
struct Picture {
    t: Tongue,
    width: u32,
    height: u32,
    shapes: Vec<Shape>,
    arrows: Vec<Arrow>,
    says: String,
    originators: String,
    lines: Vec<Line>,
}

/// Boxes of one column: more would be no picture; the table has all.
const MOST: usize = 12;
const WIDTH: u32 = 205;
const HIGH: u32 = 48;
const STEP: u32 = 64;
/// From one column to the next.
const ACROSS: u32 = 305;

fn short(text: &str) -> String {
    const LETTERS: usize = 25;
    match text.chars().count() > LETTERS {
        true => text.chars().take(LETTERS - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

fn name(t: Tongue, one: &Drawing) -> String {
    one.report
        .clone()
        .unwrap_or_else(|| t.say("picture-not-for-you").into_owned())
}

fn portions(one: &Drawing) -> String {
    one.portions.iter().cloned().collect::<Vec<_>>().join(", ")
}

/// The picture of a lineage; nothing where there is nothing to draw.
pub(super) fn lineage(
    t: Tongue,
    drawn: &Drawn,
    (report, version): (&str, u32),
    home: Option<&str>,
) -> Result<String, askama::Error> {
    if drawn.below.is_empty() && drawn.above.is_empty() {
        return Ok(String::new());
    }
    // Where the columns begin; what stands empty is left out.
    let first = if drawn.below.is_empty() { 0 } else { ACROSS };
    let columns = [1, 1 + first, 1 + first + ACROSS];
    let last = if drawn.above.is_empty() { columns[1] } else { columns[2] };
    let rows = drawn.below.len().min(MOST).max(drawn.above.len().min(MOST)).max(1);
    let rows = u32::try_from(rows).unwrap_or(1);
    let height = rows * STEP + 8;
    let middle = (height - HIGH) / 2;
    let place = |n: usize| u32::try_from(n).unwrap_or(0) * STEP + 4;
    let mut shapes = vec![Shape {
        x: columns[1],
        y: middle,
        class: "here",
        name: short(&format!("{report} v{version}")),
        of: t.say("picture-this").into_owned(),
    }];
    let mut arrows = Vec::new();
    for (n, one) in drawn.below.iter().take(MOST).enumerate() {
        let y = place(n);
        let asked = home != Some(one.of.as_str());
        shapes.push(Shape {
            x: columns[0],
            y,
            class: if asked { "asked" } else { "plain" },
            name: short(&name(t, one)),
            of: match asked {
                true => t.say_of("picture-ask", short(one.of.as_str())),
                false => short(one.of.as_str()),
            },
        });
        arrows.push(Arrow {
            from: (columns[0] + WIDTH, y + HIGH / 2),
            to: (columns[1] - 6, middle + HIGH / 2),
            says: short(&portions(one)),
            at: (columns[0] + WIDTH + 6, y + HIGH / 2 - 6),
        });
    }
    for (n, one) in drawn.above.iter().take(MOST).enumerate() {
        let y = place(n);
        shapes.push(Shape {
            x: columns[2],
            y,
            class: "plain",
            name: short(&name(t, one)),
            of: short(one.of.as_str()),
        });
        arrows.push(Arrow {
            from: (columns[1] + WIDTH, middle + HIGH / 2),
            to: (columns[2] - 6, y + HIGH / 2),
            says: short(&portions(one)),
            at: (columns[2] - 94, y + HIGH / 2 - 6),
        });
    }
    let line = |how: &str| {
        let how = t.say(how);
        move |one: &Drawing| Line {
            how: how.clone(),
            report: name(t, one),
            of: one.of.to_string(),
            portions: portions(one),
            theirs: one.theirs.iter().cloned().collect::<Vec<_>>().join(", "),
        }
    };
    let below = drawn.below.iter().map(line("picture-rests-on"));
    let lines: Vec<Line> = below
        .chain(drawn.above.iter().map(line("picture-is-rested-on-by")))
        .collect();
    let says: Vec<String> = lines
        .iter()
        .map(|line| {
            t.with(
                "picture-line",
                &[
                    ("portions", line.portions.as_str().into()),
                    ("how", line.how.as_ref().into()),
                    ("report", line.report.as_str().into()),
                    ("of", line.of.as_str().into()),
                ],
            )
        })
        .collect();
    Picture {
        t,
        width: last + WIDTH + 1,
        height,
        shapes,
        arrows,
        says: says.join("; "),
        originators: drawn
            .originators
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
        lines,
    }
    .render()
}
