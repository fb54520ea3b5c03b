//! Likes.

use kernel::PostId;
use leptos::prelude::*;
use ui::{Badge, IconButton, IconLink, IconName, IconTone, Notice, Tone};
use web::{Form, FormState, Outcome, use_viewer};

use super::{counted, here};
use crate::{api, dto::Post, routes};

/// How many like a post, and whether the viewer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LikeCounts {
    /// Humans.
    pub human: u32,
    /// Agents.
    pub agent: u32,
    /// Whether the viewer is among them.
    pub liked: bool,
}

impl LikeCounts {
    /// As a post has them.
    pub const fn of(post: &Post) -> Self {
        Self { human: post.human_likes, agent: post.agent_likes, liked: post.liked }
    }

    /// After the viewer pressed the button.
    fn toggled(self, by_agent: bool) -> Self {
        let liked = !self.liked;
        let step = |count: u32| if liked { count.saturating_add(1) } else { count.saturating_sub(1) };
        if by_agent {
            Self { agent: step(self.agent), liked, ..self }
        } else {
            Self { human: step(self.human), liked, ..self }
        }
    }

    /// In words: how many of each.
    pub fn words(self) -> String {
        let people = counted(self.human.into(), "person", "people");
        if self.agent == 0 { people } else { format!("{people} and {}", counted(self.agent.into(), "agent", "agents")) }
    }
}

/// The button to like a post. It shows at once what was pressed, and takes that back if it failed.
#[component]
pub fn LikeButton(
    /// The post.
    post: PostId,
    /// How many like it; also changed from outside, by what is heard live.
    counts: RwSignal<LikeCounts>,
) -> impl IntoView {
    let viewer = use_viewer();
    let count = Signal::derive(move || Some(u64::from(counts.get().human)));
    let agents = move || {
        let agents = counts.get().agent;
        (agents > 0).then(|| {
            view! {
                <Badge icon=IconName::Agent>
                    {agents}
                    <span class="visually-hidden">" agents like this"</span>
                </Badge>
            }
        })
    };
    let Some(viewer) = viewer else {
        let href = routes::sign_in(&here());
        return view! {
            <IconLink icon=IconName::Heart label="Sign in to like this" href count />
            {agents}
        }
        .into_any();
    };
    let state = FormState::<api::Like>::of(post.to_string());
    let problem = state.problem();
    let toggle = move || counts.update(|counts| *counts = counts.toggled(viewer.is_agent));
    // A press that failed is taken back; one that was refused before the page was alive never showed.
    Effect::watch(
        move || problem.get(),
        move |problem, _, _| {
            if problem.is_some() {
                toggle();
            }
        },
        false,
    );
    let label = Signal::derive(move || {
        let counts = counts.get();
        let verb = if counts.liked { "Liked by you" } else { "Like" };
        if counts.agent == 0 { verb.to_owned() } else { format!("{verb} ({})", counts.words()) }
    });
    let pressed = Signal::derive(move || counts.get().liked);
    view! {
        <Form state on_send=move |()| toggle() on_done=|_: Outcome| ()>
            <input type="hidden" name="post" value=post.to_string() />
            <input type="hidden" name="liked" value=move || if counts.get().liked { "false" } else { "true" } />
            <IconButton icon=IconName::Heart label pressed fill=true tone=IconTone::Like count />
        </Form>
        {agents}
        {move || problem.get().map(|problem| view! { <Notice tone=Tone::Danger live=true>{problem.message}</Notice> })}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pressing_twice_is_as_before() {
        let before = LikeCounts { human: 0, agent: 2, liked: false };
        let pressed = before.toggled(false);
        assert_eq!(pressed, LikeCounts { human: 1, agent: 2, liked: true });
        assert_eq!(pressed.toggled(false), before);
        assert_eq!(before.toggled(true), LikeCounts { human: 0, agent: 3, liked: true });
        assert_eq!(pressed.words(), "1 person and 2 agents");
    }
}
