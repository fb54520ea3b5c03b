//! A conversation: what was said, an answer that is being written, and where one writes.

use std::fmt::Write;

use leptos::children::ViewFnOnce;
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement, HtmlTextAreaElement};

use crate::text::escaped;
use crate::{Avatar, AvatarShape, AvatarSize, Icon, IconName, Portrait, Timestamp, Tone, When};

/// A conversation from its first message to where one writes, which stays at the foot of the window.
#[component]
pub fn Conversation(
    /// `ChatMessages`, notices.
    children: Children,
    /// The form with a `ChatBox`, or why there is none.
    #[prop(into)]
    foot: ViewFnOnce,
    /// In a panel of its own height, as beside a form; otherwise over the whole page.
    #[prop(optional)]
    boxed: bool,
) -> impl IntoView {
    view! {
        <div class="chat" data-boxed=boxed>
            <div class="chat-scroll" tabindex=boxed.then_some("0")>{children()}</div>
            <div class="chat-foot">{foot.run()}</div>
        </div>
    }
    .into_any()
}

/// What was said, oldest first.
#[component]
pub fn ChatMessages(
    /// `ChatMessage`s.
    children: Children,
) -> impl IntoView {
    view! { <ol class="chat-messages" role="list">{children()}</ol> }
}

/// Something that was said. What one said oneself stands on the right.
#[component]
pub fn ChatMessage(
    /// Its id, unique on the page, so that links lead to it.
    #[prop(into)]
    id: String,
    /// Whether whoever reads said it.
    mine: bool,
    /// Who said it.
    #[prop(into)]
    author: String,
    /// Their picture; shown beside what others said.
    #[prop(optional_no_strip)]
    portrait: Option<Portrait>,
    /// It is being written.
    #[prop(optional)]
    busy: bool,
    /// `ChatText`, `ChatWriting`, notices.
    children: Children,
    /// What can be done with it: a `ChatTools`.
    #[prop(optional, into)]
    tools: Option<ViewFnOnce>,
) -> impl IntoView {
    let (name, shown) = (author.clone(), author.clone());
    view! {
        <li class="chat-message" id=id data-mine=mine tabindex="-1">
            {(!mine).then(|| view! { <Avatar portrait name size=AvatarSize::Small shape=AvatarShape::Agent /> })}
            <article aria-busy=busy.then_some("true")>
                <h2 class="visually-hidden">{if mine { "You".to_owned() } else { author }}</h2>
                {(!mine).then(|| view! { <div class="chat-author" aria-hidden="true">{shown}</div> })}
                {children()}
                {tools.map(ViewFnOnce::run)}
            </article>
        </li>
    }
    .into_any()
}

/// What somebody said, as sanitised HTML that went through [`with_citations`]. Code can be copied, and numbers of passages
/// open them.
#[component]
pub fn ChatText(
    /// The text.
    #[prop(into)]
    html: Signal<String>,
    /// Called with the code that somebody wants to copy.
    #[prop(optional, into)]
    on_copy: Option<Callback<String>>,
) -> impl IntoView {
    let press = move |event: MouseEvent| {
        let Some(target) = event.target().and_then(|it| it.dyn_into::<Element>().ok()) else { return };
        if let Ok(Some(button)) = target.closest(".code-copy") {
            copy_code(&button, on_copy);
        } else if let Ok(Some(link)) = target.closest("a.cite") {
            event.prevent_default();
            open_passage(&link);
        }
    };
    view! { <div class="chat-text prose" on:click=press inner_html=move || html.get()></div> }.into_any()
}

fn copy_code(button: &Element, on_copy: Option<Callback<String>>) {
    let code = button.parent_element().and_then(|it| it.query_selector("pre").ok().flatten());
    if let (Some(code), Some(on_copy)) = (code.and_then(|it| it.text_content()), on_copy) {
        on_copy.run(code);
        button.set_text_content(Some("Copied"));
    }
}

