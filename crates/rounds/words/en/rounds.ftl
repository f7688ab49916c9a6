# Results of rounds.

rounds-result-open = See the result and your points
rounds-result-title = Result of the selection
rounds-result-back = Your application
rounds-result-placed = Place given
rounds-result-waiting = Waiting
rounds-result-none = There was no place this time. When a place becomes free, we contact those who wait by rank.
rounds-result-own-only = This page is about your application only. It does not show points or results of others.
rounds-result-at = Announced on { $day }.
rounds-points = Points
rounds-points-value = { $points } points
rounds-how-title = How the points came about
rounds-how-item = Item
rounds-how-row = person { $row }
rounds-how-added = Points set right by staff
rounds-how-total = Total
rounds-wishes-title = What you wished for
rounds-rank = You are number { $rank } on the waiting list.
rounds-why-no-class = There is no class for this age.
rounds-why-full-from = Filled with those who rank higher ({ $taken } people; the last had { $lowest } points).
rounds-why-full = Filled with those who rank higher.
rounds-why-sibling = There was a place for this child, but none for brothers and sisters to enter together.
rounds-why-given-up = Brothers and sisters could not be placed together here because families' wishes stood in each other's way. Please ask the department.
rounds-why-got = This place was given.
rounds-why-dearer = A place that you ranked higher was given.
