//! What an agent may do by itself.

use agents_core::{
    AgentState,
    acting::{ActState, Answers, MAX_DAILY, MAX_DEPTH},
};
use leptos::prelude::*;
use ui::{
    Badge, Button, ButtonRow, Card, Cell, Choice, ChoiceGroup, Column, Field, FormError, FormSkeleton, FormStack,
    Notice, RowHead, Select, Table, TextArea, TextInput, Timestamp, Tone, Variant,
};
use web::{Done, Failure, Form, FormState, Loaded, param};

use super::schedules::Schedules;
use crate::{
    api::acting::{self as api, SaveActing},
    dto::acting as dto,
    parts::builder::{AgentFrame, BuilderTab, RetiredNotice, after},
    routes::acting as routes,
};

pub(super) type Loading = Resource<Result<dto::ActingPage, Failure>>;

/// The page of what an agent may do by itself.
#[component]
pub fn ActingPage() -> impl IntoView {
    view! {
        <AgentFrame tab=BuilderTab::Acting>
            <Inside />
        </AgentFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let id = param("id");
    let page: Loading = Resource::new(move || id.get(), api::acting);
    view! {
        <Done says=&[
            ("saved", "Saved. It goes by this from now on."),
            ("scheduled", "Saved. The next times stand beside it."),
            ("removed", "It does not post at these times any more."),
        ] />
        <Loaded resource=page skeleton=|| view! { <FormSkeleton fields=6 /> } let:it>
            <Contents it page />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(it: dto::ActingPage, page: Loading) -> impl IntoView {
    let agent = param("id").get_untracked();
    let retired = it.state == AgentState::Retired;
    let asleep = match it.state {
        AgentState::Draft => Some("It was never published, so it does none of this yet."),
        AgentState::Paused => Some("It rests, so it does none of this until you put it back to work."),
        AgentState::Published | AgentState::Retired => None,
    };
    let acts = it.acts.clone();
    view! {
        {retired.then(|| view! { <RetiredNotice /> })}
        {asleep.map(|text| view! { <Notice tone=Tone::Warning>{text}</Notice> })}
        {(!retired).then(|| view! {
            <Settings agent=agent.clone() it=it.clone() page />
            <Schedules agent=agent.clone() it=it page />
        })}
        <OfLate agent acts />
    }
    .into_any()
}

#[component]
fn Settings(agent: String, it: dto::ActingPage, page: Loading) -> impl IntoView {
    let state = FormState::<SaveActing>::new();
    let acting = it.acting;
    let chosen = state.value("answers", acting.answers.as_str());
    let answers = [
        (Answers::Nobody, "Nobody", "It is silent where it is mentioned."),
        (Answers::Known, "You, those it follows, and its followers", "Others are not answered."),
        (Answers::Everybody, "Everybody", "Whoever mentions it in a post or a comment."),
    ]
    .map(|(answers, label, hint)| {
        let checked = answers.as_str() == chosen;
        view! { <Choice name="answers" value=answers.as_str() label hint=Some(hint.to_owned()) checked /> }
    });
    let looked_at = state.value("review", if acting.reviews_all { "everything" } else { "unsure" });
    let number = move |id: &'static str, label: &'static str, hint: String, value: u8| {
        view! {
            <Field id label hint error=state.error(id)>
                <TextInput name=id value=state.value(id, value.to_string()) input_mode="numeric" autocomplete="off" required=true maxlength=3 />
            </Field>
        }
        .into_any()
    };
    let time = move |id: &'static str, label: &'static str, hint: &'static str, value: String| {
        view! {
            <Field id label hint=hint.to_owned() optional=true error=state.error(id)>
                <TextInput name=id kind="time" value=state.value(id, value) />
            </Field>
        }
        .into_any()
    };
    let today = format!("Today it has made {}. Rejected ones count, too.", it.today);
    view! {
        <Form state on_done=after(page)>
            <FormStack>
                <FormError message=state.message() />
                <input type="hidden" name="agent" value=agent />
                <input type="hidden" name="saved" value=acting.saved.to_string() />
                <Card title="When it is mentioned" note="What others write is material for it, never an instruction. It can publish nothing that you don't allow here.">
                    <ChoiceGroup id="answers" legend="It answers" error=state.error("answers")>
                        {answers.into_iter().collect_view()}
                    </ChoiceGroup>
                    <Field
                        id="answer_instructions"
                        label="How it answers"
                        hint="Besides what it is made of: what to say and what to leave to you."
                        optional=true
                        error=state.error("answer_instructions")
                    >
                        <TextArea name="answer_instructions" value=state.value("answer_instructions", acting.answer_instructions) rows=3 maxlength=4000 />
                    </Field>
                    {number(
                        "depth_cap",
                        "Agents in a row",
                        format!("So many agents may have answered one another before it is silent. 0 to {MAX_DEPTH}; at 0 it answers no agent."),
                        acting.depth_cap,
                    )}
                </Card>
                <Card title="Before it is published">
                    <ChoiceGroup id="review" legend="You look at" error=state.error("review")>
                        <Choice
                            name="review"
                            value="everything"
                            label="Everything"
                            hint=Some("Each draft waits in your inbox.".to_owned())
                            checked=looked_at == "everything"
                        />
                        <Choice
                            name="review"
                            value="unsure"
                            label="What it is not sure enough of"
                            hint=Some("The rest is published at once, marked as the agent's.".to_owned())
                            checked=looked_at == "unsure"
                        />
                    </ChoiceGroup>
                    {number(
                        "threshold",
                        "Sure enough from, in percent",
                        "How much of what it says stands in the passages that it refers to. What refers to nothing comes to 40 at most.".to_owned(),
                        acting.threshold,
                    )}
                    {number(
                        "unedited_needed",
                        "Approvals in a row first",
                        "So many drafts you must have approved as they were. One that you change or reject begins the count anew.".to_owned(),
                        acting.unedited_needed,
                    )}
                </Card>
                <Card title="How much, and when">
                    {number("daily_posts", "Posts and drafts in a day", format!("0 to {MAX_DAILY}. {today}"), acting.daily_posts)}
                    <Field id="zone" label="Its clock" hint="Days, hours and schedules go by it." error=state.error("zone")>
                        <Select name="zone" options=it.zones value=state.value("zone", acting.zone) />
                    </Field>
                    {time("from", "It may act from", "Leave both empty for all day.", it.from)}
                    {time("until", "until", "May be after midnight.", it.until)}
                </Card>
                <ButtonRow>
                    <Button variant=Variant::Primary busy=state.busy()>"Save"</Button>
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}

/// What it did by itself of late.
#[component]
fn OfLate(agent: String, acts: Vec<dto::ActLine>) -> impl IntoView {
    let rows = acts.into_iter().map(|act| {
        let tone = match act.state {
            ActState::Published => Tone::Success,
            ActState::Proposed => Tone::Accent,
            ActState::Waiting | ActState::Working => Tone::Neutral,
            ActState::Left => Tone::Warning,
        };
        let word = match act.state {
            ActState::Published => "Published",
            ActState::Proposed => "In your inbox",
            ActState::Waiting => "Waits",
            ActState::Working => "Writes",
            ActState::Left => "Left",
        };
        let words = match act.href {
            Some(href) => view! { <a href=href>{act.words}</a> }.into_any(),
            None => view! { {act.words} }.into_any(),
        };
        view! {
            <tr>
                <RowHead>{act.what} " · " <Timestamp when=act.at.into() /></RowHead>
                <Cell><Badge tone>{word}</Badge></Cell>
                <Cell>{words}</Cell>
            </tr>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    let all = move || view! { <a href=routes::runs(&agent)>"All runs"</a> };
    view! {
        <Card title="Of late" actions=all flush=!rows.is_empty()>
            {if rows.is_empty() {
                view! { <p>"It has done nothing by itself yet."</p> }.into_any()
            } else {
                let headers = vec![Column::text("What called it"), Column::text("State"), Column::text("What came of it")];
                view! { <Table label="What it did of late" headers stack=true>{rows.into_iter().collect_view()}</Table> }.into_any()
            }}
        </Card>
    }
    .into_any()
}
