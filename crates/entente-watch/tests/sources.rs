//! Texts within other files: where they are read, and what is said of those that are not.
#![allow(missing_docs)]

use std::io::Write as _;

use entente_watch::Scanner;
use entente_watch::facts::Facts;
use entente_watch::report::Report;
use entente_watch::text::{TextError, read_bytes};

fn scan(file: &str, bytes: &[u8]) -> Report {
    let facts = r#"[{"id":"f","slots":[{"name":"gate","any":["north gate"],"mandatory":true},{"name":"guards","any":["guards"]}]}]"#;
    Scanner::new(Facts::parse(facts).expect("valid")).scan(read_bytes(file, bytes).expect(file))
}

fn found(file: &str, bytes: &[u8], part: &str) {
    let report = scan(file, bytes);
    assert_eq!(report.findings.len(), 1, "{file}: {report:?}");
    let span = &report.findings[0].spans[0];
    assert_eq!(span.part.as_deref(), Some(part), "{file}");
    assert!(span.quote.contains("guards"), "{file}: {}", span.quote);
    assert_eq!(report.findings[0].file, file);
}

const MAIL: &str = "From: a@example.org\r\nTo: b@example.org\r\nSubject: Gate\r\nDate: Mon, 5 May 2031 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello.\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nVGhlIG5vcnRoIGdhdGUgaGFzIHR3byBndWFyZHMu\r\n--b--\r\n";

#[test]
fn r4_mail_is_read_part_by_part() {
    found("m.eml", MAIL.as_bytes(), "2");
    let quoted = "From: a@example.org\nSubject: Gate\nMessage-ID: <1@example.org>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nThe north g=\nate has two guards.\n";
    found("m.eml", quoted.as_bytes(), "1");
    let mailbox = format!(
        "From a@example.org Mon May  5 10:00:00 2031\n{quoted}\nFrom b@example.org Mon May  5 11:00:00 2031\nFrom: b@example.org\nSubject: No\nMessage-ID: <2@example.org>\n\nNothing here.\n"
    );
    found("all.mbox", mailbox.as_bytes(), "message 1/1");
}

fn zipped(name: &str, xml: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive
        .start_file(name, zip::write::SimpleFileOptions::default())
        .expect("a file");
    archive.write_all(xml.as_bytes()).expect("written");
    archive.finish().expect("an archive").into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("written");
    packed.finish().expect("packed")
}

#[test]
fn r4_office_files_compressed_files_and_web_archives_are_read() {
    let word = "<?xml version=\"1.0\"?><w:document><w:body><w:p><w:r><w:t>The north ga</w:t></w:r><w:r><w:t>te has two guards.</w:t></w:r></w:p></w:body></w:document>";
    found("d.docx", &zipped("word/document.xml", word), "word/document.xml");
    let odt = "<office:document-content><office:body><office:text><text:p>The north <text:span>gate</text:span> has two guards.</text:p></office:text></office:body></office:document-content>";
    found("d.odt", &zipped("content.xml", odt), "content.xml");
    found("page.txt.gz", &gzipped(b"The north gate has two guards."), "page.txt");
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><p>The north gate has two guards.</p></html>";
    let warc = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/\r\nContent-Length: {}\r\n\r\n{page}\r\n\r\n",
        page.len()
    );
    found("crawl.warc", warc.as_bytes(), "https://example.org/");
}

#[test]
fn what_cannot_be_opened_is_refused_with_a_word() {
    let other = zipped("sheet.xml", "<x/>");
    let bomb = gzipped(&vec![b'a'; 100 << 20]);
    let cut = &gzipped(b"The north gate has two guards.")[..20];
    for (file, bytes, word) in [
        ("a.zip", other.as_slice(), "docx"),
        ("bomb.gz", bomb.as_slice(), "more than"),
        ("cut.gz", cut, "unpacked"),
    ] {
        let error = read_bytes(file, bytes).expect_err(file);
        assert!(matches!(error, TextError::Packed(_)), "{file}: {error}");
        assert!(error.to_string().contains(word), "{file}: {error}");
    }
}

#[test]
fn r5_what_stands_beside_the_text_of_a_page_is_marked() {
    let story =
        "The committee met for the third time this week and heard two witnesses behind closed doors. ".repeat(8);
    let page = |main: &str, beside: &str| {
        format!(
            "<html><head><title>Committee meets</title></head><body><nav><a href=/>Home</a> <a href=/w>World</a></nav>
            <main><article><h1>Committee meets</h1><p>{story}</p><p>{main} {story}</p></article></main>
            <aside><h2>Read more</h2><ul><li><a href=/x>{beside}</a></li><li><a href=/y>Weather for Sunday</a></li></ul></aside>
            <footer>We use cookies.</footer></body></html>"
        )
    };
    let told = "Officials said the north gate has two guards.";
    for (main, beside, aside) in [(told, "Harbour fair opens", false), ("The hall was full.", told, true)] {
        let page = page(main, beside);
        let report = scan("p.html", page.as_bytes());
        let got: Vec<bool> = report.findings.iter().map(|f| f.aside).collect();
        assert_eq!(got, [aside], "{main}, {beside}");
        assert_eq!(report.summary.appearances.is_empty(), aside);
        let span = &report.findings[0].spans[0];
        assert_eq!(&page[span.start..span.end], span.quote);
    }
}

