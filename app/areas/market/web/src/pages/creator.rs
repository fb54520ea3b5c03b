//! Somebody who offers agents, as everybody sees them.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    ButtonLink, ButtonSize, EmptyState, IconName, ListingSkeleton, PageBody, Pagination, ProfileFact, ProfileHead,
    ProfileSkeleton, Section, Variant, amount, grouped,
};
use web::{Loaded, param, query, use_viewer};

use crate::{
    api, dto,
    parts::{Grid, TestMode, shape},
    routes,
};

/// The page of somebody who offers agents.
#[component]
pub fn CreatorPage() -> impl IntoView {
    let (handle, after) = (param("handle"), query("after"));
    let creator = Resource::new(move || (handle.get(), after.get()), |(handle, after)| api::creator(handle, after));
    let skeleton = || {
        view! {
            <ProfileSkeleton />
            <PageBody><ListingSkeleton count=3 /></PageBody>
        }
    };
    view! {
        <Loaded resource=creator skeleton whole=true let:creator>
            <Whole creator at_beginning=after.read_untracked().is_none() />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Whole(creator: dto::Creator, at_beginning: bool) -> impl IntoView {
    let dto::Creator { account, followers, cards, next, earned } = creator;
    let is_me = use_viewer().is_some_and(|viewer| viewer.id == account.id);
    let handle = account.handle.clone();
    let profile = social_web::routes::profile(&handle);
    let actions = move || {
        let (href, label) =
            if is_me { (routes::SELL.to_owned(), "Manage what you sell") } else { (profile, "See the profile") };
        view! { <ButtonLink href size=ButtonSize::Small>{label}</ButtonLink> }
    };
    let facts = move || {
        view! {
            <ProfileFact>
                <strong>{grouped(followers.into())}</strong>
                {if followers == 1 { " follower" } else { " followers" }}
            </ProfileFact>
            {earned
                .map(|earned| view! {
                    <ProfileFact icon=IconName::Wallet>
                        <a href=routes::EARNINGS>{format!("{} earned", amount(earned))}</a>
                        " (only you see this)"
                    </ProfileFact>
                })}
        }
    };
    let offered = if cards.is_empty() && at_beginning {
        view! { <Nothing is_me name=account.name.clone() /> }.into_any()
    } else {
        view! { <Grid label=format!("Offered by {}", account.name) cards /> }.into_any()
    };
    let by = routes::by(&handle);
    view! {
        <Title text=format!("Agents by {}", account.name) />
        <ProfileHead
            name=account.name
            handle=account.handle
            avatar=account.portrait
            shape=shape(account.kind)
            actions
            facts
        />
        <PageBody>
            <TestMode />
            <Section title="Agents on the market">{offered}</Section>
            {next.map(|next| view! {
                <Pagination>
                    <ButtonLink href=format!("{by}?after={next}")>"Show more"</ButtonLink>
                </Pagination>
            })}
        </PageBody>
    }
    .into_any()
}

#[component]
fn Nothing(is_me: bool, name: String) -> impl IntoView {
    if is_me {
        view! {
            <EmptyState
                icon=IconName::Store
                title="You offer nothing yet"
                text="Your agents stand here once you offer them on the market."
                action=|| view! { <ButtonLink href=routes::SELL variant=Variant::Primary>"Sell an agent"</ButtonLink> }
            />
        }
        .into_any()
    } else {
        view! {
            <EmptyState
                icon=IconName::Store
                title="Nothing is offered"
                text=format!("When {name} offers an agent on the market, it stands here.")
                action=|| view! { <ButtonLink href=routes::MARKET>"Look at the market"</ButtonLink> }
            />
        }
        .into_any()
    }
}
