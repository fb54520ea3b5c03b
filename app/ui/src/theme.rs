//! Light, dark, or as the device says.

use crate::{Icon, IconName};
use leptos::prelude::*;

/// Three buttons that send `theme=system`, `theme=light` or `theme=dark` with the form around them.
#[component]
pub fn ThemeSwitch(
    /// Which is chosen: `system`, `light` or `dark`.
    #[prop(into)]
    current: Signal<String>,
    /// Pictures only.
    #[prop(optional)]
    compact: bool,
    /// Called with the choice instead of sending the form; it should remember the choice and set the document's
    /// `data-theme`.
    #[prop(optional, into)]
    on_choose: Option<Callback<&'static str>>,
) -> impl IntoView {
    let choices =
        [("system", "System", IconName::Laptop), ("light", "Light", IconName::Sun), ("dark", "Dark", IconName::Moon)]
            .map(|(value, label, icon)| {
                view! {
                    <button
                        class="theme-choice"
                        type="submit"
                        name="theme"
                        value=value
                        title=label
                        aria-pressed=move || if *current.read() == value { "true" } else { "false" }
                        on:click=move |event| {
                            if let Some(on_choose) = on_choose {
                                event.prevent_default();
                                on_choose.run(value);
                            }
                        }
                    >
                        <Icon name=icon />
                        <span class="theme-choice-label">{label}</span>
                    </button>
                }
                .into_any()
            });
    view! {
        <fieldset class="theme-switch" data-compact=compact>
            <legend class="visually-hidden">"Theme"</legend>
            {choices.into_iter().collect_view()}
        </fieldset>
    }
    .into_any()
}
