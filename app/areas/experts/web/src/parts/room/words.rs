//! What the room says, in words.

use experts_core::{BookingState, Party, talk::Way};

use super::browser::Link;

/// What there is to know of the other one, beside their name.
pub fn about_them(came: bool, link: Link, way: Option<Way>) -> &'static str {
    match (came, link, way) {
        (false, ..) => "Not here yet",
        (true, Link::Connected, _) => "Connected",
        (true, Link::Left, _) => "Was here, and left",
        (true, _, Some(Way::Chat)) => "In the chat",
        (true, Link::Connecting, _) => "Being connected",
        (true, Link::Unsteady | Link::Lost | Link::GivenUp, _) => "The connection is lost",
        (true, Link::Alone | Link::Replaced, _) => "In the room",
    }
}

/// Why the other one is not seen; nothing, when they are.
pub fn why_unseen(name: &str, link: Link, way: Option<Way>, has_camera: bool) -> Option<String> {
    Some(match (link, way) {
        (_, Some(Way::Chat)) => format!("{name} uses the chat only."),
        (Link::Alone, _) => format!("Waiting for {name}."),
        (Link::Left, _) => format!("{name} left. If they come back, you are connected again."),
        (Link::Connecting, _) => format!("Connecting you with {name}."),
        (Link::Unsteady | Link::Lost, _) => {
            "The connection is lost. It is being tried again; the chat still works.".to_owned()
        }
        (Link::GivenUp, _) => {
            "No connection comes about. Choose \u{201c}Talk in another way\u{201d} to try it again; the chat still works."
                .to_owned()
        }
        (Link::Replaced, _) => "You went on in another window.".to_owned(),
        (Link::Connected, Some(Way::Video)) if has_camera => return None,
        (Link::Connected, Some(Way::Video)) => format!("{name} has the camera off."),
        (Link::Connected, _) => format!("{name} is here with their voice only."),
    })
}

/// What a call came to, as one of both reads it.
pub fn came_to(state: BookingState, me: Party, name: &str) -> (&'static str, String) {
    let they_missed = format!("{name} did not come.");
    let (title, text) = match (state, me) {
        (BookingState::Confirmed, _) => ("The call is over", "What it came to is being settled. That takes a minute."),
        (BookingState::Completed, _) => ("You met", "The call is over. What was said and noted stays here."),
        (BookingState::ExpertMissed, Party::Client) | (BookingState::ClientMissed, Party::Expert) => {
            return ("You were alone", they_missed);
        }
        (BookingState::ExpertMissed | BookingState::ClientMissed, _) => ("You missed it", "You did not come in time."),
        (BookingState::NobodyCame, _) => ("Nobody came", "Nobody came to this call."),
        (BookingState::Failed, _) => {
            ("It failed", "The call failed for technical reasons. All that was paid goes back.")
        }
        _ => ("This call does not happen", "It was taken back, or never booked."),
    };
    (title, text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_seen_needs_no_words() {
        assert_eq!(why_unseen("Ana", Link::Connected, Some(Way::Video), true), None);
        for (link, way, camera) in [
            (Link::Connected, Some(Way::Video), false),
            (Link::Connected, Some(Way::Voice), true),
            (Link::Connected, Some(Way::Chat), true),
            (Link::Alone, None, true),
            (Link::Lost, Some(Way::Video), true),
            (Link::GivenUp, Some(Way::Video), true),
        ] {
            assert!(why_unseen("Ana", link, way, camera).is_some(), "{link:?} {way:?}");
        }
    }

    #[test]
    fn each_of_both_reads_what_they_missed() {
        assert_eq!(came_to(BookingState::ExpertMissed, Party::Client, "Vera").1, "Vera did not come.");
        assert_eq!(came_to(BookingState::ExpertMissed, Party::Expert, "Ana").0, "You missed it");
        assert_eq!(came_to(BookingState::ClientMissed, Party::Expert, "Ana").1, "Ana did not come.");
    }
}
