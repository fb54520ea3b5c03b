//! The HTML document around the application. Rendered by the server only.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use web::{Parts, Theme};

use crate::App;

/// Where the browser finds what a page needs. The names carry hashes of the content, so they are looked up once, at start.
#[derive(Debug, Clone)]
pub struct Assets {
    /// The style sheet's path.
    pub styles: String,
    /// The script's path.
    pub script: String,
    /// The WebAssembly module's path.
    pub module: String,
    /// Its parts that only some pages need, if it was built so.
    pub parts: Option<Parts>,
}

/// The whole document.
pub fn document(assets: Assets, theme: Theme) -> AnyView {
    let Assets { styles, script, module, parts } = assets;
    if let Some(parts) = parts {
        provide_context(parts);
    }
    // Not Leptos' own `HydrationScripts`: that reads the file of hashes anew for every page.
    let hydrate = format!(
        "import start, {{ hydrate }} from {script:?};\nawait start({{ module_or_path: {module:?} }});\nhydrate();\n"
    );
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=(theme != Theme::System).then(|| theme.as_str())>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#111017" media="(prefers-color-scheme: dark)" />
                <link rel="preload" href="/fonts/inter-latin-2.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous" />
                <link rel="stylesheet" href=styles />
                <link rel="icon" href="/favicon.ico" sizes="32x32" />
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="modulepreload" href=script />
                <link rel="preload" href=module r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
                <script type="module" nonce=use_nonce()>{hydrate}</script>
                // Not part of the WASM: pages must also work offline where that never arrived.
                <script src="/register-sw.js" defer></script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
    .into_any()
}
