# Was die Seiten auf Deutsch sagen. Jeder Schlüssel steht in jeder Datei dieses Ordners; `{$n}` ist eine Zahl, `{$name}` ein Name oder ein Text anderer.

## Um jede Seite
skip = Zum Inhalt
banner-top = Höchste Einstufung auf dieser Seite
banner-foot = Höchste Einstufung auf dieser Seite, wiederholt
banner-none = nichts Eingestuftes auf dieser Seite
nav-main = Hauptmenü
nav-desk = Schreibtisch
nav-reports = Berichte
nav-requests = Anfragen
nav-briefings = Gespräche
nav-watch = Beobachtung
nav-cases = Fälle
nav-partners = Partner
nav-people = Personen
nav-ledger = Hauptbuch
nav-write = Schreiben
search-label = Suchen, was Sie wissen dürfen
search-hint = Suchen
search-button = Suchen
sign-out = abmelden
printed = Gemacht für { $name }, { $home }, { $moment }
language = Sprache
role-analyst = Auswertung
role-disclosure-officer = Weitergabe
role-override-authority = Freigabebefugnis
role-security-officer = Geheimschutz
role-source-handler = Quellenführung
role-auditor = Prüfung
role-administrator = Verwaltung
same-by-command = Dasselbe als Befehl
same-by-command-colon = Dasselbe als Befehl:
error-title = Fehler: { $name }

## Listen
list-filter = Nur solche mit
list-filter-name = { $name } filtern
list-filter-button = Filtern
list-none = { $n ->
    [one] das eine, das es gibt, passt nicht
   *[other] von { $n } passt nichts
}
list-shown = { $first } bis { $last } von { $n }
list-export = was gelistet ist, ausgeben:
list-table = { $name }, eine Tabelle
list-pages = Seiten: { $name }
list-before = Zurück
list-after = Weiter

list-reports = Berichte
list-reports-id = Bericht
list-reports-title = Titel
list-reports-from = Von
list-reports-portions = Abschnitte
list-reports-for = Für
list-reports-standing = Stand
list-reports-empty = Bitten Sie, wer den Verteiler eines Berichts führt, Sie aufzunehmen.
list-requests = Anfragen
list-requests-request = Anfrage
list-requests-what = Was
list-requests-from = Von
list-requests-to = An
list-requests-purpose = Wofür
list-requests-opened = Gestellt
list-requests-needed = Gebraucht bis
list-requests-state = Stand
list-requests-empty = Noch hat niemand gefragt. Herausgeber fragt man auf der Seite eines Berichts, unter „Wer darf es erfahren?“.
list-second = Vorschläge
list-second-id = Kennung
list-second-what = Was
list-second-report = Bericht
list-second-by = Gegeben von
list-second-given = Gegeben, UTC
list-second-under = Verlangt von
list-second-state = Stand
list-second-empty = Hier steht, was nach einer Vereinbarung niemand allein freigeben, bewilligen oder zustellen kann, bis eine zweite Person Ja oder Nein sagt.
list-people = Personen
list-people-person = Person
list-people-name = Name
list-people-account = Meldet sich an als
list-people-roles = Rollen
list-people-state = Stand
list-people-empty = Hier stehen die Personen dieser Stelle. Eine neue trägt der Befehl entente person add ein.
list-entries = Einträge
list-entries-entry = Eintrag
list-entries-when = Wann
list-entries-what = Was
list-entries-who = Wer
list-entries-empty = Hier steht eine Zeile für alles, was festgehalten wird, vom ersten an.
list-partners = Partner
list-partners-partner = Partner
list-partners-link = Verbindung
list-partners-heard = Zuletzt gehört
list-partners-confirmed = Bestätigt
list-partners-waits = Wartet
list-partners-unconfirmed = Unbestätigt
list-partners-refused = Nicht angenommen
list-partners-kept = Hier verwahrt
list-partners-fingerprint = Fingerabdruck
list-partners-empty = Hier stehen die Stellen, mit denen diese teilt. Eine neue trägt der Befehl entente party add ein; vergleichen Sie Fingerabdrücke am Telefon.
list-arrangements = Vereinbarungen
list-arrangements-id = Vereinbarung
list-arrangements-title = Titel
list-arrangements-parties = Stellen
list-arrangements-state = Stand
list-arrangements-since = Seit, UTC
list-arrangements-empty = Hier stehen die Bedingungen, unter denen diese Stelle teilt: unten eintragen, oder mit dem Befehl entente arrangement add.
list-briefings = Gespräche
list-briefings-id = Gespräch
list-briefings-prepared = Vorbereitet, UTC
list-briefings-to = Zu
list-briefings-for = Für
list-briefings-about = Über
list-briefings-beyond = Darüber hinaus gesagt
list-briefings-empty = Hier stehen vorbereitete Gespräche, das neueste zuerst.
list-cases = Fälle
list-cases-case = Fall
list-cases-title = Titel
list-cases-opened = Eröffnet
list-cases-to_do = Zu tun
list-cases-late = Verspätet
list-cases-state = Stand
list-cases-empty = Hier stehen Weitergaben, die niemand erlaubt hat, mit ihren Fristen. Einen Fall eröffnet der Befehl entente incident open.

## Fristen
clock-none = keine Frist genannt
clock-until = bis
clock-since = seit

## Nichts hier, und was misslang
nothing-title = Nichts hier
nothing-head = Hier ist nichts für Sie.
nothing-lede = Entweder gibt es das nicht, oder es ist nicht für Sie. Diese Seite ist in beiden Fällen dieselbe.
nothing-search = Noch einmal suchen
nothing-ask = Hat Ihnen jemand diese Adresse gegeben, so fragen Sie dort, ob Sie auf dem Verteiler stehen.
trouble-next = Was zu tun ist
trouble-entitled = Nichts ist geschehen: das steht Ihnen nicht zu.
trouble-entitled-next = Bitten Sie jemanden mit der Rolle, es zu tun, oder die Verwaltung um die Rolle.
trouble-refused = Nichts ist geschehen.
trouble-refused-next = Gehen Sie zurück, ändern Sie, was oben steht, und versuchen Sie es noch einmal.
trouble-waits = Das wartet auf eine zweite Person.
trouble-waits-next = Es geht hinaus, sobald eine andere Person mit derselben Rolle es angesehen hat und binnen 24 Stunden Ja sagt.
trouble-waits-link = Was wartet: { $name }
trouble-locked = Nichts ist geschehen: dieser Knoten kann nicht unterschreiben.
trouble-locked-said = Er wurde ohne seine Passphrase gestartet. Lesen geht weiter.
trouble-locked-next = Bitten Sie den Betrieb, ihn mit der Passphrase zu starten.
trouble-early = Noch nicht: dieser Knoten ist eben erst gestartet.
trouble-early-said = Woraus Listen bestehen, wird noch gelesen.
trouble-early-next = Versuchen Sie es in einigen Sekunden noch einmal; einzelne Berichte lassen sich schon öffnen.
trouble-broken = Das ging nicht.
trouble-broken-said = Der Knoten versagte, während er diese Seite machte. Was vorher festgehalten wurde, steht.
trouble-broken-next = Versuchen Sie es noch einmal; misslingt es wieder, so nennen Sie dem Betrieb die Zeit dieser Seite.

## Schreibtisch
desk-title = Schreibtisch
desk-waiting = { $n ->
    [0] Nichts wartet auf Sie.
    [one] Eines wartet auf Sie.
   *[other] { $n } Dinge warten auf Sie.
}
desk-late = { $n ->
    [one] Eines ist verspätet.
   *[other] { $n } sind verspätet.
}
desk-waits = Was auf Sie wartet
desk-order = Verspätetes zuerst, dann was zuerst endet
desk-empty = Hier steht, was Ihre Rollen Sie tun lassen, was zuerst endet, oben.
desk-wait-for = Sie warten auf
desk-newest = Berichte für Sie
desk-all = alle
desk-none = Noch keine. Wer einen Verteiler führt, kann Sie aufnehmen.
desk-node = Dieser Knoten
desk-answer = Beantworten
desk-open-case = Fall öffnen
desk-acknowledge = Zur Kenntnis nehmen
desk-see = Ansehen
desk-look = Ansehen
desk-from = Anfrage { $name } · von { $party } · { $facts }
desk-below = Alles bewilligt: eine Ihrer Quellen fällt von { $before } Möglichen auf { $after }, unter ihre Schwelle.
desk-more-stages = { $n ->
    [one] Eine weitere Stufe dieses Falls ist zu tun.
   *[other] { $n } weitere Stufen dieses Falls sind zu tun.
}

## Berichte
reports-title = Berichte
reports-search = Suche
reports-for-you = { $n ->
    [0] Kein Bericht ist für Sie.
    [one] Ein Bericht ist für Sie.
   *[other] { $n } Berichte sind für Sie.
}
reports-fits = { $n ->
    [0] Nichts, das für Sie ist, passt.
    [one] Ein Bericht ist für Sie.
   *[other] { $n } Berichte sind für Sie.
}
reports-sought = Was suchen Sie?
reports-take-in = Eine Datei aufnehmen
reports-search-label = Kennungen, Titel, Einstufungen und Stellen dessen suchen, was Sie wissen dürfen
reports-found = Gefunden
reports-yours = Was Sie lesen dürfen
reports-anything = alles

## Anfragen
requests-title = Anfragen
requests-waiting = { $n ->
    [0] Niemand wartet auf eine Antwort von Ihnen.
    [one] Eine Anfrage wartet auf Antwort.
   *[other] { $n } Anfragen warten auf Antwort.
}
requests-lede = Hier stehen die Anfragen von Partnern, anderen zu sagen, was Ihres ist, was zuerst endet, oben.
requests-consents-as-odrl = Zustimmungen, die Sie kennen dürfen, als ODRL
requests-second = Zweite Person
requests-to-answer = Zu beantworten
requests-more = die ersten { $shown }, und { $n } weitere in der Liste
requests-from = von
requests-all = Alle Anfragen
requests-utc = Zeiten in UTC
requests-state-open = zu beantworten
requests-state-waits = wartet
requests-state-done = beantwortet
requests-no-purpose = kein Zweck genannt
requests-persons = { $n ->
    [one] eine Person
   *[other] { $n } Personen
}
requests-portions = { $n ->
    [one] einen Abschnitt
   *[other] { $n } Abschnitte
}
requests-may = Darf man { $persons } von { $parties } { $portions } aus { $report } sagen?

## Zweite Person
second-title = Zweite Person
second-waiting = { $n ->
    [0] Nichts wartet auf Ihr Ja.
    [one] Eines wartet auf eine zweite Person.
   *[other] { $n } Dinge warten auf eine zweite Person.
}
second-lede = Nach manchen Vereinbarungen kann niemand allein freigeben, bewilligen oder zustellen. Was eine Person gegeben hat, geht hinaus, wenn eine andere mit derselben Rolle gesehen hat, was folgt, und binnen 24 Stunden Ja sagt.
second-all = Was wartet, und was beantwortet ist

