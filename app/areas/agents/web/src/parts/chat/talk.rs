//! A conversation with an agent.

use agents_core::{Judgement, RunState};
use kernel::{AccountId, ConversationId, MessageId, Provenance};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use social_core::MessageState;
use ui::{
    ButtonLink, ButtonSize, ChatGreeting, ChatMessages, ChatStatus, Conversation, Owner, ProvenanceMark, Variant,
};
use web::{Failure, Outcome};

use super::{
    message::Said,
    write::{Suggested, Write},
};
use crate::{api, dto::chat as dto, routes};

/// The conversation of a page, and what its parts tell each other.
#[derive(Clone, Copy)]
pub struct Talking {
    /// The conversation.
    pub chat: RwSignal<dto::Chat>,
    /// What assistive software is told.
    pub status: RwSignal<String>,
    /// Whether the page stays when a conversation begins, as the builder's does.
    pub stays: bool,
    /// Goes to another page. Taken while the page is made: afterwards nobody knows the router.
    pub go: Callback<String>,
}

impl Talking {
    /// Loads the conversation afresh, and shows its end if it was shown before.
    pub fn refresh(self) {
        // The page may have been left already.
        let Some(id) = self.chat.try_with_untracked(|chat| chat.id).flatten() else { return };
        spawn_local(async move {
            let at_end = ui::is_at_end();
            match api::chat::chat(id.to_string(), None).await {
                Ok(fresh) => _ = self.chat.try_set(fresh),
                Err(Failure(problem)) => leptos::logging::log!("the conversation could not be loaded: {problem}"),
            }
            if at_end {
                ui::show_end();
            }
        });
    }

    /// Goes on after something was asked: on this page, or on that of the conversation that began.
    pub fn asked(self, outcome: &Outcome) {
        let Outcome::Go(path) = outcome else { return };
        let is_new = self.chat.try_with_untracked(|chat| chat.id.is_none()) == Some(true);
        if is_new && !self.stays {
            return self.go.run(path.clone());
        }
        if is_new {
            let id = conversation_in(path);
            self.chat.update(|chat| chat.id = id);
        }
        self.refresh();
        ui::show_end();
    }

    /// Whether the agent sees pictures.
    pub fn sees_pictures(self) -> bool {
        self.chat.with_untracked(|chat| chat.agent.as_ref().is_none_or(|it| it.sees_pictures))
    }

    /// The agent's name.
    pub fn name(self) -> String {
        self.chat
            .with_untracked(|chat| chat.agent.as_ref().map_or_else(|| "The agent".to_owned(), |it| it.name.clone()))
    }
}

/// The conversation that an address leads to.
fn conversation_in(path: &str) -> Option<ConversationId> {
    let rest = path.strip_prefix(routes::CHATS)?.trim_start_matches('/');
    rest.split(['#', '?']).next()?.parse().ok()
}

/// A conversation: its messages, and where one writes the next one.
#[component]
pub fn Talk(
    /// The conversation; loaded afresh as it goes on.
    chat: RwSignal<dto::Chat>,
    /// It is an earlier stretch of it, in which nothing is written.
    #[prop(optional)]
    earlier: bool,
    /// In a panel of a page that stays when a conversation begins.
    #[prop(optional)]
    boxed: bool,
) -> impl IntoView {
    let navigate = use_navigate();
    let go = Callback::new(move |path: String| navigate(&path, NavigateOptions::default()));
    let talking = Talking { chat, status: RwSignal::new(String::new()), stays: boxed, go };
    if !earlier && !boxed {
        // A link to a message shows that one.
        Effect::new(move |_| {
            if window().location().hash().is_ok_and(|hash| hash.is_empty())
                && !chat.read_untracked().messages.is_empty()
            {
                ui::show_end();
            }
        });
    }
    let before = move || chat.with(|chat| chat.before.zip(chat.id));
    view! {
        <Conversation boxed foot=move || view! { <Foot talking earlier /> }>
            {move || {
                before()
                    .map(|(before, _)| {
                        view! {
                            <ButtonLink href=format!("?until={before}") size=ButtonSize::Small variant=Variant::Quiet>
                                "Earlier messages"
                            </ButtonLink>
                        }
                    })
            }}
            {move || chat.with(|chat| chat.messages.is_empty()).then(|| view! { <Beginning talking /> })}
            <ChatMessages>
                <For each=move || chat.get().messages key=key children=move |message| view! { <Said talking message /> } />
            </ChatMessages>
            <ChatStatus text=talking.status />
        </Conversation>
    }
    .into_any()
}

type Key = (MessageId, MessageState, Option<(u32, u32)>, Option<(RunState, Option<Judgement>, String)>);

/// What makes a message look otherwise.
fn key(message: &dto::Message) -> Key {
    let branch = message.branch.as_ref().map(|branch| (branch.place, branch.count));
    let answer = message.answer.as_ref().map(|answer| {
        // One that waits for its turn is followed like one that is being written.
        let state = if answer.state == RunState::Waiting { RunState::Running } else { answer.state };
        (state, answer.judgement, answer.note.clone())
    });
    (message.id, message.state, branch, answer)
}

/// What the agent says first, and what it suggests to ask.
#[component]
fn Beginning(talking: Talking) -> impl IntoView {
    let agent = talking.chat.with_untracked(|chat| chat.agent.clone())?;
    let owner = agent.owner.map(|owner| Owner { href: format!("/@{owner}"), handle: owner });
    let html = if agent.greeting_html.is_empty() {
        "<p>What would you like to know?</p>".to_owned()
    } else {
        agent.greeting_html
    };
    let asks = agent.silent.is_none();
    let suggestions = agent.suggestions.into_iter().enumerate().filter(move |_| asks);
    let suggestions =
        suggestions.map(|(place, question)| view! { <Suggested talking place question /> }.into_any()).collect_view();
    Some(view! {
        <ChatGreeting
            portrait=agent.portrait
            name=agent.name
            mark=move || view! { <ProvenanceMark provenance=Provenance::Agent owner /> }
            html
        >
            {suggestions}
        </ChatGreeting>
    })
}

#[component]
fn Foot(talking: Talking, earlier: bool) -> impl IntoView {
    if earlier {
        let newest = move || talking.chat.with(|chat| chat.id.map(routes::chat).unwrap_or_default());
        return view! { <ButtonLink href=Signal::derive(newest) variant=Variant::Secondary>"Go to the newest messages"</ButtonLink> }
            .into_any();
    }
    view! { <Write talking /> }.into_any()
}

/// A conversation in which nothing has been said.
pub fn beginning(new: dto::NewChat, preview: bool) -> dto::Chat {
    dto::Chat {
        id: None,
        title: String::new(),
        agent: Some(new.agent),
        preview,
        is_mine: true,
        messages: Vec::new(),
        before: None,
        memories: 0,
        trains: false,
        submission: new.submission,
    }
}

/// Which agent is asked.
pub fn asked(chat: &dto::Chat) -> Option<AccountId> {
    chat.agent.as_ref().map(|agent| agent.id)
}

#[cfg(test)]
mod tests {
    use super::conversation_in;

    #[test]
    fn a_conversation_is_read_from_its_address() {
        let id = "conv_00000000000000000000000000000001";
        let known: Result<kernel::ConversationId, _> = id.parse();
        for path in [format!("/chats/{id}"), format!("/chats/{id}#msg_1"), format!("/chats/{id}?a=b")] {
            assert_eq!(conversation_in(&path), known.as_ref().ok().copied());
        }
        assert_eq!(conversation_in("/settings"), None);
    }
}
