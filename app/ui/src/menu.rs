//! A short list of things to do, behind a button.

use crate::{Align, ButtonKind, Icon, IconName, IconTone};
use leptos::children::ViewFnOnce;
use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement, Node};

/// The `details` element that an event was caught by.
fn menu_of(event: &leptos::ev::Event) -> Option<Element> {
    event.current_target().and_then(|it| it.dyn_into::<Element>().ok())
}

/// Folds a menu by whatever happened in it.
fn fold(menu: &Element, keep_focus: bool) {
    // Only an attribute that is there is taken away, so this cannot fail.
    let _ = menu.remove_attribute("open");
    if keep_focus
        && let Ok(Some(summary)) = menu.query_selector("summary")
        && let Ok(summary) = summary.dyn_into::<HtmlElement>()
    {
        let _ = summary.focus();
    }
}

/// A menu. It opens without JavaScript; with it, Escape, a choice, or going elsewhere closes it.
#[component]
pub fn Menu(
    /// What it is about, for assistive software.
    #[prop(into)]
    label: String,
    /// The picture on its button.
    #[prop(default = IconName::More)]
    icon: IconName,
    /// What stands on the button instead of the picture.
    #[prop(optional, into)]
    trigger: Option<ViewFnOnce>,
    /// Which edges of button and list meet; the end unless told otherwise.
    #[prop(default = Align::End)]
    align: Align,
    /// Opens upwards, as at the foot of the rail.
    #[prop(optional)]
    up: bool,
    /// `MenuLink`s, `MenuButton`s, `MenuDivider`s, and forms around them.
    children: Children,
) -> impl IntoView {
    let class = if trigger.is_some() { "menu-trigger" } else { "icon-button" };
    let button = match trigger {
        Some(trigger) => trigger.run(),
        None => view! { <Icon name=icon /> }.into_any(),
    };
    let key = |event: KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(menu) = menu_of(&event)
            && menu.has_attribute("open")
        {
            event.stop_propagation();
            fold(&menu, true);
        }
    };
    let leave = |event: FocusEvent| {
        let next = event.related_target().and_then(|it| it.dyn_into::<Node>().ok());
        if let (Some(menu), Some(next)) = (menu_of(&event), next)
            && !menu.contains(Some(&next))
        {
            fold(&menu, false);
        }
    };
    view! {
        <details class="menu" data-align=align.name() data-side=up.then_some("up") on:keydown=key on:focusout=leave>
            <summary class=class aria-label=label>{button}</summary>
            <div class="menu-list">{children()}</div>
        </details>
    }
    .into_any()
}

/// Closes the menu that a choice was made in.
fn chosen(event: &MouseEvent) {
    let item = event.current_target().and_then(|it| it.dyn_into::<Element>().ok());
    if let Some(item) = item
        && let Ok(Some(menu)) = item.closest("details.menu")
    {
        fold(&menu, false);
    }
}

/// A choice that leads to a page.
#[component]
pub fn MenuLink(
    /// A picture before the words.
    #[prop(optional)]
    icon: Option<IconName>,
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="menu-item" href=href on:click=move |event| chosen(&event)>
            {icon.map(|name| view! { <Icon name /> })}
            <span>{children()}</span>
        </a>
    }
    .into_any()
}

/// A choice that does something.
#[component]
pub fn MenuButton(
    /// A picture before the words.
    #[prop(optional)]
    icon: Option<IconName>,
    /// What its colour hints at.
    #[prop(optional)]
    tone: IconTone,
    /// Whether it sends the form around it; it does unless told otherwise.
    #[prop(optional)]
    kind: ButtonKind,
    /// The name under which the form sends its value.
    #[prop(optional, into)]
    name: Option<String>,
    /// The value that the form sends.
    #[prop(optional, into)]
    value: Option<String>,
    /// Called when chosen.
    #[prop(optional, into)]
    on_click: Option<Callback<MouseEvent>>,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <button
            class="menu-item"
            type=kind.name()
            name=name
            value=value
            data-tone=tone.name()
            on:click=move |event| {
                chosen(&event);
                if let Some(on_click) = on_click {
                    on_click.run(event);
                }
            }
        >
            {icon.map(|name| view! { <Icon name /> })}
            <span>{children()}</span>
        </button>
    }
    .into_any()
}

/// A line between groups of choices.
#[component]
pub fn MenuDivider() -> impl IntoView {
    view! { <hr /> }
}