## Personen und Rollen
people-title = Personen und Rollen
people-count = { $n ->
    [one] Eine Person ist hier eingetragen.
   *[other] { $n } Personen sind hier eingetragen.
}
people-lede = Rollen sagen, was jemand tun darf; Ermächtigungen und Zugänge, was jemand wissen darf. Niemand ändert die eigenen.
people-who = Wer
people-may = Wer darf was
people-roles-table = Rollen, eine Tabelle
people-what = Was
people-yes = darf
people-no-account = kann sich nicht anmelden
people-off = abgeschaltet
person-signs-in = meldet sich an als { $name }
person-code = Ein Code für { $name }
person-code-says = Geben Sie ihn persönlich weiter. Er gilt eine Woche lang unter /join. Er wird einmal gezeigt.
person-roles = Rollen
person-roles-of = Rollen von { $name }
person-roles-says = was sie tun darf
person-then = Es gilt sofort. Wer eine Rolle verliert, verliert, was sie tun lässt, und behält, was sie weiß.
person-change = Rollen ändern
person-own = Niemand ändert die eigenen Rollen: das tut eine andere Person der Verwaltung.
person-sign-in = Anmelden
person-sign-in-says = Mit einem Code wird ein Konto angelegt, oder ein neues.
person-give-code = Einen Code geben

## Hauptbuch
ledger-title = Hauptbuch
ledger-size = { $n } Einträge.
ledger-all-signed = { $n } Einträge, alle unter einem unterschriebenen Kopf.
ledger-signed = { $n } Einträge, { $signed } davon unter einem unterschriebenen Kopf.
ledger-lede = Jeder Eintrag ist eine Festlegung: er beweist, was geschah, ohne es zu sagen. Der Inhalt steht dort, wo ihn liest, wer ihn wissen darf.
ledger-entries = Einträge { $first } bis { $last }
ledger-order = neueste zuerst, Zeiten in UTC
ledger-newer = Neuere Einträge
ledger-older = Ältere Einträge
ledger-others = Andere Einträge
ledger-head = Unterschriebener Kopf
ledger-log = Buch
ledger-head-size = Größe
ledger-root = Wurzel
ledger-unsigned = Noch ist nichts unterschrieben.
ledger-one = Ein Eintrag
ledger-up-to = Bis Eintrag
ledger-show = Zeigen
ledger-proof = Seine Nummer führt zu seinem Beweis.
ledger-without = Ohne diese Seite
ledger-node = der Knoten, oder behauptet

## access
access-one-way-in-is-open-in = { $n ->
    [one] Ein Zugang ist in Ihrem Namen offen.
   *[other] { $n } Zugänge sind in Ihrem Namen offen.
}
access-tell-you-that-something-waits-end = sagen Ihnen, dass etwas wartet. Beenden Sie, was Sie nicht kennen. Was beendet wird, ist sofort draußen, und das ist festgehalten.
access-nobody-else-is-signed-in-and = Sonst ist niemand angemeldet, und kein Programm hat einen Schlüssel.
access-ways-in-of-everybody-else-a = Zugänge aller anderen, eine Tabelle
access-sign-you-in-without-a-password = melden Sie ohne Passwort an;
access-your-ways-in-a-table = Ihre Zugänge, eine Tabelle
access-what-can-be-done = Was man tun kann
access-everybody-elses = Die aller anderen
access-not-known = nicht bekannt
access-passkeys = Passkeys
access-ways-in = Zugänge
access-notices = Benachrichtigungen
access-whose = Wessen
access-yours = Ihre
access-from = Woher
access-of = , von
access-end = Beenden

## arrangement
arrangement-one-party = { $n ->
    [one] eine Stelle
   *[other] { $n } Stellen
}
arrangement-a-release-consent-or-delivery-takes = Freigabe, Bewilligung oder Zustellung braucht das Ja einer zweiten Person
arrangement-until-then-nobody-here-reads-what = bis dahin liest hier niemand, was unter ihnen kam
arrangement-the-other-parties-are-told-and = die anderen Stellen erfahren es und sind ebenso gebunden
arrangement-only-persons-on-a-reports-distribution = nur Personen auf dem Verteiler eines Berichts
arrangement-who-signed-the-log-behind-an = die das Buch hinter einer Zusicherung unterschrieben haben
arrangement-all-of-them-where-none-is = alle, wo keiner angekreuzt ist
arrangement-show-what-suspending-stops = Zeigen, was Aussetzen anhält
arrangement-to-nobody-without-consent = an niemanden ohne Bewilligung
arrangement-the-other-parties-read-it = die anderen Stellen lesen es
arrangement-show-what-accepting-does = Zeigen, was Annehmen tut
arrangement-as-odrl = Die Bedingungen als ODRL
arrangement-show-what-they-stop-with = zeigen, was sie anhalten, mit
arrangement-what-is-agreed-a-table = Was vereinbart ist, eine Tabelle
arrangement-only-for-these-purposes = Nur für diese Zwecke
arrangement-utc-such-as-2026-12-31 = UTC, etwa 2026-12-31
arrangement-show-what-resuming-does = Zeigen, was Fortsetzen tut
arrangement-if-you-narrow-them-so = Wenn Sie sie so verengen:
arrangement-show-what-ending-stops = Zeigen, was Beenden anhält
arrangement-if-you-accept-them = Wenn Sie sie annehmen:
arrangement-accept-these-terms = Diese Bedingungen annehmen
arrangement-make-them-stricter = Strenger machen
arrangement-says-of-its-state = sagt über ihren Stand:
arrangement-who-confirmed-it = Wer sie bestätigt hat
arrangement-what-is-agreed = Was vereinbart ist
arrangement-to-its-parties = an ihre Stellen
arrangement-suspend-or-end = Aussetzen oder beenden
arrangement-resume-or-end = Fortsetzen oder beenden
arrangement-these-terms = ✓ diese Bedingungen
arrangement-other-terms = ✕ andere Bedingungen
arrangement-no-word-yet = ? noch kein Wort
arrangement-arrangements = Vereinbarungen
arrangement-accept-them = Annehmen
arrangement-narrow-them = Verengen
arrangement-passing-on = Weitergeben
arrangement-witnesses = Zeugen
arrangement-as-it-is = wie bisher
arrangement-agreed = Vereinbart
arrangement-clause = Klausel
arrangement-since = Seit
arrangement-about = Worüber

## arrangements
arrangements-all-parties-have-agreed-on-terms = alle Stellen haben Bedingungen vereinbart, die weiter sind als die hier eingetragenen
arrangements-as-an-arrangement-file-has-them = wie eine Vereinbarungsdatei sie hat; ihre Schlüssel stehen im Benutzerhandbuch
arrangements-of-several-that-bind-the-same = Von mehreren, die denselben Text binden, gilt die strengere Bedingung.
arrangements-every-party-records-the-same = jede Stelle trägt dieselben ein
arrangements-nothing-was-recorded = Nichts wurde eingetragen.
arrangements-if-you-record-them = Wenn Sie sie eintragen:
arrangements-arrangements = · Vereinbarungen
arrangements-arrangements-2 = Vereinbarungen
arrangements-record-terms = Bedingungen eintragen
arrangements-record-them = Eintragen
arrangements-the-terms = Die Bedingungen
arrangements-partners = Partner

## audience
audience-every-originator-whose-word-is-missing = { $n ->
    [one] Jeder Herausgeber, dessen Wort fehlt, bekommt eine Anfrage über seine eigenen Abschnitte, für eine Person. Er erfährt, für wen und wofür.
   *[other] Jeder Herausgeber, dessen Wort fehlt, bekommt eine Anfrage über seine eigenen Abschnitte, für { $n } Personen. Er erfährt, für wen und wofür.
}
audience-why = Warum { $name }
audience-for-the-first-step-that-fails = für { $name }. Die erste Stufe, die scheitert, entscheidet; die anderen kämen danach.
audience-eight-steps-in-this-order-state = Acht Stufen, in dieser Ordnung: Stand, Ermächtigung und Zugang, Freigabeliste, Herausgebervorbehalt, Kenntnis nur wenn nötig, Zweck, eigene Regeln, Quellenschutz.
audience-the-worst-answer-decides-for-all = Die schlechteste Antwort gilt für alle. Ein Feld zeigt, warum. Hier stehen nur Abschnitte, die Sie selbst wissen dürfen.
audience-party-name-with-spaces-between-of = STELLE/NAME, mit Leerzeichen dazwischen; von Außenstehenden ist nur die Stelle bekannt
audience-who-may-know-what-a-table = Wer darf was wissen, eine Tabelle
audience-the-originators-read-it = die Herausgeber lesen es
audience-ask-every-originator = Jeden Herausgeber fragen
audience-ask-the-originators = Die Herausgeber fragen
audience-a-defined-audience = Ein festgelegter Kreis
audience-who-may-know-what = Wer darf was wissen
audience-how-it-is-decided = Wie entschieden wird
audience-after-the-matrix = Hinter die Tabelle
audience-could-change-it = könnte es ändern
audience-if-you-ask = Wenn Sie fragen:
audience-purpose = · Zweck:
audience-authority = Grundlage
audience-audience = Empfängerkreis
audience-token = Merkmal
audience-all = Alle

## became
became-and-more = und { $n } weitere
became-what-the-file-has-that-a = Was die Datei hat und ein Bericht nicht, eine Tabelle
became-what-the-file-has-that-a-2 = Was die Datei hat und ein Bericht nicht
became-what-becomes-of-the-file-a = Was aus der Datei wird, eine Tabelle
became-title = Titel
became-of = Von

## bind
bind-the-node-of = Der Knoten von { $name }
bind-says-who-you-are-there-once = { $name } sagt, wer Sie dort sind. Einmal sagt ein Code der Verwaltung von { $other }, wer Sie hier sind; danach meldet der Knopf allein Sie an.
bind-who-are-you-here = Wer sind Sie hier?
bind-not-signed-in = Nicht angemeldet.

