//! The pages of the sandbox, the payment provider that is built in: paying with a test card, leaving one, and saying to
//! which test account payouts go.

use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use ui::{
    Button, ButtonLink, ButtonRow, Card, Cell, Column, Field, FormError, FormSkeleton, FormStack, ModeLabel, Notice,
    PageBody, PageHeader, RowHead, Table, TextInput, Tone, Variant, amount,
};
use web::{Form, FormState, Loaded, param, query};

use crate::{
    api::{self, ConfirmCard, SubmitCard, SubmitPayoutAccount},
    dto::{Sandbox, SandboxKind, SandboxState, Trial},
    parts::{Afresh, message_but},
    routes,
};

/// A page of the sandbox.
#[component]
pub fn SandboxPage() -> impl IntoView {
    let (reference, step, trial) = (param("reference"), query("step"), query("trial"));
    // Looked at anew after each step.
    let page = Resource::new(move || (reference.get(), step.get()), |(reference, _)| api::sandbox_page(reference));
    view! {
        <Title text="Sandbox" />
        <Meta name="robots" content="noindex" />
        <PageHeader title="Sandbox: test mode" note="The built-in payment provider. No real money moves here." />
        <PageBody>
            <ModeLabel label="Sandbox: test cards only, no real money" />
            <Loaded resource=page skeleton=|| view! { <FormSkeleton fields=4 /> } let:page>
                <Contents
                    page
                    refused=step.get_untracked().as_deref() == Some("refused")
                    trial=Signal::derive(move || trial.get())
                />
            </Loaded>
        </PageBody>
    }
    .into_any()
}

#[component]
fn Contents(
    page: Sandbox,
    /// Whether the card's owner has just refused.
    refused: bool,
    /// The number of a test card or account that was picked.
    trial: Signal<Option<String>>,
) -> impl IntoView {
    let refused = (refused && page.state == SandboxState::Open).then(|| {
        view! {
            <Notice tone=Tone::Danger title="It was not confirmed" live=true>
                "The bank did not hear from you that it is you. Try again, or use another card."
            </Notice>
        }
    });
    let inside = match page.state {
        SandboxState::Open => view! { <Open page trial /> }.into_any(),
        SandboxState::Confirming => view! { <Confirm page /> }.into_any(),
        SandboxState::Done => view! {
            <Notice tone=Tone::Success title="This is done">"What was entered here has been taken."</Notice>
            <ButtonRow><Leave href=page.done label="Go on" variant=Variant::Primary /></ButtonRow>
        }
        .into_any(),
        SandboxState::Expired => view! {
            <Notice tone=Tone::Warning title="This page has expired">"Nothing was paid on it. Go back and begin anew."</Notice>
            <ButtonRow><Leave href=page.cancel label="Go back" variant=Variant::Primary /></ButtonRow>
        }
        .into_any(),
    };
    view! {
        {refused}
        {inside}
    }
    .into_any()
}

/// Leads away from the page: within the running application, or, where a provider's page belongs to another host, out of
/// it.
#[component]
fn Leave(
    /// Where to.
    href: String,
    /// The words.
    label: &'static str,
    /// How much it asks for attention.
    #[prop(optional)]
    variant: Variant,
) -> impl IntoView {
    let external = !href.starts_with('/');
    view! { <ButtonLink href variant external>{label}</ButtonLink> }
}

/// What the page is for.
fn title(page: &Sandbox) -> String {
    match (page.kind, page.amount) {
        (SandboxKind::Payment, Some(sum)) => format!("Pay {}", amount(sum)),
        (SandboxKind::Payment, None) => "Pay".to_owned(),
        (SandboxKind::Card, _) => "Leave a card".to_owned(),
        (SandboxKind::PayoutAccount, _) => "Where payouts go".to_owned(),
    }
}

#[component]
fn Open(page: Sandbox, trial: Signal<Option<String>>) -> impl IntoView {
    let (kind, trials, cancel) = (page.kind, page.trials.clone(), page.cancel.clone());
    let reference = page.reference.clone();
    let numbers: Vec<String> = page.trials.iter().map(|trial| trial.number.clone()).collect();
    // Only what stands in the list is put into the form.
    let picked = move || trial.get().and_then(|it| numbers.iter().find(|number| compact(number) == it).cloned());
    let form = move || {
        let (reference, number) = (reference.clone(), picked().unwrap_or_default());
        match kind {
            SandboxKind::Payment | SandboxKind::Card => {
                let pays = kind == SandboxKind::Payment;
                view! { <CardForm reference number pays /> }.into_any()
            }
            SandboxKind::PayoutAccount => view! { <AccountForm reference number /> }.into_any(),
        }
    };
    let note = match (kind, page.keep_card) {
        (SandboxKind::Payment, true) => format!("{}. The card is kept for payments to come.", page.description),
        (SandboxKind::Payment, false) => format!("{}.", page.description),
        (SandboxKind::Card, _) => "It is kept for payments to come. Nothing is paid now.".to_owned(),
        (SandboxKind::PayoutAccount, _) => "Earnings are sent to this account from now on.".to_owned(),
    };
    view! {
        <Card title=title(&page) note>
            {form}
            <ButtonRow><Leave href=cancel label="Cancel" variant=Variant::Quiet /></ButtonRow>
        </Card>
        <Trials reference=page.reference trials accounts=kind == SandboxKind::PayoutAccount />
    }
    .into_any()
}

