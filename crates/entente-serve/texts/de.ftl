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
nothing-yes = ja
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
