//! A resource with all of its states.

use kernel::{Problem, ProblemKind};
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{ButtonLink, ErrorState, PageHeader};

use crate::{Failure, here, kept::settled, sign_in_from, use_boot};

/// Shows what a resource brought: a skeleton of the real layout while it loads, and in words what went wrong if it did.
/// The view of what it brought has all that it needs: it must not wait for more, or the server would leave that out.
#[component]
pub fn Loaded<T, V>(
    /// The resource.
    resource: Resource<Result<T, Failure>>,
    /// What stands in its place while it loads.
    #[prop(into)]
    skeleton: ViewFn,
    /// Whether it is the whole page, which needs a title and a heading also when nothing came.
    #[prop(optional)]
    whole: bool,
    /// The view of what it brought.
    children: impl Fn(T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let children = StoredValue::new(children);
    view! {
        <Transition fallback=move || skeleton.run()>
            {move || {
                let result = resource.get()?;
                if is_only_looking() {
                    return None;
                }
                let view = match result {
                    Ok(value) => children.with_value(|children| children(value).into_any()),
                    Err(Failure(problem)) if whole => view! { <ProblemPage problem /> }.into_any(),
                    Err(Failure(problem)) => view! { <ProblemView problem /> }.into_any(),
                };
                Some(settled(view))
            }}
        </Transition>
    }
}

/// Whether the view is made only to find out what it waits for, and then thrown away: on the server, `Transition` does so in an
/// effect, beside the request, which may be over at any moment.
#[cfg(not(target_arch = "wasm32"))]
fn is_only_looking() -> bool {
    leptos::reactive::graph::Observer::get().is_some()
}

#[cfg(target_arch = "wasm32")]
const fn is_only_looking() -> bool {
    false
}

/// A problem in place of a whole page.
#[component]
pub fn ProblemPage(
    /// What went wrong.
    problem: Problem,
) -> impl IntoView {
    let title = problem.kind.title();
    view! {
        <Title text=title />
        <PageHeader title="This page can't be shown" />
        <ProblemView problem />
    }
    .into_any()
}

/// A problem in place of a page or a part of one: what happened and what to do.
#[component]
pub fn ProblemView(
    /// What went wrong.
    problem: Problem,
) -> impl IntoView {
    let (label, href) = match problem.kind {
        ProblemKind::Unauthenticated => ("Sign in", sign_in_from(&here())),
        ProblemKind::Internal | ProblemKind::Unavailable | ProblemKind::TooMany => ("Try again", String::new()),
        _ => ("Go to the start page", "/".to_owned()),
    };
    let request_id = problem.request_id.clone().or_else(|| Some(use_boot().request_id)).filter(|id| !id.is_empty());
    let request_id = request_id.filter(|_| matches!(problem.kind, ProblemKind::Internal | ProblemKind::Unavailable));
    view! {
        <ErrorState
            title=problem.kind.title()
            text=problem.message
            reference=request_id
            retry=move || view! { <ButtonLink href=href.clone() external=true>{label}</ButtonLink> }
        />
    }
    .into_any()
}
