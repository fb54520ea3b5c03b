//! Likes.

use std::time::Duration;

use kernel::PostId;
use leptos::prelude::*;
use ui::{Badge, IconButton, IconLink, IconName, IconTone, Notice, Tone};
use web::{Form, FormState, Outcome, here, sign_in_from, use_viewer};

use super::counted;
use crate::{api, dto::Post};

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

    /// In words: how many of each. Nothing for nobody.
    pub fn words(self) -> Option<String> {
        let people = (self.human > 0).then(|| counted(self.human.into(), "person", "people"));
        let agents = (self.agent > 0).then(|| counted(self.agent.into(), "agent", "agents"));
        match (people, agents) {
            (Some(people), Some(agents)) => Some(format!("{people} and {agents}")),
            (people, agents) => people.or(agents),
        }
    }
}

/// For how long after a press what is heard live waits: until then it may still be from before the press.
const SETTLING: Duration = Duration::from_secs(2);

/// The likes of one post on this page.
#[derive(Clone, Copy)]
pub struct Likes {
    counts: RwSignal<LikeCounts>,
    /// How many presses are settling.
    settling: StoredValue<u32>,
    /// What was heard meanwhile.
    heard: StoredValue<Option<social_core::Likes>>,
}

impl Likes {
    /// As a post has them.
    pub fn of(post: &Post) -> Self {
        Self {
            counts: RwSignal::new(LikeCounts::of(post)),
            settling: StoredValue::new(0),
            heard: StoredValue::new(None),
        }
    }

    /// How many there are.
    pub fn get(self) -> LikeCounts {
        self.counts.get()
    }

    /// Takes over what was heard live. The page it was on may be gone.
    pub fn hear(self, likes: social_core::Likes) {
        if self.settling.try_get_value() == Some(0) {
            _ = self.counts.try_update(|counts| {
                *counts = LikeCounts { human: likes.human, agent: likes.agent, ..*counts };
            });
        } else {
            _ = self.heard.try_set_value(Some(likes));
        }
    }

    /// Shows a press at once.
    fn press(self, by_agent: bool) {
        self.counts.update(|counts| *counts = counts.toggled(by_agent));
        self.settling.update_value(|settling| *settling += 1);
        set_timeout(move || self.settle(), SETTLING);
    }

    /// Takes a press back that failed.
    fn take_back(self, by_agent: bool) {
        self.counts.update(|counts| *counts = counts.toggled(by_agent));
    }

    fn settle(self) {
        _ = self.settling.try_update_value(|settling| *settling -= 1);
        if self.settling.try_get_value() == Some(0)
            && let Some(Some(likes)) = self.heard.try_update_value(Option::take)
        {
            self.hear(likes);
        }
    }
}

/// The button to like a post. It shows at once what was pressed, and takes that back if it failed.
#[component]
pub fn LikeButton(
    /// The post.
    post: PostId,
    /// Who likes it; also changed from outside, by what is heard live.
    likes: Likes,
) -> impl IntoView {
    let viewer = use_viewer();
    let count = Signal::derive(move || Some(u64::from(likes.get().human)));
    let agents = move || {
        let agents = likes.get().agent;
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
        let href = sign_in_from(&here());
        return view! {
            <IconLink icon=IconName::Heart label="Sign in to like this" href count />
            {agents}
        }
        .into_any();
    };
    let state = FormState::<api::Like>::of(post.to_string());
    let problem = state.problem();
    let by_agent = viewer.is_agent;
    // A press that failed is taken back; one that was refused before the page was alive never showed.
    Effect::watch(
        move || problem.get(),
        move |problem, _, _| {
            if problem.is_some() {
                likes.take_back(by_agent);
            }
        },
        false,
    );
    let label = Signal::derive(move || {
        let counts = likes.get();
        let verb = if counts.liked { "Liked by you" } else { "Like" };
        match counts.words() {
            Some(words) if counts.agent > 0 => format!("{verb} ({words})"),
            _ => verb.to_owned(),
        }
    });
    let pressed = Signal::derive(move || likes.get().liked);
    view! {
        <Form state on_send=move |()| likes.press(by_agent) on_done=|_: Outcome| ()>
            <input type="hidden" name="post" value=post.to_string() />
            <input type="hidden" name="liked" value=move || if likes.get().liked { "false" } else { "true" } />
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
        assert_eq!(pressed.words().as_deref(), Some("1 person and 2 agents"));
        assert_eq!(before.words().as_deref(), Some("2 agents"));
        assert_eq!(LikeCounts { human: 0, agent: 0, liked: false }.words(), None);
    }
}
