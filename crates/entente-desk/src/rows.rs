//! The rows of lists of reports: of reports that are alike, one is decided and written, and stands for the others.

use std::collections::HashMap;
use std::sync::Arc;

use entente_core::{Distribution, Line, Portion, Report, ReportId, Shape, Sorted};
use itertools::Itertools as _;
use memchr::memmem::Finder;

use crate::marks::banner_in;
use crate::moment::Moment;
use crate::reading::{Listed, Reader, marks, seen, standing, titled};
use crate::view::View;

/// Ids in order.
type Ids<'i> = Box<dyn Iterator<Item = &'i ReportId> + 'i>;

/// What is looked for in rows; case does not matter.
pub(crate) struct Sought(Finder<'static>);

impl Sought {
    pub(crate) fn of(text: &str) -> Self {
        Self(Finder::new(&text.to_lowercase()).into_owned())
    }

    fn is_in(&self, text: &str) -> bool {
        self.0.find(text.to_lowercase().as_bytes()).is_some()
    }

    /// Whether it is in what reports of one shape have in common.
    fn is_in_shape(&self, row: &Listed) -> bool {
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
    sought: Option<&'m Sought>,
    /// By shape, and whether the asker is on the distribution.
    known: HashMap<(Shape, bool), Option<Model>>,
}

impl<'m> Rows<'m> {
    pub(crate) fn new(moment: &'m Moment<'m>, view: &'m View<'m>, sought: Option<&'m Sought>) -> Self {
        Self {
            moment,
            view,
            reader: Reader::new(moment, view),
            sought,
            known: HashMap::new(),
        }
    }

    /// The row of a report. Of one with a line, nothing is read once another of its shape was.
    pub(crate) fn row(&mut self, id: &ReportId, line: Option<&Arc<Line>>) -> Option<Listed> {
        let Some(line) = line.filter(|_| self.is_by_its_line(id)) else {
            return self.found_anew(id);
        };
        let shape = (line.shape, self.is_on(&line.distribution));
        self.decide(id, shape);
        let Model { row, titled, found } = self.known.get(&shape)?.as_ref()?;
        let title = if *titled { &line.title } else { id.as_str() };
        let has = |text: &str| self.sought.is_none_or(|sought| sought.is_in(text));
        (*found || has(id.as_str()) || has(title)).then(|| Listed {
            id: id.clone(),
            version: line.version,
            title: title.to_owned(),
            ..row.clone()
        })
    }

    /// The reports after one that can have what is looked for: all others have not, or the asker can know nothing of them. In the
    /// order of ids, each once.
    ///
    /// Of each class one report is decided, whatever is looked for; words are only searched where the asker may read them.
    pub(crate) fn candidates(
        &mut self,
        sorted: Sorted<'m>,
        after: Option<&'m ReportId>,
    ) -> impl Iterator<Item = &'m ReportId> + use<'m> {
        let mut parts = Vec::new();
        for class in sorted.classes() {
            let shape = (class.shape(), self.is_on(class.distribution()));
            // It stands for those of its class of which nothing more is said; what is said of others makes them apart.
            let stands = |id: &&ReportId| self.is_by_its_line(id) && sorted.is_of(id, class);
            let Some(one) = class.after(None).find(stands) else {
                parts.push((class, None));
                continue;
            };
            self.decide(one, shape);
            if let Some(Some(model)) = self.known.get(&shape) {
                parts.push((class, (!model.found).then_some(model.titled)));
            }
        }
        let finder = self.sought.map(|sought| &sought.0);
        let said = self.moment.state().spoken_of().chain(self.moment.exposure().reports());
        let apart = sorted.apart().chain(said);
        let mut apart: Vec<&ReportId> = apart.filter(|id| after.is_none_or(|after| *id > after)).collect();
        apart.sort();
        let apart: Ids<'m> = Box::new(apart.into_iter());
        let classes = parts.into_iter().map(move |(class, titled)| -> Ids<'m> {
            match titled.zip(finder) {
                Some((titled, finder)) => Box::new(class.with(finder, titled, after)),
                None => Box::new(class.after(after)),
            }
        });
        itertools::kmerge(std::iter::once(apart).chain(classes)).dedup()
    }

    /// Whether what the line of a report says decides about it, for whoever asks.
    fn is_by_its_line(&self, id: &ReportId) -> bool {
        self.moment.state().says_nothing_of(id) && self.reader.is_by_its_line(id)
    }

    /// Whether the asker is on a distribution.
    fn is_on(&self, distribution: &Distribution) -> bool {
        self.view.reader().is_some_and(|reader| distribution.contains(reader))
    }

    /// Decides one report of a shape, where none was: its row stands for all of them.
    fn decide(&mut self, id: &ReportId, shape: (Shape, bool)) {
        if !self.known.contains_key(&shape) {
            let model = self.anew(id).map(|(row, titled)| {
                let found = self.sought.is_none_or(|sought| sought.is_in_shape(&row));
                Model { row, titled, found }
            });
            self.known.insert(shape, model);
        }
    }

    fn found_anew(&mut self, id: &ReportId) -> Option<Listed> {
        let (row, _) = self.anew(id)?;
        let found = self
            .sought
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
