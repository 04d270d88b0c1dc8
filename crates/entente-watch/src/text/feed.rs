//! RSS, Atom and JSON Feed: each entry is a text of its own.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Extract, MappedText, Warning, html};

/// Feeds of the press carry tens of entries, archives some thousands.
const MAX_ENTRIES: usize = 10_000;
/// Feeds nest five deep; anything far beyond is made to exhaust a reader.
const MAX_DEPTH: usize = 64;

/// Elements that hold what a reader sees (RSS 2.0, RFC 4287, `content:encoded` of the RSS content module).
const BODY: [&str; 5] = ["title", "description", "summary", "content", "encoded"];

/// The entries of an RSS or Atom feed.
pub(super) fn extract_xml(source: &str, warnings: &mut Vec<Warning>) -> Vec<Extract> {
    let mut reader = Reader::from_str(source);
    reader.config_mut().check_end_names = false;
    let mut entries = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut entry: Option<Extract> = None;
    let mut field = MappedText::default();
    loop {
        let from = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                warnings.push(Warning::new(
                    "feed",
                    format!("not well-formed at byte {from}: {error}; what stands after it was not read"),
                ));
                break;
            }
        };
        let to = usize::try_from(reader.buffer_position())
            .unwrap_or(usize::MAX)
            .min(source.len());
        let name = path.last().map_or("", String::as_str);
        match event {
            Event::Start(tag) => {
                let local = tag.local_name().as_ref().to_owned();
                if path.len() == MAX_DEPTH || entries.len() == MAX_ENTRIES {
                    warnings.push(Warning::new("feed", format!("deeper than {MAX_DEPTH} or more than {MAX_ENTRIES} entries at byte {from}; the rest was not read")));
                    break;
                }
                if local == "item" || local == "entry" {
                    entry = Some(Extract::default());
                }
                path.push(local);
            }
            Event::End(_) => {
                if let Some(entry) = &mut entry {
                    close_field(name, &field, source, entry);
                }
                if matches!(name, "item" | "entry") {
                    entries.extend(entry.take());
                }
                field = MappedText::default();
                path.pop();
            }
            Event::Text(_) | Event::GeneralRef(_) => html::unescape(&source[from..to], from, &mut field),
            Event::CData(data) => {
                // `<![CDATA[` is nine bytes long.
                let inner = from + 9;
                field.push_linear(&source[inner..inner + data.len()], inner);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    entries.extend(entry);
    entries
}

fn close_field(name: &str, field: &MappedText, source: &str, entry: &mut Extract) {
    let value = field.as_str().trim();
    match name {
        _ if value.is_empty() => {}
        "pubDate" | "published" | "updated" | "date" => {
            entry.published.get_or_insert_with(|| value.to_owned());
        }
        _ if BODY.contains(&name) => {
            if name == "title" {
                entry.title = Some(value.to_owned());
            }
            let page = html::extract(field.as_str(), &mut Vec::new());
            entry.text.append_through(&page.text, field);
            let end = field
                .origin(field.as_str().len()..field.as_str().len())
                .start
                .min(source.len());
            entry.text.push_whole("\n\n", end..end);
        }
        _ => {}
    }
}

#[derive(Deserialize)]
struct JsonFeed<'a> {
    #[serde(borrow, default)]
    items: Vec<JsonEntry<'a>>,
}

#[derive(Deserialize)]
struct JsonEntry<'a> {
    #[serde(borrow)]
    title: Option<&'a RawValue>,
    #[serde(borrow)]
    content_html: Option<&'a RawValue>,
    #[serde(borrow)]
    content_text: Option<&'a RawValue>,
    #[serde(borrow)]
    summary: Option<&'a RawValue>,
    date_published: Option<String>,
}