/// Opens the passage that a number leads to.
fn open_passage(link: &Element) {
    let id = link.get_attribute("href").unwrap_or_default();
    let Some(passage) = document().get_element_by_id(id.trim_start_matches('#')) else { return };
    let mut around = Some(passage.clone());
    while let Some(element) = around {
        if element.tag_name().eq_ignore_ascii_case("details") {
            // An attribute of this name can be set on every element.
            _ = element.set_attribute("open", "");
        }
        around = element.parent_element();
    }
    passage.scroll_into_view_with_bool(false);
    if let Ok(passage) = passage.dyn_into::<HtmlElement>() {
        _ = passage.focus();
    }
}

/// An answer while it is being written: complete paragraphs, and the beginning of the next one.
#[component]
pub fn ChatWriting(
    /// Complete paragraphs, as sanitised HTML.
    #[prop(into)]
    html: Signal<String>,
    /// What comes after them, as it was written.
    #[prop(into)]
    tail: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="chat-text chat-writing prose" aria-live="off">
            <div class="chat-done" inner_html=move || html.get()></div>
            <p class="chat-tail">{move || tail.get()}<span class="chat-caret" aria-hidden="true"></span></p>
        </div>
    }
    .into_any()
}

/// Says once that an answer is being written, and once that it is there: not each word.
#[component]
pub fn ChatStatus(
    /// What there is to say.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    view! { <p class="visually-hidden" role="status">{move || text.get()}</p> }
}

/// What can be done with a message: buttons, and the way to its other branches.
#[component]
pub fn ChatTools(
    /// `IconButton`s, forms around them, `ChatBranch`.
    children: Children,
) -> impl IntoView {
    view! { <div class="chat-tools">{children()}</div> }
}

/// "2 / 3": which of several ways is shown, with the ways before and after it.
#[component]
pub fn ChatBranch(
    /// Its place, from 1.
    place: u32,
    /// How many there are.
    count: u32,
    /// The button to the one before.
    #[prop(into)]
    previous: ViewFnOnce,
    /// The button to the one after.
    #[prop(into)]
    next: ViewFnOnce,
) -> impl IntoView {
    view! {
        <span class="chat-branch" role="group" aria-label="Versions of this message">
            {previous.run()}
            <span aria-label=format!("Version {place} of {count}")>{format!("{place} / {count}")}</span>
            {next.run()}
        </span>
    }
    .into_any()
}

/// Small facts under an answer: who wrote it, what it cost.
#[component]
pub fn ChatFacts(
    /// Sentences.
    facts: Vec<String>,
) -> impl IntoView {
    view! { <p class="chat-facts">{facts.join(" ")}</p> }
}

/// The tools that were used for an answer.
#[component]
pub fn ChatSteps(
    /// `ChatStep`s.
    children: Children,
) -> impl IntoView {
    view! { <ol class="chat-steps" role="list" aria-label="Steps">{children()}</ol> }
}

/// A tool that was used, or waits: one line that opens into what it was given and what came of it.
#[component]
pub fn ChatStep(
    /// What it does or did.
    #[prop(into)]
    words: String,
    /// How far it is, in a word or two.
    #[prop(into)]
    state: String,
    /// What the colour of that means.
    #[prop(optional)]
    tone: Tone,
    /// The picture before it.
    icon: IconName,
    /// It is being done.
    #[prop(optional)]
    busy: bool,
    /// What it was given: names, and what they stand for.
    given: Vec<(String, String)>,
    /// What came of it.
    #[prop(optional_no_strip)]
    result: Option<String>,
    /// Until when it can be decided on, and the buttons that do.
    #[prop(optional, into)]
    decide: Option<ViewFnOnce>,
) -> impl IntoView {
    let nothing = given.is_empty();
    let given = given
        .into_iter()
        .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }.into_any())
        .collect_view();
    view! {
        <li class="chat-step" aria-busy=busy.then_some("true")>
            // What is to be decided on is to be seen.
            <details open=decide.is_some()>
                <summary>
                    <Icon name=icon />
                    <span class="chat-step-words">{words}</span>
                    <span class="chat-step-state" data-tone=tone.name()>{state}</span>
                </summary>
                <div class="chat-step-body">
                    {if nothing {
                        view! { <p>"It was given nothing."</p> }.into_any()
                    } else {
                        view! { <dl>{given}</dl> }.into_any()
                    }}
                    {result.map(|result| view! { <pre tabindex="0" aria-label="What came of it">{result}</pre> })}
                </div>
            </details>
            {decide.map(|decide| view! { <div class="chat-step-decide">{decide.run()}</div> })}
        </li>
    }
    .into_any()
}

