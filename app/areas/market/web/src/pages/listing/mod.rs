//! A listing: what an agent does, what it costs, and what those say who used it.

mod admin;
mod offers;
mod reviews;

use kernel::Provenance;
use leptos::prelude::*;
use leptos_meta::Title;
use market_core::ListingState;
use ui::{
    Badge, ButtonLink, Card, Chip, ChipRow, Description, DescriptionList, IconName, ListSkeleton, Notice, PageBody,
    ProfileFact, ProfileHead, ProfileSkeleton, Prose, ProvenanceMark, Stars, Tone, Variant, grouped,
};
use web::{Done, Loaded, language, param, query, sign_in_from, use_viewer};

use self::{admin::Administer, offers::Offers, reviews::Reviews};
use crate::{
    api, dto,
    parts::{TestMode, asked, free_messages, micro, owner, shape, state_tone},
    routes,
};

/// The page of a listing.
#[component]
pub fn ListingPage() -> impl IntoView {
    let (of, at, reviews) = (param("listing"), asked(), query("reviews"));
    let listing =
        Resource::new(move || (of.get(), reviews.get(), at.get()), |(of, reviews, _)| api::listing(of, reviews));
    let skeleton = || {
        view! {
            <ProfileSkeleton />
            <ListSkeleton count=4 />
        }
    };
    view! {
        <Loaded resource=listing skeleton whole=true let:listing>
            <Whole listing />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Whole(listing: dto::Listing) -> impl IntoView {
    web::canonical(&routes::listing(listing.card.id));
    let id = listing.card.id;
    let is_admin = use_viewer().is_some_and(|viewer| viewer.is_admin);
    let state = listing.card.state;
    view! {
        <Title text=listing.card.title.clone() />
        <Head listing=listing.clone() />
        <PageBody>
            <TestMode />
            <Done says=&[
                ("reviewed", "Your review stands below. Thank you."),
                ("deleted", "The review is deleted."),
                ("replied", "Your reply is saved."),
                ("withdrawn", "It is off the market. Its owner reads the reason."),
                ("restored", "It is let back: its owner can offer it again."),
            ] />
            <State listing=listing.clone() />
            <Offers listing=listing.clone() />
            <About listing=listing.clone() />
            <Measured listing=listing.clone() />
            <Reviews id figures=listing.card.figures own=listing.own_review.clone() reviews=listing.reviews.clone() />
            <Forks listing />
            {is_admin.then(|| view! { <Administer id state /> })}
        </PageBody>
    }
    .into_any()
}

#[component]
fn Head(listing: dto::Listing) -> impl IntoView {
    let dto::Listing { card, owner: whose, made, mine, .. } = listing;
    let (figures, state, agent) = (card.figures, card.state, card.agent.id);
    let marked = owner(&card.agent);
    let mark = move || {
        view! {
            <ProvenanceMark provenance=Provenance::Agent owner=marked />
            {(state != ListingState::Listed).then(|| view! { <Badge tone=state_tone(state)>{state.label()}</Badge> })}
        }
    };
    let actions = move || {
        mine.then(|| view! { <ButtonLink href=routes::sell(agent) icon=IconName::Edit>"Edit the listing"</ButtonLink> })
    };
    let facts = move || {
        view! {
            <ProfileFact><Stars tenths=figures.rating_tenths count=Some(figures.ratings) /></ProfileFact>
            <ProfileFact icon=IconName::Users>
                {if figures.users == 1 { "1 user".to_owned() } else { format!("{} users", grouped(figures.users.into())) }}
            </ProfileFact>
            <ProfileFact icon=IconName::Store>
                "Offered by " <a href=routes::by(&whose.handle)>{format!("@{}", whose.handle)}</a>
            </ProfileFact>
            {made
                .map(|made| view! { <ProfileFact icon=IconName::History>{format!("Version {}", made.version)}</ProfileFact> })}
        }
    };
    view! {
        <ProfileHead
            name=card.title
            handle=card.agent.handle
            avatar=card.agent.portrait
            shape=shape(card.agent.kind)
            mark
            actions
            bio_html=escaped(&card.tagline)
            facts
        />
    }
    .into_any()
}

/// A line of text as HTML.
fn escaped(text: &str) -> String {
    format!("<p>{}</p>", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

/// What stands in the way, if something does.
#[component]
fn State(listing: dto::Listing) -> impl IntoView {
    let dto::Listing { card, answers, mine, withdrawn_reason, licence, .. } = listing;
    let chat = routes::chat(&card.agent.handle);
    let sell = routes::sell(card.agent.id);
    let has = licence.is_some_and(|it| it.state.is_in_force());
    match card.state {
        ListingState::Withdrawn => view! {
            <Notice tone=Tone::Danger title="Taken off the market by an administrator">
                {withdrawn_reason.map(|reason| format!("The reason: {reason}"))}
                {(!mine).then_some("Nobody new can have it. What you paid for lasts until it ends, and nothing more is taken.")}
            </Notice>
        }
        .into_any(),
        ListingState::Paused if mine => view! {
            <Notice tone=Tone::Warning title="Paused">
                "It takes on nobody new. Those who used it go on. " <a href=sell>"Offer it again"</a>
            </Notice>
        }
        .into_any(),
        ListingState::Paused => view! {
            <Notice tone=Tone::Warning title="Paused by its owner">
                "It takes on nobody new at the moment. Those who used it before "
                {if has { view! { <a href=chat>"go on talking with it"</a> }.into_any() } else { "go on.".into_any() }}
            </Notice>
        }
        .into_any(),
        ListingState::Draft => view! {
            <Notice title="Only you see this">
                "It is not offered yet. " {mine.then(|| view! { <a href=sell>"Finish it and offer it"</a> })}
            </Notice>
        }
        .into_any(),
        ListingState::Listed if !answers => view! {
            <Notice tone=Tone::Warning title="It rests at the moment">
                "Its owner put it to rest, so it answers nobody and is not in the market until it is back at work."
            </Notice>
        }
        .into_any(),
        ListingState::Listed => ().into_any(),
    }
}

/// What it does, in its owner's words and by what it is made of.
#[component]
fn About(listing: dto::Listing) -> impl IntoView {
    let dto::Listing { card, html, suggestions, made, tags, forked_from, .. } = listing;
    let chat = routes::chat(&card.agent.handle);
    let is_member = use_viewer().is_some();
    let to_chat = if is_member { chat } else { sign_in_from(&chat) };
    let has_questions = !suggestions.is_empty();
    let questions = suggestions
        .into_iter()
        .map(|question| view! { <Chip href=to_chat.clone() label=question /> }.into_any())
        .collect_view();
    let knows = made.as_ref().map(|made| match made.topics.as_slice() {
        [] => "Anything it is asked".to_owned(),
        topics => topics.join(", "),
    });
    let sources = made.as_ref().map(|made| match (made.knows.as_slice(), made.knows_more) {
        ([], _) => "Nothing was given to it: it answers from what its model knows".to_owned(),
        (titles, 0) => titles.join(" · "),
        (titles, more) => format!("{} · and {} more", titles.join(" · "), grouped(more)),
    });
    let can = made.as_ref().map(|made| match made.tools.as_slice() {
        [] => "It answers, and does nothing else".to_owned(),
        tools => tools.join(", "),
    });
    let remembers = made.as_ref().map(|made| {
        if made.remembers { "What you tell it; you can see and delete that" } else { "Nothing between conversations" }
    });
    let tags = (!tags.is_empty()).then(|| tags.join(", "));
    view! {
        <Card title="What it does">
            {if html.is_empty() {
                view! { <p>"Its owner has not written more about it."</p> }.into_any()
            } else {
                view! { <Prose html /> }.into_any()
            }}
            {has_questions
                .then(|| view! {
                    <ChipRow label="Questions to begin with">{questions}</ChipRow>
                })}
            <DescriptionList>
                {knows.map(|knows| view! { <Description term="Speaks about">{knows}</Description> })}
                {sources.map(|sources| view! { <Description term="Knows">{sources}</Description> })}
                {can.map(|can| view! { <Description term="May use">{can}</Description> })}
                {remembers.map(|it| view! { <Description term="Remembers">{it}</Description> })}
                <Description term="Language">{language(&card.language)}</Description>
                <Description term="Topic">{card.category.label()}</Description>
                {tags.map(|tags| view! { <Description term="Tags">{tags}</Description> })}
                {forked_from
                    .map(|from| {
                        let href = format!("{}/@{}", routes::MARKET, from.handle);
                        view! { <Description term="Made of"><a href=href>{format!("@{}", from.handle)}</a></Description> }
                    })}
            </DescriptionList>
        </Card>
    }
    .into_any()
}

/// What a conversation came to, and how that was measured.
#[component]
fn Measured(listing: dto::Listing) -> impl IntoView {
    let figures = listing.card.figures;
    let prices = listing.card.prices;
    if figures.conversations == 0 {
        return view! {
            <Card title="What a conversation costs" note="Measured, not promised.">
                <p>"Nobody had a conversation with it yet, so nothing is measured."</p>
            </Card>
        }
        .into_any();
    }
    let charged = figures.charged_per_conversation_micro.filter(|_| prices.message.is_some()).map(micro);
    let cost = figures.cost_per_conversation_micro.map(micro);
    let answers = grouped(figures.answers);
    let conversations = grouped(figures.conversations);
    view! {
        <Card
            title="What a conversation costs"
            note=format!("Measured over {conversations} conversations with {answers} answers, not promised.")
        >
            <DescriptionList>
                {charged
                    .map(|charged| view! {
                        <Description term="Paid on average">
                            {charged} " a conversation. What was paid by the message, divided by all conversations; free messages count as nothing."
                        </Description>
                    })}
                {cost
                    .map(|cost| view! {
                        <Description term="Costs its owner">
                            {cost} " a conversation on average, for the model that answers."
                        </Description>
                    })}
            </DescriptionList>
        </Card>
    }
    .into_any()
}

/// Whether others may build on it.
#[component]
fn Forks(listing: dto::Listing) -> impl IntoView {
    let royalty = listing.fork_royalty;
    let id = listing.card.id;
    let can = listing.card.state == ListingState::Listed || listing.mine;
    match royalty {
        Some(royalty) => {
            let action = move || {
                can.then(
                    || view! { <ButtonLink href=routes::fork(id) variant=Variant::Secondary>"Fork it"</ButtonLink> },
                )
            };
            view! {
                <Card
                    title="Build on it"
                    note=format!(
                        "You may make an agent of your own out of this one. It pays {royalty} of what it earns, after Magentic's part, to @{}.",
                        listing.owner.handle,
                    )
                    actions=action
                >
                    <p>"You get its instructions as they are published. What it knows and remembers stays with it."</p>
                </Card>
            }
            .into_any()
        }
        None => view! {
            <Card title="Build on it">
                <p>"Its owner allows no forks of this agent."</p>
            </Card>
        }
        .into_any(),
    }
}

/// How many messages are free at first, in a sentence.
fn free_words(card: &dto::Card) -> Option<String> {
    free_messages(&card.prices, card.free_messages).map(|words| format!("{words} to try it."))
}
