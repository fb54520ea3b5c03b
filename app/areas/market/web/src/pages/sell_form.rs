//! The form of a listing: what it says, what it costs, who shares in it, and whether it is offered.

use agents_core::AgentState;
use kernel::{AccountId, ListingId, Money};
use leptos::prelude::*;
use market_core::{
    Category, ListingState,
    listing::{
        DESCRIPTION_LIMIT, MAX_FREE_MESSAGES, MAX_SUGGESTIONS, MAX_TAGS, SUGGESTION_LIMIT, TAG_LIMIT, TAGLINE_LIMIT,
        TITLE_LIMIT,
    },
};
use ui::{
    AccountRow, Badge, Button, ButtonLink, ButtonRow, ButtonSize, Card, Checkbox, Field, FormError, FormSkeleton,
    FormStack, ItemList, ItemRow, Notice, Select, TextArea, TextInput, Tone, Variant,
};
use web::{Done, Form, FormState, LANGUAGES, Loaded, param};

use crate::{
    api::{self, AnswerShare, OfferShare, SaveListing, TurnListing},
    dto::{self, Offered, Sharer},
    parts::{MemberPage, Refusal, SplitTable, asked, byline, message_but, state_tone},
    routes,
};

/// The fields of the form that say themselves what is wrong with them.
const FIELDS: &[&str] = &[
    "title",
    "tagline",
    "description",
    "category",
    "tags",
    "language",
    "suggestions",
    "free",
    "once",
    "monthly",
    "yearly",
    "message",
    "free_messages",
    "fork_royalty",
];
/// The most characters of an input, as HTML counts them.
fn most(limit: usize) -> u32 {
    u32::try_from(limit).unwrap_or(u32::MAX)
}

