# What pages say in English. Each key stands in every file of this folder; `{$n}` is a number, `{$name}` a name or text of others.

## Around every page
skip = Skip to content
banner-top = Highest mark on this page
banner-foot = Highest mark on this page, repeated
banner-none = nothing marked on this page
nav-main = Main
nav-desk = Desk
nav-reports = Reports
nav-requests = Requests
nav-briefings = Briefings
nav-watch = Watch
nav-cases = Cases
nav-partners = Partners
nav-people = People
nav-ledger = Ledger
nav-write = Write
search-label = Search what you may know
search-hint = Search
search-button = Search
sign-out = sign out
printed = Made for { $name }, { $home }, { $moment }
language = Language
role-analyst = analyst
role-disclosure-officer = disclosure officer
role-override-authority = release authority
role-security-officer = security officer
role-source-handler = source handler
role-auditor = auditor
role-administrator = administrator
same-by-command = The same by command
same-by-command-colon = The same by command:
error-title = Error: { $name }

## Lists
list-filter = Only those with
list-filter-name = Filter { $name }
list-filter-button = Filter
list-none = { $n ->
    [one] the one there is does not fit
   *[other] none of { $n } fits
}
list-shown = { $first } to { $last } of { $n }
list-export = export what is listed:
list-table = { $name }, a table
list-pages = Pages of { $name }
list-before = Before
list-after = After

list-reports = reports
list-reports-id = Report
list-reports-title = Title
list-reports-from = From
list-reports-portions = Portions
list-reports-for = For
list-reports-standing = Standing
list-reports-empty = Ask whoever keeps a report’s distribution to put you on it.
list-requests = requests
list-requests-request = Request
list-requests-what = What
list-requests-from = From
list-requests-to = To
list-requests-purpose = What for
list-requests-opened = Opened
list-requests-needed = Needed by
list-requests-state = State
list-requests-empty = Nobody has asked yet. Ask originators on a report’s page, under “Who may be told?”.
list-second = proposals
list-second-id = Id
list-second-what = What
list-second-report = Report
list-second-by = Given by
list-second-given = Given, UTC
list-second-under = Asked for by
list-second-state = State
list-second-empty = Here stands what an arrangement lets nobody release, consent to or deliver alone, until a second person says yes or no.
list-people = people
list-people-person = Person
list-people-name = Name
list-people-account = Signs in as
list-people-roles = Roles
list-people-state = State
list-people-empty = Here stand the persons of this party. Register one with the command entente person add.
list-entries = entries
list-entries-entry = Entry
list-entries-when = When
list-entries-what = What
list-entries-who = Who
list-entries-empty = Here stands a line for whatever is recorded, from the first on.
list-partners = partners
list-partners-partner = Partner
list-partners-link = Link
list-partners-heard = Heard from
list-partners-confirmed = Confirmed
list-partners-waits = Waits
list-partners-unconfirmed = Unconfirmed
list-partners-refused = Not taken in
list-partners-kept = Kept here
list-partners-fingerprint = Fingerprint
list-partners-empty = Here stand the parties with whom this one shares. Add one with the command entente party add, and compare fingerprints by telephone.
list-arrangements = arrangements
list-arrangements-id = Arrangement
list-arrangements-title = Title
list-arrangements-parties = Parties
list-arrangements-state = State
list-arrangements-since = Since, UTC
list-arrangements-empty = Here stand the terms under which this party shares: record them below, or with the command entente arrangement add.
list-briefings = briefings
list-briefings-id = Briefing
list-briefings-prepared = Prepared, UTC
list-briefings-to = To
list-briefings-for = For
list-briefings-about = About
list-briefings-beyond = Said beyond it
list-briefings-empty = Here stand meetings that were prepared, the newest first.
list-cases = cases
list-cases-case = Case
list-cases-title = Title
list-cases-opened = Opened
list-cases-to_do = To do
list-cases-late = Late
list-cases-state = State
list-cases-empty = Here stand disclosures that nobody permitted, with their clocks. Open one with the command entente incident open.

## Clocks
clock-none = no end stated
clock-until = until
clock-since = since

## Nothing here, and what went wrong
nothing-title = Nothing here
nothing-head = There is nothing here for you.
nothing-lede = Either it does not exist, or it is not for you. This page is the same in both cases.
nothing-search = Search again
nothing-ask = If somebody gave you this address, ask that person whether you are on the distribution.
trouble-next = What to do
trouble-entitled = Nothing was done: this is not yours to do.
trouble-entitled-next = Ask somebody with the role to do it, or an administrator for the role.
trouble-refused = Nothing was done.
trouble-refused-next = Go back, change what is said above, and try again.
trouble-waits = This waits for a second person.
trouble-waits-next = It goes out once another person with the same role has looked at it and says yes, within 24 hours.
trouble-waits-link = What waits: { $name }
trouble-locked = Nothing was done: this node cannot sign.
trouble-locked-said = It was started without its passphrase. Reading goes on.
trouble-locked-next = Ask the operator to start it with the passphrase.
trouble-early = Not yet: this node has just started.
trouble-early-said = What lists are made of is still being read.
trouble-early-next = Try again in some seconds; single reports can be opened already.
trouble-broken = This did not work.
trouble-broken-said = The node failed while making this page. What was recorded before stands.
trouble-broken-next = Try again; if it fails again, tell the operator the time of this page.

## Desk
desk-title = Desk
desk-waiting = { $n ->
    [0] Nothing waits for you.
    [one] One thing waits for you.
   *[other] { $n } things wait for you.
}
desk-late = { $n ->
    [one] One is late.
   *[other] { $n } are late.
}
desk-waits = What waits for you
desk-order = late first, then what ends first
desk-empty = Here stands what your roles let you do, the one that ends first on top.
desk-wait-for = You wait for
desk-newest = Reports for you
desk-all = all
desk-none = None yet. Whoever keeps a distribution can put you on it.
desk-node = This node
desk-answer = Answer
desk-open-case = Open case
desk-acknowledge = Acknowledge
desk-see = See
desk-look = Look at it
desk-from = Request { $name } · from { $party } · { $facts }
desk-below = Granting all: a source of yours falls from { $before } candidates to { $after }, below its threshold.
desk-more-stages = { $n ->
    [one] One more stage of this case is to do.
   *[other] { $n } more stages of this case are to do.
}

## Reports
reports-title = Reports
reports-search = Search
reports-for-you = { $n ->
    [0] No report is for you.
    [one] One report is for you.
   *[other] { $n } reports are for you.
}
reports-fits = { $n ->
    [0] Nothing that is for you fits.
    [one] One report is for you.
   *[other] { $n } reports are for you.
}
reports-sought = What are you looking for?
reports-take-in = Take in a file
reports-search-label = Search ids, titles, marks and parties of what you may know
reports-found = Found
reports-yours = What you may read
reports-anything = anything

## Requests
requests-title = Requests
requests-waiting = { $n ->
    [0] Nobody waits for an answer of yours.
    [one] One request waits for an answer.
   *[other] { $n } requests wait for an answer.
}
requests-lede = Here stand the requests of partners to tell others what is yours, the one that ends first on top.
requests-consents-as-odrl = Consents that you may know of, as ODRL
requests-second = Second person
requests-to-answer = To answer
requests-more = the first { $shown }, and { $n } more in the list
requests-from = from
requests-all = All requests
requests-utc = moments in UTC
requests-state-open = to answer
requests-state-waits = waits
requests-state-done = answered
requests-no-purpose = no purpose stated
requests-persons = { $n ->
    [one] one person
   *[other] { $n } persons
}
requests-portions = { $n ->
    [one] one portion
   *[other] { $n } portions
}
requests-may = May { $persons } of { $parties } be told { $portions } of { $report }?

## Second person
second-title = Second person
second-waiting = { $n ->
    [0] Nothing waits for your yes.
    [one] One thing waits for a second person.
   *[other] { $n } things wait for a second person.
}
second-lede = Some arrangements let nobody release, consent or deliver alone. What one person gave goes out when another with the same role has seen what follows, and says yes within 24 hours.
second-all = What waits, and what was answered

