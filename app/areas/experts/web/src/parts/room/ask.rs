//! What is asked before something is done that can't be taken back.

use experts_core::Party;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use server_fn::ServerFn;
use ui::{At, Button, ButtonLink, ButtonRow, Card, FormError, LocalTime, TimeForm, Variant, amount};
use web::{Failure, Form, FormState, Outcome};

use super::Talk;
use crate::{
    api::{CallBroken, EndCall, ExtendCall},
    routes,
};

/// The seconds of ten minutes.
const SLICE_SECONDS: i64 = 600;
/// The least that can be put into a wallet at once, in minor units.
const LEAST_TOP_UP: i64 = 500;

/// The question that the address asks for, if it does.
#[component]
pub fn Asked(
    /// The room.
    talk: Talk,
    /// What a slice costs.
    price: kernel::Money,
) -> impl IntoView {
    let ask = web::query("ask");
    let navigate = use_navigate();
    let room = routes::room(talk.id);
    // Taken while the page is made: afterwards nobody knows the router.
    let close = Callback::new(move |()| {
        navigate(&room, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });
    move || match ask.get().as_deref() {
        Some("more") => view! { <More talk price close /> }.into_any(),
        Some("end") => view! { <End talk close /> }.into_any(),
        Some("broken") => view! { <Broken talk close /> }.into_any(),
        _ => ().into_any(),
    }
}

/// What follows when something was done: the question goes, and the page looks what has become of the room.
fn done(talk: Talk, close: Callback<()>) -> impl Fn(Outcome) {
    move |_| {
        close.run(());
        talk.refresh();
    }
}

/// The buttons of a question.
#[component]
fn Answers<S>(talk: Talk, state: FormState<S>, variant: Variant, words: String) -> impl IntoView
where
    S: ServerFn<Output = Outcome, Error = Failure> + 'static,
{
    view! {
        <ButtonRow>
            <ButtonLink href=routes::room(talk.id)>"Not now"</ButtonLink>
            <Button variant busy=state.busy()>{words}</Button>
        </ButtonRow>
    }
    .into_any()
}

#[component]
fn More(talk: Talk, price: kernel::Money, close: Callback<()>) -> impl IntoView {
    let state = FormState::<ExtendCall>::new();
    let until = Memo::new(move |_| At(talk.facts.read().end.0 + SLICE_SECONDS));
    let slices = move || talk.facts.read().slices.to_string();
    // Back to the booking, not to here: the call would go on in that window.
    let missing = kernel::Money::new(price.minor.max(LEAST_TOP_UP), price.currency);
    let top_up = routes::top_up(missing, &routes::booking(talk.id));
    let lacks_money = move || state.problem().with(|it| it.as_ref().is_some_and(|it| it.for_field("amount").is_some()));
    view! {
        <Card title="Ten minutes more?">
            <p>
                {format!("They cost {}, which is paid from your wallet at once. The call then ends at ", amount(price))}
                {move || view! { <LocalTime at=until.get() form=TimeForm::Time /> }} "."
            </p>
            <Form state on_done=done(talk, close)>
                <FormError message=message(state) id="more-problem" />
                {move || {
                    lacks_money()
                        .then(|| view! {
                            <p>
                                <a href=top_up.clone() target="_blank" rel="noopener">
                                    "Put money into your wallet in another window"
                                </a>
                            </p>
                        })
                }}
                <input type="hidden" name="booking" value=talk.id.to_string() />
                <input type="hidden" name="seen" value=price.minor.to_string() />
                <input type="hidden" name="place" value=slices />
                <Answers talk state variant=Variant::Primary words=format!("Pay {}", amount(price)) />
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn End(talk: Talk, close: Callback<()>) -> impl IntoView {
    let state = FormState::<EndCall>::new();
    let name = talk.name();
    let words = match talk.me {
        Party::Expert => format!("It ends for both of you. {name} gets back what is left of it, by whole minutes."),
        Party::Client => "It ends for both of you. Nothing goes back to you: the time is paid.".to_owned(),
    };
    view! {
        <Card title="End the call?">
            <p>{words}</p>
            <Form state on_done=done(talk, close)>
                <FormError message=message(state) id="end-problem" />
                <input type="hidden" name="booking" value=talk.id.to_string() />
                <Answers talk state variant=Variant::Danger words="End it for both".to_owned() />
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn Broken(talk: Talk, close: Callback<()>) -> impl IntoView {
    let state = FormState::<CallBroken>::new();
    let name = talk.name();
    let words = match talk.me {
        Party::Expert => format!("The call ends for both of you, and {name} gets all of it back."),
        Party::Client => format!(
            "The call ends for both of you. Whoever administers this server looks at what happened, and {name} is not \
             paid before. If {name} does not come at all, wait until it is over: all of it goes back to you then."
        ),
    };
    view! {
        <Card title="It doesn\u{2019}t work?" note="The chat may still do: you can go on in writing.">
            <p>{words}</p>
            <Form state on_done=done(talk, close)>
                <FormError message=message(state) id="broken-problem" />
                <input type="hidden" name="booking" value=talk.id.to_string() />
                <Answers talk state variant=Variant::Danger words="Say that it failed".to_owned() />
            </Form>
        </Card>
    }
    .into_any()
}

/// What is wrong: none of these has a field that says so itself.
fn message<S>(state: FormState<S>) -> Signal<Option<String>>
where
    S: ServerFn<Output = Outcome, Error = Failure>,
{
    crate::parts::message_but(state, &[])
}