/// Every text of a stream, and what could not be read.
fn streamed(file: &str, bytes: &[u8]) -> (Vec<entente_watch::text::Source>, Vec<TextError>) {
    let (mut texts, mut errors) = (Vec::new(), Vec::new());
    for text in entente_watch::text::pieces(file, bytes) {
        match text {
            Ok(text) => texts.push(text),
            Err(error) => errors.push(error),
        }
    }
    (texts, errors)
}

const TOLD: &str = "The north gate has two guards.";

#[test]
fn r1_what_cannot_be_read_is_named_and_stops_none_of_the_others() {
    let page = format!("<html><p>{TOLD}</p></html>");
    let half = &zipped("word/document.xml", "<w:document/>")[..40];
    for (file, bytes) in [
        ("broken.pdf", &b"%PDF-1.7\nnothing"[..]),
        ("broken.docx", half),
        ("program.bin", &b"\x7fELF\0\0\0\0"[..]),
        ("cut.gz", &gzipped(TOLD.as_bytes())[..12]),
    ] {
        let (_, errors) = streamed(file, bytes);
        assert_eq!(errors.len(), 1, "{file}");
        let said = errors[0].to_string();
        assert!(
            said.contains(';') || said.contains("give"),
            "{file}: no remedy in {said:?}"
        );
        let scanner = Scanner::new(Facts::parse(r#"[{"id":"f","values":["two guards"]}]"#).expect("valid"));
        let texts = [(file, bytes), ("page.html", page.as_bytes())];
        let report = scanner.scan(texts.into_iter().flat_map(|(file, bytes)| streamed(file, bytes).0));
        assert_eq!(report.findings.len(), 1, "{file}");
    }
}

#[test]
fn r2_what_stands_at_the_end_of_a_long_text_is_found_and_what_is_cut_is_said() {
    let facts = r#"[{"id":"f","slots":[{"name":"gate","any":["north gate"],"mandatory":true},{"name":"guards","any":["guards"]}]}]"#;
    let scanner = Scanner::new(Facts::parse(facts).expect("valid"));
    let filler = "The ferry left the harbour on time. ";
    let lines = "The ferry left the harbour on time.\r\n";
    let marked = [&b"\xEF\xBB\xBF"[..], lines.repeat(130_000).as_bytes(), TOLD.as_bytes()].concat();
    let wide: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(
            format!("{}{TOLD}", filler.repeat(60_000))
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    for (name, bytes) in [
        ("one line", format!("{}{TOLD}", filler.repeat(130_000)).into_bytes()),
        ("lines of two bytes' end, marked as UTF-8", marked),
        (
            "paragraphs",
            format!("{}{TOLD}", format!("{filler}\n\n").repeat(130_000)).into_bytes(),
        ),
        ("UTF-16", wide),
        (
            "packed",
            gzipped(format!("{}{TOLD}", filler.repeat(130_000)).as_bytes()),
        ),
    ] {
        let file = if name == "packed" { "t.txt.gz" } else { "t.txt" };
        let (texts, errors) = streamed(file, &bytes);
        assert!(errors.is_empty(), "{name}: {errors:?}");
        let report = scanner.scan(texts);
        assert_eq!(report.findings.len(), 1, "{name}");
        assert_eq!(report.findings[0].spans[0].quote, TOLD.trim_end_matches('.'), "{name}");
    }
    let page = format!("<html><body><p>{}</p></body></html>", "x".repeat(70 << 20));
    let (texts, errors) = streamed("long.html", page.as_bytes());
    assert!(texts.is_empty() && errors.len() == 1, "{errors:?}");
}

#[test]
fn r3_texts_in_other_encodings_are_quoted_as_read_and_counted_in_bytes() {
    let facts = r#"[{"id":"f","slots":[{"name":"gate","any":["brama*","porte nord","Nordtür","puerta señorial"],"mandatory":true},{"name":"guards","any":["straż*","gardés","Wächter","señores"]}]}]"#;
    let scanner = Scanner::new(Facts::parse(facts).expect("valid"));
    let little = |text: &str| -> Vec<u8> {
        let bytes = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xFF, 0xFE].into_iter().chain(bytes).collect()
    };
    let big = |text: &str| -> Vec<u8> {
        let bytes = text.encode_utf16().flat_map(u16::to_be_bytes);
        [0xFE, 0xFF].into_iter().chain(bytes).collect()
    };
    let declared = |charset: &str, text: &str| {
        let page = format!("<html><head><meta charset={charset}></head><body><p>{text}</p></body></html>");
        let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).expect("known");
        encoding.encode(&page).0.into_owned()
    };
    let pl = "Bramy pilnuje dwóch strażników, brama jest zamknięta.";
    let fr = "À la porte nord, deux gardés sont restés.";
    let de = "An der Nordtür stehen zwei Wächter.";
    let es = "La puerta señorial tiene dos señores.";
    for (file, text, bytes) in [
        ("little.txt", pl, little(pl)),
        ("big.txt", pl, big(pl)),
        ("page.html", pl, declared("iso-8859-2", pl)),
        ("page.html", pl, declared("windows-1250", pl)),
        ("page.html", fr, declared("windows-1252", fr)),
        (
            "page.html",
            de,
            little(&format!("<html><body><p>{de}</p></body></html>")),
        ),
        ("old.txt", de, encoding_rs::WINDOWS_1252.encode(de).0.into_owned()),
        ("old.txt", es, encoding_rs::WINDOWS_1252.encode(es).0.into_owned()),
    ] {
        let report = scanner.scan(streamed(file, &bytes).0);
        assert_eq!(report.findings.len(), 1, "{file}: {text}");
        let span = &report.findings[0].spans[0];
        let told = text.trim_end_matches('.');
        assert_eq!(span.quote, told, "{file}");
        let encoding = encoding_rs::Encoding::for_bom(&bytes).map_or_else(
            || {
                if file == "old.txt" {
                    encoding_rs::WINDOWS_1252
                } else {
                    declared_in(&bytes)
                }
            },
            |(encoding, _)| encoding,
        );
        assert_eq!(
            encoding.decode_without_bom_handling(&bytes[span.start..span.end]).0,
            told,
            "{file}"
        );
    }
}

fn declared_in(bytes: &[u8]) -> &'static encoding_rs::Encoding {
    let page = String::from_utf8_lossy(bytes);
    let label = page.split("charset=").nth(1).and_then(|rest| rest.split('>').next());
    label
        .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()))
        .expect("declared")
}

