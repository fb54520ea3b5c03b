//! What somebody bought, and what can be done with it.

use leptos::prelude::*;
use leptos_meta::Title;
use market_core::{AtEnd, LicenceState, SpentOn};
use ui::{
    Badge, Button, ButtonLink, ButtonRow, Card, Cell, CellKind, Column, Description, DescriptionList, EmptyState,
    Field, FormError, FormStack, IconName, ListSkeleton, PageBody, PageHeader, Pagination, RowHead, Table, TextInput,
    Variant, amount, grouped,
};
use web::{Done, Form, FormState, Loaded, MembersOnly, param, query, use_viewer};

use crate::{
    api::{self, DecideEnd, GiveBack, PayNow},
    dto::{Bought, Licence},
    parts::{MarketTab, Refusal, TestMode, Trading, asked, end_words, licence_badge, message_but, per},
    routes,
};

/// The page of what somebody bought.
#[component]
pub fn Purchases() -> impl IntoView {
    view! {
        <Trading tab=MarketTab::Purchases sign_in="Sign in to see what you bought">
            <All />
        </Trading>
    }
    .into_any()
}

#[component]
fn All() -> impl IntoView {
    let after = query("after");
    let bought = Resource::new(move || after.get(), api::bought);
    view! {
        <Loaded resource=bought skeleton=|| view! { <ListSkeleton count=5 /> } let:bought>
            <Contents bought />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(bought: Bought) -> impl IntoView {
    let Bought { licences, next, spent } = bought;
    if licences.is_empty() && spent.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::Store
                title="You have not bought anything yet"
                text="Agents you buy or subscribe to stand here, with what they cost and how to end it."
                action=|| view! { <ButtonLink href=routes::MARKET variant=Variant::Primary>"Look at the market"</ButtonLink> }
            />
        }
        .into_any();
    }
    let rows = licences.into_iter().map(|licence| view! { <Row licence /> }.into_any()).collect::<Vec<_>>();
    let headers = vec![Column::text("Agent"), Column::text("State"), Column::number("Price"), Column::text("Since")];
    view! {
        {if rows.is_empty() {
            view! {
                <Card title="Yours">
                    <p>"You own and subscribe to nothing at the moment."</p>
                </Card>
            }
            .into_any()
        } else {
            view! {
                <Card title="Yours" note="What you bought and subscribed to, youngest first." flush=true>
                    <Table label="What you bought" headers stack=true>{rows}</Table>
                </Card>
            }
            .into_any()
        }}
        {next.map(|next| view! {
            <Pagination>
                <ButtonLink href=format!("{}?after={next}", routes::PURCHASES)>"Older purchases"</ButtonLink>
            </Pagination>
        })}
        <Spent spent />
    }
    .into_any()
}

#[component]
fn Row(licence: Licence) -> impl IntoView {
    let (tone, word) = licence_badge(&licence);
    let words = end_words(&licence);
    view! {
        <tr>
            <RowHead note=words><a href=routes::purchase(licence.id)>{licence.title}</a></RowHead>
            <Cell><Badge tone>{word}</Badge></Cell>
            <Cell kind=CellKind::Number>{amount(licence.price)} " " {per(Some(licence.kind))}</Cell>
            <Cell>{licence.since.short}</Cell>
        </tr>
    }
    .into_any()
}

