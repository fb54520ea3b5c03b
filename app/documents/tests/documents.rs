//! Files as people upload them, good and bad.

#![expect(clippy::expect_used, reason = "a test can't go on without")]

use std::time::{Duration, Instant};

use documents::{Chunk, Document, DocumentError, Format, Hint, Limits, Locator, chunk, extract, extract_guarded};
use lopdf::{
    Document as File, Object, Stream,
    content::{Content, Operation},
    dictionary,
};
use proptest::prelude::*;

fn read(bytes: &[u8], name: &str) -> Result<Document, DocumentError> {
    extract(bytes, Hint::named(name), &Limits::default())
}

fn chunks(text: &str, name: &str) -> Vec<Chunk> {
    chunk(&read(text.as_bytes(), name).expect("it can be read"))
}

fn path(chunk: &Chunk) -> String {
    chunk.heading_path.join(" › ")
}

#[test]
fn markdown_is_cut_by_its_headings_with_tables_and_lists_whole() {
    let text = "---\ntitle: x\n---\n# Shop\n\nWelcome.\n\n## Prices\n\n| What | Price |\n|---|---|\n| Day | €5 |\n| Week | €20 |\n\n\
                ### Steps\n\nDo this:\n\n1. First *thing*.\n2. Second [thing](http://x.example).\n\n<b>HTML</b> stays text.\n";
    let chunks = chunks(text, "a.md");
    let paths: Vec<String> = chunks.iter().map(path).collect();
    assert_eq!(paths, ["Shop", "Shop › Prices", "Shop › Prices › Steps"]);
    assert_eq!(chunks[1].text, "What: Day; Price: €5\nWhat: Week; Price: €20");
    assert_eq!(chunks[2].text, "Do this:\n1. First thing.\n2. Second thing.\nHTML stays text.");
    assert_eq!(chunks[1].locator, Locator::Lines { first: 12, last: 13 });
    assert_eq!(chunks[1].locator.to_string(), "lines 12–13");
}

#[test]
fn plain_text_has_headings_by_how_they_stand_and_questions_keep_their_answers() {
    let text = "OPENING HOURS\n\nWe open at nine.\n\nPrices\n------\nA day costs 5.\n\nQ: Is it far?\nA: No.\n\nIs it near?\n\nYes, it is.\n\n\
                2.1 The way\n\n- left\n- right\n  and on\n";
    let chunks = chunks(text, "a.txt");
    let paths: Vec<String> = chunks.iter().map(path).collect();
    assert_eq!(paths, ["OPENING HOURS", "Prices", "Prices › Is it far?", "Is it near?", "2.1 The way"]);
    assert_eq!(chunks[2].text, "Q: Is it far?\nA: No.");
    assert_eq!(chunks[4].text, "- left\n- right and on");
}

#[test]
fn tables_repeat_the_names_of_their_columns_whatever_separates_them() {
    for text in [
        "Name,Price\nPlain,3\n\"With, comma\",4\n",
        "Name;Price\nPlain;3\n\"With, comma\";4\n",
        "Name\tPrice\nPlain\t3\nWith, comma\t4\n",
    ] {
        let document = read(text.as_bytes(), "a.csv").expect("a table");
        assert_eq!(document.format, Format::Csv);
        let chunks = chunk(&document);
        assert_eq!(chunks[0].text, "Name: Plain; Price: 3\nName: With, comma; Price: 4");
        assert_eq!(chunks[0].place(), "rows 1–2");
    }
    let many: String =
        (0..100).fold("Item,Price,Stock\n".to_owned(), |text, n| text + &format!("Item number {n},{n} euro,{n}\n"));
    let cut = chunk(&read(many.as_bytes(), "stock").expect("told by its content"));
    assert!(cut.len() > 4 && cut.iter().all(|it| it.text.len() <= 900 && it.text.starts_with("Item: ")));
    assert_eq!(chunks("Hello, dear, you.\nHow are you?\nFine, thanks.\n", "letter").len(), 1);
}

