//! The report as one self-contained HTML page: spans highlighted beside the facts they disclose.
//!
//! No script, no remote content; everything that comes from a text is escaped and isolated (`<bdi>`), so that neither
//! mark-up nor text direction of a scanned page reaches the reader's.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::facts::Fact;
use crate::report::{Finding, Report};
use crate::text::Source;

/// Bytes of a text shown around its findings; the whole of an article, the head of a book.
const MAX_SHOWN: usize = 200_000;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}\
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top}\
mark{padding:.1em 0;background:#ffe58a}mark.denied{background:#cfe2ff}mark.alleged{background:#fff3cd}mark.confirmed{background:#ffb3b3}\
sup{font-size:.7em}header,footer{text-align:center;font-weight:700}.text{white-space:pre-wrap;border-left:4px solid #ddd;padding-left:1rem}\
@media print{body{max-width:none}}";

/// Writes the page. `sources` are the texts that were scanned; those without findings are only listed. `facts` are what
/// was looked for: their own words stand beside those that disclose them, so the page bears their `banner`.
#[must_use]
pub fn page(report: &Report, sources: &[Source], facts: &[Fact], banner: Option<&str>) -> String {
    let words: BTreeMap<&str, &str> = facts
        .iter()
        .map(|fact| (fact.id.as_str(), fact.text.as_str()))
        .collect();
    let banner = banner.map(isolated).unwrap_or_default();
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
<title>Disclosures</title><style>{STYLE}</style></head><body><header>{banner}</header><main><h1>Disclosures</h1>"
    );
    summary(&mut page, report);
    for source in sources {
        let findings: Vec<(usize, &Finding)> = report
            .findings
            .iter()
            .enumerate()
            .filter(|(_, f)| f.file == source.file && f.entry == source.entry)
            .collect();
        let _ = write!(page, "<section><h2>{}</h2>", isolated(&source.file));
        if let Some(title) = &source.title {
            let _ = write!(page, "<p>{}</p>", isolated(title));
        }
        if findings.is_empty() {
            page.push_str("<p>No protected fact was found.</p></section>");
            continue;
        }
        table(&mut page, &findings, &words);
        text(&mut page, source, &findings);
        page.push_str("</section>");
    }
    let _ = writeln!(page, "</main><footer>{banner}</footer></body></html>");
    page
}

// Writing to a string cannot fail, so the results of `write!` are dropped throughout.
fn summary(page: &mut String, report: &Report) {
    let summary = &report.summary;
    let _ = write!(
        page,
        "<p>{} findings for review; {} independent origins.</p><ul>",
        report.findings.len(),
        summary.independent_origins
    );
    for origin in &summary.origins {
        let _ = write!(
            page,
            "<li>Origin {}: {}</li>",
            isolated(&origin.name),
            list(&origin.files)
        );
    }
    for c in &summary.contradictions {
        let stated = if c.confirmed_by.is_empty() {
            &c.asserted_by
        } else {
            &c.confirmed_by
        };
        let _ = write!(
            page,
            "<li>Contradiction on {}: denied by {}, stated by {}</li>",
            isolated(&c.fact),
            list(&c.denied_by),
            list(stated)
        );
    }
    for seen in &summary.appearances {
        let day = seen
            .published
            .map_or(String::new(), |at| format!(" ({})", at.strftime("%Y-%m-%d")));
        let later = match seen.files.get(1..) {
            None | Some([]) => String::new(),
            Some(later) => format!(", then {}", list(later)),
        };
        let _ = write!(
            page,
            "<li>{} first in {}{day}{later}</li>",
            isolated(&seen.fact),
            isolated(&seen.first)
        );
    }
    for note in &summary.not_exposed {
        let _ = write!(
            page,
            "<li>Expressly not exposed, {} in {}: {}</li>",
            isolated(&note.fact),
            isolated(&note.file),
            isolated(&note.span.quote)
        );
    }
    for warning in &summary.warnings {
        let _ = write!(
            page,
            "<li>Warning {}: {}</li>",
            isolated(&warning.file),
            isolated(&warning.warning.message)
        );
    }
    page.push_str("</ul>");
}

fn table(page: &mut String, findings: &[(usize, &Finding)], words: &BTreeMap<&str, &str>) {
    page.push_str("<table><thead><tr><th>#</th><th>Fact</th><th>Extent</th><th>Status</th><th>Who says so</th><th>Confidence</th><th>Words</th></tr></thead><tbody>");
    for (number, finding) in findings {
        let missing = if finding.missing.is_empty() {
            String::new()
        } else {
            format!(", missing {}", list(&finding.missing))
        };
        let chain = if finding.chain.is_empty() {
            isolated(&finding.speaker)
        } else {
            finding
                .chain
                .iter()
                .map(|s| isolated(s))
                .collect::<Vec<_>>()
                .join(" → ")
        };
        let quotes: Vec<String> = finding.spans.iter().map(|s| isolated(&s.quote)).collect();
        let _ = write!(
            page,
            "<tr id=\"f{n}\"><td><a href=\"#s{n}\">{n}</a></td><td>{}<br>{}</td><td>{}{missing}</td><td>{}</td><td>{chain}</td><td>{:.0} %</td><td>{}</td></tr>",
            isolated(&finding.fact),
            isolated(words.get(finding.fact.as_str()).copied().unwrap_or_default()),
            format!("{:?}", finding.extent).to_lowercase(),
            format!("{:?}", finding.status).to_lowercase(),
            finding.confidence * 100.0,
            quotes.join(" … "),
            n = number + 1,
        );
    }
    page.push_str("</tbody></table>");
}

/// The text with its spans marked. Spans overlap freely, so the text is cut where any of them begins or ends.
fn text(page: &mut String, source: &Source, findings: &[(usize, &Finding)]) {
    let shown = source.original.len().min(MAX_SHOWN);
    let mut cuts: BTreeMap<usize, ()> = BTreeMap::from([(0, ()), (shown, ())]);
    for span in findings.iter().flat_map(|(_, f)| &f.spans) {
        cuts.extend([(span.start.min(shown), ()), (span.end.min(shown), ())]);
    }
    let cuts: Vec<usize> = cuts.into_keys().collect();
    page.push_str("<div class=\"text\">");
    for pair in cuts.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        let inside: Vec<&(usize, &Finding)> = findings
            .iter()
            .filter(|(_, f)| f.spans.iter().any(|s| s.start <= start && end <= s.end))
            .collect();
        let quote = isolated(&source.quote(start..end));
        let Some((_, first)) = inside.first() else {
            page.push_str(&quote);
            continue;
        };
        let _ = write!(
            page,
            "<mark class=\"{}\">{quote}",
            format!("{:?}", first.status).to_lowercase()
        );
        for (number, finding) in inside {
            if finding.spans.iter().any(|s| s.end == end) {
                let _ = write!(
                    page,
                    "<sup id=\"s{n}\"><a href=\"#f{n}\">{} {n}</a></sup>",
                    isolated(&finding.fact),
                    n = number + 1
                );
            }
        }
        page.push_str("</mark>");
    }
    if shown < source.original.len() {
        let _ = write!(page, "<p>The text goes on; its first {shown} bytes are shown.</p>");
    }
    page.push_str("</div>");
}

