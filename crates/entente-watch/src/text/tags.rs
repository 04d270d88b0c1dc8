//! A bound on the attributes of one tag.
//!
//! The tokenizer goes on from one quoted attribute to the next by calling itself, so a tag of very many of them would take the
//! whole stack, and with it the program. Its text ends for it where a tag has too many.

use std::cell::Cell;
use std::convert::Infallible;
use std::rc::Rc;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Emitter, ForwardingEmitter, Readable, Reader, StringReader, Token};

/// The most attributes of one tag; pages of people have a few dozen at most.
pub(super) const MAX_ATTRIBUTES: usize = 256;

/// A reader and an emitter of `source`, and whether they have stopped before its end.
pub(super) fn bounded(source: &str) -> (Bounded<'_>, Counting, Rc<Cell<bool>>) {
    let stopped = Rc::new(Cell::new(false));
    let mut inner = DefaultEmitter::new_with_span();
    inner.naively_switch_states(true);
    let reader = Bounded {
        inner: source.to_reader(),
        stopped: stopped.clone(),
    };
    let emitter = Counting {
        inner,
        attributes: 0,
        stopped: stopped.clone(),
    };
    (reader, emitter, stopped)
}

/// A text that ends where a tag has too many attributes.
pub(super) struct Bounded<'s> {
    inner: StringReader<'s>,
    stopped: Rc<Cell<bool>>,
}

impl Reader for Bounded<'_> {
    type Error = Infallible;

    fn read_byte(&mut self) -> Result<Option<u8>, Infallible> {
        match self.stopped.get() {
            true => Ok(None),
            false => self.inner.read_byte(),
        }
    }

    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Infallible> {
        match self.stopped.get() {
            true => Ok(false),
            false => self.inner.try_read_string(text, case_sensitive),
        }
    }

    fn read_until<'b>(&'b mut self, needle: &[u8], buffer: &'b mut [u8; 4]) -> Result<Option<&'b [u8]>, Infallible> {
        match self.stopped.get() {
            true => Ok(None),
            false => self.inner.read_until(needle, buffer),
        }
    }
}

/// Counts the attributes of each tag.
pub(super) struct Counting {
    inner: DefaultEmitter<usize>,
    attributes: usize,
    stopped: Rc<Cell<bool>>,
}

impl ForwardingEmitter for Counting {
    type Token = Token<usize>;

    fn inner(&mut self) -> &mut impl Emitter<Token = Self::Token> {
        &mut self.inner
    }

    fn init_start_tag(&mut self) {
        self.attributes = 0;
        Emitter::init_start_tag(&mut self.inner);
    }

    fn init_end_tag(&mut self) {
        self.attributes = 0;
        Emitter::init_end_tag(&mut self.inner);
    }

    fn init_attribute(&mut self) {
        self.attributes += 1;
        if self.attributes > MAX_ATTRIBUTES {
            self.stopped.set(true);
        }
        Emitter::init_attribute(&mut self.inner);
    }
}