## People and roles
people-title = People and roles
people-count = { $n ->
    [one] One person is registered here.
   *[other] { $n } persons are registered here.
}
people-lede = Roles say what somebody may do; clearances and accesses say what they may know. Nobody changes their own.
people-who = Who
people-may = Who may do what
people-roles-table = Roles, a table
people-what = What
people-yes = may
people-no-account = cannot sign in
people-off = switched off
person-signs-in = signs in as { $name }
person-code = A code for { $name }
person-code-says = Give it to them in person. They use it at /join within a week. It is shown once.
person-roles = Roles
person-roles-of = Roles of { $name }
person-roles-says = what they may do
person-then = It holds at once. Whoever loses a role loses what it lets them do, and keeps what they know.
person-change = Change roles
person-own = Nobody changes their own roles: another administrator does.
person-sign-in = Signing in
person-sign-in-says = With a code they make an account, or a new one.
person-give-code = Give a code

## Ledger
ledger-title = Ledger
ledger-size = { $n } entries.
ledger-all-signed = { $n } entries, all of them under a signed head.
ledger-signed = { $n } entries, { $signed } of them under a signed head.
ledger-lede = Every entry is a commitment: it proves what happened without saying it. Contents stand where whoever may know them reads them.
ledger-entries = Entries { $first } to { $last }
ledger-order = newest first, moments in UTC
ledger-newer = Newer entries
ledger-older = Older entries
ledger-others = Other entries
ledger-head = Signed head
ledger-log = log
ledger-head-size = size
ledger-root = root
ledger-unsigned = Nothing has been signed yet.
ledger-one = One entry
ledger-up-to = Up to entry
ledger-show = Show
ledger-proof = Its number leads to its proof.
ledger-without = Without this page
ledger-node = the node, or stated

## access
access-one-way-in-is-open-in = { $n ->
    [one] One way in is open in your name.
   *[other] { $n } ways in are open in your name.
}
access-tell-you-that-something-waits-end = tell you that something waits. End what you do not know. What is ended is out at once, and that is on record.
access-nobody-else-is-signed-in-and = Nobody else is signed in, and no program has a token.
access-ways-in-of-everybody-else-a = Ways in of everybody else, a table
access-sign-you-in-without-a-password = sign you in without a password;
access-your-ways-in-a-table = Your ways in, a table
access-what-can-be-done = What can be done
access-everybody-elses = Everybody else’s
access-not-known = not known
access-passkeys = Passkeys
access-ways-in = Ways in
access-notices = notices
access-whose = Whose
access-yours = Yours
access-from = From
access-of = , of
access-end = End

## arrangement
arrangement-one-party = { $n ->
    [one] one party
   *[other] { $n } parties
}
arrangement-a-release-consent-or-delivery-takes = a release, consent or delivery takes the yes of a second person
arrangement-until-then-nobody-here-reads-what = until then nobody here reads what came under them
arrangement-the-other-parties-are-told-and = the other parties are told, and are bound as well
arrangement-only-persons-on-a-reports-distribution = only persons on a report’s distribution
arrangement-who-signed-the-log-behind-an = who signed the log behind an assurance
arrangement-all-of-them-where-none-is = all of them where none is ticked
arrangement-show-what-suspending-stops = Show what suspending stops
arrangement-to-nobody-without-consent = to nobody without consent
arrangement-the-other-parties-read-it = the other parties read it
arrangement-show-what-accepting-does = Show what accepting does
arrangement-as-odrl = The terms as ODRL
arrangement-show-what-they-stop-with = show what they stop with
arrangement-what-is-agreed-a-table = What is agreed, a table
arrangement-only-for-these-purposes = Only for these purposes
arrangement-utc-such-as-2026-12-31 = UTC, such as 2026-12-31
arrangement-show-what-resuming-does = Show what resuming does
arrangement-if-you-narrow-them-so = If you narrow them so:
arrangement-show-what-ending-stops = Show what ending stops
arrangement-if-you-accept-them = If you accept them:
arrangement-accept-these-terms = Accept these terms
arrangement-make-them-stricter = Make them stricter
arrangement-says-of-its-state = says of its state:
arrangement-who-confirmed-it = Who confirmed it
arrangement-what-is-agreed = What is agreed
arrangement-to-its-parties = to its parties
arrangement-suspend-or-end = Suspend or end
arrangement-resume-or-end = Resume or end
arrangement-these-terms = ✓ these terms
arrangement-other-terms = ✕ other terms
arrangement-no-word-yet = ? no word yet
arrangement-arrangements = Arrangements
arrangement-accept-them = Accept them
arrangement-narrow-them = Narrow them
arrangement-passing-on = Passing on
arrangement-witnesses = Witnesses
arrangement-as-it-is = as it is
arrangement-agreed = Agreed
arrangement-clause = Clause
arrangement-since = Since
arrangement-about = About

## arrangements
arrangements-all-parties-have-agreed-on-terms = all parties have agreed on terms that are laxer than those recorded here
arrangements-as-an-arrangement-file-has-them = as an arrangement file has them; its keys stand in the user guide
arrangements-of-several-that-bind-the-same = Of several that bind the same text, the stricter term wins.
arrangements-every-party-records-the-same = every party records the same
arrangements-nothing-was-recorded = Nothing was recorded.
arrangements-if-you-record-them = If you record them:
arrangements-arrangements = · arrangements
arrangements-arrangements-2 = Arrangements
arrangements-record-terms = Record terms
arrangements-record-them = Record them
arrangements-the-terms = The terms
arrangements-partners = Partners

## audience
audience-every-originator-whose-word-is-missing = { $n ->
    [one] every originator whose word is missing gets one request about its own portions, for one person. It learns for whom and what for.
   *[other] every originator whose word is missing gets one request about its own portions, for { $n } persons. It learns for whom and what for.
}
audience-why = Why { $name }
audience-for-the-first-step-that-fails = for { $name }. The first step that fails decides; the others are what would come next.
audience-eight-steps-in-this-order-state = Eight steps, in this order: state, clearance and access, release list, originator’s control, need to know, purpose, own rules, source exposure.
audience-the-worst-answer-decides-for-all = The worst answer decides for all. Choose a cell to see why. Only portions that you may know yourself stand here.
audience-party-name-with-spaces-between-of = PARTY/NAME, with spaces between; of outsiders nothing is known but the party
audience-who-may-know-what-a-table = Who may know what, a table
audience-the-originators-read-it = the originators read it
audience-ask-every-originator = Ask every originator
audience-ask-the-originators = Ask the originators
audience-a-defined-audience = A defined audience
audience-who-may-know-what = Who may know what
audience-how-it-is-decided = How it is decided
audience-after-the-matrix = After the matrix
audience-could-change-it = could change it
audience-if-you-ask = If you ask:
audience-purpose = · purpose:
audience-authority = authority
audience-audience = Audience
audience-token = token
audience-all = All

## became
became-and-more = and { $n } more
became-what-the-file-has-that-a = What the file has that a report has not, a table
became-what-the-file-has-that-a-2 = What the file has that a report has not
became-what-becomes-of-the-file-a = What becomes of the file, a table
became-title = Title
became-of = Of

## bind
bind-the-node-of = The node of { $name }
bind-says-who-you-are-there-once = { $name } says who you are there. Once, a code of an administrator of { $other } says who you are here; from then on the button alone signs you in.
bind-who-are-you-here = Who are you here?
bind-not-signed-in = Not signed in.