#[component]
fn Spent(spent: Vec<SpentOn>) -> impl IntoView {
    if spent.is_empty() {
        return ().into_any();
    }
    let rows = spent
        .into_iter()
        .map(|it| {
            let times = if it.sales == 1 { "1 payment".to_owned() } else { format!("{} payments", grouped(it.sales)) };
            let back = it.returned.is_positive().then(|| format!(" {} given back.", amount(it.returned)));
            view! {
                <tr>
                    <RowHead note=times><a href=routes::listing(it.listing)>{it.title}</a></RowHead>
                    <Cell>{back}</Cell>
                    <Cell kind=CellKind::Number>{amount(it.paid)}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let headers = vec![Column::text("Agent"), Column::text("Given back"), Column::number("Paid")];
    view! {
        <Card title="Spent" note="All you paid for agents, messages included. Each payment stands in your wallet." flush=true>
            <Table label="What you spent" headers stack=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

/// The page of something that was bought.
#[component]
pub fn PurchasePage() -> impl IntoView {
    if use_viewer().is_none() {
        return view! {
            <Title text="Purchase" />
            <PageHeader title="Purchase" back=routes::PURCHASES />
            <MembersOnly title="Sign in to see what you bought" />
        }
        .into_any();
    }
    let (id, at) = (param("id"), asked());
    let licence = Resource::new(move || (id.get(), at.get()), |(id, _)| api::licence(id));
    view! {
        <Loaded resource=licence skeleton=|| view! { <ListSkeleton count=3 /> } whole=true let:licence>
            <One licence />
        </Loaded>
    }
    .into_any()
}

#[component]
fn One(licence: Licence) -> impl IntoView {
    let (tone, word) = licence_badge(&licence);
    let ask = query("ask");
    let asks = move |what: &'static str| ask.with(|it| it.as_deref() == Some(what));
    let (for_return, for_cancel, for_actions) = (licence.clone(), licence.clone(), licence.clone());
    let in_force = licence.state.is_in_force();
    let chat = routes::chat(&licence.agent.handle);
    let until = licence.until.as_ref().map(|until| format!("{} to {}", licence.began.short, until.short));
    let listing = routes::listing(licence.listing);
    view! {
        <Title text=licence.title.clone() />
        <PageHeader title=licence.title.clone() back=routes::PURCHASES back_label="Purchases" />
        <PageBody>
            <TestMode />
            <Done says=&[
                ("bought", "It is yours. What you paid stands in your wallet."),
                ("subscribed", "Your subscription has begun. What you paid stands in your wallet."),
                ("cancel", "It is cancelled. Below stands when it ends."),
                ("renew", "It goes on."),
                ("paid", "It is paid, and goes on."),
                ("returned", "What you paid is back in your wallet."),
            ] />
            {move || (asks("return") && for_return.returnable_until.is_some()).then(|| view! { <AskReturn licence=for_return.clone() /> })}
            {move || (asks("cancel") && for_cancel.at_end == Some(AtEnd::Renew) && for_cancel.state.is_in_force())
                .then(|| view! { <AskCancel licence=for_cancel.clone() /> })}
            <Card title="What you have" note=end_words(&licence) actions=move || view! { <Badge tone>{word}</Badge> }>
                <DescriptionList>
                    <Description term="Price">{amount(licence.price)} " " {per(Some(licence.kind))}</Description>
                    {until.map(|until| view! { <Description term="This period">{until}</Description> })}
                    <Description term="Since">{licence.since.short}</Description>
                    <Description term="Answers">{grouped(licence.answers)} " since the last payment"</Description>
                    {licence
                        .returnable_until
                        .map(|until| view! { <Description term="Money back">"Until " {until.short} ", unless it gave you 20 answers"</Description> })}
                    <Description term="Agent"><a href=listing>{format!("@{}", licence.agent.handle)}</a></Description>
                </DescriptionList>
                {in_force
                    .then(|| view! {
                        <ButtonRow>
                            <ButtonLink href=chat variant=Variant::Primary icon=IconName::Comment>"Talk with it"</ButtonLink>
                        </ButtonRow>
                    })}
                <Actions licence=for_actions />
            </Card>
        </PageBody>
    }
    .into_any()
}

#[component]
fn Actions(licence: Licence) -> impl IntoView {
    let page = routes::purchase(licence.id);
    let (id, price) = (licence.id, amount(licence.price));
    let (pay_words, resume_words) = (format!("Pay {price} now"), format!("Let it go on for {price}"));
    let top_up = routes::top_up(licence.price, &page);
    let can_cancel = licence.at_end == Some(AtEnd::Renew) && licence.state.is_in_force();
    let can_resume = licence.at_end == Some(AtEnd::Cancel) && licence.state == LicenceState::Active;
    let owes = licence.state.owes();
    let can_return = licence.returnable_until.is_some();
    let resume = FormState::<DecideEnd>::of("renew");
    let pay = FormState::<PayNow>::new();
    view! {
        {owes
            .then(|| view! {
                <Form state=pay>
                    <input type="hidden" name="licence" value=id.to_string() />
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=pay.busy()>{pay_words}</Button>
                        <ButtonLink href=top_up>"Top up the wallet"</ButtonLink>
                    </ButtonRow>
                    <Refusal message=message_but(pay, &[]) />
                </Form>
            })}
        {can_resume
            .then(|| view! {
                <Form state=resume>
                    <input type="hidden" name="licence" value=id.to_string() />
                    <input type="hidden" name="at_end" value="renew" />
                    <ButtonRow>
                        <Button busy=resume.busy()>{resume_words}</Button>
                    </ButtonRow>
                    <Refusal message=message_but(resume, &[]) />
                </Form>
            })}
        {(can_cancel || can_return)
            .then(|| view! {
                <ButtonRow>
                    {can_cancel
                        .then(|| view! { <ButtonLink href=format!("{page}?ask=cancel") variant=Variant::Quiet>"Cancel the subscription"</ButtonLink> })}
                    {can_return
                        .then(|| view! { <ButtonLink href=format!("{page}?ask=return") variant=Variant::Quiet>{format!("Give it back for {price}")}</ButtonLink> })}
                </ButtonRow>
            })}
    }
    .into_any()
}

/// Asks before a subscription is cancelled.
#[component]
fn AskCancel(licence: Licence) -> impl IntoView {
    let state = FormState::<DecideEnd>::of("cancel");
    let lasts = match (&licence.until, licence.state) {
        (Some(until), LicenceState::Active) => {
            format!("It lasts until {}, because that is paid. Nothing is paid after it.", until.short)
        }
        _ => "It ends at once, and what is owed need not be paid any more.".to_owned(),
    };
    view! {
        <Card title=format!("Cancel {}?", licence.title) note=lasts>
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &[]) />
                    <input type="hidden" name="licence" value=licence.id.to_string() />
                    <input type="hidden" name="at_end" value="cancel" />
                    <ButtonRow>
                        <ButtonLink href=routes::purchase(licence.id)>"Keep it"</ButtonLink>
                        <Button variant=Variant::Danger busy=state.busy()>"Cancel it"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

/// Asks before something is given back: for how much, and what is lost.
#[component]
fn AskReturn(licence: Licence) -> impl IntoView {
    let state = FormState::<GiveBack>::new();
    let price = amount(licence.price);
    view! {
        <Card
            title=format!("Give {} back?", licence.title)
            note=format!("You get {price} back into your wallet, all of what you paid last. It ends at once.")
        >
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["reason"]) />
                    <input type="hidden" name="licence" value=licence.id.to_string() />
                    <Field id="reason" label="Why?" hint="Whoever sold it may learn from it." optional=true error=state.error("reason")>
                        <TextInput name="reason" value=state.value("reason", "") maxlength=500 />
                    </Field>
                    <ButtonRow>
                        <ButtonLink href=routes::purchase(licence.id)>"Keep it"</ButtonLink>
                        <Button variant=Variant::Danger busy=state.busy()>{format!("Give it back for {price}")}</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}
