//! An agent is built without JavaScript.

use reqwest::{Method, multipart};
use serde_json::Value;

use crate::support::{Server, Visitor, header_of};

/// Sends a form of the builder, and returns where that leads.
async fn submit(visitor: &Visitor, path: &str, fields: &[(&str, &str)]) -> String {
    let response = visitor.submit(path, fields).await;
    let (status, to) = (response.status(), header_of(&response, "location"));
    assert_eq!(status, 303, "{path}: {}", response.text().await.unwrap_or_default());
    to
}

/// Waits until the checks that are being asked have been.
async fn checked(visitor: &Visitor, agent: &str) -> Value {
    loop {
        let (_, checks) = visitor.ask("agents/checks", &[("agent", agent)]).await;
        if checks["run"]["state"] != "running" {
            return checks;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_agent_is_made_taught_checked_and_published_by_forms_alone() {
    let server = Server::start().await;
    let ana = server.app.person("ana").await;
    let ana = server.signed_in(&ana).await;
    let (_, html) = ana.read("/agents").await;
    assert!(html.contains("No agents yet"));
    let refused = ana.submit("/agents/new?do=agents/create", &[("handle", "ana"), ("name", "Robo")]).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.expect("text").contains("value=\"Robo\""), "what was typed is kept");
    let new = [("handle", "anas_robo"), ("name", "Robo"), ("template", "")];
    let page = submit(&ana, "/agents/new?do=agents/create", &new).await;
    let page = page.split('?').next().expect("a path").to_owned();
    let agent = page.strip_prefix("/agents/").expect("an id").to_owned();

    // A file, and what can't be one.
    let upload = async |name: &str, bytes: &[u8]| {
        let part = multipart::Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let form = multipart::Form::new().text("agent", agent.clone()).part("knowledge_file", part);
        let request = ana.request(Method::POST, &format!("{page}/knowledge?do=agents/add_file")).multipart(form);
        request.send().await.expect("an answer").status()
    };
    assert_eq!(
        upload("manual.md", b"# Reset\n\nTo reset the amplifier, hold the red button for ten seconds.").await,
        303
    );
    assert_eq!(
        upload("manual.md", b"# Reset\n\nTo reset the amplifier, hold the red button for ten seconds.").await,
        409
    );
    let nothing = ana.submit(&format!("{page}/knowledge?do=agents/add_file"), &[("agent", &agent)]).await;
    assert_eq!(nothing.status(), 422);
    let (_, html) = ana.read(&format!("{page}/knowledge")).await;
    assert!(html.contains("manual.md") && html.contains("Reading"));
    server.app.run_jobs().await;
    let (_, html) = ana.read(&format!("{page}/knowledge")).await;
    assert!(html.contains("Ready") && html.contains("1 of 200"), "{html}");

    // A check that fails, for want of a rule that is true.
    let publish = [("agent", agent.as_str()), ("note", "First")];
    let at_publish = format!("{page}/versions?do=agents/publish");
    assert_eq!(ana.submit(&at_publish, &publish).await.status(), 409, "without checks nothing is published");
    let check = |says: &'static str| {
        [
            ("agent", agent.clone()),
            ("question", "How do I reset the amplifier?".to_owned()),
            ("says", says.to_owned()),
            ("cites", "any".to_owned()),
        ]
    };
    let typed = check("blue button");
    let fields: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    submit(&ana, &format!("{page}/checks/new?do=agents/save_check"), &fields).await;
    submit(&ana, &format!("{page}/checks?do=agents/run_checks"), &[("agent", &agent)]).await;
    let checks = checked(&ana, &agent).await;
    assert_eq!(checks["run"]["state"], "failed", "{checks}");
    let (_, html) = ana.read(&format!("{page}/checks")).await;
    assert!(html.contains("The answer does not say “blue button”.") && html.contains("red button"), "{html}");
    let refused = ana.submit(&at_publish, &publish).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.expect("text").contains("Some checks have failed"));

    let id = checks["checks"][0]["id"].as_str().expect("an id").to_owned();
    let typed = check("red button");
    let mut fields: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.push(("check", &id));
    submit(&ana, &format!("{page}/checks/{id}?do=agents/save_check"), &fields).await;
    // The newest run is told by the clock, which stands still.
    server.app.clock.advance(chrono::TimeDelta::seconds(1));
    submit(&ana, &format!("{page}/checks?do=agents/run_checks"), &[("agent", &agent)]).await;
    assert_eq!(checked(&ana, &agent).await["run"]["state"], "passed");
    submit(&ana, &at_publish, &publish).await;
    let (_, html) = ana.read(&format!("{page}/versions")).await;
    assert!(html.contains("Version 1") && html.contains("Answers") && html.contains("First"), "{html}");
    let (_, html) = ana.read("/agents").await;
    assert!(html.contains("Robo") && html.contains("At work") && html.contains("Version 1"), "{html}");
}

