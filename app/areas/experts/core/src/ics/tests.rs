//! Calendars as they are found, as they could be, and as they are meant to do harm.

use proptest::prelude::*;

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn berlin() -> Zone {
    Zone::named("Europe/Berlin").expect("a zone")
}

fn wrapped(lines: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{lines}\nEND:VCALENDAR\n").replace('\n', "\r\n")
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:1\n{lines}\nEND:VEVENT")
}

fn try_june(contents: &str) -> Result<Vec<Span>, IcsError> {
    busy(contents.as_bytes(), &berlin(), at("2026-06-01T00:00:00Z"), at("2026-07-01T00:00:00Z"))
}

/// What somebody in Berlin is busy with in June, in UTC.
fn june(components: &str) -> Vec<String> {
    let spans = try_june(&wrapped(components)).expect("a calendar");
    spans.iter().map(|it| format!("{} {}", it.start.format("%d %H:%M"), it.minutes())).collect()
}

#[test]
fn events_take_up_time_in_their_zones() {
    let zones = [
        ("DTSTART:20260602T090000Z\nDTEND:20260602T100000Z", "02 09:00 60"),
        ("DTSTART;TZID=America/New_York:20260602T090000\nDTEND;TZID=America/New_York:20260602T100000", "02 13:00 60"),
        ("DTSTART;TZID=\"America/New_York\":20260602T090000\nDURATION:PT1H", "02 13:00 60"),
        ("DTSTART;TZID=/mozilla.org/20050126_1/Asia/Tokyo:20260602T090000\nDURATION:PT1H", "02 00:00 60"),
        ("DTSTART;VALUE=DATE-TIME:20260602T090000\nDTEND:20260602T100000", "02 07:00 60"),
        ("DTSTART;VALUE=DATE:20260602\nDTEND;VALUE=DATE:20260604", "01 22:00 2880"),
        ("DTSTART;VALUE=DATE:20260602", "01 22:00 1440"),
        ("DTSTART;VALUE=DATE:20260602\nDTEND;VALUE=DATE:20260602", "01 22:00 1440"),
        ("DTSTART;VALUE=DATE:20260602\nDURATION:P1W", "01 22:00 10080"),
        ("dtstart:20260602T090000z\ndtend:20260602T100000z", "02 09:00 60"),
    ];
    for (lines, expected) in zones {
        // What is written without a zone is at home, wherever the calendar says it is.
        assert_eq!(june(&format!("X-WR-TIMEZONE:Asia/Tokyo\n{}", event(lines))), [expected], "{lines}");
    }
    // Nobody knows this one: it is taken for the calendar's, or else for home.
    let unknown = event("DTSTART;TZID=Nowhere:20260602T090000\nDTEND;TZID=Nowhere:20260602T100000");
    assert_eq!(june(&format!("X-WR-TIMEZONE:Asia/Tokyo\n{unknown}")), ["02 00:00 60"]);
    assert_eq!(june(&unknown), ["02 07:00 60"]);
}

#[test]
fn what_takes_up_no_time_is_not_busy() {
    let time = "DTSTART:20260602T090000Z\nDTEND:20260602T100000Z";
    for lines in [
        &format!("{time}\nTRANSP:TRANSPARENT"),
        &format!("STATUS:cancelled\n{time}"),
        &format!("{time}\nX-MICROSOFT-CDO-BUSYSTATUS:FREE"),
        "DTSTART:20260602T090000Z",
        "DTSTART:20260602T090000Z\nDTEND:20260602T090000Z",
        "DTSTART:20260602T090000Z\nDTEND:20260602T080000Z",
        "DTSTART:20260602T090000Z\nDURATION:PT0S",
        "DTSTART:20260602T090000Z\nDURATION:-PT1H",
        "DTSTART:20260602T090000Z\nDURATION:P4000000000D",
        "DTSTART:sometime\nDTEND:20260602T100000Z",
        "DTEND:20260602T100000Z",
        "DTSTART:20260702T090000Z\nDURATION:PT1H",
    ] {
        assert!(june(&event(lines)).is_empty(), "{lines}");
    }
    let others = "BEGIN:VTODO\nDTSTART:20260602T090000Z\nDURATION:PT1H\nEND:VTODO\n\
        BEGIN:VJOURNAL\nDTSTART:20260602T090000Z\nEND:VJOURNAL";
    assert!(june(others).is_empty());
    assert_eq!(june(&event(&format!("{time}\nSTATUS:TENTATIVE\nTRANSP:OPAQUE"))).len(), 1);
    // An alarm's length is not its event's.
    let alarm = "BEGIN:VALARM\nTRIGGER:-PT10M\nDURATION:PT5H\nEND:VALARM";
    assert_eq!(june(&event(&format!("{alarm}\n{time}\n{alarm}"))), ["02 09:00 60"]);
}

