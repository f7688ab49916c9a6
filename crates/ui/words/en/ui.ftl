ui-skip = Skip to content
ui-demo = Demonstration
ui-demo-strip = This is a demonstration. It is not the real counter of { $town }.
ui-trail = Where you are
ui-languages = ことば / Languages
ui-furigana-toggle = Show or hide furigana
ui-navigation = Main menu
ui-menu = Menu
ui-portal-name = Online counter
ui-desk-name = Staff
ui-nav-procedures = Find a procedure
ui-nav-status = Status
ui-nav-person = Ask a person
ui-nav-my = My page
ui-person-title = You can always ask a person
ui-person-text = Our staff will help you by phone or at the counter. Tell them the title of this page.
ui-office = Office of { $town }
ui-office-small = Office of { $town }
ui-signed-in = Signed in as { $name }
ui-sign-out = Sign out

ui-keys-all = all keys
ui-keys-title = Keyboard
ui-close = Close

ui-errors-title = { $count ->
    [one] Please check your answer
   *[other] Please check { $count } answers
}
ui-cancel = Cancel and go back
ui-not-answered = (not answered)
ui-change = Change
ui-page-of = Page { $at } of { $of }
ui-step-done = Done
ui-step-now = You are here
ui-step-later = Still to come
ui-due-today = Due today
ui-due-left = { $days ->
    [one] 1 business day left
   *[other] { $days } business days left
}
ui-due-over = { $days ->
    [one] 1 business day late
   *[other] { $days } business days late
}
ui-due-passed = Past due
ui-due-stopped = Paused
ui-due-done = Finished
ui-due-open = No due date
ui-choose = Select
ui-choose-one = Select: { $name }
ui-chosen = With selected:
ui-pages = More of the list
ui-first-page = First
ui-next-page = Next
ui-shown = { $count } shown
ui-differs = Differs
ui-same = Same
ui-open-letter = Open in a new view (PDF)

ui-day = { $weekday } { $day } { $month } { $year }
ui-short-day = { $weekday } { $day } { $month }
ui-month = { $month ->
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
}
ui-moment = { $day }, { $time }
ui-time = { $hour }:{ $minute }
ui-time-after-noon = { $hour }:{ $minute }
ui-weekday-monday = Monday
ui-weekday-tuesday = Tuesday
ui-weekday-wednesday = Wednesday
ui-weekday-thursday = Thursday
ui-weekday-friday = Friday
ui-weekday-saturday = Saturday
ui-weekday-sunday = Sunday

