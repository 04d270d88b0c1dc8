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