#[test]
fn pages_are_read_without_what_stands_around_them() {
    let page = "<!DOCTYPE html><html><head><title>Help &amp; more</title><style>p{}</style></head><body><nav><a>Home</a></nav>\
        <div class='cookie-banner'>We use cookies</div><main><h1>Help</h1><script>evil()</script><h2 id=refunds>Refunds</h2>\
        <p>You get <b>all</b> back.<br>Really.</p><ul><li>one<li>two</ul><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>\
        <pre>x = 1\n y</pre><p hidden>secret</p></main><footer>Imprint</footer></body></html>";
    let document = read(page.as_bytes(), "page.txt").expect("a page, whatever it is called");
    assert_eq!((document.format, document.title.as_deref()), (Format::Html, Some("Help & more")));
    let chunks = chunk(&document);
    assert_eq!(chunks.len(), 1);
    assert_eq!(path(&chunks[0]), "Help › Refunds");
    assert_eq!(chunks[0].text, "You get all back. Really.\n- one\n- two\nA: 1; B: 2\nx = 1\n y");
    assert_eq!(chunks[0].locator.to_string(), "#refunds");
    let fragment = "<p>Only a paragraph &ndash; nothing else.</p>";
    assert_eq!(chunk(&read(fragment.as_bytes(), "x").expect("a page"))[0].text, "Only a paragraph – nothing else.");
}

#[test]
fn only_a_paragraph_that_is_too_long_is_cut_and_between_sentences() {
    let sentence = "The machine has a part that turns and another one that holds it in its place. ";
    let chunks = chunks(&sentence.repeat(40), "a.txt");
    assert!(chunks.len() >= 4);
    for part in &chunks {
        assert!(
            part.text.ends_with('.') && part.text.starts_with("The") && part.text.chars().count() <= 900,
            "{}",
            part.text
        );
    }
    let endless = "x".repeat(5_000);
    assert!(self::chunks(&endless, "a.txt").iter().all(|it| it.text.chars().count() <= 900));
}

/// A PDF whose pages draw lines of text: size, height on the page and words.
fn pdf(pages: &[&[(f32, f32, &str)]]) -> File {
    let mut file = File::with_version("1.7");
    let tree = file.new_object_id();
    let font = file.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding" });
    let resources = file.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let mut kids = Vec::new();
    for lines in pages {
        let mut operations = Vec::new();
        for (size, y, text) in *lines {
            let shown = encode(text);
            operations.extend([
                Operation::new("BT", vec![]),
                Operation::new("Tf", vec!["F1".into(), (*size).into()]),
                Operation::new("Td", vec![50.into(), (*y).into()]),
                Operation::new("Tj", vec![Object::string_literal(shown)]),
                Operation::new("ET", vec![]),
            ]);
        }
        let content = Content { operations }.encode().expect("it can be written");
        let content = file.add_object(Stream::new(dictionary! {}, content));
        let page = file.add_object(
            dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content, "Resources" => resources },
        );
        kids.push(Object::from(page));
    }
    let count = i64::try_from(kids.len()).expect("few");
    file.objects.insert(tree, Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }));
    let catalog = file.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    file.trailer.set("Root", catalog);
    file
}

