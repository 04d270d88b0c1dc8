//! Plain text, mailboxes and web archives of any length, piece by piece: what is held in memory is one piece.

use std::collections::VecDeque;
use std::io::Read;

use super::units::Units;
use super::{Format, MAX_UNPACKED, Source, TextError, container, read_whole};

/// A piece: some hundred pages.
const PIECE: usize = 4 << 20;
/// How far back from its end a piece is cut at a paragraph or line.
const CUT: usize = 64 << 10;

/// The texts of a stream, one after the other: pieces of plain text, entries of a feed, parts of a message.
///
/// ```
/// use entente_watch::text::pieces;
/// let texts: Result<Vec<_>, _> = pieces("note.txt", &b"One line."[..]).collect();
/// assert_eq!(texts?.len(), 1);
/// # Ok::<(), entente_watch::text::TextError>(())
/// ```
pub fn pieces<R: Read>(file: &str, stream: R) -> Pieces<R> {
    Pieces {
        file: file.to_owned(),
        stream,
        buffer: Vec::new(),
        base: 0,
        state: State::New,
        units: None,
        ready: VecDeque::new(),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    New,
    Plain,
    Units,
    Done,
}

/// See [`pieces`].
#[derive(Debug)]
pub struct Pieces<R> {
    file: String,
    stream: R,
    buffer: Vec<u8>,
    base: usize,
    state: State,
    units: Option<Units>,
    ready: VecDeque<Source>,
}

impl<R: Read> Pieces<R> {
    fn fill(&mut self, limit: usize) -> Result<(), TextError> {
        let room = limit.saturating_sub(self.buffer.len());
        let room = u64::try_from(room).unwrap_or(u64::MAX);
        let read = (&mut self.stream).take(room).read_to_end(&mut self.buffer);
        read.map(|_| ()).map_err(|error| TextError::Io {
            file: self.file.clone(),
            error,
        })
    }

    fn begin(&mut self) -> Result<(), TextError> {
        self.fill(PIECE)?;
        let long = self.buffer.len() == PIECE;
        if let Some(kind) = container::units(&self.file, &self.buffer) {
            self.units = Some(Units::new(kind, std::mem::take(&mut self.buffer)));
            self.state = State::Units;
            return Ok(());
        }
        let unicode = encoding_rs::Encoding::for_bom(&self.buffer).is_none_or(|(e, _)| e == encoding_rs::UTF_8);
        let plain = long
            && unicode
            && Format::detect(&self.file, &self.buffer) == Format::Plain
            && !container::is(&self.file, &self.buffer);
        if plain {
            self.state = State::Plain;
            return Ok(());
        }
        self.state = State::Done;
        self.fill(MAX_UNPACKED + 1)?;
        if self.buffer.len() > MAX_UNPACKED {
            return Err(TextError::Packed(format!(
                "it is longer than {MAX_UNPACKED} bytes; split it"
            )));
        }
        let bytes = std::mem::take(&mut self.buffer);
        self.ready = read_whole(&self.file, &bytes, 0)?.into();
        Ok(())
    }

    fn unit(&mut self) -> Result<(), TextError> {
        let next = self
            .units
            .as_mut()
            .map(|units| units.next(&self.file, &mut self.stream, 0));
        match next.transpose()?.flatten() {
            Some(read) => self.ready.extend(read),
            None => self.state = State::Done,
        }
        Ok(())
    }

    fn piece(&mut self) -> Result<(), TextError> {
        self.fill(PIECE)?;
        let last = self.buffer.len() < PIECE;
        let end = if last { self.buffer.len() } else { cut(&self.buffer) };
        let rest = self.buffer.split_off(end);
        let piece = std::mem::replace(&mut self.buffer, rest);
        let base = self.base;
        self.base += piece.len();
        if last {
            self.state = State::Done;
        }
        for mut source in read_whole("piece.txt", &piece, usize::MAX)? {
            self.file.clone_into(&mut source.file);
            source.text.shift(base);
            source.base = base;
            self.ready.push_back(source);
        }
        Ok(())
    }
}

/// Where a piece ends: at a paragraph, a line, a word, else between two letters.
fn cut(bytes: &[u8]) -> usize {
    let from = bytes.len() - CUT.min(bytes.len());
    let tail = &bytes[from..];
    let paragraph = tail.windows(2).rposition(|w| w == b"\n\n").map(|at| at + 2);
    let line = || tail.iter().rposition(|b| *b == b'\n').map(|at| at + 1);
    let word = || tail.iter().rposition(|b| *b == b' ').map(|at| at + 1);
    let letter = || tail.iter().rposition(|b| b & 0xC0 != 0x80);
    from + paragraph
        .or_else(line)
        .or_else(word)
        .or_else(letter)
        .filter(|at| from + at > 0)
        .unwrap_or(tail.len())
}

impl<R: Read> Iterator for Pieces<R> {
    type Item = Result<Source, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(source) = self.ready.pop_front() {
                return Some(Ok(source));
            }
            let step = match self.state {
                State::New => self.begin(),
                State::Plain => self.piece(),
                State::Units => self.unit(),
                State::Done => return None,
            };
            if let Err(error) = step {
                self.state = State::Done;
                return Some(Err(error));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives as much as is asked for and remembers how much it gave.
    struct Endless<'a> {
        unit: &'a [u8],
        at: usize,
        left: usize,
    }

    impl Read for Endless<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let rest = &self.unit[self.at..];
            let length = rest.len().min(into.len()).min(self.left);
            into[..length].copy_from_slice(&rest[..length]);
            self.at = (self.at + length) % self.unit.len();
            self.left -= length;
            Ok(length)
        }
    }

    #[test]
    fn r2_mailboxes_and_archives_are_read_one_by_one() {
        let long = "The gate is shut.\nFrom here on it is dark.\n".repeat(2_000);
        let message = format!("From a@b\nFrom: a@b\nDate: Thu, 1 Jan 2026 00:00:00 +0000\nSubject: s\n\n{long}\n");
        let page = format!("<html><body><p>{long}</p></body></html>");
        let record = format!(
            "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: https://a.example/\r\nContent-Length: {}\r\n\r\n{page}\r\n\r\n",
            page.len()
        );
        for (file, unit) in [("m.mbox", message), ("a.warc", record)] {
            let count = 3 * PIECE / unit.len();
            let endless = Endless {
                unit: unit.as_bytes(),
                at: 0,
                left: count * unit.len(),
            };
            let mut texts = 0;
            for source in pieces(file, endless) {
                let source = source.expect("text");
                assert!(
                    source.text.as_str().contains("The gate is shut."),
                    "{file}: {:?}",
                    source.warnings
                );
                texts += 1;
            }
            assert_eq!(texts, count, "{file}");
        }
    }

    #[test]
    fn r2_what_is_too_long_or_broken_is_said_and_hides_nothing() {
        let long = "x".repeat(70 << 20);
        let record = |body: &str| {
            format!(
                "WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: {}\r\n\r\n{body}\r\n\r\n",
                body.len()
            )
        };
        let archive = [record("<p>first</p>"), record(&long), record("<p>last</p>")].concat();
        let message = |body: &str| format!("From a@b\nFrom: a@b\nDate: 1\nSubject: s\n\n{body}\n\n");
        let mailbox = [message("first"), message(&long), message("last")].concat();
        for (file, bytes) in [("a.warc", archive), ("m.mbox", mailbox)] {
            let texts: Vec<Source> = pieces(file, bytes.as_bytes()).map(|text| text.expect("text")).collect();
            let has = |word: &str| texts.iter().any(|text| text.text.as_str().contains(word));
            assert!(has("first") && has("last"), "{file}");
            let said = texts
                .iter()
                .filter(|text| text.warnings.iter().any(|w| w.about == "part"))
                .count();
            assert_eq!(said, 1, "{file}");
        }
    }

    #[test]
    fn r2_a_long_text_is_read_to_its_end_in_pieces() {
        let line = "The gate is closed at night, and nobody knows why it is.\n\n";
        let mut long = line.repeat(3 * PIECE / line.len());
        long.push_str("The end.");
        let mut read = 0;
        for source in pieces("long.txt", long.as_bytes()) {
            let source = source.expect("text");
            let text = source.text.as_str();
            assert!(text.len() <= PIECE);
            let at = text.rfind('.').expect("a stop");
            let span = source.text.origin(at..at + 1);
            assert_eq!(&long[span.clone()], ".");
            assert_eq!(source.quote(span.clone()), ".");
            read = span.end;
        }
        assert_eq!(read, long.len());
    }
}
