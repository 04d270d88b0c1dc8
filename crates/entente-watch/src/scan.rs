//! The scan itself: texts in, findings and summary out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use crate::attribution::Attribution;
use crate::document::Document;
use crate::explain::Explanation;
use crate::facts::Facts;
use crate::language::{Class, Language};
use crate::learning;
use crate::matching::{Hit, Match, Matcher, Outcome, is_entity};
use crate::names::Names;
use crate::origins::{self, Trace, Traces};
use crate::references::{self, Reference};
use crate::report::{Appearance, Contradiction, Extent, FileWarning, Finding, Note, Report, Span, Summary};
use crate::speakers::Speaker;
use crate::stance::{self, ARTICLE, Status, Verdict, Wording};
use crate::text::Source;

/// Findings of one text beyond which the rest is cut and said: no article has so many, made-up input has.
const MAX_FINDINGS: usize = 5_000;
/// Sentences back in which a reference such as "denied the reports" is looked up.
const BACK: usize = 40;
/// Sentences back for one that names part of the content again.
const NEAR: usize = 12;
/// Sentences ahead for the same: a headline denies what the text then tells.
const AHEAD: usize = 3;
/// Words of its own that a denial may have and still deny what one shared slot names.
const OWN_WORDS: usize = 3;
/// Confidence of a reference: the status is sure, the fact it goes back to is inferred.
const REFERENCE: f64 = 0.6;
/// Words by which a span is widened to its clause on either side.
const CLAUSE: usize = 25;
/// What is left of the confidence where the language has no tables.
const UNKNOWN_LANGUAGE: f64 = 0.5;

/// All protected facts, compiled, ready to scan any number of texts.
///
/// ```
/// use entente_watch::{Scanner, facts::Facts, text};
/// let facts = Facts::parse(r#"[{"id":"gate","slots":[
///     {"name":"gate","any":["north gate"],"mandatory":true},{"name":"guards","any":["guard*","sentr*"]}]}]"#)?;
/// let scanner = Scanner::new(facts);
/// let page = "Officials said the north gate has only two guards at night.";
/// let report = scanner.scan(text::read_bytes("page.txt", page.as_bytes())?);
/// assert_eq!(report.findings[0].spans[0].quote, "the north gate has only two guards at night");
/// assert_eq!(report.findings[0].speaker, "Officials");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A copy shares what was compiled.
#[derive(Clone, Debug)]
pub struct Scanner {
    matcher: Arc<Matcher>,
    wordings: Arc<[Wording]>,
    language: Option<Language>,
}

/// A finding before it is written down.
struct Place {
    fact: usize,
    sentence: usize,
    tokens: Range<usize>,
    verdict: Verdict,
    found: Option<Match>,
    extent: Extent,
    missing: Vec<usize>,
    confidence: f64,
}

impl Scanner {
    /// Compiles the facts; the tables of a language are built when its first text is scanned.
    #[must_use]
    pub fn new(facts: Facts) -> Self {
        let wordings = facts.list().iter().map(Wording::of).collect();
        Self {
            matcher: Arc::new(Matcher::new(facts)),
            wordings,
            language: None,
        }
    }

