//! The market: what is offered, side by side, and how it is judged.

use kernel::Provenance;
use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use crate::{Avatar, AvatarSize, Byline, Icon, IconName, Owner, ProvenanceMark, grouped};

/// What is offered, side by side.
#[component]
pub fn ListingGrid(
    /// What the list holds, for assistive software.
    #[prop(into)]
    label: String,
    /// `ListingCard`s.
    children: Children,
) -> impl IntoView {
    view! { <ul class="listing-grid" role="list" aria-label=label>{children()}</ul> }
}

/// An agent that is offered. The whole card leads to its page; the owner inside it stays a link of its own.
#[component]
pub fn ListingCard(
    /// Its page.
    #[prop(into)]
    href: String,
    /// What it is called.
    #[prop(into)]
    title: String,
    /// What it does, in a line.
    #[prop(into)]
    text: String,
    /// The agent.
    agent: Byline,
    /// Who runs it.
    #[prop(optional_no_strip)]
    owner: Option<Owner>,
    /// What it costs.
    #[prop(into)]
    price: String,
    /// Beside the price: what is free at first.
    #[prop(optional_no_strip)]
    free: Option<String>,
    /// Quiet facts at the foot: what a conversation came to.
    #[prop(into)]
    note: String,
    /// What it is for.
    #[prop(into)]
    topic: String,
    /// What those say who used it: `Stars`.
    #[prop(into)]
    stars: ViewFnOnce,
    /// How it is doing, where that is worth a word: a `Badge`.
    #[prop(optional, into)]
    mark: Option<ViewFnOnce>,
) -> impl IntoView {
    view! {
        <li class="listing-card">
            <div class="listing-head">
                <Avatar portrait=agent.avatar name=agent.name size=AvatarSize::Large shape=agent.shape lazy=true />
                <div class="listing-names">
                    <h2><a href=href>{title}</a></h2>
                    <ProvenanceMark provenance=Provenance::Agent owner />
                </div>
                {mark.map(ViewFnOnce::run)}
            </div>
            <p class="listing-text">{text}</p>
            <div class="listing-facts">
                {stars.run()}
                <span class="listing-topic">{topic}</span>
            </div>
            <div class="listing-foot">
                <p class="listing-price">
                    <strong>{price}</strong>
                    {free.map(|free| view! { <span class="listing-free">{free}</span> })}
                </p>
                <p class="listing-note">{note}</p>
            </div>
        </li>
    }
    .into_any()
}

