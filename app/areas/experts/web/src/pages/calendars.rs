//! Calendars in which an expert is busy, and their own.

use experts_core::expert::{ADDRESS_LIMIT, CALENDAR_NAME_LIMIT};
use leptos::prelude::*;
use ui::{
    Button, ButtonRow, ButtonSize, Card, Cell, CellKind, Column, Field, FormError, FormSkeleton, FormStack, Notice,
    RowHead, Table, TextInput, Timestamp, Tone, Variant,
};
use web::{Done, Form, FormState, Loaded};

use crate::{
    api::{self, AddCalendar, RemoveCalendar},
    dto::{Calendar, Calendars},
    parts::{FeedAddress, Refusal, SetupFrame, SetupTab, asked, message_but, most},
    routes,
};

/// The page of calendars.
#[component]
pub fn CalendarsPage() -> impl IntoView {
    view! {
        <SetupFrame tab=SetupTab::Calendars>
            <Done says=&[
                ("added", "It is added. What we read of it stands below; it is read again each hour."),
                ("removed", "It is removed. What was taken because of it is free again."),
                ("renewed", "It has a new address. The old one leads nowhere any more."),
            ] />
            <Inside />
        </SetupFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let at = asked();
    let calendars = Resource::new(move || at.get(), |_| api::calendars());
    view! {
        <Loaded resource=calendars skeleton=|| view! { <FormSkeleton fields=2 /> } let:calendars>
            <Contents calendars />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(calendars: Calendars) -> impl IntoView {
    let Calendars { calendars, address } = calendars;
    let is_none = calendars.is_empty();
    let rows = calendars.into_iter().map(|calendar| view! { <Row calendar /> }.into_any()).collect_view();
    let headers = vec![Column::text("Calendar"), Column::text("Read"), Column::actions("Remove")];
    view! {
        <Card
            title="Where you are busy"
            note="While another calendar says that you are busy, nobody can book you. Nothing is written into it, and nobody sees what stands in it."
            flush=!is_none
        >
            {if is_none {
                view! { <p>"No calendar is looked at. Add one, and nobody books you over your dentist."</p> }.into_any()
            } else {
                view! { <Table label="Calendars in which you are busy" headers stack=true>{rows}</Table> }.into_any()
            }}
        </Card>
        <Card title="Add a calendar">
            <Add />
        </Card>
        <Card title="Your calls in your own calendar">
            <FeedAddress address page=routes::SETUP_CALENDARS />
        </Card>
    }
    .into_any()
}

#[component]
fn Row(calendar: Calendar) -> impl IntoView {
    let Calendar { id, name, host, read, problem } = calendar;
    let state = FormState::<RemoveCalendar>::of(id.to_string());
    view! {
        <tr>
            <RowHead note=host>{name}</RowHead>
            <Cell>
                {match read {
                    Some(at) => view! { <span>"Read " <Timestamp when=at.into() /></span> }.into_any(),
                    None => view! { <span>"Not read yet"</span> }.into_any(),
                }}
                {problem.map(|problem| view! { <Notice tone=Tone::Warning>{problem}</Notice> })}
            </Cell>
            <Cell kind=CellKind::Actions>
                <Form state>
                    <input type="hidden" name="calendar" value=id.to_string() />
                    <Button variant=Variant::Quiet size=ButtonSize::Small busy=state.busy()>"Remove"</Button>
                    <Refusal message=message_but(state, &[]) />
                </Form>
            </Cell>
        </tr>
    }
    .into_any()
}

#[component]
fn Add() -> impl IntoView {
    let state = FormState::<AddCalendar>::new();
    view! {
        <Form state>
            <FormStack>
                <FormError message=message_but(state, &["name", "address"]) id="calendar-error" />
                <Field
                    id="address"
                    label="Address"
                    hint="Calendar programs call it the secret or private address in iCal format. It begins with https:// or webcal://, and we keep it sealed."
                    error=state.error("address")
                >
                    <TextInput
                        name="address"
                        value=state.value("address", "")
                        required=true
                        maxlength=most(ADDRESS_LIMIT)
                        spellcheck=false
                        autocomplete="off"
                        placeholder="https://calendar.example/private/basic.ics"
                    />
                </Field>
                <Field id="name" label="What you call it" optional=true error=state.error("name")>
                    <TextInput name="name" value=state.value("name", "") maxlength=most(CALENDAR_NAME_LIMIT) />
                </Field>
                <ButtonRow>
                    <Button variant=Variant::Primary busy=state.busy()>"Add and read it"</Button>
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}
