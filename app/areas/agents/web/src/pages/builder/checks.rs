//! What must be true of an agent's answers.

use agents_core::{CheckResult, CheckRunState};
use leptos::prelude::*;
use ui::{
    Badge, Button, ButtonLink, ButtonRow, ButtonSize, Card, Chips, Disclosure, EmptyState, FormError, IconButton,
    IconName, ListSkeleton, Meter, Notice, Quote, Step, StepList, Tone, Variant,
};
use web::{Done, Failure, Form, FormState, Loaded, param};

use crate::{
    api::builder::{self as api, MoveCheck, RunChecks},
    dto::builder::{self as dto, CheckLine, CheckRunView},
    parts::builder::{Again, AgentFrame, BuilderTab, RetiredNotice, RowError, after, ago},
    routes::builder as routes,
};

type Loading = Resource<Result<dto::Checks, Failure>>;

/// The page of the checks.
#[component]
pub fn Checks() -> impl IntoView {
    view! {
        <AgentFrame tab=BuilderTab::Checks>
            <Inside />
        </AgentFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let id = param("id");
    let checks: Loading = Resource::new(move || id.get(), api::checks);
    view! {
        <Done says=&[("saved", "The check was saved."), ("removed", "The check was removed.")] />
        <Loaded resource=checks skeleton=|| view! { <ListSkeleton count=4 /> } let:it>
            <Contents it checks />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(it: dto::Checks, checks: Loading) -> impl IntoView {
    let agent = param("id").get_untracked();
    let dto::Checks { checks: lines, run, is_open } = it;
    if lines.is_empty() {
        let add = move || {
            is_open.then(|| {
                view! { <ButtonLink href=routes::new_check(agent) variant=Variant::Primary>"Write a check"</ButtonLink> }
            })
        };
        return view! {
            <EmptyState
                icon=IconName::Shield
                title="No checks yet"
                text="A check is a question with what must be true of the answer. A version is published when all of them pass, so that no change makes the agent worse unseen."
                action=add
            />
        }
        .into_any();
    }
    let is_running = run.as_ref().is_some_and(|it| it.state == CheckRunState::Running);
    let is_current = run.as_ref().is_some_and(|it| it.current);
    let count = lines.len();
    let steps = lines
        .into_iter()
        .enumerate()
        .map(|(place, line)| view! { <Line place count line is_open is_current checks /> }.into_any())
        .collect_view();
    let add = {
        let agent = agent.clone();
        move || {
            is_open.then(|| {
                view! {
                    <ButtonLink href=routes::new_check(agent) size=ButtonSize::Small icon=IconName::Plus>
                        "Write a check"
                    </ButtonLink>
                }
            })
        }
    };
    view! {
        {is_running.then(|| view! { <Again resource=checks /> })}
        {(!is_open).then(|| view! { <RetiredNotice /> })}
        {is_open.then(|| view! { <Run agent run checks /> })}
        <Card title="Checks" note="They are asked of the draft, in no conversation and without a memory." actions=add>
            <StepList label="Checks">{steps}</StepList>
        </Card>
    }
    .into_any()
}

/// The button that runs them, and how the newest run went.
#[component]
fn Run(agent: String, run: Option<CheckRunView>, checks: Loading) -> impl IntoView {
    let state = FormState::<RunChecks>::new();
    let is_running = run.as_ref().is_some_and(|it| it.state == CheckRunState::Running);
    let told = told(run, &agent);
    view! {
        <Card title="How it does">
            <div role="status">{told}</div>
            <Form state on_done=after(checks)>
                <FormError message=state.message() id="run-error" />
                <input type="hidden" name="agent" value=agent />
                <ButtonRow>
                    <Button variant=Variant::Primary busy=state.busy() disabled=is_running>"Run the checks"</Button>
                </ButtonRow>
            </Form>
        </Card>
    }
    .into_any()
}

fn told(run: Option<CheckRunView>, agent: &str) -> AnyView {
    let Some(CheckRunView { state, current, all, asked, passed, begun }) = run else {
        return view! { <p>"They were never run. A version is published when all of them pass."</p> }.into_any();
    };
    let when = ago(&begun);
    match (state, current) {
        (CheckRunState::Running, _) => {
            let href = routes::checks(agent);
            view! {
                <Meter label="Asked" value=asked.into() most=all.into() text=format!("{asked} of {all}") />
                <p>"You can leave this page and come back. " <a href=href rel="external">"Look again"</a></p>
            }
            .into_any()
        }
        (_, false) => view! {
            <Notice tone=Tone::Warning title="Something has changed since">
                {format!("The last run, {when}, was about another draft, other checks or other knowledge. Run them again.")}
            </Notice>
        }
        .into_any(),
        (CheckRunState::Passed, true) => {
            let href = routes::versions(agent);
            let title = if all == 1 { "The check passes".to_owned() } else { format!("All {all} checks pass") };
            view! {
                <Notice tone=Tone::Success title>
                    {format!("Run {when}. ")} <a href=href>"Publish the draft"</a>
                </Notice>
            }
            .into_any()
        }
        (CheckRunState::Failed, true) => {
            let href = routes::build(agent);
            view! {
                <Notice tone=Tone::Danger title=format!("{passed} of {all} pass")>
                    {format!("Run {when}. See below what is wrong with the others, ")}
                    <a href=href>"mend the draft"</a>
                    ", give it something to know, or change a check that asks for too much."
                </Notice>
            }
            .into_any()
        }
    }
}

#[component]
fn Line(
    place: usize,
    count: usize,
    line: CheckLine,
    is_open: bool,
    is_current: bool,
    checks: Loading,
) -> impl IntoView {
    let CheckLine { id, question, rules, result } = line;
    let result = result.filter(|_| is_current);
    let verdict = result.as_ref().map(|result| match result.passed {
        Some(true) => (Tone::Success, "Passed"),
        Some(false) => (Tone::Danger, "Failed"),
        None => (Tone::Accent, "Waits"),
    });
    let mark = move || verdict.map(|(tone, word)| view! { <Badge tone>{word}</Badge> });
    let actions = move || is_open.then(|| view! { <Actions check=id.to_string() place count checks /> });
    view! {
        <Step title=question mark actions>
            <Chips label="What must be true of the answer" words=rules />
            {result.map(outcome)}
        </Step>
    }
    .into_any()
}

/// What was wrong with an answer, and the answer.
fn outcome(result: CheckResult) -> AnyView {
    let reasons = result.reasons.into_iter().map(|reason| view! { <li>{reason}</li> }.into_any()).collect::<Vec<_>>();
    let failed = result.passed == Some(false);
    view! {
        {(!reasons.is_empty()).then(|| view! { <ul>{reasons}</ul> })}
        {(!result.answer.is_empty())
            .then(|| {
                view! {
                    <Disclosure title="The answer" note=None open=failed>
                        <Quote text=result.answer />
                    </Disclosure>
                }
            })}
    }
    .into_any()
}

/// What can be done with a check.
#[component]
fn Actions(check: String, place: usize, count: usize, checks: Loading) -> impl IntoView {
    let agent = param("id").get_untracked();
    let step = |to: Option<usize>, icon: IconName, label: &'static str| {
        let to = to.filter(|it| *it < count)?;
        let (agent, check) = (agent.clone(), check.clone());
        let state = FormState::<MoveCheck>::of(format!("{check}-{to}"));
        Some(view! {
            <Form state on_done=after(checks)>
                <input type="hidden" name="agent" value=agent />
                <input type="hidden" name="check" value=check />
                <input type="hidden" name="place" value=to.to_string() />
                <IconButton icon label />
                <RowError message=state.message() />
            </Form>
        })
    };
    view! {
        <ButtonLink href=routes::check(&agent, &check) size=ButtonSize::Small icon=IconName::Edit>"Edit"</ButtonLink>
        {step(place.checked_sub(1), IconName::Up, "Move up")}
        {step(Some(place + 1), IconName::Down, "Move down")}
    }
    .into_any()
}
