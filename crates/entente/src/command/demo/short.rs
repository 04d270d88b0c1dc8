//! The short form of the story: of each step only what matters most.

use std::io::IsTerminal;

use crate::output;

/// What is shown of a command's answer.
struct Kept {
    /// The command, by its first words.
    command: &'static str,
    /// Lines that hold one of these, or end with it where a `$` follows; none means all.
    lines: &'static [&'static str],
    /// At most so many.
    most: usize,
}

impl Kept {
    /// The lines of an answer that are shown.
    fn of<'s>(&self, said: &'s str) -> Vec<&'s str> {
        let holds = |line: &str, word: &str| match word.strip_suffix('$') {
            Some(end) => line.ends_with(end),
            None => line.contains(word),
        };
        let lines = said.lines().map(str::trim_end).filter(|line| !line.trim().is_empty());
        let wanted = |line: &&str| self.lines.is_empty() || self.lines.iter().any(|word| holds(line, word));
        lines.filter(wanted).take(self.most).collect()
    }
}

const fn kept(command: &'static str, lines: &'static [&'static str], most: usize) -> Kept {
    Kept { command, lines, most }
}

/// The steps that carry the story.
const KEPT: &[Kept] = &[
    kept("init", &["fingerprint"], 1),
    kept("report add", &["banner:"], 1),
    kept("deliver", &["error:", "delivered", "for "], 1),
    kept("report show", &["("], 3),
    kept(
        "decide",
        &["portion", "the audience may", "the audience", "(", "refused"],
        8,
    ),
    kept("request open", &["asks"], 1),
    kept("consent substitute", &[], 1),
    kept("consent refuse", &[], 1),
    kept("brief show", &["**"], 2),
    kept("override add", &["lawful:", "permitted"], 2),
    kept("disclosure list", &[], 2),
    kept("incident open", &["is open", "ALERT"], 2),
    kept("incident show", &["error:"], 1),
    kept("incident notify", &[], 1),
    kept("watch confirm", &["asserted", "denied", "confirmed"], 3),
    kept("source show", &[":$", "candidate fits", "candidates fit", "→"], 9),
    kept("arrangement suspend", &["is suspended"], 1),
    kept("recall list", &[], 2),
    kept("incident close", &["error:", "is closed"], 1),
    kept("assure", &["events are shown", "ok:", "TAMPERED", "finding:"], 3),
    kept("ledger verify", &["ok:", "TAMPERED", "→"], 2),
];

/// Shows what matters of a step.
pub(super) fn step(arguments: &[&str], typed: &str, said: &str) {
    let name = arguments.iter().take(2).copied().collect::<Vec<_>>().join(" ");
    let kept = KEPT.iter().find(|kept| begins_with(&name, kept.command));
    let lines = kept.map_or(Vec::new(), |kept| kept.of(said));
    if !lines.is_empty() {
        output::line(format!("  {}", dim(typed)));
    }
    for line in lines {
        output::line(format!("      {}", bold(line)));
    }
}

fn begins_with(name: &str, command: &str) -> bool {
    name == command || name.strip_prefix(command).is_some_and(|rest| rest.starts_with(' '))
}

/// Whether the reader sits at a terminal that shows weights (<https://no-color.org>).
fn weights() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty())
}

fn bold(text: &str) -> String {
    match weights() {
        true => format!("\x1b[1m{text}\x1b[0m"),
        false => text.to_owned(),
    }
}

fn dim(text: &str) -> String {
    match weights() {
        true => format!("\x1b[2m{text}\x1b[0m"),
        false => text.to_owned(),
    }
}