/// A number without its spaces.
fn compact(number: &str) -> String {
    number.chars().filter(|c| !c.is_whitespace()).collect()
}

#[component]
fn CardForm(reference: String, number: String, pays: bool) -> impl IntoView {
    let state = FormState::<SubmitCard>::new();
    let is_picked = !number.is_empty();
    // American Express has four digits there.
    let code = if number.starts_with("37") { "1234" } else { "123" };
    let or_empty = move |text: &'static str| if is_picked { text } else { "" };
    view! {
        <Form state>
            <FormStack>
                <FormError message=message_but(state, &["number", "expiry", "cvc", "name"]) />
                <Afresh problem=state.problem() />
                <input type="hidden" name="reference" value=reference />
                <Field id="number" label="Card number" hint="A test card from the list below." error=state.error("number")>
                    <TextInput
                        name="number"
                        value=state.value("number", number)
                        autocomplete="cc-number"
                        input_mode="numeric"
                        required=true
                        maxlength=30
                        spellcheck=false
                    />
                </Field>
                <Field id="expiry" label="Good until" hint="Month and year, in the future: 12/34." error=state.error("expiry")>
                    <TextInput
                        name="expiry"
                        value=state.value("expiry", or_empty("12/34"))
                        autocomplete="cc-exp"
                        input_mode="numeric"
                        placeholder="MM/YY"
                        required=true
                        maxlength=9
                        spellcheck=false
                    />
                </Field>
                <Field id="cvc" label="Security code" hint="Any three digits; four with American Express." error=state.error("cvc")>
                    <TextInput
                        name="cvc"
                        value=or_empty(code)
                        autocomplete="cc-csc"
                        input_mode="numeric"
                        required=true
                        maxlength=4
                        spellcheck=false
                    />
                </Field>
                <Field id="name" label="Name on the card" error=state.error("name")>
                    <TextInput
                        name="name"
                        value=state.value("name", or_empty("Test Card"))
                        autocomplete="cc-name"
                        required=true
                        maxlength=120
                        spellcheck=false
                    />
                </Field>
                <Button variant=Variant::Primary wide=true busy=state.busy()>
                    {if pays { "Pay" } else { "Leave this card" }}
                </Button>
            </FormStack>
        </Form>
    }
    .into_any()
}

#[component]
fn AccountForm(reference: String, number: String) -> impl IntoView {
    let state = FormState::<SubmitPayoutAccount>::new();
    view! {
        <Form state>
            <FormStack>
                <FormError message=message_but(state, &["iban"]) />
                <Afresh problem=state.problem() />
                <input type="hidden" name="reference" value=reference />
                <Field id="iban" label="IBAN" hint="A test account from the list below." error=state.error("iban")>
                    <TextInput
                        name="iban"
                        value=state.value("iban", number)
                        autocomplete="off"
                        required=true
                        maxlength=50
                        spellcheck=false
                    />
                </Field>
                <Button variant=Variant::Primary wide=true busy=state.busy()>"Use this account"</Button>
            </FormStack>
        </Form>
    }
    .into_any()
}

/// What stands for the bank's own question (3-D Secure).
#[component]
fn Confirm(page: Sandbox) -> impl IntoView {
    let state = FormState::<ConfirmCard>::new();
    view! {
        <Card title=title(&page) note="The bank asks whether it is you (3-D Secure). In the sandbox you answer for it.">
            <Form state>
                <FormStack>
                    <FormError message=state.message() />
                    <Afresh problem=state.problem() />
                    <input type="hidden" name="reference" value=page.reference />
                    <ButtonRow>
                        <Button name="answer" value="approve" variant=Variant::Primary busy=state.busy()>"Approve"</Button>
                        <Button name="answer" value="refuse" busy=state.busy()>"Refuse"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
            <ButtonRow><Leave href=page.cancel label="Cancel" variant=Variant::Quiet /></ButtonRow>
        </Card>
    }
    .into_any()
}

/// What can be entered, and what it does. Each leads to the same page with it in the form.
#[component]
fn Trials(reference: String, trials: Vec<Trial>, accounts: bool) -> impl IntoView {
    let (label, what) = if accounts { ("Test accounts", "IBAN") } else { ("Test cards", "Number") };
    let rows = trials
        .into_iter()
        .map(|Trial { number, does }| {
            let href = format!("{}?trial={}", routes::sandbox(&reference, None), compact(&number));
            view! {
                <tr>
                    <RowHead><a href=href>{number}</a></RowHead>
                    <Cell>{does}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <Card title=label note="Choose one to fill in the form." flush=true>
            <Table label headers=vec![Column::text(what), Column::text("What it does")] stack=true>{rows}</Table>
        </Card>
    }
    .into_any()
}