#[test]
fn what_touches_is_one_and_what_reaches_out_is_cut_off() {
    let two = [
        event("DTSTART:20260602T100000Z\nDURATION:PT1H"),
        event("DTSTART:20260602T090000Z\nDURATION:PT1H").replace("UID:1", "UID:2"),
        event("DTSTART:20260602T093000Z\nDURATION:PT10M").replace("UID:1", "UID:3"),
        event("DTSTART:20260530T000000Z\nDURATION:P2DT1H").replace("UID:1", "UID:4"),
        event("DTSTART:20260630T230000Z\nDURATION:P2W").replace("UID:1", "UID:5"),
    ];
    assert_eq!(june(&two.join("\n")), ["01 00:00 60", "02 09:00 120", "30 23:00 60"]);
}

#[test]
fn what_recurs_follows_the_clock_of_its_zone() {
    let weekly = event(
        "DTSTART;TZID=Europe/Berlin:20260105T090000\nDTEND;TZID=Europe/Berlin:20260105T093000\n\
        RRULE:FREQ=WEEKLY;BYDAY=MO,TH",
    );
    assert_eq!(june(&weekly)[..3], ["01 07:00 30", "04 07:00 30", "08 07:00 30"]);
    let spans = busy(wrapped(&weekly).as_bytes(), &berlin(), at("2026-03-26T00:00:00Z"), at("2026-03-31T00:00:00Z"));
    let hours: Vec<String> =
        spans.expect("a calendar").iter().map(|it| it.start.format("%d %H:%M").to_string()).collect();
    assert_eq!(hours, ["26 08:00", "30 07:00"]);
    // Until an instant, the last one is there; until a day, all of that day is.
    let until = |until: &str| {
        june(&event(&format!(
            "DTSTART;TZID=Europe/Berlin:20260601T230000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL={until}"
        )))
        .len()
    };
    assert_eq!((until("20260603T210000Z"), until("20260603T205959Z")), (3, 2));
    assert_eq!((until("20260603"), until("20260603T230000")), (3, 3));
    assert_eq!(june(&event("DTSTART;VALUE=DATE:20200615\nRRULE:FREQ=YEARLY")), ["14 22:00 1440"]);
    // Longer than what is between two of them, and from before the range.
    assert_eq!(june(&event("DTSTART:20260529T120000Z\nDURATION:P2DT13H\nRRULE:FREQ=MONTHLY;COUNT=1")), ["01 00:00 60"]);
}

#[test]
fn single_times_of_what_recurs_are_added_taken_out_and_moved() {
    let lines = "DTSTART;TZID=Europe/Berlin:20260601T090000\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=5";
    let out = "EXDATE;TZID=Europe/Berlin:20260602T090000,20260603T090000\nEXDATE:20260604T070000Z";
    assert_eq!(june(&event(&format!("{lines}\n{out}"))), ["01 07:00 30", "05 07:00 30"]);
    assert_eq!(
        june(&event(&format!("{lines}\nEXDATE;VALUE=DATE:20260601,20260602,20260603"))),
        ["04 07:00 30", "05 07:00 30"]
    );
    let more = "DTSTART:20260601T090000Z\nDURATION:PT30M\nRDATE:20260602T090000Z,20260601T090000Z\n\
        RDATE;VALUE=PERIOD:20260603T090000Z/PT2H,20260604T090000Z/20260604T091000Z";
    assert_eq!(june(&event(more)), ["01 09:00 30", "02 09:00 30", "03 09:00 120", "04 09:00 10"]);

    let daily = "DTSTART;TZID=Europe/Berlin:20260601T090000\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=3";
    let instead = |lines: &str| format!("{}\n{}", event(&format!("RECURRENCE-ID{lines}")), event(daily));
    let moved = instead(":20260602T070000Z\nDTSTART:20260610T120000Z\nDURATION:PT1H");
    assert_eq!(june(&moved), ["01 07:00 30", "03 07:00 30", "10 12:00 60"]);
    let cancelled =
        instead(";TZID=Europe/Berlin:20260602T090000\nDTSTART:20260602T070000Z\nDURATION:PT1H\nSTATUS:CANCELLED");
    assert_eq!(june(&cancelled), ["01 07:00 30", "03 07:00 30"]);
    // Another event's times stay.
    let other = instead(":20260602T070000Z\nDTSTART:20260602T120000Z\nDURATION:PT1H").replacen("UID:1", "UID:2", 1);
    assert_eq!(june(&other).len(), 4);
}

