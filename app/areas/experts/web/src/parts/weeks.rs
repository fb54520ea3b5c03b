//! From week to week.

use leptos::prelude::*;
use ui::{ButtonLink, ButtonRow, ButtonSize, Variant};

/// The ways to the weeks before and after.
#[component]
pub fn Weeks(
    /// The address of the page, up to where the week stands in it: it ends with `?` or `&`.
    base: String,
    /// The week before; empty, when that is the first one.
    earlier: Option<String>,
    /// The week after.
    later: Option<String>,
) -> impl IntoView {
    let address = move |week: &str| match week {
        "" => base.trim_end_matches(['?', '&']).to_owned(),
        week => format!("{base}week={week}"),
    };
    let (earlier, later) = (earlier.as_deref().map(&address), later.as_deref().map(&address));
    view! {
        <ButtonRow>
            {earlier
                .map(|href| view! { <ButtonLink href size=ButtonSize::Small variant=Variant::Quiet>"Earlier week"</ButtonLink> })}
            {later
                .map(|href| view! { <ButtonLink href size=ButtonSize::Small variant=Variant::Quiet>"Later week"</ButtonLink> })}
        </ButtonRow>
    }
    .into_any()
}
