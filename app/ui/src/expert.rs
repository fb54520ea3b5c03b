//! Experts: who can be booked, which of their times are free, and their own diary.

use leptos::children::ViewFnOnce;
use leptos::html::Fieldset;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlInputElement;
use serde::{Deserialize, Serialize};

use crate::clock::{At, Day, LocalTime, TimeForm, browser};
use crate::form::{Wired, wired};
use crate::{Avatar, AvatarSize, Byline, Chips, Icon, IconName, Timestamp, When};

/// The most skills that a card shows.
const MOST_SKILLS: usize = 5;

/// An expert in the directory, in a `ListingGrid`. The whole card leads to their page.
#[component]
pub fn ExpertCard(
    /// Their page.
    #[prop(into)]
    href: String,
    /// Who.
    who: Byline,
    /// What they do, in a line.
    #[prop(into)]
    text: String,
    /// What they know about.
    skills: Vec<String>,
    /// Which languages they speak.
    #[prop(into)]
    languages: String,
    /// What they cost.
    #[prop(into)]
    price: String,
    /// When they are free; nothing when they are full.
    #[prop(optional_no_strip)]
    next: Option<At>,
    /// What those say who called them: `Stars`.
    #[prop(into)]
    stars: ViewFnOnce,
) -> impl IntoView {
    let more = skills.len().saturating_sub(MOST_SKILLS);
    let mut words: Vec<String> = skills.into_iter().take(MOST_SKILLS).collect();
    if more > 0 {
        words.push(format!("and {more} more"));
    }
    let has_skills = !words.is_empty();
    let label = format!("What {} knows about", who.name);
    view! {
        <li class="listing-card">
            <div class="listing-head">
                <Avatar portrait=who.avatar name=who.name.clone() size=AvatarSize::Large shape=who.shape lazy=true />
                <div class="listing-names">
                    <h2><a href=href>{who.name}</a></h2>
                    <span class="listing-note">"@"{who.handle}</span>
                </div>
            </div>
            <p class="listing-text">{text}</p>
            {has_skills.then(|| view! { <Chips label words /> })}
            <div class="listing-facts">
                {stars.run()}
                <span class="listing-topic">{languages}</span>
            </div>
            <div class="listing-foot">
                <p class="listing-price"><strong>{price}</strong></p>
                <p class="listing-note">
                    {match next {
                        Some(at) => view! { "Free " <LocalTime at /> }.into_any(),
                        None => "Nothing free at the moment".into_any(),
                    }}
                </p>
            </div>
        </li>
    }
    .into_any()
}

/// What can be done with times that are free.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Choosing {
    /// They are only shown.
    #[default]
    Nothing,
    /// One can be chosen.
    One,
    /// So many can be.
    Several(usize),
}

/// Times by the days they are on: the reader's, or those of UTC. Each with its place among all.
fn by_day(times: &[At], first: Option<Day>, last: Day, local: bool) -> Vec<(Day, Vec<(usize, At)>)> {
    let mut days: Vec<(Day, Vec<(usize, At)>)> = Vec::new();
    for (place, at) in times.iter().copied().enumerate() {
        let day = at.day(local);
        if first.is_some_and(|first| day < first) || day > last {
            continue;
        }
        match days.last_mut() {
            Some((same, of_day)) if *same == day => of_day.push((place, at)),
            _ => days.push((day, vec![(place, at)])),
        }
    }
    days
}