#[test]
fn what_is_called_busy_is_busy() {
    let lines = "BEGIN:VFREEBUSY\nDTSTART:20260601T000000Z\nDTEND:20260701T000000Z\n\
        FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260602T090000Z/PT1H,20260603T090000Z/20260603T100000Z\n\
        FREEBUSY;FBTYPE=FREE:20260604T090000Z/PT1H\nFREEBUSY:20260605T090000Z/PT10M,nonsense\nEND:VFREEBUSY";
    assert_eq!(june(lines), ["02 09:00 60", "03 09:00 60", "05 09:00 10"]);
}

/// What servers of Exchange write: a zone of their own, no end of any event, and none of the calendar.
#[test]
fn a_calendar_may_bring_its_zones_along_and_leave_out_what_ends_things() {
    let text = "\u{feff}BEGIN:VCALENDAR\nMETHOD:PUBLISH\nPRODID:Microsoft Exchange Server 2010\nVERSION:2.0\n\
        X-WR-CALNAME:Calendar\n\
        BEGIN:VTIMEZONE\nTZID:(UTC+01:00) Rome\\, Bern\nBEGIN:STANDARD\nDTSTART:16010101T030000\n\
        TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n\
        RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n\
        BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\n\
        TZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n\
        BEGIN:VEVENT\nDESCRIPTION:\\n\nUID:1\nSUMMARY:One\nDTSTART;TZID=\"(UTC+01:00) Rome, Bern\":20260602T160000\n\
        DTEND;TZID=\"(UTC+01:00) Rome, Bern\":20260602T163000\n\
        RRULE:FREQ=WEEKLY;UNTIL=20260609T140000Z;INTERVAL=1;BYDAY=TU;WKST=MO\nSEQUENCE:0\n\
        BEGIN:VALARM\nTRIGGER:-PT15M\n\
        BEGIN:VEVENT\nUID:2\nSUMMARY:T\n wo\n\
        DTSTART;TZID=\"(UTC+01:00) Rome, Bern\":2026\n 0604T080000\nDURATION:PT\n\t1H\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        let spans = busy(
            text.as_bytes(),
            &Zone::named("Asia/Tokyo").expect("a zone"),
            at("2026-06-01T00:00:00Z"),
            at("2026-07-01T00:00:00Z"),
        );
        let spans: Vec<String> =
            spans.expect("a calendar").iter().map(|it| it.start.format("%d %H:%M").to_string()).collect();
        assert_eq!(spans, ["02 14:00", "04 06:00", "09 14:00"]);
    }
    let located = "BEGIN:VTIMEZONE\nTZID:Mine\nX-LIC-LOCATION:Asia/Tokyo\nEND:VTIMEZONE";
    let event = event("DTSTART;TZID=Mine:20260602T090000\nDURATION:PT1H");
    assert_eq!(june(&format!("{event}\n{located}")), ["02 00:00 60"]);
}

#[test]
fn what_is_no_calendar_says_so() {
    for text in [
        "",
        "<!doctype html><title>Sign in</title>",
        "BEGIN:VCARD\nEND:VCARD",
        "BEGIN:VEVENT\nEND:VEVENT",
        "{}",
        "\0\u{1}",
    ] {
        assert_eq!(try_june(text), Err(IcsError::NotACalendar), "{text}");
    }
    assert_eq!(
        busy(&[0xff, 0xfe, 0x00], &berlin(), DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH),
        Err(IcsError::NotACalendar)
    );
    assert_eq!(try_june("\n begin:vcalendar\nEND:VCALENDAR"), Ok(Vec::new()));
    // What makes no sense in one is passed over.
    assert_eq!(june("nonsense\n:\n;;;\nBEGIN:\nEND:WHATEVER\nBEGIN:X-OTHER\nX-A:1\nEND:X-OTHER"), [""; 0]);
}

