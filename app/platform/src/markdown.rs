//! What people write, as HTML: a small part of Markdown, rendered and then sanitised. Nothing they write reaches a page in
//! any other way.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use ammonia::{Builder, UrlRelative};
use kernel::{EmailAddress, Handle};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream, html};
use url::Url;

/// What is read of a text, in characters. Areas have limits of their own far below; this one bounds the work in any case.
pub const MAX_CHARS: usize = 50_000;

/// How deep quotations and lists may stand in each other; what is deeper is shown at this depth.
const MAX_DEPTH: usize = 16;

/// Renders a post, a comment or a bio as HTML that is safe to put into a page.
///
/// Paragraphs keep their line breaks; there are emphasis, strong, strikethrough, code, lists, quotations and links.
/// Bare web addresses become links, and `@handle` becomes a link to the profile, whether or not there is such an account.
/// There are no pictures and no tables, a heading is a strong paragraph, and HTML is shown as the text it is.
pub fn render(source: &str) -> String {
    let mut rendered = String::with_capacity(source.len() * 2);
    html::push_html(&mut rendered, events(source).into_iter());
    CLEANER.clean(rendered.trim_end()).to_string()
}

/// The beginning of a text without its markup, on one line, in at most `chars` characters. It ends at a word, with `…`,
/// when something was left out.
pub fn excerpt(source: &str, chars: usize) -> String {
    let mut plain = String::new();
    for event in Parser::new_ext(bounded(source), Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                plain.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_)) => {
                plain.push(' ');
            }
            _ => {}
        }
    }
    let visible = visible(&plain);
    shorten(visible.split_whitespace(), chars)
}

fn shorten<'a>(words: impl Iterator<Item = &'a str>, chars: usize) -> String {
    let (mut text, mut used) = (String::new(), 0);
    for word in words {
        let length = word.chars().count();
        let gap = usize::from(used > 0);
        if used + gap + length <= chars {
            if gap == 1 {
                text.push(' ');
            }
            text.push_str(word);
            used += gap + length;
            continue;
        }
        // Room for the ellipsis: give up words until there is, and cut the very first word where it must be.
        if used == 0 {
            text.extend(word.chars().take(chars.saturating_sub(1)));
        }
        while text.chars().count() + 1 > chars {
            match text.rfind(' ') {
                Some(at) => text.truncate(at),
                None => _ = text.pop(),
            }
            if text.is_empty() {
                break;
            }
        }
        if chars > 0 {
            text.push('…');
        }
        break;
    }
    text
}

/// Who is mentioned in a text, as [`render`] made it: each once, in order. What stands in code is no mention.
pub fn mentions(rendered: &str) -> Vec<Handle> {
    let mut found: Vec<Handle> = Vec::new();
    // With the bracket: in text it is escaped, so a tag that somebody only wrote about is none.
    for (at, start) in rendered.match_indices("<a href=\"/@") {
        let name = &rendered[at + start.len()..];
        let name = name.find('"').map(|end| &name[..end]).unwrap_or_default();
        if let Ok(handle) = name.parse::<Handle>()
            && !found.contains(&handle)
        {
            found.push(handle);
        }
    }
    found
}

/// Exactly what `events` lets through, and the last word on it: a mistake above is caught here.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = ["p", "br", "em", "strong", "del", "code", "pre", "ul", "ol", "li", "blockquote", "a"];
    let mut builder = Builder::empty();
    builder
        .tags(tags.into())
        .tag_attributes(HashMap::from([("a", ["href"].into()), ("ol", ["start"].into())]))
        .clean_content_tags(["script", "style"].into())
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(UrlRelative::Custom(Box::new(only_mentions)))
        .link_rel(Some("nofollow noopener noreferrer ugc"));
    builder
});

/// The only address without a scheme is that of a profile.
fn only_mentions(address: &str) -> Option<Cow<'_, str>> {
    let handle: Handle = address.strip_prefix("/@")?.parse().ok()?;
    (address == profile(&handle)).then_some(Cow::Borrowed(address))
}

