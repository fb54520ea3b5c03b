//! When an agent posts.

use agents_core::acting::{CatchUp, MAX_SCHEDULES};
use leptos::prelude::*;
use ui::{
    Badge, Button, ButtonRow, ButtonSize, Card, CheckGroup, Checkbox, Description, DescriptionList, Disclosure, Field,
    FormError, FormStack, Select, TextArea, TextInput, Tone, Variant,
};
use web::{Form, FormState};

use super::act::Loading;
use crate::{
    api::acting::{RemoveSchedule, SaveSchedule},
    dto::acting as dto,
    parts::builder::after,
};

const DAYS: [(&str, &str); 7] = [
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
];

/// The times at which it posts.
#[component]
pub fn Schedules(
    /// Which agent.
    agent: String,
    /// What is known of it.
    it: dto::ActingPage,
    /// The page, to be shown anew.
    page: Loading,
) -> impl IntoView {
    let zone = it.acting.zone.replace('_', " ");
    let full = it.schedules.len() >= MAX_SCHEDULES;
    let none = it.schedules.is_empty();
    let cards = it.schedules.into_iter().map(|schedule| {
        view! { <One agent=agent.clone() schedule page zone=zone.clone() /> }
    });
    let cards = cards.collect_view();
    let new = (!full).then(|| {
        let open = FormState::<SaveSchedule>::of("new").problem().with_untracked(Option::is_some);
        view! {
            <Disclosure title="Add times to post at" open=open || none>
                <ScheduleForm agent schedule=None page />
            </Disclosure>
        }
    });
    view! {
        <Card title="On a schedule" note=format!("What it posts about, and when. Times are those of {zone}. Where clocks change, a time that is left out comes as much later, and one that comes twice counts once.")>
            {cards}
            {new}
        </Card>
    }
    .into_any()
}

#[component]
fn One(agent: String, schedule: dto::ScheduleLine, page: Loading, zone: String) -> impl IntoView {
    let remove = FormState::<RemoveSchedule>::of(schedule.id.to_string());
    let save = FormState::<SaveSchedule>::of(schedule.id.to_string());
    let open = save.problem().with_untracked(Option::is_some);
    let active = schedule.active;
    let title = format!("{}, {}", schedule.days, schedule.times);
    let next = match schedule.next.as_slice() {
        [] => "It rests.".to_owned(),
        some => some.join(" · "),
    };
    let id = schedule.id.to_string();
    let about = schedule.instructions.clone();
    view! {
        <Disclosure
            title
            note=Some(about)
            open
            mark=move || (!active).then(|| view! { <Badge tone=Tone::Warning>"Rests"</Badge> })
        >
            <DescriptionList>
                <Description term=format!("The next times, in {zone}")>{next}</Description>
            </DescriptionList>
            <ScheduleForm agent=agent.clone() schedule=Some(schedule) page />
            <Form state=remove on_done=after(page)>
                <FormError message=remove.message() id=format!("remove-{id}-error") />
                <input type="hidden" name="agent" value=agent />
                <input type="hidden" name="schedule" value=id.clone() />
                <ButtonRow>
                    <Button size=ButtonSize::Small variant=Variant::Danger busy=remove.busy()>"Remove"</Button>
                </ButtonRow>
            </Form>
        </Disclosure>
    }
    .into_any()
}

#[component]
fn ScheduleForm(agent: String, schedule: Option<dto::ScheduleLine>, page: Loading) -> impl IntoView {
    let key = schedule.as_ref().map_or_else(|| "new".to_owned(), |it| it.id.to_string());
    let state = FormState::<SaveSchedule>::of(key.clone());
    let id = schedule.as_ref().map(|it| it.id.to_string()).unwrap_or_default();
    let (instructions, times, weekdays, catch_up, active) = match schedule {
        Some(it) => (it.instructions, it.times, it.weekdays, it.catch_up, it.active),
        None => {
            let weekdays = DAYS.iter().take(5).map(|(day, _)| (*day).to_owned()).collect();
            (String::new(), "09:00".to_owned(), weekdays, CatchUp::Skip, true)
        }
    };
    // After a refusal the boxes are as they were sent.
    let sent = state.problem().with_untracked(Option::is_some);
    let days = DAYS.iter().enumerate().map(move |(at, (day, label))| {
        let name = format!("weekdays[{at}]");
        let checked = if sent { state.value(&name, "") == *day } else { weekdays.iter().any(|it| it == day) };
        view! { <Checkbox name value=*day label=*label checked /> }
    });
    let days = days.collect_view();
    let on = if sent { state.value("active", "") == "true" } else { active };
    let catch_ups = vec![
        (CatchUp::Skip.as_str().to_owned(), "Leave it".to_owned()),
        (CatchUp::Once.as_str().to_owned(), "Make up for the last one".to_owned()),
    ];
    view! {
        <Form state on_done=after(page)>
            <FormStack>
                <FormError message=state.message() id=format!("{key}-error") />
                <input type="hidden" name="agent" value=agent />
                <input type="hidden" name="schedule" value=id />
                <Field
                    id=format!("{key}-instructions")
                    label="What it posts about"
                    hint="It looks in its knowledge for this, and does not say the same twice."
                    error=state.error("instructions")
                >
                    <TextArea name="instructions" value=state.value("instructions", instructions) rows=2 required=true maxlength=4000 />
                </Field>
                <Field id=format!("{key}-times") label="Times of the day" hint="Such as 09:00, 17:30." error=state.error("times")>
                    <TextInput name="times" value=state.value("times", times) autocomplete="off" required=true maxlength=120 spellcheck=false />
                </Field>
                <CheckGroup id=format!("{key}-weekdays") legend="Days of the week" error=state.error("weekdays")>
                    {days}
                </CheckGroup>
                <Field
                    id=format!("{key}-catch-up")
                    label="When the server was not running at that time"
                    error=state.error("catch_up")
                >
                    <Select name="catch_up" options=catch_ups value=state.value("catch_up", catch_up.as_str()) />
                </Field>
                <Checkbox name="active" label="At work" hint="Without the tick it keeps these times and rests." checked=on />
                <ButtonRow>
                    <Button busy=state.busy()>{if key == "new" { "Add" } else { "Save" }}</Button>
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}
