//! Who may know what: the matrix, and the ladder of one cell.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use entente_core::handle::askable;
use entente_core::{Outcome, Person, PersonId, PortionId, ReportId};
use entente_desk::View;
use entente_desk::audience::named;
use entente_desk::deciding::{Matrix, Rung, ladder, matrix};
use entente_desk::reading::show;
use entente_marking::Purpose;

use super::answer::{Desk, Reply, Trouble};
use super::fields::Fields;
use super::frame::{Page, Place, purposes};
use super::gate::{Visitor, escaped};
use super::mark::{Mark, banner_over};
use super::tongue::Tongue;

/// Persons in a matrix: what fits a page.
const MOST: usize = 50;
/// Portions on a page of it.
const ROWS: usize = 20;

struct Cell {
    word: &'static str,
    sign: &'static str,
    /// Its place in the whole matrix, by which it is asked for: names would make a large one too heavy.
    at: String,
    here: bool,
}

struct Row {
    portion: String,
    mark: Mark,
    cells: Vec<Cell>,
    all: Cell,
}

struct Step {
    rung: Rung,
    name: &'static str,
    class: &'static str,
    sign: &'static str,
    word: &'static str,
}

struct Why {
    portion: String,
    person: String,
    outcome: Cell,
    steps: Vec<Step>,
}

#[derive(Template)]
#[template(path = "audience.html")]
struct Audience<'a> {
    t: Tongue,
    report: &'a str,
    version: u32,
    purpose: &'a str,
    purposes: Vec<(String, bool)>,
    headline: String,
    people: Vec<String>,
    rows: Vec<Row>,
    /// From which portion on rows are shown, where that is not the first, and what stands before and after them.
    from: usize,
    before: Option<String>,
    after: Option<String>,
    audiences: Vec<(String, bool)>,
    chosen: &'a str,
    typed: &'a str,
    why: Option<Why>,
    asks: bool,
    form: &'a str,
}

fn cell(outcome: Outcome, at: String, here: bool) -> Cell {
    let (word, sign) = match outcome {
        Outcome::Permit => ("permit", "✓"),
        Outcome::Ask => ("ask", "?"),
        Outcome::Deny => ("deny", "✕"),
    };
    Cell { word, sign, at, here }
}

/// The persons meant: those of a defined audience, and those whose names were typed.
pub(crate) fn meant(desk: &Desk, wanted: &Fields) -> Result<(Vec<PersonId>, Vec<Person>), Trouble> {
    let (mut members, mut outsiders) = named(desk.state(), wanted.get("audience")).unwrap_or_default();
    for word in wanted
        .get("people")
        .split([',', ' ', '\n', '\r'])
        .filter(|word| !word.is_empty())
    {
        let id = PersonId::new(word)?;
        let party = id
            .party()
            .ok_or_else(|| Trouble::Refused(desk.tongue.say_of("audience-no-party", word)))?;
        outsiders.push(Person::outsider(id.clone(), party));
        members.push(id);
    }
    members.dedup();
    match members.len() > MOST {
        true => Err(Trouble::Refused(desk.tongue.count("audience-most", MOST))),
        false => Ok((members, outsiders)),
    }
}

fn headline(matrix: &Matrix, t: Tongue) -> String {
    let all = matrix.rows.len();
    let who = match matrix.people.len() {
        0 => return t.say("audience-whom").into_owned(),
        2 => t.say("audience-both").into_owned(),
        n => t.count("audience-who", n),
    };
    match matrix.permitted() {
        0 => t.say_of("audience-nothing", who),
        n if n == all => t.say_of("audience-everything", who),
        n => t.with(
            "audience-some",
            &[
                ("who", who.into()),
                ("portions", t.count("requests-portions", n).into()),
                ("all", all.into()),
            ],
        ),
    }
}

/// By which key a step is called, in the order of a decision.
const STEPS: [&str; 8] = [
    "audience-state",
    "audience-clearance-and-access",
    "audience-release-list",
    "audience-originator-s-control",
    "audience-need-to-know",
    "audience-purpose-step",
    "audience-own-rules",
    "audience-source-exposure",
];

fn step(rung: Rung) -> Step {
    let (class, sign, word) = match (rung.reasons.is_empty(), rung.decides) {
        (true, _) => ("passed", "✓", "audience-passed"),
        (false, true) => ("first", "✕", "audience-failed-first"),
        (false, false) => ("next", "✕", "audience-would-fail-next"),
    };
    Step {
        name: STEPS.get(rung.number.saturating_sub(1)).copied().unwrap_or_default(),
        class,
        sign,
        word,
        rung,
    }
}

/// From which row on a matrix is shown: the first of a page.
fn first_row(wanted: &Fields, all: usize) -> usize {
    let from: usize = wanted.get("from").parse().unwrap_or_default();
    let last = all.saturating_sub(1);
    from.min(last) / ROWS * ROWS
}