## briefing
briefing-both-papers-are-valid-at = ✓ Beide Blätter gelten am { $name }.
briefing-they-end-at-once-when-a = Sie enden sofort, wenn eine Bewilligung zurückgezogen oder ein Bericht zurückgerufen wird; sehen Sie vor dem Gespräch noch einmal nach.
briefing-something-that-could-be-said-when = Etwas, das bei der Vorbereitung gesagt werden konnte, kann nicht mehr gesagt werden. Bereiten Sie es neu vor.
briefing-the-originators-are-told-what-was = Die Herausgeber erfahren, was wem gesagt wurde. Das lässt sich nicht zurücknehmen.
briefing-utc-permission-is-judged-at-that = UTC; ob es erlaubt war, wird für diesen Augenblick beurteilt; jetzt, wo nichts steht
briefing-where-it-was-said-without-permission = wo es ohne Erlaubnis gesagt wurde und für rechtmäßig gehalten wird
briefing-both-papers-are-void = ✕ Beide Blätter sind ungültig.
briefing-asked-and-not-answered = Gefragt, und nicht beantwortet
briefing-paper-for-the-speaker = Blatt für die sprechende Person
briefing-nothing-was-recorded = Nichts wurde festgehalten.
briefing-for-the-speaker-alone = Nur für die sprechende Person
briefing-may-stay-on-the-table = Darf auf dem Tisch bleiben
briefing-where-it-was-long-ago = wo es lange her ist
briefing-record-what-was-said = Festhalten, was gesagt wurde
briefing-paper-for-the-table = Blatt für den Tisch
briefing-not-valid-any-more = Nicht mehr gültig
briefing-after-the-meeting = Nach dem Gespräch
briefing-not-to-be-said = ✕ nicht zu sagen
briefing-not-permitted = ✕ nicht erlaubt
briefing-what-was-said = Was wurde gesagt?
briefing-prepare-again = Neu vorbereiten
briefing-why-only-now = Warum erst jetzt
briefing-permitted = ✓ erlaubt
briefing-open-a-case = einen Fall eröffnen
briefing-legal-basis = Rechtsgrundlage
briefing-prepared = · vorbereitet
briefing-briefings = Gespräche
briefing-valid-now = Jetzt gültig
briefing-for = · für
briefing-asks = fragt

## briefings
briefings-before-a-meeting-what-can-be = Vor einem Gespräch: was gesagt werden kann, was nicht und auf wessen Kosten, auf einem Blatt für die sprechende Person und einem für den Tisch.
briefings-no-report-is-for-you-there = Kein Bericht ist für Sie: noch gibt es nichts, worüber zu sprechen wäre.
briefings-nobody-outside-is-told-of-it = niemand draußen erfährt davon
briefings-nothing-was-prepared = Nichts wurde vorbereitet.
briefings-or-a-defined-audience = oder einem festgelegten Kreis
briefings-to-these-persons = Mit diesen Personen
briefings-briefings = Gespräche
briefings-a-new-one = Ein neues
briefings-prepared = Vorbereitet
briefings-prepare = Vorbereiten
briefings-about = Worüber

## embargo
embargo-if-you-hold-it-back-until = Wenn Sie ihn bis { $name } zurückhalten:
embargo-before-its-moment-a-text-goes = Vor ihrem Ende geht ein Text nicht weiter als zu denen, denen ihn sein Herausgeber gab, und auch nicht, was auf ihm beruht. Wer ihn hat, erfährt, wenn sich das Ende ändert.
embargo-here-stand-the-embargoes-on-it = Hier stehen die Sperrfristen darauf, wessen Wort jede ist und bis wann sie gilt.
embargo-nothing-happens-before-you-have-seen = nichts geschieht, bevor Sie gesehen haben, was es tut
embargo-end-it-now-marks-and-terms = jetzt beenden: von da an gelten Einstufungen und Bedingungen
embargo-on-all-of-it-where-none = für alles, wo keiner angekreuzt ist
embargo-whoever-has-the-text-reads-it = wer den Text hat, liest es
embargo-only-on-these-portions = Nur für diese Abschnitte
embargo-if-you-end-it-now = Wenn Sie sie jetzt beenden:
embargo-set-move-or-end = Setzen, verlegen oder beenden
embargo-what-this-does = Was das tut
embargo-as-it-stands = Wie es steht
embargo-embargo = · Sperrfrist
embargo-sign-holds = ? gilt
embargo-until = Bis
embargo-is-over = vorbei
embargo-on-by = auf { $name }, von { $other }

## enter
enter-work-as = Arbeiten als { $name }
enter-this-link-is-for-a-demonstration = Dieser Link ist für eine Vorführung auf diesem Rechner. Sonst meldet man sich mit Passwort und Telefon an.
enter-go-to-the-desk = Zum Schreibtisch
enter-demonstration = Vorführung

## export
export-and-one-more-line = { $n ->
    [one] und eine weitere Zeile
   *[other] und { $n } weitere Zeilen
}
export-a-file-bears-what-its-receiver = Eine Datei trägt, was ihr Empfänger allein nach Einstufungen und Bedingungen haben darf: was eine Bewilligung öffnet und was unter Sperrfrist steht, bleibt hier, denn die Bedingungen gingen nicht mit.
export-it-instead-terms-travel-with-it = ihn lieber zu: die Bedingungen gehen mit, und er lässt sich zurückrufen.
export-outside-of-here-only-its-marks = Draußen gehen nur ihre Einstufungen mit ihr.
export-what-the-format-cannot-express-a = Was das Format nicht ausdrücken kann, eine Tabelle
export-for-yourself-where-none-is-named = für Sie selbst, wo keine genannt ist
export-in-which-format-and-for-whom = In welchem Format, und für wen?
export-what-the-format-cannot-express = Was das Format nicht ausdrücken kann
export-the-beginning-of-the-file = Der Anfang der Datei
export-nothing-was-exported = Nichts wurde ausgegeben.
export-to-a-node-of-entente = An einen Knoten von Entente
export-show-the-file = Die Datei zeigen
export-for-the-party = Für die Stelle
export-take-the-file = Die Datei nehmen
export-how-it-begins = Wie sie beginnt
export-read-for = · gelesen für
export-the-file = Die Datei
export-deliver = stellen Sie
export-format = Format
export-for-whom = Für { $name }
export-on-record-opening = Dass Sie die Datei nehmen, wird festgehalten: als Ihre Einsicht in
export-on-record-copy = Dass Sie die Datei nehmen, wird festgehalten: als Kopie bei { $name } von

## giving
giving-parties = Stellen
giving-text-of-your-own-goes-to = Eigener Text geht zu denen, die Sie nennen, unter Ihren Bedingungen, ohne dass sie gefragt hätten.
giving-each-party-gets-the-part-that = Jede Stelle bekommt den Teil, den sie nach Einstufungen, Bedingungen und Bewilligungen haben darf.
giving-nothing-happens-before-you-have-seen = Nichts geschieht, bevor Sie gesehen haben, was jeder Empfänger sehen wird.
giving-also-when-a-later-version-changes = auch wenn eine spätere Fassung den Text unter derselben Einstufung ändert
giving-open-more-of-it-for-whom = : mehr davon öffnen, für wen und so lange Sie sagen.
giving-parties-jor-persons-jor-gid-colonel = Stellen (JOR), Personen (JOR.GID/colonel) oder PUBLIC
giving-a-copy-with-what-a-party = : eine Kopie mit dem, was eine Stelle schon haben darf.
giving-any-that-mark-and-arrangement-allow = jeden, den Einstufung und Vereinbarung zulassen, oder einen
giving-one-a-line-such-as-orally = eine je Zeile, etwa: nur mündlich, keine Notizen
giving-only-those-that-you-may-know = nur solche, die Sie selbst wissen dürfen
giving-the-moment-from-which-it-holds = der Augenblick, ab dem es gilt
giving-it-narrows-a-protected-source = Es engt eine geschützte Quelle ein
giving-it-stays-here-on-the-record = das bleibt hier, festgehalten
giving-why-it-is-done-all-the = Warum es dennoch geschieht
giving-deliver-the-releasable-part = Den freigebbaren Teil zustellen
giving-whom-do-you-release-it-to = Für wen geben Sie es frei?
giving-show-what-each-will-see = Zeigen, was jeder sehen wird
giving-parties-that-are-known = Bekannte Stellen
giving-who-gets-a-copy = Wer bekommt eine Kopie?
giving-first-with = , zuerst mit
giving-any-purpose = jeder Zweck
giving-another-way = Ein anderer Weg
giving-read-for = · gelesen für
giving-not-before = Nicht vor
giving-conditions = Auflagen
giving-release = Freigeben
giving-to = An
giving-if-release = Wenn Sie das freigeben
giving-if-deliver = Wenn Sie das zustellen
giving-release-it = Freigeben
giving-deliver-it = Zustellen
giving-spaces = , mit Leerzeichen dazwischen

## import
import-what-would-become-of = Was aus { $name } würde
import-at-most-mb-larger-ones-by = höchstens { $n } MB; größere mit dem Befehl
import-stix-2-1-a-misp-event = STIX 2.1, ein MISP-Ereignis, ein CSAF-Hinweis oder eine Mail; welches, sagt die Datei selbst. Ihre Einstufungen werden hier neu gelesen, und wer sie veröffentlicht hat, bleibt ihr Herausgeber.
import-nobody-but-whoever-keeps-its-distribution = Nur wen aufnimmt, wer ihren Verteiler führt; ihre Einstufungen sagen, wer das sein kann.
import-else-tlp-amber-strict-the-stricter = sonst TLP:AMBER+STRICT; die strengere gilt
import-another-file-or-the-same-said = Eine andere Datei, oder dieselbe anders
import-a-party-else-as-the-file = eine Stelle; sonst wie die Datei sagt
import-nothing-of-it-would-be-added = Nichts davon würde aufgenommen.
import-take-in-a-file-of-others = Eine Datei anderer aufnehmen.
import-show-what-becomes-of-it = Zeigen, was daraus wird
import-mark-of-what-bears-none = Einstufung dessen, was keine trägt
import-the-file-is-taken-in = Die Datei ist aufgenommen.
import-nothing-was-taken-in = Nichts wurde aufgenommen.
import-under-the-arrangement = Unter der Vereinbarung
import-persons-for-tlp-red = Personen, für TLP:RED
import-what-became-of-it = Was daraus wurde
import-who-reads-it-then = Wer sie dann liest
import-named-recipients = Genannte Empfänger
import-its-terms-hold = ihre Bedingungen gelten
import-published-by = Veröffentlicht von
import-first-with = , zuerst mit
import-take-it-in = Aufnehmen
import-the-file = Die Datei
import-reports = Berichte
import-file = Datei