## briefing
briefing-both-papers-are-valid-at = ✓ Both papers are valid at { $name }.
briefing-they-end-at-once-when-a = They end at once when a consent is withdrawn or a report recalled; look again before the meeting.
briefing-something-that-could-be-said-when = Something that could be said when this was prepared cannot be said any more. Prepare it again.
briefing-the-originators-are-told-what-was = The originators are told what was said to whom. It cannot be taken back.
briefing-utc-permission-is-judged-at-that = UTC; permission is judged at that moment; now where nothing stands
briefing-where-it-was-said-without-permission = where it was said without permission, and is held to be lawful
briefing-both-papers-are-void = ✕ Both papers are void.
briefing-asked-and-not-answered = Asked, and not answered
briefing-paper-for-the-speaker = Paper for the speaker
briefing-nothing-was-recorded = Nothing was recorded.
briefing-for-the-speaker-alone = For the speaker alone
briefing-may-stay-on-the-table = May stay on the table
briefing-where-it-was-long-ago = where it was long ago
briefing-record-what-was-said = Record what was said
briefing-paper-for-the-table = Paper for the table
briefing-not-valid-any-more = Not valid any more
briefing-after-the-meeting = After the meeting
briefing-not-to-be-said = ✕ not to be said
briefing-not-permitted = ✕ not permitted
briefing-what-was-said = What was said?
briefing-prepare-again = Prepare again
briefing-why-only-now = Why only now
briefing-permitted = ✓ permitted
briefing-open-a-case = open a case
briefing-legal-basis = Legal basis
briefing-prepared = · prepared
briefing-briefings = Briefings
briefing-valid-now = Valid now
briefing-for = · for
briefing-asks = asks

## briefings
briefings-before-a-meeting-what-can-be = Before a meeting: what can be said, what cannot and at whose cost, on one page for the speaker and one for the table.
briefings-no-report-is-for-you-there = No report is for you: there is nothing to speak about yet.
briefings-nobody-outside-is-told-of-it = nobody outside is told of it
briefings-nothing-was-prepared = Nothing was prepared.
briefings-or-a-defined-audience = or a defined audience
briefings-to-these-persons = To these persons
briefings-briefings = Briefings
briefings-a-new-one = A new one
briefings-prepared = Prepared
briefings-prepare = Prepare
briefings-about = About

## embargo
embargo-if-you-hold-it-back-until = If you hold it back until { $name }:
embargo-before-its-moment-a-text-goes = Before its moment a text goes no further than to whom its originator gave it, nor does what rests on it. Everybody who has it is told when the moment changes.
embargo-here-stand-the-embargoes-on-it = Here stand the embargoes on it, whose word each is, and until when.
embargo-nothing-happens-before-you-have-seen = nothing happens before you have seen what it does
embargo-end-it-now-marks-and-terms = end it now: marks and terms hold from then on
embargo-on-all-of-it-where-none = on all of it where none is ticked
embargo-whoever-has-the-text-reads-it = whoever has the text reads it
embargo-only-on-these-portions = Only on these portions
embargo-if-you-end-it-now = If you end it now:
embargo-set-move-or-end = Set, move or end
embargo-what-this-does = What this does
embargo-as-it-stands = As it stands
embargo-embargo = · embargo
embargo-sign-holds = ? holds
embargo-until = Until
embargo-is-over = over
embargo-on-by = on { $name }, by { $other }

## enter
enter-work-as = Work as { $name }
enter-this-link-is-for-a-demonstration = This link is for a demonstration on this machine. Elsewhere people sign in with a password and their telephone.
enter-go-to-the-desk = Go to the desk
enter-demonstration = Demonstration

## export
export-and-one-more-line = { $n ->
    [one] and one more line
   *[other] and { $n } more lines
}
export-a-file-bears-what-its-receiver = A file bears what its receiver may have by marks and terms alone: what a consent opens, and what is under embargo, stays here, because its terms would not travel.
export-it-instead-terms-travel-with-it = it instead: terms travel with it, and it can be recalled.
export-outside-of-here-only-its-marks = Outside of here, only its marks go with it.
export-what-the-format-cannot-express-a = What the format cannot express, a table
export-for-yourself-where-none-is-named = for yourself where none is named
export-in-which-format-and-for-whom = In which format, and for whom?
export-what-the-format-cannot-express = What the format cannot express
export-the-beginning-of-the-file = The beginning of the file
export-nothing-was-exported = Nothing was exported.
export-to-a-node-of-entente = To a node of Entente,
export-show-the-file = Show the file
export-for-the-party = For the party
export-take-the-file = Take the file
export-how-it-begins = How it begins
export-read-for = · read for
export-the-file = The file
export-deliver = deliver
export-format = Format
export-for-whom = For { $name }
export-on-record-opening = Taking the file is on record: as an opening of yours, with
export-on-record-copy = Taking the file is on record: as a copy that { $name } holds, with

## giving
giving-parties = parties
giving-text-of-your-own-goes-to = Text of your own goes to those whom you name, under your terms, without their having asked.
giving-each-party-gets-the-part-that = Each party gets the part that it may have by marks, terms and consents.
giving-nothing-happens-before-you-have-seen = Nothing happens before you have seen what each receiver will see.
giving-also-when-a-later-version-changes = also when a later version changes the text under the same mark
giving-open-more-of-it-for-whom = : open more of it, for whom and as long as you say.
giving-parties-jor-persons-jor-gid-colonel = parties (JOR), persons (JOR.GID/colonel) or PUBLIC
giving-a-copy-with-what-a-party = : a copy with what a party may have already.
giving-any-that-mark-and-arrangement-allow = any that mark and arrangement allow, or one
giving-one-a-line-such-as-orally = one a line, such as: orally only, no notes
giving-only-those-that-you-may-know = only those that you may know yourself
giving-the-moment-from-which-it-holds = the moment from which it holds
giving-it-narrows-a-protected-source = It narrows a protected source
giving-it-stays-here-on-the-record = it stays here, on the record
giving-why-it-is-done-all-the = Why it is done all the same
giving-deliver-the-releasable-part = Deliver the releasable part
giving-whom-do-you-release-it-to = Whom do you release it to?
giving-show-what-each-will-see = Show what each will see
giving-parties-that-are-known = Parties that are known
giving-who-gets-a-copy = Who gets a copy?
giving-first-with = , first with
giving-any-purpose = any purpose
giving-another-way = Another way
giving-read-for = · read for
giving-not-before = Not before
giving-conditions = Conditions
giving-release = Release
giving-to = To
giving-if-release = If you release this
giving-if-deliver = If you deliver this
giving-release-it = Release it
giving-deliver-it = Deliver it
giving-spaces = , with spaces between

## import
import-what-would-become-of = What would become of { $name }
import-at-most-mb-larger-ones-by = at most { $n } MB; larger ones by command
import-stix-2-1-a-misp-event = STIX 2.1, a MISP event, a CSAF advisory or a mail; which, the file says itself. Its marks are read again here, and whoever published it stays its originator.
import-nobody-but-whoever-keeps-its-distribution = Nobody but whoever keeps its distribution puts on it; its marks say who can be.
import-else-tlp-amber-strict-the-stricter = else TLP:AMBER+STRICT; the stricter holds
import-another-file-or-the-same-said = Another file, or the same said otherwise
import-a-party-else-as-the-file = a party; else as the file says
import-nothing-of-it-would-be-added = Nothing of it would be added.
import-take-in-a-file-of-others = Take in a file of others.
import-show-what-becomes-of-it = Show what becomes of it
import-mark-of-what-bears-none = Mark of what bears none
import-the-file-is-taken-in = The file is taken in.
import-nothing-was-taken-in = Nothing was taken in.
import-under-the-arrangement = Under the arrangement
import-persons-for-tlp-red = persons, for TLP:RED
import-what-became-of-it = What became of it
import-who-reads-it-then = Who reads it then
import-named-recipients = Named recipients
import-its-terms-hold = its terms hold
import-published-by = Published by
import-first-with = , first with
import-take-it-in = Take it in
import-the-file = The file
import-reports = Reports
import-file = File