#[tokio::test]
async fn a_draft_that_was_saved_elsewhere_is_shown_beside_what_was_typed() {
    let server = Server::start().await;
    let ana = server.app.person("ana").await;
    let ana = server.signed_in(&ana).await;
    let page = submit(&ana, "/agents/new?do=agents/create", &[("handle", "anas_robo"), ("name", "Robo")]).await;
    let page = page.split('?').next().expect("a path").to_owned();
    let agent = page.strip_prefix("/agents/").expect("an id").to_owned();
    let at = format!("{page}?do=agents/save");
    let save = async |instructions: &str, number: &str| {
        let form = multipart::Form::new()
            .text("agent", agent.clone())
            .text("number", number.to_owned())
            .text("name", "Robo")
            .text("instructions", instructions.to_owned())
            .text("length", "short")
            .text("max_output_tokens", "512")
            .text("remembers", "true");
        ana.request(Method::POST, &at).multipart(form).send().await.expect("an answer")
    };
    let saved = save("Saved elsewhere.", "1").await;
    assert_eq!(saved.status(), 303);
    assert!(header_of(&saved, "location").ends_with("number=2"));
    let refused = save("Typed here.", "1").await;
    assert_eq!(refused.status(), 409);
    let html = refused.text().await.expect("text");
    assert!(
        html.contains("Typed here.") && html.contains("What stands there now") && html.contains("Saved elsewhere.")
    );
    assert!(html.contains("name=\"number\" value=\"2\""), "and can be saved after all");
    assert_eq!(save("Typed here.", "2").await.status(), 303);
    let wrong = save(&"x".repeat(12_001), "3").await;
    assert_eq!(wrong.status(), 422);
    assert!(wrong.text().await.expect("text").contains("instructions-error"));
}

#[tokio::test]
async fn servers_of_tools_are_added_and_removed_by_forms_and_no_secret_comes_back() {
    let server = Server::start().await;
    let ana = server.app.person("ana").await;
    let tools = server.tools_of(&ana).await.to_string();
    let ana = server.signed_in(&ana).await;
    assert_eq!(server.visitor().get("/agents/servers").await.status(), 401);
    let (_, html) = ana.read("/agents/servers").await;
    assert!(html.contains("https://example.org/mcp") && html.contains("Not asked yet"), "{html}");

    let add = "/agents/servers?do=agents/add_server";
    for (name, address, says) in [
        ("inside", "http://10.0.0.7/mcp", "leads to a private network"),
        ("inside", "example.org", "Write the whole address"),
        ("inside", "ftp://example.org/mcp", "begins with https://"),
        ("tools", "https://example.org/mcp", "You have a server of this name"),
    ] {
        let typed = [("name", name), ("address", address), ("header", "Authorization"), ("secret", "Bearer sk-secret")];
        let refused = ana.submit(add, &typed).await;
        assert_eq!(refused.status(), 422, "{address}");
        let html = refused.text().await.expect("text");
        assert!(html.contains(says), "{says}: {html}");
        assert!(html.contains(&format!("value=\"{address}\"")) && !html.contains("sk-secret"), "{html}");
    }
    let (_, after) = ana.ask("agents/servers", &[]).await;
    assert_eq!(after["servers"].as_array().map(Vec::len), Some(1));
    submit(&ana, "/agents/servers?do=agents/remove_server", &[("server", &tools)]).await;
    let (_, html) = ana.read("/agents/servers").await;
    assert!(html.contains("No servers yet"), "{html}");
}