## incident
incident-one-person-works-on-it = { $n ->
    [one] eine Person arbeitet daran
   *[other] { $n } Personen arbeiten daran
}
incident-late-first-left-done = Verspätetes zuerst · { $left } offen, { $done } getan
incident-to = an { $name }
incident-each-dot-is-a-candidate-that = Jeder Punkt ist ein Kandidat, der vorher passte; ein gefüllter passt noch.
incident-nothing-of-the-reports-concerned-to = Nichts aus den betroffenen Berichten, zu beliebigen Leuten.
incident-every-stage-is-done-close-the = Jede Stufe ist getan. Schließen Sie den Fall mit
incident-nobody-as-far-as-is-known = Niemand, soweit bekannt.
incident-each-of-its-own-part-only = jede nur von ihrem Teil
incident-who-must-be-told-a-table = Wer es erfahren muss, eine Tabelle
incident-who-could-be-the-source = Wer die Quelle sein könnte
incident-what-may-still-be-said = Was noch gesagt werden darf
incident-above-the-threshold = ✓ über der Schwelle
incident-copies-under-recall = Zurückgerufene Kopien
incident-who-held-all-of-it = Wer alles davon hatte
incident-record-it-as-done = Als getan festhalten
incident-who-must-be-told = Wer es erfahren muss
incident-protected-case = geschützter Fall,
incident-if-you-do-this = Wenn Sie das tun:
incident-not-permitted = ✕ nicht erlaubt
incident-public-before = Vorher öffentlich:
incident-what-was-done = Was getan wurde
incident-unconfirmed = ? nicht bestätigt
incident-not-for-you = nicht für Sie
incident-what-is-out = Was draußen ist
incident-permitted = ✓ erlaubt
incident-exposed = ✕ bloßgestellt
incident-no-clock = keine Frist
incident-of-what = Wovon
incident-record = Festhalten
incident-cases = Fälle
incident-opened = eröffnet { $other } von { $name }

## incidents
incidents-tells-of-its-incident = { $other } berichtet von seinem Vorfall { $name }
incidents-about-you-are-told-because-this = über { $name } · Sie erfahren es, weil diese Stelle { $other }
incidents-neither-confirm-nor-deny-you-see = Weder bestätigen noch bestreiten. Sie sehen die Fälle, von denen Sie wissen dürfen, und was Partner dieser Stelle von ihren gesagt haben.
incidents-acknowledging-says-that-you-took-note = Zur Kenntnis nehmen sagt, dass Sie es gelesen haben. Es schließt nichts und entschuldigt nichts.
incidents-no-partner-told-of-an-incident = Kein Partner hat von einem Vorfall gesprochen, der etwas betrifft, das Sie wissen dürfen.
incidents-nobody-else-may-learn-that-there = sonst darf niemand erfahren, dass es den Fall gibt
incidents-of-what-nobody-permitted = von etwas, das niemand erlaubt hat
incidents-who-works-on-it-with-you = Wer mit Ihnen daran arbeitet
incidents-show-what-opening-does = Zeigen, was Eröffnen tut
incidents-what-is-done-about-it = Was dagegen getan wird
incidents-cases-of-this-party = Fälle dieser Stelle
incidents-no-case-was-opened = Kein Fall wurde eröffnet.
incidents-what-partners-told = Was Partner gesagt haben
incidents-not-acknowledged = ? nicht zur Kenntnis genommen
incidents-what-it-is-called = Wie er heißt
incidents-if-you-open-it = Wenn Sie ihn eröffnen:
incidents-moments-in-utc = Zeiten in UTC
incidents-acknowledged = ✓ zur Kenntnis genommen
incidents-open-the-case = Den Fall eröffnen
incidents-open-a-case = Einen Fall eröffnen
incidents-it-is-about = Es geht um
incidents-acknowledge = Zur Kenntnis nehmen
incidents-cases = Fälle

## join
join-at-least-characters-three-or-four = mindestens { $n } Zeichen; drei oder vier Wörter sind gut
join-you-need-the-code-that-an = Sie brauchen den Code, den Ihnen die Verwaltung gab, und ein Telefon mit einer App für Einmalcodes.
join-small-letters-digits-dots-and-hyphens = kleine Buchstaben, Ziffern, Punkte und Bindestriche
join-the-name-you-want-to-sign = Der Name, mit dem Sie sich anmelden wollen
join-go-on-to-the-telephone = Weiter zum Telefon
join-no-account-was-made = Kein Konto wurde angelegt.
join-make-your-account = Konto anlegen
join-sign-in-instead = Lieber anmelden
join-the-same-again = Noch einmal dasselbe

## joined
joined-you-sign-in-as-and-act = Sie melden sich an als { $other } und handeln als { $name }.
joined-it-makes-another-administrator-on-this = Damit lässt sich, nur an diesem Rechner, noch jemand für die Verwaltung einsetzen, wenn sich niemand mehr anmelden kann. Es wird einmal gezeigt. Besser noch ist eine zweite Person der Verwaltung: geben Sie jemandem die Rolle unter Personen.
joined-write-this-down-and-lock-it = Schreiben Sie das auf und schließen Sie es weg
joined-your-account-is-made = Ihr Konto ist angelegt.

## lineage
lineage-originators = Herausgeber: { $name }
lineage-what-this-report-rests-on-and = Worauf dieser Bericht beruht, und was auf ihm beruht
lineage-the-same-as-a-table = Dasselbe als Tabelle
lineage-lineage-a-picture = Herkunft, ein Bild
lineage-lineage-a-table = Herkunft, eine Tabelle
lineage-of-this-report = Von diesem Bericht
lineage-its-portions = Seine Abschnitte
lineage-lineage = Herkunft
lineage-how = Wie
lineage-of = Von

## notices
notices-a-notice-says-that-something-waits = { $n ->
    [one] Eine Benachrichtigung sagt, dass etwas auf Sie wartet, und einen Link. Sie sagt nie, was: dafür melden Sie sich an. Sie kommt höchstens einmal in der Minute.
   *[other] Eine Benachrichtigung sagt, dass etwas auf Sie wartet, und einen Link. Sie sagt nie, was: dafür melden Sie sich an. Sie kommt höchstens einmal in { $n } Minuten.
}
notices-calls-are-signed-with-it-standard = Damit sind Aufrufe unterschrieben (Standard Webhooks). Es wird einmal gezeigt.
notices-what-do-you-wish-to-be = Was möchten Sie erfahren?
notices-the-secret-of-your-webhook = Das Geheimnis Ihres Webhooks
notices-call-of-a-program-at = Aufruf eines Programms unter
notices-kinds-of-things = Arten von Dingen
notices-empty-for-none = leer für keine
notices-not-kept = Nicht behalten.
notices-notices = Benachrichtigungen
notices-mail-to = Mail an
notices-keep = Behalten

## open
open-you-came-here-from-another-page = Sie kommen von einer anderen Seite, oder mit einem Browser, der nicht sagt, woher. Das Öffnen wird ins Hauptbuch geschrieben.
open-open-this-report = Diesen Bericht öffnen?
open-all-reports = Alle Berichte
open-reports = Berichte
open-open-it = Öffnen

## paper
paper-print-this-page-it-bears-this = · drucken Sie diese Seite: sie trägt dieses Blatt und sonst nichts
paper-back-to-the-briefing = Zurück zum Gespräch
paper-what-it-says = Was es sagt
paper-paper = Blatt

## paragraphs
paragraphs-line = Zeile { $name }: { $other }
paragraphs-no-paragraph-yet = noch kein Absatz

## partners
partners-say-under-which-terms-the-network = sagen, unter welchen Bedingungen. Netz und Dateien tragen dieselben versiegelten Nachrichten. Schweigen ist keine Ablehnung: was nicht bestätigt ist, kann angekommen sein.
partners-moments-in-utc = Zeiten in UTC
partners-arrangements = Vereinbarungen
partners-partners = Partner
partners-links = Verbindungen

## passkeys
passkeys-you-have-passkeys-here = { $n ->
    [0] Sie haben hier keinen Passkey.
    [one] Sie haben hier einen Passkey.
   *[other] Sie haben hier { $n } Passkeys.
}
passkeys-there-can-be-none-here = Hier kann es keinen geben:
passkeys-a-passkey-signs-you-in-without = Ein Passkey meldet Sie ohne Passwort und Ziffern an. Er bleibt in Ihrem Gerät oder Schlüssel, der fragt, ob Sie es sind. Haben Sie zwei, oder behalten Sie Passwort und Telefon.
passkeys-browsers-make-passkeys-by-scripts-only = Browser legen Passkeys nur mit Skripten an, und dieser führt keine aus. Passwort und Telefon gehen weiter.
passkeys-passkeys-a-table = Passkeys, eine Tabelle
passkeys-what-can-be-done = Was man tun kann
passkeys-what-you-call-it = Wie Sie ihn nennen
passkeys-make-a-passkey = Einen Passkey anlegen
passkeys-passkeys = Passkeys
passkeys-one-more = Noch einer
passkeys-remove = Entfernen
passkeys-yours = Ihre

## pending
pending-given-by = gegeben von { $name }, { $other }
pending-about-version = Es geht um { $name }, Fassung { $other }.
pending-a-yes-counts-until-utc = ein Ja gilt bis { $name } UTC
pending-may-be-told-instead-of = darf statt { $name } gesagt werden
pending-only-portions-that-you-may-know = hier stehen nur Abschnitte, die Sie selbst wissen dürfen
pending-whoever-gave-it-reads-it-it = wer es gab, liest es; es bleibt festgehalten
pending-your-yes-is-to-exactly-this = Ihr Ja gilt genau diesem,
pending-it-is-not-yours-to-say = Das Ja ist nicht an Ihnen.
pending-what-you-look-at-it-for = Wofür Sie es ansehen
pending-nothing-of-it-goes-out = nichts davon geht hinaus
pending-say-yes-carry-it-out = Ja sagen: ausführen
pending-what-became-of-it = Was daraus wurde
pending-you-read-it-for = Sie lesen es für
pending-if-you-say-yes = Wenn Sie Ja sagen
pending-second-person = Zweite Person
pending-if-you-say-no = Wenn Sie Nein sagen
pending-why = Warum nicht
pending-say-no = Nein sagen
pending-under = { $name } verlangt zwei Personen.

