//! Forms. Each is a real form that posts to its own page, so it works before and without the WASM; once alive, it calls the
//! server function itself and shows the answer in place. Either way a refused form keeps what was typed.

use std::marker::PhantomData;

use kernel::Problem;
use leptos::{html::form, prelude::*, task::spawn_local};
use leptos_router::hooks::{use_location, use_navigate};
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
        let (problem, fields) = refused(S::PATH, id.as_ref());
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

/// Why this form was refused when it was sent without JavaScript just before, and what had been typed.
fn refused(path: &'static str, id: Option<&String>) -> (Option<Problem>, Vec<(String, String)>) {
    let submitted = use_boot().submitted;
    let submitted = submitted.filter(|it| it.action == action_name(path) && it.form.as_ref() == id);
    submitted.map_or((None, Vec::new()), |it| (Some(it.problem), it.fields))
}

/// The name of a server function in a form's address: `identity/sign_in`.
fn action_name(path: &'static str) -> &'static str {
    path.trim_start_matches("/api/")
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
    S: ServerFn<Output = Outcome, Error = Failure> + 'static,
{
    // From here on nothing depends on the function but its path, so the browser's bundle has this once.
    let FormState { problem, busy, id, .. } = state;
    FormElement { path: S::PATH, problem, busy, id, multipart, on_done, on_send, class }.into_view(children)
}

/// A form for the server function at a path.
struct FormElement {
    path: &'static str,
    problem: RwSignal<Option<Problem>>,
    busy: RwSignal<bool>,
    id: StoredValue<Option<String>>,
    multipart: bool,
    on_done: Option<Callback<Outcome>>,
    on_send: Option<Callback<()>>,
    class: &'static str,
}

impl FormElement {
    fn into_view(self, children: Children) -> AnyView {
        let Self { path, problem, busy, id, multipart, on_done, on_send, class } = self;
        let location = use_location();
        let page = location.pathname.get_untracked();
        let search = location.search.get_untracked();
        let action = form_action(&page, &search, action_name(path));
        let id = id.get_value();
        let navigate = use_navigate();
        let on_submit = move |event: leptos::ev::SubmitEvent| {
            if event.default_prevented() {
                return;
            }
            event.prevent_default();
            if busy.get_untracked() {
                return;
            }
            let fields = typed(&event);
            busy.set(true);
            if let Some(on_send) = on_send {
                on_send.run(());
            }
            let navigate = navigate.clone();
            spawn_local(async move {
                let answer = send(path, fields).await;
                busy.set(false);
                match answer {
                    Err(Failure(failure)) => {
                        problem.set(Some(failure));
                        lead_to_mistake(event);
                    }
                    Ok(outcome) => {
                        problem.set(None);
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
            .into_any()
    }
}

#[cfg(target_arch = "wasm32")]
use browser::{lead_to_mistake, send, typed};
#[cfg(not(target_arch = "wasm32"))]
use rendered::{lead_to_mistake, send, typed};

/// What only a browser can do with a form.
#[cfg(target_arch = "wasm32")]
mod browser {
    use gloo_net::http::{Request, Response};
    use leptos::prelude::request_animation_frame;
    use server_fn::error::{FromServerFnError, ServerFnErrorErr};
    use wasm_bindgen::JsCast;
    use web_sys::{HtmlFormElement, HtmlInputElement, SubmitEvent, UrlSearchParams};

    use crate::{Failure, Outcome};

    /// What was typed, as a form writes it into an address. Chosen files are left out: a page that is alive uploads them
    /// when they are picked.
    pub fn typed(event: &SubmitEvent) -> String {
        // With the name and the value of the button that was pressed.
        let Ok(data) = leptos::form::form_data_from_event(event) else { return String::new() };
        let form = event.target().and_then(|it| it.dyn_into::<HtmlFormElement>().ok());
        let Some(elements) = form.map(|form| form.elements()) else { return String::new() };
        for index in 0..elements.length() {
            let input = elements.item(index).and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            if let Some(input) = input.filter(|input| input.type_() == "file" && !input.name().is_empty()) {
                data.delete(&input.name());
            }
        }
        UrlSearchParams::new_with_str_sequence_sequence(&data)
            .map(|fields| fields.to_string().into())
            .unwrap_or_default()
    }

    /// Calls the server function at `path` as its form would.
    pub async fn send(path: &str, fields: String) -> Result<Outcome, Failure> {
        let lost = |error: gloo_net::Error| ServerFnErrorErr::Request(error.to_string());
        let answer: Result<Response, _> = async {
            let request = Request::post(path)
                .header("accept", "application/json")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(fields)?;
            request.send().await
        }
        .await;
        let answer = answer.map_err(|error| Failure::from_server_fn_error(lost(error)))?;
        let text = answer.text().await.map_err(|error| Failure::from_server_fn_error(lost(error)))?;
        let unreadable =
            |error: serde_json::Error| Failure::from_server_fn_error(ServerFnErrorErr::Response(error.to_string()));
        if answer.ok() {
            serde_json::from_str(&text).map_err(unreadable)
        } else {
            Err(serde_json::from_str(&text).map_or_else(unreadable, Failure))
        }
    }

    /// Moves the focus to the first field that is wrong, or else to the message at the head of the form.
    pub fn lead_to_mistake(event: SubmitEvent) {
        // After the messages have been drawn: the field knows only then that it is wrong.
        request_animation_frame(move || {
            let form = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
            let find = |what| form.as_ref().and_then(|form| form.query_selector(what).ok().flatten());
            let mistake = find("[aria-invalid=true]").or_else(|| find(".form-error-region"));
            if let Some(mistake) = mistake.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
                // An element that can't take the focus leaves it where it is.
                _ = mistake.focus();
            }
        });
    }
}

/// Nothing is typed or sent on the server, where forms are only drawn.
#[cfg(not(target_arch = "wasm32"))]
mod rendered {
    use kernel::Problem;
    use leptos::ev::SubmitEvent;

    use crate::{Failure, Outcome};

    pub const fn typed(_event: &SubmitEvent) -> String {
        String::new()
    }

    pub async fn send(_path: &str, _fields: String) -> Result<Outcome, Failure> {
        Err(Failure(Problem::internal()))
    }

    pub fn lead_to_mistake(event: SubmitEvent) {
        drop(event);
    }
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