/// The entries of a JSON Feed (version 1.1); `None` where the text is not one.
pub(super) fn extract_json(source: &str) -> Option<Vec<Extract>> {
    let feed: JsonFeed<'_> = serde_json::from_str(source).ok()?;
    let entries = feed.items.iter().take(MAX_ENTRIES).map(|item| {
        let mut entry = Extract {
            published: item.date_published.clone(),
            ..Extract::default()
        };
        let fields = [
            (item.title, false),
            (item.content_html, true),
            (item.content_text, false),
            (item.summary, false),
        ];
        for (raw, is_html) in fields
            .into_iter()
            .filter_map(|(raw, is_html)| Some((raw?.get(), is_html)))
        {
            let from = raw.as_ptr().addr() - source.as_ptr().addr();
            let Some(field) = json_string(raw, from) else { continue };
            if item.title.is_some_and(|title| std::ptr::eq(title.get(), raw)) {
                entry.title = Some(field.as_str().to_owned());
            }
            let end = from + raw.len();
            if is_html {
                let page = html::extract(field.as_str(), &mut Vec::new());
                entry.text.append_through(&page.text, &field);
            } else {
                let whole = MappedText::identity(field.as_str(), 0);
                entry.text.append_through(&whole, &field);
            }
            entry.text.push_whole("\n\n", end..end);
        }
        entry
    });
    Some(entries.collect())
}

/// Decodes a JSON string literal that stands at `from`, escape by escape (RFC 8259 §7).
fn json_string(raw: &str, from: usize) -> Option<MappedText> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    let base = from + 1;
    let mut mapped = MappedText::default();
    let mut at = 0;
    while let Some(next) = inner[at..].find('\\') {
        mapped.push_linear(&inner[at..at + next], base + at);
        let start = at + next;
        let mut length = if inner.as_bytes().get(start + 1) == Some(&b'u') {
            6
        } else {
            2
        };
        let pair = inner.get(start + 6..start + 8) == Some("\\u");
        let decoded =
            serde_json::from_str::<String>(&format!("\"{}\"", inner.get(start..start + length)?)).or_else(|error| {
                if !pair {
                    return Err(error);
                }
                length = 12;
                serde_json::from_str(&format!("\"{}\"", inner.get(start..start + 12).unwrap_or_default()))
            });
        mapped.push_whole(
            &decoded.unwrap_or_else(|_| "\u{FFFD}".into()),
            base + start..base + start + length,
        );
        at = start + length;
    }
    mapped.push_linear(&inner[at..], base + at);
    Some(mapped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_bomb_expands_to_nothing() {
        let source = r#"<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel><item><title>&b;&b; plot</title></item></channel></rss>"#;
        let entries = extract_xml(source, &mut Vec::new());
        assert_eq!(entries.len(), 1);
        assert!(entries[0].text.as_str().len() < 64, "{:?}", entries[0].text.as_str());
    }

    #[test]
    fn entries_map_to_the_bytes_of_the_feed() {
        let xml = r"<rss><channel><title>Desk</title><item><title>One</title><description>&lt;p&gt;The &amp;eacute;lite&lt;/p&gt;</description><pubDate>Tue, 02 Jan 2029 10:00:00 GMT</pubDate></item><item><description><![CDATA[<b>Two</b> words]]></description></item></channel></rss>";
        let entries = extract_xml(xml, &mut Vec::new());
        assert_eq!(entries.len(), 2);
        let text = &entries[0].text;
        let at = text.as_str().find("élite").expect("decoded twice");
        assert_eq!(&xml[text.origin(at..at + 6)], "&amp;eacute;lite");
        let two = &entries[1].text;
        let at = two.as_str().find("words").expect("from CDATA");
        assert_eq!(&xml[two.origin(at..at + 5)], "words");
        let json = r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"title":"Caf\u00e9","content_text":"a \"plot\" \ud83d\ude00 here"}]}"#;
        let entries = extract_json(json).expect("a feed");
        assert_eq!(entries[0].title.as_deref(), Some("Café"));
        let text = &entries[0].text;
        let at = text.as_str().find("here").expect("after the escapes");
        assert_eq!(&json[text.origin(at..at + 4)], "here");
        assert!(text.as_str().contains("\"plot\" 😀"));
    }
}
