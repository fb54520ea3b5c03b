//! When an expert works.

use experts_core::BookingState;
use leptos::prelude::*;
use ui::{
    AccountRow, Badge, Button, ButtonLink, ButtonRow, ButtonSize, Card, Field, FormError, FormStack, HoursRow,
    ItemList, ItemRow, ListSkeleton, LocalTime, Notice, Select, TextArea, TextInput, TimeForm, Tone, Variant, ZoneNote,
};
use web::{Done, Form, FormState, Loaded};

use super::setup::Inside;
use crate::{
    api::{self, SaveHours},
    dto::{self, Affected, Setup},
    parts::{SetupFrame, SetupTab, asked, byline, message_but, state_badge},
    routes,
};

/// The days of the week: the name of their fields, and the one people read.
const DAYS: [(&str, &str); 7] = [
    ("monday", "Monday"),
    ("tuesday", "Tuesday"),
    ("wednesday", "Wednesday"),
    ("thursday", "Thursday"),
    ("friday", "Friday"),
    ("saturday", "Saturday"),
    ("sunday", "Sunday"),
];
/// The fields of the form that say themselves what is wrong with them.
const FIELDS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "buffer",
    "notice",
    "ahead",
    "days_off",
];
/// How long before a call it can be booked at the latest, in minutes, and in words.
const NOTICES: [(u32, &str); 9] = [
    (0, "Up to the last moment"),
    (30, "Half an hour before"),
    (60, "An hour before"),
    (120, "2 hours before"),
    (240, "4 hours before"),
    (720, "12 hours before"),
    (1_440, "A day before"),
    (2_880, "2 days before"),
    (10_080, "A week before"),
];

/// The page of when an expert works.
#[component]
pub fn HoursPage() -> impl IntoView {
    view! {
        <SetupFrame tab=SetupTab::Hours>
            <Done says=&[
                ("saved", "It is saved. What is free has changed at once."),
                ("published", "You are in the directory. Others can book you now."),
                ("paused", "You take a break. Nobody new can book you."),
            ] />
            <Inside page=routes::SETUP_HOURS show=contents />
            <Unfit />
        </SetupFrame>
    }
    .into_any()
}

fn contents(setup: Setup) -> AnyView {
    if !setup.begun {
        return view! {
            <Notice title="Your profile comes first">
                "Your time zone is in it. " <a href=routes::SETUP>"Fill it in"</a>
            </Notice>
        }
        .into_any();
    }
    let zone = setup.profile.zone.replace('_', " ");
    view! { <Fields hours=setup.hours zone /> }.into_any()
}