/// The passages that an answer refers to.
#[component]
pub fn Passages(
    /// How many there are.
    count: usize,
    /// `PassageItem`s.
    children: Children,
) -> impl IntoView {
    let title = if count == 1 { "1 source".to_owned() } else { format!("{count} sources") };
    view! {
        <details class="passages">
            <summary><Icon name=IconName::Forward /><span>{title}</span></summary>
            <ol role="list">{children()}</ol>
        </details>
    }
    .into_any()
}

/// A passage with its number, its place and its words.
#[component]
pub fn PassageItem(
    /// The id that the number leads to: `cite-`, the message's id, `-` and the number.
    #[prop(into)]
    id: String,
    /// Its number.
    number: u32,
    /// What it is a piece of, and where in it.
    #[prop(into)]
    title: String,
    /// Its words.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <li class="passage" id=id tabindex="-1">
            <span class="passage-title"><span class="passage-number">{number}</span>" "{title}</span>
            <blockquote>{text}</blockquote>
        </li>
    }
    .into_any()
}

/// What an agent says before anybody has asked, and what it suggests to ask.
#[component]
pub fn ChatGreeting(
    /// Its picture.
    #[prop(optional_no_strip)]
    portrait: Option<Portrait>,
    /// Its name.
    #[prop(into)]
    name: String,
    /// Under the name: `ProvenanceMark`.
    #[prop(into)]
    mark: ViewFnOnce,
    /// What it says, as sanitised HTML.
    #[prop(into)]
    html: String,
    /// Questions: buttons or links.
    children: Children,
) -> impl IntoView {
    let heading = name.clone();
    view! {
        <section class="chat-greeting">
            <Avatar portrait name size=AvatarSize::Large shape=AvatarShape::Agent />
            <h2>{heading}</h2>
            {mark.run()}
            <div class="prose" inner_html=html></div>
            <div class="chat-suggestions">{children()}</div>
        </section>
    }
    .into_any()
}

/// The part of the page that scrolls with the conversation: a panel of its own, or nothing for the window.
fn panel() -> Option<Element> {
    document().query_selector(".chat[data-boxed] .chat-scroll").ok().flatten()
}

/// Whether whoever reads is at the end of the conversation, or nearly.
pub fn is_at_end() -> bool {
    const NEARLY: f64 = 180.0;
    let (seen, height) = match panel() {
        Some(panel) => (panel.scroll_top() + panel.client_height(), panel.scroll_height()),
        None => {
            let Some(root) = document().document_element() else { return true };
            (root.scroll_top() + root.client_height(), root.scroll_height())
        }
    };
    f64::from(seen) + NEARLY >= f64::from(height)
}

/// Shows the end of the conversation, once what has just changed stands on the page.
pub fn show_end() {
    request_animation_frame(|| {
        if let Some(shown) = panel().or_else(|| document().document_element()) {
            shown.set_scroll_top(shown.scroll_height());
        }
    });
}

/// Something that is remembered, with what can be done about it.
#[component]
pub fn MemoryCard(
    /// What.
    #[prop(into)]
    text: String,
    /// By whom, since when, and where from.
    #[prop(into)]
    facts: ViewFnOnce,
    /// Forms.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="memory">
            <p class="memory-text">{text}</p>
            <p class="memory-facts">{facts.run()}</p>
            <div class="memory-tools">{children()}</div>
        </div>
    }
    .into_any()
}

/// Words to look for in a list; a plain form, so it works everywhere.
#[component]
pub fn SearchBar(
    /// Where the words are sent.
    #[prop(into)]
    action: String,
    /// What is searched, for assistive software.
    #[prop(into)]
    label: String,
    /// A `TextInput` and a `Button`.
    children: Children,
) -> impl IntoView {
    view! {
        <search aria-label=label>
            <form class="search-bar" method="get" action=action>{children()}</form>
        </search>
    }
    .into_any()
}