#[test]
fn nothing_is_read_for_long() {
    // As much as there can be of each kind, in the shortest words. What took long for each of them would not end here.
    const LARGE: usize = 300_000;
    let fill = |head: &str, line: &str| {
        let mut text = format!("BEGIN:VCALENDAR\n{head}");
        while text.len() + line.len() <= LARGE {
            text.push_str(line);
        }
        text
    };
    let event = "BEGIN:VEVENT\nDTSTART:20260601T000000Z\nDURATION:PT1M\n";
    let old = "BEGIN:VEVENT\nDTSTART:00010101T000000\nDURATION:PT1M\nRRULE:";
    for (text, expected) in [
        (fill("", "BEGIN:A\n"), Some(IcsError::TooMany)),
        (fill("", "BEGIN:VEVENT\n"), Some(IcsError::TooMany)),
        (fill("BEGIN:VEVENT\n", "BEGIN:VALARM\n"), None),
        (fill(event, "RRULE:FREQ=DAILY\n"), Some(IcsError::TooMany)),
        (fill("", "A:\n"), None),
        (fill("A:\n", " \n"), None),
        (fill("A", ";A"), None),
        (fill(&format!("{event}RDATE"), ";A=B"), None),
        (fill(&format!("{event}RDATE:20260601"), ",20260601"), None),
        (fill(&format!("{event}EXDATE:20260601"), ",20260601"), None),
        (fill(&format!("{event}RRULE:FREQ=DAILY;BYDAY=MO"), ",MO"), None),
        (fill(&format!("{event}RRULE:FREQ=DAILY"), ";COUNT=1"), None),
        (
            format!(
                "{}:20260601{}",
                fill(&format!("{event}RDATE"), ";A=B").split_at(LARGE / 2).0,
                ",20260601".repeat(16_000)
            ),
            None,
        ),
    ] {
        assert_eq!(try_june(&text).err(), expected, "{}", text.get(..80).unwrap_or(&text));
    }
    let many = |rule: &str| format!("BEGIN:VCALENDAR\n{}", format!("{old}{rule}\n").repeat(2_000));
    for rule in [
        "FREQ=DAILY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=5SU;BYMONTHDAY=1,2",
        "FREQ=DAILY;UNTIL=19000101",
    ] {
        assert!(try_june(&many(rule)).is_ok(), "{rule}");
    }
    for rule in ["FREQ=DAILY;COUNT=1000000000", "FREQ=MINUTELY", "FREQ=SECONDLY;COUNT=1"] {
        assert_eq!(try_june(&many(rule)), Err(IcsError::TooFrequent), "{rule}");
    }
    // One of them is fine.
    let one = |rule: &str| {
        let text = format!("BEGIN:VCALENDAR\n{old}{rule}\n").replace("00010101", "19000101");
        try_june(&text).map(|it| it.len())
    };
    assert_eq!(one("FREQ=DAILY;COUNT=1000000000"), Ok(30));
    assert_eq!(one("FREQ=HOURLY;BYMINUTE=1,2,3,4,5"), Ok(720));
    assert_eq!(one("FREQ=HOURLY;BYMINUTE=1,2,3,4,5,6,7,8"), Err(IcsError::TooFrequent));
    assert_eq!(try_june(&format!("BEGIN:VCALENDAR\n{}", " ".repeat(MOST_BYTES))), Err(IcsError::TooLarge));
    // The same with clocks of its own.
    let zone = "BEGIN:VTIMEZONE\nTZID:A\nBEGIN:STANDARD\nDTSTART:16010101T000000\n\
        TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=MINUTELY\nEND:STANDARD\nEND:VTIMEZONE\n";
    let text = format!("BEGIN:VCALENDAR\n{zone}BEGIN:VEVENT\nDTSTART;TZID=A:20260601T000000\n");
    assert_eq!(try_june(&text), Err(IcsError::TooFrequent));
}

fn meeting(span: Span) -> Meeting {
    Meeting {
        uid: "7f3a@example.org".into(),
        span,
        title: "Call with Ada; about \\ taxes, and more".into(),
        text: "First line\r\nSecond line\nEND:VEVENT".into(),
        link: "https://example.org/calls/7f3a?x=1,2".into(),
        sequence: 2,
        stamp: at("2026-05-30T08:00:00Z"),
        cancelled: false,
        tentative: false,
    }
}