## proof
proof-entry-of = Eintrag { $name } von { $other }
proof-made-by-this-node-at = von diesem Knoten gemacht am { $name }
proof-one-step-a-neighbour-above-stands = { $n ->
    [one] ein Schritt; ein Nachbar oben steht links, unten rechts
   *[other] { $n } Schritte; ein Nachbar oben steht links, unten rechts
}
proof-from-entry-to-the-signed-head = Von Eintrag { $name } zum unterschriebenen Kopf
proof-neighbours-from-the-entry-upwards = Nachbarn vom Eintrag aufwärts: { $name }.
proof-nobody-else-has-signed-a-head = Noch hat niemand sonst einen Kopf dieses Buches unterschrieben. Partner, die über das Netz verbunden sind, tun es von selbst.
proof-the-head-is-signed-again-every = Der Kopf wird jede Minute neu unterschrieben, solange der Knoten mit seiner Passphrase läuft:
proof-path-to-the-signed-head-a = Weg zum unterschriebenen Kopf, ein Bild
proof-signed-head-as-it-is-published = Unterschriebener Kopf, wie er veröffentlicht ist
proof-none-over-this-entry-yet = Noch keiner über diesem Eintrag.
proof-path-to-the-signed-head = Weg zum unterschriebenen Kopf
proof-the-node-or-stated = der Knoten, oder behauptet
proof-neighbours-a-table = Nachbarn, eine Tabelle
proof-download-the-entry = Den Eintrag herunterladen
proof-download-the-receipt = Die Quittung herunterladen (COSE)
proof-download-the-proof = Den Beweis herunterladen
proof-witnesses-a-table = Zeugen, eine Tabelle
proof-without-this-page = Ohne diese Seite:
proof-signs-it-now = unterschreibt ihn jetzt.
proof-does-not-hold = hält nicht
proof-verify-again = Noch einmal prüfen
proof-no-proof-yet = Noch kein Beweis
proof-signed-root = Wurzel
proof-signed-head = Unterschriebener Kopf
proof-this-entry = dieser Eintrag
proof-all-hashes = Alle Hashes
proof-the-entry = Der Eintrag
proof-neighbour = Nachbar
proof-witnesses = Zeugen
proof-saw-size = Sah Größe
proof-witness = Zeuge
proof-ledger = Hauptbuch
proof-checks = Prüfungen
proof-before = Davor
proof-holds = hält
proof-after = Danach
proof-what = was
proof-when = wann
proof-step = Schritt
proof-side = Seite
proof-who = wer

## report
report-one-portion-is-for-you = { $n ->
    [one] ein Abschnitt ist für Sie
   *[other] { $n } Abschnitte sind für Sie
}
report-tear-line-below-this-the-text = Trennlinie · darunter darf der Text weiter reisen
report-set-move-or-end-one = Eine setzen, verlegen oder beenden
report-who-can-read-it-now = Wer es jetzt lesen kann
report-who-may-be-told = Wer darf es erfahren?
report-who-holds-a-copy = Wer eine Kopie hat
report-moments-in-utc = Zeiten in UTC
report-reports = Berichte
report-release = Freigeben
report-deliver = Zustellen
report-history = Verlauf
report-embargo = Sperrfrist
report-export = Ausgeben
report-text = Text
report-from-originator = Von { $name }
report-read-for = · gelesen für { $name }
report-embargo-label = Sperrfrist auf { $name } von { $other }
report-embargo-on = Sperrfrist auf { $name }
report-embargo-left = noch { $name }
report-word-of = Es ist das Wort von { $name }.
report-move-or-end = Verlegen oder beenden
report-nothing = Nichts davon ist ohne Zweck für Sie.
report-nothing-for = Nichts davon ist für Sie für { $name }.
report-n-of = { $name } von { $other }
report-no-portion = keiner