ui-required = required
ui-optional = optional
ui-this-answer = This answer
ui-error = Error:
ui-choose-please = Choose one
ui-yes = Yes
ui-no = No
ui-at-most-characters = Up to { $count } characters
ui-era = Era
ui-era-western = Western year (CE)
ui-era-reiwa = Reiwa (from 2019)
ui-era-heisei = Heisei (1989–2019)
ui-era-showa = Showa (1926–1989)
ui-era-taisho = Taisho (1912–1926)
ui-era-meiji = Meiji (to 1912)
ui-year = Year
ui-month-part = Month
ui-day-part = Day
ui-date-keyed-help = 5080401 (5 is Reiwa, 4 Heisei, 3 Showa), 20260401 or R8.4.1
ui-date-help = For example: Western year 2027, month 4, day 1. Japanese eras work too.
ui-kana-help = In katakana. Hiragana is changed to katakana for you.
ui-family-name = Family name
ui-given-name = Given name
ui-person-name-help = If your name cannot be divided, write all of it as the family name.
ui-money-unit = yen
ui-postal = Postal code
ui-postal-help = The button fills in the address down to the town. You can change it.
ui-postal-button = Fill in address from postal code
ui-postal-digits = Enter the 7 digits of the postal code first.
ui-postal-several-lead = This postal code covers several towns. Please add the town, block and number: 
ui-postal-kept-lead = The address that you wrote was left as it is. This postal code stands for: 
ui-postal-found = Address filled in. Please add the block and number.
ui-postal-unknown = No address found for this postal code. Please write the address.
ui-address-text = Address (prefecture to number)
ui-building = Building and room
ui-building-help = Leave empty for a house.
ui-member-other = Someone not listed (enter name and date of birth)
ui-member-name = Name
ui-member-birth = Date of birth
ui-phone-help = For example 090-1234-5678. With or without hyphens.
ui-mail-help = For example hanako@example.jp
ui-account-type = Type of account
ui-account-kind = Where to pay
ui-account-kind-bank = Bank, credit union or farmers’ cooperative
ui-account-kind-yucho = Japan Post Bank (Yucho)
ui-bank-code = Bank code (4 digits)
ui-branch-code = Branch code (3 digits)
ui-account-ordinary = Ordinary
ui-account-current = Current
ui-account-savings = Savings
ui-account-number = Account number (7 digits)
ui-account-holder = Account holder (katakana)
ui-account-holder-help = As printed in katakana on the first page of the passbook.
ui-yucho-symbol = Symbol, 記号 (5 digits)
ui-yucho-number = Number, 番号 (up to 8 digits)
ui-account-help = You find these on the first page of the passbook.
ui-individual-number-help = 12 digits, written on the back of your My Number card.
ui-individual-number-use = Legal basis: { $basis }
ui-individual-number-kept = It is encrypted and kept apart from everything else.
ui-files-help = Photos (taken with a phone, for example) or PDF. Up to { $count }, 10 MB each.
ui-files-camera = Take a photo
ui-files-choose = Choose files
ui-files-later = If you do not have it now, you can send it within { $days } days after filing.
ui-files-kept = Files received
ui-files-remove = Remove: { $name }
ui-files-sending = Sending
ui-files-waiting = Connection lost. It continues when you are back online.
ui-files-done = Sent
ui-files-failed = It could not be sent. What has arrived is kept.
ui-files-too-big = The file is too large (up to 10 MB)
ui-files-half = Files that were not sent to the end
ui-files-half-sent = { $percent }% has arrived. Choose the same file again, and it goes on from there.
ui-files-half-drop = Stop sending: { $name }
ui-files-again = Send again
ui-files-paper = On paper: { $label }
ui-files-paper-seen = The original was seen
ui-files-paper-kept = Kept on paper
ui-files-note = Note (what it is, where it lies)
ui-signature-help = Sign inside the frame with a finger or mouse.
ui-signature-clear = Start again
ui-signature-pad = Frame for the signature
ui-signature-typed = Or type your name instead of signing
ui-signature-typed-help = If you cannot draw, type your name. It counts as your signature.
ui-place-words = Address or landmark
ui-place-words-help = If there is no address, write a nearby building, shop or the number on a utility pole.
ui-place-position = Latitude and longitude (if you know them)
ui-place-position-help = The two numbers that map apps show on a long press, for example 35.681236,139.767125
ui-place-map = Map
ui-place-map-help = Move the map until the pin in the middle is on the place. The arrow keys work too.
ui-place-here = Where I am now
ui-place-larger = Zoom in
ui-place-smaller = Zoom out
ui-place-clear = Remove the pin
ui-place-set = The place of the pin was entered.
ui-place-cleared = The pin was removed.
ui-place-failed = The map cannot be shown. Describing the place in words is enough.
ui-place-failed-shown = The map cannot be shown.
ui-place-lost = Your position is not known. Move the map, or describe the place in words.
ui-rank = { $at ->
    [1] 1st choice
    [2] 2nd choice
    [3] 3rd choice
   *[other] { $at }th choice
}
ui-rank-none = (none)
ui-rank-up = Up
ui-rank-down = Down
ui-group-add = Add { $each }
ui-group-remove = Remove
ui-group-remove-one = Remove { $each } { $at }
ui-group-one = { $each } { $at }
ui-group-most = You can add up to { $count }.
ui-choices-help = Choose all that apply.
ui-choices-at-most = You can choose up to { $count }.
ui-live-updated = The page was updated
ui-sending = Sending. Please wait.
