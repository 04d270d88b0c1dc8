//! From bytes to text: byte-order mark, declared charset, UTF-8, and windows-1252 where UTF-8 fails.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::{MappedText, Warning};

/// How far into a file a declaration of its charset is looked for: browsers use 1024 bytes (WHATWG HTML §13.2.3.2).
const DECLARATION_WINDOW: usize = 1024;

/// Decodes a whole file, each character mapped to the bytes it was decoded from; with it the encoding that the file names, or that
/// it was read in.
pub(super) fn decode(bytes: &[u8], warnings: &mut Vec<Warning>) -> (MappedText, &'static Encoding) {
    let (named, skip) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (Some(encoding), length),
        None => (declared(bytes), 0),
    };
    let encoding = named.unwrap_or_else(|| guess(bytes));
    let body = &bytes[skip..];
    let text = if encoding == UTF_8 {
        decode_utf8(body, skip, warnings)
    } else {
        decode_stepwise(encoding, body, skip, warnings)
    };
    (text, encoding)
}

fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(DECLARATION_WINDOW)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    if !head.trim_start().starts_with('<') {
        return None;
    }
    let label = ["charset=", "encoding="].iter().find_map(|key| head.split_once(key))?.1;
    let label: String = label
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_:".contains(*c))
        .collect();
    let encoding = Encoding::for_label(label.as_bytes())?;
    // A page that could be read far enough to find the declaration is not in UTF-16, whatever it says.
    if encoding.is_ascii_compatible() {
        Some(encoding)
    } else {
        Some(UTF_8)
    }
}

/// UTF-8 unless broken sequences outnumber whole ones.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let (mut whole, mut broken) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().bytes().filter(|b| *b >= 0xC0).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if broken > whole { WINDOWS_1252 } else { UTF_8 }
}

fn decode_utf8(bytes: &[u8], offset: usize, warnings: &mut Vec<Warning>) -> MappedText {
    let mut mapped = MappedText::default();
    let (mut at, mut broken) = (offset, 0usize);
    for chunk in bytes.utf8_chunks() {
        mapped.push_linear(chunk.valid(), at);
        at += chunk.valid().len();
        let bad = chunk.invalid().len();
        if bad > 0 {
            mapped.push_whole("\u{FFFD}", at..at + bad);
            at += bad;
            broken += 1;
        }
    }
    if broken > 0 {
        warnings.push(Warning::new(
            "encoding",
            format!("{broken} byte sequences are not UTF-8 and were replaced by U+FFFD"),
        ));
    }
    mapped
}

/// One byte at a time, so that every character is tied to exactly the bytes that produced it.
fn decode_stepwise(
    encoding: &'static Encoding,
    bytes: &[u8],
    offset: usize,
    warnings: &mut Vec<Warning>,
) -> MappedText {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut mapped = MappedText::default();
    let mut started = 0;
    let mut replaced = false;
    let mut buffer = String::with_capacity(16);
    for at in 0..bytes.len() {
        let last = at + 1 == bytes.len();
        let (_, _, errors) = decoder.decode_to_string(&bytes[at..=at], &mut buffer, last);
        replaced |= errors;
        if !buffer.is_empty() {
            mapped.push_whole(&buffer, offset + started..offset + at + 1);
            started = at + 1;
            buffer.clear();
        }
    }
    warnings.push(Warning::new("encoding", format!("read as {}", encoding.name())));
    if replaced {
        warnings.push(Warning::new(
            "encoding",
            format!("some bytes are not {} and were replaced by U+FFFD", encoding.name()),
        ));
    }
    mapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_keeps_exact_offsets() {
        let utf16: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain("né".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        for (bytes, text, of_e) in [
            ("né".as_bytes().to_vec(), "né", 1..3),
            (b"n\xe9".to_vec(), "né", 1..2),
            (b"\xEF\xBB\xBFn\xc3\xa9".to_vec(), "né", 4..6),
            (utf16, "né", 4..6),
        ] {
            let mapped = decode(&bytes, &mut Vec::new());
            assert_eq!(mapped.0.as_str(), text, "{bytes:?}");
            assert_eq!(mapped.0.origin(1..3), of_e, "{bytes:?}");
        }
    }

    #[test]
    fn mixed_encodings_are_replaced_and_said() {
        let mut warnings = Vec::new();
        let mapped = decode(b"caf\xc3\xa9 na\xc3\xafve \xe9 end", &mut warnings);
        assert_eq!(mapped.0.as_str(), "café naïve \u{FFFD} end");
        assert_eq!(warnings.len(), 1);
    }
}