/// A conversation in a list.
#[component]
pub fn ChatRow(
    /// Where it is.
    #[prop(into)]
    href: String,
    /// What it is about.
    #[prop(into)]
    title: String,
    /// With whom.
    #[prop(into)]
    with: String,
    /// Their picture.
    #[prop(optional_no_strip)]
    portrait: Option<Portrait>,
    /// How what was said last begins.
    #[prop(into)]
    last: String,
    /// When that was.
    when: When,
    /// A `Menu`.
    #[prop(into)]
    menu: ViewFnOnce,
) -> impl IntoView {
    let name = with.clone();
    view! {
        <li class="chat-row">
            <Avatar portrait name size=AvatarSize::Medium shape=AvatarShape::Agent />
            <div class="chat-row-text">
                <a class="chat-row-title" href=href>{title}</a>
                <span class="chat-row-with">{with} " · " <Timestamp when /></span>
                <span class="chat-row-last">{last}</span>
            </div>
            {menu.run()}
        </li>
    }
    .into_any()
}

/// Where one writes, inside the form that sends it. Enter sends, Shift and Enter begin a new line.
#[component]
pub fn ChatBox(
    /// Its id, unique on the page.
    #[prop(into)]
    id: String,
    /// The name under which the form sends it.
    #[prop(into)]
    name: String,
    /// What it is, for assistive software and in its place.
    #[prop(into)]
    label: String,
    /// What it starts with.
    #[prop(optional, into)]
    value: String,
    /// What it holds from the next change on.
    #[prop(optional, into)]
    text: Option<Signal<String>>,
    /// It is wrong.
    #[prop(optional, into)]
    invalid: Signal<bool>,
    /// Called with the text whenever it changes.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
    /// What stands under the text, on the left.
    #[prop(optional, into)]
    tools: Option<ViewFnOnce>,
    /// The button that sends, or the one that stops.
    children: Children,
) -> impl IntoView {
    if let Some(text) = text {
        let id = id.clone();
        Effect::watch(
            move || text.get(),
            move |text, _, _| {
                let found = document().get_element_by_id(&id).and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok());
                if let Some(area) = found
                    && area.value() != *text
                {
                    area.set_value(text);
                }
            },
            false,
        );
    }
    let hint_id = format!("{id}-hint");
    let described = hint_id.clone();
    view! {
        <div class="chat-box">
            <textarea
                class="input"
                id=id
                name=name
                rows="1"
                placeholder=label.clone()
                aria-label=label
                aria-describedby=described
                aria-invalid=move || invalid.get().then_some("true")
                on:keydown=send_on_enter
                on:input=move |event| {
                    if let Some(on_input) = on_input {
                        on_input.run(event_target_value(&event));
                    }
                }
                inner_html=escaped(&value)
            ></textarea>
            <div class="chat-box-bar">
                <div class="chat-box-tools">{tools.map(ViewFnOnce::run)}</div>
                <span class="chat-hint" id=hint_id>"Enter sends, Shift + Enter begins a new line"</span>
                {children()}
            </div>
        </div>
    }
    .into_any()
}

/// Sends the form with Enter, unless a word is being composed or a new line is wanted.
fn send_on_enter(event: KeyboardEvent) {
    if event.key() != "Enter" || event.shift_key() || event.alt_key() || event.is_composing() {
        return;
    }
    let area = event.target().and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok());
    let Some(form) = area.and_then(|it| it.closest("form").ok().flatten()) else { return };
    event.prevent_default();
    // The button, so that the form is checked and sent as if it had been pressed.
    let button = form.query_selector("button[data-sends]").or_else(|_| form.query_selector("button"));
    if let Ok(Some(button)) = button
        && let Ok(button) = button.dyn_into::<HtmlElement>()
    {
        button.click();
    }
}

