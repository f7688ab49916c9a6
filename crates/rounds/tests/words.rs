//! This room says the same in every language, and its staff's words stand apart.

use ui::words::check::problems;

#[test]
fn the_room_says_the_same_in_every_language() {
    let residents: Vec<_> = rounds::words().iter().filter(|(_, text)| !text.contains("\ndesk-")).copied().collect();
    assert_eq!(residents.len(), 3);
    assert_eq!(problems(&residents, &[], &["rounds"]), Vec::<String>::new());
}
