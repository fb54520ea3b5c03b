//! Buying something.

use billing_core::Per;
use leptos::prelude::*;
use ui::{
    Button, ButtonLink, Card, FormError, FormSkeleton, FormStack, Notice, Plan, PlanGrid, Tone, Total, Totals, Variant,
    amount,
};
use web::{Form, FormState, Loaded, param, use_viewer};

use crate::{
    api::{self, Buy},
    dto::{self, Has, Offer},
    parts::{Afresh, MemberPage, PayChoice, message_but, pay_error, per},
    routes,
};

/// The page to buy something on.
#[component]
pub fn CheckoutPage() -> impl IntoView {
    view! {
        <MemberPage title="Buy" back=routes::PRICING sign_in="Sign in to buy this">
            <Inside />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let price = param("price");
    let checkout = Resource::new(move || price.get(), api::checkout_form);
    view! {
        <Loaded resource=checkout skeleton=|| view! { <FormSkeleton fields=4 /> } let:checkout>
            <Contents checkout />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(checkout: dto::Checkout) -> impl IntoView {
    let offer = checkout.offer.clone();
    let inside = match offer.has {
        Has::This(subscription) | Has::OtherPrice(subscription) => view! {
            <Notice tone=Tone::Accent title="You have this subscription already">
                "It can be changed to another price, paused or cancelled on "
                <a href=routes::subscription(subscription)>"its own page"</a>"."
            </Notice>
        }
        .into_any(),
        _ => view! { <Payment checkout /> }.into_any(),
    };
    view! {
        <PlanGrid>
            <Plan
                name=offer.name
                text=offer.summary
                price=amount(offer.amount)
                per=per(offer.per)
                points=offer.gives
            />
        </PlanGrid>
        {inside}
    }
    .into_any()
}

/// What is paid today, and what then.
#[component]
fn Sums(checkout: dto::Checkout) -> impl IntoView {
    let dto::Checkout { offer, today, tax, next, .. } = checkout;
    let tax = offer
        .tax_rate
        .as_ref()
        .filter(|_| today.is_positive())
        .map(|rate| format!("{} of it are tax ({rate}).", amount(tax)));
    let first = if offer.trial_days > 0 { "The first time on" } else { "The next time on" };
    let then = next.filter(|_| offer.amount.is_positive()).map(|next| {
        let (label, note) =
            (format!("Then, {}", each(offer.per)), format!("{first} {}. Cancel at any time before.", next.short));
        view! { <Total label amount=offer.amount note=Some(note) /> }
    });
    let free = (offer.trial_days > 0).then(|| format!("{} days free.", offer.trial_days));
    view! {
        <Totals>
            <Total label="Today" amount=today note=tax.or(free) strong=true />
            {then}
        </Totals>
    }
    .into_any()
}

const fn each(per: Per) -> &'static str {
    match per {
        Per::Once => "nothing more",
        Per::Month => "each month",
        Per::Year => "each year",
    }
}

#[component]
fn Payment(checkout: dto::Checkout) -> impl IntoView {
    let state = FormState::<Buy>::new();
    let sums = checkout.clone();
    let dto::Checkout { offer, today, bill_to, ways, key, .. } = checkout;
    let is_free = offer.amount.minor == 0;
    let choice = if is_free {
        view! { <input type="hidden" name="pay_with" value="wallet" /> }.into_any()
    } else {
        let chosen = state.value("pay_with", "");
        view! { <PayChoice ways chosen error=pay_error(state.problem()) /> }.into_any()
    };
    view! {
        <Card title="Payment">
            <Sums checkout=sums />
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["pay_with", "amount"]) />
                    <Afresh problem=state.problem() />
                    <input type="hidden" name="price" value=offer.price.to_string() />
                    <input type="hidden" name="seen_minor" value=today.minor.to_string() />
                    <input type="hidden" name="seen_currency" value=today.currency.to_string() />
                    <input type="hidden" name="key" value=state.value("key", key) />
                    {choice}
                    <Button variant=Variant::Primary wide=true busy=state.busy()>{verb(&offer, today)}</Button>
                </FormStack>
            </Form>
        </Card>
        <InvoiceTo bill_to />
    }
    .into_any()
}

/// What the button does.
fn verb(offer: &Offer, today: kernel::Money) -> String {
    match (today.minor, offer.trial_days) {
        (0, 0) => format!("Get {}", offer.name),
        (0, _) => "Start the free trial".to_owned(),
        _ => format!("Pay {}", amount(today)),
    }
}

#[component]
fn InvoiceTo(bill_to: String) -> impl IntoView {
    let own = || use_viewer().map(|viewer| format!("{} (@{})", viewer.name, viewer.handle)).unwrap_or_default();
    let lines = if bill_to.is_empty() { own() } else { bill_to };
    let lines = lines.lines().map(|line| view! { <div>{line.to_owned()}</div> }.into_any()).collect::<Vec<_>>();
    view! {
        <Card
            title="Invoice to"
            actions=|| view! { <ButtonLink href=format!("{}#bill-to", routes::BILLING) size=ui::ButtonSize::Small>"Change"</ButtonLink> }
        >
            <div>{lines}</div>
        </Card>
    }
    .into_any()
}
