//! A paper as Markdown: `CommonMark`, with the tables of GFM.

use crate::{Block, Paper};

/// Escapes everything that Markdown could take for mark-up; line breaks become spaces.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&'
        ) {
            out.push('\\');
        }
        out.push(if c.is_control() { '\u{FFFD}' } else { c });
    }
    // A line must not begin like a list, a quotation or a number.
    match out.chars().next() {
        Some('-' | '+' | '=') => format!("\\{out}"),
        Some(c) if c.is_ascii_digit() => {
            let digits = out.chars().take_while(char::is_ascii_digit).count();
            match out[digits..].starts_with(['.', ')']) {
                true => format!("{}\\{}", &out[..digits], &out[digits..]),
                false => out,
            }
        }
        _ => out,
    }
}

impl Paper {
    /// As Markdown, with the banner at head and foot.
    pub fn markdown(&self) -> String {
        let mut out = format!("**{}**\n\n# {}\n", plain(&self.banner), plain(&self.title));
        if let Some(notice) = &self.notice {
            out += &format!("\n**{}**\n", plain(notice));
        }
        for block in &self.blocks {
            match block {
                Block::Heading(text) => out += &format!("\n## {}\n", plain(text)),
                Block::Text(text) => out += &format!("\n{}\n", plain(text)),
                Block::Item { lead, text, notes } => {
                    out += &format!("\n- **{}** {}\n", plain(lead), plain(text));
                    for note in notes {
                        out += &format!("  - {}\n", plain(note));
                    }
                }
                Block::Table { head, rows } => {
                    let line = |cells: &[String]| {
                        let cells: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
                        format!("| {} |\n", cells.join(" | "))
                    };
                    out += &format!("\n{}|{}\n", line(head), "---|".repeat(head.len()));
                    rows.iter().for_each(|row| out += &line(row));
                }
            }
        }
        out + &format!("\n**{}**\n", plain(&self.banner))
    }
}