fn list(items: &[String]) -> String {
    items.iter().map(|item| isolated(item)).collect::<Vec<_>>().join(", ")
}

/// Escaped for element content and attributes, in a direction of its own. Controls that could still act are shown.
fn isolated(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 12);
    safe.push_str("<bdi>");
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(c),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(safe, "[U+{:04X}]", u32::from(c));
            }
            c if c.is_control() => safe.push('\u{FFFD}'),
            c => safe.push(c),
        }
    }
    safe.push_str("</bdi>");
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;
    use crate::text::read_bytes;

    #[test]
    fn nothing_of_a_text_acts_in_the_page() {
        let facts = Facts::parse(r#"[{"id":"<img src=x>","slots":[{"name":"a","any":["vault"],"mandatory":true},{"name":"b","any":["code"]}]}]"#).expect("valid");
        let hostile = "The vault <script>alert(1)</script> has a \u{202E}code\u{202C} & \"more\".";
        let sources = read_bytes("a\" onload=\"x.txt", hostile.as_bytes()).expect("text");
        let list = facts.list().to_vec();
        let report = crate::Scanner::new(facts).scan(sources.clone());
        assert_eq!(report.findings.len(), 1);
        let page = page(&report, &sources, &list, Some("SECRET<script>"));
        for forbidden in ["<script", "<img", "onload=\"x", "\u{202E}"] {
            assert!(!page.contains(forbidden), "{forbidden} in {page}");
        }
        assert!(page.contains("<mark") && page.contains("[U+202E]"));
    }
}
