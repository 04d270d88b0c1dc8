//! Input made to exhaust, mislead or crash a scan: bounded time, a clear word on what was cut, and no miss.
#![allow(missing_docs)]

use std::io::Write as _;
use std::time::{Duration, Instant};

use entente_watch::facts::{Facts, salted};
use entente_watch::report::Report;
use entente_watch::text::{TextError, read, read_bytes};
use entente_watch::{Scanner, Status};

/// Debug builds on a busy machine; a release build takes a tenth.
const PATIENCE: Duration = Duration::from_secs(120);

fn scanner() -> Scanner {
    Scanner::new(
        Facts::parse(
            r#"[{"id":"gate","text":"The north gate is held by two guards only.","slots":[
                {"name":"gate","any":["north gate"],"mandatory":true},{"name":"guards","any":["guard*","sentr*"]}]},
               {"id":"name","values":["Operation Lanthorn"]}]"#,
        )
        .expect("valid facts"),
    )
}

fn scan(file: &str, bytes: &[u8]) -> Report {
    let began = Instant::now();
    let report = scanner().scan(read_bytes(file, bytes).expect("readable"));
    assert!(began.elapsed() < PATIENCE, "{file} took {:?}", began.elapsed());
    report
}

#[test]
fn disguised_letters_are_seen_through() {
    for text in [
        "The nοrth gаte has two guаrds.",                       // Greek omicron, Cyrillic a
        "The n\u{200B}orth ga\u{AD}te has two gu\u{2060}ards.", // zero-width, soft hyphen
        "The \u{202E}north gate\u{202C} has two guards.",       // direction override
        "The ｎｏｒｔｈ ｇａｔｅ has two guards.",              // full width
        "The north\u{A0}gate has two guards.",                  // no-break space
        "The NORTH GATE HAS TWO GUARDS.",
        "The north-gate has two guards.",
    ] {
        let report = scan("t.txt", text.as_bytes());
        assert_eq!(report.findings.len(), 1, "{text}");
        let span = &report.findings[0].spans[0];
        assert_eq!(&text[span.start..span.end], span.quote, "{text}");
    }
}

#[test]
fn mixed_encodings_lose_nothing_else() {
    let mut bytes = b"caf\xe9 r\xe9sum\xe9. ".to_vec();
    bytes.extend("Café – the north gate has two guards.".as_bytes());
    bytes.extend(b" \xff\xfe\xfd end");
    let report = scan("t.txt", &bytes);
    assert_eq!(report.findings.len(), 1);
    let span = &report.findings[0].spans[0];
    // Most of what is not ASCII is windows-1252, so that is how it is read and quoted.
    let quoted = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes[span.start..span.end]);
    assert_eq!(quoted.0, span.quote);
    assert!(
        report.summary.warnings.iter().any(|w| w.warning.about == "encoding"),
        "{:?}",
        report.summary.warnings
    );
}

#[test]
fn an_endless_line_is_cut_and_said() {
    let began = Instant::now();
    let endless = std::io::repeat(b'x').take_lines();
    let report = scanner().scan(read("endless.txt", endless).expect("readable"));
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    assert!(report.summary.warnings.iter().any(|w| w.warning.about == "size"));
}

/// A gigabyte of one line, without holding it.
trait TakeLines: std::io::Read + Sized {
    fn take_lines(self) -> std::io::Take<Self> {
        self.take(1 << 30)
    }
}
impl<R: std::io::Read> TakeLines for R {}

#[test]
fn a_megabyte_of_near_matches_stays_bounded() {
    let near = "north gate guard north gate sentry gate north ".repeat(25_000);
    let report = scan("near.txt", near.as_bytes());
    assert!(
        (1..=5_000).contains(&report.findings.len()),
        "{}",
        report.findings.len()
    );
    let quotes = "\"said \"“ «denied» that he said ".repeat(20_000);
    scan("quotes.txt", quotes.as_bytes());
    let commas = "a, b, ".repeat(60_000);
    scan("commas.txt", commas.as_bytes());
}

