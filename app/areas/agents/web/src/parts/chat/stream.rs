//! An answer while it is being written: each word as it comes, also across a lost connection.

use kernel::RunId;
use leptos::prelude::*;
use ui::ChatWriting;

use super::{
    browser::{self, Heard},
    talk::Talking,
};

/// An answer that is being written, from its beginning: what stood there when the page was made is shown until the first
/// words come.
#[component]
pub fn Following(talking: Talking, run: RunId, html: String) -> impl IntoView {
    let (html, tail) = (RwSignal::new(html), RwSignal::new(String::new()));
    let begun = StoredValue::new(false);
    let name = talking.name();
    Effect::new(move |_| {
        talking.status.set(format!("{name} is writing."));
        let name = name.clone();
        browser::follow(&format!("/live/answers/{run}"), move |heard| {
            let at_end = ui::is_at_end();
            match heard {
                Heard::Words { html: done, text } => {
                    if begun.try_get_value() == Some(false) {
                        begun.set_value(true);
                        html.set(String::new());
                        tail.set(String::new());
                    }
                    match done {
                        Some(done) => {
                            html.update(|html| html.push_str(&done));
                            tail.set(text);
                        }
                        None => tail.update(|tail| tail.push_str(&text)),
                    }
                    if at_end {
                        ui::show_end();
                    }
                }
                Heard::Steps => talking.refresh(),
                Heard::Lost => talking.status.set("The connection was lost. We are trying again.".to_owned()),
                Heard::Asks => {
                    talking.status.set(format!("{name} waits for you to allow or refuse something."));
                    talking.refresh();
                }
                Heard::End => {
                    talking.status.set(format!("{name} has answered."));
                    talking.refresh();
                }
            }
        });
    });
    view! { <ChatWriting html tail /> }
}
