//! The text of a PDF, page by page. Bytes of a PDF are compressed, so spans count in the extracted text.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use lopdf::{Document, LoadOptions};

use super::{Extract, MappedText, TextError, Warning};

/// What one stream may decompress to: a page of text is some kilobytes, 8 MiB leaves room for the largest drawings.
const MAX_STREAM_BYTES: usize = 8 << 20;
/// What all pages may give: the size of a long book.
const MAX_TEXT_BYTES: usize = 8 << 20;
/// Pages read before the rest is cut.
const MAX_PAGES: usize = 2_000;
/// Time given to one file; a press PDF takes milliseconds.
const MAX_TIME: Duration = Duration::from_secs(20);

/// The pages of a PDF: `pages` holds the offset in the text at which each begins.
pub(super) fn extract(bytes: &[u8], warnings: &mut Vec<Warning>) -> Result<Extract, TextError> {
    let owned = bytes.to_vec();
    let (sender, receiver) = mpsc::channel();
    // Away from the caller, so that a parser caught in a loop or a panic costs one file and not the scan.
    std::thread::spawn(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| read(&owned)));
        // The receiver may have given up waiting; then nobody wants the outcome.
        let _ = sender.send(outcome.unwrap_or_else(|_| Err("the PDF library failed on it".into())));
    });
    let (text, pages, mut said) = receiver
        .recv_timeout(MAX_TIME)
        .map_err(|_| TextError::Pdf(format!("not read within {} s", MAX_TIME.as_secs())))?
        .map_err(TextError::Pdf)?;
    warnings.append(&mut said);
    warnings.push(Warning::new(
        "pdf",
        "offsets count bytes of the extracted text, with the page; a PDF's own bytes are compressed".into(),
    ));
    Ok(Extract {
        text: MappedText::identity(&text, 0),
        pages,
        ..Extract::default()
    })
}

type Pages = (String, Vec<usize>, Vec<Warning>);

fn read(bytes: &[u8]) -> Result<Pages, String> {
    let began = Instant::now();
    let options = LoadOptions {
        max_decompressed_size: Some(MAX_STREAM_BYTES),
        ..LoadOptions::default()
    };
    let document = Document::load_mem_with_options(bytes, options).map_err(|error| error.to_string())?;
    if document.is_encrypted() {
        return Err("it is encrypted".into());
    }
    let (mut text, mut pages, mut warnings) = (String::new(), Vec::new(), Vec::new());
    let numbers: Vec<u32> = document.get_pages().into_keys().collect();
    for (index, number) in numbers.iter().enumerate() {
        if index == MAX_PAGES || text.len() > MAX_TEXT_BYTES || began.elapsed() > MAX_TIME / 2 {
            warnings.push(Warning::new(
                "pdf",
                format!("pages from {number} on were not read (more than a scan allows)"),
            ));
            break;
        }
        pages.push(text.len());
        match document.extract_text_with_limit(&[*number], MAX_STREAM_BYTES) {
            Ok(page) => text.push_str(&page),
            Err(error) => warnings.push(Warning::new("pdf", format!("page {number} could not be read: {error}"))),
        }
        text.push_str("\n\n");
    }
    if text.trim().is_empty() {
        warnings.push(Warning::new(
            "pdf",
            "no text on any page; a scanned page needs text recognition first".into(),
        ));
    }
    Ok((text, pages, warnings))
}
