# What the pages say, in English.

product = AdvocaatCentraal – Tribe CRM connector
skip = Skip to the content
language-switch = Nederlands
leave = Log out
on-another-day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year } at { $time }
unknown = not known
office = Office { $office }

## Entering

enter-title = Log in
enter-text = This link logs you in once. Press the button to go on.
enter-button = Log in
refused-title = This link does not work
refused-text = The link was used already, is too old or is not complete. Ask your administrator for a new one.
outside-title = Not logged in
outside-text = You enter with a link that your administrator gives you. The administrator makes one by:
too-many-title = Too many tries
too-many-text = Wait a minute and try again.
form-old-title = This form is no longer valid
form-old-text = Nothing was done. Go back, load the page again and try once more.
nowhere-title = Not found
nowhere-text = This page does not exist, or you may not see it.
failed-title = Not available now
failed-text = The data cannot be read at the moment. Try again in a minute.
to-begin = To the beginning

## States, as one word

state-deactivated = deactivated
state-paused = paused
state-in-order = in order
state-direction-paused = one direction
state-system-away = waits for a system
state-webhook-refused = webhook refused
state-records-wait = records wait
state-first-sync = first sync
state-never-synced = not started
state-braked = held back
state-late = late
state-stopped = stopped
state-unexplained = unexplained difference

## How an office stands, in one sentence

sentence-deactivated = The connector has been deactivated since { $since }.
sentence-paused = The connector has been paused since { $since }.
sentence-in-order = All is running.
sentence-to-tribe-paused = Nothing has gone to Tribe CRM since { $since }: that direction is paused; the other one runs.
sentence-to-advocaatcentraal-paused = Nothing has gone to AdvocaatCentraal since { $since }: that direction is paused; the other one runs.
sentence-edits-wait = { $count ->
    [one] All is running; 1 change from Tribe CRM waits.
   *[other] All is running; { $count } changes from Tribe CRM wait.
}
sentence-asked-to-wait = { $system ->
    [advocaatcentraal] The connector runs more slowly: AdvocaatCentraal has asked it to wait since { $since }.
    [tribe] The connector runs more slowly: Tribe CRM has asked it to wait since { $since }.
   *[neither] The connector has run more slowly since { $since }.
}
sentence-system-away = { $system ->
    [advocaatcentraal] Since { $since } AdvocaatCentraal has given no usable answer; the connector tries again by itself.
    [tribe] Since { $since } Tribe CRM has given no usable answer; the connector tries again by itself.
   *[neither] Since { $since } the connector cannot go on; it tries again by itself.
}
sentence-webhook-refused = The periodic sync is running, but the last notification from Tribe CRM was refused ({ $since }): its signature does not fit.
sentence-letters-wait = { $letters ->
    [one] All is running; 1 record waits for a decision.
   *[other] All is running; { $letters } records wait for a decision.
}
sentence-gone-wait = { $gone ->
    [one] All is running; 1 linked record is gone in Tribe CRM.
   *[other] All is running; { $gone } linked records are gone in Tribe CRM.
}
sentence-both-wait = All is running; waiting for a decision: { $letters }, gone in Tribe CRM: { $gone }.
sentence-first-sync = The initial sync was begun and is not done: { $records } records handled.
sentence-first-sync-of = The initial sync was begun and is not done: { $records } of { $all } records handled ({ $percent } %).
sentence-never-synced = The initial sync was not started yet.
sentence-braked = { $count ->
    [one] The connector is running, but holds 1 kind of change back: too many records would lose a value or do not show.
   *[other] The connector is running, but holds { $count } kinds of changes back: too many records would lose a value or do not show.
}
sentence-late = No sync was completed since { $since }.
sentence-late-by-system = { $system ->
    [advocaatcentraal] No sync was completed since { $since }: AdvocaatCentraal gives no usable answer.
    [tribe] No sync was completed since { $since }: Tribe CRM gives no usable answer.
   *[neither] No sync was completed since { $since }: the connector cannot go on.
}
sentence-stopped-settings = The connector has stood still since { $since }: a setting is missing or wrong.
sentence-stopped-key = The connector has stood still since { $since }: the API key is refused.
sentence-stopped-tribe-login = The connector has stood still since { $since }: Tribe CRM refuses the login.
sentence-stopped-newer = The connector has stood still since { $since }: its data are of a newer version.
sentence-stopped-unsupported = The connector has stood still since { $since }: this version of it cannot do this.
sentence-stopped-store = The connector has stood still since { $since }: the storage of the server does not work.
sentence-stopped-full = The connector has stood still since { $since }: the storage for this office is full.
sentence-stopped-defect = The connector has stood still since { $since } by a defect of its own.
sentence-unexplained = The comparison of { $since } found a difference that the connector cannot explain.