/// The page on which an agent is offered.
#[component]
pub fn SellForm() -> impl IntoView {
    view! {
        <MemberPage title="Listing" back=routes::SELL sign_in="Sign in to sell an agent">
            <Done says=&[
                ("saved", "It is saved."),
                ("listed", "It is on the market."),
                ("paused", "It takes on nobody new. Those who used it go on."),
                ("offered", "The share is offered. It counts once it is accepted."),
                ("revoked", "The offer is taken back."),
            ] />
            <Inside />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (agent, at) = (param("agent"), asked());
    let form = Resource::new(move || (agent.get(), at.get()), |(agent, _)| api::sell_form(agent));
    view! {
        <Loaded resource=form skeleton=|| view! { <FormSkeleton fields=6 /> } let:form>
            <Contents form />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(form: dto::Form) -> impl IntoView {
    let dto::Form { agent, agent_state, listing, fields, sharers, of_ten } = form;
    let id = agent.id;
    let published = agent_state == AgentState::Published;
    let state = listing.as_ref().map(|it| it.state);
    let is_listed = state == Some(ListingState::Listed);
    let can_list = published && !is_listed && state != Some(ListingState::Withdrawn);
    let shares = listing.as_ref().map(|listing| (listing.id, sharers));
    view! {
        <Head agent agent_state listing />
        <Fields id fields can_list is_listed />
        <Card
            title="Who gets what"
            note="Of 10.00 EUR that somebody pays for it. Royalties of forks come before the co-creators and you."
            flush=true
        >
            <SplitTable parties=of_ten />
        </Card>
        {shares.map(|(listing, sharers)| view! { <Sharers agent=id listing sharers /> })}
    }
    .into_any()
}

/// Which agent, how its listing is doing, and what can be done about that.
#[component]
fn Head(agent: dto::Who, agent_state: AgentState, listing: Option<Offered>) -> impl IntoView {
    let id = agent.id;
    let state = listing.as_ref().map_or(ListingState::Draft, |it| it.state);
    let reason = listing.as_ref().and_then(|it| it.withdrawn_reason.clone());
    let seen = listing.as_ref().map(|it| routes::listing(it.id));
    let was_offered = state != ListingState::Draft;
    let mark = move || view! { <Badge tone=state_tone(state)>{state.label()}</Badge> };
    view! {
        <Card>
            <AccountRow account=byline(&agent) note=None mark />
            {reason.map(|reason| view! { <Notice tone=Tone::Danger title="Taken off the market by an administrator">{reason}</Notice> })}
            {(agent_state != AgentState::Published)
                .then(|| view! {
                    <Notice tone=Tone::Warning title="It does not answer at the moment">
                        "An agent is offered once a version of it is published and it is at work. "
                        <a href=routes::build(id)>"Go to the builder"</a>
                    </Notice>
                })}
            <ButtonRow>
                {listing.and_then(|it| turn(id, &it, agent_state))}
                {seen.map(|href| view! { <ButtonLink href size=ButtonSize::Small>"See the listing"</ButtonLink> })}
                {was_offered
                    .then(|| view! { <ButtonLink href=routes::sales(id) size=ButtonSize::Small>"Sales"</ButtonLink> })}
            </ButtonRow>
        </Card>
    }
    .into_any()
}

/// The button that offers it again, or takes on nobody new.
fn turn(agent: AccountId, listing: &Offered, agent_state: AgentState) -> Option<AnyView> {
    let (wish, label) = match listing.state {
        ListingState::Listed => ("pause", "Pause it"),
        ListingState::Paused if agent_state == AgentState::Published => ("list", "Offer it again"),
        _ => return None,
    };
    let id = listing.id;
    Some(view! { <Turn agent listing=id wish label /> }.into_any())
}

#[component]
fn Turn(agent: AccountId, listing: ListingId, wish: &'static str, label: &'static str) -> impl IntoView {
    let state = FormState::<TurnListing>::new();
    view! {
        <Form state>
            <input type="hidden" name="agent" value=agent.to_string() />
            <input type="hidden" name="listing" value=listing.to_string() />
            <input type="hidden" name="wish" value=wish />
            <Button size=ButtonSize::Small busy=state.busy()>{label}</Button>
            <Refusal message=message_but(state, &[]) />
        </Form>
    }
    .into_any()
}

#[component]
fn Fields(id: AccountId, fields: dto::Fields, can_list: bool, is_listed: bool) -> impl IntoView {
    let state = FormState::<SaveListing>::new();
    let (texts, prices) = (fields.clone(), fields);
    view! {
        <Form state>
            <FormStack>
                <FormError message=message_but(state, FIELDS) />
                <input type="hidden" name="agent" value=id.to_string() />
                <Card title="What it says">
                    <Texts state fields=texts />
                </Card>
                <Card title="What it costs" note="Offer one way or several. What is left empty is not offered. Prices in EUR.">
                    <Prices state fields=prices />
                </Card>
                <ButtonRow>
                    {can_list
                        .then(|| view! {
                            <Button variant=Variant::Primary name="then" value="list" busy=state.busy()>
                                "Save and offer it"
                            </Button>
                        })}
                    <Button variant={if is_listed { Variant::Primary } else { Variant::Secondary }} name="then" value="save" busy=state.busy()>
                        {if is_listed { "Save the changes" } else { "Save as a draft" }}
                    </Button>
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}

#[component]
fn Texts(state: FormState<SaveListing>, fields: dto::Fields) -> impl IntoView {
    let dto::Fields { title, tagline, description, category, tags, language, suggestions, .. } = fields;
    let categories = Category::ALL.iter().map(|it| (it.as_str().to_owned(), it.label().to_owned())).collect();
    let mut languages: Vec<_> = LANGUAGES.map(|(code, name)| (code.to_owned(), name.to_owned())).to_vec();
    if !languages.iter().any(|(code, _)| *code == language) {
        languages.push((language.clone(), language.to_uppercase()));
    }
    view! {
        <FormStack>
            <Field id="title" label="Title" error=state.error("title")>
                <TextInput name="title" value=state.value("title", title) maxlength=most(TITLE_LIMIT) required=true />
            </Field>
            <Field id="tagline" label="In a line" hint="What it does for whoever talks with it." optional=true error=state.error("tagline")>
                <TextInput name="tagline" value=state.value("tagline", tagline) maxlength=most(TAGLINE_LIMIT) />
            </Field>
            <Field id="description" label="Description" hint="Markdown. What it knows, what it is good at, what it can\u{2019}t do." optional=true error=state.error("description")>
                <TextArea name="description" value=state.value("description", description) rows=8 maxlength=most(DESCRIPTION_LIMIT) />
            </Field>
            <Field id="category" label="Topic" error=state.error("category")>
                <Select name="category" options=categories value=state.value("category", category.as_str()) />
            </Field>
            <Field id="language" label="Language it speaks" error=state.error("language")>
                <Select name="language" options=languages value=state.value("language", language) />
            </Field>
            <Field
                id="tags"
                label="Tags"
                hint=format!("Words to find it by, divided by commas: at most {MAX_TAGS}, of {TAG_LIMIT} characters each.")
                optional=true
                error=state.error("tags")
            >
                <TextInput name="tags" value=state.value("tags", tags) maxlength=400 />
            </Field>
            <Field
                id="suggestions"
                label="Questions to begin with"
                hint=format!("A line each: at most {MAX_SUGGESTIONS}, of {SUGGESTION_LIMIT} characters each.")
                optional=true
                error=state.error("suggestions")
            >
                <TextArea name="suggestions" value=state.value("suggestions", suggestions) rows=4 />
            </Field>
        </FormStack>
    }
    .into_any()
}

#[component]
fn Prices(state: FormState<SaveListing>, fields: dto::Fields) -> impl IntoView {
    let dto::Fields { prices, free_messages, fork_royalty, .. } = fields;
    // A box that is not ticked is not sent: after a refusal what counts is what was sent.
    let was_sent = !state.value("agent", "").is_empty();
    let free = state.value("free", if prices.free && !was_sent { "true" } else { "" }) == "true";
    let free_error = state.error("free");
    let price = move |name: &'static str, label: &'static str, hint: &'static str, price: Option<Money>| {
        let value = state.value(name, price.map(Money::to_decimal).unwrap_or_default());
        view! {
            <Field id=name label hint optional=true error=state.error(name)>
                <TextInput name value input_mode="decimal" maxlength=12 spellcheck=false autocomplete="off" />
            </Field>
        }
        .into_any()
    };
    view! {
        <FormStack>
            <Checkbox name="free" label="It is free" hint="Whoever likes talks with it as much as they like, and you bear what that costs." checked=free />
            {move || free_error.get().map(|text| view! { <Notice tone=Tone::Danger live=true>{text}</Notice> })}
            {price("message", "By the message", "Taken for each answer that arrives.", prices.message)}
            {price("monthly", "By the month", "As much as they like.", prices.monthly)}
            {price("yearly", "By the year", "As much as they like.", prices.yearly)}
            {price("once", "Once", "For good.", prices.once)}
            <Field
                id="free_messages"
                label="Free messages"
                hint=format!("So many may be sent to try it before it costs something: from 0 to {MAX_FREE_MESSAGES}. You bear what they cost.")
                error=state.error("free_messages")
            >
                <TextInput
                    name="free_messages"
                    value=state.value("free_messages", free_messages.to_string())
                    input_mode="numeric"
                    maxlength=3
                    spellcheck=false
                />
            </Field>
            <Field
                id="fork_royalty"
                label="Royalty for forks, in percent"
                hint="What agents that others make of it pay to you of what they earn. Empty: nobody may fork it. 0: for nothing."
                optional=true
                error=state.error("fork_royalty")
            >
                <TextInput
                    name="fork_royalty"
                    value=state.value("fork_royalty", fork_royalty)
                    input_mode="decimal"
                    maxlength=6
                    spellcheck=false
                />
            </Field>
        </FormStack>
    }
    .into_any()
}

/// Who shares in what it earns.
#[component]
fn Sharers(agent: AccountId, listing: ListingId, sharers: Vec<Sharer>) -> impl IntoView {
    let state = FormState::<OfferShare>::new();
    let is_alone = sharers.is_empty();
    let rows = sharers.into_iter().map(|sharer| view! { <SharerRow agent listing sharer /> }.into_any()).collect_view();
    view! {
        <Card
            title="Co-creators"
            note="Offer a part of what is left after Magentic\u{2019}s to somebody who made it with you. What they accepted you can\u{2019}t take back."
        >
            {if is_alone {
                view! { <p>"Nobody shares in it."</p> }.into_any()
            } else {
                view! { <ItemList label="Co-creators">{rows}</ItemList> }.into_any()
            }}
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["account", "share"]) id="share-error" />
                    <input type="hidden" name="agent" value=agent.to_string() />
                    <input type="hidden" name="listing" value=listing.to_string() />
                    <Field id="account" label="Handle" error=state.error("account")>
                        <TextInput
                            name="account"
                            value=state.value("account", "")
                            prefix="@"
                            required=true
                            maxlength=40
                            autocomplete="off"
                            spellcheck=false
                        />
                    </Field>
                    <Field id="share" label="Share in percent" error=state.error("share")>
                        <TextInput
                            name="share"
                            value=state.value("share", "")
                            input_mode="decimal"
                            required=true
                            maxlength=6
                            spellcheck=false
                            autocomplete="off"
                        />
                    </Field>
                    <ButtonRow>
                        <Button busy=state.busy()>"Offer the share"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn SharerRow(agent: AccountId, listing: ListingId, sharer: Sharer) -> impl IntoView {
    let Sharer { who, points, offered } = sharer;
    let state = FormState::<AnswerShare>::of(format!("revoke-{}", who.id));
    let note = match offered {
        Some(offered) if points.get() == 0 => format!("Was offered {offered}, and has not decided yet"),
        Some(offered) => format!("Has {points}, and was offered {offered}"),
        None => format!("Has {points}"),
    };
    let whose = who.id.to_string();
    let action = move || {
        offered.map(|_| {
            view! {
                <Form state>
                    <input type="hidden" name="agent" value=agent.to_string() />
                    <input type="hidden" name="listing" value=listing.to_string() />
                    <input type="hidden" name="account" value=whose />
                    <input type="hidden" name="wish" value="revoke" />
                    <Button variant=Variant::Quiet size=ButtonSize::Small busy=state.busy()>"Take the offer back"</Button>
                    <Refusal message=message_but(state, &[]) />
                </Form>
            }
        })
    };
    view! {
        <ItemRow>
            <AccountRow account=byline(&who) note=Some(note) action />
        </ItemRow>
    }
    .into_any()
}
