//! Forms. Each is a real form that posts to its own page, so it works before and without the WASM; once alive, it calls the
//! server function itself and shows the answer in place. Either way a refused form keeps what was typed.

use std::marker::PhantomData;

use kernel::Problem;
use leptos::{form::FromFormData, html::form, prelude::*, task::spawn_local};
use leptos_router::hooks::{use_location, use_navigate};
use serde::de::DeserializeOwned;
use server_fn::ServerFn;

use crate::{Failure, Outcome, reload_at, use_boot};

/// The state of one form for the server function `S`.
pub struct FormState<S> {
    problem: RwSignal<Option<Problem>>,
    busy: RwSignal<bool>,
    fields: StoredValue<Vec<(String, String)>>,
    id: StoredValue<Option<String>>,
    function: PhantomData<fn() -> S>,
}

impl<S> Clone for FormState<S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S> Copy for FormState<S> {}

impl<S: ServerFn> FormState<S> {
    /// The only form for `S` on its page.
    pub fn new() -> Self {
        Self::with_id(None)
    }

    /// One of several forms for `S` on its page, told apart by `id`.
    pub fn of(id: impl Into<String>) -> Self {
        Self::with_id(Some(id.into()))
    }

    fn with_id(id: Option<String>) -> Self {
        let submitted =
            use_boot().submitted.filter(|submitted| submitted.action == action_name::<S>() && submitted.form == id);
        let (problem, fields) = submitted.map_or((None, Vec::new()), |it| (Some(it.problem), it.fields));
        Self {
            problem: RwSignal::new(problem),
            busy: RwSignal::new(false),
            fields: StoredValue::new(fields),
            id: StoredValue::new(id),
            function: PhantomData,
        }
    }

    /// What is wrong with one field.
    pub fn error(self, field: &'static str) -> Signal<Option<String>> {
        let problem = self.problem;
        Signal::derive(move || problem.with(|it| it.as_ref()?.for_field(field).map(str::to_owned)))
    }

    /// What is wrong as a whole: shown at the head of the form unless a field says it already.
    pub fn message(self) -> Signal<Option<String>> {
        let problem = self.problem;
        Signal::derive(move || {
            problem.with(|it| it.as_ref().filter(|it| it.fields.len() != 1).map(|it| it.message.clone()))
        })
    }

    /// The whole problem, for forms that show it in their own way.
    pub fn problem(self) -> RwSignal<Option<Problem>> {
        self.problem
    }

    /// Whether an answer is awaited.
    pub fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// What was typed into a field of a refused form, or else the given default.
    pub fn value(self, field: &str, default: impl Into<String>) -> String {
        self.fields
            .with_value(|fields| fields.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone()))
            .unwrap_or_else(|| default.into())
    }
}

impl<S: ServerFn> Default for FormState<S> {
    fn default() -> Self {
        Self::new()
    }
}

/// The name of a server function in a form's address: `identity/sign_in`.
fn action_name<S: ServerFn>() -> &'static str {
    S::PATH.trim_start_matches("/api/")
}

/// Where a form on the page at `path?search` posts to for the server function `action`.
pub fn form_action(path: &str, search: &str, action: &str) -> String {
    let kept = search.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("do="));
    let query: Vec<&str> = kept.collect();
    if query.is_empty() { format!("{path}?do={action}") } else { format!("{path}?{}&do={action}", query.join("&")) }
}