## What is to be done

do-title = What to do
do-nothing = You need not do anything.
do-wait = You need not do anything: the connector goes on by itself as soon as it can.
do-command = The administrator types:
do-why = The connector says:
do-resume = Let the connector go on when you want it to; your administrator does that. All data and links are kept.
do-resume-direction = Let the paused direction run again when you like; your administrator does that. What changes meanwhile follows then.
do-initial-sync = Start the initial sync, or let it be finished.
do-settings = Let your administrator mend the setting.
do-key = Make a new API key in AdvocaatCentraal, by the tab Kantoor and Nieuw, and give it to your administrator.
do-tribe-login = Let your administrator renew the credentials for Tribe CRM, or log in to Tribe CRM again.
do-store = Let your administrator look at the disk of the server.
do-full = Let your administrator give this office more storage.
do-stopped = Let your administrator see why the connector stopped.
do-late = Let your administrator see whether the connector is running, and whether both systems can be reached.
do-letters = { $count ->
    [one] Look at the record that was put aside.
   *[other] Look at the { $count } records that were put aside.
}
do-gone = { $count ->
    [one] Decide about the record that is gone in Tribe CRM: make it anew or forget it.
   *[other] Decide about the { $count } records that are gone in Tribe CRM: make them anew or forget them.
}
do-webhook-secret = Let your administrator give the secret of Tribe CRM's webhooks again. Until then changes from Tribe CRM come with the periodic sync, and no longer at once.
do-brake = { $count ->
    [one] Decide whether what is held back may go through.
   *[other] Decide of each of the { $count } things that are held back whether it may go through.
}
do-unexplained = Report this: it is a defect of the connector.

## The page of an office

facts-title = How things stand
last-cycle = Last periodic sync
next-cycle = Next periodic sync
next-about = about { $time }
never = not yet
created-today = New in Tribe CRM today
updated-today = Updated by syncs today
pushed-today = Updated today after a change in Tribe CRM
at-least = at least { $count }
compared = Looked at by the last nightly comparison
edits-waiting = Changes from Tribe CRM that wait
hooks = Notifications from Tribe CRM
hooks-none = none received yet
hooks-taken = arrive, the last one
hooks-refused = are refused, the last one
runs-title = The last times that the connector worked
runs-none = The connector has not worked for this office yet.
column-when = When
column-work = What
column-result = How it ended
column-created = New
column-updated = Updated
column-aside = Put aside
work-initial-sync = initial sync
work-poll = periodic sync
work-push = changes from Tribe CRM
work-sweep = nightly comparison
work-differences = comparison
work-other = work of the administrator
result-done = completed
result-initial-sync-first = waits for the initial sync
result-later = goes on later
result-settings = stopped: a setting
result-credentials = stopped: access refused
result-state-newer = stopped: newer version
result-unsupported = stopped: cannot do this
result-no-store = stopped: storage
result-office-full = stopped: storage full
result-failed = stopped: defect
result-cancelled = broken off

## The audit trail

deeds-title = Who did what
deeds-none = Nothing was done yet.
column-who = Who
by-terminal = administrator, on the server
by-operator = administrator (session { $session })
by-office = office (session { $session })
done-link-made = made a login link
done-logged-in = logged in
done-logged-out = logged out
done-logins-ended = ended all sessions and links

## The list of offices

offices-title = Offices
offices-none = There is no office yet. Add one by:
offices-found-none = No office with this number.
offices-search = Number
offices-search-button = Search
column-office = Office
column-state = State
column-sentence = How it stands
column-last-cycle = Last sync
page-of = Page { $page } of { $pages }
page-before = Previous
page-after = Next