/// Times that are free, day by day. They are grouped by the reader's own days once the page is alive, so there have to be those
/// of the nights before and after as well.
#[component]
pub fn FreeTimes(
    /// Its id, unique on the page.
    #[prop(into)]
    id: String,
    /// What they are, or the question.
    #[prop(into)]
    legend: String,
    /// What can be done with them.
    choosing: Choosing,
    /// The name under which the form sends the one that is chosen, or, with its place behind it, each of several.
    #[prop(default = "start")]
    name: &'static str,
    /// The times, earliest first.
    times: Vec<At>,
    /// The first day that is shown; without it, whatever there is.
    #[prop(optional_no_strip)]
    first: Option<Day>,
    /// The last day that is shown.
    last: Day,
    /// Which are chosen.
    chosen: RwSignal<Vec<At>>,
    /// Set once the reader's own clock is shown.
    local: RwSignal<bool>,
    /// What is wrong, in words.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let place = NodeRef::<Fieldset>::new();
    let (times, own) = (StoredValue::new(times), StoredValue::new(id.clone()));
    Effect::new(move |_| {
        if place.get().is_none() {
            return;
        }
        // What was chosen before the page came alive stays chosen.
        let ticked = times.with_value(|times| {
            let is_ticked = |(place, _): &(usize, At)| own.with_value(|id| is_checked(&format!("{id}-{place}")));
            times.iter().copied().enumerate().filter(is_ticked).map(|(_, at)| at).collect::<Vec<_>>()
        });
        if !ticked.is_empty() {
            chosen.set(ticked);
        }
        local.set(true);
    });
    let on_change = move |event: leptos::ev::Event| {
        let Ok(at) = event_target_value(&event).parse::<At>() else { return };
        let is_on = event_target_checked(&event);
        chosen.update(|chosen| {
            chosen.retain(|it| *it != at && choosing != Choosing::One);
            if is_on {
                chosen.push(at);
            }
        });
    };
    let days = move || {
        let local = local.get();
        let days = times.with_value(|times| by_day(times, first, last, local));
        if days.is_empty() {
            return view! { <p class="free-none">"Nothing is free on these days."</p> }.into_any();
        }
        let day = |(day, times): (Day, Vec<(usize, At)>)| {
            let times = times
                .into_iter()
                .map(|(place, at)| {
                    let id = own.with_value(|id| format!("{id}-{place}"));
                    view! { <FreeTime id place at day local choosing name chosen /> }.into_any()
                })
                .collect_view();
            view! {
                <div class="free-day">
                    <h3>{day.short()}</h3>
                    <ul role="list">{times}</ul>
                </div>
            }
            .into_any()
        };
        days.into_iter().map(day).collect_view().into_any()
    };
    let (legend_id, error_id) = (format!("{id}-legend"), format!("{id}-error"));
    let (labelled, described) = (legend_id.clone(), error_id.clone());
    let is_one = choosing == Choosing::One;
    view! {
        <fieldset
            class="free-times"
            id=id
            role=is_one.then_some("radiogroup")
            tabindex="-1"
            aria-labelledby=labelled
            aria-describedby=move || error.read().is_some().then(|| described.clone())
            aria-invalid=move || (is_one && error.read().is_some()).then_some("true")
            data-invalid=move || error.read().is_some()
            node_ref=place
            on:change=on_change
        >
            <legend class="choice-legend" id=legend_id>{legend}</legend>
            <div class="free-days">{days}</div>
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

fn is_checked(id: &str) -> bool {
    let input = document().get_element_by_id(id).and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    input.is_some_and(|it| it.checked())
}

#[component]
fn FreeTime(
    id: String,
    place: usize,
    at: At,
    day: Day,
    local: bool,
    choosing: Choosing,
    name: &'static str,
    chosen: RwSignal<Vec<At>>,
) -> impl IntoView {
    let time = at.time(local);
    let (kind, name, most) = match choosing {
        Choosing::Nothing => {
            return view! { <li class="free-time"><time datetime=at.iso()>{time}</time></li> }.into_any();
        }
        Choosing::One => ("radio", name.to_owned(), usize::MAX),
        Choosing::Several(most) => ("checkbox", format!("{name}[{place}]"), most),
    };
    let checked = chosen.with_untracked(|chosen| chosen.contains(&at));
    let is_too_many = move || chosen.with(|chosen| chosen.len() >= most && !chosen.contains(&at));
    view! {
        <li class="free-time">
            <label>
                <input id=id type=kind name=name value=at.iso() checked=checked disabled=is_too_many />
                <span class="visually-hidden">{format!("{}, ", day.short())}</span>
                <span class="free-clock">{time}</span>
            </label>
        </li>
    }
    .into_any()
}

/// One of several instants to choose from, in a `ChoiceGroup`.
#[component]
pub fn TimeChoice(
    /// The name under which the form sends `value` when it is chosen: the same for all of them.
    #[prop(into)]
    name: String,
    /// What the form sends.
    #[prop(into)]
    value: String,
    /// The instant.
    at: At,
    /// Whether it starts chosen.
    #[prop(optional)]
    checked: bool,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input type="radio" name=name value=value checked=checked required=true />
            <span class="choice-label"><LocalTime at form=TimeForm::Full /></span>
        </label>
    }
    .into_any()
}

/// A name from a long list, which may be typed: a time zone. It stands in a `Field`.
#[component]
pub fn ZoneInput(
    /// The name under which the form sends it.
    #[prop(into)]
    name: String,
    /// What it starts with.
    #[prop(into)]
    value: String,
    /// The names to choose from.
    zones: Vec<String>,
    /// Nobody has chosen yet: once the page is alive it is the reader's own.
    #[prop(optional)]
    guess: bool,
) -> impl IntoView {
    let Wired { id, described, invalid } = wired();
    let list = id.clone().unwrap_or_else(|| name.clone()) + "-list";
    let own = id.clone().unwrap_or_default();
    let options = zones.into_iter().map(|zone| view! { <option value=zone></option> }.into_any()).collect_view();
    if guess {
        Effect::new(move |_| {
            let input = document().get_element_by_id(&own).and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            if let Some(input) = input
                && let Some(zone) = browser::zone()
            {
                input.set_value(&zone);
            }
        });
    }
    view! {
        <input
            class="input"
            id=id
            name=name
            value=value
            list=list.clone()
            autocomplete="off"
            required=true
            maxlength=64
            spellcheck="false"
            autocapitalize="none"
            aria-describedby=move || described.get()
            aria-invalid=move || invalid.get()
        />
        <datalist id=list>{options}</datalist>
    }
    .into_any()
}

/// A day of the week, and from when until when somebody works on it. Both empty: not at all.
#[component]
pub fn HoursRow(
    /// The day.
    #[prop(into)]
    day: String,
    /// The name of the beginning, which is its id too.
    #[prop(into)]
    from_name: String,
    /// When work begins.
    #[prop(into)]
    from: String,
    /// The name of the end, which is its id too.
    #[prop(into)]
    until_name: String,
    /// When it ends.
    #[prop(into)]
    until: String,
    /// What is wrong, in words.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let error_id = format!("{from_name}-error");
    let described = error_id.clone();
    let input = |name: String, value: String, label: String| {
        let described = described.clone();
        view! {
            <input
                class="input"
                type="time"
                step="300"
                id=name.clone()
                name=name
                value=value
                aria-label=label
                aria-describedby=move || error.read().is_some().then(|| described.clone())
                aria-invalid=move || error.read().is_some().then_some("true")
            />
        }
        .into_any()
    };
    let begins = input(from_name, from, format!("{day}, from"));
    let ends = input(until_name, until, format!("{day}, until"));
    let name = day.clone();
    view! {
        <div class="hours-row" role="group" aria-label=name>
            <span class="hours-day">{day}</span>
            {begins}
            <span aria-hidden="true">"\u{2013}"</span>
            {ends}
            {move || error.get().map(|text| view! {
                <div class="field-error" id=error_id.clone()>
                    <Icon name=IconName::Warning />
                    <span>{text}</span>
                </div>
            })}
        </div>
    }
    .into_any()
}

/// What follows on what, a line each: what is given back when.
#[component]
pub fn Ladder(
    /// What it is, for assistive software.
    #[prop(into)]
    label: String,
    /// The steps, in words.
    steps: Vec<String>,
) -> impl IntoView {
    let steps = steps.into_iter().map(|step| view! { <li>{step}</li> }.into_any()).collect_view();
    view! { <ol class="ladder" role="list" aria-label=label>{steps}</ol> }.into_any()
}

/// A text as somebody typed it, with its lines.
#[component]
pub fn TypedText(
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <p class="typed-text">{text}</p> }
}