/// The person and portion of the cell that is asked for: by their names, or by its place in the matrix.
fn asked_for(wanted: &Fields, matrix: &Matrix) -> (String, String) {
    let at = wanted.get("cell").split_once('.');
    let placed = at.and_then(|(person, row)| {
        let person = matrix.people.get(person.parse::<usize>().ok()?)?;
        let row = matrix.rows.get(row.parse::<usize>().ok()?)?;
        Some((person.to_string(), row.portion.to_string()))
    });
    placed.unwrap_or_else(|| (wanted.get("person").to_owned(), wanted.get("portion").to_owned()))
}

/// `GET /reports/ID/audience`.
pub(crate) async fn page(visitor: Visitor, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let wanted = Fields::of_query(query.as_deref().unwrap_or_default());
    let work = move |desk: &mut Desk| {
        desk.must("record-decision")?;
        Ok(Reply::Page(decided(desk, &ReportId::new(id)?, &wanted)?))
    };
    visitor.answer(work).await
}

fn decided(desk: &Desk, id: &ReportId, wanted: &Fields) -> Result<Page, Trouble> {
    let purpose = Some(wanted.get("purpose"))
        .filter(|text| !text.is_empty())
        .map(Purpose::new);
    let moment = desk.moment();
    let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
    // Only what whoever looks may know themselves stands in the matrix.
    let shown = show(&moment, id, None, &view)?;
    let known: Vec<PortionId> = shown.portions.iter().map(|portion| portion.id.clone()).collect();
    if known.is_empty() {
        return Err(Trouble::Nothing);
    }
    let (people, outsiders) = meant(desk, wanted)?;
    let snapshot = moment.snapshot([id], (&people, &outsiders));
    let decision = moment.decide(&snapshot, (id, Some(shown.version)), Some(&known), &people, &view)?;
    let matrix = matrix(desk.state(), desk.pinned.library(), &decision);
    let base = format!(
        "/reports/{}/audience?purpose={}&audience={}&people={}",
        escaped(id.as_str()),
        escaped(wanted.get("purpose")),
        escaped(wanted.get("audience")),
        escaped(wanted.get("people"))
    );
    let from = first_row(wanted, matrix.rows.len());
    let (of_person, of_portion) = asked_for(wanted, &matrix);
    let (of_person, of_portion) = (of_person.as_str(), of_portion.as_str());
    let rows = matrix.rows.iter().enumerate().skip(from).take(ROWS).map(|(n, row)| {
        let cells = matrix.people.iter().zip(&row.outcomes).enumerate();
        let cells = cells.map(|(m, (person, outcome))| {
            let here = person.as_str() == of_person && row.portion.as_str() == of_portion;
            cell(*outcome, format!("{m}.{n}"), here)
        });
        Row {
            portion: row.portion.to_string(),
            mark: Mark::of(&row.mark),
            cells: cells.collect(),
            all: cell(row.audience, String::new(), false),
        }
    });
    let person = people.iter().position(|person| person.as_str() == of_person);
    let portion = matrix.rows.iter().position(|row| row.portion.as_str() == of_portion);
    let why = person.zip(portion).map(|(person, portion)| Why {
        portion: of_portion.to_owned(),
        person: of_person.to_owned(),
        outcome: cell(decision.outcome(person, portion), String::new(), false),
        steps: ladder(&decision, person, portion).into_iter().map(step).collect(),
    });
    let chosen = wanted.get("audience");
    let audiences = desk.state().audiences.keys().map(ToString::to_string);
    let body = Audience {
        t: desk.tongue,
        report: id.as_str(),
        version: matrix.version,
        purpose: wanted.get("purpose"),
        purposes: purposes(desk.state(), wanted.get("purpose")),
        headline: headline(&matrix, desk.tongue),
        people: matrix.people.iter().map(ToString::to_string).collect(),
        rows: rows.collect(),
        from,
        before: (from > 0).then(|| format!("{base}&from={}", from.saturating_sub(ROWS))),
        after: (from + ROWS < matrix.rows.len()).then(|| format!("{base}&from={}", from + ROWS)),
        audiences: audiences.map(|name| (name.clone(), name == chosen)).collect(),
        chosen,
        typed: wanted.get("people"),
        why,
        asks: desk.may("open-request") && !people.is_empty() && !askable(desk.state(), &decision).is_empty(),
        form: &desk.session.form,
    };
    Ok(Page {
        title: desk.tongue.say_of("audience-title", id),
        tongue: desk.tongue,
        place: Place::Reports,
        banner: banner_over(shown.banner.as_deref().into_iter()),
        body: body.render()?,
    })
}
