//! The clocks of a case as a picture: its stages on a line from its opening, on a scale on which hours grow ever closer together.

use askama::Template;
use entente_desk::casefile::Case;
use jiff::Timestamp;

use super::answer::Desk;
use super::tongue::Tongue;

const WIDTH: i64 = 1000;
/// Where the names end and the line begins.
const BEGIN: i64 = 330;
const STEP: i64 = 26;

/// A stage with a clock.
struct Stage {
    title: String,
    y: i64,
    at: i64,
    class: &'static str,
    /// What stands behind it: by when.
    says: String,
}

#[derive(Template)]
#[template(path = "course.html")]
struct Course {
    t: Tongue,
    height: i64,
    now: i64,
    /// Hours with where they stand.
    scale: Vec<(i64, i64)>,
    says: String,
    stages: Vec<Stage>,
}

/// Hours that stand on the scale.
const HOURS: [i64; 8] = [0, 1, 4, 24, 72, 240, 720, 2160];

/// Where so many hours after the opening stand. The logarithm of the number of seconds, and nothing before the opening.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "pixels")]
fn place(seconds: i64) -> i64 {
    let most = (1.0 + 2160.0_f64).ln();
    let hours = seconds.max(0) as f64 / 3600.0;
    let part = ((1.0 + hours).ln() / most).min(1.0);
    BEGIN + (part * (WIDTH - BEGIN - 20) as f64) as i64
}

/// The picture of a case; nothing where no stage has a clock.
pub(super) fn course(desk: &Desk, case: &Case) -> Result<String, askama::Error> {
    let (t, opened) = (desk.tongue, case.incident.opened);
    let since = |at: Timestamp| at.as_second() - opened.as_second();
    let clocked = case.tasks.iter().filter(|due| due.task.due.is_some());
    let stages = clocked.zip(0..).map(|(due, n)| {
        let done = due.task.done.as_ref().map(|(at, _)| *at);
        let until = due.task.due.unwrap_or(opened);
        let title = t.word("stage", due.task.stage.title()).into_owned();
        Stage {
            y: 40 + n * STEP,
            at: place(since(done.unwrap_or(until))),
            class: match (done, due.late) {
                (Some(_), _) => "done",
                (None, true) => "late",
                (None, false) => "to-do",
            },
            says: t.short(done.unwrap_or(until)),
            title,
        }
    });
    let stages: Vec<Stage> = stages.collect();
    if stages.is_empty() {
        return Ok(String::new());
    }
    let says = stages.iter().map(|stage| match stage.class {
        "done" => t.say_of("course-done", &stage.title),
        "late" => t.say_of("course-late", &stage.title),
        _ => t.pair("course-due", &stage.title, &stage.says),
    });
    Course {
        t,
        height: 40 + i64::try_from(stages.len()).unwrap_or_default() * STEP,
        now: place(since(desk.now)),
        scale: HOURS.map(|hours| (hours, place(hours * 3600))).to_vec(),
        says: says.collect::<Vec<_>>().join("; "),
        stages,
    }
    .render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_grow_ever_closer_together_and_stay_within_the_picture() {
        let places: Vec<i64> = HOURS.map(|hours| place(hours * 3600)).to_vec();
        assert_eq!(places.first(), Some(&BEGIN));
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{places:?}");
        assert_eq!(place(-5), BEGIN);
        assert_eq!(place(i64::from(i32::MAX)), WIDTH - 20);
    }
}