## request
request-opened-by = gestellt { $other } von { $name }
request-an-answer-is-of-use-until = eine Antwort nützt bis { $name } UTC
request-substitute-for = Ersatz für { $name }
request-reads-it = { $name } liest ihn
request-vouches-for-this-it-is-not = { $name } bürgt dafür; hier wird es nicht geprüft.
request-why-although-a-source-is-narrowed = Warum, obwohl eine Quelle unter ihre Schwelle eingeengt wird
request-only-where-that-is-so-it = nur wo das so ist; es bleibt hier, festgehalten
request-utc-such-as-2026-12-31 = UTC, etwa 2026-12-31 oder 2026-12-31T18:00Z
request-candidates-that-still-fit-a-source = Kandidaten, die noch zu einer Quelle passen
request-nothing-is-sent-before-you-answer = nichts geht hinaus, bevor Sie antworten
request-your-answer-portion-by-portion = Ihre Antwort, Abschnitt für Abschnitt
request-such-as-orally-only-no-notes = etwa: nur mündlich, keine Notizen
request-such-as-u-rel-to-usa = etwa (U//REL TO USA, CHL)
request-reason-for-what-is-refused = Grund für das Abgelehnte
request-what-may-be-told-instead = Was stattdessen gesagt werden darf
request-below-the-threshold = ✕ unter der Schwelle
request-above-the-threshold = ✓ über der Schwelle
request-no-citizenship-stated = keine Staatsangehörigkeit genannt
request-what-was-asked-for = Wonach gefragt wurde
request-if-you-answer-so = Wenn Sie so antworten:
request-who-would-be-told = Wem es gesagt würde
request-no-change = ✓ keine Änderung
request-substitute = ersetzen
request-citizen-of = Staatsangehörigkeit
request-condition = Auflage
request-requests = Anfragen
request-alone = · allein:
request-its-mark = Seine Einstufung
request-answer = Antworten
request-refuse = ablehnen
request-with = , mit
request-grant = bewilligen
request-later = später
request-show-again = Noch einmal zeigen, was das tut
request-no-clearance = keine Ermächtigung bekannt
request-cleared = ermächtigt

## sheet
sheet-what-will-see = Was { $name } sehen wird
sheet-nothing-of-what-you-may-know = Nichts von dem, was Sie wissen dürfen, bleibt ihnen verschlossen.
sheet-will-not-see = ✕ Wird nicht sehen
sheet-exactly-this = genau das
sheet-from-there = Von dort
sheet-nothing = Nichts.
sheet-nothing-2 = nichts

## sign-in
sign-in-sign-in-with = Mit { $name } anmelden
sign-in-ask-an-administrator-of-for-a = Bitten Sie die Verwaltung von { $name } um einen neuen Code.
sign-in-compare-before-you-type-the-fingerprint = Vergleichen Sie, bevor Sie tippen: der Fingerabdruck von { $name } ist
sign-in-what-you-open-print-and-release = Was Sie öffnen, drucken und freigeben, wird in ein Hauptbuch geschrieben, das Partner prüfen können.
sign-in-six-digits-from-your-telephone = Sechs Ziffern von Ihrem Telefon
sign-in-sign-in-with-a-passkey = Mit einem Passkey anmelden
sign-in-with-your-organisation = Mit Ihrer Organisation
sign-in-if-it-does-not-work = Wenn es nicht geht
sign-in-not-signed-in = Nicht angemeldet.

## sign
sign-in-use-code = Einen Code verwenden
sign-in-tries = Nach falschen Versuchen müssen Sie warten; niemand sonst kann Sie warten lassen.

## speakers
speakers-nothing-that-you-know-is-held = Nichts, was Sie wissen, wird zurückgehalten.
speakers-do-not-leave-this-paper-behind = Lassen Sie dieses Blatt nicht liegen.
speakers-nothing-of-it = Nichts davon.
speakers-you-can-say = ✓ Sie können sagen
speakers-do-not-say = ✕ Nicht sagen
speakers-to = zu
speakers-for = für { $name }
speakers-prepared = vorbereitet { $name } aus

## table
table-nothing-may-be-left-with-these = Bei diesen Anwesenden darf nichts bleiben.
table-information = Auskunft

## telephone
telephone-type-this-secret-into-your-app = Tippen Sie dieses Geheimnis in Ihre App für Einmalcodes, als zeitbasierten Code von sechs Ziffern. Es wird einmal gezeigt.
telephone-the-six-digits-that-it-shows = Die sechs Ziffern, die es jetzt zeigt
telephone-make-your-account-step-2-of = Konto anlegen, Schritt 2 von 2
telephone-on-the-telephone-itself = Auf dem Telefon selbst:
telephone-set-up-your-telephone = Richten Sie Ihr Telefon ein
telephone-make-the-account = Das Konto anlegen
telephone-not-confirmed = Nicht bestätigt.
telephone-open-the-app = die App öffnen

## watch
watch-number = : Nummer { $name }
watch-and-more-all-with = und { $n } weitere; alle mit
watch-text-markdown-html-pdf-mail-feed = Text, Markdown, HTML, PDF, Mail, Feed; höchstens { $n } MB
watch-it-is-makes-the-word-of = „Das ist er“ macht das Wort des Satzes zu einem anderen Wort für das nicht Gesagte und gibt dem Sachverhalt eine neue Fassung: spätere Texte damit werden gefunden. Es hält keine Offenlegung fest und lässt sich zurücknehmen.
watch-only-facts-that-you-may-know = Gesucht wird nur nach Sachverhalten, die Sie selbst wissen dürfen. Von einem Text bleibt nichts, bevor Sie etwas bestätigen oder übernehmen.
watch-underlined-found-dotted-near-to-be = Unterstrichen: gefunden. Gepunktet: nah, anzusehen. Der Rest sagt nichts, was Sie wissen dürfen.
watch-no-sentence-is-near-a-fact = Kein Satz ist einem Sachverhalt nah, ohne ihn zu sagen.
watch-it-is-recorded-and-the-originators = Es ist festgehalten, und die Herausgeber erfahren es.
watch-what-a-draft-of-your-own = ; was ein eigener Entwurf offenlegen würde:
watch-which-of-your-facts-does-a = Welche Ihrer Sachverhalte sagt ein Text?
watch-words-taken-over-from-texts = Aus Texten übernommene Wörter
watch-show-what-confirming-does = Zeigen, was Bestätigen tut
watch-words-taken-over-a-table = Übernommene Wörter, eine Tabelle
watch-if-you-confirm-this = Wenn Sie das bestätigen:
watch-near-misses-a-table = Beinahe, eine Tabelle
watch-said-not-to-be-known = Als unbekannt bezeichnet
watch-the-text-tells-it = der Text sagt ihn
watch-you-review-it-for = Sie prüfen es für
watch-or-choose-a-file = oder eine Datei wählen
watch-what-is-printed = Was gedruckt ist
watch-it-is-this-fact = Es ist dieser
watch-facts-beside-it = Sachverhalte daneben
watch-contradictions = Widersprüche
watch-confirmed-by = ◇ bestätigt von
watch-alternative-of = Anderes Wort für
watch-take-it-back = Zurücknehmen
watch-nearest-fact = Nächster Sachverhalt
watch-another-text = Ein anderer Text
watch-near-misses = Beinahe
watch-denied-by = ⊠ bestritten von
watch-not-said = · nicht gesagt:
watch-look-at-it = Ansehen
watch-in-part = ? zum Teil
watch-take-back = zurücknehmen
watch-the-text = Der Text
watch-not-said-2 = Nicht gesagt
watch-paste-it = Einfügen
watch-confirm = Bestätigen
watch-origins = Ursprünge
watch-full = ● ganz
watch-watch = Beobachtung
watch-fills = Füllt
watch-it-is = Das ist er
watch-none = Keine.
watch-word = Wort
watch-undo = Zurück
watch-of = “ von
watch-or = oder

## write
write-each-paragraph-begins-with-its-mark = Jeder Absatz beginnt mit seiner Einstufung; der Vorspann trägt das Übrige. Nichts wird gespeichert, bevor Sie ihn hinzufügen.
write-with-scripts-also-by-itself-half = mit Skripten auch von selbst, eine halbe Sekunde nach dem letzten Zeichen
write-why-there-is-to-be-a = Warum es eine geltende Fassung geben soll, obwohl er zurückgerufen wurde
write-it-replaces-a-version-that-rested = Er ersetzt eine Fassung, die auf anderem beruhte oder zurückgerufen wurde
write-why-it-no-longer-rests-on = Warum er nicht mehr darauf beruht, worauf er vorher beruhte
write-whoever-stands-behind-that-has-to = wer dahinter steht, muss gefragt werden
write-its-mark-and-what-it-rests = seine Einstufung, und worauf er beruht
write-a-report-as-it-is-written = Ein Bericht, während er geschrieben wird.
write-markdown-with-portion-marks = Markdown mit Einstufungen der Abschnitte
write-nothing-was-added = Nichts wurde hinzugefügt.
write-choose-a-portion = einen Abschnitt wählen
write-this-paragraph = Dieser Absatz
write-one-paragraph = Ein Absatz
write-write-it-down = Aufschreiben
write-first-with = , zuerst mit
write-it-rests-on = Er beruht auf
write-your-drafts = Ihre Entwürfe
write-keep-draft = Entwurf behalten
write-drop-draft = Entwurf verwerfen
write-is-marked = wird eingestuft
write-mark-it = Einstufen
write-write = Schreiben
write-check = Prüfen
write-text = Text

## written
written-version = Fassung { $name }
written-line = Zeile { $name }
written-nobody-yet-name-an-arrangement-in = Noch niemand: nennen Sie im Vorspann eine Vereinbarung, und lassen Sie Personen auf den Verteiler setzen.
written-write-them-down-with-the-report = mit dem Bericht aufschreiben, damit Texte gefunden werden, die sie sagen
written-in-bold-what-a-text-has = Fett, wovon ein Text sprechen muss. Sie lassen sich nachher bearbeiten:
written-over-the-marks-that-can-be = über die Einstufungen, die bisher lesbar sind
written-facts-and-what-tells-them = Sachverhalte und was sie sagt
written-the-sentence-as-a-whole = der Satz als Ganzes
written-it-cannot-be-added = ✕ Er kann nicht hinzugefügt werden:
written-add-it-all-the-same = Dennoch hinzufügen
written-here-by-its-marks = Hier, nach seinen Einstufungen
written-nobody-could-read = Niemand könnte lesen:
written-who-could-have-it = Wer ihn haben könnte
written-why-this-banner = Warum dieses Banner
written-no-banner-yet = noch kein Banner
written-add-report = Bericht hinzufügen
written-nothing-wrong = { $n ->
    [one] ein Abschnitt, kein Fehler
   *[other] { $n } Abschnitte, kein Fehler
}
written-faults = { $n ->
    [one] Ein Fehler hält ihn auf
   *[other] { $n } Fehler halten ihn auf
}
written-ask = bitten Sie { $name }, ihn freizugeben für
written-wider = eine weitere Liste
written-without = nicht { $name }

## all
all-party-name-with-spaces-between = STELLE/NAME, mit Leerzeichen dazwischen
all-utc-such-as-2026-12-31t18 = UTC, etwa 2026-12-31T18:00Z
all-show-what-this-does = Zeigen, was das tut
all-nothing-was-done = Nichts ist geschehen.
all-no-stated-purpose = kein genannter Zweck
all-you-read-this-for = Sie lesen das für
all-version = · Fassung
all-leave-it = So lassen
all-what-for = Wofür
all-portions = Abschnitte
all-password = Passwort
all-sign-in = Anmelden
all-persons = Personen
all-portion = Abschnitt
all-because = Weil
all-becomes = Wird zu
all-version-name = Fassung
all-report = Bericht
all-error = Fehler
all-do-it = Tun
all-to-do = Zu tun
all-party = Stelle
all-state = Stand
all-where = Wo
all-none = keine
all-show = Zeigen
all-ends = Endet
all-done = Getan
all-back = Zurück
all-what = Was
all-when = Wann
all-fact = Sachverhalt
all-name = Name
all-code = Code
all-why = Warum
all-for = Für
all-who = Wer

## access, said by pages
access-title = Wo Sie angemeldet sind
access-since = seit { $name },
access-used = zuletzt benutzt { $name },
access-until = höchstens bis { $name }
access-browser = Eine Sitzung in einem Browser ({ $name })
access-command-line = Eine Anmeldung an der Befehlszeile
access-token = Der Schlüssel { $name }

## effect, said by pages
effect-may = { $what } dürfen lesen: { $who }.
effect-may-for = { $what } dürfen für { $purpose } lesen: { $who }.
effect-no-longer = { $what } dürfen nicht mehr lesen: { $who }.
effect-no-longer-for = { $what } dürfen nicht mehr für { $purpose } lesen: { $who }.
effect-persons = { $n ->
    [one] Eine Person
   *[other] { $n } Personen
}
effect-nobody = Niemand, der hier bekannt ist, darf dadurch mehr oder weniger davon lesen.
effect-not-told = Niemand draußen erfährt es.
effect-told = Es erfahren: { $name }.
effect-waits = Es wartet zuerst auf das Ja einer zweiten Person, wie { $name } verlangt.

## stops, said by pages
stops-nothing = Nichts, was Sie lesen dürfen, steht darunter.
stops-nobody = { $name }: niemand, der hier bekannt ist, verliert etwas
stops-for = { $name }: nicht mehr für { $other }
stops-persons = { $n ->
    [one] eine Person liest weniger davon
   *[other] { $n } Personen lesen weniger davon
}
stops-held = liegt bei: { $name }
stops-consents = geltende Bewilligungen: { $name }
stops-requests = offene Anfragen: { $name }

## agreeing, said by pages
agreeing-unreadable = Die Bedingungen sind nicht lesbar: { $name }.
agreeing-why = Sagen Sie, warum: die anderen Stellen lesen es.
agreeing-choose = Wählen Sie, was zu tun ist.

## trouble, said by pages
trouble-unknown-name = Etwas, das hier genannt ist, ist nicht bekannt; sehen Sie die Namen noch einmal an.
trouble-roles = Ihre Rollen schließen das nicht ein; Rollen gibt die Verwaltung
trouble-foreign-form = Das Formular war keines dieser Seite, oder es wurde gemacht, bevor Sie sich neu anmeldeten.

## request, said by pages
request-title = Anfrage { $name }
request-progress-open = offen
request-progress-granted = bewilligt
request-progress-refused = abgelehnt
request-progress-substituted = ersetzt
request-grant-all = Alles bewilligen
request-refuse-all = Alles ablehnen
request-as-marked = Wie unten angekreuzt
request-grant-says = { $n ->
    [one] Sie erfahren einen Abschnitt, wie er steht.
   *[other] Sie erfahren { $n } Abschnitte, wie sie stehen.
}
request-marked-says = { $granted } bewilligt, { $replaced } ersetzt, { $refused } abgelehnt.
request-refuse-says = Sie erfahren nichts davon.
request-nothing-chosen = Noch ist kein Abschnitt bewilligt, ersetzt oder abgelehnt: wählen Sie für wenigstens einen.
request-end-wrong = Das Ende: { $name }.
request-until-withdrawn = bis es zurückgezogen wird
request-until = bis { $name }
request-then-grant = { $from } darf { $who } sagen: { $what }, { $until }.
request-then-instead = Statt { $portion } darf { $from } { $who } sagen: { $mark } „{ $text }“, { $until }.
request-then-observe = Sie müssen beachten: { $name }.
request-then-said = Was gesagt ist, lässt sich nicht zurücknehmen; eine Bewilligung lässt sich für das zurückziehen, was noch nicht gesagt ist.
request-then-closed = Es bleibt ihnen verschlossen: { $name }. { $other } erfährt das.

## narrowed, said by pages
narrowed-says = { $after } von { $before } Kandidaten für eine Ihrer Quellen würden noch passen.
narrowed-below = { $after } von { $before } Kandidaten für eine Ihrer Quellen würden noch passen, das ist unter ihrer Schwelle.

## arrangements, said by pages
arrangements-title = Vereinbarungen
arrangements-known = { $n ->
    [0] Keine Bedingungen sind eingetragen.
    [one] Eine Vereinbarung ist bekannt.
   *[other] { $n } Vereinbarungen sind bekannt.
}
arrangements-expired = abgelaufen
arrangements-not-begun = nicht begonnen
arrangements-stated = von { $name } genannt, hier nicht eingetragen
arrangements-suspend = Aussetzen
arrangements-resume = Fortsetzen
arrangements-end = Für immer beenden

## arrangement, said by pages
arrangement-is-stated = Ein Partner nennt sie, hier ist sie nicht eingetragen.
arrangement-has-expired = Sie ist abgelaufen.
arrangement-has-not-begun = Sie hat nicht begonnen.
arrangement-active = in Kraft
arrangement-suspended = ausgesetzt
arrangement-ended = beendet
arrangement-is = Sie ist { $name }.
arrangement-title = Vereinbarung { $name }

## audience, said by pages
audience-title = Wer darf { $name } erfahren
audience-no-party = „{ $name }“ nennt keine Stelle; schreiben Sie STELLE/NAME, etwa CHL/foreign-minister
audience-most = Auf eine Seite passen höchstens { $n } Personen; für mehr gibt es `entente decide`.
audience-whom = Wem wollen Sie es sagen?
audience-who = { $n ->
    [one] Einer Person
   *[other] Allen { $n }
}
audience-both = Beiden
audience-nothing = { $name } darf nichts davon gesagt werden.
audience-everything = { $name } darf alles davon gesagt werden.
audience-some = { $who } darf man { $portions } von { $all } sagen.
audience-permit = ja
audience-ask = fragen
audience-deny = nein
audience-passed = erfüllt
audience-failed-first = scheitert zuerst
audience-would-fail-next = scheiterte danach
audience-state = Stand
audience-clearance-and-access = Ermächtigung und Zugang
audience-release-list = Freigabeliste
audience-originator-s-control = Herausgebervorbehalt
audience-need-to-know = Kenntnis nur wenn nötig
audience-purpose-step = Zweck
audience-own-rules = Eigene Regeln
audience-source-exposure = Quellenschutz

## briefings, said by pages
briefings-whom = Mit wem werden Sie sprechen, und worüber?

## briefing, said by pages
briefing-title = Gespräch { $name }
briefing-handed = darf ausgehändigt werden
briefing-source = es kann zu einer Quelle von { $name } führen
briefing-change = um es zu ändern: { $name }
briefing-to = { $n ->
    [one] einer Person
   *[other] { $n } Personen
}
briefing-nothing = Sie können { $name } nichts davon sagen.
briefing-one = Sie können { $name } eines sagen.
briefing-some = Sie können { $name } { $n } Dinge sagen.
briefing-unmarked = nichts Eingestuftes auf diesem Blatt

## clock, said by pages
clock-days = { $name } T
clock-years = { $name } J

## embargo, said by pages
embargo-ended = Sie ist beendet.
embargo-holds = Bis { $name } geht es nicht weiter als zu denen, denen es gegeben wurde.
embargo-over = Sie war vorbei am { $name }.
embargo-broken = Sie ist gebrochen für { $name }: das ist draußen.
embargo-all = allem
embargo-give = Geben Sie an, bis wann sie gilt, oder kreuzen Sie an, dass sie jetzt endet.
embargo-count = { $n ->
    [0] Nichts davon wird zurückgehalten.
    [one] Eine Sperrfrist gilt.
   *[other] { $n } Sperrfristen gelten.
}
embargo-title = Sperrfrist auf { $name }

## export, said by pages
export-paper = PDF: ein nummeriertes Exemplar für Menschen
export-copy-number = Exemplar { $name }, wie Eintrag { $name } im Hauptbuch von { $other } festhält
export-choose = Wählen Sie ein Format.
export-recalled = Er ist von { $name } zurückgerufen ({ $other }).
export-title = { $name } ausgeben

## bind, said by pages
bind-title = Wer Sie hier sind

## code, said by pages
code-too-many = Von hier wurden zu viele falsche Codes versucht. Warten Sie, und versuchen Sie es noch einmal.
code-spent = Dieser Code gilt nicht, oder nicht mehr.

## giving, said by pages
giving-choose = Wählen Sie wenigstens einen Abschnitt, und nennen Sie wenigstens einen Empfänger.
giving-instead = { $name } steht für einen anderen Text: Er darf denen gesagt werden, für die er bestimmt ist, und steht in keiner Kopie.
giving-nothing = Nichts würde gegeben.
giving-without-end = ohne Ende
giving-may-be-told = { $what } dürfen erfahren, { $until }: { $who }.
giving-copy-goes = Eine Kopie geht an den Knoten von { $name }.
giving-published = Was veröffentlicht ist, lässt sich nicht zurückrufen.
giving-withdrawn = Es lässt sich für das zurückziehen, was nicht gesagt ist; was gesagt ist, bleibt gesagt.
giving-recalled = Eine Kopie draußen lässt sich zurückrufen; dass ihr Halter folgt, ist eine Sache seines Wortes.
giving-gets-copy = { $name } bekommt eine Kopie mit { $other }.
giving-no-mark = keine Einstufung
giving-release-title = { $name } freigeben
giving-deliver-title = { $name } zustellen

## import, said by pages
import-choose = Wählen Sie eine Datei, und senden Sie noch einmal: hier wartet keine.
import-title = Eine Datei aufnehmen

## became, said by pages
became-added = aufgenommen
became-unchanged = unverändert
became-withdrawn = zurückgezogen
became-not-taken-in = nicht aufgenommen

## incidents, said by pages
incidents-open = { $n ->
    [0] Kein Fall ist offen.
    [one] Ein Fall ist offen.
   *[other] { $n } Fälle sind offen.
}
incidents-state-open = offen
incidents-state-closed = geschlossen { $name }
incidents-why-originator-of-what-is-out = Herausgeber dessen ist, was draußen ist
incidents-why-holds-a-copy-of-it = eine Kopie davon hat
incidents-why-has-a-report-that-rests-on-it = einen Bericht hat, der darauf beruht
incidents-why-holds-another-report-of-the-same-source = einen anderen Bericht derselben Quelle hat

## incident, said by pages
incident-title = Fall { $name }
incident-tell = Betroffene unterrichten
incident-hold = Freigaben anhalten
incident-unknown = unbekannt
incident-nobody-named = niemand genannt
incident-held-since = seit { $name }, von { $other }
incident-on-distribution = auf dem Verteiler
incident-not-yours = Sie arbeiten nicht an diesem Fall; wer daran arbeitet, kann Sie mit `entente incident note` aufnehmen.
incident-say-done = Sagen Sie, was getan wurde: das wird festgehalten.
incident-say-about = Sagen Sie, was dagegen getan wird: Ihr Partner liest es.
incident-some-portions = { $n ->
    [one] einem seiner Abschnitte
   *[other] { $n } seiner Abschnitte
}
incident-then-told = { $party } erfährt von { $what }, weil die Stelle { $why }; von nichts anderem.
incident-then-held = Nichts aus { $name } geht mehr hinaus, bis der Fall endet.
incident-then-done = „{ $name }“ wird als getan festgehalten: { $other }
incident-then-nothing = Nichts würde sich ändern: niemand muss noch etwas erfahren, und alles ist angehalten.
incident-and = und
incident-by = { $other } durch { $name }

## stage, said by pages
stage-open-the-case-hash-and-keep-the-texts = den Fall eröffnen; Texte sichern
stage-match-what-is-out-with-the-facts-that-are-held = abgleichen, was draußen ist, mit den Sachverhalten hier
stage-warn-whoever-runs-the-source = warnen, wer die Quelle führt
stage-tell-those-concerned-each-its-own-part = Betroffene unterrichten, jede Stelle über ihren Teil
stage-put-releases-on-hold-recall-hold-statements = Freigaben anhalten, zurückrufen, keine Erklärungen
stage-inquire-compromise-yes-no-probable = untersuchen: preisgegeben ja, nein, wahrscheinlich
stage-find-who-held-everything-that-is-out = finden, wer alles hatte, was draußen ist
stage-label-again-keep-modify-downgrade = neu einstufen: behalten, ändern, herabstufen
stage-assess-the-damage-interim-then-final = den Schaden bewerten: vorläufig, dann endgültig
stage-hear-the-person-concerned = die betroffene Person hören
stage-lessons-and-what-may-still-be-said = Lehren, und was noch gesagt werden darf

## owner, said by pages
owner-security-officer = Geheimschutz
owner-disclosure-officer = Weitergabe
owner-handler-of-the-source = Quellenführung
owner-owner-of-the-portions = wem die Abschnitte gehören
owner-custodian = Verwahrung
owner-independent-officer = unabhängige Untersuchung
owner-inquiry-officer = Untersuchung
owner-original-authority = wer zuerst einstufte
owner-originator = Herausgeber
owner-management = Leitung
owner-all = alle

## join, said by pages
join-title = Neues Konto
join-failed-title = Fehler: kein Konto wurde angelegt
join-name = Ein Name hat 2 bis 40 kleine Buchstaben, Ziffern, Punkte und Bindestriche.
join-differ = Die beiden Passwörter sind verschieden.
join-code = Dieser Code gilt nicht, oder nicht mehr, oder nicht von hier.
join-telephone = Ihr Telefon
join-too-long = Das dauerte zu lange, oder ist schon geschehen. Beginnen Sie neu.
join-digits = Das sind nicht die Ziffern von jetzt. Geht die Uhr Ihres Telefons richtig?
join-made = Konto angelegt

## notices, said by pages
notices-no-mail = dieser Knoten sendet keine Mail: der Betrieb richtet dafür einen Server ein
notices-strange = „{ $name }“ ist keine Art von Aufgabe

## kind, said by pages
kind-recall-to-follow = Rückruf zu befolgen
kind-case = Fall
kind-incident-told = Vorfall gemeldet
kind-request-to-answer = Anfrage zu beantworten
kind-second-person = zweite Person
kind-counter-offer = Gegenangebot
kind-person-changed = Person geändert
kind-consent-does-not-fit = Bewilligung passt nicht
kind-answer-came = Antwort gekommen
kind-no-answer-yet = noch keine Antwort
kind-consent-ends = Bewilligung endet
kind-embargo-ends = Sperrfrist endet
kind-embargo-broken = Sperrfrist gebrochen
kind-recall-unconfirmed = Rückruf nicht bestätigt
kind-void-paper = ungültiges Blatt
kind-stale-facts = veraltete Sachverhalte
kind-terms-stated = Bedingungen genannt
kind-no-receipt = keine Quittung

## opening, said by pages
opening-says = { $portions } aus { $report }, { $route } an { $audience }, { $moment }
opening-choose = Wählen Sie wenigstens eine Offenlegung: um eine geht es in einem Fall.
opening-about = Es geht um { $name }.
opening-alone = Sie arbeiten daran; andere können später dazukommen.
opening-with = Sie arbeiten daran, mit { $name }.
opening-clocks = Seine Fristen beginnen: eindämmen, Betroffene unterrichten, den Schaden bewerten.
opening-not-told = Niemand draußen erfährt es, bevor Sie es sagen.
opening-told = Die Betroffenen erfahren es.

## route, said by pages

## partners, said by pages
partners-no-keys = keine Schlüssel
partners-by-network = über das Netz
partners-by-files = mit Dateien
partners-by-mail = per E-Mail
partners-known = { $n ->
    [0] Kein Partner ist bekannt.
    [one] Ein Partner ist bekannt.
   *[other] { $n } Partner sind bekannt.
}
partners-waits = { $n ->
    [0] Nichts wartet auf sie.
    [one] Eine Nachricht wartet darauf zu gehen.
   *[other] { $n } Nachrichten warten darauf zu gehen.
}
partners-not-taken = { $n ->
    [one] Einer hat etwas nicht angenommen.
   *[other] { $n } haben etwas nicht angenommen.
}
partners-kept = { $n ->
    [one] Eine Nachricht wurde hier nicht angenommen und ist verwahrt; `entente receive DATA/refused` sagt, warum.
   *[other] { $n } Nachrichten wurden hier nicht angenommen und sind verwahrt; `entente receive DATA/refused` sagt, warum.
}

## passkeys, said by pages
passkeys-used = seit { $name }, zuletzt benutzt { $other }
passkeys-unused = seit { $name }, nie benutzt
passkeys-wrong = Dieser Passkey meldet hier niemanden an.

## pending, said by pages
pending-waits-until = wartet bis { $name }
pending-waits = wartet
pending-approved = gebilligt
pending-declined = abgelehnt
pending-expired = abgelaufen
pending-head-waits = { $name } wartet auf eine zweite Person.
pending-head-approved = { $name }: zwei Personen haben Ja gesagt.
pending-head-declined = { $name }: abgelehnt.
pending-head-expired = { $name }: niemand hat rechtzeitig geantwortet.
pending-nothing-follows = Aus einem Ja würde nichts folgen: { $name }
pending-not-yours = Das Ja ist nicht an Ihnen.
pending-answered = { $word } von { $by }, { $at }
pending-title = Zweite Person { $name }
pending-why-not = Sagen Sie, warum nicht: wer es gab, liest das.

## people, said by pages
people-no-change = Keine Rolle wurde geändert.
people-code-for-others = Ein Code ist für eine andere Person dieser Stelle.

## picture, said by pages
picture-not-for-you = ein Text, der nicht für Sie ist
picture-this = dieser Bericht
picture-ask = { $name }, ist zu fragen
picture-rests-on = beruht auf
picture-is-rested-on-by = trägt
picture-line = { $portions } { $how } { $report } von { $of }

## proof, said by pages
proof-left = links
proof-right = rechts
proof-on-the = { $name } { $other }
proof-no-moment = kein Zeitpunkt genannt
proof-leaf = Der Eintrag ergibt sein Blatt
proof-lead = { $n ->
    [one] Ein Nachbar führt zur Wurzel
   *[other] { $n } Nachbarn führen zur Wurzel
}
proof-signed = { $name } hat diese Wurzel unterschrieben
proof-for-entries = über { $n } Einträge
proof-continues = Es setzt fort, was andere unterschrieben haben
proof-head-none = Eintrag { $name }, „{ $other }“: er steht da, und noch ist kein Kopf darüber unterschrieben.
proof-head-holds = Eintrag { $name }, „{ $other }“: er steht im Hauptbuch, unverändert.
proof-head-broken = Eintrag { $name }, „{ $other }“: sein Beweis hält nicht. Verlassen Sie sich nicht auf dieses Hauptbuch.
proof-title = Eintrag { $name }

## open, said by pages
open-title = Öffnen

## reviewing, said by pages
reviewing-gone = Dieser Satz ist nicht mehr nah.
reviewing-taken = „{ $word }“ ist jetzt ein anderes Wort für „{ $slot }“ von { $fact }, Fassung { $version }.
reviewing-back = „{ $word }“ ist kein anderes Wort für „{ $slot }“ von { $fact } mehr, Fassung { $version }.

## sheet, said by pages
sheet-not-chosen = nicht gewählt

## onward, said by pages
onward-free = { $name } darf es weitergeben, wie seine Einstufungen sagen ({ $other }).
onward-members = { $name } darf es an Stellen von { $other } ohne Frage weitergeben, an andere mit Bewilligung.
onward-consent = { $name } darf es an niemanden ohne Bewilligung der Herausgeber weitergeben ({ $other }).
onward-unbound = Keine Vereinbarung bindet { $name }: allein die Einstufungen sagen, wie weit es von dort geht.

## sign, said by pages
sign-in-title = Anmelden
sign-in-failed-title = Fehler: nicht angemeldet
sign-in-wrong = Name, Passwort und Ziffern passen nicht zusammen. Ziffern gelten einmal.
sign-in-wait = { $n ->
    [one] Zu viele falsche Versuche. Versuchen Sie es in einer Sekunde noch einmal.
   *[other] Zu viele falsche Versuche. Versuchen Sie es in { $n } Sekunden noch einmal.
}
sign-in-accounts = Dieser Knoten kann keine Konten nachsehen.
sign-in-full = Zu viele Leute sind angemeldet.

## enter, said by pages
enter-title = Eintreten

## watch, said by pages
watch-title = Beobachtung
watch-give = Fügen Sie einen Text ein, oder wählen Sie eine Datei.
watch-nothing-known = Kein Bericht ist für Sie: es gibt nichts zu suchen.
watch-choose = Wählen Sie wenigstens einen Sachverhalt, den der Text sagt.
watch-then = Es wird festgehalten, dass die Öffentlichkeit { $name } aus { $other } erfahren hat.
watch-then-told = Die Herausgeber erfahren es, jeder von seinem Teil. Ein gedruckter Text lässt sich nicht zurückrufen.
watch-denies = bestreitet
watch-confirms = bestätigt
watch-alleges = behauptet
watch-states = sagt
watch-itself = der Text selbst
watch-near = { $n ->
    [0] { "" }
    [one] Ein Satz ist nah.
   *[other] { $n } Sätze sind nah.
}
watch-out = { $n ->
    [0] Er sagt nichts, was Sie wissen dürfen.
    [one] Ein Sachverhalt ist draußen.
   *[other] { $n } Sachverhalte sind draußen.
}

## write, said by pages
write-title = Schreiben
write-choose-base = Wählen Sie, was worauf beruht: einen Absatz und einen Abschnitt.
write-choose-mark = Wählen Sie einen Absatz, und tippen Sie seine Einstufung.
write-cannot = So wie es steht, kann er nicht hinzugefügt werden.
write-kept = Ihr Entwurf wurde { $name } behalten, bis { $other }: versiegelt auf diesem Knoten, für Sie allein.
write-unnamed = noch ohne Kennung

## copies, said by pages
copies-title = Wo Kopien sind
copies-which = von Berichten, deren Verteiler Sie führen
copies-picture = Wo Kopien sind, ein Bild
copies-table = Wo Kopien sind, eine Tabelle
copies-dashed = Gestrichelt: was dort ist, ist nicht bestätigt, oder ein Rückruf ist es nicht.
copies-of = { $name } hat { $n } davon
copies-count = { $n ->
    [one] eine Kopie
   *[other] { $n } Kopien
}
copies-recalled = { $n ->
    [one] ein Rückruf nicht bestätigt
   *[other] { $n } Rückrufe nicht bestätigt
}
copies-unconfirmed = { $n ->
    [one] eine nicht bestätigt
   *[other] { $n } nicht bestätigt
}
copies-holds = Hat
copies-newest = Neueste, UTC
copies-not-confirmed = Nicht bestätigt
copies-not-followed = Rückrufe nicht bestätigt

## course, said by pages
course-title = Seine Fristen
course-picture = Seine Fristen, ein Bild
course-desc = Von der Eröffnung an: { $name }.
course-done = { $name } getan
course-late = { $name } verspätet
course-due = { $name } fällig { $other }
course-now = jetzt
course-scale = Stunden seit der Eröffnung, immer enger. ● getan, ○ zu tun, gestrichelt bis jetzt, was verspätet ist.

## course, said by pages
course-hours = { $n } h

## Many reports
list-part = { $n } davon; weitere folgen
reports-more-than = Mehr als { $n } Berichte sind für Sie.
reports-fits-more = Mehr als { $n } Berichte sind für Sie; nennen Sie ein weiteres Wort.

## Words of the core
way-the-link-of-a-demonstration = der Link einer Vorführung
way-password-and-telephone = Passwort und Telefon
way-a-passkey = ein Passkey
standing-in-force = in Kraft
standing-withdrawn = zurückgezogen
standing-releases-on-hold = Freigaben angehalten
standing-recalled-acknowledged = zurückgerufen, bestätigt
standing-recalled-not-confirmed = zurückgerufen, nicht bestätigt
route-read = gelesen
route-briefed = im Gespräch
route-said = gesagt
route-published = veröffentlicht

# Ein erster Start
found-title = Diesen Knoten einrichten
found-failed-title = Fehler: nichts wurde angelegt
found-step = Erster Start, Schritt 1 von 2
found-headline = Diesen Knoten einrichten
found-lede = Hier ist noch nichts. Sagen Sie, welche Partei hier arbeitet; danach legen Sie das erste Konto der Verwaltung an, mit einem Passkey oder einem Passwort.
found-nothing-was-made = Nichts wurde angelegt.
found-party = Der Pfad der Partei
found-party-hint = so, wie Partner sie nennen werden, etwa USA.SVC oder CERT-PL; er ändert sich nicht mehr
found-path = Ein Pfad hat Großbuchstaben, Ziffern und Bindestriche, und Punkte zwischen seinen Teilen.
found-name = Ihr voller Name
found-then = Für die Partei werden Schlüssel gemacht und mit der Passphrase verschlossen, die beim Start dieses Programms gewählt wurde. Von da an steht alles, was hier geschieht, im Protokoll.
found-make = Die Partei einrichten
found-sample = Oder sehen Sie sich zuerst um
found-sample-lede = Eine Geschichte von drei Parteien, mit Berichten, einer Anfrage und einem Fall, an einem Ort für sich. Sie wird weggeworfen, wenn Sie es sagen, wenn die Partei eingerichtet ist oder wenn dieses Programm endet.
found-sample-begin = Das Beispiel zeigen
found-sample-begins = Das Beispiel wird gemacht: drei Knoten brauchen eine halbe Minute. Diese Seite sieht von selbst wieder nach.
found-sample-serves = Arbeiten Sie als eine dieser Personen; jeder Link öffnet eine eigene Seite.
found-sample-failed = Das Beispiel ist zu Ende.
found-sample-end = Das Beispiel wegwerfen
found-elsewhere = Dieser Knoten ist noch nicht eingerichtet. Öffnen Sie an diesem Rechner den Link, den er beim Start ausgegeben hat.
join-first = Erster Start, Schritt 2 von 2: Sie betreiben den Knoten und lesen keinen Text. Weitere Personen der Verwaltung legen Sie unter Personen an.
join-with-passkey = Mit einem Passkey
join-with-password = Mit Passwort und Telefon
join-you-act-as = Sie handeln als { $name }.
join-name-here = Ihr Name hier
join-make-with-passkey = Das Konto mit einem Passkey anlegen
joined-with-passkey = Sie melden sich mit Ihrem Passkey an und handeln als { $name }.
introduce-nothing = Nichts wurde übernommen
introduce-not-taken = Nicht übernommen.
introduce-invite = Einen Partner einladen
introduce-invite-lede = Eine Einladung sagt, unter welchen Schlüsseln diese Partei schreibt und wo sie erreichbar ist. Geben Sie sie dem Partner, und lesen Sie ihm den Fingerabdruck vor.
introduce-own-fingerprint = Der Fingerabdruck zum Vorlesen
introduce-address = Wo dieser Knoten erreichbar ist
introduce-address-hint = etwa https://gbr.example:8420; leer, wo Sie nur Dateien austauschen
introduce-write = Die Einladung schreiben
introduce-accept = Eine Einladung übernehmen
introduce-invitation = Die Einladung, wie Sie sie bekamen
introduce-fingerprint = Der Fingerabdruck, wie ihn eine Person des Partners sagte
introduce-fingerprint-hint = ohne ihn wird der der Einladung gezeigt, und nichts wird übernommen
introduce-take-in = Übernehmen

# Tasten
keys-title = Tasten
keys-on = Tasten werden auf jeder Seite gelesen.
keys-off = Tasten sind in diesem Browser abgeschaltet, bis Sie sich abmelden.
keys-lede = Alles geht auch ohne sie. Keine schickt ein Formular ab, und keine wird gelesen, während Sie tippen.
keys-all = Alle Tasten
keys-key = Taste
keys-does = was sie tut
keys-search = geht zur Suche
keys-next = nächste Zeile
keys-before = Zeile davor
keys-this = diese Seite
keys-switch-off = Tasten abschalten
keys-switch-on = Tasten anschalten
audience-portions-pages = Weitere Abschnitte
request-told-instead = Darf stattdessen gesagt werden:
