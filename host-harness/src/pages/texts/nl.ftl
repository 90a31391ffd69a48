# What the pages say, in Dutch: the words are those of the manual.

product = Koppeling AdvocaatCentraal – Tribe CRM
skip = Naar de inhoud
language-switch = English
leave = Uitloggen
on-another-day = { $day } { $month ->
    [1] januari
    [2] februari
    [3] maart
    [4] april
    [5] mei
    [6] juni
    [7] juli
    [8] augustus
    [9] september
    [10] oktober
    [11] november
   *[12] december
} { $year } om { $time }
unknown = niet bekend
office = Kantoor { $office }

## Entering

enter-title = Inloggen
enter-text = Met deze link kunt u één keer inloggen. Druk op de knop om verder te gaan.
enter-button = Inloggen
refused-title = Deze link werkt niet
refused-text = De link is al gebruikt, te oud of niet volledig. Vraag uw beheerder om een nieuwe.
outside-title = Niet ingelogd
outside-text = U komt hier binnen met een link die u van uw beheerder krijgt. De beheerder maakt er zelf een met:
too-many-title = Te veel pogingen
too-many-text = Wacht een minuut en probeer het opnieuw.
form-old-title = Dit formulier is verlopen
form-old-text = Er is niets gedaan. Ga terug, laad de pagina opnieuw en probeer het nog eens.
nowhere-title = Niet gevonden
nowhere-text = Deze pagina bestaat niet, of u mag hem niet zien.
failed-title = Nu niet beschikbaar
failed-text = De gegevens kunnen op dit moment niet worden gelezen. Probeer het over een minuut opnieuw.
to-begin = Naar het begin

## States, as one word

state-deactivated = gedeactiveerd
state-paused = gepauzeerd
state-in-order = in orde
state-direction-paused = één richting
state-system-away = wacht op systeem
state-webhook-refused = melding geweigerd
state-records-wait = records wachten
state-first-sync = eerste synchronisatie
state-never-synced = niet gestart
state-braked = geremd
state-late = te laat
state-stopped = staat stil
state-unexplained = onverklaard verschil

## How an office stands, in one sentence

sentence-deactivated = De koppeling is gedeactiveerd sinds { $since }.
sentence-paused = De koppeling staat op pauze sinds { $since }.
sentence-in-order = Alles loopt.
sentence-to-tribe-paused = Sinds { $since } gaat er niets naar Tribe CRM: die richting is gepauzeerd; de andere loopt.
sentence-to-advocaatcentraal-paused = Sinds { $since } gaat er niets naar AdvocaatCentraal: die richting is gepauzeerd; de andere loopt.
sentence-edits-wait = { $count ->
    [one] Alles loopt; 1 wijziging uit Tribe CRM wacht.
   *[other] Alles loopt; { $count } wijzigingen uit Tribe CRM wachten.
}
sentence-asked-to-wait = { $system ->
    [advocaatcentraal] De koppeling loopt langzamer: AdvocaatCentraal vraagt sinds { $since } om te wachten.
    [tribe] De koppeling loopt langzamer: Tribe CRM vraagt sinds { $since } om te wachten.
   *[neither] De koppeling loopt langzamer sinds { $since }.
}
sentence-system-away = { $system ->
    [advocaatcentraal] Sinds { $since } geeft AdvocaatCentraal geen bruikbaar antwoord; de koppeling probeert het vanzelf opnieuw.
    [tribe] Sinds { $since } geeft Tribe CRM geen bruikbaar antwoord; de koppeling probeert het vanzelf opnieuw.
   *[neither] Sinds { $since } kan de koppeling niet verder; ze probeert het vanzelf opnieuw.
}
sentence-webhook-refused = De periodieke synchronisatie loopt, maar de laatste melding van Tribe CRM is geweigerd ({ $since }): de handtekening klopt niet.
sentence-letters-wait = { $letters ->
    [one] Alles loopt; 1 record wacht op een besluit.
   *[other] Alles loopt; { $letters } records wachten op een besluit.
}
sentence-gone-wait = { $gone ->
    [one] Alles loopt; 1 gekoppeld record is in Tribe CRM verdwenen.
   *[other] Alles loopt; { $gone } gekoppelde records zijn in Tribe CRM verdwenen.
}
sentence-both-wait = Alles loopt; wachtend op een besluit: { $letters }, verdwenen in Tribe CRM: { $gone }.
sentence-first-sync = De initiële synchronisatie is begonnen en nog niet klaar: { $records } records verwerkt.
sentence-first-sync-of = De initiële synchronisatie is begonnen en nog niet klaar: { $records } van { $all } records verwerkt ({ $percent } %).
sentence-never-synced = De initiële synchronisatie is nog niet gestart.
sentence-braked = { $count ->
    [one] De koppeling loopt, maar houdt 1 soort wijziging tegen: te veel records zouden een waarde verliezen of zijn niet te zien.
   *[other] De koppeling loopt, maar houdt { $count } soorten wijzigingen tegen: te veel records zouden een waarde verliezen of zijn niet te zien.
}
sentence-late = Sinds { $since } is geen synchronisatie meer voltooid.
sentence-late-by-system = { $system ->
    [advocaatcentraal] Sinds { $since } is geen synchronisatie meer voltooid: AdvocaatCentraal geeft geen bruikbaar antwoord.
    [tribe] Sinds { $since } is geen synchronisatie meer voltooid: Tribe CRM geeft geen bruikbaar antwoord.
   *[neither] Sinds { $since } is geen synchronisatie meer voltooid: de koppeling kan niet verder.
}
sentence-stopped-settings = Sinds { $since } staat de koppeling stil: een instelling ontbreekt of klopt niet.
sentence-stopped-key = Sinds { $since } staat de koppeling stil: de API-sleutel wordt geweigerd.
sentence-stopped-tribe-login = Sinds { $since } staat de koppeling stil: Tribe CRM weigert de aanmelding.
sentence-stopped-newer = Sinds { $since } staat de koppeling stil: de gegevens zijn van een nieuwere versie.
sentence-stopped-unsupported = Sinds { $since } staat de koppeling stil: deze versie van de koppeling kan dit niet.
sentence-stopped-store = Sinds { $since } staat de koppeling stil: de opslag op de server werkt niet.
sentence-stopped-full = Sinds { $since } staat de koppeling stil: de opslag voor dit kantoor is vol.
sentence-stopped-defect = Sinds { $since } staat de koppeling stil door een fout in de koppeling.
sentence-unexplained = Bij de vergelijking van { $since } is een verschil gevonden dat de koppeling niet kan verklaren.

## What is to be done

do-title = Wat te doen
do-nothing = U hoeft niets te doen.
do-wait = U hoeft niets te doen: de koppeling gaat vanzelf verder zodra het kan.
do-command = De beheerder typt:
do-why = De koppeling zegt:
do-resume = Laat de koppeling weer lopen zodra u dat wilt; uw beheerder doet dat. Alle gegevens en verbindingen zijn bewaard.
do-resume-direction = Laat de gepauzeerde richting weer lopen zodra u dat wilt; uw beheerder doet dat. Wat intussen wijzigt, volgt dan.
do-initial-sync = Start de initiële synchronisatie, of laat haar afmaken.
do-settings = Laat uw beheerder de instelling verbeteren.
do-key = Maak in AdvocaatCentraal een nieuwe API-sleutel (API key), via het tabblad Kantoor en Nieuw, en geef die aan uw beheerder.
do-tribe-login = Laat uw beheerder de gegevens van de aanmelding bij Tribe CRM vernieuwen, of opnieuw inloggen bij Tribe CRM.
do-store = Laat uw beheerder naar de schijf van de server kijken.
do-full = Laat uw beheerder dit kantoor meer opslag geven.
do-stopped = Laat uw beheerder kijken waarom de koppeling stopte.
do-late = Laat uw beheerder nagaan of de koppeling draait, en of beide systemen bereikbaar zijn.
do-letters = { $count ->
    [one] Bekijk het record dat opzij is gelegd.
   *[other] Bekijk de { $count } records die opzij zijn gelegd.
}
do-gone = { $count ->
    [one] Beslis over het record dat in Tribe CRM is verdwenen: opnieuw maken of vergeten.
   *[other] Beslis over de { $count } records die in Tribe CRM zijn verdwenen: opnieuw maken of vergeten.
}
do-webhook-secret = Laat uw beheerder het geheim van de webhooks van Tribe CRM opnieuw invullen. Tot die tijd komen wijzigingen uit Tribe CRM bij de periodieke synchronisatie mee, en niet meer direct.
do-brake = { $count ->
    [one] Beslis of wat wordt tegengehouden door mag.
   *[other] Beslis van elk van de { $count } dingen die worden tegengehouden of het door mag.
}
do-unexplained = Meld dit: het is een fout in de koppeling.

## The page of an office

facts-title = Stand van zaken
last-cycle = Laatste periodieke synchronisatie
next-cycle = Volgende periodieke synchronisatie
next-about = rond { $time }
never = nog niet
created-today = Vandaag nieuw in Tribe CRM
updated-today = Vandaag bijgewerkt bij synchronisaties
pushed-today = Vandaag bijgewerkt na een wijziging in Tribe CRM
at-least = minstens { $count }
compared = Bekeken bij de laatste nachtelijke controle
edits-waiting = Wijzigingen uit Tribe CRM die wachten
hooks = Meldingen van Tribe CRM
hooks-none = nog geen ontvangen
hooks-taken = komen aan, de laatste
hooks-refused = worden geweigerd, de laatste
runs-title = Laatste keren dat de koppeling werkte
runs-none = De koppeling heeft voor dit kantoor nog niet gewerkt.
column-when = Wanneer
column-work = Wat
column-result = Hoe het eindigde
column-created = Nieuw
column-updated = Bijgewerkt
column-aside = Opzij gelegd
work-initial-sync = initiële synchronisatie
work-poll = periodieke synchronisatie
work-push = wijzigingen uit Tribe CRM
work-sweep = nachtelijke controle
work-differences = vergelijking
work-other = handwerk van de beheerder
result-done = voltooid
result-initial-sync-first = wacht op de initiële synchronisatie
result-later = later verder
result-settings = gestopt: een instelling
result-credentials = gestopt: toegang geweigerd
result-state-newer = gestopt: nieuwere versie
result-unsupported = gestopt: kan dit niet
result-no-store = gestopt: opslag
result-office-full = gestopt: opslag vol
result-failed = gestopt: fout
result-cancelled = afgebroken

## The audit trail

deeds-title = Wie wat deed
deeds-none = Er is nog niets gedaan.
column-who = Wie
by-terminal = beheerder, op de server
by-operator = beheerder (sessie { $session })
by-office = kantoor (sessie { $session })
done-link-made = een inloglink gemaakt
done-logged-in = ingelogd
done-logged-out = uitgelogd
done-logins-ended = alle sessies en links beëindigd

## The list of offices

offices-title = Kantoren
offices-none = Er is nog geen kantoor. Voeg er een toe met:
offices-found-none = Geen kantoor met dit nummer.
offices-search = Nummer
offices-search-button = Zoeken
column-office = Kantoor
column-state = Stand
column-sentence = Hoe het staat
column-last-cycle = Laatste synchronisatie
page-of = Pagina { $page } van { $pages }
page-before = Vorige
page-after = Volgende