/// What was published of a call, in a `Card`.
#[component]
pub fn CallNotes(
    /// What it is called.
    #[prop(into)]
    title: String,
    /// The text as sanitised HTML, made by the server.
    #[prop(into)]
    body_html: String,
    /// When it was published.
    when: When,
) -> impl IntoView {
    view! {
        <article class="call-notes">
            <h3>{title}</h3>
            <div class="prose" inner_html=body_html></div>
            <p><Timestamp when /></p>
        </article>
    }
    .into_any()
}

/// What a piece of a day is. It crosses the wire as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum DiaryKind {
    /// A call that will happen.
    Booked,
    /// Somebody waits for a word.
    Asked,
    /// Time that is kept for somebody.
    Kept,
    /// Another calendar says so.
    Busy,
}

impl DiaryKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Asked => "asked",
            Self::Kept => "kept",
            Self::Busy => "busy",
        }
    }
}

/// A day in a diary: a picture of it, and what stands in it.
#[component]
pub fn DiaryDay(
    /// Which.
    #[prop(into)]
    title: String,
    /// Whether it is this one.
    #[prop(optional)]
    today: bool,
    /// When somebody works, in words.
    #[prop(into)]
    note: String,
    /// When they work, in minutes of the day.
    windows: Vec<(u16, u16)>,
    /// What stands in it, in minutes of the day.
    pieces: Vec<(DiaryKind, u16, u16)>,
    /// `DiaryEntry`s, in order.
    children: Children,
) -> impl IntoView {
    let has_picture = !windows.is_empty() || !pieces.is_empty();
    let is_free = pieces.is_empty();
    view! {
        <section class="diary-day" data-today=today>
            <header class="diary-head">
                <h3>{title}{today.then(|| view! { " " <span class="badge">"Today"</span> })}</h3>
                <p>{note}</p>
            </header>
            {has_picture.then(|| view! { <DayPicture windows pieces /> })}
            {(!is_free).then(|| view! { <ul class="diary-entries" role="list">{children()}</ul> })}
        </section>
    }
    .into_any()
}