    /// Reads every text in this language, whatever it looks like: headlines are too short to tell.
    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        Self {
            language: Some(language),
            ..self
        }
    }

    /// The text in the language it was said to be in, else the one it shows, else the one of the texts before it.
    fn read(&self, source: Source, batch: &mut BTreeMap<Language, usize>) -> Document {
        let given = self.language.or(source.language);
        let (shown, sure) = Language::detect(source.text.as_str());
        if let Some(language) = given {
            return Document::in_language(source, language, true);
        }
        let most = batch
            .iter()
            .max_by_key(|(_, count)| **count)
            .map(|(language, _)| *language);
        if sure {
            *batch.entry(shown).or_default() += 1;
            return Document::in_language(source, shown, true);
        }
        match most {
            Some(language) => Document::in_language(source, language, true),
            None => Document::in_language(source, shown, false),
        }
    }

    /// The facts being looked for.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.matcher.facts
    }

    /// Scans texts together: findings of each, and what they give as a whole.
    #[must_use]
    pub fn scan(&self, sources: impl IntoIterator<Item = Source>) -> Report {
        let mut report = Report::default();
        let mut traces = Traces::default();
        let mut batch: BTreeMap<Language, usize> = BTreeMap::new();
        let mut order: Vec<(Option<jiff::Timestamp>, String, BTreeSet<String>)> = Vec::new();
        report
            .summary
            .warnings
            .extend(self.facts().warnings().iter().map(|w| FileWarning {
                file: String::new(),
                warning: w.clone(),
            }));
        for source in sources {
            let document = self.read(source, &mut batch);
            let from = report.findings.len();
            let attribution = Attribution::new(&document, &Names::new(&document));
            self.text(&document, &attribution, &mut report);
            let file = document.source.file.clone();
            report
                .summary
                .warnings
                .extend(document.source.warnings.iter().map(|w| FileWarning {
                    file: file.clone(),
                    warning: w.clone(),
                }));
            // What stands beside the text of a page is no part of what the page tells.
            report.findings[from..].sort_by_key(|finding| finding.aside);
            let told = report.findings[from..].iter().filter(|finding| !finding.aside);
            let facts: BTreeSet<String> = told.map(|f| f.fact.clone()).collect();
            if !facts.is_empty() {
                traces.add(Trace::new(&document, &attribution, file.clone()));
                order.push((document.source.published, file, facts));
            }
        }
        report.summary.warnings.dedup();
        (report.summary.origins, report.summary.near_duplicates) = origins::origins(&traces);
        report.summary.independent_origins = report.summary.origins.len();
        report.summary.contradictions = contradictions(&report.findings);
        report.summary.appearances = appearances(order);
        report
    }

    /// How one sentence (from 0) of a text is read: its clauses, the words that say who vouches for what, the slots found
    /// in it, and what was decided and why. None where the text has no such sentence.
    ///
    /// ```
    /// use entente_watch::{Scanner, facts::Facts, text};
    /// let facts = Facts::parse(r#"[{"id":"gate","slots":[{"name":"gate","any":["gate"]},{"name":"guards","any":["guards"]}]}]"#)?;
    /// let page = "The mayor denied the budget, but the gate has two guards.";
    /// let source = text::read_bytes("page.txt", page.as_bytes())?.remove(0);
    /// let read = Scanner::new(facts).explain(source, 0).expect("the first sentence");
    /// assert_eq!(read.clauses[1].text, "but the gate has two guards");
    /// assert_eq!(read.decisions[0].because, "nothing holds of the clause but that it is said");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn explain(&self, source: Source, sentence: usize) -> Option<Explanation> {
        let document = self.read(source, &mut BTreeMap::new());
        let attribution = Attribution::new(&document, &Names::new(&document));
        let outcome = self.matcher.run(&document, &attribution.framing(&document));
        let bounds = document.sentences.get(sentence)?;
        let here = |found: &&Match| found.sentence == sentence;
        let mut explanation = Explanation::new(
            &document,
            &attribution,
            sentence,
            span(&document, bounds.tokens.clone()),
        );
        for found in outcome.matches.iter().filter(here) {
            let fact = &self.facts().list()[found.fact];
            for (slot, tokens) in found.hits.iter().chain(&found.context) {
                let name = fact.slots.get(*slot).map_or("value", |slot| slot.name.as_str());
                explanation.slot(&fact.id, name, document.text(tokens.clone()));
            }
            let verdict = stance::judge(&document, &attribution, self.wordings[found.fact], found);
            let missing = found
                .missing
                .iter()
                .map(|slot| fact.slots[*slot].name.clone())
                .collect();
            explanation.decision(&fact.id, &verdict, missing);
        }
        for review in outcome.reviews.iter().filter(|review| review.sentence == sentence) {
            let fact = &self.facts().list()[review.fact];
            let missing = review
                .missing
                .iter()
                .map(|slot| fact.slots[*slot].name.clone())
                .collect();
            explanation.near(&fact.id, missing);
        }
        Some(explanation)
    }

    /// How many sentences a text has.
    #[must_use]
    pub fn sentences(&self, source: Source) -> usize {
        self.read(source, &mut BTreeMap::new()).sentences.len()
    }

    fn text(&self, document: &Document, attribution: &Attribution, report: &mut Report) {
        let outcome = self.matcher.run(document, &attribution.framing(document));
        let primary = origins::primary(attribution);
        report
            .summary
            .warnings
            .extend(outcome.cut.iter().map(|message| FileWarning {
                file: document.source.file.clone(),
                warning: crate::text::Warning::new("size", message.clone()),
            }));
        let file = &document.source.file;
        let mut places: Vec<Place> = Vec::new();
        for found in &outcome.matches {
            let verdict = stance::judge(document, attribution, self.wordings[found.fact], found);
            if verdict.exposed {
                places.push(place(document, attribution, found, verdict));
            } else {
                report.summary.not_exposed.push(self.note(
                    document,
                    &outcome,
                    found.fact,
                    found.sentence,
                    found.score,
                    &[],
                ));
            }
        }
        let references = references::references(document, attribution);
        let mut counts: HashMap<usize, usize> = HashMap::new();
        for place in &places {
            *counts.entry(place.fact).or_default() += 1;
        }
        let referring: Vec<Place> = references
            .into_iter()
            .filter_map(|r| self.refer(document, &outcome, &places, &counts, r))
            .collect();
        // A stance taken in the same sentence says more than that the sentence is about the fact.
        places.retain(|p| {
            let same = |r: &Place| (r.fact, r.sentence) == (p.fact, p.sentence);
            let overlaps = |r: &Place| p.tokens.start < r.tokens.end && r.tokens.start < p.tokens.end;
            p.verdict.status != Status::Asserted
                || p.verdict.speaker.is_some()
                || !referring.iter().any(|r| same(r) && overlaps(r))
        });
        places.extend(referring);
        places.sort_by_key(|p| (p.tokens.start, p.fact));
        if places.len() > MAX_FINDINGS {
            places.truncate(MAX_FINDINGS);
            let message = format!(
                "more than {MAX_FINDINGS} findings; those after sentence {} are not listed",
                places[MAX_FINDINGS - 1].sentence + 1
            );
            report.summary.warnings.push(FileWarning {
                file: file.clone(),
                warning: crate::text::Warning::new("size", message),
            });
        }
        report.findings.extend(
            places
                .into_iter()
                .map(|place| self.finding(document, place, primary.as_ref())),
        );
        report.summary.to_review.extend(
            outcome
                .reviews
                .iter()
                .map(|r| self.note(document, &outcome, r.fact, r.sentence, r.score, &r.missing)),
        );
    }

    /// The fact a denial or admission goes back to: the one whose slots it names, the one the text returns to most, the nearest.
    fn refer(
        &self,
        document: &Document,
        outcome: &Outcome,
        places: &[Place],
        counts: &HashMap<usize, usize>,
        reference: Reference,
    ) -> Option<Place> {
        // Places come in the order of sentences.
        let reach = if reference.anaphoric { BACK } else { NEAR };
        let ahead = if reference.anaphoric { 0 } else { AHEAD };
        let from = places.partition_point(|p| p.sentence + reach < reference.sentence);
        let to = places.partition_point(|p| p.sentence <= reference.sentence + ahead);
        let places = &places[from..to];
        let covered = |p: &&Place| {
            p.sentence == reference.sentence
                && p.verdict.status == reference.status
                && p.tokens.start < reference.tokens.end
                && reference.tokens.start < p.tokens.end
        };
        if places.iter().any(|p| covered(&p)) {
            return None;
        }
        let hits = &outcome.hits[reference.sentence];
        let phrases = self.matcher.phrases(document.language);
        let named = |fact: usize| {
            let inside = |h: &&Hit| reference.object.contains(&h.tokens.start) && !is_entity(h.phrase);
            (0..self.facts().list()[fact].slots.len())
                .filter(|slot| {
                    hits.iter()
                        .filter(inside)
                        .any(|h| phrases.slot(fact, *slot).binary_search(&h.phrase).is_ok())
                })
                .count()
        };
        // "Denied the affair with her driver" has words of its own, and shares one by chance at most.
        let own = reference.object.clone().filter(|t| {
            let told = || hits.iter().any(|hit| hit.tokens.contains(t));
            document.word(*t).is_content() && !told()
        });
        let own = own.count();
        let best = places
            .iter()
            .map(|p| {
                (
                    (
                        named(p.fact),
                        counts[&p.fact],
                        usize::MAX - reference.sentence.abs_diff(p.sentence),
                    ),
                    p,
                )
            })
            .filter(|((slots, ..), _)| reference.anaphoric || *slots > 1 || *slots == 1 && own <= OWN_WORDS)
            .max_by_key(|(rank, _)| *rank)?
            .1;
        let mut chain = reference.via;
        chain.extend(reference.speaker.clone());
        Some(Place {
            fact: best.fact,
            sentence: reference.sentence,
            tokens: reference.tokens,
            verdict: Verdict {
                status: reference.status,
                speaker: reference.speaker,
                chain,
                exposed: true,
                together: true,
                because: "it denies or admits what was reported",
            },
            found: None,
            extent: best.extent,
            missing: best.missing.clone(),
            confidence: REFERENCE,
        })
    }

    fn note(
        &self,
        document: &Document,
        outcome: &Outcome,
        fact: usize,
        sentence: usize,
        score: f64,
        missing: &[usize],
    ) -> Note {
        let span = span(document, document.sentences[sentence].tokens.clone());
        let slots = &self.facts().list()[fact].slots;
        let phrases = self.matcher.phrases(document.language);
        let fills =
            |hit: &&Hit| (0..slots.len()).any(|slot| phrases.slot(fact, slot).binary_search(&hit.phrase).is_ok());
        let taken: Vec<Range<usize>> = outcome.hits[sentence]
            .iter()
            .filter(fills)
            .map(|hit| hit.tokens.clone())
            .collect();
        Note {
            id: learning::id(&self.facts().list()[fact].id, &span.quote),
            candidates: match missing {
                [] => Vec::new(),
                _ => learning::candidates(document, sentence, &taken),
            },
            file: document.source.file.clone(),
            fact: self.facts().list()[fact].id.clone(),
            span,
            score: rounded(score),
            missing: missing.iter().map(|slot| slots[*slot].name.clone()).collect(),
        }
    }

    fn finding(&self, document: &Document, place: Place, primary: Option<&Speaker>) -> Finding {
        let fact = &self.facts().list()[place.fact];
        let mut chain: Vec<String> = place.verdict.chain.iter().map(|s| s.name.clone()).collect();
        // Unnamed people in a text that rests on an outlet spoke to that outlet.
        if let (Some(speaker), Some(primary)) = (&place.verdict.speaker, primary)
            && !speaker.named
            && chain.len() == 1
            && !chain.contains(&primary.name)
        {
            chain.insert(0, primary.name.clone());
        }
        let context = place
            .found
            .iter()
            .flat_map(|f| &f.context)
            .map(|(_, tokens)| span(document, tokens.clone()))
            .collect();
        Finding {
            file: document.source.file.clone(),
            entry: document.source.entry,
            fact: fact.id.clone(),
            version: fact.growth.version,
            aside: document.source.is_aside(&document.span(place.tokens.clone())),
            extent: place.extent,
            missing: place
                .missing
                .iter()
                .map(|slot| fact.slots[*slot].name.clone())
                .collect(),
            spans: vec![span(document, place.tokens)],
            context,
            speaker: place.verdict.speaker.map_or_else(|| ARTICLE.to_owned(), |s| s.name),
            chain,
            status: place.verdict.status,
            confidence: rounded(place.confidence),
            stage: place.found.map(|f| f.stage),
        }
    }
}

