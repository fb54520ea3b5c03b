//! What one presses.

use crate::text::compact;
use crate::{Icon, IconName};
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// How much a button asks for attention. One primary button on a view.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Variant {
    /// The one thing to do here.
    Primary,
    /// One of several things to do.
    #[default]
    Secondary,
    /// There if needed.
    Quiet,
    /// Takes something away.
    Danger,
}

impl Variant {
    const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Quiet => "quiet",
            Self::Danger => "danger",
        }
    }
}

/// How large a button is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ButtonSize {
    /// Inside rows and cards.
    Small,
    /// Nearly everywhere.
    #[default]
    Medium,
    /// On the landing page.
    Large,
}

impl ButtonSize {
    const fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// Whether a button sends its form.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ButtonKind {
    /// Sends the form it stands in, with or without JavaScript.
    #[default]
    Submit,
    /// Only calls `on_click`.
    Button,
}

impl ButtonKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Button => "button",
        }
    }
}

/// A button. While busy it shows progress, keeps its focus and its width of words, and cannot be pressed again.
#[component]
pub fn Button(
    /// How much it asks for attention.
    #[prop(optional)]
    variant: Variant,
    /// How large it is.
    #[prop(optional)]
    size: ButtonSize,
    /// Whether it sends its form; it does unless told otherwise.
    #[prop(optional)]
    kind: ButtonKind,
    /// A picture before the words.
    #[prop(optional)]
    icon: Option<IconName>,
    /// As wide as its place.
    #[prop(optional)]
    wide: bool,
    /// Cannot be pressed, and says so.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// At work.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// The name under which the form sends its value.
    #[prop(optional, into)]
    name: Option<String>,
    /// The value that the form sends.
    #[prop(optional, into)]
    value: Option<String>,
    /// Another address for the form to be sent to.
    #[prop(optional, into)]
    form_action: Option<String>,
    /// Called when pressed and not busy.
    #[prop(optional, into)]
    on_click: Option<Callback<MouseEvent>>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let press = move |event: MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        } else if let Some(on_click) = on_click {
            on_click.run(event);
        }
    };
    view! {
        <button
            class="button"
            type=kind.name()
            name=name
            value=value
            formaction=form_action
            data-variant=variant.name()
            data-size=size.name()
            data-wide=wide
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || busy.get().then_some("true")
            on:click=press
        >
            <span class="button-busy" aria-hidden="true"></span>
            {icon.map(|name| view! { <Icon name /> })}
            {children()}
        </button>
    }
    .into_any()
}

/// A link that looks like a button, because it leads to the next step.
#[component]
pub fn ButtonLink(
    /// Where it leads.
    #[prop(into)]
    href: Signal<String>,
    /// How much it asks for attention.
    #[prop(optional)]
    variant: Variant,
    /// How large it is.
    #[prop(optional)]
    size: ButtonSize,
    /// A picture before the words.
    #[prop(optional)]
    icon: Option<IconName>,
    /// As wide as its place.
    #[prop(optional)]
    wide: bool,
    /// Not a page of the app, such as a download: the browser follows it, not the router.
    #[prop(optional)]
    external: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class="button"
            href=move || href.get()
            rel=external.then_some("external")
            data-variant=variant.name()
            data-size=size.name()
            data-wide=wide
        >
            {icon.map(|name| view! { <Icon name /> })}
            {children()}
        </a>
    }
    .into_any()
}

/// What an icon button's colour hints at when it is hovered or pressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum IconTone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// A like.
    Like,
    /// Takes something away.
    Danger,
}

impl IconTone {
    pub(crate) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Like => Some("like"),
            Self::Danger => Some("danger"),
        }
    }
}

/// The label together with the number that is seen beside the icon.
fn spoken(label: &str, count: Option<u64>) -> String {
    match count {
        Some(count) if count > 0 => format!("{label}, {}", compact(count)),
        _ => label.to_owned(),
    }
}

fn shown(count: Option<u64>) -> Option<String> {
    count.filter(|count| *count > 0).map(compact)
}

/// A button that is a picture, with a count beside it if there is one.
#[component]
pub fn IconButton(
    /// The picture.
    icon: IconName,
    /// What pressing it does, in words.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is on, for one that stays pressed.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Fills the picture while it is on.
    #[prop(optional)]
    fill: bool,
    /// How many did so.
    #[prop(optional, into)]
    count: Signal<Option<u64>>,
    /// What its colour hints at.
    #[prop(optional)]
    tone: IconTone,
    /// Whether it sends its form; it does unless told otherwise.
    #[prop(optional)]
    kind: ButtonKind,
    /// Cannot be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The name under which the form sends its value.
    #[prop(optional, into)]
    name: Option<String>,
    /// The value that the form sends.
    #[prop(optional, into)]
    value: Option<String>,
    /// Called when pressed.
    #[prop(optional, into)]
    on_click: Option<Callback<MouseEvent>>,
) -> impl IntoView {
    view! {
        <button
            class="icon-button"
            type=kind.name()
            name=name
            value=value
            data-tone=tone.name()
            data-fill=fill
            title=move || label.get()
            aria-label=move || spoken(&label.get(), count.get())
            aria-pressed=move || pressed.map(|it| if it.get() { "true" } else { "false" })
            disabled=move || disabled.get()
            on:click=move |event| {
                if let Some(on_click) = on_click {
                    on_click.run(event);
                }
            }
        >
            <Icon name=icon />
            {move || shown(count.get()).map(|text| view! { <span>{text}</span> })}
        </button>
    }
    .into_any()
}

/// A link that is a picture, with a count beside it if there is one.
#[component]
pub fn IconLink(
    /// The picture.
    icon: IconName,
    /// Where it leads, in words.
    #[prop(into)]
    label: Signal<String>,
    /// Where it leads.
    #[prop(into)]
    href: Signal<String>,
    /// How many there are.
    #[prop(optional, into)]
    count: Signal<Option<u64>>,
) -> impl IntoView {
    view! {
        <a
            class="icon-button"
            href=move || href.get()
            title=move || label.get()
            aria-label=move || spoken(&label.get(), count.get())
        >
            <Icon name=icon />
            {move || shown(count.get()).map(|text| view! { <span>{text}</span> })}
        </a>
    }
    .into_any()
}

/// Where buttons in a row stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Align {
    /// At the start of the line.
    #[default]
    Start,
    /// In the middle.
    Center,
    /// At the end.
    End,
}

impl Align {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Center => "center",
            Self::End => "end",
        }
    }
}

/// Buttons beside each other, wrapping where there is no room.
#[component]
pub fn ButtonRow(
    /// Where they stand.
    #[prop(optional)]
    align: Align,
    /// The buttons.
    children: Children,
) -> impl IntoView {
    view! { <div class="button-row" data-align=align.name()>{children()}</div> }
}
