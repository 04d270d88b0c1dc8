//! What each command is called in the table of roles, for whoever is signed in. What may be done is decided in the core; here
//! stands only which row a command asks.

use Needs::{Act, Nothing, Passphrase};

/// What somebody who is signed in needs for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A role that may do this. Each command that it gives is checked by itself as well.
    Act(&'static str),
    /// Nothing: it shows nothing that is kept here, or the core checks what it does.
    Nothing,
    /// The party's passphrase: it shows or changes what is not any one person's.
    Passphrase,
}

const NEEDS: &[(&str, Needs)] = &[
    ("party add", Act("set-party")),
    ("party list", Act("see-partners")),
    ("party contact", Act("set-contact")),
    ("party contacts", Act("see-partners")),
    ("party export", Act("see-partners")),
    ("party rotate", Passphrase),
    ("party compromised", Act("set-party")),
    // Whether it takes the one who gives roles or the one who clears depends on what is changed.
    ("person add", Nothing),
    ("person deputy", Act("set-deputy")),
    ("person deputies", Act("see-people")),
    ("person enable", Act("enable-person")),
    ("person disable", Act("set-person")),
    ("person list", Act("see-people")),
    ("audience set", Act("set-audience")),
    ("audience list", Act("set-audience")),
    ("arrangement add", Act("set-arrangement")),
    ("arrangement accept", Act("set-arrangement")),
    ("arrangement narrow", Act("set-arrangement")),
    ("arrangement suspend", Act("set-arrangement")),
    ("arrangement resume", Act("set-arrangement")),
    ("arrangement end", Act("set-arrangement")),
    ("arrangement list", Act("see-partners")),
    ("arrangement show", Act("see-partners")),
    ("arrangement export", Act("see-partners")),
    ("marking check", Nothing),
    ("marking rollup", Nothing),
    ("marking explain", Nothing),
    ("marking schemes", Nothing),
    ("marking convert", Nothing),
    ("marking spif-validate", Nothing),
    ("marking spif-display", Nothing),
    ("marking spif-access", Nothing),
    ("marking spif-translate", Nothing),
    ("scheme add", Act("set-scheme")),
    ("scheme list", Act("see-own-work")),
    ("scheme show", Act("see-own-work")),
    ("scheme export", Act("see-own-work")),
    ("scheme remove", Act("set-scheme")),
    ("register set", Act("set-scheme")),
    ("register show", Act("set-scheme")),
    ("register remove", Act("set-scheme")),
    ("report add", Act("add-report")),
    ("report show", Act("read")),
    ("report list", Act("read")),
    ("report distribute", Act("distribute")),
    ("report dependents", Passphrase),
    ("report hold", Act("hold")),
    ("report resume", Act("hold")),
    ("report holders", Passphrase),
    ("report give-up", Act("give-up-copy")),
    ("report withdraw", Act("withdraw-report")),
    ("rule set", Act("set-rule")),
    ("rule check", Nothing),
    ("rule list", Act("set-rule")),
    ("rule show", Act("set-rule")),
    ("rule remove", Act("set-rule")),
    ("rule schema", Nothing),
    ("decide", Act("record-decision")),
    ("request open", Act("open-request")),
    ("request retract", Act("open-request")),
    ("request list", Act("see-requests")),
    ("request show", Act("see-requests")),
    ("consent grant", Act("grant")),
    ("consent refuse", Act("refuse")),
    ("consent substitute", Act("substitute")),
    ("consent withdraw", Act("withdraw-consent")),
    ("consent list", Act("see-requests")),
    ("consent export", Act("see-requests")),
    ("consent accept", Act("say-of-consent")),
    ("consent counter", Act("say-of-consent")),
    ("consent renew", Act("change-consent")),
    ("consent narrow", Act("change-consent")),
    ("consent check", Passphrase),
    ("override add", Act("override")),
    ("override list", Passphrase),
    ("disclosure add", Act("disclose")),
    ("disclosure list", Passphrase),
    ("brief new", Act("brief")),
    ("brief show", Act("brief")),
    ("brief list", Passphrase),
    ("brief record", Act("disclose")),
    ("incident open", Act("incident")),
    ("incident list", Act("see-cases")),
    ("incident show", Act("see-cases")),
    ("incident evidence", Act("incident")),
    ("incident add", Act("incident")),
    ("incident member", Act("incident")),
    ("incident assign", Act("incident")),
    ("incident done", Act("incident")),
    ("incident respond", Act("incident")),
    ("incident contain", Act("incident")),
    ("incident notify", Act("incident")),
    ("incident finding", Act("incident")),
    ("incident relabel", Act("incident")),
    ("incident reply", Act("incident")),
    ("incident assess", Act("incident")),
    ("incident lesson", Act("incident")),
    ("incident close", Act("incident")),
    ("incident acknowledge", Act("incident")),
    ("assure", Passphrase),
    ("recall order", Act("recall")),
    ("recall lift", Act("recall")),
    ("recall acknowledge", Act("recall")),
    ("recall list", Passphrase),
    ("release", Act("release")),
    ("embargo set", Act("release")),
    ("embargo move", Act("release")),
    ("embargo end", Act("release")),
    ("embargo list", Passphrase),
    ("pending list", Act("second-release")),
    ("pending show", Act("second-release")),
    ("pending approve", Act("second-release")),
    ("pending decline", Act("second-release")),
    ("todo", Act("see-own-work")),
    ("receipt export", Act("deliver")),
    ("deliver", Act("deliver")),
    ("receive", Act("exchange-files")),
    ("outbox list", Act("exchange-files")),
    ("outbox send", Act("exchange-files")),
    ("ledger verify", Act("see-ledger")),
    ("ledger prove", Passphrase),
    ("ledger log", Act("see-ledger")),
    ("ledger publish", Act("exchange-files")),
    ("ledger reconcile", Passphrase),
    ("facts set", Act("set-facts")),
    ("source protect", Act("protect-source")),
    ("source list", Act("protect-source")),
    ("source show", Passphrase),
    ("source measure", Passphrase),
    ("source answer", Act("answer-exposure")),
    ("source release", Act("release-source")),
    ("exposure measure", Nothing),
    ("watch scan", Act("read")),
    ("watch explain", Act("read")),
    ("watch check-draft", Act("brief")),
    ("watch confirm", Act("disclose")),
    ("watch facts", Nothing),
    ("watch propose", Nothing),
    ("watch hide", Nothing),
    ("partner list", Act("see-partners")),
    ("partner invite", Act("set-party")),
    ("partner accept", Act("set-party")),
    ("account invite", Act("set-roles")),
    ("account list", Act("see-people")),
    ("account roles", Nothing),
    // One's own; another's takes giving roles, which the core asks.
    ("account access", Act("see-own-work")),
    ("account end", Act("see-own-work")),
    ("account end-access", Act("see-own-work")),
    // In one's own name, and nobody else's.
    ("account token", Act("see-own-work")),
    ("account end-token", Act("see-own-work")),
    ("login", Nothing),
    ("logout", Nothing),
    ("demo", Nothing),
    ("completions", Nothing),
    ("man", Nothing),
];

