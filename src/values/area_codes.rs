//! What the code of a landline tells of the clock there. A mobile number tells nothing: people move with theirs.

use chrono_tz::Tz;

use super::Phone;

/// The first three digits of codes with the zone of their region's capital. Codes of mobile, toll-free and Kazakhstan's
/// numbers (6…, 7…, 800, 9…) are not among them on purpose.
#[rustfmt::skip]
const ZONES: &[(&str, &[u16])] = &[
    ("Europe/Kaliningrad", &[401]),
    ("Europe/Moscow", &[
        471, 472, 473, 474, 475, 481, 482, 483, 484, 485, 486, 487, 491, 492, 493, 494, 495, 496, 498, 499,
        811, 812, 813, 814, 815, 816, 817, 818, 820, 821, 831, 834, 835, 836, 841, 843, 847, 855, 856, 857,
        861, 862, 863, 865, 866, 867, 871, 872, 873, 877, 878, 879,
    ]),
    ("Europe/Kirov", &[833]),
    ("Europe/Simferopol", &[365, 869]),
    ("Europe/Volgograd", &[844]),
    ("Europe/Astrakhan", &[851]),
    ("Europe/Samara", &[341, 846, 848]),
    ("Europe/Saratov", &[845]),
    ("Europe/Ulyanovsk", &[842]),
    ("Asia/Yekaterinburg", &[342, 343, 345, 346, 347, 349, 351, 352, 353]),
    ("Asia/Omsk", &[381]),
    ("Asia/Barnaul", &[385, 388]),
    ("Asia/Krasnoyarsk", &[390, 391, 394]),
    ("Asia/Novokuznetsk", &[384]),
    ("Asia/Novosibirsk", &[383]),
    ("Asia/Tomsk", &[382]),
    ("Asia/Irkutsk", &[301, 395]),
    ("Asia/Chita", &[302]),
    ("Asia/Yakutsk", &[411, 416]),
    ("Asia/Vladivostok", &[421, 423, 426]),
    ("Asia/Magadan", &[413]),
    ("Asia/Sakhalin", &[424]),
    ("Asia/Kamchatka", &[415]),
    ("Asia/Anadyr", &[427]),
];

impl Phone {
    /// The zone where this landline of Russia stands.
    pub(crate) fn landline_zone(&self) -> Option<Tz> {
        let number = self.e164.strip_prefix("+7").filter(|number| number.len() == 10)?;
        let code: u16 = number.get(..3)?.parse().ok()?;
        let (zone, _) = ZONES.iter().find(|(_, codes)| codes.contains(&code))?;
        zone.parse().ok()
    }
}