#[test]
fn a_calendar_is_written() {
    let call = meeting(Span::lasting(at("2026-06-01T12:00:00Z"), 30));
    let cancelled = Meeting { uid: "2".into(), cancelled: true, text: String::new(), ..call.clone() };
    let expected = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Magentic//Experts//EN",
        "CALSCALE:GREGORIAN",
        "NAME:My calls",
        "X-WR-CALNAME:My calls",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "BEGIN:VEVENT",
        "UID:7f3a@example.org",
        "DTSTAMP:20260530T080000Z",
        "SEQUENCE:2",
        "DTSTART:20260601T120000Z",
        "DTEND:20260601T123000Z",
        "SUMMARY:Call with Ada\\; about \\\\ taxes\\, and more",
        "DESCRIPTION:First line\\nSecond line\\nEND:VEVENT",
        "URL:https://example.org/calls/7f3a?x=1,2",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Call with Ada\\; about \\\\ taxes\\, and more",
        "TRIGGER:-PT10M",
        "END:VALARM",
        "END:VEVENT",
        "BEGIN:VEVENT",
        "UID:2",
        "DTSTAMP:20260530T080000Z",
        "SEQUENCE:2",
        "DTSTART:20260601T120000Z",
        "DTEND:20260601T123000Z",
        "SUMMARY:Call with Ada\\; about \\\\ taxes\\, and more",
        "URL:https://example.org/calls/7f3a?x=1,2",
        "STATUS:CANCELLED",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ];
    assert_eq!(calendar("My calls", &[call, cancelled]).split("\r\n").collect::<Vec<_>>(), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_can_be_read_whatever_it_says(
        texts in proptest::collection::vec(any::<String>(), 4),
        title in "[a-zé漢🦀,;\\\\\r\n]{0,200}",
        calls in proptest::collection::vec((0_i64..40_000, 1_u16..100, any::<bool>()), 0..10),
    ) {
        let start = at("2026-06-01T00:00:00Z");
        let meetings: Vec<Meeting> = calls.iter().map(|(minute, length, cancelled)| Meeting {
            uid: texts[0].clone(),
            title: title.clone(),
            text: texts[1].clone(),
            link: texts[2].clone(),
            cancelled: *cancelled,
            tentative: false,
            ..meeting(Span::lasting(start + TimeDelta::minutes(*minute), *length))
        }).collect();
        let written = calendar(&texts[3], &meetings);
        prop_assert!(written.split("\r\n").all(|line| line.len() <= 75 && !line.contains(char::is_control)));

        let read = try_june(&written).expect("a calendar");
        let busy = |at: &DateTime<Utc>, spans: &[Span]| spans.iter().any(|it| it.start <= *at && *at < it.end);
        let spans: Vec<Span> = meetings.iter().filter(|it| !it.cancelled).map(|it| it.span).collect();
        for minute in (0..30 * 24 * 60).step_by(7) {
            let minute = start + TimeDelta::minutes(minute);
            prop_assert_eq!(busy(&minute, &read), busy(&minute, &spans));
        }
        prop_assert!(read.windows(2).all(|pair| pair[0].end < pair[1].start));
    }

    #[test]
    fn nothing_that_is_read_makes_it_fail(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..6),
    ) {
        let lines = "DTSTART;TZID=Europe/Berlin:20260601T090000\nDURATION:P1DT30M\n\
            RRULE:FREQ=MONTHLY;BYDAY=-1MO,2TU;UNTIL=20270101;BYSETPOS=1\n\
            RDATE;VALUE=PERIOD:20260603T090000Z/PT2H\nEXDATE;VALUE=DATE:20260602";
        let mut text = wrapped(&event(lines)).into_bytes();
        // Pieces of it in each other's places, and noise in between.
        for (from, to) in cuts {
            let piece: Vec<u8> = text[from.index(text.len())..].iter().take(20).copied().collect();
            let to = to.index(text.len());
            text.splice(to..(to + 7).min(text.len()), piece);
        }
        let _any = busy(&text, &berlin(), at("2026-06-01T00:00:00Z"), at("2026-07-01T00:00:00Z"));
        text.splice(17..17, bytes);
        let _any = busy(&text, &berlin(), at("2026-06-01T00:00:00Z"), at("2026-07-01T00:00:00Z"));
    }
}