fn profile(handle: &Handle) -> String {
    format!("/@{handle}")
}

fn bounded(source: &str) -> &str {
    source.char_indices().nth(MAX_CHARS).map_or(source, |(end, _)| &source[..end])
}

/// Takes away what can't be seen but changes what is: control characters, and those that turn the direction of text
/// (Unicode's `Bidi_Control`), with which the name of a program is made to look like that of a text.
fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if text.contains(hidden) { Cow::Owned(text.replace(hidden, "")) } else { Cow::Borrowed(text) }
}

/// The parsed text, with everything we don't show turned into something we do.
fn events(source: &str) -> Vec<Event<'_>> {
    let parser = Parser::new_ext(bounded(source), Options::ENABLE_STRIKETHROUGH).map(as_text);
    let mut writer = Writer::default();
    for event in TextMergeStream::new(parser) {
        writer.take(event);
    }
    writer.out
}

/// HTML is shown as what was typed.
fn as_text(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        other => other,
    }
}

#[derive(Default)]
struct Writer<'a> {
    out: Vec<Event<'a>>,
    /// What is open, and what closes it: nothing, when it wasn't shown.
    open: Vec<Option<TagEnd>>,
    in_link: bool,
    in_code: bool,
}

impl<'a> Writer<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => self.out.push(Event::Code(visible(&text).into_owned().into())),
            // People press Enter once and mean it.
            Event::SoftBreak | Event::HardBreak => self.out.push(Event::HardBreak),
            Event::Rule => self.paragraph("* * *"),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        let shown = match tag {
            Tag::Paragraph => Some(Tag::Paragraph),
            Tag::Heading { .. } => {
                self.out.push(Event::Start(Tag::Paragraph));
                Some(Tag::Strong)
            }
            Tag::CodeBlock(_) => {
                self.in_code = true;
                Some(Tag::CodeBlock(CodeBlockKind::Indented))
            }
            Tag::Link { link_type, dest_url, .. } => self.link(link_type, &dest_url),
            // An item belongs to its list: it is shown if that is.
            Tag::Item => self.open.last().is_some_and(Option::is_some).then_some(Tag::Item),
            Tag::BlockQuote(_) if self.open.len() < MAX_DEPTH => Some(Tag::BlockQuote(None)),
            tag @ (Tag::List(_) | Tag::Emphasis | Tag::Strong | Tag::Strikethrough) if self.open.len() < MAX_DEPTH => {
                Some(tag)
            }
            _ => None,
        };
        self.open.push(shown.as_ref().map(Tag::to_end));
        self.out.extend(shown.map(Event::Start));
    }

    fn link(&mut self, kind: LinkType, address: &str) -> Option<Tag<'a>> {
        let address = match kind {
            LinkType::Email => mail_link(address.trim_start_matches("mailto:")),
            _ => link_target(address),
        }?;
        self.in_link = true;
        Some(link_tag(address))
    }

    fn end(&mut self, end: TagEnd) {
        if let Some(shown) = self.open.pop().flatten() {
            self.out.push(Event::End(shown));
        }
        match end {
            TagEnd::Heading(_) => self.out.push(Event::End(TagEnd::Paragraph)),
            TagEnd::Link => self.in_link = false,
            TagEnd::CodeBlock => self.in_code = false,
            _ => {}
        }
    }

    fn paragraph(&mut self, text: &'static str) {
        self.out.push(Event::Start(Tag::Paragraph));
        self.out.push(Event::Text(text.into()));
        self.out.push(Event::End(TagEnd::Paragraph));
    }

    fn text(&mut self, text: &str) {
        let text = visible(text);
        if self.in_code {
            self.plain(&text);
            return;
        }
        // Only HTML shown as text has line ends in it.
        for (number, line) in text.trim_end_matches('\n').split('\n').enumerate() {
            if number > 0 {
                self.out.push(Event::HardBreak);
            }
            if self.in_link { self.plain(line) } else { self.linked(line) }
        }
    }

    fn plain(&mut self, text: &str) {
        if !text.is_empty() {
            self.out.push(Event::Text(text.to_owned().into()));
        }
    }

    /// Writes a line whose bare addresses and mentions become links.
    fn linked(&mut self, line: &str) {
        let mut rest = line;
        let mut before = None;
        // The next place where something could begin; each is looked at once.
        let mut from = 0;
        while let Some(at) = rest[from..].find(['@', 'h', 'H']).map(|at| at + from) {
            let previous = rest[..at].chars().next_back().or(before);
            match found_at(&rest[at..], previous) {
                Some((length, address)) => {
                    self.plain(&rest[..at]);
                    self.out.push(Event::Start(link_tag(address)));
                    self.plain(&rest[at..at + length]);
                    self.out.push(Event::End(TagEnd::Link));
                    before = rest[..at + length].chars().next_back();
                    rest = &rest[at + length..];
                    from = 0;
                }
                // '@' and 'h' are one byte long.
                None => from = at + 1,
            }
        }
        self.plain(rest);
    }
}

