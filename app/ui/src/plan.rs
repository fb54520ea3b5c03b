//! What is for sale, side by side.

use crate::{Icon, IconName};
use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// Plans beside each other.
#[component]
pub fn PlanGrid(
    /// `Plan`s.
    children: Children,
) -> impl IntoView {
    view! { <ul class="plan-grid" role="list">{children()}</ul> }
}

/// Something that can be bought, at one price.
#[component]
pub fn Plan(
    /// What it is called.
    #[prop(into)]
    name: String,
    /// What it is.
    #[prop(optional, into)]
    text: String,
    /// What it costs.
    #[prop(into)]
    price: String,
    /// How often, such as "a month".
    #[prop(into)]
    per: String,
    /// Quiet lines under the price.
    #[prop(optional)]
    notes: Vec<String>,
    /// What it gives.
    #[prop(optional)]
    points: Vec<String>,
    /// On the right of the name: a `Badge`.
    #[prop(optional, into)]
    mark: Option<ViewFnOnce>,
    /// Whether it is the reader's.
    #[prop(optional)]
    current: bool,
    /// What one can do with it.
    #[prop(optional, into)]
    action: Option<ViewFnOnce>,
) -> impl IntoView {
    let notes = notes.into_iter().map(|note| view! { <p class="plan-note">{note}</p> }.into_any()).collect::<Vec<_>>();
    let points = points
        .into_iter()
        .map(|point| view! { <li><Icon name=IconName::Check /><span>{point}</span></li> }.into_any())
        .collect::<Vec<_>>();
    view! {
        <li class="plan" data-current=current>
            <div class="plan-head">
                <h2>{name}</h2>
                {mark.map(ViewFnOnce::run)}
            </div>
            {(!text.is_empty()).then(|| view! { <p class="plan-text">{text}</p> })}
            <div>
                <p class="plan-price"><strong>{price}</strong> " " <span>{per}</span></p>
                {notes}
            </div>
            {(!points.is_empty()).then(|| view! { <ul class="plan-points" role="list">{points}</ul> })}
            {action.map(|it| view! { <div class="plan-action">{it.run()}</div> })}
        </li>
    }
    .into_any()
}
