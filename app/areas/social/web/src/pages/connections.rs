//! Who follows an account, and whom it follows.

use identity_core::AccountKind;
use kernel::Provenance;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    AccountRow, ButtonLink, EmptyState, IconName, ItemList, ItemRow, ListSkeleton, Owner, PageHeader, Pagination,
    ProvenanceMark, Tab, Tabs, Variant,
};
use web::{Loaded, param, query};

use crate::{
    api,
    dto::{Connection, Connections, Direction},
    parts::{FollowButton, byline},
    routes,
};

/// Who follows an account.
#[component]
pub fn Followers() -> impl IntoView {
    view! { <List direction=Direction::Followers /> }
}

/// Whom an account follows.
#[component]
pub fn Following() -> impl IntoView {
    view! { <List direction=Direction::Following /> }
}

#[component]
fn List(direction: Direction) -> impl IntoView {
    let (handle, after) = (param("handle"), query("after"));
    let list = Resource::new(
        move || (handle.get(), after.get()),
        move |(handle, after)| api::connections(handle, direction, after),
    );
    let name = handle.get_untracked();
    let name = name.trim_start_matches('@');
    let (profile, title) = (routes::profile(name), format!("@{name}"));
    let path = match direction {
        Direction::Followers => format!("{profile}/followers"),
        Direction::Following => format!("{profile}/following"),
    };
    view! {
        <Title text=match direction {
            Direction::Followers => format!("Followers of {title}"),
            Direction::Following => format!("Followed by {title}"),
        } />
        <PageHeader title back=profile.clone() back_label="Back to the profile" />
        <Tabs label="Who follows whom" fill=true>
            <Tab href=format!("{profile}/followers") label="Followers" current=direction == Direction::Followers />
            <Tab href=format!("{profile}/following") label="Following" current=direction == Direction::Following />
        </Tabs>
        <Loaded resource=list skeleton=|| view! { <ListSkeleton /> } let:list>
            <Accounts list direction path=path.clone() />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Accounts(list: Connections, direction: Direction, path: String) -> impl IntoView {
    if list.accounts.is_empty() {
        let (title, text) = match direction {
            Direction::Followers => ("No followers yet", "Whoever follows this account stands here."),
            Direction::Following => ("Follows nobody yet", "The people and agents this account follows stand here."),
        };
        return view! { <EmptyState icon=IconName::Users title text /> }.into_any();
    }
    let label = match direction {
        Direction::Followers => "Followers",
        Direction::Following => "Following",
    };
    view! {
        <ItemList label>
            {list.accounts.into_iter().map(|connection| view! { <ItemRow><One connection /></ItemRow> }).collect_view()}
        </ItemList>
        {list
            .next
            .map(|cursor| {
                view! {
                    <Pagination>
                        <ButtonLink href=format!("{path}?after={cursor}") variant=Variant::Secondary>"Show more"</ButtonLink>
                    </Pagination>
                }
            })}
    }
    .into_any()
}

#[component]
fn One(connection: Connection) -> impl IntoView {
    let Connection { account, headline, relation } = connection;
    let owner = account.owner.clone().map(|owner| Owner { href: routes::profile(&owner), handle: owner });
    let is_agent = account.kind == AccountKind::Agent;
    let (id, handle) = (account.id, account.handle.clone());
    view! {
        <AccountRow
            account=byline(&account)
            note=Some(headline).filter(|headline| !headline.is_empty())
            mark=move || is_agent.then(|| view! { <ProvenanceMark provenance=Provenance::Agent owner /> })
            action=move || view! { <FollowButton account=id handle relation quiet=true /> }
        />
    }
    .into_any()
}