fn link_tag<'a>(address: String) -> Tag<'a> {
    Tag::Link {
        link_type: LinkType::Inline,
        dest_url: address.into(),
        title: CowStr::Borrowed(""),
        id: CowStr::Borrowed(""),
    }
}

/// What begins right here, after `previous`: how long it is and where it leads.
fn found_at(text: &str, previous: Option<char>) -> Option<(usize, String)> {
    if text.starts_with('@') { mention(text, previous) } else { bare_address(text, previous) }
}

/// `@handle`, but not the middle of an e-mail address, of a path or of a name on another server.
fn mention(text: &str, previous: Option<char>) -> Option<(usize, String)> {
    if previous.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '@' | '/' | '.' | '-' | '+' | '&' | '=')) {
        return None;
    }
    let name = &text[1..];
    let length = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
    let mut after = name[length..].chars();
    let goes_on = match after.next() {
        Some('@') => true,
        Some('.' | '-') => after.next().is_some_and(char::is_alphanumeric),
        _ => false,
    };
    if goes_on {
        return None;
    }
    let handle: Handle = name[..length].parse().ok()?;
    Some((1 + length, profile(&handle)))
}

/// A web address that stands in the text as it is. What closes the sentence around it is not part of it.
fn bare_address(text: &str, previous: Option<char>) -> Option<(usize, String)> {
    if previous.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    let ends = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`' | '“' | '”' | '„' | '«' | '»')
    };
    let address = without_closing(&text[..text.find(ends).unwrap_or(text.len())]);
    if address.len() <= scheme.len() {
        return None;
    }
    Some((address.len(), link_target(address)?))
}

/// Cuts punctuation off the end, and a closing bracket that was opened outside (after GitHub's rules for autolinks).
fn without_closing(address: &str) -> &str {
    let count = |sought: char| address.matches(sought).count();
    let mut surplus =
        [(')', '('), (']', '['), ('}', '{')].map(|(close, open)| (close, count(close).saturating_sub(count(open))));
    let mut end = address.len();
    while let Some(last) = address[..end].chars().next_back() {
        let cut = match surplus.iter_mut().find(|(close, _)| *close == last) {
            Some((_, surplus)) if *surplus > 0 => {
                *surplus -= 1;
                true
            }
            Some(_) => false,
            None => {
                matches!(last, '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' | '’' | '。' | '，')
            }
        };
        if !cut {
            break;
        }
        end -= last.len_utf8();
    }
    &address[..end]
}

/// Where a link that somebody wrote may lead: to the web, or to a mail address. A name before the host
/// (`https://bank.example@evil.example`) only ever deceives, so such a link isn't one.
fn link_target(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    match url.scheme() {
        "http" | "https" => {
            let honest = url.username().is_empty() && url.password().is_none() && url.host_str().is_some();
            honest.then(|| url.into())
        }
        "mailto" => mail_link(url.path()),
        _ => None,
    }
}

fn mail_link(address: &str) -> Option<String> {
    let address: EmailAddress = address.parse().ok()?;
    Some(format!("mailto:{address}"))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    const REL: &str = r#"rel="nofollow noopener noreferrer ugc""#;

    #[test]
    fn shows_the_markdown_we_take() {
        for (source, expected) in [
            ("one\ntwo", "<p>one<br>\ntwo</p>"),
            ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>"),
            ("# Hello *you*\n\ntext", "<p><strong>Hello <em>you</em></strong></p>\n<p>text</p>"),
            ("```html\n<b> @anna\n```", "<pre><code>&lt;b&gt; @anna\n</code></pre>"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
            ("3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>"),
            ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
            ("a\n\n---\n\nb", "<p>a</p>\n<p>* * *</p>\n<p>b</p>"),
            ("![a cat](https://example.org/cat.png)", "<p>a cat</p>"),
            ("| a | b |\n|---|---|\n| c | d |", "<p>| a | b |<br>\n|---|---|<br>\n| c | d |</p>"),
            ("a <b>c</b> & d", "<p>a &lt;b&gt;c&lt;/b&gt; &amp; d</p>"),
            ("<div>\n*a*\n</div>", "<p>&lt;div&gt;<br>\n*a*<br>\n&lt;/div&gt;</p>"),
            ("", ""),
        ] {
            assert_eq!(render(source), expected, "{source:?}");
        }
    }

    #[test]
    fn links_addresses_and_leaves_the_punctuation() {
        let link = |to: &str, text: &str| format!(r#"<a href="{to}" {REL}>{text}</a>"#);
        for (source, expected) in [
            ("[x](https://example.org/a?b=c&d)", link("https://example.org/a?b=c&amp;d", "x")),
            (
                "see https://example.org/a_b_c.",
                format!("see {}.", link("https://example.org/a_b_c", "https://example.org/a_b_c")),
            ),
            (
                "(https://example.org/x_(y))",
                format!("({})", link("https://example.org/x_(y)", "https://example.org/x_(y)")),
            ),
            ("HTTP://EXAMPLE.org!", format!("{}!", link("http://example.org/", "HTTP://EXAMPLE.org"))),
            (
                "a https://a.example, https://b.example",
                format!(
                    "a {}, {}",
                    link("https://a.example/", "https://a.example"),
                    link("https://b.example/", "https://b.example")
                ),
            ),
            ("<https://example.org>", link("https://example.org/", "https://example.org")),
            ("<ana@example.org>", link("mailto:ana@example.org", "ana@example.org")),
            ("[mail](mailto:ana@example.org?bcc=x@y.z)", link("mailto:ana@example.org", "mail")),
            ("xhttps://example.org", "xhttps://example.org".to_owned()),
            ("https:// and http://", "https:// and http://".to_owned()),
            ("`https://example.org`", "<code>https://example.org</code>".to_owned()),
            ("https://bank.example@evil.example", "https://bank.example@evil.example".to_owned()),
            ("[bank](https://bank.example@evil.example)", "bank".to_owned()),
            ("[relative](/settings)", "relative".to_owned()),
            ("[host](//evil.example)", "host".to_owned()),
            ("[https://a.example](https://b.example)", link("https://b.example/", "https://a.example")),
        ] {
            assert_eq!(render(source), format!("<p>{expected}</p>"), "{source:?}");
        }
    }

    #[test]
    fn who_is_mentioned_is_found_where_it_is_seen() {
        let found = |text: &str| mentions(&render(text)).iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(found("@Ana and @ben_bot, and @ana again"), ["ana", "ben_bot"]);
        assert_eq!(found("`@ana` ana@example.org \\[x](/@ana) <a href=\"/@ana\">"), [""; 0]);
        assert_eq!(found("```\n@ana\n```\n> @eva"), ["eva"]);
    }

    #[test]
    fn mentions_lead_to_profiles() {
        let link = |handle: &str, text: &str| format!(r#"<a href="/@{handle}" {REL}>{text}</a>"#);
        for (source, expected) in [
            ("@ana_costa", link("ana_costa", "@ana_costa")),
            ("Hi @Ana, (@ben)!", format!("Hi {}, ({})!", link("ana", "@Ana"), link("ben", "@ben"))),
            ("thanks @ana.", format!("thanks {}.", link("ana", "@ana"))),
            ("@ana's", format!("{}'s", link("ana", "@ana"))),
            ("me@example.org", "me@example.org".to_owned()),
            ("@ana@example.org", "@ana@example.org".to_owned()),
            ("@example.org", "@example.org".to_owned()),
            ("@admin @ab @аna @1abc", "@admin @ab @аna @1abc".to_owned()),
            ("`@ana`", "<code>@ana</code>".to_owned()),
            (
                "https://example.org/@ana",
                format!(r#"<a href="https://example.org/@ana" {REL}>https://example.org/@ana</a>"#),
            ),
            ("[@ana](https://example.org)", format!(r#"<a href="https://example.org/" {REL}>@ana</a>"#)),
        ] {
            assert_eq!(render(source), format!("<p>{expected}</p>"), "{source:?}");
        }
        assert_eq!(render(&"@ana ".repeat(3)).matches("<a ").count(), 3);
    }

    #[test]
    fn hostile_texts_come_out_harmless() {
        let corpus = [
            "<script>alert(1)</script>",
            "<scr<script>ipt>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<svg/onload=alert(1)>",
            "<!-- <script>alert(1)</script> -->",
            "<![CDATA[<script>alert(1)</script>]]>",
            "<?php echo 1 ?>",
            "<math><mtext></p><style><img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](java\tscript:alert(1))",
            "[x](<java\u{1}script:alert(1)>)",
            "[x](&#106;avascript&colon;alert(1))",
            "[x](javascript&#58;alert(1))",
            "[x](%6aavascript:alert(1))",
            "[x]( \u{1}javascript:alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "[x](vbscript:msgbox(1))",
            "[x](file:///etc/passwd)",
            "[x][y]\n\n[y]: javascript:alert(1)",
            "<javascript:alert(1)>",
            "![x](javascript:alert(1))",
            "![x\" onerror=\"alert(1)](https://example.org)",
            "[x](https://example.org/\"onmouseover=\"alert(1))",
            "[x](https://example.org \"title\\\" onclick=alert(1)\")",
            "https://example.org/\"onmouseover=alert(1)",
            "https://example.org/'onmouseover=alert(1)",
            "```\" onload=alert(1)\nx\n```",
            "[[[[x](javascript:1)](javascript:2)](javascript:3)](javascript:4)",
            "@ana\"onclick=alert(1)",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "<a href=\"javascript:alert(1)\">x</a>",
        ];
        for source in corpus {
            harmless(source).unwrap_or_else(|error| panic!("{source:?}: {error}"));
        }
        assert_eq!(render("evil\u{202e}txt.exe \u{2066}a\u{2069} &#x202e;b\u{0}\u{1b}"), "<p>eviltxt.exe a b</p>");
    }

    /// What must hold for anything anybody writes.
    fn harmless(source: &str) -> Result<(), String> {
        let out = render(source);
        let again = CLEANER.clean(&out).to_string();
        if again != out {
            return Err(format!("not stable: {out:?} becomes {again:?}"));
        }
        // The text of a page may say anything; only what stands inside a tag does anything.
        let mut tags =
            out.split('<').skip(1).map(|piece| piece.split('>').next().unwrap_or_default().to_ascii_lowercase());
        let known = [
            "p",
            "/p",
            "br",
            "em",
            "/em",
            "strong",
            "/strong",
            "del",
            "/del",
            "code",
            "/code",
            "pre",
            "/pre",
            "ul",
            "/ul",
            "ol",
            "/ol",
            "li",
            "/li",
            "blockquote",
            "/blockquote",
            "/a",
        ];
        let bad = tags.find(|tag| {
            let start = tag.strip_prefix("ol start=\"").and_then(|rest| rest.strip_suffix('"'));
            let link = tag.strip_prefix("a href=\"").and_then(|rest| rest.strip_suffix(&format!("\" {REL}")));
            let allowed = known.contains(&tag.as_str())
                || start.is_some_and(|start| start.bytes().all(|b| b.is_ascii_digit()))
                || link.is_some_and(|to| {
                    !to.contains('"')
                        && ["http://", "https://", "mailto:", "/@"].iter().any(|start| to.starts_with(start))
                });
            !allowed
        });
        match bad {
            Some(tag) => Err(format!("<{tag}> in {out:?}")),
            None if out.to_ascii_lowercase().contains("<script") => Err(out),
            None => Ok(()),
        }
    }

    #[test]
    fn bombs_fizzle() {
        let bombs = [
            ">".repeat(10_000),
            "[".repeat(10_000),
            "*a".repeat(5_000),
            "*a_".repeat(5_000),
            "![".repeat(5_000),
            "[a](".repeat(5_000),
            "[a](<b".repeat(5_000),
            "- ".repeat(5_000),
            "`".repeat(10_000),
            (1..140).map(|n| "`".repeat(n) + " ").collect(),
            "<!--".repeat(2_500),
            "<![CDATA[".repeat(1_000),
            "&".repeat(10_000),
            "@".repeat(10_000),
            "https://".repeat(1_250),
            "http://a".repeat(1_250),
            "h".repeat(50_000),
            format!("https://example.org/{}", ")".repeat(10_000)),
            "[a]: b\n".repeat(1_400) + &"[a]".repeat(3_000),
            "~~a ~~".repeat(2_000),
            "a\n".repeat(25_000),
            "**".repeat(5_000) + "a" + &"**".repeat(5_000),
            (0..200).map(|depth| " ".repeat(depth * 2) + "- a\n").collect(),
        ];
        for bomb in bombs {
            let begun = Instant::now();
            harmless(&bomb).unwrap_or_else(|error| panic!("{bomb:.20}…: {error:.300}"));
            excerpt(&bomb, 100);
            // A bound on runaway work, far above what any of these takes, not a measurement.
            assert!(begun.elapsed() < Duration::from_secs(10), "{bomb:.20}… took {:?}", begun.elapsed());
        }
    }

    #[test]
    fn excerpts_are_plain_and_end_at_a_word() {
        assert_eq!(
            excerpt("# Hello\n\n*dear* [world](https://example.org)\nof `code`", 100),
            "Hello dear world of code"
        );
        assert_eq!(excerpt("one two three", 9), "one two…");
        assert_eq!(excerpt("one two three", 8), "one two…");
        assert_eq!(excerpt("one two three", 7), "one…");
        assert_eq!(excerpt("äöüäöüäöü", 4), "äöü…");
        assert_eq!(excerpt("one", 3), "one");
        assert_eq!((excerpt("one", 0), excerpt("", 9)), (String::new(), String::new()));
        assert_eq!(excerpt("a <b>c</b>\u{202e}", 100), "a <b>c</b>");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn nothing_harmful_comes_out(source in "(?s).{0,200}") {
            prop_assert!(harmless(&source).is_ok(), "{:?}", harmless(&source));
        }

        #[test]
        fn nothing_harmful_comes_out_of_what_looks_like_it(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "<", ">", "script", "<script>", "</script>", " onload=", "javascript:", "[", "](", ")", "]", "!", "*", "**",
                "_", "~~", "`", "```\n", "\n", "\n\n", "> ", "- ", "1. ", "#", " ", "&", ";", "&#58", "&quot;", "\"", "'",
                "@ana", "@", "https://", "example.org", "<a href=", "<!--", "-->", "\\", "\u{202e}", "\r", "\t", "    ", "data:",
                "mailto:", "x@y.org", "<svg/", "&lt;", "---\n", "|", "\u{0}", "é",
            ]), 0..40)
        ) {
            let source = pieces.concat();
            prop_assert!(harmless(&source).is_ok(), "{:?}", harmless(&source));
        }

        #[test]
        fn excerpts_keep_to_their_length(source in "(?s).{0,100}", chars in 0_usize..60) {
            prop_assert!(excerpt(&source, chars).chars().count() <= chars);
        }
    }
}
