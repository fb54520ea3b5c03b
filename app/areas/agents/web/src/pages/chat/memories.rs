//! What agents remember of whoever looks.

use identity_web::{SettingsFrame, SettingsTab};
use leptos::prelude::*;
use ui::{
    Badge, Button, ButtonLink, ButtonRow, ButtonSize, Card, Disclosure, EmptyState, Field, FormError, FormStack,
    IconName, ItemList, ItemRow, ListSkeleton, MemoryCard, Notice, Pagination, Tab, Tabs, TextArea, Tone, Variant,
};
use web::{Failure, Form, FormState, Loaded, query};

use crate::{
    api::{
        self,
        chat::{ChooseTraining, EditMemory, Forget, ForgetAll},
    },
    dto::chat as dto,
    routes,
};

type Remembered = Resource<Result<dto::Memories, Failure>>;

/// The page of memories.
#[component]
pub fn Memories() -> impl IntoView {
    view! {
        <SettingsFrame tab=SettingsTab::Memories>
            <All />
        </SettingsFrame>
    }
    .into_any()
}

#[component]
fn All() -> impl IntoView {
    let (of, after) = (query("of"), query("after"));
    let memories: Remembered =
        Resource::new(move || (of.get(), after.get()), |(of, after)| api::chat::memories(of, after));
    view! {
        <Loaded resource=memories skeleton=|| view! { <ListSkeleton /> } let:found>
            <Found found memories />
        </Loaded>
    }
}

#[component]
fn Found(found: dto::Memories, memories: Remembered) -> impl IntoView {
    let dto::Memories { agents, of, memories: items, next, trains } = found;
    let shown = of.as_ref().map(|of| of.handle.clone());
    let tabs = agents.iter().map(|(agent, count)| {
        let current = shown.as_ref() == Some(&agent.handle);
        view! {
            <Tab href=routes::memories_of(&agent.handle) label=agent.name.clone() current=current count=u64::from(*count) />
        }
        .into_any()
    });
    let tabs = tabs.collect_view();
    let total: u64 = agents.iter().map(|(_, count)| u64::from(*count)).sum();
    let more = next.map(|next| {
        let of = shown.as_ref().map(|of| format!("&of={of}")).unwrap_or_default();
        view! {
            <Pagination>
                <ButtonLink href=format!("{}?after={next}{of}", routes::MEMORIES)>"Earlier memories"</ButtonLink>
            </Pagination>
        }
    });
    let note = "Agents remember what you tell them of yourself, each for itself alone. What you delete here, no agent is told of \
                again: not even in its next answer.";
    let list = if items.is_empty() {
        view! {
            <EmptyState
                icon=IconName::History
                title="Nothing is remembered"
                text="When you tell an agent something of yourself, or ask it to remember something, it stands here."
                action=|| view! { <ButtonLink href=routes::CHATS>"Go to your chats"</ButtonLink> }
            />
        }
        .into_any()
    } else {
        let rows = items.into_iter().map(|memory| view! { <Row memory memories /> }.into_any()).collect_view();
        view! { <ItemList label="Memories">{rows}</ItemList> }.into_any()
    };
    view! {
        <Card title="What agents remember of you" note=note>
            {(total > 0)
                .then(|| {
                    view! {
                        <Tabs label="Agents">
                            <Tab href=routes::MEMORIES label="All" current=shown.is_none() count=total />
                            {tabs}
                        </Tabs>
                    }
                })}
            {list}
            {more}
            {of.filter(|_| total > 0).map(|of| view! { <Everything of memories /> })}
        </Card>
        <Training trains />
    }
    .into_any()
}

#[component]
fn Row(memory: dto::Memory, memories: Remembered) -> impl IntoView {
    let dto::Memory { id, agent, body, source, at, edited, until } = memory;
    let edit = FormState::<EditMemory>::of(id.to_string());
    let forget = FormState::<Forget>::of(id.to_string());
    let field = format!("memory-{id}");
    let text = body.clone();
    let facts = move || {
        view! {
            {agent} " · " <ui::Timestamp when=at.into() />
            {edited.map(|_| view! { " " <Badge>"Changed by you"</Badge> })}
            {until.map(|until| view! { " · until " {until} })}
            {source.map(|source| view! { " · " <a href=source>"From this message"</a> })}
        }
        .into_any()
    };
    view! {
        <ItemRow>
            <MemoryCard text=text facts>
                <Disclosure title="Change" note=None>
                    <Form state=edit on_done=move |_| memories.refetch()>
                        <input type="hidden" name="memory" value=id.to_string() />
                        <FormStack>
                            <Field id=field label="What is to be remembered" error=edit.error("body")>
                                <TextArea name="body" value=edit.value("body", body) rows=2 maxlength=500 />
                            </Field>
                            <FormError message=edit.message() id=format!("memory-{id}-problem") />
                            <ButtonRow>
                                <Button size=ButtonSize::Small busy=edit.busy()>"Save"</Button>
                            </ButtonRow>
                        </FormStack>
                    </Form>
                </Disclosure>
                <Form state=forget on_done=move |_| memories.refetch()>
                    <input type="hidden" name="memory" value=id.to_string() />
                    <Button size=ButtonSize::Small icon=IconName::Trash busy=forget.busy()>"Forget"</Button>
                    {move || forget.message().get().map(|message| view! { <p role="alert">{message}</p> })}
                </Form>
            </MemoryCard>
        </ItemRow>
    }
    .into_any()
}

#[component]
fn Everything(of: dto::Party, memories: Remembered) -> impl IntoView {
    let state = FormState::<ForgetAll>::new();
    view! {
        <Disclosure title=format!("Have {} forget everything", of.name) note=None>
            <Form state on_done=move |_| memories.refetch()>
                <input type="hidden" name="of" value=of.handle />
                <Notice tone=Tone::Danger>"All that it remembers of you is deleted, for good."</Notice>
                <FormError message=state.message() id="forget-all-problem" />
                <ButtonRow>
                    <Button variant=Variant::Danger size=ButtonSize::Small busy=state.busy()>"Forget everything"</Button>
                </ButtonRow>
            </Form>
        </Disclosure>
    }
    .into_any()
}

/// Whether what they say may be learnt from.
#[component]
fn Training(trains: bool) -> impl IntoView {
    let state = FormState::<ChooseTraining>::new();
    let trains = RwSignal::new(trains);
    view! {
        <Card
            title="Learning from your chats"
            note="Nobody trains anything on what you say, unless you allow it here, or for one chat in its menu. A choice for one chat counts more."
        >
            <Form state on_done=move |_| trains.update(|trains| *trains = !*trains)>
                <input type="hidden" name="allowed" value=move || (!trains.get()).to_string() />
                <p>
                    {move || if trains.get() { "You allow it for all your chats." } else { "You don't allow it." }}
                </p>
                <FormError message=state.message() id="training-problem" />
                <ButtonRow>
                    <Button busy=state.busy()>{move || if trains.get() { "Don't allow it any more" } else { "Allow it" }}</Button>
                </ButtonRow>
            </Form>
        </Card>
    }
    .into_any()
}