/// The clause around what was found: a person reads statements, not the words between two slots.
fn clause(document: &Document, attribution: &Attribution, sentence: usize, tokens: Range<usize>) -> Range<usize> {
    let bounds = &document.sentences[sentence].tokens;
    let heads = &attribution.cues[sentence];
    let ends = |t: usize| {
        document
            .gap(t)
            .contains([',', ';', ':', '(', ')', '—', '–', '"', '“', '”', '„', '«', '»'])
    };
    let quoted = |t: usize| heads.iter().any(|cue| cue.head.contains(&t));
    let (mut start, mut end) = (tokens.start, tokens.end);
    while start > bounds.start
        && tokens.start - start < CLAUSE
        && !ends(start - 1)
        && !quoted(start - 1)
        && !document.is(start - 1, Class::Subordinator)
    {
        start -= 1;
    }
    while end < bounds.end && end - tokens.end < CLAUSE && !ends(end - 1) && !quoted(end) {
        end += 1;
    }
    start..end
}

fn place(document: &Document, attribution: &Attribution, found: &Match, verdict: Verdict) -> Place {
    let known = if document.language == Language::Other {
        UNKNOWN_LANGUAGE
    } else {
        1.0
    };
    Place {
        fact: found.fact,
        sentence: found.sentence,
        tokens: clause(document, attribution, found.sentence, found.tokens()),
        extent: if found.missing.is_empty() && found.context.is_empty() && verdict.together {
            Extent::Full
        } else {
            Extent::Partial
        },
        missing: found.missing.clone(),
        confidence: found.score.min(1.0) * known,
        verdict,
        found: Some(found.clone()),
    }
}