/// WinAnsi has what Latin-1 has where Latin-1 has letters.
fn encode(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

fn saved(mut file: File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.save_to(&mut bytes).expect("it can be saved");
    bytes
}

#[test]
fn pdfs_are_read_page_by_page_with_headings_and_without_what_runs_along() {
    let page = |title: &'static str, text: &'static [&'static str]| {
        let mut lines = vec![(8.0, 800.0, "Handbook of the mill"), (18.0, 760.0, title)];
        let mut y = 720.0;
        for line in text {
            lines.push((10.0, y, *line));
            y -= 12.0;
        }
        lines.push((8.0, 30.0, "Page 7"));
        lines
    };
    let pages = [
        page("Prices", &["A sack of flour costs twelve euros and is", "deliv-", "ered on Mondays."]),
        page("Opening", &["Geöffnet täglich außer sonntags von 9 bis 17 Uhr."]),
        page("Tours", &["- Short tour", "- Long tour with tea"]),
    ];
    let pages: Vec<&[(f32, f32, &str)]> = pages.iter().map(Vec::as_slice).collect();
    let document = read(&saved(pdf(&pages)), "mill.doc").expect("a PDF, whatever it is called");
    assert_eq!(document.format, Format::Pdf);
    let chunks = chunk(&document);
    let paths: Vec<String> = chunks.iter().map(path).collect();
    assert_eq!(paths, ["Prices", "Opening", "Tours"]);
    assert_eq!(chunks[0].text, "A sack of flour costs twelve euros and is delivered on Mondays.");
    assert_eq!(chunks[1].text, "Geöffnet täglich außer sonntags von 9 bis 17 Uhr.");
    assert_eq!(chunks[2].text, "- Short tour\n- Long tour with tea");
    assert_eq!(chunks[1].place(), "Opening, page 2");
}

#[test]
fn pdfs_that_cannot_be_read_say_why_and_what_to_do() {
    let good = saved(pdf(&[&[(10.0, 700.0, "Some words that can be read here.")]]));
    assert!(read(&good, "a.pdf").is_ok());
    // Pictures of pages have no text.
    assert_eq!(read(&saved(pdf(&[&[], &[]])), "a.pdf"), Err(DocumentError::Scanned));
    assert_eq!(read(&good[..200], "a.pdf"), Err(DocumentError::Broken { what: "PDF" }));
    assert_eq!(read(b"%PDF-1.7\nnothing else", "a.pdf"), Err(DocumentError::Broken { what: "PDF" }));
    let mut locked = pdf(&[&[(10.0, 700.0, "Some words.")]]);
    let lock = dictionary! {
        "Filter" => "Standard", "V" => 2, "R" => 3, "Length" => 128, "P" => -4,
        "O" => Object::string_literal(vec![7_u8; 32]), "U" => Object::string_literal(vec![9_u8; 32]),
    };
    let lock = locked.add_object(lock);
    locked.trailer.set("Encrypt", lock);
    locked.trailer.set("ID", vec![Object::string_literal("a"), Object::string_literal("a")]);
    assert_eq!(read(&saved(locked), "a.pdf"), Err(DocumentError::Encrypted));
    let many: Vec<&[(f32, f32, &str)]> = vec![&[]; 30];
    let limits = Limits { pages: 20, ..Limits::default() };
    let error = extract(&saved(pdf(&many)), Hint::default(), &limits).expect_err("too many");
    assert_eq!(
        error.to_string(),
        "This PDF has 30 pages, and at most 20 are read. Split it into parts and upload each."
    );
}

/// Replaces what the first page draws.
fn drawing(content: Stream) -> Vec<u8> {
    let mut file = pdf(&[&[(10.0, 700.0, "Words.")]]);
    let page = file.page_iter().next().expect("a page");
    let id = file.get_page_contents(page)[0];
    file.objects.insert(id, Object::Stream(content));
    saved(file)
}

#[test]
fn pdfs_that_unfold_without_end_or_go_round_in_circles_are_given_up() {
    let mut bomb = Stream::new(dictionary! {}, b"q Q ".repeat(40 * 1024 * 1024));
    bomb.compress().expect("it can be compressed");
    let bytes = drawing(bomb);
    assert!(bytes.len() < 2_000_000, "a bomb is small");
    assert_eq!(read(&bytes, "a.pdf"), Err(DocumentError::TooComplex));

    // A drawing that draws itself, and text that moves without end.
    let mut file = pdf(&[&[(10.0, 700.0, "Words that stand here before it begins.")]]);
    let form = file.new_object_id();
    let page = file.page_iter().next().expect("a page");
    let resources = file
        .get_dictionary(page)
        .and_then(|page| page.get(b"Resources"))
        .and_then(Object::as_reference)
        .expect("resources");
    let own = Stream::new(
        dictionary! { "Type" => "XObject", "Subtype" => "Form", "Resources" => resources },
        b"/Me Do /Me Do".to_vec(),
    );
    file.objects.insert(form, Object::Stream(own));
    file.get_dictionary_mut(resources).expect("resources").set("XObject", dictionary! { "Me" => form });
    let id = file.get_page_contents(page)[0];
    let before = file.get_object(id).and_then(Object::as_stream).expect("a stream").content.clone();
    file.objects.insert(id, Object::Stream(Stream::new(dictionary! {}, [before, b"\n/Me Do".to_vec()].concat())));
    assert!(read(&saved(file), "a.pdf").is_ok());

    // A tree of pages that is its own branch.
    let mut file = pdf(&[&[(10.0, 700.0, "Words.")]]);
    let root = file.catalog().and_then(|it| it.get(b"Pages")).and_then(Object::as_reference).expect("a tree");
    file.get_dictionary_mut(root).expect("a tree").set("Kids", vec![Object::from(root); 3]);
    assert!(read(&saved(file), "a.pdf").is_err());

    let deep = [b"[".repeat(200_000), b"]".repeat(200_000), b" TJ".to_vec()].concat();
    assert!(read(&drawing(Stream::new(dictionary! {}, deep)), "a.pdf").is_err());
}

#[test]
fn other_kinds_of_files_are_named() {
    for (bytes, words) in [
        (b"PK\x03\x04....word/document.xml".as_slice(), "a Word document"),
        (b"PK\x03\x04....xl/workbook.xml", "an Excel workbook"),
        (b"PK\x03\x04....something", "an archive"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xFF\xD8\xFF\xE0", "a picture"),
        (b"{\\rtf1 hello}", "an RTF document"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1", "an old Office document"),
    ] {
        let error = read(bytes, "notes.txt").expect_err("no text").to_string();
        assert!(error.contains(words), "{error}");
    }
    assert_eq!(read(b"", "a"), Err(DocumentError::Empty));
    assert_eq!(read(b" \n\t ", "a.md"), Err(DocumentError::Empty));
    assert_eq!(read(&[0, 159, 146, 150, 1, 2, 3, 255, 0, 7], "a.txt"), Err(DocumentError::NotText));
    let limits = Limits { bytes: 10, ..Limits::default() };
    assert!(matches!(extract(b"more than ten bytes", Hint::default(), &limits), Err(DocumentError::TooLarge { .. })));
    let limits = Limits { chars: 10, ..Limits::default() };
    assert!(matches!(
        extract(b"more than ten characters", Hint::default(), &limits),
        Err(DocumentError::TooMuchText { .. })
    ));
}

#[test]
fn bombs_of_markup_fizzle() {
    let bombs = [
        ("<div>".repeat(200_000), "a.html"),
        ("<!doctype html><b>".to_owned() + &"<i><b>".repeat(100_000), "a.html"),
        ("<html><table>".to_owned() + &"<tr><td><table>".repeat(50_000), "a.html"),
        ("> ".repeat(100_000) + "a", "a.md"),
        ("- ".repeat(50_000), "a.md"),
        ("[".repeat(100_000), "a.md"),
        ("*a_".repeat(50_000), "a.md"),
        ("a;".repeat(400_000), "a.csv"),
        ("\"".repeat(500_000), "a.csv"),
        ("a\n".repeat(300_000), "a.txt"),
        ("Q: ".repeat(100_000), "a.txt"),
        ("a. ".repeat(300_000), "a.txt"),
    ];
    for (bomb, name) in bombs {
        let begun = Instant::now();
        if let Ok(document) = read(bomb.as_bytes(), name) {
            chunk(&document);
        }
        // A bound on runaway work, far above what any of these takes, not a measurement.
        assert!(begun.elapsed() < Duration::from_secs(30), "{bomb:.20} took {:?}", begun.elapsed());
    }
}

#[test]
fn the_guard_gives_the_same_as_reading_does() {
    let bytes = b"# A\n\nb".to_vec();
    let guarded = extract_guarded(bytes.clone(), Some("a.md".to_owned()), None, Limits::default());
    assert_eq!(guarded, read(&bytes, "a.md"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_that_is_uploaded_panics_and_chunks_keep_to_their_length(
        text in "(?s).{0,3000}", name in prop::sample::select(vec!["a.txt", "a.md", "a.csv", "a.html", ""])
    ) {
        if let Ok(document) = read(text.as_bytes(), name) {
            let chunks = chunk(&document);
            prop_assert_eq!(&chunks, &chunk(&document), "the same each time");
            for it in chunks.iter().filter(|it| !it.text.contains('\n')) {
                prop_assert!(it.text.chars().count() <= 1_100, "{}", it.text.chars().count());
            }
        }
    }

    #[test]
    fn damaged_pdfs_never_panic(at in 0_usize..1200, byte in any::<u8>(), cut in 0_usize..1200) {
        let mut bytes = saved(pdf(&[&[(10.0, 700.0, "Some words that can be read here.")]]));
        let length = bytes.len();
        bytes[at % length] = byte;
        if cut > 1000 {
            bytes.truncate(cut % length);
        }
        let broken = Err(DocumentError::Broken { what: "file" });
        prop_assert_ne!(read(&bytes, "a.pdf"), broken, "a parser panicked");
    }
}