/// From where to where a day is drawn: what there is, with half an hour around it.
fn drawn(spans: impl Iterator<Item = (u16, u16)>) -> (u16, u16) {
    let (mut from, mut until) = (u16::MAX, 0);
    for (begins, ends) in spans {
        from = from.min(begins);
        until = until.max(ends);
    }
    (from.saturating_sub(30), until.saturating_add(30).min(48 * 60))
}

/// What the list under it says, to look at.
#[component]
fn DayPicture(windows: Vec<(u16, u16)>, pieces: Vec<(DiaryKind, u16, u16)>) -> impl IntoView {
    let spans = windows.iter().copied().chain(pieces.iter().map(|(_, from, until)| (*from, *until)));
    let (from, until) = drawn(spans);
    let hours = (from.div_ceil(60)..=until / 60)
        .map(|hour| {
            let x = hour * 60;
            view! { <line class="day-hour" x1=x x2=x y1="0" y2="32" vector-effect="non-scaling-stroke"></line> }
                .into_any()
        })
        .collect_view();
    let block = |kind: &'static str, (from, until): (u16, u16)| {
        let width = until.saturating_sub(from).max(1);
        view! { <rect class="day-piece" data-kind=kind x=from y="4" width=width height="24"></rect> }.into_any()
    };
    let windows = windows
        .into_iter()
        .map(|(from, until)| {
            let width = until.saturating_sub(from).max(1);
            view! { <rect class="day-window" x=from y="0" width=width height="32"></rect> }.into_any()
        })
        .collect_view();
    let pieces = pieces.into_iter().map(|(kind, from, until)| block(kind.name(), (from, until))).collect_view();
    let length = until.saturating_sub(from).max(1);
    view! {
        <svg class="day-picture" viewBox=format!("{from} 0 {length} 32") preserveAspectRatio="none" aria-hidden="true">
            {windows}
            {hours}
            {pieces}
        </svg>
    }
    .into_any()
}