/// What somebody who is signed in needs for the command of this name. What is not listed takes the passphrase.
pub(crate) fn needs(command: &str) -> Needs {
    let listed = NEEDS.iter().find(|(name, _)| *name == command);
    listed.map_or(Passphrase, |(_, needs)| *needs)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::*;

    fn leaves(command: &clap::Command, name: &str, all: &mut BTreeSet<String>) {
        let mut below = command
            .get_subcommands()
            .filter(|sub| sub.get_name() != "help")
            .peekable();
        if below.peek().is_none() || !command.is_subcommand_required_set() {
            all.insert(name.to_owned());
        }
        for sub in below {
            leaves(sub, format!("{name} {}", sub.get_name()).trim(), all);
        }
    }

    #[test]
    fn every_line_is_a_command_and_every_row_it_asks_is_in_the_table() {
        let mut commands = BTreeSet::new();
        leaves(&crate::command::Cli::command(), "", &mut commands);
        let rows: BTreeSet<&str> = entente_core::actor::acts().collect();
        let strange: Vec<&str> = NEEDS
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !commands.contains(*name))
            .collect();
        assert!(strange.is_empty(), "no commands: {strange:?}");
        for (name, needs) in NEEDS {
            if let Act(row) = needs {
                assert!(rows.contains(row), "`{name}` asks `{row}`");
            }
        }
        assert_eq!(needs("store export"), Passphrase);
        assert_eq!(needs("no such command"), Passphrase);
    }
}
