//! Who may know what: the matrix, and the ladder of one cell.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
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

/// Persons in a matrix: what fits a page.
const MOST: usize = 20;

struct Cell {
    word: &'static str,
    sign: &'static str,
    link: String,
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
    report: &'a str,
    version: u32,
    purpose: &'a str,
    purposes: Vec<(String, bool)>,
    headline: String,
    people: Vec<String>,
    rows: Vec<Row>,
    audiences: Vec<(String, bool)>,
    chosen: &'a str,
    typed: &'a str,
    why: Option<Why>,
    asks: bool,
    form: &'a str,
}

fn cell(outcome: Outcome, link: String, here: bool) -> Cell {
    let (word, sign) = match outcome {
        Outcome::Permit => ("permit", "✓"),
        Outcome::Ask => ("ask", "?"),
        Outcome::Deny => ("deny", "✕"),
    };
    Cell { word, sign, link, here }
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
        let party = id.party().ok_or_else(|| {
            Trouble::Refused(format!(
                "`{word}` names no party; write PARTY/NAME, such as CHL/foreign-minister"
            ))
        })?;
        outsiders.push(Person::outsider(id.clone(), party));
        members.push(id);
    }
    members.dedup();
    match members.len() > MOST {
        true => Err(Trouble::Refused(format!(
            "At most {MOST} persons fit on a page; use `entente decide` for more."
        ))),
        false => Ok((members, outsiders)),
    }
}

fn headline(matrix: &Matrix) -> String {
    let all = matrix.rows.len();
    let who = match matrix.people.len() {
        0 => return "Whom do you want to tell?".to_owned(),
        1 => "One person".to_owned(),
        2 => "Both".to_owned(),
        n => format!("All {n}"),
    };
    match matrix.permitted() {
        0 => format!("{who} may be told nothing of this."),
        n if n == all => format!("{who} may be told all of it."),
        1 => format!("{who} may be told one portion of {all}."),
        n => format!("{who} may be told {n} portions of {all}."),
    }
}

/// What a step is called, in the order of a decision.
const STEPS: [&str; 8] = [
    "State",
    "Clearance and access",
    "Release list",
    "Originator’s control",
    "Need to know",
    "Purpose",
    "Own rules",
    "Source exposure",
];

fn step(rung: Rung) -> Step {
    let (class, sign, word) = match (rung.reasons.is_empty(), rung.decides) {
        (true, _) => ("passed", "✓", "passed"),
        (false, true) => ("first", "✕", "failed first"),
        (false, false) => ("next", "✕", "would fail next"),
    };
    Step {
        name: STEPS.get(rung.number.saturating_sub(1)).copied().unwrap_or_default(),
        class,
        sign,
        word,
        rung,
    }
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
    let snapshot = moment.snapshot([id], &outsiders);
    let decision = moment.decide(&snapshot, (id, Some(shown.version)), Some(&known), &people, &view)?;
    let matrix = matrix(desk.state(), desk.pinned.library(), &decision);
    let base = format!(
        "/reports/{}/audience?purpose={}&audience={}&people={}",
        escaped(id.as_str()),
        escaped(wanted.get("purpose")),
        escaped(wanted.get("audience")),
        escaped(wanted.get("people"))
    );
    let (of_person, of_portion) = (wanted.get("person"), wanted.get("portion"));
    let link = |person: &str, portion: &PortionId| {
        format!(
            "{base}&person={}&portion={}#why",
            escaped(person),
            escaped(portion.as_str())
        )
    };
    let rows = matrix.rows.iter().map(|row| {
        let cells = matrix.people.iter().zip(&row.outcomes).map(|(person, outcome)| {
            let here = person.as_str() == of_person && row.portion.as_str() == of_portion;
            cell(*outcome, link(person.as_str(), &row.portion), here)
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
        report: id.as_str(),
        version: matrix.version,
        purpose: wanted.get("purpose"),
        purposes: purposes(desk.state(), wanted.get("purpose")),
        headline: headline(&matrix),
        people: matrix.people.iter().map(ToString::to_string).collect(),
        rows: rows.collect(),
        audiences: audiences.map(|name| (name.clone(), name == chosen)).collect(),
        chosen,
        typed: wanted.get("people"),
        why,
        asks: desk.may("open-request")
            && !people.is_empty()
            && matrix.rows.iter().any(|row| row.audience == Outcome::Ask),
        form: &desk.session.form,
    };
    Ok(Page {
        title: format!("Who may know {id}"),
        tongue: super::Tongue::English,
        place: Place::Reports,
        banner: banner_over(shown.banner.as_deref().into_iter()),
        body: body.render()?,
    })
}
