//! What the builder's pages share.

mod frame;
mod poll;
pub mod typed;

pub use frame::{AgentFrame, BuilderTab, after, refresh_head, unless_told};
pub use poll::Again;

use agents_core::AgentState;
use leptos::prelude::*;
use ui::Tone;
use web::Moment;

/// The words for what an agent is doing.
pub const fn state_words(state: AgentState) -> (Tone, &'static str) {
    match state {
        AgentState::Draft => (Tone::Neutral, "Draft"),
        AgentState::Published => (Tone::Success, "At work"),
        AgentState::Paused => (Tone::Warning, "Paused"),
        AgentState::Retired => (Tone::Neutral, "Retired"),
    }
}

/// A moment in a sentence: `just now`, `5 min ago`, `on 12 Mar`.
pub fn ago(moment: &Moment) -> String {
    match moment.short.as_str() {
        "now" => "just now".to_owned(),
        short if short.ends_with(" min") || short.ends_with(" h") || short.ends_with(" d") => format!("{short} ago"),
        short => format!("on {short}"),
    }
}

/// What went wrong with a form that is one button in a row.
#[component]
pub fn RowError(
    /// What happened.
    message: Signal<Option<String>>,
) -> impl IntoView {
    move || message.get().map(|message| view! { <p role="alert">{message}</p> })
}

/// What of an agent that is retired can't be done any more.
#[component]
pub fn RetiredNotice() -> impl IntoView {
    view! { <ui::Notice>"This agent is retired. All of it can be looked at, and nothing be changed any more."</ui::Notice> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_said_in_a_sentence() {
        let of = |short: &str| ago(&Moment { iso: String::new(), short: short.to_owned(), full: String::new() });
        assert_eq!([of("now"), of("5 min"), of("12 Mar")], ["just now", "5 min ago", "on 12 Mar"]);
    }
}