/// Listings that are being loaded.
#[component]
pub fn ListingSkeleton(
    /// How many.
    #[prop(default = 6)]
    count: u32,
) -> impl IntoView {
    let bone = |shape: &'static str, width: Option<&'static str>| {
        view! { <span class="skeleton" data-shape=shape data-width=width></span> }.into_any()
    };
    let cards = (0..count)
        .map(|_| {
            view! {
                <div class="listing-card">
                    <div class="listing-head">
                        {bone("circle", None)}
                        <div class="listing-names">{bone("line", Some("half"))}{bone("line", Some("short"))}</div>
                    </div>
                    <div>{bone("line", None)}{bone("line", Some("most"))}</div>
                    <div class="listing-foot">{bone("line", Some("half"))}{bone("line", Some("short"))}</div>
                </div>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <div class="skeleton-group">
            <span class="visually-hidden" role="status">"Loading what is offered"</span>
            <div class="listing-grid" aria-hidden="true">{cards}</div>
        </div>
    }
    .into_any()
}

/// What those say who used something: an average, and of how many.
#[component]
pub fn Stars(
    /// The average in tenths of a star; nothing while nobody has said anything.
    #[prop(optional_no_strip)]
    tenths: Option<u8>,
    /// How many said so; nothing for what one person gave.
    #[prop(optional_no_strip)]
    count: Option<u32>,
) -> impl IntoView {
    let Some(tenths) = tenths else {
        return view! { <span class="stars" data-empty="">"No reviews yet"</span> }.into_any();
    };
    let (whole, rest) = (tenths / 10, tenths % 10);
    let average = if rest == 0 && count.is_none() { whole.to_string() } else { format!("{whole}.{rest}") };
    let said = match count {
        None => format!("{average} of 5 stars"),
        Some(1) => format!("{average} of 5 stars, 1 review"),
        Some(count) => format!("{average} of 5 stars, {} reviews", grouped(count.into())),
    };
    // One star stands for an average; what one person gave is shown star by star.
    let picture = match count {
        Some(count) => view! {
            <Icon name=IconName::Star />
            <strong>{average}</strong>
            <span>{format!("({})", grouped(count.into()))}</span>
        }
        .into_any(),
        None => (1..=5_u8)
            .map(|place| {
                view! { <span class="star" data-on={place <= whole}><Icon name=IconName::Star /></span> }.into_any()
            })
            .collect_view()
            .into_any(),
    };
    view! {
        <span class="stars">
            <span class="visually-hidden">{said}</span>
            <span class="stars-picture" aria-hidden="true">{picture}</span>
        </span>
    }
    .into_any()
}

/// Gives one to five stars. With the keyboard it is a group of radio buttons.
#[component]
pub fn StarInput(
    /// Its id, unique on the page.
    #[prop(into)]
    id: String,
    /// The name under which the form sends the number.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    legend: String,
    /// How many it starts with; none is 0.
    #[prop(optional)]
    value: u8,
    /// What is wrong, in words.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let stars = (1..=5_u8)
        .map(|star| {
            let words = if star == 1 { "1 star".to_owned() } else { format!("{star} stars") };
            view! {
                <label>
                    <input type="radio" name=name.clone() value=star.to_string() checked={star == value} required=true />
                    <Icon name=IconName::Star />
                    <span class="visually-hidden">{words}</span>
                </label>
            }
            .into_any()
        })
        .collect_view();
    let error_id = format!("{id}-error");
    let described = error_id.clone();
    view! {
        <fieldset
            class="choice-group"
            id=id
            aria-describedby=move || error.read().is_some().then(|| described.clone())
        >
            <legend class="choice-legend">{legend}</legend>
            <div class="star-input">{stars}</div>
            {move || error.get().map(|text| view! {
                <div class="field-error" id=error_id.clone()>
                    <Icon name=IconName::Warning />
                    <span>{text}</span>
                </div>
            })}
        </fieldset>
    }
    .into_any()
}

/// What was said about something by somebody who used it, with what was answered.
#[component]
pub fn ReviewItem(
    /// Its id on the page, for links to it.
    #[prop(into)]
    id: String,
    /// Who said so.
    author: Byline,
    /// How many stars.
    rating: u8,
    /// When.
    #[prop(into)]
    when: ViewFnOnce,
    /// The text as sanitised HTML, made by the server; may be empty.
    #[prop(into)]
    body_html: String,
    /// Who answered, and what, as sanitised HTML.
    #[prop(optional_no_strip)]
    reply: Option<(String, String)>,
    /// Under it: what one can do.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
) -> impl IntoView {
    let picture = author.picture(AvatarSize::Small);
    view! {
        <li class="review" id=id>
            <div class="review-head">
                {picture}
                <div>
                    <a class="review-author" href=author.href>{author.name}</a>
                    <span class="review-when">{when.run()}</span>
                    <Stars tenths=Some(rating.saturating_mul(10)) count=None />
                </div>
            </div>
            {(!body_html.is_empty()).then(|| view! { <div class="prose" inner_html=body_html></div> })}
            {reply.map(|(who, html)| view! {
                <div class="review-reply">
                    <p>{who}</p>
                    <div class="prose" inner_html=html></div>
                </div>
            })}
            {actions.map(|it| view! { <div class="review-actions">{it.run()}</div> })}
        </li>
    }
    .into_any()
}

/// Reviews below each other.
#[component]
pub fn ReviewList(
    /// `ReviewItem`s.
    children: Children,
) -> impl IntoView {
    view! { <ul class="review-list" role="list" aria-label="Reviews">{children()}</ul> }
}

/// What can be looked for: the words in sight, and the rest behind a line that unfolds.
#[component]
pub fn FilterBar(
    /// One `TextInput` of the kind `search`, and a `Button`.
    #[prop(into)]
    search: ViewFnOnce,
    /// How many filters are set.
    #[prop(optional)]
    set: u32,
    /// `Field`s.
    children: Children,
) -> impl IntoView {
    let line = if set == 0 { "Filters and order".to_owned() } else { format!("Filters and order ({set} set)") };
    view! {
        <div class="filter-bar">
            <div class="filter-search">{search.run()}</div>
            <details class="filter-more" open={set > 0}>
                <summary><Icon name=IconName::Forward /><span>{line}</span></summary>
                <div class="filter-fields">{children()}</div>
            </details>
        </div>
    }
    .into_any()
}

/// Short links beside each other, which wrap: topics, suggested questions.
#[component]
pub fn ChipRow(
    /// What they are, for assistive software.
    #[prop(into)]
    label: String,
    /// On a phone they go on sideways rather than wrap.
    #[prop(optional)]
    scroll: bool,
    /// `Chip`s.
    children: Children,
) -> impl IntoView {
    view! { <nav class="chip-row" aria-label=label data-scroll=scroll><ul role="list">{children()}</ul></nav> }
}

/// One of them.
#[component]
pub fn Chip(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Whether it is what is shown.
    #[prop(optional)]
    current: bool,
    /// Its words.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! { <li><a class="chip" href=href aria-current=current.then_some("true")>{label}</a></li> }.into_any()
}