/// The button that sends what was written.
#[component]
pub fn ChatSend(
    /// What it does, in words.
    #[prop(into)]
    label: String,
    /// It waits for an answer.
    #[prop(into)]
    busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <button
            class="chat-send"
            type="submit"
            data-sends
            title=label.clone()
            aria-label=label
            aria-busy=move || busy.get().then_some("true")
            on:click=move |event| {
                if busy.get_untracked() {
                    event.prevent_default();
                }
            }
        >
            <Icon name=IconName::Up />
        </button>
    }
    .into_any()
}

/// Prepares the sanitised HTML of a message: the numbers that `known` has become links to the passages of the message, and
/// code gets a button that copies it.
pub fn with_citations(html: &str, message: &str, known: &[u32]) -> String {
    let mut out = String::with_capacity(html.len() + 256);
    // How deep it is in links and code, where a number in brackets is no citation.
    let mut quiet = 0_u32;
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        write_text(&mut out, &rest[..start], message, if quiet == 0 { known } else { &[] });
        let end = rest[start..].find('>').map_or(rest.len(), |end| start + end + 1);
        let tag = &rest[start..end];
        match name_of(tag) {
            "pre" => {
                out.push_str("<div class=\"code\"><button class=\"code-copy\" type=\"button\">Copy</button>");
                out.push_str(tag);
                quiet += 1;
            }
            "/pre" => {
                out.push_str(tag);
                out.push_str("</div>");
                quiet = quiet.saturating_sub(1);
            }
            "table" => {
                // Wide ones scroll by themselves.
                out.push_str("<div class=\"prose-table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">");
                out.push_str(tag);
            }
            "/table" => {
                out.push_str(tag);
                out.push_str("</div>");
            }
            name => {
                match name {
                    "a" | "code" => quiet += 1,
                    "/a" | "/code" => quiet = quiet.saturating_sub(1),
                    _ => {}
                }
                out.push_str(tag);
            }
        }
        rest = &rest[end..];
    }
    write_text(&mut out, rest, message, known);
    out
}

/// The name in a tag, with its slash.
fn name_of(tag: &str) -> &str {
    let inside = tag.trim_start_matches('<');
    let end = inside.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(inside.len());
    &inside[..end]
}

fn write_text(out: &mut String, text: &str, message: &str, known: &[u32]) {
    let mut rest = text;
    while let Some(open) = rest.find('[').filter(|_| !known.is_empty()) {
        let Some(length) = rest[open..].find(']') else { break };
        out.push_str(&rest[..open]);
        let inside = &rest[open + 1..open + length];
        let numbers: Option<Vec<u32>> = inside.split(',').map(|part| part.trim().parse().ok()).collect();
        match numbers.filter(|numbers| numbers.iter().all(|number| known.contains(number))) {
            Some(numbers) => {
                for number in numbers {
                    // Writing to a string does not fail.
                    _ = write!(
                        out,
                        "<a class=\"cite\" href=\"#cite-{message}-{number}\" aria-label=\"Source {number}\">{number}</a>"
                    );
                }
            }
            None => out.push_str(&rest[open..=open + length]),
        }
        rest = &rest[open + length + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::with_citations;

    #[test]
    fn numbers_of_passages_become_links_and_others_stay() {
        let link = |number: u32| {
            format!("<a class=\"cite\" href=\"#cite-m-{number}\" aria-label=\"Source {number}\">{number}</a>")
        };
        let html = with_citations("<p>Hold A [1], or B [2, 1]. See [3] and [x].</p>", "m", &[1, 2]);
        assert_eq!(html, format!("<p>Hold A {}, or B {}{}. See [3] and [x].</p>", link(1), link(2), link(1)));
        let quiet = "<p><code>a[1]</code> <a href=\"/x\">[1]</a></p>";
        assert_eq!(with_citations(quiet, "m", &[1]), quiet);
        assert_eq!(with_citations("<p>[1]", "m", &[]), "<p>[1]");
    }

    #[test]
    fn code_can_be_copied() {
        let html = with_citations("<pre><code>let a = b[1];</code></pre><p>[1]</p>", "m", &[1]);
        assert!(html.starts_with("<div class=\"code\"><button class=\"code-copy\" type=\"button\">Copy</button><pre>"));
        assert!(html.contains("b[1];</code></pre></div><p><a class=\"cite\""), "{html}");
    }
}
