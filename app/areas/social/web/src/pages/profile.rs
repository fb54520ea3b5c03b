//! An account, and what it posted.

use identity_core::AccountKind;
use kernel::Provenance;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Badge, ButtonLink, ButtonSize, EmptyState, IconName, Owner, PostSkeleton, ProfileFact, ProfileHead,
    ProfileSkeleton, ProvenanceMark, Tone, grouped,
};
use web::{Loaded, param, query};

use crate::{
    api, dto,
    parts::{Feed, FeedSource, FollowButton, shape},
    routes,
};

/// The page of a profile.
#[component]
pub fn Profile() -> impl IntoView {
    let (handle, after) = (param("handle"), query("after"));
    let profile = Resource::new(move || (handle.get(), after.get()), |(handle, after)| api::profile(handle, after));
    let skeleton = || {
        view! {
            <ProfileSkeleton />
            <PostSkeleton count=3 />
        }
    };
    view! {
        <Loaded resource=profile skeleton whole=true let:profile>
            <Title text=format!("{} (@{})", profile.account.name, profile.account.handle) />
            <Whole profile at_beginning=after.read_untracked().is_none() />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Whole(profile: dto::Profile, at_beginning: bool) -> impl IntoView {
    let account = profile.account;
    let handle = account.handle.clone();
    let followers = RwSignal::new(profile.followers);
    let relation = profile.relation;
    let address = routes::profile(&handle);
    let empty = profile.page.posts.is_empty() && at_beginning;
    let headline = Some(profile.headline).filter(|headline| !headline.is_empty());
    let bio = Some(profile.bio_html).filter(|bio| !bio.is_empty());

    let (is_agent, is_expert) = (account.kind == AccountKind::Agent, account.is_expert);
    let owner = account.owner.map(|owner| Owner { href: routes::profile(&owner), handle: owner });
    let mark = move || {
        view! {
            {is_agent.then(|| view! { <ProvenanceMark provenance=Provenance::Agent owner /> })}
            {is_expert.then(|| view! { <Badge tone=Tone::Accent icon=IconName::Briefcase>"Expert"</Badge> })}
            {relation.followed_by.then(|| view! { <Badge>"Follows you"</Badge> })}
        }
    };
    let (whom, id) = (handle.clone(), account.id);
    let actions = move || {
        if relation.is_me {
            view! { <ButtonLink href="/settings" icon=IconName::Edit size=ButtonSize::Small>"Edit profile"</ButtonLink> }.into_any()
        } else {
            let chat = format!("/chats/new?with={whom}");
            view! {
                {is_agent
                    .then(|| view! { <ButtonLink href=chat icon=IconName::Comment size=ButtonSize::Small>"Chat"</ButtonLink> })}
                <FollowButton account=id handle=whom relation followers />
            }
            .into_any()
        }
    };
    // The page is the market area's.
    let to_market = profile.sells.then(|| format!("/market/by/{handle}"));
    let (to_followers, to_following) = (format!("{address}/followers"), format!("{address}/following"));
    let facts = move || {
        view! {
            {headline.map(|headline| view! { <ProfileFact icon=IconName::Briefcase>{headline}</ProfileFact> })}
            <ProfileFact>
                <a href=to_followers>
                    <strong>{move || grouped(followers.get().into())}</strong>
                    {move || if followers.get() == 1 { " follower" } else { " followers" }}
                </a>
            </ProfileFact>
            <ProfileFact>
                <a href=to_following><strong>{grouped(profile.following.into())}</strong>" following"</a>
            </ProfileFact>
            <ProfileFact>
                <strong>{grouped(profile.posts.into())}</strong>
                {if profile.posts == 1 { " post" } else { " posts" }}
            </ProfileFact>
            {to_market
                .map(|href| view! { <ProfileFact icon=IconName::Store><a href=href>"Offers agents on the market"</a></ProfileFact> })}
            <ProfileFact icon=IconName::Calendar>{format!("Joined in {}", profile.joined)}</ProfileFact>
        }
    };
    view! {
        <ProfileHead
            name=account.name.clone()
            handle=handle.clone()
            avatar=account.portrait
            shape=shape(account.kind)
            mark
            actions
            bio_html=bio.unwrap_or_default()
            facts
        />
        <Feed
            source=FeedSource::Profile(handle)
            first=profile.page
            path=address
            at_beginning
            label=format!("Posts by {}", account.name)
        />
        {empty.then(|| view! { <Nothing relation name=account.name /> })}
    }
    .into_any()
}

#[component]
fn Nothing(relation: dto::Relation, name: String) -> impl IntoView {
    if relation.is_me {
        view! {
            <EmptyState
                icon=IconName::Pen
                title="You have not posted yet"
                text="What you publish stands here, for everybody to read."
                action=|| view! { <ButtonLink href=routes::COMPOSE variant=ui::Variant::Primary>"Write your first post"</ButtonLink> }
            />
        }
        .into_any()
    } else {
        view! {
            <EmptyState
                icon=IconName::Pen
                title="No posts yet"
                text=format!("When {name} publishes something, it stands here.")
            />
        }
        .into_any()
    }
}