/// A form for the server function of `state`. Its inputs are named after the function's arguments.
#[component]
pub fn Form<S>(
    /// The form's state.
    state: FormState<S>,
    /// Whether it has file inputs. Theirs are named `x_file` or `x[file]`; what is uploaded arrives as `x` or `x[media]`.
    #[prop(optional)]
    multipart: bool,
    /// Called with the outcome in place of following it, when the page is alive.
    #[prop(optional, into)]
    on_done: Option<Callback<Outcome>>,
    /// Called when the form is sent by a page that is alive, before the server answers.
    #[prop(optional, into)]
    on_send: Option<Callback<()>>,
    /// A class from the design system.
    #[prop(optional)]
    class: &'static str,
    /// The inputs and the button.
    children: Children,
) -> impl IntoView
where
    S: ServerFn<Output = Outcome, Error = Failure> + DeserializeOwned + Send + 'static,
{
    let location = use_location();
    let path = location.pathname.get_untracked();
    let search = location.search.get_untracked();
    let action = form_action(&path, &search, action_name::<S>());
    let id = state.id.get_value();
    let navigate = use_navigate();
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        if state.busy.get_untracked() {
            return;
        }
        let input = match read_form::<S>(&event) {
            Ok(input) => input,
            Err(problem) => {
                state.problem.set(Some(problem));
                return;
            }
        };
        state.busy.set(true);
        if let Some(on_send) = on_send {
            on_send.run(());
        }
        let navigate = navigate.clone();
        spawn_local(async move {
            let answer = input.run_on_client().await;
            state.busy.set(false);
            match answer {
                Err(Failure(problem)) => {
                    state.problem.set(Some(problem));
                    lead_to_mistake(event);
                }
                Ok(outcome) => {
                    state.problem.set(None);
                    match (on_done, outcome) {
                        (Some(on_done), outcome) => on_done.run(outcome),
                        (None, Outcome::Stay) => {}
                        (None, Outcome::Go(path)) => navigate(&path, leptos_router::NavigateOptions::default()),
                        (None, Outcome::Reload(path)) => reload_at(&path),
                    }
                }
            }
        });
    };
    form()
        .method("post")
        .action(action)
        .class(class)
        .attr("enctype", multipart.then_some("multipart/form-data"))
        .on(leptos::ev::submit, on_submit)
        .child((id.map(|id| view! { <input type="hidden" name="_form" value=id /> }), children()))
}

/// Moves the focus to the first field that is wrong, or else to the message at the head of the form.
fn lead_to_mistake(event: leptos::ev::SubmitEvent) {
    // After the messages have been drawn: the field knows only then that it is wrong.
    #[cfg(target_arch = "wasm32")]
    request_animation_frame(move || {
        use wasm_bindgen::JsCast;
        let form = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
        let find = |what| form.as_ref().and_then(|form| form.query_selector(what).ok().flatten());
        let mistake = find("[aria-invalid=true]").or_else(|| find(".form-error-region"));
        if let Some(mistake) = mistake.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
            // An element that can't take the focus leaves it where it is.
            _ = mistake.focus();
        }
    });
    #[cfg(not(target_arch = "wasm32"))]
    drop(event);
}

/// Reads what was typed. Chosen files are left out: a page that is alive uploads them when they are picked.
fn read_form<S: DeserializeOwned>(event: &leptos::ev::SubmitEvent) -> Result<S, Problem> {
    let unreadable = |_| Problem::internal();
    #[cfg(target_arch = "wasm32")]
    {
        use wasm_bindgen::JsCast;
        let data = leptos::form::form_data_from_event(event).map_err(|_| Problem::internal())?;
        if let Some(form) = event.target().and_then(|it| it.dyn_into::<web_sys::HtmlFormElement>().ok()) {
            let elements = form.elements();
            for index in 0..elements.length() {
                let input = elements.item(index).and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok());
                if let Some(input) = input.filter(|input| input.type_() == "file" && !input.name().is_empty()) {
                    data.delete(&input.name());
                }
            }
        }
        S::from_form_data(&data).map_err(unreadable)
    }
    #[cfg(not(target_arch = "wasm32"))]
    S::from_event(event).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use super::form_action;

    #[test]
    fn a_form_posts_to_its_own_page() {
        assert_eq!(form_action("/sign-in", "", "identity/sign_in"), "/sign-in?do=identity/sign_in");
        assert_eq!(form_action("/r", "?token=a&do=old", "x/y"), "/r?token=a&do=x/y");
    }
}