## incident
incident-one-person-works-on-it = { $n ->
    [one] one person works on it
   *[other] { $n } persons work on it
}
incident-late-first-left-done = late first · { $left } left, { $done } done
incident-to = to { $name }
incident-each-dot-is-a-candidate-that = Each dot is a candidate that fitted before; a filled one still fits.
incident-nothing-of-the-reports-concerned-to = Nothing of the reports concerned, to just anybody.
incident-every-stage-is-done-close-the = Every stage is done. Close the case with
incident-nobody-as-far-as-is-known = Nobody, as far as is known.
incident-each-of-its-own-part-only = each of its own part only
incident-who-must-be-told-a-table = Who must be told, a table
incident-who-could-be-the-source = Who could be the source
incident-what-may-still-be-said = What may still be said
incident-above-the-threshold = ✓ above the threshold
incident-copies-under-recall = Copies under recall
incident-who-held-all-of-it = Who held all of it
incident-record-it-as-done = Record it as done
incident-who-must-be-told = Who must be told
incident-protected-case = protected case,
incident-if-you-do-this = If you do this:
incident-not-permitted = ✕ not permitted
incident-public-before = Public before:
incident-what-was-done = What was done
incident-unconfirmed = ? unconfirmed
incident-not-for-you = not for you
incident-what-is-out = What is out
incident-permitted = ✓ permitted
incident-exposed = ✕ exposed
incident-no-clock = no clock
incident-of-what = Of what
incident-record = Record
incident-cases = Cases
incident-opened = opened { $other } by { $name }

## incidents
incidents-tells-of-its-incident = { $other } tells of its incident { $name }
incidents-about-you-are-told-because-this = about { $name } · you are told because this party { $other }
incidents-neither-confirm-nor-deny-you-see = Neither confirm nor deny. You see the cases that you may know of, and what partners told this party of theirs.
incidents-acknowledging-says-that-you-took-note = Acknowledging says that you took note. It closes nothing and excuses nothing.
incidents-no-partner-told-of-an-incident = No partner told of an incident that concerns what you may know.
incidents-nobody-else-may-learn-that-there = nobody else may learn that there is a case
incidents-of-what-nobody-permitted = of what nobody permitted
incidents-who-works-on-it-with-you = Who works on it with you
incidents-show-what-opening-does = Show what opening does
incidents-what-is-done-about-it = What is done about it
incidents-cases-of-this-party = Cases of this party
incidents-no-case-was-opened = No case was opened.
incidents-what-partners-told = What partners told
incidents-not-acknowledged = ? not acknowledged
incidents-what-it-is-called = What it is called
incidents-if-you-open-it = If you open it:
incidents-moments-in-utc = moments in UTC
incidents-acknowledged = ✓ acknowledged
incidents-open-the-case = Open the case
incidents-open-a-case = Open a case
incidents-it-is-about = It is about
incidents-acknowledge = Acknowledge
incidents-cases = Cases

## join
join-at-least-characters-three-or-four = at least { $n } characters; three or four words are good
join-you-need-the-code-that-an = You need the code that an administrator gave you, and a telephone with an app for one-time codes.
join-small-letters-digits-dots-and-hyphens = small letters, digits, dots and hyphens
join-the-name-you-want-to-sign = The name you want to sign in with
join-go-on-to-the-telephone = Go on to the telephone
join-no-account-was-made = No account was made.
join-make-your-account = Make your account
join-sign-in-instead = Sign in instead
join-the-same-again = The same again

## joined
joined-you-sign-in-as-and-act = You sign in as { $other }, and act as { $name }.
joined-it-makes-another-administrator-on-this = It makes another administrator, on this machine only, when nobody can sign in any more. It is shown once. A second administrator is better still: give somebody the role under People.
joined-write-this-down-and-lock-it = Write this down and lock it away
joined-your-account-is-made = Your account is made.

## lineage
lineage-originators = originators: { $name }
lineage-what-this-report-rests-on-and = What this report rests on, and what rests on it
lineage-the-same-as-a-table = The same as a table
lineage-lineage-a-picture = Lineage, a picture
lineage-lineage-a-table = Lineage, a table
lineage-of-this-report = Of this report
lineage-its-portions = Its portions
lineage-lineage = Lineage
lineage-how = How
lineage-of = Of

## notices
notices-a-notice-says-that-something-waits = { $n ->
    [one] A notice says that something waits for you, and a link. It never says what: for that you sign in. It comes at most once in a minute.
   *[other] A notice says that something waits for you, and a link. It never says what: for that you sign in. It comes at most once in { $n } minutes.
}
notices-calls-are-signed-with-it-standard = Calls are signed with it (Standard Webhooks). It is shown once.
notices-what-do-you-wish-to-be = What do you wish to be told of?
notices-the-secret-of-your-webhook = The secret of your webhook
notices-call-of-a-program-at = Call of a program at
notices-kinds-of-things = Kinds of things
notices-empty-for-none = empty for none
notices-not-kept = Not kept.
notices-notices = Notices
notices-mail-to = Mail to
notices-keep = Keep

## open
open-you-came-here-from-another-page = You came here from another page, or by a browser that does not say from where. Opening is written into the ledger.
open-open-this-report = Open this report?
open-all-reports = All reports
open-reports = Reports
open-open-it = Open it

## paper
paper-print-this-page-it-bears-this = · print this page: it bears this paper and nothing else
paper-back-to-the-briefing = Back to the briefing
paper-what-it-says = What it says
paper-paper = Paper

## paragraphs
paragraphs-line = line { $name }: { $other }
paragraphs-no-paragraph-yet = no paragraph yet

## partners
partners-say-under-which-terms-the-network = say under which terms. The network and files carry the same sealed messages. Silence is no refusal: what is not confirmed may have arrived.
partners-moments-in-utc = moments in UTC
partners-arrangements = Arrangements
partners-partners = Partners
partners-links = Links

## passkeys
passkeys-you-have-passkeys-here = { $n ->
    [0] You have no passkey here.
    [one] You have one passkey here.
   *[other] You have { $n } passkeys here.
}
passkeys-there-can-be-none-here = There can be none here:
passkeys-a-passkey-signs-you-in-without = A passkey signs you in without password and digits. It stays in your device or key, which asks whether it is you. Have two, or keep password and telephone.
passkeys-browsers-make-passkeys-by-scripts-only = Browsers make passkeys by scripts only, and this one runs none. Password and telephone go on working.
passkeys-passkeys-a-table = Passkeys, a table
passkeys-what-can-be-done = What can be done
passkeys-what-you-call-it = What you call it
passkeys-make-a-passkey = Make a passkey
passkeys-passkeys = Passkeys
passkeys-one-more = One more
passkeys-remove = Remove
passkeys-yours = Yours

## pending
pending-given-by = given by { $name }, { $other }
pending-about-version = About { $name }, version { $other }.
pending-a-yes-counts-until-utc = a yes counts until { $name } UTC
pending-may-be-told-instead-of = may be told instead of { $name }
pending-only-portions-that-you-may-know = only portions that you may know yourself stand here
pending-whoever-gave-it-reads-it-it = whoever gave it reads it; it stays on the record
pending-your-yes-is-to-exactly-this = your yes is to exactly this,
pending-it-is-not-yours-to-say = It is not yours to say yes.
pending-what-you-look-at-it-for = What you look at it for
pending-nothing-of-it-goes-out = nothing of it goes out
pending-say-yes-carry-it-out = Say yes: carry it out
pending-what-became-of-it = What became of it
pending-you-read-it-for = You read it for
pending-if-you-say-yes = If you say yes
pending-second-person = Second person
pending-if-you-say-no = If you say no
pending-why = Why not
pending-say-no = Say no
pending-under = { $name } asks for two persons.

## proof
proof-entry-of = entry { $name } of { $other }
proof-made-by-this-node-at = made by this node at { $name }
proof-one-step-a-neighbour-above-stands = { $n ->
    [one] one step; a neighbour above stands on the left, below on the right
   *[other] { $n } steps; a neighbour above stands on the left, below on the right
}
proof-from-entry-to-the-signed-head = From entry { $name } to the signed head
proof-neighbours-from-the-entry-upwards = Neighbours from the entry upwards: { $name }.
proof-nobody-else-has-signed-a-head = Nobody else has signed a head of this ledger yet. Partners that are linked over the network do so by themselves.
proof-the-head-is-signed-again-every = The head is signed again every minute while the node runs with its passphrase:
proof-path-to-the-signed-head-a = Path to the signed head, a picture
proof-signed-head-as-it-is-published = Signed head, as it is published
proof-none-over-this-entry-yet = None over this entry yet.
proof-path-to-the-signed-head = Path to the signed head
proof-the-node-or-stated = the node, or stated
proof-neighbours-a-table = Neighbours, a table
proof-download-the-entry = Download the entry
proof-download-the-receipt = Download the receipt (COSE)
proof-download-the-proof = Download the proof
proof-witnesses-a-table = Witnesses, a table
proof-without-this-page = Without this page:
proof-signs-it-now = signs it now.
proof-does-not-hold = does not hold
proof-verify-again = Verify again
proof-no-proof-yet = No proof yet
proof-signed-root = signed root
proof-signed-head = Signed head
proof-this-entry = this entry
proof-all-hashes = All hashes
proof-the-entry = The entry
proof-neighbour = Neighbour
proof-witnesses = Witnesses
proof-saw-size = Saw size
proof-witness = Witness
proof-ledger = Ledger
proof-checks = Checks
proof-before = Before
proof-holds = holds
proof-after = After
proof-what = what
proof-when = when
proof-step = Step
proof-side = Side
proof-who = who

