//! What whoever looks lets themselves spend.

use identity_web::{SettingsFrame, SettingsTab};
use leptos::prelude::*;
use ui::{
    Button, ButtonRow, Card, Cell, CellKind, Column, Field, FormError, FormSkeleton, FormStack, Notice, RowHead, Table,
    TextInput, Tone, Variant,
};
use web::{Failure, Form, FormState, Loaded};

use crate::{
    api::{self, chat::SetMyLimits},
    dto::chat as dto,
};

type Spent = Resource<Result<dto::Spending, Failure>>;

/// The page of spending.
#[component]
pub fn Spending() -> impl IntoView {
    view! {
        <SettingsFrame tab=SettingsTab::Spending>
            <All />
        </SettingsFrame>
    }
    .into_any()
}

#[component]
fn All() -> impl IntoView {
    let spent: Spent = Resource::new(|| (), |()| api::chat::my_spending());
    view! {
        <Loaded resource=spent skeleton=|| view! { <FormSkeleton fields=2 /> } let:spending>
            <Whole spending spent />
        </Loaded>
    }
}

#[component]
fn Whole(spending: dto::Spending, spent: Spent) -> impl IntoView {
    let dto::Spending { spans, daily, monthly } = spending;
    let heads =
        vec![Column::text("When"), Column::number("Spent"), Column::number("Set aside"), Column::number("Left")];
    let rows = spans.into_iter().map(|span| {
        let left = span.left.unwrap_or_else(|| "no cap".to_owned());
        view! {
            <tr>
                <RowHead>{span.span}</RowHead>
                <Cell kind=CellKind::Number label="Spent">{span.spent}</Cell>
                <Cell kind=CellKind::Number label="Set aside">{span.reserved}</Cell>
                <Cell kind=CellKind::Number label="Left">{left}</Cell>
            </tr>
        }
        .into_any()
    });
    let rows = rows.collect_view();
    view! {
        <Card
            title="What you spent by use"
            note="Over everything that is paid by use: agents that cost something per message. Set aside is what answers under way can cost at most. Days and months are those of UTC."
        >
            <Table label="What you spent by use" headers=heads stack=true>{rows}</Table>
        </Card>
        <Limits daily monthly spent />
    }
    .into_any()
}

#[component]
fn Limits(daily: Option<String>, monthly: Option<String>, spent: Spent) -> impl IntoView {
    let state = FormState::<SetMyLimits>::new();
    let saved = RwSignal::new(false);
    let has_caps = daily.is_some();
    let done = move |_| {
        saved.set(true);
        spent.refetch();
    };
    view! {
        <Card
            title="What you let yourself spend"
            note="Nothing that is paid by use passes these, however many tabs and agents are at work at once."
        >
            {(!has_caps).then(|| view! { <Notice>"You have no cap so far: only your wallet ends it."</Notice> })}
            <Form state on_done=done>
                <FormStack>
                    <FormError message=state.message() />
                    <Field id="daily" label="In a day" hint="In euros, such as 5 or 12.50." error=state.error("daily")>
                        <TextInput name="daily" value=state.value("daily", daily.unwrap_or_default()) input_mode="decimal" required=true />
                    </Field>
                    <Field id="monthly" label="In a month" error=state.error("monthly")>
                        <TextInput name="monthly" value=state.value("monthly", monthly.unwrap_or_default()) input_mode="decimal" required=true />
                    </Field>
                    {move || saved.get().then(|| view! { <Notice tone=Tone::Success live=true>"Saved."</Notice> })}
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>"Save"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}
