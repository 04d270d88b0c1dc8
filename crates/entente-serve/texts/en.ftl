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
nothing-yes = yes
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