#[component]
fn Fields(hours: dto::Hours, zone: String) -> impl IntoView {
    let state = FormState::<SaveHours>::new();
    let dto::Hours { days, buffer, notice, ahead, days_off } = hours;
    let rows = DAYS
        .into_iter()
        .zip(days)
        .map(|((field, day), (from, until))| {
            let (from_name, until_name) = (format!("{field}_from"), format!("{field}_until"));
            let (from, until) = (state.value(&from_name, from), state.value(&until_name, until));
            view! { <HoursRow day from_name from until_name until error=state.error(field) /> }.into_any()
        })
        .collect_view();
    let pauses = [0, 5, 10, 15, 20, 30, 45, 60].map(|minutes| match minutes {
        0 => ("0".to_owned(), "None".to_owned()),
        minutes => (minutes.to_string(), format!("{minutes} minutes")),
    });
    let pauses = with(pauses.to_vec(), &buffer.to_string(), &format!("{buffer} minutes"));
    let notices = NOTICES.map(|(minutes, words)| (minutes.to_string(), words.to_owned())).to_vec();
    let notices = with(notices, &notice.to_string(), &format!("{notice} minutes before"));
    view! {
        <Form state>
            <FormStack>
                <FormError message=message_but(state, FIELDS) id="hours-error" />
                <Card
                    title="Your week"
                    note=format!("By the clock of {zone}. At most four hours a day; leave both times of a day empty to be free. An end before the beginning is on the next day.")
                >
                    {rows}
                </Card>
                <Card title="Around calls">
                    <FormStack>
                        <Field id="buffer" label="Pause after each call" error=state.error("buffer")>
                            <Select name="buffer" options=pauses value=state.value("buffer", buffer.to_string()) />
                        </Field>
                        <Field id="notice" label="Calls are booked at the latest" error=state.error("notice")>
                            <Select name="notice" options=notices value=state.value("notice", notice.to_string()) />
                        </Field>
                        <Field id="ahead" label="And so many days ahead at the earliest" hint="From 1 to 90." error=state.error("ahead")>
                            <TextInput
                                name="ahead"
                                value=state.value("ahead", ahead.to_string())
                                input_mode="numeric"
                                required=true
                                maxlength=2
                                spellcheck=false
                            />
                        </Field>
                        <Field
                            id="days_off"
                            label="Days off"
                            hint="A line each, such as 2026-12-24, or 2026-07-01..2026-07-14 for all days from the one to the other."
                            optional=true
                            error=state.error("days_off")
                        >
                            <TextArea name="days_off" value=state.value("days_off", days_off) rows=3 maxlength=10_000 />
                        </Field>
                    </FormStack>
                </Card>
                <ButtonRow>
                    <Button variant=Variant::Primary busy=state.busy()>"Save the hours"</Button>
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}

/// What can be chosen, with what was saved among it.
fn with(mut options: Vec<(String, String)>, saved: &str, words: &str) -> Vec<(String, String)> {
    if !options.iter().any(|(value, _)| value == saved) {
        options.push((saved.to_owned(), words.to_owned()));
    }
    options
}

/// Bookings that do not fit the hours any more. They stay, until something is done about them.
#[component]
fn Unfit() -> impl IntoView {
    let at = asked();
    let affected = Resource::new(move || at.get(), |_| api::affected());
    view! {
        <Loaded resource=affected skeleton=|| view! { <ListSkeleton count=2 /> } let:affected>
            {(!affected.is_empty()).then(|| view! { <UnfitList affected=affected.clone() /> })}
        </Loaded>
    }
    .into_any()
}

#[component]
fn UnfitList(affected: Vec<Affected>) -> impl IntoView {
    let rows = affected.into_iter().map(|it| view! { <UnfitRow it /> }.into_any()).collect_view();
    view! {
        <Card
            title="Calls outside of these hours"
            note="They were booked before, and stay as they are. Propose another time, or cancel them: then all of the money goes back."
        >
            <p><ZoneNote /></p>
            <ItemList label="Calls outside of these hours">{rows}</ItemList>
        </Card>
    }
    .into_any()
}

#[component]
fn UnfitRow(it: Affected) -> impl IntoView {
    let Affected { id, client, start, state } = it;
    let (tone, word) = state_badge(state);
    let can = state != BookingState::Held;
    view! {
        <ItemRow>
            <AccountRow account=byline(&client) note=None mark=move || view! { <Badge tone>{word}</Badge> } />
            <p><LocalTime at=start form=TimeForm::Full /></p>
            {if can {
                view! {
                    <ButtonRow>
                        <ButtonLink href=routes::asking(id, "times") size=ButtonSize::Small>"Propose another time"</ButtonLink>
                        <ButtonLink href=routes::asking(id, "cancel") size=ButtonSize::Small variant=Variant::Quiet>
                            "Cancel and give back"
                        </ButtonLink>
                    </ButtonRow>
                }
                .into_any()
            } else {
                view! { <Notice tone=Tone::Neutral>"It is not paid yet, and free again by itself in a few minutes if it isn\u{2019}t."</Notice> }
                    .into_any()
            }}
        </ItemRow>
    }
    .into_any()
}