/// Something in a diary.
#[component]
pub fn DiaryEntry(
    /// What it is.
    kind: DiaryKind,
    /// From when until when.
    #[prop(into)]
    time: String,
    /// What there is to say of it.
    children: Children,
) -> impl IntoView {
    view! {
        <li class="diary-entry" data-kind=kind.name()>
            <span class="diary-time">{time}</span>
            <span class="diary-what">{children()}</span>
        </li>
    }
    .into_any()
}

/// A few words that show whether something is there yet, each with a tick or without: what is missing before it begins.
#[component]
pub fn Checklist(
    /// What it is about, for assistive software.
    #[prop(into)]
    label: String,
    /// Whether it is there, what it is, and where that is done.
    steps: Vec<(bool, String, String)>,
) -> impl IntoView {
    let steps = steps
        .into_iter()
        .map(|(is_done, words, href)| {
            let said = if is_done { "Done: " } else { "Missing: " };
            let icon = if is_done { IconName::Success } else { IconName::Info };
            view! {
                <li data-done=is_done>
                    <Icon name=icon />
                    <span class="visually-hidden">{said}</span>
                    <a href=href>{words}</a>
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! { <ul class="checklist" role="list" aria-label=label>{steps}</ul> }.into_any()
}

/// Something that is shown to be copied, and changed nowhere.
#[component]
pub fn ReadOnlyInput(
    /// Its id, unique on the page.
    #[prop(into)]
    id: String,
    /// What it is.
    #[prop(into)]
    label: String,
    /// The text.
    #[prop(into)]
    value: String,
    /// At its end: a button that copies it.
    #[prop(into)]
    action: ViewFnOnce,
) -> impl IntoView {
    let field = id.clone();
    view! {
        <div class="field">
            <div class="field-label"><label for=id>{label}</label></div>
            <div class="copy-line">
                <input class="input" id=field type="text" value=value readonly=true spellcheck="false" />
                {action.run()}
            </div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_under_their_day_within_what_is_shown() {
        let at = |text: &str| text.parse::<At>().expect("an instant");
        let times = [
            at("2025-11-30T23:50:00Z"),
            at("2025-12-01T09:00:00Z"),
            at("2025-12-01T09:10:00Z"),
            at("2025-12-03T00:00:00Z"),
            at("2025-12-04T00:00:00Z"),
        ];
        let (first, last) = ("2025-12-01".parse().expect("a day"), "2025-12-03".parse().expect("a day"));
        let days = by_day(&times, Some(first), last, false);
        let places = |times: &[(usize, At)]| times.iter().map(|it| it.0).collect::<Vec<_>>();
        let shown: Vec<_> = days.iter().map(|(day, times)| (day.iso(), places(times))).collect();
        assert_eq!(shown, [("2025-12-01".to_owned(), vec![1, 2]), ("2025-12-03".to_owned(), vec![3])]);
        assert_eq!(by_day(&times, None, last, false).len(), 3);
    }

    #[test]
    fn a_day_is_drawn_with_room_around_what_there_is() {
        assert_eq!(drawn([(600, 840), (900, 910)].into_iter()), (570, 940));
        assert_eq!(drawn([(10, 1_470)].into_iter()), (0, 1_500));
    }
}