fn span(document: &Document, tokens: Range<usize>) -> Span {
    let bytes = document.span(tokens);
    Span {
        start: bytes.start,
        end: bytes.end,
        quote: document.source.quote(bytes.clone()),
        page: document.source.page(bytes.start),
        part: document.source.part.clone(),
    }
}

/// Two digits: more would claim a precision the scores do not have.
fn rounded(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}

fn contradictions(findings: &[Finding]) -> Vec<Contradiction> {
    let mut by_fact: BTreeMap<&str, [BTreeSet<&str>; 3]> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| !finding.aside) {
        let place = match finding.status {
            Status::Denied => 0,
            Status::Confirmed => 1,
            Status::Asserted => 2,
            Status::Alleged => continue,
        };
        by_fact.entry(&finding.fact).or_default()[place].insert(&finding.speaker);
    }
    let list = |set: &BTreeSet<&str>| set.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    by_fact
        .into_iter()
        .filter(|(_, [denied, confirmed, asserted])| {
            denied
                .iter()
                .any(|one| confirmed.iter().chain(asserted).any(|other| one != other))
        })
        .map(|(fact, [denied, confirmed, asserted])| Contradiction {
            fact: fact.to_owned(),
            denied_by: list(&denied),
            confirmed_by: list(&confirmed),
            asserted_by: list(&asserted),
        })
        .collect()
}

fn appearances(mut order: Vec<(Option<jiff::Timestamp>, String, BTreeSet<String>)>) -> Vec<Appearance> {
    // Dated texts first, by date; the others stay in the order in which they were given.
    order.sort_by_key(|(published, ..)| published.map_or((true, jiff::Timestamp::MAX), |moment| (false, moment)));
    let mut found: BTreeMap<String, Appearance> = BTreeMap::new();
    for (published, file, facts) in order {
        for fact in facts {
            let fresh = || Appearance {
                fact: fact.clone(),
                first: file.clone(),
                published,
                files: Vec::new(),
            };
            let entry = found.entry(fact.clone()).or_insert_with(fresh);
            if entry.files.last() != Some(&file) {
                entry.files.push(file.clone());
            }
        }
    }
    found.into_values().collect()
}

impl Summary {
    /// Whether nothing at all was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.appearances.is_empty()
    }
}