#[test]
fn html_without_end_or_bottom() {
    let deep = format!("{}<p>The north gate has two guards.", "<b><div>".repeat(200_000));
    assert_eq!(scan("deep.html", deep.as_bytes()).findings.len(), 1);
    let broken = "<html><p>The north gate has <b two guards & guards &#xfffffff; &bogus; <!-- ";
    scan("broken.html", broken.as_bytes());
    let comment = format!("<!-- {} --><p>The north gate has two guards.", "<".repeat(1_000_000));
    assert_eq!(scan("comment.html", comment.as_bytes()).findings.len(), 1);
}

/// A one-page PDF around a content stream.
fn pdf(stream: &[u8], filter: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    let head = format!("<</Length {}{filter}>>stream\n", stream.len());
    let objects: [Vec<u8>; 5] = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_vec(),
        [head.as_bytes(), stream, b"\nendstream"].concat(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_vec(),
    ];
    for (number, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        writeln!(file, "{} 0 obj", number + 1).expect("memory");
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    writeln!(file, "xref\n0 6\n0000000000 65535 f ").expect("memory");
    for offset in offsets {
        writeln!(file, "{offset:010} 00000 n ").expect("memory");
    }
    write!(file, "trailer<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF").expect("memory");
    file
}

#[test]
fn a_pdf_is_read_with_its_page() {
    let file = pdf(
        b"BT /F1 12 Tf 50 700 Td (The north gate has two guards at night.) Tj ET",
        "",
    );
    let report = scan("page.pdf", &file);
    assert_eq!(report.findings.len(), 1, "{:?}", report.summary.warnings);
    assert_eq!(report.findings[0].spans[0].page, Some(1));
}

#[test]
fn a_pdf_that_inflates_without_end_is_stopped_and_said() {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let chunk = vec![b' '; 1 << 20];
    for _ in 0..200 {
        encoder.write_all(&chunk).expect("memory");
    }
    let bomb = encoder.finish().expect("memory");
    assert!(bomb.len() < 1 << 20);
    let report = scan("bomb.pdf", &pdf(&bomb, "/Filter/FlateDecode"));
    assert!(
        report
            .summary
            .warnings
            .iter()
            .any(|w| w.warning.about == "pdf" && w.warning.message.contains("page 1")),
        "{:?}",
        report.summary.warnings
    );
}

#[test]
fn malformed_pdfs_are_errors_with_a_remedy() {
    let whole = pdf(b"BT (x) Tj ET", "");
    for cut in [9, 40, whole.len() / 2, whole.len() - 40] {
        match read_bytes("cut.pdf", &whole[..cut]) {
            Err(TextError::Pdf(_)) => {}
            Ok(sources) => assert!(sources[0].warnings.iter().any(|w| w.about == "pdf")),
            Err(other) => panic!("{other}"),
        }
    }
    let error = read_bytes("x.pdf", b"%PDF-1.7 nothing")
        .expect_err("no PDF")
        .to_string();
    assert!(error.contains("save it as text"), "{error}");
}

#[test]
fn hidden_values_are_found_without_standing_in_the_file() {
    let facts = serde_json::json!([{"id": "h", "values": [salted("pepper", "Operation Lanthorn")]}]).to_string();
    assert!(!facts.contains("anthorn"));
    let scanner = Scanner::new(Facts::parse(&facts).expect("valid"));
    let report = scanner.scan(read_bytes("t.txt", b"It was called operation \"Lanthorn\", he said.").expect("text"));
    assert_eq!(report.findings.len(), 1);
    assert!(report.findings[0].spans[0].quote.contains("Lanthorn"));
}

#[test]
fn what_was_expressly_withheld_is_no_disclosure() {
    for (text, found) in [
        ("He did not reveal that the north gate has two guards.", false),
        ("How many guards the north gate has was not disclosed.", false),
        (
            "The mayor declined to comment on whether the north gate has two guards.",
            false,
        ),
        ("The north gate has two guards.", true),
        ("It is no secret that the north gate has two guards.", true),
    ] {
        assert_eq!(!scan("t.txt", text.as_bytes()).findings.is_empty(), found, "{text}");
    }
}

#[test]
fn stance_in_five_languages() {
    let facts = r#"[{"id":"gate","slots":[
        {"name":"gate","any":["gate","porte","Tor","puerta","brama","bramy","bramę"],"mandatory":true},
        {"name":"guards","any":["guard","garde","gardes","Wachen","Wache","guardia","guardias","strażników","strażnicy","strażnika"]}]}]"#;
    let scanner = Scanner::new(Facts::parse(facts).expect("valid"));
    for (text, status, speaker) in [
        (
            "The mayor Ada Moss denied that the gate has two guards during the night.",
            Status::Denied,
            "Ada Moss",
        ),
        (
            "Selon la mairie de la ville, la porte est tenue par deux gardes pendant la nuit.",
            Status::Asserted,
            "la mairie",
        ),
        (
            "Le ministre Paul Rives a démenti que la porte soit tenue par deux gardes.",
            Status::Denied,
            "Paul Rives",
        ),
        (
            "Der Minister Karl Voss bestätigte, dass das Tor von zwei Wachen gehalten wird.",
            Status::Confirmed,
            "Karl Voss",
        ),
        (
            "El ministro Luis Prado negó que la puerta tenga dos guardias durante la noche.",
            Status::Denied,
            "Luis Prado",
        ),
        (
            "Minister Jan Nowak zaprzeczył, że brama ma tylko dwóch strażników w nocy.",
            Status::Denied,
            "Jan Nowak",
        ),
    ] {
        let report = scanner.scan(read_bytes("t.txt", text.as_bytes()).expect("text"));
        let got: Vec<_> = report.findings.iter().map(|f| (f.status, f.speaker.as_str())).collect();
        assert!(
            got.iter()
                .any(|(s, who)| *s == status && (who.contains(speaker) || speaker == "la mairie")),
            "{text}\n got {got:?}"
        );
    }
}

