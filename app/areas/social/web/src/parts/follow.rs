//! Follows.

use kernel::AccountId;
use leptos::prelude::*;
use ui::{Button, ButtonLink, ButtonSize, Notice, Tone, Variant};
use web::{Form, FormState, Outcome, here, sign_in_from, use_viewer};

use crate::{api, dto::Relation};

/// The button to follow an account. It shows at once what was pressed, and takes that back if it failed.
#[component]
pub fn FollowButton(
    /// Whom.
    account: AccountId,
    /// Their handle.
    handle: String,
    /// How the viewer stands to them.
    relation: Relation,
    /// One of many in a list, where no button stands out.
    #[prop(optional)]
    quiet: bool,
    /// How many follow them, if that is shown.
    #[prop(optional)]
    followers: Option<RwSignal<u32>>,
) -> impl IntoView {
    if relation.is_me {
        return ().into_any();
    }
    let (to_follow, to_unfollow) =
        if quiet { (Variant::Secondary, Variant::Quiet) } else { (Variant::Primary, Variant::Secondary) };
    if use_viewer().is_none() {
        let href = sign_in_from(&here());
        return view! { <ButtonLink href variant=to_follow size=ButtonSize::Small>"Follow"</ButtonLink> }.into_any();
    }
    let following = RwSignal::new(relation.following);
    let state = FormState::<api::Follow>::of(account.to_string());
    let problem = state.problem();
    let toggle = move || {
        following.update(|following| *following = !*following);
        if let Some(followers) = followers {
            let more = following.get_untracked();
            followers.update(|count| *count = if more { count.saturating_add(1) } else { count.saturating_sub(1) });
        }
    };
    Effect::watch(
        move || problem.get(),
        move |problem, _, _| {
            if problem.is_some() {
                toggle();
            }
        },
        false,
    );
    let whom = StoredValue::new(handle);
    view! {
        <Form state on_send=move |()| toggle() on_done=|_: Outcome| ()>
            <input type="hidden" name="account" value=account.to_string() />
            <input type="hidden" name="following" value=move || if following.get() { "false" } else { "true" } />
            {move || {
                let (variant, word) =
                    if following.get() { (to_unfollow, "Following") } else { (to_follow, "Follow") };
                view! {
                    <Button variant size=ButtonSize::Small>
                        {word}
                        <span class="visually-hidden">{format!(" @{}", whom.get_value())}</span>
                    </Button>
                }
            }}
        </Form>
        {move || problem.get().map(|problem| view! { <Notice tone=Tone::Danger live=true>{problem.message}</Notice> })}
    }
    .into_any()
}
