//! The rows of lists of reports: of reports that are alike, one is decided and written, and stands for the others.

use std::collections::HashMap;
use std::sync::Arc;

use entente_core::{Line, Portion, Report, ReportId, Shape};

use crate::marks::banner_in;
use crate::moment::Moment;
use crate::reading::{Listed, Reader, marks, seen, standing, titled};
use crate::view::View;

/// What is looked for in rows; case does not matter.
struct Sought {
    lower: String,
    /// The text that is looked at, in lower case.
    room: String,
}

impl Sought {
    fn of(text: &str) -> Self {
        Self {
            lower: text.to_lowercase(),
            room: String::new(),
        }
    }

    fn is_in(&mut self, text: &str) -> bool {
        if !text.is_ascii() {
            return text.to_lowercase().contains(&self.lower);
        }
        self.room.clear();
        self.room.push_str(text);
        self.room.make_ascii_lowercase();
        self.room.contains(&self.lower)
    }

    /// Whether it is in what reports of one shape have in common.
    fn is_in_shape(&mut self, row: &Listed) -> bool {
        let common = [
            row.originator.as_str(),
            row.banner.as_deref().unwrap_or_default(),
            &row.state,
        ];
        common.into_iter().any(|text| self.is_in(text))
    }
}

/// A row that stands for all of one shape.
struct Model {
    row: Listed,
    /// Whether it bears its title.
    titled: bool,
    /// Whether what is looked for is in what all of them have in common, or nothing is looked for.
    found: bool,
}

/// The rows of reports for whoever asks, as far as they have what is looked for. Those of one shape are alike, and are made once.
pub(crate) struct Rows<'m> {
    moment: &'m Moment<'m>,
    view: &'m View<'m>,
    reader: Reader<'m>,
    sought: Option<Sought>,
    /// By shape, and whether the asker is on the distribution.
    known: HashMap<(Shape, bool), Option<Model>>,
}

impl<'m> Rows<'m> {
    pub(crate) fn new(moment: &'m Moment<'m>, view: &'m View<'m>, sought: Option<&str>) -> Self {
        Self {
            moment,
            view,
            reader: Reader::new(moment, view),
            sought: sought.map(Sought::of),
            known: HashMap::new(),
        }
    }

    /// The row of a report. Of one with a line, nothing is read once another of its shape was.
    pub(crate) fn row(&mut self, id: &ReportId, line: Option<&Arc<Line>>) -> Option<Listed> {
        let state = self.moment.state();
        let Some(line) = line.filter(|_| state.says_nothing_of(id) && self.reader.is_by_its_line(id)) else {
            return self.found_anew(id);
        };
        let on = self
            .view
            .reader()
            .is_some_and(|reader| line.distribution.contains(reader));
        let shape = (line.shape, on);
        if !self.known.contains_key(&shape) {
            let model = self.model(id);
            self.known.insert(shape, model);
        }
        let Model { row, titled, found } = self.known.get(&shape)?.as_ref()?;
        let title = if *titled { &line.title } else { id.as_str() };
        let mut has = |text: &str| self.sought.as_mut().is_none_or(|sought| sought.is_in(text));
        (*found || has(id.as_str()) || has(title)).then(|| Listed {
            id: id.clone(),
            version: line.version,
            title: title.to_owned(),
            ..row.clone()
        })
    }

    fn model(&mut self, id: &ReportId) -> Option<Model> {
        let (row, titled) = self.anew(id)?;
        let found = self.sought.as_mut().is_none_or(|sought| sought.is_in_shape(&row));
        Some(Model { row, titled, found })
    }

    fn found_anew(&mut self, id: &ReportId) -> Option<Listed> {
        let (row, _) = self.anew(id)?;
        let found = self
            .sought
            .as_mut()
            .is_none_or(|sought| sought.is_in_shape(&row) || sought.is_in(row.id.as_str()) || sought.is_in(&row.title));
        found.then_some(row)
    }

    fn anew(&mut self, id: &ReportId) -> Option<(Listed, bool)> {
        let (_, holding) = self.moment.state().reports.pair(id)?;
        listed(self.moment, &mut self.reader, holding.latest()?, self.view)
    }
}

/// The row of a report, and whether it bears its title; of what the asker must not know, there is none, nor of what they may have
/// nothing of.
fn listed<'m>(
    moment: &Moment<'m>,
    reader: &mut Reader<'m>,
    report: &'m Report,
    view: &View<'_>,
) -> Option<(Listed, bool)> {
    let (seen, purposes) = seen(moment, reader, report, view).ok()?;
    let portions = seen.as_ref().map_or(report.portions.len(), |seen| seen.portions.len());
    if portions == 0 {
        return None;
    }
    let open = |portion: &&Portion| seen.as_ref().is_none_or(|seen| seen.portions.contains(&portion.id));
    let (title, marked) = titled(report, seen.as_ref());
    let shown: Vec<&Portion> = report.portions.iter().filter(open).chain(marked).collect();
    let marks = marks(moment, report, &shown, view);
    let row = Listed {
        id: report.id.clone(),
        version: report.version,
        title,
        originator: report.originator.clone(),
        banner: banner_in(moment.library(), report, marks.iter().map(String::as_str)),
        portions,
        purposes,
        state: standing(moment.state(), report, &shown, view),
    };
    Some((row, seen.is_none_or(|seen| seen.title)))
}