#[test]
fn a_feed_of_thousands_of_the_same_stays_bounded() {
    let item = r#"{"id":"1","content_text":"The depot at the quay, the Harbour Courier wrote, holds drums of nerve gas in a hall."}"#;
    let feed = format!(
        r#"{{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{}]}}"#,
        vec![item; 3_000].join(",")
    );
    let sources = read_bytes("feed.json", feed.as_bytes()).expect("a feed");
    assert_eq!(sources.len(), 3_000);
    let report = scanner().scan(sources);
    assert!(
        report.summary.independent_origins <= 1,
        "{}",
        report.summary.independent_origins
    );
}

#[test]
fn text_without_spaces() {
    let facts = r#"[{"id":"gate","slots":[{"name":"gate","any":["北門"],"mandatory":true},{"name":"guards","any":["警備員"]}]}]"#;
    let scanner = Scanner::new(Facts::parse(facts).expect("valid"));
    let text = "市によると北門には警備員が二人しかいない。";
    let report = scanner.scan(read_bytes("t.txt", text.as_bytes()).expect("text"));
    assert_eq!(report.findings.len(), 1);
    let span = &report.findings[0].spans[0];
    assert_eq!(&text[span.start..span.end], span.quote);
    assert!(report.summary.warnings.iter().any(|w| w.warning.about == "language"));
}

/// The tokenizer calls itself from one quoted attribute to the next: 60,000 of them took the stack, and with it the program.
#[test]
fn a_tag_of_very_many_attributes_takes_no_stack_and_hides_nothing() {
    for attribute in ["a=\"\" ", "b='' ", "c=d ", "e ", "f=\"&amp;\"/"] {
        for before in ["", "<!-- <p -->", "<p>first</p>", "<script>x</script>"] {
            let tag = format!("<p {}>", attribute.repeat(60_000));
            let page = format!("{before}{tag}The north gate has two guards.</p>");
            let page = page.clone();
            // The stack of a thread of a server.
            let scanned = std::thread::spawn(move || scan("t.html", page.as_bytes()));
            let report = scanned.join().expect("no panic");
            assert_eq!(report.findings.len(), 1, "{attribute} {before}");
            let warnings = &report.summary.warnings;
            let warned = warnings
                .iter()
                .any(|warned| warned.warning.message.contains("256 attributes"));
            assert!(warned, "{warnings:?}");
        }
    }
}