#[test]
fn r4_files_within_files_are_read_or_refused_with_a_word() {
    let head = "From: a@example.org\r\nTo: b@example.org\r\nSubject: Gate\r\nDate: Mon, 5 May 2031 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n";
    let page = format!(
        "{head}Content-Type: text/html; charset=iso-8859-2\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><body><p>The north g=\r\nate has two guards=2E</p></body></html>\r\n"
    );
    let forwarded = format!(
        "{head}Content-Type: multipart/mixed; boundary=\"o\"\r\n\r\n--o\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n{head}Content-Type: text/plain\r\n\r\n{TOLD}\r\n--o--\r\n"
    );
    let alternative = format!(
        "{head}Content-Type: multipart/alternative; boundary=\"o\"\r\n\r\n--o\r\nContent-Type: text/plain\r\n\r\nYour reader shows no pages.\r\n--o\r\nContent-Type: text/html\r\n\r\n<p>{TOLD}</p>\r\n--o--\r\n"
    );
    let encoded = format!(
        "{head}Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nRnJvbTogYUBleGFtcGxlLm9yZw0KTWVzc2FnZS1JRDogPDJAZXhhbXBsZS5vcmc+DQoNClRoZSBub3J0aCBnYXRlIGhhcyB0d28gZ3VhcmRzLg0K\r\n"
    );
    let nested = |times: usize| {
        let outer = format!("{head}Content-Type: message/rfc822\r\n\r\n").repeat(times);
        format!("{outer}{head}Content-Type: text/plain\r\n\r\n{TOLD}\r\n")
    };
    for (file, bytes) in [
        ("page.eml", page.clone().into_bytes()),
        ("forwarded.eml", forwarded.into_bytes()),
        ("alternative.eml", alternative.into_bytes()),
        ("encoded.eml", encoded.into_bytes()),
        ("nested.eml", nested(3).into_bytes()),
        ("packed.eml.gz", gzipped(page.as_bytes())),
        ("twice.txt.gz.gz", gzipped(&gzipped(TOLD.as_bytes()))),
    ] {
        let (texts, errors) = streamed(file, &bytes);
        assert!(errors.is_empty(), "{file}: {errors:?}");
        let facts = r#"[{"id":"f","slots":[{"name":"gate","any":["north gate"],"mandatory":true},{"name":"guards","any":["guards"]}]}]"#;
        let report = Scanner::new(Facts::parse(facts).expect("valid")).scan(texts);
        assert_eq!(report.findings.len(), 1, "{file}");
        assert!(report.findings[0].spans[0].part.is_some(), "{file}");
    }
    let deep = streamed("deep.eml", nested(40).as_bytes()).0;
    let said =
        |text: &entente_watch::text::Source| text.warnings.iter().any(|w| w.message.contains("packed in each other"));
    assert!(deep.iter().any(said), "{deep:?}");
    for (file, bytes) in [
        ("table.xlsx", zipped("xl/workbook.xml", "<x/>")),
        ("slides.pptx", zipped("ppt/presentation.xml", "<x/>")),
        ("old.doc", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0".to_vec()),
        ("packed.7z", b"7z\xBC\xAF\x27\x1C\0\x04".to_vec()),
    ] {
        let (texts, errors) = streamed(file, &bytes);
        assert!(texts.is_empty() && errors.len() == 1, "{file}: {errors:?}");
        assert!(errors[0].to_string().contains("give"), "{file}: {}", errors[0]);
    }
}