## report
report-one-portion-is-for-you = { $n ->
    [one] one portion is for you
   *[other] { $n } portions are for you
}
report-tear-line-below-this-the-text = tear line · below this, the text may travel further
report-set-move-or-end-one = Set, move or end one
report-who-can-read-it-now = Who can read it now
report-who-may-be-told = Who may be told?
report-who-holds-a-copy = Who holds a copy
report-moments-in-utc = moments in UTC
report-reports = Reports
report-release = Release
report-deliver = Deliver
report-history = History
report-embargo = Embargo
report-export = Export
report-text = Text
report-from-originator = From { $name }
report-read-for = · read for { $name }
report-embargo-label = Embargo on { $name } by { $other }
report-embargo-on = Embargo on { $name }
report-embargo-left = { $name } left
report-word-of = It is the word of { $name }.
report-move-or-end = Move or end
report-nothing = Nothing of it is for you without a purpose.
report-nothing-for = Nothing of it is for you for { $name }.
report-n-of = { $name } of { $other }
report-no-portion = none

## request
request-opened-by = opened { $other } by { $name }
request-an-answer-is-of-use-until = an answer is of use until { $name } UTC
request-substitute-for = Substitute for { $name }
request-reads-it = { $name } reads it
request-vouches-for-this-it-is-not = { $name } vouches for this; it is not checked here.
request-why-although-a-source-is-narrowed = Why, although a source is narrowed below its threshold
request-only-where-that-is-so-it = only where that is so; it stays here, on the record
request-utc-such-as-2026-12-31 = UTC, such as 2026-12-31 or 2026-12-31T18:00Z
request-candidates-that-still-fit-a-source = candidates that still fit a source
request-nothing-is-sent-before-you-answer = nothing is sent before you answer
request-your-answer-portion-by-portion = Your answer, portion by portion
request-such-as-orally-only-no-notes = such as: orally only, no notes
request-such-as-u-rel-to-usa = such as (U//REL TO USA, CHL)
request-reason-for-what-is-refused = Reason for what is refused
request-what-may-be-told-instead = What may be told instead
request-below-the-threshold = ✕ below the threshold
request-above-the-threshold = ✓ above the threshold
request-no-citizenship-stated = no citizenship stated
request-what-was-asked-for = What was asked for
request-if-you-answer-so = If you answer so:
request-who-would-be-told = Who would be told
request-no-change = ✓ no change
request-substitute = substitute
request-citizen-of = citizen of
request-condition = Condition
request-requests = Requests
request-alone = · alone:
request-its-mark = Its mark
request-answer = Answer
request-refuse = refuse
request-with = , with
request-grant = grant
request-later = later
request-show-again = Show again what this does
request-no-clearance = no clearance known
request-cleared = cleared

## sheet
sheet-what-will-see = What { $name } will see
sheet-nothing-of-what-you-may-know = Nothing of what you may know stays closed to them.
sheet-will-not-see = ✕ Will not see
sheet-exactly-this = exactly this
sheet-from-there = From there
sheet-nothing = Nothing.
sheet-nothing-2 = nothing

## sign-in
sign-in-sign-in-with = Sign in with { $name }
sign-in-ask-an-administrator-of-for-a = Ask an administrator of { $name } for a new code.
sign-in-compare-before-you-type-the-fingerprint = Compare before you type: the fingerprint of { $name } is
sign-in-what-you-open-print-and-release = What you open, print and release is written into a ledger that partners can verify.
sign-in-six-digits-from-your-telephone = Six digits from your telephone
sign-in-sign-in-with-a-passkey = Sign in with a passkey
sign-in-with-your-organisation = With your organisation
sign-in-if-it-does-not-work = If it does not work
sign-in-not-signed-in = Not signed in.

## sign
sign-in-use-code = Use a code
sign-in-tries = Wrong tries make you wait; nobody else can make you wait.

## speakers
speakers-nothing-that-you-know-is-held = Nothing that you know is held back.
speakers-do-not-leave-this-paper-behind = Do not leave this paper behind.
speakers-nothing-of-it = Nothing of it.
speakers-you-can-say = ✓ You can say
speakers-do-not-say = ✕ Do not say
speakers-to = to
speakers-for = for { $name }
speakers-prepared = prepared { $name } from

## table
table-nothing-may-be-left-with-these = Nothing may be left with these attendees.
table-information = Information

## telephone
telephone-type-this-secret-into-your-app = Type this secret into your app for one-time codes, as a time-based code of six digits. It is shown once.
telephone-the-six-digits-that-it-shows = The six digits that it shows now
telephone-make-your-account-step-2-of = Make your account, step 2 of 2
telephone-on-the-telephone-itself = On the telephone itself:
telephone-set-up-your-telephone = Set up your telephone
telephone-make-the-account = Make the account
telephone-not-confirmed = Not confirmed.
telephone-open-the-app = open the app

## watch
watch-number = : number { $name }
watch-and-more-all-with = and { $n } more; all with
watch-text-markdown-html-pdf-mail-feed = text, Markdown, HTML, PDF, mail, feed; at most { $n } MB
watch-it-is-makes-the-word-of = “It is” makes the word of the sentence an alternative of what was not said, and the fact a new version: later texts with it are found. It records no disclosure, and can be taken back.
watch-only-facts-that-you-may-know = Only facts that you may know yourself are looked for. Nothing is kept of a text before you confirm or take over something.
watch-underlined-found-dotted-near-to-be = Underlined: found. Dotted: near, to be looked at. The rest tells nothing that you may know.
watch-no-sentence-is-near-a-fact = No sentence is near a fact without telling it.
watch-it-is-recorded-and-the-originators = It is recorded, and the originators are told.
watch-what-a-draft-of-your-own = ; what a draft of your own would disclose:
watch-which-of-your-facts-does-a = Which of your facts does a text tell?
watch-words-taken-over-from-texts = Words taken over from texts
watch-show-what-confirming-does = Show what confirming does
watch-words-taken-over-a-table = Words taken over, a table
watch-if-you-confirm-this = If you confirm this:
watch-near-misses-a-table = Near misses, a table
watch-said-not-to-be-known = Said not to be known
watch-the-text-tells-it = the text tells it
watch-you-review-it-for = You review it for
watch-or-choose-a-file = or choose a file
watch-what-is-printed = What is printed
watch-it-is-this-fact = It is this fact
watch-facts-beside-it = Facts beside it
watch-contradictions = Contradictions
watch-confirmed-by = ◇ confirmed by
watch-alternative-of = Alternative of
watch-take-it-back = Take it back
watch-nearest-fact = Nearest fact
watch-another-text = Another text
watch-near-misses = Near misses
watch-denied-by = ⊠ denied by
watch-not-said = · not said:
watch-look-at-it = Look at it
watch-in-part = ? in part
watch-take-back = take back
watch-the-text = The text
watch-not-said-2 = Not said
watch-paste-it = Paste it
watch-confirm = Confirm
watch-origins = Origins
watch-full = ● full
watch-watch = Watch
watch-fills = Fills
watch-it-is = It is
watch-none = None.
watch-word = Word
watch-undo = Undo
watch-of = ” of
watch-or = or

## write
write-each-paragraph-begins-with-its-mark = Each paragraph begins with its mark; the front matter holds the rest. Nothing is stored before you add it.
write-with-scripts-also-by-itself-half = with scripts also by itself, half a second after you stop typing
write-why-there-is-to-be-a = Why there is to be a version in force although it was recalled
write-it-replaces-a-version-that-rested = It replaces a version that rested on others, or was recalled
write-why-it-no-longer-rests-on = Why it no longer rests on what it rested on before
write-whoever-stands-behind-that-has-to = whoever stands behind that has to be asked
write-its-mark-and-what-it-rests = its mark, and what it rests on
write-a-report-as-it-is-written = A report, as it is written.
write-markdown-with-portion-marks = Markdown with portion marks
write-nothing-was-added = Nothing was added.
write-choose-a-portion = choose a portion
write-this-paragraph = This paragraph
write-one-paragraph = One paragraph
write-write-it-down = Write it down
write-first-with = , first with
write-it-rests-on = It rests on
write-your-drafts = Your drafts
write-keep-draft = Keep draft
write-drop-draft = Drop draft
write-is-marked = is marked
write-mark-it = Mark it
write-write = Write
write-check = Check
write-text = Text

## written
written-version = version { $name }
written-line = line { $name }
written-nobody-yet-name-an-arrangement-in = Nobody yet: name an arrangement in the front matter, and have persons put on its distribution.
written-write-them-down-with-the-report = write them down with the report, so that texts that tell them are found
written-in-bold-what-a-text-has = In bold what a text has to speak of. They can be edited afterwards:
written-over-the-marks-that-can-be = over the marks that can be read so far
written-facts-and-what-tells-them = Facts and what tells them
written-the-sentence-as-a-whole = the sentence as a whole
written-it-cannot-be-added = ✕ It cannot be added:
written-add-it-all-the-same = Add it all the same
written-here-by-its-marks = Here, by its marks
written-nobody-could-read = Nobody could read
written-who-could-have-it = Who could have it
written-why-this-banner = Why this banner
written-no-banner-yet = no banner yet
written-add-report = Add report
written-nothing-wrong = { $n ->
    [one] one portion, nothing wrong
   *[other] { $n } portions, nothing wrong
}
written-faults = { $n ->
    [one] One fault stops it
   *[other] { $n } faults stop it
}
written-ask = ask { $name } to release it to
written-wider = a wider list
written-without = not { $name }

## all
all-party-name-with-spaces-between = PARTY/NAME, with spaces between
all-utc-such-as-2026-12-31t18 = UTC, such as 2026-12-31T18:00Z
all-show-what-this-does = Show what this does
all-nothing-was-done = Nothing was done.
all-no-stated-purpose = no stated purpose
all-you-read-this-for = You read this for
all-version = · version
all-leave-it = Leave it
all-what-for = What for
all-portions = Portions
all-password = Password
all-sign-in = Sign in
all-persons = Persons
all-portion = Portion
all-because = Because
all-becomes = Becomes
all-version-name = Version
all-report = Report
all-error = Error
all-do-it = Do it
all-to-do = To do
all-party = Party
all-state = State
all-where = Where
all-none = none
all-show = Show
all-ends = Ends
all-done = Done
all-back = Back
all-what = What
all-when = When
all-fact = Fact
all-name = Name
all-code = Code
all-why = Why
all-for = For
all-who = Who

## access, said by pages
access-title = Where you are signed in
access-since = since { $name },
access-used = last used { $name },
access-until = until { $name } at most
access-browser = A session in a browser ({ $name })
access-command-line = A login at the command line
access-token = The token { $name }

## effect, said by pages
effect-may = { $who } may read { $what }.
effect-may-for = { $who } may read { $what } for { $purpose }.
effect-no-longer = { $who } may no longer read { $what }.
effect-no-longer-for = { $who } may no longer read { $what } for { $purpose }.
effect-persons = { $n ->
    [one] One person
   *[other] { $n } persons
}
effect-nobody = Nobody who is known here may read more or less of it by this.
effect-not-told = Nobody outside is told.
effect-told = Told of it: { $name }.
effect-waits = It waits for the yes of a second person first, as { $name } asks.

## stops, said by pages
stops-nothing = Nothing of what you may read stands under it.
stops-nobody = { $name }: nobody known here loses anything
stops-for = { $name }: no longer for { $other }
stops-persons = { $n ->
    [one] one person reads less of it
   *[other] { $n } persons read less of it
}
stops-held = held by: { $name }
stops-consents = live consents: { $name }
stops-requests = open requests: { $name }

## agreeing, said by pages
agreeing-unreadable = The terms cannot be read: { $name }.
agreeing-why = Say why: the other parties read it.
agreeing-choose = Choose what to do.

## trouble, said by pages
trouble-unknown-name = Something that is named here is not known; look at the names again.
trouble-roles = your roles do not include this; an administrator gives roles
trouble-foreign-form = The form was not one of this page, or was made before you signed in anew.

## request, said by pages
request-title = Request { $name }
request-progress-open = open
request-progress-granted = granted
request-progress-refused = refused
request-progress-substituted = substituted
request-grant-all = Grant everything
request-refuse-all = Refuse everything
request-as-marked = As marked below
request-grant-says = { $n ->
    [one] They are told one portion as it stands.
   *[other] They are told { $n } portions as they stand.
}
request-marked-says = { $granted } granted, { $replaced } replaced, { $refused } refused.
request-refuse-says = They learn nothing of it.
request-nothing-chosen = No portion is granted, replaced or refused yet: choose for at least one.
request-end-wrong = The end: { $name }.
request-until-withdrawn = until it is withdrawn
request-until = until { $name }
request-then-grant = { $from } may tell { $who } { $what }, { $until }.
request-then-instead = Instead of { $portion }, { $from } may tell { $who } { $mark } “{ $text }”, { $until }.
request-then-observe = They have to observe: { $name }.
request-then-said = What has been said cannot be taken back; a consent can be withdrawn for what has not.
request-then-closed = It stays closed to them: { $name }. { $other } is told so.

## narrowed, said by pages
narrowed-says = { $after } of { $before } candidates for a source of yours would still fit.
narrowed-below = { $after } of { $before } candidates for a source of yours would still fit, which is below its threshold.

## arrangements, said by pages
arrangements-title = Arrangements
arrangements-known = { $n ->
    [0] No terms are recorded.
    [one] One arrangement is known.
   *[other] { $n } arrangements are known.
}
arrangements-expired = expired
arrangements-not-begun = not begun
arrangements-stated = stated by { $name }, not recorded here
arrangements-suspend = Suspend it
arrangements-resume = Resume it
arrangements-end = End it for good

## arrangement, said by pages
arrangement-is-stated = It is stated by a partner, and not recorded here.
arrangement-has-expired = It has expired.
arrangement-has-not-begun = It has not begun.
arrangement-active = active
arrangement-suspended = suspended
arrangement-ended = ended
arrangement-is = It is { $name }.
arrangement-title = Arrangement { $name }

## audience, said by pages
audience-title = Who may know { $name }
audience-no-party = `{ $name }` names no party; write PARTY/NAME, such as CHL/foreign-minister
audience-most = At most { $n } persons fit on a page; use `entente decide` for more.
audience-whom = Whom do you want to tell?
audience-who = { $n ->
    [one] One person
   *[other] All { $n }
}
audience-both = Both
audience-nothing = { $name } may be told nothing of this.
audience-everything = { $name } may be told all of it.
audience-some = { $who } may be told { $portions } of { $all }.
audience-permit = permit
audience-ask = ask
audience-deny = deny
audience-passed = passed
audience-failed-first = failed first
audience-would-fail-next = would fail next
audience-state = State
audience-clearance-and-access = Clearance and access
audience-release-list = Release list
audience-originator-s-control = Originator’s control
audience-need-to-know = Need to know
audience-purpose-step = Purpose
audience-own-rules = Own rules
audience-source-exposure = Source exposure

## briefings, said by pages
briefings-whom = Whom will you speak to, and about what?

## briefing, said by pages
briefing-title = Briefing { $name }
briefing-handed = may be handed out
briefing-source = it may lead to a source of { $name }
briefing-change = to change it: { $name }
briefing-to = { $n ->
    [one] one person
   *[other] { $n } persons
}
briefing-nothing = You can say nothing of it to { $name }.
briefing-one = You can say one thing to { $name }.
briefing-some = You can say { $n } things to { $name }.
briefing-unmarked = nothing marked on this paper

## clock, said by pages
clock-days = { $name } d
clock-years = { $name } y

## embargo, said by pages
embargo-ended = It has ended.
embargo-holds = Until { $name } it goes no further than to whom it was given.
embargo-over = It was over on { $name }.
embargo-broken = It is broken for { $name }: that is out.
embargo-all = all of it
embargo-give = Give the moment until when it holds, or tick that it ends now.
embargo-count = { $n ->
    [0] Nothing of it is held back.
    [one] One embargo holds.
   *[other] { $n } embargoes hold.
}
embargo-title = Embargo on { $name }

## export, said by pages
export-paper = PDF: a numbered copy for people
export-copy-number = Copy { $name }, as entry { $name } of the ledger of { $other } records
export-choose = Choose a format.
export-recalled = It is recalled from { $name } ({ $other }).
export-title = Export { $name }

## bind, said by pages
bind-title = Who you are here

## code, said by pages
code-too-many = Too many wrong codes were tried from here. Wait, and try again.
code-spent = This code cannot be used, or cannot be used any more.

## giving, said by pages
giving-choose = Choose at least one portion, and name at least one receiver.
giving-instead = { $name } stands in for another text: it may be told to those it is for, and no copy has it.
giving-nothing = Nothing would be given.
giving-without-end = without an end
giving-may-be-told = { $who } may be told { $what }, { $until }.
giving-copy-goes = A copy goes to the node of { $name }.
giving-published = What is published cannot be recalled.
giving-withdrawn = It can be withdrawn for what has not been said; what has been said stays said.
giving-recalled = A copy that is out can be recalled; that its holder follows is a matter of its word.
giving-gets-copy = { $name } gets a copy with { $other }.
giving-no-mark = no mark
giving-release-title = Release { $name }
giving-deliver-title = Deliver { $name }

## import, said by pages
import-choose = Choose a file, and send it again: none waits here.
import-title = Take in a file

## became, said by pages
became-added = added
became-unchanged = unchanged
became-withdrawn = withdrawn
became-not-taken-in = not taken in

## incidents, said by pages
incidents-open = { $n ->
    [0] No case is open.
    [one] One case is open.
   *[other] { $n } cases are open.
}
incidents-state-open = open
incidents-state-closed = closed { $name }
incidents-why-originator-of-what-is-out = is an originator of what is out
incidents-why-holds-a-copy-of-it = holds a copy of it
incidents-why-has-a-report-that-rests-on-it = has a report that rests on it
incidents-why-holds-another-report-of-the-same-source = holds another report of the same source

## incident, said by pages
incident-title = Case { $name }
incident-tell = Tell those concerned
incident-hold = Put releases on hold
incident-unknown = unknown
incident-nobody-named = nobody named
incident-held-since = since { $name }, from { $other }
incident-on-distribution = on the distribution
incident-not-yours = You do not work on this case; whoever does can add you with `entente incident note`.
incident-say-done = Say what was done: it is the record.
incident-say-about = Say what is done about it: your partner reads it.
incident-some-portions = { $n ->
    [one] one of its portions
   *[other] { $n } of its portions
}
incident-then-told = { $party } is told of { $what }, because it { $why }; of nothing else.
incident-then-held = Nothing of { $name } goes out any more, until the case ends.
incident-then-done = “{ $name }” is recorded as done: { $other }
incident-then-nothing = Nothing would change: nobody is left to be told, and everything is on hold.
incident-and = and
incident-by = { $other } by { $name }

## stage, said by pages
stage-open-the-case-hash-and-keep-the-texts = open the case; hash and keep the texts
stage-match-what-is-out-with-the-facts-that-are-held = match what is out with the facts that are held
stage-warn-whoever-runs-the-source = warn whoever runs the source
stage-tell-those-concerned-each-its-own-part = tell those concerned, each its own part
stage-put-releases-on-hold-recall-hold-statements = put releases on hold, recall, hold statements
stage-inquire-compromise-yes-no-probable = inquire: compromise yes, no, probable
stage-find-who-held-everything-that-is-out = find who held everything that is out
stage-label-again-keep-modify-downgrade = label again: keep, modify, downgrade
stage-assess-the-damage-interim-then-final = assess the damage: interim, then final
stage-hear-the-person-concerned = hear the person concerned
stage-lessons-and-what-may-still-be-said = lessons, and what may still be said

## owner, said by pages
owner-security-officer = security officer
owner-disclosure-officer = disclosure officer
owner-handler-of-the-source = handler of the source
owner-owner-of-the-portions = owner of the portions
owner-custodian = custodian
owner-independent-officer = independent officer
owner-inquiry-officer = inquiry officer
owner-original-authority = original authority
owner-originator = originator
owner-management = management
owner-all = all

## join, said by pages
join-title = New account
join-failed-title = Error: no account was made
join-name = A name has 2 to 40 small letters, digits, dots and hyphens.
join-differ = The two passwords differ.
join-code = This code cannot be used, or cannot be used any more, or not from here.
join-telephone = Your telephone
join-too-long = That took too long, or was done already. Begin again.
join-digits = These are not the digits of now. Is your telephone's clock right?
join-made = Account made

## notices, said by pages
notices-no-mail = this node sends no mail: its operator sets a server for it
notices-strange = `{ $name }` is no kind of thing to do

## kind, said by pages
kind-recall-to-follow = recall to follow
kind-case = case
kind-incident-told = incident told
kind-request-to-answer = request to answer
kind-second-person = second person
kind-counter-offer = counter-offer
kind-person-changed = person changed
kind-consent-does-not-fit = consent does not fit
kind-answer-came = answer came
kind-no-answer-yet = no answer yet
kind-consent-ends = consent ends
kind-embargo-ends = embargo ends
kind-embargo-broken = embargo broken
kind-recall-unconfirmed = recall unconfirmed
kind-void-paper = void paper
kind-stale-facts = stale facts
kind-terms-stated = terms stated
kind-no-receipt = no receipt

## opening, said by pages
opening-says = { $portions } of { $report }, { $route } to { $audience }, { $moment }
opening-choose = Choose at least one disclosure: a case is about one.
opening-about = It is about { $name }.
opening-alone = You work on it; others can be let in later.
opening-with = You work on it, with { $name }.
opening-clocks = Its clocks begin: contain, tell those concerned, assess the damage.
opening-not-told = Nobody outside is told before you tell them.
opening-told = Those concerned are told.

## route, said by pages

## partners, said by pages
partners-no-keys = no keys
partners-by-network = by network
partners-by-files = by files
partners-by-mail = by mail
partners-known = { $n ->
    [0] No partner is known.
    [one] One partner is known.
   *[other] { $n } partners are known.
}
partners-waits = { $n ->
    [0] Nothing waits for them.
    [one] One message waits to leave.
   *[other] { $n } messages wait to leave.
}
partners-not-taken = { $n ->
    [one] One did not take something in.
   *[other] { $n } did not take something in.
}
partners-kept = { $n ->
    [one] One message was not taken in here and is kept; `entente receive DATA/refused` says why.
   *[other] { $n } messages were not taken in here and are kept; `entente receive DATA/refused` says why.
}

## passkeys, said by pages
passkeys-used = since { $name }, last used { $other }
passkeys-unused = since { $name }, never used
passkeys-wrong = This passkey does not sign anybody in here.

## pending, said by pages
pending-waits-until = waits until { $name }
pending-waits = waits
pending-approved = approved
pending-declined = declined
pending-expired = expired
pending-head-waits = { $name } waits for a second person.
pending-head-approved = { $name }: two persons said yes.
pending-head-declined = { $name }: declined.
pending-head-expired = { $name }: nobody answered in time.
pending-nothing-follows = Nothing would follow from a yes: { $name }
pending-not-yours = It is not for you to say yes.
pending-answered = { $word } by { $by }, { $at }
pending-title = Second person { $name }
pending-why-not = Say why not: whoever gave it reads that.

## people, said by pages
people-no-change = No role was changed.
people-code-for-others = A code is for another person of this party.

## picture, said by pages
picture-not-for-you = a text that is not for you
picture-this = this report
picture-ask = { $name }, has to be asked
picture-rests-on = rests on
picture-is-rested-on-by = is rested on by
picture-line = { $portions } { $how } { $report } of { $of }

## proof, said by pages
proof-left = left
proof-right = right
proof-on-the = { $name } on the { $other }
proof-no-moment = no moment stated
proof-leaf = The entry gives its leaf
proof-lead = { $n ->
    [one] One neighbour leads to the root
   *[other] { $n } neighbours lead to the root
}
proof-signed = { $name } signed that root
proof-for-entries = for { $n } entries
proof-continues = It continues what others signed
proof-head-none = Entry { $name }, “{ $other }”: it stands there, and no head is signed over it yet.
proof-head-holds = Entry { $name }, “{ $other }”: it is in the ledger, unchanged.
proof-head-broken = Entry { $name }, “{ $other }”: its proof does not hold. Do not rely on this ledger.
proof-title = Entry { $name }

## open, said by pages
open-title = Open

## reviewing, said by pages
reviewing-gone = That sentence is not near any more.
reviewing-taken = “{ $word }” is an alternative of “{ $slot }” of { $fact } now, version { $version }.
reviewing-back = “{ $word }” is no alternative of “{ $slot }” of { $fact } any more, version { $version }.

## sheet, said by pages
sheet-not-chosen = not chosen

## onward, said by pages
onward-free = { $name } may pass it on as its marks say ({ $other }).
onward-members = { $name } may pass it on to parties of { $other } without asking, to others with consent.
onward-consent = { $name } may pass it on to nobody without its originators’ consent ({ $other }).
onward-unbound = No arrangement binds { $name }: the marks alone say how far it goes from there.

## sign, said by pages
sign-in-title = Sign in
sign-in-failed-title = Error: not signed in
sign-in-wrong = Name, password and digits do not go together. Digits can be used once.
sign-in-wait = { $n ->
    [one] Too many wrong tries. Try again in one second.
   *[other] Too many wrong tries. Try again in { $n } seconds.
}
sign-in-accounts = This node cannot look up accounts.
sign-in-full = Too many people are signed in.

## enter, said by pages
enter-title = Enter

## watch, said by pages
watch-title = Watch
watch-give = Paste a text, or choose a file.
watch-nothing-known = No report is for you: there is nothing to look for.
watch-choose = Choose at least one fact that the text tells.
watch-then = It is recorded that the public was told { $name } of { $other }.
watch-then-told = The originators are told, each of its own part. A text that was printed cannot be recalled.
watch-denies = denies
watch-confirms = confirms
watch-alleges = alleges
watch-states = states
watch-itself = the text itself
watch-near = { $n ->
    [0] { "" }
    [one] One sentence is near.
   *[other] { $n } sentences are near.
}
watch-out = { $n ->
    [0] It tells nothing that you may know.
    [one] One fact is out.
   *[other] { $n } facts are out.
}

## write, said by pages
write-title = Write
write-choose-base = Choose what rests on what: a paragraph and a portion.
write-choose-mark = Choose a paragraph, and type its mark.
write-cannot = It cannot be added as things stand.
write-kept = Your draft was kept { $name }, until { $other }: sealed on this node, for you alone.
write-unnamed = without an id yet

## copies, said by pages
copies-title = Where copies are
copies-which = of reports whose distribution you keep
copies-picture = Where copies are, a picture
copies-table = Where copies are, a table
copies-dashed = Dashed: what is there is not confirmed, or a recall is not.
copies-of = { $name } holds { $n } of them
copies-count = { $n ->
    [one] one copy
   *[other] { $n } copies
}
copies-recalled = { $n ->
    [one] one recall not confirmed
   *[other] { $n } recalls not confirmed
}
copies-unconfirmed = { $n ->
    [one] one not confirmed
   *[other] { $n } not confirmed
}
copies-holds = Holds
copies-newest = Newest, UTC
copies-not-confirmed = Not confirmed
copies-not-followed = Recalls not confirmed

## course, said by pages
course-title = Its clocks
course-picture = Its clocks, a picture
course-desc = From the opening on: { $name }.
course-done = { $name } done
course-late = { $name } late
course-due = { $name } due { $other }
course-now = now
course-scale = Hours since the opening, ever closer together. ● done, ○ to do, dashed up to now what is late.

## course, said by pages
course-hours = { $n } h

## Many reports
list-part = { $n } of them; more follow
reports-more-than = More than { $n } reports are for you.
reports-fits-more = More than { $n } reports are for you; say another word.

## Words of the core
way-the-link-of-a-demonstration = the link of a demonstration
way-password-and-telephone = password and telephone
way-a-passkey = a passkey
standing-in-force = in force
standing-withdrawn = withdrawn
standing-releases-on-hold = releases on hold
standing-recalled-acknowledged = recalled, acknowledged
standing-recalled-not-confirmed = recalled, not confirmed
route-read = read
route-briefed = briefed
route-said = said
route-published = published

# A first start
found-title = Set up this node
found-failed-title = Error: nothing was made
found-step = First start, step 1 of 2
found-headline = Set up this node
found-lede = Nothing is here yet. Say which party works here; then make the first administrator's account, with a passkey or a password.
found-nothing-was-made = Nothing was made.
found-party = The party's path
found-party-hint = as partners will name it, such as USA.SVC or CERT-PL; it does not change any more
found-path = A path has capital letters, digits and hyphens, and dots between its parts.
found-name = Its name in full
found-then = Keys are made for the party and locked with the passphrase that was chosen where this program was started. From then on everything that is done here is on record.
found-make = Set up the party
found-sample = Or look around first
found-sample-lede = A story of three parties, with reports, a request and a case, in a place of its own. It is thrown away when you say so, when the party is set up, or when this program ends.
found-sample-begin = Show the sample
found-sample-begins = The sample is being made: three nodes take half a minute. This page looks again by itself.
found-sample-serves = Work as any of them; each link opens a page of its own.
found-sample-failed = The sample has ended.
found-sample-end = Throw the sample away
found-elsewhere = This node is not set up yet. Open the link that it printed when it was started, on this machine.
join-first = First start, step 2 of 2: you run the node, and read no text. The next administrators are made under People.
join-with-passkey = With a passkey
join-with-password = With a password and a telephone
join-you-act-as = You act as { $name }.
join-name-here = Your name here
join-make-with-passkey = Make the account with a passkey
joined-with-passkey = You sign in with your passkey, and act as { $name }.
introduce-nothing = Nothing was taken in
introduce-not-taken = Not taken in.
introduce-invite = Invite a partner
introduce-invite-lede = An invitation says under which keys this party writes, and where it is reached. Hand it to the partner, and read them the fingerprint by voice.
introduce-own-fingerprint = The fingerprint to be read
introduce-address = Where this node is reached
introduce-address-hint = such as https://gbr.example:8420; empty where you exchange files only
introduce-write = Write the invitation
introduce-accept = Take in an invitation
introduce-invitation = The invitation, as you got it
introduce-fingerprint = The fingerprint, as a person of the partner said it
introduce-fingerprint-hint = without it, that of the invitation is shown, and nothing is taken in
introduce-take-in = Take it in

# Keys
keys-title = Keys
keys-on = Keys are read on every page.
keys-off = Keys are switched off in this browser, until you sign out.
keys-lede = Everything can be done without them. None of them sends a form, and none is read while you type.
keys-all = All keys
keys-key = key
keys-does = what it does
keys-search = goes to the search
keys-next = next row
keys-before = row before
keys-this = this page
keys-switch-off = Switch keys off
keys-switch-on = Switch keys on
audience-portions-pages = More portions
request-told-instead = May be told instead:
