//! Keeps the picture in docs/architecture.md true: who may depend on whom, and what never reaches the browser.

#![expect(clippy::expect_used, clippy::panic, reason = "a test can't go on without")]

use std::{collections::BTreeMap, process::Command};

use serde_json::Value;

/// Which areas each area may depend on, as in docs/architecture.md: one direction only.
const AREAS: &[(&str, &[&str])] = &[
    ("identity", &[]),
    ("money", &["identity"]),
    ("billing", &["identity", "money"]),
    ("social", &["identity"]),
    ("agents", &["identity", "money", "social"]),
    ("market", &["agents", "billing", "identity", "money", "social"]),
    ("experts", &["agents", "billing", "identity", "money", "social"]),
];

/// Which of our own crates each foundation may depend on.
const FOUNDATIONS: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("ui", &["kernel"]),
    ("platform", &["kernel"]),
    ("documents", &[]),
    ("models-offline", &["documents", "kernel", "platform"]),
    ("models-remote", &["kernel", "platform"]),
    ("payments-sandbox", &["kernel", "platform"]),
    ("payments-stripe", &["kernel", "platform"]),
    ("web", &["identity-core", "kernel", "payments-sandbox", "platform", "ui"]),
    (
        "testkit",
        &[
            "agents-core",
            "billing-core",
            "experts-core",
            "identity-core",
            "kernel",
            "market-core",
            "models-offline",
            "money-core",
            "payments-sandbox",
            "platform",
            "social-core",
        ],
    ),
    (
        "app",
        &[
            "agents-web",
            "billing-web",
            "experts-web",
            "identity-web",
            "kernel",
            "market-web",
            "money-web",
            "social-web",
            "ui",
            "web",
        ],
    ),
    ("frontend", &["app"]),
    (
        "server",
        &[
            "agents-core",
            "app",
            "billing-core",
            "experts-core",
            "identity-core",
            "kernel",
            "market-core",
            "models-offline",
            "models-remote",
            "money-core",
            "payments-sandbox",
            "payments-stripe",
            "platform",
            "social-core",
            "ui",
            "web",
        ],
    ),
    (
        "bench",
        &[
            "agents-core",
            "billing-core",
            "experts-core",
            "kernel",
            "money-core",
            "payments-sandbox",
            "platform",
            "social-core",
        ],
    ),
];

/// Crates that only the server may have: sockets, files, the database, TLS.
const NATIVE: &[&str] = &[
    "argon2",
    "axum",
    "documents",
    "graphile_worker",
    "hyper",
    "image",
    "leptos_axum",
    "lettre",
    "libwebp-sys",
    "mio",
    "nix",
    "object_store",
    "platform",
    "reqwest",
    "ring",
    "rustls",
    "socket2",
    "sqlx",
    "sqlx-core",
    "sqlx-postgres",
    "zxcvbn",
];

fn cargo(arguments: &[&str]) -> String {
    // From where this runs, which is the package's folder, and not from where it was built: checkouts share what has been
    // built.
    let output = Command::new(env!("CARGO")).args(arguments).current_dir("..").output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo speaks UTF-8")
}

/// Our crates, each with those of our crates it depends on outside tests.
fn our_crates() -> BTreeMap<String, Vec<String>> {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1", "--offline"])).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let ours: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    packages
        .iter()
        .map(|package| {
            let mut dependencies: Vec<String> = package["dependencies"]
                .as_array()
                .expect("dependencies")
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .filter_map(|dependency| dependency["name"].as_str())
                .filter(|name| ours.contains(name))
                .map(str::to_owned)
                .collect();
            dependencies.sort();
            dependencies.dedup();
            (package["name"].as_str().expect("a name").to_owned(), dependencies)
        })
        .collect()
}

/// What a crate of an area may depend on.
fn allowed(name: &str) -> Vec<String> {
    if let Some((_, allowed)) = FOUNDATIONS.iter().find(|(foundation, _)| *foundation == name) {
        return allowed.iter().map(|name| (*name).to_owned()).collect();
    }
    let (area, room) = name.rsplit_once('-').unwrap_or_else(|| panic!("{name} is in no list of this test"));
    let (_, others) =
        AREAS.iter().find(|(known, _)| *known == area).unwrap_or_else(|| panic!("{area} is no known area"));
    let mut allowed: Vec<String> = ["kernel", "platform"].map(str::to_owned).to_vec();
    allowed.extend(others.iter().map(|other| format!("{other}-core")));
    // What agents are given to know is read, and what they find in it judged as the offline engine judges it.
    allowed.extend(["documents", "models-offline"].into_iter().filter(|_| area == "agents").map(str::to_owned));
    if room == "web" {
        allowed.extend(["ui", "web"].map(str::to_owned));
        allowed.push(format!("{area}-core"));
        allowed.extend(others.iter().map(|other| format!("{other}-web")));
        // The sandbox's pages are ours, as no other provider's are.
        allowed.extend((area == "billing").then(|| "payments-sandbox".to_owned()));
    }
    allowed
}

#[test]
fn dependencies_point_in_one_direction() {
    let wrong: Vec<String> = our_crates()
        .into_iter()
        .flat_map(|(name, dependencies)| {
            let allowed = allowed(&name);
            dependencies.into_iter().filter(move |it| !allowed.contains(it)).map(move |it| format!("{name} -> {it}"))
        })
        .collect();
    assert!(wrong.is_empty(), "dependencies that the architecture doesn't allow: {wrong:?}");
}

#[test]
fn nothing_native_reaches_the_browser() {
    let tree = cargo(&[
        "tree",
        "--package",
        "frontend",
        "--target",
        "wasm32-unknown-unknown",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--offline",
    ]);
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains(&"leptos"), "the tree was read");
    let native: Vec<&&str> = NATIVE.iter().filter(|name| names.contains(name)).collect();
    assert!(native.is_empty(), "these must stay on the server: {native:?}");
}
