//! What went wrong with calls, for those who administer this server.

use leptos::prelude::*;
use ui::{
    AccountRow, Button, ButtonRow, Card, Description, DescriptionList, EmptyState, Field, FormError, FormStack,
    IconName, ListSkeleton, LocalTime, TextArea, TextInput, TimeForm, Timestamp, TypedText, Variant, ZoneNote, amount,
};
use web::{Done, Form, FormState, Loaded};

use crate::{
    api::{self, DecideDispute},
    dto::OpenDispute,
    parts::{MemberPage, asked, byline, came_words, message_but, state_badge},
    routes,
};

/// The page of disputes that nobody has decided.
#[component]
pub fn DisputesPage() -> impl IntoView {
    view! {
        <MemberPage title="Disputed calls" back=routes::EXPERTS sign_in="Sign in to administer calls">
            <Done says=&[("decided", "It is decided. Both get a letter.")] />
            <Inside />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let at = asked();
    let disputes = Resource::new(move || at.get(), |_| api::disputes());
    view! {
        <Loaded resource=disputes skeleton=|| view! { <ListSkeleton count=4 /> } let:disputes>
            <Contents disputes />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(disputes: Vec<OpenDispute>) -> impl IntoView {
    if disputes.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::Shield
                title="Nothing to decide"
                text="When a client says that a call went wrong, it stands here with what was recorded of it."
            />
        }
        .into_any();
    }
    let all = disputes.into_iter().map(|it| view! { <One it /> }.into_any()).collect_view();
    view! {
        <p><ZoneNote /></p>
        {all}
    }
    .into_any()
}

#[component]
fn One(it: OpenDispute) -> impl IntoView {
    let OpenDispute { line, expert, client, paid, most, came, ended, dispute, payments } = it;
    let (_, word) = state_badge(line.state);
    let came = came
        .into_iter()
        .map(|(who, at)| {
            view! { <Description term=came_words(who)><LocalTime at form=TimeForm::Time /></Description> }.into_any()
        })
        .collect::<Vec<_>>();
    let payments = payments
        .into_iter()
        .map(|id| view! { <a href=money_web::routes::transfer(id)>"A payment"</a> " " }.into_any())
        .collect::<Vec<_>>();
    let id = line.id.to_string();
    view! {
        <Card title=line.title note=word>
            <AccountRow account=byline(&expert) note=Some("The expert".to_owned()) />
            <AccountRow account=byline(&client) note=Some("The client".to_owned()) />
            <DescriptionList>
                <Description term="When">
                    <LocalTime at=line.start form=TimeForm::Full /> " to " <LocalTime at=line.end form=TimeForm::Time />
                </Description>
                {came}
                {ended.map(|at| view! { <Description term="Ended early"><LocalTime at form=TimeForm::Time /></Description> })}
                <Description term="Paid">{amount(paid)}</Description>
                <Description term="The client says"><TypedText text=dispute.reason /></Description>
                <Description term="Said"><Timestamp when=dispute.opened.into() /></Description>
                <Description term="In the ledger">{payments}</Description>
            </DescriptionList>
            <Decide id most=amount(most) />
        </Card>
    }
    .into_any()
}

#[component]
fn Decide(id: String, most: String) -> impl IntoView {
    let state = FormState::<DecideDispute>::of(id.clone());
    let (back, answer) = (format!("back-{id}"), format!("answer-{id}"));
    view! {
        <Form state>
            <FormStack>
                <FormError message=message_but(state, &["back", "answer"]) id=format!("error-{id}") />
                <input type="hidden" name="booking" value=id />
                <Field
                    id=back
                    label="Goes back to the client, in EUR"
                    hint=format!("From 0.00 to {most}. The rest is the expert\u{2019}s at once.")
                    error=state.error("back")
                >
                    <TextInput
                        name="back"
                        value=state.value("back", "")
                        input_mode="decimal"
                        required=true
                        maxlength=12
                        spellcheck=false
                        autocomplete="off"
                    />
                </Field>
                <Field id=answer label="Why" hint="Both read it." error=state.error("answer")>
                    <TextArea name="answer" value=state.value("answer", "") rows=3 required=true maxlength=2_000 />
                </Field>
                <ButtonRow>
                    <Button variant=Variant::Primary busy=state.busy()>"Decide"</Button>
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}
