//! The texts that explanations quote, each kept once.

use std::collections::HashMap;

/// The index of an interned text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Symbol(pub(crate) u32);

/// The texts that explanations quote.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    texts: Vec<String>,
    known: HashMap<String, Symbol>,
}

impl Names {
    pub(crate) fn intern(&mut self, text: &str) -> Symbol {
        if let Some(symbol) = self.known.get(text) {
            return *symbol;
        }
        let symbol = Symbol(u32::try_from(self.texts.len()).expect("fewer than 2^32 names fit in memory"));
        self.texts.push(text.to_owned());
        self.known.insert(text.to_owned(), symbol);
        symbol
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.texts.len()).expect("every name got a number of 32 bits")
    }

    /// The text of a symbol; the symbol counted from the end of these names where it is not one of them.
    pub(crate) fn text(&self, symbol: Symbol) -> Result<&str, Symbol> {
        let text = self.texts.get(symbol.0 as usize).map(String::as_str);
        text.ok_or_else(|| Symbol(symbol.0.saturating_sub(self.len())))
    }
}
