//! The document that stands where no page could be rendered. Rendered by the server only.

use kernel::Problem;
use leptos::{prelude::*, reactive::owner::Owner};
use ui::{ButtonLink, ErrorState};
use web::Theme;

use crate::Assets;

/// A document that says what went wrong and what to do. It needs neither the application nor a script, nor whatever just failed.
/// `here` is the address to try again, where trying again may help; `reference` is the id of the request.
pub fn failed_document(
    assets: &Assets,
    theme: Theme,
    problem: Problem,
    here: Option<String>,
    reference: Option<String>,
) -> String {
    let styles = assets.styles.clone();
    let title = problem.kind.title();
    let (label, href) = here.map_or(("Go to the start page", "/".to_owned()), |here| ("Try again", here));
    let owner = Owner::new();
    let page = owner.with(|| {
        view! {
            <!DOCTYPE html>
            <html lang="en" data-theme=(theme != Theme::System).then(|| theme.as_str())>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                    <meta name="color-scheme" content="light dark" />
                    <meta name="robots" content="noindex" />
                    <title>{format!("{title} \u{b7} Magentic")}</title>
                    <link rel="stylesheet" href=styles />
                    <link rel="icon" href="/favicon.svg" r#type="image/svg+xml" />
                </head>
                <body>
                    <main class="failed">
                        <h1 class="visually-hidden">"This page can't be shown"</h1>
                        <ErrorState
                            title=title
                            text=problem.message
                            reference=reference
                            retry=move || view! { <ButtonLink href=href.clone() external=true>{label}</ButtonLink> }
                        />
                    </main>
                </body>
            </html>
        }
        .to_html()
    });
    owner.cleanup();
    page
}
