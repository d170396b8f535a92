use chrono::{TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::calendar::ics::Ics;
use crate::calendar::zone;

fn written(zone: Tz) -> Vec<String> {
    let mut out = Ics::default();
    let year = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single().expect("a moment");
    zone::write(&mut out, zone, year(2026), year(2027));
    let text = out.finish();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_zone_without_summer_time_has_one_clock() {
    assert_eq!(
        written(Tz::Asia__Kamchatka),
        [
            "BEGIN:VTIMEZONE",
            "TZID:Asia/Kamchatka",
            "BEGIN:STANDARD",
            "DTSTART:19700101T000000",
            "TZOFFSETFROM:+1200",
            "TZOFFSETTO:+1200",
            "END:STANDARD",
            "END:VTIMEZONE",
        ]
    );
}

#[test]
fn a_zone_with_summer_time_tells_when_its_clock_is_changed() {
    let changes = written(Tz::Europe__Berlin).join("\n");
    for part in [
        "BEGIN:DAYLIGHT\nDTSTART:20260329T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nTZNAME:CEST\nEND:DAYLIGHT",
        "BEGIN:STANDARD\nDTSTART:20261025T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nTZNAME:CET\nEND:STANDARD",
    ] {
        assert!(changes.contains(part), "{changes}");
    }
    assert_eq!(changes.matches("BEGIN:").count(), 4);
    // West of Greenwich.
    assert!(written(Tz::America__New_York).contains(&"TZOFFSETTO:-0400".to_owned()));
}
