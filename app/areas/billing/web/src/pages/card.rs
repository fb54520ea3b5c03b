//! Paying with a card that is entered on our own page. Its fields are the payment provider's: the number never comes to us.

use kernel::CheckoutId;
use leptos::{ev::SubmitEvent, html::Div, prelude::*, task::spawn_local};
use ui::{
    Button, ButtonLink, ButtonRow, Card, CardField, FormError, FormSkeleton, FormStack, Notice, Tone, Total, Totals,
    Variant, WithScripts, WithoutScripts, amount,
};
use web::{Failure, Form, FormState, Loaded, here, param, reload_at};

use crate::{
    api::{self, PayOnPage},
    dto::{self, CardStep},
    parts::{Afresh, CardElement, Kept, MemberPage, Paid, keep, message_but},
    routes,
};

/// The page with the form for a card.
#[component]
pub fn CardPage() -> impl IntoView {
    view! {
        <MemberPage title="Pay by card" back=routes::BILLING sign_in="Sign in to pay">
            <Inside />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let id = param("id");
    let page = Resource::new(move || id.get(), api::card_page);
    view! {
        <Loaded resource=page skeleton=|| view! { <FormSkeleton fields=2 /> } let:page>
            <Contents page />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(page: dto::CardPage) -> impl IntoView {
    let dto::CardPage { id, description, total, open, expires, form } = page;
    if !open {
        return view! {
            <Notice tone=Tone::Warning title="No card is needed here any more">
                "This is paid, about to be, or over. Nothing more is asked of a card."
            </Notice>
            <ButtonRow>
                <ButtonLink href=routes::checkout_status(id) variant=Variant::Primary external=true>"See how far it is"</ButtonLink>
            </ButtonRow>
        }
        .into_any();
    }
    let has_form = form.is_some();
    view! {
        <Card title=description>
            <Totals>
                <Total
                    label="To be paid now"
                    amount=total
                    note=Some(format!("It can be paid until {}.", expires.full))
                    strong=true
                />
            </Totals>
        </Card>
        {form.map(|form| view! { <CardForm id form button=format!("Pay {}", amount(total)) /> })}
        <OnTheirPage id has_form />
    }
    .into_any()
}

/// How far the fields for the card are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fields {
    Coming,
    There,
    Missing,
}

/// What the form knows of itself.
#[derive(Clone, Copy)]
struct State {
    id: CheckoutId,
    fields: RwSignal<Fields>,
    card: Kept,
    /// Whether the fields are filled in, as far as the script says so.
    complete: RwSignal<Option<bool>>,
    /// What is wrong with what stands in the fields.
    mistake: RwSignal<Option<String>>,
    /// What went wrong as a whole.
    refusal: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl State {
    fn new(id: CheckoutId) -> Self {
        Self {
            id,
            fields: RwSignal::new(Fields::Coming),
            card: keep(),
            complete: RwSignal::new(None),
            mistake: RwSignal::new(None),
            refusal: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Loads the provider's script and has the fields put into their place. Only in the browser.
    fn open(self, form: dto::CardForm, place: NodeRef<Div>) {
        Effect::new(move |_| {
            let Some(place) = place.get() else { return };
            let form = form.clone();
            spawn_local(async move {
                let on_change = move |mistake, complete| {
                    _ = self.mistake.try_set(mistake);
                    _ = self.complete.try_set(complete);
                };
                let card = CardElement::open(&form, &place, on_change).await;
                let fields = if card.is_some() { Fields::There } else { Fields::Missing };
                // Both do nothing when the page has been left.
                _ = self.card.try_set_value(card);
                _ = self.fields.try_set(fields);
            });
        });
    }

    /// Pays, unless that is under way.
    fn press(self, event: &SubmitEvent) {
        event.prevent_default();
        if self.busy.get_untracked() || self.fields.get_untracked() != Fields::There {
            return;
        }
        self.refusal.set(None);
        if self.complete.get_untracked() == Some(false) {
            let why = || "Enter the number of the card, until when it is good, and its security code.".to_owned();
            self.mistake.update(|mistake| *mistake = mistake.take().or_else(|| Some(why())));
            self.focus_card();
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            // Loaded from the server: what this page may load, no other may.
            let way = match self.pay().await {
                Ok(path) => return reload_at(&path),
                Err(no) => no,
            };
            _ = self.busy.try_set(false);
            if let Paid::No { why, in_fields } = way {
                self.tell(why, in_fields);
            }
        });
    }

    /// Asks what to pay with, and then the card. Gives where it goes on.
    async fn pay(self) -> Result<String, Paid> {
        let secret = match api::card_secret(self.id.to_string()).await {
            Ok(CardStep::Pay(secret)) => secret,
            Ok(CardStep::Go(path)) => return Ok(path),
            Err(Failure(problem)) => return Err(Paid::No { why: problem.message, in_fields: false }),
        };
        let asked = self.card.try_with_value(|card| card.as_ref().map(|card| card.pay(&secret))).flatten();
        let Some(asked) = asked else { return Ok(routes::checkout_status(self.id)) };
        match asked.await {
            Paid::Yes => Ok(format!("{}?back=yes", routes::checkout_status(self.id))),
            no @ Paid::No { .. } => Err(no),
        }
    }

    fn tell(self, why: String, in_fields: bool) {
        if in_fields {
            _ = self.mistake.try_set(Some(why));
            self.focus_card();
            return;
        }
        _ = self.refusal.try_set(Some(why));
        // Once the words stand there.
        request_animation_frame(|| {
            if let Some(region) = document().get_element_by_id(REFUSAL) {
                _ = leptos::wasm_bindgen::JsCast::unchecked_ref::<leptos::web_sys::HtmlElement>(&region).focus();
            }
        });
    }

    fn focus_card(self) {
        self.card.try_with_value(|card| card.as_ref().map(CardElement::focus));
    }
}

/// Where the form says what went wrong as a whole.
const REFUSAL: &str = "card-refusal";

#[component]
fn CardForm(
    id: CheckoutId,
    form: dto::CardForm,
    /// What the button does.
    button: String,
) -> impl IntoView {
    let (state, place) = (State::new(id), NodeRef::<Div>::new());
    state.open(form, place);
    let missing = move || {
        (state.fields.get() == Fields::Missing).then(|| {
            view! {
                <Notice tone=Tone::Warning title="The form for the card could not be loaded" live=true>
                    "Nothing was paid. Pay on the payment provider's page instead, or "
                    <a href=here() rel="external">"load this page again"</a>"."
                </Notice>
            }
        })
    };
    view! {
        <WithScripts>
            {missing}
            <div hidden=move || state.fields.get() == Fields::Missing>
                <Card title="Your card" note="Its number goes to the payment provider, and never to us. The card is kept for payments to come.">
                    <form on:submit=move |event| state.press(&event) novalidate>
                        <FormStack>
                            <FormError message=state.refusal id=REFUSAL />
                            <CardField
                                id="card"
                                label="Card"
                                error=state.mistake
                                coming=Signal::derive(move || state.fields.get() == Fields::Coming)
                                on_label=move || state.focus_card()
                                place
                            />
                            <Button
                                variant=Variant::Primary
                                wide=true
                                busy=state.busy
                                disabled=Signal::derive(move || state.fields.get() != Fields::There)
                            >
                                {button}
                            </Button>
                        </FormStack>
                    </form>
                </Card>
            </div>
        </WithScripts>
        <WithoutScripts>
            <Notice tone=Tone::Accent title="The form for a card needs JavaScript">
                "It is off in this browser. Pay on the payment provider's page instead; it comes to the same."
            </Notice>
        </WithoutScripts>
    }
    .into_any()
}

/// The way that needs no script of ours.
#[component]
fn OnTheirPage(
    id: CheckoutId,
    /// Whether there is a form as well.
    has_form: bool,
) -> impl IntoView {
    let state = FormState::<PayOnPage>::new();
    let title = if has_form { "Or pay on the provider's page" } else { "Pay on the provider's page" };
    let variant = if has_form { Variant::Secondary } else { Variant::Primary };
    view! {
        <Card title note="You enter the card there and come back here. The form on this page is no longer used then.">
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &[]) id="page-refusal" />
                    <Afresh problem=state.problem() />
                    <input type="hidden" name="checkout" value=id.to_string() />
                    <Button variant wide=true busy=state.busy()>"Go to the payment provider's page"</Button>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}
