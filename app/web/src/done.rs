//! What a page says after a form of its own was accepted.

use leptos::prelude::*;
use ui::{Notice, Tone};

use crate::{query, use_boot};

/// Says that a form was accepted: which one, the address tells.
#[component]
pub fn Done(
    /// The words in the address, and those that people read.
    says: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    let done = query("done");
    // The address of a form that was refused afterwards still has the word.
    let refused = use_boot().submitted.is_some();
    move || {
        let done = done.get().filter(|_| !refused)?;
        let (_, text) = says.iter().find(|(word, _)| *word == done)?;
        Some(view! { <Notice tone=Tone::Success live=true>{*text}</Notice> })
    }
}
